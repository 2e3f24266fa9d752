/*
** tile - the register tile of every direct convolution: how many vectors of output channels times
** how many pixels are accumulated at once. All candidates that fit the registers are weighed by the
** cost model (conv_cycles); a tile the model or a dump has set is kept when it is legal.
** Switched off, every tile is one vector by one pixel.
*/
#include "../resnetc.h"

typedef struct {
	const Kernel *k;
	Pair want, best;
	double cycles;
	bool wanted_seen;
} Search;

static void
weigh(void *user, int ob, int p)
{
	Search *s = user;
	Tiling tl = conv_tiling(s->k, ob, p);
	double cycles = conv_cycles(s->k, &tl);

	if (ob == s->want.h && p == s->want.w)
		s->wanted_seen = true;
	if (!s->best.h || cycles < s->cycles) {
		s->best = (Pair){ ob, p };
		s->cycles = cycles;
	}
}

void
tile(Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		if (n->family != &family_conv)
			continue;
		Pair pinned = n->a.tile;
		n->a.tile = (Pair){ 0, 0 };
		Kernel k = kernel_of(n, 0);
		Search s = { .k = &k, .want = pinned };
		if (g->plain_tile)
			s.best = (Pair){ 1, 1 };
		else
			conv_candidates(&k, weigh, &s);
		n->a.tile = s.wanted_seen ? pinned : s.best;
	}
}
