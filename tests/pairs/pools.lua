-- kernel: scalar
local nn = require "resnet"

return nn.model {
  name  = "pair",
  input = nn.image { 8, 9, 9 },
  body  = function(x)
    x = nn.max_pool(x, { kernel = 3, stride = 2, padding = 1 })
    x = nn.avg_pool(x, { kernel = 3, stride = 2, padding = 1, ceil_mode = true })
    return nn.adaptive_avg_pool(x, { size = 2 })
  end,
}
