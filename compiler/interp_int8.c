/*
** interp_int8.c - the reference on bytes. Every result is one exact sum of integers, then the few roundings to float32
** that dsl/README defines, in this order and no other; so there is one right answer, and emitted code must give it.
*/
#include <math.h>

#include "graph.h"

/* settled - between the bounds, NaN at the lower one; as a byte where the result is bytes */
static double
settled(const Node *n, float v)
{
	float lo, hi;

	act_bounds(n, &lo, &hi);
	v = v > lo ? v < hi ? v : hi : lo;
	return is_bytes(n->out) ? rint((double)v) + n->a.zero : (double)v;
}

/* product - rounded once, to float32 */
static float
product(float a, float b)
{
	return (float)((double)a*(double)b);
}

/* off_zero - element i of input k, counted from the byte that is 0 */
static double
off_zero(const Node *n, const double *const *x, int k, size_t i)
{
	return x[k][i] - zero_of(n->in[k], 0);
}

/* add_skip - the sum's product and the skip's, which is exact, added and rounded once */
static float
add_skip(const Node *n, const double *const *x, int k, size_t i, float v)
{
	double z = off_zero(n, x, k, i)*(double)exact_factor(step_of(n->in[k])/step_of(n->out));

	return (float)(z + (double)v);
}

/* sum_at - of a convolution: bias + w*(x - zero), exact */
static double
sum_at(const Node *n, const double *x, int m, int oc, int i, int j)
{
	const Attr *a = &n->a;
	Shape in = n->in[0]->shape;
	bool flat = n->op == O_linear;
	int groups = flat ? 1 : a->groups, icg = in.c/groups, from = oc/(n->out->shape.c/groups)*icg;
	Pair ks = flat ? (Pair){ 1, 1 } : a->kernel;
	const double *w = n->p[P_weight].data + (size_t)oc*(size_t)(icg*ks.h*ks.w);
	double sum = n->p[P_bias].data[oc];

	for (int ic = from; ic < from + icg; ic++)
	for (int ki = 0; ki < ks.h; ki++)
	for (int kj = 0; kj < ks.w; kj++, w++) {
		int r = flat ? 0 : i*a->stride.h + ki*a->dilation.h - a->padding.t;
		int q = flat ? 0 : j*a->stride.w + kj*a->dilation.w - a->padding.l;
		if (r >= 0 && r < in.h && q >= 0 && q < in.w)
			sum += *w*(x[(((size_t)m*(size_t)in.c + (size_t)ic)*(size_t)in.h + (size_t)r)*(size_t)in.w + (size_t)q] -
			           zero_of(n->in[0], ic));
	}
	return sum;
}

/* scaled - a sum of channel c in the result's steps, with the skip, which is element at */
static double
scaled(const Node *n, const double *const *x, double sum, size_t c, size_t at)
{
	float v = product((float)sum, factor_of(n, c));

	return settled(n, n->nin == 2 ? add_skip(n, x, 1, at, v) : v);
}

double
interp_int8_at(const Node *n, const double *const *x, int m, int c, int i, int j)
{
	Shape s = n->out->shape;
	size_t at = (((size_t)m*(size_t)s.c + (size_t)c)*(size_t)s.h + (size_t)i)*(size_t)s.w + (size_t)j;

	return scaled(n, x, sum_at(n, x[0], m, c, i, j), (size_t)c, at);
}

/* add_tap - one weight times one channel of the input, less its zero, to all sums that it is part of */
static void
add_tap(const Node *n, double w, const double *x, double zero, int ki, int kj, double *sums)
{
	const Attr *a = &n->a;
	Shape in = n->in[0]->shape, out = n->out->shape;

	for (int i = 0; i < out.h; i++) {
		int r = i*a->stride.h + ki*a->dilation.h - a->padding.t, q = kj*a->dilation.w - a->padding.l;
		const double *row = x + (ptrdiff_t)r*in.w;
		for (int j = 0; r >= 0 && r < in.h && j < out.w; j++, q += a->stride.w)
			if (q >= 0 && q < in.w)
				sums[i*out.w + j] += w*(row[q] - zero);
	}
}

/* sum_plane - of one output channel of a convolution, as sum_at has each */
static void
sum_plane(const Node *n, const double *x, int m, int oc, double *sums)
{
	const Attr *a = &n->a;
	Shape in = n->in[0]->shape, out = n->out->shape;
	int icg = in.c/a->groups, from = oc/(out.c/a->groups)*icg, taps = a->kernel.h*a->kernel.w;
	const double *w = n->p[P_weight].data + (size_t)oc*(size_t)(icg*taps);

	for (int i = 0; i < out.h*out.w; i++)
		sums[i] = n->p[P_bias].data[oc];
	for (int ic = from; ic < from + icg; ic++)
		for (int tap = 0; tap < taps; tap++, w++)
			add_tap(n, *w, x + ((size_t)m*(size_t)in.c + (size_t)ic)*(size_t)(in.h*in.w), zero_of(n->in[0], ic), tap/a->kernel.w,
			        tap%a->kernel.w, sums);
}

static void
dense(const Node *n, const double *const *x, double *y)
{
	Shape s = n->out->shape;
	size_t each = (size_t)(s.h*s.w);

	for (int m = 0; m < s.n; m++)
	for (int c = 0; c < s.c; c++, y += each) {
		if (n->op == O_linear)
			*y = sum_at(n, x[0], m, c, 0, 0);
		else
			sum_plane(n, x[0], m, c, y);
		for (size_t i = 0; i < each; i++)
			y[i] = scaled(n, x, y[i], (size_t)c, ((size_t)m*(size_t)s.c + (size_t)c)*each + i);
	}
}

/* add_again - both bytes and the shift added as ONNX Runtime does it: twice a product and a sum, rounded once each */
static double
add_again(const Node *n, const Requanted *r, double a, double b)
{
	float lo, hi, v;
	double origin = requant_origin(n), zero = n->a.zero - origin;

	act_bounds(n, &lo, &hi);
	v = (float)((b - origin)*(double)r->factor[1] + (double)r->shift);
	v = (float)((a - origin)*(double)r->factor[0] + (double)v);
	return rint(fmin(fmax((double)v, (double)lo + zero), (double)hi + zero)) + origin;
}

/* between_floats - of a and b, bytes less their zeros: floats, their sum or product and its quotient, each rounded */
static double
between_floats(const Node *n, double a, double b)
{
	Requanted r = requant_of(n);
	float u = product((float)a, r.factor[0]), v = product((float)b, r.factor[1]);

	return settled(n, (n->op == O_add ? (float)((double)u + (double)v) : product(u, v))/r.shift);
}

static void
add(const Node *n, const double *const *x, double *y)
{
	Requanted r = requant_of(n);
	float factor = exact_factor(step_of(n->in[0])/step_of(n->out));
	Shape to = n->out->shape;

	for (size_t i = 0; i < count_of(to); i++) {
		size_t at = spread_index(n->in[0]->shape, to, i), other = spread_index(n->in[1]->shape, to, i);
		if (n->a.requant == Requant_onnx_float)
			y[i] = between_floats(n, off_zero(n, x, 0, at), off_zero(n, x, 1, other));
		else if (n->a.requant)
			y[i] = add_again(n, &r, x[0][at], x[1][other]);
		else
			y[i] = settled(n, add_skip(n, x, 1, other, product((float)off_zero(n, x, 0, at), factor)));
	}
}

/*
** multiply - bytes less their zeros, either of which may be one value a channel, a pixel or an image. The product is
** exact. ONNX Runtime adds the zero before it rounds to a whole number.
*/
static void
multiply(const Node *n, const double *const *x, double *y)
{
	Requanted r = requant_of(n);
	Shape to = n->out->shape;
	float lo, hi;

	act_bounds(n, &lo, &hi);
	for (size_t i = 0; i < count_of(to); i++) {
		double a = off_zero(n, x, 0, spread_index(n->in[0]->shape, to, i));
		double b = off_zero(n, x, 1, spread_index(n->in[1]->shape, to, i));
		float v = product((float)(a*b), n->a.requant ? r.factor[0] : product_factor(n));
		if (n->a.requant == Requant_onnx_float)
			y[i] = between_floats(n, a, b);
		else if (n->a.requant)
			y[i] = rint((double)((v > lo ? v < hi ? v : hi : lo) + r.shift)) + requant_origin(n);
		else
			y[i] = settled(n, v);
	}
}

/* concat - each input in the steps of the result */
static void
concat(const Node *n, const double *const *x, double *y)
{
	for (int m = 0; m < n->out->shape.n; m++)
		for (int k = 0; k < n->nin; k++) {
			Shape s = n->in[k]->shape;
			size_t each = (size_t)s.c*(size_t)s.h*(size_t)s.w;
			float factor = exact_factor(step_of(n->in[k])/step_of(n->out));
			for (size_t i = 0; i < each; i++)
				*y++ = settled(n, product((float)off_zero(n, x, k, (size_t)m*each + i), factor));
		}
}

/* span - rows, or columns, of a mean's window: from and to, cut to the image, and how many it counts */
static int
span(const Node *n, bool rows, int i, int *from, int *to)
{
	const Attr *a = &n->a;
	Shape x = n->in[0]->shape, y = n->out->shape;
	int in = rows ? x.h : x.w, out = rows ? y.h : y.w, end, counted;

	if (n->op == O_adaptive_avg_pool) {
		*from = i*in/out;
		*to = ceil_div((i + 1)*in, out);
		return *to - *from;
	}
	*from = i*(rows ? a->stride.h : a->stride.w) - (rows ? a->padding.t : a->padding.l);
	end = *from + (rows ? a->kernel.h : a->kernel.w);
	counted = in + (rows ? a->padding.b : a->padding.r);
	counted = (end < counted ? end : counted) - *from;
	*from = *from < 0 ? 0 : *from;
	*to = end < in ? end : in;
	return a->count_include_pad ? counted : *to - *from;
}

/* mean_of_floats - as ONNX Runtime has it: of the floats that bytes stand for, in their order, rounded each time */
static double
mean_of_floats(const Node *n, const double *x, const int rows[2], const int columns[2], int count)
{
	Requanted r = requant_of(n);
	int w = n->in[0]->shape.w;
	float sum = 0, lo, hi, v;

	for (int i = rows[0]; i < rows[1]; i++)
		for (int j = columns[0]; j < columns[1]; j++)
			sum = (float)((double)sum + (double)product((float)(x[i*w + j] - zero_of(n->in[0], 0)), r.factor[0]));
	act_bounds(n, &lo, &hi);
	v = sum/(float)count/r.factor[1];
	return rint((double)((v > lo ? v < hi ? v : hi : lo) + r.shift)) + n->a.zero - (double)r.shift;
}

/* mean - the window's sum is exact; the factor is divided by how many it counts, in float32 */
static void
mean(const Node *n, const double *x, double *y)
{
	Shape in = n->in[0]->shape, s = n->out->shape;
	int r[2], q[2];

	for (int m = 0; m < s.n*s.c; m++, x += in.h*in.w)
	for (int i = 0; i < s.h; i++)
	for (int j = 0; j < s.w; j++) {
		int count = span(n, true, i, &r[0], &r[1])*span(n, false, j, &q[0], &q[1]);
		double sum = 0;
		if (n->op == O_avg_pool && n->a.requant) {
			*y++ = mean_of_floats(n, x, r, q, count);
			continue;
		}
		for (int k = r[0]; k < r[1]; k++)
			for (int l = q[0]; l < q[1]; l++)
				sum += x[k*in.w + l] - zero_of(n->in[0], 0);
		*y++ = settled(n, product((float)sum, n->a.requant ? requant_of(n).factor[0] :
		                                      (float)((double)factor_of(n, 0)/count)));
	}
}

/* picture - the caller's pixels, or the floats that were made of them made pixels again */
static void
picture(const Node *n, const double *x, double *y)
{
	const Image *im = &n->g->image;
	Shape s = n->out->shape;

	for (int m = 0; m < s.n; m++)
	for (int c = 0; c < s.c; c++)
	for (int i = 0; i < s.h*s.w; i++) {
		int from = im->swap ? s.c - 1 - c : c;
		float v = (float)x[(size_t)m*(size_t)(s.c*s.h*s.w) + (size_t)(im->hwc ? i*s.c + from : from*s.h*s.w + i)];
		if (!im->u8 && !im->normalize)
			v = (float)((double)product(v, (float)(1/pixel_step(n->g, c))) + (double)(float)pixel_mean(n->g, c));
		*y++ = rint(v > 0 ? v < 255 ? (double)v : 255 : 0);
	}
}

void
interp_int8(const Node *n, const double *const *x, double *y)
{
	size_t count = count_of(n->out->shape);

	switch (n->op) {
	case O_input:   picture(n, x[0], y); break;
	case O_conv2d:
	case O_linear:  dense(n, x, y); break;
	case O_add:     add(n, x, y); break;
	case O_mul:     multiply(n, x, y); break;
	case O_concat:  concat(n, x, y); break;
	case O_avg_pool:
	case O_adaptive_avg_pool: mean(n, x[0], y); break;
	case O_quantize:
		for (size_t i = 0; i < count; i++)
			y[i] = settled(n, n->a.requant ? (float)x[0][i]/(float)n->a.step : product((float)x[0][i], (float)(1/n->a.step)));
		break;
	case O_dequantize:
		for (size_t i = 0; i < count; i++)
			y[i] = (double)product((float)off_zero(n, x, 0, i), (float)step_of(n->in[0]));
		break;
	default:        die("%s has no form on bytes", op_rows[n->op].name);
	}
}
