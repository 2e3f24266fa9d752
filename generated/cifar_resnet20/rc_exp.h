/* SPDX-License-Identifier: 0BSD */
/*
** rc_exp.h - e^a, and e^a - 1 for a <= 0, in vector words; NaN stays NaN. The polynomial is that of Cephes' expf.
** Included by each rc_simd_TARGET.h, which brings nearest (round to whole), pow2 (2^n) and zero_below (y, or 0 where
** a < least).
*/

/* e^r - 1 where |r| is at most half of ln 2, and a = r + n ln 2 */
static inline V
exp_rest(V a, V n)
{
	V r = fma_(n, splat(2.12194440e-4f), fma_(n, splat(-0.693359375f), a));
	V y = splat(1.9875691500e-4f);

	y = fma_(y, r, splat(1.3981999507e-3f));
	y = fma_(y, r, splat(8.3334519073e-3f));
	y = fma_(y, r, splat(4.1665795894e-2f));
	y = fma_(y, r, splat(1.6666665459e-1f));
	y = fma_(y, r, splat(5.0000001201e-1f));
	return fma_(mul(y, r), r, r);
}

/* e^a, a <= 0; within 2 ulp, 0 below -87 */
static inline V
vexp(V a)
{
	V n = nearest(mul(a, splat(1.44269504f)));

	return zero_below(a, -87.0f, mul(add(exp_rest(a, n), splat(1.0f)), pow2(n)));
}

/* e^a - 1, a <= 0; within 3 ulp */
static inline V
vexpm1(V a)
{
	V b = clamp(a, splat(-20.0f), zero()), n = nearest(mul(b, splat(1.44269504f))), whole = pow2(n);

	return fma_(exp_rest(b, n), whole, sub(whole, splat(1.0f)));
}

/* e^a; within 3 ulp, 0 below -87 */
static inline V
exponential(V a)
{
	V b = clamp(a, splat(-104.0f), splat(89.0f)), one = splat(1.0f);
	V n = nearest(mul(neg_abs(b), splat(1.44269504f))), up = below0(b, zero(), one);
	V whole = below0(b, n, sub(zero(), n));      /* 2^128 is no float: one less, and twice that */

	return zero_below(a, -87.0f, mul(mul(add(exp_rest(b, whole), one), pow2(sub(whole, up))), add(up, one)));
}
