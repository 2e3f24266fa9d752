/*
** peak.c - what this machine can do at most, in the vector words of a target: multiply-adds of independent accumulators
** without memory, and reading. Carried inside resnetc and compiled beside a network; PEAK_WORDS is the target's header,
** PEAK_REGISTERS how many vector registers it has.
*/
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <time.h>

#include PEAK_WORDS

#define TWELVE(X)  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#if PEAK_REGISTERS > 16
#define EACH(X)    TWELVE(X) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23)
#else
#define EACH(X)    TWELVE(X)
#endif

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9*(double)t.tv_nsec;
}

RC_TARGET_BEGIN

#define START(i) V a##i = splat(i);
#define STEP(i)  a##i = fma_(a##i, x, y);
#define COUNT(i) + 1
#define ADD(i)   sum = add(sum, a##i);

/* burst - so many rounds of multiply-adds; a function of its own, because accumulators don't survive a call of the clock */
static __attribute__((noinline)) void
burst(long rounds, float *result)
{
	V x = splat(0.999f), y = splat(0.001f), sum = zero();

	EACH(START)
	for (long i = 0; i < rounds; i++) {
		EACH(STEP)
	}
	EACH(ADD)
	st(result, sum);
}

/* rc_peak - GFLOP/s of multiply-adds, the best of many short runs in about this many seconds */
double
rc_peak(double seconds)
{
	enum { Rounds = 20000 };
	float result[VL];
	double start = now(), from, to, flops, best = 0;

	do {
		from = now();
		burst(Rounds, result);
		to = now();
		flops = (double)Rounds*(0 EACH(COUNT))*2*VL/(to - from);
		best = flops > best ? flops : best;
	} while (to - start < seconds);
	return result[0] == 12345.0f ? 0 : best/1e9;
}

/* rc_bandwidth - GB/s of reading so many bytes again and again, the best of the runs in about this many seconds */
double
rc_bandwidth(size_t bytes, double seconds)
{
	size_t count = bytes/sizeof(float)/(8*VL)*(8*VL);
	int rounds = bytes < (1u << 25) ? (int)((1u << 25)/bytes) : 1;
	float *p = (float *)malloc(count*sizeof *p), sink[VL];
	double start, to, from, best = 0;
	V a = zero(), b = a, c = a, d = a;

	for (size_t i = 0; p && i < count; i++)
		p[i] = (float)(i%7);
	start = to = now();
	while (p && to - start < seconds) {
		from = to;
		for (int k = 0; k < rounds; k++)
		for (size_t i = 0; i < count; i += 8*VL) {
			a = add(a, ld(p + i));
			b = add(b, ld(p + i + VL));
			c = add(c, ld(p + i + 2*VL));
			d = add(d, ld(p + i + 3*VL));
			a = add(a, ld(p + i + 4*VL));
			b = add(b, ld(p + i + 5*VL));
			c = add(c, ld(p + i + 6*VL));
			d = add(d, ld(p + i + 7*VL));
		}
		to = now();
		from = (double)rounds*(double)(count*sizeof *p)/(to - from);
		best = from > best ? from : best;
	}
	free(p);
	st(sink, add(add(a, b), add(c, d)));
	return sink[0] == 12345.0f ? 0 : best/1e9;
}

RC_TARGET_END
