/*
** dump.c - the graph as model text: flat, one node a line, shapes as trailing comments. What is
** printed is the input language, so any dump can be saved, edited and compiled. Also Graphviz.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

static const char *const param_keys[NParams] = {
	"weight", "bias", "bn_weight", "bn_bias", "bn_mean", "bn_var", "gamma", "slope", "weight_step"
};

/* shortest - as few digits as read back to the same double */
static const char *
shortest(double v)
{
	const char *s = "";

	if (isinf(v))
		return v < 0 ? "-math.huge" : "math.huge";
	for (int digits = 1; digits <= 17; digits++) {
		s = arena_text("%.*g", digits, v);
		if (strtod(s, NULL) == v)
			break;
	}
	return s;
}

/* attr_text_of - a value as the language writes it */
const char *
attr_text_of(const AttrRow *row, const Attr *a)
{
	const void *p = (const char *)a + row->at;
	const Pair *pair = p;
	const Sides *s = p;
	const Range *r = p;
	const Shape *shape = p;
	int count;

	switch (row->kind) {
	case K_INT:   return arena_text("%d", *(const int *)p);
	case K_PAIR:
		if (pair->h == pair->w)
			return arena_text("%d", pair->h);
		/* fall through */
	case K_PAIR0: return arena_text("{%d, %d}", pair->h, pair->w);
	case K_SIDES:
		if (s->t == s->l && s->t == s->b && s->t == s->r)
			return arena_text("%d", s->t);
		return arena_text("{%d, %d, %d, %d}", s->t, s->l, s->b, s->r);
	case K_BOOL:  return *(const bool *)p ? "true" : "false";
	case K_REAL:  return shortest(*(const double *)p);
	case K_RANGE: return arena_text("{%d, %d, %d}", r->from, r->to, r->step);
	case K_WORD:  return arena_text("\"%s\"", words_of(row, &count)[*(const int *)p]);
	case K_NAME:  return arena_text("\"%s\"", *(const char *const *)p);
	case K_SHAPE: return arena_text("{%d, %d, %d}", shape->c, shape->h, shape->w);
	}
	return "";
}

/* dump_params - names that are not torchvision's, because the model renamed them */
static void
dump_params(FILE *f, const Node *n)
{
	Node usual = *n;
	const char *comma = "";
	bool open = false;

	memset(usual.p, 0, sizeof usual.p);
	node_params(&usual, NULL, NULL);
	for (int i = 0; i < NParams; i++)
		if (n->p[i].name && strcmp(n->p[i].name, usual.p[i].name)) {
			fprintf(f, "%s%s%s = \"%s\"", open ? "" : ", params = { ", comma, param_keys[i], n->p[i].name);
			comma = ", ";
			open = true;
		}
	if (open)
		fputs(" }", f);
}

/* tensor - how the text names a value: a second result stands half-way to the next node's */
static const char *
tensor(const Value *v)
{
	return arena_text(v->index ? "t[%d.%d]" : "t[%d]", v->node->id, v->index);
}

void
dump_node(FILE *f, const Node *n)
{
	const OpRow *row = &op_rows[n->op];
	Graph scratch = *n->g;
	const Node *fresh = node_new(&scratch, n->op, 0);

	for (int i = 0; i < n->nout; i++)
		fprintf(f, "%s%s", i ? ", " : "", tensor(&n->out[i]));
	fprintf(f, " = nn.%s(", row->name);
	for (int i = 0; i < n->nin; i++)
		fprintf(f, "%s, ", tensor(n->in[i]));
	fprintf(f, "{ name = \"%s\"", n->name);
	for (int i = 0; i < NAttrs; i++) {
		const AttrRow *a = &attr_rows[i];
		if (op_takes(n->op, (AttrId)i) && attr_differs(a, &n->a, &fresh->a))
			fprintf(f, ", %s = %s", a->name, attr_text_of(a, &n->a));
	}
	dump_params(f, n);
	fprintf(f, " })  -- %dx%dx%d", n->out->shape.c, n->out->shape.h, n->out->shape.w);
	if (n->out->lay.cb) {
		fprintf(f, "; block %d", n->out->lay.cb);
		if (n->out->lay.halo.t || n->out->lay.halo.l || n->out->lay.halo.b || n->out->lay.halo.r)
			fprintf(f, ", halo %d %d %d %d", n->out->lay.halo.t, n->out->lay.halo.l, n->out->lay.halo.b, n->out->lay.halo.r);
		if (n->g->arena)
			fprintf(f, ", at %zu", n->out->at);
		if (n->out->over)
			fprintf(f, ", over %s", tensor(n->out->over));
	}
	fputc('\n', f);
}

static void
dump_list(FILE *f, const char *key, const double *v, int count)
{
	fprintf(f, "%s = { ", key);
	for (int i = 0; i < count; i++)
		fprintf(f, "%s%s", i ? ", " : "", shortest(v[i]));
	fputs(" }, ", f);
}

static void
dump_flag(FILE *f, const char *key, bool set)
{
	if (set)
		fprintf(f, ", %s = true", key);
}

/* dump_text - print a Lua string */
static void
dump_text(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		if (*s == '\n')
			fputs("\\n", f);
		else
			fputc(*s, f);
	}
	fputc('"', f);
}

static void
dump_words(FILE *f, const char *key, const char *const *words, int count, const char *end)
{
	if (!count)
		return;
	fprintf(f, "%s = { ", key);
	for (int i = 0; i < count; i++) {
		dump_text(f, words[i]);
		fputs(", ", f);
	}
	fputs(end, f);
}

static void
dump_quantize(FILE *f, const Quantize *q)
{
	if (!q->nkeep && !q->minmax && !q->u7 && !q->as_rounded && !q->outputs)
		return;
	fputs("  quantize = { ", f);
	dump_words(f, "keep", q->keep, q->nkeep, "}, ");
	fprintf(f, "%s%s%s%s},\n", q->minmax ? "ranges = \"minmax\", " : "", q->u7 ? "act = \"u7\", " : "",
	        q->as_rounded ? "bias = false, " : "", q->outputs ? "outputs = \"u8\" " : "");
}

/* dump_end - the model that the nodes make */
void
dump_end(FILE *f, const Graph *g)
{
	const Shape *in = NULL;

	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->op == O_input)
			in = &g->nodes[i]->out->shape;
	fprintf(f, "return nn.model { name = \"%s\",\n  image = { ", g->name);
	if (in) {
		dump_list(f, "mean", g->image.mean, in->c < 4 ? in->c : 4);
		dump_list(f, "std", g->image.std, in->c < 4 ? in->c : 4);
	}
	fprintf(f, "scale = %s, crop = %s", shortest(g->image.scale), shortest(g->image.crop));
	dump_flag(f, "u8", g->image.u8);
	dump_flag(f, "hwc", g->image.hwc);
	dump_flag(f, "bgr", g->image.bgr);
	dump_flag(f, "swap", g->image.swap);
	dump_flag(f, "normalize", g->image.normalize);
	fputs(" },\n", f);
	dump_words(f, "  classes", g->classes, g->nclasses, "},\n");
	dump_words(f, "  ignore", g->ignore, g->nignore, "},\n");
	dump_quantize(f, &g->quantize);
	fputs("  outputs = { ", f);
	for (int i = 0; i < g->noutputs; i++)
		if (*g->output_names[i])
			fprintf(f, "{ \"%s\", %s }%s", g->output_names[i], tensor(g->outputs[i]), i + 1 < g->noutputs ? ", " : " } }\n");
		else
			fprintf(f, "%s%s", tensor(g->outputs[i]), i + 1 < g->noutputs ? ", " : " } }\n");
}

void
dump(FILE *f, const Graph *g, const char *after)
{
	if (after)
		fprintf(f, "-- %s after %s: %d nodes\n", g->name, after, g->count);
	fputs("local nn = require \"resnet\"\nlocal t = {}\n", f);
	for (int i = 0; i < g->count; i++)
		dump_node(f, g->nodes[i]);
	dump_end(f, g);
}

/* dump_string - the same as a string, malloc'd */
char *
dump_string(const Graph *g)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		fail("out of memory");
	dump(f, g, NULL);
	fclose(f);
	return text;
}

void
dump_dot(FILE *f, const Graph *g)
{
	fprintf(f, "digraph \"%s\" {\n"
	        "\tnode [shape=box, style=\"rounded,filled\", fillcolor=\"#f4f4f0\", fontname=\"Helvetica\"]\n", g->name);
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		fprintf(f, "\tn%d [label=\"%s\\n%s", n->id, n->name, op_rows[n->op].name);
		if (n->a.kernel.h)
			fprintf(f, " %dx%d", n->a.kernel.h, n->a.kernel.w);
		if (n->a.stride.h > 1 || n->a.stride.w > 1)
			fprintf(f, " /%d", n->a.stride.h);
		if (n->a.bn)
			fputs(" + bn", f);
		if (n->op == O_conv2d && n->nin == 2)
			fputs(" + skip", f);
		if (n->a.act)
			fprintf(f, " + %s", act_names[n->a.act]);
		fprintf(f, "\\n%d x %d x %d\"%s]\n", n->out->shape.c, n->out->shape.h, n->out->shape.w,
		        n->op == O_conv2d ? ", fillcolor=\"#cfe3f5\"" : n->op == O_input ||
		        is_output(n->out) ? ", fillcolor=\"#f5e3cf\"" : "");
		for (int j = 0; j < n->nin; j++)
			fprintf(f, "\tn%d -> n%d%s\n", n->in[j]->node->id, n->id,
			        n->op == O_conv2d && j == 1 ? " [style=dashed, label=\"skip\"]" : "");
	}
	fputs("}\n", f);
}
