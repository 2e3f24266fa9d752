/*
** conv_int8_tiling.c - how convolutions of bytes walk over their input, and the OB vectors of output channels by P
** pixels of a register tile: those that fit, what each costs, and the one that the passes chose.
*/
#include <math.h>
#include <string.h>

#include "conv_int8.h"

/* --- how the channels of an input are walked --- */

/* in_pairs - does a word multiply two numbers of 16 bits for each sum? */
static bool
in_pairs(const Kernel *k)
{
	return products_of(k->t).bytes == 2;
}

/* int8_walk - in rows where small processors gain by it, or a load has more than a product, and no block ends early */
Walk
int8_walk(const Kernel *k, int per)
{
	Products how = products_of(k->t);
	int cb = k->in->lay.cb, steps = ceil_div(cb, how.bytes), load = how.bytes*how.each;
	int last = how.each > 1 ? steps : ceil_div(last_channels(k, per), how.bytes);
	bool run = (bytes_are_direct(k->t) || in_pairs(k) || cb < how.bytes) && last == steps &&
		(k->op == O_linear || k->a.dilation.w == 1);
	int bytes = run ? cb*kernel_size(k).w : cb;

	steps = ceil_div(bytes, how.bytes);
	return (Walk){ run, steps, run ? steps : last, bytes/load, bytes%load };
}

/* int8_ends_early - may the last block have fewer steps? */
bool
int8_ends_early(const Kernel *k, const Walk *w)
{
	return !w->run && w->steps > products_of(k->t).each;
}

/* int8_steps - of a group of output channels */
int
int8_steps(const Kernel *k, int per)
{
	Walk w = int8_walk(k, per);
	Pair ks = kernel_size(k);

	return ((blocks_needed(k, per) - 1)*w.steps + w.last)*ks.h*(w.run ? 1 : ks.w);
}

/* int8_per - channels of a tile */
int
int8_per(const Kernel *k, int ob)
{
	return ob*products_of(k->t).sums;
}

/* int8_vectors - vectors of results of a tile */
int
int8_vectors(const Kernel *k, int ob)
{
	return int8_per(k, ob)/k->t->vl;
}

/* --- tiling --- */

static bool
has_dot(const Kernel *k)
{
	return has_product(k->t);
}

/* int8_pair_safe - the neighbours are not those of which it is known where pixels have an odd number of channels */
bool
int8_pair_safe(const Kernel *k)
{
	return k->a.pair_safe && k->in->lay.cb%2 == 0;
}

enum { FewSteps = 24 };              /* of fewer too few find another, and they take loops that end at known places */

bool
int8_ordered(const Kernel *k)
{
	bool enough = !int8_pair_safe(k) || int8_steps(k, k->t->vl) >= FewSteps;

	return adds_products(k->t) && k->out->shape.h*k->out->shape.w > 1 && enough;
}

/* instructions - of one product of a vector; of two that are added in 16 bits half of five */
static double
instructions(const Kernel *k)
{
	return int8_ordered(k) ? 2.5 : product_words(k->t, int8_pair_safe(k));
}

/*
** int8_slides - are all taps of a row multiplied before the next channels? Then a pixel is loaded once for all of
** them: most of the loads where output channels are few.
*/
bool
int8_slides(const Kernel *k, int ob, int p)
{
	Pair ks = kernel_size(k);
	Walk w = int8_walk(k, int8_per(k, ob));

	return products_of(k->t).each == 1 && has_dot(k) && !w.run && w.last == w.steps && k->a.dilation.w == 1 &&
		ks.w > stride_of(k).w && ob*(p + ks.w) + 2 <= k->t->regs;
}

/* int8_slid_over - pixels under the taps of p results */
int
int8_slid_over(const Kernel *k, int p)
{
	return (p - 1)*stride_of(k).w + kernel_size(k).w;
}

/*
** ordered_cycles - of a step of so many products, on the mean: of two that are added in 16 bits, or of single ones. The
** more there are the more find another one that fits them; measured on a Zen 3, beside random and trained weights
*/
static double
ordered_cycles(const Kernel *k, const Tiling *tl, double steps, double dots)
{
	double per = 2.6*int8_per(k, tl->ob), share = steps*steps/(steps*steps + per*per), units = k->t->fma/2;
	double loads = tl->ob/2.0 + dots/tl->ob + dots/2;

	return (share*(0.74*dots + 0.1*loads) + (1 - share)*(dots + 0.1*dots/tl->ob))/units;
}

/* tiling_cycles - each step costs the most of its multiplications, loads, instructions and the latency of a sum */
static double
tiling_cycles(const Kernel *k, const Tiling *tl)
{
	const Target *t = k->t;
	Products how = products_of(t);
	int per = int8_per(k, tl->ob);
	double each = instructions(k);
	double steps = int8_steps(k, per), total = 0, bytes = (double)how.bytes*per, all = bytes*steps;
	double stream = all <= t->l1 ? 0 : bytes/(all < t->l2 ? t->from_l2 : t->from_l3);

	for (int i = 0; i < 2; i++) {
		double dots = (double)tl->ob*tl->width[i], quads = (double)tl->width[i]/how.each, loads = tl->ob + quads;
		double less = how.less ? quads : 0, vectors = each*dots + less;
		if (int8_slides(k, tl->ob, tl->width[i]))
			loads = tl->ob + (double)int8_slid_over(k, tl->width[i])/kernel_size(k).w;
		double issue = (each*dots + less + loads + 3)/t->issue;
		double step = fmax(fmax(vectors/t->fma, loads/t->load), fmax(fmax(issue, 5), stream));
		if (int8_ordered(k))
			step = ordered_cycles(k, tl, steps, dots);
		if (how.dot)
			step = each*dots + how.load_w*tl->ob + how.load_x*tl->width[i] + 2;
		total += tl->count[i]*(steps*step + 20 + 6*dots + (k->skip ? 3*dots : 0));
	}
	return total*tl->rows*vectors_of(k)/int8_vectors(k, tl->ob)*k->out->shape.n;
}

static Tiling
folded(const Kernel *k, int ob, int p, int fold)
{
	Tiling tl = { .ob = ob, .fold = fold, .rows = k->out->shape.h/fold, .cols = k->out->shape.w*fold };

	split_row(tl.cols, p, tl.count, tl.width);
	tl.p = tl.width[0];
	tl.blocks = tl.chunk = blocks_needed(k, int8_per(k, ob));
	tl.bands = tl.rows;
	return tl;
}

static Tiling
tiling_of(const Kernel *k, int ob, int p)
{
	Tiling best = folded(k, ob, p, 1);

	for (int fold = 2; rows_follow(k) && fold <= k->out->shape.h; fold++)
		if (k->out->shape.h%fold == 0) {
			Tiling tl = folded(k, ob, p, fold);
			if (tiling_cycles(k, &tl) < 0.99*tiling_cycles(k, &best))
				best = tl;
		}
	return best;
}

Tiling
int8_chosen(const Kernel *k)
{
	int least = k->t->vl/products_of(k->t).sums;     /* words of sums that make a vector of results */

	return tiling_of(k, k->a.tile.h > least ? k->a.tile.h : least, k->a.tile.w ? k->a.tile.w : 1);
}

/* divides - do ob words of sums make whole vectors that lie in whole blocks, or in one, of a value */
static bool
divides(const Kernel *k, const Layout *l, int ob)
{
	int per = l->cb/k->t->vl, vectors = int8_vectors(k, ob);

	return int8_per(k, ob)%k->t->vl == 0 && vectors_of(k)%vectors == 0 && (vectors%per == 0 || per%vectors == 0);
}

/* in_registers - the sums with what is multiplied: of a word's instructions each has a part of x and w */
static bool
in_registers(const Kernel *k, int ob, int p)
{
	Products how = products_of(k->t);

	if (how.dot)
		return ob*p + (how.dot > 1 ? how.dot*(p + 1) : 0) <= how.regs;
	if (how.each > 1)
		return ob*p + p + 3 <= how.regs;
	if (int8_ordered(k) && (ob*p + ob + 5 > how.regs || int8_pair_safe(k)))
		return ob*p + ob + 5 <= how.regs || p == 1;
	if (in_pairs(k))
		return ob*p + ob + p + 1 <= how.regs;    /* V8 of Node 20 loads all of a step before it multiplies */
	return ob*p + (has_dot(k) ? ob + 1 : int8_pair_safe(k) ? ob + 3 : 2*ob + 4) <= how.regs || p == 1;
}

/* int8_ways - every OB x P that fits the registers */
void
int8_ways(const Kernel *k, EachWay *each, void *user)
{
	for (int ob = 1; ob <= 4; ob++) {
		if (!divides(k, &k->out->lay, ob) || (k->skip && !divides(k, &k->in[1].lay, ob)))
			continue;
		for (int p = 1; p <= 28; p++)
			if (in_registers(k, ob, p))
				each(user, (Way){ .tile = { ob, p } });
	}
}

double
int8_cycles(const Kernel *k, Way way)
{
	Tiling tl = tiling_of(k, way.tile.h, way.tile.w);

	return tiling_cycles(k, &tl);
}

/* int8_work - in multiply-adds of floats: four bytes of each of a vector's sums in so many instructions */
double
int8_work(const Kernel *k)
{
	Pair ks = kernel_size(k);
	double macs = (double)k->out->shape.n*k->out->shape.c*k->out->shape.h*k->out->shape.w*
	              (k->in->shape.c/groups_of(k))*ks.h*ks.w;

	return macs*instructions(k)/products_of(k->t).bytes;
}
