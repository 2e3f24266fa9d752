/* nodes.c - how backward nodes are made, and what becomes of gradients that come from several. */
#include <string.h>

#include "train.h"

Node *
backward_node(Backward *b, Op op, const Node *of, const char *what)
{
	Node *n = node_new(b->g, op, of->line);

	n->name = arena_text("%s.%s", of->name, what);
	n->of = of;
	if (op >= NLanguageOps)
		n->a = of->a;
	return n;
}

void
backward_reads(Node *n, Value *v)
{
	n->in[n->nin++] = v;
}

Value *
backward_add(Backward *b, Node *n)
{
	node_add(b->g, n);
	return n->out;
}

bool
wants(const Backward *b, const Value *x)
{
	return b->wanted[x->node->id];
}

void
give(Backward *b, Value *x, Value *dx)
{
	Value **known = &b->gradient[x->node->id];
	Node *sum;

	if (!wants(b, x))
		return;
	if (*known) {
		sum = backward_node(b, O_add, x->node, arena_text("sum%d", b->g->count));
		backward_reads(sum, *known);
		backward_reads(sum, dx);
		dx = backward_add(b, sum);
	}
	*known = dx;
}

bool
backward_learns(const Node *n, ParamId p)
{
	const Trained *t = trained(n, p);

	return t && !t->frozen && !t->running;
}

void
backward_into_state(Node *n, int i, const Node *of, ParamId p)
{
	const Training *t = n->g->train;

	n->out[i].home = Home_state;
	n->out[i].at = StateHeader + (t->floats + t->learned + trained(of, p)->at)*sizeof(float);
}

Value *
backward_two(Backward *b, Op op, const Node *of, const char *what, Value *x, Value *z)
{
	Node *n = backward_node(b, op, of, what);

	backward_reads(n, x);
	backward_reads(n, z);
	return backward_add(b, n);
}

Value *
backward_scaled(Backward *b, const Node *of, const char *what, Value *x, double gain)
{
	Node *n = backward_node(b, O_affine, of, what);

	n->a.gain = gain;
	n->a.offset = 0;
	backward_reads(n, x);
	return backward_add(b, n);
}
