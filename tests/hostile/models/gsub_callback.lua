-- want a result within
local s = ("a"):rep(1e6) while true do s:gsub(".", function(c) return c end) end
