/*
** errors.c - bad input of every kind: the exact message, the exit status, and nothing left behind.
** Each row runs the program in the suite's folder; "%" in a message stands for "model.lua:LINE: ".
*/
#include <sys/stat.h>
#include <unistd.h>

#include "tests.h"

#define HEAD "local nn = require \"resnet\"\n"
#define BODY(text) HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, body = function(x)\n" text "\nend }\n"

/* a target that this machine does not run, or is told not to, and that is emulated nowhere */
#define FOREIGN "avx2"

#define N201 N50 N50 N50 N50 "n"
#define N50 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

#define STAGE(text) HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stages = {\nnn.stage { " text " } } }"

static const struct {
	const char *name, *model, *want;
} models[] = {
	{ "syntax", HEAD "return nn.model {\n  name = = 3\n}", "model.lua:3: syntax: unexpected symbol near '='" },
	{ "run_time", HEAD "local a = nil\nlocal b = a.x\nreturn b", "model.lua:3: attempt to index a nil value (local 'a')" },
	{ "user_error", HEAD "error('no such depth')", "model.lua:2: no such depth" },
	{ "endless_loop", HEAD "while true do end", "model.lua:2: model: want a result within 20 million instructions, got an endless loop?" },
	{ "endless_loop_in_pcall", HEAD "while true do pcall(function() while true do end end) end",
	  "model.lua:2: model: want a result within 20 million instructions, got an endless loop?" },
	{ "memory_bomb", HEAD "local t = {}\nfor i = 1, 1e9 do t[i] = ('x'):rep(1e6) .. i end", "model.lua:3: model: want at most 256 MB of Lua memory, got more" },
	{ "recursion", HEAD "local function f() return 1 + f() end\nf()", "model.lua:2: model: want calls that end, got a stack overflow" },
	{ "pattern_blow_up", HEAD "local s = ('a'):rep(60)\ns:find(('a*'):rep(30) .. 'b')",
	  "model.lua:3: model: want a result within 4 s of processor time, got an endless computation?" },
	{ "io", HEAD "io.open('/etc/passwd')", "model.lua:2: sandbox: want a model without io, got a use of it" },
	{ "os", HEAD "os.execute('true')", "model.lua:2: sandbox: want a model without os, got a use of it" },
	{ "debug", HEAD "debug.getinfo(1)", "model.lua:2: sandbox: want a model without debug, got a use of it" },
	{ "load", HEAD "load('return 1')()", "model.lua:2: sandbox: want a model without load, got a use of it" },
	{ "require", "local nn = require \"socket\"", "model.lua:1: require: want \"resnet\", got \"socket\"" },
	{ "bytecode", "\033Lua...", "model.lua:0: model: want Lua text, got bytecode" },
	{ "tflite", "\034...TFL3....", "model.lua:0: model: want Lua text, got a TensorFlow Lite model: make it an ONNX file with tf2onnx (--tflite)" },
	{ "page", "<!DOCTYPE html><html>", "model.lua:0: model: want Lua text, got a web page (HTML) instead of what was to be downloaded" },
	{ "onnx", "\b\a\022\apytorch", "model.lua:1: syntax: unexpected symbol near '<\\8>' (an ONNX file? resnetc import makes a model of one)" },
	{ "finalizer", HEAD "setmetatable({}, { __gc = print })", "model.lua:2: setmetatable: want a metatable without __gc, got one" },
	{ "mistyped_global", HEAD "local x = pirnt", "model.lua:2: variable 'pirnt': want a defined one, got none; did you mean 'print'?" },
	{ "mistyped_function", BODY("return nn.rleu(x)"), "model.lua:3: nn.rleu: want a function of the library (resnetc doc lists them), got none; did you mean 'relu'?" },
	{ "winograd_stride", BODY("return nn.conv(nn.conv(x, { 16, kernel = 1 }), { 8, kernel = 3, stride = 2, winograd = {2, 2} })"),
	  "model.lua:3: conv2d 'conv2': want winograd tiles of 2 or 4 and a 3x3 kernel of stride 1 over at least 8 channels, got 2x2" },
	{ "strassen_kernel", BODY("return nn.conv(nn.conv(x, { 32, kernel = 1 }), { 32, kernel = 3, strassen = true })"),
	  "model.lua:3: conv2d 'conv2': want a 1x1 kernel without groups for strassen, got 3x3 and 1 groups" },
	{ "winograd_none", BODY("return nn.conv(nn.conv(x, { 16, kernel = 1 }), { 8, kernel = 3, on_the_fly = true })"),
	  "model.lua:3: conv2d 'conv2': want winograd tiles beside on_the_fly, got none" },
	{ "winograd_tile", BODY("return nn.conv(nn.conv(x, { 16, kernel = 1 }), { 8, kernel = 3, winograd = {3, 3} })"),
	  "model.lua:3: conv2d 'conv2': want winograd tiles of 2 or 4 and a 3x3 kernel of stride 1 over at least 8 channels, got 3x3" },
	{ "winograd_bound", BODY("return nn.conv(nn.conv(nn.quantize(x, { step = 0.1 }), { 512, kernel = 1, step = 0.1 }), { 8, kernel = 3, winograd = {4, 4} })"),
	  "model.lua:3: conv2d 'conv2': want winograd tiles whose sums are exact with these weights, got 4x4" },
	{ "mul_steps", BODY("local q = nn.quantize(x, { step = 1e-30 }) return nn.mul(q, q, { step = 1 })"),
	  "model.lua:3: mul 'mul1': want steps whose product is 1.17549e-38 to 3.40282e+38 times the result's, got 1e-60 times" },
	{ "requant_float", BODY("return nn.quantize(x, { step = 1, requant = 'onnx_float' })"),
	  "model.lua:3: quantize 'quantize1': want exact, onnx_u8 or onnx_s8 for requant, got onnx_float" },
	{ "mul_shapes", BODY("return nn.conv(x, { 4, kernel = 3 })*x"), "model.lua:3: mul 'mul1': want inputs of one shape, or Cx1x1, 1xHxW or 1x1x1, got 4x8x8 ('conv1') and 3x8x8 ('input')" },
	{ "reshape_count", BODY("return nn.reshape(x, { shape = { 5, -1, 8 } })"),
	  "model.lua:3: reshape 'reshape1': want a shape of 192 numbers, as 3x8x8 has, got {5, -1, 8}" },
	{ "reshape_open", BODY("return nn.reshape(x, { shape = { -1, -1, 8 } })"),
	  "model.lua:3: reshape 'reshape1': want a shape of numbers from 1, one of which may be -1, got {-1, -1, 8}" },
	{ "reshape_none", BODY("return nn.reshape(x, { shape = { 192, 1, -2 } })"),
	  "model.lua:3: reshape 'reshape1': want shape as a whole number from -1 to 268435456, got -2" },
	{ "pixel_shuffle", BODY("return nn.pixel_shuffle(x, { factor = 2 })"),
	  "model.lua:3: pixel_shuffle 'pixel_shuffle1': want channels divisible by factor*factor = 4, got 3" },
	{ "pixel_unshuffle", BODY("return nn.pixel_unshuffle(x, { factor = 3 })"),
	  "model.lua:3: pixel_unshuffle 'pixel_unshuffle1': want rows and columns divisible by factor = 3, got 8x8" },
	{ "group_norm", BODY("return nn.group_norm(x, { groups = 2 })"),
	  "model.lua:3: group_norm 'group_norm1': want channels divisible by groups = 2, got 3" },
	{ "softmax_groups", BODY("return nn.softmax(x, { axis = 'width', groups = 3 })"),
	  "model.lua:3: softmax 'softmax1': want groups = 1 where it is not over the channels, got 3" },
	{ "softmax_parts", BODY("return nn.softmax(x, { groups = 2 })"),
	  "model.lua:3: softmax 'softmax1': want channels divisible by groups = 2, got 3" },
	{ "matmul_heads", BODY("return nn.matmul(x, x, { heads = 2 })"),
	  "model.lua:3: matmul 'matmul1': want channels divisible by heads = 2, got 3 and 3" },
	{ "matmul_terms", BODY("return nn.matmul(x, x)"),
	  "model.lua:3: matmul 'matmul1': want a second matrix of 64 rows, as the first has columns, got 3: 3x8x8 times 3x8x8 in 1 head" },
	{ "output_padding", BODY("return nn.conv_transpose2d(x, { 4, kernel = 3, stride = 2, output_padding = 2 })"),
	  "model.lua:3: conv_transpose2d 'conv_transpose1': want output_padding below stride or dilation, got 2" },
	{ "transposed_same", BODY("return nn.conv_transpose2d(x, { 4, kernel = 3, padding = 'same' })"),
	  "model.lua:3: conv_transpose2d 'conv_transpose1': want padding as numbers, got \"same\"" },
	{ "transposed_groups", BODY("return nn.conv_transpose2d(x, { 4, kernel = 3, groups = 3 })"),
	  "model.lua:3: conv_transpose2d 'conv_transpose1': want channels divisible by groups = 3, got 3 to 4" },
	{ "transposed_size", BODY("return nn.conv_transpose2d(x, { 4, kernel = 1, padding = 4 })"),
	  "model.lua:3: conv_transpose2d 'conv_transpose1': want a result of 1 to 65536 rows, got 0" },
	{ "channel_shuffle", BODY("return nn.channel_shuffle(x, { groups = 2 })"),
	  "model.lua:3: channel_shuffle 'channel_shuffle1': want channels divisible by groups = 2, got 3" },
	{ "top_k_flat", BODY("return nn.top_k(x, { 2 })"), "model.lua:3: top_k 'top_k1': want a flat input (nn.flatten before it), got 3x8x8" },
	{ "top_k_many", BODY("return nn.top_k(nn.flatten(x), { 200 })"), "model.lua:3: top_k 'top_k1': want out of at most the input's 192 channels, got 200" },
	{ "coords", BODY("return nn.upsample_nearest(x, { size = 4, coords = \"cubic\" })"),
	  "model.lua:3: upsample_nearest 'upsample_nearest1': want coords as one of half_pixel, pytorch_half_pixel, align_corners, asymmetric, half_pixel_symmetric, "
	  "tf_half_pixel_for_nn, got \"cubic\"" },
	{ "tap", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { 8 }, taps = { \"steam\" } }",
	  "model.lua:2: model: taps: want a part (stem) or a layer, got 'steam'" },
	{ "image_dtype", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8, dtype = \"u16\" } }",
	  "model.lua:2: image: dtype: want one of float, u8, got \"u16\"; did you mean 'u8'?" },
	{ "bn_both", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\nbn = { groups = 4, group_width = 8 } }",
	  "model.lua:3: model: want bn with groups or with group_width, got both" },
	{ "bn_groups", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\nbn = { groups = 0 } }",
	  "model.lua:3: model: want bn's groups as a whole number from 1 to 65536, got 0" },
	{ "gate_option", STAGE("nn.basic, width = 8, gate = { nn.eca, kernl = 3 }"),
	  "model.lua:3: eca: want one of its options, got 'kernl'; did you mean 'kernel'?" },
	{ "gate_table", STAGE("nn.basic, width = 8, gate = { 3 }"), "model.lua:3: block: want gate as a function of a tensor, got { 3 }" },
	{ "inner_of_basic", STAGE("nn.basic, width = 8, inner = nn.eca"),
	  "model.lua:3: basic: want a block that takes inner (nn.bottleneck), got inner = a function" },
	{ "bn_word", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, bn = \"fold\" }",
	  "model.lua:2: model: want bn as { eps = ..., split = ... }, \"folded\" or false, got \"fold\"" },
	{ "no_model", "return 3", "model.lua:1: model: want the file to return nn.model { ... }, got number" },
	{ "nothing_returned", "local a = 1", "model.lua:1: model: want the file to return nn.model { ... }, got nil" },
	{ "no_input", HEAD "return nn.model { name = \"m\" }", "model.lua:2: model: want input = nn.image { channels, height, width }, got nothing" },
	{ "no_name", HEAD "return nn.model { input = nn.image { 3, 8, 8 } }", "model.lua:2: model: want name as a string, got none" },
	{ "header", HEAD "return nn.model { name = \"Time\", input = nn.image { 3, 8, 8 } }",
	  "model.lua:2: model: want a name that is not a system header's (its NAME.h would be found instead), got 'Time'" },
	{ "runtime", HEAD "return nn.model { name = \"RC_file\", input = nn.image { 3, 8, 8 } }",
	  "model.lua:2: model: want a name that does not begin with rc, as the runtime's do, got 'RC_file'" },
	{ "keyword", HEAD "return nn.model { name = \"double\", input = nn.image { 3, 8, 8 } }", "model.lua:2: model: want a name that is no keyword, got 'double'" },
	{ "bad_name", HEAD "return nn.model { name = \"resnet-50\", input = nn.image { 3, 8, 8 } }",
	  "model.lua:2: model: want a name that is a C identifier of at most 60 letters, got 'resnet-50'" },
	{ "negative_size", BODY("return nn.conv(x, { -3, kernel = 3 })"), "model.lua:3: conv2d 'conv1': want out as a whole number from 1 to 65536, got -3" },
	{ "zero_kernel", BODY("return nn.conv(x, { 3, kernel = 0 })"), "model.lua:3: conv2d 'conv1': want kernel as a whole number from 1 to 1024, got 0" },
	{ "fractional", BODY("return nn.conv(x, { 2.5, kernel = 3 })"), "model.lua:3: conv2d 'conv1': want out as a whole number from 1 to 65536, got 2.5" },
	{ "huge", BODY("return nn.conv(x, { 1e9, kernel = 3 })"), "model.lua:3: conv2d 'conv1': want out as a whole number from 1 to 65536, got 1000000000.0" },
	{ "huge_result", BODY("return nn.pad(x, { padding = 4096, channels = { 0, 60000 } })"),
	  "model.lua:3: pad 'pad1': want a result of at most 2^28 elements, got 1x60003x8200x8200" },
	{ "bad_image", HEAD "return nn.model { name = \"m\", input = nn.image { 3, -8, 8 } }",
	  "model.lua:2: input 'input': want shape as a whole number from 1 to 65536, got -8" },
	{ "short_image", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8 } }",
	  "model.lua:2: input 'input': want shape as {channels, height, width}, got { 3, 8 }" },
	{ "no_kernel", BODY("return nn.conv(x, { 3 })"), "model.lua:3: conv2d 'conv1': want kernel, got none" },
	{ "no_channels", BODY("return nn.conv(x, { kernel = 3 })"), "model.lua:3: conv2d 'conv1': want out, got none" },
	{ "wrong_type", BODY("return nn.conv(x, { 3, kernel = 'three' })"),
	  "model.lua:3: conv2d 'conv1': want kernel as a whole number from 1 to 1024, got \"three\"" },
	{ "unknown_option", BODY("return nn.conv(x, { 3, kernel = 3, strid = 2 })"),
	  "model.lua:3: conv2d 'conv1': want an option of conv2d, got 'strid'; did you mean 'stride'?" },
	{ "unknown_padding", BODY("return nn.conv(x, { 3, kernel = 3, padding = 'valid' })"),
	  "model.lua:3: conv2d 'conv1': want padding as n, {h, w}, {top, left, bottom, right}, named sides or \"same\", got \"valid\"" },
	{ "window_too_big", BODY("return nn.conv(x, { 3, kernel = 9, padding = 0 })"),
	  "model.lua:3: conv2d 'conv1': want a window of at most 8 rows (input 8 and padding 0 + 0), got 9" },
	{ "groups", BODY("return nn.conv(x, { 4, kernel = 3, groups = 2 })"), "model.lua:3: conv2d 'conv1': want input channels divisible by groups = 2, got 3" },
	{ "groups_out", BODY("return nn.conv(x, { 4, kernel = 3, groups = 3 })"), "model.lua:3: conv2d 'conv1': want output channels divisible by groups = 3, got 4" },
	{ "skip_shapes", BODY("return x + nn.conv(x, { 5, kernel = 3 })"),
	  "model.lua:3: add 'add1': want inputs of one shape, or Cx1x1, 1xHxW or 1x1x1, got 3x8x8 ('input') and 5x8x8 ('conv1')" },
	{ "concat_shapes", BODY("return nn.concat(x, nn.max_pool(x, { kernel = 2 }))"),
	  "model.lua:3: concat 'concat1': want inputs of one height and width, got 8x8 ('input') and 4x4 ('max_pool1')" },
	{ "linear_of_a_map", BODY("return nn.linear(x, { 10 })"), "model.lua:3: linear 'fc': want a flat input (nn.flatten before it), got 3x8x8" },
	{ "pool_padding", BODY("return nn.max_pool(x, { kernel = 2, padding = 2 })"), "model.lua:3: max_pool 'max_pool1': want padding smaller than the window of 2x2, got 2, 2, 2, 2" },
	{ "slice_range", BODY("return nn.slice(x, { channels = { 2, 9 } })"), "model.lua:3: slice 'slice1': want channels {from, to} with 0 <= from < to <= 3, got {2, 9}" },
	{ "not_a_tensor", BODY("return nn.relu(nil)"), "model.lua:3: relu 'relu1': want a tensor, got nothing" },
	{ "too_many_tensors", BODY("return nn.relu(x, x)"), "model.lua:3: relu 'relu1': want 1 tensor, got 2" },
	{ "body_returns_nothing", BODY("nn.relu(x)"), "model.lua:4: model: want body to return a tensor, got nothing" },
	{ "other_model", HEAD "local old\nnn.model { name = \"a\", input = nn.image { 3, 8, 8 }, body = function(x) old = x return x end }\n"
	  "return nn.model { name = \"b\", input = nn.image { 3, 8, 8 }, body = function(x)\nreturn x + old\nend }",
	  "model.lua:5: add 'add1': want tensors of this model, got 'input' of another" },
	{ "cycle", HEAD "local t = {}\nt[0] = nn.input { name = \"input\", shape = {3, 8, 8} }\nt[1] = nn.add(t[0], t[2], { name = \"a\" })\n"
	  "t[2] = nn.relu(t[1], { name = \"b\" })\nreturn nn.model { name = \"m\", outputs = { t[2] } }", "model.lua:4: add 'a': want a tensor, got nothing" },
	{ "one_name_twice", BODY("local y = nn.conv(x, { 3, kernel = 3, name = \"c\" })\nreturn nn.conv(y, { 3, kernel = 3, name = \"c\" })"),
	  "model.lua:4: conv2d 'c': want layers of different names, got this one twice (first in line 3)" },
	{ "comment_in_name", BODY("return nn.relu(x, { name = \"a*/b\" })"), "model.lua:3: relu 'a*/b': want a name of letters, digits and . _ - : /, got '*'" },
	{ "variant", HEAD "return nn.model { name = \"m\", variant = \"v2\", input = nn.image { 3, 8, 8 } }",
	  "model.lua:2: model: variant: want one of v1, v1.5, B, C, D, got \"v2\"" },
	{ "shortcut", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\nstages = {\nnn.stage { nn.basic, width = 8, shortcut = \"E\" } } }",
	  "model.lua:4: shortcut: want one of identity, A, B, C, D, bias, bare, got \"E\"" },
	{ "identity_mismatch", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\nstages = {\nnn.stage { nn.basic, width = 8, shortcut = \"identity\" } } }",
	  "model.lua:4: add 'layer1.0.add1': want inputs of one shape, or Cx1x1, 1xHxW or 1x1x1, got 8x8x8 ('layer1.0.bn2') and 3x8x8 ('input')" },
	{ "stage_word", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stages = {\nnn.stage { nn.basic, block = 2, width = 8 } } }",
	  "model.lua:3: stage of basic: want one of its options, got 'block'; did you mean 'blocks'?" },
	{ "stage_blocks", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stages = {\nnn.stage { nn.basic, blocks = 0, width = 8 } } }",
	  "model.lua:3: stage: want blocks as a whole number from 1 to 1000, got 0" },
	{ "stage_width", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stages = {\nnn.stage { nn.basic } } }",
	  "model.lua:3: stage: want width as a whole number from 1 to 65536, got nothing" },
	{ "stage_block", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stages = {\nnn.stage { \"basic\", width = 8 } } }",
	  "model.lua:3: stage: want a block as its first item (nn.basic, nn.bottleneck, nn.preact, nn.plain or a function), got \"basic\"" },
	{ "model_word", HEAD "return nn.model { name = \"m\", inputs = nn.image { 3, 8, 8 } }", "model.lua:2: model: want one of its options, got 'inputs'; did you mean 'input'?" },
	{ "image_std", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8, std = { 1, 0, 1 } } }", "model.lua:2: image: want std as numbers above 0, got 0" },
	{ "image_mean", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8, mean = { 1 } } }", "model.lua:2: image: want mean as 3 numbers, got 1" },
	{ "names_function", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, head = nn.classifier { 3 }, names = function() end }",
	  "model.lua:2: model: want names to return a string for 'fc.weight', got a nil" },
	{ "pair", BODY("return nn.conv(x, { 3, kernel = {3, 3, 3} })"), "model.lua:3: conv2d 'conv1': want kernel as n or {h, w}, got { 3, 3, 3 }" },
	{ "pair0", BODY("return nn.pad(x, { channels = 3 })"), "model.lua:3: pad 'pad1': want channels as {a, b}, got 3" },
	{ "boolean", BODY("return nn.conv(x, { 3, kernel = 3, bias = 1 })"), "model.lua:3: conv2d 'conv1': want bias as true or false, got 1" },
	{ "number", BODY("return nn.leaky_relu(x, { slope = 'steep' })"), "model.lua:3: leaky_relu 'leaky_relu1': want slope as a number from -1000000.0 to 1000000.0, got \"steep\"" },
	{ "range", BODY("return nn.slice(x, { rows = { 1, 2, 0 } })"), "model.lua:3: slice 'slice1': want rows as {from, to, step} with step at least 1, got { 1, 2, 0 }" },
	{ "params_word", BODY("return nn.conv(x, { 3, kernel = 3, params = 'w' })"), "model.lua:3: conv2d 'conv1': want params as a table of names, got a string" },
	{ "position", BODY("return nn.relu(x, { 7 })"), "model.lua:3: relu 'relu1': want options by name, got 7 at position 1" },
	{ "scale_word", BODY("return nn.bn(x, { scale = 7 })"), "model.lua:3: bn 'bn1': want scale as a string, got a number" },
	{ "stem_returns_a_name", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\nstem = function(x) return { \"a\", x } end }",
	  "model.lua:3: model: want stem to return a tensor, got a table" },
	{ "body_returns_a_bad_name", BODY("return { \"a b\", nn.relu(x) }"), "model.lua:3: model: outputs: want a name of letters, digits and _, got \"a b\"" },
	{ "body_returns_a_table", BODY("return { { \"a\", x }, { \"a\", nn.relu(x) } }"), "model.lua:3: model: want body to return a tensor, got a table" },
	{ "classes", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, classes = { 1, {} } }", "model.lua:2: model: want classes as a list of strings, got a number" },
	{ "image_scale", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8, scale = -1 } }", "model.lua:2: image: want scale as a number above 0, got -1" },
	{ "protected", HEAD "setmetatable(setmetatable({}, { __metatable = 1 }), {})", "model.lua:2: setmetatable: want a table that is not protected, got one" },
	{ "bn_of_a_dump", BODY("return nn.conv(x, { 3, kernel = 3, bn = 7 })"), "model.lua:3: conv2d 'conv1': want bn as a string, got 7" },
	{ "stage_table", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stages = { nn.stage(3) } }", "model.lua:2: stage: want a table { ... }, got 3" },
	{ "block_act", STAGE("nn.basic, width = 8, act = \"rleu\""),
	  "model.lua:3: basic: act: want one of abs, affine, clamp, clip, elu, erf, exp, gelu, gelu_tanh, hard_sigmoid, hard_swish, leaky_relu, log, mish, prelu, relu, relu6, sigmoid, silu, softplus, sqrt, swish, tanh, got \"rleu\"; did you mean 'relu'?" },
	{ "stem_act", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { 8, preact = true, act = \"silu\" } }",
	  "model.lua:2: stem.cifar: want no act beside preact, whose first block brings it, got one" },
	{ "block_act_type", STAGE("nn.basic, width = 8, act = 6"), "model.lua:3: basic: want act as a word or a function of a tensor (\"relu\", nn.relu, ...), got 6" },
	{ "basic_groups", STAGE("nn.basic, width = 64,\ngroups = 32, base_width = 4"), "model.lua:4: basic: want a block that takes groups (nn.bottleneck), got groups = 32" },
	{ "basic_base_width", STAGE("nn.basic, width = 64, groups = 1, base_width = 128"),
	  "model.lua:3: basic: want a block that takes base_width (nn.bottleneck), got base_width = 128" },
	{ "preact_dilation", STAGE("nn.preact, width = 64, dilation = 2"), "model.lua:3: preact: want a block that takes dilation (nn.bottleneck), got dilation = 2" },
	{ "preact_conv", STAGE("nn.preact, width = 64, conv = nn.sk"), "model.lua:3: preact: want a block that takes conv (nn.bottleneck), got conv = a function" },
	{ "plain_gate", STAGE("nn.plain, width = 64, gate = nn.eca"), "model.lua:3: plain: want a block that takes gate (nn.basic), got gate = a function" },
	{ "gate_word", STAGE("nn.basic, width = 64,\ngate = 'eca'"), "model.lua:4: block: want gate as a function of a tensor, got \"eca\"" },
	{ "gate_none", STAGE("nn.basic, width = 64,\ngate = function() end"), "model.lua:4: block: want gate to return a tensor, got nothing" },
	{ "eca_kernel", BODY("return nn.eca(x, { kernel = 0.5 })"), "model.lua:3: eca: want kernel as a whole number from 1 to 1023, got 0.5" },
	{ "sk_split", BODY("return nn.sk(x, 8, { split = true })"), "model.lua:3: sk: want channels divisible by 2 branches, got 3" },
	{ "res2_expansion", STAGE("nn.res2, width = 64, expansion = 2"), "model.lua:3: stage of res2: want one of its options, got 'expansion'" },
	{ "regnet_group", BODY("return nn.regnet(x, 30, { group_width = 8 })"), "model.lua:3: regnet: want width divisible by group_width = 8, got 30" },
	{ "convnext_none", BODY("return nn.convnext()"), "model.lua:3: convnext: want a tensor, got nothing; as the block of a stage it is nn.convnext, without ()" },
	{ "plain_se", STAGE("nn.plain, width = 64, se = 16"), "model.lua:3: plain: want a block that takes se (nn.basic), got se = 16" },
	{ "basic_expansion", BODY("return nn.basic(x, 3, { expansion = 4 })"), "model.lua:3: basic: want a block that takes expansion (nn.bottleneck), got expansion = 4" },
	{ "block_called", STAGE("nn.basic(), width = 64"), "model.lua:3: basic: want a tensor, got nothing; as the block of a stage it is nn.basic, without ()" },
	{ "stem_uncalled", HEAD "return nn.model {\n-- stem = \"none\"\nname = \"m\", input = nn.image { 3, 8, 8 },\nstem = nn.stem.cifar }",
	  "model.lua:5: stem.cifar: want it called where it is named, nn.stem.cifar { ... }, got the function itself" },
	{ "head_uncalled", HEAD "return nn.model { name = \"m\",\ninput = nn.image { 3, 8, 8 },\nhead = nn.classifier }",
	  "model.lua:4: classifier: want it called where it is named, nn.classifier { ... }, got the function itself" },
	{ "positional", BODY("return nn.conv(x, 8, 3)"), "model.lua:3: nn.conv: want nn.conv(tensor, { 8, kernel = 3 }), got a number as 2nd argument" },
	{ "positional_pool", BODY("return nn.maxpool(x, 2)"), "model.lua:3: nn.maxpool: want nn.maxpool(tensor, { kernel = 2 }), got a number as 2nd argument" },
	{ "number_times", BODY("return '2'*x"), "model.lua:3: nn.mul: want nn.mul(tensor, tensor), got a string as 1st argument" },
	{ "part_without_function", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, body = nn.conv { 8, kernel = 3 } }",
	  "model.lua:2: nn.conv: want nn.conv(tensor, { 8, kernel = 3 }), got no tensor; as a part of a model: function(x) return nn.conv(x, { 8, kernel = 3 }) end" },
	{ "method", BODY("return x:conv { 8, kernel = 3 }"), "model.lua:3: tensor 'input': want name, op, channels, height or width, got 'conv'; did you mean nn.conv(x, ...)?" },
	{ "no_require", "return nn.model { name = \"m\" }", "model.lua:1: variable 'nn': want a defined one, got none (local nn = require \"resnet\"?)" },
	{ "no_comma", HEAD "return nn.model { name = \"m\" input = nn.image { 3, 8, 8 } }", "model.lua:2: syntax: '}' expected near 'input' (a comma before it?)" },
	{ "no_brace", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }", "model.lua:2: syntax: '}' expected near <eof>" },
	{ "python", "import resnet as nn\n", "model.lua:1: syntax: syntax error near 'resnet' (this looks like Python; a model is Lua: resnetc init prints some)" },
	{ "no_return", HEAD "nn.model { name = \"m\", input = nn.image { 3, 8, 8 } }", "model.lua:2: model: want the file to return it, return nn.model { ... }, got nil" },
	{ "dropout", BODY("return nn.Dropout2d(x)"), "model.lua:3: nn.Dropout2d: want a network without it, got one: it does nothing in inference: leave it out" },
	{ "other_arithmetic", BODY("return nn.celu(x)"), "model.lua:3: nn.celu: want a function of the library (resnetc doc lists them), got none; "
	  "activations are relu, relu6, clip, leaky_relu, sigmoid, silu, hard_sigmoid, hard_swish, elu, softplus, mish, gelu, gelu_tanh, tanh, erf, exp, log, sqrt, abs, affine, prelu" },
	{ "model_word_line", HEAD "return nn.model {\nname = \"m\",\nstage = {} }", "model.lua:4: model: want one of its options, got 'stage'; did you mean 'stages'?" },
	{ "variant_line", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\nstages = { nn.stage { nn.basic, width = 8,\nvariant = \"D\" } },\nvariant = \"v2\" }",
	  "model.lua:5: model: variant: want one of v1, v1.5, B, C, D, got \"v2\"" },
	{ "image_line", HEAD "return nn.model { name = \"m\",\n\ninput = nn.image { 3, 8, 8, mean = { 1 } } }", "model.lua:4: image: want mean as 3 numbers, got 1" },
	{ "depthwise_of_nothing", BODY("return nn.depthwise(3)"), "model.lua:3: depthwise: want a tensor, got 3" },
	{ "excite_of_nothing", BODY("return nn.squeeze_excite(nil, 4)"), "model.lua:3: squeeze_excite: want a tensor, got nothing" },
	{ "subsample_of_nothing", BODY("return nn.subsample({}, 2)"), "model.lua:3: subsample: want a tensor, got a table" },
	{ "upsample_of_nothing", BODY("return nn.upsample(nil, { scale = 2 })"), "model.lua:3: upsample: want a tensor, got nothing" },
	{ "upsample_scale", BODY("return nn.upsample(x, { scale = -2 })"), "model.lua:3: upsample: want scale as a number above 0 or {h, w}, got -2" },
	{ "image_bgr", HEAD "return nn.model { name = \"m\", input = nn.image { 1, 8, 8, order = \"BGR\" } }", "model.lua:2: image: want 3 channels for BGR, got 1" },
	{ "image_normalize", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8, normalize = 1 } }", "model.lua:2: image: want normalize as true or false, got 1" },
	{ "output_name", HEAD "local t = nn.input { name = \"input\", shape = {3, 8, 8} }\nreturn nn.model { name = \"m\", outputs = { { \"a-b\", t } } }",
	  "model.lua:3: model: outputs: want a name of letters, digits and _, got \"a-b\"" },
	{ "stem_type", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = 3 }", "model.lua:2: model: want stem as a function of a tensor (nn.stem...), got 3" },
	{ "model_bias", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, bias = 1 }", "model.lua:2: model: want bias as true or false, got 1" },
	{ "model_standardize", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, standardize = true }", "model.lua:2: model: want standardize as a number above 0 and up to 1, got a boolean" },
	{ "model_names", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, names = 5 }", "model.lua:2: model: want names as a word, a table or a function, got 5" },
	{ "model_names_list", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, names = { \"a\" } }", "model.lua:2: model: want names as { name = \"the file's name\", ... }, got 1 = \"a\"" },
	{ "model_prefix", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, prefix = 1 }", "model.lua:2: model: want prefix as a string, got 1" },
	{ "shortcut_a", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { 16 }, stages = {\nnn.stage { nn.basic, width = 8, shortcut = \"A\" } } }",
	  "model.lua:3: shortcut A: want at least as many channels as the input's 16, got 8" },
	{ "pair_of_one", BODY("return nn.conv(x, { 3, kernel = { 3 } })"), "model.lua:3: conv2d 'conv1': want kernel as n or {h, w}, got { 3 }" },
	{ "padding_of_three", BODY("return nn.conv(x, { 3, kernel = 3, padding = { 1, 1, 1 } })"),
	  "model.lua:3: conv2d 'conv1': want padding as n, {h, w}, {top, left, bottom, right}, named sides or \"same\", got { 1, 1, 1 }" },
	{ "padding_of_no_side", BODY("return nn.conv(x, { 3, kernel = 3, padding = { up = 1 } })"),
	  "model.lua:3: conv2d 'conv1': want padding as n, {h, w}, {top, left, bottom, right}, named sides or \"same\", got a table" },
	{ "pad_same", BODY("return nn.pad(x, { padding = \"same\" })"), "model.lua:3: pad 'pad1': want padding as numbers, got \"same\"" },
	{ "name_type", BODY("return nn.relu(x, { name = 7 })"), "model.lua:3: relu: want name as a string, got 7" },
	{ "name_length", BODY("return nn.relu(x, { name = (\"n\"):rep(201) })"), "model.lua:3: relu '" N201 "': want a name of 1 to 200 letters, got 201" },
	{ "early", HEAD "local r = nn.relu(nil)", "model.lua:2: relu: want a tensor of a model, got none yet" },
	{ "classes_word", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, classes = \"cat\" }",
	  "model.lua:2: model: want classes as a list of strings, got a string" },
	{ "outputs_twice", HEAD "local t = nn.input { name = \"input\", shape = {3, 8, 8} }\n"
	  "return nn.model { name = \"m\", outputs = { { \"a\", nn.relu(t) }, { \"a\", nn.sigmoid(t) } } }", "model.lua:3: model: outputs: want different names, got 'a' twice" },
	{ "no_output", HEAD "local t = nn.input { name = \"input\", shape = {3, 8, 8} }\nreturn nn.model { name = \"m\", outputs = {} }",
	  "model.lua:3: model 'm': want at least one output, got none" },
	{ "tensor_field", BODY("return nn.conv(x, { x.chanels, kernel = 3 })"),
	  "model.lua:3: tensor 'input': want name, op, channels, height or width, got 'chanels'; did you mean 'channels'?" },
	{ "nodes", BODY("for i = 1, 17000 do x = nn.relu(x) end\nreturn x"), "model.lua:3: relu 'relu16384': want at most 16384 nodes, got more" },
	{ "weights", BODY("return nn.linear(nn.linear(nn.flatten(x), { 65536 }), { 65536 })"), "model.lua:3: linear 'fc2': want at most 2^28 weights, got 65536x65536x1x1" },
	{ "floats", BODY("local t = nn.pad(nn.upsample(x, { size = 4096 }), { channels = { 13, 0 } })\n"
	  "local a, b, c, d, e = nn.relu(t), nn.sigmoid(t), nn.silu(t), nn.relu6(t), nn.hard_swish(t)\nreturn a + b + c + d + e"),
	  "model.lua: want at most 2^32 bytes of weights and of arena, got 1664 and 5368709120" },
	{ "names_word", HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, names = \"tim\" }",
	  "model.lua:2: model: names: want one of torchvision, timm, fastai, fastbook, learner, cifar, huggingface, senet, got \"tim\"; did you mean 'timm'?" },
};
enum { NModels = sizeof models/sizeof *models };

START_TEST(bad_model)
{
	Ran r;

	put_file("model.lua", models[_i].model, strlen(models[_i].model));
	r = resnetc("%s -w random -o %s", in_dir("model.lua"), in_dir("left"));
	ck_assert_msg(!strcmp(r.err, arena_text("%s\n", models[_i].want)), "%s: got\n%swant\n%s\n", models[_i].name, r.err, models[_i].want);
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_int_eq(access(in_dir("left"), F_OK), -1);
}
END_TEST

static const struct {
	const char *args, *want;
	int status;
} commands[] = {
	{ "", NULL, ExitUsage },
	{ "complie x.lua", "resnetc: want a verb or a model file, got 'complie'; did you mean 'compile'?", ExitUsage },
	{ "examples/resnet18.lua", "resnetc: compile: want weights (-w FILE or -w random), got none", ExitUsage },
	{ "examples/resnet18.lua -w random --tagret avx2", "resnetc: want a known option, got '--tagret'; did you mean '--target'?", ExitUsage },
	{ "examples/resnet18.lua -w random --target avx", "resnetc: --target: want native, scalar, avx2, avx-vnni, avx512, avx512-vnni, neon, neon-dot, rvv, rvv256, wasm, wasm-relaxed, cortex-m4, cortex-m7, cortex-m33 or cortex-m55, got 'avx'; did you mean 'avx2'?", ExitUsage },
	{ "examples/resnet18.lua -w random --batch 0", "resnetc: --batch: want a whole number from 1 to 4096, got '0'", ExitUsage },
	{ "examples/resnet18.lua -w random --batch 2x", "resnetc: --batch: want a whole number from 1 to 4096, got '2x'", ExitUsage },
	{ "examples/resnet18.lua -w random --input 0x5", "resnetc: --input: want HxW from 1x1 to 65536x65536, got '0x5'", ExitUsage },
	{ "examples/resnet18.lua -w random:x", "resnetc: --weights: want random[:SEED] with a whole number, got 'random:x'", ExitUsage },
	{ "examples/resnet18.lua -w random --dot", "resnetc: --dot: want a dump that it draws (--dump), got none", ExitUsage },
	{ "examples/resnet18.lua -w random --store f8", "resnetc: --store: want f32, f16 or bf16, got 'f8'", ExitUsage },
	{ "examples/cifar_resnet20.lua -w random --store f16 --train", "resnetc: --store: want a network at work, got --train, whose weights are floats that change", ExitUsage },
	{ "examples/resnet18.lua -w", "resnetc: --weights: want a value FILE|random[:SEED], got none", ExitUsage },
	{ "examples/resnet18.lua other.lua -w random", "resnetc: compile: want one model, got 'other.lua' too", ExitUsage },
	{ "examples/resnet18.lua --dump=fused", "resnetc: --dump: want a pass, got 'fused'; did you mean 'fuse'?", ExitUsage },
	{ "examples/resnet18.lua -w random --no-fold", "resnetc: want a known option, got '--no-fold'; did you mean '--no-fold_bn'?", ExitUsage },
	{ "examples/resnet18.lua -w random --input 32x32,32x32", "resnetc: --input: want different sizes, got 32x32 twice", ExitUsage },
	{ "bench examples/resnet18.lua --input 32x32,64x64", "resnetc: bench: want one input size, got 2", ExitUsage },
	{ "examples/resnet18.lua -w random --input 1x1,1x2,1x3,1x4,1x5,1x6,1x7,1x8,1x9,2x1,2x2,2x3,2x4,2x5,2x6,2x7,2x8",
	  "resnetc: --input: want at most 8 sizes, got '1x1,1x2,1x3,1x4,1x5,1x6,1x7,1x8,1x9,2x1,2x2,2x3,2x4,2x5,2x6,2x7,2x8'", ExitUsage },
	{ "examples/resnet18.lua -w random -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 "
	  "-Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1 -Da=1", "resnetc: -D: want at most 64, got more", ExitUsage },
	{ "bench examples/resnet18.lua --target avx2,scalar", "resnetc: bench: want one target, got 2", ExitUsage },
	{ "fuzz examples/resnet18.lua", "examples/resnet18.lua:1: want a case as resnetc fuzz prints it, with '-- fuzz: seed=...' in its first line, got other text", ExitInput },
	{ "verify examples/mlperf_tiny_resnet8.lua --target " FOREIGN, "--target: want a target this machine can run, got '" FOREIGN "'", ExitInput },
	{ "bench examples/mlperf_tiny_resnet8.lua --target cortex-m4", "--target: want a target of this machine to measure times, got 'cortex-m4', whose code would run in an emulator", ExitInput },
	{ "tune examples/mlperf_tiny_resnet8.lua --target wasm", "--target: want a target of this machine to measure times, got 'wasm', whose code would run in an emulator", ExitInput },
	{ "explain examples/mlperf_tiny_resnet8.lua --run --target " FOREIGN, "--target: want a target this machine can run, got '" FOREIGN "'", ExitInput },
	{ "fuzz --count 1 --target " FOREIGN, "--target: want a target this machine can run, got '" FOREIGN "'", ExitInput },
	{ "doc html", "resnetc: doc: want one of text, markdown, lua, man, bash, zsh, fish, or a word of the language, got 'html'", ExitUsage },
	{ "doc con2d", "resnetc: doc: want one of text, markdown, lua, man, bash, zsh, fish, or a word of the language, got 'con2d'; did you mean 'conv2d'?", ExitUsage },
	{ "diff examples/resnet18.lua examples/resnet34.lua --stop-after=fuse", "resnetc: diff: want both models compiled whole, got --stop-after", ExitUsage },
	{ "weights", "resnetc: weights: want a file, got none", ExitUsage },
	{ "train m.lua --data x.npy,y.npy -w w.safetensors --resume m.checkpoint",
	  "resnetc: --resume: want no weights to start from (-w), for the checkpoint has all parameters, got 'w.safetensors'", ExitUsage },
	{ "version 2", "resnetc: version: want no word, got '2'", ExitUsage },
	{ "m.lua -w random -i photo.jpg", "resnetc: compile: --input: want HxW, got 'photo.jpg'", ExitUsage },
	{ "m.lua -w random -i 224X224", "resnetc: compile: --input: want HxW, got '224X224'", ExitUsage },
	{ "verify m.lua --count 3", "resnetc: verify: want an option of this verb, got '--count', which is for fuzz", ExitUsage },
	{ "fuzz --expect a.npy", "resnetc: fuzz: want an option of this verb, got '--expect', which is for verify", ExitUsage },
	{ "weights a.npz --no-fuse", "resnetc: weights: want an option of this verb, got '--no-fuse'", ExitUsage },
	{ "help verfy", "resnetc: help: want a verb, got 'verfy'; did you mean 'verify'?", ExitUsage },
	{ "doc text man", "resnetc: doc: want one name, got 'man' too", ExitUsage },
	{ "explain m.lua --budget 512K", "resnetc: --budget: want flash=BYTES,ram=BYTES,stack=BYTES or some of them, got '512K'", ExitUsage },
	{ "explain m.lua --budget flsh=1K", "resnetc: --budget: want flash=BYTES,ram=BYTES,stack=BYTES or some of them, got 'flsh=1K'; did you mean 'flash'?", ExitUsage },
	{ "explain m.lua --budget ram=1K,ram=2K", "resnetc: --budget: want each but once, got ram twice", ExitUsage },
	{ "explain m.lua --budget ram=1KB,flash=1", "resnetc: --budget: want ram as bytes, with K or M behind them or without, got '1KB'", ExitUsage },
	{ "explain m.lua --budget flash=-1", "resnetc: --budget: want flash as bytes, with K or M behind them or without, got '-1'", ExitUsage },
	{ "m.lua -w random --target scalar,neon --budget flash=1K", "resnetc: --budget: want one target and one input size, got 2 and 1", ExitUsage },
	{ "explain m.lua conv1 conv2", "resnetc: explain: want two names, got 'conv2' too", ExitUsage },
	{ "diff a.lua b.lua c.lua", "resnetc: diff: want two models, got 'c.lua' too", ExitUsage },
	{ "examples/mlperf_tiny_resnet8.lua -w random -o README.md", "README.md: want a folder, got a file", ExitInput },
	{ "examples/mlperf_tiny_resnet8.lua -w random -o README.md/net", "README.md: want a folder, got a file", ExitInput },
	{ "diff", "resnetc: diff: want two model files, got none", ExitUsage },
	{ "import", "resnetc: import: want a file, got none", ExitUsage },
	{ "examples/resnet18.lua -w random --times=3", "resnetc: --times: want no value, got '3'", ExitUsage },
	{ "examples/resnet18.lua -w random -D depth", "resnetc: -D: want KEY=VALUE, got 'depth'", ExitUsage },
	{ "examples/resnet18.lua -w random -D dpeth=32", "examples/resnet18.lua:1: -D: want a key that the model asks for as nn.arg.KEY, got 'dpeth'", ExitInput },
	{ "run examples/resnet18.lua -w random", "resnetc: run: want an input (-i FILE.npy, .png or .jpg), got none", ExitUsage },
	{ "run examples/resnet18.lua -i x.png", "resnetc: run: want weights (-w FILE or -w random), got none", ExitUsage },
	{ "explain", "resnetc: explain: want a model file, got none", ExitUsage },
	{ "init resnet51", "resnetc: init: want a model (resnetc init lists them), got 'resnet51'; did you mean 'resnet50'?", ExitUsage },
	{ "nowhere.lua -w random", "nowhere.lua: want a readable file, got: No such file or directory", ExitInput },
	{ "examples -w random", NULL, ExitUsage },
	{ "./examples -w random", "./examples: want a regular file or a pipe, got a folder", ExitInput },
	{ "examples/cifar_resnet20.lua -w nowhere.safetensors", "nowhere.safetensors: want a readable file, got: No such file or directory", ExitInput },
	{ "examples/cifar_resnet20.lua -w random -o /proc/nowhere", "/proc/nowhere: want a folder that can be made, got: No such file or directory", ExitInput },
	{ "run examples/cifar_resnet20.lua -w random -i Makefile", "Makefile: want a .png, .jpg or .npy file, got text: '# Settings. O: a folder for all that is ...'", ExitInput },
	{ "run examples/cifar_resnet20.lua -w random -i nowhere.png", "nowhere.png: want a readable file, got: No such file or directory", ExitInput },
	{ "explain examples/resnet18.lua layer1.0.conv3", "examples/resnet18.lua: want a layer of resnet18 as it is after the passes, got 'layer1.0.conv3'; did you mean 'layer1.0.conv1'?", ExitInput },
};
enum { NCommands = sizeof commands/sizeof *commands };

START_TEST(bad_command)
{
	setenv("RESNETC_HIDE", FOREIGN, 1);
	Ran r = resnetc("%s", commands[_i].args);

	if (commands[_i].want) {
		char *line = strchr(r.err, '\n');
		ck_assert_ptr_nonnull(line);
		*line = 0;
		ck_assert_str_eq(r.err, commands[_i].want);
	}
	ck_assert_int_eq(r.status, commands[_i].status);
}
END_TEST

static const char cifar[] = "examples/cifar_resnet20.lua";

static void
want_input_error(const char *file, const char *message)
{
	Ran r = resnetc("run %s -w random -i %s", cifar, in_dir(file));

	ck_assert_str_eq(r.err, arena_text("%s: %s\n", file, message));
	ck_assert_int_eq(r.status, ExitInput);
}

START_TEST(bad_inputs)
{
	static const unsigned char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", jpg[] = "\xff\xd8\xff\xe0\0\x10JFIF";
	float v[12] = { 0 };
	int64_t dim[] = { 3, 2, 2 };

	put_file("empty.png", "", 0);
	want_input_error("empty.png", "want a file with contents, got an empty one");
	put_file("cut.png", png, sizeof png - 1);
	want_input_error("cut.png", "want a whole PNG picture, got one that ends early");
	put_file("cut.jpg", jpg, sizeof jpg - 1);
	want_input_error("cut.jpg", "want a whole JPEG picture, got one that ends early");
	npy_write(in_dir("small.npy"), v, 3, dim);
	want_input_error("small.npy", "want shape Nx3x32x32 or 3x32x32, got 3x2x2");
	put_file("bad.npy", "\x93NUMPY\x01\0\x40\0{'descr': '<f8', 'fortran_order': False, 'shape': (3, 0, 2), }          \n", 74);
	want_input_error("bad.npy", "want dtype float32 or uint8, got F64");
	put_file("odd.npy", "\x93NUMPY\x01\0\x40\0{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2, 2), }          \n", 74);
	want_input_error("odd.npy", "want a little-endian number dtype such as float32 ('<f4') or uint8 ('|u1'), got '>f4'");
	put_file("dict.npy", "\x93NUMPY\x01\0\x40\0{'descr': '|O', 'fortran_order': False, 'shape': (), }                 \n", 74);
	want_input_error("dict.npy", "want an array of numbers, got one of Python objects: numpy.savez(FILE, **weights) keeps a dictionary's arrays");
	put_file("cut.npy", "\x93NUMPY\x01\0\x40\0{'descr': '<f4', 'fortran_order': False, 'shape': (3, 32, 32), }        \n", 74);
	want_input_error("cut.npy", "want 12288 bytes of data, got 0 (truncated?)");
	put_file("fortran.npy", "\x93NUMPY\x01\0\x40\0{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2, 2), }          \n................................................", 122);
	want_input_error("fortran.npy", "want C order, got Fortran order");
	put_file("bytes.npy", "\x93NUMPY\x01\0\x40\0{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2, 2), }          \n............", 86);
	want_input_error("bytes.npy", "want dtype float32, got uint8 (nn.image { dtype = \"u8\" } takes bytes)");
	put_file("huge.npy", "\x93NUMPY\x01\0\x50\0{'descr': '<f4', 'fortran_order': False, 'shape': (999999999, 999999999), }    \n", 90);
	want_input_error("huge.npy", "want less than 2^45 values, got more");
}
END_TEST

/* crc - PNG's, of a chunk's type and data */
static unsigned
crc(const unsigned char *p, size_t len)
{
	unsigned c = 0xffffffff;

	while (len--) {
		c ^= *p++;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
	}
	return c ^ 0xffffffff;
}

START_TEST(bad_pictures)
{
	size_t len;
	const unsigned char *cat = file_map("examples/images/cat.png", &len);
	unsigned char head[33], *whole = malloc(len);
	Ran r;

	put_file("half.png", cat, len/2);
	want_input_error("half.png", "want a whole PNG picture, got one that ends early");
	memcpy(head, cat, sizeof head);
	head[16] = 0x10;                         /* 268435488 wide */
	for (int i = 0; i < 4; i++)
		head[29 + i] = (unsigned char)(crc(head + 12, 17) >> (24 - 8*i));
	memcpy(whole, cat, len);
	memcpy(whole, head, sizeof head);
	put_file("wide.png", whole, len);
	want_input_error("wide.png", "want a picture of at most 178956970 pixels, got 32 x 268435488");
	r = resnetc("run %s -w random -i examples/images/cat.png", body_model(2, 32, 32, "return nn.relu(x)"));
	ck_assert_msg(strstr(r.err, "want an input of 3 channels, or 1, for a picture, got 2") != NULL, "%s", r.err);
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

START_TEST(bad_expectations)
{
	float v[3072*2] = { 0 };
	Ran r;

	npy_write(in_dir("nine.npy"), v, 1, (int64_t[]){ 9 });
	r = resnetc("verify examples/mlperf_tiny_resnet8.lua --expect %s", in_dir("nine.npy"));
	ck_assert_str_eq(r.err, "nine.npy: want 10 values, one per output of mlperf_tiny_resnet8, got 9\n");
	npy_write(in_dir("two.npy"), v, 4, (int64_t[]){ 2, 3, 32, 32 });
	r = resnetc("verify examples/mlperf_tiny_resnet8.lua -i %s --expect %s", in_dir("two.npy"), in_dir("nine.npy"));
	ck_assert_str_eq(r.err, "nine.npy: want 20 values, one per output of mlperf_tiny_resnet8 and image, 2 of them, got 9\n");
	put_file("whole.npy", "\x93NUMPY\x01\0\x40\0{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }             \n........", 82);
	r = resnetc("verify examples/mlperf_tiny_resnet8.lua --expect %s", in_dir("whole.npy"));
	ck_assert_str_eq(r.err, "whole.npy: want dtype float32 or float64, got I64\n");
}
END_TEST

/* on a terminal (script makes one): in colour, with the line and a caret under the word; NO_COLOR: as in a pipe */
START_TEST(terminal_shows_the_word)
{
	static const struct { const char *model, *below; } rows[] = {
		{ BODY("\treturn nn.relu(nn.conv(x, { 8, kernel = 3, strid = 2 }))"), "     |\033[0m \t                                           \033[1;31m^~~~~\033[0m" },
		{ BODY("  return nn.conv(x, { 8, kernel = 9, padding = 0 })"), "     |\033[0m                                   \033[1;31m^\033[0m" },
		{ BODY("  return nn.avg_pool(x, { padding = 1 })"), "     |\033[0m             \033[1;31m^~~~~~~~\033[0m" },
		{ BODY("  return nil"), "     |\033[0m   \033[1;31m^\033[0m" },
	};
	const char *said;
	size_t len;

	if (system("command -v script > /dev/null 2>&1"))
		return;
	put_file("model.lua", rows[_i].model, strlen(rows[_i].model));
	ck_assert_int_eq(system(arena_text("TERM=xterm NO_COLOR= script -qec \"./resnetc '%s' -w random\" /dev/null > '%s' < /dev/null", in_dir("model.lua"), in_dir("terminal"))) >> 8, ExitInput);
	said = file_map(in_dir("terminal"), &len);
	ck_assert_msg(strstr(said, "\033[1;31merror: \033[0m") && strstr(said, rows[_i].below), "%.*s", (int)len, said);
	ck_assert_int_eq(system(arena_text("TERM=xterm NO_COLOR=1 script -qec \"./resnetc '%s' -w random\" /dev/null > '%s' < /dev/null", in_dir("model.lua"), in_dir("terminal"))) >> 8, ExitInput);
	ck_assert_ptr_null(strchr(file_map(in_dir("terminal"), &len), '\033'));
}
END_TEST

START_TEST(no_compiler)
{
	ck_assert_int_eq(system(arena_text("PATH=/nowhere CC= ./resnetc verify examples/mlperf_tiny_resnet8.lua > '%s' 2>&1", in_dir("said"))) >> 8, ExitInput);
	ck_assert_str_eq((const char *)file_map(in_dir("said"), &(size_t){ 0 }), "want a C compiler on PATH (clang-19, clang, gcc or cc) or in $CC, got none\n");
	ck_assert_int_eq(system(arena_text("TMPDIR=/nowhere ./resnetc verify examples/mlperf_tiny_resnet8.lua > '%s' 2>&1", in_dir("said"))) >> 8, ExitInput);
	ck_assert_msg(strstr((const char *)file_map(in_dir("said"), &(size_t){ 0 }), ": want a folder for temporary files, got: ") != NULL, "message");
}
END_TEST

START_TEST(old_output_survives_a_failed_write)
{
	/* a folder stands where the blob should go: the rename fails, and no temporary file stays */
	const char *dir = in_dir("taken");
	Ran r;

	mkdir(dir, 0777);
	mkdir(arena_text("%s/cifar_resnet20.c", dir), 0777);
	r = resnetc("%s -w random -o %s", cifar, dir);
	ck_assert_str_eq(r.err, "taken/cifar_resnet20.c: want a file that can be replaced, got: Is a directory\n");
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_int_eq(count_files(dir), 1);
}
END_TEST

/* an activation that is not there: never another arithmetic, but all there are; a misspelt word is another thing */
START_TEST(activations_are_listed)
{
	static const char *const missing[] = { "celu", "Softsign", "conv3d" };
	const char *list = "", *model;

	for (int i = 1; i < NActs; i++)
		list = arena_text("%s%s%s", list, i > 1 ? ", " : "", act_names[i]);
	for (int i = 0; i < 3; i++) {
		model = body_model(3, 8, 8, arena_text("return nn.%s(x)", missing[i]));
		ck_assert_str_eq(strstr(resnetc("explain %s", model).err, ": nn."),
		                 arena_text(": nn.%s: want a function of the library (resnetc doc lists them), got none; activations are %s\n", missing[i], list));
	}
	put_file("model.lua", STAGE("nn.basic, width = 8, act = \"rleu\""), sizeof STAGE("nn.basic, width = 8, act = \"rleu\"") - 1);
	ck_assert(strstr(resnetc("explain %s", in_dir("model.lua")).err, "model.lua:3: basic: act: want one of ") && strstr(resnetc("explain %s", in_dir("model.lua")).err, "; did you mean 'relu'?"));
}
END_TEST

/* an activation as a word and as a function is the same network, in a block, a model and a convolution; any function will do */
START_TEST(act_is_a_word_or_a_function)
{
	static const char form[] = HEAD "local function own(x) return nn.silu(x) end\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, act = %s,\n"
		"stages = { nn.stage { nn.basic, width = 8 }, nn.stage { nn.bottleneck, width = 4, act = %s } },\n"
		"head = function(x) return nn.conv(x, { 8, kernel = 1, act = %s }) end }";
	static const char *const acts[] = { "\"silu\"", "nn.silu", "\"swish\"", "nn.swish", "own" };
	char first[sizeof ((Ran *)0)->out];

	for (int i = 0; i < 5; i++) {
		const char *last = i == 2 ? acts[0] : acts[i];     /* an op's own words are ops */
		Ran r = resnetc("%s -w random --dump=fuse --stop-after=fuse", model_file(arena_text(form, acts[i], acts[i], last)));
		ck_assert_msg(r.status == 0 && strstr(r.out, "silu"), "%s: %s", acts[i], r.err);
		if (!i)
			strcpy(first, strstr(r.out, "local"));
		if (i < 4)
			ck_assert_str_eq(strstr(r.out, "local"), first);
	}
}
END_TEST

/* what is allowed and hardly meant is told, once; -q: not */
START_TEST(doubtful_models)
{
	static const struct { const char *model, *want; } rows[] = {
		{ HEAD "return nn.model { name = \"m\", input = nn.image { 64, 64, 3 }, stem = nn.stem.cifar { 8 } }",
		  "warning: model.lua:2: input: want channels, height, width in this order, got 64 channels, 64 rows, 3 columns: channels last?\n" },
		{ HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\nhead = nn.classifier { 10 }, classes = { \"a\", \"b\" } }",
		  "warning: model.lua:3: classes: want 10 names, one for each value of 'fc', got 2\n" },
		{ HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\nhead = nn.classifier { 10, top = 2 }, classes = { \"a\", \"b\" } }",
		  "warning: model.lua:3: classes: want 10 names, one for each value of 'top_k1', got 2\n" },
		{ BODY("local y = nn.conv(x, { 8, kernel = 5 })\nreturn nn.conv(x, { 8, kernel = 3 })"),
		  "warning: model.lua:3: conv2d 'conv1': want a layer that something reads, got one that does nothing for an output\n" },
		{ HEAD "return nn.model { name = \"m\", input = nn.image { 3, 64, 4 }, head = nn.classifier { 2 }, classes = { \"a\", \"b\" } }", "" },
	};
	Ran r;

	put_file("model.lua", rows[_i].model, strlen(rows[_i].model));
	r = resnetc("verify %s", in_dir("model.lua"));
	ck_assert_str_eq(r.err, rows[_i].want);
	ck_assert_int_eq(r.status, ExitOk);
	ck_assert_str_eq(resnetc("explain -q %s", in_dir("model.lua")).err, "");
}
END_TEST

/* a key that is asked for, in a branch that is taken or by name of all of them */
START_TEST(keys_that_are_asked_for)
{
	static const char model[] = HEAD "local w = nn.arg.width or 8\nif w > 8 then assert(nn.arg.more == \"yes\") end\n"
		"return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { w } }";

	put_file("model.lua", model, strlen(model));
	ck_assert_int_eq(resnetc("explain %s -D width=16 -D more=yes", in_dir("model.lua")).status, ExitOk);
	ck_assert_str_eq(resnetc("explain %s -D widht=16", in_dir("model.lua")).err,
	                 "model.lua:1: -D: want a key that the model asks for as nn.arg.KEY, got 'widht'; did you mean 'width'?\n");
	ck_assert_int_eq(resnetc("diff %s examples/cifar_plain20.lua -D width=16 -D more=yes", in_dir("model.lua")).status, ExitOk);
}
END_TEST

/* what cannot be printed is no success: a full disk, a pipe that nobody reads, a stream that was closed */
START_TEST(lost_output)
{
	static const char *const verbs_of[] = { "explain %s", "verify %s -w random", "run %s -w random -i examples/images/cat.png", "init resnet50", "init",
		"dot %s", "weights examples/weights/cifar_resnet20.safetensors", "doc", "diff %s %s", "--help", "help run", "version", "bench %s --rounds 1",
		"%s -w random --dump --stop-after=plan", "explain %s --json", "pack %s -w random -o \"$OUT/b.weights\"", "import tests/import/basic_bn.onnx -o \"$OUT\"",
		"train \"$OUT/t.lua\" --data \"$OUT/x.npy,$OUT/y.npy\" -o \"$OUT/t.safetensors\"" };
	static const char *const lost[] = { "> /dev/full", ">&-" };
	static const char *const why[] = { "standard output: want all of it written, got: No space left on device\n",
		"standard output: want all of it written, got: Bad file descriptor\n" };
	/* four classes, 0 and 1, as '<i4' */
	char classes[144] = "\x93NUMPY\x01\x00\x76\x00{'descr': '<i4', 'fortran_order': False, 'shape': (4,), }";
	static const char trained[] = HEAD "return nn.model { name = \"t\", input = nn.image { 3, 2, 2 }, head = nn.classifier { 2 },\n"
		"train = nn.train { batch = 4, epochs = 1 } }";
	const char *command = arena_text(verbs_of[_i], "examples/mlperf_tiny_resnet8.lua", "examples/cifar_resnet20.lua"), *said;
	size_t len;

	if (access("/dev/full", W_OK))
		return;
	for (int i = 0; i < 128; i++)
		classes[i] = i > 9 && !classes[i] ? ' ' : classes[i];
	classes[127] = '\n';
	classes[132] = classes[140] = 1;
	setenv("OUT", in_dir("."), 1);
	put_file("t.lua", trained, strlen(trained));
	npy_write(in_dir("x.npy"), (float[4*12]){ 1, 2, 3 }, 4, (int64_t[]){ 4, 3, 2, 2 });
	put_file("y.npy", classes, 144);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(system(arena_text("./resnetc %s %s 2> '%s'", command, lost[i], in_dir("said"))) >> 8, ExitInput);
		said = file_map(in_dir("said"), &len);
		ck_assert_msg(strstr(arena_text("%.*s", (int)len, said), why[i]), "%.*s", (int)len, said);
	}
	/* SIGPIPE is ignored, as Python does for what it starts */
	ck_assert_int_eq(system(arena_text("bash -c \"trap '' PIPE; (sleep 0.2; ./resnetc %s 2> '%s') | true; test \\${PIPESTATUS[0]} = 1\"", command, in_dir("said"))), 0);
}
END_TEST

SUITE(errors)
{
	TCase *t = part("errors");

	tcase_add_loop_test(t, bad_model, 0, NModels);
	tcase_add_loop_test(t, bad_command, 0, NCommands);
	tcase_add_test(t, bad_inputs);
	tcase_add_test(t, bad_pictures);
	tcase_add_test(t, bad_expectations);
	tcase_add_test(t, no_compiler);
	tcase_add_loop_test(t, terminal_shows_the_word, 0, 4);
	tcase_add_test(t, old_output_survives_a_failed_write);
	tcase_add_loop_test(t, doubtful_models, 0, 5);
	tcase_add_test(t, activations_are_listed);
	tcase_add_test(t, act_is_a_word_or_a_function);
	tcase_add_test(t, keys_that_are_asked_for);
	tcase_add_loop_test(t, lost_output, 0, 18);
}
