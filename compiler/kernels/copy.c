/*
** copy.c - everything that only moves numbers: the caller's image into the arena and results out of
** it, slices, one input of a concatenation, flattening. Where source and target keep whole
** vectors of channels together a unit of work is one vector, otherwise as many channels as lie side by side in both.
** What the copy does not cover was cleared before.
*/
#include <string.h>

#include "copy.h"

Region
region_of(const Kernel *k)
{
	const Attr *a = &k->a;
	Region r = { .c = k->in->shape.c, .h = k->in->shape.h, .w = k->in->shape.w, .sr = 1, .sq = 1 };

	if (k->op == O_slice)
		r = (Region){ k->out->shape.c, k->out->shape.h, k->out->shape.w, a->channels.h, a->rows.from, a->cols.from,
			a->rows.step, a->cols.step, 0, 0, 0 };
	if (k->op == O_upsample_nearest) {
		r.h = k->out->shape.h;
		r.w = k->out->shape.w;
	}
	if (k->op == O_concat)
		r.yc = k->channel0;
	if (k->op == O_pad) {
		r.yc = a->channels.h;
		r.yr = a->padding.t;
		r.yq = a->padding.l;
	}
	return r;
}

static bool
by_vectors(const Kernel *k, const Region *r)
{
	int vl = k->t->vl;

	return vl > 1 && k->in->dtype == k->out->dtype && k->in->lay.cb == k->out->lay.cb && k->in->lay.cb%vl == 0 &&
		r->xc%vl == 0 && r->yc%vl == 0 && r->c%vl == 0 && k->op != O_flatten;
}

static int
gcd(int a, int b)
{
	return b ? gcd(b, a%b) : a;
}

/* side_by_side - channels, equally many each time, that source and target both keep so */
static int
side_by_side(const Kernel *k, const Region *r)
{
	if (k->op == O_flatten || k->in->dtype != k->out->dtype)
		return 1;
	return gcd(gcd(gcd(k->in->lay.cb, k->out->lay.cb), gcd(r->xc, r->yc)), r->c);
}

static void
copy_describe(const Kernel *k, char *name, size_t len)
{
	const char *op = k->store ? "output" : op_rows[k->op].name;

	snprintf(name, len, "%s%s_%dx%dx%d", op, k->in->dtype == DT_i32 ? "_integers" : "", k->in->shape.c, k->in->shape.h,
	         k->in->shape.w);
}

/* behind - unit c after so many */
static const char *
behind(int first)
{
	return first ? arena_text("(c + %d)", first) : "c";
}

/* emit_picture - the caller's pixels, of any kind, to the network's floats in one pass */
static int
emit_picture(Out *o, const Kernel *k, int phase)
{
	const Image *im = k->image;
	int c = k->in->shape.c;
	const char *table = "";

	out_line(o, "** y = %s of the caller's %s %s%s pixels", im->normalize ? "(scale*x - mean)/std" : "x",
	         im->u8 ? "byte" : "float", im->hwc ? "HWC" : "CHW", im->swap ? ", channels the other way round" : "");
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	for (int i = 0; i < 2 && im->normalize; i++) {
		table = arena_text("static const float %s[%d] = { ", i ? "shifts" : "scales", c);
		for (int j = 0; j < c; j++) {
			int at = c <= 4 ? j : 0;
			table = arena_text("%s%.9ef%s", table, i ? -im->mean[at]/im->std[at] : im->scale/im->std[at],
			                   j + 1 < c ? ", " : " };");
		}
		out_line(o, "%s%s", table, i ? "\n" : "");
	}
	out_set(o, "type", "%s", dtype_rows[k->in->dtype].c);
	out_set(o, "ximage", "%s",
	        k->out->shape.n > 1 ? arena_text(" + n*%zu", count_of(k->in->shape)/(size_t)k->in->shape.n) : "");
	out_set(o, "yimage", "%s", k->out->shape.n > 1 ? arena_text(" + n*%zu", k->out->lay.image) : "");
	out_set(o, "xc", "%s", times(im->swap ? arena_text("(%d - c)", c - 1) : "c",
	                             im->hwc ? 1 : (size_t)(k->in->shape.h*k->in->shape.w)));
	out_set(o, "y0", "%s", k->out->lay.origin ? arena_text(" + %zu", k->out->lay.origin) : "");
	out_set(o, "yc", "%s", copied_channel(&k->out->lay, "c", 1));
	out_set(o, "h", "%d", k->in->shape.h);
	out_set(o, "w", "%d", k->in->shape.w);
	out_set(o, "at", "%s", im->hwc ? arena_text("(i*%d + j)*%d", k->in->shape.w, c) : arena_text("i*%d + j",
		k->in->shape.w));
	out_set(o, "to", "%s + %s", times("i", k->out->lay.row), times("j", (size_t)k->out->lay.cb));
	emit_image_loop(o, k, "c", c);
	out_text(o, "const $type *xc = x$ximage + $xc;\n"
	            "float *yc = y + $yc$yimage$y0;\n");
	if (im->normalize)
		out_text(o, "const float scale = scales[c], shift = shifts[c];\n");
	out_text(o, "\nfor (int i = 0; i < $h; i++)\n"
	            "for (int j = 0; j < $w; j++)\n");
	out_text(o, im->normalize ? "\tyc[$to] = (float)xc[$at]*scale + shift;\n" : "\tyc[$to] = (float)xc[$at];\n");
	out_text(o, "}\n"
	            "}\n");
	return k->out->shape.n*c;
}

static int
copy_emit(Out *o, const Kernel *k, int phase)
{
	Region r = region_of(k);
	bool vectors = by_vectors(k, &r), flatten = k->op == O_flatten;
	int each = vectors ? k->t->vl : side_by_side(k, &r), count = r.c/each;
	size_t x0 = k->in->lay.origin + (size_t)r.xr*k->in->lay.row + (size_t)(r.xq*k->in->lay.cb);
	size_t y0 = k->out->lay.origin + (size_t)r.yr*k->out->lay.row + (size_t)(r.yq*k->out->lay.cb);

	if (k->image)
		return emit_picture(o, k, phase);
	out_line(o, "** y = x%s", k->op == O_slice ? "[slice]" :
	         k->op == O_concat ? " at its channels" : flatten ? " in NCHW order" : "");
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	emit_image_loop(o, k, "c", count);
	out_line(o, "const %s *xc = x + %s%s%s;", dtype_rows[k->in->dtype].c,
	         copied_channel(&k->in->lay, behind(r.xc/each), each),
	         k->out->shape.n > 1 ? arena_text(" + n*%zu", k->in->lay.image) : "", x0 ? arena_text(" + %zu", x0) : "");
	out_line(o, "%s *yc = y%s%s%s;\n", dtype_rows[k->out->dtype].c, flatten ? "" :
	         arena_text(" + %s", copied_channel(&k->out->lay, behind(r.yc/each), each)),
	         k->out->shape.n > 1 ? arena_text(" + n*%zu", k->out->lay.image) : "", y0 ? arena_text(" + %zu", y0) : "");
	out_line(o, "for (int i = 0; i < %d; i++)", r.h);
	out_line(o, "for (int j = 0; j < %d; j++)%s", r.w, flatten ? " {" : "");
	if (flatten)
		out_line(o, "int f = c*%d + i*%d + j;", r.h*r.w, r.w);
	const char *from = arena_text("%s + %s", times("i", (size_t)r.sr*k->in->lay.row),
	                              times("j", (size_t)(r.sq*k->in->lay.cb)));
	const char *to = flatten ? arena_text("f/%d*%zu + f%%%d", k->out->lay.cb, k->out->lay.plane, k->out->lay.cb) :
		arena_text("%s + %s", times("i", k->out->lay.row), times("j", (size_t)k->out->lay.cb));
	if (vectors)
		out_line(o, "\tst(yc + %s, ld(xc + %s));", to, from);
	else if (each > 1)
		out_line(o, "\tmemcpy(yc + %s, xc + %s, %d*sizeof *yc);", to, from, each);
	else
		out_line(o, "%syc[%s] = %sxc[%s];%s", flatten ? "" : "\t", to, k->in->dtype == k->out->dtype ? "" : "(float)", from,
		         flatten ? "\n}" : "");
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*count;
}

/* copy_covers - a last block may not be full */
static bool
copy_covers(const Node *n)
{
	return n->out->shape.c%n->out->lay.cb == 0;
}

const Family family_copy = { .name = "copy", .covers = copy_covers, .describe = copy_describe, .emit = copy_emit };
