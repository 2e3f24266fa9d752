/* SPDX-License-Identifier: 0BSD */
/*
** rc_simd_rvv.h - the vector words for RISC-V with its vectors 1.0: on 8 floats, two registers of 128 bits, which every
** such processor has; on 16 with RC_RVV_256. They are written on the compiler's own vectors, whose size is known: those
** lie in arrays, want no flags, and how long the processor's are makes no other bits.
*/
#ifndef RC_SIMD_RVV_H
#define RC_SIMD_RVV_H

#include "rc.h"
#include "rc_float.h"

#if !defined(__riscv) || !defined(__clang__) || __clang_major__ < 19
#error "want clang 19 or later for RISC-V's vectors; the scalar target does with other compilers"
#endif

#if defined(RC_RVV_256)
enum { VL = 16 };
#define RC_TARGET_BEGIN \
	_Pragma("clang attribute push(__attribute__((target(\"arch=+v,+zvl256b\"))), apply_to = function)")
#define RC_16(...)      , __VA_ARGS__                      /* lanes that only 16 have */
#else
enum { VL = 8 };
#define RC_TARGET_BEGIN _Pragma("clang attribute push(__attribute__((target(\"arch=+v\"))), apply_to = function)")
#define RC_16(...)
#endif
#define RC_TARGET_END   _Pragma("clang attribute pop")
#define RC_VL(type)     __attribute__((vector_size(VL*sizeof(type)))) type
#define RC_LOOSE(align) __attribute__((aligned(align), may_alias))       /* as vectors lie in memory */

RC_TARGET_BEGIN

typedef RC_VL(float) V;
typedef RC_VL(int32_t) I;
typedef RC_VL(uint32_t) rc_words;
typedef RC_VL(int16_t) rc_shorts;
typedef RC_VL(uint16_t) rc_halves;
typedef RC_VL(uint8_t) rc_bytes;
typedef V rc_v RC_LOOSE(4);
typedef I rc_i RC_LOOSE(4);
typedef rc_shorts rc_s RC_LOOSE(2);
typedef rc_halves rc_h RC_LOOSE(2);
typedef rc_bytes rc_b RC_LOOSE(1);

/* y where m, else z */
static inline V rc_pick(I m, V y, V z)           { return (V)((m & (I)y) | (~m & (I)z)); }

static inline V ld(const float *p)            { return *(const rc_v *)p; }
static inline void st(float *p, V a)          { *(rc_v *)p = a; }

static inline V
splat(float a)
{
	V y = { a, a, a, a, a, a, a, a RC_16(a, a, a, a, a, a, a, a) };

	return y;
}

static inline V bc(const float *p)            { return splat(*p); }
static inline V zero(void)                    { return splat(0); }
static inline V add(V a, V b)                 { return a + b; }
static inline V sub(V a, V b)                 { return a - b; }
static inline V mul(V a, V b)                 { return a*b; }
static inline V div_(V a, V b)                { return a/b; }
static inline V fused(V a, V b, V c)          { return __builtin_elementwise_fma(a, b, c); }   /* rounded once */
static inline V fma_(V a, V b, V c)           { return fused(a, b, c); }
static inline V fma_n(float a, V b, V c)      { return fused(splat(a), b, c); }
/* y where a < 0, else z */
static inline V below0(V a, V y, V z)         { return rc_pick(a < zero(), y, z); }
static inline V relu(V a)                     { return below0(a, zero(), a); }         /* NaN stays NaN */
static inline V pmax(V a, V b)                { return rc_pick((b > a) | (b != b), b, a); }       /* NaN wins */
static inline V neg_abs(V a)                  { return (V)((rc_words)a | 0x80000000u); }
static inline V root(V a)                     { return __builtin_elementwise_sqrt(a); }
static inline V nearest(V a)                  { return __builtin_elementwise_rint(a); }
static inline V lowest(void)                  { return splat(-RC_INFINITY); }
static inline V zero_below(V a, float least, V y) { return rc_pick(a < splat(least), zero(), y); }

/* NaN stays NaN */
static inline V
clamp(V a, V lo, V hi)
{
	a = rc_pick(a < lo, lo, a);
	return rc_pick(a > hi, hi, a);
}

/* lane i^s to lane i; s from 1 to VL - 1 is known when this is compiled */
static inline V
swap(V a, int s)
{
	if (s & 1)
		a = __builtin_shufflevector(a, a, 1, 0, 3, 2, 5, 4, 7, 6 RC_16(9, 8, 11, 10, 13, 12, 15, 14));
	if (s & 2)
		a = __builtin_shufflevector(a, a, 2, 3, 0, 1, 6, 7, 4, 5 RC_16(10, 11, 8, 9, 14, 15, 12, 13));
	if (s & 4)
		a = __builtin_shufflevector(a, a, 4, 5, 6, 7, 0, 1, 2, 3 RC_16(12, 13, 14, 15, 8, 9, 10, 11));
#if defined(RC_RVV_256)
	if (s & 8)
		a = __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
#endif
	return a;
}

/* halves: their exponent is 112 less */
static inline V
ld16(const uint16_t *p)
{
	rc_words bits = (rc_words)__builtin_convertvector(*(const rc_s *)p, I) << 13;

	return (V)(bits & 0x8fffffffu)*splat(rc_bits(0x77800000u));
}

/* bfloat16s */
static inline V
ldbf(const uint16_t *p)
{
	return (V)(__builtin_convertvector(*(const rc_h *)p, rc_words) << 16);
}

/* rc_near - whole numbers near 0 in the last bits of 1.5*2^23 and them, as the nearest one is of others */
static inline rc_words
rc_near(V a)
{
	return (rc_words)(a + splat(12582912.0f));
}

static inline V pow2(V n)                     { return (V)((rc_near(n) + 127) << 23); }
/* a = fraction*2^exponent for normal a > 0, fraction from 1 to 2 */
static inline V fraction(V a)                 { return (V)(((rc_words)a & 0x7fffffu) | 0x3f800000u); }
static inline V exponent(V a)                 { return __builtin_convertvector((I)((rc_words)a >> 23) - 127, V); }

/* --- bytes: I is VL sums of 32 bits, X four bytes of a pixel, W four weights of each sum, apart --- */

typedef struct { int of[4]; } X;
typedef struct { rc_shorts of[4]; } W;

static inline I ldi(const int32_t *p)         { return *(const rc_i *)p; }
static inline V to_floats(I a)                { return __builtin_convertvector(a, V); }
/* the halves of each word */
static inline rc_shorts rc_low(I a)              { return __builtin_convertvector(a, rc_shorts); }
static inline rc_shorts rc_high(I a)             { return __builtin_convertvector(a >> 16, rc_shorts); }
/* between lo and hi; NaN is lo */
static inline V between(V a, V lo, V hi)      { return rc_pick(a > lo, rc_pick(a < hi, a, hi), lo); }

static inline X
quad(const unsigned char *p)
{
	X x = { { p[0], p[1], p[2], p[3] } };

	return x;
}

static inline W
ldw(const signed char *p)
{
	I four = *(const rc_i *)(const void *)p;
	rc_shorts a = rc_low(four), b = rc_high(four);
	W w = { { (rc_shorts)((rc_halves)a << 8) >> 8, a >> 8, (rc_shorts)((rc_halves)b << 8) >> 8, b >> 8 } };

	return w;
}

/* a + x*w */
static inline I
rc_product(I a, int x, rc_shorts w)
{
	return (I)((rc_words)a + (rc_words)(__builtin_convertvector(w, I)*(int16_t)x));
}

/* a + the four products of each sum */
static inline I
dot(I a, X x, W w)
{
	for (int i = 0; i < 4; i++)
		a = rc_product(a, x.of[i], w.of[i]);
	return a;
}

static inline I dot_pairs(I a, X x, W w)      { return dot(a, x, w); }

/* VL bytes as floats */
static inline V ld8(const unsigned char *p)   { return __builtin_convertvector(*(const rc_b *)p, V); }

/* a, rounded to even, plus zero as bytes, between which both lie */
static inline void
st8(unsigned char *p, V a, V zero)
{
	*(rc_b *)p = __builtin_convertvector(rc_near(a) + rc_near(zero), rc_bytes);
}

/* --- Winograd on bytes: H is HL numbers of 16 bits, X2 two of them, W2 two weights of each sum, apart --- */

typedef int16_t H __attribute__((vector_size(32)));
typedef uint16_t rc_hu __attribute__((vector_size(32)));
typedef H rc_hs RC_LOOSE(2);
typedef int8_t rc_16s __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint8_t rc_16u __attribute__((vector_size(16), aligned(1), may_alias));
typedef struct { int of[2]; } X2;
typedef struct { rc_shorts of[2]; } W2;
enum { HL = 16 };

static inline void sth(int16_t *p, H a)       { *(rc_hs *)p = a; }
static inline H addh(H a, H b)                { return (H)((rc_hu)a + (rc_hu)b); }
static inline H subh(H a, H b)                { return (H)((rc_hu)a - (rc_hu)b); }
static inline H shlh(H a, int n)              { return (H)((rc_hu)a << (uint16_t)n); }
static inline H splath(int a)                 { H y = { 0 }; return y + (int16_t)a; }
/* HL bytes, signed bytes */
static inline H ldh8(const unsigned char *p)  { return __builtin_convertvector(*(const rc_16u *)p, H); }
static inline H ldhs8(const signed char *p)   { return __builtin_convertvector(*(const rc_16s *)p, H); }
static inline X2 pair(const int16_t *p)       { X2 x = { { p[0], p[1] } }; return x; }
static inline I zeroi(void)                   { I y = { 0 }; return y; }
static inline void sti(int32_t *p, I a)       { *(rc_i *)p = a; }
static inline I addi(I a, I b)                { return (I)((rc_words)a + (rc_words)b); }
static inline I subi(I a, I b)                { return (I)((rc_words)a - (rc_words)b); }
static inline I shli(I a, int n)              { return (I)((rc_words)a << (uint32_t)n); }
/* a*by, then halved n times, below 0 too */
static inline I scaled(I a, int by, int n)    { return (I)((rc_words)a*(uint32_t)by) >> n; }

static inline W2
ldw2(const int16_t *p)
{
	I two = *(const rc_i *)(const void *)p;
	W2 w = { { rc_low(two), rc_high(two) } };

	return w;
}

/* a + the two products of each sum */
static inline I
dot2(I a, X2 x, W2 w)
{
	return rc_product(rc_product(a, x.of[0], w.of[0]), x.of[1], w.of[1]);
}

#include "rc_exp.h"
#include "rc_act.h"

RC_TARGET_END

#endif
