-- ResNet-50 as in He et al. 2015: stride on the first 1x1 of a block (v1)
local nn = require "resnet"

return nn.model {
  name   = "resnet50_v1",
  input  = nn.image { 3, 224, 224, mean = nn.imagenet_mean, std = nn.imagenet_std, crop = 0.875 },
  variant = "v1",
  stem   = nn.stem.imagenet { 64 },
  stages = {
    nn.stage { nn.bottleneck, blocks = 3, width =  64 },
    nn.stage { nn.bottleneck, blocks = 4, width = 128, stride = 2 },
    nn.stage { nn.bottleneck, blocks = 6, width = 256, stride = 2 },
    nn.stage { nn.bottleneck, blocks = 3, width = 512, stride = 2 },
  },
  head   = nn.classifier { 1000 },
}
