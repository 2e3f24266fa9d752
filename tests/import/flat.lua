-- made from flat.onnx by resnetc import; the weights are in flat.safetensors
local nn = require "resnet"
local t = {}
t[0] = nn.input({ name = "input", shape = {3, 20, 20} })  -- 3x20x20
t[1] = nn.conv2d(t[0], { name = "a", out = 8, kernel = 3, stride = 2, padding = {0, 0, 1, 1}, bias = true })  -- 8x10x10
t[2] = nn.leaky_relu(t[1], { name = "_LeakyRelu", slope = 0.1 })  -- 8x10x10
t[3] = nn.conv2d(t[2], { name = "b", out = 8, kernel = 3, padding = 2, dilation = 2, groups = 4, bias = true })  -- 8x10x10
t[4] = nn.silu(t[3], { name = "_Mul" })  -- 8x10x10
t[5] = nn.adaptive_avg_pool(t[4], { name = "_ReduceMean" })  -- 8x1x1
t[6] = nn.conv2d(t[5], { name = "fc1", out = 4, kernel = 1, padding = 0, bias = true })  -- 4x1x1
t[7] = nn.relu(t[6], { name = "_Relu" })  -- 4x1x1
t[8] = nn.relu6(t[7], { name = "_Clip" })  -- 4x1x1
t[9] = nn.conv2d(t[8], { name = "fc2", out = 8, kernel = 1, padding = 0, bias = true })  -- 8x1x1
t[10] = nn.sigmoid(t[9], { name = "_Sigmoid_1" })  -- 8x1x1
t[11] = nn.mul(t[4], t[10], { name = "_Mul_1" })  -- 8x10x10
t[12] = nn.max_pool(t[11], { name = "_MaxPool", kernel = 2, stride = 2 })  -- 8x5x5
t[13] = nn.upsample_bilinear(t[12], { name = "_Resize", size = 10 })  -- 8x10x10
t[14] = nn.avg_pool(t[11], { name = "_AveragePool", kernel = 2, stride = 2, count_include_pad = false })  -- 8x5x5
t[15] = nn.upsample_nearest(t[14], { name = "_Resize_1", size = 10 })  -- 8x10x10
t[16] = nn.concat(t[13], t[15], { name = "_Concat_1" })  -- 16x10x10
t[17] = nn.conv2d(t[16], { name = "c", out = 8, kernel = 1, padding = 0, bias = true })  -- 8x10x10
t[18] = nn.slice(t[17], { name = "_Slice_1", channels = {0, 8}, rows = {1, 10, 1}, cols = {0, 10, 1} })  -- 8x9x10
t[19] = nn.slice(t[18], { name = "_Slice_2", channels = {0, 8}, rows = {0, 9, 1}, cols = {0, 9, 1} })  -- 8x9x9
t[20] = nn.hard_swish(t[19], { name = "_HardSwish" })  -- 8x9x9
t[21] = nn.clip(t[20], { name = "_Clip_1", lo = -1, hi = 2 })  -- 8x9x9
t[22] = nn.slice(t[21], { name = "_Slice_3", channels = {0, 8}, rows = {0, 9, 2}, cols = {0, 9, 1} })  -- 8x5x9
t[23] = nn.slice(t[22], { name = "_Slice_4", channels = {0, 8}, rows = {0, 5, 1}, cols = {0, 9, 2} })  -- 8x5x5
t[24] = nn.avg_pool(t[23], { name = "_AveragePool_1", kernel = 2, stride = 2, count_include_pad = false })  -- 8x2x2
t[25] = nn.flatten(t[24], { name = "d_flatten" })  -- 32x1x1
t[26] = nn.linear(t[25], { name = "d", out = 5 })  -- 5x1x1
t[27] = nn.softmax(t[26], { name = "_Softmax" })  -- 5x1x1
return nn.model { name = "flat",
  image = { mean = { 0, 0, 0 }, std = { 1, 1, 1 }, scale = 0.00392156862745098, crop = 1 },
  outputs = { t[27] } }
