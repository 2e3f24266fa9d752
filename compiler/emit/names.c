/* names.c - what the files of an artefact begin with, and the names that its API has. */
#include <ctype.h>

#include "emit.h"

void
emit_banner(Out *o, const Model *m, const char *ending, const char *what)
{
	const Graph *g = m->g;
	int64_t macs = 0;

	for (int i = 0; i < g->count; i++)
		macs += macs_of(g->nodes[i]);
	out_line(o, "/* SPDX-License-Identifier: 0BSD */");
	out_line(o, "/*");
	out_line(o, "** %s%s - %s", g->name, ending, what);
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

const char *
upper_of(const char *name)
{
	char *upper = arena_text("%s", name);

	for (char *c = upper; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return upper;
}

void
emit_names(Out *o, const Graph *g)
{
	const char *upper = upper_of(g->name);

	/* longer names first would not matter: a name ends where letters, digits and _ end */
	static const char *const suffix[] = { "run_with", "run", "check", "selftest", "size", "sizes", "weights", "classes",
		"mean", "std" };
	static const char *const macro[] = { "BATCH", "INPUT_FLOATS", "OUTPUT_FLOATS", "WORKSPACE_BYTES", "WORKSPACE_ALIGN",
		"WEIGHTS_BYTES", "WEIGHTS_ALIGN", "PLAN_HASH", "MACS", "H", "INPUT_CHANNELS", "INPUT_HEIGHT", "INPUT_WIDTH",
		"INPUT_BYTES", "OUTPUT_BYTES", "SELFTEST_BYTES", "STACK_BYTES", "OUTPUTS", "SIZES", "WEIGHTS_FILE", "CLASSES", "CROP",
		"RESIZE", "IMAGE", "IMAGE_SCRATCH" };

	for (size_t i = 0; i < sizeof suffix/sizeof *suffix; i++)
		out_set(o, arena_text("name_%s", suffix[i]), "%s_%s", g->name, suffix[i]);
	for (size_t i = 0; i < sizeof macro/sizeof *macro; i++)
		out_set(o, arena_text("NAME_%s", macro[i]), "%s_%s", upper, macro[i]);
	out_set(o, "name", "%s", g->name);
	out_set(o, "result", "%s", dtype_rows[output_dtype(g)].c);
	out_set(o, "pixel", g->image.u8 ? "unsigned char" : "float");
}
