/*
** augment.c - the caller's pictures in training: read as copy.c reads them, but from where a random crop, mirror and
** cutout put each pixel. A unit of work is one channel of one image.
*/
#include "../gradients/train.h"
#include "kernel.h"

static bool
augment_fits(const Node *n)
{
	return n->op == O_input && n->g->training;
}

static void
augment_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "augment_%dx%dx%d", k->out->shape.c, k->out->shape.h, k->out->shape.w);
}

static int
augment_operands(const Kernel *k, int phase, Operand *to)
{
	(void)k;
	(void)phase;
	to[0] = (Operand){ "x", Role_in, 0 };
	to[1] = (Operand){ "how", Role_how, 0 };
	to[2] = (Operand){ "y", Role_out, 0 };
	return 3;
}

/* emit_values - of each channel: factor, summand and what is beside the picture */
static void
emit_values(Out *o, const Kernel *k, const Image *im)
{
	int c = k->out->shape.c;

	out_line(o, "static const float values[%d][3] = { /* factor, summand; black */", c);
	for (int i = 0; i < c; i++) {
		int at = c <= 4 ? i : 0;
		double black = c <= 4 ? -im->mean[at]/im->std[at] : 0;
		out_line(o, "{ %s, %s, %s }%s", float_text(im->normalize ? im->scale/im->std[at] : 1), float_text(im->normalize ?
		         -im->mean[at]/im->std[at] : 0), float_text(im->u8 && !im->normalize ? 0 : black), i + 1 < c ? "," : "");
	}
	out_line(o, "};");
}

/* emit_pixels - those of a row that lie in the picture, from left to right or from right to left */
static void
emit_pixels(Out *o, const Kernel *k, bool mirrored)
{
	int w = k->out->shape.w;
	const char *at = mirrored ? arena_text("%d - j + v.right", w - 1) : "j + v.right";

	out_line(o, "for (int j = from; j < to; j++)");
	out_line(o, "\tyi[%s] = (float)xi[%s]*values[c][0] + values[c][1];", times("j", (size_t)k->out->lay.cb),
	         k->seen->hwc ? times(arena_text("(%s)", at), (size_t)k->out->shape.c) : at);
}

/* emit_row - black beside the picture, its pixels, zeros in the square */
static void
emit_row(Out *o, const Kernel *k)
{
	const Training *t = k->train;
	int h = k->out->shape.h, w = k->out->shape.w;
	const char *at = times("j", (size_t)k->out->lay.cb);

	out_line(o, "int r = i + v.down, there = r >= 0 && r < %d, from = there ? left : %d, to = there ? right : %d;", h, w,
	         w);
	out_line(o, "const %s *xi = xc + (there ? r : 0)*%d;", dtype_rows[k->in->dtype].c,
	         w*(k->seen->hwc ? k->out->shape.c : 1));
	out_line(o, "float *yi = yc + %s;\n", times("i", k->out->lay.row));
	if (t->crop) {
		out_line(o, "for (int j = 0; j < from; j++)\n\tyi[%s] = values[c][2];", at);
		out_line(o, "for (int j = to; j < %d; j++)\n\tyi[%s] = values[c][2];", w, at);
	}
	if (t->flip) {
		out_line(o, "if (v.mirror) {");
		emit_pixels(o, k, true);
		out_line(o, "} else {");
	}
	emit_pixels(o, k, false);
	if (t->flip)
		out_line(o, "}");
	if (t->cutout) {
		out_line(o, "if (i >= v.top && i < v.bottom)");
		out_line(o, "for (int j = v.left > 0 ? v.left : 0; j < v.end && j < %d; j++)", w);
		out_line(o, "\tyi[%s] = 0;", at);
	}
}

static int
augment_emit(Out *o, const Kernel *k, int phase)
{
	const Image *im = k->seen;
	const Training *t = k->train;
	int c = k->out->shape.c, h = k->out->shape.h, w = k->out->shape.w;

	out_line(o, "** y = the caller's pictures%s%s%s", t->crop ? arena_text(", moved by up to %d pixels", t->crop) : "",
	         t->flip ? ", half of them mirrored" : "", t->cutout ? arena_text(", without a square of %d", t->cutout) : "");
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	emit_values(o, k, im);
	out_line(o, "\nfor (int u = lo; u < hi; u++) {");
	out_line(o, "int n = u/%d, c = u%%%d;", c, c);
	out_line(o, "const %s *xc = x + n*%d + %s;", dtype_rows[k->in->dtype].c, c*h*w,
	         times(im->swap ? arena_text("(%d - c)", c - 1) : "c", im->hwc ? 1 : (size_t)(h*w)));
	out_line(o, "float *yc = y + n*%zu + %s%s;", k->out->lay.image, copied_channel(&k->out->lay, "c", 1),
	         plus(k->out->lay.origin));
	out_line(o, "rc_view v = rc_view_of(how, n, %d, %d, %d, %d, %d);", h, w, t->crop, t->flip, t->cutout);
	out_line(o, "int by = v.mirror ? v.right : -v.right, left = by < 0 ? 0 : by < %d ? by : %d;", w, w);
	out_line(o, "int right = by > 0 ? %d : by > -%d ? %d + by : 0;\n", w, w, w);
	out_line(o, "for (int i = 0; i < %d; i++) {", h);
	emit_row(o, k);
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*c;
}

static bool
augment_covers(const Node *n)
{
	return n->out->shape.c%n->out->lay.cb == 0;
}

const Family family_augment = { .name = "augment", .fits = augment_fits, .covers = augment_covers,
                               .describe = augment_describe,
	.emit = augment_emit, .operands = augment_operands };
