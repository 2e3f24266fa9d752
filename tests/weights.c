/*
** weights.c - safetensors, PyTorch and NumPy files: dtypes, binding by name, and every way a file can lie.
** tests/checkpoints holds what PyTorch and NumPy themselves wrote; make.py there says what is in it.
*/
#include <glob.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zip.h>

#include "tests.h"

static const char model[] =
	"local nn = require \"resnet\"\n"
	"return nn.model { name = \"m\", input = nn.image { 1, 2, 2 }, body = function(x)\n"
	"return nn.conv(x, { 2, kernel = 1, bias = true, name = \"conv1\" })\n"
	"end }\n";

/* file - a safetensors file of this header and this many data bytes */
static const char *
file(const char *header, const void *data, size_t len)
{
	size_t head = strlen(header);
	char *all = calloc(1, 8 + head + len);

	for (int i = 0; i < 8; i++)
		all[i] = (char)(head >> 8*i);
	memcpy(all + 8, header, head);
	if (data)
		memcpy(all + 8 + head, data, len);
	put_file("w.safetensors", all, 8 + head + len);
	free(all);
	return in_dir("w.safetensors");
}

#define W "\"conv1.weight\": {\"dtype\": \"F32\", \"shape\": [2, 1, 1, 1], \"data_offsets\": [0, 8]}"
#define B "\"conv1.bias\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 16]}"

static const struct {
	const char *header, *want;
} bad[] = {
	{ "{" W "}", "model.lua:3: conv2d 'conv1': want tensor 'conv1.bias' of shape 2 in w.safetensors, got none\n"
	  "w.safetensors: want weights for every parameter of m and none left over, got 1 problem\n" },
	{ "{" W ", \"conv1.bais\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 16]}}",
	  "model.lua:3: conv2d 'conv1': want tensor 'conv1.bias' of shape 2 in w.safetensors, got none; the nearest name is 'conv1.bais'\n"
	  "w.safetensors: tensor 'conv1.bais' of shape 2: want a layer of the model that uses it, got none (nn.model { ignore = { ... } } allows it)\n"
	  "w.safetensors: want weights for every parameter of m and none left over, got 2 problems\n" },
	{ "{\"conv1.weight\": {\"dtype\": \"F32\", \"shape\": [1, 2, 1, 1], \"data_offsets\": [0, 8]}, " B "}",
	  "model.lua:3: conv2d 'conv1': want tensor 'conv1.weight' of shape 2x1x1x1, got 1x2x1x1\n"
	  "w.safetensors: want weights for every parameter of m and none left over, got 1 problem\n" },
	{ "{\"conv1.weight\": {\"dtype\": \"I32\", \"shape\": [2, 1, 1, 1], \"data_offsets\": [0, 8]}, " B "}",
	  "model.lua:3: conv2d 'conv1': want tensor 'conv1.weight' in a float dtype, got I32\n"
	  "w.safetensors: want weights for every parameter of m and none left over, got 1 problem\n" },
	{ "{\"conv1.weight\": {\"dtype\": \"F32\", \"shape\": [2, 1, 1, 1], \"data_offsets\": [0, 12]}, " B "}",
	  "w.safetensors: tensor 'conv1.weight': want 8 bytes for its shape and dtype, got data_offsets 0 to 12\n" },
	{ "{\"conv1.weight\": {\"dtype\": \"F32\", \"shape\": [2, 1, 1, 1], \"data_offsets\": [4, 12]}, " B "}",
	  "w.safetensors: tensors 'conv1.weight' and 'conv1.bias': want separate data, got overlapping data_offsets\n" },
	{ "{" W ", \"conv1.bias\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [12, 20]}}",
	  "w.safetensors: tensor 'conv1.bias': want data within the 16 bytes of the file, got data_offsets 12 to 20 (truncated?)\n" },
	{ "{" W ", \"conv1.bias\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, -16]}}",
	  "w.safetensors: tensor 'conv1.bias': want data_offsets as whole numbers from 0 to 2^48, got -16\n" },
	{ "{" W ", \"conv1.bias\": {\"dtype\": \"F32\", \"shape\": [1.5], \"data_offsets\": [8, 16]}}",
	  "w.safetensors: tensor 'conv1.bias': want shape as whole numbers from 0 to 2^48, got 1.5\n" },
	{ "{" W ", \"conv1.bias\": {\"dtype\": \"F32\", \"shape\": [281474976710656, 281474976710656], \"data_offsets\": [8, 16]}}",
	  "w.safetensors: tensor 'conv1.bias': want at most 2^48 bytes, got more\n" },
	{ "{" W ", \"conv1.bias\": {\"dtype\": \"F33\", \"shape\": [2], \"data_offsets\": [8, 16]}}",
	  "w.safetensors: tensor 'conv1.bias': want dtype F64, F32, F16, BF16 or an integer type, got 'F33'\n" },
	{ "{" W ", \"conv1.bias\": {\"dtype\": \"F32\", \"data_offsets\": [8, 16]}}", "w.safetensors: tensor 'conv1.bias': want \"shape\" of type array, got none\n" },
	{ "{" W ", \"conv1.bias\": 3}", "w.safetensors: tensor 'conv1.bias': want an object, got int\n" },
	{ "{" W ", \"conv1.bias\": {\"dtype\": \"F32\", \"shape\": [2,1,1,1,1,1,1,1,1], \"data_offsets\": [8, 16]}}", "w.safetensors: tensor 'conv1.bias': want at most 8 dimensions, got 9\n" },
	{ "{" W ", \"conv1.bias\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8]}}", "w.safetensors: tensor 'conv1.bias': want two data_offsets, got 1\n" },
	{ "{" W ", ", "w.safetensors: header: want a JSON object, got continue\n" },
};
enum { NBad = sizeof bad/sizeof *bad };

START_TEST(bad_file)
{
	Ran r;

	put_file("model.lua", model, strlen(model));
	r = resnetc("%s -w %s -o %s", in_dir("model.lua"), file(bad[_i].header, NULL, 16), in_dir("left"));
	ck_assert_str_eq(r.err, bad[_i].want);
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

START_TEST(not_a_safetensors_file)
{
	Ran r;

	put_file("model.lua", model, strlen(model));
	put_file("short", "ab", 2);
	r = resnetc("%s -w %s", in_dir("model.lua"), in_dir("short"));
	ck_assert_str_eq(r.err, "short: want a safetensors file, got 2 bytes\n");
	put_file("long", "\xff\xff\xff\0\0\0\0\0{}", 10);
	r = resnetc("%s -w %s", in_dir("model.lua"), in_dir("long"));
	ck_assert_str_eq(r.err, "long: want a safetensors file with a header within its 10 bytes, got a header of 16777215 bytes\n");
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

/* a header's length is the file's first bytes: those of a pickle, JSON, gzip, a bitmap, a web page, an ONNX model */
START_TEST(safetensors_whatever_its_first_bytes)
{
	static const size_t lengths[] = { 120, 123, 128, 136, 379, 384, 635, 640, 896, 1152, 1408, 1664, 316, 776, 0x4d42, 0x8b1f, 65659, 65664, 66944 };
	size_t n = lengths[_i];
	char *header = malloc(n + 1);
	float v[4] = { 1, 2, 3, 4 };
	const Weights *w;

	memset(header, ' ', n);
	header[n] = 0;
	memcpy(header, "{" W ", " B "}", strlen("{" W ", " B "}"));
	w = weights_open(file(header, v, sizeof v));
	ck_assert_int_eq(w->count, 2);
	ck_assert_double_eq(tensor_get(&w->tensors[0], 1), 2);
	ck_assert_double_eq(tensor_get(&w->tensors[1], 1), 4);
	free(header);
}
END_TEST

/* the names make the header 8 bytes longer at a time, past 128, where a file begins like a pickle */
START_TEST(what_is_written_is_read_back)
{
	char name[201];

	for (size_t n = 1; n < sizeof name; n++) {
		memset(name, 'a', n);
		name[n] = 0;
		Graph *g = graph_of(model_file(arena_text("local nn = require \"resnet\"\nlocal x = nn.input { shape = { 1, 2, 2 } }\n"
			"return nn.model { name = \"m\", outputs = { nn.conv(x, { 1, kernel = 1, name = \"%s\" }) } }\n", name)));
		File f = safetensors_file(g, "back.safetensors");
		put_file("back.safetensors", f.data, f.len);
		const Weights *w = weights_open(in_dir("back.safetensors"));
		ck_assert_int_eq(w->count, 1);
		ck_assert_float_eq((float)tensor_get(&w->tensors[0], 0), (float)g->nodes[1]->p[P_weight].data[0]);
	}
}
END_TEST

START_TEST(nan_is_warned_of)
{
	float v[4] = { NAN, 1, 2, INFINITY };
	Ran r;

	put_file("model.lua", model, strlen(model));
	r = resnetc("%s -w %s -o %s", in_dir("model.lua"), file("{" W ", " B "}", v, sizeof v), in_dir("left"));
	ck_assert_str_eq(r.err, "warning: w.safetensors: tensor 'conv1.weight': 1 of 2 values are NaN or infinite\n"
	                        "warning: w.safetensors: tensor 'conv1.bias': 1 of 2 values are NaN or infinite\n");
	ck_assert_int_eq(r.status, ExitOk);
}
END_TEST

START_TEST(counters_and_ignored_names_may_stay)
{
	static const char ignoring[] =
		"local nn = require \"resnet\"\n"
		"return nn.model { name = \"m\", input = nn.image { 1, 2, 2 }, ignore = { \"fc.*\" }, prefix = \"module.\", body = function(x)\n"
		"return nn.bn(nn.conv(x, { 1, kernel = 1, name = \"conv1\" }), { affine = false }) end }\n";
	Ran r;

	put_file("model.lua", ignoring, strlen(ignoring));
	r = resnetc("%s -w %s -o %s", in_dir("model.lua"), file(
		"{\"__metadata__\": {\"format\": \"pt\"}, \"module.conv1.weight\": {\"dtype\": \"F32\", \"shape\": [1, 1, 1, 1], \"data_offsets\": [0, 4]},"
		"\"module.bn1.running_mean\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 8]},"
		"\"module.bn1.running_var\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [8, 12]},"
		"\"module.bn1.num_batches_tracked\": {\"dtype\": \"I64\", \"shape\": [], \"data_offsets\": [12, 20]},"
		"\"fc.weight\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [20, 24]}}", NULL, 24), in_dir("left"));
	ck_assert_str_eq(r.err, "");
	ck_assert_int_eq(r.status, ExitOk);
}
END_TEST

START_TEST(dtypes_are_read)
{
	double d = -1.5;
	float f = -1.5f;
	uint16_t half = 0xbe00, brain = 0xbfc0, tiny = 0x0001, inf = 0x7c00;
	Tensor t = { .rank = 0 };

	t.data = (unsigned char *)&d;
	strcpy(t.dtype, "F64");
	ck_assert_double_eq(tensor_get(&t, 0), -1.5);
	t.data = (unsigned char *)&f;
	strcpy(t.dtype, "F32");
	ck_assert_double_eq(tensor_get(&t, 0), -1.5);
	t.data = (unsigned char *)&half;
	strcpy(t.dtype, "F16");
	ck_assert_double_eq(tensor_get(&t, 0), -1.5);
	t.data = (unsigned char *)&tiny;
	ck_assert_double_eq(tensor_get(&t, 0), 1/16777216.0);
	t.data = (unsigned char *)&inf;
	ck_assert_double_infinite(tensor_get(&t, 0));
	t.data = (unsigned char *)&brain;
	strcpy(t.dtype, "BF16");
	ck_assert_double_eq(tensor_get(&t, 0), -1.5);
}
END_TEST

START_TEST(batch_norm_is_folded_in_double)
{
	Graph *g = graph_of(body_model(1, 1, 1, "return nn.bn(nn.conv(x, { 1, kernel = 1, bias = true }))"));
	PassOptions po = { .stop_after = "fold_bn", .out = stdout };
	static const double value[NParams] = { 3, 0.5, 2, 0.25, -1, 4 };
	double *w, *b;

	run_passes(g, &po);
	for (int p = 0; p < NParams; p++)
		g->nodes[1]->p[p].data[0] = value[p];
	g->nodes[1]->a.bn_eps = 0;
	fold_weights(g->nodes[1], &w, &b);
	ck_assert_double_eq(w[0], 3);                    /* 3*2/sqrt(4) */
	ck_assert_double_eq(b[0], (0.5 + 1)*1 + 0.25);
	free(w);
	free(b);
}
END_TEST

/* --- checkpoints --- */

static const char checkpoint_model[] =
	"local nn = require \"resnet\"\n"
	"return nn.model { name = \"m\", input = nn.image { 3, 2, 2 }, body = function(x)\n"
	"return nn.bn(nn.conv(x, { 2, kernel = { 1, 2 }, padding = 0, name = \"conv1\" })) end }\n";

/* bound_right - the values that make.py gives to all of them */
static void
bound_right(const char *path)
{
	static const DslOptions none;
	Graph *g;
	const Node *conv, *bn;

	put_file("model.lua", checkpoint_model, strlen(checkpoint_model));
	g = dsl_load(in_dir("model.lua"), &none);
	bind_weights(g, weights_open(path));
	conv = g->nodes[1];
	bn = g->nodes[2];
	ck_assert_uint_eq(conv->p[P_weight].count, 12);
	for (int i = 0; i < 12; i++)
		ck_assert_msg(conv->p[P_weight].data[i] == i/8.0, "%s: weight %d is %g", path, i, conv->p[P_weight].data[i]);
	for (int p = P_bn_weight; p <= P_bn_var; p++)
		for (int i = 0; i < 2; i++)
			ck_assert_msg(bn->p[p].data[i] == (12 + 2*(p - P_bn_weight) + i)/8.0, "%s: parameter %d is %g", path, p, bn->p[p].data[i]);
}

START_TEST(checkpoint_is_read)
{
	static const char *const files[] = { "zip.pth", "legacy.pth", "checkpoint.pth", "strided.pt", "strided_legacy.pt", "arrays.npz", "keras.npz" };

	bound_right(arena_text("tests/checkpoints/%s", files[_i]));
}
END_TEST

/* whatever training programs keep beside the tensors, or around them */
static glob_t beside, hostile;

START_TEST(what_is_beside_is_skipped)
{
	bound_right(beside.gl_pathv[_i]);
}
END_TEST

START_TEST(a_key_chooses)
{
	static const char *const both = "tests/checkpoints/beside/ema_module.pth";
	Weights *w = weights_open(arena_text("%s:model", both));
	Ran r;

	ck_assert_double_eq(tensor_get((tensor_load(&w->tensors[0]), &w->tensors[0]), 0), 1);
	w = weights_open(arena_text("%s:ema.module", both));
	ck_assert_double_eq(tensor_get((tensor_load(&w->tensors[0]), &w->tensors[0]), 0), 0);
	ck_assert_int_eq(weights_open(arena_text("%s:ema", both))->count, 6);
	ck_assert(beside.gl_pathc >= 30 && hostile.gl_pathc >= 6);   /* that they are there at all */
	bound_right("tests/checkpoints/beside/list.pth:1");
	bound_right("tests/checkpoints/beside/lightning.ckpt:state_dict.model");     /* a part of the names */
	bound_right("tests/checkpoints/beside/lightning.ckpt:model");
	r = resnetc("weights %s", both);
	ck_assert_str_eq(r.err, "note: tests/checkpoints/beside/ema_module.pth: the weights are those of 'ema.module'; 'model' would do too (-w FILE:model)\n");
	r = resnetc("weights -q %s", both);
	ck_assert_str_eq(r.err, "");
	r = resnetc("weights %s:modle", both);
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_str_eq(r.err, "tests/checkpoints/beside/ema_module.pth: want tensors under the key 'modle', got them in 'ema.module', 'model'\n");
	r = resnetc("weights %s:", both);
	ck_assert_str_eq(r.err, "tests/checkpoints/beside/ema_module.pth:: want a key after the colon, got none\n");
	r = resnetc("weights tests/checkpoints/arrays.npz:bn1");
	ck_assert_msg(r.status == ExitOk && strstr(r.out, "\nrunning_mean ") && !strstr(r.out, "bn1"), "%s%s", r.out, r.err);
	r = resnetc("weights tests/checkpoints/arrays.npz:bn2");
	ck_assert_str_eq(r.err, "tests/checkpoints/arrays.npz: want tensors called 'bn2.something', got none; the first is 'conv1.weight'\n");
}
END_TEST

START_TEST(batch_norms_may_be_split_or_folded)
{
	static const char *const bn[] = { "bn = { split = true }", "bn = \"folded\"" };
	static const char *const want[] = { "want tensor 'scale1.weight' of shape 8", "want tensor 'conv1.bias' of shape 8" };
	static const char *const never[] = { "'bn1.weight'", "bn1" };
	Ran r;

	for (int i = 0; i < 2; i++) {
		const char *file_ = model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", %s,\n"
			"input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { 8 }, head = nn.embedding {} }\n", bn[i]));
		r = resnetc("%s -w tests/checkpoints/arrays.npz", file_);
		ck_assert_msg(r.status == ExitInput && strstr(r.err, want[i]) && !strstr(strstr(r.err, want[i]) ? r.err : "", arena_text("want tensor %s", never[i])), "%s", r.err);
	}
}
END_TEST

START_TEST(weights_are_listed)
{
	Ran r = resnetc("weights tests/checkpoints/checkpoint.pth");

	ck_assert_int_eq(r.status, 0);
	ck_assert_ptr_nonnull(strstr(r.out, "module.conv1.weight                          F16   2x3x1x2                       0        1.375        0\n"));
	ck_assert_ptr_nonnull(strstr(r.out, "6 tensors, 21 values, 0 NaN\n"));
	r = resnetc("weights --json tests/checkpoints/arrays.npz");
	ck_assert_ptr_nonnull(strstr(r.out, "{ \"name\": \"bn1.running_var\", \"dtype\": \"F32\", \"shape\": [2], \"min\": 2.25, \"max\": 2.375, \"nan\": 0 }"));
}
END_TEST

/* legacy - a stream whose object is this pickle, then the list of storages */
static const char *
legacy(const char *object, size_t len)
{
	static const char head[] = "\x80\x02\x8a\x0al\xfc\x9c" "F\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\0.";
	char all[512];
	size_t n = sizeof head - 1;

	memcpy(all, head, n);
	memcpy(all + n, object, len);
	memcpy(all + n + len, "\x80\x02]q\0.", 6);
	put_file("w.pth", all, n + len + 6);
	return in_dir("w.pth");
}

/* a name and a tensor of two floats, broadcast to n rows */
#define TENSOR(name, n) "X\x01\0\0\0" name "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0" "0X\x03\0\0\0cpuK\x02NtQK\0" n "\x89}tR"

#define PICKLE(text) text, sizeof text - 1
static const struct { const char *object; size_t len; const char *want; } pickles[] = {
	{ PICKLE("\x80\x02" "cos\nsystem\nX\x04\0\0\0true\x85R."),
	  "w.pth: pickle, byte 13: want a checkpoint, got a program: Python would call 'os system' when it loads this\n" },
	{ PICKLE("\x80\x02" "cbuiltins\neval\n(X\x01\0\0\0" "1tR."),
	  "w.pth: pickle, byte 17: want a checkpoint, got a program: Python would call 'builtins eval' when it loads this\n" },
	{ PICKLE("\x80\x04\x8c\x05posix\x8c\x06system\x93."),
	  "w.pth: pickle, byte 18: want a checkpoint, got a program: Python would call 'posix system' when it loads this\n" },
	{ PICKLE("\x80\x02(\x82"), "w.pth: pickle, byte 3: want an opcode of a pickle, got 0x82\n" },
	{ PICKLE("\x80\x02]q\0h\0a."), "w.pth: want a state dict, or a dictionary with one in it, got a list without tensors\n" },
	{ PICKLE("\x80\x02}q\0X\x05\0\0\0modelh\0s."), "w.pth: want a state dict, or a dictionary with one in it, got a dictionary without tensors\n" },
	{ PICKLE("\x80\x02h\x07."), "w.pth: pickle, byte 4: want a memo that was set, got number 7\n" },
	{ PICKLE("\x80\x02r\xff\xff\xff\x7f."), "w.pth: pickle, byte 7: want a value to remember, got none\n" },
	{ PICKLE("\x80\x02Nr\xff\xff\xff\x7f."), "w.pth: pickle, byte 8: want a memo number below the pickle's 15 bytes, got 2147483647\n" },
	{ PICKLE("\x80\x02X\xff\xff\xff\x7f."), "w.pth: pickle, byte 7: want a string of 2147483647 bytes within the file, got the end\n" },
	{ PICKLE("\x80\x02" "0."), "w.pth: pickle, byte 3: want a value on the stack, got none\n" },
	{ PICKLE("\x80\x02Nu."), "w.pth: pickle, byte 4: want a mark on the stack, got none\n" },
	{ PICKLE("\x80\x02(K\x01K\x02tQ."), "w.pth: pickle, byte 9: want a persistent id of a storage, got something else\n" },
	{ PICKLE("\x80\x02" "ctorch._utils\n_rebuild_tensor_v2\n)R."),
	  "w.pth: pickle, byte 37: want a tensor as storage, offset, at most 8 sizes and as many strides, got something else\n" },
	/* storage of 2 elements, sizes (3,): reaches beyond */
	{ PICKLE("\x80\x02}X\x01\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0" "0X\x03\0\0\0cpuK\x02NtQK\0K\x03\x85K\x01\x85\x89}tRs."),
	  "w.pth: pickle, byte 107: want a tensor within its storage of 2 elements, got one that reaches element 2\n" },
	{ PICKLE("\x80\x02}X\x01\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0" "0X\x03\0\0\0cpuK\x02NtQK\0K\x03\x85\x8a\x06\0\0\0\0\0\x20\x85\x89}tRs."),
	  "w.pth: pickle, byte 113: want a tensor within its storage of 2 elements, got one that reaches beyond\n" },
	{ PICKLE("\x80\x02" "ccollections\nOrderedDict\n]K\x01" "a\x85R."), "w.pth: pickle, byte 33: want pairs for an OrderedDict, got something else\n" },
	{ PICKLE("\x80\x02" "ctorch._utils\n_rebuild_parameter\nK\x01\x85R."), "w.pth: want a state dict, or a dictionary with one in it, got something else\n" },
	{ PICKLE("\x80\x02K\x01\x86."), "w.pth: pickle, byte 5: want 2 values for a tuple, got 1\n" },
	{ PICKLE("\x80\x02}s."), "w.pth: pickle, byte 4: want a dictionary and pairs on the stack, got something else\n" },
	{ PICKLE("\x80\x04K\x01K\x02\x93."), "w.pth: pickle, byte 7: want the names of a global, got something else\n" },
	{ PICKLE("\x80\x02}(X\x01\0\0\0x}(" TENSOR("a", "K\x02\x85K\x01\x85") "uX\x01\0\0\0y}(" TENSOR("b", "K\x02\x85K\x01\x85") "uu."),
	  "w.pth: want one dictionary of tensors, got them in 'x', 'y' (choose with -w FILE:KEY)\n" },
	{ PICKLE("\x80\x02}(" TENSOR("a", "M\x00\x04K\x02\x86K\0K\x01\x86") "u."), "w.pth: tensor 'a': want at most 64 uses of each of its 2 stored values, got shape 1024x2\n" },
};
enum { NPickles = sizeof pickles/sizeof *pickles };

START_TEST(bad_pickle)
{
	Ran r = resnetc("weights %s", legacy(pickles[_i].object, pickles[_i].len));

	ck_assert_str_eq(r.err, pickles[_i].want);
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

/* what only big pickles reach: the stack, the memory for values; a long text is skipped like anything else */
START_TEST(big_pickles)
{
	static const char head[] = "\x80\x02\x8a\x0al\xfc\x9c" "F\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\0.\x80\x02";
	static const char *const want[] = { "want at most 1048576 values on the stack, got more", "want a pickle that needs at most 128 MB of memory, got more",
		"want a state dict, or a dictionary with one in it, got a dictionary without tensors",
		"want a state dict, or a dictionary with one in it, got a list without tensors" };
	size_t n = sizeof head - 1, len = 6 << 20;
	char *all = malloc(len);

	memcpy(all, head, n);
	for (int i = 0; i < 4; i++) {
		for (size_t k = n; k < len; k++)
			all[k] = i == 1 && (k - n)%2 ? '0' : i < 3 ? '}' : k - n < 500000 ? ']' : 'a';
		if (i == 2) {
			memcpy(all + n, "}X\1\0\0\0kX\1\0\1\0", 12);
			memcpy(all + n + 12 + 65537, "s.\x80\x02].", 6);
		}
		if (i == 3)                  /* lists in lists */
			memcpy(all + n + 999999, ".\x80\x02].", 5);
		put_file("w.pth", all, len);
		Ran r = resnetc("weights %s", in_dir("w.pth"));
		ck_assert_msg(strstr(r.err, want[i]) != NULL && r.status == ExitInput, "%s", r.err);
	}
	free(all);
}
END_TEST

/* calls are remembered, never made: whoever calls the shell is refused, others are skipped */
START_TEST(nothing_is_executed)
{
	const char *path = hostile.gl_pathv[_i];
	bool skipped = strstr(path, "skipped_") != NULL;
	Ran r = resnetc("weights %s", path);

	ck_assert_msg(access("EXECUTED", F_OK) == -1, "%s was executed", path);
	ck_assert_int_eq(r.status, skipped ? ExitOk : ExitInput);
	ck_assert_msg(skipped || strstr(r.err, "want a checkpoint, got a program: Python would call '") || strstr(r.err, "want at most 16384 modules"), "%s", r.err);
	if (skipped)
		bound_right(path);
}
END_TEST

START_TEST(bad_stream_of_storages)
{
	static const char head[] = "\x80\x02\x8a\x0al\xfc\x9c" "F\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\0.\x80\x02}.\x80\x02";
	char all[80];

	memcpy(all, head, sizeof head - 1);
	memcpy(all + sizeof head - 1, "}.", 2);
	put_file("w.pth", all, sizeof head + 1);
	ck_assert_str_eq(resnetc("weights %s", in_dir("w.pth")).err, "w.pth: want a list of storages after the object, got something else\n");
	memcpy(all + sizeof head - 1, "]K\1a.", 5);
	put_file("w.pth", all, sizeof head + 4);
	ck_assert_str_eq(resnetc("weights %s", in_dir("w.pth")).err, "w.pth: want the keys of storages as strings, got something else\n");
}
END_TEST

/* zipped - one more entry in PyTorch's own file */
static const char *
zipped(const char *name, const char *data, size_t len)
{
	const char *file_ = in_dir("more.pth");
	size_t n;
	const void *old = file_map("tests/checkpoints/zip.pth", &n);
	int error;
	zip_t *z;
	zip_int64_t at;

	put_file("more.pth", old, n);
	z = zip_open(file_, 0, &error);
	ck_assert_ptr_nonnull(z);
	at = zip_name_locate(z, name, ZIP_FL_NODIR);
	if (at >= 0)
		ck_assert_int_eq(zip_file_replace(z, (zip_uint64_t)at, zip_source_buffer(z, data, len, 0), 0), 0);
	else
		ck_assert_int_ge(zip_file_add(z, arena_text("archive/%s", name), zip_source_buffer(z, data, len, 0), 0), 0);
	ck_assert_int_eq(zip_close(z), 0);
	return file_;
}

START_TEST(bad_zipped_checkpoint)
{
	size_t len = 33u << 20;
	char *noise = malloc(len);
	uint64_t s = 1;

	ck_assert_str_eq(resnetc("weights %s", zipped("byteorder", "big", 3)).err, "more.pth: want little-endian tensors, got byteorder 'big'\n");
	for (size_t i = 0; i < len; i++)
		noise[i] = (char)((s = s*6364136223846793005u + 1) >> 56);
	ck_assert_str_eq(resnetc("weights %s", zipped("data.pkl", noise, len)).err, "more.pth: pickle, byte 5: want a string of 818400192 bytes within the file, got the end\n");
	free(noise);
}
END_TEST

START_TEST(bad_shards)
{
	static const char out[] = "{\"weight_map\": {\"a\": \"../a.safetensors\"}}", twice[] = "{\"weight_map\": {\"a\": \"a.safetensors\", \"b\": \"b.safetensors\"}}";

	put_file("model.safetensors.index.json", out, strlen(out));
	ck_assert_str_eq(resnetc("weights %s", in_dir("model.safetensors.index.json")).err,
	                 "model.safetensors.index.json: tensor 'a': want the name of a file beside the index, got '../a.safetensors'\n");
	for (int i = 0; i < 2; i++) {
		file("{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}}", NULL, 8);
		ck_assert_int_eq(rename(in_dir("w.safetensors"), in_dir(i ? "b.safetensors" : "a.safetensors")), 0);
	}
	put_file("model.safetensors.index.json", twice, strlen(twice));
	ck_assert_str_eq(resnetc("weights %s", in_dir("model.safetensors.index.json")).err, "model.safetensors.index.json: tensor 'a': want it in one shard, got it in two\n");
}
END_TEST

START_TEST(zip_bomb_is_refused_before_it_is_unpacked)
{
	size_t size = 100u << 20;
	void *zeros = calloc(1, size);
	const char *file = in_dir("bomb.npz");
	int error;
	zip_t *z = zip_open(file, ZIP_CREATE | ZIP_TRUNCATE, &error);
	Ran r;

	ck_assert_ptr_nonnull(z);
	ck_assert_int_ge(zip_file_add(z, "a.npy", zip_source_buffer(z, zeros, size, 0), 0), 0);
	ck_assert_int_eq(zip_close(z), 0);
	free(zeros);
	r = resnetc("weights %s", file);
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, "bomb.npz: entry 'a.npy': want at most ") == r.err && strstr(r.err, "got 104857600"), "%s", r.err);
}
END_TEST

START_TEST(other_formats_are_named)
{
	Ran r;

	put_file("w.h5", "\x89HDF\r\n\x1a\n........", 16);
	r = resnetc("weights %s", in_dir("w.h5"));
	ck_assert_str_eq(r.err, "w.h5: want safetensors, PyTorch, .npz or ONNX, got HDF5: save the tensors with numpy.savez\n");
	put_file("w.pth", "\x80\x02}q\0.              ", 20);
	r = resnetc("weights %s", in_dir("w.pth"));
	ck_assert_str_eq(r.err, "w.pth: want what torch.save writes, got a pickle of a dictionary without tensors\n");
	put_file("w.json", "{\"a\": 1}", 8);
	r = resnetc("weights %s", in_dir("w.json"));
	ck_assert_str_eq(r.err, "w.json: want safetensors, or an index of shards with \"weight_map\", got other JSON\n");
	put_file("cut.zip", "PK\3\4", 4);
	r = resnetc("weights %s", in_dir("cut.zip"));
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

START_TEST(shards_are_read_together)
{
	Ran r;
	float v[2] = { 1, 2 };
	static const char index[] = "{\"weight_map\": {\"conv1.weight\": \"a.safetensors\", \"conv1.bias\": \"b.safetensors\"}}";

	put_file("model.lua", model, strlen(model));
	file("{\"conv1.weight\": {\"dtype\": \"F32\", \"shape\": [2, 1, 1, 1], \"data_offsets\": [0, 8]}}", v, 8);
	ck_assert_int_eq(rename(in_dir("w.safetensors"), in_dir("a.safetensors")), 0);
	file("{\"conv1.bias\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}}", v, 8);
	ck_assert_int_eq(rename(in_dir("w.safetensors"), in_dir("b.safetensors")), 0);
	put_file("model.safetensors.index.json", index, strlen(index));
	r = resnetc("%s -w %s -q -o %s", in_dir("model.lua"), in_dir("model.safetensors.index.json"), in_dir("left"));
	ck_assert_str_eq(r.err, "");
	ck_assert_int_eq(r.status, ExitOk);
}
END_TEST

/* survives - reads a damaged file in a child with little memory to spare; any end but a crash will do */
static bool
survives(const char *name)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (!child) {
		struct rlimit most = { 256u << 20, 256u << 20 };
		setrlimit(RLIMIT_DATA, &most);
		if (!freopen("/dev/null", "w", stderr))
			_exit(ExitBug);
		Weights *w = weights_open(in_dir(name));
		for (int i = 0; i < w->count; i++) {
			tensor_load(&w->tensors[i]);
			for (size_t k = 0; k < tensor_count(&w->tensors[i]) && k < 1000; k++)
				tensor_get(&w->tensors[i], k);
			tensor_unload(&w->tensors[i]);
		}
		_exit(ExitOk);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) && (WEXITSTATUS(status) == ExitOk || WEXITSTATUS(status) == ExitInput);
}

static glob_t damaged;

START_TEST(damaged_files_never_crash)
{
	const char *path = damaged.gl_pathv[_i];
	bool onnx = strstr(path, ".onnx") != NULL;
	const char *name = onnx ? "damaged.onnx" : "damaged";
	size_t len, most;
	const unsigned char *map = file_map(path, &len);
	unsigned char *copy = malloc(len + 1);
	unsigned seed = 1;

	/* every truncation and flip of a small file, a sample of a large one's */
	most = len < 3000 ? len : 1500;
	for (size_t k = 0; k < most; k++) {
		size_t at = most == len ? k : (seed = seed*1664525u + 1013904223u)%len;
		memcpy(copy, map, len);
		put_file(name, copy, at);
		ck_assert_msg(at == 0 || survives(name), "%s cut after %zu bytes", path, at);
		copy[at] ^= (unsigned char)(1u << (k%8));
		put_file(name, copy, len);
		ck_assert_msg(survives(name), "%s with bit %zu of byte %zu flipped", path, k%8, at);
		copy[at] = 0xff;
		put_file(name, copy, len);
		ck_assert_msg(survives(name), "%s with byte %zu set", path, at);
	}
	free(copy);
}
END_TEST

SUITE(weights)
{
	TCase *t = part("weights");

	tcase_add_loop_test(t, bad_file, 0, NBad);
	tcase_add_test(t, not_a_safetensors_file);
	tcase_add_loop_test(t, safetensors_whatever_its_first_bytes, 0, 19);
	tcase_add_test(t, what_is_written_is_read_back);
	tcase_add_test(t, nan_is_warned_of);
	tcase_add_test(t, counters_and_ignored_names_may_stay);
	tcase_add_test(t, dtypes_are_read);
	tcase_add_test(t, batch_norm_is_folded_in_double);
	tcase_add_loop_test(t, checkpoint_is_read, 0, 7);
	glob("tests/checkpoints/beside/*", 0, NULL, &beside);
	tcase_add_loop_test(t, what_is_beside_is_skipped, 0, (int)beside.gl_pathc);
	tcase_add_test(t, a_key_chooses);
	tcase_add_test(t, batch_norms_may_be_split_or_folded);
	tcase_add_test(t, weights_are_listed);
	tcase_add_loop_test(t, bad_pickle, 0, NPickles);
	tcase_add_test(t, big_pickles);
	glob("tests/checkpoints/hostile/*", 0, NULL, &hostile);
	tcase_add_loop_test(t, nothing_is_executed, 0, (int)hostile.gl_pathc);
	tcase_add_test(t, bad_stream_of_storages);
	tcase_add_test(t, bad_zipped_checkpoint);
	tcase_add_test(t, bad_shards);
	tcase_add_test(t, zip_bomb_is_refused_before_it_is_unpacked);
	tcase_add_test(t, other_formats_are_named);
	tcase_add_test(t, shards_are_read_together);
	glob("tests/checkpoints/*.[pn][tp]*", 0, NULL, &damaged);
	glob("tests/checkpoints/beside/module*.pth", GLOB_APPEND, NULL, &damaged);
	glob("tests/checkpoints/beside/protocol5.pth", GLOB_APPEND, NULL, &damaged);
	glob("tests/import/flat.onnx", GLOB_APPEND, NULL, &damaged);
	glob("tests/import/basic_bn.onnx", GLOB_APPEND, NULL, &damaged);
	tcase_add_loop_test(t, damaged_files_never_crash, 0, (int)damaged.gl_pathc);
}
