/* case.c - the case of a seed: a network, drawn until it is one that can be trained where it is to be. */
#include "../gradients/train.h"
#include "fuzz.h"

/* settings - what nn.train would say */
Training *
fuzz_training(const Case *c)
{
	Training *t = training_new();
	uint64_t state = c->seed + 3, *r = &state;

	t->bn_groups = 1 + (int)(rnd(r)%3)/2;
	t->batch = t->bn_groups*c->batch;
	t->seed = c->seed;
	t->smoothing = rnd(r)%3 ? 0 : 0.1;
	t->momentum = rnd(r)%4 ? 0.9 : 0;
	t->weight_decay = rnd(r)%4 ? 5e-4 : 0;
	t->nesterov = t->momentum > 0 && rnd(r)%2;
	t->decay_weights = rnd(r)%2;
	t->bn_frozen = rnd(r)%8 == 0;
	t->recompute = rnd(r)%2;
	return t;
}

static void
build(void *user)
{
	Graph *g = user;

	training_graph(g);
}

bool
fuzz_can_train(const Case *c)
{
	Graph *g = fuzz_graph(c);

	if (!g)
		return false;
	g->train = fuzz_training(c);
	return !attempt(build, g);
}

Case
fuzz_case(uint64_t seed, const Target *target, bool trains)
{
	Case c = fuzz_drawn(seed, target, trains);

	/* not every network can be trained: another one in its place, whose values, too, follow from the seed */
	for (uint64_t again = 1; trains && !(c.count && fuzz_can_train(&c)); again++)
		c = fuzz_drawn(seed + (again << 40), target, trains);
	return c;
}
