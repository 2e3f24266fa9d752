/* tensor.c - a result of a layer as the model file sees it. */
#include <string.h>

#include "dsl.h"

Value *
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

int
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

void
tensor_open(lua_State *L)
{
	static const luaL_Reg tensor[] = {
		{ "__index", tensor_index }, { "__add", tensor_add }, { "__mul", tensor_mul }, { "__sub", tensor_sub },
		{ "__div", tensor_div }, { "__unm", tensor_unm }, { "__tostring", tensor_text }, { NULL, NULL }
	};

	luaL_newmetatable(L, "resnet.tensor");
	luaL_setfuncs(L, tensor, 0);
	lua_pushliteral(L, "tensor");
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}
