/* raw.c - what the library builds on: layers, lines, errors. */
#include <ctype.h>
#include <string.h>

#include "dsl.h"

static void
check_name(lua_State *L, Node *n)
{
	Graph *g = n->g;

	if (!*n->name || strlen(n->name) > 200)
		dsl_fail(L, "%s '%s': want a name of 1 to 200 letters, got %zu", op_rows[n->op].name, n->name, strlen(n->name));
	for (const char *c = n->name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-:/", *c))
			dsl_fail(L, "%s '%s': want a name of letters, digits and . _ - : /, got '%c'", op_rows[n->op].name, n->name, *c);
	for (int i = 0; i < g->count; i++)
		if (!strcmp(g->nodes[i]->name, n->name))
			dsl_fail(L, "%s '%s': want layers of different names, got this one twice (first in line %d)", op_rows[n->op].name,
			         n->name, g->nodes[i]->line);
}

static Op
op_named(const char *name)
{
	for (int i = 0; i < NLanguageOps; i++)
		if (!strcmp(op_rows[i].name, name))
			return (Op)i;
	die("the library asks for op '%s'", name);
}

/* raw.op(op, name, attrs, tensor...) */
static int
raw_op(lua_State *L)
{
	Dsl *d = dsl_of(L);
	Op op = op_named(luaL_checkstring(L, 1));
	const char *name = luaL_checkstring(L, 2);
	int inputs = lua_gettop(L) - 3;
	Node *n;

	if (!d->g)
		die("the library makes '%s' outside of a model", name);
	n = node_new(d->g, op, user_line(L));
	n->name = arena_text("%s", name);
	check_name(L, n);
	if (inputs < op_rows[op].lo || inputs > op_rows[op].hi)
		return dsl_fail(L, op_rows[op].lo == op_rows[op].hi ? "%s '%s': want %d tensor%s, got %d" :
		                "%s '%s': want at least %d tensor%s, got %d", op_rows[op].name, name, op_rows[op].lo,
		                op_rows[op].lo == 1 ? "" : "s", inputs);
	for (int i = 0; i < inputs; i++)
		n->in[n->nin++] = to_value(L, 4 + i, op_rows[op].name, name);
	attrs_parse(L, 3, n);
	if (op == O_input) {
		n->a.shape.n = d->o->batch ? d->o->batch : 1;
		n->a.shape.h = d->o->h ? d->o->h : n->a.shape.h;
		n->a.shape.w = d->o->w ? d->o->w : n->a.shape.w;
	}
	node_add(d->g, n);
	return push_results(L, n);
}

/* raw.biased(tensor) - its layer has a bias: a batch norm was folded into it */
static int
raw_biased(lua_State *L)
{
	to_value(L, 1, "bn", "?")->node->a.bias = true;
	return 0;
}

/* raw.begin() - start a graph */
static int
raw_begin(lua_State *L)
{
	Dsl *d = dsl_of(L);

	d->g = graph_new(d->file);
	return 0;
}

/* raw.line() - where the user's code is */
static int
raw_line(lua_State *L)
{
	lua_pushinteger(L, user_line(L));
	return 1;
}

/* raw.at(line) - the line layers belong to from here on, 0: none; returns the one before */
static int
raw_at(lua_State *L)
{
	Dsl *d = dsl_of(L);

	lua_pushinteger(L, d->hint);
	d->hint = (int)luaL_checkinteger(L, 1);
	return 1;
}

static Node *
layer_named(const Dsl *d, const char *name)
{
	for (int i = 0; i < d->g->count; i++)
		if (!strcmp(d->g->nodes[i]->name, name))
			return d->g->nodes[i];
	return NULL;
}

/* raw.line_of(word) - where the user wrote "word = ..." in the call that is being made; else where that is */
static int
raw_line_of(lua_State *L)
{
	lua_pushinteger(L, line_of_word(L, luaL_checkstring(L, 1)));
	return 1;
}

/* raw.has(name) - is there a layer of this name */
static int
raw_has(lua_State *L)
{
	lua_pushboolean(L, layer_named(dsl_of(L), luaL_checkstring(L, 1)) != NULL);
	return 1;
}

/* raw.layer(name, parts) - its tensor; parts says what else could stand there */
static int
raw_layer(lua_State *L)
{
	const Dsl *d = dsl_of(L);
	const char *name = luaL_tolstring(L, 1, NULL), **names = arena_new((size_t)d->g->count*sizeof *names);
	Node *n = layer_named(d, name);

	if (n)
		return push_results(L, n);
	for (int i = 0; i < d->g->count; i++)
		names[i] = d->g->nodes[i]->name;
	return dsl_fail(L, "model: taps: want a part (%s) or a layer, got '%s'%s", luaL_checkstring(L, 2), name,
	                meant(name, names, d->g->count));
}

/* raw.fail(message) */
static int
raw_fail(lua_State *L)
{
	return dsl_fail(L, "%s", luaL_checkstring(L, 1));
}

/* raw.nearest(word, list) */
static int
raw_nearest(lua_State *L)
{
	const char *words[256], *near;
	int count = (int)lua_rawlen(L, 2);

	for (int i = 0; i < count && i < 256; i++) {
		lua_rawgeti(L, 2, i + 1);
		words[i] = lua_tostring(L, -1);       /* the list keeps it alive */
		lua_pop(L, 1);
	}
	near = nearest(luaL_checkstring(L, 1), words, count < 256 ? count : 256);
	lua_pushstring(L, near);
	return 1;
}

void
raw_open(lua_State *L)
{
	static const luaL_Reg raw[] = {
		{ "op", raw_op }, { "begin", raw_begin }, { "fail", raw_fail }, { "nearest", raw_nearest }, { "finish", raw_finish },
		{ "line", raw_line }, { "line_of", raw_line_of }, { "at", raw_at }, { "has", raw_has }, { "layer", raw_layer },
		{ "biased", raw_biased },
		{ NULL, NULL }
	};

	luaL_newlib(L, raw);
	lua_newtable(L);
	for (int i = 0; i < NLanguageOps; i++) {
		lua_pushstring(L, op_rows[i].name);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "ops");
	lua_newtable(L);
	for (int i = 1; i < NActs; i++) {
		lua_pushstring(L, act_names[i]);
		lua_rawseti(L, -2, i);
	}
	lua_setfield(L, -2, "acts");
}
