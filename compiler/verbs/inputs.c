/*
** inputs.c - what run, verify and bench feed the network: a file, or numbers made from a seed.
*/
#include <stdlib.h>
#include <string.h>

#include "session.h"

static const char *
shape_of(const Npy *a)
{
	const char *s = a->rank ? "" : "scalar";

	for (int i = 0; i < a->rank; i++)
		s = arena_text("%s%s%lld", s, i ? "x" : "", (long long)a->dim[i]);
	return s;
}

/* read_input - images in NCHW, one after the other; a .npy may leave out N */
float *
read_input(const char *file, const Graph *g, int *images)
{
	Shape s = g->nodes[0]->shape;
	size_t each = (size_t)s.c*(size_t)s.h*(size_t)s.w, len = strlen(file);
	float *data;

	if (len > 4 && !strcmp(file + len - 4, ".npy")) {
		Npy a = npy_read(file);
		int first = a.rank == 4;
		if ((a.rank != 3 && a.rank != 4) || a.dim[first] != s.c || a.dim[first+1] != s.h || a.dim[first+2] != s.w || a.count == 0)
			fail("%s: want shape Nx%dx%dx%d or %dx%dx%d, got %s", file, s.c, s.h, s.w, s.c, s.h, s.w, shape_of(&a));
		*images = (int)(a.count/each);
		return a.data;
	}
	Picture p = image_read(file);
	data = malloc(each*sizeof *data);
	if (!data)
		fail("out of memory");
	image_to_input(&p, g, data);
	free(p.data);
	*images = 1;
	return data;
}

/* random_input - standard normal-like values, the same on every machine */
float *
random_input(const Graph *g)
{
	size_t count = count_of(g->nodes[0]->shape);
	float *data = malloc(count*sizeof *data);
	uint64_t state = 42;

	if (!data)
		fail("out of memory");
	for (size_t i = 0; i < count; i++) {
		double sum = -2;
		for (int k = 0; k < 4; k++) {
			state = state*6364136223846793005u + 1442695040888963407u;
			sum += (double)(state >> 33)/(double)(1u << 31);
		}
		data[i] = (float)(sum*1.7320508);
	}
	return data;
}
