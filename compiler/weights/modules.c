/*
** modules.c - a whole torch.nn.Module as its state_dict() would be: the parameters and buffers of it and of the modules
** in it, by the names under which they are kept. A scripted module (TorchScript) has them all as attributes.
*/
#include <string.h>

#include "pickle.h"

enum { MostNested = 64, MostModules = 1 << 14, MostName = 1000 };

typedef struct {
	Pickle *k;
	Pickled *to;                   /* the dictionary that is made */
	int modules;                 /* walked over; a hostile file shares or nests them without end */
} Walk;

bool
is_module(const Pickled *v)
{
	const Pickled *a = v->kind == V_object ? value_attributes(v) : NULL;

	return a && ((dict_get(a, "_parameters") && dict_get(a, "_modules")) || !strncmp(v->text, "__torch__", 9));
}

const char *
name_joined(Pickle *k, const char *path, const char *name)
{
	size_t n = strlen(path), m = strlen(name);
	char *s;

	if (!n || n + m > MostName)
		return n + m > MostName ? NULL : name;
	s = pickle_take(k, n + m + 2);
	sprintf(s, "%s.%s", path, name);
	return s;
}

static bool
listed(const Pickled *list, const char *word)
{
	for (int i = 0; list && list->kind == V_list && i < list->count; i++)
		if (list->items[i]->kind == V_text && !strcmp(list->items[i]->text, word))
			return true;
	return false;
}

static void
put_tensors(Pickle *k, Pickled *to, const char *path, const Pickled *from, const Pickled *without)
{
	for (int i = 0; from && from->kind == V_dict && i + 1 < from->count; i += 2) {
		const Pickled *key = from->items[i];
		Pickled *name;
		if (key->kind != V_text || from->items[i+1]->kind != V_tensor || listed(without, key->text))
			continue;
		name = value_new(k, V_text);
		name->text = name_joined(k, path, key->text);
		if (!name->text)
			continue;
		value_add(k, to, name);
		value_add(k, to, from->items[i+1]);
	}
}

static void
put_module(Walk *w, const char *path, const Pickled *module, int depth)
{
	const Pickled *a = value_attributes(module), *inner = dict_get(a, "_modules");
	Pickle *k = w->k;
	Pickled *to = w->to;

	if (++w->modules > MostModules || depth > MostNested || !path)
		fail("%s: want at most %d modules, at most %d in each other, got more", k->file, MostModules, MostNested);
	if (!strncmp(module->text, "__torch__", 9)) {
		put_tensors(k, to, path, a, NULL);
		inner = a;
	} else {
		put_tensors(k, to, path, dict_get(a, "_parameters"), NULL);
		put_tensors(k, to, path, dict_get(a, "_buffers"), dict_get(a, "_non_persistent_buffers_set"));
	}
	for (int i = 0; inner && inner->kind == V_dict && i + 1 < inner->count; i += 2) {
		const Pickled *key = inner->items[i];
		if (key->kind == V_text && is_module(inner->items[i+1]))
			put_module(w, name_joined(k, path, key->text), inner->items[i+1], depth + 1);
	}
}

Pickled *
module_state(Pickle *k, const Pickled *module)
{
	Walk w = { k, value_new(k, V_dict), 0 };

	put_module(&w, "", module, 0);
	return w.to;
}
