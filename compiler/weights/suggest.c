/*
** suggest.c - no name of the file is the network's, but its tensors have the parameters' shapes in the same order: then
** they are most likely meant, and the table that says so is printed, ready for nn.model { names = ... }. An entry
** replaces the beginning of a name up to a dot; names that end alike are joined to as few entries as say the same.
*/
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"

enum { Wide = 100 };                 /* columns of a line of the table */

typedef struct {
	const Node *n;
	ParamId id;
	const char *own, *theirs;    /* the parameter's name without any renaming, the tensor's */
	int same;                    /* parts at the end of both that the entry leaves out */
} Match;

typedef struct {
	const Binding *b;
	Match *pairs;
	int count;
	int *tensors;                /* the file's, in the order that is tried */
} Table;

/* own_names - of all parameters, as they would be without nn.model's names, in the order of the nodes */
static void
own_names(Table *t)
{
	for (int i = 0; i < t->b->g->count; i++) {
		Node copy = *t->b->g->nodes[i];
		for (int p = 0; p < NParams; p++)
			copy.p[p].name = NULL;
		node_params(&copy, NULL, NULL);
		for (int p = 0; p < NParams; p++)
			if (copy.p[p].name)
				PUSH(t->pairs, t->count, (Match){ t->b->g->nodes[i], (ParamId)p, copy.p[p].name, NULL, 0 });
	}
}

/* shortcuts_last - a block's downsample behind the rest of it, as most frameworks register it */
static void
shortcuts_last(Table *t)
{
	Match *sorted = arena_new((size_t)t->count*sizeof *sorted);
	int n = 0;

	for (int i = 0, end; i < t->count; i = end) {
		const char *at = strstr(t->pairs[i].own, "downsample.");
		size_t len = at ? (size_t)(at - t->pairs[i].own) : 0;
		for (end = i + 1; at && end < t->count && !strncmp(t->pairs[end].own, t->pairs[i].own, len); end++)
			;
		for (int last = 0; last < 2; last++)
			for (int k = i; k < end; k++)
				if ((strstr(t->pairs[k].own, "downsample.") != NULL) == last || !at)
					if (at || !last)
						sorted[n++] = t->pairs[k];
	}
	t->pairs = sorted;
}

/* by_nature - layer10 behind layer9; of one layer weight, bias, mean, variance */
static int
by_nature(const char *a, const char *b)
{
	static const char *const params[] = { "weight", "bias", "running_mean", "running_var" };
	const char *x = strrchr(a, '.'), *y = strrchr(b, '.');

	if (x && y && x - a == y - b && !strncmp(a, b, (size_t)(x - a)))
		for (int i = 0; i < 4; i++)
			if (!strcmp(x + 1, params[i]) || !strcmp(y + 1, params[i]))
				return strcmp(x + 1, params[i]) ? 1 : strcmp(y + 1, params[i]) ? -1 : 0;
	for (; *a && *b; a++, b++) {
		if (*a >= '0' && *a <= '9' && *b >= '0' && *b <= '9') {
			char *end, *other;
			unsigned long long n = strtoull(a, &end, 10), m = strtoull(b, &other, 10);
			if (n != m)
				return n < m ? -1 : 1;
			a = end - 1;
			b = other - 1;
		} else if (*a != *b) {
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		}
	}
	return *a ? 1 : *b ? -1 : 0;
}

static const Binding *sorting;       /* qsort has no argument for it */

static int
by_name(const void *a, const void *b)
{
	return by_nature(sorting->names[*(const int *)a], sorting->names[*(const int *)b]);
}

/* in_order - every parameter has the shape of the tensor at its place; then these are pairs */
static bool
in_order(Table *t, bool hwio)
{
	for (int i = 0; i < t->count; i++) {
		int64_t dim[4];
		int rank = want_of(t->pairs[i].n, t->pairs[i].id, hwio, dim);
		if (!fits(&t->b->w->tensors[t->tensors[i]], dim, rank))
			return false;
	}
	for (int i = 0; i < t->count; i++)
		t->pairs[i].theirs = t->b->names[t->tensors[i]];
	return true;
}

/* found - an order of both in which all shapes are the same */
static bool
found(Table *t)
{
	int tensors = 0;

	for (int i = 0; i < t->b->w->count; i++)
		if (leftover(t->b, i))
			PUSH(t->tensors, tensors, i);
	if (!tensors || tensors != t->count)
		return false;
	for (int sorted = 0; sorted < 2; sorted++) {
		if (sorted) {
			sorting = t->b;
			qsort(t->tensors, (size_t)tensors, sizeof *t->tensors, by_name);
		}
		for (int last = 0; last < 2; last++) {
			Table other = *t;
			if (last)
				shortcuts_last(&other);
			if (in_order(&other, false) || in_order(&other, true)) {
				*t = other;
				return true;
			}
		}
	}
	return false;
}

/* before - the length of a name without its last parts */
static size_t
before(const char *name, int parts)
{
	size_t n = strlen(name);

	while (parts-- && n)
		for (n--; n && name[n] != '.'; n--)
			;
	return n;
}

/* same_end - how many of the last parts are equal; something must be left of both */
static int
same_end(const char *a, const char *b)
{
	int parts = 0;

	for (;;) {
		size_t n = before(a, parts + 1), m = before(b, parts + 1);
		if (!n || !m || strcmp(a + n, b + m))
			return parts;
		parts++;
	}
}

/* entry_of - the pair whose entry nn.model would use for a name: the longest key that begins it */
static const Match *
entry_of(const Table *t, const char *name)
{
	const Match *best = NULL;
	size_t longest = 0;

	for (int i = 0; i < t->count; i++) {
		size_t n = before(t->pairs[i].own, t->pairs[i].same);
		if (n > longest && !strncmp(name, t->pairs[i].own, n) && (!name[n] || name[n] == '.')) {
			best = &t->pairs[i];
			longest = n;
		}
	}
	return best;
}

/* lengthen - the keys of all pairs that have the same one as this */
static void
lengthen(Table *t, const Match *like)
{
	size_t n = before(like->own, like->same);
	const char *key = arena_text("%.*s", (int)n, like->own);

	for (int i = 0; i < t->count; i++) {
		Match *p = &t->pairs[i];
		if (p->same && before(p->own, p->same) == n && !strncmp(p->own, key, n))
			p->same--;
	}
}

/* shorten - the least that says all: entries that would mislead another name are made longer until none does */
static void
shorten(Table *t)
{
	bool wrong = true;

	for (int i = 0; i < t->count; i++)
		t->pairs[i].same = same_end(t->pairs[i].own, t->pairs[i].theirs);
	while (wrong) {
		wrong = false;
		for (int i = 0; i < t->count; i++) {
			const Match *p = &t->pairs[i], *e = entry_of(t, p->own);
			size_t n = before(e->own, e->same), m = before(e->theirs, e->same);
			if (!strncmp(p->theirs, e->theirs, m) && !strcmp(p->theirs + m, p->own + n))
				continue;
			wrong = true;
			lengthen(t, p);
		}
	}
}

/* is_word - a key that Lua takes without quotes */
static bool
is_word(const char *s)
{
	if (isdigit((unsigned char)*s))
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

static void
print_entries(const Table *t)
{
	int column = 0;

	fputs("  names = {", stderr);
	for (int i = 0; i < t->count; i++) {
		const Match *p = &t->pairs[i];
		size_t n = before(p->own, p->same), m = before(p->theirs, p->same);
		const char *key = arena_text("%.*s", (int)n, p->own), *entry;
		bool again = n == m && !strncmp(p->own, p->theirs, n);
		for (int k = 0; k < i; k++)
			again = again || (before(t->pairs[k].own, t->pairs[k].same) == n && !strncmp(t->pairs[k].own, p->own, n));
		if (again)
			continue;
		entry = arena_text(is_word(key) ? "%s = \"%s\"," : "[\"%s\"] = \"%s\",", key,
		                   backslashed(arena_text("%.*s", (int)m, p->theirs), "\"\\"));
		if (!column || column + 1 + (int)strlen(entry) > Wide) {
			fputs("\n   ", stderr);
			column = 3;
		}
		column += fprintf(stderr, " %s", entry);
	}
	fputs("\n  },\n", stderr);
}

/* scheme_of - nn.model's word for the file's names, where one of them gives it away; NULL: none does */
static const char *
scheme_of(const Binding *b)
{
	static const struct { const char *part, *word; } marks[] = {
		{ "embedder.convolution.weight", "huggingface" }, { "layer0.conv1.weight", "senet" },
		{ ".shortcut.0.weight", "cifar" }, { ".convpath.0.0.weight", "fastai" }, { ".convs.0.0.weight", "fastbook" },
	};

	for (size_t k = 0; k < sizeof marks/sizeof *marks; k++)
		for (int i = 0; i < b->w->count; i++)
			if (strstr(b->names[i], marks[k].part))
				return marks[k].word;
	return NULL;
}

bool
suggest_names(const Binding *b)
{
	const char *scheme = scheme_of(b);
	Table t = { .b = b };

	if (scheme && misses(b, b->prefix) == parameters(b->g)) {
		tell(arena_text("%s: no parameter of %s has its name in it, but nn.model { names = \"%s\" } gives such names",
		                b->w->file, b->g->name, scheme));
		return true;
	}

	if (*b->g->prefix)
		return false;
	own_names(&t);
	if (!found(&t))
		return false;
	shorten(&t);
	tell(arena_text("%s: %s parameter of %s has its name in it, but its tensors have their shapes, in the same order; if "
	                "these are meant, put this into nn.model:", b->w->file,
	                misses(b, b->prefix) == t.count ? "no" : "hardly a", b->g->name));
	print_entries(&t);
	return true;
}
