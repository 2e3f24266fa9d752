/*
** functions.c - a flat graph as model text in which what is there several times is a Lua function that is called.
** Numbers that differ from call to call are its parameters, the part of the layers' names before the dot is called at.
*/
#include <stdlib.h>
#include <string.h>

#include "regions.h"
#include "texts.h"

enum { MostNumbers = 16 };

typedef struct { const char *name; int node; AttrId attr; } Number;   /* a parameter: the first that has it */

typedef struct {
	const Graph *g;
	const Repeat *r;
	Number numbers[MostNumbers];
	int nnumbers;
	const char *var[MostRegion]; /* of each node's result */
} Called;

static const char *
value_of(const Called *f, int k, int node, AttrId a)
{
	return attr_text_of(&attr_rows[a], &f->g->nodes[f->r->at[k][node]]->a);
}

/* varies - does a number differ between the calls */
static bool
varies(const Called *f, int node, AttrId a)
{
	for (int k = 1; k < f->r->count; k++)
		if (strcmp(value_of(f, k, node, a), value_of(f, 0, node, a)))
			return true;
	return false;
}

/* number_of - the parameter that has this number in every call, or NULL */
static const Number *
number_of(const Called *f, int node, AttrId a)
{
	for (int i = 0; i < f->nnumbers; i++) {
		const Number *p = &f->numbers[i];
		bool same = true;
		for (int k = 0; k < f->r->count && same; k++)
			same = !strcmp(value_of(f, k, node, a), value_of(f, k, p->node, p->attr));
		if (same)
			return p;
	}
	return NULL;
}

/* read_numbers - false: too many differ */
static bool
read_numbers(Called *f)
{
	for (int i = 0; i < f->r->size; i++)
		for (int a = 0; a < NAttrs; a++) {
			int times = 1;
			if (!may_vary(f->g->nodes[f->r->at[0][i]], (AttrId)a) || !varies(f, i, (AttrId)a) ||
			    number_of(f, i, (AttrId)a))
				continue;
			if (f->nnumbers == MostNumbers)
				return false;
			for (int p = 0; p < f->nnumbers; p++)
				times += f->numbers[p].attr == (AttrId)a;
			f->numbers[f->nnumbers++] = (Number){ times == 1 ? attr_rows[a].name :
			                                      arena_text("%s%d", attr_rows[a].name, times), i,
			        (AttrId)a };
		}
	return true;
}

static int
place_in(const Called *f, int id)
{
	for (int i = 0; i < f->r->size; i++)
		if (f->r->at[0][i] == id)
			return i;
	return -1;
}

/* last_use - the last node that reads the i-th one's result; i < 0: the function's own input */
static int
last_use(const Called *f, int i)
{
	int last = -1;

	for (int k = 0; k < f->r->size; k++) {
		const Node *n = f->g->nodes[f->r->at[0][k]];
		for (int j = 0; j < n->nin; j++)
			if (place_in(f, n->in[j]->node->id) == i)
				last = k;
	}
	return last;
}

/* name_variables - a result takes over the variable of an input that nobody reads again, or a free one, or a new one */
static int
name_variables(Called *f)
{
	static const char *const letters[] = { "x", "y", "z", "u", "v", "w", "a", "b", "c", "d", "e", "h", "p",
	                                       "q", "r", "s" };
	enum { NLetters = sizeof letters/sizeof *letters };
	int until[MostRegion + NLetters] = { last_use(f, -1) }, count = 1;

	for (int i = 0; i < f->r->size; i++) {
		int at = 0, last = last_use(f, i);
		while (at < count && until[at] > i)
			at++;
		for (int k = count - 1; k > at; k--)         /* the youngest free one: what was just read */
			if (until[k] == i) {
				at = k;
				break;
			}
		if (at == count)
			count++;
		until[at] = last < 0 ? f->r->size + 1 : last;
		f->var[i] = at < NLetters ? letters[at] : arena_text("t%d", at);
	}
	return count;
}

/* layer_of - the name after the place, or one that is made up */
static const char *
layer_of(const Called *f, int i)
{
	const Node *n = f->g->nodes[f->r->at[0][i]];

	if (f->r->named)
		return n->name + strlen(region_place(f->g, f->r, 0));
	return arena_text(".%s%d", n->op == O_conv2d ? "conv" : op_rows[n->op].name, i + 1);
}

/* write_node - one line of the function */
static void
write_node(FILE *o, const Called *f, int i, bool fresh)
{
	const Node *n = f->g->nodes[f->r->at[0][i]];
	Graph scratch = *n->g;
	const Node *usual = node_new(&scratch, n->op, 0);
	const char *list = "";

	for (int k = 0; k < n->nin; k++) {
		int at = place_in(f, n->in[k]->node->id);
		list = arena_text("%s%s%s", list, k ? ", " : "", at < 0 ? "x" : f->var[at]);
	}
	fprintf(o, "  %s%s = nn.%s(%s", fresh ? "local " : "", f->var[i], op_rows[n->op].name, list);
	list = op_rows[n->op].params ? arena_text("name = at .. \"%s\"", layer_of(f, i)) : "";
	for (int a = 0; a < NAttrs; a++) {
		const Number *p = may_vary(n, (AttrId)a) && varies(f, i, (AttrId)a) ? number_of(f, i, (AttrId)a) : NULL;
		bool whole = whole_range(n, (AttrId)a);
		if (op_takes(n->op, (AttrId)a) && !whole && (p || attr_differs(&attr_rows[a], &n->a, &usual->a)))
			list = arena_text("%s%s%s = %s", list, *list ? ", " : "", attr_rows[a].name, p ? p->name :
			                  value_of(f, 0, i, (AttrId)a));
	}
	fprintf(o, *list ? ", { %s })\n" : "%s)\n", list);
}

static void
write_function(FILE *o, Called *f, int number)
{
	const char *seen[MostRegion];
	int nseen = 0;

	name_variables(f);
	fprintf(o, "\nlocal function block%d(x, at", number);
	for (int i = 0; i < f->nnumbers; i++)
		fprintf(o, ", %s", f->numbers[i].name);
	fputs(")\n", o);
	for (int i = 0; i < f->r->size; i++) {
		bool fresh = strcmp(f->var[i], "x") != 0;
		for (int k = 0; k < nseen; k++)
			fresh = fresh && strcmp(seen[k], f->var[i]);
		if (fresh)
			seen[nseen++] = f->var[i];
		write_node(o, f, i, fresh);
	}
	fprintf(o, "  return %s\nend\n", f->var[f->r->size - 1]);
}

static void
write_call(FILE *o, const Called *f, int number, int k)
{
	const Node *y = f->g->nodes[f->r->at[k][f->r->size - 1]];
	const char *place = f->r->named ? region_place(f->g, f->r, k) : arena_text("block%d.%d", number, k + 1);

	fprintf(o, "t[%d] = block%d(t[%d], \"%s\"", y->id, number, region_input(f->g, f->r, k)->node->id, place);
	for (int i = 0; i < f->nnumbers; i++)
		fprintf(o, ", %s", value_of(f, k, f->numbers[i].node, f->numbers[i].attr));
	fprintf(o, ")  -- %dx%dx%d\n", y->out->shape.c, y->out->shape.h, y->out->shape.w);
}

/* write_text - functions, then the nodes, of a repeated part the call where its last node stands */
static void
write_text(FILE *o, const Graph *g, Called *f, int count)
{
	int *of = arena_new(((size_t)g->count + 1)*sizeof *of), *turn = arena_new(((size_t)g->count + 1)*sizeof *turn);

	fputs("local nn = require \"resnet\"\nlocal t = {}\n", o);
	for (int i = 0; i < count; i++) {
		write_function(o, &f[i], i + 1);
		for (int k = 0; k < f[i].r->count; k++)
			for (int j = 0; j < f[i].r->size; j++) {
				of[f[i].r->at[k][j]] = i + 1;
				turn[f[i].r->at[k][j]] = j + 1 == f[i].r->size ? k + 1 : 0;
			}
	}
	fputc('\n', o);
	for (int i = 0; i < g->count; i++)
		if (!of[i])
			dump_node(o, g->nodes[i]);
		else if (turn[i])
			write_call(o, &f[of[i] - 1], of[i], turn[i] - 1);
	dump_end(o, g);
}

char *
functions_text(Graph *g)
{
	Repeat *repeats;
	int count, kept = 0;
	Called *f;
	char *text = NULL;
	size_t len = 0;
	FILE *o;

	renumber(g);
	count = find_repeats(g, &repeats);
	f = arena_new(((size_t)count + 1)*sizeof *f);
	for (int i = 0; i < count; i++) {
		f[kept] = (Called){ .g = g, .r = &repeats[i] };
		kept += read_numbers(&f[kept]);
	}
	if (!kept || !(o = open_memstream(&text, &len)))
		return NULL;
	write_text(o, g, f, kept);
	fclose(o);
	return adopt_text(g, text) ? text : NULL;
}
