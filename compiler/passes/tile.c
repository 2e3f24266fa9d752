/*
** tile - the register tile of every convolution: how many vectors of output channels times how many
** pixels, or tiles of pixels, are accumulated at once. All ways of the family that choose has given a node, with the
** same algorithm, are weighed by its cost model; a tile the model or a dump has set is kept when it is legal.
** When weights are shared with another input size (g->like), so are the vectors they are packed for.
** Switched off, every tile is one vector by one pixel.
*/
#include <string.h>

#include "../pass.h"

typedef struct {
	const Kernel *k;
	Pair want, best;
	double cycles;
	bool wanted_seen;
	int ob;                      /* vectors of output channels that the weights are packed for; 0: any */
} Search;

static void
weigh(void *user, Way way)
{
	Search *s = user;
	double cycles;

	if ((s->ob && way.tile.h != s->ob) || !same_algorithm(way, way_of(&s->k->a)))
		return;
	cycles = s->k->family->cycles(s->k, way);
	if (way.tile.h == s->want.h && way.tile.w == s->want.w)
		s->wanted_seen = true;
	if (!s->best.h || cycles < s->cycles) {
		s->best = way.tile;
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
		Pair pinned = n->a.tile;
		if (!n->family->ways)
			continue;
		n->a.tile = (Pair){ 0, 0 };
		Kernel k = kernel_of(n, 0);
		Search s = { .k = &k, .want = pinned, .ob = packed_for(g->like, n->name) };
		if (g->plain_tile)
			s.best = (Pair){ 1, 1 };
		else
			n->family->ways(&k, weigh, &s);
		n->a.tile = s.wanted_seen ? pinned : s.best;
	}
}
