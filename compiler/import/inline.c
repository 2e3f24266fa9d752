/*
** inline.c - a file's own functions (those of PyTorch's modules, in some files): every call becomes the function's
** nodes, whose inner results are called after the call's.
*/
#include <stdlib.h>
#include <string.h>

#include "import.h"

enum { MostDepth = 16, MostNodes = 1 << 20 };

typedef struct {
	const char *file;
	const Onnx__ModelProto *model;
	Onnx__NodeProto **nodes;
	int count, calls, depth;
} Inlined;

typedef struct {
	const Onnx__FunctionProto *f;
	const Onnx__NodeProto *call;
} Call;

static bool
same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static const Onnx__FunctionProto *
function_of(const Inlined *s, const Onnx__NodeProto *p)
{
	for (size_t i = 0; i < s->model->n_functions; i++) {
		const Onnx__FunctionProto *f = s->model->functions[i];
		if (same(f->name, p->op_type) && same(f->domain, p->domain) && same(f->overload, p->overload))
			return f;
	}
	return NULL;
}

/* renamed - a name in the function as the caller sees it */
static char *
renamed(const Call *c, char *name)
{
	if (!c || !*name)
		return name;
	for (size_t i = 0; i < c->f->n_input; i++)
		if (!strcmp(c->f->input[i], name))
			return i < c->call->n_input ? c->call->input[i] : (char *)(size_t)"";
	for (size_t i = 0; i < c->f->n_output && i < c->call->n_output; i++)
		if (!strcmp(c->f->output[i], name) && *c->call->output[i])
			return c->call->output[i];
	return (char *)(size_t)arena_text("%s/%s", c->call->n_output ? c->call->output[0] : "?", name);
}

static Onnx__AttributeProto *
attribute_named(Onnx__AttributeProto *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (same(list[i]->name, name))
			return list[i];
	return NULL;
}

/* attributes_in - those of a node in a function: some are the call's, or the function's own where the call has none */
static void
attributes_in(const Call *c, Onnx__NodeProto *p)
{
	Onnx__AttributeProto **all = arena_new((p->n_attribute + 1)*sizeof *all);
	size_t count = 0;

	for (size_t i = 0; i < p->n_attribute; i++) {
		const char *from = p->attribute[i]->ref_attr_name;
		Onnx__AttributeProto *a = p->attribute[i], *own;
		if (from && *from) {
			a = attribute_named(c->call->attribute, c->call->n_attribute, from);
			a = a ? a : attribute_named(c->f->attribute_proto, c->f->n_attribute_proto, from);
			if (!a)
				continue;
			own = NEW(Onnx__AttributeProto);
			*own = *a;
			own->name = p->attribute[i]->name;
			a = own;
		}
		all[count++] = a;
	}
	p->attribute = all;
	p->n_attribute = count;
}

/* in_caller - a node of the function as one of the caller's */
static Onnx__NodeProto *
in_caller(const Inlined *s, const Call *c, const Onnx__NodeProto *from)
{
	Onnx__NodeProto *p = NEW(Onnx__NodeProto);

	*p = *from;
	p->input = arena_new((p->n_input + 1)*sizeof *p->input);
	p->output = arena_new((p->n_output + 1)*sizeof *p->output);
	for (size_t i = 0; i < p->n_input; i++)
		p->input[i] = renamed(c, from->input[i]);
	for (size_t i = 0; i < p->n_output; i++)
		p->output[i] = renamed(c, from->output[i]);
	for (size_t i = 0; i < p->n_attribute; i++)
		if (p->attribute[i]->g)
			fail("%s: function '%s': want no graphs in its nodes, got one in '%s'", s->file, c->f->name, p->name);
	attributes_in(c, p);
	if (c->call->name && *c->call->name && p->name && *p->name)
		p->name = (char *)(size_t)arena_text("%s/%s", c->call->name, p->name);
	return p;
}

static void
add(Inlined *s, Onnx__NodeProto *p)
{
	const Onnx__FunctionProto *f = p->op_type ? function_of(s, p) : NULL;
	Call c = { f, p };

	if (!f) {
		if (s->count >= MostNodes)
			fail("%s: want at most %d nodes of all functions, got more", s->file, MostNodes);
		PUSH(s->nodes, s->count, p);
		return;
	}
	if (++s->depth > MostDepth)
		fail("%s: function '%s': want at most %d calls in each other, got more", s->file, f->name, MostDepth);
	if (++s->calls > MostNodes)
		fail("%s: want at most %d calls of functions, got more", s->file, MostNodes);
	for (size_t i = 0; i < f->n_node; i++)
		add(s, in_caller(s, &c, f->node[i]));
	s->depth--;
}

void
inline_functions(const char *file, Onnx__ModelProto *m)
{
	Inlined s = { .file = file, .model = m };

	if (!m->n_functions)
		return;
	for (size_t i = 0; i < m->graph->n_node; i++)
		add(&s, m->graph->node[i]);
	m->graph->node = s.nodes;
	m->graph->n_node = (size_t)s.count;
}
