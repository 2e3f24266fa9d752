/* weights.h - how the tensors of a file, or made-up ones, come to a network, and a network's to a file. */
#ifndef WEIGHTS_H
#define WEIGHTS_H

#include "../graph.h"
#include "tensor.h"

void bind_weights(Graph *g, Weights *w);             /* by name; reports every problem at once */
void bind_random(Graph *g, uint64_t seed);
void standardize_weights(Graph *g);                  /* of the layers that say so; once, when they are bound */
uint64_t rnd(uint64_t *state);                       /* splitmix64 (Steele, Lea, Flood 2014) */
double rnd_share(uint64_t *state);                   /* from 0 to below 1 */
double rnd_normal(uint64_t *state);                  /* of mean 0 and variance 1 */

typedef struct {                     /* a tensor to be written */
	const char *name;
	Dtype dtype;
	int rank;
	int dim[4];
	const void *data;
} Stored;
File safetensors_write(char *name, const Stored *t, int count, const Meta *meta, int nmeta);
File safetensors_file(const Graph *g, char *name);   /* the bound parameters */

#endif
