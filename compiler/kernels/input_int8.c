/*
** input_int8.c - the caller's picture as bytes: its pixels as they are, or the floats that were made of them made
** pixels again. A unit of work is one row of one image.
*/
#include "bytes.h"

static void
describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "pixels_%dx%dx%d", k->out->shape.c, k->out->shape.h, k->out->shape.w);
}

/* emit_tables - what makes a pixel of a channel's float again */
static void
emit_tables(Out *o, const Kernel *k)
{
	for (int i = 0; i < 2; i++) {
		const char *table = arena_text("static const float %s[%d] = { ", i ? "means" : "factors", k->out->shape.c);
		for (int c = 0; c < k->out->shape.c; c++) {
			const Image *im = k->picture;
			double v = i ? im->mean[c]/im->scale : 1/(im->scale/im->std[c]);
			table = arena_text("%s%s%s", table, float_text((double)(float)v), c + 1 < k->out->shape.c ? ", " : " };");
		}
		out_line(o, "%s%s", table, i ? "\n" : "");
	}
}

static int
emit(Out *o, const Kernel *k, int phase)
{
	const Image *im = k->picture;
	Shape s = k->out->shape;
	int c = s.c;
	bool again = !im->u8 && !im->normalize, images = s.n > 1;

	out_line(o, "** y = the caller's %s %s pixels%s%s", im->u8 ? "byte" : "float", im->hwc ? "HWC" : "CHW",
	         im->swap ? ", channels the other way round" : "", again ? ", which (scale*pixel - mean)/std hides" : "");
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	if (again)
		emit_tables(o, k);
	emit_image_loop(o, k, "i", s.h);
	out_line(o, "unsigned char *yi = y + i*%zu%s%s;\n", k->out->lay.row,
	         images ? arena_text(" + n*%zu", k->out->lay.image) : "", plus(k->out->lay.origin));
	out_line(o, "for (int j = 0; j < %d; j++)", s.w);
	out_line(o, "for (int c = 0; c < %d; c++) {", k->out->lay.cb);
	const char *from = im->swap ? arena_text("(%d - c)", c - 1) : "c";
	const char *at = im->hwc ? arena_text("(i*%d + j)*%d + %s", s.w, c, from) :
		arena_text("(%s*%d + i)*%d + j", from, s.h, s.w);
	const char *value = arena_text("x[%s%s]", images ? arena_text("n*%d + ", c*s.h*s.w) : "", at);
	if (k->out->lay.cb > c)
		out_line(o, "if (c >= %d) {\nyi[j*%d + c] = 0;\ncontinue;\n}", c, k->out->lay.cb);
	if (im->u8)
		out_line(o, "yi[j*%d + c] = %s;", k->out->lay.cb, value);
	else
		out_line(o, "yi[j*%d + c] = rc_byte(rc_between(%s, 0.0f, 255.0f), 0.0f);", k->out->lay.cb,
		         again ? arena_text("rc_scaled(%s, factors[c], means[c])", value) : value);
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return s.n*s.h;
}

static int
operands(const Kernel *k, int phase, Operand *to)
{
	(void)k;
	(void)phase;
	to[0] = (Operand){ "x", Role_in, 0 };
	to[1] = (Operand){ "y", Role_out, 0 };
	return 2;
}

const Family family_input_int8 = {
	.name = "input_int8", .planar = true, .describe = describe, .emit = emit, .operands = operands, .packed = bytes_packed,
	.pack_node = bytes_pack_numbers
};
