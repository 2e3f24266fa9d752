/*
** source.c - NAME.c: banner, functions in the order of first use, the network as a table of steps, NAME_run.
*/
#include <ctype.h>
#include <string.h>

#include "emit.h"

/* emit_comment - whom a function serves, and what it computes */
static void
emit_comment(Out *o, const Function *f)
{
	size_t len = strlen(f->comment);

	if (!f->nusers && !len)
		return;
	if (!f->nusers && strchr(f->comment, '\n') == f->comment + len - 1) {
		out_raw(o, arena_text("/* %.*s */\n", (int)len - 4, f->comment + 3));
		return;
	}
	out_line(o, "/*");
	for (int i = 0; i < f->nusers && i < 8; i++)
		out_line(o, "** %s%s", f->users[i], i == 7 && f->nusers > 8 ? arena_text(", and %d more", f->nusers - 8) : "");
	if (f->nusers)
		out_line(o, "**");
	out_raw(o, f->comment);
	out_line(o, "*/");
}

/* heading - the name and the parameters, in as few lines as they need; *body is what follows them */
static const char *
heading(const Function *f, const char **body)
{
	enum { Columns = 110, Tab = 8 };
	size_t column = strlen(f->name);
	const char *s = f->name, *at = f->rest;

	for (*body = strstr(at, "\n{"); at < *body; at += strspn(at, " \t\n")) {
		size_t len = strcspn(at, ",") < (size_t)(*body - at) ? strcspn(at, ",") + 1 : (size_t)(*body - at);
		bool first = at == f->rest, fits = first || column + 1 + len <= Columns;
		s = arena_text("%s%s%.*s", s, first ? "" : fits ? " " : "\n\t", (int)len, at);
		column = fits ? column + !first + len : Tab + len;
		at += len;
	}
	return s;
}

static void
emit_function(Out *o, const Function *f)
{
	const char *body, *name = heading(f, &body);

	out_line(o, "%s", "");
	emit_comment(o, f);
	out_line(o, "%s", f->head);
	out_raw(o, arena_text("%s%s", name, body));
}

const char *
function_text(const Function *f)
{
	Out *o = out_new();

	emit_function(o, f);
	return out_string(o, NULL);
}

/* calls - does the text of f name g */
static bool
calls(const Function *f, const Function *g)
{
	size_t len = strlen(g->name);

	for (const char *at = strstr(f->rest, g->name); at; at = strstr(at + 1, g->name))
		if (!isalnum((unsigned char)at[-1]) && at[-1] != '_' && at[len] == '(')
			return true;
	return false;
}

const char *
function_source(const Model *m, const Function *f)
{
	int count = m->functions->count;
	bool *in = arena_new((size_t)count*sizeof *in);
	Out *o = out_new();

	/* a function is defined before those that call it */
	for (int i = count - 1; i >= 0; i--) {
		in[i] = m->functions->all[i] == f;
		for (int k = i + 1; k < count && !in[i]; k++)
			in[i] = in[k] && calls(m->functions->all[k], m->functions->all[i]);
	}
	for (int i = 0; i < count; i++)
		if (in[i])
			emit_function(o, m->functions->all[i]);
	return out_string(o, NULL);
}

static void
emit_run(Out *o, const Model *m)
{
	const char *cpu = m->g->target->cpu;

	out_text(o, "int\n"
	            "$name_run_with(const rc_options *options, const void *weights, const $pixel *input, $result *output,\n"
	            "\tvoid *workspace, size_t workspace_len)\n"
	            "{\n"
	            "return rc_run(&network, options, weights, input, output, workspace, workspace_len);\n"
	            "}\n\n"
	            "int\n"
	            "$name_run(const void *weights, const $pixel *input, $result *output, void *workspace, "
	            "size_t workspace_len)\n"
	            "{\n"
	            "return rc_run(&network, NULL, weights, input, output, workspace, workspace_len);\n"
	            "}\n\n"
	            "int\n"
	            "$name_check(const void *weights, size_t len)\n"
	            "{\n");
	if (cpu) {
		out_line(o, "if (!(%s))", cpu);
		out_line(o, "return RC_E_CPU;");
	}
	out_text(o, "return rc_check_blob(&network, weights, len);\n"
	            "}\n");
	out_text(o, "\nint\n"
	            "$name_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer)\n"
	            "{\n");
	if (m->g->target->bare)
		out_text(o, "rc_network tested = network;\n\n"
		            "tested.tensors = tensors;\ntested.layers = layers;\ntested.reads = reads;\n"
		            "return rc_selftest(&tested, weights, workspace, workspace_len, layer);\n");
	else
		out_text(o, "return rc_selftest(&network, weights, workspace, workspace_len, layer);\n");
	out_text(o, "}\n");
}

File
emit_source(const Model *m)
{
	const Graph *g = m->g;
	Out *o = out_new();
	size_t len;
	const char *text;

	emit_names(o, g);
	emit_banner(o, m, ".c", "a network as shape-specialised C");
	out_set(o, "simd", "%s", g->target->simd);
	out_text(o, m->part ? "#include \"rc.h\"\n" : "#include \"$name.h\"\n");
	if (m->part && g->target->macro)
		out_line(o, "\n#if defined(%s)", g->target->macro);
	out_text(o, "#include \"$simd\"\n\n"
	            "RC_TARGET_BEGIN\n");
	for (int i = 0; i < m->functions->count; i++)
		emit_function(o, m->functions->all[i]);
	out_text(o, "\nRC_TARGET_END\n\n");
	emit_network(o, m);
	if (!m->part) {
		emit_constants(o, g);
		emit_run(o, m);
	}
	if (m->part && g->target->macro)
		out_line(o, "#endif");
	text = out_string(o, &len);
	return (File){ arena_text("%s.c", g->name), text, len };
}
