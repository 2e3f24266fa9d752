/*
** fold.c - a node's weights and bias with its batch norm, layer scale and factors multiplied in, in double.
**   convolution, linear   w (oc, ic, kh, kw), b (oc), b zero where there is none
**   transposed            w (ic, oc of a group, kh, kw)
**   batch norm alone      w = scale, b = shift
**   layer scale alone     w = factor, b = 0
**   other normalisations  w = weight, b = bias; 1 and 0 without
**   others                w is empty
** Where there is a prelu, b goes on with the slopes of the channels. Weights that are kept at half size are rounded
** here: this is what kernels, the reference and the self test know of them.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

double
slope_of(const Node *n, size_t c)
{
	return n->p[P_slope].data[n->a.shared ? 0 : c];
}

/* own_statistics - w and b of a normalisation by the statistics of the numbers themselves */
static void
own_statistics(const Node *n, double *w, double *b)
{
	for (int c = 0; c < n->out->shape.c; c++) {
		w[c] = n->p[P_weight].data ? n->p[P_weight].data[c] : 1;
		b[c] = n->p[P_bias].data ? n->p[P_bias].data[c] : 0;
		b[n->out->shape.c + c] = has_slopes(n) ? slope_of(n, (size_t)c) : 0;
	}
}

/* element_of - weight i of output channel c in the order they are kept; per of each channel */
static size_t
element_of(const Node *n, size_t c, size_t i, size_t per)
{
	size_t taps, group, icg;

	if (n->op != O_conv_transpose2d)
		return c*per + i;
	taps = (size_t)(n->a.kernel.h*n->a.kernel.w);
	group = (size_t)(n->a.out/n->a.groups);
	icg = (size_t)(n->in[0]->shape.c/n->a.groups);
	return ((c/group*icg + i/taps)*group + c%group)*taps + i%taps;
}

bool
is_halved(const Node *n)
{
	return n->g->store != DT_f32 && is_dense(n) && !has_weights_of_bytes(n);
}

/* halve - weights as they are kept: rounded once */
static void
halve(const Node *n, double *w, size_t count)
{
	Dtype d = n->g->store;

	for (size_t i = 0; i < count; i++) {
		double v = half_value(d, half_bits(d, w[i]));
		if (isinf(v) && !isinf(w[i]))
			fail_at(n, "--store %s: want weights of at most %.5g, got %.5g", dtype_rows[d].name,
			        half_value(d, (uint16_t)(half_bits(d, (double)INFINITY) - 1)), w[i]);
		w[i] = v;
	}
}

void
fold_weights(const Node *n, double **w, double **b)
{
	const Param *p = n->p;
	bool alone = n->op == O_bn || n->op == O_layer_scale;
	size_t oc = (size_t)n->out->shape.c, count = alone || is_norm(n) ? oc : p[P_weight].count, per = count/oc;
	double eps = n->op == O_bn ? n->a.eps : n->a.bn_eps;

	*w = want_memory(malloc((count + 1)*sizeof **w));
	*b = want_memory(malloc(2*oc*sizeof **b));
	if (is_norm(n)) {
		own_statistics(n, *w, *b);
		return;
	}
	for (size_t c = 0; c < oc; c++) {
		double scale = 1, shift = p[P_bias].data ? p[P_bias].data[c] : 0;
		if (p[P_bn_var].name) {
			scale = 1/sqrt(p[P_bn_var].data[c] + eps);
			if (p[P_bn_weight].data)
				scale *= p[P_bn_weight].data[c];
			shift = (shift - p[P_bn_mean].data[c])*scale + (p[P_bn_bias].data ? p[P_bn_bias].data[c] : 0);
		}
		scale *= n->a.out_gain*(p[P_gamma].name ? p[P_gamma].data[c] : 1);
		shift = shift*n->a.out_gain*(p[P_gamma].name ? p[P_gamma].data[c] : 1) + n->a.out_offset;
		for (size_t i = 0; i < per; i++) {
			size_t at = element_of(n, c, i, per);
			(*w)[at] = alone ? scale : p[P_weight].data[at]*scale*n->a.in_gain;
		}
		(*b)[c] = shift;
		(*b)[oc + c] = has_slopes(n) ? slope_of(n, c) : 0;
	}
	if (is_halved(n))
		halve(n, *w, count);
}
