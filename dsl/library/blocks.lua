-- blocks.lua - residual blocks, and stages of them.
local nn, _, library = ...
local check, building, act_of = library.checks, library.names.building, library.ops.act_of
local fail, fail_at, is_tensor, kind, words = check.fail, check.fail_at, check.is_tensor, check.kind, check.words
local want_table, whole, one_of = check.want_table, check.whole, check.one_of
local at_word, at_line = check.at_word, check.at_line

-- Blocks ----------------------------------------------------------------------------------------
-- A block is a function of (x, width, options); options hold stride and all that the stage was given.
--   variant     "v1" puts the stride on a bottleneck's first 1x1, "v1.5" (default), "B", "C" and "D" on its
--               3x3; "D" also pools in the shortcut
--   shortcut    see nn.shortcut
--   groups, base_width   of the 3x3 (ResNeXt, wide), as in torchvision; channels: of it, whatever they say
--   expansion   of a bottleneck: 4
--   se          squeeze-excite before the addition: channels are divided by this number and rounded to 8
--   act         "relu", nn.relu, or another word or function of a tensor
--   padding     of the 3x3: 1, or "same" (TensorFlow)
--   dilation    of each 3x3
--   gate        function of the tensor before the addition, as nn.eca or nn.cbam; { function, ... } with options for it
--   inner       likewise, of a bottleneck's 3x3 behind its activation (timm's ByobNet)
--   conv        function of (tensor, channels, options) that stands for a bottleneck's 3x3 with its norm and activation,
--               and for a basic block's first one: nn.sk, nn.split_attention, { nn.sk, split = true }

local variants = { "v1", "v1.5", "B", "C", "D" }
local block_words = { "blocks", "width", "stride", "variant", "shortcut", "groups", "base_width", "expansion",
                      "dilation", "se", "act", "padding", "gate", "conv", "inner", "channels",
                      "twice" }

-- without - what a block would ignore, and the value that asks for nothing
local without = {
	basic  = { groups = 1, base_width = 64, expansion = 1, inner = false, channels = 0, twice = false },
	preact = { groups = 1, base_width = 64, expansion = 1, dilation = 1, conv = false, inner = false, channels = 0,
	           twice = false },
	plain  = { groups = 1, base_width = 64, expansion = 1, dilation = 1, se = false, gate = false, conv = false, inner = false,
	           channels = 0, twice = false },
	bottleneck = { twice = false }, preact_bottleneck = { conv = false, inner = false },
}

local function check_block(what, x, o)
	if x == nil then
		fail("%s: want a tensor, got nothing; as the block of a stage it is nn.%s, without ()", what, what)
	end
	if not is_tensor(x) then fail("%s: want a tensor, got %s", what, kind(x)) end
	if o.variant then
		at_word("variant", one_of, what .. ": variant", o.variant, variants)
		building.variant_said = true
	end
	for _, word in ipairs(block_words) do
		local nothing = without[what][word]
		if nothing ~= nil and o[word] ~= nil and o[word] ~= nothing then
			fail_at(word, "%s: want a block that takes %s (nn.%s), got %s = %s", what, word,
			        (word == "se" or word == "gate") and "basic" or "bottleneck", word, kind(o[word]))
		end
	end
	return act_of(what, o.act)
end

-- called - what a block's option makes of a tensor: a function, or { function, options }
local function called(word, f, ...)
	f = check.with_options(f)
	if type(f) ~= "function" then
		fail_at(word, "block: want %s as a function of a tensor, got %s", word, kind(f))
	end
	local y = f(...)
	if not is_tensor(y) then fail_at(word, "block: want %s to return a tensor, got %s", word, kind(y)) end
	return y
end

-- excite - squeeze-excite or another gate, where the block asks for it
local function excite(y, o)
	if o.gate then y = called("gate", o.gate, y) end
	if not o.se then return y end
	return nn.squeeze_excite(y, library.attention.rounded(y.channels/whole("block: want se", o.se, 1, 65536), 8))
end

-- conv3x3 - a 3x3 with its norm and activation, or what stands for it
local function conv3x3(x, channels, o, act, name, stride, groups)
	if o.conv then
		return called("conv", o.conv, x, channels,
		              { stride = stride, groups = groups, dilation = o.dilation, act = o.act, name = name })
	end
	return act(nn.bn(nn.conv(x, { channels, kernel = 3, stride = stride, groups = groups, padding = o.padding,
	                              dilation = o.dilation, name = name })))
end

-- two 3x3 (He et al. 2015)
function nn.basic(x, width, o)
	o = o or {}
	local act = check_block("basic", x, o)
	local z = nn.shortcut(x, width, o)
	local y = conv3x3(x, width, o, act, "conv1", o.stride)
	y = nn.bn(nn.conv(y, { width, kernel = 3, padding = o.padding, dilation = o.dilation, name = "conv2" }))
	return act(excite(y, o) + z)
end

-- 1x1 down, 3x3, 1x1 up to expansion (4) times the width; groups and base_width as in torchvision
function nn.bottleneck(x, width, o)
	o = o or {}
	local act, groups = check_block("bottleneck", x, o), o.groups or 1
	local inner, outer = o.channels or width*(o.base_width or 64)//64*groups, width*(o.expansion or 4)
	local first, second = 1, o.stride or 1
	if o.variant == "v1" then first, second = second, first end
	local z = nn.shortcut(x, outer, o)
	local y = act(nn.bn(nn.conv(x, { inner, kernel = 1, stride = first, name = "conv1" })))
	y = conv3x3(y, inner, o, act, "conv2", second, groups)
	if o.inner then y = called("inner", o.inner, y) end
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

-- pre-activation bottleneck: bn-relu before each of 1x1, 3x3, 1x1; with twice = true another 3x3 behind the first, named
-- conv2b (NFNet)
function nn.preact_bottleneck(x, width, o)
	o = o or {}
	local act, groups = check_block("preact_bottleneck", x, o), o.groups or 1
	local inner, outer = o.channels or width*(o.base_width or 64)//64*groups, width*(o.expansion or 4)
	local first, second = 1, o.stride or 1
	if o.variant == "v1" then first, second = second, first end
	local a = act(nn.bn(x, { name = "bn1" }))
	local z = preact_shortcut(x, a, outer, o)
	local y = nn.conv(a, { inner, kernel = 1, stride = first, name = "conv1" })
	y = act(nn.bn(y, { name = "bn2" }))
	y = nn.conv(y, { inner, kernel = 3, stride = second, groups = groups, padding = o.padding, dilation = o.dilation,
	                 name = "conv2" })
	if o.twice then
		y = nn.conv(act(nn.bn(y, { name = "bn2b" })), { inner, kernel = 3, groups = groups, name = "conv2b" })
	end
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

-- own - the library's blocks: what they are called, and the options that they take
local own = {}

local function register(block, name, list) own[block] = { name = name, words = list } end

for _, name in ipairs { "basic", "bottleneck", "plain", "preact", "preact_bottleneck" } do
	register(nn[name], name, block_words)
end

-- Stages ----------------------------------------------------------------------------------------
-- one_of_list - of block i, where a list is given for all of them; the last item is that of those behind it
local function one_of_list(list, i)
	if type(list) ~= "table" then return list end
	return list[i + 1] or list[#list]
end

-- nn.stage { block, blocks = n, width = w, stride = s, ... }: n blocks named 0 ... n-1, the first with
-- the stride, or stride = { s0, s1, ... } for each. dilation = { d0, d1, ... } of a block of the library is of each
-- likewise, the last one of all further blocks. Other options go to every block.

function nn.stage(o)
	want_table("stage", o)
	local block = o[1]
	if type(block) ~= "function" then
		fail("stage: want a block as its first item (nn.basic, nn.bottleneck, nn.preact, nn.plain or a function), got %s",
		     kind(block))
	end
	if own[block] then words("stage of " .. own[block].name, o, own[block].words) end
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
			if own[block] then each.dilation = one_of_list(each.dilation, i) end
			x = nn.scope(tostring(i), block, x, width, each)
			if not is_tensor(x) then fail("stage: want block %d to return a tensor, got %s", i, kind(x)) end
		end
		return x
	end)
end

return { variants = variants, register = register, excite = excite, called = called }
