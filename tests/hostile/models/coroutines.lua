-- sandbox: want a model without coroutine
while true do coroutine.wrap(function() while true do end end)() end
