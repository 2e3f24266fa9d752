/*
** types.c - resnetc doc lua: the model language as lua-language-server reads it (LuaCATS annotations), so that an
** editor completes options and knows their types. Ops and attributes are written from their tables, the library from
** dsl/types.lua.
*/
#include <string.h>

#include "../carried.h"
#include "verbs.h"

CARRIED(types_library, "dsl/types.lua")

/* lua_type_of - of an attribute's value */
static const char *
lua_type_of(const AttrRow *r)
{
	const char *list = "";
	const char *const *word;
	int count;

	switch (r->kind) {
	case K_INT:   return "integer";
	case K_PAIR:  return "integer|integer[]";
	case K_PAIR0: return "integer[]";
	case K_RANGE: return "integer[]";
	case K_SHAPE: return "integer[]";
	case K_SIDES: return "integer|integer[]|\"same\"|{ top?: integer, left?: integer, bottom?: integer, right?: integer }";
	case K_BOOL:  return "boolean";
	case K_REAL:  return "number";
	case K_NAME:  return "string";
	case K_WORD:
		word = words_of(r, &count);
		for (int i = 0; i < count; i++)
			list = arena_text("%s%s\"%s\"", list, i ? "|" : "", word[i]);
		return list;
	}
	return "any";
}

void
doc_types(void)
{
	puts("---@meta resnet\n"
	     "-- The model language of resnetc " VERSION " for lua-language-server; made by resnetc doc lua.\n\n"
	     "local nn = {}\n");
	for (int i = 0; i < NLanguageOps; i++) {
		const OpRow *op = &op_rows[i];
		printf("---@class (exact) resnet.%s\n---@field name? string\n", op->name);
		if (op_takes((Op)i, At_out))
			puts("---@field [1]? integer                     out");
		if (!strcmp(op->name, "input"))
			puts("---@field [1]? integer                     channels\n"
			     "---@field [2]? integer                     height\n"
			     "---@field [3]? integer                     width");
		if (!strcmp(op->name, "bn"))
			puts("---@field scale? string                    the layer that holds weight and bias (Caffe's Scale)");
		for (int a = 0; a < NAttrs; a++)
			if (op_takes((Op)i, (AttrId)a))
				printf("---@field %s? %s  %s (%s)\n", attr_rows[a].name, lua_type_of(&attr_rows[a]), attr_rows[a].doc,
				       attr_default_text(&attr_rows[a], (Op)i));
		printf("---@field params? table<string, string>    names of the parameters in the weight file\n\n--- %s\n", op->doc);
		if (op->hi > 2)
			printf("---@param ... resnet.Tensor|resnet.%s\n---@return resnet.Tensor\nfunction nn.%s(...) end\n\n", op->name,
			       op->name);
		else if (op->hi == 2)
			printf("---@param x resnet.Tensor\n---@param y%s resnet.Tensor|resnet.%s\n---@param o? resnet.%s\n"
			       "---@return resnet.Tensor\nfunction nn.%s(x, y, o) end\n\n",
			       op->lo < 2 ? "?" : "", op->name, op->name, op->name);
		else
			printf("%s---@param o? resnet.%s\n---@return resnet.Tensor\nfunction nn.%s(%so) end\n\n",
			       op->hi ? "---@param x resnet.Tensor\n" : "", op->name, op->name, op->hi ? "x, " : "");
	}
	fputs(types_library, stdout);
}
