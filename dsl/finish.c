/* finish.c - the model table's plain fields. */
#include <string.h>

#include "../compiler/ident.h"
#include "dsl.h"

static const char *
rename_param(void *user, const char *name)
{
	lua_State *L = user;
	const char *renamed;

	lua_pushvalue(L, 2);
	lua_pushstring(L, name);
	lua_call(L, 1, 1);
	if (lua_type(L, -1) != LUA_TSTRING)
		dsl_fail(L, "model: want names to return a string for '%s', got a %s", name, luaL_typename(L, -1));
	renamed = arena_text("%s", lua_tostring(L, -1));
	lua_pop(L, 1);
	return renamed;
}

static void
read_numbers(lua_State *L, const char *what, double *v, int count, double lo)
{
	if (lua_isnil(L, -1))
		return;
	if (!lua_istable(L, -1) || (int)lua_rawlen(L, -1) != count)
		dsl_fail(L, "image: want %s as %d numbers, got %s", what, count,
		         lua_istable(L, -1) ? lua_pushfstring(L, "%d", (int)lua_rawlen(L, -1)) : luaL_typename(L, -1));
	for (int i = 0; i < count; i++) {
		lua_rawgeti(L, -1, i + 1);
		if (lua_type(L, -1) != LUA_TNUMBER || !(lua_tonumber(L, -1) > lo && lua_tonumber(L, -1) < 1e6))
			dsl_fail(L, "image: want %s as numbers above %g, got %s", what, lo, luaL_tolstring(L, -1, NULL));
		v[i] = lua_tonumber(L, -1);
		lua_pop(L, 1);
	}
}

static void
read_image(lua_State *L, Graph *g, int channels)
{
	static const char *const real[] = { "scale", "crop" };
	double *field[] = { &g->image.scale, &g->image.crop };
	static const char *const flag[] = { "u8", "hwc", "bgr", "swap", "normalize" };
	bool *flags[] = { &g->image.u8, &g->image.hwc, &g->image.bgr, &g->image.swap, &g->image.normalize };

	for (int i = 0; i < 5; i++) {
		lua_getfield(L, -1, flag[i]);
		*flags[i] = lua_toboolean(L, -1);
		lua_pop(L, 1);
	}

	if (channels <= 4) {
		lua_getfield(L, -1, "mean");
		read_numbers(L, "mean", g->image.mean, channels, -1e6);
		lua_pop(L, 1);
		lua_getfield(L, -1, "std");
		read_numbers(L, "std", g->image.std, channels, 0);
		lua_pop(L, 1);
	}
	for (int i = 0; i < 2; i++) {
		if (lua_getfield(L, -1, real[i]) != LUA_TNIL) {
			double v = lua_tonumber(L, -1);
			if (lua_type(L, -1) != LUA_TNUMBER || !(v > 0 && v <= (i ? 1 : 1e6)))
				dsl_fail(L, "image: want %s as a number above 0%s, got %s", real[i], i ? " and at most 1" : "",
				         luaL_tolstring(L, -1, NULL));
			*field[i] = v;
		}
		lua_pop(L, 1);
	}
}

static void
read_words(lua_State *L, const char *what, const char ***words, int *count)
{
	if (!lua_isnil(L, -1) && !lua_istable(L, -1))
		dsl_fail(L, "model: want %s as a list of strings, got a %s", what, luaL_typename(L, -1));
	for (int i = 1; lua_istable(L, -1) && i <= (int)lua_rawlen(L, -1); i++) {
		if (lua_rawgeti(L, -1, i) != LUA_TSTRING)
			dsl_fail(L, "model: want %s as a list of strings, got a %s", what, luaL_typename(L, -1));
		PUSH(*words, *count, arena_text("%s", lua_tostring(L, -1)));
		lua_pop(L, 1);
	}
}

/* read_quantize - what the library has checked */
static void
read_quantize(lua_State *L, Quantize *q)
{
	if (lua_getfield(L, 1, "quantize") == LUA_TTABLE) {
		lua_getfield(L, -1, "keep");
		read_words(L, "quantize: keep", &q->keep, &q->nkeep);
		lua_getfield(L, -2, "ranges");
		q->minmax = lua_type(L, -1) == LUA_TSTRING && !strcmp(lua_tostring(L, -1), "minmax");
		lua_getfield(L, -3, "act");
		q->u7 = lua_type(L, -1) == LUA_TSTRING && !strcmp(lua_tostring(L, -1), "u7");
		lua_getfield(L, -4, "bias");
		q->as_rounded = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
		lua_getfield(L, -5, "outputs");
		q->outputs = lua_type(L, -1) == LUA_TSTRING && !strcmp(lua_tostring(L, -1), "u8");
		lua_pop(L, 5);
	}
	lua_pop(L, 1);
}

/* check_model_name - it becomes the prefix of C identifiers and file names */
static void
check_model_name(lua_State *L, const char *name)
{
	const char *flaw = model_name_flaw(name);

	if (flaw)
		dsl_fail(L, "model: want a name that %s, got '%s'", flaw, name);
}

/* output_name - the name on top of the stack is output i's */
static void
output_name(lua_State *L, Graph *g, int i)
{
	int count = i;
	const char *name = arena_text("%s", lua_tostring(L, -1));

	for (int j = 0; j < i && *name; j++)
		if (!strcmp(g->output_names[j], name))
			dsl_fail(L, "model: outputs: want different names, got '%s' twice", name);
	PUSH(g->output_names, count, name);
	lua_pop(L, 2);
}

int
raw_finish(lua_State *L)
{
	Dsl *d = dsl_of(L);
	Graph *g = d->g;
	const char *name = d->o->name;

	if (!name) {
		if (lua_getfield(L, 1, "name") != LUA_TSTRING)
			return dsl_fail(L, "model: want name as a string, got %s", lua_isnil(L, -1) ? "none" : luaL_typename(L, -1));
		name = lua_tostring(L, -1);
	}
	check_model_name(L, name);
	g->name = arena_text("%s", name);
	for (int i = 1; i <= (int)lua_rawlen(L, 3); i++) {
		lua_rawgeti(L, 3, i);
		PUSH(g->outputs, g->noutputs, to_value(L, -1, "model", g->name));
		lua_rawgeti(L, 4, i);
		output_name(L, g, i - 1);
	}
	if (!g->noutputs)
		return dsl_fail(L, "model '%s': want at least one output, got none", g->name);
	if (lua_getfield(L, 1, "prefix") == LUA_TSTRING)
		g->prefix = arena_text("%s", lua_tostring(L, -1));
	if (d->o->prefix)
		g->prefix = d->o->prefix;
	lua_pop(L, 1);
	lua_getfield(L, 1, "variant_said");
	g->variant_said = lua_toboolean(L, -1);
	lua_getfield(L, 1, "image_line");
	d->hint = (int)lua_tointeger(L, -1);
	lua_pop(L, 2);
	if (lua_getfield(L, 1, "image") == LUA_TTABLE)
		read_image(L, g, g->nodes[0]->out->shape.c);
	d->hint = 0;
	lua_pop(L, 1);
	if (lua_getfield(L, 1, "train") == LUA_TTABLE)
		read_train(L, g);
	lua_getfield(L, 1, "classes");
	read_words(L, "classes", &g->classes, &g->nclasses);
	lua_getfield(L, 1, "ignore");
	read_words(L, "ignore", &g->ignore, &g->nignore);
	read_quantize(L, &g->quantize);
	for (int i = 0; i < g->count; i++)
		node_params(g->nodes[i], lua_isfunction(L, 2) ? rename_param : NULL, L);
	*(Graph **)lua_newuserdatauv(L, sizeof g, 0) = g;
	luaL_setmetatable(L, "resnet.model");
	d->finished = user_line(L);
	return 1;
}
