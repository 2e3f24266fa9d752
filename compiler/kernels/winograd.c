/*
** winograd.c - 3x3 convolutions of stride 1 by Winograd's minimal filtering (Lavin and Gray 2015): an output
** tile of mh x mw costs (mh + 2)(mw + 2) multiply-adds a channel pair instead of 9 mh mw.
**
** A band of tile rows goes through two phases that all threads share. First every input tile is
** transformed: V[block of tiles][position][channel block][tile][channel]. Then, for OB vectors of output
** channels and one block of tiles, all positions are multiplied with the transformed weights
** U[group][position][channel][OB*VL], read as one stream, and transformed back with bias, skip and
** activation. A block's products wait in memory that each thread has to itself; it is large, so that U is streamed
** seldom. At every position it is multiplied in register tiles of OB vectors by P tiles. Bands keep V in the second
** cache.
**
** Where all of U stays in the second cache, several threads would spend their time waiting for phases to end and V
** crossing from core to core: there a thread does a block of tiles alone, from x to y, with V and products in the
** thread's own memory. Where only V is small, each thread makes all of it again.
*/
#include <math.h>
#include <string.h>

#include "conv.h"
#include "winograd.h"

/* --- weights --- */

static size_t
winograd_weights(const Kernel *k)
{
	Wino w = wino_chosen(k);

	return (size_t)w.groups*wino_group(k, &w);
}

static int
winograd_packed(const Kernel *k, Packed *to)
{
	return dense_packed(k, winograd_weights(k), to);
}

/* pack_transformed - G g G' */
static void
pack_transformed(const Kernel *k, const double *wt, float *to)
{
	Wino w = wino_chosen(k);
	int per = w.ob*k->t->vl, channels = w.icb*k->in->lay.cb;
	double gh[6][3], gw[6][3], u[36];

	winograd_filter(w.mh, gh);
	winograd_filter(w.mw, gw);
	for (int oc = 0; oc < vectors_of(k)*k->t->vl; oc++) {
		float *group = to + (size_t)(oc/per)*wino_group(k, &w) + oc%per;
		for (int c = 0; c < channels; c++) {
			if (oc < k->out->shape.c && c < k->in->shape.c)
				winograd_kernel(w.ah, w.aw, gh, gw, wt + ((size_t)oc*(size_t)k->in->shape.c + (size_t)c)*9, u);
			else
				memset(u, 0, sizeof u);
			for (int i = 0; i < w.pos; i++)
				group[((size_t)i*(size_t)channels + (size_t)c)*(size_t)per] = (float)u[i];
		}
	}
}

static void
winograd_pack(const Kernel *k, const double *wt, const double *b, void *const *to)
{
	Wino w = wino_chosen(k);

	if (w.fly)
		fly_pack(k, &w, wt, to[0]);
	else
		pack_transformed(k, wt, to[0]);
	pack_bias(k, b, to);
}

/* winograd_repack - as winograd_pack goes */
static int
winograd_repack(Out *o, const Kernel *k, bool turned)
{
	Wino w = wino_chosen(k);
	Repacking r = { .order = "RC_ORDER_WINOGRAD", .phases = 1, .groups = w.groups, .blocks = w.icb, .last = k->in->lay.cb,
		.per = w.ob*k->t->vl, .kernel = { 3, 3 }, .turned = turned ? 2 : 0, .ah = w.ah, .aw = w.aw };

	return w.fly ? fly_repack(o, k, &w, turned) : emit_packing(o, k, &r);
}

/* --- emission --- */

/* emit_block_of - where tile t of a band lies in V at position 0, channel block c: vt; the distance of its positions */
static const char *
emit_block_of(Out *o, const Kernel *k, const Wino *w)
{
	int first = w->count[0]*w->width[0], v0 = wino_v_step(k, w, w->width[0]), cb = k->in->lay.cb;

	if (!w->count[1]) {
		out_line(o, "%s *vt = v + t/%d*%d + (c*%d + t%%%d)*%d;\n", wino_number(k), w->width[0], w->pos*v0, w->width[0],
		         w->width[0], cb);
		return arena_text("%d", v0);
	}
	int v1 = wino_v_step(k, w, w->width[1]);
	out_line(o, "int wide = t < %d%s;", first, v0 == v1 ? "" : arena_text(", step = wide ? %d : %d", v0, v1));
	out_line(o, "%s *vt = v + (wide ? t/%d*%d + (c*%d + t%%%d)*%d", wino_number(k), w->width[0], w->pos*v0, w->width[0],
	         w->width[0], cb);
	out_line(o, ": %d + (t - %d)/%d*%d + (c*%d + (t - %d)%%%d)*%d);\n", w->count[0]*w->pos*v0, first, w->width[1],
	         w->pos*v1, w->width[1], first, w->width[1], cb);
	return v0 == v1 ? arena_text("%d", v0) : "step";
}

typedef int StepOf(const Kernel *k, const Wino *w, int width);

/* step_of_block - from one position of a block to the next: of blocks of both widths where they differ, the name */
static const char *
step_of_block(const Kernel *k, const Wino *w, StepOf *of, const char *name)
{
	int wide = of(k, w, w->width[0]);

	return w->count[1] && of(k, w, w->width[1]) != wide ? name : arena_text("%d", wide);
}

/* step_declared - its declaration behind others, where it is a name */
static const char *
step_declared(const Kernel *k, const Wino *w, StepOf *of, const char *name)
{
	if (step_of_block(k, w, of, name) != name)
		return "";
	return arena_text(", %s = wide ? %d : %d", name, of(k, w, w->width[0]), of(k, w, w->width[1]));
}

/* emit_tile_row - tile row i (and image n) of row r of the band, an expression */
static void
emit_tile_row(Out *o, const Kernel *k, const Wino *w, const char *r)
{
	const char *row = w->bands > 1 ? arena_text("(band*%d + %s)", w->rows, r) : r;

	if (k->out->shape.n > 1)
		out_line(o, "int n = %s/%d, i = %s%%%d;", row, w->tr, row, w->tr);
	else if (strcmp(row, "i"))
		out_line(o, "int i = %s;", row);
}

static int
emit_input_phase(Out *o, const Kernel *k, const Wino *w)
{
	int cb = k->in->lay.cb, units = w->rows*w->icb;
	const char *tile = wino_bytes(k) ? int8_in_tile(o, wino_whole(w->mh), wino_whole(w->mw), cb) :
		wino_in_tile(o, wino_whole(w->mh), wino_whole(w->mw), cb);
	const char *step;
	const char *r = w->bands == 1 && k->out->shape.n == 1 ? "i" : "r";
	size_t row = k->in->lay.row,
		x0 = (size_t)(k->in->lay.halo.t - k->a.padding.t)*row + (size_t)((k->in->lay.halo.l - k->a.padding.l)*cb);

	out_line(o, "** V of x for Winograd F(%dx%d, 3x3); a unit is one channel block of one tile row", w->mh, w->mw);
	emit_operand(o, "x", &k->in[0]);
	out_line(o, "** V  %zu %s  [%d tiles][%d][%d ic][tile][%d ic]%s", wino_scratch(k, w), wino_numbers(k), w->width[0],
	         w->pos, w->icb, cb, w->bands > 1 ? arena_text(", of one of %d bands of tile rows", w->bands) : "");
	emit_head(o, k, 0);
	out_line(o, "for (int u = lo; u < hi; u++) {");
	if (w->bands > 1)
		out_line(o, "int band = u/%d, c = u%%%d/%d, r = u%%%d;", units, units, w->rows, w->rows);
	else
		out_line(o, "int c = u/%d, %s = u%%%d;", w->rows, r, w->rows);
	emit_tile_row(o, k, w, r);
	out_line(o, "const %s *xi = x + c*%zu + i*%zu%s%s;\n", dtype_rows[k->in->dtype].c, k->in->lay.plane, row*(size_t)w->mh,
	         k->out->shape.n > 1 ? arena_text(" + n*%zu", k->in->lay.image) : "", plus(x0));
	out_line(o, "for (int j = 0; j < %d; j++) {", w->tc);
	out_line(o, "int t = %s*%d + j;", r, w->tc);
	step = emit_block_of(o, k, w);
	if (cb == k->t->vl && !wino_bytes(k)) {
		out_line(o, "%s(xi + j*%d, %zu, vt, %s);", tile, w->mw*cb, row, step);
	} else {
		out_line(o, "for (int s = 0; s < %d; s += %s)", cb, wino_bytes(k) ? "HL" : arena_text("%d", k->t->vl));
		out_line(o, "%s(xi + j*%d + s, %zu, vt + s, %s);", tile, w->mw*cb, row, step);
	}
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return units;
}

/* in_one - is it one function, without phases */
static bool
in_one(const Wino *w)
{
	return w->alone || w->again;
}

/* emit_block - which block of tiles a unit is, and its products */
static void
emit_block(Out *o, const Kernel *k, const Wino *w, const char *const products[2])
{
	int blocks = w->count[0] + w->count[1], units = w->groups*blocks, first = w->count[0]*w->width[0];
	int v0 = w->pos*wino_v_step(k, w, w->width[0]);
	size_t group = wino_group(k, w);
	const char *to = w->fly ? arena_text(wino_bytes(k) ? "(int16_t *)(void *)(m + %d), m" : "m + %d, m",
	                                        w->pos*wino_m_step(k, w, w->width[0])) : shares_of(k) ? "m, coming" : "m";
	const char *unit = w->bands > 1 ? arena_text("u%%%d", units) : "u";

	if (w->bands > 1)
		out_line(o, "int band = u/%d;", units);
	if (blocks > 1)
		out_line(o, "int og = %s/%d, tb = u%%%d;", unit, blocks, blocks);
	else
		out_line(o, "int og = %s;", unit);
	if (w->count[1]) {
		int v1 = w->pos*wino_v_step(k, w, w->width[1]);
		out_line(o, "int wide = tb < %d, width = wide ? %d : %d;", w->count[0], w->width[0], w->width[1]);
		out_line(o, "int start = wide ? tb*%d : %d + (tb - %d)*%d%s;\n", w->width[0], first, w->count[0], w->width[1],
		         step_declared(k, w, wino_m_step, "step"));
		out_line(o, "if (wide)");
		out_line(o, "%s(v + tb*%d, w + og*%zu, %s);", products[0], v0, group, to);
		out_line(o, "else");
		out_line(o, "\t%s(v + %d + (tb - %d)*%d, w + og*%zu, %s);", products[1], w->count[0]*v0, w->count[0], v1, group, to);
	} else
		out_line(o, "\n%s(v%s, w + og*%zu, %s);", products[0], blocks > 1 ? arena_text(" + tb*%d", v0) : "", group, to);
}

/*
** emit_place - row i and column j of tile t of block tb (and image n), behind what else is declared; blocks of whole
** rows need no divisions of a sum
*/
static void
emit_place(Out *o, const Kernel *k, const Wino *w, const char *before)
{
	int blocks = w->count[0] + w->count[1], rows = w->width[0]/w->tc;
	const char *t = w->count[1] ? "(start + t)" : blocks > 1 ? arena_text("(tb*%d + t)", w->width[0]) : "t",
		*row = arena_text("%s/%d", t, w->tc);

	if (!w->count[1] && w->width[0] == rows*w->tc && blocks > 1) {
		row = rows == 1 ? "tb" : arena_text("(tb*%d + t/%d)", rows, w->tc);
		t = "t";
	}
	out_line(o, "int %sj = %s;", before, rows == 1 && !strcmp(t, "t") ? t : arena_text("%s%%%d", t, w->tc));
	emit_tile_row(o, k, w, row);
}

/* emit_back - the tiles of a block back to y */
static void
emit_back(Out *o, const Kernel *k, const Wino *w, const char *tile)
{
	int vl = k->t->vl, per = w->ob*vl;
	const char *each = w->ob > 1 ? arena_text(" + s*%d", vl) : "";

	out_line(o, "for (int t = 0; t < %s; t++)%s", w->count[1] ? "width" : arena_text("%d", w->width[0]),
	         w->ob > 1 ? "" : " {");
	if (w->ob > 1)
		out_line(o, "for (int s = 0; s < %d; s++) {", w->ob);
	emit_place(o, k, w, w->alone && w->groups == 1 ? w->ob == 1 ? "c = 0, " : "c = s, " :
	           w->ob == 1 ? "c = og, " : arena_text("c = og*%d + s, ", w->ob));
	out_line(o, "%s(m + t*%d%s, %s,%s", tile, per, each,
	         step_of_block(k, w, wino_m_step, "step"),
	         wino_bytes(k) ? arena_text(" b + c*%d, f + c*%d, e,", vl, vl) : k->bias ? arena_text(" b + c*%d,", vl) : "");
	if (k->skip)
		out_line(o, "%s,", wino_tile_in(k, w, "z", &k->in[1].lay));
	out_line(o, "%s%s);", wino_tile_in(k, w, "y", &k->out->lay),
	         w->ragged ? arena_text(", %d - i*%d, %d - j*%d", k->out->shape.h, w->mh, k->out->shape.w, w->mw) : "");
	out_line(o, "}");
}

static void
emit_comment(Out *o, const Kernel *k, const Wino *w)
{
	double macs = winograd_work(k);
	int tiles = wino_piece(w, w->width[0], 0);

	out_line(o, "** y = %sconv3x3(x, w)%s%s%s by Winograd F(%dx%d, 3x3)%s; a unit is %s", act_open(k),
	         k->bias ? " + b" : "", k->skip ? " + z" : "", act_close(k), w->mh, w->mw, in_one(w) ? "" : ", from V of x",
	         w->alone ? "a block of tiles, from x over V to y" : w->again ?
	         arena_text("%d channels; each thread makes V of x first", w->ob*k->t->vl) :
	         arena_text("%d channels of one block of tiles", w->ob*k->t->vl));
	if (in_one(w))
		emit_operand(o, "x", &k->in[0]);
	if (k->skip)
		emit_operand(o, "z", &k->in[1]);
	emit_operand(o, "y", &k->out[0]);
	if (wino_bytes(k))
		out_line(o, "** w  %zu bytes  [%d oc][%d ic][3][3][%d ic][%d oc][2]; G g G' of %d of its channels: %d bytes a thread",
		         winograd_weights(k), w->groups, w->icb, k->in->lay.cb/2, w->ob*k->t->vl, w->chunk*k->in->lay.cb,
		         2*w->aw*wino_u_step(k, w)*2);
	else if (w->fly)
		out_line(o, "** w  %zu floats  [%d oc][%d ic][3][3][%d ic][%d oc]; G g G' of %d of its channels: %d bytes a thread",
		         winograd_weights(k), w->groups, w->icb, k->in->lay.cb, w->ob*k->t->vl, w->chunk*k->in->lay.cb,
		         2*w->aw*wino_u_step(k, w)*4);
	else
		out_line(o, "** w  %zu floats  [%d oc][%d][%d ic][%d oc]: G g G'", winograd_weights(k), w->groups, w->pos,
		         w->icb*k->in->lay.cb, w->ob*k->t->vl);
	out_line(o, "** %.2f M MACs instead of %.2f M; %d tiles x %d channels in %d accumulators; m: %d bytes a thread%s",
	         macs/1e6, 9.0*k->out->shape.n*k->out->shape.h*k->out->shape.w*k->in->shape.c*k->out->shape.c/1e6, tiles,
	         w->ob*k->t->vl, tiles*w->ob, w->pos*wino_m_step(k, w, w->width[0])*4,
	         in_one(w) ? arena_text(", V: %d", w->pos*wino_v_step(k, w, w->width[0])*(wino_bytes(k) ? 2 : 4)) : "");
}

/* emit_own_input - V of block tb, as the input phase makes it, behind the products */
static void
emit_own_input(Out *o, const Kernel *k, const Wino *w, const char *tile)
{
	int cb = k->in->lay.cb;
	size_t row = k->in->lay.row;
	const char *width = w->count[1] ? "width" : arena_text("%d", w->width[0]);
	size_t x0 = (size_t)(k->in->lay.halo.t - k->a.padding.t)*row + (size_t)((k->in->lay.halo.l - k->a.padding.l)*cb);
	const char *step = step_of_block(k, w, wino_v_step, "vstep"), *each = cb == k->t->vl && !wino_bytes(k) ? "" : " + s";

	out_line(o, "for (int t = 0; t < %s; t++) {", width);
	emit_place(o, k, w, "");
	out_line(o, "const %s *xi = x + i*%zu + j*%d%s%s;\n", dtype_rows[k->in->dtype].c, row*(size_t)w->mh, w->mw*cb,
	         k->out->shape.n > 1 ? arena_text(" + n*%zu", k->in->lay.image) : "", plus(x0));
	if (w->icb > 1)
		out_line(o, "for (int c = 0; c < %d; c++)", w->icb);
	if (*each)
		out_line(o, "for (int s = 0; s < %d; s += %s)", cb, wino_bytes(k) ? "HL" : arena_text("%d", k->t->vl));
	out_line(o, "%s(xi%s%s, %zu, v + %s*%d%s, %s);", tile, w->icb > 1 ? arena_text(" + c*%zu", k->in->lay.plane) : "",
	         each, row, w->icb > 1 ? arena_text("(c*%s + t)", width) : "t", cb, each, step);
	out_line(o, "}");
}

static int
emit_in_one(Out *o, const Kernel *k, const Wino *w)
{
	const char *products[2] = { NULL, NULL }, *in = NULL, *tile = NULL, *group, *to = shares_of(k) ? "m, coming" : "m";
	int blocks = w->count[0] + w->count[1], m = w->pos*wino_m_step(k, w, w->width[0]);
	bool bytes = wino_bytes(k);

	for (int i = 0; i < 2; i++)
		if (w->count[i])
			products[i] = wino_products(o, k, w, w->width[i]);
	if (bytes && !w->images) {
		in = int8_in_tile(o, wino_whole(w->mh), wino_whole(w->mw), k->in->lay.cb);
		tile = int8_out_tile(o, k, wino_whole(w->mh), wino_whole(w->mw), w->ragged);
	} else if (!w->images) {
		in = wino_in_tile(o, wino_whole(w->mh), wino_whole(w->mw), k->in->lay.cb);
		tile = wino_out_tile(o, k, wino_whole(w->mh), wino_whole(w->mw), w->ragged);
	}
	emit_comment(o, k, w);
	emit_head(o, k, 0);
	if (bytes) {
		out_line(o, "const float *e = f + %d;", vectors_of(k)*k->t->vl);
		out_line(o, "int16_t *u = (int16_t *)(void *)(m + %d);\n", m);
		to = "u, m";
	}
	if (w->alone)
		out_line(o, "for (int tb = lo; tb < hi; tb++) {");
	out_line(o, "%s *v = %s + %d;%s", wino_number(k), bytes ? "u" : "m", bytes ? 2*w->aw*wino_u_step(k, w) : m,
	         w->count[1] ? "" : "\n");
	if (w->count[1]) {
		out_line(o, "int wide = tb < %d;", w->count[0]);
		out_line(o, "int width = wide ? %d : %d, start = tb*width + (wide ? 0 : %d)%s%s;\n", w->width[0], w->width[1],
		         w->count[0], step_declared(k, w, wino_v_step, "vstep"), step_declared(k, w, wino_m_step, "step"));
	}
	if (w->images)
		emit_edge_own_input(o, k, w);
	else
		emit_own_input(o, k, w, in);
	if (w->again)
		out_line(o, "for (int og = lo; og < hi; og++) {");
	else if (w->groups > 1)
		out_line(o, "for (int og = 0; og < %d; og++) {", w->groups);
	group = w->groups > 1 ? arena_text("w + og*%zu", wino_group(k, w)) : "w";
	if (w->count[1])
		out_line(o, "(wide ? %s : %s)(v, %s, %s);", products[0], products[1], group, to);
	else
		out_line(o, "%s(v, %s, %s);", products[0], group, to);
	if (w->images)
		emit_edge_back(o, k, w);
	else
		emit_back(o, k, w, tile);
	if (w->groups > 1)
		out_line(o, "}");
	if (w->alone)
		out_line(o, "}");
	out_line(o, "}");
	return w->alone ? blocks : w->groups;
}

static int
emit_output_phase(Out *o, const Kernel *k, const Wino *w)
{
	const char *products[2] = { NULL, NULL }, *tile = NULL;

	for (int i = 0; i < 2; i++)
		if (w->count[i])
			products[i] = wino_products(o, k, w, w->width[i]);
	if (!w->images)
		tile = wino_bytes(k) ? int8_out_tile(o, k, wino_whole(w->mh), wino_whole(w->mw), w->ragged) :
		       wino_out_tile(o, k, wino_whole(w->mh), wino_whole(w->mw), w->ragged);
	emit_comment(o, k, w);
	emit_head(o, k, 1);
	if (wino_bytes(k))
		out_line(o, "const float *e = f + %d;\n", vectors_of(k)*k->t->vl);
	out_line(o, "for (int u = lo; u < hi; u++) {");
	emit_block(o, k, w, products);
	if (w->images)
		emit_edge_back(o, k, w);
	else
		emit_back(o, k, w, tile);
	out_line(o, "}");
	out_line(o, "}");
	return w->groups*(w->count[0] + w->count[1]);
}

/* --- what the family answers --- */

int
winograd_emit(Out *o, const Kernel *k, int phase)
{
	Wino w = wino_chosen(k);

	if (in_one(&w))
		return emit_in_one(o, k, &w);
	if (!phase && w.images)
		return emit_edge_input(o, k, &w);
	return phase ? emit_output_phase(o, k, &w) : emit_input_phase(o, k, &w);
}

static void
winograd_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "winograd%dx%d_%s%dto%d_%dx%d%s%s", k->a.winograd.h, k->a.winograd.w,
	         k->a.on_the_fly ? "fly_" : "", k->in->shape.c, k->out->shape.c, k->out->shape.h, k->out->shape.w,
	         k->skip ? "_add" : "", act_suffix(k));
}

const char *
winograd_phase_name(const Kernel *k, int phase)
{
	(void)phase;                     /* there is one before the last */
	return arena_text("%swinograd%dx%d_in_%dx%dx%d", wino_prefix(k), k->a.winograd.h, k->a.winograd.w, k->in->shape.c,
	                  k->in->shape.h, k->in->shape.w);
}

static int
winograd_operands(const Kernel *k, int phase, Operand *to)
{
	Wino w = wino_chosen(k);
	int n = 0;

	if (phase == 0 && !in_one(&w)) {
		to[n++] = (Operand){ "x", Role_in, 0 };
		to[n++] = (Operand){ "v", Role_scratch, 0 };
		return n;
	}
	to[n++] = (Operand){ "m", Role_own, 0 };
	if (in_one(&w))
		to[n++] = (Operand){ "x", Role_in, 0 };
	else
		to[n++] = (Operand){ "v", Role_scratch, 0 };
	to[n++] = (Operand){ "w", Role_packed, 0 };
	if (k->bias)
		to[n++] = (Operand){ "b", Role_packed, 1 };
	if (k->skip)
		to[n++] = (Operand){ "z", Role_in, 1 };
	to[n++] = (Operand){ "y", Role_out, 0 };
	if (shares_of(k))
		to[n++] = (Operand){ "coming", Role_coming, 0 };
	return n;
}

int
winograd_rounds(const Kernel *k)
{
	return wino_chosen(k).bands;
}

size_t
winograd_scratch(const Kernel *k)
{
	Wino w = wino_chosen(k);

	return in_one(&w) ? 0 : wino_scratch(k, &w)*(wino_bytes(k) ? sizeof(int16_t) : sizeof(float));
}

bool
winograd_in_one(const Kernel *k)
{
	Wino w = wino_chosen(k);

	return in_one(&w);
}

/*
** winograd_own - the products of a block of tiles, behind them a row of weights transformed on the fly; a part has one
** block at a time
*/
size_t
winograd_own(const Kernel *k, int *parts)
{
	Wino w = wino_chosen(k);
	int blocks = w.count[0] + w.count[1], numbers = 0;

	if (in_one(&w))
		numbers += w.pos*wino_v_step(k, &w, w.width[0]);
	if (w.fly)
		numbers += 2*w.aw*wino_u_step(k, &w);
	*parts = (w.alone ? 1 : w.groups)*(w.again ? 1 : blocks);
	return (size_t)(w.pos*wino_m_step(k, &w, w.width[0]))*sizeof(float) +
	       (size_t)numbers*(wino_bytes(k) ? sizeof(int16_t) : sizeof(float));
}

double
winograd_work(const Kernel *k)
{
	Wino w = wino_chosen(k);

	return wino_columns(&w)*k->in->shape.c*k->out->shape.c;
}

void
winograd_reach(const Node *n, Sides *around)
{
	const Attr *a = &n->a;
	Shape x = n->in[0]->shape, y = n->out->shape;

	*around = (Sides){ a->padding.t, a->padding.l, wino_past(a->winograd.h, x.h, y.h, a->padding.t),
	                   wino_past(a->winograd.w, x.w, y.w, a->padding.l) };
}

const char *
winograd_way_name(const Node *n)
{
	return arena_text("F(%dx%d)%s", n->a.winograd.h, n->a.winograd.w, n->a.on_the_fly ? " on the fly" : "");
}

const char wino_promise[] =
	"** Some 3x3 convolutions are Winograd's: they round otherwise than direct sums, by about 1e-6 of the largest\n"
	"** result (resnetc --exact: none are), and an infinity in their input can make NaN of its neighbours.\n";

const Family family_winograd = {
	.name = "winograd", .fits = winograd_fits, .tiled = true, .rounds_otherwise = true, .ways = winograd_ways,
	.cycles = winograd_cycles,
	.reach = winograd_reach, .work = winograd_work, .amplification = winograd_amplification,
	.error = winograd_error, .margin = 40,
	.way_name = winograd_way_name,
	.promise = wino_promise,
	.phases = 2, .in_one = winograd_in_one, .describe = winograd_describe, .phase_name = winograd_phase_name,
	.emit = winograd_emit, .rounds = winograd_rounds, .shares = winograd_shares,
	.scratch = winograd_scratch, .own = winograd_own, .operands = winograd_operands, .packed = winograd_packed,
	.pack = winograd_pack, .repack = winograd_repack
};
