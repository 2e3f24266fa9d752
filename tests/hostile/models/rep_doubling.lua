-- want at most 256 MB of Lua memory
local s = "x" while true do s = s .. s end
