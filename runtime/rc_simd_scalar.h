/* SPDX-License-Identifier: 0BSD */
/* rc_simd_scalar.h - the vector words on single floats: plain C for any processor. */
#ifndef RC_SIMD_SCALAR_H
#define RC_SIMD_SCALAR_H

#include "rc.h"
#include "rc_float.h"

#define RC_TARGET_BEGIN
#define RC_TARGET_END

typedef float V;
enum { VL = 1 };

static inline V ld(const float *p)            { return *p; }
static inline void st(float *p, V a)          { *p = a; }
static inline V bc(const float *p)            { return *p; }
static inline V splat(float a)                { return a; }
static inline V zero(void)                    { return 0; }
static inline V add(V a, V b)                 { return a + b; }
static inline V sub(V a, V b)                 { return a - b; }
static inline V mul(V a, V b)                 { return a*b; }
static inline V relu(V a)                     { return a < 0 ? 0 : a; }      /* NaN stays NaN */
static inline V pmax(V a, V b)                { return b > a || b != b ? b : a; }  /* NaN wins */
static inline V lowest(void)                  { return -RC_INFINITY; }

/* a*b + c, rounded twice whatever the compiler's flags: the product is hidden from contraction */
static inline V
fma_(V a, V b, V c)
{
	V ab = a*b;

	RC_OPAQUE_FLOAT(ab);
	return ab + c;
}

/* e^a for a <= 0, 0 below -87; polynomial of Cephes' expf */
static inline V
vexp(V a)
{
	float n, r, y;

	if (a != a)
		return a;
	if (a < -87.0f)
		return 0;
	n = (float)(int)(a*1.44269504f - 0.5f);
	r = fma_(n, -0.693359375f, a);
	r = fma_(n, 2.12194440e-4f, r);
	y = 1.9875691500e-4f;
	y = fma_(y, r, 1.3981999507e-3f);
	y = fma_(y, r, 8.3334519073e-3f);
	y = fma_(y, r, 4.1665795894e-2f);
	y = fma_(y, r, 1.6666665459e-1f);
	y = fma_(y, r, 5.0000001201e-1f);
	y = add(fma_(mul(y, r), r, r), 1.0f);
	return y*rc_exp2(n);
}

#endif
