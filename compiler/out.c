/*
** out.c - the text writer. Templates are C with $names; out_set binds a name, out_text replaces and
** appends. Blanks at the start of a line are dropped: every line is indented by the braces and
** parentheses it stands in, so templates may be indented like the emitter around them.
*/
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

enum { NBind = 96 };

struct Out {
	char *text;                  /* finished lines */
	size_t len, size;
	char *line;                  /* the one being written, without its indentation */
	size_t line_len, line_size;
	int braces, parens;          /* open ones */
	bool continues;              /* the line before ended in the middle of a flowing declaration */
	bool owes;                   /* the last line was a for or an if without a brace: its statement follows */
	struct { const char *name; char *value; } bind[NBind];
	int nbind;
	Functions *functions;        /* where its helpers go */
};

Out *
out_new(void)
{
	return NEW(Out);
}

Out *
out_in(Functions *f)
{
	Out *o = out_new();

	o->functions = f;
	return o;
}

/* helper - a function that the text calls: its name */
const char *
helper(Out *o, const char *comment, const char *head, const char *stem, Out *rest)
{
	return function_add(o->functions, comment, head, stem, out_string(rest, NULL))->name;
}

/* helper_text - the same from a template with the names that o binds */
const char *
helper_text(Out *o, const char *comment, const char *head, const char *stem, const char *rest)
{
	Out *text = out_in(o->functions);

	memcpy(text->bind, o->bind, sizeof o->bind);
	text->nbind = o->nbind;
	out_text(text, rest);
	return helper(o, comment, head, stem, text);
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
append(char **text, size_t *len, size_t *size, char c)
{
	if (*len + 2 > *size) {
		char *bigger = arena_new(*size = *size ? 2**size : 256);
		if (*len)
			memcpy(bigger, *text, *len);
		*text = bigger;
	}
	(*text)[(*len)++] = c;
	(*text)[*len] = 0;
}

static bool
starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* end_line - indent the line by open braces, an open parenthesis and a for, if or else that waits for its statement */
static void
end_line(Out *o)
{
	const char *s = o->line_len ? o->line : "";
	bool comment, quoted = false, brace = false, linkage;

	while (*s == '\t' || *s == ' ')
		s++;
	linkage = starts(s, "extern \"C\"");      /* its declarations are not indented */
	comment = starts(s, "**") || starts(s, "/*") || starts(s, "*/");
	if (*s && *s != '#') {
		int tabs = o->braces - (*s == '}' || starts(s, "case ") || starts(s, "default:")) + (o->parens > 0 || o->continues) +
			(o->owes && !starts(s, "for ("));
		for (int i = 0; i < tabs && !comment; i++)
			append(&o->text, &o->len, &o->size, '\t');
	}
	o->owes = o->parens == 0 ? starts(s, "for (") || starts(s, "if (") || starts(s, "else") : o->owes;
	for (; *s; s++) {
		append(&o->text, &o->len, &o->size, *s);
		quoted ^= *s == '"' && s[-1] != '\\';
		if (comment || quoted)
			continue;
		o->braces += (*s == '{' && !linkage) - (*s == '}' && o->braces > 0);
		o->parens += (*s == '(') - (*s == ')');
		brace |= *s == '{' || *s == ';';
	}
	if (brace && o->parens == 0 && strchr(";{}", s[-1]))
		o->owes = false;
	append(&o->text, &o->len, &o->size, '\n');
	o->line_len = 0;
}

static void
put(Out *o, char c)
{
	if (c == '\n')
		end_line(o);
	else
		append(&o->line, &o->line_len, &o->line_size, c);
}

static const char *
value_of(const Out *o, const char *name, size_t len)
{
	for (int i = 0; i < o->nbind; i++)
		if (strlen(o->bind[i].name) == len && !strncmp(o->bind[i].name, name, len))
			return o->bind[i].value;
	die("template has an unbound $%.*s", (int)len, name);
}

const char *
out_value(const Out *o, const char *name)
{
	return value_of(o, name, strlen(name));
}

void
out_text(Out *o, const char *t)
{
	while (*t) {
		size_t len = 0;

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

enum { FlowColumns = 100 };          /* of text; the indentation comes before it */

void
out_flow(Out *o, const char *format, ...)
{
	va_list args;
	char statement[512];
	size_t len;

	va_start(args, format);
	if (vsnprintf(statement, sizeof statement, format, args) >= (int)sizeof statement)
		die("a statement of more than %zu letters", sizeof statement);
	va_end(args);
	len = strlen(statement);
	if (o->line_len && o->line_len + 1 + len > FlowColumns) {
		bool open = o->line[o->line_len - 1] == ',';
		put(o, '\n');
		o->continues = open;
	}
	if (o->line_len)
		put(o, ' ');
	for (const char *s = statement; *s; s++)
		put(o, *s);
}

void
out_flow_end(Out *o)
{
	if (o->line_len)
		put(o, '\n');
	o->continues = false;
}

void
out_raw(Out *o, const char *text)
{
	for (; *text; text++)
		append(&o->text, &o->len, &o->size, *text);
}

const char *
out_string(const Out *o, size_t *len)
{
	if (o->line_len)
		die("an unfinished line: %s", o->line);
	if (len)
		*len = o->len;
	return o->text ? o->text : "";
}
