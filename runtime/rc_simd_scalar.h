/* SPDX-License-Identifier: 0BSD */
/* rc_simd_scalar.h - the vector words on single floats: plain C for any processor. */
#ifndef RC_SIMD_SCALAR_H
#define RC_SIMD_SCALAR_H

#include "rc.h"
#include "rc_float.h"

/*
** clang fuses a product and a sum under -ffp-contract=fast, whatever rc_float.h says: it gets no instruction for that,
** or sees no product. lwp, which no compiler chooses by itself, keeps the words from being inlined where there is fma.
** Under -ffast-math some of its back ends take back what rc_float.h says of sums too: those they don't see either.
** AVX10, which clang 19 takes from -march=native, cannot be turned off.
*/
#if defined(__clang__) && (defined(__x86_64__) || defined(__i386__)) && !defined(__AVX10_1__)
#define RC_TARGET_BEGIN \
	_Pragma("clang attribute push(__attribute__((target(\"no-fma,no-fma4,no-avx512f,lwp\"))), apply_to = function)")
#define RC_TARGET_END   _Pragma("clang attribute pop")
#else
#define RC_TARGET_BEGIN
#define RC_TARGET_END
#if defined(__clang__) && defined(__AVX10_1__)
#define RC_APART(a)     __asm__("" : "+x"(a))
#elif defined(__clang__) && defined(__aarch64__)
#define RC_APART(a)     __asm__("" : "+w"(a))
#elif defined(__clang__) && defined(__arm__) && defined(__ARM_FP)
#define RC_APART(a)     __asm__("" : "+t"(a))
#elif defined(__clang__) && (defined(__riscv_flen) || defined(__powerpc__) || defined(__s390__))
#define RC_APART(a)     __asm__("" : "+f"(a))
#endif
#endif
#if !defined(RC_APART)
#define RC_APART(a)     (void)0
#endif
#if defined(__FAST_MATH__)
#define RC_ROUNDED(a)   RC_APART(a)
#else
#define RC_ROUNDED(a)   (void)0
#endif

#if !defined(RC_HALF)
#define RC_HALF(h)      rc_half(h)
#endif

RC_TARGET_BEGIN

typedef float V;
enum { VL = 1 };

/* square root of a >= 0, to the last bit or two: Newton's steps from half the exponent */
static inline float
rc_root(float a)
{
	float y = a < 1e-30f ? a*1e36f : a, r;
	uint32_t bits;

	memcpy(&bits, &y, sizeof bits);
	r = rc_bits((bits >> 1) + 0x1fbd1df5u);
	for (int i = 0; i < 4; i++)
		r = 0.5f*(r + y/r);
	return a != a || a > 3.40282347e38f || a == 0 ? a : a < 1e-30f ? r*1e-18f : r;
}

static inline V ld(const float *p)            { return *p; }
static inline V ld16(const uint16_t *p)       { return RC_HALF(*p); }
static inline V ldbf(const uint16_t *p)       { return rc_bits((uint32_t)*p << 16); }
static inline void st(float *p, V a)          { *p = a; }
static inline V bc(const float *p)            { return *p; }
static inline V splat(float a)                { return a; }
static inline V zero(void)                    { return 0; }
static inline V add(V a, V b)                 { a += b; RC_ROUNDED(a); return a; }
static inline V sub(V a, V b)                 { a -= b; RC_ROUNDED(a); return a; }
static inline V mul(V a, V b)                 { a *= b; RC_APART(a); return a; }
static inline V fma_(V a, V b, V c)           { return add(mul(a, b), c); }          /* rounded twice */
/* a*b + c, rounded once where a double has room for all of it */
static inline V
fused(V a, V b, V c)
{
	double y = (double)a*(double)b + (double)c;

	RC_ROUNDED(y);
	return (float)y;
}

static inline V relu(V a)                     { return a < 0 ? 0 : a; }      /* NaN stays NaN */
/* maximum; NaN wins */
static inline V
pmax(V a, V b)
{
	RC_UNSEEN(uint32_t, "r", a);
	RC_UNSEEN(uint32_t, "r", b);
	return b > a || b != b ? b : a;
}

static inline V div_(V a, V b)                { RC_ROUNDED(b); a /= b; RC_ROUNDED(a); return a; }
static inline V clamp(V a, V lo, V hi)        { return a < lo ? lo : a > hi ? hi : a; }  /* NaN stays NaN */
static inline V neg_abs(V a)                  { return a > 0 ? -a : a; }
static inline V below0(V a, V y, V z)         { return a < 0 ? y : z; }
static inline V root(V a)                     { return rc_root(a); }
static inline V lowest(void)                  { return -RC_INFINITY; }

/* whole numbers far from 0 have no int; zero_below takes them out */
static inline V nearest(V a)                  { return a > -200 ? (float)(int)(a - 0.5f) : a; }
static inline V pow2(V n)                     { return n >= -126 ? rc_exp2(n) : n; }
static inline V exponent(V a)                 { return rc_exponent(a); }
static inline V fraction(V a)                 { return rc_fraction(a); }
static inline V zero_below(V a, float least, V y) { return a < least ? 0 : y; }

/* between lo and hi; NaN is lo */
static inline V between(V a, V lo, V hi)      { return a > lo ? a < hi ? a : hi : lo; }
static inline V ld8(const unsigned char *p)   { return *p; }
/* a, rounded to even, plus zero as a byte, between which both lie */
static inline void st8(unsigned char *p, V a, V zero) { *p = rc_byte(a, zero); }

#if !defined(RC_OWN_PRODUCTS)
/* --- bytes: I is a sum of 32 bits, X four bytes of a pixel, W four weights --- */

typedef int32_t I;
typedef const unsigned char *X;
typedef const signed char *W;

static inline I ldi(const int32_t *p)         { return *p; }
static inline X quad(const unsigned char *p)  { return p; }
static inline W ldw(const signed char *p)     { return p; }
static inline V to_floats(I a)                { return (float)a; }
/* a + the four products */
static inline I dot(I a, X x, W w)            { return a + x[0]*w[0] + x[1]*w[1] + x[2]*w[2] + x[3]*w[3]; }
static inline I dot_pairs(I a, X x, W w)      { return dot(a, x, w); }

/*
** --- Winograd on bytes: H is HL numbers of 16 bits, X2 two of them, W2 two weights; sums and what is made of them are
** modulo 2^32 ---
*/

typedef int32_t H;
typedef const int16_t *X2;
typedef const int16_t *W2;
enum { HL = 1 };

static inline void sth(int16_t *p, H a)       { *p = (int16_t)a; }
static inline H addh(H a, H b)                { return a + b; }
static inline H subh(H a, H b)                { return a - b; }
static inline H shlh(H a, int n)              { return a*(1 << n); }
static inline H splath(int a)                 { return a; }
static inline H ldh8(const unsigned char *p)  { return *p; }
static inline H ldhs8(const signed char *p)   { return *p; }
static inline X2 pair(const int16_t *p)       { return p; }
static inline W2 ldw2(const int16_t *p)       { return p; }
static inline I zeroi(void)                   { return 0; }
static inline void sti(int32_t *p, I a)       { *p = a; }
static inline I addi(I a, I b)                { return (I)((uint32_t)a + (uint32_t)b); }
static inline I subi(I a, I b)                { return (I)((uint32_t)a - (uint32_t)b); }
static inline I shli(I a, int n)              { return (I)((uint32_t)a << n); }
/* a*by, then halved n times, below 0 too */
static inline I scaled(I a, int by, int n)    { return (I)((uint32_t)a*(uint32_t)by) >> n; }
/* a + the two products */
static inline I dot2(I a, X2 x, W2 w)         { return addi(a, x[0]*w[0] + x[1]*w[1]); }
#endif

#include "rc_exp.h"
#include "rc_act.h"

RC_TARGET_END

#endif
