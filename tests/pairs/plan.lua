-- pass: plan
local nn = require "resnet"

return nn.model {
  name  = "pair",
  input = nn.image { 3, 8, 8 },
  body  = function(x)
    for i = 1, 3 do
      x = nn.relu(nn.conv(nn.relu(nn.conv(x, { 16, kernel = 3 })), { 16, kernel = 3 }) + nn.conv(x, { 16, kernel = 1 }))
    end
    return x
  end,
}
