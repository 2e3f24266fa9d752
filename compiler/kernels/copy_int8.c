/*
** copy_int8.c - bytes that only move: slices, one input of a concatenation (in the result's steps), what zeros are put
** around, flattening, the nearest pixels of an image made larger or smaller. A unit of work is one channel, or as many
** as lie together on both sides. What a copy does not cover holds the byte that stands for 0.
*/
#include "bytes.h"
#include "copy.h"

/* together - channels that lie side by side in source and result, wherever a unit of them begins */
static int
together(const Kernel *k, const Region *r)
{
	int each = k->op == O_flatten ? 1 : k->out->lay.cb;

	while (r->xc%each || r->yc%each || r->c%each || k->in->lay.cb%each)
		each /= 2;
	return each;
}

static void
describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "int8_%s_%dx%dx%d", op_rows[k->op].name, k->in->shape.c, k->in->shape.h, k->in->shape.w);
}

/* behind - unit c after so many */
static const char *
behind(int first)
{
	return first ? arena_text("(c + %d)", first) : "c";
}

/* emit_moves - the statements that move one pixel's unit from xp to yp */
static void
emit_moves(Out *o, const Kernel *k, int each)
{
	if (k->op != O_concat) {
		out_line(o, each > 1 ? "memcpy(yp, xp, %d);" : "*yp = *xp;", each);
		return;
	}
	for (int at = 0; each%k->t->vl == 0 && at < each; at += k->t->vl)
		out_line(o, "%s", bytes_settled(k, arena_text("yp%s", plus((size_t)at)),
		                                arena_text("mul(sub(ld8(xp%s), z), f)", plus((size_t)at))));
	if (each%k->t->vl)
		out_text(o, "for (int l = 0; l < $each; l++)\n"
		            "\typ[l] = rc_byte(rc_between(((float)xp[l] - ez[0])*ef[0], e[0], e[1]), e0[0]);\n");
}

static int
emit(Out *o, const Kernel *k, int phase)
{
	Region r = region_of(k);
	int each = together(k, &r), count = r.c/each;
	bool flatten = k->op == O_flatten, nearest = k->op == O_upsample_nearest, images = k->out->shape.n > 1;
	size_t x0 = k->in->lay.origin + (size_t)r.xr*k->in->lay.row + (size_t)(r.xq*k->in->lay.cb);
	size_t y0 = k->out->lay.origin + (size_t)r.yr*k->out->lay.row + (size_t)(r.yq*k->out->lay.cb);

	out_set(o, "each", "%d", each);
	out_line(o, "** y = x%s", k->op == O_slice ? "[slice]" : k->op == O_concat ? " in y's steps, at its channels" :
	         k->op == O_pad ? " amid zeros" : nearest ? " at the nearest pixel" : " in NCHW order");
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	emit_head(o, k, phase);
	if (k->op == O_concat) {
		out_line(o, "const float *ef = e + %d, *ez = ef + 1, *e0 = e + %d;", Bounds + EachInput*k->part,
		         Bounds + EachInput*k->parts);
		out_line(o, each%k->t->vl ? "(void)e0;" :
		         "V least = bc(e), most = bc(e + 1), f = bc(ef), z = bc(ez), base = bc(e0);");
	}
	if (nearest)
		emit_samples(o, k);
	emit_image_loop(o, k, "c", count);
	out_line(o, "const unsigned char *xc = x + %s%s%s;", copied_channel(&k->in->lay, behind(r.xc/each), each),
	         images ? arena_text(" + n*%zu", k->in->lay.image) : "", plus(x0));
	out_line(o, "unsigned char *yc = y%s%s%s;\n",
	         flatten ? "" : arena_text(" + %s", copied_channel(&k->out->lay, behind(r.yc/each), each)),
	         images ? arena_text(" + n*%zu", k->out->lay.image) : "", plus(y0));
	out_line(o, "for (int i = 0; i < %d; i++)", r.h);
	out_line(o, "for (int j = 0; j < %d; j++) {", r.w);
	if (flatten)
		out_line(o, "int at = c*%d + i*%d + j;", r.h*r.w, r.w);
	out_line(o, "const unsigned char *xp = xc + %s + %s;", nearest ? "r[i]" : times("i", (size_t)r.sr*k->in->lay.row),
	         nearest ? "q[j]" : times("j", (size_t)(r.sq*k->in->lay.cb)));
	out_line(o, "unsigned char *yp = yc + %s;\n",
	         flatten ? arena_text("at/%d*%zu + at%%%d", k->out->lay.cb, k->out->lay.plane, k->out->lay.cb) :
	         arena_text("%s + %s", times("i", k->out->lay.row), times("j", (size_t)k->out->lay.cb)));
	emit_moves(o, k, each);
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*count;
}

static int
operands(const Kernel *k, int phase, Operand *to)
{
	int n = 0;

	(void)phase;
	to[n++] = (Operand){ "x", Role_in, 0 };
	if (k->op == O_concat)
		to[n++] = (Operand){ "e", Role_packed, 0 };
	to[n++] = (Operand){ "y", Role_out, 0 };
	return n;
}

/* covers - a last block may not be full, a pad's frame is not its own work */
static bool
covers(const Node *n)
{
	return n->op != O_pad && n->out->shape.c%n->out->lay.cb == 0;
}

const Family family_copy_int8 = {
	.name = "copy_int8", .covers = covers, .describe = describe, .emit = emit, .operands = operands,
	.packed = bytes_packed, .pack_node = bytes_pack_numbers
};
