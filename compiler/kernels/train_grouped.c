/*
** train_grouped.c - gradient of the weights of a convolution in groups no wider than a vector, depthwise among them: of
** a vector of output channels only the same channels of the input matter. Lane i of a sum for s is of input channel i
** and output channel i^s of a group, so that all lanes do useful work: swap(dy, s) moves them there.
**
** A tile is some of the sums of a vector, row [ki][s][kj], in accumulators of their own, while pixels go by. Fixed
** groups of images have sums apart, part[group of images][vector][row][VL], which a second phase adds up as a tree, in
** the order of the weight file.
*/
#include "train_dw.h"

enum {
	MostGroups  = 16,            /* of images */
	WantedUnits = 32,            /* of work, that threads share */
	SmallImage  = 4096           /* floats of a vector's plane: of those several images are summed at once */
};

/* grad_fits - groups as wide in as out, a power of two of channels that fits a vector, unless a block is as good */
static bool
grad_fits(const Node *n)
{
	const Target *t = n->g->target;
	int in, out;

	if (n->op != O_conv2d_dw || n->a.groups == 1)
		return false;
	in = n->in[0]->shape.c/n->a.groups;
	out = n->in[1]->shape.c/n->a.groups;
	return in == out && !(in & (in - 1)) && in <= t->vl && in < t->block;
}

static int
width_of(const Kernel *k)
{
	return k->in->shape.c/k->a.groups;
}

static int
vectors_in(const Kernel *k)
{
	return ceil_div(k->in->shape.c, k->in->lay.cb)*(k->in->lay.cb/k->t->vl);
}

static int
rows_of(const Kernel *k)
{
	return k->a.kernel.h*k->a.kernel.w*width_of(k);
}

static int
images_apart(const Kernel *k)
{
	int wanted = ceil_div(WantedUnits, vectors_in(k)), most = wanted < MostGroups ? wanted : MostGroups;

	if (k->strips)
		return k->strip ? 1 : k->strips;
	return most < k->in->shape.n ? most : k->in->shape.n;
}

/* part_floats - of a group of images */
static size_t
part_floats(const Kernel *k)
{
	return (size_t)(vectors_in(k)*rows_of(k)*k->t->vl);
}

static void
grad_describe(const Kernel *k, char *name, size_t len)
{
	int g = width_of(k);

	snprintf(name, len, "dw_%s%dx%d_%d_%dx%d%s%s", g == 1 ? "depthwise" : "grouped", k->a.kernel.h, k->a.kernel.w,
	         k->in->shape.c, k->in[1].shape.h, k->in[1].shape.w,
	         k->a.stride.h > 1 ? arena_text("_s%d", k->a.stride.h) : "", g > 1 ? arena_text("_g%d", k->a.groups) : "");
}

/* emit_pixel - one pixel of the rows r0 to r0 + p */
static void
emit_pixel(Out *o, const Kernel *k, int r0, int p)
{
	int g = width_of(k), kw = k->a.kernel.w, before = -1;
	const char *line = "";

	for (int r = r0; r < r0 + p; r++) {
		int ki = r/(g*kw), s = r/kw%g, kj = r%kw;
		if (s != before)
			line = arena_text("%s = %s;", before < 0 ? "V d" : "d", s ? arena_text("swap(ld(di), %d)", s) : "ld(di)");
		before = s;
		out_line(o, "%s%sa%d = fma_(ld(xi%s), d, a%d);", line, *line ? " " : "", r - r0,
		         plus((size_t)(ki*k->a.dilation.h)*k->in->lay.row + (size_t)(kj*k->a.dilation.w*k->in->lay.cb)), r - r0);
		line = "";
	}
}

/* emit_tile - the micro-kernel of rows r0 to r0 + p, over whole images: its name */
static const char *
emit_tile(Out *all, const Kernel *k, int r0, int p)
{
	const View *x = &k->in[0], *dy = &k->in[1];
	Out *o = out_in(NULL);
	char name[128];

	out_line(o, "(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images, float *RC_RESTRICT to, int first)");
	out_line(o, "{");
	out_flow(o, "V");
	for (int r = 0; r < p; r++)
		out_flow(o, "a%d = first ? zero() : ld(to%s)%s", r, plus((size_t)(r*k->t->vl)), r + 1 == p ? ";" : ",");
	out_flow_end(o);
	out_line(o, "\nfor (int n = 0; n < images; n++, x += %zu, dy += %zu)", x->lay.image, dy->lay.image);
	out_line(o, "for (int i = 0; i < %d; i++) {", dy->shape.h);
	out_line(o, "const float *xi = x + i*%zu, *di = dy + i*%zu;\n", x->lay.row*(size_t)k->a.stride.h, dy->lay.row);
	out_line(o, "for (int j = 0; j < %d; j++, xi += %d, di += %d) {", dy->shape.w, k->a.stride.w*x->lay.cb, dy->lay.cb);
	emit_pixel(o, k, r0, p);
	out_line(o, "}");
	out_line(o, "}");
	for (int r = 0; r < p; r++)
		out_flow(o, "st(to%s, a%d);", plus((size_t)(r*k->t->vl)), r);
	out_flow_end(o);
	out_line(o, "}");
	grad_describe(k, name, sizeof name);
	return helper(all, "", "static RC_NOINLINE void", arena_text("%s_%dto%d", name, r0, r0 + p), o);
}

static int
emit_partial(Out *o, const Kernel *k)
{
	const View *x = &k->in[0], *dy = &k->in[1];
	int n = x->shape.n, images = images_apart(k), vectors = vectors_in(k), rows = rows_of(k), count[2], width[2], r = 0;
	int per = x->lay.cb/k->t->vl;
	bool small = x->lay.plane <= SmallImage;
	size_t x0 = (size_t)(x->lay.halo.t - k->a.padding.t)*x->lay.row +
		(size_t)((x->lay.halo.l - k->a.padding.l)*x->lay.cb);
	Out *calls = out_new();

	split_row(rows, k->t->regs - 3, count, width);
	for (int i = 0; i < 2; i++)
		for (int m = 0; m < count[i]; m++, r += width[i])
			out_line(calls, "%s(xn, dyn, %s, to%s, n == from);", emit_tile(o, k, r, width[i]), small ? "end - from" : "1",
			         plus((size_t)(r*k->t->vl)));
	emit_head(o, k, 0);
	out_line(o, "for (int u = lo; u < hi; u++) {");
	out_line(o, "int g = %s, v = %s, %s;", over("u", vectors), rest("u", vectors), from_to("end", n, images));
	out_line(o, "float *to = part + u*%d;\n", rows*k->t->vl);
	out_line(o, "for (int n = from; n < end; n += %s) {", small ? "end - from" : "1");
	for (int i = 0; i < 2; i++) {
		const View *of = i ? dy : x;
		out_line(o, "const float *%sn = %s + n*%zu + %s%s;%s", i ? "dy" : "x", i ? "dy" : "x", of->lay.image,
		         per == 1 ? times("v", of->lay.plane) : arena_text("v/%d*%zu + v%%%d*%d", per, of->lay.plane, per, k->t->vl),
		         plus(i ? dy->lay.origin : x0), i ? "\n" : "");
	}
	out_text(o, out_string(calls, NULL));
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return images*vectors;
}

/* emit_total - a unit is a vector, whose sums are added up where they lie */
static int
emit_total(Out *o, const Kernel *k)
{
	int g = width_of(k), kh = k->a.kernel.h, kw = k->a.kernel.w, vl = k->t->vl, images = images_apart(k);

	emit_head(o, k, 1);
	out_line(o, "for (int v = lo; v < hi; v++) {");
	out_line(o, "float *sums = part + v*%d;\n", rows_of(k)*vl);
	if (images > 1)
		out_line(o, "rc_tree(sums, %d, %zu, %d);", images, part_floats(k), rows_of(k)*vl);
	out_line(o, "for (int l = 0; l < %d && v*%d + l < %d; l++)", vl, vl, k->in->shape.c);
	if (kh > 1)
		out_line(o, "for (int i = 0; i < %d; i++)", kh);
	if (g > 1)
		out_line(o, "for (int s = 0; s < %d; s++)", g);
	out_line(o, "for (int j = 0; j < %d; j++)", kw);
	out_line(o, "\tdw[(%s)*%d%s + j] = sums[%s*%d + l];",
	         g > 1 ? arena_text("(v*%d + (l^s))*%d + l%%%d", vl, g, g) : arena_text("v*%d + l", vl), kh*kw,
	         kh > 1 ? arena_text(" + %s", times("i", (size_t)kw)) : "",
	         g > 1 ? arena_text("((%ss)*%d + j)", kh > 1 ? arena_text("i*%d + ", g) : "", kw) :
	         kh > 1 ? arena_text("(%s + j)", times("i", (size_t)kw)) : "j", vl);
	out_line(o, "}");
	out_line(o, "}");
	return vectors_in(k);
}

static int
grad_emit(Out *o, const Kernel *k, int phase)
{
	out_line(o, phase ? "** dw = the sums of groups of images, added up" :
	         "** part = x at each tap times dy, over groups of images");
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "dy", &k->in[1]);
	return phase ? emit_total(o, k) : emit_partial(o, k);
}

static size_t
grad_scratch(const Kernel *k)
{
	return part_floats(k)*(size_t)images_apart(k)*sizeof(float);
}

static double
grad_work(const Kernel *k)
{
	return (double)part_floats(k)*k->in[1].shape.n*k->in[1].shape.h*k->in[1].shape.w;
}

const Family family_grouped_dw = {
	.name = "grouped_dw", .fits = grad_fits, .phases = 2, .reduces = true, .reach = dw_reach, .work = grad_work,
	.describe = grad_describe, .emit = grad_emit, .scratch = grad_scratch,
	.operands = dw_operands
};
