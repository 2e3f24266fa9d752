/* interp.c - the references of backward ops, NCHW in double. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train.h"
#include "../interp.h"

/* interp_act_dx - of dz and the activation's result or input */
void
interp_act_dx(const Node *n, const double *const *x, double *y)
{
	for (size_t i = 0; i < count_of(n->out->shape); i++)
		y[i] = x[0][i]*slope_at(&n->a, act_of(n->of->op), x[1][i]);
}

/* tap_sum - one weight's gradient: x at the tap times dy, over a batch */
static double
tap_sum(const Node *n, const double *const *x, int oc, int ic, int ki, int kj)
{
	Shape in = n->in[0]->shape, out = n->in[1]->shape;
	const Attr *a = &n->a;
	double sum = 0;

	for (int m = 0; m < out.n; m++)
	for (int i = 0; i < out.h; i++)
	for (int j = 0; j < out.w; j++) {
		int r = i*a->stride.h + ki*a->dilation.h - a->padding.t, q = j*a->stride.w + kj*a->dilation.w - a->padding.l;
		if (r >= 0 && r < in.h && q >= 0 && q < in.w)
			sum += x[0][(((size_t)m*(size_t)in.c + (size_t)ic)*(size_t)in.h + (size_t)r)*(size_t)in.w + (size_t)q]*
				x[1][(((size_t)m*(size_t)out.c + (size_t)oc)*(size_t)out.h + (size_t)i)*(size_t)out.w + (size_t)j];
	}
	return sum;
}

void
interp_conv2d_dw(const Node *n, const double *const *x, double *y)
{
	Shape w = n->out->shape;
	int ocg = w.n/n->a.groups;

	for (int oc = 0; oc < w.n; oc++)
	for (int ic = 0; ic < w.c; ic++)
	for (int ki = 0; ki < w.h; ki++)
	for (int kj = 0; kj < w.w; kj++)
		*y++ = tap_sum(n, x, oc, oc/ocg*w.c + ic, ki, kj);
}

void
interp_channel_sums(const Node *n, const double *const *x, double *y)
{
	Shape s = n->in[0]->shape;

	for (int c = 0; c < s.c; c++)
		y[c] = 0;
	for (size_t i = 0; i < count_of(s); i++)
		y[i/(size_t)(s.h*s.w)%(size_t)s.c] += x[0][i];
}

void
interp_sum_to(const Node *n, const double *const *x, double *y)
{
	memset(y, 0, count_of(n->out->shape)*sizeof *y);
	for (size_t i = 0; i < count_of(n->in[0]->shape); i++)
		y[spread_index(n->out->shape, n->in[0]->shape, i)] += x[0][i];
}

/* window_at - row and column of number k of the window of result i, j; false: the window has no more */
static bool
window_at(const Attr *a, Shape in, Shape out, int i, int j, int k, int *r, int *q)
{
	int top = i*in.h/out.h, left = j*in.w/out.w, width = ceil_div((j + 1)*in.w, out.w) - left;

	if (a->kernel.h) {
		*r = i*a->stride.h - a->padding.t + k/a->kernel.w*a->dilation.h;
		*q = j*a->stride.w - a->padding.l + k%a->kernel.w*a->dilation.w;
		return k < a->kernel.h*a->kernel.w;
	}
	*r = top + k/width;
	*q = left + k%width;
	return *r < ceil_div((i + 1)*in.h, out.h);
}

/* interp_max_pool_dx - of dy, x and y: to the first that is the largest */
void
interp_max_pool_dx(const Node *n, const double *const *x, double *dx)
{
	Shape in = n->out->shape, out = n->in[0]->shape;

	memset(dx, 0, count_of(in)*sizeof *dx);
	for (int m = 0; m < out.n*out.c; m++)
	for (int i = 0; i < out.h; i++)
	for (int j = 0; j < out.w; j++) {
		size_t at = ((size_t)m*(size_t)out.h + (size_t)i)*(size_t)out.w + (size_t)j, from = (size_t)m*(size_t)(in.h*in.w);
		bool done = false;
		for (int k = 0, r, q; !done && window_at(&n->a, in, out, i, j, k, &r, &q); k++) {
			done = r >= 0 && r < in.h && q >= 0 && q < in.w && x[1][from + (size_t)(r*in.w + q)] >= x[2][at];
			if (done)
				dx[from + (size_t)(r*in.w + q)] += x[0][at];
		}
	}
}

void
interp_spatial_dx(const Node *n, const double *const *x, double *dx)
{
	Shape in = n->out->shape, out = n->in[0]->shape;
	Spread *rows = want_memory(malloc(2*MostSpreads*sizeof *rows)), *cols = rows + MostSpreads;
	int nrows, ncols, c0 = first_channel_of(n->of->op, &n->a);

	nrows = spread_of(n->of->op, &n->a, true, in.h, out.h, rows);
	ncols = spread_of(n->of->op, &n->a, false, in.w, out.w, cols);
	memset(dx, 0, count_of(in)*sizeof *dx);
	for (int m = 0; m < in.n; m++)
	for (int c = 0; c < in.c; c++) {
		const double *from = x[0] + ((size_t)m*(size_t)out.c + (size_t)(c - c0))*(size_t)(out.h*out.w);
		double *to = dx + ((size_t)m*(size_t)in.c + (size_t)c)*(size_t)(in.h*in.w);
		if (c < c0 || c - c0 >= out.c)
			continue;
		for (int r = 0; r < nrows; r++)
			for (int q = 0; q < ncols; q++)
				to[rows[r].in*in.w + cols[q].in] += rows[r].share*cols[q].share*from[rows[r].out*out.w + cols[q].out];
	}
	free(rows);
}

/* interp_cross_entropy - of logits: their gradient; of each image its loss, and 1 where its label is the largest */
void
interp_cross_entropy(const Node *n, const double *const *x, double *y)
{
	const Training *t = n->g->train;
	Shape s = n->in[0]->shape;
	double *losses = y + count_of(s), even = t->smoothing/s.c;

	for (int m = 0; m < s.n; m++) {
		const double *v = x[0] + (size_t)m*(size_t)s.c;
		int label = t->labels[m], best = 0;
		double sum = 0, loss = 0;
		for (int c = 1; c < s.c; c++)
			best = v[c] > v[best] ? c : best;
		for (int c = 0; c < s.c; c++)
			sum += exp(v[c] - v[best]);
		for (int c = 0; c < s.c; c++) {
			double want = (c == label ? 1 - t->smoothing : 0) + even;
			y[(size_t)m*(size_t)s.c + (size_t)c] = (exp(v[c] - v[best])/sum - want)/s.n;
			loss -= want*(v[c] - v[best] - log(sum));
		}
		losses[2*m] = loss;
		losses[2*m + 1] = best == label;
	}
}
