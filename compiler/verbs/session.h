/* session.h - emitted code, compiled, loaded and ready to run. */
#ifndef SESSION_H
#define SESSION_H

#include "../../runtime/rc.h"
#include "../../runtime/rc_threads.h"
#include "../resnetc.h"

typedef struct {
	const Model *m;
	Host host;
	File blob;
	float *workspace;
	size_t workspace_len, inputs, outputs;   /* values of one batch */
	size_t pixel;                /* bytes of an input value */
	rc_options options;
	rc_pool *pool;
} Session;

Session session_open(const Model *m, int threads, bool with_peak);
void session_run(Session *s, const void *in, float *out);
float *session_run_all(Session *s, const void *in, int images);
double median(double *v, int count);                 /* sorts them */
void session_close(Session *s);

/* inputs.c */
void *read_input(const char *file, const Graph *g, int *images);   /* as NAME_run takes it */
void *random_input(const Graph *g);
double *input_doubles(const Graph *g, const void *in);             /* one batch, for the interpreter */

#endif
