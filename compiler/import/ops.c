/*
** ops.c - an ONNX graph to ours, node by node. Constants are folded on the way (shape arithmetic); what has
** no counterpart is refused with the node that has it. Semantics: ONNX operators, opsets 7 and later.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "onnx.h"

typedef struct {
	const char *file;
	Graph *g;
	OnnxValue *values;
	int count;
	int64_t opset;
	const Onnx__NodeProto *p;    /* the node at hand */
	int number;                  /* counted from 1 */
	const OnnxOptions *o;
} Import;

static void refuse(const Import *m, const char *format, ...) PRINTF(2, 3) NORETURN;

static void
refuse(const Import *m, const char *format, ...)
{
	va_list args;
	char text[512];

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fail("%s:%d: %s '%s': %s", m->file, m->number, m->p->op_type ? m->p->op_type : "?",
	     m->p->name && *m->p->name ? m->p->name : m->p->n_output ? m->p->output[0] : "?", text);
}

/* --- values and attributes --- */

static OnnxValue *
find(const Import *m, const char *name)
{
	for (int i = m->count - 1; i >= 0; i--)
		if (!strcmp(m->values[i].name, name))
			return &m->values[i];
	return NULL;
}

static void
define(Import *m, const char *name, OnnxValue v)
{
	v.name = name;
	PUSH(m->values, m->count, v);
}

static bool
has_input(const Import *m, size_t i)
{
	return i < m->p->n_input && m->p->input[i] && *m->p->input[i];
}

/* input - the i-th input, which must be there; a copy, the table may move */
static OnnxValue
input(const Import *m, size_t i)
{
	const OnnxValue *v;

	if (!has_input(m, i))
		refuse(m, "want an input %zu, got none", i);
	v = find(m, m->p->input[i]);
	if (!v)
		refuse(m, "want an input '%s' that an earlier node makes, got none", m->p->input[i]);
	return *v;
}

static OnnxValue
constant(const Import *m, size_t i, const char *what)
{
	OnnxValue v = input(m, i);

	if (v.n)
		refuse(m, "want a constant %s, got the result '%s'", what, v.name);
	return v;
}

static OnnxValue
image(const Import *m, size_t i)
{
	OnnxValue v = input(m, i);

	if (!v.n)
		refuse(m, "want a tensor as input %zu, got the constant '%s'", i, v.name);
	if (v.rank != 4)
		refuse(m, "want a 4-D tensor as input %zu, got a %d-D one", i, v.rank);
	return v;
}

static size_t
elements(const OnnxValue *v)
{
	size_t count = 1;

	for (int i = 0; i < v->rank; i++)
		count *= (size_t)v->dim[i];
	return count;
}

static const Onnx__AttributeProto *
attribute(const Import *m, const char *name)
{
	for (size_t i = 0; i < m->p->n_attribute; i++)
		if (m->p->attribute[i]->name && !strcmp(m->p->attribute[i]->name, name))
			return m->p->attribute[i];
	return NULL;
}

static int64_t
attr_int(const Import *m, const char *name, int64_t otherwise)
{
	const Onnx__AttributeProto *a = attribute(m, name);

	return a && a->has_i ? a->i : otherwise;
}

static double
attr_real(const Import *m, const char *name, double otherwise)
{
	const Onnx__AttributeProto *a = attribute(m, name);

	return a && a->has_f ? (double)a->f : otherwise;
}

static const char *
attr_text(const Import *m, const char *name, const char *otherwise)
{
	const Onnx__AttributeProto *a = attribute(m, name);

	return a && a->has_s ? arena_text("%.*s", (int)a->s.len, (const char *)a->s.data) : otherwise;
}

/* attr_ints - count whole numbers in a range; false: not given */
static bool
attr_ints(const Import *m, const char *name, int count, int64_t *v, int64_t lo, int64_t hi)
{
	const Onnx__AttributeProto *a = attribute(m, name);

	if (!a || !a->n_ints)
		return false;
	if (a->n_ints != (size_t)count)
		refuse(m, "want %s as %d numbers (2-D images), got %zu", name, count, a->n_ints);
	for (int i = 0; i < count; i++) {
		v[i] = a->ints[i];
		if (v[i] < lo || v[i] > hi)
			refuse(m, "want %s from %lld to %lld, got %lld", name, (long long)lo, (long long)hi, (long long)v[i]);
	}
	return true;
}

/* list_of - whole numbers from an attribute or, in later opsets, a constant input; -1: neither is there */
static int
list_of(const Import *m, const char *name, size_t at, int64_t *v, int most)
{
	const Onnx__AttributeProto *a = attribute(m, name);
	int count = 0;

	if (a && a->n_ints) {
		if (a->n_ints > (size_t)most)
			refuse(m, "want at most %d %s, got %zu", most, name, a->n_ints);
		for (size_t i = 0; i < a->n_ints; i++)
			v[count++] = a->ints[i];
		return count;
	}
	if (!has_input(m, at))
		return -1;
	OnnxValue c = constant(m, at, name);
	if (elements(&c) > (size_t)most)
		refuse(m, "want at most %d %s, got %zu", most, name, elements(&c));
	for (size_t i = 0; i < elements(&c); i++)
		v[count++] = (int64_t)c.data[i];
	return count;
}

/* --- names --- */

static bool
taken(const Graph *g, const char *name)
{
	for (int i = 0; i < g->count; i++)
		if (!strcmp(g->nodes[i]->name, name))
			return true;
	return false;
}

/* scope_name - "/layer1/layer1.0/conv1/Conv" to "layer1.0.conv1"; other names stay */
static const char *
scope_name(const char *name)
{
	const char *s = name, *path = "", *last = "";

	if (*s != '/')
		return name;
	while (*s == '/') {
		size_t n = strcspn(s + 1, "/");
		const char *part = arena_text("%.*s", (int)n, s + 1);
		s += n + 1;
		if (!*s)
			break;                       /* the op */
		if (*last && !strncmp(part, last, strlen(last)) && part[strlen(last)] == '.')
			path = arena_text("%.*s%s", (int)(strlen(path) - strlen(last)), path, part);
		else
			path = arena_text("%s%s%s", path, *path ? "." : "", part);
		last = part;
	}
	return *path ? path : name;
}

/* layer_name - from the weight's name, the node's, or counted; letters our names may have, used once */
static const char *
layer_name(const Import *m, const char *weight, const char *stem)
{
	const char *own = m->p->name && *m->p->name ? scope_name(m->p->name) : stem, *name, *once;
	char *s;
	size_t n = weight ? strlen(weight) : 0;

	if (n > 7 && !strcmp(weight + n - 7, ".weight"))
		own = arena_text("%.*s", (int)n - 7, weight);
	s = arena_text("%.150s", own);
	for (char *c = s; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("._-", *c)))
			*c = '_';
	name = *s ? s : stem;
	once = name;
	for (int i = 2; taken(m->g, once); i++)
		once = arena_text("%s_%d", name, i);
	return once;
}

/* --- making nodes --- */

static Node *
begin(const Import *m, Op op, const char *name)
{
	Node *n = node_new(m->g, op, m->number);

	n->name = name;
	return n;
}

static Node *
make(const Import *m, Op op, Node *x)
{
	Node *n = begin(m, op, layer_name(m, NULL, op_rows[op].name));

	n->in[n->nin++] = x;
	return n;
}

static void
set_param(Node *n, ParamId p, const double *v, size_t count)
{
	double *data = malloc((count ? count : 1)*sizeof *data);

	if (!data)
		fail("out of memory");
	memcpy(data, v, count*sizeof *v);
	n->p[p].data = data;
	n->p[p].count = count;
}

static OnnxValue
result(Node *n, int rank)
{
	OnnxValue v = { .n = n, .rank = rank };

	v.dim[0] = n->shape.n;
	v.dim[1] = n->shape.c;
	v.dim[2] = n->shape.h;
	v.dim[3] = n->shape.w;
	return v;
}

/* finish - n made the first output */
static void
finish(Import *m, Node *n, int rank)
{
	node_add(m->g, n);
	define(m, m->p->output[0], result(n, rank));
	for (size_t i = 1; i < m->p->n_output; i++)
		if (m->p->output[i] && *m->p->output[i])
			define(m, m->p->output[i], (OnnxValue){ .rank = -1 });   /* reading it is an error: see check_read */
}

static void
same(Import *m, OnnxValue v)
{
	define(m, m->p->output[0], v);
}

/* flat - a 2-D tensor of the image, in NCHW order */
static Node *
flat(Import *m, Node *x)
{
	Node *n;

	if (x->shape.h == 1 && x->shape.w == 1)
		return x;
	n = make(m, O_flatten, x);
	node_add(m->g, n);
	return n;
}

/* scaled - x*scale + shift, a batch norm that does nothing else; both are one value a channel */
static Node *
scaled(Import *m, Node *x, const double *scale, const double *shift)
{
	Node *n = make(m, O_bn, x);
	size_t c = (size_t)x->shape.c;
	double *zeros = arena_new((c + 1)*sizeof *zeros), *ones = arena_new((c + 1)*sizeof *ones);

	for (size_t i = 0; i < c; i++)
		ones[i] = 1;
	n->a.eps = 0;
	set_param(n, P_bn_weight, scale ? scale : ones, c);
	set_param(n, P_bn_bias, shift ? shift : zeros, c);
	set_param(n, P_bn_mean, zeros, c);
	set_param(n, P_bn_var, ones, c);
	node_add(m->g, n);
	return n;
}

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
	} else if (strcmp(same_pad, "NOTSET")) {
		refuse(m, "want auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got '%s'", same_pad);
	}
	n->a.kernel = (Pair){ (int)k[0], (int)k[1] };
	n->a.stride = (Pair){ (int)s[0], (int)s[1] };
	n->a.dilation = (Pair){ (int)d[0], (int)d[1] };
	n->a.padding = (Sides){ (int)p[0], (int)p[1], (int)p[2], (int)p[3] };
}

static void
op_conv(Import *m)
{
	OnnxValue x = image(m, 0), w = constant(m, 1, "kernel");
	Node *n = begin(m, O_conv2d, layer_name(m, w.name, "conv"));

	if (w.rank != 4)
		refuse(m, "want a 4-D kernel, got a %d-D one", w.rank);
	if (w.dim[0] > 65536 || w.dim[2] > 1024 || w.dim[3] > 1024 || w.dim[0] < 1 || w.dim[2] < 1 || w.dim[3] < 1)
		refuse(m, "want a kernel of 1 to 65536 channels and 1 to 1024 taps a side, got %lldx%lldx%lldx%lld", (long long)w.dim[0],
		       (long long)w.dim[1], (long long)w.dim[2], (long long)w.dim[3]);
	n->in[n->nin++] = x.n;
	n->a.out = (int)w.dim[0];
	n->a.groups = (int)attr_int(m, "group", 1);
	if (n->a.groups < 1 || n->a.groups > 65536 || (int64_t)n->a.groups*w.dim[1] != x.n->shape.c)
		refuse(m, "want %d input channels as group and kernel have them, got %lld", x.n->shape.c, (long long)n->a.groups*w.dim[1]);
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
	if (op == O_avg_pool && n->a.kernel.h == n->in[0]->shape.h && n->a.kernel.w == n->in[0]->shape.w && !n->a.padding.t && !n->a.padding.l &&
	    !n->a.padding.b && !n->a.padding.r)
		n = make(m, O_adaptive_avg_pool, n->in[0]);          /* one window, the whole image */
	finish(m, n, 4);
}

static void
op_max_pool(Import *m)
{
	op_pool(m, O_max_pool);
}

static void
op_average_pool(Import *m)
{
	op_pool(m, O_avg_pool);
}

static void
op_global_average_pool(Import *m)
{
	finish(m, make(m, O_adaptive_avg_pool, image(m, 0).n), 4);
}

static void
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

static void
op_reduce_mean(Import *m)
{
	op_reduce(m, O_adaptive_avg_pool);
}

static void
op_reduce_max(Import *m)
{
	op_reduce(m, O_adaptive_max_pool);
}

/* --- channels --- */

static void
op_batch_norm(Import *m)
{
	OnnxValue x = input(m, 0);
	static const ParamId order[] = { P_bn_weight, P_bn_bias, P_bn_mean, P_bn_var };
	const char *weight = has_input(m, 1) ? m->p->input[1] : NULL;
	Node *n;

	if (!x.n || x.rank < 2)
		refuse(m, "want a tensor with channels, got something else");
	if (attr_int(m, "training_mode", 0) || !attr_int(m, "spatial", 1) || attr_int(m, "is_test", 1) != 1)
		refuse(m, "want inference over whole channels, got training_mode or spatial = 0");
	n = begin(m, O_bn, layer_name(m, weight, "bn"));
	n->in[n->nin++] = x.n;
	n->a.eps = attr_real(m, "epsilon", 1e-5);
	n->a.eps = strtod(arena_text("%.7g", n->a.eps), NULL);       /* 1e-5, not its nearest float */
	for (size_t i = 0; i < 4; i++) {
		OnnxValue v = constant(m, i + 1, "batch norm parameter");
		if (elements(&v) != (size_t)x.n->shape.c)
			refuse(m, "want %d values in '%s', got %zu", x.n->shape.c, v.name, elements(&v));
		set_param(n, order[i], v.data, elements(&v));
	}
	finish(m, n, x.rank);
}

static void
activation(Import *m, Op op, double slope, double offset)
{
	OnnxValue x = input(m, 0);
	Node *n;

	if (!x.n)
		refuse(m, "want a tensor, got the constant '%s'", x.name);
	n = make(m, op, x.n);
	n->a.slope = strtod(arena_text("%.7g", slope), NULL);
	n->a.offset = strtod(arena_text("%.7g", offset), NULL);
	finish(m, n, x.rank);
}

static void op_relu(Import *m)         { activation(m, O_relu, 0.01, 0.5); }
static void op_sigmoid(Import *m)      { activation(m, O_sigmoid, 0.01, 0.5); }
static void op_leaky_relu(Import *m)   { activation(m, O_leaky_relu, attr_real(m, "alpha", 0.01), 0.5); }
static void op_hard_sigmoid(Import *m) { activation(m, O_hard_sigmoid, attr_real(m, "alpha", 0.2), attr_real(m, "beta", 0.5)); }

static void
op_hard_swish(Import *m)
{
	OnnxValue x = input(m, 0);

	if (!x.n)
		refuse(m, "want a tensor, got the constant '%s'", x.name);
	finish(m, make(m, O_hard_swish, x.n), x.rank);
}

static void
op_clip(Import *m)
{
	OnnxValue x = input(m, 0);
	double lo = attr_real(m, "min", -3.4e38), hi = attr_real(m, "max", 3.4e38);
	Node *n;

	if (!x.n)
		refuse(m, "want a tensor, got the constant '%s'", x.name);
	if (has_input(m, 1))
		lo = constant(m, 1, "min").data[0];
	if (has_input(m, 2))
		hi = constant(m, 2, "max").data[0];
	if (lo < -3.39e38 && hi > 3.39e38) {
		same(m, x);
		return;
	}
	if (lo > hi)
		lo = hi;                         /* as NumPy's clip */
	n = make(m, lo == 0 && hi > 3.39e38 ? O_relu : lo == 0 && hi == 6 ? O_relu6 : O_clip, x.n);
	if (n->op == O_clip) {
		n->a.lo = fmax(lo, -3.4e38);
		n->a.hi = fmin(hi, 3.4e38);
	}
	finish(m, n, x.rank);
}

static void
op_softmax(Import *m)
{
	OnnxValue x = input(m, 0);
	int64_t axis = attr_int(m, "axis", m->opset >= 13 ? -1 : 1);

	if (!x.n)
		refuse(m, "want a tensor, got the constant '%s'", x.name);
	if (axis < 0)
		axis += x.rank;
	if (axis != 1 || (m->opset < 13 && x.n->shape.h*x.n->shape.w != 1))
		refuse(m, "want a softmax over the channels (axis 1), got axis %lld of a %d-D tensor", (long long)axis, x.rank);
	finish(m, make(m, O_softmax, x.n), x.rank);
}

/* --- two inputs --- */

/* folded - element-wise arithmetic of two constants, with broadcasting over equal or single elements */
static void
fold_constants(Import *m, const OnnxValue *a, const OnnxValue *b, char op)
{
	const OnnxValue *big = elements(a) >= elements(b) ? a : b;
	size_t count = elements(big), na = elements(a), nb = elements(b);
	double *v = arena_new((count + 1)*sizeof *v);
	OnnxValue y = *big;

	if ((na != count && na != 1) || (nb != count && nb != 1))
		refuse(m, "want constants of one shape, or one of them a single value, got %zu and %zu values", na, nb);
	for (size_t i = 0; i < count; i++) {
		double p = a->data[na == 1 ? 0 : i], q = b->data[nb == 1 ? 0 : i];
		v[i] = op == '+' ? p + q : op == '-' ? p - q : op == '*' ? p*q : p/q;
		if (op == '/' && a->whole && b->whole)
			v[i] = trunc(v[i]);
	}
	y.data = v;
	y.whole = a->whole && b->whole;
	same(m, y);
}

/* per_channel - a constant as one value a channel of x, or NULL */
static const double *
per_channel(const OnnxValue *c, const OnnxValue *x)
{
	size_t n = elements(c), channels = (size_t)x->n->shape.c;
	double *v = arena_new((channels + 1)*sizeof *v);
	int axis = c->rank - (x->rank - 1);              /* where the channels are, counted from c's first axis */

	if (n != 1 && (axis < 0 || axis >= c->rank || c->dim[axis] != (int64_t)channels || n != channels))
		return NULL;
	for (size_t i = 0; i < channels; i++)
		v[i] = c->data[n == 1 ? 0 : i];
	return v;
}

static void
with_constant(Import *m, const OnnxValue *x, const OnnxValue *c, char op, bool constant_first)
{
	const double *v = per_channel(c, x);
	size_t channels = (size_t)x->n->shape.c;
	double *scale = arena_new((channels + 1)*sizeof *scale), *shift = arena_new((channels + 1)*sizeof *shift);

	if (!v)
		refuse(m, "want a constant of one value, or one a channel, got '%s' of %zu values", c->name, elements(c));
	if (op == '/' && constant_first)
		refuse(m, "want a tensor divided by a constant, got a constant divided by a tensor");
	for (size_t i = 0; i < channels; i++) {
		scale[i] = op == '*' ? v[i] : op == '/' ? 1/v[i] : op == '-' && constant_first ? -1 : 1;
		shift[i] = op == '+' || (op == '-' && constant_first) ? v[i] : op == '-' ? -v[i] : 0;
	}
	define(m, m->p->output[0], result(scaled(m, x->n, scale, shift), x->rank));
}

static bool
same_shape(Shape a, Shape b)
{
	return a.n == b.n && a.c == b.c && a.h == b.h && a.w == b.w;
}

static void
arithmetic(Import *m, char op)
{
	OnnxValue a = input(m, 0), b = input(m, 1);
	Node *n;

	if (!a.n && !b.n) {
		fold_constants(m, &a, &b, op);
		return;
	}
	if (!a.n || !b.n) {
		with_constant(m, a.n ? &a : &b, a.n ? &b : &a, op, !a.n);
		return;
	}
	if (op == '-' || op == '/')
		refuse(m, "want a constant operand, got two tensors");
	if (a.rank != b.rank)
		refuse(m, "want tensors of one rank, got %d-D and %d-D", a.rank, b.rank);
	if (op == '*' && a.n->shape.h*a.n->shape.w == 1 && b.n->shape.h*b.n->shape.w > 1) {
		OnnxValue t = a;
		a = b;
		b = t;                           /* the gate is the second input */
	}
	if (op == '*' && (b.n->op == O_sigmoid || a.n->op == O_sigmoid)) {
		/* x*sigmoid(x), as exporters write silu; the sigmoid goes when nobody else reads it */
		Node *gate = b.n->op == O_sigmoid ? b.n : a.n, *x = gate == b.n ? a.n : b.n;
		if (gate->in[0] == x) {
			finish(m, make(m, O_silu, x), a.rank);
			return;
		}
	}
	if (!same_shape(a.n->shape, b.n->shape) && !(op == '*' && a.n->shape.n == b.n->shape.n && a.n->shape.c == b.n->shape.c && b.n->shape.h*b.n->shape.w == 1))
		refuse(m, "want tensors of one shape, got %dx%dx%d and %dx%dx%d", a.n->shape.c, a.n->shape.h, a.n->shape.w, b.n->shape.c,
		       b.n->shape.h, b.n->shape.w);
	n = make(m, op == '+' ? O_add : O_mul, a.n);
	n->in[n->nin++] = b.n;
	finish(m, n, a.rank);
}

static void op_add(Import *m) { arithmetic(m, '+'); }
static void op_sub(Import *m) { arithmetic(m, '-'); }
static void op_mul(Import *m) { arithmetic(m, '*'); }
static void op_div(Import *m) { arithmetic(m, '/'); }

static void
op_sum(Import *m)
{
	if (m->p->n_input == 1)
		same(m, input(m, 0));
	else if (m->p->n_input == 2)
		arithmetic(m, '+');
	else
		refuse(m, "want one or two inputs, got %zu", m->p->n_input);
}

/* --- linear --- */

/* dense - x (flat) times weights (out, in) */
static void
dense(Import *m, OnnxValue x, const OnnxValue *b, bool transposed, double alpha, const OnnxValue *c, double beta)
{
	int64_t in = b->dim[transposed ? 1 : 0], out = b->dim[transposed ? 0 : 1];
	Node *n = begin(m, O_linear, layer_name(m, b->name, "fc"));
	double *w = malloc((elements(b) + 1)*sizeof *w);

	if (!w)
		fail("out of memory");
	if (!x.n || x.rank != 2)
		refuse(m, "want a 2-D tensor, got a %d-D %s", x.rank, x.n ? "one" : "constant");
	if (b->rank != 2 || in != x.n->shape.c || out < 1 || out > 65536)
		refuse(m, "want weights of %d inputs, got %s%lldx%lld", x.n->shape.c, b->rank == 2 ? "" : "not 2-D: ", (long long)b->dim[0], (long long)b->dim[1]);
	for (int64_t o = 0; o < out; o++)
		for (int64_t i = 0; i < in; i++)
			w[o*in + i] = alpha*b->data[transposed ? o*in + i : i*out + o];
	n->in[n->nin++] = x.n;
	n->a.out = (int)out;
	n->a.bias = c != NULL;
	n->p[P_weight].data = w;
	n->p[P_weight].count = elements(b);
	if (c) {
		double *v = arena_new((size_t)out*sizeof *v);
		if (elements(c) != (size_t)out && elements(c) != 1)
			refuse(m, "want 1 or %lld values of bias, got %zu", (long long)out, elements(c));
		for (int64_t i = 0; i < out; i++)
			v[i] = beta*c->data[elements(c) == 1 ? 0 : i];
		set_param(n, P_bias, v, (size_t)out);
	}
	finish(m, n, 2);
}

static void
op_gemm(Import *m)
{
	OnnxValue x = input(m, 0), b = constant(m, 1, "weights"), c = { 0 };

	if (attr_int(m, "transA", 0))
		refuse(m, "want transA = 0, got 1");
	if (has_input(m, 2))
		c = constant(m, 2, "bias");
	dense(m, x, &b, attr_int(m, "transB", 0) != 0, attr_real(m, "alpha", 1), has_input(m, 2) ? &c : NULL, attr_real(m, "beta", 1));
}

static void
op_matmul(Import *m)
{
	OnnxValue x = input(m, 0), b = constant(m, 1, "weights");

	dense(m, x, &b, false, 1, NULL, 1);
}

/* --- shapes --- */

static void
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
static void
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
	if (count == 2 && want[0] == x.n->shape.n) {
		same(m, result(flat(m, x.n), 2));
		return;
	}
	if (count == 4 && want[0] == x.n->shape.n && want[1] == x.n->shape.c && want[2] == x.n->shape.h && want[3] == x.n->shape.w) {
		same(m, result(x.n, 4));
		return;
	}
	refuse(m, "want a reshape to images x features, got one to %d dimensions", count);
}

/* op_squeeze, op_unsqueeze - only between N x C x 1 x 1 and N x C, and of constants */
static void
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
		if (x.rank != 4 || count != 2 || !h || !w || x.n->shape.h != 1 || x.n->shape.w != 1)
			refuse(m, "want axes 2 and 3 of a tensor of 1x1 images, got others");
		same(m, result(x.n, 2));
		return;
	}
	x.dim[0] = (int64_t)elements(&x);    /* a constant: a list, or one value */
	x.rank = x.dim[0] == 1 ? 0 : 1;
	same(m, x);
}

static void
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

static void
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
		n->in[n->nin++] = x.n;
	}
	finish(m, n, first.rank);
}

static void
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
		Shape s = n->shape;
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

/* clamp_index - a start or end of a slice, counted from the end when negative */
static int64_t
clamp_index(int64_t i, int64_t size)
{
	if (i < 0)
		i += size;
	return i < 0 ? 0 : i > size ? size : i;
}

static void
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
		double *v = NULL;
		int kept = 0;
		if (x.rank != 1 || count != 1 || (nsteps > 0 && steps[0] < 1))
			refuse(m, "want a constant of one dimension cut forwards, got something else");
		for (int64_t i = clamp_index(from[0], x.dim[0]); i < clamp_index(to[0], x.dim[0]); i += nsteps > 0 ? steps[0] : 1)
			PUSH(v, kept, x.data[i]);
		x.data = v;
		x.dim[0] = kept;
		same(m, x);
		return;
	}
	if (x.rank != 4)
		refuse(m, "want a 4-D tensor, got a %d-D one", x.rank);
	n = make(m, O_slice, x.n);
	n->a.channels = (Pair){ 0, x.n->shape.c };
	n->a.rows = (Range){ 0, x.n->shape.h, 1 };
	n->a.cols = (Range){ 0, x.n->shape.w, 1 };
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

static int
word_in(const Import *m, const char *name, const char *word, const AttrRow *row)
{
	int count;
	const char *const *words = words_of(row, &count);

	for (int i = 0; i < count; i++)
		if (!strcmp(words[i], word))
			return i;
	refuse(m, "want another %s, got '%s'", name, word);
}

/* resize - by scales or to sizes; the batch and the channels stay */
static void
resize(Import *m, const OnnxValue *scales, const OnnxValue *sizes, const char *coords, const char *rounding)
{
	OnnxValue x = image(m, 0);
	const char *mode = attr_text(m, "mode", "nearest");
	double s[4] = { 1, 1, 1, 1 };
	int64_t size[4] = { x.dim[0], x.dim[1], x.dim[2], x.dim[3] }, axes[4] = { 0, 1, 2, 3 };
	const Onnx__AttributeProto *a = attribute(m, "axes");
	const OnnxValue *given = sizes ? sizes : scales;
	size_t naxes = a && a->n_ints ? a->n_ints : 4;
	Node *n;

	if (strcmp(mode, "nearest") && strcmp(mode, "linear") && strcmp(mode, "bilinear"))
		refuse(m, "want mode nearest or linear, got '%s'", mode);
	if (attr_int(m, "antialias", 0) || strcmp(attr_text(m, "keep_aspect_ratio_policy", "stretch"), "stretch"))
		refuse(m, "want no antialias and keep_aspect_ratio_policy stretch, got others");
	if (naxes > 4 || elements(given) != naxes)
		refuse(m, "want a scale or size for each of %zu axes, got %zu", naxes, elements(given));
	for (size_t i = 0; a && i < a->n_ints; i++)
		axes[i] = a->ints[i] < 0 ? a->ints[i] + 4 : a->ints[i];
	for (size_t i = 0; i < naxes; i++) {
		if (axes[i] < 0 || axes[i] > 3)
			refuse(m, "want axes from 0 to 3, got %lld", (long long)axes[i]);
		if (sizes)
			size[axes[i]] = (int64_t)given->data[i];
		else {
			s[axes[i]] = given->data[i];
			size[axes[i]] = (int64_t)floor((double)x.dim[axes[i]]*given->data[i]);
		}
	}
	if (size[0] != x.dim[0] || size[1] != x.dim[1])
		refuse(m, "want batch and channels as they are, got them resized");
	for (int i = 2; i < 4; i++)
		if (size[i] < 1 || size[i] > 4096)
			refuse(m, "want images of 1 to 4096 pixels a side, got %lld", (long long)size[i]);
	n = make(m, strcmp(mode, "nearest") ? O_upsample_bilinear : O_upsample_nearest, x.n);
	n->a.size = (Pair){ (int)size[2], (int)size[3] };
	if (!sizes) {
		n->a.scale_h = s[2];
		n->a.scale_w = s[3];
	}
	n->a.coords = word_in(m, "coordinate_transformation_mode", coords, &attr_rows[At_coords]);
	if (n->op == O_upsample_nearest)
		n->a.rounding = word_in(m, "nearest_mode", rounding, &attr_rows[At_rounding]);
	finish(m, n, 4);
}

static void
op_resize(Import *m)
{
	OnnxValue scales = { 0 }, sizes = { 0 };
	bool old = m->opset < 11, to = !old && has_input(m, 3);

	if (to)
		sizes = constant(m, 3, "sizes");
	else
		scales = constant(m, old ? 1 : 2, "scales");
	resize(m, &scales, to ? &sizes : NULL, old ? "asymmetric" : attr_text(m, "coordinate_transformation_mode", "half_pixel"),
	       old ? "floor" : attr_text(m, "nearest_mode", "round_prefer_floor"));
}

static void
op_upsample(Import *m)
{
	OnnxValue scales = { .rank = 1 };
	const Onnx__AttributeProto *a = attribute(m, "scales");

	if (a && a->n_floats) {
		double *v = arena_new(a->n_floats*sizeof *v);
		for (size_t i = 0; i < a->n_floats; i++)
			v[i] = (double)a->floats[i];
		scales.dim[0] = (int64_t)a->n_floats;
		scales.data = v;
	} else {
		scales = constant(m, 1, "scales");
	}
	resize(m, &scales, NULL, "asymmetric", "floor");
}

/* --- constants --- */

static void
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
	if ((a = attribute(m, "value_float"))) {
		*data = (double)a->f;
	} else if ((a = attribute(m, "value_int"))) {
		*data = (double)a->i;
		v.whole = true;
	} else if ((a = attribute(m, "value_ints"))) {
		v.rank = 1;
		v.whole = true;
		v.dim[0] = (int64_t)a->n_ints;
		v.data = data = arena_new((a->n_ints + 1)*sizeof *data);
		for (size_t i = 0; i < a->n_ints; i++)
			data[i] = (double)a->ints[i];
	} else if ((a = attribute(m, "value_floats"))) {
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

static void
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

static void
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

static void
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

static void
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

static void
op_transpose(Import *m)
{
	OnnxValue x = input(m, 0);
	double *v;

	if (x.n || x.rank != 2)
		refuse(m, "want a transposed constant of 2 dimensions, got %s of %d", x.n ? "a tensor" : "a constant", x.rank);
	v = malloc((elements(&x) + 1)*sizeof *v);
	if (!v)
		fail("out of memory");
	for (int64_t i = 0; i < x.dim[0]; i++)
		for (int64_t j = 0; j < x.dim[1]; j++)
			v[j*x.dim[0] + i] = x.data[i*x.dim[1] + j];
	x.data = v;
	int64_t t = x.dim[0];
	x.dim[0] = x.dim[1];
	x.dim[1] = t;
	same(m, x);
}

static void
op_identity(Import *m)
{
	same(m, input(m, 0));
}

static void
op_dropout(Import *m)
{
	if (has_input(m, 2) && constant(m, 2, "training_mode").data[0] != 0 && !(has_input(m, 1) && constant(m, 1, "ratio").data[0] == 0))
		refuse(m, "want inference, got training_mode");
	same(m, input(m, 0));
	for (size_t i = 1; i < m->p->n_output; i++)
		if (*m->p->output[i])
			define(m, m->p->output[i], (OnnxValue){ .rank = -1 });
}

static const struct { const char *name; void (*run)(Import *); } ops[] = {
	{ "Add", op_add }, { "AveragePool", op_average_pool }, { "BatchNormalization", op_batch_norm }, { "Cast", op_cast }, { "Clip", op_clip },
	{ "Concat", op_concat }, { "Constant", op_constant }, { "ConstantOfShape", op_constant_of_shape }, { "Conv", op_conv }, { "Div", op_div },
	{ "Dropout", op_dropout }, { "Flatten", op_flatten }, { "Gather", op_gather }, { "Gemm", op_gemm },
	{ "GlobalAveragePool", op_global_average_pool }, { "GlobalMaxPool", op_global_max_pool }, { "HardSigmoid", op_hard_sigmoid },
	{ "HardSwish", op_hard_swish }, { "Identity", op_identity }, { "LeakyRelu", op_leaky_relu }, { "MatMul", op_matmul },
	{ "MaxPool", op_max_pool }, { "Mul", op_mul }, { "Pad", op_pad }, { "ReduceMax", op_reduce_max }, { "ReduceMean", op_reduce_mean },
	{ "Relu", op_relu }, { "Reshape", op_reshape }, { "Resize", op_resize }, { "Shape", op_shape }, { "Sigmoid", op_sigmoid },
	{ "Slice", op_slice }, { "Softmax", op_softmax }, { "Squeeze", op_squeeze }, { "Sub", op_sub }, { "Sum", op_sum },
	{ "Transpose", op_transpose }, { "Unsqueeze", op_unsqueeze }, { "Upsample", op_upsample },
};
enum { NOnnxOps = sizeof ops/sizeof *ops };

/* --- the graph --- */

/* add_input - the image; sizes the file leaves open come from the options */
static void
add_input(Import *m, const Onnx__ValueInfoProto *v)
{
	const Onnx__TensorTypeProto *t = v->type ? v->type->tensor_type : NULL;
	int64_t d[4] = { 1, 0, 0, 0 };
	Node *n = node_new(m->g, O_input, 0);

	if (!t || !t->shape || t->shape->n_dim != 4)
		fail("%s: input '%s': want a 4-D tensor (images, channels, height, width), got a %zu-D one", m->file, v->name,
		     t && t->shape ? t->shape->n_dim : 0);
	if (t->elem_type != 1)
		fail("%s: input '%s': want float32, got data type %d", m->file, v->name, t->elem_type);
	for (int i = 0; i < 4; i++)
		if (t->shape->dim[i]->has_dim_value && t->shape->dim[i]->dim_value > 0)
			d[i] = t->shape->dim[i]->dim_value;
	if (m->o->h) {
		d[2] = m->o->h;
		d[3] = m->o->w;
	}
	if (m->o->batch)
		d[0] = m->o->batch;
	if (!d[2] || !d[3])
		fail("%s: input '%s': want a height and a width (--input HxW), got an open size", m->file, v->name);
	for (int i = 0; i < 4; i++)
		if (d[i] < 1 || d[i] > 65536)
			fail("%s: input '%s': want dimensions from 1 to 65536, got %lld", m->file, v->name, (long long)d[i]);
	n->name = "input";
	n->a.shape = (Shape){ (int)d[0], (int)d[1], (int)d[2], (int)d[3] };
	node_add(m->g, n);
	define(m, v->name, result(n, 4));
}

static void
add_inputs(Import *m, const Onnx__GraphProto *p)
{
	bool seen = false;

	for (size_t i = 0; i < p->n_initializer; i++)
		if (p->initializer[i]->name)
			define(m, p->initializer[i]->name, onnx_constant(m->file, p->initializer[i]));
	for (int i = 0; i < m->o->nconstants; i++)
		define(m, m->o->constants[i].name, m->o->constants[i].value);
	for (size_t i = 0; i < p->n_input; i++) {
		const char *name = p->input[i]->name ? p->input[i]->name : "?";
		if (find(m, name))
			continue;                    /* an initialiser that is listed as an input too */
		if (seen)
			fail("%s: input '%s': want one input that is not a constant, got a second", m->file, name);
		seen = true;
		add_input(m, p->input[i]);
	}
	if (!seen)
		fail("%s: want an input, got none", m->file);
}

static void
run_node(Import *m)
{
	const char *type = m->p->op_type ? m->p->op_type : "?", *names[NOnnxOps], *near;

	if (m->p->domain && *m->p->domain && strcmp(m->p->domain, "ai.onnx"))
		refuse(m, "want an operator of ONNX itself, got domain '%s'", m->p->domain);
	if (!m->p->n_output || !*m->p->output[0])
		refuse(m, "want a node with a result, got none");
	for (size_t i = 0; i < m->p->n_input; i++) {
		const OnnxValue *v = find(m, m->p->input[i]);
		if (v && v->rank < 0)
			refuse(m, "want first results of nodes, got '%s', a second one", v->name);
	}
	for (int i = 0; i < NOnnxOps; i++) {
		if (!strcmp(ops[i].name, type)) {
			ops[i].run(m);
			return;
		}
		names[i] = ops[i].name;
	}
	near = nearest(type, names, NOnnxOps);
	refuse(m, "want an operator of residual networks, got this%s%s%s", near ? "; the nearest one is " : "", near ? near : "", "");
}

Graph *
onnx_import(const char *file, const OnnxOptions *o)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);
	const Onnx__ModelProto *p = onnx_read(file, map, len);
	Import m = { .file = file, .g = graph_new(file), .o = o };

	for (size_t i = 0; i < p->n_opset_import; i++)
		if (!p->opset_import[i]->domain || !*p->opset_import[i]->domain || !strcmp(p->opset_import[i]->domain, "ai.onnx"))
			m.opset = p->opset_import[i]->version;
	if (m.opset < 7)
		fail("%s: want opset 7 or later, got %lld", file, (long long)m.opset);
	add_inputs(&m, p->graph);
	for (size_t i = 0; i < p->graph->n_node; i++) {
		m.p = p->graph->node[i];
		m.number = (int)i + 1;
		run_node(&m);
	}
	for (size_t i = 0; i < p->graph->n_output; i++) {
		const char *name = p->graph->output[i]->name ? p->graph->output[i]->name : "?";
		const OnnxValue *v = find(&m, name);
		int count = m.g->noutputs;
		if (!v || !v->n)
			fail("%s: output '%s': want a result of the graph, got %s", file, name, v ? "a constant" : "none");
		for (int k = 0; k < m.g->noutputs; k++)
			if (m.g->outputs[k] == v->n)
				fail("%s: output '%s': want each result once, got '%s' again", file, name, v->n->name);
		PUSH(m.g->outputs, m.g->noutputs, v->n);
		PUSH(m.g->output_names, count, "");
	}
	if (!m.g->noutputs)
		fail("%s: want an output, got none", file);
	for (int i = 0; i < m.g->count; i++)
		node_params(m.g->nodes[i], NULL, NULL);
	fill_uses(m.g);
	dce(m.g);
	return m.g;
}
