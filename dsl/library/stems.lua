-- stems.lua - what comes before the stages.
local nn, _, library = ...
local check = library.checks
local words, want_table, at_line = check.words, check.want_table, check.at_line
local act_of, fail_at = library.ops.act_of, check.fail_at

-- act_of_stem - the function; preact leaves it to the first block
local function act_of_stem(what, o)
	if o.preact and o.act then fail_at("act", "%s: want no act beside preact, whose first block brings it, got one", what) end
	return act_of(what, o.act)
end

-- Stems -----------------------------------------------------------------------------------------

nn.stem = {}

-- 7x7/2 conv-bn-relu, 3x3/2 max pool (He et al. 2015). { width, act = "relu", preact = false }
-- preact: no bn-relu, the first block brings it (He et al. 2016)
function nn.stem.imagenet(o)
	want_table("stem.imagenet", o)
	words("stem.imagenet", o, { "act", "preact" })
	local act = act_of_stem("stem.imagenet", o)
	return at_line(function(x)
		x = nn.conv(x, { o[1] or 64, kernel = 7, stride = 2, padding = 3, name = "conv1" })
		if not o.preact then x = act(nn.bn(x)) end
		return nn.max_pool(x, { kernel = 3, stride = 2, padding = 1, name = "maxpool" })
	end)
end

-- 3x3 conv-bn-relu at full size (He et al. 2015, section 4.2). { width, act = "relu", preact = false }
function nn.stem.cifar(o)
	want_table("stem.cifar", o)
	words("stem.cifar", o, { "act", "preact" })
	local act = act_of_stem("stem.cifar", o)
	return at_line(function(x)
		x = nn.conv(x, { o[1] or 16, kernel = 3, name = "conv1" })
		return o.preact and x or act(nn.bn(x))
	end)
end

-- three 3x3 conv-bn-relu, the first /2, then 3x3/2 max pool (He et al. 2018, "bag of tricks", C);
-- named as timm names them: conv1.0, conv1.1, conv1.3, conv1.4, conv1.6, bn1. { w1, w2, w3, act = "relu" }
function nn.stem.deep(o)
	want_table("stem.deep", o)
	words("stem.deep", o, { "act" })
	local act = act_of_stem("stem.deep", o)
	return at_line(function(x)
		x = act(nn.bn(nn.conv(x, { o[1] or 32, kernel = 3, stride = 2, name = "conv1.0" })))
		x = act(nn.bn(nn.conv(x, { o[2] or 32, kernel = 3, name = "conv1.3" })))
		x = act(nn.bn(nn.conv(x, { o[3] or 64, kernel = 3, name = "conv1.6" }), { name = "bn1" }))
		return nn.max_pool(x, { kernel = 3, stride = 2, padding = 1, name = "maxpool" })
	end)
end

-- the image goes straight into the first stage
function nn.stem.none() return function(x) return x end end
