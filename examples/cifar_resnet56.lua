-- CIFAR-10 ResNet-56 (He et al. 2015, section 4.2), option A shortcuts: no parameters
local nn = require "resnet"

return nn.model {
  name     = "cifar_resnet56",
  input    = nn.image { 3, 32, 32, mean = { 0.4914, 0.4822, 0.4465 }, std = { 0.2470, 0.2435, 0.2616 } },
  stem     = nn.stem.cifar { 16 },
  shortcut = "A",
  stages   = {
    nn.stage { nn.basic, blocks = 9, width = 16 },
    nn.stage { nn.basic, blocks = 9, width = 32, stride = 2 },
    nn.stage { nn.basic, blocks = 9, width = 64, stride = 2 },
  },
  head     = nn.classifier { 10 },
  classes  = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" },
}
