-- attempt to index a string value
local nn = require "resnet" return nn.model { name = "m", input = nn.image { 3, 4, 4 }, body = function(x) getmetatable(x).__add = print return x + x end }
