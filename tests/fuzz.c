/* fuzz.c - a fixed slice of random networks, the ones that once came out wrong, and that a wrong one is found. */
#include <glob.h>

#include "tests.h"

/* messages are cut: Check takes none longer than a few KB */
START_TEST(a_slice_is_right)
{
	/* 300 networks, by default */
	Ran r = resnetc("fuzz --count %s --seed 0", getenv("CHECK_LONG") ? "20000" : "300");

	ck_assert_msg(r.status == 0 && strstr(r.out, " networks from seed 0, 0 wrong"), "%.1500s%.500s", r.out, r.err);
}
END_TEST

/* tests/fuzz/NAME.lua: what went wrong, once */
START_TEST(what_was_wrong_is_right)
{
	glob_t g;

	ck_assert_int_eq(glob("tests/fuzz/*.lua", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		Ran r = resnetc("fuzz %s", g.gl_pathv[i]);
		ck_assert_msg(r.status == 0, "%.1500s%.500s", r.out, r.err);
	}
	globfree(&g);
}
END_TEST

/* a compiler that makes one vector word wrong: networks that use it are found, made small, and fail again from their file */
START_TEST(wrong_code_is_found)
{
	static const struct { const char *edit, *op; } broken[] = {
		{ "s/return _mm256_max_ps(zero(), a)/return a/", "nn.relu(" },
		{ "s/return _mm256_fmadd_ps(a, b, c)/return _mm256_fmsub_ps(a, b, c)/", "nn.conv2d(" },
	};
	const char *cc = in_dir("broken-cc");
	FILE *f;
	Ran r;

#if !defined(__x86_64__)
	return;
#endif
	f = fopen(cc, "w");
	fprintf(f, "#!/bin/sh\nsed -i '%s' all.c rc_simd_avx2.h\nexec cc \"$@\"\n", broken[_i].edit);
	fclose(f);
	ck_assert_int_eq(system(arena_text("chmod +x '%s'", cc)), 0);
	setenv("CC", cc, 1);
	r.status = 0;
	for (int seed = 0; seed < 40 && !r.status; seed++)
		r = resnetc("fuzz --count 1 --seed %d --target avx2 -o %s", seed, in_dir(arena_text("found%d", _i)));
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.out, broken[_i].op), "%.1500s", r.out);
	ck_assert_msg(strstr(r.out, "reduced in") && (strstr(r.out, "to 2 nodes") || strstr(r.out, "to 3 nodes")), "%.1500s", r.out);
	ck_assert_int_ne(system(arena_text("for f in '%s'/*.lua; do ./resnetc fuzz $f && exit 0; done > /dev/null; exit 1", in_dir(arena_text("found%d", _i)))), 0);
	unsetenv("CC");
	ck_assert_int_eq(system(arena_text("for f in '%s'/*.lua; do ./resnetc fuzz $f || exit 1; done > /dev/null", in_dir(arena_text("found%d", _i)))), 0);
}
END_TEST

START_TEST(other_text_is_refused)
{
	Ran r = resnetc("fuzz examples/resnet18.lua");

	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, "examples/resnet18.lua:1: want a case as resnetc fuzz prints it"), "%s", r.err);
}
END_TEST

SUITE(fuzz)
{
	TCase *t = part("fuzz");

	tcase_add_test(t, a_slice_is_right);
	tcase_add_test(t, what_was_wrong_is_right);
	tcase_add_loop_test(t, wrong_code_is_found, 0, 2);
	tcase_add_test(t, other_text_is_refused);
}
