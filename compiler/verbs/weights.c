/* weights.c - resnetc weights FILE: what a weight file holds, tensor by tensor. */
#include <math.h>

#include "verbs.h"

typedef struct { double least, most; size_t nans; } Extremes;

static Extremes
range_of(Tensor *t)
{
	Extremes r = { (double)INFINITY, -(double)INFINITY, 0 };
	size_t count = tensor_count(t);

	if (!dtype_bytes(t->dtype))          /* a kind of number that is only listed */
		return r;
	tensor_load(t);
	for (size_t i = 0; i < count; i++) {
		double v = tensor_get(t, i);
		r.nans += isnan(v);
		r.least = v < r.least ? v : r.least;
		r.most = v > r.most ? v : r.most;
	}
	tensor_unload(t);
	return r;
}

int
verb_weights(Options *o)
{
	Weights *w = weights_open(o->model);
	size_t all = 0, nans = 0;
	Table *table = table_new((const char *[]){ "<tensor", "<dtype", "<shape", "least", "largest", "NaN", NULL });

	if (o->json)
		printf("{ \"sha256\": \"%s\", \"tensors\": [", w->sha);
	for (int i = 0; i < w->count; i++) {
		Tensor *t = &w->tensors[i];
		Extremes r = range_of(t);
		all += tensor_count(t);
		nans += r.nans;
		if (o->json) {
			printf("%s\n  { \"name\": ", i ? "," : "");
			fputs(json_text(t->name), stdout);
			printf(", \"dtype\": ");
			fputs(json_text(t->dtype), stdout);
			printf(", \"shape\": [");
			for (int d = 0; d < t->rank; d++)
				printf("%s%lld", d ? ", " : "", (long long)t->dim[d]);
			printf("], \"min\": %s, \"max\": %s, \"nan\": %zu }", json_number(r.least), json_number(r.most), r.nans);
		} else {
			table_cell(table, "%s", t->name);
			table_cell(table, "%s", t->dtype);
			table_cell(table, "%s", tensor_shape(t));
			table_cell(table, r.least > r.most ? "-" : "%.4g", r.least);
			table_cell(table, r.least > r.most ? "-" : "%.4g", r.most);
			table_cell(table, "%zu", r.nans);
		}
	}
	if (o->json) {
		printf(" ],\n  \"values\": %zu }\n", all);
		return ExitOk;
	}
	table_print(table);
	printf("\n%d tensors, %zu values, %zu NaN\n", w->count, all, nans);
	return ExitOk;
}
