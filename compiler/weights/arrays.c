/*
** arrays.c - NumPy arrays in a pickle, where a state dict was saved as arrays. Protocols up to 4 keep one as a call of
** _reconstruct and its state (version, shape, dtype, Fortran's order, bytes), protocol 5 as a call of _frombuffer
** (bytes, dtype, shape, order). Protocol 2 has no bytes: they are the letters of a text.
*/
#include <string.h>

#include "pickle.h"

typedef struct { const Pickled *shape, *dtype, *bytes; bool fortran; } Array;

static bool
is_call(const Pickled *v, const char *name)
{
	const char *blank = v->kind == V_object && !strncmp(v->text, "numpy", 5) ? strchr(v->text, ' ') : NULL;

	return blank && !strcmp(blank + 1, name);
}

/* parts - of an array; false: it is none */
static bool
parts(const Pickled *v, Array *a)
{
	const Pickled *s = v->state;

	if (is_call(v, "_frombuffer") && v->args->count == 4) {
		const Pickled *order = v->args->items[3];
		bool fortran = order->kind == V_text && !strcmp(order->text, "F");
		*a = (Array){ v->args->items[2], v->args->items[1], v->args->items[0], fortran };
	} else if (is_call(v, "_reconstruct") && s && s->kind == V_tuple && s->count == 5) {
		*a = (Array){ s->items[1], s->items[2], s->items[4], s->items[3]->kind == V_bool && s->items[3]->i };
	} else {
		return false;
	}
	return a->shape->kind == V_tuple && a->shape->count <= 8 && is_call(a->dtype, "dtype");
}

bool
is_array(const Pickled *v)
{
	Array a;

	return parts(v, &a);
}

/* set_dtype - dtype('f4'), and in its state the byte order */
static void
set_dtype(const Pickled *v, Tensor *t)
{
	const char *kind = v->args->count && v->args->items[0]->kind == V_text ? v->args->items[0]->text : "?";
	const Pickled *order = v->state && v->state->kind == V_tuple && v->state->count > 1 ? v->state->items[1] : NULL;
	bool big = order && order->kind == V_text && *order->text == '>';

	for (int i = 0; i < NDtypes && !big; i++)
		if (dtype_rows[i].npy && !strcmp(dtype_rows[i].npy + 1, kind)) {
			snprintf(t->dtype, sizeof t->dtype, "%s", dtype_rows[i].safetensors);
			return;
		}
	snprintf(t->dtype, sizeof t->dtype, "%s%s", big ? ">" : "", kind);
}

/* letters - the bytes that were written as UTF-8, each a letter up to 255; NULL: they are not so many */
static const unsigned char *
letters(const Pickled *text, size_t count)
{
	const unsigned char *p = (const unsigned char *)text->text, *end = p + text->i;
	unsigned char *to;
	size_t n = 0;

	if (count > (size_t)text->i)
		return NULL;
	to = arena_new(count + 1);
	for (; p < end && n < count; p++) {
		bool two = (*p & 0xfc) == 0xc0 && p + 1 < end;
		to[n++] = two ? (unsigned char)(*p << 6 | (p[1] & 0x3f)) : *p;
		p += two;
	}
	return n == count && p == end ? to : NULL;
}

/* bytes_of - so many; NULL: there are not */
static const unsigned char *
bytes_of(const Pickled *v, size_t count)
{
	bool encoded = v->kind == V_object && !strcmp(v->text, "_codecs encode") && v->args->count;
	const Pickled *text = encoded ? v->args->items[0] : NULL;

	if (text && (text->kind == V_text || text->kind == V_bytes))
		return letters(text, count);
	if (v->kind == V_object && v->args && v->args->count == 1)       /* bytearray(b"...") */
		v = v->args->items[0];
	return v->kind == V_bytes && (uint64_t)v->i == count ? (const unsigned char *)v->text : NULL;
}

bool
read_array(const char *file, const Pickled *v, Tensor *t)
{
	Array a;
	size_t bytes;

	if (!parts(v, &a))
		return false;
	set_dtype(a.dtype, t);
	for (int i = 0; i < a.shape->count; i++) {
		const Pickled *d = a.shape->items[i];
		if (d->kind != V_int || d->i < 0 || d->i > INT64_C(1) << 40)
			fail("%s: array '%s': want its shape as whole numbers from 0 to 2^40, got something else", file, t->name);
		t->dim[t->rank++] = d->i;
	}
	if (!tensor_contiguous(t))
		fail("%s: array '%s': want less than 2^45 values, got more", file, t->name);
	for (int64_t i = 0, step = 1; a.fortran && i < t->rank; i++) {
		t->stride[i] = step;
		step *= t->dim[i];
	}
	bytes = tensor_count(t)*(size_t)dtype_bytes(t->dtype);
	if (!dtype_bytes(t->dtype))
		return true;                 /* objects, text: listed and never read */
	t->data = bytes_of(a.bytes, bytes);
	if (!t->data)
		fail("%s: array '%s': want %zu bytes for its shape %s, got others", file, t->name, bytes, tensor_shape(t));
	return true;
}
