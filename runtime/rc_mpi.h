/* SPDX-License-Identifier: 0BSD */
/*
** rc_mpi.h - optional: a network in training on several processes, by MPI. Both files are empty without -DRC_MPI.
**
** A step is over `groups` groups of NAME_TRAIN_BATCH images, a power of two. Each of the ranks, a power of two of at
** most so many, owns as many in a row. Gradients of groups are added up as a binary tree whose shape hangs on the
** groups alone: the lower part of it on each rank, the upper by recursive doubling, so 1, 2, 4 ... ranks give the same
** bits. A gradient is sent as soon as the last group's backward pass is done with its layer, while it goes on. Batch
** norms normalise each group by its own statistics; the running ones become the mean of what the groups make of them.
**
**	rc_mpi m;
**	rc_options options = { sizeof options };
**	int count;
**	const rc_parameter *parameters = NAME_train_parameters(&count);
**
**	rc_mpi_open(&m, MPI_COMM_WORLD, groups, parameters, count, NAME_TRAIN_GRADIENT_FLOATS, room, sizeof room, &options);
**	for each step:
**		rc_mpi_begin(&m, state);
**		for (int i = 0; i < m.own; i++) {
**			rc_mpi_group(&m, i);
**			NAME_train_grad(&options, state, images of group m.first + i, labels, how, workspace, len, &loss[i]);
**		}
**		rc_mpi_end(&m, loss, &all);
**		NAME_train_apply(&options, state, how);
**
** With batch norms that are the same for all images of a step, synchronised over the ranks, the groups of a rank go
** through the layers side by side, each in a workspace of its own:
**
**	rc_mpi_sync(&m, NAME_train_trainer(), room, sizeof room);      RC_MPI_SYNC(NAME_TRAIN_NORM_CHANNELS) bytes
**	for each step:
**		rc_mpi_begin(&m, state);
**		rc_mpi_grad(&m, &options, state, images of all own groups, labels, how of each, workspaces, len, loss);
**		rc_mpi_end(&m, loss, &all);
**		NAME_train_apply(&options, state, how);
**
** Statistics are joined along the same tree as gradients, so 1, 2, 4 ... ranks give the same bits there, too.
**
** how.seed must be of the step and the group, the state the same on all ranks. Errors of MPI are the communicator's to
** handle. Nothing here allocates.
*/
#ifndef RC_MPI_H
#define RC_MPI_H

#include "rc_train.h"

#if defined(RC_MPI)

#include <mpi.h>

#define rc_mpi_open  RC_SYMBOL(rc_mpi_open)
#define rc_mpi_begin RC_SYMBOL(rc_mpi_begin)
#define rc_mpi_group RC_SYMBOL(rc_mpi_group)
#define rc_mpi_sync  RC_SYMBOL(rc_mpi_sync)
#define rc_mpi_grad  RC_SYMBOL(rc_mpi_grad)
#define rc_mpi_end   RC_SYMBOL(rc_mpi_end)

#ifdef __cplusplus
extern "C" {
#endif

enum { RC_MPI_PARTS = 64, RC_MPI_GROUPS = 256, RC_MPI_LEAST = 8192 }; /* most parts, groups, least floats of a part */

/* A part of the gradient that is sent by itself. */
typedef struct rc_mpi_part {
	size_t from, to;                 /* floats */
	int layer;                       /* after which it is whole */
	int round;                       /* of recursive doubling, that is under way; -1: not begun */
	MPI_Request request[2];
} rc_mpi_part;

typedef struct rc_mpi {
	int rank, ranks, groups, own, first;     /* groups of this rank: own, from first on */
	int parts;                       /* the last one: running statistics */
	/* --- its own --- */
	MPI_Comm comm;
	size_t learned, floats;
	float *sum, *received, *start, *level;   /* in the caller's room */
	float *state;
	int group;                       /* that is computed */
	const rc_trainer *trainer;       /* synchronised: what it walks; else NULL */
	char *home[RC_MPI_GROUPS][8];    /* of each own group */
	float *norm;                     /* its room: a sum, one that is received, levels of the tree */
	rc_mpi_part part[RC_MPI_PARTS];
} rc_mpi;

/* Bytes of room for a network of so many floats (NAME_TRAIN_PARAMS_BYTES - 128) and groups a rank, at most 256. */
#define RC_MPI_ROOM(params_bytes, own) ((size_t)((params_bytes) - 128)* \
	(3 + ((own) > 1) + ((own) > 2) + ((own) > 4) + ((own) > 8) + \
	((own) > 16) + ((own) > 32) + ((own) > 64) + ((own) > 128)))

/* RC_OK; RC_E_OPTIONS: groups or ranks are no power of two, or ranks are more than groups, or groups more than 256;
   RC_E_SCRATCH: room is too small. The layer hook of options is taken; threads may be set. */
int rc_mpi_open(rc_mpi *m, MPI_Comm comm, int groups, const rc_parameter *parameters, int count, size_t learned,
                float *room, size_t len, rc_options *options);
/* Synchronised batch norms from now on. RC_E_OPTIONS: a batch that is groups itself, by bn = { groups = N }. */
#define RC_MPI_SYNC(channels) ((size_t)20*(size_t)(channels)*sizeof(float))
int rc_mpi_sync(rc_mpi *m, const rc_trainer *t, float *room, size_t len);
/* workspaces: one after the other; len: of all of them. */
int rc_mpi_grad(rc_mpi *m, const rc_options *options, void *state, const void *images, const int32_t *labels,
                const rc_train *how, void *workspaces, size_t len, rc_loss *loss);
void rc_mpi_begin(rc_mpi *m, void *state);
void rc_mpi_group(rc_mpi *m, int i);         /* before the gradient of this rank's group i */
void rc_mpi_end(rc_mpi *m, const rc_loss *own, rc_loss *all);  /* the gradient of all groups is in the state */

#ifdef __cplusplus
}
#endif
#endif
#endif
