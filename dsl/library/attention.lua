-- attention.lua - gates on features, and convolutions that choose between branches.
local nn, _, library = ...
local check = library.checks
local fail, is_tensor, kind, words, want_table, whole = check.fail, check.is_tensor, check.kind, check.words, check.want_table, check.whole

-- Attention -------------------------------------------------------------------------------------
-- A gate is a function of a tensor that returns it multiplied; blocks take one as gate = nn.eca. What stands in for a
-- block's 3x3 convolution, its norm and its activation is a function of (tensor, channels, options): conv = nn.sk.

-- named - a layer's name behind that of the gate
local function named(o, usual) return (o.name or usual) .. "." end

local function check_gate(what, x, o, list)
	if not is_tensor(x) then fail("%s: want a tensor, got %s", what, kind(x)) end
	words(what, want_table(what, o), list)
end

-- rounded - timm's make_divisible: the nearest multiple, not below nine tenths
local function rounded(v, by, least)
	local n = math.max(least or by, math.floor(v + by/2)//by*by)
	if n < 0.9*v then n = n + by end
	return math.tointeger(n)
end

-- Efficient channel attention (Wang et al. 2020): x times the sigmoid of a convolution along its channels' means.
-- { kernel = |log2(channels) + 1|/2, made odd, 3 at least; name = "se" }: the convolution is NAME.conv, as in timm.
function nn.eca(x, o)
	o = o or {}
	check_gate("eca", x, o, { "kernel", "name" })
	local c = x.channels
	local k = math.floor((math.log(c, 2) + 1)/2)
	k = o.kernel and whole("eca: want kernel", o.kernel, 1, 1023) or math.max(k%2 == 1 and k or k + 1, 3)
	local y = nn.reshape(nn.global_avg_pool(x), { shape = { 1, c, 1 } })
	y = nn.conv(y, { 1, kernel = { k, 1 }, padding = { k//2, 0 }, bias = false, name = named(o, "se") .. "conv" })
	return x*nn.flatten(nn.sigmoid(y))
end

-- Convolutional block attention (Woo et al. 2018): channels are gated by their mean and maximum through two 1x1
-- convolutions, then pixels by the mean and maximum of their channels through one of kernel x kernel and a norm.
-- { reduction = 16, kernel = 7, bias = false, name = "se" }, named as timm's CbamModule.
function nn.cbam(x, o)
	o = o or {}
	check_gate("cbam", x, o, { "reduction", "kernel", "bias", "name" })
	local name, kernel = named(o, "se"), whole("cbam: want kernel", o.kernel or 7, 1, 1023)
	local channels = math.max(1, x.channels//whole("cbam: want reduction", o.reduction or 16, 1, 65536))
	-- beside each other, so that both go through the same convolutions
	local y = nn.pad(nn.global_avg_pool(x), { padding = { 0, 0, 0, 1 } }) + nn.pad(nn.global_max_pool(x), { padding = { 0, 1, 0, 0 } })
	y = nn.relu(nn.conv(y, { channels, kernel = 1, bias = o.bias or false, name = name .. "channel.fc1" }))
	y = nn.conv(y, { x.channels, kernel = 1, bias = o.bias or false, name = name .. "channel.fc2" })
	x = x*nn.sigmoid(nn.reduce(y, { reduction = "sum", axis = "width" }))
	y = nn.concat(nn.reduce(x), nn.reduce(x, { reduction = "max" }))
	y = nn.bn(nn.conv(y, { 1, kernel = kernel, name = name .. "spatial.conv.conv" }), { name = name .. "spatial.conv.bn" })
	return x*nn.sigmoid(y)
end

-- sum_of - tensors added up
local function sum_of(list)
	local y = list[1]
	for i = 2, #list do y = y + list[i] end
	return y
end

-- Selective kernels (Li et al. 2019): 3x3 convolutions of growing dilation, whose results are weighted channel by channel
-- by a softmax over the branches. { stride = 1, groups = 1, dilation = 1, branches = 2, split = false, reduction = 16, act,
-- name = "conv2" }, named as timm's SelectiveKernel; split: each branch reads its part of the channels (timm's skresnet).
function nn.sk(x, width, o)
	o = o or {}
	check_gate("sk", x, o, { "stride", "groups", "dilation", "branches", "split", "reduction", "act", "name" })
	local act, name, branches = library.ops.act_of("sk", o.act), named(o, "conv2"), whole("sk: want branches", o.branches or 2, 1, 16)
	local each, ys = x.channels//branches, {}
	if o.split and x.channels%branches ~= 0 then fail("sk: want channels divisible by %d branches, got %d", branches, x.channels) end
	for i = 0, branches - 1 do
		local at = string.format("%spaths.%d.", name, i)
		local part = o.split and nn.slice(x, { channels = { i*each, (i + 1)*each } }) or x
		local y = nn.conv(part, { width, kernel = 3, stride = o.stride, groups = o.groups, dilation = (o.dilation or 1)*(i + 1),
		                          name = at .. "conv" })
		ys[i + 1] = act(nn.bn(y, { name = at .. "bn" }))
	end
	local y = nn.global_avg_pool(sum_of(ys))
	y = nn.conv(y, { rounded(width/(o.reduction or 16), 8), kernel = 1, name = name .. "attn.fc_reduce" })
	y = nn.relu(nn.bn(y, { name = name .. "attn.bn" }))
	y = nn.conv(y, { width*branches, kernel = 1, bias = false, name = name .. "attn.fc_select" })
	-- a softmax over the branches of each channel: along the rows of branches x channels
	y = nn.softmax(nn.reshape(y, { shape = { 1, branches, width } }), { axis = "height" })
	y = nn.reshape(y, { shape = { branches*width, 1, 1 } })
	for i = 1, branches do ys[i] = ys[i]*nn.slice(y, { channels = { (i - 1)*width, i*width } }) end
	return sum_of(ys)
end

-- Split attention (Zhang et al. 2020, ResNeSt): a 3x3 convolution of radix times the channels, whose parts are weighted by
-- a softmax over them. { stride = 1, groups = 1, dilation = 1, radix = 2, pool = false, reduction = 4, act, name = "conv2" },
-- named as timm's SplitAttn; pool: the stride is that of a 3x3 mean behind it, pool = "first": before it (ResNeSt's avd).
function nn.split_attention(x, width, o)
	o = o or {}
	check_gate("split_attention", x, o, { "stride", "groups", "dilation", "radix", "pool", "reduction", "act", "name" })
	local act, name, groups = library.ops.act_of("split_attention", o.act), named(o, "conv2"), o.groups or 1
	local radix = whole("split_attention: want radix", o.radix or 2, 1, 16)
	local stride = o.stride or 1
	if o.pool == "first" then x = nn.avg_pool(x, { kernel = 3, stride = stride, padding = 1 }) end
	local y = nn.conv(x, { width*radix, kernel = 3, stride = o.pool and 1 or stride, groups = groups*radix, dilation = o.dilation,
	                       name = name .. "conv" })
	y = act(nn.bn(y, { name = name .. "bn0" }))
	local parts = {}
	for i = 1, radix do parts[i] = radix == 1 and y or nn.slice(y, { channels = { (i - 1)*width, i*width } }) end
	local z = nn.global_avg_pool(sum_of(parts))
	z = nn.conv(z, { rounded(x.channels*radix/(o.reduction or 4), 8, 32), kernel = 1, groups = groups, bias = true, name = name .. "fc1" })
	z = act(nn.bn(z, { name = name .. "bn1" }))
	z = nn.conv(z, { width*radix, kernel = 1, groups = groups, bias = true, name = name .. "fc2" })
	if radix == 1 then
		z = nn.sigmoid(z)
	else     -- groups x radix x channels of a group: radix goes outermost, behind a softmax over it
		z = nn.softmax(nn.reshape(z, { shape = { groups, radix, width//groups } }), { axis = "height" })
		z = nn.reshape(groups == 1 and z or nn.permute(z, { order = "hcw" }), { shape = { radix*width, 1, 1 } })
	end
	for i = 1, radix do
		parts[i] = parts[i]*(radix == 1 and z or nn.slice(z, { channels = { (i - 1)*width, i*width } }))
	end
	y = sum_of(parts)
	return o.pool and o.pool ~= "first" and nn.avg_pool(y, { kernel = 3, stride = stride, padding = 1 }) or y
end

return { rounded = rounded }
