/*
** choose - the algorithm of every node: which kernel family emits it. Most ops have one; a
** convolution whose groups are its channels is depthwise, every other is direct.
** Switched off, every convolution takes the direct family, which can do all of them.
*/
#include "../resnetc.h"

void
choose(Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		n->family = op_rows[n->op].family;
		if (n->op == O_conv2d && !g->plain_choice && n->a.groups > 1 &&
		    n->a.groups == n->in[0]->shape.c && n->a.out == n->a.groups)
			n->family = &family_depthwise;
	}
}
