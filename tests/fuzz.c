/* fuzz.c - a fixed slice of random networks, the ones that once came out wrong, and that a wrong one is found. */
#include <glob.h>
#include <sys/wait.h>

#include "../compiler/fuzz/fuzz.h"

#include "tests.h"

static glob_t cases;

/* messages are cut: Check takes none longer than a few KB */
START_TEST(a_slice_is_right)
{
	/* 300 networks, of which the last 240 are compiled without optimization, in half the time; 12 of a target follow each other */
	static const char *const count[] = { "60", "240" }, *const seed[] = { "0", "60" };
	Ran r;

	if (_i)
		compile_quickly();
	r = resnetc("fuzz --count %s --seed %s", !_i && getenv("CHECK_LONG") ? "20000" : count[_i], seed[_i]);
	unsetenv("CC");
	ck_assert_msg(r.status == 0 && strstr(r.out, arena_text(" networks from seed %s, 0 wrong", seed[_i])), "%.1500s%.500s", r.out, r.err);
}
END_TEST

/* a step of each: its nodes against double precision, its bits in strips and on threads, SGD */
START_TEST(a_slice_learns)
{
	Ran r;

	compile_quickly();
	r = resnetc("fuzz --train --count %s --seed 0", getenv("CHECK_LONG") ? "500" : "12");
	unsetenv("CC");
	ck_assert_msg(r.status == 0 && strstr(r.out, " networks from seed 0, 0 wrong"), "%.1500s%.500s", r.out, r.err);
}
END_TEST

/* judged - what came of cases of one target; where this machine lacks it, by the vector words in plain C */
static Verdict *
judged(const Case *c, int count)
{
	const char *name = c->target->name, *words = in_dir(arena_text("words_%s", name));
	Verdict *v = fuzz_verdicts(count);

	if (!target_runs_here(c->target) && !other_machine(c->target)) {
		ck_assert_int_eq(system(arena_text("mkdir -p '%s'", words)), 0);
		emulate(words, name);
		setenv("CC", quick_compiler(arena_text("cp '%s'/* .", words), ""), 1);
	}
	waitpid(fuzz_start(c, count, v, temp_dir()), NULL, 0);
	unsetenv("CC");
	return v;
}

START_TEST(a_slice_is_right_on_every_target)
{
	enum { Most = 12 };
	Case c[Most];
	Verdict *v;

	if (target_runs_here(&targets[_i]))
		return;                      /* the slice above has it */
	int count = machine_of(&targets[_i]) && strcmp(targets[_i].name, "neon") ? 3 : Most;
	for (int k = 0; k < count; k++) {
		c[k] = fuzz_case((uint64_t)k, &targets[_i], false);
		if (!strcmp(targets[_i].name, "cortex-m55"))
			c[k].weights = c[k].input = Values_plain;   /* Helium takes denormals for zeros */
	}
	v = judged(c, count);
	for (int k = 0; k < count; k++)
		ck_assert_msg(v[k].status == Fine, "seed %d on %s: %s", k, targets[_i].name, v[k].what);
}
END_TEST

/* tests/fuzz/NAME.lua: what went wrong, once, on the target of its first line */
START_TEST(what_was_wrong_is_right)
{
	const char *file = cases.gl_pathv[_i];
	size_t len;
	Case c;
	Verdict *v;

	ck_assert(fuzz_read(&c, arena_text("%s", (const char *)file_map(file, &len))));
	v = judged(&c, 1);
	ck_assert_msg(v->status == Fine, "%s: %s", file, v->what);
}
END_TEST

/* the user's way: a case of a target that this machine lacks runs on the best it has, and that is said */
START_TEST(a_case_runs_on_every_machine)
{
	const char *file = "tests/fuzz/passes_over_one_channel_block.lua";
	Ran r = resnetc("fuzz %s", file);

	ck_assert_msg(r.status == 0 && strstr(r.out, ": fine;"), "%.1500s%.500s", r.out, r.err);
	setenv("RESNETC_HIDE", "avx512,avx2", 1);
	r = resnetc("fuzz %s", file);
	ck_assert_str_eq(r.err, arena_text("warning: %s:1: want target avx512, which this machine does not run; takes %s\n", file, target_named("native")->name));
	ck_assert_msg(r.status == 0 && strstr(r.out, ": fine;"), "%.1500s%.500s", r.out, r.err);
	r = resnetc("fuzz %s --target avx512", file);
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_str_eq(r.err, "--target: want a target this machine can run, got 'avx512'\n");
}
END_TEST

/* --train: a step of a case's network in training, if it can be trained */
START_TEST(a_case_can_be_trained)
{
	Ran r = resnetc("fuzz tests/fuzz/passes_over_one_channel_block.lua --train");

	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.out, ": conv2d 'v2': train: want the output as one number a class, at least 2, got 1x9x1\n") != NULL, "%s%s", r.out, r.err);
	ck_assert_int_eq(system(arena_text("sed 's/ trains=1$//' tests/fuzz/gradient_of_axes_that_change_places.lua > '%s'", in_dir("case.lua"))), 0);
	r = resnetc("fuzz %s --train", in_dir("case.lua"));
	ck_assert_msg(r.status == 0 && strstr(r.out, ": fine;"), "%s%s", r.out, r.err);
}
END_TEST

/* a compiler that makes one vector word wrong: networks that use it are found, made small, and fail again from their file */
START_TEST(wrong_code_is_found)
{
	static const struct { const char *edit, *file, *train, *ops[5]; } broken[] = {
		{ "s/return add(mul(a, b), c);/return sub(mul(a, b), c);/", "rc_simd_scalar.h", "", { "nn.conv", "nn.linear", "nn.bn", "affine", "hard_" } },
		{ "s/\\*p = rc_byte(a, zero);/*p = rc_byte(a + 0.25f, zero);/", "rc_simd_scalar.h", "", { "nn.conv", "nn.linear", "nn.conv", "nn.linear" } },
		{ "s/momentum\\*v\\*(count/momentum*v*(-count/", "rc_grad.h", "--train", { "nn.bn", "nn.bn", "nn.bn", "nn.bn" } },
		/* CHECK_LONG: found in the same ways */
		{ "s/return a < 0 ? 0 : a;/return a;/", "rc_simd_scalar.h", "", { "relu", "softplus", "mish", "gelu" } },
		{ "s/return RC_HALF(\\*p);/return 2*RC_HALF(*p);/", "rc_simd_scalar.h", "", { "nn.conv", "nn.linear", "nn.conv", "nn.linear" } },
	};
	const char *found = in_dir(arena_text("found%d", _i));
	Ran r = { 0 };
	bool uses = false;

	setenv("CC", quick_compiler(arena_text("sed -i '%s' %s", broken[_i].edit, broken[_i].file), ""), 1);
	for (int seed = 0; seed < 40 && !r.status; seed++)
		r = resnetc("fuzz %s --count 1 --seed %d --target scalar -o %s", broken[_i].train, seed, found);
	ck_assert_int_eq(r.status, ExitInput);
	for (int i = 0; i < 5 && broken[_i].ops[i]; i++)
		uses = uses || strstr(r.out, broken[_i].ops[i]);
	ck_assert_msg(uses, "%.1500s", r.out);
	ck_assert_msg(strstr(r.out, "reduced in") && (strstr(r.out, "to 2 nodes") || strstr(r.out, "to 3 nodes") ||
	                                              (*broken[_i].train && strstr(r.out, "to 4 nodes"))), "%.1500s", r.out);   /* two classes take some */
	ck_assert_int_ne(system(arena_text("for f in '%s'/*.lua; do ./resnetc fuzz $f && exit 0; done > /dev/null; exit 1", found)), 0);
	unsetenv("CC");
	ck_assert_int_eq(system(arena_text("for f in '%s'/*.lua; do ./resnetc fuzz $f || exit 1; done > /dev/null", found)), 0);
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

	tcase_add_loop_test(t, a_slice_is_right, 0, 2);
	tcase_add_test(t, a_slice_learns);
	tcase_add_test(t, other_text_is_refused);
	tcase_add_test(t, a_case_runs_on_every_machine);
	tcase_add_test(t, a_case_can_be_trained);
	glob("tests/fuzz/*.lua", 0, NULL, &cases);
	tcase_add_loop_test(t, what_was_wrong_is_right, 0, (int)cases.gl_pathc);
	t = part("emulated");
	tcase_add_loop_test(t, a_slice_is_right_on_every_target, 0, ntargets);
	t = part("wrong");
	tcase_add_loop_test(t, wrong_code_is_found, 0, getenv("CHECK_LONG") ? 5 : 3);
}
