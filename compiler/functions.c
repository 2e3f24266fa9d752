/*
** functions.c - the functions of an emitted file. Two that would have the same head, parameters and body are one:
** whoever writes a function is told the name it has, which stands nowhere in its text.
*/
#include <string.h>

#include "out.h"

Functions *
functions_new(void)
{
	return NEW(Functions);
}

/* name_for - stem, with a number behind it where that name is taken */
static const char *
name_for(const Functions *f, const char *stem)
{
	const char *name = stem;

	for (int twin = 1, i = 0; i < f->count; i++)
		if (!strcmp(f->all[i]->name, name)) {
			name = arena_text("%s_%d", stem, ++twin);
			i = -1;
		}
	return name;
}

const Function *
function_add(Functions *f, const char *comment, const char *head, const char *stem, const char *rest)
{
	Function *new;

	for (int i = 0; i < f->count; i++)
		if (!strcmp(f->all[i]->rest, rest) && !strcmp(f->all[i]->head, head))
			return f->all[i];
	new = NEW(Function);
	*new = (Function){ .comment = comment, .head = head, .name = name_for(f, stem), .rest = rest };
	PUSH(f->all, f->count, new);
	return new;
}

void
function_serves(const Function *f, const char *user)
{
	Function *g = (Function *)f;

	PUSH(g->users, g->nusers, user);
}
