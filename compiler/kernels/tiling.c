/*
** tiling.c - the geometry of a direct convolution: which input channels a group of output vectors
** reads, how rows are cut into tiles, and what a tiling costs by the model.
*/
#include <math.h>
#include <string.h>

#include "winograd.h"

static int
max(int a, int b)
{
	return a > b ? a : b;
}

static int
min(int a, int b)
{
	return a < b ? a : b;
}

Pair
kernel_size(const Kernel *k)
{
	return k->op == O_linear ? (Pair){ 1, 1 } : k->a.kernel;
}

Pair
stride_of(const Kernel *k)
{
	return k->op == O_linear ? (Pair){ 1, 1 } : k->a.stride;
}

int
groups_of(const Kernel *k)
{
	return k->op == O_linear ? 1 : k->a.groups;
}

/* first_channel - of input that output channel oc reads */
int
first_channel(const Kernel *k, int oc)
{
	int g = groups_of(k), last = k->out->shape.c - 1;

	return (oc < last ? oc : last)/(k->out->shape.c/g)*(k->in->shape.c/g);
}

/* blocks_needed - input channel blocks that each group of per output channels reads */
int
blocks_needed(const Kernel *k, int per)
{
	int cb = k->in->lay.cb, most = 0, icg = k->in->shape.c/groups_of(k);

	for (int oc = 0; oc < k->out->shape.c; oc += per) {
		int from = first_channel(k, oc)/cb, to = (first_channel(k, oc + per - 1) + icg - 1)/cb;
		most = max(most, to - from + 1);
	}
	return most;
}

/* last_channels - channels read of the last block; all others are read whole */
int
last_channels(const Kernel *k, int per)
{
	int cb = k->in->lay.cb;

	return groups_of(k) > 1 ? cb : k->in->shape.c - (blocks_needed(k, per) - 1)*cb;
}

/* conv_group - packed weights of one group of OB vectors */
size_t
conv_group(const Kernel *k, const Tiling *tl)
{
	Pair ks = kernel_size(k);
	int per = tl->ob*k->t->vl;
	size_t channels = (size_t)(blocks_needed(k, per) - 1)*(size_t)k->in->lay.cb + (size_t)last_channels(k, per);

	return channels*(size_t)(ks.h*ks.w*per);
}

/* first_block - where group og of per output channels starts reading */
int
first_block(const Kernel *k, int og, int per)
{
	int blocks = ceil_div(k->in->shape.c, k->in->lay.cb);

	return min(first_channel(k, og*per)/k->in->lay.cb, blocks - blocks_needed(k, per));
}

int
dense_packed(const Kernel *k, size_t weights, Packed *to)
{
	to[0] = (Packed){ k->weights, weights };
	to[1] = (Packed){ DT_f32, (size_t)(vectors_of(k)*k->t->vl)*(k->slopes ? 2 : 1) };
	return 1 + k->bias;
}

void
pack_bias(const Kernel *k, const double *b, void *const *to)
{
	if (k->bias)
		pack_channels(k, b, to[1]);
}

/* emit_numbers - a table of count numbers */
static void
emit_numbers(Out *o, const char *type, const char *name, const int *v, int count)
{
	out_line(o, "static const %s %s[%d] = {", type, name, count);
	for (int i = 0; i < count; i++)
		out_flow(o, "%d%s", v[i], i + 1 < count ? "," : "");
	out_flow_end(o);
	out_line(o, "};");
}

/* emit_filter - G of so many rows, of three taps, or of seven of stride 2 */
static void
emit_filter(Out *o, const char *name, int rows, int taps)
{
	Axis x = taps == 3 ? winograd_axis(rows - 2, 3, 1) : winograd_axis(2, taps, 2);

	out_line(o, "static const double %s[%d] = {", name, taps*rows);
	for (int i = 0; i < taps*rows; i++)
		out_flow(o, "%.17g%s", x.g[i/taps][i%taps], i + 1 < taps*rows ? "," : "");
	out_flow_end(o);
	out_line(o, "};");
}

int
emit_packing(Out *o, const Kernel *k, const Repacking *r)
{
	int *first = arena_new((size_t)r->groups*sizeof *first), any = 0;
	bool channel = !strcmp(r->order, "RC_ORDER_CHANNEL");

	for (int og = 0; og < r->groups && !strcmp(r->order, "RC_ORDER_DIRECT"); og++)
		any |= first[og] = first_block(k, og, r->per);
	if (r->ah) {
		emit_filter(o, "gh", r->ah, r->kernel.h);
		emit_filter(o, "gw", r->aw, r->kernel.w);
	}
	if (any)
		emit_numbers(o, "int", "first", first, r->groups);
	if (r->from) {
		emit_numbers(o, "short", "from", r->from, r->phases + 1);
		emit_numbers(o, "short", "tap", r->tap, r->from[r->phases]);
	}
	out_line(o, "static const rc_packing how = {");
	out_line(o, "%s, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %s, %s, %s, %s, %s, %d, %d, %d", r->order, r->phases,
	         r->groups, r->blocks, k->in->lay.cb, r->last, r->per, k->out->shape.c, k->in->shape.c,
	         channel ? 1 : groups_of(k), r->kernel.h, r->kernel.w, r->turned, r->from ? "tap" : "NULL",
	         r->from ? "from" : "NULL", any ? "first" : "NULL", r->ah ? "gh" : "NULL", r->ah ? "gw" : "NULL", r->ah, r->aw,
	         k->bias || channel ? vectors_of(k)*k->t->vl : 0);
	out_line(o, "};");
	return r->groups;
}

/* --- tiling --- */

bool
rows_follow(const Kernel *k)
{
	Pair ks = kernel_size(k), s = stride_of(k);

	return ks.h == 1 && ks.w == 1 && s.h == 1 && s.w == 1 && k->in->shape.h == k->out->shape.h &&
		k->in->shape.w == k->out->shape.w && !has_halo(&k->in->lay) && !has_halo(&k->out->lay) &&
		(!k->skip || !has_halo(&k->in[1].lay));
}

/*
** set_passes - when a group's weights outgrow the first cache twice and are used many times, the channel
** blocks are walked in several passes over a band of rows: a pass's weights stay in the cache, the
** sums wait in y. Otherwise one pass does all.
*/
static void
set_passes(const Kernel *k, Tiling *tl)
{
	Pair ks = kernel_size(k);
	int per = tl->ob*k->t->vl, tiles = tl->rows*(tl->count[0] + tl->count[1]);
	double bytes = (double)weight_bytes(k)*k->in->lay.cb*ks.h*ks.w*per;

	tl->blocks = tl->chunk = blocks_needed(k, per);
	tl->bands = tl->rows;
	if (bytes*tl->blocks <= 2*k->t->l1 || tiles < 4)
		return;
	tl->chunk = min(tl->blocks, max(1, (int)(k->t->l1/bytes)));
	if (tl->chunk < tl->blocks)
		tl->bands = ceil_div(tl->rows, 8);
}

/* split_row - tiles of at most p pixels, balanced: their widths differ by at most one */
void
split_row(int w, int p, int count[2], int width[2])
{
	int tiles = ceil_div(w, p);

	width[0] = ceil_div(w, tiles);
	width[1] = width[0] - 1;
	count[0] = w - width[1]*tiles;
	count[1] = tiles - count[0];
}

static Tiling
tiling_of(const Kernel *k, int ob, int p, int fold)
{
	Tiling tl = { .ob = ob, .fold = fold, .rows = k->out->shape.h/fold, .cols = k->out->shape.w*fold };

	split_row(tl.cols, p, tl.count, tl.width);
	tl.p = tl.width[0];
	set_passes(k, &tl);
	return tl;
}

/* steps - multiply-adds each accumulator takes */
static double
steps(const Kernel *k, int ob)
{
	Pair ks = kernel_size(k);
	int channels = groups_of(k) == 1 ? k->in->shape.c : blocks_needed(k, ob*k->t->vl)*k->in->lay.cb;

	return (double)channels*ks.h*ks.w;
}

/*
** step_cycles - a k step of an OB x P tile costs the most of its multiply-adds, loads, instructions, the latency of one
** accumulator, and its weights coming from the cache that holds the panel. Where instructions run out of order, limits
** that lie close hinder each other: the power was found on a Zen 5, by vector tiles of equal bounds
*/
double
step_cycles(const Target *t, int ob, int p, double bytes, double panel)
{
	double fmas = ob*p, loads = ob + p;
	double limits[] = { fmas/t->fma, loads/t->load, (fmas + loads + 3)/t->issue, t->latency,
		panel <= t->l1 ? 0 : bytes/(panel < t->l2 ? t->from_l2 : t->from_l3) };
	double most = 0, sum = 0;

	for (size_t i = 0; i < sizeof limits/sizeof *limits; i++)
		most = fmax(most, limits[i]);
	for (size_t i = 0; i < sizeof limits/sizeof *limits; i++)
		sum += pow(limits[i]/most, 8);
	return t->issue > 2 && t->vl > 1 ? most*pow(sum, 1/8.0) : most;
}

/* conv_cycles - the cost model: the k steps; every tile of every pass adds its start and its end */
double
conv_cycles(const Kernel *k, const Tiling *tl)
{
	double total = 0, bytes = (double)weight_bytes(k)*tl->ob*k->t->vl, pass = bytes*steps(k, tl->ob)*tl->chunk/tl->blocks;

	for (int i = 0; i < 2; i++) {
		int ob = tl->ob, p = tl->width[i];
		double fmas = ob*p, step = step_cycles(k->t, ob, p, bytes, pass);
		double around = (20 + fmas*1.5)*ceil_div(tl->blocks, tl->chunk) + (k->skip ? fmas/2 : 0);
		total += tl->count[i]*(steps(k, ob)*step + around);
	}
	return total*tl->rows*vectors_of(k)/tl->ob*k->out->shape.n;
}

Tiling
conv_tiling(const Kernel *k, int ob, int p)
{
	Tiling best = tiling_of(k, ob, p, 1);

	for (int fold = 2; rows_follow(k) && fold <= k->out->shape.h; fold++)
		if (k->out->shape.h%fold == 0) {
			Tiling tl = tiling_of(k, ob, p, fold);
			if (conv_cycles(k, &tl) < 0.99*conv_cycles(k, &best))
				best = tl;
		}
	return best;
}

/* registers_of - where a factor is a single float all vectors of weights are held, else the fewer of both kinds */
int
registers_of(const Target *t, int ob, int p)
{
	return ob*p + (products_of(t).singles ? ob : min(ob, p) + 1);
}

/* conv_ways - every OB x P that fits the registers and divides the output */
void
conv_ways(const Kernel *k, EachWay *each, void *user)
{
	int per = k->out->lay.cb/k->t->vl, vectors = vectors_of(k);

	for (int ob = 1; ob <= 8; ob++) {
		if (vectors%ob || (ob%per && per%ob))
			continue;
		for (int p = 1; p <= 30; p++)
			if (registers_of(k->t, ob, p) <= k->t->regs)
				each(user, (Way){ .tile = { ob, p } });
	}
}
