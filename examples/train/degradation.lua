-- The networks of He et al. 2015, section 4.2, with and without skips: -D depth=20|32|44|56|110 -D skip=yes|no -D peak=RATE.
-- All of a depth have the same parameters, and with the same seed start from the same numbers and see the same pictures.
local nn = require "resnet"
local depth, skip = tonumber(nn.arg.depth or 20), (nn.arg.skip or "yes") == "yes"
local blocks = (depth - 2)//6
local block = skip and nn.basic or nn.plain

return nn.model {
  name     = (skip and "resnet" or "plain") .. depth,
  input    = nn.image { 3, 32, 32, mean = { 0.4914, 0.4822, 0.4465 }, std = { 0.2470, 0.2435, 0.2616 }, dtype = "u8" },
  stem     = nn.stem.cifar { 16 },
  shortcut = "A",
  stages   = {
    nn.stage { block, blocks = blocks, width = 16 },
    nn.stage { block, blocks = blocks, width = 32, stride = 2 },
    nn.stage { block, blocks = blocks, width = 64, stride = 2 },
  },
  head     = nn.classifier { 10 },
  classes  = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" },
  train    = nn.train {
    batch = 128, epochs = 20, seed = 1,
    optimizer = nn.sgd { momentum = 0.9, weight_decay = 1e-4 },
    schedule  = nn.one_cycle { peak = tonumber(nn.arg.peak or 0.1) },
    augment   = { crop = 4, flip = true },
  },
}
