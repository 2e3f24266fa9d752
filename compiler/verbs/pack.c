/*
** pack.c - resnetc pack: other weights for code that is compiled already. The plan - kernels, layouts, offsets - hangs
** on the model and the options alone, so the same ones with other weights give a blob that NAME_check takes.
*/
#include <string.h>

#include "../image/image.h"
#include "session.h"

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
	if (o->json) {
		struct json_object *all = json_object_new_object();
		json_object_object_add(all, "file", json_object_new_string(file));
		json_object_object_add(all, "bytes", json_object_new_int64((int64_t)files[BlobFile].len));
		json_object_object_add(all, "plan_hash", plan_hash_of(&files[BlobFile]));
		print_json(all);
	} else if (!o->quiet) {
		printf("%s: %zu bytes\n", file, files[BlobFile].len);
	}
	return ExitOk;
}
