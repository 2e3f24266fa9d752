-- names.lua - the model that is being built, and what its layers are called.
local nn, raw, library = ...
local check = library.checks
local fail, is_tensor, kind = check.fail, check.is_tensor, check.kind

-- Names -----------------------------------------------------------------------------------------
-- A layer's name is the scope it is made in ("layer1.0.") and its own. Layers made without a name get
-- one: a batch norm takes its convolution's ("conv1" gives "bn1", "downsample.0" gives "downsample.1"),
-- the others count per scope ("conv1", "conv2", ..., "fc").

-- building - the model that is being built: scope (nil: no model), layers counted per scope and kind, names taken,
-- pooled: scopes of blocks whose shortcut pools (fast.ai counts the pool), defaults: bias, eps, split, folded of its
-- layers, variant_said: somebody has thought of it
local building = { defaults = {} }

local base = { conv2d = "conv", conv_transpose2d = "conv_transpose", linear = "fc" }

local function count_name(op)
	local stem = base[op] or op
	repeat
		local key = building.scope .. stem
		building.counters[key] = (building.counters[key] or 0) + 1
		local n = building.counters[key]
		local name = key .. ((stem == "fc" and n == 1) and "" or n)
		if not building.taken[name] then return name end
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
	return not building.taken[name] and name or nil
end

local function name_of(op, x, own)
	if own ~= nil and type(own) ~= "string" then fail("%s: want name as a string, got %s", op, kind(own)) end
	local name = own and building.scope .. own
	if not name and op == "bn" and is_tensor(x) and (x.op == "conv2d" or x.op == "linear") then name = bn_name(x) end
	name = name or count_name(op)
	building.taken[name] = true
	return name
end

local function begin()
	raw.begin()
	building.scope, building.counters, building.taken, building.pooled = "", {}, {}, {}
end

-- nn.scope(name, f, ...) calls f(...) with "name." before the names of all layers made in it.
function nn.scope(name, f, ...)
	local outer = building.scope
	building.scope = outer .. name .. "."
	local y = table.pack(f(...))
	building.scope = outer
	return table.unpack(y, 1, y.n)
end

return { building = building, name_of = name_of, begin = begin }
