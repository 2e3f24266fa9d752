/* projects.c - resnetc installed, and commands in folders beside the sources. */
#include <stdarg.h>
#include <unistd.h>

#include "projects.h"

void
shell_in(const char *folder, const char *format, ...)
{
	char line[8192];
	va_list args;
	size_t len;

	va_start(args, format);
	ck_assert_int_lt(vsnprintf(line, sizeof line, format, args), (int)sizeof line);
	va_end(args);
	if (system(arena_text("mkdir -p '%s' && cd '%s' && (%s) > '%s' 2>&1", in_dir(folder), in_dir(folder), line, in_dir("log"))) != 0)
		ck_abort_msg("%s: %.1500s", line, access(in_dir("log"), R_OK) ? "" : (const char *)file_map(in_dir("log"), &len));
}

const char *
here(void)
{
	static char path[4096];

	ck_assert_ptr_nonnull(getcwd(path, sizeof path));
	return path;
}

const char *
installed(void)
{
	const char *prefix = in_dir("usr");

	if (access(arena_text("%s/bin/resnetc", prefix), X_OK))
		ck_assert_int_eq(system(arena_text("make -s install PREFIX='%s' > '%s' 2>&1", prefix, in_dir("log"))), 0);
	return prefix;
}

const char *
unoptimized(void)
{
	return script("unoptimized", "#!/bin/sh\nexec cc \"$@\" -O0\n");
}
