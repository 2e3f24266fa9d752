-- Wide ResNet-50-2 (Zagoruyko and Komodakis 2016): torchvision.models.wide_resnet50_2
local nn = require "resnet"

return nn.model {
  name   = "wide_resnet50_2",
  input  = nn.image { 3, 224, 224, mean = nn.imagenet_mean, std = nn.imagenet_std, crop = 0.875 },
  stem   = nn.stem.imagenet { 64 },
  stages = {
    nn.stage { nn.bottleneck, blocks = 3, width =  64, base_width = 128 },
    nn.stage { nn.bottleneck, blocks = 4, width = 128, stride = 2, base_width = 128 },
    nn.stage { nn.bottleneck, blocks = 6, width = 256, stride = 2, base_width = 128 },
    nn.stage { nn.bottleneck, blocks = 3, width = 512, stride = 2, base_width = 128 },
  },
  head   = nn.classifier { 1000 },
}
