/*
** random.c - weights for trying things out: He-normal weights (He et al. 2015, fan in), batch norm
** statistics near 1 so that activations stay finite in any depth. A parameter's values depend on the
** seed and its name alone, so the same layer gets the same weights in any model.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/rc.h"
#include "weights.h"

uint64_t
rnd(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30)*0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27)*0x94d049bb133111ebu;
	return z ^ z >> 31;
}

double
rnd_share(uint64_t *state)
{
	return (double)(rnd(state) >> 11)/9007199254740992.0;
}

double
rnd_normal(uint64_t *state)
{
	double u = 1 - rnd_share(state), v = rnd_share(state);

	return sqrt(-2*log(u))*cos(6.283185307179586*v);
}

/* feeds_add - its result goes into a skip addition, perhaps through relu or batch norm */
static bool
feeds_add(const Node *n)
{
	const Graph *g = n->g;

	for (int i = n->id + 1; i < g->count; i++) {
		const Node *r = g->nodes[i];
		for (int j = 0; j < r->nin; j++)
			if (r->in[j]->node == n && (r->op == O_add || (r->op == O_bn && feeds_add(r))))
				return true;
	}
	return n->nin == 2;
}

/* byte_step - that sums of random bytes and weights span about the result's bytes */
static double
byte_step(const Node *n)
{
	Shape s = param_shape(n, P_weight, &(int){ 0 });
	double to = n->a.step > 0 ? n->a.step : 1.0/128;

	return (double)(float)(to*0.013/step_of(n->in[0])/(n->a.pair_safe ? 0.5 : 1)/sqrt((double)s.c*s.h*s.w));
}

static void
fill(Node *n, ParamId id, uint64_t seed)
{
	Param *p = &n->p[id];
	int rank;
	Shape s = param_shape(n, id, &rank);
	double fan = (double)s.c*s.h*s.w, gain = feeds_add(n) ? 0.25 : 1;
	uint64_t state = rc_hash(p->name, strlen(p->name)) ^ seed*0x2545f4914f6cdd1du;

	p->count = count_of(s);
	p->data = want_memory(malloc(p->count*sizeof *p->data));
	for (size_t i = 0; i < p->count; i++) {
		double v = 0;
		switch (id) {
		case P_weight:
			v = is_norm(n) ? gain*(0.8 + 0.4*rnd_share(&state)) : rnd_normal(&state)*sqrt((n->op == O_linear ? 1 : 2)/fan);
			if (has_weights_of_bytes(n))
				v = rint((n->a.pair_safe ? 64 : 127)*(2*rnd_share(&state) - 1));
			break;
		case P_bias:
			v = has_weights_of_bytes(n) ? rint(2000*rnd_normal(&state)) : 0.1*rnd_normal(&state);
			break;
		case P_bn_bias:
		case P_bn_mean:   v = 0.1*rnd_normal(&state); break;
		case P_bn_weight: v = gain*(0.8 + 0.4*rnd_share(&state)); break;
		case P_bn_var:    v = 0.8 + 0.4*rnd_share(&state); break;
		case P_gamma:     v = 0.5 + rnd_share(&state); break;
		case P_slope:     v = 0.5*rnd_share(&state); break;
		case P_weight_step: v = byte_step(n); break;
		case NParams:     break;
		}
		p->data[i] = (double)(float)v;
	}
}

void
bind_random(Graph *g, uint64_t seed)
{
	for (int i = 0; i < g->count; i++)
		for (int p = 0; p < NParams; p++)
			if (g->nodes[i]->p[p].name)
				fill(g->nodes[i], (ParamId)p, seed);
	standardize_weights(g);
}
