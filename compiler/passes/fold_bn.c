/*
** fold_bn - batch norms, layer scales and factors into the weights of the convolution or linear layer beside them.
**
** Legal because all are affine in the same channel: with s = gamma/sqrt(var + eps),
** bn(conv(x, w) + b) = conv(x, s*w) + s*(b - mean) + beta, g*(conv(x, w) + b) + c = conv(x, g*w) + g*b + c, and
** conv(g*x, w) = conv(x, g*w), the zeros around the image included. The layer keeps the names of the parameters; the
** multiplication happens in double when the weights are packed (fold_weights).
** Not legal when someone else reads the layer, or when an activation or skip lies between; nor in training, where
** weights are packed as the state has them.
*/
#include "../pass.h"

/* fold_norm - into n, behind which nothing is folded yet */
static bool
fold_norm(const Node *bn, Node *n)
{
	if (n->a.bn || n->a.gamma || n->a.out_gain != 1 || n->a.out_offset != 0)
		return false;
	n->a.bn = bn->name;
	n->a.bn_eps = bn->a.eps;
	n->a.bn_affine = bn->a.affine;
	set_act(&n->a, (Act)bn->a.act, &bn->a);
	for (int p = P_bn_weight; p < NParams; p++)
		n->p[p] = bn->p[p];
	return true;
}

static bool
fold_scale(const Node *scale, Node *n)
{
	if (n->a.gamma || n->a.out_offset != 0)
		return false;
	n->a.gamma = scale->name;
	n->p[P_gamma] = scale->p[P_gamma];
	return true;
}

static bool
fold_affine(const Node *affine, Node *n)
{
	n->a.out_gain *= affine->a.gain;
	n->a.out_offset = n->a.out_offset*affine->a.gain + affine->a.offset;
	return true;
}

/* fold_back - into the layer that x reads */
static bool
fold_back(Node *x)
{
	Node *n = x->in[0]->node;

	if (!is_dense(n) || on_bytes(n) || n->nin != 1 || n->a.act || n->out->readers != 1 ||
	    !(x->op == O_bn ? fold_norm(x, n) : x->op == O_layer_scale ? fold_scale(x, n) : fold_affine(x, n)))
		return false;
	n->out->readers = x->out->readers;
	node_remove(x, n->out);
	return true;
}

/* fold_ahead - a factor into the only layer that reads it */
static void
fold_ahead(Graph *g, Node *x)
{
	if (x->op != O_affine || x->a.offset != 0 || x->out->readers != 1 || is_output(x->out))
		return;
	for (int i = x->id + 1; i < g->count; i++) {
		Node *n = g->nodes[i];
		if (n->id < 0 || !is_dense(n) || n->in[0] != x->out || on_bytes(n))
			continue;
		n->a.in_gain *= x->a.gain;
		node_remove(x, x->in[0]);
		return;
	}
}

void
fold_bn(Graph *g)
{
	fill_uses(g);
	for (int i = 0; i < g->count && !g->training; i++) {
		Node *x = g->nodes[i];
		if (x->op == O_bn || x->op == O_layer_scale || x->op == O_affine)
			if (!fold_back(x))
				fold_ahead(g, x);
	}
	renumber(g);
}
