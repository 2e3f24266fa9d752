/* pipes.c - what comes through a pipe or by standard input is a file, and what goes into a pipe or a device leaves it one. */
#define _XOPEN_SOURCE 700
#include <sys/stat.h>

#include "tests.h"

/* from_pipe - how resnetc ends when this file comes through a pipe called pipe */
static Ran
from_pipe(const char *file_, const char *command)
{
	remove(in_dir("pipe"));
	ck_assert_int_eq(mkfifo(in_dir("pipe"), 0600), 0);
	ck_assert_int_eq(system(arena_text("cat '%s' > '%s' &", file_, in_dir("pipe"))), 0);
	return resnetc("%s", command);
}

/* a pipe or a device is written to, never replaced by a file */
START_TEST(outputs_may_be_pipes)
{
	const char *pack = "pack examples/mlperf_tiny_resnet8.lua -w random --target scalar -q";

	ck_assert_int_eq(resnetc("%s -o %s", pack, in_dir("a.weights")).status, 0);
	ck_assert_int_eq(system(arena_text("mkfifo '%s'; cat '%s' > '%s' &", in_dir("to"), in_dir("to"), in_dir("b.weights"))), 0);
	ck_assert_int_eq(resnetc("%s -o %s", pack, in_dir("to")).status, 0);
	ck_assert_int_eq(system(arena_text("wait; test -p '%s' && for i in 1 2 3 4 5 6 7 8 9; do cmp -s '%s' '%s' && exit 0; sleep 0.3; done; exit 1",
		in_dir("to"), in_dir("a.weights"), in_dir("b.weights"))), 0);
	ck_assert_int_eq(resnetc("%s -o /dev/full", pack).status, ExitInput);
	ck_assert_int_eq(resnetc("%s -o /dev/stdout | cmp - %s", pack, in_dir("a.weights")).status, 0);
}
END_TEST

/* a pipe can be read once, and is, though a model is asked for by every target */
START_TEST(pipes_and_standard_input_are_files)
{
	static const char all[] = "6 tensors, 21 values, 0 NaN\n", zip[] = "tests/checkpoints/zip.pth";
	const char *conv = model_file("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 2, 2 }, body = function(x)\n"
		"return nn.bn(nn.conv(x, { 2, kernel = { 1, 2 }, padding = 0, name = \"conv1\" })) end }\n");
	Ran r;

	ck_assert_ptr_nonnull(strstr(resnetc("weights - < %s", zip).out, all));
	ck_assert_ptr_nonnull(strstr(resnetc("weights /dev/stdin < %s", zip).out, all));
	ck_assert_ptr_nonnull(strstr(from_pipe(zip, arena_text("weights %s", in_dir("pipe"))).out, all));
	ck_assert_ptr_nonnull(strstr(from_pipe("tests/checkpoints/legacy.pth", arena_text("weights - < %s", in_dir("pipe"))).out, all));
	ck_assert_ptr_nonnull(strstr(from_pipe("tests/checkpoints/beside/ema_module.pth", arena_text("weights -:model < %s", in_dir("pipe"))).out, all));
	r = from_pipe("tests/checkpoints/constants.onnx", arena_text("%s -q -w %s --target scalar,avx2 -o %s", conv, in_dir("pipe"), in_dir("piped")));
	ck_assert_msg(r.status == ExitOk && !*r.err, "%s", r.err);
	r = from_pipe(conv, arena_text("- -q -w %s --target scalar,avx2 -o %s --depfile %s < %s", zip, in_dir("piped"), in_dir("piped.d"), in_dir("pipe")));
	ck_assert_msg(r.status == ExitOk && !*r.err, "%s", r.err);
	ck_assert_int_eq(system(arena_text("test \"$(cat '%s')\" = '%s/m.c: \\\n  %s'", in_dir("piped.d"), in_dir("piped"), zip)), 0);
	r = from_pipe("/dev/null", arena_text("weights %s", in_dir("pipe")));
	ck_assert_str_eq(r.err, "pipe: want a file with contents, got an empty one\n");
	r = resnetc("weights /dev/zero");
	ck_assert_str_eq(r.err, "/dev/zero: want a regular file or a pipe, got a device\n");
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

SUITE(pipes)
{
	TCase *t = part("pipes");

	tcase_add_test(t, pipes_and_standard_input_are_files);
	tcase_add_test(t, outputs_may_be_pipes);
}
