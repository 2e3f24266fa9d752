/* weights.c - safetensors: dtypes, binding by name, and every way a file can lie. */
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
	put_file("short", "{}", 2);
	r = resnetc("%s -w %s", in_dir("model.lua"), in_dir("short"));
	ck_assert_str_eq(r.err, "short: want a safetensors file, got 2 bytes\n");
	put_file("long", "\xff\xff\xff\0\0\0\0\0{}", 10);
	r = resnetc("%s -w %s", in_dir("model.lua"), in_dir("long"));
	ck_assert_str_eq(r.err, "long: want a safetensors file with a header within its 10 bytes, got a header of 16777215 bytes\n");
	ck_assert_int_eq(r.status, ExitInput);
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

Suite *
suite_weights(void)
{
	Suite *s = suite_create("weights");
	TCase *t = tcase_create("weights");

	tcase_add_loop_test(t, bad_file, 0, NBad);
	tcase_add_test(t, not_a_safetensors_file);
	tcase_add_test(t, nan_is_warned_of);
	tcase_add_test(t, counters_and_ignored_names_may_stay);
	tcase_add_test(t, dtypes_are_read);
	tcase_add_test(t, batch_norm_is_folded_in_double);
	suite_add_tcase(s, t);
	return s;
}
