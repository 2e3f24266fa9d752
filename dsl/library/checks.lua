-- checks.lua - what an argument has to be, told where the user wrote it.
local _, raw = ...

local function fail(format, ...)
	raw.fail(string.format(format, ...))
end

-- fail_at - where the user wrote "word = ..." in the call that is being made
local function fail_at(word, format, ...)
	raw.at(raw.line_of(word))
	fail(format, ...)
end

local function is_tensor(x)
	return getmetatable(x) == "tensor"
end

local function kind(x)
	if x == nil then return "nothing" end
	if type(x) == "string" then return string.format("%q", x) end
	if type(x) == "number" then return tostring(x) end
	if type(x) == "table" and #x > 0 and #x < 7 then
		local items = {}
		for i, v in ipairs(x) do
			items[i] = type(v) == "string" and string.format("%q", v) or type(v) == "number" and tostring(v) or nil
		end
		if #items == #x then return "{ " .. table.concat(items, ", ") .. " }" end
	end
	return is_tensor(x) and "a tensor" or "a " .. type(x)
end

-- words - every string key of t must be in the list; what says who complains
local function words(what, t, list)
	for k in pairs(t) do
		if type(k) == "string" then
			local known = false
			for _, w in ipairs(list) do known = known or w == k end
			if not known then
				local near = raw.nearest(k, list)
				fail_at(k, "%s: want one of its options, got '%s'%s", what, k, near and "; did you mean '" .. near .. "'?" or "")
			end
		end
	end
end

local function want_table(what, t)
	if is_tensor(t) then
		fail_at(what:match("^stem") or "head", "%s: want it called where it is named, nn.%s { ... }, got the function itself",
		        what, what)
	end
	if type(t) ~= "table" then fail("%s: want a table { ... }, got %s", what, kind(t)) end
	return t
end

local function whole(what, v, lo, hi)
	if math.type(v) ~= "integer" and not (type(v) == "number" and v == math.floor(v)) or v < lo or v > hi then
		fail("%s as a whole number from %d to %d, got %s", what, lo, hi, kind(v))
	end
	return math.floor(v)
end

-- at_word - f(...), which fails where the user wrote "word = ..."
local function at_word(word, f, ...)
	local before = raw.at(raw.line_of(word))
	local y = table.pack(f(...))
	raw.at(before)
	return table.unpack(y, 1, y.n)
end

-- one_of - word must be in the list; another letter of a short word is another arithmetic, never what was meant
local function one_of(what, word, list)
	for _, w in ipairs(list) do
		if w == word then return word end
	end
	local near = type(word) == "string" and #word > 2 and raw.nearest(word, list)
	fail("%s: want one of %s, got %s%s", what, table.concat(list, ", "), kind(word),
	     near and "; did you mean '" .. near .. "'?" or "")
end

-- at_line - f, with the layers it makes told at the line where the user asked for it
local function at_line(f)
	local line = raw.line()
	return function(...)
		local before = raw.at(line)
		local y = table.pack(f(...))
		raw.at(before)
		return table.unpack(y, 1, y.n)
	end
end

-- with_options - { f, option = value, ... } as a function that hands f these options, behind what else it is given; others as
-- they are
local function with_options(f)
	if type(f) ~= "table" or is_tensor(f) or type(f[1]) ~= "function" then return f end
	return function(...)
		local args, all = table.pack(...), {}
		local own = args.n > 1 and type(args[args.n]) == "table" and not is_tensor(args[args.n]) and args[args.n] or nil
		for k, v in pairs(own or {}) do all[k] = v end
		for k, v in pairs(f) do
			if k ~= 1 then all[k] = v end
		end
		if not own then args.n = args.n + 1 end
		args[args.n] = all
		return f[1](table.unpack(args, 1, args.n))
	end
end

return {
	fail = fail, fail_at = fail_at, is_tensor = is_tensor, kind = kind, words = words, want_table = want_table,
	with_options = with_options, whole = whole, at_word = at_word, one_of = one_of, at_line = at_line,
}
