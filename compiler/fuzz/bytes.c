/*
** bytes.c - a random network as one of bytes: weights quantised over its own input, as resnetc quantize does it over
** pictures. Where all of it works on bytes there is one right answer, to the last bit.
*/
#include <stdlib.h>
#include <string.h>

#include "../quantize/quantize.h"
#include "fuzz.h"

Weights *
fuzz_quantised(Graph *g, const double *in)
{
	PassOptions po = { .stop_after = "dce", .out = stdout };
	How8 how = { g->count%3 == 0, g->count%5 == 0 ? 127 : 255, g->count%2 == 0 };
	Seen *seen;
	double **values;
	File f;

	run_passes(g, &po);
	values = interp(g, in);
	seen = arena_new((size_t)g->count*sizeof *seen);
	for (int i = 0; i < g->count; i++) {
		Shape s = g->nodes[i]->out->shape;
		seen[i] = seen_new(s.c);
		for (size_t k = 0; k < count_of(s); k++) {
			float v = (float)values[i][k];
			seen_add(&seen[i], (int)(k/(size_t)(s.h*s.w)%(size_t)s.c), &v, 1, 1);
		}
	}
	interp_free(g, values);
	f = quantized_file(g, seen, &how, arena_text("%s.q", g->name));
	return safetensors_open(f.name, f.data, f.len);
}

bool
fuzz_all_bytes(const Graph *g)
{
	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->nin && !on_bytes(g->nodes[i]) && !is_bytes(g->nodes[i]->out))
			return false;
	return true;
}
