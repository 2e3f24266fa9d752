/*
** tidy.c - what exporters write around a layer becomes part of it: zeros padded in front of a convolution, factors,
** summands and folded norms behind one. Parts of a product or of a concatenation are taken before it is made.
*/
#include <stdlib.h>

#include "import.h"

static bool
folds(const Node *n)
{
	return n->op == O_conv2d || n->op == O_conv_transpose2d || n->op == O_linear;
}

/* keeps_norms - stands a batch norm behind a convolution, other than what this file folds */
static bool
keeps_norms(const Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		if (n->op == O_bn && n->in[0]->node->op == O_conv2d && !node_is_scale(n))
			return true;
	}
	return false;
}

/* fold_behind - x into the weights of the layer that it alone reads */
static void
fold_behind(Node *x)
{
	Node *n = x->in[0]->node, both = *n;
	double *w, *b;

	if (!folds(n) || n->nin != 1 || n->out->readers != 1)
		return;
	if (x->op == O_affine) {
		both.a.out_gain = x->a.gain;
		both.a.out_offset = x->a.offset;
	} else {
		both.a.bn_eps = x->a.eps;
		for (int p = P_bn_weight; p < NParams; p++)
			both.p[p] = x->p[p];
		both.p[P_bn_var].name = x->name;
	}
	fold_weights(&both, &w, &b);
	free(n->p[P_weight].data);
	free(n->p[P_bias].data);
	n->p[P_weight].data = w;
	n->a.bias = true;
	n->p[P_bias].data = b;
	n->p[P_bias].count = (size_t)n->out->shape.c;
	n->out->readers = x->out->readers;
	node_remove(x, n->out);
}

/* only_weighted - do convolutions alone read it, or means that they alone read */
static bool
only_weighted(const Graph *g, const Node *x)
{
	if (is_output(x->out))
		return false;
	for (int i = x->id + 1; i < g->count; i++) {
		const Node *n = g->nodes[i];
		for (int k = 0; k < n->nin; k++)
			if (n->in[k] == x->out && (n->nin > 1 || (n->op != O_conv2d && (n->op != O_avg_pool || !only_weighted(g, n)))))
				return false;
	}
	return x->out->readers > 0;
}

/* weigh - the weights of the convolutions behind x, times gain */
static void
weigh(const Graph *g, const Node *x, double gain)
{
	for (int i = x->id + 1; i < g->count; i++) {
		Node *n = g->nodes[i];
		if (!n->nin || n->in[0] != x->out)
			continue;
		if (n->op == O_avg_pool)
			weigh(g, n, gain);
		else
			for (size_t k = 0; k < n->p[P_weight].count; k++)
				n->p[P_weight].data[k] *= gain;
	}
}

/* fold_ahead - a factor into the layers that read it */
static void
fold_ahead(Graph *g, Node *x)
{
	if (x->op != O_affine || x->a.offset != 0 || !only_weighted(g, x))
		return;
	weigh(g, x, x->a.gain);
	node_remove(x, x->in[0]);
}

static void
fold_scales(Graph *g)
{
	bool norms = keeps_norms(g);

	fill_uses(g);
	for (int i = 0; i < g->count; i++) {
		Node *x = g->nodes[i];
		if (x->op == O_affine || (x->op == O_bn && (!norms || node_is_scale(x))))
			fold_behind(x);
	}
	renumber(g);
	for (int i = 0; i < g->count; i++)
		fold_ahead(g, g->nodes[i]);
	renumber(g);
}

/* --- padding --- */

static bool
pads_for(const Node *pad, const Node *n)
{
	const Attr *a = &n->a, *p = &pad->a;
	int h = a->dilation.h*(a->kernel.h - 1), w = a->dilation.w*(a->kernel.w - 1);

	return n->op == O_conv2d && a->padding.t + p->padding.t <= h && a->padding.b + p->padding.b <= h &&
	       a->padding.l + p->padding.l <= w && a->padding.r + p->padding.r <= w;
}

/* pad_readers - take over the zeros, if all of them can */
static void
pad_readers(Graph *g, Node *pad)
{
	if (pad->a.mode != Fill_constant || pad->a.value < 0 || pad->a.value > 0 ||
	    pad->out->shape.c != pad->in[0]->shape.c || is_output(pad->out))
		return;
	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k] == pad->out && !pads_for(pad, g->nodes[i]))
				return;
	for (int i = 0; i < g->count; i++) {
		Sides *to = &g->nodes[i]->a.padding, from = pad->a.padding;
		if (!g->nodes[i]->nin || g->nodes[i]->in[0] != pad->out)
			continue;
		*to = (Sides){ to->t + from.t, to->l + from.l, to->b + from.b, to->r + from.r };
		g->nodes[i]->in[0] = pad->in[0];
	}
}

/* --- parts --- */

static bool
cuts_channels(const Node *n)
{
	return n->op == O_slice && n->out->shape.h == n->in[0]->shape.h && n->out->shape.w == n->in[0]->shape.w;
}

/* only_cut - is a product of tensors of as many channels read by slices of them alone */
static bool
only_cut(const Graph *g, const Node *mul)
{
	if (mul->op != O_mul || mul->nin != 2 || mul->in[0]->shape.c != mul->in[1]->shape.c || is_output(mul->out))
		return false;
	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k] == mul->out && !cuts_channels(g->nodes[i]))
				return false;
	return true;
}

/* part_of - what cut takes, of x */
static Node *
part_of(Graph *g, const Node *cut, Value *x, const char *which)
{
	Node *n = node_new(g, O_slice, cut->line);

	n->a.channels = cut->a.channels;
	n->a.rows = (Range){ 0, x->shape.h, 1 };
	n->a.cols = (Range){ 0, x->shape.w, 1 };
	n->in[n->nin++] = x;
	n->name = arena_text("%s_%s", cut->name, which);
	node_add(g, n);
	return n;
}

/* cut_before - slices of a product become products of slices */
static void
cut_before(Graph *g)
{
	Node **nodes = g->nodes;
	int count = g->count;
	bool *sunk = arena_new((size_t)count + 1);

	for (int i = 0; i < count; i++)
		sunk[i] = cuts_channels(nodes[i]) && only_cut(g, nodes[i]->in[0]->node);
	g->nodes = NULL;
	g->count = 0;
	for (int i = 0; i < count; i++) {
		Node *cut = nodes[i];
		if (sunk[i]) {
			const Node *mul = cut->in[0]->node;
			Node *x = part_of(g, cut, mul->in[0], "part"), *y = part_of(g, cut, mul->in[1], "factor"), scratch = *cut;
			*cut = *node_new(g, O_mul, cut->line);
			cut->name = scratch.name;
			for (int k = 0; k < NResults; k++)
				cut->out[k] = scratch.out[k];
			cut->in[cut->nin++] = x->out;
			cut->in[cut->nin++] = y->out;
		}
		cut->id = g->count;
		PUSH(g->nodes, g->count, cut);
	}
}

/* whole_input - the tensor of a concatenation that a slice of it is, or NULL */
static Value *
whole_input(const Node *cut)
{
	const Node *all = cut->in[0]->node;
	int from = 0;

	if (!cuts_channels(cut) || all->op != O_concat)
		return NULL;
	for (int k = 0; k < all->nin; from += all->in[k++]->shape.c)
		if (cut->a.channels.h == from && cut->out->shape.c == all->in[k]->shape.c)
			return all->in[k];
	return NULL;
}

/* taken_before - the same part of the same tensor, or NULL */
static Value *
taken_before(const Graph *g, const Node *cut)
{
	for (int i = 0; i < cut->id && cut->op == O_slice; i++) {
		const Node *n = g->nodes[i];
		if (n->op == O_slice && n->id >= 0 && n->in[0] == cut->in[0] && same_shape(n->out->shape, cut->out->shape) &&
		    !attr_differs(&attr_rows[At_channels], &n->a, &cut->a) && !attr_differs(&attr_rows[At_rows], &n->a, &cut->a) &&
		    !attr_differs(&attr_rows[At_cols], &n->a, &cut->a))
			return (Value *)n->out;
	}
	return NULL;
}

/* weigh_pixels - x, its pixels as columns, times an image made one, or a softmax of that: of the image as it is */
static void
weigh_pixels(Node *n)
{
	const Node *x = n->op == O_matmul ? n->in[0]->node : NULL, *column;
	Node *softmax;

	if (!x || n->a.transpose_a || n->a.transpose_b || x->op != O_reshape || x->in[0]->shape.c != x->out->shape.c)
		return;
	softmax = n->in[1]->node;
	column = softmax->op == O_softmax ? softmax->in[0]->node : softmax;
	if (column->op != O_reshape || softmax->a.axis != Along_channels || softmax->a.groups != 1 ||
	    softmax->out->readers != 1 || column->in[0]->shape.c != 1 || column->out->shape.h*column->out->shape.w != 1)
		return;
	if (softmax == column) {
		n->in[1] = column->in[0];
	} else {
		softmax->in[0] = column->in[0];
		softmax->a.axis = Along_image;
		infer(softmax);
	}
	n->in[0] = x->in[0];
	n->a.transpose_b = true;
	infer(n);
}

void
tidy(Graph *g)
{
	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->op == O_pad)
			pad_readers(g, g->nodes[i]);
	fill_uses(g);
	dce(g);
	fold_scales(g);
	cut_before(g);
	for (int i = 0; i < g->count; i++) {
		Value *x = g->nodes[i]->nin ? whole_input(g->nodes[i]) : NULL;
		x = x ? x : taken_before(g, g->nodes[i]);
		if (x)
			node_remove(g->nodes[i], x);
	}
	renumber(g);
	fill_uses(g);
	for (int i = 0; i < g->count; i++)
		weigh_pixels(g->nodes[i]);
}
