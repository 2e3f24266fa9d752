/* store.c - what keeping weights at half size costs: how far rounding moved them, layer by layer. */
#include <math.h>
#include <stdlib.h>

#include "session.h"

/* with_floats - n in a graph that keeps its weights as they are */
Node
with_floats(const Node *n, Graph *g)
{
	Node bare = *n;

	*g = *n->g;
	g->store = DT_f32;
	bare.g = g;
	return bare;
}

double
store_error(const Node *n)
{
	Graph g;
	Node bare = with_floats(n, &g);
	double *kept, *w, *b, off = 0, all = 0;

	fold_weights(n, &kept, &b);
	free(b);
	fold_weights(&bare, &w, &b);
	for (size_t i = 0; i < n->p[P_weight].count; i++) {
		off += (kept[i] - w[i])*(kept[i] - w[i]);
		all += w[i]*w[i];
	}
	free(kept);
	free(w);
	free(b);
	return all > 0 ? sqrt(off/all) : 0;
}

void
print_store(const Graph *g)
{
	const Node *worst = NULL;
	double most = 0;
	int count = 0;

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		double error = is_halved(n) && n->p[P_weight].data ? store_error(n) : -1;
		count += is_halved(n);
		if (error >= most) {
			most = error;
			worst = n;
		}
	}
	if (!count)
		return;
	print_wrapped(stdout, 0, 0, arena_text("weights kept as %s: %d layers%s", dtype_rows[g->store].name, count, worst ?
	              arena_text("; rounding takes at most %.1e of a layer's weights (root mean square), of '%s'", most,
	              worst->name) : ""));
}
