-- pass: fuse
local nn = require "resnet"

return nn.model {
  name  = "pair",
  input = nn.image { 8, 8, 8 },
  body  = function(x)
    local a = nn.relu(nn.bn(nn.conv(x, { 8, kernel = 3 })) + x)
    local b = nn.relu(a + nn.bn(nn.conv(a, { 8, kernel = 1 })))
    return nn.relu(a) + b
  end,
}
