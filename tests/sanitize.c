/* sanitize.c - emitted code and runtime under the compilers' sanitizers, the compiler under valgrind, and code on processors that lack what it needs. */
#include <unistd.h>

#include "tests.h"

/* check, self test, a run on this thread, on three more, and two callers of one pool at the same time; the same bits */
static const char app[] =
	"#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include \"net.h\"\n#include \"rc_file.h\"\n#include \"rc_threads.h\"\n"
	"static float in[NET_INPUT_FLOATS], one[NET_OUTPUT_FLOATS], four[NET_OUTPUT_FLOATS];\n"
	"static rc_pool pool;\n"
	"static rc_options o = { sizeof o, rc_pool_for, &pool, 4, NULL, NULL, NULL };\n"
	"static const void *w;\n"
	"static void *beside(void *bad)\n"
	"{ void *ws = aligned_alloc(64, (NET_WORKSPACE_BYTES + 63)/64*64); float out[NET_OUTPUT_FLOATS];\n"
	"	if (net_run_with(&o, w, in, out, ws, NET_WORKSPACE_BYTES) || memcmp(out, one, sizeof one)) *(int *)bad = 1;\n"
	"	free(ws); return NULL; }\n"
	"static int fault(const char *what, int status, const char *layer)\n"
	"{ return printf(\"%s: %s%s%s\\n\", what, rc_strerror(status), layer ? \" at \" : \"\", layer ? layer : \"\"), 1; }\n"
	"int main(void)\n{\n"
	"	size_t len; int bad[2] = { 0, 0 }; pthread_t thread[2]; const char *layer = NULL; int status;\n"
	"	void *ws = aligned_alloc(64, (NET_WORKSPACE_BYTES + 63)/64*64), *big = aligned_alloc(64, (NET_SELFTEST_BYTES + 63)/64*64);\n"
	"	for (int i = 0; i < NET_INPUT_FLOATS; i++) in[i] = (float)(i%23)/11 - 1;\n"
	"	if ((status = rc_file_map(\"net.weights\", &w, &len)) != 0 || (status = net_check(w, len)) != 0) return fault(\"check\", status, NULL);\n"
	"	if ((status = net_selftest(w, big, NET_SELFTEST_BYTES, &layer)) != 0) return fault(\"selftest\", status, layer);\n"
	"	if ((status = net_run(w, in, one, ws, NET_WORKSPACE_BYTES)) != 0) return fault(\"run\", status, NULL);\n"
	"	rc_pool_start(&pool, 4);\n"
	"	for (int k = 0; k < 3; k++)\n"
	"		if ((status = net_run_with(&o, w, in, four, ws, NET_WORKSPACE_BYTES)) != 0) return fault(\"run_with\", status, NULL);\n"
	"	for (int k = 0; k < 2; k++) pthread_create(&thread[k], NULL, beside, &bad[k]);\n"
	"	for (int k = 0; k < 2; k++) pthread_join(thread[k], NULL);\n"
	"	if (bad[0] || bad[1]) return fault(\"other bits beside each other\", 0, NULL);\n"
	"	rc_pool_stop(&pool);\n"
	"	if (memcmp(one, four, sizeof one)) return fault(\"other bits with threads\", 0, NULL);\n"
	"	double sum = 0;\n"
	"	for (int i = 0; i < NET_OUTPUT_FLOATS; i++) sum += one[i];\n"
	"	printf(\"%d %a\\n\", sum == sum, sum);\n"
	"	free(ws); free(big);\n"
	"	return 0;\n}\n";

/* the zoo, small enough for an instrumented build; the first two always, one on each target */
static const struct { const char *model, *input; } zoo[] = {
	{ "cifar_resnet20", "16x24" }, { "mlperf_tiny_resnet8", "32x32" }, { "se_resnet50", "33x40" },
	{ "resnext50_32x4d", "32x32" }, { "xresnet18", "40x33" }, { "preact_resnet18", "33x33" }, { "resnet50", "64x64" }, { "resnet50d", "48x48" }, { "resnet50_v1", "40x40" }, { "resnet18", "64x48" }, { "resnet34", "33x33" },
	{ "resnet101", "32x32" }, { "resnet152", "32x32" }, { "wide_resnet50_2", "32x32" }, { "xresnet50", "48x48" }, { "cifar_resnet20_b", "32x32" },
	{ "cifar_resnet32", "16x16" }, { "cifar_resnet44", "16x16" }, { "cifar_resnet56", "16x16" }, { "cifar_resnet110", "16x16" },
	{ "cifar_plain20", "32x32" }, { "cifar_plain56", "16x16" }, { "fastbook_get_model", "64x64" }, { "keras_resnet50", "64x64" },
};
enum { NZoo = sizeof zoo/sizeof *zoo };

/* gcc's optimizer takes three times as long over addresses that are watched */
static const struct { const char *name, *compile; } sanitizers[] = {
	{ "address and undefined", "gcc -O0 -fsanitize=address,undefined -fno-sanitize-recover=undefined" },
	{ "memory", "clang -O1 -fsanitize=memory" },
	{ "thread", "gcc -O1 -fsanitize=thread" },
};
enum { NSanitizers = sizeof sanitizers/sizeof *sanitizers };

/* to the first race; without random addresses, which old sanitizers stumble over, where the machine allows that */
static const char run_app[] = "TSAN_OPTIONS=halt_on_error=1 timeout 300 $(setarch -R true 2> /dev/null && echo setarch -R) ./app";

static int
run_in(const char *dir, const char *command)
{
	return system(arena_text("cd '%s' && (%s) > log 2>&1", dir, command));
}

static const char *
log_of(const char *dir)
{
	size_t len;

	return arena_text("%.1500s", (const char *)file_map(arena_text("%s/log", dir), &len));
}

static const char *
emitted(const char *model, const char *input, const char *target)
{
	const char *dir = in_dir(arena_text("%s_%s", model, target));
	Ran r = resnetc("examples/%s.lua --name net -w random:5 --input %s --target %s -q -o %s", model, input, target, dir);
	FILE *f;

	ck_assert_msg(r.status == 0, "%s", r.err);
	f = fopen(arena_text("%s/app.c", dir), "w");
	ck_assert(f && fputs(app, f) >= 0 && fclose(f) == 0);
	return dir;
}

START_TEST(zoo_is_clean_under_sanitizers)
{
	int k = _i/2;
	const char *dir;

	if (!getenv("CHECK_LONG") && k != _i%2)
		return;
	dir = emitted(zoo[k].model, zoo[k].input, _i%2 ? "scalar" : "native");
	for (int s = 0; s < NSanitizers; s++)
		ck_assert_msg(run_in(dir, arena_text("%s *.c -o app -lpthread -lm && %s", sanitizers[s].compile, run_app)) == 0, "%s, %s: %s", zoo[k].model,
		              sanitizers[s].name, log_of(dir));
}
END_TEST

/* each sanitizer sees the fault it is for, put into emitted code or the runtime by sed */
START_TEST(sanitizers_see_faults)
{
	static const struct { const char *edit; int sanitizer; const char *say; } faults[] = {
		{ "sed -i 's/NET_WORKSPACE_BYTES + 63)/NET_WORKSPACE_BYTES - 64)/' app.c", 0, "heap-buffer-overflow" },
		{ "sed -i 's/^rc_clear_halo(/rc_clear_halo_(/; /^rc_clear_halo_/i rc_clear_halo(float *y, int lo, int hi, int h, int w, int cb, int top, int left, int bottom, int right) "
		  "{ (void)y, (void)lo, (void)hi, (void)h, (void)w, (void)cb, (void)top, (void)left, (void)bottom, (void)right; }\\nvoid' rc.c; "
		  "sed -i 's/if ((status = net_selftest[^;]*;//; s/int main/void rc_clear_halo_(float *y, int, int, int, int, int, int, int, int, int);\\nint main/' app.c", 1, "use-of-uninitialized-value" },
		{ "sed -i 's/__atomic_add_fetch(&pool->done/rc_raced++; &/; 0,/^#include/s//int rc_raced;\\n&/' rc_threads.c", 2, "data race" },
	};
	const char *dir = emitted("cifar_resnet20", "16x24", "scalar");

	ck_assert_int_eq(run_in(dir, faults[_i].edit), 0);
	ck_assert_int_ne(run_in(dir, arena_text("%s *.c -o app -lpthread -lm && %s", sanitizers[faults[_i].sanitizer].compile, run_app)), 0);
	ck_assert_msg(strstr(log_of(dir), faults[_i].say) != NULL, "%s: %s", faults[_i].say, log_of(dir));
}
END_TEST

/* a processor without the instructions gets a status, not a signal; several targets fall to what it has */
START_TEST(other_processors_are_refused_or_served)
{
	static const struct { const char *target, *cpu, *say; } rows[] = {
		{ "avx512", "qemu64", "check: this processor lacks the instructions the code was compiled for" },
		{ "avx2", "qemu64", "check: this processor lacks the instructions the code was compiled for" },
		{ "avx512", "max", "check: this processor lacks the instructions the code was compiled for" },
		{ "avx2", "max", "1 " }, { "scalar", "qemu64", "1 " },
		{ "avx512,avx2,scalar", "qemu64", "1 " }, { "avx512,avx2", "max", "1 " },
	};
	const char *dir;

	if (system("command -v qemu-x86_64 > /dev/null 2>&1"))
		return;
#if !defined(__x86_64__)
	return;
#endif
	dir = in_dir(arena_text("mlperf_tiny_resnet8_%s", rows[_i].target));
	if (access(arena_text("%s/app", dir), X_OK)) {               /* not of a row before */
		emitted("mlperf_tiny_resnet8", "32x32", rows[_i].target);
		ck_assert_msg(run_in(dir, "cc -O1 -static *.c -o app -lpthread -lm") == 0, "%s", log_of(dir));
	}
	run_in(dir, arena_text("qemu-x86_64 -cpu %s ./app", rows[_i].cpu));
	ck_assert_msg(!strncmp(log_of(dir), rows[_i].say, strlen(rows[_i].say)), "%s on %s: %s", rows[_i].target, rows[_i].cpu, log_of(dir));
}
END_TEST

/* the compiler, whose libraries are not instrumented, under valgrind: no branch and no output byte of unwritten memory */
START_TEST(compiler_is_clean_under_valgrind)
{
	static const char *const commands[] = {
		"examples/mlperf_tiny_resnet8.lua -w random -q -o %s --target avx2,scalar", "import tests/import/basic_bn.onnx -q -o %s",
		"examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -q -o %s --target avx512",
		"weights tests/checkpoints/zip.pth > %s", "weights tests/checkpoints/legacy.pth > %s", "weights tests/checkpoints/arrays.npz > %s",
		"explain examples/cifar_resnet20.lua --target avx2 > %s",
	};

	if (system("command -v valgrind > /dev/null 2>&1"))
		return;
	put_file("valgrind.log", "", 0);
	ck_assert_msg(system(arena_text("valgrind -q --error-exitcode=9 ./resnetc %s > '%s' 2>&1", arena_text(commands[_i], in_dir(arena_text("vg%d", _i))),
	              in_dir("valgrind.log"))) == 0, "%s: %.1500s", commands[_i], (const char *)file_map(in_dir("valgrind.log"), &(size_t){ 0 }));
}
END_TEST

SUITE(sanitize)
{
	TCase *t = part("sanitize");

	tcase_add_loop_test(t, zoo_is_clean_under_sanitizers, 0, 2*(getenv("CHECK_LONG") ? NZoo : 2));
	tcase_add_loop_test(t, sanitizers_see_faults, 0, 3);
	t = part("processors");
	tcase_add_loop_test(t, other_processors_are_refused_or_served, 0, 7);
	t = part("valgrind");
	tcase_add_loop_test(t, compiler_is_clean_under_valgrind, 0, 7);
}
