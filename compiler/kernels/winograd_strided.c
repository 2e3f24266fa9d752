/*
** winograd_strided.c - 3x3 convolutions of stride 2 by Winograd's minimal filtering of their phases. Along an axis the
** outer taps of output i meet pixels 2i and 2i + 2, which is a convolution of stride 1 by two taps over every second
** pixel, F(m, 2): m + 1 multiply-adds for m outputs; the middle tap meets the pixels between, m for m outputs. In both
** axes an output tile of mh x mw costs (2 mh + 1)(2 mw + 1) multiply-adds a channel pair instead of 9 mh mw.
**
** Positions are of four classes: points of both axes, points of columns or of rows beside pixels of the other axis, and
** pixels of both. All pixels of a class share one filter, so there are (mh + 2)(mw + 2) filters, transformed on the fly
** in the order of F(mh x mw, 3x3): points 0, p, -p, ..., and the middle tap in the place of infinity.
**
** A thread makes V of a block of tiles in memory that it has to itself, then for one group of output channels after
** another multiplies it with transformed weights, and transforms the products back.
*/
#include "winograd_strided.h"

/* --- weights --- */

static int
strided_packed(const Kernel *k, Packed *to)
{
	Strided s = strided_chosen(k);

	return dense_packed(k, (size_t)s.w.groups*wino_group(k, &s.w), to);
}

static void
strided_pack(const Kernel *k, const double *wt, const double *b, void *const *to)
{
	Strided s = strided_chosen(k);

	fly_pack(k, &s.w, wt, to[0]);
	pack_bias(k, b, to);
}

static int
strided_repack(Out *o, const Kernel *k, bool turned)
{
	Strided s = strided_chosen(k);

	return fly_repack(o, k, &s.w, turned);
}

/* --- emission --- */

/* columns_of - a row of a class: tiles or pixels, so many floats each */
static int
columns_of(const Kernel *k, const Wino *w, int j, int each)
{
	return (j == Outer ? w->tc : k->out->shape.w)*each;
}

/*
** emit_tile_rows - the loop over the rows of tiles of a block, if it has several: what counts those of an image; row r,
** and pixel, its first row of pixels
*/
static const char *
emit_tile_rows(Out *o, const Kernel *k, const Strided *s, const Cut *cut)
{
	const Wino *w = &s->w;
	bool ragged = k->out->shape.h%w->mh;

	if (cut->tile_rows == 1) {
		if (ragged)
			out_line(o, "int height = %d;\n", cut->pixel_rows);
		return NULL;
	}
	out_line(o, "for (int r = 0; r < %d; r++) {", cut->tile_rows);
	if (s->images > 1) {
		out_line(o, "int n = %s, i = %s, pixel = n*%d + i*%d%s;", over("r", w->tr), rest("r", w->tr), k->out->shape.h, w->mh,
		         ragged ? arena_text(", height = %d - i*%d", k->out->shape.h, w->mh) : "");
		return "i";
	}
	out_line(o, "int pixel = r*%d%s;", w->mh, ragged ? arena_text(", height = %d - r*%d", cut->pixel_rows, w->mh) : "");
	return "r";
}

/*
** at_class - where the columns of tile j of the row lie, of a class: "v + 960 + (c*56 + r*28 + j*4)*16". row, step:
** floats from one row of positions, one position to the next; each: of a column; block: what counts blocks of channels
*/
static const char *
at_class(const Kernel *k, const Wino *w, const Cut *cut, const char *name, int i, int j, int each, const char *block)
{
	bool in = *name == 'v';
	const int *line = in ? cut->v_row : cut->m_row, *step = in ? cut->v[i] : cut->m[i];
	int start = (i == Middle ? (w->mh + 1)*line[Outer] : 0) + (j == Middle ? (w->mw + 1)*step[Outer] : 0);
	const char *row = cut->tile_rows == 1 ? NULL : i == Middle ? "pixel" : "r";
	const char *at = j == Middle ? times("j", (size_t)w->mw) : "j";

	if (row)
		at = arena_text("%s + %s", times(row, (size_t)columns_of(k, w, j, 1)), at);
	if (block)
		at = arena_text("%s + %s", times(block, (size_t)cut->cols[i][j]), at);
	return arena_text(row || block ? "%s%s + (%s)*%d" : "%s%s + %s*%d", name, plus((size_t)start), at, each);
}

/* emit_input - V of a block from its first pixel: the name */
static const char *
emit_input(Out *all, const Kernel *k, const Strided *s, const Cut *cut)
{
	const Wino *w = &s->w;
	const Layout *l = &k->in->lay;
	int cb = l->cb, wide = k->out->shape.w;
	bool ragged[2] = { k->out->shape.h%w->mh, wide%w->mw };
	const char *tile = strided_in_tile(all, w->mh, w->mw, cb, ragged[0], ragged[1]), *i, *v[2][2];
	const char *each = cb == k->t->vl ? "" : " + s", *block = w->icb > 1 ? "c" : NULL;
	Out *o = out_in(NULL);

	out_line(o, "(const float *x, float *v)");
	out_line(o, "{");
	i = emit_tile_rows(o, k, s, cut);
	if (block)
		out_line(o, "for (int c = 0; c < %d; c++)", w->icb);
	out_line(o, "for (int j = 0; j < %d; j++) {", w->tc);
	if (*each)
		out_line(o, "for (int s = 0; s < %d; s += %d)", cb, k->t->vl);
	for (int a = 0; a < 2; a++)
		for (int b = 0; b < 2; b++)
			v[a][b] = arena_text("%s%s", at_class(k, w, cut, "v", a, b, cb, block), each);
	out_line(o, "%s(x%s%s%s + j*%d%s, %zu, %s, %d, %d,", tile, s->images > 1 ? arena_text(" + n*%zu", l->image) : "",
	         i ? arena_text(" + %s", times(i, 2*(size_t)w->mh*l->row)) : "", block ? arena_text(" + c*%zu", l->plane) : "",
	         2*w->mw*cb, each, l->row, v[Outer][Outer], cut->v[Outer][Outer], cut->v_row[Outer]);
	out_line(o, "\t%s, %s, %d, %d,", v[Outer][Middle], v[Middle][Outer], cut->v[Middle][Outer],
	         columns_of(k, w, Outer, cb));
	out_line(o, "\t%s, %d%s%s);", v[Middle][Middle], columns_of(k, w, Middle, cb), ragged[0] ? ", height" : "",
	         ragged[1] ? arena_text(", %d - j*%d", wide, w->mw) : "");
	out_line(o, i ? "}\n}" : "}");
	out_line(o, "}");
	return helper(all, arena_text("** V of %d rows of tiles\n", cut->tile_rows), "static RC_NOINLINE void",
	              arena_text("winograd%dx%d_in_%dx%dx%d_s2", w->mh, w->mw, k->in->shape.c, k->in->shape.h,
	                         k->in->shape.w), o);
}

/* emit_row - the products of a row of positions with transformed weights of blocks of channels from c on: the name */
static const char *
emit_row(Out *all, const Kernel *k, const Strided *s, const Cut *cut, int i)
{
	const Wino *w = &s->w;
	int cb = k->in->lay.cb, tiles = cut->cols[i][Outer], pixels = cut->cols[i][Middle];
	Out *o = out_in(NULL);

	out_line(o, "(const float *RC_RESTRICT v, const float *RC_RESTRICT u, float *RC_RESTRICT m, int c, int blocks,");
	out_line(o, "\tconst %s *next)", weight_type(k));
	out_line(o, "{");
	out_line(o, "v += c*%d;", tiles*cb);
	out_line(o, "for (int j = 0; j < %d; j++, v += %d, u += %d, m += %d, next += blocks*%d) {", w->mw + 1,
	         cut->v[i][Outer], wino_u_step(k, w), cut->m[i][Outer], fly_fetched(k, w));
	emit_pieces(o, all, k, w, tiles, (Run){ 0, tiles }, "blocks", "next", "NULL");
	out_line(o, "}");
	if (pixels > tiles)
		out_line(o, "v += c*%d;", (pixels - tiles)*cb);
	emit_pieces(o, all, k, w, pixels, (Run){ 0, pixels }, "blocks", "next", "NULL");
	out_line(o, "}");
	return helper(all, arena_text("** A row of positions: points of %d tiles, %d pixels\n", tiles, pixels),
	              "static RC_NOINLINE void",
	              arena_text("row_%dto%dx%dand%d", k->in->shape.c, w->ob*k->t->vl, tiles, pixels), o);
}

/* emit_products - all positions of a block, transformed weights of some channels at a time: the name */
static const char *
emit_products(Out *all, const Kernel *k, const Strided *s, const Cut *cut)
{
	const Wino *w = &s->w;
	int per = w->ob*k->t->vl, cb = k->in->lay.cb, step = wino_u_step(k, w);
	int fetched = w->aw*w->chunk*fly_fetched(k, w);
	const char *row = fly_rows(all, k, w, false), *pair = fly_rows(all, k, w, true);
	const char *blocks = arena_text("%d", w->chunk);
	const char *products[2] = { emit_row(all, k, s, cut, Outer), emit_row(all, k, s, cut, Middle) };
	double g[6][3];
	Out *o = out_in(NULL);

	winograd_filter(w->mh, g);
	out_line(o, "(const float *RC_RESTRICT v, const %s *w, float *RC_RESTRICT u, float *RC_RESTRICT m)", weight_type(k));
	out_line(o, "{");
	out_line(o, "const %s *next = w + %d;\n", weight_type(k), 9*w->chunk*cb*per);
	if (wino_adds(w))
		out_line(o, "rc_clear(m, %d);", cut->m_all);
	out_line(o, "for (int c = 0; c < %d; c%s, w += %d, next += %d) {", w->icb,
	         w->chunk == 1 ? "++" : arena_text(" += %d", w->chunk), w->chunk*cb*9*per, w->ah*fetched);
	if (w->icb%w->chunk) {
		out_line(o, "int blocks = c + %d < %d ? %d : %d;", w->chunk, w->icb, w->chunk, w->icb%w->chunk);
		blocks = "blocks";
	}
	for (int i = 0; i < w->ah; i++) {
		bool second = i && i%2 == 0 && i <= w->mh;       /* its weights came with those of the row before */
		int class = i <= w->mh ? Outer : Middle;
		if (i == 0)
			out_line(o, "%s(w, u, %d, %s, %s);", row, step, blocks, float_text(g[0][0]));
		else if (class == Middle)
			out_line(o, "%s(w%s, u, %d, %s, 1.0f);", row, plus((size_t)(3*cb*per)), step, blocks);
		else if (!second)
			out_line(o, "%s(w, u, %d, %s, %s, %s);", pair, step, blocks, float_text(g[i][0]), float_text(g[i][1]));
		out_line(o, "%s(v%s, u%s, m%s, c, %s, next%s);", products[class], plus((size_t)(i*cut->v_row[Outer])),
		         second ? plus((size_t)(w->aw*step)) : "", plus((size_t)(i*cut->m_row[Outer])), blocks,
		         plus((size_t)(i*fetched)));
	}
	out_line(o, "}");
	out_line(o, "}");
	return helper(all, arena_text("** %d rows of tiles: all positions, weights transformed on the fly\n", cut->tile_rows),
	              "static RC_NOINLINE void",
	              arena_text("winograd%dx%d_%dto%d_s2_fly%d", w->mh, w->mw, k->in->shape.c, k->out->shape.c,
	                         cut->tile_rows), o);
}

/* emit_back - a block's tiles back to y, those of group og: the name */
static const char *
emit_back(Out *all, const Kernel *k, const Strided *s, const Cut *cut)
{
	const Wino *w = &s->w;
	int vl = k->t->vl, per = w->ob*vl, wide = k->out->shape.w;
	bool ragged[2] = { k->out->shape.h%w->mh, wide%w->mw };
	const char *tile = strided_out_tile(all, k, s), *i, *m[2][2], *each = w->ob > 1 ? arena_text(" + s*%d", vl) : "";
	const View *moved[2] = { k->skip ? &k->in[1] : NULL, k->out };
	Out *o = out_in(NULL);

	out_line(o, "(const float *m, int og%s%s, float *y)", k->bias ? ", const float *b" : "",
	         k->skip ? ", const float *z" : "");
	out_line(o, "{");
	i = emit_tile_rows(o, k, s, cut);
	out_line(o, "for (int j = 0; j < %d; j++)%s", w->tc, w->ob > 1 ? "" : " {");
	if (w->ob > 1)
		out_line(o, "for (int s = 0; s < %d; s++) {", w->ob);
	out_line(o, "int c = %s;\n", w->ob > 1 ? arena_text("og*%d + s", w->ob) : "og");
	for (int a = 0; a < 2; a++)
		for (int b = 0; b < 2; b++)
			m[a][b] = arena_text("%s%s", at_class(k, w, cut, "m", a, b, per, NULL), each);
	out_line(o, "%s(%s, %d, %d, %s,", tile, m[Outer][Outer], cut->m[Outer][Outer], cut->m_row[Outer], m[Outer][Middle]);
	out_line(o, "\t%s, %d, %d, %s, %d%s,", m[Middle][Outer], cut->m[Middle][Outer], columns_of(k, w, Outer, per),
	         m[Middle][Middle], columns_of(k, w, Middle, per), k->bias ? arena_text(", b + c*%d", vl) : "");
	for (int a = 0; a < 2; a++) {
		const Layout *l = moved[a] ? &moved[a]->lay : NULL;
		if (l)
			out_line(o, "\t%s%s%s + j*%d%s, %zu%s", a ? "y" : "z", s->images > 1 ? arena_text(" + n*%zu", l->image) : "",
			         i ? arena_text(" + %s", times(i, (size_t)w->mh*l->row)) : "", w->mw*l->cb, vector_in(l, vl), l->row,
			         a ? "" : ",");
	}
	out_line(o, "\t%s%s);", ragged[0] ? ", height" : "", ragged[1] ? arena_text(", %d - j*%d", wide, w->mw) : "");
	out_line(o, i ? "}\n}" : "}");
	out_line(o, "}");
	return helper(all, arena_text("** %d rows of tiles back to y\n", cut->tile_rows), "static RC_NOINLINE void",
	              arena_text("winograd%dx%d_out_%dx%dx%d_s2", w->mh, w->mw, k->out->shape.c, k->out->shape.h, wide), o);
}

/* own_floats - products, V, a row of filters of p and one of -p */
static int
own_floats(const Kernel *k, const Strided *s)
{
	return s->cut->m_all + s->cut->v_all + 2*s->w.aw*wino_u_step(k, &s->w);
}

static void
emit_comment(Out *o, const Kernel *k, const Strided *s)
{
	const Wino *w = &s->w;

	out_line(o, "** y = %sconv3x3(x, w)%s%s%s of stride 2 by Winograd F(%dx%d, 2x2) of its phases;", act_open(k),
	         k->bias ? " + b" : "", k->skip ? " + z" : "", act_close(k), w->mh, w->mw);
	out_line(o, "** a unit is %d channels of %s", w->ob*k->t->vl,
	         s->images > 1 ? arena_text("%d images", s->images) : s->per > 1 ?
	         arena_text("one of %d blocks of rows", s->per) : "an image");
	emit_operand(o, "x", &k->in[0]);
	if (k->skip)
		emit_operand(o, "z", &k->in[1]);
	emit_operand(o, "y", &k->out[0]);
	out_line(o, "** w  %zu floats  [%d oc][%d ic][3][3][%d ic][%d oc]; G g G' of %d of its channels: %d bytes a thread",
	         (size_t)w->groups*wino_group(k, w), w->groups, w->icb, k->in->lay.cb, w->ob*k->t->vl, w->chunk*k->in->lay.cb,
	         2*w->aw*wino_u_step(k, w)*4);
	out_line(o, "** %.2f M MACs instead of %.2f M; %d tiles x %d channels in %d accumulators; m: %d bytes a thread, V: %d",
	         strided_macs(k, s)/1e6,
	         9.0*k->out->shape.n*k->out->shape.h*k->out->shape.w*k->in->shape.c*k->out->shape.c/1e6, w->p, w->ob*k->t->vl,
	         w->p*w->ob, s->cut->m_all*4, s->cut->v_all*4);
}

/* emit_block - V of block tb, if it is another one than the unit before had; its products; back to y */
static void
emit_block(Out *o, const Kernel *k, const Strided *s, const char *const name[3])
{
	const Wino *w = &s->w;
	size_t row = k->in->lay.row;
	size_t x0 = (size_t)(k->in->lay.halo.t - k->a.padding.t)*row +
	            (size_t)((k->in->lay.halo.l - k->a.padding.l)*k->in->lay.cb);
	const View *moved[3] = { k->in, k->skip ? &k->in[1] : NULL, k->out };
	const char *at[3] = { "", "", "" };

	for (int i = 0; i < 3; i++) {
		size_t down = moved[i] ? moved[i]->lay.row*(size_t)(s->cut->tile_rows*w->mh*(i ? 1 : 2)) : 0;
		if (moved[i] && k->out->shape.n > s->images)
			at[i] = arena_text(" + n*%zu", moved[i]->lay.image*(size_t)s->images);
		if (moved[i] && s->per > 1)
			at[i] = arena_text("%s + part*%zu", at[i], down);
		if (moved[i])
			at[i] = arena_text("%s%s", at[i], plus(i ? moved[i]->lay.origin : x0));
	}
	out_line(o, "if (tb != made)");
	out_line(o, "\t%s(x%s, v);", name[0], at[0]);
	out_line(o, "%s(v, w + og*%zu, t, m);", name[1], wino_group(k, w));
	out_line(o, "%s(m, og%s%s, y%s);", name[2], k->bias ? ", b" : "", k->skip ? arena_text(", z%s", at[1]) : "", at[2]);
}

static int
strided_emit(Out *o, const Kernel *k, int phase)
{
	Strided s = strided_chosen(k);
	const char *name[2][3];

	(void)phase;
	for (int i = 0; i < s.cuts; i++) {
		name[i][0] = emit_input(o, k, &s, &s.cut[i]);
		name[i][1] = emit_products(o, k, &s, &s.cut[i]);
		name[i][2] = emit_back(o, k, &s, &s.cut[i]);
	}
	emit_comment(o, k, &s);
	emit_head(o, k, 0);
	out_line(o, "float *v = m + %d, *t = v + %d;", s.cut->m_all, s.cut->v_all);
	out_line(o, "int made = -1;\n");
	out_line(o, "for (int u = lo; u < hi; u++) {");
	out_line(o, "int tb = %s, og = %s;", over("u", s.w.groups), rest("u", s.w.groups));
	if (s.per > 1 && k->out->shape.n > 1)
		out_line(o, "int n = tb/%d, part = tb%%%d;", s.per, s.per);
	else if (s.per > 1)
		out_line(o, "int part = tb;");
	else if (k->out->shape.n > s.images)
		out_line(o, "int n = tb;");
	out_line(o, "%s", "");
	if (s.cuts > 1)
		out_line(o, "if (part < %d) {", s.per - 1);
	emit_block(o, k, &s, name[0]);
	if (s.cuts > 1) {
		out_line(o, "} else {");
		emit_block(o, k, &s, name[1]);
		out_line(o, "}");
	}
	out_line(o, "made = tb;");
	out_line(o, "}");
	out_line(o, "}");
	return s.blocks*s.w.groups;
}

/* --- what the family answers --- */

static void
strided_ways(const Kernel *k, EachWay *each, void *user)
{
	static const Pair tiles[] = { { 4, 4 }, { 2, 4 }, { 4, 2 }, { 2, 2 } };
	int per = k->out->lay.cb/k->t->vl, vectors = vectors_of(k);

	for (size_t i = 0; i < sizeof tiles/sizeof *tiles; i++)
		for (int ob = 1; ob <= 4; ob++)
			for (int p = 1; p <= 28 && vectors%ob == 0 && (ob%per == 0 || per%ob == 0); p++)
				if (ob*p + (ob < p ? ob : p) + 1 <= k->t->regs)
					each(user, (Way){ .winograd = tiles[i], .tile = { ob, p }, .on_the_fly = true });
}

static void
strided_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "winograd%dx%d_%dto%d_%dx%d_s2%s%s", k->a.winograd.h, k->a.winograd.w, k->in->shape.c,
	         k->out->shape.c, k->out->shape.h, k->out->shape.w, k->skip ? "_add" : "", act_suffix(k));
}

static size_t
strided_own(const Kernel *k, int *parts)
{
	Strided s = strided_chosen(k);

	*parts = s.blocks*s.w.groups;
	return (size_t)own_floats(k, &s)*sizeof(float);
}

static double
strided_work(const Kernel *k)
{
	Strided s = strided_chosen(k);

	return strided_macs(k, &s);
}

static void
strided_reach(const Node *n, Sides *around)
{
	const Attr *a = &n->a;
	Shape x = n->in[0]->shape, y = n->out->shape;

	*around = (Sides){ a->padding.t, a->padding.l, strided_past(a->winograd.h, x.h, y.h, a->padding.t),
	                   strided_past(a->winograd.w, x.w, y.w, a->padding.l) };
}

const Family family_winograd_strided = {
	.name = "winograd_strided", .fits = strided_fits, .tiled = true, .rounds_otherwise = true, .ways = strided_ways,
	.cycles = strided_cycles, .reach = strided_reach, .work = strided_work, .amplification = winograd_amplification,
	.error = winograd_error, .margin = 40, .way_name = winograd_way_name, .promise = wino_promise,
	.describe = strided_describe, .emit = strided_emit, .own = strided_own,
	.packed = strided_packed, .pack = strided_pack, .repack = strided_repack
};
