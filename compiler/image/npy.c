/*
** npy.c - NumPy's .npy: float32 or bytes, little-endian, C order. Format: NEP 1.
*/
#include <stdlib.h>
#include <string.h>

#include "../resnetc.h"

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

Npy
npy_read(const char *file)
{
	size_t len, head;
	const unsigned char *map = file_map(file, &len);
	Npy a = { .count = 1 };
	const char *s, *descr;
	char *header;
	bool bytes;

	if (len < 12 || memcmp(map, "\x93NUMPY", 6))
		fail("%s: want a .npy file, got something else", file);
	head = map[6] == 1 ? (size_t)map[8] | (size_t)map[9] << 8 : (size_t)map[8] | (size_t)map[9] << 8 | (size_t)map[10] << 16 | (size_t)map[11] << 24;
	size_t at = map[6] == 1 ? 10 : 12;
	if (head > len - at)
		fail("%s: want a header within the file's %zu bytes, got %zu", file, len, head);
	header = arena_text("%.*s", (int)head, (const char *)map + at);
	descr = field(file, header, "'descr'");
	bytes = !strncmp(descr, "'|u1'", 5);
	if (strncmp(descr, "'<f4'", 5) && !bytes)
		fail("%s: want dtype float32 ('<f4') or uint8 ('|u1'), got %.8s", file, descr);
	if (strncmp(field(file, header, "'fortran_order'"), "False", 5))
		fail("%s: want C order, got Fortran order", file);
	s = field(file, header, "'shape'");
	if (*s++ != '(')
		fail("%s: want a shape, got %.16s", file, s - 1);
	while (*s && *s != ')') {
		char *end;
		long long d = strtoll(s, &end, 10);
		if (end == s || d < 0 || d > 1 << 30 || a.rank == 8)
			fail("%s: want a shape of at most 8 whole numbers, got %.32s", file, s);
		a.dim[a.rank++] = d;
		a.count *= (size_t)d;
		if (a.count > (size_t)1 << 40)
			fail("%s: want less than 2^40 values, got more", file);
		for (s = end; *s == ',' || *s == ' '; s++)
			;
	}
	at += head;
	size_t each = bytes ? 1 : sizeof(float);
	if (len - at < a.count*each)
		fail("%s: want %zu bytes of data, got %zu (truncated?)", file, a.count*each, len - at);
	if (bytes) {
		a.u8 = malloc(a.count ? a.count : 1);
		if (!a.u8)
			fail("out of memory");
		memcpy(a.u8, map + at, a.count);
		return a;
	}
	a.data = malloc((a.count ? a.count : 1)*sizeof(float));
	if (!a.data)
		fail("out of memory");
	memcpy(a.data, map + at, a.count*sizeof(float));
	return a;
}

void
npy_write(const char *file, const float *data, int rank, const int64_t *dim)
{
	char text[256];
	size_t count = 1, head;
	int n = snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
	const char *slash = strrchr(file, '/');
	char *bytes;

	for (int i = 0; i < rank; i++) {
		n += snprintf(text + n, sizeof text - (size_t)n, "%lld%s", (long long)dim[i], rank == 1 ? "," : i + 1 < rank ? ", " : "");
		count *= (size_t)dim[i];
	}
	n += snprintf(text + n, sizeof text - (size_t)n, "), }");
	head = (10 + (size_t)n + 1 + 63)/64*64;
	bytes = malloc(head + count*sizeof *data);
	if (!bytes)
		fail("out of memory");
	memset(bytes, ' ', head);
	memcpy(bytes, "\x93NUMPY\x01\x00", 8);
	bytes[8] = (char)((head - 10) & 255);
	bytes[9] = (char)((head - 10) >> 8);
	memcpy(bytes + 10, text, (size_t)n);
	bytes[head - 1] = '\n';
	memcpy(bytes + head, data, count*sizeof *data);
	File f = { (char *)(slash ? slash + 1 : file), bytes, head + count*sizeof *data };
	write_files(slash ? arena_text("%.*s", (int)(slash - file) + (slash == file), file) : ".", &f, 1);
	free(bytes);
}
