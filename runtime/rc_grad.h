/* SPDX-License-Identifier: 0BSD */
/*
** rc_grad.h - what kernels of networks in training are made of, in the vector words: emitted code calls these with
** literals, so that each becomes code for one shape. x, y, z and their gradients dx, dy, dz point to the first pixel of
** one vector of channels, or of a block; row and image are strides, cb the distance of pixels, all in floats.
*/
#ifndef RC_GRAD_H
#define RC_GRAD_H

#include "rc.h"
#include "rc_float.h"

RC_TARGET_BEGIN

/* y where a > 0, else 0 */
static RC_INLINE V
rc_above0(V a, V y)
{
	return below0(sub(zero(), a), y, zero());
}

static RC_INLINE V
rc_add4(V a, V b, V c, V d)
{
	return add(add(a, b), add(c, d));
}

/* d times the derivative of silu, of hard_swish at a */
static RC_INLINE V
rc_silu_dx(V a, V d)
{
	V s = sigmoid(a);

	return mul(d, mul(s, fma_(a, sub(splat(1.0f), s), splat(1.0f))));
}

/* leaky_relu's and elu's: the smaller one holds at 0, too */
static RC_INLINE V
rc_leaky_dx(V a, V d, V slope)
{
	return below0(sub(zero(), a), d, mul(d, slope));
}

static RC_INLINE V
rc_elu_dx(V a, V d, V alpha)
{
	return below0(sub(zero(), a), d, mul(d, mul(alpha, vexp(neg_abs(a)))));
}

/* d where a > 0, half of it where a is 0 */
static RC_INLINE V
rc_half_above0(V a, V d)
{
	V half = mul(d, splat(0.5f));

	return below0(a, zero(), below0(sub(zero(), a), d, half));
}

/* t + a(1 - tt) sigmoid(a), t = tanh(log(1 + e^a)); 1 - t is a quotient too */
static RC_INLINE V
rc_mish_dx(V a, V d)
{
	V e = vexp(neg_abs(a)), one = splat(1.0f), two = splat(2.0f);
	V up = below0(a, mul(e, add(e, two)), fma_(e, two, one)), rest = below0(a, two, mul(mul(e, e), two));
	V t = div_(up, add(up, rest)), less = div_(rest, add(up, rest));

	return mul(d, fma_(mul(a, mul(less, add(one, t))), sigmoid(a), t));
}

/* Phi(a) + a phi(a) */
static RC_INLINE V
rc_gelu_dx(V a, V d)
{
	V phi = mul(splat(0.398942280f), vexp(mul(mul(a, a), splat(-0.5f)))), tail = normal_tail(magnitude(a));

	return mul(d, fma_(a, phi, below0(a, tail, sub(splat(1.0f), tail))));
}

/* s + a s(1 - s) u', s = sigmoid(u), u = 2 sqrt(2/pi)(a + 0.044715 aaa); beyond 10 s(1 - s) is none in float */
static RC_INLINE V
rc_gelu_tanh_dx(V a, V d)
{
	V b = clamp(a, splat(-10.0f), splat(10.0f)), bb = mul(b, b);
	V s = sigmoid(mul(b, fma_(bb, splat(7.13548163e-2f), splat(1.59576912f))));
	V slope = fma_(bb, splat(0.214064449f), splat(1.59576912f));

	return mul(d, fma_(mul(b, mul(s, sub(splat(1.0f), s))), slope, s));
}

static RC_INLINE V
rc_hard_swish_dx(V a, V d, V slope, V offset)
{
	V s = fma_(a, slope, offset), inner = mul(d, fma_(a, add(slope, slope), offset));

	return rc_above0(s, below0(sub(s, splat(1.0f)), inner, d));
}

/* 1/sqrt(v) */
static RC_INLINE float
rc_inverse_root(double v)
{
	float t[VL];

	st(t, div_(splat(1.0f), root(splat((float)v))));
	return t[0];
}

/* --- what comes next --- */

/*
** What the next strip of images reads and writes: where, and how many lines of the cache are not fetched yet. While one
** strip is multiplied memory would be idle, and its processor while the next one's passes wait for it.
*/
enum { RC_COMING = 16 };
typedef struct {
	int lines, at, count;        /* of a share; the first that is not all fetched; how many there are */
	struct {
		const char *from;
		int lines;
	} of[RC_COMING];
} rc_coming;

static RC_INLINE void
rc_fetch_coming(rc_coming *c, int shares)
{
	int lines = shares*c->lines;
	const char *from;

	if (c->at == c->count)
		return;
	from = c->of[c->at].from;
	if (lines > c->of[c->at].lines)
		lines = c->of[c->at].lines;
	for (int i = 0; i < lines; i++)
		RC_FETCH_FAR(from + i*64);
	c->of[c->at].from = from + lines*64;
	c->of[c->at].lines -= lines;
	c->at += c->of[c->at].lines == 0;
}

/* --- sums over images and pixels --- */

/*
** Of images n0 to n1, a block of channels: their first pixel, then sums and sums of squares of all less that pixel,
** three rows step floats apart.
*/
static RC_INLINE void
rc_bn_partial(const float *x, int n0, int n1, size_t image, int h, int w, size_t row, int cb, float *sums, size_t step)
{
	for (int l = 0; l < cb; l += VL) {
		st(sums + l, ld(x + (size_t)n0*image + (size_t)l));
		st(sums + step + l, zero());
		st(sums + 2*step + l, zero());
	}
	for (int n = n0; n < n1; n++)
		for (int i = 0; i < h; i++)
			for (int l = 0; l < cb; l += VL) {
				const float *xi = x + (size_t)n*image + (size_t)i*row + (size_t)l;
				V s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero(), q0 = zero(), q1 = zero(), q2 = zero(), q3 = zero();
				V pivot = ld(sums + l);
				int j = 0;
				for (; j + 4 <= w; j += 4, xi += 4*cb) {
					V a = sub(ld(xi), pivot), b = sub(ld(xi + cb), pivot), c = sub(ld(xi + 2*cb), pivot);
					V d = sub(ld(xi + 3*cb), pivot);
					s0 = add(s0, a); s1 = add(s1, b); s2 = add(s2, c); s3 = add(s3, d);
					q0 = fma_(a, a, q0); q1 = fma_(b, b, q1); q2 = fma_(c, c, q2); q3 = fma_(d, d, q3);
				}
				for (; j < w; j++, xi += cb) {
					V a = sub(ld(xi), pivot);
					s0 = add(s0, a); q0 = fma_(a, a, q0);
				}
				st(sums + step + l, add(ld(sums + step + l), rc_add4(s0, s1, s2, s3)));
				st(sums + 2*step + l, add(ld(sums + 2*step + l), rc_add4(q0, q1, q2, q3)));
			}
}

/* Mean and variance of count numbers a channel from the rows of groups of images; running statistics go along. */
static RC_INLINE void
rc_bn_finish(const float *sums, int groups, int images, size_t step, double count, float *mean, float *var,
             float *running_mean, float *running_var, double momentum)
{
	for (int c = 0; c < VL; c++) {
		double s = 0, q = 0, m, v;
		for (int g = 0; g < groups; g++) {
			const float *of = sums + (size_t)g*3*step + (size_t)c;
			double terms = count/images*((g + 1)*images/groups - g*images/groups), d = (double)of[0] - (double)sums[c];
			s += (double)of[step] + terms*d;
			q += (double)of[2*step] + 2*d*(double)of[step] + terms*d*d;
		}
		m = s/count;
		v = q/count - m*m;
		v = v > 0 ? v : v <= 0 ? 0 : v;
		m += (double)sums[c];
		mean[c] = (float)m;
		var[c] = (float)v;
		running_mean[c] = (float)((1 - momentum)*(double)running_mean[c] + momentum*m);
		running_var[c] = (float)((1 - momentum)*(double)running_var[c] + momentum*v*(count > 1 ? count/(count - 1) : 1));
	}
}

/* Sums of dz and of dz (x - mean), of a block of channels. */
static RC_INLINE void
rc_bn_sums_partial(const float *dz, const float *x, const float *mean, int n0, int n1, size_t dz_image, size_t x_image,
                   int h, int w, size_t dz_row, size_t x_row, int cb, float *sums, float *products)
{
	for (int l = 0; l < cb; l += VL) {
		st(sums + l, zero());
		st(products + l, zero());
	}
	for (int n = n0; n < n1; n++)
		for (int i = 0; i < h; i++)
			for (int l = 0; l < cb; l += VL) {
				const float *di = dz + (size_t)n*dz_image + (size_t)i*dz_row + (size_t)l;
				const float *xi = x + (size_t)n*x_image + (size_t)i*x_row + (size_t)l;
				V m = ld(mean + l), s0 = zero(), s1 = zero(), q0 = zero(), q1 = zero();
				int j = 0;
				for (; j + 2 <= w; j += 2, xi += 2*cb, di += 2*cb) {
					V a = ld(di), b = ld(di + cb);
					s0 = add(s0, a); s1 = add(s1, b);
					q0 = fma_(a, sub(ld(xi), m), q0); q1 = fma_(b, sub(ld(xi + cb), m), q1);
				}
				if (j < w) {
					V a = ld(di);
					s0 = add(s0, a); q0 = fma_(a, sub(ld(xi), m), q0);
				}
				st(sums + l, add(ld(sums + l), add(s0, s1)));
				st(products + l, add(ld(products + l), add(q0, q1)));
			}
}

/* Gradients of bias and weight from the sums of groups. */
static RC_INLINE void
rc_bn_sums_finish(const float *sums, int groups, size_t each, size_t step, const float *var, float eps, float *bias,
                  float *weight)
{
	V s = zero(), q = zero();

	for (int g = 0; g < groups; g++) {
		s = add(s, ld(sums + (size_t)g*each));
		q = add(q, ld(sums + (size_t)g*each + step));
	}
	st(bias, s);
	st(weight, div_(q, root(add(ld(var), splat(eps)))));
}

/* Sums of images n0 to n1. */
static RC_INLINE V
rc_sums(const float *x, int n0, int n1, size_t image, int h, int w, size_t row, int cb)
{
	V s = zero();

	for (int n = n0; n < n1; n++)
		for (int i = 0; i < h; i++) {
			const float *xi = x + (size_t)n*image + (size_t)i*row;
			V r = zero();
			for (int j = 0; j < w; j++)
				r = add(r, ld(xi + (size_t)j*(size_t)cb));
			s = add(s, r);
		}
	return s;
}

enum { RC_TREE_AHEAD = 8 };          /* vectors of each group that are fetched before they are added */

/*
** Groups' sums of count numbers, step floats apart, added up as a tree into the first's: t has sums of 1, 2, 4, ...
** groups.
*/
static RC_INLINE void
rc_tree(float *p, int groups, size_t step, int count)
{
	for (int c = 0; c < count; c += VL) {
		V t[8], sum = zero();
		for (int g = 0; g < groups; g++) {
			int level = 0;
			sum = ld(p + (size_t)g*step + (size_t)c);
			RC_FETCH(p + (size_t)g*step + (size_t)(c + RC_TREE_AHEAD*VL));
			for (; g >> level & 1; level++)
				sum = add(t[level], sum);
			t[level] = sum;
		}
		for (int level = 0, any = 0; level < 8; level++)
			if (groups >> level & 1) {
				sum = any ? add(t[level], sum) : t[level];
				any = 1;
			}
		st(p + c, sum);
	}
}

/* --- batch norm of one image --- */

/*
** dx = scale (dz - bias's gradient/count - (x - mean)/(variance + eps) weight's gradient/count sqrt(variance + eps));
** frozen: scale dz
*/
static RC_INLINE void
rc_bn_dx(const float *dz, const float *x, float *dx, int h, int w, size_t dz_row, size_t x_row, size_t dx_row, int cb,
         const float *mean, const float *var, const float *weight, const float *dbias, const float *dweight, float eps,
         float count, int frozen)
{
	V inv = div_(splat(1.0f), root(add(ld(var), splat(eps)))), m = ld(mean), part = splat(1.0f/count);
	V scale = weight ? mul(ld(weight), inv) : inv;
	V by = frozen ? zero() : mul(mul(ld(dweight), inv), mul(scale, part)), less = frozen ? zero() :
		mul(mul(ld(dbias), part), scale);

	for (int i = 0; i < h; i++)
		for (int j = 0; j < w; j++) {
			V d = fma_(ld(dz + (size_t)i*dz_row + (size_t)(j*cb)), scale, sub(zero(), less));
			if (!frozen)
				d = sub(d, mul(by, sub(ld(x + (size_t)i*x_row + (size_t)(j*cb)), m)));
			st(dx + (size_t)i*dx_row + (size_t)(j*cb), d);
		}
}

/* --- windows of one image --- */

/* The largest number of a window takes what is left of its gradient; what is left then. */
static RC_INLINE V
rc_to_largest(const float *x, float *dx, V most, V left)
{
	V less = sub(ld(x), most);

	st(dx, add(ld(dx), below0(less, zero(), left)));
	return below0(less, left, zero());
}

/* Of a row of a window that starts at column q; inside: none of it lies beside the image. */
static RC_INLINE V
rc_row_to_largest(const float *x, float *dx, int q, int w, int kw, int dw, int cb, int inside, V most, V left)
{
	for (int k = 0; k < kw; k++, q += dw)
		if (inside || (q >= 0 && q < w))
			left = rc_to_largest(x + q*cb, dx + q*cb, most, left);
	return left;
}

/* Zeros in rows from to end, and end. */
static RC_INLINE int
rc_clear_rows(float *dx, int from, int end, size_t row, int numbers)
{
	for (int i = from; i < end; i++)
		for (int j = 0; j < numbers; j += VL)
			st(dx + (size_t)i*row + (size_t)j, zero());
	return end > from ? end : from;
}

/* dy goes to the first of the largest of each window, of a block of channels. */
static RC_INLINE void
rc_max_pool_dx(const float *dy, const float *x, const float *y, float *dx, int h, int w, size_t dy_row, size_t x_row,
               size_t y_row,
               size_t dx_row, int cb, int out_h, int out_w, int kh, int kw, int sh, int sw, int top, int left, int dh,
	int dw)
{
	int cleared = 0;

	for (int i = 0; i < out_h; i++) {
		int end = i*sh - top + (kh - 1)*dh + 1;

		cleared = rc_clear_rows(dx, cleared, end < h ? end : h, dx_row, w*cb);
		for (int l = 0; l < cb; l += VL)
			for (int j = 0; j < out_w; j++) {
				V left_over = ld(dy + (size_t)i*dy_row + (size_t)(j*cb + l));
				V most = ld(y + (size_t)i*y_row + (size_t)(j*cb + l));
				int q = j*sw - left, inside = q >= 0 && q + (kw - 1)*dw < w;
				for (int k = 0; k < kh; k++) {
					int r = i*sh - top + k*dh;
					const float *xr = x + (size_t)r*x_row + (size_t)l;
					float *dxr = dx + (size_t)r*dx_row + (size_t)l;
					if (r < 0 || r >= h)
						continue;
					left_over = inside ? rc_row_to_largest(xr, dxr, q, w, kw, dw, cb, 1, most, left_over) :
						rc_row_to_largest(xr, dxr, q, w, kw, dw, cb, 0, most, left_over);
				}
			}
	}
	rc_clear_rows(dx, cleared, h, dx_row, w*cb);
}

/* The same where windows divide the image as evenly as they can. */
static RC_INLINE void
rc_adaptive_max_pool_dx(const float *dy, const float *x, const float *y, float *dx, int h, int w, size_t dy_row,
                        size_t x_row, size_t y_row, size_t dx_row, int cb, int out_h, int out_w)
{
	rc_clear_rows(dx, 0, h, dx_row, w*cb);
	for (int i = 0; i < out_h; i++)
		for (int j = 0; j < out_w; j++)
			for (int l = 0; l < cb; l += VL) {
				V left = ld(dy + (size_t)i*dy_row + (size_t)(j*cb + l)), most = ld(y + (size_t)i*y_row + (size_t)(j*cb + l));
				for (int r = i*h/out_h; r*out_h < (i + 1)*h; r++)
					for (int q = j*w/out_w; q*out_w < (j + 1)*w; q++)
						left = rc_to_largest(x + (size_t)r*x_row + (size_t)(q*cb + l), dx + (size_t)r*dx_row + (size_t)(q*cb + l),
						                     most, left);
			}
}

/* --- the loss --- */

/* e^x for x <= 0 */
static inline double
rc_exp_double(double x)
{
	double n, r, sum = 1, term = 1;
	uint64_t bits;

	if (!(x > -700))
		return x <= -700 ? 0 : x;
	n = (double)(int)(x*1.4426950408889634 - 0.5);
	r = (x - n*0.693147180369123816490) - n*1.90821492927058770002e-10;
	for (int i = 1; i < 16; i++) {
		term = term*r/i;
		sum += term;
	}
	bits = (uint64_t)((int)n + 1023) << 52;
	memcpy(&r, &bits, sizeof r);
	return sum*r;
}

/* log(x) for normal x > 0 */
static inline double
rc_log_double(double x)
{
	uint64_t bits;
	int e;
	double f, square, sum = 0;

	memcpy(&bits, &x, sizeof bits);
	e = (int)(bits >> 52) - 1022;
	bits = (bits & 0xfffffffffffffu) | UINT64_C(1022) << 52;
	memcpy(&f, &bits, sizeof f);
	if (f < 0.70710678118654752) {
		f *= 2;
		e--;
	}
	f = (f - 1)/(f + 1);
	square = f*f;
	for (int i = 21; i > 0; i -= 2)
		sum = sum*square + 2.0/i;
	return sum*f + e*0.69314718055994530942;
}

/* Where class c of an image lies: blocks of so many channels, from one to the next a plane. */
static inline size_t
rc_class(int c, int block, int plane)
{
	return (size_t)(c/block)*(size_t)plane + (size_t)(c%block);
}

/*
** Of one image: dx = (softmax(x) - what is wanted)/images, its loss, and 1 where its label is the largest. plane: from
** one block of channels to the next, in x and in dx.
*/
static inline void
rc_cross_entropy(const float *x, int plane, float *dx, int dx_plane, int block, float *loss, int classes, int label,
                 double smoothing, double images)
{
	double sum = 0, even = smoothing/classes, total = 0, most;
	int best = 0;

	for (int c = 1; c < classes; c++)
		best = x[rc_class(c, block, plane)] > x[rc_class(best, block, plane)] ? c : best;
	most = (double)x[rc_class(best, block, plane)];
	for (int c = 0; c < classes; c++)
		sum += rc_exp_double((double)x[rc_class(c, block, plane)] - most);
	for (int c = 0; c < classes; c++) {
		double want = (c == label ? 1 - smoothing : 0) + even, above = (double)x[rc_class(c, block, plane)] - most;
		dx[rc_class(c, block, dx_plane)] = (float)((rc_exp_double(above)/sum - want)/images);
		total -= want*(above - rc_log_double(sum));
	}
	loss[0] = (float)total;
	loss[1] = best == label;
}

RC_TARGET_END
#endif
