/*
** source.c - NAME.c: banner, kernels in the order of first use, where weights and results lie, and
** NAME_run with one line per layer.
*/
#include <ctype.h>
#include <string.h>

#include "../resnetc.h"

/* ident - a node's name as part of a C identifier; the id keeps "a.b" and "a_b" apart */
static const char *
ident(const Node *n)
{
	char *s = arena_text("%s", n->name);
	const Graph *g = n->g;
	bool twin = false;

	for (char *c = s; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	for (int i = 0; i < g->count && !twin; i++) {
		const char *a = g->nodes[i]->name, *b = s;
		if (g->nodes[i] == n)
			continue;
		while (*a && *b && (*a == *b || (!isalnum((unsigned char)*a) && *b == '_')))
			a++, b++;
		twin = !*a && !*b;
	}
	return twin ? arena_text("%s_%d", s, n->id) : s;
}

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
	out_line(o, "** arena    %zu bytes (the results alive at '%s' alone take %zu), weights %zu bytes", g->arena*sizeof(float),
	         g->live_at, g->live*sizeof(float), m->weight_floats*sizeof(float));
	out_line(o, "** This file is yours.");
	out_line(o, "*/");
}

static void
emit_offsets(Out *o, const Model *m)
{
	const Graph *g = m->g;

	out_line(o, "/* Weights, in floats from the start of the blob: W_ in the order the kernel reads them, B_ per channel. */");
	out_line(o, "enum {");
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		Kernel k = kernel_of(n, 0);
		if (!k.family->weights)
			continue;
		out_line(o, "W_%s = %zu,", ident(n), n->w_at);
		if (k.family->biases(&k))
			out_line(o, "B_%s = %zu,", ident(n), n->b_at);
	}
	out_line(o, "W_end = %zu", m->weight_floats);
	out_line(o, "};\n");
	out_line(o, "/* Results, in floats from the start of the workspace. */");
	out_line(o, "enum {");
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		int last = i;
		for (int j = i + 1; j < g->count; j++)
			for (int x = 0; x < g->nodes[j]->nin; x++)
				if (g->nodes[j]->in[x] == n)
					last = j;
		out_line(o, "%-32s /* %7zu floats, %s%s%s */", arena_text("M_%s = %zu,", ident(n), n->at), layout_floats(&n->lay, n->shape),
		         is_output(n) ? "returned" : arena_text("last read by %s", g->nodes[last]->name), n->over ? ", over " : "",
		         n->over ? n->over->name : "");
	}
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		Kernel k = kernel_of(n, 0);
		if (n->family->phases)
			out_line(o, "%-32s /* %7zu floats, between the phases of %s */", arena_text("S_%s = %zu,", ident(n), n->scratch_at),
			         n->family->phases(&k).scratch, n->name);
	}
	out_line(o, "M_end = %zu", g->arena);
	out_line(o, "};\n");
}

static bool
covers(const Node *n)
{
	return n->shape.c%n->lay.cb == 0 && n->op != O_pad;
}

/* emit_clear - the zeros around and beside the result that its kernel does not write */
static void
emit_clear(Out *o, const Node *n)
{
	Sides h = n->lay.halo;
	bool halo = h.t || h.l || h.b || h.r;

	if (n->over)
		return;                      /* the memory it takes over has them already */
	if (n->family == &family_copy && !covers(n)) {
		out_line(o, "rc_clear(m + M_%s, %zu);", ident(n), layout_floats(&n->lay, n->shape));
		return;
	}
	if (halo)
		out_line(o, "rc_clear_halo(m + M_%s, %d, %d, %d, %d, %d, %d, %d, %d);", ident(n),
		         n->shape.n*ceil_div(n->shape.c, n->lay.cb), n->shape.h, n->shape.w, n->lay.cb, h.t, h.l, h.b, h.r);
}

static void
emit_step(Out *o, const Model *m, const Node *n, int part)
{
	Kernel k = kernel_of(n, part);
	const Function *f = function_of(m, &k);
	const char *x = n->nin ? arena_text("m + M_%s", ident(n->in[part])) :
		n->g->image.u8 ? "(const float *)(const void *)input" : "input";
	const char *w = k.family->weights ? arena_text("w + W_%s", ident(n)) : "w";
	const char *b = k.family->biases && k.family->biases(&k) ? arena_text("w + B_%s", ident(n)) : "w";
	const char *z = k.skip ? arena_text("m + M_%s", ident(n->in[1])) : "m";

	if (k.family->phases) {
		const char *in = f->phases.bands > 1 ? arena_text("i*%d, (i + 1)*%d", f->phases.units, f->phases.units) : arena_text("0, %d", f->phases.units);
		const char *out = f->phases.bands > 1 ? arena_text("i*%d, (i + 1)*%d", f->units, f->units) : arena_text("0, %d", f->units);
		if (f->phases.bands > 1)
			out_line(o, "for (int i = 0; i < %d; i++) {", f->phases.bands);
		out_line(o, "rc_share(options, %s_in, %s, %s, w, w, m, m + S_%s);", f->name, in, x, ident(n));
		out_line(o, "rc_share(options, %s, %s, m + S_%s, %s, %s, %s, m + M_%s);", f->name, out, ident(n), w, b, z, ident(n));
		if (f->phases.bands > 1)
			out_line(o, "}");
		out_line(o, "rc_layer(options, %d, \"%s\");", n->id, n->name);
		return;
	}
	out_line(o, "rc_step(options, %d, \"%s\", %s, %d,", n->id, n->name, f->name, f->units);
	out_line(o, "\t%s, %s, %s, %s, m + M_%s);", x, w, b, z, ident(n));
}

static void
emit_run(Out *o, const Model *m)
{
	const Graph *g = m->g;
	size_t at = 0;

	out_text(o, "int\n"
	            "$name_run_with(const rc_options *options, const void *weights, const $pixel *input, float *output,\n"
	            "\tvoid *workspace, size_t workspace_len)\n"
	            "{\n"
	            "const float *w = (const float *)weights;\n"
	            "float *m = (float *)workspace;\n");
	if (!m->size_only)
		out_raw(o, "#if defined(RC_CHECKED)\n\trc_checked checked;\n\trc_options watched;\n#endif\n");
	out_text(o,
	            "int status = rc_ready(options, weights, $NAME_PLAN_HASH, input, output, workspace, workspace_len,\n"
	            "\t$NAME_WORKSPACE_BYTES);\n\n"
	            "if (status != RC_OK)\n"
	            "\treturn status;\n");
	if (!m->size_only)
		out_raw(o, arena_text("#if defined(RC_CHECKED)\n"
			"\tstatus = rc_checked_start(&checked, &watched, options, layer_results, layers, weights, %zu,\n"
			"\t\tinput, %zu, output, %zu, workspace, %zu);\n"
			"\tif (status != RC_OK)\n"
			"\t\treturn status;\n"
			"\toptions = &watched;\n"
			"#endif\n", m->weight_floats*sizeof(float), count_of(g->nodes[0]->shape)*(g->image.u8 ? 1 : sizeof(float)),
			outputs_of(g)*sizeof(float), g->arena*sizeof(float)));
	out_line(o, "%s", "");
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		emit_clear(o, n);
		for (int part = 0; part < parts_of(n); part++)
			emit_step(o, m, n, part);
	}
	for (int i = 0; i < g->noutputs; i++) {
		const Node *n = g->outputs[i];
		Kernel k = store_kernel(n);
		const Function *f = function_of(m, &k);
		out_line(o, "%s(m + M_%s, w, w, m, output%s, 0, %d);", f->name, ident(n), at ? arena_text(" + %zu", at) : "", f->units);
		at += count_of(n->shape);
	}
	if (!m->size_only)
		out_raw(o, "#if defined(RC_CHECKED)\n\tstatus = checked.status;\n#endif\n");
	out_text(o, "return status;\n"
	            "}\n\n"
	            "int\n"
	            "$name_run(const void *weights, const $pixel *input, float *output, void *workspace, size_t workspace_len)\n"
	            "{\n"
	            "return $name_run_with(NULL, weights, input, output, workspace, workspace_len);\n"
	            "}\n\n"
	            "int\n"
	            "$name_check(const void *weights, size_t len)\n"
	            "{\n");
	if (g->target->cpu) {
		out_line(o, "if (!(%s))", g->target->cpu);
		out_line(o, "return RC_E_CPU;");
	}
	out_text(o, "return rc_check_blob(weights, len, $NAME_WEIGHTS_BYTES, $NAME_PLAN_HASH);\n"
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
	for (int i = 0; i < m->nfunctions; i++)
		out_raw(o, arena_text("\n%s", m->functions[i].text));
	out_text(o, "\nRC_TARGET_END\n\n");
	emit_offsets(o, m);
	emit_constants(o, g);
	if (!m->size_only)
		emit_checks(o, m);
	emit_run(o, m);
	if (!m->size_only)
		emit_selftest(o, m);
	if (m->guarded && g->target->macro)
		out_line(o, "#endif");
	text = out_string(o, &len);
	return (File){ arena_text("%s.c", g->name), text, len };
}
