/*
** ops_activation.c - one input, element by element: batch norms and activations; and softmax.
*/
#include <math.h>
#include <string.h>

#include "import.h"

/* norm_apart - along a dimension that is not the channels: a factor and a summand for each of its places */
static void
norm_apart(Import *m, const OnnxValue *x, double eps)
{
	int64_t dim[MostDims];
	double *w, *b;
	OnnxValue p[4], scale, shift, y;

	for (int d = 0; d < x->rank; d++)
		dim[d] = d == 1 ? x->dim[1] : 1;
	for (size_t i = 0; i < 4; i++) {
		p[i] = constant_at(m, i + 1, "batch norm parameter");
		if (count_elements(&p[i]) != (size_t)x->dim[1])
			refuse(m, "want %lld values in '%s', got %zu", (long long)x->dim[1], p[i].name, count_elements(&p[i]));
	}
	scale = constant_new(m, TypeFloat, x->rank, dim, &w);
	shift = constant_new(m, TypeFloat, x->rank, dim, &b);
	for (int64_t i = 0; i < x->dim[1]; i++) {
		w[i] = p[0].data[i]/sqrt(p[3].data[i] + eps);
		b[i] = p[1].data[i] - w[i]*p[2].data[i];
	}
	y = apply(m, op_mul, x, &scale);
	set_result(m, constant_added(m, y, &shift));
}

void
op_batch_norm(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	static const ParamId order[] = { P_bn_weight, P_bn_bias, P_bn_mean, P_bn_var };
	const char *weight = has_input(m, 1) ? m->p->input[1] : NULL;
	bool training = false;
	Node *n;

	for (size_t i = 1; i < m->p->n_output; i++)  /* before opset 14 they are what says that it trains */
		training = training || *m->p->output[i];
	if (training || attr_int(m, "training_mode", 0) || !attr_int(m, "spatial", 1) || attr_int(m, "is_test", 1) != 1)
		refuse(m, "want inference over whole channels, got training or spatial = 0");
	if (x.rank == 2 && in_order(&x))
		x = view_flat(flattened(m, x.n));
	if (x.rank == NAxes && axis_of(&x, 1) == ManyAtoms)
		x = view_of(image_at(m, 0));
	if (x.rank < 2)
		refuse(m, "want a tensor with channels, got %s", dims_of(&x));
	if (axis_of(&x, 1) != AxisC && x.n->out->shape.c*x.dim[1] != 1) {
		norm_apart(m, &x, attr_real(m, "epsilon", 1e-5));
		return;
	}
	n = node_begin(m, O_bn, layer_name(m, weight, "bn"));
	n->in[n->nin++] = x.n->out;
	n->a.eps = shortest_decimal(attr_real(m, "epsilon", 1e-5));
	for (size_t i = 0; i < 4; i++) {
		OnnxValue v = constant_at(m, i + 1, "batch norm parameter");
		if (count_elements(&v) != (size_t)x.n->out->shape.c)
			refuse(m, "want %d values in '%s', got %zu", x.n->out->shape.c, v.name, count_elements(&v));
		set_param(n, order[i], v.data, count_elements(&v));
	}
	if (!(n->a.eps >= 0 && n->a.eps <= 1)) {     /* more than the language takes: to the variances */
		for (int i = 0; i < x.n->out->shape.c; i++)
			n->p[P_bn_var].data[i] += n->a.eps;
		n->a.eps = 0;
	}
	finish_like(m, n, &x);
}

static void
activation(Import *m, Op op, double slope, double offset)
{
	OnnxValue x = tensor_at(m, 0);
	Node *n = node_on(m, op, x.n);

	n->a.slope = shortest_decimal(slope);
	n->a.offset = shortest_decimal(offset);
	finish_like(m, n, &x);
}

void op_relu(Import *m)         { activation(m, O_relu, 0.01, 0.5); }
void op_sigmoid(Import *m)      { activation(m, O_sigmoid, 0.01, 0.5); }
void op_leaky_relu(Import *m)   { activation(m, O_leaky_relu, attr_real(m, "alpha", 0.01), 0.5); }
void op_hard_sigmoid(Import *m) { activation(m, O_hard_sigmoid, attr_real(m, "alpha", 0.2),
                                             attr_real(m, "beta", 0.5)); }

void
op_hard_swish(Import *m)
{
	OnnxValue x = tensor_at(m, 0);

	finish_like(m, node_on(m, O_hard_swish, x.n), &x);
}

/* clipped - by one clip, or what has a name of its own */
static void
clipped(Import *m, const OnnxValue *x, double lo, double hi)
{
	bool above = lo < -3.39e38, below = hi > 3.39e38, six = hi == 6 && (lo == 0 || (above && x->n->op == O_relu));
	Node *n;

	if (above && below) {
		set_result(m, *x);
		return;
	}
	if (lo > hi)
		lo = hi;                         /* as NumPy's clip */
	n = node_on(m, lo == 0 && below ? O_relu : six ? O_relu6 : O_clip, six && lo != 0 ? x->n->in[0]->node : x->n);
	if (n->op == O_clip) {
		n->a.lo = above ? -HUGE_VAL : lo;
		n->a.hi = below ? HUGE_VAL : hi;
	}
	finish_like(m, n, x);
}

void
op_clip(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	double bound[2];

	clip_bounds(m, bound);
	clipped(m, &x, bound[0], bound[1]);
}

/* activate - the result at hand is x's activation of ONNX's name, v: its numbers in ONNX's order */
void
activate(Import *m, const OnnxValue *x, const char *name, const double *v)
{
	static const struct { const char *name; Op op; } ops[] = {
		{ "Relu", O_relu }, { "Sigmoid", O_sigmoid }, { "Tanh", O_tanh }, { "LeakyRelu", O_leaky_relu },
		{ "HardSigmoid", O_hard_sigmoid },
	};
	Node *n;
	int i = 0;

	if (!strcmp(name, "Clip")) {
		clipped(m, x, v[0], v[1]);
		return;
	}
	while (strcmp(ops[i].name, name))
		i++;
	n = node_on(m, ops[i].op, x->n);
	n->a.slope = shortest_decimal(v[0]);
	n->a.offset = shortest_decimal(v[1]);
	finish_like(m, n, x);
}

/* bounded_apart - by a constant of several values: what x is beyond it, and it again */
static void
bounded_apart(Import *m, const OnnxValue *x, const OnnxValue *c, bool largest)
{
	double *v;
	OnnxValue less = constant_new(m, TypeFloat, c->rank, c->dim, &v), y;
	Node *n;

	for (size_t i = 0; i < count_elements(c); i++) {
		if (!isfinite(c->data[i]))
			refuse(m, "want bounds that are finite, got %g", c->data[i]);
		v[i] = -c->data[i];
	}
	y = constant_added(m, *x, &less);
	n = node_on(m, largest ? O_relu : O_clip, y.n);
	if (!largest) {
		n->a.lo = -HUGE_VAL;
		n->a.hi = 0;
	}
	set_result(m, constant_added(m, view_like(&y, node_put(m, n)), c));
}

/* bounded - the larger or smaller of a tensor and a single constant, or of two tensors */
static void
bounded(Import *m, bool largest)
{
	OnnxValue a = input_at(m, 0), b = input_at(m, 1), x, c;

	if (a.n && b.n) {
		two_extremes(m, largest);
		return;
	}
	x = a.n ? a : b;
	c = a.n ? b : a;
	if (count_elements(&c) != 1 || c.rank > x.rank) {
		bounded_apart(m, &x, &c, largest);
		return;
	}
	clipped(m, &x, largest ? c.data[0] : -3.4e38, largest ? 3.4e38 : c.data[0]);
}

static void larger(Import *m)  { bounded(m, true); }
static void smaller(Import *m) { bounded(m, false); }
void op_max(Import *m) { from_left(m, larger); }
void op_min(Import *m) { from_left(m, smaller); }

/* --- softmax --- */

/* of_pairs - over two values: sigmoid(a - b) and sigmoid(b - a); pair: the channels' steps between them */
static Node *
of_pairs(Import *m, Node *x, int64_t pair)
{
	size_t c = (size_t)x->out->shape.c;
	double *w;

	if (c*c > MostElements)
		refuse(m, "want at most 8192 channels of pairs, got %zu", c);
	w = arena_new(c*c*sizeof *w);
	for (size_t i = 0; i < c; i++) {
		size_t other = i/(size_t)pair%2 ? i - (size_t)pair : i + (size_t)pair;
		w[i*c + i] = 1;
		w[i*c + other] = -1;
	}
	return node_put(m, node_on(m, O_sigmoid, mix_channels(m, x, (int)c, w, "difference")));
}

/* of_parts - over parts of the channels of a single pixel, step channels apart: they become the rows of an image */
static OnnxValue
of_parts(Import *m, const OnnxValue *x, int64_t parts, int64_t step)
{
	int64_t c = x->n->out->shape.c;
	Node *n = node_on(m, O_softmax, node_shaped(m, x->n, c/(parts*step), parts, step)), *ordered;
	OnnxValue v, y;

	n->a.axis = Along_height;
	v = view_like(x, node_shaped(m, node_put(m, n), c, 1, 1));
	ordered = in_order(&v) ? NULL : node_ordered(m, &v);
	if (!ordered)
		return v;
	y = view_of(node_shaped(m, ordered, c, 1, 1));
	view_reshape(&y, x->rank, x->dim, &v);
	return v;
}

/* only_channels - what dimension d says of the channels: how many are in it, and the least step; 0: it says more */
static int64_t
only_channels(const OnnxValue *x, int d, int64_t *step)
{
	int first, count = atoms_of(x, d, &first);

	*step = count ? x->atom[first + count - 1].step : 1;
	for (int i = first; i < first + count; i++) {
		if (x->atom[i].axis != AxisC)
			return 0;
		*step = x->atom[i].step < *step ? x->atom[i].step : *step;
	}
	return x->dim[d];
}

/* softmax_along - any dimension but the images: its elements become the channels, and go back */
static void
softmax_along(Import *m, const OnnxValue *given, int axis)
{
	int to[MostDims], back[MostDims], at = 0;
	OnnxValue whole = *given, *x = &whole, y;
	Node *n;

	if (given->dim[0] != given->n->out->shape.n) {
		whole = of_images(m, given);
		axis++;
	}
	if (axis == 0)
		refuse(m, "want a softmax of each image, got axis 0 of %s", dims_of(x));
	to[at++] = 0;
	to[at++] = axis;
	for (int d = 1; d < x->rank; d++)
		if (d != axis)
			to[at++] = d;
	for (int d = 0; d < x->rank; d++)
		back[to[d]] = d;
	if (x->dim[0] != x->n->out->shape.n || !view_transpose(x, to, &y))
		refuse(m, "want a softmax along one dimension of images, got axis %d of %s", axis, dims_of(x));
	y = view_arranged(m, &y, 2, x->rank);
	n = node_put(m, node_on(m, O_softmax, y.n));
	y.n = n;
	view_transpose(&y, back, &y);
	set_result(m, as_given(given, y));
}

void
op_softmax(Import *m)
{
	OnnxValue x = tensor_at(m, 0), y = x;
	int axis = axis_in(m, attr_int(m, "axis", m->opset >= 13 ? -1 : 1), x.rank);
	int64_t rest = 1, step, flat_dim[2];
	Node *n;

	for (int d = axis + 1; d < x.rank; d++)
		rest *= x.dim[d];
	if (m->opset < 13 && rest > 1) {             /* over all dimensions from the axis on */
		flat_dim[0] = x.n->out->shape.n;
		flat_dim[1] = (int64_t)count_elements(&x)/flat_dim[0];
		if (axis != 1 || x.dim[0] != flat_dim[0] || !in_order(&x))
			refuse(m,
			       "want a softmax over all of an image (before opset 13: all from the axis on), got axis %d of %s", axis,
			       dims_of(&x));
		n = node_put(m, node_on(m, O_softmax, flattened(m, x.n)));
		y = view_flat(n);
		view_reshape(&y, x.rank, x.dim, &x);
		set_result(m, x);
		return;
	}
	if (x.dim[axis] == x.n->out->shape.c && only_channels(&x, axis, &step) == x.n->out->shape.c)
		n = node_put(m, node_on(m, O_softmax, x.n));
	else if (x.n->out->shape.h*x.n->out->shape.w == 1 && only_channels(&x, axis, &step) == x.dim[axis]) {
		set_result(m, of_parts(m, &x, x.dim[axis], step));
		return;
	} else if (x.dim[axis] == 2 && only_channels(&x, axis, &step) == 2)
		n = of_pairs(m, x.n, step);
	else if (axis == 1 && x.rank == 2 && in_order(&x) && x.dim[0] == x.n->out->shape.n) {
		n = node_put(m, node_on(m, O_softmax, flattened(m, x.n)));
		x = view_flat(n);
	} else {
		softmax_along(m, &x, axis);
		return;
	}
	set_result(m, view_like(&x, n));
}
