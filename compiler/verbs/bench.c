/*
** bench.c - resnetc bench: every layer's time, GFLOP/s and share of the multiply-add peak measured
** in the same process, before and after. Medians over the rounds; the minimum is shown for the whole.
*/
#include "session.h"

static void
print_layers(const Model *m, const Measured *t)
{
	const Graph *g = m->g;

	Table *table = table_new((const char *[]){ "<layer", "<kernel", "ms", "GFLOP/s", "of peak", "of bound", NULL });
	bool winograd = false, bytes = false;        /* above the peak */

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		double s = t->layer[i], flops = 2.0*(double)macs_of(n)*n->out->shape.n;
		/* what the algorithm has to multiply, at the measured peak */
		double bound = 2*work_of(n)/t->peak/1e9;
		table_cell(table, "%s", n->name);
		table_cell(table, "%s", function_of(m, n)->name);
		table_cell(table, "%.4f", s*1e3);
		table_cell(table, "%s", flops > 0 ? arena_text("%.1f", flops/s/1e9) : "");
		table_cell(table, "%s", flops > 0 ? arena_text("%.0f%%", 100*flops/s/1e9/t->peak) : "");
		table_cell(table, "%s", flops > 0 ? arena_text("%.0f%%", 100*bound/s) : "");
		if (flops/s/1e9 > t->peak)
			*(on_bytes(n) ? &bytes : &winograd) = true;
	}
	table_print(table);
	puts("");
	if (bytes)
		print_wrapped(stdout, 0, 0, "Above 100% of the peak, which is that of floats: "
		                            "one instruction multiplies more bytes.");
	if (winograd)
		print_wrapped(stdout, 0, 0, "Above 100% of the peak: GFLOP/s counts the multiply-adds of a direct convolution, and "
		              "Winograd makes fewer. Of the bound, its own are counted.");
}

int
verb_bench(Options *o)
{
	Model *m = build(o, o->weights ? o->weights : "random:0");
	Measured t;
	double flops = 0;

	if (!m)
		return ExitOk;
	t = measure(m, o->threads, o->rounds ? o->rounds : 20);
	for (int i = 0; i < m->g->count; i++)
		flops += 2.0*(double)macs_of(m->g->nodes[i])*m->g->nodes[i]->out->shape.n;
	if (o->json) {
		print_json(facts_of(m, &t));
		return ExitOk;
	}
	print_layers(m, &t);
	print_wrapped(stdout, 0, 0, arena_text("%s, %s, %s, %d thread%s, batch %d: median %.3f ms, least %.3f ms; %.1f "
	              "GFLOP/s, %.0f%% of the measured peak %.1f", m->g->name, m->g->target->name, t.compiler, t.threads,
	              t.threads > 1 ? "s" : "", m->g->nodes[0]->out->shape.n, t.whole*1e3, t.least*1e3, flops/t.whole/1e9,
	              100*flops/t.whole/1e9/t.peak, t.peak));
	return ExitOk;
}
