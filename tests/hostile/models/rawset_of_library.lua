-- sandbox: want a model without os
local nn = require "resnet" rawset(nn, "model", function() return 1 end) return os
