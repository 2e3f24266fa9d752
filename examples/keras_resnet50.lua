-- ResNet-50 as Keras has it (v1 strides, convolutions with bias, BGR minus mean): Keras's own layer names
local nn = require "resnet"

local params = { weight = "gamma", bias = "beta", running_mean = "moving_mean", running_var = "moving_variance" }
local parts = { ["1"] = "2a", ["2"] = "2b", ["3"] = "2c" }

local function keras(name)
  local layer, param = name:match("^(.*)%.([^.]*)$")
  local conv = param == "weight" and "kernel" or "bias"
  if layer == "conv1" then return "conv1/" .. conv end
  if layer == "bn1" then return "bn_conv1/" .. params[param] end
  if layer == "fc" then return "fc1000/" .. conv end
  local stage, block, rest = layer:match("^layer(%d)%.(%d+)%.(.*)$")
  local at = string.format("%d%s_branch", stage + 1, string.char(("a"):byte() + math.tointeger(block)))
  if rest == "downsample.0" then return "res" .. at .. "1/" .. conv end
  if rest == "downsample.1" then return "bn" .. at .. "1/" .. params[param] end
  local kind, k = rest:match("^(%a+)(%d)$")
  if kind == "conv" then return "res" .. at .. parts[k] .. "/" .. conv end
  return "bn" .. at .. parts[k] .. "/" .. params[param]
end

return nn.model {
  name    = "keras_resnet50",
  input   = nn.image { 3, 224, 224, mean = { 103.939, 116.779, 123.68 }, scale = 1, trained = "BGR" },
  variant = "v1",
  bias    = true,
  bn      = { eps = 1e-3 },
  names   = keras,
  stem    = nn.stem.imagenet { 64 },
  stages  = {
    nn.stage { nn.bottleneck, blocks = 3, width =  64 },
    nn.stage { nn.bottleneck, blocks = 4, width = 128, stride = 2 },
    nn.stage { nn.bottleneck, blocks = 6, width = 256, stride = 2 },
    nn.stage { nn.bottleneck, blocks = 3, width = 512, stride = 2 },
  },
  head    = nn.classifier { 1000 },
}
