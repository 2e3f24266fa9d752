-- kernel: avx2
local nn = require "resnet"

return nn.model {
  name  = "pair",
  input = nn.image { 24, 9, 9 },
  body  = function(x)
    return nn.relu(nn.bn(nn.conv(nn.relu(x), { 24, kernel = 3, groups = 24 })))
  end,
}
