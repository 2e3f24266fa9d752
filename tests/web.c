/*
** web.c - examples/web: a network in a WebAssembly module without a libc, in Node, and the page around it in Chromium, where
** that is installed. Classes are those of the files' names, every bit of the numbers that of resnetc run.
*/
#include <unistd.h>

#include "tests.h"

static const char *const pictures[] = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" };
static const struct { const char *build, *target, *options; } builds[] = {
	{ "float", "wasm", "" }, { "int8", "wasm", "--int8 --calibrate examples/images" }, { "relaxed", "wasm-relaxed", "" },
};
enum { Pictures = sizeof pictures/sizeof *pictures, Classes = 10, Builds = sizeof builds/sizeof *builds };

/* shell - a command that succeeds, and what it printed */
static const char *
shell(const char *command)
{
	size_t len;

	if (system(arena_text("%s > '%s' 2> '%s'", command, in_dir("out"), in_dir("err"))) != 0)
		ck_abort_msg("%s: %.3000s", command, system(arena_text("test -s '%s'", in_dir("err"))) ? "it said nothing" : (const char *)file_map(in_dir("err"), &len));
	return system(arena_text("test -s '%s'", in_dir("out"))) ? "" : arena_text("%s", (const char *)file_map(in_dir("out"), &len));
}

/* make_page - into a folder of the suite's, once; variables of its Makefile */
static const char *
make_page(const char *name, const char *variables)
{
	if (access(in_dir(arena_text("%s/page.json", name)), R_OK))
		shell(arena_text("MAKEFLAGS= make -s -f examples/web/Makefile RESNETC=./resnetc BUILD='%s' CFLAGS='-std=c11 -O2 -Wall -Wextra -Wpedantic -Werror' %s",
		                 in_dir(name), variables));
	return in_dir(name);
}

/* four_bytes - a file of a picture's height, width and pixels, as node.mjs takes them */
static const char *
four_bytes(const char *file)
{
	Picture p = image_read(file);
	size_t count = (size_t)p.h*(size_t)p.w;
	unsigned char *to = arena_new(8 + 4*count);
	int32_t head[2] = { p.h, p.w };
	const char *name = arena_text("%s.pixels", strrchr(file, '/') + 1);

	memcpy(to, head, 8);
	for (size_t i = 0; i < count; i++) {
		memcpy(to + 8 + 4*i, p.rgb + 3*i, 3);
		to[8 + 4*i + 3] = 255;
	}
	put_file(name, to, 8 + 4*count);
	return in_dir(name);
}

/* numbers_of - the outputs that resnetc run gives; NULL: the target's code cannot run here, which is told */
static const float *
numbers_of(const char *target, const char *what, size_t count)
{
	Ran r;
	Npy y;

	if (lacking("node") || lacking("wasm-ld") || !other_machine(target_named(target)))
		return NULL;
	r = resnetc("run %s -q --target %s -o %s", what, target, in_dir("y.npy"));
	ck_assert_msg(r.status == 0, "%s", r.err);
	y = npy_read(in_dir("y.npy"));
	ck_assert_uint_eq(y.count, count);
	return y.data;
}

static const char *
digits(const float *v, int count)
{
	char *s = arena_new((size_t)count*8 + 1);

	for (int i = 0; i < 4*count; i++)
		snprintf(s + 2*i, 3, "%02x", ((const unsigned char *)v)[i]);
	return s;
}

/* of the photographs and one of builds */
static const float *
wanted(int build)
{
	return numbers_of(builds[build].target, arena_text("examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors %s -i examples/images", builds[build].options),
	                  Pictures*Classes);
}

/* no libc, no WASI: the module asks for nothing but a clock, and knows the photographs; alone and on several threads */
START_TEST(module_without_a_libc)
{
	static const char *const ways[] = { " 1", "-threads 1", "-threads 3" };
	const float *y = wanted(_i);
	const char *files = "", *want = "";

	if (!y)
		return;
	for (int i = 0; i < Pictures; i++) {
		files = arena_text("%s '%s'", files, four_bytes(arena_text("examples/images/%s.png", pictures[i])));
		want = arena_text("%s%s %s\n", want, pictures[i], digits(y + i*Classes, Classes));
	}
	for (int i = 0; i < 3; i++)
		ck_assert_str_eq(shell(arena_text("node %s tests/web/node.mjs '%s' %s%s %s", _i == 2 ? "--experimental-wasm-relaxed-simd" : "", make_page("page", ""),
		                                  builds[_i].build, ways[i], files)), want);
}
END_TEST

/* pictures of other shapes than the input, resized, cut or with a border; bytes in another order; shares instead of logits */
START_TEST(pictures_as_the_model_says)
{
	static const char *const inputs[] = {
		"{ 3, 24, 40, mean = { 0.5, 0.4, 0.3 }, std = { 0.2, 0.3, 0.4 }, crop = 0.8 }",
		"{ 3, 32, 32, dtype = 'u8', layout = 'HWC', order = 'BGR', mean = { 0.5, 0.4, 0.3 }, std = { 0.2, 0.3, 0.4 }, crop = 1 }",
	};
	static const char *const files[] = { "examples/report.png", "tests/image/chroma_gamma.png" };
	const char *model = model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image %s, head = nn.classifier { 7, softmax = true } }\n",
	                                          inputs[_i]));

	for (int i = 0; i < 2; i++) {
		const float *y = numbers_of("wasm", arena_text("%s -w random:3 -i %s", model, files[i]), 7);
		int best = 0;
		if (!y)
			return;
		for (int c = 1; c < 7; c++)
			best = y[c] > y[best] ? c : best;
		const char *page = make_page(arena_text("page%d", _i), arena_text("MODEL='%s' WEIGHTS=random:3 PICTURES= BUILDS=float", model));
		ck_assert_str_eq(shell(arena_text("node tests/web/node.mjs '%s' float 1 '%s'", page, four_bytes(files[i]))), arena_text("class %d %s\n", best, digits(y, 7)));
	}
}
END_TEST

/* weights that are too short, too long, damaged, of another network; a picture without a pixel */
START_TEST(what_is_wrong_is_said)
{
	if (lacking("node") || lacking("wasm-ld") || !other_machine(target_named("wasm")))
		return;
	ck_assert_str_eq(shell(arena_text("node tests/web/wrong.mjs '%s'", make_page("page", ""))),
		"weights: want 1800000 bytes, got 1799999\nweights: want 1800000 bytes, got more\nthe weight blob is damaged (in training: the state, the parameters)\n"
		"the weight blob belongs to other code: compile both together (in training: to another network)\na picture of 0 x 5 pixels finds no memory\nthis browser lacks the instructions that this build uses\n");
}
END_TEST

/* by every button, dropped, pasted, by keys, from the camera; each picture in each build has the bits of resnetc run */
START_TEST(page_in_a_browser)
{
	const char *said;

	if (lacking("node") || lacking("wasm-ld") || lacking("chromium") || !other_machine(target_named("wasm")))
		return;
	said = shell(arena_text("timeout 300 node tests/web/page.mjs '%s' '%s'", make_page("page", ""), in_dir("profile")));
	for (int b = 0; b < Builds; b++) {
		const float *y = wanted(b);
		if (b == 0)
			ck_assert(y && strstr(said, arena_text("alone %s %s %s\n", pictures[0], pictures[0], digits(y, Classes))));
		for (int i = 0; y && i < Pictures; i++) {
			const char *want = arena_text("%s %s %s %s\n", builds[b].build, pictures[i], pictures[i], digits(y + i*Classes, Classes));
			ck_assert_msg(strstr(said, want) != NULL, "want %s, got\n%.3000s", want, said);
		}
	}
}
END_TEST

SUITE(web)
{
	TCase *t = part("web");

	tcase_add_loop_test(t, module_without_a_libc, 0, Builds);
	tcase_add_loop_test(t, pictures_as_the_model_says, 0, 2);
	tcase_add_test(t, what_is_wrong_is_said);
	tcase_add_test(t, page_in_a_browser);
}
