-- ResNeXt-50 32x4d (Xie et al. 2017): torchvision.models.resnext50_32x4d
local nn = require "resnet"

return nn.model {
  name   = "resnext50_32x4d",
  input  = nn.image { 3, 224, 224, mean = nn.imagenet_mean, std = nn.imagenet_std, crop = 0.875 },
  stem   = nn.stem.imagenet { 64 },
  stages = {
    nn.stage { nn.bottleneck, blocks = 3, width =  64, groups = 32, base_width = 4 },
    nn.stage { nn.bottleneck, blocks = 4, width = 128, stride = 2, groups = 32, base_width = 4 },
    nn.stage { nn.bottleneck, blocks = 6, width = 256, stride = 2, groups = 32, base_width = 4 },
    nn.stage { nn.bottleneck, blocks = 3, width = 512, stride = 2, groups = 32, base_width = 4 },
  },
  head   = nn.classifier { 1000 },
}
