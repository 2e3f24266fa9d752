/*
** ops_linear.c - products with a constant matrix: linear layers, or 1x1 convolutions where there are rows and columns;
** and of two results.
*/
#include <stdlib.h>
#include <string.h>

#include "import.h"

typedef struct {
	const OnnxValue *w;          /* two dimensions */
	bool transposed;             /* outputs first */
	double alpha;
	int64_t in, out;
	const OnnxValue *bias;       /* as the file has it, or NULL */
} Matrix;

static Matrix
matrix_of(const Import *m, const OnnxValue *w, bool transposed, double alpha)
{
	Matrix a = { .w = w, .transposed = transposed, .alpha = alpha };

	if (w->rank != 2)
		refuse(m, "want a constant matrix, got one of %s", dims_of(w));
	a.in = w->dim[transposed ? 1 : 0];
	a.out = w->dim[transposed ? 0 : 1];
	if (a.out < 1 || a.out > 65536)
		refuse(m, "want 1 to 65536 outputs, got %lld", (long long)a.out);
	return a;
}

/* weights_of - outputs by inputs, the inputs in the order of the node's elements */
static double *
weights_of(const Matrix *a, const int64_t *place)
{
	double *w = want_memory(malloc(((size_t)(a->in*a->out) + 1)*sizeof *w));

	for (int64_t o = 0; o < a->out; o++)
		for (int64_t i = 0; i < a->in; i++)
			w[o*a->in + (place ? place[i] : i)] = a->alpha*a->w->data[a->transposed ? o*a->in + i :
			        i*a->out + o];
	return w;
}

/* keep_integers - what the matrix was dequantized from */
static void
keep_integers(Import *m, Node *n, const Matrix *a)
{
	if (a->alpha == 1 && (!a->bias || count_elements(a->bias) == (size_t)a->out))
		keep_whole(m, n, a->w, a->transposed ? 0 : 1, a->bias);
}

/* places_of - where the elements of the last dimension lie in an image, channels first */
static int64_t *
places_of(const OnnxValue *x, int d)
{
	int first, count = atoms_of(x, d, &first);
	Shape s = x->n->out->shape;
	int64_t *place = arena_new((size_t)(x->dim[d] + 1)*sizeof *place);

	for (int64_t k = 0; k < x->dim[d]; k++) {
		int64_t at[NAxes] = { 0 }, rest = k;
		for (int i = first + count - 1; i >= first; i--) {
			at[x->atom[i].axis] += rest%x->atom[i].size*x->atom[i].step;
			rest /= x->atom[i].size;
		}
		place[k] = (at[AxisC]*s.h + at[AxisH])*s.w + at[AxisW];
	}
	return place;
}

/* only_channels - are a dimension's atoms all of the channels */
static bool
only_channels(const OnnxValue *x, int d)
{
	int first, count = atoms_of(x, d, &first);

	for (int i = first; i < first + count; i++)
		if (x->atom[i].axis != AxisC)
			return false;
	return true;
}

/* pixelwise - of every pixel's channels, which are the last dimension */
static void
pixelwise(Import *m, const OnnxValue *x, const Matrix *a, const double *bias)
{
	int last = x->rank - 1, first;
	Shape s = x->n->out->shape;
	int64_t *place = places_of(x, last);
	OnnxValue y = *x;
	Node *n;

	for (int64_t k = 0; k < x->dim[last]; k++)
		place[k] /= s.h*(int64_t)s.w;
	n = node_begin(m, O_conv2d, layer_name(m, a->w->name, "fc"));
	n->in[n->nin++] = x->n->out;
	n->a.out = (int)a->out;
	n->a.kernel = (Pair){ 1, 1 };
	n->a.padding = (Sides){ 0, 0, 0, 0 };
	n->a.bias = bias != NULL;
	n->p[P_weight].data = weights_of(a, place);
	n->p[P_weight].count = (size_t)(a->in*a->out);
	if (bias)
		set_param(n, P_bias, bias, (size_t)a->out);
	keep_integers(m, n, a);
	y.n = node_put(m, n);
	y.natoms -= atoms_of(x, last, &first);       /* they are the last ones */
	y.dim[last] = a->out;
	if (a->out > 1)
		y.atom[y.natoms++] = (Atom){ a->out, 1, AxisC };
	set_result(m, y);
}

/* of_images - x with the images as its first dimension: where there is one of them it may be left out */
OnnxValue
of_images(const Import *m, const OnnxValue *x)
{
	int64_t dim[MostDims] = { 1 };
	OnnxValue y = *x;

	if (x->dim[0] == x->n->out->shape.n && x->rank > 2)
		return y;
	if (x->n->out->shape.n != 1 || x->rank + 1 > MostDims)
		refuse(m, "want matrices of each image, got %s", dims_of(x));
	memcpy(dim + 1, x->dim, (size_t)x->rank*sizeof *dim);
	view_reshape(x, x->rank + 1, dim, &y);
	return y;
}

/* as_given - y, a result of what of_images made of x, with as many dimensions as x has */
OnnxValue
as_given(const OnnxValue *x, OnnxValue y)
{
	int64_t dim[MostDims];
	int more = y.rank - x->rank;

	memcpy(dim, y.dim, sizeof dim);
	view_reshape(&y, x->rank, dim + more, &y);
	return y;
}

/* by_last - of the last dimension, which is not the channels': it becomes them */
static void
by_last(Import *m, const OnnxValue *given, const Matrix *a, const double *bias)
{
	OnnxValue whole = of_images(m, given), *x = &whole;
	int to[MostDims], back[MostDims], at = 0;
	OnnxValue y;

	to[at++] = 0;
	to[at++] = x->rank - 1;
	for (int d = 1; d < x->rank - 1; d++)
		to[at++] = d;
	for (int d = 0; d < x->rank; d++)
		back[to[d]] = d;
	if (!view_transpose(x, to, &y))
		refuse(m, "want at most %d steps along axes, got more", MostAtoms);
	y = view_arranged(m, &y, 2, x->rank);
	view_transpose(&y, back, &y);
	pixelwise(m, &y, a, bias);
	set_result(m, as_given(given, *onnx_find(m, m->p->output[0])));
}

static void
dense(Import *m, const OnnxValue *x, const Matrix *a, const double *bias)
{
	int last = x->rank - 1;
	Shape s = x->n->out->shape;
	bool ordered = in_order(x);
	Node *n;

	if (x->rank < 2 || x->dim[last] != a->in)
		refuse(m, "want weights of %lld inputs, got %lldx%lld", x->rank ? (long long)x->dim[last] : 0,
		       (long long)a->w->dim[0], (long long)a->w->dim[1]);
	if (x->dim[last] == s.c && only_channels(x, last) && (s.h*s.w > 1 || x->rank > 2)) {
		pixelwise(m, x, a, bias);
		return;
	}
	if (x->rank > 2 ? x->dim[0] == s.n || s.n == 1 : s.n == 1 && x->dim[0] > 1) {
		by_last(m, x, a, bias);
		return;
	}
	if (x->rank != 2 || x->dim[0] != s.n || x->dim[1] != (int64_t)s.c*s.h*s.w)
		refuse(m, "want a matrix by a dimension of each image, got it by the last one of %s", dims_of(x));
	n = node_begin(m, O_linear, layer_name(m, a->w->name, "fc"));
	n->in[n->nin++] = flattened(m, x->n)->out;
	n->a.out = (int)a->out;
	n->a.bias = bias != NULL;
	n->p[P_weight].data = weights_of(a, ordered ? NULL : places_of(x, 1));
	n->p[P_weight].count = (size_t)(a->in*a->out);
	if (bias)
		set_param(n, P_bias, bias, (size_t)a->out);
	keep_integers(m, n, a);
	set_result(m, view_flat(node_put(m, n)));
}

/* exchanged - the last two dimensions of a tensor */
static OnnxValue
exchanged(const Import *m, const OnnxValue *x)
{
	int swap[MostDims];
	OnnxValue y;

	for (int d = 0; d < x->rank; d++)
		swap[d] = d < x->rank - 2 ? d : 2*x->rank - 3 - d;
	if (x->rank < 2 || !view_transpose(x, swap, &y))
		refuse(m, "want matrices, got %s", dims_of(x));
	return y;
}

void
op_gemm(Import *m)
{
	OnnxValue x = tensor_at(m, 0), w = constant_at(m, 1, "weights"), c;
	Matrix a = matrix_of(m, &w, attr_int(m, "transB", 0) != 0, attr_real(m, "alpha", 1));
	double beta = attr_real(m, "beta", 1), *bias = NULL;

	if (x.rank != 2)
		refuse(m, "want a 2-D tensor, got a %d-D one", x.rank);
	if (attr_int(m, "transA", 0))
		x = exchanged(m, &x);
	if (has_input(m, 2)) {
		c = constant_at(m, 2, "bias");
		if (count_elements(&c) != (size_t)a.out && count_elements(&c) != 1)
			refuse(m, "want 1 or %lld values of bias, got %zu", (long long)a.out, count_elements(&c));
		a.bias = beta == 1 ? &c : NULL;
		bias = arena_new((size_t)a.out*sizeof *bias);
		for (int64_t i = 0; i < a.out; i++)
			bias[i] = beta*c.data[count_elements(&c) == 1 ? 0 : i];
	}
	dense(m, &x, &a, bias);
}

/*
** stacked - matrices one below the other: all dimensions but the last are the channels; of one that is x read by
** columns, x
*/
static Node *
stacked(Import *m, const OnnxValue *x, bool *transposed)
{
	int swap[MostDims];
	OnnxValue y;

	for (int d = 0; d < x->rank; d++)
		swap[d] = d < x->rank - 2 ? d : 2*x->rank - 3 - d;
	*transposed = !in_order(x) && view_transpose(x, swap, &y) && in_order(&y);
	return view_arranged(m, *transposed ? &y : x, x->rank - 1, x->rank).n;
}

/* how two stacks of matrices meet, dimension by dimension but for the images and the matrices' own */
typedef struct { int shared[MostDims], nshared, first[MostDims], nfirst, second[MostDims], nsecond; } Stacks;

static Stacks
stacks_of(const Import *m, const OnnxValue *a, const OnnxValue *b)
{
	Stacks s = { .nshared = 0 };

	for (int d = 1; d < a->rank - 2; d++)
		if (a->dim[d] == b->dim[d])
			s.shared[s.nshared++] = d;
		else if (b->dim[d] == 1)
			s.first[s.nfirst++] = d;
		else if (a->dim[d] == 1)
			s.second[s.nsecond++] = d;
		else
			refuse(m, "want as many matrices on both sides, got %s and %s", dims_of(a), dims_of(b));
	return s;
}

/* put - dimensions into an order, from at on; what is behind them */
static int
put(int *to, int at, const int *dims, int count)
{
	memcpy(to + at, dims, (size_t)count*sizeof *dims);
	return at + count;
}

/* merged - x in this order, all but the images and the first count dimensions made two: the last of them, and those
   before that; back: the last ones and those before */
static OnnxValue
merged(const Import *m, const OnnxValue *x, const int *order, int count, int behind)
{
	int64_t dim[MostDims], rows = 1, columns = 1;
	OnnxValue y;

	if (!view_transpose(x, order, &y))
		refuse(m, "want at most %d steps along axes, got more", MostAtoms);
	for (int d = 1 + count; d < x->rank; d++)
		*(d < x->rank - behind ? &rows : &columns) *= y.dim[d];
	memcpy(dim, y.dim, sizeof dim);
	dim[1 + count] = rows;
	dim[2 + count] = columns;
	if (!view_reshape(&y, 3 + count, dim, &y))
		die("dimensions that are not merged");
	return y;
}

/* product - of matrices in their order */
static Node *
product(Import *m, const OnnxValue *a, const OnnxValue *b)
{
	int64_t heads = 1;
	bool ta, tb;
	Node *x = stacked(m, a, &ta), *n = node_on(m, O_matmul, x);

	for (int d = 1; d < a->rank - 2; d++)
		heads *= a->dim[d];
	if (heads > 65536)
		refuse(m, "want at most 65536 matrices, got %lld", (long long)heads);
	n->in[n->nin++] = stacked(m, b, &tb)->out;
	n->a.heads = (int)heads;
	n->a.transpose_a = ta;
	n->a.transpose_b = tb;
	return node_put(m, n);
}

/*
** two_matrices - a product of two results, matrix by matrix. Where the second has one matrix for several of the first,
** these are one with more rows; where the first has, the second are one with more columns.
*/
static void
two_matrices(Import *m, const OnnxValue *x, const OnnxValue *z)
{
	OnnxValue a = of_images(m, x), b = of_images(m, z), y;
	int rank = a.rank, last = rank - 1, rows = rank - 2, order[MostDims] = { 0 }, back[MostDims], at;
	int64_t dim[MostDims];
	Stacks s;

	if (rank != b.rank || a.dim[0] != b.dim[0] || a.dim[last] != b.dim[rows])
		refuse(m, "want matrices that fit, got %s and %s", dims_of(x), dims_of(z));
	s = stacks_of(m, &a, &b);
	at = put(order, put(order, put(order, 1, s.shared, s.nshared), s.first, s.nfirst), s.second, s.nsecond);
	put(order, put(order, at, &rows, 1), &last, 1);
	a = merged(m, &a, order, s.nshared, 1);
	at = put(order, put(order, 1, s.shared, s.nshared), s.first, s.nfirst);
	put(order, put(order, put(order, at, &rows, 1), s.second, s.nsecond), &last, 1);
	for (int d = 0; d < rank; d++)               /* the result's: those of the first, rows, those of the second, columns */
		back[order[d]] = d;
	for (int d = 0; d < rank; d++)
		dim[d] = 1;
	y = of_images(m, x);
	for (int d = 0; d < rank; d++)
		dim[back[d]] = d == last ? b.dim[last] : y.dim[d];
	for (int i = 0; i < s.nsecond; i++)
		dim[back[s.second[i]]] = b.dim[s.second[i]];
	b = merged(m, &b, order, s.nshared, 1 + s.nsecond);
	y = view_of(product(m, &a, &b));
	if (!view_reshape(&y, rank, dim, &y))
		die("a product of other dimensions");
	view_transpose(&y, back, &y);
	set_result(m, as_given(x, y));
}

/* turned - the last two dimensions of a constant exchanged */
static OnnxValue
turned(Import *m, const OnnxValue *w)
{
	int64_t dim[MostDims], first[MostDims] = { 0 }, step[MostDims];
	int axes[MostDims];

	for (int d = 0; d < w->rank; d++) {
		axes[d] = d < w->rank - 2 ? d : 2*w->rank - 3 - d;
		dim[d] = w->dim[axes[d]];
		step[d] = 1;
	}
	return constant_view(m, w, w->rank, dim, first, step, axes);
}

/*
** stacked_weights - of a constant matrix for each of x's but for the images, outputs first; one that stands for several
** is repeated
*/
static double *
stacked_weights(const Import *m, const OnnxValue *x, const OnnxValue *w, int64_t heads)
{
	int64_t in = w->dim[w->rank - 2], out = w->dim[w->rank - 1];
	double *v;

	if (heads*in*out > MostElements)
		refuse(m, "want at most %d weights, got %s of %s", MostElements, dims_of(w), dims_of(x));
	v = arena_new((size_t)(heads*in*out + 1)*sizeof *v);
	for (int64_t h = 0; h < heads; h++) {
		int64_t from = 0, rest = h, step = 1;
		for (int d = x->rank - 3, k = w->rank - 3; d >= 0; d--, k--) {
			int64_t at = d ? rest%x->dim[d] : 0;
			rest = d ? rest/x->dim[d] : rest;
			if (k < 0)
				continue;
			if (w->dim[k] != 1 && (!d || w->dim[k] != x->dim[d]))
				refuse(m, "want a constant matrix for each of the tensor's, got %s and %s", dims_of(x), dims_of(w));
			from += w->dim[k] == 1 ? 0 : at*step;
			step *= w->dim[k];
		}
		for (int64_t o = 0; o < out; o++)
			for (int64_t i = 0; i < in; i++)
				v[(h*out + o)*in + i] = w->data[(from*in + i)*out + o];
	}
	return v;
}

/* constant_stack - each matrix of x by a constant one of its own: a 1x1 convolution with a group a matrix */
static void
constant_stack(Import *m, const OnnxValue *given, const OnnxValue *w)
{
	OnnxValue whole = given->dim[0] == given->n->out->shape.n ? *given : of_images(m, given), *x = &whole, y;
	int last = x->rank - 1, swap[MostDims];
	int64_t heads = 1, dim[MostDims];
	Node *n;

	if (w->rank > x->rank || x->dim[last] != w->dim[w->rank - 2])
		refuse(m, "want matrices that fit, got %s and %s", dims_of(given), dims_of(w));
	for (int d = 0; d < x->rank; d++)
		swap[d] = d < last - 1 ? d : 2*last - 1 - d;
	for (int d = 1; d < last - 1; d++)
		heads *= x->dim[d];
	if (!view_transpose(x, swap, &y))
		refuse(m, "want at most %d steps along axes, got more", MostAtoms);
	y = view_arranged(m, &y, last, last + 1);
	n = node_begin(m, O_conv2d, layer_name(m, w->name, "fc"));
	n->in[n->nin++] = y.n->out;
	n->a.out = (int)(heads*w->dim[w->rank - 1]);
	n->a.groups = (int)heads;
	n->a.kernel = (Pair){ 1, 1 };
	n->a.padding = (Sides){ 0, 0, 0, 0 };
	if (heads*w->dim[w->rank - 1] > 65536)
		refuse(m, "want 1 to 65536 outputs, got %lld", (long long)(heads*w->dim[w->rank - 1]));
	set_param(n, P_weight, stacked_weights(m, x, w, heads), (size_t)(heads*w->dim[w->rank - 2]*w->dim[w->rank - 1]));
	memcpy(dim, y.dim, sizeof dim);
	dim[last - 1] = w->dim[w->rank - 1];
	y = view_of(node_put(m, n));
	if (!view_reshape(&y, x->rank, dim, &y))
		die("a product of other dimensions");
	view_transpose(&y, swap, &y);
	set_result(m, as_given(given, y));
}

/* by_constant - of a result and a constant of any number of matrices; by alpha */
static void
by_constant(Import *m, const OnnxValue *x, OnnxValue w, bool transposed, double alpha)
{
	int64_t stack = 1;

	for (int d = 0; d < w.rank - 2; d++)
		stack *= w.dim[d];
	if (w.rank > 2 && w.rank <= x->rank && stack == 1) {
		w.dim[0] = w.dim[w.rank - 2];
		w.dim[1] = w.dim[w.rank - 1];
		w.rank = 2;
	}
	if (w.rank > 2) {
		if (transposed)
			w = turned(m, &w);
		if (alpha != 1)
			refuse(m, "want alpha = 1 of several constant matrices, got %g", alpha);
		constant_stack(m, x, &w);
	} else {
		Matrix a = matrix_of(m, &w, transposed, alpha);
		dense(m, x, &a, NULL);
	}
}

/* constant_first - A x: the transpose of x's by A's */
static void
constant_first(Import *m, const OnnxValue *x, const OnnxValue *w)
{
	OnnxValue y;

	if (x->rank < 3 || w->rank < 2 || w->rank > x->rank)
		refuse(m, "want matrices of each image behind constant ones, got %s behind %s", dims_of(x), dims_of(w));
	y = exchanged(m, x);
	by_constant(m, &y, turned(m, w), false, 1);
	y = *onnx_find(m, m->p->output[0]);
	set_result(m, exchanged(m, &y));
}

void
op_matmul(Import *m)
{
	OnnxValue x = input_at(m, 0), w = input_at(m, 1);

	if (x.n && w.n)
		two_matrices(m, &x, &w);
	else if (x.n)
		by_constant(m, &x, w, false, 1);
	else
		constant_first(m, &w, &x);
}

/* op_fused_matmul - of ONNX Runtime: matrices may be transposed, the product has a factor */
void
op_fused_matmul(Import *m)
{
	OnnxValue x = tensor_at(m, 0), w = input_at(m, 1), y;
	double alpha = attr_real(m, "alpha", 1);

	if (attr_int(m, "transBatchA", 0) || attr_int(m, "transBatchB", 0))
		refuse(m, "want transBatchA and transBatchB = 0, got 1");
	if (attr_int(m, "transA", 0))
		x = exchanged(m, &x);
	if (!w.n) {
		by_constant(m, &x, w, attr_int(m, "transB", 0) != 0, alpha);
		return;
	}
	if (attr_int(m, "transB", 0))
		w = exchanged(m, &w);
	two_matrices(m, &x, &w);
	y = *onnx_find(m, m->p->output[0]);
	set_result(m, view_like(&y, node_scaled_by(m, y.n, alpha, 0)));
}
