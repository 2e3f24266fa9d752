/* trainer.h - a network in training, compiled, loaded and ready to make steps; how right each of its nodes is. */
#ifndef TRAINER_H
#define TRAINER_H

#include "../runtime/rc_train.h"
#include "gradients/train.h"
#include "host.h"

typedef struct {
	const Model *m;
	int (*init)(void *state, uint64_t seed);
	int (*check)(const void *state, size_t len);
	int (*seal)(void *state);
	int (*grad)(const rc_options *, void *, const void *, const int32_t *, const rc_train *, void *, size_t, rc_loss *);
	int (*apply)(const rc_options *, void *, const rc_train *);
	int (*step)(const rc_options *, void *, const void *, const int32_t *, const rc_train *, void *, size_t, rc_loss *);
	int (*eval)(const rc_options *, const void *, const void *, const int32_t *, int, void *, size_t, rc_loss *);
	float *(*gradient)(void *);
	const char *(*strerror)(int);
	char *state, *workspace;
	size_t state_len, workspace_len;
	rc_options options;
	rc_pool *pool;
} Trainer;

/* trainer.c */
Trainer trainer_of(void *lib, const Model *m);       /* its functions; no state, no workspace yet */
Trainer trainer_open(const Model *m, int threads);   /* with a state made up from nn.train's seed, or bound weights */
void trainer_start(Trainer *t);                      /* makes up that state, in memory that is there */
void trainer_close(Trainer *t);
void trainer_must(const Trainer *t, int status);     /* fails unless it is RC_OK */
float *trainer_param(const Trainer *t, const Trained *p);    /* in the state */

/*
** node_errors.c - each node of a step, forward and backward, against the reference in double precision on the emitted
** code's own inputs to it. Each node must do the whole batch (no strips), so that all it reads is there to be seen.
*/
typedef struct {
	const Trainer *t;
	const char *images;          /* of the group at hand, or the next one */
	double **values, *error;     /* of each node; the error relative to the largest of its results */
} NodeErrors;

NodeErrors node_errors_of(const Trainer *t, const void *images, const int32_t *labels);
void node_errors_after(void *user, int index, const char *name);   /* an rc_options.layer, of a NodeErrors */
void node_errors_end(NodeErrors *e);

#endif
