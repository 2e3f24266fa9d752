/* dtype.c - the rows of dtypes.h, and by the names that files have for them. */
#include <string.h>

#include "dtype.h"

const DtypeRow dtype_rows[NDtypes] = {
#define DTYPE(name, bytes, c, words, kind, vector, load, safetensors, npy, torch, onnx) \
	{ #name, bytes, #c, words, kind, vector, load, safetensors, npy, torch, onnx },
#include "dtypes.h"
#undef DTYPE
};

const DtypeRow *
dtype_named(const char *safetensors)
{
	for (int i = 0; i < NDtypes; i++)
		if (!strcmp(dtype_rows[i].safetensors, safetensors))
			return &dtype_rows[i];
	return NULL;
}

int
dtype_bytes(const char *safetensors)
{
	const DtypeRow *r = dtype_named(safetensors);

	return r ? (int)r->bytes : 0;
}

bool
dtype_is_float(const char *safetensors)
{
	const DtypeRow *r = dtype_named(safetensors);

	return r && r->kind == 'f';
}
