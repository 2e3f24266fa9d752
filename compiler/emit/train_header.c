/* train_header.c - NAME_train.h: the interface of a network in training. */
#include "../gradients/train.h"
#include "emit.h"

static void
emit_meaning(Out *o, const Graph *g)
{
	const Training *t = g->train;
	Shape s = g->nodes[0]->out->shape;

	out_line(o, "/*");
	out_line(o, "** images    %d x %d x %d x %d %s, as %s.h says it of the input", s.n, s.c, s.h, s.w, g->image.u8 ?
	         "bytes" : "floats", g->name);
	out_line(o, "** labels    one of %d classes for each, counted from 0", t->loss->in[0]->shape.c);
	out_line(o, "** state     parameters, momentum, gradients, running statistics: "
	            "one block of memory that is its own checkpoint; a step");
	out_line(o, "**           after it was written and read again has the same bits as without");
	out_line(o, "** workspace what a step works in; nothing in it is kept between calls");
	out_line(o, "** gradient  of every parameter that learns, in the order below, each from a multiple of 16 floats on");
	out_line(o, "**");
	out_line(o, "** Same bits for any number of threads and any address of state and workspace.");
	out_line(o, "*/");
}

static void
emit_order(Out *o, const Graph *g)
{
	const Training *t = g->train;

	out_line(o, "/* Parameters in a state and in gradients: first float, how many, name.");
	for (int i = 0; i < t->nparams && !t->params[i].running; i++)
		out_line(o, "** %8zu %8zu  %s%s", t->params[i].at, t->params[i].count, t->params[i].name, t->params[i].frozen ?
		         " (frozen)" : "");
	out_line(o, "*/");
}

static int
widest_norm(const Graph *g)
{
	int most = 1;

	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->op == O_bn_stats && g->nodes[i]->out->shape.c > most)
			most = g->nodes[i]->out->shape.c;
	return most;
}

File
emit_train_header(const Model *m, const Model *work)
{
	const Graph *g = m->g;
	const Training *t = g->train;
	const char *upper = upper_of(g->name), *text;
	Out *o = out_new();
	size_t len;

	emit_names(o, g);
	emit_banner(o, m, "_train.h", "interface of the network in training");
	out_line(o, "%s", "");
	emit_meaning(o, g);
	out_line(o, "#ifndef %s_TRAIN_H\n#define %s_TRAIN_H\n\n#include \"rc_train.h\"\n", upper, upper);
	out_line(o, "#define %s_TRAIN_BATCH           %d", upper, t->batch);
	out_line(o, "#define %s_TRAIN_CLASSES         %d", upper, t->loss->in[0]->shape.c);
	out_text(o, "/* Where they are large, steps are faster in pages of 2 MB: MADV_HUGEPAGE of Linux. */\n");
	out_line(o, "#define %s_TRAIN_STATE_BYTES     %zu", upper, state_bytes(g));
	out_line(o, "#define %s_TRAIN_STATE_ALIGN     64", upper);
	out_line(o, "#define %s_TRAIN_WORKSPACE_BYTES %zu", upper, train_workspace(m));
	out_line(o, "#define %s_TRAIN_WORKSPACE_ALIGN 64", upper);
	out_line(o, "#define %s_TRAIN_PARAMS_BYTES    %zu", upper, 128 + t->floats*sizeof(float));
	out_line(o, "#define %s_TRAIN_GRADIENT_FLOATS %zu", upper, t->learned);
	out_line(o, "#define %s_TRAIN_NORM_CHANNELS   %d /* of the widest batch norm */\n", upper, widest_norm(g));
	emit_order(o, g);
	out_line(o, "\ntypedef %s %s_pixel;\n", g->image.u8 ? "unsigned char" : "float", g->name);
	out_text(o, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
	out_text(o, "/* Parameters made up from a seed; or those of a parameter file, with momentum 0. */\n");
	out_line(o, "int %s_train_init(void *state, uint64_t seed);", g->name);
	out_line(o, "int %s_train_load(void *state, const void *params, size_t len);\n", g->name);
	out_text(o, "/* A checksum for a state that is to be written to a file; the next step takes it away. Is this a state\n"
	            "   of this network, as it was read from a checkpoint, and undamaged where that has a checksum? */\n");
	out_line(o, "int %s_train_seal(void *state);", g->name);
	out_line(o, "int %s_train_check(const void *state, size_t len);\n", g->name);
	out_text(o, "/* Of one batch: the gradient of the mean loss, and running statistics; then a step of the optimizer; "
	            "or both. */\n");
	out_line(o, "int %s_train_grad(const rc_options *options, void *state, const %s_pixel *images, const int32_t *labels,",
	         g->name, g->name);
	out_line(o, "\tconst rc_train *how, void *workspace, size_t len, rc_loss *loss);");
	out_line(o, "int %s_train_apply(const rc_options *options, void *state, const rc_train *how);", g->name);
	out_line(o, "int %s_train_step(const rc_options *options, void *state, const %s_pixel *images, const int32_t *labels,",
	         g->name, g->name);
	out_line(o, "\tconst rc_train *how, void *workspace, size_t len, rc_loss *loss);\n");
	out_text(o, "/* Any number of images without learning, by the running statistics. */\n");
	out_line(o, "int %s_train_eval(const rc_options *options, const void *state, const %s_pixel *images, "
	            "const int32_t *labels, int count,",
	         g->name, g->name);
	out_line(o, "\tvoid *workspace, size_t len, rc_loss *loss);\n");
	if (work) {
		out_line(o, "/* The blob that %s_run takes: len is %s_WEIGHTS_BYTES, weights starts at a multiple of 64. "
		            "The self test expects", g->name, upper);
		out_line(o, "   nothing of its layers; resnetc pack makes one of which it does. */");
		out_line(o, "int %s_train_export(const void *state, void *weights, size_t len);\n", g->name);
	}
	out_text(o, "/* Those of the state, in its order: those that have gradients, then running statistics. */\n");
	out_line(o, "const rc_parameter *%s_train_parameters(int *count);\n", g->name);
	out_text(o, "/* All of this as rc_mpi.h takes it. */\n");
	out_line(o, "const rc_trainer *%s_train_trainer(void);", g->name);
	out_text(o, "/* The gradient of the last _grad or _step. */\n");
	out_line(o, "float *%s_train_gradient(void *state);\n", g->name);
	out_text(o, "#ifdef __cplusplus\n}\n#endif\n#endif\n");
	text = out_string(o, &len);
	return (File){ arena_text("%s_train.h", g->name), text, len };
}
