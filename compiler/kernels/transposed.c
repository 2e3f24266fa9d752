/*
** transposed.c - transposed convolution, as the convolutions of stride 1 that it consists of: result pixels whose row
** and column have the same remainder by the stride (a phase) read the same taps of the kernel, and the same pixels
** around their place in the input.
**
** A tile is OB vectors of output channels by P pixels of one phase in named accumulators, while k walks over input
** channels and the phase's taps, whose places stand in a table.
** Weights: [phase][group of OB vectors][channel block][tap][channel][OB*VL]; groups of channels as in conv.c.
*/
#include "conv.h"

enum { MostPixels = 14, MostSide = 1024 };      /* of a tile; of a kernel, as the language has it */

typedef struct { int k, shift; } Tap;   /* a row or column of the kernel; where its input lies from the pixel's place */

/* taps_of - of remainder a along one axis; how many */
static int
taps_of(const Attr *at, bool rows, int a, Tap *to)
{
	int kernel = rows ? at->kernel.h : at->kernel.w, stride = rows ? at->stride.h : at->stride.w;
	int dilation = rows ? at->dilation.h : at->dilation.w, count = 0;

	for (int k = 0; k < kernel; k++) {
		int from = a + (rows ? at->padding.t : at->padding.l) - k*dilation;
		if (from%stride == 0)
			to[count++] = (Tap){ k, from/stride };
	}
	return count;
}

/* reach_of - one axis: how far before the first and behind the last pixel is read */
static void
reach_of(const Attr *at, bool rows, int in, int out, int *before, int *after)
{
	int stride = rows ? at->stride.h : at->stride.w;
	Tap tap[MostSide];

	*before = *after = 0;
	for (int a = 0; a < stride && a < out; a++) {
		int last = (out - 1 - a)/stride;
		for (int i = taps_of(at, rows, a, tap) - 1; i >= 0; i--) {
			*before = -tap[i].shift > *before ? -tap[i].shift : *before;
			*after = last + tap[i].shift - (in - 1) > *after ? last + tap[i].shift - (in - 1) : *after;
		}
	}
}

static void
transposed_reach(const Node *n, Sides *around)
{
	Shape x = n->in[0]->shape, y = n->out->shape;

	reach_of(&n->a, true, x.h, y.h, &around->t, &around->b);
	reach_of(&n->a, false, x.w, y.w, &around->l, &around->r);
}

typedef struct {
	int ob, p, per;              /* register tile; channels of OB vectors */
	int groups, blocks, last;    /* of output vectors; input channel blocks of each, channels of the last one */
	int phases;
} Cut;

static Cut
cut_of(const Kernel *k)
{
	int vl = k->t->vl, per = k->out->lay.cb/vl, cb = k->in->lay.cb;
	Cut c = { .ob = per > 1 ? per : vectors_of(k)%2 ? 1 : 2, .phases = k->a.stride.h*k->a.stride.w };

	c.per = c.ob*vl;
	while (c.p < MostPixels && c.ob*(c.p + 1) + (c.ob < c.p + 1 ? c.ob : c.p + 1) + 1 <= k->t->regs)
		c.p++;
	c.groups = vectors_of(k)/c.ob;
	c.blocks = blocks_needed(k, c.per);
	c.last = groups_of(k) > 1 || k->in->shape.c%cb == 0 ? cb : k->in->shape.c%cb;
	return c;
}

/* phase_taps - of phase f: how many */
static int
phase_taps(const Kernel *k, int f)
{
	Tap tap[MostSide];

	return taps_of(&k->a, true, f/k->a.stride.w, tap)*taps_of(&k->a, false, f%k->a.stride.w, tap);
}

/* tap_floats - weights of one tap for a group of output vectors */
static size_t
tap_floats(const Kernel *k, const Cut *c)
{
	return (size_t)((c->blocks - 1)*k->in->lay.cb + c->last)*(size_t)c->per;
}

static size_t
transposed_weights(const Kernel *k)
{
	Cut c = cut_of(k);
	int taps = 0;

	for (int f = 0; f < c.phases; f++)
		taps += phase_taps(k, f);
	return (size_t)taps*tap_floats(k, &c)*(size_t)c.groups;
}

static int
transposed_packed(const Kernel *k, Packed *to)
{
	return dense_packed(k, transposed_weights(k), to);
}

/*
** pack_block - the weights of one block of input channels, from channel c0 to c1, for a group of output channels, from
** number next on; what comes next
*/
static size_t
pack_block(const Kernel *k, const double *w, int f, int oc0, int per, int c0, int c1, void *to, size_t next)
{
	Tap rows[MostSide], cols[MostSide];
	int nrows = taps_of(&k->a, true, f/k->a.stride.w, rows), ncols = taps_of(&k->a, false, f%k->a.stride.w, cols);
	int icg = k->in->shape.c/k->a.groups, ocg = k->out->shape.c/k->a.groups;

	for (int i = 0; i < nrows; i++)
	for (int j = 0; j < ncols; j++)
	for (int ic = c0; ic < c1; ic++)
	for (int oc = oc0; oc < oc0 + per; oc++) {
		bool joined = oc < k->out->shape.c && ic < k->in->shape.c && ic/icg == oc/ocg;
		size_t at = ((size_t)ic*(size_t)ocg + (size_t)(oc%ocg))*(size_t)(k->a.kernel.h*k->a.kernel.w) +
			(size_t)(rows[i].k*k->a.kernel.w + cols[j].k);
		put_weight(k, to, next++, joined ? w[at] : 0);
	}
	return next;
}

static void
transposed_pack(const Kernel *k, const double *w, const double *b, void *const *to)
{
	size_t at = 0;
	Cut c = cut_of(k);
	int cb = k->in->lay.cb;

	for (int f = 0; f < c.phases; f++)
	for (int og = 0; og < c.groups; og++)
	for (int block = 0; block < c.blocks; block++) {
		int c0 = (first_block(k, og, c.per) + block)*cb;
		at = pack_block(k, w, f, og*c.per, c.per, c0, c0 + (block + 1 < c.blocks ? cb : c.last), to[0], at);
	}
	pack_bias(k, b, to);
}

/*
** transposed_repack - as transposed_pack goes; its weights stand in the file as those of the convolution it is the
** gradient of
*/
static int
transposed_repack(Out *o, const Kernel *k, bool turned)
{
	Cut c = cut_of(k);
	int *tap = arena_new((size_t)(k->a.kernel.h*k->a.kernel.w)*sizeof *tap);
	int *from = arena_new((size_t)(c.phases + 1)*sizeof *from);
	Repacking r = { .order = "RC_ORDER_DIRECT", .phases = c.phases, .groups = c.groups, .blocks = c.blocks, .last = c.last,
		.per = c.per, .kernel = k->a.kernel, .turned = 1, .tap = tap, .from = from };
	Tap rows[MostSide], cols[MostSide];
	int count = 0;

	(void)turned;
	for (int f = 0; f < c.phases; f++) {
		int nrows = taps_of(&k->a, true, f/k->a.stride.w, rows), ncols = taps_of(&k->a, false, f%k->a.stride.w, cols);
		from[f] = count;
		for (int i = 0; i < nrows; i++)
			for (int j = 0; j < ncols; j++)
				tap[count++] = rows[i].k*k->a.kernel.w + cols[j].k;
	}
	from[c.phases] = count;
	return emit_packing(o, k, &r);
}

static void
transposed_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "transposed%dx%d_%dto%d_%dx%d_s%d%s%s", k->a.kernel.h, k->a.kernel.w, k->in->shape.c,
	         k->out->shape.c, k->out->shape.h, k->out->shape.w, k->a.stride.h,
	         k->a.groups > 1 ? arena_text("_g%d", k->a.groups) : "", act_suffix(k));
}

/* emit_tile - the micro-kernel: its name */
static const char *
emit_tile(Out *all, const Kernel *k, const Cut *c, int p)
{
	Out *o = out_in(NULL);
	int cb = k->in->lay.cb, vl = k->t->vl, per = k->out->lay.cb/vl;
	char name[128];

	out_line(o, "(const float *RC_RESTRICT x, const %s *RC_RESTRICT w%s, float *y, const int *tap, int taps)",
	         weight_type(k), k->bias ? ", const float *b" : "");
	out_line(o, "{");
	out_flow(o, "V");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < c->ob; i++)
			out_flow(o, "%s = %s%s", acc(i, j), j ? acc(i, 0) : k->bias ? arena_text("ld(b%s)", plus((size_t)(i*vl))) : "zero()",
			         i + 1 == c->ob && j + 1 == p ? ";" : ",");
	out_flow_end(o);
	out_line(o, "%s", "");
	out_line(o, "for (int c = 0; c < %d; c++)", c->blocks);
	out_line(o, "for (int t = 0; t < taps; t++) {");
	out_line(o, "const float *xk = x + c*%zu + tap[t];", k->in->lay.plane);
	if (c->last != cb)
		out_line(o, "int kn = c + 1 < %d ? %d : %d;", c->blocks, cb, c->last);
	out_line(o, "%s", "");
	out_line(o, "for (int k = 0; k < %s; k++, xk++, w += %d) {", c->last != cb ? "kn" : arena_text("%d", cb), c->per);
	out_line(o, "RC_OPAQUE(xk);");
	emit_step(o, k->t, weight_load(k), cb, c->ob, p);
	out_line(o, "}");
	out_line(o, "}");
	for (int i = 0; i < c->ob; i++)
		for (int j = 0; j < p; j++) {
			emit_epilogue(o, k, acc(i, j), "", i);
			out_flow(o, "st(y%s, %s);", plus((size_t)(i/per)*k->out->lay.plane + (size_t)(i%per*vl) +
			                                 (size_t)(j*k->a.stride.w*k->out->lay.cb)), out_value(o, "value"));
		}
	out_flow_end(o);
	out_line(o, "}");
	transposed_describe(k, name, sizeof name);
	return helper(all, "", "static RC_NOINLINE void", arena_text("%s_p%d", name, p), o);
}

/* emit_list - a table of count numbers */
static void
emit_list(Out *o, const char *name, const int *v, int count)
{
	out_line(o, "static const int %s[%d] = {", name, count > 0 ? count : 1);
	for (int i = 0; i < count; i++)
		out_flow(o, "%d%s", v[i], i + 1 < count ? "," : "");
	if (!count)
		out_flow(o, "0");
	out_flow_end(o);
	out_line(o, "};");
}

/*
** emit_tables - of every phase: its taps, from where in the list, from where in the weights; of every group: its first
** input
*/
static void
emit_tables(Out *o, const Kernel *k, const Cut *c)
{
	int *place = arena_new((size_t)(k->a.kernel.h*k->a.kernel.w)*sizeof *place), count = 0;
	int *from = arena_new((size_t)(c->phases + 1)*sizeof *from), *first = arena_new((size_t)c->groups*sizeof *first);
	Tap rows[MostSide], cols[MostSide];

	for (int f = 0; f < c->phases; f++) {
		int nrows = taps_of(&k->a, true, f/k->a.stride.w, rows), ncols = taps_of(&k->a, false, f%k->a.stride.w, cols);
		from[f] = count;
		for (int i = 0; i < nrows; i++)
			for (int j = 0; j < ncols; j++)
				place[count++] = rows[i].shift*(int)k->in->lay.row + cols[j].shift*k->in->lay.cb;
	}
	from[c->phases] = count;
	for (int og = 0; og < c->groups; og++)
		first[og] = first_block(k, og, c->per)*(int)k->in->lay.plane;
	emit_list(o, "taps", place, count);
	emit_list(o, "from", from, c->phases + 1);
	if (groups_of(k) > 1)
		emit_list(o, "first", first, c->groups);
	out_line(o, "%s", "");
}

/* emit_columns - the tiles of a row's phases from column b0 to b1, which have width pixels each */
static void
emit_columns(Out *o, const Kernel *k, const Cut *c, const char *const *tile, int b0, int b1, int width)
{
	int count[2], w[2], j = 0, xs = k->in->lay.cb, ys = k->a.stride.w*k->out->lay.cb;

	if (b0 >= b1 || width < 1)
		return;
	split_row(width, c->p, count, w);
	out_line(o, "for (int b = %d; b < %d; b++) {", b0, b1);
	out_line(o, "int f = i%%%d*%d + b, n1 = from[f + 1] - from[f];", k->a.stride.h, k->a.stride.w);
	out_line(o, "const %s *wi = w + (from[f]*%d + og*n1)*%zu;", weight_type(k), c->groups, tap_floats(k, c));
	out_line(o, "float *yb = yi + b*%d;\n", k->out->lay.cb);
	for (int i = 0; i < 2; j += w[i]*count[i], i++) {
		if (count[i] > 1)
			out_line(o, "for (int j = %d; j < %d; j += %d)", j, j + w[i]*count[i], w[i]);
		if (count[i])
			out_line(o, "%s%s(xi%s, wi%s, yb%s, taps + from[f], n1);", count[i] > 1 ? "\t" : "", tile[w[i]],
			         count[i] > 1 ? arena_text(" + j*%d", xs) : plus((size_t)(j*xs)),
			         k->bias ? arena_text(", b0 + og*%d", c->per) : "",
			         count[i] > 1 ? arena_text(" + j*%d", ys) : plus((size_t)(j*ys)));
	}
	out_line(o, "}");
}

static int
transposed_emit(Out *o, const Kernel *k, int phase)
{
	Cut c = cut_of(k);
	Shape x = k->in->shape, y = k->out->shape;
	const Layout *lx = &k->in->lay, *ly = &k->out->lay;
	int sw = k->a.stride.w, rest = y.w%sw, vl = k->t->vl, per = ly->cb/vl;
	const char *tile[MostPixels + 1] = { NULL };

	out_line(o, "** y = %sconv%dx%d transposed (x, w), stride %dx%d%s%s", act_open(k), k->a.kernel.h, k->a.kernel.w,
	         k->a.stride.h, sw, k->bias ? " + b" : "", act_close(k));
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	out_line(o, "** w  %zu %s in %d phases; %d pixels x %d channels in %d accumulators, %d of %d registers",
	         transposed_weights(k), dtype_rows[k->weights].words, c.phases, c.p, c.per, c.ob*c.p,
	         c.ob*c.p + (c.ob < c.p ? c.ob : c.p) + 1, k->t->regs);
	for (int a = 0; a < 2; a++) {
		int count[2], width[2], all = y.w/sw + (a == 0 && rest);
		if (all < 1)
			continue;
		split_row(all, c.p, count, width);
		for (int i = 0; i < 2; i++)
			if (count[i] && !tile[width[i]])
				tile[width[i]] = emit_tile(o, k, &c, width[i]);
	}
	emit_head(o, k, phase);
	emit_tables(o, k, &c);
	emit_units(o, "og", c.groups, y.n, y.h, "i");
	if (c.groups == 1)
		out_line(o, "const int og = 0;");
	if (y.h == 1)
		out_line(o, "const int i = 0;");
	if (k->bias)
		out_line(o, "const float *b0 = b;");
	out_line(o, "const float *xi = x%s%s + %s%s;", x.n > 1 ? arena_text(" + n*%zu", lx->image) : "", plus(lx->origin),
	         arena_text("i/%d*%zu", k->a.stride.h, lx->row), groups_of(k) > 1 ? " + first[og]" : "");
	out_line(o, "float *yi = y%s%s + i*%zu + %s;\n", y.n > 1 ? arena_text(" + n*%zu", ly->image) : "", plus(ly->origin),
	         ly->row, c.ob%per == 0 ? arena_text("og*%zu", (size_t)(c.ob/per)*ly->plane) :
	         arena_text("og/%d*%zu + og%%%d*%d", per/c.ob, ly->plane, per/c.ob, c.per));
	emit_columns(o, k, &c, tile, 0, rest, y.w/sw + 1);
	emit_columns(o, k, &c, tile, rest, sw, y.w/sw);
	out_line(o, "}");
	out_line(o, "}");
	return c.groups*y.n*y.h;
}

/* transposed_cycles - of every phase's tiles: their k steps, and their start and end */
static double
transposed_cycles(const Kernel *k, Way way)
{
	Cut c = cut_of(k);
	Shape y = k->out->shape;
	double total = 0, floats = (double)tap_floats(k, &c), each = (double)weight_bytes(k);

	(void)way;
	for (int f = 0; f < c.phases; f++) {
		int a = f/k->a.stride.w, b = f%k->a.stride.w, taps = phase_taps(k, f), count[2], width[2];
		int rows = a < y.h ? (y.h - 1 - a)/k->a.stride.h + 1 : 0, cols = b < y.w ? (y.w - 1 - b)/k->a.stride.w + 1 : 0;
		if (!rows || !cols)
			continue;
		split_row(cols, c.p, count, width);
		for (int i = 0; i < 2; i++)
			total += (double)rows*count[i]*(taps*floats/c.per*step_cycles(k->t, c.ob, width[i], each*c.per, each*taps*floats)
			                                + 20 + c.ob*width[i]*1.5);
	}
	return total*c.groups*y.n;
}

const Family family_transposed = {
	.name = "transposed", .cycles = transposed_cycles, .reach = transposed_reach, .describe = transposed_describe,
	.emit = transposed_emit, .packed = transposed_packed, .pack = transposed_pack, .repack = transposed_repack
};
