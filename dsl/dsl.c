/*
** dsl.c - the model language: runs a model file in the sandbox and hands back its graph. The op
** functions are registered from the op table; stems, blocks, stages and heads are Lua (resnet.lua).
*/
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../compiler/carried.h"
#include "../compiler/ident.h"
#include "dsl.h"

CARRIED(resnet_lua, "dsl/resnet.lua")
CARRIED(strict_lua, "dsl/strict.lua")

/* --- tensors --- */

static Value *
to_value(lua_State *L, int index, const char *op, const char *name)
{
	Value **v = luaL_testudata(L, index, "resnet.tensor");

	if (!v)
		dsl_fail(L, "%s '%s': want a tensor, got %s", op, name, lua_isnoneornil(L, index) ? "nothing" :
		         luaL_typename(L, index));
	else if ((*v)->node->g != dsl_of(L)->g)
		dsl_fail(L, "%s '%s': want tensors of this model, got '%s' of another", op, name, (*v)->node->name);
	return *v;
}

/* push_results - a tensor a result */
static int
push_results(lua_State *L, Node *n)
{
	for (int i = 0; i < n->nout; i++) {
		*(Value **)lua_newuserdatauv(L, sizeof(Value *), 0) = &n->out[i];
		luaL_setmetatable(L, "resnet.tensor");
	}
	return n->nout;
}

/* function_named - is there nn.NAME? */
static bool
function_named(lua_State *L, const char *name)
{
	bool is;

	lua_getfield(L, LUA_REGISTRYINDEX, "resnet.nn");
	lua_pushstring(L, name);
	is = lua_istable(L, -2) && lua_rawget(L, -2) == LUA_TFUNCTION;
	lua_pop(L, 2);
	return is;
}

static int
tensor_index(lua_State *L)
{
	const Value *v = *(Value **)luaL_checkudata(L, 1, "resnet.tensor");
	const Node *n = v->node;
	const char *key = luaL_checkstring(L, 2);
	static const char *const keys[] = { "name", "channels", "height", "width", "op" };

	if (!strcmp(key, "name"))
		lua_pushstring(L, n->name);
	else if (!strcmp(key, "op"))
		lua_pushstring(L, op_rows[n->op].name);
	else if (!strcmp(key, "channels"))
		lua_pushinteger(L, v->shape.c);
	else if (!strcmp(key, "height"))
		lua_pushinteger(L, v->shape.h);
	else if (!strcmp(key, "width"))
		lua_pushinteger(L, v->shape.w);
	else
		return dsl_fail(L, "tensor '%s': want name, op, channels, height or width, got '%s'%s", n->name, key,
		                function_named(L, key) ? arena_text("; did you mean nn.%s(x, ...)?", key) : meant(key, keys, 5));
	return 1;
}

/* tensor_op - x + y is nn.add(x, y), and so on */
static int
tensor_op(lua_State *L, const char *op)
{
	lua_getfield(L, LUA_REGISTRYINDEX, "resnet.nn");
	lua_getfield(L, -1, op);
	lua_pushvalue(L, 1);
	lua_pushvalue(L, 2);
	lua_call(L, 2, 1);
	return 1;
}

static int
tensor_add(lua_State *L)
{
	return tensor_op(L, "add");
}

static int
tensor_mul(lua_State *L)
{
	return tensor_op(L, "mul");
}

static int
tensor_sub(lua_State *L)
{
	return tensor_op(L, "sub");
}

static int
tensor_div(lua_State *L)
{
	return tensor_op(L, "div");
}

/* tensor_unm - -x is -1*x */
static int
tensor_unm(lua_State *L)
{
	lua_settop(L, 1);
	lua_pushinteger(L, -1);
	return tensor_op(L, "mul");
}

static int
tensor_text(lua_State *L)
{
	const Value *v = *(Value **)luaL_checkudata(L, 1, "resnet.tensor");

	lua_pushfstring(L, "%s '%s' %dx%dx%d", op_rows[v->node->op].name, v->node->name, v->shape.c, v->shape.h, v->shape.w);
	return 1;
}

/* --- what resnet.lua builds on --- */

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
	for (int i = 0; i < NOps; i++)
		if (!strcmp(op_rows[i].name, name))
			return (Op)i;
	die("resnet.lua asks for op '%s'", name);
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
		die("resnet.lua makes '%s' outside of a model", name);
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

/* raw.layer(name) - its tensor */
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
	return dsl_fail(L, "model: taps: want a part or a layer, got '%s'%s", name, meant(name, names, d->g->count));
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

/* raw.finish(model, rename, outputs, names of outputs) - the model table's plain fields; returns the model */
static int
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
	lua_getfield(L, 1, "classes");
	read_words(L, "classes", &g->classes, &g->nclasses);
	lua_getfield(L, 1, "ignore");
	read_words(L, "ignore", &g->ignore, &g->nignore);
	for (int i = 0; i < g->count; i++)
		node_params(g->nodes[i], lua_isfunction(L, 2) ? rename_param : NULL, L);
	*(Graph **)lua_newuserdatauv(L, sizeof g, 0) = g;
	luaL_setmetatable(L, "resnet.model");
	d->finished = user_line(L);
	return 1;
}

static void
open_raw(lua_State *L)
{
	static const luaL_Reg raw[] = {
		{ "op", raw_op }, { "begin", raw_begin }, { "fail", raw_fail }, { "nearest", raw_nearest }, { "finish", raw_finish },
		{ "line", raw_line }, { "line_of", raw_line_of }, { "at", raw_at }, { "has", raw_has }, { "layer", raw_layer },
		{ NULL, NULL }
	};
	static const luaL_Reg tensor[] = {
		{ "__index", tensor_index }, { "__add", tensor_add }, { "__mul", tensor_mul }, { "__sub", tensor_sub },
		{ "__div", tensor_div }, { "__unm", tensor_unm }, { "__tostring", tensor_text }, { NULL, NULL }
	};

	luaL_newmetatable(L, "resnet.tensor");
	luaL_setfuncs(L, tensor, 0);
	lua_pushliteral(L, "tensor");
	lua_setfield(L, -2, "__metatable");
	luaL_newmetatable(L, "resnet.model");
	lua_pushliteral(L, "model");
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 2);
	luaL_newlib(L, raw);
	lua_newtable(L);
	for (int i = 0; i < NOps; i++) {
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

/* handler - an error inside resnet.lua is told at the user's line; -v adds the traceback */
static int
handler(lua_State *L)
{
	const char *text = luaL_tolstring(L, 1, NULL);

	if (!strncmp(text, "resnet:", 7))
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
			luaL_error(L, CHUNK ":1: -D: want a key that the model asks for as nn.arg.KEY, got '%s'%s", key, meant(key, asked, count));
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
	if (strstr(said, "'}' expected") && near && !strstr(near, "<eof>") && !strchr("=)]:.", near[6]))
		return " (a comma before it?)";
	return "";
}

/* load_model - the model's text as a function */
static int
load_model(lua_State *L, const char *text, size_t len)
{
	const char *said, *what;

	if (text[0] == '\033')
		return dsl_fail(L, "model: want Lua text, got bytecode");
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
	if (luaL_loadbufferx(L, resnet_lua, (size_t)(resnet_lua_end - resnet_lua), "=resnet", "t"))
		return lua_error(L);
	open_raw(L);
	push_args(L, d->o);
	lua_newtable(L);
	lua_pushvalue(L, -1);
	lua_setfield(L, LUA_REGISTRYINDEX, "resnet.asked");
	lua_call(L, 3, 1);
	lua_setfield(L, LUA_REGISTRYINDEX, "resnet.nn");
	if (luaL_loadbufferx(L, strict_lua, (size_t)(strict_lua_end - strict_lua), "=strict", "t"))
		return lua_error(L);
	lua_pushcfunction(L, raw_fail);
	lua_pushcfunction(L, raw_nearest);
	lua_call(L, 2, 0);
	if (len > 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		len -= 3;
	}
	d->text = text;
	d->len = len;
	load_model(L, text, len);
	lua_call(L, 0, 1);
	if (!luaL_testudata(L, -1, "resnet.model"))
		return d->finished ? luaL_error(L, CHUNK ":%d: model: want the file to return it, return nn.model { ... }, got %s", d->finished, luaL_typename(L, -1)) :
			luaL_error(L, CHUNK ":1: model: want the file to return nn.model { ... }, got %s", luaL_typename(L, -1));
	check_args(L, d->o);
	return 1;
}

/* load - the graph, or NULL and the message */
static Graph *
load(const char *file, const DslOptions *o, const char **error)
{
	Dsl d = { .file = file, .o = o };
	lua_State *L = sandbox_new(&d);
	Graph *g = NULL;

	lua_pushcfunction(L, handler);
	lua_pushcfunction(L, body);
	if (lua_pcall(L, 0, 1, 1))
		*error = d.starved ? "out of memory" : arena_text("%s", message(L, &d));
	else
		g = *(Graph **)lua_touserdata(L, -1);
	lua_close(L);
	sandbox_done();
	if (g)
		fill_uses(g);
	return g;
}

Graph *
dsl_load(const char *file, const DslOptions *o)
{
	const char *error;
	Graph *g = load(file, o, &error);

	if (!g)
		fail("%s", error);
	return g;
}

Graph *
dsl_try(const char *file, const DslOptions *o)
{
	const char *error;

	return load(file, o, &error);
}
