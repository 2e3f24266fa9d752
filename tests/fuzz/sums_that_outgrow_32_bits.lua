-- fuzz: seed=9004863 target=avx2 skip=0 exact=1 batch=1 threads=2 weights=0 input=0 bytes=1
local nn = require "resnet"
local t = {}
t[0] = nn.input({ name = "input0", shape = {6, 18, 13} })  -- 6x18x13
t[1] = nn.flatten(t[0], { name = "v1" })  -- 1404x1x1
t[2] = nn.conv2d(t[1], { name = "v2", out = 1, kernel = 7, padding = 3 })  -- 1x1x1
return nn.model { name = "model",
  image = { mean = { 0, 0, 0, 0 }, std = { 1, 1, 1, 1 }, scale = 0.00392156862745098, crop = 1 },
  outputs = { t[2] } }
