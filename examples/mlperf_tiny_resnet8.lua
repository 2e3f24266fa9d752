-- MLPerf Tiny ResNet-8 (mlcommons/tiny, image classification): Keras names, TensorFlow's padding, pixels 0..255 as they are
local nn = require "resnet"

local layers = { -- ours, Keras's convolution and batch norm, numbered as they were made
  ["conv1"] = "",           ["layer1.0.conv1"] = "_1", ["layer1.0.conv2"] = "_2",
  ["layer2.0.conv1"] = "_3", ["layer2.0.conv2"] = "_4", ["layer2.0.downsample.0"] = "_5",
  ["layer3.0.conv1"] = "_6", ["layer3.0.conv2"] = "_7", ["layer3.0.downsample.0"] = "_8",
  ["bn1"] = "",             ["layer1.0.bn1"] = "_1",   ["layer1.0.bn2"] = "_2",
  ["layer2.0.bn1"] = "_3",  ["layer2.0.bn2"] = "_4",   ["layer3.0.bn1"] = "_5",   ["layer3.0.bn2"] = "_6",
}
local params = { weight = "gamma", bias = "beta", running_mean = "moving_mean", running_var = "moving_variance" }

local function keras(name)
  local layer, param = name:match("^(.*)%.([^.]*)$")
  local dense = param == "weight" and "kernel" or "bias"
  if layer == "fc" then return "dense/" .. dense end
  if layer:find("bn", 1, true) then return "batch_normalization" .. layers[layer] .. "/" .. params[param] end
  return "conv2d" .. layers[layer] .. "/" .. dense
end

return nn.model {
  name     = "mlperf_tiny_resnet8",
  input    = nn.image { 3, 32, 32, scale = 1 },
  bias     = true,
  bn       = { eps = 1e-3 },
  shortcut = "bias",
  names    = keras,
  stem     = nn.stem.cifar { 16 },
  stages   = {
    nn.stage { nn.basic, width = 16 },
    nn.stage { nn.basic, width = 32, stride = 2, padding = "same" },
    nn.stage { nn.basic, width = 64, stride = 2, padding = "same" },
  },
  head     = nn.classifier { 10 },
  classes  = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" },
}
