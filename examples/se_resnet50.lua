-- SE-ResNet-50 (Hu et al. 2017), squeeze by 16: timm's seresnet50
local nn = require "resnet"

return nn.model {
  name   = "se_resnet50",
  input  = nn.image { 3, 224, 224, mean = nn.imagenet_mean, std = nn.imagenet_std, crop = 0.875 },
  stem   = nn.stem.imagenet { 64 },
  stages = {
    nn.stage { nn.bottleneck, blocks = 3, width =  64, se = 16 },
    nn.stage { nn.bottleneck, blocks = 4, width = 128, stride = 2, se = 16 },
    nn.stage { nn.bottleneck, blocks = 6, width = 256, stride = 2, se = 16 },
    nn.stage { nn.bottleneck, blocks = 3, width = 512, stride = 2, se = 16 },
  },
  head   = nn.classifier { 1000 },
}
