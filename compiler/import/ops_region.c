/*
** ops_region.c - what cuts, joins, pads and repeats tensors.
*/
#include <math.h>
#include <string.h>

#include "import.h"

/* --- cuts --- */

/* cut_channels - dimension d, one atom of channels, from cut.from to cut.to in steps */
static OnnxValue
cut_channels(Import *m, const OnnxValue *x, int d, Cut cut)
{
	int first, count = atoms_of(x, d, &first), channels = x->n->out->shape.c, to = 0, *from;
	int64_t length = (cut.to - cut.from + cut.step - 1)/cut.step, old = x->dim[d], step;
	OnnxValue y = *x;

	if (count != 1 || x->atom[first].axis != AxisC)
		refuse(m, "want a slice of channels, rows or columns, got one of dimension %d of %s", d, dims_of(x));
	step = x->atom[first].step;
	from = arena_new((size_t)channels*sizeof *from);
	for (int c = 0; c < channels; c++) {         /* those that stay, in their order */
		int64_t at = c/step%old - cut.from;
		if (at >= 0 && at%cut.step == 0 && at/cut.step < length)
			from[to++] = c;
	}
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
static OnnxValue
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
		if (axis_of(&x, d) == AxisH || axis_of(&x, d) == AxisW)
			continue;
		x = cut_channels(m, &x, d, cut[d]);
		rest[d] = (Cut){ 0, x.dim[d], 1 };
	}
	for (int d = 0; d < x.rank; d++)             /* what is left are rows and columns */
		if ((rest[d].from || rest[d].to != x.dim[d] || rest[d].step != 1) && !cut_image(m, &x, rest))
			refuse(m, "want a slice of images, got rows or columns of %s", dims_of(&x));
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

/* join - the channels of all inputs one after the other, where dimension axis is the outermost of them */
static OnnxValue
join(Import *m, const OnnxValue *x, int count, int axis)
{
	Node *n = node_begin(m, O_concat, layer_name(m, NULL, "concat"));
	OnnxValue y = *x, z;
	int64_t inner = x->n->out->shape.c/x->dim[axis], all = 0;
	int first, atoms = atoms_of(x, axis, &first);

	for (int i = 0; i < count; i++) {
		int f, a = atoms_of(&x[i], axis, &f);
		bool outermost = !a || (a == 1 && x[i].atom[f].axis == AxisC && x[i].atom[f].step == inner);
		z = x[i];                            /* but for this dimension they are all alike */
		for (int d = 0; d < x->rank; d++)
			outermost = outermost && (d == axis || z.dim[d] == x->dim[d]);
		if (!outermost || z.natoms - a != x->natoms - atoms || z.n->out->shape.c != z.dim[axis]*inner)
			refuse(m, "want tensors that join along their channels, got %s and %s, axis %d",
			       dims_of(x), dims_of(&x[i]), axis);
		z.natoms -= a;
		memmove(&z.atom[f], &z.atom[f + a], (size_t)(z.natoms - f)*sizeof *z.atom);
		for (int k = 0, j = 0; j < z.natoms; k++, j++) {
			if (k == first && atoms)
				k++;
			if (z.atom[j].size != x->atom[k].size || z.atom[j].step != x->atom[k].step ||
			    z.atom[j].axis != x->atom[k].axis)
				refuse(m, "want tensors whose elements lie in one order, got %s and %s",
				       dims_of(x), dims_of(&x[i]));
		}
		n->in[n->nin++] = z.n->out;
		all += z.dim[axis];
	}
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
	set_result(m, join(m, x, count, axis));
}

/* --- padding, repeating --- */

/* read_pads - before and after each of the four axes */
static void
read_pads(const Import *m, int64_t full[8])
{
	int64_t p[8], axes[4];
	int count = list_of(m, "pads", 1, p, 8), naxes = has_input(m, 3) ? list_of(m, "", 3, axes, 4) : -1;

	if (naxes < 0)
		for (naxes = 0; naxes < 4; naxes++)
			axes[naxes] = naxes;
	if (count != 2*naxes)
		refuse(m, "want %d pads, got %d", 2*naxes, count);
	for (int i = 0; i < naxes; i++) {
		int a = axis_in(m, axes[i], 4);
		full[a] = p[i];
		full[a + 4] = p[i + naxes];
	}
	if (full[0] || full[4])
		refuse(m, "want no padding of the batch, got %lld and %lld", (long long)full[0], (long long)full[4]);
	for (int i = 1; i < 8; i++)
		if (full[i] < -4096 || full[i] > 4096)
			refuse(m, "want pads from -4096 to 4096, got %lld", (long long)full[i]);
}

/* cropped - what pads below 0 leave; they are 0 then */
static Node *
cropped(Import *m, Node *x, int64_t full[8])
{
	Cut cut[NAxes];
	OnnxValue v = view_of(x);
	bool any = false;

	for (int d = 0; d < NAxes; d++) {
		cut[d] = (Cut){ full[d] < 0 ? -full[d] : 0, v.dim[d] + (full[d+4] < 0 ? full[d+4] : 0), 1 };
		any = any || full[d] < 0 || full[d+4] < 0;
	}
	for (int i = 0; i < 8; i++)
		full[i] = full[i] < 0 ? 0 : full[i];
	return any ? cut_out(m, v, cut).n : x;
}

void
op_pad(Import *m)
{
	Node *x = image_at(m, 0), *n;
	int64_t full[8] = { 0 };
	double value = attr_real(m, "value", 0);
	const char *mode = attr_text(m, "mode", "constant");
	bool mirror = !strcmp(mode, "reflect");
	Shape s;

	read_pads(m, full);
	if (has_input(m, 2)) {
		OnnxValue v = constant_at(m, 2, "value");
		value = count_elements(&v) ? v.data[0] : 0;
	}
	x = cropped(m, x, full);
	if (strcmp(mode, "constant") && strcmp(mode, "edge") && !mirror)
		refuse(m, "want mode constant, reflect or edge, got '%s'", mode);
	if (!strcmp(mode, "constant") && value < -3e38 && !full[1] && !full[5]) {
		OnnxValue v = view_of(x);
		v.infinite = (Sides){ (int)full[2], (int)full[3], (int)full[6], (int)full[7] };
		v.dim[2] += full[2] + full[6];
		v.dim[3] += full[3] + full[7];
		set_result(m, v);
		return;
	}
	if (strcmp(mode, "constant") && (full[1] || full[5]))
		refuse(m, "want mode constant where channels are added, got '%s'", mode);
	s = x->out->shape;
	if (mirror && (full[2] >= s.h || full[6] >= s.h || full[3] >= s.w || full[7] >= s.w))
		refuse(m, "want less around the image than it has, got %lld, %lld, %lld and %lld of %dx%d", (long long)full[2],
		       (long long)full[3], (long long)full[6], (long long)full[7], s.h, s.w);
	n = node_on(m, O_pad, x);
	n->a.mode = mirror ? Fill_reflect : *mode == 'e' ? Fill_replicate : Fill_constant;
	n->a.value = *mode == 'c' ? value : 0;
	n->a.channels = (Pair){ (int)full[1], (int)full[5] };
	n->a.padding = (Sides){ (int)full[2], (int)full[3], (int)full[6], (int)full[7] };
	finish_image(m, n);
}

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
