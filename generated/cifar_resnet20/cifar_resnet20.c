/* SPDX-License-Identifier: 0BSD */
/*
** cifar_resnet20.c - a network as shape-specialised C
**
** made by resnetc 0.1.0; do not edit, change the model and compile it again
** command  resnetc compile cifar_resnet20.lua -w cifar_resnet20.safetensors --target avx2
** model    sha256 63953dae4eb67b6cd59de2b41950aaaa5f5697e142aa389e01edfd1bc1800fc7
** weights  sha256 61f915859f8bbc7d0bf086695a4b9a9323c1503f20333fc06b50604066fd60dd
** target   avx2
** work     40.55 M multiply-adds an image
** arena    148224 bytes (the results alive at 'layer2.0.conv1' alone take 148224), weights 1077824 bytes
** This file is yours.
*/
#include "cifar_resnet20.h"
#include "rc_simd_avx2.h"

RC_TARGET_BEGIN

/*
** input (cifar_resnet20.lua:6)
**
** y = x
** x  3 x 32 x 32  NCHW
** y  3 x 32 x 32  NCHW, halo 1 1 1 1
*/
static void
input_3x32x32(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int c = lo; c < hi; c++) {
		const float *xc = x + c*1024;
		float *yc = y + c*1156 + 35;

		for (int i = 0; i < 32; i++)
		for (int j = 0; j < 32; j++)
			yc[i*34 + j] = xc[i*32 + j];
	}
}

/*
** conv1 (cifar_resnet20.lua:7)
**
** y = relu(conv3x3(x, w) + b)
** x  3 x 32 x 32  NCHW, halo 1 1 1 1
** y  16 x 32 x 32  nChw16c, halo 1 1 1 1
** w  432 floats  [1 oc][3 ic][3][3][16 oc]
** 0.44 M MACs; 6 pixels x 16 channels in 12 accumulators, 15 of 16 registers
*/
static RC_NOINLINE void
conv3x3_3to16_32x32_relu_p6(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;

	for (int c = 0; c < 3; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*1156 + ki*34 + kj;

		RC_OPAQUE(xk);
		V w0 = ld(w), w1 = ld(w + 8), v;
		v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
		v = bc(xk + 1); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
		v = bc(xk + 2); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
		v = bc(xk + 3); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		v = bc(xk + 4); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		v = bc(xk + 5); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		w += 16;
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 64, relu(a4));
	st(y + 80, relu(a5));
	st(y + 8, relu(b0));
	st(y + 24, relu(b1));
	st(y + 40, relu(b2));
	st(y + 56, relu(b3));
	st(y + 72, relu(b4));
	st(y + 88, relu(b5));
}

static RC_NOINLINE void
conv3x3_3to16_32x32_relu_p5(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;

	for (int c = 0; c < 3; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*1156 + ki*34 + kj;

		RC_OPAQUE(xk);
		V w0 = ld(w), w1 = ld(w + 8), v;
		v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
		v = bc(xk + 1); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
		v = bc(xk + 2); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
		v = bc(xk + 3); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		v = bc(xk + 4); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		w += 16;
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 64, relu(a4));
	st(y + 8, relu(b0));
	st(y + 24, relu(b1));
	st(y + 40, relu(b2));
	st(y + 56, relu(b3));
	st(y + 72, relu(b4));
}

static void
conv3x3_3to16_32x32_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int i = lo; i < hi; i++) {
		const float *xi = x + i*34;
		float *yi = y + i*544 + 560;

		for (int j = 0; j < 12; j += 6)
			conv3x3_3to16_32x32_relu_p6(xi + j, w, b, yi + j*16);
		for (int j = 12; j < 32; j += 5)
			conv3x3_3to16_32x32_relu_p5(xi + j, w, b, yi + j*16);
	}
}

/*
** layer1.0.conv1 (cifar_resnet20.lua:10)
** layer1.1.conv1 (cifar_resnet20.lua:10)
** layer1.2.conv1 (cifar_resnet20.lua:10)
**
** y = relu(conv3x3(x, w) + b)
** x  16 x 32 x 32  nChw16c, halo 1 1 1 1
** y  16 x 32 x 32  nChw16c, halo 1 1 1 1
** w  2304 floats  [1 oc][1 ic][3][3][16 ic][16 oc]
** 2.36 M MACs; 6 pixels x 16 channels in 12 accumulators, 15 of 16 registers
*/
static RC_NOINLINE void
conv3x3_16to16_32x32_relu_p6(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;

	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + ki*544 + kj*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		}
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 64, relu(a4));
	st(y + 80, relu(a5));
	st(y + 8, relu(b0));
	st(y + 24, relu(b1));
	st(y + 40, relu(b2));
	st(y + 56, relu(b3));
	st(y + 72, relu(b4));
	st(y + 88, relu(b5));
}

static RC_NOINLINE void
conv3x3_16to16_32x32_relu_p5(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;

	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + ki*544 + kj*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 64, relu(a4));
	st(y + 8, relu(b0));
	st(y + 24, relu(b1));
	st(y + 40, relu(b2));
	st(y + 56, relu(b3));
	st(y + 72, relu(b4));
}

static void
conv3x3_16to16_32x32_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int i = lo; i < hi; i++) {
		const float *xi = x + i*544;
		float *yi = y + i*544 + 560;

		for (int j = 0; j < 12; j += 6)
			conv3x3_16to16_32x32_relu_p6(xi + j*16, w, b, yi + j*16);
		for (int j = 12; j < 32; j += 5)
			conv3x3_16to16_32x32_relu_p5(xi + j*16, w, b, yi + j*16);
	}
}

/*
** layer1.0.conv2 (cifar_resnet20.lua:10)
** layer1.1.conv2 (cifar_resnet20.lua:10)
** layer1.2.conv2 (cifar_resnet20.lua:10)
**
** y = relu(conv3x3(x, w) + b + z)
** x  16 x 32 x 32  nChw16c, halo 1 1 1 1
** z  16 x 32 x 32  nChw16c, halo 1 1 1 1
** y  16 x 32 x 32  nChw16c, halo 1 1 1 1
** w  2304 floats  [1 oc][1 ic][3][3][16 ic][16 oc]
** 2.36 M MACs; 6 pixels x 16 channels in 12 accumulators, 15 of 16 registers
*/
static RC_NOINLINE void
conv3x3_16to16_32x32_add_relu_p6(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, const float *z, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;

	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + ki*544 + kj*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		}
	}

	st(y, relu(add(a0, ld(z))));
	st(y + 16, relu(add(a1, ld(z + 16))));
	st(y + 32, relu(add(a2, ld(z + 32))));
	st(y + 48, relu(add(a3, ld(z + 48))));
	st(y + 64, relu(add(a4, ld(z + 64))));
	st(y + 80, relu(add(a5, ld(z + 80))));
	st(y + 8, relu(add(b0, ld(z + 8))));
	st(y + 24, relu(add(b1, ld(z + 24))));
	st(y + 40, relu(add(b2, ld(z + 40))));
	st(y + 56, relu(add(b3, ld(z + 56))));
	st(y + 72, relu(add(b4, ld(z + 72))));
	st(y + 88, relu(add(b5, ld(z + 88))));
}

static RC_NOINLINE void
conv3x3_16to16_32x32_add_relu_p5(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, const float *z, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;

	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + ki*544 + kj*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}

	st(y, relu(add(a0, ld(z))));
	st(y + 16, relu(add(a1, ld(z + 16))));
	st(y + 32, relu(add(a2, ld(z + 32))));
	st(y + 48, relu(add(a3, ld(z + 48))));
	st(y + 64, relu(add(a4, ld(z + 64))));
	st(y + 8, relu(add(b0, ld(z + 8))));
	st(y + 24, relu(add(b1, ld(z + 24))));
	st(y + 40, relu(add(b2, ld(z + 40))));
	st(y + 56, relu(add(b3, ld(z + 56))));
	st(y + 72, relu(add(b4, ld(z + 72))));
}

static void
conv3x3_16to16_32x32_add_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	for (int i = lo; i < hi; i++) {
		const float *xi = x + i*544;
		const float *zi = z + i*544 + 560;
		float *yi = y + i*544 + 560;

		for (int j = 0; j < 12; j += 6)
			conv3x3_16to16_32x32_add_relu_p6(xi + j*16, w, b, zi + j*16, yi + j*16);
		for (int j = 12; j < 32; j += 5)
			conv3x3_16to16_32x32_add_relu_p5(xi + j*16, w, b, zi + j*16, yi + j*16);
	}
}

/*
** layer2.0.slice1 (cifar_resnet20.lua:11)
**
** y = x[slice]
** x  16 x 32 x 32  nChw16c, halo 1 1 1 1
** y  16 x 16 x 16  nChw16c
*/
static void
slice_16x32x32(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int c = lo; c < hi; c++) {
		const float *xc = x + c/2*18496 + c%2*8 + 560;
		float *yc = y + c/2*4096 + c%2*8;

		for (int i = 0; i < 16; i++)
		for (int j = 0; j < 16; j++)
			st(yc + i*256 + j*16, ld(xc + i*1088 + j*32));
	}
}

/*
** layer2.0.pad1 (cifar_resnet20.lua:11)
**
** y = x amid zeros
** x  16 x 16 x 16  nChw16c
** y  32 x 16 x 16  nChw16c
*/
static void
pad_16x16x16(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int c = lo; c < hi; c++) {
		const float *xc = x + c/2*4096 + c%2*8;
		float *yc = y + (c + 1)/2*4096 + (c + 1)%2*8;

		for (int i = 0; i < 16; i++)
		for (int j = 0; j < 16; j++)
			st(yc + i*256 + j*16, ld(xc + i*256 + j*16));
	}
}

/*
** layer2.0.conv1 (cifar_resnet20.lua:11)
**
** y = relu(conv3x3(x, w) + b)
** x  16 x 32 x 32  nChw16c, halo 1 1 1 1
** y  32 x 16 x 16  nChw16c, halo 1 1 1 1
** w  4608 floats  [2 oc][1 ic][3][3][16 ic][16 oc]
** 1.18 M MACs; 6 pixels x 16 channels in 12 accumulators, 15 of 16 registers
*/
static RC_NOINLINE void
conv3x3_16to32_16x16_s2_relu_p6(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;

	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + ki*544 + kj*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 32); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 64); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 96); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 128); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 160); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		}
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 64, relu(a4));
	st(y + 80, relu(a5));
	st(y + 8, relu(b0));
	st(y + 24, relu(b1));
	st(y + 40, relu(b2));
	st(y + 56, relu(b3));
	st(y + 72, relu(b4));
	st(y + 88, relu(b5));
}

static RC_NOINLINE void
conv3x3_16to32_16x16_s2_relu_p5(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;

	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + ki*544 + kj*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 32); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 64); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 96); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 128); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 64, relu(a4));
	st(y + 8, relu(b0));
	st(y + 24, relu(b1));
	st(y + 40, relu(b2));
	st(y + 56, relu(b3));
	st(y + 72, relu(b4));
}

static void
conv3x3_16to32_16x16_s2_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		int og = u/16;
		int i = u%16;
		const float *xi = x + i*1088;
		const float *wi = w + og*2304;
		const float *bi = b + og*16;
		float *yi = y + og*5184 + i*288 + 304;

		conv3x3_16to32_16x16_s2_relu_p6(xi, wi, bi, yi);
		for (int j = 6; j < 16; j += 5)
			conv3x3_16to32_16x16_s2_relu_p5(xi + j*32, wi, bi, yi + j*16);
	}
}

/*
** layer2.0.conv2 (cifar_resnet20.lua:11)
**
** y = relu(conv3x3(x, w) + b + z)
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** z  32 x 16 x 16  nChw16c
** y  32 x 16 x 16  nChw16c, halo 1 1 1 1
** w  9216 floats  [2 oc][2 ic][3][3][16 ic][16 oc]
** 2.36 M MACs; 6 pixels x 16 channels in 12 accumulators, 15 of 16 registers
*/
static RC_NOINLINE void
conv3x3_32to32_16x16_add_relu_p6(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, const float *z, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;

	for (int c = 0; c < 2; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*5184 + ki*288 + kj*16;
		RC_FETCH(xk + 5184);
		RC_FETCH(xk + 5200);
		RC_FETCH(xk + 5216);
		RC_FETCH(xk + 5232);
		RC_FETCH(xk + 5248);
		RC_FETCH(xk + 5264);

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		}
	}

	st(y, relu(add(a0, ld(z))));
	st(y + 16, relu(add(a1, ld(z + 16))));
	st(y + 32, relu(add(a2, ld(z + 32))));
	st(y + 48, relu(add(a3, ld(z + 48))));
	st(y + 64, relu(add(a4, ld(z + 64))));
	st(y + 80, relu(add(a5, ld(z + 80))));
	st(y + 8, relu(add(b0, ld(z + 8))));
	st(y + 24, relu(add(b1, ld(z + 24))));
	st(y + 40, relu(add(b2, ld(z + 40))));
	st(y + 56, relu(add(b3, ld(z + 56))));
	st(y + 72, relu(add(b4, ld(z + 72))));
	st(y + 88, relu(add(b5, ld(z + 88))));
}

static RC_NOINLINE void
conv3x3_32to32_16x16_add_relu_p5(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, const float *z, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;

	for (int c = 0; c < 2; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*5184 + ki*288 + kj*16;
		RC_FETCH(xk + 5184);
		RC_FETCH(xk + 5200);
		RC_FETCH(xk + 5216);
		RC_FETCH(xk + 5232);
		RC_FETCH(xk + 5248);

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}

	st(y, relu(add(a0, ld(z))));
	st(y + 16, relu(add(a1, ld(z + 16))));
	st(y + 32, relu(add(a2, ld(z + 32))));
	st(y + 48, relu(add(a3, ld(z + 48))));
	st(y + 64, relu(add(a4, ld(z + 64))));
	st(y + 8, relu(add(b0, ld(z + 8))));
	st(y + 24, relu(add(b1, ld(z + 24))));
	st(y + 40, relu(add(b2, ld(z + 40))));
	st(y + 56, relu(add(b3, ld(z + 56))));
	st(y + 72, relu(add(b4, ld(z + 72))));
}

static void
conv3x3_32to32_16x16_add_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	for (int u = lo; u < hi; u++) {
		int og = u/16;
		int i = u%16;
		const float *xi = x + i*288;
		const float *wi = w + og*4608;
		const float *bi = b + og*16;
		const float *zi = z + og*4096 + i*256;
		float *yi = y + og*5184 + i*288 + 304;

		conv3x3_32to32_16x16_add_relu_p6(xi, wi, bi, zi, yi);
		for (int j = 6; j < 16; j += 5)
			conv3x3_32to32_16x16_add_relu_p5(xi + j*16, wi, bi, zi + j*16, yi + j*16);
	}
}

/*
** layer2.1.conv1 (cifar_resnet20.lua:11)
** layer2.2.conv1 (cifar_resnet20.lua:11)
**
** y = relu(conv3x3(x, w) + b)
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** y  32 x 16 x 16  nChw16c, halo 1 1 1 1
** w  9216 floats  [2 oc][2 ic][3][3][16 ic][16 oc]
** 2.36 M MACs; 6 pixels x 16 channels in 12 accumulators, 15 of 16 registers
*/
static RC_NOINLINE void
conv3x3_32to32_16x16_relu_p6(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;

	for (int c = 0; c < 2; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*5184 + ki*288 + kj*16;
		RC_FETCH(xk + 5184);
		RC_FETCH(xk + 5200);
		RC_FETCH(xk + 5216);
		RC_FETCH(xk + 5232);
		RC_FETCH(xk + 5248);
		RC_FETCH(xk + 5264);

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		}
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 64, relu(a4));
	st(y + 80, relu(a5));
	st(y + 8, relu(b0));
	st(y + 24, relu(b1));
	st(y + 40, relu(b2));
	st(y + 56, relu(b3));
	st(y + 72, relu(b4));
	st(y + 88, relu(b5));
}

static RC_NOINLINE void
conv3x3_32to32_16x16_relu_p5(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;

	for (int c = 0; c < 2; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*5184 + ki*288 + kj*16;
		RC_FETCH(xk + 5184);
		RC_FETCH(xk + 5200);
		RC_FETCH(xk + 5216);
		RC_FETCH(xk + 5232);
		RC_FETCH(xk + 5248);

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 64, relu(a4));
	st(y + 8, relu(b0));
	st(y + 24, relu(b1));
	st(y + 40, relu(b2));
	st(y + 56, relu(b3));
	st(y + 72, relu(b4));
}

static void
conv3x3_32to32_16x16_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		int og = u/16;
		int i = u%16;
		const float *xi = x + i*288;
		const float *wi = w + og*4608;
		const float *bi = b + og*16;
		float *yi = y + og*5184 + i*288 + 304;

		conv3x3_32to32_16x16_relu_p6(xi, wi, bi, yi);
		for (int j = 6; j < 16; j += 5)
			conv3x3_32to32_16x16_relu_p5(xi + j*16, wi, bi, yi + j*16);
	}
}

/*
** layer2.1.conv2 (cifar_resnet20.lua:11)
** layer2.2.conv2 (cifar_resnet20.lua:11)
**
** y = relu(conv3x3(x, w) + b + z)
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** z  32 x 16 x 16  nChw16c, halo 1 1 1 1
** y  32 x 16 x 16  nChw16c, halo 1 1 1 1
** w  9216 floats  [2 oc][2 ic][3][3][16 ic][16 oc]
** 2.36 M MACs; 6 pixels x 16 channels in 12 accumulators, 15 of 16 registers
*/
static RC_NOINLINE void
conv3x3_32to32_16x16_add_relu_b_p6(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, const float *z, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;

	for (int c = 0; c < 2; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*5184 + ki*288 + kj*16;
		RC_FETCH(xk + 5184);
		RC_FETCH(xk + 5200);
		RC_FETCH(xk + 5216);
		RC_FETCH(xk + 5232);
		RC_FETCH(xk + 5248);
		RC_FETCH(xk + 5264);

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		}
	}

	st(y, relu(add(a0, ld(z))));
	st(y + 16, relu(add(a1, ld(z + 16))));
	st(y + 32, relu(add(a2, ld(z + 32))));
	st(y + 48, relu(add(a3, ld(z + 48))));
	st(y + 64, relu(add(a4, ld(z + 64))));
	st(y + 80, relu(add(a5, ld(z + 80))));
	st(y + 8, relu(add(b0, ld(z + 8))));
	st(y + 24, relu(add(b1, ld(z + 24))));
	st(y + 40, relu(add(b2, ld(z + 40))));
	st(y + 56, relu(add(b3, ld(z + 56))));
	st(y + 72, relu(add(b4, ld(z + 72))));
	st(y + 88, relu(add(b5, ld(z + 88))));
}

static RC_NOINLINE void
conv3x3_32to32_16x16_add_relu_b_p5(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, const float *z, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;

	for (int c = 0; c < 2; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*5184 + ki*288 + kj*16;
		RC_FETCH(xk + 5184);
		RC_FETCH(xk + 5200);
		RC_FETCH(xk + 5216);
		RC_FETCH(xk + 5232);
		RC_FETCH(xk + 5248);

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}

	st(y, relu(add(a0, ld(z))));
	st(y + 16, relu(add(a1, ld(z + 16))));
	st(y + 32, relu(add(a2, ld(z + 32))));
	st(y + 48, relu(add(a3, ld(z + 48))));
	st(y + 64, relu(add(a4, ld(z + 64))));
	st(y + 8, relu(add(b0, ld(z + 8))));
	st(y + 24, relu(add(b1, ld(z + 24))));
	st(y + 40, relu(add(b2, ld(z + 40))));
	st(y + 56, relu(add(b3, ld(z + 56))));
	st(y + 72, relu(add(b4, ld(z + 72))));
}

static void
conv3x3_32to32_16x16_add_relu_b(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	for (int u = lo; u < hi; u++) {
		int og = u/16;
		int i = u%16;
		const float *xi = x + i*288;
		const float *wi = w + og*4608;
		const float *bi = b + og*16;
		const float *zi = z + og*5184 + i*288 + 304;
		float *yi = y + og*5184 + i*288 + 304;

		conv3x3_32to32_16x16_add_relu_b_p6(xi, wi, bi, zi, yi);
		for (int j = 6; j < 16; j += 5)
			conv3x3_32to32_16x16_add_relu_b_p5(xi + j*16, wi, bi, zi + j*16, yi + j*16);
	}
}

/*
** layer3.0.slice1 (cifar_resnet20.lua:12)
**
** y = x[slice]
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** y  32 x 8 x 8  nChw16c
*/
static void
slice_32x16x16(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int c = lo; c < hi; c++) {
		const float *xc = x + c/2*5184 + c%2*8 + 304;
		float *yc = y + c/2*1024 + c%2*8;

		for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++)
			st(yc + i*128 + j*16, ld(xc + i*576 + j*32));
	}
}

/*
** layer3.0.pad1 (cifar_resnet20.lua:12)
**
** y = x amid zeros
** x  32 x 8 x 8  nChw16c
** y  64 x 8 x 8  nChw16c
*/
static void
pad_32x8x8(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int c = lo; c < hi; c++) {
		const float *xc = x + c/2*1024 + c%2*8;
		float *yc = y + (c + 2)/2*1024 + (c + 2)%2*8;

		for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++)
			st(yc + i*128 + j*16, ld(xc + i*128 + j*16));
	}
}

/*
** layer3.0.conv1 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b)
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** y  64 x 8 x 8  nChw16c, halo 1 1 1 1
** w  18432 floats  [4 oc][2 ic][3][3][16 ic][16 oc]
** 1.18 M MACs; 4 pixels x 16 channels in 8 accumulators, 11 of 16 registers
*/
static RC_NOINLINE void
conv3x3_32to64_8x8_s2_relu_p4(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;

	for (int c = 0; c < 2; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*5184 + ki*288 + kj*16;
		RC_FETCH(xk + 5184);
		RC_FETCH(xk + 5216);
		RC_FETCH(xk + 5248);
		RC_FETCH(xk + 5280);

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 32); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 64); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 96); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		}
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 8, relu(b0));
	st(y + 24, relu(b1));
	st(y + 40, relu(b2));
	st(y + 56, relu(b3));
}

static void
conv3x3_32to64_8x8_s2_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		int og = u/8;
		int i = u%8;
		const float *xi = x + i*576;
		const float *wi = w + og*4608;
		const float *bi = b + og*16;
		float *yi = y + og*1600 + i*160 + 176;

		for (int j = 0; j < 8; j += 4)
			conv3x3_32to64_8x8_s2_relu_p4(xi + j*32, wi, bi, yi + j*16);
	}
}

/*
** layer3.0.conv2 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b + z)
** x  64 x 8 x 8  nChw16c, halo 1 1 1 1
** z  64 x 8 x 8  nChw16c
** y  64 x 8 x 8  nChw16c, halo 1 1 1 1
** w  36864 floats  [4 oc][4 ic][3][3][16 ic][16 oc]
** 2.36 M MACs; 4 pixels x 16 channels in 8 accumulators, 11 of 16 registers
*/
static RC_NOINLINE void
conv3x3_64to64_8x8_add_relu_p4(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, const float *z, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;

	for (int c = 0; c < 4; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*1600 + ki*160 + kj*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		}
	}

	st(y, relu(add(a0, ld(z))));
	st(y + 16, relu(add(a1, ld(z + 16))));
	st(y + 32, relu(add(a2, ld(z + 32))));
	st(y + 48, relu(add(a3, ld(z + 48))));
	st(y + 8, relu(add(b0, ld(z + 8))));
	st(y + 24, relu(add(b1, ld(z + 24))));
	st(y + 40, relu(add(b2, ld(z + 40))));
	st(y + 56, relu(add(b3, ld(z + 56))));
}

static void
conv3x3_64to64_8x8_add_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	for (int u = lo; u < hi; u++) {
		int og = u/8;
		int i = u%8;
		const float *xi = x + i*160;
		const float *wi = w + og*9216;
		const float *bi = b + og*16;
		const float *zi = z + og*1024 + i*128;
		float *yi = y + og*1600 + i*160 + 176;

		for (int j = 0; j < 8; j += 4)
			conv3x3_64to64_8x8_add_relu_p4(xi + j*16, wi, bi, zi + j*16, yi + j*16);
	}
}

/*
** layer3.1.conv1 (cifar_resnet20.lua:12)
** layer3.2.conv1 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b)
** x  64 x 8 x 8  nChw16c, halo 1 1 1 1
** y  64 x 8 x 8  nChw16c, halo 1 1 1 1
** w  36864 floats  [4 oc][4 ic][3][3][16 ic][16 oc]
** 2.36 M MACs; 4 pixels x 16 channels in 8 accumulators, 11 of 16 registers
*/
static RC_NOINLINE void
conv3x3_64to64_8x8_relu_p4(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;

	for (int c = 0; c < 4; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*1600 + ki*160 + kj*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		}
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 8, relu(b0));
	st(y + 24, relu(b1));
	st(y + 40, relu(b2));
	st(y + 56, relu(b3));
}

static void
conv3x3_64to64_8x8_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		int og = u/8;
		int i = u%8;
		const float *xi = x + i*160;
		const float *wi = w + og*9216;
		const float *bi = b + og*16;
		float *yi = y + og*1600 + i*160 + 176;

		for (int j = 0; j < 8; j += 4)
			conv3x3_64to64_8x8_relu_p4(xi + j*16, wi, bi, yi + j*16);
	}
}

/*
** layer3.1.conv2 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b + z)
** x  64 x 8 x 8  nChw16c, halo 1 1 1 1
** z  64 x 8 x 8  nChw16c, halo 1 1 1 1
** y  64 x 8 x 8  nChw16c, halo 1 1 1 1
** w  36864 floats  [4 oc][4 ic][3][3][16 ic][16 oc]
** 2.36 M MACs; 4 pixels x 16 channels in 8 accumulators, 11 of 16 registers
*/
static RC_NOINLINE void
conv3x3_64to64_8x8_add_relu_b_p4(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, const float *z, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;

	for (int c = 0; c < 4; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*1600 + ki*160 + kj*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		}
	}

	st(y, relu(add(a0, ld(z))));
	st(y + 16, relu(add(a1, ld(z + 16))));
	st(y + 32, relu(add(a2, ld(z + 32))));
	st(y + 48, relu(add(a3, ld(z + 48))));
	st(y + 8, relu(add(b0, ld(z + 8))));
	st(y + 24, relu(add(b1, ld(z + 24))));
	st(y + 40, relu(add(b2, ld(z + 40))));
	st(y + 56, relu(add(b3, ld(z + 56))));
}

static void
conv3x3_64to64_8x8_add_relu_b(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	for (int u = lo; u < hi; u++) {
		int og = u/8;
		int i = u%8;
		const float *xi = x + i*160;
		const float *wi = w + og*9216;
		const float *bi = b + og*16;
		const float *zi = z + og*1600 + i*160 + 176;
		float *yi = y + og*1600 + i*160 + 176;

		for (int j = 0; j < 8; j += 4)
			conv3x3_64to64_8x8_add_relu_b_p4(xi + j*16, wi, bi, zi + j*16, yi + j*16);
	}
}

/*
** layer3.2.conv2 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b + z)
** x  64 x 8 x 8  nChw16c, halo 1 1 1 1
** z  64 x 8 x 8  nChw16c, halo 1 1 1 1
** y  64 x 8 x 8  nChw16c
** w  36864 floats  [4 oc][4 ic][3][3][16 ic][16 oc]
** 2.36 M MACs; 4 pixels x 16 channels in 8 accumulators, 11 of 16 registers
*/
static RC_NOINLINE void
conv3x3_64to64_8x8_add_relu_c_p4(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, const float *z, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;

	for (int c = 0; c < 4; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*1600 + ki*160 + kj*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		}
	}

	st(y, relu(add(a0, ld(z))));
	st(y + 16, relu(add(a1, ld(z + 16))));
	st(y + 32, relu(add(a2, ld(z + 32))));
	st(y + 48, relu(add(a3, ld(z + 48))));
	st(y + 8, relu(add(b0, ld(z + 8))));
	st(y + 24, relu(add(b1, ld(z + 24))));
	st(y + 40, relu(add(b2, ld(z + 40))));
	st(y + 56, relu(add(b3, ld(z + 56))));
}

static void
conv3x3_64to64_8x8_add_relu_c(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	for (int u = lo; u < hi; u++) {
		int og = u/8;
		int i = u%8;
		const float *xi = x + i*160;
		const float *wi = w + og*9216;
		const float *bi = b + og*16;
		const float *zi = z + og*1600 + i*160 + 176;
		float *yi = y + og*1024 + i*128;

		for (int j = 0; j < 8; j += 4)
			conv3x3_64to64_8x8_add_relu_c_p4(xi + j*16, wi, bi, zi + j*16, yi + j*16);
	}
}

/*
** avgpool (cifar_resnet20.lua:14)
**
** y = mean of x over 1x1 windows that cover it
** x  64 x 8 x 8  nChw16c
** y  64 x 1 x 1  nChw16c
*/
static void
adaptive_avg_pool_64x8x8_to_1x1(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*1024 + v%2*8;
		float *yv = y + v/2*16 + v%2*8;

		for (int i = 0; i < 1; i++) {
			int r0 = i*8, r1 = r0 + 8;

			for (int j = 0; j < 1; j++) {
				int q0 = j*8, q1 = q0 + 8;
				V a = zero();

				for (int r = r0; r < r1; r++)
				for (int q = q0; q < q1; q++)
					a = add(a, ld(xv + r*128 + q*16));
				st(yv + i*16 + j*16, mul(a, splat(1.0f/8/8)));
			}
		}
	}
}

/*
** fc (cifar_resnet20.lua:14)
**
** y = x w' + b
** x  64 x 1 x 1  nChw16c
** y  10 x 1 x 1  nChw16c
** w  1024 floats  [1 oc][4 ic][1][1][16 ic][16 oc]
** 0.00 M MACs; 1 pixels x 16 channels in 2 accumulators, 4 of 16 registers
*/
static RC_NOINLINE void
linear_64to10_p1(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 8);

	for (int c = 0; c < 4; c++) {
		const float *xk = x + c*16;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V v0 = bc(xk), u;
			u = ld(w); a0 = fma_(v0, u, a0);
			u = ld(w + 8); b0 = fma_(v0, u, b0);
		}
	}

	st(y, a0);
	st(y + 8, b0);
}

static void
linear_64to10(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		const float *xi = x;
		float *yi = y;

		linear_64to10_p1(xi, w, b, yi);
	}
}

/*
** fc (cifar_resnet20.lua:14), to the caller
**
** y = x
** x  10 x 1 x 1  nChw16c
** y  10 x 1 x 1  NCHW
*/
static void
output_10x1x1(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int c = lo; c < hi; c++) {
		const float *xc = x + c/16*16 + c%16;
		float *yc = y + c*1;

		for (int i = 0; i < 1; i++)
		for (int j = 0; j < 1; j++)
			yc[i + j] = xc[i*16 + j*16];
	}
}

RC_TARGET_END

/* Weights, in floats from the start of the blob: W_ in the order the kernel reads them, B_ per channel. */
enum {
	W_conv1 = 32,
	B_conv1 = 464,
	W_layer1_0_conv1 = 480,
	B_layer1_0_conv1 = 2784,
	W_layer1_0_conv2 = 2800,
	B_layer1_0_conv2 = 5104,
	W_layer1_1_conv1 = 5120,
	B_layer1_1_conv1 = 7424,
	W_layer1_1_conv2 = 7440,
	B_layer1_1_conv2 = 9744,
	W_layer1_2_conv1 = 9760,
	B_layer1_2_conv1 = 12064,
	W_layer1_2_conv2 = 12080,
	B_layer1_2_conv2 = 14384,
	W_layer2_0_conv1 = 14400,
	B_layer2_0_conv1 = 19008,
	W_layer2_0_conv2 = 19040,
	B_layer2_0_conv2 = 28256,
	W_layer2_1_conv1 = 28288,
	B_layer2_1_conv1 = 37504,
	W_layer2_1_conv2 = 37536,
	B_layer2_1_conv2 = 46752,
	W_layer2_2_conv1 = 46784,
	B_layer2_2_conv1 = 56000,
	W_layer2_2_conv2 = 56032,
	B_layer2_2_conv2 = 65248,
	W_layer3_0_conv1 = 65280,
	B_layer3_0_conv1 = 83712,
	W_layer3_0_conv2 = 83776,
	B_layer3_0_conv2 = 120640,
	W_layer3_1_conv1 = 120704,
	B_layer3_1_conv1 = 157568,
	W_layer3_1_conv2 = 157632,
	B_layer3_1_conv2 = 194496,
	W_layer3_2_conv1 = 194560,
	B_layer3_2_conv1 = 231424,
	W_layer3_2_conv2 = 231488,
	B_layer3_2_conv2 = 268352,
	W_fc = 268416,
	B_fc = 269440,
	W_end = 269456
};

/* Results, in floats from the start of the workspace. */
enum {
	M_input = 18496,                 /*    3472 floats, last read by conv1 */
	M_conv1 = 0,                     /*   18496 floats, last read by layer1.0.conv2 */
	M_layer1_0_conv1 = 18496,        /*   18496 floats, last read by layer1.0.conv2 */
	M_layer1_0_conv2 = 0,            /*   18496 floats, last read by layer1.1.conv2, over conv1 */
	M_layer1_1_conv1 = 18496,        /*   18496 floats, last read by layer1.1.conv2 */
	M_layer1_1_conv2 = 0,            /*   18496 floats, last read by layer1.2.conv2, over layer1.0.conv2 */
	M_layer1_2_conv1 = 18496,        /*   18496 floats, last read by layer1.2.conv2 */
	M_layer1_2_conv2 = 0,            /*   18496 floats, last read by layer2.0.conv1, over layer1.1.conv2 */
	M_layer2_0_slice1 = 18496,       /*    4096 floats, last read by layer2.0.pad1 */
	M_layer2_0_pad1 = 28864,         /*    8192 floats, last read by layer2.0.conv2 */
	M_layer2_0_conv1 = 18496,        /*   10368 floats, last read by layer2.0.conv2 */
	M_layer2_0_conv2 = 0,            /*   10368 floats, last read by layer2.1.conv2 */
	M_layer2_1_conv1 = 10368,        /*   10368 floats, last read by layer2.1.conv2 */
	M_layer2_1_conv2 = 0,            /*   10368 floats, last read by layer2.2.conv2, over layer2.0.conv2 */
	M_layer2_2_conv1 = 10368,        /*   10368 floats, last read by layer2.2.conv2 */
	M_layer2_2_conv2 = 0,            /*   10368 floats, last read by layer3.0.conv1, over layer2.1.conv2 */
	M_layer3_0_slice1 = 10368,       /*    2048 floats, last read by layer3.0.pad1 */
	M_layer3_0_pad1 = 16768,         /*    4096 floats, last read by layer3.0.conv2 */
	M_layer3_0_conv1 = 10368,        /*    6400 floats, last read by layer3.0.conv2 */
	M_layer3_0_conv2 = 0,            /*    6400 floats, last read by layer3.1.conv2 */
	M_layer3_1_conv1 = 6400,         /*    6400 floats, last read by layer3.1.conv2 */
	M_layer3_1_conv2 = 0,            /*    6400 floats, last read by layer3.2.conv2, over layer3.0.conv2 */
	M_layer3_2_conv1 = 6400,         /*    6400 floats, last read by layer3.2.conv2 */
	M_layer3_2_conv2 = 12800,        /*    4096 floats, last read by avgpool */
	M_avgpool = 0,                   /*      64 floats, last read by fc */
	M_fc = 64,                       /*      16 floats, returned */
	M_end = 37056
};

const float cifar_resnet20_mean[3] = { 0.4914f, 0.4822f, 0.4465f };
const float cifar_resnet20_std[3] = { 0.247f, 0.2435f, 0.2616f };

const char *const cifar_resnet20_classes[10] = {
	"airplane",
	"automobile",
	"bird",
	"cat",
	"deer",
	"dog",
	"frog",
	"horse",
	"ship",
	"truck"
};

int
cifar_resnet20_run_with(const rc_options *options, const void *weights, const float *input, float *output,
	void *workspace, size_t workspace_len)
{
	const float *w = (const float *)weights;
	float *m = (float *)workspace;
	int status = rc_ready(options, weights, CIFAR_RESNET20_PLAN_HASH, input, output, workspace, workspace_len,
		CIFAR_RESNET20_WORKSPACE_BYTES);

	if (status != RC_OK)
		return status;

	rc_clear_halo(m + M_input, 3, 32, 32, 1, 1, 1, 1, 1);
	rc_step(options, 0, "input", input_3x32x32, 3,
		input, w, w, m, m + M_input);
	rc_clear_halo(m + M_conv1, 1, 32, 32, 16, 1, 1, 1, 1);
	rc_step(options, 1, "conv1", conv3x3_3to16_32x32_relu, 32,
		m + M_input, w + W_conv1, w + B_conv1, m, m + M_conv1);
	rc_clear_halo(m + M_layer1_0_conv1, 1, 32, 32, 16, 1, 1, 1, 1);
	rc_step(options, 2, "layer1.0.conv1", conv3x3_16to16_32x32_relu, 32,
		m + M_conv1, w + W_layer1_0_conv1, w + B_layer1_0_conv1, m, m + M_layer1_0_conv1);
	rc_step(options, 3, "layer1.0.conv2", conv3x3_16to16_32x32_add_relu, 32,
		m + M_layer1_0_conv1, w + W_layer1_0_conv2, w + B_layer1_0_conv2, m + M_conv1, m + M_layer1_0_conv2);
	rc_clear_halo(m + M_layer1_1_conv1, 1, 32, 32, 16, 1, 1, 1, 1);
	rc_step(options, 4, "layer1.1.conv1", conv3x3_16to16_32x32_relu, 32,
		m + M_layer1_0_conv2, w + W_layer1_1_conv1, w + B_layer1_1_conv1, m, m + M_layer1_1_conv1);
	rc_step(options, 5, "layer1.1.conv2", conv3x3_16to16_32x32_add_relu, 32,
		m + M_layer1_1_conv1, w + W_layer1_1_conv2, w + B_layer1_1_conv2, m + M_layer1_0_conv2, m + M_layer1_1_conv2);
	rc_clear_halo(m + M_layer1_2_conv1, 1, 32, 32, 16, 1, 1, 1, 1);
	rc_step(options, 6, "layer1.2.conv1", conv3x3_16to16_32x32_relu, 32,
		m + M_layer1_1_conv2, w + W_layer1_2_conv1, w + B_layer1_2_conv1, m, m + M_layer1_2_conv1);
	rc_step(options, 7, "layer1.2.conv2", conv3x3_16to16_32x32_add_relu, 32,
		m + M_layer1_2_conv1, w + W_layer1_2_conv2, w + B_layer1_2_conv2, m + M_layer1_1_conv2, m + M_layer1_2_conv2);
	rc_step(options, 8, "layer2.0.slice1", slice_16x32x32, 2,
		m + M_layer1_2_conv2, w, w, m, m + M_layer2_0_slice1);
	rc_clear(m + M_layer2_0_pad1, 8192);
	rc_step(options, 9, "layer2.0.pad1", pad_16x16x16, 2,
		m + M_layer2_0_slice1, w, w, m, m + M_layer2_0_pad1);
	rc_clear_halo(m + M_layer2_0_conv1, 2, 16, 16, 16, 1, 1, 1, 1);
	rc_step(options, 10, "layer2.0.conv1", conv3x3_16to32_16x16_s2_relu, 32,
		m + M_layer1_2_conv2, w + W_layer2_0_conv1, w + B_layer2_0_conv1, m, m + M_layer2_0_conv1);
	rc_clear_halo(m + M_layer2_0_conv2, 2, 16, 16, 16, 1, 1, 1, 1);
	rc_step(options, 11, "layer2.0.conv2", conv3x3_32to32_16x16_add_relu, 32,
		m + M_layer2_0_conv1, w + W_layer2_0_conv2, w + B_layer2_0_conv2, m + M_layer2_0_pad1, m + M_layer2_0_conv2);
	rc_clear_halo(m + M_layer2_1_conv1, 2, 16, 16, 16, 1, 1, 1, 1);
	rc_step(options, 12, "layer2.1.conv1", conv3x3_32to32_16x16_relu, 32,
		m + M_layer2_0_conv2, w + W_layer2_1_conv1, w + B_layer2_1_conv1, m, m + M_layer2_1_conv1);
	rc_step(options, 13, "layer2.1.conv2", conv3x3_32to32_16x16_add_relu_b, 32,
		m + M_layer2_1_conv1, w + W_layer2_1_conv2, w + B_layer2_1_conv2, m + M_layer2_0_conv2, m + M_layer2_1_conv2);
	rc_clear_halo(m + M_layer2_2_conv1, 2, 16, 16, 16, 1, 1, 1, 1);
	rc_step(options, 14, "layer2.2.conv1", conv3x3_32to32_16x16_relu, 32,
		m + M_layer2_1_conv2, w + W_layer2_2_conv1, w + B_layer2_2_conv1, m, m + M_layer2_2_conv1);
	rc_step(options, 15, "layer2.2.conv2", conv3x3_32to32_16x16_add_relu_b, 32,
		m + M_layer2_2_conv1, w + W_layer2_2_conv2, w + B_layer2_2_conv2, m + M_layer2_1_conv2, m + M_layer2_2_conv2);
	rc_step(options, 16, "layer3.0.slice1", slice_32x16x16, 4,
		m + M_layer2_2_conv2, w, w, m, m + M_layer3_0_slice1);
	rc_clear(m + M_layer3_0_pad1, 4096);
	rc_step(options, 17, "layer3.0.pad1", pad_32x8x8, 4,
		m + M_layer3_0_slice1, w, w, m, m + M_layer3_0_pad1);
	rc_clear_halo(m + M_layer3_0_conv1, 4, 8, 8, 16, 1, 1, 1, 1);
	rc_step(options, 18, "layer3.0.conv1", conv3x3_32to64_8x8_s2_relu, 32,
		m + M_layer2_2_conv2, w + W_layer3_0_conv1, w + B_layer3_0_conv1, m, m + M_layer3_0_conv1);
	rc_clear_halo(m + M_layer3_0_conv2, 4, 8, 8, 16, 1, 1, 1, 1);
	rc_step(options, 19, "layer3.0.conv2", conv3x3_64to64_8x8_add_relu, 32,
		m + M_layer3_0_conv1, w + W_layer3_0_conv2, w + B_layer3_0_conv2, m + M_layer3_0_pad1, m + M_layer3_0_conv2);
	rc_clear_halo(m + M_layer3_1_conv1, 4, 8, 8, 16, 1, 1, 1, 1);
	rc_step(options, 20, "layer3.1.conv1", conv3x3_64to64_8x8_relu, 32,
		m + M_layer3_0_conv2, w + W_layer3_1_conv1, w + B_layer3_1_conv1, m, m + M_layer3_1_conv1);
	rc_step(options, 21, "layer3.1.conv2", conv3x3_64to64_8x8_add_relu_b, 32,
		m + M_layer3_1_conv1, w + W_layer3_1_conv2, w + B_layer3_1_conv2, m + M_layer3_0_conv2, m + M_layer3_1_conv2);
	rc_clear_halo(m + M_layer3_2_conv1, 4, 8, 8, 16, 1, 1, 1, 1);
	rc_step(options, 22, "layer3.2.conv1", conv3x3_64to64_8x8_relu, 32,
		m + M_layer3_1_conv2, w + W_layer3_2_conv1, w + B_layer3_2_conv1, m, m + M_layer3_2_conv1);
	rc_step(options, 23, "layer3.2.conv2", conv3x3_64to64_8x8_add_relu_c, 32,
		m + M_layer3_2_conv1, w + W_layer3_2_conv2, w + B_layer3_2_conv2, m + M_layer3_1_conv2, m + M_layer3_2_conv2);
	rc_step(options, 24, "avgpool", adaptive_avg_pool_64x8x8_to_1x1, 8,
		m + M_layer3_2_conv2, w, w, m, m + M_avgpool);
	rc_step(options, 25, "fc", linear_64to10, 1,
		m + M_avgpool, w + W_fc, w + B_fc, m, m + M_fc);
	output_10x1x1(m + M_fc, w, w, m, output, 0, 10);
	return RC_OK;
}

int
cifar_resnet20_run(const void *weights, const float *input, float *output, void *workspace, size_t workspace_len)
{
	return cifar_resnet20_run_with(NULL, weights, input, output, workspace, workspace_len);
}

int
cifar_resnet20_check(const void *weights, size_t len)
{
	if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")))
		return RC_E_CPU;
	return rc_check_blob(weights, len, CIFAR_RESNET20_WEIGHTS_BYTES, CIFAR_RESNET20_PLAN_HASH);
}
