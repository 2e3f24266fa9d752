-- want a result within
local nn = require "resnet" return nn.model { name = "m", input = nn.image { 3, 4, 4 }, head = nn.classifier { 3 }, names = function(n) while true do end end }
