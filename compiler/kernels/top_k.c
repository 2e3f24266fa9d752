/*
** top_k.c - the k largest of a flat vector by insertion into a sorted list, and their positions as integers. A unit of
** work is one image.
*/
#include "kernel.h"

static void
top_k_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "top_%d_of_%d", k->a.out, k->in->shape.c);
}

/* channel_at - offset of channel c of a flat tensor */
static const char *
channel_at(const char *c, const Layout *l)
{
	return l->cb == 1 ? times(c, l->plane) : arena_text("%s/%d*%zu + %s%%%d", c, l->cb, l->plane, c, l->cb);
}

static int
top_k_emit(Out *o, const Kernel *k, int phase)
{
	int lanes = vectors_of(k)*k->t->vl;

	out_line(o, "** y = the %d largest of x, at = their positions", k->a.out);
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	out_set(o, "k", "%d", k->a.out);
	out_set(o, "c", "%d", k->in->shape.c);
	out_set(o, "lanes", "%d", lanes);
	out_set(o, "atimage", "%s", k->out->shape.n > 1 ? arena_text(" + u*%zu", k->out[1].lay.image) : "");
	out_set(o, "ximage", "%s", k->out->shape.n > 1 ? arena_text(" + u*%zu", k->in->lay.image) : "");
	out_set(o, "yimage", "%s", k->out->shape.n > 1 ? arena_text(" + u*%zu", k->out->lay.image) : "");
	out_set(o, "x0", "%zu", k->in->lay.origin);
	out_set(o, "y0", "%zu", k->out->lay.origin);
	out_set(o, "xc", "%s", channel_at("c", &k->in->lay));
	out_set(o, "yi", "%s", channel_at("i", &k->out->lay));
	out_set(o, "ati", "%s", channel_at("i", &k->out[1].lay));
	out_set(o, "at0", "%zu", k->out[1].lay.origin);
	emit_head(o, k, phase);
	out_text(o, "for (int u = lo; u < hi; u++) {\n"
	            "const float *xp = x$ximage + $x0;\n"
	            "float *yp = y$yimage + $y0;\n"
	            "int32_t *ap = at$atimage + $at0;\n"
	            "float value[$k];\n"
	            "int32_t place[$k];\n"
	            "int n = 0;\n\n"
	            "for (int c = 0; c < $c; c++) {\n"
	            "float v = xp[$xc];\n"
	            "int i = n < $k ? n : $k;\n\n"
	            "while (i > 0 && (v > value[i - 1] || (v != v && value[i - 1] == value[i - 1]))) {\n"
	            "if (i < $k) {\n"
	            "value[i] = value[i - 1];\n"
	            "place[i] = place[i - 1];\n"
	            "}\n"
	            "i--;\n"
	            "}\n"
	            "if (i < $k) {\n"
	            "value[i] = v;\n"
	            "place[i] = c;\n"
	            "n += n < $k;\n"
	            "}\n"
	            "}\n"
	            "for (int i = 0; i < $k; i++) {\n"
	            "yp[$yi] = value[i];\n"
	            "ap[$ati] = place[i];\n"
	            "}\n");
	if (k->a.out < lanes)
		out_text(o, "for (int i = $k; i < $lanes; i++)\n"
		            "yp[$yi] = 0;\n");
	out_text(o, "}\n"
	            "}\n");
	return k->out->shape.n;
}

const Family family_top_k = { .name = "top_k", .describe = top_k_describe, .emit = top_k_emit };
