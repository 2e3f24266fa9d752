/*
** train_bn.c - batch norm in training, and gradients that are sums of channels: partial sums of fixed groups of images,
** then their totals, so that the bits hang on no number of threads. A unit of work is one block of channels of one
** group or image: lines of the cache have whole blocks, and are read once.
*/
#include "kernel.h"

enum { MostGroups = 16, Rows = 3 };      /* groups of images whose sums are apart; a pivot and two sums of each */

static int
groups_of_images(const Kernel *k)
{
	int n = k->in->shape.n;

	return k->strip ? 1 : k->strips ? k->strips : n < MostGroups ? n : MostGroups;
}

/* vectors_in - of the channels of the input */
static int
vectors_in(const Kernel *k)
{
	return ceil_div(k->in->shape.c, k->in->lay.cb)*(k->in->lay.cb/k->t->vl);
}

static size_t
lanes_in(const Kernel *k)
{
	return (size_t)(vectors_in(k)*k->t->vl);
}

static int
blocks_in(const Kernel *k)
{
	return ceil_div(k->in->shape.c, k->in->lay.cb);
}

/* at_vector - offset of vector v's first pixel in the first image */
static const char *
at_vector(const Kernel *k, const View *x)
{
	const Layout *l = &x->lay;
	int per = l->cb/k->t->vl;

	return arena_text("%s%s", per == 1 ? times("v", l->plane) : arena_text("v/%d*%zu + v%%%d*%d", per, l->plane, per,
	                                                                       k->t->vl),
	                  plus(l->origin));
}

/* at_block - the same of block c */
static const char *
at_block(const View *x)
{
	return arena_text("%s%s", times("c", x->lay.plane), plus(x->lay.origin));
}

static const char *
at_image(const View *x)
{
	return x->shape.n > 1 ? arena_text(" + n*%zu", x->lay.image) : "";
}

/* emit_start - of vector v of an image, some rows of it */
static void
emit_start(Out *o, const Kernel *k, const char *type, const char *name, const View *x)
{
	out_line(o, "%s *%sv = %s + %s%s%s;", type, name, name, at_vector(k, x), at_image(x), at_rows(k, k->in, &x->lay));
}

static size_t
sums_scratch(const Kernel *k)
{
	return (size_t)groups_of_images(k)*Rows*lanes_in(k)*sizeof(float);
}

static void
sums_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "%s_%dx%dx%d", op_rows[k->op].name, k->in->shape.c, k->in->shape.h, k->in->shape.w);
}

static void
emit_group_loop(Out *o, const Kernel *k)
{
	out_set(o, "group", "%s", over("u", blocks_in(k)));
	out_set(o, "block", "%s", rest("u", blocks_in(k)));
	out_set(o, "lanes", "%zu", lanes_in(k));
	out_set(o, "each", "%zu", Rows*lanes_in(k));
	out_set(o, "from_to", "%s", from_to("to", k->in->shape.n, groups_of_images(k)));
	out_set(o, "size", "%d, %d", k->in->shape.h, k->in->shape.w);
	out_set(o, "cb", "%d", k->in->lay.cb);
	out_set(o, "at0", "%s", at_block(&k->in[0]));
	out_set(o, "image0", "%zu", k->in[0].lay.image);
	out_set(o, "row0", "%zu", k->in[0].lay.row);
	out_text(o, "for (int u = lo; u < hi; u++) {\n"
	            "int g = $group, c = $block, $from_to;\n"
	            "float *sums = part + g*$each + c*$cb;\n\n");
}

static int
group_units(const Kernel *k)
{
	return groups_of_images(k)*blocks_in(k);
}

/* --- statistics --- */

static int
stats_operands(const Kernel *k, int phase, Operand *to)
{
	int n = 0;

	if (!k->frozen && phase == 0)
		to[n++] = (Operand){ "x", Role_in, 0 };
	if (!k->frozen)
		to[n++] = (Operand){ "part", Role_scratch, 0 };
	if (phase == 0)
		return n ? n : stats_operands(k, 1, to);
	to[n++] = (Operand){ "mean", Role_out, 0 };
	to[n++] = (Operand){ "var", Role_out, 1 };
	to[n++] = (Operand){ "running_mean", Role_running, P_bn_mean };
	to[n++] = (Operand){ "running_var", Role_running, P_bn_var };
	return n;
}

/* emit_running - the statistics are the running ones */
static int
emit_running(Out *o, const Kernel *k, int phase)
{
	out_line(o, "** mean, var = the running ones");
	emit_head(o, k, phase);
	out_line(o, "for (int v = lo; v < hi; v++) {");
	out_line(o, "st(mean + v*%d, ld(running_mean + v*%d));", k->t->vl, k->t->vl);
	out_line(o, "st(var + v*%d, ld(running_var + v*%d));", k->t->vl, k->t->vl);
	out_line(o, "}");
	out_line(o, "}");
	return vectors_in(k);
}

static int
stats_emit(Out *o, const Kernel *k, int phase)
{
	double count = (double)k->in->shape.n*k->in->shape.h*k->in->shape.w;

	if (k->frozen)
		return emit_running(o, k, phase);
	out_line(o, phase ? "** mean, var = of each channel over the batch" :
	         "** part = sums of each channel over groups of images");
	emit_operand(o, "x", &k->in[0]);
	emit_head(o, k, phase);
	if (phase == 0) {
		emit_group_loop(o, k);
		out_text(o, "rc_bn_partial(x + $at0, from, to, $image0, $size, $row0, $cb, sums, $lanes);\n"
		            "}\n"
		            "}\n");
		return group_units(k);
	}
	out_line(o, "for (int v = lo; v < hi; v++) {");
	out_line(o, "int c = v*%d;\n", k->t->vl);
	out_line(o, "rc_bn_finish(part + c, %d, %d, %zu, %.1f, mean + c, var + c,", groups_of_images(k), k->in->shape.n,
	         lanes_in(k), count);
	out_line(o, "\trunning_mean + c, running_var + c, %.17g);", k->a.value);
	out_line(o, "}");
	out_line(o, "}");
	return vectors_in(k);
}

/* --- the norm and its gradients --- */

static int
norm_operands(const Kernel *k, int phase, Operand *to)
{
	int n = 0;

	(void)phase;
	to[n++] = (Operand){ "x", Role_in, 0 };
	to[n++] = (Operand){ "mean", Role_in, 1 };
	to[n++] = (Operand){ "var", Role_in, 2 };
	if (k->bias) {
		to[n++] = (Operand){ "weight", Role_param, P_bn_weight };
		to[n++] = (Operand){ "bias", Role_param, P_bn_bias };
	}
	if (k->nin > 3)
		to[n++] = (Operand){ "z", Role_in, 3 };
	to[n++] = (Operand){ "y", Role_out, 0 };
	return n;
}

static const char *
at_channel(const Kernel *k, const char *name)
{
	return k->bias ? arena_text("%s + v*%d", name, k->t->vl) : "NULL";
}

static int
norm_emit(Out *o, const Kernel *k, int phase)
{
	int vl = k->t->vl, units;
	const char *value = "fma_(sub(ld(xv + i*$xrow + j*$cb), m), scale, shift)";

	out_line(o, "** y = %s(x - mean)/sqrt(var + %g)%s%s%s", act_open(k), k->a.eps, k->bias ? "*weight + bias" : "",
	         k->nin > 3 ? " + z" : "", act_close(k));
	emit_operand(o, "x", &k->in[0]);
	if (k->nin > 3)
		emit_operand(o, "z", &k->in[3]);
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	out_set(o, "xrow", "%zu", k->in->lay.row);
	out_set(o, "yrow", "%zu", k->out->lay.row);
	out_set(o, "zrow", "%zu", k->in[3].lay.row);
	out_set(o, "cb", "%d", k->in->lay.cb);
	units = emit_rows_loop(o, k, k->in);
	emit_start(o, k, "const float", "x", &k->in[0]);
	if (k->nin > 3)
		emit_start(o, k, "const float", "z", &k->in[3]);
	emit_start(o, k, "float", "y", &k->out[0]);
	out_line(o, "V inv = div_(splat(1.0f), root(add(ld(var + v*%d), splat(%s)))), m = ld(mean + v*%d);", vl,
	         float_text(k->a.eps), vl);
	out_line(o, k->bias ? "V scale = mul(ld(weight + v*%d), inv), shift = ld(bias + v*%d);\n" :
	         "V scale = inv, shift = zero();\n", vl, vl);
	out_line(o, "for (int i = 0; i < %d; i++)", rows_at_once(k, k->in));
	out_line(o, "for (int j = 0; j < %d; j++)", k->in->shape.w);
	if (k->nin > 3)
		value = arena_text("add(%s, ld(zv + i*$zrow + j*$cb))", value);
	out_text(o, arena_text("\tst(yv + i*$yrow + j*$cb, %s);\n", activated(k, (Act)k->a.act, value, "")));
	end_rows_loop(o, k, k->in);
	return k->in->shape.n*units;
}

static int
bn_sums_operands(const Kernel *k, int phase, Operand *to)
{
	int n = 0;

	(void)k;
	if (phase == 0) {
		to[n++] = (Operand){ "dz", Role_in, 0 };
		to[n++] = (Operand){ "x", Role_in, 1 };
		to[n++] = (Operand){ "mean", Role_in, 2 };
	} else {
		to[n++] = (Operand){ "var", Role_in, 3 };
	}
	to[n++] = (Operand){ "part", Role_scratch, 0 };
	if (phase == 0)
		return n;
	to[n++] = (Operand){ "dbias", Role_out, 0 };
	to[n++] = (Operand){ "dweight", Role_out, 1 };
	return n;
}

static int
bn_sums_emit(Out *o, const Kernel *k, int phase)
{
	out_line(o, phase ? "** dbias, dweight = totals of the sums" :
	         "** part = sums of dz and dz (x - mean) over groups of images");
	emit_operand(o, "dz", &k->in[0]);
	emit_operand(o, "x", &k->in[1]);
	emit_head(o, k, phase);
	if (phase == 0) {
		emit_group_loop(o, k);
		out_line(o, "rc_bn_sums_partial(dz + %s, x + %s, mean + c*%d, from, to, %zu, %zu, %d, %d,", at_block(&k->in[0]),
		         at_block(&k->in[1]), k->in->lay.cb, k->in[0].lay.image, k->in[1].lay.image, k->in->shape.h, k->in->shape.w);
		out_line(o, "\t%zu, %zu, %d, sums, sums + %zu);", k->in[0].lay.row, k->in[1].lay.row, k->in->lay.cb, lanes_in(k));
		out_line(o, "}");
		out_line(o, "}");
		return group_units(k);
	}
	out_line(o, "for (int v = lo; v < hi; v++) {");
	out_line(o, "int c = v*%d;\n", k->t->vl);
	out_line(o, "rc_bn_sums_finish(part + c, %d, %zu, %zu, var + c, %s, dbias + c, dweight + c);", groups_of_images(k),
	         Rows*lanes_in(k), lanes_in(k), float_text(k->a.eps));
	out_line(o, "}");
	out_line(o, "}");
	return vectors_in(k);
}

static int
bn_dx_operands(const Kernel *k, int phase, Operand *to)
{
	static const char *const names[] = { "dz", "x", "mean", "var", "dbias", "dweight" };
	int n = 0;

	(void)phase;
	for (; n < 6; n++)
		to[n] = (Operand){ names[n], Role_in, n };
	if (k->bias)
		to[n++] = (Operand){ "weight", Role_param, P_bn_weight };
	to[n++] = (Operand){ "dx", Role_out, 0 };
	return n;
}

static int
bn_dx_emit(Out *o, const Kernel *k, int phase)
{
	int vl = k->t->vl, units;
	double count = (double)k->batch*k->in->shape.h*k->in->shape.w;

	out_line(o, "** dx = scale (dz%s), scale = %s/sqrt(var + %g)", k->frozen ? "" :
	         " - dbias/count - (x - mean)/sqrt(var + eps) dweight/count", k->bias ? "weight" : "1", k->a.eps);
	emit_operand(o, "dz", &k->in[0]);
	emit_operand(o, "x", &k->in[1]);
	emit_operand(o, "dx", &k->out[0]);
	emit_head(o, k, phase);
	units = emit_rows_loop(o, k, k->in);
	emit_start(o, k, "const float", "dz", &k->in[0]);
	emit_start(o, k, "const float", "x", &k->in[1]);
	emit_start(o, k, "float", "dx", &k->out[0]);
	out_line(o, "\nrc_bn_dx(dzv, xv, dxv, %d, %d,", rows_at_once(k, k->in), k->in->shape.w);
	out_line(o, "\t%zu, %zu, %zu, %d, mean + v*%d, var + v*%d, %s, dbias + v*%d, dweight + v*%d, %s, %s, %d);",
	         k->in[0].lay.row, k->in[1].lay.row, k->out->lay.row, k->in->lay.cb, vl, vl, at_channel(k, "weight"), vl, vl,
	         float_text(k->a.eps), float_text(count), k->frozen);
	end_rows_loop(o, k, k->in);
	return k->in->shape.n*units;
}

/* --- sums of channels --- */

static int
channel_operands(const Kernel *k, int phase, Operand *to)
{
	(void)k;
	to[0] = phase ? (Operand){ "part", Role_scratch, 0 } : (Operand){ "x", Role_in, 0 };
	to[1] = phase ? (Operand){ "y", Role_out, 0 } : (Operand){ "part", Role_scratch, 0 };
	return 2;
}

static int
channel_emit(Out *o, const Kernel *k, int phase)
{
	out_line(o, phase ? "** y = totals of the sums" : "** part = sums of each channel over groups of images");
	emit_operand(o, "x", &k->in[0]);
	emit_head(o, k, phase);
	if (phase == 0) {
		emit_group_loop(o, k);
		out_set(o, "vl", "%d", k->t->vl);
		out_text(o, "for (int l = 0; l < $cb; l += $vl)\n"
		            "\tst(sums + l, rc_sums(x + $at0 + l, from, to, $image0, $size, $row0, $cb));\n"
		            "}\n"
		            "}\n");
		return group_units(k);
	}
	out_line(o, "for (int v = lo; v < hi; v++) {");
	out_line(o, "V s = zero();\n");
	out_line(o, "for (int g = 0; g < %d; g++)", groups_of_images(k));
	out_line(o, "\ts = add(s, ld(part + g*%zu + v*%d));", Rows*lanes_in(k), k->t->vl);
	out_line(o, "st(y + v*%d, s);", k->t->vl);
	out_line(o, "}");
	out_line(o, "}");
	return vectors_in(k);
}

const Family family_bn_stats = { .name = "bn_stats", .phases = 2, .reduces = true, .describe = sums_describe,
	.emit = stats_emit, .scratch = sums_scratch, .operands = stats_operands };
const Family family_bn_norm = { .name = "bn_norm", .describe = sums_describe, .emit = norm_emit,
                               .operands = norm_operands };
const Family family_bn_sums = { .name = "bn_sums", .phases = 2, .reduces = true, .describe = sums_describe,
	.emit = bn_sums_emit, .scratch = sums_scratch, .operands = bn_sums_operands };
const Family family_bn_dx = { .name = "bn_dx", .describe = sums_describe, .emit = bn_dx_emit,
                             .operands = bn_dx_operands };
const Family family_channel_sums = { .name = "channel_sums", .phases = 2, .reduces = true, .describe = sums_describe,
	.emit = channel_emit, .scratch = sums_scratch, .operands = channel_operands };
