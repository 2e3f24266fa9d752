-- resulting string too large
local s = ("x"):rep(1e10)
