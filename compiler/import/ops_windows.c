/*
** ops_windows.c - convolutions and pools.
*/
#include <string.h>

#include "import.h"

/* set_windows - kernel, strides, dilations and padding of a convolution or pool */
static void
set_windows(const Import *m, Node *n, Pair kernel)
{
	const char *same_pad = attr_text(m, "auto_pad", "NOTSET");
	int64_t k[2] = { kernel.h, kernel.w }, s[2] = { 1, 1 }, d[2] = { 1, 1 }, p[4] = { 0, 0, 0, 0 };
	Shape x = n->in[0]->shape;

	attr_ints(m, "kernel_shape", 2, k, 1, 1024);
	if (kernel.h && (k[0] != kernel.h || k[1] != kernel.w))
		refuse(m, "want kernel_shape %dx%d as the weights have it, got %lldx%lld", kernel.h, kernel.w,
		       (long long)k[0], (long long)k[1]);
	if (!k[0])
		refuse(m, "want kernel_shape, got none");
	attr_ints(m, "strides", 2, s, 1, 1024);
	attr_ints(m, "dilations", 2, d, 1, 1024);
	attr_ints(m, "pads", 4, p, 0, 4096);
	if (!strcmp(same_pad, "SAME_UPPER") || !strcmp(same_pad, "SAME_LOWER")) {
		for (int i = 0; i < 2; i++) {
			int64_t in = i ? x.w : x.h, out = (in + s[i] - 1)/s[i],
			        total = (out - 1)*s[i] + (k[i] - 1)*d[i] + 1 - in;
			if (total < 0)
				total = 0;
			p[i] = same_pad[5] == 'U' ? total/2 : total - total/2;
			p[i + 2] = total - p[i];
		}
	} else if (!strcmp(same_pad, "VALID")) {
		p[0] = p[1] = p[2] = p[3] = 0;
	} else if (*same_pad && strcmp(same_pad, "NOTSET")) {
		refuse(m, "want auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got '%s'", same_pad);
	}
	n->a.kernel = (Pair){ (int)k[0], (int)k[1] };
	n->a.stride = (Pair){ (int)s[0], (int)s[1] };
	n->a.dilation = (Pair){ (int)d[0], (int)d[1] };
	n->a.padding = (Sides){ (int)p[0], (int)p[1], (int)p[2], (int)p[3] };
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
	if (n->a.ceil_mode || !strncmp(attr_text(m, "auto_pad", ""), "SAME", 4))
		refuse(m, "want neither ceil_mode nor auto_pad behind a padding with -infinity, got one");
	n->a.padding.t += p.t;
	n->a.padding.l += p.l;
	n->a.padding.b += p.b;
	n->a.padding.r += p.r;
}

static void
op_pool(Import *m, Op op)
{
	OnnxValue x = tensor_at(m, 0);
	Node *n = node_on(m, op, x.infinite.t + x.infinite.l + x.infinite.b + x.infinite.r ? x.n : image_at(m, 0));

	n->a.stride = (Pair){ 1, 1 };
	set_windows(m, n, (Pair){ 0, 0 });
	n->a.ceil_mode = attr_int(m, "ceil_mode", 0) != 0;
	n->a.count_include_pad = attr_int(m, "count_include_pad", 0) != 0;
	if (op == O_max_pool)
		add_infinite(m, n, x.infinite);
	if (op == O_avg_pool && (n->a.dilation.h != 1 || n->a.dilation.w != 1))
		refuse(m, "want no dilation of a mean, got %dx%d", n->a.dilation.h, n->a.dilation.w);
	/* of an image of any size; of bytes they have roundings of their own */
	if (takes_all(n) && !(op == O_avg_pool && n->in[0]->node->op == O_dequantize))
		n = node_on(m, op == O_avg_pool ? O_adaptive_avg_pool : O_adaptive_max_pool, n->in[0]->node);
	finish_image(m, n);
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
