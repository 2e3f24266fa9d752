/*
** upsample.c - images made larger or smaller by sampling: nearest copies a pixel, bilinear mixes four.
** Where the samples lie is known at compile time and stands in tables. A unit of work is one vector of
** channels of one image.
*/
#include "../resnetc.h"

/* emit_axis - the tables of one axis: first and second sample, and for bilinear the second's share */
static void
emit_axis(Out *o, const Kernel *k, const char *fn, bool rows)
{
	int in = rows ? k->x.h : k->x.w, out = rows ? k->y.h : k->y.w;
	size_t step = rows ? k->lx.row : (size_t)k->lx.cb;
	bool nearest = k->op == O_upsample_nearest;
	char axis = rows ? 'r' : 'q';

	out_line(o, nearest ? "static const int %s_%c[%d] = {" : "static const int %s_%c[%d][2] = {", fn, axis, out);
	for (int i = 0; i < out; i++) {
		Sample s = sample_at(&k->a, nearest, rows, in, out, i);
		const char *entry = nearest ? arena_text("%zu", (size_t)s.from*step) : arena_text("{ %zu, %zu }", (size_t)s.from*step, (size_t)s.to*step);
		out_text(o, arena_text("%s%s", entry, i + 1 == out ? "\n" : i%8 == 7 ? ",\n" : ", "));
	}
	out_line(o, "};\n");
	if (nearest)
		return;
	out_line(o, "static const float %s_%cs[%d] = {", fn, axis, out);
	for (int i = 0; i < out; i++)
		out_text(o, arena_text("%.9ef%s", sample_at(&k->a, nearest, rows, in, out, i).share, i + 1 == out ? "\n" : i%8 == 7 ? ",\n" : ", "));
	out_line(o, "};\n");
}

static void
upsample_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "%s_%dx%dx%d_to_%dx%d", k->op == O_upsample_nearest ? "nearest" : "bilinear", k->x.c, k->x.h, k->x.w, k->y.h, k->y.w);
}

static int
upsample_emit(Out *o, const Kernel *k, const char *fn)
{
	out_line(o, "** y = x %s", k->op == O_upsample_nearest ? "at the nearest pixel" : "between four pixels: the upper two mixed, the lower two, then both");
	emit_operand(o, "x", k->x, &k->lx);
	emit_operand(o, "y", k->y, &k->ly);
	out_line(o, "*/");
	emit_axis(o, k, fn, true);
	emit_axis(o, k, fn, false);
	out_set(o, "xv", "%s", vector_base(k, "x", &k->lx));
	out_set(o, "yv", "%s", vector_base(k, "y", &k->ly));
	out_set(o, "r", "%s_r", fn);
	out_set(o, "q", "%s_q", fn);
	out_set(o, "rs", "%s_rs", fn);
	out_set(o, "qs", "%s_qs", fn);
	out_set(o, "h", "%d", k->y.h);
	out_set(o, "w", "%d", k->y.w);
	out_set(o, "yi", "%zu", k->ly.row);
	out_set(o, "cb", "%d", k->ly.cb);
	emit_kernel_head(o, k, fn);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_text(o, "const float *xv = $xv;\n"
	            "float *yv = $yv;\n\n");
	if (k->op == O_upsample_nearest)
		out_text(o, "for (int i = 0; i < $h; i++)\n"
		            "for (int j = 0; j < $w; j++)\n"
		            "st(yv + i*$yi + j*$cb, ld(xv + $r[i] + $q[j]));\n");
	else
		out_text(o, "for (int i = 0; i < $h; i++) {\n"
		            "const float *up = xv + $r[i][0], *low = xv + $r[i][1];\n"
		            "V s = splat($rs[i]), t = splat(1 - $rs[i]);\n\n"
		            "for (int j = 0; j < $w; j++) {\n"
		            "int q0 = $q[j][0], q1 = $q[j][1];\n"
		            "V share = splat($qs[j]), rest = splat(1 - $qs[j]);\n"
		            "V upper = fma_(share, ld(up + q1), mul(rest, ld(up + q0)));\n"
		            "V lower = fma_(share, ld(low + q1), mul(rest, ld(low + q0)));\n"
		            "st(yv + i*$yi + j*$cb, fma_(s, lower, mul(t, upper)));\n"
		            "}\n"
		            "}\n");
	out_text(o, "}\n"
	            "}\n");
	return k->y.n*vectors_of(k);
}

const Family family_upsample = { "upsample", upsample_emit, upsample_describe, NULL, NULL, NULL, NULL };
