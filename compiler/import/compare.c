/*
** compare.c - is the graph that a text makes the given one, node by node; then its names are taken over.
*/
#include <string.h>

#include "texts.h"

/* whole_windows - a pool of windows that are all inside: how others are counted makes no difference */
static bool
whole_windows(const Node *n)
{
	Shape x = n->in[0]->shape;
	const Attr *a = &n->a;

	return !a->padding.t && !a->padding.l && !a->padding.b && !a->padding.r && (x.h - a->kernel.h)%a->stride.h == 0 &&
	       (x.w - a->kernel.w)%a->stride.w == 0;
}

static bool
same_attr(const Node *a, const Node *b, AttrId i)
{
	if ((a->op == O_avg_pool || a->op == O_max_pool) && (i == At_ceil_mode || i == At_count_include_pad) &&
	    whole_windows(a) && whole_windows(b))
		return true;
	return !op_takes(a->op, i) || !attr_differs(&attr_rows[i], &a->a, &b->a);
}

static bool
same_node(const Node *a, const Node *b, Node **pair)
{
	if (pair[a->id])
		return pair[a->id] == b;
	if (a->op != b->op || a->nin != b->nin || !same_shape(a->out->shape, b->out->shape))
		return false;
	for (int i = 0; i < NAttrs; i++)
		if (!same_attr(a, b, (AttrId)i))
			return false;
	pair[a->id] = (Node *)b;
	for (int i = 0; i < a->nin; i++)
		if (a->in[i]->index != b->in[i]->index || !same_node(a->in[i]->node, b->in[i]->node, pair)) {
			if (a->op == O_add && i == 0 && same_node(a->in[0]->node, b->in[1]->node, pair) &&
			    same_node(a->in[1]->node, b->in[0]->node, pair))
				return true;
			pair[a->id] = NULL;
			return false;
		}
	return true;
}

/* adopt - take the names of the structured graph's layers and parameters */
static void
adopt(Graph *g, Node *const *pair)
{
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		n->name = pair[i]->name;
		for (int p = 0; p < NParams; p++)
			n->p[p].name = pair[i]->p[p].name;
	}
}

/* same_graphs - of the outputs, in their order */
static bool
same_graphs(const Graph *g, const Graph *again, Node **pair)
{
	if (again->noutputs != g->noutputs || again->count != g->count)
		return false;
	for (int i = 0; i < g->noutputs; i++)
		if (g->outputs[i]->index != again->outputs[i]->index ||
		    !same_node(g->outputs[i]->node, again->outputs[i]->node, pair))
			return false;
	for (int i = 0; i < g->count; i++)
		if (!pair[i])
			return false;
	return true;
}

/* loaded - the graph of a model's text, or NULL */
static Graph *
loaded(const Graph *g, const char *text)
{
	DslOptions batch = { .batch = g->nodes[0]->out->shape.n };
	const char *dir = temp_dir();
	File f = { "model.lua", text, strlen(text) };
	Graph *again;

	write_files(dir, &f, 1);
	again = dsl_try(arena_text("%s/model.lua", dir), &batch);
	if (again)
		dce(again);
	return again;
}

bool
makes(const Graph *g, const char *text)
{
	Node **pair = arena_new(((size_t)g->count + 1)*sizeof *pair);
	const Graph *again = loaded(g, text);

	return again && same_graphs(g, again, pair);
}

bool
adopt_text(Graph *g, const char *text)
{
	Node **pair = arena_new(((size_t)g->count + 1)*sizeof *pair);
	Graph *again = loaded(g, text);

	if (!again || !same_graphs(g, again, pair))
		return false;
	adopt(g, pair);
	return true;
}
