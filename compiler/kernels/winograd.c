/*
** winograd.c - 3x3 convolutions of stride 1 by Winograd's minimal filtering (Lavin and Gray 2015): an output
** tile of mh x mw costs (mh + 2)(mw + 2) multiply-adds a channel pair instead of 9 mh mw.
**
** A band of tile rows goes through two phases that all threads share. First every input tile is
** transformed: V[block of tiles][position][channel block][tile][channel]. Then, for OB vectors of output
** channels and one block of tiles, all positions are multiplied with the transformed weights
** U[group][position][channel][OB*VL], read as one stream, and transformed back with bias, skip and
** activation. A block is as large as its products may be on the stack, so that U is streamed seldom; at
** every position it is multiplied in register tiles of OB vectors by P tiles. Bands keep V in the second cache.
**
** Points 0, ±5/8, ±3/2 and infinity for four outputs: their constants are short binary fractions and their
** error is a third of that of 0, ±1, ±2; 0, ±1 and infinity for two outputs.
*/
#include <math.h>
#include <string.h>

#include "conv.h"
#include "winograd.h"

/* winograd_points - how many pairs of points ±p besides 0 and infinity, and which */
int
winograd_points(int m, double p[2])
{
	if (m == 2) {
		p[0] = 1;
		return 1;
	}
	p[0] = 0.625;
	p[1] = 1.5;
	return 2;
}

/* --- weights --- */

/* winograd_filter - G: (m + 2) x 3, rows in the order 0, p, -p, ..., infinity */
void
winograd_filter(int m, double g[6][3])
{
	double p[2], all[5];
	int pairs = winograd_points(m, p), n = 2*pairs + 1;

	all[0] = 0;
	for (int i = 0; i < pairs; i++) {
		all[2*i + 1] = p[i];
		all[2*i + 2] = -p[i];
	}
	for (int j = 0; j < n; j++) {
		double d = 1;
		for (int l = 0; l < n; l++)
			if (l != j)
				d *= all[j] - all[l];
		for (int i = 0; i < 3; i++)
			g[j][i] = pow(all[j], i)/d;
	}
	g[n][0] = g[n][1] = 0;
	g[n][2] = 1;
}

static size_t
winograd_weights(const Kernel *k)
{
	Wino w = wino_chosen(k);

	return (size_t)w.pos*(size_t)(w.icb*k->lx.cb)*(size_t)(vectors_of(k)*k->t->vl);
}

static size_t
winograd_biases(const Kernel *k)
{
	return k->bias ? (size_t)(vectors_of(k)*k->t->vl) : 0;
}

void
winograd_kernel(int ah, int aw, double gh[6][3], double gw[6][3], const double *g, double *u)
{
	double half[6][3];

	for (int i = 0; i < ah; i++)
		for (int j = 0; j < 3; j++)
			half[i][j] = gh[i][0]*g[j] + gh[i][1]*g[3 + j] + gh[i][2]*g[6 + j];
	for (int i = 0; i < ah; i++)
		for (int j = 0; j < aw; j++)
			u[i*aw + j] = half[i][0]*gw[j][0] + half[i][1]*gw[j][1] + half[i][2]*gw[j][2];
}

static void
winograd_pack(const Kernel *k, const double *wt, const double *b, float *pw, float *pb)
{
	Wino w = wino_chosen(k);
	int per = w.ob*k->t->vl, channels = w.icb*k->lx.cb;
	double gh[6][3], gw[6][3], u[36];

	winograd_filter(w.mh, gh);
	winograd_filter(w.mw, gw);
	for (int oc = 0; oc < vectors_of(k)*k->t->vl; oc++) {
		float *group = pw + (size_t)(oc/per)*(size_t)w.pos*(size_t)(channels*per) + oc%per;
		for (int c = 0; c < channels; c++) {
			if (oc < k->y.c && c < k->x.c)
				winograd_kernel(w.ah, w.aw, gh, gw, wt + ((size_t)oc*(size_t)k->x.c + (size_t)c)*9, u);
			else
				memset(u, 0, sizeof u);
			for (int i = 0; i < w.pos; i++)
				group[((size_t)i*(size_t)channels + (size_t)c)*(size_t)per] = (float)u[i];
		}
	}
	for (int oc = 0; k->bias && oc < vectors_of(k)*k->t->vl; oc++)
		pb[oc] = oc < k->y.c ? (float)b[oc] : 0;
}

/* --- emission --- */

static const char *
number(double v)
{
	const char *s = arena_text("%.9g", v);

	return arena_text("splat(%s%sf)", s, strpbrk(s, ".e") ? "" : ".0");
}

/*
** emit_input_rows - rows of to = B^T from: for four outputs pair 0 is the first and the last row, pair 1 those of
** ±a, pair 2 those of ±b; for two outputs pair 0 is all. The row of ±p is an even part plus or minus p times an odd part.
*/
static void
emit_input_rows(Out *o, int m, int pair, const char *const *from, const char *const *to)
{
	double p[2], a2, b2;

	winograd_points(m, p);
	if (m == 2) {
		out_line(o, "%s = sub(%s, %s);", to[0], from[2], from[0]);
		out_line(o, "%s = add(%s, %s);", to[1], from[2], from[1]);
		out_line(o, "%s = sub(%s, %s);", to[2], from[2], from[1]);
		out_line(o, "%s = sub(%s, %s);", to[3], from[3], from[1]);
		return;
	}
	a2 = p[0]*p[0];
	b2 = p[1]*p[1];
	if (pair == 0) {
		out_line(o, "%s = fma_(%s, %s, fma_(%s, %s, %s));", to[0], from[0], number(a2*b2), from[2], number(-(a2 + b2)), from[4]);
		out_line(o, "%s = fma_(%s, %s, fma_(%s, %s, %s));", to[5], from[1], number(a2*b2), from[3], number(-(a2 + b2)), from[5]);
		return;
	}
	out_line(o, "e = fma_(%s, %s, %s);", from[2], number(pair == 1 ? -b2 : -a2), from[4]);
	out_line(o, "f = fma_(%s, %s, %s);", from[1], number(pair == 1 ? -b2 : -a2), from[3]);
	out_line(o, "%s = fma_(f, %s, e);", to[2*pair - 1], number(p[pair - 1]));
	out_line(o, "%s = fma_(f, %s, e);", to[2*pair], number(-p[pair - 1]));
}

/* emit_output_1d - to[0..m-1] = A^T of from[0..m+1] */
static void
emit_output_1d(Out *o, int m, const char *const *from, const char *const *to)
{
	double p[2];

	winograd_points(m, p);
	if (m == 2) {
		out_line(o, "%s = add(%s, add(%s, %s));", to[0], from[0], from[1], from[2]);
		out_line(o, "%s = add(%s, sub(%s, %s));", to[1], from[3], from[1], from[2]);
		return;
	}
	double a = p[0], b = p[1];
	out_line(o, "e = add(%s, %s);", from[1], from[2]);
	out_line(o, "f = sub(%s, %s);", from[1], from[2]);
	out_line(o, "g = add(%s, %s);", from[3], from[4]);
	out_line(o, "h = sub(%s, %s);", from[3], from[4]);
	out_line(o, "%s = add(%s, add(e, g));", to[0], from[0]);
	out_line(o, "%s = fma_(f, %s, mul(h, %s));", to[1], number(a), number(b));
	out_line(o, "%s = fma_(e, %s, mul(g, %s));", to[2], number(a*a), number(b*b));
	out_line(o, "%s = fma_(f, %s, fma_(h, %s, %s));", to[3], number(a*a*a), number(b*b*b), from[5]);
}

/* at_position - where position i starts: its distance is a constant where all blocks are equally wide, else an argument */
static const char *
at_position(const Wino *w, int step, int i)
{
	if (i == 0)
		return "";
	return w->count[1] ? arena_text(" + %s", times("step", (size_t)i)) : arena_text(" + %d", i*step);
}

/*
** emit_input_tile - one input tile of VL channels. Two rows of the transformed tile at a time: their columns first,
** then along them and out; the tile is read again for each pair, which is cheaper than to keep all of it.
*/
static void
emit_input_tile(Out *o, const Kernel *k, const Wino *w, const char *fn)
{
	int pairs = w->mh == 4 ? 3 : 1, step = wino_v_step(k, w, w->width[0]);
	static const int rows[4][2] = { { 0, 5 }, { 1, 2 }, { 3, 4 } };
	const char *from[6], *to[6];

	out_line(o, "static RC_NOINLINE void");
	out_line(o, "%s_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v%s)", fn, w->count[1] ? ", int step" : "");
	out_line(o, "{");
	for (int i = 0; i < w->ah; i++)
		out_line(o, w->aw == 6 ? "V t%d0, t%d1, t%d2, t%d3, t%d4, t%d5;" : "V t%d0, t%d1, t%d2, t%d3;", i, i, i, i, i, i);
	out_line(o, "V d0, d1, d2, d3%s%s;", w->ah == 6 || w->aw == 6 ? ", d4, d5" : "", w->mh == 4 || w->mw == 4 ? ", e, f" : "");
	for (int pair = 0; pair < pairs; pair++) {
		out_line(o, "%s", "");
		if (pair)
			out_line(o, "RC_OPAQUE(x);");
		for (int j = 0; j < w->aw; j++) {
			for (int i = 0; i < w->ah; i++) {
				from[i] = arena_text("d%d", i);
				to[i] = arena_text("t%d%d", i, j);
				if (w->mh == 2 || pair == 0 || (i > 0 && i < 5))
					out_line(o, "d%d = ld(x%s);", i, plus((size_t)i*k->lx.row + (size_t)(j*k->lx.cb)));
			}
			emit_input_rows(o, w->mh, pair, from, to);
		}
		for (int r = 0; r < (w->mh == 4 ? 2 : 4); r++) {
			int i = w->mh == 4 ? rows[pair][r] : r;
			for (int j = 0; j < w->aw; j++) {
				from[j] = arena_text("t%d%d", i, j);
				to[j] = arena_text("d%d", j);
			}
			for (int q = 0; q < (w->mw == 4 ? 3 : 1); q++)
				emit_input_rows(o, w->mw, q, from, to);
			for (int j = 0; j < w->aw; j++)
				out_line(o, "st(v%s, d%d);", at_position(w, step, i*w->aw + j), j);
		}
	}
	out_line(o, "}\n");
}

/* emit_block_of - where tile t of a band lies in V at position 0, channel block c */
static void
emit_block_of(Out *o, const Kernel *k, const Wino *w)
{
	int first = w->count[0]*w->width[0], v0 = wino_v_step(k, w, w->width[0]), cb = k->lx.cb;

	if (!w->count[1]) {
		out_line(o, "float *v = y + t/%d*%d + (c*%d + t%%%d)*%d;\n", w->width[0], w->pos*v0, w->width[0], w->width[0], cb);
		return;
	}
	int v1 = wino_v_step(k, w, w->width[1]);
	out_line(o, "int wide = t < %d;", first);
	out_line(o, "int step = wide ? %d : %d;", v0, v1);
	out_line(o, "float *v = wide ? y + t/%d*%d + (c*%d + t%%%d)*%d", w->width[0], w->pos*v0, w->width[0], w->width[0], cb);
	out_line(o, "\t: y + %d + (t - %d)/%d*%d + (c*%d + (t - %d)%%%d)*%d;\n", w->count[0]*w->pos*v0, first, w->width[1], w->pos*v1, w->width[1], first,
	         w->width[1], cb);
}

/* emit_tile_row - the image n and tile row i of row r of the band */
static void
emit_tile_row(Out *o, const Kernel *k, const Wino *w)
{
	const char *row = w->bands > 1 ? arena_text("(band*%d + r)", w->rows) : "r";

	if (k->y.n > 1)
		out_line(o, "int n = %s/%d, i = %s%%%d;", row, w->tr, row, w->tr);
	else
		out_line(o, "int i = %s;", row);
}

static void
emit_input_phase(Out *o, const Kernel *k, const Wino *w, const char *fn)
{
	int cb = k->lx.cb, units = w->rows*w->icb;
	const char *step = w->count[1] ? ", step" : "";
	size_t x0 = (size_t)(k->lx.halo.t - k->a.padding.t)*k->lx.row + (size_t)((k->lx.halo.l - k->a.padding.l)*cb);

	emit_input_tile(o, k, w, fn);
	out_line(o, "/* phase 1: V of a band, from x; a unit is one channel block of one tile row */");
	out_line(o, "static void");
	out_line(o, "%s_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)", fn);
	out_line(o, "{");
	out_line(o, "(void)w;");
	out_line(o, "(void)b;");
	out_line(o, "(void)z;");
	out_line(o, "for (int u = lo; u < hi; u++) {");
	if (w->bands > 1)
		out_line(o, "int band = u/%d, c = u%%%d/%d, r = u%%%d;", units, units, w->rows, w->rows);
	else
		out_line(o, "int c = u/%d, r = u%%%d;", w->rows, w->rows);
	emit_tile_row(o, k, w);
	out_line(o, "const float *xi = x + c*%zu + i*%zu%s%s;\n", k->lx.plane, k->lx.row*(size_t)w->mh,
	         k->y.n > 1 ? arena_text(" + n*%zu", k->lx.image) : "", x0 ? arena_text(" + %zu", x0) : "");
	out_line(o, "for (int j = 0; j < %d; j++) {", w->tc);
	out_line(o, "int t = r*%d + j;", w->tc);
	emit_block_of(o, k, w);
	if (cb == k->t->vl) {
		out_line(o, "%s_in_tile(xi + j*%d, v%s);", fn, w->mw*cb, step);
	} else {
		out_line(o, "for (int s = 0; s < %d; s += %d)", cb, k->t->vl);
		out_line(o, "%s_in_tile(xi + j*%d + s, v + s%s);", fn, w->mw*cb, step);
	}
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}\n");
}

static const char *
acc(int o, int p)
{
	return arena_text("%c%d", 'a' + o, p);
}

/* emit_piece - one register tile at one position: the micro-kernel of a direct convolution */
static void
emit_piece(Out *o, const Kernel *k, const Wino *w, int width, int from, int p, bool first)
{
	int vl = k->t->vl, per = w->ob*vl, cb = k->lx.cb;

	out_line(o, "{");
	out_line(o, "const float *w = u + i*%d;", w->icb*cb*per);
	for (int j = 0; j < p; j++) {
		const char *line = "V ";
		for (int i = 0; i < w->ob; i++)
			line = arena_text("%s%s%s = zero()", line, i ? ", " : "", acc(i, j));
		out_line(o, "%s;", line);
	}
	out_line(o, "\nfor (int c = 0; c < %d; c++) {", w->icb);
	out_line(o, "const float *xk = x + c*%d%s;\n", width*cb, from ? arena_text(" + %d", from*cb) : "");
	out_line(o, "for (int k = 0; k < %d; k++, xk++, w += %d) {", cb, per);
	out_line(o, "RC_OPAQUE(xk);");
	if (first)
		emit_fetch(o, winograd_weights(k), per);
	emit_step(o, k, w->ob, p);
	out_line(o, "}");
	out_line(o, "}\n");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < w->ob; i++)
			out_line(o, "st(m%s, %s);", plus((size_t)((from + j)*per + i*vl)), acc(i, j));
	out_line(o, "}");
}

/* emit_products - all positions of one block of tiles */
static void
emit_products(Out *o, const Kernel *k, const Wino *w, const char *fn, int width)
{
	out_line(o, "static RC_NOINLINE void");
	out_line(o, "%s_p%d(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)", fn, width);
	out_line(o, "{");
	out_line(o, "for (int i = 0; i < %d; i++, x += %d, m += %d) {", w->pos, wino_v_step(k, w, width), wino_m_step(k, w, width));
	for (int i = 0, from = 0; i < wino_pieces(w, width); from += wino_piece(w, width, i++))
		emit_piece(o, k, w, width, from, wino_piece(w, width, i), i == 0);
	out_line(o, "}");
	out_line(o, "}\n");
}

/* emit_output_tile - VL channels of one tile back from its products; bias, skip, activation */
static void
emit_output_tile(Out *o, const Kernel *k, const Wino *w, const char *fn)
{
	int step = wino_m_step(k, w, w->width[0]);
	const char *from[6], *to[6];
	bool four = w->mh == 4 || w->mw == 4;

	out_line(o, "static RC_NOINLINE void");
	out_line(o, "%s_out_tile(const float *RC_RESTRICT m%s%s%s, float *y%s)", fn, w->count[1] ? ", int step" : "", k->bias ? ", const float *b" : "",
	         k->skip ? ", const float *z" : "", w->ragged ? ", int rows, int cols" : "");
	out_line(o, "{");
	for (int i = 0; i < w->mh; i++)
		out_line(o, w->aw == 6 ? "V t%d0, t%d1, t%d2, t%d3, t%d4, t%d5;" : "V t%d0, t%d1, t%d2, t%d3;", i, i, i, i, i, i);
	out_line(o, "V d0, d1, d2, d3%s%s;", w->mh == 4 ? ", d4, d5" : "", four ? ", e, f, g, h" : "");
	out_line(o, w->mw == 4 ? "V y0, y1, y2, y3%s;\n" : "V y0, y1%s;\n", k->bias ? ", bias = ld(b)" : "");
	for (int j = 0; j < w->aw; j++) {
		for (int i = 0; i < w->ah; i++) {
			from[i] = arena_text("d%d", i);
			out_line(o, "d%d = ld(m%s);", i, at_position(w, step, i*w->aw + j));
		}
		for (int i = 0; i < w->mh; i++)
			to[i] = arena_text("t%d%d", i, j);
		emit_output_1d(o, w->mh, from, to);
	}
	for (int i = 0; i < w->mh; i++) {
		out_line(o, "%s", "");
		if (w->ragged && i)
			out_line(o, "if (rows == %d)\n\treturn;", i);
		for (int j = 0; j < w->aw; j++)
			from[j] = arena_text("t%d%d", i, j);
		for (int j = 0; j < w->mw; j++)
			to[j] = arena_text("y%d", j);
		emit_output_1d(o, w->mw, from, to);
		for (int j = 0; j < w->mw; j++) {
			size_t y = (size_t)i*k->ly.row + (size_t)(j*k->ly.cb), z = (size_t)i*k->lz.row + (size_t)(j*k->lz.cb);
			emit_epilogue(o, k, k->bias ? arena_text("add(y%d, bias)", j) : arena_text("y%d", j), z ? arena_text(" + %zu", z) : "");
			out_set(o, "at", y ? " + %zu" : "", y);
			out_set(o, "guard", w->ragged && j ? "if (cols > %d)\n\t" : "", j);
			out_text(o, "$guard");
			out_text(o, "st(y$at, $value);\n");
		}
	}
	out_line(o, "}\n");
}

/* vector_in - offset of vector s of group og */
static const char *
vector_in(const Wino *w, const Layout *l, int vl)
{
	int of = l->cb/vl;

	if (of == 1)
		return arena_text("(og*%d + s)*%zu", w->ob, l->plane);
	return arena_text("(og*%d + s)/%d*%zu + (og*%d + s)%%%d*%d", w->ob, of, l->plane, w->ob, of, vl);
}

static void
emit_output_phase(Out *o, const Kernel *k, const Wino *w, const char *fn)
{
	int vl = k->t->vl, per = w->ob*vl, blocks = w->count[0] + w->count[1], units = w->groups*blocks, first = w->count[0]*w->width[0];
	size_t group = (size_t)w->pos*(size_t)(w->icb*k->lx.cb*per);

	for (int i = 0; i < 2; i++)
		if (w->count[i])
			emit_products(o, k, w, fn, w->width[i]);
	emit_output_tile(o, k, w, fn);
	out_line(o, "/* phase 2: y of a band, from V; a unit is %d channels of one block of tiles */", per);
	emit_kernel_head(o, k, fn);
	out_line(o, "float m[%d];\n", w->pos*wino_m_step(k, w, w->width[0]));
	out_line(o, "for (int u = lo; u < hi; u++) {");
	if (w->bands > 1)
		out_line(o, "int band = u/%d, og = u%%%d/%d, tb = u%%%d;", units, units, blocks, blocks);
	else
		out_line(o, "int og = u/%d, tb = u%%%d;", blocks, blocks);
	int v0 = w->pos*wino_v_step(k, w, w->width[0]);
	if (w->count[1]) {
		int v1 = w->pos*wino_v_step(k, w, w->width[1]);
		out_line(o, "int wide = tb < %d, width = wide ? %d : %d;", w->count[0], w->width[0], w->width[1]);
		out_line(o, "int start = wide ? tb*%d : %d + (tb - %d)*%d, step = wide ? %d : %d;\n", w->width[0], first, w->count[0], w->width[1],
		         wino_m_step(k, w, w->width[0]), wino_m_step(k, w, w->width[1]));
		out_line(o, "if (wide)");
		out_line(o, "%s_p%d(x + tb*%d, w + og*%zu, m);", fn, w->width[0], v0, group);
		out_line(o, "else");
		out_line(o, "\t%s_p%d(x + %d + (tb - %d)*%d, w + og*%zu, m);", fn, w->width[1], w->count[0]*v0, w->count[0], v1, group);
	} else {
		out_line(o, "int width = %d, start = tb*%d;\n", w->width[0], w->width[0]);
		out_line(o, "%s_p%d(x + tb*%d, w + og*%zu, m);", fn, w->width[0], v0, group);
	}
	out_line(o, "for (int t = 0; t < width; t++) {");
	out_line(o, "int r = (start + t)/%d, j = (start + t)%%%d;", w->tc, w->tc);
	emit_tile_row(o, k, w);
	for (int i = 0; i < 2; i++) {
		const Layout *l = i ? &k->lz : &k->ly;
		if (i && !k->skip)
			continue;
		out_line(o, "%s = %s + i*%zu + j*%d%s%s;", i ? "const float *zt" : "float *yt", i ? "z" : "y", l->row*(size_t)w->mh, w->mw*l->cb,
		         k->y.n > 1 ? arena_text(" + n*%zu", l->image) : "", l->origin ? arena_text(" + %zu", l->origin) : "");
	}
	out_line(o, "\nfor (int s = 0; s < %d; s++) {", w->ob);
	out_set(o, "yv", "%s", vector_in(w, &k->ly, vl));
	out_set(o, "zv", "%s", k->skip ? vector_in(w, &k->lz, vl) : "");
	out_set(o, "bias", "%s", k->bias ? arena_text(", b + (og*%d + s)*%d", w->ob, vl) : "");
	out_set(o, "fn", "%s_out_tile", fn);
	out_set(o, "mt", w->count[1] ? "m + t*%d + s*%d, step" : "m + t*%d + s*%d", per, vl);
	out_set(o, "ends", "%s", w->ragged ? arena_text(", %d - i*%d, %d - j*%d", k->y.h, w->mh, k->y.w, w->mw) : "");
	out_text(o, k->skip ? "$fn($mt$bias, zt + $zv, yt + $yv$ends);\n" : "$fn($mt$bias, yt + $yv$ends);\n");
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
}

static Phases
winograd_phases(const Kernel *k)
{
	Wino w = wino_chosen(k);

	return (Phases){ w.bands, w.rows*w.icb, wino_scratch(k, &w) };
}

static void
winograd_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "winograd%dx%d_%dto%d_%dx%d%s%s", k->a.winograd.h, k->a.winograd.w, k->x.c, k->y.c, k->y.h, k->y.w, k->skip ? "_add" : "",
	         act_suffix(k));
}

static int
winograd_emit(Out *o, const Kernel *k, const char *fn)
{
	Wino w = wino_chosen(k);
	double macs = (double)w.tiles*w.bands*w.pos*k->x.c*k->y.c;

	out_line(o, "** y = %sconv3x3(x, w)%s%s%s by Winograd F(%dx%d, 3x3)", act_open(k), k->bias ? " + b" : "", k->skip ? " + z" : "", act_close(k), w.mh, w.mw);
	emit_operand(o, "x", k->x, &k->lx);
	if (k->skip)
		emit_operand(o, "z", k->y, &k->lz);
	emit_operand(o, "y", k->y, &k->ly);
	out_line(o, "** w  %zu floats  [%d oc][%d][%d ic][%d oc]: G g G'", winograd_weights(k), w.groups, w.pos, w.icb*k->lx.cb, w.ob*k->t->vl);
	out_line(o, "** V  %zu floats  [%d tiles][%d][%d ic][tile][%d ic]%s", wino_scratch(k, &w), w.width[0], w.pos, w.icb, k->lx.cb,
	         w.bands > 1 ? arena_text(", of one of %d bands of tile rows", w.bands) : "");
	out_line(o, "** %.2f M MACs instead of %.2f M; %d tiles x %d channels in %d accumulators; %d bytes of stack", macs/1e6,
	         9.0*k->y.n*k->y.h*k->y.w*k->x.c*k->y.c/1e6, wino_piece(&w, w.width[0], 0), w.ob*k->t->vl, wino_piece(&w, w.width[0], 0)*w.ob,
	         w.pos*wino_m_step(k, &w, w.width[0])*4);
	out_line(o, "*/");
	emit_input_phase(o, k, &w, fn);
	emit_output_phase(o, k, &w, fn);
	return w.groups*(w.count[0] + w.count[1]);
}

const Family family_winograd = { "winograd", winograd_emit, winograd_describe, winograd_weights, winograd_biases, winograd_pack, winograd_phases };
