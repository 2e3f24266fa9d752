/*
** selftest.c - NAME_selftest: right code passes on every kind of network, a broken weight or kernel is named by its layer;
** and -DRC_CHECKED: what reads dead memory, writes beside its result, makes NaN or is given overlapping memory is caught.
*/
#include <dlfcn.h>

#include "tests.h"

typedef int Selftest(const void *, void *, size_t, const char **);

static Selftest *
selftest_of_lib(void *lib, const char *name)
{
	Selftest *f;

	*(void **)&f = dlsym(lib, arena_text("%s_selftest", name));
	ck_assert_ptr_nonnull(f);
	return f;
}

static int
run_selftest(Selftest *f, const Graph *g, const void *blob, const char **layer)
{
	size_t len = selftest_bytes(g);
	void *memory = aligned_alloc(64, len);
	int status;

	ck_assert_uint_eq(len%64, 0);                    /* C11's aligned_alloc wants a multiple */
	memset(memory, 0xff, len);
	ck_assert_int_eq(f(blob, memory, len - 1, layer), RC_E_WORKSPACE_SIZE);
	status = f(blob, memory, len, layer);
	free(memory);
	return status;
}

static const struct { const char *model, *target; int h, w, batch; } networks[] = {
	{ "cifar_resnet20", "native", 0, 0, 1 }, { "cifar_resnet20", "scalar", 0, 0, 2 }, { "mlperf_tiny_resnet8", "avx2", 0, 0, 3 },
	{ "resnet18", "native", 65, 33, 1 }, { "resnet50", "native", 64, 64, 1 }, { "resnext50_32x4d", "native", 40, 64, 1 },
	{ "se_resnet50", "avx2", 64, 64, 1 }, { "preact_resnet18", "native", 64, 64, 1 }, { "fastbook_get_model", "scalar", 64, 64, 1 },
	/* CHECK_LONG: no kernels that those before lack */
	{ "xresnet50", "native", 64, 70, 1 }, { "keras_resnet50", "native", 64, 64, 1 }, { "cifar_plain56", "native", 0, 0, 1 },
};
enum { NNetworks = sizeof networks/sizeof *networks, NLong = 3 };

START_TEST(right_code_passes)
{
	DslOptions o = { .batch = networks[_i].batch, .h = networks[_i].h, .w = networks[_i].w };
	Graph *g = dsl_load(arena_text("examples/%s.lua", networks[_i].model), &o);

	bind_random(g, 5);
	if (_i)                              /* one optimized, as a program has it */
		compile_quickly();
	Model *m = compiled(g, nearest_target(networks[_i].target), 0);
	Session s = session_open(m, 1, false);
	const char *layer;
	int status = run_selftest(selftest_of_lib(s.host.lib, g->name), g, s.blob.data, &layer);
	ck_assert_msg(status == RC_OK && !layer, "%s: %s at %s", networks[_i].model, rc_strerror(status), layer ? layer : "none");
	session_close(&s);
}
END_TEST

START_TEST(a_broken_weight_is_named)
{
	DslOptions none = { 0 };
	Graph *g = dsl_load("examples/cifar_resnet20.lua", &none);
	int found = 0, tried = 0;

	bind_random(g, 5);
	Model *m = compiled(g, "native", 0);
	Session s = session_open(m, 1, false);
	Selftest *f = selftest_of_lib(s.host.lib, g->name);
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		if (!n->npacked)
			continue;
		for (int t = 0; t < 3; t++) {
			float *w = (float *)s.blob.data + (n->packed[0].at + n->packed[0].bytes*(size_t)(t + 1)/5)/sizeof(float), was = *w;
			const char *layer;
			*w += 1;
			int status = run_selftest(f, g, s.blob.data, &layer);
			*w = was;
			tried++;
			found += status == RC_E_SELFTEST;
			/* a relu that stays at 0 may hide it, but no other layer is blamed */
			ck_assert_msg(status == RC_OK || (layer && !strcmp(layer, n->name)), "%s: %s was named", n->name, layer);
		}
	}
	ck_assert_int_eq(run_selftest(f, g, s.blob.data, &(const char *){ NULL }), RC_OK);
	ck_assert_msg(10*found >= 7*tried, "%d of %d broken weights were found", found, tried);
	session_close(&s);
}
END_TEST

/* one edit in the C of one kernel */
START_TEST(a_broken_kernel_is_named)
{
	static const struct { const char *kernel, *edit, *layer; } broken[] = {
		{ "tile_[0-9x]*_planar_relu(", "/st(/{s/relu(//g; s/))/)/g}", "conv1" },
		{ "tile_[0-9x]*_s2_relu(", "s/b0 = fma_(v, w1, b0)/b0 = fma_(v, w0, b0)/", "layer2.0.conv1" },
		{ "adaptive_avg_pool_64x8x8_to_1x1(", "s/r < 8/r < 7/", "avgpool" },
		{ "tile_16x1(", "s/ld(b)/zero()/", "fc" },
	};
	const char *dir = in_dir(arena_text("kernel%d", _i)), *layer;
	static const char app[] = "#include <stdio.h>\n#include <stdlib.h>\n#include \"cifar_resnet20.h\"\n#include \"rc_file.h\"\n"
		"int main(void) { const void *w; size_t len; const char *layer; static float ws[CIFAR_RESNET20_SELFTEST_BYTES/4 + 16] __attribute__((aligned(64)));\n"
		"	if (rc_file_map(\"cifar_resnet20.weights\", &w, &len)) return 1;\n"
		"	int status = cifar_resnet20_selftest(w, ws, sizeof ws, &layer); printf(\"%d %s\\n\", status == RC_E_SELFTEST, layer ? layer : \"none\"); return 0; }\n";
	char line[200];
	FILE *f;

	layer = broken[_i].layer;
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w random:3 -q --exact --target avx2 -o %s", dir).status, 0);
	emulate(dir, "avx2");
	put_file(arena_text("kernel%d/app.c", _i), app, strlen(app));
	ck_assert_int_eq(system(arena_text("cd '%s' && cp cifar_resnet20.c as_it_was && sed -i '/^%s/,/^}/{%s}' cifar_resnet20.c && "
		"! cmp -s cifar_resnet20.c as_it_was && cc -O0 -w -Wno-psabi *.c -o app && ./app > out", dir, broken[_i].kernel, broken[_i].edit)), 0);
	f = fopen(arena_text("%s/out", dir), "r");
	ck_assert(f && fgets(line, sizeof line, f));
	fclose(f);
	ck_assert_str_eq(line, arena_text("1 %s\n", layer));
}
END_TEST

/* several targets: the one that runs here */
START_TEST(dispatched)
{
	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua -w random:3 -q --target scalar,avx2 --input 32x32,40x40 --name net -o %s", in_dir("both_test")).status, 0);
	static const char app[] = "#include <stdlib.h>\n#include \"net.h\"\n#include \"rc_file.h\"\n"
		"int main(void) { const void *w; size_t len; const char *layer; void *ws = aligned_alloc(64, (NET_SELFTEST_BYTES + 63)/64*64);\n"
		"	return rc_file_map(\"net.weights\", &w, &len) || net_selftest(w, ws, NET_SELFTEST_BYTES, &layer) || layer; }\n";
	put_file("both_test/app.c", app, strlen(app));
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -O0 *.c -o app && ./app", in_dir("both_test"))), 0);
}
END_TEST

static const char checked_app[] = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include \"net.h\"\n#include \"rc_file.h\"\n"
	"int main(int argc, char **argv) { const void *w; size_t len; static float in[NET_INPUT_FLOATS], out[NET_OUTPUT_FLOATS];\n"
	"	char *ws = aligned_alloc(64, NET_WORKSPACE_BYTES); if (rc_file_map(\"net.weights\", &w, &len)) return 1;\n"
	"	float *to = argc > 1 && !strcmp(argv[1], \"overlap\") ? (float *)(void *)(ws + 64) : out;\n"
	"	if (argc > 1 && !strcmp(argv[1], \"nan\")) { float zero = 0; in[100] = zero/zero; }\n"
	"	int status = net_run(w, in, to, ws, NET_WORKSPACE_BYTES);\n"
	"	printf(\"%d %s\\n\", status, status == RC_E_NAN || status == RC_E_BORDER ? rc_checked_at : \"-\"); return 0; }\n";

START_TEST(checked_builds)
{
	static const struct { const char *edit, *arg; int status; const char *layer; } cases[] = {
		{ "", "", RC_OK, "-" },
		{ "", "nan", RC_E_NAN, "input" },
		{ "", "overlap", RC_E_OVERLAP, "-" },
		{ "/\"layer2.0.conv1\"/s/{ [0-9]*, \\(.*\\), \\([0-9]*\\) } },/{ \\2, \\1, \\2 } },/", "", RC_E_NAN, "layer2.0.conv1" },    /* not written yet */
		{ "/^tile_[0-9x]*_s2_relu(/,/^}/s/st(y, /st(y - 16, a0); st(y, /", "", RC_E_BORDER, "layer2.0.conv1" },
	};
	const char *dir = in_dir(arena_text("checked%d", _i)), *cc = _i%2 ? "g++ -x c++ -std=c++17" : "cc -std=c11";
	char line[200];
	FILE *f;

	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua -w random:3 -q --exact --target avx2 --name net -o %s", dir).status, 0);
	emulate(dir, "avx2");
	put_file(arena_text("checked%d/app.c", _i), checked_app, strlen(checked_app));
	ck_assert_int_eq(system(arena_text("cd '%s' && sed -i '%s' net.c && %s -DRC_CHECKED %s -Wall -Wextra -Wpedantic -Werror -Wno-psabi -c net.c rc.c && "
		"%s -DRC_CHECKED -w -O0 -c rc_file.c app.c && g++ *.o -o app && ./app %s > out", dir, cases[_i].edit, cc, _i < 2 ? "-O1" : "-O0", "cc", cases[_i].arg)), 0);
	f = fopen(arena_text("%s/out", dir), "r");
	ck_assert(f && fgets(line, sizeof line, f));
	fclose(f);
	ck_assert_str_eq(line, arena_text("%d %s\n", cases[_i].status, cases[_i].layer));
}
END_TEST

/* roots and logarithms of what the self test makes up are NaN here and there; fused and by themselves, a quotient too */
START_TEST(results_that_are_no_numbers)
{
	Graph *g = graph_of(body_model(16, 5, 7, "x = nn.sqrt(nn.conv(x, { 16, kernel = 3 }))\n"
		"return nn.concat { nn.log(nn.max_pool(x, { kernel = 2, stride = 1 })), nn.avg_pool(x/(x - x), { kernel = 2, stride = 1 }) }"));
	Session s = session_open(compiled(g, "native", 0), 1, false);
	const char *layer;
	int status = run_selftest(selftest_of_lib(s.host.lib, g->name), g, s.blob.data, &layer);

	ck_assert_msg(status == RC_OK, "%s at %s", rc_strerror(status), layer ? layer : "none");
	session_close(&s);
}
END_TEST

/* nothing the compiler emits reads dead memory, writes beside its results or makes NaN of finite values */
START_TEST(random_networks_checked)
{
	setenv("CC", quick_compiler(":", "-DRC_CHECKED"), 1);
	Ran r = resnetc("fuzz --count 48 --seed 700");

	unsetenv("CC");
	ck_assert_msg(r.status == 0, "%.1500s%.500s", r.out, r.err);
}
END_TEST

SUITE(selftest)
{
	TCase *t = part("selftest");

	tcase_add_loop_test(t, right_code_passes, 0, getenv("CHECK_LONG") ? NNetworks : NNetworks - NLong);
	tcase_add_test(t, a_broken_weight_is_named);
	tcase_add_loop_test(t, a_broken_kernel_is_named, 0, 4);
	tcase_add_test(t, results_that_are_no_numbers);
	tcase_add_test(t, dispatched);
	tcase_add_loop_test(t, checked_builds, 0, 5);
	tcase_add_test(t, random_networks_checked);
}
