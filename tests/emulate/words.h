/*
** words.h - the vector words on VL floats in the compilers' own vectors, to run a target's code on machines without its
** instructions. Such a processor is not asked for. gcc wants -Wno-psabi with them.
*/
#ifndef WORDS_H
#define WORDS_H

#include <math.h>

#include "rc.h"
#include "rc_float.h"

#define RC_TARGET_BEGIN
#define RC_TARGET_END
#undef rc_x86
#define rc_x86(features) 1

typedef float V __attribute__((vector_size(VL*4)));
typedef int Mask __attribute__((vector_size(VL*4)));

/* a where m, else b; one float after another */
#define PICK(m, a, b) ((V)(((m) & (Mask)(a)) | (~(m) & (Mask)(b))))
#define EACH(expr) V y; for (int i = 0; i < VL; i++) y[i] = (expr); return y

static inline V ld(const float *p)            { V y; memcpy(&y, p, sizeof y); return y; }
static inline V ld16(const uint16_t *p)       { V y; for (int i = 0; i < VL; i++) y[i] = rc_half(p[i]); return y; }
static inline V ldbf(const uint16_t *p)       { V y; for (int i = 0; i < VL; i++) y[i] = rc_bits((uint32_t)p[i] << 16); return y; }
static inline void st(float *p, V a)          { memcpy(p, &a, sizeof a); }
static inline V zero(void)                    { V y = { 0 }; return y; }
static inline V splat(float a)                { return a - zero(); }
static inline V bc(const float *p)            { return splat(*p); }
static inline V add(V a, V b)                 { return a + b; }
static inline V sub(V a, V b)                 { return a - b; }
static inline V mul(V a, V b)                 { return a*b; }
static inline V fma_(V a, V b, V c)           { return a*b + c; }
static inline V fused(V a, V b, V c)          { EACH((float)((double)a[i]*(double)b[i] + (double)c[i])); }
static inline V below0(V a, V y, V z)         { return PICK(a < zero(), y, z); }
static inline V relu(V a)                     { return below0(a, zero(), a); }
static inline V swap(V a, int s)              { EACH(a[i ^ s]); }
static inline V pmax(V a, V b)                { return PICK((a != a) | (a > b), a, b); }
static inline V div_(V a, V b)                { return a/b; }
static inline V clamp(V a, V lo, V hi)        { return PICK(a < lo, lo, PICK(a > hi, hi, a)); }
static inline V neg_abs(V a)                  { return PICK(a > zero(), -a, a); }
static inline V root(V a)                     { EACH(sqrtf(a[i])); }
static inline V lowest(void)                  { return splat(-RC_INFINITY); }
static inline V vexp(V a)                     { EACH((float)exp((double)a[i])); }
static inline V vexpm1(V a)                   { EACH((float)expm1((double)(a[i] > 0 ? 0 : a[i]))); }
static inline V exponential(V a)              { EACH((float)exp((double)a[i])); }
static inline V nearest(V a)                  { EACH(rintf(a[i])); }
static inline V pow2(V n)                     { EACH(n[i] > -127 && n[i] < 128 ? ldexpf(1, (int)n[i]) : 0); }
static inline V zero_below(V a, float least, V y) { return PICK(a < splat(least), zero(), y); }
static inline V exponent(V a)                 { EACH(rc_exponent(a[i])); }
static inline V fraction(V a)                 { EACH(rc_fraction(a[i])); }

/* --- bytes --- */

typedef int32_t I __attribute__((vector_size(VL*4)));
typedef unsigned char X __attribute__((vector_size(4)));
typedef signed char W __attribute__((vector_size(VL*4)));

static inline I ldi(const int32_t *p)         { I y; memcpy(&y, p, sizeof y); return y; }
static inline W ldw(const signed char *p)     { W y; memcpy(&y, p, sizeof y); return y; }
static inline X quad(const unsigned char *p)  { X y; memcpy(&y, p, sizeof y); return y; }
static inline V to_floats(I a)                { EACH((float)a[i]); }
static inline V ld8(const unsigned char *p)   { EACH(p[i]); }
static inline V between(V a, V lo, V hi)      { return PICK(a > lo, PICK(a < hi, a, hi), lo); }

static inline I
dot(I a, X x, W w)
{
	for (int i = 0; i < VL; i++)
		for (int k = 0; k < 4; k++)
			a[i] += x[k]*w[4*i + k];
	return a;
}

static inline I dot_pairs(I a, X x, W w)      { return dot(a, x, w); }

/* a sum of two neighbours in 16 bits, saturating */
static inline int
neighbours(const unsigned char *x, const signed char *w)
{
	int a = x[0]*w[0] + x[1]*w[1];

	return a > INT16_MAX ? INT16_MAX : a < INT16_MIN ? INT16_MIN : a;
}

static inline I
dot_two(I a, X x, X y, W w, const signed char *v)
{
	unsigned char xs[4], ys[4];
	signed char ws[sizeof w];

	memcpy(xs, &x, 4);
	memcpy(ys, &y, 4);
	memcpy(ws, &w, sizeof ws);
	for (int i = 0; i < VL; i++)
		for (int k = 0; k < 4; k += 2)
			a[i] += (int16_t)(neighbours(xs + k, ws + 4*i + k) + neighbours(ys + k, v + 4*i + k));
	return a;
}

static inline void
st8(unsigned char *p, V a, V zero)
{
	for (int i = 0; i < VL; i++)
		p[i] = rc_byte(a[i], zero[i]);
}

typedef unsigned char B __attribute__((vector_size(16)));

static inline B ldb(const unsigned char *p)   { B y; memcpy(&y, p, sizeof y); return y; }
static inline void stb(unsigned char *p, B a) { memcpy(p, &a, sizeof a); }
static inline B zerob(void)                   { B y = { 0 }; return y; }
static inline B maxb(B a, B b)                { for (int i = 0; i < 16; i++) a[i] = a[i] > b[i] ? a[i] : b[i]; return a; }

enum { HL = VL < 8 ? 2*VL : 16 };
typedef int16_t H __attribute__((vector_size(HL*2)));
typedef const int16_t *X2;
typedef const int16_t *W2;

static inline H ldh8(const unsigned char *p)  { H y; for (int i = 0; i < HL; i++) y[i] = p[i]; return y; }
static inline H ldhs8(const signed char *p)   { H y; for (int i = 0; i < HL; i++) y[i] = p[i]; return y; }
static inline void sth(int16_t *p, H a)       { memcpy(p, &a, sizeof a); }
static inline H addh(H a, H b)                { return a + b; }
static inline H subh(H a, H b)                { return a - b; }
static inline H shlh(H a, int n)              { return a*(int16_t)(1 << n); }
static inline H splath(int a)                 { H y = { 0 }; return y + (int16_t)a; }
static inline X2 pair(const int16_t *p)       { return p; }
static inline W2 ldw2(const int16_t *p)       { return p; }
static inline I zeroi(void)                   { I y = { 0 }; return y; }
static inline void sti(int32_t *p, I a)       { memcpy(p, &a, sizeof a); }

/* modulo 2^32 */
typedef uint32_t U __attribute__((vector_size(VL*4)));
static inline I addi(I a, I b)                { return (I)((U)a + (U)b); }
static inline I subi(I a, I b)                { return (I)((U)a - (U)b); }
static inline I shli(I a, int n)              { return (I)((U)a << n); }
static inline I scaled(I a, int by, int n)    { return (I)((U)a*(uint32_t)by) >> n; }

static inline I
dot2(I a, X2 x, W2 w)
{
	for (int i = 0; i < VL; i++)
		a[i] = (int32_t)((uint32_t)a[i] + (uint32_t)(x[0]*w[2*i]) + (uint32_t)(x[1]*w[2*i + 1]));
	return a;
}

#include "rc_act.h"

#endif
