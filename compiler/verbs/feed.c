/*
** feed.c - any number of images through a network of any batch: they fill one batch, which is run when it is full; the
** outputs of all are kept, the images are not.
*/
#include <stdlib.h>
#include <string.h>

#include "session.h"

/* feed_floats - of output o, of one image */
size_t
feed_floats(const Feed *f, int o)
{
	const Graph *g = f->s->m->g;

	return count_of(g->outputs[o]->shape)/(size_t)g->nodes[0]->out->shape.n;
}

Feed
feed_open(Session *s)
{
	Feed f = { .s = s, .in = want_memory(calloc(s->inputs, s->pixel)),
	           .out = want_memory(malloc(s->outputs*sizeof *f.out)),
	           .all = want_memory(calloc((size_t)s->m->g->noutputs, sizeof *f.all)) };

	return f;
}

/* make_room - for the outputs of the batch that was run */
static void
make_room(Feed *f)
{
	if (f->images + f->have <= f->room)
		return;
	f->room = 2*f->room + f->have;
	for (int o = 0; o < f->s->m->g->noutputs; o++) {
		f->all[o] = want_memory(realloc(f->all[o], (size_t)f->room*feed_floats(f, o)*sizeof(float)));
	}
}

/* flush - runs the batch; what is missing in it stays as it was, images do not touch each other */
static void
flush(Feed *f)
{
	const Graph *g = f->s->m->g;
	const float *from = f->out;

	session_run(f->s, f->in, f->out);
	make_room(f);
	for (int o = 0; o < g->noutputs; from += count_of(g->outputs[o]->shape), o++) {
		size_t each = feed_floats(f, o);
		memcpy(f->all[o] + (size_t)f->images*each, from, (size_t)f->have*each*sizeof *from);
	}
	f->images += f->have;
	f->have = 0;
}

void
feed(Feed *f, const void *images, int count)
{
	int batch = f->s->m->g->nodes[0]->out->shape.n;
	size_t each = f->s->inputs/(size_t)batch*f->s->pixel;

	for (int i = 0; i < count; i++) {
		memcpy(f->in + (size_t)f->have++*each, (const char *)images + (size_t)i*each, each);
		if (f->have == batch)
			flush(f);
	}
}

/* feed_end - runs what is left */
void
feed_end(Feed *f)
{
	if (f->have)
		flush(f);
}

void
feed_close(Feed *f)
{
	for (int o = 0; o < f->s->m->g->noutputs; o++)
		free(f->all[o]);
	free(f->all);
	free(f->in);
	free(f->out);
}
