/* apps.c - programs of the output: one file, weights mapped, loaded, embedded and swapped, what a Makefile depends on. */
#include <unistd.h>

#include "projects.h"

/* what the many-file artefact says, in plain/want */
static void
plain(void)
{
	if (access(in_dir("plain/want"), R_OK) == 0)
		return;                      /* of a test before */
	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua --name net -w random:4 -q -o %s", in_dir("plain")).status, 0);
	put_program("plain/app.c", "apps/app.c");
	shell_in("plain", "cc -O0 *.c -o app -lpthread && ./app > out && test $(wc -l < out) = 10 && mv out want");
}

static const char strict[] = "-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror";

START_TEST(one_file_is_enough)
{
	static const char *const compilers[] = { "gcc -std=c11", "clang -std=c11", "g++ -x c++ -std=c++17", "clang++ -x c++ -std=c++20" };

	plain();
	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua --name net -w random:4 -q --amalgamate -o %s", in_dir("amalgamated")).status, 0);
	ck_assert_int_eq(count_files(in_dir("amalgamated")), 3);
	/* clang's warnings hang on no optimization, those of gcc do */
	for (int i = 0; i < 4; i++)
		shell_in("amalgamated", "%s %s -fsyntax-only net.c && %s %s -DRC_FILE -DRC_IMAGE -DRC_THREADS -c net.c",
		         compilers[i], i%2 ? strict : arena_text("-O1 %s", strict), compilers[i], i%2 ? strict : arena_text("-O1 %s", strict));
	put_program("amalgamated/app.c", "apps/app.c");
	shell_in("amalgamated", "cc -O0 -DRC_FILE net.c app.c -o app && ./app > out && cmp out ../plain/want");
}
END_TEST

/* a copy outlives the file; a mapping of a file cut short would not */
START_TEST(weights_are_loaded)
{
	plain();
	shell_in("plain", "cp net.weights kept && cc -O0 -DLOADED *.c -o loaded -lpthread && ./loaded > out && test ! -s net.weights && mv kept net.weights && cmp out want");
}
END_TEST

START_TEST(one_file_of_several_targets_is_refused)
{
	Ran r = resnetc("examples/mlperf_tiny_resnet8.lua -w random --amalgamate --target avx2,scalar -o %s", in_dir("never"));

	ck_assert_int_eq(r.status, ExitUsage);
	ck_assert(strstr(r.err, "--amalgamate: want one target and one input size, got 2 and 1") != NULL);
	ck_assert_int_eq(access(in_dir("never"), F_OK), -1);
	r = resnetc("examples/mlperf_tiny_resnet8.lua -w random --embed=d");
	ck_assert(strstr(r.err, "--embed: want --embed or --embed=c, got 'd'") != NULL);
}
END_TEST

START_TEST(weights_link_into_the_program)
{
	/* .incbin (gcc, clang 14), #embed (clang 19), bytes as C and C++; one and several targets */
	static const struct { const char *options, *build; } ways[] = {
		{ "--embed", "gcc -O0" }, { "--embed", "clang -O0" }, { "--embed", "clang-19 -O0 -std=c23" }, { "--embed=c", "gcc -O0 -std=c11" },
		{ "--embed=c --target scalar,avx2", "clang -O0" }, { "--embed --amalgamate", "gcc -O0" },
	};
	const char *dir = arena_text("embed%d", _i);

	if (!strncmp(ways[_i].build, "clang-19", 8) && system("command -v clang-19 > /dev/null 2>&1"))
		return;
	plain();
	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua --name net -w random:4 -q %s -o %s", ways[_i].options, in_dir(dir)).status, 0);
	put_program(arena_text("%s/app.c", dir), "apps/app.c");
	shell_in(dir, "ls; %s -DEMBEDDED -Wall -Wextra -Wpedantic -Werror *.c -o app -lpthread && rm *.weights && cd / && \"$OLDPWD\"/app > \"$OLDPWD\"/out", ways[_i].build);
	if (!strstr(ways[_i].options, "--target"))
		shell_in(dir, "cmp out ../plain/want");
	if (_i == 3)
		shell_in(dir, "g++ -x c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -c net_weights.c");
}
END_TEST

/* pack: the same plan with other weights is what the compiled code takes, and what compile would have written */
START_TEST(weights_are_swapped)
{
	static const char *const options[] = { "", "--exact", "--target scalar,avx2", "--target scalar --input 32x32,45x45", "--batch 2" };
	const char *dir = arena_text("swap%d", _i), *o = options[_i];

	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua --name net -w random:4 -q %s -o %s", o, in_dir(dir)).status, 0);
	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua --name net -w random:5 -q %s -o %s", o, in_dir(arena_text("%s/other", dir))).status, 0);
	put_program(arena_text("%s/app.c", dir), "apps/app.c");
	/* other weights make no other code, but for the comment that says them */
	shell_in(dir, "cc -O0 *.c -o app -lpthread && ./app > before && for f in net*.c; do sed '1,/\\*\\//d' $f > code && sed '1,/\\*\\//d' other/$f | cmp - code || exit 1; done && "
	         "test -s code && (cd other && ../app > want)");
	ck_assert_int_eq(resnetc("pack examples/mlperf_tiny_resnet8.lua --name net -w random:5 %s -o %s", o, in_dir(arena_text("%s/net.weights", dir))).status, 0);
	shell_in(dir, "cmp net.weights other/net.weights && ./app > after && cmp after other/want && ! cmp -s before after");
	/* of another plan: refused */
	ck_assert_int_eq(resnetc("pack examples/mlperf_tiny_resnet8.lua --name net -w random:5 %s --no-fuse -o %s", o, in_dir(arena_text("%s/net.weights", dir))).status, 0);
	shell_in(dir, "! ./app");
	ck_assert_int_eq(resnetc("pack examples/mlperf_tiny_resnet8.lua").status, ExitUsage);
}
END_TEST

START_TEST(depfile_names_what_was_read)
{
	/* Make runs resnetc again when the weights are newer, and only then */
	static const char makefile[] =
		"all: out/net.c\nout/net.c:\n\t\"$(RESNETC)\" 'a model.lua' -w w.safetensors -q -o out --depfile net.d && echo made >> log.txt\n-include net.d\n";
	size_t len;
	const char *text = file_map("examples/cifar_resnet20.lua", &len);

	shell_in("dep", "cp %s/examples/weights/cifar_resnet20.safetensors w.safetensors", here());
	put_file("dep/a model.lua", arena_text("%s", strstr(text, "local")), strlen(strstr(text, "local")));
	shell_in("dep", "sed -i 's/cifar_resnet20/net/' 'a model.lua'");
	put_file("dep/Makefile", makefile, strlen(makefile));
	shell_in("dep", "make RESNETC=%s/resnetc && make RESNETC=x && test $(wc -l < log.txt) = 1", here());
	shell_in("dep", "sleep 0.1; touch 'a model.lua' && make RESNETC=%s/resnetc && test $(wc -l < log.txt) = 2 && make RESNETC=x", here());
	shell_in("dep", "sleep 0.1; touch w.safetensors && make RESNETC=%s/resnetc && test $(wc -l < log.txt) = 3 && make RESNETC=x", here());
}
END_TEST

SUITE(apps)
{
	TCase *t = part("apps");

	tcase_add_test(t, one_file_is_enough);
	tcase_add_test(t, weights_are_loaded);
	tcase_add_test(t, one_file_of_several_targets_is_refused);
	tcase_add_loop_test(t, weights_link_into_the_program, 0, 6);
	tcase_add_loop_test(t, weights_are_swapped, 0, 5);
	tcase_add_test(t, depfile_names_what_was_read);
}
