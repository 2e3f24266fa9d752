-- fast.ai's xresnet18: stem of three 3x3, idconv(pool(x)) shortcuts
local nn = require "resnet"

return nn.model {
  name   = "xresnet18",
  input  = nn.image { 3, 224, 224, mean = nn.imagenet_mean, std = nn.imagenet_std, crop = 0.875 },
  variant = "D",
  stem   = nn.stem.deep { 32, 32, 64 },
  stages = {
    nn.stage { nn.basic, blocks = 2, width =  64 },
    nn.stage { nn.basic, blocks = 2, width = 128, stride = 2 },
    nn.stage { nn.basic, blocks = 2, width = 256, stride = 2 },
    nn.stage { nn.basic, blocks = 2, width = 512, stride = 2 },
  },
  head   = nn.classifier { 1000 },
}
