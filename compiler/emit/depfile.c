/*
** depfile.c - what was read, as a rule for Make and Ninja: NAME.c, which stands for all outputs, depends on every file
** that was mapped.
*/
#include <string.h>

#include "emit.h"

/* escaped - a path as Make reads it: blanks, dollars and hashes kept */
static const char *
escaped(const char *path)
{
	char *s = arena_new(2*strlen(path) + 1), *p = s;

	for (; *path; path++) {
		if (*path == ' ' || *path == '#' || *path == '\\')
			*p++ = '\\';
		else if (*path == '$')
			*p++ = '$';
		*p++ = *path;
	}
	return s;
}

void
write_depfile(const char *path, const char *dir, const File *source)
{
	const char *slash = strrchr(path, '/'), *text = arena_text("%s/%s:", escaped(dir), source->name);
	int n;
	const char *const *read = files_mapped(&n);
	File f;

	for (int i = 0; i < n; i++)
		text = arena_text("%s \\\n  %s", text, escaped(read[i]));
	text = arena_text("%s\n", text);
	f = (File){ arena_text("%s", slash ? slash + 1 : path), text, strlen(text) };
	write_files(slash ? arena_text("%.*s", (int)(slash - path) + (slash == path), path) : ".", &f, 1);
}
