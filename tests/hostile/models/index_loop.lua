-- want calls that end, got a stack overflow
local a = {} setmetatable(a, { __index = function(t, k) return t[k] end }) return a.x
