/*
** quads.c - floats that lie a plane a channel, to bytes of which up to four channels of a pixel lie side by side, as
** products take them: each channel's vectors by themselves, then put together. Behind whole vectors of a row comes one
** that ends with it; rows narrower than a vector are filled up.
*/
#include "bytes.h"

/* emit_pixels - what is in lines, put together: all but the last pixel with as many bytes more as make four */
static void
emit_pixels(Out *o, const Kernel *k, int pixels)
{
	int cb = k->out->lay.cb;
	const char *quad = "line[0][l]";

	if (cb == 1) {
		out_line(o, "memcpy(yi + j, line[0], %d);", pixels);
		return;
	}
	for (int c = 1; c < cb; c++)
		quad = arena_text("%s | (uint32_t)line[%d][l] << %d", quad, c, 8*c);
	out_line(o, "for (int l = 0; l < %d; l++)", pixels);
	out_line(o, "\tquads[l] = %s;", quad);
	if (cb == 4) {
		out_line(o, "memcpy(yi + j*4, quads, %d*sizeof *quads);", pixels);
		return;
	}
	out_line(o, "for (int l = 0; l < %d; l++)", pixels - 1);
	out_line(o, "\tmemcpy(yi + (j + l)*%d, &quads[l], 4);", cb);
	out_line(o, "memcpy(yi + (j + %d)*%d, &quads[%d], %d);", pixels - 1, cb, pixels - 1, cb);
}

/* emit_vector - the channels of VL pixels from j on */
static void
emit_vector(Out *o, const Kernel *k, const char *channels, const char *from, const char *settled, int pixels)
{
	out_line(o, "unsigned char line[%d][%d] = { { 0 } };", k->out->lay.cb, k->t->vl);
	if (k->out->lay.cb > 1)
		out_line(o, "uint32_t quads[%d];", k->t->vl);
	out_line(o, "\nfor (int c = 0; c < %s; c++) {", channels);
	if (pixels < k->t->vl) {
		out_line(o, "float few[%d] = { 0 };\n", k->t->vl);
		out_line(o, "memcpy(few, %s, %d*sizeof *few);", from, pixels);
	}
	out_line(o, "V v = ld(%s);\n", pixels < k->t->vl ? "few" : from);
	out_line(o, "%s", settled);
	out_line(o, "}");
	emit_pixels(o, k, pixels);
}

void
emit_quads(Out *o, const Kernel *k, const char *channels, const char *from, const char *settled)
{
	int w = k->out->shape.w, vl = k->t->vl;

	if (w < vl) {
		out_line(o, "int j = 0;");
		emit_vector(o, k, channels, from, settled, w);
		return;
	}
	out_line(o, w%vl ? "for (int t = 0; t < %d; t++) {" : "for (int j = 0; j < %d; j += %d) {",
	         w%vl ? ceil_div(w, vl) : w, vl);
	if (w%vl)
		out_line(o, "int j = t < %d ? t*%d : %d;", w/vl, vl, w - vl);
	emit_vector(o, k, channels, from, settled, vl);
	out_line(o, "}");
}
