-- made from bottleneck_folded.onnx by resnetc import; the weights are in bottleneck_folded.safetensors
local nn = require "resnet"

return nn.model {
  name   = "bottleneck_folded",
  input  = nn.image { 3, 48, 48 },
  bn     = "folded",
  stem   = nn.stem.imagenet { 4 },
  stages = {
    nn.stage { nn.bottleneck, blocks = 2, width = 4 },
    nn.stage { nn.bottleneck, blocks = 1, width = 8, stride = 2 },
    nn.stage { nn.bottleneck, blocks = 1, width = 16, stride = 2 },
    nn.stage { nn.bottleneck, blocks = 1, width = 32, stride = 2 },
  },
  head   = nn.classifier { 7 },
}
