/*
** bytes.c - what bytes cost a network: of every layer what they stand for, how loud the noise of rounding is, how much
** was clipped, how near the sums come to 32 bits. The worst first.
*/
#include <math.h>
#include <stdlib.h>

#include "session.h"

double
largest_sum(const Node *n)
{
	int rank;
	double most = 0;
	Shape s;

	if (!has_weights_of_bytes(n) || !n->p[P_weight].data)
		return 0;
	s = param_shape(n, P_weight, &rank);
	for (int o = 0; o < s.n; o++) {
		double up = n->p[P_bias].data[o], down = up;
		for (int i = 0; i < s.c*s.h*s.w; i++) {
			double w = n->p[P_weight].data[(size_t)o*(size_t)(s.c*s.h*s.w) + (size_t)i], zero = zero_of(n->in[0], 0);
			up += w > 0 ? w*(255 - zero) : -w*zero;
			down += w > 0 ? -w*zero : w*(255 - zero);
		}
		most = fmax(most, fmax(fabs(up), fabs(down)));
	}
	return most;
}

const StepRow *
row_of_bytes(const Node *n)
{
	return n->g->steps && is_bytes(n->out) ? steps_find(n->g->steps, n->name) : NULL;
}

static int
by_noise(const void *a, const void *b)
{
	const StepRow *const *x = a, *const *y = b;

	return ((*x)->noise > (*y)->noise) - ((*x)->noise < (*y)->noise);
}

void
print_noise(const Graph *g)
{
	Table *table = table_new((const char *[]){ "<layer", "step", "zero", "signal/noise dB", "clipped %", "bits lost",
	                                           NULL });
	const StepRow **rows = arena_new((size_t)g->count*sizeof *rows);
	int count = 0, floats = 0;
	double most = 0;

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		if (row_of_bytes(n))
			rows[count++] = row_of_bytes(n);
		floats += !on_bytes(n) && !is_bytes(n->out) && n->op != O_input;
		most = fmax(most, largest_sum(n));
	}
	if (!g->steps || !count)
		return;
	qsort(rows, (size_t)count, sizeof *rows, by_noise);
	puts("");
	for (int i = 0; i < count; i++) {
		table_cell(table, "%s", rows[i]->name);
		table_cell(table, "%s", rows[i]->pixels ? "pixels" : arena_text("%.4g", rows[i]->step));
		table_cell(table, "%s", rows[i]->pixels ? "" : arena_text("%d", rows[i]->zero));
		table_cell(table, "%.1f", rows[i]->noise);
		table_cell(table, "%.3f", 100*rows[i]->clipped);
		table_cell(table, "%s", rows[i]->weights ? arena_text("%.2f", rows[i]->lost) : "");
	}
	table_print(table);
	print_wrapped(stdout, 0, 0, arena_text("results of bytes: %d; layers on floats: %d; sums: at most %.3g of 2.15e+09",
	                                       count, floats, most));
}
