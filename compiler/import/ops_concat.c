/*
** ops_concat.c - tensors one after the other, along any axis, and constants among them.
*/
#include <string.h>

#include "import.h"

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

/* constant_beside - an image and, before or behind it, a constant one: it is padded, and the constant added there */
static OnnxValue
constant_beside(Import *m, const OnnxValue *x, const OnnxValue *c, bool before)
{
	Node *n, *image = as_image(m, x);
	int axis = axis_in(m, attr_int(m, "axis", 1), x->rank), more;
	int64_t dim[NAxes], each, from[NAxes] = { 0 };
	bool zeros = true;
	OnnxValue whole, y;
	double *v;

	for (int d = 0; d < NAxes; d++)
		if (c->rank != NAxes || x->rank != NAxes || !image || axis == 0 || (d != axis && c->dim[d] != x->dim[d]))
			refuse(m, "want a constant image beside an image, got %s beside %s", dims_of(c), dims_of(x));
	if (c->dim[axis] > 4096)
		refuse(m, "want a constant of at most 4096 along axis %d, got %lld", axis, (long long)c->dim[axis]);
	more = (int)c->dim[axis];
	each = (int64_t)count_elements(c)/c->dim[0];
	for (int64_t i = 0; i < (int64_t)count_elements(c); i++) {
		zeros = zeros && c->data[i] == 0;
		if (c->data[i] != c->data[i%each])
			refuse(m, "want the same constant beside each image, got others");
	}
	n = node_on(m, O_pad, image);
	if (axis == AxisC)
		n->a.channels = before ? (Pair){ more, 0 } : (Pair){ 0, more };
	else if (axis == AxisH)
		n->a.padding = before ? (Sides){ more, 0, 0, 0 } : (Sides){ 0, 0, more, 0 };
	else
		n->a.padding = before ? (Sides){ 0, more, 0, 0 } : (Sides){ 0, 0, 0, more };
	y = view_of(node_put(m, n));
	if (zeros)
		return y;
	memcpy(dim, y.dim, sizeof dim);
	dim[0] = 1;
	whole = constant_new(m, TypeFloat, NAxes, dim, &v);
	from[axis] = before ? 0 : x->dim[axis];
	for (int64_t k = 0; k < each; k++) {
		int64_t ch = k/(c->dim[2]*c->dim[3]) + from[1], row = k/c->dim[3]%c->dim[2] + from[2], col = k%c->dim[3] + from[3];
		v[(ch*dim[2] + row)*dim[3] + col] = c->data[k];
	}
	return constant_added(m, y, &whole);
}

/* tensors_of - the inputs, constants as parts of the tensors before them, the first ones of the one behind */
static int
tensors_of(Import *m, OnnxValue *x)
{
	int count = 0, first = 0;

	for (size_t i = 0; i < m->p->n_input; i++) {
		OnnxValue v = input_at(m, i);
		if (v.n) {
			for (; !count && first; first--) {
				OnnxValue c = input_at(m, (size_t)first - 1);
				v = constant_beside(m, &v, &c, true);
			}
			x[count++] = v;
		} else if (count) {
			x[count-1] = constant_beside(m, &x[count-1], &v, false);
		} else {
			first++;
		}
	}
	return count;
}

void
op_concat(Import *m)
{
	OnnxValue *x = arena_new((m->p->n_input + 1)*sizeof *x);
	int count, axis, axes[NAxes];
	Node *images[NInputs];

	if (m->p->n_input > NInputs)
		refuse(m, "want at most %d inputs, got %zu", NInputs, m->p->n_input);
	count = tensors_of(m, x);
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
			images[i] = image_of(m, &x[i], (size_t)i);
		if (axis > 1) {
			set_result(m, view_of(below(m, images, count, axis)));
			return;
		}
		for (int i = 0; i < count; i++)
			x[i] = view_of(images[i]);
	}
	set_result(m, joined(m, x, count, axis));
}
