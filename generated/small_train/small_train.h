/* SPDX-License-Identifier: 0BSD */
/*
** small_train.h - interface of the network in training
**
** made by resnetc 0.1.0; do not edit, change the model and compile it again
** command  resnetc compile small.lua -w random --target avx2 --train
** model    sha256 dfc4f8bdbd8b81fcb4c4e0bcac9df36fb315464b0fd74238d690c0af30b4a5a6
** weights  sha256 none, random:0
** target   avx2
** work     0.16 M multiply-adds an image
** arena    197952 bytes (the results alive at 'layer1.0.bn2.dx' alone take 197952), weights 128 bytes
** This file is yours.
*/

/*
** images    4 x 3 x 8 x 8 floats, as small.h says it of the input
** labels    one of 3 classes for each, counted from 0
** state     parameters, momentum, gradients, running statistics: one block of memory that is its own checkpoint; a step
**           after it was written and read again has the same bits as without
** workspace what a step works in; nothing in it is kept between calls
** gradient  of every parameter that learns, in the order below, each from a multiple of 16 floats on
**
** Same bits for any number of threads and any address of state and workspace.
*/
#ifndef SMALL_TRAIN_H
#define SMALL_TRAIN_H

#include "rc_train.h"

#define SMALL_TRAIN_BATCH           4
#define SMALL_TRAIN_CLASSES         3
/* Where they are large, steps are faster in pages of 2 MB: MADV_HUGEPAGE of Linux. */
#define SMALL_TRAIN_STATE_BYTES     18880
#define SMALL_TRAIN_STATE_ALIGN     64
#define SMALL_TRAIN_WORKSPACE_BYTES 201088
#define SMALL_TRAIN_WORKSPACE_ALIGN 64
#define SMALL_TRAIN_PARAMS_BYTES    6592
#define SMALL_TRAIN_GRADIENT_FLOATS 1520
#define SMALL_TRAIN_NORM_CHANNELS   8 /* of the widest batch norm */

/* Parameters in a state and in gradients: first float, how many, name.
**        0      216  conv1.weight
**      224        8  bn1.weight
**      240        8  bn1.bias
**      256      576  layer1.0.conv1.weight
**      832        8  layer1.0.bn1.weight
**      848        8  layer1.0.bn1.bias
**      864      576  layer1.0.conv2.weight
**     1440        8  layer1.0.bn2.weight
**     1456        8  layer1.0.bn2.bias
**     1472       24  fc.weight
**     1504        3  fc.bias
*/

typedef float small_pixel;

#ifdef __cplusplus
extern "C" {
#endif

/* Parameters made up from a seed; or those of a parameter file, with momentum 0. */
int small_train_init(void *state, uint64_t seed);
int small_train_load(void *state, const void *params, size_t len);

/* A checksum for a state that is to be written to a file; the next step takes it away. Is this a state
of this network, as it was read from a checkpoint, and undamaged where that has a checksum? */
int small_train_seal(void *state);
int small_train_check(const void *state, size_t len);

/* Of one batch: the gradient of the mean loss, and running statistics; then a step of the optimizer; or both. */
int small_train_grad(const rc_options *options, void *state, const small_pixel *images, const int32_t *labels,
	const rc_train *how, void *workspace, size_t len, rc_loss *loss);
int small_train_apply(const rc_options *options, void *state, const rc_train *how);
int small_train_step(const rc_options *options, void *state, const small_pixel *images, const int32_t *labels,
	const rc_train *how, void *workspace, size_t len, rc_loss *loss);

/* Any number of images without learning, by the running statistics. */
int small_train_eval(const rc_options *options, const void *state, const small_pixel *images, const int32_t *labels, int count,
	void *workspace, size_t len, rc_loss *loss);

/* The blob that small_run takes: len is SMALL_WEIGHTS_BYTES, weights starts at a multiple of 64. The self test expects
nothing of its layers; resnetc pack makes one of which it does. */
int small_train_export(const void *state, void *weights, size_t len);

/* Those of the state, in its order: those that have gradients, then running statistics. */
const rc_parameter *small_train_parameters(int *count);

/* All of this as rc_mpi.h takes it. */
const rc_trainer *small_train_trainer(void);
/* The gradient of the last _grad or _step. */
float *small_train_gradient(void *state);

#ifdef __cplusplus
}
#endif
#endif
