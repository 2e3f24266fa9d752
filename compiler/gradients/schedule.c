/* schedule.c - the learning rate along the way. */
#include <math.h>

#include "train.h"

double
rate_at(const Training *t, double share)
{
	const double pi = 3.14159265358979323846;

	switch (t->schedule) {
	case Schedule_constant:
		return t->peak;
	case Schedule_one_cycle:             /* up in a straight line, then down along a cosine */
		if (share < t->warm)
			return t->peak*share/t->warm;
		share = (share - t->warm)/(1 - t->warm);
		return t->peak*(1 + cos(pi*share))/2;
	case Schedule_steps:
		for (int i = 0; i < t->nsteps; i++)
			if (share < t->steps[i].share)
				return t->steps[i].rate;
		return t->steps[t->nsteps - 1].rate;
	}
	die("schedule %d", t->schedule);
}
