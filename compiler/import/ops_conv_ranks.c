/*
** ops_conv_ranks.c - convolutions of one and of three spatial dimensions, as those of two that they are: along a row of
** pixels, along the channels of 1x1 images (ECA), of every channel's image by one kernel (lambda networks).
*/
#include <string.h>

#include "import.h"

typedef struct {
	Pair stride, dilation;
	Sides pads;
	int groups;
} Windows;

/* repeated - count values, times as often */
static double *
repeated(const Import *m, const double *v, size_t count, size_t times)
{
	double *w;

	if (count*times > MostElements)
		refuse(m, "want at most %d weights, got %zu times %zu", MostElements, times, count);
	w = arena_new((count*times + 1)*sizeof *w);
	for (size_t i = 0; i < times; i++)
		memcpy(w + i*count, v, count*sizeof *w);
	return w;
}

/* conv_on - a convolution by the kernel w, out x in x rows x columns, and by the bias, both so many times */
static Node *
conv_on(Import *m, Node *x, const OnnxValue *w, Pair kernel, const Windows *at, size_t times)
{
	size_t count = count_elements(w);
	Node *n = node_begin(m, O_conv2d, layer_name(m, w->name, "conv"));

	n->in[n->nin++] = x->out;
	n->a.out = (int)(w->dim[0]*(int64_t)times);
	n->a.groups = at->groups*(int)times;
	n->a.kernel = kernel;
	n->a.stride = at->stride;
	n->a.dilation = at->dilation;
	n->a.padding = at->pads;
	set_param(n, P_weight, repeated(m, w->data, count, times), count*times);
	if (has_input(m, 2)) {
		OnnxValue b = constant_at(m, 2, "bias");
		if (count_elements(&b) != (size_t)w->dim[0])
			refuse(m, "want %lld values of bias, got %zu", (long long)w->dim[0], count_elements(&b));
		n->a.bias = true;
		set_param(n, P_bias, repeated(m, b.data, count_elements(&b), times), count_elements(&b)*times);
	}
	return node_put(m, n);
}

/* check_kernel - for so many channels, all dimensions within what a node has */
static int
check_kernel(const Import *m, const OnnxValue *w, int64_t channels)
{
	int64_t group = attr_int(m, "group", 1);
	const char *auto_pad = attr_text(m, "auto_pad", "NOTSET");

	if (group < 1 || group > 65536 || w->dim[1]*group != channels || w->dim[0] < 1 || w->dim[0] > 65536)
		refuse(m, "want a kernel for %lld channels, got %s in %lld groups", (long long)channels, dims_of(w),
		       (long long)group);
	for (int d = 2; d < w->rank; d++)
		if (w->dim[d] < 1 || w->dim[d] > 1024)
			refuse(m, "want 1 to 1024 taps a side, got %s", dims_of(w));
	if (*auto_pad && strcmp(auto_pad, "NOTSET") && strcmp(auto_pad, "VALID"))
		refuse(m, "want pads of numbers, got auto_pad '%s'", auto_pad);
	return (int)group;
}

/* across - along the channels of 1x1 images, which become a column */
static void
across(Import *m, const OnnxValue *x, const OnnxValue *w, const Windows *row)
{
	Windows at = *row;
	int64_t dim[3] = { x->dim[0], w->dim[0] };
	OnnxValue y;

	at.stride = (Pair){ row->stride.w, 1 };
	at.dilation = (Pair){ row->dilation.w, 1 };
	at.pads = (Sides){ row->pads.l, 0, row->pads.r, 0 };
	y = view_of(conv_on(m, node_shaped(m, x->n, 1, x->dim[2], 1), w, (Pair){ (int)w->dim[2], 1 }, &at, 1));
	dim[2] = y.dim[2];
	view_reshape(&y, 3, dim, &y);
	set_result(m, y);
}

/* conv_1d - along the pixels, as one row of them; of one tap where they are */
static void
conv_1d(Import *m, const OnnxValue *x, const OnnxValue *w)
{
	int64_t s[1] = { 1 }, d[1] = { 1 }, p[2] = { 0, 0 }, dim[3];
	Windows at = { .groups = check_kernel(m, w, x->dim[1]) };
	bool stays;
	OnnxValue y;

	attr_ints(m, "strides", 1, s, 1, 1024);
	attr_ints(m, "dilations", 1, d, 1, 1024);
	attr_ints(m, "pads", 2, p, 0, 4096);
	at.stride = (Pair){ 1, (int)s[0] };
	at.dilation = (Pair){ 1, (int)d[0] };
	at.pads = (Sides){ 0, (int)p[0], 0, (int)p[1] };
	if (x->dim[1] == 1 && axis_of(x, 2) == AxisC) {      /* channels as a column of pixels */
		across(m, x, w, &at);
		return;
	}
	stays = w->dim[2] == 1 && s[0] == 1 && !p[0] && !p[1] && in_order(x) && axis_of(x, 1) == AxisC;
	y = view_of(conv_on(m, stays ? x->n : view_arranged(m, x, 2, 2).n, w, (Pair){ 1, (int)w->dim[2] }, &at, 1));
	dim[0] = x->dim[0];
	dim[1] = w->dim[0];
	dim[2] = y.dim[2]*y.dim[3];
	view_reshape(&y, 3, dim, &y);
	set_result(m, y);
}

/* flat_dimension - along which the kernel has one tap that stays where it is */
static int
flat_dimension(const Import *m, const OnnxValue *w, const int64_t *s, const int64_t *p)
{
	for (int d = 4; d >= 2; d--)
		if (w->dim[d] == 1 && s[d - 2] == 1 && !p[d - 2] && !p[d + 1])
			return d;
	refuse(m, "want a kernel of one tap along some dimension, got %s", dims_of(w));
}

/* conv_3d - whose kernel is of one tap along a dimension: of each of its images by the same kernel */
static void
conv_3d(Import *m, const OnnxValue *x, const OnnxValue *w)
{
	int64_t s[3] = { 1, 1, 1 }, d[3] = { 1, 1, 1 }, p[6] = { 0 }, dim[5];
	Windows at = { .groups = check_kernel(m, w, x->dim[1]) };
	int flat, h, v, first[5] = { 0, 0, 1 }, back[5];
	OnnxValue y;

	attr_ints(m, "strides", 3, s, 1, 1024);
	attr_ints(m, "dilations", 3, d, 1, 1024);
	attr_ints(m, "pads", 6, p, 0, 4096);
	flat = flat_dimension(m, w, s, p);
	h = flat == 2 ? 3 : 2;
	v = flat == 4 ? 3 : 4;
	if (w->dim[0]*x->dim[flat] > 65536)
		refuse(m, "want 1 to 65536 channels, got %lld of %lld images", (long long)w->dim[0], (long long)x->dim[flat]);
	at.stride = (Pair){ (int)s[h - 2], (int)s[v - 2] };
	at.dilation = (Pair){ (int)d[h - 2], (int)d[v - 2] };
	at.pads = (Sides){ (int)p[h - 2], (int)p[v - 2], (int)p[h + 1], (int)p[v + 1] };
	first[1] = flat;
	first[3] = h;
	first[4] = v;
	for (int i = 0; i < 5; i++)
		back[first[i]] = i;
	if (!view_transpose(x, first, &y))
		refuse(m, "want at most %d steps along axes, got more", MostAtoms);
	y = view_of(conv_on(m, view_arranged(m, &y, 3, 4).n, w, (Pair){ (int)w->dim[h], (int)w->dim[v] }, &at,
	                    (size_t)x->dim[flat]));
	dim[0] = x->dim[0];
	dim[1] = x->dim[flat];
	dim[2] = w->dim[0];
	dim[3] = y.dim[2];
	dim[4] = y.dim[3];
	view_reshape(&y, 5, dim, &y);
	view_transpose(&y, back, &y);
	set_result(m, y);
}

/* conv_of_rank - of a tensor that is no image; false: not as many dimensions in both */
bool
conv_of_rank(Import *m, const OnnxValue *x, const OnnxValue *w)
{
	if (x->rank != w->rank || (x->rank != 3 && x->rank != 5) || x->dim[0] != x->n->out->shape.n)
		return false;
	if (x->rank == 5)
		conv_3d(m, x, w);
	else
		conv_1d(m, x, w);
	return true;
}
