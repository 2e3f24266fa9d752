/* SPDX-License-Identifier: 0BSD */
/* rc_simd_neon.h - the vector words on 4 floats: AArch64. */
#ifndef RC_SIMD_NEON_H
#define RC_SIMD_NEON_H

#include "rc.h"
#include "rc_float.h"      /* first: it speaks of the arithmetic in the next one too */

#include <arm_neon.h>

#define RC_TARGET_BEGIN
#define RC_TARGET_END

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
static inline V relu(V a)                     { return vmaxq_f32(zero(), a); }         /* NaN stays NaN */
static inline V pmax(V a, V b)                { return vmaxq_f32(a, b); }              /* NaN wins */
static inline V div_(V a, V b)                { return vdivq_f32(a, b); }
static inline V clamp(V a, V lo, V hi)        { return vminq_f32(hi, vmaxq_f32(lo, a)); }  /* NaN stays NaN */
static inline V neg_abs(V a)                  { return vnegq_f32(vabsq_f32(a)); }
/* y where a < 0, else z */
static inline V below0(V a, V y, V z)         { return vbslq_f32(vcltq_f32(a, zero()), y, z); }
static inline V swap1(V a)                    { return vrev64q_f32(a); }
static inline V swap2(V a)                    { return vextq_f32(a, a, 2); }
/* lane i^s to lane i, s from 1 to 3 */
static inline V swap(V a, int s)              { return s == 1 ? swap1(a) : s == 2 ? swap2(a) : swap1(swap2(a)); }
static inline V root(V a)                     { return vsqrtq_f32(a); }
static inline V lowest(void)                  { return splat(-RC_INFINITY); }

static inline V nearest(V a)                  { return vrndnq_f32(a); }

static inline V
pow2(V n)
{
	return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127)), 23));
}

static inline V
zero_below(V a, float least, V y)
{
	return vbslq_f32(vcltq_f32(a, splat(least)), zero(), y);
}

#include "rc_exp.h"
#include "rc_act.h"

#endif
