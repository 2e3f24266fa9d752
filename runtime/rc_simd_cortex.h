/* SPDX-License-Identifier: 0BSD */
/*
** rc_simd_cortex.h - the vector words on single floats for Cortex-M: plain C, and products of bytes two at a time where
** the processor has the instructions for them.
*/
#ifndef RC_SIMD_CORTEX_H
#define RC_SIMD_CORTEX_H

#include "rc.h"

/* gcc, before it gives out registers, puts all loads first and runs out of them */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-schedule-insns")
#endif
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#define RC_OWN_PRODUCTS
#endif

#if defined(__ARM_FP) && defined(__GNUC__)      /* all of them turn halves into floats */
static inline float
rc_half_in_hardware(uint32_t h)
{
	float a;

	__asm__("vmov %0, %1\n\tvcvtb.f32.f16 %0, %0" : "=t"(a) : "r"(h));
	return a;
}
#define RC_HALF(h)      rc_half_in_hardware(h)
#endif

#include "rc_simd_scalar.h"

#if defined(RC_OWN_PRODUCTS)
RC_TARGET_BEGIN

/* --- bytes: I is a sum of 32 bits, X four bytes of a pixel, W four weights, two and two of them in 16 bits each --- */

typedef int32_t I;
typedef struct { uint32_t even, odd; } X;
typedef struct { uint32_t even, odd; } W;

static inline I ldi(const int32_t *p)         { return *p; }
static inline V to_floats(I a)                { return (float)a; }

static inline X
quad(const unsigned char *p)
{
	uint32_t four;
	X x;

	memcpy(&four, p, sizeof four);
	__asm__("uxtb16 %0, %1" : "=r"(x.even) : "r"(four));
	__asm__("uxtb16 %0, %1, ror #8" : "=r"(x.odd) : "r"(four));
	return x;
}

static inline W
ldw(const signed char *p)
{
	uint32_t four;
	W w;

	memcpy(&four, p, sizeof four);
	__asm__("sxtb16 %0, %1" : "=r"(w.even) : "r"(four));
	__asm__("sxtb16 %0, %1, ror #8" : "=r"(w.odd) : "r"(four));
	return w;
}

/* a + the four products */
static inline I
dot(I a, X x, W w)
{
	__asm__("smlad %0, %1, %2, %0" : "+r"(a) : "r"(x.even), "r"(w.even));
	__asm__("smlad %0, %1, %2, %0" : "+r"(a) : "r"(x.odd), "r"(w.odd));
	return a;
}

static inline I dot_pairs(I a, X x, W w)      { return dot(a, x, w); }

RC_TARGET_END
#endif

#endif
