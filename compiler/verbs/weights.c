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

	if (o->json)
		printf("{ \"sha256\": \"%s\", \"tensors\": [", w->sha);
	else
		printf("%-44s %-5s %-18s %12s %12s %8s\n", "tensor", "dtype", "shape", "least", "largest", "NaN");
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
		} else if (r.least > r.most) {
			printf("%-44s %-5s %-18s %12s %12s %8zu\n", t->name, t->dtype, tensor_shape(t), "-", "-", r.nans);
		} else {
			printf("%-44s %-5s %-18s %12.5g %12.5g %8zu\n", t->name, t->dtype, tensor_shape(t), r.least, r.most, r.nans);
		}
	}
	if (o->json)
		printf(" ],\n  \"values\": %zu }\n", all);
	else
		printf("\n%d tensors, %zu values, %zu NaN\n", w->count, all, nans);
	return ExitOk;
}
