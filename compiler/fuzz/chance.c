/* chance.c - numbers drawn for fuzz; all follow from a state that the seed begins. */
#include "fuzz.h"

int
rnd_to(uint64_t *state, int lo, int hi)
{
	return lo + (int)(rnd(state)%(uint64_t)(hi - lo + 1));
}

bool
rnd_chance(uint64_t *state, int percent)
{
	return rnd_to(state, 0, 99) < percent;
}

int
rnd_of(uint64_t *r, const int *from, int count)
{
	return from[rnd_to(r, 0, count - 1)];
}

int
rnd_channels(uint64_t *r)
{
	static const int usual[] = { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 48, 64 };

	if (rnd_chance(r, 4))
		return rnd_to(r, 65, 320);   /* rare: more than a pass over channel blocks takes */
	return rnd_of(r, usual, sizeof usual/sizeof *usual);
}
