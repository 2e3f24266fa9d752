/*
** winograd_words.c - the transforms as words that an emitted file has once, whatever its layers: an input tile into V,
** a tile of products back. They are inlined where they are used, so that the strides they are given become constants.
**
** The numbers come from the points (winograd_points): for four outputs the rows of B^T for ±p are an even part plus or
** minus p times an odd part; those of 0 and infinity are the ends.
*/
#include "winograd.h"

static const char inlined[] = "static RC_INLINE void";

/* wino_bind_points - $p $q the points, $p2 ... their powers, as constants */
void
wino_bind_points(Out *o)
{
	double p[2], a, b;

	winograd_points(4, p);
	a = p[0];
	b = p[1];
	out_set(o, "ab", "splat(%s)", float_text(a*a*b*b));
	out_set(o, "sum", "splat(%s)", float_text(-(a*a + b*b)));
	out_set(o, "na", "splat(%s)", float_text(-a*a));
	out_set(o, "nb", "splat(%s)", float_text(-b*b));
	out_set(o, "p", "splat(%s)", float_text(a));
	out_set(o, "np", "splat(%s)", float_text(-a));
	out_set(o, "q", "splat(%s)", float_text(b));
	out_set(o, "nq", "splat(%s)", float_text(-b));
	out_set(o, "p2", "splat(%s)", float_text(a*a));
	out_set(o, "q2", "splat(%s)", float_text(b*b));
	out_set(o, "p3", "splat(%s)", float_text(a*a*a));
	out_set(o, "q3", "splat(%s)", float_text(b*b*b));
}

/* in_column - B^T of one column of a 4 x . tile; two outputs */
static const char *
in_column(Out *o)
{
	return helper_text(o, "** B^T down a column of the input, for two outputs: points 0, 1, -1, infinity\n", inlined,
		"in2_column",
		"(const float *x, int row, V *t0, V *t1, V *t2, V *t3)\n{\n"
		"V d0 = ld(x), d1 = ld(x + row), d2 = ld(x + 2*row), d3 = ld(x + 3*row);\n\n"
		"*t0 = sub(d2, d0);\n*t1 = add(d2, d1);\n*t2 = sub(d2, d1);\n*t3 = sub(d3, d1);\n}\n");
}

static const char *
in_ends(Out *o)
{
	return helper_text(o, "** B^T down a column of the input, for four outputs: the rows of 0 and infinity\n", inlined,
		"in4_ends",
		"(const float *x, int row, V *t0, V *t5)\n{\n"
		"*t0 = fma_(ld(x), $ab, fma_(ld(x + 2*row), $sum, ld(x + 4*row)));\n"
		"*t5 = fma_(ld(x + row), $ab, fma_(ld(x + 3*row), $sum, ld(x + 5*row)));\n}\n");
}

const char *
wino_in_pair(Out *o)
{
	return helper_text(o, "** The rows of the points p and -p; s: minus the square of the other pair's\n", inlined,
		"in4_pair",
		"(const float *x, int row, float s, float p, V *tp, V *tn)\n{\n"
		"V e = fma_(ld(x + 2*row), splat(s), ld(x + 4*row)), f = fma_(ld(x + row), splat(s), ld(x + 3*row));\n\n"
		"*tp = fma_(f, splat(p), e);\n*tn = fma_(f, splat(-p), e);\n}\n");
}

/* in_row - B^T along a row, and out to V: positions lie step floats apart */
static const char *
in_row(Out *o, int m)
{
	if (m == 2)
		return helper_text(o, "** B^T along a row, into V\n", inlined, "in2_row",
			"(float *v, int step, V d0, V d1, V d2, V d3)\n{\n"
			"st(v, sub(d2, d0));\nst(v + step, add(d2, d1));\nst(v + 2*step, sub(d2, d1));\nst(v + 3*step, sub(d3, d1));\n}\n");
	return helper_text(o, "** B^T along a row, into V\n", inlined, "in4_row",
		"(float *v, int step, V d0, V d1, V d2, V d3, V d4, V d5)\n{\n"
		"V e = fma_(d2, $nb, d4), f = fma_(d1, $nb, d3);\nV g = fma_(d2, $na, d4), h = fma_(d1, $na, d3);\n\n"
		"st(v, fma_(d0, $ab, fma_(d2, $sum, d4)));\n"
		"st(v + step, fma_(f, $p, e));\nst(v + 2*step, fma_(f, $np, e));\n"
		"st(v + 3*step, fma_(h, $q, g));\nst(v + 4*step, fma_(h, $nq, g));\n"
		"st(v + 5*step, fma_(d1, $ab, fma_(d3, $sum, d5)));\n}\n");
}

/* out_row - A^T of one row or column in registers */
static const char *
out_row(Out *o, int m)
{
	if (m == 2)
		return helper_text(o, "** A^T for two outputs\n", inlined, "out2_row",
			"(V d0, V d1, V d2, V d3, V *y0, V *y1)\n{\n"
			"*y0 = add(d0, add(d1, d2));\n*y1 = add(d3, sub(d1, d2));\n}\n");
	return helper_text(o, "** A^T for four outputs\n", inlined, "out4_row",
		"(V d0, V d1, V d2, V d3, V d4, V d5, V *y0, V *y1, V *y2, V *y3)\n{\n"
		"V e = add(d1, d2), f = sub(d1, d2), g = add(d3, d4), h = sub(d3, d4);\n\n"
		"*y0 = add(d0, add(e, g));\n*y1 = fma_(f, $p, mul(h, $q));\n"
		"*y2 = fma_(e, $p2, mul(g, $q2));\n*y3 = fma_(f, $p3, fma_(h, $q3, d5));\n}\n");
}

static const char *
out_column(Out *o, int m)
{
	out_set(o, "row", "%s", out_row(o, m));
	if (m == 2)
		return helper_text(o, "** A^T down a column of products\n", inlined, "out2_column",
			"(const float *m, int row, V *t0, V *t1)\n{\n"
			"$row(ld(m), ld(m + row), ld(m + 2*row), ld(m + 3*row), t0, t1);\n}\n");
	return helper_text(o, "** A^T down a column of products\n", inlined, "out4_column",
		"(const float *m, int row, V *t0, V *t1, V *t2, V *t3)\n{\n"
		"$row(ld(m), ld(m + row), ld(m + 2*row), ld(m + 3*row), ld(m + 4*row), ld(m + 5*row), t0, t1, t2, t3);\n}\n");
}

/* row_names - "t00, t01, t02" */
static const char *
row_names(int i, int count)
{
	const char *s = "";

	for (int j = 0; j < count; j++)
		s = arena_text("%s%st%d%d", s, j ? ", " : "", i, j);
	return s;
}

static void
tile_registers(Out *o, int rows, int cols)
{
	for (int i = 0; i < rows; i++)
		out_line(o, "V %s;", row_names(i, cols));
	out_line(o, "%s", "");
}

/* steps - "v + 6*step", or "v" */
static const char *
steps(const char *base, int n)
{
	return n ? arena_text("%s + %s", base, times("step", (size_t)n)) : base;
}

/*
** wino_in_tile - one input tile of VL channels: its name. Two rows of the transformed tile at a time, their columns
** first, then along them and out; the tile is read again for each pair, which is cheaper than to keep all of it.
*/
const char *
wino_in_tile(Out *all, int mh, int mw, int cb)
{
	static const int rows[3][2] = { { 0, 5 }, { 1, 2 }, { 3, 4 } };
	Out *o = out_in(NULL);
	const char *column = NULL, *ends = NULL, *pairs = NULL, *row;
	double p[2];

	wino_bind_points(all);
	winograd_points(4, p);
	if (mh == 2)
		column = in_column(all);
	else
		ends = in_ends(all), pairs = wino_in_pair(all);
	row = in_row(all, mw);
	out_line(o, "(const float *x, int row, float *v, int step)");
	out_line(o, "{");
	tile_registers(o, mh + 2, mw + 2);
	for (int pair = 0; pair < (mh == 4 ? 3 : 1); pair++) {
		if (pair)
			out_line(o, "RC_OPAQUE(x);");
		for (int j = 0; j < mw + 2; j++) {
			const char *x = plus((size_t)(j*cb));
			if (mh == 2)
				out_line(o, "%s(x%s, row, &t0%d, &t1%d, &t2%d, &t3%d);", column, x, j, j, j, j);
			else if (pair == 0)
				out_line(o, "%s(x%s, row, &t0%d, &t5%d);", ends, x, j, j);
			else
				out_line(o, "%s(x%s, row, %s, %s, &t%d%d, &t%d%d);", pairs, x, float_text(pair == 1 ? -p[1]*p[1] : -p[0]*p[0]),
				         float_text(p[pair - 1]), rows[pair][0], j, rows[pair][1], j);
		}
		for (int r = 0; r < (mh == 4 ? 2 : 4); r++) {
			int i = mh == 4 ? rows[pair][r] : r;
			out_line(o, "%s(%s, step, %s);", row, steps("v", i*(mw + 2)), row_names(i, mw + 2));
		}
	}
	out_line(o, "}");
	return helper(all, "** One tile of the input, VL channels, into V: B^T d B\n", inlined,
	              arena_text("in%dx%d_tile", mh, mw), o);
}

/* wino_out_tile - VL channels of one tile back from its products; bias, skip, activation: its name */
const char *
wino_out_tile(Out *all, const Kernel *k, int mh, int mw, bool ragged)
{
	Out *o = out_in(NULL);
	const char *row, *column;

	wino_bind_points(all);
	column = out_column(all, mh);
	row = out_row(all, mw);
	out_line(o, "(const float *m, int step%s%s, float *y, int yrow%s)", k->bias ? ", const float *b" : "",
	         k->skip ? ", const float *z, int zrow" : "", ragged ? ",\n\tint rows, int cols" : "");
	out_line(o, "{");
	out_line(o, mw == 4 ? "V y0, y1, y2, y3%s;" : "V y0, y1%s;", k->bias ? ", bias = ld(b)" : "");
	tile_registers(o, mh, mw + 2);
	for (int j = 0; j < mw + 2; j++)
		out_line(o, mh == 4 ? "%s(%s, %d*step, &t0%d, &t1%d, &t2%d, &t3%d);" : "%s(%s, %d*step, &t0%d, &t1%d);", column,
		         steps("m", j), mw + 2, j, j, j, j);
	for (int i = 0; i < mh; i++) {
		out_line(o, "%s", "");
		if (ragged && i)
			out_line(o, "if (rows == %d)\n\treturn;", i);
		out_line(o, mw == 4 ? "%s(%s, &y0, &y1, &y2, &y3);" : "%s(%s, &y0, &y1);", row, row_names(i, mw + 2));
		for (int j = 0; j < mw; j++) {
			const char *down = i ? arena_text(" + %s", times("zrow", (size_t)i)) : "";
			emit_epilogue(o, k, k->bias ? arena_text("add(y%d, bias)", j) : arena_text("y%d", j),
			              k->skip ? arena_text("%s%s", down, plus((size_t)(j*k->in[1].lay.cb))) : "", 0);
			if (ragged && j) {
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
	                              arena_text("out%dx%d_tile%s%s", mh, mw, k->skip ? "_add" : "", act_suffix(k)), o);
}
