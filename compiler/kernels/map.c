/*
** map.c - element by element: batch norm that could not be folded, activations, add, mul.
** A unit of work is one vector of channels of one image.
*/
#include "kernel.h"

int
channel_packed(const Kernel *k, Packed *to)
{
	size_t lanes = (size_t)(vectors_of(k)*k->t->vl);

	to[0] = (Packed){ DT_f32, lanes };
	to[1] = (Packed){ DT_f32, k->slopes ? 2*lanes : lanes };
	return 2;
}

/* channel_pack - a factor and a summand of each channel, zeros behind the last one */
void
channel_pack(const Kernel *k, const double *w, const double *b, void *const *to)
{
	float *pw = to[0];

	for (int c = 0; c < vectors_of(k)*k->t->vl; c++)
		pw[c] = c < k->out->shape.c ? (float)w[c] : 0;
	pack_channels(k, b, to[1]);
}

/* map_packed - a prelu's slopes, behind as many zeros */
static int
map_packed(const Kernel *k, Packed *to)
{
	to[0] = (Packed){ DT_f32, (size_t)(2*vectors_of(k)*k->t->vl) };
	return k->slopes;
}

static void
map_pack(const Kernel *k, const double *w, const double *b, void *const *to)
{
	(void)w;
	if (k->slopes)
		pack_channels(k, b, to[0]);
}

static void
map_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "%s%s_%dx%dx%d%s", k->gate ? "gate_" : "", op_rows[k->op].name, k->out->shape.c, k->out->shape.h,
	         k->out->shape.w, act_suffix(k));
}

/* emit_map - y = act(value), value an expression of x, w, b and z at one vector */
static int
emit_map(Out *o, const Kernel *k, int phase, const char *formula, const char *value)
{
	out_line(o, "** y = %s%s%s", act_open(k), formula, act_close(k));
	emit_operand(o, "x", &k->in[0]);
	if (k->skip)
		emit_operand(o, "z", &k->in[1]);
	emit_operand(o, "y", &k->out[0]);
	out_set(o, "xv", "%s", vector_base(k, "x", &k->in->lay));
	out_set(o, "zv", "%s", k->skip ? vector_base(k, "z", &k->in[1].lay) : "");
	out_set(o, "yv", "%s", vector_base(k, "y", &k->out->lay));
	out_set(o, "vl", "%d", k->t->vl);
	out_set(o, "h", "%d", k->out->shape.h);
	out_set(o, "w", "%d", k->out->shape.w);
	emit_head(o, k, phase);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_text(o, "const float *xv = $xv;\n");
	if (k->gate)
		out_text(o, "V gate = ld($zv);\n");
	else if (k->skip)
		out_text(o, "const float *zv = $zv;\n");
	out_text(o, "float *yv = $yv;\n");
	if (k->op == O_bn)
		out_text(o, "V scale = ld(w + v*$vl), shift = ld(b + v*$vl);\n");
	if (k->slopes)
		out_line(o, "V slope = ld(%s + v*%d + %d);", k->op == O_bn ? "b" : "w", k->t->vl, vectors_of(k)*k->t->vl);
	out_text(o, "\n"
	            "for (int i = 0; i < $h; i++)\n"
	            "for (int j = 0; j < $w; j++)\n");
	out_line(o, "\tst(yv + i*%zu + j*%d, %s);", k->out->lay.row, k->out->lay.cb, activated(k, (Act)k->a.act, value, "slope"));
	out_text(o, "}\n"
	            "}\n");
	return k->out->shape.n*vectors_of(k);
}

static const char *
vector_of(const char *name, const Layout *l)
{
	return arena_text("ld(%sv + i*%zu + j*%d)", name, l->row, l->cb);
}

static int
bn_emit(Out *o, const Kernel *k, int phase)
{
	return emit_map(o, k, phase, "x*w + b", arena_text("fma_(%s, scale, shift)", vector_of("x", &k->in->lay)));
}

static int
act_emit(Out *o, const Kernel *k, int phase)
{
	return emit_map(o, k, phase, arena_text("%s(x)", op_rows[k->op].name),
	                activated(k, act_of(k->op), vector_of("x", &k->in->lay), "slope"));
}

static int
add_emit(Out *o, const Kernel *k, int phase)
{
	return emit_map(o, k, phase, "x + z", arena_text("add(%s, %s)", vector_of("x", &k->in->lay),
	                                                 vector_of("z", &k->in[1].lay)));
}

static int
mul_emit(Out *o, const Kernel *k, int phase)
{
	return emit_map(o, k, phase, "x*z", arena_text("mul(%s, %s)", vector_of("x", &k->in->lay),
	                                               k->gate ? "gate" : vector_of("z", &k->in[1].lay)));
}

const Family family_bn = { .name = "bn", .describe = map_describe, .emit = bn_emit, .packed = channel_packed,
	.pack = channel_pack };
const Family family_act = { .name = "act", .describe = map_describe, .emit = act_emit, .packed = map_packed, .pack = map_pack };
const Family family_add = { .name = "add", .describe = map_describe, .emit = add_emit, .packed = map_packed, .pack = map_pack };
const Family family_mul = { .name = "mul", .describe = map_describe, .emit = mul_emit, .packed = map_packed, .pack = map_pack };
