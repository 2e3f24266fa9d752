-- model: want input = nn.image
local t = {} local u = t for i = 1, 1e6 do u[1] = {} u = u[1] end local nn = require "resnet" return nn.model(t)
