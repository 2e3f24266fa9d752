/*
** explain.c - resnetc explain: what became of every layer, and for one layer which tiles were
** weighed, what the cost model said of each, and how many bytes move.
*/
#include <math.h>
#include <string.h>

#include "session.h"

static void
explain_all(const Options *o, const Model *m, const Measured *t)
{
	const Graph *g = m->g;
	const char *note = stride_note(g);
	int64_t macs = 0;
	size_t params = 0;

	if (o->json) {
		print_json(facts_of(m, t));
		return;
	}
	printf("%-26s %-34s %5s %14s %10s %10s%s  %s\n", "layer", "kernel", "line", "result", "M MACs", "weights KB", t ? "        ms" : "", "fused");
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		Kernel k = kernel_of(n, 0);
		macs += macs_of(n);
		params += parameters_of(n);
		printf("%-26s %-34s %5d %14s %10.2f %10.1f%s  %s\n", n->name, function_of(m, &k)->name, n->line,
		       arena_text("%dx%dx%d", n->shape.c, n->shape.h, n->shape.w), (double)macs_of(n)/1e6, (double)weights_of(n)/1024,
		       t ? arena_text("%10.4f", t->layer[i]*1e3) : "", fused(n));
	}
	printf("\n%s for %s: %.2f M multiply-adds an image, %zu parameters, %d kernels\n"
	       "weights %zu bytes, arena %zu bytes: %.3f of the largest live sum, %zu bytes at '%s'\n", g->name, g->target->name,
	       (double)macs/1e6, params, m->nfunctions, m->weight_floats*4, g->arena*4, (double)g->arena/(double)g->live, g->live*4, g->live_at);
	if (t)
		printf("%.3f ms a run, %.1f GFLOP/s of the measured peak %.1f\n", t->whole*1e3, 2*(double)macs*g->nodes[0]->shape.n/t->whole/1e9, t->peak);
	if (note)
		printf("note: %s\n", note);
}

static void
print_candidate(void *user, int ob, int p)
{
	const Kernel *k = user;
	Tiling tl = conv_tiling(k, ob, p);
	double macs = (double)k->y.n*k->y.c*k->y.h*k->y.w*k->x.c/(k->op == O_conv2d ? k->a.groups : 1)*
		(k->op == O_conv2d ? k->a.kernel.h*k->a.kernel.w : 1);
	double cycles = conv_cycles(k, &tl), least = macs/k->t->vl/k->t->fma;

	if (tl.p != p)
		return;                          /* the balanced split makes it a narrower one */
	printf("  %2d vectors x %2d pixels  %10.0f cycles  %5.1f %% of peak%s\n", ob, p, cycles, 100*least/cycles,
	       ob == k->a.tile.h && p == k->a.tile.w ? "  <- chosen" : "");
}

typedef struct {
	const Kernel *k;
	Pair m;                      /* Winograd tile; {0, 0}: direct */
	double cycles;               /* of the best register tile */
} Weighed;

static void
keep_best(void *user, int ob, int p)
{
	Weighed *w = user;
	double cycles;

	if (w->m.h) {
		cycles = winograd_cycles(w->k, w->m, ob, p);
	} else {
		Tiling tl = conv_tiling(w->k, ob, p);
		cycles = conv_cycles(w->k, &tl);
	}
	if (!w->cycles || cycles < w->cycles)
		w->cycles = cycles;
}

/* explain_algorithms - what the cost model says of the direct convolution and of every Winograd tile */
static void
explain_algorithms(const Node *n, const Kernel *k)
{
	static const Pair tiles[] = { { 0, 0 }, { 4, 4 }, { 2, 4 }, { 4, 2 }, { 2, 2 } };

	puts("  algorithms weighed by the cost model:");
	for (int i = 0; i < 5; i++) {
		Weighed w = { k, tiles[i], 0 };
		bool chosen = n->a.winograd.h == tiles[i].h && n->a.winograd.w == tiles[i].w;
		if (tiles[i].h)
			winograd_candidates(k, keep_best, &w);
		else
			conv_candidates(k, keep_best, &w);
		printf("  %-22s %10.0f cycles%s\n", tiles[i].h ? arena_text("Winograd F(%dx%d, 3x3)", tiles[i].h, tiles[i].w) : "direct", w.cycles, chosen ? "  <- chosen" : "");
	}
	if (n->a.winograd.h)
		printf("  error    %.1e of the largest result, measured in float32 with these weights (--exact keeps to direct convolutions)\n", winograd_error(n));
}

/* explain_time - what was measured, beside what the model predicted and the roof: the peak, or what the memory can bring */
static void
explain_time(const Node *n, const Measured *t)
{
	const Target *target = n->g->target;
	double s = t->layer[n->id], flops = 2*(double)macs_of(n)*n->shape.n, bytes = bytes_moved(n), work = 2*work_of(n);
	double hertz = t->peak/t->threads*1e9/(2*target->vl*target->fma), roof = fmin(t->peak, work/bytes*t->cache*t->threads);

	printf("  time     %.4f ms measured on %d thread%s", s*1e3, t->threads, t->threads > 1 ? "s" : "");
	if (predicted_cycles(n))
		printf(", %.4f ms predicted by the cost model", predicted_cycles(n)/hertz/t->threads*1e3);
	puts("");
	if (flops > 0)
		printf("  roofline %.1f GFLOP/s; of the algorithm's own %.2f M multiply-adds %.1f, %.0f %% of the roof %.1f (peak %.1f, cache %.0f GB/s, memory %.0f GB/s)\n",
		       flops/s/1e9, work/2e6, work/s/1e9, 100*work/s/1e9/roof, roof, t->peak, t->cache, t->memory);
	else
		printf("  moves    %.1f GB/s (cache %.0f GB/s, memory %.0f GB/s)\n", bytes/s/1e9, t->cache, t->memory);
}

static void
explain_one(const Model *m, const Node *n, const Measured *t)
{
	Kernel k = kernel_of(n, 0);
	const Function *f = function_of(m, &k);
	double macs = (double)macs_of(n)*n->shape.n, bytes = bytes_moved(n);

	printf("%s:%d: %s '%s'\n", n->g->file, n->line, op_rows[n->op].name, n->name);
	for (int i = 0; i < n->nin; i++)
		printf("  reads    '%s' %dx%dx%d\n", n->in[i]->name, n->in[i]->shape.c, n->in[i]->shape.h, n->in[i]->shape.w);
	printf("  result   %dx%dx%d, blocks of %d channels, halo %d %d %d %d, at byte %zu%s%s\n", n->shape.c, n->shape.h, n->shape.w, n->lay.cb,
	       n->lay.halo.t, n->lay.halo.l, n->lay.halo.b, n->lay.halo.r, n->at*4, n->over ? ", over " : "", n->over ? n->over->name : "");
	printf("  fused    %s\n", fused(n));
	printf("  kernel   %s (%s), shared by %d layer%s, %d units of work\n", f->name, k.family->name, f->nusers, f->nusers == 1 ? "" : "s", f->units);
	printf("  moves    %.1f KB, %.2f M MACs, %.1f FLOP a byte\n", bytes/1024, macs/1e6, 2*macs/bytes);
	if (t)
		explain_time(n, t);
	if (winograd_fits(n) && n->p[P_weight].data)
		explain_algorithms(n, &k);
	if (n->family == &family_conv) {
		puts("  tiles weighed by the cost model:");
		conv_candidates(&k, print_candidate, &k);
	}
}

/* print_layer - its facts alone, as JSON */
static void
print_layer(const Model *m, const Node *n, const Measured *t)
{
	struct json_object *facts = facts_of(m, t), *layers;

	json_object_object_get_ex(facts, "layers", &layers);
	print_json(json_object_get(json_object_array_get_idx(layers, (size_t)n->id)));
	json_object_put(facts);
}

int
verb_explain(Options *o)
{
	Model *m = build(o, o->weights ? o->weights : o->layer || o->run ? "random:0" : NULL);
	const char **names;
	const char *near;
	const Node *n = NULL;
	Measured measured, *t = NULL;

	if (!m || o->pass.dump)
		return ExitOk;
	names = arena_new((size_t)m->g->count*sizeof *names);
	for (int i = 0; i < m->g->count; i++) {
		names[i] = m->g->nodes[i]->name;
		if (o->layer && !strcmp(names[i], o->layer))
			n = m->g->nodes[i];
	}
	if (o->layer && !n) {
		near = nearest(o->layer, names, m->g->count);
		fail("%s: want a layer of %s as it is after the passes, got '%s'%s%s%s", o->model, m->g->name, o->layer,
		     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
	if (o->run) {
		measured = measure(m, o->threads, o->rounds ? o->rounds : 20);
		t = &measured;
	}
	if (!n)
		explain_all(o, m, t);
	else if (o->json)
		print_layer(m, n, t);
	else
		explain_one(m, n, t);
	return ExitOk;
}
