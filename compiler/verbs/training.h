/* training.h - a network in training, as the command line wants it. */
#ifndef TRAINING_H
#define TRAINING_H

#include "../trainer.h"
#include "session.h"

/* training.c */
/* weights bound where the command line names some; starting: to start from, so nn.train's fresh parts are made up anew;
   NULL: stopped early */
Model *build_training(Options *o, bool starting);

/* curves.c */
void write_curves(const char *file, const Graph *g, const char *log);  /* a page, from the text of train's log */

/* verify_train.c */
int verify_training(Options *o);

/* explain_train.c */
int explain_training(Options *o);

#endif
