/* SPDX-License-Identifier: 0BSD */
/*
** rc_cpu.h - a part of rc.c: which instructions the processor has, and how it rounds.
*/
#if defined(__linux__) && (defined(__riscv) || defined(__aarch64__))
#include <sys/auxv.h>
#elif defined(__APPLE__) && defined(__aarch64__)
#include <sys/sysctl.h>
#elif defined(_WIN32) && defined(__aarch64__)
#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#endif

#if defined(__x86_64__)
/* the processor itself is asked: not every compiler has __builtin_cpu_supports, some have one that knows nothing */
static void
cpuid(unsigned leaf, unsigned part, unsigned *r)
{
	__asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(part));
}
#endif

RC_WEAK int
rc_x86(int features)
{
	int has = 0;
#if defined(__x86_64__)
	unsigned basic[4], more[4], last[4] = { 0 }, kept = 0, high;

	cpuid(0, 0, basic);
	if (basic[0] < 7)
		return 0;
	cpuid(1, 0, basic);
	cpuid(7, 0, more);
	if (more[0] >= 1)
		cpuid(7, 1, last);
	if (basic[2] >> 27 & 1)          /* the system says which registers it keeps, by xgetbv */
		__asm__ volatile(".byte 0x0f, 0x01, 0xd0" : "=a"(kept), "=d"(high) : "c"(0));
	if ((kept & 0x06) == 0x06)
		has |= (basic[2] >> 12 & 1 ? RC_FMA : 0) | (basic[2] >> 29 & 1 ? RC_F16C : 0) |
		       (more[1] >> 5 & 1 ? RC_AVX2 : 0) | (last[0] >> 4 & 1 ? RC_AVX_VNNI : 0);
	if ((kept & 0xe6) == 0xe6)
		has |= (more[1] >> 16 & 1 ? RC_AVX512F : 0) | (more[1] >> 30 & 1 ? RC_AVX512BW : 0) |
		       (more[2] >> 11 & 1 ? RC_AVX512_VNNI : 0);
#endif
	return (has & features) == features;
}

/* where no system can be asked, its compiler knows; 20: HWCAP_ASIMDDP, 43: PF_ARM_V82_DP_INSTRUCTIONS_AVAILABLE */
RC_WEAK int
rc_neon_dot(void)
{
#if defined(__ARM_FEATURE_DOTPROD)
	return 1;
#elif defined(__aarch64__) && defined(__linux__)
	return (int)(getauxval(AT_HWCAP) >> 20 & 1);
#elif defined(__aarch64__) && defined(__APPLE__)
	int has = 0;
	size_t len = sizeof has;

	return !sysctlbyname("hw.optional.arm.FEAT_DotProd", &has, &len, NULL, 0) && has;
#elif defined(__aarch64__) && defined(_WIN32)
	return IsProcessorFeaturePresent(43) != 0;
#else
	return 0;
#endif
}

/* where no system can be asked, the compiler's flags know whether there are vectors; 0xc22: their bytes */
RC_WEAK int
rc_rvv_bits(void)
{
#if defined(__riscv) && (defined(__linux__) || defined(__riscv_v))
	unsigned long bytes;

#if defined(__linux__)
	if (!(getauxval(AT_HWCAP) >> ('v' - 'a') & 1))
		return 0;
#endif
	__asm__("csrr %0, 0xc22" : "=r"(bytes));
	return (int)(8*bytes);
#else
	return 0;
#endif
}

/* Does this compiler round every result to a float? x87 does not, and would give other bits. */
static int
floats_are_floats(void)
{
#if defined(__FLT_EVAL_METHOD__) && !defined(__clang__)
	return __FLT_EVAL_METHOD__ == 0 || __FLT_EVAL_METHOD__ == 16;
#elif defined(__FLT_EVAL_METHOD__)
	return __FLT_EVAL_METHOD__ != 1 && __FLT_EVAL_METHOD__ != 2;     /* -1: -ffast-math, which rc_float.h takes back */
#elif defined(_M_IX86_FP)
	return _M_IX86_FP >= 2;
#else
	return 1;
#endif
}

/*
** The caller may have told the processor to round otherwise than to the nearest, or to take what is too small for a
** normal float for 0, as every program does that is linked with -ffast-math; the results are to be the same. In
** training that is 0, which it takes and makes in the time of any other. What the caller had said, for rc_round_as.
*/
RC_WEAK uint64_t
rc_round_to_nearest(int flush)
{
	uint64_t before = 0;
#if defined(__x86_64__) && defined(RC_GNU)
	unsigned mxcsr = 0, nearest;         /* 0: for the sanitizer, which does not see what assembly writes */

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	before = mxcsr;
	nearest = (mxcsr & ~0xe040u) | (flush ? 0x8040u : 0);
	if (nearest != mxcsr)
		__asm__ volatile("ldmxcsr %0" : : "m"(nearest));
#elif defined(__aarch64__) && defined(RC_GNU)
	__asm__ volatile("mrs %0, fpcr" : "=r"(before));
	uint64_t now = (before & ~(uint64_t)0x1c00000) | (flush ? 0x1000000 : 0);

	if (before != now)
		__asm__ volatile("msr fpcr, %0" : : "r"(now));
#endif
	(void)flush;
	return before;
}

RC_WEAK void
rc_round_as(uint64_t before, int flush)
{
#if defined(__x86_64__) && defined(RC_GNU)
	unsigned mxcsr = (unsigned)before;

	if (flush || mxcsr & 0xe040u)
		__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
#elif defined(__aarch64__) && defined(RC_GNU)
	if (flush || before & 0x1c00000)
		__asm__ volatile("msr fpcr, %0" : : "r"(before));
#else
	(void)before;
	(void)flush;
#endif
}
