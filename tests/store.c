/* store.c - weights at half size: the formats, the words that load them on every target, that kernels compute with exactly the rounded weights. */
#include "tests.h"

static const Dtype formats[] = { DT_f16, DT_bf16 };

/* --- the formats --- */

/* no other number of the format is nearer, and of two as near it is the even one */
static void
is_nearest(Dtype d, double v)
{
	uint16_t bits = half_bits(d, v), size = bits & 0x7fff, infinity = d == DT_f16 ? 0x7c00 : 0x7f80;
	double off = fabs(half_value(d, bits) - v);

	ck_assert_msg(signbit(v) == bits >> 15, "%a: sign", v);
	if (size == infinity) {
		double last = half_value(d, infinity - 1), step = last - half_value(d, infinity - 2);
		ck_assert_msg(fabs(v) >= last + step/2, "%a", v);
		return;
	}
	for (int to = -1; to <= 1; to += 2) {
		double other;
		if (size + to < 0 || size + to >= infinity)
			continue;
		other = fabs(half_value(d, (uint16_t)(bits + to)) - v);
		ck_assert_msg(off < other || (off <= other && bits%2 == 0), "%s of %a: %04x is off by %a, its neighbour by %a", dtype_rows[d].name, v, bits, off, other);
	}
}

START_TEST(numbers_are_rounded_to_the_nearest)
{
	Dtype d = formats[_i];
	float *v = numbers(4000, 1);

	for (unsigned bits = 0; bits < 0x8000; bits++) {
		double x = half_value(d, (uint16_t)bits), next = half_value(d, (uint16_t)(bits + 1));
		if (isnan(x))
			continue;
		ck_assert_uint_eq(half_bits(d, x), bits);
		ck_assert_uint_eq(half_bits(d, -x), bits | 0x8000);
		if (!isinf(x) && !isnan(next) && !isinf(next)) {
			is_nearest(d, (x + next)/2);             /* ties, and beside them */
			is_nearest(d, -(x + next)/2);
			is_nearest(d, nextafter((x + next)/2, 0));
			is_nearest(d, nextafter((x + next)/2, (double)INFINITY));
		}
	}
	for (int i = 0; i < 4000; i++)
		is_nearest(d, ldexp((double)v[i], i%60 - 30));
	is_nearest(d, 65519.99);
	is_nearest(d, 65520);
	is_nearest(d, 3.4e38);
	is_nearest(d, 1e-320);
	is_nearest(d, -0.0);
	/* as Python's struct and PyTorch have them */
	ck_assert_uint_eq(half_bits(DT_f16, 1/3.0), 0x3555);
	ck_assert_uint_eq(half_bits(DT_f16, -65504), 0xfbff);
	ck_assert_uint_eq(half_bits(DT_f16, 6e-8), 0x0001);
	ck_assert_uint_eq(half_bits(DT_bf16, 1/3.0), 0x3eab);
	ck_assert_uint_eq(half_bits(DT_bf16, 3.14159265), 0x4049);
	free(v);
}
END_TEST

/* --- the words --- */

/* all_numbers - a layer whose outputs for the input 1 are all finite numbers of the format, bfloat16's denormal floats aside; its weights */
static Graph *
all_numbers(Dtype d, const char **model)
{
	int infinity = d == DT_f16 ? 0x7c00 : 0x7f80, from = d == DT_f16 ? 0 : 0x80, each = infinity - from;
	Graph *g;

	*model = model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"all\", input = nn.image { 1, 1, 1 }, "
		"body = function(x) return nn.linear(nn.flatten(x), { %d, bias = false }) end }\n", 2*each));
	g = graph_of(*model);
	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < 2*each && g->nodes[i]->p[P_weight].data; k++)
			g->nodes[i]->p[P_weight].data[k] = half_value(d, (uint16_t)((k/each) << 15 | (from + k%each)));
	return g;
}

START_TEST(every_number_is_loaded_as_it_is)
{
	const Target *t = target_named(this_part());

	if (!target_runs_here(t) && !other_machine(t))
		return;
	npy_write(in_dir("one.npy"), (float[]){ 1 }, 4, (int64_t[]){ 1, 1, 1, 1 });
	for (size_t f = 0; f < 2; f++) {
		const char *model;
		Graph *g = all_numbers(formats[f], &model);
		File w = safetensors_file(g, (char *)"all.safetensors");
		Npy y;
		Ran r;
		put_file("all.safetensors", w.data, w.len);
		r = resnetc("run %s -w %s -i %s -q --store %s --target %s -o %s", model, in_dir("all.safetensors"), in_dir("one.npy"), dtype_rows[formats[f]].name, t->name, in_dir("y.npy"));
		ck_assert_msg(r.status == 0, "%s", r.err);
		y = npy_read(in_dir("y.npy"));
		for (int i = 0; i < g->count; i++)
			for (size_t k = 0; g->nodes[i]->p[P_weight].data && k < g->nodes[i]->p[P_weight].count; k++)
				ck_assert_msg((double)y.data[k] == g->nodes[i]->p[P_weight].data[k], "%s, %s: want %a, got %a", t->name, dtype_rows[formats[f]].name,
				              g->nodes[i]->p[P_weight].data[k], (double)y.data[k]);
	}
}
END_TEST

/* --- the kernels --- */

/* a planar stem, Winograd, strides, a depthwise and a grouped convolution, one of several passes, a transposed one, linear; skips and slopes */
static const char body[] = "local a = nn.prelu(nn.conv(x, { 24, kernel = 5, stride = 2, bias = true })) "
	"local b = nn.relu(nn.conv(a, { 24, kernel = 3, bias = true }) + a) "
	"local c = nn.conv(nn.relu(nn.conv(b, { 24, kernel = 3, groups = 24 })), { 36, kernel = 3, groups = 6, stride = 2 }) "
	"local d = nn.conv(nn.conv(c, { 320, kernel = 1 }), { 40, kernel = 1, bias = true }) "
	"local e = nn.conv_transpose2d(d, { 20, kernel = 3, stride = 2, padding = 1, bias = true }) "
	"return nn.linear(nn.flatten(nn.global_avg_pool(e)), { 33 })";

START_TEST(kernels_are_right)
{
	const Target *t = target_named(this_part());
	Ran r;

	if (!target_runs_here(t) && !other_machine(t))
		return;
	r = resnetc("verify %s -w random:3 -q --winograd --store %s --target %s", body_model(3, 29, 22, body), t->vl == 8 ? "bf16" : "f16", t->name);
	ck_assert_msg(r.status == 0 && strstr(r.out, "of these weights") && strstr(r.out, "\nverified"), "%s: %s%s", t->name, r.out, r.err);
}
END_TEST

/* direct sums of weights at half size have the bits of the same kernels with floats that are rounded already */
START_TEST(bits_are_those_of_rounded_floats)
{
	const char *model = body_model(3, 29, 22, body), *names[2] = { "h.npy", "w.npy" };
	float *x = numbers(3*29*22, 5);
	size_t len[2];

	npy_write(in_dir("x.npy"), x, 4, (int64_t[]){ 1, 3, 29, 22 });
	for (size_t f = 0; f < 2; f++) {
		const void *y[2];
		Graph *g = graph_of(model);
		File w = safetensors_file(g, (char *)"w.safetensors");
		put_file("h.safetensors", w.data, w.len);
		for (int i = 0; i < g->count; i++)
			for (size_t k = 0; is_dense(g->nodes[i]) && k < g->nodes[i]->p[P_weight].count; k++) {
				double *v = &g->nodes[i]->p[P_weight].data[k];
				*v = half_value(formats[f], half_bits(formats[f], *v));
			}
		w = safetensors_file(g, (char *)"w.safetensors");
		put_file("w.safetensors", w.data, w.len);
		for (int i = 0; i < 2; i++) {
			Ran r = resnetc("run %s -w %s -i %s -q --exact --target %s%s%s -o %s", model, in_dir(i ? "w.safetensors" : "h.safetensors"), in_dir("x.npy"), nearest_target("avx2"),
			                i ? "" : " --store ", i ? "" : dtype_rows[formats[f]].name, in_dir(names[i]));
			ck_assert_msg(r.status == 0, "%s", r.err);
			y[i] = file_map(in_dir(names[i]), &len[i]);
		}
		ck_assert_uint_eq(len[0], len[1]);
		ck_assert_mem_eq(y[0], y[1], len[0]);
	}
	free(x);
}
END_TEST

/* --- the command --- */

#define CIFAR "examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors"

/* hash_in - of the plan, as the header in this folder says it */
static const char *
hash_in(const char *dir)
{
	size_t len;
	const char *at = strstr(file_map(in_dir(arena_text("%s/cifar_resnet20.h", dir)), &len), "_PLAN_HASH");

	ck_assert_ptr_nonnull(at);
	return arena_text("%.40s", at);
}

START_TEST(blobs_are_half_as_large_and_of_another_plan)
{
	size_t floats, halves, packed;
	const void *blob, *again;
	const char *command = "compile " CIFAR " --exact -q%s -o %s";

	ck_assert_int_eq(resnetc(command, "", in_dir("f32")).status, 0);
	ck_assert_int_eq(resnetc(command, " --store f32", in_dir("said")).status, 0);
	ck_assert_int_eq(resnetc(command, " --store f16", in_dir("f16")).status, 0);
	ck_assert_int_eq(resnetc(command, " --store bf16", in_dir("bf16")).status, 0);
	ck_assert_str_eq(hash_in("f32"), hash_in("said"));
	ck_assert_str_ne(hash_in("f32"), hash_in("f16"));
	ck_assert_str_ne(hash_in("f32"), hash_in("bf16"));
	ck_assert_str_ne(hash_in("f16"), hash_in("bf16"));
	file_map(in_dir("f32/cifar_resnet20.weights"), &floats);
	blob = file_map(in_dir("f16/cifar_resnet20.weights"), &halves);
	ck_assert_msg(1000*halves < 510*floats, "%zu of %zu", halves, floats);
	ck_assert_int_eq(resnetc("pack " CIFAR " --exact --store f16 -q -o %s", in_dir("packed")).status, 0);
	again = file_map(in_dir("packed"), &packed);
	ck_assert_uint_eq(packed, halves);
	ck_assert_mem_eq(blob, again, halves);
}
END_TEST

/* number_after - in what was printed */
static double
number_after(const Ran *r, const char *words)
{
	const char *at = strstr(r->out, words);

	ck_assert_msg(at != NULL, "%s: %s%s", words, r->out, r->err);
	return strtod(at + strlen(words), NULL);
}

START_TEST(the_cost_is_told)
{
	Ran r = resnetc("verify " CIFAR " --store f16");

	ck_assert_double_lt(number_after(&r, "cost: outputs are off by "), 1.2e-3);
	ck_assert_double_gt(number_after(&r, "cost: outputs are off by "), 1e-6);
	r = resnetc("verify " CIFAR " --store bf16 --json");
	ck_assert_double_lt(number_after(&r, "\"expected\": null, \"store\": "), 1e-2);
	ck_assert_double_gt(number_after(&r, "\"name\": \"fc\", \"op\": \"linear\", \"error\": "), 0);
	r = resnetc("explain " CIFAR " --store f16");
	ck_assert_msg(strstr(r.out, "weights kept as f16: 20 layers; rounding takes at most"), "%s", r.out);
	r = resnetc("explain " CIFAR " fc --store f16");
	ck_assert_msg(strstr(r.out, "store    weights as f16, "), "%s", r.out);
}
END_TEST

START_TEST(what_is_wrong_is_told)
{
	Graph *g = graph_of(body_model(3, 9, 9, "return nn.conv(x, { 8, kernel = 1, name = 'large' })"));
	File w;
	Ran r;

	g->nodes[1]->p[P_weight].data[5] = -65520;
	w = safetensors_file(g, (char *)"large.safetensors");
	put_file("large.safetensors", w.data, w.len);
	r = resnetc("compile %s -w %s --store f16 -o %s", g->file, in_dir("large.safetensors"), in_dir("large"));
	ck_assert_int_eq(r.status, 1);
	ck_assert_msg(strstr(r.err, "conv2d 'large': --store f16: want weights of at most 65504, got -65520"), "%s", r.err);
	ck_assert_int_ne(system(arena_text("test -e '%s'", in_dir("large"))), 0);
	ck_assert_int_eq(resnetc("compile %s -w %s --store bf16 -q -o %s", g->file, in_dir("large.safetensors"), in_dir("large")).status, 0);
}
END_TEST

/* again - does a target before this one have its words for floats? */
static bool
again(int t)
{
	bool is = strstr(targets[t].name, "vnni");

	for (int i = 0; i < t; i++)
		is = is || !strcmp(targets[i].simd, targets[t].simd);
	return is;
}

SUITE(store)
{
	TCase *t;

	for (int i = 0; i < ntargets; i++) {
		if (again(i))
			continue;
		t = part(targets[i].name);
		tcase_add_unchecked_fixture(t, compile_quickly, NULL);
		tcase_add_test(t, every_number_is_loaded_as_it_is);
		tcase_add_test(t, kernels_are_right);
	}
	t = part("command");
	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_loop_test(t, numbers_are_rounded_to_the_nearest, 0, 2);
	tcase_add_test(t, bits_are_those_of_rounded_floats);
	tcase_add_test(t, blobs_are_half_as_large_and_of_another_plan);
	tcase_add_test(t, the_cost_is_told);
	tcase_add_test(t, what_is_wrong_is_told);
}
