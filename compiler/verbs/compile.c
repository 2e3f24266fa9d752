/* compile.c - resnetc compile: the C, the header, the blob and the runtime into a folder. */
#include <stdlib.h>

#include "training.h"

static void
print_files(const Options *o, const char *dir, const Model *m, const File *files)
{
	const File *source = &files[0], *blob = &files[BlobFile];

	if (!o->quiet)
		printf("%s: %s %zu bytes, %s %zu bytes, arena %zu bytes (%.3f of the largest live sum %zu, at '%s')\n", dir,
		       source->name, source->len, blob->name, blob->len, m->g->arena, (double)m->g->arena/(double)m->g->live,
		       m->g->live, m->g->live_at);
}

static void
print_files_as_json(const Options *o, const char *dir, const Model *m, const File *files, int count)
{
	struct json_object *all = json_object_new_object(), *list = json_object_new_array(),
		*written = json_object_new_array();

	json_object_object_add(all, "model", json_object_new_string(m->g->name));
	for (int i = 0; i < o->ntargets; i++)
		json_object_array_add(list, json_object_new_string(o->targets[i]->name));
	json_object_object_add(all, "targets", list);
	json_object_object_add(all, "folder", json_object_new_string(dir));
	for (int i = 0; i < count; i++) {
		struct json_object *one = json_object_new_object();
		json_object_object_add(one, "name", json_object_new_string(files[i].name));
		json_object_object_add(one, "bytes", json_object_new_int64((int64_t)files[i].len));
		json_object_array_add(written, one);
	}
	json_object_object_add(all, "files", written);
	json_object_object_add(all, "plan_hash", plan_hash_of(&files[BlobFile]));
	json_object_object_add(all, "weights_bytes", json_object_new_int64((int64_t)files[BlobFile].len));
	json_object_object_add(all, "arena_bytes", json_object_new_int64((int64_t)m->g->arena));
	json_object_object_add(all, "live_bytes", json_object_new_int64((int64_t)m->g->live));
	json_object_object_add(all, "live_at", json_object_new_string(m->g->live_at));
	if (o->budget)
		json_object_object_add(all, "budget", budget_facts(o, m));
	print_json(all);
}

/* by_width - the widest first, of equal ones the last row */
static int
by_width(const void *a, const void *b)
{
	const Target *const *x = a, *const *y = b;

	return (*x)->vl != (*y)->vl ? (*y)->vl - (*x)->vl : target_row(*y) - target_row(*x);
}

/* build_each - the model once for each target and input size, named NAME_TARGET, NAME_HxW or NAME_TARGET_HxW */
static int
build_each(Options *o, const char *name, File *files)
{
	Artefact a = { name, arena_new((size_t)(o->ntargets*o->nsizes)*sizeof *a.parts), o->ntargets, o->nsizes };

	/* the widest first; scalar last, it runs anywhere */
	qsort(o->targets, (size_t)o->ntargets, sizeof *o->targets, by_width);
	for (int t = 0; t < o->ntargets; t++)
		for (int s = 0; s < o->nsizes; s++) {
			Options one = *o;
			one.target = o->targets[t];
			one.name = name;
			if (o->ntargets > 1)
				one.name = arena_text("%s_%s", one.name, one.target->id);
			if (o->nsizes > 1) {
				one.h = o->sizes[s].h;
				one.w = o->sizes[s].w;
				one.name = arena_text("%s_%dx%d", one.name, one.h, one.w);
			}
			if (s)
				one.like = a.parts[t*o->nsizes]->g;
			a.parts[t*o->nsizes + s] = build(&one, o->weights);
		}
	return emit_artefact(&a, files);
}

Model *
compiled_files(Options *o, File *files, int *count)
{
	bool several = o->ntargets > 1 || o->nsizes > 1;
	Model *m;

	*count = 0;
	prepare(o, o->weights);
	m = build(o, several ? NULL : o->weights);
	if (!m || (o->pass.dump && !o->weights))
		return NULL;
	if (several) {
		*count = build_each(o, m->g->name, files);
		return m;
	}
	files[(*count)++] = emit_source(m);
	files[(*count)++] = emit_header(m);
	files[(*count)++] = emit_blob(m);
	if (m->embed)
		files[(*count)++] = emit_embedded(m, &files[BlobFile]);
	return m;
}

/*
** add_training - the network in training beside that at work: NAME_train.c, NAME_train.h, NAME.params, its part of the
** runtime
*/
static int
add_training(const Options *o, const Model *work, File *files)
{
	Options t = *o;
	const Model *m = build_training(&t, false);
	int count = 0;

	files[count++] = emit_train_source(m, work);
	files[count++] = emit_train_header(m, work);
	files[count++] = emit_params(m);
	return count + train_runtime_only(files + count);
}

int
verb_compile(Options *o)
{
	File files[MostEmitted + 24];
	Model *m;
	int count;
	const char *dir;

	/* a dump or an early stop is a look inside and needs no weights */
	if (!o->weights && !o->pass.stop_after && !o->pass.dump)
		usage_error("compile: want weights (-w FILE or -w random), got none");
	m = compiled_files(o, files, &count);
	if (!m)
		return ExitOk;
	check_budget(o, m);
	dir = o->output ? o->output : arena_text("generated/%s", m->g->name);
	count += runtime_files(o->targets, o->ntargets, files + count);
	if (o->train && (o->ntargets > 1 || o->nsizes > 1 || o->amalgamate))
		usage_error("--train: want one target, one input size and no --amalgamate, got more");
	if (o->train)
		count += add_training(o, m, files + count);
	if (o->amalgamate)
		count = amalgamate(files, count);
	write_files(dir, files, count);
	if (o->depfile)
		write_depfile(o->depfile, dir, &files[0]);
	if (o->json && !o->pass.dump)
		print_files_as_json(o, dir, m, files, count);
	else if (!o->pass.dump)
		print_files(o, dir, m, files);
	return ExitOk;
}
