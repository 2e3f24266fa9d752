-- want a result within
local t = {} for i = 1, 1000 do t[i] = i end while true do for k in pairs(t) do end end
