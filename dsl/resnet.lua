-- resnet.lua - the library a model gets from require "resnet": ops, stems, blocks, stages, heads.
-- Everything here is sugar over raw.op; the numbers follow torchvision, timm and fast.ai.
local raw, arg = ...

local nn = { arg = arg }

local function fail(format, ...)
	raw.fail(string.format(format, ...))
end

local function is_tensor(x)
	return getmetatable(x) == "tensor"
end

local function kind(x)
	if x == nil then return "nothing" end
	if type(x) == "string" then return string.format("%q", x) end
	if type(x) == "number" then return tostring(x) end
	return "a " .. type(x)
end

-- words - every string key of t must be in the list; what says who complains
local function words(what, t, list)
	for k in pairs(t) do
		if type(k) == "string" then
			local known = false
			for _, w in ipairs(list) do known = known or w == k end
			if not known then
				local near = raw.nearest(k, list)
				fail("%s: want one of its options, got '%s'%s", what, k, near and "; did you mean '" .. near .. "'?" or "")
			end
		end
	end
end

local function want_table(what, t)
	if type(t) ~= "table" then fail("%s: want a table { ... }, got %s", what, kind(t)) end
	return t
end

local function whole(what, v, lo, hi)
	if math.type(v) ~= "integer" and not (type(v) == "number" and v == math.floor(v)) or v < lo or v > hi then
		fail("%s as a whole number from %d to %d, got %s", what, lo, hi, kind(v))
	end
	return math.floor(v)
end

-- one_of - word must be in the list
local function one_of(what, word, list)
	for _, w in ipairs(list) do
		if w == word then return word end
	end
	local near = type(word) == "string" and raw.nearest(word, list)
	fail("%s: want one of %s, got %s%s", what, table.concat(list, ", "), kind(word), near and "; did you mean '" .. near .. "'?" or "")
end

-- at_line - f, with the layers it makes told at the line where the user asked for it
local function at_line(f)
	local line = raw.line()
	return function(...)
		local before = raw.at(line)
		local y = f(...)
		raw.at(before)
		return y
	end
end

-- Names -----------------------------------------------------------------------------------------
-- A layer's name is the scope it is made in ("layer1.0.") and its own. Layers made without a name get
-- one: a batch norm takes its convolution's ("conv1" gives "bn1", "downsample.0" gives "downsample.1"),
-- the others count per scope ("conv1", "conv2", ..., "fc").

local scope, counters, taken

local base = { conv2d = "conv", linear = "fc" }

local function count_name(op)
	local stem = base[op] or op
	repeat
		local key = scope .. stem
		counters[key] = (counters[key] or 0) + 1
		local n = counters[key]
		local name = key .. ((stem == "fc" and n == 1) and "" or n)
		if not taken[name] then return name end
	until false
end

local function bn_name(x)
	local layer = x.name
	local outer, last = layer:match("^(.*%.)([^.]*)$")
	if not outer then outer, last = "", layer end
	local name
	if last:find("conv", 1, true) then
		name = outer .. last:gsub("conv", "bn", 1)
	elseif last:match("^%d+$") then
		name = outer .. tostring(math.tointeger(last) + 1)
	else
		name = layer .. "_bn"
	end
	return not taken[name] and name or nil
end

local function name_of(op, x, own)
	if own ~= nil and type(own) ~= "string" then fail("%s: want name as a string, got %s", op, kind(own)) end
	local name = own and scope .. own
	if not name and op == "bn" and is_tensor(x) and (x.op == "conv2d" or x.op == "linear") then name = bn_name(x) end
	name = name or count_name(op)
	taken[name] = true
	return name
end

local function begin()
	raw.begin()
	scope, counters, taken = "", {}, {}
end

-- nn.scope(name, f, ...) calls f(...) with "name." before the names of all layers made in it.
function nn.scope(name, f, ...)
	local outer = scope
	scope = outer .. name .. "."
	local y = f(...)
	scope = outer
	return y
end

-- Ops -------------------------------------------------------------------------------------------
-- nn.OP(tensor..., { options }) for every row of the op table; `resnetc doc` lists them.

for _, op in ipairs(raw.ops) do
	nn[op] = function(...)
		local args, options = table.pack(...), {}
		local last = args[args.n]
		if type(last) == "table" and args.n > 0 then
			for k, v in pairs(last) do options[k] = v end
			args.n = args.n - 1
		end
		if op == "input" and not scope then begin() end
		if not scope then fail("%s: want a tensor of a model, got none yet", op) end
		if op == "concat" and is_tensor(options[1]) then
			for i, x in ipairs(options) do args[i] = x end
			args.n = #options
			for i = 1, args.n do options[i] = nil end
		end
		if op == "input" and options[1] and options.shape == nil then
			options = { shape = { options[1], options[2], options[3] }, name = options.name }
		end
		return raw.op(op, name_of(op, args[1], options.name), options, table.unpack(args, 1, args.n))
	end
end

nn.conv, nn.batch_norm = nn.conv2d, nn.bn
nn.maxpool, nn.avgpool, nn.zero_pad = nn.max_pool, nn.avg_pool, nn.pad

-- Mean over the whole image, to C x 1 x 1.
function nn.global_avg_pool(x, o) return nn.adaptive_avg_pool(x, { size = 1, name = o and o.name }) end
function nn.global_max_pool(x, o) return nn.adaptive_max_pool(x, { size = 1, name = o and o.name }) end

-- x[:, :, ::step, ::step]
function nn.subsample(x, step)
	if not is_tensor(x) then fail("subsample: want a tensor, got %s", kind(x)) end
	return nn.slice(x, { rows = { 0, x.height, step }, cols = { 0, x.width, step } })
end

-- Inputs ----------------------------------------------------------------------------------------
-- nn.image { channels, height, width, mean = {..}, std = {..}, scale = 1/255, crop = 1 }
-- Float CHW. A picture of pixels 0..255 becomes (scale*pixel - mean)/std; its shorter side is first
-- resized to the input's size / crop and the centre kept (torchvision's evaluation: crop = 0.875).

nn.imagenet_mean, nn.imagenet_std = { 0.485, 0.456, 0.406 }, { 0.229, 0.224, 0.225 }

function nn.image(o)
	want_table("image", o)
	words("image", o, { "mean", "std", "scale", "crop" })
	return { shape = { o[1], o[2], o[3] }, line = raw.line(), image = { mean = o.mean, std = o.std, scale = o.scale, crop = o.crop } }
end

-- Stems -----------------------------------------------------------------------------------------

nn.stem = {}

-- 7x7/2 conv-bn-relu, 3x3/2 max pool (He et al. 2015). { width }
function nn.stem.imagenet(o)
	want_table("stem.imagenet", o)
	words("stem.imagenet", o, {})
	return at_line(function(x)
		x = nn.relu(nn.bn(nn.conv(x, { o[1] or 64, kernel = 7, stride = 2, padding = 3, name = "conv1" })))
		return nn.max_pool(x, { kernel = 3, stride = 2, padding = 1, name = "maxpool" })
	end)
end

-- 3x3 conv-bn-relu at full size (He et al. 2015, section 4.2). { width }
function nn.stem.cifar(o)
	want_table("stem.cifar", o)
	words("stem.cifar", o, {})
	return at_line(function(x)
		return nn.relu(nn.bn(nn.conv(x, { o[1] or 16, kernel = 3, name = "conv1" })))
	end)
end

-- three 3x3 conv-bn-relu, the first /2, then 3x3/2 max pool (He et al. 2018, "bag of tricks", C);
-- named as timm names them: conv1.0, conv1.1, conv1.3, conv1.4, conv1.6, bn1. { w1, w2, w3 }
function nn.stem.deep(o)
	want_table("stem.deep", o)
	words("stem.deep", o, {})
	return at_line(function(x)
		x = nn.relu(nn.bn(nn.conv(x, { o[1] or 32, kernel = 3, stride = 2, name = "conv1.0" })))
		x = nn.relu(nn.bn(nn.conv(x, { o[2] or 32, kernel = 3, name = "conv1.3" })))
		x = nn.relu(nn.bn(nn.conv(x, { o[3] or 64, kernel = 3, name = "conv1.6" }), { name = "bn1" }))
		return nn.max_pool(x, { kernel = 3, stride = 2, padding = 1, name = "maxpool" })
	end)
end

-- the image goes straight into the first stage
function nn.stem.none() return function(x) return x end end

-- Shortcuts -------------------------------------------------------------------------------------

local shortcuts = { "identity", "A", "B", "C", "D", "bias" }

local function project(x, width, stride, o, at)
	local y = nn.conv(x, { width, kernel = 1, stride = stride, bias = o.bias, name = "downsample." .. at })
	return o.bias and y or nn.bn(y)
end

-- The shortcut of a block with the given output channels. o.shortcut:
--   "identity"  x as it is
--   "A"         subsample, zero channels on both sides (He et al. 2015; no parameters)
--   "B"         1x1 conv and bn where the shape changes (the default)
--   "C"         1x1 conv and bn always
--   "D"         average pool (ceil_mode) where the stride is above 1, then 1x1 conv and bn
--   "bias"      1x1 conv with bias where the shape changes, no bn
--   function    called with x, channels and the block's options
function nn.shortcut(x, channels, o)
	local way = o.shortcut or (o.variant == "D" and "D" or "B")
	local stride = o.stride or 1
	if type(way) == "function" then return way(x, channels, o) end
	one_of("shortcut", way, shortcuts)
	if way == "identity" or (way ~= "C" and stride == 1 and x.channels == channels) then return x end
	if way == "A" then
		local extra = channels - x.channels
		if extra < 0 then fail("shortcut A: want at least as many channels as the input's %d, got %d", x.channels, channels) end
		if stride > 1 then x = nn.subsample(x, stride) end
		return extra == 0 and x or nn.pad(x, { channels = { extra//2, extra - extra//2 } })
	elseif way == "D" then
		if stride > 1 then x = nn.avg_pool(x, { kernel = stride, stride = stride, ceil_mode = true, count_include_pad = false, name = "downsample.0" }) end
		return project(x, channels, 1, {}, 1)
	end
	return project(x, channels, stride, { bias = way == "bias" }, 0)
end

-- Blocks ----------------------------------------------------------------------------------------
-- A block is a function of (x, width, options); options hold stride and all that the stage was given.
-- variant: "v1" puts the stride on a bottleneck's first 1x1, "v1.5" (default), "B", "C" and "D" on its
-- 3x3; "D" also pools in the shortcut.

local variants = { "v1", "v1.5", "B", "C", "D" }
local block_words = { "blocks", "width", "stride", "variant", "shortcut", "groups", "base_width", "expansion", "dilation" }

local function check_block(what, x, o)
	if not is_tensor(x) then fail("%s: want a tensor, got %s", what, kind(x)) end
	if o.variant then one_of(what .. ": variant", o.variant, variants) end
end

-- two 3x3 (He et al. 2015)
function nn.basic(x, width, o)
	o = o or {}
	check_block("basic", x, o)
	local z = nn.shortcut(x, width, o)
	local y = nn.relu(nn.bn(nn.conv(x, { width, kernel = 3, stride = o.stride, name = "conv1" })))
	y = nn.bn(nn.conv(y, { width, kernel = 3, name = "conv2" }))
	return nn.relu(y + z)
end

-- 1x1 down, 3x3, 1x1 up to expansion (4) times the width; groups and base_width as in torchvision
function nn.bottleneck(x, width, o)
	o = o or {}
	check_block("bottleneck", x, o)
	local groups = o.groups or 1
	local inner, outer = width*(o.base_width or 64)//64*groups, width*(o.expansion or 4)
	local first, second = 1, o.stride or 1
	if o.variant == "v1" then first, second = second, first end
	local z = nn.shortcut(x, outer, o)
	local y = nn.relu(nn.bn(nn.conv(x, { inner, kernel = 1, stride = first, name = "conv1" })))
	y = nn.relu(nn.bn(nn.conv(y, { inner, kernel = 3, stride = second, groups = groups, dilation = o.dilation, name = "conv2" })))
	y = nn.bn(nn.conv(y, { outer, kernel = 1, name = "conv3" }))
	return nn.relu(y + z)
end

-- basic without the skip, for the degradation experiment (He et al. 2015, section 4.1)
function nn.plain(x, width, o)
	o = o or {}
	check_block("plain", x, o)
	local y = nn.relu(nn.bn(nn.conv(x, { width, kernel = 3, stride = o.stride, name = "conv1" })))
	return nn.relu(nn.bn(nn.conv(y, { width, kernel = 3, name = "conv2" })))
end

local library = { [nn.basic] = "basic", [nn.bottleneck] = "bottleneck", [nn.plain] = "plain" }

-- Stages ----------------------------------------------------------------------------------------
-- nn.stage { block, blocks = n, width = w, stride = s, ... }: n blocks named 0 ... n-1, the first with
-- the stride, or stride = { s0, s1, ... } for each. Other options go to every block.

function nn.stage(o)
	want_table("stage", o)
	local block = o[1]
	if type(block) ~= "function" then fail("stage: want a block as its first item (nn.basic, nn.bottleneck, nn.plain or a function), got %s", kind(block)) end
	if library[block] then words("stage of " .. library[block], o, block_words) end
	local blocks = whole("stage: want blocks", o.blocks or 1, 1, 1000)
	local width = whole("stage: want width", o.width, 1, 65536)
	return at_line(function(x, defaults)
		for i = 0, blocks - 1 do
			local each = {}
			for k, v in pairs(defaults or {}) do each[k] = v end
			for k, v in pairs(o) do
				if type(k) == "string" then each[k] = v end
			end
			if type(o.stride) == "table" then each.stride = o.stride[i + 1] or 1
			else each.stride = i == 0 and o.stride or 1 end
			each.stride = whole("stage: want stride", each.stride, 1, 1024)
			each.index = i
			x = nn.scope(tostring(i), block, x, width, each)
			if not is_tensor(x) then fail("stage: want block %d to return a tensor, got %s", i, kind(x)) end
		end
		return x
	end)
end

-- Heads -----------------------------------------------------------------------------------------

local function pooled(what, x, how)
	how = one_of(what .. ": pool", how or "avg", { "avg", "max" })
	local pool = how == "avg" and nn.adaptive_avg_pool or nn.adaptive_max_pool
	return nn.flatten(pool(x, { size = 1, name = "avgpool" }))
end

-- { classes, name = "fc", pool = "avg", bias = true, softmax = false }: pool to 1x1, flatten, linear
function nn.classifier(o)
	want_table("classifier", o)
	words("classifier", o, { "name", "pool", "bias", "softmax" })
	return at_line(function(x)
		local y = nn.linear(pooled("classifier", x, o.pool), { o[1], bias = o.bias, name = o.name or "fc" })
		return o.softmax and nn.softmax(y) or y
	end)
end

-- { pool = "avg" }: pool to 1x1, flatten
function nn.embedding(o)
	o = o or {}
	words("embedding", o, { "pool" })
	return at_line(function(x) return pooled("embedding", x, o.pool) end)
end

-- Models ----------------------------------------------------------------------------------------

local model_words = { "name", "input", "stem", "stages", "body", "head", "variant", "shortcut", "names", "prefix", "classes",
                      "ignore", "image", "outputs" }

-- fast.ai's XResNet is a Sequential: 0-2 stem, 3 pool, 4-7 stages, 8 pool, 9 flatten, 10 dropout, 11 linear
local function fastai(name)
	local stem = { ["conv1.0"] = "0.0", ["conv1.1"] = "0.1", ["conv1.3"] = "1.0", ["conv1.4"] = "1.1", ["conv1.6"] = "2.0", bn1 = "2.1", fc = "11" }
	local layer, param = name:match("^(.*)%.([^.]*)$")
	if stem[layer] then return stem[layer] .. "." .. param end
	local stage, block, rest = layer:match("^layer(%d+)%.(%d+)%.(.*)$")
	if not stage then return name end
	local part, k = rest:match("^(%a+)(%d)$")
	local at = string.format("%d.%d.", stage + 3, block)
	if part == "conv" then return string.format("%sconvpath.%d.0.%s", at, k - 1, param) end
	if part == "bn" then return string.format("%sconvpath.%d.1.%s", at, k - 1, param) end
	k = rest:match("^downsample%.(%d)$")
	if k then return string.format("%sidpath.%d.%d.%s", at, stage == "1" and 0 or 1, k - 1, param) end
	return name
end

local function renamer(m)
	local names, prefix = m.names, m.prefix or ""
	if type(prefix) ~= "string" then fail("model: want prefix as a string, got %s", kind(prefix)) end
	if type(names) == "string" then
		one_of("model: names", names, { "torchvision", "timm", "fastai" })
		names = names == "fastai" and fastai or nil
	elseif names ~= nil and type(names) ~= "function" then
		fail("model: want names as a word or a function, got %s", kind(names))
	end
	if not names and prefix == "" then return nil end
	return function(name)
		local y = name
		if names then y = names(name) end
		return type(y) == "string" and prefix .. y or y
	end
end

local function callable(what, f)
	if type(f) ~= "function" then fail("model: want %s as a function of a tensor (nn.%s...), got %s", what, what, kind(f)) end
	return f
end

local function run(what, f, x, ...)
	local y = callable(what, f)(x, ...)
	if not is_tensor(y) then fail("model: want %s to return a tensor, got %s", what, kind(y)) end
	return y
end

-- nn.model { name, input = nn.image { ... }, stem, stages = { ... }, body, head, ... }
-- The parts run in this order, each a function of a tensor; stages are named layer1, layer2, ...
--   name      prefix of every generated symbol, a C identifier
--   variant   of all stages that do not say their own: "v1", "v1.5", "B", "C", "D"
--   shortcut  likewise
--   names     "torchvision" (default), "timm", "fastai" or function(name) that returns the weight file's name
--   prefix    put before every weight's name, such as "module."
--   ignore    names in the weight file that may stay unused, { "fc.*" }
--   classes   { "airplane", ... } for run and for NAME_classes in the header
-- Instead of parts, outputs = { tensor, ... } of a flat model that began with nn.input.
function nn.model(m)
	want_table("model", m)
	words("model", m, model_words)
	if m.outputs then
		local model = raw.finish(m, renamer(m), want_table("model: outputs", m.outputs))
		scope = nil
		return model
	end
	if type(m.input) ~= "table" or not m.input.shape then fail("model: want input = nn.image { channels, height, width }, got %s", kind(m.input)) end
	if m.variant then one_of("model: variant", m.variant, variants) end
	begin()
	raw.at(m.input.line or 0)
	local x = nn.input { name = "input", shape = m.input.shape }
	raw.at(0)
	local stem = m.stem or ((m.variant == "C" or m.variant == "D") and m.stages and nn.stem.deep { 32, 32, 64 })
	if stem then x = run("stem", stem, x) end
	for i, stage in ipairs(m.stages and want_table("model: stages", m.stages) or {}) do
		x = nn.scope("layer" .. i, run, "stage", stage, x, { variant = m.variant, shortcut = m.shortcut })
	end
	if m.body then x = run("body", m.body, x) end
	if m.head then x = run("head", m.head, x) end
	local plain = {}
	for k, v in pairs(m) do plain[k] = v end
	plain.image = m.image or m.input.image
	local model = raw.finish(plain, renamer(m), { x })
	scope = nil
	return model
end

-- A misspelt nn.word is an error too.
setmetatable(nn, { __index = function(_, word)
	local known = {}
	for k in pairs(nn) do known[#known + 1] = k end
	local near = raw.nearest(tostring(word), known)
	fail("nn.%s: want a function of the library (resnetc doc lists them), got none%s", tostring(word), near and "; did you mean '" .. near .. "'?" or "")
end })

return nn
