-- kernel: avx2
local nn = require "resnet"

return nn.model {
  name  = "pair",
  input = nn.image { 16, 8, 8 },
  body  = function(x)
    local y = nn.pad(nn.subsample(nn.relu(x), 2), { channels = { 8, 8 } })
    return nn.flatten(nn.concat(y, nn.relu(y)))
  end,
}
