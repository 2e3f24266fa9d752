/* place.c - where in the user's file the model is being built, and errors at that line. */
#include <ctype.h>
#include <string.h>

#include "dsl.h"

Dsl *
dsl_of(lua_State *L)
{
	return *(Dsl **)lua_getextraspace(L);
}

/*
** user_line - the line a message or a layer belongs to: that of the user's innermost function; else,
** while the library builds a stage, stem or head, the line where the user asked for it; else the line
** the main chunk is at, which is gone from the stack in `return nn.model { ... }`, a tail call.
*/
int
user_line(lua_State *L)
{
	const Dsl *d = dsl_of(L);
	lua_Debug ar;

	for (int level = 0; lua_getstack(L, level, &ar); level++)
		if (lua_getinfo(L, "Sl", &ar) && !strcmp(ar.source, "=" CHUNK) && (strcmp(ar.what, "main") || !d->hint))
			return ar.currentline;
	return d->hint ? d->hint : d->last_line;
}

/* entry - where "word =" stands directly in the table that begins at or after s; NULL: nowhere */
static const char *
entry(const char *s, const char *end, const char *word)
{
	size_t len = strlen(word), blanks;
	int depth = 0;

	for (char before = ' '; s < end; before = *s++) {
		if (s[0] == '-' && s + 1 < end && s[1] == '-') {
			while (s + 1 < end && s[1] != '\n')
				s++;
		} else if (*s == '"' || *s == '\'') {
			for (char quote = *s++; s < end && *s != quote && *s != '\n'; s++)
				;
		} else if (*s == '{') {
			depth++;
		} else if (*s == '}' && --depth <= 0) {
			return NULL;
		} else if (depth == 1 && !isalnum((unsigned char)before) && before != '_' && before != '.' &&
		           (size_t)(end - s) > len && !strncmp(s, word, len)) {
			for (blanks = len; s + blanks < end && isspace((unsigned char)s[blanks]); blanks++)
				;
			if (s + blanks < end && s[blanks] == '=' && s[blanks + 1] != '=')
				return s;
		}
	}
	return NULL;
}

int
line_of_word(lua_State *L, const char *word)
{
	const Dsl *d = dsl_of(L);
	const char *s = d->text, *end = d->text + d->len, *at;
	int line = user_line(L);

	for (int i = 1; i < line && s < end; i++) {
		s = memchr(s, '\n', (size_t)(end - s));
		s = s ? s + 1 : end;
	}
	at = line > 0 ? entry(s, end, word) : NULL;
	for (; at && s < at; s++)
		line += *s == '\n';
	return line;
}

int
dsl_fail(lua_State *L, const char *format, ...)
{
	va_list args;
	char text[1024];

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	lua_pushfstring(L, CHUNK ":%d: %s", user_line(L), text);
	return lua_error(L);
}
