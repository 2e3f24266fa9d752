/*
** stages.c - a graph as model text in which blocks of the library that follow each other are stages, and all else is
** flat.
*/
#include <stdlib.h>
#include <string.h>

#include "regions.h"
#include "texts.h"

typedef struct { const Found *first; int blocks; } Stage;

/* same_options - but for the shortcut, which only a block that changes the shape has */
static bool
same_options(const char *first, const char *later)
{
	static const char *const own[] = { ", variant = \"", ", shortcut = \"" };

	for (int i = 0; i < 2; i++) {
		const char *from = strstr(first, own[i]), *to = from ? strchr(from + strlen(own[i]), '"') : NULL;
		if (to && !strstr(later, own[i]))
			first = arena_text("%.*s%s", (int)(from - first), first, to + 1);
	}
	return !strcmp(first, later);
}

static bool
goes_on(const Graph *g, const Found *first, const Found *a, const Found *b)
{
	int readers = 0;

	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			readers += g->nodes[i]->in[k]->node->id == a->to && (i <= b->from || i > b->to);
	for (int i = 0; i < g->noutputs; i++)
		readers += g->outputs[i]->node->id == a->to;
	return !readers && b->from == a->to && !strcmp(a->call, b->call) && a->width == b->width &&
	       same_options(first->options, b->options) && b->stride == 1;
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
	int *dilation = arena_new((size_t)s->blocks*sizeof *dilation);

	for (int i = 0; i < s->blocks; i++)
		dilation[i] = f[i].dilation;
	out_line(o, "    t[%d] = nn.scope(\"%s%d\", nn.stage { nn.%s, blocks = %d, width = %d%s%s%s }, t[%d])  -- %dx%dx%d",
	         y->id, scope, number, f->call, s->blocks, f->width,
	         f->stride > 1 ? arena_text(", stride = %d", f->stride) : "", f->options,
	         dilations_text(dilation, s->blocks), f->from, y->out->shape.c,
	         y->out->shape.h, y->out->shape.w);
}

/* drop - an option that is a range, which begins as it says */
static void
drop(char *line, const char *start)
{
	char *from = strstr(line, start), *to = from ? strchr(from, '}') : NULL;

	if (to)
		memmove(from, to + 1, strlen(to + 1) + 1);
}

/* write_flat - one node, with what the model sets for all layers said where it is otherwise */
static void
write_flat(Out *o, const Node *n, const Norms *norms)
{
	char *line = NULL, *end;
	size_t len = 0;
	const char *more = "";
	FILE *f = open_memstream(&line, &len);

	if (n->op == O_bn && norms->first && norms->first->a.eps != 1e-5 && n->a.eps == 1e-5)
		more = ", eps = 1e-5";
	if (n->op == O_conv2d && norms->none && !n->a.bias)
		more = ", bias = false";
	if (!f)
		fail("out of memory");
	dump_node(f, n);
	fclose(f);
	if (whole_range(n, At_rows))
		drop(line, ", rows = ");
	if (whole_range(n, At_cols))
		drop(line, ", cols = ");
	end = strstr(line, " })  --");
	if (end)
		out_line(o, "    %.*s%s%.*s", (int)(end - line), line, more, (int)strcspn(end, "\n"), end);
	else
		out_line(o, "    %.*s", (int)strcspn(line, "\n"), line);
	free(line);
}

static void
write_nodes(Out *o, const Graph *g, const Stage *stages, int count, const Norms *norms)
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
		write_flat(o, g->nodes[i], norms);
	}
	for (int i = 0; i < g->noutputs; i++) {
		const char *y = arena_text("t[%d]", g->outputs[i]->node->id);
		if (*g->output_names[i])
			y = arena_text("{ \"%s\", %s }", g->output_names[i], y);
		out_text(o, arena_text("%s %s%s", i ? "," : "    return", y, i + 1 < g->noutputs ? "" : "\n"));
	}
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

/* norms_of - what stands behind the convolutions */
static Norms
norms_of(const Graph *g)
{
	Norms norms = { .folded = true };
	const Node *group = NULL;
	bool groups = true;

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i], *conv = n->nin ? n->in[0]->node : n;
		if (n->op == O_bn && is_dense(conv) && norms.folded)
			norms = (Norms){ .first = n };
		if (n->op == O_group_norm && conv->op == O_conv2d && !conv->a.bias)
			group = group ? group : n;
	}
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		groups = groups && (n->op != O_group_norm || !group || n->a.groups == group->a.groups);
	}
	return norms.folded && group ? (Norms){ .first = group, .by_width = !groups } : norms;
}

/* find_whole - those blocks between whose nodes nothing else stands */
static int
find_whole(const Graph *g, const Norms *norms, Found **found)
{
	int count = find_blocks(g, norms, found), kept = 0;

	for (int i = 0; i < count; i++)
		if (whole_block(g, &(*found)[i]))
			(*found)[kept++] = (*found)[i];
	return kept;
}

char *
stages_text(Graph *g)
{
	Norms norms;
	Found *found;
	Stage *stages;
	int count, nstages = 0;
	Out *o = out_new();
	const char *text;
	size_t len;

	renumber(g);
	if (g->nodes[0]->op != O_input)
		return NULL;
	for (int i = 0; i < g->noutputs; i++)
		if (g->outputs[i]->index)
			return NULL;
	norms = norms_of(g);
	count = find_whole(g, &norms, &found);
	if (count < 2 && norms.first && norms.first->op == O_group_norm) {        /* not the blocks', but a decoder's */
		norms = (Norms){ .folded = true };
		count = find_whole(g, &norms, &found);
	}
	if (count < 2 && norms.folded) {
		norms = (Norms){ .none = true };
		count = find_whole(g, &norms, &found);
	}
	if (count < 2)
		return NULL;
	stages = arena_new(((size_t)count + 1)*sizeof *stages);
	for (int i = 0; i < count; i++)
		if (nstages && goes_on(g, stages[nstages-1].first, &found[i-1], &found[i]))
			stages[nstages-1].blocks++;
		else
			stages[nstages++] = (Stage){ &found[i], 1 };
	write_begin(o, g, &norms, false);
	write_nodes(o, g, stages, nstages, &norms);
	text = out_string(o, &len);
	return adopt_text(g, text) ? in_spaces(text) : NULL;
}
