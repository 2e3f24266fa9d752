/*
** pad.c - an image in a frame: of one value, of itself mirrored, or of its edge repeated; and channels of the value
** before and behind its own. A unit of work is one vector of channels where both sides keep whole vectors together,
** otherwise as many as they keep together.
*/
#include <string.h>

#include "kernel.h"

/* unit_of - channels at a time */
static int
unit_of(const Kernel *k)
{
	int each = k->t->vl;
	bool more = k->a.channels.h + k->a.channels.w > 0;

	if (k->in->lay.cb != k->out->lay.cb || k->in->lay.cb%each)
		return 1;
	while (more && (k->in->shape.c%each || k->a.channels.h%each || k->a.channels.w%each))
		each /= 2;
	return each;
}

static void
pad_describe(const Kernel *k, char *name, size_t len)
{
	static const char *const how[NFills] = { "", "_reflect", "_replicate" };

	snprintf(name, len, "pad%s_%dx%dx%d", how[k->a.mode], k->in->shape.c, k->in->shape.h, k->in->shape.w);
}

/* grouped - in brackets where it is a sum */
static const char *
grouped(const char *j)
{
	return strchr(j, ' ') ? arena_text("(%s)", j) : j;
}

/* store - a line that sets column j of the result's row */
static void
store(Out *o, const Kernel *k, const char *j, const char *from, const char *indent)
{
	int each = unit_of(k);
	bool vectors = each > 1 && each == k->t->vl;
	const char *to = arena_text("%s*%d", grouped(j), k->out->lay.cb);
	const char *value = from ? arena_text(vectors ? "ld(xr + %s*%d)" : "xr[%s*%d]", grouped(from), k->in->lay.cb) :
		vectors ? arena_text("splat(%s)", float_text(k->a.value)) : float_text(k->a.value);

	if (each > 1 && !vectors && from) {
		out_line(o, "%smemcpy(yr + %s, xr + %s*%d, %d*sizeof *yr);", indent, to, grouped(from), k->in->lay.cb, each);
		return;
	}
	if (each > 1 && !vectors) {
		out_line(o, "%sfor (int s = 0; s < %d; s++)", indent, each);
		out_line(o, "%s\tyr[%s + s] = %s;", indent, to, value);
		return;
	}
	out_line(o, vectors ? "%sst(yr + %s, %s);" : "%syr[%s] = %s;", indent, to, value);
}

/* columns - count columns of the frame from column first; from: the input's column, of j, or NULL */
static void
columns(Out *o, const Kernel *k, int first, int count, const char *from)
{
	if (!count)
		return;
	out_line(o, "for (int j = 0; j < %d; j++)", count);
	store(o, k, first ? arena_text("j + %d", first) : "j", from, "\t");
}

/* emit_outside - what lies in front of and behind the channels, and above and below the image, is the value */
static void
emit_outside(Out *o, const Kernel *k, const char *outside)
{
	out_line(o, "if (%s) {", outside);
	columns(o, k, 0, k->out->shape.w, NULL);
	out_line(o, "continue;");
	out_line(o, "}");
}

static void
emit_rows(Out *o, const Kernel *k, int before, int channels)
{
	Sides p = k->a.padding;
	int h = k->in->shape.h, w = k->in->shape.w;
	const char *left = "0", *right = arena_text("%d", w - 1);
	const char *r = k->a.mode == Fill_constant && !p.t ? "i" : "r";      /* the input's row */

	if (*r == 'r')
		out_line(o, "int r = i%s;", p.t ? arena_text(" - %d", p.t) : "");
	out_line(o, "float *yr = yc + i*%zu;\n", k->out->lay.row);
	if (k->a.mode == Fill_constant) {
		const char *rows = p.t ? arena_text("r < 0 || r >= %d", h) : p.b ? arena_text("i >= %d", h) : "";
		const char *both = *rows && channels ? " || " : "";
		if (*rows || channels)
			emit_outside(o, k, arena_text("%s%s%s", channels ? arena_text("c < %d || c >= %d", before, before + channels)
			                              : "", both, rows));
		left = right = NULL;
	} else if (k->a.mode == Fill_reflect) {
		out_line(o, "r = r < 0 ? -r : r >= %d ? %d - r : r;", h, 2*(h - 1));
		left = arena_text("%d - j", p.l);
		right = arena_text("%d - j", w - 2);
	} else
		out_line(o, "r = r < 0 ? 0 : r >= %d ? %d : r;", h, h - 1);
	out_line(o, "const float *xr = xc + %s*%zu;", r, k->in->lay.row);
	columns(o, k, 0, p.l, left);
	columns(o, k, p.l, w, "j");
	columns(o, k, p.l + w, p.r, right);
}

static int
pad_emit(Out *o, const Kernel *k, int phase)
{
	static const char *const how[NFills] = { "amid a value", "amid its mirror images", "amid its edge repeated" };
	const Layout *x = &k->in->lay, *y = &k->out->lay;
	int each = unit_of(k), before = k->a.channels.h/each, more = k->a.channels.h + k->a.channels.w;
	int count = each > 1 && each == k->t->vl ? vectors_of(k) : k->out->shape.c/each;
	bool images = k->out->shape.n > 1;

	out_line(o, "** y = x %s", k->a.mode == Fill_constant && k->a.value == 0 ? "amid zeros" : how[k->a.mode]);
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	emit_image_loop(o, k, "c", count);
	if (more)                    /* a channel outside has no place in the input */
		out_line(o, "int from = c < %d || c >= %d ? 0 : c - %d;", before, before + k->in->shape.c/each, before);
	out_line(o, "const float *xc = x%s + %s%s;", images ? arena_text(" + n*%zu", x->image) : "",
	         copied_channel(x, more ? "from" : "c", each), plus(x->origin));
	out_line(o, "float *yc = y%s + %s%s;\n", images ? arena_text(" + n*%zu", y->image) : "", copied_channel(y, "c", each),
	         plus(y->origin));
	out_line(o, "for (int i = 0; i < %d; i++) {", k->out->shape.h);
	emit_rows(o, k, before, more ? k->in->shape.c/each : 0);
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*count;
}

/* pad_covers - a last block may not be full */
static bool
pad_covers(const Node *n)
{
	return n->out->shape.c%n->out->lay.cb == 0;
}

const Family family_pad = { .name = "pad", .covers = pad_covers, .describe = pad_describe, .emit = pad_emit };
