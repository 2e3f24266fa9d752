/*
** explain_train.c - resnetc explain --train: every forward and backward node of the network in training: its result,
** whether it is kept for the way back, work, and what bounds it by the target's numbers.
*/
#include <string.h>

#include "training.h"

/* last_read - the last node that reads a result of n */
static int
last_read(const Node *n)
{
	int last = n->out[0].to;

	for (int i = 1; i < n->nout; i++)
		last = n->out[i].to > last ? n->out[i].to : last;
	return last;
}

/* comes_back - a forward result that a backward node reads */
static bool
comes_back(const Node *n)
{
	const Graph *g = n->g;

	for (int i = g->train->loss->id + 1; n->id < g->train->loss->id && i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k]->node == n)
				return true;
	return false;
}

static size_t
result_bytes(const Node *n)
{
	size_t bytes = 0;

	for (int i = 0; i < n->nout; i++)
		bytes += n->out[i].over ? 0 : n->out[i].bytes;
	return bytes;
}

/*
** bound_of - what takes longer by the target's numbers: multiply-adds, or bytes from the cache or memory they fit into
*/
static const char *
bound_of(const Node *n)
{
	const Target *t = n->g->target;
	double bytes = bytes_moved(n), from = bytes <= t->l1 ? 0 : bytes/(bytes <= t->l2 ? t->from_l2 : t->from_memory);

	return work_of(n)/(t->vl*t->fma) > from ? "compute" : bytes > t->l2 ? "memory" : "cache";
}

static void
print_sums(const Model *m, double macs, size_t kept)
{
	const Graph *g = m->g;
	const Training *t = g->train;

	print_wrapped(stdout, 0, 0, arena_text("%s for %s, batch %d: %.2f G multiply-adds a step, %d nodes, %d functions",
	                                       g->name,
	              g->target->name, t->batch, macs/1e9, g->count, m->functions->count));
	print_wrapped(stdout, 0, 0,
	              arena_text("kept for the way back %zu bytes, workspace %zu bytes, state %zu bytes; %zu floats learn",
	              kept, train_workspace(m), state_bytes(g), t->learned));
}

/* print_other - what memory and work would be, were nothing made again, or all that there is to gain by it */
static void
print_other(const Options *o, const Model *m)
{
	Options other = *o;
	const Model *with;
	double macs = 0;

	other.recompute = m->g->train->recompute ? -1 : 1;
	with = build_training(&other, false);
	for (int i = 0; i < with->g->count; i++)
		macs += work_of(with->g->nodes[i]);
	print_wrapped(stdout, 0, 0, arena_text("%s nn.train { recompute = true }: %.2f G multiply-adds, workspace %zu bytes",
	                                       m->g->train->recompute ? "without" : "with", macs/1e9, train_workspace(with)));
}

int
explain_training(Options *o)
{
	Model *m;
	const Graph *g;
	double macs = 0;
	size_t kept = 0;
	Table *table;

	if (o->layer || o->run || o->json)
		usage_error("explain --train: want the model alone, got a layer, --run or --json");
	m = build_training(o, false);
	if (!m)
		return ExitOk;
	g = m->g;
	table = table_new((const char *[]){ "<node", "<kernel", "result", "KB", "<kept", "M MACs", "<bound", NULL });
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		const Value *y = n->out;
		macs += work_of(n);
		kept += comes_back(n) ? result_bytes(n) : 0;
		table_cell(table, "%s", n->name);
		table_cell(table, "%s", algorithm(n));
		table_cell(table, "%dx%dx%dx%d", y->shape.n, y->shape.c, y->shape.h, y->shape.w);
		table_cell(table, "%.0f", (double)result_bytes(n)/1024);
		table_cell(table, "%s", y->home == Home_state ? "in the state" : comes_back(n) ?
		           arena_text("to '%s'", g->nodes[last_read(n) < g->count ?
		           last_read(n) : g->count - 1]->name) : "-");
		table_cell(table, "%.2f", work_of(n)/1e6);
		table_cell(table, "%s", bound_of(n));
	}
	table_print(table);
	puts("");
	print_sums(m, macs, kept);
	print_other(o, m);
	return ExitOk;
}
