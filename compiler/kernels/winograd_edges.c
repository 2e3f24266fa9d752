/*
** winograd_edges.c - Winograd tiles of blocks with edges (winograd_runs.c): the loops over whole tiles, those of the
** last row and column, and the corner, from the input into V and from products back.
*/
#include "winograd.h"

/* side_of - of the tiles that are the last ones of an axis, or of the others */
static Side
side_of(int m, int edge, int out, bool last)
{
	return last && edge ? (Side){ m, edge, out%m } : wino_whole(m);
}

/* emit_tiles - the loop over the tiles of image l of a block that are such: rows i, columns j, tile t of the block */
static void
emit_tiles(Out *o, const Wino *w, bool bottom, bool right)
{
	int rows = rows_whole(w), cols = cols_whole(w), start = wino_start(w, bottom, right);
	bool images = w->images > 1;
	const char *at = bottom ? right ? images ? "l" : NULL : images ? arena_text("l*%d + j", cols) : "j" :
		right ? images ? arena_text("l*%d + i", rows) : "i" :
		images ? arena_text("(l*%d + i)*%d + j", rows, cols) : arena_text("i*%d + j", cols);

	out_line(o, "for (int i = %d; i < %d; i++)", bottom ? rows : 0, bottom ? w->tr : rows);
	out_line(o, "for (int j = %d; j < %d; j++) {", right ? cols : 0, right ? w->tc : cols);
	out_line(o, "int t = %s;", !at ? arena_text("%d", start) : start ? arena_text("%d + %s", start, at) : at);
}

/* emit_image - which image l of block tb is, where there are several */
static void
emit_image(Out *o, const Kernel *k, const Wino *w)
{
	if (w->images > 1)
		out_line(o, "for (int l = 0; l < %d; l++) {", w->images);
	if (k->out->shape.n > 1)
		out_line(o, "int n = %s;", w->count[0] == 1 ? "l" : w->images > 1 ? arena_text("tb*%d + l", w->images) : "tb");
}

/* emit_inputs - the tiles of an image's channel block c into V at vb */
static void
emit_inputs(Out *o, Out *all, const Kernel *k, const Wino *w, const char *vb)
{
	int cb = k->in->lay.cb, v0 = wino_v_step(k, w, w->width[0]);
	bool bytes = wino_bytes(k);
	const Layout *l = &k->in->lay;
	size_t x0 = (size_t)(l->halo.t - k->a.padding.t)*l->row + (size_t)((l->halo.l - k->a.padding.l)*cb);
	const char *each = cb == k->t->vl && !bytes ? "" : " + s";

	for (int bottom = 0; bottom <= (w->edge_h > 0); bottom++)
		for (int right = 0; right <= (w->edge_w > 0); right++) {
			Side down = side_of(w->mh, w->edge_h, k->out->shape.h, bottom);
			Side along = side_of(w->mw, w->edge_w, k->out->shape.w, right);
			const char *tile = bytes ? int8_in_tile(all, down, along, cb) : wino_in_tile(all, down, along, cb);
			emit_tiles(o, w, bottom, right);
			if (*each)
				out_line(o, "for (int s = 0; s < %d; s += %s)", cb, bytes ? "HL" : arena_text("%d", k->t->vl));
			out_line(o, "%s(x%s%s + i*%zu + j*%d%s%s, %zu, %s + %s*%d%s, %d);", tile,
			         w->icb > 1 ? arena_text(" + c*%zu", l->plane) : "",
			         k->out->shape.n > 1 ? arena_text(" + n*%zu", l->image) : "", l->row*(size_t)w->mh, w->mw*cb, plus(x0), each,
			         l->row, vb, w->icb > 1 ? arena_text("(c*%d + t)", w->width[0]) : "t", cb, each, v0);
			out_line(o, "}");
		}
}

/* emit_edge_input - the first phase: a unit is one channel block of an image */
int
emit_edge_input(Out *o, const Kernel *k, const Wino *w)
{
	int n = k->out->shape.n, v0 = w->pos*wino_v_step(k, w, w->width[0]);

	out_line(o, "** V of x for Winograd F(%dx%d, 3x3), its edges apart; a unit is one channel block of an image", w->mh,
	         w->mw);
	emit_operand(o, "x", &k->in[0]);
	out_line(o, "** V  %zu %s  [%d tiles][%d][%d ic][tile][%d ic]", wino_scratch(k, w), wino_numbers(k), w->width[0],
	         w->pos, w->icb, k->in->lay.cb);
	emit_head(o, k, 0);
	out_line(o, "for (int u = lo; u < hi; u++) {");
	if (n > 1)
		out_line(o, "int c = u/%d, n = u%%%d%s;", n, n, w->images > 1 ? arena_text(", l = n%%%d", w->images) : "");
	else if (w->icb > 1)
		out_line(o, "int c = u;");
	if (w->count[0] > 1)
		out_line(o, "%s *vb = v + n/%d*%d;", wino_number(k), w->images, v0);
	out_line(o, "%s", "");
	emit_inputs(o, o, k, w, w->count[0] > 1 ? "vb" : "v");
	out_line(o, "}");
	out_line(o, "}");
	return w->icb*n;
}

/* emit_edge_own_input - V of block tb, which a thread has to itself */
void
emit_edge_own_input(Out *o, const Kernel *k, const Wino *w)
{
	emit_image(o, k, w);
	if (w->icb > 1)
		out_line(o, "for (int c = 0; c < %d; c++) {", w->icb);
	emit_inputs(o, o, k, w, "v");
	if (w->icb > 1)
		out_line(o, "}");
	if (w->images > 1)
		out_line(o, "}");
}

/* emit_edge_back - the tiles of a block back to y */
void
emit_edge_back(Out *o, const Kernel *k, const Wino *w)
{
	int vl = k->t->vl, per = w->ob*vl;
	const char *numbers = wino_bytes(k) ? arena_text(" b + c*%d, f + c*%d, e,", vl, vl) :
		k->bias ? arena_text(" b + c*%d,", vl) : "";

	if (w->images == 1)
		out_line(o, "{");
	emit_image(o, k, w);
	if (w->ob > 1)
		out_line(o, "for (int s = 0; s < %d; s++) {", w->ob);
	out_line(o, "int c = %s;", w->alone && w->groups == 1 ? w->ob == 1 ? "0" : "s" :
	         w->ob == 1 ? "og" : arena_text("og*%d + s", w->ob));
	for (int bottom = 0; bottom <= (w->edge_h > 0); bottom++)
		for (int right = 0; right <= (w->edge_w > 0); right++) {
			Side down = side_of(w->mh, w->edge_h, k->out->shape.h, bottom);
			Side along = side_of(w->mw, w->edge_w, k->out->shape.w, right);
			const char *tile = wino_bytes(k) ? int8_out_tile(o, k, down, along, false) :
				wino_out_tile(o, k, down, along, false);
			emit_tiles(o, w, bottom, right);
			out_line(o, "%s(m + t*%d%s, %d,%s", tile, per, w->ob > 1 ? arena_text(" + s*%d", vl) : "",
			         wino_m_step(k, w, w->width[0]), numbers);
			if (k->skip)
				out_line(o, "%s,", wino_tile_in(k, w, "z", &k->in[1].lay));
			out_line(o, "%s);", wino_tile_in(k, w, "y", &k->out->lay));
			out_line(o, "}");
		}
	if (w->ob > 1)
		out_line(o, "}");
	out_line(o, "}");
}
