/* json.c - a number and a text as JSON has them. */
#include <math.h>
#include <string.h>

#include "verbs.h"

const char *
json_number(double v)
{
	return isfinite(v) ? arena_text("%.9g", v) : "null";
}

const char *
json_text(const char *s)
{
	char *to = arena_new(6*strlen(s) + 3), *p = to;

	*p++ = '"';
	for (; *s; s++)
		if (*s == '"' || *s == '\\' || (unsigned char)*s < 32)
			p += sprintf(p, "\\u%04x", (unsigned char)*s);
		else
			*p++ = *s;
	*p++ = '"';
	return to;
}
