/* SPDX-License-Identifier: 0BSD */
/* rc_simd_wasm.h - the vector words on 4 floats: WebAssembly with simd128, whose multiply-adds are rounded twice. */
#ifndef RC_SIMD_WASM_H
#define RC_SIMD_WASM_H

#include "rc.h"
#include "rc_float.h"      /* first: it speaks of the arithmetic in the next one too */

#include <wasm_simd128.h>

#if defined(RC_WASM_RELAXED)
#define RC_TARGET_BEGIN \
	_Pragma("clang attribute push(__attribute__((target(\"simd128,relaxed-simd\"))), apply_to = function)")
#else
#define RC_TARGET_BEGIN _Pragma("clang attribute push(__attribute__((target(\"simd128\"))), apply_to = function)")
#endif
#define RC_TARGET_END   _Pragma("clang attribute pop")

RC_TARGET_BEGIN

typedef v128_t V;
enum { VL = 4 };

static inline V ld(const float *p)            { return wasm_v128_load(p); }
static inline void st(float *p, V a)          { wasm_v128_store(p, a); }
static inline V bc(const float *p)            { return wasm_v128_load32_splat(p); }
static inline V splat(float a)                { return wasm_f32x4_splat(a); }
static inline V zero(void)                    { return wasm_f32x4_const_splat(0); }
static inline V add(V a, V b)                 { return wasm_f32x4_add(a, b); }
static inline V sub(V a, V b)                 { return wasm_f32x4_sub(a, b); }
static inline V mul(V a, V b)                 { return wasm_f32x4_mul(a, b); }
#if defined(RC_WASM_RELAXED)
typedef float rc_lanes __attribute__((vector_size(16)));
static inline V
fma_(V a, V b, V c)
{
	return (V)__builtin_wasm_relaxed_madd_f32x4((rc_lanes)a, (rc_lanes)b, (rc_lanes)c);
}
#else
static inline V fma_(V a, V b, V c)           { return wasm_f32x4_add(wasm_f32x4_mul(a, b), c); }
#endif
static inline V relu(V a)                     { return wasm_f32x4_pmax(a, zero()); }   /* NaN stays NaN */
/* NaN wins: a third of the instructions that f32x4.max becomes on x86 */
static inline V pmax(V a, V b)                { return wasm_v128_or(wasm_f32x4_pmax(a, b), wasm_f32x4_ne(b, b)); }
static inline V div_(V a, V b)                { return wasm_f32x4_div(a, b); }
static inline V clamp(V a, V lo, V hi)        { return wasm_f32x4_pmin(wasm_f32x4_pmax(a, lo), hi); } /* NaN stays */
static inline V neg_abs(V a)                  { return wasm_v128_or(a, splat(-0.0f)); }
/* y where a < 0, else z */
static inline V below0(V a, V y, V z)         { return wasm_v128_bitselect(y, z, wasm_f32x4_lt(a, zero())); }
static inline V swap1(V a)                    { return wasm_i32x4_shuffle(a, a, 1, 0, 3, 2); }
static inline V swap2(V a)                    { return wasm_i32x4_shuffle(a, a, 2, 3, 0, 1); }
/* lane i^s to lane i, s from 1 to 3 */
static inline V swap(V a, int s)              { return s == 1 ? swap1(a) : s == 2 ? swap2(a) : swap1(swap2(a)); }
static inline V root(V a)                     { return wasm_f32x4_sqrt(a); }
static inline V lowest(void)                  { return splat(-RC_INFINITY); }

/* halves, by floats that are normal */
static inline V
ld16(const uint16_t *p)
{
	v128_t h = wasm_u32x4_load16x4(p), bits = wasm_i32x4_shl(wasm_v128_and(h, wasm_i32x4_splat(0x7fff)), 13);
	V normal = wasm_i32x4_add(bits, wasm_i32x4_splat(0x38000000)), least = splat(rc_bits(0x38800000u));
	V small = sub(wasm_i32x4_add(bits, wasm_i32x4_splat(0x38800000)), least);
	V a = wasm_v128_bitselect(normal, small, wasm_i32x4_gt(wasm_v128_and(h, wasm_i32x4_splat(0x7c00)), zero()));

	return wasm_v128_or(a, wasm_i32x4_shl(wasm_u32x4_shr(h, 15), 31));
}

/* bfloat16s */
static inline V ldbf(const uint16_t *p)       { return wasm_i32x4_shl(wasm_u32x4_load16x4(p), 16); }

static inline V nearest(V a)                  { return wasm_f32x4_nearest(a); }

static inline V
pow2(V n)
{
	return wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127)), 23);
}

/* a = fraction*2^exponent for normal a > 0, fraction from 1 to 2 */
static inline V
exponent(V a)
{
	return wasm_f32x4_convert_i32x4(wasm_i32x4_sub(wasm_u32x4_shr(a, 23), wasm_i32x4_splat(127)));
}

static inline V
fraction(V a)
{
	return wasm_v128_or(wasm_v128_and(a, wasm_i32x4_splat(0x7fffff)), wasm_i32x4_splat(0x3f800000));
}

static inline V
zero_below(V a, float least, V y)
{
	return wasm_v128_andnot(y, wasm_f32x4_lt(a, splat(least)));
}

/* a*b + c, rounded once where a double has room for all of it */
static inline V
fused(V a, V b, V c)
{
	V a2 = swap2(a), b2 = swap2(b), c2 = swap2(c);
	V lo = wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(a), wasm_f64x2_promote_low_f32x4(b));
	V hi = wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(a2), wasm_f64x2_promote_low_f32x4(b2));

	lo = wasm_f32x4_demote_f64x2_zero(wasm_f64x2_add(lo, wasm_f64x2_promote_low_f32x4(c)));
	hi = wasm_f32x4_demote_f64x2_zero(wasm_f64x2_add(hi, wasm_f64x2_promote_low_f32x4(c2)));
	return wasm_i32x4_shuffle(lo, hi, 0, 1, 4, 5);
}

/* --- bytes: I is VL sums of 32 bits, X two bytes of a pixel as 16 bits for each, W two weights of each --- */

typedef v128_t I, X, W;

static inline I ldi(const int32_t *p)         { return wasm_v128_load(p); }
static inline X quad(const unsigned char *p)  { return wasm_u16x8_extend_low_u8x16(wasm_v128_load16_splat(p)); }
static inline W ldw(const signed char *p)     { return wasm_i16x8_load8x8(p); }
static inline V to_floats(I a)                { return wasm_f32x4_convert_i32x4(a); }
/* between lo and hi; NaN is lo */
static inline V between(V a, V lo, V hi)      { return wasm_f32x4_pmin(wasm_f32x4_pmax(lo, a), hi); }

/* a + the two products of each sum */
static inline I dot(I a, X x, W w)            { return wasm_i32x4_add(a, wasm_i32x4_dot_i16x8(x, w)); }
static inline I dot_pairs(I a, X x, W w)      { return dot(a, x, w); }

/* VL bytes as floats */
static inline V
ld8(const unsigned char *p)
{
	return wasm_f32x4_convert_i32x4(wasm_u32x4_extend_low_u16x8(wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(p))));
}

/* a, rounded to even, plus zero as bytes, between which both lie */
static inline void
st8(unsigned char *p, V a, V zero)
{
	V large = splat(8388608);    /* sums of it and a byte are whole, and the byte is their last bits */
	v128_t whole = wasm_v128_xor(wasm_f32x4_add(wasm_f32x4_add(wasm_f32x4_nearest(a), zero), large), large);
	v128_t half = wasm_i16x8_narrow_i32x4(whole, whole);

	wasm_v128_store32_lane(p, wasm_u8x16_narrow_i16x8(half, half), 0);
}

/*
** --- Winograd on bytes: H is HL numbers of 16 bits, X2 two of them for each sum, W2 two weights of each; sums and what
** is made of them are modulo 2^32 ---
*/

typedef v128_t H, X2, W2;
enum { HL = 8 };

static inline void sth(int16_t *p, H a)       { wasm_v128_store(p, a); }
static inline H addh(H a, H b)                { return wasm_i16x8_add(a, b); }
static inline H subh(H a, H b)                { return wasm_i16x8_sub(a, b); }
static inline H shlh(H a, int n)              { return wasm_i16x8_shl(a, (uint32_t)n); }
static inline H splath(int a)                 { return wasm_i16x8_splat((int16_t)a); }
/* HL bytes, signed bytes */
static inline H ldh8(const unsigned char *p)  { return wasm_u16x8_load8x8(p); }
static inline H ldhs8(const signed char *p)   { return wasm_i16x8_load8x8(p); }
static inline W2 ldw2(const int16_t *p)       { return wasm_v128_load(p); }
static inline X2 pair(const int16_t *p)       { return wasm_v128_load32_splat(p); }
static inline I zeroi(void)                   { return wasm_i32x4_const_splat(0); }
static inline void sti(int32_t *p, I a)       { wasm_v128_store(p, a); }
static inline I addi(I a, I b)                { return wasm_i32x4_add(a, b); }
static inline I subi(I a, I b)                { return wasm_i32x4_sub(a, b); }
static inline I shli(I a, int n)              { return wasm_i32x4_shl(a, (uint32_t)n); }
/* a*by, then halved n times, below 0 too */
static inline I
scaled(I a, int by, int n)
{
	return wasm_i32x4_shr(wasm_i32x4_mul(a, wasm_i32x4_splat(by)), (uint32_t)n);
}

/* a + the two products of each sum */
static inline I dot2(I a, X2 x, W2 w)         { return wasm_i32x4_add(a, wasm_i32x4_dot_i16x8(x, w)); }

#include "rc_exp.h"
#include "rc_act.h"

RC_TARGET_END
#endif
