/*
** import.c - networks that PyTorch exported to ONNX: the text they become (golden), the numbers they give, and
** what happens to damaged ones. tests/import/make.py wrote them.
*/
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

static const char *const exported[] = { "basic_bn", "bottleneck_folded", "flat" };

START_TEST(import_gives_pytorch_numbers)
{
	const char *name = exported[_i];
	Ran r = resnetc("import tests/import/%s.onnx -q -o %s", name, in_dir("imported"));
	size_t len, want_len;
	const char *text, *want;

	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("verify %s.lua -w %s.safetensors -i tests/import/%s.in.npy --expect tests/import/%s.out.npy -q", in_dir(arena_text("imported/%s", name)),
	            in_dir(arena_text("imported/%s", name)), name, name);
	ck_assert_msg(r.status == 0, "%s%s", r.out, r.err);
	text = file_map(in_dir(arena_text("imported/%s.lua", name)), &len);
	if (getenv("BLESS"))
		ck_assert_int_eq(system(arena_text("cp '%s' tests/import/%s.lua", in_dir(arena_text("imported/%s.lua", name)), name)), 0);
	want = file_map(arena_text("tests/import/%s.lua", name), &want_len);
	ck_assert_msg(len == want_len && !memcmp(text, want, len), "%s.lua differs from what is made now", name);
}
END_TEST

START_TEST(size_and_name_can_be_given)
{
	Ran r = resnetc("import tests/import/basic_bn.onnx --input 64x96 --name other -q -o %s", in_dir("sized/other.lua"));

	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("explain --json %s", in_dir("sized/other.lua"));
	ck_assert_msg(strstr(r.out, "\"model\": \"other\"") && strstr(r.out, "[ 1, 3, 64, 96 ]"), "%.1000s%.300s", r.out, r.err);
}
END_TEST

START_TEST(what_is_no_onnx_is_refused)
{
	Ran r;

	put_file("bad.onnx", "\x08\x07\x3a\xff\xff", 5);
	r = resnetc("import %s -o %s", in_dir("bad.onnx"), in_dir("none"));
	ck_assert_str_eq(r.err, "bad.onnx: want an ONNX model, got something protobuf cannot read (truncated?)\n");
	ck_assert_int_eq(r.status, ExitInput);
	put_file("empty.onnx", "\x08\x07", 2);
	r = resnetc("import %s -o %s", in_dir("empty.onnx"), in_dir("none"));
	ck_assert_str_eq(r.err, "empty.onnx: want an ONNX model with a graph, got none\n");
	ck_assert_int_eq(access(in_dir("none"), F_OK), -1);
}
END_TEST

/* imports - in a child: any end but a crash or a fault of ours will do */
static int
imports(const char *file)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (!child) {
		static const OnnxOptions none;
		if (!freopen("/dev/null", "w", stderr))
			_exit(ExitBug);
		alarm(20);
		structured_text(onnx_import(file, &none));
		_exit(ExitOk);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(damaged_models_never_crash)
{
	const char *path = arena_text("tests/import/%s.onnx", exported[_i]);
	size_t len;
	const unsigned char *map = file_map(path, &len);
	unsigned char *copy = malloc(len);
	unsigned seed = 7;

	for (int k = 0; k < 1200; k++) {
		size_t at = (seed = seed*1664525u + 1013904223u)%(k%2 && len > 9000 ? 9000 : len);
		int status;
		memcpy(copy, map, len);
		copy[at] = k%3 ? (unsigned char)(copy[at] ^ 1u << seed%8) : (unsigned char)(seed >> 24);
		put_file("damaged.onnx", copy, k%5 == 4 ? at : len);
		if (k%5 == 4 && at == 0)
			continue;
		status = imports(in_dir("damaged.onnx"));
		ck_assert_msg(status == ExitOk || status == ExitInput, "%s, byte %zu, case %d: %d", path, at, k, status);
	}
	free(copy);
}
END_TEST

SUITE(import)
{
	TCase *t = part("import");

	tcase_add_loop_test(t, import_gives_pytorch_numbers, 0, 3);
	tcase_add_test(t, size_and_name_can_be_given);
	tcase_add_test(t, what_is_no_onnx_is_refused);
	tcase_add_loop_test(t, damaged_models_never_crash, 0, 3);
}
