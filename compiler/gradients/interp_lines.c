/*
** interp_lines.c - the references of norms by their own statistics in training, and of what sums are expanded to; NCHW
** in double.
*/
#include <math.h>

#include "train.h"
#include "../interp.h"

void
interp_channel_param(const Node *n, const double *const *x, double *y)
{
	Shape s = n->out->shape;

	(void)x;
	for (int i = 0; i < s.n*s.c; i++)
		y[i] = n->p[P_gamma].data[i%s.c];
}

/* each_line - what is normalised together: the channels of each pixel, or groups of whole channels */
typedef void EachLine(const Node *n, Line at, const double *const *x, double *y);

static void
each_line(const Node *n, EachLine *each, const double *const *x, double *y)
{
	Shape s = n->in[0]->shape;
	size_t plane = (size_t)(s.h*s.w), count = (size_t)(s.c/n->a.groups)*plane;

	if (n->a.axis == Along_channels) {
		for (size_t m = 0; m < (size_t)s.n; m++)
			for (size_t i = 0; i < plane; i++)
				each(n, (Line){ m*(size_t)s.c*plane + i, (size_t)s.c, plane }, x, y);
		return;
	}
	for (int g = 0; g < s.n*n->a.groups; g++)
		each(n, (Line){ (size_t)g*count, count, 1 }, x, y);
}

/* moments - mean, and 1/sqrt(variance + eps) */
static void
moments(const Node *n, Line at, const double *x, double *mean, double *inverse)
{
	double var = 0;

	*mean = 0;
	for (size_t i = 0; i < at.count; i++)
		*mean += x[at.from + i*at.step]/(double)at.count;
	for (size_t i = 0; i < at.count; i++) {
		double d = x[at.from + i*at.step] - *mean;
		var += d*d/(double)at.count;
	}
	*inverse = 1/sqrt(var + n->a.eps);
}

static void
norm_line(const Node *n, Line at, const double *const *x, double *y)
{
	double mean, inverse;

	moments(n, at, x[0], &mean, &inverse);
	for (size_t i = 0, k = at.from; i < at.count; i++, k += at.step)
		y[k] = (x[0][k] - mean)*inverse;
}

/* dx_line - of dy, y and x: (dy - mean(dy) - y mean(dy y))/sqrt(variance + eps) */
static void
dx_line(const Node *n, Line at, const double *const *x, double *dx)
{
	double mean, inverse, sum = 0, along = 0, count = (double)at.count;

	moments(n, at, x[2], &mean, &inverse);
	for (size_t i = 0, k = at.from; i < at.count; i++, k += at.step) {
		sum += x[0][k]/count;
		along += x[0][k]*x[1][k]/count;
	}
	for (size_t i = 0, k = at.from; i < at.count; i++, k += at.step)
		dx[k] = (x[0][k] - sum - x[1][k]*along)*inverse;
}

void
interp_own_norm(const Node *n, const double *const *x, double *y)
{
	each_line(n, norm_line, x, y);
}

/* terms_line - what the mean is taken off, in the units of the result */
static void
terms_line(const Node *n, Line at, const double *const *x, double *y)
{
	double mean, inverse;

	moments(n, at, x[0], &mean, &inverse);
	for (size_t i = 0, k = at.from; i < at.count; i++, k += at.step)
		y[k] = x[0][k]*inverse;
}

void
own_norm_terms(const Node *n, const double *const *x, double *y)
{
	each_line(n, terms_line, x, y);
}

void
interp_own_norm_dx(const Node *n, const double *const *x, double *dx)
{
	each_line(n, dx_line, x, dx);
}

void
interp_expand(const Node *n, const double *const *x, double *y)
{
	Node to = *n;
	Value whole = *n->out;

	to.in[0] = &whole;
	for (size_t i = 0, k = 0; i < count_of(whole.shape); i++) {
		Line at = line_of(&to, i);
		for (size_t j = 0; i == at.from && j < at.count; j++)
			y[i + j*at.step] = x[0][k];
		k += i == at.from;
	}
}
