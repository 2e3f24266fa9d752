/*
** winograd_strided_words.c - the transforms of a strided Winograd convolution as words that an emitted file has once:
** an input tile into V, a tile of products back. They are inlined where they are used, so that the strides they are
** given become constants. The matrices are those of F(m, 3) without the point at infinity.
*/
#include "winograd_strided.h"

static const char inlined[] = "static RC_INLINE void";

/* in_first - B^T down a column, the row of 0 */
static const char *
in_first(Out *o, int m)
{
	return helper_text(o, "** B^T down every second row of a column, the row of 0\n", "static RC_INLINE V",
		arena_text("in%d_first_s2", m), m == 2 ?
		"(const float *x, int row)\n{\nreturn sub(ld(x + 2*row), ld(x));\n}\n" :
		"(const float *x, int row)\n{\nreturn fma_(ld(x), $ab, fma_(ld(x + 2*row), $sum, ld(x + 4*row)));\n}\n");
}

/* in_pair - the rows of p and -p */
static const char *
in_pair(Out *o, int m)
{
	if (m == 4)
		return wino_in_pair(o);
	return helper_text(o, "** The rows of the points 1 and -1\n", inlined, "in2_pair",
		"(const float *x, int row, V *tp, V *tn)\n{\n"
		"V d1 = ld(x + row), d2 = ld(x + 2*row);\n\n*tp = add(d2, d1);\n*tn = sub(d2, d1);\n}\n");
}

/* in_row - B^T along every second pixel of a row, into V: positions lie step floats apart */
static const char *
in_row(Out *o, int m)
{
	if (m == 2)
		return helper_text(o, "** B^T along every second pixel of a row, into V\n", inlined, "in2_row_s2",
			"(float *v, int step, V d0, V d1, V d2)\n{\n"
			"st(v, sub(d2, d0));\nst(v + step, add(d2, d1));\nst(v + 2*step, sub(d2, d1));\n}\n");
	return helper_text(o, "** B^T along every second pixel of a row, into V\n", inlined, "in4_row_s2",
		"(float *v, int step, V d0, V d1, V d2, V d3, V d4)\n{\n"
		"V e = fma_(d2, $nb, d4), f = fma_(d1, $nb, d3);\nV g = fma_(d2, $na, d4), h = fma_(d1, $na, d3);\n\n"
		"st(v, fma_(d0, $ab, fma_(d2, $sum, d4)));\n"
		"st(v + step, fma_(f, $p, e));\nst(v + 2*step, fma_(f, $np, e));\n"
		"st(v + 3*step, fma_(h, $q, g));\nst(v + 4*step, fma_(h, $nq, g));\n}\n");
}

/* out_points - A^T of the points of the outer taps, added to y */
static const char *
out_points(Out *o, int m)
{
	if (m == 2)
		return helper_text(o, "** A^T for two outputs, added to y\n", inlined, "out2_s2",
			"(V d0, V d1, V d2, V *y0, V *y1)\n{\n"
			"*y0 = add(*y0, add(d0, add(d1, d2)));\n*y1 = add(*y1, sub(d1, d2));\n}\n");
	return helper_text(o, "** A^T for four outputs, added to y\n", inlined, "out4_s2",
		"(V d0, V d1, V d2, V d3, V d4, V *y0, V *y1, V *y2, V *y3)\n{\n"
		"V e = add(d1, d2), f = sub(d1, d2), g = add(d3, d4), h = sub(d3, d4);\n\n"
		"*y0 = add(*y0, add(d0, add(e, g)));\n*y1 = add(*y1, fma_(f, $p, mul(h, $q)));\n"
		"*y2 = add(*y2, fma_(e, $p2, mul(g, $q2)));\n*y3 = add(*y3, fma_(f, $p3, mul(h, $q3)));\n}\n");
}

/* list - "t0, t2, t4": a name and from, from + by, ... */
static const char *
list(const char *name, int from, int by, int count)
{
	const char *s = "";

	for (int i = 0; i < count; i++)
		s = arena_text("%s%s%s%d", s, i ? ", " : "", name, from + i*by);
	return s;
}

/* store_pixels - the pixels of a row that the image has, those between the outer taps */
static void
store_pixels(Out *o, const char *to, const char *name, int mw, int cb, bool ragged)
{
	for (int j = 0; j < mw; j++)
		out_line(o, "%sst(%s%s, %s%d);", ragged && j ? arena_text("if (cols > %d)\n\t", j) : "", to,
		         plus((size_t)(j*cb)), name, 2*j + 1);
}

/*
** strided_in_tile - one input tile of VL channels: its name. One or two rows of points at a time: their columns first,
** then along them and out; behind them the rows between the outer taps.
*/
const char *
strided_in_tile(Out *all, int mh, int mw, int cb, bool ragged_rows, bool ragged_cols)
{
	Out *o = out_in(NULL);
	const char *first, *pairs, *row;
	int across = 2*mw + 1, count;
	double p[2];

	wino_bind_points(all);
	count = winograd_points(mh, p);
	first = in_first(all, mh);
	pairs = in_pair(all, mh);
	row = in_row(all, mw);
	out_line(o, "(const float *x, int row, float *points, int step, int line, float *columns, float *rows,");
	out_line(o, "\tint rows_step, int rows_line, float *pixels, int pixels_line%s%s)", ragged_rows ? ", int height" : "",
	         ragged_cols ? ", int cols" : "");
	out_line(o, "{");
	out_line(o, "V %s;", list("t", 0, 1, across));
	out_line(o, "V %s;", list("n", 0, 1, across));
	out_line(o, "%s", "");
	for (int pair = 0; pair <= count; pair++) {
		if (pair)
			out_line(o, "RC_OPAQUE(x);");
		for (int j = 0; j < across; j++) {
			const char *x = plus((size_t)(j*cb));
			if (!pair)
				out_line(o, "t%d = %s(x%s, 2*row);", j, first, x);
			else if (mh == 2)
				out_line(o, "%s(x%s, 2*row, &t%d, &n%d);", pairs, x, j, j);
			else
				out_line(o, "%s(x%s, 2*row, %s, %s, &t%d, &n%d);", pairs, x,
				         float_text(pair == 1 ? -p[1]*p[1] : -p[0]*p[0]), float_text(p[pair - 1]), j, j);
		}
		for (int r = 0; r < (pair ? 2 : 1); r++) {
			const char *at = pair ? arena_text(" + %s", times("line", (size_t)(2*pair - 1 + r))) : "";
			const char *name = r ? "n" : "t";
			out_line(o, "%s(points%s, step, %s);", row, at, list(name, 0, 2, mw + 1));
			store_pixels(o, arena_text("columns%s", at), name, mw, cb, ragged_cols);
		}
	}
	for (int i = 0; i < mh; i++) {
		const char *line = times("row", (size_t)(2*i + 1));
		out_line(o, "%s", "");
		if (ragged_rows && i)
			out_line(o, "if (height == %d)\n\treturn;", i);
		for (int j = 0; j < across; j++)
			out_line(o, "t%d = ld(x + %s%s);", j, line, plus((size_t)(j*cb)));
		out_line(o, "%s(rows%s, rows_step, %s);", row, i ? arena_text(" + %s", times("rows_line", (size_t)i)) : "",
		         list("t", 0, 2, mw + 1));
		store_pixels(o, i ? arena_text("pixels + %s", times("pixels_line", (size_t)i)) : "pixels", "t", mw, cb,
		             ragged_cols);
	}
	out_line(o, "}");
	return helper(all, "** One tile of the input, VL channels, into V: points of both axes, of columns, of rows, pixels\n",
	              inlined, arena_text("in%dx%d_tile_s2", mh, mw), o);
}

/* emit_along - the word along of a row of products that lie step floats apart, added to to0, to1, ... */
static void
emit_along(Out *o, const char *along, const char *row, const char *step, int mw, const char *to)
{
	for (int i = 0; i <= mw; i++)
		out_flow(o, "%sld(%s%s),", i ? "" : arena_text("%s(", along), row,
		         i ? arena_text(" + %s", times(step, (size_t)i)) : "");
	for (int j = 0; j < mw; j++)
		out_flow(o, "&%s%d%s", to, j, j + 1 < mw ? "," : ");");
	out_flow_end(o);
}

/*
** strided_out_tile - VL channels of one tile back from its products; bias, skip, activation: its name. Rows of points
** first along the row, z, then down the columns, y; rows of pixels add theirs.
*/
const char *
strided_out_tile(Out *all, const Kernel *k, const Strided *s)
{
	int mh = s->w.mh, mw = s->w.mw, per = s->w.ob*k->t->vl;
	bool rows = k->out->shape.h%mh, cols = k->out->shape.w%mw;
	Out *o = out_in(NULL);
	const char *down, *along;

	wino_bind_points(all);
	down = out_points(all, mh);
	along = out_points(all, mw);
	out_line(o, "(const float *points, int step, int line, const float *columns, const float *rows, int rows_step,");
	out_line(o, "\tint rows_line, const float *pixels, int pixels_line%s%s, float *y, int yrow%s%s)",
	         k->bias ? ", const float *b" : "", k->skip ? ", const float *z, int zrow" : "", rows ? ", int height" : "",
	         cols ? ", int cols" : "");
	out_line(o, "{");
	for (int i = 0; i <= mh; i++)
		out_line(o, "V %s;", list(arena_text("z%d", i), 0, 1, mw));
	for (int i = 0; i < mh; i++)
		out_line(o, "V %s;", list(arena_text("y%d", i), 0, 1, mw));
	out_line(o, "%s", "");
	for (int i = 0; i < mh; i++) {
		for (int j = 0; j < mw; j++)
			out_flow(o, "y%d%d = %s%s", i, j, k->bias ? "ld(b)" : "zero()", j + 1 < mw ? "," : ";");
		out_flow_end(o);
	}
	for (int i = 0; i <= mh; i++) {
		const char *at = i ? arena_text(" + %s", times("line", (size_t)i)) : "";
		for (int j = 0; j < mw; j++)
			out_flow(o, "z%d%d = ld(columns%s%s);", i, j, at, plus((size_t)(j*per)));
		out_flow_end(o);
		emit_along(o, along, arena_text("points%s", at), "step", mw, arena_text("z%d", i));
	}
	for (int j = 0; j < mw; j++) {
		const char *from = "", *to = "";
		for (int i = 0; i <= mh; i++)
			from = arena_text("%s%sz%d%d", from, i ? ", " : "", i, j);
		for (int i = 0; i < mh; i++)
			to = arena_text("%s, &y%d%d", to, i, j);
		out_line(o, "%s(%s%s);", down, from, to);
	}
	for (int i = 0; i < mh; i++) {
		out_line(o, "%s", "");
		if (rows && i)
			out_line(o, "if (height == %d)\n\treturn;", i);
		emit_along(o, along, i ? arena_text("rows + %s", times("rows_line", (size_t)i)) : "rows", "rows_step", mw,
		           arena_text("y%d", i));
		for (int j = 0; j < mw; j++) {
			const char *z = i ? arena_text(" + %s", times("zrow", (size_t)i)) : "";
			const char *pixel = arena_text("%s%s", i ? arena_text(" + %s", times("pixels_line", (size_t)i)) : "",
			                               plus((size_t)(j*per)));
			emit_epilogue(o, k, arena_text("add(y%d%d, ld(pixels%s))", i, j, pixel),
			              k->skip ? arena_text("%s%s", z, plus((size_t)(j*k->in[1].lay.cb))) : "", 0);
			if (cols && j) {
				out_flow_end(o);
				out_line(o, "if (cols > %d)", j);
			}
			out_flow(o, "st(y%s%s, %s);", i ? arena_text(" + %s", times("yrow", (size_t)i)) : "",
			         plus((size_t)(j*k->out->lay.cb)), out_value(o, "value"));
		}
		out_flow_end(o);
	}
	out_line(o, "}");
	return helper(all, arena_text("** One tile back from its products, VL channels: y = %sA^T m A%s%s%s\n", act_open(k),
	                              k->bias ? " + b" : "", k->skip ? " + z" : "", act_close(k)), inlined,
	                              arena_text("out%dx%d_tile_s2%s%s", mh, mw, k->skip ? "_add" : "", act_suffix(k)), o);
}
