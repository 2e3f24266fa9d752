/*
** winograd_fly.c - weights of a Winograd convolution that the blob has as they are, in the order of a direct
** convolution: 9 numbers a channel pair instead of 16 to 36. A unit of work transforms them for its group of output
** channels, a chunk of input channels and one or two rows of positions at a time:
** w[group][channel block][ki][kj][channel][OB*VL] to U[position][channel][OB*VL], which stays in the first cache for
** the products of those rows. They add to what the chunks before gave. It pays where transformed weights would come
** from memory more slowly than they are multiplied. While a chunk is multiplied, the next one's weights are fetched,
** evenly over the products.
**
** G takes the even part of the taps plus or minus the odd part for each pair of points ±p, down a column and along a
** row. Its constants are rounded to floats, and what is made of them is rounded more than once: winograd_error tells
** what is lost.
*/
#include <math.h>
#include <string.h>

#include "winograd.h"

/* fly_group - numbers of one group's weights in the blob */
size_t
fly_group(const Kernel *k, const Wino *w)
{
	return (size_t)(9*w->icb*k->in->lay.cb)*(size_t)(w->ob*k->t->vl);
}

void
fly_pack(const Kernel *k, const Wino *w, const double *wt, void *to)
{
	int per = w->ob*k->t->vl, cb = k->in->lay.cb, channels = w->icb*cb;

	for (int oc = 0; oc < vectors_of(k)*k->t->vl; oc++) {
		size_t group = (size_t)(oc/per)*fly_group(k, w) + (size_t)(oc%per);
		for (int c = 0; c < channels; c++)
			for (int i = 0; i < 9; i++)
				put_weight(k, to, group + (size_t)(((c/cb*9 + i)*cb + c%cb)*per), oc < k->out->shape.c && c < k->in->shape.c ?
				           wt[((size_t)oc*(size_t)k->in->shape.c + (size_t)c)*9 + (size_t)i] : 0);
	}
}

/* fly_repack - as fly_pack goes */
int
fly_repack(Out *o, const Kernel *k, const Wino *w, bool turned)
{
	Repacking r = { .order = "RC_ORDER_DIRECT", .phases = 1, .groups = w->groups, .blocks = w->icb, .last = k->in->lay.cb,
		.per = w->ob*k->t->vl, .kernel = { 3, 3 }, .turned = turned ? 2 : 0 };

	return emit_packing(o, k, &r);
}

/* row_word - G along a row, into U: positions lie step floats apart; strided: of taps 0 and 2, tap 1 behind them */
static const char *
row_word(Out *o, int m, bool strided)
{
	double g[6][3];
	const char *pairs = "";

	winograd_filter(m, g);
	for (int p = 1; p <= m; p += 2) {
		const char *even = arena_text("mul(h0, splat(%s))", float_text(g[p][0])), *odd = float_text(g[p][1]);
		pairs = arena_text("%se = %s;\no = mul(%s, splat(%s));\nst(u + %s, add(e, o));\nst(u + %s, sub(e, o));\n", pairs,
		                   strided ? even : arena_text("fma_(h2, splat(%s), %s)", float_text(g[p][2]), even),
		                   strided ? "h2" : "h1", odd, times("step", (size_t)p), times("step", (size_t)p + 1));
	}
	return helper_text(o, "** G along a row, into U\n", "static RC_INLINE void",
		arena_text("filter%d_row%s", m, strided ? "_s2" : ""),
		arena_text("(float *u, int step, V h0, V h1, V h2)\n{\nV e, o;\n\nst(u, mul(h0, splat(%s)));\n"
		           "%sst(u + %d*step, h%d);\n}\n",
		float_text(g[0][0]), pairs, m + 1, strided ? 1 : 2));
}

/*
** fly_rows - transforms rows of positions of all channels of a group: one row of taps, or all three for the rows of p
** and -p, of which strided filters have no middle one
*/
const char *
fly_rows(Out *all, const Kernel *k, const Wino *w, bool pair)
{
	int vl = k->t->vl, per = w->ob*vl, cb = k->in->lay.cb, tap = cb*per;
	Out *o = out_in(NULL);
	const char *row = row_word(all, w->mw, w->strided), *at = w->ob > 1 ? " + s" : "", *ld = weight_load(k);

	out_line(o, "(const %s *RC_RESTRICT w, float *RC_RESTRICT u, int step, int blocks, %s)", weight_type(k), pair ?
	         w->strided ? "float g0, float g1" : "float g0, float g1, float g2" : "float g");
	out_line(o, "{");
	out_line(o, "for (int i = 0; i < blocks; i++, w += %d)", 8*tap);
	out_line(o, "for (int c = 0; c < %d; c++, w += %d, u += %d)%s", cb, per, per, w->ob > 1 ? "" : " {");
	if (w->ob > 1)
		out_line(o, "for (int s = 0; s < %d; s += %d) {", per, vl);
	for (int j = 0; j < 3 && pair; j++)
		if (w->strided) {
			out_line(o, "V e%d = mul(%s(w%s%s), splat(g0));", j, ld, plus((size_t)(j*tap)), at);
			out_line(o, "V o%d = mul(%s(w%s%s), splat(g1));", j, ld, plus((size_t)((6 + j)*tap)), at);
		} else {
			out_line(o, "V e%d = fma_(%s(w%s%s), splat(g2), mul(%s(w%s%s), splat(g0)));", j, ld, plus((size_t)((6 + j)*tap)),
			         at, ld, plus((size_t)(j*tap)), at);
			out_line(o, "V o%d = mul(%s(w%s%s), splat(g1));", j, ld, plus((size_t)((3 + j)*tap)), at);
		}
	if (!pair)
		out_line(o, "V g0 = splat(g);");
	for (int r = 0; r < (pair ? 2 : 1); r++) {
		out_flow(o, "%s(u%s%s, step,", row, r ? arena_text(" + %d*step", w->aw) : "", at);
		for (int j = 0; j < 3; j++)
			out_flow(o, "%s%s", pair ? arena_text("%s(e%d, o%d)", r ? "sub" : "add", j, j) :
			         arena_text("mul(%s(w%s%s), g0)", ld, plus((size_t)(j*tap)), at), j < 2 ? "," : ");");
		out_flow_end(o);
	}
	out_line(o, "}");
	out_line(o, "}");
	return helper(all, "** G g G'\n", "static RC_NOINLINE void",
	              arena_text("filter%d_%s_%d%s", w->mw, pair ? "pair" : "row", per, w->strided ? "_s2" : ""), o);
}

/*
** fly_lines - cache lines of the next chunk that are fetched with every block of channels of a position: all of them
** in the end, into the first cache: fetched into the second one alone, they come late on a Zen 5. Those of the chunk
** behind it go to the second cache, for memory takes longer than a chunk where there are few tiles.
*/
static int
fly_lines(const Kernel *k, const Wino *w)
{
	return ceil_div((int)(fly_group(k, w)/(size_t)w->icb*weight_bytes(k)/LineBytes), w->pos);
}

int
fly_fetched(const Kernel *k, const Wino *w)
{
	return fly_lines(k, w)*LineBytes/(int)weight_bytes(k);
}

void
emit_fly_fetch(Out *o, const Kernel *k, const Wino *w)
{
	int lines = fly_lines(k, w), line = LineBytes/(int)weight_bytes(k), far = 9*w->chunk*k->in->lay.cb*w->ob*k->t->vl;

	out_line(o, "if (next) {");
	for (int i = 0; i < lines; i++)
		out_flow(o, "RC_FETCH(next%s); RC_FETCH_FAR(next%s);", plus((size_t)(i*line)), plus((size_t)(i*line + far)));
	out_flow_end(o);
	out_line(o, "next += %d;", lines*line);
	out_line(o, "}");
}

/*
** emit_fly_rows - the loop over chunks of channels that transforms and multiplies the rows of positions: the word of a
** row is called with V, U, M, how many positions, if it is not a row of an image with edges, blocks of channels, the
** weights to fetch. The rows of p and -p lie beside each other.
*/
void
emit_fly_rows(Out *o, Out *all, const Kernel *k, const Wino *w, const char *const rows[], int width)
{
	int per = w->ob*k->t->vl, cb = k->in->lay.cb, v = w->aw*wino_v_step(k, w, width), m = w->aw*wino_m_step(k, w, width);
	bool bytes = wino_bytes(k);
	const char *row = bytes ? "" : fly_rows(all, k, w, false), *pair = bytes ? "" : fly_rows(all, k, w, true);
	const char *blocks = arena_text("%d", w->chunk);
	double g[6][3];

	winograd_filter(w->mh, g);
	out_line(o, "for (int c = 0; c < %d; c%s, v += %d, w += %d, next += %d) {", w->icb,
	         w->chunk == 1 ? "++" : arena_text(" += %d", w->chunk), w->chunk*width*cb, w->chunk*cb*9*per,
	         w->chunk*w->pos*fly_fetched(k, w));
	if (w->icb%w->chunk) {
		out_line(o, "int blocks = c + %d < %d ? %d : %d;", w->chunk, w->icb, w->chunk, w->icb%w->chunk);
		blocks = "blocks";
	}
	for (int i = 0; i < w->ah; i++) {
		bool end = i == 0 || i == w->ah - 1;
		if (bytes)
			out_line(o, "%s(w, u, %d, %s);", int8_filter(all, k, w, i), wino_u_step(k, w), blocks);
		else if (end)
			out_line(o, "%s(w%s, u, %d, %s, %s);", row, i ? plus((size_t)(6*cb*per)) : "", wino_u_step(k, w), blocks,
			         float_text(g[i][i ? 2 : 0]));
		else
			out_line(o, "%s(w, u, %d, %s, %s, %s, %s);", pair, wino_u_step(k, w), blocks, float_text(g[i][0]),
			         float_text(g[i][1]), float_text(g[i][2]));
		for (int r = 0; r < (end || !w->images ? 1 : 2); r++)
			out_line(o, "%s(v%s, u%s, m%s, %s%s, next%s);", rows[i + r], plus((size_t)((i + r)*v)),
			         plus((size_t)(r*w->aw*wino_u_step(k, w))), plus((size_t)((i + r)*m)),
			         w->images ? "" : arena_text("%d, ", end ? w->aw : 2*w->aw), blocks,
			         plus((size_t)((i + r)*w->aw*w->chunk*fly_fetched(k, w))));
		i += !end;
	}
	out_line(o, "}");
}
