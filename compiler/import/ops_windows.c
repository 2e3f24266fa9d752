/*
** ops_windows.c - convolutions and pools.
*/
#include <limits.h>
#include <string.h>

#include "import.h"

enum { MostTaps = 1024 };

/* Kernel, strides, dilations and padding along so many dimensions; padding before each, then after each. */
typedef struct { int64_t kernel[MostDims], stride[MostDims], dilation[MostDims], pads[2*MostDims]; } Windows;

/* pad_same - so that there is a window for every stride of the input */
static void
pad_same(Windows *w, int count, const int64_t *in, bool upper)
{
	for (int i = 0; i < count; i++) {
		int64_t out = (in[i] + w->stride[i] - 1)/w->stride[i],
		        total = (out - 1)*w->stride[i] + (w->kernel[i] - 1)*w->dilation[i] + 1 - in[i];
		if (total < 0)
			total = 0;
		w->pads[i] = upper ? total/2 : total - total/2;
		w->pads[i + count] = total - w->pads[i];
	}
}

static const char *
lengths(const int64_t *v, int count)
{
	OnnxValue all = { .rank = count };

	memcpy(all.dim, v, (size_t)count*sizeof *v);
	return dims_of(&all);
}

/*
** clip_windows - a pool's that ceil_mode begins and that reach beyond the padded input, to what they find there:
** transformers' EfficientNet takes the mean of whatever is left by a window as large as it has channels
*/
static void
clip_windows(const Import *m, Windows *w, int count, const int64_t *in)
{
	for (int i = 0; i < count; i++) {
		int64_t padded = in[i] + w->pads[i] + w->pads[i + count], beyond = w->kernel[i] - padded;
		if (beyond > 0 && beyond < w->stride[i] && w->dilation[i] == 1 && attr_int(m, "ceil_mode", 0)) {
			w->kernel[i] = padded;
			w->stride[i] = 1;
		}
		if (w->kernel[i] > MostTaps || w->stride[i] > MostTaps)
			refuse(m, "want kernel_shape and strides from 1 to %d, got %lld and %lld", MostTaps, (long long)w->kernel[i],
			       (long long)w->stride[i]);
	}
}

/* read_windows - along dimensions of these lengths; kernel: that of the weights, or NULL */
static Windows
read_windows(const Import *m, int count, const int64_t *in, const int64_t *kernel)
{
	const char *same_pad = attr_text(m, "auto_pad", "NOTSET");
	Windows w = { .kernel = { 0 } };

	for (int i = 0; i < count; i++) {
		w.kernel[i] = kernel ? kernel[i] : 0;
		w.stride[i] = w.dilation[i] = 1;
	}
	attr_ints(m, "kernel_shape", count, w.kernel, 1, kernel ? MostTaps : INT_MAX);
	if (kernel && memcmp(w.kernel, kernel, (size_t)count*sizeof *kernel))
		refuse(m, "want kernel_shape %s as the weights have it, got %s", lengths(kernel, count), lengths(w.kernel, count));
	if (!w.kernel[0])
		refuse(m, "want kernel_shape, got none");
	attr_ints(m, "strides", count, w.stride, 1, kernel ? MostTaps : INT_MAX);
	attr_ints(m, "dilations", count, w.dilation, 1, MostTaps);
	attr_ints(m, "pads", 2*count, w.pads, 0, 4096);
	if (!strcmp(same_pad, "SAME_UPPER") || !strcmp(same_pad, "SAME_LOWER"))
		pad_same(&w, count, in, same_pad[5] == 'U');
	else if (!strcmp(same_pad, "VALID"))
		memset(w.pads, 0, sizeof w.pads);
	else if (*same_pad && strcmp(same_pad, "NOTSET"))
		refuse(m, "want auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got '%s'", same_pad);
	if (!kernel)
		clip_windows(m, &w, count, in);
	return w;
}

/* put_windows - along rows, dimension h of w, and columns, dimension v; -1: one window of one pixel */
static void
put_windows(Node *n, const Windows *w, int count, int h, int v)
{
	static const Windows none = { { 1 }, { 1 }, { 1 }, { 0 } };
	const Windows *a = h < 0 ? &none : w, *b = v < 0 ? &none : w;
	int i = h < 0 ? 0 : h, k = v < 0 ? 0 : v, ends = h < 0 ? 1 : count, endv = v < 0 ? 1 : count;

	n->a.kernel = (Pair){ (int)a->kernel[i], (int)b->kernel[k] };
	n->a.stride = (Pair){ (int)a->stride[i], (int)b->stride[k] };
	n->a.dilation = (Pair){ (int)a->dilation[i], (int)b->dilation[k] };
	n->a.padding = (Sides){ (int)a->pads[i], (int)b->pads[k], (int)a->pads[i + ends], (int)b->pads[k + endv] };
}

/* set_windows - of rows and columns; kernel of height 0: there are no weights */
static void
set_windows(const Import *m, Node *n, Pair kernel)
{
	Shape x = n->in[0]->shape;
	Windows w = read_windows(m, 2, (int64_t[]){ x.h, x.w }, kernel.h ? (int64_t[]){ kernel.h, kernel.w } : NULL);

	put_windows(n, &w, 2, 0, 1);
}

void
op_conv(Import *m)
{
	OnnxValue x = tensor_at(m, 0), w = constant_at(m, 1, "kernel");
	Node *n;

	if (x.rank != 4 && conv_of_rank(m, &x, &w))
		return;
	if (w.rank != 4)
		refuse(m, "want a 4-D kernel, got a %d-D one", w.rank);
	if (w.dim[0] > 65536 || w.dim[2] > 1024 || w.dim[3] > 1024 || w.dim[0] < 1 || w.dim[2] < 1 || w.dim[3] < 1)
		refuse(m, "want a kernel of 1 to 65536 channels and 1 to 1024 taps a side, got %s", dims_of(&w));
	n = node_begin(m, O_conv2d, layer_name(m, w.name, "conv"));
	n->in[n->nin++] = image_at(m, 0)->out;
	n->a.out = (int)w.dim[0];
	n->a.groups = (int)attr_int(m, "group", 1);
	if (n->a.groups < 1 || n->a.groups > 65536 || (int64_t)n->a.groups*w.dim[1] != n->in[0]->shape.c)
		refuse(m, "want %d input channels as group and kernel have them, got %lld", n->in[0]->shape.c,
		       (long long)n->a.groups*w.dim[1]);
	set_windows(m, n, (Pair){ (int)w.dim[2], (int)w.dim[3] });
	set_param(n, P_weight, w.data, count_elements(&w));
	if (!has_input(m, 2)) {
		keep_whole(m, n, &w, 0, NULL);
	} else {
		OnnxValue b = constant_at(m, 2, "bias");
		keep_whole(m, n, &w, 0, &b);
		if (count_elements(&b) != (size_t)w.dim[0])
			refuse(m, "want %lld values of bias, got %zu", (long long)w.dim[0], count_elements(&b));
		n->a.bias = true;
		set_param(n, P_bias, b.data, count_elements(&b));
	}
	finish_image(m, n);
}

/* set_axis - padding and what is beyond the last window, so that the result is out long */
static void
set_axis(const Import *m, int64_t out, int in, int kernel, int stride, int dilation, bool same, bool upper,
         int *before, int *after, int64_t *more)
{
	int64_t total = (int64_t)stride*(in - 1) + *more + (kernel - 1)*(int64_t)dilation + 1 - out;

	if (total < 0 && !same)
		*more -= total;
	total = total < 0 ? 0 : total;
	*before = (int)(upper ? total/2 : total - total/2);
	*after = (int)total - *before;
	if (total > 4096 || *more > 1023)
		refuse(m, "want an output_shape that the windows make, got %lld", (long long)out);
}

/*
** set_transposed - padding as it is given, or as the result's size needs it: output_shape, or the strides times the
** input
*/
static void
set_transposed(const Import *m, Node *n, int64_t more[2])
{
	const char *same = attr_text(m, "auto_pad", "NOTSET");
	int64_t out[4] = { 0 };
	int count = list_of(m, "output_shape", SIZE_MAX, out, 4);
	bool sized = count > 0 || !strncmp(same, "SAME", 4), upper = !strcmp(same, "SAME_UPPER");
	Shape x = n->in[0]->shape;
	Attr *a = &n->a;

	if (count == 4)
		memmove(out, out + 2, 2*sizeof *out);
	if (count < 0 && sized) {
		out[0] = (int64_t)x.h*a->stride.h;
		out[1] = (int64_t)x.w*a->stride.w;
	}
	if (sized) {
		set_axis(m, out[0], x.h, a->kernel.h, a->stride.h, a->dilation.h, count < 0, upper, &a->padding.t, &a->padding.b,
		         &more[0]);
		set_axis(m, out[1], x.w, a->kernel.w, a->stride.w, a->dilation.w, count < 0, upper, &a->padding.l, &a->padding.r,
		         &more[1]);
	}
	a->output_padding = (Pair){ (int)more[0], (int)more[1] };
}

/* op_conv_transpose - the kernel is input channels by output channels of a group */
void
op_conv_transpose(Import *m)
{
	OnnxValue w = constant_at(m, 1, "kernel");
	int64_t more[2] = { 0, 0 }, group = attr_int(m, "group", 1);
	Node *n;

	if (w.rank != 4)
		refuse(m, "want a 4-D kernel, got a %d-D one", w.rank);
	if (group < 1 || w.dim[1] < 1 || w.dim[1] > 65536/group || w.dim[2] > 1024 || w.dim[3] > 1024 ||
	    w.dim[2] < 1 || w.dim[3] < 1)
		refuse(m, "want a kernel of 1 to 65536 channels and 1 to 1024 taps a side, got %s", dims_of(&w));
	n = node_begin(m, O_conv_transpose2d, layer_name(m, w.name, "conv_transpose"));
	n->in[n->nin++] = image_at(m, 0)->out;
	n->a.out = (int)(w.dim[1]*group);
	n->a.groups = (int)group;
	if (w.dim[0] != n->in[0]->shape.c || w.dim[0]%group)
		refuse(m, "want a kernel for %d input channels in %lld groups, got %s", n->in[0]->shape.c,
		       (long long)group, dims_of(&w));
	set_windows(m, n, (Pair){ (int)w.dim[2], (int)w.dim[3] });
	attr_ints(m, "output_padding", 2, more, 0, 1023);
	set_transposed(m, n, more);
	set_param(n, P_weight, w.data, count_elements(&w));
	if (has_input(m, 2)) {
		OnnxValue b = constant_at(m, 2, "bias");
		if (count_elements(&b) != (size_t)n->a.out)
			refuse(m, "want %d values of bias, got %zu", n->a.out, count_elements(&b));
		n->a.bias = true;
		set_param(n, P_bias, b.data, count_elements(&b));
	}
	finish_image(m, n);
}

/* --- pools --- */

/* one_window - is there one window along this axis, and all of it inside */
static bool
one_window(int in, int before, int after, int kernel, int stride, bool ceil_mode)
{
	int room = in + before + after - kernel;

	return kernel >= before + in && room >= 0 && room < stride && !(ceil_mode && room);
}

/* takes_all - is it a pool of the whole image, to which padding adds nothing */
static bool
takes_all(const Node *n)
{
	Shape x = n->in[0]->shape;
	Sides p = n->a.padding;
	Pair k = n->a.kernel, s = n->a.stride;
	bool padded = k.h != x.h || k.w != x.w || p.t || p.l;

	return n->a.dilation.h == 1 && n->a.dilation.w == 1 &&
	        !(padded && n->op == O_avg_pool && n->a.count_include_pad) &&
	       one_window(x.h, p.t, p.b, k.h, s.h, n->a.ceil_mode) &&
	        one_window(x.w, p.l, p.r, k.w, s.w, n->a.ceil_mode);
}

/* add_infinite - a padding with -infinity before it is a max pool's own */
static void
add_infinite(const Import *m, Node *n, Sides p)
{
	if (!(p.t + p.l + p.b + p.r))
		return;
	if (attr_int(m, "ceil_mode", 0) || !strncmp(attr_text(m, "auto_pad", ""), "SAME", 4))
		refuse(m, "want neither ceil_mode nor auto_pad behind a padding with -infinity, got one");
	n->a.padding.t += p.t;
	n->a.padding.l += p.l;
	n->a.padding.b += p.b;
	n->a.padding.r += p.r;
}

/* pool - of a node with its windows; added to the graph */
static Node *
pool(Import *m, Node *n)
{
	n->a.ceil_mode = attr_int(m, "ceil_mode", 0) != 0;
	n->a.count_include_pad = attr_int(m, "count_include_pad", 0) != 0;
	if (n->op == O_avg_pool && (n->a.dilation.h != 1 || n->a.dilation.w != 1))
		refuse(m, "want no dilation of a mean, got %dx%d", n->a.dilation.h, n->a.dilation.w);
	/* of an image of any size; of bytes they have roundings of their own */
	if (takes_all(n) && !(n->op == O_avg_pool && n->in[0]->node->op == O_dequantize))
		n = node_on(m, n->op == O_avg_pool ? O_adaptive_avg_pool : O_adaptive_max_pool, n->in[0]->node);
	return node_put(m, n);
}

/*
** pool_of_rank - of one, three or more dimensions. What no window is longer than one pixel along is channels, for a
** pool is of each of them by itself; two dimensions at most are left.
*/
static void
pool_of_rank(Import *m, const OnnxValue *given, Op op)
{
	OnnxValue x = of_images(m, given), y;
	int count = given->rank - 2, before = x.rank - count, at = before, nwide = 0;
	int order[MostDims] = { 0 }, back[MostDims], wide[2];
	int64_t dim[MostDims];
	Windows w = read_windows(m, count, x.dim + before, NULL);
	Node *n;

	for (int d = 0; d < before; d++)
		order[d] = d;
	for (int i = 0; i < count; i++) {
		bool point = w.kernel[i] == 1 && w.stride[i] == 1 && !w.pads[i] && !w.pads[i + count];
		if (point)
			order[at++] = before + i;
		else if (nwide < 2)
			wide[nwide++] = i;
		else
			refuse(m, "want windows along two dimensions at most, got more");
	}
	for (int i = 0; i < nwide; i++)
		order[at + i] = before + wide[i];
	if (!view_transpose(&x, order, &y))
		refuse(m, "want at most %d steps along axes, got more", MostAtoms);
	y = view_arranged(m, &y, at, at + (nwide == 2));
	n = node_on(m, op, y.n);
	put_windows(n, &w, count, nwide == 2 ? wide[0] : -1, nwide ? wide[nwide - 1] : -1);
	n = pool(m, n);
	memcpy(dim, y.dim, sizeof dim);
	if (nwide == 2)
		dim[at] = n->out->shape.h;
	if (nwide)
		dim[x.rank - 1] = n->out->shape.w;
	for (int d = 0; d < x.rank; d++)
		back[order[d]] = d;
	y = view_of(n);
	if (!view_reshape(&y, x.rank, dim, &y))
		die("a pool of other dimensions");
	view_transpose(&y, back, &y);
	set_result(m, as_given(given, y));
}

static void
op_pool(Import *m, Op op)
{
	OnnxValue x = tensor_at(m, 0);
	Node *n;

	if (x.rank != NAxes && x.rank > 2) {
		pool_of_rank(m, &x, op);
		return;
	}
	n = node_on(m, op, x.infinite.t + x.infinite.l + x.infinite.b + x.infinite.r ? x.n : image_at(m, 0));
	set_windows(m, n, (Pair){ 0, 0 });
	if (op == O_max_pool)
		add_infinite(m, n, x.infinite);
	set_result(m, view_of(pool(m, n)));
}

void
op_max_pool(Import *m)
{
	op_pool(m, O_max_pool);
}

void
op_average_pool(Import *m)
{
	op_pool(m, O_avg_pool);
}
