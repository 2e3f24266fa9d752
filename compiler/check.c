/*
** check.c - the verifier, run after every pass. What it finds broken is a bug of the pass before.
*/
#include <string.h>

#include "graph.h"

static void
check_node(const Graph *g, const Node *n, const char *after)
{
	const OpRow *row = &op_rows[n->op];
	Node again = *n;

	if (n->g != g)
		die("after %s: '%s' belongs to another graph", after, n->name);
	if (n->nin < row->lo || n->nin > row->hi)
		die("after %s: %s '%s' has %d inputs", after, row->name, n->name, n->nin);
	for (int i = 0; i < n->nin; i++) {
		int id = n->in[i]->node->id;
		if (id < 0 || id >= g->count || g->nodes[id] != n->in[i]->node || n->in[i]->index >= n->in[i]->node->nout)
			die("after %s: '%s' reads '%s', which is not in the graph", after, n->name, n->in[i]->node->name);
		if (id >= n->id)
			die("after %s: '%s' reads '%s', which comes later", after, n->name, n->in[i]->node->name);
	}
	if (n->a.act && !row->epilogue)
		die("after %s: %s '%s' has an activation", after, row->name, n->name);
	infer(&again);
	for (int i = 0; i < n->nout; i++)
		if (again.nout != n->nout || !same_shape(again.out[i].shape, n->out[i].shape) || n->out[i].node != n ||
		    n->out[i].index != i)
			die("after %s: the shape of '%s' is stale", after, n->name);
}

static bool
overlap(const Value *a, const Value *b)
{
	return a->at < b->at + b->bytes && b->at < a->at + a->bytes;
}

/* may_share - b takes over the memory of a, whose last reader b's node is */
static bool
may_share(const Value *a, const Value *b)
{
	return b->over == a && a->to == b->from;
}

/* check_plan - values that are live at the same time lie apart, what a kernel works in too */
static void
check_plan(const Graph *g)
{
	const Value **v = arena_new((size_t)g->count*(NResults + 3)*sizeof *v);
	int count = 0;

	for (int i = 0; i < g->count; i++) {
		for (int k = 0; k < g->nodes[i]->nout; k++)
			if (g->nodes[i]->out[k].home != Home_state && g->nodes[i]->out[k].home != Home_strip)
				v[count++] = &g->nodes[i]->out[k];
		if (g->nodes[i]->scratch.bytes && g->nodes[i]->scratch.home != Home_strip)
			v[count++] = &g->nodes[i]->scratch;
		if (g->nodes[i]->own.bytes && g->nodes[i]->own.home != Home_strip)
			v[count++] = &g->nodes[i]->own;
		if (g->nodes[i]->inner.bytes)
			v[count++] = &g->nodes[i]->inner;
	}
	for (int i = 0; i < count; i++) {
		if (v[i]->home != Home_arena || v[i]->at%AlignBytes || v[i]->at + v[i]->bytes > g->arena)
			die("after plan: a value of '%s' lies outside of the arena", v[i]->node->name);
		for (int j = i + 1; j < count; j++)
			if (v[j]->from <= v[i]->to && v[i]->from <= v[j]->to && overlap(v[i], v[j]) && !may_share(v[i], v[j]))
				die("after plan: '%s' and '%s' overlap while both are live", v[i]->node->name, v[j]->node->name);
	}
}

void
check(const Graph *g, const char *after)
{
	if (g->noutputs < 1)
		die("after %s: no outputs", after);
	for (int i = 0; i < g->count; i++) {
		if (g->nodes[i]->id != i)
			die("after %s: node %d has id %d", after, i, g->nodes[i]->id);
		check_node(g, g->nodes[i], after);
	}
	for (int i = 0; i < g->noutputs; i++)
		if (g->outputs[i]->node->id < 0 || g->nodes[g->outputs[i]->node->id] != g->outputs[i]->node)
			die("after %s: output '%s' is not in the graph", after, g->outputs[i]->node->name);
	if (!strcmp(after, "plan"))
		check_plan(g);
}
