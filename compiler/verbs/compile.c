/* compile.c - resnetc compile: the C, the header, the blob and the runtime into a folder. */
#include "../resnetc.h"

int
verb_compile(Options *o)
{
	File files[24];
	Model *m;
	int count = 0;
	const char *dir;

	/* a dump or an early stop is a look inside and needs no weights */
	if (!o->weights && !o->pass.stop_after && !o->pass.dump)
		usage_error("compile: want weights (-w FILE or -w random), got none");
	m = build(o, o->weights);
	if (!m || (o->pass.dump && !o->weights))
		return ExitOk;
	files[count++] = emit_source(m);
	files[count++] = emit_header(m);
	files[count++] = emit_blob(m);
	count += runtime_files(m->g->target, files + count);
	dir = o->output ? o->output : arena_text("generated/%s", m->g->name);
	write_files(dir, files, count);
	if (!o->quiet && !o->pass.dump)
		printf("%s: %s.c %zu bytes, %s.weights %zu bytes, arena %zu bytes (%.3f of the largest live sum %zu, at '%s')\n", dir,
		       m->g->name, files[0].len, m->g->name, files[2].len, m->g->arena*sizeof(float),
		       (double)m->g->arena/(double)m->g->live, m->g->live*sizeof(float), m->g->live_at);
	return ExitOk;
}
