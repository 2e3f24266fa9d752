/*
** bound.c - how far float32 code may be from the double-precision reference, element by element, derived from
** the operations alone.
**
** Rounding errors are taken as independent, of mean zero and of variance at most u^2 of what is rounded (u = 2^-24):
** the probabilistic model of Higham and Mary (A New Approach to Probabilistic Rounding Error Analysis, 2019). A sum
** of n products whose magnitudes add up to S rounds n times something no larger than S, so it adds n u^2 S^2; what its
** inputs bring goes through it with the squares of its weights. An activation multiplies by the square of its
** steepest slope. Winograd's transforms amplify: their absolute row sums do what S does for the direct sum.
** A result is wrong when it is more than 16 standard deviations off.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static const double U = 1.0/(1 << 24), Least = 1.4e-45, Overflow = 1e38;

static double *
array(size_t count)
{
	double *v = want_memory(malloc(count*sizeof *v));

	return v;
}

typedef double Change(double);

static double
square(double v)
{
	return v*v;
}

static double
nothing(double v)
{
	return 0*v;
}

static double *
changed(const double *v, size_t count, Change *f)
{
	double *w = array(count);

	for (size_t i = 0; i < count; i++)
		w[i] = f(v[i]);
	return w;
}

/* through - n's sum with its parameters changed, without skip and activation */
static void
through(const Node *n, Change *weights, Change *biases, const double *x, double *y)
{
	Node m = *n;

	m.a.act = Act_none;
	m.nin = 1;
	if (n->p[P_weight].data)
		m.p[P_weight].data = changed(n->p[P_weight].data, n->p[P_weight].count, weights);
	if (n->p[P_bias].data)
		m.p[P_bias].data = changed(n->p[P_bias].data, n->p[P_bias].count, biases);
	interp_node(&m, &x, y);
	if (n->p[P_weight].data)
		free(m.p[P_weight].data);
	if (n->p[P_bias].data)
		free(m.p[P_bias].data);
}

/* finish - through the activation: variance of the pre-activation, whose magnitudes add up to s */
static double
finish(const Node *n, Act act, double var, double s, double y)
{
	const Attr *a = &n->a;
	double own = 0, slope = 1;

	switch (act) {
#define ACT(name, attrs, word, steepest, rounding, doc) case Act_##name: slope = steepest; own = rounding; break;
#include "../acts.h"
#undef ACT
	case Act_none:
	case NActs: break;
	}
	var = slope*slope*var + own*own + Least*Least;
	return s < Overflow && fabs(y) < Overflow ? var : (double)INFINITY;
}

/*
** amplified_sums - S of every output channel where the kernel of one of the compilations amplifies rounding errors, 0
** elsewhere; how much. Strassen's products are of sums of weights of both halves of the channels
*/
static double
amplified_sums(const Node *n, double most, const Graph *const *after, int nafter, double *sums)
{
	double amp = 0;
	size_t icg = (size_t)n->in[0]->shape.c, taps = (size_t)(n->a.kernel.h*n->a.kernel.w), oc = (size_t)n->out->shape.c;
	bool halves = taps == 1;

	for (int k = 0; k < nafter; k++)
		for (int i = 0; i < after[k]->count; i++) {
			const Node *m = after[k]->nodes[i];
			if (!strcmp(m->name, n->name) && m->op == O_conv2d && amplification_of(m) > 1)
				amp = fmax(amp, amplification_of(m));
		}
	for (int o = 0; o < n->out->shape.c && amp > 0; o++)
		for (size_t c = 0; c < icg; c++) {
			double w = 0;
			for (size_t t = 0; t < (halves ? 4 : taps); t++) {
				size_t row = halves ? ((size_t)o + t/2*(oc/2))%oc : (size_t)o, from = halves ? (c + t%2*(icg/2))%icg : c;
				w = fmax(w, fabs(n->p[P_weight].data[(row*icg + from)*taps + (halves ? 0 : t)]));
			}
			sums[o] += amp*w*most;
		}
	return fmax(amp, 1);
}

typedef struct {
	const Node *n;
	const double *x[NInputs], *v[NInputs];   /* values and variances of the inputs */
	const double *y;
	double *var, *s;             /* to fill: variance; magnitudes that were added, for a sum that is fused into this one */
	double steps;                /* additions in a row behind each value */
} At;

static void
dense(At *t, const Graph *const *after, int nafter)
{
	const Node *n = t->n;
	size_t count = count_of(n->out->shape), plane = (size_t)n->out->shape.h*(size_t)n->out->shape.w;
	double *in = changed(t->x[0], count_of(n->in[0]->shape), fabs), *sums = array((size_t)n->out->shape.c);
	double most = 0, amp = 1, least;

	t->steps = n->op == O_linear ? n->in[0]->shape.c : n->in[0]->shape.c/n->a.groups*n->a.kernel.h*n->a.kernel.w;
	t->steps += 3;
	through(n, fabs, fabs, in, t->s);
	through(n, square, nothing, t->v[0], t->var);
	for (size_t i = 0; i < count_of(n->in[0]->shape); i++)
		most = fmax(most, in[i]);
	for (int o = 0; o < n->out->shape.c; o++)
		sums[o] = 0;
	if (n->op == O_conv2d && n->a.groups == 1 && n->a.kernel.h == n->a.kernel.w && n->a.kernel.h%2 && n->a.kernel.h < 4)
		amp = amplified_sums(n, most, after, nafter, sums);
	/* products and weights below the normal numbers are rounded to a multiple of the least float */
	least = Least*(1 + amp*most);
	for (size_t i = 0; i < count; i++) {
		double skip = n->nin == 2 ? fabs(t->x[1][i]) : 0, s = t->s[i] + skip, w = sums[i/plane%(size_t)n->out->shape.c];
		double var = t->var[i] + t->steps*U*U*(s*s + w*w) + t->steps*least*least + (n->nin == 2 ? t->v[1][i] : 0);
		t->s[i] = fmax(s, w);
		t->var[i] = finish(n, (Act)n->a.act, var, t->s[i], t->y[i]);
	}
	free(in);
	free(sums);
}

/* line_of_channel - of a batch norm, layer scale or affine: factor, what is taken from x first, summand */
static void
line_of_channel(const Node *n, size_t c, double *scale, double *mean, double *shift)
{
	*mean = *shift = 0;
	if (n->op == O_layer_scale) {
		*scale = n->p[P_gamma].data[c];
	} else if (n->op == O_affine) {
		*scale = n->a.gain;
		*shift = n->a.offset;
	} else {
		*scale = (n->a.affine ? n->p[P_bn_weight].data[c] : 1)/sqrt(n->p[P_bn_var].data[c] + n->a.eps);
		*mean = n->p[P_bn_mean].data[c];
		*shift = n->a.affine ? n->p[P_bn_bias].data[c] : 0;
	}
}

static bool
is_line(const Node *n)
{
	return n->op == O_bn || n->op == O_layer_scale || n->op == O_affine;
}

static void
line(At *t, double before)
{
	const Node *n = t->n;
	size_t plane = (size_t)n->out->shape.h*(size_t)n->out->shape.w;

	for (size_t i = 0; i < count_of(n->out->shape); i++) {
		double scale, mean, shift, s;
		line_of_channel(n, i/plane%(size_t)n->out->shape.c, &scale, &mean, &shift);
		/* folded into the sum before it, that sum's magnitudes are scaled and the mean is one more term */
		s = fabs(scale)*(fmax(fabs(t->x[0][i]), t->s[i]) + fabs(mean)) + fabs(shift);
		t->s[i] = s;
		t->var[i] = finish(n, (Act)n->a.act, scale*scale*t->v[0][i] + (before + 4)*U*U*s*s, s, t->y[i]);
	}
	t->steps = before;
}

/* spread - of the normalisation of count numbers, step apart: the errors of all move mean and variance */
static void
spread(At *t, size_t from, size_t count, size_t step)
{
	const Node *n = t->n;
	Shape s = n->out->shape;
	size_t plane = (size_t)s.h*(size_t)s.w;
	double mean = 0, var = 0, most = 0, large = 0;

	for (size_t i = from; i < from + count*step; i += step) {
		mean += t->x[0][i]/(double)count;
		most = fmax(most, t->v[0][i]);
		large = fmax(large, fabs(t->x[0][i]));
	}
	for (size_t i = from; i < from + count*step; i += step)
		var += square(t->x[0][i] - mean)/(double)count;
	var = sqrt(var + n->a.eps);
	most = sqrt(most);
	for (size_t i = from; i < from + count*step; i += step) {
		size_t c = i/plane%(size_t)s.c;
		double w = n->a.affine ? fabs(n->p[P_weight].data[c]) : 1, b = n->a.affine ? fabs(n->p[P_bias].data[c]) : 0;
		double u = fabs(t->x[0][i] - mean)/var, off = most/var*(2 + u*u + u) + (16 + sqrt((double)count))*U*(u + square(u));
		/* adding up deviations in one row of float32 takes up to 0.4 of a rounding of their spread from the mean */
		/* the correction of the mean is as good as its square is small */
		double lost = sqrt((double)count)*U*large/var;
		t->s[i] = w*u + b;
		t->var[i] = square(w*(off + U/2 + 16*U*lost)) + square(4*U*(w*u + b)) + Least*Least;
		if (!(most < 0.02*var && lost < 0.1 && large < 1e15))
			t->var[i] = (double)INFINITY;
	}
}

static void
moments(At *t)
{
	Shape s = t->n->out->shape;
	size_t plane = (size_t)s.h*(size_t)s.w;
	int groups = t->n->a.groups;
	size_t count = (size_t)(s.c/groups)*plane;

	for (size_t m = 0; m < (size_t)s.n; m++) {
		for (size_t i = 0; t->n->op == O_layer_norm && i < plane; i++)
			spread(t, m*(size_t)s.c*plane + i, (size_t)s.c, plane);
		for (size_t g = 0; t->n->op == O_group_norm && g < (size_t)groups; g++)
			spread(t, (m*(size_t)groups + g)*count, count, 1);
	}
}

/* elementwise - of two inputs, or a number and one; before: additions in a row behind them */
static void
elementwise(At *t, double before)
{
	const Node *n = t->n;
	Shape to = n->out->shape;

	for (size_t i = 0; i < count_of(to); i++) {
		int last = n->nin - 1;
		size_t j = spread_index(n->in[0]->shape, to, i), k = spread_index(n->in[last]->shape, to, i);
		double x = last ? fabs(t->x[0][j]) : fabs(n->a.value), z = fabs(t->x[last][k]);
		double v = last ? t->v[0][j] : 0, u = t->v[last][k], s, var;
		switch (n->op) {
		case O_mul:
			s = x*z;
			var = z*z*v + x*x*u + v*u + U*U*s*s + Least*Least;
			break;
		case O_div:
		case O_reciprocal:
			s = x/z;
			var = (v + s*s*u)/(z*z)*2 + U*U*s*s + Least*Least;
			if (!(16*sqrt(u) < z/4 && z > 1e-37))
				var = (double)INFINITY;
			break;
		case O_maximum:
		case O_minimum:
			s = fmax(x, z);
			var = v + u;
			break;
		default:
			s = fmax(x, t->s[i]) + z;    /* fused, the skip is one more term of the sum */
			var = v + u + (before + 1)*U*U*s*s;
		}
		t->s[i] = s;
		t->var[i] = finish(n, (Act)n->a.act, var, s, t->y[i]);
	}
	t->steps = before;
}

/* product - of two matrices, each of which brings its errors */
static void
product(At *t)
{
	const Node *n = t->n;
	Node m = *n;
	size_t count = count_of(n->out->shape), na = count_of(n->in[0]->shape), nb = count_of(n->in[1]->shape);
	double *a = changed(t->x[0], na, fabs), *b = changed(t->x[1], nb, fabs), *var = array(count);
	double scale = square(n->a.scale);

	m.a.act = Act_none;
	m.a.scale = 1;
	t->steps = terms_of(n) + 2;
	interp_node(&m, (const double *[]){ a, b }, t->s);
	for (size_t i = 0; i < na; i++)
		a[i] = square(a[i]) + t->v[0][i];
	interp_node(&m, (const double *[]){ a, t->v[1] }, t->var);
	for (size_t i = 0; i < nb; i++)
		b[i] = square(b[i]);
	interp_node(&m, (const double *[]){ t->v[0], b }, var);
	for (size_t i = 0; i < count; i++) {
		double s = t->s[i]*fabs(n->a.scale), sum = t->var[i] + var[i] + t->steps*U*U*square(t->s[i]) + t->steps*Least*Least;
		t->s[i] = s;
		t->var[i] = finish(n, (Act)n->a.act, scale*sum + square(2*U*s), s, t->y[i]);
	}
	free(a);
	free(b);
	free(var);
}

static void
softmax(At *t)
{
	const Node *n = t->n;

	for (size_t i = 0; i < count_of(n->out->shape); i++) {
		Line l = line_of(n, i);
		double most = 0;
		for (size_t k = l.from; k < l.from + l.count*l.step; k += l.step)
			most = fmax(most, t->v[0][k] + square(U*t->x[0][k]));
		/* each exponent is off by at most the input's error and a rounding, the largest too */
		double y = t->y[i], var = 8*most*y*y + square((16 + (double)l.count)*U*y) + square(1.2e-38);
		t->var[i] = 16*sqrt(2*most) < 0.25 ? var : (double)INFINITY;
		t->s[i] = y;
	}
}

/* line_reduced - of numbers that become one: a norm moves no more than they do */
static void
line_reduced(At *t)
{
	const Node *n = t->n;
	size_t at = 0;

	for (size_t i = 0; i < count_of(n->in[0]->shape); i++) {
		Line l = line_of(n, i);
		double sum = 0, var = 0, most = 0, count = (double)l.count, share = n->a.reduction == Reduce_mean ? 1/count : 1;
		bool extreme = n->a.reduction == Reduce_max || n->a.reduction == Reduce_min;
		if (i != l.from)
			continue;
		for (size_t k = l.from; k < l.from + l.count*l.step; k += l.step) {
			sum += fabs(t->x[0][k])*share;
			var += t->v[0][k]*share*share;
			most = fmax(most, t->v[0][k]);
		}
		if (n->a.reduction == Reduce_l2) {   /* squares beyond the floats' range are lost */
			var += (count + 4)*square(U*t->y[at]) + count*square(4e-23);
			sum = fabs(t->y[at]);
			t->var[at] = sum < 1e18 ? var : (double)INFINITY;
		} else
			t->var[at] = extreme ? most : var + (count + 2)*(square(U*sum) + square(Least));
		t->s[at++] = sum;
	}
}

/* sixteen - results that are cubic convolutions */
static void
sixteen(At *t)
{
	const Node *n = t->n;
	Shape in = n->in[0]->shape, out = n->out->shape;

	for (size_t i = 0; i < count_of(out); i++) {
		size_t w = (size_t)out.w, h = (size_t)out.h, plane = i/(h*w)*(size_t)(in.h*in.w);
		Cubic r = cubic_at(&n->a, true, in.h, out.h, (int)(i/w%h)), q = cubic_at(&n->a, false, in.w, out.w, (int)(i%w));
		double sum = 0, dev = 0;
		for (int k = 0; k < CubicTaps*CubicTaps; k++) {
			size_t from = plane + (size_t)(r.at[k/CubicTaps]*in.w + q.at[k%CubicTaps]);
			double share = fabs(r.share[k/CubicTaps]*q.share[k%CubicTaps]);
			sum += share*fabs(t->x[0][from]);
			dev += share*sqrt(t->v[0][from]);
		}
		t->var[i] = square(dev) + 20*(square(U*sum) + square(Least));
		t->s[i] = sum;
	}
}

/* windows - results that are means, maxima or copies of some inputs */
static void
windows(At *t)
{
	Node own = *t->n;
	const Node *n = &own;
	double *in = changed(t->x[0], n->nin ? count_of(n->in[0]->shape) : 0, fabs), taps = 4;

	own.a.value = 0;                     /* what a pad adds is exact */
	if (n->op == O_avg_pool)
		taps = n->a.kernel.h*n->a.kernel.w + 2;
	if (n->op == O_adaptive_avg_pool)
		taps = n->in[0]->shape.h*n->in[0]->shape.w + 2;
	if (n->op == O_avg_pool || n->op == O_adaptive_avg_pool || n->op == O_upsample_bilinear) {
		const double *x = in;
		interp_node(n, &x, t->s);
	} else {
		for (size_t i = 0; i < count_of(n->out->shape); i++)
			t->s[i] = 0;
	}
	interp_node(n, t->v, t->var);
	for (size_t i = 0; i < count_of(n->out->shape); i++) {
		if (!(t->var[i] >= 0))       /* -inf: a window without input; NaN: an infinite variance met a zero */
			t->var[i] = isnan(t->var[i]) ? (double)INFINITY : 0;
		t->var[i] += taps*U*U*t->s[i]*t->s[i] + taps*Least*Least*(t->s[i] > 0);
		t->s[i] = fabs(t->y[i]);
	}
	free(in);
}

static void
activation(At *t)
{
	const Node *n = t->n;
	Act act = act_of(n->op);

	for (size_t i = 0; i < count_of(n->out->shape); i++) {
		/* fused into a sum or not, what it is given has the variance of the sum */
		t->var[i] = finish(n, act, t->v[0][i], fabs(t->x[0][i]), t->y[i]);
		t->s[i] = fabs(t->y[i]);
	}
}

/*
** fuzz_variance - of every node's results under float32, NCHW, malloc'd as interp's; INFINITY where nothing is known.
** values: the reference's; after: the graphs that were compiled, for their Winograd tiles. A top_k keeps its input's.
*/
double **
fuzz_variance(const Graph *g, double *const *values, const Graph *const *after, int nafter)
{
	double **var = want_memory(calloc((size_t)g->count, sizeof *var));
	double **s = want_memory(calloc((size_t)g->count, sizeof *s));
	double *steps = want_memory(calloc((size_t)g->count, sizeof *steps));

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		size_t count = results_of(n);
		double before = 1;
		At t = { .n = n, .y = values[i], .var = want_memory(calloc(count, sizeof(double))),
			.s = want_memory(calloc(count, sizeof(double))), .steps = 1 };
		for (int k = 0; k < n->nin; k++) {
			t.x[k] = value_in(values, n->in[k]);
			t.v[k] = value_in(var, n->in[k]);
			before = fmax(before, steps[n->in[k]->node->id]);
		}
		for (int j = 0; (is_line(n) || n->op == O_add) && j < n->nin; j++)
			for (size_t k = 0; k < count; k++)
				t.s[k] = fmax(t.s[k], s[n->in[j]->node->id][spread_index(n->in[j]->shape, n->out->shape, k)]);
		if (is_dense(n))
			dense(&t, after, nafter);
		else if (is_line(n))
			line(&t, before);
		else if (own_family(n->op) == &family_binary)
			elementwise(&t, before);
		else if (n->op == O_matmul)
			product(&t);
		else if (is_norm(n))
			moments(&t);
		else if (n->op == O_softmax)
			softmax(&t);
		else if (n->op == O_reduce)
			line_reduced(&t);
		else if (n->op == O_upsample_bicubic)
			sixteen(&t);
		else if (act_of(n->op) != Act_none)
			activation(&t);
		else if (n->op != O_input && n->op != O_top_k)
			windows(&t);
		for (size_t k = 0; k < count; k++)
			if (isnan(t.var[k]))
				t.var[k] = (double)INFINITY;
		var[i] = t.var;
		s[i] = t.s;
		steps[i] = t.steps;
	}
	interp_free(g, s);
	free(steps);
	return var;
}
