/*
** doubts.c - what a model may say and hardly means: a layer that nothing reads, names for another number of classes, an
** image whose channels come last, rows of another network's tuning. Each is told once, however often the model is
** loaded.
*/
#include <string.h>

#include "verbs.h"

static const char **told;
static int ntold;

static void
doubt(const char *text)
{
	for (int i = 0; i < ntold; i++)
		if (!strcmp(told[i], text))
			return;
	PUSH(told, ntold, text);
	warn("%s", text);
}

static bool
is_read(const Node *n)
{
	const Graph *g = n->g;

	for (int i = n->id + 1; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k]->node == n)
				return true;
	for (int i = 0; i < g->noutputs; i++)
		if (g->outputs[i]->node == n)
			return true;
	return false;
}

/* classes_of - of the first output; 0: it is no vector of them */
static int
classes_of(const Graph *g)
{
	const Value *y = g->outputs[0];

	if (y->node->op == O_top_k)
		y = y->node->in[0];
	return y->shape.h*y->shape.w == 1 ? y->shape.c : 0;
}

void
doubts(const Graph *g)
{
	const Node *input = g->nodes[0];
	Shape s = input->out->shape;
	int classes = classes_of(g);

	if (s.c > 4 && s.h > 4 && s.w <= 4)
		doubt(arena_text("%s:%d: input: want channels, height, width in this order, got %d channels, %d rows, %d columns: "
		                 "channels last?", g->file, input->line, s.c, s.h, s.w));
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		if (!is_read(n))
			doubt(arena_text("%s:%d: %s '%s': want a layer that something reads, got one that does nothing for an "
			                 "output", g->file, n->line, op_rows[n->op].name, n->name));
	}
	if (g->nclasses && classes && g->nclasses != classes)
		doubt(arena_text("%s:%d: classes: want %d names, one for each value of '%s', got %d", g->file,
		                 g->outputs[0]->node->line, classes, g->outputs[0]->node->name, g->nclasses));
}

void
doubts_of_tuned(const Graph *g, const char *file)
{
	int all = 0, missing = 0;

	for (int i = 0; i < g->count; i++)
		if (tuned_takes(g->nodes[i])) {
			all++;
			missing += !tuned_find(g->tuned, g->nodes[i]);
		}
	if (missing)
		doubt(arena_text("%s: tuned rows: want one for each of the network's %d convolutions on %s, got none for %d "
		                 "(tuned for another network, input size, batch or target?): the cost model chooses for them", file,
		                 all, g->target->name, missing));
}
