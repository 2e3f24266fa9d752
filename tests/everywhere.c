/*
** everywhere.c - the emitted code on other systems, processors and compilers than those of this machine, and resnetc's own build
** in odd places. What is not installed here is told, one line each, and is in .ci/packages-tests where it can be.
*/
#include <unistd.h>

#include "tests.h"

/* in - a shell command in a folder of the suite's; its output is told when it fails */
static void
in(const char *dir, const char *command)
{
	size_t len;

	if (system(arena_text("mkdir -p '%s' && cd '%s' && (%s) > '%s' 2>&1", in_dir(dir), in_dir(dir), command, in_dir("log"))) != 0)
		ck_abort_msg("%s: %.2500s", command, system(arena_text("test -s '%s'", in_dir("log"))) ? "it said nothing" : (const char *)file_map(in_dir("log"), &len));
}

/* the outputs, every digit of them; the blob from a file or linked in, one thread or several */
static const char app[] =
	"#include <stdio.h>\n#include \"net.h\"\n"
	"#if !defined(EMBEDDED)\n#include \"rc_file.h\"\n#endif\n#if defined(THREADS)\n#include \"rc_threads.h\"\nstatic rc_pool pool;\n#endif\n"
	"static float in[NET_INPUT_FLOATS], out[NET_OUTPUT_FLOATS];\n"
	"static RC_ALIGNED(64) char ws[NET_SELFTEST_BYTES];\n"
	"int main(void)\n{\n"
	"	const void *w; size_t len = NET_WEIGHTS_BYTES; const char *layer; int status;\n	rc_options o = { sizeof o, NULL, NULL, 0, NULL, NULL, NULL };\n"
	"#if defined(EMBEDDED)\n	w = net_weights;\n#else\n	if (rc_file_map(\"net.weights\", &w, &len)) return 1;\n#endif\n"
	"#if defined(THREADS)\n	if (rc_pool_start(&pool, 3)) return 2;\n	o.parallel_for = rc_pool_for; o.parallel_user = &pool; o.threads = 3;\n#endif\n"
	"	for (int i = 0; i < NET_INPUT_FLOATS; i++) in[i] = (float)(i%17 - 8);\n"
	"	if ((status = net_check(w, len)) || (status = net_selftest(w, ws, sizeof ws, &layer)) ||\n"
	"	    (status = net_run_with(&o, w, in, out, ws, NET_WORKSPACE_BYTES))) { printf(\"%s\\n\", rc_strerror(status)); return 0; }\n"
	"	for (int i = 0; i < NET_OUTPUT_FLOATS; i++) printf(\"%.9e\\n\", (double)out[i]);\n"
	"#if defined(THREADS)\n	rc_pool_stop(&pool);\n#endif\n"
	"	return 0;\n}\n";

/* Winograd, a stride, a skip, a pool, a head, activations that are not one instruction */
static const char *
network(void)
{
	return body_model(3, 18, 18, "x = nn.gelu(nn.bn(nn.conv(x, { 16, kernel = 3 })))\n"
		"x = nn.relu(nn.bn(nn.conv(nn.relu(nn.bn(nn.conv(x, { 16, kernel = 3 }))), { 16, kernel = 3, winograd = {4, 4} })) + x)\n"
		"x = nn.silu(nn.conv(x, { 32, kernel = 1, stride = 2 }) + nn.conv(nn.max_pool(x, { kernel = 2 }), { 32, kernel = 3 }))\n"
		"return nn.linear(nn.flatten(nn.adaptive_avg_pool(x, { size = 1 })), { 10 })");
}

/* emit - the network for a target into dir, and the program beside it */
static void
emit(const char *dir, const char *target, const char *options)
{
	Ran r = resnetc("%s --name net -w random:4 -q --target %s %s -o %s", network(), target, options, in_dir(dir));

	ck_assert_msg(r.status == 0, "%s", r.err);
	put_file(arena_text("%s/app.c", dir), app, strlen(app));
}

/* want_of - what a target says on this machine, in TARGET/want */
static void
want_of(const char *target)
{
	if (access(in_dir(arena_text("%s/want", target)), R_OK) == 0)
		return;
	emit(target, target, "--embed");
	in(target, "gcc -O2 -DEMBEDDED *.c -o app -lpthread && ./app > want && test $(wc -l < want) = 10");
}

static void
want(void)
{
	want_of("scalar");
}

static const char close_to[] = "perl -MPOSIX -ne '/(\\S+)\\s+(\\S+)/ or exit 1; exit 1 if abs(POSIX::strtod($1) - POSIX::strtod($2)) > 1e-4*(1 + abs POSIX::strtod($1))'";

/* --- the stack --- */

/* frames - of a .su file: the largest and the second largest frame added up, or those of the functions of this list */
static int
frames(const char *file, const char *names)
{
	FILE *f = fopen(file, "r");
	char line[1000];
	int bytes, most = 0, next = 0, sum = 0;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof line, f)) {
		char *tab = strchr(line, '\t'), *name = tab;
		ck_assert_int_eq(sscanf(tab, "%d", &bytes), 1);
		*tab = 0;
		while (name > line && name[-1] != ':')
			name--;
		if (strstr(name, "_0_"))
			*strstr(name, "_0_") = 0;    /* rc_run_0_1_0 */
		if (names && strstr(names, arena_text(" %s ", name)))
			sum += bytes;
		if (bytes > most)
			next = most, most = bytes;
		else if (bytes > next)
			next = bytes;
	}
	fclose(f);
	return names ? sum : most + next;
}

/* want_stack - of code and runtime in dir, compiled so: the runtime's functions call each other, a kernel calls one more at most */
static void
want_stack(const char *dir, const char *compiler)
{
	FILE *f = popen(arena_text("sed -n 's/.*_STACK_BYTES *(\\([0-9]*\\).*/\\1/p' '%s'", in_dir(arena_text("%s/net.h", dir))), "r");
	int told, kernels, runtime, returns;

	ck_assert_int_eq(fscanf(f, "%d", &told), 1);
	pclose(f);
	returns = strstr(compiler, "arm-none-eabi") ? 8*4 : 8*16;
	told += strstr(compiler, "arm-none-eabi") ? 0 : RC_WALK_STACK;
	in(dir, arena_text("rm -f *.su && %s -w -fstack-usage -c net.c rc.c", compiler));
	kernels = frames(in_dir(arena_text("%s/net.su", dir)), NULL);
	runtime = frames(in_dir(arena_text("%s/rc.su", dir)), " rc_selftest rc_run rc_walk walk_alone walk_on_threads walk_along do_share do_part ");
	ck_assert_msg(kernels + runtime + returns <= told, "%s, %s: %d bytes told, %d in net.c, %d in rc.c", dir, compiler, told, kernels, runtime);
}

START_TEST(stack_stays_within_what_is_told)
{
	static const char *const models[] = { "cifar_resnet20", "resnext50_32x4d" };
	/* the large network, which takes long to compile, once with many registers, once with few */
	static const struct { const char *target, *compiler; size_t models; } ways[] = {
		{ "scalar", "gcc -O2", 1 }, { "scalar", "clang-19 -O2", 1 }, { "avx2", "gcc -O1", 1 }, { "avx2", "clang-19 -O2", 1 }, { "avx512", "gcc -O2", 2 },
		{ "neon", "aarch64-linux-gnu-gcc -O2", 1 },
		{ "cortex-m4", "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -O2", 2 },
		{ "cortex-m55", "arm-none-eabi-gcc -mcpu=cortex-m55 -mthumb -mfloat-abi=hard -O2", 1 },
	};
	const char *target = ways[_i].target;

	if (lacking(ways[_i].compiler))
		return;
	for (size_t i = 0; i < (getenv("CHECK_LONG") ? 2 : ways[_i].models); i++) {
		const char *dir = arena_text("stack%d/%s", _i, models[i]);
		ck_assert_int_eq(resnetc("examples/%s.lua --name net -w random --winograd --input 64x64 --target %s -q -o %s", models[i], target, in_dir(dir)).status, 0);
		want_stack(dir, ways[_i].compiler);
	}
}
END_TEST

/* --- systems --- */

/* weights linked in and mapped, threads, the self test; the same bits as on this machine */
START_TEST(windows)
{
	static const struct { const char *target, *flags; } ways[] = {
		{ "scalar", "" }, { "scalar", "-DEMBEDDED -DTHREADS -flto" }, { "avx2", "-DTHREADS" }, { "avx512", "-DEMBEDDED -DTHREADS" },
	};
	const char *target = ways[_i].target, *dir = arena_text("windows%d", _i);

	if (lacking("x86_64-w64-mingw32-gcc"))
		return;
	emit(dir, target, "--embed");
	in(dir, arena_text("x86_64-w64-mingw32-gcc -std=c11 -D__USE_MINGW_ANSI_STDIO -O1 -Wall -Wextra -Wpedantic -Werror %s *.c -o app.exe", ways[_i].flags));
	if (lacking("/usr/lib/wine/wine64") || !target_runs_here(target_named(target)))
		return;
	want_of(target);
	in(dir, arena_text("WINEDEBUG=-all WINEPREFIX=\"$PWD/../wine\" /usr/lib/wine/wine64 app.exe | tr -d '\\r' > out && cmp out ../%s/want", target));
}
END_TEST

/* clang in the mode of Microsoft's compiler, with as much of a libc as the code and immintrin.h ask for */
START_TEST(clang_as_microsofts_compiler)
{
	static const char string[] = "#include <stddef.h>\nvoid *memcpy(void *, const void *, size_t);\nvoid *memset(void *, int, size_t);\n",
		stdlib[] = "#include <stddef.h>\nvoid *malloc(size_t);\nvoid free(void *);\n", malloc_h[] = "#define _mm_malloc(size, align) 0\n";

	if (lacking("clang-19"))
		return;
	for (int i = 0; i < 2; i++) {
		const char *dir = i ? "msvc-avx2" : "msvc-scalar";
		emit(dir, i ? "avx2" : "scalar", "--embed");
		in(arena_text("%s/libc", dir), "true");
		put_file(arena_text("%s/libc/string.h", dir), string, sizeof string - 1);
		put_file(arena_text("%s/libc/stdlib.h", dir), stdlib, sizeof stdlib - 1);
		put_file(arena_text("%s/libc/malloc.h", dir), malloc_h, sizeof malloc_h - 1);
		in(dir, "clang-19 --target=x86_64-pc-windows-msvc -nostdlibinc -isystem libc -O1 -Wall -Wextra -Werror -c net.c net_weights.c rc.c");
	}
}
END_TEST

/* the compiler of PyPI's ziglang for systems that are not here; it makes their libraries first, which takes minutes */
START_TEST(zig_for_other_systems)
{
	static const struct { const char *target, *system, *run; } ways[] = {
		{ "avx2", "x86_64-linux-musl", "./app" }, { "avx2", "x86_64-macos", NULL }, { "neon", "aarch64-macos", NULL }, { "avx2", "x86_64-windows-gnu", NULL },
		{ "neon", "aarch64-linux-musl", "qemu-aarch64 ./app" },
	};
	const char *dir = arena_text("zig%d", _i), *run = ways[_i].run;

	if (lacking("python-zig"))
		return;
	emit(dir, ways[_i].target, "--embed=c");
	in(dir, arena_text("export ZIG_LOCAL_CACHE_DIR=$PWD/cache ZIG_GLOBAL_CACHE_DIR=$PWD/../zig; "
		"python-zig cc -target %s -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -DEMBEDDED -DTHREADS *.c -o app", ways[_i].system));
	if (!run || (run[0] == 'q' ? lacking(run) : !target_runs_here(target_named(ways[_i].target))))
		return;
	want();
	in(dir, arena_text("%s > out && paste out ../scalar/want > both && test $(wc -l < both) = 10 && %s both", run, close_to));
}
END_TEST

/* --- processors and compilers --- */

/* x87 keeps more digits than a float has: other bits, so it is refused */
START_TEST(x87_is_refused)
{
#if defined(__x86_64__)
	want();
	emit("x87", "scalar", "--embed");
	in("x87", "gcc -O2 -mfpmath=387 -DEMBEDDED *.c -o app -lpthread && ./app > out && grep -q 'x87' out && test $(wc -l < out) = 1");
#endif
}
END_TEST

/* a compiler without extensions, optimizations and atomic words; with the pool */
START_TEST(tcc_with_threads)
{
	if (lacking("tcc"))
		return;
	want();
	emit("tcc", "scalar", "--embed=c");
	in("tcc", "tcc -Wall -Werror -DEMBEDDED -DTHREADS *.c -o app -lpthread && for i in 1 2 3; do ./app | cmp - ../scalar/want || exit 1; done");
}
END_TEST

/* whatever the flags, fused multiply-adds of a processor are not taken for products and sums */
START_TEST(clang_for_arm_gives_the_bits_of_this_machine)
{
	static const char *const flags[] = { "-O2", "-O3 -ffp-contract=fast", "-O2 -ffast-math" };

	if (lacking("clang") || lacking("aarch64-linux-gnu-gcc") || lacking("qemu-aarch64"))
		return;
	want();
	emit("clang", "scalar", "--embed=c");
	in("clang", arena_text("rm -f *.o && clang --target=aarch64-linux-gnu %s -Wall -Wextra -Werror -DEMBEDDED -c net.c net_weights.c rc.c app.c && "
		"aarch64-linux-gnu-gcc -static *.o -o app && qemu-aarch64 ./app > out && cmp out ../scalar/want", flags[_i]));
}
END_TEST

/* old and new compilers, their worst flags: the bits of gcc -O2; the network has a max pool, which begins with infinity */
START_TEST(compilers_agree)
{
	static const char *const compilers[] = { "gcc-11", "gcc", "clang-13", "clang", "clang-15", "clang-16", "clang-19" };
	const char *cc = compilers[_i];

	if (lacking(cc) || !target_runs_here(target_named("avx2")))
		return;
	for (int i = 0; i < 2; i++) {
		const char *target = i ? "avx2" : "scalar", *dir = arena_text("%s-%s", cc, target);
		emit(dir, target, "--embed=c");
		if (access(in_dir(arena_text("want-%s", target)), R_OK))        /* of a compiler before */
			in(dir, arena_text("gcc -O2 -DEMBEDDED *.c -o app -lpthread && ./app > want && test $(wc -l < want) = 10 && mv want ../want-%s", target));
		in(dir, arena_text("%s -O3 -ffast-math -ffp-contract=fast -std=c11 -Wall -Wextra -Wpedantic -Werror -DEMBEDDED -DTHREADS *.c -o app -lpthread && ./app > out && cmp out ../want-%s", cc, target));
	}
}
END_TEST

/* the bits of results for numbers, infinities, NaN and what is nearly 0; any NaN is one */
static const char odd_app[] =
	"#include <stdio.h>\n#include <string.h>\n#include \"net.h\"\nstatic float in[NET_INPUT_FLOATS], out[NET_OUTPUT_FLOATS];\n"
	"static RC_ALIGNED(64) char ws[NET_SELFTEST_BYTES];\n"
	"int main(void)\n{\n	static const unsigned odd[] = { 0x7f800000, 0xff800000, 0x7fc00000, 0, 0x80000000, 0x7f7fffff, 1, 0x80800000 };\n	const char *layer;\n"
	"	for (int i = 0; i < NET_INPUT_FLOATS; i++) { in[i] = (float)(i*37%113 - 56)/8; if (i%8 == 0) memcpy(&in[i], &odd[i/8%8], 4); }\n"
	"	if (net_selftest(net_weights, ws, sizeof ws, &layer) || net_run(net_weights, in, out, ws, NET_WORKSPACE_BYTES)) return 1;\n"
	"	for (int i = 0; i < NET_OUTPUT_FLOATS; i++) { unsigned b; memcpy(&b, &out[i], 4); printf(\"%x\\n\", (b & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : b); }\n"
	"	return 0;\n}\n";

/* -ffast-math says that NaN and infinity don't come; programs linked with it take what is nearly 0 for 0: not here */
START_TEST(numbers_that_are_none_under_fast_math)
{
	static const struct { const char *target, *compiler, *link, *run; } ways[] = {
		{ "scalar", "gcc", "gcc", "" }, { "scalar", "clang-19", "clang-19", "" }, { "avx2", "clang-19", "clang-19", "" }, { "avx512", "clang", "clang", "" },
		{ "neon", "clang-19 --target=aarch64-linux-gnu", "aarch64-linux-gnu-gcc -static", "qemu-aarch64" },
	};
	const char *target = ways[_i].target, *cc = ways[_i].compiler, *dir = arena_text("odd%d", _i), *link = ways[_i].link;
	const char *model = body_model(16, 5, 7, "return nn.concat { nn.log(x), nn.sqrt(x), nn.exp(x), nn.sigmoid(x), nn.clip(x, { lo = -1, hi = 1 }),\n"
		"nn.max_pool(x, { kernel = 3, stride = 1, padding = 1 }), nn.leaky_relu(x, { slope = 0.5 }) }");
	bool elsewhere = ways[_i].run[0];

	if (lacking(cc) || (elsewhere ? lacking(link) || lacking(ways[_i].run) : !target_runs_here(target_named(target))))
		return;
	ck_assert_int_eq(resnetc("%s --name net -w random -q --target %s --embed -o %s", model, target, in_dir(dir)).status, 0);
	put_file(arena_text("%s/app.c", dir), odd_app, strlen(odd_app));
	in(dir, arena_text("%s -O1 -c *.c && %s *.o -o app && %s ./app > want && %s -O3 -ffast-math -ffp-contract=fast -c net.c rc.c && %s -ffast-math *.o -o app && "
		"%s ./app | cmp - want && test $(wc -l < want) = 3920 && test $(grep -c 7fc00000 want) -gt 100", link, link, ways[_i].run, cc, link, ways[_i].run));
}
END_TEST

START_TEST(neon_on_32_bits)
{
	if (lacking("arm-none-eabi-gcc") || lacking("qemu-arm"))
		return;
	want();
	emit("arm32", "neon", "--embed=c");
	in("arm32", arena_text("arm-none-eabi-gcc -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -mcpu=cortex-a7 -mfpu=neon-vfpv4 -mfloat-abi=hard --specs=rdimon.specs -DEMBEDDED "
		"net.c net_weights.c rc.c app.c -o app && qemu-arm -cpu cortex-a7 ./app > out && paste out ../scalar/want > both && test $(wc -l < both) = 10 && %s both", close_to));
}
END_TEST

/* --- AArch64's products of bytes --- */

/* the processor is asked for them; the bits are scalar's with and without, and of each compiler; in loops the sums stay in registers */
START_TEST(products_of_bytes_on_arm)
{
	static const char spills[] = "awk '/^\\.L/ { dots = moves = 0 } /sdot/ { dots++ } /\\[sp/ { moves++ } "
		"/^\tb[.n]/ { if (dots) { loops++; if (moves) exit bad = 1 } dots = moves = 0 } END { exit bad || loops < 5 }' net_neon_dot.s";
	static const char *const compilers[] = { "aarch64-linux-gnu-gcc", "clang --target=aarch64-linux-gnu", "clang-19 --target=aarch64-linux-gnu" };
	static const char *const targets_of[] = { "scalar", "neon-dot,neon", "neon-dot" };
	const char *model = body_model(3, 24, 24, "x = nn.relu(nn.bn(nn.conv(x, { 16, kernel = 7, stride = 2 })))\n"
		"x = nn.relu(nn.bn(nn.conv(x, { 16, kernel = 3 })) + x)\nx = nn.relu(nn.conv(x, { 40, kernel = 1 }))\nx = nn.relu(nn.conv(x, { 64, kernel = 3, stride = 2 }))\n"
		"return nn.linear(nn.flatten(nn.adaptive_avg_pool(nn.relu(nn.conv(x, { 64, kernel = 1 })), { size = 1 })), { 10 })");

	if (!other_machine(target_named("neon-dot")))
		return;
	for (int i = 0; i < 3; i++) {
		const char *dir = in_dir(arena_text("products%d", i));
		ck_assert_int_eq(resnetc("%s --name net -w random:4 -q --int8 --calibrate random --embed=c --target %s -o %s", model, targets_of[i], dir).status, 0);
		put_file(arena_text("products%d/app.c", i), app, strlen(app));
	}
	in("products0", "gcc -O2 -DEMBEDDED *.c -o app && ./app > out && test $(wc -l < out) = 10");
	for (int i = 0; i < 3; i++) {
		if (lacking(compilers[i]))
			continue;
		in("products1", arena_text("rm -f *.o *.s && %s -O2 -Wall -Wextra -Wpedantic -Werror -DEMBEDDED -c net*.c rc.c app.c && %s -O2 -S net_neon_dot.c && %s", compilers[i], compilers[i], spills));
		in("products1", "aarch64-linux-gnu-gcc -static *.o -o app && for p in max cortex-a53; do qemu-aarch64 -cpu $p ./app | cmp - ../products0/out || exit 1; done");
	}
	in("products2", "aarch64-linux-gnu-gcc -O0 -static -DEMBEDDED *.c -o app && qemu-aarch64 -cpu max ./app | cmp - ../products0/out && "
		"qemu-aarch64 -cpu cortex-a53 ./app | grep -q 'lacks the instructions'");
}
END_TEST

/* --- RISC-V's vectors --- */

enum { MostBits = 1024 };            /* of a vector, for which the stack that is told does */

/* the stack below main, painted, and how much of it a call and the self test leave as it was */
static const char stack_app[] =
	"#include <stdio.h>\n#include \"net.h\"\nstatic float in[NET_INPUT_FLOATS], out[NET_OUTPUT_FLOATS];\n"
	"static RC_ALIGNED(64) char ws[NET_SELFTEST_BYTES];\n"
	"int main(void)\n{\n	const char *layer;\n	char here;\n	volatile char *end = &here - 400;\n	long i;\n"
	"	for (i = 0; i < 60000; i++) end[-i] = 0x5a;\n"
	"	if (net_run(net_weights, in, out, ws, NET_WORKSPACE_BYTES) || net_selftest(net_weights, ws, sizeof ws, &layer)) return 1;\n"
	"	for (i = 59999; i > 0 && end[-i] == 0x5a; i--) ;\n"
	"	printf(\"%ld of %d\\n\", i + 400, NET_STACK_BYTES);\n	return i + 400 > NET_STACK_BYTES || i < 400;\n}\n";

/*
** One program, the same bits however long the processor's vectors are and whatever the flags; none: a status, or scalar's code
** where the program has it. Other compilers: a word.
*/
START_TEST(vectors_of_every_length)
{
	static const char cc[] = "clang-19 --target=riscv64-linux-gnu -static -std=c11 -Wall -Wextra -Wpedantic -Werror -DEMBEDDED net*.c rc.c",
		run[] = "() { qemu-riscv64 -cpu rv64,v=true,vlen=$1,vext_spec=v1.0 $2; }";

	if (!other_machine(target_named("rvv")))
		return;
	want();
	emit("rvv", "rvv", "--embed");
	put_file("rvv/stack.c", stack_app, strlen(stack_app));
	in("rvv", arena_text("run%s && %s -O2 app.c -o app && %s -O3 -ffast-math app.c -o fast && %s -O2 stack.c -o stack && run 128 ./app > out && "
		"for l in 256 512 %d; do run $l ./app | cmp - out || exit 1; done && run 128 ./fast | cmp - out && run %d ./stack && "
		"paste out ../scalar/want > both && test $(wc -l < both) = 10 && %s both", run, cc, cc, cc, MostBits, MostBits, close_to));
	in("rvv", "qemu-riscv64 -cpu rv64,v=false ./app | grep -q 'lacks the instructions'");
	in("rvv", "! gcc -fsyntax-only net.c 2> said && grep -q 'want clang 19' said");
	emit("riscv", "rvv256,rvv,scalar", "--embed");
	in("riscv", arena_text("run%s && %s -O2 app.c -o app && qemu-riscv64 -cpu rv64,v=false ./app | cmp - ../scalar/want && run 128 ./app | cmp - ../rvv/out && "
		"run 256 ./app > out && run %d ./app | cmp - out && paste out ../scalar/want > both && %s both", run, cc, MostBits, close_to));
}
END_TEST

/* with -flto assembler is read when a program is linked, perhaps in another folder: NET_WEIGHTS_FILE says where, or the file is compiled without */
START_TEST(embedded_with_lto)
{
	want();
	emit("lto", "scalar", "--embed");
	in("lto", "rm -rf else && mkdir else && gcc -O2 -flto -DEMBEDDED -c net.c rc.c app.c && gcc -O2 -flto -fno-lto -c net_weights.c && cd else && gcc -O2 -flto ../*.o -o app && "
	   "./app > out && cmp out ../../scalar/want");
	in("lto", "rm -rf else *.o && mkdir else && gcc -O2 -flto -DEMBEDDED -DNET_WEIGHTS_FILE=\"\\\"$PWD/net.weights\\\"\" -c net.c net_weights.c rc.c app.c && cd else && "
	   "gcc -O2 -flto ../*.o -o app && ./app > out && cmp out ../../scalar/want");
}
END_TEST

/* a network layer by layer, where the target's code runs: in an emulator, in Node; in bytes where no other suite has its rows of them */
START_TEST(layers_are_right_on_other_machines)
{
	const Target *t = &targets[_i];
	bool first = true;
	Ran r;

	if (target_runs_here(t) || !machine_of(t) || !other_machine(t))
		return;
	for (int i = 0; i < _i; i++)
		first = first && strcmp(targets[i].simd, t->simd) != 0;
	r = resnetc("verify %s -w random:4 -q --target %s", network(), t->name);
	ck_assert_msg(r.status == 0 && strstr(r.out, "verified"), "%s: %s%s", t->name, r.out, r.err);
	if (first && !getenv("CHECK_LONG"))
		return;
	r = resnetc("verify %s -w random:4 -q --int8 --calibrate random --target %s", network(), t->name);
	ck_assert_msg(r.status == 0 && strstr(r.out, "verified"), "%s in bytes: %s%s", t->name, r.out, r.err);
}
END_TEST

/* a target that rounds twice, as scalar does, and sums in the same order gives its bits */
START_TEST(microcontrollers_give_the_bits_of_scalar)
{
	if (!other_machine(target_named("cortex-m4")))
		return;
	in("bits", "true");
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(resnetc("run examples/mlperf_tiny_resnet8.lua -w random:4 -q -i examples/images/cat.png --target %s -o %s", i ? "cortex-m4" : "scalar",
		                         in_dir(arena_text("bits/%d.npy", i))).status, 0);
	in("bits", "cmp 0.npy 1.npy");
}
END_TEST

/* the bare-metal example knows a photograph, within the stack that is told, in floats and in bytes */
START_TEST(bare_metal_example)
{
	static const struct { const char *chip, *options; } ways[] = {
		{ "m4", "" }, { "m33", "--int8 --calibrate ../images" }, { "m55", "" }, { "m55", "--int8 --calibrate ../images" },
	};
	char here[1000];

	if (lacking("arm-none-eabi-gcc") || lacking("qemu-system-arm"))
		return;
	ck_assert_ptr_nonnull(getcwd(here, sizeof here));
	in(arena_text("mcu%d", _i), arena_text("MAKEFLAGS= make -s -C '%s/examples/mcu' RESNETC='%s/resnetc' BUILD=\"$PWD\" CHIP=cortex-%s OPTIONS='%s' "
		"CFLAGS='-std=c11 -O2 -Wall -Wextra -Werror' run > said 2>&1 && cat said && "
		"grep -qx ship said && awk '/of stack of/ { ok = $1 <= $6 } END { exit !ok }' said", here, here, ways[_i].chip, ways[_i].options));
}
END_TEST

/* CMake for a processor without a system: no files to map, no threads */
START_TEST(bare_metal_in_cmake)
{
	static const char project[] = "cmake_minimum_required(VERSION 3.20)\nset(CMAKE_SYSTEM_NAME Generic)\nset(CMAKE_SYSTEM_PROCESSOR cortex-m4)\n"
		"set(CMAKE_C_COMPILER arm-none-eabi-gcc)\nset(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)\n"
		"set(CMAKE_C_FLAGS_INIT \"-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16\")\nproject(p C)\n"
		"set(RESNETC ${HERE}/resnetc)\ninclude(${HERE}/runtime/package/resnetc-config.cmake)\n"
		"resnetc_add_model(net MODEL ${HERE}/examples/mlperf_tiny_resnet8.lua WEIGHTS random EMBED)\n";
	char here[1000];

	if (lacking("arm-none-eabi-gcc") || lacking("cmake"))
		return;
	ck_assert_ptr_nonnull(getcwd(here, sizeof here));
	in("cmake", "true");
	put_file("cmake/CMakeLists.txt", project, sizeof project - 1);
	in("cmake", arena_text("cmake -B b -DHERE='%s' && MAKEFLAGS= cmake --build b && arm-none-eabi-ar t b/libnet.a > has && grep -q rc_image has && "
		"! grep -q 'rc_file\\|rc_threads' has && grep -q 'target cortex-m4' b/net.resnetc/net.c", here));
}
END_TEST

/* --- resnetc itself --- */

/* from sources in a folder with a blank in its name, into a folder elsewhere, started in a third one; the sources stay as they are */
START_TEST(builds_outside_of_its_sources)
{
	const char *goals = getenv("CHECK_LONG") ? "all" : "\"$PWD/out/obj/compiler/emit/runtime.o\" \"$PWD/out/obj/compiler/machine.o\" \"$PWD/out/obj/compiler/verbs/init.o\"";
	char here[1000];

	ck_assert_ptr_nonnull(getcwd(here, sizeof here));
	in("build", arena_text("mkdir -p 'my sources' && (cd '%s' && tar cf - --exclude-vcs Makefile compiler dsl runtime examples/*.lua examples/picture.h) | tar xf - -C 'my sources' && "
		"sleep 0.1 && touch stamp && MAKEFLAGS= make -f 'my sources/Makefile' O=\"$PWD/out\" CFLAGS=-O0 %s && test -z \"$(find 'my sources' -newer stamp -type f)\"", here, goals));
}
END_TEST

/*
** One program without a shared library, where there is nothing but it and its files: the same bytes as those of the resnetc that
** this machine's libraries are loaded into; code is compiled and started instead of loaded.
*/
START_TEST(static_resnetc)
{
	char here[1000];

	if (lacking("musl-gcc"))
		return;
	ck_assert_ptr_nonnull(getcwd(here, sizeof here));
	in("static", arena_text("MAKEFLAGS= make -s -f '%s/Makefile' O=\"$PWD/made\" CFLAGS=-O0 static && mkdir -p jail/tmp && cp made/resnetc-static jail/resnetc && "
		"readelf -d jail/resnetc | grep -q 'no dynamic section'", here));
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors --target avx2 -q -o %s", in_dir("static/want")).status, 0);
	ck_assert_int_eq(resnetc("import tests/checkpoints/constants.onnx -o %s", in_dir("static/want/constants")).status, 0);
	in("static", arena_text("for f in arrays.npz odd.npz zip.pth checkpoint.pth; do '%s/resnetc' weights '%s/tests/checkpoints'/$f > a; "
		"jail/resnetc weights '%s/tests/checkpoints'/$f > b && cmp a b || exit 1; done", here, here, here));
	in("static", arena_text("! jail/resnetc weights '%s/tests/checkpoints/zip64.npz' 2> said && grep -q \"entry 'a.npy': want entries within 4 GB of a static resnetc\" said", here));
	in("static", arena_text("cp '%s'/examples/cifar_resnet20.lua '%s'/examples/weights/cifar_resnet20.safetensors '%s'/tests/checkpoints/zip.pth "
		"'%s'/tests/checkpoints/constants.onnx jail && in='env -i /usr/sbin/chroot jail' && if test $(id -u) != 0; then in='env -i -C jail'; fi && "
		"$in ./resnetc cifar_resnet20.lua -w cifar_resnet20.safetensors --target avx2 -q -o got && $in ./resnetc import constants.onnx -o got/constants && "
		"diff -r jail/got want && $in ./resnetc explain cifar_resnet20.lua && $in ./resnetc weights zip.pth | grep '^6 tensors, 21 values'", here, here, here, here));
	for (int i = 0; i < 2; i++)
		in("static", arena_text("'%s%s' run '%s/examples/cifar_resnet20.lua' -w '%s/examples/weights/cifar_resnet20.safetensors' -i '%s/tests/image/rgb420.jpg' -o %d.npy",
			i ? here : in_dir("static"), i ? "/resnetc" : "/jail/resnetc", here, here, here, i));
	in("static", "cmp 0.npy 1.npy");
	in("static", arena_text("! jail/resnetc bench '%s/examples/cifar_resnet20.lua' 2> said && grep -qx 'want a resnetc that loads code to measure times, got one that is linked "
		"statically (make static)' said", here));
}
END_TEST

SUITE(everywhere)
{
	TCase *t = part("everywhere");

	tcase_add_loop_test(t, stack_stays_within_what_is_told, 0, 8);
	tcase_add_loop_test(t, windows, 0, 4);
	if (getenv("CHECK_LONG"))
		tcase_add_loop_test(part("zig"), zig_for_other_systems, 0, 5);
	tcase_add_test(t, clang_as_microsofts_compiler);
	tcase_add_test(t, x87_is_refused);
	tcase_add_test(t, tcc_with_threads);
	tcase_add_loop_test(t, clang_for_arm_gives_the_bits_of_this_machine, 0, 3);
	tcase_add_loop_test(part("compilers"), compilers_agree, 0, 7);
	tcase_add_loop_test(t, numbers_that_are_none_under_fast_math, 0, 5);
	tcase_add_test(t, neon_on_32_bits);
	tcase_add_test(part("arm"), products_of_bytes_on_arm);
	tcase_add_test(t, embedded_with_lto);
	tcase_add_loop_test(t, layers_are_right_on_other_machines, 0, ntargets);
	tcase_add_test(t, microcontrollers_give_the_bits_of_scalar);
	tcase_add_loop_test(t, bare_metal_example, 0, 4);
	tcase_add_test(t, bare_metal_in_cmake);
	tcase_add_test(t, builds_outside_of_its_sources);
	tcase_add_test(part("static"), static_resnetc);
	tcase_add_test(part("riscv"), vectors_of_every_length);
}
