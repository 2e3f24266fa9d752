/*
** values.c - the values of a graph by name, and what an operator asks of its inputs.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

enum { Buckets = 1 << 12 };

void
refuse(const Import *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail_with(arena_text("%s:%d: %s '%s': ", m->file, m->number, m->p->op_type ? m->p->op_type : "?",
	          m->p->name && *m->p->name ? m->p->name : m->p->n_output ? m->p->output[0] : "?"), format, args);
}

static unsigned
bucket_of(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name)*16777619u;
	return (h ^ h >> 16)%Buckets;
}

/* onnx_find - the value defined last under this name, or NULL; a constant is read when it is first asked for */
OnnxValue *
onnx_find(const Import *m, const char *name)
{
	for (int i = m->newest ? m->newest[bucket_of(name)] : 0; i; i = m->chain[i-1]) {
		OnnxValue *v = &m->values[i-1];
		if (strcmp(v->name, name))
			continue;
		if (v->proto) {
			*v = onnx_constant(m->file, v->proto);
			v->name = name;
		}
		return v;
	}
	return NULL;
}

bool
is_defined(const Import *m, const char *name)
{
	for (int i = m->newest ? m->newest[bucket_of(name)] : 0; i; i = m->chain[i-1])
		if (!strcmp(m->values[i-1].name, name))
			return true;
	return false;
}

void
onnx_define(Import *m, const char *name, OnnxValue v)
{
	unsigned b = bucket_of(name);
	int links = m->count;

	if (!m->newest)
		m->newest = arena_new(Buckets*sizeof *m->newest);
	v.name = name;
	PUSH(m->values, m->count, v);
	PUSH(m->chain, links, m->newest[b]);
	m->newest[b] = m->count;
}

bool
has_input(const Import *m, size_t i)
{
	return i < m->p->n_input && m->p->input[i] && *m->p->input[i];
}

/* input_at - the i-th input, which must be there */
OnnxValue
input_at(const Import *m, size_t i)
{
	const OnnxValue *v;
	const char *op = m->p->op_type;

	if (!has_input(m, i))
		refuse(m, "want an input %zu, got none", i);
	v = onnx_find(m, m->p->input[i]);
	if (!v)
		refuse(m, "want an input '%s' that an earlier node makes, got none", m->p->input[i]);
	if (v->rank < 0)
		refuse(m, "want first results of nodes, got '%s', a second one", v->name);
	if ((v->infinite.t || v->infinite.l || v->infinite.b || v->infinite.r) && strcmp(op, "MaxPool"))
		refuse(m, "want a max pool behind a padding with -infinity, got this");
	return *v;
}

OnnxValue
constant_at(const Import *m, size_t i, const char *what)
{
	OnnxValue v = input_at(m, i);

	if (v.n)
		refuse(m, "want a constant %s, got the result '%s'", what, v.name);
	return v;
}

OnnxValue
tensor_at(const Import *m, size_t i)
{
	OnnxValue v = input_at(m, i);

	if (!v.n)
		refuse(m, "want a tensor as input %zu, got the constant '%s'", i, v.name);
	return v;
}

size_t
count_elements(const OnnxValue *v)
{
	size_t count = 1;

	for (int i = 0; i < v->rank; i++)
		count *= (size_t)v->dim[i];
	return count;
}

const char *
dims_of(const OnnxValue *v)
{
	const char *s = v->rank ? "" : "a single value";

	for (int i = 0; i < v->rank; i++)
		s = arena_text("%s%s%lld", s, i ? "x" : "", (long long)v->dim[i]);
	return s;
}

int64_t
whole_of(double v)
{
	return isnan(v) ? 0 : v > 9e18 ? INT64_MAX : v < -9e18 ? INT64_MIN + 1 : (int64_t)v;
}

int
axis_in(const Import *m, int64_t axis, int rank)
{
	if (axis < -rank || axis >= rank)
		refuse(m, "want an axis from %d to %d, got %lld", -rank, rank - 1, (long long)axis);
	return (int)(axis < 0 ? axis + rank : axis);
}
