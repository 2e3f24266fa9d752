/*
** respread.c - what a pool's gradient is spread over is larger than what is spread: where a batch norm reads it twice,
** for its sums and for the gradient of its input, it is spread twice, rather than kept from the one to the other.
*/
#include "train.h"

enum { Longest = 4 };                /* most nodes between the pool's gradient and the norm */

typedef struct {
	Node *all[2*Longest];        /* what is made again, in the order in which it can be */
	int count;
} Chain;

static bool
comes_again(const Value *v)
{
	return v->node->op == O_bn_norm && v->node->id > v->node->g->train->loss->id;
}

/* fill_chain - the nodes that make v of something half as large at most; false: there are none */
static bool
fill_chain(Chain *c, const Value *v)
{
	Node *n = v->node;
	bool spreads = n->op == O_max_pool_dx || n->op == O_spatial_dx;

	if (c->count + 2 >= Longest || n->id <= n->g->train->loss->id)
		return false;
	if (!spreads && n->op != O_act_dx)
		return false;
	if (!(spreads && 2*count_of(n->in[0]->shape) <= count_of(v->shape)) && !fill_chain(c, n->in[0]))
		return false;
	for (int i = 1; i < n->nin; i++) {
		bool there = false;
		for (int k = 0; k < c->count; k++)
			there = there || c->all[k] == n->in[i]->node;
		if (comes_again(n->in[i]) && !there)
			c->all[c->count++] = n->in[i]->node;
	}
	c->all[c->count++] = n;
	return true;
}

static void
read_by(Node *n, const Value *v, Value *instead)
{
	for (int i = 0; i < n->nin; i++)
		if (n->in[i] == v)
			n->in[i] = instead;
}

/* spread - the chain once more; its last result */
static Value *
spread(const Chain *c, Node **copies)
{
	for (int i = 0; i < c->count; i++) {
		const Node *n = c->all[i];
		Node *copy = node_new(n->g, n->op, n->line);
		copy->name = arena_text("%s.again", n->name);
		copy->of = n->of;
		copy->a = n->a;
		copy->frozen = n->frozen;
		for (int p = 0; p < NParams; p++)
			copy->p[p] = n->p[p];
		for (int k = 0; k < n->nin; k++)
			copy->in[copy->nin++] = n->in[k];
		for (int k = 0; k < i; k++)
			read_by(copy, c->all[k]->out, copies[k]->out);
		infer(copy);
		copies[i] = copy;
	}
	return copies[c->count - 1]->out;
}

void
respread_gradients(Graph *g)
{
	Node **nodes = g->nodes;
	int count = g->count;

	fill_uses(g);
	g->nodes = NULL;
	g->count = 0;
	for (int i = 0; i < count; i++) {
		Node *n = nodes[i], *copies[2*Longest];
		Chain c = { .count = 0 };
		if (n->op == O_bn_dx && n->in[0]->readers == 2 && fill_chain(&c, n->in[0])) {
			n->in[0] = spread(&c, copies);
			for (int k = 0; k < c.count; k++)
				PUSH(g->nodes, g->count, copies[k]);
		}
		PUSH(g->nodes, g->count, n);
	}
	renumber(g);
}
