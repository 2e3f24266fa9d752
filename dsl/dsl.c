/* dsl.c - the model language: runs a model file in the sandbox and hands back its graph. */
#include <stdlib.h>
#include <string.h>

#include "dsl.h"

/* push_args - into the library's raw.given, and an empty raw.asked */
static void
push_args(lua_State *L, const DslOptions *o)
{
	lua_newtable(L);
	for (int i = 0; i < o->nargs; i++) {
		const char *eq = strchr(o->args[i], '=');
		lua_pushlstring(L, o->args[i], (size_t)(eq - o->args[i]));
		if (!lua_stringtonumber(L, eq + 1))
			lua_pushstring(L, eq + 1);
		lua_settable(L, -3);
	}
	lua_setfield(L, -2, "given");
	lua_newtable(L);
	lua_pushvalue(L, -1);
	lua_setfield(L, LUA_REGISTRYINDEX, "resnet.asked");
	lua_setfield(L, -2, "asked");
}

/* message - the text of a Lua error, with the model's real file name */
static const char *
message(lua_State *L, const Dsl *d)
{
	const char *text = luaL_tolstring(L, -1, NULL);
	size_t len = strlen(CHUNK);

	if (!strcmp(text, "not enough memory"))
		return arena_text("%s:%d: model: want at most 256 MB of Lua memory, got more", d->file, d->line);
	if (strncmp(text, CHUNK ":", len + 1))
		return strstr(text, d->file) == text ? text : lua_pushfstring(L, "%s: model: %s", d->file, text);
	return luaL_gsub(L, text, CHUNK ":", lua_pushfstring(L, "%s:", d->file));
}

/* handler - an error inside the library is told at the user's line; -v adds the traceback */
static int
handler(lua_State *L)
{
	const char *text = luaL_tolstring(L, 1, NULL);

	if (!strncmp(text, "resnet.", 7))
		text = lua_pushfstring(L, CHUNK ":%d: model: %s", user_line(L), text);
	else if (strstr(text, "stack overflow"))
		text = lua_pushfstring(L, CHUNK ":%d: model: want calls that end, got a stack overflow", user_line(L));
	lua_pushstring(L, text);
	if (dsl_of(L)->o->verbose)
		luaL_traceback(L, L, text, 1);
	return 1;
}

/* check_args - every -D is one that the model asked for */
static void
check_args(lua_State *L, const DslOptions *o)
{
	const char *asked[64];
	int count = 0;

	lua_getfield(L, LUA_REGISTRYINDEX, "resnet.asked");
	for (lua_pushnil(L); count < 64 && lua_next(L, -2); lua_pop(L, 1))
		if (lua_type(L, -2) == LUA_TSTRING)
			asked[count++] = lua_tostring(L, -2);
	for (int i = 0; i < o->nargs && !o->spare_args; i++) {
		const char *key = arena_text("%.*s", (int)strcspn(o->args[i], "="), o->args[i]);
		if (lua_getfield(L, -1, key) == LUA_TNIL)
			luaL_error(L, CHUNK ":1: -D: want a key that the model asks for as nn.arg.KEY, got '%s'%s", key,
			           meant(key, asked, count));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/* syntax_hint - what is often behind a syntax error */
static const char *
syntax_hint(const char *said, const char *text, size_t len)
{
	const char *near = strstr(said, "near ");

	if ((len > 7 && !strncmp(text, "import ", 7)) || (len > 5 && !strncmp(text, "from ", 5)))
		return " (this looks like Python; a model is Lua: resnetc init prints some)";
	if (text[0] == '\b')
		return " (an ONNX file? resnetc import makes a model of one)";
	if (strstr(said, "'}' expected") && near && !strstr(near, "<eof>") && !strchr("=)]:.", near[6]))
		return " (a comma before it?)";
	return "";
}

/* other_kind - what the file is if it is no text; NULL: text, or nothing known */
static const char *
other_kind(const char *text, size_t len)
{
	const char *kind = len > 0 ? content_of((const unsigned char *)text, len) : NULL;

	return kind && strncmp(kind, "text: ", 6) ? kind : NULL;
}

/* load_model - the model's text as a function */
static int
load_model(lua_State *L, const char *text, size_t len)
{
	const char *said, *what, *kind = other_kind(text, len);

	if (text[0] == '\033')
		return dsl_fail(L, "model: want Lua text, got bytecode");
	if (kind)
		return dsl_fail(L, "model: want Lua text, got %s", kind);
	if (!luaL_loadbufferx(L, text, len, "=" CHUNK, "t"))
		return 1;
	/* "MODEL:3: ... expected near ..." */
	said = lua_tostring(L, -1) + strlen(CHUNK) + 1;
	what = strchr(said, ':');
	return luaL_error(L, CHUNK ":%d: syntax%s%s", atoi(said), what ? what : ": unreadable", syntax_hint(said, text, len));
}

/* body - runs inside a protected call: libraries, then the model */
static int
body(lua_State *L)
{
	Dsl *d = dsl_of(L);
	size_t len;
	const char *text = file_map(d->file, &len);

	sandbox_globals(L);
	luaL_newmetatable(L, "resnet.model");
	lua_pushliteral(L, "model");
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
	tensor_open(L);
	raw_open(L);
	push_args(L, d->o);
	library_open(L);
	if (len > 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		len -= 3;
	}
	d->text = text;
	d->len = len;
	load_model(L, text, len);
	lua_call(L, 0, 1);
	if (!luaL_testudata(L, -1, "resnet.model"))
		return luaL_error(L, d->finished ? CHUNK ":%d: model: want the file to return it, return nn.model { ... }, got %s" :
		                  CHUNK ":%d: model: want the file to return nn.model { ... }, got %s", d->finished ? d->finished : 1,
		                  luaL_typename(L, -1));
	check_args(L, d->o);
	return 1;
}

/* load - the graph, or NULL and the message */
static Graph *
load(const char *file, const DslOptions *o, const char **error, lua_State **open)
{
	Dsl d = { .file = file, .o = o };
	lua_State *L = *open = sandbox_new(&d);
	Graph *g = NULL;

	lua_pushcfunction(L, handler);
	lua_pushcfunction(L, body);
	if (lua_pcall(L, 0, 1, 1))
		*error = d.starved ? "out of memory" : arena_text("%s", message(L, &d));
	else
		g = *(Graph **)lua_touserdata(L, -1);
	lua_close(L);
	*open = NULL;
	sandbox_done();
	if (g)
		fill_uses(g);
	return g;
}

Graph *
dsl_load(const char *file, const DslOptions *o)
{
	const char *error;
	lua_State *open;
	Graph *g = load(file, o, &error, &open);

	if (!g)
		fail("%s", error);
	return g;
}

typedef struct { const char *file; const DslOptions *o; lua_State *open; Graph *g; } Trial;

static void
trial(void *user)
{
	Trial *t = user;
	const char *error;

	t->g = load(t->file, t->o, &error, &t->open);
}

Graph *
dsl_try(const char *file, const DslOptions *o)
{
	Trial t = { .file = file, .o = o };

	if (attempt(trial, &t) && t.open) {          /* a rule of shapes, say, which knows nothing of Lua */
		lua_close(t.open);
		sandbox_done();
	}
	return t.g;
}
