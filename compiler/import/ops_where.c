/*
** ops_where.c - signs, comparisons and choices of results, and where along a dimension the largest is: a truth is 1 or
** 0, what is chosen is multiplied by it. Right for all numbers but infinity and NaN.
*/
#include <math.h>
#include <string.h>

#include "import.h"

/* clipped_steeply - x times so much that whatever is not 0 is beyond the ends, twice for the smallest floats */
static OnnxValue
clipped_steeply(Import *m, OnnxValue x, double lo)
{
	for (int i = 0; i < 2; i++) {
		Node *n = node_on(m, O_clip, node_scaled_by(m, x.n, 1e38, 0));
		n->a.lo = lo;
		n->a.hi = 1;
		x = view_like(&x, node_put(m, n));
	}
	return x;
}

/* is_steep - one of the clips above: of 0 and 1, or of -1 too */
static bool
is_steep(const Node *n)
{
	return n->op == O_clip && n->a.hi == 1 && (n->a.lo == 0 || n->a.lo == -1) && n->in[0]->node->op == O_affine &&
	       n->in[0]->node->a.gain == 1e38;
}

bool
is_truth(const Node *n)
{
	if (n->op == O_affine)
		return n->a.gain == -1 && n->a.offset == 1 && is_truth(n->in[0]->node);
	if (n->op == O_mul || n->op == O_maximum)
		return is_truth(n->in[0]->node) && is_truth(n->in[1]->node);
	return n->op == O_abs ? is_steep(n->in[0]->node) : is_steep(n) && n->a.lo == 0;
}

static bool
all_whole(const double *v, int count)
{
	for (int i = 0; i < count; i++)
		if (v[i] != floor(v[i]))
			return false;
	return true;
}

bool
has_whole_numbers(const Node *n)
{
	switch (n->op) {
	case O_affine:
		return all_whole(&n->a.gain, 1) && all_whole(&n->a.offset, 1) && has_whole_numbers(n->in[0]->node);
	case O_bn:
		return node_is_scale(n) && all_whole(n->p[P_bn_weight].data, n->out->shape.c) &&
		       all_whole(n->p[P_bn_bias].data, n->out->shape.c) && has_whole_numbers(n->in[0]->node);
	case O_reduce:
		return n->a.reduction != Reduce_mean && n->a.reduction != Reduce_l2 && has_whole_numbers(n->in[0]->node);
	case O_relu: case O_slice: case O_reshape: case O_permute: case O_flatten: case O_adaptive_max_pool:
		return has_whole_numbers(n->in[0]->node);
	case O_add: case O_sub: case O_minimum:
		return has_whole_numbers(n->in[0]->node) && has_whole_numbers(n->in[1]->node);
	default:
		return is_steep(n) || is_truth(n);
	}
}

OnnxValue
truth_of(Import *m, OnnxValue x)
{
	x = clipped_steeply(m, x, -1);
	return apply(m, op_abs, &x, NULL);
}

void
op_sign(Import *m)
{
	set_result(m, clipped_steeply(m, tensor_at(m, 0), -1));
}

/* negated - of a truth: 1 - x */
static OnnxValue
negated(Import *m, OnnxValue x)
{
	return view_like(&x, node_scaled_by(m, x.n, -1, 1));
}

/* above - is a larger than b: of their difference, which is never 0 where they differ */
static OnnxValue
above(Import *m, const OnnxValue *a, const OnnxValue *b)
{
	OnnxValue d = apply(m, op_sub, a, b);

	return clipped_steeply(m, d, 0);
}

/* compared - input i above the other one, or not */
static void
compared(Import *m, size_t i, bool is)
{
	OnnxValue a = input_at(m, i), b = input_at(m, 1 - i), y = above(m, &a, &b);

	set_result(m, is ? y : negated(m, y));
}

void op_greater(Import *m)  { compared(m, 0, true); }
void op_less(Import *m)     { compared(m, 1, true); }
void op_at_least(Import *m) { compared(m, 1, false); }
void op_at_most(Import *m)  { compared(m, 0, false); }

void
op_equal(Import *m)
{
	OnnxValue a = input_at(m, 0), b = input_at(m, 1), d = apply(m, op_sub, &a, &b);

	d = clipped_steeply(m, d, -1);
	set_result(m, negated(m, apply(m, op_abs, &d, NULL)));
}

void
op_not(Import *m)
{
	set_result(m, negated(m, tensor_at(m, 0)));
}

void op_and(Import *m) { op_mul(m); }
void op_or(Import *m)  { op_max(m); }

/* mask - a constant truth, or its contrary, as numbers */
static OnnxValue
mask(const Import *m, const OnnxValue *c, bool is)
{
	double *v;
	OnnxValue y = constant_new(m, TypeFloat, c->rank, c->dim, &v);

	for (size_t i = 0; i < count_elements(c); i++)
		v[i] = (c->data[i] != 0) == is;
	return y;
}

/* constants_chosen - x where the constant truth is not; the sum needs no x there */
static OnnxValue
constants_chosen(const Import *m, const OnnxValue *c, const OnnxValue *x, bool is)
{
	int64_t dim[MostDims], at[MostDims] = { 0 };
	int rank;
	double *v;
	OnnxValue y;

	if (!shapes_meet(c, x, &rank, dim))
		refuse(m, "want shapes that go together, got %s and %s", dims_of(c), dims_of(x));
	y = constant_new(m, TypeFloat, rank, dim, &v);
	for (size_t i = 0; i < count_elements(&y); i++) {
		int64_t p = 0, q = 0;
		for (int d = 0; d < rank; d++) {
			int k = d - (rank - c->rank), l = d - (rank - x->rank);
			p = k < 0 ? p : p*c->dim[k] + (c->dim[k] == 1 ? 0 : at[d]);
			q = l < 0 ? q : q*x->dim[l] + (x->dim[l] == 1 ? 0 : at[d]);
		}
		v[i] = (c->data[p] != 0) == is ? x->data[q] : 0;
		for (int d = rank - 1; d >= 0 && ++at[d] == dim[d]; d--)
			at[d] = 0;
	}
	return y;
}

/* part - of what is chosen: x where the truth is so, 0 elsewhere */
static OnnxValue
part(Import *m, const OnnxValue *truth, const OnnxValue *x, bool is)
{
	OnnxValue c;

	if (!truth->n && !x->n)
		return constants_chosen(m, truth, x, is);
	c = truth->n ? is ? *truth : negated(m, *truth) : mask(m, truth, is);
	return x->n ? apply(m, op_mul, x, &c) : apply(m, op_mul, &c, x);
}

static bool
all_zero(const OnnxValue *c)
{
	for (size_t i = 0; i < count_elements(c) && !c->n; i++)
		if (c->data[i] != 0)
			return false;
	return !c->n;
}

void
op_where(Import *m)
{
	OnnxValue truth = input_at(m, 0), a = input_at(m, 1), b = input_at(m, 2), x, y;

	if (!truth.n && !a.n && !b.n)
		refuse(m, "want a result among the inputs, got constants");
	x = all_zero(&a) ? a : part(m, &truth, &a, true);
	y = all_zero(&b) ? b : part(m, &truth, &b, false);
	set_result(m, apply(m, op_add, x.n ? &x : &y, x.n ? &y : &x));
}

/* counted - 0, 1, 2, ... along dimension d */
static OnnxValue
counted(const Import *m, const OnnxValue *x, int d)
{
	int64_t dim[MostDims];
	double *v;
	OnnxValue c;

	for (int i = 0; i < x->rank; i++)
		dim[i] = i == d ? x->dim[d] : 1;
	c = constant_new(m, TypeFloat, x->rank, dim, &v);
	for (int64_t i = 0; i < x->dim[d]; i++)
		v[i] = (double)i;
	return c;
}

/* place_of_largest - the least of all places, a whole length added where the number is smaller than the largest */
static void
place_of_largest(Import *m, OnnxValue x)
{
	int d = axis_in(m, attr_int(m, "axis", 0), x.rank), rank = 0;
	int64_t one = 1;
	double *axis;
	OnnxValue axes = constant_new(m, TypeInt64, 1, &one, &axis), most, places = counted(m, &x, d), y;

	if (attr_int(m, "select_last_index", 0))
		refuse(m, "want the first of several, got select_last_index");
	*axis = d;
	most = apply(m, op_reduce_max, &x, &axes);
	y = above(m, &most, &x);
	y = view_like(&y, node_scaled_by(m, y.n, (double)x.dim[d], 0));
	y = constant_added(m, y, &places);
	y = apply(m, op_reduce_min, &y, &axes);
	for (int i = 0; i < y.rank; i++)             /* a dimension of size 1 is of no atoms */
		if (i != d || attr_int(m, "keepdims", 1))
			y.dim[rank++] = y.dim[i];
	y.rank = rank;
	set_result(m, y);
}

void
op_arg_max(Import *m)
{
	place_of_largest(m, tensor_at(m, 0));
}

void
op_arg_min(Import *m)
{
	OnnxValue x = tensor_at(m, 0);

	place_of_largest(m, view_like(&x, node_scaled_by(m, x.n, -1, 0)));
}

/* op_top_k - of features; their places may be an output, and nothing else */
void
op_top_k(Import *m)
{
	OnnxValue x = tensor_at(m, 0), k = constant_at(m, 1, "k");
	int axis = axis_in(m, attr_int(m, "axis", -1), x.rank);
	int64_t most = x.dim[axis], count = count_elements(&k) ? whole_of(k.data[0]) : 0;
	Node *n;

	if (!attr_int(m, "largest", 1))
		refuse(m, "want the largest, got largest = 0");
	if (x.rank != 2 || axis != 1 || x.dim[0] != x.n->out->shape.n || !in_order(&x))
		refuse(m, "want features of images, got axis %d of %s", axis, dims_of(&x));
	if (count < 1 || count > most)
		refuse(m, "want k from 1 to %lld, got %lld", (long long)most, (long long)count);
	n = node_on(m, O_top_k, flattened(m, x.n));
	n->a.out = (int)count;
	set_result(m, view_flat(node_put(m, n)));
	if (m->p->n_output > 1 && *m->p->output[1])
		onnx_define(m, m->p->output[1], (OnnxValue){ .rank = -1, .n = n });
}
