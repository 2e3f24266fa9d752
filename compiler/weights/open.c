/*
** open.c - which format a weight file has, by its content: what its reader does is below this file.
*/
#include <string.h>

#include "tensor.h"

static Weights *
zip_weights(const char *file, const unsigned char *map, size_t len)
{
	Zip *z = zip_map(file, map, len);

	if (zip_find(z, "data.pkl") >= 0)
		return torch_zip_open(file, z);
	if (zip_find(z, ".npy") >= 0)
		return npz_open(file, z);
	fail("%s: want a zip with PyTorch's data.pkl or with .npy files in it, got neither", file);
}

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

Weights *
weights_open(const char *file)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);
	Weights *w;

	if (is_safetensors(map, len))        /* first: its length may look like the others' first bytes */
		w = safetensors_open(file, map, len);
	else if (len >= 4 && !memcmp(map, "PK\003\004", 4))
		w = zip_weights(file, map, len);
	else if (len >= 2 && map[0] == 0x80 && map[1] <= 5)
		w = torch_legacy_open(file, map, len);
	else if (len >= 6 && !memcmp(map, "\x93NUMPY", 6))
		w = npy_open(file, map, len);
	else if (len >= 8 && !memcmp(map, "\x89HDF\r\n\x1a\n", 8))
		fail("%s: want safetensors, PyTorch, .npz or ONNX, got HDF5: save the tensors with numpy.savez", file);
	else if (map[0] == '{')
		return safetensors_index_open(file, map, len);
	else if (ends_in(file, ".onnx"))
		w = onnx_weights_open(file, map, len);
	else
		w = safetensors_open(file, map, len);
	sha256_of(map, len, w->sha);
	return w;
}
