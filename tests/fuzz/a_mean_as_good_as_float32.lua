-- fuzz: seed=5001138 target=avx2 skip=0 exact=1 batch=2 threads=2 weights=3 input=0
local nn = require "resnet"
local t = {}
t[0] = nn.input({ name = "input0", shape = {24, 15, 20} })  -- 24x15x20
t[1] = nn.conv2d(t[0], { name = "v1", out = 1, kernel = 1, padding = 0, lo = -0.1408433756075703, hi = 0.978996462360184, alpha = 1.8660091863419705, beta = 0.3810422942641001 })  -- 1x15x20
t[2] = nn.group_norm(t[0], { name = "v2", groups = 4, eps = 0.001 })  -- 24x15x20
return nn.model { name = "model",
  image = { mean = { 0, 0, 0, 0 }, std = { 1, 1, 1, 1 }, scale = 0.00392156862745098, crop = 1 },
  outputs = { t[2] } }
