/*
** hostile.c - a machine that fails, a model that attacks, a blob that is damaged: each ends in one clear error, and old
** files stay whole. tests/hostile/faults.c makes single calls of the program fail.
*/
#define _XOPEN_SOURCE 700
#include <glob.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests.h"

#if defined(__SANITIZE_ADDRESS__)
enum { Sanitized = 1 };              /* its own allocator cannot be failed or limited */
#else
enum { Sanitized = 0 };
#endif

/* faulty - how resnetc ends when a fault is injected */
static Ran
faulty(const char *fault, const char *args)
{
	setenv("FAULT", fault, 1);
	setenv("FAULT_COUNT", in_dir("count"), 1);
	setenv("FAULT_LIBRARY", in_dir("faults.so"), 1);
	Ran r = resnetc("%s", args);
	unsetenv("FAULT_LIBRARY");
	return r;
}

static int
counted(void)
{
	FILE *f = fopen(in_dir("count"), "r");
	int n = 0;

	ck_assert(f && fscanf(f, "%d", &n) == 1);
	fclose(f);
	return n;
}

static int
lines(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void
build_faults(void)
{
	if (system(arena_text("cc -O1 -w -shared -fPIC tests/hostile/faults.c -o '%s' -ldl", in_dir("faults.so"))))
		die("tests/hostile/faults.c does not compile");
}

static bool
same_folders(const char *a, const char *b)
{
	return system(arena_text("diff -r '%s' '%s' > /dev/null", in_dir(a), in_dir(b))) == 0;
}

/* an allocation fails: one line says so and nothing is left; or Lua collects its garbage and the result is whole */
START_TEST(every_allocation_fails_once)
{
	const char *args = arena_text("examples/mlperf_tiny_resnet8.lua -w random -q -o %s", in_dir("alloc"));
	int count, step = getenv("CHECK_LONG") ? 1 : 41;

	if (Sanitized)
		return;
	ck_assert_int_eq(faulty("alloc:0", arena_text("examples/mlperf_tiny_resnet8.lua -w random -q -o %s", in_dir("whole"))).status, 0);
	count = counted();
	ck_assert_int_gt(count, 1000);
	for (int plus = 0; plus < 2; plus++)
		for (int n = 1; n <= count; n += n < (plus ? 60 : 250) ? 1 : step) {
			Ran r = faulty(arena_text("alloc:%d%s", n, plus ? "+" : ""), args);
			if (r.status == 0 && !plus && !*r.err) {
				ck_assert_msg(same_folders("alloc", "whole"), "allocation %d: other files", n);
				ck_assert_int_eq(system(arena_text("rm -r '%s'", in_dir("alloc"))), 0);
				continue;
			}
			ck_assert_msg(r.status == ExitInput && lines(r.err) == 1 && strstr(r.err, "out of memory"), "allocation %d: exit %d, %s", n, r.status, r.err);
			ck_assert_msg(access(in_dir("alloc"), F_OK) == -1, "allocation %d: files left", n);
		}
}
END_TEST

/* every open, write, rename, mkdir, close, mmap fails once, over old files and into a new folder */
START_TEST(every_file_call_fails_once)
{
	static const char *const kinds[] = { "open", "write", "rename", "mkdir", "close", "map" };
	const char *kind = kinds[_i];
	int count;

	if (Sanitized)
		return;
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w random:1 -q -o %s", in_dir("kept")).status, 0);
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w random:1 -q -o %s", in_dir("old")).status, 0);
	ck_assert_int_eq(faulty(arena_text("%s:0", kind), arena_text("examples/cifar_resnet20.lua -w random:2 -q -o %s", in_dir("deep/fresh"))).status, 0);
	count = counted();
	ck_assert_int_ge(count, 2);
	for (int n = 1; n <= count; n++) {
		ck_assert_int_eq(system(arena_text("rm -rf '%s'", in_dir("deep"))), 0);
		Ran r = faulty(arena_text("%s:%d", kind, n), arena_text("examples/cifar_resnet20.lua -w random:2 -q -o %s", in_dir("deep/fresh")));
		if (_i == 3 && r.status == 0)
			continue;                /* a folder above that was there */
		ck_assert_msg(r.status == ExitInput && lines(r.err) == 1 && strstr(r.err, "want ") && strstr(r.err, "got: "), "%s %d: exit %d, %s", kind, n, r.status, r.err);
		ck_assert_msg(access(in_dir("deep"), F_OK) == -1, "%s %d: files left", kind, n);
		r = faulty(arena_text("%s:%d", kind, n), arena_text("examples/cifar_resnet20.lua -w random:2 -q -o %s", in_dir("old")));
		if (_i == 3)
			continue;                /* the folder is there: mkdir's failure is no fault */
		ck_assert_msg(r.status == ExitInput && lines(r.err) == 1, "%s %d: exit %d, %s", kind, n, r.status, r.err);
		ck_assert_msg(same_folders("old", "kept"), "%s %d: old files changed", kind, n);
	}
}
END_TEST

/* a full disk while a training writes: the checkpoint is the old one or a whole new one */
START_TEST(checkpoint_outlives_a_full_disk)
{
	static const char model[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\n"
		"body = function(x) return nn.linear(nn.flatten(x), { 2 }) end, train = nn.train { batch = 2, epochs = 2 } }\n";
	const char *dir = in_dir(""), *train;
	int count, old = 0;

	if (Sanitized)
		return;
	ck_assert_int_eq(system(arena_text("mkdir -p '%s/set/a' '%s/set/b' && cp examples/images/[bc]*.png '%s/set/a' && "
	                                   "cp examples/images/[fh]*.png '%s/set/b'", dir, dir, dir, dir)), 0);
	put_file("m.lua", model, sizeof model - 1);
	train = arena_text("train %s/m.lua --data images:%s/set -q -o %s/now.safetensors", dir, dir, dir);
	ck_assert_int_eq(resnetc("train %s/m.lua --data images:%s/set --epochs 1 -q -o %s/kept.safetensors", dir, dir, dir).status, 0);
	ck_assert_int_eq(faulty("write:0", arena_text("%s --resume %s/kept.checkpoint", train, dir)).status, 0);
	count = counted();
	ck_assert_int_eq(system(arena_text("cp '%s/now.checkpoint' '%s/whole.checkpoint'", dir, dir)), 0);
	for (int n = count; n > 0 && n > count - 4; n--) {
		ck_assert_int_eq(system(arena_text("cp '%s/kept.checkpoint' '%s/now.checkpoint'", dir, dir)), 0);
		Ran r = faulty(arena_text("write:%d+", n), arena_text("%s --resume %s/now.checkpoint", train, dir));
		bool kept = !system(arena_text("cmp -s '%s/now.checkpoint' '%s/kept.checkpoint'", dir, dir));
		ck_assert_msg(r.status == ExitInput && lines(r.err) == 1 && strstr(r.err, "No space left on device"), "write %d: exit %d, %s", n, r.status, r.err);
		old += kept;
		ck_assert_msg(kept || !system(arena_text("test $(stat -c %%s '%s/now.checkpoint') = $(stat -c %%s '%s/whole.checkpoint')", dir, dir)),
		              "write %d: a part of a checkpoint", n);
	}
	ck_assert_int_gt(old, 0);
}
END_TEST

START_TEST(no_process_for_the_fuzzer)
{
	Ran r = faulty("fork:1+", "fuzz --count 1");

	if (Sanitized)
		return;
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_str_eq(r.err, "fuzz: want a process, got: Resource temporarily unavailable\n");
}
END_TEST

/* a signal at any moment leaves the old files or the new ones, never a mixture or a half one */
START_TEST(interrupted)
{
	ck_assert_int_eq(resnetc("examples/resnet18.lua --input 32x32 -w random:1 -q -o %s", in_dir("first")).status, 0);
	ck_assert_int_eq(resnetc("examples/resnet18.lua --input 32x32 -w random:2 -q -o %s", in_dir("second")).status, 0);
	ck_assert_int_eq(resnetc("examples/resnet18.lua --input 32x32 -w random:1 -q -o %s", in_dir("now")).status, 0);
	signal(SIGTERM, SIG_DFL);            /* Check's handler would end the test with the child */
	signal(SIGINT, SIG_DFL);
	for (int i = 0; i < 40; i++) {
		struct timespec wait = { 0, 12000000L*i };
		pid_t pid = fork();
		ck_assert_int_ge(pid, 0);
		if (!pid) {
			execl("./resnetc", "resnetc", "examples/resnet18.lua", "--input", "32x32", "-w", i%2 ? "random:1" : "random:2", "-q", "-o", in_dir("now"), NULL);
			_exit(127);
		}
		nanosleep(&wait, NULL);
		kill(pid, i%3 ? SIGTERM : SIGINT);
		waitpid(pid, NULL, 0);
		ck_assert_msg(same_folders("now", "first") || same_folders("now", "second"), "after %d ms", 12*i);
	}
}
END_TEST

/* threads that cannot start: fewer do the work, the results are the same */
START_TEST(threads_that_cannot_start)
{
	static const char *const faults[] = { "thread:1+", "thread:2", "thread:2+" };

	if (Sanitized)
		return;
	compile_quickly();
	ck_assert_int_eq(resnetc("run tests/import/flat.lua -w random -i tests/import/flat.in.npy -q -o %s", in_dir("one.npy")).status, 0);
	for (int i = 0; i < 3; i++) {
		Ran r = faulty(faults[i], arena_text("run tests/import/flat.lua -w random --threads 3 -i tests/import/flat.in.npy -o %s", in_dir("many.npy")));
		ck_assert_int_eq(r.status, 0);
		ck_assert_msg(i != 0 || strstr(r.err, "no thread could be started, running on one"), "%s", r.err);
		ck_assert_int_eq(system(arena_text("cmp '%s' '%s'", in_dir("one.npy"), in_dir("many.npy"))), 0);
	}
}
END_TEST

START_TEST(every_escape_is_stopped)
{
	glob_t g;

	ck_assert_int_eq(glob("tests/hostile/models/*.lua", 0, NULL, &g), 0);
	ck_assert_int_ge(g.gl_pathc, 20);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		char want[200];
		FILE *f = fopen(g.gl_pathv[i], "r");
		ck_assert(f && fgets(want, sizeof want, f));
		fclose(f);
		want[strcspn(want, "\n")] = 0;
		setenv("LIMITED", Sanitized ? "" : "1", 1);
		Ran r = resnetc("%s -w random -q -o %s", g.gl_pathv[i], in_dir("escaped"));
		unsetenv("LIMITED");
		ck_assert_msg(r.status == ExitInput && strstr(r.err, want + 3), "%s: exit %d: %s", g.gl_pathv[i], r.status, r.err);
		ck_assert_msg(lines(r.err) == 1, "%s: %s", g.gl_pathv[i], r.err);
		ck_assert_int_eq(access(in_dir("escaped"), F_OK), -1);
	}
	globfree(&g);
}
END_TEST

/* every byte of a blob, cut at every length, of another version, byte order, network: each has its status */
static const char blob_app[] =
	"#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include \"pair.h\"\n#include \"rc_file.h\"\n"
	"static unsigned char *copy; static size_t len;\n"
	"static int with(size_t at, int flip) { copy[at] ^= (unsigned char)flip; int s = pair_check(copy, len); copy[at] ^= (unsigned char)flip; return s; }\n"
	"int main(void) { const void *w; if (rc_file_map(\"pair.weights\", &w, &len)) return 1;\n"
	"	copy = aligned_alloc(64, (len + 127)/64*64); memcpy(copy, w, len); if (pair_check(copy, len)) return 2;\n"
	"	for (size_t i = 0; i < len; i++) for (int b = 1; b < 256; b += b) { int s = with(i, b);\n"
	"		int want = i < 8 ? RC_E_MAGIC : i < 12 ? RC_E_VERSION : i < 16 ? RC_E_ENDIAN : i < 24 ? RC_E_WEIGHTS_SIZE : i < 32 ? RC_E_PLAN :\n"
	"			i < 40 ? RC_E_CHECKSUM : i < 128 ? RC_OK : RC_E_CHECKSUM;\n"
	"		if (s != want) { printf(\"byte %zu: %s\\n\", i, rc_strerror(s)); return 3; } }\n"
	"	for (size_t n = 0; n < len; n++) if (pair_check(copy, n) != RC_E_WEIGHTS_SIZE) { printf(\"length %zu\\n\", n); return 4; }\n"
	"	unsigned char e[4]; memcpy(e, copy + 12, 4); for (int i = 0; i < 4; i++) copy[12 + i] = e[3 - i];\n"
	"	if (pair_check(copy, len) != RC_E_ENDIAN) return 5; return 0; }\n";

START_TEST(every_damaged_blob_is_refused)
{
	ck_assert_int_eq(resnetc("tests/pairs/depthwise.lua -w random -q --target scalar -o %s", in_dir("blob")).status, 0);
	put_file("blob/app.c", blob_app, strlen(blob_app));
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -O2 *.c -o app && ./app", in_dir("blob"))), 0);
}
END_TEST

/* the same bytes in any locale and from any folder */
START_TEST(locales)
{
	const char *command = "LC_ALL=%s ./resnetc examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -q -o '%s'";

	ck_assert_int_eq(system(arena_text(command, "C", in_dir("locale_c"))), 0);
	ck_assert_int_eq(system(arena_text(command, "de_DE.UTF-8", in_dir("locale_de"))), 0);
	ck_assert_int_eq(system(arena_text(command, "tr_TR.UTF-8", in_dir("locale_tr"))), 0);
	ck_assert(same_folders("locale_c", "locale_de") && same_folders("locale_c", "locale_tr"));
	ck_assert_int_eq(system(arena_text("here=$PWD; cd '%s' && $here/resnetc $here/examples/cifar_resnet20.lua -w $here/examples/weights/cifar_resnet20.safetensors "
		"-q -o elsewhere", in_dir(""))), 0);
	ck_assert(same_folders("locale_c", "elsewhere"));
}
END_TEST

/* make fuzz-NAME is run by hand: what it compiles still fits what it is for */
START_TEST(readers_can_be_fuzzed)
{
	ck_assert_int_eq(system("${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -w -fsyntax-only -DFUZZ=blob tests/hostile/harness.c"), 0);
}
END_TEST

SUITE(hostile)
{
	TCase *t = part("hostile");

	tcase_add_unchecked_fixture(t, build_faults, NULL);
	tcase_add_test(t, every_allocation_fails_once);
	tcase_add_test(t, no_process_for_the_fuzzer);
	tcase_add_loop_test(t, every_file_call_fails_once, 0, 6);
	tcase_add_test(t, interrupted);
	tcase_add_test(t, threads_that_cannot_start);
	tcase_add_test(t, every_escape_is_stopped);
	tcase_add_test(t, every_damaged_blob_is_refused);
	tcase_add_test(t, locales);
	tcase_add_test(t, readers_can_be_fuzzed);
	t = part("training");
	tcase_add_unchecked_fixture(t, build_faults, NULL);
	tcase_add_test(t, checkpoint_outlives_a_full_disk);
}
