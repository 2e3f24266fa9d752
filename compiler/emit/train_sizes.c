/* train_sizes.c - how many bytes a network in training takes, and what ties a state to its code. */
#include <string.h>

#include "../../runtime/rc.h"
#include "../gradients/train.h"
#include "emit.h"

size_t
state_bytes(const Graph *g)
{
	return StateHeader + (g->train->floats + 2*g->train->learned)*sizeof(float);
}

size_t
train_stage(const Model *m)
{
	return aligned(m->g->arena);
}

size_t
train_sums(const Model *m)
{
	return train_stage(m) + aligned(input_bytes(m->g)) + aligned((size_t)group_images(m->g->train)*sizeof(int32_t));
}

/* sums_kept - of groups: what they start from, and a level of the tree for each bit of their numbers */
static int
sums_kept(const Training *t)
{
	int levels = 1;

	for (int last = t->bn_groups - 1; last > 0; last /= 2)
		levels++;
	return t->bn_groups > 1 ? levels : 0;
}

size_t
train_workspace(const Model *m)
{
	return train_sums(m) + aligned((size_t)sums_kept(m->g->train)*m->g->train->floats*sizeof(float));
}

/* parameters_hash - of all that a state must agree on with code: the same on every target and for every batch */
uint64_t
parameters_hash(const Graph *g)
{
	const Training *t = g->train;
	Out *o = out_new();
	size_t len;
	const char *text;

	for (int i = 0; i < t->nparams; i++)
		out_line(o, "%s %zu %zu", t->params[i].name, t->params[i].at, t->params[i].count);
	text = out_string(o, &len);
	return rc_hash(text, len);
}
