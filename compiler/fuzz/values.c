/* values.c - the weights and inputs of a case: plain, zeros, denormal, large, mixed. */
#include <math.h>
#include <stdlib.h>

#include "fuzz.h"

/* spoil - makes a value of the kind; channel: scales that differ by channel */
static double
spoil(Values kind, double v, uint64_t *r, double channel)
{
	switch (kind) {
	case Values_plain:    return v;
	case Values_zeros:    return rnd_chance(r, 40) ? (rnd_chance(r, 50) ? 0.0 : -0.0) : v;
	case Values_denormal: return v*1e-40;
	case Values_large:    return v*1e4;
	case Values_mixed:    return v*channel;
	case NValues:         break;
	}
	return v;
}

/* kept - the nearest number that weights kept as d can be */
static double
kept(Dtype d, double v)
{
	double most = half_value(d, (uint16_t)(half_bits(d, (double)INFINITY) - 1));

	return half_value(d, half_bits(d, fmin(fmax(v, -most), most)));
}

void
fuzz_weights(Graph *g, const Case *c)
{
	uint64_t state = c->seed + 1, *r = &state;

	bind_random(g, c->seed);
	for (int i = 0; i < g->count; i++) {
		/* every other layer, so that values come back into range */
		Param *p = &g->nodes[i]->p[P_weight];
		size_t each = p->count/(size_t)g->nodes[i]->out->shape.c;
		bool plain = !p->name || rnd_chance(r, 50);
		double channel = 1;
		for (size_t k = 0; k < p->count && !plain; k++) {
			if (k%each == 0)
				channel = pow(10, rnd_to(r, -6, 4));
			p->data[k] = (double)(float)spoil(c->weights, p->data[k], r, channel);
		}
		for (size_t k = 0; k < p->count && is_dense(g->nodes[i]) && c->store != DT_f32; k++)
			p->data[k] = kept(c->store, p->data[k]);
		for (size_t k = 0; k < p->count && is_dense(g->nodes[i]) && c->bytes && c->seed%16 == 15; k++)
			p->data[k] = p->data[k] < 0 ? -1 : 1;        /* all at the ends of their bytes */
	}
}

float *
fuzz_input(const Graph *g, const Case *c)
{
	Shape s = g->nodes[0]->out->shape;
	size_t count = count_of(s), plane = (size_t)s.h*(size_t)s.w;
	float *in = want_memory(malloc(count*sizeof *in));
	uint64_t state = c->seed + 2, *r = &state;
	double channel = 1;

	for (size_t i = 0; i < count; i++) {
		if (i%plane == 0)
			channel = pow(10, rnd_to(r, -6, 4));
		in[i] = (float)spoil(c->input, rnd_normal(r), r, channel);
		if (c->bytes && c->seed%8 == 7)  /* pixels, the first and the last among them */
			in[i] = (float)(rnd_chance(r, 20) ? 255*rnd_to(r, 0, 1) : rnd_to(r, 0, 255))/255;
	}
	return in;
}
