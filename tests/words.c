/*
** words.c - the vector words that are not one instruction, on every target, against libm in double precision: every 4093rd
** float from the least negative to NaN, and the odd ones by name.
*/
#include <dlfcn.h>

#include "tests.h"

static double
softplus_of(double x)
{
	return fmax(x, 0) + log1p(exp(-fabs(x)));
}

static double
mish_of(double x)
{
	return x*tanh(softplus_of(x));
}

static double
gelu_of(double x)
{
	return 0.5*x*(1 + erf(x*0.70710678118654752440));
}

static double
gelu_tanh_of(double x)
{
	return 0.5*x*(1 + tanh(0.79788456080286535588*(x + 0.044715*x*x*x)));
}

static double
elu_of(double x)
{
	return x < 0 ? 0.75*expm1(x) : x;
}

/* within ulp units of the last place, or within off times max(1, |x|), from lo to hi; NaN for NaN */
static const struct { const char *call; double (*is)(double), lo, hi, ulp, off; } words[] = {
	{ "vexp(a)",                 exp,          -INFINITY, 0,        2, 1.7e-38 },
	{ "vexpm1(a)",               expm1,        -INFINITY, 0,        3, 0 },
	{ "vlog1p(a)",               log1p,        0,         1,        4, 0 },
	{ "vtanh(a)",                tanh,         -INFINITY, INFINITY, 4, 0 },
	{ "verf(a)",                 erf,          -INFINITY, INFINITY, 4, 0 },
	{ "elu(a, splat(0.75f))",    elu_of,       -INFINITY, INFINITY, 4, 0 },
	{ "softplus(a, splat(1))",   softplus_of,  -INFINITY, INFINITY, 5, 1.7e-38 },
	{ "mish(a)",                 mish_of,      -INFINITY, INFINITY, 6, 1.7e-38 },
	{ "gelu(a)",                 gelu_of,      -INFINITY, INFINITY, 4, 1e-7 },
	{ "gelu_tanh(a)",            gelu_tanh_of, -INFINITY, INFINITY, 4, 2e-7 },
};
enum { NWords = sizeof words/sizeof *words };

typedef void EachFloat(const float *x, float *y, int count);

static void *library;

static void
build_words(void)
{
	const Target *t = target_named(this_part());
	const char *dir = in_dir("words"), *cc = getenv("CC");
	File files[20];
	FILE *f;

	write_files(dir, files, runtime_files(&t, 1, files));
	emulate(dir, t->name);
	f = fopen(in_dir("words/words.c"), "w");
	fprintf(f, "#include \"%s\"\nRC_TARGET_BEGIN\n", t->simd);
	for (int i = 0; i < NWords; i++)
		fprintf(f, "void word%d(const float *x, float *y, int count);\nvoid\nword%d(const float *x, float *y, int count)\n{\n"
		        "\tfor (int i = 0; i < count; i += VL) {\n\t\tV a = ld(x + i);\n\t\tst(y + i, %s);\n\t}\n}\n", i, i, words[i].call);
	fputs("RC_TARGET_END\n", f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(system(arena_text("cd '%s' && %s -std=c11 -O2 -w%s -fPIC -shared words.c -o words.so -lm", dir, cc ? cc : "cc", target_runs_here(t) ? "" : " -march=native -Wno-psabi")), 0);
	library = dlopen(arena_text("%s/words.so", dir), RTLD_NOW);
	ck_assert_msg(library != NULL, "%s", dlerror());
}

/* units - the error of got in units of the last place of want as a float */
static double
units(float got, double want)
{
	int e;

	if (isinf((float)want))
		return got == (float)want ? 0 : INFINITY;
	frexp(want, &e);
	return fabs((double)got - want)/ldexp(1, (e < -125 ? -125 : e) - 24);
}

static void
want_word(int w, const float *x, const float *y, int count)
{
	for (int i = 0; i < count; i++) {
		double want = words[w].is((double)x[i]);
		if (isnan(want) ? isnan(y[i]) : units(y[i], want) <= words[w].ulp || fabs(y[i] - want) <= words[w].off*fmax(1, fabs((double)x[i])))
			continue;
		ck_abort_msg("%s of %.9g on %s: want %.9g, got %.9g, %g units off", words[w].call, x[i], this_part(), want, y[i], units(y[i], want));
	}
}

START_TEST(a_word_is_within_its_units)
{
	enum { Each = 4096 };
	static const float odd[16] = { 0, -0.0f, 1, -1, 0.5f, 1.4e-45f, -1.4e-45f, 1.1754942e-38f, -1.1754942e-38f, 3.4028235e38f, -3.4028235e38f, INFINITY, -INFINITY, NAN, 20, -87 };
	float x[Each], y[Each];
	EachFloat *run;
	uint64_t bits = 0;
	int count = 0, seen = 0;

	*(void **)&run = dlsym(library, arena_text("word%d", _i));
	while (bits < UINT64_C(1) << 32) {
		uint32_t at = (uint32_t)bits;
		float v;
		memcpy(&v, &at, 4);
		bits += 4093;
		if (seen < 16) {
			v = odd[seen++];
			bits = 0;
		}
		if (!isnan(v) && (v < words[_i].lo || v > words[_i].hi))
			continue;
		x[count++] = v;
		if (count == Each) {
			run(x, y, count);
			want_word(_i, x, y, count);
			count = 0;
		}
	}
	ck_assert_int_eq(seen, 16);
	for (int i = count; i < Each; i++)
		x[i] = 0;
	run(x, y, Each);
	want_word(_i, x, y, Each);
}
END_TEST

SUITE(words)
{
	for (int i = 0; i < ntargets; i++) {
		TCase *t = part(targets[i].name);
		tcase_add_unchecked_fixture(t, build_words, NULL);
		tcase_add_loop_test(t, a_word_is_within_its_units, 0, NWords);
	}
}
