/*
** beside.c - which steps may be done while those before them are: where a step writes nothing that they touch and
** touches nothing that they write, no thread waits before it. Zeros around a result and the result itself are not in
** each other's way.
*/
#include "emit.h"

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

/* set_beside - the steps of a network; each waits for all before the last one that waits */
void
set_beside(Step *steps, int count)
{
	for (int i = 1, first = 0; i < count; i++) {
		bool beside = steps[i - 1].rounds == 1;
		for (int k = first; k < i && beside; k++)
			beside = !in_the_way(&steps[k], &steps[i]);
		steps[i].beside = beside;
		if (!beside)
			first = i;
	}
}
