-- pass: layout
local nn = require "resnet"

return nn.model {
  name  = "pair",
  input = nn.image { 3, 9, 9 },
  body  = function(x)
    local a = nn.conv(x, { 20, kernel = 5, stride = 2 })
    return nn.conv(a, { 20, kernel = 3, dilation = 2 }) + a
  end,
}
