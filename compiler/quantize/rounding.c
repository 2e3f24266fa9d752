/*
** rounding.c - weights to signed bytes, symmetric, a step for each output channel; biases to the steps of the sums.
**
** Pair safety: AVX2 multiplies bytes by signed bytes and adds each two neighbours in 16 bits, saturating. Where no
** two weights of one sign that are neighbours add up to more than 128, nothing saturates, whatever the bytes are.
** A channel's step is made larger for that, or its worst pairs are cut: whichever of 33 steps has the least
** squared error.
*/
#include <math.h>
#include <stdlib.h>

#include "quantize.h"

enum { Most = 127, MostPair = 128, Tries = 33 };

typedef struct {                     /* the weights of one output channel */
	const double *w;
	double *v;                   /* times the factors of the input channels */
	signed char *q;
	int first, ic, taps;         /* first channel of the input, how many, windows of each */
} Channel;

/* partner - the weight that is a neighbour of weight i as they are multiplied, or -1 */
static int
partner(const Channel *c, int i)
{
	int ic = i/c->taps;

	return (c->first + ic)%2 == 0 && ic + 1 < c->ic ? i + c->taps : -1;
}

/* most_pair - of the largest sum of two neighbours of one sign, and of the largest weight */
static void
extremes(const Channel *c, double *most, double *pair)
{
	*most = *pair = 0;
	for (int i = 0; i < c->ic*c->taps; i++) {
		int k = partner(c, i);
		*most = fmax(*most, fabs(c->v[i]));
		if (k >= 0 && (c->v[i] < 0) == (c->v[k] < 0))
			*pair = fmax(*pair, fabs(c->v[i] + c->v[k]));
	}
}

/* cut - the larger of two that add up to too much */
static void
cut(signed char *a, signed char *b)
{
	int sum = *a + *b, by = abs(sum) - MostPair;
	signed char *larger = abs(*a) >= abs(*b) ? a : b;

	if (by > 0)
		*larger = (signed char)(*larger > 0 ? *larger - by : *larger + by);
}

/* round_channel - to a step; the squared error */
static double
round_channel(const Channel *c, double step)
{
	double error = 0;
	int count = c->ic*c->taps;

	for (int i = 0; i < count; i++)
		c->q[i] = (signed char)fmin(fmax(rint(c->v[i]/step), -Most), Most);
	for (int i = 0; i < count; i++)
		if (partner(c, i) >= 0)
			cut(&c->q[i], &c->q[partner(c, i)]);
	for (int i = 0; i < count; i++)
		error += (c->q[i]*step - c->v[i])*(c->q[i]*step - c->v[i]);
	return error;
}

/* best_step - of a channel whose step must be at least so much; *lost: bits beside what its largest weight needs */
static double
best_step(const Channel *c, double least, double *lost)
{
	double most, pair, from, to, best = 0, error = (double)INFINITY;

	extremes(c, &most, &pair);
	from = fmax(most/Most, least);
	to = fmax(pair/(MostPair - 1), from);
	for (int i = 0; i < Tries; i++) {
		double step = (double)(float)(from*pow(to/from, i/(double)(Tries - 1))), e = round_channel(c, step);
		if (e < error) {
			error = e;
			best = step;
		}
		if (to <= from)
			break;
	}
	round_channel(c, best);
	*lost += log2(best/from);
	return best;
}

/* outgrows - could a sum leave 32 bits, whatever the bytes are */
static bool
outgrows(const Channel *c, double bias)
{
	double sum = fabs(bias);

	for (int i = 0; i < c->ic*c->taps; i++)
		sum += 2*255*abs(c->q[i]);
	return sum > INT32_MAX;
}

/* moved - what rounding does to the mean of the channel's result */
static double
moved(const Channel *c, double step, const double *mean)
{
	double sum = 0;

	for (int i = 0; mean && i < c->ic*c->taps; i++)
		sum += (c->q[i]*step - c->v[i])*mean[c->first + i/c->taps];
	return sum;
}

void
round_weights(Rounded *r, const double *w, const double *b, const double *mean)
{
	const Node *n = r->n;
	int rank, oc = n->out->shape.c, groups = n->op == O_linear ? 1 : n->a.groups;
	Shape s = param_shape(n, P_weight, &rank);
	Channel c = { .ic = s.c, .taps = s.h*s.w };
	size_t each = (size_t)(c.ic*c.taps);

	c.v = want_memory(malloc(each*sizeof *c.v));
	r->w = want_memory(malloc(each*(size_t)oc));
	r->steps = want_memory(malloc((size_t)oc*sizeof *r->steps));
	r->bias = want_memory(malloc((size_t)oc*sizeof *r->bias));
	r->lost = 0;
	for (int o = 0; o < oc; o++) {
		double step, bias, lost, least = fmax(fabs(b[o])/r->step/(1 << 27), LeastStep/r->step);
		c.first = o/(oc/groups)*c.ic;
		c.q = r->w + (size_t)o*each;
		for (size_t i = 0; i < each; i++)
			c.v[i] = w[(size_t)o*each + i]*(r->factor ? r->factor[c.first + (int)i/c.taps] : 1);
		do {
			lost = 0;
			step = best_step(&c, least, &lost);
			bias = rint((b[o] - moved(&c, step, mean))/(step*r->step));
			least = 2*step;
		} while (outgrows(&c, bias));
		r->lost += lost;
		r->steps[o] = (float)step;
		r->bias[o] = (int32_t)bias;
	}
	r->lost /= oc;
	r->pair_safe = true;
	free(c.v);
}
