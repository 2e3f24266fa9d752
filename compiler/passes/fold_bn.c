/*
** fold_bn - batch norm into the weights of the convolution or linear layer before it.
**
** Legal because both are affine in the same channel: with s = gamma/sqrt(var + eps),
** bn(conv(x, w) + b) = conv(x, s*w) + s*(b - mean) + beta. The layer keeps the names of the
** parameters; the multiplication happens in double when the weights are packed (fold_weights).
** Not legal when someone else reads the layer, or when an activation or skip lies between.
*/
#include "../pass.h"

void
fold_bn(Graph *g)
{
	fill_uses(g);
	for (int i = 0; i < g->count; i++) {
		Node *bn = g->nodes[i], *n;

		if (bn->op != O_bn)
			continue;
		n = bn->in[0]->node;
		if (!is_dense(n) || n->nin != 1 || n->a.act || n->a.bn || n->out->readers != 1)
			continue;
		n->a.bn = bn->name;
		n->a.bn_eps = bn->a.eps;
		n->a.bn_affine = bn->a.affine;
		set_act(&n->a, (Act)bn->a.act, &bn->a);
		for (int p = P_bn_weight; p < NParams; p++)
			n->p[p] = bn->p[p];
		n->out->readers = bn->out->readers;
		node_remove(bn, n->out);
	}
	renumber(g);
}
