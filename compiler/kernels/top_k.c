/*
** top_k.c - the k largest of a flat vector by insertion into a sorted list, then their positions as
** floats (whole numbers up to 2^24 are exact). A unit of work is one image.
*/
#include "../resnetc.h"

static void
top_k_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "top_%d_of_%d", k->a.out, k->x.c);
}

/* channel_at - offset of channel c of a flat tensor */
static const char *
channel_at(const char *c, const Layout *l)
{
	return l->cb == 1 ? times(c, l->plane) : arena_text("%s/%d*%zu + %s%%%d", c, l->cb, l->plane, c, l->cb);
}

static int
top_k_emit(Out *o, const Kernel *k, const char *fn)
{
	int lanes = vectors_of(k)*k->t->vl;

	out_line(o, "** y = the %d largest of x, then their positions", k->a.out);
	emit_operand(o, "x", k->x, &k->lx);
	emit_operand(o, "y", k->y, &k->ly);
	out_line(o, "*/");
	out_set(o, "k", "%d", k->a.out);
	out_set(o, "c", "%d", k->x.c);
	out_set(o, "lanes", "%d", lanes);
	out_set(o, "k2", "%d", 2*k->a.out);
	out_set(o, "ximage", "%s", k->y.n > 1 ? arena_text(" + u*%zu", k->lx.image) : "");
	out_set(o, "yimage", "%s", k->y.n > 1 ? arena_text(" + u*%zu", k->ly.image) : "");
	out_set(o, "x0", "%zu", k->lx.origin);
	out_set(o, "y0", "%zu", k->ly.origin);
	out_set(o, "xc", "%s", channel_at("c", &k->lx));
	out_set(o, "yi", "%s", channel_at("i", &k->ly));
	out_set(o, "yk", "%s", channel_at(arena_text("(i + %d)", k->a.out), &k->ly));
	emit_kernel_head(o, k, fn);
	out_text(o, "for (int u = lo; u < hi; u++) {\n"
	            "const float *xp = x$ximage + $x0;\n"
	            "float *yp = y$yimage + $y0;\n"
	            "float value[$k];\n"
	            "int at[$k], n = 0;\n\n"
	            "for (int c = 0; c < $c; c++) {\n"
	            "float v = xp[$xc];\n"
	            "int i = n < $k ? n : $k;\n\n"
	            "while (i > 0 && (v > value[i - 1] || (v != v && value[i - 1] == value[i - 1]))) {\n"
	            "if (i < $k) {\n"
	            "value[i] = value[i - 1];\n"
	            "at[i] = at[i - 1];\n"
	            "}\n"
	            "i--;\n"
	            "}\n"
	            "if (i < $k) {\n"
	            "value[i] = v;\n"
	            "at[i] = c;\n"
	            "n += n < $k;\n"
	            "}\n"
	            "}\n"
	            "for (int i = 0; i < $k; i++) {\n"
	            "yp[$yi] = value[i];\n"
	            "yp[$yk] = (float)at[i];\n"
	            "}\n");
	if (2*k->a.out < lanes)
		out_text(o, "for (int i = $k2; i < $lanes; i++)\n"
		            "yp[$yi] = 0;\n");
	out_text(o, "}\n"
	            "}\n");
	return k->y.n;
}

const Family family_top_k = { "top_k", top_k_emit, top_k_describe, NULL, NULL, NULL, NULL };
