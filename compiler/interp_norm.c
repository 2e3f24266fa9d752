/*
** interp_norm.c - the reference of normalisations by the statistics of the numbers themselves.
*/
#include <math.h>
#include <stdlib.h>

#include "interp.h"

typedef struct { size_t from, count, step; } Numbers;

/* normalise - (x - mean)/sqrt(variance + eps) of these numbers; mean and variance in two passes */
static void
normalise(const Node *n, Numbers at, const double *x, double *y)
{
	double mean = 0, var = 0, count = (double)at.count;

	for (size_t i = 0; i < at.count; i++)
		mean += x[at.from + i*at.step];
	mean /= count;
	for (size_t i = 0; i < at.count; i++) {
		double d = x[at.from + i*at.step] - mean;
		var += d*d;
	}
	for (size_t i = 0; i < at.count; i++)
		y[at.from + i*at.step] = (x[at.from + i*at.step] - mean)/sqrt(var/count + n->a.eps);
}

/* scale - by weight and bias of each channel */
static void
scale(const Node *n, double *y)
{
	Shape s = n->out->shape;
	size_t plane = (size_t)s.h*(size_t)s.w;
	double *w, *b;

	fold_weights(n, &w, &b);
	for (size_t i = 0; i < count_of(s); i++)
		y[i] = y[i]*w[i/plane%(size_t)s.c] + b[i/plane%(size_t)s.c];
	free(w);
	free(b);
}

void
interp_group_norm(const Node *n, const double *const *x, double *y)
{
	Shape s = n->out->shape;
	size_t count = (size_t)(s.c/n->a.groups)*(size_t)s.h*(size_t)s.w;

	for (int g = 0; g < s.n*n->a.groups; g++)
		normalise(n, (Numbers){ (size_t)g*count, count, 1 }, x[0], y);
	scale(n, y);
}

void
interp_layer_norm(const Node *n, const double *const *x, double *y)
{
	Shape s = n->out->shape;
	size_t plane = (size_t)s.h*(size_t)s.w;

	for (size_t m = 0; m < (size_t)s.n; m++)
		for (size_t i = 0; i < plane; i++)
			normalise(n, (Numbers){ m*(size_t)s.c*plane + i, (size_t)s.c, plane }, x[0], y);
	scale(n, y);
}
