-- resnet.lua - the library a model gets from require "resnet": ops, stems, blocks, stages, heads.
-- Everything here is sugar over raw.op; the numbers follow torchvision, timm and fast.ai.
local raw, given_args, asked = ...

local nn = {}

local function fail(format, ...)
	raw.fail(string.format(format, ...))
end

-- fail_at - where the user wrote "word = ..." in the call that is being made
local function fail_at(word, format, ...)
	raw.at(raw.line_of(word))
	fail(format, ...)
end

local function is_tensor(x)
	return getmetatable(x) == "tensor"
end

local function kind(x)
	if x == nil then return "nothing" end
	if type(x) == "string" then return string.format("%q", x) end
	if type(x) == "number" then return tostring(x) end
	if type(x) == "table" and #x > 0 and #x < 7 then
		local items = {}
		for i, v in ipairs(x) do items[i] = type(v) == "string" and string.format("%q", v) or type(v) == "number" and tostring(v) or nil end
		if #items == #x then return "{ " .. table.concat(items, ", ") .. " }" end
	end
	return is_tensor(x) and "a tensor" or "a " .. type(x)
end

-- words - every string key of t must be in the list; what says who complains
local function words(what, t, list)
	for k in pairs(t) do
		if type(k) == "string" then
			local known = false
			for _, w in ipairs(list) do known = known or w == k end
			if not known then
				local near = raw.nearest(k, list)
				fail_at(k, "%s: want one of its options, got '%s'%s", what, k, near and "; did you mean '" .. near .. "'?" or "")
			end
		end
	end
end

local function want_table(what, t)
	if is_tensor(t) then fail_at(what:match("^stem") or "head", "%s: want it called where it is named, nn.%s { ... }, got the function itself", what, what) end
	if type(t) ~= "table" then fail("%s: want a table { ... }, got %s", what, kind(t)) end
	return t
end

local function whole(what, v, lo, hi)
	if math.type(v) ~= "integer" and not (type(v) == "number" and v == math.floor(v)) or v < lo or v > hi then
		fail("%s as a whole number from %d to %d, got %s", what, lo, hi, kind(v))
	end
	return math.floor(v)
end

-- at_word - f(...), which fails where the user wrote "word = ..."
local function at_word(word, f, ...)
	local before = raw.at(raw.line_of(word))
	local y = table.pack(f(...))
	raw.at(before)
	return table.unpack(y, 1, y.n)
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
		local y = table.pack(f(...))
		raw.at(before)
		return table.unpack(y, 1, y.n)
	end
end

-- Arguments -------------------------------------------------------------------------------------
-- nn.arg.KEY is what -D KEY=VALUE says on the command line, a number where it is one, else a string; nil where it says
-- nothing: local depth = nn.arg.depth or 20. A KEY that the model never asks for is refused.

nn.arg = setmetatable({}, {
	__index = function(_, key)
		asked[key] = true
		return given_args[key]
	end,
	__newindex = function(_, key, value) given_args[key] = value end,
	__pairs = function()
		for key in pairs(given_args) do asked[key] = true end
		return next, given_args, nil
	end,
})

-- Names -----------------------------------------------------------------------------------------
-- A layer's name is the scope it is made in ("layer1.0.") and its own. Layers made without a name get
-- one: a batch norm takes its convolution's ("conv1" gives "bn1", "downsample.0" gives "downsample.1"),
-- the others count per scope ("conv1", "conv2", ..., "fc").

local scope, counters, taken
local pooled              -- scopes of blocks whose shortcut pools: fast.ai counts the pool
local defaults = {}       -- of the model being built: bias, eps, split, folded

local base = { conv2d = "conv", conv_transpose2d = "conv_transpose", linear = "fc" }

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
	scope, counters, taken, pooled = "", {}, {}, {}
end

-- nn.scope(name, f, ...) calls f(...) with "name." before the names of all layers made in it.
function nn.scope(name, f, ...)
	local outer = scope
	scope = outer .. name .. "."
	local y = table.pack(f(...))
	scope = outer
	return table.unpack(y, 1, y.n)
end

-- Ops -------------------------------------------------------------------------------------------
-- nn.OP(tensor..., { options }) for every row of the op table; `resnetc doc` lists them.
-- nn.bn also takes scale = NAME: weight and bias are kept under that layer's name (Caffe's BatchNorm and
-- Scale); the model's bn and bias options set what a batch norm and a convolution do unless they say so.

local function with_defaults(op, options)
	if op == "conv2d" and options.bias == nil and options.bn == nil then options.bias = defaults.bias end
	if op == "bn" and options.eps == nil then options.eps = defaults.eps end
	if op == "bn" and options.scale == nil and defaults.split then
		options.scale = options.name:gsub("bn", "scale")
		if options.scale == options.name then options.scale = options.name .. "_scale" end
	end
	return options
end

-- acts - the functions that are activations, by their words and the other way round
local acts = {}

-- act_of - an activation as a function; it may be given as a word
local function act_of(what, act)
	if act == nil then return nn.relu end
	if type(act) == "string" then
		local words_ = {}
		for k in pairs(acts) do
			if type(k) == "string" then words_[#words_ + 1] = k end
		end
		table.sort(words_)
		return acts[one_of(what .. ": act", act, words_)]
	end
	if type(act) ~= "function" then fail("%s: want act as a word or a function of a tensor (\"relu\", nn.relu, ...), got %s", what, kind(act)) end
	return act
end

local arguments = { conv2d = ", { 8, kernel = 3 }", linear = ", { 10 }", max_pool = ", { kernel = 2 }", avg_pool = ", { kernel = 2 }",
                    add = ", tensor", mul = ", tensor", concat = ", tensor, ..." }
local ordinal = { "1st", "2nd", "3rd" }

-- check_tensors - what stands before the options are tensors
local function check_tensors(op, called, args)
	if args.n == 0 and op ~= "input" and not scope then
		local rest = arguments[op] or ""
		fail("nn.%s: want nn.%s(tensor%s), got no tensor; as a part of a model: function(x) return nn.%s(x%s) end", called, called, rest, called, rest)
	end
	for i = 1, args.n do
		if args[i] ~= nil and not is_tensor(args[i]) then
			fail("nn.%s: want nn.%s(tensor%s), got %s as %s argument", called, called, arguments[op] or "",
			     type(args[i]) == "table" and kind(args[i]) or "a " .. type(args[i]), ordinal[i] or i .. "th")
		end
	end
end

-- framed - x padded as padding_mode = "reflect" or "replicate" of a convolution says, which then pads no more
-- (torch.nn.Conv2d)
local function framed(x, o)
	local mode, p = one_of("conv2d: padding_mode", o.padding_mode, { "zeros", "reflect", "replicate" }), o.padding
	o.padding_mode = nil
	if mode == "zeros" then return x end
	if p == nil then
		local kernel, dilation = o.kernel, o.dilation or 1
		local function reach(i)
			local k, d = type(kernel) == "table" and kernel[i] or kernel, type(dilation) == "table" and dilation[i] or dilation
			return d*(whole("conv2d: want kernel", k, 1, 1024) - 1)//2
		end
		p = { reach(1), reach(2) }
	end
	o.padding = 0
	return nn.pad(x, { padding = p, mode = mode })
end

-- op_function - nn.CALLED, which makes a node of op
local function op_function(op, called)
	return function(...)
		local args, options, after = table.pack(...), {}, nil
		local last = args[args.n]
		if type(last) == "table" and args.n > 0 then
			for k, v in pairs(last) do options[k] = v end
			args.n = args.n - 1
		end
		if op == "input" and not scope then begin() end
		if op == "concat" and is_tensor(options[1]) then
			for i, x in ipairs(options) do args[i] = x end
			args.n = #options
			for i = 1, args.n do options[i] = nil end
		end
		check_tensors(op, called, args)
		if not scope then fail("%s: want a tensor of a model, got none yet", op) end
		if op == "input" and options[1] and options.shape == nil then
			options = { shape = { options[1], options[2], options[3] }, name = options.name }
		end
		if op == "bn" and defaults.folded and is_tensor(args[1]) and args[1].op ~= "input" then return args[1] end
		if type(options.act) == "function" then
			after, options.act = not acts[options.act] and options.act or nil, acts[options.act]
		end
		if options.act == "prelu" and not options.slopes then after, options.act = nn.prelu, nil end    -- a layer of its own
		if options.padding_mode and op == "conv2d" then args[1] = framed(args[1], options) end
		options.name = name_of(op, args[1], options.name)
		local results = table.pack(raw.op(op, options.name, with_defaults(op, options), table.unpack(args, 1, args.n)))
		if after then return after(results[1]) end
		return table.unpack(results, 1, results.n)
	end
end

for _, op in ipairs(raw.ops) do nn[op] = op_function(op, op) end
for other, op in pairs { conv = "conv2d", batch_norm = "bn", maxpool = "max_pool", avgpool = "avg_pool", zero_pad = "pad", swish = "silu", clamp = "clip" } do
	nn[other] = op_function(op, other)
	for _, act in ipairs(raw.acts) do
		if act == op then acts[other], acts[nn[other]] = nn[other], op end
	end
end

-- A number on one side of an op of two tensors: x + 1, 2*x, 1 - x, 1/x, nn.maximum(x, 0), ...; the second way where it is
-- on the left and that matters
local with_number = {
	add = { function(k) return "affine", { offset = k } end },
	sub = { function(k) return "affine", { offset = -k } end, function(k) return "affine", { gain = -1, offset = k } end },
	mul = { function(k) return "affine", { gain = k } end },
	div = { function(k) return "affine", { gain = 1/k } end, function(k) return "reciprocal", { value = k } end },
	maximum = { function(k) return "clip", { lo = k } end },
	minimum = { function(k) return "clip", { hi = k } end },
}
for op, ways in pairs(with_number) do
	local both = nn[op]
	nn[op] = function(...)
		local x, y, o = ...
		local number = type(y) == "number" and is_tensor(x) and 1 or type(x) == "number" and is_tensor(y) and 2
		if not number then return both(...) end
		if number == 2 then x, y = y, x end
		local word, options = (ways[number] or ways[1])(y)
		options.name = o and o.name
		return nn[word](x, options)
	end
end

-- { approximate = "none" }: "tanh" is the other form (torch.nn.GELU)
local gelu = nn.gelu
function nn.gelu(x, o)
	words("gelu", want_table("gelu", o or {}), { "approximate", "name" })
	local how = one_of("gelu: approximate", o and o.approximate or "none", { "none", "tanh" })
	return (how == "tanh" and nn.gelu_tanh or gelu)(x, { name = o and o.name })
end
acts[nn.gelu] = "gelu"

-- { min_val = -1, max_val = 1 }: a clip (torch.nn.Hardtanh)
function nn.hardtanh(x, o)
	words("hardtanh", want_table("hardtanh", o or {}), { "min_val", "max_val", "name" })
	return nn.clip(x, { lo = o and o.min_val or -1, hi = o and o.max_val or 1, name = o and o.name })
end

for _, act in ipairs(raw.acts) do acts[act], acts[nn[act]] = nn[act], act end

-- convolution of every channel by itself: groups = the input's channels
function nn.depthwise(x, o)
	if not is_tensor(x) then fail("depthwise: want a tensor, got %s", kind(x)) end
	local all = {}
	for k, v in pairs(want_table("depthwise", o or {})) do all[k] = v end
	all[1] = all[1] or all.out or x.channels
	all.out, all.groups = nil, x.channels
	return nn.conv2d(x, all)
end

-- { scale = 2 } or { size = {h, w} }, mode = "nearest" (default) or "bilinear", align_corners = false
function nn.upsample(x, o)
	if not is_tensor(x) then fail("upsample: want a tensor, got %s", kind(x)) end
	words("upsample", want_table("upsample", o), { "scale", "size", "mode", "align_corners", "name" })
	local mode = one_of("upsample: mode", o.mode or "nearest", { "nearest", "bilinear" })
	local p = { name = o.name, size = o.size }
	if o.scale then
		local s = type(o.scale) == "table" and o.scale or { o.scale, o.scale }
		if type(s[1]) ~= "number" or type(s[2]) ~= "number" or s[1] <= 0 or s[2] <= 0 then fail("upsample: want scale as a number above 0 or {h, w}, got %s", kind(o.scale)) end
		p.size = { math.floor(x.height*s[1]), math.floor(x.width*s[2]) }
		if p.size[1] ~= x.height*s[1] then p.scale_h = s[1] end      -- otherwise the sizes say it, in PyTorch's arithmetic
		if p.size[2] ~= x.width*s[2] then p.scale_w = s[2] end
	end
	if o.align_corners then p.coords = "align_corners" end
	return nn["upsample_" .. mode](x, p)
end

-- Squeeze-excite (Hu et al. 2017): x times sigmoid(fc2(relu(fc1(mean of x)))), 1x1 convolutions named
-- se.fc1 and se.fc2 as in timm and torchvision. channels: of the squeeze.
function nn.squeeze_excite(x, channels, o)
	if not is_tensor(x) then fail("squeeze_excite: want a tensor, got %s", kind(x)) end
	local name = o and o.name or "se"
	local y = nn.adaptive_avg_pool(x, { size = 1, name = name .. ".pool" })
	y = nn.relu(nn.conv(y, { channels, kernel = 1, bias = true, name = name .. ".fc1" }))
	return x*nn.sigmoid(nn.conv(y, { x.channels, kernel = 1, bias = true, name = name .. ".fc2" }))
end

-- Each channel of an image normalised by its own mean and variance (torch.nn.InstanceNorm2d, which has no weight and bias
-- unless affine = true).
function nn.instance_norm(x, o)
	if not is_tensor(x) then fail("instance_norm: want a tensor, got %s", kind(x)) end
	words("instance_norm", want_table("instance_norm", o or {}), { "eps", "affine", "name", "params" })
	local all = { groups = x.channels, affine = false }
	for k, v in pairs(o or {}) do all[k] = v end
	return nn.group_norm(x, all)
end

-- Dot-product attention of all pixels to all pixels (Vaswani et al. 2017; BoTNet without positions): queries, keys and
-- values are the thirds of a 1x1 convolution named qkv. { channels = x.channels, heads = 4, bias = false }
function nn.self_attention(x, o)
	if not is_tensor(x) then fail("self_attention: want a tensor, got %s", kind(x)) end
	words("self_attention", want_table("self_attention", o or {}), { "channels", "heads", "bias" })
	local c, heads = o and o.channels or x.channels, o and o.heads or 4
	local qkv = nn.conv(x, { 3*c, kernel = 1, bias = o and o.bias, name = "qkv" })
	local function third(i) return nn.slice(qkv, { channels = { i*c, (i + 1)*c } }) end
	local scores = nn.matmul(third(1), third(0), { transpose_a = true, heads = heads, scale = (c/heads)^-0.5 })
	return nn.matmul(third(2), nn.softmax(scores, { groups = heads }), { heads = heads })
end

-- Global context (Cao et al. 2019) as a gate: the features' sum, weighted by a softmax over the image, through two 1x1
-- convolutions with a norm between them. Named as timm's GlobalContext. { channels = x.channels/8 of the squeeze }
function nn.global_context(x, o)
	if not is_tensor(x) then fail("global_context: want a tensor, got %s", kind(x)) end
	words("global_context", want_table("global_context", o or {}), { "channels" })
	local mask = nn.softmax(nn.conv(x, { 1, kernel = 1, bias = true, name = "conv_attn" }), { axis = "image" })
	local y = nn.matmul(x, mask, { transpose_b = true })
	y = nn.conv(y, { o and o.channels or math.max(1, x.channels//8), kernel = 1, bias = true, name = "mlp_scale.fc1" })
	y = nn.relu(nn.layer_norm(y, { name = "mlp_scale.norm" }))
	return x*nn.sigmoid(nn.conv(y, { x.channels, kernel = 1, bias = true, name = "mlp_scale.fc2" }))
end

-- Mean over the whole image, to C x 1 x 1.
function nn.global_avg_pool(x, o) return nn.adaptive_avg_pool(x, { size = 1, name = o and o.name }) end
function nn.global_max_pool(x, o) return nn.adaptive_max_pool(x, { size = 1, name = o and o.name }) end

-- x[:, :, ::step, ::step]
function nn.subsample(x, step)
	if not is_tensor(x) then fail("subsample: want a tensor, got %s", kind(x)) end
	return nn.slice(x, { rows = { 0, x.height, step }, cols = { 0, x.width, step } })
end

-- Inputs ----------------------------------------------------------------------------------------
-- nn.image { channels, height, width, mean = {..}, std = {..}, scale = 1/255, crop = 1, ... }
-- A picture of pixels 0..255 becomes (scale*pixel - mean)/std; its shorter side is first resized to the input's
-- longer side / crop, whole pixels (NAME_RESIZE), and the centre kept: torchvision's Resize and CenterCrop, to the
-- same pixels. Its evaluation: crop = 0.875; weights with Resize(232), CenterCrop(224): crop = 224/232.
-- What NAME_run takes, by default float CHW as the network sees it:
--   dtype      "float" or "u8": pixels 0..255 in bytes
--   layout     "CHW" or "HWC": how the caller's pixels lie
--   order      "RGB" or "BGR": the caller's channels
--   trained    "RGB" or "BGR": the channels the network was trained on; mean and std are in this order
--   normalize  true: NAME_run itself applies scale, mean and std (the default of u8)

nn.imagenet_mean, nn.imagenet_std = { 0.485, 0.456, 0.406 }, { 0.229, 0.224, 0.225 }

function nn.image(o)
	want_table("image", o)
	words("image", o, { "mean", "std", "scale", "crop", "dtype", "layout", "order", "trained", "normalize" })
	local order = one_of("image: order", o.order or "RGB", { "RGB", "BGR" })
	local trained = one_of("image: trained", o.trained or "RGB", { "RGB", "BGR" })
	local u8 = one_of("image: dtype", o.dtype or "float", { "float", "u8" }) == "u8"
	if o.normalize ~= nil and type(o.normalize) ~= "boolean" then fail("image: want normalize as true or false, got %s", kind(o.normalize)) end
	if (order == "BGR" or trained == "BGR") and o[1] ~= 3 then fail("image: want 3 channels for BGR, got %s", kind(o[1])) end
	local normalize = o.normalize
	if normalize == nil then normalize = u8 end
	return { shape = { o[1], o[2], o[3] }, line = raw.line(), image = {
		mean = o.mean, std = o.std, scale = o.scale, crop = o.crop, u8 = u8, normalize = normalize, bgr = order == "BGR",
		hwc = one_of("image: layout", o.layout or "CHW", { "CHW", "HWC" }) == "HWC", swap = order ~= trained } }
end

-- Stems -----------------------------------------------------------------------------------------

nn.stem = {}

-- 7x7/2 conv-bn-relu, 3x3/2 max pool (He et al. 2015). { width, preact = false }
-- preact: no bn-relu, the first block brings it (He et al. 2016)
function nn.stem.imagenet(o)
	want_table("stem.imagenet", o)
	words("stem.imagenet", o, { "preact" })
	return at_line(function(x)
		x = nn.conv(x, { o[1] or 64, kernel = 7, stride = 2, padding = 3, name = "conv1" })
		if not o.preact then x = nn.relu(nn.bn(x)) end
		return nn.max_pool(x, { kernel = 3, stride = 2, padding = 1, name = "maxpool" })
	end)
end

-- 3x3 conv-bn-relu at full size (He et al. 2015, section 4.2). { width, preact = false }
function nn.stem.cifar(o)
	want_table("stem.cifar", o)
	words("stem.cifar", o, { "preact" })
	return at_line(function(x)
		x = nn.conv(x, { o[1] or 16, kernel = 3, name = "conv1" })
		return o.preact and x or nn.relu(nn.bn(x))
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

local shortcuts = { "identity", "A", "B", "C", "D", "bias", "bare" }

local function project(x, width, stride, o, at)
	local y = nn.conv(x, { width, kernel = 1, stride = stride, bias = o.bias, name = "downsample." .. at })
	return (o.bias or o.bare) and y or nn.bn(y)
end

-- The shortcut of a block with the given output channels. o.shortcut:
--   "identity"  x as it is
--   "A"         subsample, zero channels on both sides (He et al. 2015; no parameters)
--   "B"         1x1 conv and bn where the shape changes (the default)
--   "C"         1x1 conv and bn always
--   "D"         average pool (ceil_mode) where the stride is above 1, then 1x1 conv and bn
--   "bias"      1x1 conv with bias where the shape changes, no bn
--   "bare"      1x1 conv where the shape changes, neither bias nor bn (pre-activation blocks)
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
		if stride > 1 then
			pooled[scope] = true
			x = nn.avg_pool(x, { kernel = stride, stride = stride, ceil_mode = true, count_include_pad = false, name = "downsample.0" })
		end
		return project(x, channels, 1, {}, 1)
	end
	return project(x, channels, stride, { bias = way == "bias" or nil, bare = way == "bare" }, 0)
end

-- Blocks ----------------------------------------------------------------------------------------
-- A block is a function of (x, width, options); options hold stride and all that the stage was given.
--   variant     "v1" puts the stride on a bottleneck's first 1x1, "v1.5" (default), "B", "C" and "D" on its
--               3x3; "D" also pools in the shortcut
--   shortcut    see nn.shortcut
--   groups, base_width   of the 3x3 (ResNeXt, wide), as in torchvision
--   expansion   of a bottleneck: 4
--   se          squeeze-excite before the addition: channels are divided by this number and rounded to 8
--   act         "relu", nn.relu, or another word or function of a tensor
--   padding     of the 3x3: 1, or "same" (TensorFlow)
--   dilation    of the 3x3

local variant_said        -- of the model being built: somebody has thought of it
local variants = { "v1", "v1.5", "B", "C", "D" }
local block_words = { "blocks", "width", "stride", "variant", "shortcut", "groups", "base_width", "expansion", "dilation", "se", "act", "padding" }

-- without - what a block would ignore, and the value that asks for nothing
local without = {
	basic  = { groups = 1, base_width = 64, expansion = 1 },
	preact = { groups = 1, base_width = 64, expansion = 1, dilation = 1 },
	plain  = { groups = 1, base_width = 64, expansion = 1, dilation = 1, se = false },
	bottleneck = {}, preact_bottleneck = {},
}

local function check_block(what, x, o)
	if x == nil then fail("%s: want a tensor, got nothing; as the block of a stage it is nn.%s, without ()", what, what) end
	if not is_tensor(x) then fail("%s: want a tensor, got %s", what, kind(x)) end
	if o.variant then
		at_word("variant", one_of, what .. ": variant", o.variant, variants)
		variant_said = true
	end
	for _, word in ipairs(block_words) do
		local nothing = without[what][word]
		if nothing ~= nil and o[word] ~= nil and o[word] ~= nothing then
			fail_at(word, "%s: want a block that takes %s (nn.%s), got %s = %s", what, word, word == "se" and "basic" or "bottleneck", word, kind(o[word]))
		end
	end
	return act_of(what, o.act)
end

-- excite - squeeze-excite where the block asks for it; the width is timm's make_divisible(channels/se, 8)
local function excite(y, o)
	if not o.se then return y end
	local want = y.channels/whole("block: want se", o.se, 1, 65536)
	local channels = math.max(8, (want + 4)//8*8)
	if channels < 0.9*want then channels = channels + 8 end
	return nn.squeeze_excite(y, math.tointeger(channels))
end

-- two 3x3 (He et al. 2015)
function nn.basic(x, width, o)
	o = o or {}
	local act = check_block("basic", x, o)
	local z = nn.shortcut(x, width, o)
	local y = act(nn.bn(nn.conv(x, { width, kernel = 3, stride = o.stride, padding = o.padding, dilation = o.dilation, name = "conv1" })))
	y = nn.bn(nn.conv(y, { width, kernel = 3, padding = o.padding, name = "conv2" }))
	return act(excite(y, o) + z)
end

-- 1x1 down, 3x3, 1x1 up to expansion (4) times the width; groups and base_width as in torchvision
function nn.bottleneck(x, width, o)
	o = o or {}
	local act, groups = check_block("bottleneck", x, o), o.groups or 1
	local inner, outer = width*(o.base_width or 64)//64*groups, width*(o.expansion or 4)
	local first, second = 1, o.stride or 1
	if o.variant == "v1" then first, second = second, first end
	local z = nn.shortcut(x, outer, o)
	local y = act(nn.bn(nn.conv(x, { inner, kernel = 1, stride = first, name = "conv1" })))
	y = act(nn.bn(nn.conv(y, { inner, kernel = 3, stride = second, groups = groups, padding = o.padding, dilation = o.dilation, name = "conv2" })))
	y = nn.bn(nn.conv(y, { outer, kernel = 1, name = "conv3" }))
	return act(excite(y, o) + z)
end

-- preact_shortcut - of a pre-activation block: x itself, or a bare 1x1 of the activated x (He et al. 2016)
local function preact_shortcut(x, a, channels, o)
	if (o.stride or 1) == 1 and x.channels == channels then return x end
	local own = {}
	for k, v in pairs(o) do own[k] = v end
	own.shortcut = o.shortcut or "bare"
	return nn.shortcut(a, channels, own)
end

-- pre-activation: bn-relu-3x3-bn-relu-3x3, no relu after the addition (He et al. 2016)
function nn.preact(x, width, o)
	o = o or {}
	local act = check_block("preact", x, o)
	local a = act(nn.bn(x, { name = "bn1" }))
	local z = preact_shortcut(x, a, width, o)
	local y = nn.conv(a, { width, kernel = 3, stride = o.stride, padding = o.padding, name = "conv1" })
	y = nn.conv(act(nn.bn(y, { name = "bn2" })), { width, kernel = 3, padding = o.padding, name = "conv2" })
	return excite(y, o) + z
end

-- pre-activation bottleneck: bn-relu before each of 1x1, 3x3, 1x1
function nn.preact_bottleneck(x, width, o)
	o = o or {}
	local act, groups = check_block("preact_bottleneck", x, o), o.groups or 1
	local inner, outer = width*(o.base_width or 64)//64*groups, width*(o.expansion or 4)
	local first, second = 1, o.stride or 1
	if o.variant == "v1" then first, second = second, first end
	local a = act(nn.bn(x, { name = "bn1" }))
	local z = preact_shortcut(x, a, outer, o)
	local y = nn.conv(a, { inner, kernel = 1, stride = first, name = "conv1" })
	y = nn.conv(act(nn.bn(y, { name = "bn2" })), { inner, kernel = 3, stride = second, groups = groups, padding = o.padding, dilation = o.dilation, name = "conv2" })
	y = nn.conv(act(nn.bn(y, { name = "bn3" })), { outer, kernel = 1, name = "conv3" })
	return excite(y, o) + z
end

-- basic without the skip, for the degradation experiment (He et al. 2015, section 4.1)
function nn.plain(x, width, o)
	o = o or {}
	local act = check_block("plain", x, o)
	local y = act(nn.bn(nn.conv(x, { width, kernel = 3, stride = o.stride, padding = o.padding, name = "conv1" })))
	return act(nn.bn(nn.conv(y, { width, kernel = 3, padding = o.padding, name = "conv2" })))
end

local library = { [nn.basic] = "basic", [nn.bottleneck] = "bottleneck", [nn.plain] = "plain", [nn.preact] = "preact",
                  [nn.preact_bottleneck] = "preact_bottleneck" }

-- Stages ----------------------------------------------------------------------------------------
-- nn.stage { block, blocks = n, width = w, stride = s, ... }: n blocks named 0 ... n-1, the first with
-- the stride, or stride = { s0, s1, ... } for each. Other options go to every block.

function nn.stage(o)
	want_table("stage", o)
	local block = o[1]
	if type(block) ~= "function" then fail("stage: want a block as its first item (nn.basic, nn.bottleneck, nn.preact, nn.plain or a function), got %s", kind(block)) end
	if library[block] then words("stage of " .. library[block], o, block_words) end
	local blocks = whole("stage: want blocks", o.blocks or 1, 1, 1000)
	local width = whole("stage: want width", o.width, 1, 65536)
	return at_line(function(x, given)
		for i = 0, blocks - 1 do
			local each = {}
			for k, v in pairs(given or {}) do each[k] = v end
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

local pools = { "avg", "max", "concat", "none" }

-- spare - the name while no layer has it; heads beside each other both pool
local function spare(name) return not taken[scope .. name] and name or nil end

-- pooled_by - the pool of a head: "avg", "max", "concat" (maximum, then mean: fast.ai's AdaptiveConcatPool2d)
local function pooled_by(what, x, o)
	local how = one_of(what .. ": pool", o.pool or "avg", pools)
	local size = o.size or 1
	if o.norm then x = nn.relu(nn.bn(x, { name = o.norm == true and "norm" or o.norm })) end
	if how == "none" then return nn.flatten(x) end
	if how == "concat" then
		return nn.flatten(nn.concat(nn.adaptive_max_pool(x, { size = size, name = spare "maxpool2" }), nn.adaptive_avg_pool(x, { size = size, name = spare "avgpool" })))
	end
	local pool = how == "avg" and nn.adaptive_avg_pool or nn.adaptive_max_pool
	return nn.flatten(pool(x, { size = size, name = spare "avgpool" }))
end

local function ranked(what, y, o)
	if o.softmax then y = nn.softmax(y) end
	if o.top then return nn.top_k(y, { whole(what .. ": want top", o.top, 1, y.channels) }) end
	return y
end

-- { classes, name = "fc", pool = "avg", size = 1, bias = true, norm = false, softmax = false, top = nil }:
-- pool to size x size, flatten, linear. pool is "avg", "max", "concat" or "none"; norm = true puts bn-relu
-- before it (pre-activation; named norm, or by the string given); top = k returns the k largest, then their classes.
function nn.classifier(o)
	want_table("classifier", o)
	words("classifier", o, { "name", "pool", "size", "bias", "softmax", "top", "norm" })
	return at_line(function(x)
		return ranked("classifier", nn.linear(pooled_by("classifier", x, o), { o[1], bias = o.bias, name = o.name or "fc" }), o)
	end)
end

-- { pool = "avg", size = 1, norm = false }: pool, flatten; no linear layer
function nn.embedding(o)
	o = o or {}
	words("embedding", o, { "pool", "size", "norm" })
	return at_line(function(x) return pooled_by("embedding", x, o) end)
end

-- The head of fast.ai's vision_learner: concat pool, flatten, then bn-linear-relu for each hidden width and
-- bn-linear to the classes, linear without bias. { classes, hidden = { 512 }, pool = "concat", softmax, top }
-- Named as in its Sequential: 2, 4, 6, 8, ... after the scope "head".
function nn.fastai_head(o)
	want_table("fastai_head", o)
	words("fastai_head", o, { "hidden", "pool", "softmax", "top" })
	return at_line(function(x)
		return nn.scope("head", function()
			local y, at = pooled_by("fastai_head", x, { pool = o.pool or "concat" }), 2
			for _, width in ipairs(want_table("fastai_head: hidden", o.hidden or { 512 })) do
				y = nn.bn(y, { name = tostring(at) })
				y = nn.relu(nn.linear(y, { width, bias = false, name = tostring(at + 2) }))
				at = at + 4
			end
			y = nn.linear(nn.bn(y, { name = tostring(at) }), { o[1], bias = false, name = tostring(at + 2) })
			return ranked("fastai_head", y, o)
		end)
	end)
end

-- Models ----------------------------------------------------------------------------------------

local model_words = { "name", "input", "stem", "stages", "body", "head", "variant", "shortcut", "names", "prefix", "classes",
                      "ignore", "image", "outputs", "taps", "bn", "bias", "act" }

-- block_part - "layer2.0.conv1.weight" to 2, 0, "conv1", "weight"
local function block_part(layer)
	local stage, block, rest = layer:match("^layer(%d+)%.(%d+)%.(.*)$")
	if stage then return math.tointeger(stage), math.tointeger(block), rest end
end

local stem_numbers = { ["conv1.0"] = "0.0", ["conv1.1"] = "0.1", ["conv1.3"] = "1.0", ["conv1.4"] = "1.1", ["conv1.6"] = "2.0",
                       ["bn1"] = "2.1" }

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
		if part == "conv" or part == "bn" then return string.format("%s%s.%d.%d.%s", at, path, k - 1, part == "bn" and 1 or 0, param) end
		k = rest:match("^se%.fc(%d)$")
		if k then return string.format("%s%s.%d.layers.%d.0.%s", at, path, raw.has(string.format("layer%d.%d.conv3", stage, block)) and 3 or 2, k, param) end
		k = rest:match("^downsample%.(%d)$")
		if k then
			-- "downsample.1" is the convolution where the variant pools, "downsample.0" where not
			local first = raw.has(string.format("layer%d.%d.downsample.2", stage, block)) and 1 or 0
			local number = string.format("%d", k - first)
			if not counted then return string.format("%s%s.%s.%s", at, id, number, param) end
			return string.format("%s%s.%d.%s.%s", at, id, pooled[string.format("layer%d.%d.", stage, block)] and 1 or 0, number, param)
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

-- by_table - { conv1 = "0.0", ["layer1.0"] = "stages.0.0" }: the longest key that begins a name, up to a dot, is replaced
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

local function callable(what, f)
	if type(f) ~= "function" then fail_at(what, "model: want %s as a function of a tensor (nn.%s...), got %s", what, what, kind(f)) end
	return f
end

local function run(what, f, x, ...)
	local y = table.pack(callable(what, f)(x, ...))
	for i = 1, math.max(y.n, 1) do
		if not is_tensor(y[i]) then fail("model: want %s to return a tensor, got %s", what, kind(y[i])) end
	end
	return table.unpack(y, 1, y.n)
end

-- results - one output a tensor that a part returns, the second named NAME_2 and so on; name: nil for none
local function results(outputs, name, ...)
	for i, y in ipairs({ ... }) do
		outputs[#outputs + 1] = name and { i > 1 and name .. "_" .. i or name, y } or y
	end
end

-- set_defaults - the model's bn and bias options
local function set_defaults(m)
	local bn = m.bn
	defaults = { bias = m.bias }
	if m.bias ~= nil and type(m.bias) ~= "boolean" then fail_at("bias", "model: want bias as true or false, got %s", kind(m.bias)) end
	if bn == nil then return end
	if bn == "folded" then
		defaults.folded, defaults.bias = true, true
	elseif type(bn) == "table" then
		words("model: bn", bn, { "eps", "split" })
		defaults.eps, defaults.split = bn.eps, bn.split
	else
		fail_at("bn", "model: want bn as { eps = ..., split = ... } or \"folded\", got %s", kind(bn))
	end
end

-- pick_outputs - { tensor, ... } or { { name, tensor }, ... } to a list of tensors and one of names
local function pick_outputs(list)
	local tensors, names = {}, {}
	for i, item in ipairs(want_table("model: outputs", list)) do
		local name
		if type(item) == "table" and not is_tensor(item) then
			name, item = item[1], item[2]
			if type(name) ~= "string" or not name:match("^%a[%w_]*$") then fail("model: outputs: want a name of letters, digits and _, got %s", kind(name)) end
		end
		tensors[i], names[i] = item, name or ""
	end
	return tensors, names
end

-- nn.model { name, input = nn.image { ... }, stem, stages = { ... }, body, head, ... }
-- The parts run in this order, each a function of a tensor; stages are named layer1, layer2, ... What the last part returns
-- is the output, or are the outputs.
--   name      prefix of every generated symbol, a C identifier
--   variant   of all stages that do not say their own: "v1", "v1.5", "B", "C", "D"
--   shortcut  likewise; act likewise
--   head      a function, or { { "name", function }, ... } for several outputs
--   taps      { "stem", "layer2", ... }: parts or layers whose results are outputs too, after the head's
--   bn        { eps = 1e-5, split = false } for all batch norms (split: weight and bias are a Scale layer's,
--             bn1 and scale1), or "folded": the file has convolutions with bias and no batch norms
--   bias      true: convolutions have a bias beside their batch norm
--   names     "torchvision" (default), "timm", "fastai" (XResNet), "fastbook" (chapter 14's ResNet), "learner"
--             (vision_learner), "cifar" (shortcut, linear), "huggingface" (transformers), "senet" (Cadene's, timm's
--             legacy_seresnet), { ["our name"] = "the file's", ... } of layers or what their names begin with, or
--             function(name) that returns the weight file's name
--   prefix    put before every weight's name, such as "module."
--   ignore    names in the weight file that may stay unused, { "fc.*" }
--   classes   { "airplane", ... } for run and for NAME_classes in the header
-- Instead of parts, outputs = { tensor, ... } or { { "name", tensor }, ... } of a flat model that began with nn.input.
function nn.model(m)
	want_table("model", m)
	words("model", m, model_words)
	if m.prefix ~= nil and type(m.prefix) ~= "string" then fail_at("prefix", "model: want prefix as a string, got %s", kind(m.prefix)) end
	if m.outputs then
		local tensors, names = pick_outputs(m.outputs)
		local model = raw.finish(m, renamer(m), tensors, names)
		scope = nil
		return model
	end
	if type(m.input) ~= "table" or not m.input.shape then fail_at("input", "model: want input = nn.image { channels, height, width }, got %s", kind(m.input)) end
	if m.variant then at_word("variant", one_of, "model: variant", m.variant, variants) end
	begin()
	variant_said = false
	set_defaults(m)
	raw.at(m.input.line or 0)
	local x = nn.input { name = "input", shape = m.input.shape }
	raw.at(0)
	local parts, outputs = { input = x }, {}
	local stem = m.stem or ((m.variant == "C" or m.variant == "D") and m.stages and nn.stem.deep { 32, 32, 64 })
	if stem then x = run("stem", stem, x) end
	parts.stem = x
	for i, stage in ipairs(m.stages and want_table("model: stages", m.stages) or {}) do
		x = nn.scope("layer" .. i, run, "stage", stage, x, { variant = m.variant, shortcut = m.shortcut, act = m.act })
		parts["layer" .. i] = x
	end
	local last = table.pack(x)
	if m.body then last = table.pack(run("body", m.body, x)) end
	x = last[1]
	parts.body = x
	if type(m.head) == "table" then
		for _, h in ipairs(m.head) do
			want_table("model: head", h)
			results(outputs, h[1], run("head", h[2], x))
		end
	else
		if m.head then last = table.pack(run("head", m.head, x)) end
		results(outputs, m.taps and "head", table.unpack(last, 1, last.n))
	end
	for _, tap in ipairs(m.taps and want_table("model: taps", m.taps) or {}) do
		local t = parts[tap] or at_word("taps", raw.layer, tap)
		outputs[#outputs + 1] = { tap:gsub("[^%w]", "_"), t }
	end
	local plain = {}
	for k, v in pairs(m) do plain[k] = v end
	plain.variant_said = variant_said or m.variant ~= nil
	plain.image, plain.image_line = m.image or m.input.image, m.input.line
	local tensors, names = pick_outputs(outputs)
	local model = raw.finish(plain, renamer(m), tensors, names)
	scope, defaults = nil, {}
	return model
end

-- What a training framework has and a network at work does not need, and what is like a function of ours but other arithmetic.
local idle = { dropout = true, dropout1d = true, dropout2d = true, dropout3d = true, alpha_dropout = true, drop_path = true,
               stochastic_depth = true, drop_block = true }
local arithmetic = {}
for word in ([[elu celu selu gelu mish softplus softsign prelu rrelu tanh hardtanh hard_tanh logsigmoid tanhshrink glu crelu threshold exp
	log erf log_softmax softmin sub div matmul bmm mean max min sum conv1d conv3d conv_transpose2d instance_norm group_norm layer_norm
	rms_norm min_pool lp_pool fractional_max_pool upsample_bicubic]]):gmatch("%S+") do arithmetic[word] = true end

-- A misspelt nn.word is an error too.
setmetatable(nn, { __index = function(_, word)
	local known, list = {}, {}
	local plain = tostring(word):lower():gsub("_", "")
	for k in pairs(nn) do known[#known + 1] = k end
	for k in pairs(idle) do
		if k:gsub("_", "") == plain then
			fail("nn.%s: want a network without it, got one: it does nothing in inference: leave it out", tostring(word))
		end
	end
	for k in pairs(arithmetic) do
		if k:gsub("_", "") == plain then
			for _, act in ipairs(raw.acts) do list[#list + 1] = act end
			fail("nn.%s: want a function of the library (resnetc doc lists them), got none; activations are %s", tostring(word), table.concat(list, ", "))
		end
	end
	local near = raw.nearest(tostring(word), known)
	fail("nn.%s: want a function of the library (resnetc doc lists them), got none%s", tostring(word), near and "; did you mean '" .. near .. "'?" or "")
end })

return nn
