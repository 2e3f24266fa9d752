/* tune.c - what resnetc tune writes is what compile --tuned obeys, and no other file is. */
#include "tests.h"

static const char body[] = "return nn.relu(nn.bn(nn.conv(nn.relu(nn.conv(x, { 32, kernel = 3, name = \"a\" })), { 32, kernel = 3, name = \"b\" })))";

START_TEST(tuned_rows_decide)
{
	/* a direct convolution with a tile the model would not take, and a Winograd tile it would not take */
	static const char rows[] =
		"# cpu\tcompiler\ttarget\tthreads\tshape\twinograd\ttile\tmicroseconds\n"
		"any\tany\tavx2\t1\t1x32x24x24-32-k3x3-s1x1-p1,1,1,1-d1x1-g1\t0x0\t1x3\t1.00\n"
		"any\tany\tavx512\t1\t1x32x24x24-32-k3x3-s1x1-p1,1,1,1-d1x1-g1\t2x2\t1x5\t1.00\n";
	const char *model = body_model(3, 24, 24, body);
	Ran r;

	put_file("rows.tuned", rows, strlen(rows));
	r = resnetc("explain --json --target avx2 %s --tuned %s", model, in_dir("rows.tuned"));
	ck_assert_msg(strstr(r.out, "\"tile\": [ 1, 3 ], \"winograd\": [ 0, 0 ]"), "%.1000s%.300s", r.out, r.err);
	r = resnetc("explain --json --target avx512 %s --tuned %s", model, in_dir("rows.tuned"));
	ck_assert_msg(strstr(r.out, "\"tile\": [ 1, 5 ], \"winograd\": [ 2, 2 ]"), "%.1000s%.300s", r.out, r.err);
	r = resnetc("explain --json --target avx2 %s", model);
	ck_assert_msg(!strstr(r.out, "\"tile\": [ 1, 3 ], \"winograd\": [ 0, 0 ]"), "%.1000s", r.out);
}
END_TEST

START_TEST(tune_writes_what_compile_reads)
{
	const char *model = body_model(3, 24, 24, body);
	Ran r = resnetc("tune %s -o %s", model, in_dir("m.tuned"));

	ck_assert_msg(r.status == 0 && strstr(r.out, "the model's choice"), "%.1000s%.300s", r.out, r.err);
	r = resnetc("verify %s --tuned %s", model, in_dir("m.tuned"));
	ck_assert_msg(r.status == 0, "%.1000s%.300s", r.out, r.err);
}
END_TEST

START_TEST(damaged_rows_are_refused)
{
	const char *model = body_model(3, 24, 24, body);
	Ran r;

	put_file("bad.tuned", "# a comment\nzen\tclang\tavx2\tone\tshape\n", 42);
	r = resnetc("explain %s --tuned %s", model, in_dir("bad.tuned"));
	ck_assert_str_eq(r.err, "bad.tuned:2: tuned row: want cpu, compiler, target, threads, shape, HxW, VxP and microseconds, parted by tabs, got 'zen'\n");
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

SUITE(tune)
{
	TCase *t = part("tune");

	tcase_add_test(t, tuned_rows_decide);
	tcase_add_test(t, tune_writes_what_compile_reads);
	tcase_add_test(t, damaged_rows_are_refused);
}
