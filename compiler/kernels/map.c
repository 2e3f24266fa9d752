/*
** map.c - element by element: batch norm that could not be folded, activations, add, mul.
** A unit of work is one vector of channels of one image.
*/
#include "../resnetc.h"

static size_t
bn_floats(const Kernel *k)
{
	return (size_t)(vectors_of(k)*k->t->vl);
}

/* bn_pack - scale as weights, shift as bias: y = x*w[c] + b[c] */
static void
bn_pack(const Kernel *k, const double *w, const double *b, float *pw, float *pb)
{
	for (int c = 0; c < vectors_of(k)*k->t->vl; c++) {
		pw[c] = c < k->y.c ? (float)w[c] : 0;
		pb[c] = c < k->y.c ? (float)b[c] : 0;
	}
}

static void
map_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "%s%s_%dx%dx%d%s", k->gate ? "gate_" : "", op_rows[k->op].name, k->y.c, k->y.h, k->y.w, act_suffix(k));
}

/* emit_map - y = act(value), value an expression of x, w, b and z at one vector */
static int
emit_map(Out *o, const Kernel *k, const char *fn, const char *formula, const char *value)
{
	out_line(o, "** y = %s%s%s", act_open(k), formula, act_close(k));
	emit_operand(o, "x", k->x, &k->lx);
	if (k->skip)
		emit_operand(o, "z", k->gate ? (Shape){ k->y.n, k->y.c, 1, 1 } : k->y, &k->lz);
	emit_operand(o, "y", k->y, &k->ly);
	out_line(o, "*/");
	out_set(o, "xv", "%s", vector_base(k, "x", &k->lx));
	out_set(o, "zv", "%s", k->skip ? vector_base(k, "z", &k->lz) : "");
	out_set(o, "yv", "%s", vector_base(k, "y", &k->ly));
	out_set(o, "vl", "%d", k->t->vl);
	out_set(o, "h", "%d", k->y.h);
	out_set(o, "w", "%d", k->y.w);
	emit_kernel_head(o, k, fn);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_text(o, "const float *xv = $xv;\n");
	if (k->gate)
		out_text(o, "V gate = ld($zv);\n");
	else if (k->skip)
		out_text(o, "const float *zv = $zv;\n");
	out_text(o, "float *yv = $yv;\n");
	if (k->op == O_bn)
		out_text(o, "V scale = ld(w + v*$vl), shift = ld(b + v*$vl);\n");
	out_text(o, "\n"
	            "for (int i = 0; i < $h; i++)\n"
	            "for (int j = 0; j < $w; j++)\n");
	out_line(o, "\tst(yv + i*%zu + j*%d, %s);", k->ly.row, k->ly.cb, activated(k, (Act)k->a.act, value));
	out_text(o, "}\n"
	            "}\n");
	return k->y.n*vectors_of(k);
}

static const char *
vector_of(const char *name, const Layout *l)
{
	return arena_text("ld(%sv + i*%zu + j*%d)", name, l->row, l->cb);
}

static int
bn_emit(Out *o, const Kernel *k, const char *fn)
{
	return emit_map(o, k, fn, "x*w + b", arena_text("fma_(%s, scale, shift)", vector_of("x", &k->lx)));
}

static int
act_emit(Out *o, const Kernel *k, const char *fn)
{
	return emit_map(o, k, fn, arena_text("%s(x)", op_rows[k->op].name), activated(k, act_of(k->op), vector_of("x", &k->lx)));
}

static int
add_emit(Out *o, const Kernel *k, const char *fn)
{
	return emit_map(o, k, fn, "x + z", arena_text("add(%s, %s)", vector_of("x", &k->lx), vector_of("z", &k->lz)));
}

static int
mul_emit(Out *o, const Kernel *k, const char *fn)
{
	return emit_map(o, k, fn, "x*z", arena_text("mul(%s, %s)", vector_of("x", &k->lx), k->gate ? "gate" : vector_of("z", &k->lz)));
}

const Family family_bn = { "bn", bn_emit, map_describe, bn_floats, bn_floats, bn_pack, NULL };
const Family family_act = { "act", act_emit, map_describe, NULL, NULL, NULL, NULL };
const Family family_add = { "add", add_emit, map_describe, NULL, NULL, NULL, NULL };
const Family family_mul = { "mul", mul_emit, map_describe, NULL, NULL, NULL, NULL };
