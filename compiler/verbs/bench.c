/*
** bench.c - resnetc bench: every layer's time, GFLOP/s and share of the multiply-add peak measured
** in the same process, before and after. Medians over the rounds; the minimum is shown for the whole.
*/
#include <stdlib.h>
#include <unistd.h>

#include "session.h"

typedef struct {
	double last;
	double **times;              /* [node][round] */
	int round;                   /* below 0: warming up */
} Bench;

static void
after_layer(void *user, int index, const char *name)
{
	Bench *b = user;
	double now = seconds();

	(void)name;
	if (b->round >= 0)
		b->times[index][b->round] += now - b->last;
	b->last = seconds();
}

static void
print_layers(const Options *o, const Model *m, const Bench *b, double peak)
{
	const Graph *g = m->g;

	if (o->json)
		printf("  \"layers\": [");
	else
		printf("%-28s %-36s %9s %9s %8s %9s %9s\n", "layer", "kernel", "ms", "GFLOP/s", "of peak", "bound ms", "of bound");
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		Kernel k = kernel_of(n, 0);
		double t = median(b->times[i], o->rounds), flops = 2.0*(double)macs_of(n)*n->shape.n;
		/* what the algorithm has to multiply, at the measured peak */
		double bound = (n->family == &family_winograd ? 2*winograd_macs(&k) : flops)/peak/1e9;
		if (o->json)
			printf("%s\n    { \"name\": \"%s\", \"kernel\": \"%s\", \"ms\": %.6f, \"gflops\": %.3f, \"bound_ms\": %.6f }", i ? "," : "", n->name,
			       function_of(m, &k)->name, t*1e3, flops/t/1e9, bound*1e3);
		else if (flops > 0)
			printf("%-28s %-36s %9.4f %9.1f %7.0f%% %9.4f %8.0f%%\n", n->name, function_of(m, &k)->name, t*1e3, flops/t/1e9, 100*flops/t/1e9/peak,
			       bound*1e3, 100*bound/t);
		else
			printf("%-28s %-36s %9.4f\n", n->name, function_of(m, &k)->name, t*1e3);
	}
	if (o->json)
		printf(" ],\n");
}

int
verb_bench(Options *o)
{
	Model *m = build(o, o->weights ? o->weights : "random:0");
	Bench b = { 0 };
	Session s;
	void *in;
	float *out;
	double *whole, flops = 0, peak, t, least;

	if (!m)
		return ExitOk;
	if (!o->rounds)
		o->rounds = 20;
	s = session_open(m, o->threads, true);
	in = random_input(m->g);
	out = malloc(s.outputs*sizeof *out);
	whole = malloc((size_t)o->rounds*sizeof *whole);
	b.times = arena_new((size_t)m->g->count*sizeof *b.times);
	for (int i = 0; i < m->g->count; i++) {
		b.times[i] = arena_new((size_t)o->rounds*sizeof **b.times);
		flops += 2.0*(double)macs_of(m->g->nodes[i])*m->g->nodes[i]->shape.n;
	}
	if (!out || !whole)
		fail("out of memory");
	peak = s.host.peak(0.1);
	for (int r = -2; r < o->rounds; r++) {
		/* one run whole and one by layers: the clock reads of the second do not touch the first */
		double start = seconds();
		s.options.layer = NULL;
		session_run(&s, in, out);
		if (r >= 0)
			whole[r] = seconds() - start;
		s.options.layer = after_layer;
		s.options.layer_user = &b;
		b.round = r;
		b.last = seconds();
		session_run(&s, in, out);
		if (isatty(2) && !o->quiet)
			fprintf(stderr, "\rround %d of %d ", r < 0 ? 0 : r + 1, o->rounds);
	}
	if (isatty(2) && !o->quiet)
		fputs("\r                        \r", stderr);
	t = s.host.peak(0.1);
	peak = (t > peak ? t : peak)*(o->threads > 1 ? o->threads : 1);
	t = median(whole, o->rounds);
	least = whole[0];
	if (o->json)
		printf("{ \"model\": \"%s\", \"target\": \"%s\", \"compiler\": \"%s\", \"threads\": %d, \"batch\": %d,\n", m->g->name,
		       m->g->target->name, s.host.compiler, o->threads > 1 ? o->threads : 1, m->g->nodes[0]->shape.n);
	print_layers(o, m, &b, peak);
	if (o->json)
		printf("  \"ms\": %.6f, \"least_ms\": %.6f, \"gflops\": %.3f, \"peak_gflops\": %.3f }\n", t*1e3, least*1e3, flops/t/1e9, peak);
	else
		printf("\n%s, %s, %s, %d thread%s, batch %d: median %.3f ms, least %.3f ms; %.1f GFLOP/s, %.0f%% of the measured peak %.1f\n",
		       m->g->name, m->g->target->name, s.host.compiler, o->threads > 1 ? o->threads : 1, o->threads > 1 ? "s" : "",
		       m->g->nodes[0]->shape.n, t*1e3, least*1e3, flops/t/1e9, 100*flops/t/1e9/peak, peak);
	free(in);
	free(out);
	free(whole);
	session_close(&s);
	return ExitOk;
}
