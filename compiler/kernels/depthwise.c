/*
** depthwise.c - convolution with one input channel per output channel: no sum over channels, so one
** vector of channels at one pixel is one accumulator over the taps.
** Weights: [vector][ki][kj][VL].
*/
#include "../resnetc.h"

static size_t
depthwise_weights(const Kernel *k)
{
	return (size_t)(vectors_of(k)*k->t->vl*k->a.kernel.h*k->a.kernel.w);
}

static size_t
depthwise_biases(const Kernel *k)
{
	return k->bias ? (size_t)(vectors_of(k)*k->t->vl) : 0;
}

static void
depthwise_pack(const Kernel *k, const double *w, const double *b, float *pw, float *pb)
{
	int taps = k->a.kernel.h*k->a.kernel.w, vl = k->t->vl;

	for (int v = 0; v < vectors_of(k); v++)
	for (int tap = 0; tap < taps; tap++)
	for (int c = v*vl; c < (v + 1)*vl; c++)
		*pw++ = c < k->y.c ? (float)w[c*taps + tap] : 0;
	for (int c = 0; k->bias && c < vectors_of(k)*vl; c++)
		pb[c] = c < k->y.c ? (float)b[c] : 0;
}

static void
depthwise_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "depthwise%dx%d_%d_%dx%d%s%s%s", k->a.kernel.h, k->a.kernel.w, k->y.c, k->y.h, k->y.w,
	         k->a.stride.h > 1 ? arena_text("_s%d", k->a.stride.h) : "", k->skip ? "_add" : "",
	         act_suffix(k));
}

static int
depthwise_emit(Out *o, const Kernel *k, const char *fn)
{
	const Attr *a = &k->a;
	Layout lx = k->lx;

	out_line(o, "** y = %sdepthwise(x, w)%s%s%s", act_open(k), k->bias ? " + b" : "",
	         k->skip ? " + z" : "", act_close(k));
	emit_operand(o, "x", k->x, &k->lx);
	if (k->skip)
		emit_operand(o, "z", k->y, &k->lz);
	emit_operand(o, "y", k->y, &k->ly);
	out_line(o, "** w  %zu floats  [%d][%d][%d][%d]", depthwise_weights(k), vectors_of(k), a->kernel.h, a->kernel.w, k->t->vl);
	out_line(o, "*/");
	lx.origin = (size_t)(lx.halo.t - a->padding.t)*lx.row + (size_t)((lx.halo.l - a->padding.l)*lx.cb);
	out_set(o, "xv", "%s", vector_base(k, "x", &lx));
	out_set(o, "yv", "%s", vector_base(k, "y", &k->ly));
	out_set(o, "zv", "%s", k->skip ? vector_base(k, "z", &k->lz) : "");
	out_set(o, "h", "%d", k->y.h);
	out_set(o, "w", "%d", k->y.w);
	out_set(o, "kh", "%d", a->kernel.h);
	out_set(o, "kw", "%d", a->kernel.w);
	out_set(o, "taps", "%d", a->kernel.h*a->kernel.w*k->t->vl);
	out_set(o, "vl", "%d", k->t->vl);
	out_set(o, "xi", "%zu", lx.row*(size_t)a->stride.h);
	out_set(o, "xj", "%d", lx.cb*a->stride.w);
	out_set(o, "xki", "%zu", lx.row*(size_t)a->dilation.h);
	out_set(o, "xkj", "%d", lx.cb*a->dilation.w);
	out_set(o, "yi", "%zu", k->ly.row);
	out_set(o, "cb", "%d", k->ly.cb);
	out_set(o, "start", "%s", k->bias ? arena_text("ld(b + v*%d)", k->t->vl) : "zero()");
	emit_kernel_head(o, k, fn);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_text(o, "const float *xv = $xv, *wv = w + v*$taps;\n");
	if (k->skip)
		out_text(o, "const float *zv = $zv;\n");
	out_text(o, "float *yv = $yv;\n"
	            "V bias = $start;\n\n"
	            "for (int i = 0; i < $h; i++)\n"
	            "for (int j = 0; j < $w; j++) {\n"
	            "	V a = bias;\n\n"
	            "	for (int ki = 0; ki < $kh; ki++)\n"
	            "	for (int kj = 0; kj < $kw; kj++) {\n"
	            "		const float *xk = xv + i*$xi + j*$xj + ki*$xki + kj*$xkj;\n"
	            "		a = fma_(ld(xk), ld(wv + (ki*$kw + kj)*$vl), a);\n"
	            "	}\n");
	emit_epilogue(o, k, "a", k->skip ? arena_text("v + i*%zu + j*%d", k->lz.row, k->lz.cb) : "");
	out_text(o, "st(yv + i*$yi + j*$cb, $value);\n"
	            "}\n"
	            "}\n"
	            "}\n");
	return k->y.n*vectors_of(k);
}

const Family family_depthwise = { "depthwise", depthwise_emit, depthwise_describe, depthwise_weights, depthwise_biases,
	depthwise_pack, NULL };
