/*
** upsample.c - images made larger or smaller by sampling: nearest copies a pixel, bilinear mixes four, bicubic sixteen.
** Where the samples lie is known at compile time and stands in tables. A unit of work is one vector of
** channels of one image.
*/
#include "kernel.h"

enum { MostTaps = CubicTaps };

/* taps_of - a result pixel's samples along one axis and their shares; how many there are */
static int
taps_of(const Kernel *k, bool rows, int i, int at[MostTaps], double share[MostTaps])
{
	int in = rows ? k->in->shape.h : k->in->shape.w, out = rows ? k->out->shape.h : k->out->shape.w;
	Sample s;

	if (k->op == O_upsample_bicubic) {
		Cubic c = cubic_at(&k->a, rows, in, out, i);
		for (int t = 0; t < CubicTaps; t++) {
			at[t] = c.at[t];
			share[t] = c.share[t];
		}
		return CubicTaps;
	}
	s = sample_at(&k->a, k->op == O_upsample_nearest, rows, in, out, i);
	at[0] = s.from;
	at[1] = s.to;
	share[0] = s.share;
	return k->op == O_upsample_nearest ? 1 : 2;
}

/* emit_table - entries of an axis of count, eight a line */
static void
emit_table(Out *o, const char *entry, int i, int count)
{
	out_text(o, arena_text("%s%s", entry, i + 1 == count ? "\n" : i%8 == 7 ? ",\n" : ", "));
}

/* emit_axis - the tables of one axis: samples and their shares; for bilinear the second's share alone */
static void
emit_axis(Out *o, const Kernel *k, bool rows)
{
	int out = rows ? k->out->shape.h : k->out->shape.w, at[MostTaps];
	size_t step = rows ? k->in->lay.row : (size_t)k->in->lay.cb;
	double share[MostTaps];
	int taps = taps_of(k, rows, 0, at, share);
	char axis = rows ? 'r' : 'q';

	out_line(o, "static const int %c[%d]%s = {", axis, out, taps == 1 ? "" : arena_text("[%d]", taps));
	for (int i = 0; i < out; i++) {
		const char *entry = taps > 1 ? "{ " : "";
		taps_of(k, rows, i, at, share);
		for (int t = 0; t < taps; t++)
			entry = arena_text("%s%zu%s", entry, (size_t)at[t]*step, t + 1 < taps ? ", " : taps > 1 ? " }" : "");
		emit_table(o, entry, i, out);
	}
	out_line(o, "};\n");
	if (taps == 1)
		return;
	out_line(o, "static const float %cs[%d]%s = {", axis, out, taps == 2 ? "" : arena_text("[%d]", taps));
	for (int i = 0; i < out; i++) {
		const char *entry = taps > 2 ? "{ " : "";
		taps_of(k, rows, i, at, share);
		for (int t = 0; t < (taps == 2 ? 1 : taps); t++)
			entry = arena_text("%s%.9ef%s", entry, share[t], taps == 2 ? "" : t + 1 < taps ? ", " : " }");
		emit_table(o, entry, i, out);
	}
	out_line(o, "};\n");
}

static const char *
kind_of(const Kernel *k)
{
	return op_rows[k->op].name + sizeof "upsample_" - 1;
}

static void
upsample_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "%s_%dx%dx%d_to_%dx%d", kind_of(k), k->in->shape.c, k->in->shape.h,
	         k->in->shape.w, k->out->shape.h, k->out->shape.w);
}

void
emit_samples(Out *o, const Kernel *k)
{
	emit_axis(o, k, true);
	emit_axis(o, k, false);
}

static int
upsample_emit(Out *o, const Kernel *k, int phase)
{
	out_line(o, "** y = x %s", k->op == O_upsample_nearest ? "at the nearest pixel" : k->op == O_upsample_bilinear ?
	         "between four pixels: the upper two mixed, the lower two, then both" :
	         "between sixteen pixels: a cubic convolution of four rows, each of four pixels");
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	out_set(o, "xv", "%s", vector_base(k, "x", &k->in->lay));
	out_set(o, "yv", "%s", vector_base(k, "y", &k->out->lay));
	out_set(o, "h", "%d", k->out->shape.h);
	out_set(o, "w", "%d", k->out->shape.w);
	out_set(o, "yi", "%zu", k->out->lay.row);
	out_set(o, "cb", "%d", k->out->lay.cb);
	emit_head(o, k, phase);
	emit_samples(o, k);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_text(o, "const float *xv = $xv;\n"
	            "float *yv = $yv;\n\n");
	if (k->op == O_upsample_nearest)
		out_text(o, "for (int i = 0; i < $h; i++)\n"
		            "for (int j = 0; j < $w; j++)\n"
		            "st(yv + i*$yi + j*$cb, ld(xv + r[i] + q[j]));\n");
	else if (k->op == O_upsample_bicubic)
		out_text(o, "for (int i = 0; i < $h; i++)\n"
		            "for (int j = 0; j < $w; j++) {\n"
		            "V a = zero();\n\n"
		            "for (int t = 0; t < 4; t++) {\n"
		            "const float *xr = xv + r[i][t];\n"
		            "V b = mul(splat(qs[j][0]), ld(xr + q[j][0]));\n\n"
		            "for (int s = 1; s < 4; s++)\n"
		            "b = fma_(splat(qs[j][s]), ld(xr + q[j][s]), b);\n"
		            "a = fma_(splat(rs[i][t]), b, a);\n"
		            "}\n"
		            "st(yv + i*$yi + j*$cb, a);\n"
		            "}\n");
	else
		out_text(o, "for (int i = 0; i < $h; i++) {\n"
		            "const float *up = xv + r[i][0], *low = xv + r[i][1];\n"
		            "V s = splat(rs[i]), t = splat(1 - rs[i]);\n\n"
		            "for (int j = 0; j < $w; j++) {\n"
		            "int q0 = q[j][0], q1 = q[j][1];\n"
		            "V share = splat(qs[j]), rest = splat(1 - qs[j]);\n"
		            "V upper = fma_(share, ld(up + q1), mul(rest, ld(up + q0)));\n"
		            "V lower = fma_(share, ld(low + q1), mul(rest, ld(low + q0)));\n"
		            "st(yv + i*$yi + j*$cb, fma_(s, lower, mul(t, upper)));\n"
		            "}\n"
		            "}\n");
	out_text(o, "}\n"
	            "}\n");
	return k->out->shape.n*vectors_of(k);
}

const Family family_upsample = { .name = "upsample", .describe = upsample_describe, .emit = upsample_emit };
