-- inputs.lua - pictures as a network's input.
local nn, raw, library = ...
local check = library.checks
local fail, kind, words, want_table, one_of = check.fail, check.kind, check.words, check.want_table, check.one_of

nn.imagenet_mean, nn.imagenet_std = { 0.485, 0.456, 0.406 }, { 0.229, 0.224, 0.225 }

-- Inputs ----------------------------------------------------------------------------------------
-- nn.image { channels, height, width, mean = {..}, std = {..}, scale = 1/255, crop = 1, ... }
--   mean       numbers, one a channel, and std likewise: a picture of pixels 0..255 becomes (scale*pixel - mean)/std
--   crop       its shorter side is first resized to the input's longer side / crop, whole pixels (NAME_RESIZE), and the
--              centre kept: torchvision's Resize and CenterCrop, to the same pixels. Its evaluation: crop = 0.875;
--              weights with Resize(232), CenterCrop(224): crop = 224/232
-- What NAME_run takes, by default float CHW as the network sees it:
--   dtype      "float" or "u8": pixels 0..255 in bytes
--   layout     "CHW" or "HWC": how the caller's pixels lie
--   order      "RGB" or "BGR": the caller's channels
--   trained    "RGB" or "BGR": the channels the network was trained on; mean and std are in this order
--   normalize  true: NAME_run itself applies scale, mean and std (the default of u8)
function nn.image(o)
	want_table("image", o)
	words("image", o, { "mean", "std", "scale", "crop", "dtype", "layout", "order", "trained", "normalize" })
	local order = one_of("image: order", o.order or "RGB", { "RGB", "BGR" })
	local trained = one_of("image: trained", o.trained or "RGB", { "RGB", "BGR" })
	local u8 = one_of("image: dtype", o.dtype or "float", { "float", "u8" }) == "u8"
	if o.normalize ~= nil and type(o.normalize) ~= "boolean" then
		fail("image: want normalize as true or false, got %s", kind(o.normalize))
	end
	if (order == "BGR" or trained == "BGR") and o[1] ~= 3 then
		fail("image: want 3 channels for BGR, got %s", kind(o[1]))
	end
	local normalize = o.normalize
	if normalize == nil then normalize = u8 end
	return { shape = { o[1], o[2], o[3] }, line = raw.line(), image = {
		mean = o.mean, std = o.std, scale = o.scale, crop = o.crop, u8 = u8, normalize = normalize, bgr = order == "BGR",
		hwc = one_of("image: layout", o.layout or "CHW", { "CHW", "HWC" }) == "HWC", swap = order ~= trained } }
end
