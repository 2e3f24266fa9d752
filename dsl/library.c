/*
** library.c - what require "resnet" gives a model: Lua files, run in the order of the rows below. Each is called with
** the library's table nn, the functions of raw.c, and what the files before it returned, by their names.
*/
#include "../compiler/carried.h"
#include "dsl.h"

#define FILES(ROW) \
	ROW(checks) ROW(arguments) ROW(names) ROW(ops) ROW(composed) ROW(attention) ROW(inputs) ROW(stems) ROW(shortcuts) \
	ROW(blocks) ROW(families) ROW(heads) ROW(schemes) ROW(training) ROW(model) ROW(unknown) ROW(strict)

#define ROW(name) CARRIED(library_##name, "dsl/library/" #name ".lua")
FILES(ROW)
#undef ROW

static const struct {
	const char *name, *text, *end;
} files[] = {
#define ROW(name) { #name, library_##name, library_##name##_end },
	FILES(ROW)
#undef ROW
};
enum { NFiles = sizeof files/sizeof *files };

void
library_open(lua_State *L)
{
	enum { Raw = 1, Library, Others };

	lua_insert(L, Raw);
	lua_settop(L, Raw);
	lua_newtable(L);
	lua_newtable(L);
	for (int i = 0; i < NFiles; i++) {
		const char *chunk = arena_text("=resnet.%s", files[i].name);
		if (luaL_loadbufferx(L, files[i].text, (size_t)(files[i].end - files[i].text), chunk, "t"))
			lua_error(L);
		lua_pushvalue(L, Library);
		lua_pushvalue(L, Raw);
		lua_pushvalue(L, Others);
		lua_call(L, 3, 1);
		lua_setfield(L, Others, files[i].name);
	}
	lua_settop(L, Library);
	lua_setfield(L, LUA_REGISTRYINDEX, "resnet.nn");
	lua_settop(L, 0);
}

const char *
library_text(void)
{
	const char *text = "";

	for (int i = 0; i < NFiles; i++)
		text = arena_text("%s%s\n", text, files[i].text);
	return text;
}
