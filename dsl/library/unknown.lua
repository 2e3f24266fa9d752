-- unknown.lua - a misspelt nn.word, and what other libraries have, is an error at the user's line.
local nn, raw, library = ...
local fail = library.checks.fail

-- What a training framework has and a network at work does not need, and what is like a function of ours but other
-- arithmetic.
local idle = { dropout = true, dropout1d = true, dropout2d = true, dropout3d = true, alpha_dropout = true,
               drop_path = true, stochastic_depth = true, drop_block = true }
local arithmetic = {}
for word in ([[elu celu selu gelu mish softplus softsign prelu rrelu hardtanh hard_tanh logsigmoid tanhshrink glu
	crelu threshold log_softmax softmin sub div matmul bmm mean max min sum conv1d conv3d conv_transpose2d
	instance_norm group_norm layer_norm rms_norm min_pool lp_pool fractional_max_pool]]):gmatch("%S+") do
	arithmetic[word] = true
end

-- A misspelt nn.word is an error too.
setmetatable(nn, { __index = function(_, word)
	local known, list = {}, {}
	local plain = tostring(word):lower():gsub("_", "")
	for k in pairs(nn) do known[#known + 1] = k end
	for k in pairs(idle) do
		if k:gsub("_", "") == plain then
			fail("nn.%s: want a network without it, got one: it does nothing in inference: leave it out", tostring(word))
		end
	end
	for k in pairs(arithmetic) do
		if k:gsub("_", "") == plain then
			for _, act in ipairs(raw.acts) do list[#list + 1] = act end
			fail("nn.%s: want a function of the library (resnetc doc lists them), got none; activations are %s",
			     tostring(word), table.concat(list, ", "))
		end
	end
	local near = raw.nearest(tostring(word), known)
	fail("nn.%s: want a function of the library (resnetc doc lists them), got none%s", tostring(word),
	     near and "; did you mean '" .. near .. "'?" or "")
end })
