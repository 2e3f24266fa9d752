/* place.c - where in the user's file the model is being built, and errors at that line. */
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
