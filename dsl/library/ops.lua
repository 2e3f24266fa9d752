-- ops.lua - a function per row of the op table, numbers as operands, activations by their words.
local nn, raw, library = ...
local check, names = library.checks, library.names
local fail, is_tensor, kind, words = check.fail, check.is_tensor, check.kind, check.words
local want_table, whole, one_of = check.want_table, check.whole, check.one_of
local building, name_of, begin = names.building, names.name_of, names.begin

-- Ops -------------------------------------------------------------------------------------------
-- nn.OP(tensor..., { options }) for every row of the op table; `resnetc doc` lists them.
-- nn.bn also takes scale = NAME: weight and bias are kept under that layer's name (Caffe's BatchNorm and
-- Scale); the model's bn and bias options set what a batch norm and a convolution do unless they say so.

local function with_defaults(op, options)
	if op == "conv2d" and options.bias == nil and options.bn == nil then options.bias = building.defaults.bias end
	if op == "conv2d" and options.standardize == nil then options.standardize = building.defaults.standardize end
	if op == "bn" and options.eps == nil then options.eps = building.defaults.eps end
	if op == "bn" and options.affine == nil then options.affine = building.defaults.affine end
	if op == "bn" and options.scale == nil and building.defaults.split then
		options.scale = options.name:gsub("bn", "scale")
		if options.scale == options.name then options.scale = options.name .. "_scale" end
	end
	return options
end

-- acts - the functions that are activations, by their words and the other way round
local acts = {}

-- act_of - an activation as a function; it may be given as a word, or with options as { nn.leaky_relu, slope = 0.1 }
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
	act = check.with_options(act)
	if type(act) ~= "function" then
		fail("%s: want act as a word or a function of a tensor (\"relu\", nn.relu, ...), got %s", what, kind(act))
	end
	return act
end

local arguments = { conv2d = ", { 8, kernel = 3 }", linear = ", { 10 }", max_pool = ", { kernel = 2 }",
                    avg_pool = ", { kernel = 2 }", add = ", tensor", mul = ", tensor", concat = ", tensor, ..." }
local ordinal = { "1st", "2nd", "3rd" }

-- check_tensors - what stands before the options are tensors
local function check_tensors(op, called, args)
	if args.n == 0 and op ~= "input" and not building.scope then
		local rest = arguments[op] or ""
		fail("nn.%s: want nn.%s(tensor%s), got no tensor; as a part of a model: function(x) return nn.%s(x%s) end",
		     called, called, rest, called, rest)
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

-- folds - layers into whose weights a batch norm behind them is folded
local folds = { conv2d = true, conv_transpose2d = true, linear = true }

-- op_function - nn.CALLED, which makes a node of op
local function op_function(op, called)
	return function(...)
		local args, options, after, made = table.pack(...), {}, nil, op
		local last = args[args.n]
		if type(last) == "table" and args.n > 0 then
			for k, v in pairs(last) do options[k] = v end
			args.n = args.n - 1
		end
		if op == "input" and not building.scope then begin() end
		if op == "concat" and is_tensor(options[1]) then
			for i, x in ipairs(options) do args[i] = x end
			args.n = #options
			for i = 1, args.n do options[i] = nil end
		end
		check_tensors(op, called, args)
		if not building.scope then fail("%s: want a tensor of a model, got none yet", op) end
		if op == "input" and options[1] and options.shape == nil then
			options = { shape = { options[1], options[2], options[3] }, name = options.name }
		end
		if op == "bn" and building.defaults.folded and is_tensor(args[1]) and folds[args[1].op] then
			raw.biased(args[1])
			return args[1]
		end
		if op == "bn" and building.defaults.none and is_tensor(args[1]) then return args[1] end
		if op == "bn" and (building.defaults.groups or building.defaults.group_width) and is_tensor(args[1]) then
			options.groups = building.defaults.groups or args[1].channels//building.defaults.group_width
			options.eps = options.eps or building.defaults.eps
			if options.affine == nil then options.affine = building.defaults.affine end
			made = "group_norm"                  -- under the batch norm's name
		end
		if type(options.act) == "function" then
			after, options.act = not acts[options.act] and options.act or nil, acts[options.act]
		end
		if options.act == "prelu" and not options.slopes then after, options.act = nn.prelu, nil end    -- a layer of its own
		if options.padding_mode and op == "conv2d" then args[1] = framed(args[1], options) end
		options.name = name_of(op, args[1], options.name)
		local results = table.pack(raw.op(made, options.name, with_defaults(made, options), table.unpack(args, 1, args.n)))
		if after then return after(results[1]) end
		return table.unpack(results, 1, results.n)
	end
end

for _, op in ipairs(raw.ops) do nn[op] = op_function(op, op) end
local other_names = { conv = "conv2d", batch_norm = "bn", maxpool = "max_pool", avgpool = "avg_pool", zero_pad = "pad",
                      swish = "silu", clamp = "clip" }
for other, op in pairs(other_names) do
	nn[other] = op_function(op, other)
	for _, act in ipairs(raw.acts) do
		if act == op then acts[other], acts[nn[other]] = nn[other], op end
	end
end

-- A number on one side of an op of two tensors: x + 1, 2*x, 1 - x, 1/x, nn.maximum(x, 0), ...; the second way where it
-- is on the left and that matters
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

return { act_of = act_of }
