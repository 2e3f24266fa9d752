-- want a result within 4 s
local t = {} for i = 1, 1e5 do t[i] = 65 end while true do t[#t + 1] = utf8.char(table.unpack(t, 1, 200)) end
