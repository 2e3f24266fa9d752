/*
** upsample.c - images made larger or smaller by sampling: nearest copies a pixel, bilinear mixes four.
** Where the samples lie is known at compile time and stands in tables. A unit of work is one vector of
** channels of one image.
*/
#include "kernel.h"

/* emit_axis - the tables of one axis: first and second sample, and for bilinear the second's share */
static void
emit_axis(Out *o, const Kernel *k, bool rows)
{
	int in = rows ? k->in->shape.h : k->in->shape.w, out = rows ? k->out->shape.h : k->out->shape.w;
	size_t step = rows ? k->in->lay.row : (size_t)k->in->lay.cb;
	bool nearest = k->op == O_upsample_nearest;
	char axis = rows ? 'r' : 'q';

	out_line(o, nearest ? "static const int %c[%d] = {" : "static const int %c[%d][2] = {", axis, out);
	for (int i = 0; i < out; i++) {
		Sample s = sample_at(&k->a, nearest, rows, in, out, i);
		const char *entry = nearest ? arena_text("%zu", (size_t)s.from*step) : arena_text("{ %zu, %zu }", (size_t)s.from*step,
			(size_t)s.to*step);
		out_text(o, arena_text("%s%s", entry, i + 1 == out ? "\n" : i%8 == 7 ? ",\n" : ", "));
	}
	out_line(o, "};\n");
	if (nearest)
		return;
	out_line(o, "static const float %cs[%d] = {", axis, out);
	for (int i = 0; i < out; i++)
		out_text(o, arena_text("%.9ef%s", sample_at(&k->a, nearest, rows, in, out, i).share,
		                       i + 1 == out ? "\n" : i%8 == 7 ? ",\n" : ", "));
	out_line(o, "};\n");
}

static void
upsample_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "%s_%dx%dx%d_to_%dx%d", k->op == O_upsample_nearest ? "nearest" : "bilinear", k->in->shape.c,
	         k->in->shape.h, k->in->shape.w, k->out->shape.h, k->out->shape.w);
}

static int
upsample_emit(Out *o, const Kernel *k, int phase)
{
	out_line(o, "** y = x %s", k->op == O_upsample_nearest ? "at the nearest pixel" :
	         "between four pixels: the upper two mixed, the lower two, then both");
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	out_set(o, "xv", "%s", vector_base(k, "x", &k->in->lay));
	out_set(o, "yv", "%s", vector_base(k, "y", &k->out->lay));
	out_set(o, "h", "%d", k->out->shape.h);
	out_set(o, "w", "%d", k->out->shape.w);
	out_set(o, "yi", "%zu", k->out->lay.row);
	out_set(o, "cb", "%d", k->out->lay.cb);
	emit_head(o, k, phase);
	emit_axis(o, k, true);
	emit_axis(o, k, false);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_text(o, "const float *xv = $xv;\n"
	            "float *yv = $yv;\n\n");
	if (k->op == O_upsample_nearest)
		out_text(o, "for (int i = 0; i < $h; i++)\n"
		            "for (int j = 0; j < $w; j++)\n"
		            "st(yv + i*$yi + j*$cb, ld(xv + r[i] + q[j]));\n");
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
