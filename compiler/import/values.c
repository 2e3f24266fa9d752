/*
** values.c - what the importer's operators share: values by name, names of layers, making nodes.
*/
#include <stdlib.h>
#include <string.h>

#include "import.h"

void
refuse(const Import *m, const char *format, ...)
{
	va_list args;
	char text[512];

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fail("%s:%d: %s '%s': %s", m->file, m->number, m->p->op_type ? m->p->op_type : "?",
	     m->p->name && *m->p->name ? m->p->name : m->p->n_output ? m->p->output[0] : "?", text);
}

OnnxValue *
find(const Import *m, const char *name)
{
	for (int i = m->count - 1; i >= 0; i--)
		if (!strcmp(m->values[i].name, name))
			return &m->values[i];
	return NULL;
}

void
define(Import *m, const char *name, OnnxValue v)
{
	v.name = name;
	PUSH(m->values, m->count, v);
}

bool
has_input(const Import *m, size_t i)
{
	return i < m->p->n_input && m->p->input[i] && *m->p->input[i];
}

/* input - the i-th input, which must be there; a copy, the table may move */
OnnxValue
input(const Import *m, size_t i)
{
	const OnnxValue *v;

	if (!has_input(m, i))
		refuse(m, "want an input %zu, got none", i);
	v = find(m, m->p->input[i]);
	if (!v)
		refuse(m, "want an input '%s' that an earlier node makes, got none", m->p->input[i]);
	return *v;
}

OnnxValue
constant(const Import *m, size_t i, const char *what)
{
	OnnxValue v = input(m, i);

	if (v.n)
		refuse(m, "want a constant %s, got the result '%s'", what, v.name);
	return v;
}

OnnxValue
image(const Import *m, size_t i)
{
	OnnxValue v = input(m, i);

	if (!v.n)
		refuse(m, "want a tensor as input %zu, got the constant '%s'", i, v.name);
	if (v.rank != 4)
		refuse(m, "want a 4-D tensor as input %zu, got a %d-D one", i, v.rank);
	return v;
}

size_t
elements(const OnnxValue *v)
{
	size_t count = 1;

	for (int i = 0; i < v->rank; i++)
		count *= (size_t)v->dim[i];
	return count;
}

static bool
taken(const Graph *g, const char *name)
{
	for (int i = 0; i < g->count; i++)
		if (!strcmp(g->nodes[i]->name, name))
			return true;
	return false;
}

/* scope_name - "/layer1/layer1.0/conv1/Conv" to "layer1.0.conv1"; other names stay */
static const char *
scope_name(const char *name)
{
	const char *s = name, *path = "", *last = "";

	if (*s != '/')
		return name;
	while (*s == '/') {
		size_t n = strcspn(s + 1, "/");
		const char *part = arena_text("%.*s", (int)n, s + 1);
		s += n + 1;
		if (!*s)
			break;                       /* the op */
		if (*last && !strncmp(part, last, strlen(last)) && part[strlen(last)] == '.')
			path = arena_text("%.*s%s", (int)(strlen(path) - strlen(last)), path, part);
		else
			path = arena_text("%s%s%s", path, *path ? "." : "", part);
		last = part;
	}
	return *path ? path : name;
}

/* layer_name - from the weight's name, the node's, or counted; letters our names may have, used once */
const char *
layer_name(const Import *m, const char *weight, const char *stem)
{
	const char *own = m->p->name && *m->p->name ? scope_name(m->p->name) : stem, *name, *once;
	char *s;
	size_t n = weight ? strlen(weight) : 0;

	if (n > 7 && !strcmp(weight + n - 7, ".weight"))
		own = arena_text("%.*s", (int)n - 7, weight);
	s = arena_text("%.150s", own);
	for (char *c = s; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("._-", *c)))
			*c = '_';
	name = *s ? s : stem;
	once = name;
	for (int i = 2; taken(m->g, once); i++)
		once = arena_text("%s_%d", name, i);
	return once;
}


Node *
begin(const Import *m, Op op, const char *name)
{
	Node *n = node_new(m->g, op, m->number);

	n->name = name;
	return n;
}

Node *
make(const Import *m, Op op, Node *x)
{
	Node *n = begin(m, op, layer_name(m, NULL, op_rows[op].name));

	n->in[n->nin++] = x->out;
	return n;
}

void
set_param(Node *n, ParamId p, const double *v, size_t count)
{
	double *data = malloc((count ? count : 1)*sizeof *data);

	if (!data)
		fail("out of memory");
	memcpy(data, v, count*sizeof *v);
	n->p[p].data = data;
	n->p[p].count = count;
}

OnnxValue
result(Node *n, int rank)
{
	OnnxValue v = { .n = n, .rank = rank };

	v.dim[0] = n->out->shape.n;
	v.dim[1] = n->out->shape.c;
	v.dim[2] = n->out->shape.h;
	v.dim[3] = n->out->shape.w;
	return v;
}

/* finish - n made the first output */
void
finish(Import *m, Node *n, int rank)
{
	node_add(m->g, n);
	define(m, m->p->output[0], result(n, rank));
	for (size_t i = 1; i < m->p->n_output; i++)
		if (m->p->output[i] && *m->p->output[i])
			define(m, m->p->output[i], (OnnxValue){ .rank = -1 });   /* reading it is an error: see check_read */
}

void
same(Import *m, OnnxValue v)
{
	define(m, m->p->output[0], v);
}

/* flat - a 2-D tensor of the image, in NCHW order */
Node *
flat(Import *m, Node *x)
{
	Node *n;

	if (x->out->shape.h == 1 && x->out->shape.w == 1)
		return x;
	n = make(m, O_flatten, x);
	node_add(m->g, n);
	return n;
}

/* scaled - x*scale + shift, a batch norm that does nothing else; both are one value a channel */
Node *
scaled(Import *m, Node *x, const double *scale, const double *shift)
{
	Node *n = make(m, O_bn, x);
	size_t c = (size_t)x->out->shape.c;
	double *zeros = arena_new((c + 1)*sizeof *zeros), *ones = arena_new((c + 1)*sizeof *ones);

	for (size_t i = 0; i < c; i++)
		ones[i] = 1;
	n->a.eps = 0;
	set_param(n, P_bn_weight, scale ? scale : ones, c);
	set_param(n, P_bn_bias, shift ? shift : zeros, c);
	set_param(n, P_bn_mean, zeros, c);
	set_param(n, P_bn_var, ones, c);
	node_add(m->g, n);
	return n;
}

/* clamp_index - a start or end of a slice, counted from the end when negative */
int64_t
clamp_index(int64_t i, int64_t size)
{
	if (i < 0)
		i += size;
	return i < 0 ? 0 : i > size ? size : i;
}

/* constant_view - part of a constant: dim elements along each axis from first on in steps; axes: which of x's axes each is, NULL: in order */
OnnxValue
constant_view(const OnnxValue *x, int rank, const int64_t *dim, const int64_t *first, const int64_t *step, const int *axes)
{
	OnnxValue y = *x;
	int64_t stride[9], at[8] = { 0 };
	size_t count;
	double *v;

	stride[x->rank] = 1;
	for (int i = x->rank - 1; i >= 0; i--)
		stride[i] = stride[i + 1]*x->dim[i];
	y.rank = rank;
	memcpy(y.dim, dim, (size_t)rank*sizeof *dim);
	count = elements(&y);
	v = malloc((count + 1)*sizeof *v);
	if (!v)
		fail("out of memory");
	for (size_t i = 0; i < count; i++) {
		int64_t from = 0;
		for (int d = 0; d < rank; d++)
			from += (first[d] + at[d]*step[d])*stride[(axes ? axes[d] : d) + 1];
		v[i] = x->data[from];
		for (int d = rank - 1; d >= 0 && ++at[d] == dim[d]; d--)
			at[d] = 0;
	}
	y.data = v;
	return y;
}
