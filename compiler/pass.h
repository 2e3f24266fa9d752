/* pass.h - the passes and what they are told; every pass is one file with one public function. */
#ifndef PASS_H
#define PASS_H

#include "kernels/kernel.h"
#include "weights/tensor.h"

/* tuned.c */
typedef struct {
	const char *cpu, *compiler, *target, *key;
	int threads;
	Way way;
	double us;
} TunedRow;
typedef struct Tuned {
	TunedRow *rows;
	int count;
} Tuned;
const char *tuned_key(const Node *n);                /* of a convolution */
const char *tuned_algorithm(Way way);                /* "4x4-fly" */
const TunedRow *tuned_find(const Tuned *t, const Node *n);   /* NULL: not measured for this target */
Tuned *tuned_read(const char *file);
Tuned *tuned_parse(const char *file, const char *s, const char *end);
Tuned *tuned_on(const Target *t);                    /* measured.c: known of its processor; NULL: nothing */
bool tuned_takes(const Node *n);                     /* a convolution that has several ways: after choose */

/* steps.c - what a file of quantised weights says of the layers */
typedef struct {
	const char *name;            /* of the layer */
	double step;                 /* of its result as bytes; 0: nothing is known of it */
	int zero;
	bool pixels;                 /* input: the picture's own */
	bool weights, pair_safe;     /* its weights are signed bytes, no pair of which leaves 16 bits */
	bool keep;                   /* it stays on floats */
	double noise, clipped, lost; /* signal to quantisation noise of the result in dB, share beyond the bytes' ends, bits
	                                that pair safety took from the weights, at most */
} StepRow;
typedef struct Steps {
	StepRow *rows;
	int count;
	Weights *weights;            /* the file */
} Steps;
const StepRow *steps_find(const Steps *s, const char *name); /* NULL: nothing is said of it */
const char *step_text(const StepRow *r);             /* of a row, as a file's metadata has it */
StepRow step_read(const char *file, const char *name, const char *text);
Steps *steps_in(Weights *w);                         /* NULL: they are not quantised */

/* pass.c */
typedef struct {
	const char *name;
	void (*run)(Graph *);
	size_t plain;                /* offset in Graph of the switch for the least it must do; 0: may be left out */
	const char *doc;
} Pass;
typedef struct {
	const char *dump;            /* a pass name, "all" or NULL */
	bool dot, times;
	const char *stop_after;      /* a pass name or NULL */
	unsigned skip;               /* bit per pass */
	FILE *out;                   /* dumps go here */
} PassOptions;
extern const Pass passes[];
extern const int npasses;
int pass_named(const char *name);                    /* -1: no such pass */
bool run_passes(Graph *g, const PassOptions *po);    /* false: stopped before the last one */

/* passes/ - one public function a file */
void fold_bn(Graph *g);
void fuse(Graph *g);
void dce(Graph *g);
void quantize(Graph *g);
void choose(Graph *g);
void layout(Graph *g);
void tile(Graph *g);
void strips(Graph *g);
void recompute(Graph *g);
void plan(Graph *g);

#endif
