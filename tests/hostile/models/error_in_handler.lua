-- model: 
local function f() error(f) end local ok, e = pcall(f) error(e)
