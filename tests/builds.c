/* builds.c - resnetc inside other people's builds: installed, packaged, in projects of CMake, Meson and Make. */
#include <unistd.h>

#include "projects.h"


START_TEST(install_puts_everything_in_its_place)
{
	static const char *const files[] = { "bin/resnetc", "share/cmake/resnetc/resnetc-config.cmake", "share/pkgconfig/resnetc.pc", "share/man/man1/resnetc.1",
		"share/bash-completion/completions/resnetc", "share/zsh/site-functions/_resnetc", "share/fish/vendor_completions.d/resnetc.fish",
		"share/resnetc/lua/resnet.lua" };
	const char *prefix = installed();

	for (size_t i = 0; i < sizeof files/sizeof *files; i++)
		ck_assert_msg(!access(arena_text("%s/%s", prefix, files[i]), R_OK), "%s", files[i]);
	shell_in("pc", "test $(PKG_CONFIG_PATH=%s/share/pkgconfig pkg-config --variable=resnetc resnetc) -ef ../usr/bin/resnetc", prefix);
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
	shell_in("cm", "cp '%s/examples/mlperf_tiny_resnet8.lua' .", here());
	g = dsl_load(in_dir("cm/mlperf_tiny_resnet8.lua"), &none);
	bind_random(g, 4);
	f = safetensors_file(g, "w.safetensors");
	put_file("cm/w.safetensors", f.data, f.len);
	put_file("cm/CMakeLists.txt", lists, strlen(lists));
	put_program("cm/app.c", "apps/app.c");
	setenv("CC", unoptimized(), 1);
	shell_in("cm", "cmake -B b -DFROM=\"$PWD\" -DCMAKE_PREFIX_PATH='%s' && MAKEFLAGS= cmake --build b && cp b/app . && rm -r b/network.resnetc && ./app > out && test $(wc -l < out) = 10",
	   installed());
	shell_in("cm", "! cmake -B c -DFROM=\"$PWD\" -DMORE=TARGET -DCMAKE_PREFIX_PATH='%s' 2> err && tr -s ' \\n' ' ' < err | grep -q 'want MODEL, WEIGHTS, NAME, TARGETS, OPTIONS or EMBED, got TARGET'", installed());
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
		{ "project(p C)", "-DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON", "app.c" },
		{ "project(p C)\nadd_subdirectory(${RESNETC_SOURCE}/runtime/package resnetc)", "", "app.c" },
	};
	const char *dir = arena_text("any%d", _i), *lists = arena_text(
		"cmake_minimum_required(VERSION 3.20)\n%s\n%s"
		"resnetc_add_model(first MODEL ${FROM}/mlperf_tiny_resnet8.lua WEIGHTS random:4 NAME net TARGETS avx2 scalar EMBED)\n"
		"resnetc_add_model(second MODEL ${FROM}/mlperf_tiny_resnet8.lua WEIGHTS random TARGETS scalar NAME second)\n"
		"add_executable(app %s)\ntarget_compile_definitions(app PRIVATE EMBEDDED)\ntarget_link_libraries(app PRIVATE first second)\n",
		ways[_i].project, _i < 6 ? "find_package(resnetc 0.1 REQUIRED)\n" : "", ways[_i].compiler);

	if (system("command -v cmake > /dev/null 2>&1"))
		return;
	shell_in(dir, "rm -rf b");
	put_file(arena_text("%s/CMakeLists.txt", dir), lists, strlen(lists));
	put_program(arena_text("%s/%s", dir, ways[_i].compiler), "apps/app.c");
	if (_i == 1)                                 /* the program is C99, its library's standard is its own */
		shell_in(dir, "sed -i 's/add_executable.*/&\\nset_target_properties(app PROPERTIES C_STANDARD 11)/' CMakeLists.txt");
	if (strstr(ways[_i].compiler, "cpp"))
		shell_in(dir, "sed -i 's/\\*ws = aligned_alloc/*ws = std::aligned_alloc/; s/<stdlib.h>/<cstdlib>/' app.cpp");
	setenv("CC", unoptimized(), 1);
	shell_in(dir, "%s", arena_text("cmake -B b -DFROM='%s/examples' -DRESNETC_SOURCE='%s' %s -DCMAKE_PREFIX_PATH=\"%s\" && MAKEFLAGS= cmake --build b && ./b/app > out && "
	                         "test $(wc -l < out) = 10", here(), here(), ways[_i].flags, blank_prefix()));
	if (_i)
		shell_in(dir, "cmp out ../any0/out || test ! -f ../any0/out");
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
	shell_in("cross", "rm -rf b");
	put_file("cross/CMakeLists.txt", lists, strlen(lists));
	put_file("cross/aarch64.cmake", toolchain, strlen(toolchain));
	put_program("cross/app.c", "apps/app.c");
	shell_in("cross", "%s", arena_text("cmake -B b -DCMAKE_TOOLCHAIN_FILE=aarch64.cmake -DFROM='%s/examples' -DCMAKE_PREFIX_PATH=\"%s\" && MAKEFLAGS= cmake --build b && "
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
	shell_in(dir, "%s", arena_text(ways[_i].build, here(), installed()));
	shell_in(dir, "%s", arena_text("%s '%s/examples/images' > said && tail -1 said | grep '^10 of 10 right$'", ways[_i].program, here()));
}
END_TEST

/* lintian, where it is, finds nothing; the package holds what make install installs */
START_TEST(debian_package)
{
	if (system("command -v dpkg-shlibdeps > /dev/null 2>&1 && git log -1 > /dev/null 2>&1"))
		return;
	ck_assert_msg(system(arena_text("make -s deb > '%s' 2>&1", in_dir("log"))) == 0, "%.1500s", (const char *)file_map(in_dir("log"), &(size_t){ 0 }));
	shell_in("deb", "dpkg-deb -x '%s'/build/deb/*.deb . && ./usr/bin/resnetc version && zcat usr/share/man/man1/resnetc.1.gz | grep -q '^.TH RESNETC' && "
	   "test -f usr/share/cmake/resnetc/resnetc-config.cmake", here());
	shell_in("deb", "dpkg-deb -f '%s'/build/deb/*.deb Depends | grep -q liblua5.4", here());
}
END_TEST

SUITE(builds)
{
	TCase *t = part("builds");

	tcase_add_test(t, cmake_embeds_and_chooses);
	tcase_add_loop_test(t, cmake_takes_any_project, 0, 7);
	tcase_add_test(t, cmake_compiles_for_another_processor);
	tcase_add_loop_test(t, example_builds_with, 0, 4);
	t = part("installed");
	tcase_add_test(t, install_puts_everything_in_its_place);
	tcase_add_loop_test(t, manual_and_completions, 0, 4);
	tcase_add_test(t, debian_package);
}
