/*
** session.c - emitted code, compiled and loaded, with its blob, workspace and threads.
*/
#include <stdlib.h>
#include <string.h>

#include "session.h"

Session
session_open(const Model *m, int threads, bool with_peak)
{
	Session s = { .m = m };
	int status;

	s.host = host_build(m, temp_dir(), with_peak);
	s.blob = emit_blob(m);
	s.inputs = count_of(m->g->nodes[0]->out->shape);
	s.pixel = m->g->image.u8 ? 1 : sizeof(float);
	for (int i = 0; i < m->g->noutputs; i++)
		s.outputs += count_of(m->g->outputs[i]->shape);
	s.bytes = output_dtype(m->g) == DT_u8 ? want_memory(malloc(s.outputs)) : NULL;
	s.workspace_len = m->g->arena;
	s.workspace = want_memory(aligned_alloc(64, s.workspace_len));
	s.pool = threads_open(&s.options, threads);
	status = host_check(&s.host, s.blob.data, s.blob.len);
	if (status != RC_OK)
		die("emitted code refuses its own blob: %s", rc_strerror(status));
	return s;
}

/* as_floats - what the bytes of all outputs stand for */
static void
as_floats(const Session *s, float *out)
{
	const Graph *g = s->m->g;
	const unsigned char *q = s->bytes;

	for (int i = 0; i < g->noutputs; i++)
		for (size_t k = 0; k < count_of(g->outputs[i]->shape); k++)
			*out++ = (float)(step_of(g->outputs[i])*(*q++ - zero_of(g->outputs[i], 0)));
}

/* session_run - one batch */
void
session_run(Session *s, const void *in, float *out)
{
	void *to = s->bytes ? (void *)s->bytes : out;
	int status = host_run(&s->host, &s->options, &s->blob, in, to, s->workspace, s->workspace_len);

	if (status != RC_OK)
		die("emitted code refuses to run: %s", rc_strerror(status));
	if (s->bytes)
		as_floats(s, out);
}

void
session_close(Session *s)
{
	threads_close(s->pool);
	free(s->workspace);
	free(s->bytes);
	free((void *)s->blob.data);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* median - of count values, which it sorts */
double
median(double *v, int count)
{
	qsort(v, (size_t)count, sizeof *v, by_value);
	return v[count/2];
}
