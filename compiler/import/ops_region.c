/*
** ops_region.c - what cuts, joins and repeats tensors.
*/
#include <math.h>
#include <string.h>

#include "import.h"

enum { MostMixed = 1 << 16 };        /* weights of a product that only places channels */

/* --- cuts --- */

/* cut_apart - any dimension, as the rows of an image whose channels are those before it */
static OnnxValue
cut_apart(Import *m, const OnnxValue *x, int d, Cut cut)
{
	OnnxValue y = view_arranged(m, x, d, d + 1);
	int64_t dim[MostDims];
	Node *n = node_on(m, O_slice, y.n);

	memcpy(dim, x->dim, sizeof dim);
	n->a.channels = (Pair){ 0, y.n->out->shape.c };
	n->a.rows = (Range){ (int)cut.from, (int)cut.to, (int)cut.step };
	n->a.cols = (Range){ 0, y.n->out->shape.w, 1 };
	y = view_of(node_put(m, n));
	dim[d] = (cut.to - cut.from + cut.step - 1)/cut.step;
	if (!view_reshape(&y, x->rank, dim, &y))
		die("a slice of other dimensions");
	return y;
}

/* cut_channels - dimension d, one atom of channels, from cut.from to cut.to in steps */
static OnnxValue
cut_channels(Import *m, const OnnxValue *x, int d, Cut cut)
{
	int first, count = atoms_of(x, d, &first), channels = x->n->out->shape.c, to = 0, *from;
	int64_t length = (cut.to - cut.from + cut.step - 1)/cut.step, old = x->dim[d], step;
	OnnxValue y = *x;

	if (count != 1 || x->atom[first].axis != AxisC)
		return cut_apart(m, x, d, cut);
	step = x->atom[first].step;
	from = arena_new((size_t)channels*sizeof *from);
	for (int c = 0; c < channels; c++) {         /* those that stay, in their order */
		int64_t at = c/step%old - cut.from;
		if (at >= 0 && at%cut.step == 0 && at/cut.step < length)
			from[to++] = c;
	}
	if (to*(int64_t)channels > MostMixed && !few_runs(from, to))
		return cut_apart(m, x, d, cut);
	y.n = pick_channels(m, x->n, from, to);
	y.dim[d] = length;
	y.atom[first].size = length;
	for (int i = 0; i < y.natoms; i++)
		if (y.atom[i].axis == AxisC && y.atom[i].step > step)
			y.atom[i].step = y.atom[i].step/old*length;
	if (length == 1) {
		y.natoms--;
		memmove(&y.atom[first], &y.atom[first+1], (size_t)(y.natoms - first)*sizeof *y.atom);
	}
	return y;
}

/* cut_image - one slice of whole axes; false: a dimension is another */
static bool
cut_image(Import *m, OnnxValue *x, const Cut *cut)
{
	int axes[NAxes];
	Node *n;

	if (!axes_of(x, axes))
		return false;
	for (int d = 0; d < NAxes; d++)
		if (axes[d] == AxisC && cut[d].step != 1)
			return false;
	n = node_on(m, O_slice, x->n);
	for (int d = 0; d < NAxes; d++) {
		Range r = { (int)cut[d].from, (int)cut[d].to, (int)cut[d].step };
		if (axes[d] == AxisC)
			n->a.channels = (Pair){ r.from, r.to };
		else if (axes[d] == AxisH)
			n->a.rows = r;
		else if (axes[d] == AxisW)
			n->a.cols = r;
	}
	*x = view_like(x, node_put(m, n));
	return true;
}

/* cut_out - x with each dimension cut */
OnnxValue
cut_out(Import *m, OnnxValue x, const Cut *cut)
{
	bool whole = true;
	int axes[NAxes];
	Cut rest[MostDims];

	for (int d = 0; d < x.rank; d++) {
		bool all = cut[d].from == 0 && cut[d].to == x.dim[d] && cut[d].step == 1;
		whole = whole && all;
		if (cut[d].step < 1 || cut[d].step > 1024)
			refuse(m, "want steps from 1 to 1024, got %lld", (long long)cut[d].step);
		if (cut[d].to <= cut[d].from)
			refuse(m, "want a slice with elements, got none along axis %d", d);
		if (!all && d == 0 && x.n->out->shape.n > 1)
			refuse(m, "want the whole batch, got a slice of it");
	}
	if (!whole && x.rank == NAxes && !axes_of(&x, axes) && as_image(m, &x))
		x = view_of(as_image(m, &x));
	if (whole || cut_image(m, &x, cut))
		return x;
	for (int d = 0; d < x.rank; d++) {
		rest[d] = cut[d];
		if (cut[d].from == 0 && cut[d].to == x.dim[d] && cut[d].step == 1)
			continue;
		if (x.rank == NAxes && axes_of(&x, axes) && (axes[d] == AxisH || axes[d] == AxisW))
			continue;
		x = cut_channels(m, &x, d, cut[d]);
		rest[d] = (Cut){ 0, x.dim[d], 1 };
	}
	for (int d = 0; d < x.rank; d++)             /* what is left are rows and columns */
		if ((rest[d].from || rest[d].to != x.dim[d] || rest[d].step != 1) && cut_image(m, &x, rest))
			break;
	return x;
}

void
op_slice(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	Cut cut[MostDims];

	cuts_of(m, &x, cut);
	set_result(m, cut_out(m, x, cut));
}

void
op_split(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	int axis = axis_in(m, attr_int(m, "axis", 0), x.rank), count;
	int64_t size[NInputs], at = 0;
	Cut cut[MostDims];

	count = splits_of(m, &x, axis, size);
	for (int d = 0; d < x.rank; d++)
		cut[d] = (Cut){ 0, x.dim[d], 1 };
	for (int i = 0; i < count; i++) {
		cut[axis] = (Cut){ at, at + size[i], 1 };
		at += size[i];
		if (*m->p->output[i])
			onnx_define(m, m->p->output[i], cut_out(m, x, cut));
	}
}

/* op_gather - one index, or indices that follow each other, of a dimension */
void
op_gather(Import *m)
{
	OnnxValue x = tensor_at(m, 0), at = constant_at(m, 1, "indices"), y;
	int axis = axis_in(m, attr_int(m, "axis", 0), x.rank), rank = 0;
	int64_t dim[MostDims], first, count = (int64_t)count_elements(&at);
	Cut cut[MostDims];

	if (at.rank > 1 || !count)
		refuse(m, "want one index or a list of them, got %s", dims_of(&at));
	first = whole_of(at.data[0]) + (at.data[0] < 0 ? x.dim[axis] : 0);
	for (int64_t i = 0; i < count; i++)
		if (whole_of(at.data[i]) + (at.data[i] < 0 ? x.dim[axis] : 0) != first + i)
			refuse(m, "want indices that follow each other, got others");
	if (first < 0 || first + count > x.dim[axis])
		refuse(m, "want an index below %lld, got %lld", (long long)x.dim[axis], (long long)(first + count - 1));
	for (int d = 0; d < x.rank; d++)
		cut[d] = (Cut){ 0, x.dim[d], 1 };
	cut[axis] = (Cut){ first, first + count, 1 };
	y = cut_out(m, x, cut);
	for (int d = 0; d < x.rank; d++)
		if (d != axis || at.rank)
			dim[rank++] = y.dim[d];
	view_reshape(&y, rank, dim, &y);
	set_result(m, y);
}

/* --- joins --- */

/* without - x less dimension axis */
static OnnxValue
without(const OnnxValue *x, int axis)
{
	OnnxValue y = *x;
	int first, atoms = atoms_of(x, axis, &first);

	y.natoms -= atoms;
	memmove(&y.atom[first], &y.atom[first + atoms], (size_t)(y.natoms - first)*sizeof *y.atom);
	return y;
}

/* follows - is dimension axis of z the outermost of its channels, and all else as in x */
static bool
follows(const OnnxValue *x, const OnnxValue *z, int axis)
{
	int64_t inner = x->n->out->shape.c/x->dim[axis];
	int first, atoms = atoms_of(z, axis, &first);
	OnnxValue a = without(x, axis), b = without(z, axis);

	if ((atoms && (atoms > 1 || z->atom[first].axis != AxisC || z->atom[first].step != inner)) ||
	    a.natoms != b.natoms || z->n->out->shape.c != z->dim[axis]*inner)
		return false;
	for (int i = 0; i < a.natoms; i++)
		if (a.atom[i].size != b.atom[i].size || a.atom[i].step != b.atom[i].step || a.atom[i].axis != b.atom[i].axis)
			return false;
	return true;
}

/* joined_apart - along any dimension: it becomes the channels, and goes back */
static OnnxValue
joined_apart(Import *m, const OnnxValue *x, int count, int axis)
{
	Node *n = node_begin(m, O_concat, layer_name(m, NULL, "concat"));
	int to[MostDims] = { 0, axis }, back[MostDims], at = 2;
	int64_t dim[MostDims];
	OnnxValue y;

	for (int d = 1; d < x->rank; d++)
		if (d != axis)
			to[at++] = d;
	for (int d = 0; d < x->rank; d++)
		back[to[d]] = d;
	for (int i = 0; i < count; i++) {
		if (x[i].dim[0] != x[i].n->out->shape.n || !view_transpose(&x[i], to, &y))
			refuse(m, "want tensors of images, got %s", dims_of(&x[i]));
		n->in[n->nin++] = view_arranged(m, &y, 2, x->rank > 3 ? 3 : x->rank).n->out;
	}
	for (int d = 0; d < x->rank; d++)
		dim[d] = x->dim[to[d]];
	dim[1] = node_put(m, n)->out->shape.c;
	y = view_of(n);
	if (!view_reshape(&y, x->rank, dim, &y))
		die("joined tensors of other dimensions");
	view_transpose(&y, back, &y);
	return y;
}

/* joined - along dimension axis: the channels of all inputs one after the other, where it is the outermost of them */
OnnxValue
joined(Import *m, const OnnxValue *x, int count, int axis)
{
	Node *n = node_begin(m, O_concat, layer_name(m, NULL, "concat"));
	OnnxValue y = *x;
	int64_t inner = x->n->out->shape.c/x->dim[axis], all = 0;
	int first, atoms = atoms_of(x, axis, &first);
	bool channels = true;

	for (int i = 0; i < count; i++) {
		for (int d = 0; d < x->rank; d++)
			if (d != axis && x[i].dim[d] != x->dim[d])
				refuse(m, "want tensors that differ along axis %d alone, got %s and %s", axis, dims_of(x), dims_of(&x[i]));
		channels = channels && follows(x, &x[i], axis);
		n->in[n->nin++] = x[i].n->out;
		all += x[i].dim[axis];
	}
	if (!channels)
		return joined_apart(m, x, count, axis);
	y.n = node_put(m, n);
	if (!atoms && all > 1) {                     /* a new atom, where the dimension is */
		memmove(&y.atom[first + 1], &y.atom[first], (size_t)(y.natoms - first)*sizeof *y.atom);
		y.natoms++;
	}
	y.dim[axis] = all;
	y.atom[first] = (Atom){ all, inner, AxisC };
	return y;
}

/* below - images one below the other, or side by side: each padded to the whole, and added */
static Node *
below(Import *m, Node *const *x, int count, int axis)
{
	Node *sum = NULL;
	int all = 0, at = 0;

	for (int i = 0; i < count; i++) {
		all += axis == AxisH ? x[i]->out->shape.h : x[i]->out->shape.w;
		if (x[i]->out->shape.c != x[0]->out->shape.c ||
		    (axis == AxisH ? x[i]->out->shape.w != x[0]->out->shape.w :
		     x[i]->out->shape.h != x[0]->out->shape.h))
			refuse(m, "want images that fit together, got %dx%dx%d and %dx%dx%d", x[0]->out->shape.c,
			       x[0]->out->shape.h, x[0]->out->shape.w, x[i]->out->shape.c,
			       x[i]->out->shape.h, x[i]->out->shape.w);
	}
	for (int i = 0; i < count; i++) {
		Node *n = node_on(m, O_pad, x[i]);
		int size = axis == AxisH ? x[i]->out->shape.h : x[i]->out->shape.w, after = all - at - size;
		n->a.padding = axis == AxisH ? (Sides){ at, 0, after, 0 } : (Sides){ 0, at, 0, after };
		if (all > 4096)
			refuse(m, "want at most 4096 rows or columns, got %d", all);
		node_put(m, n);
		sum = sum ? node_sum(m, sum, n) : n;
		at += size;
	}
	return sum;
}

void
op_concat(Import *m)
{
	OnnxValue *x = arena_new((m->p->n_input + 1)*sizeof *x);
	int count = (int)m->p->n_input, axis, axes[NAxes];
	Node *images[NInputs];

	if (count > NInputs)
		refuse(m, "want at most %d inputs, got %d", NInputs, count);
	for (int i = 0; i < count; i++)
		x[i] = tensor_at(m, (size_t)i);
	if (!count)
		refuse(m, "want an input, got none");
	axis = axis_in(m, attr_int(m, "axis", 1), x->rank);
	if (count == 1) {
		set_result(m, x[0]);
		return;
	}
	for (int i = 0; i < count; i++)
		if (x[i].rank != x->rank)
			refuse(m, "want tensors of one rank, got %s and %s", dims_of(x), dims_of(&x[i]));
		else if (x->rank == 2 && in_order(&x[i]) && x[i].dim[0] == x[i].n->out->shape.n)
			x[i] = view_flat(flattened(m, x[i].n));
	if (axis == 0 && (x->rank <= NAxes || x->n->out->shape.n > 1))
		refuse(m, "want images joined along channels, rows or columns, got the batch");
	if (x->rank == NAxes && axes_of(x, axes) && axes[1] == AxisC && axes[2] == AxisH && axis >= 1) {
		for (int i = 0; i < count; i++)
			images[i] = image_at(m, (size_t)i);
		if (axis > 1) {
			set_result(m, view_of(below(m, images, count, axis)));
			return;
		}
		for (int i = 0; i < count; i++)
			x[i] = view_of(images[i]);
	}
	set_result(m, joined(m, x, count, axis));
}

/* --- repeating --- */

void
op_expand(Import *m)
{
	OnnxValue x = tensor_at(m, 0), shape = { 0 };
	int64_t dim[MostDims];
	int rank;

	shape.rank = list_of(m, "shape", 1, shape.dim, MostDims);
	if (shape.rank < 0 || !shapes_meet(&x, &shape, &rank, dim))
		refuse(m, "want a shape that %s can be repeated to, got another", dims_of(&x));
	set_result(m, view_expand(m, &x, rank, dim));
}
