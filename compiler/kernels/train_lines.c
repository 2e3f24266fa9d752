/*
** train_lines.c - norms by their own statistics in training, what sums along an axis are expanded to, and parameters as
** values. A unit of work of a norm is a row of pixels, or a group of channels of an image; sums are double, float by
** float.
*/
#include "kernel.h"

static void
lines_describe(const Kernel *k, char *name, size_t len)
{
	int count;

	snprintf(name, len, "%s_%dx%dx%d_%s%s", op_rows[k->op].name, k->out->shape.c, k->out->shape.h, k->out->shape.w,
	         words_of(&attr_rows[At_axis], &count)[k->a.axis], k->a.groups > 1 ? arena_text("_g%d", k->a.groups) : "");
}

/* lines_cover - blocks that are not whole have zeros behind the last channel */
static bool
lines_cover(const Node *n)
{
	return n->out->shape.c%n->out->lay.cb == 0;
}

/* --- norms --- */

static int
norm_operands(const Kernel *k, int phase, Operand *to)
{
	(void)k;
	(void)phase;
	to[0] = (Operand){ "x", Role_in, 0 };
	to[1] = (Operand){ "y", Role_out, 0 };
	return 2;
}

static int
dx_operands(const Kernel *k, int phase, Operand *to)
{
	(void)k;
	(void)phase;
	to[0] = (Operand){ "dy", Role_in, 0 };
	to[1] = (Operand){ "y", Role_in, 1 };
	to[2] = (Operand){ "x", Role_in, 2 };
	to[3] = (Operand){ "dx", Role_out, 0 };
	return 4;
}

/* emit_base - the first number of name that a unit works on: of an image, or of a pixel */
static void
emit_base(Out *o, const Kernel *k, const char *type, const char *name, const View *v)
{
	bool pixels = k->a.axis == Along_channels;

	out_line(o, "%s *%sn = %s%s%s%s;", type, name, name, k->out->shape.n > 1 ? arena_text(" + n*%zu", v->lay.image) : "",
	         plus(v->lay.origin), pixels ? arena_text(" + i*%zu + j*%d", v->lay.row, v->lay.cb) : "");
}

static const char *
element(const Kernel *k, const char *name, const View *v)
{
	return arena_text("%sn[%s%s]", name, copied_channel(&v->lay, "c", 1),
	                  k->a.axis == Along_channels ? "" : arena_text(" + i*%zu + j*%d", v->lay.row, v->lay.cb));
}

/* emit_each - the loops over the numbers of a unit; a statement or block follows */
static void
emit_each(Out *o, const Kernel *k)
{
	Shape x = k->out->shape;

	if (k->a.axis == Along_channels) {
		out_line(o, "for (int c = 0; c < %d; c++)", x.c);
		return;
	}
	out_line(o, "for (int c = from; c < from + %d; c++)", x.c/k->a.groups);
	out_line(o, "for (int i = 0; i < %d; i++)", x.h);
	out_line(o, "for (int j = 0; j < %d; j++)", x.w);
}

/* emit_units - the loop over them, up to where numbers of one line are at hand */
static void
emit_units(Out *o, const Kernel *k)
{
	Shape x = k->out->shape;

	if (k->a.axis == Along_channels) {
		emit_image_loop(o, k, "i", x.h);
		out_line(o, "for (int j = 0; j < %d; j++) {", x.w);
		return;
	}
	emit_image_loop(o, k, "g", k->a.groups);
	out_line(o, "int from = g*%d;", x.c/k->a.groups);
}

/* emit_moments - of x: mean, inverse */
static void
emit_moments(Out *o, const Kernel *k, const View *x)
{
	double count = (double)(k->out->shape.c/k->a.groups);

	if (k->a.axis != Along_channels)
		count *= k->out->shape.h*k->out->shape.w;
	out_set(o, "count", "%.1f", count);
	out_set(o, "x", "(double)%s", element(k, "x", x));
	emit_each(o, k);
	out_text(o, "\tmean += $x;\n"
	            "mean /= $count;\n");
	emit_each(o, k);
	out_text(o, "\tsquares += ($x - mean)*($x - mean);\n");
	out_line(o, "inverse = rc_inverse_root(squares/%.1f + %.17g);", count, k->a.eps);
}

static int
end_units(Out *o, const Kernel *k)
{
	bool pixels = k->a.axis == Along_channels;

	if (pixels)
		out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*(pixels ? k->out->shape.h : k->a.groups);
}

static const char *
lines_words(const Kernel *k)
{
	return k->a.axis == Along_channels ? "the channels of each pixel" :
		k->a.groups > 1 ? arena_text("%d groups of channels", k->a.groups) : "each image";
}

static int
norm_emit(Out *o, const Kernel *k, int phase)
{
	out_line(o, "** y = (x - mean)/sqrt(variance + %g) of %s", k->a.eps, lines_words(k));
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	emit_units(o, k);
	emit_base(o, k, "const float", "x", &k->in[0]);
	emit_base(o, k, "float", "y", &k->out[0]);
	out_line(o, "double mean = 0, squares = 0;");
	out_line(o, "float inverse;\n");
	emit_moments(o, k, &k->in[0]);
	emit_each(o, k);
	out_line(o, "\t%s = (float)((double)%s - mean)*inverse;", element(k, "y", &k->out[0]), element(k, "x", &k->in[0]));
	return end_units(o, k);
}

static int
dx_emit(Out *o, const Kernel *k, int phase)
{
	out_line(o, "** dx = (dy - mean(dy) - y mean(dy y))/sqrt(variance + %g) of %s", k->a.eps, lines_words(k));
	emit_operand(o, "dy", &k->in[0]);
	emit_operand(o, "y", &k->in[1]);
	emit_operand(o, "x", &k->in[2]);
	emit_operand(o, "dx", &k->out[0]);
	emit_head(o, k, phase);
	emit_units(o, k);
	emit_base(o, k, "const float", "dy", &k->in[0]);
	emit_base(o, k, "const float", "y", &k->in[1]);
	emit_base(o, k, "const float", "x", &k->in[2]);
	emit_base(o, k, "float", "dx", &k->out[0]);
	out_line(o, "double mean = 0, squares = 0, sum = 0, along = 0;");
	out_line(o, "float inverse;\n");
	emit_moments(o, k, &k->in[2]);
	out_set(o, "dy", "(double)%s", element(k, "dy", &k->in[0]));
	out_set(o, "y", "(double)%s", element(k, "y", &k->in[1]));
	emit_each(o, k);
	out_line(o, "{");
	out_text(o, "sum += $dy;\n"
	            "along += $dy*$y;\n"
	            "}\n");
	emit_each(o, k);
	out_set(o, "dx", "%s", element(k, "dx", &k->out[0]));
	out_text(o, "\t$dx = (float)($dy - sum/$count - $y*(along/$count))*inverse;\n");
	return end_units(o, k);
}

/* --- expanded sums --- */

/* expand_channels - a unit is an image */
static int
expand_channels(Out *o, const Kernel *k)
{
	Shape y = k->out->shape;
	const Layout *lx = &k->in->lay, *ly = &k->out->lay;

	out_line(o, "for (int n = lo; n < hi; n++)");
	out_line(o, "for (int c = 0; c < %d; c++)", y.c);
	out_line(o, "for (int i = 0; i < %d; i++)", y.h);
	out_line(o, "for (int j = 0; j < %d; j++)", y.w);
	out_line(o, "\ty[n*%zu%s + %s + i*%zu + j*%d] = x[n*%zu%s + %s + i*%zu + j*%d];", ly->image, plus(ly->origin),
	         copied_channel(ly, "c", 1), ly->row, ly->cb, lx->image, plus(lx->origin),
	         copied_channel(lx, k->in->shape.c == 1 ? "0" : arena_text("(c/%d)", y.c/k->in->shape.c), 1), lx->row, lx->cb);
	out_line(o, "}");
	return y.n;
}

static int
expand_emit(Out *o, const Kernel *k, int phase)
{
	Shape x = k->in->shape, y = k->out->shape;

	out_line(o, "** y = each of x for all that was added up in it");
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	if (k->a.axis == Along_channels)
		return expand_channels(o, k);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_line(o, "const float *xv = %s;", vector_base(k, "x", &k->in->lay));
	out_line(o, "float *yv = %s;\n", vector_base(k, "y", &k->out->lay));
	out_line(o, "for (int i = 0; i < %d; i++)", y.h);
	out_line(o, "for (int j = 0; j < %d; j++)", y.w);
	out_line(o, "\tst(yv + i*%zu + j*%d, ld(xv%s%s));", k->out->lay.row, k->out->lay.cb,
	         x.h == y.h ? arena_text(" + i*%zu", k->in->lay.row) : "",
	         x.w == y.w ? arena_text(" + j*%d", k->in->lay.cb) : "");
	out_line(o, "}");
	out_line(o, "}");
	return y.n*vectors_of(k);
}

static bool
expand_covers(const Node *n)
{
	return n->a.axis != Along_channels || lines_cover(n);
}

/* --- parameters --- */

static int
param_operands(const Kernel *k, int phase, Operand *to)
{
	(void)k;
	(void)phase;
	to[0] = (Operand){ "w", Role_param, P_gamma };
	to[1] = (Operand){ "y", Role_out, 0 };
	return 2;
}

static void
param_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "channel_param_%d", k->out->shape.c);
}

static int
param_emit(Out *o, const Kernel *k, int phase)
{
	out_line(o, "** y = w, for each image");
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	out_line(o, "for (int n = lo; n < hi; n++)");
	out_line(o, "for (int c = 0; c < %d; c++)", k->out->shape.c);
	out_line(o, "\ty[n*%zu%s + %s] = w[c];", k->out->lay.image, plus(k->out->lay.origin),
	         copied_channel(&k->out->lay, "c", 1));
	out_line(o, "}");
	return k->out->shape.n;
}

const Family family_own_norm = { .name = "own_norm", .covers = lines_cover, .describe = lines_describe,
	.emit = norm_emit, .operands = norm_operands };
const Family family_own_norm_dx = { .name = "own_norm_dx", .covers = lines_cover, .describe = lines_describe,
	.emit = dx_emit, .operands = dx_operands };
const Family family_expand = { .name = "expand", .covers = expand_covers, .describe = lines_describe,
	.emit = expand_emit };
const Family family_channel_param = { .name = "channel_param", .covers = lines_cover, .describe = param_describe,
	.emit = param_emit, .operands = param_operands };
