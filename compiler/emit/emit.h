/* emit.h - from the planned graph to files: C, header, weight blob. */
#ifndef EMIT_H
#define EMIT_H

#include "../kernels/kernel.h"

enum {
	NTargets = 8,                /* most targets of one artefact */
	NSizes   = 8                 /* most input sizes of one artefact */
};

typedef struct {                     /* bytes that a step touches */
	Home home;
	bool output, written;        /* of the caller's, the output */
	size_t at, bytes;
} Touched;

typedef struct {                     /* one step of the network: a kernel's phase, or zeros around a result */
	const Function *function;
	const Node *node;            /* whose layer it belongs to */
	bool last;                   /* the layer is done after it */
	bool packs;                  /* in training: it packs the node's weights */
	int units, rounds;
	int start;                   /* when it may begin, as rc_step has it */
	size_t own;                  /* bytes of its first operand that each part has to itself */
	bool halo;                   /* it makes the zeros around a result, nothing else */
	Touched operand[NOperands];
	int noperands;
} Step;

typedef struct Artefact Artefact;
typedef struct {                     /* everything the emitters need to know about one compilation */
	Graph *g;
	Functions *functions;
	Step *steps;
	int nsteps;
	Step *eval;                  /* of a network in training: forward alone */
	int neval;
	size_t blob;                 /* bytes */
	size_t selftest_at;          /* in it: what the self test expects */
	uint64_t plan_hash;
	char model_sha[65], weights_sha[65];
	const char *command;         /* without paths */
	const Artefact *artefact;    /* what NAME.h tells of several targets and sizes; NULL: one of each */
	const char *embed;           /* NAME_weights.c comes with it: "file" or "c"; or NULL */
	bool part;                   /* of an artefact: its tables alone, and nothing on other architectures */
} Model;

struct Artefact {                    /* several targets and input sizes under one name */
	const char *name;
	Model **parts;               /* [target][size] */
	int targets, sizes;
};

/* model.c */
Model *model_of(Graph *g);                           /* shares and writes kernels, lists the steps, lays out the blob */
const Function *function_of(const Model *m, const Node *n);    /* that computes n: its last one */

/* starts.c */
void set_starts(Step *steps, int count);

/* sizes.c */
size_t outputs_of(const Graph *g);                   /* floats of all outputs */
Dtype output_dtype(const Graph *g);                  /* of all outputs as the caller has them */
size_t output_bytes(const Graph *g);
size_t input_bytes(const Graph *g);                  /* of the caller's input */
size_t selftest_bytes(const Graph *g);              /* of memory it works in: workspace, a made-up input, the outputs */
int selftest_each(const Graph *g);                   /* sums of a layer that it compares */
size_t selftest_of(const Model *m);                  /* the most of all targets; the first input size is tested */
int stack_of(const Model *m);                        /* bytes, at most, on any target */
size_t workspace_of(const Artefact *a, int size);    /* bytes, on any target */
enum { ZeroNumbers = 4 };                            /* the bytes that stand for 0 in a channel and the next three */
size_t zeros_at(const Value *v);                     /* where they are in the blob, as floats */
const char *size_name(const Model *m);               /* "224x224" */

/* names.c */
void emit_banner(Out *o, const Model *m, const char *ending, const char *what);
void emit_names(Out *o, const Graph *g);             /* binds $name_run, $NAME_BATCH, ... */
const char *upper_of(const char *name);

/* constants.c */
bool has_adapter(const Graph *g);                    /* are there mean and std for the caller */
const char *commas(const double *v, int count, const char *format);   /* numbers with commas */
void emit_constants(Out *o, const Graph *g);

/* network.c */
int number_of(const Value *v);                      /* in the emitted table of tensors, which numbers what is made up */
void emit_network(Out *o, const Model *m);

void emit_steps(Out *o, const char *name, const Step *steps, int count);

/* train_source.c, train_header.c: NAME_train.c, NAME_train.h */
File emit_train_source(const Model *m, const Model *work);   /* work: the network at work, for _export; or NULL */
File emit_train_header(const Model *m, const Model *work);
void emit_export(Out *o, const struct Training *t, const Model *work);
File emit_params(const Model *m);                    /* bound parameters, for NAME_train_load */
uint64_t parameters_hash(const Graph *g);            /* of names and shapes */
size_t state_bytes(const Graph *g);
size_t train_workspace(const Model *m);
size_t train_stage(const Model *m);                  /* where a group is put that the caller has not whole */
size_t train_sums(const Model *m);                   /* where gradients of groups are added up */

/* selftest.c */
size_t selftest_sums(const Graph *g);                /* bytes in the blob */
void selftest_expect(const Node *n, const double *w, const double *b, float *to);  /* w, b: folded weights or NULL */

/* source.c, header.c, blob.c: the files */
File emit_source(const Model *m);
const char *function_text(const Function *f);        /* comment and C */
const char *function_source(const Model *m, const Function *f);    /* its text, after those of the functions it calls */
File emit_header(const Model *m);
File emit_blob(const Model *m);                      /* folds, packs, checksums; needs bound weights */

/* embed.c, dispatch.c, amalgamate.c, depfile.c, runtime.c */
File emit_embedded(const Model *m, const File *blob);  /* NAME_weights.c */
int emit_artefact(const Artefact *a, File *files);  /* with a dispatcher; files: 4 + targets*sizes */
int amalgamate(File *files, int count);              /* NAME.c, NAME.h and the blob are left, and need nothing else */
void write_depfile(const char *path, const char *dir, const File *source);
int train_runtime_files(const Target *t, File *files);     /* of a network in training */
int train_runtime_only(File *files);                 /* what it has more than one at work */
int runtime_files(const Target *const *t, int nt, File *files);     /* what the generated C includes and links */

#endif
