/*
** train_winograd.c - gradient of the weights of a 3x3 convolution of stride 1 by the transpose of Winograd's minimal
** filtering: dw = G' [sum over tiles of (B' x B) . (A dy A')] G, (m + 2)^2 multiply-adds a pair of channels and tile of
** m x m instead of 9 m^2.
**
** A unit of work is a group of images. Some rows of tiles at a time are transformed,
** V[position][block][tile][channel] of x and D[position][block][tile][channel] of dy; then every position's products
** are added to M[position][group of OB vectors][block][channel][OB*VL], in the register tiles of the direct sum, whose
** pixels are the tiles. All of it is memory that each thread has to itself. In the end M is transformed to 9 taps, in
** the order in which the direct sum has the sums of its groups of images; its second phase adds them up.
**
** Where M is much larger than the second cache and tiles are few, as in the last stage, M would come and go with every
** few rows. There the first phase transforms all tiles of all images, and a unit of the second has some blocks of M:
** all positions of those of one group, from all tiles to weights at once.
*/
#include <math.h>
#include <string.h>

#include "train_dw.h"
#include "winograd.h"

enum {
	MostGroups = 16, FewGroups = 4,      /* of images, which threads share */
	MostSums   = 1 << 22,                /* floats of the sums of all groups, where there are more than a few */
	MostTiles  = 64,
	CallCycles = 50,                     /* of a register tile: its sums are loaded and stored */
	WholeUnits = 32,                     /* of work, that threads share, where M is made block by block */
	MostWhole  = 1 << 23                 /* floats of V and D of all images */
};

typedef struct {
	Cut cut;
	int mh, mw, ah, aw, pos;     /* tile of dy, of x, positions */
	int tr, tc, rows, tiles;     /* tile rows and columns of an image; tile rows and tiles that are transformed at once */
	int vb, db;                  /* blocks of channels of x, of dy */
	int v, d, m;                 /* floats from one position to the next */
	bool ragged;                 /* tiles hang over the end of dy */
	bool whole;                  /* V and D have all tiles, M is made some blocks at a time */
	int some, step;              /* so many; floats from one position of theirs to the next */
} Grad;

/* blocks_at_once - what D of a group is fetched for: as many as leave M in half the second cache, and units of work */
static int
blocks_at_once(const Kernel *k, const Grad *w)
{
	const Cut *c = &w->cut;
	int most = (int)(k->t->l2/2/(4.0*w->pos*c->rows*c->per));

	if (most > c->groups*c->blocks/WholeUnits)
		most = c->groups*c->blocks/WholeUnits;
	while (most > 1 && c->blocks%most)
		most--;
	return most > 1 ? most : 1;
}

/* rate - bytes a cycle of so many that come again and again */
static double
rate(const Target *t, double bytes)
{
	return bytes <= t->l2/2 ? HUGE_VAL : bytes <= 2*t->l2 ? t->from_l2 : t->from_l3;
}

/* lot_rows - those whose tiles take least to come and go, with M for each lot of them, all lots of a group alike */
static int
lot_rows(const Kernel *k, const Grad *w, int all)
{
	double m = 4.0*w->pos*w->m, tile = 4.0*w->pos*(w->vb*k->in[0].lay.cb + w->db*k->in[1].lay.cb), least = HUGE_VAL;
	int best = 1;

	for (int lots = all; lots > 0; lots--) {
		int rows = ceil_div(all, lots), tiles = rows*w->tc;
		double cycles = (2*m/rate(k->t, m) + (double)w->pos*w->cut.groups*w->cut.blocks*CallCycles)/tiles +
			2*tile/rate(k->t, tile*tiles);
		if ((rows == 1 || tiles <= MostTiles) && cycles < least) {
			least = cycles;
			best = rows;
		}
	}
	return best;
}

static Grad
grad_of(const Kernel *k, Pair m)
{
	const View *x = &k->in[0], *dy = &k->in[1];
	Grad w = { .cut = dw_cut(k), .mh = m.h, .mw = m.w, .ah = m.h + 2, .aw = m.w + 2 };
	int all;

	w.pos = w.ah*w.aw;
	w.tr = ceil_div(dy->shape.h, w.mh);
	w.tc = ceil_div(dy->shape.w, w.mw);
	w.ragged = dy->shape.h%w.mh || dy->shape.w%w.mw;
	w.vb = ceil_div(x->shape.c, x->lay.cb);
	w.db = ceil_div(dy->shape.c, dy->lay.cb);
	w.m = (int)dw_lines((size_t)(w.cut.groups*w.cut.blocks*w.cut.rows*w.cut.per));
	all = w.tr*dy->shape.n;
	w.whole = !k->strips && 4.0*w.pos*w.m > k->t->l2 &&
		(size_t)(w.pos*all*w.tc)*(size_t)(w.vb*x->lay.cb + w.db*dy->lay.cb) <= MostWhole;
	if (w.whole) {
		w.cut.images = 1;
		w.some = blocks_at_once(k, &w);
		w.step = (int)dw_lines((size_t)(w.some*w.cut.rows*w.cut.per));
	}
	else if (!k->strips)
		w.cut.images = dy->shape.n < MostGroups ? dy->shape.n : MostGroups;
	while (!k->strips && !w.whole && w.cut.images > FewGroups && w.cut.part*(size_t)w.cut.images > MostSums)
		w.cut.images /= 2;
	all = w.tr*(dy->shape.n/w.cut.images);
	w.rows = w.whole ? all : lot_rows(k, &w, all);
	w.tiles = w.rows*w.tc;
	w.v = (int)dw_lines((size_t)(w.vb*w.tiles*x->lay.cb));
	w.d = (int)dw_lines((size_t)(w.db*w.tiles*dy->lay.cb));
	return w;
}

static Grad
chosen(const Kernel *k)
{
	return grad_of(k, k->a.winograd);
}

static bool
grad_fits(const Node *n)
{
	return n->op == O_conv2d_dw && n->a.kernel.h == 3 && n->a.kernel.w == 3 && n->a.stride.h == 1 &&
		n->a.stride.w == 1 && n->a.dilation.h == 1 && n->a.dilation.w == 1 && n->a.groups == 1 &&
		n->in[0]->shape.c >= 8 && n->in[1]->shape.c >= 8;
}

static void
grad_ways(const Kernel *k, EachWay *each, void *user)
{
	static const Pair tiles[] = { { 4, 4 }, { 2, 4 }, { 4, 2 }, { 2, 2 } };

	(void)k;
	for (size_t i = 0; i < sizeof tiles/sizeof *tiles; i++)
		each(user, (Way){ .winograd = tiles[i] });
}

/* grad_cycles - the cost model: transforms as in a convolution; where M outgrows its cache, it comes and goes */
static double
grad_cycles(const Kernel *k, Way way)
{
	const Target *t = k->t;
	Grad w = grad_of(k, way.winograd);
	double tiles = (double)w.tr*w.tc*k->in[1].shape.n, pairs = (double)w.cut.groups*w.cut.blocks;
	double vi = (double)w.vb*k->in[0].lay.cb/t->vl, vo = (double)w.db*k->in[1].lay.cb/t->vl, m = 4.0*w.m*w.pos;
	double in = w.pos*4/t->load + w.pos*4/t->fma, step = dw_tile_cycles(k, &w.cut)*w.tiles;
	double stream = w.whole || m <= t->l2/2 ? 0 : 8.0*w.cut.rows*w.cut.per/(m <= 2*t->l2 ? t->from_l2 : t->from_l3);
	double all = 4.0*w.pos*w.v*w.cut.groups/t->from_l3;  /* V for each group of D */
	double blocks = ceil(tiles/w.tiles), back = (double)w.cut.images*pairs*w.cut.rows*w.cut.ob*w.pos*4;

	return tiles*(vi + vo)*in + blocks*w.pos*pairs*(fmax(step, stream) + 40) + back + (w.whole ? all : 0);
}

/* --- words --- */

/* row_word - A along a row of a tile of dy, into D */
static const char *
row_word(Out *o, int m)
{
	double p[2];
	const char *text = "st(d, y0);\n";

	if (m == 2)
		return helper_text(o, "** A along a row, into D\n", "static RC_INLINE void", "grad2_row",
		                   "(float *d, int step, V y0, V y1)\n{\n"
		                   "st(d, y0);\nst(d + step, add(y0, y1));\nst(d + 2*step, sub(y0, y1));\nst(d + 3*step, y1);\n}\n");
	winograd_points(4, p);
	for (int i = 0; i < 2; i++)
		text = arena_text("%se = fma_(y2, splat(%s), y0);\no = fma_(y3, splat(%s), mul(y1, splat(%s)));\n"
		                  "st(d + %s, add(e, o));\nst(d + %d*step, sub(e, o));\n", text, float_text(p[i]*p[i]),
		                  float_text(p[i]*p[i]*p[i]), float_text(p[i]), i ? "3*step" : "step", 2*i + 2);
	return helper_text(o, "** A along a row, into D\n", "static RC_INLINE void", "grad4_row",
	                   arena_text("(float *d, int step, V y0, V y1, V y2, V y3)\n{\nV e, o;\n\n%sst(d + 5*step, y3);\n}\n",
	                              text));
}

/* emit_pair - the rows of p and -p, of columns of dy, then along them */
static void
emit_pair(Out *o, const Grad *w, int cb, double p, const char *row, int at)
{
	const char *both[2] = { "add", "sub" };

	out_line(o, "{");
	for (int j = 0; j < w->mw; j++) {
		const char *y = plus((size_t)(j*cb));
		if (w->mh == 2)
			out_line(o, "V e%d = ld(y%s), o%d = ld(y + row%s);", j, y, j, y);
		else
			out_line(o, "V e%d = fma_(ld(y + 2*row%s), splat(%s), ld(y%s)), o%d = fma_(ld(y + 3*row%s), splat(%s), "
			         "mul(ld(y + row%s), splat(%s)));", j, y, float_text(p*p), y, j, y, float_text(p*p*p), y, float_text(p));
	}
	for (int s = 0; s < 2; s++) {
		out_flow(o, "%s(d + %d*step, step,", row, (at + s)*w->aw);
		for (int j = 0; j < w->mw; j++)
			out_flow(o, "%s(e%d, o%d)%s", both[s], j, j, j + 1 < w->mw ? "," : ");");
		out_flow_end(o);
	}
	out_line(o, "}");
	out_line(o, "RC_OPAQUE(y);");
}

/* tile_word - a tile of dy, VL channels, to the positions: its name */
static const char *
tile_word(Out *all, const Grad *w, int cb)
{
	Out *o = out_in(NULL);
	const char *row = row_word(all, w->mw);
	double p[2];

	winograd_points(w->mh, p);
	out_line(o, "(const float *y, int row, float *d, int step)");
	out_line(o, "{");
	for (int end = 0; end < 2; end++) {
		out_flow(o, "%s(%s, step,", row, end ? arena_text("d + %d*step", (w->ah - 1)*w->aw) : "d");
		for (int j = 0; j < w->mw; j++)
			out_flow(o, "ld(y%s%s)%s", end ? w->mh == 4 ? " + 3*row" : " + row" : "", plus((size_t)(j*cb)),
			         j + 1 < w->mw ? "," : ");");
		out_flow_end(o);
	}
	for (int i = 0; i < w->mh/2; i++)
		emit_pair(o, w, cb, p[i], row, 2*i + 1);
	out_line(o, "}");
	return helper(all, "** One tile of a gradient, VL channels, into D: A dy A'\n", "static RC_INLINE void",
	              arena_text("grad%dx%d_tile", w->mh, w->mw), o);
}

/* edge_word - a tile that hangs over the end, with zeros there */
static const char *
edge_word(Out *all, const Grad *w, const char *tile, int cb)
{
	return helper_text(all, "** The same at the end of the image: rows and columns that are there\n",
	                   "static RC_NOINLINE void", arena_text("grad%dx%d_edge", w->mh, w->mw),
	                   arena_text("(const float *y, int row, float *d, int step, int rows, int cols)\n{\n"
	                              "float t[%d];\n\n"
	                              "for (int i = 0; i < %d; i++)\nfor (int j = 0; j < %d; j++)\n"
	                              "\tst(t + (i*%d + j)*%d, i < rows && j < cols ? ld(y + i*row + j*%d) : zero());\n"
	                              "%s(t, %d, d, step);\n}\n", w->mh*w->mw*cb, w->mh, w->mw, w->mw, cb, cb, tile,
	                              w->mw*cb));
}

/* emit_filter - G' of a column or row in of M, three numbers to */
static void
emit_filter(Out *o, int m, const char *const *in, const char *const *to)
{
	double g[6][3];

	winograd_filter(m, g);
	out_line(o, "%s = mul(%s, splat(%s));", to[0], in[0], float_text(g[0][0]));
	out_line(o, "%s = zero();", to[1]);
	out_line(o, "%s = %s;", to[2], in[m + 1]);
	for (int i = 1; i <= m; i += 2) {
		out_line(o, "e = add(%s, %s), o = sub(%s, %s);", in[i], in[i + 1], in[i], in[i + 1]);
		out_line(o, "%s = fma_(e, splat(%s), %s);", to[0], float_text(g[i][0]), to[0]);
		out_line(o, "%s = fma_(o, splat(%s), %s);", to[1], float_text(g[i][1]), to[1]);
		out_line(o, "%s = fma_(e, splat(%s), %s);", to[2], float_text(g[i][2]), to[2]);
	}
}

/* back_word - VL numbers of M to nine taps */
static const char *
back_word(Out *all, const Grad *w)
{
	Out *o = out_in(NULL);
	const char *in[6], *to[3];

	out_line(o, "(const float *m, int step, float *to, int tap)");
	out_line(o, "{");
	out_line(o, "V e, o, y0, y1, y2;");
	for (int i = 0; i < 3; i++) {
		out_flow(o, "V");
		for (int j = 0; j < w->aw; j++)
			out_flow(o, "t%d%d%s", i, j, j + 1 < w->aw ? "," : ";");
		out_flow_end(o);
	}
	out_line(o, "%s", "");
	for (int j = 0; j < w->aw; j++) {
		for (int i = 0; i < w->ah; i++)
			in[i] = i + j ? arena_text("ld(m + %s)", times("step", (size_t)(i*w->aw + j))) : "ld(m)";
		for (int i = 0; i < 3; i++)
			to[i] = arena_text("t%d%d", i, j);
		emit_filter(o, w->mh, in, to);
	}
	for (int i = 0; i < 3; i++) {
		for (int j = 0; j < w->aw; j++)
			in[j] = arena_text("t%d%d", i, j);
		for (int j = 0; j < 3; j++)
			to[j] = arena_text("y%d", j);
		emit_filter(o, w->mw, in, to);
		for (int j = 0; j < 3; j++)
			out_line(o, "st(to%s, y%d);", i + j ? arena_text(" + %s", times("tap", (size_t)(3*i + j))) : "", j);
	}
	out_line(o, "}");
	return helper(all, "** VL sums of products back to the taps of a filter: G' M G\n", "static RC_INLINE void",
	              arena_text("taps%dx%d", w->mh, w->mw), o);
}

/* --- phases --- */

/* products_kernel - of one position: a 1x1 convolution's gradient, an image a tile */
static Kernel
products_kernel(const Kernel *k, const Grad *w)
{
	Kernel one = *k;

	one.a.kernel = one.a.stride = (Pair){ 1, 1 };
	for (int i = 0; i < 2; i++) {
		View *v = &one.in[i];
		v->shape = (Shape){ 1, v->shape.c, 1, 1 };
		v->lay = (Layout){ .cb = v->lay.cb, .row = (size_t)v->lay.cb, .image = (size_t)v->lay.cb,
		                   .plane = (size_t)(w->tiles*v->lay.cb) };
	}
	return one;
}

/* emit_transforms - of rows of tiles from r to next, into V and D from row first on */
static void
emit_transforms(Out *o, const Kernel *k, const Grad *w, const char *first)
{
	const View *x = &k->in[0], *dy = &k->in[1];
	int vl = k->t->vl;
	const char *in = wino_in_tile(o, wino_whole(w->mh), wino_whole(w->mw), x->lay.cb), *out = tile_word(o, w, dy->lay.cb);
	const char *edge = w->ragged ? edge_word(o, w, out, dy->lay.cb) : NULL;
	size_t x0 = (size_t)(x->lay.halo.t - k->a.padding.t)*x->lay.row +
		(size_t)((x->lay.halo.l - k->a.padding.l)*x->lay.cb);

	out_line(o, "for (int t = r*%d; t < next*%d; t++) {", w->tc, w->tc);
	out_line(o, "int n = t/%d, i = t/%d%%%d, j = t%%%d, s = t%s;\n", w->tr*w->tc, w->tc, w->tr, w->tc,
	         *first ? arena_text(" - %s*%d", first, w->tc) : "");
	out_line(o, "for (int c = 0; c < %d; c++)", w->vb);
	out_line(o, "for (int l = 0; l < %d; l += %d)", x->lay.cb, vl);
	out_line(o, "\t%s(x + n*%zu + c*%zu + i*%zu + j*%d + l%s, %zu, v + (c*%d + s)*%d + l, %d);", in, x->lay.image,
	         x->lay.plane, x->lay.row*(size_t)w->mh, w->mw*x->lay.cb, plus(x0), x->lay.row, w->tiles, x->lay.cb, w->v);
	out_line(o, "for (int c = 0; c < %d; c++)", w->db);
	out_line(o, "for (int l = 0; l < %d; l += %d) {", dy->lay.cb, vl);
	out_line(o, "const float *y = dy + n*%zu + c*%zu + i*%zu + j*%d + l%s;", dy->lay.image, dy->lay.plane,
	         dy->lay.row*(size_t)w->mh, w->mw*dy->lay.cb, plus(dy->lay.origin));
	out_line(o, "float *to = d + (c*%d + s)*%d + l;\n", w->tiles, dy->lay.cb);
	if (edge) {
		out_line(o, "if (%d - i*%d < %d || %d - j*%d < %d)", dy->shape.h, w->mh, w->mh, dy->shape.w, w->mw, w->mw);
		out_line(o, "%s(y, %zu, to, %d, %d - i*%d, %d - j*%d);", edge, dy->lay.row, w->d, dy->shape.h, w->mh, dy->shape.w,
		         w->mw);
		out_line(o, "else");
	}
	out_line(o, "%s%s(y, %zu, to, %d);", edge ? "\t" : "", out, dy->lay.row, w->d);
	out_line(o, "}");
	out_line(o, "}");
}

/* shares_beside - the products of a register tile's rows, of the tiles that are transformed at once */
static int
shares_beside(const Grad *w)
{
	return shares_for((double)w->tiles*w->cut.rows*w->cut.per);
}

static int
grad_shares(const Kernel *k)
{
	Grad w = chosen(k);

	return ceil_div(w.tr*k->in->shape.n, w.rows)*w.pos*w.cut.groups*w.cut.blocks*shares_beside(&w);
}

/* emit_products - those of the tiles that are transformed */
static void
emit_products(Out *o, const Kernel *k, const Grad *w)
{
	Kernel one = products_kernel(k, w);
	const Cut *c = &w->cut;
	int per = k->in[1].lay.cb/k->t->vl, r = 0;
	size_t plane = one.in[1].lay.plane;
	const char *stem = arena_text("products_%dx%d", c->per, w->tiles), *tile[2] = { NULL, NULL };
	const char *group = c->ob >= per ? times("og", (size_t)(c->ob/per)*plane) :
		arena_text("og/%d*%zu + og%%%d*%d", per/c->ob, plane, per/c->ob, c->per);

	for (int i = 0; i < 2; i++)
		if (c->count[i])
			tile[i] = dw_tile(o, &one, c, stem, 0, c->width[i]);
	out_line(o, "for (int q = 0; q < %d; q++)", w->pos);
	out_line(o, "for (int og = 0; og < %d; og++)", c->groups);
	out_line(o, "for (int c = 0; c < %d; c++) {", c->blocks);
	out_line(o, "const float *vq = v + q*%d + c*%zu, *dq = d + q*%d + %s;", w->v, one.in[0].lay.plane, w->d, group);
	out_line(o, "float *mq = m + q*%d + (og*%d + c)*%d;\n", w->m, c->blocks, c->rows*c->per);
	if (shares_of(k))
		out_line(o, "rc_fetch_coming(coming, %d);", shares_beside(w));
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < c->count[i]; j++, r += c->width[i])
			out_line(o, "%s(vq%s, dq, (next - r)*%d, mq%s, r == from);", tile[i], plus((size_t)r), w->tc,
			         plus((size_t)(r*c->per)));
	out_line(o, "}");
}

static int
emit_partial(Out *o, const Kernel *k, const Grad *w)
{
	const Cut *c = &w->cut;
	int n = k->in->shape.n, vl = k->t->vl;
	const char *back = back_word(o, w);

	emit_head(o, k, 0);
	out_line(o, "float *v = own, *d = own + %d, *m = own + %d;\n", w->pos*w->v, w->pos*(w->v + w->d));
	out_line(o, "for (int u = lo; u < hi; u++) {");
	out_line(o, "int from = u*%d/%d*%d, end = (u + 1)*%d/%d*%d;\n", n, c->images, w->tr, n, c->images, w->tr);
	out_line(o, "for (int r = from, next; r < end; r = next) {");
	out_line(o, "next = r + %d < end ? r + %d : end;", w->rows, w->rows);
	emit_transforms(o, k, w, "r");
	emit_products(o, k, w);
	out_line(o, "}");
	out_line(o, "for (int i = 0; i < %d; i++)", c->groups*c->blocks);
	out_line(o, "for (int l = 0; l < %d; l += %d)", c->rows*c->per, vl);
	out_line(o, "\t%s(m + i*%d + l, %d, part + u*%zu + i*%d + l, %d);", back, c->rows*c->per, w->m, c->part,
	         9*c->rows*c->per, c->rows*c->per);
	out_line(o, "}");
	out_line(o, "}");
	return c->images;
}

/* emit_whole - V and D of all images; a unit is a row of tiles */
static int
emit_whole(Out *o, const Kernel *k, const Grad *w)
{
	emit_head(o, k, 0);
	out_line(o, "float *v = part, *d = part + %d;\n", w->pos*w->v);
	out_line(o, "for (int r = lo, next; r < hi; r = next) {");
	out_line(o, "next = r + 1;");
	emit_transforms(o, k, w, "");
	out_line(o, "}");
	out_line(o, "}");
	return w->tr*k->in[1].shape.n;
}

/* emit_blocks - a unit is a group of output channels and some blocks: products of all positions, taps, weights */
static int
emit_blocks(Out *o, const Kernel *k, const Grad *w)
{
	Kernel one = products_kernel(k, w);
	const Cut *c = &w->cut;
	int per = k->in[1].lay.cb/k->t->vl, r = 0, sums = c->rows*c->per;
	size_t plane = one.in[1].lay.plane;
	const char *tile, *back = back_word(o, w), *stem = arena_text("blocks_%dx%d", c->per, w->tiles);
	const char *first = w->some > 1 ? times(rest("u", c->blocks/w->some), (size_t)w->some) :
		rest("u", c->blocks);

	emit_head(o, k, 1);
	out_line(o, "const float *v = part, *d = part + %d;", w->pos*w->v);
	out_line(o, "float *sums = own + %d;\n", w->pos*w->step);
	out_line(o, "for (int u = lo; u < hi; u++) {");
	out_line(o, "int og = %s, first = %s;\n", over("u", c->blocks/w->some), first);
	out_line(o, "for (int q = 0; q < %d; q++)", w->pos);
	out_line(o, "for (int b = 0; b < %d; b++) {", w->some);
	out_line(o, "const float *vq = v + q*%d + (first + b)*%zu, *dq = d + q*%d + %s;", w->v, one.in[0].lay.plane, w->d,
	         c->ob >= per ? times("og", (size_t)(c->ob/per)*plane) :
	         arena_text("og/%d*%zu + og%%%d*%d", per/c->ob, plane, per/c->ob, c->per));
	out_line(o, "float *m = own + q*%d + b*%d;\n", w->step, sums);
	for (int i = 0; i < 2; i++) {
		if (!c->count[i])
			continue;
		tile = dw_tile(o, &one, c, stem, 0, c->width[i]);
		for (int j = 0; j < c->count[i]; j++, r += c->width[i])
			out_line(o, "%s(vq%s, dq, %d, m%s, 1);", tile, plus((size_t)r), w->tiles, plus((size_t)(r*c->per)));
	}
	out_line(o, "}");
	out_line(o, "for (int b = 0; b < %d; b++) {", w->some);
	out_line(o, "int block = first + b, oc = og*%d;\n", c->per);
	out_line(o, "for (int l = 0; l < %d; l += %d)", sums, k->t->vl);
	out_line(o, "\t%s(own + b*%d + l, %d, sums + l, %d);", back, sums, w->step, sums);
	dw_weights(o, k, c, "block");
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return c->groups*c->blocks/w->some;
}

static int
grad_emit(Out *o, const Kernel *k, int phase)
{
	Grad w = chosen(k);

	if (w.whole && phase) {
		out_line(o, "** dw = the products of V and D over all tiles, some blocks of M at a time, by the transpose of "
		            "Winograd F(%dx%d, 3x3)", w.mh, w.mw);
		out_line(o, "** %d channels x %d channels in %d accumulators", w.cut.width[0], w.cut.per,
		         w.cut.width[0]*w.cut.ob);
		return emit_blocks(o, k, &w);
	}
	if (w.whole) {
		out_line(o, "** part = V of x, D of dy, %d tiles, for the transpose of Winograd F(%dx%d, 3x3)", w.tiles, w.mh,
		         w.mw);
		emit_operand(o, "x", &k->in[0]);
		emit_operand(o, "dy", &k->in[1]);
		return emit_whole(o, k, &w);
	}
	out_line(o, phase ? "** dw = the sums of groups of images, added up" :
	         "** part = x at each tap times dy, over groups of images, by the transpose of Winograd F(%dx%d, 3x3)",
	         w.mh, w.mw);
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "dy", &k->in[1]);
	if (phase)
		return dw_total(o, k, &w.cut);
	out_line(o, "** own  V and D of %d tiles, M: %d floats a thread; %d groups of images", w.tiles,
	         w.pos*(w.v + w.d + w.m), w.cut.images);
	out_line(o, "** %d channels x %d channels in %d accumulators", w.cut.width[0], w.cut.per, w.cut.width[0]*w.cut.ob);
	return emit_partial(o, k, &w);
}

static void
grad_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "dw_winograd%dx%d_%dto%d_%dx%d", k->a.winograd.h, k->a.winograd.w, k->in->shape.c,
	         k->in[1].shape.c, k->in[1].shape.h, k->in[1].shape.w);
}

static int
grad_operands(const Kernel *k, int phase, Operand *to)
{
	int n = 0;

	if (phase == (int)chosen(k).whole)
		to[n++] = (Operand){ "own", Role_own, 0 };
	n += dw_operands(k, phase, to + n);
	if (shares_of(k) && phase == 0)
		to[n++] = (Operand){ "coming", Role_coming, 0 };
	return n;
}

static size_t
grad_scratch(const Kernel *k)
{
	Grad w = chosen(k);

	return (w.whole ? (size_t)w.pos*(size_t)(w.v + w.d) : w.cut.part*(size_t)w.cut.images)*sizeof(float);
}

static size_t
grad_own(const Kernel *k, int *parts)
{
	Grad w = chosen(k);

	*parts = w.whole ? w.cut.groups*w.cut.blocks/w.some : w.cut.images;
	if (w.whole)
		return (size_t)(w.pos*w.step + 9*w.cut.rows*w.cut.per)*sizeof(float);
	return (size_t)w.pos*(size_t)(w.v + w.d + w.m)*sizeof(float);
}

static void
grad_reach(const Node *n, Sides *around)
{
	const Attr *a = &n->a;
	Shape x = n->in[0]->shape, y = n->in[1]->shape;

	*around = (Sides){ a->padding.t, a->padding.l, wino_past(a->winograd.h, x.h, y.h, a->padding.t),
	                   wino_past(a->winograd.w, x.w, y.w, a->padding.l) };
}

static double
grad_work(const Kernel *k)
{
	Grad w = chosen(k);

	return (double)w.tr*w.tc*k->in[1].shape.n*w.pos*k->in[0].shape.c*k->in[1].shape.c;
}

static const char *
grad_way_name(const Node *n)
{
	return arena_text("F(%dx%d)'", n->a.winograd.h, n->a.winograd.w);
}

const Family family_winograd_dw = {
	.name = "winograd_dw", .fits = grad_fits, .tiled = true, .rounds_otherwise = true, .ways = grad_ways,
	.cycles = grad_cycles, .phases = 2, .reduces = true, .reach = grad_reach, .work = grad_work,
	.way_name = grad_way_name, .describe = grad_describe, .emit = grad_emit, .shares = grad_shares,
	.scratch = grad_scratch, .own = grad_own,
	.operands = grad_operands
};
