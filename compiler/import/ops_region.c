/*
** ops_region.c - what cuts, joins and repeats tensors.
*/
#include <math.h>
#include <string.h>

#include "import.h"

enum { MostMixed = 1 << 16,          /* weights of a product that only places channels */
       MostStep = 1024 };

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
		if (cut[d].step < 0 || cut[d].to <= cut[d].from)
			refuse(m, "want a slice with elements, got none along axis %d", d);
		if (cut[d].step > MostStep)
			refuse(m, "want steps up to %d, got %lld", MostStep, (long long)cut[d].step);
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

/* placed - dimension d as these of its elements, by nodes that pick channels: it becomes them, and goes back */
static OnnxValue
placed(Import *m, const OnnxValue *given, int d, const int *from, int count)
{
	bool each = d && given->dim[0] == given->n->out->shape.n;
	OnnxValue x = each ? *given : of_images(m, given), y;
	int axis = each ? d : d + x.rank - given->rank, to[MostDims] = { 0, axis }, back[MostDims], at = 2;
	int64_t dim[MostDims];

	if (axis == 0)
		refuse(m, "want elements of each image, got images picked of a batch");
	for (int i = 1; i < x.rank; i++)
		if (i != axis)
			to[at++] = i;
	for (int i = 0; i < x.rank; i++)
		back[to[i]] = i;
	if (!view_transpose(&x, to, &y))
		refuse(m, "want at most %d steps along axes, got more", MostAtoms);
	if (axis_of(&y, 1) != AxisC || !in_order(&y))
		y = view_arranged(m, &y, 2, y.rank > 3 ? 3 : y.rank);
	for (int i = 0; i < y.rank; i++)
		dim[i] = i == 1 ? count : y.dim[i];
	y = view_of(pick_channels(m, y.n, from, count));
	if (!view_reshape(&y, x.rank, dim, &y))
		die("picked elements of other dimensions");
	view_transpose(&y, back, &y);
	return as_given(given, y);
}

/* picked - dimension d as these of its elements: a slice where they follow each other in steps */
static OnnxValue
picked(Import *m, const OnnxValue *x, int d, const int *from, int count)
{
	int step = count > 1 ? from[1] - from[0] : 1;
	bool steps = step > 0 && step <= MostStep;
	Cut cut[MostDims];

	for (int i = 1; i < count; i++)
		steps = steps && from[i] - from[i-1] == step;
	if (!steps)
		return placed(m, x, d, from, count);
	for (int i = 0; i < x->rank; i++)
		cut[i] = (Cut){ 0, x->dim[i], 1 };
	cut[d] = (Cut){ from[0], from[count-1] + 1, step };
	return cut_out(m, *x, cut);
}

void
op_slice(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	Cut cut[MostDims];

	cuts_of(m, &x, cut);
	for (int d = 0; d < x.rank; d++) {
		int64_t step = cut[d].step, count = (cut[d].to - cut[d].from + step - (step < 0 ? -1 : 1))/step;
		int *from;
		if (step > 0 || count < 1)
			continue;
		from = arena_new((size_t)count*sizeof *from);
		for (int i = 0; i < count; i++)
			from[i] = (int)(cut[d].from + i*step);
		x = picked(m, &x, d, from, (int)count);
		cut[d] = (Cut){ 0, x.dim[d], 1 };
	}
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

/* op_gather - elements of a dimension, which the indices' dimensions take the place of */
void
op_gather(Import *m)
{
	OnnxValue x = tensor_at(m, 0), at = constant_at(m, 1, "indices"), y;
	int axis = axis_in(m, attr_int(m, "axis", 0), x.rank), rank = 0, count, *from;
	int64_t dim[2*MostDims];

	if (count_elements(&at) < 1 || count_elements(&at) > 65536)
		refuse(m, "want 1 to 65536 indices, got %zu", count_elements(&at));
	count = (int)count_elements(&at);
	from = arena_new((size_t)count*sizeof *from);
	for (int i = 0; i < count; i++) {
		int64_t k = whole_of(at.data[i]);
		if (k < -x.dim[axis] || k >= x.dim[axis])
			refuse(m, "want an index below %lld, got %lld", (long long)x.dim[axis], (long long)k);
		from[i] = (int)(k < 0 ? k + x.dim[axis] : k);
	}
	y = picked(m, &x, axis, from, count);
	for (int d = 0; d < x.rank; d++)
		if (d != axis)
			dim[rank++] = y.dim[d];
		else
			for (int i = 0; i < at.rank; i++)
				dim[rank++] = at.dim[i];
	if (rank > MostDims)
		refuse(m, "want at most %d dimensions, got %d", MostDims, rank);
	reshape(m, &y, rank, dim);
}

/* op_gather_nd - of the first dimensions together, as many as an index has: one dimension whose elements are picked */
void
op_gather_nd(Import *m)
{
	OnnxValue x = tensor_at(m, 0), at = constant_at(m, 1, "indices"), y;
	int last = at.rank - 1, rank = 1, count;
	int64_t tuple = at.rank ? at.dim[last] : 0, dim[2*MostDims] = { 1 };
	int *from;

	if (tuple < 1 || tuple > x.rank || attr_int(m, "batch_dims", 0))
		refuse(m, "want indices of 1 to %d dimensions, and none of the batch, got %lld", x.rank, (long long)tuple);
	if (count_elements(&at) < 1 || count_elements(&at) > (size_t)(65536*tuple))
		refuse(m, "want 1 to 65536 indices, got %zu", count_elements(&at)/(size_t)tuple);
	count = (int)(count_elements(&at)/(size_t)tuple);
	from = arena_new((size_t)count*sizeof *from);
	for (int d = 0; d < x.rank; d++)
		if (d < tuple)
			dim[0] *= x.dim[d];
		else
			dim[rank++] = x.dim[d];
	for (int i = 0; i < count; i++)
		for (int d = 0; d < tuple; d++) {
			int64_t k = whole_of(at.data[i*tuple + d]);
			if (k < -x.dim[d] || k >= x.dim[d])
				refuse(m, "want an index below %lld, got %lld", (long long)x.dim[d], (long long)k);
			from[i] = (int)(from[i]*x.dim[d] + (k < 0 ? k + x.dim[d] : k));
		}
	if (!view_reshape(&x, rank, dim, &y))
		refuse(m, "want whole dimensions, got parts of %s", dims_of(&x));
	y = picked(m, &y, 0, from, count);
	if (last + rank - 1 > MostDims)
		refuse(m, "want at most %d dimensions, got %d", MostDims, last + rank - 1);
	memmove(dim + last, y.dim + 1, (size_t)(rank - 1)*sizeof *dim);
	memcpy(dim, at.dim, (size_t)last*sizeof *dim);
	reshape(m, &y, last + rank - 1, dim);
}

void
op_tile(Import *m)
{
	OnnxValue x = tensor_at(m, 0), y;
	int64_t times[MostDims], dim[MostDims];
	int count = list_of(m, "repeats", 1, times, MostDims);

	if (count != x.rank)
		refuse(m, "want repeats for each of %d dimensions, got %d", x.rank, count);
	for (int d = 0; d < x.rank; d++) {
		dim[d] = x.dim[d] == 1 ? times[d] : x.dim[d];
		if (times[d] < 1 || times[d] > 65536 || times[d]*x.dim[d] > 65536)
			refuse(m, "want 1 to 65536 elements along axis %d, got %lld times %lld", d, (long long)times[d],
			       (long long)x.dim[d]);
	}
	y = view_expand(m, &x, x.rank, dim);
	for (int d = 0; d < x.rank; d++)
		if (times[d] > 1 && x.dim[d] > 1) {
			int all = (int)(times[d]*x.dim[d]), *from = arena_new((size_t)all*sizeof *from);
			for (int i = 0; i < all; i++)
				from[i] = (int)(i%x.dim[d]);
			y = picked(m, &y, d, from, all);
		}
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
