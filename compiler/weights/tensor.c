/*
** tensor.c - one tensor of a weight file, whatever its dtype and strides.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tensor.h"

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

/* number_at - the number of this dtype at p */
static double
number_at(const DtypeRow *r, const unsigned char *p)
{
	uint64_t bits = 0;
	float f;
	double d;

	memcpy(&bits, p, r->bytes);
	switch (r - dtype_rows) {
	case DT_f64:
		memcpy(&d, p, sizeof d);
		return d;
	case DT_f32:
		memcpy(&f, &bits, sizeof f);
		return (double)f;
	case DT_f16:
	case DT_bf16:
		return half_value((Dtype)(r - dtype_rows), (uint16_t)bits);
	}
	if (r->kind == 'i' && r->bytes < 8 && bits >> (8*r->bytes - 1))
		bits |= ~UINT64_C(0) << 8*r->bytes;
	return r->kind == 'i' ? (double)(int64_t)bits : (double)bits;
}

/* element - number i in C order; r: the row of t's dtype */
static double
element(const Tensor *t, const DtypeRow *r, size_t i)
{
	const unsigned char *p = t->data;

	for (int k = t->rank - 1; k >= 0; k--) {
		p += (int64_t)(i%(size_t)t->dim[k])*t->stride[k]*(int64_t)r->bytes;
		i /= (size_t)t->dim[k];
	}
	return number_at(r, p);
}

double
tensor_get(const Tensor *t, size_t i)
{
	return element(t, dtype_named(t->dtype), i);
}

void
tensor_numbers(const Tensor *t, double *to)
{
	const DtypeRow *r = dtype_named(t->dtype);
	size_t count = tensor_count(t);
	Tensor plain = *t;
	float f;

	if (r != &dtype_rows[DT_f32] || !tensor_contiguous(&plain) || memcmp(plain.stride, t->stride, sizeof plain.stride)) {
		for (size_t i = 0; i < count; i++)
			to[i] = element(t, r, i);
		return;
	}
	for (size_t i = 0; i < count; i++) {             /* nearly all files are so */
		memcpy(&f, t->data + i*sizeof f, sizeof f);
		to[i] = (double)f;
	}
}
