/* SPDX-License-Identifier: 0BSD */
/*
** rc_train.h - the runtime of networks in training: what NAME_train.h's functions are told and tell, and the tables
** that emitted code gives it. No malloc, no stdio, no state but the caller's.
*/
#ifndef RC_TRAIN_H
#define RC_TRAIN_H

#include "rc.h"

#define rc_train_init      RC_SYMBOL(rc_train_init)
#define rc_train_check     RC_SYMBOL(rc_train_check)
#define rc_train_seal      RC_SYMBOL(rc_train_seal)
#define rc_train_load      RC_SYMBOL(rc_train_load)
#define rc_train_grad      RC_SYMBOL(rc_train_grad)
#define rc_train_apply     RC_SYMBOL(rc_train_apply)
#define rc_train_step      RC_SYMBOL(rc_train_step)
#define rc_train_eval      RC_SYMBOL(rc_train_eval)
#define rc_train_gradient  RC_SYMBOL(rc_train_gradient)
#define rc_train_export    RC_SYMBOL(rc_train_export)
#define rc_pack            RC_SYMBOL(rc_pack)
#define rc_fold_pack       RC_SYMBOL(rc_fold_pack)
#define rc_train_part      RC_SYMBOL(rc_train_part)
#define rc_view_of         RC_SYMBOL(rc_view_of)
#define rc_random          RC_SYMBOL(rc_random)

#ifdef __cplusplus
extern "C" {
#endif

enum {
	/* pictures are cropped, flipped, cut out as the model says, differently for each seed */
	RC_TRAIN_AUGMENT = 1
};

/* Of a step; set struct_size, zero the rest. */
typedef struct rc_train {
	size_t struct_size;              /* sizeof(rc_train) */
	float rate;                      /* the learning rate, for _apply and _step */
	uint32_t flags;                  /* RC_TRAIN_AUGMENT, or 0 */
	uint64_t seed;                   /* of what is random in it */
} rc_train;

/* Of a batch. */
typedef struct rc_loss {
	double loss;                     /* the mean of all images */
	int32_t correct, count;          /* images whose label has the largest output; images */
} rc_loss;

/*
** A state begins with this; parameters (from byte 256), momentum and gradients follow, each parameter as the weight
** file has it, at a multiple of 16 floats. It is one block of memory: written to a file it is a checkpoint.
*/
typedef struct rc_state {
	char magic[8];                   /* "resnett" and a zero */
	uint32_t version;                /* 1 */
	uint32_t endian;                 /* 0x01020304 */
	uint64_t bytes;                  /* of the whole state */
	uint64_t hash;                   /* of its parameters' names and shapes */
	uint64_t seed;                   /* it was made from */
	uint64_t step;                   /* _apply was called so often */
	uint64_t user[8];                /* the caller's: where its data is, for example */
	char model[64];
	uint64_t checksum;               /* of all else, from _seal to the next step; 0: none */
} rc_state;

/* A file of parameters for _load: this, then the parameters and running statistics as a state has them. */
typedef struct rc_params {
	char magic[8];                   /* "resnetp" and a zero */
	uint32_t version;                /* 1 */
	uint32_t endian;
	uint64_t bytes;                  /* of the whole file */
	uint64_t hash;                   /* as in the state */
	uint64_t checksum;               /* rc_hash of what follows byte 128 */
} rc_params;

/* --- used by emitted code --- */

#define RC_STATE RC_HOME(4)          /* the state */
#define RC_HOW   RC_HOME(5)          /* the caller's rc_train */

typedef enum rc_start { RC_START_VALUE, RC_START_NORMAL, RC_START_UNIFORM } rc_start;

typedef struct rc_parameter {
	const char *name;
	size_t at, count;                /* in floats, from byte 256 of the state */
	int start;                       /* rc_start: how it is made up, of this value, standard deviation, or bound */
	float value;
	int learns, decays;
	int layer;                       /* of rc_options.layer, after which a gradient is whole; -1: it has none */
} rc_parameter;

/* How a picture is seen in training: pixel i, j of the input is pixel i + down, (mirrored) j + right of the picture,
   and 0 from row top to bottom, column left to end. */
typedef struct rc_view {
	int down, right, mirror, top, bottom, left, end;
} rc_view;

/* In which order a kernel reads its weights. */
typedef enum rc_order {
	RC_ORDER_DIRECT,                 /* [phase][group][block][tap][channel][lane] */
	RC_ORDER_WINOGRAD,               /* [group][position][channel][lane] of G w G' */
	RC_ORDER_GROUPED,                /* [vector][row][shift][column][lane], groups of 2^n channels: lane^shift */
	RC_ORDER_CHANNEL                 /* batch norm alone: a factor a channel */
} rc_order;

/* From the order of the weight file to a kernel's. */
typedef struct rc_packing {
	int order;
	int phases, groups, blocks, cb, last, per; /* last: channels of the last block; per: lanes of a group */
	int oc, ic, convolutions;        /* channels; groups of the convolution */
	/* of the file; 0: it is [oc][ic][tap], 1: [ic][oc][tap], 2: that, taps from the last on */
	int kh, kw, turned;
	const short *tap, *from;         /* of phases: their taps, where each phase's begin; NULL: one phase of all */
	const int *first;                /* first block of each group; NULL: 0 */
	const double *gh, *gw;           /* Winograd: Gh, Gw, rows of kh and kw */
	int ah, aw;                      /* and how many rows each has */
	int lanes;                       /* of the bias; 0: none */
} rc_packing;

/* What is folded into weights on their way: a batch norm, a learned factor, constants. */
typedef struct rc_fold {
	const float *w, *bias, *gamma, *beta, *mean, *var;   /* those that are there; without var there is no batch norm */
	const float *scale;              /* a factor a channel; NULL: none */
	const float *slope;              /* of a prelu, packed behind the bias; NULL: none */
	int shared;                      /* one slope for all channels */
	double eps, in, out, offset;     /* the sum of in*w*x is out*sum + offset */
} rc_fold;

/*
** A batch norm's statistics, or the sums of its gradients, of one group: after which layer they are there, and where,
** in bytes of the workspace, or of the state. rc_mpi.h makes of them what several groups are normalised by together.
*/
typedef struct rc_norm {
	int layer, sums;                 /* sums: of gradients of bias and weight; 0: mean and variance */
	int channels;
	size_t first, second;
	int first_in_state, second_in_state;
	size_t mean, var;                /* running ones, floats of the parameters */
	double count, momentum;          /* numbers a channel */
} rc_norm;

typedef struct rc_trainer {
	const char *model;
	uint64_t hash;                   /* of the parameters */
	size_t state, workspace;         /* bytes */
	const rc_parameter *parameters;
	int parameter_count;
	size_t learned, floats;          /* floats of what has gradients; with running statistics */
	const rc_step *steps, *eval_steps;
	int step_count, eval_count;
	int parts;                       /* as in rc_network */
	int batch, groups, classes;      /* images of a group, which is done at once */
	size_t image;                    /* bytes */
	/* in the workspace: a group that the caller has not whole, and its labels; sums of groups */
	size_t stage, sums;
	/* in the workspace: each image's loss and whether it is right; bytes from one to the next */
	size_t loss, loss_step;
	float momentum, decay;
	int nesterov;
	const struct rc_export *at_work; /* of the network at work, for _export; NULL: it is not there */
	const rc_norm *norms;
	int norm_count;
} rc_trainer;

/* The network at work: how its blob is made from a state. */
typedef struct rc_export {
	uint64_t plan_hash;
	size_t weights, sums;            /* bytes of the blob; where the self test's sums begin in it */
	const char *target;
	void (*pack)(const float *parameters, char *blob);
} rc_export;

int rc_train_init(const rc_trainer *t, void *state, uint64_t seed);
int rc_train_check(const rc_trainer *t, const void *state, size_t len);
int rc_train_seal(const rc_trainer *t, void *state);
int rc_train_load(const rc_trainer *t, void *state, const void *params, size_t len);
int rc_train_grad(const rc_trainer *t, const rc_options *options, void *state, const void *images,
                  const int32_t *labels, const rc_train *how, void *workspace, size_t len, rc_loss *loss);
int rc_train_apply(const rc_trainer *t, const rc_options *options, void *state, const rc_train *how);
int rc_train_step(const rc_trainer *t, const rc_options *options, void *state, const void *images,
                  const int32_t *labels, const rc_train *how, void *workspace, size_t len, rc_loss *loss);
int rc_train_eval(const rc_trainer *t, const rc_options *options, const void *state, const void *images,
                  const int32_t *labels, int count, void *workspace, size_t len, rc_loss *loss);
float *rc_train_gradient(const rc_trainer *t, void *state);
/* p: w and bias of the file, w and bias packed */
void rc_pack(const rc_packing *how, void *const *p, int lo, int hi);
void rc_fold_pack(const rc_packing *how, const rc_fold *fold, float *w, float *bias);
int rc_train_export(const rc_trainer *t, const void *state, void *weights, size_t len);
rc_train rc_train_part(const rc_train *how, int first); /* of images first, first + 1 ... of a batch by themselves */
rc_view rc_view_of(const rc_train *how, int image, int h, int w, int crop, int flip, int cutout);
uint64_t rc_random(uint64_t *seed);  /* splitmix64 */

#ifdef __cplusplus
}
#endif
#endif
