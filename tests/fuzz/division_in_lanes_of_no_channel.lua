-- fuzz: seed=888020 target=scalar skip=0 exact=1 batch=1 threads=2 weights=0 input=0
local nn = require "resnet"
local t = {}
t[0] = nn.input({ name = "input0", shape = {31, 20, 2} })  -- 31x20x2
t[1] = nn.div(t[0], t[0], { name = "v1", alpha = 1.6795955253933832, beta = 1.9821394223600939 })  -- 31x20x2
t[2] = nn.maximum(t[0], t[1], { name = "v2", slope = 0.2166740082926911, offset = 0.592797800965338, gain = -0.013174372452602034, lo = -0.5404562405561113, hi = 1.1948053572990835, alpha = -0.8522371360801525, beta = 0.4004706137872225 })  -- 31x20x2
t[3] = nn.maximum(t[0], t[2], { name = "v3", slope = 0.09728867312083621, offset = -0.20321334634290789, gain = 0.4662922866599899, lo = -0.11464520087211645, hi = 0.3110397674482546, alpha = -0.48826782168582905, beta = 1.007535186636745 })  -- 31x20x2
t[4] = nn.conv2d(t[3], { name = "v4", out = 124, kernel = 3, padding = 1, groups = 31, act = "clip", slope = 0.8483867488674749, offset = -0.2709011471725743, gain = -0.5270427037039661, lo = -0.09443906087464611, hi = 0.8873201639815818, alpha = -1.8874267647634533, beta = 0.4129004484229864 })  -- 124x20x2
return nn.model { name = "model",
  image = { mean = { 0, 0, 0, 0 }, std = { 1, 1, 1, 1 }, scale = 0.00392156862745098, crop = 1 },
  outputs = { t[4] } }
