/*
** build.c - what every verb starts with: load the model, bind weights, run the passes.
*/
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

/* bind_named - weights as the command line names them; leaves in sha what the banner says of them */
void
bind_named(char sha[65], Graph *g, const char *weights)
{
	char *end;

	if (!strncmp(weights, "random", 6) && (!weights[6] || weights[6] == ':')) {
		uint64_t seed = 0;
		if (weights[6]) {
			errno = 0;
			seed = strtoull(weights + 7, &end, 10);
			if (errno || *end || end == weights + 7 || weights[7] == '-')
				usage_error("--weights: want random[:SEED] with a whole number, got '%s'", weights);
		}
		bind_random(g, seed);
		snprintf(sha, 65, "none, random:%llu", (unsigned long long)seed);
		return;
	}
	Weights *w = weights_open(weights);
	bind_weights(g, w);
	memcpy(sha, w->sha, sizeof w->sha);
}

DslOptions
dsl_options(const Options *o)
{
	return (DslOptions){ o->name, o->prefix, o->batch, o->h, o->w, o->args, o->nargs,
		!strcmp(o->verb->name, "diff"), o->verbose };
}

static bool
has_bytes(const Graph *g)
{
	for (int i = 0; i < g->count; i++)
		if (is_bytes(g->nodes[i]->out))
			return true;
	return false;
}

/* build - the compiled model; NULL when --stop-after ended it early */
Model *
build(Options *o, const char *weights)
{
	DslOptions dsl = dsl_options(o);
	Model names = { 0 }, *m;
	Graph *g;
	size_t len;
	const void *text = file_map(o->model, &len);

	sha256_of(text, len, names.model_sha);
	g = dsl_load(o->model, &dsl);
	doubts(g);
	g->target = has_bytes(g) ? target_for_bytes(o->target) : o->target;
	g->like = o->like;
	g->exact = o->exact;
	g->tuned = o->rows ? o->rows : o->tuned ? tuned_read(o->tuned) : NULL;
	if (weights)
		bind_named(names.weights_sha, g, weights);
	else
		snprintf(names.weights_sha, sizeof names.weights_sha, "none");
	if (!run_passes(g, &o->pass))
		return NULL;
	if (o->tuned && !o->rows && !g->like)
		doubts_of_tuned(g, o->tuned);
	m = model_of(g);
	memcpy(m->model_sha, names.model_sha, sizeof m->model_sha);
	memcpy(m->weights_sha, names.weights_sha, sizeof m->weights_sha);
	m->command = o->command;
	m->embed = o->embed;
	return m;
}
