/*
** backward.c - the backward nodes of each op: ordinary nodes, those of the language wherever a gradient is one of its
** ops.
**
** To give an op a gradient: a function here and a row in the table below. It makes the nodes of the gradients of the
** op's parameters, and gives each input its part.
*/
#include <stdlib.h>
#include <string.h>

#include "train.h"

/* --- layers with weights --- */

static void
weight_gradient(Backward *b, Node *n, Value *x, Value *dy)
{
	Node *dw;

	if (!backward_learns(n, P_weight))
		return;
	dw = backward_node(b, O_conv2d_dw, n, "dw");
	backward_reads(dw, x);
	backward_reads(dw, dy);
	if (n->op == O_linear) {
		dw->a.kernel = dw->a.stride = dw->a.dilation = (Pair){ 1, 1 };
		dw->a.padding = (Sides){ 0, 0, 0, 0 };
		dw->a.groups = 1;
	}
	backward_into_state(dw, 0, n, P_weight);
	backward_add(b, dw);
}

static void
bias_gradient(Backward *b, Node *n, Value *dy)
{
	Node *db;

	if (!backward_learns(n, P_bias))
		return;
	db = backward_node(b, O_channel_sums, n, "db");
	backward_reads(db, dy);
	backward_into_state(db, 0, n, P_bias);
	backward_add(b, db);
}

/* dense_dx - a layer whose weights are n's, so that its result is the gradient of n's input */
static Node *
dense_dx(Backward *b, Op op, Node *n, Value *dy)
{
	Node *dx = backward_node(b, op, n, "dx");

	dx->a.kernel = n->a.kernel;
	dx->a.stride = n->a.stride;
	dx->a.dilation = n->a.dilation;
	dx->a.padding = n->a.padding;
	dx->a.groups = n->a.groups;
	dx->a.bias = false;
	dx->a.out = n->in[0]->shape.c;
	dx->p[P_weight].state = n->p[P_weight].state;
	backward_reads(dx, dy);
	return dx;
}

/*
** turned - the convolution of stride 1 that n's input gradient is: of turned weights, with what padding the window
** leaves
*/
static Node *
turned(Backward *b, Node *n, Value *dy)
{
	Node *dx = dense_dx(b, O_conv2d, n, dy);
	const Sides *p = &n->a.padding;
	int h = n->a.dilation.h*(n->a.kernel.h - 1), w = n->a.dilation.w*(n->a.kernel.w - 1);

	dx->turned = true;
	dx->a.padding = (Sides){ h - p->t, w - p->l, h - p->b, w - p->r };
	return dx;
}

static bool
turns(const Node *n)
{
	const Sides *p = &n->a.padding;
	int h = n->a.dilation.h*(n->a.kernel.h - 1), w = n->a.dilation.w*(n->a.kernel.w - 1);

	return n->a.stride.h == 1 && n->a.stride.w == 1 && p->t <= h && p->b <= h && p->l <= w && p->r <= w;
}

static void
conv2d(Backward *b, Node *n, Value *dy)
{
	Shape x = n->in[0]->shape, y = n->out->shape;
	const Attr *a = &n->a;
	Node *dx;

	weight_gradient(b, n, n->in[0], dy);
	bias_gradient(b, n, dy);
	if (!wants(b, n->in[0]))
		return;
	if (turns(n)) {
		give(b, n->in[0], backward_add(b, turned(b, n, dy)));
		return;
	}
	dx = dense_dx(b, O_conv_transpose2d, n, dy);
	dx->a.output_padding.h = x.h + a->padding.t +
		a->padding.b - (y.h - 1)*a->stride.h - a->dilation.h*(a->kernel.h - 1) - 1;
	dx->a.output_padding.w = x.w + a->padding.l +
		a->padding.r - (y.w - 1)*a->stride.w - a->dilation.w*(a->kernel.w - 1) - 1;
	give(b, n->in[0], backward_add(b, dx));
}

static void
conv_transpose2d(Backward *b, Node *n, Value *dy)
{
	weight_gradient(b, n, dy, n->in[0]);
	bias_gradient(b, n, dy);
	if (wants(b, n->in[0]))
		give(b, n->in[0], backward_add(b, dense_dx(b, O_conv2d, n, dy)));
}

static void
linear(Backward *b, Node *n, Value *dy)
{
	Node *dx;

	weight_gradient(b, n, n->in[0], dy);
	bias_gradient(b, n, dy);
	if (!wants(b, n->in[0]))
		return;
	dx = dense_dx(b, O_linear, n, dy);
	dx->turned = true;
	give(b, n->in[0], backward_add(b, dx));
}

static void
bn_norm(Backward *b, Node *n, Value *dy)
{
	Node *sums = backward_node(b, O_bn_sums, n, "sums"), *dx = backward_node(b, O_bn_dx, n, "dx");
	bool any = backward_learns(n, P_bn_bias) || backward_learns(n, P_bn_weight);

	for (int i = 0; i < 3; i++) {
		sums->in[i + 1] = dx->in[i + 1] = n->in[i];
		sums->p[P_bn_weight + i] = dx->p[P_bn_weight + i] = n->p[P_bn_weight + i];
	}
	sums->in[0] = dx->in[0] = dy;
	sums->nin = 4;
	dx->nin = 6;
	dx->frozen = n->frozen;
	if (backward_learns(n, P_bn_bias))
		backward_into_state(sums, 0, n, P_bn_bias);
	if (backward_learns(n, P_bn_weight))
		backward_into_state(sums, 1, n, P_bn_weight);
	if (any || wants(b, n->in[0]))
		backward_add(b, sums);
	if (!wants(b, n->in[0]))
		return;
	dx->in[4] = &sums->out[0];
	dx->in[5] = &sums->out[1];
	give(b, n->in[0], backward_add(b, dx));
}

/* --- element by element --- */

/* summed - dx, added up to x's shape where x was repeated */
static Value *
summed(Backward *b, Node *n, int input, Value *dx)
{
	Node *sum;

	if (same_shape(n->in[input]->shape, n->out->shape))
		return dx;
	sum = backward_node(b, O_sum_to, n, arena_text("sum_to%d", input));
	sum->a.shape = n->in[input]->shape;
	backward_reads(sum, dx);
	return backward_add(b, sum);
}

static void
add(Backward *b, Node *n, Value *dy)
{
	for (int i = 0; i < 2; i++)
		if (wants(b, n->in[i]))
			give(b, n->in[i], summed(b, n, i, dy));
}

static void
sub(Backward *b, Node *n, Value *dy)
{
	if (wants(b, n->in[0]))
		give(b, n->in[0], summed(b, n, 0, dy));
	if (wants(b, n->in[1]))
		give(b, n->in[1], summed(b, n, 1, backward_scaled(b, n, "minus", dy, -1)));
}

static void
mul(Backward *b, Node *n, Value *dy)
{
	for (int i = 0; i < 2; i++)
		if (wants(b, n->in[i]))
			give(b, n->in[i], summed(b, n, i, backward_two(b, O_mul, n, i ? "dz" : "dx", dy, n->in[!i])));
}

/* x/z: dx = dy/z, dz = -dx*y */
static void
div_(Backward *b, Node *n, Value *dy)
{
	Value *dx = backward_two(b, O_div, n, "dx", dy, n->in[1]);

	if (wants(b, n->in[0]))
		give(b, n->in[0], summed(b, n, 0, dx));
	if (wants(b, n->in[1]))
		give(b, n->in[1], summed(b, n, 1, backward_scaled(b, n, "minus", backward_two(b, O_mul, n, "dz", dx, n->out), -1)));
}

/* value/x: dx = -dy*y/x */
static void
reciprocal(Backward *b, Node *n, Value *dy)
{
	Value *product = backward_two(b, O_mul, n, "dy_y", dy, n->out);

	give(b, n->in[0], backward_scaled(b, n, "dx", backward_two(b, O_div, n, "quotient", product, n->in[0]), -1));
}

/* larger - of maximum and minimum: dy goes to the input that was taken, half of it to each of equal ones */
static void
larger(Backward *b, Node *n, Value *dy)
{
	bool most = n->op == O_maximum;
	Value *above = backward_two(b, O_sub, n, "above", n->in[!most], n->in[most]);
	Value *dx = backward_two(b, O_act_dx, n, "dx", dy, above);

	if (wants(b, n->in[0]))
		give(b, n->in[0], summed(b, n, 0, dx));
	if (wants(b, n->in[1]))
		give(b, n->in[1], summed(b, n, 1, backward_two(b, O_sub, n, "dz", dy, dx)));
}

static void
activation(Backward *b, Node *n, Value *dy)
{
	Act act = act_of(n->op);

	give(b, n->in[0], act == Act_affine ? backward_scaled(b, n, "dx", dy, n->a.gain) :
	     backward_two(b, O_act_dx, n, "dx", dy, slope_from_input(act) ? n->in[0] : n->out));
}

/* --- what moves numbers, and windows --- */

static void
max_pool(Backward *b, Node *n, Value *dy)
{
	Node *dx = backward_node(b, O_max_pool_dx, n, "dx");
	Shape x = n->in[0]->shape, y = n->out->shape;

	if (n->op == O_adaptive_max_pool) {
		bool even = x.h%y.h == 0 && x.w%y.w == 0;    /* no kernel: windows as the op divides the image */
		dx->a.kernel = dx->a.stride = even ? (Pair){ x.h/y.h, x.w/y.w } : (Pair){ 0, 0 };
		dx->a.dilation = (Pair){ 1, 1 };
		dx->a.padding = (Sides){ 0, 0, 0, 0 };
	}
	backward_reads(dx, dy);
	backward_reads(dx, n->in[0]);
	backward_reads(dx, n->out);
	give(b, n->in[0], backward_add(b, dx));
}

/* pads_channels - with zeros, and nothing else: its gradient is a slice */
static bool
pads_channels(const Node *n)
{
	const Attr *a = &n->a;

	return n->op == O_pad && a->mode == Fill_constant && n->in[0]->shape.h == n->out->shape.h &&
		n->in[0]->shape.w == n->out->shape.w && !a->padding.t && !a->padding.l && a->channels.h >= 0 && a->channels.w >= 0;
}

static void
spatial(Backward *b, Node *n, Value *dy)
{
	bool slice = pads_channels(n);
	Node *dx = backward_node(b, slice ? O_slice : O_spatial_dx, n, "dx");

	if (slice)
		dx->a.channels = (Pair){ n->a.channels.h, n->a.channels.h + n->in[0]->shape.c };
	if (n->op == O_pad && !(n->a.mode == Fill_constant) && (n->a.channels.h || n->a.channels.w))
		fail_at(n, "train: want padding of channels by itself, got it beside a mirrored image");
	backward_reads(dx, dy);
	give(b, n->in[0], backward_add(b, dx));
}

static void
concat(Backward *b, Node *n, Value *dy)
{
	for (int i = 0, from = 0; i < n->nin; from += n->in[i++]->shape.c) {
		Node *dx = backward_node(b, O_slice, n, arena_text("dx%d", i));
		if (!wants(b, n->in[i]))
			continue;
		dx->a.channels = (Pair){ from, from + n->in[i]->shape.c };
		backward_reads(dx, dy);
		give(b, n->in[i], backward_add(b, dx));
	}
}

/* moved - by an op of the language that undoes n */
static void
moved(Backward *b, Node *n, Value *dy)
{
	static const Order back[NOrders] = {
		[Order_chw] = Order_chw, [Order_cwh] = Order_cwh, [Order_hcw] = Order_hcw, [Order_hwc] = Order_wch,
		[Order_wch] = Order_hwc, [Order_whc] = Order_whc
	};
	Op op = n->op == O_flatten ? O_reshape : n->op == O_pixel_shuffle ? O_pixel_unshuffle : n->op == O_pixel_unshuffle ?
		O_pixel_shuffle : n->op;
	Node *dx = backward_node(b, op, n, "dx");

	dx->a.shape = n->in[0]->shape;
	dx->a.order = (int)back[n->a.order];
	dx->a.factor = n->a.factor;
	dx->a.depth_first = n->a.depth_first;
	dx->a.groups = n->op == O_channel_shuffle ? n->in[0]->shape.c/n->a.groups : 1;
	backward_reads(dx, dy);
	give(b, n->in[0], backward_add(b, dx));
}

static Builder *const builders[NOps] = {
#define ACT(name, attrs, word, steepest, rounding, doc) [O_##name] = activation,
#include "../acts.h"
#undef ACT
	[O_conv2d] = conv2d, [O_conv_transpose2d] = conv_transpose2d, [O_linear] = linear, [O_bn_norm] = bn_norm,
	[O_add] = add, [O_sub] = sub, [O_mul] = mul, [O_div] = div_, [O_maximum] = larger, [O_minimum] = larger,
	[O_reciprocal] = reciprocal, [O_channel_param] = backward_channel_param, [O_own_norm] = backward_own_norm,
	[O_softmax] = backward_softmax, [O_reduce] = backward_reduce, [O_matmul] = backward_matmul,
	[O_max_pool] = max_pool, [O_adaptive_max_pool] = max_pool,
	[O_avg_pool] = spatial, [O_adaptive_avg_pool] = spatial, [O_slice] = spatial, [O_pad] = spatial,
	[O_upsample_nearest] = spatial, [O_upsample_bilinear] = spatial,
	[O_upsample_bicubic] = spatial,
	[O_concat] = concat, [O_flatten] = moved, [O_reshape] = moved, [O_permute] = moved, [O_pixel_shuffle] = moved,
	[O_pixel_unshuffle] = moved, [O_channel_shuffle] = moved,
};

bool
has_gradient(Op op)
{
	return builders[op] || op == O_bn || splits(op);
}

void
backward(Backward *b, Node *n, Value *dy)
{
	if (n->op == O_input || n->op == O_bn_stats)
		return;
	if (!builders[n->op])
		fail_at(n, "train: want layers whose gradient resnetc knows, got %s", op_rows[n->op].name);
	builders[n->op](b, n, dy);
}
