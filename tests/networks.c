/*
** networks.c - the models of examples/ against PyTorch's logits in float64 (tests/golden, written by
** tests/parity), and the trained network against real pictures. The big ones run in check-long.
*/
#include <glob.h>

#include "tests.h"

static const struct {
	const char *model;
	int h, w;
	bool big;
} nets[] = {
	{ "cifar_resnet20", 32, 32, false }, { "cifar_resnet20_b", 32, 32, false }, { "cifar_resnet32", 32, 32, false },
	{ "cifar_resnet44", 32, 32, false }, { "cifar_resnet56", 32, 32, false }, { "cifar_resnet110", 32, 32, false },
	{ "cifar_plain20", 32, 32, false }, { "cifar_plain56", 32, 32, false },
	{ "fastbook_get_model", 128, 128, false }, { "fastbook_get_model", 97, 131, false }, { "fastbook_get_model", 33, 65, false },
	{ "xresnet18", 75, 90, false }, { "xresnet18", 224, 224, false }, { "resnet18", 224, 224, false }, { "resnet50", 97, 131, false },
	{ "resnet50", 224, 224, false }, { "resnet50d", 224, 224, false },
	{ "resnext50_32x4d", 97, 131, false }, { "wide_resnet50_2", 97, 131, true }, { "se_resnet50", 97, 131, false },
	{ "preact_resnet18", 97, 131, false }, { "mlperf_tiny_resnet8", 32, 32, false }, { "mlperf_tiny_resnet8", 45, 45, false },
	{ "resnet34", 224, 224, true }, { "resnet50_v1", 224, 224, true }, { "xresnet50", 160, 160, true }, { "resnet101", 96, 96, true },
	{ "resnet152", 96, 96, true },
};
enum { NNets = sizeof nets/sizeof *nets };

static double
golden_error(const char *model, int h, int w, const char *target)
{
	DslOptions d = { .h = h, .w = w };
	Graph *g = dsl_load(arena_text("examples/%s.lua", model), &d);
	Npy want = npy_read(arena_text("tests/golden/%s_%dx%d.npy", model, h, w));
	double *dwant = doubles(want.data, want.count), e;
	Session s;
	float *in, *out;

	bind_random(g, 7);
	s = session_open(compiled(g, target, 0), 2, false);
	in = random_input(g);
	out = malloc(s.outputs*sizeof *out);
	session_run(&s, in, out);
	ck_assert_uint_eq(want.count, s.outputs);
	e = worst(out, dwant, want.count);
	session_close(&s);
	free(in);
	free(out);
	free(dwant);
	free(want.data);
	return e;
}

START_TEST(network_equals_pytorch)
{
	double e;

	if (nets[_i].big && !getenv("CHECK_LONG"))
		return;
	if (nets[_i].h < 90)                 /* else running takes longer than optimizing a little */
		compile_quickly();
	else if (nets[_i].h < 200)
		setenv("CC", quick_compiler(":", "-O1"), 1);
	e = golden_error(nets[_i].model, nets[_i].h, nets[_i].w, "native");
	ck_assert_msg(e < 1e-4, "%s %dx%d: %g of the largest logit", nets[_i].model, nets[_i].h, nets[_i].w, e);
}
END_TEST

START_TEST(small_network_on_every_target_of_this_machine)
{
	if (!target_runs_here(&targets[_i]))
		return;
	compile_quickly();
	ck_assert_double_lt(golden_error("cifar_resnet20", 32, 32, targets[_i].name), 1e-4);
}
END_TEST

START_TEST(explain_tells_where_the_stride_is)
{
	ck_assert_ptr_nonnull(strstr(resnetc("explain examples/resnet50.lua").out, "note: bottlenecks have their stride on the 3x3 (v1.5"));
	ck_assert_ptr_nonnull(strstr(resnetc("explain %s", body_model(8, 8, 8, "local y = nn.conv(nn.conv(x, { 4, kernel = 1, stride = 2 }), { 4, kernel = 3 })\n"
		"return nn.conv(y, { 16, kernel = 1 }) + nn.conv(x, { 16, kernel = 1, stride = 2 })")).out, "note: bottlenecks have their stride on the first 1x1 (v1"));
	/* who chose a variant needs no telling */
	ck_assert_ptr_null(strstr(resnetc("explain examples/resnet50_v1.lua").out, "note: bottlenecks"));
	ck_assert_ptr_null(strstr(resnetc("explain examples/resnet18.lua").out, "note:"));
}
END_TEST

START_TEST(every_example_compiles)
{
	glob_t found;

	ck_assert_int_eq(glob("examples/*.lua", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		static const DslOptions none;
		Model *m = compiled(dsl_load(found.gl_pathv[i], &none), "native", 0);
		File f = emit_source(m);
		ck_assert_msg(f.len < 1000000, "%s: %zu bytes of C", found.gl_pathv[i], f.len);
		ck_assert_msg((double)m->g->arena <= 1.15*(double)m->g->live, "%s", found.gl_pathv[i]);
	}
	ck_assert_uint_ge(found.gl_pathc, 23);
	globfree(&found);
}
END_TEST

SUITE(networks)
{
	TCase *t = part("networks");

	tcase_add_loop_test(t, network_equals_pytorch, 0, NNets);
	tcase_add_loop_test(t, small_network_on_every_target_of_this_machine, 0, ntargets);
	tcase_add_test(t, explain_tells_where_the_stride_is);
	tcase_add_test(t, every_example_compiles);
}
