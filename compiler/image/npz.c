/*
** npz.c - named arrays as NumPy's .npz: a zip of .npy files, stored as they are and with the date that zip begins at,
** so that the same numbers are the same bytes. Format: PKWARE's APPNOTE, without zip64.
*/
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "../resnetc.h"

enum { LocalHead = 30, EntryHead = 46, EndHead = 22, FirstDate = 1 << 5 | 1 };   /* 1980-01-01 */

static unsigned char *
put16(unsigned char *to, unsigned v)
{
	to[0] = (unsigned char)v;
	to[1] = (unsigned char)(v >> 8);
	return to + 2;
}

static unsigned char *
put32(unsigned char *to, size_t v)
{
	return put16(put16(to, (unsigned)v & 0xffff), (unsigned)(v >> 16) & 0xffff);
}

static unsigned char *
put_bytes(unsigned char *to, const void *data, size_t len)
{
	memcpy(to, data, len);
	return to + len;
}

/* put_entry - what both heads of a file say of it */
static unsigned char *
put_entry(unsigned char *to, const File *f)
{
	to = put16(put16(put16(to, 20), 1 << 11), 0);            /* version, names in UTF-8, stored */
	to = put32(put16(put16(to, 0), FirstDate), crc32_z(0, f->data, f->len));
	to = put32(put32(to, f->len), f->len);
	return put16(put16(to, (unsigned)strlen(f->name)), 0);
}

/* npz_write - files are .npy, their names end so */
void
npz_write(const char *path, const File *files, int count)
{
	size_t len = EndHead, *starts = arena_new((size_t)count*sizeof *starts), list;
	unsigned char *bytes, *to;

	for (int i = 0; i < count; i++)
		len += LocalHead + EntryHead + 2*strlen(files[i].name) + files[i].len;
	if (len > UINT32_MAX || count > UINT16_MAX)
		fail("%s: want at most 4 GB of outputs in a .npz, got %zu bytes", path, len);
	to = bytes = want_memory(malloc(len));
	for (int i = 0; i < count; i++) {
		starts[i] = (size_t)(to - bytes);
		to = put_bytes(put_entry(put32(to, 0x04034b50), &files[i]), files[i].name, strlen(files[i].name));
		to = put_bytes(to, files[i].data, files[i].len);
	}
	list = (size_t)(to - bytes);
	for (int i = 0; i < count; i++) {
		to = put_entry(put16(put32(to, 0x02014b50), 20), &files[i]);
		to = put32(put32(put16(put32(to, 0), 0), 0), starts[i]);         /* no comment, first disk, no attributes */
		to = put_bytes(to, files[i].name, strlen(files[i].name));
	}
	len = (size_t)(to - bytes) - list;
	to = put16(put16(put32(put32(to, 0x06054b50), 0), (unsigned)count), (unsigned)count);    /* one disk */
	to = put16(put32(put32(to, len), list), 0);
	write_at(path, bytes, (size_t)(to - bytes));
	free(bytes);
}
