/*
** ops_arithmetic.c - two inputs, element by element, with broadcasting: constants become a scale and a shift for each
** channel; of two tensors the smaller is fitted to the larger one's channels, rows and columns.
*/
#include <math.h>
#include <string.h>

#include "import.h"

/* --- a tensor and a constant --- */

/* so many steps, each of so many channels of the node and elements of the constant */
typedef struct { int64_t size, node, step; } Walk;

/* walks_of - how the elements of c go along the channels of x, and along all else; how many walks there are of each */
static void
walks_of(const OnnxValue *c, const OnnxValue *x, Walk *channels, int *nchannels, Walk *others, int *nothers)
{
	int64_t step = 1;

	*nchannels = *nothers = 0;
	for (int d = x->rank - 1; d >= 0; d--) {
		int k = d - (x->rank - c->rank), first, count = atoms_of(x, d, &first);
		int64_t size = k < 0 ? 1 : c->dim[k], inner = 1;
		for (int i = first + count - 1; i >= first; i--) {
			const Atom *a = &x->atom[i];
			Walk w = { a->size, a->step, size == 1 ? 0 : step*inner };
			if (a->axis == AxisC)
				channels[(*nchannels)++] = w;
			else if (w.step)
				others[(*nothers)++] = w;
			inner *= a->size;
		}
		step *= size;
	}
}

/* same_along - is the constant the same for all of a channel's pixels */
static bool
same_along(const double *v, const Walk *others, int count)
{
	if (!count)
		return true;
	for (int64_t i = 0; i < others->size; i++) {
		double a = v[0], b = v[i*others->step];
		if ((a != b && !(isnan(a) && isnan(b))) || !same_along(v + i*others->step, others + 1, count - 1))
			return false;
	}
	return true;
}

/* per_channel - a constant, not larger than x, as one value a channel of x's node; NULL: it is not */
static double *
per_channel(const OnnxValue *c, const OnnxValue *x)
{
	Walk channels[MostAtoms], others[MostAtoms];
	int nchannels, nothers;
	double *v = arena_new(((size_t)x->n->out->shape.c + 1)*sizeof *v);

	walks_of(c, x, channels, &nchannels, others, &nothers);
	for (int k = 0; k < x->n->out->shape.c; k++) {
		const double *from = c->data;
		for (int i = 0; i < nchannels; i++)
			from += k/channels[i].node%channels[i].size*channels[i].step;
		if (!same_along(from, others, nothers))
			return NULL;
		v[k] = *from;
	}
	return v;
}

/* met - a tensor and a constant in the dimensions they have together, and the constant for each channel, or NULL */
static double *
met(Import *m, OnnxValue *x, const OnnxValue *c)
{
	int64_t dim[MostDims];
	int rank;

	if (!count_elements(c) || !shapes_meet(x, c, &rank, dim))
		refuse(m, "want shapes that go together, got %s and %s", dims_of(x), dims_of(c));
	if (rank != x->rank || memcmp(dim, x->dim, (size_t)rank*sizeof *dim))
		*x = view_expand(m, x, rank, dim);
	return per_channel(c, x);
}

static OnnxValue
by_channel(Import *m, OnnxValue x, const double *v, char op, bool constant_first)
{
	size_t channels = (size_t)x.n->out->shape.c;
	double *scale, *shift;

	if (op == '/' && constant_first) {
		Node *n = node_on(m, O_reciprocal, x.n);
		n->a.value = 1;
		x = view_like(&x, node_put(m, n));
		op = '*';
	}
	scale = arena_new((channels + 1)*sizeof *scale);
	shift = arena_new((channels + 1)*sizeof *shift);
	for (size_t i = 0; i < channels; i++) {
		scale[i] = op == '*' ? v[i] : op == '/' ? 1/v[i] : op == '-' && constant_first ? -1 : 1;
		shift[i] = op == '+' || (op == '-' && constant_first) ? v[i] : op == '-' ? -v[i] : 0;
	}
	return view_like(&x, node_scaled(m, x.n, scale, shift));
}

/* constant_part - c from at on along a dimension of x, which it may have once */
static OnnxValue
constant_part(Import *m, const OnnxValue *c, const OnnxValue *x, int d, int64_t at, int64_t count)
{
	int64_t dim[MostDims], first[MostDims] = { 0 }, step[MostDims];
	int k = d - (x->rank - c->rank);

	for (int i = 0; i < c->rank; i++) {
		dim[i] = c->dim[i];
		step[i] = 1;
	}
	if (k < 0 || c->dim[k] == 1)
		return *c;
	first[k] = at;
	dim[k] = count;
	return constant_view(m, c, c->rank, dim, first, step, NULL);
}

/* by_element - every element a channel of its own, in parts of as many as an image may have channels */
static OnnxValue
by_element(Import *m, const OnnxValue *x, const OnnxValue *c, char op, bool constant_first)
{
	int64_t all = (int64_t)count_elements(x)/x->dim[0], each;
	int d = 1, count = 0;
	OnnxValue parts[NInputs];
	Cut cut[MostDims];

	if (x->dim[0] != x->n->out->shape.n)
		refuse(m, "want a constant of one value, or one a channel, got '%s' of %s", c->name, dims_of(c));
	while (d + 1 < x->rank && x->dim[d] == 1)
		d++;
	each = all <= 65536 ? x->dim[d] : 65536/(all/x->dim[d]);
	if (each < 1 || (x->dim[d] + each - 1)/each > NInputs)
		refuse(m, "want a constant of at most %d values, got '%s' of %s", NInputs*65536, c->name, dims_of(c));
	for (int i = 0; i < x->rank; i++)
		cut[i] = (Cut){ 0, x->dim[i], 1 };
	for (int64_t at = 0; at < x->dim[d]; at += each, count++) {
		int64_t left = x->dim[d] - at < each ? x->dim[d] - at : each;
		OnnxValue part = constant_part(m, c, x, d, at, left);
		cut[d] = (Cut){ at, at + left, 1 };
		parts[count] = cut_out(m, *x, cut);
		parts[count] = view_arranged(m, &parts[count], x->rank, x->rank);
		parts[count] = by_channel(m, parts[count], per_channel(&part, &parts[count]), op, constant_first);
	}
	return count == 1 ? parts[0] : joined(m, parts, count, d);
}

/* constant_added - x + c, where x is no smaller */
OnnxValue
constant_added(Import *m, OnnxValue x, const OnnxValue *c)
{
	double *v = met(m, &x, c);

	return v ? by_channel(m, x, v, '+', false) : by_element(m, &x, c, '+', false);
}

static void
with_constant(Import *m, OnnxValue x, const OnnxValue *c, char op, bool constant_first)
{
	double *v = met(m, &x, c);

	set_result(m, v ? by_channel(m, x, v, op, constant_first) : by_element(m, &x, c, op, constant_first));
}

/* op_prelu - a slope a channel; one for all is a leaky relu */
void
op_prelu(Import *m)
{
	OnnxValue x = tensor_at(m, 0), c = constant_at(m, 1, "slope"), whole = x;
	double *slope = met(m, &whole, &c);
	Node *n;
	bool same = true;

	if (!slope)
		refuse(m, "want a slope for all, or one a channel, got '%s' of %s", c.name, dims_of(&c));
	if (whole.n != x.n)
		refuse(m, "want a slope no larger than the tensor, got %s for %s", dims_of(&c), dims_of(&x));
	for (int i = 1; i < x.n->out->shape.c; i++)
		same = same && slope[i] == slope[0];
	n = node_begin(m, same ? O_leaky_relu : O_prelu, layer_name(m, same ? NULL : m->p->input[1], "prelu"));
	n->in[n->nin++] = x.n->out;
	if (same)
		n->a.slope = slope[0];
	else
		set_param(n, P_slope, slope, (size_t)x.n->out->shape.c);
	finish_like(m, n, &x);
}

/* --- two tensors --- */

typedef struct {
	int *channel;                /* for each of a's channels the one of b's */
	int64_t size[NAxes];         /* how much of each axis of a has b along it */
} Meeting;

/* meet_atoms - a dimension that both have: the same steps of both nodes, cut where either is */
static bool
meet_atoms(const OnnxValue *a, const OnnxValue *b, int da, int db, Meeting *t)
{
	int i, k, ends = atoms_of(a, da, &i) + i;
	Atom p = { 1, 0, 0 }, q = { 1, 0, 0 };

	atoms_of(b, db, &k);
	while (i < ends || p.size > 1) {
		int64_t part;
		if (p.size == 1)
			p = a->atom[i++];
		if (q.size == 1)
			q = b->atom[k++];
		part = p.size < q.size ? p.size : q.size;
		if (p.size%part || q.size%part || p.axis != q.axis)
			return false;
		p.size /= part;
		q.size /= part;
		if (p.axis != AxisC && p.step*p.size != q.step*q.size)
			return false;
		for (int c = 0; c < a->n->out->shape.c && p.axis == AxisC; c++)
			t->channel[c] += (int)(c/(p.step*p.size)%part*(q.step*q.size));
		t->size[p.axis] *= part;
	}
	return true;
}

/* meet - which elements of b, no larger than a, a's meet; false: in no way that nodes can say */
static bool
meet(const OnnxValue *a, const OnnxValue *b, Meeting *t)
{
	Shape s = a->n->out->shape;

	t->channel = arena_new(((size_t)s.c + 1)*sizeof *t->channel);
	for (int i = 0; i < NAxes; i++)
		t->size[i] = 1;
	for (int d = a->rank - 1, k = b->rank - 1; k >= 0; d--, k--)
		if (b->dim[k] > 1 && !meet_atoms(a, b, d, k, t))
			return false;
	return t->size[AxisN] == s.n && (t->size[AxisH] == s.h || t->size[AxisH] == 1) &&
	        (t->size[AxisW] == s.w || t->size[AxisW] == 1) &&
	       t->size[AxisH] == b->n->out->shape.h && t->size[AxisW] == b->n->out->shape.w;
}

static bool
larger(const OnnxValue *x, int rank, const int64_t *dim)
{
	return x->rank == rank && !memcmp(x->dim, dim, (size_t)rank*sizeof *dim);
}

/* narrow - what was repeated over pixels or channels, before that: an op of two tensors repeats it itself */
static Node *
narrow(Node *n)
{
	while ((n->op == O_upsample_nearest && n->in[0]->shape.h*n->in[0]->shape.w == 1) || repeats_channel(n))
		n = n->in[0]->node;
	return n;
}

/* spreads - do x and y, one channel or one pixel where they are smaller, make all of a shape */
static bool
spreads(const Node *x, const Node *y, Shape all)
{
	Shape a = x->out->shape, b = y->out->shape;

	return (a.c > b.c ? a.c : b.c) == all.c && (a.h*a.w > b.h*b.w ? a : b).h == all.h &&
	       (a.h*a.w > b.h*b.w ? a : b).w == all.w;
}

/* as_images - dimensions of which the first is the images', in their order */
static void
as_images(Import *m, OnnxValue *v, int rank)
{
	int64_t image[NAxes] = { 1, 1, 1, 1 }, dim[MostDims];
	OnnxValue y;
	Node *n;

	for (int d = 0; d < rank; d++)
		dim[d] = d < rank - v->rank ? 1 : v->dim[d - (rank - v->rank)];
	for (int d = 0; d < rank; d++)
		image[d < NAxes ? d : NAxes - 1] *= dim[d];
	if (dim[0] != v->n->out->shape.n) {          /* there is one image: its dimensions alone */
		view_reshape(v, rank, dim, v);
		*v = view_arranged(m, v, rank - 2, rank - 1);
		return;
	}
	view_reshape(v, NAxes, image, &y);
	n = as_image(m, &y);
	if (!n)
		refuse(m, "want tensors whose elements lie in one order, got %s", dims_of(v));
	*v = view_of(n);
	view_reshape(v, rank, dim, v);
}

/* op_of - the op of two tensors: < and > are their minimum and maximum */
static Op
op_of(char op)
{
	switch (op) {
	case '+':  return O_add;
	case '-':  return O_sub;
	case '*':  return O_mul;
	case '/':  return O_div;
	case '<':  return O_minimum;
	default:   return O_maximum;
	}
}

static void
two_tensors(Import *m, OnnxValue a, OnnxValue b, char op)
{
	Meeting t;
	int64_t dim[MostDims];
	int rank;
	bool swapped;
	Op curve;
	Node *x, *y, *n;

	if (!shapes_meet(&a, &b, &rank, dim))
		refuse(m, "want tensors whose shapes go together, got %s and %s", dims_of(&a), dims_of(&b));
	swapped = !larger(&a, rank, dim) && larger(&b, rank, dim);
	if (swapped) {
		OnnxValue v = a;
		a = b;
		b = v;
	}
	if (!larger(&a, rank, dim))
		a = view_expand(m, &a, rank, dim);
	if (!meet(&a, &b, &t)) {
		if (!larger(&b, rank, dim))
			b = view_expand(m, &b, rank, dim);
		as_images(m, &a, rank);
		as_images(m, &b, rank);
		if (!meet(&a, &b, &t))
			refuse(m, "want tensors whose elements lie in one order, got %s and %s", dims_of(&a),
			       dims_of(&b));
	}
	x = a.n;
	y = b.n->out->shape.c == 1 ? b.n : pick_channels(m, b.n, t.channel, x->out->shape.c);
	if (op == '*' && (curve = curve_of(x, y, &n)) != NOps) {
		finish_like(m, node_on(m, curve, n), &a);    /* the other factor goes when nobody else reads it */
		return;
	}
	y = narrow(y);
	if (y->out->shape.h*y->out->shape.w > 1)
		y = widened(m, y, (Pair){ x->out->shape.h, x->out->shape.w });
	if (spreads(narrow(x), y, x->out->shape))
		x = narrow(x);
	/* sums of bytes are rounded in the file's order where both are tensors of pixels, as ONNX Runtime's are */
	swapped = swapped && (op == '-' || op == '/' || (x->op == O_dequantize && y->out->shape.h*y->out->shape.w > 1));
	n = node_on(m, op_of(op), swapped ? y : x);
	n->in[n->nin++] = swapped ? x->out : y->out;
	finish_like(m, n, &a);
}

static void
arithmetic(Import *m, char op)
{
	OnnxValue a = input_at(m, 0), b = input_at(m, 1);
	bool gelu = a.erf || b.erf;

	if (gelu && (a.n && b.n ? op == '*' && erf_times(m, a.erf ? &a : &b, a.erf ? &b : &a) :
	                          erf_with_constant(m, a.erf ? a : b, a.erf ? &b : &a, op)))
		return;
	a = a.erf ? erf_alone(m, &a) : a;
	b = b.erf ? erf_alone(m, &b) : b;
	if (!a.n || !b.n)
		with_constant(m, a.n ? a : b, a.n ? &b : &a, op, !a.n);
	else
		two_tensors(m, a, b, op);
}

/* two_extremes - the maximum or minimum of two tensors */
void
two_extremes(Import *m, bool largest)
{
	two_tensors(m, tensor_at(m, 0), tensor_at(m, 1), largest ? '>' : '<');
}

void op_add(Import *m) { arithmetic(m, '+'); }
void op_sub(Import *m) { arithmetic(m, '-'); }
void op_mul(Import *m) { arithmetic(m, '*'); }
void op_div(Import *m) { arithmetic(m, '/'); }

void
from_left(Import *m, void (*two)(Import *m))
{
	const Onnx__NodeProto *whole = m->p;
	Onnx__NodeProto pair = *whole;
	char *inputs[2] = { whole->n_input ? whole->input[0] : NULL, NULL };

	if (!whole->n_input)
		refuse(m, "want an input, got none");
	if (whole->n_input == 1)
		set_result(m, input_at(m, 0));
	pair.n_input = 2;
	pair.input = inputs;
	for (size_t i = 1; i < whole->n_input; i++) {
		inputs[1] = whole->input[i];
		m->p = &pair;
		if (onnx_find(m, inputs[0]) && onnx_find(m, inputs[1]) && !onnx_find(m, inputs[0])->n &&
		    !onnx_find(m, inputs[1])->n)
			fold_constants(m);
		else
			two(m);
		inputs[0] = whole->output[0];
	}
	m->p = whole;
}

void
op_sum(Import *m)
{
	from_left(m, op_add);
}

void
op_mean(Import *m)
{
	OnnxValue y;

	from_left(m, op_add);
	y = *onnx_find(m, m->p->output[0]);
	set_result(m, view_like(&y, node_scaled_by(m, y.n, 1/(double)m->p->n_input, 0)));
}
