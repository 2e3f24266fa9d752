-- arguments.lua - what the command line says.
local nn, raw = ...

-- Arguments -------------------------------------------------------------------------------------
-- nn.arg.KEY is what -D KEY=VALUE says on the command line, a number where it is one, else a string; nil where it says
-- nothing: local depth = nn.arg.depth or 20. A KEY that the model never asks for is refused.

nn.arg = setmetatable({}, {
	__index = function(_, key)
		raw.asked[key] = true
		return raw.given[key]
	end,
	__newindex = function(_, key, value) raw.given[key] = value end,
	__pairs = function()
		for key in pairs(raw.given) do raw.asked[key] = true end
		return next, raw.given, nil
	end,
})
