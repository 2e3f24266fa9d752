-- stems.lua - what comes before the stages.
local nn, _, library = ...
local check = library.checks
local words, want_table, at_line = check.words, check.want_table, check.at_line

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
