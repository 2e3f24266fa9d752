-- strict.lua - a mistyped global is an error at the user's line.
local _, raw = ...
local fail, nearest = raw.fail, raw.nearest

local away = { io = true, os = true, debug = true, package = true, load = true, loadstring = true,
               dofile = true, loadfile = true, collectgarbage = true, coroutine = true }

setmetatable(_G, {
	__index = function(_, name)
		if away[name] then
			fail("sandbox: want a model without " .. tostring(name) .. ", got a use of it")
		end
		if name == "nn" or name == "resnet" then
			fail("variable '" .. name .. "': want a defined one, got none (local nn = require \"resnet\"?)")
		end
		local known = {}
		for k in pairs(_G) do
			if type(k) == "string" then known[#known + 1] = k end
		end
		local near = nearest(tostring(name), known)
		fail("variable '" .. tostring(name) .. "': want a defined one, got none" ..
		     (near and "; did you mean '" .. near .. "'?" or ""))
	end,
	__metatable = "strict",
})
