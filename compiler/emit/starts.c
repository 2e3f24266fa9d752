/*
** starts.c - when steps may begin. Where a step writes nothing that those before it touch, and touches nothing that
** they write, no thread waits before it; zeros around a result and the result itself are not in each other's way. After
** so much work threads are called anew.
*/
#include "../../runtime/rc.h"
#include "emit.h"

enum { LongWork = 1500000 };         /* cycles by the target's row, of one thread */

/* meet - have two operands bytes in common; the caller's arrays may be one */
static bool
meet(const Touched *a, const Touched *b)
{
	return a->home == b->home && (a->home == Home_caller || (a->at < b->at + b->bytes && b->at < a->at + a->bytes));
}

static bool
in_the_way(const Step *a, const Step *b)
{
	if (a->halo && a->node == b->node)
		return false;
	for (int i = 0; i < a->noperands; i++)
		for (int k = 0; k < b->noperands; k++)
			if ((a->operand[i].written || b->operand[k].written) && meet(&a->operand[i], &b->operand[k]))
				return true;
	return false;
}

/* is_beside - may step i begin with those from first on */
static bool
is_beside(const Step *steps, int first, int i)
{
	if (steps[i - 1].rounds > 1)
		return false;
	for (int k = first; k < i; k++)
		if (in_the_way(&steps[k], &steps[i]))
			return false;
	return true;
}

void
set_starts(Step *steps, int count)
{
	double work = 0;

	for (int i = 1, first = 0; i < count; i++) {
		const Target *t = steps[i].node->g->target;
		bool training = steps[i].node->g->training, layer = steps[i - 1].last;
		work += layer ? work_of(steps[i - 1].node)/(t->vl*t->fma) : 0;
		if (layer && (work >= LongWork || training)) {
			steps[i].start = RC_ANEW;
			work = 0;
		} else if (!training && is_beside(steps, first, i))
			steps[i].start = RC_BESIDE;
		if (steps[i].start != RC_BESIDE)
			first = i;
	}
}
