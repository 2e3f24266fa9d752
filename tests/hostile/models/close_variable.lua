-- want a result within
local x <close> = setmetatable({}, { __close = function() while true do end end })
