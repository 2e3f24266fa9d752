/*
** explain_train.c - resnetc explain --train: every forward and backward node of the network in training: its result,
** whether it is kept for the way back, work, and what bounds it by the target's numbers.
*/
#include <string.h>

#include "training.h"

#define ADD(o, key, value) json_object_object_add(o, key, value)

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

typedef struct {
	double macs;
	size_t kept;                 /* bytes, for the way back */
} Sums;

static Sums
sums_of(const Graph *g)
{
	Sums s = { 0, 0 };

	for (int i = 0; i < g->count; i++) {
		s.macs += work_of(g->nodes[i]);
		s.kept += comes_back(g->nodes[i]) ? result_bytes(g->nodes[i]) : 0;
	}
	return s;
}

/* read_at_last_by - the node */
static const Node *
read_at_last_by(const Node *n)
{
	const Graph *g = n->g;

	return g->nodes[last_read(n) < g->count ? last_read(n) : g->count - 1];
}

/* --- as a table --- */

static void
print_nodes(const Graph *g)
{
	Table *table = table_new((const char *[]){ "<node", "<kernel", "result", "KB", "<kept", "M MACs", "<bound", NULL });

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		const Value *y = n->out;
		table_cell(table, "%s", n->name);
		table_cell(table, "%s", algorithm(n));
		table_cell(table, "%dx%dx%dx%d", y->shape.n, y->shape.c, y->shape.h, y->shape.w);
		table_cell(table, "%.0f", (double)result_bytes(n)/1024);
		table_cell(table, "%s", y->home == Home_state ? "in the state" : comes_back(n) ?
		           arena_text("to '%s'", read_at_last_by(n)->name) : "-");
		table_cell(table, "%.2f", work_of(n)/1e6);
		table_cell(table, "%s", bound_of(n));
	}
	table_print(table);
	puts("");
}

static void
print_sums(const Model *m, const Sums *s)
{
	const Graph *g = m->g;
	const Training *t = g->train;

	print_wrapped(stdout, 0, 0, arena_text("%s for %s, batch %d: %.2f G multiply-adds a step, %d nodes, %d functions",
	                                       g->name,
	              g->target->name, t->batch, s->macs/1e9, g->count, m->functions->count));
	print_wrapped(stdout, 0, 0,
	              arena_text("kept for the way back %zu bytes, workspace %zu bytes, state %zu bytes; %zu floats learn",
	              s->kept, train_workspace(m), state_bytes(g), t->learned));
}

/* --- as JSON --- */

static struct json_object *
node_facts(const Node *n)
{
	struct json_object *o = json_object_new_object(), *shape = json_object_new_array();
	const Value *y = n->out;
	const int sides[] = { y->shape.n, y->shape.c, y->shape.h, y->shape.w };

	for (int i = 0; i < 4; i++)
		json_object_array_add(shape, json_object_new_int(sides[i]));
	ADD(o, "name", json_object_new_string(n->name));
	ADD(o, "line", json_object_new_int(n->line));
	ADD(o, "kernel", json_object_new_string(algorithm(n)));
	ADD(o, "shape", shape);
	ADD(o, "bytes", json_object_new_int64((int64_t)result_bytes(n)));
	ADD(o, "in_state", json_object_new_boolean(y->home == Home_state));
	ADD(o, "kept", json_object_new_boolean(comes_back(n)));
	ADD(o, "last_read_by", comes_back(n) ? json_object_new_string(read_at_last_by(n)->name) : NULL);
	ADD(o, "work", json_object_new_double_s(work_of(n), arena_text("%.6g", work_of(n))));
	ADD(o, "bound", json_object_new_string(bound_of(n)));
	return o;
}

static struct json_object *
plan_facts(const Model *m)
{
	struct json_object *o = json_object_new_object();
	Sums s = sums_of(m->g);

	ADD(o, "work", json_object_new_double_s(s.macs, arena_text("%.9g", s.macs)));
	ADD(o, "kept_bytes", json_object_new_int64((int64_t)s.kept));
	ADD(o, "workspace_bytes", json_object_new_int64((int64_t)train_workspace(m)));
	return o;
}

static void
print_as_json(const Model *m, const Model *other)
{
	const Graph *g = m->g;
	struct json_object *o = json_object_new_object(), *nodes = json_object_new_array();

	ADD(o, "model", json_object_new_string(g->name));
	ADD(o, "target", json_object_new_string(g->target->name));
	ADD(o, "batch", json_object_new_int(g->train->batch));
	for (int i = 0; i < g->count; i++)
		json_object_array_add(nodes, node_facts(g->nodes[i]));
	ADD(o, "nodes", nodes);
	ADD(o, "functions", json_object_new_int(m->functions->count));
	ADD(o, "state_bytes", json_object_new_int64((int64_t)state_bytes(g)));
	ADD(o, "learned", json_object_new_int64((int64_t)g->train->learned));
	ADD(o, "recompute", json_object_new_boolean(g->train->recompute));
	ADD(o, "as_it_is", plan_facts(m));
	ADD(o, g->train->recompute ? "without_recompute" : "with_recompute", plan_facts(other));
	print_json(o);
}

/* the_other - what memory and work would be, were nothing made again, or all that there is to gain by it */
static const Model *
the_other(const Options *o, const Model *m)
{
	Options other = *o;

	other.recompute = m->g->train->recompute ? -1 : 1;
	return build_training(&other, false);
}

int
explain_training(Options *o)
{
	const Model *m, *other;
	Sums s;

	if (o->layer || o->run)
		usage_error("explain --train: want the model alone, got a layer or --run");
	m = build_training(o, false);
	if (!m)
		return ExitOk;
	other = the_other(o, m);
	if (o->json) {
		print_as_json(m, other);
		return ExitOk;
	}
	s = sums_of(m->g);
	print_nodes(m->g);
	print_sums(m, &s);
	s = sums_of(other->g);
	print_wrapped(stdout, 0, 0, arena_text("%s nn.train { recompute = true }: %.2f G multiply-adds, workspace %zu bytes",
	                                       m->g->train->recompute ? "without" : "with", s.macs/1e9,
	                                       train_workspace(other)));
	return ExitOk;
}
