/*
** conv_int8.c - direct convolution of bytes, and linear as a 1x1 convolution of a 1x1 image.
**
** The micro-kernel of conv.c, four input channels a step: acc[vector o][pixel p] += w[k][o] . quad(x[p][k]), sums
** of 32 bits that are exact. Weights lie as they are read: [group of OB vectors][channel block][ki][kj][four
** channels][OB*VL][4]. What the zeros of the input take from the sums is in the biases; the halo holds that zero,
** so that it counts as nothing.
*/
#include <math.h>
#include <string.h>

#include "bytes.h"
#include "conv.h"

enum { Quad = 4 };

/* --- tiling --- */

static int
last_channels(const Kernel *k, int per)
{
	int cb = k->in->lay.cb;

	return groups_of(k) > 1 ? cb : k->in->shape.c - (blocks_needed(k, per) - 1)*cb;
}

/* last_quads - of the last block of input channels */
static int
last_quads(const Kernel *k, int per)
{
	return ceil_div(last_channels(k, per), Quad);
}

/* quads - steps of a tap */
static int
quads(const Kernel *k, int per)
{
	return (blocks_needed(k, per) - 1)*(k->in->lay.cb/Quad) + last_quads(k, per);
}

static bool
has_dot(const Kernel *k)
{
	return strstr(k->t->simd, "vnni") != NULL;
}

/* instructions - of one product of a vector */
static int
instructions(const Kernel *k)
{
	return has_dot(k) || k->t->vl == 1 ? 1 : k->a.pair_safe ? 3 : 6;
}

/* tiling_cycles - each step costs the most of its multiplications, loads, instructions and the latency of a sum */
static double
tiling_cycles(const Kernel *k, const Tiling *tl)
{
	const Target *t = k->t;
	Pair ks = kernel_size(k);
	int per = tl->ob*t->vl, each = instructions(k);
	double steps = (double)quads(k, per)*ks.h*ks.w, total = 0, bytes = 4.0*per, all = bytes*steps;
	double stream = all <= t->l1 ? 0 : bytes/(all < t->l2 ? t->from_l2 : t->from_l3);

	for (int i = 0; i < 2; i++) {
		double dots = (double)tl->ob*tl->width[i], loads = tl->ob + tl->width[i];
		double step = fmax(fmax(each*dots/t->fma, loads/t->load), fmax(fmax((each*dots + loads + 3)/t->issue, 5), stream));
		total += tl->count[i]*(steps*step + 20 + 6*dots + (k->skip ? 3*dots : 0));
	}
	return total*tl->rows*vectors_of(k)/tl->ob*k->out->shape.n;
}

static Tiling
folded(const Kernel *k, int ob, int p, int fold)
{
	Tiling tl = { .ob = ob, .fold = fold, .rows = k->out->shape.h/fold, .cols = k->out->shape.w*fold };

	split_row(tl.cols, p, tl.count, tl.width);
	tl.p = tl.width[0];
	tl.blocks = tl.chunk = blocks_needed(k, ob*k->t->vl);
	tl.bands = tl.rows;
	return tl;
}

static Tiling
tiling_of(const Kernel *k, int ob, int p)
{
	Tiling best = folded(k, ob, p, 1);

	for (int fold = 2; rows_follow(k) && fold <= k->out->shape.h; fold++)
		if (k->out->shape.h%fold == 0) {
			Tiling tl = folded(k, ob, p, fold);
			if (tiling_cycles(k, &tl) < 0.99*tiling_cycles(k, &best))
				best = tl;
		}
	return best;
}

static Tiling
chosen(const Kernel *k)
{
	return tiling_of(k, k->a.tile.h ? k->a.tile.h : 1, k->a.tile.w ? k->a.tile.w : 1);
}

/* ways - every OB x P that fits the registers, with one for x and what multiplies in several instructions */
static void
ways(const Kernel *k, EachWay *each, void *user)
{
	int per = k->out->lay.cb/k->t->vl, vectors = vectors_of(k), spare = has_dot(k) ? 1 : k->a.pair_safe ? 3 : 4;

	for (int ob = 1; ob <= 4; ob++) {
		if (vectors%ob || (ob%per && per%ob))
			continue;
		for (int p = 1; p <= 28; p++)
			if (ob*p + ob + spare <= k->t->regs || p == 1)
				each(user, (Way){ .tile = { ob, p } });
	}
}

static double
cycles(const Kernel *k, Way way)
{
	Tiling tl = tiling_of(k, way.tile.h, way.tile.w);

	return tiling_cycles(k, &tl);
}

/* work - in multiply-adds of floats: four bytes of each of a vector's sums in so many instructions */
static double
work(const Kernel *k)
{
	Pair ks = kernel_size(k);
	double macs = (double)k->out->shape.n*k->out->shape.c*k->out->shape.h*k->out->shape.w*
	              (k->in->shape.c/groups_of(k))*ks.h*ks.w;

	return macs*instructions(k)/Quad;
}

/* --- packing --- */

static size_t
group_bytes(const Kernel *k, int ob)
{
	Pair ks = kernel_size(k);
	int per = ob*k->t->vl;

	return (size_t)quads(k, per)*(size_t)(ks.h*ks.w*per*Quad);
}

static size_t
lanes_of(const Kernel *k)
{
	return (size_t)(vectors_of(k)*k->t->vl);
}

static int
packed(const Kernel *k, Packed *to)
{
	int ob = chosen(k).ob;

	to[0] = (Packed){ DT_i8, group_bytes(k, ob)*(size_t)(vectors_of(k)/ob) };
	to[1] = (Packed){ DT_i32, lanes_of(k) };
	to[2] = (Packed){ DT_f32, lanes_of(k) + bytes_numbers(k) };
	return 3;
}

/* pack_weights - in the order they are read; those that connect nothing are 0 */
static void
pack_weights(const Node *n, const Kernel *k, signed char *to)
{
	Pair ks = kernel_size(k);
	int ob = chosen(k).ob, per = ob*k->t->vl, cb = k->in->lay.cb, blocks = blocks_needed(k, per), taps = ks.h*ks.w;
	int icg = k->in->shape.c/groups_of(k);
	const double *w = n->p[P_weight].data;

	for (int og = 0; og < vectors_of(k)/ob; og++)
	for (int block = 0, c = first_block(k, og, per)*cb; block < blocks; block++, c += cb)
	for (int tap = 0; tap < taps; tap++)
	for (int at = c, end = c + (block + 1 < blocks ? cb : last_quads(k, per)*Quad); at < end; at += Quad)
	for (int o = og*per; o < (og + 1)*per; o++)
	for (int i = at; i < at + Quad; i++) {
		int ic = i - first_channel(k, o);
		bool joined = o < k->out->shape.c && ic >= 0 && ic < icg;
		*to++ = joined ? (signed char)w[((size_t)o*(size_t)icg + (size_t)ic)*(size_t)taps + (size_t)tap] : 0;
	}
}

static void
pack(const Node *n, const Kernel *k, void *const *to)
{
	Pair ks = kernel_size(k);
	int icg = k->in->shape.c/groups_of(k), taps = ks.h*ks.w;
	int32_t *bias = to[1];
	float *factors = to[2];

	pack_weights(n, k, to[0]);
	for (size_t o = 0; o < lanes_of(k); o++) {
		double sum = 0;
		bool there = o < (size_t)k->out->shape.c;
		for (int i = 0; there && i < icg*taps; i++)
			sum += n->p[P_weight].data[o*(size_t)(icg*taps) + (size_t)i]*zero_of(n->in[0], first_channel(k, (int)o) + i/taps);
		bias[o] = there ? (int32_t)(n->p[P_bias].data[o] - sum) : 0;
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
	to[n++] = (Operand){ "s", Role_packed, 2 };
	if (k->skip)
		to[n++] = (Operand){ "z", Role_in, 1 };
	to[n++] = (Operand){ "y", Role_out, 0 };
	return n;
}

/* emit_dots - one step: OB loads of weights, P quads of channels */
static void
emit_dots(Out *o, const Kernel *k, int ob, int p)
{
	int step = stride_of(k).w*k->in->lay.cb;
	const char *word = k->a.pair_safe ? "dot_pairs" : "dot";

	out_flow(o, "W");
	for (int i = 0; i < ob; i++)
		out_flow(o, "w%d = ldw(w%s)%s", i, plus((size_t)(i*k->t->vl*Quad)), i + 1 < ob ? "," : ";");
	out_flow(o, "X v;");
	out_flow_end(o);
	for (int j = 0; j < p; j++) {
		const char *line = arena_text("v = quad(xk%s);", plus((size_t)(j*step)));
		for (int i = 0; i < ob; i++)
			line = arena_text("%s %s = %s(%s, v, w%d);", line, acc(i, j), word, acc(i, j), i);
		out_line(o, "%s", line);
	}
}

/* emit_results - the sums times their channels' factors, the skip, bounds, rounding */
static void
emit_results(Out *o, const Kernel *k, int ob, int p)
{
	out_line(o, "%s", "");
	emit_numbers(o, k, k->skip ? "f1 z1" : "");
	out_flow(o, "V");
	for (int i = 0; i < ob; i++)
		out_flow(o, "s%d = ld(s%s)%s", i, plus((size_t)(i*k->t->vl)), i + 1 < ob ? "," : ";");
	out_flow_end(o);
	for (int j = 0; j < p; j++)
	for (int i = 0; i < ob; i++) {
		const char *value = arena_text("mul(to_floats(%s), s%d)", acc(i, j), i);
		if (k->skip)
			value = arena_text("fma_(sub(ld8(z%s), z1), f1, %s)", pixel_at(k, &k->in[1], "zplane", i, j), value);
		out_line(o, "%s", bytes_settled(k, arena_text("y%s", pixel_at(k, &k->out[0], "yplane", i, j)), value));
	}
}

static bool
spans(const Kernel *k, int ob)
{
	return ob > k->out->lay.cb/k->t->vl;
}

/* tile_word - P pixels by OB vectors of output channels, whatever the layer's size: its name */
static const char *
tile_word(Out *all, const Kernel *k, const Tiling *tl, int p)
{
	Out *o = out_in(NULL);
	int per = tl->ob*k->t->vl, full = k->in->lay.cb/Quad;
	bool wide = spans(k, tl->ob), many = full > 1;

	out_line(o, "(const unsigned char *RC_RESTRICT x, const signed char *RC_RESTRICT w, const int32_t *b,\n"
	         "\tconst float *s, const float *e, %s%s%s *y,%s", k->skip ? "const unsigned char *z, " : "",
	         k->skip && wide ? "int zplane, " : "", result_type(k), wide ? " int yplane," : "");
	out_line(o, "\tint blocks, int plane, int kh, int row, int kw, int col, int ahead%s)", many ? ", int last" : "");
	out_line(o, "{");
	out_flow(o, "I");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < tl->ob; i++)
			out_flow(o, "%s = %s%s", acc(i, j), j ? acc(i, 0) : arena_text("ldi(b%s)", plus((size_t)(i*k->t->vl))),
			         j + 1 == p && i + 1 == tl->ob ? ";" : ",");
	out_flow_end(o);
	out_line(o, "%s", "");
	out_line(o, "for (int c = 0; c < blocks; c++)");
	out_line(o, "for (int ki = 0; ki < kh; ki++)");
	out_line(o, "for (int kj = 0; kj < kw; kj++) {");
	out_line(o, "const unsigned char *xk = x + c*plane + ki*row + kj*col;");
	if (many) {
		out_line(o, "int kn = c + 1 < blocks ? %d : last;\n", full);
		out_line(o, "for (int k = 0; k < kn; k++, xk += %d, w += %d) {", Quad, per*Quad);
	}
	out_line(o, "RC_OPAQUE(xk);");
	out_line(o, "if (ahead) RC_FETCH(w + ahead);");
	emit_dots(o, k, tl->ob, p);
	out_line(o, many ? "}" : "w += %d;", per*Quad);
	out_line(o, "}");
	emit_results(o, k, tl->ob, p);
	out_line(o, "}");
	return helper(all, arena_text("** %d channels of %d pixels; plane, row, col: from one block of channels, one tap to "
	                              "the next\n", per, p), "static RC_INLINE void",
	              arena_text("int8_tile_%dx%d%s%s%s%s", per, p,
	                         stride_of(k).w > 1 ? arena_text("_s%d", stride_of(k).w) : "", many ? "" : "_planar",
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
	int per = tl->ob*k->t->vl, cb = k->in->lay.cb;
	bool wide = spans(k, tl->ob);
	size_t bytes = group_bytes(k, tl->ob)*(size_t)(vectors_of(k)/tl->ob);
	char name[160];

	out_line(o, "(const unsigned char *x, const signed char *w, const int32_t *b, const float *s,\n"
	            "\tconst float *e,%s %s *y)",
	         k->skip ? " const unsigned char *z," : "", result_type(k));
	out_line(o, "{");
	out_line(o, "%s(x, w, b, s, e, %s%sy, %s%d, %zu, %d, %zu, %d, %d, %d%s);", tile_word(all, k, tl, p),
	         k->skip ? "z, " : "", k->skip && wide ? arena_text("%zu, ", k->in[1].lay.plane) : "",
	         wide ? arena_text("%zu, ", k->out->lay.plane) : "", tl->blocks, k->in->lay.plane, ks.h,
	         k->in->lay.row*(size_t)dil.h, ks.w, cb*dil.w, bytes > FetchWeights ? FetchAhead : 0,
	         cb > Quad ? arena_text(", %d", last_quads(k, per)) : "");
	out_line(o, "}");
	describe(k, name, sizeof name);
	return helper(all, "", "static RC_NOINLINE void", arena_text("%s_p%d", name, p), o);
}

static void
emit_comment(Out *o, const Kernel *k, const Tiling *tl)
{
	Pair ks = kernel_size(k);
	int per = tl->ob*k->t->vl;
	double macs = (double)k->out->shape.c*k->out->shape.h*k->out->shape.w*(k->in->shape.c/groups_of(k))*ks.h*ks.w;

	out_line(o, "** y = %s(s*(conv%dx%d(x, w) + b)%s)", to_bytes(k) ? "round" : "", ks.h, ks.w, k->skip ? " + f*z" : "");
	emit_operand(o, "x", &k->in[0]);
	if (k->skip)
		emit_operand(o, "z", &k->in[1]);
	emit_operand(o, "y", &k->out[0]);
	out_line(o, "** w  %zu bytes  [%d oc][%d ic][%d][%d][%d ic][%d oc][4]%s",
	         group_bytes(k, tl->ob)*(size_t)(vectors_of(k)/tl->ob), vectors_of(k)/tl->ob, blocks_needed(k, per), ks.h,
	         ks.w, k->in->lay.cb/Quad, per, k->a.pair_safe ? "; no pair leaves 16 bits" : "");
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
		out_line(o, "%s(xi%s, wi, bi, si, e, %syi%s);", tile[i], AT(xs),
		         k->skip ? arena_text("zi%s, ", AT(k->in[1].lay.cb)) : "", AT(k->out->lay.cb));
#undef AT
		j = to;
	}
}

static int
emit(Out *o, const Kernel *k, int phase)
{
	Tiling tl = chosen(k);
	Pair s = stride_of(k);
	Sides pad = k->op == O_linear ? (Sides){ 0, 0, 0, 0 } : k->a.padding;
	int groups = vectors_of(k)/tl.ob, per = tl.ob*k->t->vl, images = k->out->shape.n;
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
	emit_units(o, "og", groups, images, tl.rows, "i");
	base(o, k, "const unsigned char", "x", start, &k->in[0], k->in->lay.row*(size_t)(s.h*tl.fold), x0, &tl);
	out_line(o, "const signed char *wi = w%s;", many ? arena_text(" + %s", times("og", group_bytes(k, tl.ob))) : "");
	out_line(o, "const int32_t *bi = b%s;", many ? arena_text(" + og*%d", per) : "");
	out_line(o, "const float *si = s%s;", many ? arena_text(" + og*%d", per) : "");
	if (k->skip)
		base(o, k, "const unsigned char", "z", many ? arena_text(" + %s", group_at(k, &k->in[1].lay, tl.ob)) : "", &k->in[1],
		     k->in[1].lay.row*(size_t)tl.fold, k->in[1].lay.origin, &tl);
	base(o, k, result_type(k), "y", many ? arena_text(" + %s", group_at(k, &k->out->lay, tl.ob)) : "", &k->out[0],
	     k->out->lay.row*(size_t)tl.fold, k->out->lay.origin, &tl);
	out_line(o, "%s", "");
	emit_calls(o, k, tile, &tl);
	out_line(o, "}");
	out_line(o, "}");
	return groups*images*tl.rows;
}

const Family family_conv_int8 = {
	.name = "conv_int8", .planar = true, .ways = ways, .cycles = cycles, .work = work, .describe = describe, .emit = emit,
	.operands = operands, .packed = packed, .pack_node = pack
};
