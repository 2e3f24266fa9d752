/*
** outputs.c - outputs by their names, and the values that a user expects of them: a .npy of all, one behind the other,
** a .npz of some by their names, or a .npy for each that is named.
*/
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session.h"

static const char *
own_name(const Graph *g, int o)
{
	return *g->output_names[o] ? g->output_names[o] : g->outputs[o]->node->name;
}

const char *
output_name(const Graph *g, int o)
{
	for (int i = 0; i < o; i++)
		if (!strcmp(own_name(g, i), own_name(g, o)))
			return arena_text("%s_%d", own_name(g, o), o);
	return own_name(g, o);
}

/* output_named - the output whose name these letters are; -1: none */
static int
output_named(const Graph *g, const char *name, size_t len)
{
	for (int i = 0; i < g->noutputs; i++)
		if (strlen(output_name(g, i)) == len && !strncmp(output_name(g, i), name, len))
			return i;
	return -1;
}

/* values_of - those of output o, of so many images */
static size_t
values_of(const Graph *g, int o, int images)
{
	return count_of(g->outputs[o]->shape)/(size_t)g->outputs[o]->shape.n*(size_t)images;
}

/* from_npy - the values of a file for output o, or for all of them (o -1) */
static void
from_npy(const Graph *g, const char *file, int o, int images, const double **want)
{
	size_t len, count = 0, at = 0;
	const unsigned char *map = file_map(file, &len);
	const Tensor *t = npy_open(file, map, len)->tensors;

	for (int i = 0; i < g->noutputs; i++)
		count += o < 0 || i == o ? values_of(g, i, images) : 0;
	if (!strcmp(t->dtype, "BOOL"))
		fail("%s: want numbers, got %s", file, t->dtype);
	if (tensor_count(t) != count)
		fail("%s: want %zu values, one per output of %s%s, got %zu", file, count, o < 0 ? g->name : output_name(g, o),
		     images > 1 ? arena_text(" and image, %d of them", images) : "", tensor_count(t));
	for (int i = o < 0 ? 0 : o; i < (o < 0 ? g->noutputs : o + 1); i++) {
		double *v = arena_new(values_of(g, i, images)*sizeof *v);
		for (size_t k = 0; k < values_of(g, i, images); k++)
			v[k] = tensor_get(t, at++);
		want[i] = v;
	}
}

/* no_output - it is none of ours */
static void
no_output(const Graph *g, const char *what, const char *name)
{
	const char **names = arena_new((size_t)g->noutputs*sizeof *names);

	for (int i = 0; i < g->noutputs; i++)
		names[i] = output_name(g, i);
	fail("%s: want an output of %s, got '%s'%s", what, g->name, name, meant(name, names, g->noutputs));
}

static void
from_npz(const Graph *g, const char *file, int images, const double **want)
{
	Weights *w = weights_open(file);

	for (int t = 0; t < w->count; t++) {
		Tensor *x = &w->tensors[t];
		int o = output_named(g, x->name, strlen(x->name));
		size_t count = tensor_count(x);
		double *v;
		if (o < 0)
			no_output(g, file, x->name);
		if (count != values_of(g, o, images))
			fail("%s: '%s': want %zu values, got %zu", file, x->name, values_of(g, o, images), count);
		v = arena_new(count*sizeof *v);
		tensor_load(x);
		for (size_t k = 0; k < count; k++)
			v[k] = tensor_get(x, k);
		tensor_unload(x);
		want[o] = v;
	}
}

const double **
expected(const Graph *g, const char *const *given, int count, int images)
{
	const double **want = arena_new((size_t)g->noutputs*sizeof *want);

	for (int i = 0; i < count; i++) {
		const char *file = given[i], *equals = strchr(file, '=');
		size_t len = strlen(file);
		int o = equals ? output_named(g, file, (size_t)(equals - file)) : -1;
		if (o >= 0)
			from_npy(g, equals + 1, o, images, want);
		else if (equals && !memchr(file, '/', (size_t)(equals - file)) && access(file, F_OK))
			no_output(g, "--expect", arena_text("%.*s", (int)(equals - file), file));
		else if (len > 4 && !strcmp(file + len - 4, ".npz"))
			from_npz(g, file, images, want);
		else
			from_npy(g, file, -1, images, want);
	}
	return want;
}
