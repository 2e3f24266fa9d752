/*
** train_map.c - backward ops element by element and over windows. A unit of work is one vector of channels of one
** image, or one block.
*/
#include <string.h>

#include "../gradients/train.h"
#include "kernel.h"

static void
map_describe(const Kernel *k, char *name, size_t len)
{
	const char *of = k->of == NOps ? "" : arena_text("%s_", op_rows[k->of].name);

	snprintf(name, len, "%s%s_%dx%dx%d", of, k->op == O_sum_to || k->op == O_cross_entropy ? op_rows[k->op].name : "dx",
	         k->in->shape.c, k->in->shape.h, k->in->shape.w);
}

/* named_operands - the inputs by these names, then the results */
static int
named_operands(const Kernel *k, const char *const *names, Operand *to)
{
	int n = 0;

	for (; n < k->nin; n++)
		to[n] = (Operand){ names[n], Role_in, n };
	to[n++] = (Operand){ "dx", Role_out, 0 };
	return n;
}

static void
emit_vector(Out *o, const Kernel *k, const char *type, const char *name, const View *v)
{
	out_line(o, "%s *%sv = %s;", type, name, vector_base(k, name, &v->lay));
}

/* emit_some_rows - the same, from the rows on that go by at once */
static void
emit_some_rows(Out *o, const Kernel *k, const char *type, const char *name, const View *v)
{
	out_line(o, "%s *%sv = %s%s;", type, name, vector_base(k, name, &v->lay), at_rows(k, k->out, &v->lay));
}

static void
emit_block(Out *o, const Kernel *k, const char *type, const char *name, const View *v)
{
	out_line(o, "%s *%sc = %s%s + %s%s;", type, name, name, k->out->shape.n > 1 ?
	         arena_text(" + n*%zu", v->lay.image) : "", times("c", v->lay.plane), plus(v->lay.origin));
}

static int
end_vectors(Out *o, const Kernel *k)
{
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*vectors_of(k);
}

/* --- activations --- */

static int
act_operands(const Kernel *k, int phase, Operand *to)
{
	static const char *const names[] = { "dy", "y" };

	(void)phase;
	return named_operands(k, names, to);
}

/* slope_text - d times the derivative at a, as gradients/slope.c says it */
static const char *
slope_text(const Attr *a, Act act)
{
	switch (act) {
	case Act_none:         return "rc_half_above0(a, d)";
	case Act_relu:         return "rc_above0(a, d)";
	case Act_relu6:        return "rc_above0(a, rc_above0(sub(splat(6.0f), a), d))";
	case Act_clip:
		return arena_text("below0(sub(a, splat(%s)), zero(), below0(sub(splat(%s), a), zero(), d))", float_text(a->lo),
		                  float_text(a->hi));
	case Act_leaky_relu:   return arena_text("rc_leaky_dx(a, d, splat(%s))", float_text(a->slope));
	case Act_sigmoid:      return "mul(d, mul(a, sub(splat(1.0f), a)))";
	case Act_silu:         return "rc_silu_dx(a, d)";
	case Act_hard_sigmoid:
		return arena_text("rc_above0(a, rc_above0(sub(splat(1.0f), a), mul(d, splat(%s))))", float_text(a->slope));
	case Act_hard_swish:   return arena_text("rc_hard_swish_dx(a, d, splat(%s), splat(%s))", float_text(a->slope),
	                                         float_text(a->offset));
	case Act_softplus:     return arena_text("mul(d, sigmoid(mul(a, splat(%s))))", float_text(a->beta));
	case Act_elu:          return arena_text("rc_elu_dx(a, d, splat(%s))", float_text(a->alpha));
	case Act_mish:         return "rc_mish_dx(a, d)";
	case Act_gelu:         return "rc_gelu_dx(a, d)";
	case Act_gelu_tanh:    return "rc_gelu_tanh_dx(a, d)";
	case Act_tanh:         return "mul(d, sub(splat(1.0f), mul(a, a)))";
	case Act_erf:          return "mul(d, mul(splat(1.12837917f), vexp(sub(zero(), mul(a, a)))))";
	case Act_exp:          return "mul(d, a)";
	case Act_log:          return "div_(d, a)";
	case Act_sqrt:         return "div_(mul(d, splat(0.5f)), a)";
	case Act_abs:          return "below0(a, sub(zero(), d), rc_above0(a, d))";
	default:               die("activation %d has no derivative", act);
	}
}

static int
act_emit(Out *o, const Kernel *k, int phase)
{
	int units;

	out_line(o, "** dx = dy times the derivative of %s", op_rows[k->of].name);
	emit_operand(o, "dy", &k->in[0]);
	emit_operand(o, "y", &k->in[1]);
	emit_operand(o, "dx", &k->out[0]);
	emit_head(o, k, phase);
	units = emit_rows_loop(o, k, k->out);
	emit_some_rows(o, k, "const float", "dy", &k->in[0]);
	emit_some_rows(o, k, "const float", "y", &k->in[1]);
	emit_some_rows(o, k, "float", "dx", &k->out[0]);
	out_line(o, "\nfor (int i = 0; i < %d; i++)", rows_at_once(k, k->out));
	out_line(o, "for (int j = 0; j < %d; j++) {", k->out->shape.w);
	out_line(o, "V a = ld(yv + i*%zu + j*%d), d = ld(dyv + i*%zu + j*%d);\n", k->in[1].lay.row, k->in->lay.cb,
	         k->in->lay.row, k->in->lay.cb);
	out_line(o, "st(dxv + i*%zu + j*%d, %s);", k->out->lay.row, k->in->lay.cb, slope_text(&k->a, act_of(k->of)));
	out_line(o, "}");
	end_rows_loop(o, k, k->out);
	return k->out->shape.n*units;
}

/* --- sums over what was repeated --- */

static int
sum_operands(const Kernel *k, int phase, Operand *to)
{
	(void)k;
	(void)phase;
	to[0] = (Operand){ "x", Role_in, 0 };
	to[1] = (Operand){ "y", Role_out, 0 };
	return 2;
}

/* emit_sum_channels - the result has one channel: a pixel's, or an image's. A unit is an image. */
static int
emit_sum_channels(Out *o, const Kernel *k)
{
	Shape x = k->in->shape;
	bool point = k->out->shape.h*k->out->shape.w == 1;

	out_line(o, "for (int n = lo; n < hi; n++) {");
	out_line(o, "rc_clear(y + n*%zu, %zu);", k->out->lay.image, k->out->lay.image);
	out_line(o, "for (int c = 0; c < %d; c++)", x.c);
	out_line(o, "for (int i = 0; i < %d; i++)", x.h);
	out_line(o, "for (int j = 0; j < %d; j++)", x.w);
	out_line(o, "\ty[n*%zu + %zu%s] += x[n*%zu + %zu + %s + i*%zu + j*%d];", k->out->lay.image, k->out->lay.origin,
	         point ? "" : arena_text(" + i*%zu + j*%d", k->out->lay.row, k->out->lay.cb), k->in->lay.image,
		k->in->lay.origin,
	         copied_channel(&k->in->lay, "c", 1), k->in->lay.row, k->in->lay.cb);
	out_line(o, "}");
	out_line(o, "}");
	return x.n;
}

static int
sum_emit(Out *o, const Kernel *k, int phase)
{
	Shape x = k->in->shape;

	out_line(o, "** y = sums over %s", k->out->shape.c == x.c ? "pixels" : "channels");
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	if (k->out->shape.c != x.c)
		return emit_sum_channels(o, k);
	emit_image_loop(o, k, "v", vectors_of(k));
	emit_vector(o, k, "const float", "x", &k->in[0]);
	emit_vector(o, k, "float", "y", &k->out[0]);
	out_line(o, "\nst(yv, rc_sums(xv, 0, 1, 0, %d, %d, %zu, %d));", x.h, x.w, k->in->lay.row, k->in->lay.cb);
	return end_vectors(o, k);
}

/* --- windows --- */

static int
max_pool_operands(const Kernel *k, int phase, Operand *to)
{
	static const char *const names[] = { "dy", "x", "y" };

	(void)phase;
	return named_operands(k, names, to);
}

static int
max_pool_emit(Out *o, const Kernel *k, int phase)
{
	const Attr *a = &k->a;
	int blocks = ceil_div(k->out->shape.c, k->out->lay.cb);

	out_line(o, "** dx = dy at the first of the largest x of each %swindow", a->kernel.h ?
	         arena_text("%dx%d ", a->kernel.h, a->kernel.w) : "");
	emit_operand(o, "dy", &k->in[0]);
	emit_operand(o, "x", &k->in[1]);
	emit_operand(o, "dx", &k->out[0]);
	emit_head(o, k, phase);
	emit_image_loop(o, k, "c", blocks);
	emit_block(o, k, "const float", "dy", &k->in[0]);
	emit_block(o, k, "const float", "x", &k->in[1]);
	emit_block(o, k, "const float", "y", &k->in[2]);
	emit_block(o, k, "float", "dx", &k->out[0]);
	out_line(o, "\nrc_%smax_pool_dx(dyc, xc, yc, dxc, %d, %d, %zu, %zu, %zu, %zu, %d,", a->kernel.h ? "" : "adaptive_",
	         k->out->shape.h, k->out->shape.w, k->in[0].lay.row, k->in[1].lay.row, k->in[2].lay.row, k->out->lay.row,
	         k->in->lay.cb);
	out_line(o, "\t%d, %d%s);", k->in->shape.h, k->in->shape.w, !a->kernel.h ? "" :
	         arena_text(", %d, %d, %d, %d, %d, %d, %d, %d", a->kernel.h, a->kernel.w, a->stride.h, a->stride.w,
	                    a->padding.t, a->padding.l, a->dilation.h, a->dilation.w));
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*blocks;
}

/* emit_spreads - tables of one axis: of input i, from where in the list of results and shares */
static void
emit_spreads(Out *o, const Kernel *k, bool rows, const char *name)
{
	int in = rows ? k->out->shape.h : k->out->shape.w, out = rows ? k->in->shape.h : k->in->shape.w;
	Spread *all = arena_new(MostSpreads*sizeof *all);
	int count = spread_of(k->of, &k->a, rows, in, out, all), at = 0;

	out_line(o, "static const unsigned short %s_from[%d] = {", name, in + 1);
	for (int i = 0; i <= in; i++) {
		while (at < count && all[at].in < i)
			at++;
		out_flow(o, "%d%s", at, i < in ? "," : "");
	}
	out_flow_end(o);
	out_line(o, "};\nstatic const unsigned short %s_of[%d] = {", name, count ? count : 1);
	for (int i = 0; i < (count ? count : 1); i++)
		out_flow(o, "%d%s", count ? all[i].out : 0, i + 1 < count ? "," : "");
	out_flow_end(o);
	out_line(o, "};\nstatic const float %s_share[%d] = {", name, count ? count : 1);
	for (int i = 0; i < (count ? count : 1); i++)
		out_flow(o, "%s%s", float_text(count ? all[i].share : 0), i + 1 < count ? "," : "");
	out_flow_end(o);
	out_line(o, "};");
}

static int
spatial_operands(const Kernel *k, int phase, Operand *to)
{
	static const char *const names[] = { "dy" };

	(void)phase;
	return named_operands(k, names, to);
}

/* emit_spatial_sum - the sum over results that input r, q is a part of; one: a channel, else a vector of them */
static void
emit_spatial_sum(Out *o, const Kernel *k, bool one)
{
	out_line(o, "for (int r = 0; r < %d; r++)", k->out->shape.h);
	out_line(o, "for (int q = 0; q < %d; q++) {", k->out->shape.w);
	out_line(o, "%s s = %s;\n", one ? "float" : "V", one ? "0" : "zero()");
	out_line(o, "for (int i = row_from[r]; i < row_from[r + 1]; i++)");
	out_line(o, "for (int j = col_from[q]; j < col_from[q + 1]; j++)");
	out_line(o, one ? "\ts += dyv[row_of[i]*%zu + col_of[j]*%d]*(row_share[i]*col_share[j]);" :
	         "\ts = fma_(ld(dyv + row_of[i]*%zu + col_of[j]*%d), splat(row_share[i]*col_share[j]), s);", k->in->lay.row,
		k->in->lay.cb);
	out_line(o, one ? "dxv[r*%zu + q*%d] = s;" : "st(dxv + r*%zu + q*%d, s);", k->out->lay.row, k->out->lay.cb);
	out_line(o, "}");
}

static int
spatial_emit(Out *o, const Kernel *k, int phase)
{
	int c0 = first_channel_of(k->of, &k->a), c1 = c0 + k->in->shape.c, vl = k->t->vl, count;
	bool whole = c0 == 0 && k->in->shape.c == k->out->shape.c;

	out_line(o, "** dx = sums of dy that x has a share in, of %s", op_rows[k->of].name);
	emit_operand(o, "dy", &k->in[0]);
	emit_operand(o, "dx", &k->out[0]);
	emit_head(o, k, phase);
	emit_spreads(o, k, true, "row");
	emit_spreads(o, k, false, "col");
	out_line(o, "%s", "");
	if (whole) {
		emit_image_loop(o, k, "v", vectors_of(k));
		emit_vector(o, k, "const float", "dy", &k->in[0]);
		emit_vector(o, k, "float", "dx", &k->out[0]);
		out_line(o, "%s", "");
		emit_spatial_sum(o, k, false);
		return end_vectors(o, k);
	}
	count = vectors_of(k)*vl;                        /* lanes of no channel too: they are zeros */
	emit_image_loop(o, k, "c", count);
	out_line(o, "float *dxv = dx + %s%s%s;", copied_channel(&k->out->lay, "c", 1),
	         k->out->shape.n > 1 ? arena_text(" + n*%zu", k->out->lay.image) : "", plus(k->out->lay.origin));
	out_line(o, "int of = c - (%d);", c0);
	out_line(o, "const float *dyv = dy + %s%s%s;\n", copied_channel(&k->in->lay,
	                                                                arena_text("(of < 0 || of >= %d ? 0 : of)",
	                                                                           k->in->shape.c), 1),
	         k->out->shape.n > 1 ? arena_text(" + n*%zu", k->in->lay.image) : "", plus(k->in->lay.origin));
	out_line(o, "if (c < %d || c >= %d || c >= %d) {", c0, c1, k->out->shape.c);
	out_line(o, "for (int r = 0; r < %d; r++)", k->out->shape.h);
	out_line(o, "for (int q = 0; q < %d; q++)", k->out->shape.w);
	out_line(o, "\tdxv[r*%zu + q*%d] = 0;", k->out->lay.row, k->out->lay.cb);
	out_line(o, "continue;");
	out_line(o, "}");
	emit_spatial_sum(o, k, true);
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*count;
}

/* --- the loss --- */

static int
loss_operands(const Kernel *k, int phase, Operand *to)
{
	(void)k;
	(void)phase;
	to[0] = (Operand){ "x", Role_in, 0 };
	to[1] = (Operand){ "labels", Role_labels, 0 };
	to[2] = (Operand){ "dx", Role_out, 0 };
	to[3] = (Operand){ "loss", Role_out, 1 };
	return 4;
}

static int
loss_emit(Out *o, const Kernel *k, int phase)
{
	const Layout *x = &k->in->lay, *dx = &k->out->lay;

	out_line(o, "** dx = (softmax(x) - label)/images, labels smoothed by %g; loss: each image's, "
	            "and 1 where its label is the largest",
	         k->a.value);
	emit_operand(o, "x", &k->in[0]);
	emit_head(o, k, phase);
	out_line(o, "for (int n = lo; n < hi; n++)");
	out_line(o, "\trc_cross_entropy(x + n*%zu%s, %zu, dx + n*%zu%s, %zu, %d,", x->image, plus(x->origin), x->plane,
	         dx->image, plus(dx->origin), dx->plane, x->cb);
	out_line(o, "\tloss + n*%zu, %d, labels[n], %.17g, %d);", k->out[1].lay.image, k->in->shape.c, k->a.value,
	         k->in->shape.n);
	out_line(o, "}");
	return k->in->shape.n;
}

static bool
loss_covers(const Node *n)
{
	return n->out->shape.c%n->out->lay.cb == 0;
}

const Family family_act_dx = { .name = "act_dx", .describe = map_describe, .emit = act_emit, .operands = act_operands };
const Family family_sum_to = { .name = "sum_to", .describe = map_describe, .emit = sum_emit, .operands = sum_operands };
const Family family_max_pool_dx = { .name = "max_pool_dx", .describe = map_describe, .emit = max_pool_emit,
	.operands = max_pool_operands };
const Family family_spatial_dx = { .name = "spatial_dx", .describe = map_describe, .emit = spatial_emit,
	.operands = spatial_operands };
const Family family_cross_entropy = { .name = "cross_entropy", .covers = loss_covers, .describe = map_describe,
	.emit = loss_emit, .operands = loss_operands };
