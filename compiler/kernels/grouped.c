/*
** grouped.c - convolution in groups no wider than a vector, depthwise among them: a vector of output
** channels reads the same channels of the input. Output channel o of a group of g sums over input channels
** o^0, o^1 ... o^(g-1); the word swap(x, s) moves lane i^s to lane i, so all lanes do useful work.
**
** A tile is P pixels of one row in P accumulators. For each kernel row and each s, its input columns are
** loaded and swapped once and used by every tap they meet.
** Weights: [vector][ki][s][kj][VL].
*/
#include "conv.h"

enum {
	MostPixels = 14,             /* of a tile: more gains nothing and costs text */
	MostStrided = 7              /* compilers load the columns of strided pixels far ahead: room for them */
};

/* grouped_fits - groups as wide in as out, a power of two of channels that fits a vector, unless a block is as good */
static bool
grouped_fits(const Node *n)
{
	const Target *t = n->g->target;
	int in, out;

	if (n->op != O_conv2d || n->a.groups == 1)
		return false;
	in = n->in[0]->shape.c/n->a.groups;
	out = n->a.out/n->a.groups;
	return in == out && !(in & (in - 1)) && in <= t->vl && in < t->block;
}

static int
width_of(const Kernel *k)
{
	return k->in->shape.c/k->a.groups;
}

static size_t
grouped_weights(const Kernel *k)
{
	return (size_t)(vectors_of(k)*k->t->vl*k->a.kernel.h*k->a.kernel.w*width_of(k));
}

static int
grouped_packed(const Kernel *k, Packed *to)
{
	return dense_packed(k, grouped_weights(k), to);
}

static void
grouped_pack(const Kernel *k, const double *w, const double *b, void *const *to)
{
	size_t at = 0;
	Pair ks = k->a.kernel;
	int vl = k->t->vl, g = width_of(k);

	for (int v = 0; v < vectors_of(k); v++)
	for (int ki = 0; ki < ks.h; ki++)
	for (int s = 0; s < g; s++)
	for (int kj = 0; kj < ks.w; kj++)
	for (int c = v*vl; c < (v + 1)*vl; c++)
		put_weight(k, to[0], at++, c < k->out->shape.c ? w[((c*g + (c%g ^ s))*ks.h + ki)*ks.w + kj] : 0);
	pack_bias(k, b, to);
}

/* grouped_repack - as grouped_pack goes */
static int
grouped_repack(Out *o, const Kernel *k, bool turned)
{
	Repacking r = { .order = "RC_ORDER_GROUPED", .phases = 1, .groups = vectors_of(k), .per = k->t->vl,
		.kernel = k->a.kernel, .turned = turned ? 2 : 0 };

	return emit_packing(o, k, &r);
}

static void
grouped_describe(const Kernel *k, char *name, size_t len)
{
	int g = width_of(k);
	int n = g == 1 ? snprintf(name, len, "depthwise%dx%d_%d", k->a.kernel.h, k->a.kernel.w, k->out->shape.c) :
		snprintf(name, len, "conv%dx%d_%dto%d", k->a.kernel.h, k->a.kernel.w, k->in->shape.c, k->out->shape.c);

	snprintf(name + n, len - (size_t)n, "_%dx%d%s%s%s%s", k->out->shape.h, k->out->shape.w,
	         k->a.stride.h > 1 ? arena_text("_s%d", k->a.stride.h) : "", g > 1 ? arena_text("_g%d", k->a.groups) : "",
	         k->skip ? "_add" : "", act_suffix(k));
}

/* held - do the weights of a kernel row stay in registers beside the accumulators */
static bool
held(const Kernel *k)
{
	return k->a.kernel.w <= k->t->regs/2;
}

static int
most_pixels(const Kernel *k)
{
	int free = k->t->regs - 2 - (held(k) ? k->a.kernel.w : 0), most = k->a.stride.w > 1 ? MostStrided : MostPixels;

	return free < most ? free : most;
}

/* column - input column c of a row, swapped */
static const char *
column(const Kernel *k, int c, int s)
{
	const char *value = arena_text("ld(xr%s)", plus((size_t)(c*k->in->lay.cb)));

	return s ? arena_text("swap(%s, %d)", value, s) : value;
}

/* weight - of tap kj in this kernel row */
static const char *
weight(const Kernel *k, int kj)
{
	return held(k) ? arena_text("w%d", kj) : arena_text("%s(w%s)", weight_load(k), plus((size_t)(kj*k->t->vl)));
}

/* emit_column - input column c: added to the pixels whose taps it meets */
static void
emit_column(Out *o, const Kernel *k, int c, int s, int p)
{
	const char *line = arena_text("v = %s;", column(k, c, s));
	bool met = false;

	for (int kj = k->a.kernel.w - 1; kj >= 0; kj--) {
		int left = c - kj*k->a.dilation.w, j = left/k->a.stride.w;
		if (left < 0 || left%k->a.stride.w || j >= p)
			continue;
		met = true;
		line = arena_text("%s a%d = fma_(v, %s, a%d);", line, j, weight(k, kj), j);
	}
	if (met)
		out_line(o, "%s", line);
}

/* emit_tile - the micro-kernel: P pixels of a row for one vector of channels; its name */
static const char *
emit_tile(Out *all, const Kernel *k, int p)
{
	Out *o = out_new();
	char name[128];
	const Attr *a = &k->a;
	int vl = k->t->vl, columns = (p - 1)*a->stride.w + (a->kernel.w - 1)*a->dilation.w + 1;
	const char *line;

	out_line(o, "(const float *RC_RESTRICT x, const %s *RC_RESTRICT w%s%s, float *y)", weight_type(k),
	         k->bias ? ", const float *b" : "", k->skip ? ", const float *z" : "");
	out_line(o, "{");
	line = arena_text("V a0 = %s", k->bias ? "ld(b)" : "zero()");
	for (int j = 1; j < p; j++)
		line = arena_text("%s, a%d = a0", line, j);
	out_line(o, "%s;\n", line);
	if (a->kernel.h > 1)
		out_line(o, "for (int ki = 0; ki < %d; ki++) {", a->kernel.h);
	out_line(o, "const float *xr = x%s;", a->kernel.h > 1 ? arena_text(" + ki*%zu", k->in->lay.row*(size_t)a->dilation.h) :
	         "");
	line = "V v";
	for (int kj = 0; held(k) && kj < a->kernel.w; kj++)
		line = arena_text("%s, w%d", line, kj);
	out_line(o, "%s;\n", line);
	for (int s = 0; s < width_of(k); s++) {
		out_line(o, "RC_OPAQUE(xr);");
		line = "";
		for (int kj = 0; held(k) && kj < a->kernel.w; kj++)
			line = arena_text("%s%sw%d = %s(w%s);", line, kj ? " " : "", kj, weight_load(k), plus((size_t)(kj*vl)));
		if (*line)
			out_line(o, "%s", line);
		for (int c = 0; c < columns; c++)
			emit_column(o, k, c, s, p);
		if (s + 1 < width_of(k) || a->kernel.h > 1)
			out_line(o, "w += %d;", a->kernel.w*vl);
	}
	if (a->kernel.h > 1)
		out_line(o, "}\n");
	for (int j = 0; j < p; j++) {
		emit_epilogue(o, k, arena_text("a%d", j), plus((size_t)(k->skip ? j*k->in[1].lay.cb : 0)), 0);
		out_set(o, "at", "%s", plus((size_t)(j*k->out->lay.cb)));
		out_text(o, "st(y$at, $value);\n");
	}
	out_line(o, "}");
	grouped_describe(k, name, sizeof name);
	return helper(all, "", "static RC_NOINLINE void", arena_text("%s_p%d", name, p), o);
}

/* emit_calls - the tiles of one row */
static void
emit_calls(Out *o, const Kernel *k, const char *const tile[2], const int count[2], const int width[2])
{
	int xs = k->a.stride.w*k->in->lay.cb, j = 0;

	for (int i = 0; i < 2; i++) {
		int p = width[i], to = j + p*count[i];
		bool loop = count[i] > 1;
		if (!count[i])
			continue;
		if (loop)
			out_line(o, "for (int j = %d; j < %d; j += %d)", j, to, p);
		out_line(o, "%s(xv%s, wv%s%s, yv%s);", tile[i], loop ? arena_text(" + j*%d", xs) : plus((size_t)(j*xs)),
		         k->bias ? arena_text(", b + v*%d", k->t->vl) : "",
		         k->skip ? arena_text(", zv%s", loop ? arena_text(" + j*%d", k->in[1].lay.cb) :
		                              plus((size_t)(j*k->in[1].lay.cb))) : "", loop ? arena_text(" + j*%d", k->out->lay.cb) :
		                              plus((size_t)(j*k->out->lay.cb)));
		j = to;
	}
}

static int
grouped_emit(Out *o, const Kernel *k, int phase)
{
	const Attr *a = &k->a;
	int count[2], width[2], g = width_of(k), taps = a->kernel.h*a->kernel.w*g;
	Layout lx = k->in->lay;
	const char *tile[2];

	split_row(k->out->shape.w, most_pixels(k), count, width);
	out_line(o, "** y = %s%s%dx%d(x, w)%s%s%s", act_open(k), g == 1 ? "depthwise" : "conv", a->kernel.h, a->kernel.w,
	         k->bias ? " + b" : "", k->skip ? " + z" : "", act_close(k));
	emit_operand(o, "x", &k->in[0]);
	if (k->skip)
		emit_operand(o, "z", &k->in[1]);
	emit_operand(o, "y", &k->out[0]);
	out_line(o, "** w  %zu %s  [%d][%d][%d][%d][%d]", grouped_weights(k), dtype_rows[k->weights].words,
	         vectors_of(k), a->kernel.h, g, a->kernel.w, k->t->vl);
	out_line(o, "** %.2f M MACs; groups of %d, %d pixels x %d channels in %d accumulators, %d of %d registers",
	         (double)k->out->shape.c*k->out->shape.h*k->out->shape.w*taps/1e6, g, width[0], k->t->vl, width[0],
	         width[0] + 1 + (held(k) ? a->kernel.w : 0), k->t->regs);
	for (int i = 0; i < 2; i++)
		if (count[i])
			tile[i] = emit_tile(o, k, width[i]);
	emit_head(o, k, phase);
	emit_units(o, "v", vectors_of(k), k->out->shape.n, k->out->shape.h, "i");
	if (vectors_of(k) == 1)
		out_line(o, "const int v = 0;");
	lx.origin = (size_t)(lx.halo.t - a->padding.t)*lx.row + (size_t)((lx.halo.l - a->padding.l)*lx.cb);
	out_set(o, "xv", "%s%s", vector_base(k, "x", &lx),
	        k->out->shape.h > 1 ? arena_text(" + i*%zu", lx.row*(size_t)a->stride.h) : "");
	out_set(o, "yv", "%s%s", vector_base(k, "y", &k->out->lay),
	        k->out->shape.h > 1 ? arena_text(" + i*%zu", k->out->lay.row) : "");
	out_set(o, "zv", "%s%s", k->skip ? vector_base(k, "z", &k->in[1].lay) : "",
	        k->out->shape.h > 1 ? arena_text(" + i*%zu", k->in[1].lay.row) : "");
	out_set(o, "wv", "%d", taps*k->t->vl);
	out_set(o, "wtype", "%s", k->weights == DT_f32 ? ", *wv" : arena_text(";\nconst %s *wv", weight_type(k)));
	out_text(o, "const float *xv = $xv$wtype = w + v*$wv;\n");
	if (k->skip)
		out_text(o, "const float *zv = $zv;\n");
	out_text(o, "float *yv = $yv;\n\n");
	emit_calls(o, k, tile, count, width);
	out_line(o, "}");
	out_line(o, "}");
	return vectors_of(k)*k->out->shape.n*k->out->shape.h;
}

const Family family_grouped = {
	.name = "grouped", .fits = grouped_fits, .describe = grouped_describe, .emit = grouped_emit, .packed = grouped_packed,
		.pack = grouped_pack, .repack = grouped_repack
};
