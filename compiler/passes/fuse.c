/*
** fuse - skip additions and activations into the epilogue of the layer before them.
**
** add(conv(x), z) becomes conv(x) with z as its second input, whichever side the convolution stands
** on; an activation of y becomes y's epilogue. Legal when the inner result has no other reader. The fused
** layer takes the place of the addition, so both operands exist when it runs. When both operands
** are such layers the later one takes the skip: its own result is then alive for the shortest time.
*/
#include "../pass.h"

static bool
can_host(const Node *n, const Value *skip)
{
	return (n->op == O_conv2d || n->op == O_linear) && !on_bytes(n) && n->nin == 1 && !n->a.act && n->out->readers == 1 &&
		n->out != skip && same_shape(n->out->shape, skip->shape);
}

static void
fuse_add(Node *add)
{
	Node *a = add->in[0]->node, *b = add->in[1]->node, *host = NULL;
	Value *skip;

	if (can_host(a, add->in[1]))
		host = a;
	if (can_host(b, add->in[0]) && (!host || b->id > a->id))
		host = b;
	if (!host)
		return;
	skip = add->in[host == a];
	add->op = host->op;
	add->name = host->name;
	add->line = host->line;
	add->of = host->of;
	add->turned = host->turned;
	set_act(&host->a, (Act)add->a.act, &add->a);
	add->a = host->a;
	for (int p = 0; p < P_slope; p++)
		add->p[p] = host->p[p];
	add->in[0] = host->in[0];
	add->in[1] = skip;
	add->nin = 2;
	host->id = -1;
}

static void
fuse_act(Node *act)
{
	Node *n = act->in[0]->node;

	if (!op_rows[n->op].epilogue || n->a.act || n->out->readers != 1)
		return;
	if (on_bytes(n) && !has_act_on_bytes(act_of(act->op)))
		return;
	if (act->op == O_prelu && n->op == O_matmul)
		return;                      /* which is handed no values of channels */
	if (act->op == O_prelu && !act->a.slopes)
		act->a.slopes = act->name;
	set_act(&n->a, act_of(act->op), &act->a);
	n->p[P_slope] = act->p[P_slope];
	n->out->readers = act->out->readers;
	node_remove(act, n->out);
}

void
fuse(Graph *g)
{
	fill_uses(g);
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		if (n->id < 0)
			continue;
		if (n->op == O_add)
			fuse_add(n);
		else if (act_of(n->op))
			fuse_act(n);
	}
	renumber(g);
}
