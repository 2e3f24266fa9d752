/*
** shape.c - the shape rules: each sets the shapes of n's results from the inputs and attributes, resolves defaulted
** padding and stride, and reports what cannot be. Formulas as in PyTorch's documentation.
*/
#include "graph.h"
#include "shape.h"

static void
shape_input(Node *n)
{
	n->out->shape = n->a.shape;
	if (n->out->shape.n < 1)
		n->out->shape.n = 1;
}

/* pads_of - resolve "same" and default padding of one axis: before and after */
static void
pads_of(const Node *n, int in, int kernel, int stride, int dilation, int *before, int *after)
{
	int reach = dilation*(kernel - 1), total;

	if (n->a.padding.t == DefaultPadding) {
		*before = *after = reach/2;
		return;
	}
	total = (ceil_div(in, stride) - 1)*stride + reach + 1 - in;
	if (total < 0)
		total = 0;
	*before = total/2;
	*after = total - total/2;
}

static void
resolve_padding(Node *n, Shape x)
{
	Sides p;

	if (n->a.padding.t >= 0)
		return;
	pads_of(n, x.h, n->a.kernel.h, n->a.stride.h, n->a.dilation.h, &p.t, &p.b);
	pads_of(n, x.w, n->a.kernel.w, n->a.stride.w, n->a.dilation.w, &p.l, &p.r);
	n->a.padding = p;
}

/* windows - how many windows fit along one axis */
static int
windows(const Node *n, const char *axis, int in, int before, int after, int kernel, int stride, int dilation,
        bool ceil_mode)
{
	int64_t reach = (int64_t)dilation*(kernel - 1) + 1, room = (int64_t)in + before + after - reach;
	int64_t out;

	if (room < 0 && !(ceil_mode && room > -stride))
		fail_at(n, "want a window of at most %d %s (input %d and padding %d + %d), got %lld",
		        in + before + after, axis, in, before, after, (long long)reach);
	out = room < 0 ? 1 : room/stride + 1;
	if (ceil_mode && room%stride && out*stride < in + before)
		out++;             /* a last, partial window; it must start inside the image or its left padding */
	return (int)out;
}

static void
shape_windows(Node *n, int channels)
{
	Shape x = n->in[0]->shape;
	const Attr *a = &n->a;

	resolve_padding(n, x);
	n->out->shape = (Shape){ x.n, channels,
		windows(n, "rows", x.h, a->padding.t, a->padding.b, a->kernel.h, a->stride.h, a->dilation.h, a->ceil_mode),
		windows(n, "columns", x.w, a->padding.l, a->padding.r, a->kernel.w, a->stride.w, a->dilation.w, a->ceil_mode) };
}

static void
want_same(const Node *n, const Value *x, Shape want)
{
	Shape s = x->shape;

	if (s.n != want.n || s.c != want.c || s.h != want.h || s.w != want.w)
		fail_at(n, "want inputs of one shape, got %dx%dx%d ('%s') and %dx%dx%d ('%s')",
		        want.c, want.h, want.w, n->name, s.c, s.h, s.w, x->node->name);
}

static void
shape_conv2d(Node *n)
{
	int ic = n->in[0]->shape.c, groups = n->a.groups;

	if (ic%groups)
		fail_at(n, "want input channels divisible by groups = %d, got %d", groups, ic);
	if (n->a.out%groups)
		fail_at(n, "want output channels divisible by groups = %d, got %d", groups, n->a.out);
	shape_windows(n, n->a.out);
	if (n->nin == 2)
		want_same(n, n->in[1], n->out->shape);
}

/* grown - the size of one axis that is windowed to in */
static int
grown(const Node *n, const char *axis, int in, int before, int after, int kernel, int stride, int dilation, int more)
{
	int64_t out = (int64_t)(in - 1)*stride - before - after + (int64_t)dilation*(kernel - 1) + 1 + more;

	if (more >= stride && more >= dilation)
		fail_at(n, "want output_padding below stride or dilation, got %d", more);
	if (out < 1 || out > 65536)
		fail_at(n, "want a result of 1 to 65536 %s, got %lld", axis, (long long)out);
	return (int)out;
}

static void
shape_conv_transpose2d(Node *n)
{
	Shape x = n->in[0]->shape;
	const Attr *a = &n->a;

	if (a->padding.t < 0)
		fail_at(n, "want padding as numbers, got \"same\"");
	if (x.c%a->groups || a->out%a->groups)
		fail_at(n, "want channels divisible by groups = %d, got %d to %d", a->groups, x.c, a->out);
	n->out->shape = (Shape){ x.n, a->out,
		grown(n, "rows", x.h, a->padding.t, a->padding.b, a->kernel.h, a->stride.h, a->dilation.h, a->output_padding.h),
		grown(n, "columns", x.w, a->padding.l, a->padding.r, a->kernel.w, a->stride.w, a->dilation.w, a->output_padding.w) };
}

static void
shape_linear(Node *n)
{
	Shape x = n->in[0]->shape;

	if (x.h != 1 || x.w != 1)
		fail_at(n, "want a flat input (nn.flatten before it), got %dx%dx%d", x.c, x.h, x.w);
	n->out->shape = (Shape){ x.n, n->a.out, 1, 1 };
	if (n->nin == 2)
		want_same(n, n->in[1], n->out->shape);
}

static void
shape_same(Node *n)
{
	n->out->shape = n->in[0]->shape;
}

static void
shape_group_norm(Node *n)
{
	shape_same(n);
	if (n->out->shape.c%n->a.groups)
		fail_at(n, "want channels divisible by groups = %d, got %d", n->a.groups, n->out->shape.c);
}

/* check_groups - of a softmax or reduce */
static void
check_groups(const Node *n)
{
	int c = n->in[0]->shape.c;

	if (n->a.groups > 1 && n->a.axis != Along_channels)
		fail_at(n, "want groups = 1 where it is not over the channels, got %d", n->a.groups);
	if (c%n->a.groups)
		fail_at(n, "want channels divisible by groups = %d, got %d", n->a.groups, c);
}

static void
shape_softmax(Node *n)
{
	shape_same(n);
	check_groups(n);
}

static void
shape_reduce(Node *n)
{
	Shape x = n->in[0]->shape;
	bool image = n->a.axis == Along_image, rows = image || n->a.axis == Along_height;
	bool cols = image || n->a.axis == Along_width;

	check_groups(n);
	n->out->shape = (Shape){ x.n, n->a.axis == Along_channels ? n->a.groups : x.c, rows ? 1 : x.h, cols ? 1 : x.w };
}

static void
shape_matmul(Node *n)
{
	Shape x = n->in[0]->shape, z = n->in[1]->shape;
	const Attr *a = &n->a;
	int pixels = x.h*x.w;

	if (a->act == Act_prelu)
		fail_at(n, "want an act without a slope a channel, got prelu");
	if (x.c%a->heads || z.c%a->heads)
		fail_at(n, "want channels divisible by heads = %d, got %d and %d", a->heads, x.c, z.c);
	if (terms_of(n) != (a->transpose_b ? z.h*z.w : z.c/a->heads) || x.n != z.n)
		fail_at(n, "want a second matrix of %d rows, as the first has columns, got %d: %dx%dx%d%s times %dx%dx%d%s in %d "
		        "head%s", terms_of(n), a->transpose_b ? z.h*z.w : z.c/a->heads, x.c, x.h, x.w,
		        a->transpose_a ? " transposed" : "", z.c, z.h, z.w, a->transpose_b ? " transposed" : "",
		        a->heads, a->heads == 1 ? "" : "s");
	n->out->shape = (Shape){ x.n, a->transpose_a ? a->heads*pixels : x.c, a->transpose_b ? 1 : z.h,
		a->transpose_b ? z.c/a->heads : z.w };
}

/* shape_binary - the larger of both; the other is it, or one value a channel, a pixel or an image */
static void
shape_binary(Node *n)
{
	Shape x = n->in[0]->shape, z = n->in[1]->shape, y = x;
	bool channels = x.c == z.c || x.c == 1 || z.c == 1;
	bool pixels = (x.h == z.h && x.w == z.w) || x.h*x.w == 1 || z.h*z.w == 1;

	if (!channels || !pixels || x.n != z.n)
		fail_at(n, "want inputs of one shape, or Cx1x1, 1xHxW or 1x1x1, got %dx%dx%d ('%s') and %dx%dx%d ('%s')",
		        x.c, x.h, x.w, n->in[0]->node->name, z.c, z.h, z.w, n->in[1]->node->name);
	if (z.c > y.c)
		y.c = z.c;
	if (y.h*y.w == 1)
		y.h = z.h, y.w = z.w;
	n->out->shape = y;
}

static void
shape_pool(Node *n)
{
	Attr *a = &n->a;
	Pair reach;

	if (!a->stride.h)
		a->stride = a->kernel;
	resolve_padding(n, n->in[0]->shape);
	reach = (Pair){ a->dilation.h*(a->kernel.h - 1) + 1, a->dilation.w*(a->kernel.w - 1) + 1 };
	if (a->padding.t >= reach.h || a->padding.b >= reach.h || a->padding.l >= reach.w || a->padding.r >= reach.w)
		fail_at(n, "want padding smaller than the window of %dx%d, got %d, %d, %d, %d", reach.h, reach.w, a->padding.t,
		        a->padding.l, a->padding.b, a->padding.r);
	shape_windows(n, n->in[0]->shape.c);
}

static void
shape_adaptive(Node *n)
{
	Shape x = n->in[0]->shape;

	n->out->shape = (Shape){ x.n, x.c, n->a.size.h, n->a.size.w };
}

static void
shape_upsample(Node *n)
{
	Shape x = n->in[0]->shape;

	n->out->shape = (Shape){ x.n, x.c, n->a.size.h, n->a.size.w };
}

/* shape_top_k - the values; where they are, as integers */
static void
shape_top_k(Node *n)
{
	Shape x = n->in[0]->shape;

	if (x.h != 1 || x.w != 1)
		fail_at(n, "want a flat input (nn.flatten before it), got %dx%dx%d", x.c, x.h, x.w);
	if (n->a.out > x.c)
		fail_at(n, "want out of at most the input's %d channels, got %d", x.c, n->a.out);
	n->nout = 2;
	n->out[0].shape = n->out[1].shape = (Shape){ x.n, n->a.out, 1, 1 };
	n->out[1].dtype = DT_i32;
}

static void
shape_concat(Node *n)
{
	n->out->shape = n->in[0]->shape;
	n->out->shape.c = 0;
	for (int i = 0; i < n->nin; i++) {
		Shape x = n->in[i]->shape, y = n->in[0]->shape;
		if (x.n != y.n || x.h != y.h || x.w != y.w)
			fail_at(n, "want inputs of one height and width, got %dx%d ('%s') and %dx%d ('%s')",
			        y.h, y.w, n->in[0]->node->name, x.h, x.w, n->in[i]->node->name);
		n->out->shape.c += x.c;
	}
}

static int
range(const Node *n, const char *axis, Range *r, int size)
{
	if (!r->step)
		*r = (Range){ 0, size, 1 };
	if (r->from < 0 || r->from >= r->to || r->to > size)
		fail_at(n, "want %s {from, to} with 0 <= from < to <= %d, got {%d, %d}", axis, size, r->from, r->to);
	return ceil_div(r->to - r->from, r->step);
}

static void
shape_slice(Node *n)
{
	Shape x = n->in[0]->shape;
	Attr *a = &n->a;
	Range c = { a->channels.h, a->channels.w, a->channels.h >= 0 };

	n->out->shape.n = x.n;
	n->out->shape.c = range(n, "channels", &c, x.c);
	n->out->shape.h = range(n, "rows", &a->rows, x.h);
	n->out->shape.w = range(n, "cols", &a->cols, x.w);
	a->channels = (Pair){ c.from, c.to };
}

static void
shape_pad(Node *n)
{
	Shape x = n->in[0]->shape;
	const Attr *a = &n->a;

	if (a->padding.t < 0)
		fail_at(n, "want padding as numbers, got \"same\"");
	if (a->mode != Fill_constant && a->channels.h + a->channels.w)
		fail_at(n, "want mode = \"constant\" where channels are added, got another");
	if (a->mode == Fill_reflect &&
	    (a->padding.t >= x.h || a->padding.b >= x.h || a->padding.l >= x.w || a->padding.r >= x.w))
		fail_at(n, "want padding smaller than the image of %dx%d to reflect it, got %d, %d, %d, %d", x.h, x.w, a->padding.t,
		        a->padding.l, a->padding.b, a->padding.r);
	n->out->shape = (Shape){ x.n, x.c + a->channels.h + a->channels.w,
		x.h + a->padding.t + a->padding.b, x.w + a->padding.l + a->padding.r };
}

static void
shape_flatten(Node *n)
{
	Shape x = n->in[0]->shape;

	n->out->shape = (Shape){ x.n, x.c*x.h*x.w, 1, 1 };
}

void
infer(Node *n)
{
	static void (*const rules[NOps])(Node *) = {
#define OP(name, lo, hi, shape, family, epi, same, over, par, attrs, doc) shape_##shape,
#include "ops.h"
#undef OP
#define GRAD(name, lo, hi, family, epi, over, doc) shape_##name,
#include "gradients/ops.h"
#undef GRAD
	};

	rules[n->op](n);
	if (n->op != O_top_k)
		n->out->dtype = n->a.step > 0 || n->a.pixels ? DT_u8 : DT_f32;
}

void
node_add(Graph *g, Node *n)
{
	if (g->count >= NNodes)
		fail_at(n, "want at most %d nodes, got more", NNodes);
	infer(n);
	for (int i = 0; i < n->nin; i++)
		if (n->in[i]->dtype != DT_f32 && (n->in[i]->dtype != DT_u8 || !(op_takes(n->op, At_step) || n->op == O_dequantize)))
			fail_at(n, "want floats, got %s ('%s')", dtype_rows[n->in[i]->dtype].words, n->in[i]->node->name);
	if (bytes_flaw(n) || requant_flaw(n))
		fail_at(n, "%s", bytes_flaw(n) ? bytes_flaw(n) : requant_flaw(n));
	if (n->nout < 1 || n->out->shape.n < 1 || n->out->shape.c < 1 || n->out->shape.h < 1 || n->out->shape.w < 1)
		die("shape rule of %s left %dx%dx%dx%d", op_rows[n->op].name, n->out->shape.n, n->out->shape.c, n->out->shape.h,
		    n->out->shape.w);
	if ((double)n->out->shape.n*n->out->shape.c*n->out->shape.h*n->out->shape.w > 1 << 28)
		fail_at(n, "want a result of at most 2^28 elements, got %dx%dx%dx%d",
		        n->out->shape.n, n->out->shape.c, n->out->shape.h, n->out->shape.w);
	if (is_dense(n)) {
		int rank;
		Shape w = param_shape(n, P_weight, &rank);
		if ((double)w.n*w.c*w.h*w.w > 1 << 28)
			fail_at(n, "want at most 2^28 weights, got %dx%dx%dx%d", w.n, w.c, w.h, w.w);
	}
	n->id = g->count;
	PUSH(g->nodes, g->count, n);
}
