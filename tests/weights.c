/*
** weights.c - safetensors files, alone and in shards: dtypes, binding by name, what is made of weights, and every way a file can lie.
*/
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
	  "model.lua:3: conv2d 'conv1': want tensor 'conv1.bias' in a float dtype, got F33\n"
	  "w.safetensors: want weights for every parameter of m and none left over, got 1 problem\n" },
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
	ck_assert_str_eq(r.err, "short: want .pth, .safetensors, .npz or .onnx, got text: 'ab'\n");
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
	static const char text[] = "{\"w\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}}";
	size_t n = lengths[_i], len;
	char *header = malloc(n + 1);
	float v[2] = { 1, 2 };
	const Weights *w;

	memset(header, ' ', n);
	header[n] = 0;
	memcpy(header, text, strlen(text));
	w = weights_open(file(header, v, sizeof v));
	file_map(w->file, &len);
	ck_assert_uint_eq(len, 8 + n + 8);
	ck_assert_int_eq(w->count, 1);
	ck_assert_double_eq(tensor_get(&w->tensors[0], 1), 2);
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
	static const double value[] = { 3, 0.5, 2, 0.25, -1, 4 };
	double *w, *b;

	run_passes(g, &po);
	for (int p = 0; p < (int)(sizeof value/sizeof *value); p++)
		g->nodes[1]->p[p].data[0] = value[p];
	g->nodes[1]->a.bn_eps = 0;
	fold_weights(g->nodes[1], &w, &b);
	ck_assert_double_eq(w[0], 3);                    /* 3*2/sqrt(4) */
	ck_assert_double_eq(b[0], (0.5 + 1)*1 + 0.25);
	free(w);
	free(b);
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

/* of each output channel 1 2 3 6: the mean is 3 and the variance 3.5 */
START_TEST(weights_are_standardized)
{
	static const char *const says[] = { "", ", standardize = 0.5", ", standardize = 0" }, *const models[] = { "standardize = 0.5, ", "", "standardize = 0.5, " };
	static const double learnt[] = { 1, 2, 3, 6 }, standard[] = { -1, -0.5, 0, 1.5 };
	float v[8] = { 1, 2, 3, 6, 6, 3, 2, 1 };

	for (int i = 0; i < 3; i++) {
		static const DslOptions none;
		const double *want = i == 2 ? learnt : standard;
		Graph *g = dsl_load(model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", %s\n"
			"input = nn.image { 4, 2, 2 }, body = function(x) return nn.conv(x, { 2, kernel = 1, name = \"c\"%s }) end }\n", models[i], says[i])), &none);
		bind_weights(g, weights_open(file("{\"c.weight\": {\"dtype\": \"F32\", \"shape\": [2, 4, 1, 1], \"data_offsets\": [0, 32]}}", v, sizeof v)));
		for (int k = 0; k < 4; k++) {
			ck_assert_double_eq_tol(g->nodes[1]->p[P_weight].data[k], want[k], 1e-12);
			ck_assert_double_eq_tol(g->nodes[1]->p[P_weight].data[7-k], want[k], 1e-12);
		}
	}
}
END_TEST

START_TEST(weights_are_listed)
{
	Ran r = resnetc("weights tests/checkpoints/checkpoint.pth");

	ck_assert_int_eq(r.status, 0);
	ck_assert_ptr_nonnull(strstr(r.out, "module.conv1.weight             F16    2x3x1x2      0    1.375    0\n"));
	ck_assert_ptr_nonnull(strstr(r.out, "6 tensors, 21 values, 0 NaN\n"));
	r = resnetc("weights --json tests/checkpoints/arrays.npz");
	ck_assert_ptr_nonnull(strstr(r.out, "{ \"name\": \"bn1.running_var\", \"dtype\": \"F32\", \"shape\": [2], \"min\": 2.25, \"max\": 2.375, \"nan\": 0 }"));
}
END_TEST

START_TEST(bad_shards)
{
	static const char out[] = "{\"weight_map\": {\"a\": \"../a.safetensors\"}}", twice[] = "{\"weight_map\": {\"a\": \"a.safetensors\", \"b\": \"b.safetensors\"}}",
		other[] = "{\"weight_map\": {\"a\": \"a.safetensors\", \"c\": \"a.safetensors\"}}", self[] = "{\"weight_map\": {\"a\": \"model.safetensors.index.json\"}}";

	put_file("model.safetensors.index.json", out, strlen(out));
	ck_assert_str_eq(resnetc("weights %s", in_dir("model.safetensors.index.json")).err,
	                 "model.safetensors.index.json: tensor 'a': want the name of a file beside the index, got '../a.safetensors'\n");
	for (int i = 0; i < 2; i++) {
		file("{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}}", NULL, 8);
		ck_assert_int_eq(rename(in_dir("w.safetensors"), in_dir(i ? "b.safetensors" : "a.safetensors")), 0);
	}
	put_file("model.safetensors.index.json", twice, strlen(twice));
	ck_assert_str_eq(resnetc("weights %s", in_dir("model.safetensors.index.json")).err, "model.safetensors.index.json: tensor 'a': want it in one shard, got it in two\n");
	put_file("model.safetensors.index.json", other, strlen(other));
	ck_assert_str_eq(resnetc("weights %s", in_dir("model.safetensors.index.json")).err,
	                 "model.safetensors.index.json: tensor 'c': want it in 'a.safetensors', got none (another version of that file?)\n");
	put_file("model.safetensors.index.json", self, strlen(self));
	ck_assert_str_eq(resnetc("weights %s", in_dir("model.safetensors.index.json")).err,
	                 "model.safetensors.index.json: want .pth, .safetensors, .npz or .onnx, got an index as a shard of an index\n");
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

/* FIPS 180-4's examples of one block and of two */
START_TEST(sha_is_the_standards)
{
	char hex[65];

	ck_assert_str_eq(sha256_of("abc", 3, hex), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert_str_eq(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex),
	                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

SUITE(weights)
{
	TCase *t = part("weights");

	tcase_add_loop_test(t, bad_file, 0, NBad);
	tcase_add_test(t, sha_is_the_standards);
	tcase_add_test(t, not_a_safetensors_file);
	tcase_add_loop_test(t, safetensors_whatever_its_first_bytes, 0, 19);
	tcase_add_test(t, what_is_written_is_read_back);
	tcase_add_test(t, nan_is_warned_of);
	tcase_add_test(t, counters_and_ignored_names_may_stay);
	tcase_add_test(t, dtypes_are_read);
	tcase_add_test(t, batch_norm_is_folded_in_double);
	tcase_add_test(t, batch_norms_may_be_split_or_folded);
	tcase_add_test(t, weights_are_standardized);
	tcase_add_test(t, weights_are_listed);
	tcase_add_test(t, bad_shards);
	tcase_add_test(t, shards_are_read_together);
}
