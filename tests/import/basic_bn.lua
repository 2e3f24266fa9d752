-- made from basic_bn.onnx by resnetc import; the weights are in basic_bn.safetensors
local nn = require "resnet"

return nn.model {
  name   = "basic_bn",
  input  = nn.image { 3, 48, 48 },
  stem   = nn.stem.imagenet { 4 },
  stages = {
    nn.stage { nn.basic, blocks = 2, width = 4 },
    nn.stage { nn.basic, blocks = 1, width = 8, stride = 2 },
    nn.stage { nn.basic, blocks = 1, width = 16, stride = 2 },
    nn.stage { nn.basic, blocks = 1, width = 32, stride = 2 },
  },
  head   = nn.classifier { 7 },
}
