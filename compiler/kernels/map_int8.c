/*
** map_int8.c - byte by byte: sums of two results, floats to bytes, bytes to floats. A unit of work is one vector
** of channels of one image.
*/
#include "bytes.h"

/* emit_vectors - y = formula, value of a vector at the offset */
static int
emit_vectors(Out *o, const Kernel *k, int phase, const char *formula, const char *names, const char *value)
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
	out_line(o, "const %s *xv = %s;", dtype_rows[k->in->dtype].c, vector_base(k, "x", &k->in->lay));
	if (k->skip)
		out_line(o, "const unsigned char *zv = %s;", vector_base(k, "z", &k->in[1].lay));
	out_line(o, "%s *yv = %s;\n", dtype_rows[k->out->dtype].c, vector_base(k, "y", &k->out->lay));
	out_line(o, "for (int i = 0; i < %d; i++)", k->out->shape.h);
	out_line(o, "for (int j = 0; j < %d; j++)", k->out->shape.w);
	out_line(o, "\t%s", bytes_settled(k, arena_text("yv + i*%zu + j*%d", k->out->lay.row, k->out->lay.cb), value));
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*vectors_of(k);
}

/* at - the vector of an input at pixel i, j */
static const char *
at(const Kernel *k, const char *name, int input)
{
	const View *v = &k->in[input];

	return arena_text("%s(%sv + i*%zu + j*%d)", v->dtype == DT_u8 ? "ld8" : "ld", name, v->lay.row, v->lay.cb);
}

static void
describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "%s%s%s_%dx%dx%d", k->op == O_add ? "int8_" : "", op_rows[k->op].name, k->a.requant ? "_onnx" : "",
	         k->out->shape.c, k->out->shape.h, k->out->shape.w);
}

static int
add_emit(Out *o, const Kernel *k, int phase)
{
	if (k->a.requant)
		return emit_vectors(o, k, phase, "round(f0*(x - z0) + (f1*(z - z0) + z1))", "f0 z0 f1 z1",
		                    arena_text("fused(sub(%s, z0), f0, fused(sub(%s, z0), f1, z1))", at(k, "x", 0), at(k, "z", 1)));
	return emit_vectors(o, k, phase, "round(f0*x + f1*z)", "f0 z0 f1 z1",
	                    arena_text("fma_(sub(%s, z1), f1, mul(sub(%s, z0), f0))", at(k, "z", 1), at(k, "x", 0)));
}

static int
quantize_emit(Out *o, const Kernel *k, int phase)
{
	return emit_vectors(o, k, phase, "round(x/step) + zero", "f0",
	                    arena_text(k->a.requant ? "div_(%s, f0)" : "mul(%s, f0)", at(k, "x", 0)));
}

static int
dequantize_emit(Out *o, const Kernel *k, int phase)
{
	return emit_vectors(o, k, phase, "step*(x - zero)", "f0 z0", arena_text("mul(sub(%s, z0), f0)", at(k, "x", 0)));
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
const Family family_quantize = { .name = "quantize", .describe = describe, .emit = quantize_emit, .operands = operands,
	.packed = bytes_packed, .pack_node = bytes_pack_numbers };
const Family family_dequantize = { .name = "dequantize", .describe = describe, .emit = dequantize_emit,
	.operands = operands, .packed = bytes_packed, .pack_node = bytes_pack_numbers };
