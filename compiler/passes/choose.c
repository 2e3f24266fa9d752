/*
** choose - the algorithm of every node: which kernel family emits it. Most ops have one; a convolution
** in groups that fit a vector is grouped; a 3x3 of stride 1 is Winograd's where the cost model finds
** a tile that beats the direct one, unless the graph is to be exact; every other is direct.
** What was measured (g->tuned) comes first; a Winograd tile the model or a dump has set is kept; with g->like set, that graph's algorithms are.
** Switched off, every convolution takes the direct family, which can do all of them.
*/
#include <string.h>

#include "../resnetc.h"

static const Pair tiles[] = { { 4, 4 }, { 2, 4 }, { 4, 2 }, { 2, 2 } };

typedef struct {
	const Kernel *k;
	Pair m;
	double cycles;
} Search;

static void
weigh_direct(void *user, int ob, int p)
{
	Search *s = user;
	Tiling tl = conv_tiling(s->k, ob, p);
	double cycles = conv_cycles(s->k, &tl);

	if (!s->cycles || cycles < s->cycles)
		s->cycles = cycles;
}

static void
weigh_winograd(void *user, int ob, int rt)
{
	Search *s = user;
	double cycles = winograd_cycles(s->k, s->m, ob, rt);

	if (!s->cycles || cycles < s->cycles)
		s->cycles = cycles;
}

/* tile_of - the cheapest way by the model: a Winograd tile, or {0, 0} for the direct convolution */
static Pair
tile_of(Node *n)
{
	Pair best = { 0, 0 };
	double least;

	/* layouts come later; blocks of channels without halo are near enough to weigh by */
	n->lay = layout_of(n->shape, n->g->target->block, (Sides){ 0, 0, 0, 0 });
	n->in[0]->lay = layout_of(n->in[0]->shape, n->g->target->block, (Sides){ 1, 1, 1, 1 });
	Kernel k = kernel_of(n, 0);
	Search direct = { .k = &k };
	conv_candidates(&k, weigh_direct, &direct);
	least = direct.cycles;
	for (size_t i = 0; i < sizeof tiles/sizeof *tiles; i++) {
		Search s = { &k, tiles[i], 0 };
		winograd_candidates(&k, weigh_winograd, &s);
		if (s.cycles && s.cycles < 0.95*least) {
			least = s.cycles;
			best = tiles[i];
		}
	}
	return best;
}

static Pair
as_in(const Graph *like, const char *name)
{
	for (int i = 0; i < like->count; i++)
		if (!strcmp(like->nodes[i]->name, name))
			return like->nodes[i]->a.winograd;
	return (Pair){ 0, 0 };
}

void
choose(Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		n->family = op_rows[n->op].family;
		if (n->op != O_conv2d)
			continue;
		const TunedRow *row = g->tuned && !g->like ? tuned_find(g->tuned, n) : NULL;
		if (row) {
			n->a.winograd = row->winograd;
			n->a.tile = row->tile;
		}
		bool set = (n->a.winograd.h && n->a.winograd.w) || row;
		if (n->a.winograd.h && (!winograd_fits(n) || n->a.winograd.h%2 || n->a.winograd.w%2))
			fail_at(n, "want winograd tiles of 2 or 4 and a 3x3 kernel of stride 1 over at least 8 channels, got %dx%d", n->a.winograd.h, n->a.winograd.w);
		if (g->plain_choice || g->exact || !winograd_fits(n))
			n->a.winograd = (Pair){ 0, 0 };
		else if (g->like)
			n->a.winograd = as_in(g->like, n->name);
		else if (!set)
			n->a.winograd = tile_of(n);
		if (n->a.winograd.h)
			n->family = &family_winograd;
		else if (!g->plain_choice && grouped_fits(n))
			n->family = &family_grouped;
	}
}
