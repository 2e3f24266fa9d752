/*
** check.c - the verifier, run after every pass. What it finds broken is a bug of the pass before.
*/
#include <string.h>

#include "resnetc.h"

static bool
same_shape(Shape a, Shape b)
{
	return a.n == b.n && a.c == b.c && a.h == b.h && a.w == b.w;
}

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
		int id = n->in[i]->id;
		if (id < 0 || id >= g->count || g->nodes[id] != n->in[i])
			die("after %s: '%s' reads '%s', which is not in the graph", after, n->name, n->in[i]->name);
		if (id >= n->id)
			die("after %s: '%s' reads '%s', which comes later", after, n->name, n->in[i]->name);
	}
	if (n->a.act && !row->epilogue)
		die("after %s: %s '%s' has an activation", after, row->name, n->name);
	row->shape(&again);
	if (!same_shape(again.shape, n->shape))
		die("after %s: the shape of '%s' is stale", after, n->name);
}

/* live_together - do two nodes' results exist at the same time; the plan must keep them apart */
static void
check_plan(const Graph *g)
{
	int *last = arena_new((size_t)g->count*sizeof *last);

	for (int i = 0; i < g->count; i++) {
		last[i] = is_output(g->nodes[i]) ? g->count : i;
		for (int j = 0; j < g->nodes[i]->nin; j++)
			if (last[g->nodes[i]->in[j]->id] < i)
				last[g->nodes[i]->in[j]->id] = i;
	}
	for (int i = 0; i < g->count; i++)
		for (int j = i + 1; j < g->count && j <= last[i]; j++) {
			const Node *a = g->nodes[i], *b = g->nodes[j];
			size_t alen = layout_floats(&a->lay, a->shape), blen = layout_floats(&b->lay, b->shape);
			if (b->over == a && last[i] == j)
				continue;
			if (a->at < b->at + blen && b->at < a->at + alen)
				die("after plan: '%s' and '%s' overlap while both are live", a->name, b->name);
		}
}

/* check_scratch - what a kernel works in overlaps with nothing that is live then */
static void
check_scratch(const Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		size_t len;
		if (!n->family->phases)
			continue;
		Kernel k = kernel_of(n, 0);
		len = n->family->phases(&k).scratch;
		for (int j = 0; j <= i; j++) {
			const Node *x = g->nodes[j];
			bool live = j == i || is_output(x);
			for (int r = i; r < g->count; r++)
				for (int p = 0; p < g->nodes[r]->nin; p++)
					live = live || g->nodes[r]->in[p] == x;
			if (live && n->scratch_at < x->at + layout_floats(&x->lay, x->shape) && x->at < n->scratch_at + len)
				die("after plan: the scratch of '%s' overlaps with '%s'", n->name, x->name);
		}
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
		if (g->outputs[i]->id < 0 || g->nodes[g->outputs[i]->id] != g->outputs[i])
			die("after %s: output '%s' is not in the graph", after, g->outputs[i]->name);
	if (!strcmp(after, "plan"))
		check_plan(g), check_scratch(g);
}
