/* SPDX-License-Identifier: 0BSD */
/*
** rc_simd_mve.h - the vector words on 4 floats: Armv8.1-M with Helium's floats (Cortex-M55, M85), which takes denormals
** for zeros.
*/
#ifndef RC_SIMD_MVE_H
#define RC_SIMD_MVE_H

#include "rc.h"
#include "rc_float.h"      /* first: it speaks of the arithmetic in the next one too */

#include <arm_mve.h>

#define RC_TARGET_BEGIN
#define RC_TARGET_END

typedef float32x4_t V;
enum { VL = 4 };

static inline V ld(const float *p)            { return vld1q_f32(p); }
static inline void st(float *p, V a)          { vst1q_f32(p, a); }
static inline V splat(float a)                { return vdupq_n_f32(a); }
static inline V bc(const float *p)            { return splat(*p); }
static inline V zero(void)                    { return splat(0); }
static inline V add(V a, V b)                 { return vaddq_f32(a, b); }
static inline V sub(V a, V b)                 { return vsubq_f32(a, b); }
static inline V mul(V a, V b)                 { return vmulq_f32(a, b); }
static inline V fma_(V a, V b, V c)           { return vfmaq_f32(c, a, b); }
static inline V fma_n(float a, V b, V c)      { return vfmaq_n_f32(c, b, a); }
static inline V fused(V a, V b, V c)          { return fma_(a, b, c); }        /* rounded once */
/* y where a < 0, else z; its comparison "less" holds for NaN, so all of them are said as "greater" */
static inline V below0(V a, V y, V z)         { return vpselq_f32(y, z, vcmpgtq_f32(zero(), a)); }
static inline V relu(V a)                     { return below0(a, zero(), a); }         /* NaN stays NaN */
static inline V neg_abs(V a)                  { return vnegq_f32(vabsq_f32(a)); }
static inline V swap1(V a)                    { return vrev64q_f32(a); }
static inline V lowest(void)                  { return splat(-RC_INFINITY); }
static inline V nearest(V a)                  { return vrndnq_f32(a); }

/* halves, by floats that are normal */
static inline V
ld16(const uint16_t *p)
{
	uint32x4_t h = vldrhq_u32(p), bits = vshlq_n_u32(vandq_u32(h, vdupq_n_u32(0x7fff)), 13);
	V normal = vreinterpretq_f32_u32(vaddq_n_u32(bits, 0x38000000)), least = splat(rc_bits(0x38800000u));
	V small = sub(vreinterpretq_f32_u32(vaddq_n_u32(bits, 0x38800000)), least);
	V a = vpselq_f32(normal, small, vcmphiq_n_u32(vandq_u32(h, vdupq_n_u32(0x7c00)), 0));

	return vreinterpretq_f32_u32(vorrq_u32(vreinterpretq_u32_f32(a), vshlq_n_u32(vshrq_n_u32(h, 15), 31)));
}

/* bfloat16s */
static inline V ldbf(const uint16_t *p)       { return vreinterpretq_f32_u32(vshlq_n_u32(vldrhq_u32(p), 16)); }

/* maximum; NaN wins */
static inline V
pmax(V a, V b)
{
	return vpselq_f32(b, a, (mve_pred16_t)(vcmpgtq_f32(b, a) | vcmpneq_f32(b, b)));
}

/* NaN stays NaN */
static inline V
clamp(V a, V lo, V hi)
{
	a = vpselq_f32(lo, a, vcmpgtq_f32(lo, a));
	return vpselq_f32(hi, a, vcmpgtq_f32(a, hi));
}

static inline V
swap2(V a)
{
	float x[4];

	vst1q_f32(x, a);
	return (V){ x[2], x[3], x[0], x[1] };
}

/* lane i^s to lane i, s from 1 to 3 */
static inline V
swap(V a, int s)
{
	return s == 1 ? swap1(a) : s == 2 ? swap2(a) : swap1(swap2(a));
}

#include "rc_simd_lanes.h"

static inline V
pow2(V n)
{
	return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_n_s32(vcvtq_s32_f32(n), 127), 23));
}

/* a = fraction*2^exponent for normal a > 0, fraction from 1 to 2 */
static inline V
exponent(V a)
{
	return vcvtq_f32_s32(vsubq_s32(vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_f32(a), 23)), vdupq_n_s32(127)));
}

static inline V
fraction(V a)
{
	uint32x4_t bits = vandq_u32(vreinterpretq_u32_f32(a), vdupq_n_u32(0x7fffff));

	return vreinterpretq_f32_u32(vorrq_u32(bits, vdupq_n_u32(0x3f800000)));
}

static inline V
zero_below(V a, float least, V y)
{
	return vpselq_f32(zero(), y, vcmpgtq_f32(splat(least), a));
}

/* --- bytes: I is one sum of 32 bits, X sixteen bytes of a pixel less 128, W as many weights --- */

typedef int32_t I;
typedef int8x16_t X, W;

static inline I ldi(const int32_t *p)         { return *p; }
static inline X signs(uint8x16_t x)           { return vreinterpretq_s8_u8(veorq_u8(x, vdupq_n_u8(128))); }
static inline X quad(const unsigned char *p)  { return signs(vld1q_u8(p)); }
/* the first n of them */
static inline X some(const unsigned char *p, int n) { return signs(vld1q_z_u8(p, vctp8q((uint32_t)n))); }
static inline W ldw(const signed char *p)     { return vld1q_s8((const int8_t *)p); }
/* between lo and hi; NaN is lo */
static inline V between(V a, V lo, V hi)      { return vminnmq_f32(vmaxnmq_f32(a, lo), hi); }

static inline V
to_floats(I a, I b, I c, I d)
{
	int32x4_t sums = { a, b, c, d };

	return vcvtq_f32_s32(sums);
}

/* a + the sixteen products */
static inline I dot(I a, X x, W w)            { return vmladavaq_s8(a, x, w); }
static inline I dot_pairs(I a, X x, W w)      { return dot(a, x, w); }

/* VL bytes as floats */
static inline V ld8(const unsigned char *p)   { return vcvtq_f32_u32(vldrbq_u32((const uint8_t *)p)); }

/* a, rounded to even, plus zero as bytes, between which both lie */
static inline void
st8(unsigned char *p, V a, V zero)
{
	vstrbq_u32((uint8_t *)p, vcvtq_u32_f32(vaddq_f32(vrndnq_f32(a), zero)));
}

#include "rc_exp.h"
#include "rc_act.h"

#endif
