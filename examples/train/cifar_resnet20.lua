-- ResNet-20 for CIFAR-10 (He et al. 2015, section 4.2), and how it is trained
local nn = require "resnet"

return nn.model {
  name     = "cifar_resnet20",
  input    = nn.image { 3, 32, 32, mean = { 0.4914, 0.4822, 0.4465 }, std = { 0.2470, 0.2435, 0.2616 }, dtype = "u8" },
  stem     = nn.stem.cifar { 16 },
  shortcut = "A",
  stages   = {
    nn.stage { nn.basic, blocks = 3, width = 16 },
    nn.stage { nn.basic, blocks = 3, width = 32, stride = 2 },
    nn.stage { nn.basic, blocks = 3, width = 64, stride = 2 },
  },
  head     = nn.classifier { 10 },
  classes  = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" },
  train    = nn.train {
    batch = 128, epochs = 60, seed = 1,
    optimizer = nn.sgd { momentum = 0.9, nesterov = true, weight_decay = 5e-4 },
    schedule  = nn.one_cycle { peak = 0.25, warm = 0.2 },
    augment   = { crop = 4, flip = true },
  },
}
