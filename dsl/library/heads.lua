-- heads.lua - from the last stage to classes.
local nn, _, library = ...
local check, building = library.checks, library.names.building
local words, want_table, whole = check.words, check.want_table, check.whole
local one_of, at_line = check.one_of, check.at_line

-- Heads -----------------------------------------------------------------------------------------

local pools = { "avg", "max", "concat", "none" }

-- spare - the name while no layer has it; heads beside each other both pool
local function spare(name) return not building.taken[building.scope .. name] and name or nil end

-- pooled_by - the pool of a head: "avg", "max", "concat" (maximum, then mean: fast.ai's AdaptiveConcatPool2d)
local function pooled_by(what, x, o)
	local how = one_of(what .. ": pool", o.pool or "avg", pools)
	local size = o.size or 1
	if o.norm then x = nn.relu(nn.bn(x, { name = o.norm == true and "norm" or o.norm })) end
	if how == "none" then return nn.flatten(x) end
	if how == "concat" then
		return nn.flatten(nn.concat(nn.adaptive_max_pool(x, { size = size, name = spare "maxpool2" }),
		                            nn.adaptive_avg_pool(x, { size = size, name = spare "avgpool" })))
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
		local y = pooled_by("classifier", x, o)
		return ranked("classifier", nn.linear(y, { o[1], bias = o.bias, name = o.name or "fc" }), o)
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
