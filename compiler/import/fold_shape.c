/*
** fold_shape.c - constants in other shapes: cut, joined, transposed, picked from, repeated. What a node asks for (the
** shape of a Reshape, the ranges of a Slice) is read here for constants and tensors alike.
*/
#include <stdlib.h>
#include <string.h>

#include "import.h"

/*
** constant_view - part of a constant: dim elements along each axis from first on in steps; axes: which of x's axes each
** is, NULL: in order
*/
OnnxValue
constant_view(const Import *m, const OnnxValue *x, int rank, const int64_t *dim, const int64_t *first,
              const int64_t *step, const int *axes)
{
	int64_t stride[MostDims + 1], at[MostDims] = { 0 };
	size_t count;
	double *v;
	OnnxValue y = constant_new(m, x->type, rank, dim, &v);

	stride[x->rank] = 1;
	for (int i = x->rank - 1; i >= 0; i--)
		stride[i] = stride[i + 1]*x->dim[i];
	count = count_elements(&y);
	for (size_t i = 0; i < count; i++) {
		int64_t from = 0;
		for (int d = 0; d < rank; d++)
			from += (first[d] + at[d]*step[d])*stride[(axes ? axes[d] : d) + 1];
		v[i] = x->data[from];
		for (int d = rank - 1; d >= 0 && ++at[d] == dim[d]; d--)
			at[d] = 0;
	}
	return y;
}

/* renamed - the same elements in another shape */
static void
renamed(Import *m, const OnnxValue *x, int rank, const int64_t *dim)
{
	OnnxValue y = *x;

	y.rank = rank;
	memcpy(y.dim, dim, (size_t)rank*sizeof *dim);
	set_result(m, y);
}

/* --- what nodes ask for --- */

int
dims_reshaped(const Import *m, const OnnxValue *x, int64_t *dim)
{
	int64_t known = 1, all = (int64_t)count_elements(x);
	int count = list_of(m, "shape", 1, dim, MostDims), unknown = -1;

	if (count < 0)
		refuse(m, "want a constant shape, got none");
	for (int i = 0; i < count; i++) {
		if (dim[i] == 0 && !attr_int(m, "allowzero", 0))
			dim[i] = i < x->rank ? x->dim[i] : 0;
		if (dim[i] == -1 && unknown < 0)
			unknown = i;
		else if (dim[i] < 0 || (dim[i] && known > (INT64_C(1) << 45)/dim[i]))
			refuse(m, "want a shape of whole numbers with at most one -1, got %lld", (long long)dim[i]);
		else
			known *= dim[i];
	}
	if (unknown >= 0)
		dim[unknown] = known ? all/known : 0;
	if ((unknown >= 0 ? known*dim[unknown] : known) != all)
		refuse(m, "want %lld elements in the new shape, got %lld", (long long)all, (long long)known);
	return count;
}

int
dims_squeezed(const Import *m, const OnnxValue *x, int64_t *dim)
{
	int64_t axes[MostDims];
	int count = list_of(m, "axes", 1, axes, MostDims), rank = 0;
	bool gone[MostDims] = { false };

	for (int i = 0; i < count; i++) {
		int a = axis_in(m, axes[i], x->rank);
		if (x->dim[a] != 1)
			refuse(m, "want a dimension of 1 to squeeze, got %lld of %s", (long long)x->dim[a], dims_of(x));
		gone[a] = true;
	}
	for (int i = 0; i < x->rank; i++)
		if (count > 0 ? !gone[i] : x->dim[i] != 1)
			dim[rank++] = x->dim[i];
	return rank;
}

int
dims_unsqueezed(const Import *m, const OnnxValue *x, int64_t *dim)
{
	int64_t axes[MostDims];
	int count = list_of(m, "axes", 1, axes, MostDims), rank = x->rank + (count > 0 ? count : 0), from = 0;
	bool fresh[MostDims] = { false };

	if (rank > MostDims)
		refuse(m, "want at most %d dimensions, got %d", MostDims, rank);
	for (int i = 0; i < count; i++) {
		int a = axis_in(m, axes[i], rank);
		if (fresh[a])
			refuse(m, "want each axis once, got %d again", a);
		fresh[a] = true;
	}
	for (int i = 0; i < rank; i++)
		dim[i] = fresh[i] ? 1 : x->dim[from++];
	return rank;
}

/* cuts_of - Slice: from and to are within the dimension, to is before from's end for steps below 0 */
void
cuts_of(const Import *m, const OnnxValue *x, Cut *cut)
{
	int64_t from[MostDims], to[MostDims], axes[MostDims], steps[MostDims];
	int count = list_of(m, "starts", 1, from, MostDims), ends = list_of(m, "ends", 2, to, MostDims);
	int naxes = list_of(m, "axes", 3, axes, MostDims), nsteps = list_of(m, "steps", 4, steps, MostDims);

	if (count < 0 || ends != count || (naxes >= 0 && naxes != count) || (nsteps >= 0 && nsteps != count))
		refuse(m, "want as many starts as ends, axes and steps, got %d, %d, %d and %d", count, ends, naxes,
		       nsteps);
	for (int d = 0; d < x->rank; d++)
		cut[d] = (Cut){ 0, x->dim[d], 1 };
	for (int i = 0; i < count; i++) {
		int a = axis_in(m, naxes >= 0 ? axes[i] : i, x->rank);
		int64_t size = x->dim[a], step = nsteps >= 0 ? steps[i] : 1;
		if (step == 0 || step > 65536 || step < -65536)
			refuse(m, "want steps other than 0, from -65536 to 65536, got %lld", (long long)step);
		cut[a] = (Cut){ clamp_index(from[i], size), clamp_index(to[i], size), step };
		if (step < 0) {                      /* backwards: from at most the last element, to before the first */
			cut[a].from = cut[a].from > size - 1 ? size - 1 : cut[a].from;
			cut[a].to = to[i] < -size ? -1 : cut[a].to;
		}
	}
}

int
splits_of(const Import *m, const OnnxValue *x, int axis, int64_t *size)
{
	int count = list_of(m, "split", 1, size, NInputs), outputs = (int)m->p->n_output;
	int64_t sum = 0, each;

	if (outputs > NInputs)
		refuse(m, "want at most %d parts, got %d", NInputs, outputs);
	if (count < 0) {                             /* equal parts, the last one smaller where they must be */
		each = (x->dim[axis] + outputs - 1)/outputs;
		for (count = 0; count < outputs; count++)
			size[count] = count + 1 < outputs ? each : x->dim[axis] - each*(outputs - 1);
	}
	for (int i = 0; i < count; i++) {
		if (size[i] < 0 || size[i] > x->dim[axis])
			refuse(m, "want parts of 0 to %lld, got %lld", (long long)x->dim[axis], (long long)size[i]);
		sum += size[i];
	}
	if (count != outputs || sum != x->dim[axis])
		refuse(m, "want %d parts that make %lld, got %d that make %lld", outputs, (long long)x->dim[axis],
		       count, (long long)sum);
	return count;
}

int64_t
clamp_index(int64_t i, int64_t size)
{
	if (i < 0)
		i += size;
	return i < 0 ? 0 : i > size ? size : i;
}

/* --- operators --- */

static const int64_t ones[MostDims] = { 1, 1, 1, 1, 1, 1, 1, 1 }, zeros[MostDims];

static void
fold_slice(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input");
	int64_t dim[MostDims], first[MostDims], step[MostDims];
	Cut cut[MostDims];

	cuts_of(m, &x, cut);
	for (int d = 0; d < x.rank; d++) {
		int64_t s = cut[d].step, length = cut[d].to - cut[d].from;
		first[d] = cut[d].from;
		step[d] = s;
		dim[d] = s > 0 ? (length + s - 1)/s : (-length - s - 1)/-s;
		dim[d] = dim[d] < 0 ? 0 : dim[d];
	}
	set_result(m, constant_view(m, &x, x.rank, dim, first, step, NULL));
}

static void
fold_split(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input");
	int axis = axis_in(m, attr_int(m, "axis", 0), x.rank), count;
	int64_t size[NInputs], dim[MostDims], first[MostDims] = { 0 };

	count = splits_of(m, &x, axis, size);
	memcpy(dim, x.dim, sizeof dim);
	for (int i = 0; i < count; i++) {
		dim[axis] = size[i];
		if (*m->p->output[i])
			onnx_define(m, m->p->output[i], constant_view(m, &x, x.rank, dim, first, ones, NULL));
		first[axis] += size[i];
	}
}

static void
fold_transpose(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), y;
	int64_t perm[MostDims], dim[MostDims];
	int axes[MostDims] = { 0 };

	for (int i = 0; i < x.rank; i++)
		perm[i] = x.rank - 1 - i;
	attr_ints(m, "perm", x.rank, perm, 0, x.rank - 1);
	for (int i = 0; i < x.rank; i++) {
		axes[i] = (int)perm[i];
		dim[i] = x.dim[perm[i]];
	}
	y = constant_view(m, &x, x.rank, dim, zeros, ones, axes);
	y.scales = x.scales;
	y.nscales = x.nscales;
	for (int i = 0; i < x.rank; i++)
		if (axes[i] == x.scale_axis)
			y.scale_axis = i;
	set_result(m, y);
}

static void
fold_concat(Import *m)
{
	OnnxValue first = constant_at(m, 0, "input"), y;
	int axis = axis_in(m, attr_int(m, "axis", 0), first.rank);
	int64_t dim[MostDims];
	size_t outer = 1, inner = 1, row, at = 0;
	double *v;

	memcpy(dim, first.dim, sizeof dim);
	dim[axis] = 0;
	for (size_t i = 0; i < m->p->n_input; i++) {
		OnnxValue x = constant_at(m, i, "input");
		for (int d = 0; d < first.rank; d++)
			if (x.rank != first.rank || (d != axis && x.dim[d] != first.dim[d]))
				refuse(m, "want constants that fit together, got %s and %s", dims_of(&first),
				       dims_of(&x));
		dim[axis] += x.dim[axis];
	}
	y = constant_new(m, first.type, first.rank, dim, &v);
	for (int d = 0; d < first.rank; d++)
		*(d < axis ? &outer : &inner) *= d == axis ? 1 : (size_t)dim[d];
	row = inner*(size_t)dim[axis];
	for (size_t i = 0; i < m->p->n_input; i++) {
		OnnxValue x = constant_at(m, i, "input");
		size_t length = inner*(size_t)x.dim[axis];
		for (size_t o = 0; o < outer && length; o++)
			memcpy(v + o*row + at, x.data + o*length, length*sizeof *v);
		at += length;
	}
	set_result(m, y);
}

static void
fold_gather(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), at = constant_at(m, 1, "indices"), y;
	int axis = axis_in(m, attr_int(m, "axis", 0), x.rank);
	int64_t dim[MostDims], size = x.dim[axis];
	size_t outer = 1, inner = 1, count = count_elements(&at);
	double *v;

	if (x.rank + at.rank - 1 > MostDims)
		refuse(m, "want at most %d dimensions, got %d", MostDims, x.rank + at.rank - 1);
	for (int d = 0; d < axis; d++)
		outer *= (size_t)(dim[d] = x.dim[d]);
	for (int d = 0; d < at.rank; d++)
		dim[axis + d] = at.dim[d];
	for (int d = axis + 1; d < x.rank; d++)
		inner *= (size_t)(dim[at.rank + d - 1] = x.dim[d]);
	y = constant_new(m, x.type, x.rank + at.rank - 1, dim, &v);
	for (size_t o = 0; o < outer; o++)
		for (size_t i = 0; i < count; i++) {
			int64_t k = whole_of(at.data[i]);
			if (k < -size || k >= size)
				refuse(m, "want an index below %lld, got %lld", (long long)size, (long long)k);
			k = k < 0 ? k + size : k;
			memcpy(v + (o*count + i)*inner, x.data + (o*(size_t)size + (size_t)k)*inner, inner*sizeof *v);
		}
	set_result(m, y);
}

/* fold_as - the same elements in dimensions that shape says */
static void
fold_as(Import *m, int (*shape)(const Import *, const OnnxValue *, int64_t *))
{
	OnnxValue x = constant_at(m, 0, "input");
	int64_t dim[MostDims];
	int rank = shape(m, &x, dim);

	renamed(m, &x, rank, dim);
}

static void fold_reshape(Import *m)   { fold_as(m, dims_reshaped); }
static void fold_squeeze(Import *m)   { fold_as(m, dims_squeezed); }
static void fold_unsqueeze(Import *m) { fold_as(m, dims_unsqueezed); }

static void
fold_flatten(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input");
	int64_t axis = attr_int(m, "axis", 1), dim[2] = { 1, 1 };

	axis = axis == x.rank ? axis : axis_in(m, axis, x.rank);
	for (int d = 0; d < x.rank; d++)
		dim[d >= axis] *= x.dim[d];
	renamed(m, &x, 2, dim);
}

/* repeated - in these dimensions, each a multiple of x's */
static void
repeated(Import *m, const OnnxValue *x, int rank, const int64_t *dim)
{
	int64_t at[MostDims] = { 0 };
	double *v;
	OnnxValue y = constant_new(m, x->type, rank, dim, &v);
	size_t count = count_elements(&y);

	for (size_t i = 0; i < count; i++) {
		size_t from = 0;
		for (int d = 0; d < x->rank; d++)
			from = from*(size_t)x->dim[d] + (size_t)(at[d + rank - x->rank]%x->dim[d]);
		v[i] = x->data[from];
		for (int d = rank - 1; d >= 0 && ++at[d] == dim[d]; d--)
			at[d] = 0;
	}
	set_result(m, y);
}

static void
fold_expand(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), shape = { 0 };
	int64_t dim[MostDims];
	int rank;

	shape.rank = list_of(m, "shape", 1, shape.dim, MostDims);
	if (shape.rank < 0 || !shapes_meet(&x, &shape, &rank, dim))
		refuse(m, "want a shape that %s can be repeated to, got another", dims_of(&x));
	repeated(m, &x, rank, dim);
}

static void
fold_tile(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input");
	int64_t times[MostDims], dim[MostDims];
	int count = list_of(m, "repeats", 1, times, MostDims);

	if (count != x.rank)
		refuse(m, "want %d repeats, got %d", x.rank, count);
	for (int d = 0; d < x.rank; d++) {
		if (times[d] < 0 || times[d] > MostElements)
			refuse(m, "want repeats from 0 to %d, got %lld", MostElements, (long long)times[d]);
		dim[d] = times[d]*x.dim[d];
	}
	repeated(m, &x, x.rank, dim);
}

static void
fold_same(Import *m)
{
	set_result(m, constant_at(m, 0, "input"));
}

const OnnxOp shape_folds[] = {
	{ "Concat", fold_concat, 7 }, { "Expand", fold_expand, 7 }, { "Flatten", fold_flatten, 7 },
	{ "Gather", fold_gather, 7 },
	{ "Identity", fold_same, 1 }, { "Reshape", fold_reshape, 7 }, { "Slice", fold_slice, 7 },
	{ "Split", fold_split, 7 },
	{ "Squeeze", fold_squeeze, 7 }, { "Tile", fold_tile, 7 }, { "Transpose", fold_transpose, 7 },
	{ "Unsqueeze", fold_unsqueeze, 7 },
	{ NULL, NULL, 0 },
};
