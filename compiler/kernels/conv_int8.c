/*
** conv_int8.c - direct convolution of bytes, and linear as a 1x1 convolution of a 1x1 image.
**
** The micro-kernel of conv.c, four input channels a step: acc[vector o][pixel p] += w[k][o] . quad(x[p][k]), sums
** of 32 bits that are exact. Weights lie as they are read: [group of OB vectors][channel block][ki][kj][four
** channels][OB*VL][4]. What the zeros of the input take from the sums is in the biases; the halo holds that zero,
** so that it counts as nothing.
*/
#include <string.h>

#include "bytes.h"
#include "conv_int8.h"

/* --- packing --- */

static size_t
group_bytes(const Kernel *k, int ob)
{
	int per = int8_per(k, ob);

	return (size_t)int8_steps(k, per)*(size_t)(per*products_of(k->t).bytes);
}

static size_t
lanes_of(const Kernel *k)
{
	return (size_t)(vectors_of(k)*k->t->vl);
}

static int
groups_in(const Kernel *k, int ob)
{
	return vectors_of(k)/int8_vectors(k, ob);
}

static int
packed(const Kernel *k, Packed *to)
{
	int ob = int8_chosen(k).ob, n = 2;

	to[0] = (Packed){ DT_i8, group_bytes(k, ob)*(size_t)groups_in(k, ob) };
	to[1] = (Packed){ DT_i32, lanes_of(k) };
	if (int8_ordered(k))
		to[n++] = (Packed){ DT_i32, (size_t)int8_order_numbers(k, int8_per(k, ob))*(size_t)groups_in(k, ob) };
	to[n++] = (Packed){ DT_f32, lanes_of(k) + bytes_numbers(k) };
	return n;
}

/* weight_at - of output channel o, tap ki kj, input channel c of those in memory; what connects nothing is 0 */
static signed char
weight_at(const Node *n, const Kernel *k, int o, int ki, int kj, int c)
{
	Pair ks = kernel_size(k);
	int icg = k->in->shape.c/groups_of(k), ic = c - first_channel(k, o);

	if (o >= k->out->shape.c || ic < 0 || ic >= icg)
		return 0;
	return (signed char)n->p[P_weight].data[(((size_t)o*(size_t)icg + (size_t)ic)*(size_t)ks.h + (size_t)ki)*(size_t)ks.w +
	                                        (size_t)kj];
}

/* pack_steps - of a row of taps, or of one tap, from channel c on, for per output channels */
static signed char *
pack_steps(const Node *n, const Kernel *k, const Walk *w, int steps, int og, int per, Pair tap, int c, signed char *to)
{
	int deep = products_of(k->t).bytes, cb = k->in->lay.cb, bytes = w->run ? cb*kernel_size(k).w : cb;

	for (int s = 0; s < steps; s++)
	for (int o = og*per; o < (og + 1)*per; o++)
	for (int at = s*deep; at < (s + 1)*deep; at++)
		*to++ = at < bytes ? weight_at(n, k, o, tap.h, tap.w + at/cb, c + at%cb) : 0;
	return to;
}

/* pack_weights - in the order they are read: the usual one, or each group's own */
static void
pack_weights(const Node *n, const Kernel *k, signed char *to, int32_t *order)
{
	Pair ks = kernel_size(k);
	int ob = int8_chosen(k).ob, per = int8_per(k, ob), cb = k->in->lay.cb, blocks = blocks_needed(k, per);
	Walk w = int8_walk(k, per);

	for (int og = 0; og < groups_in(k, ob); og++) {
		signed char *group = to;
		for (int block = 0, c = first_block(k, og, per)*cb; block < blocks; block++, c += cb)
		for (int ki = 0; ki < ks.h; ki++)
		for (int kj = 0; kj < (w.run ? 1 : ks.w); kj++)
			to = pack_steps(n, k, &w, block + 1 < blocks ? w.steps : w.last, og, per, (Pair){ ki, kj }, c, to);
		if (int8_ordered(k))
			int8_order(k, per, group, order + og*int8_order_numbers(k, per));
	}
}

static void
pack(const Node *n, const Kernel *k, void *const *to)
{
	Pair ks = kernel_size(k);
	int icg = k->in->shape.c/groups_of(k), taps = ks.h*ks.w;
	int32_t *bias = to[1];
	float *factors = to[int8_ordered(k) ? 3 : 2];

	pack_weights(n, k, to[0], int8_ordered(k) ? to[2] : NULL);
	for (size_t o = 0; o < lanes_of(k); o++) {
		double sum = 0, less = products_of(k->t).less;
		bool there = o < (size_t)k->out->shape.c;
		for (int i = 0; there && i < icg*taps; i++)
			sum += n->p[P_weight].data[o*(size_t)(icg*taps) + (size_t)i]*
			       (zero_of(n->in[0], first_channel(k, (int)o) + i/taps) - less);
		bias[o] = there ? (int32_t)(uint32_t)(int64_t)(n->p[P_bias].data[o] - sum) : 0;     /* sums wrap around */
		factors[o] = there ? factor_of(n, o) : 0;
	}
	bytes_pack(n, factors + lanes_of(k));
}

/* --- emission --- */

static bool
to_bytes(const Kernel *k)
{
	return k->out->dtype == DT_u8;
}

static const char *
result_type(const Kernel *k)
{
	return to_bytes(k) ? "unsigned char" : "float";
}

static void
describe(const Kernel *k, char *name, size_t len)
{
	char direct[128];

	conv_describe(k, direct, sizeof direct);
	snprintf(name, len, "int8_%s%s", direct, to_bytes(k) ? "" : "_float");
}

/* operands - e lies behind the factors */
static int
operands(const Kernel *k, int phase, Operand *to)
{
	int n = 0;

	(void)phase;
	to[n++] = (Operand){ "x", Role_in, 0 };
	to[n++] = (Operand){ "w", Role_packed, 0 };
	to[n++] = (Operand){ "b", Role_packed, 1 };
	if (int8_ordered(k))
		to[n++] = (Operand){ "order", Role_packed, 2 };
	to[n++] = (Operand){ "s", Role_packed, int8_ordered(k) ? 3 : 2 };
	if (k->skip)
		to[n++] = (Operand){ "z", Role_in, 1 };
	to[n++] = (Operand){ "y", Role_out, 0 };
	return n;
}

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

/* sums_of - the sums of vector i, pixel j as floats */
static const char *
sums_of(const Kernel *k, int i, int j)
{
	int words = k->t->vl/products_of(k->t).sums;
	const char *s = acc(i*words, j);

	for (int at = 1; at < words; at++)
		s = arena_text("%s, %s", s, acc(i*words + at, j));
	return arena_text("to_floats(%s)", s);
}

/* emit_results - the sums times their channels' factors, the skip, bounds, rounding */
static void
emit_results(Out *o, const Kernel *k, int ob, int p)
{
	int vectors = int8_vectors(k, ob), wait = 0;
	bool twos = bytes_in_twos(k);
	const char *to[2], *values[2];

	out_line(o, "%s", "");
	emit_numbers(o, k, k->skip ? "f1 z1" : "");
	out_flow(o, "V");
	for (int i = 0; i < vectors; i++)
		out_flow(o, "s%d = ld(s%s)%s", i, plus((size_t)(i*k->t->vl)), i + 1 < vectors ? "," : ";");
	out_flow_end(o);
	for (int j = 0; j < p; j++)
	for (int i = 0; i < vectors; i++) {
		const char *value = arena_text("mul(%s, s%d)", sums_of(k, i, j), i);
		if (k->skip)
			value = arena_text("fma_(sub(ld8(z%s), z1), f1, %s)", pixel_at(k, &k->in[1], "zplane", i, j), value);
		to[wait] = arena_text("y%s", pixel_at(k, &k->out[0], "yplane", i, j));
		values[wait++] = value;
		if (twos && wait == 1 && j*vectors + i + 1 < p*vectors)
			continue;
		out_line(o, "%s", wait == 2 ? bytes_two_settled(to, values) : bytes_settled(k, to[0], values[0]));
		wait = 0;
	}
}

static bool
spans(const Kernel *k, int ob)
{
	return int8_vectors(k, ob) > k->out->lay.cb/k->t->vl || (k->skip && int8_vectors(k, ob) > k->in[1].lay.cb/k->t->vl);
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
		out_line(o, "if (ahead) RC_FETCH(w + ahead%s);", plus((size_t)(kj*tap)));
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
		for (int i = 0; i < how.each; i++)
			out_line(o, "if (ahead) RC_FETCH(w + ahead%s);", plus((size_t)(i*each)));
	}
	emit_dots(o, k, ob, p, loop ? 0 : w->rest);
	out_line(o, loop ? "}" : "w += %d;", each*w->steps);
	if (loop && w->run && w->rest) {
		emit_dots(o, k, ob, p, w->rest);
		out_line(o, "w += %d;", each*rest);
	}
	out_line(o, "}");
}

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
	out_line(o, "const unsigned char *xk = x + rc_within(order[0], end), *xl = x + rc_within(order[1], end);\n");
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
	bool wide = spans(k, tl->ob), slide = int8_slides(k, tl->ob, p), ordered = int8_ordered(k);
	const char *last = int8_ends_early(k, &w) && !slide ? ", int last" : "";

	out_line(o, "(const unsigned char *RC_RESTRICT x, const signed char *RC_RESTRICT w, const int32_t *b,\n"
	         "\tconst float *s,%s const float *e, %s%s%s *y,%s", ordered ? " const int32_t *order," : "",
	         k->skip ? "const unsigned char *z, " : "", k->skip && wide ? "int zplane, " : "", result_type(k),
	         wide ? " int yplane," : "");
	if (ordered)
		out_line(o, "\tint steps, int end, int ahead)");
	else
		out_line(o, "\tint blocks, int plane, int kh, int row%s%s%s)",
		         slide ? "" : !w.run ? ", int kw, int col" : w.loads ? ", int steps" : "",
		         products_of(k->t).dot ? "" : ", int ahead", last);
	out_line(o, "{");
	out_flow(o, "I");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < tl->ob; i++)
			out_flow(o, "%s = %s%s", acc(i, j),
			         j ? acc(i, 0) : arena_text("ldi(b%s)", plus((size_t)(i*products_of(k->t).sums))),
			         j + 1 == p && i + 1 == tl->ob ? ";" : ",");
	out_flow_end(o);
	if (!ordered)                /* whose numbers of steps stand with the sums */
		out_line(o, "%s", "");
	if (ordered)
		emit_ordered(o, k, tl->ob, p);
	else if (slide)
		emit_slides(o, k, tl->ob, p, &w);
	else
		emit_walk(o, k, tl->ob, p, &w);
	emit_results(o, k, tl->ob, p);
	out_line(o, "}");
	if (ordered)
		return helper(all, arena_text("** %d channels of %d pixels; end: where in x the usual last step reads\n", per, p),
		              "static RC_INLINE void", arena_text("int8_ordered_%dx%d_%s%d%s%s", per, p,
		              int8_pair_safe(k) ? "" : "any_", stride_of(k).w*k->in->lay.cb, k->skip ? "_add" : "",
		              to_bytes(k) ? "" : "_float"), o);
	return helper(all, arena_text("** %d channels of %d pixels; plane, row%s: from one block of channels%s to "
	                              "the next\n", per, p, w.run || slide ? "" : ", col",
	                              w.run ? ", one row" : slide ? "" : ", one tap"),
	              shared(k) ? "static RC_NOINLINE void" : "static RC_INLINE void",
	              arena_text("int8_tile_%dx%d%s%s%s%s%s", per, p, slide ? arena_text("_of%d", kernel_size(k).w) : "",
	                         stride_of(k).w > 1 ? arena_text("_s%d", stride_of(k).w) : "", w.steps > 1 ? "" : "_planar",
	                         k->skip ? "_add" : "", to_bytes(k) ? "" : "_float"), o);
}

enum {
	FetchWeights = 1 << 18,      /* bytes: larger weights are prefetched */
	FetchAhead   = 1 << 12
};

/* emit_tile - the micro-kernel of this layer: its name */
static const char *
emit_tile(Out *all, const Kernel *k, const Tiling *tl, int p)
{
	Out *o = out_in(NULL);
	Pair ks = kernel_size(k), dil = k->op == O_linear ? (Pair){ 1, 1 } : k->a.dilation;
	int per = int8_per(k, tl->ob), cb = k->in->lay.cb;
	Walk w = int8_walk(k, per);
	bool wide = spans(k, tl->ob);
	size_t bytes = group_bytes(k, tl->ob)*(size_t)groups_in(k, tl->ob);
	bool slide = int8_slides(k, tl->ob, p), ordered = int8_ordered(k);
	const char *taps = slide ? "" : !w.run ? arena_text(", %d, %d", ks.w, cb*dil.w) :
	                   w.loads ? arena_text(", %d", w.loads) : "";
	char name[160];

	if (!products_of(k->t).dot)
		taps = arena_text("%s, %d", taps, bytes > FetchWeights ? FetchAhead : 0);

	out_line(o, "(const unsigned char *x, const signed char *w, const int32_t *b, const float *s,\n"
	            "\t%sconst float *e,%s %s *y)", ordered ? "const int32_t *order, " : "",
	         k->skip ? " const unsigned char *z," : "", result_type(k));
	out_line(o, "{");
	if (ordered)
		out_line(o, "%s(x, w, b, s, order, e, %s%sy, %s%d, %d%s);", tile_word(all, k, tl, p), k->skip ? "z, " : "",
		         k->skip && wide ? arena_text("%zu, ", k->in[1].lay.plane) : "",
		         wide ? arena_text("%zu, ", k->out->lay.plane) : "", int8_steps(k, per),
		         int8_step_offset(k, per, int8_steps(k, per) - 1), arena_text(", %d", bytes > FetchWeights ? FetchAhead : 0));
	else
		out_line(o, "%s(x, w, b, s, e, %s%sy, %s%d, %zu, %d, %zu%s%s);", tile_word(all, k, tl, p),
	         k->skip ? "z, " : "", k->skip && wide ? arena_text("%zu, ", k->in[1].lay.plane) : "",
	         wide ? arena_text("%zu, ", k->out->lay.plane) : "", tl->blocks, k->in->lay.plane, ks.h,
	         k->in->lay.row*(size_t)dil.h, taps, int8_ends_early(k, &w) && !slide ? arena_text(", %d", w.last) : "");
	out_line(o, "}");
	describe(k, name, sizeof name);
	return helper(all, "", "static RC_NOINLINE void", arena_text("%s_p%d", name, p), o);
}

static void
emit_comment(Out *o, const Kernel *k, const Tiling *tl)
{
	Pair ks = kernel_size(k);
	int per = int8_per(k, tl->ob), deep = products_of(k->t).bytes;
	double macs = (double)k->out->shape.c*k->out->shape.h*k->out->shape.w*(k->in->shape.c/groups_of(k))*ks.h*ks.w;

	out_line(o, "** y = %s(s*(conv%dx%d(x, w) + b)%s)", to_bytes(k) ? "round" : "", ks.h, ks.w, k->skip ? " + f*z" : "");
	emit_operand(o, "x", &k->in[0]);
	if (k->skip)
		emit_operand(o, "z", &k->in[1]);
	emit_operand(o, "y", &k->out[0]);
	out_line(o, "** w  %zu bytes  [%d oc][%d ic][%d]%s[%d oc][%d]%s", group_bytes(k, tl->ob)*(size_t)groups_in(k, tl->ob),
	         groups_in(k, tl->ob), blocks_needed(k, per), ks.h,
	         int8_walk(k, per).run ? arena_text("[%d of %d x %d ic]", int8_walk(k, per).steps, ks.w, k->in->lay.cb) :
	         arena_text("[%d][%d ic]", ks.w, ceil_div(k->in->lay.cb, deep)), per, deep,
	         int8_pair_safe(k) ? "; no pair leaves 16 bits" : "");
	out_line(o, "** %.2f M MACs; %d pixels x %d channels in %d sums of 32 bits", macs/1e6, tl->p, per, tl->ob*tl->p);
}

/* base - TYPE *NAMEi = NAME + group + image + row + origin */
static void
base(Out *o, const Kernel *k, const char *type, const char *name, const char *group, const View *v, size_t row,
     size_t origin, const Tiling *tl)
{
	out_line(o, "%s *%si = %s%s%s%s%s;", type, name, name, group,
	         k->out->shape.n > 1 ? arena_text(" + n*%zu", v->lay.image) : "",
	         tl->rows > 1 ? arena_text(" + i*%zu", row) : "", plus(origin));
}

/* emit_calls - the tiles of one row */
static void
emit_calls(Out *o, const Kernel *k, const char *const tile[2], const Tiling *tl)
{
	int xs = stride_of(k).w*k->in->lay.cb, j = 0;

	for (int i = 0; i < 2; i++) {
		int p = tl->width[i], to = j + p*tl->count[i];
		bool loop = tl->count[i] > 1;
		if (!tl->count[i])
			continue;
		if (loop)
			out_line(o, "for (int j = %d; j < %d; j += %d)", j, to, p);
#define AT(step) loop ? arena_text(" + %s", times("j", (size_t)(step))) : plus((size_t)(j*(step)))
		out_line(o, "%s(xi%s, wi, bi, si, %se, %syi%s);", tile[i], AT(xs), int8_ordered(k) ? "orderi, " : "",
		         k->skip ? arena_text("zi%s, ", AT(k->in[1].lay.cb)) : "", AT(k->out->lay.cb));
#undef AT
		j = to;
	}
}

/*
** rows_first - where all weights stay in the second cache a thread's units are whole rows: then it reads what it wrote
** in the step before, and not what others did
*/
static bool
rows_first(const Kernel *k, const Tiling *tl)
{
	int groups = groups_in(k, tl->ob);

	return groups > 1 && k->t->parts > 1 && tl->rows*k->out->shape.n > 1 &&
	       (double)group_bytes(k, tl->ob)*groups <= k->t->l2/2;
}

/* emit_rows - the loop over units then */
static void
emit_rows(Out *o, int groups, int images, int rows)
{
	out_line(o, "for (int u = lo; u < hi; u++) {");
	out_line(o, "int og = u%%%d;", groups);
	if (images > 1)
		out_line(o, "int n = u/%d;", groups*rows);
	if (rows > 1)
		out_line(o, images > 1 ? "int i = u/%d%%%d;" : "int i = u/%d;", groups, rows);
}

static int
emit(Out *o, const Kernel *k, int phase)
{
	Tiling tl = int8_chosen(k);
	Pair s = stride_of(k);
	Sides pad = k->op == O_linear ? (Sides){ 0, 0, 0, 0 } : k->a.padding;
	int groups = groups_in(k, tl.ob), per = int8_per(k, tl.ob), vectors = int8_vectors(k, tl.ob), images = k->out->shape.n;
	size_t x0 = (size_t)(k->in->lay.halo.t - pad.t)*k->in->lay.row + (size_t)((k->in->lay.halo.l - pad.l)*k->in->lay.cb);
	const char *start, *tile[2] = { "", "" };
	bool many = groups > 1;

	emit_comment(o, k, &tl);
	for (int i = 0; i < 2; i++)
		if (tl.count[i])
			tile[i] = emit_tile(o, k, &tl, tl.width[i]);
	emit_head(o, k, phase);
	start = emit_from(o, k, per, groups);
	out_line(o, "const float *e = s + %zu;\n", lanes_of(k));
	if (rows_first(k, &tl))
		emit_rows(o, groups, images, tl.rows);
	else
		emit_units(o, "og", groups, images, tl.rows, "i");
	base(o, k, "const unsigned char", "x", start, &k->in[0], k->in->lay.row*(size_t)(s.h*tl.fold), x0, &tl);
	out_line(o, "const signed char *wi = w%s;", many ? arena_text(" + %s", times("og", group_bytes(k, tl.ob))) : "");
	out_line(o, "const int32_t *bi = b%s;", many ? arena_text(" + og*%d", per) : "");
	out_line(o, "const float *si = s%s;", many ? arena_text(" + og*%d", per) : "");
	if (int8_ordered(k))
		out_line(o, "const int32_t *orderi = order%s;", many ? arena_text(" + og*%d", int8_order_numbers(k, per)) : "");
	if (k->skip)
		base(o, k, "const unsigned char", "z", many ? arena_text(" + %s", group_at(k, &k->in[1].lay, vectors)) : "",
		     &k->in[1], k->in[1].lay.row*(size_t)tl.fold, k->in[1].lay.origin, &tl);
	base(o, k, result_type(k), "y", many ? arena_text(" + %s", group_at(k, &k->out->lay, vectors)) : "", &k->out[0],
	     k->out->lay.row*(size_t)tl.fold, k->out->lay.origin, &tl);
	out_line(o, "%s", "");
	emit_calls(o, k, tile, &tl);
	out_line(o, "}");
	out_line(o, "}");
	return groups*images*tl.rows;
}

const Family family_conv_int8 = {
	.name = "conv_int8", .planar = true, .ways = int8_ways, .cycles = int8_cycles, .work = int8_work,
	.describe = describe, .emit = emit, .operands = operands, .packed = packed, .pack_node = pack
};
