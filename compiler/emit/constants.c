/* constants.c - what an app needs beside the numbers: class names, mean and std. */
#include <string.h>

#include "emit.h"

bool
has_adapter(const Graph *g)
{
	for (int i = 0; i < 4; i++)
		if (g->image.mean[i] != 0 || g->image.std[i] != 1)
			return true;
	return false;
}

/* commas - numbers with commas */
const char *
commas(const double *v, int count, const char *format)
{
	char *s = "", number[32];

	for (int i = 0; i < count; i++) {
		snprintf(number, sizeof number, format, v[i]);
		if (format[strlen(format) - 1] == 'f' && !strpbrk(number, ".e"))
			snprintf(number, sizeof number, "%.1ff", v[i]);
		s = arena_text("%s%s%s", s, i ? ", " : "", number);
	}
	return s;
}

/* quoted - the inside of a C string: quotes, backslashes, control characters and ?? escaped */
static const char *
quoted(const char *s)
{
	char *q = "";

	for (; *s; s++)
		q = arena_text(*s == '"' || *s == '\\' || *s == '?' ? "%s\\%c" : (unsigned char)*s < 32 ? "%s\\%03o" : "%s%c", q, *s);
	return q;
}

void
emit_constants(Out *o, const Graph *g)
{
	int c = g->nodes[0]->out->shape.c;

	if (has_adapter(g)) {
		out_line(o, "const float %s_mean[%d] = { %s };", g->name, c, commas(g->image.mean, c, "%.9gf"));
		out_line(o, "const float %s_std[%d] = { %s };\n", g->name, c, commas(g->image.std, c, "%.9gf"));
	}
	if (g->nclasses) {
		out_line(o, "const char *const %s_classes[%d] = {", g->name, g->nclasses);
		for (int i = 0; i < g->nclasses; i++)
			out_line(o, "\"%s\"%s", quoted(g->classes[i]), i + 1 < g->nclasses ? "," : "");
		out_line(o, "};\n");
	}
}
