-- fuzz: seed=10007 target=avx2 skip=0 exact=1 batch=1 threads=2 weights=0 input=0 trains=1
local nn = require "resnet"
local t = {}
t[0] = nn.input({ name = "input0", shape = {1, 3, 2} })  -- 1x3x2
t[1] = nn.conv2d(t[0], { name = "v1", out = 1, kernel = {7, 3}, padding = {3, 1, 3, 1} })  -- 1x3x2
t[2] = nn.gelu(t[1], { name = "v2" })  -- 1x3x2
t[3] = nn.permute(t[2], { name = "v3", order = "hwc" })  -- 3x2x1
t[4] = nn.adaptive_avg_pool(t[3], { name = "v4" })  -- 3x1x1
return nn.model { name = "model",
  image = { mean = { 0 }, std = { 1 }, scale = 0.00392156862745098, crop = 1 },
  outputs = { t[4] } }
