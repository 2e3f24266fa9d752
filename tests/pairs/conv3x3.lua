-- kernel: avx2
local nn = require "resnet"

return nn.model {
  name  = "pair",
  input = nn.image { 16, 14, 14 },
  body  = function(x)
    return nn.relu(nn.bn(nn.conv(nn.relu(x), { 32, kernel = 3, stride = 2 })))
  end,
}
