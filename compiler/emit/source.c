/*
** source.c - NAME.c: banner, functions in the order of first use, the network as a table of steps, NAME_run.
*/
#include <ctype.h>
#include <string.h>

#include "../resnetc.h"

void
emit_banner(Out *o, const Model *m, const char *ext, const char *what)
{
	const Graph *g = m->g;
	int64_t macs = 0;

	for (int i = 0; i < g->count; i++)
		macs += macs_of(g->nodes[i]);
	out_line(o, "/* SPDX-License-Identifier: 0BSD */");
	out_line(o, "/*");
	out_line(o, "** %s.%s - %s", g->name, ext, what);
	out_line(o, "**");
	out_line(o, "** made by resnetc %s; do not edit, change the model and compile it again", VERSION);
	out_line(o, "** command  %s", m->command);
	out_line(o, "** model    sha256 %s", m->model_sha);
	out_line(o, "** weights  sha256 %s", m->weights_sha);
	out_line(o, "** target   %s", g->target->name);
	out_line(o, "** work     %.2f M multiply-adds an image", (double)macs/1e6);
	out_line(o, "** arena    %zu bytes (the results alive at '%s' alone take %zu), weights %zu bytes", g->arena,
	         g->live_at, g->live, m->blob);
	out_line(o, "** This file is yours.");
	out_line(o, "*/");
}

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

static void
emit_function(Out *o, const Function *f)
{
	out_line(o, "%s", "");
	emit_comment(o, f);
	out_line(o, "%s", f->head);
	out_raw(o, arena_text("%s%s", f->name, f->rest));
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

/* operand_text - bytes from the start of where it lives */
static const char *
operand_text(const Step *s, int i)
{
	switch (s->operand[i].home) {
	case Home_arena:  return arena_text("%zu", s->operand[i].at);
	case Home_blob:   return arena_text("RC_W + %zu", s->operand[i].at);
	case Home_caller: return arena_text(s->operand[i].at ? "%s + %zu" : "%s", s->operand[i].output ? "RC_OUT" : "RC_IN", s->operand[i].at);
	default:          die("step of '%s' has an operand that lives nowhere", s->node->name);
	}
}

typedef struct { int name, function, units, rounds; } Columns;

/* widen - a column for one more entry; one much longer than the others does not widen it */
static void
widen(int *column, const char *entry, int most)
{
	int len = (int)strlen(entry);

	if (len > *column && len <= most)
		*column = len;
}

static const char *
layer_text(const Step *s)
{
	return s->last ? arena_text("\"%s\",", s->node->name) : "NULL,";
}

static Columns
columns_of(const Model *m)
{
	Columns c = { 0 };

	for (int i = 0; i < m->nsteps; i++) {
		widen(&c.name, layer_text(&m->steps[i]), 24);
		widen(&c.function, m->steps[i].function->name, 36);
		widen(&c.units, arena_text("%d", m->steps[i].units), 9);
		widen(&c.rounds, arena_text("%d", m->steps[i].rounds), 9);
	}
	return c;
}

static void
emit_row(Out *o, const Step *s, const Columns *c)
{
	const char *at = "", *row;

	for (int i = 0; i < s->noperands; i++)
		at = arena_text("%s%s%s", at, i ? ", " : "", operand_text(s, i));
	row = arena_text("{ %-*s %-*s %*d, %*d,", c->name, layer_text(s), c->function + 1, arena_text("%s,", s->function->name), c->units, s->units,
	                 c->rounds, s->rounds);
	out_line(o, strlen(row) + strlen(at) <= 110 ? "%s { %s } }," : "%s\n\t{ %s } },", row, at);
}

static void
emit_steps(Out *o, const Model *m)
{
	Columns c = columns_of(m);

	out_text(o, "/*\n"
	            "** The network, a step a row: the layer that is done after it, the kernel, units of work in a round, rounds, and\n"
	            "** where its operands lie in bytes: in the workspace, in the weights (RC_W +), in the caller's arrays.\n"
	            "*/\n"
	            "static const rc_step steps[] = {\n");
	for (int i = 0; i < m->nsteps; i++)
		emit_row(o, &m->steps[i], &c);
	out_line(o, "};\n");
}

static void
emit_run(Out *o, const Model *m)
{
	const char *cpu = m->g->target->cpu;

	out_text(o, "int\n"
	            "$name_run_with(const rc_options *options, const void *weights, const $pixel *input, float *output,\n"
	            "\tvoid *workspace, size_t workspace_len)\n"
	            "{\n"
	            "return rc_run(&network, options, weights, input, output, workspace, workspace_len);\n"
	            "}\n\n"
	            "int\n"
	            "$name_run(const void *weights, const $pixel *input, float *output, void *workspace, size_t workspace_len)\n"
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
	if (!m->size_only)
		out_text(o, "\nint\n"
		            "$name_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer)\n"
		            "{\n"
		            "return rc_selftest(&network, weights, workspace, workspace_len, layer);\n"
		            "}\n");
}

void
emit_names(Out *o, const Graph *g)
{
	char *upper = arena_text("%s", g->name);

	for (char *c = upper; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	/* longer names first would not matter: a name ends where letters, digits and _ end */
	static const char *const suffix[] = { "run_with", "run", "check", "selftest", "size", "sizes", "weights", "classes", "mean", "std" };
	static const char *const macro[] = { "BATCH", "INPUT_FLOATS", "OUTPUT_FLOATS", "WORKSPACE_BYTES", "WORKSPACE_ALIGN",
		"WEIGHTS_BYTES", "WEIGHTS_ALIGN", "PLAN_HASH", "MACS", "H", "INPUT_CHANNELS", "INPUT_HEIGHT", "INPUT_WIDTH",
		"INPUT_BYTES", "SELFTEST_BYTES", "OUTPUTS", "SIZES", "WEIGHTS_FILE", "CLASSES" };

	for (size_t i = 0; i < sizeof suffix/sizeof *suffix; i++)
		out_set(o, arena_text("name_%s", suffix[i]), "%s_%s", g->name, suffix[i]);
	for (size_t i = 0; i < sizeof macro/sizeof *macro; i++)
		out_set(o, arena_text("NAME_%s", macro[i]), "%s_%s", upper, macro[i]);
	out_set(o, "name", "%s", g->name);
	out_set(o, "pixel", g->image.u8 ? "unsigned char" : "float");
}

File
emit_source(const Model *m)
{
	const Graph *g = m->g;
	Out *o = out_new();
	size_t len;
	const char *text;

	emit_names(o, g);
	emit_banner(o, m, "c", "a network as shape-specialised C");
	out_set(o, "target", "%s", g->target->name);
	out_text(o, "#include \"$name.h\"\n");
	if (m->guarded && g->target->macro)
		out_line(o, "\n#if defined(%s)", g->target->macro);
	out_text(o, "#include \"rc_simd_$target.h\"\n\n"
	            "RC_TARGET_BEGIN\n");
	for (int i = 0; i < m->functions->count; i++)
		emit_function(o, m->functions->all[i]);
	out_text(o, "\nRC_TARGET_END\n\n");
	emit_steps(o, m);
	emit_network(o, m);
	emit_constants(o, g);
	emit_run(o, m);
	if (m->guarded && g->target->macro)
		out_line(o, "#endif");
	text = out_string(o, &len);
	return (File){ arena_text("%s.c", g->name), text, len };
}
