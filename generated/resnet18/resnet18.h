/* SPDX-License-Identifier: 0BSD */
/*
** resnet18.h - interface of the network
**
** made by resnetc 0.1.0; do not edit, change the model and compile it again
** command  resnetc compile resnet18.lua -w random --target avx512 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1 -D a=1
** model    sha256 731669040686ba372988f24f1d3c0d4b103452b29ed13c53b334e3235b55f3fb
** weights  sha256 none, random:0
** target   avx512
** work     1814.07 M multiply-adds an image
** arena    4072448 bytes (the results alive at 'maxpool' alone take 4072448), weights 97090112 bytes
** This file is yours.
*/

/*
** input   1 x 3 x 224 x 224 floats, NCHW, images first, channels in the order R, G, B
**         (0.00392157*pixel - mean)/std for pixels 0 to 255
**         mean 0.485, 0.456, 0.406
**         std  0.229, 0.224, 0.225
** output  'fc': 1 x 1000 x 1 x 1 floats, NCHW
**
** Same bits for any number of threads and any workspace address.
** ReLU and max pooling keep NaN; multiply-adds are fused (rounded once) on every target but scalar.
** Some 3x3 convolutions are Winograd's: they round otherwise than direct sums, by about 1e-6 of the largest
** result (resnetc --exact: none are), and an infinity in their input can make NaN of its neighbours.
** A call takes at most 100 KB of stack.
** Input and output may lie at any float address and may be the same memory.
*/
#ifndef RESNET18_H
#define RESNET18_H

#include "rc.h"

#define RESNET18_BATCH            1
#define RESNET18_INPUT_CHANNELS   3
#define RESNET18_INPUT_HEIGHT     224
#define RESNET18_INPUT_WIDTH      224
#define RESNET18_INPUT_FLOATS     150528
#define RESNET18_INPUT_BYTES      602112
#define RESNET18_OUTPUT_FLOATS    1000
#define RESNET18_WORKSPACE_BYTES  4072448
#define RESNET18_WORKSPACE_ALIGN  64
#define RESNET18_SELFTEST_BYTES   4678560
#define RESNET18_WEIGHTS_BYTES    97090112
#define RESNET18_WEIGHTS_ALIGN    64
#define RESNET18_PLAN_HASH        0x7a151d7ced298de3u
#define RESNET18_MACS             1814073344

/* Each output: its first float in output, and how many. */
#define RESNET18_OUTPUTS 1
#define RESNET18_OUTPUT_0_AT 0
#define RESNET18_OUTPUT_0_FLOATS 1000

#ifdef __cplusplus
extern "C" {
#endif

/* Once, before the first run: is this the blob of this code, undamaged, and can this processor run it? */
int resnet18_check(const void *weights, size_t len);

/*
** One batch. weights: the blob, read only, shared by any number of threads; workspace: one per call at
** the same time. Returns RC_OK or what is wrong, before anything is written (rc_strerror).
*/
int resnet18_run(const void *weights, const float *input, float *output, void *workspace, size_t workspace_len);

/* The same with threads and a callback after each layer; options may be NULL. */
int resnet18_run_with(const rc_options *options, const void *weights, const float *input, float *output,
	void *workspace, size_t workspace_len);

/*
** Runs every layer on made-up values and compares with what the compiler expects: RC_OK, or RC_E_SELFTEST and the first
** layer that differs in *layer (which may be NULL). Needs no file; workspace: RESNET18_SELFTEST_BYTES, aligned like NAME_run's.
*/
int resnet18_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer);

extern const float resnet18_mean[3], resnet18_std[3];

#ifdef __cplusplus
}
#endif
#endif
