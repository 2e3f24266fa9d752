-- kernel: neon
local nn = require "resnet"

return nn.model {
  name  = "pair",
  input = nn.image { 12, 5, 5 },
  body  = function(x)
    return nn.conv(nn.relu(x), { 18, kernel = 3, groups = 3, bias = true })
  end,
}
