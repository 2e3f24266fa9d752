/*
** attr.c - attributes of an op from a Lua table, by the attribute table: kinds, ranges, unknown words.
*/
#include <math.h>
#include <string.h>

#include "dsl.h"

typedef struct {
	lua_State *L;
	Node *n;
	const AttrRow *row;
} Parse;

/* shown_list - "{ 64, 64 }" */
static const char *
shown_list(lua_State *L, int index)
{
	const char *s = "";

	for (int i = 1; i <= (int)lua_rawlen(L, index); i++) {
		int type = lua_rawgeti(L, index, i);
		s = arena_text("%s%s%s", s, i > 1 ? ", " : "", type == LUA_TNUMBER || type == LUA_TSTRING ?
		               luaL_tolstring(L, -1, NULL) : "...");
		lua_pop(L, type == LUA_TNUMBER || type == LUA_TSTRING ? 2 : 1);
	}
	return lua_pushfstring(L, "{ %s }", s);
}

/* shown - a Lua value for a message */
static const char *
shown(lua_State *L, int index)
{
	if (lua_type(L, index) == LUA_TSTRING)
		return lua_pushfstring(L, "\"%s\"", lua_tostring(L, index));
	if (lua_type(L, index) == LUA_TNUMBER || lua_type(L, index) == LUA_TBOOLEAN)
		return luaL_tolstring(L, index, NULL);
	if (lua_istable(L, index) && lua_rawlen(L, index) > 0 && lua_rawlen(L, index) < 7)
		return shown_list(L, lua_absindex(L, index));
	return lua_pushfstring(L, "a %s", luaL_typename(L, index));
}

static int
bad(const Parse *p, const char *want, int index)
{
	return dsl_fail(p->L, "%s '%s': want %s as %s, got %s", op_rows[p->n->op].name, p->n->name ? p->n->name : "?",
	                p->row->name, want, shown(p->L, index));
}

static int
whole(const Parse *p, int index)
{
	lua_Number v = lua_tonumber(p->L, index = lua_absindex(p->L, index));

	if (lua_type(p->L, index) != LUA_TNUMBER || v != floor(v) || v < p->row->lo || v > p->row->hi)
		bad(p, lua_pushfstring(p->L, "a whole number from %d to %d", (int)p->row->lo, (int)p->row->hi), index);
	return (int)v;
}

/* items - how many of the first most positions of the table on top are filled; reads them into v */
static int
items(const Parse *p, int *v, int most, const char *want)
{
	int count = (int)lua_rawlen(p->L, -1);

	if (count > most)
		bad(p, want, -1);
	for (int i = 0; i < count; i++) {
		lua_rawgeti(p->L, -1, i + 1);
		v[i] = whole(p, -1);
		lua_pop(p->L, 1);
	}
	return count;
}

static void
parse_sides(const Parse *p, Sides *s)
{
	static const char *const side[] = { "top", "left", "bottom", "right" };
	static const char want[] = "n, {h, w}, {top, left, bottom, right}, named sides or \"same\"";
	int v[4] = { 0, 0, 0, 0 }, count;

	if (lua_type(p->L, -1) == LUA_TSTRING && !strcmp(lua_tostring(p->L, -1), "same")) {
		s->t = SameUpper;
		return;
	}
	if (lua_type(p->L, -1) == LUA_TNUMBER) {
		s->t = s->l = s->b = s->r = whole(p, -1);
		return;
	}
	if (!lua_istable(p->L, -1))
		bad(p, want, -1);
	count = items(p, v, 4, want);
	if (count == 0) {
		int named = 0, keys = 0;
		for (int i = 0; i < 4; i++) {
			if (lua_getfield(p->L, -1, side[i]) != LUA_TNIL) {
				v[i] = whole(p, -1);
				named++;
			}
			lua_pop(p->L, 1);
		}
		for (lua_pushnil(p->L); lua_next(p->L, -2); lua_pop(p->L, 1))
			keys++;
		if (!named || keys != named)
			bad(p, want, -1);
	} else if (count == 2) {
		v[2] = v[0];
		v[3] = v[1];
	} else if (count != 4) {
		bad(p, want, -1);
	}
	*s = (Sides){ v[0], v[1], v[2], v[3] };
}

static void
parse_word(const Parse *p, int *field)
{
	int count;
	const char *const *words = words_of(p->row, &count), *list = "";

	for (int i = 0; i < count; i++) {
		if (lua_type(p->L, -1) == LUA_TSTRING && !strcmp(lua_tostring(p->L, -1), words[i])) {
			*field = i;
			return;
		}
		list = arena_text("%s%s%s", list, i ? ", " : "", words[i]);
	}
	bad(p, arena_text("one of %s", list), -1);
}

static void
parse_shape(const Parse *p, Shape *field)
{
	AttrRow open = *p->row;
	Parse free = { p->L, p->n, &open };
	int v[4] = { 0 };

	if (p->n->op == O_reshape) {
		open.lo = -1;                        /* what is left */
		open.hi = 1 << 28;
		p = &free;
	}
	if (!lua_istable(p->L, -1) || items(p, v, 3, "{channels, height, width}") != 3)
		bad(p, "{channels, height, width}", -1);
	*field = (Shape){ 0, v[0], v[1], v[2] };
}

/* parse_attr - the value on top of the stack into its field */
static void
parse_attr(const Parse *p)
{
	lua_State *L = p->L;
	void *field = (char *)&p->n->a + p->row->at;
	int v[4] = { 0, 0, 1, 0 };

	switch (p->row->kind) {
	case K_INT:
		*(int *)field = whole(p, -1);
		break;
	case K_PAIR:
		if (lua_istable(L, -1)) {
			if (items(p, v, 2, "n or {h, w}") != 2)
				bad(p, "n or {h, w}", -1);
		} else {
			v[0] = v[1] = whole(p, -1);
		}
		*(Pair *)field = (Pair){ v[0], v[1] };
		break;
	case K_PAIR0:
		if (!lua_istable(L, -1) || items(p, v, 2, "{a, b}") != 2)
			bad(p, "{a, b}", -1);
		*(Pair *)field = (Pair){ v[0], v[1] };
		break;
	case K_SIDES:
		parse_sides(p, field);
		break;
	case K_BOOL:
		if (!lua_isboolean(L, -1))
			bad(p, "true or false", -1);
		*(bool *)field = lua_toboolean(L, -1);
		break;
	case K_REAL:
		if (lua_type(L, -1) != LUA_TNUMBER || !(lua_tonumber(L, -1) >= p->row->lo && lua_tonumber(L, -1) <= p->row->hi))
			bad(p, lua_pushfstring(L, "a number from %f to %f", p->row->lo, p->row->hi), -2);
		*(double *)field = lua_tonumber(L, -1);
		break;
	case K_RANGE:
		if (!lua_istable(L, -1) || items(p, v, 3, "{from, to, step}") < 2 || v[2] < 1)
			bad(p, "{from, to, step} with step at least 1", -1);
		*(Range *)field = (Range){ v[0], v[1], v[2] };
		break;
	case K_WORD:
		parse_word(p, field);
		break;
	case K_NAME:
		if (lua_type(L, -1) != LUA_TSTRING)
			bad(p, "a string", -1);
		*(const char **)field = arena_text("%s", lua_tostring(L, -1));
		break;
	case K_SHAPE:
		parse_shape(p, field);
		break;
	}
}

static void
parse_params(lua_State *L, Node *n)
{
	static const char *const key[NParams] = {
		"weight", "bias", "bn_weight", "bn_bias", "bn_mean", "bn_var", "gamma", "slope", "weight_step"
	};

	if (!lua_istable(L, -1))
		dsl_fail(L, "%s '%s': want params as a table of names, got a %s", op_rows[n->op].name, n->name, luaL_typename(L, -1));
	for (int i = 0; i < NParams; i++) {
		if (lua_getfield(L, -1, key[i]) == LUA_TSTRING)
			n->p[i].name = arena_text("%s", lua_tostring(L, -1));
		lua_pop(L, 1);
	}
}

static const AttrRow *
row_of(lua_State *L, const Node *n, const char *word)
{
	const char *known[NAttrs + 1];
	int count = 0;

	for (int i = 0; i < NAttrs; i++)
		if (op_takes(n->op, (AttrId)i)) {
			if (!strcmp(attr_rows[i].name, word))
				return &attr_rows[i];
			known[count++] = attr_rows[i].name;
		}
	known[count++] = "name";
	dsl_fail(L, "%s '%s': want an option of %s, got '%s'%s", op_rows[n->op].name, n->name, op_rows[n->op].name, word,
	         meant(word, known, count));
	return NULL;
}

void
attrs_parse(lua_State *L, int table, Node *n)
{
	uint64_t seen = 0;
	Parse p = { L, n, NULL };

	for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
		if (lua_type(L, -2) == LUA_TNUMBER) {
			if (!op_takes(n->op, At_out) || lua_tonumber(L, -2) != 1) {
				double position = lua_tonumber(L, -2);
				const char *value = shown(L, -1);
				dsl_fail(L, "%s '%s': want options by name, got %s at position %g", op_rows[n->op].name, n->name, value, position);
			}
			p.row = &attr_rows[At_out];
		} else {
			const char *word = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
			if (!strcmp(word, "name"))
				continue;
			if (!strcmp(word, "scale") && n->op == O_bn) {
				if (lua_type(L, -1) != LUA_TSTRING)
					dsl_fail(L, "bn '%s': want scale as a string, got a %s", n->name, luaL_typename(L, -1));
				n->scale = arena_text("%s", lua_tostring(L, -1));
				continue;
			}
			if (!strcmp(word, "params") && op_rows[n->op].params) {
				parse_params(L, n);
				continue;
			}
			p.row = row_of(L, n, word);
		}
		parse_attr(&p);
		seen |= UINT64_C(1) << (p.row - attr_rows);
	}
	for (int i = 0; i < NAttrs; i++)
		if (op_takes(n->op, (AttrId)i) && !(seen >> i & 1) && attr_required(&attr_rows[i]))
			dsl_fail(L, "%s '%s': want %s, got none", op_rows[n->op].name, n->name, attr_rows[i].name);
}
