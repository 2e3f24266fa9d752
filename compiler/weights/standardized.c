/*
** standardized.c - weight standardization (Qiao et al. 2019), as timm's StdConv2d and BiT's ResNets have it: the
** weights of each output channel less their mean, divided by the root of their variance (of all, not of all but one)
** and eps.
** A file has them as they were learnt.
*/
#include <math.h>

#include "weights.h"

static void
standardize(double *w, size_t count, double eps)
{
	double mean = 0, variance = 0;

	for (size_t i = 0; i < count; i++)
		mean += w[i]/(double)count;
	for (size_t i = 0; i < count; i++)
		variance += (w[i] - mean)*(w[i] - mean)/(double)count;
	for (size_t i = 0; i < count; i++)
		w[i] = (w[i] - mean)/sqrt(variance + eps);
}

void
standardize_weights(Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		Param *p = &n->p[P_weight];
		size_t out = (size_t)n->a.out;
		if (!(n->a.standardize > 0) || !p->data || has_weights_of_bytes(n))
			continue;
		for (size_t c = 0; c < out; c++)
			standardize(p->data + c*(p->count/out), p->count/out, n->a.standardize);
	}
}
