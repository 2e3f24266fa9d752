/*
** lines.c - the backward nodes of what works on numbers that belong together: reductions, softmax, norms by their own
** statistics, matrix products. All but the norm's are made of ops that are there.
*/
#include <string.h>

#include "train.h"

void
backward_channel_param(Backward *b, Node *n, Value *dy)
{
	Node *sums;

	if (!backward_learns(n, P_gamma))
		return;
	sums = backward_node(b, O_channel_sums, n, "sums");
	backward_reads(sums, dy);
	backward_into_state(sums, 0, n, P_gamma);
	backward_add(b, sums);
}

void
backward_own_norm(Backward *b, Node *n, Value *dy)
{
	Node *dx = backward_node(b, O_own_norm_dx, n, "dx");

	backward_reads(dx, dy);
	backward_reads(dx, n->out);
	backward_reads(dx, n->in[0]);
	give(b, n->in[0], backward_add(b, dx));
}

/* --- along the axis of a softmax or reduce --- */

/* sum_of - of v along n's axis */
static Value *
sum_of(Backward *b, Node *n, const char *what, Value *v)
{
	Node *sum = backward_node(b, O_reduce, n, what);

	sum->a.axis = n->a.axis;
	sum->a.groups = n->a.groups;
	sum->a.reduction = Reduce_sum;
	backward_reads(sum, v);
	return backward_add(b, sum);
}

/* expanded - each of v's numbers for all of n's input that belong to it */
static Value *
expanded(Backward *b, Node *n, const char *what, Value *v)
{
	Node *all = backward_node(b, O_expand, n, what);

	all->a.shape = n->in[0]->shape;
	backward_reads(all, v);
	return backward_add(b, all);
}

/* dx = y(dy - the sum of y dy) */
void
backward_softmax(Backward *b, Node *n, Value *dy)
{
	Value *sum = sum_of(b, n, "sum", backward_two(b, O_mul, n, "y_dy", n->out, dy));
	Value *rest = backward_two(b, O_sub, n, "rest", dy, expanded(b, n, "all", sum));

	give(b, n->in[0], backward_two(b, O_mul, n, "dx", rest, n->out));
}

/* root - of a sum of squares: dx = x dy/y, and 0 where all of x is */
static Value *
root(Backward *b, Node *n, Value *dy)
{
	Node *norm = backward_node(b, O_clip, n, "norm");

	norm->a.lo = 1e-19;                  /* the square of anything smaller is none in float */
	backward_reads(norm, n->out);
	dy = backward_two(b, O_div, n, "share", dy, backward_add(b, norm));
	return backward_two(b, O_mul, n, "dx", n->in[0], expanded(b, n, "all", dy));
}

/* extreme - of a maximum or minimum: dy in equal parts to all that are it (torch.amax) */
static Value *
extreme(Backward *b, Node *n, Value *dy)
{
	Value *all = expanded(b, n, "extreme", n->out), *mask, *count;
	Node *ones = backward_node(b, O_affine, n, "ones"), *half = backward_node(b, O_maximum, n, "half");
	bool most = n->a.reduction == Reduce_max;

	/* 0 at the extremes, below it elsewhere: half of dy there, as where the inputs of a maximum are equal */
	mask = backward_two(b, O_sub, n, "below", most ? n->in[0] : all, most ? all : n->in[0]);
	ones->a.gain = 0;
	ones->a.offset = 1;
	backward_reads(ones, mask);
	count = sum_of(b, n, "count", backward_two(b, O_act_dx, half, "halves", backward_add(b, ones), mask));
	dy = expanded(b, n, "all", backward_two(b, O_div, n, "share", dy, count));
	return backward_two(b, O_act_dx, half, "dx", dy, mask);
}

void
backward_reduce(Backward *b, Node *n, Value *dy)
{
	double count = (double)count_of(n->in[0]->shape)/(double)count_of(n->out->shape);

	switch ((Reduction)n->a.reduction) {
	case Reduce_sum:  give(b, n->in[0], expanded(b, n, "dx", dy)); break;
	case Reduce_mean: give(b, n->in[0], expanded(b, n, "dx", backward_scaled(b, n, "share", dy, 1/count))); break;
	case Reduce_l2:   give(b, n->in[0], root(b, n, dy)); break;
	case Reduce_max:
	case Reduce_min:  give(b, n->in[0], extreme(b, n, dy)); break;
	case NReductions: break;
	}
}

/* --- matrix products --- */

typedef struct { Value *v; bool transposed; } Factor;

/* product - scale*x z, of the shape of like */
static Value *
product(Backward *b, Node *n, const char *what, Factor x, Factor z, Value *like)
{
	Node *y = backward_node(b, O_matmul, n, what), *shaped;

	y->a.heads = n->a.heads;
	y->a.scale = n->a.scale;
	y->a.transpose_a = x.transposed;
	y->a.transpose_b = z.transposed;
	backward_reads(y, x.v);
	backward_reads(y, z.v);
	backward_add(b, y);
	if (same_shape(y->out->shape, like->shape))
		return y->out;
	shaped = backward_node(b, O_reshape, n, arena_text("%s_shaped", what));
	shaped->a.shape = like->shape;
	backward_reads(shaped, y->out);
	return backward_add(b, shaped);
}

/*
** y = a z: da = dy z', dz = a' dy; of a transposed factor the gradient is that product transposed, its factors
** exchanged
*/
void
backward_matmul(Backward *b, Node *n, Value *dy)
{
	Value *a = n->in[0], *z = n->in[1];
	bool ta = n->a.transpose_a, tz = n->a.transpose_b;

	if (wants(b, a))
		give(b, a, ta ? product(b, n, "dx", (Factor){ z, tz }, (Factor){ dy, true }, a) :
		     product(b, n, "dx", (Factor){ dy, false }, (Factor){ z, !tz }, a));
	if (wants(b, z))
		give(b, z, tz ? product(b, n, "dz", (Factor){ dy, true }, (Factor){ a, ta }, z) :
		     product(b, n, "dz", (Factor){ a, !ta }, (Factor){ dy, false }, z));
}
