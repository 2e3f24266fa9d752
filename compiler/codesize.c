/*
** codesize.c - bytes of machine code that emitted C becomes: the sections of its object files that a linker keeps, the
** self test left out. Where no compiler for the target is here it is estimated by the length of the C.
*/
#include <string.h>

#include "host.h"

enum { ByteOfText = 2 };             /* characters of C become one byte of code (2 to 3.5 with -O2) */

/* number - of so many bytes, the least first */
static uint64_t
number(const unsigned char *p, int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

/* tested - is a section of this name the self test's or one of its tables */
static bool
tested(const char *name)
{
	static const char *const tables[] = { ".rodata.tensors", ".rodata.layers", ".rodata.reads" };

	for (size_t i = 0; i < sizeof tables/sizeof *tables; i++)
		if (!strcmp(name, tables[i]))
			return true;
	return strstr(name, "selftest");
}

/* kept - is a section of this name in memory, with bytes of its own, and no part of the self test */
static bool
kept(const char *name, const unsigned char *section)
{
	enum { Type = 4, Flags = 8, NoBits = 8, Allocated = 2 };

	return number(section + Type, 4) != NoBits && section[Flags] & Allocated && !tested(name);
}

/* sections - bytes that a program keeps of an object file (ELF, of either width); 0: it is none */
static size_t
sections(const char *file)
{
	size_t len, sum = 0;
	const unsigned char *p = file_map(file, &len), *first, *names;

	if (len < 64 || memcmp(p, "\177ELF", 4))
		return 0;
	bool wide = p[4] == 2;
	int word = wide ? 8 : 4, each = wide ? 64 : 40, count = (int)number(p + (wide ? 60 : 48), 2);
	uint64_t at = number(p + (wide ? 40 : 32), word), strings = number(p + (wide ? 62 : 50), 2);

	if (at > len || (len - at)/(size_t)each < (size_t)count || strings >= (uint64_t)count)
		return 0;
	first = p + at;
	names = p + number(first + strings*(uint64_t)each + (wide ? 24 : 16), word);
	for (const unsigned char *s = first; s < first + count*each; s += each)
		if (kept((const char *)names + number(s, 4), s))
			sum += (size_t)number(s + (wide ? 32 : 20), word);
	return sum;
}

/* makes - an object of files, all in dir, by a compiler with these words and those of flags that say which processor */
static bool
makes(const char *dir, const char *compiler, const char *flags, const char *words, const char *const files[],
      const char *object)
{
	Command c = { .count = 0 }, all = { .count = 0 };
	int status;

	command_add_words(&c, compiler);
	command_add_words(&all, flags);
	for (int i = 0; i < all.count; i++)      /* a program's own are not for one file */
		if (!strncmp(all.word[i], "-m", 2) || !strncmp(all.word[i], "--target", 8) || !strncmp(all.word[i], "--sysroot", 9))
			command_add(&c, all.word[i]);
	command_add_words(&c, words);
	for (int i = 0; files[i]; i++)
		command_add(&c, arena_text("%s/%s", dir, files[i]));
	command_add(&c, "-o");
	command_add(&c, arena_text("%s/%s", dir, object));
	return program_run(c.word, dir, &status) && !status;
}

/* reached - what a program keeps of the objects that runs a network and checks its weights; 0: the linker can't tell */
static size_t
reached(const char *dir, const char *compiler, const char *flags, const char *name)
{
	const char *words = arena_text("-r -nostdlib -Wl,--gc-sections -Wl,-u,%s_run -Wl,-u,%s_run_with -Wl,-u,%s_check", name,
	                               name, name), *objects[] = { arena_text("%s.o", name), "rc.o", NULL };

	return makes(dir, compiler, flags, words, objects, "all.o") ? sections(arena_text("%s/all.o", dir)) : 0;
}

size_t
code_size(const Model *m, const char **compiler)
{
	const Target *t = m->g->target;
	const Machine *elsewhere = target_runs_here(t) ? NULL : machine_of(t);
	const char *dir = temp_dir(), *name = m->g->name;
	const char *cc = elsewhere ? machine_compiler(elsewhere) : host_compiler(), *flags = elsewhere ? elsewhere->flags : "";
	File files[32];
	int count = 0;
	size_t sum = 0, linked;

	files[count++] = emit_source(m);
	files[count++] = emit_header(m);
	count += runtime_files(&t, 1, files + count);
	*compiler = NULL;
	if (cc && (elsewhere || target_runs_here(t))) {
		write_files(dir, files, count);
		for (int i = 0; i < 2; i++) {
			const char *file[] = { arena_text("%s.c", i ? "rc" : name), NULL }, *object = arena_text("%s.o", i ? "rc" : name);
			if (makes(dir, cc, flags, "-std=c11 -O2 -w -ffunction-sections -fdata-sections -c", file, object))
				sum += sections(arena_text("%s/%s", dir, object));
		}
		linked = sum ? reached(dir, cc, flags, name) : 0;
		sum = linked ? linked : sum;
		*compiler = sum ? cc : NULL;
	}
	return sum ? sum : files[0].len/ByteOfText;
}
