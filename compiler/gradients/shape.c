/* shape.c - the shape rules of ops in training. */
#include "../shape.h"

static Shape
channels_of(const Node *n)
{
	return (Shape){ 1, n->in[0]->shape.c, 1, 1 };
}

static void
pair_of_channels(Node *n)
{
	n->nout = 2;
	n->out[0].shape = n->out[1].shape = channels_of(n);
}

static void
as_input(Node *n)
{
	n->out->shape = n->in[0]->shape;
}

void
shape_bn_stats(Node *n)
{
	pair_of_channels(n);
}

void
shape_bn_sums(Node *n)
{
	pair_of_channels(n);
}

void
shape_bn_norm(Node *n)
{
	as_input(n);
}

void
shape_bn_dx(Node *n)
{
	as_input(n);
}

void
shape_act_dx(Node *n)
{
	as_input(n);
}

void
shape_channel_sums(Node *n)
{
	n->out->shape = channels_of(n);
}

void
shape_conv2d_dw(Node *n)
{
	int rank;

	n->out->shape = param_shape(n->of, P_weight, &rank);
}

void
shape_sum_to(Node *n)
{
	n->out->shape = n->a.shape;
	n->out->shape.n = n->in[0]->shape.n;
}

void
shape_max_pool_dx(Node *n)
{
	n->out->shape = n->in[1]->shape;
}

void
shape_spatial_dx(Node *n)
{
	n->out->shape = n->of->in[0]->shape;
}

void
shape_channel_param(Node *n)
{
	Shape x = n->in[0]->shape;

	n->out->shape = (Shape){ x.n, n->a.shared ? 1 : x.c, 1, 1 };
}

void
shape_own_norm(Node *n)
{
	as_input(n);
}

void
shape_own_norm_dx(Node *n)
{
	as_input(n);
}

void
shape_expand(Node *n)
{
	n->out->shape = n->a.shape;
	n->out->shape.n = n->in[0]->shape.n;
}

void
shape_cross_entropy(Node *n)
{
	n->nout = 2;
	as_input(n);
	n->out[1].shape = (Shape){ n->in[0]->shape.n, 2, 1, 1 };
}
