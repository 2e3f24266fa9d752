/*
** merge.c - what goes over a batch norm's numbers in training, into the norm: the skip addition and the activation
** behind it.
*/
#include "train.h"

/* alone - the only reader of n's result */
static Node *
alone(const Node *n)
{
	const Graph *g = n->g;

	if (n->out->readers != 1 || is_output(n->out))
		return NULL;
	for (int i = n->id + 1; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k] == n->out)
				return g->nodes[i];
	return NULL;
}

/* merge_add - the addition takes the norm's place and becomes the norm, so that what is added is there */
static bool
merge_add(Node *norm, Node *add)
{
	Value *skip = add->in[add->in[0] == norm->out];

	if (skip == norm->out || !same_shape(skip->shape, norm->out->shape) || norm->nin != 3)
		return false;
	add->op = norm->op;
	add->name = norm->name;
	add->line = norm->line;
	add->a = norm->a;
	add->frozen = norm->frozen;
	for (int p = 0; p < NParams; p++)
		add->p[p] = norm->p[p];
	for (int i = 0; i < 3; i++)
		add->in[i] = norm->in[i];
	add->in[3] = skip;
	add->nin = 4;
	norm->id = -1;
	return true;
}

static void
merge_act(Node *norm, Node *act)
{
	set_act(&norm->a, act_of(act->op), &act->a);
	node_remove(act, norm->out);
}

void
merge_norms(Graph *g)
{
	fill_uses(g);
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i], *next = n->op == O_bn_norm ? alone(n) : NULL;
		if (next && next->op == O_add && next->a.act == Act_none)
			merge_add(n, next);
	}
	renumber(g);
	fill_uses(g);
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i], *next = n->id >= 0 && n->op == O_bn_norm ? alone(n) : NULL;
		if (next && act_of(next->op) != Act_none && next->op != O_prelu && !slope_from_input(act_of(next->op)))
			merge_act(n, next);
	}
	renumber(g);
}
