/* apps.c - the output inside other people's builds: one file, embedded weights, dependencies, installed packages, examples. */
#include <unistd.h>

#include "../compiler/image/image.h"
#include "tests.h"

/* in - a shell command in a folder of the suite's; its output is told when it fails */
static void
in(const char *dir, const char *format, const char *command)
{
	const char *line = arena_text(format, command);
	size_t len;

	if (system(arena_text("mkdir -p '%s' && cd '%s' && (%s) > '%s' 2>&1", in_dir(dir), in_dir(dir), line, in_dir("log"))) != 0)
		ck_abort_msg("%s: %.1500s", line, access(in_dir("log"), R_OK) ? "" : (const char *)file_map(in_dir("log"), &len));
}

/* unoptimized - cc, whatever a project wants of it: the numbers are the same, and are there in half the time */
static const char *
unoptimized(void)
{
	return script("unoptimized", "#!/bin/sh\nexec cc \"$@\" -O0\n");
}

/* the outputs of a run, with the blob from a file or linked in */
static const char app[] =
	"#include <stdio.h>\n#include <stdlib.h>\n#include \"net.h\"\n"
	"#if !defined(EMBEDDED)\n#ifndef RC_FILE_H\n#include \"rc_file.h\"\n#endif\n#endif\n"
	"#include <unistd.h>\n"
	"int main(void)\n{\n"
	"	static float in[NET_INPUT_FLOATS], out[NET_OUTPUT_FLOATS];\n	void *ws = aligned_alloc(64, NET_WORKSPACE_BYTES);\n"
	"	const void *w; size_t len = NET_WEIGHTS_BYTES;\n"
	"#if defined(EMBEDDED)\n	w = net_weights;\n#elif defined(LOADED)\n"
	"	if (rc_file_load(\"none\", &w, &len) != RC_E_IO || rc_file_load(\"net.weights\", &w, &len)) return 1;\n"
	"	if (truncate(\"net.weights\", 0)) return 1;\n"
	"#else\n	if (rc_file_map(\"net.weights\", &w, &len)) return 1;\n#endif\n"
	"	for (int i = 0; i < NET_INPUT_FLOATS; i++) in[i] = (float)(i%17 - 8);\n"
	"	if (net_check(w, len) || net_run(w, in, out, ws, NET_WORKSPACE_BYTES)) return 1;\n"
	"	for (int i = 0; i < NET_OUTPUT_FLOATS; i++) printf(\"%a\\n\", (double)out[i]);\n	return 0;\n}\n";

/* what the many-file artefact says, in plain/want */
static void
plain(void)
{
	if (access(in_dir("plain/want"), R_OK) == 0)
		return;                      /* of a test before */
	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua --name net -w random:4 -q -o %s", in_dir("plain")).status, 0);
	put_file("plain/app.c", app, strlen(app));
	in("plain", "cc -O0 *.c -o app -lpthread && ./app > out && test $(wc -l < out) = 10 && mv out want%s", "");
}

static const char strict[] = "-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror";

START_TEST(one_file_is_enough)
{
	static const char *const compilers[] = { "gcc -std=c11", "clang -std=c11", "g++ -x c++ -std=c++17", "clang++ -x c++ -std=c++17" };

	plain();
	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua --name net -w random:4 -q --amalgamate -o %s", in_dir("amalgamated")).status, 0);
	ck_assert_int_eq(count_files(in_dir("amalgamated")), 3);
	for (int i = 0; i < 4; i++) {
		in("amalgamated", arena_text("%s -O1 %s -c net.c && %s -O1 %s -DRC_FILE -DRC_IMAGE -DRC_THREADS -c net.c%%s", compilers[i], strict, compilers[i], strict), "");
	}
	put_file("amalgamated/app.c", app, strlen(app));
	in("amalgamated", "cc -O0 -DRC_FILE net.c app.c -o app && ./app > out && cmp out ../plain/want%s", "");
}
END_TEST

/* a copy outlives the file; a mapping of a file cut short would not */
START_TEST(weights_are_loaded)
{
	plain();
	in("plain", "cp net.weights kept && cc -O0 -DLOADED *.c -o loaded -lpthread && ./loaded > out && test ! -s net.weights && mv kept net.weights && cmp out want%s", "");
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
	put_file(arena_text("%s/app.c", dir), app, strlen(app));
	in(dir, "ls; %s -DEMBEDDED -Wall -Wextra -Wpedantic -Werror *.c -o app -lpthread && rm *.weights && cd / && \"$OLDPWD\"/app > \"$OLDPWD\"/out", ways[_i].build);
	if (!strstr(ways[_i].options, "--target"))
		in(dir, "cmp out ../plain/want%s", "");
	if (_i == 3)
		in(dir, "g++ -x c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -c net_weights.c%s", "");
}
END_TEST

/* pack: the same plan with other weights is what the compiled code takes, and what compile would have written */
START_TEST(weights_are_swapped)
{
	static const char *const options[] = { "", "--exact", "--target scalar,avx2", "--target scalar --input 32x32,45x45", "--batch 2" };
	const char *dir = arena_text("swap%d", _i), *o = options[_i];

	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua --name net -w random:4 -q %s -o %s", o, in_dir(dir)).status, 0);
	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua --name net -w random:5 -q %s -o %s", o, in_dir(arena_text("%s/other", dir))).status, 0);
	put_file(arena_text("%s/app.c", dir), app, strlen(app));
	in(dir, "cc -O0 *.c -o app -lpthread && ./app > before && cc -O0 other/*.c app.c -Iother -o other/app -lpthread && (cd other && ./app > want)%s", "");
	ck_assert_int_eq(resnetc("pack examples/mlperf_tiny_resnet8.lua --name net -w random:5 %s -o %s", o, in_dir(arena_text("%s/net.weights", dir))).status, 0);
	in(dir, "cmp net.weights other/net.weights && ./app > after && cmp after other/want && ! cmp -s before after%s", "");
	/* of another plan: refused */
	ck_assert_int_eq(resnetc("pack examples/mlperf_tiny_resnet8.lua --name net -w random:5 %s --no-fuse -o %s", o, in_dir(arena_text("%s/net.weights", dir))).status, 0);
	in(dir, "! ./app%s", "");
	ck_assert_int_eq(resnetc("pack examples/mlperf_tiny_resnet8.lua").status, ExitUsage);
}
END_TEST

/* installed - a prefix with resnetc in it; built once */
static const char *
installed(void)
{
	const char *prefix = in_dir("usr");

	if (access(arena_text("%s/bin/resnetc", prefix), X_OK))
		ck_assert_int_eq(system(arena_text("make -s install PREFIX='%s' > '%s' 2>&1", prefix, in_dir("log"))), 0);
	return prefix;
}

static const char *
here(void)
{
	static char path[4096];

	ck_assert_ptr_nonnull(getcwd(path, sizeof path));
	return path;
}

START_TEST(depfile_names_what_was_read)
{
	/* Make runs resnetc again when the weights are newer, and only then */
	static const char makefile[] =
		"all: out/net.c\nout/net.c:\n\t\"$(RESNETC)\" 'a model.lua' -w w.safetensors -q -o out --depfile net.d && echo made >> log.txt\n-include net.d\n";
	size_t len;
	const char *text = file_map("examples/cifar_resnet20.lua", &len);

	in("dep", "cp %s/examples/weights/cifar_resnet20.safetensors w.safetensors", here());
	put_file("dep/a model.lua", arena_text("%s", strstr(text, "local")), strlen(strstr(text, "local")));
	in("dep", "sed -i 's/cifar_resnet20/net/' 'a model.lua'%s", "");
	put_file("dep/Makefile", makefile, strlen(makefile));
	in("dep", "make RESNETC=%s/resnetc && make RESNETC=x && test $(wc -l < log.txt) = 1", here());
	in("dep", "sleep 0.1; touch 'a model.lua' && make RESNETC=%s/resnetc && test $(wc -l < log.txt) = 2 && make RESNETC=x", here());
	in("dep", "sleep 0.1; touch w.safetensors && make RESNETC=%s/resnetc && test $(wc -l < log.txt) = 3 && make RESNETC=x", here());
}
END_TEST

START_TEST(install_puts_everything_in_its_place)
{
	static const char *const files[] = { "bin/resnetc", "share/cmake/resnetc/resnetc-config.cmake", "share/pkgconfig/resnetc.pc", "share/man/man1/resnetc.1",
		"share/bash-completion/completions/resnetc", "share/zsh/site-functions/_resnetc", "share/fish/vendor_completions.d/resnetc.fish",
		"share/resnetc/lua/resnet.lua" };
	const char *prefix = installed();

	for (size_t i = 0; i < sizeof files/sizeof *files; i++)
		ck_assert_msg(!access(arena_text("%s/%s", prefix, files[i]), R_OK), "%s", files[i]);
	in("pc", "test $(PKG_CONFIG_PATH=%s/share/pkgconfig pkg-config --variable=resnetc resnetc) -ef ../usr/bin/resnetc", prefix);
	/* a path that shells and sed would trip over */
	ck_assert_int_eq(system(arena_text("p=\"%s/it's a | & b\"; make -s install PREFIX=\"$p\" > '%s' 2>&1 && \"$p/bin/resnetc\" version && "
		"grep -qF 'it\\'\"'\"'s\\ a\\ \\|\\ \\&\\ b' \"$p/share/pkgconfig/resnetc.pc\" && make -s uninstall PREFIX=\"$p\" && test -z \"$(find \"$p\" -type f)\"", in_dir("odd"), in_dir("log"))), 0);
	/* with DESTDIR the files name the prefix alone; uninstall leaves none */
	ck_assert_int_eq(system(arena_text("make -s install DESTDIR='%s' PREFIX=/opt/r > '%s' 2>&1 && grep -rq '^prefix=/opt/r$' '%s' && "
		"make -s uninstall DESTDIR='%s' PREFIX=/opt/r && test -z \"$(find '%s' -type f)\"", in_dir("dest"), in_dir("log"), in_dir("dest"), in_dir("dest"), in_dir("dest"))), 0);
}
END_TEST

/* several targets and embedded weights through CMake: the program needs no file; wrong words end the configuration */
START_TEST(cmake_embeds_and_chooses)
{
	static const char lists[] =
		"cmake_minimum_required(VERSION 3.20)\nproject(p C)\nfind_package(resnetc 0.1 REQUIRED)\n"
		"resnetc_add_model(network MODEL ${FROM}/mlperf_tiny_resnet8.lua WEIGHTS ${FROM}/w.safetensors NAME net TARGETS avx2 scalar OPTIONS --exact EMBED ${MORE})\n"
		"add_executable(app app.c)\ntarget_compile_definitions(app PRIVATE EMBEDDED)\ntarget_link_libraries(app PRIVATE network)\n";
	DslOptions none = { 0 };
	Graph *g;
	File f;

	if (system("command -v cmake > /dev/null 2>&1"))
		return;
	in("cm", "cp '%s/examples/mlperf_tiny_resnet8.lua' .", here());
	g = dsl_load(in_dir("cm/mlperf_tiny_resnet8.lua"), &none);
	bind_random(g, 4);
	f = safetensors_file(g, "w.safetensors");
	put_file("cm/w.safetensors", f.data, f.len);
	put_file("cm/CMakeLists.txt", lists, strlen(lists));
	put_file("cm/app.c", app, strlen(app));
	setenv("CC", unoptimized(), 1);
	in("cm", "cmake -B b -DFROM=\"$PWD\" -DCMAKE_PREFIX_PATH='%s' && MAKEFLAGS= cmake --build b && cp b/app . && rm -r b/network.resnetc && ./app > out && test $(wc -l < out) = 10",
	   installed());
	in("cm", "! cmake -B c -DFROM=\"$PWD\" -DMORE=TARGET -DCMAKE_PREFIX_PATH='%s' 2> err && tr -s ' \\n' ' ' < err | grep -q 'want MODEL, WEIGHTS, NAME, TARGETS, OPTIONS or EMBED, got TARGET'", installed());
}
END_TEST

/* blank_prefix - resnetc installed into a path with a blank */
static const char *
blank_prefix(void)
{
	const char *prefix = in_dir("my prefix/usr");

	if (access(arena_text("%s/bin/resnetc", prefix), X_OK))
		ck_assert_int_eq(system(arena_text("make -s install PREFIX=\"%s\" > '%s' 2>&1", prefix, in_dir("log"))), 0);
	return prefix;
}

/* other people's projects: C++ alone, old C, everything in one unit, a folder of another project, resnetc as a part of it */
START_TEST(cmake_takes_any_project)
{
	static const struct { const char *project, *flags, *compiler; } ways[] = {
		{ "project(p CXX)", "", "app.cpp" },
		{ "project(p C)", "-DCMAKE_C_STANDARD=90", "app.c" },
		{ "project(p C)", "-DCMAKE_UNITY_BUILD=ON", "app.c" },
		{ "project(p C CXX)", "-DCMAKE_UNITY_BUILD=ON", "app.cpp" },
		{ "project(p C)", "-DCMAKE_C_FLAGS=-Werror", "app.c" },
		{ "project(p C)\nadd_subdirectory(${RESNETC_SOURCE}/runtime/package resnetc)", "", "app.c" },
	};
	const char *dir = arena_text("any%d", _i), *lists = arena_text(
		"cmake_minimum_required(VERSION 3.20)\n%s\n%s"
		"resnetc_add_model(first MODEL ${FROM}/mlperf_tiny_resnet8.lua WEIGHTS random:4 NAME net TARGETS avx2 scalar EMBED)\n"
		"resnetc_add_model(second MODEL ${FROM}/mlperf_tiny_resnet8.lua WEIGHTS random TARGETS scalar NAME second)\n"
		"add_executable(app %s)\ntarget_compile_definitions(app PRIVATE EMBEDDED)\ntarget_link_libraries(app PRIVATE first second)\n",
		ways[_i].project, _i < 5 ? "find_package(resnetc 0.1 REQUIRED)\n" : "", ways[_i].compiler);

	if (system("command -v cmake > /dev/null 2>&1"))
		return;
	in(dir, "rm -rf b%s", "");
	put_file(arena_text("%s/CMakeLists.txt", dir), lists, strlen(lists));
	put_file(arena_text("%s/%s", dir, ways[_i].compiler), app, strlen(app));
	if (_i == 1)                                 /* the program is C99, its library's standard is its own */
		in(dir, "sed -i 's/add_executable.*/&\\nset_target_properties(app PROPERTIES C_STANDARD 11)/' CMakeLists.txt%s", "");
	if (strstr(ways[_i].compiler, "cpp"))
		in(dir, "sed -i 's/\\*ws = aligned_alloc/*ws = std::aligned_alloc/; s/<stdlib.h>/<cstdlib>/' app.cpp%s", "");
	setenv("CC", unoptimized(), 1);
	in(dir, "%s", arena_text("cmake -B b -DFROM='%s/examples' -DRESNETC_SOURCE='%s' %s -DCMAKE_PREFIX_PATH=\"%s\" && MAKEFLAGS= cmake --build b && ./b/app > out && "
	                         "test $(wc -l < out) = 10", here(), here(), ways[_i].flags, blank_prefix()));
	if (_i)
		in(dir, "cmp out ../any0/out || test ! -f ../any0/out%s", "");
}
END_TEST

/* native is the processor that is compiled for */
START_TEST(cmake_compiles_for_another_processor)
{
	static const char lists[] = "cmake_minimum_required(VERSION 3.20)\nproject(p C)\nfind_package(resnetc REQUIRED)\n"
		"resnetc_add_model(network MODEL ${FROM}/mlperf_tiny_resnet8.lua WEIGHTS random:4 NAME net)\n"
		"add_executable(app app.c)\ntarget_link_libraries(app PRIVATE network)\n";
	static const char toolchain[] = "set(CMAKE_SYSTEM_NAME Linux)\nset(CMAKE_SYSTEM_PROCESSOR aarch64)\nset(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)\n"
		"set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)\nset(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)\n";

	if (system("command -v cmake > /dev/null 2>&1 && command -v aarch64-linux-gnu-gcc > /dev/null 2>&1"))
		return;
	in("cross", "rm -rf b%s", "");
	put_file("cross/CMakeLists.txt", lists, strlen(lists));
	put_file("cross/aarch64.cmake", toolchain, strlen(toolchain));
	put_file("cross/app.c", app, strlen(app));
	in("cross", "%s", arena_text("cmake -B b -DCMAKE_TOOLCHAIN_FILE=aarch64.cmake -DFROM='%s/examples' -DCMAKE_PREFIX_PATH=\"%s\" && MAKEFLAGS= cmake --build b && "
	                             "test -f b/network.resnetc/rc_simd_neon.h", here(), blank_prefix()));
}
END_TEST

/* escaped - dashes as troff wants them */
static const char *
escaped(const char *s)
{
	const char *to = "";

	for (; *s; s++)
		to = arena_text(*s == '-' ? "%s\\%c" : "%s%c", to, *s);
	return to;
}

/* every completion and the page know every verb and option */
START_TEST(manual_and_completions)
{
	static const char *const forms[] = { "man", "bash", "zsh", "fish" };
	Ran r = resnetc("doc %s", forms[_i]);

	ck_assert_int_eq(r.status, 0);
	for (int i = 0; i < NVerbs; i++)
		ck_assert_msg(strstr(r.out, verbs[i].name) != NULL, "%s", verbs[i].name);
	for (int i = 0; i < noptions; i++)
		ck_assert_msg(strstr(r.out, _i == 0 ? escaped(option_rows[i].name) : option_rows[i].name + (_i == 3 ? 1 + (option_rows[i].name[1] == '-') : 0)) != NULL,
		              "%s", option_rows[i].name);
	if (_i == 1)
		ck_assert_int_eq(system("bash -c 'eval \"$(./resnetc doc bash)\"; COMP_WORDS=(resnetc --ta); COMP_CWORD=1; _resnetc; test \"${COMPREPLY[*]}\" = --target; "
			"COMP_WORDS=(resnetc --target avx2,sca); COMP_CWORD=2; _resnetc; test \"${COMPREPLY[*]}\" = avx2,scalar || exit 1; "
			"COMP_WORDS=(resnetc doc upsample_n); COMP_CWORD=2; _resnetc; test \"${COMPREPLY[*]}\" = upsample_nearest'"), 0);
}
END_TEST

START_TEST(example_builds_with)
{
	static const struct { const char *tool, *build, *program; } ways[] = {
		{ "cmake", "cmake -G 'Unix Makefiles' -S '%s/examples/cmake' -B . -DCMAKE_PREFIX_PATH='%s' && cmake --build .", "./classify cifar_resnet20.weights" },
		{ "ninja", "cmake -G Ninja -S '%s/examples/cmake' -B . -DCMAKE_PREFIX_PATH='%s' && cmake --build . && ninja -n | grep 'no work'", "./classify cifar_resnet20.weights" },
		{ "meson", "PATH=\"$PATH:%2$s/bin\" meson setup . '%1$s/examples/meson' && ninja && ninja -n | grep 'no work'", "./classify cifar_resnet20.weights" },
		{ "make", "MAKEFLAGS= make -C '%s/examples/make' RESNETC='%s/bin/resnetc' BUILD=\"$PWD\"", "./classify net/cifar_resnet20.weights" },
	};
	const char *dir = arena_text("with_%s", ways[_i].tool);

	if (system(arena_text("command -v %s > /dev/null 2>&1", ways[_i].tool)) != 0)
		return;
	installed();
	setenv("CC", unoptimized(), 1);
	in(dir, "%s", arena_text(ways[_i].build, here(), installed()));
	in(dir, "%s", arena_text("%s '%s/examples/images' > said && tail -1 said | grep '^10 of 10 right$'", ways[_i].program, here()));
}
END_TEST

/* stand_in - what save.py of the guide leaves, for machines without PyTorch: the answer is the interpreter's */
static void
stand_in(void)
{
	DslOptions d = { .h = 96, .w = 96 };
	Graph *g;
	File f;
	float *x = numbers(3*96*96, 5), y[10];
	double *in, **v;

	ck_assert_int_eq(system(arena_text("sed 's/1000/10/' examples/resnet18.lua > '%s'", in_dir("guide/model.lua"))), 0);
	g = dsl_load(in_dir("guide/model.lua"), &d);
	bind_random(g, 3);
	f = safetensors_file(g, "resnet18.pth");
	put_file("guide/resnet18.pth", f.data, f.len);
	in = doubles(x, 3*96*96);
	v = interp(g, in);
	for (int i = 0; i < 10; i++)
		y[i] = (float)v[g->outputs[0]->node->id][i];
	npy_write(in_dir("guide/input.npy"), x, 4, (int64_t[]){ 1, 3, 96, 96 });
	npy_write(in_dir("guide/expected.npy"), y, 2, (int64_t[]){ 1, 10 });
	put_file("guide/input.bin", x, 3*96*96*sizeof *x);
}

/* run_guide - the blocks of a page: those of a file are written, those of sh are run together, the words of python3 only with PyTorch */
static void
run_guide(const char *page, bool torch)
{
	const char *script = "set -e\ncc() { command cc \"$@\" -O0; }\n", *end;

	for (const char *s = strstr(page, "\n```"); s; s = strstr(end + 1, "\n```")) {
		const char *name = s + 4, *body = strchr(name, '\n') + 1;
		end = strstr(body, "\n```") + 4;
		if (!strncmp(name, "sh\n", 3)) {
			if (torch || strncmp(body, "python3", 7))
				script = arena_text("%s%.*s", script, (int)(end - 3 - body), body);
		} else {
			name = strchr(name, ' ') + 1;
			put_file(arena_text("guide/%.*s", (int)(strchr(name, '\n') - name), name), body, (size_t)(end - 3 - body));
		}
	}
	put_file("guide/script.sh", script, strlen(script));
}

START_TEST(guide_from_pytorch_to_an_app)
{
	bool torch = !system("/usr/bin/python3 -c 'import torchvision' > /dev/null 2>&1");
	size_t len;
	const char *said, *first, *second;

	in("guide", "rm -rf *%s", "");
	if (!torch)
		stand_in();
	run_guide(file_map("examples/pytorch.md", &len), torch);
	installed();
	compile_quickly();
	in("guide", "PATH=\"/usr/bin:$PATH:%s/bin\" sh script.sh > said", installed());
	said = file_map(in_dir("guide/said"), &len);
	ck_assert_msg(strstr(said, "layer4.1.bn2.running_var") != NULL, "%.1500s", said);
	/* both programs say the class and the logit that PyTorch (or the interpreter) gave */
	first = strstr(said, "class ");
	second = first ? strstr(first + 1, "class ") : NULL;
	ck_assert_msg(first && second && !strncmp(first, second, strcspn(first, "\n")), "%.1500s", said);
	Npy want = npy_read(in_dir("guide/expected.npy"));
	int best = 0;
	for (int i = 1; i < 10; i++)
		best = want.data[i] > want.data[best] ? i : best;
	ck_assert_int_eq(atoi(first + 6), best);
	ck_assert_double_eq_tol(atof(strstr(first, "logit ") + 6), (double)want.data[best], 1e-3*(1 + fabs((double)want.data[best])));
}
END_TEST

/* lintian, where it is, finds nothing; the package holds what make install installs */
START_TEST(debian_package)
{
	if (system("command -v dpkg-shlibdeps > /dev/null 2>&1 && git log -1 > /dev/null 2>&1"))
		return;
	ck_assert_msg(system(arena_text("make -s deb > '%s' 2>&1", in_dir("log"))) == 0, "%.1500s", (const char *)file_map(in_dir("log"), &(size_t){ 0 }));
	in("deb", "dpkg-deb -x '%s'/build/deb/*.deb . && ./usr/bin/resnetc version && zcat usr/share/man/man1/resnetc.1.gz | grep -q '^.TH RESNETC' && "
	   "test -f usr/share/cmake/resnetc/resnetc-config.cmake", here());
	in("deb", "dpkg-deb -f '%s'/build/deb/*.deb Depends | grep -q liblua5.4", here());
}
END_TEST

START_TEST(example_says)
{
	static const struct { const char *build, *say; } rows[] = {
		{ "cc -O0 -fopenmp -Wall -Wextra -Wpedantic -Werror -Inet net/[a-z]*.c '%s/examples/threads.c' -o app -lpthread && ./app net/cifar_resnet20.weights", "the same bits" },
		{ "cc -O0 -Wall -Wextra -Wpedantic -Werror -Inet net/[a-z]*.c '%s/examples/two_models.c' -o app -lpthread && ./app net", "class 2, 2.4167" },
		{ "cc -O0 -c net/[a-z]*.c && c++ -O0 -std=c++17 -Wall -Wextra -Wpedantic -Werror -Inet '%s/examples/network.cpp' *.o -o app -lpthread && ./app net/cifar_resnet20.weights",
		  "bird 2.4167, the same bits" },
		{ "cc -O0 -shared -fPIC net/[a-z]*.c -o net/net.so -lpthread && /usr/bin/python3 '%s/examples/network.py' net cifar_resnet20", "2 2.4167" },
	};
	const char *dir = arena_text("says%d", _i), *said;
	size_t len;

	if (_i == 3 && system("/usr/bin/python3 -c 'import numpy' 2> /dev/null"))
		return;
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -q -o %s", in_dir(arena_text("%s/net", dir))).status, 0);
	if (_i == 1)
		ck_assert_int_eq(resnetc("examples/cifar_plain20.lua -w random -q -o %s", in_dir(arena_text("%s/net", dir))).status, 0);
	in(dir, "%s", arena_text("(%s) > said", arena_text(rows[_i].build, here())));
	said = file_map(in_dir(arena_text("%s/said", dir)), &len);
	ck_assert_msg(strstr(said, rows[_i].say) && !strstr(said, "other bits"), "%s", said);
}
END_TEST

/* put_records - CIFAR-10's binary version of the example pictures, each 50 times */
static void
put_records(const char *name)
{
	static const char *const names[] = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" };
	static unsigned char records[500*3073];

	for (int i = 0; i < 500; i++) {
		Picture p = image_read(arena_text("examples/images/%s.png", names[i%10]));
		unsigned char *to = records + i*3073;
		ck_assert(p.h == 32 && p.w == 32);
		*to++ = (unsigned char)(i%10);
		for (int c = 0; c < 3; c++)
			for (int k = 0; k < 1024; k++)
				*to++ = p.rgb[3*k + c];
		free(p.rgb);
	}
	put_file(name, records, sizeof records);
}

/* a program that learns: its pictures it has right afterwards, exported too; same bits on threads */
START_TEST(finetune_learns)
{
	int before, after, exported;
	const char *said;
	size_t len;

	ck_assert_int_eq(resnetc("examples/train/animals_vehicles.lua -w examples/weights/cifar_resnet20.safetensors --train -q -o %s", in_dir("fine/net")).status, 0);
	put_records("fine/all.bin");
	in("fine", "cc -O1 -Wall -Wextra -Wpedantic -Werror -Inet net/[a-z]*.c '%s/examples/finetune.c' -lpthread -o app", here());
	in("fine", "./app --epochs 2 net/animals_vehicles.params all.bin all.bin a.weights > said && "
	   "./app --epochs 2 --threads 3 net/animals_vehicles.params all.bin all.bin b.weights > said3 && cmp a.weights b.weights && "
	   "! ./app net/animals_vehicles.weights all.bin all.bin && ! ./app net/animals_vehicles.params app all.bin%s", "");
	said = file_map(in_dir("fine/said"), &len);
	ck_assert_int_eq(sscanf(strstr(said, ", ") + 2, "%d", &before), 1);
	ck_assert_int_eq(sscanf(strstr(strstr(said, "after: "), ", ") + 2, "%d", &after), 1);
	ck_assert_int_eq(sscanf(strstr(said, "exported: "), "exported: %d", &exported), 1);
	ck_assert_msg(before < 500 && after == 500 && exported == after, "%s", said);
}
END_TEST

/* steps over ranks beside the same steps of one process, whose sums are written out; every part is under way before the end */
static const char ranks[] =
	"#include <stdio.h>\n#include <string.h>\n#include \"m_train.h\"\n#include \"rc_mpi.h\"\n"
	"enum { B = M_TRAIN_BATCH, G = 8, F = (M_TRAIN_PARAMS_BYTES - 128)/4, L = M_TRAIN_GRADIENT_FLOATS };\n"
	"static _Alignas(64) char state[M_TRAIN_STATE_BYTES], alone[M_TRAIN_STATE_BYTES], work[M_TRAIN_WORKSPACE_BYTES];\n"
	"static float x[B*192], room[RC_MPI_ROOM(M_TRAIN_PARAMS_BYTES, G)/4], sum[G][F], start[F];\nstatic int32_t y[B];\n"
	"static rc_train how = { sizeof how, 0.1f, RC_TRAIN_AUGMENT, 0 };\nstatic rc_loss own[G], all, one;\nstatic rc_mpi m;\n"
	"static void fill(int step, int g) { for (int i = 0; i < B*192; i++) x[i] = (float)((i*37 + step*5 + g*11)%101)/50 - 1;\n"
	"	for (int i = 0; i < B; i++) y[i] = (i + g)%3;\n"
	"	how.seed = (uint64_t)(step*G + g); }\n"
	"static void step_alone(int step)\n{\n"
	"	float *running = (float *)(void *)(alone + 256) + L, *gradient = m_train_gradient(alone);\n"
	"	memcpy(start, running, (F - L)*4);\n"
	"	for (int g = 0; g < G; g++) { memcpy(running, start, (F - L)*4); fill(step, g); m_train_grad(NULL, alone, x, y, &how, work, sizeof work, &one);\n"
	"		memcpy(sum[g], gradient, L*4);\n		memcpy(sum[g] + L, running, (F - L)*4); }\n"
	"	for (int i = 0; i < F; i++) { float s = ((sum[0][i] + sum[1][i]) + (sum[2][i] + sum[3][i])) + ((sum[4][i] + sum[5][i]) + (sum[6][i] + sum[7][i]));\n"
	"		*(i < L ? gradient + i : running + i - L) = s*0.125f; }\n"
	"	m_train_apply(NULL, alone, &how);\n}\n"
	"int main(int argc, char **argv)\n{\n"
	"	int count, ok, begun = 1, same[2], both[2];\n	rc_options options = { sizeof options };\n"
	"	const rc_parameter *p = m_train_parameters(&count);\n	MPI_Init(&argc, &argv);\n"
	"	ok = rc_mpi_open(&m, MPI_COMM_WORLD, 6, p, count, L, room, sizeof room, &options) == RC_E_OPTIONS &&\n"
	"		rc_mpi_open(&m, MPI_COMM_WORLD, G, p, count, L, room, 4*F, &options) == RC_E_SCRATCH &&\n"
	"		rc_mpi_open(&m, MPI_COMM_WORLD, G, p, count, L, room, sizeof room, &options) == RC_OK;\n"
	"	m_train_init(state, 3);\n	m_train_init(alone, 3);\n"
	"	for (int step = 0; ok && step < 3; step++) {\n		rc_mpi_begin(&m, state);\n"
	"		for (int i = 0; i < m.own; i++) { rc_mpi_group(&m, i); fill(step, m.first + i);\n"
	"			m_train_grad(&options, state, x, y, &how, work, sizeof work, &own[i]); }\n"
	"		for (int i = 0; i + 1 < m.parts; i++) begun = begun && m.part[i].round >= 0;\n"
	"		rc_mpi_end(&m, own, &all);\n		m_train_apply(&options, state, &how);\n		step_alone(step);\n	}\n"
	"	same[0] = !memcmp(state, alone, sizeof state);\n	same[1] = ok && begun && m.parts > 2 && all.count == B*G;\n"
	"	MPI_Reduce(same, both, 2, MPI_INT, MPI_MIN, 0, MPI_COMM_WORLD);\n"
	"	if (!m.rank) printf(\"%d ranks: %s, %s\\n\", m.ranks, both[0] ? \"the same bits\" : \"other bits\", both[1] ? \"fine\" : \"not fine\");\n"
	"	MPI_Finalize();\n	return 0;\n}\n";

static const char learner[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { 16 },\n"
	"stages = { nn.stage { nn.basic, width = 16 }, nn.stage { nn.basic, width = 32, stride = 2 } }, head = nn.classifier { 3 },\n"
	"train = nn.train { batch = 3, augment = { crop = 1, flip = true }, freeze = { \"stem\" } } }\n";

static const char mpirun[] = "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe";

START_TEST(ranks_give_the_same_bits)
{
	const char *said;
	size_t len;

	if (system("command -v mpicc > /dev/null 2>&1 && command -v mpirun > /dev/null 2>&1"))
		return;
	ck_assert_int_eq(resnetc("%s -w random:1 --train -q -o %s", model_file(learner), in_dir("ranks/net")).status, 0);
	put_file("ranks/app.c", ranks, strlen(ranks));
	in("ranks", "mpicc -O0 -Wall -Wextra -Wpedantic -Wno-missing-field-initializers -Werror -DRC_MPI -Inet net/[a-z]*.c app.c -lpthread -o app%s", "");
	for (int n = 1; n <= 8; n *= 2) {
		in("ranks", "%s", arena_text("%s -n %d ./app > said", mpirun, n));
		said = file_map(in_dir("ranks/said"), &len);
		ck_assert_msg(strstr(said, arena_text("%d ranks: the same bits, fine", n)) != NULL, "%s", said);
	}
}
END_TEST

/* synchronised: bits of any number of ranks are the same; the gradient is that of the whole batch of one process */
static const char synchronised[] =
	"#include <math.h>\n#include <stdio.h>\n#include <string.h>\n#include \"m_train.h\"\n#include \"n_train.h\"\n#include \"rc_mpi.h\"\n"
	"enum { B = M_TRAIN_BATCH, G = 8, L = M_TRAIN_GRADIENT_FLOATS, R = (M_TRAIN_PARAMS_BYTES - 128)/4 };\n"
	"static _Alignas(64) char state[M_TRAIN_STATE_BYTES], whole[N_TRAIN_STATE_BYTES], work[G*M_TRAIN_WORKSPACE_BYTES], wide[N_TRAIN_WORKSPACE_BYTES];\n"
	"static float x[G*B*192], room[RC_MPI_ROOM(M_TRAIN_PARAMS_BYTES, G)/4], norm[RC_MPI_SYNC(M_TRAIN_NORM_CHANNELS)/4];\nstatic int32_t y[G*B];\n"
	"static rc_mpi m;\n"
	"static double apart(const float *a, const float *b, int n) { double d = 0, s = 0; for (int i = 0; i < n; i++) { d += (double)(a[i] - b[i])*(a[i] - b[i]); s += (double)a[i]*a[i]; }\n"
	"	return sqrt(d/s); }\n"
	"int main(int argc, char **argv)\n{\n"
	"	int count, ok = N_TRAIN_BATCH == G*B;\n	rc_options options = { sizeof options };\n	rc_loss own[G], all, one;\n	double far = 0, running = 0;\n"
	"	const rc_parameter *p = m_train_parameters(&count);\n	MPI_Init(&argc, &argv);\n"
	"	ok = ok && rc_mpi_open(&m, MPI_COMM_WORLD, G, p, count, L, room, sizeof room, &options) == RC_OK &&\n"
	"		rc_mpi_sync(&m, m_train_trainer(), norm, sizeof norm - 4) == RC_E_SCRATCH && rc_mpi_sync(&m, m_train_trainer(), norm, sizeof norm) == RC_OK;\n"
	"	m_train_init(state, 3);\n	n_train_init(whole, 3);\n"
	"	for (int step = 0; ok && step < 3; step++) {\n		rc_train how = { sizeof how, 0.05f, RC_TRAIN_AUGMENT, (uint64_t)step }, each[G];\n"
	"		for (int i = 0; i < G*B*192; i++) x[i] = (float)((i*37 + step*5)%101)/50 - 1;\n		for (int i = 0; i < G*B; i++) y[i] = i%3;\n"
	"		for (int i = 0; i < m.own; i++) each[i] = rc_train_part(&how, (m.first + i)*B);\n"
	"		rc_mpi_begin(&m, state);\n"
	"		ok = ok && !rc_mpi_grad(&m, &options, state, x + m.first*B*192, y + m.first*B, each, work, (size_t)m.own*M_TRAIN_WORKSPACE_BYTES, own);\n"
	"		rc_mpi_end(&m, own, &all);\n"
	"		ok = ok && !n_train_grad(NULL, whole, x, y, &how, wide, sizeof wide, &one);\n"
	"		if (step == 0) far = apart(n_train_gradient(whole), m_train_gradient(state), L);\n"
	"		if (step == 0) running = apart((float *)(whole + 256) + L, (float *)(state + 256) + L, R - L);\n"
	"		if (step == 0) ok = ok && fabs(all.loss - one.loss) < 1e-5 && all.correct == one.correct && all.count == G*B;\n"
	"		m_train_apply(&options, state, &how);\n		n_train_apply(NULL, whole, &how);\n	}\n"
	"	if (!m.rank) printf(\"%s, %s, %016llx\\n\", ok ? \"fine\" : \"not fine\", far < 1e-5 && running < 1e-6 ? \"near\" : \"far\", (unsigned long long)rc_hash(state, sizeof state));\n"
	"	if (!m.rank) fprintf(stderr, \"%g %g\\n\", far, running);\n"
	"	MPI_Finalize();\n	return 0;\n}\n";

START_TEST(synchronised_ranks_are_one_batch)
{
	const char *said, *first = NULL;
	size_t len;

	if (system("command -v mpicc > /dev/null 2>&1 && command -v mpirun > /dev/null 2>&1"))
		return;
	ck_assert_int_eq(resnetc("%s -w random:1 --train -q -o %s", model_file(learner), in_dir("together/net")).status, 0);
	ck_assert_int_eq(resnetc("%s --name n --batch 24 -w random:1 --train -q -o %s", model_file(learner), in_dir("together/net")).status, 0);
	put_file("together/app.c", synchronised, strlen(synchronised));
	in("together", "mpicc -O0 -Wall -Wextra -Wpedantic -Wno-missing-field-initializers -Werror -DRC_MPI -Inet net/[a-z]*.c app.c -lm -lpthread -o app%s", "");
	for (int n = 1; n <= 8; n *= 2) {
		in("together", "%s", arena_text("%s -n %d ./app > said", mpirun, n));
		said = arena_text("%s", (const char *)file_map(in_dir("together/said"), &len));
		ck_assert_msg(strstr(said, "fine, near, ") == said, "%d ranks: %s", n, said);
		first = first ? first : said;
		ck_assert_msg(!strcmp(said, first), "%d ranks: %s%s", n, said, first);
	}
}
END_TEST

/* the experiments' models are ones to be trained, their scripts are scripts */
START_TEST(experiments_can_be_run)
{
	static const char *const words[] = { "-D depth=20 -D skip=no", "-D depth=56 -D skip=yes -D peak=0.02" };

	for (int i = 0; i < 2; i++) {
		Ran r = resnetc("examples/train/degradation.lua %s -w random --train --batch 2 -q -o %s", words[i], in_dir(arena_text("runs%d", i)));
		ck_assert_msg(r.status == 0, "%s", r.err);
		ck_assert_int_eq(access(in_dir(i ? "runs1/resnet56_train.c" : "runs0/plain20_train.c"), R_OK), 0);
	}
	ck_assert_int_eq(resnetc("examples/train/cifar_resnet20.lua -w random --train --batch 32 -q -o %s", in_dir("runs2")).status, 0);
	in("runs2", "for f in '%s'/examples/train/*.sh; do sh -n \"$f\" && ! sh \"$f\" none; done", here());
	if (!system("command -v mpicc > /dev/null 2>&1"))
		in("runs2", "mpicc -fsyntax-only -Wall -Wextra -Wpedantic -Werror -DRC_MPI -I. '%s/examples/mpi_train.c'", here());
}
END_TEST

START_TEST(pictures_over_ranks)
{
	if (system("command -v mpicc > /dev/null 2>&1 && command -v mpirun > /dev/null 2>&1"))
		return;
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -q -o %s", in_dir("spread/net")).status, 0);
	in("spread", "mpicc -O0 -Wall -Wextra -Wpedantic -Werror -Inet net/[a-z]*.c '%s/examples/mpi_classify.c' -lpng -ljpeg -lm -lpthread -o app", here());
	in("spread", "%s", arena_text("%s -n 3 ./app net/cifar_resnet20.weights %s/examples/images/[a-z]*.png | sed 's|.*/||; s|[.]png | |' > said && "
	   "test $(wc -l < said) = 10 && awk '$1 != $2 { exit 1 }' said && sort -c said", mpirun, here()));
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
	tcase_add_test(t, install_puts_everything_in_its_place);
	tcase_add_loop_test(t, manual_and_completions, 0, 4);
	t = part("learning");
	tcase_add_test(t, finetune_learns);
	tcase_add_test(t, pictures_over_ranks);
	tcase_add_test(t, experiments_can_be_run);
	t = part("ranks");
	tcase_add_test(t, ranks_give_the_same_bits);
	tcase_add_test(t, synchronised_ranks_are_one_batch);
	t = part("builds");
	tcase_add_test(t, cmake_embeds_and_chooses);
	tcase_add_loop_test(t, cmake_takes_any_project, 0, 6);
	tcase_add_test(t, cmake_compiles_for_another_processor);
	tcase_add_loop_test(t, example_builds_with, 0, 4);
	tcase_add_test(t, guide_from_pytorch_to_an_app);
	tcase_add_test(t, debian_package);
	tcase_add_loop_test(t, example_says, 0, 4);
}
