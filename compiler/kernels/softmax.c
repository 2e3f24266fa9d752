/*
** softmax.c - over the channels of each pixel, or along rows and columns; the largest is subtracted first. Over
** channels a unit of work is one image, and the sum runs over single floats in channel order, so its bits do not hang
** on the target. Along other axes the channels of a vector are calculated side by side, and a unit of work is one
** vector of one image.
*/
#include "kernel.h"

static void
softmax_describe(const Kernel *k, char *name, size_t len)
{
	int count;

	snprintf(name, len, "softmax_%dx%dx%d%s%s", k->in->shape.c, k->in->shape.h, k->in->shape.w,
	         k->a.axis == Along_channels ? "" : arena_text("_%s", words_of(&attr_rows[At_axis], &count)[k->a.axis]),
	         k->a.groups > 1 ? arena_text("_g%d", k->a.groups) : "");
}

/* over_channels - of the whole pixel */
static int
over_channels(Out *o, const Kernel *k, int phase)
{
	int vl = k->t->vl, per = k->out->lay.cb/vl, vectors = vectors_of(k);

	out_line(o, "** y = exp(x - max(x))/sum(exp(x - max(x))) over channels");
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	out_set(o, "ximage", "%s", k->out->shape.n > 1 ? arena_text(" + u*%zu", k->in->lay.image) : "");
	out_set(o, "yimage", "%s", k->out->shape.n > 1 ? arena_text(" + u*%zu", k->out->lay.image) : "");
	out_set(o, "x0", "%zu", k->in->lay.origin);
	out_set(o, "y0", "%zu", k->out->lay.origin);
	out_set(o, "xi", "%zu", k->in->lay.row);
	out_set(o, "yi", "%zu", k->out->lay.row);
	out_set(o, "cb", "%d", k->out->lay.cb);
	out_set(o, "h", "%d", k->out->shape.h);
	out_set(o, "w", "%d", k->out->shape.w);
	out_set(o, "c", "%d", k->out->shape.c);
	out_set(o, "lanes", "%d", vectors*vl);
	out_set(o, "vectors", "%d", vectors);
	out_set(o, "xc", "c/%d*%zu + c%%%d", k->in->lay.cb, k->in->lay.plane, k->in->lay.cb);
	out_set(o, "yc", "c/%d*%zu + c%%%d", k->out->lay.cb, k->out->lay.plane, k->out->lay.cb);
	out_set(o, "xv", "v/%d*%zu + v%%%d*%d", per, k->in->lay.plane, per, vl);
	out_set(o, "yv", "v/%d*%zu + v%%%d*%d", per, k->out->lay.plane, per, vl);
	emit_head(o, k, phase);
	out_text(o, "for (int u = lo; u < hi; u++)\n"
	            "for (int i = 0; i < $h; i++)\n"
	            "for (int j = 0; j < $w; j++) {\n"
	            "	const float *xp = x$ximage + $x0 + i*$xi + j*$cb;\n"
	            "	float *yp = y$yimage + $y0 + i*$yi + j*$cb;\n"
	            "	float most = xp[0], sum = 0;\n\n"
	            "	for (int c = 0; c < $c; c++) {\n");
	out_text(o, ""
	            "float v = xp[$xc];\n"
	            "most = v > most ? v : most;\n"
	            "}\n");
	out_text(o, "for (int v = 0; v < $vectors; v++)\n");
	out_line(o, "\tst(yp + v/%d*%zu + v%%%d*%d, vexp(sub(ld(xp + v/%d*%zu + v%%%d*%d), splat(most))));", per,
	         k->out->lay.plane, per, vl, per, k->in->lay.plane, per, vl);
	out_text(o, "for (int c = 0; c < $c; c++)\n");
	out_line(o, "\tsum += yp[c/%d*%zu + c%%%d];", k->out->lay.cb, k->out->lay.plane, k->out->lay.cb);
	if (k->out->shape.c < vectors*vl) {
		out_text(o, "for (int c = $c; c < $lanes; c++)\n");
		out_line(o, "\typ[c/%d*%zu + c%%%d] = 0;", k->out->lay.cb, k->out->lay.plane, k->out->lay.cb);
	}
	out_text(o, "for (int v = 0; v < $vectors; v++) {\n"
	            "	float *yv = yp + $yv;\n"
	            "	st(yv, mul(ld(yv), splat(1/sum)));\n"
	            "}\n"
	            "}\n"
	            "}\n");
	return k->out->shape.n;
}

/* over_groups - of a pixel's channels: differences from each group's largest, then exponents in vectors, then sums */
static int
over_groups(Out *o, const Kernel *k, int phase)
{
	const Layout *lx = &k->in->lay, *ly = &k->out->lay;
	Shape x = k->in->shape;
	int vl = k->t->vl, per = ly->cb/vl;

	out_line(o, "** y = exp(x - max(x))/sum(exp(x - max(x))) over each of %d groups of channels", k->a.groups);
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	out_set(o, "g", "%d", x.c/k->a.groups);
	out_set(o, "c", "%d", x.c);
	out_set(o, "xk", "xp[k/%d*%zu + k%%%d]", lx->cb, lx->plane, lx->cb);
	out_set(o, "yk", "yp[k/%d*%zu + k%%%d]", ly->cb, ly->plane, ly->cb);
	emit_head(o, k, phase);
	emit_image_loop(o, k, "i", x.h);
	out_line(o, "for (int j = 0; j < %d; j++) {", x.w);
	out_line(o, "const float *xp = x%s%s + i*%zu + j*%d;", x.n > 1 ? arena_text(" + n*%zu", lx->image) : "",
	         plus(lx->origin), lx->row, lx->cb);
	out_line(o, "float *yp = y%s%s + i*%zu + j*%d;\n", x.n > 1 ? arena_text(" + n*%zu", ly->image) : "", plus(ly->origin),
	         ly->row, ly->cb);
	out_text(o, "for (int c = 0; c < $c; c += $g) {\n"
	            "int k = c;\n"
	            "float most = $xk;\n\n"
	            "for (k++; k < c + $g; k++)\n"
	            "if ($xk > most) most = $xk;\n"
	            "for (k = c; k < c + $g; k++)\n"
	            "$yk = $xk - most;\n"
	            "}\n");
	if (x.c < vectors_of(k)*vl) {
		out_line(o, "for (int k = %d; k < %d; k++)", x.c, vectors_of(k)*vl);
		out_text(o, "\t$yk = 0;\n");
	}
	out_line(o, "for (int v = 0; v < %d; v++) {", vectors_of(k));
	out_line(o, "float *yv = yp + %s;", per == 1 ? arena_text("v*%zu", ly->plane) :
	         arena_text("v/%d*%zu + v%%%d*%d", per, ly->plane, per, vl));
	out_text(o, "st(yv, vexp(ld(yv)));\n"
	            "}\n"
	            "for (int c = 0; c < $c; c += $g) {\n"
	            "float sum = 0;\n\n"
	            "for (int k = c; k < c + $g; k++)\n"
	            "sum += $yk;\n"
	            "sum = 1/sum;\n"
	            "for (int k = c; k < c + $g; k++)\n"
	            "$yk *= sum;\n"
	            "}\n"
	            "}\n"
	            "}\n"
	            "}\n");
	return x.n*x.h;
}

/* along - rows, columns, or the image of every channel */
static int
along(Out *o, const Kernel *k, int phase)
{
	const char *rows = arena_text("for (int i = 0; i < %d; i++)", k->in->shape.h);
	const char *columns = arena_text("for (int j = 0; j < %d; j++)", k->in->shape.w);
	bool height = k->a.axis == Along_height, image = k->a.axis == Along_image;

	out_line(o, "** y = exp(x - max(x))/sum(exp(x - max(x))) along each %s", height ? "column" : image ? "image" : "row");
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	out_set(o, "xv", "%s", vector_base(k, "x", &k->in->lay));
	out_set(o, "yv", "%s", vector_base(k, "y", &k->out->lay));
	out_set(o, "x", "ld(xv + i*%zu + j*%d)", k->in->lay.row, k->in->lay.cb);
	out_set(o, "y", "yv + i*%zu + j*%d", k->out->lay.row, k->out->lay.cb);
	out_set(o, "each", "%s%s", image ? arena_text("%s\n", rows) : "", height ? rows : columns);
	emit_head(o, k, phase);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_text(o, "const float *xv = $xv;\n"
	            "float *yv = $yv;\n\n");
	out_line(o, "%s{", image ? "" : arena_text("%s ", height ? columns : rows));
	out_text(o, "V most = lowest(), sum = zero();\n\n"
	            "$each\n"
	            "most = pmax(most, $x);\n"
	            "$each {\n"
	            "V e = vexp(sub($x, most));\n\n"
	            "st($y, e);\n"
	            "sum = add(sum, e);\n"
	            "}\n"
	            "sum = div_(splat(1.0f), sum);\n"
	            "$each\n"
	            "st($y, mul(ld($y), sum));\n"
	            "}\n"
	            "}\n"
	            "}\n");
	return k->in->shape.n*vectors_of(k);
}

static int
softmax_emit(Out *o, const Kernel *k, int phase)
{
	if (k->a.axis != Along_channels)
		return along(o, k, phase);
	return k->a.groups > 1 ? over_groups(o, k, phase) : over_channels(o, k, phase);
}

const Family family_softmax = { .name = "softmax", .describe = softmax_describe, .emit = softmax_emit };
