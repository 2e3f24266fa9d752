-- get_model() of chapter 14 of the fast.ai book: fully convolutional, for any input size (--input HxW)
local nn = require "resnet"

local function body(x)
  for i, width in ipairs { 16, 32, 64, 128, 256 } do
    x = nn.relu(nn.bn(nn.conv(x, { width, kernel = 3, stride = 2, name = (i - 1) .. ".0" })))
  end
  return x
end

return nn.model {
  name  = "fastbook_get_model",
  input = nn.image { 3, 128, 128, mean = nn.imagenet_mean, std = nn.imagenet_std },
  body  = body,
  head  = nn.classifier { 10, name = "7" },
}
