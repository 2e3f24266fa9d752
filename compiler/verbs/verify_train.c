/*
** verify_train.c - resnetc verify --train: every node of a network in training, forward and backward, against the
** reference in double precision on the emitted code's own inputs to it. Then the code that does several at a time in
** strips must make the same bits, and where results are made again for the way back, the code that keeps them.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "training.h"

/* report - a line for every node; whether all are near enough */
static bool
report(const Options *o, const Graph *g, const NodeErrors *v)
{
	const double limit = 1e-5;
	bool ok = true;
	double worst = 0;

	if (o->json)
		printf("{ \"model\": %s, \"nodes\": [", json_text(g->name));
	else if (!o->quiet)
		printf("%-36s %-16s %12s\n", "node", "op", "error");
	for (int i = 0; i < g->count; i++) {
		bool wrong = !(v->error[i] <= limit);
		ok = ok && !wrong;
		worst = fmax(worst, v->error[i]);
		if (o->json)
			printf("%s\n  { \"name\": %s, \"op\": \"%s\", \"error\": %s }", i ? "," : "", json_text(g->nodes[i]->name),
			       op_rows[g->nodes[i]->op].name, json_number(v->error[i]));
		else if (!o->quiet || wrong)
			printf("%-36s %-16s %12.2e%s\n", g->nodes[i]->name, op_rows[g->nodes[i]->op].name, v->error[i], wrong ? "  WRONG" :
			       "");
	}
	if (o->json)
		printf(" ],\n");
	else
		printf("%d nodes against the double-precision reference: %.2e at most (limit %g)\n", g->count, worst, limit);
	return ok;
}

/* same_bits - does the code as it is compiled, which does nodes in strips, make the same state of the same step */
static bool
same_bits(Options *o, const NodeErrors *v, const void *images, const int32_t *labels, const rc_train *how,
          const char *text, const char *key)
{
	Model *m = build_training(o, false);
	Trainer t = trainer_open(m, o->threads);
	rc_loss loss;
	bool same;

	trainer_must(&t, t.grad(&t.options, t.state, images, labels, how, t.workspace, t.workspace_len, &loss));
	same = !memcmp(t.state, v->t->state, t.state_len);
	if (o->json)
		printf("  \"%s\": %s,\n", key, same ? "true" : "false");
	else
		printf("%s: %s\n", text, same ? "the same bits" : "other gradients or running statistics");
	trainer_close(&t);
	return same;
}

/* random_groups - the input of each group of a batch, all different */
static char *
random_groups(const Graph *g)
{
	size_t each = input_bytes(g);
	char *one = random_input(g), *all = want_memory(malloc((size_t)g->train->bn_groups*each));

	for (size_t i = 0; i < (size_t)g->train->bn_groups*each; i++)
		all[i] = one[(i + i/each*sizeof(float)*7)%each];
	free(one);
	return all;
}

int
verify_training(Options *o)
{
	Model *m;
	Graph *g;
	Trainer t;
	NodeErrors v;
	rc_train how = { sizeof how, 0, 0, 0 };
	int32_t *labels;
	rc_loss loss;
	char *in;
	unsigned skip = o->pass.skip, strips = 1u << pass_named("strips");
	bool ok;

	if (!o->weights)
		o->weights = "random:0";
	if (!o->batch)
		o->group = 3;
	o->pass.skip |= strips;
	m = build_training(o, false);
	o->pass.skip = skip;
	if (!m)
		return ExitOk;
	g = m->g;
	in = random_groups(g);
	labels = arena_new((size_t)g->train->batch*sizeof *labels);
	for (int i = 0; i < g->train->batch; i++)
		labels[i] = i%g->train->loss->in[0]->shape.c;
	t = trainer_open(m, o->threads);
	v = node_errors_of(&t, in, labels);
	t.options.layer = node_errors_after;
	t.options.layer_user = &v;
	trainer_must(&t, t.grad(&t.options, t.state, in, labels, &how, t.workspace, t.workspace_len, &loss));
	ok = report(o, g, &v);
	if (!(skip & strips))
		ok &= same_bits(o, &v, in, labels, &how, "in strips of images", "strips");
	if (g->train->recompute) {
		o->recompute = -1;
		ok &= same_bits(o, &v, in, labels, &how, "with all that the way back reads kept",
		                "recompute");
	}
	puts(o->json ? ok ? "  \"ok\": true }" : "  \"ok\": false }" : ok ? "verified" : "WRONG");
	node_errors_end(&v);
	free(in);
	trainer_close(&t);
	return ok ? ExitOk : ExitInput;
}
