/*
** attributes.c - a value for an attribute of a random node, by the attribute table, so that a new op is tried without a
** word here; what is drawn and does not fit is drawn again.
*/
#include <math.h>

#include "fuzz.h"

static Pair
pair(uint64_t *r, const int *from, int count)
{
	int h = rnd_of(r, from, count);

	return (Pair){ h, rnd_chance(r, 70) ? h : rnd_of(r, from, count) };
}

static int
divisor(uint64_t *r, int of)
{
	int d;

	do
		d = rnd_to(r, 1, of);
	while (of%d);
	return d;
}

static void
random_range(uint64_t *r, Range *range, int size)
{
	int from = rnd_to(r, 0, size - 1);

	if (rnd_chance(r, 50))
		*range = (Range){ from, rnd_to(r, from + 1, size), rnd_to(r, 1, 3) };
}

/* random_shape - of as many numbers as n's input has */
static void
random_shape(uint64_t *r, Node *n)
{
	Shape x = n->in[0]->shape;
	int all = x.c*x.h*x.w, c = rnd_chance(r, 30) ? x.c : divisor(r, all), h = divisor(r, all/c);

	n->a.shape = (Shape){ 0, c, h, rnd_chance(r, 20) ? -1 : all/c/h };
}

static void
random_number(uint64_t *r, Attr *a, AttrId id)
{
	switch (id) {
	case At_slope:             a->slope = rnd_normal(r)/4; break;
	case At_offset:            a->offset = rnd_normal(r)/2; break;
	case At_lo:                a->lo = -fabs(rnd_normal(r)); break;
	case At_hi:                a->hi = fabs(rnd_normal(r)); break;
	case At_value:             if (rnd_chance(r, 30)) a->value = (double)(float)rnd_normal(r); break;
	case At_gain:              a->gain = rnd_normal(r); break;
	case At_alpha:             a->alpha = rnd_normal(r); break;
	case At_beta:              a->beta = 0.25 + fabs(rnd_normal(r)); break;
	case At_eps:               a->eps = rnd_chance(r, 50) ? 1e-5 : 1e-3; break;
	case At_standardize:       a->standardize = rnd_chance(r, 10) ? 1e-6 : 0; break;
	case At_scale:             a->scale = rnd_chance(r, 50) ? 1 : rnd_normal(r)/4; break;
	default:                   break;
	}
}

static void
random_flag(uint64_t *r, Attr *a, AttrId id)
{
	switch (id) {
	case At_shared:            a->shared = rnd_chance(r, 30); break;
	case At_transpose_a:       a->transpose_a = rnd_chance(r, 50); break;
	case At_transpose_b:       a->transpose_b = rnd_chance(r, 50); break;
	case At_depth_first:       a->depth_first = rnd_chance(r, 50); break;
	case At_exclude_outside:   a->exclude_outside = rnd_chance(r, 30); break;
	case At_bias:              a->bias = rnd_chance(r, 50); break;
	case At_affine:            a->affine = rnd_chance(r, 80); break;
	case At_ceil_mode:         a->ceil_mode = rnd_chance(r, 40); break;
	case At_count_include_pad: a->count_include_pad = rnd_chance(r, 60); break;
	default:                   break;
	}
}

static void
random_padding(uint64_t *r, Node *n)
{
	if (n->op == O_conv2d && rnd_chance(r, 50))
		return;
	if (n->op == O_conv2d && rnd_chance(r, 20))
		n->a.padding.t = SameUpper;
	else
		n->a.padding = (Sides){ rnd_to(r, 0, 2), rnd_to(r, 0, 2), rnd_to(r, 0, 2), rnd_to(r, 0, 2) };
}

static void
random_groups(uint64_t *r, Node *n)
{
	int c = n->in[0]->shape.c;

	if (n->op != O_conv2d && n->op != O_conv_transpose2d) {
		if ((n->op != O_softmax && n->op != O_reduce) || rnd_chance(r, 30))
			n->a.groups = divisor(r, c);
		return;
	}
	if (rnd_chance(r, 60))
		return;
	n->a.groups = rnd_chance(r, 30) ? c : divisor(r, c);
	n->a.out = rnd_chance(r, 60) ? c : n->a.groups*rnd_to(r, 1, 4);
}

/* wants_range - of numbers anywhere it makes NaN and infinities, of which nothing is known further on */
bool
wants_range(Act act)
{
	return act == Act_log || act == Act_sqrt || act == Act_exp;
}

/* random_attr - a value for one attribute of n, whose inputs are known */
void
random_attr(uint64_t *r, Node *n, AttrId id)
{
	static const int kernels[] = { 1, 1, 3, 3, 3, 2, 4, 5, 7 }, steps[] = { 1, 1, 1, 1, 2, 2, 3 },
		sizes[] = { 1, 1, 2, 3, 4, 5, 7 };
	Attr *a = &n->a;
	Shape x = n->in[0]->shape;
	int words;

	switch (id) {
	case At_out:        a->out = n->op == O_top_k ? rnd_to(r, 1, x.c < 40 ? x.c : 40) : rnd_channels(r); break;
	case At_kernel:     a->kernel = pair(r, kernels, 9); break;
	case At_stride:     a->stride = pair(r, steps, 7); break;
	case At_dilation:   a->dilation = pair(r, steps, rnd_chance(r, 80) ? 4 : 7); break;
	case At_padding:    random_padding(r, n); break;
	case At_groups:     random_groups(r, n); break;
	case At_size:       a->size = (n->op == O_adaptive_avg_pool || n->op == O_adaptive_max_pool) ? pair(r, sizes, 7) :
				(Pair){ rnd_to(r, 1, 2*x.h + 1), rnd_to(r, 1, 2*x.w + 1) }; break;
	case At_channels:
		if (n->op == O_pad)
			a->channels = (Pair){ rnd_to(r, 0, 5), rnd_to(r, 0, 5) };
		else if (rnd_chance(r, 60))
			a->channels.h = rnd_to(r, 0, x.c - 1), a->channels.w = rnd_to(r, a->channels.h + 1, x.c);
		break;
	case At_rows:       random_range(r, &a->rows, x.h); break;
	case At_cols:       random_range(r, &a->cols, x.w); break;
	case At_mode:       if (rnd_chance(r, 60)) a->mode = rnd_to(r, 0, NFills - 1); break;
	case At_act:        a->act = rnd_chance(r, 15) ? rnd_to(r, 1, NActs - 1) : a->act;
	                    a->act = wants_range(a->act) ? Act_none : a->act; break;
	case At_coords:
	case At_rounding:
		words_of(&attr_rows[id], &words);
		*(id == At_coords ? &a->coords : &a->rounding) = rnd_to(r, 0, words - 1);
		break;
	case At_reduction:  a->reduction = rnd_to(r, 0, NReductions - 1); break;
	case At_sharpness:  a->sharpness = rnd_chance(r, 50) ? -0.75 : -0.5; break;
	case At_axis:       a->axis = rnd_to(r, 0, NAlongs - 1); break;
	case At_heads:      a->heads = rnd_chance(r, 50) ? 1 : divisor(r, x.c); break;
	case At_output_padding:
		a->output_padding = rnd_chance(r, 70) ? (Pair){ 0, 0 } : (Pair){ rnd_to(r, 0, 1), rnd_to(r, 0, 1) };
		break;
	case At_order:      a->order = rnd_to(r, 0, NOrders - 1); break;
	case At_factor:     a->factor = rnd_to(r, 1, 4); break;
	case At_shape:      random_shape(r, n); break;
	case At_slope: case At_offset: case At_lo: case At_hi: case At_value: case At_gain: case At_alpha: case At_beta:
	case At_eps: case At_scale: case At_standardize:
		random_number(r, a, id);
		break;
	case At_shared: case At_transpose_a: case At_transpose_b: case At_depth_first: case At_bias: case At_affine:
	case At_ceil_mode: case At_count_include_pad: case At_exclude_outside:
		random_flag(r, a, id);
		break;
	case At_winograd: case At_on_the_fly: case At_strassen:      /* by the shape, when that is known */
	case At_tile: case At_scale_h: case At_scale_w: case At_bn: case At_bn_eps: case At_bn_affine: case At_gamma:
	case At_in_gain: case At_out_gain: case At_out_offset: case At_slopes:
	case At_step: case At_zero: case At_requant: case At_pixels: case At_pair_safe:         /* by quantize */
	case NAttrs:
		break;
	}
}
