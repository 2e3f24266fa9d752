/*
** conv_int8_order.c - the order in which a group of output channels takes its steps, where a word of AVX2 or AVX-512BW
** multiplies bytes and adds each two neighbours in 16 bits. Two steps whose neighbours do not leave 16 bits together
** either are added there, and only their sum is made one of 32 bits: five instructions instead of six, three of which
** are multiplications instead of four. Which two can be hangs on the weights, so each group has the order of its own:
**
**   order   pairs of steps, single ones behind them, then where in x each step reads, in the order of the weights
**
** Steps behind those, of which neighbours leave 16 bits by themselves, are multiplied as numbers of 16 bits; there are
** none where it is known that weights are pair-safe. What all add up to is the same in any order, to the last bit.
*/
#include <stdlib.h>
#include <string.h>

#include "conv_int8.h"

enum {
	MostSum = 128,               /* of weights of one sign, times any bytes */
	Counts  = 2,                 /* numbers before the places */
	Near    = 128                /* steps among which a pair is sought: what they read stays in the first cache */
};

typedef struct Step {                /* weights of one step: of each sum of 16 bits, those above and those below 0 */
	const signed char *w;
	unsigned char *above, *below;
	int most;                    /* the largest of them all */
	struct Step *mate;           /* the one it is added to */
} Step;

int
int8_order_numbers(const Kernel *k, int per)
{
	return Counts + int8_steps(k, per);
}

int
int8_step_offset(const Kernel *k, int per, int step)
{
	Pair ks = kernel_size(k), dil = k->op == O_linear ? (Pair){ 1, 1 } : k->a.dilation;
	Walk w = int8_walk(k, per);
	int across = w.run ? 1 : ks.w, whole = w.steps*ks.h*across, last = blocks_needed(k, per) - 1;
	int block = step/whole < last ? step/whole : last, at = step - block*whole;
	int each = block < last ? w.steps : w.last, tap = at/each;

	return (int)((size_t)block*k->in->lay.plane + (size_t)(tap/across*dil.h)*k->in->lay.row) +
	       tap%across*dil.w*k->in->lay.cb + at%each*products_of(k->t).bytes;
}

/* fits - do two steps stay in 16 bits together */
static bool
fits(const Step *a, const Step *b, int sums)
{
	for (int i = 0; i < sums; i++)
		if (a->above[i] + b->above[i] > MostSum || a->below[i] + b->below[i] > MostSum)
			return false;
	return true;
}

/* measure - the sums of a step */
static void
measure(Step *s, const signed char *w, unsigned char *sums, int count)
{
	*s = (Step){ .w = w, .above = sums, .below = sums + count };
	for (int i = 0; i < count; i++, w += 2) {
		int above = (w[0] > 0 ? w[0] : 0) + (w[1] > 0 ? w[1] : 0), below = above - w[0] - w[1];
		s->above[i] = (unsigned char)above;
		s->below[i] = (unsigned char)below;
		s->most = above > s->most ? above : s->most;
		s->most = below > s->most ? below : s->most;
	}
}

/* harder - those with the largest sums first: for them there are fewest others */
static int
harder(const void *a, const void *b)
{
	const Step *s = *(Step *const *)a, *t = *(Step *const *)b;

	return s->most != t->most ? t->most - s->most : (s->w > t->w) - (s->w < t->w);
}

/* pair_up - some steps that follow each other; each that stays in 16 bits with the hardest that it fits */
static void
pair_up(Step *steps, int count, int sums)
{
	Step *hardest[Near];

	for (int i = 0; i < count; i++)
		hardest[i] = &steps[i];
	qsort(hardest, (size_t)count, sizeof *hardest, harder);
	for (int i = 0; i < count; i++)
		for (int j = i + 1; j < count && hardest[i]->most <= MostSum && !hardest[i]->mate; j++)
			if (!hardest[j]->mate && fits(hardest[i], hardest[j], sums)) {
				hardest[i]->mate = hardest[j];
				hardest[j]->mate = hardest[i];
			}
}

/* in_order - pairs, as the first of each follow each other, single steps, those that leave 16 bits by themselves */
static void
in_order(const Step *steps, int count, const Step **order, int32_t *counts)
{
	const Step **to = order;

	for (const Step *s = steps; s < steps + count; s++)
		if (s->mate > s) {
			*to++ = s;
			*to++ = s->mate;
		}
	counts[0] = (int32_t)(to - order)/2;
	for (int unsafe = 0; unsafe < 2; unsafe++) {
		for (const Step *s = steps; s < steps + count; s++)
			if (!s->mate && (s->most > MostSum) == unsafe)
				*to++ = s;
		if (!unsafe)
			counts[1] = (int32_t)(to - order) - 2*counts[0];
	}
}

/* int8_order - a group's packed weights, which are in the usual order, into its own */
void
int8_order(const Kernel *k, int per, signed char *w, int32_t *order)
{
	int count = int8_steps(k, per), deep = products_of(k->t).bytes, each = per*deep, sums = each/2;
	size_t bytes = (size_t)count*(size_t)each;
	signed char *usual = want_memory(malloc(bytes));
	unsigned char *limits = want_memory(malloc(bytes));
	Step *steps = want_memory(malloc((size_t)count*sizeof *steps));
	const Step **chosen = want_memory(malloc((size_t)count*sizeof *chosen));

	memcpy(usual, w, bytes);
	for (int i = 0; i < count; i++)
		measure(&steps[i], usual + (size_t)i*(size_t)each, limits + (size_t)i*(size_t)each, sums);
	for (int i = 0; i < count; i += Near)
		pair_up(steps + i, count - i < Near ? count - i : Near, sums);
	in_order(steps, count, chosen, order);
	for (int i = 0; i < count; i++, w += each) {
		memcpy(w, chosen[i]->w, (size_t)each);
		order[Counts + i] = int8_step_offset(k, per, (int)(chosen[i] - steps));
	}
	free(usual);
	free(limits);
	free(steps);
	free(chosen);
}
