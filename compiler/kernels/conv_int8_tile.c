/*
** conv_int8_tile.c - the micro-kernel of convolutions of bytes whose steps come as they lie: block of channels, row of
** taps, tap, channels; or where a row's taps slide over its pixels.
*/
#include "bytes.h"
#include "conv_int8.h"

enum { FarAhead = 16 };              /* times as far as into the first cache */

/* emit_lanes - a load of x and OB loads of weights for each of its products, one of which is in a register at a time */
static void
emit_lanes(Out *o, const Kernel *k, int ob, int p, int rest, const char *word)
{
	Products how = products_of(k->t);
	int step = stride_of(k).w*k->in->lay.cb, count = rest ? ceil_div(rest, how.bytes) : how.each;
	const char *some = rest ? arena_text(", %d", rest) : "";

	for (int j = 0; j < p; j++)
		out_flow(o, "%sv%d = %s(xk%s%s)%s", j ? "" : "X ", j, rest ? "some" : "quad", plus((size_t)(j*step)), some,
		         j + 1 < p ? "," : "; W w0;");
	out_flow_end(o);
	for (int at = 0; at < count*ob; at++) {
		const char *line = arena_text("w0 = ldw(w%s);", plus((size_t)(at*how.sums*how.bytes)));
		const char *name = how.each > 1 ? arena_text("dot_%d", at/ob) : word;
		for (int j = 0; j < p; j++)
			line = arena_text("%s %s = %s(%s, v%d, w0);", line, acc(at%ob, j), name, acc(at%ob, j), j);
		out_line(o, "%s", line);
	}
}

/* emit_dots - one step: OB loads of weights, P products' worth of channels; rest: so many bytes of them, 0: all */
static void
emit_dots(Out *o, const Kernel *k, int ob, int p, int rest)
{
	Products how = products_of(k->t);
	int step = stride_of(k).w*k->in->lay.cb;
	const char *word = int8_pair_safe(k) ? "dot_pairs" : "dot";

	if (bytes_are_direct(k->t)) {        /* few registers, or many pixels in them */
		emit_lanes(o, k, ob, p, rest, word);
		return;
	}
	out_flow(o, "W");
	for (int i = 0; i < ob; i++)
		out_flow(o, "w%d = ldw(w%s)%s", i, plus((size_t)(i*how.sums*how.bytes)), i + 1 < ob ? "," : ";");
	out_flow(o, "X v;");
	out_flow_end(o);
	for (int j = 0; j < p; j++) {
		const char *line = arena_text("v = quad(xk%s);", plus((size_t)(j*step)));
		for (int i = 0; i < ob; i++)
			line = arena_text("%s %s = %s(%s, v, w%d);", line, acc(i, j), word, acc(i, j), i);
		out_line(o, "%s", line);
	}
}

/*
** fetch_steps - lines of a step's weights, ahead: into the first cache, and further into the second one, where those of
** a large network come from memory
*/
static void
fetch_steps(Out *o, int from, int bytes)
{
	for (int at = from; at < from + bytes; at += LineBytes)
		out_line(o, "if (ahead) RC_FETCH(w + ahead%s);", plus((size_t)at));
	for (int at = from; at < from + bytes; at += LineBytes)
		out_line(o, "if (ahead) RC_FETCH_FAR(w + %d*ahead%s);", FarAhead, plus((size_t)at));
}

/* emit_slide - the steps of a row's taps for the same four channels: pixel t is tap kj of result (t - kj)/stride */
static void
emit_slide(Out *o, const Kernel *k, int ob, int p, int tap)
{
	Products how = products_of(k->t);
	int kw = kernel_size(k).w, step = k->in->lay.cb, stride = stride_of(k).w;

	for (int at = 0; at < kw*ob; at++)
		out_flow(o, "%sw%d = ldw(w%s)%s", at ? "" : "W ", at,
		         plus((size_t)(at/ob*tap + at%ob*how.sums*how.bytes)), at + 1 < kw*ob ? "," : "; X v;");
	out_flow_end(o);
	for (int t = 0; t < int8_slid_over(k, p); t++) {
		const char *line = arena_text("v = quad(xk%s);", plus((size_t)(t*step)));
		for (int at = 0; at < kw*ob; at++) {
			int from = t - at/ob, j = from/stride;
			if (from >= 0 && from%stride == 0 && j < p)
				line = arena_text("%s %s = dot(%s, v, w%d);", line, acc(at%ob, j), acc(at%ob, j), at);
		}
		out_line(o, "%s", line);
	}
}

/* emit_slides - the loops around them */
static void
emit_slides(Out *o, const Kernel *k, int ob, int p, const Walk *w)
{
	int each = int8_per(k, ob)*products_of(k->t).bytes, tap = each*w->steps, kw = kernel_size(k).w;

	out_line(o, "for (int c = 0; c < blocks; c++)");
	out_line(o, "for (int ki = 0; ki < kh; ki++) {");
	out_line(o, "const unsigned char *xk = x + c*plane + ki*row;");
	if (w->steps > 1)
		out_line(o, "for (int k = 0; k < %d; k++, xk += %d, w += %d) {", w->steps, products_of(k->t).bytes, each);
	out_line(o, "RC_OPAQUE(xk);");
	for (int kj = 0; kj < kw; kj++)
		fetch_steps(o, kj*tap, each);
	emit_slide(o, k, ob, p, tap);
	if (w->steps > 1)
		out_line(o, "}");
	out_line(o, "w += %d;", w->steps > 1 ? (kw - 1)*tap : kw*tap);
	out_line(o, "}");
}

/* emit_walk - the loops around the steps, in the order of the packed weights */
static void
emit_walk(Out *o, const Kernel *k, int ob, int p, const Walk *w)
{
	Products how = products_of(k->t);
	int each = int8_per(k, ob)*how.bytes, load = how.bytes*how.each, rest = ceil_div(w->rest, how.bytes);
	bool loop = w->run ? w->loads > 0 : int8_ends_early(k, w);

	out_line(o, "for (int c = 0; c < blocks; c++)");
	out_line(o, w->run ? "for (int ki = 0; ki < kh; ki++) {" : "for (int ki = 0; ki < kh; ki++)");
	if (!w->run)
		out_line(o, "for (int kj = 0; kj < kw; kj++) {");
	out_line(o, "const unsigned char *xk = x + c*plane + ki*row%s;", w->run ? "" : " + kj*col");
	if (loop && !w->run)
		out_line(o, "int kn = c + 1 < blocks ? %d : last;\n", w->steps);
	if (loop)
		out_line(o, "for (int k = 0; k < %s; k++, xk += %d, w += %d) {", w->run ? "steps" : "kn", load, each*how.each);
	if (!how.dot) {
		out_line(o, "RC_OPAQUE(xk);");
		fetch_steps(o, 0, each*how.each);
	}
	emit_dots(o, k, ob, p, loop ? 0 : w->rest);
	out_line(o, loop ? "}" : "w += %d;", each*w->steps);
	if (loop && w->run && w->rest) {
		emit_dots(o, k, ob, p, w->rest);
		out_line(o, "w += %d;", each*rest);
	}
	out_line(o, "}");
}

/* shared - are layers of other sizes to have the same code? Where instructions are memory that is dear */
static bool
shared(const Kernel *k)
{
	return products_of(k->t).dot > 1;
}

/* tile_word - P pixels by OB vectors of output channels, whatever the layer's size: its name */
static const char *
tile_word(Out *all, const Kernel *k, const Tiling *tl, int p)
{
	Out *o = out_in(NULL);
	int per = int8_per(k, tl->ob);
	Walk w = int8_walk(k, per);
	bool slide = int8_slides(k, tl->ob, p);
	const char *last = int8_ends_early(k, &w) && !slide ? ", int last" : "";

	out_line(o, "(%s", int8_parameters(k, tl, ""));
	out_line(o, "\tint blocks, int plane, int kh, int row%s%s%s)",
	         slide ? "" : !w.run ? ", int kw, int col" : w.loads ? ", int steps" : "",
	         products_of(k->t).dot ? "" : ", int ahead", last);
	out_line(o, "{");
	int8_emit_sums(o, k, tl->ob, p);
	out_line(o, "%s", "");
	if (slide)
		emit_slides(o, k, tl->ob, p, &w);
	else
		emit_walk(o, k, tl->ob, p, &w);
	int8_emit_results(o, k, tl->ob, p);
	out_line(o, "}");
	return helper(all, arena_text("** %d channels of %d pixels; plane, row%s: from one block of channels%s to "
	                              "the next\n", per, p, w.run || slide ? "" : ", col",
	                              w.run ? ", one row" : slide ? "" : ", one tap"),
	              shared(k) ? "static RC_NOINLINE void" : "static RC_INLINE void",
	              arena_text("int8_tile_%dx%d%s%s%s%s%s", per, p, slide ? arena_text("_of%d", kernel_size(k).w) : "",
	                         stride_of(k).w > 1 ? arena_text("_s%d", stride_of(k).w) : "", w.steps > 1 ? "" : "_planar",
	                         k->skip ? "_add" : "", int8_to_bytes(k) ? "" : "_float"), o);
}

void
int8_tile_call(Out *o, Out *all, const Kernel *k, const Tiling *tl, int p, int ahead)
{
	Pair ks = kernel_size(k), dil = k->op == O_linear ? (Pair){ 1, 1 } : k->a.dilation;
	Walk w = int8_walk(k, int8_per(k, tl->ob));
	bool slide = int8_slides(k, tl->ob, p);
	const char *taps = slide ? "" : !w.run ? arena_text(", %d, %d", ks.w, k->in->lay.cb*dil.w) :
	                   w.loads ? arena_text(", %d", w.loads) : "";

	if (!products_of(k->t).dot)
		taps = arena_text("%s, %d", taps, ahead);
	out_line(o, "%s(%s%d, %zu, %d, %zu%s%s);", tile_word(all, k, tl, p), int8_arguments(k, tl, ""), tl->blocks,
	         k->in->lay.plane, ks.h, k->in->lay.row*(size_t)dil.h, taps,
	         int8_ends_early(k, &w) && !slide ? arena_text(", %d", w.last) : "");
}
