/*
** together.c - the C of many networks in one file, so that one run of the compiler, and one reading of the vector
** words, serves them all.
*/
#include <ctype.h>
#include <string.h>

#include "fuzz.h"

/* clashes - is this identifier one that another network may have too: a function's, or a table's */
static bool
clashes(const Model *m, const char *id, size_t len)
{
	static const char *const tables[] = { "steps", "tensors", "reads", "layers", "network" };

	for (size_t i = 0; i < sizeof tables/sizeof *tables; i++)
		if (len == strlen(tables[i]) && !strncmp(id, tables[i], len))
			return true;
	for (int i = 0; i < m->functions->count; i++)
		if (len == strlen(m->functions->all[i]->name) && !strncmp(id, m->functions->all[i]->name, len))
			return true;
	return false;
}

void
write_source_beside_others(FILE *f, const Model *m)
{
	const char *text = emit_source(m).data;

	for (const char *s = text; *s;) {
		size_t len = 0;
		while (isalnum((unsigned char)s[len]) || s[len] == '_')
			len++;
		if (len && (s == text || s[-1] != '.') && clashes(m, s, len))       /* a member has no other network's name */
			fprintf(f, "%s_", m->g->name);
		len = len ? len : 1;
		fwrite(s, 1, len, f);
		s += len;
	}
}
