/* command.c - the words that start a program. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

void
command_add(Command *c, const char *word)
{
	if (c->count == MostWords)
		fail("$CC: want at most %d words, got more", MostWords);
	c->word[c->count++] = word;
}

void
command_add_words(Command *c, const char *words)
{
	for (const char *s = words + strspn(words, " \t"); *s; s += strspn(s, " \t")) {
		size_t len = strcspn(s, " \t");
		command_add(c, arena_text("%.*s", (int)len, s));
		s += len;
	}
}

bool
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

void
command_log(const char *dir)
{
	char line[512] = "";
	FILE *f = fopen(arena_text("%s/program.log", dir), "r");
	const char *said = "";

	while (f && fgets(line, sizeof line, f))
		said = arena_text("%s%s", said, line);
	if (f)
		fclose(f);
	fputs(said, stderr);
}
