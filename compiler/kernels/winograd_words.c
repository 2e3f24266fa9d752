/*
** winograd_words.c - the transforms as words that an emitted file has once, whatever its layers: an input tile into V,
** a tile of products back. They are inlined where they are used, so that the strides they are given become constants.
**
** The numbers come from the points (winograd_points): for four outputs the rows of B^T for ±p are an even part plus or
** minus p times an odd part; those of 0 and infinity are the ends.
*/
#include <math.h>

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

const char *
wino_sum(const double *row, int n)
{
	const char *s = NULL;

	for (int pass = 0; pass < 2; pass++)             /* a term without a factor first */
		for (int i = 0; i < n; i++) {
			bool plain = fabs(row[i]) == 1;
			if (row[i] == 0 || plain == pass)
				continue;
			if (!s)
				s = row[i] == 1 ? arena_text("d%d", i) : arena_text("mul(d%d, splat(%s))", i, float_text(row[i]));
			else if (plain)
				s = arena_text(row[i] > 0 ? "add(%s, d%d)" : "sub(%s, d%d)", s, i);
			else
				s = arena_text("fma_(d%d, splat(%s), %s)", i, float_text(row[i]), s);
		}
	return s;
}

/* --- the edge of an image, where a tile has fewer outputs and positions --- */

Side
wino_whole(int m)
{
	return (Side){ m, 0, m };
}

/* edge_names - of the values at the positions of an edge, or of a whole side: "t0, t1, t2, t5" */
static const char *
edge_names(const char *before, Side side)
{
	const char *s = "";

	for (int i = 0; i < side.m + 2; i++)
		if (edge_has(side.edge, i))
			s = arena_text("%s%s%s%d", s, *s ? ", " : "", before, i);
	return s;
}

const char *
wino_names(const char *before, int count)
{
	const char *s = "";

	for (int i = 0; i < count; i++)
		s = arena_text("%s%s%s%d", s, i ? ", " : "", before, i);
	return s;
}

/* inputs_of - of a side */
static int
inputs_of(Side s)
{
	return (s.edge ? s.edge : s.m) + 2;
}

static const char *
edge_in_column(Out *all, Side s)
{
	Axis x = winograd_edge(s.edge);
	Out *o = out_in(NULL);

	out_line(o, "(const float *x, int row, %s)", edge_names("V *t", s));
	out_line(o, "{");
	for (int i = 0; i < x.inputs; i++)
		out_flow(o, "%sd%d = ld(x%s)%s", i ? "" : "V ", i, i ? arena_text(" + %s", times("row", (size_t)i)) : "",
		         i + 1 < x.inputs ? "," : ";");
	out_flow_end(o);
	out_line(o, "%s", "");
	for (int i = 0; i < x.positions; i++)
		out_line(o, "*t%d = %s;", i + 1 < x.positions ? i : 5, wino_sum(x.bt[i], x.inputs));
	out_line(o, "}");
	return helper(all, arena_text("** B^T down a column of the input at the edge, for %d outputs\n", s.edge), inlined,
	              arena_text("edge%d_in_column", s.edge), o);
}

static const char *
edge_in_row(Out *all, Side s)
{
	Axis x = winograd_edge(s.edge);
	Out *o = out_in(NULL);

	out_line(o, "(float *v, int step, %s)", wino_names("V d", x.inputs));
	out_line(o, "{");
	for (int i = 0; i < x.positions; i++)
		out_line(o, "st(v%s, %s);", i ? arena_text(" + %s", times("step", (size_t)(i + 1 < x.positions ? i : 5))) : "",
		         wino_sum(x.bt[i], x.inputs));
	out_line(o, "}");
	return helper(all, arena_text("** B^T along a row at the edge, into V, for %d outputs\n", s.edge), inlined,
	              arena_text("edge%d_in_row", s.edge), o);
}

/* edge_out - A^T of one row or column in registers */
static const char *
edge_out(Out *all, Side s)
{
	Axis x = winograd_edge(s.edge);
	Out *o = out_in(NULL);

	out_line(o, "(%s, %s)", wino_names("V d", x.positions), wino_names("V *y", x.outputs));
	out_line(o, "{");
	for (int i = 0; i < x.outputs; i++)
		out_line(o, "*y%d = %s;", i, wino_sum(x.at[i], x.positions));
	out_line(o, "}");
	return helper(all, arena_text("** A^T for the %d outputs of an edge\n", s.edge), inlined,
	              arena_text("edge%d_out", s.edge), o);
}

/* steps - "v + 6*step", or "v" */
static const char *
steps(const char *base, int n)
{
	return n ? arena_text("%s + %s", base, times("step", (size_t)n)) : base;
}

/* column_of - what format has, at the positions of a side: "&t05, &t15" */
static const char *
column_of(Side s, const char *format, int j)
{
	const char *to = "";

	for (int i = 0; i < s.m + 2; i++)
		if (edge_has(s.edge, i))
			to = arena_text("%s%s%s%d%d", to, *to ? ", " : "", format, i, j);
	return to;
}

/*
** wino_in_tile - one input tile of VL channels: its name. Two rows of the transformed tile at a time, their columns
** first, then along them and out; the tile is read again for each pair, which is cheaper than to keep all of it.
** Shorter sides have all rows at once.
*/
const char *
wino_in_tile(Out *all, Side h, Side w, int cb)
{
	static const int rows[3][2] = { { 0, 5 }, { 1, 2 }, { 3, 4 } };
	Out *o = out_in(NULL);
	bool pairwise = h.m == 4 && !h.edge, edge = h.edge || w.edge;
	const char *column = NULL, *ends = NULL, *pairs = NULL, *row;
	int across = inputs_of(w), step = w.m + 2;
	double p[2];

	wino_bind_points(all);
	winograd_points(4, p);
	if (pairwise)
		ends = in_ends(all), pairs = wino_in_pair(all);
	else
		column = h.edge ? edge_in_column(all, h) : in_column(all);
	row = w.edge ? edge_in_row(all, w) : in_row(all, w.m);
	out_line(o, "(const float *x, int row, float *v, int step)");
	out_line(o, "{");
	for (int i = 0; i < h.m + 2; i++)
		if (edge_has(h.edge, i))
			out_line(o, "V %s;", wino_names(arena_text("t%d", i), across));
	out_line(o, "%s", "");
	for (int pair = 0; pair < (pairwise ? 3 : 1); pair++) {
		if (pair)
			out_line(o, "RC_OPAQUE(x);");
		for (int j = 0; j < across; j++) {
			const char *x = plus((size_t)(j*cb));
			if (!pairwise)
				out_line(o, "%s(x%s, row, %s);", column, x, column_of(h, "&t", j));
			else if (pair == 0)
				out_line(o, "%s(x%s, row, &t0%d, &t5%d);", ends, x, j, j);
			else
				out_line(o, "%s(x%s, row, %s, %s, &t%d%d, &t%d%d);", pairs, x,
				         float_text(pair == 1 ? -p[1]*p[1] : -p[0]*p[0]), float_text(p[pair - 1]), rows[pair][0], j,
				         rows[pair][1], j);
		}
		for (int r = 0; r < (pairwise ? 2 : h.m + 2); r++) {
			int i = pairwise ? rows[pair][r] : r;
			if (edge_has(h.edge, i))
				out_line(o, "%s(%s, step, %s);", row, steps("v", i*step), wino_names(arena_text("t%d", i), across));
		}
	}
	out_line(o, "}");
	return helper(all, edge ? "** One tile at the edge of the input, VL channels, into V: B^T d B\n" :
	              "** One tile of the input, VL channels, into V: B^T d B\n", inlined,
	              arena_text("in%dx%d_%s", inputs_of(h) - 2, inputs_of(w) - 2, edge ? "edge" : "tile"), o);
}

/* out_steps - the products down a column of an edge: "ld(m), ld(m + 6*step)" */
static const char *
out_steps(Side s, int j, int row)
{
	const char *to = "";

	for (int i = 0; i < s.m + 2; i++)
		if (edge_has(s.edge, i))
			to = arena_text("%s%sld(%s)", to, *to ? ", " : "", steps("m", i*row + j));
	return to;
}

/* wino_out_tile - VL channels of one tile back from its products; bias, skip, activation: its name */
const char *
wino_out_tile(Out *all, const Kernel *k, Side h, Side w, bool ragged)
{
	Out *o = out_in(NULL);
	const char *row, *column;
	int high = inputs_of(h) - 2, wide = inputs_of(w) - 2;
	bool edge = h.edge || w.edge;

	wino_bind_points(all);
	column = h.edge ? edge_out(all, h) : out_column(all, h.m);
	row = w.edge ? edge_out(all, w) : out_row(all, w.m);
	out_line(o, "(const float *m, int step%s%s, float *y, int yrow%s)", k->bias ? ", const float *b" : "",
	         k->skip ? ", const float *z, int zrow" : "", ragged ? ",\n\tint rows, int cols" : "");
	out_line(o, "{");
	out_line(o, "V %s%s;", wino_names("y", wide), k->bias ? ", bias = ld(b)" : "");
	for (int i = 0; i < high; i++)
		out_line(o, "V %s;", edge_names(arena_text("t%d", i), w));
	out_line(o, "%s", "");
	for (int j = 0; j < w.m + 2; j++) {
		const char *to = "";
		for (int i = 0; i < high; i++)
			to = arena_text("%s, &t%d%d", to, i, j);
		if (!edge_has(w.edge, j))
			continue;
		if (h.edge)
			out_line(o, "%s(%s%s);", column, out_steps(h, j, w.m + 2), to);
		else
			out_line(o, "%s(%s, %d*step%s);", column, steps("m", j), w.m + 2, to);
	}
	if (h.kept == 1)
		out_line(o, k->skip ? "(void)yrow, (void)zrow;" : "(void)yrow;");
	for (int i = 0; i < h.kept; i++) {
		out_line(o, "%s", "");
		if (ragged && i)
			out_line(o, "if (rows == %d)\n\treturn;", i);
		out_line(o, "%s(%s, %s);", row, edge_names(arena_text("t%d", i), w), wino_names("&y", wide));
		for (int j = 0; j < w.kept; j++) {
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
	return helper(all, arena_text("** One tile%s back from its products, VL channels: y = %sA^T m A%s%s%s\n",
	                              edge ? " at the edge" : "", act_open(k), k->bias ? " + b" : "", k->skip ? " + z" : "",
	                              act_close(k)), inlined,
	              arena_text("out%dx%d_%s%s%s", h.edge ? h.kept : h.m, w.edge ? w.kept : w.m, edge ? "edge" : "tile",
	                         k->skip ? "_add" : "", act_suffix(k)), o);
}

/* vector_in - offset of vector c of channels */
const char *
vector_in(const Layout *l, int vl)
{
	int of = l->cb/vl;

	return of == 1 ? arena_text(" + c*%zu", l->plane) : arena_text(" + c/%d*%zu + c%%%d*%d", of, l->plane, of, vl);
}

const char *
wino_tile_in(const Kernel *k, const Wino *w, const char *name, const Layout *l)
{
	return arena_text("%s + i*%zu + j*%d%s%s%s, %zu", name, l->row*(size_t)w->mh, w->mw*l->cb, vector_in(l, k->t->vl),
	                  k->out->shape.n > 1 ? arena_text(" + n*%zu", l->image) : "", plus(l->origin), l->row);
}
