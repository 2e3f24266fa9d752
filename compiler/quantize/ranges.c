/*
** ranges.c - what the bytes of a result stand for: of 71 shares of the range that was seen the one with the least
** squared error. What is never negative gets zero = 0.
*/
#include <math.h>

#include "quantize.h"

static double
bin_middle(const Seen *s, int i)
{
	return ((i + 0.5)/(SeenBins/2) - 1)*s->reach;
}

/* sum_up - what the values of all bins lose as bytes; how strong they are, and how many lie beyond the ends */
static double
sum_up(const Seen *s, double step, int zero, int levels, double *power, double *beyond)
{
	double error = 0;

	*power = *beyond = 0;
	for (int i = 0; i < SeenBins; i++) {
		double x = bin_middle(s, i), q, v;
		if (s->bins[i] <= 0)
			continue;
		q = rint(x/step) + zero;
		v = (fmin(fmax(q, 0), levels) - zero)*step;
		error += s->bins[i]*(x - v)*(x - v);
		*power += s->bins[i]*x*x;
		*beyond += q < 0 || q > levels ? s->bins[i] : 0;
	}
	return error;
}

Range8
range_of(const Seen *s, int levels, bool whole)
{
	enum { Shares = 71 };
	Range8 best = { .step = 1 };
	double least = (double)INFINITY, all = 0;

	for (int i = 0; i < SeenBins; i++)
		all += s->bins[i];
	for (int i = whole ? Shares - 1 : 0; i < Shares && s->hi > s->lo; i++) {
		double share = 0.3 + 0.7*i/(Shares - 1), power, beyond;
		double lo = fmin(s->lo, 0)*share, hi = fmax(s->hi, 0)*share;
		double step = (double)exact_factor(fmax((hi - lo)/levels, LeastStep));
		int zero = (int)fmin(rint(-lo/step), levels);
		double error = sum_up(s, step, zero, levels, &power, &beyond);
		if (error < least) {
			least = error;
			best = (Range8){ step, zero, error > 0 ? 10*log10(power/error) : 0, all > 0 ? beyond/all : 0 };
		}
	}
	return best;
}
