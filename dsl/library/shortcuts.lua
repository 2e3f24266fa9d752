-- shortcuts.lua - the way around a block.
local nn, _, library = ...
local fail, one_of, building = library.checks.fail, library.checks.one_of, library.names.building

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
		if extra < 0 then
			fail("shortcut A: want at least as many channels as the input's %d, got %d", x.channels, channels)
		end
		if stride > 1 then x = nn.subsample(x, stride) end
		return extra == 0 and x or nn.pad(x, { channels = { extra//2, extra - extra//2 } })
	elseif way == "D" then
		if stride > 1 then
			building.pooled[building.scope] = true
			x = nn.avg_pool(x, { kernel = stride, stride = stride, ceil_mode = true, count_include_pad = false,
			                     name = "downsample.0" })
		end
		return project(x, channels, 1, {}, 1)
	end
	return project(x, channels, stride, { bias = way == "bias" or nil, bare = way == "bare" }, 0)
end
