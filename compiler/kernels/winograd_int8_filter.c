/*
** winograd_int8_filter.c - weights of bytes as they are, to U of 16 bits where they are used: G, whose rows are whole,
** down the taps of a channel pair and along them. For four outputs its rows are (1 0 0), (1 ±1 1), (1 ±2 4), (0 0 1),
** for two (2 0 0), (1 ±1 1), (0 0 2).
*/
#include "winograd.h"

/* row_word - G along a row, into U: positions lie step numbers apart */
static const char *
row_word(Out *o, int m)
{
	return helper_text(o, "** G along a row, into U\n", "static RC_INLINE void",
		m == 2 ? "int8_filter2_row" : "int8_filter4_row",
		m == 2 ? "(int16_t *u, int step, H h0, H h1, H h2)\n{\nH e = addh(h0, h2);\n\n"
		"sth(u, addh(h0, h0));\nsth(u + step, addh(e, h1));\n"
		"sth(u + 2*step, subh(e, h1));\nsth(u + 3*step, addh(h2, h2));\n}\n" :
		"(int16_t *u, int step, H h0, H h1, H h2)\n{\n"
		"H e = addh(h0, h2), f = addh(h0, shlh(h2, 2)), g = addh(h1, h1);\n\n"
		"sth(u, h0);\nsth(u + step, addh(e, h1));\nsth(u + 2*step, subh(e, h1));\n"
		"sth(u + 3*step, addh(f, g));\nsth(u + 4*step, subh(f, g));\nsth(u + 5*step, h2);\n}\n");
}

/* emit_end - the row of 0 or infinity: one row of taps, twice it for two outputs */
static void
emit_end(Out *o, const Wino *w, const char *row, int tap, int from)
{
	for (int j = 0; j < 3; j++) {
		const char *d = arena_text("ldhs8(w%s)", plus((size_t)((from + j)*tap)));
		out_line(o, "H h%d = %s;", j, w->mh == 2 ? arena_text("shlh(%s, 1)", d) : d);
	}
	out_line(o, "\n%s(u, step, h0, h1, h2);", row);
}

/* emit_pair - the rows of p and -p, p = 1 << shift */
static void
emit_pair(Out *o, const Wino *w, const char *row, int tap, int shift)
{
	for (int j = 0; j < 3; j++) {
		const char *a = arena_text("ldhs8(w%s)", plus((size_t)(j*tap)));
		const char *b = arena_text("ldhs8(w%s)", plus((size_t)((3 + j)*tap)));
		const char *c = arena_text("ldhs8(w%s)", plus((size_t)((6 + j)*tap)));
		out_line(o, "H e%d = addh(%s, %s);", j, a, shift ? arena_text("shlh(%s, %d)", c, 2*shift) : c);
		out_line(o, "H o%d = %s;", j, shift ? arena_text("shlh(%s, %d)", b, shift) : b);
	}
	out_line(o, "\n%s(u, step, addh(e0, o0), addh(e1, o1), addh(e2, o2));", row);
	out_line(o, "%s(u + %d*step, step, subh(e0, o0), subh(e1, o1), subh(e2, o2));", row, w->aw);
}

const char *
int8_filter(Out *all, const Kernel *k, const Wino *w, int row)
{
	int tap = k->in->lay.cb*w->ob*k->t->vl;
	const char *along = row_word(all, w->mw);
	Out *o = out_in(NULL);
	bool end = row == 0 || row == w->ah - 1;

	out_line(o, "(const signed char *RC_RESTRICT w, int16_t *RC_RESTRICT u, int step, int blocks)");
	out_line(o, "{");
	out_line(o, "for (int i = 0; i < blocks; i++, w += %d)", 8*tap);
	out_line(o, "for (int c = 0; c < %d; c += HL, w += HL, u += HL) {", tap);
	if (end)
		emit_end(o, w, along, tap, row ? 6 : 0);
	else
		emit_pair(o, w, along, tap, row/2);
	out_line(o, "}");
	out_line(o, "}");
	return helper(all, end ? arena_text("** G g G', row %d\n", row) :
	              arena_text("** G g G', rows %d and %d\n", row, row + 1), "static RC_NOINLINE void",
	              arena_text("int8_filter%dx%d_%d_row%d", w->mh, w->mw, w->ob*k->t->vl, row), o);
}
