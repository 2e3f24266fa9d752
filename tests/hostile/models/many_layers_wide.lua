-- want a result of at most 2^28 elements
local nn = require "resnet" return nn.model { name = "m", input = nn.image { 3, 4, 4 }, body = function(x) for i = 1, 1e5 do x = nn.concat(x, x) end return x end }
