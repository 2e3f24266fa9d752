/* compile.c - resnetc compile: the C, the header, the blob and the runtime into a folder. */
#include "../resnetc.h"

static void
report(const Options *o, const char *dir, const Model *m, const File *source, const File *blob)
{
	if (!o->quiet && !o->pass.dump)
		printf("%s: %s %zu bytes, %s %zu bytes, arena %zu bytes (%.3f of the largest live sum %zu, at '%s')\n", dir, source->name,
		       source->len, blob->name, blob->len, m->g->arena*sizeof(float), (double)m->g->arena/(double)m->g->live,
		       m->g->live*sizeof(float), m->g->live_at);
}

/* build_each - the model once for each target, named NAME_TARGET */
static int
build_each(const Options *o, Model *first, File *files)
{
	const char *name = first->g->name;
	Model *each[4];

	for (int i = 0; i < o->ntargets; i++) {
		Options one = *o;
		one.target = o->targets[i];
		one.name = arena_text("%s_%s", name, one.target->name);
		each[i] = build(&one, o->weights);
	}
	return emit_all_targets(each, o->ntargets, name, files);
}

int
verb_compile(Options *o)
{
	File files[48];
	Model *m;
	int count = 0;
	const char *dir;

	/* a dump or an early stop is a look inside and needs no weights */
	if (!o->weights && !o->pass.stop_after && !o->pass.dump)
		usage_error("compile: want weights (-w FILE or -w random), got none");
	m = build(o, o->ntargets == 1 ? o->weights : NULL);
	if (!m || (o->pass.dump && !o->weights))
		return ExitOk;
	if (o->ntargets > 1) {
		count = build_each(o, m, files);
	} else {
		files[count++] = emit_source(m);
		files[count++] = emit_header(m);
		files[count++] = emit_blob(m);
	}
	dir = o->output ? o->output : arena_text("generated/%s", m->g->name);
	count += runtime_files(o->targets, o->ntargets, files + count);
	write_files(dir, files, count);
	report(o, dir, m, &files[0], &files[2]);
	return ExitOk;
}
