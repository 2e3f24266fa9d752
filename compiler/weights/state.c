/*
** state.c - which of the things in a checkpoint is the network: all dictionaries of tensors in it, wherever they are,
** and whole modules, are candidates with a path ("model.backbone"); the names that training programs use decide,
** in the order in which the programs' own loaders look.
*/
#include <stdlib.h>
#include <string.h>

#include "pickle.h"

enum { MostDepth = 16, MostListed = 8 };

/* averaged weights first: timm, torchvision's evaluation, BasicSR and RT-DETR load them when they are there */
static const char *const usual[] = {
	"state_dict_ema", "model_ema", "params_ema", "ema", "state_dict", "model_state_dict", "model_state", "model", "net",
	"network", "module", "params", "weights",
};
enum { NUsual = sizeof usual/sizeof *usual };

/* what lies beside a network and has tensors too */
static const char *const beside[] = {
	"opt", "sched", "lr_", "scaler", "amp", "grad", "rng", "callbacks", "loops", "criterion", "loss",
};

typedef struct {
	const char *path;            /* "" for the root */
	const Pickled *dict;
	int tensors, rank;           /* the least rank is taken */
	int arrays;                  /* NumPy's: they count where there is no tensor in the whole file */
	bool module;                 /* a whole one, not a dictionary */
} Candidate;

typedef struct {
	Pickle *k;
	Candidate *all;
	int count;
} Search;

static int
place_in(const char *const *list, int count, const char *word, bool begins)
{
	for (int i = 0; i < count; i++)
		if (!strncmp(list[i], word, begins ? strlen(list[i]) : strlen(word) + 1))
			return i;
	return -1;
}

/* rank_of - 0...: under usual names only; 1000...: below a usual name; 2000: the root; 3000: elsewhere; 4000: beside */
static int
rank_of(const char *path)
{
	int first = -1, depth = 0;
	bool all = true;

	if (!*path)
		return 2000;
	for (const char *s = path; *s; s += strcspn(s, ".") + (s[strcspn(s, ".")] == '.')) {
		const char *word = arena_text("%.*s", (int)strcspn(s, "."), s);
		int at = place_in(usual, NUsual, word, false);
		if (place_in(beside, (int)(sizeof beside/sizeof *beside), word, true) >= 0)
			return 4000;
		if (!depth++)
			first = at;
		all = all && at >= 0;
	}
	return first < 0 ? 3000 : first*10 + (depth < 9 ? depth : 9) + (all ? 0 : 1000);
}

/* offer - a dictionary as a candidate; its place among them from 1, 0: it has neither tensors nor arrays */
static int
offer(Search *s, const char *path, const Pickled *dict, bool module)
{
	Candidate c = { path, dict, .rank = rank_of(path), .module = module };

	for (int i = 0; i + 1 < dict->count; i += 2) {
		c.tensors += dict->items[i]->kind == V_text && dict->items[i+1]->kind == V_tensor;
		c.arrays += dict->items[i]->kind == V_text && is_array(dict->items[i+1]);
	}
	if (!c.tensors && !c.arrays)
		return 0;
	PUSH(s->all, s->count, c);
	return s->count;
}

/* offer_again - what was found under another path before */
static void
offer_again(Search *s, const char *path, const Pickled *v)
{
	Candidate c;

	if (v->visit < 1)
		return;
	c = s->all[v->visit - 1];
	c.path = path;
	c.rank = rank_of(path);
	PUSH(s->all, s->count, c);
}

/* look - into every value once, whatever shares or contains it */
static void
look(Search *s, Pickled *v, const char *path, int depth)
{
	const Pickled *d = value_dict(v);
	int found = 0;

	if (depth > MostDepth || !path)
		return;
	if (v->visit) {
		offer_again(s, path, v);
		return;
	}
	v->visit = -1;
	if (is_module(v)) {
		found = offer(s, path, module_state(s->k, v), true);
		d = NULL;
	} else if (d) {
		found = offer(s, path, d, false);
	}
	if (found)
		v->visit = found;
	for (int i = 0; d && i + 1 < d->count; i += 2)
		if (d->items[i]->kind == V_text && d->items[i+1]->kind >= V_tuple && d->items[i+1]->kind != V_tensor)
			look(s, d->items[i+1], name_joined(s->k, path, d->items[i]->text), depth + 1);
	for (int i = 0; (v->kind == V_list || v->kind == V_tuple) && i < v->count; i++)
		if (v->items[i]->kind >= V_tuple)
			look(s, v->items[i], name_joined(s->k, path, arena_text("%d", i)), depth + 1);
}

static const char *
listed(const Search *s)
{
	const char *text = "";

	for (int i = 0; i < s->count && i < MostListed; i++)
		text = arena_text("%s%s'%s'", text, i ? ", " : "", s->all[i].path);
	return s->count > MostListed ? arena_text("%s and %d more", text, s->count - MostListed) : text;
}

/* without_arrays - the candidates that have tensors, where one has; else arrays are what there is */
static void
without_arrays(Search *s)
{
	bool tensors = false;
	int count = 0;

	for (int i = 0; i < s->count; i++)
		tensors = tensors || s->all[i].tensors;
	for (int i = 0; i < s->count; i++) {
		if (tensors && !s->all[i].tensors)
			continue;
		s->all[count] = s->all[i];
		s->all[count].tensors += tensors ? 0 : s->all[i].arrays;
		count++;
	}
	s->count = count;
}

/* demote - what has a usual name but less than half the tensors of another: it is about the network */
static void
demote(Search *s)
{
	int most = 0;

	for (int i = 0; i < s->count; i++)
		if (s->all[i].rank <= 2000 && s->all[i].tensors > most)
			most = s->all[i].tensors;
	for (int i = 0; i < s->count; i++)
		if (s->all[i].rank < 2000 && 2*s->all[i].tensors < most)
			s->all[i].rank = 3000;
}

/* best - the candidate of the least rank; of two like each other the one that is four times larger */
static const Candidate *
best(Search *s)
{
	const Candidate *c = NULL, *second = NULL;

	for (int i = 0; i < s->count; i++) {
		const Candidate *x = &s->all[i];
		if (!c || x->rank < c->rank || (x->rank == c->rank && x->tensors > c->tensors)) {
			second = c && c->rank == x->rank ? c : NULL;
			c = x;
		} else if (x->rank == c->rank && (!second || x->tensors > second->tensors)) {
			second = x;
		}
	}
	if (c && second && c->tensors < 4*second->tensors)
		fail("%s: want one dictionary of tensors, got them in %s (choose with -w FILE:KEY)", s->k->file, listed(s));
	return c && c->rank < 4000 ? c : NULL;
}

/* tell_others - that would do as well, as far as their size shows */
static void
tell_others(const Search *s, const Candidate *c)
{
	const char *others = "", *other = NULL;

	for (int i = 0; i < s->count; i++)
		if (&s->all[i] != c && s->all[i].rank < 4000 && 2*s->all[i].tensors >= c->tensors) {
			others = arena_text("%s%s'%s'", others, other ? ", " : "", s->all[i].path);
			if (!other)
				other = s->all[i].path;
		}
	if (other)
		note("%s: the weights are those of '%s'; %s would do too (-w FILE:%s)", s->k->file, c->path, others, other);
}

/* begins - a tensor of the dictionary is called KEY.something */
static bool
begins(const Pickled *dict, const char *key)
{
	size_t n = strlen(key);

	for (int i = 0; dict && i + 1 < dict->count; i += 2)
		if (dict->items[i]->kind == V_text && !strncmp(dict->items[i]->text, key, n) && dict->items[i]->text[n] == '.')
			return true;
	return false;
}

/* at_key - what is under "a.b" in v, or NULL: a key may have dots itself, and its end may be in the names of tensors */
static Pickled *
at_key(Pickled *v, const char *key, const char **rest)
{
	const Pickled *d = value_dict(v);

	if (!*key || begins(d, key)) {
		*rest = *key ? key : NULL;
		return v;
	}
	for (int i = 0; d && i + 1 < d->count; i += 2) {
		const char *word = d->items[i]->kind == V_text ? d->items[i]->text : "";
		size_t n = strlen(word);
		Pickled *found = NULL;
		if (n && !strncmp(key, word, n) && (!key[n] || key[n] == '.'))
			found = at_key(d->items[i+1], key + n + (key[n] == '.'), rest);
		if (found)
			return found;
	}
	if ((v->kind == V_list || v->kind == V_tuple) && *key >= '0' && *key <= '9') {
		int at = atoi(key);
		size_t n = strspn(key, "0123456789");
		if (at < v->count && (!key[n] || key[n] == '.'))
			return at_key(v->items[at], key + n + (key[n] == '.'), rest);
	}
	return NULL;
}

const Pickled *
state_dict(Pickle *k, Pickled *root, const char *key, const char **rest)
{
	Search s = { .k = k };
	Pickled *from = key ? at_key(root, key, rest) : root;
	const Candidate *c = NULL;

	if (!from)
		*rest = key;
	look(&s, from ? from : root, "", 0);
	without_arrays(&s);
	demote(&s);
	for (int i = 0; key && *rest && i < s.count; i++)    /* *rest as it was: below a usual name, say */
		if (begins(s.all[i].dict, *rest))
			return s.all[i].dict;
	if (!from)
		fail("%s: want tensors under the key '%s', got them in %s", k->file, key, s.count ? listed(&s) : "no dictionary");
	c = best(&s);
	if (!c && s.count)
		fail("%s: want a state dict, or a dictionary with one in it, got tensors only in %s (choose with -w FILE:KEY)",
		     k->file, listed(&s));
	if (!c)
		fail("%s: want a state dict, or a dictionary with one in it, got %s", k->file, value_told(from));
	if (!key)
		tell_others(&s, c);
	if (c->module)
		note("%s: a whole module%s%s: its parameters and buffers are read as state_dict() gives them", k->file,
		     *c->path ? " in " : "", c->path);
	return c->dict;
}
