/*
** ops_channel.c - batch norms, activations, arithmetic with broadcasting, linear layers.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/* --- channels --- */

void
op_batch_norm(Import *m)
{
	OnnxValue x = input(m, 0);
	static const ParamId order[] = { P_bn_weight, P_bn_bias, P_bn_mean, P_bn_var };
	const char *weight = has_input(m, 1) ? m->p->input[1] : NULL;
	bool training = false;
	Node *n;

	if (!x.n || x.rank < 2)
		refuse(m, "want a tensor with channels, got something else");
	for (size_t i = 1; i < m->p->n_output; i++)  /* before opset 14 they are what says that it trains */
		training = training || *m->p->output[i];
	if (training || attr_int(m, "training_mode", 0) || !attr_int(m, "spatial", 1) || attr_int(m, "is_test", 1) != 1)
		refuse(m, "want inference over whole channels, got training or spatial = 0");
	n = begin(m, O_bn, layer_name(m, weight, "bn"));
	n->in[n->nin++] = x.n->out;
	n->a.eps = attr_real(m, "epsilon", 1e-5);
	n->a.eps = strtod(arena_text("%.7g", n->a.eps), NULL);       /* 1e-5, not its nearest float */
	for (size_t i = 0; i < 4; i++) {
		OnnxValue v = constant(m, i + 1, "batch norm parameter");
		if (elements(&v) != (size_t)x.n->out->shape.c)
			refuse(m, "want %d values in '%s', got %zu", x.n->out->shape.c, v.name, elements(&v));
		set_param(n, order[i], v.data, elements(&v));
	}
	finish(m, n, x.rank);
}

static void
activation(Import *m, Op op, double slope, double offset)
{
	OnnxValue x = input(m, 0);
	Node *n;

	if (!x.n)
		refuse(m, "want a tensor, got the constant '%s'", x.name);
	n = make(m, op, x.n);
	n->a.slope = strtod(arena_text("%.7g", slope), NULL);
	n->a.offset = strtod(arena_text("%.7g", offset), NULL);
	finish(m, n, x.rank);
}

void op_relu(Import *m)         { activation(m, O_relu, 0.01, 0.5); }
void op_sigmoid(Import *m)      { activation(m, O_sigmoid, 0.01, 0.5); }
void op_leaky_relu(Import *m)   { activation(m, O_leaky_relu, attr_real(m, "alpha", 0.01), 0.5); }
void op_hard_sigmoid(Import *m) { activation(m, O_hard_sigmoid, attr_real(m, "alpha", 0.2), attr_real(m, "beta", 0.5)); }

void
op_hard_swish(Import *m)
{
	OnnxValue x = input(m, 0);

	if (!x.n)
		refuse(m, "want a tensor, got the constant '%s'", x.name);
	finish(m, make(m, O_hard_swish, x.n), x.rank);
}

void
op_clip(Import *m)
{
	OnnxValue x = input(m, 0);
	double lo = attr_real(m, "min", -3.4e38), hi = attr_real(m, "max", 3.4e38);
	Node *n;

	if (!x.n)
		refuse(m, "want a tensor, got the constant '%s'", x.name);
	if (has_input(m, 1))
		lo = constant(m, 1, "min").data[0];
	if (has_input(m, 2))
		hi = constant(m, 2, "max").data[0];
	if (lo < -3.39e38 && hi > 3.39e38) {
		same(m, x);
		return;
	}
	if (lo > hi)
		lo = hi;                         /* as NumPy's clip */
	n = make(m, lo == 0 && hi > 3.39e38 ? O_relu : lo == 0 && hi == 6 ? O_relu6 : O_clip, x.n);
	if (n->op == O_clip) {
		n->a.lo = fmax(lo, -3.4e38);
		n->a.hi = fmin(hi, 3.4e38);
	}
	finish(m, n, x.rank);
}

void
op_softmax(Import *m)
{
	OnnxValue x = input(m, 0);
	int64_t axis = attr_int(m, "axis", m->opset >= 13 ? -1 : 1);

	if (!x.n)
		refuse(m, "want a tensor, got the constant '%s'", x.name);
	if (axis < 0)
		axis += x.rank;
	if (axis != 1 || (m->opset < 13 && x.n->out->shape.h*x.n->out->shape.w != 1))
		refuse(m, "want a softmax over the channels (axis 1), got axis %lld of a %d-D tensor", (long long)axis, x.rank);
	finish(m, make(m, O_softmax, x.n), x.rank);
}

/* --- two inputs --- */

/* folded - element-wise arithmetic of two constants, with broadcasting over equal or single elements */
static void
fold_constants(Import *m, const OnnxValue *a, const OnnxValue *b, char op)
{
	const OnnxValue *big = elements(a) >= elements(b) ? a : b;
	size_t count = elements(big), na = elements(a), nb = elements(b);
	double *v = arena_new((count + 1)*sizeof *v);
	OnnxValue y = *big;

	if ((na != count && na != 1) || (nb != count && nb != 1))
		refuse(m, "want constants of one shape, or one of them a single value, got %zu and %zu values", na, nb);
	for (size_t i = 0; i < count; i++) {
		double p = a->data[na == 1 ? 0 : i], q = b->data[nb == 1 ? 0 : i];
		v[i] = op == '+' ? p + q : op == '-' ? p - q : op == '*' ? p*q : p/q;
		if (op == '/' && a->whole && b->whole)
			v[i] = trunc(v[i]);
	}
	y.data = v;
	y.whole = a->whole && b->whole;
	same(m, y);
}

/* per_channel - a constant as one value a channel of x, or NULL */
static const double *
per_channel(const OnnxValue *c, const OnnxValue *x)
{
	size_t n = elements(c), channels = (size_t)x->n->out->shape.c;
	double *v = arena_new((channels + 1)*sizeof *v);
	int axis = c->rank - (x->rank - 1);              /* where the channels are, counted from c's first axis */

	if (n != 1 && (axis < 0 || axis >= c->rank || c->dim[axis] != (int64_t)channels || n != channels))
		return NULL;
	for (size_t i = 0; i < channels; i++)
		v[i] = c->data[n == 1 ? 0 : i];
	return v;
}

static void
with_constant(Import *m, const OnnxValue *x, const OnnxValue *c, char op, bool constant_first)
{
	const double *v = per_channel(c, x);
	size_t channels = (size_t)x->n->out->shape.c;
	double *scale = arena_new((channels + 1)*sizeof *scale), *shift = arena_new((channels + 1)*sizeof *shift);

	if (!v)
		refuse(m, "want a constant of one value, or one a channel, got '%s' of %zu values", c->name, elements(c));
	if (op == '/' && constant_first)
		refuse(m, "want a tensor divided by a constant, got a constant divided by a tensor");
	for (size_t i = 0; i < channels; i++) {
		scale[i] = op == '*' ? v[i] : op == '/' ? 1/v[i] : op == '-' && constant_first ? -1 : 1;
		shift[i] = op == '+' || (op == '-' && constant_first) ? v[i] : op == '-' ? -v[i] : 0;
	}
	define(m, m->p->output[0], result(scaled(m, x->n, scale, shift), x->rank));
}

static void
arithmetic(Import *m, char op)
{
	OnnxValue a = input(m, 0), b = input(m, 1);
	Node *n;

	if (!a.n && !b.n) {
		fold_constants(m, &a, &b, op);
		return;
	}
	if (!a.n || !b.n) {
		with_constant(m, a.n ? &a : &b, a.n ? &b : &a, op, !a.n);
		return;
	}
	if (op == '-' || op == '/')
		refuse(m, "want a constant operand, got two tensors");
	if (a.rank != b.rank)
		refuse(m, "want tensors of one rank, got %d-D and %d-D", a.rank, b.rank);
	if (op == '*' && a.n->out->shape.h*a.n->out->shape.w == 1 && b.n->out->shape.h*b.n->out->shape.w > 1) {
		OnnxValue t = a;
		a = b;
		b = t;                           /* the gate is the second input */
	}
	if (op == '*' && (b.n->op == O_sigmoid || a.n->op == O_sigmoid)) {
		/* x*sigmoid(x), as exporters write silu; the sigmoid goes when nobody else reads it */
		Node *gate = b.n->op == O_sigmoid ? b.n : a.n, *x = gate == b.n ? a.n : b.n;
		if (gate->in[0] == x->out) {
			finish(m, make(m, O_silu, x), a.rank);
			return;
		}
	}
	if (!same_shape(a.n->out->shape, b.n->out->shape) && !(op == '*' && a.n->out->shape.n == b.n->out->shape.n && a.n->out->shape.c == b.n->out->shape.c && b.n->out->shape.h*b.n->out->shape.w == 1))
		refuse(m, "want tensors of one shape, got %dx%dx%d and %dx%dx%d", a.n->out->shape.c, a.n->out->shape.h, a.n->out->shape.w, b.n->out->shape.c,
		       b.n->out->shape.h, b.n->out->shape.w);
	n = make(m, op == '+' ? O_add : O_mul, a.n);
	n->in[n->nin++] = b.n->out;
	finish(m, n, a.rank);
}

void op_add(Import *m) { arithmetic(m, '+'); }
void op_sub(Import *m) { arithmetic(m, '-'); }
void op_mul(Import *m) { arithmetic(m, '*'); }
void op_div(Import *m) { arithmetic(m, '/'); }

void
op_sum(Import *m)
{
	if (m->p->n_input == 1)
		same(m, input(m, 0));
	else if (m->p->n_input == 2)
		arithmetic(m, '+');
	else
		refuse(m, "want one or two inputs, got %zu", m->p->n_input);
}

/* --- linear --- */

/* dense - x (flat) times weights (out, in) */
static void
dense(Import *m, OnnxValue x, const OnnxValue *b, bool transposed, double alpha, const OnnxValue *c, double beta)
{
	int64_t in = b->dim[transposed ? 1 : 0], out = b->dim[transposed ? 0 : 1];
	Node *n = begin(m, O_linear, layer_name(m, b->name, "fc"));
	double *w = malloc((elements(b) + 1)*sizeof *w);

	if (!w)
		fail("out of memory");
	if (!x.n || x.rank != 2)
		refuse(m, "want a 2-D tensor, got a %d-D %s", x.rank, x.n ? "one" : "constant");
	if (b->rank != 2 || in != x.n->out->shape.c || out < 1 || out > 65536)
		refuse(m, "want weights of %d inputs, got %s%lldx%lld", x.n->out->shape.c, b->rank == 2 ? "" : "not 2-D: ", (long long)b->dim[0], (long long)b->dim[1]);
	for (int64_t o = 0; o < out; o++)
		for (int64_t i = 0; i < in; i++)
			w[o*in + i] = alpha*b->data[transposed ? o*in + i : i*out + o];
	n->in[n->nin++] = x.n->out;
	n->a.out = (int)out;
	n->a.bias = c != NULL;
	n->p[P_weight].data = w;
	n->p[P_weight].count = elements(b);
	if (c) {
		double *v = arena_new((size_t)out*sizeof *v);
		if (elements(c) != (size_t)out && elements(c) != 1)
			refuse(m, "want 1 or %lld values of bias, got %zu", (long long)out, elements(c));
		for (int64_t i = 0; i < out; i++)
			v[i] = beta*c->data[elements(c) == 1 ? 0 : i];
		set_param(n, P_bias, v, (size_t)out);
	}
	finish(m, n, 2);
}

void
op_gemm(Import *m)
{
	OnnxValue x = input(m, 0), b = constant(m, 1, "weights"), c = { 0 };

	if (attr_int(m, "transA", 0))
		refuse(m, "want transA = 0, got 1");
	if (has_input(m, 2))
		c = constant(m, 2, "bias");
	dense(m, x, &b, attr_int(m, "transB", 0) != 0, attr_real(m, "alpha", 1), has_input(m, 2) ? &c : NULL, attr_real(m, "beta", 1));
}

void
op_matmul(Import *m)
{
	OnnxValue x = input(m, 0), b = constant(m, 1, "weights");

	dense(m, x, &b, false, 1, NULL, 1);
}
