/* given.c - weights and the model's options as the command line names them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

bool
is_random(const char *weights)
{
	return !strncmp(weights, "random", 6) && (!weights[6] || weights[6] == ':');
}

/* bind_named - weights as the command line names them; leaves in sha what the banner says of them */
void
bind_named(char sha[65], Graph *g, const char *weights)
{
	char *end;

	if (is_random(weights)) {
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

