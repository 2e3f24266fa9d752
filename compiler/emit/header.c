/*
** header.c - NAME.h: sizes as macros, three functions, and in words what goes in and comes out.
*/
#include <stdlib.h>
#include <string.h>

#include "../../runtime/rc_image.h"
#include "../ident.h"
#include "../image/image.h"
#include "emit.h"

/* emit_promises - of the families the network uses, each once */
static void
emit_promises(Out *o, const Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		const Family *f = g->nodes[i]->family;
		bool told = !f->promise;
		for (int k = 0; k < i; k++)
			told = told || g->nodes[k]->family == f;
		if (!told)
			out_raw(o, f->promise);
	}
}

static void
emit_meaning(Out *o, const Graph *g, const Node *in)
{
	Shape s = in->out->shape;

	out_line(o, "/*");
	const Image *im = &g->image;
	const char *order = s.c != 3 ? "" : im->bgr ? ", channels in the order B, G, R" : ", channels in the order R, G, B";

	if (im->hwc)
		out_line(o, "** input   %d x %d x %d x %d %s, NHWC, images first%s", s.n, s.h, s.w, s.c, im->u8 ? "bytes" : "floats",
		         order);
	else
		out_line(o, "** input   %d x %d x %d x %d %s, NCHW, images first%s", s.n, s.c, s.h, s.w, im->u8 ? "bytes" : "floats",
		         order);
	if (im->normalize)
		out_line(o, "**         pixels 0 to 255; the code itself applies (%.6g*pixel - mean)/std", im->scale);
	else if (has_adapter(g) && s.c <= 4)
		out_line(o, "**         (%.6g*pixel - mean)/std for pixels 0 to 255", im->scale);
	else if (s.c == 3)
		out_line(o, "**         %.6g*pixel for pixels 0 to 255", im->scale);
	if (has_adapter(g) && s.c <= 4) {
		if (s.c == 3 && im->bgr != im->swap)
			out_line(o, "**         mean and std in the network's order B, G, R");
		out_line(o, "**         mean %s", commas(g->image.mean, s.c, "%.6g"));
		out_line(o, "**         std  %s", commas(g->image.std, s.c, "%.6g"));
	}
	for (int i = 0; i < g->noutputs; i++) {
		Shape y = g->outputs[i]->shape;
		out_line(o, "** output  '%s': %d x %d x %d x %d %s, NCHW%s", *g->output_names[i] ? g->output_names[i] :
		         g->outputs[i]->node->name, y.n, y.c, y.h, y.w, dtype_rows[output_dtype(g)].words,
		         g->noutputs > 1 ? "; outputs follow each other" : "");
		if (output_dtype(g) == DT_u8)
			out_line(o, "**         each stands for %.9g*(byte - %d)", (double)(float)step_of(g->outputs[i]),
			         zero_of(g->outputs[i], 0));
		if (g->outputs[i]->dtype == DT_i32)
			out_line(o, "**         whole numbers: the positions of the largest");
	}
	out_line(o, "**");
	out_line(o, "** Same bits for any number of threads and any workspace address.");
	out_line(o, "** ReLU and max pooling keep NaN; multiply-adds are fused (rounded once) on every target but scalar.");
	emit_promises(o, g);
	out_line(o, "** Input and output may lie at any float address and may be the same memory.");
	out_line(o, "*/");
}

/* short_float - as few digits as read back to the same float */
static const char *
short_float(float v)
{
	const char *s;
	int digits = 5;

	do
		s = arena_text("%.*g", ++digits, (double)v);
	while (digits < 9 && strtof(s, NULL) != v);
	return arena_text("%s%sf", s, strpbrk(s, ".e") ? "" : ".0");
}

static const char *
four_floats(const float *v)
{
	return arena_text("{ %s, %s, %s, %s }", short_float(v[0]), short_float(v[1]), short_float(v[2]), short_float(v[3]));
}

static const char *
flags_text(int flags)
{
	static const struct { int flag; const char *name; } names[] = {
		{ RC_IMAGE_REVERSED, "RC_IMAGE_REVERSED" }, { RC_IMAGE_HWC, "RC_IMAGE_HWC" }, { RC_IMAGE_BYTES, "RC_IMAGE_BYTES" },
	};
	const char *s = "";

	for (size_t i = 0; i < sizeof names/sizeof *names; i++)
		if (flags & names[i].flag)
			s = arena_text("%s%s%s", s, *s ? " | " : "", names[i].name);
	return *s ? s : "0";
}

/* emit_recipe - how a picture becomes the input, for rc_image.h; suffix: of one of several input sizes */
static void
emit_recipe(Out *o, const Graph *g, const char *name, const char *suffix)
{
	rc_image how = image_recipe(g);

	out_line(o, "#define %s_RESIZE%s %d", name, suffix, how.resize);
	if (how.channels > 4)
		return;
	out_line(o, "#define %s_IMAGE%s { %d, %d, %d, %d, RC_BILINEAR, %s, %s, \\", name, suffix, how.channels, how.height,
	         how.width, how.resize, flags_text(how.flags), short_float(how.scale));
	out_line(o, "\t%s, %s }", four_floats(how.mean), four_floats(how.std));
	out_line(o, "#define %s_IMAGE_SCRATCH%s(h, w) RC_IMAGE_SCRATCH(RC_BILINEAR, h, w, %d, %d, %d)", name, suffix,
	         how.resize, how.width, how.channels);
}

/* emit_picture - the way from a picture */
static void
emit_picture(Out *o, const Graph *g)
{
	out_text(o,
		"/*\n"
		"** From a picture of h x w pixels, as Pillow and torchvision do it (rc_image.h): the shorter side becomes\n"
		"** $NAME_RESIZE and the input is cut from the centre, a share of $NAME_CROP of that side.\n"
		"** $NAME_IMAGE initialises an rc_image, which says all of it to rc_image_input;\n"
		"** $NAME_IMAGE_SCRATCH(h, w) is how many bytes of memory that takes.\n"
		"*/\n");
	out_line(o, "#define %s_CROP %s", upper_of(g->name), commas(&g->image.crop, 1, "%.17g"));
	emit_recipe(o, g, upper_of(g->name), "");
	out_line(o, "%s", "");
}

/* output_idents - what each output is called in macros: its name, or its number */
static const char **
output_idents(const Graph *g)
{
	const char **names = arena_new((size_t)g->noutputs*sizeof *names);

	for (int i = 0; i < g->noutputs; i++)
		names[i] = *g->output_names[i] ? g->output_names[i] : arena_text("%d", i);
	return idents_of(names, g->noutputs, true, NULL);
}

/* emit_outputs - where each output lies, by its name or number */
static void
emit_outputs(Out *o, const Graph *g)
{
	const char **idents = output_idents(g);
	size_t at = 0;

	out_text(o, output_dtype(g) == DT_u8 ?
	            "/*\n** Each output: its first byte in output, how many, each SCALE*(byte - ZERO), and of\n"
	            "** each image channels, rows, columns.\n*/\n" :
	            "/* Each output: its first float in output, how many, and of each image channels, rows, columns. */\n");
	out_line(o, "#define %s %d", arena_text("%s_OUTPUTS", upper_of(g->name)), g->noutputs);
	for (int i = 0; i < g->noutputs; i++) {
		size_t count = count_of(g->outputs[i]->shape);
		const char *name = arena_text("%s_OUTPUT_%s", upper_of(g->name), idents[i]);
		out_line(o, "#define %s_AT %zu", name, at);
		out_line(o, "#define %s_FLOATS %zu", name, count);
		if (output_dtype(g) == DT_u8) {
			out_line(o, "#define %s_SCALE %s", name, short_float((float)step_of(g->outputs[i])));
			out_line(o, "#define %s_ZERO %d", name, zero_of(g->outputs[i], 0));
		}
		out_line(o, "#define %s_C %d", name, g->outputs[i]->shape.c);
		out_line(o, "#define %s_H %d", name, g->outputs[i]->shape.h);
		out_line(o, "#define %s_W %d", name, g->outputs[i]->shape.w);
		at += count;
	}
	out_line(o, "%s", "");
}

/* emit_size_macros - what differs by input size */
static void
emit_size_macros(Out *o, const Artefact *a)
{
	out_text(o, "/* Each input size; the macros without one and NAME_run are the first's, "
	            "but the workspace is enough for all. */\n");
	out_line(o, "#define %s_SIZES %d", upper_of(a->name), a->sizes);
	for (int s = 0; s < a->sizes; s++) {
		const Graph *g = a->parts[s]->g;
		const char *upper = upper_of(a->name), *size = size_name(a->parts[s]);
		out_line(o, "#define %s_INPUT_FLOATS_%s %zu", upper, size, count_of(g->nodes[0]->out->shape));
		out_line(o, "#define %s_OUTPUT_FLOATS_%s %zu", upper, size, outputs_of(g));
		out_line(o, "#define %s_WORKSPACE_BYTES_%s %zu", upper, size, workspace_of(a, s));
		emit_recipe(o, g, upper, arena_text("_%s", size));
	}
	out_line(o, "%s", "");
}

/* emit_sizes - a function for each, and a table to pick one at run time */
static void
emit_sizes(Out *o, const Artefact *a)
{
	out_text(o, "/* One input size each; the same blob serves all. */\n");
	for (int s = 0; s < a->sizes; s++) {
		out_set(o, "run", "%s_run_%s", a->name, size_name(a->parts[s]));
		out_set(o, "run_with", "%s_run_with_%s", a->name, size_name(a->parts[s]));
		out_text(o, "int $run(const void *weights, const $pixel *input, $result *output, void *workspace, "
		            "size_t workspace_len);\n"
		            "int $run_with(const rc_options *options, const void *weights, const $pixel *input, $result *output,\n"
		            "\tvoid *workspace, size_t workspace_len);\n");
	}
	out_text(o, "\ntypedef struct $name_size {\n"
	            "int height, width;\n"
	            "size_t input_floats, output_floats, workspace_bytes;\n"
	            "int (*run)(const void *weights, const $pixel *input, $result *output, void *workspace, "
	            "size_t workspace_len);\n"
	            "int (*run_with)(const rc_options *options, const void *weights, const $pixel *input, $result *output,\n"
	            "\tvoid *workspace, size_t workspace_len);\n"
	            "} $name_size;\n\n"
	            "/* To pick by size; in the order they were asked for. */\n"
	            "extern const $name_size $name_sizes[$NAME_SIZES];\n\n");
}

/* emit_macros - sizes as constants */
static void
emit_macros(Out *o, const Model *m)
{
	const Graph *g = m->g;
	Shape in = g->nodes[0]->out->shape;
	int64_t macs = 0;

	for (int i = 0; i < g->count; i++)
		macs += macs_of(g->nodes[i]);
	out_set(o, "batch", "%d", in.n);
	out_set(o, "inputs", "%zu", count_of(in));
	out_set(o, "input_bytes", "%zu", input_bytes(g));
	out_set(o, "outputs", "%zu", outputs_of(g));
	out_set(o, "output_bytes", "%zu", output_bytes(g));
	out_set(o, "arena", "%zu", g->arena);
	out_set(o, "selftest", "%zu", selftest_of(m));
	out_set(o, "stack", "%d", stack_of(m));
	out_set(o, "longest", "%s", stack_of(m) == target_named("rvv")->stack ? ", vectors of up to 1024 bits" : "");
	out_set(o, "weights", "%zu", m->blob);
	out_set(o, "hash", "0x%016llxu", (unsigned long long)m->plan_hash);
	out_set(o, "macs", "%lld", (long long)macs*in.n);
	out_set(o, "c", "%d", in.c);
	out_set(o, "h", "%d", in.h);
	out_set(o, "w", "%d", in.w);
	out_text(o,
		"#define $NAME_BATCH            $batch\n"
		"#define $NAME_INPUT_CHANNELS   $c\n"
		"#define $NAME_INPUT_HEIGHT     $h\n"
		"#define $NAME_INPUT_WIDTH      $w\n"
		"#define $NAME_INPUT_FLOATS     $inputs\n"
		"#define $NAME_INPUT_BYTES      $input_bytes\n"
		"#define $NAME_OUTPUT_FLOATS    $outputs\n"
		"#define $NAME_OUTPUT_BYTES     $output_bytes\n"
		"#define $NAME_WORKSPACE_BYTES  $arena\n"
		"#define $NAME_WORKSPACE_ALIGN  64\n"
		"#define $NAME_SELFTEST_BYTES   $selftest\n"
		"#define $NAME_STACK_BYTES      ($stack + RC_WALK_STACK) "
		"/* at most, of each thread; compiled with -O1 or more$longest */\n"
		"#define $NAME_WEIGHTS_BYTES    $weights\n"
		"#define $NAME_WEIGHTS_ALIGN    64\n"
		"#define $NAME_PLAN_HASH        $hash\n"
		"#define $NAME_MACS             $macs\n\n");
}

static void
emit_functions(Out *o)
{
	out_text(o,
		"/* Once, before the first run: is this the blob of this code, undamaged, and can this processor run it? */\n"
		"int $name_check(const void *weights, size_t len);\n\n"
		"/*\n"
		"** One batch. weights: the blob, read only, shared by any number of threads; workspace: one per call at\n"
		"** the same time. Returns RC_OK or what is wrong, before anything is written (rc_strerror).\n"
		"*/\n"
		"int $name_run(const void *weights, const $pixel *input, $result *output, void *workspace, size_t workspace_len);\n\n"
		"/* The same with threads and a callback after each layer; options may be NULL. */\n"
		"int $name_run_with(const rc_options *options, const void *weights, const $pixel *input, $result *output,\n"
		"\tvoid *workspace, size_t workspace_len);\n\n"
		"/*\n"
		"** Runs every layer on made-up values and compares with what the compiler expects: RC_OK, or RC_E_SELFTEST and the\n"
		"** first layer that differs in *layer (which may be NULL). Needs no file; workspace: $NAME_SELFTEST_BYTES, aligned\n"
		"** like NAME_run's.\n"
		"*/\n"
		"int $name_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer);\n\n");
}

/* emit_data - the blob where it is embedded, mean and std, classes */
static void
emit_data(Out *o, const Model *m)
{
	const Graph *g = m->g;

	if (m->embed)
		out_text(o, "/* The blob, from $name_weights.c. */\n"
		            "extern const unsigned char $name_weights[$NAME_WEIGHTS_BYTES];\n\n");
	if (has_adapter(g))
		out_text(o, "extern const float $name_mean[$c], $name_std[$c];\n\n");
	if (g->nclasses) {
		out_set(o, "nclasses", "%d", g->nclasses);
		out_text(o, "#define $NAME_CLASSES          $nclasses\n"
		            "extern const char *const $name_classes[$NAME_CLASSES];\n\n");
	}
}

File
emit_header(const Model *m)
{
	bool sizes = m->artefact && m->artefact->sizes > 1;
	Out *o = out_new();
	size_t len;
	const char *text;

	emit_names(o, m->g);
	emit_banner(o, m, ".h", "interface of the network");
	out_line(o, "%s", "");
	emit_meaning(o, m->g, m->g->nodes[0]);
	out_text(o, "#ifndef $NAME_H\n"
	            "#define $NAME_H\n\n"
	            "#include \"rc.h\"\n\n");
	emit_macros(o, m);
	emit_picture(o, m->g);
	emit_outputs(o, m->g);
	if (sizes)
		emit_size_macros(o, m->artefact);
	out_text(o, "#ifdef __cplusplus\n"
	            "extern \"C\" {\n"
	            "#endif\n\n");
	emit_functions(o);
	if (sizes)
		emit_sizes(o, m->artefact);
	emit_data(o, m);
	out_text(o, "#ifdef __cplusplus\n"
	            "}\n"
	            "#endif\n"
	            "#endif\n");
	text = out_string(o, &len);
	return (File){ arena_text("%s.h", m->g->name), text, len };
}
