-- model: want input
getmetatable("").__index = function() return 1 end local nn = require "resnet" return nn.model { name = "m" }
