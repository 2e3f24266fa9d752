/* apply.c - an operator on values at hand, for a node of the file that stands for several. */
#include "import.h"

static char *
define_apart(Import *m, const OnnxValue *v)
{
	char *name = (char *)(size_t)arena_text("%s.%d", m->p->output[0], m->count);

	onnx_define(m, name, *v);
	return name;
}

/* apply - its result; it has no attributes, and one input where b is NULL */
OnnxValue
apply(Import *m, void (*run)(Import *), const OnnxValue *a, const OnnxValue *b)
{
	const Onnx__NodeProto *whole = m->p;
	Onnx__NodeProto p = *whole;
	char *inputs[2] = { define_apart(m, a), b ? define_apart(m, b) : NULL };
	char *out = (char *)(size_t)arena_text("%s.%d", whole->output[0], m->count);

	p.n_attribute = 0;
	p.n_input = b ? 2 : 1;
	p.input = inputs;
	p.n_output = 1;
	p.output = &out;
	m->p = &p;
	run(m);
	m->p = whole;
	return *onnx_find(m, out);
}
