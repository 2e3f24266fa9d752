/* genes.c - a case's genes as a graph, and as a model file that is read again. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { MostFloats = 16000, MostMacs = 4000000 };     /* of a result, of a node; the reference runs in plain loops */

typedef struct { Graph *g; Node *n; } Adding;

static void
add_node(void *user)
{
	Adding *a = user;

	node_add(a->g, a->n);
}

/* add_gene - false: it cannot be */
bool
add_gene(Graph *g, const Gene *gene)
{
	Adding a = { g, node_new(g, gene->op, g->count + 1) };

	a.n->name = arena_text("%s%d", gene->op == O_input ? "input" : "v", g->count);
	a.n->a = gene->a;
	for (int i = 0; i < gene->nin; i++)
		a.n->in[a.n->nin++] = g->nodes[gene->in[i]]->out;
	if (attempt(add_node, &a))
		return false;
	node_params(a.n, NULL, NULL);
	return count_of(a.n->out->shape) <= MostFloats && macs_of(a.n) <= MostMacs;
}

Graph *
fuzz_graph(const Case *c)
{
	Graph *g = graph_new("fuzz.lua");

	g->target = c->target;
	for (int i = 0; i < c->count; i++)
		if (!add_gene(g, &c->gene[i]))
			return NULL;
	for (int i = 0; i < c->noutputs; i++) {
		Node *n = g->nodes[c->output[i]];
		for (int k = 0; k < n->nout; k++) {
			int names = g->noutputs;
			PUSH(g->output_names, names, "");
			PUSH(g->outputs, g->noutputs, &n->out[k]);
		}
	}
	return g;
}

static const char form[] = "-- fuzz: seed=%llu target=%s skip=%x exact=%d batch=%d threads=%d weights=%d input=%d%s%s";

const char *
fuzz_text(const Case *c)
{
	char *text;
	const char *whole;

	if (c->text)
		return c->text;
	text = dump_string(fuzz_graph(c));
	whole = arena_text(arena_text("%s\n%%s", form), (unsigned long long)c->seed, c->target->name, c->skip, c->exact,
	                   c->batch, c->threads, (int)c->weights, (int)c->input,
	                   c->bytes ? " bytes=1" : c->trains ? " trains=1" : "",
	                   c->store == DT_f32 ? "" : arena_text(" store=%s", dtype_rows[c->store].name), text);
	free(text);
	return whole;
}

/* line_ends - does the first line end with these words */
static bool
line_ends(const char *text, const char *with)
{
	size_t line = strcspn(text, "\n"), len = strlen(with);

	return line >= len && !strncmp(text + line - len, with, len);
}

bool
fuzz_read(Case *c, const char *text)
{
	unsigned long long seed;
	char target[16];
	int exact, weights, input;
	unsigned skip;

	if (sscanf(text, "-- fuzz: seed=%llu target=%15s skip=%x exact=%d batch=%d threads=%d weights=%d input=%d", &seed,
	           target, &skip, &exact, &c->batch, &c->threads, &weights, &input) != 8 || weights < 0 ||
	           weights >= NValues || input < 0 || input >= NValues || c->batch < 1 || c->batch > 64 || c->threads < 1 ||
	           c->threads > 64)
		return false;
	c->seed = seed;
	c->bytes = line_ends(text, " bytes=1");
	c->trains = line_ends(text, " trains=1");
	c->store = line_ends(text, " store=f16") ? DT_f16 : line_ends(text, " store=bf16") ? DT_bf16 : DT_f32;
	c->target = target_named(target);
	c->skip = skip;
	c->exact = exact;
	c->weights = (Values)weights;
	c->input = (Values)input;
	c->text = text;
	return true;
}
