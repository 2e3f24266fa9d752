/*
** ops_image.c - convolutions, pools, and what cuts and joins images.
*/
#include <string.h>

#include "import.h"

/* --- windows --- */

/* set_windows - kernel, strides, dilations and padding of a convolution or pool */
static void
set_windows(const Import *m, Node *n, Pair kernel)
{
	const char *same_pad = attr_text(m, "auto_pad", "NOTSET");
	int64_t k[2] = { kernel.h, kernel.w }, s[2] = { 1, 1 }, d[2] = { 1, 1 }, p[4] = { 0, 0, 0, 0 };
	Shape x = n->in[0]->shape;

	attr_ints(m, "kernel_shape", 2, k, 1, 1024);
	if (kernel.h && (k[0] != kernel.h || k[1] != kernel.w))
		refuse(m, "want kernel_shape %dx%d as the weights have it, got %lldx%lld", kernel.h, kernel.w, (long long)k[0], (long long)k[1]);
	if (!k[0])
		refuse(m, "want kernel_shape, got none");
	attr_ints(m, "strides", 2, s, 1, 1024);
	attr_ints(m, "dilations", 2, d, 1, 1024);
	attr_ints(m, "pads", 4, p, 0, 4096);
	if (!strcmp(same_pad, "SAME_UPPER") || !strcmp(same_pad, "SAME_LOWER")) {
		for (int i = 0; i < 2; i++) {
			int64_t in = i ? x.w : x.h, out = (in + s[i] - 1)/s[i], total = (out - 1)*s[i] + (k[i] - 1)*d[i] + 1 - in;
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
	OnnxValue x = image(m, 0), w = constant(m, 1, "kernel");
	Node *n = begin(m, O_conv2d, layer_name(m, w.name, "conv"));

	if (w.rank != 4)
		refuse(m, "want a 4-D kernel, got a %d-D one", w.rank);
	if (w.dim[0] > 65536 || w.dim[2] > 1024 || w.dim[3] > 1024 || w.dim[0] < 1 || w.dim[2] < 1 || w.dim[3] < 1)
		refuse(m, "want a kernel of 1 to 65536 channels and 1 to 1024 taps a side, got %lldx%lldx%lldx%lld", (long long)w.dim[0],
		       (long long)w.dim[1], (long long)w.dim[2], (long long)w.dim[3]);
	n->in[n->nin++] = x.n->out;
	n->a.out = (int)w.dim[0];
	n->a.groups = (int)attr_int(m, "group", 1);
	if (n->a.groups < 1 || n->a.groups > 65536 || (int64_t)n->a.groups*w.dim[1] != x.n->out->shape.c)
		refuse(m, "want %d input channels as group and kernel have them, got %lld", x.n->out->shape.c, (long long)n->a.groups*w.dim[1]);
	set_windows(m, n, (Pair){ (int)w.dim[2], (int)w.dim[3] });
	set_param(n, P_weight, w.data, elements(&w));
	if (has_input(m, 2)) {
		OnnxValue b = constant(m, 2, "bias");
		if (elements(&b) != (size_t)w.dim[0])
			refuse(m, "want %lld values of bias, got %zu", (long long)w.dim[0], elements(&b));
		n->a.bias = true;
		set_param(n, P_bias, b.data, elements(&b));
	}
	finish(m, n, 4);
}

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

	return n->a.dilation.h == 1 && n->a.dilation.w == 1 && !(padded && n->op == O_avg_pool && n->a.count_include_pad) &&
	       one_window(x.h, p.t, p.b, k.h, s.h, n->a.ceil_mode) && one_window(x.w, p.l, p.r, k.w, s.w, n->a.ceil_mode);
}

static void
op_pool(Import *m, Op op)
{
	Node *n = make(m, op, image(m, 0).n);

	n->a.stride = (Pair){ 1, 1 };
	set_windows(m, n, (Pair){ 0, 0 });
	n->a.ceil_mode = attr_int(m, "ceil_mode", 0) != 0;
	n->a.count_include_pad = attr_int(m, "count_include_pad", 0) != 0;
	if (op == O_avg_pool && (n->a.dilation.h != 1 || n->a.dilation.w != 1))
		refuse(m, "want no dilation of a mean, got %dx%d", n->a.dilation.h, n->a.dilation.w);
	if (takes_all(n))                    /* of an image of any size */
		n = make(m, op == O_avg_pool ? O_adaptive_avg_pool : O_adaptive_max_pool, n->in[0]->node);
	finish(m, n, 4);
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

void
op_global_average_pool(Import *m)
{
	finish(m, make(m, O_adaptive_avg_pool, image(m, 0).n), 4);
}

void
op_global_max_pool(Import *m)
{
	finish(m, make(m, O_adaptive_max_pool, image(m, 0).n), 4);
}

/* reduced_axes - exactly rows and columns of a 4-D tensor */
static void
want_space(const Import *m)
{
	int64_t axes[8];
	int count = list_of(m, "axes", 1, axes, 8);
	bool h = false, w = false;

	for (int i = 0; i < count; i++) {
		h = h || axes[i] == 2 || axes[i] == -2;
		w = w || axes[i] == 3 || axes[i] == -1;
	}
	if (count != 2 || !h || !w)
		refuse(m, "want axes 2 and 3 (the image), got %d other axes", count < 0 ? 4 : count);
}

static void
op_reduce(Import *m, Op op)
{
	OnnxValue x = image(m, 0);

	want_space(m);
	finish(m, make(m, op, x.n), attr_int(m, "keepdims", 1) ? 4 : 2);
}

void
op_reduce_mean(Import *m)
{
	op_reduce(m, O_adaptive_avg_pool);
}

void
op_reduce_max(Import *m)
{
	op_reduce(m, O_adaptive_max_pool);
}

/* --- regions --- */

void
op_concat(Import *m)
{
	OnnxValue first = input(m, 0);
	int64_t axis = attr_int(m, "axis", 1);

	if (!first.n) {                      /* lists of whole numbers: shapes */
		OnnxValue y = { .rank = 1, .whole = true };
		double *v = NULL;
		int count = 0;
		for (size_t i = 0; i < m->p->n_input; i++) {
			OnnxValue c = constant(m, i, "part of a shape");
			y.whole = y.whole && c.whole;
			if (c.rank > 1)
				refuse(m, "want constants of one dimension, got %d", c.rank);
			for (size_t k = 0; k < elements(&c); k++)
				PUSH(v, count, c.data[k]);
		}
		y.data = v;
		y.dim[0] = count;
		same(m, y);
		return;
	}
	Node *n = begin(m, O_concat, layer_name(m, NULL, "concat"));
	if (axis < 0)
		axis += first.rank;
	if (axis != 1)
		refuse(m, "want axis 1, the channels, got %lld", (long long)axis);
	if (m->p->n_input > NInputs)
		refuse(m, "want at most %d inputs, got %zu", NInputs, m->p->n_input);
	for (size_t i = 0; i < m->p->n_input; i++) {
		OnnxValue x = input(m, i);
		if (!x.n || x.rank != first.rank)
			refuse(m, "want tensors of one rank, got something else as input %zu", i);
		n->in[n->nin++] = x.n->out;
	}
	finish(m, n, first.rank);
}

void
op_pad(Import *m)
{
	OnnxValue x = image(m, 0);
	int64_t p[8], full[8] = { 0 }, axes[8];
	int count = list_of(m, "pads", 1, p, 8), naxes = has_input(m, 3) ? list_of(m, "", 3, axes, 4) : -1;
	double value = attr_real(m, "value", 0);
	const char *mode = attr_text(m, "mode", "constant");
	Node *n = x.n;

	if (has_input(m, 2))
		value = constant(m, 2, "value").data[0];
	if (strcmp(mode, "constant") || value != 0)
		refuse(m, "want padding with zeros, got mode '%s' and value %g", mode, value);
	if (naxes < 0)
		for (naxes = 0; naxes < 4; naxes++)
			axes[naxes] = naxes;
	if (count != 2*naxes)
		refuse(m, "want %d pads, got %d", 2*naxes, count);
	for (int i = 0; i < naxes; i++) {
		int64_t a = axes[i] < 0 ? axes[i] + 4 : axes[i];
		if (a < 0 || a > 3)
			refuse(m, "want axes from 0 to 3, got %lld", (long long)axes[i]);
		full[a] = p[i];
		full[a + 4] = p[i + naxes];
	}
	if (full[0] || full[4])
		refuse(m, "want no padding of the batch, got %lld and %lld", (long long)full[0], (long long)full[4]);
	for (int i = 1; i < 8; i++)
		if (full[i] < -4096 || full[i] > 4096)
			refuse(m, "want pads from -4096 to 4096, got %lld", (long long)full[i]);
	if (full[1] < 0 || full[2] < 0 || full[3] < 0 || full[5] < 0 || full[6] < 0 || full[7] < 0) {
		Shape s = n->out->shape;
		Node *cut = make(m, O_slice, n);
		cut->a.channels = (Pair){ full[1] < 0 ? (int)-full[1] : 0, s.c + (full[5] < 0 ? (int)full[5] : 0) };
		cut->a.rows = (Range){ full[2] < 0 ? (int)-full[2] : 0, s.h + (full[6] < 0 ? (int)full[6] : 0), 1 };
		cut->a.cols = (Range){ full[3] < 0 ? (int)-full[3] : 0, s.w + (full[7] < 0 ? (int)full[7] : 0), 1 };
		node_add(m->g, cut);
		n = cut;
		for (int i = 0; i < 8; i++)
			full[i] = full[i] < 0 ? 0 : full[i];
	}
	n = make(m, O_pad, n);
	n->a.channels = (Pair){ (int)full[1], (int)full[5] };
	n->a.padding = (Sides){ (int)full[2], (int)full[3], (int)full[6], (int)full[7] };
	finish(m, n, 4);
}

void
op_slice(Import *m)
{
	OnnxValue x = input(m, 0);
	int64_t from[8], to[8], axes[8], steps[8];
	int count = list_of(m, "starts", 1, from, 8), n2 = list_of(m, "ends", 2, to, 8), naxes = list_of(m, "axes", 3, axes, 8);
	int nsteps = list_of(m, "steps", 4, steps, 8);
	Node *n;

	if (count < 0 || n2 != count || (naxes >= 0 && naxes != count) || (nsteps >= 0 && nsteps != count))
		refuse(m, "want as many starts as ends, axes and steps, got %d, %d, %d and %d", count, n2, naxes, nsteps);
	if (!x.n) {
		int64_t first[8] = { 0 }, step[8], dim[8];
		memcpy(dim, x.dim, sizeof dim);
		for (int i = 0; i < 8; i++)
			step[i] = 1;
		for (int i = 0; i < count; i++) {
			int64_t a = naxes >= 0 ? axes[i] : i, last;
			if (a < 0)
				a += x.rank;
			if (a < 0 || a >= x.rank || (nsteps >= 0 && (steps[i] == 0 || steps[i] > 1024 || steps[i] < -1024)))
				refuse(m, "want axes below %d and steps other than 0, got axis %lld", x.rank, (long long)a);
			step[a] = nsteps >= 0 ? steps[i] : 1;
			first[a] = clamp_index(from[i], x.dim[a]);
			last = clamp_index(to[i], x.dim[a]);
			if (step[a] < 0) {               /* backwards: from at most the last element, to before the first */
				first[a] = first[a] > x.dim[a] - 1 ? x.dim[a] - 1 : first[a];
				last = to[i] < -x.dim[a] ? -1 : last;
			}
			dim[a] = step[a] > 0 ? (last - first[a] + step[a] - 1)/step[a] : (first[a] - last - step[a] - 1)/-step[a];
			dim[a] = dim[a] < 0 ? 0 : dim[a];
		}
		same(m, constant_view(&x, x.rank, dim, first, step, NULL));
		return;
	}
	if (x.rank != 4)
		refuse(m, "want a 4-D tensor, got a %d-D one", x.rank);
	n = make(m, O_slice, x.n);
	n->a.channels = (Pair){ 0, x.n->out->shape.c };
	n->a.rows = (Range){ 0, x.n->out->shape.h, 1 };
	n->a.cols = (Range){ 0, x.n->out->shape.w, 1 };
	for (int i = 0; i < count; i++) {
		int64_t a = naxes >= 0 ? axes[i] : i, step = nsteps >= 0 ? steps[i] : 1, size, lo, hi;
		if (a < 0)
			a += 4;
		if (a < 0 || a > 3)
			refuse(m, "want axes from 0 to 3, got %lld", (long long)a);
		size = x.dim[a];
		lo = clamp_index(from[i], size);
		hi = clamp_index(to[i], size);
		if (step < 1 || step > 1024)
			refuse(m, "want steps from 1 to 1024, got %lld", (long long)step);
		if (hi <= lo)
			refuse(m, "want a slice with elements, got none along axis %lld", (long long)a);
		if (a == 0 && (lo != 0 || hi != size || step != 1))
			refuse(m, "want the whole batch, got a slice of it");
		if (a == 1 && step != 1)
			refuse(m, "want channels in steps of 1, got %lld", (long long)step);
		if (a == 1)
			n->a.channels = (Pair){ (int)lo, (int)hi };
		else if (a == 2)
			n->a.rows = (Range){ (int)lo, (int)hi, (int)step };
		else if (a == 3)
			n->a.cols = (Range){ (int)lo, (int)hi, (int)step };
	}
	finish(m, n, 4);
}
