/* verify.c - how far off results may be, and what is expected of them: several outputs, many images. */
#include "tests.h"

/* what an activation makes of huge sums is as far off as they are; where they are clipped, not at all */
START_TEST(verify_of_clipped_sums)
{
	static const char *const acts[] = { "nn.relu6(y)", "nn.clip(y, { lo = -1, hi = 2 })", "nn.hard_sigmoid(y)", "nn.sigmoid(y)" };
	const char *model = body_model(16, 20, 20, arena_text("local y = nn.conv(x, { 64, kernel = 3, name = \"c\", bias = true })\nreturn %s", acts[_i]));
	float *x = numbers(6400, 3);
	Npy y;
	Ran r;

	compile_quickly();
	for (int i = 0; i < 6400; i++)
		x[i] *= 1e3f;
	npy_write(in_dir("huge.npy"), x, 4, (int64_t[]){ 1, 16, 20, 20 });
	for (int exact = 0; exact < 2; exact++) {
		r = resnetc("verify %s -i %s %s", model, in_dir("huge.npy"), exact ? "--exact" : "");
		ck_assert_msg(r.status == 0, "%s", r.out);
	}
	ck_assert_int_eq(resnetc("run %s -w random:0 -q -i %s -o %s", model, in_dir("huge.npy"), in_dir("huge_y.npy")).status, 0);
	y = npy_read(in_dir("huge_y.npy"));
	for (size_t i = 0; i < y.count; i++)
		if (fabsf(y.data[i]) < 10)
			y.data[i] += 0.01f;
	npy_write(in_dir("huge_y.npy"), y.data, 4, (int64_t[]){ 1, 64, 20, 20 });
	if (_i < 3)                              /* a sigmoid has no value that it cannot leave */
		ck_assert_int_eq(resnetc("verify %s -i %s --expect %s", model, in_dir("huge.npy"), in_dir("huge_y.npy")).status, ExitInput);
	free(x);
}
END_TEST

/* sums of 40,000 equal numbers: one after the other they are off by 4e-4, each rounding being like the one before */
START_TEST(verify_of_long_sums)
{
	static const char *const sums[] = { "nn.global_avg_pool(x)", "nn.adaptive_avg_pool(x, { size = { 1, 2 } })", "nn.avg_pool(x, { kernel = 200, stride = 1 })",
		"nn.reduce(x, { axis = \"image\", reduction = \"sum\" })", "nn.reduce(x, { axis = \"image\", reduction = \"l2\" })" };
	static const char *const targets[] = { "scalar", "avx2", "avx512" };
	float *v = malloc(200*200*sizeof *v);

	compile_quickly();
	for (int i = 0; i < 200*200; i++)
		v[i] = 0.1f;
	npy_write(in_dir("tenths.npy"), v, 4, (int64_t[]){ 1, 1, 200, 200 });
	free(v);
	for (int t = 0; t < 3; t++)
		if (target_runs_here(target_named(targets[t]))) {
			Ran r = resnetc("verify %s -w random -i %s --target %s", body_model(1, 200, 200, arena_text("return %s", sums[_i])), in_dir("tenths.npy"), targets[t]);
			ck_assert_msg(r.status == 0, "%s %s: %s%s", sums[_i], targets[t], r.out, r.err);
		}
}
END_TEST

static const char two_heads[] = HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { 8 },\n"
	"head = { { \"left\", nn.classifier { 4, name = \"a\" } }, { \"right\", nn.classifier { 5, name = \"b\" } } } }";

/* each output against a file of its own, or those that a .npz names */
START_TEST(verify_of_named_outputs)
{
	const char *model = model_file(two_heads);
	float *x = numbers(192, 1), zero[5] = { 0 };
	Npy y;
	Ran r;

	compile_quickly();
	npy_write(in_dir("x.npy"), x, 4, (int64_t[]){ 1, 3, 8, 8 });
	ck_assert_int_eq(resnetc("run %s -w random:0 -q -i %s -o %s", model, in_dir("x.npy"), in_dir("y.npz")).status, 0);
	ck_assert_int_eq(resnetc("run %s -w random:0 -q -i %s -o %s", model, in_dir("x.npy"), in_dir("y.npy")).status, 0);
	y = npy_read(in_dir("y.npy"));
	npy_write(in_dir("left.npy"), y.data, 2, (int64_t[]){ 1, 4 });
	npy_write(in_dir("right.npy"), y.data + 4, 2, (int64_t[]){ 1, 5 });
	npy_write(in_dir("zero.npy"), zero, 2, (int64_t[]){ 1, 5 });
	ck_assert_int_eq(resnetc("verify %s -i %s --expect %s", model, in_dir("x.npy"), in_dir("y.npz")).status, 0);
	ck_assert_int_eq(resnetc("verify %s -i %s --expect right=%s", model, in_dir("x.npy"), in_dir("right.npy")).status, 0);
	ck_assert_int_eq(resnetc("verify %s -i %s --expect left=%s --expect right=%s", model, in_dir("x.npy"), in_dir("left.npy"), in_dir("right.npy")).status, 0);
	r = resnetc("verify %s -i %s --expect left=%s --expect right=%s", model, in_dir("x.npy"), in_dir("left.npy"), in_dir("zero.npy"));
	ck_assert_msg(r.status == ExitInput && strstr(r.out, "WRONG"), "%s", r.out);
	r = resnetc("verify %s -i %s --expect rihgt=zero.npy", model, in_dir("x.npy"));
	ck_assert_str_eq(r.err, "--expect: want an output of m, got 'rihgt'; did you mean 'right'?\n");
	r = resnetc("verify %s -i %s --expect rihgt=%s", model, in_dir("x.npy"), in_dir("right.npy"));
	ck_assert_str_eq(r.err, "--expect: want an output of m, got 'rihgt'; did you mean 'right'?\n");
	r = resnetc("verify %s -i %s --expect left=%s", model, in_dir("x.npy"), in_dir("right.npy"));
	ck_assert_str_eq(r.err, "right.npy: want 4 values, one per output of left, got 5\n");
	free(x);
}
END_TEST

/* put_doubles - a .npy of float64 */
static void
put_doubles(const char *name, const float *v, size_t count)
{
	char *file = calloc(1, 128 + 8*count);

	memcpy(file, "\x93NUMPY\x01\0\x76", 9);
	snprintf(file + 10, 118, "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu,), }", count);
	file[10 + strlen(file + 10)] = ' ';
	for (size_t i = 0; i < count; i++) {
		double d = (double)v[i];
		memcpy(file + 128 + 8*i, &d, 8);
	}
	put_file(name, file, 128 + 8*count);
	free(file);
}

/* all images of a file, in batches that they fill or not; what is expected as float32 or float64 */
START_TEST(verify_of_many_images)
{
	const char *model = model_file(two_heads);
	float *x = numbers(5*192, 1);
	Npy y;
	Ran r;

	compile_quickly();
	npy_write(in_dir("x.npy"), x, 4, (int64_t[]){ 5, 3, 8, 8 });
	ck_assert_int_eq(resnetc("run %s -w random:0 -q -i %s -o %s", model, in_dir("x.npy"), in_dir("y.npz")).status, 0);
	ck_assert_int_eq(resnetc("run %s -w random:0 -q -i %s -o %s", model, in_dir("x.npy"), in_dir("y.npy")).status, 0);
	y = npy_read(in_dir("y.npy"));
	put_doubles("d.npy", y.data, 45);
	y.data[17] += 0.1f;                          /* the last of left, of the last but one batch of two */
	npy_write(in_dir("left.npy"), y.data, 2, (int64_t[]){ 5, 4 });
	y.data[17] -= 0.1f;
	y.data[44] += 0.1f;                          /* the last one of right */
	npy_write(in_dir("right.npy"), y.data + 20, 2, (int64_t[]){ 5, 5 });
	for (int batch = 1; batch < 8; batch += 1 + batch/2) {
		static const char *const files[] = { "y.npz", "y.npy", "d.npy", "left=left.npy", "right=right.npy" };
		for (int f = 0; f < 5; f++) {
			const char *equals = strchr(files[f], '=');
			const char *file = equals ? arena_text("%.*s%s", (int)(equals + 1 - files[f]), files[f], in_dir(equals + 1)) : in_dir(files[f]);
			r = resnetc("verify %s -i %s --batch %d --expect %s", model, in_dir("x.npy"), batch, file);
			ck_assert_msg(r.status == (equals ? ExitInput : 0), "%s, batch %d: %s%s", files[f], batch, r.out, r.err);
		}
	}
	free(x);
}
END_TEST

SUITE(verify)
{
	TCase *t = part("verify");

	tcase_add_loop_test(t, verify_of_clipped_sums, 0, 4);
	tcase_add_loop_test(t, verify_of_long_sums, 0, 5);
	tcase_add_test(t, verify_of_named_outputs);
	tcase_add_test(t, verify_of_many_images);
}
