/*
** host.c - compile emitted code for this machine and load it, with what measures the machine's peak beside it.
** The compiler is $CC, which may be several words, else the first of clang-19, clang, gcc, cc that is there.
*/
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "carried.h"
#include "host.h"

CARRIED(host_peak, "compiler/host/peak.c")

enum { MostWords = 64 };

typedef struct { const char *word[MostWords + 1]; int count; } Command;

static void
add(Command *c, const char *word)
{
	if (c->count == MostWords)
		fail("$CC: want at most %d words, got more", MostWords);
	c->word[c->count++] = word;
}

/* add_words - those between blanks */
static void
add_words(Command *c, const char *words)
{
	for (const char *s = words + strspn(words, " \t"); *s; s += strspn(s, " \t")) {
		size_t len = strcspn(s, " \t");
		add(c, arena_text("%.*s", (int)len, s));
		s += len;
	}
}

static bool
on_path(const char *program)
{
	const char *path = getenv("PATH");

	while (path && *path) {
		size_t n = strcspn(path, ":");
		if (!access(arena_text("%.*s/%s", (int)n, path, program), X_OK))
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

static const char *
compiler(void)
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

/* compile - sources in dir into one that can be loaded; false: refused, and dir/program.log says why */
static bool
compile(const char *dir, const char *sources, const char *flags, const char *to)
{
	const char *cc = compiler();
	Command c = { .count = 0 }, files = { .count = 0 };
	int status;

	if (!access(cc, X_OK))
		add(&c, cc);                 /* one word, blanks and all */
	else
		add_words(&c, cc);
	if (!c.count)
		fail("$CC: want a C compiler, got blanks");
	add_words(&c, "-std=c11 -w -fPIC -shared");
	add_words(&c, flags);
	add_words(&files, sources);
	for (int i = 0; i < files.count; i++)
		add(&c, arena_text("%s/%s", dir, files.word[i]));
	add(&c, "-o");
	add(&c, arena_text("%s/%s", dir, to));
	if (!program_run(c.word, dir, &status))
		fail("$CC: want a C compiler that can be started, got '%s': %s", cc, strerror(errno));
	if (WIFSIGNALED(status))
		fail("$CC: want a C compiler that comes to an end, got '%s' ended by signal %d (%s)", cc, WTERMSIG(status),
		     strsignal(WTERMSIG(status)));
	return !status;
}

/* refused - it did not compile: it never does, or it is our code */
static void
refused(const char *dir, const char *flags)
{
	static const char any[] = "#include <stddef.h>\n#include <stdint.h>\n#include <stdlib.h>\n#include <string.h>\n"
		"#include <time.h>\nint rc_any;\n";
	File probe = { "any.c", any, sizeof any - 1 };
	char line[512] = "";
	FILE *f = fopen(arena_text("%s/program.log", dir), "r");
	const char *said = "";

	while (f && fgets(line, sizeof line, f))
		said = arena_text("%s%s", said, line);
	if (f)
		fclose(f);
	fputs(said, stderr);
	write_files(dir, &probe, 1);
	if (!compile(dir, probe.name, flags, "any.so"))
		fail("$CC: want a C compiler that works, got '%s', which refuses an empty program", compiler());
	die("%s refused the emitted code", compiler());
}

void *
host_load(const char *dir, const char *sources, const char *flags, const char **cc)
{
	void *lib;

	if (!compile(dir, sources, flags, "model.so"))
		refused(dir, flags);
	lib = dlopen(arena_text("%s/model.so", dir), RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		fail("$CC: want a C compiler for this machine, got '%s': %s", compiler(), dlerror());
	if (cc)
		*cc = compiler();
	return lib;
}

void *
host_symbol(void *lib, const char *name)
{
	void *p = dlsym(lib, name);

	if (!p)
		die("the emitted code has no %s", name);
	return p;
}

Host
host_build(const Model *m, const char *dir, bool with_peak)
{
	const Graph *g = m->g;
	File files[20];
	Host h = { 0 };
	const char *flags = "-O2";
	int count = 0;

	if (!target_runs_here(g->target))
		fail("--target: want a target this machine can run, got '%s'", g->target->name);
	files[count++] = emit_source(m);
	files[count++] = emit_header(m);
	if (with_peak) {
		files[count++] = (File){ "rc_peak.c", host_peak, (size_t)(host_peak_end - host_peak) };
		flags = arena_text("-O2 -DPEAK_WORDS=\"%s\" -DPEAK_REGISTERS=%d", g->target->simd, g->target->regs);
	}
	count += runtime_files(&g->target, 1, files + count);
	write_files(dir, files, count);
	h.lib = host_load(dir, arena_text("%s.c rc.c%s", g->name, with_peak ? " rc_peak.c" : ""), flags, &h.compiler);
	/* POSIX promises that these conversions work; ISO C has no cast for them */
	*(void **)&h.check = host_symbol(h.lib, arena_text("%s_check", g->name));
	*(void **)&h.run_with = host_symbol(h.lib, arena_text("%s_run_with", g->name));
	*(void **)&h.strerror = host_symbol(h.lib, "rc_strerror");
	if (with_peak) {
		*(void **)&h.peak = host_symbol(h.lib, "rc_peak");
		*(void **)&h.bandwidth = host_symbol(h.lib, "rc_bandwidth");
	}
	return h;
}
