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

static void
describe(const Kernel *k, char *name, size_t len)
{
	char direct[128];

	conv_describe(k, direct, sizeof direct);
	snprintf(name, len, "int8_%s%s", direct, int8_to_bytes(k) ? "" : "_float");
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

enum {
	FetchWeights = 1 << 18,      /* bytes: larger weights are prefetched */
	FetchAhead   = 1 << 12
};

/* emit_tile - the micro-kernel of this layer: its name */
static const char *
emit_tile(Out *all, const Kernel *k, const Tiling *tl, int p)
{
	Out *o = out_in(NULL);
	bool large = group_bytes(k, tl->ob)*(size_t)groups_in(k, tl->ob) > FetchWeights;
	char name[160];

	out_line(o, "(const unsigned char *x, const signed char *w, const int32_t *b, const float *s,\n"
	            "\t%sconst float *e,%s %s *y)", int8_ordered(k) ? "const int32_t *order, " : "",
	         k->skip ? " const unsigned char *z," : "", int8_result(k));
	out_line(o, "{");
	if (int8_ordered(k))
		int8_ordered_call(o, all, k, tl, p, large ? FetchAhead : 0);
	else
		int8_tile_call(o, all, k, tl, p, large ? FetchAhead : 0);
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

	out_line(o, "** y = %s(s*(conv%dx%d(x, w) + b)%s)", int8_to_bytes(k) ? "round" : "", ks.h, ks.w,
	         k->skip ? " + f*z" : "");
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
	base(o, k, int8_result(k), "y", many ? arena_text(" + %s", group_at(k, &k->out->lay, vectors)) : "", &k->out[0],
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
