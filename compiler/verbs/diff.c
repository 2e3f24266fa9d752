/*
** diff.c - resnetc diff: two models beside each other: what they are made of and what they cost in all, then every
** layer that one of them has alone or that differs; layers are the same when their names are.
*/
#include <stdlib.h>
#include <string.h>

#include "session.h"

typedef struct {
	const Model *m;
	Measured t;
	bool measured;
	double macs, params, weights, arena, ms;
} Side;

static Side
side_of(const Options *o, const char *file)
{
	Options one = *o;
	Side s = { 0 };

	one.model = file;
	s.m = build(&one, one.weights ? one.weights : o->run ? "random:0" : NULL);
	if (!s.m)
		usage_error("diff: want both models compiled whole, got --stop-after");
	for (int i = 0; i < s.m->g->count; i++) {
		s.macs += (double)macs_of(s.m->g->nodes[i]);
		s.params += (double)parameters_of(s.m->g->nodes[i]);
	}
	s.weights = (double)s.m->blob;
	s.arena = (double)s.m->g->arena;
	if (o->run) {
		s.t = measure(s.m, o->threads, o->rounds ? o->rounds : 20);
		s.ms = s.t.whole*1e3;
		s.measured = true;
	}
	return s;
}

static const Node *
node_of(const Model *m, const char *name)
{
	for (int i = 0; i < m->g->count; i++)
		if (!strcmp(m->g->nodes[i]->name, name))
			return m->g->nodes[i];
	return NULL;
}

/* told - a layer in a cell: what it is and its shape, or "-" */
static const char *
told(const Side *s, const Node *n)
{
	return n ? function_of(s->m, n)->name : "-";
}

static bool
same(const Side *a, const Node *x, const Side *b, const Node *y)
{
	return x && y && !strcmp(told(a, x), told(b, y)) && parameters_of(x) == parameters_of(y) &&
		same_shape(x->out->shape, y->out->shape);
}

static void
print_total(const char *what, double a, double b, const char *format)
{
	printf("%-22s %16s %16s", what, arena_text(format, a), arena_text(format, b));
	printf(a > 0 ? "   x %.3f\n" : "\n", b/a);
}

/* cost - a layer's time where it was measured, else its multiply-adds */
static const char *
cost(const Side *s, const Node *n)
{
	if (!n)
		return "-";
	return s->measured ? arena_text("%.4f", s->t.layer[n->id]*1e3) : arena_text("%.2f", (double)macs_of(n)/1e6);
}

static void
add_row(Table *t, const Side *a, const Node *x, const Side *b, const Node *y)
{
	table_cell(t, "%s", x ? x->name : y->name);
	table_cell(t, "%s", told(a, x));
	table_cell(t, "%s", told(b, y));
	table_cell(t, "%s", cost(a, x));
	table_cell(t, "%s", cost(b, y));
}

/* add_rows - of a in its order, each layer only b has after the one it follows there */
static int
add_rows(Table *t, const Side *a, const Side *b)
{
	int alike = 0, at = 0;

	for (int i = 0; i < a->m->g->count; i++) {
		const Node *x = a->m->g->nodes[i], *y = node_of(b->m, x->name);
		for (; y && at < y->id; at++)
			if (!node_of(a->m, b->m->g->nodes[at]->name))
				add_row(t, a, NULL, b, b->m->g->nodes[at]);
		if (same(a, x, b, y) && !a->measured)
			alike++;
		else
			add_row(t, a, x, b, y);
	}
	for (; at < b->m->g->count; at++)
		if (!node_of(a->m, b->m->g->nodes[at]->name))
			add_row(t, a, NULL, b, b->m->g->nodes[at]);
	return alike;
}

int
verb_diff(Options *o)
{
	Side a = side_of(o, o->model), b = side_of(o, o->layer);
	const char *unit = a.measured ? "ms" : "M MACs";
	Table *table;
	int alike;

	if (o->json) {
		struct json_object *both = json_object_new_object();
		json_object_object_add(both, "a", facts_of(a.m, a.measured ? &a.t : NULL));
		json_object_object_add(both, "b", facts_of(b.m, b.measured ? &b.t : NULL));
		print_json(both);
		return ExitOk;
	}
	printf("%-22s %16.16s %16.16s\n", "", a.m->g->name, b.m->g->name);
	print_total("parameters", a.params, b.params, "%.0f");
	print_total("M multiply-adds", a.macs/1e6, b.macs/1e6, "%.2f");
	print_total("weights, bytes", a.weights, b.weights, "%.0f");
	print_total("arena, bytes", a.arena, b.arena, "%.0f");
	print_total("layers", a.m->g->count, b.m->g->count, "%.0f");
	if (a.measured)
		print_total("ms a run", a.ms, b.ms, "%.4f");
	puts("");
	table = table_new((const char *[]){ "<layer", "<kernel in the first", "<in the second", unit, unit, NULL });
	alike = add_rows(table, &a, &b);
	table_print(table);
	if (alike)
		printf("%d layer%s the same\n", alike, alike == 1 ? " is" : "s are");
	return ExitOk;
}
