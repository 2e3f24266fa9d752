/*
** content.c - what a file is that was taken for another, by its first bytes, with what to do about it.
*/
#include <ctype.h>
#include <string.h>

#include "base.h"

enum { MostShown = 40 };             /* letters of a text */

#define UNPACK ": unpack it first"

#define BYTES(s) s, sizeof (s) - 1
static const struct {
	size_t at;
	const char *magic;
	size_t len;
	const char *what;
} kinds[] = {
	{ 0, BYTES("version https://git-lfs"), "a Git-LFS pointer: the file itself is still to be fetched (git lfs pull)" },
	{ 0, BYTES("\x89HDF\r\n\x1a\n"), "HDF5: save the tensors with numpy.savez" },
	{ 0, BYTES("\x93NUMPY"), "a NumPy array" },
	{ 0, BYTES("PK\003\004"), "a zip archive" },
	{ 0, BYTES("PK\005\006"), "an empty zip archive" },
	{ 0, BYTES("\x1f\x8b"), "gzip" UNPACK },
	{ 0, BYTES("BZh"), "bzip2" UNPACK },
	{ 0, BYTES("\xfd" "7zXZ"), "xz" UNPACK },
	{ 0, BYTES("\x28\xb5\x2f\xfd"), "zstd" UNPACK },
	{ 0, BYTES("7z\xbc\xaf"), "a 7z archive" UNPACK },
	{ 0, BYTES("Rar!"), "a RAR archive" UNPACK },
	{ 0, BYTES("\x89PNG\r\n"), "a PNG picture" },
	{ 0, BYTES("\xff\xd8\xff"), "a JPEG picture" },
	{ 0, BYTES("GIF8"), "a GIF picture" },
	{ 8, BYTES("WEBP"), "a WebP picture" },
	{ 4, BYTES("ftypheic"), "a HEIC picture" },
	{ 4, BYTES("ftypavif"), "an AVIF picture" },
	{ 0, BYTES("II*\0"), "a TIFF picture" },
	{ 0, BYTES("MM\0*"), "a TIFF picture" },
	{ 0, BYTES("%PDF"), "a PDF document" },
	{ 0, BYTES("GGUF"), "GGUF (llama.cpp)" },
	{ 4, BYTES("TFL3"), "a TensorFlow Lite model: make it an ONNX file with tf2onnx (--tflite)" },
	{ 0, BYTES("\x08\x01\x12"), "a TensorFlow SavedModel: save its variables with numpy.savez" },
	{ 0, BYTES("7767517\n"), "an ncnn model" },
	{ 0, BYTES("\x7f" "ELF"), "a program" },
	{ 0, BYTES("MZ\x90"), "a program" },
	{ 0, BYTES("SQLite format"), "an SQLite database" },
	{ 0, BYTES("resnetc\0"), "resnetc's own packed weights: want the file that they were made from" },
};

static bool
has(const unsigned char *p, size_t len, size_t at, const char *magic, size_t n)
{
	return len >= at + n && !memcmp(p + at, magic, n);
}

/* tar - its first entry; PyTorch before 0.1.10 wrote such checkpoints */
static const char *
tar(const unsigned char *p)
{
	const char *name = arena_text("%.*s", 99, (const char *)p);
	const char *base = strrchr(name, '/') && strrchr(name, '/')[1] ? strrchr(name, '/') + 1 : name;

	if (!strcmp(base, "sys_info") || !strcmp(base, "storages") || !strcmp(base, "pickle"))
		return "a checkpoint of PyTorch before 0.1.10 (tar): load it and save it again with a newer one";
	return arena_text("a tar archive with '%s' in it" UNPACK, name);
}

/* page - HTML or XML: what a failed download often is */
static bool
page(const char *text)
{
	static const char *const begin[] = { "<!doctype", "<html", "<?xml", "<head" };

	for (size_t i = 0; i < sizeof begin/sizeof *begin; i++) {
		size_t n = 0;
		while (begin[i][n] && tolower((unsigned char)text[n]) == begin[i][n])
			n++;
		if (!begin[i][n])
			return true;
	}
	return false;
}

/* text - what a file of letters begins with; NULL: it is not one */
static const char *
text(const unsigned char *p, size_t len)
{
	size_t most = len < 512 ? len : 512, skip = has(p, len, 0, BYTES("\xef\xbb\xbf")) ? 3 : 0, n = 0;
	const char *s;

	for (size_t i = skip; i < most; i++)
		if (p[i] < 32 ? !strchr("\t\n\r\f", p[i]) || !p[i] : p[i] == 127)
			return NULL;
	while (skip < most && isspace(p[skip]))
		skip++;
	s = arena_text("%.*s", (int)(most - skip), (const char *)p + skip);
	if (page(s))
		return "a web page (HTML) instead of what was to be downloaded";
	while (n < MostShown && s[n] && s[n] != '\n' && s[n] != '\r')
		n++;
	return arena_text("text: '%.*s%s'", (int)n, s, s[n] ? "..." : "");
}

const char *
content_of(const unsigned char *p, size_t len)
{
	size_t zeros = 0;

	for (size_t i = 0; i < sizeof kinds/sizeof *kinds; i++)
		if (has(p, len, kinds[i].at, kinds[i].magic, kinds[i].len))
			return kinds[i].what;
	if (len > 512 && has(p, len, 257, BYTES("ustar")))
		return tar(p);
	if (len > 48 && has(p + len - 8, 8, 0, BYTES("\x57\xfb\x80\x8b\x24\x75\x47\xdb")))
		return "the index of a TensorFlow checkpoint: save its variables with numpy.savez";
	if (len >= 2 && p[0] == 0x80 && p[1] <= 5)
		return "a pickle";
	while (zeros < len && !p[zeros])
		zeros++;
	if (zeros == len)
		return "nothing but zeros (a download that did not end?)";
	return text(p, len);
}
