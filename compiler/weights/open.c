/*
** open.c - which format a weight file has, by its content: what its reader does is below this file.
*/
#include <string.h>
#include <unistd.h>

#include "tensor.h"

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* is_safetensors - a header that lies within the file and begins with '{'; no other format has both */
static bool
is_safetensors(const unsigned char *map, size_t len)
{
	uint64_t header = 0;

	for (size_t i = 0; i < 8 && i < len; i++)
		header |= (uint64_t)map[i] << 8*i;
	return len > 8 && header >= 2 && header <= len - 8 && map[8] == '{';
}

/* key_of - what follows the file's name in FILE:KEY, and the file; NULL: it is a file's name as it is */
static const char *
key_of(const char *spec, const char **file)
{
	*file = spec;
	for (const char *colon = strchr(spec, ':'); colon && access(spec, F_OK); colon = strchr(colon + 1, ':')) {
		const char *left = arena_text("%.*s", (int)(colon - spec), spec);
		if (!access(left, F_OK)) {
			*file = left;
			return colon + 1;
		}
	}
	return NULL;
}

/* take_below - the tensors called KEY.something or KEY/something, called something from now on */
static void
take_below(Weights *w, const char *key)
{
	size_t n = strlen(key);
	int count = 0;

	for (int i = 0; i < w->count; i++) {
		Tensor *t = &w->tensors[i];
		if (strncmp(t->name, key, n) || (t->name[n] != '.' && t->name[n] != '/'))
			continue;
		t->name += n + 1;
		w->tensors[count++] = *t;
	}
	if (!count)
		fail("%s: want tensors called '%s.something', got none%s", w->file, key,
		     w->count ? arena_text("; the first is '%s'", w->tensors[0].name) : "");
	w->count = count;
}

/* open_torch - a zip with data.pkl, or pickles; NULL: neither */
static Weights *
open_torch(const char *file, const unsigned char *map, size_t len, Zip *z, const char *key)
{
	if (z)
		return zip_find(z, "data.pkl") >= 0 ? torch_zip_open(file, z, key) : NULL;
	return len >= 2 && map[0] == 0x80 && map[1] <= 5 ? torch_legacy_open(file, map, len, key) : NULL;
}

/* open_plain - what has tensors and nothing beside them */
static Weights *
open_plain(const char *file, const unsigned char *map, size_t len, Zip *z)
{
	if (is_safetensors(map, len))
		return safetensors_open(file, map, len);
	if (z && zip_find(z, ".npy") >= 0)
		return npz_open(file, z);
	if (z)
		fail("%s: want a zip with PyTorch's data.pkl or with .npy files in it, got neither", file);
	if (len >= 6 && !memcmp(map, "\x93NUMPY", 6))
		return npy_open(file, map, len);
	if (len >= 8 && !memcmp(map, "\x89HDF\r\n\x1a\n", 8))
		fail("%s: want safetensors, PyTorch, .npz or ONNX, got HDF5: save the tensors with numpy.savez", file);
	if (map[0] == '{')
		return safetensors_index_open(file, map, len);
	if (ends_in(file, ".onnx"))
		return onnx_weights_open(file, map, len);
	return safetensors_open(file, map, len);
}

Weights *
weights_open(const char *spec)
{
	const char *file, *key = key_of(spec, &file);
	size_t len;
	const unsigned char *map;
	Weights *w = NULL;
	Zip *z;

	if (key && !*key)
		fail("%s: want a key after the colon, got none", spec);
	map = file_map(file, &len);
	z = len >= 4 && !memcmp(map, "PK\003\004", 4) ? zip_map(file, map, len) : NULL;
	if (!is_safetensors(map, len))       /* first: its length may look like the others' first bytes */
		w = open_torch(file, map, len, z, key);
	if (!w) {
		w = open_plain(file, map, len, z);
		w->rest = key;
	}
	if (w->rest)
		take_below(w, w->rest);
	if (!*w->sha)
		sha256_of(map, len, w->sha);
	return w;
}
