/*
** pairs.c - golden text. tests/pairs/NAME.lua says in its first line what is made of it:
**   -- pass: PASS       the dump after PASS is NAME.dump
**   -- kernel: TARGET   the kernels emitted for TARGET are NAME.c
** and generated/ is what the compiler emits today. `make bless` rewrites all of them; git shows the difference.
*/
#include <glob.h>

#include "tests.h"

static glob_t pairs;

static void
compare(const char *file, const char *got)
{
	size_t len;
	const char *want;

	if (getenv("BLESS")) {
		FILE *f = fopen(file, "w");
		fputs(got, f);
		fclose(f);
	}
	want = file_map(file, &len);
	for (size_t i = 0, line = 1; i <= len; i++) {
		ck_assert_msg(i == len ? !got[i] : got[i] == want[i], "%s:%zu: differs from what is made now", file, line);
		if (i < len)
			line += want[i] == '\n';
	}
}

static char *
without_end(const char *file, const char *end)
{
	return arena_text("%.*s%s", (int)(strlen(file) - 4), file, end);
}

START_TEST(pair_is_current)
{
	const char *file = pairs.gl_pathv[_i];
	size_t len;
	const char *text = file_map(file, &len);
	char word[32], what[32];
	Graph *g;

	ck_assert_int_eq(sscanf(text, "-- %31[a-z]: %31[a-z0-9_]", what, word), 2);
	g = graph_of(file);
	if (!strcmp(what, "pass")) {
		PassOptions po = { .stop_after = word, .out = stdout };
		char *now;
		size_t now_len;
		FILE *f = open_memstream(&now, &now_len);
		g->target = target_named("avx2");
		run_passes(g, &po);
		dump(f, g, word);
		fclose(f);
		compare(without_end(file, ".dump"), now);
		free(now);
	} else {
		const Model *m = compiled(g, word, 0);
		const char *all = "";
		for (int i = 0; i < m->functions->count; i++) {
			const Function *f = m->functions->all[i];
			if (strncmp(f->name, "input_", 6) && strncmp(f->name, "output_", 7))     /* in every model */
				all = arena_text("%s%s", all, function_text(f));
		}
		compare(without_end(file, ".c"), all);
	}
}
END_TEST

/* a step of training: the two files of it alone */
START_TEST(generated_training_is_current)
{
	static const char *const files[] = { "small_train.c", "small_train.h" };

	ck_assert_int_eq(resnetc("examples/train/small.lua -w random --train --target avx2 -q -o %s", in_dir("small")).status, 0);
	for (int i = 0; i < 2; i++) {
		size_t len;
		const char *now = file_map(in_dir(arena_text("small/%s", files[i])), &len);
		compare(arena_text("generated/small_train/%s", files[i]), arena_text("%.*s", (int)len, now));
	}
}
END_TEST

START_TEST(generated_is_current)
{
	static const char *const files[] = { "cifar_resnet20.c", "cifar_resnet20.h" };

	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors --target avx2 -q -o %s",
	                         getenv("BLESS") ? "generated/cifar_resnet20" : in_dir("generated")).status, 0);
	for (int i = 0; i < 2 && !getenv("BLESS"); i++) {
		size_t len;
		const char *now = file_map(in_dir(arena_text("generated/%s", files[i])), &len);
		compare(arena_text("generated/cifar_resnet20/%s", files[i]), arena_text("%.*s", (int)len, now));
	}
}
END_TEST

SUITE(pairs)
{
	TCase *t = part("pairs");

	glob("tests/pairs/*.lua", 0, NULL, &pairs);
	tcase_add_loop_test(t, pair_is_current, 0, (int)pairs.gl_pathc);
	tcase_add_test(t, generated_is_current);
	tcase_add_test(t, generated_training_is_current);
}
