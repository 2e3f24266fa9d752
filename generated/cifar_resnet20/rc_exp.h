/* SPDX-License-Identifier: 0BSD */
/*
** rc_exp.h - e^a for a <= 0 in vector words, 0 below -87; NaN stays NaN. The polynomial is that of Cephes' expf.
** Included by each rc_simd_TARGET.h, which brings nearest (round to whole), pow2 (2^n) and zero_below (y, or 0 where
** a < least).
*/
static inline V
vexp(V a)
{
	V n = nearest(mul(a, splat(1.44269504f)));
	V r = fma_(n, splat(2.12194440e-4f), fma_(n, splat(-0.693359375f), a));
	V y = splat(1.9875691500e-4f);

	y = fma_(y, r, splat(1.3981999507e-3f));
	y = fma_(y, r, splat(8.3334519073e-3f));
	y = fma_(y, r, splat(4.1665795894e-2f));
	y = fma_(y, r, splat(1.6666665459e-1f));
	y = fma_(y, r, splat(5.0000001201e-1f));
	y = add(fma_(mul(y, r), r, r), splat(1.0f));
	return zero_below(a, -87.0f, mul(y, pow2(n)));
}
