/*
** dispatch.c - several targets in one artefact: NAME_TARGET.c for each, NAME.c that asks the processor
** which to use, and one blob that holds theirs one after the other. Only the part that is used is
** ever touched, so a mapped blob costs no more memory than one target's.
*/
#include <stdlib.h>
#include <string.h>

#include "../../runtime/rc.h"
#include "../resnetc.h"

/* preference - the widest first; scalar last, it runs anywhere */
static int
preference(const void *a, const void *b)
{
	const Model *const *x = a, *const *y = b;

	return (*y)->g->target->vl - (*x)->g->target->vl;
}

/* whole - what NAME.h tells: the largest workspace, all weights, a hash of all plans */
static Model
whole(Model *const *m, int count, const char *name, Graph *g, Target *t)
{
	Model all = *m[0];
	uint64_t hashes[8];

	*g = *m[0]->g;
	*t = *g->target;
	g->name = name;
	g->target = t;
	all.g = g;
	all.weight_floats = 0;
	t->name = "";
	for (int i = 0; i < count; i++) {
		t->name = arena_text("%s%s%s", t->name, i ? "," : "", m[i]->g->target->name);
		g->arena = m[i]->g->arena > g->arena ? m[i]->g->arena : g->arena;
		all.weight_floats += m[i]->weight_floats;
		hashes[i] = m[i]->plan_hash;
	}
	all.plan_hash = rc_hash(hashes, (size_t)count*sizeof *hashes);
	return all;
}

static void
emit_choice(Out *o, Model *const *m, int count)
{
	out_text(o, "\n/* Which of the targets this processor runs best; -1: none. */\n"
	            "static int\n"
	            "best(void)\n"
	            "{\n");
	for (int i = 0; i < count; i++) {
		const Target *t = m[i]->g->target;
		if (t->macro)
			out_line(o, "#if defined(%s)", t->macro);
		if (t->cpu)
			out_line(o, "if (%s)", t->cpu);
		out_line(o, "return %d;", i);
		if (t->macro)
			out_line(o, "#endif");
		if (!t->macro && !t->cpu)
			break;                   /* nothing after it is reached */
	}
	if (m[count-1]->g->target->macro)
		out_line(o, "return -1;");
	out_line(o, "}\n");
}

/* emit_cases - one call per target, args ending in the target's part of the blob */
static void
emit_cases(Out *o, Model *const *m, int count, const char *call)
{
	size_t at = 0;

	out_line(o, "switch (best()) {");
	for (int i = 0; i < count; i++) {
		const Target *t = m[i]->g->target;
		if (t->macro)
			out_line(o, "#if defined(%s)", t->macro);
		out_line(o, "case %d:", i);
		out_set(o, "part", at ? "part + %zu" : "part", at);
		out_set(o, "bytes", "%zu", m[i]->weight_floats*sizeof(float));
		out_set(o, "each_check", "%s_check", m[i]->g->name);
		out_set(o, "each_run_with", "%s_run_with", m[i]->g->name);
		out_text(o, call);
		if (t->macro)
			out_line(o, "#endif");
		at += m[i]->weight_floats*sizeof(float);
	}
	out_text(o, "default:\n"
	            "return RC_E_CPU;\n"
	            "}\n"
	            "}\n");
}

static File
emit_dispatcher(const Model *all, Model *const *m, int count)
{
	Out *o = out_new();
	size_t len;
	const char *text;

	emit_names(o, all->g);
	emit_banner(o, all, "c", "chooses the code for the processor it runs on");
	out_text(o, "#include \"$name.h\"\n");
	for (int i = 0; i < count; i++)
		out_line(o, "#include \"%s.h\"", m[i]->g->name);
	emit_choice(o, m, count);
	emit_constants(o, all->g);
	out_text(o, "int\n"
	            "$name_check(const void *weights, size_t len)\n"
	            "{\n"
	            "const char *part = (const char *)weights;\n\n"
	            "if (!weights)\n"
	            "return RC_E_NULL;\n"
	            "if (len != $NAME_WEIGHTS_BYTES)\n"
	            "return RC_E_WEIGHTS_SIZE;\n");
	emit_cases(o, m, count, "return $each_check($part, $bytes);\n");
	out_text(o, "\nint\n"
	            "$name_run_with(const rc_options *options, const void *weights, const $pixel *input, float *output,\n"
	            "void *workspace, size_t workspace_len)\n"
	            "{\n"
	            "const char *part = (const char *)weights;\n\n"
	            "if (!weights)\n"
	            "return RC_E_NULL;\n"
	            "if (workspace_len < $NAME_WORKSPACE_BYTES)\n"
	            "return RC_E_WORKSPACE_SIZE;\n");
	emit_cases(o, m, count, "return $each_run_with(options, $part, input, output, workspace, workspace_len);\n");
	out_text(o, "\nint\n"
	            "$name_run(const void *weights, const $pixel *input, float *output, void *workspace, size_t workspace_len)\n"
	            "{\n"
	            "return $name_run_with(NULL, weights, input, output, workspace, workspace_len);\n"
	            "}\n");
	text = out_string(o, &len);
	return (File){ arena_text("%s.c", all->g->name), text, len };
}

static File
join_blobs(const Model *all, Model *const *m, int count)
{
	size_t at = 0, len = all->weight_floats*sizeof(float);
	char *blob = malloc(len);

	if (!blob)
		fail("out of memory");
	for (int i = 0; i < count; i++) {
		File one = emit_blob(m[i]);
		memcpy(blob + at, one.data, one.len);
		at += one.len;
		free((void *)one.data);
	}
	return (File){ arena_text("%s.weights", all->g->name), blob, len };
}

int
emit_all_targets(Model **m, int count, const char *name, File *files)
{
	Graph g;
	Target t;
	Model all;
	int n = 0;

	qsort(m, (size_t)count, sizeof *m, preference);
	all = whole(m, count, name, &g, &t);
	files[n++] = emit_dispatcher(&all, m, count);
	files[n++] = emit_header(&all);
	files[n++] = join_blobs(&all, m, count);
	for (int i = 0; i < count; i++) {
		m[i]->guarded = true;
		files[n++] = emit_source(m[i]);
		files[n++] = emit_header(m[i]);
	}
	return n;
}
