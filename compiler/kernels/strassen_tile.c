/*
** strassen_tile.c - the micro-kernel of Strassen's products: the accumulators of a tile go through all seven, what is
** needed again waits in m, and each quarter of the tile is finished where its last product is.
*/
#include "strassen.h"

/* finish_word - a quarter of a tile from its sums at r: bias, skip, activation */
static const char *
finish_word(Out *all, const Kernel *k, const Halves *h, int p)
{
	Out *o = out_in(NULL);
	int vl = k->t->vl, per = h->ob*vl;

	out_line(o, "(const float *RC_RESTRICT r%s%s,\n\tfloat *y, int yplane%s%s%s)", k->bias ? ", const float *b" : "",
	         k->skip ? ", const float *z, int zplane" : "", h->odd ? ", int from" : "",
	         h->gaps ? ", int col, int width, int ygap" : "", h->gaps && k->skip ? ", int zgap" : "");
	out_line(o, "{");
	out_line(o, "for (int j = 0; j < %d; j++, r += %d, y += %d%s) {", p, per, k->out->lay.cb,
	         k->skip ? arena_text(", z += %d", k->in[1].lay.cb) : "");
	if (h->odd)
		out_line(o, "if (j >= from) {");
	for (int i = 0; i < h->ob; i++) {
		const char *sum = arena_text("ld(r%s)", plus((size_t)(i*vl)));
		emit_epilogue(o, k, k->bias ? arena_text("add(%s, ld(b%s))", sum, plus((size_t)(i*vl))) : sum,
		              k->skip ? pixel_at(k, &k->in[1], "zplane", i, 0) : "", i);
		out_line(o, "st(y%s, %s);", pixel_at(k, &k->out[0], "yplane", i, 0), out_value(o, "value"));
	}
	if (h->odd)
		out_line(o, "}");
	if (h->gaps) {
		out_line(o, "if (++col == width) {");
		out_line(o, "col = 0;\ny += ygap;");
		if (k->skip)
			out_line(o, "z += zgap;");
		out_line(o, "}");
	}
	out_line(o, "}");
	out_line(o, "}");
	return helper(all, "** A quarter of a tile to its place\n", "static RC_INLINE void",
	              arena_text("finish_%dx%d%s%s", per, p, k->skip ? "_add" : "", act_suffix(k)), o);
}

/* emit_all - a statement for each accumulator: of its name and of its place behind a pointer */
static void
emit_all(Out *o, const Kernel *k, const Halves *h, int p, const char *format)
{
	for (int j = 0; j < p; j++)
		for (int i = 0; i < h->ob; i++) {
			const char *a = acc(i, j), *at = plus((size_t)((j*h->ob + i)*k->t->vl)), *text = "";
			for (const char *s = format; *s; s++)
				text = *s == '$' ? arena_text("%s%s", text, a) : *s == '@' ? arena_text("%s%s", text, at) :
					arena_text("%s%c", text, *s);
			out_flow(o, "%s", text);
		}
	out_flow_end(o);
}

/* emit_finish - the call that ends the quarter of these halves */
static void
emit_finish(Out *o, const Kernel *k, const Halves *h, const char *finish, const char *r, bool upper, bool second)
{
	const char *half = upper ? " + yhalf" : "", *pixel = second ? "1" : "0";

	out_line(o, "%s(%s%s%s, y%s%s, yplane%s%s%s);", finish, r, k->bias ? upper ? ", b + bhalf" : ", b" : "",
	         k->skip ? arena_text(", z%s%s, zplane", pixel, upper ? " + zhalf" : "") : "", pixel, half,
	         h->odd ? second ? ", from" : ", 0" : "", h->gaps ? arena_text(", col%s, width, ygap", pixel) : "",
	         h->gaps && k->skip ? ", zgap" : "");
}

const char *
strassen_tile(Out *all, const Kernel *k, const Halves *h, int p)
{
	Out *o = out_in(NULL);
	int vl = k->t->vl, per = h->ob*vl, cb = k->in->lay.cb, save = h->ob*h->width[0]*vl, line = LineBytes/4;
	const char *finish = finish_word(all, k, h, p);
	bool copied = h->factors == NProducts;

	out_line(o, "(%sconst float *t, int each, int blocks,\n\tconst float *RC_RESTRICT w,", copied ? "" :
	         "const float *x, int plane, int lower, int apart, ");
	out_line(o, "\t%s%sfloat *y0, float *y1, int yhalf, int yplane,", k->bias ? "const float *b, int bhalf, " : "",
	         k->skip ? "const float *z0, const float *z1, int zhalf, int zplane,\n\t" : "");
	out_line(o, "\t%s%s%sfloat *RC_RESTRICT m, const float *ahead, int fetch)", h->odd ? "int from, " : "", h->gaps ?
	         "int col0, int col1, int width, int ygap, " : "", h->gaps && k->skip ? "int zgap, " : "");
	out_line(o, "{");
	out_line(o, "float *u3 = m + %d, *r = m + %d;", save, 2*save);
	out_flow(o, "V");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < h->ob; i++)
			out_flow(o, "%s = zero()%s", acc(i, j), j + 1 == p && i + 1 == h->ob ? ";" : ",");
	out_flow_end(o);
	out_line(o, "\nfor (int q = 0; q < %d; q++) {", NProducts);
	if (copied) {
		out_line(o, "const float *xq = t + q*each;\n");
	} else {
		out_line(o, "int whole = q < 2 || q == 6;");
		out_line(o, "const float *xq = !whole ? t + (q - 2)*each : q == 0 ? x : q == 1 ? x + lower : x + lower + apart;");
		out_line(o, "int step = whole ? plane : %d;\n", p*cb);
	}
	out_line(o, "for (int c = 0; c < blocks; c++, xq += %s) {", copied ? arena_text("%d", p*cb) : "step");
	out_line(o, "const float *xk = xq;\n");
	out_line(o, "for (int i = 0; i < fetch; i += %d, ahead += %d)", line, line);
	out_line(o, "\tRC_FETCH_FAR(ahead);");
	out_line(o, "for (int k = 0; k < %d; k++, xk++, w += %d) {", cb, per);
	out_line(o, "RC_OPAQUE(xk);");
	emit_step(o, k->t, "ld", cb, h->ob, p);
	out_line(o, "}");
	out_line(o, "}\n");
	out_line(o, "/* C22 is U3 + S1 T1, C12 goes on with U + S1 T1 */\nif (q == 5) {");
	emit_all(o, k, h, p, "st(r@, add(ld(u3@), $));");
	emit_finish(o, k, h, finish, "r", true, true);
	emit_all(o, k, h, p, "$ = add($, ld(m@));");
	out_line(o, "continue;");
	out_line(o, "}");
	out_line(o, "float *to = q == 0 || q == 2 ? m : q == 3 ? u3 : r;\n");
	emit_all(o, k, h, p, "st(to@, $);");
	out_line(o, "\n/* C11 is done, U goes on with A11 B11; C21; C12 */\nif (q == 1) {");
	emit_finish(o, k, h, finish, "r", false, false);
	emit_all(o, k, h, p, "$ = ld(m@);");
	out_line(o, "} else if (q == 4) {");
	emit_finish(o, k, h, finish, "r", true, false);
	emit_all(o, k, h, p, "$ = zero();");
	out_line(o, "} else if (q == 6) {");
	emit_finish(o, k, h, finish, "r", false, true);
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return helper(all, arena_text("** Strassen: %d channels of %d pixels, and of their other halves%s\n", per, p,
	                              h->odd ? "; from: 1 where both have the first pixel" : ""),
	              "static RC_NOINLINE void",
	              arena_text("strassen_%d_p%d%s%s", per, p, k->skip ? "_add" : "", act_suffix(k)), o);
}
