/*
** reduce.c - sums, means, extremes and norms: of the channels of each pixel, of each group of them, or along rows,
** columns and images.
**
** Channels: whole vectors into one, whose lanes are brought together at the end; a unit of work is a row of pixels.
** Groups of channels are walked by single floats. Along other axes the channels of a vector are calculated side by
** side, and a unit is one vector of one image.
*/
#include "kernel.h"

static void
reduce_describe(const Kernel *k, char *name, size_t len)
{
	int count;

	snprintf(name, len, "%s_of_%s_%dx%dx%d%s", words_of(&attr_rows[At_reduction], &count)[k->a.reduction],
	         words_of(&attr_rows[At_axis], &count)[k->a.axis], k->in->shape.c, k->in->shape.h, k->in->shape.w,
	         k->a.groups > 1 ? arena_text("_g%d", k->a.groups) : "");
}

/* begin_of - the value of nothing, a float */
static const char *
begin_of(const Kernel *k)
{
	return k->a.reduction == Reduce_max ? "-RC_INFINITY" : k->a.reduction == Reduce_min ? "RC_INFINITY" : "0.0f";
}

/* join - the expression of a value and one more, of vectors */
static const char *
join(const Kernel *k, const char *a, const char *v)
{
	return k->a.reduction == Reduce_max || k->a.reduction == Reduce_min ?
		arena_text("%s(%s, %s)", k->a.reduction == Reduce_max ? "pmax" : "pmin", a, v) : arena_text("add(%s, %s)", a, v);
}

/* end_of - the expression of the result; count numbers are in it */
static const char *
end_of(const Kernel *k, const char *a, int count)
{
	return k->a.reduction == Reduce_mean ? arena_text("mul(%s, splat(%s))", a, float_text(1.0/count)) :
		k->a.reduction == Reduce_l2 ? arena_text("root(%s)", a) : a;
}

/* emit_take - d, an expression, into a vector */
static void
emit_take(Out *o, const Kernel *k, const char *a, const char *d)
{
	if (k->a.reduction == Reduce_l2)
		out_line(o, "%s = fma_(%s, %s, %s);", a, d, d, a);
	else
		out_line(o, "%s = %s;", a, join(k, a, d));
}

static void
emit_comment(Out *o, const Kernel *k, const char *of)
{
	int count;

	out_line(o, "** y = %s of %s", words_of(&attr_rows[At_reduction], &count)[k->a.reduction], of);
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
}

/* emit_lanes - a table of vl lanes: below 0 the first count of them */
static void
emit_lanes(Out *o, const Kernel *k, const char *name, int count)
{
	const char *list = "";

	for (int i = 0; i < k->t->vl; i++)
		list = arena_text("%s%s%s1", list, i ? ", " : "", i < count ? "-" : "");
	out_line(o, "static const float %s[%d] = { %s };", name, k->t->vl, list);
}

/* emit_pixel - the pixel at j: pointers to its channels */
static void
emit_pixel(Out *o, const Kernel *k)
{
	const Layout *lx = &k->in->lay, *ly = &k->out->lay;
	bool several = k->in->shape.n > 1;

	out_line(o, "for (int j = 0; j < %d; j++) {", k->in->shape.w);
	out_line(o, "const float *xp = x%s%s + i*%zu + j*%d;", several ? arena_text(" + n*%zu", lx->image) : "",
	         plus(lx->origin), lx->row, lx->cb);
	out_line(o, "float *yp = y%s%s + i*%zu + j*%d;", several ? arena_text(" + n*%zu", ly->image) : "",
	         plus(ly->origin), ly->row, ly->cb);
}

/* over_channels - of the whole pixel; the result is one channel, whose block's other lanes are 0 */
static int
over_channels(Out *o, const Kernel *k, int phase)
{
	Shape x = k->in->shape;
	int vl = k->t->vl, per = k->in->lay.cb/vl, full = x.c/vl, rest = x.c%vl;
	const char *d = per == 1 ? arena_text("ld(xp + v*%zu)", k->in->lay.plane) :
		arena_text("ld(xp + v/%d*%zu + v%%%d*%d)", per, k->in->lay.plane, per, vl);

	emit_comment(o, k, "the channels of each pixel");
	emit_head(o, k, phase);
	emit_lanes(o, k, "first", 1);
	if (rest)
		emit_lanes(o, k, "keep", rest);
	out_line(o, "%s", "");
	emit_image_loop(o, k, "i", x.h);
	emit_pixel(o, k);
	out_line(o, "V a = splat(%s);\n", begin_of(k));
	if (full) {
		out_line(o, "for (int v = 0; v < %d; v++) {", full);
		out_line(o, "V d = %s;\n", d);
		emit_take(o, k, "a", "d");
		out_line(o, "}");
	}
	if (rest) {
		out_line(o, "{");
		out_line(o, "const int v = %d;", full);
		out_line(o, "V d = below0(ld(keep), %s, splat(%s));\n", d, begin_of(k));
		emit_take(o, k, "a", "d");
		out_line(o, "}");
	}
	for (int s = 1; s < vl; s *= 2)
		out_line(o, "a = %s;", join(k, "a", arena_text("swap(a, %d)", s)));
	out_line(o, "st(yp, below0(ld(first), %s, zero()));", end_of(k, "a", x.c));
	if (vectors_of(k) > 1) {
		out_line(o, "for (int v = 1; v < %d; v++)", vectors_of(k));
		out_line(o, "\tst(yp + v*%d, zero());", vl);
	}
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return x.n*x.h;
}

/* over_groups - of the channels of a pixel, by single floats; what is done at the end is done in vectors */
static int
over_groups(Out *o, const Kernel *k, int phase)
{
	const Layout *lx = &k->in->lay, *ly = &k->out->lay;
	Shape x = k->in->shape;
	int vl = k->t->vl, per = ly->cb/vl, lanes = vectors_of(k)*vl;
	const char *most = k->a.reduction == Reduce_max ? "v > a || v != v ? v : a" :
		k->a.reduction == Reduce_min ? "v < a || v != v ? v : a" : k->a.reduction == Reduce_l2 ? "a + v*v" : "a + v";

	emit_comment(o, k, arena_text("each of %d groups of channels", k->a.groups));
	out_set(o, "each", "%d", x.c/k->a.groups);
	out_set(o, "groups", "%d", k->a.groups);
	out_set(o, "xk", "xp[k/%d*%zu + k%%%d]", lx->cb, lx->plane, lx->cb);
	out_set(o, "yg", "yp[g/%d*%zu + g%%%d]", ly->cb, ly->plane, ly->cb);
	out_set(o, "most", "%s", most);
	emit_head(o, k, phase);
	emit_image_loop(o, k, "i", x.h);
	emit_pixel(o, k);
	out_text(o, "\nfor (int g = 0; g < $groups; g++) {\n");
	out_line(o, "float a = %s;\n", begin_of(k));
	out_text(o, "for (int k = g*$each; k < (g + 1)*$each; k++) {\n"
	            "float v = $xk;\n\n"
	            "a = $most;\n"
	            "}\n"
	            "$yg = a;\n"
	            "}\n");
	if (k->a.groups < lanes) {
		out_line(o, "for (int g = %d; g < %d; g++)", k->a.groups, lanes);
		out_text(o, "\t$yg = 0;\n");
	}
	if (k->a.reduction == Reduce_mean || k->a.reduction == Reduce_l2) {
		out_line(o, "for (int v = 0; v < %d; v++) {", vectors_of(k));
		out_line(o, "float *yv = yp + %s;", per == 1 ? arena_text("v*%zu", ly->plane) :
		         arena_text("v/%d*%zu + v%%%d*%d", per, ly->plane, per, vl));
		out_line(o, "st(yv, %s);", end_of(k, "ld(yv)", x.c/k->a.groups));
		out_line(o, "}");
	}
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return x.n*x.h;
}

/* along - rows, columns, or the image of every channel, whose rows are taken by themselves: less is rounded away so */
static int
along(Out *o, const Kernel *k, int phase)
{
	Shape x = k->in->shape, y = k->out->shape;
	bool height = k->a.axis == Along_height, image = k->a.axis == Along_image;
	const char *rows = arena_text("for (int i = 0; i < %d; i++)", x.h);
	const char *columns = arena_text("for (int j = 0; j < %d; j++)", x.w);

	emit_comment(o, k, height ? "each column" : image ? "each image" : "each row");
	out_set(o, "xv", "%s", vector_base(k, "x", &k->in->lay));
	out_set(o, "yv", "%s", vector_base(k, "y", &k->out->lay));
	emit_head(o, k, phase);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_text(o, "const float *xv = $xv;\n"
	            "float *yv = $yv;\n\n");
	out_line(o, "%s{", image ? "" : arena_text("%s ", height ? columns : rows));
	out_line(o, "V a = splat(%s);\n", begin_of(k));
	if (image) {
		out_line(o, "%s {", rows);
		out_line(o, "V b = splat(%s);\n", begin_of(k));
	}
	out_line(o, "%s {", height ? rows : columns);
	out_line(o, "V d = ld(xv + i*%zu + j*%d);\n", k->in->lay.row, k->in->lay.cb);
	emit_take(o, k, image ? "b" : "a", "d");
	out_line(o, "}");
	if (image) {
		out_line(o, "a = %s;", join(k, "a", "b"));
		out_line(o, "}");
	}
	out_line(o, "st(yv%s, %s);", image ? "" : height ? arena_text(" + j*%d", k->out->lay.cb) :
	         arena_text(" + i*%zu", k->out->lay.row), end_of(k, "a", x.h*x.w/(y.h*y.w)));
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return x.n*vectors_of(k);
}

static int
reduce_emit(Out *o, const Kernel *k, int phase)
{
	if (k->a.axis != Along_channels)
		return along(o, k, phase);
	return k->a.groups > 1 ? over_groups(o, k, phase) : over_channels(o, k, phase);
}

const Family family_reduce = { .name = "reduce", .describe = reduce_describe, .emit = reduce_emit };
