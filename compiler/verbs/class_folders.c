/* class_folders.c - folders, one a class: the one of the model that they are named after, or their place by name. */
#define _XOPEN_SOURCE 700            /* S_ISDIR */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dataset.h"

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const ClassFolder *)a)->name, ((const ClassFolder *)b)->name);
}

/* class_named - of the model's; -1: none is named so */
static int
class_named(const Graph *g, const char *name)
{
	for (int i = 0; i < g->nclasses; i++)
		if (!strcmp(g->classes[i], name))
			return i;
	return -1;
}

ClassFolders
class_folders(const char *path, const Graph *g)
{
	ClassFolders f = { 0 };
	DIR *dir = opendir(path);
	int named = 0;
	struct dirent *e;
	struct stat st;

	if (!dir)
		fail("%s: want a readable folder of folders, one a class, got: %s", path, strerror(errno));
	while ((e = readdir(dir)))
		if (e->d_name[0] != '.' && !stat(arena_text("%s/%s", path, e->d_name), &st) && S_ISDIR(st.st_mode))
			PUSH(f.all, f.count, (ClassFolder){ arena_text("%s", e->d_name), class_named(g, e->d_name) });
	closedir(dir);
	if (!f.count)
		fail("%s: want folders in it, one a class, got none", path);
	qsort(f.all, (size_t)f.count, sizeof *f.all, by_name);
	for (int i = 0; i < f.count; i++)
		named += f.all[i].label >= 0;
	for (int i = 0; i < f.count; i++)
		if (named && f.all[i].label < 0)
			fail("%s/%s: want a folder named as a class of the model, as others there are, got '%s'%s", path,
			     f.all[i].name, f.all[i].name, meant(f.all[i].name, g->classes, g->nclasses));
		else if (!named)
			f.all[i].label = i;
	return f;
}
