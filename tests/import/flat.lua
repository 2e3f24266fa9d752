-- made from flat.onnx by resnetc import; the weights are in flat.safetensors
local nn = require "resnet"
local t = {}
t[0] = nn.input({ name = "input", shape = {3, 20, 20} })  -- 3x20x20
t[1] = nn.pad(t[0], { name = "_Pad", padding = {0, 0, 1, 1} })  -- 3x21x21
t[2] = nn.conv2d(t[1], { name = "a", out = 8, kernel = 3, stride = 2, padding = 0, bias = true })  -- 8x10x10
t[3] = nn.leaky_relu(t[2], { name = "_LeakyRelu", slope = 0.1 })  -- 8x10x10
t[4] = nn.conv2d(t[3], { name = "b", out = 8, kernel = 3, padding = 2, dilation = 2, groups = 4, bias = true })  -- 8x10x10
t[5] = nn.silu(t[4], { name = "_Mul" })  -- 8x10x10
t[6] = nn.adaptive_avg_pool(t[5], { name = "_ReduceMean" })  -- 8x1x1
t[7] = nn.conv2d(t[6], { name = "fc1", out = 4, kernel = 1, padding = 0, bias = true })  -- 4x1x1
t[8] = nn.relu(t[7], { name = "_Relu" })  -- 4x1x1
t[9] = nn.relu6(t[8], { name = "_Clip" })  -- 4x1x1
t[10] = nn.conv2d(t[9], { name = "fc2", out = 8, kernel = 1, padding = 0, bias = true })  -- 8x1x1
t[11] = nn.sigmoid(t[10], { name = "_Sigmoid_1" })  -- 8x1x1
t[12] = nn.mul(t[5], t[11], { name = "_Mul_1" })  -- 8x10x10
t[13] = nn.max_pool(t[12], { name = "_MaxPool", kernel = 2, stride = 2 })  -- 8x5x5
t[14] = nn.upsample_bilinear(t[13], { name = "_Resize", size = 10 })  -- 8x10x10
t[15] = nn.avg_pool(t[12], { name = "_AveragePool", kernel = 2, stride = 2, count_include_pad = false })  -- 8x5x5
t[16] = nn.upsample_nearest(t[15], { name = "_Resize_1", size = 10 })  -- 8x10x10
t[17] = nn.concat(t[14], t[16], { name = "_Concat_1" })  -- 16x10x10
t[18] = nn.conv2d(t[17], { name = "c", out = 8, kernel = 1, padding = 0, bias = true })  -- 8x10x10
t[19] = nn.affine(t[18], { name = "_Add", offset = 0.25, gain = 0.5 })  -- 8x10x10
t[20] = nn.slice(t[19], { name = "_Slice_1", channels = {0, 8}, rows = {1, 10, 1}, cols = {0, 10, 1} })  -- 8x9x10
t[21] = nn.slice(t[20], { name = "_Slice_2", channels = {0, 8}, rows = {0, 9, 1}, cols = {0, 9, 1} })  -- 8x9x9
t[22] = nn.hard_swish(t[21], { name = "_HardSwish" })  -- 8x9x9
t[23] = nn.clip(t[22], { name = "_Clip_1", lo = -1, hi = 2 })  -- 8x9x9
t[24] = nn.slice(t[23], { name = "_Slice_3", channels = {0, 8}, rows = {0, 9, 2}, cols = {0, 9, 1} })  -- 8x5x9
t[25] = nn.slice(t[24], { name = "_Slice_4", channels = {0, 8}, rows = {0, 5, 1}, cols = {0, 9, 2} })  -- 8x5x5
t[26] = nn.avg_pool(t[25], { name = "_AveragePool_1", kernel = 2, stride = 2, count_include_pad = false })  -- 8x2x2
t[27] = nn.flatten(t[26], { name = "d_flatten" })  -- 32x1x1
t[28] = nn.linear(t[27], { name = "d", out = 5 })  -- 5x1x1
t[29] = nn.softmax(t[28], { name = "_Softmax" })  -- 5x1x1
return nn.model { name = "flat",
  image = { mean = { 0, 0, 0 }, std = { 1, 1, 1 }, scale = 0.00392156862745098, crop = 1 },
  outputs = { t[29] } }
