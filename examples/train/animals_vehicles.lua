-- ../cifar_resnet20.lua, to be taught two classes instead of ten: the stem and the first stage stay as they are, and of the last
-- layer's ten outputs two are left, that of automobiles, which starts as the one of vehicles, and that of birds, of animals.
local nn = require "resnet"

return nn.model {
  name     = "animals_vehicles",
  input    = nn.image { 3, 32, 32, mean = { 0.4914, 0.4822, 0.4465 }, std = { 0.2470, 0.2435, 0.2616 }, dtype = "u8" },
  stem     = nn.stem.cifar { 16 },
  shortcut = "A",
  stages   = {
    nn.stage { nn.basic, blocks = 3, width = 16 },
    nn.stage { nn.basic, blocks = 3, width = 32, stride = 2 },
    nn.stage { nn.basic, blocks = 3, width = 64, stride = 2 },
  },
  head     = function(x)
    local ten = nn.classifier { 10 }(x)
    return nn.concat(nn.slice(ten, { channels = { 1, 2 } }), nn.slice(ten, { channels = { 2, 3 } }))
  end,
  classes  = { "vehicle", "animal" },
  train    = nn.train {
    batch = 50, freeze = { "stem", "layer1" }, optimizer = nn.sgd { momentum = 0.9, weight_decay = 5e-4 },
    augment = { crop = 4, flip = true },
  },
}
