/*
** shards.c - a model in several files: model.safetensors.index.json or pytorch_model.bin.index.json says which tensor
** is in which of the files beside it.
*/
#include <string.h>

#include <json-c/json.h>

#include "tensor.h"

typedef struct { const char *tensor, *shard; } Entry;

static bool
has(const Weights *w, const char *name)
{
	for (int i = 0; i < w->count; i++)
		if (!strcmp(w->tensors[i].name, name))
			return true;
	return false;
}

/* read_index - what the file says, tensor by tensor */
static int
read_index(const char *file, const unsigned char *map, size_t len, Entry **entries)
{
	struct json_tokener *tok = json_tokener_new_ex(16);
	struct json_object *root = len < 1u << 28 ? json_tokener_parse_ex(tok, (const char *)map, (int)len) : NULL, *names;
	int count = 0;

	if (!root || !json_object_object_get_ex(root, "weight_map", &names) || !json_object_is_type(names, json_type_object))
		fail("%s: want safetensors, or an index of shards with \"weight_map\", got other JSON", file);
	json_object_object_foreach(names, tensor, value) {
		const char *shard = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
		if (!*shard || strchr(shard, '/'))
			fail("%s: tensor '%s': want the name of a file beside the index, got '%s'", file, tensor, shard);
		PUSH(*entries, count, (Entry){ arena_text("%s", tensor), arena_text("%s", shard) });
	}
	json_object_put(root);
	json_tokener_free(tok);
	return count;
}

/* shards_open - open: reads a shard of any format, but no further index */
Weights *
shards_open(const char *file, const unsigned char *map, size_t len, Weights *open(const char *))
{
	Weights *w = NEW(Weights);
	const char *slash = strrchr(file, '/'), *shas = "";
	Entry *entries = NULL;
	int count = read_index(file, map, len, &entries);

	w->file = file;
	for (int i = 0; i < count; i++) {
		bool seen = false;
		Weights *part;
		for (int k = 0; k < i && !seen; k++)
			seen = !strcmp(entries[k].shard, entries[i].shard);
		if (seen)
			continue;
		part = open(arena_text("%.*s%s", slash ? (int)(slash - file) + 1 : 0, file, entries[i].shard));
		for (int k = 0; k < part->count; k++) {
			if (has(w, part->tensors[k].name))
				fail("%s: tensor '%s': want it in one shard, got it in two", file, part->tensors[k].name);
			PUSH(w->tensors, w->count, part->tensors[k]);
		}
		shas = arena_text("%s%s", shas, part->sha);
	}
	for (int i = 0; i < count; i++)
		if (!has(w, entries[i].tensor))
			fail("%s: tensor '%s': want it in '%s', got none (another version of that file?)", file, entries[i].tensor,
			     entries[i].shard);
	sha256_of(shas, strlen(shas), w->sha);
	return w;
}
