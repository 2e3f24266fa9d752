-- families.lua - blocks of networks that came after the residual ones.
local nn, _, library = ...
local register, rounded, act_of = library.blocks.register, library.attention.rounded, library.ops.act_of
local fail, is_tensor, kind = library.checks.fail, library.checks.is_tensor, library.checks.kind
local whole = library.checks.whole

-- begin - the block's activation
local function begin(what, x, o, usual)
	if x == nil then fail("%s: want a tensor, got nothing; as the block of a stage it is nn.%s, without ()", what, what) end
	if not is_tensor(x) then fail("%s: want a tensor, got %s", what, kind(x)) end
	return act_of(what, o.act or usual)
end

-- squeeze - squeeze-excite by two 1x1 convolutions of the given names
local function squeeze(x, channels, act, gate, first, second)
	local y = nn.conv(nn.global_avg_pool(x), { channels, kernel = 1, bias = true, name = first })
	return x*gate(nn.conv(act(y), { x.channels, kernel = 1, bias = true, name = second }))
end

-- Res2Net (Gao et al. 2019): a bottleneck whose 3x3 is a chain over parts of the channels. width, base_width, groups, se and
-- shortcut as of nn.bottleneck, scale = 4: how many parts, base_width = 26 of each. Named as timm's Bottle2neck.
function nn.res2(x, width, o)
	o = o or {}
	local act, stride, groups = begin("res2", x, o), o.stride or 1, o.groups or 1
	local scale = whole("res2: want scale", o.scale or 4, 2, 32)
	local inner, outer = width*(o.base_width or 26)//64*groups, width*4
	local first = stride > 1 or x.channels ~= outer       -- parts by themselves, the last one pooled
	local z = nn.shortcut(x, outer, o)
	local y = act(nn.bn(nn.conv(x, { inner*scale, kernel = 1, name = "conv1" })))
	local parts, before = {}, nil
	for i = 0, scale - 1 do
		local part = nn.slice(y, { channels = { i*inner, (i + 1)*inner } })
		if i == scale - 1 then
			parts[scale] = first and nn.avg_pool(part, { kernel = 3, stride = stride, padding = 1, name = "pool" }) or part
			break
		end
		if before and not first then part = part + before end
		part = nn.conv(part, { inner, kernel = 3, stride = stride, groups = groups, dilation = o.dilation, name = "convs." .. i })
		before = act(nn.bn(part, { name = "bns." .. i }))
		parts[i + 1] = before
	end
	y = nn.bn(nn.conv(nn.concat(parts), { outer, kernel = 1, name = "conv3" }))
	return act(library.blocks.excite(y, o) + z)
end

-- ConvNeXt (Liu et al. 2022): depthwise kernel x kernel, layer norm, 1x1 to expansion times the channels, GELU, 1x1, layer
-- scale. { kernel = 7, expansion = 4, scale = true: the layer scale, response = false: ConvNeXt V2's response norm, act =
-- "gelu" }. Where channels or stride change, a layer norm and a convolution of stride x stride come first, named downsample.
function nn.convnext(x, width, o)
	o = o or {}
	local act, stride = begin("convnext", x, o, "gelu"), o.stride or 1
	if stride > 1 or x.channels ~= width then
		x = nn.layer_norm(x, { name = "downsample.0" })
		x = nn.conv(x, { width, kernel = stride, stride = stride, padding = 0, bias = true, name = "downsample.1" })
	end
	local y = nn.depthwise(x, { kernel = o.kernel or 7, dilation = o.dilation, bias = true, name = "conv_dw" })
	y = nn.conv(nn.layer_norm(y, { name = "norm" }), { width*(o.expansion or 4), kernel = 1, bias = true, name = "mlp.fc1" })
	y = act(y)
	if o.response then y = nn.response_norm(y, { name = "mlp.grn" }) end
	y = nn.conv(y, { width, kernel = 1, bias = true, name = "mlp.fc2" })
	if o.scale ~= false then y = nn.layer_scale(y, { name = "gamma" }) end
	return y + x
end

-- RegNet (Radosavovic et al. 2020): a bottleneck without expansion, of groups of group_width channels; se = 4: squeeze-excite
-- behind the 3x3, of a quarter of the block's input (RegNet Y). Named as timm's.
function nn.regnet(x, width, o)
	o = o or {}
	local act, stride = begin("regnet", x, o), o.stride or 1
	local group = whole("regnet: want group_width", o.group_width or width, 1, 65536)
	if width%group ~= 0 then fail("regnet: want width divisible by group_width = %d, got %d", group, width) end
	local z = x
	if stride > 1 or x.channels ~= width then
		z = nn.bn(nn.conv(x, { width, kernel = 1, stride = stride, name = "downsample.conv" }), { name = "downsample.bn" })
	end
	local y = act(nn.bn(nn.conv(x, { width, kernel = 1, name = "conv1.conv" }), { name = "conv1.bn" }))
	y = nn.conv(y, { width, kernel = 3, stride = stride, groups = width//group, dilation = o.dilation, name = "conv2.conv" })
	y = act(nn.bn(y, { name = "conv2.bn" }))
	if o.se then
		local channels = math.floor(x.channels/whole("regnet: want se", o.se, 1, 65536) + 0.5)
		y = squeeze(y, channels, act, nn.sigmoid, "se.fc1", "se.fc2")
	end
	y = nn.bn(nn.conv(y, { width, kernel = 1, name = "conv3.conv" }), { name = "conv3.bn" })
	return act(y + z)
end

-- Inverted residual (Sandler et al. 2018, MobileNetV2; EfficientNet's MBConv): 1x1 to expansion times the channels, depthwise
-- kernel x kernel, 1x1 without an activation; x is added where nothing changes. { expansion = 6, kernel = 3, padding, se = 4:
-- squeeze-excite of a quarter of the block's input, act = "relu6", group_width: of the kernel x kernel, which is depthwise without it
-- (RegNet Z) }. Named as timm's InvertedResidual, with expansion 1 as its DepthwiseSeparableConv.
function nn.inverted_residual(x, width, o)
	o = o or {}
	local act, stride = begin("inverted_residual", x, o, "relu6"), o.stride or 1
	local inner, y = rounded(x.channels*(o.expansion or 6), 8), x
	local wide = o.expansion ~= 1
	if not wide then inner = x.channels end
	if wide then y = act(nn.bn(nn.conv(x, { inner, kernel = 1, name = "conv_pw" }), { name = "bn1" })) end
	y = nn.conv(y, { inner, kernel = o.kernel or 3, stride = stride, padding = o.padding, dilation = o.dilation,
	                 groups = inner//whole("inverted_residual: want group_width", o.group_width or 1, 1, inner), name = "conv_dw" })
	y = act(nn.bn(y, { name = wide and "bn2" or "bn1" }))
	if o.se then
		local channels = math.floor(x.channels/whole("inverted_residual: want se", o.se, 1, 65536) + 0.5)
		y = squeeze(y, channels, act, nn.sigmoid, "se.conv_reduce", "se.conv_expand")
	end
	y = nn.bn(nn.conv(y, { width, kernel = 1, name = wide and "conv_pwl" or "conv_pw" }), { name = wide and "bn3" or "bn2" })
	return stride == 1 and x.channels == width and y + x or y
end

-- Darknet's block (Redmon and Farhadi 2018): 1x1 to expansion times the channels, 3x3, and x itself, behind the last activation.
-- { expansion = 0.5, groups = 1, inner: as of nn.bottleneck, of the 1x1, act = "leaky_relu" }. Where channels or stride change, a 3x3
-- comes first, named conv_down. Named as timm's DarkBlock.
function nn.darknet(x, width, o)
	o = o or {}
	local act, stride = begin("darknet", x, o, "leaky_relu"), o.stride or 1
	local function layer(y, channels, kernel, name, more)
		y = nn.conv(y, { channels, kernel = kernel, stride = more and more.stride, groups = more and more.groups,
		                 dilation = more and more.dilation, name = name .. ".conv" })
		return act(nn.bn(y, { name = name .. ".bn" }))
	end
	if stride > 1 or x.channels ~= width then x = layer(x, width, 3, "conv_down", { stride = stride }) end
	local y = layer(x, math.tointeger(width*(o.expansion or 0.5)//1), 1, "conv1")
	if o.inner then y = library.blocks.called("inner", o.inner, y) end
	return layer(y, width, 3, "conv2", { groups = o.groups, dilation = o.dilation }) + x
end

-- ArcFace's block (Deng et al. 2019): a norm, 3x3, PReLU, 3x3 with the stride, and the shortcut; nothing behind the addition.
-- { act = "prelu", se and gate: as of nn.basic }. Named as insightface's iresnet.
function nn.iresnet(x, width, o)
	o = o or {}
	local act = begin("iresnet", x, o, function(y) return nn.prelu(y, { name = "prelu" }) end)
	local z = nn.shortcut(x, width, o)
	local y = nn.conv(nn.bn(x, { name = "bn1" }), { width, kernel = 3, name = "conv1" })
	y = nn.conv(act(nn.bn(y, { name = "bn2" })), { width, kernel = 3, stride = o.stride, name = "conv2" })
	return library.blocks.excite(nn.bn(y, { name = "bn3" }), o) + z
end

local usual = { "blocks", "width", "stride", "act", "dilation" }
local function list(...)
	local all = { ... }
	for _, w in ipairs(usual) do all[#all + 1] = w end
	return all
end
register(nn.res2, "res2", list("variant", "shortcut", "groups", "base_width", "scale", "se", "gate"))
register(nn.convnext, "convnext", list("kernel", "expansion", "scale", "response"))
register(nn.regnet, "regnet", list("group_width", "se"))
register(nn.darknet, "darknet", list("expansion", "groups", "inner"))
register(nn.iresnet, "iresnet", list("shortcut", "se", "gate"))
register(nn.inverted_residual, "inverted_residual", list("expansion", "kernel", "padding", "se", "group_width"))
