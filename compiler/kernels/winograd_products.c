/*
** winograd_products.c - the products of a block of tiles with the weights of a group of output channels: of every
** position, or of some of them, in register tiles of OB vectors by P tiles.
*/
#include "conv.h"
#include "winograd.h"

size_t
wino_group(const Kernel *k, const Wino *w)
{
	return w->fly ? fly_group(k, w) : (size_t)w->pos*(size_t)(w->icb*k->in->lay.cb*w->ob*k->t->vl);
}

/* wino_number - the type of U and V */
const char *
wino_number(const Kernel *k)
{
	return dtype_rows[wino_bytes(k) ? DT_i16 : DT_f32].c;
}

/* wino_numbers - several of them, in words */
const char *
wino_numbers(const Kernel *k)
{
	return dtype_rows[wino_bytes(k) ? DT_i16 : DT_f32].words;
}

/* product_number - of products */
static const char *
product_number(const Kernel *k)
{
	return dtype_rows[wino_bytes(k) ? DT_i32 : DT_f32].c;
}

/* wino_prefix - of names */
const char *
wino_prefix(const Kernel *k)
{
	return wino_bytes(k) ? "int8_" : "";
}

/*
** v_streams - does V of a block of tiles come from the third cache for each group: its lines of a position lie too far
** from the next one's for the processor to fetch them by itself
*/
static bool
v_streams(const Kernel *k, const Wino *w)
{
	return w->fly && !w->strided && !wino_bytes(k) && 4.0*w->pos*wino_v_step(k, w, w->width[0]) > k->t->l2/2;
}

/* product_of - one register tile at one position, the micro-kernel of a direct convolution: its name */
static const char *
product_of(Out *all, const Kernel *k, const Wino *w, int p)
{
	int vl = k->t->vl, per = w->ob*vl, cb = k->in->lay.cb;
	bool adds = wino_adds(w);
	Out *o = out_in(NULL);

	out_line(o, "(const float *x, const float *w, float *m, int blocks, int stride, %s)",
	         w->fly ? arena_text("const %s *next%s", weight_type(k), v_streams(k, w) ? ", int ahead" : "") : "int ahead");
	out_line(o, "{");
	out_flow(o, "V");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < w->ob; i++)
			out_flow(o, "%s = %s%s", acc(i, j), adds ? arena_text("ld(m%s)", plus((size_t)(j*per + i*vl))) : "zero()",
			         j + 1 == p && i + 1 == w->ob ? ";" : ",");
	out_flow_end(o);
	out_line(o, "\nfor (int c = 0; c < blocks; c++, x += stride) {");
	out_line(o, "const float *xk = x;\n");
	if (w->fly)
		emit_fly_fetch(o, k, w);
	if (v_streams(k, w)) {
		out_line(o, "for (int j = 0; j < %d; j++)", p);
		out_line(o, "\tRC_FETCH(x + ahead + j*%d);", cb);
	}
	out_line(o, "for (int k = 0; k < %d; k++, xk++, w += %d) {", cb, per);
	out_line(o, "RC_OPAQUE(xk);");
	if (!w->fly)
		emit_fetch(o, per, sizeof(float));
	emit_step(o, k->t, "ld", cb, w->ob, p);
	out_line(o, "}");
	out_line(o, "}\n");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < w->ob; i++)
			out_flow(o, "st(m%s, %s);", plus((size_t)(j*per + i*vl)), acc(i, j));
	out_flow_end(o);
	out_line(o, "}");
	return helper(all, arena_text("** m %s U V at one position: %d channels of %d tiles; stride: "
	                              "from one channel block of V to the next\n",
	                              adds ? "+=" : "=", per, p),
	              "static RC_INLINE void",
	              w->fly ? arena_text("product_%dx%d_%d%s", per, p, w->pos, v_streams(k, w) ? "_ahead" : "") :
	              arena_text("product_%dx%d", per, p), o);
}

void
emit_pieces(Out *o, Out *all, const Kernel *k, const Wino *w, int width, Run run, const char *blocks, const char *first,
            const char *others)
{
	int per = w->ob*k->t->vl, cb = k->in->lay.cb, pieces = wino_pieces(w, run.count);

	for (int i = 0, from = run.from; i < pieces;) {
		int p = wino_piece(w, run.count, i), equal = 1;
		const char *product = wino_bytes(k) ? int8_product(all, k, w, p) : product_of(all, k, w, p);
		while (i > 0 && i + equal < pieces && wino_piece(w, run.count, i + equal) == p)
			equal++;
		if (equal > 1)
			out_line(o, "for (int t = %d; t < %d; t += %d)", from, from + equal*p, p);
		out_line(o, "%s(v%s, u, m%s, %s, %d, %s);", product, equal > 1 ? arena_text(" + t*%d", cb) : plus((size_t)(from*cb)),
		         equal > 1 ? arena_text(" + t*%d", per) : plus((size_t)(from*per)), blocks, width*cb, i ? others : first);
		i += equal;
		from += equal*p;
	}
}

/*
** emit_row_of - row i of positions of a block with edges: those that follow each other with the same tiles are a loop.
** step: of the transformed weights; ahead: what else moves on with a position, or nothing
*/
static void
emit_row_of(Out *o, Out *all, const Kernel *k, const Wino *w, int width, int i, int step, const char *blocks,
            const char *first, const char *others, const char *ahead)
{
	for (int j = 0, end; j < w->aw; j = end) {
		Run run = wino_run(w, width, i, j);
		for (end = j + 1; end < w->aw && wino_run(w, width, i, end).count == run.count; end++)
			;
		if (end < w->aw || end > j + 1)
			out_line(o, "for (int j = 0; j < %d; j++, v += %d, u += %d, m += %d%s) {", end - j, wino_v_step(k, w, width), step,
			         wino_m_step(k, w, width), ahead);
		emit_pieces(o, all, k, w, width, run, blocks, first, others);
		if (end < w->aw || end > j + 1)
			out_line(o, "}");
	}
}

/*
** emit_fly_row - so many positions of a block of tiles, from transformed weights of blocks of channels: its name. Of a
** block with edges row i of positions
*/
static const char *
emit_fly_row(Out *all, const Kernel *k, const Wino *w, int width, int i)
{
	Out *o = out_in(NULL);
	bool pieces = wino_pieces(w, width) > 1;
	int most = wino_run(w, width, i, 0).count;
	const char *ahead = v_streams(k, w) ? arena_text(", %d", wino_v_step(k, w, width)) : "";
	const char *first = arena_text("next%s", ahead), *others = arena_text("NULL%s", ahead);

	out_line(o, "(const %s *RC_RESTRICT v, const %s *RC_RESTRICT u, %s *RC_RESTRICT m,%s int blocks,\n"
	            "\tconst %s *next)", wino_number(k), wino_number(k), product_number(k), w->images ? "" : " int count,",
	         weight_type(k));
	out_line(o, "{");
	if (w->images) {
		emit_row_of(o, all, k, w, width, i, wino_u_step(k, w), "blocks", first, others,
		            arena_text(", next += blocks*%d", fly_fetched(k, w)));
	} else {
		out_line(o, "for (int j = 0; j < count; j++, v += %d, u += %d, m += %d, next += blocks*%d)%s",
		         wino_v_step(k, w, width), wino_u_step(k, w), wino_m_step(k, w, width), fly_fetched(k, w),
		         pieces ? " {" : "");
		emit_pieces(o, all, k, w, width, (Run){ 0, width }, "blocks", first, others);
		if (pieces)
			out_line(o, "}");
	}
	out_line(o, "}");
	return helper(all, arena_text(w->images ? "** A row of positions of up to %d tiles\n" :
	              "** Some positions of %d tiles\n", most), "static RC_NOINLINE void",
	              arena_text("%srow_%dto%dx%d", wino_prefix(k), k->in->shape.c, w->ob*k->t->vl, most), o);
}

/* emit_fly_products - all positions of one block of tiles, transformed weights of some channels at a time; its name */
static const char *
emit_fly_products(Out *all, const Kernel *k, const Wino *w, int width)
{
	Out *o = out_in(NULL);
	const char *name = arena_text("%swinograd%dx%d_%dto%d_fly%d", wino_prefix(k), w->mh, w->mw, k->in->shape.c,
	                              k->out->shape.c, width), *rows[6];

	out_line(o, "(const %s *RC_RESTRICT v, const %s *w, %s *RC_RESTRICT u, %s *RC_RESTRICT m)", wino_number(k),
	         weight_type(k), wino_number(k), product_number(k));
	out_line(o, "{");
	out_line(o, "const %s *next = w + %d;\n", weight_type(k), 9*w->chunk*k->in->lay.cb*w->ob*k->t->vl);
	if (wino_adds(w))
		out_line(o, wino_bytes(k) ? "memset(m, 0, %d*sizeof *m);" : "rc_clear(m, %d);", w->pos*wino_m_step(k, w, width));
	for (int i = 0; i < w->ah; i++)
		rows[i] = w->images || !i ? emit_fly_row(all, k, w, width, i) : rows[0];
	emit_fly_rows(o, all, k, w, rows, width);
	out_line(o, "}");
	return helper(all, arena_text("** %d tiles: all positions, weights transformed on the fly\n", width),
	              "static RC_NOINLINE void", name, o);
}

/* emit_positions - of transformed weights, row i of a block with edges: the name */
static const char *
emit_positions(Out *all, const Kernel *k, const Wino *w, int width, int i, int weights, const char *ahead)
{
	Out *o = out_in(NULL);

	out_line(o, "(const float *RC_RESTRICT v, const float *RC_RESTRICT u, float *RC_RESTRICT m)");
	out_line(o, "{");
	emit_row_of(o, all, k, w, width, i, weights, arena_text("%d", w->icb), ahead, "0", "");
	out_line(o, "}");
	return helper(all, arena_text("** A row of positions of up to %d tiles\n", wino_run(w, width, i, 0).count),
	              "static RC_NOINLINE void",
	              arena_text("row_%dto%dx%d", k->in->shape.c, w->ob*k->t->vl, wino_run(w, width, i, 0).count), o);
}

static int
shares_beside(const Kernel *k, const Wino *w, int width)
{
	return shares_for((double)w->icb*k->in->lay.cb*w->ob*k->t->vl*width);
}

int
winograd_shares(const Kernel *k)
{
	Wino w = wino_chosen(k);
	int sum = 0;

	for (int i = 0; i < 2; i++)
		sum += w.count[i] ? w.count[i]*shares_beside(k, &w, w.width[i]) : 0;
	return w.fly || w.images ? 0 : w.bands*w.groups*w.pos*sum;
}

/* emit_products - all positions of a block; its name. Register tiles of one width are a loop but the first */
static const char *
emit_products(Out *all, const Kernel *k, const Wino *w, int width)
{
	int pieces = wino_pieces(w, width), weights = w->icb*k->in->lay.cb*w->ob*k->t->vl;
	const char *ahead = arena_text("%d", fetch_ahead(k->t, (size_t)w->groups*wino_group(k, w)*sizeof(float)));
	bool coming = shares_of(k);
	Out *o = out_in(NULL);

	out_line(o, "(const float *RC_RESTRICT v, const float *RC_RESTRICT u, float *RC_RESTRICT m%s)",
	         coming ? ", rc_coming *coming" : "");
	out_line(o, "{");
	for (int i = 0; w->images && i < w->ah; i++)
		out_line(o, "%s(v%s, u%s, m%s);", emit_positions(all, k, w, width, i, weights, ahead),
		         plus((size_t)(i*w->aw*wino_v_step(k, w, width))), plus((size_t)(i*w->aw*weights)),
		         plus((size_t)(i*w->aw*wino_m_step(k, w, width))));
	if (!w->images) {
		out_line(o, "for (int i = 0; i < %d; i++, v += %d, u += %d, m += %d)%s", w->pos, wino_v_step(k, w, width), weights,
		         wino_m_step(k, w, width), pieces > 1 || coming ? " {" : "");
		if (coming)
			out_line(o, "rc_fetch_coming(coming, %d);", shares_beside(k, w, width));
		emit_pieces(o, all, k, w, width, (Run){ 0, width }, arena_text("%d", w->icb), ahead, "0");
		if (pieces > 1 || coming)
			out_line(o, "}");
	}
	out_line(o, "}");
	return helper(all, arena_text("** %d tiles: the products of all positions\n", width), "static RC_NOINLINE void",
	              arena_text("winograd%dx%d_%dto%d_products%d", w->mh, w->mw, k->in->shape.c, k->out->shape.c, width), o);
}

const char *
wino_products(Out *all, const Kernel *k, const Wino *w, int width)
{
	return w->fly ? emit_fly_products(all, k, w, width) : emit_products(all, k, w, width);
}
