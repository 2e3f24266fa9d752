-- pass: fold_bn
local nn = require "resnet"

return nn.model {
  name  = "pair",
  input = nn.image { 3, 8, 8 },
  body  = function(x)
    local a = nn.bn(nn.conv(x, { 8, kernel = 3 }))
    local b = nn.conv(nn.relu(a), { 8, kernel = 3 })   -- read twice: its bn stays
    return nn.concat(b, nn.bn(b))
  end,
}
