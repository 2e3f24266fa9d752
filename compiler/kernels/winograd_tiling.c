/*
** winograd_tiling.c - the geometry of a Winograd convolution: tiles, bands of tile rows, blocks of tiles, register
** tiles, how far positions lie apart in memory, and what it all costs by the model.
*/
#include <math.h>
#include <string.h>

#include "winograd.h"

bool
wino_bytes(const Kernel *k)
{
	return k->in->dtype == DT_u8;
}

/* number_bytes - of one number of U and V */
static int
number_bytes(const Kernel *k)
{
	return wino_bytes(k) ? 2 : 4;
}

bool
wino_adds(const Wino *w)
{
	return w->fly && w->chunk < w->icb;
}

enum { MostProducts = 80000 };       /* bytes of products that wait for their transform, a thread */

/*
** blocks_alone - how many: work for eight threads as long as half the registers are used, for two if their
** multiply-adds still follow each other at full speed; more where what a thread has to itself would fill a quarter of
** the second cache
*/
static int
blocks_alone(const Kernel *k, const Wino *w)
{
	const Target *t = k->t;
	double tile = 4.0*w->pos*(w->icb*k->in->lay.cb + w->ob*t->vl);
	int blocks = 8;

	while (blocks > 1 && w->ob*(w->tiles/blocks) < (blocks > 2 ? t->regs/2 : t->fma*t->latency))
		blocks /= 2;
	while (tile*w->tiles/blocks > t->l2/4)
		blocks += 8;
	return blocks < w->tiles ? blocks : w->tiles;
}

/* set_blocks - as few equal blocks as their products allow, but several where the threads need them */
static void
set_blocks(const Kernel *k, Wino *w)
{
	const Target *t = k->t;
	double bytes = w->fly ? t->l2/3 : MostProducts;
	int most = (int)(bytes/(w->pos*w->ob*t->vl*4)), blocks;      /* a line of padding more a position at most */

	if (most < 1)
		most = 1;
	blocks = w->alone ? blocks_alone(k, w) : ceil_div(w->tiles, most);
	w->width[0] = ceil_div(w->tiles, blocks);
	w->width[1] = w->width[0] - 1;
	w->count[0] = w->tiles - w->width[1]*blocks;
	w->count[1] = blocks - w->count[0];
}

/* fly_row - bytes of transformed weights of two rows of positions of so many input channel blocks */
static double
fly_row(const Kernel *k, const Wino *w, int blocks)
{
	return (double)number_bytes(k)*2*w->aw*blocks*k->in->lay.cb*w->ob*k->t->vl;
}

/* wide_caches - steps of products take so long that the second cache brings U of 16 bits meanwhile */
static bool
wide_caches(const Target *t)
{
	return t->regs > 16 && t->from_l2 > 16;
}

/*
** wino_chunk - input channel blocks whose transformed weights, of two rows of positions, stay in the first cache, or
** nearly where several register tiles follow each other with those of one position; in the second, where a step takes
** longer than they take from there: then products are fetched and added to seldom
*/
int
wino_chunk(const Kernel *k, const Wino *w, int tiles)
{
	const Target *t = k->t;
	bool second = wide_caches(t) && (wino_bytes(k) || 4*t->vl <= t->from_l2/3*(w->p < tiles ? w->p : tiles));
	double fit = wino_bytes(k) ? 1.05 : 2*w->p <= tiles ? 2 : 1;                           /* bytes: 64 channels fit */
	double bytes = second ? t->l2/4 : fit*t->l1;
	int most = (int)(bytes/fly_row(k, w, 1)), chunks;

	if (most < 1)
		most = 1;
	chunks = ceil_div(w->icb, most);
	return ceil_div(w->icb, chunks);
}

/*
** set_own_bytes - V of bytes is small enough for each thread to have its own, so that none waits for lines of the cache
** that another one wrote: blocks of tiles alone, or where there is one, all of its tiles again
*/
static void
set_own_bytes(const Kernel *k, Wino *w)
{
	int blocks = w->bands*(w->count[0] + w->count[1]);
	int width = ceil_div(w->bands*w->tiles, blocks);

	if (2.0*w->pos*wino_v_step(k, w, width) + 4.0*w->pos*wino_m_step(k, w, width) > 2*k->t->l2)
		return;
	if (w->images && blocks > 1) {       /* these are whole images as it is */
		w->alone = true;
		return;
	}
	if (blocks == 1) {
		w->again = w->groups > 1;
		return;
	}
	w->alone = true;
	w->rows *= w->bands;
	w->tiles *= w->bands;
	w->bands = 1;
	w->width[0] = width;
	w->width[1] = width - 1;
	w->count[0] = w->tiles - w->width[1]*blocks;
	w->count[1] = blocks - w->count[0];
}

static Wino
wino_of(const Kernel *k, Way way)
{
	const Target *t = k->t;
	Pair m = way.winograd;
	int ob = way.tile.h ? way.tile.h : 1, p = way.tile.w ? way.tile.w : 1;
	Wino w = { .mh = m.h, .mw = m.w, .ah = m.h + 2, .aw = m.w + 2, .ob = ob, .p = p };
	int all;
	double row, u, l2 = wino_bytes(k) && wide_caches(t) ? t->l2 : t->l2/2;

	w.fly = way.on_the_fly || wino_bytes(k);
	w.pos = w.ah*w.aw;
	w.tr = ceil_div(k->out->shape.h, w.mh);
	w.tc = ceil_div(k->out->shape.w, w.mw);
	w.ragged = k->out->shape.h%w.mh || k->out->shape.w%w.mw;
	w.icb = ceil_div(k->in->shape.c, k->in->lay.cb);
	w.groups = vectors_of(k)/ob;
	all = w.tr*k->out->shape.n;
	w.chunk = wino_chunk(k, &w, all*w.tc);
	row = (double)number_bytes(k)*w.tc*w.pos*w.icb*k->in->lay.cb;             /* bytes of V of one tile row */
	/*
	** As few bands as let V stay in half the second cache, or all of it; a band is whole rows, all bands are equal. Where
	** U does not stay there either, every band would stream it again: then there is one.
	*/
	u = (wino_bytes(k) ? 9 : 4.0*w.pos)*w.icb*k->in->lay.cb*vectors_of(k)*t->vl;
	w.bands = 1;
	w.alone = !w.fly && t->parts > 1 && u <= 0.8*t->l2;
	while (!w.alone && u < t->l2 && w.bands < all && (all%w.bands || row*all/w.bands > l2))
		w.bands++;
	w.rows = all/w.bands;
	w.tiles = w.rows*w.tc;
	set_blocks(k, &w);
	set_edges(k, &w);
	if (wino_bytes(k)) {
		if (t->parts > 1)
			set_own_bytes(k, &w);
		return w;
	}
	w.again = !w.fly && !w.alone && t->parts > 1 && w.bands == 1 && w.count[0] == 1 && !w.count[1] && w.groups > 1 &&
	          4.0*w.pos*(wino_m_step(k, &w, w.tiles) + wino_v_step(k, &w, w.tiles)) <= t->l2/4;
	return w;
}

Wino
wino_chosen(const Kernel *k)
{
	return wino_of(k, (Way){ .winograd = k->a.winograd, .tile = k->a.tile, .on_the_fly = k->a.on_the_fly });
}

/*
** wino_lines - numbers of so many bytes rounded up to an odd number of cache lines: then positions do not fall in one
** set of the cache
*/
int
wino_lines(int numbers, int bytes)
{
	int lines = ceil_div(numbers*bytes, 64);

	return 64/bytes*(lines + (lines%2 == 0));
}

/* v_step, m_step - from one position to the next: in V of a block of width tiles, and in its products */
int
wino_v_step(const Kernel *k, const Wino *w, int width)
{
	return wino_lines(w->icb*width*k->in->lay.cb, number_bytes(k));
}

int
wino_m_step(const Kernel *k, const Wino *w, int width)
{
	return wino_lines(width*w->ob*k->t->vl, 4);
}

int
wino_u_step(const Kernel *k, const Wino *w)
{
	return wino_lines(w->chunk*k->in->lay.cb*w->ob*k->t->vl, number_bytes(k));
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
** filter_cycles - of transforming weights on the fly, for each block of tiles again: rows of 0 and infinity are
** one row of taps, those of p and -p share their sums. A line that the first cache has no room for is fetched before it
** is written.
*/
static double
filter_cycles(const Kernel *k, const Wino *w)
{
	const Target *t = k->t;
	double numbers = (double)w->icb*k->in->lay.cb*vectors_of(k)*t->vl*(w->count[0] + w->count[1])*w->bands;
	double along = w->mw == 4 ? 11 : 6, pairs = w->mh/2, flops = 2*(3 + along) + pairs*(15 + 2*along), loads = 6 + 9*pairs;
	double stores = w->pos*(fly_row(k, w, w->chunk) <= t->l1 ? 1 : fmax(1, 8.0*t->vl/t->from_l2));     /* out and in */
	double each = fmax(fmax(0.6*flops/t->fma, stores), (flops + loads + w->pos)/t->issue);

	if (wino_bytes(k))
		return numbers*(w->pos*3.3 + 6)/t->issue/fmin(2*t->vl, 16);
	return each*numbers/t->vl;
}

/* instructions - of one step of a vector: a multiply-add of floats, of two numbers of 16 bits */
static int
instructions(const Kernel *k)
{
	return wino_bytes(k) && !strstr(k->t->simd, "vnni") ? 2 : 1;
}

/*
** position_cycles - the multiply-adds of so many tiles at one position: like a direct convolution's tile. A block's
** first register tile streams the weights of a position from wherever the group's lie, from memory in the end; the
** others find them in the first or second cache. Transformed on the fly they are in the first, and what comes from
** memory is fetched during all of it.
*/
static double
position_cycles(const Kernel *k, const Wino *w, int width)
{
	const Target *t = k->t;
	int steps = w->icb*k->in->lay.cb/(wino_bytes(k) ? 2 : 1);
	double cycles = 0, weights = 4.0*w->ob*t->vl, group = weights*w->pos*steps, v = 4.0*w->tiles*w->pos*steps;
	double again = (w->fly ? fly_row(k, w, w->chunk) : weights*steps) <= t->l1 ? 0 : weights/t->from_l2;
	double each = instructions(k), share = each > 1 ? 1.33 : 1;
	int chunks = w->fly ? ceil_div(w->icb, w->chunk) : 1;

	for (int i = 0; i < wino_pieces(w, width); i++) {
		double p = wino_piece(w, width, i), fmas = w->ob*p, loads = w->ob + p;
		double stream = i || w->fly ? again : weights/(group + v < t->l2 ? t->from_l2 : t->from_l3);
		double step = adds_products(t) && wino_bytes(k) ? (0.56*fmas + 0.2*loads)*2/t->fma : 0;  /* Zen 3's */
		step = fmax(step, share*fmas/t->fma);
		step = fmax(fmax(step, loads/t->load), fmax(fmax((each*fmas + loads + 3)/t->issue, t->latency), stream));
		if (!i && !w->fly && group > t->l2)
			step += stream/2;        /* every block of tiles fetches them again */
		cycles += step*steps + 12 + 1.5*fmas + (chunks - 1)*(4 + 0.75*fmas);
	}
	return cycles;
}

/* product_cycles - of all positions; weights from memory take at least memory cycles */
static double
product_cycles(const Kernel *k, const Wino *w, double memory)
{
	const Target *t = k->t;
	double cycles = 0, v = 4.0*w->tiles*w->pos*w->icb*k->in->lay.cb/(wino_bytes(k) ? 2 : 1);

	for (int b = 0; b < 2; b++)
		if (w->count[b] && !w->images)
			cycles += w->count[b]*w->pos*position_cycles(k, w, w->width[b]);
	for (int i = 0; w->images && i < w->ah; i++)
		for (int j = 0; j < w->aw; j++)
			cycles += w->count[0]*position_cycles(k, w, wino_run(w, w->width[0], i, j).count);
	cycles += fmax(0, v - t->l2)/t->from_l3;        /* every group reads all of V */
	return cycles*w->groups*w->bands + (w->fly ? filter_cycles(k, w) + 0.8*memory : 1.3*memory);
}

/*
** packing_cycles - in training, of weights that every step packs anew: transformed ones come number by number in
** double, and go to memory
*/
static double
packing_cycles(const Kernel *k, const Wino *w)
{
	double pairs = (double)w->icb*k->in->lay.cb*vectors_of(k)*k->t->vl;

	return !k->batch ? 0 : w->fly ? 9*pairs : (double)w->pos*4*pairs;
}

/*
** beside_dots - what a cycle of Winograd on bytes costs beside one of direct sums by AVX-512's VNNI, which are a word
** each four products: on an Ice Lake 1.4, where two of either are made a cycle; on a Zen 4 1.2
*/
static double
beside_dots(const Kernel *k)
{
	if (!wino_bytes(k) || k->t->vl < 16 || instructions(k) > 1)
		return 1;
	return k->t->fma > 1 ? 1.4 : 1.2;
}

/* winograd_cycles - the cost model of it all: transforms, products, weights from memory while they are multiplied */
double
winograd_cycles(const Kernel *k, Way way)
{
	const Target *t = k->t;
	Wino w = wino_of(k, way);
	double tiles = (double)w.tiles*w.bands, vi = (double)w.icb*k->in->lay.cb/t->vl, vo = vectors_of(k);
	double in = tiles*vi*(w.pos*4/t->load + w.ah*w.aw*4/t->fma), out = tiles*vo*(w.pos*3/t->load + w.mh*w.mw*4);
	double bytes = (double)weight_bytes(k)*(w.fly ? 9 : w.pos)*w.icb*k->in->lay.cb*vo*t->vl;
	double memory = fmax(0, bytes - t->l2/2)/t->from_memory;     /* small ones may still be there from the run before */

	if (wino_bytes(k)) {
		in = tiles*w.icb*k->in->lay.cb/fmin(2*t->vl, 16)*w.pos*2;
		out = tiles*vo*(w.pos*2 + w.mh*w.mw*(k->skip ? 6 : 5));
	}
	return beside_dots(k)*(in + out + product_cycles(k, &w, memory)) + packing_cycles(k, &w);
}

/*
** winograd_ways - every tile of outputs, and every register tile that fits the registers and divides the output.
** Weights at half size are transformed on the fly: transformed ones would be rounded again.
*/
void
winograd_ways(const Kernel *k, EachWay *each, void *user)
{
	static const Way algorithms[] = {
		{ .winograd = { 4, 4 } }, { .winograd = { 2, 4 } }, { .winograd = { 4, 2 } }, { .winograd = { 2, 2 } },
		{ { 4, 4 }, .on_the_fly = true }, { { 2, 4 }, .on_the_fly = true }, { { 4, 2 }, .on_the_fly = true },
		{ { 2, 2 }, .on_the_fly = true }
	};
	int per = k->out->lay.cb/k->t->vl, vectors = vectors_of(k), count = sizeof algorithms/sizeof *algorithms;
	int spare = instructions(k);
	bool bytes = wino_bytes(k);

	for (int i = 0; i < (bytes ? count/2 : count); i++)
	for (int ob = 1; ob <= 4; ob++) {
		if (vectors%ob || (ob%per && per%ob) || (k->weights != DT_f32 && !bytes && !algorithms[i].on_the_fly))
			continue;
		for (int p = 1; p <= 28; p++)
			if (ob*p + (ob < p || bytes ? ob : p) + spare <= k->t->regs &&
			    (ob == 1 || 36*ob*k->t->vl*4*2 <= MostProducts))
				each(user, (Way){ .winograd = algorithms[i].winograd, .tile = { ob, p }, .on_the_fly = algorithms[i].on_the_fly });
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
