/*
** ops_shape.c - tensors in other shapes, and what tells of shapes. None of them makes a node but for a reshape that no
** step along the axes can say: then the elements are put in order first.
*/
#include <string.h>

#include "import.h"

/* reshape - the result is x in these dimensions, by another view or of the flattened image */
void
reshape(Import *m, const OnnxValue *x, int rank, const int64_t *dim)
{
	OnnxValue y, f;

	if (view_reshape(x, rank, dim, &y)) {
		set_result(m, y);
		return;
	}
	f = in_order(x) ? view_flat(flattened(m, x->n)) : view_arranged(m, x, x->rank, x->rank);
	if (!view_reshape(&f, rank, dim, &y))
		refuse(m, "want a reshape of whole images, got one from %s to %d dimensions", dims_of(x), rank);
	set_result(m, y);
}

void
op_flatten(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	int64_t axis = attr_int(m, "axis", 1), dim[2] = { 1, 1 };

	axis = axis == x.rank ? axis : axis_in(m, axis, x.rank);
	for (int d = 0; d < x.rank; d++)
		dim[d >= axis] *= x.dim[d];
	reshape(m, &x, 2, dim);
}

/* reshape_as - the same elements in dimensions that shape says */
static void
reshape_as(Import *m, int (*shape)(const Import *, const OnnxValue *, int64_t *))
{
	OnnxValue x = tensor_at(m, 0);
	int64_t dim[MostDims];
	int rank = shape(m, &x, dim);

	reshape(m, &x, rank, dim);
}

void op_reshape(Import *m)   { reshape_as(m, dims_reshaped); }
void op_squeeze(Import *m)   { reshape_as(m, dims_squeezed); }
void op_unsqueeze(Import *m) { reshape_as(m, dims_unsqueezed); }

void
op_transpose(Import *m)
{
	OnnxValue x = tensor_at(m, 0), y;
	int64_t perm[MostDims];
	int axes[MostDims];
	bool seen[MostDims] = { false };

	for (int i = 0; i < x.rank; i++)
		perm[i] = x.rank - 1 - i;
	attr_ints(m, "perm", x.rank, perm, 0, x.rank - 1);
	for (int i = 0; i < x.rank; i++) {
		axes[i] = (int)perm[i];
		if (seen[axes[i]])
			refuse(m, "want each axis once in perm, got %d again", axes[i]);
		seen[axes[i]] = true;
	}
	if (!view_transpose(&x, axes, &y))
		refuse(m, "want at most %d steps along axes, got more", MostAtoms);
	set_result(m, y);
}

/* shuffled - squares of pixels to channels, or back */
static void
shuffled(Import *m, Op op, bool depth_first)
{
	Node *n = node_on(m, op, image_at(m, 0));
	int64_t factor = attr_int(m, "blocksize", 0);

	if (factor < 1 || factor > 64)
		refuse(m, "want blocksize from 1 to 64, got %lld", (long long)factor);
	n->a.factor = (int)factor;
	n->a.depth_first = depth_first;
	finish_image(m, n);
}

void
op_depth_to_space(Import *m)
{
	const char *mode = attr_text(m, "mode", "DCR");

	if (strcmp(mode, "DCR") && strcmp(mode, "CRD"))
		refuse(m, "want mode DCR or CRD, got '%s'", mode);
	shuffled(m, O_pixel_shuffle, *mode == 'D');
}

void
op_space_to_depth(Import *m)
{
	shuffled(m, O_pixel_unshuffle, true);
}

void
op_constant(Import *m)
{
	const Onnx__AttributeProto *a;
	OnnxValue v = { .rank = 0 };
	double *data = NEW(double);

	if ((a = attr_find(m, "value")) && a->t) {
		set_result(m, onnx_constant(m->file, a->t));
		return;
	}
	v.data = data;
	v.type = TypeFloat;
	if (attr_find(m, "value_float")) {
		*data = attr_real(m, "value_float", 0);
	} else if (attr_find(m, "value_int")) {
		*data = (double)attr_int(m, "value_int", 0);
		v.type = TypeInt64;
	} else if ((a = attr_list(m, "value_ints"))) {
		v.rank = 1;
		v.type = TypeInt64;
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
	set_result(m, v);
}

void
op_shape(Import *m)
{
	OnnxValue x = input_at(m, 0), y = { .rank = 1, .type = TypeInt64 };
	double *v = arena_new((MostDims + 1)*sizeof *v);
	int64_t from = clamp_index(attr_int(m, "start", 0), x.rank),
	        to = clamp_index(attr_int(m, "end", x.rank), x.rank);

	for (int64_t i = from; i < to; i++)
		v[y.dim[0]++] = (double)x.dim[i];
	y.data = v;
	set_result(m, y);
}

void
op_size(Import *m)
{
	OnnxValue x = input_at(m, 0), y = { .type = TypeInt64 };
	double *v = NEW(double);

	*v = (double)count_elements(&x);
	y.data = v;
	set_result(m, y);
}

void
op_identity(Import *m)
{
	set_result(m, input_at(m, 0));
}

void
op_dropout(Import *m)
{
	if (has_input(m, 2) && constant_at(m, 2, "training_mode").data[0] != 0 &&
	    !(has_input(m, 1) && constant_at(m, 1, "ratio").data[0] == 0))
		refuse(m, "want inference, got training_mode");
	set_result(m, input_at(m, 0));
}
