-- pass: dce
local nn = require "resnet"

return nn.model {
  name  = "pair",
  input = nn.image { 8, 8, 8 },
  body  = function(x)
    local unread = nn.conv(x, { 4, kernel = 3 })
    local y = nn.flatten(nn.global_avg_pool(nn.slice(x, {})))
    return nn.linear(y, { 3 })
  end,
}
