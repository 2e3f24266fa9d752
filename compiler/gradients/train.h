/*
** train.h - what a network in training is told (nn.train) and what becomes of it: parameters in a state, backward
** nodes.
*/
#ifndef TRAIN_H
#define TRAIN_H

#include "../graph.h"

enum {
	StateHeader = 256,           /* bytes of a state before the first parameter */
	StateFloats = 16             /* every parameter starts at a multiple of so many; zeros between */
};

typedef enum { Schedule_constant, Schedule_steps, Schedule_one_cycle } ScheduleKind;

typedef struct {                     /* of a schedule in steps: this rate up to this share of the training */
	double share, rate;
} RateStep;

typedef struct {                     /* parts of a model, by the beginnings of their layers' names, or "stem" */
	const char **name;
	int count;
} Parts;

typedef struct {                     /* one parameter as the state has it */
	const char *name;            /* in weight files */
	Node *node;                  /* that has it */
	ParamId id;
	size_t at, count;            /* floats from the first parameter; how many */
	int start;                   /* how it is made up: rc_start */
	double value;
	bool running;                /* a running statistic: behind the others, without gradient */
	bool frozen;
} Trained;

typedef struct Training {
	int line;                    /* of nn.train in the model file */
	/* --- as the model says --- */
	int batch, epochs;
	uint64_t seed;
	double smoothing;            /* of labels */
	double momentum, weight_decay;
	bool nesterov, decay_weights;/* decay_weights: nothing but weights of convolutions and linear layers decays */
	ScheduleKind schedule;
	double peak, warm;           /* constant: the rate; one_cycle: the highest rate, the share of the way up */
	RateStep *steps;
	int nsteps;
	int crop, cutout;            /* pixels */
	bool flip;
	double bn_momentum;
	bool bn_frozen;              /* batch norms stay as they are, by their running statistics */
	int bn_groups;               /* of a batch, each normalised by its own statistics, one after the other */
	Parts freeze, fresh;         /* whose parameters stay; that are made up whatever weights there are */
	bool recompute;              /* what the way back reads is made again rather than kept, */
	double recompute_bytes;      /* where more than so many would be live at a time; 0: where that saves any */
	bool starting;               /* weights to start from are bound: parts may be made up instead */
	bool zero_gamma;             /* the last batch norm before an addition starts at 0 */

	/* --- set by training_graph --- */
	Trained *params;
	int nparams;
	size_t learned, floats;      /* floats of what has gradients; with the running statistics behind it */
	Node *loss;                  /* the last forward one */
	const int *labels;           /* of a batch, for the reference */
} Training;

/* state.c */
Training *training_new(void);                        /* with the defaults of nn.train */
const char *training_place(const Graph *g);          /* of nn.train, for messages */
/* those that learn one after the other, then the running statistics */
void place_params(Graph *g);
const Trained *trained(const Node *n, ParamId p);    /* where n's parameter is in the state; NULL: it has none */
bool in_parts(const Graph *g, const Node *n, const Parts *p);    /* is n of one of them */
void check_parts(const Graph *g);                    /* every part that nn.train names is there */
int group_images(const Training *t);                 /* of one group of a batch */

/* schedule.c */
double rate_at(const Training *t, double share);     /* of the schedule after this share of all steps */

/* training.c */
void training_graph(Graph *g);                       /* forward nodes become those of training, backward ones follow */
void merge_norms(Graph *g);                          /* merge.c: what goes over a batch norm's numbers, into the norm */
void renorm_results(Graph *g);                      /* renorm.c: norms are made again on the way back */
void respread_gradients(Graph *g);                   /* respread.c: gradients of pools are made again for a norm */
/* parameters of backward nodes from those of forward ones, for the reference */
void derive_weights(Graph *g);

/* nodes.c */
typedef struct {
	Graph *g;
	Value **gradient;            /* of the first result of each forward node, as far as it is known; by id */
	bool *wanted;                /* forward nodes whose result depends on something that learns */
} Backward;
Node *backward_node(Backward *b, Op op, const Node *of, const char *what);   /* named after of; not yet in the graph */
void backward_reads(Node *n, Value *v);              /* v becomes its next input */
Value *backward_add(Backward *b, Node *n);           /* into the graph; its first result */
Value *backward_two(Backward *b, Op op, const Node *of, const char *what, Value *x, Value *z);   /* op of both, added */
Value *backward_scaled(Backward *b, const Node *of, const char *what, Value *x, double gain);    /* gain*x, added */
void give(Backward *b, Value *x, Value *dx);         /* dx is a part of x's gradient */
bool wants(const Backward *b, const Value *x);       /* does anything that learns lie before x */
bool backward_learns(const Node *n, ParamId p);      /* has n such a parameter, and is it not frozen */
/* result i of n is the gradient of parameter p of of */
void backward_into_state(Node *n, int i, const Node *of, ParamId p);

/* lines.c - of what belongs together along an axis, and of matrix products */
typedef void Builder(Backward *b, Node *n, Value *dy);
Builder backward_channel_param, backward_own_norm, backward_softmax, backward_reduce, backward_matmul;

/* interp_lines.c */
/* x of an own_norm in units of its result, no mean taken off */
void own_norm_terms(const Node *n, const double *const *x, double *y);

/* layers.c */
void split_layers(Graph *g);                         /* layers of the language that become several in training */
bool splits(Op op);

/* backward.c */
void backward(Backward *b, Node *n, Value *dy);      /* the gradients of n's inputs and parameters */
bool has_gradient(Op op);                            /* is it known for an op of the language, or of what it becomes */

/* spatial.c */
typedef struct { int in, out; double share; } Spread;/* result out has share of input in */
int spread_of(Op op, const Attr *a, bool rows, int in, int out, Spread *to);  /* along one axis, by in; how many */
/* the input's channel that is the result's first; may be negative */
int first_channel_of(Op op, const Attr *a);
enum { MostSpreads = 1 << 16 };

/* slope.c */
bool slope_from_input(Act act);                      /* the derivative is told from the input, not the result */
double slope_at(const Attr *a, Act act, double v);   /* v: the input or the result; Act_none: of a step at 0 */

#endif
