/*
** ops_power.c - powers, roots, exponentials and logarithms of results; a softmax's logarithm and that of a sum of
** exponentials, which take the largest out first.
*/
#include <math.h>
#include <string.h>

#include "import.h"

enum { MostFactors = 64 };           /* of a power that is products */

static void
each(Import *m, Op op)
{
	OnnxValue x = tensor_at(m, 0);

	finish_like(m, node_on(m, op, x.n), &x);
}

void op_abs(Import *m)  { each(m, O_abs); }
void op_exp(Import *m)  { each(m, O_exp); }
void op_log(Import *m)  { each(m, O_log); }
void op_sqrt(Import *m) { each(m, O_sqrt); }

void
op_neg(Import *m)
{
	OnnxValue x = tensor_at(m, 0);

	set_result(m, view_like(&x, node_scaled_by(m, x.n, -1, 0)));
}

static Node *
one_over(Import *m, Node *x)
{
	Node *n = node_on(m, O_reciprocal, x);

	n->a.value = 1;
	return node_put(m, n);
}

void
op_reciprocal(Import *m)
{
	OnnxValue x = tensor_at(m, 0);

	set_result(m, view_like(&x, one_over(m, x.n)));
}

static Node *
times_node(Import *m, Node *x, Node *y)
{
	Node *n = node_on(m, O_mul, x);

	n->in[n->nin++] = y->out;
	return node_put(m, n);
}

/* whole_power - x^k, k at least 1: squares of squares */
static Node *
whole_power(Import *m, Node *x, int k)
{
	Node *y = k%2 ? x : NULL;

	for (k /= 2; k; k /= 2) {
		x = times_node(m, x, x);
		if (k%2)
			y = y ? times_node(m, y, x) : x;
	}
	return y;
}

/* power - x^p: products, of a root where p is a half more than a whole number; else e^(p log(x)) */
static Node *
power(Import *m, Node *x, double p)
{
	double size = fabs(p);

	if (p == 0)
		refuse(m, "want an exponent that is not 0, got 0");
	if (size <= MostFactors && size == floor(size))
		x = whole_power(m, x, (int)size);
	else if (size <= MostFactors && 2*size == floor(2*size))
		x = whole_power(m, node_put(m, node_on(m, O_sqrt, x)), (int)(2*size));
	else
		return node_put(m, node_on(m, O_exp, node_scaled_by(m, node_put(m, node_on(m, O_log, x)), p, 0)));
	return p < 0 ? one_over(m, x) : x;
}

/* op_pow - of a result and a number; or of a number above 0 and a result, b^x = e^(x log(b)) */
void
op_pow(Import *m)
{
	OnnxValue a = input_at(m, 0), b = input_at(m, 1), x = a.n ? a : b, c = a.n ? b : a;

	if (c.n || count_elements(&c) != 1 || c.rank > x.rank)
		refuse(m, "want a result and a single constant, got the other one %s%s", c.n ? "a result of " : "", dims_of(&c));
	if (!a.n && !(c.data[0] > 0))
		refuse(m, "want a base above 0, got %.7g", c.data[0]);
	set_result(m, view_like(&x, a.n ? power(m, x.n, c.data[0]) :
	                            node_put(m, node_on(m, O_exp, node_scaled_by(m, x.n, log(c.data[0]), 0)))));
}

/* --- what is several operators --- */

typedef struct {
	Import *m;
	const Onnx__NodeProto *whole;
	int count;
	char *axes;                  /* the constant that says along which */
	bool dims[MostDims];
} Parts;

static char *
next_name(Parts *s)
{
	return (char *)(size_t)arena_text("%s.%d", s->whole->output[0], s->count++);
}

static Parts
steps_along(Import *m, const bool *dims, int rank)
{
	Parts s = { .m = m, .whole = m->p };
	int64_t count = 0;
	double *v;
	OnnxValue c;

	for (int d = 0; d < rank; d++)
		count += dims[d];
	c = constant_new(m, TypeInt64, 1, &count, &v);
	for (int d = 0; d < rank; d++)
		if (dims[d])
			*v++ = d;
	memcpy(s.dims, dims, (size_t)rank*sizeof *dims);
	s.axes = next_name(&s);
	onnx_define(m, s.axes, c);
	return s;
}

/* step - one of the operators that stand for a node, without attributes; its result's name */
static char *
step(Parts *s, void (*run)(Import *), char *a, char *b)
{
	Onnx__NodeProto p = *s->whole;
	char *inputs[2] = { a, b }, *out = next_name(s);

	p.n_attribute = 0;
	p.n_input = b ? 2 : 1;
	p.input = inputs;
	p.n_output = 1;
	p.output = &out;
	s->m->p = &p;
	run(s->m);
	s->m->p = s->whole;
	return out;
}

/* last_of - the result of the last of them is the node's; without the dimensions that went, or with them of size 1 */
static void
last_of(Parts *s, const char *name, bool keep)
{
	OnnxValue y = *onnx_find(s->m, name);
	int rank = 0;

	for (int d = 0; d < y.rank && !keep; d++)
		if (!s->dims[d])
			y.dim[rank++] = y.dim[d];
	y.rank = keep ? y.rank : rank;
	set_result(s->m, y);
}

static Parts
steps_reduced(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	bool dims[MostDims];

	reduced_axes(m, &x, dims);
	return steps_along(m, dims, x.rank);
}

void
op_reduce_log_sum(Import *m)
{
	Parts s = steps_reduced(m);

	last_of(&s, step(&s, op_log, step(&s, op_reduce_sum, m->p->input[0], s.axes), NULL), attr_int(m, "keepdims", 1) != 0);
}

/* log_sum_exp - of x less its largest, d */
static char *
log_sum_exp(Parts *s, char *d)
{
	return step(s, op_log, step(s, op_reduce_sum, step(s, op_exp, d, NULL), s->axes), NULL);
}

void
op_reduce_log_sum_exp(Import *m)
{
	Parts s = steps_reduced(m);
	char *x = m->p->input[0], *most = step(&s, op_reduce_max, x, s.axes), *d = step(&s, op_sub, x, most);

	last_of(&s, step(&s, op_add, log_sum_exp(&s, d), most), attr_int(m, "keepdims", 1) != 0);
}

/* op_log_softmax - before opset 13 over all dimensions from the axis on */
void
op_log_softmax(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	int axis = axis_in(m, attr_int(m, "axis", m->opset >= 13 ? -1 : 1), x.rank);
	bool dims[MostDims] = { false };
	Parts s;
	char *d;

	for (int i = axis; i < (m->opset >= 13 ? axis + 1 : x.rank); i++)
		dims[i] = true;
	s = steps_along(m, dims, x.rank);
	d = step(&s, op_sub, m->p->input[0], step(&s, op_reduce_max, m->p->input[0], s.axes));
	last_of(&s, step(&s, op_sub, d, log_sum_exp(&s, d)), true);
}

/* op_lp_normalization - divided by the norm along an axis */
void
op_lp_normalization(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	int64_t p = attr_int(m, "p", 2);
	bool dims[MostDims] = { false };
	Parts s;

	if (p != 1 && p != 2)
		refuse(m, "want p = 1 or 2, got %lld", (long long)p);
	dims[axis_in(m, attr_int(m, "axis", -1), x.rank)] = true;
	s = steps_along(m, dims, x.rank);
	last_of(&s, step(&s, op_div, m->p->input[0], step(&s, p == 1 ? op_reduce_l1 : op_reduce_l2, m->p->input[0], s.axes)),
	        true);
}

/*
** op_lrn - local response normalization (Krizhevsky et al. 2012): divided by a power of the squares' sum over the
** channels beside each, which a 1x1 convolution adds up
*/
void
op_lrn(Import *m)
{
	Node *x = image_at(m, 0), *sum;
	int64_t size = attr_int(m, "size", 0), c = x->out->shape.c;
	double alpha = attr_real(m, "alpha", 1e-4), beta = attr_real(m, "beta", 0.75), bias = attr_real(m, "bias", 1), *w;

	if (size < 1)
		refuse(m, "want size of 1 or more, got %lld", (long long)size);
	if (c*c > MostElements)
		refuse(m, "want at most 8192 channels, got %lld", (long long)c);
	w = arena_new((size_t)(c*c)*sizeof *w);
	for (int64_t i = 0; i < c; i++)
		for (int64_t k = i - (size - 1)/2; k <= i + size/2; k++)
			if (k >= 0 && k < c)
				w[i*c + k] = alpha/(double)size;
	sum = node_scaled_by(m, mix_channels(m, times_node(m, x, x), (int)c, w, "squares"), 1, bias);
	set_result(m, view_of(beta == 0 ? x : times_node(m, x, power(m, sum, -beta))));
}
