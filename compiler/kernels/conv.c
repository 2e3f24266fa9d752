/*
** conv.c - direct convolution, and linear as a 1x1 convolution of a 1x1 image.
**
** One micro-kernel for all: acc[vector o][pixel p] += w[k][o] * broadcast(x[p][k]), an OB x P tile of
** named accumulators that lives in registers while k walks over input channels and taps. Weights are
** packed in the order they are read: [group of OB vectors][channel block][ki][kj][channel][OB*VL].
**
** Grouped convolutions that grouped.c does not take run the same code: a group of output vectors starts at its first
** input channel block and reads as many blocks as the widest group needs; weights that connect nothing
** are zero.
*/
#include "conv.h"

enum {
	SumBlocks  = 4,              /* of channels, whose products are added up by themselves */
	FetchInput = 1 << 13         /* floats: of larger inputs the next channel block is prefetched */
};

/* --- packing --- */

static Tiling
chosen(const Kernel *k)
{
	return conv_tiling(k, k->a.tile.h ? k->a.tile.h : 1, k->a.tile.w ? k->a.tile.w : 1);
}

/* in_runs - are the taps of a row, with their channels, one run of the input? small processors gain by walking it so */
static bool
in_runs(const Kernel *k, int per)
{
	return products_of(k->t).dot && k->in->lay.cb > 1 && last_channels(k, per) == k->in->lay.cb &&
		(k->op == O_linear || k->a.dilation.w == 1);
}

static size_t
conv_weights(const Kernel *k)
{
	Tiling tl = chosen(k);

	return conv_group(k, &tl)*(size_t)(vectors_of(k)/tl.ob);
}

static int
conv_packed(const Kernel *k, Packed *to)
{
	return dense_packed(k, conv_weights(k), to);
}

static void
conv_pack(const Kernel *k, const double *w, const double *b, void *const *to)
{
	Tiling tl = chosen(k);
	Pair ks = kernel_size(k);
	size_t at = 0;
	int per = tl.ob*k->t->vl, cb = k->in->lay.cb, blocks = blocks_needed(k, per);
	int icg = k->in->shape.c/groups_of(k), taps = ks.h*ks.w, last = last_channels(k, per), from[128];

	for (int og = 0; og < vectors_of(k)/tl.ob; og++) {
		int start = first_block(k, og, per);
		for (int o = 0; o < per; o++)
			from[o] = first_channel(k, og*per + o);
		for (int block = 0; block < blocks; block++)
		for (int tap = 0; tap < taps; tap++)
		for (int c = (start + block)*cb, end = c + (block + 1 < blocks ? cb : last); c < end; c++)
		for (int o = 0; o < per; o++) {
			int oc = og*per + o, ic = c - from[o];
			bool joined = oc < k->out->shape.c && ic >= 0 && ic < icg;
			put_weight(k, to[0], at++, joined ? w[((size_t)oc*(size_t)icg + (size_t)ic)*(size_t)taps + (size_t)tap] : 0);
		}
	}
	pack_bias(k, b, to);
}

/* conv_repack - as conv_pack goes */
static int
conv_repack(Out *o, const Kernel *k, bool turned)
{
	Tiling tl = chosen(k);
	Pair ks = kernel_size(k);
	int per = tl.ob*k->t->vl, groups = vectors_of(k)/tl.ob;
	Repacking r = { .order = "RC_ORDER_DIRECT", .phases = 1, .groups = groups, .blocks = blocks_needed(k, per),
		.last = last_channels(k, per), .per = per, .kernel = ks, .turned = turned ? 2 : 0 };

	return emit_packing(o, k, &r);
}

/* --- emission --- */

void
conv_describe(const Kernel *k, char *name, size_t len)
{
	Pair ks = kernel_size(k), s = stride_of(k);
	int n = k->op == O_linear ?
		snprintf(name, len, "linear_%dto%d", k->in->shape.c, k->out->shape.c) :
		snprintf(name, len, "conv%dx%d_%dto%d_%dx%d", ks.h, ks.w, k->in->shape.c, k->out->shape.c, k->out->shape.h,
		         k->out->shape.w);

	if (s.h > 1 || s.w > 1)
		n += snprintf(name + n, len - (size_t)n, s.h == s.w ? "_s%d" : "_s%d_%d", s.h, s.w);
	if (k->op == O_conv2d && (k->a.dilation.h > 1 || k->a.dilation.w > 1))
		n += snprintf(name + n, len - (size_t)n, "_d%d", k->a.dilation.h);
	if (groups_of(k) > 1)
		n += snprintf(name + n, len - (size_t)n, "_g%d", groups_of(k));
	snprintf(name + n, len - (size_t)n, "%s%s", k->skip ? "_add" : "", act_suffix(k));
}

/* pixel_at - offset of vector o, pixel p of a tile; plane: the name of the distance of blocks */
const char *
pixel_at(const Kernel *k, const View *v, const char *plane, int o, int p)
{
	int per = v->lay.cb/k->t->vl, planes = o/per;
	size_t offset = (size_t)(o%per*k->t->vl + p*v->lay.cb);

	return arena_text("%s%s", planes > 1 ? arena_text(" + %d*%s", planes, plane) : planes ? arena_text(" + %s", plane) :
	                  "", plus(offset));
}

/* acc - the name of accumulator (vector o, pixel p): a0 a1 ... b0 b1 ... */
const char *
acc(int o, int p)
{
	return arena_text("%c%d", 'a' + o, p);
}

/* emit_step_singles - the same where a multiply-add takes the pixel from a register of single floats */
static void
emit_step_singles(Out *o, const char *load, int step, int vl, int ob, int p)
{
	for (int i = 0; i < ob; i++)
		out_flow(o, "%sw%d = %s(w%s)%s", i ? "" : "V ", i, load, plus((size_t)(i*vl)), i + 1 < ob ? "," : "; float v;");
	out_flow_end(o);
	for (int j = 0; j < p; j++) {
		const char *line = arena_text("v = xk[%d];", j*step);
		for (int i = 0; i < ob; i++)
			line = arena_text("%s %s = fma_n(v, w%d, %s);", line, acc(i, j), i, acc(i, j));
		out_line(o, "%s", line);
	}
}

/* emit_step - one k step: the loads and OB*P multiply-adds; pixels lie step floats apart */
void
emit_step(Out *o, const Target *t, const char *load, int step, int ob, int p)
{
	char line[1024];
	int n = 0, vl = t->vl;

	if (products_of(t).singles) {
		emit_step_singles(o, load, step, vl, ob, p);
		return;
	}
	if (ob <= p) {
		for (int i = 0; i < ob; i++)
			n += snprintf(line + n, sizeof line - (size_t)n, "%sw%d = %s(w%s)", i ? ", " : "V ", i, load,
			              plus((size_t)(i*vl)));
		out_line(o, "%s, v;", line);
		for (int j = 0; j < p; j++) {
			n = snprintf(line, sizeof line, "v = bc(xk%s);", plus((size_t)(j*step)));
			for (int i = 0; i < ob; i++)
				n += snprintf(line + n, sizeof line - (size_t)n, " %s = fma_(v, w%d, %s);", acc(i, j), i, acc(i, j));
			out_line(o, "%s", line);
		}
		return;
	}
	for (int j = 0; j < p; j++)
		n += snprintf(line + n, sizeof line - (size_t)n, "%sv%d = bc(xk%s)", j ? ", " : "V ", j, plus((size_t)(j*step)));
	out_line(o, "%s, wv;", line);
	for (int i = 0; i < ob; i++) {
		n = snprintf(line, sizeof line, "wv = %s(w%s);", load, plus((size_t)(i*vl)));
		for (int j = 0; j < p; j++)
			n += snprintf(line + n, sizeof line - (size_t)n, " %s = fma_(v%d, wv, %s);", acc(i, j), j, acc(i, j));
		out_line(o, "%s", line);
	}
}

/* spans - do the vectors of a tile lie in several blocks of channels */
static bool
spans(const Kernel *k, const Tiling *tl)
{
	return tl->ob > k->out->lay.cb/k->t->vl;
}

/*
** by_blocks - do every few blocks of channels have sums of their own, which are added up? Rounding grows with the
** length of a sum, and where an image is one pixel sums are long and registers are free
*/
static bool
by_blocks(const Kernel *k, const Tiling *tl, int p)
{
	bool long_sum = k->out->shape.h*k->out->shape.w == 1 && k->in->lay.cb > 1 && tl->blocks > 2*SumBlocks;

	return long_sum && tl->chunk == tl->blocks && 2*tl->ob*p + 2 <= k->t->regs && !k->t->lean &&
		!in_runs(k, tl->ob*k->t->vl);
}

/* total - the name of what an accumulator is the sum of, or is added to block by block */
static const char *
total(const Kernel *k, const Tiling *tl, int o, int i, int p)
{
	return arena_text("%s%s", by_blocks(k, tl, p) ? "s" : "", acc(o, i));
}

/* emit_block_sums - those of a block, from zero on; behind it, added to the totals */
static void
emit_block_sums(Out *o, const Kernel *k, const Tiling *tl, int p, bool behind)
{
	out_flow(o, behind ? "" : "V");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < tl->ob; i++) {
			const char *sum = total(k, tl, i, j, p);
			out_flow(o, "%s", behind ? arena_text("%s = add(%s, %s);", sum, sum, acc(i, j)) :
			         arena_text("%s = zero()%s", acc(i, j), j + 1 == p && i + 1 == tl->ob ? ";" : ","));
		}
	out_flow_end(o);
}

/*
** emit_start - the accumulators' first values: bias and skip, or what the pass before left in y. The skip comes first
** because y may lie over it, and in a single pass too, so that bits don't hang on the tile
*/
static void
emit_start(Out *o, const Kernel *k, const Tiling *tl, int p)
{
	bool many = tl->chunk < tl->blocks;

	out_flow(o, "V");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < tl->ob; i++) {
			const char *value = k->bias ? arena_text("ld(b%s)", plus((size_t)(i*k->t->vl))) : "zero()";
			if (k->skip) {
				const char *z = arena_text("ld(z%s)", pixel_at(k, &k->in[1], "zplane", i, j));
				value = k->bias ? arena_text("add(%s, %s)", value, z) : z;
			}
			if (many)
				value = arena_text("from ? ld(y%s) : %s", pixel_at(k, &k->out[0], "yplane", i, j), value);
			else if (j > 0 && !k->skip)
				value = total(k, tl, i, 0, p);
			out_flow(o, "%s = %s%s", total(k, tl, i, j, p), value, j + 1 == p && i + 1 == tl->ob ? ";" : ",");
		}
	out_flow_end(o);
	out_line(o, "%s", "");
}

static void
emit_store(Out *o, const Kernel *k, const Tiling *tl, int p)
{
	bool many = tl->chunk < tl->blocks;
	Kernel rest = *k;

	rest.skip = false;                     /* the sums start with it */
	for (int i = 0; i < tl->ob; i++)
	for (int j = 0; j < p; j++) {
		emit_epilogue(o, &rest, total(k, tl, i, j, p), "", i);
		out_flow(o, "st(y%s, %s%s);", pixel_at(k, &k->out[0], "yplane", i, j),
		         many && k->a.act ? arena_text("to < blocks ? %s : ", acc(i, j)) : "", out_value(o, "value"));
	}
	out_flow_end(o);
}

/* next_block - how far ahead the next block of channels is fetched, or 0 */
static size_t
next_block(const Kernel *k, const Tiling *tl)
{
	const Layout *l = &k->in->lay;

	return l->cb > 1 && tl->blocks > 1 && l->image > FetchInput && 4.0*(double)l->image > k->t->l1 ? l->plane : 0;
}

/* emit_run - the k loops where a row of taps is one run of floats */
static void
emit_run(Out *o, const Kernel *k, const Tiling *tl, int p)
{
	int per = tl->ob*k->t->vl;

	out_line(o, "for (int ki = 0; ki < kh; ki++) {");
	out_line(o, "const float *xk = x + c*plane + ki*row;\n");
	out_line(o, "for (int k = 0; k < run; k++, xk++, w += %d) {", per);
	emit_step(o, k->t, weight_load(k), stride_of(k).w*k->in->lay.cb, tl->ob, p);
	out_line(o, "}");
	out_line(o, "}\n");
}

/* emit_loops - the k loops around emit_step: channel blocks, taps, channels of the block */
static void
emit_loops(Out *o, const Kernel *k, const Tiling *tl, int p)
{
	int per = tl->ob*k->t->vl, cb = k->in->lay.cb, step = stride_of(k).w*cb, line = LineBytes/(int)weight_bytes(k);
	bool inner = cb > 1; /* a planar input has no channels inside its blocks */
	bool partial = inner && last_channels(k, per) != cb, next = next_block(k, tl) > 0;

	if (by_blocks(k, tl, p)) {
		out_line(o, "for (int from = 0, to; from < blocks; from = to) {");
		emit_block_sums(o, k, tl, p, false);
		out_line(o, "\nto = from + %d < blocks ? from + %d : blocks;", SumBlocks, SumBlocks);
	}
	out_line(o, tl->chunk < tl->blocks || by_blocks(k, tl, p) ? "for (int c = from; c < to; c++)" :
	         "for (int c = 0; c < blocks; c++)");
	if (in_runs(k, per)) {
		emit_run(o, k, tl, p);
		return;
	}
	out_line(o, "for (int ki = 0; ki < kh; ki++)");
	out_line(o, "for (int kj = 0; kj < kw; kj++) {");
	out_line(o, "const float *xk = x + c*plane + ki*row + kj*col;");
	if (partial)
		out_line(o, "int kn = c + 1 < blocks ? %d : last;", cb);
	for (int j = 0; j < p && next; j++)
		out_flow(o, "RC_FETCH(xk + next%s);", plus((size_t)(j*step)));
	out_flow_end(o);
	if (fetched(k, tl)) {
		out_line(o, "for (int i = 0; i < fetch; i += %d, ahead += %d)", line, line);
		out_line(o, "\tRC_FETCH_FAR(ahead);");
	}
	out_line(o, "%s", "");
	if (inner)
		out_line(o, "for (int k = 0; k < %s; k++, xk++, w += %d) {", partial ? "kn" : arena_text("%d", cb), per);
	out_line(o, "RC_OPAQUE(xk);");
	emit_step(o, k->t, weight_load(k), step, tl->ob, p);
	if (inner)
		out_line(o, "}");
	else
		out_line(o, "w += %d;", per);
	out_line(o, "}\n");
	if (by_blocks(k, tl, p)) {
		emit_block_sums(o, k, tl, p, true);
		out_line(o, "}\n");
	}
}

/* tile_word - P pixels by OB vectors of output channels, whatever the layer's size: its name */
static const char *
tile_word(Out *all, const Kernel *k, const Tiling *tl, int p)
{
	Out *o = out_in(NULL);
	int per = tl->ob*k->t->vl, cb = k->in->lay.cb;
	bool many = tl->chunk < tl->blocks, partial = cb > 1 && last_channels(k, per) != cb, wide = spans(k, tl);
	bool run = in_runs(k, per), ahead = !run && fetched(k, tl), next = !run && next_block(k, tl);

	out_line(o, "(const float *RC_RESTRICT x, const %s *RC_RESTRICT w, %s%s%s%s, "
	            "%sint plane, int kh, int row, %s%s%s%s%s)",
	         weight_type(k), k->bias ? "const float *b, " : "", k->skip ? "const float *z, " : "",
	         k->skip && wide ? "int zplane, " : "", wide ? "float *y, int yplane" : "float *y",
	         many && !k->a.act && !partial ? "" : "int blocks, ", run ? "int run" : "int kw, int col",
	         next ? ", int next" : "", ahead ? arena_text(", const %s *ahead, int fetch", weight_type(k)) : "",
	         partial ? ", int last" : "", many ? ", int from, int to" : "");
	out_line(o, "{");
	emit_start(o, k, tl, p);
	emit_loops(o, k, tl, p);
	emit_store(o, k, tl, p);
	out_line(o, "}");
	const char *meanwhile = next && ahead ? "** fetched meanwhile: pixels at next, fetch weights at ahead\n" :
		next ? "** fetched meanwhile: pixels at next\n" : ahead ? "** fetched meanwhile: fetch weights at ahead\n" : "";
	return helper(all, arena_text("** %d channels of %d pixels%s; plane, row%s: from one block of channels, "
	                              "one tap to the next\n%s", per, p,
	                              stride_of(k).w > 1 ? arena_text(", stride %d", stride_of(k).w) : "", run ? "" : ", col",
	                              meanwhile),
	              "static RC_INLINE void",
	              arena_text("tile_%dx%d%s%s%s%s%s", per, p, stride_of(k).w > 1 ? arena_text("_s%d", stride_of(k).w) : "",
	                         cb == 1 ? "_planar" : by_blocks(k, tl, p) ? "_by_blocks" : "", k->skip ? "_add" : "",
	                         act_suffix(k), ahead ? "_ahead" : ""), o);
}

/* emit_tile - the micro-kernel: one row piece of P pixels, OB vectors of output channels; its name */
static const char *
emit_tile(Out *all, const Kernel *k, const Tiling *tl, int p)
{
	Out *o = out_in(NULL);
	Pair ks = kernel_size(k), dil = k->op == O_linear ? (Pair){ 1, 1 } : k->a.dilation;
	int per = tl->ob*k->t->vl, cb = k->in->lay.cb;
	bool many = tl->chunk < tl->blocks, partial = cb > 1 && last_channels(k, per) != cb, wide = spans(k, tl);
	char name[128];

	out_line(o, "(const float *x, const %s *w%s%s, float *y%s%s)", weight_type(k), k->bias ? ", const float *b" : "",
	         k->skip ? ", const float *z" : "", many ? ", int from, int to" : "",
	         fetched(k, tl) ? arena_text(", const %s *ahead", weight_type(k)) : "");
	out_line(o, "{");
	const char *taps = in_runs(k, per) ? arena_text("%d", ks.w*cb) :
		arena_text("%d, %d%s%s", ks.w, cb*dil.w, next_block(k, tl) ? arena_text(", %zu", next_block(k, tl)) : "",
		           fetched(k, tl) ? arena_text(", ahead, %d", fetched(k, tl)) : "");
	out_line(o, "%s(x, w%s%s%s, y%s, %s%zu, %d, %zu, %s%s%s);", tile_word(all, k, tl, p), k->bias ? ", b" : "",
	         k->skip ? ", z" : "", k->skip && wide ? arena_text(", %zu", k->in[1].lay.plane) : "",
	         wide ? arena_text(", %zu", k->out->lay.plane) : "", many && !k->a.act && !partial ? "" : arena_text("%d, ",
		tl->blocks), k->in->lay.plane, ks.h, k->in->lay.row*(size_t)dil.h, taps,
		partial ? arena_text(", %d", last_channels(k, per)) : "", many ? ", from, to" : "");
	out_line(o, "}");
	conv_describe(k, name, sizeof name);
	return helper(all, "", "static RC_NOINLINE void", arena_text("%s_p%d", name, p), o);
}

static void
emit_comment(Out *o, const Kernel *k, const Tiling *tl)
{
	Pair ks = kernel_size(k);
	int vl = k->t->vl, ob = tl->ob, p = tl->p;
	double macs = (double)k->out->shape.c*k->out->shape.h*k->out->shape.w*(k->in->shape.c/groups_of(k))*ks.h*ks.w;
	char name[64];

	if (k->op == O_linear)
		snprintf(name, sizeof name, "x w'");
	else
		snprintf(name, sizeof name, "conv%dx%d(x, w)", ks.h, ks.w);
	out_line(o, "** y = %s%s%s%s%s", act_open(k), name, k->bias ? " + b" : "",
	         k->skip ? " + z" : "", act_close(k));
	emit_operand(o, "x", &k->in[0]);
	if (k->skip)
		emit_operand(o, "z", &k->in[1]);
	emit_operand(o, "y", &k->out[0]);
	out_line(o, "** w  %zu %s  [%d oc][%d ic][%d][%d]%s[%d oc]", conv_weights(k), dtype_rows[k->weights].words,
	         vectors_of(k)/ob,
	         blocks_needed(k, ob*vl), ks.h, ks.w, k->in->lay.cb > 1 ? arena_text("[%d ic]", k->in->lay.cb) : "", ob*vl);
	out_line(o, "** %.2f M MACs; %d pixels x %d channels in %d accumulators, %d of %d registers", macs/1e6, p, ob*vl,
	         ob*p, registers_of(k->t, ob, p), k->t->regs);
	if (tl->chunk < tl->blocks)
		out_line(o, "** %d passes of %d input channel blocks, so that a pass's weights stay in the first cache",
		         ceil_div(tl->blocks, tl->chunk), tl->chunk);
}

/* emit_from - where a group of output vectors starts in x: nothing, a formula, or a table */
const char *
emit_from(Out *o, const Kernel *k, int per, int groups)
{
	int change = 0, by;

	while (change < groups && first_block(k, change, per) == 0)
		change++;
	if (change == groups)
		return "";
	by = first_block(k, change, per);
	for (int og = 0; og < groups; og++)
		if (first_block(k, og, per) != og/change*by) {
			out_line(o, "static const int from[%d] = {", groups);
			for (int i = 0; i < groups; i++)
				out_text(o, arena_text("%d%s", first_block(k, i, per), i + 1 == groups ? "\n" : i%16 == 15 ? ",\n" : ", "));
			out_line(o, "};\n");
			return arena_text(" + from[og]*%zu", k->in->lay.plane);
		}
	return change == 1 ? arena_text(" + og*%zu", by*k->in->lay.plane) : arena_text(" + og/%d*%zu", change,
	                                                                               by*k->in->lay.plane);
}

/* group_at - offset of group og of OB vectors in a blocked tensor */
const char *
group_at(const Kernel *k, const Layout *l, int ob)
{
	int per = l->cb/k->t->vl;

	if (ob%per == 0)
		return arena_text("og*%zu", (size_t)(ob/per)*l->plane);
	return arena_text("og/%d*%zu + og%%%d*%d", per/ob, l->plane, per/ob, ob*k->t->vl);
}

/* emit_base - const float *NAME = BASE + group + image + row */
static void
emit_base(Out *o, const Kernel *k, const char *type, const char *name, const char *group, const Layout *l,
          size_t row, size_t origin, const Tiling *tl)
{
	const char *image = k->out->shape.n > 1 ? arena_text(" + n*%zu", l->image) : "";
	const char *rows = tl->rows > 1 && tl->chunk == tl->blocks ? arena_text(" + i*%zu", row) : "";

	out_line(o, "%s *%si = %s%s%s%s%s;", type, name, name, group, image, rows, plus(origin));
}

/* emit_calls - the tiles of one row; row is what to add to each pointer */
static void
emit_calls(Out *o, const Kernel *k, const char *const tile[2], const Tiling *tl, bool grouped)
{
	bool many = tl->chunk < tl->blocks, rows = many && tl->rows > 1;
	int xs = stride_of(k).w*k->in->lay.cb, j = 0;
	const char *w = grouped ? "wi" : "w", *b = !k->bias ? "" : grouped ? ", bi" : ", b";
	size_t fetch = fetched_by_tile(k, tl), singles = 0;
	Pair ks = kernel_size(k);

	if (many)
		w = arena_text("%s + %s", w, times("c", (size_t)(k->in->lay.cb*ks.h*ks.w*tl->ob*k->t->vl)));
	for (int i = 0; i < 2; i++) {
		int p = tl->width[i], to = j + p*tl->count[i];
		bool loop = tl->count[i] > 1;
		if (!tl->count[i])
			continue;
		const char *tail = arena_text("%s%s", many ? ", c, to" : "", fetched(k, tl) ? arena_text(", ahead%s", plus(singles)) :
		                              "");
		if (loop)
			out_line(o, "for (int j = %d; j < %d; j += %d%s)", j, to, p, fetch ? arena_text(", ahead += %zu", fetch) : "");
		singles += loop ? 0 : fetch;
		const char *x = arena_text("xi%s%s",
		                           rows ? arena_text(" + %s", times("i", k->in->lay.row*(size_t)(stride_of(k).h*tl->fold))) :
		                           "", loop ? arena_text(" + %s", times("j", (size_t)xs)) : plus((size_t)(j*xs)));
		const char *y = arena_text("yi%s%s", rows ? arena_text(" + %s", times("i", k->out->lay.row*(size_t)tl->fold)) : "",
		                           loop ? arena_text(" + %s", times("j", (size_t)k->out->lay.cb)) :
		                           plus((size_t)(j*k->out->lay.cb)));
		const char *z = !k->skip ? "" : arena_text(", zi%s%s",
		                                           rows ? arena_text(" + %s", times("i", k->in[1].lay.row*(size_t)tl->fold)) :
		                                           "", loop ? arena_text(" + %s", times("j", (size_t)k->in[1].lay.cb)) :
		                                           plus((size_t)(j*k->in[1].lay.cb)));
		out_line(o, "%s(%s, %s%s%s, %s%s);", tile[i], x, w, b, z, y, tail);
		j = to;
	}
	if (rows && singles)
		out_line(o, "ahead += %zu;", singles);
}

/* emit_passes - the loops of several passes around the tiles: channel blocks, then the rows of a band */
static void
emit_passes(Out *o, const Kernel *k, const Tiling *tl, bool grouped)
{
	out_line(o, "for (int c = 0; c < %d; c += %d) {", tl->blocks, tl->chunk);
	if (tl->blocks%tl->chunk)
		out_line(o, "int to = c + %d < %d ? c + %d : %d;", tl->chunk, tl->blocks, tl->chunk, tl->blocks);
	else
		out_line(o, "int to = c + %d;", tl->chunk);
	emit_ahead(o, k, tl, grouped);
	out_line(o, "%s", "");
	if (tl->bands > 1)
		out_line(o, "for (int i = t*%d/%d; i < (t + 1)*%d/%d; i++) {", tl->rows, tl->bands, tl->rows, tl->bands);
	else if (tl->rows > 1)
		out_line(o, "for (int i = 0; i < %d; i++) {", tl->rows);
}

/* emit_units - the loop over the kernel's work: vector or group of vectors v, image n, row i or band t */
void
emit_units(Out *o, const char *v, int vectors, int images, int rows, const char *row)
{
	int axes = (vectors > 1) + (images > 1) + (rows > 1);
	const char *u = axes != 1 ? "u" : vectors > 1 ? v : images > 1 ? "n" : row;

	out_line(o, "for (int %s = lo; %s < hi; %s++) {", u, u, u);
	if (axes < 2)
		return;
	if (vectors > 1)
		out_line(o, "int %s = u/%d;", v, images*rows);
	if (images > 1)
		out_line(o, "int n = u%s%s;", rows > 1 ? arena_text("/%d", rows) : "", vectors > 1 ? arena_text("%%%d", images) : "");
	if (rows > 1)
		out_line(o, "int %s = u%%%d;", row, rows);
}

static int
conv_emit(Out *o, const Kernel *k, int phase)
{
	Tiling tl = chosen(k);
	Pair s = stride_of(k);
	Sides pad = k->op == O_linear ? (Sides){ 0, 0, 0, 0 } : k->a.padding;
	int groups = vectors_of(k)/tl.ob, per = tl.ob*k->t->vl, images = k->out->shape.n;
	size_t x0 = (size_t)(k->in->lay.halo.t - pad.t)*k->in->lay.row + (size_t)((k->in->lay.halo.l - pad.l)*k->in->lay.cb);
	bool many = tl.chunk < tl.blocks;
	const char *start, *tile[2];

	emit_comment(o, k, &tl);
	for (int i = 0; i < 2; i++)
		if (tl.count[i])
			tile[i] = emit_tile(o, k, &tl, tl.width[i]);
	emit_head(o, k, phase);
	start = emit_from(o, k, per, groups);
	emit_units(o, "og", groups, images, tl.bands, many ? "t" : "i");
	emit_base(o, k, "const float", "x", start, &k->in->lay, k->in->lay.row*(size_t)(s.h*tl.fold), x0, &tl);
	if (groups > 1)
		out_line(o, "const %s *wi = w + %s;", weight_type(k), times("og", conv_group(k, &tl)));
	if (groups > 1 && k->bias)
		out_line(o, "const float *bi = b + og*%d;", per);
	if (k->skip)
		emit_base(o, k, "const float", "z", groups > 1 ? arena_text(" + %s", group_at(k, &k->in[1].lay, tl.ob)) : "",
		          &k->in[1].lay, k->in[1].lay.row*(size_t)tl.fold, k->in[1].lay.origin, &tl);
	emit_base(o, k, "float", "y", groups > 1 ? arena_text(" + %s", group_at(k, &k->out->lay, tl.ob)) : "",
	          &k->out->lay, k->out->lay.row*(size_t)tl.fold, k->out->lay.origin, &tl);
	if (!many)
		emit_ahead(o, k, &tl, groups > 1);
	out_line(o, "%s", "");
	if (many)
		emit_passes(o, k, &tl, groups > 1);
	emit_calls(o, k, tile, &tl, groups > 1);
	if (many && tl.rows > 1)
		out_line(o, "}");
	if (many)
		out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return groups*images*tl.bands;
}

static double
cycles(const Kernel *k, Way way)
{
	Tiling tl = conv_tiling(k, way.tile.h, way.tile.w);

	return conv_cycles(k, &tl);
}

const Family family_conv = {
	.name = "conv", .planar = true, .ways = conv_ways, .cycles = cycles,
	.describe = conv_describe, .emit = conv_emit, .packed = conv_packed, .pack = conv_pack,
	.repack = conv_repack
};
