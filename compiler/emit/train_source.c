/* train_source.c - NAME_train.c: functions in the order of first use, parameters, steps, the API. */
#include <string.h>

#include "../../runtime/rc.h"
#include "../gradients/train.h"
#include "../kernels/kernel.h"
#include "emit.h"

/* layer_of - which layer's hook is called when the gradient of parameter p is whole; -1: it has none */
static int
layer_of(const Model *m, const Trained *p)
{
	const Training *t = m->g->train;
	size_t at = StateHeader + (t->floats + t->learned + p->at)*sizeof(float);
	int layer = -1;

	for (int i = 0, done = 0; i < m->nsteps && !p->running; i++) {
		const Node *n = m->steps[i].node;
		for (int k = 0; k < n->nout; k++)
			if (n->out[k].home == Home_state && n->out[k].at == at)
				layer = done;
		done += m->steps[i].last;
	}
	return layer;
}

/* index_of - which layer n is for the hook */
static int
index_of(const Model *m, const Node *n)
{
	int done = 0;

	for (int i = 0; i < m->nsteps && m->steps[i].node != n; i++)
		done += m->steps[i].last;
	return done;
}

/* emit_norms - of batch norms by the statistics of the batch; how many */
static int
emit_norms(Out *o, const Model *m)
{
	const Graph *g = m->g;
	int count = 0;

	out_text(o, "/* Statistics of batch norms, sums of their gradients, as they come: rc_norm. */\n");
	out_line(o, "static const rc_norm norms[] = {");
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		const Value *a = &n->out[0], *b = &n->out[1];
		bool sums = n->op == O_bn_sums;
		if ((n->op != O_bn_stats && !sums) || n->frozen || (sums && n->in[2]->node->frozen))
			continue;
		out_line(o, "{ %d, %d, %d, %zu, %zu, %d, %d, %zu, %zu, %.1f, %.17g },", index_of(m, n), sums, a->shape.c,
		         a->at, b->at, a->home == Home_state, b->home == Home_state, sums ? 0 : trained(n, P_bn_mean)->at,
		         sums ? 0 : trained(n, P_bn_var)->at,
		         (double)n->in[0]->shape.n*n->in[0]->shape.h*n->in[0]->shape.w, sums ? 0 : n->a.value);
		count++;
	}
	if (!count)
		out_line(o, "{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }");
	out_line(o, "};\n");
	return count;
}

static void
emit_parameters(Out *o, const Model *m)
{
	const Graph *g = m->g;
	static const char *const kinds[] = { "RC_START_VALUE", "RC_START_NORMAL", "RC_START_UNIFORM" };
	const Training *t = g->train;

	out_text(o, "/* Parameters: name in weight files, first float after the state's head, how many; how they start; "
	            "learn,\n   decay; the layer after which the gradient is whole. */\n");
	out_line(o, "static const rc_parameter parameters[] = {");
	for (int i = 0; i < t->nparams; i++) {
		const Trained *p = &t->params[i];
		bool decays = t->weight_decay > 0 && (!t->decay_weights || p->id == P_weight);
		out_line(o, "{ \"%s\", %zu, %zu, %s, %s, %d, %d, %d },", p->name, p->at, p->count, kinds[p->start],
		         float_text(p->value), !p->frozen, decays, layer_of(m, p));
	}
	out_line(o, "};\n");
}

static void
emit_trainer(Out *o, const Model *m, const Model *work, int norms)
{
	const Graph *g = m->g;
	const Training *t = g->train;
	const Value *loss = &t->loss->out[1];

	out_line(o, "static const rc_trainer trainer = {");
	out_line(o, "\"%s\", 0x%016llxu, %zu, %zu, /* hash of the parameters; bytes: state, workspace */", g->name,
	         (unsigned long long)parameters_hash(g), state_bytes(g), train_workspace(m));
	out_line(o, "parameters, %d, %zu, %zu, /* floats that learn, of all parameters */", t->nparams, t->learned, t->floats);
	out_line(o, "steps, eval_steps, %d, %d, %d,", m->nsteps, m->neval, g->parts);
	out_line(o, "%d, %d, %d, %zu, /* images of a group, groups, classes, bytes of an image */", group_images(t),
	         t->bn_groups, t->loss->in[0]->shape.c, input_bytes(g)/(size_t)group_images(t));
	out_line(o, "%zu, %zu, %zu, %zu, /* in the workspace: a group of fewer images, sums of groups, losses and their "
	            "distance */", train_stage(m), train_sums(m), loss->at + loss->lay.origin*sizeof(float),
	         loss->lay.image*sizeof(float));
	out_line(o, "%s, %s, %d, /* momentum, decay, Nesterov */", float_text(t->momentum), float_text(t->weight_decay),
	         t->nesterov);
	out_line(o, "%s, norms, %d", work ? "&at_work" : "NULL", norms);
	out_line(o, "};\n");
}

static void
emit_api(Out *o, const Graph *g)
{
	const char *cpu = g->target->cpu;

	out_set(o, "cpu", "%s", cpu ? arena_text("if (!(%s))\n\t\treturn RC_E_CPU;\n\t", cpu) : "");
	out_raw(o, arena_text("int\n%s_train_init(void *state, uint64_t seed)\n{\n"
	                      "\t%sreturn rc_train_init(&trainer, state, seed);\n}\n\n",
	                      g->name, out_value(o, "cpu")));
	out_raw(o, arena_text("int\n%s_train_check(const void *state, size_t len)\n{\n"
	                      "\t%sreturn rc_train_check(&trainer, state, len);\n}\n\n",
	                      g->name, out_value(o, "cpu")));
	out_raw(o, arena_text("int\n%s_train_seal(void *state)\n{\n"
	                      "\treturn rc_train_seal(&trainer, state);\n}\n\n", g->name));
	out_raw(o, arena_text("int\n%s_train_load(void *state, const void *params, size_t len)\n{\n"
	                      "\t%sreturn rc_train_load(&trainer, state, params, len);\n}\n\n",
	                      g->name, out_value(o, "cpu")));
	out_text(o, "int\n"
	            "$grad(const rc_options *options, void *state, const $pixel_type *images, const int32_t *labels,\n"
	            "\tconst rc_train *how, void *workspace, size_t len, rc_loss *loss)\n"
	            "{\n"
	            "return rc_train_grad(&trainer, options, state, images, labels, how, workspace, len, loss);\n"
	            "}\n\n"
	            "int\n"
	            "$apply(const rc_options *options, void *state, const rc_train *how)\n"
	            "{\n"
	            "return rc_train_apply(&trainer, options, state, how);\n"
	            "}\n\n"
	            "int\n"
	            "$step(const rc_options *options, void *state, const $pixel_type *images, const int32_t *labels,\n"
	            "\tconst rc_train *how, void *workspace, size_t len, rc_loss *loss)\n"
	            "{\n"
	            "return rc_train_step(&trainer, options, state, images, labels, how, workspace, len, loss);\n"
	            "}\n\n"
	            "int\n"
	            "$eval(const rc_options *options, const void *state, const $pixel_type *images, const int32_t *labels, "
	            "int count,\n"
	            "\tvoid *workspace, size_t len, rc_loss *loss)\n"
	            "{\n"
	            "return rc_train_eval(&trainer, options, state, images, labels, count, workspace, len, loss);\n"
	            "}\n\n"
	            "const rc_parameter *\n"
	            "$parameters(int *count)\n"
	            "{\n"
	            "*count = trainer.parameter_count;\n"
	            "return parameters;\n"
	            "}\n\n"
	            "const rc_trainer *\n"
	            "$trainer(void)\n"
	            "{\n"
	            "return &trainer;\n"
	            "}\n\n"
	            "float *\n"
	            "$gradient(void *state)\n"
	            "{\n"
	            "return rc_train_gradient(&trainer, state);\n"
	            "}\n");
}

static void
set_names(Out *o, const Graph *g)
{
	static const char *const words[] = { "grad", "apply", "step", "eval", "parameters", "trainer", "gradient", "export" };

	emit_names(o, g);
	for (size_t i = 0; i < sizeof words/sizeof *words; i++)
		out_set(o, words[i], "%s_train_%s", g->name, words[i]);
	out_set(o, "pixel_type", "%s_pixel", g->name);
}

File
emit_train_source(const Model *m, const Model *work)
{
	const Graph *g = m->g;
	Out *o = out_new();
	size_t len;
	const char *text;

	set_names(o, g);
	emit_banner(o, m, "_train.c", "training a network as shape-specialised C");
	out_line(o, "#include \"%s_train.h\"", g->name);
	out_line(o, "#include \"%s\"", g->target->simd);
	out_text(o, "#include \"rc_grad.h\"\n\n"
	            "RC_TARGET_BEGIN\n");
	for (int i = 0; i < m->functions->count; i++)
		out_raw(o, function_text(m->functions->all[i]));
	out_text(o, "\nRC_TARGET_END\n\n");
	emit_parameters(o, m);
	out_text(o, "/*\n"
	            "** The network in training, a step a row: the layer that is done after it, the kernel, "
	            "units of work in a round, rounds,\n"
	            "** bytes of its first operand that each thread has to itself,\n"
	            "** and where its operands lie in bytes: in the workspace, in the state, "
	            "in the caller's arrays.\n"
	            "*/\n");
	emit_steps(o, "steps", m->steps, m->nsteps);
	out_text(o, "/* The same without learning. */\n");
	emit_steps(o, "eval_steps", m->eval, m->neval);
	if (work)
		emit_export(o, g->train, work);
	emit_trainer(o, m, work, emit_norms(o, m));
	emit_api(o, g);
	if (work)
		out_text(o, "\nint\n"
		            "$export(const void *state, void *weights, size_t len)\n"
		            "{\n"
		            "return rc_train_export(&trainer, state, weights, len);\n"
		            "}\n");
	text = out_string(o, &len);
	return (File){ arena_text("%s_train.c", g->name), text, len };
}
