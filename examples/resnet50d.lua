-- ResNet-50-D ("bag of tricks", He et al. 2018): deep stem, average pool in the shortcut: timm's resnet50d
local nn = require "resnet"

return nn.model {
  name   = "resnet50d",
  input  = nn.image { 3, 224, 224, mean = nn.imagenet_mean, std = nn.imagenet_std, crop = 0.875 },
  variant = "D",
  stem   = nn.stem.deep { 32, 32, 64 },
  stages = {
    nn.stage { nn.bottleneck, blocks = 3, width =  64 },
    nn.stage { nn.bottleneck, blocks = 4, width = 128, stride = 2 },
    nn.stage { nn.bottleneck, blocks = 6, width = 256, stride = 2 },
    nn.stage { nn.bottleneck, blocks = 3, width = 512, stride = 2 },
  },
  head   = nn.classifier { 1000 },
}
