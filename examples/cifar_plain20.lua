-- CIFAR-10 plain-20: ResNet-20 without its skips (He et al. 2015, figure 6)
local nn = require "resnet"

return nn.model {
  name = "cifar_plain20",
  input = nn.image { 3, 32, 32, mean = { 0.4914, 0.4822, 0.4465 }, std = { 0.2470, 0.2435, 0.2616 } },
  stem = nn.stem.cifar { 16 },
  stages = {
    nn.stage { nn.plain, blocks = 3, width = 16 },
    nn.stage { nn.plain, blocks = 3, width = 32, stride = 2 },
    nn.stage { nn.plain, blocks = 3, width = 64, stride = 2 },
  },
  head = nn.classifier { 10 },
  classes = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" },
}
