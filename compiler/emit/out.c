/*
** out.c - the text writer. Templates are C with $names; out_set binds a name, out_text replaces and
** appends. Leading blanks of a template line are dropped: lines are indented by the braces they
** stand in, so templates may be indented like the emitter around them.
*/
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../resnetc.h"

enum { NBind = 96 };

struct Out {
	char *text;
	size_t len, size;
	int depth;                   /* open braces */
	bool line_start;
	struct { const char *name; char *value; } bind[NBind];
	int nbind;
};

Out *
out_new(void)
{
	Out *o = NEW(Out);

	o->line_start = true;
	return o;
}

void
out_set(Out *o, const char *name, const char *format, ...)
{
	va_list args;
	char value[512];
	int i;

	va_start(args, format);
	if (vsnprintf(value, sizeof value, format, args) >= (int)sizeof value)
		die("$%s is bound to more than %zu letters", name, sizeof value);
	va_end(args);
	for (i = 0; i < o->nbind && strcmp(o->bind[i].name, name); i++)
		;
	if (i == NBind)
		die("more than %d names are bound", NBind);
	if (i == o->nbind)
		o->bind[o->nbind++].name = name;
	o->bind[i].value = arena_text("%s", value);
}

static void
put(Out *o, char c)
{
	if (o->len + 2 > o->size) {
		char *bigger = arena_new(o->size = o->size ? 2*o->size : 1 << 14);
		if (o->len)
			memcpy(bigger, o->text, o->len);
		o->text = bigger;
	}
	if (o->line_start && c != '\n' && c != '#') {
		int tabs = o->depth - (c == '}');
		o->line_start = false;
		for (int i = 0; i < tabs; i++)
			put(o, '\t');
	}
	o->text[o->len++] = c;
	o->text[o->len] = 0;
	o->depth += (c == '{') - (c == '}');
	o->line_start = c == '\n';
}

static const char *
value_of(const Out *o, const char *name, size_t len)
{
	for (int i = 0; i < o->nbind; i++)
		if (strlen(o->bind[i].name) == len && !strncmp(o->bind[i].name, name, len))
			return o->bind[i].value;
	die("template has an unbound $%.*s", (int)len, name);
}

void
out_text(Out *o, const char *t)
{
	while (*t) {
		size_t len = 0;

		if (o->line_start && (*t == '\t' || *t == ' ')) {
			t++;
			continue;
		}
		if (*t != '$') {
			put(o, *t++);
			continue;
		}
		for (t++; isalnum((unsigned char)t[len]) || t[len] == '_'; len++)
			;
		for (const char *v = value_of(o, t, len); *v; v++)
			put(o, *v);
		t += len;
	}
}

void
out_line(Out *o, const char *format, ...)
{
	va_list args;
	char line[2048];

	va_start(args, format);
	if (vsnprintf(line, sizeof line, format, args) >= (int)sizeof line)
		die("a line of more than %zu letters", sizeof line);
	va_end(args);
	for (char *s = line; *s; s++)
		put(o, *s);
	put(o, '\n');
}

void
out_raw(Out *o, const char *text)
{
	int depth = o->depth;

	o->line_start = false;
	o->depth = 0;
	for (; *text; text++) {
		put(o, *text);
		o->line_start = false;
	}
	o->depth = depth;
	o->line_start = o->len == 0 || o->text[o->len - 1] == '\n';
}

const char *
out_string(const Out *o, size_t *len)
{
	if (len)
		*len = o->len;
	return o->text ? o->text : "";
}
