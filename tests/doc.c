/* doc.c - the language as resnetc tells it: help, words, reference, types for editors, models to start from. */
#include <lauxlib.h>

#include "tests.h"

START_TEST(doc_knows_every_op_and_attribute)
{
	Ran r = resnetc("doc");

	for (int i = 0; i < NLanguageOps; i++)
		ck_assert_msg(strstr(r.out, arena_text("nn.%s  (", op_rows[i].name)), "%s", op_rows[i].name);
	for (int i = 0; i < NAttrs; i++)
		ck_assert_msg(strstr(r.out, arena_text(" %s ", attr_rows[i].name)), "%s", attr_rows[i].name);
}
END_TEST

/* 80 columns of help for every verb; a word of the language by itself */
START_TEST(help_and_doc_of_a_word)
{
	static const struct { const char *word, *first, *holds; } rows[] = {
		{ "conv2d", "nn.conv2d  (", "    kernel " }, { "nn.conv", "nn.conv2d  (", "    groups " }, { "nn.stage", "nn.stage(o)\n", "n blocks named 0" },
		{ "stem.cifar", "nn.stem.cifar(o)\n", "3x3 conv-bn-relu" }, { "shortcut", "nn.shortcut(x, ", "\"bare\"" }, { "padding", "padding\n", "conv2d" },
		{ "nn.arg", "nn.arg\n", "-D KEY=VALUE" }, { "crop", "nn.image(o)\n", "NAME_RESIZE" }, { "nn.classes", "nn.model(m)\n", "airplane" },
	};
	Ran r;

	for (int i = -1; i < NVerbs; i++) {
		r = resnetc("%s --help", i < 0 ? "" : verbs[i].name);
		ck_assert_int_eq(r.status, 0);
		ck_assert(i < 0 || strstr(r.out, verbs[i].name));
		for (const char *line = r.out; *line; line += strcspn(line, "\n") + 1)
			ck_assert_msg(strcspn(line, "\n") <= 80, "%.100s", line);
	}
	ck_assert(strstr(resnetc("run --help").out, "--input") && !strstr(resnetc("run --help").out, "--expect"));
	for (size_t i = 0; i < sizeof rows/sizeof *rows; i++) {
		r = resnetc("doc %s", rows[i].word);
		ck_assert_msg(r.status == 0 && !strncmp(r.out, rows[i].first, strlen(rows[i].first)) && strstr(r.out, rows[i].holds), "%s: %s", rows[i].word, r.out);
	}
	for (const char *f = library_text(); (f = strstr(f, "\nfunction nn.")); f++) {
		r = resnetc("doc %.*s", (int)strcspn(f + 13, "("), f + 13);
		ck_assert_msg(r.status == 0 && strstr(r.out, "\n    "), "%s", r.out);
	}
}
END_TEST

/* what lua-language-server is told: every function of the library, every word an option table may have, every op and attribute */
START_TEST(types_know_the_language)
{
	size_t len;
	const char *lua = library_text(), *types;

	ck_assert_int_eq(system(arena_text("./resnetc doc lua > '%s'", in_dir("types.lua"))), 0);
	types = file_map(in_dir("types.lua"), &len);
	for (const char *s = lua; (s = strstr(s, "\nfunction nn.")); s++)
		ck_assert_msg(strstr(types, arena_text("\n%.*s(", (int)strcspn(s + 1, "("), s + 1)) != NULL, "%.40s", s + 1);
	/* the lists: words("stage", o, { "a", "b" }) and local block_words = { "a", ... } */
	for (const char *s = lua; (s = strstr(s, "words")); s++) {
		const char *list = strchr(s, '{'), *end = list ? strchr(list, '}') : NULL;
		if (!list || (strncmp(s, "words = {", 9) && (strncmp(s, "words(\"", 7) || memchr(s, '\n', (size_t)(list - s)))))
			continue;
		for (const char *w = list; (w = memchr(w, '"', (size_t)(end - w))); w = strchr(w + 1, '"') + 1) {
			const char *word = arena_text("%.*s", (int)strcspn(w + 1, "\""), w + 1);
			ck_assert_msg(strstr(types, arena_text("---@field %s ", word)) || strstr(types, arena_text("---@field %s? ", word)), "%s", word);
		}
	}
	for (int i = 0; i < NLanguageOps; i++)
		ck_assert_msg(strstr(types, arena_text("function nn.%s(", op_rows[i].name)) != NULL, "%s", op_rows[i].name);
	for (int i = 0; i < NAttrs; i++)
		ck_assert_msg(strstr(types, arena_text("---@field %s? ", attr_rows[i].name)) != NULL, "%s", attr_rows[i].name);
	/* and it is Lua */
	lua_State *L = luaL_newstate();
	ck_assert_int_eq(luaL_loadfile(L, in_dir("types.lua")), LUA_OK);
	lua_close(L);
}
END_TEST

START_TEST(language_reference_is_fresh)
{
	ck_assert_msg(system("./resnetc doc markdown | cmp - dsl/README.md") == 0, "want dsl/README.md as resnetc doc markdown prints it, got another: make generated");
}
END_TEST

/* the models it prints are models */
START_TEST(init_prints_models)
{
	static const char *const names[] = { "resnet18", "cifar_resnet20", "fastbook_get_model" };

	for (int i = 0; i < 3; i++) {
		Ran r = resnetc("init %s", names[i]);
		ck_assert_int_eq(r.status, 0);
		put_file("init.lua", r.out, strlen(r.out));
		ck_assert_str_eq(dsl_load(in_dir("init.lua"), &(DslOptions){ 0 })->name, names[i]);
	}
}
END_TEST

SUITE(doc)
{
	TCase *t = part("doc");

	tcase_add_test(t, doc_knows_every_op_and_attribute);
	tcase_add_test(t, help_and_doc_of_a_word);
	tcase_add_test(t, types_know_the_language);
	tcase_add_test(t, language_reference_is_fresh);
	tcase_add_test(t, init_prints_models);
}
