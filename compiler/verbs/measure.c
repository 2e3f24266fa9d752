/*
** measure.c - a network's times on this machine, layer by layer, and what the machine can do, all in one process:
** medians over rounds, each one run whole and one by layers, so that the clock reads of the second do not touch the
** first.
*/
#include <stdlib.h>

#include "session.h"

typedef struct {
	double last;
	double **times;              /* [node][round] */
	int round;                   /* below 0: warming up */
} Rounds;

static void
after_layer(void *user, int index, const char *name)
{
	Rounds *b = user;
	double now = seconds();

	(void)name;
	if (b->round >= 0)
		b->times[index][b->round] += now - b->last;
	b->last = seconds();
}

Measured
measure(const Model *m, int threads, int rounds)
{
	const Graph *g = m->g;
	Session s = session_open(m, threads, true);
	void *in = random_input(g);
	float *out = want_memory(malloc(s.outputs*sizeof *out));
	double *whole = want_memory(malloc((size_t)rounds*sizeof *whole)), again;
	Rounds b = { 0 };
	Measured t = { .layer = arena_new((size_t)g->count*sizeof *t.layer), .threads = threads > 1 ? threads : 1,
		.rounds = rounds, .compiler = s.host.compiler };

	b.times = arena_new((size_t)g->count*sizeof *b.times);
	for (int i = 0; i < g->count; i++)
		b.times[i] = arena_new((size_t)rounds*sizeof **b.times);
	t.peak = s.host.peak(0.1);
	t.memory = s.host.bandwidth(64u << 20, 0.1);
	t.cache = s.host.bandwidth(256u << 10, 0.05);
	for (int r = -2; r < rounds; r++) {
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
		progress("measuring", r < 0 ? 0 : r + 1, rounds);
	}
	again = s.host.peak(0.1);
	t.peak = (again > t.peak ? again : t.peak)*t.threads;
	for (int i = 0; i < g->count; i++)
		t.layer[i] = median(b.times[i], rounds);
	t.whole = median(whole, rounds);
	t.least = whole[0];
	free(in);
	free(out);
	free(whole);
	session_close(&s);
	return t;
}
