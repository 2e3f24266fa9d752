/*
** zip.c - the entries of a zip archive, through libzip, over a mapped file. An entry that unpacks to much
** more than the file itself is refused before it is read.
*/
#include <stdlib.h>
#include <string.h>

#include <zip.h>

#include "tensor.h"

enum { Slack = 60 << 20 };           /* bytes an unpacked entry may be larger than the file */

struct Zip {
	const char *file;
	size_t len;
	zip_t *z;
};

Zip *
zip_map(const char *file, const unsigned char *map, size_t len)
{
	zip_error_t e;
	zip_source_t *source;
	Zip *z = NEW(Zip);

	zip_error_init(&e);
	source = zip_source_buffer_create(map, len, 0, &e);
	z->z = source ? zip_open_from_source(source, ZIP_RDONLY, &e) : NULL;
	if (!z->z)
		fail("%s: want a whole zip archive, got %zu bytes%s", file, len, zip_error_code_zip(&e) == ZIP_ER_NOZIP ?
		     " without its end: cut short on the way here?" : arena_text(": %s", zip_error_strerror(&e)));
	z->file = file;
	z->len = len;
	return z;
}

int64_t
zip_entries(const Zip *z)
{
	return zip_get_num_entries(z->z, 0);
}

const char *
zip_name(const Zip *z, uint64_t entry)
{
	const char *name = zip_get_name(z->z, entry, ZIP_FL_ENC_RAW);

	return name ? name : "";
}

uint64_t
zip_size(const Zip *z, uint64_t entry)
{
	zip_stat_t st;

	if (zip_stat_index(z->z, entry, 0, &st) || !(st.valid & ZIP_STAT_SIZE))
		st.size = UINT64_MAX;            /* unknown: too much */
	if (st.size > z->len + Slack)
		fail("%s: entry '%s': want at most %zu bytes unpacked, got %llu", z->file, zip_name(z, entry), z->len + Slack,
		     (unsigned long long)st.size);
	return st.size;
}

unsigned char *
zip_load(const Zip *z, uint64_t entry, size_t most, size_t *len)
{
	size_t size = (size_t)zip_size(z, entry), got = 0;
	zip_file_t *f = zip_fopen_index(z->z, entry, 0);
	unsigned char *data;

	if (!f)
		fail("%s: entry '%s': want one that can be unpacked, got: %s", z->file, zip_name(z, entry), zip_strerror(z->z));
	if (most && size > most)
		size = most;
	data = want_memory(malloc(size + 1));
	while (got < size) {
		zip_int64_t n = zip_fread(f, data + got, size - got);
		if (n <= 0)
			fail("%s: entry '%s': want %zu bytes, got %zu: %s", z->file, zip_name(z, entry), size, got,
			     n < 0 ? zip_file_strerror(f) : "truncated?");
		got += (size_t)n;
	}
	/* one more read lets libzip check the CRC of a whole entry */
	if (!most && zip_fread(f, data + size, 1) < 0)
		fail("%s: entry '%s': want an undamaged entry, got: %s", z->file, zip_name(z, entry), zip_file_strerror(f));
	zip_fclose(f);
	data[size] = 0;
	*len = size;
	return data;
}
