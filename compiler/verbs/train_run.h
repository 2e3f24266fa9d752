/*
** train_run.h - a training that runs: what its steps share with its checkpoint, its log and the weights it writes.
*/
#ifndef TRAIN_RUN_H
#define TRAIN_RUN_H

#include "dataset.h"
#include "training.h"

/* of rc_state.user; in a checkpoint without the last three they are 0 */
enum { SumWord, RightWord, CountWord, MillisecondsWord, BatchWord, PicturesWord, EpochsWord };

typedef struct {
	const Options *o;
	const Graph *g;
	Training *t;
	Trainer trainer;
	Data data;
	char *images;                /* a batch */
	int32_t *labels;
	int *order;
	int order_of;                /* epoch, -1: none */
	int steps;                   /* of an epoch */
	double limit, start, before; /* seconds: of this run; spent before it */
	const char *weights_file, *checkpoint;
	char *log;                   /* its text so far */
	size_t log_len;
	Graph *named;                /* the model by the names of weight files; NULL: not loaded yet */
} Run;

/* train_state.c */
rc_state *head_of(const Run *r);
double loss_of_epoch(const Run *r);                  /* so far, all added up */
void add_loss(const Run *r, const rc_loss *loss);
bool owes_test(const Run *r);                        /* do a whole epoch's sums wait for its test? */
void write_checkpoint(const Run *r);
void resume_state(Run *r);                           /* of the checkpoint, if it goes on here */

/* train_log.c */
void begin_log(Run *r);
void add_line(Run *r, const char *line, size_t len);
void resume_log(Run *r);                             /* as far as it belongs to the checkpoint */

/* train_weights.c */
void write_weights(Run *r);                          /* the parameters as safetensors, under the model's names */

#endif
