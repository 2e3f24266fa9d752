-- want at most
local nn = require "resnet" return nn.model { name = "m", input = nn.image { 3, 4, 4 }, body = function(x) while true do x = nn.relu(x) end end }
