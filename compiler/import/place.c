/*
** place.c - nodes that put elements elsewhere: channels picked or mixed, images flattened, rows and columns repeated or
** made channels. What is only another reading of the same elements needs none of them: see view.c.
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

/* pick_channels - count channels of x, each the one that from says */
Node *
pick_channels(Import *m, Node *x, const int *from, int count)
{
	int runs = 0;
	Node *n;
	double *w;

	for (int i = 0; i < count; i += run_length(from, count, i))
		runs++;
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
		refuse(m, "want at most %d weights to place channels, got %d x %d", MostElements, count, x->out->shape.c);
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

/* step_of - dimension d as one axis in steps: 1, or more where other dimensions have what lies between; 0: it is not */
static int64_t
step_of(const OnnxValue *v, int d, int axis)
{
	int first, count = atoms_of(v, d, &first);
	const Atom *a = &v->atom[first];

	if (!count)
		return axis_extent(v->n, axis);
	return count == 1 && a->axis == axis && a->size*a->step == axis_extent(v->n, axis) ? a->step : 0;
}

/* apart - pixels that lie sh x sw apart, for each start one image; their channels one after the other */
static Node *
apart(Import *m, Node *x, int sh, int sw)
{
	Node *all, **part = arena_new(NInputs*sizeof *part);
	int count = 0;

	if (sh*sw == 1)
		return x;
	for (int i = 0; i < sh; i++)
		for (int j = 0; j < sw; j++) {
			Node *n = node_beside(m, O_slice, x, "slice");
			n->a.channels = (Pair){ 0, x->out->shape.c };
			n->a.rows = (Range){ i, x->out->shape.h, sh };
			n->a.cols = (Range){ j, x->out->shape.w, sw };
			part[count++] = node_put(m, n);
		}
	all = node_beside(m, O_concat, NULL, "concat");
	for (int i = 0; i < count; i++)
		all->in[all->nin++] = part[i]->out;
	return node_put(m, all);
}

/* as_image - the node that has v's elements in v's order, made where there is none; NULL: that is not possible */
Node *
as_image(Import *m, const OnnxValue *v)
{
	int axes[NAxes], first, count = atoms_of(v, 1, &first), *from;
	Shape s = v->n->out->shape;
	int64_t sh, sw;

	if (v->rank != NAxes || v->dim[0] != s.n)
		return NULL;
	if (axes_of(v, axes) && axes[1] == AxisC && axes[2] == AxisH && axes[3] == AxisW)
		return v->n;
	if (v->dim[2] == 1 && v->dim[3] == 1 && in_order(v))
		return flattened(m, v->n);
	sh = step_of(v, 2, AxisH);
	sw = step_of(v, 3, AxisW);
	if (!sh || !sw || sh*sw > NInputs || v->dim[1] != s.c*sh*sw || v->dim[1] > 65536)
		return NULL;
	from = arena_new((size_t)v->dim[1]*sizeof *from);
	for (int64_t k = 0; k < v->dim[1]; k++) {    /* a channel of the result: which of x's, and where its pixels begin */
		int64_t at[NAxes] = { 0 }, rest = k;
		for (int i = first + count - 1; i >= first; i--) {
			at[v->atom[i].axis] += rest%v->atom[i].size*v->atom[i].step;
			rest /= v->atom[i].size;
		}
		from[k] = (int)((at[AxisH]*sw + at[AxisW])*s.c + at[AxisC]);
	}
	return pick_channels(m, apart(m, v->n, (int)sh, (int)sw), from, (int)v->dim[1]);
}

/* image_at - the i-th input with its channels, rows and columns as they are */
Node *
image_at(Import *m, size_t i)
{
	OnnxValue v = tensor_at(m, i);
	Node *n;

	if (v.rank != NAxes)
		refuse(m, "want a 4-D tensor as input %zu, got a %d-D one", i, v.rank);
	n = as_image(m, &v);
	if (!n)
		refuse(m, "want images x channels x rows x columns as input %zu, got another order of its elements", i);
	return n;
}

/* view_expand - to these dimensions, each x's or one that x has once */
OnnxValue
view_expand(Import *m, const OnnxValue *x, int rank, const int64_t *dim)
{
	OnnxValue y = *x;
	Shape s = x->n->out->shape;
	int64_t padded[MostDims], size[NAxes];
	int axes[NAxes];
	Node *n = x->n;

	for (int d = 0; d < rank; d++)
		padded[d] = d < rank - x->rank ? 1 : x->dim[d - (rank - x->rank)];
	view_reshape(x, rank, padded, &y);
	if (!memcmp(padded, dim, (size_t)rank*sizeof *dim))
		return y;
	if (rank != NAxes || !axes_of(&y, axes) || dim[0] != s.n)
		refuse(m, "want an image repeated over channels, rows or columns, got %s made %d-D", dims_of(x), rank);
	for (int d = 0; d < NAxes; d++) {
		size[axes[d]] = dim[d];
		if (dim[d] < 1 || dim[d] > 65536)
			refuse(m, "want dimensions from 1 to 65536, got %lld", (long long)dim[d]);
	}
	if (size[AxisC] != s.c)
		n = pick_channels(m, n, arena_new((size_t)size[AxisC]*sizeof(int)), (int)size[AxisC]);
	n = widened(m, n, (Pair){ (int)size[AxisH], (int)size[AxisW] });
	return view_like(&y, n);
}
