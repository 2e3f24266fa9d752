/*
** move.c - numbers that get another channel, row or column: reshape, permute, shuffles. A unit of work is one row of a
** block of channels of the result. Channels that stay what they are go by whole vectors, others one by one, each with
** the stride its pixels have in the input. A reshape of the rows and columns alone that no halo disturbs is done by
** giving the result its input's memory.
*/
#include "conv.h"

/* order_of - the input's axis that is the result's axis k: c, h or w */
static char
order_of(const Attr *a, int k)
{
	int count;

	return words_of(&attr_rows[At_order], &count)[a->order][k];
}

/* keeps_channels - every number stays in its channel */
static bool
keeps_channels(const Kernel *k)
{
	return k->in->lay.cb == k->out->lay.cb && ((k->op == O_permute && order_of(&k->a, 0) == 'c') ||
	                                           (k->op == O_reshape && k->in->shape.c == k->out->shape.c));
}

static void
move_describe(const Kernel *k, char *name, size_t len)
{
	Shape x = k->in->shape, y = k->out->shape;

	snprintf(name, len, "%s_%dx%dx%d_to_%dx%dx%d", op_rows[k->op].name, x.c, x.h, x.w, y.c, y.h, y.w);
}

/* channel_at - offset of channel c of the input */
static const char *
channel_at(const Kernel *k, const char *c)
{
	const Layout *l = &k->in->lay;

	return l->cb == 1 ? times(c, l->plane) : arena_text("%s/%d*%zu + %s%%%d", c, l->cb, l->plane, c, l->cb);
}

/* emit_row - W numbers of a row: from xp, step floats apart, to yp, every apart */
static void
emit_row(Out *o, const Kernel *k, int count, const char *first, const char *from, int every)
{
	const char *to = arena_text("%s%s", times("j", (size_t)(every*k->out->lay.cb)), first);

	out_line(o, "for (int j = 0; j < %d; j++)", count);
	out_line(o, keeps_channels(k) ? "\tst(yp + %s, ld(xp + %s));" : "\typ[%s] = xp[%s];", to, from);
}

/* emit_source - xp, for channel "s" of the input and what is further added */
static void
emit_source(Out *o, const Kernel *k, const char *channel, const char *more)
{
	out_line(o, "const float *xp = x%s%s%s%s;", k->out->shape.n > 1 ? arena_text(" + n*%zu", k->in->lay.image) : "",
	         plus(k->in->lay.origin), *channel ? arena_text(" + %s", channel_at(k, channel)) : "", more);
}

static void
emit_permute(Out *o, const Kernel *k)
{
	static const char *const index[] = { "c", "i" };
	const char *channel = "", *more = "", *step = channel_at(k, "j");

	for (int axis = 0; axis < 3; axis++) {
		size_t distance = order_of(&k->a, axis) == 'h' ? k->in->lay.row : (size_t)k->in->lay.cb;
		if (axis == 2)
			step = order_of(&k->a, axis) == 'c' ? step : times("j", distance);
		else if (order_of(&k->a, axis) == 'c')
			channel = index[axis];
		else
			more = arena_text("%s + %s", more, times(index[axis], distance));
	}
	emit_source(o, k, channel, more);
	emit_row(o, k, k->out->shape.w, "", step, 1);
}

/* emit_reshape - a row begins anywhere in the input, and may go on in its next rows and channels */
static void
emit_reshape(Out *o, const Kernel *k)
{
	Shape x = k->in->shape, y = k->out->shape;
	const Layout *l = &k->in->lay;
	bool whole = keeps_channels(k);

	out_line(o, "int f = %s;", whole ? times("i", (size_t)y.w) : times(arena_text("(c*%d + i)", y.h), (size_t)y.w));
	out_line(o, "int s = %s, r = %s, q = f%%%d;", whole ? "c" : arena_text("f/%d", x.h*x.w),
	         whole ? arena_text("f/%d", x.w) : arena_text("f/%d%%%d", x.w, x.h), x.w);
	if (x.w%y.w == 0) {
		emit_source(o, k, "s", arena_text(" + %s + %s", times("r", l->row), times("q", (size_t)l->cb)));
		emit_row(o, k, y.w, "", times("j", (size_t)l->cb), 1);
		return;
	}
	out_line(o, "const float *xn = x%s%s;", y.n > 1 ? arena_text(" + n*%zu", l->image) : "", plus(l->origin));
	out_line(o, "int at = %s + %s + %s;\n", channel_at(k, "s"), times("r", l->row), times("q", (size_t)l->cb));
	out_line(o, "for (int j = 0; j < %d; j++) {", y.w);
	out_line(o, whole ? "st(yp + %s, ld(xn + at));" : "yp[%s] = xn[at];", times("j", (size_t)k->out->lay.cb));
	out_line(o, "at += %d;", l->cb);
	out_line(o, "if (++q == %d) {", x.w);
	out_line(o, "q = 0;");
	if (whole || x.h > 1)
		out_line(o, "at += %zu;", l->row - (size_t)(x.w*l->cb));
	if (!whole) {
		out_line(o, "if (++r == %d) {", x.h);
		out_line(o, "r = 0;");
		out_line(o, "s++;");
		out_line(o, "at = %s;", channel_at(k, "s"));
		out_line(o, "}");
	}
	out_line(o, "}");
	out_line(o, "}");
}

/* square - which of all the channels is pixel p of the square of channel c, of so many */
static const char *
square(const Kernel *k, const char *c, const char *p, int channels)
{
	int f = k->a.factor;

	return k->a.depth_first ? arena_text("(%s)*%d + %s", p, channels, c) : arena_text("%s*%d + %s", c, f*f, p);
}

static void
emit_pixel_shuffle(Out *o, const Kernel *k)
{
	int f = k->a.factor;

	out_line(o, "for (int q = 0; q < %d; q++) {", f);
	out_line(o, "int s = %s;", square(k, "c", arena_text("i%%%d*%d + q", f, f), k->out->shape.c));
	emit_source(o, k, "s", arena_text(" + i/%d*%zu", f, k->in->lay.row));
	emit_row(o, k, k->in->shape.w, arena_text(" + %s", times("q", (size_t)k->out->lay.cb)),
	         times("j", (size_t)k->in->lay.cb), f);
	out_line(o, "}");
}

static void
emit_pixel_unshuffle(Out *o, const Kernel *k)
{
	int f = k->a.factor, channels = k->in->shape.c;

	out_line(o, k->a.depth_first ? "int s = c%%%d, p = c/%d;" : "int s = c/%d, p = c%%%d;",
	         k->a.depth_first ? channels : f*f, k->a.depth_first ? channels : f*f);
	emit_source(o, k, "s", arena_text(" + (i*%d + p/%d)*%zu + p%%%d*%d", f, f, k->in->lay.row, f, k->in->lay.cb));
	emit_row(o, k, k->out->shape.w, "", times("j", (size_t)(f*k->in->lay.cb)), 1);
}

static void
emit_channel_shuffle(Out *o, const Kernel *k)
{
	int g = k->a.groups;

	out_line(o, "int s = c%%%d*%d + c/%d;", g, k->in->shape.c/g, g);
	emit_source(o, k, "s", arena_text(" + %s", times("i", k->in->lay.row)));
	emit_row(o, k, k->out->shape.w, "", times("j", (size_t)k->in->lay.cb), 1);
}

static const char *
formula(const Kernel *k)
{
	switch (k->op) {
	case O_reshape:         return k->view ? "in its place" : "in NCHW order";
	case O_permute:         return arena_text("with axes %c, %c, %c", order_of(&k->a, 0), order_of(&k->a, 1),
	                                          order_of(&k->a, 2));
	case O_pixel_shuffle:   return arena_text("with %d channels as a square of pixels", k->a.factor*k->a.factor);
	case O_pixel_unshuffle: return arena_text("with squares of pixels as %d channels", k->a.factor*k->a.factor);
	default:                return arena_text("with channels of %d groups in turn", k->a.groups);
	}
}

static int
emit_view(Out *o)
{
	out_line(o, "*/");
	out_line(o, "(void *const *p, int lo, int hi)");
	out_line(o, "{");
	out_line(o, "(void)p, (void)lo, (void)hi;");
	out_line(o, "}");
	return 1;
}

static int
move_emit(Out *o, const Kernel *k, int phase)
{
	Shape y = k->out->shape;
	const Layout *l = &k->out->lay;
	int blocks = ceil_div(y.c, l->cb);
	bool whole = keeps_channels(k);

	out_line(o, "** y = x %s", formula(k));
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	if (k->view)
		return emit_view(o);
	emit_head(o, k, phase);
	emit_units(o, "b", blocks, y.n, y.h, "i");
	if (blocks == 1)
		out_line(o, "const int b = 0;");
	if (y.h == 1)
		out_line(o, "const int i = 0;");
	if (!whole && y.c%l->cb)
		out_line(o, "int end = b*%d + %d < %d ? b*%d + %d : %d;\n", l->cb, l->cb, y.c, l->cb, l->cb, y.c);
	else
		out_line(o, "int end = b*%d + %d;\n", l->cb, l->cb);
	out_line(o, whole && k->t->vl > 1 ? "for (int c = b*%d; c < end; c += %d) {" : "for (int c = b*%d; c < end; c++) {",
	         l->cb, k->t->vl);
	out_line(o, "float *yp = y%s%s + b*%zu + %s + c%%%d;", y.n > 1 ? arena_text(" + n*%zu", l->image) : "",
	         plus(l->origin), l->plane, times("i", l->row), l->cb);
	switch (k->op) {
	case O_reshape:         emit_reshape(o, k); break;
	case O_permute:         emit_permute(o, k); break;
	case O_pixel_shuffle:   emit_pixel_shuffle(o, k); break;
	case O_pixel_unshuffle: emit_pixel_unshuffle(o, k); break;
	default:                emit_channel_shuffle(o, k); break;
	}
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return blocks*y.n*y.h;
}

/* move_covers - the lanes of a last block that are no channels come along with whole vectors only */
static bool
move_covers(const Node *n)
{
	Kernel k = kernel_of(n, 0);

	return keeps_channels(&k) || n->out->shape.c%n->out->lay.cb == 0;
}

const Family family_move = { .name = "move", .covers = move_covers, .describe = move_describe, .emit = move_emit };
