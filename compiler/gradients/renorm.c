/*
** renorm.c - what a batch norm made is made again on the way back, from the norm's input, which is kept anyway. Of a
** sum of a norm and a skip, which starts a block, the skip has to be there too: where it is kept, or was made of kept
** values by few such sums, it is. So normalised values are never kept, and of a stage every third start of a block.
*/
#include "train.h"

enum { MostSums = 2 };               /* that are made, one from the other, for one that is wanted */

typedef struct {
	Graph *g;
	int last;                    /* the loss */
	int *sums;                   /* that it takes to make each forward node's result again; -1: it cannot be */
	int *times;                  /* that each is made again */
	Node **made;                 /* before the backward node at hand */
	int count;
} Renorm;

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

/* source_of - what n is made of beside a norm's input and statistics, or NULL */
static Value *
source_of(const Node *n)
{
	return n->op != O_bn_norm ? n->in[0] : n->nin > 3 ? n->in[3] : NULL;
}

/* sums_for - how many sums it takes to have v on the way back; -1: it is not there */
static int
sums_for(const Renorm *r, const Value *v)
{
	int own = r->sums[v->node->id];

	return own >= 0 ? own : first_reader(r->g, v) ? 0 : -1;
}

static int
sums_of(const Renorm *r, const Node *n)
{
	const Value *source = source_of(n);
	int sums;

	if (n->op != O_bn_norm && n->op != O_slice && n->op != O_pad)
		return -1;
	sums = source ? sums_for(r, source) : 0;
	if (sums < 0)
		return -1;
	sums += n->op == O_bn_norm && source;
	return sums <= MostSums ? sums : -1;
}

/* again - a copy of n behind copies of what it is made of, as far as that is made again */
static Node *
again(Renorm *r, const Node *n)
{
	Node *copy = node_new(r->g, n->op, n->line);
	Value *source = source_of(n);

	copy->name = r->times[n->id]++ ? arena_text("%s.again%d", n->name, r->times[n->id]) : arena_text("%s.again", n->name);
	copy->of = n;
	copy->a = n->a;
	copy->frozen = n->frozen;
	for (int p = 0; p < NParams; p++)
		copy->p[p] = n->p[p];
	while (copy->nin < n->nin) {
		copy->in[copy->nin] = n->in[copy->nin];
		copy->nin++;
	}
	if (source && r->sums[source->node->id] >= 0)
		copy->in[n->op == O_bn_norm ? 3 : 0] = again(r, source->node)->out;
	infer(copy);
	PUSH(r->made, r->count, copy);
	return copy;
}

/* read_instead - by all backward nodes */
static void
read_instead(const Renorm *r, const Value *v, Value *instead)
{
	for (int i = r->last + 1; i < r->g->count; i++)
		for (int k = 0; k < r->g->nodes[i]->nin; k++)
			if (r->g->nodes[i]->in[k] == v)
				r->g->nodes[i]->in[k] = instead;
}

void
renorm_results(Graph *g)
{
	Renorm r = { g, g->train->loss->id, NULL, NULL, NULL, 0 };
	const Node **reader = arena_new((size_t)g->count*sizeof *reader);
	Node **nodes = NULL;
	int count = 0;

	r.sums = arena_new((size_t)g->count*sizeof *r.sums);
	r.times = arena_new((size_t)g->count*sizeof *r.times);
	for (int i = 0; i < g->count; i++)
		r.sums[i] = i < r.last ? sums_of(&r, g->nodes[i]) : -1;
	for (int i = 0; i < r.last; i++)
		reader[i] = g->nodes[i]->op == O_bn_norm && r.sums[i] >= 0 ? first_reader(g, g->nodes[i]->out) : NULL;
	for (int i = 0; i < g->count; i++) {
		r.made = NULL;
		r.count = 0;
		for (int k = 0; i > r.last && k < r.last; k++)
			if (reader[k] == g->nodes[i])
				read_instead(&r, g->nodes[k]->out, again(&r, g->nodes[k])->out);
		for (int k = 0; k < r.count; k++)
			PUSH(nodes, count, r.made[k]);
		PUSH(nodes, count, g->nodes[i]);
	}
	g->nodes = nodes;
	g->count = count;
	renumber(g);
}
