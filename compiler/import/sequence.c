/*
** sequence.c - a file's nodes, each behind those whose results it reads. ONNX asks for that order, but converters put
** what they insert at the end, and runtimes take it.
*/
#include <stdlib.h>
#include <string.h>

#include "import.h"

typedef struct { const char *name; int node; } Made;
typedef struct { int reader, next; } Edge;   /* next: of the same maker, counted from 1 */

static int
by_name(const void *a, const void *b)
{
	const Made *p = a, *q = b;
	int order = strcmp(p->name, q->name);

	return order ? order : p->node - q->node;
}

/* results_made - by name, of one made twice the first node first */
static Made *
results_made(const Onnx__GraphProto *p, int *count)
{
	Made *made = NULL;

	*count = 0;
	for (size_t i = 0; i < p->n_node; i++)
		for (size_t k = 0; k < p->node[i]->n_output; k++)
			PUSH(made, *count, (Made){ p->node[i]->output[k], (int)i });
	if (*count)
		qsort(made, (size_t)*count, sizeof *made, by_name);
	return made;
}

/* maker_of - the node, or -1 */
static int
maker_of(const Made *made, int count, const char *name)
{
	int lo = 0, hi = count;

	while (lo < hi) {
		int middle = (lo + hi)/2;
		*(strcmp(made[middle].name, name) < 0 ? &lo : &hi) = strcmp(made[middle].name, name) < 0 ? middle + 1 : middle;
	}
	return lo < count && *name && !strcmp(made[lo].name, name) ? made[lo].node : -1;
}

/* names_read - by a node, and by those of the graphs in it */
void
names_read(Names *to, const Onnx__NodeProto *p)
{
	for (size_t i = 0; i < p->n_input; i++)
		PUSH(to->names, to->count, p->input[i]);
	for (size_t i = 0; i < p->n_attribute; i++)
		for (size_t k = 0; p->attribute[i]->g && k < p->attribute[i]->g->n_node; k++)
			names_read(to, p->attribute[i]->g->node[k]);
	for (size_t i = 0; i < p->n_attribute; i++)
		for (size_t k = 0; p->attribute[i]->g && k < p->attribute[i]->g->n_output; k++)
			if (p->attribute[i]->g->output[k]->name)
				PUSH(to->names, to->count, p->attribute[i]->g->output[k]->name);
}

/* node_sequence - numbers of all nodes: the file's order, but for those that wait for one behind them; last what waits
   for itself */
const int *
node_sequence(const Onnx__GraphProto *p)
{
	int n = (int)p->n_node, nmade, nedges = 0, count = 0;
	Made *made = results_made(p, &nmade);
	Edge *edges = NULL;
	int *first = arena_new((size_t)(n + 1)*sizeof *first), *waits = arena_new((size_t)(n + 1)*sizeof *waits),
	    *order = arena_new((size_t)(n + 1)*sizeof *order), *ready = arena_new((size_t)(n + 1)*sizeof *ready);

	for (int i = 0; i < n; i++) {
		Names read = { 0 };
		names_read(&read, p->node[i]);
		for (int k = 0; k < read.count; k++) {
			int from = maker_of(made, nmade, read.names[k]);
			if (from < 0)
				continue;
			PUSH(edges, nedges, (Edge){ i, first[from] });
			first[from] = nedges;
			waits[i]++;
		}
	}
	for (int i = 0; i < n; i++) {
		int top = 0;
		if (!waits[i])
			ready[top++] = i;
		while (top) {
			int k = order[count++] = ready[--top];
			waits[k] = -1;
			for (int e = first[k]; e; e = edges[e-1].next)
				if (!--waits[edges[e-1].reader] && edges[e-1].reader < i)
					ready[top++] = edges[e-1].reader;
		}
	}
	for (int i = 0; i < n; i++)
		if (waits[i] > 0)
			order[count++] = i;
	return order;
}
