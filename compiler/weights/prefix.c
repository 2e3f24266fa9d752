/*
** prefix.c - what a file's names begin with before those of the network: "module." of data parallel training, "model."
** of Lightning, "backbone.". It is found by trying: what stands before one parameter's name must stand before most. A
** layer that isn't there may lie in another part: "head." of OpenMMLab's.
*/
#include <string.h>

#include "bind.h"

enum { MostTried = 64 };

typedef struct {
	const char *prefix;
	int misses;
} Tried;

int
parameters(const Graph *g)
{
	int count = 0;

	for (int i = 0; i < g->count; i++)
		for (int p = 0; p < NParams; p++)
			count += g->nodes[i]->p[p].name != NULL;
	return count;
}

int
misses(const Binding *b, const char *prefix)
{
	int count = 0;

	for (int i = 0; i < b->g->count; i++)
		for (int p = 0; p < NParams; p++) {
			const char *name = b->g->nodes[i]->p[p].name;
			count += name && !find_tensor(b, prefix, name);
		}
	return count;
}

/* try_all - the prefixes that stand before this parameter's name in the file */
static int
try_all(const Binding *b, const char *name, Tried *tried, int count)
{
	size_t m = strlen(name);

	for (int i = 0; i < b->w->count && count < MostTried; i++) {
		const char *full = b->names[i], *prefix;
		size_t n = strlen(full);
		bool seen = n <= m || strcmp(full + n - m, name) || (full[n-m-1] != '.' && full[n-m-1] != '/');
		if (seen)
			continue;
		prefix = arena_text("%.*s", (int)(n - m), full);
		for (int k = 0; k < count; k++)
			seen = seen || !strcmp(tried[k].prefix, prefix);
		if (!seen)
			tried[count++] = (Tried){ prefix, misses(b, prefix) };
	}
	return count;
}

/* tell_others - further prefixes that have every parameter */
static void
tell_others(const Binding *b, const Tried *tried, int count, const Tried *best)
{
	for (int k = 0; k < count; k++)
		if (&tried[k] != best && !tried[k].misses) {
			const char *p = tried[k].prefix;
			note("%s: the weights are those below '%s'; those below '%s' would do too (-w FILE:%.*s)", b->w->file,
			     best->prefix, p, (int)strlen(p) - 1, p);
			return;
		}
}

const char *
prefix_of(const Binding *b)
{
	Tried tried[MostTried], *best = NULL;
	int plain = misses(b, ""), count = 0;

	if (!plain)
		return "";
	for (int i = 0; i < b->g->count && count < MostTried && !(best && !best->misses); i++)
		for (int p = 0; p < NParams; p++) {
			const char *name = b->g->nodes[i]->p[p].name;
			if (name)
				count = try_all(b, name, tried, count);
			for (int k = 0; k < count; k++)
				if (!best || tried[k].misses < best->misses)
					best = &tried[k];
		}
	if (!best || best->misses >= plain || 2*best->misses > parameters(b->g))
		return "";
	if (!best->misses)
		tell_others(b, tried, count, best);
	return best->prefix;
}

/* has_all - do all of n's parameters stand behind the prefix, in their shapes */
static bool
has_all(const Binding *b, const Node *n, const char *prefix)
{
	int64_t dim[4];

	for (int p = 0; p < NParams; p++) {
		const Tensor *t = n->p[p].name ? find_tensor(b, prefix, n->p[p].name) : NULL;
		if (n->p[p].name && (!t || t->used || !fits(t, dim, want_of(n, (ParamId)p, b->hwio, dim))))
			return false;
	}
	return true;
}

const char *
prefix_of_layer(const Binding *b, const Node *n)
{
	Tried tried[MostTried];
	const char *other = NULL;
	int count = 0, fit = 0;

	for (int p = NParams - 1; p >= 0; p--)
		if (n->p[p].name) {
			if (find_tensor(b, b->prefix, n->p[p].name))
				return b->prefix;
			count = try_all(b, n->p[p].name, tried, 0);
		}
	for (int k = 0; k < count; k++)
		if (has_all(b, n, tried[k].prefix)) {
			other = tried[k].prefix;
			fit++;
		}
	if (fit != 1)
		return b->prefix;
	note("%s: '%s' is below '%s' there, the only one of its name and shapes", b->w->file, n->name, other);
	return other;
}
