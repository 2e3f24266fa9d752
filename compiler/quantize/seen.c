/* seen.c - a histogram that grows: its reach is doubled where a value lies beyond it, and every two bins become one. */
#include <math.h>
#include <string.h>

#include "quantize.h"

Seen
seen_new(int channels)
{
	return (Seen){ .reach = ldexp(1, -30), .bins = arena_new(SeenBins*sizeof(double)),
	               .sums = arena_new((size_t)channels*sizeof(double)) };
}

/* widen - to twice the reach: what was in two bins is in one, nearer to the middle */
static void
widen(Seen *s)
{
	double *b = s->bins;
	enum { Half = SeenBins/2, Quarter = SeenBins/4 };

	for (int i = 0; i < Quarter; i++)
		b[Half + i] = b[Half + 2*i] + b[Half + 2*i + 1];
	for (int i = 0; i < Quarter; i++)
		b[Half - 1 - i] = b[Half - 1 - 2*i] + b[Half - 2 - 2*i];
	memset(b, 0, Quarter*sizeof *b);
	memset(b + Half + Quarter, 0, Quarter*sizeof *b);
	s->reach *= 2;
}

void
seen_add(Seen *s, int channel, const float *v, size_t step, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		double x = (double)v[i*step];
		if (!isfinite(x)) {
			s->odd = true;
			continue;
		}
		s->lo = x < s->lo ? x : s->lo;
		s->hi = x > s->hi ? x : s->hi;
		while (fabs(x) >= s->reach)
			widen(s);
		s->bins[(int)((x/s->reach + 1)*(SeenBins/2))]++;
		s->sums[channel] += x;
	}
	s->count += channel ? 0 : (double)count;
}
