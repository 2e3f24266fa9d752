/*
** layers.c - layers of the language that become several in training, so that each of them has a gradient of its own:
** norms by their own statistics, learned factors and slopes. Their parameters become values, the same for each image.
*/
#include <math.h>

#include "train.h"

typedef struct {
	Graph *g;
	Node *n;                     /* that is split; it stays as the last of its layers */
} Split;

static Value *
before(Split *s, Op op, const char *what, const Attr *a, Value *x, Value *z)
{
	Node *n = node_new(s->g, op, s->n->line);

	n->name = arena_text("%s.%s", s->n->name, what);
	if (a)
		n->a = *a;
	n->in[n->nin++] = x;
	if (z)
		n->in[n->nin++] = z;
	infer(n);
	PUSH(s->g->nodes, s->g->count, n);
	return n->out;
}

/* parameter - a value a channel of x; start: what it is made up as */
static Value *
parameter(Split *s, ParamId p, const char *what, Value *x, double start)
{
	Value *v = before(s, O_channel_param, what, &s->n->a, x, NULL);

	v->node->p[P_gamma] = s->n->p[p];
	v->node->a.value = start;
	s->n->p[p] = (Param){ 0 };
	return v;
}

/* becomes - n is op of these inputs */
static void
becomes(Node *n, Op op, Value *x, Value *z)
{
	n->op = op;
	n->in[0] = x;
	n->in[1] = z;
	n->nin = z ? 2 : 1;
	infer(n);
}

/* norm - x normalised, times its weight, and its bias */
static void
norm(Split *s)
{
	Node *n = s->n;
	Value *x = n->in[0], *scaled;

	n->a.axis = n->op == O_layer_norm ? Along_channels : Along_image;
	n->a.shared = false;
	if (!n->p[P_weight].name) {
		becomes(n, O_own_norm, x, NULL);
		return;
	}
	scaled = before(s, O_own_norm, "norm", &n->a, x, NULL);
	scaled = before(s, O_mul, "scaled", NULL, scaled, parameter(s, P_weight, "weight", x, 1));
	becomes(n, O_add, scaled, parameter(s, P_bias, "bias", x, 0));
}

static void
layer_scale(Split *s)
{
	Value *x = s->n->in[0];

	s->n->a.shared = false;
	becomes(s->n, O_mul, x, parameter(s, P_gamma, "gamma", x, 1e-6));
}

/* prelu - max(x, 0) + slope*min(x, 0) */
static void
prelu(Split *s)
{
	Attr least = { .lo = -HUGE_VAL, .hi = 0 };
	Value *x = s->n->in[0], *above = before(s, O_relu, "above", NULL, x, NULL);
	Value *below = before(s, O_clip, "below", &least, x, NULL);
	Value *slope = parameter(s, P_slope, "slope", x, 0.25);

	becomes(s->n, O_add, above, before(s, O_mul, "scaled", NULL, below, slope));
}

static void (*const parts[NOps])(Split *) = {
	[O_layer_norm] = norm, [O_group_norm] = norm, [O_layer_scale] = layer_scale, [O_prelu] = prelu,
};

bool
splits(Op op)
{
	return parts[op];
}

void
split_layers(Graph *g)
{
	Node **nodes = g->nodes;
	int count = g->count;

	g->nodes = NULL;
	g->count = 0;
	for (int i = 0; i < count; i++) {
		Split s = { g, nodes[i] };
		if (parts[nodes[i]->op])
			parts[nodes[i]->op](&s);
		PUSH(g->nodes, g->count, nodes[i]);
	}
	renumber(g);
}
