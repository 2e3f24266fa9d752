/*
** renorm.c - what a batch norm without a skip made is made again on the way back, from the norm's input, which is
** kept anyway: normalised values are never kept. Sums of a norm and a skip, which start blocks, are.
*/
#include "train.h"

/* first_reader - the first backward node that reads v, or NULL */
static const Node *
first_reader(const Graph *g, const Value *v)
{
	for (int i = g->train->loss->id + 1; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k] == v)
				return g->nodes[i];
	return NULL;
}

static Node *
again(Graph *g, Node *norm)
{
	Node *n = node_new(g, norm->op, norm->line);

	n->name = arena_text("%s.again", norm->name);
	n->of = norm;
	n->a = norm->a;
	n->frozen = norm->frozen;
	for (int p = 0; p < NParams; p++)
		n->p[p] = norm->p[p];
	while (n->nin < norm->nin) {
		n->in[n->nin] = norm->in[n->nin];
		n->nin++;
	}
	infer(n);
	for (int i = g->train->loss->id + 1; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k] == norm->out)
				g->nodes[i]->in[k] = n->out;
	return n;
}

void
renorm_results(Graph *g)
{
	Node **nodes = g->nodes, **made = arena_new((size_t)g->count*sizeof *made);
	const Node **reader = arena_new((size_t)g->count*sizeof *reader);
	int count = g->count, last = g->train->loss->id;

	for (int i = 0; i < last; i++) {
		reader[i] = nodes[i]->op == O_bn_norm && nodes[i]->nin == 3 ? first_reader(g, nodes[i]->out) : NULL;
		if (reader[i])
			made[i] = again(g, nodes[i]);
	}
	g->nodes = NULL;
	g->count = 0;
	for (int i = 0; i < count; i++) {
		for (int k = 0; i > last && k < last; k++)
			if (reader[k] == nodes[i])
				PUSH(g->nodes, g->count, made[k]);
		PUSH(g->nodes, g->count, nodes[i]);
	}
	renumber(g);
}
