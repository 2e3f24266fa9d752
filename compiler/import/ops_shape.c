/*
** ops_shape.c - reshapes that keep the order of elements, constants and the arithmetic of shapes.
*/
#include <string.h>

#include "import.h"

/* --- shapes --- */

void
op_flatten(Import *m)
{
	OnnxValue x = input(m, 0);
	int64_t axis = attr_int(m, "axis", 1);

	if (!x.n)
		refuse(m, "want a tensor, got the constant '%s'", x.name);
	if (axis < 0)
		axis += x.rank;
	if (axis != 1)
		refuse(m, "want axis 1, got %lld", (long long)axis);
	same(m, result(flat(m, x.n), 2));
}

/* reshaped - a constant or tensor in another shape with as many elements */
void
op_reshape(Import *m)
{
	OnnxValue x = input(m, 0), y;
	int64_t want[8], known = 1, all;
	int count = list_of(m, "shape", 1, want, 8), unknown = -1;

	if (count < 0)
		refuse(m, "want a constant shape, got none");
	all = (int64_t)elements(&x);
	for (int i = 0; i < count; i++) {
		if (want[i] == 0 && !attr_int(m, "allowzero", 0))
			want[i] = i < x.rank ? x.dim[i] : 0;
		if (want[i] == -1 && unknown < 0)
			unknown = i;
		else if (want[i] < 0 || (want[i] && known > (INT64_C(1) << 45)/want[i]))
			refuse(m, "want a shape of whole numbers with at most one -1, got %lld", (long long)want[i]);
		else
			known *= want[i];
	}
	if (unknown >= 0)
		want[unknown] = known ? all/known : 0;
	if ((unknown >= 0 ? known*want[unknown] : known) != all)
		refuse(m, "want %lld elements in the new shape, got %lld", (long long)all, (long long)known);
	if (!x.n) {
		y = x;
		y.rank = count;
		memcpy(y.dim, want, sizeof y.dim);
		same(m, y);
		return;
	}
	if (count == 2 && want[0] == x.n->out->shape.n) {
		same(m, result(flat(m, x.n), 2));
		return;
	}
	if (count == 4 && want[0] == x.n->out->shape.n && want[1] == x.n->out->shape.c && want[2] == x.n->out->shape.h && want[3] == x.n->out->shape.w) {
		same(m, result(x.n, 4));
		return;
	}
	refuse(m, "want a reshape to images x features, got one to %d dimensions", count);
}

/* op_squeeze, op_unsqueeze - only between N x C x 1 x 1 and N x C, and of constants */
void
op_squeeze(Import *m)
{
	OnnxValue x = input(m, 0);
	int64_t axes[8];
	int count = list_of(m, "axes", 1, axes, 8);

	if (x.n) {
		bool h = false, w = false;
		for (int i = 0; i < count; i++) {
			h = h || axes[i] == 2 || axes[i] == -2;
			w = w || axes[i] == 3 || axes[i] == -1;
		}
		if (x.rank != 4 || count != 2 || !h || !w || x.n->out->shape.h != 1 || x.n->out->shape.w != 1)
			refuse(m, "want axes 2 and 3 of a tensor of 1x1 images, got others");
		same(m, result(x.n, 2));
		return;
	}
	x.dim[0] = (int64_t)elements(&x);    /* a constant: a list, or one value */
	x.rank = x.dim[0] == 1 ? 0 : 1;
	same(m, x);
}

void
op_unsqueeze(Import *m)
{
	OnnxValue x = input(m, 0);
	int64_t axes[8];
	int count = list_of(m, "axes", 1, axes, 8);

	if (x.n) {
		if (x.rank != 2 || count != 2)
			refuse(m, "want a 2-D tensor made 4-D, got %d axes of a %d-D one", count, x.rank);
		same(m, result(x.n, 4));
		return;
	}
	/* a constant: per-channel values keep their place when axes follow them */
	OnnxValue y = x;
	int rank = x.rank + (count > 0 ? count : 0), from = 0;
	if (rank > 8)
		refuse(m, "want at most 8 dimensions, got %d", rank);
	for (int i = 0; i < rank; i++) {
		bool one = false;
		for (int k = 0; k < count; k++)
			one = one || axes[k] == i || axes[k] == i - rank;
		y.dim[i] = one || from >= x.rank ? 1 : x.dim[from++];
	}
	y.rank = rank;
	same(m, y);
}

/* --- constants --- */

void
op_constant(Import *m)
{
	const Onnx__AttributeProto *a;
	OnnxValue v = { .rank = 0 };
	double *data = NEW(double);

	if ((a = attribute(m, "value")) && a->t) {
		same(m, onnx_constant(m->file, a->t));
		return;
	}
	v.data = data;
	if (attribute(m, "value_float")) {
		*data = attr_real(m, "value_float", 0);
	} else if (attribute(m, "value_int")) {
		*data = (double)attr_int(m, "value_int", 0);
		v.whole = true;
	} else if ((a = attr_list(m, "value_ints"))) {
		v.rank = 1;
		v.whole = true;
		v.dim[0] = (int64_t)a->n_ints;
		v.data = data = arena_new((a->n_ints + 1)*sizeof *data);
		for (size_t i = 0; i < a->n_ints; i++)
			data[i] = (double)a->ints[i];
	} else if ((a = attr_reals(m, "value_floats"))) {
		v.rank = 1;
		v.dim[0] = (int64_t)a->n_floats;
		v.data = data = arena_new((a->n_floats + 1)*sizeof *data);
		for (size_t i = 0; i < a->n_floats; i++)
			data[i] = (double)a->floats[i];
	} else {
		refuse(m, "want a value of numbers, got another kind");
	}
	same(m, v);
}

void
op_shape(Import *m)
{
	OnnxValue x = input(m, 0), y = { .rank = 1, .whole = true };
	double *v = arena_new(9*sizeof *v);
	int64_t from = clamp_index(attr_int(m, "start", 0), x.rank), to = clamp_index(attr_int(m, "end", x.rank), x.rank);

	for (int64_t i = from; i < to; i++)
		v[y.dim[0]++] = (double)x.dim[i];
	y.data = v;
	same(m, y);
}

void
op_gather(Import *m)
{
	OnnxValue x = constant(m, 0, "shape"), at = constant(m, 1, "indices"), y = at;
	double *v = arena_new((elements(&at) + 1)*sizeof *v);

	if (x.rank != 1 || attr_int(m, "axis", 0) != 0)
		refuse(m, "want elements of a list, got a gather of %d dimensions", x.rank);
	for (size_t i = 0; i < elements(&at); i++) {
		int64_t k = (int64_t)at.data[i];
		if (k < 0)
			k += x.dim[0];
		if (k < 0 || k >= x.dim[0])
			refuse(m, "want an index below %lld, got %lld", (long long)x.dim[0], (long long)k);
		v[i] = x.data[k];
	}
	y.data = v;
	y.whole = x.whole;
	same(m, y);
}

void
op_constant_of_shape(Import *m)
{
	OnnxValue shape = constant(m, 0, "shape"), y = { .rank = (int)elements(&shape), .whole = true };
	const Onnx__AttributeProto *a = attribute(m, "value");
	OnnxValue fill = { 0 };
	double *v;

	if (a && a->t)
		fill = onnx_constant(m->file, a->t);
	if (y.rank > 8)
		refuse(m, "want at most 8 dimensions, got %d", y.rank);
	for (int i = 0; i < y.rank; i++) {
		y.dim[i] = (int64_t)shape.data[i];
		if (y.dim[i] < 0 || y.dim[i] > 1 << 16 || elements(&y) > 1 << 16)
			refuse(m, "want at most 65536 elements, got more");
	}
	v = arena_new((elements(&y) + 1)*sizeof *v);
	for (size_t i = 0; i < elements(&y); i++)
		v[i] = fill.data ? fill.data[0] : 0;
	y.data = v;
	y.whole = fill.data ? fill.whole : false;
	same(m, y);
}

void
op_cast(Import *m)
{
	OnnxValue x = input(m, 0);
	int64_t to = attr_int(m, "to", 1);

	if (x.n && to != 1)
		refuse(m, "want tensors in float32, got a cast to data type %lld", (long long)to);
	if (!x.n)
		x.whole = to == 6 || to == 7;
	same(m, x);
}

void
op_transpose(Import *m)
{
	OnnxValue x = input(m, 0);
	int64_t perm[8], dim[8], first[8] = { 0 }, step[8];
	int axes[8];

	if (x.n)
		refuse(m, "want a transposed constant, got a transposed tensor");
	for (int i = 0; i < x.rank; i++)
		perm[i] = x.rank - 1 - i;
	attr_ints(m, "perm", x.rank, perm, 0, x.rank - 1);
	for (int i = 0; i < x.rank; i++) {
		axes[i] = (int)perm[i];
		dim[i] = x.dim[perm[i]];
		step[i] = 1;
	}
	same(m, constant_view(&x, x.rank, dim, first, step, axes));
}

void
op_identity(Import *m)
{
	same(m, input(m, 0));
}

void
op_dropout(Import *m)
{
	if (has_input(m, 2) && constant(m, 2, "training_mode").data[0] != 0 && !(has_input(m, 1) && constant(m, 1, "ratio").data[0] == 0))
		refuse(m, "want inference, got training_mode");
	same(m, input(m, 0));
	for (size_t i = 1; i < m->p->n_output; i++)
		if (*m->p->output[i])
			define(m, m->p->output[i], (OnnxValue){ .rank = -1 });
}
