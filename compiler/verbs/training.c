/* training.c - a network in training, built as the command line says. */
#include <stdlib.h>
#include <string.h>

#include "training.h"

/* tell_fresh - which parameters do not come from the weights */
static void
tell_fresh(const Graph *g, const char *weights)
{
	const char *names = "";

	for (int i = 0; i < g->count; i++)
		for (int p = 0; p < NParams && in_parts(g, g->nodes[i], &g->train->fresh); p++)
			if (g->nodes[i]->p[p].name)
				names = arena_text("%s%s%s", names, *names ? ", " : "", g->nodes[i]->p[p].name);
	if (*names)
		note("%s: made up anew, not of %s: %s", training_place(g), weights, names);
}

Model *
build_training(Options *o, bool starting)
{
	DslOptions dsl = dsl_options(o);
	Model names = { 0 }, *m;
	Graph *g;
	size_t len;
	const void *text = file_map(o->model, &len);

	if (o->int8)
		usage_error("--int8: want a network of floats to train, got bytes");
	sha256_of(text, len, names.model_sha);
	g = dsl_load(o->model, &dsl);
	if (!g->train)
		g->train = training_new();
	if (o->batch)
		g->train->batch = o->batch;
	if (o->group)
		g->train->batch = o->group*g->train->bn_groups;
	if (o->recompute)
		g->train->recompute = o->recompute > 0;
	if (o->seed >= 0)
		g->train->seed = (uint64_t)o->seed;
	g->train->starting = starting && o->weights;
	check_parts(g);
	g->target = o->target;
	g->exact = o->exact;
	g->parts = o->threads;
	if (o->weights)
		bind_named(names.weights_sha, g, o->weights);
	else
		snprintf(names.weights_sha, sizeof names.weights_sha, "none");
	if (g->train->starting)
		tell_fresh(g, o->weights);
	training_graph(g);
	if (o->weights)
		derive_weights(g);
	if (!run_passes(g, &o->pass))
		return NULL;
	m = model_of(g);
	memcpy(m->model_sha, names.model_sha, sizeof m->model_sha);
	memcpy(m->weights_sha, names.weights_sha, sizeof m->weights_sha);
	m->command = o->command;
	return m;
}
