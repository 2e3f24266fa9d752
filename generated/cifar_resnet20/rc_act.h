/* SPDX-License-Identifier: 0BSD */
/*
** rc_act.h - activations in vector words; NaN stays NaN. Included by each rc_simd_TARGET.h, which brings
** clamp, pmax, neg_abs (-|a|), below0 (y where a < 0, else z), and the words of rc_exp.h.
** Errors are in units of the last place, over all floats; tests/words.c holds them.
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

/* minimum; NaN wins */
static inline V
pmin(V a, V b)
{
	return sub(zero(), pmax(sub(zero(), a), sub(zero(), b)));
}

/* log(1 + m), m from -1/4 to 1/2 */
static inline V
log_rest(V m)
{
	V s = mul(m, m), y = splat(-4.53482792e-2f), z = splat(1.05469480e-1f);

	y = fma_(y, s, splat(-1.32296383e-1f));
	z = fma_(z, s, splat(1.44914404e-1f));
	y = fma_(y, s, splat(-1.66415662e-1f));
	z = fma_(z, s, splat(1.99887201e-1f));
	y = fma_(y, s, splat(-2.50002742e-1f));
	y = fma_(z, m, y);
	y = fma_(y, m, splat(3.33335280e-1f));
	y = fma_(y, m, splat(-0.5f));
	return fma_(y, s, m);
}

/* log(1 + a), 0 <= a <= 1; within 4 ulp */
static inline V
vlog1p(V a)
{
	V high = sub(splat(0.5f), a), half = below0(high, splat(0.5f), splat(1.0f));
	V y = log_rest(fma_(a, half, sub(half, splat(1.0f))));       /* 1 + a = (1 + m)/half */

	return below0(high, add(y, splat(0.693147182f)), y);
}

/* log(a); within 3 ulp; NaN where a < 0 */
static inline V
logarithm(V a)
{
	V less = sub(a, splat(1.17549435e-38f)), b = below0(less, mul(a, splat(16777216.0f)), a);
	V high = sub(splat(1.5f), fraction(b)), half = below0(high, splat(0.5f), splat(1.0f));
	V n = add(exponent(b), sub(below0(less, splat(-24.0f), zero()), below0(high, splat(-1.0f), zero())));
	V y = log_rest(fma_(fraction(b), half, splat(-1.0f)));

	y = fma_(n, splat(0.693359375f), fma_(n, splat(-2.12194440e-4f), y));
	y = below0(sub(splat(3.40282347e38f), a), a, y);             /* infinity */
	y = below0(neg_abs(a), y, add(a, lowest()));                 /* 0, NaN */
	return below0(a, sub(lowest(), lowest()), y);
}

/* sqrt(a); NaN where a < 0 */
static inline V
square_root(V a)
{
	return below0(a, sub(lowest(), lowest()), root(a));
}

static inline V
magnitude(V a)
{
	return sub(zero(), neg_abs(a));
}

/* tanh(a); within 4 ulp */
static inline V
vtanh(V a)
{
	V e = vexpm1(mul(neg_abs(a), splat(2.0f))), y = div_(e, add(e, splat(2.0f)));

	return below0(a, y, sub(zero(), y));
}

static inline V
elu(V a, V alpha)
{
	return below0(a, mul(alpha, vexpm1(a)), a);
}

/* log(1 + e^(beta a))/beta; e of a positive number is never taken */
static inline V
softplus(V a, V beta)
{
	V b = mul(a, beta);

	return div_(add(relu(b), vlog1p(vexp(neg_abs(b)))), beta);
}

/*
** a tanh(log(1 + e^a)), multiplied out: a(ee + 2e)/(ee + 2e + 2) with e = e^a, a(1 + 2e)/(1 + 2e + 2ee) with e = e^-a
*/
static inline V
mish(V a)
{
	V e = vexp(neg_abs(a)), one = splat(1.0f), two = splat(2.0f);
	V up = below0(a, mul(e, add(e, two)), fma_(e, two, one));

	return mul(a, div_(up, add(up, below0(a, two, mul(mul(e, e), two)))));
}

/* erf(a); within 4 ulp: a polynomial near 0, 1 - e^(another) beyond */
static inline V
verf(V a)
{
	V s = mul(a, a), t = clamp(sub(zero(), neg_abs(a)), zero(), splat(4.0f)), tt = mul(t, t);
	V far = fma_(splat(-1.72853470e-5f), t, splat(3.83197126e-4f));
	V near = splat(-5.96761703e-4f);

	far = fma_(far, tt, fma_(splat(-3.88396438e-3f), t, splat(2.42546219e-2f)));
	far = fma_(far, t, splat(-1.06777877e-1f));
	far = fma_(far, t, splat(-6.34846687e-1f));
	far = fma_(far, t, splat(-1.28717512e-1f));
	far = sub(splat(1.0f), vexp(fma_(far, t, sub(zero(), t))));
	far = below0(a, sub(zero(), far), far);
	near = fma_(near, s, splat(4.99119423e-3f));
	near = fma_(near, s, splat(-2.67681349e-2f));
	near = fma_(near, s, splat(1.12819925e-1f));
	near = fma_(near, s, splat(-3.76125336e-1f));
	near = fma_(near, s, splat(1.28379166e-1f));
	return below0(sub(t, splat(0.927734375f)), fma_(near, a, a), far);
}

/* Phi(-u) of the normal distribution, u >= 0: 2^y; y is fitted so that u Phi(-u) is within 3e-8; 0 where u is large */
static inline V
normal_tail(V u)
{
	V y = fma_(splat(-1.10431010e-6f), u, splat(1.87915313e-5f)), n, r, p;

	y = fma_(y, u, splat(-9.09505142e-5f));
	y = fma_(y, u, splat(-3.56649846e-4f));
	y = fma_(y, u, splat(7.33225002e-3f));
	y = fma_(y, u, splat(-5.26666152e-2f));
	y = fma_(y, u, splat(-4.59158251e-1f));
	y = fma_(y, u, splat(-1.15111006f));
	y = fma_(y, u, splat(-1.0f));
	n = nearest(y);
	r = sub(y, n);
	p = fma_(splat(1.34071341e-3f), r, splat(9.67187621e-3f));
	p = fma_(p, r, splat(5.5503087e-2f));
	p = fma_(p, r, splat(2.40222346e-1f));
	p = fma_(p, r, splat(6.93147215e-1f));
	p = fma_(p, r, splat(1.0f));
	return zero_below(y, -126.0f, mul(p, pow2(n)));
}

/* a Phi(a) */
static inline V
gelu(V a)
{
	V tail = normal_tail(magnitude(a));

	return mul(a, below0(a, tail, sub(splat(1.0f), tail)));
}

/* a(1 + tanh(u))/2 = a sigmoid(2u), u = sqrt(2/pi)(a + 0.044715 aaa) */
static inline V
gelu_tanh(V a)
{
	return mul(a, sigmoid(mul(a, fma_(mul(a, a), splat(7.13548163e-2f), splat(1.59576912f)))));
}
