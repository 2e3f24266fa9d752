-- model.lua - stem, stages, body and head become a graph.
local nn, raw, library = ...
local check, building, begin = library.checks, library.names.building, library.names.begin
local fail, fail_at, is_tensor, kind, words = check.fail, check.fail_at, check.is_tensor, check.kind, check.words
local want_table, at_word, one_of, whole = check.want_table, check.at_word, check.one_of, check.whole
local variants, renamer = library.blocks.variants, library.schemes.renamer

-- Models ----------------------------------------------------------------------------------------

local model_words = { "name", "input", "stem", "stages", "body", "head", "variant", "shortcut", "names", "prefix",
                      "classes", "ignore", "image", "outputs", "taps", "bn", "bias", "standardize", "act", "quantize",
                      "train" }

local function callable(what, f)
	if type(f) ~= "function" then
		fail_at(what, "model: want %s as a function of a tensor (nn.%s...), got %s", what, what, kind(f))
	end
	return f
end

-- is_named - { "name", tensor }: what body and head may return for outputs of that name
local function is_named(y)
	return type(y) == "table" and not is_tensor(y) and type(y[1]) == "string" and is_tensor(y[2])
end

local function run(what, f, x, ...)
	local y = table.pack(callable(what, f)(x, ...))
	for i = 1, math.max(y.n, 1) do
		if not is_tensor(y[i]) and not (is_named(y[i]) and (what == "body" or what == "head")) then
			fail("model: want %s to return a tensor, got %s", what, kind(y[i]))
		end
	end
	return table.unpack(y, 1, y.n)
end

-- results - one output a tensor that a part returns, the second named NAME_2 and so on; name: nil for none
local function results(outputs, name, ...)
	for i, y in ipairs({ ... }) do
		outputs[#outputs + 1] = not is_named(y) and name and { i > 1 and name .. "_" .. i or name, y } or y
	end
end

-- set_defaults - the model's bn and bias options
local function set_defaults(m)
	local bn = m.bn
	local defaults = { bias = m.bias, standardize = m.standardize }
	building.defaults = defaults
	if m.bias ~= nil and type(m.bias) ~= "boolean" then
		fail_at("bias", "model: want bias as true or false, got %s", kind(m.bias))
	end
	local eps = m.standardize
	if eps ~= nil and (type(eps) ~= "number" or not (eps > 0 and eps <= 1)) then
		fail_at("standardize", "model: want standardize as a number above 0 and up to 1, got %s", kind(eps))
	end
	if bn == nil then return end
	if bn == "folded" then
		defaults.folded = true
	elseif bn == false then
		defaults.none = true
		if m.bias == nil then defaults.bias = true end
	elseif type(bn) == "table" then
		words("model: bn", bn, { "eps", "affine", "split", "groups", "group_width" })
		if bn.groups and bn.group_width then
			fail_at("bn", "model: want bn with groups or with group_width, got both")
		end
		if bn.affine ~= nil and type(bn.affine) ~= "boolean" then
			fail_at("bn", "model: want bn's affine as true or false, got %s", kind(bn.affine))
		end
		if bn.split and bn.affine == false then
			fail_at("bn", "model: want bn with split or with affine = false, got both")
		end
		for _, word in ipairs { "groups", "group_width" } do
			if bn[word] ~= nil then defaults[word] = at_word("bn", whole, "model: want bn's " .. word, bn[word], 1, 65536) end
		end
		defaults.eps, defaults.affine, defaults.split = bn.eps, bn.affine, bn.split
	else
		fail_at("bn", "model: want bn as { eps = ..., split = ... }, \"folded\" or false, got %s", kind(bn))
	end
end

-- check_quantize - the model's quantize option, all that it may say
local function check_quantize(q)
	if q == nil then return end
	want_table("model: quantize", q)
	words("model: quantize", q, { "keep", "ranges", "act", "bias", "outputs" })
	if q.ranges ~= nil then at_word("ranges", one_of, "model: quantize: ranges", q.ranges, { "mse", "minmax" }) end
	if q.act ~= nil then at_word("act", one_of, "model: quantize: act", q.act, { "u8", "u7" }) end
	if q.outputs ~= nil then at_word("outputs", one_of, "model: quantize: outputs", q.outputs, { "float", "u8" }) end
	if q.bias ~= nil and type(q.bias) ~= "boolean" then
		fail_at("bias", "model: quantize: want bias as true or false, got %s", kind(q.bias))
	end
end

-- pick_outputs - { tensor, ... } or { { name, tensor }, ... } to a list of tensors and one of names
local function pick_outputs(list)
	local tensors, names = {}, {}
	for i, item in ipairs(want_table("model: outputs", list)) do
		local name
		if type(item) == "table" and not is_tensor(item) then
			name, item = item[1], item[2]
			if type(name) ~= "string" or not name:match("^%a[%w_]*$") then
				fail("model: outputs: want a name of letters, digits and _, got %s", kind(name))
			end
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
--             body and head may return several tensors, each by itself or as { "name", tensor }
--   taps      { "stem", "layer2", ... }: parts or layers whose results are outputs too, after the head's
--   bn        { eps = 1e-5, affine = true, split = false } for all batch norms (affine = false: they have neither weight nor
--             bias; split: these are a Scale layer's, bn1 and scale1); with groups = 32 or group_width = 8 they are group
--             norms. "folded": the file has convolutions with bias and no batch norms; false: there are none, and
--             convolutions have a bias (NFNet)
--   bias      true: convolutions have a bias beside their batch norm
--   standardize  1e-6: the weights of convolutions are standardized, with this added to their variance (BiT's ResNets)
--   names     "torchvision" (default), "timm", "fastai" (XResNet), "fastbook" (chapter 14's ResNet), "learner"
--             (vision_learner), "cifar" (shortcut, linear), "huggingface" (transformers), "senet" (Cadene's, timm's
--             legacy_seresnet), { ["our name"] = "the file's", ... } of layers or what their names begin with, or
--             function(name) that returns the weight file's name
--   prefix    put before every weight's name, such as "module."
--   ignore    names in the weight file that may stay unused, { "fc.*" }
--   classes   { "airplane", ... } for run and for NAME_classes in the header
--   quantize  for networks of bytes: { keep = { "conv1", "layer4.*" } layers that stay on floats, ranges = "mse" (default) or
--             "minmax", act = "u8" (default) or "u7", bias = true: biases make up for what rounding does to the mean,
--             outputs = "float" (default) or "u8": NAME_run hands out bytes, which stand for NAME_OUTPUT_0_SCALE times
--             the byte less NAME_OUTPUT_0_ZERO }
--   train     nn.train { ... }, for resnetc train
-- Instead of parts, outputs = { tensor, ... } or { { "name", tensor }, ... } of a flat model that began with nn.input.
function nn.model(m)
	want_table("model", m)
	words("model", m, model_words)
	if m.prefix ~= nil and type(m.prefix) ~= "string" then
		fail_at("prefix", "model: want prefix as a string, got %s", kind(m.prefix))
	end
	check_quantize(m.quantize)
	if m.train ~= nil and not library.training.is_train(m.train) then
		fail_at("train", "model: want train = nn.train { ... }, got %s", kind(m.train))
	end
	if m.outputs then
		local tensors, names = pick_outputs(m.outputs)
		local model = raw.finish(m, renamer(m), tensors, names)
		building.scope = nil
		return model
	end
	if type(m.input) ~= "table" or not m.input.shape then
		fail_at("input", "model: want input = nn.image { channels, height, width }, got %s", kind(m.input))
	end
	if m.variant then at_word("variant", one_of, "model: variant", m.variant, variants) end
	begin()
	building.variant_said = false
	set_defaults(m)
	raw.at(m.input.line or 0)
	local x = nn.input { name = "input", shape = m.input.shape }
	raw.at(0)
	local parts, named, outputs = { input = x }, { "stem" }, {}
	local stem = m.stem or ((m.variant == "C" or m.variant == "D") and m.stages and nn.stem.deep { 32, 32, 64 })
	if stem then x = run("stem", stem, x) end
	parts.stem = x
	for i, stage in ipairs(m.stages and want_table("model: stages", m.stages) or {}) do
		x = nn.scope("layer" .. i, run, "stage", stage, x, { variant = m.variant, shortcut = m.shortcut, act = m.act })
		parts["layer" .. i] = x
		named[#named + 1] = "layer" .. i
	end
	local last = table.pack(x)
	if m.body then last = table.pack(run("body", m.body, x)) end
	x = is_named(last[1]) and last[1][2] or last[1]
	parts.body = x
	named[#named + 1] = m.body and "body" or nil
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
		local t = parts[tap] or at_word("taps", raw.layer, tap, table.concat(named, ", "))
		outputs[#outputs + 1] = { tap:gsub("[^%w]", "_"), t }
	end
	local plain = {}
	for k, v in pairs(m) do plain[k] = v end
	plain.variant_said = building.variant_said or m.variant ~= nil
	plain.image, plain.image_line = m.image or m.input.image, m.input.line
	local tensors, names = pick_outputs(outputs)
	local model = raw.finish(plain, renamer(m), tensors, names)
	building.scope, building.defaults = nil, {}
	return model
end
