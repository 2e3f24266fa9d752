/*
** cc.c - the compiler of this machine, $CC, which may be several words, else the first of clang-19, clang, gcc, cc that
** is there; and whether what it makes can be loaded.
*/
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#include "host.h"

const char *
host_compiler(void)
{
	static const char *const names[] = { "clang-19", "clang", "gcc", "cc" };
	const char *cc = getenv("CC");

	if (cc && *cc)
		return cc;
	for (int i = 0; i < 4; i++)
		if (on_path(names[i]))
			return names[i];
	fail("want a C compiler on PATH (clang-19, clang, gcc or cc) or in $CC, got none");
}

void
host_command(Command *c)
{
	const char *cc = host_compiler();

	if (!access(cc, X_OK))
		command_add(c, cc);                  /* one word, blanks and all */
	else
		command_add_words(c, cc);
	if (!c->count)
		fail("$CC: want a C compiler, got blanks");
}

bool
host_loads(void)
{
	return dlopen(NULL, RTLD_NOW) != NULL;
}

void
want_loading(const char *what)
{
	if (!host_loads())
		fail("want a resnetc that loads code %s, got one that is linked statically (make static)", what);
}
