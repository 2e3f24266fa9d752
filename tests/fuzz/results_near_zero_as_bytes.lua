-- fuzz: seed=9003251 target=avx2 skip=0 exact=1 batch=1 threads=2 weights=3 input=2 bytes=1
local nn = require "resnet"
local t = {}
t[0] = nn.input({ name = "input0", shape = {1, 1, 2} })  -- 1x1x2
t[1] = nn.conv2d(t[0], { name = "v1", out = 24, kernel = 1, padding = 0 })  -- 24x1x2
t[2] = nn.conv2d(t[1], { name = "v2", out = 1, kernel = {1, 4}, padding = {0, 1, 0, 1} })  -- 1x1x1
return nn.model { name = "model",
  image = { mean = { 0 }, std = { 1 }, scale = 0.00392156862745098, crop = 1 },
  outputs = { t[2] } }
