/* session.h - emitted code, compiled, loaded and ready to run. */
#ifndef SESSION_H
#define SESSION_H

#include <json-c/json.h>

#include "verbs.h"

typedef struct {
	const Model *m;
	Host host;
	File blob;
	float *workspace;
	unsigned char *bytes;        /* outputs as they come; NULL: they are floats */
	size_t workspace_len, inputs, outputs;   /* values of one batch */
	size_t pixel;                /* bytes of an input value */
	rc_options options;
	rc_pool *pool;
} Session;

Session session_open(const Model *m, int threads, bool with_peak);
void session_run(Session *s, const void *in, float *out);
double median(double *v, int count);                 /* sorts them */
void session_close(Session *s);

/* feed.c */
typedef struct {
	Session *s;
	char *in;                    /* the batch that is being filled */
	float *out;
	int have;                    /* images in it */
	int images, room;            /* that were run; that all has room for */
	float **all;                 /* each output, of all images */
} Feed;
Feed feed_open(Session *s);
void feed(Feed *f, const void *images, int count);   /* as NAME_run takes them */
void feed_end(Feed *f);
size_t feed_floats(const Feed *f, int o);            /* of output o, of one image */
void feed_close(Feed *f);

/* measure.c */
typedef struct {
	double *layer;               /* seconds of every node, medians */
	double whole, least;         /* seconds of a run */
	double peak;                 /* GFLOP/s of multiply-adds, all threads */
	double memory, cache;        /* GB/s that one thread reads from memory, from the second cache */
	int threads, rounds;
	const char *compiler;
} Measured;
Measured measure(const Model *m, int threads, int rounds);

/* accuracy.c */
void check_accuracy(const Options *o, const Model *floats, const Model *bytes);  /* fails where bytes lose too much */

/* blame.c - layers to keep on floats, quoted, what errs most on these inputs first, behind those that are */
const char *to_keep(const Model *floats, const Graph *bytes, void *const *in, int count, int threads);

/* budget.c */
void check_budget(const Options *o, const Model *m); /* prints what is needed; fails where it doesn't fit */
struct json_object *budget_facts(const Options *o, const Model *m);

/* bytes.c */
double largest_sum(const Node *n);            /* of a layer with weights of bytes, whatever the bytes are; 0: unknown */
const StepRow *row_of_bytes(const Node *n);          /* NULL: its result is none, or nothing is known of it */
Node with_floats(const Node *n, Graph *g);             /* n in g, which keeps its weights as floats */
double store_error(const Node *n);                   /* of weights kept at half size: their share that is lost */
void print_store(const Graph *g);                    /* what keeping them so costs; nothing where they are floats */
void print_noise(const Graph *g);                    /* nothing for a network of floats */

/* facts.c */
struct json_object *facts_of(const Model *m, const Measured *t);    /* t may be NULL */
struct json_object *plan_hash_of(const File *blob);  /* as NAME.h writes NAME_PLAN_HASH */
void print_json(struct json_object *o);              /* to standard output, readable; lets go of o */
size_t weights_of(const Node *n);                    /* bytes in the blob */
double bytes_moved(const Node *n);                   /* inputs, weights and result of a batch */
size_t parameters_of(const Node *n);                 /* as the framework counts them: no running statistics */
const char *fused(const Node *n);                    /* "bn1 + skip 'x' + relu", or "-" */
const char *fused_kinds(const Node *n);              /* "bn skip relu", or "-" */
const char *algorithm(const Node *n);                /* "winograd4x4", "conv3x3/2", "max_pool" */
const char *stride_note(const Graph *g);             /* a trap of ResNet-50s, or NULL */

/* outputs.c */
const char *output_name(const Graph *g, int o);      /* as NAME.h tells it; a second of a name has a number */
/* FILE, or OUTPUT=FILE each, of so many images; NULL: not given */
const double **expected(const Graph *g, const char *const *given, int count, int images);

/* inputs.c */
const char *const *input_files(const char *const *given, int ngiven, int *count);  /* folders as the pictures in them */
void *read_input(const char *file, const Graph *g, int *images);   /* as NAME_run takes it */
void *random_input(const Graph *g);
double *input_doubles(const Graph *g, const void *in);             /* one batch, for the interpreter */

#endif
