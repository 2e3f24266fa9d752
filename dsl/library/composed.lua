-- composed.lua - layers that are several ops.
local nn, _, library = ...
local check = library.checks
local fail, is_tensor, kind, words = check.fail, check.is_tensor, check.kind, check.words
local want_table, one_of = check.want_table, check.one_of

-- convolution of every channel by itself: groups = the input's channels
function nn.depthwise(x, o)
	if not is_tensor(x) then fail("depthwise: want a tensor, got %s", kind(x)) end
	local all = {}
	for k, v in pairs(want_table("depthwise", o or {})) do all[k] = v end
	all[1] = all[1] or all.out or x.channels
	all.out, all.groups = nil, x.channels
	return nn.conv2d(x, all)
end

-- { scale = 2 } or { size = {h, w} }, mode = "nearest" (default), "bilinear" or "bicubic", align_corners = false
function nn.upsample(x, o)
	if not is_tensor(x) then fail("upsample: want a tensor, got %s", kind(x)) end
	words("upsample", want_table("upsample", o), { "scale", "size", "mode", "align_corners", "name" })
	local mode = one_of("upsample: mode", o.mode or "nearest", { "nearest", "bilinear", "bicubic" })
	local p = { name = o.name, size = o.size }
	if o.scale then
		local s = type(o.scale) == "table" and o.scale or { o.scale, o.scale }
		if type(s[1]) ~= "number" or type(s[2]) ~= "number" or s[1] <= 0 or s[2] <= 0 then
			fail("upsample: want scale as a number above 0 or {h, w}, got %s", kind(o.scale))
		end
		p.size = { math.floor(x.height*s[1]), math.floor(x.width*s[2]) }
		if p.size[1] ~= x.height*s[1] then p.scale_h = s[1] end      -- otherwise the sizes say it, in PyTorch's arithmetic
		if p.size[2] ~= x.width*s[2] then p.scale_w = s[2] end
	end
	if o.align_corners then p.coords = "align_corners" end
	return nn["upsample_" .. mode](x, p)
end

-- Squeeze-excite (Hu et al. 2017): x times gate(fc2(act(fc1(mean of x)))), 1x1 convolutions named
-- se.fc1 and se.fc2 as in timm and torchvision. channels: of the squeeze. { name = "se", act = "relu", gate = "sigmoid" };
-- as a block's gate: { nn.squeeze_excite, channels = 16 }.
function nn.squeeze_excite(x, channels, o)
	if not is_tensor(x) then fail("squeeze_excite: want a tensor, got %s", kind(x)) end
	if type(channels) == "table" then o, channels = channels, channels.channels end
	words("squeeze_excite", want_table("squeeze_excite", o or {}), { "channels", "name", "act", "gate" })
	local name, act_of = o and o.name or "se", library.ops.act_of
	local y = nn.adaptive_avg_pool(x, { size = 1, name = name .. ".pool" })
	y = act_of("squeeze_excite", o and o.act)(nn.conv(y, { channels, kernel = 1, bias = true, name = name .. ".fc1" }))
	y = nn.conv(y, { x.channels, kernel = 1, bias = true, name = name .. ".fc2" })
	return x*act_of("squeeze_excite", o and o.gate or "sigmoid")(y)
end

-- Each channel of an image normalised by its own mean and variance (torch.nn.InstanceNorm2d, which has no weight and bias
-- unless affine = true).
function nn.instance_norm(x, o)
	if not is_tensor(x) then fail("instance_norm: want a tensor, got %s", kind(x)) end
	words("instance_norm", want_table("instance_norm", o or {}), { "eps", "affine", "name", "params" })
	local all = { groups = x.channels, affine = false }
	for k, v in pairs(o or {}) do all[k] = v end
	return nn.group_norm(x, all)
end

-- x divided by the L2 norm of each pixel's channels, which counts as eps at least (torch.nn.functional.normalize);
-- of a flat x by the norm of all of it: embeddings. { axis = "channels", eps = 1e-12 }
function nn.l2_normalize(x, o)
	if not is_tensor(x) then fail("l2_normalize: want a tensor, got %s", kind(x)) end
	words("l2_normalize", want_table("l2_normalize", o or {}), { "axis", "eps" })
	return x/nn.maximum(nn.reduce(x, { reduction = "l2", axis = o and o.axis }), o and o.eps or 1e-12)
end

-- ConvNeXt V2's global response norm: x + weight*x*g/mean(g) + bias, g the L2 norms of x's channels (Woo et al. 2023).
function nn.response_norm(x, o)
	if not is_tensor(x) then fail("response_norm: want a tensor, got %s", kind(x)) end
	words("response_norm", want_table("response_norm", o or {}), { "eps", "name" })
	local norms = nn.reduce(x, { reduction = "l2", axis = "image" })
	local y = x*(norms/(nn.reduce(norms) + (o and o.eps or 1e-6)))
	return nn.depthwise(y, { kernel = 1, bias = true, name = o and o.name }) + x
end

-- Dot-product attention of all pixels to all pixels (Vaswani et al. 2017; BoTNet without positions): queries, keys and
-- values are the thirds of a 1x1 convolution named qkv. { channels = x.channels, heads = 4, bias = false }
function nn.self_attention(x, o)
	if not is_tensor(x) then fail("self_attention: want a tensor, got %s", kind(x)) end
	words("self_attention", want_table("self_attention", o or {}), { "channels", "heads", "bias" })
	local c, heads = o and o.channels or x.channels, o and o.heads or 4
	local qkv = nn.conv(x, { 3*c, kernel = 1, bias = o and o.bias, name = "qkv" })
	local function third(i) return nn.slice(qkv, { channels = { i*c, (i + 1)*c } }) end
	local scores = nn.matmul(third(1), third(0), { transpose_a = true, heads = heads, scale = (c/heads)^-0.5 })
	return nn.matmul(third(2), nn.softmax(scores, { groups = heads }), { heads = heads })
end

-- Global context (Cao et al. 2019) as a gate: the features' sum, weighted by a softmax over the image, through two 1x1
-- convolutions with a norm between them. { channels = x.channels/8 of the squeeze, add = false: is added to x instead, name }:
-- layers are named as in timm's GlobalContext, behind NAME where there is one
function nn.global_context(x, o)
	if not is_tensor(x) then fail("global_context: want a tensor, got %s", kind(x)) end
	words("global_context", want_table("global_context", o or {}), { "channels", "add", "name" })
	local add, at = o and o.add, o and o.name and o.name .. "." or ""
	local mask = nn.softmax(nn.conv(x, { 1, kernel = 1, bias = true, name = at .. "conv_attn" }), { axis = "image" })
	local name = at .. (add and "mlp_add" or "mlp_scale")
	local y = nn.matmul(x, mask, { transpose_b = true })
	y = nn.conv(y, { o and o.channels or math.max(1, x.channels//8), kernel = 1, bias = true, name = name .. ".fc1" })
	y = nn.relu(nn.layer_norm(y, { name = name .. ".norm" }))
	y = nn.conv(y, { x.channels, kernel = 1, bias = true, name = name .. ".fc2" })
	return add and x + y or x*nn.sigmoid(y)
end

-- Mean over the whole image, to C x 1 x 1.
function nn.global_avg_pool(x, o) return nn.adaptive_avg_pool(x, { size = 1, name = o and o.name }) end

-- Maximum over the whole image, to C x 1 x 1.
function nn.global_max_pool(x, o) return nn.adaptive_max_pool(x, { size = 1, name = o and o.name }) end

-- x[:, :, ::step, ::step]
function nn.subsample(x, step)
	if not is_tensor(x) then fail("subsample: want a tensor, got %s", kind(x)) end
	return nn.slice(x, { rows = { 0, x.height, step }, cols = { 0, x.width, step } })
end
