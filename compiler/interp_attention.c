/*
** interp_attention.c - the reference of what attention is made of: softmax and reductions along an axis, products of
** two activations.
*/
#include <math.h>

#include "interp.h"

Line
line_of(const Node *n, size_t i)
{
	Shape s = n->in[0]->shape;
	size_t h = (size_t)s.h, w = (size_t)s.w, c = (size_t)(s.c/n->a.groups);

	switch ((Along)n->a.axis) {
	case Along_height:   return (Line){ i/(h*w)*(h*w) + i%w, h, w };
	case Along_width:    return (Line){ i/w*w, w, 1 };
	case Along_image:    return (Line){ i/(h*w)*(h*w), h*w, 1 };
	case Along_channels: return (Line){ i/(c*h*w)*(c*h*w) + i%(h*w), c, h*w };
	case NAlongs:         break;
	}
	die("axis %d", n->a.axis);
}

void
interp_softmax(const Node *n, const double *const *x, double *y)
{
	for (size_t i = 0; i < count_of(n->out->shape); i++) {
		Line l = line_of(n, i);
		const double *xl = x[0] + l.from;
		double *yl = y + l.from, max = xl[0], sum = 0;
		if (i != l.from)
			continue;
		for (size_t k = 1; k < l.count; k++)
			if (xl[k*l.step] > max)
				max = xl[k*l.step];
		for (size_t k = 0; k < l.count; k++)
			sum += yl[k*l.step] = exp(xl[k*l.step] - max);
		for (size_t k = 0; k < l.count; k++)
			yl[k*l.step] /= sum;
	}
}

/* reduced - l.count numbers, l.step apart */
static double
reduced(Reduction how, const double *x, Line l)
{
	double y = how == Reduce_max || how == Reduce_min ? *x : 0;

	for (size_t k = 0; k < l.count; k++) {
		double v = x[k*l.step];
		if (how == Reduce_max || how == Reduce_min)
			y = isnan(v) || (how == Reduce_max ? v > y : v < y) ? v : y;
		else
			y += how == Reduce_l2 ? v*v : v;
	}
	return how == Reduce_mean ? y/(double)l.count : how == Reduce_l2 ? sqrt(y) : y;
}

void
interp_reduce(const Node *n, const double *const *x, double *y)
{
	for (size_t i = 0; i < count_of(n->in[0]->shape); i++) {
		Line l = line_of(n, i);
		if (i == l.from)
			*y++ = reduced((Reduction)n->a.reduction, x[0] + i, l);
	}
}

void
interp_matmul(const Node *n, const double *const *x, double *y)
{
	const Attr *a = &n->a;
	Shape in = n->in[0]->shape, out = n->out->shape;
	int rows = out.c/a->heads, columns = out.h*out.w, terms = terms_of(n), pixels = in.h*in.w;

	for (int m = 0; m < out.n*a->heads; m++)
	for (int r = 0; r < rows; r++)
	for (int c = 0; c < columns; c++) {
		const double *xa = x[0] + (size_t)m*(size_t)(in.c/a->heads)*(size_t)pixels;
		const double *xb = x[1] + (size_t)m*(size_t)terms*(size_t)columns;
		double sum = 0;
		for (int k = 0; k < terms; k++)
			sum += xa[a->transpose_a ? k*pixels + r : r*pixels + k]*xb[a->transpose_b ? c*terms + k : k*columns + c];
		*y++ = a->scale*sum;
	}
}
