/*
** map_int8.c - byte by byte: sums and products of two results, floats to bytes, bytes to floats. A unit of work is one
** vector of channels of one image.
*/
#include "bytes.h"
#include "conv.h"

/* result - where the vector at pixel i, j goes */
static const char *
result(const Kernel *k)
{
	return arena_text("yv + i*%zu + j*%d", k->out->lay.row, k->out->lay.cb);
}

/* emit_vectors - y = formula, by a statement that stores the result's vector at pixel i, j */
static int
emit_vectors(Out *o, const Kernel *k, int phase, const char *formula, const char *names, const char *statement)
{
	out_line(o, "** y = %s", formula);
	emit_operand(o, "x", &k->in[0]);
	if (k->skip)
		emit_operand(o, "z", &k->in[1]);
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	emit_numbers(o, k, names);
	out_line(o, "%s", "");
	emit_image_loop(o, k, "v", vectors_of(k));
	emit_vector_input(o, k, "x", 0);
	if (k->skip)
		emit_vector_input(o, k, "z", 1);
	out_line(o, "%s *yv = %s;\n", dtype_rows[k->out->dtype].c, vector_base(k, "y", &k->out->lay));
	out_line(o, "for (int i = 0; i < %d; i++)", k->out->shape.h);
	out_line(o, "for (int j = 0; j < %d; j++)", k->out->shape.w);
	out_line(o, "\t%s", statement);
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*vectors_of(k);
}

static void
describe(const Kernel *k, char *name, size_t len)
{
	bool gate = k->skip && (is_repeated(k, 0) || is_repeated(k, 1));
	const char *rounding = k->a.requant == Requant_onnx_float ? "_floats" : k->a.requant ? "_onnx" : "";

	snprintf(name, len, "%s%s%s%s_%dx%dx%d", k->skip ? "int8_" : "", gate ? "gate_" : "", op_rows[k->op].name, rounding,
	         k->out->shape.c, k->out->shape.h, k->out->shape.w);
}

/* emit_settled - each vector between its bounds */
static int
emit_settled(Out *o, const Kernel *k, int phase, const char *formula, const char *names, const char *value)
{
	return emit_vectors(o, k, phase, formula, names, bytes_settled(k, result(k), value));
}

static int
add_emit(Out *o, const Kernel *k, int phase)
{
	const char *x = vector_input(k, "x", 0), *z = vector_input(k, "z", 1);
	const char *u = arena_text("mul(sub(%s, z0), f0)", x), *v = arena_text("mul(sub(%s, z1), f1)", z);

	if (k->a.requant == Requant_onnx_float)  /* z2 is 1: so the product before the sum is rounded */
		return emit_settled(o, k, phase, "round((f0*(x - z0) + f1*(z - z1))/f2) + zero", "f0 z0 f1 z1 f2 z2",
		                    arena_text("div_(fused(%s, z2, %s), f2)", u, v));
	if (k->a.requant)
		return emit_settled(o, k, phase, "round(f0*(x - z0) + (f1*(z - z0) + z1))", "f0 z0 f1 z1",
		                    arena_text("fused(sub(%s, z0), f0, fused(sub(%s, z0), f1, z1))", x, z));
	return emit_settled(o, k, phase, "round(f0*x + f1*z)", "f0 z0 f1 z1",
	                    arena_text("fma_(sub(%s, z1), f1, %s)", z, u));
}

/* mul_emit - to ONNX Runtime's the zero, f1, is added between two roundings, which the bounds keep apart */
static int
mul_emit(Out *o, const Kernel *k, int phase)
{
	const char *x = arena_text("sub(%s, z0)", vector_input(k, "x", 0));
	const char *z = arena_text("sub(%s, z1)", vector_input(k, "z", 1));
	const char *v = arena_text("mul(mul(%s, %s), f0)", x, z);

	if (k->a.requant == Requant_onnx_float)
		return emit_settled(o, k, phase, "round(f0*(x - z0)*f1*(z - z1)/f2) + zero", "f0 z0 f1 z1 f2",
		                    arena_text("div_(mul(mul(%s, f0), mul(%s, f1)), f2)", x, z));
	if (k->a.requant)
		return emit_vectors(o, k, phase, "round(f0*(x - z0)*(z - z1) + f1)", "f0 z0 f1 z1",
		                    arena_text("st8(%s, add(between(%s, least, most), f1), sub(base, f1));", result(k), v));
	return emit_settled(o, k, phase, "round(f0*(x - z0)*(z - z1)) + zero", "f0 z0 z1", v);
}

/* emit_rows - of an input that is not cut into blocks; a unit is a row of four channels */
static int
emit_rows(Out *o, const Kernel *k, int phase, const char *formula, const char *value)
{
	const Layout *x = &k->in->lay, *y = &k->out->lay;
	int c = k->out->shape.c, blocks = ceil_div(c, y->cb), images = k->out->shape.n, rows = k->out->shape.h;
	const char *image = images > 1 ? arena_text(" + n*%zu", x->image) : "";
	const char *channel = blocks > 1 ? arena_text("(b*%d + c)", y->cb) : "c";
	const char *channels = blocks > 1 && c%y->cb ? arena_text("(b + 1 < %d ? %d : %d)", blocks, y->cb, c%y->cb) :
		arena_text("%d", blocks > 1 ? y->cb : c);

	out_line(o, "** y = %s", formula);
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	emit_numbers(o, k, "f0");
	out_line(o, "%s", "");
	emit_units(o, "b", blocks, images, rows, "i");
	out_line(o, "unsigned char *yi = y%s%s%s%s;\n", blocks > 1 ? arena_text(" + b*%zu", y->plane) : "",
	         images > 1 ? arena_text(" + n*%zu", y->image) : "", rows > 1 ? arena_text(" + i*%zu", y->row) : "",
	         plus(y->origin));
	emit_quads(o, k, channels,
	           arena_text("x%s + %s*%zu%s%s + j", image, channel, x->plane,
	                      rows > 1 ? arena_text(" + i*%zu", x->row) : "", plus(x->origin)),
	           bytes_settled(k, "line[c]", value));
	out_line(o, "}");
	out_line(o, "}");
	return blocks*images*rows;
}

static int
quantize_emit(Out *o, const Kernel *k, int phase)
{
	const char *formula = "round(x/step) + zero", *value = k->a.requant ? "div_(%s, f0)" : "mul(%s, f0)";

	if (k->in->lay.cb == 1 && k->out->lay.cb <= 4)
		return emit_rows(o, k, phase, formula, arena_text(value, "v"));
	return emit_settled(o, k, phase, formula, "f0", arena_text(value, vector_input(k, "x", 0)));
}

static int
dequantize_emit(Out *o, const Kernel *k, int phase)
{
	return emit_settled(o, k, phase, "step*(x - zero)", "f0 z0",
	                    arena_text("mul(sub(%s, z0), f0)", vector_input(k, "x", 0)));
}

/* operands - the numbers behind the inputs */
static int
operands(const Kernel *k, int phase, Operand *to)
{
	int n = 0;

	(void)phase;
	to[n++] = (Operand){ "x", Role_in, 0 };
	if (k->skip)
		to[n++] = (Operand){ "z", Role_in, 1 };
	to[n++] = (Operand){ "e", Role_packed, 0 };
	to[n++] = (Operand){ "y", Role_out, 0 };
	return n;
}

const Family family_add_int8 = { .name = "add_int8", .describe = describe, .emit = add_emit, .operands = operands,
	.packed = bytes_packed, .pack_node = bytes_pack_numbers };
const Family family_mul_int8 = { .name = "mul_int8", .describe = describe, .emit = mul_emit, .operands = operands,
	.packed = bytes_packed, .pack_node = bytes_pack_numbers };
const Family family_quantize = { .name = "quantize", .planar = true, .describe = describe, .emit = quantize_emit,
	.operands = operands, .packed = bytes_packed, .pack_node = bytes_pack_numbers };
const Family family_dequantize = { .name = "dequantize", .describe = describe, .emit = dequantize_emit,
	.operands = operands, .packed = bytes_packed, .pack_node = bytes_pack_numbers };
