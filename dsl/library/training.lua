-- training.lua - how a network is trained: loss, optimizer, schedule, augmentation.
local nn, raw, library = ...
local check = library.checks
local fail, fail_at, kind, words, want_table = check.fail, check.fail_at, check.kind, check.words, check.want_table

-- Training --------------------------------------------------------------------------------------

local function number(what, word, v, lo, hi, otherwise)
	if v == nil then return otherwise end
	if type(v) ~= "number" or not (v >= lo and v <= hi) then
		fail_at(word, "%s: want %s as a number from %g to %g, got %s", what, word, lo, hi, kind(v))
	end
	return v
end

local function integer(what, word, v, lo, hi, otherwise)
	v = number(what, word, v, lo, hi, otherwise)
	if v and v ~= math.floor(v) then
		fail_at(word, "%s: want %s as a whole number from %d to %d, got %s", what, word, lo, hi, kind(v))
	end
	return v and math.floor(v)
end

local function truth(what, word, v, otherwise)
	if v == nil then return otherwise end
	if type(v) ~= "boolean" then fail_at(word, "%s: want %s as true or false, got %s", what, word, kind(v)) end
	return v
end

-- made - what the functions below return, so that a table of the user's own is told from it
local made = setmetatable({}, { __mode = "k" })

local function make(what, t)
	made[t] = what
	return t
end

local function part(o, word, what, otherwise)
	if o[word] == nil then return otherwise() end
	if not made[o[word]] or not what[made[o[word]]] then
		local names = {}
		for k in pairs(what) do names[#names + 1] = "nn." .. k .. " { ... }" end
		table.sort(names)
		fail_at(word, "train: want %s as %s, got %s", word, table.concat(names, " or "), kind(o[word]))
	end
	return o[word]
end

local function parts(o, word)
	local t = want_table("train: " .. word, o[word] or {})
	for _, name in ipairs(t) do
		if type(name) ~= "string" then fail_at(word, "train: want %s as names of parts, got %s", word, kind(name)) end
	end
	return t
end

-- nn.cross_entropy { label_smoothing = 0 }: the mean of -log(softmax(output)[label])
function nn.cross_entropy(o)
	o = want_table("cross_entropy", o or {})
	words("cross_entropy", o, { "label_smoothing" })
	return make("cross_entropy", { smoothing = number("cross_entropy", "label_smoothing", o.label_smoothing, 0, 0.999, 0) })
end

-- nn.sgd { momentum = 0.9, nesterov = false, weight_decay = 1e-4, decay = "all" }: torch.optim.SGD; decay = "weights":
-- nothing but the weights of convolutions and linear layers decays
function nn.sgd(o)
	o = want_table("sgd", o or {})
	words("sgd", o, { "momentum", "nesterov", "weight_decay", "decay" })
	return make("sgd", { momentum = number("sgd", "momentum", o.momentum, 0, 0.9999, 0.9),
		nesterov = truth("sgd", "nesterov", o.nesterov, false),
		weight_decay = number("sgd", "weight_decay", o.weight_decay, 0, 1, 1e-4),
		weights = check.one_of("sgd: decay", o.decay or "all", { "all", "weights" }) == "weights" })
end

-- nn.constant { 0.1 }: one learning rate
function nn.constant(o)
	want_table("constant", o)
	words("constant", o, {})
	if o[1] == nil then fail("constant: want { rate }, got nothing") end
	return make("constant", { kind = "constant", peak = number("constant", "rate", o[1], 0, 1e6) })
end

-- nn.steps { 0.1, { 0.5, 0.01 }, { 0.75, 0.001 } }: a rate, then others from such a share of all steps on
function nn.steps(o)
	want_table("steps", o)
	words("steps", o, {})
	if o[1] == nil then fail("steps: want { rate, { share, rate }, ... }, got nothing") end
	local steps, rate, before = {}, number("steps", "rate", o[1], 0, 1e6), 0
	for i = 2, #o do
		local s = want_table("steps: step", o[i])
		if #s ~= 2 then fail("steps: want each step as { share, rate }, got %s", kind(s)) end
		steps[#steps + 1] = number("steps", "share", s[1], before, 1)
		steps[#steps + 1] = rate
		before, rate = s[1], number("steps", "rate", s[2], 0, 1e6)
	end
	steps[#steps + 1], steps[#steps + 2] = 2, rate
	return make("steps", { kind = "steps", steps = steps })
end

-- nn.one_cycle { peak = 0.1, warm = 0.2 }: from 0 up to peak in a straight line, over so much of all steps, and down
-- to 0 along a cosine
function nn.one_cycle(o)
	o = want_table("one_cycle", o or {})
	words("one_cycle", o, { "peak", "warm" })
	return make("one_cycle", { kind = "one_cycle", peak = number("one_cycle", "peak", o.peak, 0, 1e6, 0.1),
		warm = number("one_cycle", "warm", o.warm, 0, 0.99, 0.2) })
end

-- nn.he { zero_gamma = false }: weights normal by fan out (He et al. 2015), linear layers and biases uniform, as
-- torchvision makes them; zero_gamma: the last batch norm of each block starts at 0
function nn.he(o)
	o = want_table("he", o or {})
	words("he", o, { "zero_gamma" })
	return make("he", { zero_gamma = truth("he", "zero_gamma", o.zero_gamma, false) })
end

-- nn.train { batch = 128, epochs = 20, seed = 1, ... }: what resnetc train does with the model
--   loss       nn.cross_entropy
--   optimizer  nn.sgd
--   schedule   nn.one_cycle, nn.steps or nn.constant
--   augment    { crop = 0, flip = false, cutout = 0 }: moved by up to so many pixels, mirrored, without a square
--   bn         { momentum = 0.1, frozen = false, groups = 1 }: frozen batch norms stay by their running statistics;
--              groups: so many parts of the batch, each normalised by its own statistics, one after the other in
--              the memory of one; running statistics become the mean of what the groups make of them
--   freeze     { "stem", "layer1", ... }: parts whose parameters and statistics stay
--   fresh      { "fc", ... }: parts that are made up anew where train is given weights (-w): another head
--   init       nn.he
--   recompute  true: activation checkpointing (Chen et al. 2016). Not all that the way back reads is kept from the way
--              there, the rest is computed once more: less memory for more time, the same bits. resnetc cuts the network
--              where the most that lies in memory at one time becomes least. A number: results may take
--              so many MB at a time, and what takes least work for that is made again
function nn.train(o)
	o = want_table("train", o or {})
	words("train", o, { "batch", "epochs", "seed", "loss", "optimizer", "schedule", "augment", "bn", "freeze", "fresh",
		"init", "recompute" })
	local loss = part(o, "loss", { cross_entropy = true }, nn.cross_entropy)
	local sgd = part(o, "optimizer", { sgd = true }, nn.sgd)
	local schedule = part(o, "schedule", { one_cycle = true, steps = true, constant = true }, nn.one_cycle)
	local init = part(o, "init", { he = true }, nn.he)
	local augment, bn = want_table("train: augment", o.augment or {}), want_table("train: bn", o.bn or {})
	words("train: augment", augment, { "crop", "flip", "cutout" })
	words("train: bn", bn, { "momentum", "frozen", "groups" })
	local freeze, fresh = parts(o, "freeze"), parts(o, "fresh")
	local again, most = o.recompute or false, 0
	if type(again) == "number" then
		again, most = true, number("train", "recompute", again, 0.001, 1e6)
	elseif type(again) ~= "boolean" then
		fail_at("recompute", "train: want recompute as true, false or a number of MB, got %s", kind(again))
	end
	return make("train", { line = raw.line(), batch = integer("train", "batch", o.batch, 1, 4096, 128),
		epochs = integer("train", "epochs", o.epochs, 1, 100000, 20), seed = integer("train", "seed", o.seed, 0, 2^53, 1),
		smoothing = loss.smoothing, momentum = sgd.momentum, nesterov = sgd.nesterov, weight_decay = sgd.weight_decay,
		decay_weights = sgd.weights, schedule = schedule.kind, peak = schedule.peak or 0, warm = schedule.warm or 0,
		steps = schedule.steps or {}, crop = integer("train: augment", "crop", augment.crop, 0, 1024, 0),
		flip = truth("train: augment", "flip", augment.flip, false),
		cutout = integer("train: augment", "cutout", augment.cutout, 0, 4096, 0),
		bn_momentum = number("train: bn", "momentum", bn.momentum, 0, 1, 0.1),
		bn_frozen = truth("train: bn", "frozen", bn.frozen, false),
		bn_groups = integer("train: bn", "groups", bn.groups, 1, 4096, 1), freeze = freeze, fresh = fresh,
		recompute = again, recompute_mb = most, zero_gamma = init.zero_gamma })
end

local function is_train(t)
	return made[t] == "train"
end

return { is_train = is_train }
