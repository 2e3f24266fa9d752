/* SPDX-License-Identifier: 0BSD */
/* rc_simd_avx2.h - the vector words on 8 floats: x86-64 with AVX2, FMA, F16C; with AVX-VNNI under RC_VNNI. */
#ifndef RC_SIMD_AVX2_H
#define RC_SIMD_AVX2_H

#include "rc.h"
#include "rc_float.h"      /* first: it speaks of the arithmetic in the next one too */

#include <immintrin.h>

#if defined(__clang__) && defined(RC_VNNI)
#define RC_TARGET_BEGIN \
	_Pragma("clang attribute push(__attribute__((target(\"avx2,fma,f16c,avxvnni\"))), apply_to = function)")
#define RC_TARGET_END   _Pragma("clang attribute pop")
#elif defined(__clang__)
#define RC_TARGET_BEGIN _Pragma("clang attribute push(__attribute__((target(\"avx2,fma,f16c\"))), apply_to = function)")
#define RC_TARGET_END   _Pragma("clang attribute pop")
#else
#define RC_TARGET_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"avx2,fma,f16c\")")
#define RC_TARGET_END   _Pragma("GCC pop_options")
#endif

RC_TARGET_BEGIN

typedef __m256 V;
enum { VL = 8 };

static inline __m128i rc_eight(const void *p) { return _mm_loadu_si128((const __m128i *)p); }
static inline V ld(const float *p)            { return _mm256_loadu_ps(p); }
static inline V ld16(const uint16_t *p)       { return _mm256_cvtph_ps(rc_eight(p)); }                /* halves */
static inline void st(float *p, V a)          { _mm256_storeu_ps(p, a); }
static inline V bc(const float *p)            { return _mm256_broadcast_ss(p); }
static inline V splat(float a)                { return _mm256_set1_ps(a); }
static inline V zero(void)                    { return _mm256_setzero_ps(); }
static inline V add(V a, V b)                 { return _mm256_add_ps(a, b); }
static inline V sub(V a, V b)                 { return _mm256_sub_ps(a, b); }
static inline V mul(V a, V b)                 { return _mm256_mul_ps(a, b); }
static inline V fma_(V a, V b, V c)           { return _mm256_fmadd_ps(a, b, c); }
static inline V fused(V a, V b, V c)          { return _mm256_fmadd_ps(a, b, c); }         /* rounded once */
static inline V relu(V a)                     { return _mm256_max_ps(zero(), a); }     /* NaN stays NaN */
static inline V div_(V a, V b)                { return _mm256_div_ps(a, b); }
static inline V clamp(V a, V lo, V hi)        { return _mm256_min_ps(hi, _mm256_max_ps(lo, a)); }  /* NaN stays NaN */
static inline V neg_abs(V a)                  { return _mm256_or_ps(a, splat(-0.0f)); }
static inline V lowest(void)                  { return splat(-RC_INFINITY); }

/* bfloat16s */
static inline V
ldbf(const uint16_t *p)
{
	return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(rc_eight(p)), 16));
}

/* lane i^s to lane i; s from 1 to 7 is known when this is compiled */
static inline V
swap(V a, int s)
{
	if (s & 4)
		a = _mm256_permute2f128_ps(a, a, 1);
	return (s & 3) == 1 ? _mm256_permute_ps(a, 0xb1) : (s & 3) == 2 ? _mm256_permute_ps(a, 0x4e) :
	       (s & 3) == 3 ? _mm256_permute_ps(a, 0x1b) : a;
}

static inline V
root(V a)
{
#if defined(__clang__)                               /* clang 14's -ffast-math makes an estimate of _mm256_sqrt_ps */
	__asm__("vsqrtps %0, %0" : "+x"(a));
	return a;
#else
	return _mm256_sqrt_ps(a);
#endif
}

/* maximum; NaN wins */
static inline V
pmax(V a, V b)
{
	RC_UNSEEN(__m256i, "x", a);
	return _mm256_blendv_ps(_mm256_max_ps(a, b), a, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}

static inline V
nearest(V a)
{
	return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

static inline V
pow2(V n)
{
	return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23));
}

/* a = fraction*2^exponent for normal a > 0, fraction from 1 to 2 */
static inline V
exponent(V a)
{
	return _mm256_cvtepi32_ps(_mm256_sub_epi32(_mm256_srli_epi32(_mm256_castps_si256(a), 23), _mm256_set1_epi32(127)));
}

static inline V
fraction(V a)
{
	return _mm256_or_ps(_mm256_and_ps(a, _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffff))), splat(1.0f));
}

static inline V
zero_below(V a, float least, V y)
{
	return _mm256_blendv_ps(y, zero(), _mm256_cmp_ps(a, splat(least), _CMP_LT_OQ));
}

/* y where a < 0, else z */
static inline V
below0(V a, V y, V z)
{
	return _mm256_blendv_ps(z, y, _mm256_cmp_ps(a, zero(), _CMP_LT_OQ));
}

/*
** --- bytes: I is VL sums of 32 bits, X four bytes of a pixel for each of them, W four weights of each; X2 and W2 are
** two numbers of 16 bits. Products are text: gcc 12 keeps the sums of intrinsics in memory ---
*/

typedef __m256i I;
typedef __m256i X;
typedef __m256i W;
typedef __m256i X2;
typedef __m256i W2;

static inline I ldi(const int32_t *p)         { return _mm256_loadu_si256((const __m256i *)(const void *)p); }
static inline W ldw(const signed char *p)     { return _mm256_loadu_si256((const __m256i *)(const void *)p); }
static inline V to_floats(I a)                { return _mm256_cvtepi32_ps(a); }
/* between lo and hi; NaN is lo */
static inline V between(V a, V lo, V hi)      { return _mm256_min_ps(_mm256_max_ps(a, lo), hi); }

static inline X
quad(const unsigned char *p)
{
	int32_t four;

	memcpy(&four, p, sizeof four);
	return _mm256_set1_epi32(four);
}

#if defined(RC_VNNI)
/* a + the two products of each sum */
static inline I
dot2(I a, X2 x, W2 w)
{
	__asm__("%{vex%} vpdpwssd %2, %1, %0" : "+x"(a) : "x"(x), "x"(w));
	return a;
}

/* a + the four products of each sum; dot_pairs: of weights no pair of which leaves 16 bits with any bytes */
static inline I
dot(I a, X x, W w)
{
	__asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(a) : "x"(x), "x"(w));
	return a;
}

static inline I dot_pairs(I a, X x, W w)      { return dot(a, x, w); }
#else
static inline I
dot2(I a, X2 x, W2 w)
{
	I t;

	__asm__("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+x"(a), "=&x"(t) : "x"(x), "x"(w));
	return a;
}

static inline I
dot_pairs(I a, X x, W w)
{
	I t, one = _mm256_set1_epi16(1);

	__asm__("vpmaddubsw %3, %2, %1\n\tvpmaddwd %4, %1, %1\n\tvpaddd %1, %0, %0" : "+x"(a), "=&x"(t) :
	        "x"(x), "x"(w), "x"(one));
	return a;
}

/* the eight products of two steps, of weights no two neighbours of which leave 16 bits, nor those of both steps */
static inline I
dot_two(I a, X x, X y, W w, const signed char *v)
{
	I t, u, one = _mm256_set1_epi16(1);

	__asm__("vpmaddubsw %4, %3, %1\n\tvpmaddubsw %6, %5, %2\n\tvpaddw %2, %1, %1\n\tvpmaddwd %7, %1, %1\n\t"
	        "vpaddd %1, %0, %0" : "+x"(a), "=&x"(t), "=&x"(u) :
	        "x"(x), "x"(w), "x"(y), "m"(*(const __m256i *)(const void *)v), "x"(one));
	return a;
}

static inline I
dot(I a, X x, W w)
{
	W even = _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8), odd = _mm256_srai_epi16(w, 8);

	return dot2(dot2(a, _mm256_and_si256(x, _mm256_set1_epi16(0xff)), even), _mm256_srli_epi16(x, 8), odd);
}
#endif

/* VL bytes as floats */
static inline V
ld8(const unsigned char *p)
{
	return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p)));
}

/* a, rounded to even, plus zero as VL bytes, between which both lie */
static inline void
st8(unsigned char *p, V a, V zero)
{
	__m256i y = _mm256_add_epi32(_mm256_cvtps_epi32(a), _mm256_cvtps_epi32(zero));

	y = _mm256_packus_epi16(_mm256_packs_epi32(y, y), y);
	_mm_storel_epi64((__m128i *)(void *)p, _mm_unpacklo_epi32(_mm256_castsi256_si128(y), _mm256_extracti128_si256(y, 1)));
}

/* the same of two vectors, between lo and hi */
static inline void
st8_two(unsigned char *p, unsigned char *q, V a, V b, V lo, V hi, V zero)
{
	__m256i z = _mm256_cvtps_epi32(zero), y = _mm256_cvtps_epi32(between(a, lo, hi));
	__m128i two;

	y = _mm256_packs_epi32(y, _mm256_cvtps_epi32(between(b, lo, hi)));
	y = _mm256_add_epi16(y, _mm256_packs_epi32(z, z));
	y = _mm256_packus_epi16(y, y);
	two = _mm_unpacklo_epi32(_mm256_castsi256_si128(y), _mm256_extracti128_si256(y, 1));
	_mm_storel_epi64((__m128i *)(void *)p, two);
	_mm_storeh_pi((__m64 *)(void *)q, _mm_castsi128_ps(two));
}

typedef __m128i B;                                   /* sixteen bytes */

static inline B ldb(const unsigned char *p)          { return rc_eight(p); }
static inline void stb(unsigned char *p, B a)        { _mm_storeu_si128((__m128i *)(void *)p, a); }
static inline B zerob(void)                          { return _mm_setzero_si128(); }
static inline B maxb(B a, B b)                       { return _mm_max_epu8(a, b); }

/* --- Winograd on bytes: H is HL numbers of 16 bits; sums and what is made of them are modulo 2^32 --- */

typedef __m256i H;
enum { HL = 16 };

static inline void sth(int16_t *p, H a)       { _mm256_storeu_si256((__m256i *)(void *)p, a); }
static inline H addh(H a, H b)                { return _mm256_add_epi16(a, b); }
static inline H subh(H a, H b)                { return _mm256_sub_epi16(a, b); }
static inline H shlh(H a, int n)              { return _mm256_slli_epi16(a, n); }
static inline H splath(int a)                 { return _mm256_set1_epi16((int16_t)a); }
/* HL bytes, signed bytes */
static inline __m128i sixteen(const void *p)  { return _mm_loadu_si128((const __m128i *)p); }
static inline H ldh8(const unsigned char *p)  { return _mm256_cvtepu8_epi16(sixteen(p)); }
static inline H ldhs8(const signed char *p)   { return _mm256_cvtepi8_epi16(sixteen(p)); }
static inline W2 ldw2(const int16_t *p)       { return _mm256_loadu_si256((const __m256i *)(const void *)p); }
static inline I zeroi(void)                   { return _mm256_setzero_si256(); }
static inline void sti(int32_t *p, I a)       { _mm256_storeu_si256((__m256i *)(void *)p, a); }
static inline I addi(I a, I b)                { return _mm256_add_epi32(a, b); }
static inline I subi(I a, I b)                { return _mm256_sub_epi32(a, b); }
static inline I shli(I a, int n)              { return _mm256_slli_epi32(a, n); }
/* a*by, then halved n times, below 0 too */
static inline I
scaled(I a, int by, int n)
{
	return _mm256_srai_epi32(_mm256_mullo_epi32(a, _mm256_set1_epi32(by)), n);
}


static inline X2
pair(const int16_t *p)
{
	int32_t two;

	memcpy(&two, p, sizeof two);
	return _mm256_set1_epi32(two);
}

#include "rc_exp.h"
#include "rc_act.h"

RC_TARGET_END
#endif
