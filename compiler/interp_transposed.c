/*
** interp_transposed.c - the reference of transposed convolution: every input pixel adds its window to the result.
*/
#include <stdlib.h>

#include "interp.h"

/* add_window - input pixel i, j of one channel, with its kernel for one output channel */
static void
add_window(const Node *n, int i, int j, double v, const double *w, double *y)
{
	const Attr *a = &n->a;
	Shape out = n->out->shape;

	for (int ki = 0; ki < a->kernel.h; ki++)
	for (int kj = 0; kj < a->kernel.w; kj++) {
		int r = i*a->stride.h - a->padding.t + ki*a->dilation.h, q = j*a->stride.w - a->padding.l + kj*a->dilation.w;
		if (r >= 0 && r < out.h && q >= 0 && q < out.w)
			y[r*out.w + q] += v*w[ki*a->kernel.w + kj];
	}
}

void
interp_conv_transpose2d(const Node *n, const double *const *x, double *y)
{
	const Attr *a = &n->a;
	Shape in = n->in[0]->shape, out = n->out->shape;
	int icg = in.c/a->groups, ocg = out.c/a->groups, taps = a->kernel.h*a->kernel.w;
	size_t plane = (size_t)out.h*(size_t)out.w;
	double *w, *b;

	fold_weights(n, &w, &b);
	for (int m = 0; m < out.n; m++)
	for (int oc = 0; oc < out.c; oc++, y += plane) {
		for (size_t i = 0; i < plane; i++)
			y[i] = b[oc];
		for (int ic = oc/ocg*icg; ic < (oc/ocg + 1)*icg; ic++)
		for (int i = 0; i < in.h; i++)
		for (int j = 0; j < in.w; j++)
			add_window(n, i, j, x[0][(((size_t)m*(size_t)in.c + (size_t)ic)*(size_t)in.h + (size_t)i)*(size_t)in.w + (size_t)j],
			           w + ((size_t)ic*(size_t)ocg + (size_t)(oc%ocg))*(size_t)taps, y);
	}
	free(w);
	free(b);
}
