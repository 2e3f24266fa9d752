/*
** winograd_strided_tiling.c - the geometry of a Winograd convolution of stride 2: blocks of tiles, what each class of
** positions has of them, and what it all costs by the model.
*/
#include <math.h>

#include "winograd_strided.h"

/*
** strided_fits - with more than twelve registers: of Helium's eight a compiler spills more than the stack that is told
** of, and of WebAssembly's twelve V8 so much that direct sums are as fast, by relaxed-simd faster
*/
bool
strided_fits(const Node *n)
{
	return n->op == O_conv2d && n->a.kernel.h == 3 && n->a.kernel.w == 3 && n->a.stride.h == 2 && n->a.stride.w == 2 &&
	       n->a.dilation.h == 1 && n->a.dilation.w == 1 && n->a.groups == 1 && n->in[0]->shape.c >= 8 && n->a.out >= 8 &&
	       n->g->target->regs > 12;
}

int
strided_past(int m, int in, int out, int before)
{
	return 2*m*ceil_div(out, m) - before - (in - 1);
}

/* cut_of - blocks of so many rows of tiles, and of pixels */
static Cut
cut_of(const Kernel *k, const Wino *w, int tile_rows, int pixel_rows)
{
	Cut c = { .tile_rows = tile_rows, .pixel_rows = pixel_rows };
	int wide = k->out->shape.w;

	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < 2; j++) {
			c.cols[i][j] = (i == Outer ? tile_rows : pixel_rows)*(j == Outer ? w->tc : wide);
			c.v[i][j] = wino_lines(w->icb*c.cols[i][j]*k->in->lay.cb, 4);
			c.m[i][j] = wino_lines(c.cols[i][j]*w->ob*k->t->vl, 4);
		}
		c.v_row[i] = (w->mw + 1)*c.v[i][Outer] + c.v[i][Middle];
		c.m_row[i] = (w->mw + 1)*c.m[i][Outer] + c.m[i][Middle];
	}
	c.v_all = (w->mh + 1)*c.v_row[Outer] + c.v_row[Middle];
	c.m_all = (w->mh + 1)*c.m_row[Outer] + c.m_row[Middle];
	return c;
}

/* set_cuts - blocks of so many whole images, or of so many rows of tiles; an image's last block may have fewer */
static void
set_cuts(const Kernel *k, Strided *s, int images, int rows)
{
	Shape y = k->out->shape;
	int last;

	s->images = images;
	s->per = ceil_div(s->w.tr, rows);
	s->blocks = y.n/images*s->per;
	s->cuts = 1;
	s->cut[0] = cut_of(k, &s->w, images*rows, s->per > 1 ? rows*s->w.mh : images*y.h);
	if (s->per == 1)
		return;
	last = (s->per - 1)*rows;
	s->cut[1] = cut_of(k, &s->w, s->w.tr - last, y.h - last*s->w.mh);
	s->cuts = s->cut[1].pixel_rows == s->cut[0].pixel_rows ? 1 : 2;
}

/*
** set_blocks - as few as keep what a thread has to itself in half the second cache, but several a thread where there
** may be threads: for each, weights are transformed again. All of the cache would make strided layers up to a tenth
** faster, and take twice the memory, of as many threads as there may be
*/
static void
set_blocks(const Kernel *k, Strided *s)
{
	int n = k->out->shape.n, least = k->t->parts > 1 ? 8 : 1, rows = s->w.tr, images = 1;

	set_cuts(k, s, 1, rows);
	while (rows > 1 && (4.0*(s->cut->v_all + s->cut->m_all) > k->t->l2/2 || s->blocks*s->w.groups < least))
		set_cuts(k, s, 1, --rows);
	set_cuts(k, s, 1, rows = ceil_div(s->w.tr, s->per));
	for (int i = 2; s->per == 1 && i <= n; i++)
		if (n%i == 0 && 4.0*i*(s->cut->v_all + s->cut->m_all) <= k->t->l2/2 && n/i*s->w.groups >= least)
			images = i;
	if (images > 1)
		set_cuts(k, s, images, rows);
}

static Strided
strided_of(const Kernel *k, Way way)
{
	Pair m = way.winograd;
	int ob = way.tile.h ? way.tile.h : 1, p = way.tile.w ? way.tile.w : 1;
	Strided s = { .w = { .mh = m.h, .mw = m.w, .ah = m.h + 2, .aw = m.w + 2, .ob = ob, .p = p } };
	Wino *w = &s.w;

	w->fly = w->strided = true;
	w->pos = w->ah*w->aw;
	w->tr = ceil_div(k->out->shape.h, w->mh);
	w->tc = ceil_div(k->out->shape.w, w->mw);
	w->icb = ceil_div(k->in->shape.c, k->in->lay.cb);
	w->groups = vectors_of(k)/ob;
	w->bands = 1;
	set_blocks(k, &s);
	w->count[0] = s.blocks;
	w->chunk = wino_chunk(k, w, s.cut->cols[Outer][Outer]);
	return s;
}

Strided
strided_chosen(const Kernel *k)
{
	return strided_of(k, (Way){ .winograd = k->a.winograd, .tile = k->a.tile });
}

/* positions - of a class */
static int
positions(const Wino *w, int i, int j)
{
	return (i == Outer ? w->mh + 1 : 1)*(j == Outer ? w->mw + 1 : 1);
}

/* blocks_cut - how many blocks are cut so */
static int
blocks_cut(const Strided *s, int cut)
{
	return s->cuts == 1 ? s->blocks : cut == 0 ? s->blocks/s->per*(s->per - 1) : s->blocks/s->per;
}

double
strided_macs(const Kernel *k, const Strided *s)
{
	double columns = 0;

	for (int c = 0; c < s->cuts; c++)
		for (int i = 0; i < 2; i++)
			for (int j = 0; j < 2; j++)
				columns += (double)blocks_cut(s, c)*positions(&s->w, i, j)*s->cut[c].cols[i][j];
	return columns*k->in->shape.c*k->out->shape.c;
}

/* position_cycles - the products of one position with the weights of a group */
static double
position_cycles(const Kernel *k, const Wino *w, int width)
{
	const Target *t = k->t;
	double cycles = 0, weights = 4.0*w->ob*t->vl, panel = w->pos/w->ah*2*w->chunk*k->in->lay.cb*weights;
	int chunks = ceil_div(w->icb, w->chunk), steps = w->icb*k->in->lay.cb;

	for (int i = 0; i < wino_pieces(w, width); i++) {
		double p = wino_piece(w, width, i), fmas = w->ob*p, loads = w->ob + p;
		double step = fmax(fmax(fmas/t->fma, loads/t->load), fmax((fmas + loads + 3)/t->issue, t->latency));
		step = fmax(step, panel <= t->l1 ? 0 : weights/t->from_l2);
		cycles += step*steps + 12 + 1.5*fmas + (chunks - 1)*(4 + 0.75*fmas);
	}
	return cycles;
}

/* strided_cycles - the cost model of it all: transforms, products while weights come from memory */
double
strided_cycles(const Kernel *k, Way way)
{
	const Target *t = k->t;
	Strided s = strided_of(k, way);
	const Wino *w = &s.w;
	double tiles = (double)w->tr*w->tc*k->out->shape.n, vi = (double)w->icb*k->in->lay.cb/t->vl, vo = vectors_of(k);
	double moves = (2*w->mh + 1)*(2*w->mw + 1), results = w->mh*w->mw, products = 0;
	double in = tiles*vi*(moves*4/t->load + results*4/t->fma), out = tiles*vo*(moves*2/t->load + results*5);
	double pairs = (double)w->icb*k->in->lay.cb*vo*t->vl, bytes = 9.0*weight_bytes(k)*pairs;
	double memory = fmax(0, bytes - t->l2/2)/t->from_memory;     /* small ones may still be there from the run before */
	double calls = (double)s.blocks*w->groups*w->ah*60;          /* of rows of positions */
	double filters = s.blocks*pairs/t->vl*w->pos*2.7;            /* as measured on a Zen 4, of either width */

	for (int c = 0; c < s.cuts; c++)
		for (int i = 0; i < 2; i++)
			for (int j = 0; j < 2; j++)
				products += (double)blocks_cut(&s, c)*positions(w, i, j)*position_cycles(k, w, s.cut[c].cols[i][j]);
	return in + out + fmax(products*w->groups, memory) + calls + filters + (k->batch ? 9*pairs : 0);
}
