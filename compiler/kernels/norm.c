/*
** norm.c - normalisation by the statistics of the numbers themselves: over groups of channels, over the channels of
** each pixel.
**
** The mean is summed up first, then what the numbers differ from it by and the squares of that. Near their mean floats
** differ exactly, so the sum of the differences says what rounding took from the mean, and variances are right however
** far from 0 the numbers are.
**
** Groups: the first phase leaves mean, its correction and factor of every channel in the scratch; its unit of work is
** the least run of whole vectors that holds whole groups. The second is element by element.
*/
#include "kernel.h"

static void
norm_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "%s_%dx%dx%d%s", op_rows[k->op].name, k->in->shape.c, k->in->shape.h, k->in->shape.w,
	         k->op == O_group_norm ? arena_text("_g%d", k->a.groups) : "");
}

static const char *
norm_phase_name(const Kernel *k, int phase)
{
	(void)phase;
	return arena_text("moments_%dx%dx%d_g%d", k->in->shape.c, k->in->shape.h, k->in->shape.w, k->a.groups);
}

static int
padded(const Kernel *k)
{
	return vectors_of(k)*k->t->vl;
}

static size_t
norm_scratch(const Kernel *k)
{
	return (size_t)(k->out->shape.n*3*padded(k))*sizeof(float);
}

static int
norm_operands(const Kernel *k, int phase, Operand *to)
{
	(void)k;
	to[0] = (Operand){ "x", Role_in, 0 };
	to[1] = phase ? (Operand){ "b", Role_packed, 1 } : (Operand){ "w", Role_packed, 0 };
	to[2] = (Operand){ "s", Role_scratch, 0 };
	to[3] = (Operand){ "y", Role_out, 0 };
	return 3 + phase;
}

/* span - vectors of a unit of work */
static int
span(const Kernel *k)
{
	int g = k->in->shape.c/k->a.groups, v = 1;

	while (v < vectors_of(k) && v*k->t->vl%g)
		v++;
	return v;
}

/* emit_rows - a statement for each vector of a row, xp: four at once with their own accumulators ($a), then singly */
static void
emit_rows(Out *o, const Kernel *k, const char *statement)
{
	int w = k->in->shape.w;
	const char *j = times("j", (size_t)k->in->lay.cb);

	out_line(o, "int j = 0;\n");
	if (w >= 4)
		out_line(o, "for (; j + 4 <= %d; j += 4) {", w);
	for (int a = 0; a < 4 && w >= 4; a++) {
		out_set(o, "a", "%d", a);
		out_set(o, "at", "%s%s", j, plus((size_t)(a*k->in->lay.cb)));
		out_text(o, statement);
	}
	if (w >= 4)
		out_line(o, "}");
	if (w%4 == 0)
		return;
	out_set(o, "a", "0");
	out_set(o, "at", "%s", j);
	out_line(o, "for (; j < %d; j++) {", w);
	out_text(o, statement);
	out_line(o, "}");
}

static void
emit_vectors(Out *o, const char *more)
{
	out_line(o, "for (int v = v0; v < v1; v++) {");
	out_text(o, "const float *xv = $xv;\n");
	out_text(o, more);
}

/* emit_moments - the first phase */
static int
emit_moments(Out *o, const Kernel *k)
{
	Shape x = k->in->shape;
	int sp = span(k), units = ceil_div(vectors_of(k), sp), g = x.c/k->a.groups;
	double count = (double)g*x.h*x.w;

	out_set(o, "xv", "%s", vector_base(k, "x", &k->in->lay));
	out_set(o, "vl", "%d", k->t->vl);
	out_set(o, "p", "%d", padded(k));
	out_set(o, "h", "%d", x.h);
	out_set(o, "row", "%zu", k->in->lay.row);
	out_set(o, "g", "%d", g);
	out_set(o, "share", "%.17g", 1/count);
	out_set(o, "eps", "%.9g", k->a.eps);
	emit_image_loop(o, k, "t", units);
	out_line(o, "int v0 = t*%d, v1 = v0 + %d < %d ? v0 + %d : %d;", sp, sp, vectors_of(k), sp, vectors_of(k));
	out_line(o, "int c0 = v0*%d, c1 = v1*%d < %d ? v1*%d : %d;", k->t->vl, k->t->vl, x.c, k->t->vl, x.c);
	out_line(o, "float *m = s%s, *c = m + %d, *a = c + %d;\n", x.n > 1 ? arena_text(" + n*%d", 3*padded(k)) : "",
	         padded(k), padded(k));
	emit_vectors(o, "V a0 = zero(), a1 = a0, a2 = a0, a3 = a0;\n\n");
	out_text(o, "for (int i = 0; i < $h; i++) {\nconst float *xp = xv + i*$row;\n");
	emit_rows(o, k, "a$a = add(a$a, ld(xp + $at));\n");
	out_text(o, "}\nst(c + v*$vl, add(add(a0, a1), add(a2, a3)));\n}\n"
	            "for (int k = c0; k < v1*$vl; k++)\n"
	            "m[k] = 0;\n"
	            "for (int k = c0; k < c1; k += $g) {\n"
	            "double sum = 0;\n\n"
	            "for (int l = k; l < k + $g; l++)\n"
	            "sum += (double)c[l];\n"
	            "for (int l = k; l < k + $g; l++)\n"
	            "m[l] = (float)(sum*$share);\n}\n");
	emit_vectors(o, "V mean = ld(m + v*$vl), one = zero(), two = zero();\n\n");
	out_text(o, "for (int i = 0; i < $h; i++) {\nconst float *xp = xv + i*$row;\n"
	            "V a0 = zero(), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0, d;\n");
	emit_rows(o, k, "d = sub(ld(xp + $at), mean); a$a = add(a$a, d); b$a = fma_(d, d, b$a);\n");
	out_text(o, "one = add(one, add(add(a0, a1), add(a2, a3)));\n"
	            "two = add(two, add(add(b0, b1), add(b2, b3)));\n}\n"
	            "st(c + v*$vl, one);\nst(a + v*$vl, two);\n}\n"
	            "for (int k = c0; k < c1; k += $g) {\n"
	            "double one = 0, two = 0;\n\n"
	            "for (int l = k; l < k + $g; l++) {\n"
	            "one += (double)c[l];\ntwo += (double)a[l];\n}\n"
	            "one *= $share;\n"
	            "two = two*$share - one*one;\n"
	            "for (int l = k; l < k + $g; l++) {\n"
	            "c[l] = (float)one;\na[l] = (float)((two > 0 ? two : two < 0 ? 0 : two) + $eps);\n}\n}\n"
	            "for (int k = c1; k < v1*$vl; k++) {\nc[k] = 0;\na[k] = 1;\n}\n"
	            "for (int v = v0; v < v1; v++)\n"
	            "st(a + v*$vl, div_(ld(w + v*$vl), root(ld(a + v*$vl))));\n"
	            "}\n}\n");
	return x.n*units;
}

static int
group_norm_emit(Out *o, const Kernel *k, int phase)
{
	Shape x = k->in->shape;

	out_line(o, phase ? "** y = (x - mean)/sqrt(variance + %g)*w + b, %d groups of channels" :
	         "** mean and 1/sqrt(variance + %g) of %d groups of channels", k->a.eps, k->a.groups);
	emit_operand(o, "x", &k->in[0]);
	if (phase)
		emit_operand(o, "y", &k->out[0]);
	out_line(o, "** s  [3][%d]  mean, what rounding took from it, factor of each channel", padded(k));
	emit_head(o, k, phase);
	if (!phase)
		return emit_moments(o, k);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_line(o, "const float *xv = %s, *m = s%s + v*%d;", vector_base(k, "x", &k->in->lay),
	         x.n > 1 ? arena_text(" + n*%d", 3*padded(k)) : "", k->t->vl);
	out_line(o, "float *yv = %s;", vector_base(k, "y", &k->out->lay));
	out_line(o, "V mean = ld(m), rest = ld(m + %d), factor = ld(m + %d), shift = ld(b + v*%d);\n", padded(k), 2*padded(k),
	         k->t->vl);
	out_line(o, "for (int i = 0; i < %d; i++)", x.h);
	out_line(o, "for (int j = 0; j < %d; j++)", x.w);
	out_line(o, "\tst(yv + i*%zu + j*%d, fma_(sub(sub(ld(xv + i*%zu + j*%d), mean), rest), factor, shift));",
	         k->out->lay.row, k->out->lay.cb, k->in->lay.row, k->in->lay.cb);
	out_line(o, "}");
	out_line(o, "}");
	return x.n*vectors_of(k);
}

/* lane_sum - every lane the sum of all */
static void
lane_sum(Out *o, const Kernel *k, const char *name)
{
	for (int s = 1; s < k->t->vl; s *= 2)
		out_flow(o, "%s = add(%s, swap(%s, %d));", name, name, name, s);
	out_flow_end(o);
}

/* emit_channels - a statement for each vector of a pixel's channels; $d: the number, or its difference from the mean */
static void
emit_channels(Out *o, const Kernel *k, bool centred, const char *statement)
{
	int vl = k->t->vl, per = k->in->lay.cb/vl, full = k->in->shape.c/vl;
	const char *x = per == 1 ? arena_text("ld(xp + v*%zu)", k->in->lay.plane) :
		arena_text("ld(xp + v/%d*%zu + v%%%d*%d)", per, k->in->lay.plane, per, vl);
	const char *d = centred ? arena_text("sub(%s, mean)", x) : x;

	out_set(o, "d", "%s", d);
	if (full) {
		out_line(o, "for (int v = 0; v < %d; v++) {", full);
		out_text(o, statement);
		out_line(o, "}");
	}
	out_set(o, "d", "below0(ld(keep), %s, zero())", d);
	if (k->in->shape.c%vl) {
		out_line(o, "{");
		out_line(o, "const int v = %d;", full);
		out_text(o, statement);
		out_line(o, "}");
	}
}

/* emit_keep - the table of a last vector's lanes: below 0 where they are channels */
static void
emit_keep(Out *o, const Kernel *k)
{
	const char *list = "";

	for (int i = 0; i < k->t->vl; i++)
		list = arena_text("%s%s1", list, i < k->in->shape.c%k->t->vl ? i ? ", -" : "-" : ", ");
	if (k->in->shape.c%k->t->vl)
		out_line(o, "static const float keep[%d] = { %s };\n", k->t->vl, list);
}

static int
layer_norm_emit(Out *o, const Kernel *k, int phase)
{
	Shape x = k->in->shape;
	const Layout *lx = &k->in->lay, *ly = &k->out->lay;
	int vl = k->t->vl, per = ly->cb/vl;

	out_line(o, "** y = (x - mean)/sqrt(variance + %g)*w + b over the channels of a pixel", k->a.eps);
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	emit_keep(o, k);
	out_set(o, "share", "%s", float_text(1.0/x.c));
	out_set(o, "eps", "%s", float_text(k->a.eps));
	out_set(o, "vl", "%d", vl);
	out_set(o, "yv", "%s", per == 1 ? arena_text("v*%zu", ly->plane) :
	        arena_text("v/%d*%zu + v%%%d*%d", per, ly->plane, per, vl));
	emit_image_loop(o, k, "i", x.h);
	out_line(o, "for (int j = 0; j < %d; j++) {", x.w);
	out_line(o, "const float *xp = x%s%s + i*%zu + j*%d;", x.n > 1 ? arena_text(" + n*%zu", lx->image) : "",
	         plus(lx->origin), lx->row, lx->cb);
	out_line(o, "float *yp = y%s%s + i*%zu + j*%d;", x.n > 1 ? arena_text(" + n*%zu", ly->image) : "", plus(ly->origin),
	         ly->row, ly->cb);
	out_line(o, "V one = zero(), two = one, mean, factor;\n");
	emit_channels(o, k, false, "one = add(one, $d);\n");
	lane_sum(o, k, "one");
	out_text(o, "mean = mul(one, splat($share));\n"
	            "one = zero();\n");
	emit_channels(o, k, true, "V d = $d;\n\none = add(one, d);\ntwo = fma_(d, d, two);\n");
	lane_sum(o, k, "one");
	lane_sum(o, k, "two");
	out_text(o, "one = mul(one, splat($share));\n"
	            "two = sub(mul(two, splat($share)), mul(one, one));\n"
	            "factor = div_(splat(1.0f), root(add(below0(two, zero(), two), splat($eps))));\n");
	emit_channels(o, k, true, "st(yp + $yv, fma_(mul(sub($d, one), factor), ld(w + v*$vl), ld(b + v*$vl)));\n");
	if (vectors_of(k) > ceil_div(x.c, vl)) {
		out_line(o, "for (int v = %d; v < %d; v++)", ceil_div(x.c, vl), vectors_of(k));
		out_text(o, "\tst(yp + $yv, zero());\n");
	}
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return x.n*x.h;
}

const Family family_group_norm = {
	.name = "group_norm", .phases = 2, .phase_name = norm_phase_name, .describe = norm_describe, .emit = group_norm_emit,
	.scratch = norm_scratch, .operands = norm_operands, .packed = channel_packed,
	.pack = channel_pack, .repack = channel_repack
};
const Family family_layer_norm = {
	.name = "layer_norm", .describe = norm_describe, .emit = layer_norm_emit, .packed = channel_packed,
	.pack = channel_pack, .repack = channel_repack
};
