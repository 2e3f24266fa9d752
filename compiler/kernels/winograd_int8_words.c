/*
** winograd_int8_words.c - Winograd on bytes as words that an emitted file has once: an input tile into V, in whole
** numbers of 16 bits, its products with U, and a tile of them back, modulo 2^32, to the sums of a direct convolution.
*/
#include "bytes.h"
#include "winograd.h"

static const char inlined[] = "static RC_INLINE void";

enum { Ninth = 954437177, Third = -1431655765 };      /* 1/9, 1/3 modulo 2^32 */

/* outputs_of - of a side: an edge has as many positions and inputs as it would have alone, some of four outputs' */
static int
outputs_of(Side s)
{
	return s.edge ? s.edge : s.m;
}

/*
** in_column - B^T of bytes less 128 down a column: 128 in all rows is something in that of point 1 alone. Three
** outputs, at an edge, have points 0, 1, -1, 2 and infinity
*/
static const char *
in_column(Out *o, int m)
{
	if (m == 2)
		return helper_text(o, "** B^T down a column of bytes less 128, for two outputs: points 0, 1, -1, infinity\n", inlined,
			"int8_in2_column",
			"(const unsigned char *x, int row, H *t0, H *t1, H *t2, H *t3)\n{\n"
			"H d0 = ldh8(x), d1 = ldh8(x + row), d2 = ldh8(x + 2*row), d3 = ldh8(x + 3*row);\n\n"
			"*t0 = subh(d0, d2);\n*t1 = subh(addh(d1, d2), splath(256));\n*t2 = subh(d2, d1);\n*t3 = subh(d1, d3);\n}\n");
	if (m == 3)
		return helper_text(o, "** B^T down a column of bytes less 128, for three outputs: points 0, 1, -1, 2, infinity\n",
			inlined, "int8_in3_column",
			"(const unsigned char *x, int row, H *t0, H *t1, H *t2, H *t3, H *t4)\n{\n"
			"H d0 = ldh8(x), d1 = ldh8(x + row), d2 = ldh8(x + 2*row), d3 = ldh8(x + 3*row), d4 = ldh8(x + 4*row);\n"
			"H e = subh(d0, d2), f = subh(d3, d1), g = subh(d3, d2);\n\n"
			"*t0 = addh(addh(e, e), f);\n*t1 = addh(subh(g, addh(d1, d1)), splath(256));\n"
			"*t2 = addh(g, shlh(subh(d1, d2), 1));\n*t3 = f;\n*t4 = subh(subh(d4, d2), addh(f, f));\n}\n");
	return helper_text(o, "** B^T down a column of bytes less 128, for four outputs: points 0, 1, -1, 2, -2, infinity\n",
		inlined, "int8_in4_column",
		"(const unsigned char *x, int row, H *t0, H *t1, H *t2, H *t3, H *t4, H *t5)\n{\n"
		"H d0 = ldh8(x), d1 = ldh8(x + row), d2 = ldh8(x + 2*row);\n"
		"H d3 = ldh8(x + 3*row), d4 = ldh8(x + 4*row), d5 = ldh8(x + 5*row);\n"
		"H f = subh(d3, d1), g = subh(d4, d2);\n\n"
		"*t0 = addh(subh(shlh(subh(d0, d2), 2), d2), d4);\n"
		"*t1 = addh(subh(addh(d3, d4), shlh(addh(d1, d2), 2)), splath(768));\n"
		"*t2 = addh(shlh(subh(d1, d2), 2), subh(d4, d3));\n"
		"*t3 = addh(g, addh(f, f));\n*t4 = subh(g, addh(f, f));\n"
		"*t5 = addh(subh(d5, d3), shlh(subh(d1, d3), 2));\n}\n");
}

/* in_row - B^T along a row, and out to V: positions lie step numbers apart, infinity's where a whole tile has it */
static const char *
in_row(Out *o, Side s)
{
	if (outputs_of(s) == 2)
		return helper_text(o, "** B^T along a row, into V\n", inlined, s.edge ? "int8_in2_edge" : "int8_in2_row",
			arena_text("(int16_t *v, int step, H d0, H d1, H d2, H d3)\n{\n"
			"sth(v, subh(d0, d2));\nsth(v + step, addh(d1, d2));\nsth(v + 2*step, subh(d2, d1));\n"
			"sth(v + %d*step, subh(d1, d3));\n}\n", s.m + 1));
	if (s.edge)
		return helper_text(o, "** B^T along a row, into V\n", inlined, "int8_in3_edge",
			"(int16_t *v, int step, H d0, H d1, H d2, H d3, H d4)\n{\n"
			"H e = subh(d0, d2), f = subh(d3, d1), g = subh(d3, d2);\n\n"
			"sth(v, addh(addh(e, e), f));\nsth(v + step, subh(g, addh(d1, d1)));\n"
			"sth(v + 2*step, addh(g, shlh(subh(d1, d2), 1)));\nsth(v + 3*step, f);\n"
			"sth(v + 5*step, subh(subh(d4, d2), addh(f, f)));\n}\n");
	return helper_text(o, "** B^T along a row, into V\n", inlined, "int8_in4_row",
		"(int16_t *v, int step, H d0, H d1, H d2, H d3, H d4, H d5)\n{\n"
		"H f = subh(d3, d1), g = subh(d4, d2);\n\n"
		"sth(v, addh(subh(shlh(subh(d0, d2), 2), d2), d4));\n"
		"sth(v + step, subh(addh(d3, d4), shlh(addh(d1, d2), 2)));\n"
		"sth(v + 2*step, addh(shlh(subh(d1, d2), 2), subh(d4, d3)));\n"
		"sth(v + 3*step, addh(g, addh(f, f)));\nsth(v + 4*step, subh(g, addh(f, f)));\n"
		"sth(v + 5*step, addh(subh(d5, d3), shlh(subh(d1, d3), 2)));\n}\n");
}

/* int8_product - one register tile at one position, two input channels a step: its name */
const char *
int8_product(Out *all, const Kernel *k, const Wino *w, int p)
{
	int vl = k->t->vl, per = w->ob*vl, cb = k->in->lay.cb;
	bool adds = wino_adds(w);
	Out *o = out_in(NULL);

	out_line(o, "(const int16_t *x, const int16_t *w, int32_t *m, int blocks, int stride, const signed char *next)");
	out_line(o, "{");
	out_flow(o, "I");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < w->ob; i++)
			out_flow(o, "%s = %s%s", acc(i, j), adds ? arena_text("ldi(m%s)", plus((size_t)(j*per + i*vl))) : "zeroi()",
			         j + 1 == p && i + 1 == w->ob ? ";" : ",");
	out_flow_end(o);
	out_line(o, "\nfor (int c = 0; c < blocks; c++, x += stride) {");
	out_line(o, "const int16_t *xk = x;\n");
	emit_fly_fetch(o, k, w);
	out_line(o, "for (int k = 0; k < %d; k += 2, xk += 2, w += %d) {", cb, 2*per);
	out_line(o, "RC_OPAQUE(xk);");
	out_flow(o, "W2");
	for (int i = 0; i < w->ob; i++)
		out_flow(o, "w%d = ldw2(w%s)%s", i, plus((size_t)(2*i*vl)), i + 1 < w->ob ? "," : ";");
	out_flow(o, "X2 v;");
	out_flow_end(o);
	for (int j = 0; j < p; j++) {
		const char *line = arena_text("v = pair(xk%s);", plus((size_t)(j*cb)));
		for (int i = 0; i < w->ob; i++)
			line = arena_text("%s %s = dot2(%s, v, w%d);", line, acc(i, j), acc(i, j), i);
		out_line(o, "%s", line);
	}
	out_line(o, "}");
	out_line(o, "}\n");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < w->ob; i++)
			out_flow(o, "sti(m%s, %s);", plus((size_t)(j*per + i*vl)), acc(i, j));
	out_flow_end(o);
	out_line(o, "}");
	return helper(all, arena_text("** m %s U V of 16 bits at one position: %d channels of %d tiles; stride: from one "
	                              "channel block of V to\n** the next\n", adds ? "+=" : "=", per, p),
	              "static RC_INLINE void", arena_text("int8_product_%dx%d_%d", per, p, w->pos), o);
}

/* out_row - A^T of one row or column in registers. The ends of an edge's weights are not twice as two outputs' are */
static const char *
out_row(Out *o, Side s)
{
	if (s.edge == 2)
		return helper_text(o, "** A^T for two outputs at an edge: twice each\n", inlined, "int8_out2_edge",
			"(I d0, I d1, I d2, I d3, I *y0, I *y1)\n{\n"
			"*y0 = addi(shli(d0, 1), addi(d1, d2));\n*y1 = subi(subi(d1, d2), shli(d3, 1));\n}\n");
	if (s.edge == 3)
		return helper_text(o, "** A^T for three outputs at an edge: 6 times each\n", inlined, "int8_out3_edge",
			"(I d0, I d1, I d2, I d3, I d4, I *y0, I *y1, I *y2)\n{\n"
			"I e = addi(d1, shli(d1, 1)), f = addi(d4, d4);\n\n"
			"*y0 = addi(subi(subi(d3, d2), e), addi(d0, shli(d0, 1)));\n*y1 = subi(addi(d2, shli(d3, 1)), e);\n"
			"*y2 = addi(subi(subi(shli(d3, 2), d2), e), addi(f, shli(f, 1)));\n}\n");
	if (s.m == 2)
		return helper_text(o, "** A^T for two outputs: twice each\n", inlined, "int8_out2_row",
			"(I d0, I d1, I d2, I d3, I *y0, I *y1)\n{\n"
			"*y0 = addi(d0, addi(d1, d2));\n*y1 = subi(subi(d1, d2), d3);\n}\n");
	return helper_text(o, "** A^T for four outputs: 24, 12, 6 and 6 times them\n", inlined, "int8_out4_row",
		"(I d0, I d1, I d2, I d3, I d4, I d5, I *y0, I *y1, I *y2, I *y3)\n{\n"
		"I e = addi(d1, d2), f = subi(d1, d2), g = addi(d3, d4), h = subi(d3, d4);\n\n"
		"*y0 = addi(shli(addi(d0, shli(subi(d0, e), 1)), 1), g);\n*y1 = subi(h, shli(f, 1));\n"
		"*y2 = subi(g, e);\n*y3 = subi(shli(addi(h, addi(d5, shli(d5, 1))), 1), f);\n}\n");
}

/* out_shift - to the right, of output i of a side, and whether it is three times as much besides */
static int
out_shift(Side s, int i)
{
	return s.m == 4 && !s.edge && i < 2 ? 3 - i : 1;
}

static bool
out_third(Side s)
{
	return outputs_of(s) > 2;
}

/* position - number i of a side: the last of an edge is that of infinity */
static int
position(Side s, int i)
{
	return i == outputs_of(s) + 1 ? s.m + 1 : i;
}

static const char *
out_column(Out *o, Side s)
{
	const char *to = "", *from = "";

	out_set(o, "row", "%s", out_row(o, s));
	for (int i = 0; i < outputs_of(s) + 2; i++)
		from = arena_text("%sldi(m%s), ", from, i ? arena_text(" + %s", times("row", (size_t)position(s, i))) : "");
	for (int i = 0; i < outputs_of(s); i++)
		to = arena_text("%s, I *t%d", to, i);
	return helper_text(o, s.edge ? "** A^T down a column of products of an edge\n" : "** A^T down a column of products\n",
		inlined, arena_text("int8_out%d_%s", outputs_of(s), s.edge ? "edge_column" : "column"),
		arena_text("(const int32_t *m, int row%s)\n{\n$row(%s%s);\n}\n", to, from, wino_names("t", outputs_of(s))));
}

/* row_of - "t[i][0], t[i][1]" */
static const char *
row_of(const char *i, int count)
{
	const char *s = "";

	for (int j = 0; j < count; j++)
		s = arena_text("%s%st[%s][%d]", s, j ? ", " : "", i, j);
	return s;
}

/* column_of - "&t[0][j], &t[1][j]" */
static const char *
column_of(int count, const char *j)
{
	const char *s = "";

	for (int i = 0; i < count; i++)
		s = arena_text("%s%s&t[%d][%s]", s, i ? ", " : "", i, j);
	return s;
}

/* int8_in_tile - one input tile of HL channels: its name. Columns first, into memory, then along the rows and out */
const char *
int8_in_tile(Out *all, Side h, Side w, int cb)
{
	int high = outputs_of(h) + 2, wide = outputs_of(w) + 2;
	const char *column = in_column(all, high - 2), *row = in_row(all, w);
	Out *o = out_in(NULL);

	out_line(o, "(const unsigned char *x, int row, int16_t *v, int step)");
	out_line(o, "{");
	out_line(o, "H t[%d][%d];\n", high, wide);
	out_line(o, "for (int j = 0; j < %d; j++)", wide);
	out_line(o, "%s(x + j*%d, row, %s);", column, cb, column_of(high, "j"));
	out_line(o, "for (int i = 0; i < %d; i++)", h.edge ? high - 1 : high);
	out_line(o, "%s(v + i*%d*step, step, %s);", row, w.m + 2, row_of("i", wide));
	if (h.edge)
		out_line(o, "%s(v + %d*step, step, %s);", row, (h.m + 1)*(w.m + 2), row_of(arena_text("%d", high - 1), wide));
	out_line(o, "}");
	return helper(all, h.edge || w.edge ? "** One tile at the edge of the input, HL channels, into V: B^T (d - 128) B\n" :
	              "** One tile of the input, HL channels, into V: B^T (d - 128) B\n", inlined,
	              arena_text("int8_in%dx%d_%s", high - 2, wide - 2, h.edge || w.edge ? "edge" : "tile"), o);
}

/* pixel_value - result j of row i of a tile */
static const char *
pixel_value(const Kernel *k, Side w, int third, int j)
{
	const char *sum = arena_text("scaled(y%d, %d, down + %d)", j, third, out_shift(w, j));
	const char *value = arena_text("mul(to_floats(addi(%s, bias)), factor)", sum);

	if (k->skip)
		value = arena_text("fma_(sub(ld8(z%s), z1), f1, %s)", plus((size_t)(j*k->in[1].lay.cb)), value);
	return value;
}

/* emit_pixels - a row of them, two in one go where that is cheaper and none hangs over the image's end */
static void
emit_pixels(Out *o, const Kernel *k, Side w, int third, bool ragged)
{
	bool twos = bytes_in_twos(k) && !ragged;
	const char *to[4], *values[4];

	for (int j = 0; j < w.kept; j++) {
		to[j] = arena_text("y%s", plus((size_t)(j*k->out->lay.cb)));
		values[j] = pixel_value(k, w, third, j);
		if (ragged && j)
			out_line(o, "if (cols > %d)", j);
		if (twos && j%2)
			out_line(o, "%s", bytes_two_settled(to + j - 1, values + j - 1));
		else if (!twos || j + 1 == w.kept)
			out_line(o, "%s", bytes_settled(k, to[j], values[j]));
	}
}

/*
** out_pixels - a row of a tile's results, whose products are undone down its columns but for a shift: its name
*/
static const char *
out_pixels(Out *all, const Kernel *k, Side w, int third, bool ragged)
{
	Out *o = out_in(NULL);
	const char *row = out_row(all, w);
	int wide = outputs_of(w);

	out_line(o, "(const I *t, int down, I bias, V factor, const float *e%s, %s *y%s)",
	         k->skip ? ", const unsigned char *z" : "", dtype_rows[k->out->dtype].c, ragged ? ", int cols" : "");
	out_line(o, "{");
	out_line(o, "I %s;", wino_names("y", wide));
	emit_numbers(o, k, k->skip ? "f1 z1" : "");
	out_flow(o, "\n%s(", row);
	for (int j = 0; j < wide + 2; j++)
		out_flow(o, "t[%d],", j);
	out_flow(o, "%s);", wino_names("&y", wide));
	out_flow_end(o);
	emit_pixels(o, k, w, third, ragged);
	out_line(o, "}");
	return helper(all, "** A row of a tile's results; down: what the columns left to shift\n", inlined,
	              arena_text("int8_out%d_%s", wide, w.edge ? "edge_pixels" : "pixels"), o);
}

/* int8_out_tile - VL channels of one tile back from its products; bias, factors, skip, bounds, rounding: its name */
const char *
int8_out_tile(Out *all, const Kernel *k, Side h, Side w, bool ragged)
{
	static const int undo[3] = { 1, Third, Ninth };
	int high = outputs_of(h), wide = outputs_of(w);
	const char *column = out_column(all, h);
	const char *pixels = out_pixels(all, k, w, undo[out_third(h) + out_third(w)], ragged);
	Out *o = out_in(NULL);

	out_line(o, "(const int32_t *m, int step, const int32_t *b, const float *f, const float *e%s,\n\t%s *y, int yrow%s)",
	         k->skip ? ", const unsigned char *z, int zrow" : "", dtype_rows[k->out->dtype].c,
	         ragged ? ", int rows, int cols" : "");
	out_line(o, "{");
	out_line(o, "I t[%d][%d], bias = ldi(b);", high, wide + 2);
	out_line(o, "V factor = ld(f);\n");
	out_line(o, "for (int j = 0; j < %d; j++)", w.edge ? wide + 1 : wide + 2);
	out_line(o, "%s(m + j*step, %d*step, %s);", column, w.m + 2, column_of(high, "j"));
	if (w.edge)
		out_line(o, "%s(m + %d*step, %d*step, %s);", column, w.m + 1, w.m + 2, column_of(high, arena_text("%d", wide + 1)));
	for (int i = 0; i < h.kept; i++) {
		const char *to = i ? arena_text(" + %s", times("yrow", (size_t)i)) : "";
		const char *from = i ? arena_text(" + %s", times("zrow", (size_t)i)) : "";
		if (ragged && i)
			out_line(o, "if (rows == %d)\n\treturn;", i);
		out_line(o, "%s(t[%d], %d, bias, factor, e%s, y%s%s);", pixels, i, out_shift(h, i),
		         k->skip ? arena_text(", z%s", from) : "", to, ragged ? ", cols" : "");
	}
	out_line(o, "}");
	return helper(all, h.edge || w.edge ? "** One tile at the edge back from its products, VL channels\n" :
	              "** One tile back from its products, VL channels\n", inlined,
	              arena_text("int8_out%dx%d_%s%s%s", high, wide, h.edge || w.edge ? "edge" : "tile", k->skip ? "_add" : "",
	                         k->out->dtype == DT_u8 ? "" : "_float"), o);
}
