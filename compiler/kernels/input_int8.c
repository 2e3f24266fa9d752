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

/*
** emit_vectors - whole vectors of a row of floats, each channel's by itself, then side by side; j is left at the first
** pixel behind them, but for quads, which are all
*/
static void
emit_vectors(Out *o, const Kernel *k, bool again)
{
	int c = k->out->shape.c, cb = k->out->lay.cb;
	const char *channel = k->picture->swap ? arena_text("(%d - c)", c - 1) : "c";
	const char *image = k->out->shape.n > 1 ? arena_text("n*%d + ", c*k->out->shape.h*k->out->shape.w) : "";
	const char *from = arena_text("x + %s(%s*%d + i)*%d + j", image, channel, k->out->shape.h, k->out->shape.w);

	if (cb <= 4) {
		emit_quads(o, k, arena_text("%d", c), from, arena_text("%sst8(line[c], between(v, zero(), most), zero());",
		           again ? "v = fused(mul(v, bc(factors + c)), one, bc(means + c));\n" : ""));
		return;
	}
	out_line(o, "int j = 0;\n");
	out_set(o, "c", "%d", c);
	out_set(o, "cb", "%d", cb);
	out_set(o, "vl", "%d", k->t->vl);
	out_set(o, "w", "%d", k->out->shape.w);
	out_set(o, "from", "%s", from);
	out_text(o, "for (; j <= $w - $vl; j += $vl) {\n"
	            "unsigned char line[$cb][$vl] = { { 0 } };\n\n"
	            "for (int c = 0; c < $c; c++) {\n"
	            "V v = ld($from);\n\n");
	if (again)
		out_text(o, "v = fused(mul(v, bc(factors + c)), one, bc(means + c));\n");
	out_text(o, "st8(line[c], between(v, zero(), most), zero());\n"
	            "}\n"
	            "for (int l = 0; l < $vl; l++)\n"
	            "for (int c = 0; c < $cb; c++)\n"
	            "\tyi[(j + l)*$cb + c] = line[c][l];\n"
	            "}\n");
}

/* emit_pixels - one by one, from where j begins */
static void
emit_pixels(Out *o, const Kernel *k, const char *begin, bool again)
{
	const Image *im = k->picture;
	Shape s = k->out->shape;
	int c = s.c;
	const char *from = im->swap ? arena_text("(%d - c)", c - 1) : "c";
	const char *at = im->hwc ? arena_text("(i*%d + j)*%d + %s", s.w, c, from) :
		arena_text("(%s*%d + i)*%d + j", from, s.h, s.w);
	const char *value = arena_text("x[%s%s]", s.n > 1 ? arena_text("n*%d + ", c*s.h*s.w) : "", at);

	out_line(o, "for (%s; j < %d; j++)", begin, s.w);
	out_line(o, "for (int c = 0; c < %d; c++) {", k->out->lay.cb);
	if (k->out->lay.cb > c)
		out_line(o, "if (c >= %d) {\nyi[j*%d + c] = 0;\ncontinue;\n}", c, k->out->lay.cb);
	if (im->u8)
		out_line(o, "yi[j*%d + c] = %s;", k->out->lay.cb, value);
	else
		out_line(o, "yi[j*%d + c] = rc_byte(rc_between(%s, 0.0f, 255.0f), 0.0f);", k->out->lay.cb,
		         again ? arena_text("rc_scaled(%s, factors[c], means[c])", value) : value);
	out_line(o, "}");
}

static int
emit(Out *o, const Kernel *k, int phase)
{
	const Image *im = k->picture;
	Shape s = k->out->shape;
	bool again = !im->u8 && !im->normalize, images = s.n > 1;
	bool vectors = !im->u8 && !im->hwc && k->t->vl > 1 && s.w >= k->t->vl;

	out_line(o, "** y = the caller's %s %s pixels%s%s", im->u8 ? "byte" : "float", im->hwc ? "HWC" : "CHW",
	         im->swap ? ", channels the other way round" : "", again ? ", which (scale*pixel - mean)/std hides" : "");
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	if (again)
		emit_tables(o, k);
	if (vectors)
		out_line(o, "V %smost = splat(255.0f);\n", again ? "one = splat(1.0f), " : "");
	emit_image_loop(o, k, "i", s.h);
	out_line(o, "unsigned char *yi = y + i*%zu%s%s;\n", k->out->lay.row,
	         images ? arena_text(" + n*%zu", k->out->lay.image) : "", plus(k->out->lay.origin));
	if (vectors)
		emit_vectors(o, k, again);
	if (im->u8 && im->hwc && !im->swap && k->out->lay.cb == s.c)
		out_line(o, "memcpy(yi, x + %si*%d, %d);", images ? arena_text("n*%d + ", s.c*s.h*s.w) : "", s.w*s.c, s.w*s.c);
	else if (!vectors || (k->out->lay.cb > 4 && s.w%k->t->vl))
		emit_pixels(o, k, vectors ? "" : "int j = 0", again);
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
