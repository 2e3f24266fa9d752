/*
** stages.c - a graph as model text in which blocks of the library that follow each other are stages, and all else is
** flat.
*/
#include <stdlib.h>
#include <string.h>

#include "texts.h"

typedef struct { const Found *first; int blocks; } Stage;

static bool
goes_on(const Graph *g, const Found *a, const Found *b)
{
	int readers = 0;

	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			readers += g->nodes[i]->in[k]->node->id == a->to && (i <= b->from || i > b->to);
	for (int i = 0; i < g->noutputs; i++)
		readers += g->outputs[i]->node->id == a->to;
	return !readers && b->from == a->to && !strcmp(a->call, b->call) && a->width == b->width &&
	       !strcmp(a->options, b->options) && b->stride == 1;
}

/* the names of layers must be free for the blocks' own */
static const char *
scope_of(const Graph *g)
{
	for (int i = 0; i < g->count; i++)
		if (!strncmp(g->nodes[i]->name, "layer", 5) && strchr(g->nodes[i]->name, '.'))
			return "stage";
	return "layer";
}

static void
write_stage(Out *o, const Graph *g, const Stage *s, const char *scope, int number)
{
	const Found *f = s->first;
	const Node *y = g->nodes[f[s->blocks - 1].to];

	out_line(o, "    t[%d] = nn.scope(\"%s%d\", nn.stage { nn.%s, blocks = %d, width = %d%s%s }, t[%d])  -- %dx%dx%d",
	         y->id, scope, number, f->call, s->blocks, f->width,
	         f->stride > 1 ? arena_text(", stride = %d", f->stride) : "", f->options, f->from, y->out->shape.c,
	         y->out->shape.h, y->out->shape.w);
}

/* write_flat - one node, with what the model sets for all layers said where it is otherwise */
static void
write_flat(Out *o, const Node *n, double eps)
{
	char *line = NULL, *end;
	size_t len = 0;
	const char *more = n->op == O_bn && eps != 1e-5 && n->a.eps == 1e-5 ? ", eps = 1e-5" : "";
	FILE *f = open_memstream(&line, &len);

	if (!f)
		fail("out of memory");
	dump_node(f, n);
	fclose(f);
	end = strstr(line, " })  --");
	if (end)
		out_line(o, "    %.*s%s%.*s", (int)(end - line), line, more, (int)strcspn(end, "\n"), end);
	else
		out_line(o, "    %.*s", (int)strcspn(line, "\n"), line);
	free(line);
}

static void
write_nodes(Out *o, const Graph *g, const Stage *stages, int count, double eps)
{
	const char *scope = scope_of(g);
	int at = 0;

	out_line(o, "  body   = function(x)");
	out_line(o, "    local t = { [0] = x }");
	for (int i = 1; i < g->count; i++) {
		const Found *last = at < count ? &stages[at].first[stages[at].blocks - 1] : NULL;
		if (last && i > stages[at].first->from && i < last->to)
			continue;            /* of the stage: nodes beside it may not stand between its own */
		if (last && i == last->to) {
			write_stage(o, g, &stages[at], scope, at + 1);
			at++;
			continue;
		}
		write_flat(o, g->nodes[i], eps);
	}
	for (int i = 0; i < g->noutputs; i++)
		out_text(o, arena_text("%s t[%d]%s", i ? "," : "    return", g->outputs[i]->node->id,
		                       i + 1 < g->noutputs ? "" : "\n"));
	out_line(o, "  end,");
	out_line(o, "}");
}

/* whole_block - no other nodes stand between the first and the last of a block */
static bool
whole_block(const Graph *g, const Found *f)
{
	bool *in = arena_new((size_t)g->count);

	in[f->from] = true;
	for (int i = f->from + 1; i <= f->to; i++) {
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (!in[g->nodes[i]->in[k]->node->id])
				return false;
		in[i] = true;
	}
	return true;
}

char *
stages_text(Graph *g)
{
	bool folded = true;
	const Node *bn = NULL;
	Found *found;
	Stage *stages;
	int count, nstages = 0, kept = 0;
	Out *o = out_new();
	const char *text;
	size_t len;

	renumber(g);
	if (g->nodes[0]->op != O_input)
		return NULL;
	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->op == O_bn && is_dense(g->nodes[i]->in[0]->node)) {
			folded = false;
			bn = bn ? bn : g->nodes[i];
		}
	for (int i = 0; i < g->noutputs; i++)
		if (g->outputs[i]->index)
			return NULL;
	count = find_blocks(g, folded, &found);
	for (int i = 0; i < count; i++)
		if (whole_block(g, &found[i]))
			found[kept++] = found[i];
	stages = arena_new(((size_t)kept + 1)*sizeof *stages);
	for (int i = 0; i < kept; i++)
		if (nstages && goes_on(g, &found[i-1], &found[i]))
			stages[nstages-1].blocks++;
		else
			stages[nstages++] = (Stage){ &found[i], 1 };
	if (kept < 2)
		return NULL;
	write_begin(o, g, folded, false, bn);
	write_nodes(o, g, stages, nstages, bn ? bn->a.eps : 1e-5);
	text = out_string(o, &len);
	return adopt_text(g, text) ? in_spaces(text) : NULL;
}
