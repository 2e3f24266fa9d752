/*
** winograd_tiling.c - the geometry of a Winograd convolution: tiles, bands of tile rows, blocks of tiles, register
** tiles, how far positions lie apart in memory, and what it all costs by the model.
*/
#include <math.h>

#include "winograd.h"

enum { MostProducts = 80000 };       /* bytes of products that wait for their transform, a thread */

/* set_blocks - as few equal blocks as their products allow, but several where the threads need them */
static void
set_blocks(Wino *w, const Target *t)
{
	int most = MostProducts/(w->pos*w->ob*t->vl*4), blocks;      /* a line of padding more a position at most */

	if (most < 1)
		most = 1;
	blocks = ceil_div(w->tiles, most);

	w->width[0] = ceil_div(w->tiles, blocks);
	w->width[1] = w->width[0] - 1;
	w->count[0] = w->tiles - w->width[1]*blocks;
	w->count[1] = blocks - w->count[0];
}

static Wino
wino_of(const Kernel *k, Pair m, int ob, int p)
{
	Wino w = { .mh = m.h, .mw = m.w, .ah = m.h + 2, .aw = m.w + 2, .ob = ob, .p = p };
	int all;
	double row, u;

	w.pos = w.ah*w.aw;
	w.tr = ceil_div(k->out->shape.h, w.mh);
	w.tc = ceil_div(k->out->shape.w, w.mw);
	w.ragged = k->out->shape.h%w.mh || k->out->shape.w%w.mw;
	w.icb = ceil_div(k->in->shape.c, k->in->lay.cb);
	w.groups = vectors_of(k)/ob;
	all = w.tr*k->out->shape.n;
	row = 4.0*w.tc*w.pos*w.icb*k->in->lay.cb;             /* bytes of V of one tile row */
	/*
	** As few bands as let V stay in half the second cache; a band is whole rows, all bands are equal. Where U does
	** not stay there either, every band would stream it again: then there is one.
	*/
	u = 4.0*w.pos*w.icb*k->in->lay.cb*vectors_of(k)*k->t->vl;
	w.bands = 1;
	while (u < k->t->l2 && w.bands < all && (all%w.bands || row*all/w.bands > k->t->l2/2))
		w.bands++;
	w.rows = all/w.bands;
	w.tiles = w.rows*w.tc;
	set_blocks(&w, k->t);
	return w;
}

Wino
wino_chosen(const Kernel *k)
{
	return wino_of(k, k->a.winograd, k->a.tile.h ? k->a.tile.h : 1, k->a.tile.w ? k->a.tile.w : 1);
}

/* odd_lines - floats rounded up to an odd number of cache lines: then positions do not fall in one set of the cache */
static int
odd_lines(int floats)
{
	int lines = ceil_div(floats, 16);

	return 16*(lines + (lines%2 == 0));
}

/* v_step, m_step - from one position to the next: in V of a block of width tiles, and in its products */
int
wino_v_step(const Kernel *k, const Wino *w, int width)
{
	return odd_lines(w->icb*width*k->in->lay.cb);
}

int
wino_m_step(const Kernel *k, const Wino *w, int width)
{
	return odd_lines(width*w->ob*k->t->vl);
}

bool
winograd_fits(const Node *n)
{
	return n->op == O_conv2d && n->a.kernel.h == 3 && n->a.kernel.w == 3 && n->a.stride.h == 1 && n->a.stride.w == 1 &&
	       n->a.dilation.h == 1 && n->a.dilation.w == 1 && n->a.groups == 1 && n->in[0]->shape.c >= 8 && n->a.out >= 8;
}

/* wino_past - rows or columns of input that the tiles read beyond the last one of the image */
int
wino_past(int m, int in, int out, int before)
{
	return ceil_div(out, m)*m + 1 - before - (in - 1);
}

/* wino_pieces - a block's register tiles: how many, and the width of piece i, which differ by at most one */
int
wino_pieces(const Wino *w, int width)
{
	return ceil_div(width, w->p);
}

int
wino_piece(const Wino *w, int width, int i)
{
	int n = wino_pieces(w, width);

	return width/n + (i < width%n);
}

/*
** product_cycles - of all multiply-adds: like a direct convolution's tile. A block's first register tile streams
** the weights of a position from wherever the group's lie, from memory in the end, which takes at least
** memory cycles; the others find them in the first or second cache.
*/
static double
product_cycles(const Kernel *k, const Wino *w, double memory)
{
	const Target *t = k->t;
	int channels = w->icb*k->in->lay.cb;
	double first = 0, rest = 0, weights = 4.0*w->ob*t->vl, group = weights*w->pos*channels,
		v = 4.0*w->tiles*w->pos*channels;
	double again = weights*channels <= t->l1 ? 0 : weights/t->from_l2;

	for (int b = 0; b < 2; b++) {
		for (int i = 0; w->count[b] && i < wino_pieces(w, w->width[b]); i++) {
			double p = wino_piece(w, w->width[b], i), fmas = w->ob*p, loads = w->ob + p;
			double stream = i ? again : weights/(group + v < t->l2 ? t->from_l2 : t->from_l3);
			double step = fmax(fmax(fmas/t->fma, loads/t->load), fmax(fmax((fmas + loads + 3)/t->issue, t->latency), stream));
			*(i ? &rest : &first) += w->count[b]*w->pos*(step*channels + 12 + 1.5*fmas);
		}
	}
	return rest*w->groups*w->bands + fmax(first*w->groups*w->bands, memory);
}

/* winograd_cycles - the cost model of the whole: transforms, products, and weights from memory while they are multiplied */
double
winograd_cycles(const Kernel *k, Way way)
{
	const Target *t = k->t;
	Wino w = wino_of(k, way.winograd, way.tile.h, way.tile.w);
	double tiles = (double)w.tiles*w.bands, vi = (double)w.icb*k->in->lay.cb/t->vl, vo = vectors_of(k);
	double in = tiles*vi*(w.pos*4/t->load + w.ah*w.aw*4/t->fma), out = tiles*vo*(w.pos*3/t->load + w.mh*w.mw*4);
	double memory = 4.0*w.pos*w.icb*k->in->lay.cb*vo*t->vl/t->from_memory;

	return in + out + product_cycles(k, &w, memory);
}

/* winograd_ways - every tile of outputs, and every register tile that fits the registers and divides the output */
void
winograd_ways(const Kernel *k, EachWay *each, void *user)
{
	static const Pair tiles[] = { { 4, 4 }, { 2, 4 }, { 4, 2 }, { 2, 2 } };
	int per = k->out->lay.cb/k->t->vl, vectors = vectors_of(k);

	for (size_t i = 0; i < sizeof tiles/sizeof *tiles; i++)
	for (int ob = 1; ob <= 4; ob++) {
		if (vectors%ob || (ob%per && per%ob))
			continue;
		for (int p = 1; p <= 28; p++)
			if (ob*p + (ob < p ? ob : p) + 1 <= k->t->regs && (ob == 1 || 36*ob*k->t->vl*4*2 <= MostProducts))
				each(user, (Way){ tiles[i], { ob, p } });
	}
}

size_t
wino_scratch(const Kernel *k, const Wino *w)
{
	size_t floats = (size_t)w->count[0]*(size_t)wino_v_step(k, w, w->width[0]);

	if (w->count[1])
		floats += (size_t)w->count[1]*(size_t)wino_v_step(k, w, w->width[1]);
	return floats*(size_t)w->pos;
}
