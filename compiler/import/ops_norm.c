/*
** ops_norm.c - normalised by statistics of the image itself: InstanceNormalization, which exporters write for group
** norms as well, GroupNormalization, LayerNormalization.
*/
#include <string.h>

#include "import.h"

/* repeated_values - one for each channel, from as many or fewer that are repeated over neighbours */
static double *
repeated_values(const Import *m, size_t i, int64_t count, int channels, const char *what)
{
	OnnxValue c = constant_at(m, i, what);
	double *v = arena_new(((size_t)channels + 1)*sizeof *v);

	if ((int64_t)count_elements(&c) != count)
		refuse(m, "want %lld values of %s, got %s", (long long)count, what, dims_of(&c));
	for (int k = 0; k < channels; k++)
		v[k] = c.data[k/(channels/count)];
	return v;
}

/* norm_on - of so many groups of x's channels; scale and shift are one a channel, NULL: none */
static Node *
norm_on(Import *m, Op op, Node *x, int groups, const double *scale, const double *shift, const char *weight)
{
	size_t c = (size_t)x->out->shape.c;
	Node *n = node_begin(m, op, layer_name(m, weight, "norm"));

	n->in[n->nin++] = x->out;
	if (op == O_group_norm)
		n->a.groups = groups;
	n->a.eps = shortest_decimal(attr_real(m, "epsilon", 1e-5));
	n->a.affine = scale || shift;
	if (n->a.affine) {
		double *zeros = arena_new((c + 1)*sizeof *zeros), *ones = arena_new((c + 1)*sizeof *ones);
		for (size_t i = 0; i < c; i++)
			ones[i] = 1;
		set_param(n, P_weight, scale ? scale : ones, c);
		set_param(n, P_bias, shift ? shift : zeros, c);
	}
	return node_put(m, n);
}

/* grouped_dims - is dimension 1 the outermost part of the channels, and all else of an image behind it */
static bool
grouped_dims(const OnnxValue *x)
{
	return x->rank >= 3 && in_order(x) && x->dim[0] == x->n->out->shape.n && x->n->out->shape.c%x->dim[1] == 0;
}

void
op_instance_norm(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	double *scale, *shift;
	int channels;
	Node *n;

	if (!grouped_dims(&x) && x.rank == NAxes && as_image(m, &x))
		x = view_of(as_image(m, &x));
	if (!grouped_dims(&x))
		refuse(m, "want images x channels, or groups of them, x pixels, got %s", dims_of(&x));
	channels = x.n->out->shape.c;
	scale = repeated_values(m, 1, x.dim[1], channels, "scale");
	shift = repeated_values(m, 2, x.dim[1], channels, "bias");
	n = norm_on(m, O_group_norm, x.n, (int)x.dim[1], scale, shift, x.dim[1] == channels ? m->p->input[1] : NULL);
	set_result(m, view_like(&x, n));
}

/* op_group_norm - until opset 20 its scale and bias are one a group */
void
op_group_norm(Import *m)
{
	Node *x = image_at(m, 0);
	int channels = x->out->shape.c;
	int64_t groups = attr_int(m, "num_groups", 0), count = m->opset < 21 ? groups : channels;

	if (groups < 1 || groups > channels || channels%groups)
		refuse(m, "want num_groups that divides %d channels, got %lld", channels, (long long)groups);
	set_result(m, view_of(norm_on(m, O_group_norm, x, (int)groups, repeated_values(m, 1, count, channels, "scale"),
	                              repeated_values(m, 2, count, channels, "bias"), m->p->input[1])));
}

/* only_channels_from - are the dimensions from axis on all of the channels, and nothing else */
static bool
only_channels_from(const OnnxValue *x, int axis)
{
	int first, last, count = atoms_of(x, x->rank - 1, &last);
	int64_t all = 1;

	atoms_of(x, axis, &first);
	for (int i = first; i < last + count; i++) {
		if (x->atom[i].axis != AxisC || (i > first && x->atom[i].step > x->atom[i-1].step))
			return false;
		all *= x->atom[i].size;
	}
	return all == x->n->out->shape.c;
}

void
op_layer_norm(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	int axis = axis_in(m, attr_int(m, "axis", -1), x.rank), channels, to[MostDims], back[MostDims];
	bool moved;

	for (size_t i = 1; i < m->p->n_output; i++)
		if (*m->p->output[i])
			refuse(m, "want one result, got mean or deviation too");
	if (axis == 0)
		refuse(m, "want each image by itself, got axis 0");
	moved = !only_channels_from(&x, axis);
	for (int d = 0; d < x.rank; d++)             /* what is normalised becomes the channels */
		to[d == 0 ? 0 : d >= axis ? d - axis + 1 : x.rank - axis + d] = d;
	for (int d = 0; d < x.rank; d++)
		back[to[d]] = d;
	if (moved) {
		view_transpose(&x, to, &x);
		x = view_arranged(m, &x, x.rank - axis + 1, x.rank);
	}
	channels = x.n->out->shape.c;
	x = view_like(&x, norm_on(m, O_layer_norm, x.n, 1, repeated_values(m, 1, channels, channels, "scale"),
	                          has_input(m, 2) ? repeated_values(m, 2, channels, channels, "bias") : NULL,
	        m->p->input[1]));
	if (moved)
		view_transpose(&x, back, &x);
	set_result(m, x);
}
