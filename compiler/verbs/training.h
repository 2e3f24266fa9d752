/* training.h - a network in training, compiled, loaded and ready to make steps. */
#ifndef TRAINING_H
#define TRAINING_H

#include "../../runtime/rc_threads.h"
#include "../../runtime/rc_train.h"
#include "../gradients/train.h"
#include "session.h"

typedef struct {
	const Model *m;
	int (*init)(void *state, uint64_t seed);
	int (*check)(const void *state, size_t len);
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

/* weights bound where the command line names some; starting: to start from, so nn.train's fresh parts are made up anew;
   NULL: stopped early */
Model *build_training(Options *o, bool starting);
Trainer trainer_open(const Model *m, int threads);  /* with a state made up from nn.train's seed, or of bound weights */
void trainer_close(Trainer *t);
void trainer_must(const Trainer *t, int status);     /* fails unless it is RC_OK */
float *trainer_param(const Trainer *t, const Trained *p);    /* in the state */

/* curves.c */
void write_curves(const char *file, const Graph *g, const char *log);  /* a page, from the text of train's log */

/* verify_train.c */
int verify_training(Options *o);

/* explain_train.c */
int explain_training(Options *o);

#endif
