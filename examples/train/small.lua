-- A network of one block, to be read: generated/small_train is one step of its training as resnetc makes it.
local nn = require "resnet"

return nn.model {
	name   = "small",
	input  = nn.image { 3, 8, 8 },
	stem   = nn.stem.cifar { 8 },
	stages = { nn.stage { nn.basic, width = 8 } },
	head   = nn.classifier { 3 },
	train  = nn.train { batch = 4, epochs = 3, augment = { crop = 1, flip = true } },
}
