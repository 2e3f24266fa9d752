/*
** dispatch.c - several targets and several input sizes in one artefact: a file with a network's tables for each, and
** NAME.c that asks the processor which target to use and has one function a size. The blob holds the targets' parts
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
emit_wanted(Out *o)
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
	            "}\n");
}

/* guard - open: what follows is for the architecture of t alone; or that ends */
static void
guard(Out *o, const Target *t, bool open)
{
	if (t->macro && open)
		out_line(o, "#if defined(%s)", t->macro);
	else if (t->macro)
		out_line(o, "#endif");
}

/* emit_networks - where the tables are */
static void
emit_networks(Out *o, const Artefact *a)
{
	out_text(o, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
	for (int t = 0; t < a->targets; t++) {
		guard(o, a->parts[t*a->sizes]->g->target, true);
		for (int s = 0; s < a->sizes; s++)
			out_line(o, "extern const rc_network %s_network;", a->parts[t*a->sizes + s]->g->name);
		guard(o, a->parts[t*a->sizes]->g->target, false);
	}
	out_text(o, "#ifdef __cplusplus\n}\n#endif\n");
}

/* emit_choice - the network for a size on this processor */
static void
emit_choice(Out *o, const Artefact *a)
{
	size_t at = 0;

	emit_wanted(o);
	out_text(o, "\n/* The network of a size for this processor, of all targets or those of this name; part: "
	            "where its weights start. NULL: none. */\n"
	            "static const rc_network *\n"
	            "best(int size, const char *want, size_t *part)\n"
	            "{\n");
	for (int i = 0; i < a->targets; i++) {
		const Target *t = a->parts[i*a->sizes]->g->target;
		const char *list = "";
		for (int s = 0; s < a->sizes; s++)
			list = arena_text("%s%s&%s_network", list, s ? ", " : "", a->parts[i*a->sizes + s]->g->name);
		guard(o, t, true);
		out_line(o, "if (wanted(want, \"%s\")%s%s) {", t->name, t->cpu ? " && " : "", t->cpu ? t->cpu : "");
		out_line(o, "static const rc_network *const %s[] = { %s };", t->id, list);
		out_line(o, "*part = %zu;", at);
		out_line(o, "return %s[size];", t->id);
		out_line(o, "}");
		guard(o, t, false);
		at += a->parts[i*a->sizes]->blob;
	}
	out_text(o, "(void)size;\n"
	            "(void)part;\n"
	            "return NULL;\n"
	            "}\n\n"
	            "static int\n"
	            "run(int size, const rc_options *options, const void *weights, const void *input, void *output,\n"
	            "\tvoid *workspace, size_t workspace_len)\n"
	            "{\n"
	            "size_t part;\n"
	            "const rc_network *net = best(size, "
	            "options && options->struct_size == sizeof *options ? options->target : NULL, &part);\n\n"
	            "if (!weights)\n"
	            "return RC_E_NULL;\n"
	            "if (!net)\n"
	            "return RC_E_CPU;\n"
	            "return rc_run(net, options, (const char *)weights + part, input, output, workspace, workspace_len);\n"
	            "}\n");
}

/* emit_size - NAME_run_with and NAME_run for one size, with suffix "" or "_HxW" */
static void
emit_size(Out *o, int size, const char *suffix)
{
	out_set(o, "suffix", "%s", suffix);
	out_set(o, "size", "%d", size);
	out_text(o, "\nint\n"
	            "$name_run_with$suffix(const rc_options *options, const void *weights, const $pixel *input, "
	            "$result *output,\n"
	            "\tvoid *workspace, size_t workspace_len)\n"
	            "{\n");
	if (!*suffix)
		out_text(o, "if (workspace_len < $NAME_WORKSPACE_BYTES)\n"
		            "return weights ? RC_E_WORKSPACE_SIZE : RC_E_NULL;\n");
	out_text(o, "return run($size, options, weights, input, output, workspace, workspace_len);\n"
	            "}\n"
	            "\nint\n"
	            "$name_run$suffix(const void *weights, const $pixel *input, $result *output, void *workspace, "
	            "size_t workspace_len)\n"
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
		out_line(o, "{ %d, %d, %zu, %zu, %zu, %s_run_%s, %s_run_with_%s }%s", in.h, in.w, count_of(in), outputs_of(m->g),
		         workspace_of(a, s), a->name, size_name(m), a->name, size_name(m), s + 1 < a->sizes ? "," : "");
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
	emit_banner(o, all, ".c", a->sizes == 1 ? "chooses the code for the processor it runs on" :
	            "chooses the code for processor and input size");
	out_text(o, "#include \"$name.h\"\n");
	emit_networks(o, a);
	emit_choice(o, a);
	emit_constants(o, all->g);
	out_text(o, "\nint\n"
	            "$name_check(const void *weights, size_t len)\n"
	            "{\n"
	            "size_t part;\n"
	            "const rc_network *net = best(0, NULL, &part);\n\n"
	            "if (!weights)\n"
	            "return RC_E_NULL;\n"
	            "if (len != $NAME_WEIGHTS_BYTES)\n"
	            "return RC_E_WEIGHTS_SIZE;\n"
	            "return net ? rc_check_blob(net, (const char *)weights + part, net->weights) : RC_E_CPU;\n"
	            "}\n"
	            "\nint\n"
	            "$name_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer)\n"
	            "{\n"
	            "size_t part;\n"
	            "const rc_network *net = best(0, NULL, &part);\n\n"
	            "if (!weights)\n"
	            "return RC_E_NULL;\n"
	            "return net ? rc_selftest(net, (const char *)weights + part, workspace, workspace_len, layer) : "
	            "RC_E_CPU;\n"
	            "}\n");
	emit_size(o, 0, "");
	for (int s = 0; a->sizes > 1 && s < a->sizes; s++)
		emit_size(o, s, arena_text("_%s", size_name(a->parts[s])));
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
	char *blob = want_memory(malloc(len));

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
			if (g->count != first->count || strcmp(g->nodes[i]->name, first->nodes[i]->name) ||
			    !packed_alike(g->nodes[i], first->nodes[i]))
				fail_at(first->nodes[i], "want the same weights at all input sizes, got others at %s than at %s", size_name(m[s]),
				        size_name(m[0]));
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
		a->parts[i]->part = true;
		files[n++] = emit_source(a->parts[i]);
	}
	return n;
}
