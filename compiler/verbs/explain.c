/*
** explain.c - resnetc explain: what became of every layer, and for one layer which tiles were
** weighed, what the cost model said of each, and how many bytes move.
*/
#include <math.h>
#include <string.h>

#include "training.h"

static void
explain_all(const Options *o, const Model *m, const Measured *t)
{
	const Graph *g = m->g;
	const char *note = stride_note(g);
	int64_t macs = 0;
	size_t params = 0;
	Table *table;

	if (o->json) {
		struct json_object *facts = facts_of(m, t);
		if (o->budget)
			json_object_object_add(facts, "budget", budget_facts(o, m));
		print_json(facts);
		return;
	}
	table = table_new((const char *[]){ "<layer", "<algorithm", "result", "M MACs", "KB", t ? "ms" : "line", "<fused",
	                                    NULL });
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		macs += macs_of(n);
		params += parameters_of(n);
		table_cell(table, "%s", n->name);
		table_cell(table, "%s", algorithm(n));
		table_cell(table, "%dx%dx%d", n->out->shape.c, n->out->shape.h, n->out->shape.w);
		table_cell(table, "%.2f", (double)macs_of(n)/1e6);
		table_cell(table, "%.0f", (double)weights_of(n)/1024);
		if (t)
			table_cell(table, "%.4f", t->layer[i]*1e3);
		else
			table_cell(table, "%d", n->line);
		table_cell(table, "%s", fused_kinds(n));
	}
	table_print(table);
	print_noise(g);
	puts("");
	print_store(g);
	print_wrapped(stdout, 0, 0, arena_text("%s for %s: %.2f M multiply-adds an image, %zu parameters, %d functions",
	              g->name, g->target->name, (double)macs/1e6, params, m->functions->count));
	print_wrapped(stdout, 0, 0, arena_text("weights %zu bytes, arena %zu bytes: %.3f of the largest live sum, %zu bytes "
	              "at '%s'", m->blob, g->arena, (double)g->arena/(double)g->live, g->live, g->live_at));
	if (t)
		print_wrapped(stdout, 0, 0, arena_text("%.3f ms a run, %.1f GFLOP/s of the measured peak %.1f", t->whole*1e3,
		              2*(double)macs*g->nodes[0]->out->shape.n/t->whole/1e9, t->peak));
	if (note)
		print_wrapped(stdout, 0, 0, arena_text("note: %s", note));
}

/* print_fact - a word and what is said of it, wrapped */
static void PRINTF(2, 3)
print_fact(const char *word, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_wrapped(stdout, printf("  %-8s ", word), 11, arena_text_of(format, args));
	va_end(args);
}

/* way_text - "Winograd F(4x4, 3x3) on the fly", "Winograd F(2x2, 7x7/2)" */
static const char *
way_text(const Node *n, Way way)
{
	const Attr *a = &n->a;

	if (way.strassen)
		return "Strassen's products";
	return way.winograd.h ? arena_text("Winograd F(%dx%d, %dx%d%s)%s", way.winograd.h, way.winograd.w, a->kernel.h,
		a->kernel.w, a->stride.h > 1 ? arena_text("/%d", a->stride.h) : "", way.on_the_fly ? " on the fly" : "") : "direct";
}

typedef struct {
	const Node *n;
	const Kernel *k;
	const Family *family;
	Way at;                      /* the algorithm at hand */
	double cycles;               /* of its best register tile so far */
	Pair seen;                   /* the tile before, of the same cycles */
} Weighing;

static void
print_tile(void *user, Way way)
{
	Weighing *w = user;
	const Kernel *k = w->k;
	Shape y = k->out->shape;
	double terms = k->op == O_conv2d ? (double)k->in->shape.c/k->a.groups*k->a.kernel.h*k->a.kernel.w : k->in->shape.c;
	double macs = (double)y.n*y.c*y.h*y.w*terms, least = macs/k->t->vl/k->t->fma, cycles = w->family->cycles(k, way);

	if (!same_algorithm(way, way_of(&k->a)) ||
	    (cycles >= w->cycles && cycles <= w->cycles && w->seen.h == way.tile.h))
		return;                          /* a wider one that is split as the one before */
	printf("  %2d vectors x %2d pixels  %10.0f cycles  %5.1f %% of peak%s\n", way.tile.h, way.tile.w, cycles,
	       100*least/cycles, way.tile.h == k->a.tile.h && way.tile.w == k->a.tile.w ? "  <- chosen" : "");
	w->cycles = cycles;
	w->seen = way.tile;
}

static void
print_algorithm(const Weighing *w)
{
	bool chosen = w->family == w->k->family && same_algorithm(w->at, way_of(&w->k->a));

	if (w->cycles > 0)
		printf("  %-32s %10.0f cycles%s\n", way_text(w->n, w->at), w->cycles, chosen ? "  <- chosen" : "");
}

static void
keep_best(void *user, Way way)
{
	Weighing *w = user;
	double cycles = w->family->cycles(w->k, way);

	if (w->family->holds && !w->family->holds(w->n, way))
		return;
	if (!same_algorithm(way, w->at)) {
		print_algorithm(w);
		w->cycles = 0;
	}
	if (!(w->cycles > 0) || cycles < w->cycles)
		w->cycles = cycles;
	w->at = way;
}

static void
weigh_family(void *user, const Family *f)
{
	const Weighing *of = user;
	Weighing w = { .n = of->n, .k = of->k, .family = f };

	if (!f->ways)
		return;
	f->ways(of->k, keep_best, &w);
	print_algorithm(&w);
}

/* explain_algorithms - what the cost models say of every family that could compute n, and of its ways */
static void
explain_algorithms(const Node *n, const Kernel *k)
{
	Weighing of = { .n = n, .k = k };

	puts("  algorithms weighed by the cost model:");
	each_fitting(n, weigh_family, &of);
	if (n->family->error)
		print_fact("error", "%.1e of the largest result, measured in float32 with these weights (--exact keeps to direct "
		           "convolutions)", n->family->error(n));
}

/*
** explain_time - what was measured, beside what the model predicted and the roof: the peak, or what the memory can
** bring
*/
static void
explain_time(const Node *n, const Measured *t)
{
	const Target *target = n->g->target;
	double s = t->layer[n->id], flops = 2*(double)macs_of(n)*n->out->shape.n, bytes = bytes_moved(n), work = 2*work_of(n);
	double hertz = t->peak/t->threads*1e9/(2*target->vl*target->fma), roof = fmin(t->peak, work/bytes*t->cache*t->threads);

	print_fact("time", "%.4f ms measured on %d thread%s%s", s*1e3, t->threads, t->threads > 1 ? "s" : "",
	           cycles_of(n) > 0 ? arena_text(", %.4f ms predicted by the cost model", cycles_of(n)/hertz/t->threads*1e3) :
	           "");
	if (flops > 0)
		print_fact("roofline", "%.1f GFLOP/s; of the algorithm's own %.2f M multiply-adds %.1f, %.0f %% of the roof %.1f "
		           "(peak %.1f, cache %.0f GB/s, memory %.0f GB/s)", flops/s/1e9, work/2e6, work/s/1e9,
		           100*work/s/1e9/roof, roof, t->peak, t->cache, t->memory);
	else
		print_fact("moves", "%.1f GB/s (cache %.0f GB/s, memory %.0f GB/s)", bytes/s/1e9, t->cache, t->memory);
}

/* units_of - of the last step of n */
static int
units_of(const Model *m, const Node *n)
{
	int units = 0;

	for (int i = 0; i < m->nsteps; i++)
		if (m->steps[i].node == n && m->steps[i].last)
			units = m->steps[i].units;
	return units;
}

static void
explain_one(const Model *m, const Node *n, const Measured *t)
{
	Kernel k = kernel_of(n, 0);
	const Function *f = function_of(m, n);
	const TunedRow *row = n->g->tuned && tuned_takes(n) ? tuned_find(n->g->tuned, n) : NULL;
	double macs = (double)macs_of(n)*n->out->shape.n, bytes = bytes_moved(n);

	printf("%s:%d: %s '%s'\n", n->g->file, n->line, op_rows[n->op].name, n->name);
	for (int i = 0; i < n->nin; i++)
		print_fact("reads", "'%s' %dx%dx%d", n->in[i]->node->name, n->in[i]->shape.c, n->in[i]->shape.h,
		           n->in[i]->shape.w);
	print_fact("result", "%dx%dx%d, blocks of %d channels, halo %d %d %d %d, at byte %zu%s%s", n->out->shape.c,
	           n->out->shape.h, n->out->shape.w, n->out->lay.cb, n->out->lay.halo.t, n->out->lay.halo.l,
	           n->out->lay.halo.b, n->out->lay.halo.r, n->out->at, n->out->over ? ", over " : "",
	           n->out->over ? n->out->over->node->name : "");
	print_fact("fused", "%s", fused(n));
	print_fact("kernel", "%s (%s), shared by %d layer%s, %d units of work", f->name, n->family->name, f->nusers,
	           f->nusers == 1 ? "" : "s", units_of(m, n));
	if (is_bytes(n->out))
		print_fact("bytes", "%s", n->a.pixels ? "the picture's own" : arena_text("%.6g*(byte - %d)", n->a.step, n->a.zero));
	if (row_of_bytes(n))
		print_fact("noise", "signal to noise %.1f dB, %.3f %% clipped", row_of_bytes(n)->noise, 100*row_of_bytes(n)->clipped);
	if (has_weights_of_bytes(n))
		print_fact("weights", "signed bytes, %s; sums of at most %.3g", n->a.pair_safe ? "pair-safe: no two neighbours leave "
		           "16 bits" : "not pair-safe: AVX2 multiplies each twice", largest_sum(n));
	if (is_halved(n))
		print_fact("store", "weights as %s, %.1e of them lost to rounding (root mean square)", dtype_rows[n->g->store].name,
		           store_error(n));
	print_fact("moves", "%.1f KB, %.2f M MACs, %.1f FLOP a byte", bytes/1024, macs/1e6, 2*macs/bytes);
	if (t)
		explain_time(n, t);
	if (row)
		print_fact("measured", "fastest on %s, by %s", row->cpu, row->compiler);
	if ((tiled_family(n) || n->family->strassen) && n->p[P_weight].data)
		explain_algorithms(n, &k);
	if (n->family == family_for(n) && n->family->ways) {
		Weighing w = { .k = &k, .family = n->family };
		puts("  tiles weighed by the cost model:");
		n->family->ways(&k, print_tile, &w);
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
	Model *m;
	const char **names;
	const Node *n = NULL;
	Measured measured, *t = NULL;

	if (o->train)
		return explain_training(o);
	m = build(o, o->weights ? o->weights : o->layer || o->run ? "random:0" : NULL);
	if (!m || o->pass.dump)
		return ExitOk;
	names = arena_new((size_t)m->g->count*sizeof *names);
	for (int i = 0; i < m->g->count; i++) {
		names[i] = m->g->nodes[i]->name;
		if (o->layer && !strcmp(names[i], o->layer))
			n = m->g->nodes[i];
	}
	if (o->layer && !n)
		fail("%s: want a layer of %s as it is after the passes, got '%s'%s", o->model, m->g->name, o->layer,
		     meant(o->layer, names, m->g->count));
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
	check_budget(o, m);
	return ExitOk;
}
