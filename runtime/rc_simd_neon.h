/* SPDX-License-Identifier: 0BSD */
/*
** rc_simd_neon.h - the vector words on 4 floats: AArch64, with products of bytes under RC_NEON_DOT, and 32-bit Arm with
** NEON and VFPv4, which takes denormals for zeros.
*/
#ifndef RC_SIMD_NEON_H
#define RC_SIMD_NEON_H

#include "rc.h"
#include "rc_float.h"      /* first: it speaks of the arithmetic in the next one too */

#include <arm_neon.h>

#if defined(__arm__) && defined(__GNUC__) && !defined(__clang__)
#define RC_TARGET_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"fpu=neon-vfpv4\")")
#define RC_TARGET_END   _Pragma("GCC pop_options")
#elif defined(RC_NEON_DOT) && defined(__clang__)
#define RC_TARGET_BEGIN _Pragma("clang attribute push(__attribute__((target(\"dotprod\"))), apply_to = function)")
#define RC_TARGET_END   _Pragma("clang attribute pop")
#elif defined(RC_NEON_DOT) && defined(__GNUC__) && !defined(__ARM_FEATURE_DOTPROD)
#define RC_TARGET_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"arch=armv8.2-a+dotprod\")")
#define RC_TARGET_END   _Pragma("GCC pop_options")
#else
#define RC_TARGET_BEGIN
#define RC_TARGET_END
#endif

RC_TARGET_BEGIN

typedef float32x4_t V;
enum { VL = 4 };

static inline V ld(const float *p)            { return vld1q_f32(p); }
static inline void st(float *p, V a)          { vst1q_f32(p, a); }
static inline V bc(const float *p)            { return vld1q_dup_f32(p); }
static inline V splat(float a)                { return vdupq_n_f32(a); }
static inline V zero(void)                    { return vdupq_n_f32(0); }
static inline V add(V a, V b)                 { return vaddq_f32(a, b); }
static inline V sub(V a, V b)                 { return vsubq_f32(a, b); }
static inline V mul(V a, V b)                 { return vmulq_f32(a, b); }
static inline V fma_(V a, V b, V c)           { return vfmaq_f32(c, a, b); }
static inline V fused(V a, V b, V c)          { return vfmaq_f32(c, a, b); }               /* rounded once */
static inline V relu(V a)                     { return vmaxq_f32(zero(), a); }         /* NaN stays NaN */
static inline V pmax(V a, V b)                { return vmaxq_f32(a, b); }              /* NaN wins */
static inline V clamp(V a, V lo, V hi)        { return vminq_f32(hi, vmaxq_f32(lo, a)); }  /* NaN stays NaN */
static inline V neg_abs(V a)                  { return vnegq_f32(vabsq_f32(a)); }
/* y where a < 0, else z */
static inline V below0(V a, V y, V z)         { return vbslq_f32(vcltq_f32(a, zero()), y, z); }
static inline V swap1(V a)                    { return vrev64q_f32(a); }
static inline V swap2(V a)                    { return vextq_f32(a, a, 2); }
/* lane i^s to lane i, s from 1 to 3 */
static inline V swap(V a, int s)              { return s == 1 ? swap1(a) : s == 2 ? swap2(a) : swap1(swap2(a)); }
static inline V lowest(void)                  { return splat(-RC_INFINITY); }

/* bfloat16s */
static inline V ldbf(const uint16_t *p)       { return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(p), 16)); }

#if defined(__aarch64__)
/* halves */
static inline V ld16(const uint16_t *p)       { return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p))); }
static inline V div_(V a, V b)                { return vdivq_f32(a, b); }
static inline V root(V a)                     { return vsqrtq_f32(a); }
static inline V nearest(V a)                  { return vrndnq_f32(a); }
static inline int32x4_t whole(V a)            { return vcvtnq_s32_f32(a); }    /* the nearest, even */
#else
/* halves, by floats that are normal */
static inline V
ld16(const uint16_t *p)
{
	uint32x4_t h = vmovl_u16(vld1_u16(p)), bits = vshlq_n_u32(vandq_u32(h, vdupq_n_u32(0x7fff)), 13);
	V normal = vreinterpretq_f32_u32(vaddq_u32(bits, vdupq_n_u32(0x38000000))), least = splat(rc_bits(0x38800000u));
	V small = sub(vreinterpretq_f32_u32(vaddq_u32(bits, vdupq_n_u32(0x38800000))), least);
	V a = vbslq_f32(vtstq_u32(h, vdupq_n_u32(0x7c00)), normal, small);

	return vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(a), vshlq_n_u32(vshrq_n_u32(h, 15), 31)));
}

#include "rc_simd_lanes.h"

/* whole numbers far from 0 stay what they are: they are not added to */
static inline V
nearest(V a)
{
	V far = vreinterpretq_f32_u32(vcgeq_f32(vabsq_f32(a), splat(8388608.0f))), big = splat(12582912.0f);

	return vbslq_f32(vreinterpretq_u32_f32(far), a, vsubq_f32(vaddq_f32(a, big), big));
}

static inline int32x4_t whole(V a)            { return vcvtq_s32_f32(nearest(a)); }
#endif

static inline V
pow2(V n)
{
	return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127)), 23));
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
	return vbslq_f32(vcltq_f32(a, splat(least)), zero(), y);
}

/* --- bytes: I is VL sums of 32 bits, X bytes of a pixel, W four weights of each sum --- */

typedef int32x4_t I;
typedef int8x16_t W;

static inline I ldi(const int32_t *p)         { return vld1q_s32(p); }
static inline W ldw(const signed char *p)     { return vld1q_s8((const int8_t *)p); }
static inline V to_floats(I a)                { return vcvtq_f32_s32(a); }
/* between lo and hi; NaN is lo */
#if defined(__aarch64__)
static inline V between(V a, V lo, V hi)      { return vminnmq_f32(vmaxnmq_f32(a, lo), hi); }
static inline int16x8_t pairs16(int16x8_t a, int16x8_t b) { return vpaddq_s16(a, b); }
static inline I pairs32(I a, I b)             { return vpaddq_s32(a, b); }
#else
static inline V between(V a, V lo, V hi)      { return vminq_f32(vbslq_f32(vcgeq_f32(a, lo), a, lo), hi); }

static inline int16x8_t
pairs16(int16x8_t a, int16x8_t b)
{
	return vcombine_s16(vpadd_s16(vget_low_s16(a), vget_high_s16(a)), vpadd_s16(vget_low_s16(b), vget_high_s16(b)));
}

static inline I
pairs32(I a, I b)
{
	return vcombine_s32(vpadd_s32(vget_low_s32(a), vget_high_s32(a)), vpadd_s32(vget_low_s32(b), vget_high_s32(b)));
}
#endif

#if defined(RC_NEON_DOT)
typedef int8x16_t X;                 /* sixteen of them less 128 */

static inline X signs(uint8x16_t x)           { return vreinterpretq_s8_u8(veorq_u8(x, vdupq_n_u8(128))); }
static inline X quad(const unsigned char *p)  { return signs(vld1q_u8(p)); }

static inline uint8x8_t
four(const unsigned char *p)
{
	uint32_t bytes;

	memcpy(&bytes, p, sizeof bytes);
	return vcreate_u8(bytes);
}

/* the first n of them: 4, 8 or 12 */
static inline X
some(const unsigned char *p, int n)
{
	return signs(vcombine_u8(n < 8 ? four(p) : vld1_u8(p), n > 8 ? four(p + 8) : vdup_n_u8(0)));
}

/* a + the four products of each sum with four of the bytes; in the order of the text, else gcc 12 loads far ahead */
#define RC_DOT(name, four) \
	static inline I \
	name(I a, X x, W w) \
	{ \
		__asm__ volatile("sdot %0.4s, %1.16b, %2.4b[" four "]" : "+w"(a) : "w"(w), "w"(x)); \
		return a; \
	}
RC_DOT(dot_0, "0")
RC_DOT(dot_1, "1")
RC_DOT(dot_2, "2")
RC_DOT(dot_3, "3")
#undef RC_DOT
#else
typedef uint8x8_t X;                 /* four of them, for each sum */

static inline X
quad(const unsigned char *p)
{
	uint32_t four;

	memcpy(&four, p, sizeof four);
	return vreinterpret_u8_u32(vdup_n_u32(four));
}

/* a + the four products of each sum, each of which fits 16 bits; dot_pairs: no pair of which leaves them */
static inline I
dot(I a, X x, W w)
{
	int16x8_t x16 = vreinterpretq_s16_u16(vmovl_u8(x));
	int16x8_t lo = vmulq_s16(x16, vmovl_s8(vget_low_s8(w))), hi = vmulq_s16(x16, vmovl_s8(vget_high_s8(w)));

	return vaddq_s32(a, pairs32(vpaddlq_s16(lo), vpaddlq_s16(hi)));
}

static inline I
dot_pairs(I a, X x, W w)
{
	int16x8_t x16 = vreinterpretq_s16_u16(vmovl_u8(x));
	int16x8_t lo = vmulq_s16(x16, vmovl_s8(vget_low_s8(w))), hi = vmulq_s16(x16, vmovl_s8(vget_high_s8(w)));

	return vpadalq_s16(a, pairs16(lo, hi));
}
#endif

/* VL bytes as floats */
static inline V
ld8(const unsigned char *p)
{
	uint32_t four;

	memcpy(&four, p, sizeof four);
	return vcvtq_f32_u32(vmovl_u16(vget_low_u16(vmovl_u8(vreinterpret_u8_u32(vdup_n_u32(four))))));
}

/* a, rounded to even, plus zero as VL bytes, between which both lie */
static inline void
st8(unsigned char *p, V a, V zero)
{
	uint16x4_t y = vmovn_u32(vreinterpretq_u32_s32(vaddq_s32(whole(a), whole(zero))));
	uint32_t four = vget_lane_u32(vreinterpret_u32_u8(vmovn_u16(vcombine_u16(y, y))), 0);

	memcpy(p, &four, sizeof four);
}

/*
** --- Winograd on bytes: H is HL numbers of 16 bits, X2 two of them for all sums, W2 two weights of each; sums and what
** is made of them are modulo 2^32 ---
*/

typedef int16x8_t H;
typedef int16x4_t X2;
typedef int16x4x2_t W2;
enum { HL = 8 };

static inline void sth(int16_t *p, H a)       { vst1q_s16(p, a); }
static inline H addh(H a, H b)                { return vaddq_s16(a, b); }
static inline H subh(H a, H b)                { return vsubq_s16(a, b); }
static inline H shlh(H a, int n)              { return vshlq_s16(a, vdupq_n_s16((int16_t)n)); }
static inline H splath(int a)                 { return vdupq_n_s16((int16_t)a); }
/* HL bytes, signed bytes */
static inline H ldh8(const unsigned char *p)  { return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(p))); }
static inline H ldhs8(const signed char *p)   { return vmovl_s8(vld1_s8((const int8_t *)p)); }
static inline W2 ldw2(const int16_t *p)       { return vld2_s16(p); }
static inline I zeroi(void)                   { return vdupq_n_s32(0); }
static inline void sti(int32_t *p, I a)       { vst1q_s32(p, a); }
static inline I addi(I a, I b)                { return vaddq_s32(a, b); }
static inline I subi(I a, I b)                { return vsubq_s32(a, b); }
static inline I shli(I a, int n)              { return vshlq_s32(a, vdupq_n_s32(n)); }
/* a*by, then halved n times, below 0 too */
static inline I scaled(I a, int by, int n)    { return vshlq_s32(vmulq_n_s32(a, by), vdupq_n_s32(-n)); }

static inline X2
pair(const int16_t *p)
{
	uint32_t two;

	memcpy(&two, p, sizeof two);
	return vreinterpret_s16_u32(vdup_n_u32(two));
}

/* a + the two products of each sum */
static inline I
dot2(I a, X2 x, W2 w)
{
	return vmlal_lane_s16(vmlal_lane_s16(a, w.val[0], x, 0), w.val[1], x, 1);
}

#include "rc_exp.h"
#include "rc_act.h"

RC_TARGET_END

#endif
