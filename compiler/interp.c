/*
** interp.c - the reference: every op as plain loops in double precision on NCHW arrays, written
** from the definitions in PyTorch's documentation. It runs the graph as it stands after any pass,
** so it knows epilogues and folded batch norms, but nothing of layouts, tiles or plans.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"
#include "interp.h"

static double
between(double v, double lo, double hi)
{
	return v < lo ? lo : v > hi ? hi : v;       /* NaN stays NaN */
}

double
interp_activate(const Attr *a, Act act, double v)
{
	switch (act) {
	case Act_none:         return v;
	case Act_relu:         return v < 0 ? 0 : v;
	case Act_relu6:        return between(v, 0, 6);
	case Act_clip:         return between(v, a->lo, a->hi);
	case Act_leaky_relu:   return v < 0 ? a->slope*v : v;
	case Act_sigmoid:      return 1/(1 + exp(-v));
	case Act_silu:         return v/(1 + exp(-v));
	case Act_hard_sigmoid: return between(a->slope*v + a->offset, 0, 1);
	case Act_hard_swish:   return v*between(a->slope*v + a->offset, 0, 1);
	case Act_elu:          return v < 0 ? a->alpha*expm1(v) : v;
	case Act_softplus:     return (fmax(a->beta*v, 0) + log1p(exp(-fabs(a->beta*v))))/a->beta + 0*v;
	case Act_mish:         return v*tanh(interp_activate(&(Attr){ .beta = 1 }, Act_softplus, v));
	case Act_gelu:         return 0.5*v*(1 + erf(v/sqrt(2)));
	case Act_gelu_tanh:    return 0.5*v*(1 + tanh(0.79788456080286535588*(v + 0.044715*v*v*v)));
	case Act_tanh:         return tanh(v);
	case Act_erf:          return erf(v);
	case Act_exp:          return exp(v);
	case Act_log:          return log(v);
	case Act_sqrt:         return sqrt(v);
	case Act_abs:          return fabs(v);
	case Act_affine:       return a->gain*v + a->offset;
	case Act_prelu:        return v < 0 ? a->slope*v : v;      /* of this channel: activate */
	case NActs:            break;
	}
	die("activation %d", act);
}

/* activate - element i of a result of n */
static double
activate(const Node *n, Act act, size_t i, double v)
{
	Attr a = { .slope = 0 };

	if (act != Act_prelu)
		return interp_activate(&n->a, act, v);
	a.slope = slope_of(n, i/(size_t)(n->out->shape.h*n->out->shape.w)%(size_t)n->out->shape.c);
	return interp_activate(&a, act, v);
}

/* epilogue - what an op that takes an activation does after its own work: skip, then activation */
static void
epilogue(const Node *n, const double *skip, double *y)
{
	for (size_t i = 0; i < count_of(n->out->shape); i++)
		y[i] = activate(n, (Act)n->a.act, i, skip ? y[i] + skip[i] : y[i]);
}

static void
interp_input(const Node *n, const double *const *x, double *y)
{
	const Image *im = &n->g->image;
	Shape s = n->out->shape;

	for (int m = 0; m < s.n; m++)
	for (int c = 0; c < s.c; c++)
	for (int i = 0; i < s.h*s.w; i++) {
		int from = im->swap ? s.c - 1 - c : c, k = s.c <= 4 ? c : 0;
		double v = x[0][(size_t)m*(size_t)(s.c*s.h*s.w) + (size_t)(im->hwc ? i*s.c + from : from*s.h*s.w + i)];
		*y++ = im->normalize ? (im->scale*v - im->mean[k])/im->std[k] : v;
	}
}

/* clip - the outputs o in [lo, hi) for which o*stride + offset lies in [0, size) */
static void
clip(int offset, int stride, int size, int outputs, int *lo, int *hi)
{
	*lo = offset < 0 ? (-offset + stride - 1)/stride : 0;
	*hi = size - 1 - offset < 0 ? 0 : (size - 1 - offset)/stride + 1;
	if (*hi > outputs)
		*hi = outputs;
}

static void
interp_conv2d(const Node *n, const double *const *x, double *y)
{
	const Attr *a = &n->a;
	Shape in = n->in[0]->shape, out = n->out->shape;
	int icg = in.c/a->groups, ocg = out.c/a->groups;
	double *w, *b;

	fold_weights(n, &w, &b);
	for (int m = 0; m < out.n; m++)
	for (int oc = 0; oc < out.c; oc++) {
		double *yo = y + ((size_t)m*out.c + oc)*out.h*out.w;
		for (int i = 0; i < out.h*out.w; i++)
			yo[i] = b[oc];
		for (int ic = 0; ic < icg; ic++)
		for (int ki = 0; ki < a->kernel.h; ki++)
		for (int kj = 0; kj < a->kernel.w; kj++) {
			const double *xi = x[0] + ((size_t)m*in.c + oc/ocg*icg + ic)*in.h*in.w;
			double v = w[(((size_t)oc*icg + ic)*a->kernel.h + ki)*a->kernel.w + kj];
			int di = ki*a->dilation.h - a->padding.t, dj = kj*a->dilation.w - a->padding.l;
			int i0, i1, j0, j1;
			clip(di, a->stride.h, in.h, out.h, &i0, &i1);
			clip(dj, a->stride.w, in.w, out.w, &j0, &j1);
			for (int i = i0; i < i1; i++) {
				const double *row = xi + (size_t)(i*a->stride.h + di)*in.w + dj;
				for (int j = j0; j < j1; j++)
					yo[i*out.w + j] += v*row[j*a->stride.w];
			}
		}
	}
	free(w);
	free(b);
}

static void
interp_linear(const Node *n, const double *const *x, double *y)
{
	int in = n->in[0]->shape.c, out = n->out->shape.c;
	double *w, *b;

	fold_weights(n, &w, &b);
	for (int m = 0; m < n->out->shape.n; m++)
	for (int o = 0; o < out; o++) {
		double s = b[o];
		for (int i = 0; i < in; i++)
			s += w[(size_t)o*in + i]*x[0][(size_t)m*in + i];
		y[(size_t)m*out + o] = s;
	}
	free(w);
	free(b);
}

static void
interp_bn(const Node *n, const double *const *x, double *y)
{
	Shape s = n->out->shape;
	double *scale, *shift;

	fold_weights(n, &scale, &shift);
	for (int m = 0; m < s.n; m++)
	for (int c = 0; c < s.c; c++)
	for (int i = 0; i < s.h*s.w; i++) {
		size_t at = ((size_t)m*s.c + c)*s.h*s.w + i;
		y[at] = x[0][at]*scale[c] + shift[c];
	}
	free(scale);
	free(shift);
}

#define interp_layer_scale interp_bn

/* interp_act - the ops that are activations */
static void
interp_act(const Node *n, const double *const *x, double *y)
{
	for (size_t i = 0; i < count_of(n->out->shape); i++)
		y[i] = activate(n, act_of(n->op), i, x[0][i]);
}

typedef struct {
	bool max;
	double value;
	int count;
} Window;

static void
take(Window *w, double v)
{
	w->count++;
	if (!w->max)
		w->value += v;
	else if (v > w->value || isnan(v) || w->count == 1)
		w->value = isnan(w->value) && w->count > 1 ? w->value : v;
}

static void
interp_pool(const Node *n, bool max, const double *x, double *y)
{
	const Attr *a = &n->a;
	Shape in = n->in[0]->shape, out = n->out->shape;

	for (int m = 0; m < out.n*out.c; m++)
	for (int i = 0; i < out.h; i++)
	for (int j = 0; j < out.w; j++) {
		const double *xm = x + (size_t)m*in.h*in.w;
		int i0 = i*a->stride.h - a->padding.t, j0 = j*a->stride.w - a->padding.l;
		Window w = { max, max ? -(double)INFINITY : 0, 0 };
		for (int ki = 0; ki < a->kernel.h; ki++)
		for (int kj = 0; kj < a->kernel.w; kj++) {
			int r = i0 + ki*a->dilation.h, q = j0 + kj*a->dilation.w;
			if (r >= 0 && r < in.h && q >= 0 && q < in.w)
				take(&w, xm[r*in.w + q]);
		}
		if (!max && a->count_include_pad) {
			/* the window may hang over the padding (ceil_mode); what hangs over does not count */
			int i1 = i0 + a->kernel.h, j1 = j0 + a->kernel.w;
			if (i1 > in.h + a->padding.b)
				i1 = in.h + a->padding.b;
			if (j1 > in.w + a->padding.r)
				j1 = in.w + a->padding.r;
			w.count = (i1 - i0)*(j1 - j0);
		}
		y[((size_t)m*out.h + i)*out.w + j] = max ? w.value : w.value/w.count;
	}
}

static void
interp_max_pool(const Node *n, const double *const *x, double *y)
{
	interp_pool(n, true, x[0], y);
}

static void
interp_avg_pool(const Node *n, const double *const *x, double *y)
{
	interp_pool(n, false, x[0], y);
}

static void
interp_adaptive(const Node *n, bool max, const double *x, double *y)
{
	Shape in = n->in[0]->shape, out = n->out->shape;

	for (int m = 0; m < out.n*out.c; m++)
	for (int i = 0; i < out.h; i++)
	for (int j = 0; j < out.w; j++) {
		Window w = { max, 0, 0 };
		for (int r = i*in.h/out.h; r < ceil_div((i + 1)*in.h, out.h); r++)
		for (int q = j*in.w/out.w; q < ceil_div((j + 1)*in.w, out.w); q++)
			take(&w, x[((size_t)m*in.h + r)*in.w + q]);
		y[((size_t)m*out.h + i)*out.w + j] = max ? w.value : w.value/w.count;
	}
}

static void
interp_adaptive_avg_pool(const Node *n, const double *const *x, double *y)
{
	interp_adaptive(n, false, x[0], y);
}

static void
interp_adaptive_max_pool(const Node *n, const double *const *x, double *y)
{
	interp_adaptive(n, true, x[0], y);
}

static void
interp_upsample(const Node *n, const double *const *x, double *y)
{
	Shape in = n->in[0]->shape, out = n->out->shape;

	for (int m = 0; m < out.n*out.c; m++)
	for (int i = 0; i < out.h; i++)
	for (int j = 0; j < out.w; j++) {
		const double *xm = x[0] + (size_t)m*(size_t)(in.h*in.w);
		Sample r = sample_of(n, true, i), q = sample_of(n, false, j);
		double upper = (1 - q.share)*xm[r.from*in.w + q.from] + q.share*xm[r.from*in.w + q.to];
		double lower = (1 - q.share)*xm[r.to*in.w + q.from] + q.share*xm[r.to*in.w + q.to];
		*y++ = n->op == O_upsample_nearest ? xm[r.from*in.w + q.from] : (1 - r.share)*upper + r.share*lower;
	}
}

static void
interp_upsample_bicubic(const Node *n, const double *const *x, double *y)
{
	Shape in = n->in[0]->shape, out = n->out->shape;

	for (int m = 0; m < out.n*out.c; m++)
	for (int i = 0; i < out.h; i++)
	for (int j = 0; j < out.w; j++, y++) {
		Cubic r = cubic_at(&n->a, true, in.h, out.h, i), q = cubic_at(&n->a, false, in.w, out.w, j);
		*y = 0;
		for (int k = 0; k < CubicTaps*CubicTaps; k++)
			*y += r.share[k/CubicTaps]*q.share[k%CubicTaps]*x[0][((size_t)m*in.h + r.at[k/CubicTaps])*in.w + q.at[k%CubicTaps]];
	}
}


#define interp_quantize   NULL
#define interp_dequantize NULL
#define interp_upsample_nearest  interp_upsample
#define interp_upsample_bilinear interp_upsample

/* interp_top_k - selection by repeated maxima; NaN is larger than all */
static void
interp_top_k(const Node *n, const double *const *x, double *y)
{
	int c = n->in[0]->shape.c, k = n->a.out;
	bool *taken = want_memory(malloc((size_t)c*sizeof *taken));

	for (int m = 0; m < n->out->shape.n; m++) {
		const double *v = x[0] + (size_t)m*(size_t)c;
		double *values = y + m*k, *at = y + (n->out->shape.n + m)*k;
		memset(taken, 0, (size_t)c*sizeof *taken);
		for (int i = 0; i < k; i++) {
			int best = -1;
			for (int j = 0; j < c; j++) {
				if (!taken[j] && (best < 0 || v[j] > v[best] || (isnan(v[j]) && !isnan(v[best]))))
					best = j;
			}
			values[i] = v[best];
			at[i] = best;
			taken[best] = true;
		}
	}
	free(taken);
}

static void
interp_concat(const Node *n, const double *const *x, double *y)
{
	for (int m = 0; m < n->out->shape.n; m++)
		for (int i = 0; i < n->nin; i++) {
			Shape s = n->in[i]->shape;
			size_t len = (size_t)s.c*s.h*s.w;
			memcpy(y, x[i] + m*len, len*sizeof *y);
			y += len;
		}
}

static void
interp_slice(const Node *n, const double *const *x, double *y)
{
	const Attr *a = &n->a;
	Shape in = n->in[0]->shape;

	for (int m = 0; m < in.n; m++)
	for (int c = a->channels.h; c < a->channels.w; c++)
	for (int i = a->rows.from; i < a->rows.to; i += a->rows.step)
	for (int j = a->cols.from; j < a->cols.to; j += a->cols.step)
		*y++ = x[0][(((size_t)m*in.c + c)*in.h + i)*in.w + j];
}

/* mirrored - where row or column i of an axis of size comes from, or -1: the value */
static int
mirrored(const Attr *a, int i, int size)
{
	if (i >= 0 && i < size)
		return i;
	if (a->mode == Fill_constant)
		return -1;
	if (a->mode == Fill_replicate)
		return i < 0 ? 0 : size - 1;
	return i < 0 ? -i : 2*(size - 1) - i;
}

static void
interp_pad(const Node *n, const double *const *x, double *y)
{
	const Attr *a = &n->a;
	Shape in = n->in[0]->shape, out = n->out->shape;

	for (int m = 0; m < out.n; m++)
	for (int c = -a->channels.h; c < in.c + a->channels.w; c++)
	for (int i = 0; i < out.h; i++)
	for (int j = 0; j < out.w; j++) {
		int r = mirrored(a, i - a->padding.t, in.h), q = mirrored(a, j - a->padding.l, in.w);
		*y++ = c < 0 || c >= in.c || r < 0 || q < 0 ? a->value : x[0][(((size_t)m*in.c + c)*in.h + r)*in.w + q];
	}
}

static void
interp_flatten(const Node *n, const double *const *x, double *y)
{
	memcpy(y, x[0], count_of(n->out->shape)*sizeof *y);
}

typedef void Run(const Node *, const double *const *, double *);

/* bytes - they go where floats go, and zeros are the byte that stands for 0; other ops have a form of their own */
static void
bytes(const Node *n, Run *run, const double *const *x, double *y)
{
	Node padded = *n;

	if (!keeps_bytes(n->op)) {
		interp_int8(n, x, y);
		return;
	}
	if (n->op == O_pad)
		padded.a.value = n->a.zero;
	run(&padded, x, y);
}

void
interp_node(const Node *n, const double *const *x, double *y)
{
	static Run *const run[NOps] = {
#define ACT(name, attrs, word, steepest, rounding, doc)  interp_act,
#define PACT(name, attrs, word, steepest, rounding, doc) interp_act,
#define OP(name, lo, hi, shape, family, epi, same, over, par, attrs, doc) interp_##name,
#include "ops.h"
#undef OP
#define GRAD(name, lo, hi, family, epi, over, doc) interp_##name,
#include "gradients/ops.h"
#undef GRAD
	};

	if (on_bytes(n) || is_bytes(n->out)) {
		bytes(n, run[n->op], x, y);
		return;
	}
	run[n->op](n, x, y);
	if (op_rows[n->op].epilogue)
		epilogue(n, takes_skip(n) ? x[1] : NULL, y);
}

size_t
results_of(const Node *n)
{
	size_t count = 0;

	for (int i = 0; i < n->nout; i++)
		count += count_of(n->out[i].shape);
	return count;
}

double *
value_in(double *const *values, const Value *v)
{
	double *at = values[v->node->id];

	for (int i = 0; i < v->index; i++)
		at += count_of(v->node->out[i].shape);
	return at;
}

double **
interp(const Graph *g, const double *input)
{
	double **values = calloc((size_t)g->count, sizeof *values);

	for (int i = 0; values && i < g->count; i++) {
		const Node *n = g->nodes[i];
		const double *x[NInputs] = { input };
		for (int j = 0; j < n->nin; j++)
			x[j] = value_in(values, n->in[j]);
		values[i] = want_memory(malloc(results_of(n)*sizeof **values));
		interp_node(n, x, values[i]);
	}
	return values;
}

void
interp_free(const Graph *g, double **values)
{
	for (int i = 0; i < g->count; i++)
		free(values[i]);
	free(values);
}
