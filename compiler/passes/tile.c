/*
** tile - the register tile of every convolution: how many vectors of output channels times how many
** pixels, or Winograd tiles, are accumulated at once. All candidates that fit the registers are weighed by the
** cost model (conv_cycles); a tile the model or a dump has set is kept when it is legal.
** When weights are shared with another input size (g->like), so are the vectors they are packed for.
** Switched off, every tile is one vector by one pixel.
*/
#include <string.h>

#include "../resnetc.h"

typedef struct {
	const Kernel *k;
	Pair want, best;
	double cycles;
	bool wanted_seen;
	int ob;                      /* vectors of output channels that the weights are packed for; 0: any */
} Search;

static void
weigh(void *user, int ob, int p)
{
	Search *s = user;
	Tiling tl;
	double cycles;

	if (s->ob && ob != s->ob)
		return;
	if (s->k->family == &family_winograd) {
		cycles = winograd_cycles(s->k, s->k->a.winograd, ob, p);
	} else {
		tl = conv_tiling(s->k, ob, p);
		cycles = conv_cycles(s->k, &tl);
	}

	if (ob == s->want.h && p == s->want.w)
		s->wanted_seen = true;
	if (!s->best.h || cycles < s->cycles) {
		s->best = (Pair){ ob, p };
		s->cycles = cycles;
	}
}

/* packed_for - the vectors of output channels that the layer of this name in another graph is packed for */
static int
packed_for(const Graph *like, const char *name)
{
	for (int i = 0; like && i < like->count; i++)
		if (!strcmp(like->nodes[i]->name, name))
			return like->nodes[i]->a.tile.h;
	return 0;
}

void
tile(Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		if (n->family != &family_conv && n->family != &family_winograd)
			continue;
		Pair pinned = n->a.tile;
		n->a.tile = (Pair){ 0, 0 };
		Kernel k = kernel_of(n, 0);
		Search s = { .k = &k, .want = pinned, .ob = packed_for(g->like, n->name) };
		if (g->plain_tile)
			s.best = (Pair){ 1, 1 };
		else if (n->family == &family_winograd)
			winograd_candidates(&k, weigh, &s);
		else
			conv_candidates(&k, weigh, &s);
		n->a.tile = s.wanted_seen ? pinned : s.best;
	}
}
