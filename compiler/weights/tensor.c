/*
** tensor.c - one tensor of a weight file, whatever its dtype and strides, and the file behind it.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tensor.h"

static const struct { const char *name; int bytes; } dtypes[] = {
	{ "F64", 8 }, { "F32", 4 }, { "F16", 2 }, { "BF16", 2 },
	{ "I64", 8 }, { "I32", 4 }, { "I16", 2 }, { "I8", 1 },
	{ "U64", 8 }, { "U32", 4 }, { "U16", 2 }, { "U8", 1 }, { "BOOL", 1 },
};

int
dtype_bytes(const char *dtype)
{
	for (size_t i = 0; i < sizeof dtypes/sizeof *dtypes; i++)
		if (!strcmp(dtypes[i].name, dtype))
			return dtypes[i].bytes;
	return 0;
}

bool
dtype_is_float(const char *dtype)
{
	return dtype[0] == 'F' || !strcmp(dtype, "BF16");
}

size_t
tensor_count(const Tensor *t)
{
	size_t count = 1;

	for (int i = 0; i < t->rank; i++)
		count *= (size_t)t->dim[i];
	return count;
}

bool
tensor_contiguous(Tensor *t)
{
	int64_t step = 1;

	for (int i = t->rank - 1; i >= 0; i--) {
		t->stride[i] = step;
		if (t->dim[i] && step > (INT64_C(1) << 45)/t->dim[i])
			return false;
		step *= t->dim[i];
	}
	return true;
}

const char *
tensor_shape(const Tensor *t)
{
	const char *s = t->rank ? "" : "scalar";

	for (int i = 0; i < t->rank; i++)
		s = arena_text("%s%s%lld", s, i ? "x" : "", (long long)t->dim[i]);
	return s;
}

void
tensor_load(Tensor *t)
{
	size_t len;

	if (t->data)
		return;
	t->loaded = zip_load(t->zip, t->entry, 0, &len);
	t->data = t->loaded + t->at;
}

void
tensor_unload(Tensor *t)
{
	if (!t->loaded)
		return;
	free(t->loaded);
	t->loaded = NULL;
	t->data = NULL;
}

static double
half_to_double(uint16_t h)
{
	int exponent = h >> 10 & 31, fraction = h & 1023;
	double v = exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY) :
		exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);

	return h & 0x8000 ? -v : v;
}

/* real_at - a float of any width */
static double
real_at(const char *dtype, const unsigned char *p)
{
	float f;
	double d;
	uint16_t h;
	uint32_t bits;

	switch (dtype[0] == 'B' ? 'B' : dtype[1]) {
	case '3':
		memcpy(&f, p, 4);
		return (double)f;
	case '6':
		memcpy(&d, p, 8);
		return d;
	case '1':
		memcpy(&h, p, 2);
		return half_to_double(h);
	case 'B':
		memcpy(&h, p, 2);
		bits = (uint32_t)h << 16;
		memcpy(&f, &bits, 4);
		return (double)f;
	}
	die("dtype %s", dtype);
}

double
tensor_get(const Tensor *t, size_t i)
{
	int bytes = dtype_bytes(t->dtype);
	const unsigned char *p = t->data;
	uint64_t bits = 0;

	for (int k = t->rank - 1; k >= 0; k--) {
		p += (int64_t)(i%(size_t)t->dim[k])*t->stride[k]*bytes;
		i /= (size_t)t->dim[k];
	}
	if (dtype_is_float(t->dtype))
		return real_at(t->dtype, p);
	memcpy(&bits, p, (size_t)bytes);
	if (t->dtype[0] == 'I' && bytes < 8 && bits >> (8*bytes - 1))
		bits |= ~UINT64_C(0) << 8*bytes;
	return t->dtype[0] == 'I' ? (double)(int64_t)bits : (double)bits;
}

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

Weights *
weights_open(const char *file)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);
	Weights *w;

	if (len >= 4 && !memcmp(map, "PK\003\004", 4))
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
