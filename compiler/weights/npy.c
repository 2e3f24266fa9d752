/*
** npy.c - NumPy's .npy header (NEP 1), a single .npy, and .npz: a zip of them. Little-endian numbers of any
** width, C or Fortran order.
*/
#include <stdlib.h>
#include <string.h>

#include "tensor.h"

enum { Peek = 1 << 12 };             /* bytes of an entry read for its header */

/* field - the text after 'key': in the header's dictionary */
static const char *
field(const char *file, const char *header, const char *key)
{
	const char *s = strstr(header, key);

	if (!s || !(s = strchr(s, ':')))
		fail("%s: want a .npy header with %s, got none", file, key);
	for (s++; *s == ' '; s++)
		;
	return s;
}

/* set_dtype - in an archive other kinds (text, objects, complex numbers) are listed as NumPy calls them, never read */
static void
set_dtype(const char *file, const char *descr, Tensor *t)
{
	const char *bare;

	for (int i = 0; i < NDtypes; i++) {
		const DtypeRow *r = &dtype_rows[i];
		size_t len = r->npy ? strlen(r->npy) : 0;
		if (len && descr[0] == '\'' && !strncmp(descr + 1, r->npy, len) && descr[1 + len] == '\'') {
			snprintf(t->dtype, sizeof t->dtype, "%s", r->safetensors);
			return;
		}
	}
	bare = descr + strspn(descr, "'<|=");
	if (t->zip) {
		snprintf(t->dtype, sizeof t->dtype, "%.*s", (int)strcspn(bare, "', "), bare);
		return;
	}
	if (*bare == 'O')
		fail("%s: want an array of numbers, got one of Python objects: numpy.savez(FILE, **weights) keeps a dictionary's "
		     "arrays", file);
	fail("%s: want a little-endian number dtype such as float32 ('<f4') or uint8 ('|u1'), got %.*s", file,
	     (int)strcspn(descr, ",}"), descr);
}

/* npy_parse - dtype, shape, strides and t->at from the head of a .npy */
void
npy_parse(const char *file, const unsigned char *p, size_t len, size_t whole, Tensor *t)
{
	size_t head, at, bytes;
	const char *s;
	char *header;
	bool fortran;

	if (len < 12 || memcmp(p, "\x93NUMPY", 6))
		fail("%s: want a .npy file, got something else", file);
	at = p[6] == 1 ? 10 : 12;
	head = (size_t)p[8] | (size_t)p[9] << 8;
	if (p[6] > 1)
		head |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
	if (head > len - at)
		fail("%s: want a .npy header within %zu bytes, got %zu", file, len, head);
	header = arena_text("%.*s", (int)head, (const char *)p + at);
	set_dtype(file, field(file, header, "'descr'"), t);
	fortran = !strncmp(field(file, header, "'fortran_order'"), "True", 4);
	s = field(file, header, "'shape'");
	if (*s++ != '(')
		fail("%s: want a shape, got %.16s", file, s - 1);
	while (*s && *s != ')') {
		char *end;
		long long d = strtoll(s, &end, 10);
		if (end == s || d < 0 || d > 1 << 30 || t->rank == 8)
			fail("%s: want a shape of at most 8 whole numbers, got %.32s", file, s);
		t->dim[t->rank++] = d;
		for (s = end; *s == ',' || *s == ' '; s++)
			;
	}
	if (!tensor_contiguous(t))
		fail("%s: want less than 2^45 values, got more", file);
	for (int64_t i = 0, step = 1; fortran && i < t->rank; i++) {
		t->stride[i] = step;
		step *= t->dim[i];
	}
	bytes = tensor_count(t)*(size_t)dtype_bytes(t->dtype);
	t->at = at + head;
	if (whole - t->at < bytes)
		fail("%s: want %zu bytes of data, got %zu (truncated?)", file, bytes, whole - t->at);
}

/* npy_open - one array, named as its file without .npy */
Weights *
npy_open(const char *file, const unsigned char *map, size_t len)
{
	Weights *w = NEW(Weights);
	const char *base = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
	Tensor t = { .name = arena_text("%.*s", (int)strcspn(base, "."), base) };

	npy_parse(file, map, len, len, &t);
	t.data = map + t.at;
	w->file = file;
	PUSH(w->tensors, w->count, t);
	return w;
}

Weights *
npz_open(const char *file, Zip *z)
{
	Weights *w = NEW(Weights);
	int objects = 0;

	w->file = file;
	for (int64_t i = 0; i < zip_entries(z); i++) {
		const char *name = zip_name(z, (uint64_t)i);
		size_t n = strlen(name), len;
		Tensor t = { .zip = z, .entry = (uint64_t)i };
		unsigned char *head;
		if (n < 5 || strcmp(name + n - 4, ".npy"))
			continue;
		t.name = arena_text("%.*s", (int)n - 4, name);
		head = zip_load(z, (uint64_t)i, Peek, &len);
		npy_parse(arena_text("%s: '%s'", file, t.name), head, len, (size_t)zip_size(z, (uint64_t)i), &t);
		free(head);
		PUSH(w->tensors, w->count, t);
		objects += !strcmp(t.dtype, "O");
	}
	if (objects && objects == w->count)
		fail("%s: want arrays of numbers, got Python objects alone, such as '%s': numpy.savez(FILE, **weights) keeps a "
		     "dictionary's arrays", file, w->tensors[0].name);
	return w;
}
