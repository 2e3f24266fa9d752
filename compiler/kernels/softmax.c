/*
** softmax.c - over the channels of each pixel; the largest is subtracted first. A unit of work is
** one image. The sum runs over single floats in channel order, so its bits do not hang on the target.
*/
#include "kernel.h"

static void
softmax_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "softmax_%dx%dx%d", k->in->shape.c, k->in->shape.h, k->in->shape.w);
}

static int
softmax_emit(Out *o, const Kernel *k, int phase)
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

const Family family_softmax = { .name = "softmax", .describe = softmax_describe, .emit = softmax_emit };
