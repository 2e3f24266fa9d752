/* SPDX-License-Identifier: 0BSD */
/*
** rc_float.h - keeps the arithmetic of emitted code as it is written, whatever -ffast-math or
** -ffp-contract say: no reassociation, no contraction, NaN and infinity obeyed.
*/
#ifndef RC_FLOAT_H
#define RC_FLOAT_H

#include <stdint.h>

/* memcpy and memset: a libc's, or where there is none (WebAssembly with -nostdlib) the compiler's own */
#if defined(__has_include)
#if __has_include(<string.h>)
#include <string.h>
#else
#define memcpy __builtin_memcpy
#define memset __builtin_memset
#endif
#else
#include <string.h>
#endif

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wignored-pragmas"   /* some processors' compilers have no float_control */
#pragma float_control(precise, on)
#pragma clang diagnostic pop
#pragma clang fp contract(off) reassociate(off)
#elif defined(__GNUC__)
#pragma GCC optimize("no-fast-math", "fp-contract=off")
#elif defined(_MSC_VER)
#pragma float_control(precise, on)
#pragma fp_contract(off)
#endif

/*
** clang takes it from -ffast-math that what functions are given and return is no NaN and not infinite, of which no
** pragma frees them. Where that would count, it does not see what a is: bits in registers of a kind.
*/
#if defined(__clang__) && __FINITE_MATH_ONLY__
#define RC_UNSEEN(bits, kind, a) \
	do { \
		bits unseen; \
		memcpy(&unseen, &a, sizeof unseen); \
		__asm__("" : "+" kind(unseen)); \
		memcpy(&a, &unseen, sizeof unseen); \
	} while (0)
#else
#define RC_UNSEEN(bits, kind, a) (void)0
#endif

static inline float
rc_bits(uint32_t bits)
{
	float a;

	RC_UNSEEN(uint32_t, "r", bits);
	memcpy(&a, &bits, sizeof a);
	return a;
}

/* the float that half precision's 16 bits stand for, no infinity and no NaN; made of normal floats alone */
static inline float
rc_half(uint16_t h)
{
	uint32_t bits = (uint32_t)(h & 0x7fffu) << 13;
	float a = h & 0x7c00u ? rc_bits(bits + 0x38000000u) : rc_bits(bits + 0x38800000u) - rc_bits(0x38800000u);

	return h & 0x8000u ? -a : a;
}

#define RC_INFINITY rc_bits(0x7f800000u)

/* 2^n for whole n in -126 ... 127 */
static inline float
rc_exp2(float n)
{
	return rc_bits((uint32_t)((int)n + 127) << 23);
}

/* a = fraction*2^exponent for normal a > 0, fraction from 1 to 2 */
static inline float
rc_exponent(float a)
{
	uint32_t bits;

	memcpy(&bits, &a, sizeof bits);
	return (float)((int)(bits >> 23) - 127);
}

static inline float
rc_fraction(float a)
{
	uint32_t bits;

	memcpy(&bits, &a, sizeof bits);
	return rc_bits((bits & 0x7fffffu) | 0x3f800000u);
}

/* between lo and hi; NaN is lo */
static inline float
rc_between(float a, float lo, float hi)
{
	return a > lo ? a < hi ? a : hi : lo;
}

/* a*b + c, rounded twice */
static inline float
rc_scaled(float a, float b, float c)
{
	volatile float product = a*b;            /* which no compiler may fuse */

	return product + c;
}

/* a, rounded to even, plus zero as a byte; |a| < 2^22 */
static inline unsigned char
rc_byte(float a, float zero)
{
	const float whole = 12582912.0f;         /* 1.5*2^23: behind it a float has no place for fractions */
	float y = a + whole;

	return (unsigned char)(int)(y - whole + zero);
}

/* a, a place that a file tells of, if it is one up to most, else 0 */
static inline int
rc_within(int32_t a, int most)
{
	return (uint32_t)a <= (uint32_t)most ? (int)a : 0;
}

#endif
