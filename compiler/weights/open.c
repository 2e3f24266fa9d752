/*
** open.c - which format a weight file has, by its content: what its reader does is below this file.
*/
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tensor.h"

/* wrong - what the file is instead of weights */
static void wrong(const char *file, const char *format, ...) PRINTF(2, 3) NORETURN;

static void
wrong(const char *file, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail_with(arena_text("%s: want .pth, .safetensors, .npz or .onnx, got ", file), format, args);
}

static uint64_t
header_of(const unsigned char *map, size_t len)
{
	uint64_t header = 0;

	for (size_t i = 0; i < 8 && i < len; i++)
		header |= (uint64_t)map[i] << 8*i;
	return header;
}

/* is_safetensors - a header that lies within the file and begins with '{'; no other format has both */
static bool
is_safetensors(const unsigned char *map, size_t len)
{
	return len > 8 && header_of(map, len) >= 2 && header_of(map, len) <= len - 8 && map[8] == '{';
}

/* is_onnx - a version of the format (at least 3, lower is TensorFlow's), then a field that a model has */
static bool
is_onnx(const unsigned char *map, size_t len)
{
	static const unsigned char fields[] = { 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72 };

	return len > 2 && map[0] == 0x08 && map[1] >= 3 && map[1] < 64 && memchr(fields, map[2], sizeof fields);
}

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* other_zip - neither PyTorch's nor NumPy's */
static void
other_zip(const char *file, const Zip *z)
{
	const char *name = "";

	if (zip_find(z, "archive_format") >= 0 || zip_find(z, "serialized_exported_program.json") >= 0)
		wrong(file, "a PyTorch export (.pt2): save its weights with torch.save(program.state_dict, ...)");
	if (zip_find(z, ".weights.h5") >= 0 || zip_find(z, ".h5") >= 0)
		wrong(file, "a Keras model: save the arrays of its layers with numpy.savez");
	for (int64_t i = zip_entries(z) - 1; i >= 0; i--)    /* the first file; folders end with a slash */
		if (!ends_in(zip_name(z, (uint64_t)i), "/"))
			name = zip_name(z, (uint64_t)i);
	wrong(file, "a zip archive with '%s' in it: unpack it first", name);
}

/* folder - models are kept in folders too: which file in it is meant */
static void
folder(const char *path)
{
	static const char *const inside[] = { "model.safetensors.index.json", "model.safetensors",
		"pytorch_model.bin.index.json", "pytorch_model.bin", "data.pkl", "saved_model.pb" };
	struct stat st;

	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return;
	for (size_t i = 0; i < sizeof inside/sizeof *inside; i++)
		if (!access(arena_text("%s/%s", path, inside[i]), F_OK)) {
			if (i < 4)
				wrong(path, "a folder: give '%s' in it", inside[i]);
			wrong(path, i == 4 ? "the folder of an unpacked checkpoint: zip it again" :
			      "a TensorFlow SavedModel: save its variables with numpy.savez");
		}
	wrong(path, "a folder");
}

/* key_of - what follows the file's name in FILE:KEY, and the file; NULL: it is a file's name as it is */
static const char *
key_of(const char *spec, const char **file)
{
	*file = spec;
	for (const char *colon = strchr(spec, ':'); colon && access(spec, F_OK); colon = strchr(colon + 1, ':')) {
		const char *left = arena_text("%.*s", (int)(colon - spec), spec);
		if (!strcmp(left, "-") || !access(left, F_OK)) {
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

/* open_shard - one of a model's files; an index among them could go on forever */
static Weights *
open_shard(const char *file)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);

	if (!is_safetensors(map, len) && map[0] == '{')
		wrong(file, "an index as a shard of an index");
	return weights_open(file);
}

/* open_plain - what has tensors and nothing beside them */
static Weights *
open_plain(const char *file, const unsigned char *map, size_t len, Zip *z)
{
	const char *what = content_of(map, len);

	if (is_safetensors(map, len))
		return safetensors_open(file, map, len);
	if (z && zip_find(z, ".npy") >= 0)
		return npz_open(file, z);
	if (z)
		other_zip(file, z);
	if (len >= 6 && !memcmp(map, "\x93NUMPY", 6))
		return npy_open(file, map, len);
	if (map[0] == '{')
		return shards_open(file, map, len, open_shard);
	if (is_onnx(map, len) || (!what && ends_in(file, ".onnx")))
		return onnx_weights_open(file, map, len);
	if (len > 8 && map[8] == '{' && header_of(map, len) < UINT64_C(1) << 40)
		return safetensors_open(file, map, len);         /* which will say that it ends too soon */
	if (what)
		wrong(file, "%s", what);
	wrong(file, "something else, which begins %02x %02x", map[0], len > 1 ? map[1] : 0);
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
	folder(file);
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
	weights_compute(w);
	if (!*w->sha)
		sha256_of(map, len, w->sha);
	return w;
}
