/*
** axes.c - the order of a kernel's axes: PyTorch's (out, in, h, w; dense out, in) or TensorFlow's (h, w, in, out;
** dense in, out). A file is TensorFlow's where more kernels fit its order alone than fit PyTorch's alone: one wrong
** width says nothing about the others.
*/
#include <string.h>

#include "bind.h"

/* fits - trailing 1s make no difference for a linear layer kept as a 1x1 convolution */
bool
fits(const Tensor *t, const int64_t *dim, int rank)
{
	int least = rank < t->rank ? rank : t->rank;

	for (int i = 0; i < least; i++)
		if (t->dim[i] != dim[i])
			return false;
	for (int i = least; i < t->rank; i++)
		if (t->dim[i] != 1 || rank == 1)
			return false;
	for (int i = least; i < rank; i++)
		if (dim[i] != 1)
			return false;
	return true;
}

static bool
is_depthwise(const Node *n)
{
	return n->op == O_conv2d && n->a.groups > 1 && n->in[0]->shape.c == n->a.groups;
}

int
want_of(const Node *n, ParamId id, bool hwio, int64_t dim[4])
{
	int rank;
	Shape s = param_shape(n, id, &rank);
	int64_t oihw[4] = { s.n, s.c, s.h, s.w }, other[4] = { s.h, s.w, s.c, s.n };

	if (hwio && id == P_weight && rank == 4) {
		if (is_depthwise(n)) {       /* h, w, in, multiplier */
			other[2] = n->a.groups;
			other[3] = s.n/n->a.groups;
		}
		memcpy(dim, other, sizeof other);
	} else if (hwio && id == P_weight && rank == 2) {
		dim[0] = s.c;
		dim[1] = s.n;
		dim[2] = dim[3] = 1;
	} else {
		memcpy(dim, oihw, sizeof oihw);
	}
	return rank;
}

bool
is_hwio(const Binding *b)
{
	int torch = 0, tensorflow = 0;

	for (int i = 0; i < b->g->count; i++) {
		const Node *n = b->g->nodes[i];
		const Tensor *t = n->p[P_weight].name ? find_tensor(b, b->prefix, n->p[P_weight].name) : NULL;
		int64_t dim[4], other[4];
		int rank;
		bool one, two;
		if (!t || (n->op != O_conv2d && n->op != O_linear))
			continue;
		rank = want_of(n, P_weight, false, dim);
		want_of(n, P_weight, true, other);
		one = fits(t, dim, rank);
		two = t->rank == rank && fits(t, other, rank);
		torch += one && !two;
		tensorflow += two && !one;
	}
	return tensorflow > torch;
}

size_t
turned(const Node *n, const Tensor *t, size_t i)
{
	size_t h = (size_t)t->dim[0], w = (size_t)t->dim[1], ic = (size_t)t->dim[2], oc = (size_t)t->dim[3];

	if (t->rank == 2)
		return i%h*w + i/h;              /* (out, in) out of (in, out) */
	if (is_depthwise(n))                 /* output channel c is input c/multiplier, copy c%multiplier */
		return (i%(h*w))*ic*oc + i/(h*w);
	return (i%(h*w)*ic + i/(h*w)%ic)*oc + i/(h*w*ic);
}

/* same_before - the zeros that TensorFlow's "same" puts before the image, of all it needs */
static int
same_before(int in, int kernel, int stride, int dilation, int *all)
{
	int out = (in + stride - 1)/stride, need = (out - 1)*stride + (kernel - 1)*dilation + 1 - in;

	*all = need > 0 ? need : 0;
	return *all/2;
}

/* pads_otherwise - a strided convolution with zeros where "same" has none, or fewer */
static bool
pads_otherwise(const Node *n, Sides *same)
{
	const Attr *a = &n->a;
	Shape x = n->op == O_conv2d ? n->in[0]->shape : (Shape){ 0 };
	int rows, cols;

	if (n->op != O_conv2d || (a->stride.h == 1 && a->stride.w == 1) || (a->kernel.h == 1 && a->kernel.w == 1))
		return false;
	same->t = same_before(x.h, a->kernel.h, a->stride.h, a->dilation.h, &rows);
	same->l = same_before(x.w, a->kernel.w, a->stride.w, a->dilation.w, &cols);
	same->b = rows - same->t;
	same->r = cols - same->l;
	return (a->padding.t || a->padding.l || a->padding.b || a->padding.r) && memcmp(same, &a->padding, sizeof *same);
}

static const char *
sides_text(Sides s)
{
	return arena_text("{ %d, %d, %d, %d }", s.t, s.l, s.b, s.r);
}

void
tell_keras(const Binding *b)
{
	const Node *strided = NULL, *norm = NULL;
	Sides same = { 0 }, s;

	for (int i = 0; i < b->g->count; i++) {
		const Node *n = b->g->nodes[i];
		if (!strided && pads_otherwise(n, &s)) {
			strided = n;
			same = s;
		}
		if (!norm && n->op == O_bn && n->a.eps == 1e-5)
			norm = n;
	}
	if (strided)
		note("%s: kernels in TensorFlow's order: there strided convolutions mostly have padding = \"same\", which is %s "
		     "for '%s'; it has %s", b->w->file, sides_text(same), strided->name, sides_text(strided->a.padding));
	if (norm)
		note("%s: kernels in TensorFlow's order: there batch norms mostly have an eps of 1e-3, '%s' has 1e-5 "
		     "(nn.model { bn = { eps = 1e-3 } })", b->w->file, norm->name);
}
