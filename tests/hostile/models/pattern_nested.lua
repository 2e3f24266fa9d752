-- pattern too complex
("a"):rep(3e5):match((".-"):rep(200) .. "b")
