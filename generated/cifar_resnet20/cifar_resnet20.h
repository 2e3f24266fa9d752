/* SPDX-License-Identifier: 0BSD */
/*
** cifar_resnet20.h - interface of the network
**
** made by resnetc 0.1.0; do not edit, change the model and compile it again
** command  resnetc compile cifar_resnet20.lua -w cifar_resnet20.safetensors --target avx2
** model    sha256 63953dae4eb67b6cd59de2b41950aaaa5f5697e142aa389e01edfd1bc1800fc7
** weights  sha256 06181ccc920ebd6ae058f6acb9fd1c21b1a34d8d61b0a3a1366bf94a8def7bba
** target   avx2
** work     40.55 M multiply-adds an image
** arena    479744 bytes (the results alive at 'layer1.0.conv1' alone take 479744), weights 1800000 bytes
** This file is yours.
*/

/*
** input   1 x 3 x 32 x 32 floats, NCHW, images first, channels in the order R, G, B
**         (0.00392157*pixel - mean)/std for pixels 0 to 255
**         mean 0.4914, 0.4822, 0.4465
**         std  0.247, 0.2435, 0.2616
** output  'fc': 1 x 10 x 1 x 1 floats, NCHW
**
** Same bits for any number of threads and any workspace address.
** ReLU and max pooling keep NaN; multiply-adds are fused (rounded once) on every target but scalar.
** Some 3x3 convolutions are Winograd's: they round otherwise than direct sums, by about 1e-6 of the largest
** result (resnetc --exact: none are), and an infinity in their input can make NaN of its neighbours.
** Input and output may lie at any float address and may be the same memory.
*/
#ifndef CIFAR_RESNET20_H
#define CIFAR_RESNET20_H

#include "rc.h"

#define CIFAR_RESNET20_BATCH            1
#define CIFAR_RESNET20_INPUT_CHANNELS   3
#define CIFAR_RESNET20_INPUT_HEIGHT     32
#define CIFAR_RESNET20_INPUT_WIDTH      32
#define CIFAR_RESNET20_INPUT_FLOATS     3072
#define CIFAR_RESNET20_INPUT_BYTES      12288
#define CIFAR_RESNET20_OUTPUT_FLOATS    10
#define CIFAR_RESNET20_OUTPUT_BYTES     40
#define CIFAR_RESNET20_WORKSPACE_BYTES  479744
#define CIFAR_RESNET20_WORKSPACE_ALIGN  64
#define CIFAR_RESNET20_SELFTEST_BYTES   492096
#define CIFAR_RESNET20_STACK_BYTES      (2560 + RC_WALK_STACK) /* at most, of each thread; compiled with -O1 or more */
#define CIFAR_RESNET20_WEIGHTS_BYTES    1800000
#define CIFAR_RESNET20_WEIGHTS_ALIGN    64
#define CIFAR_RESNET20_PLAN_HASH        0x4bd64a6976a4299cu
#define CIFAR_RESNET20_MACS             40551040

/*
** From a picture of h x w pixels, as Pillow and torchvision do it (rc_image.h): the shorter side becomes
** CIFAR_RESNET20_RESIZE and the input is cut from the centre, a share of CIFAR_RESNET20_CROP of that side.
** CIFAR_RESNET20_IMAGE initialises an rc_image, which says all of it to rc_image_input;
** CIFAR_RESNET20_IMAGE_SCRATCH(h, w) is how many bytes of memory that takes.
*/
#define CIFAR_RESNET20_CROP 1
#define CIFAR_RESNET20_RESIZE 32
#define CIFAR_RESNET20_IMAGE { 3, 32, 32, 32, RC_BILINEAR, 0, 0.003921569f, \
	{ 0.4914f, 0.4822f, 0.4465f, 0.0f }, { 0.247f, 0.2435f, 0.2616f, 1.0f } }
#define CIFAR_RESNET20_IMAGE_SCRATCH(h, w) RC_IMAGE_SCRATCH(RC_BILINEAR, h, w, 32, 32, 3)

/* Each output: its first float in output, how many, and of each image channels, rows, columns. */
#define CIFAR_RESNET20_OUTPUTS 1
#define CIFAR_RESNET20_OUTPUT_0_AT 0
#define CIFAR_RESNET20_OUTPUT_0_FLOATS 10
#define CIFAR_RESNET20_OUTPUT_0_C 10
#define CIFAR_RESNET20_OUTPUT_0_H 1
#define CIFAR_RESNET20_OUTPUT_0_W 1

#ifdef __cplusplus
extern "C" {
#endif

/* Once, before the first run: is this the blob of this code, undamaged, and can this processor run it? */
int cifar_resnet20_check(const void *weights, size_t len);

/*
** One batch. weights: the blob, read only, shared by any number of threads; workspace: one per call at
** the same time. Returns RC_OK or what is wrong, before anything is written (rc_strerror).
*/
int cifar_resnet20_run(const void *weights, const float *input, float *output, void *workspace, size_t workspace_len);

/* The same with threads and a callback after each layer; options may be NULL. */
int cifar_resnet20_run_with(const rc_options *options, const void *weights, const float *input, float *output,
	void *workspace, size_t workspace_len);

/*
** Runs every layer on made-up values and compares with what the compiler expects: RC_OK, or RC_E_SELFTEST and the
** first layer that differs in *layer (which may be NULL). Needs no file; workspace: CIFAR_RESNET20_SELFTEST_BYTES, aligned
** like NAME_run's.
*/
int cifar_resnet20_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer);

extern const float cifar_resnet20_mean[3], cifar_resnet20_std[3];

#define CIFAR_RESNET20_CLASSES          10
extern const char *const cifar_resnet20_classes[CIFAR_RESNET20_CLASSES];

#ifdef __cplusplus
}
#endif
#endif
