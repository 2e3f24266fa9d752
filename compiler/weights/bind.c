/*
** bind.c - parameters to tensors, by name. All that is missing, misshapen or left over is reported
** at once, each with the line that made the layer and the nearest name.
**
** A prefix that the whole file has ("module.") is found by itself. So is TensorFlow's order of axes
** (kernels h, w, in, out; dense in, out), where all convolutions fit it and not all fit PyTorch's.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "weights.h"

typedef struct {
	Weights *w;
	const char **names;          /* of all tensors */
	const char *prefix;          /* the file's, beyond the model's; "" mostly */
	bool hwio;
	int problems;
} Binding;

static Tensor *
find(const Weights *w, const char *prefix, const char *name)
{
	size_t n = strlen(prefix);

	for (int i = 0; i < w->count; i++)
		if (!strncmp(w->tensors[i].name, prefix, n) && !strcmp(w->tensors[i].name + n, name))
			return &w->tensors[i];
	return NULL;
}

static const char *
shape_text(int rank, const int64_t *dim)
{
	Tensor t = { .rank = rank };

	memcpy(t.dim, dim, (size_t)rank*sizeof *dim);
	return tensor_shape(&t);
}

static void
problem(Binding *b, const Node *n, const char *format, ...) PRINTF(3, 4);

static void
problem(Binding *b, const Node *n, const char *format, ...)
{
	va_list args;
	char text[1000];

	b->problems++;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	tell(n ? arena_text("%s:%d: %s '%s': %s", n->g->file, n->line, op_rows[n->op].name, n->name, text) : arena_text("%s: %s", b->w->file, text));
}

/* fits - the tensor has the parameter's shape; trailing 1s make no difference for a linear layer kept as a 1x1 convolution */
static bool
fits(const Tensor *t, const int64_t *dim, int rank)
{
	int least = rank < t->rank ? rank : t->rank;

	for (int i = 0; i < least; i++)
		if (t->dim[i] != dim[i])
			return false;
	for (int i = least; i < t->rank; i++)
		if (t->dim[i] != 1 || rank == 1)
			return false;
	for (int i = least; i < rank; i++)
		if (dim[i] != 1)
			return false;
	return true;
}

/* want_of - the shape a parameter must have in the file, PyTorch's order or TensorFlow's */
static int
want_of(const Node *n, ParamId id, bool hwio, int64_t dim[4])
{
	int rank;
	Shape s = param_shape(n, id, &rank);
	int64_t oihw[4] = { s.n, s.c, s.h, s.w }, other[4] = { s.h, s.w, s.c, s.n };
	bool depthwise = n->op == O_conv2d && n->a.groups > 1 && s.c == 1;

	if (hwio && id == P_weight && rank == 4) {
		if (depthwise) {             /* h, w, in, multiplier */
			other[2] = n->a.groups;
			other[3] = s.n/n->a.groups;
		}
		memcpy(dim, other, sizeof other);
	} else if (hwio && id == P_weight && rank == 2) {
		dim[0] = s.c;
		dim[1] = s.n;
		dim[2] = dim[3] = 1;
	} else {
		memcpy(dim, oihw, sizeof oihw);
	}
	return rank;
}

/* is_hwio - all convolutions of the file fit TensorFlow's order of axes and not all fit PyTorch's */
static bool
is_hwio(const Graph *g, const Binding *b)
{
	bool torch = true, tf = true;
	int seen = 0;

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		Tensor *t = n->p[P_weight].name && n->op == O_conv2d ? find(b->w, b->prefix, n->p[P_weight].name) : NULL;
		int64_t dim[4];
		int rank;
		if (!t)
			continue;
		seen++;
		rank = want_of(n, P_weight, false, dim);
		torch = torch && fits(t, dim, rank);
		rank = want_of(n, P_weight, true, dim);
		tf = tf && t->rank == 4 && fits(t, dim, rank);
	}
	return seen && tf && !torch;
}

/* turned - index into a TensorFlow kernel of element i of PyTorch's */
static size_t
turned(const Tensor *t, size_t i, bool depthwise)
{
	size_t h = (size_t)t->dim[0], w = (size_t)t->dim[1], ic = (size_t)t->dim[2], oc = (size_t)t->dim[3];

	if (t->rank == 2)
		return i%h*w + i/h;              /* (out, in) out of (in, out) */
	if (depthwise)                       /* output channel c is input c/multiplier, copy c%multiplier */
		return (i%(h*w))*ic*oc + i/(h*w);
	return (i%(h*w)*ic + i/(h*w)%ic)*oc + i/(h*w*ic);
}

static void
bind_param(Binding *b, Node *n, ParamId id)
{
	Param *p = &n->p[id];
	int64_t dim[4];
	int rank = want_of(n, id, b->hwio, dim);
	Tensor *t = find(b->w, b->prefix, p->name);
	bool depthwise = n->op == O_conv2d && n->a.groups > 1 && n->in[0]->shape.c == n->a.groups;
	int odd = 0;

	if (!t) {
		const char *near = nearest(p->name, b->names, b->w->count);
		problem(b, n, "want tensor '%s' of shape %s in %s, got none%s%s%s", p->name, shape_text(rank, dim), b->w->file,
		        near ? "; the nearest name is '" : "", near ? near : "", near ? "'" : "");
		return;
	}
	t->used = true;
	if (!dtype_is_float(t->dtype)) {
		problem(b, n, "want tensor '%s' in a float dtype, got %s", p->name, t->dtype);
		return;
	}
	if (!fits(t, dim, rank)) {
		problem(b, n, "want tensor '%s' of shape %s, got %s", p->name, shape_text(rank, dim), shape_text(t->rank, t->dim));
		return;
	}
	p->count = tensor_count(t);
	p->data = malloc((p->count ? p->count : 1)*sizeof *p->data);
	if (!p->data)
		fail("out of memory");
	tensor_load(t);
	for (size_t i = 0; i < p->count; i++) {
		p->data[i] = tensor_get(t, b->hwio && id == P_weight ? turned(t, i, depthwise) : i);
		odd += !isfinite(p->data[i]);
	}
	tensor_unload(t);
	if (odd)
		warn("%s: tensor '%s': %d of %zu values are NaN or infinite", b->w->file, p->name, odd, p->count);
	if (id == P_bn_var)
		for (size_t i = 0; i < p->count; i++)
			if (p->data[i] < 0) {
				warn("%s: tensor '%s': want variances of at least 0, got %g", b->w->file, p->name, p->data[i]);
				break;
			}
}

static bool
ignored(const Graph *g, const char *name)
{
	static const char counter[] = "num_batches_tracked";
	size_t len = strlen(name);

	if (len >= strlen(counter) && !strcmp(name + len - strlen(counter), counter))
		return true;
	for (int i = 0; i < g->nignore; i++) {
		size_t n = strlen(g->ignore[i]);
		if (!strcmp(g->ignore[i], name) || (n && g->ignore[i][n-1] == '*' && !strncmp(g->ignore[i], name, n - 1)))
			return true;
	}
	return false;
}

/* misses - parameters of g that the file lacks when all its names begin with prefix */
static int
misses(const Graph *g, const Weights *w, const char *prefix)
{
	int count = 0;

	for (int i = 0; i < g->count; i++)
		for (int p = 0; p < NParams; p++)
			if (g->nodes[i]->p[p].name && !find(w, prefix, g->nodes[i]->p[p].name))
				count++;
	return count;
}

/* prefix_of - what stands before the first parameter's name in the file, if that makes all of them found */
static const char *
prefix_of(const Graph *g, const Weights *w)
{
	const char *first = NULL;

	for (int i = 0; i < g->count && !first; i++)
		for (int p = 0; p < NParams && !first; p++)
			first = g->nodes[i]->p[p].name;
	if (!first || !misses(g, w, ""))
		return "";
	for (int i = 0; i < w->count; i++) {
		const char *name = w->tensors[i].name;
		size_t n = strlen(name), m = strlen(first);
		if (n > m && !strcmp(name + n - m, first) && (name[n-m-1] == '.' || name[n-m-1] == '/')) {
			const char *prefix = arena_text("%.*s", (int)(n - m), name);
			if (!misses(g, w, prefix))
				return prefix;
		}
	}
	return "";
}

void
bind_weights(Graph *g, Weights *w)
{
	Binding b = { .w = w };

	b.names = arena_new((size_t)(w->count + 1)*sizeof *b.names);
	for (int i = 0; i < w->count; i++)
		b.names[i] = w->tensors[i].name;
	b.prefix = prefix_of(g, w);
	b.hwio = is_hwio(g, &b);
	for (int i = 0; i < g->count; i++)
		for (int p = 0; p < NParams; p++)
			if (g->nodes[i]->p[p].name)
				bind_param(&b, g->nodes[i], (ParamId)p);
	for (int i = 0; i < w->count; i++)
		if (!w->tensors[i].used && !ignored(g, w->tensors[i].name) &&
		    !(!strncmp(w->tensors[i].name, b.prefix, strlen(b.prefix)) && ignored(g, w->tensors[i].name + strlen(b.prefix))))
			problem(&b, NULL, "tensor '%s' of shape %s: want a layer of the model that uses it, got none (nn.model { ignore = { ... } } allows it)",
			        w->tensors[i].name, tensor_shape(&w->tensors[i]));
	if (b.problems)
		fail("%s: want weights for every parameter of %s and none left over, got %d problem%s", w->file, g->name, b.problems,
		     b.problems == 1 ? "" : "s");
}
