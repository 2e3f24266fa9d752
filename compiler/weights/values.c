/*
** values.c - the values of a pickle: made, within the memory that one may need, filled and asked.
*/
#include <string.h>

#include "pickle.h"

enum { MostBytes = 128 << 20 };      /* of values */

void
pickle_bad(const Pickle *k, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail_with(arena_text("%s: pickle, byte %zu: ", k->file, (size_t)(k->p - k->start)), format, args);
}

void *
pickle_take(Pickle *k, size_t bytes)
{
	k->spent += bytes;
	if (k->spent > MostBytes)
		pickle_bad(k, "want a pickle that needs at most %d MB of memory, got more", MostBytes >> 20);
	return arena_new(bytes);
}

Pickled *
value_new(Pickle *k, Kind kind)
{
	Pickled *v = pickle_take(k, sizeof *v);

	v->kind = kind;
	return v;
}

void
value_add(Pickle *k, Pickled *list, Pickled *item)
{
	if (list->count == list->room) {
		int room = list->room ? 2*list->room : 2;
		Pickled **bigger = pickle_take(k, (size_t)room*sizeof *bigger);
		if (list->count)
			memcpy(bigger, list->items, (size_t)list->count*sizeof *bigger);
		list->items = bigger;
		list->room = room;
	}
	list->items[list->count++] = item;
}

const Pickled *
dict_get(const Pickled *dict, const char *key)
{
	for (int i = 0; dict && (dict->kind == V_dict || dict->kind == V_object) && i + 1 < dict->count; i += 2)
		if (dict->items[i]->kind == V_text && !strcmp(dict->items[i]->text, key))
			return dict->items[i+1];
	return NULL;
}

/* value_attributes - of an object: its __dict__, alone or beside its __slots__ */
const Pickled *
value_attributes(const Pickled *v)
{
	const Pickled *state = v->state;

	if (state && state->kind == V_tuple && state->count == 2)
		state = state->items[state->items[0]->kind == V_dict ? 0 : 1];
	return state && state->kind == V_dict ? state : NULL;
}

/* value_dict - a dictionary, or an object that is one, wraps one or has attributes; NULL: none of them */
const Pickled *
value_dict(const Pickled *v)
{
	if (v->kind == V_dict || (v->kind == V_object && v->count))
		return v;
	if (v->kind != V_object)
		return NULL;
	if (v->args && v->args->count == 1 && v->args->items[0]->kind == V_dict)
		return v->args->items[0];
	return value_attributes(v);
}

const char *
value_told(const Pickled *v)
{
	if (v->kind == V_dict)
		return "a dictionary without tensors";
	if (v->kind == V_list || v->kind == V_tuple)
		return "a list without tensors";
	if (v->kind == V_tensor)
		return "one tensor without a name";
	if (v->kind == V_object && !strncmp(v->text, "__torch__", 9))
		return "a frozen TorchScript module, whose tensors have no names";
	if (v->kind == V_object)
		return arena_text("an object of '%s'", v->text);
	return "something else";
}
