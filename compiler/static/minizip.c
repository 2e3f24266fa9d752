/*
** minizip.c - for make static: what zip.c does, through minizip, of which Debian has a static library. It does not know
** the 64 bits that entries of 4 GB, or beyond them, are told in: they are refused.
*/
#include <stdlib.h>
#include <string.h>

#include <minizip/unzip.h>

#include "../weights/tensor.h"

enum { Slack = 60 << 20 };           /* bytes an unpacked entry may be larger than the file */
enum { Encrypted = 1, Stored = 0, Deflated = 8, MostName = 65536 };

typedef struct {
	const char *name;
	uint64_t size;
	unsigned method, flags;
	unz64_file_pos at;
} Entry;

typedef struct { const unsigned char *map; size_t len, at; } Stream;

struct Zip {
	const char *file;
	const unsigned char *map;
	size_t len;
	unzFile z;
	Entry *entries;
	int64_t count;
};

/* --- the map as minizip's file --- */

static void *
stream_open(void *stream, const void *name, int mode)
{
	(void)name;
	(void)mode;
	return stream;
}

static uLong
stream_read(void *user, void *stream, void *to, uLong len)
{
	Stream *s = stream;
	size_t n = len < s->len - s->at ? len : s->len - s->at;

	(void)user;
	memcpy(to, s->map + s->at, n);
	s->at += n;
	return (uLong)n;
}

static ZPOS64_T
stream_tell(void *user, void *stream)
{
	(void)user;
	return ((Stream *)stream)->at;
}

static long
stream_seek(void *user, void *stream, ZPOS64_T offset, int origin)
{
	Stream *s = stream;
	size_t from = origin == ZLIB_FILEFUNC_SEEK_CUR ? s->at : origin == ZLIB_FILEFUNC_SEEK_END ? s->len : 0;

	(void)user;
	if (offset > s->len - from)
		return -1;
	s->at = from + (size_t)offset;
	return 0;
}

static int
stream_no_error(void *user, void *stream)
{
	(void)user;
	(void)stream;
	return 0;
}

/* --- the archive --- */

/* offset_of - where the list says that an entry's bytes begin */
static uint64_t
offset_of(const Zip *z, const unz64_file_pos *at)
{
	const unsigned char *p = z->map + at->pos_in_zip_directory + 42;

	return p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

/* read_entry - the one minizip stands at; false: it is none */
static bool
read_entry(Zip *z, Entry *e)
{
	static char name[MostName + 1];
	unz_file_info64 info;

	if (unzGetCurrentFileInfo64(z->z, &info, name, sizeof name, NULL, 0, NULL, 0) != UNZ_OK ||
	    unzGetFilePos64(z->z, &e->at) != UNZ_OK)
		return false;
	e->name = arena_text("%s", name);
	e->size = info.uncompressed_size;
	e->method = (unsigned)info.compression_method;
	e->flags = (unsigned)info.flag;
	if (info.uncompressed_size >= UINT32_MAX || info.compressed_size >= UINT32_MAX || offset_of(z, &e->at) >= UINT32_MAX)
		fail("%s: entry '%s': want entries within 4 GB of a static resnetc, got one in 64 bits", z->file, e->name);
	return true;
}

Zip *
zip_map(const char *file, const unsigned char *map, size_t len)
{
	Zip *z = NEW(Zip);
	Stream *s = NEW(Stream);
	zlib_filefunc64_def reads = { .zopen64_file = stream_open, .zread_file = stream_read, .ztell64_file = stream_tell,
		.zseek64_file = stream_seek, .zclose_file = stream_no_error, .zerror_file = stream_no_error, .opaque = s };
	unz_global_info64 all;
	int64_t room = 0;
	int status;

	*s = (Stream){ map, len, 0 };
	*z = (Zip){ .file = file, .map = map, .len = len, .z = unzOpen2_64(file, &reads) };
	if (!z->z || unzGetGlobalInfo64(z->z, &all) != UNZ_OK)
		fail("%s: want a whole zip archive, got %zu bytes without its end: cut short on the way here?", file, len);
	status = all.number_entry ? unzGoToFirstFile(z->z) : UNZ_END_OF_LIST_OF_FILE;
	for (; status == UNZ_OK; status = unzGoToNextFile(z->z)) {
		if (z->count == room) {
			Entry *more = arena_new((size_t)(room = 2*room + 64)*sizeof *more);
			if (z->count)
				memcpy(more, z->entries, (size_t)z->count*sizeof *more);
			z->entries = more;
		}
		if (!read_entry(z, &z->entries[z->count++]))
			break;
	}
	if (status != UNZ_END_OF_LIST_OF_FILE)
		fail("%s: want a whole zip archive, got %zu bytes with a list that ends at entry %lld of %llu", file, len,
		     (long long)z->count, (unsigned long long)all.number_entry);
	return z;
}

int64_t
zip_entries(const Zip *z)
{
	return z->count;
}

const char *
zip_name(const Zip *z, uint64_t entry)
{
	return z->entries[entry].name;
}

uint64_t
zip_size(const Zip *z, uint64_t entry)
{
	const Entry *e = &z->entries[entry];

	if (e->size > z->len + Slack)
		fail("%s: entry '%s': want at most %zu bytes unpacked, got %llu", z->file, e->name, z->len + Slack,
		     (unsigned long long)e->size);
	return e->size;
}

/* begin - an entry's bytes are read next */
static void
begin(const Zip *z, const Entry *e)
{
	const char *got = e->flags & Encrypted ? "a password" :
	                  e->method != Stored && e->method != Deflated ? arena_text("method %u of compression", e->method) : NULL;

	if (!got && (unzGoToFilePos64(z->z, &e->at) != UNZ_OK || unzOpenCurrentFile(z->z) != UNZ_OK))
		got = "another head than in the list";
	if (got)
		fail("%s: entry '%s': want one that can be unpacked, got: %s", z->file, e->name, got);
}

unsigned char *
zip_load(const Zip *z, uint64_t entry, size_t most, size_t *len)
{
	const Entry *e = &z->entries[entry];
	size_t size = (size_t)zip_size(z, entry), got = 0;
	unsigned char *data;

	begin(z, e);
	if (most && size > most)
		size = most;
	data = want_memory(malloc(size + 1));
	while (got < size) {
		size_t left = size - got;
		int n = unzReadCurrentFile(z->z, data + got, left > 1 << 30 ? 1 << 30 : (unsigned)left);
		if (n <= 0)
			fail("%s: entry '%s': want %zu bytes, got %zu: %s", z->file, e->name, size, got,
			     n < 0 ? "damaged" : "truncated?");
		got += (size_t)n;
	}
	/* which looks at the checksum where all was read */
	if (unzCloseCurrentFile(z->z) == UNZ_CRCERROR)
		fail("%s: entry '%s': want an undamaged entry, got another checksum", z->file, e->name);
	data[size] = 0;
	*len = size;
	return data;
}
