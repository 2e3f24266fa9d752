-- schemes.lua - what other programs call our layers in their weight files.
local _, raw, library = ...
local check, building = library.checks, library.names.building
local fail, kind, at_word, one_of = check.fail, check.kind, check.at_word, check.one_of

-- block_part - "layer2.0.conv1.weight" to 2, 0, "conv1", "weight"
local function block_part(layer)
	local stage, block, rest = layer:match("^layer(%d+)%.(%d+)%.(.*)$")
	if stage then return math.tointeger(stage), math.tointeger(block), rest end
end

local stem_numbers = { ["conv1.0"] = "0.0", ["conv1.1"] = "0.1", ["conv1.3"] = "1.0", ["conv1.4"] = "1.1",
                       ["conv1.6"] = "2.0", ["bn1"] = "2.1" }

-- sequential - a scheme of nested Sequentials: 0-2 stem, 3 pool, 4... stages; fc: number of the linear layer
-- after the last stage's; path, id: names inside a block; counted: the shortcut's pool has a number
local function sequential(path, id, counted, fc)
	local last = 0
	return function(name)
		local layer, param = name:match("^(.*)%.([^.]*)$")
		local stage, block, rest = block_part(layer)
		if stage and stage > last then last = stage end
		if stem_numbers[layer] then return stem_numbers[layer] .. "." .. param end
		if layer == "fc" then return string.format("%d.%s", last + fc, param) end
		if not stage then return name end
		local at = string.format("%d.%d.", stage + 3, block)
		local part, k = rest:match("^(%a+)(%d)$")
		if part == "conv" or part == "bn" then
			return string.format("%s%s.%d.%d.%s", at, path, k - 1, part == "bn" and 1 or 0, param)
		end
		k = rest:match("^se%.fc(%d)$")
		if k then
			local third = raw.has(string.format("layer%d.%d.conv3", stage, block))
			return string.format("%s%s.%d.layers.%d.0.%s", at, path, third and 3 or 2, k, param)
		end
		k = rest:match("^downsample%.(%d)$")
		if k then
			-- "downsample.1" is the convolution where the variant pools, "downsample.0" where not
			local first = raw.has(string.format("layer%d.%d.downsample.2", stage, block)) and 1 or 0
			local number = string.format("%d", k - first)
			if not counted then return string.format("%s%s.%s.%s", at, id, number, param) end
			local pooled = building.pooled[string.format("layer%d.%d.", stage, block)]
			return string.format("%s%s.%d.%s.%s", at, id, pooled and 1 or 0, number, param)
		end
		return name
	end
end

-- learner - fast.ai's vision_learner around a torchvision network: 0.0 conv1, 0.1 bn1, 0.4 ... stages, 1 head
local function learner(name)
	name = name:gsub("^head%.", "1."):gsub("^conv1%.", "0.0."):gsub("^bn1%.", "0.1.")
	return (name:gsub("^layer(%d+)%.", function(stage) return string.format("0.%d.", stage + 3) end))
end

-- cifar - kuangliu's and akamaster's CIFAR networks: shortcut for downsample, linear for fc
local function cifar(name)
	return (name:gsub("%.downsample%.", ".shortcut."):gsub("^fc%.", "linear."))
end

-- huggingface - transformers' ResNet: resnet.embedder, resnet.encoder.stages, classifier.1; without the linear layer
-- (ResNetModel) the names begin with embedder and encoder
local function huggingface(name)
	local base = raw.has("fc") and "resnet." or ""
	local kinds = { conv = "convolution", bn = "normalization" }
	local kind_, param = name:match("^(%a+)1%.([^.]*)$")
	if kinds[kind_] then return base .. "embedder.embedder." .. kinds[kind_] .. "." .. param end
	local layer, last = name:match("^(.*)%.([^.]*)$")
	if layer == "fc" then return "classifier.1." .. last end
	local stage, block, rest = block_part(layer)
	if not stage then return name end
	local at = string.format("%sencoder.stages.%d.layers.%d.", base, stage - 1, block)
	local part, k = rest:match("^(%a+)(%d)$")
	if kinds[part] then return string.format("%slayer.%d.%s.%s", at, k - 1, kinds[part], last) end
	if rest == "downsample.0" then return at .. "shortcut.convolution." .. last end
	if rest == "downsample.1" then return at .. "shortcut.normalization." .. last end
	return name
end

-- senet - Cadene's networks, which timm had before and keeps as legacy_seresnet: layer0, se_module, last_linear
local function senet(name)
	name = name:gsub("^conv1%.", "layer0.conv1."):gsub("^bn1%.", "layer0.bn1."):gsub("^fc%.", "last_linear.")
	return (name:gsub("%.se%.", ".se_module."))
end

-- by_table - { conv1 = "0.0", ["layer1.0"] = "stages.0.0" }: the longest key that begins a name, up to a dot, is
-- replaced
local function by_table(names)
	for k, v in pairs(names) do
		if type(k) ~= "string" or type(v) ~= "string" then
			fail("model: want names as { name = \"the file's name\", ... }, got %s = %s", kind(k), kind(v))
		end
	end
	return function(name)
		local begin = name
		while begin do
			if names[begin] then return names[begin] .. name:sub(#begin + 1) end
			begin = begin:match("^(.*)%.[^.]*$")
		end
		return name
	end
end

local schemes = { "torchvision", "timm", "fastai", "fastbook", "learner", "cifar", "huggingface", "senet" }

local function renamer(m)
	local names = m.names
	if type(names) == "string" then
		at_word("names", one_of, "model: names", names, schemes)
		-- XResNet ends in pool, flatten, dropout, linear; the book's in pool, flatten, linear
		names = ({ fastai = sequential("convpath", "idpath", true, 7), fastbook = sequential("convs", "idconv", false, 6),
		           learner = learner, cifar = cifar, huggingface = huggingface, senet = senet })[names]
	elseif type(names) == "table" then
		names = by_table(names)
	elseif names ~= nil and type(names) ~= "function" then
		fail("model: want names as a word, a table or a function, got %s", kind(names))
	end
	return names
end

return { renamer = renamer }
