/*
** build.c - what every verb starts with: load the model, bind weights, run the passes. Weights of bytes are bound
** after the passes, which say what layers they are for.
*/
#include <string.h>

#include "session.h"

/* quantised - the weights where they are of bytes, from a file or made now; NULL: they are not */
static Weights *
quantised(Options *o, const char *weights)
{
	Weights *w = weights && !is_random(weights) ? weights_open(weights) : NULL;

	if (o->quantised)
		return weights ? o->quantised : NULL;
	if (w && steps_in(w)) {
		if (o->calibrate)
			usage_error("--calibrate: want weights of floats, got '%s', which are quantised", weights);
		return o->quantised = w;
	}
	if (!o->int8 || !weights)
		return NULL;
	if (!o->calibrate)
		usage_error("--int8: want --calibrate FOLDER|x.npy|random, or weights that resnetc quantize wrote, got neither");
	return o->quantised = quantise(o, weights);
}

/* take_bytes - native is the processor's row for bytes, in all that is written too */
static void
take_bytes(Options *o)
{
	for (int i = 0; i < o->ntargets; i++)
		o->targets[i] = target_for_bytes(o->targets[i]);
	o->target = target_for_bytes(o->target);
}

/* prepare - everything that must be known of a network of bytes before it is built; false: it is one of floats */
bool
prepare(Options *o, const char *weights)
{
	if (!quantised(o, weights))
		return false;
	for (int i = 0; i < npasses; i++)
		if (o->pass.skip & 1u << i && among("fold_bn fuse dce quantize", passes[i].name))
			usage_error("--no-%s: want this pass for a network of bytes, whose weights were made after it", passes[i].name);
	take_bytes(o);
	return true;
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
	bool bytes;

	if (o->int8 && !o->quantised && !weights)
		weights = "random:0";            /* bytes are made of weights: any will do to look at */
	sha256_of(text, len, names.model_sha);
	g = dsl_load(o->model, &dsl);
	doubts(g);
	bytes = prepare(o, weights);
	g->steps = bytes ? steps_in(o->quantised) : NULL;
	if (any_bytes(g))
		take_bytes(o);
	g->target = o->target;
	g->like = o->like;
	g->exact = o->exact;
	g->winograd = o->winograd;
	g->store = o->store;
	g->tuned = o->rows ? o->rows : o->tuned ? tuned_read(o->tuned) : o->train || o->store ? NULL : tuned_on(o->target);
	snprintf(names.weights_sha, sizeof names.weights_sha, "none");
	if (weights && !bytes)
		bind_named(names.weights_sha, g, weights);
	if (!run_passes(g, &o->pass))
		return NULL;
	if (bytes)
		memcpy(names.weights_sha, o->quantised->sha, sizeof names.weights_sha);
	if (o->tuned && !o->rows && !g->like)
		doubts_of_tuned(g, o->tuned);
	m = model_of(g);
	memcpy(m->model_sha, names.model_sha, sizeof m->model_sha);
	memcpy(m->weights_sha, names.weights_sha, sizeof m->weights_sha);
	m->command = o->command;
	m->embed = o->embed;
	return m;
}
