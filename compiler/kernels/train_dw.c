/*
** train_dw.c - gradient of a convolution's weights: dw[o][c][tap] = sum over images and pixels of x at the tap times
** dy.
**
** A tile is P input channels of a block by OB vectors of output channels in named accumulators, while pixels go by:
** each costs OB loads of dy and P broadcasts of x. Fixed groups of images have sums of their own, part[group][group of
** OB vectors][block][tap] [channel][OB*VL], which a second phase adds up as a tree, in the order of the weight file.
*/
#include <math.h>
#include <string.h>

#include "train_dw.h"

enum {
	MostGroups  = 16,            /* of images */
	WantedUnits = 32,            /* of work, that threads share */
	SmallImage  = 4096           /* floats of a block: of those several images are summed at once */
};

/* forward_of - the convolution of which this is the gradient */
static Kernel
forward_of(const Kernel *k)
{
	Kernel f = *k;

	f.op = O_conv2d;
	f.out[0] = k->in[1];
	return f;
}

static bool
planar(const Kernel *k)
{
	return k->in->lay.cb == 1;
}

size_t
dw_lines(size_t floats)
{
	size_t lines = (floats + 15)/16;

	return 16*(lines + (lines%2 == 0));
}

Cut
dw_cut(const Kernel *k)
{
	Kernel f = forward_of(k);
	int vectors = vectors_of(&f), per = k->in[1].lay.cb/k->t->vl;
	Cut c = { .ob = vectors%2 == 0 && (per == 1 || per%2 == 0) ? 2 : 1 };

	c.per = c.ob*k->t->vl;
	c.groups = vectors/c.ob;
	c.taps = planar(k) ? 1 : k->a.kernel.h*k->a.kernel.w;
	c.rows = planar(k) ? k->in->shape.c*k->a.kernel.h*k->a.kernel.w : k->in->lay.cb;
	c.blocks = planar(k) ? 1 : blocks_needed(&f, c.per);
	split_row(c.rows, (k->t->regs - c.ob - 1)/c.ob, c.count, c.width);
	c.images = ceil_div(WantedUnits, c.groups*c.blocks);
	if (c.images > MostGroups)
		c.images = MostGroups;
	if (c.images > k->in->shape.n)
		c.images = k->in->shape.n;
	if (k->strips)
		c.images = k->strip ? 1 : k->strips;
	c.part = dw_lines((size_t)(c.groups*c.blocks*c.taps)*(size_t)(c.rows*c.per));
	return c;
}

/* floats_of - the sums of a group of output channels and a block */
static int
floats_of(const Cut *c)
{
	return c->taps*c->rows*c->per;
}

/* dw_in_one - all images are summed at once: each unit's sums become weights while they are in the cache */
static bool
dw_in_one(const Kernel *k)
{
	return !k->strips && dw_cut(k).images == 1;
}

static size_t
dw_scratch(const Kernel *k)
{
	Cut c = dw_cut(k);

	return dw_in_one(k) ? 0 : c.part*(size_t)c.images*sizeof(float);
}

static size_t
dw_own(const Kernel *k, int *parts)
{
	Cut c = dw_cut(k);

	*parts = c.groups*c.blocks;
	return dw_in_one(k) ? (size_t)floats_of(&c)*sizeof(float) : 0;
}

static void
dw_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "dw%dx%d_%dto%d_%dx%d%s%s", k->a.kernel.h, k->a.kernel.w, k->in->shape.c, k->in[1].shape.c,
	         k->in[1].shape.h, k->in[1].shape.w, k->a.stride.h > 1 ? arena_text("_s%d", k->a.stride.h) : "",
	         k->a.groups > 1 ? arena_text("_g%d", k->a.groups) : "");
}

int
dw_operands(const Kernel *k, int phase, Operand *to)
{
	(void)k;
	if (phase == 0) {
		to[0] = (Operand){ "x", Role_in, 0 };
		to[1] = (Operand){ "dy", Role_in, 1 };
		to[2] = (Operand){ "part", Role_scratch, 0 };
		return 3;
	}
	to[0] = (Operand){ "part", Role_scratch, 0 };
	to[1] = (Operand){ "dw", Role_out, 0 };
	return 2;
}

static int
direct_operands(const Kernel *k, int phase, Operand *to)
{
	if (!dw_in_one(k))
		return dw_operands(k, phase, to);
	to[0] = (Operand){ "sums", Role_own, 0 };
	to[1] = (Operand){ "x", Role_in, 0 };
	to[2] = (Operand){ "dy", Role_in, 1 };
	to[3] = (Operand){ "dw", Role_out, 0 };
	return 4;
}

void
dw_reach(const Node *n, Sides *around)
{
	const Attr *a = &n->a;
	Shape x = n->in[0]->shape, y = n->in[1]->shape;

	around->t = a->padding.t;
	around->l = a->padding.l;
	around->b = (y.h - 1)*a->stride.h - a->padding.t + (a->kernel.h - 1)*a->dilation.h - (x.h - 1);
	around->r = (y.w - 1)*a->stride.w - a->padding.l + (a->kernel.w - 1)*a->dilation.w - (x.w - 1);
}

/* row_at - where row r of a tile is read: a channel of the block, or a channel and tap of a planar input */
static size_t
row_at(const Kernel *k, int r)
{
	int taps = k->a.kernel.h*k->a.kernel.w, tap = r%taps;

	if (!planar(k))
		return (size_t)r;
	return (size_t)(r/taps)*k->in->lay.plane + (size_t)(tap/k->a.kernel.w*k->a.dilation.h)*k->in->lay.row +
		(size_t)(tap%k->a.kernel.w*k->a.dilation.w);
}

/* emit_sums - the loops of a tile of rows r0 to r0 + p */
static void
emit_sums(Out *o, const Kernel *k, const Cut *c, int r0, int p)
{
	const View *x = &k->in[0], *dy = &k->in[1];
	int vl = k->t->vl, per = dy->lay.cb/vl;

	out_flow(o, "V");
	for (int r = 0; r < p; r++)
		for (int i = 0; i < c->ob; i++)
			out_flow(o, "%s = first ? zero() : ld(to%s)%s", acc(i, r), plus((size_t)(r*c->per + i*vl)), r + 1 == p && i +
			         1 == c->ob ? ";" : ",");
	out_flow_end(o);
	out_line(o, "\nfor (int n = 0; n < images; n++, x += %zu, dy += %zu)", x->lay.image, dy->lay.image);
	out_line(o, "for (int i = 0; i < %d; i++) {", dy->shape.h);
	out_line(o, "const float *xi = x + i*%zu, *di = dy + i*%zu;\n", x->lay.row*(size_t)k->a.stride.h, dy->lay.row);
	out_line(o, "for (int j = 0; j < %d; j++, xi += %d, di += %d) {", dy->shape.w, k->a.stride.w*x->lay.cb, dy->lay.cb);
	for (int i = 0; i < c->ob; i++)
		out_flow(o, "%sw%d = ld(di%s)%s", i ? "" : "V ", i, plus(per > 1 ? (size_t)(i*vl) : (size_t)i*dy->lay.plane),
		         i + 1 < c->ob ? "," : ", v;");
	out_flow_end(o);
	for (int r = 0; r < p; r++) {
		const char *line = arena_text("v = bc(xi%s);", plus(row_at(k, r0 + r)));
		for (int i = 0; i < c->ob; i++)
			line = arena_text("%s %s = fma_(v, w%d, %s);", line, acc(i, r), i, acc(i, r));
		out_line(o, "%s", line);
	}
	out_line(o, "}");
	out_line(o, "}");
	for (int r = 0; r < p; r++)
		for (int i = 0; i < c->ob; i++)
			out_flow(o, "st(to%s, %s);", plus((size_t)(r*c->per + i*vl)), acc(i, r));
	out_flow_end(o);
}

const char *
dw_tile(Out *all, const Kernel *k, const Cut *c, const char *stem, int r0, int p)
{
	Out *o = out_in(NULL);

	out_line(o, "(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images, float *RC_RESTRICT to, int first)");
	out_line(o, "{");
	emit_sums(o, k, c, r0, p);
	out_line(o, "}");
	return helper(all, "", "static RC_NOINLINE void", arena_text("%s_p%d", stem, p), o);
}

/* emit_taps - of images from n, count of them: every tile of every tap */
static void
emit_tiles(Out *o, const Kernel *k, const Cut *c, const char *const *tile, const char *images)
{
	int r = 0, at = 0;

	if (c->taps > 1)
		out_line(o, "for (int t = 0; t < %d; t++) {", c->taps);
	if (c->taps > 1)
		out_line(o, "const float *xt = xn + t/%d*%zu + t%%%d*%d;", k->a.kernel.w, (size_t)k->a.dilation.h*k->in->lay.row,
		         k->a.kernel.w, k->a.dilation.w*k->in->lay.cb);
	for (int i = 0; i < 2; i++)
		for (int m = 0; m < c->count[i]; m++, r += c->width[i], at++)
			out_line(o, "%s(%s%s, dyn, %s, to%s%s, n == from);", tile[at], c->taps > 1 ? "xt" : "xn",
			         planar(k) ? "" : plus((size_t)r), images, c->taps > 1 ? arena_text(" + t*%d", c->rows*c->per) : "",
			         plus((size_t)(r*c->per)));
	if (c->taps > 1)
		out_line(o, "}");
}

/* emit_first - where the blocks of output group og begin */
static const char *
emit_first(Out *o, const Kernel *k, const Cut *c)
{
	Kernel f = forward_of(k);
	bool any = false;

	for (int og = 0; og < c->groups && !planar(k); og++)
		any = any || first_block(&f, og, c->per);
	if (!any)
		return "block";
	out_line(o, "static const int starts[%d] = {", c->groups);
	for (int og = 0; og < c->groups; og++)
		out_flow(o, "%d%s", first_block(&f, og, c->per), og + 1 < c->groups ? "," : "");
	out_flow_end(o);
	out_line(o, "};\n");
	return "(starts[og] + block)";
}

/*
** dw_weights - the sums of a group of output channels and a block, in the order of the weight file; number by number:
** clang would scatter vectors of them, which takes a Zen 4 several times as long
*/
void
dw_weights(Out *o, const Kernel *k, const Cut *c, const char *start)
{
	int taps = k->a.kernel.h*k->a.kernel.w, icg = k->out->shape.c;

	out_line(o, "for (int o = 0; o < %d && oc < %d; o++, oc++)", c->per, k->out->shape.n);
	if (planar(k)) {
		const char *row = k->a.groups > 1 ? arena_text("(oc/%d*%d + r)", k->out->shape.n/k->a.groups, icg*taps) : "r";
		out_line(o, "for (int r = 0; r < %d; r++)", icg*taps);
		out_line(o, "\tdw[oc*%d + r] = sums[%s*%d + o];", icg*taps, row, c->per);
		return;
	}
	out_line(o, "for (int c = 0, ic = %s*%d; c < %d && ic < %d; c++, ic++) {", start, c->rows, c->rows, k->in->shape.c);
	if (k->a.groups > 1)
		out_line(o, "if (ic/%d != oc/%d)\n\tcontinue;", icg, k->out->shape.n/k->a.groups);
	out_line(o, "const float *from = sums + c*%d + o;", c->per);
	out_line(o, "float *to = dw + %s;\n", times(arena_text("(oc*%d + ic%s)", icg,
	         k->a.groups > 1 ? arena_text("%%%d", icg) : ""), (size_t)taps));
	out_line(o, "RC_OPAQUE(from);");
	out_line(o, "for (int t = 0; t < %d; t++)", taps);
	out_line(o, "\tto[t] = from[t*%d];", c->rows*c->per);
	out_line(o, "}");
}

static int
emit_partial(Out *o, const Kernel *k, const Cut *c)
{
	const View *x = &k->in[0], *dy = &k->in[1];
	Sides pad = k->a.padding;
	int per = dy->lay.cb/k->t->vl, n = x->shape.n, r = 0;
	size_t x0 = (size_t)(x->lay.halo.t - pad.t)*x->lay.row + (size_t)((x->lay.halo.l - pad.l)*x->lay.cb);
	bool small = x->lay.plane <= SmallImage, one = dw_in_one(k);
	const char **tile = arena_new((size_t)(c->count[0] + c->count[1])*sizeof *tile), *start;
	char stem[128];

	dw_describe(k, stem, sizeof stem);
	for (int i = 0, at = 0; i < 2; i++)
		for (int m = 0; m < c->count[i]; m++, r += c->width[i], at++)
			tile[at] = !planar(k) && m ? tile[at - 1] : dw_tile(o, k, c, stem, planar(k) ? r : 0, c->width[i]);
	emit_head(o, k, 0);
	start = emit_first(o, k, c);
	out_line(o, "for (int u = lo; u < hi; u++) {");
	out_line(o, "int g = %s, og = %s,%s %s;", over("u", c->groups*c->blocks), rest(over("u", c->blocks), c->groups),
	         planar(k) ? "" : arena_text(" block = %s,", rest("u", c->blocks)), from_to("end", n, c->images));
	if (one)
		out_line(o, "int oc = og*%d;", c->per);
	out_line(o, "float *to = %s;\n", one ? "sums" : arena_text("part%s + u%s*%d",
	         c->images > 1 ? arena_text(" + g*%zu", c->part) : "",
	         c->images > 1 ? arena_text("%%%d", c->groups*c->blocks) : "", floats_of(c)));
	out_line(o, "for (int n = from; n < end; n += %s) {", small ? "end - from" : "1");
	out_line(o, "const float *xn = x + n*%zu%s%s;", x->lay.image, planar(k) ? "" :
	         arena_text(" + %s", times(start, x->lay.plane)), plus(x0));
	out_line(o, "const float *dyn = dy + n*%zu + %s%s;\n", dy->lay.image,
	         c->ob >= per ? times("og", (size_t)(c->ob/per)*dy->lay.plane) :
	         arena_text("og/%d*%zu + og%%%d*%d", per/c->ob, dy->lay.plane, per/c->ob, c->per), plus(dy->lay.origin));
	emit_tiles(o, k, c, tile, small ? "end - from" : "1");
	out_line(o, "}");
	if (one)
		dw_weights(o, k, c, start);
	out_line(o, "}");
	out_line(o, "}");
	return c->images*c->groups*c->blocks;
}

/* dw_total - a unit is a group of output channels and a block, whose sums are added up where they lie */
int
dw_total(Out *o, const Kernel *k, const Cut *c)
{
	const char *start;

	emit_head(o, k, 1);
	start = emit_first(o, k, c);
	out_line(o, "for (int u = lo; u < hi; u++) {");
	out_line(o, "int og = %s%s, oc = og*%d;", over("u", c->blocks),
	         planar(k) ? "" : arena_text(", block = %s", rest("u", c->blocks)), c->per);
	out_line(o, "float *sums = part + u*%d;\n", floats_of(c));
	if (c->images > 1)
		out_line(o, "rc_tree(sums, %d, %zu, %d);", c->images, c->part, floats_of(c));
	dw_weights(o, k, c, start);
	out_line(o, "}");
	out_line(o, "}");
	return c->groups*c->blocks;
}

static int
dw_emit(Out *o, const Kernel *k, int phase)
{
	Cut c = dw_cut(k);

	out_line(o, phase ? "** dw = the sums of groups of images, added up" : dw_in_one(k) ?
	         "** dw = x at each tap times dy, over all images" :
	         "** part = x at each tap times dy, over groups of images");
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "dy", &k->in[1]);
	if (phase == 0)
		out_line(o, "** %d channels x %d channels in %d accumulators; %d group%s of images", c.width[0], c.per,
		         c.width[0]*c.ob, c.images, c.images > 1 ? "s" : "");
	return phase ? dw_total(o, k, &c) : emit_partial(o, k, &c);
}

/* dw_tile_cycles - a pixel costs each tile the most of its multiply-adds, loads, instructions, and their latency */
double
dw_tile_cycles(const Kernel *k, const Cut *c)
{
	const Target *t = k->t;
	double sum = 0;

	for (int i = 0; i < 2; i++) {
		double fmas = c->ob*c->width[i], loads = c->ob + c->width[i];
		sum += c->count[i]*fmax(fmax(fmas/t->fma, loads/t->load), fmax((fmas + loads + 4)/t->issue, t->latency));
	}
	return sum;
}

static void
dw_ways(const Kernel *k, EachWay *each, void *user)
{
	(void)k;
	each(user, (Way){ .tile = { 0, 0 } });
}

static double
dw_cycles(const Kernel *k, Way way)
{
	Cut c = dw_cut(k);
	double pixels = (double)k->in[1].shape.n*k->in[1].shape.h*k->in[1].shape.w;

	(void)way;
	return pixels*c.taps*c.groups*c.blocks*dw_tile_cycles(k, &c);
}

static double
dw_work(const Kernel *k)
{
	return (double)count_of(k->out->shape)*k->in[1].shape.n*k->in[1].shape.h*k->in[1].shape.w;
}

const Family family_conv2d_dw = {
	.name = "conv2d_dw", .planar = true, .ways = dw_ways, .cycles = dw_cycles, .phases = 2, .reduces = true,
	.reach = dw_reach,
	.in_one = dw_in_one, .describe = dw_describe, .emit = dw_emit, .scratch = dw_scratch,
	.own = dw_own, .operands = direct_operands, .work = dw_work
};
