/*
** place.c - nodes that put elements elsewhere: channels picked or mixed, images flattened, rows and columns repeated.
** What is only another reading of the same elements needs none of them: see view.c.
*/
#include <string.h>

#include "import.h"

enum { MostRuns = 8 };               /* slices put together; more are one product with a matrix of ones */

/* mix_channels - out channels, each a sum of x's with these weights: a 1x1 convolution */
Node *
mix_channels(Import *m, Node *x, int out, const double *w, const char *what)
{
	Node *n = node_beside(m, O_conv2d, x, what);

	if ((int64_t)out*x->out->shape.c > MostElements)
		refuse(m, "want at most %d weights to place channels, got %d x %d", MostElements, out, x->out->shape.c);
	n->a.out = out;
	n->a.kernel = (Pair){ 1, 1 };
	n->a.padding = (Sides){ 0, 0, 0, 0 };
	set_param(n, P_weight, w, (size_t)out*(size_t)x->out->shape.c);
	return node_put(m, n);
}

/* repeats_channel - a product with ones that makes channels of one */
bool
repeats_channel(const Node *n)
{
	if (n->op != O_conv2d || n->in[0]->shape.c != 1 || n->nin != 1 || n->a.bias || n->a.kernel.h*n->a.kernel.w != 1 ||
	    !same_shape((Shape){ n->out->shape.n, 1, n->out->shape.h, n->out->shape.w }, n->in[0]->shape))
		return false;
	for (size_t i = 0; i < n->p[P_weight].count; i++)
		if (n->p[P_weight].data[i] != 1)
			return false;
	return true;
}

static Node *
channel_run(Import *m, Node *x, int from, int count)
{
	Node *n;

	if (from == 0 && count == x->out->shape.c)
		return x;
	n = node_beside(m, O_slice, x, "slice");
	n->a.channels = (Pair){ from, from + count };
	n->a.rows = (Range){ 0, x->out->shape.h, 1 };
	n->a.cols = (Range){ 0, x->out->shape.w, 1 };
	return node_put(m, n);
}

/* run_length - channels that follow each other from from[i] on */
static int
run_length(const int *from, int count, int i)
{
	int n = 1;

	while (i + n < count && from[i+n] == from[i] + n)
		n++;
	return n;
}

static int
count_runs(const int *from, int count)
{
	int runs = 0;

	for (int i = 0; i < count; i += run_length(from, count, i))
		runs++;
	return runs;
}

bool
few_runs(const int *from, int count)
{
	return count_runs(from, count) <= MostRuns;
}

/* pick_channels - count channels of x, each the one that from says */
Node *
pick_channels(Import *m, Node *x, const int *from, int count)
{
	int runs = count_runs(from, count);
	Node *n;
	double *w;

	if (runs == 1)
		return channel_run(m, x, from[0], count);
	if (runs <= MostRuns) {
		Node *part[MostRuns];
		runs = 0;
		for (int i = 0; i < count; i += run_length(from, count, i))
			part[runs++] = channel_run(m, x, from[i], run_length(from, count, i));
		n = node_beside(m, O_concat, NULL, "concat");
		for (int i = 0; i < runs; i++)
			n->in[n->nin++] = part[i]->out;
		return node_put(m, n);
	}
	if ((int64_t)count*x->out->shape.c > MostElements)
		refuse(m, "want at most %d weights to place channels, got %d x %d", MostElements, count,
		       x->out->shape.c);
	w = arena_new((size_t)count*(size_t)x->out->shape.c*sizeof *w);
	for (int i = 0; i < count; i++)
		w[(size_t)i*(size_t)x->out->shape.c + (size_t)from[i]] = 1;
	return mix_channels(m, x, count, w, "pick");
}

/* flattened - channels, rows and columns one after the other */
Node *
flattened(Import *m, Node *x)
{
	if (x->out->shape.h == 1 && x->out->shape.w == 1)
		return x;
	for (int i = 0; i < m->g->count; i++)        /* once is enough */
		if (m->g->nodes[i]->op == O_flatten && m->g->nodes[i]->in[0] == x->out)
			return m->g->nodes[i];
	return node_put(m, node_beside(m, O_flatten, x, "flatten"));
}

Node *
widened(Import *m, Node *x, Pair size)
{
	Node *n;

	if (x->out->shape.h == size.h && x->out->shape.w == size.w)
		return x;
	n = node_beside(m, O_upsample_nearest, x, "widen");
	n->a.size = size;
	return node_put(m, n);
}

/* channels_from - where channels of dimension 1 lie, if rows and columns are where they were; NULL: they are not */
static int *
channels_from(const OnnxValue *v)
{
	int first, count = atoms_of(v, 1, &first), *from;
	Shape s = v->n->out->shape;

	if (v->dim[1] != s.c || v->dim[2] != s.h || v->dim[3] != s.w || (axis_of(v, 2) != AxisH && s.h > 1) ||
	    (axis_of(v, 3) != AxisW && s.w > 1))
		return NULL;
	from = arena_new((size_t)s.c*sizeof *from);
	for (int k = 0; k < s.c; k++) {
		int64_t rest = k;
		for (int i = first + count - 1; i >= first; i--) {
			from[k] += (int)(rest%v->atom[i].size*v->atom[i].step);
			rest /= v->atom[i].size;
		}
	}
	return from;
}

/* as_image - the node that has v's elements in v's order, made where there is none; NULL: that is not possible */
Node *
as_image(Import *m, const OnnxValue *v)
{
	int axes[NAxes], *from;
	Node *n;

	if (v->rank != NAxes || v->dim[0] != v->n->out->shape.n)
		return NULL;
	if (axes_of(v, axes) && axes[1] == AxisC && axes[2] == AxisH && axes[3] == AxisW)
		return v->n;
	if (v->dim[2] == 1 && v->dim[3] == 1 && in_order(v))
		return flattened(m, v->n);
	from = channels_from(v);
	if (from && count_runs(from, v->n->out->shape.c) <= MostRuns)
		return pick_channels(m, v->n, from, v->n->out->shape.c);
	n = node_ordered(m, v);
	return n ? node_shaped(m, n, v->dim[1], v->dim[2], v->dim[3]) : NULL;
}

/* image_of - the node of v, the i-th input, with its channels, rows and columns as they are */
Node *
image_of(Import *m, const OnnxValue *v, size_t i)
{
	Node *n;

	if (v->rank != NAxes)
		refuse(m, "want a 4-D tensor as input %zu, got a %d-D one", i, v->rank);
	n = as_image(m, v);
	if (!n)
		refuse(m, "want images x channels x rows x columns as input %zu, got another order of its elements", i);
	return n;
}

Node *
image_at(Import *m, size_t i)
{
	OnnxValue v = tensor_at(m, i);

	return image_of(m, &v, i);
}

/* channels_before - elements of an image in the dimensions before this one */
static int64_t
channels_before(const OnnxValue *x, int d)
{
	int64_t count = 1;

	for (int i = 0; i < d; i++)
		count *= x->dim[i];
	return count/x->n->out->shape.n;
}

/* expanded_apart - in any dimensions: a row of copies of each element, put where they belong */
static OnnxValue
expanded_apart(Import *m, const OnnxValue *x, int rank, const int64_t *dim)
{
	int64_t row[MostDims], copies = 1;
	int from[MostDims] = { 0 }, to = 0, back[MostDims], h = rank;
	OnnxValue y;

	for (int d = 0; d < rank; d++)
		if (x->dim[d] == dim[d])
			from[to++] = d;
	for (int d = 0; d < rank; d++)
		if (x->dim[d] != dim[d]) {
			from[to++] = d;
			copies *= dim[d];
		}
	if (from[0] != 0 || copies > 65536)
		refuse(m, "want each image by itself and at most 65536 copies, got %s made %lld times as large", dims_of(x),
		       (long long)copies);
	for (int d = 0; d < rank; d++) {
		back[from[d]] = d;
		row[d] = dim[from[d]];
	}
	while (h > 1 && channels_before(x, h) > 65536)
		h--;
	y = view_arranged(m, x, h, rank);
	y = view_of(widened(m, y.n, (Pair){ y.n->out->shape.h, (int)copies }));
	view_reshape(&y, rank, row, &y);
	view_transpose(&y, back, &y);
	return y;
}

/* view_expand - to these dimensions, each x's or one that x has once */
OnnxValue
view_expand(Import *m, const OnnxValue *x, int rank, const int64_t *dim)
{
	OnnxValue y = *x;
	Shape s = x->n->out->shape;
	int64_t padded[MostDims] = { 0 }, size[NAxes], image[NAxes] = { 1, 1, 1, 1 };
	int axes[NAxes];
	Node *n = x->n;

	for (int d = 0; d < rank; d++)
		padded[d] = d < rank - x->rank ? 1 : x->dim[d - (rank - x->rank)];
	view_reshape(x, rank, padded, &y);
	if (!memcmp(padded, dim, (size_t)rank*sizeof *dim))
		return y;
	for (int d = 0; d < rank; d++)
		if (dim[d] < 1 || dim[d] > 65536)
			refuse(m, "want dimensions from 1 to 65536, got %lld", (long long)dim[d]);
	if (rank < NAxes) {                          /* the last ones are 1 */
		memcpy(image, padded, (size_t)rank*sizeof *image);
		view_reshape(&y, NAxes, image, &y);
		memcpy(image, dim, (size_t)rank*sizeof *image);
		y = view_expand(m, &y, NAxes, image);
		view_reshape(&y, rank, dim, &y);
		return y;
	}
	if (rank == NAxes && y.dim[0] == s.n && y.dim[2]*y.dim[3] == 1 && in_order(&y) && y.dim[1] != s.c) {
		y = view_of(flattened(m, n));        /* a column or row of channels */
		n = y.n;
		s = n->out->shape;
	}
	if (rank != NAxes || !axes_of(&y, axes) || dim[0] != s.n)
		return expanded_apart(m, &y, rank, dim);
	for (int d = 0; d < NAxes; d++)
		size[axes[d]] = dim[d];
	if (size[AxisC] != s.c)
		n = pick_channels(m, n, arena_new((size_t)size[AxisC]*sizeof(int)), (int)size[AxisC]);
	n = widened(m, n, (Pair){ (int)size[AxisH], (int)size[AxisW] });
	return view_like(&y, n);
}
