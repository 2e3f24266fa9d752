-- too many results to unpack
local function f(...) return select("#", ...) end return f(table.unpack({}, 1, 1e8))
