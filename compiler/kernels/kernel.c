/*
** kernel.c - the descriptor a kernel is emitted from, and the epilogue all of them share.
*/
#include <string.h>

#include "../resnetc.h"

/* adapts - is the caller's picture read in any other way than float NCHW as it is */
static bool
adapts(const Image *im)
{
	return im->u8 || im->hwc || im->swap || im->normalize;
}

/* kernel_of - what n's text depends on, and nothing else; part: which input of a concat */
Kernel
kernel_of(const Node *n, int part)
{
	Kernel k;
	bool dense = n->op == O_conv2d || n->op == O_linear;

	memset(&k, 0, sizeof k);
	k.op = n->op;
	k.a = n->a;
	k.a.bn = NULL;
	k.a.eps = k.a.bn_eps = 0;
	k.a.affine = k.a.bn_affine = k.a.bias = false;
	k.t = n->g->target;
	k.family = n->family;
	k.y = n->shape;
	k.ly = n->lay;
	k.x = n->nin ? n->in[part]->shape : n->shape;
	k.lx = n->nin ? n->in[part]->lay : layout_of(n->shape, 1, (Sides){ 0, 0, 0, 0 });
	if (n->nin == 2 && n->op != O_concat) {
		k.lz = n->in[1]->lay;
		k.skip = true;
	}
	k.gate = n->op == O_mul && n->in[1]->shape.h*n->in[1]->shape.w == 1;
	k.bias = dense && (n->a.bias || n->a.bn);
	if (n->op == O_input && adapts(&n->g->image))
		k.image = &n->g->image;
	for (int i = 0; i < part; i++)
		k.channel0 += n->in[i]->shape.c;
	return k;
}

/* store_kernel - copies the result of n to the caller's NCHW array */
Kernel
store_kernel(const Node *n)
{
	Kernel k;

	memset(&k, 0, sizeof k);
	k.op = O_input;
	k.store = true;
	k.t = n->g->target;
	k.family = &family_copy;
	k.x = k.y = n->shape;
	k.lx = n->lay;
	k.ly = layout_of(n->shape, 1, (Sides){ 0, 0, 0, 0 });
	return k;
}

static bool
same_shape(Shape a, Shape b)
{
	return a.n == b.n && a.c == b.c && a.h == b.h && a.w == b.w;
}

/* same_kernel - field by field: the bytes between fields may hold anything */
bool
same_kernel(const Kernel *a, const Kernel *b)
{
	for (int i = 0; i < NAttrs; i++)
		if (attr_differs(&attr_rows[i], &a->a, &b->a))
			return false;
	return a->op == b->op && same_shape(a->x, b->x) && same_shape(a->y, b->y) && same_layout(&a->lx, &b->lx) &&
	       same_layout(&a->ly, &b->ly) && (!a->skip || same_layout(&a->lz, &b->lz)) && a->bias == b->bias && a->skip == b->skip && a->gate == b->gate &&
	       a->store == b->store && a->channel0 == b->channel0 && a->image == b->image && a->t == b->t && a->family == b->family;
}

int
vectors_of(const Kernel *k)
{
	return ceil_div(k->y.c, k->ly.cb)*(k->ly.cb/k->t->vl);
}

/* emit_epilogue - the expression that turns an accumulator into the stored value at offset at:
** the skip is added, then the activation applied */
void
emit_epilogue(Out *o, const Kernel *k, const char *acc, const char *at)
{
	char value[128];

	snprintf(value, sizeof value, "%s", acc);
	if (k->skip)
		snprintf(value, sizeof value, "add(%s, ld(z%s))", acc, at);
	out_set(o, "value", "%s", activated(k, (Act)k->a.act, value));
}

/* number - a float constant that reads back as the same float */
static const char *
number(double v)
{
	const char *s = arena_text("%.9g", v);

	return arena_text("%s%sf", s, strpbrk(s, ".e") ? "" : ".0");
}

const char *
activated(const Kernel *k, Act act, const char *value)
{
	const Attr *a = &k->a;

	switch (act) {
	case Act_none:         return value;
	case Act_relu:         return arena_text("relu(%s)", value);
	case Act_relu6:        return arena_text("clamp(%s, splat(0.0f), splat(6.0f))", value);
	case Act_clip:         return arena_text("clamp(%s, splat(%s), splat(%s))", value, number(a->lo), number(a->hi));
	case Act_leaky_relu:   return arena_text("leaky(%s, splat(%s))", value, number(a->slope));
	case Act_sigmoid:      return arena_text("sigmoid(%s)", value);
	case Act_silu:         return arena_text("silu(%s)", value);
	case Act_hard_sigmoid: return arena_text("hard_sigmoid(%s, splat(%s), splat(%s))", value, number(a->slope), number(a->offset));
	case Act_hard_swish:   return arena_text("hard_swish(%s, splat(%s), splat(%s))", value, number(a->slope), number(a->offset));
	case NActs:            break;
	}
	die("activation %d", act);
}

const char *
act_open(const Kernel *k)
{
	return k->a.act ? arena_text("%s(", act_names[k->a.act]) : "";
}

const char *
act_close(const Kernel *k)
{
	return k->a.act ? ")" : "";
}

const char *
act_suffix(const Kernel *k)
{
	return k->a.act ? arena_text("_%s", act_names[k->a.act]) : "";
}

/* emit_operand - a comment line: shape and layout of a tensor */
void
emit_operand(Out *o, const char *name, Shape s, const Layout *l)
{
	char halo[64] = "";

	if (l->halo.t || l->halo.l || l->halo.b || l->halo.r)
		snprintf(halo, sizeof halo, ", halo %d %d %d %d", l->halo.t, l->halo.l, l->halo.b, l->halo.r);
	if (l->cb == 1)
		out_line(o, "** %s  %d x %d x %d  NCHW%s", name, s.c, s.h, s.w, halo);
	else
		out_line(o, "** %s  %d x %d x %d  nChw%dc%s", name, s.c, s.h, s.w, l->cb, halo);
}

/* times - "i*34", or "i" alone when the factor is 1 */
const char *
times(const char *i, size_t factor)
{
	return factor == 1 ? i : arena_text("%s*%zu", i, factor);
}

/* emit_kernel_head - the signature every kernel has: units lo to hi of its work */
void
emit_kernel_head(Out *o, const Kernel *k, const char *fn)
{
	out_line(o, "static void");
	out_line(o, "%s(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)", fn);
	out_line(o, "{");
	if (!k->family->weights)
		out_line(o, "(void)w;");
	if (!k->family->biases || !k->family->biases(k))
		out_line(o, "(void)b;");
	if (!k->skip)
		out_line(o, "(void)z;");
}

/* emit_image_loop - the loop over units: image n and what a unit is of it, count of them an image */
void
emit_image_loop(Out *o, const Kernel *k, const char *unit, int count)
{
	if (k->y.n == 1) {
		out_line(o, "for (int %s = lo; %s < hi; %s++) {", unit, unit, unit);
		return;
	}
	out_line(o, "for (int u = lo; u < hi; u++) {");
	out_line(o, "int n = u/%d, %s = u%%%d;", count, unit, count);
}

/* vector_base - the expression for vector v of image n of tensor name */
const char *
vector_base(const Kernel *k, const char *name, const Layout *l)
{
	int per = l->cb/k->t->vl;
	const char *image = k->y.n > 1 ? arena_text(" + n*%zu", l->image) : "";
	const char *vector = per == 1 ? arena_text(" + v*%zu", l->plane) :
		arena_text(" + v/%d*%zu + v%%%d*%d", per, l->plane, per, k->t->vl);
	const char *origin = l->origin ? arena_text(" + %zu", l->origin) : "";

	return arena_text("%s%s%s%s", name, image, vector, origin);
}
