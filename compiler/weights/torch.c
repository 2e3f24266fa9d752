/*
** torch.c - what torch.save writes: since 1.6 a zip with data.pkl and one entry a storage, before that a
** stream of pickles followed by the storages. Either holds a state dict, or a dictionary with one in it.
*/
#include <stdlib.h>
#include <string.h>

#include "pickle.h"

/* Locate - says where a storage is: a zip's entry, or bytes */
typedef void Locate(void *user, const Pickled *storage, Tensor *t);

/* unread - a tensor that torch rebuilds in a way of its own: sparse, nested, meta, quantized; false: something else */
static bool
unread(const Pickled *v, Tensor *t)
{
	static const char begin[] = "torch._utils _rebuild_";

	if (v->kind != V_object || strncmp(v->text, begin, strlen(begin)))
		return false;
	snprintf(t->dtype, sizeof t->dtype, "%.*s", (int)strcspn(v->text + strlen(begin), "_"), v->text + strlen(begin));
	return true;
}

/* place - dtype, shape, strides and bytes of a tensor */
static void
place(const char *file, const Pickled *v, Tensor *t, Locate *locate, void *user)
{
	const Place *p = v->place;
	int64_t each = stored_bytes(p->dtype), inner = stored_bytes(p->storage->place->dtype);
	size_t stored = (size_t)(p->storage->i*inner/each), offset;

	t->rank = p->rank;
	memcpy(t->dim, p->dim, sizeof t->dim);
	memcpy(t->stride, p->stride, sizeof t->stride);
	memcpy(t->dtype, p->dtype, sizeof t->dtype);
	if (tensor_count(t) > stored*64)
		fail("%s: tensor '%s': want at most 64 uses of each of its %zu stored values, got shape %s", file, t->name, stored,
		     tensor_shape(t));
	locate(user, p->storage, t);
	offset = (size_t)(p->offset*each + p->storage->place->offset*inner);
	t->at += offset;
	if (t->data)
		t->data += offset;
}

/* collect - the tensors of the state dict as they lie in their storages */
static Weights *
collect(Pickle *k, Pickled *root, const char *key, Locate *locate, void *user)
{
	Weights *w = NEW(Weights);
	const Pickled *dict = state_dict(k, root, key, &w->rest);
	bool tensors = false;

	w->file = k->file;
	for (int i = 1; i < dict->count; i += 2)
		tensors = tensors || dict->items[i]->kind == V_tensor;
	for (int i = 0; i + 1 < dict->count; i += 2) {
		const Pickled *name = dict->items[i], *v = dict->items[i+1];
		Tensor t = { .name = name->text };
		if (name->kind != V_text)
			continue;
		if (v->kind == V_tensor)
			place(k->file, v, &t, locate, user);
		else if (!unread(v, &t) && (tensors || !read_array(k->file, v, &t)))
			continue;
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

/* bytes_of - that a storage takes, with what lies before it where it is a view */
static uint64_t
bytes_of(const Pickled *storage)
{
	return (uint64_t)(storage->i + storage->place->offset)*(uint64_t)stored_bytes(storage->place->dtype);
}

static void
locate_entry(void *user, const Pickled *storage, Tensor *t)
{
	const ZipFile *f = user;
	const char *name = arena_text("%sdata/%s", f->folder, storage->text);
	uint64_t want = bytes_of(storage), size;
	int64_t at = zip_named(f->z, name);

	if (at < 0)
		fail("%s: tensor '%s': want its storage in entry '%s', got none", f->file, t->name, name);
	size = zip_size(f->z, (uint64_t)at);
	if (size < want)
		fail("%s: entry '%s': want %llu bytes for its storage, got %llu", f->file, name, (unsigned long long)want,
		     (unsigned long long)size);
	t->zip = f->z;
	t->entry = (uint64_t)at;
}

Weights *
torch_zip_open(const char *file, Zip *z, const char *key)
{
	int64_t at = zip_find(z, "data.pkl"), order = zip_find(z, "byteorder");
	const char *name = zip_name(z, (uint64_t)at);
	ZipFile f = { file, z, arena_text("%.*s", (int)(strlen(name) - strlen("data.pkl")), name) };
	unsigned char *pickle;
	Pickle *k;
	size_t len;

	if (order >= 0) {
		pickle = zip_load(z, (uint64_t)order, 16, &len);
		if (strncmp((char *)pickle, "little", 6))
			fail("%s: want little-endian tensors, got byteorder '%.16s'", file, (char *)pickle);
		free(pickle);
	}
	pickle = zip_load(z, (uint64_t)at, 0, &len);         /* stays: arrays in it are used in place */
	k = pickle_new(file, pickle, len);
	return collect(k, unpickle(k), key, locate_entry, &f);
}

/* --- legacy --- */

typedef struct {
	const char *key, *dtype;
	const unsigned char *data;
	uint64_t elements;
} Stored;

typedef struct {
	const char *file;
	Stored *all;                 /* by key */
	int count;
} Stream;

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const Stored *)a)->key, ((const Stored *)b)->key);
}

static const Stored *
stored(const Stream *s, const char *key)
{
	Stored one = { .key = key };

	return s->count ? bsearch(&one, s->all, (size_t)s->count, sizeof one, by_key) : NULL;
}

static void
locate_in_stream(void *user, const Pickled *storage, Tensor *t)
{
	const Stream *s = user;
	const Stored *at = stored(s, storage->text);

	if (!at)
		fail("%s: tensor '%s': want its storage '%s' in the file, got none", s->file, t->name, storage->text);
	if (bytes_of(storage) > at->elements*(uint64_t)stored_bytes(at->dtype))
		fail("%s: tensor '%s': want a storage of %lld elements, got %llu", s->file, t->name,
		     (long long)(storage->i + storage->place->offset), (unsigned long long)at->elements);
	t->data = at->data;
}

/* named - the storages that the object named, for their element types */
static Stream
named(const Pickle *k)
{
	Stream s = { .file = k->file, .count = k->nstorages };

	s.all = arena_new((size_t)s.count*sizeof *s.all + 1);
	for (int i = 0; i < s.count; i++) {
		s.all[i].key = k->storages[i]->text;
		s.all[i].dtype = k->storages[i]->place->dtype;
	}
	if (s.count)
		qsort(s.all, (size_t)s.count, sizeof *s.all, by_key);
	return s;
}

/* find_storages - behind the pickles, each with its number of elements before it, in the order of keys */
static Stream
find_storages(const Pickle *k, const Pickled *keys)
{
	Stream types = named(k), s = { .file = k->file };
	const unsigned char *p = k->p;

	for (int i = 0; i < keys->count; i++) {
		const char *key = keys->items[i]->text;
		const Stored *type;
		uint64_t count = 0;
		if (keys->items[i]->kind != V_text)
			fail("%s: want the keys of storages as strings, got something else", k->file);
		if (k->end - p < 8)
			fail("%s: want storage '%s', got the end of the file (truncated?)", k->file, key);
		for (int b = 0; b < 8; b++)
			count |= (uint64_t)p[b] << 8*b;
		p += 8;
		type = stored(&types, key);
		if (!type)
			fail("%s: storage '%s': want a tensor that uses it, got none", k->file, key);
		if (count > (uint64_t)(k->end - p)/(uint64_t)stored_bytes(type->dtype))
			fail("%s: storage '%s': want %llu elements within the file, got the end (truncated?)", k->file, key,
			     (unsigned long long)count);
		PUSH(s.all, s.count, (Stored){ key, type->dtype, p, count });
		p += count*(uint64_t)stored_bytes(type->dtype);
	}
	if (s.count)
		qsort(s.all, (size_t)s.count, sizeof *s.all, by_key);
	return s;
}

static void
locate_nowhere(void *user, const Pickled *storage, Tensor *t)
{
	fail("%s: tensor '%s': want its storage '%s' in the file, got none", (const char *)user, t->name, storage->text);
}

/* plain - pickle.dump's: arrays are in it as they are, tensors are files within it */
static Weights *
plain(const char *file, Pickle *k, Pickled *root, const char *key)
{
	if (k->dumped)
		fail("%s: want .pth, .safetensors, .npz or .onnx, got a pickle of tensors: save them with torch.save", file);
	if (!k->arrays)
		fail("%s: want .pth, .safetensors, .npz or .onnx, got a pickle of %s, not what torch.save writes", file,
		     value_told(root));
	return collect(k, root, key, locate_nowhere, (void *)(uintptr_t)file);
}

Weights *
torch_legacy_open(const char *file, const unsigned char *map, size_t len, const char *key)
{
	static const uint64_t magic = UINT64_C(0xa86a20f9469cfc6c);  /* its low 64 bits of 80 */
	Pickle *k = pickle_new(file, map, len);
	Pickled *v = unpickle(k), *root = NULL;
	Stream s;

	if (v->kind != V_int || (uint64_t)v->i != magic)
		return plain(file, k, v, key);
	for (int i = 1; i < 5; i++) {                /* protocol, system, the object, the storages' keys */
		v = unpickle(k);
		if (i == 3)
			root = v;
	}
	if (v->kind != V_list)
		fail("%s: want a list of storages after the object, got something else", file);
	s = find_storages(k, v);
	return collect(k, root, key, locate_in_stream, &s);
}
