/*
** names.c - the names of a file's tensors: found fast, without what wrappers put into them, and which of them a layer
** would be called.
*/
#include <stdlib.h>
#include <string.h>

#include "bind.h"

/* unwrapped - a name without the parts that torch.compile, sharding and checkpointing of activations put into it */
static const char *
unwrapped(const char *name)
{
	static const char *const parts[] = { "_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module." };

	for (size_t i = 0; i < sizeof parts/sizeof *parts; i++)
		for (const char *at; (at = strstr(name, parts[i])) != NULL;)
			name = arena_text("%.*s%s", (int)(at - name), name, at + strlen(parts[i]));
	return name;
}

static const Binding *sorting;       /* qsort and bsearch have no argument for it */

static int
by_name(const void *a, const void *b)
{
	return strcmp(sorting->names[*(const int *)a], sorting->names[*(const int *)b]);
}

void
read_names(Binding *b)
{
	size_t count = (size_t)b->w->count;

	b->names = arena_new((count + 1)*sizeof *b->names);
	b->by_name = arena_new((count + 1)*sizeof *b->by_name);
	for (int i = 0; i < b->w->count; i++) {
		b->names[i] = unwrapped(b->w->tensors[i].name);
		b->by_name[i] = i;
	}
	sorting = b;
	if (count)
		qsort(b->by_name, count, sizeof *b->by_name, by_name);
}

Tensor *
find_tensor(const Binding *b, const char *prefix, const char *name)
{
	size_t n = strlen(prefix);
	int lo = 0, hi = b->w->count;

	while (lo < hi) {
		int middle = lo + (hi - lo)/2;
		const char *s = b->names[b->by_name[middle]];
		int d = strncmp(s, prefix, n);
		if (!d)
			d = strcmp(s + n, name);
		if (!d)
			return &b->w->tensors[b->by_name[middle]];
		if (d < 0)
			lo = middle + 1;
		else
			hi = middle;
	}
	return NULL;
}

static bool
ignored(const Graph *g, const char *name)
{
	static const char *const counters[] = { "num_batches_tracked", "n_averaged" };
	size_t len = strlen(name);

	for (int i = 0; i < 2; i++)
		if (len >= strlen(counters[i]) && !strcmp(name + len - strlen(counters[i]), counters[i]))
			return true;
	for (int i = 0; i < g->nignore; i++) {
		size_t n = strlen(g->ignore[i]);
		if (!strcmp(g->ignore[i], name) || (n && g->ignore[i][n-1] == '*' && !strncmp(g->ignore[i], name, n - 1)))
			return true;
	}
	return false;
}

bool
leftover(const Binding *b, int tensor)
{
	const Tensor *t = &b->w->tensors[tensor];
	const char *name = b->names[tensor];
	size_t n = strlen(b->prefix);

	return !t->used && dtype_is_float(t->dtype) && !ignored(b->g, t->name) && !ignored(b->g, name) &&
	       !(!strncmp(name, b->prefix, n) && ignored(b->g, name + n));
}
