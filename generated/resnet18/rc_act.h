/* SPDX-License-Identifier: 0BSD */
/*
** rc_act.h - activations in vector words; NaN stays NaN. Included by each rc_simd_TARGET.h, which brings
** clamp, neg_abs (-|a|), below0 (y where a < 0, else z) and vexp (e^a for a <= 0).
*/
static inline V
leaky(V a, V slope)
{
	return below0(a, mul(a, slope), a);
}

/* 1/(1 + e^-a); e of a positive number is never taken */
static inline V
sigmoid(V a)
{
	V e = vexp(neg_abs(a)), one = splat(1.0f);

	return div_(below0(a, e, one), add(one, e));
}

static inline V
silu(V a)
{
	return mul(a, sigmoid(a));
}

static inline V
hard_sigmoid(V a, V slope, V offset)
{
	return clamp(fma_(a, slope, offset), zero(), splat(1.0f));
}

static inline V
hard_swish(V a, V slope, V offset)
{
	return mul(a, hard_sigmoid(a, slope, offset));
}
