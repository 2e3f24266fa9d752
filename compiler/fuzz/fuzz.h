/* fuzz.h - random networks: how they are made, judged and made smaller. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>

#include "../resnetc.h"

typedef struct {                     /* one node, before it is one */
	Op op;
	int in[4], nin;              /* genes it reads, by number */
	Attr a;
} Gene;

enum { MostGenes = 24, MostOutputs = 3 };

typedef enum { Values_plain, Values_zeros, Values_denormal, Values_large, Values_mixed, NValues } Values;

typedef struct {                     /* a network and all that it is run with */
	uint64_t seed;
	Gene gene[MostGenes];        /* gene 0 is the input */
	int count;
	int output[MostOutputs], noutputs;
	const char *text;            /* instead of genes: the model's text, when it comes from a file */
	const Target *target;
	unsigned skip;               /* passes left out in the second of its two compilations */
	bool exact;                  /* in the first */
	int batch, threads;
	Values weights, input;
	bool bytes;                  /* quantised */
	Dtype store;                 /* what its weights are kept as, which holds all of them; then no batch norm is folded */
	bool trains;                 /* a step of it in training, instead of the network at work */
} Case;

typedef struct {                     /* what came of a case */
	enum { Fine, Wrong, Crashed } status;
	char what[400];              /* of a case that is not fine */
	double margin;               /* largest error found, in bounds */
	double compared, values;     /* outputs, those with a finite bound; all */
} Verdict;

/* case.c; trains: one to be trained */
Case fuzz_case(uint64_t seed, const Target *target, bool trains);
struct Training *fuzz_training(const Case *c);       /* what nn.train would say; follows from the seed */
bool fuzz_can_train(const Case *c);                  /* is it legal, and has it a gradient */

/* chance.c; state: of rnd */
int rnd_to(uint64_t *state, int lo, int hi);         /* lo to hi */
bool rnd_chance(uint64_t *state, int percent);
int rnd_of(uint64_t *state, const int *from, int count);
int rnd_channels(uint64_t *state);                   /* around blocks of vectors */

/* attributes.c */
bool wants_range(Act act);                           /* of numbers anywhere it makes NaN and infinities */
void random_attr(uint64_t *state, Node *n, AttrId id);               /* the inputs of n are known */

/* genes.c */
bool add_gene(Graph *g, const Gene *gene);           /* false: it cannot be */
Graph *fuzz_graph(const Case *c);                    /* NULL: it is not a legal network */
const char *fuzz_text(const Case *c);                /* as a model file; its first line holds the rest of the case */
bool fuzz_read(Case *c, const char *text);           /* a text from fuzz_text; false: it has no such line */

/* draw.c */
Case fuzz_drawn(uint64_t seed, const Target *target, bool trains);   /* no genes where there was no room for classes */

/* values.c */
void fuzz_weights(Graph *g, const Case *c);
float *fuzz_input(const Graph *g, const Case *c);    /* malloc'd, one batch */

/* bytes.c */
Weights *fuzz_quantised(Graph *g, const double *in); /* weights of bytes; g: of floats, loaded, which it takes */
bool fuzz_all_bytes(const Graph *g);                 /* after the passes: is every result defined to the last bit */

/* bound.c */
double **fuzz_variance(const Graph *g, double *const *values, const Graph *const *after, int nafter);

/* together.c */
void write_source_beside_others(FILE *f, const Model *m); /* NAME.c, what would clash with another's renamed */

/* training.c */
void fuzz_trials_of_training(const Case *c, int count, Verdict *v, const char *dir);

/* verdict.c */
Verdict *fuzz_verdicts(int count);                   /* that a process shares with those it starts */
void fuzz_wrong(Verdict *v, const char *what);       /* the first thing said of it counts */

/* trial.c; dir: a folder for what it writes, for one process at a time */
/* a process that fills v; Crashed where it did not come to it */
int fuzz_start(const Case *c, int count, Verdict *v, const char *dir);
Verdict fuzz_trial(const Case *c, const char *dir);

/* reduce.c */
Case fuzz_reduce(Case c, int status, const char *dir, int *trials);

#endif
