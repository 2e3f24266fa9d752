/*
** bind.c - parameters to tensors, by name. All that is missing, misshapen or left over is reported
** at once, each with the line that made the layer and the nearest name.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../resnetc.h"

typedef struct {
	Weights *w;
	const char **names;          /* of all tensors */
	int problems;
} Binding;

static Tensor *
find(Weights *w, const char *name)
{
	for (int i = 0; i < w->count; i++)
		if (!strcmp(w->tensors[i].name, name))
			return &w->tensors[i];
	return NULL;
}

static const char *
shape_text(int rank, const int64_t *dim)
{
	const char *s = rank ? "" : "scalar";

	for (int i = 0; i < rank; i++)
		s = arena_text("%s%s%lld", s, i ? "x" : "", (long long)dim[i]);
	return s;
}

static void
problem(Binding *b, const Node *n, const char *format, ...) PRINTF(3, 4);

static void
problem(Binding *b, const Node *n, const char *format, ...)
{
	va_list args;

	b->problems++;
	if (n)
		fprintf(stderr, "%s:%d: %s '%s': ", n->g->file, n->line, op_rows[n->op].name, n->name);
	else
		fprintf(stderr, "%s: ", b->w->file);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* fits - the tensor has the parameter's shape; trailing 1s make no difference for a linear layer kept as a 1x1 convolution */
static bool
fits(const Tensor *t, Shape want, int rank)
{
	int64_t dim[4] = { want.n, want.c, want.h, want.w };
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

static void
bind_param(Binding *b, Node *n, ParamId id)
{
	Param *p = &n->p[id];
	int rank;
	Shape want = param_shape(n, id, &rank);
	int64_t dim[4] = { want.n, want.c, want.h, want.w };
	Tensor *t = find(b->w, p->name);
	int odd = 0;

	if (!t) {
		const char *near = nearest(p->name, b->names, b->w->count);
		problem(b, n, "want tensor '%s' of shape %s in %s, got none%s%s%s", p->name, shape_text(rank, dim), b->w->file,
		        near ? "; the nearest name is '" : "", near ? near : "", near ? "'" : "");
		return;
	}
	t->used = true;
	if (strchr("IU", t->dtype[0]) || !strcmp(t->dtype, "BOOL")) {
		problem(b, n, "want tensor '%s' in a float dtype, got %s", p->name, t->dtype);
		return;
	}
	if (!fits(t, want, rank)) {
		problem(b, n, "want tensor '%s' of shape %s, got %s", p->name, shape_text(rank, dim), shape_text(t->rank, t->dim));
		return;
	}
	p->count = tensor_count(t);
	p->data = malloc((p->count ? p->count : 1)*sizeof *p->data);
	if (!p->data)
		fail("out of memory");
	for (size_t i = 0; i < p->count; i++) {
		p->data[i] = tensor_get(t, i);
		odd += !isfinite(p->data[i]);
	}
	if (odd)
		warn("%s: tensor '%s': %d of %zu values are NaN or infinite", b->w->file, p->name, odd, p->count);
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

void
bind_weights(Graph *g, Weights *w)
{
	Binding b = { .w = w };

	b.names = arena_new((size_t)(w->count + 1)*sizeof *b.names);
	for (int i = 0; i < w->count; i++)
		b.names[i] = w->tensors[i].name;
	for (int i = 0; i < g->count; i++)
		for (int p = 0; p < NParams; p++)
			if (g->nodes[i]->p[p].name)
				bind_param(&b, g->nodes[i], (ParamId)p);
	for (int i = 0; i < w->count; i++)
		if (!w->tensors[i].used && !ignored(g, w->tensors[i].name))
			problem(&b, NULL, "tensor '%s' of shape %s: want a layer of the model that uses it, got none (nn.model { ignore = { ... } } allows it)",
			        w->tensors[i].name, shape_text(w->tensors[i].rank, w->tensors[i].dim));
	if (b.problems)
		fail("%s: want weights for every parameter of %s and none left over, got %d problem%s", w->file, g->name, b.problems,
		     b.problems == 1 ? "" : "s");
}
