/*
** torch.c - what torch.save writes: since 1.6 a zip with data.pkl and one entry a storage, before that a
** stream of pickles followed by the storages. Either holds a state dict, or a dictionary with one in it.
*/
#include <stdlib.h>
#include <string.h>

#include "pickle.h"

enum { MostPickle = 32 << 20 };

static bool
has_tensors(const Value *v)
{
	for (int i = 1; v->kind == V_dict && i < v->count; i += 2)
		if (v->items[i]->kind == V_tensor)
			return true;
	return false;
}

/* state_dict - what root holds under one of the usual names, or root itself, or its only dictionary of tensors */
static const Value *
state_dict(const char *file, const Value *root)
{
	static const char *const usual[] = { "state_dict", "model", "net", "model_state_dict", "module", "state_dict_ema", "params" };
	const Value *only = NULL;
	const char *seen = "";
	int count = 0;

	for (size_t i = 0; i < sizeof usual/sizeof *usual; i++) {
		const Value *v = dict_get(root, usual[i]);
		if (v && has_tensors(v))
			return v;
		/* one level deeper: { 'model': { 'state_dict': ... } } */
		for (size_t j = 0; v && j < sizeof usual/sizeof *usual; j++)
			if (dict_get(v, usual[j]) && has_tensors(dict_get(v, usual[j])))
				return dict_get(v, usual[j]);
	}
	if (has_tensors(root))
		return root;                     /* after the usual names: a checkpoint may keep its accuracy as a tensor beside them */
	for (int i = 0; root->kind == V_dict && i + 1 < root->count; i += 2)
		if (has_tensors(root->items[i+1])) {
			only = root->items[i+1];
			seen = arena_text("%s%s'%s'", seen, count++ ? ", " : "", root->items[i]->kind == V_text ? root->items[i]->text : "?");
		}
	if (count > 1)
		fail("%s: want one dictionary of tensors, or one named state_dict or model, got %s", file, seen);
	if (!only)
		fail("%s: want a state dict, or a dictionary with one in it, got %s", file, root->kind == V_dict ? "a dictionary without tensors" : "something else");
	return only;
}

/* collect - the dictionary's tensors as they lie in their storages; locate says where a storage is */
static Weights *
collect(const char *file, const Value *root, void (*locate)(void *user, const Value *storage, Tensor *t), void *user)
{
	const Value *dict = state_dict(file, root);
	Weights *w = NEW(Weights);

	w->file = file;
	for (int i = 0; i + 1 < dict->count; i += 2) {
		const Value *key = dict->items[i], *v = dict->items[i+1];
		Tensor t = { .rank = v->rank };
		size_t offset;
		if (v->kind != V_tensor || key->kind != V_text)
			continue;
		t.name = key->text;
		memcpy(t.dim, v->dim, sizeof t.dim);
		memcpy(t.stride, v->stride, sizeof t.stride);
		memcpy(t.dtype, v->storage->dtype, sizeof t.dtype);
		for (int d = 0; d < t.rank; d++)
			if (tensor_count(&t) && tensor_count(&t) > (size_t)v->storage->i*64)
				fail("%s: tensor '%s': want at most 64 uses of each of its %lld stored values, got shape %s", file, t.name,
				     (long long)v->storage->i, tensor_shape(&t));
		locate(user, v->storage, &t);
		offset = (size_t)(v->offset + v->storage->offset)*(size_t)dtype_bytes(t.dtype);
		t.at += offset;
		if (t.data)
			t.data += offset;
		PUSH(w->tensors, w->count, t);
	}
	return w;
}

/* --- zip --- */

typedef struct {
	const char *file;
	Zip *z;
	const char *folder;          /* "archive/": all entries are in it */
} ZipFile;

static void
locate_entry(void *user, const Value *storage, Tensor *t)
{
	const ZipFile *f = user;
	const char *name = arena_text("%sdata/%s", f->folder, storage->text);
	uint64_t want = (uint64_t)(storage->i + storage->offset)*(uint64_t)dtype_bytes(storage->dtype), size;

	for (int64_t i = 0; i < zip_entries(f->z); i++)
		if (!strcmp(zip_name(f->z, (uint64_t)i), name)) {
			size = zip_size(f->z, (uint64_t)i);
			if (size < want)
				fail("%s: entry '%s': want %llu bytes for its storage, got %llu", f->file, name, (unsigned long long)want,
				     (unsigned long long)size);
			t->zip = f->z;
			t->entry = (uint64_t)i;
			return;
		}
	fail("%s: tensor '%s': want its storage in entry '%s', got none", f->file, t->name, name);
}

Weights *
torch_zip_open(const char *file, Zip *z)
{
	int64_t at = zip_find(z, "data.pkl"), order = zip_find(z, "byteorder");
	const char *name = zip_name(z, (uint64_t)at);
	ZipFile f = { file, z, arena_text("%.*s", (int)(strlen(name) - strlen("data.pkl")), name) };
	unsigned char *pickle;
	const Value *root;
	Weights *w;
	size_t len, used;

	if (order >= 0) {
		pickle = zip_load(z, (uint64_t)order, 16, &len);
		if (strncmp((char *)pickle, "little", 6))
			fail("%s: want little-endian tensors, got byteorder '%.16s'", file, (char *)pickle);
		free(pickle);
	}
	if (zip_size(z, (uint64_t)at) > MostPickle)
		fail("%s: want a data.pkl of at most %d MB, got %llu bytes", file, MostPickle >> 20, (unsigned long long)zip_size(z, (uint64_t)at));
	pickle = zip_load(z, (uint64_t)at, 0, &len);
	root = unpickle(file, pickle, len, &used);
	w = collect(file, root, locate_entry, &f);
	free(pickle);
	return w;
}

/* --- legacy --- */

typedef struct {
	const char *file;
	const unsigned char **data;  /* of the storages, in the order of keys */
	uint64_t *elements;
	const Value *keys;
} Stream;

static void
locate_in_stream(void *user, const Value *storage, Tensor *t)
{
	const Stream *s = user;

	for (int i = 0; i < s->keys->count; i++)
		if (!strcmp(s->keys->items[i]->text, storage->text)) {
			if ((uint64_t)(storage->i + storage->offset) > s->elements[i])
				fail("%s: tensor '%s': want a storage of %lld elements, got %llu", s->file, t->name,
				     (long long)(storage->i + storage->offset), (unsigned long long)s->elements[i]);
			t->data = s->data[i];
			return;
		}
	fail("%s: tensor '%s': want its storage '%s' in the file, got none", s->file, t->name, storage->text);
}

/* find_dtype - of the storage with this key: the root knows */
static const char *
find_dtype(const Value *v, const char *key, int depth)
{
	const char *found = NULL;

	if (v->kind == V_tensor)
		return strcmp(v->storage->text, key) ? NULL : v->storage->dtype;
	for (int i = 0; depth < 8 && i < v->count && !found; i++)
		if (v->kind == V_dict || v->kind == V_list || v->kind == V_tuple)
			found = find_dtype(v->items[i], key, depth + 1);
	return found;
}

Weights *
torch_legacy_open(const char *file, const unsigned char *map, size_t len)
{
	static const unsigned char magic[] = { 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19 };
	Stream s = { .file = file };
	const Value *root = NULL;
	size_t at = 0, used;

	if (len < 14 || memcmp(map + 4, magic, sizeof magic))
		fail("%s: want what torch.save writes, got a pickle of something else", file);
	for (int i = 0; i < 5; i++) {                /* magic, protocol, system, the object, the storages' keys */
		const Value *v = unpickle(file, map + at, len - at, &used);
		if (i == 3)
			root = v;
		if (i == 4)
			s.keys = v;
		at += used;
	}
	if (s.keys->kind != V_list)
		fail("%s: want a list of storages after the object, got something else", file);
	s.data = arena_new((size_t)s.keys->count*sizeof *s.data + 1);
	s.elements = arena_new((size_t)s.keys->count*sizeof *s.elements + 1);
	for (int i = 0; i < s.keys->count; i++) {
		const char *dtype;
		uint64_t count = 0;
		if (s.keys->items[i]->kind != V_text)
			fail("%s: want the keys of storages as strings, got something else", file);
		dtype = find_dtype(root, s.keys->items[i]->text, 0);
		if (len - at < 8)
			fail("%s: want storage '%s', got the end of the file (truncated?)", file, s.keys->items[i]->text);
		for (int b = 0; b < 8; b++)
			count |= (uint64_t)map[at + (size_t)b] << 8*b;
		at += 8;
		if (!dtype)
			fail("%s: storage '%s': want a tensor that uses it, got none", file, s.keys->items[i]->text);
		if (count > (len - at)/(size_t)dtype_bytes(dtype))
			fail("%s: storage '%s': want %llu elements within the file, got the end (truncated?)", file, s.keys->items[i]->text,
			     (unsigned long long)count);
		s.data[i] = map + at;
		s.elements[i] = count;
		at += (size_t)count*(size_t)dtype_bytes(dtype);
	}
	return collect(file, root, locate_in_stream, &s);
}
