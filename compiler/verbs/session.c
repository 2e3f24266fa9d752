/*
** session.c - emitted code, compiled and loaded, with its blob, workspace and threads: runs any
** number of images through a network of any batch.
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
	s.workspace_len = m->g->arena;
	s.workspace = aligned_alloc(64, s.workspace_len);
	if (!s.workspace)
		fail("out of memory");
	s.options.struct_size = sizeof s.options;
	if (threads > 1) {
		s.pool = NEW(rc_pool);
		if (rc_pool_start(s.pool, threads) != RC_OK)
			warn("no thread could be started, running on one");
		s.options.parallel_for = rc_pool_for;
		s.options.parallel_user = s.pool;
		s.options.threads = threads;
	}
	status = s.host.check(s.blob.data, s.blob.len);
	if (status != RC_OK)
		die("emitted code refuses its own blob: %s", s.host.strerror(status));
	return s;
}

/* session_run - one batch */
void
session_run(Session *s, const void *in, float *out)
{
	int status = s->host.run_with(&s->options, s->blob.data, in, out, s->workspace, s->workspace_len);

	if (status != RC_OK)
		die("emitted code refuses to run: %s", s->host.strerror(status));
}

/* session_run_all - any number of images, padded with zeros to whole batches; malloc'd outputs, per output NCHW */
float *
session_run_all(Session *s, const void *in, int images)
{
	const Graph *g = s->m->g;
	int batch = g->nodes[0]->out->shape.n;
	size_t in_each = s->inputs/(size_t)batch*s->pixel, out_each = s->outputs/(size_t)batch;
	char *bin = calloc(s->inputs, s->pixel);
	float *bout = malloc(s->outputs*sizeof *bout);
	float *out = malloc(out_each*(size_t)images*sizeof *out);

	if (!bin || !bout || !out)
		fail("out of memory");
	for (int at = 0; at < images; at += batch) {
		int now = images - at < batch ? images - at : batch;
		size_t skip = 0, done = 0;
		memset(bin, 0, s->inputs*s->pixel);
		memcpy(bin, (const char *)in + (size_t)at*in_each, (size_t)now*in_each);
		session_run(s, bin, bout);
		for (int o = 0; o < g->noutputs; o++) {
			size_t each = count_of(g->outputs[o]->shape)/(size_t)batch;
			memcpy(out + done*(size_t)images + (size_t)at*each, bout + skip, (size_t)now*each*sizeof *out);
			skip += each*(size_t)batch;
			done += each;
		}
	}
	free(bin);
	free(bout);
	return out;
}

void
session_close(Session *s)
{
	if (s->pool)
		rc_pool_stop(s->pool);
	free(s->workspace);
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
