/* bind.h - what binding a file's tensors to a network's parameters shares: names, axes, suggestions. */
#ifndef BIND_H
#define BIND_H

#include "weights.h"

typedef struct {
	Graph *g;
	Weights *w;
	const char **names;          /* of all tensors, without what wrappers put into them */
	int *by_name;                /* tensors in the order of their names */
	const char *prefix;          /* the file's, beyond the model's; "" mostly */
	bool hwio;                   /* TensorFlow's order of axes */
	int problems;
} Binding;

/* names.c */
void read_names(Binding *b);
Tensor *find_tensor(const Binding *b, const char *prefix, const char *name);     /* NULL: there is none */
bool leftover(const Binding *b, int tensor);         /* numbers that a layer would use, not a counter, not ignored */

/* prefix.c - what stands before the names in the file, where that makes the parameters found */
const char *prefix_of(const Binding *b);
int misses(const Binding *b, const char *prefix);    /* parameters that the file lacks with this prefix */
int parameters(const Graph *g);
const char *prefix_of_layer(const Binding *b, const Node *n);        /* another one, where the file keeps parts apart */

/* axes.c - the order of a kernel's axes */
int want_of(const Node *n, ParamId id, bool hwio, int64_t dim[4]);       /* the shape in the file; its rank */
bool fits(const Tensor *t, const int64_t *dim, int rank);
bool is_hwio(const Binding *b);
size_t turned(const Node *n, const Tensor *t, size_t i); /* index into a TensorFlow kernel of element i of PyTorch's */
void tell_keras(const Binding *b);                   /* what such networks do otherwise, and this one doesn't */

/* suggest.c - prints nn.model's names where none fits: a word, or a table where shapes do, in order; false: neither */
bool suggest_names(const Binding *b);

/* bytes.c */
Dtype dtype_on_bytes(ParamId id);             /* of a layer whose weights are bytes: what a file keeps a parameter as */
const char *check_weights_of_bytes(const Node *n);   /* bound ones: what is wrong with them; NULL: nothing */

#endif
