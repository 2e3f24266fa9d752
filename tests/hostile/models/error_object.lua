-- want a result within 20 million
error(setmetatable({}, { __tostring = function() while true do end end }))
