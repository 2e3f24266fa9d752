/*
** pack.c - resnetc pack: other weights for code that is compiled already. The plan - kernels, layouts, offsets - hangs
** on the model and the options alone, so the same ones with other weights give a blob that NAME_check takes.
*/
#include <string.h>

#include "../image/image.h"
#include "verbs.h"

int
verb_pack(Options *o)
{
	File files[MostEmitted];
	const char *file;
	int count;

	if (!o->weights)
		usage_error("pack: want weights (-w FILE or -w random), got none");
	if (!compiled_files(o, files, &count))
		return ExitOk;
	file = o->output ? o->output : files[BlobFile].name;
	write_at(file, files[BlobFile].data, files[BlobFile].len);
	if (!o->quiet)
		printf("%s: %zu bytes\n", file, files[BlobFile].len);
	return ExitOk;
}
