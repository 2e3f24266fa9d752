/*
** map.c - element by element: batch norm and layer scale that could not be folded, activations, add, mul.
** A unit of work is one vector of channels of one image.
*/
#include "conv.h"

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
	bool gate = k->skip && (is_repeated(k, 0) || is_repeated(k, 1));

	snprintf(name, len, "%s%s_%dx%dx%d%s", gate ? "gate_" : "", op_rows[k->op].name, k->out->shape.c, k->out->shape.h,
	         k->out->shape.w, act_suffix(k));
}

/* emit_clear_rest - 0 in lanes behind the last channel whose division gave inf or NaN, which no weight of 0 undoes */
static void
emit_clear_rest(Out *o, const Kernel *k)
{
	out_set(o, "c", "%d", k->out->shape.c);
	out_line(o, "%s", "");
	out_text(o, "for (int l = $c < v*$vl ? 0 : $c - v*$vl; l < $vl; l++)\n"
	            "for (int i = 0; i < $h; i++)\n"
	            "for (int j = 0; j < $w; j++)\n");
	out_line(o, "\tyv[i*%zu + j*%d + l] = 0;", k->out->lay.row, k->out->lay.cb);
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
	out_set(o, "yv", "%s", vector_base(k, "y", &k->out->lay));
	out_set(o, "vl", "%d", k->t->vl);
	out_set(o, "h", "%d", k->out->shape.h);
	out_set(o, "w", "%d", k->out->shape.w);
	emit_head(o, k, phase);
	emit_image_loop(o, k, "v", vectors_of(k));
	emit_vector_input(o, k, "x", 0);
	if (k->skip)
		emit_vector_input(o, k, "z", 1);
	out_text(o, "float *yv = $yv;\n");
	if (k->op == O_bn)
		out_text(o, "V scale = ld(w + v*$vl), shift = ld(b + v*$vl);\n");
	if (k->op == O_layer_scale)
		out_text(o, "V scale = ld(w + v*$vl);\n");
	if (k->slopes)
		out_line(o, "V slope = ld(%s + v*%d + %d);", k->op == O_bn ? "b" : "w", k->t->vl, vectors_of(k)*k->t->vl);
	out_text(o, "\n"
	            "for (int i = 0; i < $h; i++)\n"
	            "for (int j = 0; j < $w; j++)\n");
	out_line(o, "\tst(yv + i*%zu + j*%d, %s);", k->out->lay.row, k->out->lay.cb,
	         activated(k, (Act)k->a.act, value, "slope"));
	if ((k->op == O_div || k->op == O_reciprocal) && k->out->shape.c != vectors_of(k)*k->t->vl)
		emit_clear_rest(o, k);
	out_text(o, "}\n"
	            "}\n");
	return k->out->shape.n*vectors_of(k);
}

/* channel_repack - as channel_pack goes, and what packs one of its halves */
int
channel_repack(Out *o, const Kernel *k, bool turned)
{
	Repacking r = { .order = "RC_ORDER_CHANNEL", .phases = 1, .groups = vectors_of(k), .per = k->t->vl,
	                .kernel = { 1, 1 } };

	(void)turned;
	return emit_packing(o, k, &r);
}

static int
bn_emit(Out *o, const Kernel *k, int phase)
{
	return emit_map(o, k, phase, "x*w + b", arena_text("fma_(%s, scale, shift)", vector_input(k, "x", 0)));
}

static int
layer_scale_emit(Out *o, const Kernel *k, int phase)
{
	return emit_map(o, k, phase, "x*w", arena_text("mul(%s, scale)", vector_input(k, "x", 0)));
}

static int
layer_scale_packed(const Kernel *k, Packed *to)
{
	to[0] = (Packed){ DT_f32, (size_t)(vectors_of(k)*k->t->vl) };
	return 1;
}

static void
layer_scale_pack(const Kernel *k, const double *w, const double *b, void *const *to)
{
	(void)b;
	pack_channels(k, w, to[0]);
}

static int
act_emit(Out *o, const Kernel *k, int phase)
{
	return emit_map(o, k, phase, arena_text("%s(x)", op_rows[k->op].name),
	                activated(k, act_of(k->op), vector_input(k, "x", 0), "slope"));
}

static int
binary_emit(Out *o, const Kernel *k, int phase)
{
	const char *x = vector_input(k, "x", 0), *z = k->skip ? vector_input(k, "z", 1) : "";

	switch (k->op) {
	case O_add:     return emit_map(o, k, phase, "x + z", arena_text("add(%s, %s)", x, z));
	case O_sub:     return emit_map(o, k, phase, "x - z", arena_text("sub(%s, %s)", x, z));
	case O_mul:     return emit_map(o, k, phase, "x*z", arena_text("mul(%s, %s)", x, z));
	case O_div:     return emit_map(o, k, phase, "x/z", arena_text("div_(%s, %s)", x, z));
	case O_maximum: return emit_map(o, k, phase, "max(x, z)", arena_text("pmax(%s, %s)", x, z));
	case O_minimum: return emit_map(o, k, phase, "min(x, z)", arena_text("pmin(%s, %s)", x, z));
	case O_reciprocal:
		return emit_map(o, k, phase, arena_text("%s/x", float_text(k->a.value)),
		                arena_text("div_(splat(%s), %s)", float_text(k->a.value), x));
	default:        die("op %d has not two inputs", k->op);
	}
}

const Family family_bn = { .name = "bn", .describe = map_describe, .emit = bn_emit, .packed = channel_packed,
	.pack = channel_pack, .repack = channel_repack };
const Family family_layer_scale = { .name = "layer_scale", .describe = map_describe, .emit = layer_scale_emit,
	.packed = layer_scale_packed, .pack = layer_scale_pack, .repack = channel_repack };
const Family family_act = { .name = "act", .describe = map_describe, .emit = act_emit, .packed = map_packed,
                            .pack = map_pack, .repack = channel_repack };
const Family family_binary = { .name = "binary", .describe = map_describe, .emit = binary_emit, .packed = map_packed,
	.pack = map_pack, .repack = channel_repack };
