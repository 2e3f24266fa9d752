/*
** dispatch.c - several targets and several input sizes in one artefact: a pair of files for each, and NAME.c
** that asks the processor which target to use and has one function a size. The blob holds the targets' parts
** one after the other; all sizes of a target share its part. Only the part that is used is ever touched,
** so a mapped blob costs no more memory than one target's.
*/
#include <stdlib.h>
#include <string.h>

#include "../../runtime/rc.h"
#include "emit.h"

/* whole - what NAME.h tells: the first size, the largest workspace, all weights, a hash of all plans */
static Model
whole(const Artefact *a, Graph *g, Target *t)
{
	Model all = *a->parts[0];
	uint64_t hashes[NTargets];

	*g = *a->parts[0]->g;
	*t = *g->target;
	g->name = a->name;
	g->target = t;
	all.g = g;
	all.artefact = a;
	all.blob = 0;
	t->name = "";
	for (int i = 0; i < a->targets; i++) {
		const Model *first = a->parts[i*a->sizes];
		t->name = arena_text("%s%s%s", t->name, i ? "," : "", first->g->target->name);
		all.blob += first->blob;
		hashes[i] = first->plan_hash;
		for (int s = 0; s < a->sizes; s++)
			if (a->parts[i*a->sizes + s]->g->arena > g->arena)
				g->arena = a->parts[i*a->sizes + s]->g->arena;
	}
	all.plan_hash = rc_hash(hashes, (size_t)a->targets*sizeof *hashes);
	return all;
}

static void
emit_choice(Out *o, const Artefact *a)
{
	out_text(o, "\n/* Is this target wanted? NULL wants any. */\n"
	            "static int\n"
	            "wanted(const char *want, const char *target)\n"
	            "{\n"
	            "if (!want)\n"
	            "return 1;\n"
	            "for (; *want && *want == *target; want++)\n"
	            "target++;\n"
	            "return *want == *target;\n"
	            "}\n\n"
	            "/* Which of the targets this processor runs best, of all or of those of this name; -1: none. */\n"
	            "static int\n"
	            "best(const char *want)\n"
	            "{\n");
	for (int i = 0; i < a->targets; i++) {
		const Target *t = a->parts[i*a->sizes]->g->target;
		if (t->macro)
			out_line(o, "#if defined(%s)", t->macro);
		out_line(o, "if (wanted(want, \"%s\")%s%s)", t->name, t->cpu ? " && " : "", t->cpu ? t->cpu : "");
		out_line(o, "return %d;", i);
		if (t->macro)
			out_line(o, "#endif");
	}
	out_line(o, "return -1;");
	out_line(o, "}\n");
}

/* emit_cases - one call per target, args ending in the target's part of the blob */
static void
emit_cases(Out *o, const Artefact *a, int size, const char *want, const char *call)
{
	size_t at = 0;

	out_line(o, "switch (best(%s)) {", want);
	for (int i = 0; i < a->targets; i++) {
		const Model *m = a->parts[i*a->sizes + size];
		const Target *t = m->g->target;
		if (t->macro)
			out_line(o, "#if defined(%s)", t->macro);
		out_line(o, "case %d:", i);
		out_set(o, "part", at ? "part + %zu" : "part", at);
		out_set(o, "bytes", "%zu", m->blob);
		out_set(o, "each_check", "%s_check", m->g->name);
		out_set(o, "each_selftest", "%s_selftest", m->g->name);
		out_set(o, "each_run_with", "%s_run_with", m->g->name);
		out_text(o, call);
		if (t->macro)
			out_line(o, "#endif");
		at += m->blob;
	}
	out_text(o, "default:\n"
	            "return RC_E_CPU;\n"
	            "}\n"
	            "}\n");
}

/* emit_size - NAME_run_with and NAME_run for one size, with suffix "" or "_HxW" */
static void
emit_size(Out *o, const Artefact *a, int size, const char *suffix)
{
	out_set(o, "suffix", "%s", suffix);
	out_set(o, "need", "%s", *suffix ? arena_text("WORKSPACE_BYTES%s", suffix) : "WORKSPACE_BYTES");
	out_text(o, "\nint\n"
	            "$name_run_with$suffix(const rc_options *options, const void *weights, const $pixel *input, float *output,\n"
	            "void *workspace, size_t workspace_len)\n"
	            "{\n"
	            "const char *part = (const char *)weights;\n\n"
	            "if (!weights)\n"
	            "return RC_E_NULL;\n");
	if (!*suffix)
		out_text(o, "if (workspace_len < $NAME_WORKSPACE_BYTES)\n"
		            "return RC_E_WORKSPACE_SIZE;\n");
	emit_cases(o, a, size, "options && options->struct_size == sizeof *options ? options->target : NULL", "return $each_run_with(options, $part, input, output, workspace, workspace_len);\n");
	out_text(o, "\nint\n"
	            "$name_run$suffix(const void *weights, const $pixel *input, float *output, void *workspace, size_t workspace_len)\n"
	            "{\n"
	            "return $name_run_with$suffix(NULL, weights, input, output, workspace, workspace_len);\n"
	            "}\n");
}

/* emit_table - the sizes, to pick one at run time */
static void
emit_table(Out *o, const Artefact *a)
{
	out_text(o, "\nconst $name_size $name_sizes[$NAME_SIZES] = {\n");
	for (int s = 0; s < a->sizes; s++) {
		const Model *m = a->parts[s];
		Shape in = m->g->nodes[0]->out->shape;
		out_line(o, "{ %d, %d, %zu, %zu, %zu, %s_run_%s, %s_run_with_%s }%s", in.h, in.w, count_of(in), outputs_of(m->g), workspace_of(a, s),
		         a->name, size_name(m), a->name, size_name(m), s + 1 < a->sizes ? "," : "");
	}
	out_line(o, "};");
}

static File
emit_dispatcher(const Model *all)
{
	const Artefact *a = all->artefact;
	Out *o = out_new();
	size_t len;
	const char *text;

	emit_names(o, all->g);
	emit_banner(o, all, "c", a->sizes == 1 ? "chooses the code for the processor it runs on" : "chooses the code for processor and input size");
	out_text(o, "#include \"$name.h\"\n");
	for (int i = 0; i < a->targets*a->sizes; i++)
		out_line(o, "#include \"%s.h\"", a->parts[i]->g->name);
	emit_choice(o, a);
	emit_constants(o, all->g);
	out_text(o, "int\n"
	            "$name_check(const void *weights, size_t len)\n"
	            "{\n"
	            "const char *part = (const char *)weights;\n\n"
	            "if (!weights)\n"
	            "return RC_E_NULL;\n"
	            "if (len != $NAME_WEIGHTS_BYTES)\n"
	            "return RC_E_WEIGHTS_SIZE;\n");
	emit_cases(o, a, 0, "NULL", "return $each_check($part, $bytes);\n");
	out_text(o, "\nint\n"
	            "$name_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer)\n"
	            "{\n"
	            "const char *part = (const char *)weights;\n\n"
	            "if (!weights)\n"
	            "return RC_E_NULL;\n");
	emit_cases(o, a, 0, "NULL", "return $each_selftest($part, workspace, workspace_len, layer);\n");
	emit_size(o, a, 0, "");
	for (int s = 0; a->sizes > 1 && s < a->sizes; s++)
		emit_size(o, a, s, arena_text("_%s", size_name(a->parts[s])));
	if (a->sizes > 1)
		emit_table(o, a);
	text = out_string(o, &len);
	return (File){ arena_text("%s.c", all->g->name), text, len };
}

static File
join_blobs(const Model *all)
{
	const Artefact *a = all->artefact;
	size_t at = 0, len = all->blob;
	char *blob = malloc(len);

	if (!blob)
		fail("out of memory");
	for (int i = 0; i < a->targets; i++) {
		File one = emit_blob(a->parts[i*a->sizes]);
		memcpy(blob + at, one.data, one.len);
		at += one.len;
		free((void *)one.data);
	}
	return (File){ arena_text("%s.weights", all->g->name), blob, len };
}

static bool
packed_alike(const Node *a, const Node *b)
{
	for (int i = 0; i < a->npacked; i++)
		if (a->packed[i].at != b->packed[i].at || a->packed[i].bytes != b->packed[i].bytes)
			return false;
	return a->npacked == b->npacked;
}

/* share_blob - all sizes of a target must want the same weights in the same places; they then have one hash */
static void
share_blob(const Artefact *a, int target)
{
	Model **m = a->parts + target*a->sizes;
	uint64_t hashes[NSizes];

	for (int s = 0; s < a->sizes; s++) {
		const Graph *g = m[s]->g, *first = m[0]->g;
		hashes[s] = m[s]->plan_hash;
		for (int i = 0; i < first->count; i++)
			if (g->count != first->count || strcmp(g->nodes[i]->name, first->nodes[i]->name) || !packed_alike(g->nodes[i], first->nodes[i]))
				fail_at(first->nodes[i], "want the same weights at all input sizes, got others at %s than at %s", size_name(m[s]), size_name(m[0]));
		if (m[s]->blob != m[0]->blob)
			die("blobs of %s and %s differ", size_name(m[s]), size_name(m[0]));
	}
	hashes[0] = rc_hash(hashes, (size_t)a->sizes*sizeof *hashes);
	for (int s = 0; s < a->sizes; s++)
		m[s]->plan_hash = hashes[0];
}

int
emit_artefact(const Artefact *a, File *files)
{
	Graph g;
	Target t;
	Model all;
	int n = 0;

	for (int i = 0; a->sizes > 1 && i < a->targets; i++)
		share_blob(a, i);
	all = whole(a, &g, &t);
	files[n++] = emit_dispatcher(&all);
	files[n++] = emit_header(&all);
	files[n++] = join_blobs(&all);
	if (all.embed)
		files[n++] = emit_embedded(&all, &files[2]);
	for (int i = 0; i < a->targets*a->sizes; i++) {
		a->parts[i]->embed = NULL;
		a->parts[i]->guarded = a->targets > 1;
		a->parts[i]->size_only = i%a->sizes > 0;
		files[n++] = emit_source(a->parts[i]);
		files[n++] = emit_header(a->parts[i]);
	}
	return n;
}
