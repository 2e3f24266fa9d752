-- Pre-activation ResNet-18 (He et al. 2016)
local nn = require "resnet"

return nn.model {
  name   = "preact_resnet18",
  input  = nn.image { 3, 224, 224, mean = nn.imagenet_mean, std = nn.imagenet_std, crop = 0.875 },
  stem   = nn.stem.imagenet { 64, preact = true },
  stages = {
    nn.stage { nn.preact, blocks = 2, width =  64 },
    nn.stage { nn.preact, blocks = 2, width = 128, stride = 2 },
    nn.stage { nn.preact, blocks = 2, width = 256, stride = 2 },
    nn.stage { nn.preact, blocks = 2, width = 512, stride = 2 },
  },
  head   = nn.classifier { 1000, norm = true },
}
