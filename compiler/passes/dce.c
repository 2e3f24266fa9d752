/*
** dce - drops what changes nothing: nodes that copy their input as it is, and nodes nobody reads.
** The network's input stays, read or not.
*/
#include "../pass.h"

/* is_identity - the result is the input, element for element */
static bool
is_identity(const Node *n)
{
	Shape x;

	if (!n->nin || (is_bytes(n->out) && !keeps_bytes(n->op)))
		return false;
	x = n->in[0]->shape;
	switch (n->op) {
	case O_flatten:
		return x.h == 1 && x.w == 1;
	case O_reshape:
		return same_shape(x, n->out->shape);
	case O_permute:
		return n->a.order == Order_chw;
	case O_pixel_shuffle:
	case O_pixel_unshuffle:
		return n->a.factor == 1;
	case O_channel_shuffle:
		return n->a.groups == 1 || n->a.groups == x.c;
	case O_concat:
		return n->nin == 1;
	case O_pad:
	case O_slice:
	case O_adaptive_avg_pool:
	case O_adaptive_max_pool:
		return x.c == n->out->shape.c && x.h == n->out->shape.h && x.w == n->out->shape.w;
	case O_max_pool:
	case O_avg_pool:
		return n->a.kernel.h == 1 && n->a.kernel.w == 1 && n->a.stride.h == 1 && n->a.stride.w == 1;
	case O_relu:
		return n->in[0]->node->op == O_relu || n->in[0]->node->a.act == Act_relu;
	default:
		return false;
	}
}

static bool
is_read(const Node *n)
{
	for (int i = 0; i < n->nout; i++)
		if (n->out[i].readers || n->out[i].home == Home_state)
			return true;
	return false;
}

void
dce(Graph *g)
{
	for (int i = 0; i < g->count; i++)
		if (is_identity(g->nodes[i]))
			node_remove(g->nodes[i], g->nodes[i]->in[0]);
	renumber(g);
	fill_uses(g);
	for (int i = g->count - 1; i >= 0; i--) {
		Node *n = g->nodes[i];
		if (is_read(n) || n->op == O_input)
			continue;
		for (int j = 0; j < n->nin; j++)
			n->in[j]->readers--;
		n->id = -1;
	}
	renumber(g);
}
