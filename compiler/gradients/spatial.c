/*
** spatial.c - ops whose result pixels are sums of input pixels, rows and columns each by themselves: y = R x C. Their
** gradient is dx = R' dy C', for which this lists the shares.
*/
#include "train.h"

/* mirrored - where row or column i of an axis of size comes from, -1: from nowhere */
static int
mirrored(const Attr *a, int i, int size)
{
	if (i >= 0 && i < size)
		return i;
	if (a->mode == Fill_constant)
		return -1;
	if (a->mode == Fill_replicate)
		return i < 0 ? 0 : size - 1;
	return i < 0 ? -i : 2*(size - 1) - i;
}

typedef struct {
	Spread *to;
	int count;
} List;

static void
add_spread(List *l, int in, int out, double share)
{
	if (l->count == MostSpreads)
		die("more than %d shares along an axis", MostSpreads);
	if (in >= 0 && share != 0)
		l->to[l->count++] = (Spread){ in, out, share };
}

/*
** add_window - a mean over inputs from to to, of which only those in the image are there; count: what the sum is
** divided by
*/
static void
add_window(List *l, int from, int to, int size, int o, int count)
{
	for (int i = from < 0 ? 0 : from; i < to && i < size; i++)
		add_spread(l, i, o, 1.0/count);
}

static void
add_pool(List *l, const Attr *a, bool rows, int in, int o)
{
	int kernel = rows ? a->kernel.h : a->kernel.w, stride = rows ? a->stride.h : a->stride.w;
	int before = rows ? a->padding.t : a->padding.l, after = rows ? a->padding.b : a->padding.r;
	int from = o*stride - before, to = from + kernel, lo = from < 0 ? 0 : from, hi = to < in ? to : in;

	add_window(l, from, to, in, o, a->count_include_pad ? (to < in + after ? to : in + after) - from : hi - lo);
}

static void
add_sample(List *l, Op op, const Attr *a, bool rows, int in, int out, int o)
{
	Sample s = sample_at(a, op == O_upsample_nearest, rows, in, out, o);

	add_spread(l, s.from, o, op == O_upsample_nearest ? 1 : 1 - s.share);
	if (op != O_upsample_nearest)
		add_spread(l, s.to, o, s.share);
}

/* add_cubic - the share of a pixel beyond the border is the border's */
static void
add_cubic(List *l, const Attr *a, bool rows, int in, int out, int o)
{
	Cubic c = cubic_at(a, rows, in, out, o);

	for (int k = 0; k < CubicTaps; k++)
		add_spread(l, c.at[k], o, c.share[k]);
}

int
spread_of(Op op, const Attr *a, bool rows, int in, int out, Spread *to)
{
	List l = { to, 0 };
	int kept = 0;
	Spread *sorted = arena_new(MostSpreads*sizeof *sorted);

	for (int o = 0; o < out; o++)
		switch (op) {
		case O_slice:
			add_spread(&l, rows ? a->rows.from + o*a->rows.step : a->cols.from + o*a->cols.step, o, 1);
			break;
		case O_pad:               add_spread(&l, mirrored(a, o - (rows ? a->padding.t : a->padding.l), in), o, 1); break;
		case O_avg_pool:          add_pool(&l, a, rows, in, o); break;
		case O_adaptive_avg_pool:
			add_window(&l, o*in/out, ceil_div((o + 1)*in, out), in, o, ceil_div((o + 1)*in, out) - o*in/out);
			break;
		case O_upsample_nearest:
		case O_upsample_bilinear: add_sample(&l, op, a, rows, in, out, o); break;
		case O_upsample_bicubic:  add_cubic(&l, a, rows, in, out, o); break;
		default:                  die("op %d is no sum of rows and columns", op);
		}
	for (int i = 0; i < in; i++)
		for (int k = 0; k < l.count; k++)
			if (to[k].in == i)
				sorted[kept++] = to[k];
	for (int k = 0; k < kept; k++)
		to[k] = sorted[k];
	return kept;
}

int
first_channel_of(Op op, const Attr *a)
{
	return op == O_slice ? a->channels.h : op == O_pad ? -a->channels.h : 0;
}
