/*
** weights.c - safetensors and NumPy files: dtypes, binding by name, and every way a file can lie.
*/
#define _GNU_SOURCE
#include <glob.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

START_TEST(archive_of_objects_is_refused)
{
	static const char head[] = "\x93NUMPY\x01\0\x40\0{'descr': '|O', 'fortran_order': False, 'shape': (), }                 \n";
	int error;
	zip_t *z = zip_open(in_dir("dict.npz"), ZIP_CREATE | ZIP_TRUNCATE, &error);

	ck_assert_int_ge(zip_file_add(z, "params.npy", zip_source_buffer(z, head, sizeof head - 1, 0), 0), 0);
	ck_assert_int_eq(zip_close(z), 0);
	ck_assert_str_eq(resnetc("weights %s", in_dir("dict.npz")).err, "dict.npz: want arrays of numbers, got Python objects alone, such as "
	                 "'params': numpy.savez(FILE, **weights) keeps a dictionary's arrays\n");
}
END_TEST

/* an array in an archive whose sizes and places have 64 bits, as those of more than 4 GB have */
START_TEST(zip_of_64_bits)
{
	Weights *w = weights_open("tests/checkpoints/zip64.npz");

	ck_assert_int_eq(w->count, 1);
	tensor_load(&w->tensors[0]);
	ck_assert_double_eq(tensor_get(&w->tensors[0], 1), 4);
}
END_TEST

/* bytes of tests/checkpoints/arrays.npz that lie, in its first entry and behind the last */
START_TEST(zip_that_lies)
{
	static const struct { const char *record; int at; const char *bytes, *want; } lies[] = {
		{ "PK\5\6", 0, "pk", "want a whole zip archive, got 1296 bytes without its end: cut short" },
		{ "PK\5\6", 10, "\xff\xff", "want a whole zip archive, got 1296 bytes without its end: cut short" },
		{ "PK\5\6", 16, "\xff\xff\xff\xff", "want a whole zip archive, got 1296 bytes: Zip archive inconsistent" },
		{ "PK\1\2", 0, "pk", "want a whole zip archive, got 1296 bytes without its end: cut short" },
		{ "PK\1\2", 28, "\xff\xff", "want a whole zip archive, got 1296 bytes: Zip archive inconsistent" },
		{ "PK\1\2", 8, "\1", "entry 'conv1.weight.npy': want one that can be unpacked, got: " },
		{ "PK\1\2", 42, "\xff\xff\xff\x7f", "entry 'conv1.weight.npy': want one that can be unpacked, got: " },
		{ "PK\1\2", 16, "\1\2\3\4", "entry 'conv1.weight.npy': want an undamaged entry, got: CRC error" },
		{ "PK\1\2", 24, "\xff\xff\xff\x7f", "entry 'conv1.weight.npy': want at most " },
	};
	const void *map;
	size_t len, at = 0;
	char *bytes;
	Ran r;

	map = file_map("tests/checkpoints/arrays.npz", &len);
	bytes = malloc(len);
	memcpy(bytes, map, len);
	while (at + 8 < len && memcmp(bytes + at, lies[_i].record, strlen(lies[_i].record)))
		at++;
	ck_assert_uint_lt(at + 8, len);
	memcpy(bytes + at + lies[_i].at, lies[_i].bytes, strlen(lies[_i].bytes));
	put_file("lie.npz", bytes, len);
	free(bytes);
	r = resnetc("weights %s", in_dir("lie.npz"));
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, arena_text("lie.npz: %s", lies[_i].want)) == r.err, "want %s, got %s", lies[_i].want, r.err);
}
END_TEST

/* every byte of an archive another one: a message at most, no crash */
START_TEST(zip_of_damaged_bytes)
{
	static const char *const files[] = { "tests/checkpoints/arrays.npz", "tests/checkpoints/zip.pth" };
	size_t len;
	const unsigned char *map = file_map(files[_i], &len);
	unsigned char *bytes = malloc(len);

	for (size_t i = 0; i < len; i += 3) {
		pid_t child = fork();
		int status;
		if (child == 0) {
			freopen("/dev/null", "w", stderr);
			memcpy(bytes, map, len);
			bytes[i] ^= (unsigned char)(1 + i*37%255);
			Zip *z = zip_map("damaged", bytes, len);
			for (int64_t e = 0; e < zip_entries(z); e++) {
				size_t n;
				free(zip_load(z, (uint64_t)e, e%2 ? 40 : 0, &n));
			}
			_exit(ExitOk);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_msg(WIFEXITED(status) && (WEXITSTATUS(status) == ExitOk || WEXITSTATUS(status) == ExitInput), "byte %zu: %d", i, status);
	}
	free(bytes);
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

/* --- pipes --- */

/* from_pipe - how resnetc ends when this file comes through a pipe called pipe */
static Ran
from_pipe(const char *file_, const char *command)
{
	remove(in_dir("pipe"));
	ck_assert_int_eq(mkfifo(in_dir("pipe"), 0600), 0);
	ck_assert_int_eq(system(arena_text("cat '%s' > '%s' &", file_, in_dir("pipe"))), 0);
	return resnetc("%s", command);
}

/* a pipe or a device is written to, never replaced by a file */
START_TEST(outputs_may_be_pipes)
{
	const char *pack = "pack examples/mlperf_tiny_resnet8.lua -w random --target scalar -q";

	ck_assert_int_eq(resnetc("%s -o %s", pack, in_dir("a.weights")).status, 0);
	ck_assert_int_eq(system(arena_text("mkfifo '%s'; cat '%s' > '%s' &", in_dir("to"), in_dir("to"), in_dir("b.weights"))), 0);
	ck_assert_int_eq(resnetc("%s -o %s", pack, in_dir("to")).status, 0);
	ck_assert_int_eq(system(arena_text("wait; test -p '%s' && for i in 1 2 3 4 5 6 7 8 9; do cmp -s '%s' '%s' && exit 0; sleep 0.3; done; exit 1",
		in_dir("to"), in_dir("a.weights"), in_dir("b.weights"))), 0);
	ck_assert_int_eq(resnetc("%s -o /dev/full", pack).status, ExitInput);
	ck_assert_int_eq(resnetc("%s -o /dev/stdout | cmp - %s", pack, in_dir("a.weights")).status, 0);
}
END_TEST

/* a pipe can be read once, and is, though a model is asked for by every target */
START_TEST(pipes_and_standard_input_are_files)
{
	static const char all[] = "6 tensors, 21 values, 0 NaN\n", zip[] = "tests/checkpoints/zip.pth";
	const char *conv = model_file("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 2, 2 }, body = function(x)\n"
		"return nn.bn(nn.conv(x, { 2, kernel = { 1, 2 }, padding = 0, name = \"conv1\" })) end }\n");
	Ran r;

	ck_assert_ptr_nonnull(strstr(resnetc("weights - < %s", zip).out, all));
	ck_assert_ptr_nonnull(strstr(resnetc("weights /dev/stdin < %s", zip).out, all));
	ck_assert_ptr_nonnull(strstr(from_pipe(zip, arena_text("weights %s", in_dir("pipe"))).out, all));
	ck_assert_ptr_nonnull(strstr(from_pipe("tests/checkpoints/legacy.pth", arena_text("weights - < %s", in_dir("pipe"))).out, all));
	ck_assert_ptr_nonnull(strstr(from_pipe("tests/checkpoints/beside/ema_module.pth", arena_text("weights -:model < %s", in_dir("pipe"))).out, all));
	r = from_pipe("tests/checkpoints/constants.onnx", arena_text("%s -q -w %s --target scalar,avx2 -o %s", conv, in_dir("pipe"), in_dir("piped")));
	ck_assert_msg(r.status == ExitOk && !*r.err, "%s", r.err);
	r = from_pipe(conv, arena_text("- -q -w %s --target scalar,avx2 -o %s --depfile %s < %s", zip, in_dir("piped"), in_dir("piped.d"), in_dir("pipe")));
	ck_assert_msg(r.status == ExitOk && !*r.err, "%s", r.err);
	ck_assert_int_eq(system(arena_text("test \"$(cat '%s')\" = '%s/m.c: \\\n  %s'", in_dir("piped.d"), in_dir("piped"), zip)), 0);
	r = from_pipe("/dev/null", arena_text("weights %s", in_dir("pipe")));
	ck_assert_str_eq(r.err, "pipe: want a file with contents, got an empty one\n");
	r = resnetc("weights /dev/zero");
	ck_assert_str_eq(r.err, "/dev/zero: want a regular file or a pipe, got a device\n");
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

/* --- damaged files --- */

typedef struct {                     /* a file, cut and changed in all places */
	const char *path;
	char *link;                  /* to the changed copy, which is in memory: thousands of files would wait for a disk */
	const unsigned char *map;
	unsigned char *copy;
	size_t len;
	int fd;
} Damaged;

/* damage - variant k: every third cut, with a bit flipped, with a byte set; at every byte of a small file, or at a sample */
static void
damage(const Damaged *d, size_t k)
{
	size_t at = k/3, len = d->len;

	if (d->len >= 3000)
		at = (size_t)((at + 1)*UINT64_C(0x9e3779b97f4a7c15) >> 20)%d->len;
	memcpy(d->copy, d->map, d->len);
	if (k%3 == 1)
		d->copy[at] ^= (unsigned char)(1u << (at%8));
	if (k%3 == 2)
		d->copy[at] = 0xff;
	if (k%3 == 0)
		len = at ? at : 1;
	if (ftruncate(d->fd, 0) || pwrite(d->fd, d->copy, len, 0) != (ssize_t)len)
		_exit(ExitBug);
}

static void
read_all(void *path)
{
	Weights *w = weights_open(path);

	for (int i = 0; i < w->count; i++) {
		if (!dtype_bytes(w->tensors[i].dtype))
			continue;
		tensor_load(&w->tensors[i]);
		for (size_t k = 0; k < tensor_count(&w->tensors[i]) && k < 1000; k++)
			tensor_get(&w->tensors[i], k);
		tensor_unload(&w->tensors[i]);
	}
}

/* survives - a child with little memory to spare reads some of the variants; any end but a crash will do */
static bool
survives(const Damaged *d, size_t from, size_t to)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (!child) {
		struct rlimit most = { 256u << 20, 256u << 20 };
		setrlimit(RLIMIT_DATA, &most);
		for (size_t k = from; k < to; k++) {
			damage(d, k);
			attempt(read_all, d->link);
			arena_release();
		}
		_exit(ExitOk);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == ExitOk;
}

static glob_t damaged;

START_TEST(damaged_files_never_crash)
{
	enum { Some = 50 };
	Damaged d = { .path = damaged.gl_pathv[_i] };
	size_t most;

	d.fd = memfd_create("damaged", 0);
	d.link = strdup(in_dir(strstr(d.path, ".onnx") ? "damaged.onnx" : "damaged"));
	remove(d.link);
	ck_assert_int_eq(symlink(arena_text("/proc/%d/fd/%d", (int)getpid(), d.fd), d.link), 0);
	d.map = file_map(d.path, &d.len);
	d.copy = malloc(d.len);
	most = 3*(d.len < 3000 ? d.len : 1500);
	for (size_t k = 0; k < most; k += Some) {
		size_t end = k + Some < most ? k + Some : most;
		for (size_t i = k; i < end && !survives(&d, k, end); i++)
			ck_assert_msg(survives(&d, i, i + 1), "%s: variant %zu of byte %zu", d.path, i%3, i/3);
	}
	free(d.copy);
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
	tcase_add_test(t, zip_bomb_is_refused_before_it_is_unpacked);
	tcase_add_test(t, archive_of_objects_is_refused);
	tcase_add_test(t, zip_of_64_bits);
	tcase_add_loop_test(t, zip_that_lies, 0, 9);
	tcase_add_loop_test(t, zip_of_damaged_bytes, 0, 2);
	tcase_add_test(t, shards_are_read_together);
	tcase_add_test(t, pipes_and_standard_input_are_files);
	tcase_add_test(t, outputs_may_be_pipes);
	t = part("damaged");
	glob("tests/checkpoints/*.[pn][tp]*", 0, NULL, &damaged);
	glob("tests/checkpoints/beside/module.pth", GLOB_APPEND, NULL, &damaged);
	glob("tests/checkpoints/beside/protocol5.pth", GLOB_APPEND, NULL, &damaged);
	glob("tests/checkpoints/beside/arrays[25].p*", GLOB_APPEND, NULL, &damaged);
	glob("tests/import/flat.onnx", GLOB_APPEND, NULL, &damaged);
	glob("tests/import/basic_bn.onnx", GLOB_APPEND, NULL, &damaged);
	tcase_add_loop_test(t, damaged_files_never_crash, 0, (int)damaged.gl_pathc);
}
