-- want at most 256 MB of Lua memory
local t = {} for i = 1, 1e7 do t[i] = ("0123456789abcdef"):rep(30) .. i end local s = table.concat(t, ("x"):rep(100))
