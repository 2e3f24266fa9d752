/*
** softmax.c - over the channels of each pixel; the largest is subtracted first. A unit of work is
** one image. The sum runs over single floats in channel order, so its bits do not hang on the target.
*/
#include "../resnetc.h"

static void
softmax_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "softmax_%dx%dx%d", k->x.c, k->x.h, k->x.w);
}

static int
softmax_emit(Out *o, const Kernel *k, const char *fn)
{
	int vl = k->t->vl, per = k->ly.cb/vl, vectors = vectors_of(k);

	out_line(o, "** y = exp(x - max(x))/sum(exp(x - max(x))) over channels");
	emit_operand(o, "x", k->x, &k->lx);
	emit_operand(o, "y", k->y, &k->ly);
	out_line(o, "*/");
	out_set(o, "ximage", "%s", k->y.n > 1 ? arena_text(" + u*%zu", k->lx.image) : "");
	out_set(o, "yimage", "%s", k->y.n > 1 ? arena_text(" + u*%zu", k->ly.image) : "");
	out_set(o, "x0", "%zu", k->lx.origin);
	out_set(o, "y0", "%zu", k->ly.origin);
	out_set(o, "xi", "%zu", k->lx.row);
	out_set(o, "yi", "%zu", k->ly.row);
	out_set(o, "cb", "%d", k->ly.cb);
	out_set(o, "h", "%d", k->y.h);
	out_set(o, "w", "%d", k->y.w);
	out_set(o, "c", "%d", k->y.c);
	out_set(o, "lanes", "%d", vectors*vl);
	out_set(o, "vectors", "%d", vectors);
	out_set(o, "xc", "c/%d*%zu + c%%%d", k->lx.cb, k->lx.plane, k->lx.cb);
	out_set(o, "yc", "c/%d*%zu + c%%%d", k->ly.cb, k->ly.plane, k->ly.cb);
	out_set(o, "xv", "v/%d*%zu + v%%%d*%d", per, k->lx.plane, per, vl);
	out_set(o, "yv", "v/%d*%zu + v%%%d*%d", per, k->ly.plane, per, vl);
	emit_kernel_head(o, k, fn);
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
	out_line(o, "\tst(yp + v/%d*%zu + v%%%d*%d, vexp(sub(ld(xp + v/%d*%zu + v%%%d*%d), splat(most))));", per, k->ly.plane, per, vl,
	         per, k->lx.plane, per, vl);
	out_text(o, "for (int c = 0; c < $c; c++)\n");
	out_line(o, "\tsum += yp[c/%d*%zu + c%%%d];", k->ly.cb, k->ly.plane, k->ly.cb);
	if (k->y.c < vectors*vl) {
		out_text(o, "for (int c = $c; c < $lanes; c++)\n");
		out_line(o, "\typ[c/%d*%zu + c%%%d] = 0;", k->ly.cb, k->ly.plane, k->ly.cb);
	}
	out_text(o, "for (int v = 0; v < $vectors; v++) {\n"
	            "	float *yv = yp + $yv;\n"
	            "	st(yv, mul(ld(yv), splat(1/sum)));\n"
	            "}\n"
	            "}\n"
	            "}\n");
	return k->y.n;
}

const Family family_softmax = { "softmax", softmax_emit, softmax_describe, NULL, NULL, NULL, NULL };
