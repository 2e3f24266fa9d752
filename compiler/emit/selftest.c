/*
** selftest.c - what NAME_selftest expects, and the tables it works from.
**
** Every layer is run on made-up inputs (rc_pattern) and two results of each channel are compared, in 16 sums or 4, with
** what the definition gives in double. The sums and how far off they may be are written behind the weights of
** the blob, so that code and weights can be exchanged together. Two results a channel touch every weight.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/rc.h"
#include "emit.h"

static const double U = 1.0/(1 << 24);

/* exact - are n's results the same for whoever computes them */
static bool
exact(const Node *n)
{
	return on_bytes(n) || is_bytes(n->out);
}

size_t
selftest_sums(const Graph *g)
{
	size_t bytes = (size_t)(g->count*2*selftest_each(g))*sizeof(float);

	return g->target->bare ? bytes : aligned(bytes);
}

typedef struct { double sum[RC_SUMS], off[RC_SUMS]; } Sums;

static double
pattern(int number, size_t i)
{
	return (double)rc_pattern((uint32_t)number, (uint32_t)i);
}

/* made_up - the whole of a value as the self test makes it up */
static double *
made_up(const Value *x)
{
	size_t count = count_of(x->shape);
	double *v = want_memory(malloc(count*sizeof *v));
	int number = number_of(x);

	for (size_t i = 0; i < count; i++)
		v[i] = is_bytes(x) ? rc_pattern_byte((uint32_t)number, (uint32_t)i) : pattern(number, i);
	return v;
}

/* caller_input - as rc_selftest_input makes it up for the caller's array */
static double *
caller_input(const Graph *g)
{
	size_t count = count_of(g->nodes[0]->out->shape);
	double *v = want_memory(malloc(count*sizeof *v));

	for (size_t i = 0; i < count; i++)
		v[i] = g->image.u8 ? (double)(i*7%251) : (double)rc_pattern(0, (uint32_t)i);
	return v;
}

/* dense_at - one result of a convolution or linear layer with weights w, biases b; *size: the sum of its magnitudes */
static double
dense_at(const Node *n, const double *w, const double *b, int m, int c, int h, int wd, double *size, double *steps)
{
	const Attr *a = &n->a;
	Shape x = n->in[0]->shape;
	int in = number_of(n->in[0]), groups = n->op == O_linear ? 1 : a->groups, icg = x.c/groups,
		ic0 = c/(n->out->shape.c/groups)*icg;
	Pair ks = n->op == O_linear ? (Pair){ 1, 1 } : a->kernel;
	double sum = b[c];

	*size = fabs(sum);
	*steps = icg*ks.h*ks.w + 3;
	for (int ic = 0; ic < icg; ic++)
	for (int ki = 0; ki < ks.h; ki++)
	for (int kj = 0; kj < ks.w; kj++) {
		int i = n->op == O_linear ? 0 : h*a->stride.h + ki*a->dilation.h - a->padding.t;
		int j = n->op == O_linear ? 0 : wd*a->stride.w + kj*a->dilation.w - a->padding.l;
		if (i < 0 || i >= x.h || j < 0 || j >= x.w)
			continue;
		double v = w[(((size_t)c*(size_t)icg + (size_t)ic)*(size_t)ks.h + (size_t)ki)*(size_t)ks.w + (size_t)kj]*
			pattern(in, (((size_t)m*(size_t)x.c + (size_t)(ic0 + ic))*(size_t)x.h + (size_t)i)*(size_t)x.w + (size_t)j);
		sum += v;
		*size += fabs(v);
	}
	if (n->nin == 2) {
		double z = pattern(number_of(n->in[1]),
		                   (((size_t)m*(size_t)n->out->shape.c + (size_t)c)*(size_t)n->out->shape.h +
		                    (size_t)h)*(size_t)n->out->shape.w + (size_t)wd);
		sum += z;
		*size += fabs(z);
	}
	if (a->act == Act_prelu)
		return sum < 0 ? slope_of(n, (size_t)c)*sum : sum;
	return interp_activate(a, (Act)a->act, sum);
}

/* on_made_up - n's inputs as the self test makes them up; to free, as many as n has, at least one */
static void
on_made_up(const Node *n, double *in[NInputs])
{
	if (!n->nin)
		in[0] = caller_input(n->g);
	for (int i = 0; i < n->nin; i++)
		in[i] = made_up(n->in[i]);
}

/* add_bytes - two samples of each channel of a convolution of bytes, exact */
static void
add_bytes(Sums *to, const Node *n)
{
	double *in[NInputs] = { NULL };
	Shape s = n->out->shape;
	int each = selftest_each(n->g);

	on_made_up(n, in);
	for (int c = 0; c < s.c; c++)
		for (int k = 0; k < 2; k++) {
			int h, w;
			rc_selftest_at((uint32_t)(2*c + k), s.h, s.w, &h, &w);
			to->sum[c%each] += interp_int8_at(n, (const double *const *)in, k ? s.n - 1 : 0, c, h, w);
		}
	for (int i = 0; i < NInputs; i++)
		free(in[i]);
}

/* whole_result - of an op without weights to speak of */
static double *
whole_result(const Node *n)
{
	double *in[NInputs] = { NULL }, *y = want_memory(malloc(results_of(n)*sizeof *y));

	on_made_up(n, in);
	interp_node(n, (const double *const *)in, y);
	for (int i = 0; i < NInputs; i++)
		free(in[i]);
	return y;
}

/* add_samples - two samples of each channel of a result; y: all of it, or NULL for a layer with weights w, biases b */
static void
add_samples(Sums *to, const Node *n, Shape s, const double *y, const double *w, const double *b)
{
	double most = 0, margin = n->family->margin ? n->family->margin : 1;
	int each = selftest_each(n->g);

	for (size_t i = 0; y && i < count_of(s); i++)
		most = isfinite(y[i]) ? fmax(most, fabs(y[i])) : most;
	for (int c = 0; c < s.c; c++)
		for (int k = 0; k < 2; k++) {
			int h, wd, m = k ? s.n - 1 : 0;
			double v, size = most, steps = 64;
			rc_selftest_at((uint32_t)(2*c + k), s.h, s.w, &h, &wd);
			if (!y)
				v = dense_at(n, w, b, m, c, h, wd, &size, &steps);
			else
				v = y[(((size_t)m*(size_t)s.c + (size_t)c)*(size_t)s.h + (size_t)h)*(size_t)s.w + (size_t)wd];
			if (!isfinite((float)v))
				continue;
			to->sum[c%each] += v;
			/* the probabilistic error of a sum with a wide margin */
			to->off[c%each] += exact(n) ? 0 : U*(8*sqrt(steps) + 16)*(size + 1e-6)*margin;
		}
}

/* selftest_expect - sums of n's results, and how far off each may be, into to; w, b: its folded weights or NULL */
void
selftest_expect(const Node *n, const double *w, const double *b, float *to)
{
	Sums s = { { 0 }, { 0 } };
	double *y = n->op == O_conv2d || n->op == O_linear ? NULL : whole_result(n);
	size_t at = 0;
	int each = selftest_each(n->g);

	if (has_weights_of_bytes(n))
		add_bytes(&s, n);
	for (int i = 0; i < n->nout && !has_weights_of_bytes(n); i++) {
		add_samples(&s, n, n->out[i].shape, y ? y + at : NULL, w, b);
		at += count_of(n->out[i].shape);
	}
	for (int i = 0; i < each; i++) {
		to[i] = (float)s.sum[i];
		to[each + i] = (float)(s.off[i] + fabs(s.sum[i])*U);
	}
	free(y);
}
