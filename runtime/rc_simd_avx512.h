/* SPDX-License-Identifier: 0BSD */
/* rc_simd_avx512.h - the vector words on 16 floats: x86-64 with AVX-512F and BW; with VNNI where RC_VNNI is defined. */
#ifndef RC_SIMD_AVX512_H
#define RC_SIMD_AVX512_H

#include "rc.h"
#include "rc_float.h"      /* first: it speaks of the arithmetic in the next one too */

#include <immintrin.h>

#if defined(__clang__) && defined(RC_VNNI)
#define RC_TARGET_BEGIN \
	_Pragma("clang attribute push(__attribute__((target(\"avx512f,avx512bw,avx512vnni,fma\"))), apply_to = function)")
#define RC_TARGET_END   _Pragma("clang attribute pop")
#elif defined(__clang__)
#define RC_TARGET_BEGIN \
	_Pragma("clang attribute push(__attribute__((target(\"avx512f,avx512bw,fma\"))), apply_to = function)")
#define RC_TARGET_END   _Pragma("clang attribute pop")
#else
#define RC_TARGET_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"avx512f,avx512bw,fma\")")
#define RC_TARGET_END   _Pragma("GCC pop_options")
#endif

RC_TARGET_BEGIN

typedef __m512 V;
enum { VL = 16 };

static inline V ld(const float *p)            { return _mm512_loadu_ps(p); }
static inline void st(float *p, V a)          { _mm512_storeu_ps(p, a); }
static inline V bc(const float *p)            { return _mm512_set1_ps(*p); }
static inline V splat(float a)                { return _mm512_set1_ps(a); }
static inline V zero(void)                    { return _mm512_setzero_ps(); }
static inline V add(V a, V b)                 { return _mm512_add_ps(a, b); }
static inline V sub(V a, V b)                 { return _mm512_sub_ps(a, b); }
static inline V mul(V a, V b)                 { return _mm512_mul_ps(a, b); }
static inline V fma_(V a, V b, V c)           { return _mm512_fmadd_ps(a, b, c); }
static inline V fused(V a, V b, V c)          { return _mm512_fmadd_ps(a, b, c); }         /* rounded once */
/* the masked form, all lanes on: gcc 12 warns of its own header's plain one */
static inline V vmax(V a, V b)                { return _mm512_maskz_max_ps(0xffff, a, b); }
static inline V relu(V a)                     { return vmax(zero(), a); }              /* NaN stays NaN */
static inline V div_(V a, V b)                { return _mm512_div_ps(a, b); }
/* NaN stays NaN */
static inline V clamp(V a, V lo, V hi)        { return _mm512_maskz_min_ps(0xffff, hi, vmax(lo, a)); }
static inline V neg_abs(V a)                  { return sub(zero(), _mm512_abs_ps(a)); }
static inline V lowest(void)                  { return splat(-RC_INFINITY); }

/* halves */
static inline V
ld16(const uint16_t *p)
{
	return _mm512_maskz_cvtph_ps(0xffff, _mm256_loadu_si256((const __m256i *)(const void *)p));
}

/* bfloat16s */
static inline V
ldbf(const uint16_t *p)
{
	__m512i a = _mm512_maskz_cvtepu16_epi32(0xffff, _mm256_loadu_si256((const __m256i *)(const void *)p));

	return _mm512_castsi512_ps(_mm512_maskz_slli_epi32(0xffff, a, 16));
}

/* lane i^s to lane i; s from 1 to 15 is known when this is compiled */
static inline V
swap(V a, int s)
{
	static const int lanes[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

	switch (s) {
	case 1:  return _mm512_maskz_permute_ps(0xffff, a, 0xb1);
	case 2:  return _mm512_maskz_permute_ps(0xffff, a, 0x4e);
	case 3:  return _mm512_maskz_permute_ps(0xffff, a, 0x1b);
	default: return _mm512_maskz_permutexvar_ps(0xffff, _mm512_xor_si512(_mm512_loadu_si512(lanes), _mm512_set1_epi32(s)),
	                                            a);
	}
}

static inline V
root(V a)
{
#if defined(__clang__)                               /* clang 14's -ffast-math makes an estimate of the intrinsic */
	__asm__("vsqrtps %0, %0" : "+v"(a));
	return a;
#else
	return _mm512_maskz_sqrt_ps(0xffff, a);
#endif
}

/* lanes where a < b; where a is NaN */
#if defined(__clang__) && __FINITE_MATH_ONLY__       /* clang 14 forgets that these may be */
static inline __mmask16
rc_less(V a, V b)
{
	__mmask16 m;

	__asm__("vcmpltps %2, %1, %0" : "=k"(m) : "v"(a), "v"(b));
	return m;
}

static inline __mmask16
rc_nan(V a)
{
	__mmask16 m;

	__asm__("vcmpunordps %1, %1, %0" : "=k"(m) : "v"(a));
	return m;
}
#else
static inline __mmask16 rc_less(V a, V b)     { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
static inline __mmask16 rc_nan(V a)           { return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q); }
#endif

/* maximum; NaN wins */
static inline V pmax(V a, V b)                { return _mm512_mask_blend_ps(rc_nan(a), vmax(a, b), a); }

static inline V
nearest(V a)
{
	return _mm512_maskz_roundscale_ps(0xffff, a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

static inline V
pow2(V n)
{
	__m512i whole = _mm512_maskz_cvtps_epi32(0xffff, n);

	return _mm512_castsi512_ps(_mm512_maskz_slli_epi32(0xffff, _mm512_add_epi32(whole, _mm512_set1_epi32(127)), 23));
}

/* a = fraction*2^exponent for normal a > 0, fraction from 1 to 2 */
static inline V
exponent(V a)
{
	__m512i whole = _mm512_maskz_srli_epi32(0xffff, _mm512_castps_si512(a), 23);

	return _mm512_maskz_cvtepi32_ps(0xffff, _mm512_sub_epi32(whole, _mm512_set1_epi32(127)));
}

static inline V
fraction(V a)
{
	__m512i bits = _mm512_and_epi32(_mm512_castps_si512(a), _mm512_set1_epi32(0x7fffff));

	return _mm512_castsi512_ps(_mm512_or_epi32(bits, _mm512_set1_epi32(0x3f800000)));
}

static inline V
zero_below(V a, float least, V y)
{
	return _mm512_mask_blend_ps(rc_less(a, splat(least)), y, zero());
}

/* y where a < 0, else z */
static inline V
below0(V a, V y, V z)
{
	return _mm512_mask_blend_ps(rc_less(a, zero()), z, y);
}

/*
** --- bytes: I is VL sums of 32 bits, X four bytes of a pixel for each of them, W four weights of each; X2 and W2 are
** two numbers of 16 bits. Products are text: gcc 12 keeps the sums of intrinsics in memory ---
*/

typedef __m512i I;
typedef __m512i X;
typedef __m512i W;
typedef __m512i X2;
typedef __m512i W2;

static inline I ldi(const int32_t *p)         { return _mm512_loadu_si512(p); }
static inline W ldw(const signed char *p)     { return _mm512_loadu_si512(p); }
static inline V to_floats(I a)                { return _mm512_maskz_cvtepi32_ps(0xffff, a); }
/* between lo and hi; NaN is lo */
static inline V between(V a, V lo, V hi)      { return _mm512_maskz_min_ps(0xffff, vmax(a, lo), hi); }

static inline X
quad(const unsigned char *p)
{
	int32_t four;

	memcpy(&four, p, sizeof four);
	return _mm512_set1_epi32(four);
}

#if defined(RC_VNNI)
/* a + the two products of each sum */
static inline I
dot2(I a, X2 x, W2 w)
{
	__asm__("vpdpwssd %2, %1, %0" : "+v"(a) : "v"(x), "v"(w));
	return a;
}

/* a + the four products of each sum; dot_pairs: of weights no pair of which leaves 16 bits with any bytes */
static inline I
dot(I a, X x, W w)
{
	__asm__("vpdpbusd %2, %1, %0" : "+v"(a) : "v"(x), "v"(w));
	return a;
}

static inline I dot_pairs(I a, X x, W w)      { return dot(a, x, w); }
#else
static inline I
dot2(I a, X2 x, W2 w)
{
	I t;

	__asm__("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+v"(a), "=&v"(t) : "v"(x), "v"(w));
	return a;
}

static inline I
dot_pairs(I a, X x, W w)
{
	I t, one = _mm512_set1_epi16(1);

	__asm__("vpmaddubsw %3, %2, %1\n\tvpmaddwd %4, %1, %1\n\tvpaddd %1, %0, %0" : "+v"(a), "=&v"(t) :
	        "v"(x), "v"(w), "v"(one));
	return a;
}

/* the eight products of two steps, of weights no two neighbours of which leave 16 bits, nor those of both steps */
static inline I
dot_two(I a, X x, X y, W w, const signed char *v)
{
	I t, u, one = _mm512_set1_epi16(1);

	__asm__("vpmaddubsw %4, %3, %1\n\tvpmaddubsw %6, %5, %2\n\tvpaddw %2, %1, %1\n\tvpmaddwd %7, %1, %1\n\t"
	        "vpaddd %1, %0, %0" : "+v"(a), "=&v"(t), "=&v"(u) :
	        "v"(x), "v"(w), "v"(y), "m"(*(const __m512i *)(const void *)v), "v"(one));
	return a;
}

static inline I
dot(I a, X x, W w)
{
	W even = _mm512_srai_epi16(_mm512_slli_epi16(w, 8), 8), odd = _mm512_srai_epi16(w, 8);

	return dot2(dot2(a, _mm512_and_si512(x, _mm512_set1_epi16(0xff)), even), _mm512_srli_epi16(x, 8), odd);
}
#endif

/* VL bytes as floats */
static inline V
ld8(const unsigned char *p)
{
	return to_floats(_mm512_maskz_cvtepu8_epi32(0xffff, _mm_loadu_si128((const __m128i *)(const void *)p)));
}

/* a, rounded to even, plus zero as VL bytes, between which both lie */
static inline void
st8(unsigned char *p, V a, V zero)
{
	__m512i y = _mm512_add_epi32(_mm512_maskz_cvtps_epi32(0xffff, a), _mm512_maskz_cvtps_epi32(0xffff, zero));

	_mm_storeu_si128((__m128i *)(void *)p, _mm512_maskz_cvtepi32_epi8(0xffff, y));
}

typedef __m128i B;                                   /* sixteen bytes */

static inline B ldb(const unsigned char *p)          { return _mm_loadu_si128((const __m128i *)(const void *)p); }
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
static inline W2 ldw2(const int16_t *p)       { return _mm512_loadu_si512(p); }
static inline I zeroi(void)                   { return _mm512_setzero_si512(); }
static inline void sti(int32_t *p, I a)       { _mm512_storeu_si512(p, a); }
static inline I addi(I a, I b)                { return _mm512_add_epi32(a, b); }
static inline I subi(I a, I b)                { return _mm512_sub_epi32(a, b); }
static inline I shli(I a, int n)              { return _mm512_maskz_slli_epi32(0xffff, a, (unsigned)n); }

/* a*by, then halved n times, below 0 too */
static inline I
scaled(I a, int by, int n)
{
	return _mm512_maskz_srai_epi32(0xffff, _mm512_mullo_epi32(a, _mm512_set1_epi32(by)), (unsigned)n);
}

static inline X2
pair(const int16_t *p)
{
	int32_t two;

	memcpy(&two, p, sizeof two);
	return _mm512_set1_epi32(two);
}

#include "rc_exp.h"
#include "rc_act.h"

RC_TARGET_END
#endif
