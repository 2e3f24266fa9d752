-- fuzz: seed=10 target=avx512-vnni skip=0 exact=1 batch=1 threads=2 weights=0 input=0 trains=1
local nn = require "resnet"
local t = {}
t[0] = nn.input({ name = "input0", shape = {15, 7, 11} })  -- 15x7x11
t[1] = nn.conv2d(t[0], { name = "v1", out = 12, kernel = {3, 5}, padding = {1, 2, 1, 2}, groups = 3, gain = 0.6584846374448095, lo = -1.1419355579099657, hi = 2.1879961876183267, alpha = 1.2698158888098632, beta = 1.2519765555442517 })  -- 12x7x11
t[2] = nn.adaptive_avg_pool(t[1], { name = "v2" })  -- 12x1x1
return nn.model { name = "model",
  image = { mean = { 0, 0, 0, 0 }, std = { 1, 1, 1, 1 }, scale = 0.00392156862745098, crop = 1 },
  outputs = { t[2] } }
