-- fuzz: seed=91 target=avx2 skip=0 exact=1 batch=1 threads=2 weights=0 input=0 trains=1
local nn = require "resnet"
local t = {}
t[0] = nn.input({ name = "input0", shape = {2, 5, 1} })  -- 2x5x1
t[1] = nn.hard_sigmoid(t[0], { name = "v1", offset = -0.7394863612947451 })  -- 2x5x1
t[2] = nn.sigmoid(t[1], { name = "v2" })  -- 2x5x1
t[3] = nn.group_norm(t[2], { name = "v3" })  -- 2x5x1
t[4] = nn.adaptive_avg_pool(t[3], { name = "v4" })  -- 2x1x1
return nn.model { name = "model",
  image = { mean = { 0, 0 }, std = { 1, 1 }, scale = 0.00392156862745098, crop = 1 },
  outputs = { t[4] } }
