/*
** conv_int8_ordered.c - the micro-kernel of a group whose steps have an order of their own (conv_int8_order.c): two
** steps at a time whose sums stay in 16 bits, single ones, and those that leave 16 bits by themselves.
*/
#include "bytes.h"
#include "conv_int8.h"

/* emit_ordered_dots - one step, or two that are added in 16 bits: those of xk and xl */
static void
emit_ordered_dots(Out *o, const Kernel *k, int ob, int p, bool two, const char *word)
{
	Products how = products_of(k->t);
	int step = stride_of(k).w*k->in->lay.cb, each = how.sums*how.bytes;

	out_flow(o, "W");
	for (int i = 0; i < ob; i++)
		out_flow(o, "w%d = ldw(w%s)%s", i, plus((size_t)(i*each)), i + 1 < ob ? "," : ";");
	out_flow(o, two ? "X u, v;" : "X u;");
	out_flow_end(o);
	for (int j = 0; j < p; j++) {
		const char *line = arena_text("u = quad(xk%s);", plus((size_t)(j*step)));
		if (two)
			line = arena_text("%s v = quad(xl%s);", line, plus((size_t)(j*step)));
		for (int i = 0; i < ob; i++)
			line = two ? arena_text("%s %s = dot_two(%s, u, v, w%d, w + %d);", line, acc(i, j), acc(i, j), i, (ob + i)*each) :
			       arena_text("%s %s = %s(%s, u, w%d);", line, acc(i, j), word, acc(i, j), i);
		out_line(o, "%s", line);
	}
}

/* emit_ordered - the loops over pairs of steps, over single ones, and over those that leave 16 bits by themselves */
static void
emit_ordered(Out *o, const Kernel *k, int ob, int p)
{
	int each = int8_per(k, ob)*products_of(k->t).bytes;

	out_line(o, "int pairs = rc_within(order[0], steps/2), ones = rc_within(order[1], steps - 2*pairs);");
	out_line(o, "\norder += 2;");
	out_line(o, "for (int i = 0; i < pairs; i++, order += 2, w += %d) {", 2*each);
	out_line(o, "int at = order[0];\n");
	out_line(o, "RC_OPAQUE(at);                       /* clang would make a vector of both */");
	out_line(o, "const unsigned char *xk = x + rc_within(at, end), *xl = x + rc_within(order[1], end);\n");
	out_line(o, "if (ahead) RC_FETCH(w + ahead);");
	out_line(o, "if (ahead) RC_FETCH(w + ahead + %d);", each);
	emit_ordered_dots(o, k, ob, p, true, "");
	out_line(o, "}");
	out_line(o, "for (int i = 0; i < ones; i++, order++, w += %d) {", each);
	out_line(o, "const unsigned char *xk = x + rc_within(*order, end);\n");
	emit_ordered_dots(o, k, ob, p, false, "dot_pairs");
	out_line(o, "}");
	if (int8_pair_safe(k))
		return;
	out_line(o, "for (int i = 2*pairs + ones; i < steps; i++, order++, w += %d) {", each);
	out_line(o, "const unsigned char *xk = x + rc_within(*order, end);\n");
	emit_ordered_dots(o, k, ob, p, false, "dot");
	out_line(o, "}");
}

/* ordered_word - P pixels by OB vectors of output channels: its name */
static const char *
ordered_word(Out *all, const Kernel *k, const Tiling *tl, int p)
{
	Out *o = out_in(NULL);
	int per = int8_per(k, tl->ob);

	out_line(o, "(%s", int8_parameters(k, tl, " const int32_t *order,"));
	out_line(o, "\tint steps, int end, int ahead)");
	out_line(o, "{");
	int8_emit_sums(o, k, tl->ob, p);     /* the numbers of steps stand with them */
	emit_ordered(o, k, tl->ob, p);
	int8_emit_results(o, k, tl->ob, p);
	out_line(o, "}");
	return helper(all, arena_text("** %d channels of %d pixels; end: where in x the usual last step reads\n", per, p),
	              "static RC_INLINE void", arena_text("int8_ordered_%dx%d_%s%d%s%s", per, p,
	              int8_pair_safe(k) ? "" : "any_", stride_of(k).w*k->in->lay.cb, k->skip ? "_add" : "",
	              int8_to_bytes(k) ? "" : "_float"), o);
}

void
int8_ordered_call(Out *o, Out *all, const Kernel *k, const Tiling *tl, int p, int ahead)
{
	int per = int8_per(k, tl->ob), steps = int8_steps(k, per);

	out_line(o, "%s(%s%d, %d, %d);", ordered_word(all, k, tl, p), int8_arguments(k, tl, " order,"), steps,
	         int8_step_offset(k, per, steps - 1), ahead);
}
