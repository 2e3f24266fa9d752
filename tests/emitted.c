/* emitted.c - the emitted files as a compiler and a packager meet them. */
#include <unistd.h>

#include "tests.h"

static const char *const compilers[] = { "gcc -std=c11", "clang -std=c11", "g++ -x c++ -std=c++17", "clang++ -x c++ -std=c++20", "clang-19 -std=c11",
	"aarch64-linux-gnu-gcc -std=c11" };
static const char *const targets_of_all[] = { "scalar", "avx2", "avx512", "neon" };

static bool
have(const char *compiler)
{
	return system(arena_text("command -v %.*s > '%s' 2>&1", (int)strcspn(compiler, " "), compiler, in_dir("have"))) == 0;
}

START_TEST(no_warnings)
{
	int c = _i%6, t = _i/6;
	bool neon = !strcmp(targets_of_all[t], "neon"), cross = c == 5;
	Ran r;

	if (neon != cross || !have(compilers[c]))
		return;                          /* neon needs the cross compiler, the others must not have it */
	r = resnetc("%s -w random -q -o %s --target %s", body_model(3, 19, 23,
		"local a = nn.relu(nn.bn(nn.conv(x, { 40, kernel = 3, stride = 2 })))\n"
		"local b = nn.conv(a, { 40, kernel = 3, groups = 5, bias = true }) + a\n"
		"local c = nn.conv(b, { 40, kernel = 3, groups = 40 })\n"
		"local d = nn.concat(nn.bn(nn.relu(c)), nn.max_pool(b, { kernel = 3, stride = 1, padding = 1 }))\n"
		"d = nn.avg_pool(nn.pad(nn.subsample(d, 2), { channels = { 1, 2 } }), { kernel = 2, padding = 1, ceil_mode = true })\n"
		"d = nn.squeeze_excite(nn.hard_swish(nn.leaky_relu(nn.silu(nn.clip(d, { lo = -1 })))), 8)\n"
		"d = nn.upsample(nn.upsample(nn.hard_sigmoid(d), { scale = 2 }), { scale = 2, mode = \"bilinear\" })\n"
		"return nn.top_k(nn.softmax(nn.linear(nn.flatten(nn.adaptive_avg_pool(d, { size = 2 })), { 10 })), { 3 })"), in_dir("warn"), targets_of_all[t]);
	ck_assert_int_eq(r.status, 0);
	/* the runtime with the first target of each compiler: it is the same for all */
	/* clang's warnings hang on no optimization, those of gcc do */
	ck_assert_msg(system(arena_text("cd '%s' && for f in %s; do %s %s -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror -c $f -o warn.o || exit 1; done",
	              in_dir("warn"), t == 0 || cross ? "*.c" : "m.c", compilers[c], !strncmp(compilers[c], "clang", 5) ? "-O0" : "-O2")) == 0, "%s, %s", compilers[c], targets_of_all[t]);
}
END_TEST

START_TEST(second_run_gives_the_same_bytes)
{
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w random -q -o %s", in_dir("one")).status, 0);
	ck_assert_int_eq(resnetc("./examples/../examples/cifar_resnet20.lua -w random -q -o %s/", in_dir("two")).status, 0);
	ck_assert_int_eq(system(arena_text("LC_ALL=C diff -r '%s' '%s'", in_dir("one"), in_dir("two"))), 0);
}
END_TEST

/* -DALONE: of one network */
static const char app[] =
	"#include <stdio.h>\n#include <stdlib.h>\n#include \"first.h\"\n#if !defined(ALONE)\n#include \"second.h\"\n#endif\n#include \"rc_file.h\"\n"
	"#define RUN(name, NAME) do { const void *w; size_t len; static float in[NAME##_INPUT_FLOATS], out[NAME##_OUTPUT_FLOATS];\\\n"
	"	void *ws = aligned_alloc(64, NAME##_WORKSPACE_BYTES); for (int i = 0; i < NAME##_INPUT_FLOATS; i++) in[i] = (float)(i%17 - 8);\\\n"
	"	if (rc_file_map(#name \".weights\", &w, &len) || name##_check(w, len) || name##_run(w, in, out, ws, NAME##_WORKSPACE_BYTES)) return 1;\\\n"
	"	for (int i = 0; i < NAME##_OUTPUT_FLOATS; i++) printf(\"%a\\n\", (double)out[i]); free(ws); } while (0)\n"
	"int main(void)\n{\n	RUN(first, FIRST);\n#if !defined(ALONE)\n	RUN(second, SECOND);\n#endif\n	return 0;\n}\n";

/* small - each kind of layer once: Winograd, a stride, 1x1, a skip, pools, a head, and more of its input; compiles in a second */
static const char *
small(const char *more)
{
	return body_model(3, 18, 18, arena_text("local input = x\nx = nn.relu(nn.bn(nn.conv(x, { 16, kernel = 3 })))\n"
		"x = nn.relu(nn.bn(nn.conv(nn.relu(nn.bn(nn.conv(x, { 16, kernel = 3 }))), { 16, kernel = 3 })) + x)\n"
		"x = nn.relu(nn.conv(x, { 32, kernel = 1, stride = 2 }) + nn.conv(nn.max_pool(x, { kernel = 3, stride = 2, padding = 1 }), { 32, kernel = 3 }))\n"
		"return nn.linear(nn.flatten(nn.adaptive_avg_pool(x, { size = 1 })), { 10 })%s", more));
}

static const char sizes_app[] =
	"#include <stdio.h>\n#include <stdlib.h>\n#include \"net.h\"\n#include \"rc_file.h\"\n"
	"#ifdef NET_SIZES\n#define AT(i) net_sizes[i].input_floats, net_sizes[i].output_floats, net_sizes[i].run\n#define COUNT NET_SIZES\n"
	"#else\n#define AT(i) NET_INPUT_FLOATS, NET_OUTPUT_FLOATS, net_run\n#define COUNT 1\n#endif\n"
	"static int one(size_t ins, size_t outs, int (*run)(const void *, const float *, float *, void *, size_t))\n"
	"{ const void *w; size_t len; float *in = malloc(ins*sizeof *in), *out = malloc(outs*sizeof *out); void *ws = aligned_alloc(64, NET_WORKSPACE_BYTES);\n"
	"	for (size_t i = 0; i < ins; i++) in[i] = (float)(i%23)/11 - 1;\n"
	"	if (rc_file_map(\"net.weights\", &w, &len) || net_check(w, len) || run(w, in, out, ws, NET_WORKSPACE_BYTES)) return 1;\n"
	"	for (size_t i = 0; i < outs; i++) printf(\"%a\\n\", (double)out[i]);\n"
	"	return 0; }\n"
	"int main(void) { for (int i = 0; i < COUNT; i++) if (one(AT(i))) return 1; return 0; }\n";

START_TEST(several_sizes_share_one_blob)
{
	static const char *const size[] = { "32x32", "48x40", "17x65" };
	const char *all = "", *exact = _i ? "" : " --exact", *net = small("");

	ck_assert_int_eq(resnetc("%s --name net -w random:3 --input 32x32,48x40,17x65 --target native,scalar%s -q -o %s", net, exact, in_dir("sizes")).status, 0);
	put_file("sizes/app.c", sizes_app, strlen(sizes_app));
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -O0 -Wall -Wextra -Wpedantic -Werror *.c -o app && ./app > out", in_dir("sizes"))), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(resnetc("%s --name net -w random:3 --input %s%s -q -o %s", net, size[i], exact, in_dir(arena_text("size%d", i))).status, 0);
		put_file(arena_text("size%d/app.c", i), sizes_app, strlen(sizes_app));
		ck_assert_int_eq(system(arena_text("cd '%s' && cc -O0 *.c -o app && ./app > out", in_dir(arena_text("size%d", i)))), 0);
		all = arena_text("%s '%s/out'", all, in_dir(arena_text("size%d", i)));
	}
	/* to the last bit, where the algorithm does not hang on the size; Winograd's tiles may */
	if (_i == 0)
		ck_assert_int_eq(system(arena_text("cat %s | cmp - '%s/out'", all, in_dir("sizes"))), 0);
	ck_assert_int_eq(system(arena_text("cat %s > '%s/alone' && cd '%s' && paste alone out | perl -ne '/(\\S+)\\s+(\\S+)/; "
		"exit 1 if abs(POSIX::strtod($1) - POSIX::strtod($2)) > 1e-4*(1 + abs POSIX::strtod($1))' -MPOSIX", all, in_dir("sizes"), in_dir("sizes"))), 0);
	ck_assert_int_eq(system(arena_text("test $(wc -l < '%s/out') = 30", in_dir("sizes"))), 0);
}
END_TEST

START_TEST(sizes_that_need_other_weights_are_refused)
{
	Ran r = resnetc("%s -w random --input 8x8,16x16 -q -o %s", body_model(3, 8, 8, "return nn.linear(nn.flatten(x), { 4 })"), in_dir("none"));

	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, "want the same weights at all input sizes, got others at 16x16 than at 8x8"), "%s", r.err);
}
END_TEST

START_TEST(two_models_link_into_one_program)
{
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua --name first -w random:1 -q -o %s", in_dir("both")).status, 0);
	ck_assert_int_eq(resnetc("examples/cifar_plain20.lua --name second -w random:2 -q -o %s", in_dir("both")).status, 0);
	put_file("both/app.c", app, strlen(app));
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -O0 *.c -o app && ./app > out1", in_dir("both"))), 0);
	/* from two folders, each with its own copy of the runtime */
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua --name first -w random:1 -q -o %s", in_dir("here")).status, 0);
	ck_assert_int_eq(resnetc("examples/cifar_plain20.lua --name second -w random:2 -q -o %s", in_dir("there")).status, 0);
	ck_assert_int_eq(system(arena_text("cd '%s' && cp both/app.c . && cc -O0 -Ihere -Ithere here/*.c there/*.c app.c -o app && "
		"cp here/first.weights there/second.weights . && ./app > out2 && cmp out2 both/out1", in_dir(""))), 0);
}
END_TEST

/* each network takes the runtime that came with it, in whatever order they are linked: here the other's wants another blob */
START_TEST(runtimes_of_two_versions_live_in_one_program)
{
	static const char one[] = "#include \"%1$s.h\"\n#include \"rc_file.h\"\nint %1$s_status(void);\n"
		"int %1$s_status(void) { const void *w; size_t len; return rc_file_map(\"%1$s.weights\", &w, &len) ? -1 : %1$s_check(w, len); }\n";
	static const char both[] = "#include <stdio.h>\nint first_status(void), second_status(void);\n"
		"int main(void) { return printf(\"%d %d\\n\", first_status(), second_status()) < 0; }\n";
	const char *version = arena_text("_%s", VERSION);
	char *s;

	while ((s = strchr(version, '.')))
		*s = '_';
	for (int i = 0; i < 2; i++) {
		const char *name = i ? "second" : "first", *text = arena_text(one, name);
		ck_assert_int_eq(resnetc("%s --name %s -w random:1 -q -o %s --target scalar", small(""), name, in_dir(i ? "v2" : "v1")).status, 0);
		put_file(i ? "v2/status.c" : "v1/status.c", text, strlen(text));
	}
	put_file("both.c", both, strlen(both));
	ck_assert_int_eq(system(arena_text("cd '%s' && sed -i 's/%s/_0_0_9/' v2/rc.h && sed -i 's/head->version != 1/head->version != 2/' v2/rc.c && "
		"for v in v1 v2; do (cd $v && cc -w -c *.c) || exit 1; done && cc both.c v1/*.o v2/*.o -o a && cc both.c v2/*.o v1/*.o -o b && "
		"mv v1/first.weights v2/second.weights . && ./a > said && ./b >> said && test \"$(cat said)\" = \"$(printf '0 %d\\n0 %d')\"",
		in_dir(""), version, RC_E_VERSION, RC_E_VERSION)), 0);
	/* so does every name of the runtime but the one that any copy can answer to */
	ck_assert_msg(system(arena_text("cd '%s' && nm v1/rc*.o | awk '$2 ~ /^[A-TV-Z]$/ && $3 !~ /%s$/ && $3 != \"rc_strerror\"' > bare; cat bare; test ! -s bare", in_dir(""), version)) == 0,
	              "functions of the runtime without RC_SYMBOL");
}
END_TEST

/* stack_moves - of vectors in a function of assembly text; *fmas: its multiply-adds */
static int
stack_moves(const char *text, const char *end, int *fmas)
{
	int moves = 0;

	*fmas = 0;
	for (const char *line = text, *eol; line < end; line = eol + 1) {
		const char *mm;
		eol = memchr(line, '\n', (size_t)(end - line));
		if (!eol)
			break;
		mm = strstr(line, "mm");
		*fmas += strstr(line, "vfmadd") && strstr(line, "vfmadd") < eol;
		moves += mm && mm < eol && strstr(line, "vmov") && strstr(line, "vmov") < eol &&
			((strstr(line, "(%rsp") && strstr(line, "(%rsp") < eol) || (strstr(line, "(%rbp") && strstr(line, "(%rbp") < eol));
	}
	return moves;
}

START_TEST(micro_kernels_keep_their_accumulators_in_registers)
{
	static const char *const cc[] = { "clang", "clang-19", "gcc" }, *const target[] = { "avx2", "avx512" };
	const char *compiler = cc[_i%3], *t = target[_i/3], *dir = in_dir("lint"), *text;
	int kernels = 0;
	size_t len;

#if !defined(__x86_64__)
	return;
#endif
	if (!have(compiler))
		return;
	emit_code(dir, "resnet50", t);
	emit_code(dir, "resnext50_32x4d", t);
	ck_assert_int_eq(resnetc("%s -w random -q --target %s --name resn50_strassen -o %s",
		body_model(256, 14, 14, "return nn.relu(nn.conv(nn.relu(x), { 512, kernel = 1, strassen = true }))"), t, dir).status, 0);
	ck_assert_int_eq(system(arena_text("cd '%s' && %s -O2 -S resn*50*.c && cat resn*50*.s > lint.s", dir, compiler)), 0);
	text = file_map(in_dir("lint/lint.s"), &len);
	/* functions NAME_pWIDTH: the comment before them in the C says how many accumulators, so as many multiply-adds a step */
	for (const char *line = text; line && line < text + len; line = memchr(line, '\n', (size_t)(text + len - line)), line = line ? line + 1 : NULL) {
		char name[200];
		int width, fmas, at = 0;
		const char *p, *end;
		if (sscanf(line, "%199[A-Za-z0-9_]:%n", name, &at) != 1 || !at || !(p = strstr(name, "_p")))
			continue;
		while (strstr(p + 1, "_p"))
			p = strstr(p + 1, "_p");
		if (sscanf(p, "_p%d", &width) != 1)
			continue;
		end = strstr(line, ".size\t");
		ck_assert_ptr_nonnull(end);
		int moves = stack_moves(line, end, &fmas);
		kernels++;
		ck_assert_msg(fmas > 0 && (fmas%width == 0 || strstr(name, "winograd")), "%s, %s: %s has %d multiply-adds", compiler, t, name, fmas);
		if (!strncmp(name, "strassen", 8)) {         /* between its products, not in them, some wait */
			ck_assert_msg(moves <= 3*fmas, "%s, %s: %s moves %d vectors to or from the stack", compiler, t, name, moves);
			continue;
		}
		/* clang loads the columns of strided groups far ahead and spills some in 16 registers: one for six multiply-adds */
		ck_assert_msg(moves <= (strstr(name, "_s2_g") ? fmas/6 : 9), "%s, %s: %s moves %d vectors to or from the stack", compiler, t, name, moves);
	}
	ck_assert_int_ge(kernels, 36);
	/* and what they are measured against */
	ck_assert_int_eq(system(arena_text("%s -O2 -S -Iruntime -DPEAK_WORDS='\"rc_simd_%s.h\"' -DPEAK_REGISTERS=%d compiler/host/peak.c -o '%s/peak.s'",
		compiler, t, target_named(t)->regs, dir)), 0);
	text = file_map(in_dir("lint/peak.s"), &len);
	text = strstr(text, "\nburst");
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(stack_moves(text, strstr(text, "\t.size\t"), &kernels), 0);
	ck_assert_int_ge(kernels, 12);
}
END_TEST

START_TEST(several_targets_choose_by_processor)
{
	/* the dispatcher gives the bits of the best target alone, on x86-64 and, from the same files, on AArch64 */
	static const char *const run[] = { "cc -O0 -Wall -Wextra -Wpedantic -Werror -c first*.c rc*.c && cc -DALONE *.o app.c -o app && ./app > out1",
		"g++ -x c++ -std=c++20 -O0 -Wall -Wextra -Wpedantic -Werror -c first*.c rc*.c",
		"aarch64-linux-gnu-gcc -DALONE -O0 -static *.c -o arm && qemu-aarch64 ./arm > out2" };
	const char *dir = in_dir("many"), *alone = in_dir("alone");

	unsetenv("RESNETC_HIDE");            /* the dispatcher asks the processor itself */
	ck_assert_int_eq(resnetc("%s --name first -w random:1 -q -o %s --target scalar,neon,avx512,avx2", small(""), dir).status, 0);
	ck_assert_int_eq(resnetc("%s --name first -w random:1 -q -o %s --target %s", small(""), alone, target_named("native")->name).status, 0);
	put_file("many/app.c", app, strlen(app));
	put_file("alone/app.c", app, strlen(app));
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -DALONE -O0 *.c -o app && ./app > out", alone)), 0);
	for (int i = 0; i < 3; i++)
		if (have(i == 2 ? "aarch64-linux-gnu-gcc" : "g++"))
			ck_assert_msg(system(arena_text("cd '%s' && %s", dir, run[i])) == 0, "%s", run[i]);
	ck_assert_int_eq(system(arena_text("cmp '%s/out' '%s/out1'", alone, dir)), 0);
}
END_TEST

/* a compiler that is neither gcc nor clang: every extension stands behind a guard, and the numbers are close to gcc's */
START_TEST(plain_c_is_enough)
{
	const char *dir = in_dir("plainc");

	if (!have("tcc"))
		return;
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua --name first -w random:1 -q -o %s --target scalar", dir).status, 0);
	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua --name second -w random:1 -q -o %s --target scalar", dir).status, 0);
	put_file("plainc/app.c", app, strlen(app));
	ck_assert_int_eq(system(arena_text("cd '%s' && rm rc_threads.c && for f in first second rc rc_file; do tcc -c $f.c || exit 1; done && cc -O1 app.c *.o -o app && ./app > tcc && cc -O0 *.c -o app && ./app > gcc && paste tcc gcc | "
		"perl -MPOSIX -ne '/(\\S+)\\s+(\\S+)/; exit 1 if abs(POSIX::strtod($1) - POSIX::strtod($2)) > 1e-5*(1 + abs POSIX::strtod($1))' && test $(wc -l < tcc) = 20", dir)), 0);
}
END_TEST

/* options.target: each target's own bits, RC_E_CPU for what is not there */
START_TEST(target_can_be_forced)
{
	static const char forced[] =
		"#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include \"net.h\"\n#include \"rc_file.h\"\n"
		"extern const rc_network net_scalar_network;\n"
		"static float in[NET_INPUT_FLOATS], a[NET_OUTPUT_FLOATS], b[NET_OUTPUT_FLOATS], c[NET_OUTPUT_FLOATS];\n"
		"int main(void) { int avx2; const void *w; size_t len; void *ws = aligned_alloc(64, NET_WORKSPACE_BYTES); rc_options o = { sizeof o };\n"
		"	for (int i = 0; i < NET_INPUT_FLOATS; i++) in[i] = (float)(i%17 - 8);\n"
		"	if (rc_file_map(\"net.weights\", &w, &len) || net_check(w, len)) return 1;\n"
		"	o.target = \"scalar\";\n	if (net_run_with(&o, w, in, a, ws, NET_WORKSPACE_BYTES)) return 2;\n"
		"	if (rc_run(&net_scalar_network, NULL, (const char *)w + len - net_scalar_network.weights, in, b, ws, NET_WORKSPACE_BYTES) || memcmp(a, b, sizeof a)) return 3;\n"
		"	o.target = \"avx2\";\n	avx2 = net_run_with(&o, w, in, c, ws, NET_WORKSPACE_BYTES);\n"
		"	if ((avx2 != RC_OK && avx2 != RC_E_CPU) || (avx2 == RC_OK && !memcmp(a, c, sizeof a))) return 4;\n"
		"	if (net_run(w, in, b, ws, NET_WORKSPACE_BYTES) || memcmp(b, avx2 == RC_OK ? c : a, sizeof a)) return 7;\n"
		"	o.target = \"neon\";\n	if (net_run_with(&o, w, in, a, ws, NET_WORKSPACE_BYTES) != RC_E_CPU) return 5;\n"
		"	o.target = \"scala\";\n	if (net_run_with(&o, w, in, a, ws, NET_WORKSPACE_BYTES) != RC_E_CPU) return 6;\n"
		"	return 0; }\n";

	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua --name net -w random:1 -q -o %s --target scalar,avx2", in_dir("forced")).status, 0);
	put_file("forced/app.c", forced, strlen(forced));
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -O0 -Wall -Wextra -Wno-missing-field-initializers -Werror *.c -o app && ./app", in_dir("forced"))), 0);
}
END_TEST

START_TEST(bits_do_not_hang_on_flags_or_compiler)
{
	static const char *const how[] = { "gcc -O2", "gcc -O1 -ffp-contract=off", "clang -O2", "clang -O2 -march=native -ffp-contract=fast",
		"clang -O3 -march=native -ffast-math", "gcc -O3 -march=native -ffast-math -ffp-contract=fast",
		/* CHECK_LONG: what those above have together */
		"clang -O2 -ffast-math", "clang -O2 -ffp-contract=fast", "gcc -O2 -march=native", "gcc -O3 -ffast-math", "clang -O3 -march=native" };
	size_t count = sizeof how/sizeof *how - (getenv("CHECK_LONG") ? 0 : 5);
	const char *dir = in_dir(arena_text("bits%d", _i));
	const char *target = _i ? "scalar" : "native";

	ck_assert_int_eq(resnetc("%s --name first -w random:1 -q -o %s --target %s", small(
		", nn.softmax(nn.bn(nn.relu(nn.avg_pool(nn.conv(input, { 9, kernel = 3 }), { kernel = 2, padding = 1 }))))"), dir, target).status, 0);
	put_file(arena_text("bits%d/app.c", _i), app, strlen(app));
	for (size_t i = 0; i < count; i++)
		ck_assert_msg(system(arena_text("cd '%s' && %s -DALONE first.c rc.c rc_file.c app.c -o app && ./app > out%zu && cmp out0 out%zu", dir, how[i], i, i)) == 0, "%s: %s",
		              target, how[i]);
}
END_TEST

START_TEST(neon_runs_under_qemu)
{
	const char *dir = in_dir("neon");

	if (!have("aarch64-linux-gnu-gcc") || !have("qemu-aarch64"))
		return;
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua --name first -w random:1 -q -o %s --target neon", dir).status, 0);
	/* every vector word */
	const char *second = body_model(3, 11, 9,
		"x = nn.silu(nn.conv(nn.relu6(nn.conv(x, { 24, kernel = 3 })), { 24, kernel = 3, groups = 6 }))\n"
		"x = nn.leaky_relu(nn.conv(x, { 24, kernel = 3, groups = 12 })) + nn.max_pool(x, { kernel = 3, stride = 1, padding = 1 })\n"
		"return nn.softmax(nn.hard_swish(nn.conv(nn.hard_sigmoid(x), { 10, kernel = 3 }))*nn.sigmoid(nn.slice(x, { channels = { 0, 10 } })))");
	ck_assert_int_eq(resnetc("%s --name second -w random:2 -q -o %s --target neon", second, dir).status, 0);
	put_file("neon/app.c", app, strlen(app));
	ck_assert_int_eq(system(arena_text("cd '%s' && aarch64-linux-gnu-gcc -O2 -static *.c -o app && qemu-aarch64 ./app > out", dir)), 0);
	/* against the interpreter */
	FILE *f = fopen(in_dir("neon/out"), "r");
	for (int k = 0; k < 2; k++) {
		static const DslOptions none;
		Graph *g = dsl_load(k ? second : "examples/cifar_resnet20.lua", &none);
		double in[3072], **v, most = 0, err = 0;
		bind_random(g, (uint64_t)k + 1);
		for (int i = 0; i < 3072; i++)
			in[i] = i%17 - 8;
		v = interp(g, in);
		for (size_t i = 0; i < count_of(g->outputs[0]->shape); i++) {
			double got;
			ck_assert_int_eq(fscanf(f, "%la", &got), 1);
			most = fmax(most, fabs(v[g->outputs[0]->node->id][i]));
			err = fmax(err, fabs(v[g->outputs[0]->node->id][i] - got));
		}
		ck_assert_double_lt(err/most, 1e-5);
		interp_free(g, v);
	}
	fclose(f);
}
END_TEST

START_TEST(no_forbidden_words)
{
	/* no allocation, stdio, locale, variable-length arrays or writable globals: the object has no data and needs four symbols */
	ck_assert_int_eq(resnetc("examples/resnet18.lua --input 32x32 -w random -q -o %s", in_dir("pure")).status, 0);
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -O2 -c resnet18.c rc.c && nm resnet18.o | grep -E ' [BbDdCU] ' | "
		"grep -vE 'rc_(check_blob|clear|clear_halo|layer|ready|run|selftest|share|step|x86)|memset|memcpy|_GLOBAL_OFFSET_TABLE_|stack_chk|layers|steps|network|resnet18_|DW.ref|rel.ro|d (__|\\.)' > bad; "
		"cat bad; test ! -s bad", in_dir("pure"))), 0);
}
END_TEST

/* names that differ only in capitals: a macro of its own for each output, at its place */
START_TEST(outputs_have_macros_of_their_own)
{
	static const char model[] = "local nn = require \"resnet\"\nlocal x = nn.input { shape = { 1, 2, 2 } }\n"
		"local a, b, c = nn.relu(x), nn.max_pool(x, { kernel = 2 }), nn.sigmoid(x)\n"
		"return nn.model { name = \"net\", outputs = { { \"feat\", a }, { \"FEAT\", b }, { \"Feat\", c } } }\n";
	static const char app[] = "#include \"net.h\"\n"
		"static const int at[] = { NET_OUTPUT_FEAT_2_AT, NET_OUTPUT_FEAT_AT, NET_OUTPUT_FEAT_3_AT };\n"
		"int main(void) { return at[0] != 0 || at[1] != 4 || at[2] != 5 || NET_OUTPUT_FEAT_H != 1; }\n";

	ck_assert_int_eq(resnetc("%s -w random -q -o %s", model_file(model), in_dir("names")).status, 0);
	put_file("names/app.c", app, strlen(app));
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -Werror app.c -o app && ./app", in_dir("names"))), 0);
}
END_TEST

SUITE(emitted)
{
	TCase *t = part("emitted");

	tcase_add_loop_test(t, no_warnings, 0, 24);
	tcase_add_test(t, second_run_gives_the_same_bytes);
	tcase_add_test(t, two_models_link_into_one_program);
	tcase_add_test(t, runtimes_of_two_versions_live_in_one_program);
	tcase_add_test(t, several_targets_choose_by_processor);
	tcase_add_test(t, plain_c_is_enough);
	tcase_add_test(t, target_can_be_forced);
	t = part("bits");
	tcase_add_loop_test(t, bits_do_not_hang_on_flags_or_compiler, 0, 2);
	tcase_add_test(t, neon_runs_under_qemu);
	tcase_add_test(t, no_forbidden_words);
	tcase_add_test(t, outputs_have_macros_of_their_own);
	tcase_add_loop_test(t, several_sizes_share_one_blob, 0, 2);
	tcase_add_test(t, sizes_that_need_other_weights_are_refused);
	t = part("registers");
	tcase_add_loop_test(t, micro_kernels_keep_their_accumulators_in_registers, 0, 6);
}
