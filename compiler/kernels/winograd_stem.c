/*
** winograd_stem.c - 7x7 convolutions of stride 2 over a few channels, as pictures have, by Winograd's minimal filtering
** of their phases. Along an axis taps 0, 2, 4 and 6 of output i meet every second pixel and taps 1, 3 and 5 those
** between: F(2, 4) and F(2, 3), nine multiply-adds for two outputs instead of fourteen. A tile of 2x2 outputs costs 81
** multiply-adds a channel pair instead of 196.
**
** There are too few channels for products to be worth keeping: a unit is VL tiles of one row, whose pixels are first
** parted by column modulo 4, then transformed along rows and down columns with a tile in each lane. For every vector of
** output channels and P tiles the products of a row of positions are added up in registers to the row's two outputs,
** and those to the tile's four.
*/
#include <math.h>

#include "winograd.h"

enum { Points = 9, Phases = 4, Tile = 2 };     /* inputs and positions of a tile's side; columns modulo; outputs */

/*
** stem_fits - by vectors of eight and more: in WebAssembly, which has four, it took twice as long as direct sums, by a
** compiler that spills
*/
static bool
stem_fits(const Node *n)
{
	const Attr *a = &n->a;

	return n->op == O_conv2d && a->kernel.h == 7 && a->kernel.w == 7 && a->stride.h == 2 && a->stride.w == 2 &&
	       a->dilation.h == 1 && a->dilation.w == 1 && a->groups == 1 && n->in[0]->shape.c <= 4 && a->out >= 8 &&
	       n->g->target->vl >= 8 && !is_halved(n);
}

static int
tile_cols(const Kernel *k)
{
	return ceil_div(k->out->shape.w, Tile);
}

/* at_once - tiles that the registers hold the sums of, with what is multiplied */
static int
at_once(const Target *t)
{
	return t->regs >= 32 ? 4 : 2;
}

/* --- weights --- */

/* stem_packed - [vector][position][channel][VL] */
static int
stem_packed(const Kernel *k, Packed *to)
{
	return dense_packed(k, (size_t)(vectors_of(k)*Points*Points*k->in->shape.c*k->t->vl), to);
}

static void
stem_pack(const Kernel *k, const double *wt, const double *b, void *const *to)
{
	Axis x = winograd_axis(Tile, 7, 2);
	int vl = k->t->vl, ic = k->in->shape.c;
	float *u = to[0];

	for (int oc = 0; oc < vectors_of(k)*vl; oc++)
		for (int c = 0; c < ic; c++)
			for (int i = 0; i < Points; i++)
				for (int j = 0; j < Points; j++) {
					const double *taps = wt + (oc*ic + c)*49;
					double sum = 0;
					for (int l = 0; l < 7 && oc < k->out->shape.c; l++) {
						double half = 0;
						for (int r = 0; r < 7; r++)
							half += x.g[i][r]*taps[r*7 + l];
						sum += x.g[j][l]*half;
					}
					u[((oc/vl*Points*Points + i*Points + j)*ic + c)*vl + oc%vl] = (float)sum;
				}
	pack_bias(k, b, to);
}

/* stem_repack - as stem_pack goes */
static int
stem_repack(Out *o, const Kernel *k, bool turned)
{
	int cb = k->in->lay.cb, ic = k->in->shape.c;
	Repacking r = { .order = "RC_ORDER_WINOGRAD", .phases = 1, .groups = vectors_of(k), .blocks = cb == 1 ? ic : 1,
		.last = cb == 1 ? 1 : ic, .per = k->t->vl, .kernel = { 7, 7 }, .turned = turned ? 2 : 0, .ah = Points,
		.aw = Points };

	return emit_packing(o, k, &r);
}

/* --- emission --- */

/* transform_word - B^T of nine vectors, stored step floats apart */
static const char *
transform_word(Out *all)
{
	Axis x = winograd_axis(Tile, 7, 2);
	Out *o = out_in(NULL);

	out_line(o, "(float *v, int step, %s)", wino_names("V d", Points));
	out_line(o, "{");
	for (int i = 0; i < Points; i++)
		out_line(o, "st(v%s, %s);", i ? arena_text(" + %s", times("step", (size_t)i)) : "", wino_sum(x.bt[i], Points));
	out_line(o, "}");
	return helper(all, "** B^T of seven taps of stride 2, for two outputs: points 0, 1, -1, 1/2, infinity of the even\n"
	              "** taps, 0, 1, -1, infinity of the odd ones\n", "static RC_INLINE void", "stem_transform", o);
}

/* emit_input - V of a run of tiles, [position][channel][tile], from its first pixel: the name */
static const char *
emit_input(Out *all, const Kernel *k)
{
	const Layout *l = &k->in->lay;
	int vl = k->t->vl, ic = k->in->shape.c, wide = 2*vl;
	const char *transform = transform_word(all);
	Out *o = out_in(NULL);

	out_line(o, "(const float *RC_RESTRICT x, float *RC_RESTRICT v, float *RC_RESTRICT t, int tiles)");
	out_line(o, "{");
	out_line(o, "float *d = t + %d;\n", Points*Points*vl);
	out_line(o, "for (int c = 0; c < %d; c++) {", ic);
	out_line(o, "for (int r = 0; r < %d; r++) {", Points);
	out_line(o, "const float *xr = x + %s + r*%zu;\n", times("c", l->cb > 1 ? 1 : l->plane), l->row);
	out_line(o, "for (int i = 0; i < tiles + 1; i++)");
	for (int p = 0; p < Phases; p++)
		out_flow(o, "%sd[i%s] = xr[i*%d%s]%s", p ? "" : "\t", plus((size_t)(p*wide)), Phases*l->cb,
		         plus((size_t)(p*l->cb)), p + 1 < Phases ? "," : ";");
	out_flow_end(o);
	out_line(o, "d[tiles + 1] = xr[(tiles + 1)*%d];", Phases*l->cb);
	out_flow(o, "%s(t + r*%d, %d,", transform, vl, Points*vl);
	for (int i = 0; i < Points; i++)
		out_flow(o, "ld(d%s)%s", plus((size_t)(i%Phases*wide + i/Phases)), i + 1 < Points ? "," : ");");
	out_flow_end(o);
	out_line(o, "}");
	out_line(o, "for (int j = 0; j < %d; j++)", Points);
	out_flow(o, "%s(v + (j*%d + c)*%d, %d,", transform, ic, vl, Points*ic*vl);
	for (int i = 0; i < Points; i++)
		out_flow(o, "ld(t + j*%d%s)%s", Points*vl, plus((size_t)(i*vl)), i + 1 < Points ? "," : ");");
	out_flow_end(o);
	out_line(o, "}");
	out_line(o, "}");
	return helper(all, arena_text("** V of up to %d tiles: pixels parted by column modulo %d, along rows, down columns\n",
	              vl, Phases), "static RC_NOINLINE void",
	              arena_text("stem_in_%dx%dx%d", ic, k->in->shape.h, k->in->shape.w), o);
}

/* sums - "a0, b0, a1, b1": the two outputs of a row of P tiles, with something before each */
static const char *
sums(const char *before, const char *a, const char *b, int p)
{
	const char *s = "";

	for (int j = 0; j < p; j++)
		s = arena_text("%s%s%s%s%d, %s%s%d", s, j ? ", " : "", before, a, j, before, b, j);
	return s;
}

/* row_word - a row of positions of P tiles, added to their two outputs: A^T along it */
static const char *
row_word(Out *all, const Kernel *k, int p)
{
	Axis x = winograd_axis(Tile, 7, 2);
	int vl = k->t->vl, ic = k->in->shape.c;
	Out *o = out_in(NULL);

	out_line(o, "(const float *v, const float *u, %s)", sums("V *", "a", "b", p));
	out_line(o, "{");
	out_line(o, "V w, %s;", wino_names("s", p));
	for (int i = 0; i < Points; i++) {
		bool first = x.at[0][i] != 0, second = x.at[1][i] != 0, both = first && second;
		out_line(o, "%s", "");
		for (int c = 0; c < ic; c++) {
			out_flow(o, "w = ld(u%s);", plus((size_t)((i*ic + c)*vl)));
			for (int j = 0; j < p; j++) {
				const char *to = arena_text(both ? "s%d" : first ? "*a%d" : "*b%d", j);
				const char *at = plus((size_t)((i*ic + c)*vl + j));
				out_flow(o, both && !c ? "%s = mul(bc(v%s), w);" : "%s = fma_(bc(v%s), w, %s);", to, at, to);
			}
			out_flow_end(o);
		}
		for (int j = 0; both && j < p; j++) {
			double f = x.at[1][i];
			out_flow(o, "*a%d = add(*a%d, s%d);", j, j, j);
			out_flow(o, f == 1 ? "*b%d = add(*b%d, s%d);" : f == -1 ? "*b%d = sub(*b%d, s%d);" :
			         arena_text("*b%%d = fma_(splat(%s), s%%d, *b%%d);", float_text(f)), j, j, j);
		}
		out_flow_end(o);
	}
	out_line(o, "}");
	return helper(all, arena_text("** A row of positions of %d tiles, added to two outputs of each: A^T along it\n", p),
	              "static RC_INLINE void", arena_text("stem_row%d", p), o);
}

/* emit_tiles - a vector of channels of P tiles, from the products of all rows of positions to the result: the name */
static const char *
emit_tiles(Out *all, const Kernel *k, int p)
{
	Axis x = winograd_axis(Tile, 7, 2);
	int vl = k->t->vl, ic = k->in->shape.c, h = k->out->shape.h, w = k->out->shape.w;
	bool rows = h%Tile, cols = w%(Tile*p);
	const char *row = row_word(all, k, p);
	Out *o = out_in(NULL);

	out_line(o, "(const float *v, const float *u%s%s, float *y%s%s)", k->bias ? ", const float *b" : "",
	         k->skip ? ", const float *z" : "", rows ? ", int height" : "", cols ? ", int cols" : "");
	out_line(o, "{");
	out_line(o, "V %s, %s, %s;", sums("", "a", "b", p), sums("", "c", "d", p), sums("", "e", "f", p));
	out_line(o, "%s", "");
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < p; j++)
			out_flow(o, "%c%d = %c%d = %s;", i ? 'c' : 'a', j, i ? 'd' : 'b', j, k->bias ? "ld(b)" : "zero()");
	out_flow_end(o);
	for (int i = 0; i < Points; i++) {
		bool first = x.at[0][i] != 0, second = x.at[1][i] != 0, both = first && second;
		const char *at = arena_text("v%s, u%s", plus((size_t)(i*Points*ic*vl)), plus((size_t)(i*Points*ic*vl)));
		if (!both) {
			out_line(o, "%s(%s, %s);", row, at, first ? sums("&", "a", "b", p) : sums("&", "c", "d", p));
			continue;
		}
		for (int j = 0; j < p; j++)
			out_flow(o, "e%d = f%d = zero();", j, j);
		out_flow_end(o);
		out_line(o, "%s(%s, %s);", row, at, sums("&", "e", "f", p));
		for (int j = 0; j < p; j++) {
			double f = x.at[1][i];
			out_flow(o, "a%d = add(a%d, e%d); b%d = add(b%d, f%d);", j, j, j, j, j, j);
			if (fabs(f) == 1)
				out_flow(o, f > 0 ? "c%d = add(c%d, e%d); d%d = add(d%d, f%d);" : "c%d = sub(c%d, e%d); d%d = sub(d%d, f%d);",
				         j, j, j, j, j, j);
			else
				out_flow(o, "c%d = fma_(splat(%s), e%d, c%d); d%d = fma_(splat(%s), f%d, d%d);", j, float_text(f), j, j, j,
				         float_text(f), j, j);
		}
		out_flow_end(o);
	}
	for (int i = 0; i < Tile; i++) {
		out_line(o, "%s", "");
		if (rows && i)
			out_line(o, "if (height == 1)\n\treturn;");
		for (int j = 0; j < Tile*p; j++) {
			size_t y = (size_t)i*k->out->lay.row + (size_t)(j*k->out->lay.cb);
			size_t z = k->skip ? (size_t)i*k->in[1].lay.row + (size_t)(j*k->in[1].lay.cb) : 0;
			emit_epilogue(o, k, arena_text("%c%d", "abcd"[2*i + j%2], j/2), plus(z), 0);
			if (cols && j) {
				out_flow_end(o);
				out_line(o, "if (cols > %d)", j);
			}
			out_flow(o, "st(y%s, %s);", plus(y), out_value(o, "value"));
		}
		out_flow_end(o);
	}
	out_line(o, "}");
	return helper(all, arena_text("** %d tiles: y = %sA^T m A%s%s%s\n", p, act_open(k), k->bias ? " + b" : "",
	              k->skip ? " + z" : "", act_close(k)), "static RC_NOINLINE void",
	              arena_text("stem_tiles%d%s%s", p, k->skip ? "_add" : "", act_suffix(k)), o);
}

/* own_floats - V, the pixels transformed along rows, and parted */
static int
own_floats(const Kernel *k)
{
	int vl = k->t->vl, ic = k->in->shape.c;

	return Points*Points*ic*vl + Points*Points*vl + Phases*2*vl;
}

/* moved - where a run of tiles lies in an operand: image, row of tiles, first tile */
static const char *
moved(const Kernel *k, const Layout *l, int each, size_t start)
{
	return arena_text("%s + i*%zu + t*%d%s", k->out->shape.n > 1 ? arena_text(" + n*%zu", l->image) : "",
	                  (size_t)each*l->row, each*l->cb, plus(start));
}

static int
stem_emit(Out *o, const Kernel *k, int phase)
{
	int p = at_once(k->t), vl = k->t->vl, ic = k->in->shape.c, cols = tile_cols(k);
	int h = k->out->shape.h, rows = ceil_div(h, Tile), runs = ceil_div(cols, vl), n = k->out->shape.n;
	const Layout *x = &k->in->lay, *y = &k->out->lay;
	const char *input = emit_input(o, k), *tiles = emit_tiles(o, k, p), *first;
	const char *of = cols%vl ? "count" : arena_text("%d", vl);
	size_t x0 = (size_t)(x->halo.t - k->a.padding.t)*x->row + (size_t)((x->halo.l - k->a.padding.l)*x->cb);

	(void)phase;
	out_line(o, "** y = %sconv7x7(x, w)%s%s%s of stride 2 by Winograd F(2x2, 4x4) of its phases;", act_open(k),
	         k->bias ? " + b" : "", k->skip ? " + z" : "", act_close(k));
	out_line(o, "** a unit is %d tiles of a row", vl);
	emit_operand(o, "x", &k->in[0]);
	if (k->skip)
		emit_operand(o, "z", &k->in[1]);
	emit_operand(o, "y", &k->out[0]);
	out_line(o, "** w  %d floats  [%d oc][%d][%d ic][%d oc]: G g G'", vectors_of(k)*Points*Points*ic*vl, vectors_of(k),
	         Points*Points, ic, vl);
	out_line(o, "** %.2f M MACs instead of %.2f M; %d tiles at once; V and what it is made of: %d bytes a thread",
	         81e-6*n*rows*cols*ic*k->out->shape.c, 49e-6*n*h*k->out->shape.w*ic*k->out->shape.c, p, own_floats(k)*4);
	emit_head(o, k, 0);
	out_line(o, "for (int u = lo; u < hi; u++) {");
	first = runs > 1 ? arena_text("u%%%d*%d", runs, vl) : "0";
	if (n > 1)
		out_line(o, "int n = u/%d, i = u%%%d/%d, t = %s;", rows*runs, rows*runs, runs, first);
	else
		out_line(o, "int i = %s, t = %s;", over("u", runs), first);
	if (cols%vl)
		out_line(o, "int count = t + %d <= %d ? %d : %d - t;", vl, cols, vl, cols);
	out_line(o, "%s(x%s, m, m + %d, %s);", input, moved(k, x, 2*Tile, x0), Points*Points*ic*vl, of);
	if (vectors_of(k) > 1)
		out_line(o, "for (int c = 0; c < %d; c++)", vectors_of(k));
	else
		out_line(o, "int c = 0;\n");
	out_line(o, "for (int s = 0; s < %s; s += %d)", of, p);
	out_flow(o, "%s(m + s, w + c*%d,%s", tiles, Points*Points*ic*vl, k->bias ? arena_text(" b + c*%d,", vl) : "");
	if (k->skip)
		out_flow(o, "z%s%s + s*%d,", moved(k, &k->in[1].lay, Tile, k->in[1].lay.origin), vector_in(&k->in[1].lay, vl),
		         Tile*k->in[1].lay.cb);
	out_flow(o, "y%s%s + s*%d%s%s);", moved(k, y, Tile, y->origin), vector_in(y, vl), Tile*y->cb,
	         h%Tile ? arena_text(", %d - i*%d", h, Tile) : "",
	         k->out->shape.w%(Tile*p) ? arena_text(", %d - (t + s)*%d", k->out->shape.w, Tile) : "");
	out_flow_end(o);
	out_line(o, "}");
	out_line(o, "}");
	return n*rows*runs;
}

/* --- what the family answers --- */

static void
stem_ways(const Kernel *k, EachWay *each, void *user)
{
	each(user, (Way){ .winograd = { Tile, Tile }, .tile = { 1, at_once(k->t) } });
}

/* stem_cycles - pixels parted one by one, two transforms, then products whose factors are read for each */
static double
stem_cycles(const Kernel *k, Way way)
{
	const Target *t = k->t;
	int p = at_once(t), ic = k->in->shape.c, cols = tile_cols(k);
	double units = (double)k->out->shape.n*ceil_div(k->out->shape.h, Tile)*ceil_div(cols, t->vl);
	double tiles = (double)k->out->shape.n*ceil_div(k->out->shape.h, Tile)*ceil_div(cols, p)*p;
	double in = units*ic*Points*(5.0*t->vl + 60);
	double step = fmax(p/t->fma, fmax((p + 1)/t->load, (1.2*p + 1 + (t->regs > 16 ? 0 : p))/t->issue));

	(void)way;
	return in + tiles/p*vectors_of(k)*(Points*Points*ic*step + Points*p*8/t->fma);
}

static void
stem_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "winograd7x7_%dto%d_%dx%d_s2%s%s", k->in->shape.c, k->out->shape.c, k->out->shape.h,
	         k->out->shape.w, k->skip ? "_add" : "", act_suffix(k));
}

static size_t
stem_own(const Kernel *k, int *parts)
{
	*parts = k->out->shape.n*ceil_div(k->out->shape.h, Tile)*ceil_div(tile_cols(k), k->t->vl);
	return (size_t)own_floats(k)*sizeof(float);
}

static double
stem_work(const Kernel *k)
{
	double tiles = (double)k->out->shape.n*ceil_div(k->out->shape.h, Tile)*tile_cols(k);

	return tiles*Points*Points*k->in->shape.c*k->out->shape.c;
}

/* past - rows or columns of input that the tiles read beyond the last one of the image */
static int
past(int in, int out, int before)
{
	return 2*Tile*(ceil_div(out, Tile) - 1) + Points - 1 - before - (in - 1);
}

static void
stem_reach(const Node *n, Sides *around)
{
	const Attr *a = &n->a;
	Shape x = n->in[0]->shape, y = n->out->shape;

	*around = (Sides){ a->padding.t, a->padding.l, past(x.h, y.h, a->padding.t), past(x.w, y.w, a->padding.l) };
}

const Family family_winograd_stem = {
	.name = "winograd_stem", .fits = stem_fits, .tiled = true, .rounds_otherwise = true, .planar = true, .ways = stem_ways,
	.cycles = stem_cycles, .reach = stem_reach, .work = stem_work, .amplification = winograd_amplification,
	.error = winograd_error, .margin = 40, .way_name = winograd_way_name, .promise = wino_promise,
	.describe = stem_describe, .emit = stem_emit, .own = stem_own, .packed = stem_packed,
	.pack = stem_pack, .repack = stem_repack
};
