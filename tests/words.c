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
tail_of(double x)
{
	return 0.5*erfc(x*0.70710678118654752440);
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
	{ "normal_tail(a)",          tail_of,      0,         INFINITY, 5, 1e-7 },
	{ "exponential(a)",          exp,          -INFINITY, INFINITY, 3, 1.7e-38 },
	{ "logarithm(a)",            log,          -INFINITY, INFINITY, 3, 0 },
	{ "square_root(a)",          sqrt,         -INFINITY, INFINITY, 3, 0 },
	{ "magnitude(a)",            fabs,         -INFINITY, INFINITY, 0, 0 },
	{ "elu(a, splat(0.75f))",    elu_of,       -INFINITY, INFINITY, 4, 0 },
	{ "softplus(a, splat(1))",   softplus_of,  -INFINITY, INFINITY, 5, 1.7e-38 },
	{ "mish(a)",                 mish_of,      -INFINITY, INFINITY, 6, 1.7e-38 },
	{ "gelu(a)",                 gelu_of,      -INFINITY, INFINITY, 4, 1e-7 },
	{ "gelu_tanh(a)",            gelu_tanh_of, -INFINITY, INFINITY, 4, 2e-7 },
};
enum { NWords = sizeof words/sizeof *words };

enum { Each = 4096 };

typedef void EachFloat(const float *x, float *y, int count);
typedef void EachBlock(void *user, float *x, int count);

static void *library;
static JobResult *elsewhere;         /* of each word, where the target's words run on another machine */

/* each_block - all floats from lo to hi that are tried, Each at a time, the last ones filled up with 0: every step-th, odd ones first */
static void
each_block(double lo, double hi, unsigned step, EachBlock *each, void *user)
{
	static const float odd[16] = { 0, -0.0f, 1, -1, 0.5f, 1.4e-45f, -1.4e-45f, 1.1754942e-38f, -1.1754942e-38f, 3.4028235e38f, -3.4028235e38f, INFINITY, -INFINITY, NAN, 20, -87 };
	float x[Each];
	int count = 0, seen = 0;

	for (uint64_t bits = 0; bits < UINT64_C(1) << 32;) {
		uint32_t at = (uint32_t)bits;
		float v;
		memcpy(&v, &at, 4);
		if (seen < 16)
			v = odd[seen++];
		else
			bits += step;
		if (!isnan(v) && (v < lo || v > hi))
			continue;
		x[count++] = v;
		if (count == Each) {
			each(user, x, count);
			count = 0;
		}
	}
	while (count < Each)
		x[count++] = 0;
	each(user, x, Each);
}

/* other machines have fewer floats to do */
static unsigned
spacing(void)
{
	return elsewhere ? 65521 : 4093;
}

typedef struct { float *x; size_t count; } All;

static void
gather(void *user, float *x, int count)
{
	All *all = user;

	all->x = realloc(all->x, (all->count + (size_t)count)*sizeof *x);
	memcpy(all->x + all->count, x, (size_t)count*sizeof *x);
	all->count += (size_t)count;
}

/* run_elsewhere - every word over its floats, as if it were a network */
static void
run_elsewhere(const Machine *machine, const char *dir)
{
	static const File no_blob = { "", "", 0 };
	const char *names[NWords];
	Job jobs[NWords];

	elsewhere = arena_new(NWords*sizeof *elsewhere);
	for (int i = 0; i < NWords; i++) {
		All all = { 0 };
		each_block(words[i].lo, words[i].hi, spacing(), gather, &all);
		names[i] = arena_text("word%d", i);
		jobs[i] = (Job){ .network = i, .blob = &no_blob, .in = all.x, .in_bytes = all.count*sizeof(float), .out_bytes = all.count*sizeof(float),
			.workspace = all.count };
	}
	machine_compile(machine, dir, "words.c", "-O2", names, NWords);
	machine_run(machine, dir, jobs, NWords, elsewhere);
}

static void
build_words(void)
{
	const Target *t = target_named(this_part());
	const Machine *machine = other_machine(t);
	const char *dir = in_dir("words"), *cc = getenv("CC");
	File files[24];
	FILE *f;

	write_files(dir, files, runtime_files(&t, 1, files));
	if (!machine)
		emulate(dir, t->name);
	f = fopen(in_dir("words/words.c"), "w");
	fprintf(f, "#include \"%s\"\nRC_TARGET_BEGIN\n", t->simd);
	for (int i = 0; i < NWords; i++)
		fprintf(f, "void word%d(const float *x, float *y, int count);\nvoid\nword%d(const float *x, float *y, int count)\n{\n"
		        "\tfor (int i = 0; i < count; i += VL) {\n\t\tV a = ld(x + i);\n\t\tst(y + i, %s);\n\t}\n}\n"
		        "int word%d_check(const void *w, size_t len) { return 0; }\n"
		        "int word%d_run_with(const rc_options *o, const void *w, const void *x, float *y, void *ws, size_t count) { word%d(x, y, (int)count); return 0; }\n",
		        i, i, words[i].call, i, i, i);
	fputs("RC_TARGET_END\n", f);
	ck_assert_int_eq(fclose(f), 0);
	if (machine) {
		run_elsewhere(machine, dir);
		return;
	}
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

/* is_right - is got what the word makes of x */
static bool
is_right(int w, float x, float got, double least)
{
	double want = words[w].is((double)x);

	return isnan(want) ? isnan(got) : units(got, want) <= words[w].ulp || fabs(got - want) <= words[w].off*fmax(1, fabs((double)x)) ||
	       fabs(got - want) <= least;
}

static void
want_word(int w, const float *x, const float *y, int count)
{
	bool whole = strcmp(this_part(), "cortex-m55");      /* Helium has no denormals */

	for (int i = 0; i < count; i++) {
		if (is_right(w, x[i], y[i], whole ? 0 : 1.5e-38) ||
		    (!whole && fabsf(x[i]) < 1.17549435e-38f && is_right(w, 0, y[i], 1.5e-38)))
			continue;
		ck_abort_msg("%s of %.9g on %s: want %.9g, got %.9g, %g units off", words[w].call, x[i], this_part(),
		             words[w].is((double)x[i]), y[i], units(y[i], words[w].is((double)x[i])));
	}
}

typedef struct { int word; EachFloat *run; const float *ran; size_t seen; } Trial;

static void
try_block(void *user, float *x, int count)
{
	Trial *t = user;
	float y[Each];

	if (t->ran)
		memcpy(y, t->ran + t->seen, sizeof y);
	else
		t->run(x, y, count);
	t->seen += (size_t)count;
	want_word(t->word, x, y, count);
}

START_TEST(a_word_is_within_its_units)
{
	Trial t = { .word = _i };

	if (elsewhere)
		t.ran = elsewhere[_i].out;
	else
		*(void **)&t.run = dlsym(library, arena_text("word%d", _i));
	each_block(words[_i].lo, words[_i].hi, spacing(), try_block, &t);
	ck_assert_uint_ge(t.seen, Each);
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
