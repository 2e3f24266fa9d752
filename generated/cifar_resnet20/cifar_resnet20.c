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
** arena    300032 bytes (the results alive at 'layer1.0.conv1' alone take 300032), weights 3028800 bytes
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
** y = relu(conv3x3(x, w) + b) by Winograd F(4x4, 3x3)
** x  16 x 32 x 32  nChw16c, halo 1 1 1 1
** y  16 x 32 x 32  nChw16c, halo 1 1 1 1
** w  9216 floats  [1 oc][36][16 ic][16 oc]: G g G'
** V  38016 floats  [32 tiles][36][1 ic][tile][16 ic]
** 0.59 M MACs instead of 2.36 M; 6 tiles x 16 channels in 12 accumulators; 76032 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_16to16_32x32_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 544);
	d2 = ld(x + 1088);
	d3 = ld(x + 1632);
	d4 = ld(x + 2176);
	d5 = ld(x + 2720);
	t00 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t50 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 16);
	d1 = ld(x + 560);
	d2 = ld(x + 1104);
	d3 = ld(x + 1648);
	d4 = ld(x + 2192);
	d5 = ld(x + 2736);
	t01 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t51 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 32);
	d1 = ld(x + 576);
	d2 = ld(x + 1120);
	d3 = ld(x + 1664);
	d4 = ld(x + 2208);
	d5 = ld(x + 2752);
	t02 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t52 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 48);
	d1 = ld(x + 592);
	d2 = ld(x + 1136);
	d3 = ld(x + 1680);
	d4 = ld(x + 2224);
	d5 = ld(x + 2768);
	t03 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t53 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 64);
	d1 = ld(x + 608);
	d2 = ld(x + 1152);
	d3 = ld(x + 1696);
	d4 = ld(x + 2240);
	d5 = ld(x + 2784);
	t04 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t54 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 80);
	d1 = ld(x + 624);
	d2 = ld(x + 1168);
	d3 = ld(x + 1712);
	d4 = ld(x + 2256);
	d5 = ld(x + 2800);
	t05 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t55 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = fma_(t00, splat(0.87890625f), fma_(t02, splat(-2.640625f), t04));
	d5 = fma_(t01, splat(0.87890625f), fma_(t03, splat(-2.640625f), t05));
	e = fma_(t02, splat(-2.25f), t04);
	f = fma_(t01, splat(-2.25f), t03);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t02, splat(-0.390625f), t04);
	f = fma_(t01, splat(-0.390625f), t03);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v, d0);
	st(v + 528, d1);
	st(v + 1056, d2);
	st(v + 1584, d3);
	st(v + 2112, d4);
	st(v + 2640, d5);
	d0 = fma_(t50, splat(0.87890625f), fma_(t52, splat(-2.640625f), t54));
	d5 = fma_(t51, splat(0.87890625f), fma_(t53, splat(-2.640625f), t55));
	e = fma_(t52, splat(-2.25f), t54);
	f = fma_(t51, splat(-2.25f), t53);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t52, splat(-0.390625f), t54);
	f = fma_(t51, splat(-0.390625f), t53);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 15840, d0);
	st(v + 16368, d1);
	st(v + 16896, d2);
	st(v + 17424, d3);
	st(v + 17952, d4);
	st(v + 18480, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 544);
	d2 = ld(x + 1088);
	d3 = ld(x + 1632);
	d4 = ld(x + 2176);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t10 = fma_(f, splat(0.625f), e);
	t20 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 560);
	d2 = ld(x + 1104);
	d3 = ld(x + 1648);
	d4 = ld(x + 2192);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t11 = fma_(f, splat(0.625f), e);
	t21 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 576);
	d2 = ld(x + 1120);
	d3 = ld(x + 1664);
	d4 = ld(x + 2208);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t12 = fma_(f, splat(0.625f), e);
	t22 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 592);
	d2 = ld(x + 1136);
	d3 = ld(x + 1680);
	d4 = ld(x + 2224);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t13 = fma_(f, splat(0.625f), e);
	t23 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 608);
	d2 = ld(x + 1152);
	d3 = ld(x + 1696);
	d4 = ld(x + 2240);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t14 = fma_(f, splat(0.625f), e);
	t24 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 624);
	d2 = ld(x + 1168);
	d3 = ld(x + 1712);
	d4 = ld(x + 2256);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t15 = fma_(f, splat(0.625f), e);
	t25 = fma_(f, splat(-0.625f), e);
	d0 = fma_(t10, splat(0.87890625f), fma_(t12, splat(-2.640625f), t14));
	d5 = fma_(t11, splat(0.87890625f), fma_(t13, splat(-2.640625f), t15));
	e = fma_(t12, splat(-2.25f), t14);
	f = fma_(t11, splat(-2.25f), t13);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t12, splat(-0.390625f), t14);
	f = fma_(t11, splat(-0.390625f), t13);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 3168, d0);
	st(v + 3696, d1);
	st(v + 4224, d2);
	st(v + 4752, d3);
	st(v + 5280, d4);
	st(v + 5808, d5);
	d0 = fma_(t20, splat(0.87890625f), fma_(t22, splat(-2.640625f), t24));
	d5 = fma_(t21, splat(0.87890625f), fma_(t23, splat(-2.640625f), t25));
	e = fma_(t22, splat(-2.25f), t24);
	f = fma_(t21, splat(-2.25f), t23);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t22, splat(-0.390625f), t24);
	f = fma_(t21, splat(-0.390625f), t23);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 6336, d0);
	st(v + 6864, d1);
	st(v + 7392, d2);
	st(v + 7920, d3);
	st(v + 8448, d4);
	st(v + 8976, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 544);
	d2 = ld(x + 1088);
	d3 = ld(x + 1632);
	d4 = ld(x + 2176);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t30 = fma_(f, splat(1.5f), e);
	t40 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 560);
	d2 = ld(x + 1104);
	d3 = ld(x + 1648);
	d4 = ld(x + 2192);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t31 = fma_(f, splat(1.5f), e);
	t41 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 576);
	d2 = ld(x + 1120);
	d3 = ld(x + 1664);
	d4 = ld(x + 2208);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t32 = fma_(f, splat(1.5f), e);
	t42 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 592);
	d2 = ld(x + 1136);
	d3 = ld(x + 1680);
	d4 = ld(x + 2224);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t33 = fma_(f, splat(1.5f), e);
	t43 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 608);
	d2 = ld(x + 1152);
	d3 = ld(x + 1696);
	d4 = ld(x + 2240);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t34 = fma_(f, splat(1.5f), e);
	t44 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 624);
	d2 = ld(x + 1168);
	d3 = ld(x + 1712);
	d4 = ld(x + 2256);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t35 = fma_(f, splat(1.5f), e);
	t45 = fma_(f, splat(-1.5f), e);
	d0 = fma_(t30, splat(0.87890625f), fma_(t32, splat(-2.640625f), t34));
	d5 = fma_(t31, splat(0.87890625f), fma_(t33, splat(-2.640625f), t35));
	e = fma_(t32, splat(-2.25f), t34);
	f = fma_(t31, splat(-2.25f), t33);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t32, splat(-0.390625f), t34);
	f = fma_(t31, splat(-0.390625f), t33);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 9504, d0);
	st(v + 10032, d1);
	st(v + 10560, d2);
	st(v + 11088, d3);
	st(v + 11616, d4);
	st(v + 12144, d5);
	d0 = fma_(t40, splat(0.87890625f), fma_(t42, splat(-2.640625f), t44));
	d5 = fma_(t41, splat(0.87890625f), fma_(t43, splat(-2.640625f), t45));
	e = fma_(t42, splat(-2.25f), t44);
	f = fma_(t41, splat(-2.25f), t43);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t42, splat(-0.390625f), t44);
	f = fma_(t41, splat(-0.390625f), t43);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 12672, d0);
	st(v + 13200, d1);
	st(v + 13728, d2);
	st(v + 14256, d3);
	st(v + 14784, d4);
	st(v + 15312, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_16to16_32x32_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/8, r = u%8;
		int i = r;
		const float *xi = x + c*18496 + i*2176;

		for (int j = 0; j < 8; j++) {
			int t = r*8 + j;
			float *v = y + t/32*19008 + (c*32 + t%32)*16;

			for (int s = 0; s < 16; s += 8)
				winograd4x4_16to16_32x32_relu_in_tile(xi + j*64 + s, v + s);
		}
	}
}

static RC_NOINLINE void
winograd4x4_16to16_32x32_relu_p32(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 528, m += 528) {
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512;

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

			st(m, a0);
			st(m + 8, b0);
			st(m + 16, a1);
			st(m + 24, b1);
			st(m + 32, a2);
			st(m + 40, b2);
			st(m + 48, a3);
			st(m + 56, b3);
			st(m + 64, a4);
			st(m + 72, b4);
			st(m + 80, a5);
			st(m + 88, b5);
		}
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512 + 96;

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

			st(m + 96, a0);
			st(m + 104, b0);
			st(m + 112, a1);
			st(m + 120, b1);
			st(m + 128, a2);
			st(m + 136, b2);
			st(m + 144, a3);
			st(m + 152, b3);
			st(m + 160, a4);
			st(m + 168, b4);
			st(m + 176, a5);
			st(m + 184, b5);
		}
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512 + 192;

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

			st(m + 192, a0);
			st(m + 200, b0);
			st(m + 208, a1);
			st(m + 216, b1);
			st(m + 224, a2);
			st(m + 232, b2);
			st(m + 240, a3);
			st(m + 248, b3);
			st(m + 256, a4);
			st(m + 264, b4);
		}
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512 + 272;

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

			st(m + 272, a0);
			st(m + 280, b0);
			st(m + 288, a1);
			st(m + 296, b1);
			st(m + 304, a2);
			st(m + 312, b2);
			st(m + 320, a3);
			st(m + 328, b3);
			st(m + 336, a4);
			st(m + 344, b4);
		}
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512 + 352;

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

			st(m + 352, a0);
			st(m + 360, b0);
			st(m + 368, a1);
			st(m + 376, b1);
			st(m + 384, a2);
			st(m + 392, b2);
			st(m + 400, a3);
			st(m + 408, b3);
			st(m + 416, a4);
			st(m + 424, b4);
		}
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512 + 432;

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

			st(m + 432, a0);
			st(m + 440, b0);
			st(m + 448, a1);
			st(m + 456, b1);
			st(m + 464, a2);
			st(m + 472, b2);
			st(m + 480, a3);
			st(m + 488, b3);
			st(m + 496, a4);
			st(m + 504, b4);
		}
	}
}

static RC_NOINLINE void
winograd4x4_16to16_32x32_relu_out_tile(const float *RC_RESTRICT m, const float *b, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 3168);
	d2 = ld(m + 6336);
	d3 = ld(m + 9504);
	d4 = ld(m + 12672);
	d5 = ld(m + 15840);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 528);
	d1 = ld(m + 3696);
	d2 = ld(m + 6864);
	d3 = ld(m + 10032);
	d4 = ld(m + 13200);
	d5 = ld(m + 16368);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1056);
	d1 = ld(m + 4224);
	d2 = ld(m + 7392);
	d3 = ld(m + 10560);
	d4 = ld(m + 13728);
	d5 = ld(m + 16896);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1584);
	d1 = ld(m + 4752);
	d2 = ld(m + 7920);
	d3 = ld(m + 11088);
	d4 = ld(m + 14256);
	d5 = ld(m + 17424);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 2112);
	d1 = ld(m + 5280);
	d2 = ld(m + 8448);
	d3 = ld(m + 11616);
	d4 = ld(m + 14784);
	d5 = ld(m + 17952);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 2640);
	d1 = ld(m + 5808);
	d2 = ld(m + 8976);
	d3 = ld(m + 12144);
	d4 = ld(m + 15312);
	d5 = ld(m + 18480);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t05 = add(d0, add(e, g));
	t15 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t25 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t35 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));

	e = add(t01, t02);
	f = sub(t01, t02);
	g = add(t03, t04);
	h = sub(t03, t04);
	y0 = add(t00, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t05));
	st(y, relu(add(y0, bias)));
	st(y + 16, relu(add(y1, bias)));
	st(y + 32, relu(add(y2, bias)));
	st(y + 48, relu(add(y3, bias)));

	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 544, relu(add(y0, bias)));
	st(y + 560, relu(add(y1, bias)));
	st(y + 576, relu(add(y2, bias)));
	st(y + 592, relu(add(y3, bias)));

	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 1088, relu(add(y0, bias)));
	st(y + 1104, relu(add(y1, bias)));
	st(y + 1120, relu(add(y2, bias)));
	st(y + 1136, relu(add(y3, bias)));

	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 1632, relu(add(y0, bias)));
	st(y + 1648, relu(add(y1, bias)));
	st(y + 1664, relu(add(y2, bias)));
	st(y + 1680, relu(add(y3, bias)));
}

/* phase 2: y of a band, from V; a unit is 16 channels of one block of tiles */
static void
winograd4x4_16to16_32x32_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	float m[19008];

	for (int u = lo; u < hi; u++) {
		int og = u/2, tb = u%2;
		int width = 32, start = tb*32;

		winograd4x4_16to16_32x32_relu_p32(x + tb*19008, w + og*9216, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/8, j = (start + t)%8;
			int i = r;
			float *yt = y + i*2176 + j*64 + 560;

			for (int s = 0; s < 2; s++) {
				winograd4x4_16to16_32x32_relu_out_tile(m + t*16 + s*8, b + (og*2 + s)*8, yt + (og*2 + s)/2*18496 + (og*2 + s)%2*8);
			}
		}
	}
}

/*
** layer1.0.conv2 (cifar_resnet20.lua:10)
** layer1.1.conv2 (cifar_resnet20.lua:10)
** layer1.2.conv2 (cifar_resnet20.lua:10)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3)
** x  16 x 32 x 32  nChw16c, halo 1 1 1 1
** z  16 x 32 x 32  nChw16c, halo 1 1 1 1
** y  16 x 32 x 32  nChw16c, halo 1 1 1 1
** w  9216 floats  [1 oc][36][16 ic][16 oc]: G g G'
** V  38016 floats  [32 tiles][36][1 ic][tile][16 ic]
** 0.59 M MACs instead of 2.36 M; 6 tiles x 16 channels in 12 accumulators; 76032 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_16to16_32x32_add_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 544);
	d2 = ld(x + 1088);
	d3 = ld(x + 1632);
	d4 = ld(x + 2176);
	d5 = ld(x + 2720);
	t00 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t50 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 16);
	d1 = ld(x + 560);
	d2 = ld(x + 1104);
	d3 = ld(x + 1648);
	d4 = ld(x + 2192);
	d5 = ld(x + 2736);
	t01 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t51 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 32);
	d1 = ld(x + 576);
	d2 = ld(x + 1120);
	d3 = ld(x + 1664);
	d4 = ld(x + 2208);
	d5 = ld(x + 2752);
	t02 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t52 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 48);
	d1 = ld(x + 592);
	d2 = ld(x + 1136);
	d3 = ld(x + 1680);
	d4 = ld(x + 2224);
	d5 = ld(x + 2768);
	t03 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t53 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 64);
	d1 = ld(x + 608);
	d2 = ld(x + 1152);
	d3 = ld(x + 1696);
	d4 = ld(x + 2240);
	d5 = ld(x + 2784);
	t04 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t54 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 80);
	d1 = ld(x + 624);
	d2 = ld(x + 1168);
	d3 = ld(x + 1712);
	d4 = ld(x + 2256);
	d5 = ld(x + 2800);
	t05 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t55 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = fma_(t00, splat(0.87890625f), fma_(t02, splat(-2.640625f), t04));
	d5 = fma_(t01, splat(0.87890625f), fma_(t03, splat(-2.640625f), t05));
	e = fma_(t02, splat(-2.25f), t04);
	f = fma_(t01, splat(-2.25f), t03);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t02, splat(-0.390625f), t04);
	f = fma_(t01, splat(-0.390625f), t03);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v, d0);
	st(v + 528, d1);
	st(v + 1056, d2);
	st(v + 1584, d3);
	st(v + 2112, d4);
	st(v + 2640, d5);
	d0 = fma_(t50, splat(0.87890625f), fma_(t52, splat(-2.640625f), t54));
	d5 = fma_(t51, splat(0.87890625f), fma_(t53, splat(-2.640625f), t55));
	e = fma_(t52, splat(-2.25f), t54);
	f = fma_(t51, splat(-2.25f), t53);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t52, splat(-0.390625f), t54);
	f = fma_(t51, splat(-0.390625f), t53);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 15840, d0);
	st(v + 16368, d1);
	st(v + 16896, d2);
	st(v + 17424, d3);
	st(v + 17952, d4);
	st(v + 18480, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 544);
	d2 = ld(x + 1088);
	d3 = ld(x + 1632);
	d4 = ld(x + 2176);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t10 = fma_(f, splat(0.625f), e);
	t20 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 560);
	d2 = ld(x + 1104);
	d3 = ld(x + 1648);
	d4 = ld(x + 2192);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t11 = fma_(f, splat(0.625f), e);
	t21 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 576);
	d2 = ld(x + 1120);
	d3 = ld(x + 1664);
	d4 = ld(x + 2208);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t12 = fma_(f, splat(0.625f), e);
	t22 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 592);
	d2 = ld(x + 1136);
	d3 = ld(x + 1680);
	d4 = ld(x + 2224);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t13 = fma_(f, splat(0.625f), e);
	t23 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 608);
	d2 = ld(x + 1152);
	d3 = ld(x + 1696);
	d4 = ld(x + 2240);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t14 = fma_(f, splat(0.625f), e);
	t24 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 624);
	d2 = ld(x + 1168);
	d3 = ld(x + 1712);
	d4 = ld(x + 2256);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t15 = fma_(f, splat(0.625f), e);
	t25 = fma_(f, splat(-0.625f), e);
	d0 = fma_(t10, splat(0.87890625f), fma_(t12, splat(-2.640625f), t14));
	d5 = fma_(t11, splat(0.87890625f), fma_(t13, splat(-2.640625f), t15));
	e = fma_(t12, splat(-2.25f), t14);
	f = fma_(t11, splat(-2.25f), t13);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t12, splat(-0.390625f), t14);
	f = fma_(t11, splat(-0.390625f), t13);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 3168, d0);
	st(v + 3696, d1);
	st(v + 4224, d2);
	st(v + 4752, d3);
	st(v + 5280, d4);
	st(v + 5808, d5);
	d0 = fma_(t20, splat(0.87890625f), fma_(t22, splat(-2.640625f), t24));
	d5 = fma_(t21, splat(0.87890625f), fma_(t23, splat(-2.640625f), t25));
	e = fma_(t22, splat(-2.25f), t24);
	f = fma_(t21, splat(-2.25f), t23);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t22, splat(-0.390625f), t24);
	f = fma_(t21, splat(-0.390625f), t23);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 6336, d0);
	st(v + 6864, d1);
	st(v + 7392, d2);
	st(v + 7920, d3);
	st(v + 8448, d4);
	st(v + 8976, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 544);
	d2 = ld(x + 1088);
	d3 = ld(x + 1632);
	d4 = ld(x + 2176);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t30 = fma_(f, splat(1.5f), e);
	t40 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 560);
	d2 = ld(x + 1104);
	d3 = ld(x + 1648);
	d4 = ld(x + 2192);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t31 = fma_(f, splat(1.5f), e);
	t41 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 576);
	d2 = ld(x + 1120);
	d3 = ld(x + 1664);
	d4 = ld(x + 2208);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t32 = fma_(f, splat(1.5f), e);
	t42 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 592);
	d2 = ld(x + 1136);
	d3 = ld(x + 1680);
	d4 = ld(x + 2224);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t33 = fma_(f, splat(1.5f), e);
	t43 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 608);
	d2 = ld(x + 1152);
	d3 = ld(x + 1696);
	d4 = ld(x + 2240);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t34 = fma_(f, splat(1.5f), e);
	t44 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 624);
	d2 = ld(x + 1168);
	d3 = ld(x + 1712);
	d4 = ld(x + 2256);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t35 = fma_(f, splat(1.5f), e);
	t45 = fma_(f, splat(-1.5f), e);
	d0 = fma_(t30, splat(0.87890625f), fma_(t32, splat(-2.640625f), t34));
	d5 = fma_(t31, splat(0.87890625f), fma_(t33, splat(-2.640625f), t35));
	e = fma_(t32, splat(-2.25f), t34);
	f = fma_(t31, splat(-2.25f), t33);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t32, splat(-0.390625f), t34);
	f = fma_(t31, splat(-0.390625f), t33);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 9504, d0);
	st(v + 10032, d1);
	st(v + 10560, d2);
	st(v + 11088, d3);
	st(v + 11616, d4);
	st(v + 12144, d5);
	d0 = fma_(t40, splat(0.87890625f), fma_(t42, splat(-2.640625f), t44));
	d5 = fma_(t41, splat(0.87890625f), fma_(t43, splat(-2.640625f), t45));
	e = fma_(t42, splat(-2.25f), t44);
	f = fma_(t41, splat(-2.25f), t43);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t42, splat(-0.390625f), t44);
	f = fma_(t41, splat(-0.390625f), t43);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 12672, d0);
	st(v + 13200, d1);
	st(v + 13728, d2);
	st(v + 14256, d3);
	st(v + 14784, d4);
	st(v + 15312, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_16to16_32x32_add_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/8, r = u%8;
		int i = r;
		const float *xi = x + c*18496 + i*2176;

		for (int j = 0; j < 8; j++) {
			int t = r*8 + j;
			float *v = y + t/32*19008 + (c*32 + t%32)*16;

			for (int s = 0; s < 16; s += 8)
				winograd4x4_16to16_32x32_add_relu_in_tile(xi + j*64 + s, v + s);
		}
	}
}

static RC_NOINLINE void
winograd4x4_16to16_32x32_add_relu_p32(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 528, m += 528) {
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512;

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

			st(m, a0);
			st(m + 8, b0);
			st(m + 16, a1);
			st(m + 24, b1);
			st(m + 32, a2);
			st(m + 40, b2);
			st(m + 48, a3);
			st(m + 56, b3);
			st(m + 64, a4);
			st(m + 72, b4);
			st(m + 80, a5);
			st(m + 88, b5);
		}
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512 + 96;

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

			st(m + 96, a0);
			st(m + 104, b0);
			st(m + 112, a1);
			st(m + 120, b1);
			st(m + 128, a2);
			st(m + 136, b2);
			st(m + 144, a3);
			st(m + 152, b3);
			st(m + 160, a4);
			st(m + 168, b4);
			st(m + 176, a5);
			st(m + 184, b5);
		}
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512 + 192;

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

			st(m + 192, a0);
			st(m + 200, b0);
			st(m + 208, a1);
			st(m + 216, b1);
			st(m + 224, a2);
			st(m + 232, b2);
			st(m + 240, a3);
			st(m + 248, b3);
			st(m + 256, a4);
			st(m + 264, b4);
		}
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512 + 272;

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

			st(m + 272, a0);
			st(m + 280, b0);
			st(m + 288, a1);
			st(m + 296, b1);
			st(m + 304, a2);
			st(m + 312, b2);
			st(m + 320, a3);
			st(m + 328, b3);
			st(m + 336, a4);
			st(m + 344, b4);
		}
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512 + 352;

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

			st(m + 352, a0);
			st(m + 360, b0);
			st(m + 368, a1);
			st(m + 376, b1);
			st(m + 384, a2);
			st(m + 392, b2);
			st(m + 400, a3);
			st(m + 408, b3);
			st(m + 416, a4);
			st(m + 424, b4);
		}
		{
			const float *w = u + i*256;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();

			for (int c = 0; c < 1; c++) {
				const float *xk = x + c*512 + 432;

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

			st(m + 432, a0);
			st(m + 440, b0);
			st(m + 448, a1);
			st(m + 456, b1);
			st(m + 464, a2);
			st(m + 472, b2);
			st(m + 480, a3);
			st(m + 488, b3);
			st(m + 496, a4);
			st(m + 504, b4);
		}
	}
}

static RC_NOINLINE void
winograd4x4_16to16_32x32_add_relu_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 3168);
	d2 = ld(m + 6336);
	d3 = ld(m + 9504);
	d4 = ld(m + 12672);
	d5 = ld(m + 15840);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 528);
	d1 = ld(m + 3696);
	d2 = ld(m + 6864);
	d3 = ld(m + 10032);
	d4 = ld(m + 13200);
	d5 = ld(m + 16368);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1056);
	d1 = ld(m + 4224);
	d2 = ld(m + 7392);
	d3 = ld(m + 10560);
	d4 = ld(m + 13728);
	d5 = ld(m + 16896);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1584);
	d1 = ld(m + 4752);
	d2 = ld(m + 7920);
	d3 = ld(m + 11088);
	d4 = ld(m + 14256);
	d5 = ld(m + 17424);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 2112);
	d1 = ld(m + 5280);
	d2 = ld(m + 8448);
	d3 = ld(m + 11616);
	d4 = ld(m + 14784);
	d5 = ld(m + 17952);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 2640);
	d1 = ld(m + 5808);
	d2 = ld(m + 8976);
	d3 = ld(m + 12144);
	d4 = ld(m + 15312);
	d5 = ld(m + 18480);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t05 = add(d0, add(e, g));
	t15 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t25 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t35 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));

	e = add(t01, t02);
	f = sub(t01, t02);
	g = add(t03, t04);
	h = sub(t03, t04);
	y0 = add(t00, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t05));
	st(y, relu(add(add(y0, bias), ld(z))));
	st(y + 16, relu(add(add(y1, bias), ld(z + 16))));
	st(y + 32, relu(add(add(y2, bias), ld(z + 32))));
	st(y + 48, relu(add(add(y3, bias), ld(z + 48))));

	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 544, relu(add(add(y0, bias), ld(z + 544))));
	st(y + 560, relu(add(add(y1, bias), ld(z + 560))));
	st(y + 576, relu(add(add(y2, bias), ld(z + 576))));
	st(y + 592, relu(add(add(y3, bias), ld(z + 592))));

	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 1088, relu(add(add(y0, bias), ld(z + 1088))));
	st(y + 1104, relu(add(add(y1, bias), ld(z + 1104))));
	st(y + 1120, relu(add(add(y2, bias), ld(z + 1120))));
	st(y + 1136, relu(add(add(y3, bias), ld(z + 1136))));

	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 1632, relu(add(add(y0, bias), ld(z + 1632))));
	st(y + 1648, relu(add(add(y1, bias), ld(z + 1648))));
	st(y + 1664, relu(add(add(y2, bias), ld(z + 1664))));
	st(y + 1680, relu(add(add(y3, bias), ld(z + 1680))));
}

/* phase 2: y of a band, from V; a unit is 16 channels of one block of tiles */
static void
winograd4x4_16to16_32x32_add_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[19008];

	for (int u = lo; u < hi; u++) {
		int og = u/2, tb = u%2;
		int width = 32, start = tb*32;

		winograd4x4_16to16_32x32_add_relu_p32(x + tb*19008, w + og*9216, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/8, j = (start + t)%8;
			int i = r;
			float *yt = y + i*2176 + j*64 + 560;
			const float *zt = z + i*2176 + j*64 + 560;

			for (int s = 0; s < 2; s++) {
				winograd4x4_16to16_32x32_add_relu_out_tile(m + t*16 + s*8, b + (og*2 + s)*8, zt + (og*2 + s)/2*18496 + (og*2 + s)%2*8, yt + (og*2 + s)/2*18496 + (og*2 + s)%2*8);
			}
		}
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
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3)
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** z  32 x 16 x 16  nChw16c
** y  32 x 16 x 16  nChw16c, halo 1 1 1 1
** w  36864 floats  [4 oc][36][32 ic][8 oc]: G g G'
** V  19008 floats  [16 tiles][36][2 ic][tile][16 ic]
** 0.59 M MACs instead of 2.36 M; 8 tiles x 8 channels in 8 accumulators; 20736 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_32to32_16x16_add_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 288);
	d2 = ld(x + 576);
	d3 = ld(x + 864);
	d4 = ld(x + 1152);
	d5 = ld(x + 1440);
	t00 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t50 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 16);
	d1 = ld(x + 304);
	d2 = ld(x + 592);
	d3 = ld(x + 880);
	d4 = ld(x + 1168);
	d5 = ld(x + 1456);
	t01 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t51 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 32);
	d1 = ld(x + 320);
	d2 = ld(x + 608);
	d3 = ld(x + 896);
	d4 = ld(x + 1184);
	d5 = ld(x + 1472);
	t02 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t52 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 48);
	d1 = ld(x + 336);
	d2 = ld(x + 624);
	d3 = ld(x + 912);
	d4 = ld(x + 1200);
	d5 = ld(x + 1488);
	t03 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t53 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 64);
	d1 = ld(x + 352);
	d2 = ld(x + 640);
	d3 = ld(x + 928);
	d4 = ld(x + 1216);
	d5 = ld(x + 1504);
	t04 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t54 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 80);
	d1 = ld(x + 368);
	d2 = ld(x + 656);
	d3 = ld(x + 944);
	d4 = ld(x + 1232);
	d5 = ld(x + 1520);
	t05 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t55 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = fma_(t00, splat(0.87890625f), fma_(t02, splat(-2.640625f), t04));
	d5 = fma_(t01, splat(0.87890625f), fma_(t03, splat(-2.640625f), t05));
	e = fma_(t02, splat(-2.25f), t04);
	f = fma_(t01, splat(-2.25f), t03);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t02, splat(-0.390625f), t04);
	f = fma_(t01, splat(-0.390625f), t03);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v, d0);
	st(v + 528, d1);
	st(v + 1056, d2);
	st(v + 1584, d3);
	st(v + 2112, d4);
	st(v + 2640, d5);
	d0 = fma_(t50, splat(0.87890625f), fma_(t52, splat(-2.640625f), t54));
	d5 = fma_(t51, splat(0.87890625f), fma_(t53, splat(-2.640625f), t55));
	e = fma_(t52, splat(-2.25f), t54);
	f = fma_(t51, splat(-2.25f), t53);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t52, splat(-0.390625f), t54);
	f = fma_(t51, splat(-0.390625f), t53);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 15840, d0);
	st(v + 16368, d1);
	st(v + 16896, d2);
	st(v + 17424, d3);
	st(v + 17952, d4);
	st(v + 18480, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 288);
	d2 = ld(x + 576);
	d3 = ld(x + 864);
	d4 = ld(x + 1152);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t10 = fma_(f, splat(0.625f), e);
	t20 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 304);
	d2 = ld(x + 592);
	d3 = ld(x + 880);
	d4 = ld(x + 1168);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t11 = fma_(f, splat(0.625f), e);
	t21 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 320);
	d2 = ld(x + 608);
	d3 = ld(x + 896);
	d4 = ld(x + 1184);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t12 = fma_(f, splat(0.625f), e);
	t22 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 336);
	d2 = ld(x + 624);
	d3 = ld(x + 912);
	d4 = ld(x + 1200);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t13 = fma_(f, splat(0.625f), e);
	t23 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 352);
	d2 = ld(x + 640);
	d3 = ld(x + 928);
	d4 = ld(x + 1216);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t14 = fma_(f, splat(0.625f), e);
	t24 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 368);
	d2 = ld(x + 656);
	d3 = ld(x + 944);
	d4 = ld(x + 1232);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t15 = fma_(f, splat(0.625f), e);
	t25 = fma_(f, splat(-0.625f), e);
	d0 = fma_(t10, splat(0.87890625f), fma_(t12, splat(-2.640625f), t14));
	d5 = fma_(t11, splat(0.87890625f), fma_(t13, splat(-2.640625f), t15));
	e = fma_(t12, splat(-2.25f), t14);
	f = fma_(t11, splat(-2.25f), t13);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t12, splat(-0.390625f), t14);
	f = fma_(t11, splat(-0.390625f), t13);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 3168, d0);
	st(v + 3696, d1);
	st(v + 4224, d2);
	st(v + 4752, d3);
	st(v + 5280, d4);
	st(v + 5808, d5);
	d0 = fma_(t20, splat(0.87890625f), fma_(t22, splat(-2.640625f), t24));
	d5 = fma_(t21, splat(0.87890625f), fma_(t23, splat(-2.640625f), t25));
	e = fma_(t22, splat(-2.25f), t24);
	f = fma_(t21, splat(-2.25f), t23);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t22, splat(-0.390625f), t24);
	f = fma_(t21, splat(-0.390625f), t23);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 6336, d0);
	st(v + 6864, d1);
	st(v + 7392, d2);
	st(v + 7920, d3);
	st(v + 8448, d4);
	st(v + 8976, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 288);
	d2 = ld(x + 576);
	d3 = ld(x + 864);
	d4 = ld(x + 1152);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t30 = fma_(f, splat(1.5f), e);
	t40 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 304);
	d2 = ld(x + 592);
	d3 = ld(x + 880);
	d4 = ld(x + 1168);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t31 = fma_(f, splat(1.5f), e);
	t41 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 320);
	d2 = ld(x + 608);
	d3 = ld(x + 896);
	d4 = ld(x + 1184);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t32 = fma_(f, splat(1.5f), e);
	t42 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 336);
	d2 = ld(x + 624);
	d3 = ld(x + 912);
	d4 = ld(x + 1200);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t33 = fma_(f, splat(1.5f), e);
	t43 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 352);
	d2 = ld(x + 640);
	d3 = ld(x + 928);
	d4 = ld(x + 1216);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t34 = fma_(f, splat(1.5f), e);
	t44 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 368);
	d2 = ld(x + 656);
	d3 = ld(x + 944);
	d4 = ld(x + 1232);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t35 = fma_(f, splat(1.5f), e);
	t45 = fma_(f, splat(-1.5f), e);
	d0 = fma_(t30, splat(0.87890625f), fma_(t32, splat(-2.640625f), t34));
	d5 = fma_(t31, splat(0.87890625f), fma_(t33, splat(-2.640625f), t35));
	e = fma_(t32, splat(-2.25f), t34);
	f = fma_(t31, splat(-2.25f), t33);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t32, splat(-0.390625f), t34);
	f = fma_(t31, splat(-0.390625f), t33);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 9504, d0);
	st(v + 10032, d1);
	st(v + 10560, d2);
	st(v + 11088, d3);
	st(v + 11616, d4);
	st(v + 12144, d5);
	d0 = fma_(t40, splat(0.87890625f), fma_(t42, splat(-2.640625f), t44));
	d5 = fma_(t41, splat(0.87890625f), fma_(t43, splat(-2.640625f), t45));
	e = fma_(t42, splat(-2.25f), t44);
	f = fma_(t41, splat(-2.25f), t43);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t42, splat(-0.390625f), t44);
	f = fma_(t41, splat(-0.390625f), t43);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 12672, d0);
	st(v + 13200, d1);
	st(v + 13728, d2);
	st(v + 14256, d3);
	st(v + 14784, d4);
	st(v + 15312, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_32to32_16x16_add_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/4, r = u%4;
		int i = r;
		const float *xi = x + c*5184 + i*1152;

		for (int j = 0; j < 4; j++) {
			int t = r*4 + j;
			float *v = y + t/16*19008 + (c*16 + t%16)*16;

			for (int s = 0; s < 16; s += 8)
				winograd4x4_32to32_16x16_add_relu_in_tile(xi + j*64 + s, v + s);
		}
	}
}

static RC_NOINLINE void
winograd4x4_32to32_16x16_add_relu_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 528, m += 144) {
		{
			const float *w = u + i*256;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();

			for (int c = 0; c < 2; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 8) {
					RC_OPAQUE(xk);
					V w0 = ld(w), v;
					v = bc(xk); a0 = fma_(v, w0, a0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7);
				}
			}

			st(m, a0);
			st(m + 8, a1);
			st(m + 16, a2);
			st(m + 24, a3);
			st(m + 32, a4);
			st(m + 40, a5);
			st(m + 48, a6);
			st(m + 56, a7);
		}
		{
			const float *w = u + i*256;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();

			for (int c = 0; c < 2; c++) {
				const float *xk = x + c*256 + 128;

				for (int k = 0; k < 16; k++, xk++, w += 8) {
					RC_OPAQUE(xk);
					V w0 = ld(w), v;
					v = bc(xk); a0 = fma_(v, w0, a0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7);
				}
			}

			st(m + 64, a0);
			st(m + 72, a1);
			st(m + 80, a2);
			st(m + 88, a3);
			st(m + 96, a4);
			st(m + 104, a5);
			st(m + 112, a6);
			st(m + 120, a7);
		}
	}
}

static RC_NOINLINE void
winograd4x4_32to32_16x16_add_relu_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 864);
	d2 = ld(m + 1728);
	d3 = ld(m + 2592);
	d4 = ld(m + 3456);
	d5 = ld(m + 4320);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 144);
	d1 = ld(m + 1008);
	d2 = ld(m + 1872);
	d3 = ld(m + 2736);
	d4 = ld(m + 3600);
	d5 = ld(m + 4464);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 288);
	d1 = ld(m + 1152);
	d2 = ld(m + 2016);
	d3 = ld(m + 2880);
	d4 = ld(m + 3744);
	d5 = ld(m + 4608);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 432);
	d1 = ld(m + 1296);
	d2 = ld(m + 2160);
	d3 = ld(m + 3024);
	d4 = ld(m + 3888);
	d5 = ld(m + 4752);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 576);
	d1 = ld(m + 1440);
	d2 = ld(m + 2304);
	d3 = ld(m + 3168);
	d4 = ld(m + 4032);
	d5 = ld(m + 4896);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 720);
	d1 = ld(m + 1584);
	d2 = ld(m + 2448);
	d3 = ld(m + 3312);
	d4 = ld(m + 4176);
	d5 = ld(m + 5040);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t05 = add(d0, add(e, g));
	t15 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t25 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t35 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));

	e = add(t01, t02);
	f = sub(t01, t02);
	g = add(t03, t04);
	h = sub(t03, t04);
	y0 = add(t00, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t05));
	st(y, relu(add(add(y0, bias), ld(z))));
	st(y + 16, relu(add(add(y1, bias), ld(z + 16))));
	st(y + 32, relu(add(add(y2, bias), ld(z + 32))));
	st(y + 48, relu(add(add(y3, bias), ld(z + 48))));

	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 288, relu(add(add(y0, bias), ld(z + 256))));
	st(y + 304, relu(add(add(y1, bias), ld(z + 272))));
	st(y + 320, relu(add(add(y2, bias), ld(z + 288))));
	st(y + 336, relu(add(add(y3, bias), ld(z + 304))));

	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 576, relu(add(add(y0, bias), ld(z + 512))));
	st(y + 592, relu(add(add(y1, bias), ld(z + 528))));
	st(y + 608, relu(add(add(y2, bias), ld(z + 544))));
	st(y + 624, relu(add(add(y3, bias), ld(z + 560))));

	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 864, relu(add(add(y0, bias), ld(z + 768))));
	st(y + 880, relu(add(add(y1, bias), ld(z + 784))));
	st(y + 896, relu(add(add(y2, bias), ld(z + 800))));
	st(y + 912, relu(add(add(y3, bias), ld(z + 816))));
}

/* phase 2: y of a band, from V; a unit is 8 channels of one block of tiles */
static void
winograd4x4_32to32_16x16_add_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[5184];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 16, start = tb*16;

		winograd4x4_32to32_16x16_add_relu_p16(x + tb*19008, w + og*9216, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/4, j = (start + t)%4;
			int i = r;
			float *yt = y + i*1152 + j*64 + 304;
			const float *zt = z + i*1024 + j*64;

			for (int s = 0; s < 1; s++) {
				winograd4x4_32to32_16x16_add_relu_out_tile(m + t*8 + s*8, b + (og*1 + s)*8, zt + (og*1 + s)/2*4096 + (og*1 + s)%2*8, yt + (og*1 + s)/2*5184 + (og*1 + s)%2*8);
			}
		}
	}
}

/*
** layer2.1.conv1 (cifar_resnet20.lua:11)
** layer2.2.conv1 (cifar_resnet20.lua:11)
**
** y = relu(conv3x3(x, w) + b) by Winograd F(4x4, 3x3)
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** y  32 x 16 x 16  nChw16c, halo 1 1 1 1
** w  36864 floats  [4 oc][36][32 ic][8 oc]: G g G'
** V  19008 floats  [16 tiles][36][2 ic][tile][16 ic]
** 0.59 M MACs instead of 2.36 M; 8 tiles x 8 channels in 8 accumulators; 20736 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_32to32_16x16_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 288);
	d2 = ld(x + 576);
	d3 = ld(x + 864);
	d4 = ld(x + 1152);
	d5 = ld(x + 1440);
	t00 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t50 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 16);
	d1 = ld(x + 304);
	d2 = ld(x + 592);
	d3 = ld(x + 880);
	d4 = ld(x + 1168);
	d5 = ld(x + 1456);
	t01 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t51 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 32);
	d1 = ld(x + 320);
	d2 = ld(x + 608);
	d3 = ld(x + 896);
	d4 = ld(x + 1184);
	d5 = ld(x + 1472);
	t02 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t52 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 48);
	d1 = ld(x + 336);
	d2 = ld(x + 624);
	d3 = ld(x + 912);
	d4 = ld(x + 1200);
	d5 = ld(x + 1488);
	t03 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t53 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 64);
	d1 = ld(x + 352);
	d2 = ld(x + 640);
	d3 = ld(x + 928);
	d4 = ld(x + 1216);
	d5 = ld(x + 1504);
	t04 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t54 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 80);
	d1 = ld(x + 368);
	d2 = ld(x + 656);
	d3 = ld(x + 944);
	d4 = ld(x + 1232);
	d5 = ld(x + 1520);
	t05 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t55 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = fma_(t00, splat(0.87890625f), fma_(t02, splat(-2.640625f), t04));
	d5 = fma_(t01, splat(0.87890625f), fma_(t03, splat(-2.640625f), t05));
	e = fma_(t02, splat(-2.25f), t04);
	f = fma_(t01, splat(-2.25f), t03);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t02, splat(-0.390625f), t04);
	f = fma_(t01, splat(-0.390625f), t03);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v, d0);
	st(v + 528, d1);
	st(v + 1056, d2);
	st(v + 1584, d3);
	st(v + 2112, d4);
	st(v + 2640, d5);
	d0 = fma_(t50, splat(0.87890625f), fma_(t52, splat(-2.640625f), t54));
	d5 = fma_(t51, splat(0.87890625f), fma_(t53, splat(-2.640625f), t55));
	e = fma_(t52, splat(-2.25f), t54);
	f = fma_(t51, splat(-2.25f), t53);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t52, splat(-0.390625f), t54);
	f = fma_(t51, splat(-0.390625f), t53);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 15840, d0);
	st(v + 16368, d1);
	st(v + 16896, d2);
	st(v + 17424, d3);
	st(v + 17952, d4);
	st(v + 18480, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 288);
	d2 = ld(x + 576);
	d3 = ld(x + 864);
	d4 = ld(x + 1152);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t10 = fma_(f, splat(0.625f), e);
	t20 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 304);
	d2 = ld(x + 592);
	d3 = ld(x + 880);
	d4 = ld(x + 1168);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t11 = fma_(f, splat(0.625f), e);
	t21 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 320);
	d2 = ld(x + 608);
	d3 = ld(x + 896);
	d4 = ld(x + 1184);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t12 = fma_(f, splat(0.625f), e);
	t22 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 336);
	d2 = ld(x + 624);
	d3 = ld(x + 912);
	d4 = ld(x + 1200);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t13 = fma_(f, splat(0.625f), e);
	t23 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 352);
	d2 = ld(x + 640);
	d3 = ld(x + 928);
	d4 = ld(x + 1216);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t14 = fma_(f, splat(0.625f), e);
	t24 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 368);
	d2 = ld(x + 656);
	d3 = ld(x + 944);
	d4 = ld(x + 1232);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t15 = fma_(f, splat(0.625f), e);
	t25 = fma_(f, splat(-0.625f), e);
	d0 = fma_(t10, splat(0.87890625f), fma_(t12, splat(-2.640625f), t14));
	d5 = fma_(t11, splat(0.87890625f), fma_(t13, splat(-2.640625f), t15));
	e = fma_(t12, splat(-2.25f), t14);
	f = fma_(t11, splat(-2.25f), t13);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t12, splat(-0.390625f), t14);
	f = fma_(t11, splat(-0.390625f), t13);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 3168, d0);
	st(v + 3696, d1);
	st(v + 4224, d2);
	st(v + 4752, d3);
	st(v + 5280, d4);
	st(v + 5808, d5);
	d0 = fma_(t20, splat(0.87890625f), fma_(t22, splat(-2.640625f), t24));
	d5 = fma_(t21, splat(0.87890625f), fma_(t23, splat(-2.640625f), t25));
	e = fma_(t22, splat(-2.25f), t24);
	f = fma_(t21, splat(-2.25f), t23);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t22, splat(-0.390625f), t24);
	f = fma_(t21, splat(-0.390625f), t23);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 6336, d0);
	st(v + 6864, d1);
	st(v + 7392, d2);
	st(v + 7920, d3);
	st(v + 8448, d4);
	st(v + 8976, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 288);
	d2 = ld(x + 576);
	d3 = ld(x + 864);
	d4 = ld(x + 1152);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t30 = fma_(f, splat(1.5f), e);
	t40 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 304);
	d2 = ld(x + 592);
	d3 = ld(x + 880);
	d4 = ld(x + 1168);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t31 = fma_(f, splat(1.5f), e);
	t41 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 320);
	d2 = ld(x + 608);
	d3 = ld(x + 896);
	d4 = ld(x + 1184);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t32 = fma_(f, splat(1.5f), e);
	t42 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 336);
	d2 = ld(x + 624);
	d3 = ld(x + 912);
	d4 = ld(x + 1200);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t33 = fma_(f, splat(1.5f), e);
	t43 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 352);
	d2 = ld(x + 640);
	d3 = ld(x + 928);
	d4 = ld(x + 1216);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t34 = fma_(f, splat(1.5f), e);
	t44 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 368);
	d2 = ld(x + 656);
	d3 = ld(x + 944);
	d4 = ld(x + 1232);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t35 = fma_(f, splat(1.5f), e);
	t45 = fma_(f, splat(-1.5f), e);
	d0 = fma_(t30, splat(0.87890625f), fma_(t32, splat(-2.640625f), t34));
	d5 = fma_(t31, splat(0.87890625f), fma_(t33, splat(-2.640625f), t35));
	e = fma_(t32, splat(-2.25f), t34);
	f = fma_(t31, splat(-2.25f), t33);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t32, splat(-0.390625f), t34);
	f = fma_(t31, splat(-0.390625f), t33);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 9504, d0);
	st(v + 10032, d1);
	st(v + 10560, d2);
	st(v + 11088, d3);
	st(v + 11616, d4);
	st(v + 12144, d5);
	d0 = fma_(t40, splat(0.87890625f), fma_(t42, splat(-2.640625f), t44));
	d5 = fma_(t41, splat(0.87890625f), fma_(t43, splat(-2.640625f), t45));
	e = fma_(t42, splat(-2.25f), t44);
	f = fma_(t41, splat(-2.25f), t43);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t42, splat(-0.390625f), t44);
	f = fma_(t41, splat(-0.390625f), t43);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 12672, d0);
	st(v + 13200, d1);
	st(v + 13728, d2);
	st(v + 14256, d3);
	st(v + 14784, d4);
	st(v + 15312, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_32to32_16x16_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/4, r = u%4;
		int i = r;
		const float *xi = x + c*5184 + i*1152;

		for (int j = 0; j < 4; j++) {
			int t = r*4 + j;
			float *v = y + t/16*19008 + (c*16 + t%16)*16;

			for (int s = 0; s < 16; s += 8)
				winograd4x4_32to32_16x16_relu_in_tile(xi + j*64 + s, v + s);
		}
	}
}

static RC_NOINLINE void
winograd4x4_32to32_16x16_relu_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 528, m += 144) {
		{
			const float *w = u + i*256;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();

			for (int c = 0; c < 2; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 8) {
					RC_OPAQUE(xk);
					V w0 = ld(w), v;
					v = bc(xk); a0 = fma_(v, w0, a0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7);
				}
			}

			st(m, a0);
			st(m + 8, a1);
			st(m + 16, a2);
			st(m + 24, a3);
			st(m + 32, a4);
			st(m + 40, a5);
			st(m + 48, a6);
			st(m + 56, a7);
		}
		{
			const float *w = u + i*256;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();

			for (int c = 0; c < 2; c++) {
				const float *xk = x + c*256 + 128;

				for (int k = 0; k < 16; k++, xk++, w += 8) {
					RC_OPAQUE(xk);
					V w0 = ld(w), v;
					v = bc(xk); a0 = fma_(v, w0, a0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7);
				}
			}

			st(m + 64, a0);
			st(m + 72, a1);
			st(m + 80, a2);
			st(m + 88, a3);
			st(m + 96, a4);
			st(m + 104, a5);
			st(m + 112, a6);
			st(m + 120, a7);
		}
	}
}

static RC_NOINLINE void
winograd4x4_32to32_16x16_relu_out_tile(const float *RC_RESTRICT m, const float *b, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 864);
	d2 = ld(m + 1728);
	d3 = ld(m + 2592);
	d4 = ld(m + 3456);
	d5 = ld(m + 4320);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 144);
	d1 = ld(m + 1008);
	d2 = ld(m + 1872);
	d3 = ld(m + 2736);
	d4 = ld(m + 3600);
	d5 = ld(m + 4464);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 288);
	d1 = ld(m + 1152);
	d2 = ld(m + 2016);
	d3 = ld(m + 2880);
	d4 = ld(m + 3744);
	d5 = ld(m + 4608);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 432);
	d1 = ld(m + 1296);
	d2 = ld(m + 2160);
	d3 = ld(m + 3024);
	d4 = ld(m + 3888);
	d5 = ld(m + 4752);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 576);
	d1 = ld(m + 1440);
	d2 = ld(m + 2304);
	d3 = ld(m + 3168);
	d4 = ld(m + 4032);
	d5 = ld(m + 4896);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 720);
	d1 = ld(m + 1584);
	d2 = ld(m + 2448);
	d3 = ld(m + 3312);
	d4 = ld(m + 4176);
	d5 = ld(m + 5040);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t05 = add(d0, add(e, g));
	t15 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t25 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t35 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));

	e = add(t01, t02);
	f = sub(t01, t02);
	g = add(t03, t04);
	h = sub(t03, t04);
	y0 = add(t00, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t05));
	st(y, relu(add(y0, bias)));
	st(y + 16, relu(add(y1, bias)));
	st(y + 32, relu(add(y2, bias)));
	st(y + 48, relu(add(y3, bias)));

	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 288, relu(add(y0, bias)));
	st(y + 304, relu(add(y1, bias)));
	st(y + 320, relu(add(y2, bias)));
	st(y + 336, relu(add(y3, bias)));

	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 576, relu(add(y0, bias)));
	st(y + 592, relu(add(y1, bias)));
	st(y + 608, relu(add(y2, bias)));
	st(y + 624, relu(add(y3, bias)));

	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 864, relu(add(y0, bias)));
	st(y + 880, relu(add(y1, bias)));
	st(y + 896, relu(add(y2, bias)));
	st(y + 912, relu(add(y3, bias)));
}

/* phase 2: y of a band, from V; a unit is 8 channels of one block of tiles */
static void
winograd4x4_32to32_16x16_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	float m[5184];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 16, start = tb*16;

		winograd4x4_32to32_16x16_relu_p16(x + tb*19008, w + og*9216, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/4, j = (start + t)%4;
			int i = r;
			float *yt = y + i*1152 + j*64 + 304;

			for (int s = 0; s < 1; s++) {
				winograd4x4_32to32_16x16_relu_out_tile(m + t*8 + s*8, b + (og*1 + s)*8, yt + (og*1 + s)/2*5184 + (og*1 + s)%2*8);
			}
		}
	}
}

/*
** layer2.1.conv2 (cifar_resnet20.lua:11)
** layer2.2.conv2 (cifar_resnet20.lua:11)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3)
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** z  32 x 16 x 16  nChw16c, halo 1 1 1 1
** y  32 x 16 x 16  nChw16c, halo 1 1 1 1
** w  36864 floats  [4 oc][36][32 ic][8 oc]: G g G'
** V  19008 floats  [16 tiles][36][2 ic][tile][16 ic]
** 0.59 M MACs instead of 2.36 M; 8 tiles x 8 channels in 8 accumulators; 20736 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_32to32_16x16_add_relu_b_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 288);
	d2 = ld(x + 576);
	d3 = ld(x + 864);
	d4 = ld(x + 1152);
	d5 = ld(x + 1440);
	t00 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t50 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 16);
	d1 = ld(x + 304);
	d2 = ld(x + 592);
	d3 = ld(x + 880);
	d4 = ld(x + 1168);
	d5 = ld(x + 1456);
	t01 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t51 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 32);
	d1 = ld(x + 320);
	d2 = ld(x + 608);
	d3 = ld(x + 896);
	d4 = ld(x + 1184);
	d5 = ld(x + 1472);
	t02 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t52 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 48);
	d1 = ld(x + 336);
	d2 = ld(x + 624);
	d3 = ld(x + 912);
	d4 = ld(x + 1200);
	d5 = ld(x + 1488);
	t03 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t53 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 64);
	d1 = ld(x + 352);
	d2 = ld(x + 640);
	d3 = ld(x + 928);
	d4 = ld(x + 1216);
	d5 = ld(x + 1504);
	t04 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t54 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 80);
	d1 = ld(x + 368);
	d2 = ld(x + 656);
	d3 = ld(x + 944);
	d4 = ld(x + 1232);
	d5 = ld(x + 1520);
	t05 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t55 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = fma_(t00, splat(0.87890625f), fma_(t02, splat(-2.640625f), t04));
	d5 = fma_(t01, splat(0.87890625f), fma_(t03, splat(-2.640625f), t05));
	e = fma_(t02, splat(-2.25f), t04);
	f = fma_(t01, splat(-2.25f), t03);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t02, splat(-0.390625f), t04);
	f = fma_(t01, splat(-0.390625f), t03);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v, d0);
	st(v + 528, d1);
	st(v + 1056, d2);
	st(v + 1584, d3);
	st(v + 2112, d4);
	st(v + 2640, d5);
	d0 = fma_(t50, splat(0.87890625f), fma_(t52, splat(-2.640625f), t54));
	d5 = fma_(t51, splat(0.87890625f), fma_(t53, splat(-2.640625f), t55));
	e = fma_(t52, splat(-2.25f), t54);
	f = fma_(t51, splat(-2.25f), t53);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t52, splat(-0.390625f), t54);
	f = fma_(t51, splat(-0.390625f), t53);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 15840, d0);
	st(v + 16368, d1);
	st(v + 16896, d2);
	st(v + 17424, d3);
	st(v + 17952, d4);
	st(v + 18480, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 288);
	d2 = ld(x + 576);
	d3 = ld(x + 864);
	d4 = ld(x + 1152);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t10 = fma_(f, splat(0.625f), e);
	t20 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 304);
	d2 = ld(x + 592);
	d3 = ld(x + 880);
	d4 = ld(x + 1168);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t11 = fma_(f, splat(0.625f), e);
	t21 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 320);
	d2 = ld(x + 608);
	d3 = ld(x + 896);
	d4 = ld(x + 1184);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t12 = fma_(f, splat(0.625f), e);
	t22 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 336);
	d2 = ld(x + 624);
	d3 = ld(x + 912);
	d4 = ld(x + 1200);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t13 = fma_(f, splat(0.625f), e);
	t23 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 352);
	d2 = ld(x + 640);
	d3 = ld(x + 928);
	d4 = ld(x + 1216);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t14 = fma_(f, splat(0.625f), e);
	t24 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 368);
	d2 = ld(x + 656);
	d3 = ld(x + 944);
	d4 = ld(x + 1232);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t15 = fma_(f, splat(0.625f), e);
	t25 = fma_(f, splat(-0.625f), e);
	d0 = fma_(t10, splat(0.87890625f), fma_(t12, splat(-2.640625f), t14));
	d5 = fma_(t11, splat(0.87890625f), fma_(t13, splat(-2.640625f), t15));
	e = fma_(t12, splat(-2.25f), t14);
	f = fma_(t11, splat(-2.25f), t13);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t12, splat(-0.390625f), t14);
	f = fma_(t11, splat(-0.390625f), t13);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 3168, d0);
	st(v + 3696, d1);
	st(v + 4224, d2);
	st(v + 4752, d3);
	st(v + 5280, d4);
	st(v + 5808, d5);
	d0 = fma_(t20, splat(0.87890625f), fma_(t22, splat(-2.640625f), t24));
	d5 = fma_(t21, splat(0.87890625f), fma_(t23, splat(-2.640625f), t25));
	e = fma_(t22, splat(-2.25f), t24);
	f = fma_(t21, splat(-2.25f), t23);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t22, splat(-0.390625f), t24);
	f = fma_(t21, splat(-0.390625f), t23);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 6336, d0);
	st(v + 6864, d1);
	st(v + 7392, d2);
	st(v + 7920, d3);
	st(v + 8448, d4);
	st(v + 8976, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 288);
	d2 = ld(x + 576);
	d3 = ld(x + 864);
	d4 = ld(x + 1152);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t30 = fma_(f, splat(1.5f), e);
	t40 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 304);
	d2 = ld(x + 592);
	d3 = ld(x + 880);
	d4 = ld(x + 1168);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t31 = fma_(f, splat(1.5f), e);
	t41 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 320);
	d2 = ld(x + 608);
	d3 = ld(x + 896);
	d4 = ld(x + 1184);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t32 = fma_(f, splat(1.5f), e);
	t42 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 336);
	d2 = ld(x + 624);
	d3 = ld(x + 912);
	d4 = ld(x + 1200);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t33 = fma_(f, splat(1.5f), e);
	t43 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 352);
	d2 = ld(x + 640);
	d3 = ld(x + 928);
	d4 = ld(x + 1216);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t34 = fma_(f, splat(1.5f), e);
	t44 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 368);
	d2 = ld(x + 656);
	d3 = ld(x + 944);
	d4 = ld(x + 1232);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t35 = fma_(f, splat(1.5f), e);
	t45 = fma_(f, splat(-1.5f), e);
	d0 = fma_(t30, splat(0.87890625f), fma_(t32, splat(-2.640625f), t34));
	d5 = fma_(t31, splat(0.87890625f), fma_(t33, splat(-2.640625f), t35));
	e = fma_(t32, splat(-2.25f), t34);
	f = fma_(t31, splat(-2.25f), t33);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t32, splat(-0.390625f), t34);
	f = fma_(t31, splat(-0.390625f), t33);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 9504, d0);
	st(v + 10032, d1);
	st(v + 10560, d2);
	st(v + 11088, d3);
	st(v + 11616, d4);
	st(v + 12144, d5);
	d0 = fma_(t40, splat(0.87890625f), fma_(t42, splat(-2.640625f), t44));
	d5 = fma_(t41, splat(0.87890625f), fma_(t43, splat(-2.640625f), t45));
	e = fma_(t42, splat(-2.25f), t44);
	f = fma_(t41, splat(-2.25f), t43);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t42, splat(-0.390625f), t44);
	f = fma_(t41, splat(-0.390625f), t43);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 12672, d0);
	st(v + 13200, d1);
	st(v + 13728, d2);
	st(v + 14256, d3);
	st(v + 14784, d4);
	st(v + 15312, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_32to32_16x16_add_relu_b_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/4, r = u%4;
		int i = r;
		const float *xi = x + c*5184 + i*1152;

		for (int j = 0; j < 4; j++) {
			int t = r*4 + j;
			float *v = y + t/16*19008 + (c*16 + t%16)*16;

			for (int s = 0; s < 16; s += 8)
				winograd4x4_32to32_16x16_add_relu_b_in_tile(xi + j*64 + s, v + s);
		}
	}
}

static RC_NOINLINE void
winograd4x4_32to32_16x16_add_relu_b_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 528, m += 144) {
		{
			const float *w = u + i*256;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();

			for (int c = 0; c < 2; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 8) {
					RC_OPAQUE(xk);
					V w0 = ld(w), v;
					v = bc(xk); a0 = fma_(v, w0, a0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7);
				}
			}

			st(m, a0);
			st(m + 8, a1);
			st(m + 16, a2);
			st(m + 24, a3);
			st(m + 32, a4);
			st(m + 40, a5);
			st(m + 48, a6);
			st(m + 56, a7);
		}
		{
			const float *w = u + i*256;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();

			for (int c = 0; c < 2; c++) {
				const float *xk = x + c*256 + 128;

				for (int k = 0; k < 16; k++, xk++, w += 8) {
					RC_OPAQUE(xk);
					V w0 = ld(w), v;
					v = bc(xk); a0 = fma_(v, w0, a0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7);
				}
			}

			st(m + 64, a0);
			st(m + 72, a1);
			st(m + 80, a2);
			st(m + 88, a3);
			st(m + 96, a4);
			st(m + 104, a5);
			st(m + 112, a6);
			st(m + 120, a7);
		}
	}
}

static RC_NOINLINE void
winograd4x4_32to32_16x16_add_relu_b_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 864);
	d2 = ld(m + 1728);
	d3 = ld(m + 2592);
	d4 = ld(m + 3456);
	d5 = ld(m + 4320);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 144);
	d1 = ld(m + 1008);
	d2 = ld(m + 1872);
	d3 = ld(m + 2736);
	d4 = ld(m + 3600);
	d5 = ld(m + 4464);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 288);
	d1 = ld(m + 1152);
	d2 = ld(m + 2016);
	d3 = ld(m + 2880);
	d4 = ld(m + 3744);
	d5 = ld(m + 4608);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 432);
	d1 = ld(m + 1296);
	d2 = ld(m + 2160);
	d3 = ld(m + 3024);
	d4 = ld(m + 3888);
	d5 = ld(m + 4752);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 576);
	d1 = ld(m + 1440);
	d2 = ld(m + 2304);
	d3 = ld(m + 3168);
	d4 = ld(m + 4032);
	d5 = ld(m + 4896);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 720);
	d1 = ld(m + 1584);
	d2 = ld(m + 2448);
	d3 = ld(m + 3312);
	d4 = ld(m + 4176);
	d5 = ld(m + 5040);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t05 = add(d0, add(e, g));
	t15 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t25 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t35 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));

	e = add(t01, t02);
	f = sub(t01, t02);
	g = add(t03, t04);
	h = sub(t03, t04);
	y0 = add(t00, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t05));
	st(y, relu(add(add(y0, bias), ld(z))));
	st(y + 16, relu(add(add(y1, bias), ld(z + 16))));
	st(y + 32, relu(add(add(y2, bias), ld(z + 32))));
	st(y + 48, relu(add(add(y3, bias), ld(z + 48))));

	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 288, relu(add(add(y0, bias), ld(z + 288))));
	st(y + 304, relu(add(add(y1, bias), ld(z + 304))));
	st(y + 320, relu(add(add(y2, bias), ld(z + 320))));
	st(y + 336, relu(add(add(y3, bias), ld(z + 336))));

	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 576, relu(add(add(y0, bias), ld(z + 576))));
	st(y + 592, relu(add(add(y1, bias), ld(z + 592))));
	st(y + 608, relu(add(add(y2, bias), ld(z + 608))));
	st(y + 624, relu(add(add(y3, bias), ld(z + 624))));

	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 864, relu(add(add(y0, bias), ld(z + 864))));
	st(y + 880, relu(add(add(y1, bias), ld(z + 880))));
	st(y + 896, relu(add(add(y2, bias), ld(z + 896))));
	st(y + 912, relu(add(add(y3, bias), ld(z + 912))));
}

/* phase 2: y of a band, from V; a unit is 8 channels of one block of tiles */
static void
winograd4x4_32to32_16x16_add_relu_b(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[5184];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 16, start = tb*16;

		winograd4x4_32to32_16x16_add_relu_b_p16(x + tb*19008, w + og*9216, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/4, j = (start + t)%4;
			int i = r;
			float *yt = y + i*1152 + j*64 + 304;
			const float *zt = z + i*1152 + j*64 + 304;

			for (int s = 0; s < 1; s++) {
				winograd4x4_32to32_16x16_add_relu_b_out_tile(m + t*8 + s*8, b + (og*1 + s)*8, zt + (og*1 + s)/2*5184 + (og*1 + s)%2*8, yt + (og*1 + s)/2*5184 + (og*1 + s)%2*8);
			}
		}
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
** y = relu(conv3x3(x, w) + b + z) by Winograd F(2x4, 3x3)
** x  64 x 8 x 8  nChw16c, halo 1 1 1 1
** z  64 x 8 x 8  nChw16c
** y  64 x 8 x 8  nChw16c, halo 1 1 1 1
** w  98304 floats  [8 oc][24][64 ic][8 oc]: G g G'
** V  12672 floats  [8 tiles][24][4 ic][tile][16 ic]
** 0.79 M MACs instead of 2.36 M; 8 tiles x 8 channels in 8 accumulators; 7680 bytes of stack
*/
static RC_NOINLINE void
winograd2x4_64to64_8x8_add_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 160);
	d2 = ld(x + 320);
	d3 = ld(x + 480);
	t00 = sub(d2, d0);
	t10 = add(d2, d1);
	t20 = sub(d2, d1);
	t30 = sub(d3, d1);
	d0 = ld(x + 16);
	d1 = ld(x + 176);
	d2 = ld(x + 336);
	d3 = ld(x + 496);
	t01 = sub(d2, d0);
	t11 = add(d2, d1);
	t21 = sub(d2, d1);
	t31 = sub(d3, d1);
	d0 = ld(x + 32);
	d1 = ld(x + 192);
	d2 = ld(x + 352);
	d3 = ld(x + 512);
	t02 = sub(d2, d0);
	t12 = add(d2, d1);
	t22 = sub(d2, d1);
	t32 = sub(d3, d1);
	d0 = ld(x + 48);
	d1 = ld(x + 208);
	d2 = ld(x + 368);
	d3 = ld(x + 528);
	t03 = sub(d2, d0);
	t13 = add(d2, d1);
	t23 = sub(d2, d1);
	t33 = sub(d3, d1);
	d0 = ld(x + 64);
	d1 = ld(x + 224);
	d2 = ld(x + 384);
	d3 = ld(x + 544);
	t04 = sub(d2, d0);
	t14 = add(d2, d1);
	t24 = sub(d2, d1);
	t34 = sub(d3, d1);
	d0 = ld(x + 80);
	d1 = ld(x + 240);
	d2 = ld(x + 400);
	d3 = ld(x + 560);
	t05 = sub(d2, d0);
	t15 = add(d2, d1);
	t25 = sub(d2, d1);
	t35 = sub(d3, d1);
	d0 = fma_(t00, splat(0.87890625f), fma_(t02, splat(-2.640625f), t04));
	d5 = fma_(t01, splat(0.87890625f), fma_(t03, splat(-2.640625f), t05));
	e = fma_(t02, splat(-2.25f), t04);
	f = fma_(t01, splat(-2.25f), t03);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t02, splat(-0.390625f), t04);
	f = fma_(t01, splat(-0.390625f), t03);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v, d0);
	st(v + 528, d1);
	st(v + 1056, d2);
	st(v + 1584, d3);
	st(v + 2112, d4);
	st(v + 2640, d5);
	d0 = fma_(t10, splat(0.87890625f), fma_(t12, splat(-2.640625f), t14));
	d5 = fma_(t11, splat(0.87890625f), fma_(t13, splat(-2.640625f), t15));
	e = fma_(t12, splat(-2.25f), t14);
	f = fma_(t11, splat(-2.25f), t13);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t12, splat(-0.390625f), t14);
	f = fma_(t11, splat(-0.390625f), t13);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 3168, d0);
	st(v + 3696, d1);
	st(v + 4224, d2);
	st(v + 4752, d3);
	st(v + 5280, d4);
	st(v + 5808, d5);
	d0 = fma_(t20, splat(0.87890625f), fma_(t22, splat(-2.640625f), t24));
	d5 = fma_(t21, splat(0.87890625f), fma_(t23, splat(-2.640625f), t25));
	e = fma_(t22, splat(-2.25f), t24);
	f = fma_(t21, splat(-2.25f), t23);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t22, splat(-0.390625f), t24);
	f = fma_(t21, splat(-0.390625f), t23);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 6336, d0);
	st(v + 6864, d1);
	st(v + 7392, d2);
	st(v + 7920, d3);
	st(v + 8448, d4);
	st(v + 8976, d5);
	d0 = fma_(t30, splat(0.87890625f), fma_(t32, splat(-2.640625f), t34));
	d5 = fma_(t31, splat(0.87890625f), fma_(t33, splat(-2.640625f), t35));
	e = fma_(t32, splat(-2.25f), t34);
	f = fma_(t31, splat(-2.25f), t33);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t32, splat(-0.390625f), t34);
	f = fma_(t31, splat(-0.390625f), t33);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 9504, d0);
	st(v + 10032, d1);
	st(v + 10560, d2);
	st(v + 11088, d3);
	st(v + 11616, d4);
	st(v + 12144, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd2x4_64to64_8x8_add_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/4, r = u%4;
		int i = r;
		const float *xi = x + c*1600 + i*320;

		for (int j = 0; j < 2; j++) {
			int t = r*2 + j;
			float *v = y + t/8*12672 + (c*8 + t%8)*16;

			for (int s = 0; s < 16; s += 8)
				winograd2x4_64to64_8x8_add_relu_in_tile(xi + j*64 + s, v + s);
		}
	}
}

static RC_NOINLINE void
winograd2x4_64to64_8x8_add_relu_p8(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 24; i++, x += 528, m += 80) {
		{
			const float *w = u + i*512;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();

			for (int c = 0; c < 4; c++) {
				const float *xk = x + c*128;

				for (int k = 0; k < 16; k++, xk++, w += 8) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					V w0 = ld(w), v;
					v = bc(xk); a0 = fma_(v, w0, a0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7);
				}
			}

			st(m, a0);
			st(m + 8, a1);
			st(m + 16, a2);
			st(m + 24, a3);
			st(m + 32, a4);
			st(m + 40, a5);
			st(m + 48, a6);
			st(m + 56, a7);
		}
	}
}

static RC_NOINLINE void
winograd2x4_64to64_8x8_add_relu_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V d0, d1, d2, d3, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 480);
	d2 = ld(m + 960);
	d3 = ld(m + 1440);
	t00 = add(d0, add(d1, d2));
	t10 = add(d3, sub(d1, d2));
	d0 = ld(m + 80);
	d1 = ld(m + 560);
	d2 = ld(m + 1040);
	d3 = ld(m + 1520);
	t01 = add(d0, add(d1, d2));
	t11 = add(d3, sub(d1, d2));
	d0 = ld(m + 160);
	d1 = ld(m + 640);
	d2 = ld(m + 1120);
	d3 = ld(m + 1600);
	t02 = add(d0, add(d1, d2));
	t12 = add(d3, sub(d1, d2));
	d0 = ld(m + 240);
	d1 = ld(m + 720);
	d2 = ld(m + 1200);
	d3 = ld(m + 1680);
	t03 = add(d0, add(d1, d2));
	t13 = add(d3, sub(d1, d2));
	d0 = ld(m + 320);
	d1 = ld(m + 800);
	d2 = ld(m + 1280);
	d3 = ld(m + 1760);
	t04 = add(d0, add(d1, d2));
	t14 = add(d3, sub(d1, d2));
	d0 = ld(m + 400);
	d1 = ld(m + 880);
	d2 = ld(m + 1360);
	d3 = ld(m + 1840);
	t05 = add(d0, add(d1, d2));
	t15 = add(d3, sub(d1, d2));

	e = add(t01, t02);
	f = sub(t01, t02);
	g = add(t03, t04);
	h = sub(t03, t04);
	y0 = add(t00, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t05));
	st(y, relu(add(add(y0, bias), ld(z))));
	st(y + 16, relu(add(add(y1, bias), ld(z + 16))));
	st(y + 32, relu(add(add(y2, bias), ld(z + 32))));
	st(y + 48, relu(add(add(y3, bias), ld(z + 48))));

	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 160, relu(add(add(y0, bias), ld(z + 128))));
	st(y + 176, relu(add(add(y1, bias), ld(z + 144))));
	st(y + 192, relu(add(add(y2, bias), ld(z + 160))));
	st(y + 208, relu(add(add(y3, bias), ld(z + 176))));
}

/* phase 2: y of a band, from V; a unit is 8 channels of one block of tiles */
static void
winograd2x4_64to64_8x8_add_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[1920];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 8, start = tb*8;

		winograd2x4_64to64_8x8_add_relu_p8(x + tb*12672, w + og*12288, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/2, j = (start + t)%2;
			int i = r;
			float *yt = y + i*320 + j*64 + 176;
			const float *zt = z + i*256 + j*64;

			for (int s = 0; s < 1; s++) {
				winograd2x4_64to64_8x8_add_relu_out_tile(m + t*8 + s*8, b + (og*1 + s)*8, zt + (og*1 + s)/2*1024 + (og*1 + s)%2*8, yt + (og*1 + s)/2*1600 + (og*1 + s)%2*8);
			}
		}
	}
}

/*
** layer3.1.conv1 (cifar_resnet20.lua:12)
** layer3.2.conv1 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b) by Winograd F(2x4, 3x3)
** x  64 x 8 x 8  nChw16c, halo 1 1 1 1
** y  64 x 8 x 8  nChw16c, halo 1 1 1 1
** w  98304 floats  [8 oc][24][64 ic][8 oc]: G g G'
** V  12672 floats  [8 tiles][24][4 ic][tile][16 ic]
** 0.79 M MACs instead of 2.36 M; 8 tiles x 8 channels in 8 accumulators; 7680 bytes of stack
*/
static RC_NOINLINE void
winograd2x4_64to64_8x8_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 160);
	d2 = ld(x + 320);
	d3 = ld(x + 480);
	t00 = sub(d2, d0);
	t10 = add(d2, d1);
	t20 = sub(d2, d1);
	t30 = sub(d3, d1);
	d0 = ld(x + 16);
	d1 = ld(x + 176);
	d2 = ld(x + 336);
	d3 = ld(x + 496);
	t01 = sub(d2, d0);
	t11 = add(d2, d1);
	t21 = sub(d2, d1);
	t31 = sub(d3, d1);
	d0 = ld(x + 32);
	d1 = ld(x + 192);
	d2 = ld(x + 352);
	d3 = ld(x + 512);
	t02 = sub(d2, d0);
	t12 = add(d2, d1);
	t22 = sub(d2, d1);
	t32 = sub(d3, d1);
	d0 = ld(x + 48);
	d1 = ld(x + 208);
	d2 = ld(x + 368);
	d3 = ld(x + 528);
	t03 = sub(d2, d0);
	t13 = add(d2, d1);
	t23 = sub(d2, d1);
	t33 = sub(d3, d1);
	d0 = ld(x + 64);
	d1 = ld(x + 224);
	d2 = ld(x + 384);
	d3 = ld(x + 544);
	t04 = sub(d2, d0);
	t14 = add(d2, d1);
	t24 = sub(d2, d1);
	t34 = sub(d3, d1);
	d0 = ld(x + 80);
	d1 = ld(x + 240);
	d2 = ld(x + 400);
	d3 = ld(x + 560);
	t05 = sub(d2, d0);
	t15 = add(d2, d1);
	t25 = sub(d2, d1);
	t35 = sub(d3, d1);
	d0 = fma_(t00, splat(0.87890625f), fma_(t02, splat(-2.640625f), t04));
	d5 = fma_(t01, splat(0.87890625f), fma_(t03, splat(-2.640625f), t05));
	e = fma_(t02, splat(-2.25f), t04);
	f = fma_(t01, splat(-2.25f), t03);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t02, splat(-0.390625f), t04);
	f = fma_(t01, splat(-0.390625f), t03);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v, d0);
	st(v + 528, d1);
	st(v + 1056, d2);
	st(v + 1584, d3);
	st(v + 2112, d4);
	st(v + 2640, d5);
	d0 = fma_(t10, splat(0.87890625f), fma_(t12, splat(-2.640625f), t14));
	d5 = fma_(t11, splat(0.87890625f), fma_(t13, splat(-2.640625f), t15));
	e = fma_(t12, splat(-2.25f), t14);
	f = fma_(t11, splat(-2.25f), t13);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t12, splat(-0.390625f), t14);
	f = fma_(t11, splat(-0.390625f), t13);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 3168, d0);
	st(v + 3696, d1);
	st(v + 4224, d2);
	st(v + 4752, d3);
	st(v + 5280, d4);
	st(v + 5808, d5);
	d0 = fma_(t20, splat(0.87890625f), fma_(t22, splat(-2.640625f), t24));
	d5 = fma_(t21, splat(0.87890625f), fma_(t23, splat(-2.640625f), t25));
	e = fma_(t22, splat(-2.25f), t24);
	f = fma_(t21, splat(-2.25f), t23);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t22, splat(-0.390625f), t24);
	f = fma_(t21, splat(-0.390625f), t23);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 6336, d0);
	st(v + 6864, d1);
	st(v + 7392, d2);
	st(v + 7920, d3);
	st(v + 8448, d4);
	st(v + 8976, d5);
	d0 = fma_(t30, splat(0.87890625f), fma_(t32, splat(-2.640625f), t34));
	d5 = fma_(t31, splat(0.87890625f), fma_(t33, splat(-2.640625f), t35));
	e = fma_(t32, splat(-2.25f), t34);
	f = fma_(t31, splat(-2.25f), t33);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t32, splat(-0.390625f), t34);
	f = fma_(t31, splat(-0.390625f), t33);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 9504, d0);
	st(v + 10032, d1);
	st(v + 10560, d2);
	st(v + 11088, d3);
	st(v + 11616, d4);
	st(v + 12144, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd2x4_64to64_8x8_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/4, r = u%4;
		int i = r;
		const float *xi = x + c*1600 + i*320;

		for (int j = 0; j < 2; j++) {
			int t = r*2 + j;
			float *v = y + t/8*12672 + (c*8 + t%8)*16;

			for (int s = 0; s < 16; s += 8)
				winograd2x4_64to64_8x8_relu_in_tile(xi + j*64 + s, v + s);
		}
	}
}

static RC_NOINLINE void
winograd2x4_64to64_8x8_relu_p8(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 24; i++, x += 528, m += 80) {
		{
			const float *w = u + i*512;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();

			for (int c = 0; c < 4; c++) {
				const float *xk = x + c*128;

				for (int k = 0; k < 16; k++, xk++, w += 8) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					V w0 = ld(w), v;
					v = bc(xk); a0 = fma_(v, w0, a0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7);
				}
			}

			st(m, a0);
			st(m + 8, a1);
			st(m + 16, a2);
			st(m + 24, a3);
			st(m + 32, a4);
			st(m + 40, a5);
			st(m + 48, a6);
			st(m + 56, a7);
		}
	}
}

static RC_NOINLINE void
winograd2x4_64to64_8x8_relu_out_tile(const float *RC_RESTRICT m, const float *b, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V d0, d1, d2, d3, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 480);
	d2 = ld(m + 960);
	d3 = ld(m + 1440);
	t00 = add(d0, add(d1, d2));
	t10 = add(d3, sub(d1, d2));
	d0 = ld(m + 80);
	d1 = ld(m + 560);
	d2 = ld(m + 1040);
	d3 = ld(m + 1520);
	t01 = add(d0, add(d1, d2));
	t11 = add(d3, sub(d1, d2));
	d0 = ld(m + 160);
	d1 = ld(m + 640);
	d2 = ld(m + 1120);
	d3 = ld(m + 1600);
	t02 = add(d0, add(d1, d2));
	t12 = add(d3, sub(d1, d2));
	d0 = ld(m + 240);
	d1 = ld(m + 720);
	d2 = ld(m + 1200);
	d3 = ld(m + 1680);
	t03 = add(d0, add(d1, d2));
	t13 = add(d3, sub(d1, d2));
	d0 = ld(m + 320);
	d1 = ld(m + 800);
	d2 = ld(m + 1280);
	d3 = ld(m + 1760);
	t04 = add(d0, add(d1, d2));
	t14 = add(d3, sub(d1, d2));
	d0 = ld(m + 400);
	d1 = ld(m + 880);
	d2 = ld(m + 1360);
	d3 = ld(m + 1840);
	t05 = add(d0, add(d1, d2));
	t15 = add(d3, sub(d1, d2));

	e = add(t01, t02);
	f = sub(t01, t02);
	g = add(t03, t04);
	h = sub(t03, t04);
	y0 = add(t00, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t05));
	st(y, relu(add(y0, bias)));
	st(y + 16, relu(add(y1, bias)));
	st(y + 32, relu(add(y2, bias)));
	st(y + 48, relu(add(y3, bias)));

	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 160, relu(add(y0, bias)));
	st(y + 176, relu(add(y1, bias)));
	st(y + 192, relu(add(y2, bias)));
	st(y + 208, relu(add(y3, bias)));
}

/* phase 2: y of a band, from V; a unit is 8 channels of one block of tiles */
static void
winograd2x4_64to64_8x8_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	float m[1920];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 8, start = tb*8;

		winograd2x4_64to64_8x8_relu_p8(x + tb*12672, w + og*12288, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/2, j = (start + t)%2;
			int i = r;
			float *yt = y + i*320 + j*64 + 176;

			for (int s = 0; s < 1; s++) {
				winograd2x4_64to64_8x8_relu_out_tile(m + t*8 + s*8, b + (og*1 + s)*8, yt + (og*1 + s)/2*1600 + (og*1 + s)%2*8);
			}
		}
	}
}

/*
** layer3.1.conv2 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(2x4, 3x3)
** x  64 x 8 x 8  nChw16c, halo 1 1 1 1
** z  64 x 8 x 8  nChw16c, halo 1 1 1 1
** y  64 x 8 x 8  nChw16c, halo 1 1 1 1
** w  98304 floats  [8 oc][24][64 ic][8 oc]: G g G'
** V  12672 floats  [8 tiles][24][4 ic][tile][16 ic]
** 0.79 M MACs instead of 2.36 M; 8 tiles x 8 channels in 8 accumulators; 7680 bytes of stack
*/
static RC_NOINLINE void
winograd2x4_64to64_8x8_add_relu_b_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 160);
	d2 = ld(x + 320);
	d3 = ld(x + 480);
	t00 = sub(d2, d0);
	t10 = add(d2, d1);
	t20 = sub(d2, d1);
	t30 = sub(d3, d1);
	d0 = ld(x + 16);
	d1 = ld(x + 176);
	d2 = ld(x + 336);
	d3 = ld(x + 496);
	t01 = sub(d2, d0);
	t11 = add(d2, d1);
	t21 = sub(d2, d1);
	t31 = sub(d3, d1);
	d0 = ld(x + 32);
	d1 = ld(x + 192);
	d2 = ld(x + 352);
	d3 = ld(x + 512);
	t02 = sub(d2, d0);
	t12 = add(d2, d1);
	t22 = sub(d2, d1);
	t32 = sub(d3, d1);
	d0 = ld(x + 48);
	d1 = ld(x + 208);
	d2 = ld(x + 368);
	d3 = ld(x + 528);
	t03 = sub(d2, d0);
	t13 = add(d2, d1);
	t23 = sub(d2, d1);
	t33 = sub(d3, d1);
	d0 = ld(x + 64);
	d1 = ld(x + 224);
	d2 = ld(x + 384);
	d3 = ld(x + 544);
	t04 = sub(d2, d0);
	t14 = add(d2, d1);
	t24 = sub(d2, d1);
	t34 = sub(d3, d1);
	d0 = ld(x + 80);
	d1 = ld(x + 240);
	d2 = ld(x + 400);
	d3 = ld(x + 560);
	t05 = sub(d2, d0);
	t15 = add(d2, d1);
	t25 = sub(d2, d1);
	t35 = sub(d3, d1);
	d0 = fma_(t00, splat(0.87890625f), fma_(t02, splat(-2.640625f), t04));
	d5 = fma_(t01, splat(0.87890625f), fma_(t03, splat(-2.640625f), t05));
	e = fma_(t02, splat(-2.25f), t04);
	f = fma_(t01, splat(-2.25f), t03);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t02, splat(-0.390625f), t04);
	f = fma_(t01, splat(-0.390625f), t03);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v, d0);
	st(v + 528, d1);
	st(v + 1056, d2);
	st(v + 1584, d3);
	st(v + 2112, d4);
	st(v + 2640, d5);
	d0 = fma_(t10, splat(0.87890625f), fma_(t12, splat(-2.640625f), t14));
	d5 = fma_(t11, splat(0.87890625f), fma_(t13, splat(-2.640625f), t15));
	e = fma_(t12, splat(-2.25f), t14);
	f = fma_(t11, splat(-2.25f), t13);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t12, splat(-0.390625f), t14);
	f = fma_(t11, splat(-0.390625f), t13);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 3168, d0);
	st(v + 3696, d1);
	st(v + 4224, d2);
	st(v + 4752, d3);
	st(v + 5280, d4);
	st(v + 5808, d5);
	d0 = fma_(t20, splat(0.87890625f), fma_(t22, splat(-2.640625f), t24));
	d5 = fma_(t21, splat(0.87890625f), fma_(t23, splat(-2.640625f), t25));
	e = fma_(t22, splat(-2.25f), t24);
	f = fma_(t21, splat(-2.25f), t23);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t22, splat(-0.390625f), t24);
	f = fma_(t21, splat(-0.390625f), t23);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 6336, d0);
	st(v + 6864, d1);
	st(v + 7392, d2);
	st(v + 7920, d3);
	st(v + 8448, d4);
	st(v + 8976, d5);
	d0 = fma_(t30, splat(0.87890625f), fma_(t32, splat(-2.640625f), t34));
	d5 = fma_(t31, splat(0.87890625f), fma_(t33, splat(-2.640625f), t35));
	e = fma_(t32, splat(-2.25f), t34);
	f = fma_(t31, splat(-2.25f), t33);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t32, splat(-0.390625f), t34);
	f = fma_(t31, splat(-0.390625f), t33);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 9504, d0);
	st(v + 10032, d1);
	st(v + 10560, d2);
	st(v + 11088, d3);
	st(v + 11616, d4);
	st(v + 12144, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd2x4_64to64_8x8_add_relu_b_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/4, r = u%4;
		int i = r;
		const float *xi = x + c*1600 + i*320;

		for (int j = 0; j < 2; j++) {
			int t = r*2 + j;
			float *v = y + t/8*12672 + (c*8 + t%8)*16;

			for (int s = 0; s < 16; s += 8)
				winograd2x4_64to64_8x8_add_relu_b_in_tile(xi + j*64 + s, v + s);
		}
	}
}

static RC_NOINLINE void
winograd2x4_64to64_8x8_add_relu_b_p8(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 24; i++, x += 528, m += 80) {
		{
			const float *w = u + i*512;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();

			for (int c = 0; c < 4; c++) {
				const float *xk = x + c*128;

				for (int k = 0; k < 16; k++, xk++, w += 8) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					V w0 = ld(w), v;
					v = bc(xk); a0 = fma_(v, w0, a0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7);
				}
			}

			st(m, a0);
			st(m + 8, a1);
			st(m + 16, a2);
			st(m + 24, a3);
			st(m + 32, a4);
			st(m + 40, a5);
			st(m + 48, a6);
			st(m + 56, a7);
		}
	}
}

static RC_NOINLINE void
winograd2x4_64to64_8x8_add_relu_b_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V d0, d1, d2, d3, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 480);
	d2 = ld(m + 960);
	d3 = ld(m + 1440);
	t00 = add(d0, add(d1, d2));
	t10 = add(d3, sub(d1, d2));
	d0 = ld(m + 80);
	d1 = ld(m + 560);
	d2 = ld(m + 1040);
	d3 = ld(m + 1520);
	t01 = add(d0, add(d1, d2));
	t11 = add(d3, sub(d1, d2));
	d0 = ld(m + 160);
	d1 = ld(m + 640);
	d2 = ld(m + 1120);
	d3 = ld(m + 1600);
	t02 = add(d0, add(d1, d2));
	t12 = add(d3, sub(d1, d2));
	d0 = ld(m + 240);
	d1 = ld(m + 720);
	d2 = ld(m + 1200);
	d3 = ld(m + 1680);
	t03 = add(d0, add(d1, d2));
	t13 = add(d3, sub(d1, d2));
	d0 = ld(m + 320);
	d1 = ld(m + 800);
	d2 = ld(m + 1280);
	d3 = ld(m + 1760);
	t04 = add(d0, add(d1, d2));
	t14 = add(d3, sub(d1, d2));
	d0 = ld(m + 400);
	d1 = ld(m + 880);
	d2 = ld(m + 1360);
	d3 = ld(m + 1840);
	t05 = add(d0, add(d1, d2));
	t15 = add(d3, sub(d1, d2));

	e = add(t01, t02);
	f = sub(t01, t02);
	g = add(t03, t04);
	h = sub(t03, t04);
	y0 = add(t00, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t05));
	st(y, relu(add(add(y0, bias), ld(z))));
	st(y + 16, relu(add(add(y1, bias), ld(z + 16))));
	st(y + 32, relu(add(add(y2, bias), ld(z + 32))));
	st(y + 48, relu(add(add(y3, bias), ld(z + 48))));

	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 160, relu(add(add(y0, bias), ld(z + 160))));
	st(y + 176, relu(add(add(y1, bias), ld(z + 176))));
	st(y + 192, relu(add(add(y2, bias), ld(z + 192))));
	st(y + 208, relu(add(add(y3, bias), ld(z + 208))));
}

/* phase 2: y of a band, from V; a unit is 8 channels of one block of tiles */
static void
winograd2x4_64to64_8x8_add_relu_b(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[1920];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 8, start = tb*8;

		winograd2x4_64to64_8x8_add_relu_b_p8(x + tb*12672, w + og*12288, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/2, j = (start + t)%2;
			int i = r;
			float *yt = y + i*320 + j*64 + 176;
			const float *zt = z + i*320 + j*64 + 176;

			for (int s = 0; s < 1; s++) {
				winograd2x4_64to64_8x8_add_relu_b_out_tile(m + t*8 + s*8, b + (og*1 + s)*8, zt + (og*1 + s)/2*1600 + (og*1 + s)%2*8, yt + (og*1 + s)/2*1600 + (og*1 + s)%2*8);
			}
		}
	}
}

/*
** layer3.2.conv2 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(2x4, 3x3)
** x  64 x 8 x 8  nChw16c, halo 1 1 1 1
** z  64 x 8 x 8  nChw16c, halo 1 1 1 1
** y  64 x 8 x 8  nChw16c
** w  98304 floats  [8 oc][24][64 ic][8 oc]: G g G'
** V  12672 floats  [8 tiles][24][4 ic][tile][16 ic]
** 0.79 M MACs instead of 2.36 M; 8 tiles x 8 channels in 8 accumulators; 7680 bytes of stack
*/
static RC_NOINLINE void
winograd2x4_64to64_8x8_add_relu_c_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 160);
	d2 = ld(x + 320);
	d3 = ld(x + 480);
	t00 = sub(d2, d0);
	t10 = add(d2, d1);
	t20 = sub(d2, d1);
	t30 = sub(d3, d1);
	d0 = ld(x + 16);
	d1 = ld(x + 176);
	d2 = ld(x + 336);
	d3 = ld(x + 496);
	t01 = sub(d2, d0);
	t11 = add(d2, d1);
	t21 = sub(d2, d1);
	t31 = sub(d3, d1);
	d0 = ld(x + 32);
	d1 = ld(x + 192);
	d2 = ld(x + 352);
	d3 = ld(x + 512);
	t02 = sub(d2, d0);
	t12 = add(d2, d1);
	t22 = sub(d2, d1);
	t32 = sub(d3, d1);
	d0 = ld(x + 48);
	d1 = ld(x + 208);
	d2 = ld(x + 368);
	d3 = ld(x + 528);
	t03 = sub(d2, d0);
	t13 = add(d2, d1);
	t23 = sub(d2, d1);
	t33 = sub(d3, d1);
	d0 = ld(x + 64);
	d1 = ld(x + 224);
	d2 = ld(x + 384);
	d3 = ld(x + 544);
	t04 = sub(d2, d0);
	t14 = add(d2, d1);
	t24 = sub(d2, d1);
	t34 = sub(d3, d1);
	d0 = ld(x + 80);
	d1 = ld(x + 240);
	d2 = ld(x + 400);
	d3 = ld(x + 560);
	t05 = sub(d2, d0);
	t15 = add(d2, d1);
	t25 = sub(d2, d1);
	t35 = sub(d3, d1);
	d0 = fma_(t00, splat(0.87890625f), fma_(t02, splat(-2.640625f), t04));
	d5 = fma_(t01, splat(0.87890625f), fma_(t03, splat(-2.640625f), t05));
	e = fma_(t02, splat(-2.25f), t04);
	f = fma_(t01, splat(-2.25f), t03);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t02, splat(-0.390625f), t04);
	f = fma_(t01, splat(-0.390625f), t03);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v, d0);
	st(v + 528, d1);
	st(v + 1056, d2);
	st(v + 1584, d3);
	st(v + 2112, d4);
	st(v + 2640, d5);
	d0 = fma_(t10, splat(0.87890625f), fma_(t12, splat(-2.640625f), t14));
	d5 = fma_(t11, splat(0.87890625f), fma_(t13, splat(-2.640625f), t15));
	e = fma_(t12, splat(-2.25f), t14);
	f = fma_(t11, splat(-2.25f), t13);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t12, splat(-0.390625f), t14);
	f = fma_(t11, splat(-0.390625f), t13);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 3168, d0);
	st(v + 3696, d1);
	st(v + 4224, d2);
	st(v + 4752, d3);
	st(v + 5280, d4);
	st(v + 5808, d5);
	d0 = fma_(t20, splat(0.87890625f), fma_(t22, splat(-2.640625f), t24));
	d5 = fma_(t21, splat(0.87890625f), fma_(t23, splat(-2.640625f), t25));
	e = fma_(t22, splat(-2.25f), t24);
	f = fma_(t21, splat(-2.25f), t23);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t22, splat(-0.390625f), t24);
	f = fma_(t21, splat(-0.390625f), t23);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 6336, d0);
	st(v + 6864, d1);
	st(v + 7392, d2);
	st(v + 7920, d3);
	st(v + 8448, d4);
	st(v + 8976, d5);
	d0 = fma_(t30, splat(0.87890625f), fma_(t32, splat(-2.640625f), t34));
	d5 = fma_(t31, splat(0.87890625f), fma_(t33, splat(-2.640625f), t35));
	e = fma_(t32, splat(-2.25f), t34);
	f = fma_(t31, splat(-2.25f), t33);
	d1 = fma_(f, splat(0.625f), e);
	d2 = fma_(f, splat(-0.625f), e);
	e = fma_(t32, splat(-0.390625f), t34);
	f = fma_(t31, splat(-0.390625f), t33);
	d3 = fma_(f, splat(1.5f), e);
	d4 = fma_(f, splat(-1.5f), e);
	st(v + 9504, d0);
	st(v + 10032, d1);
	st(v + 10560, d2);
	st(v + 11088, d3);
	st(v + 11616, d4);
	st(v + 12144, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd2x4_64to64_8x8_add_relu_c_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/4, r = u%4;
		int i = r;
		const float *xi = x + c*1600 + i*320;

		for (int j = 0; j < 2; j++) {
			int t = r*2 + j;
			float *v = y + t/8*12672 + (c*8 + t%8)*16;

			for (int s = 0; s < 16; s += 8)
				winograd2x4_64to64_8x8_add_relu_c_in_tile(xi + j*64 + s, v + s);
		}
	}
}

static RC_NOINLINE void
winograd2x4_64to64_8x8_add_relu_c_p8(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 24; i++, x += 528, m += 80) {
		{
			const float *w = u + i*512;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();

			for (int c = 0; c < 4; c++) {
				const float *xk = x + c*128;

				for (int k = 0; k < 16; k++, xk++, w += 8) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					V w0 = ld(w), v;
					v = bc(xk); a0 = fma_(v, w0, a0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7);
				}
			}

			st(m, a0);
			st(m + 8, a1);
			st(m + 16, a2);
			st(m + 24, a3);
			st(m + 32, a4);
			st(m + 40, a5);
			st(m + 48, a6);
			st(m + 56, a7);
		}
	}
}

static RC_NOINLINE void
winograd2x4_64to64_8x8_add_relu_c_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V d0, d1, d2, d3, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 480);
	d2 = ld(m + 960);
	d3 = ld(m + 1440);
	t00 = add(d0, add(d1, d2));
	t10 = add(d3, sub(d1, d2));
	d0 = ld(m + 80);
	d1 = ld(m + 560);
	d2 = ld(m + 1040);
	d3 = ld(m + 1520);
	t01 = add(d0, add(d1, d2));
	t11 = add(d3, sub(d1, d2));
	d0 = ld(m + 160);
	d1 = ld(m + 640);
	d2 = ld(m + 1120);
	d3 = ld(m + 1600);
	t02 = add(d0, add(d1, d2));
	t12 = add(d3, sub(d1, d2));
	d0 = ld(m + 240);
	d1 = ld(m + 720);
	d2 = ld(m + 1200);
	d3 = ld(m + 1680);
	t03 = add(d0, add(d1, d2));
	t13 = add(d3, sub(d1, d2));
	d0 = ld(m + 320);
	d1 = ld(m + 800);
	d2 = ld(m + 1280);
	d3 = ld(m + 1760);
	t04 = add(d0, add(d1, d2));
	t14 = add(d3, sub(d1, d2));
	d0 = ld(m + 400);
	d1 = ld(m + 880);
	d2 = ld(m + 1360);
	d3 = ld(m + 1840);
	t05 = add(d0, add(d1, d2));
	t15 = add(d3, sub(d1, d2));

	e = add(t01, t02);
	f = sub(t01, t02);
	g = add(t03, t04);
	h = sub(t03, t04);
	y0 = add(t00, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t05));
	st(y, relu(add(add(y0, bias), ld(z))));
	st(y + 16, relu(add(add(y1, bias), ld(z + 16))));
	st(y + 32, relu(add(add(y2, bias), ld(z + 32))));
	st(y + 48, relu(add(add(y3, bias), ld(z + 48))));

	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 128, relu(add(add(y0, bias), ld(z + 160))));
	st(y + 144, relu(add(add(y1, bias), ld(z + 176))));
	st(y + 160, relu(add(add(y2, bias), ld(z + 192))));
	st(y + 176, relu(add(add(y3, bias), ld(z + 208))));
}

/* phase 2: y of a band, from V; a unit is 8 channels of one block of tiles */
static void
winograd2x4_64to64_8x8_add_relu_c(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[1920];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 8, start = tb*8;

		winograd2x4_64to64_8x8_add_relu_c_p8(x + tb*12672, w + og*12288, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/2, j = (start + t)%2;
			int i = r;
			float *yt = y + i*256 + j*64;
			const float *zt = z + i*320 + j*64 + 176;

			for (int s = 0; s < 1; s++) {
				winograd2x4_64to64_8x8_add_relu_c_out_tile(m + t*8 + s*8, b + (og*1 + s)*8, zt + (og*1 + s)/2*1600 + (og*1 + s)%2*8, yt + (og*1 + s)/2*1024 + (og*1 + s)%2*8);
			}
		}
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
			V v0 = bc(xk), wv;
			wv = ld(w); a0 = fma_(v0, wv, a0);
			wv = ld(w + 8); b0 = fma_(v0, wv, b0);
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
	B_layer1_0_conv1 = 9696,
	W_layer1_0_conv2 = 9712,
	B_layer1_0_conv2 = 18928,
	W_layer1_1_conv1 = 18944,
	B_layer1_1_conv1 = 28160,
	W_layer1_1_conv2 = 28176,
	B_layer1_1_conv2 = 37392,
	W_layer1_2_conv1 = 37408,
	B_layer1_2_conv1 = 46624,
	W_layer1_2_conv2 = 46640,
	B_layer1_2_conv2 = 55856,
	W_layer2_0_conv1 = 55872,
	B_layer2_0_conv1 = 60480,
	W_layer2_0_conv2 = 60512,
	B_layer2_0_conv2 = 97376,
	W_layer2_1_conv1 = 97408,
	B_layer2_1_conv1 = 134272,
	W_layer2_1_conv2 = 134304,
	B_layer2_1_conv2 = 171168,
	W_layer2_2_conv1 = 171200,
	B_layer2_2_conv1 = 208064,
	W_layer2_2_conv2 = 208096,
	B_layer2_2_conv2 = 244960,
	W_layer3_0_conv1 = 244992,
	B_layer3_0_conv1 = 263424,
	W_layer3_0_conv2 = 263488,
	B_layer3_0_conv2 = 361792,
	W_layer3_1_conv1 = 361856,
	B_layer3_1_conv1 = 460160,
	W_layer3_1_conv2 = 460224,
	B_layer3_1_conv2 = 558528,
	W_layer3_2_conv1 = 558592,
	B_layer3_2_conv1 = 656896,
	W_layer3_2_conv2 = 656960,
	B_layer3_2_conv2 = 755264,
	W_fc = 755328,
	B_fc = 756352,
	W_end = 757200
};

/* Results, in floats from the start of the workspace. */
enum {
	M_input = 0,                     /*    3472 floats, last read by conv1 */
	M_conv1 = 38016,                 /*   18496 floats, last read by layer1.0.conv2 */
	M_layer1_0_conv1 = 56512,        /*   18496 floats, last read by layer1.0.conv2 */
	M_layer1_0_conv2 = 38016,        /*   18496 floats, last read by layer1.1.conv2, over conv1 */
	M_layer1_1_conv1 = 56512,        /*   18496 floats, last read by layer1.1.conv2 */
	M_layer1_1_conv2 = 38016,        /*   18496 floats, last read by layer1.2.conv2, over layer1.0.conv2 */
	M_layer1_2_conv1 = 56512,        /*   18496 floats, last read by layer1.2.conv2 */
	M_layer1_2_conv2 = 38016,        /*   18496 floats, last read by layer2.0.conv1, over layer1.1.conv2 */
	M_layer2_0_slice1 = 0,           /*    4096 floats, last read by layer2.0.pad1 */
	M_layer2_0_pad1 = 56512,         /*    8192 floats, last read by layer2.0.conv2 */
	M_layer2_0_conv1 = 19008,        /*   10368 floats, last read by layer2.0.conv2 */
	M_layer2_0_conv2 = 29376,        /*   10368 floats, last read by layer2.1.conv2 */
	M_layer2_1_conv1 = 19008,        /*   10368 floats, last read by layer2.1.conv2 */
	M_layer2_1_conv2 = 29376,        /*   10368 floats, last read by layer2.2.conv2, over layer2.0.conv2 */
	M_layer2_2_conv1 = 19008,        /*   10368 floats, last read by layer2.2.conv2 */
	M_layer2_2_conv2 = 29376,        /*   10368 floats, last read by layer3.0.conv1, over layer2.1.conv2 */
	M_layer3_0_slice1 = 0,           /*    2048 floats, last read by layer3.0.pad1 */
	M_layer3_0_pad1 = 39744,         /*    4096 floats, last read by layer3.0.conv2 */
	M_layer3_0_conv1 = 12672,        /*    6400 floats, last read by layer3.0.conv2 */
	M_layer3_0_conv2 = 19072,        /*    6400 floats, last read by layer3.1.conv2 */
	M_layer3_1_conv1 = 12672,        /*    6400 floats, last read by layer3.1.conv2 */
	M_layer3_1_conv2 = 19072,        /*    6400 floats, last read by layer3.2.conv2, over layer3.0.conv2 */
	M_layer3_2_conv1 = 12672,        /*    6400 floats, last read by layer3.2.conv2 */
	M_layer3_2_conv2 = 25472,        /*    4096 floats, last read by avgpool */
	M_avgpool = 0,                   /*      64 floats, last read by fc */
	M_fc = 64,                       /*      16 floats, returned */
	S_layer1_0_conv1 = 0,            /*   38016 floats, between the phases of layer1.0.conv1 */
	S_layer1_0_conv2 = 0,            /*   38016 floats, between the phases of layer1.0.conv2 */
	S_layer1_1_conv1 = 0,            /*   38016 floats, between the phases of layer1.1.conv1 */
	S_layer1_1_conv2 = 0,            /*   38016 floats, between the phases of layer1.1.conv2 */
	S_layer1_2_conv1 = 0,            /*   38016 floats, between the phases of layer1.2.conv1 */
	S_layer1_2_conv2 = 0,            /*   38016 floats, between the phases of layer1.2.conv2 */
	S_layer2_0_conv2 = 0,            /*   19008 floats, between the phases of layer2.0.conv2 */
	S_layer2_1_conv1 = 0,            /*   19008 floats, between the phases of layer2.1.conv1 */
	S_layer2_1_conv2 = 0,            /*   19008 floats, between the phases of layer2.1.conv2 */
	S_layer2_2_conv1 = 0,            /*   19008 floats, between the phases of layer2.2.conv1 */
	S_layer2_2_conv2 = 0,            /*   19008 floats, between the phases of layer2.2.conv2 */
	S_layer3_0_conv2 = 0,            /*   12672 floats, between the phases of layer3.0.conv2 */
	S_layer3_1_conv1 = 0,            /*   12672 floats, between the phases of layer3.1.conv1 */
	S_layer3_1_conv2 = 0,            /*   12672 floats, between the phases of layer3.1.conv2 */
	S_layer3_2_conv1 = 0,            /*   12672 floats, between the phases of layer3.2.conv1 */
	S_layer3_2_conv2 = 0,            /*   12672 floats, between the phases of layer3.2.conv2 */
	M_end = 75008
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

/* For the self test and RC_CHECKED: each layer's result, which results it reads, how often it reports. */
static const rc_tensor layer_results[] = {  /* n, c, h, w, block, halo, at, row, plane, image, last reader */
	{ 1, 3, 32, 32, 1, 1, 1, 1, 1, 35, 34, 1156, 3468, 1 },
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 38576, 544, 18496, 18496, 3 },
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 57072, 544, 18496, 18496, 3 },
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 38576, 544, 18496, 18496, 5 },
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 57072, 544, 18496, 18496, 5 },
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 38576, 544, 18496, 18496, 7 },
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 57072, 544, 18496, 18496, 7 },
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 38576, 544, 18496, 18496, 10 },
	{ 1, 16, 16, 16, 16, 0, 0, 0, 0, 0, 256, 4096, 4096, 9 },
	{ 1, 32, 16, 16, 16, 0, 0, 0, 0, 56512, 256, 4096, 8192, 11 },
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 19312, 288, 5184, 10368, 11 },
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 29680, 288, 5184, 10368, 13 },
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 19312, 288, 5184, 10368, 13 },
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 29680, 288, 5184, 10368, 15 },
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 19312, 288, 5184, 10368, 15 },
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 29680, 288, 5184, 10368, 18 },
	{ 1, 32, 8, 8, 16, 0, 0, 0, 0, 0, 128, 1024, 2048, 17 },
	{ 1, 64, 8, 8, 16, 0, 0, 0, 0, 39744, 128, 1024, 4096, 19 },
	{ 1, 64, 8, 8, 16, 1, 1, 1, 1, 12848, 160, 1600, 6400, 19 },
	{ 1, 64, 8, 8, 16, 1, 1, 1, 1, 19248, 160, 1600, 6400, 21 },
	{ 1, 64, 8, 8, 16, 1, 1, 1, 1, 12848, 160, 1600, 6400, 21 },
	{ 1, 64, 8, 8, 16, 1, 1, 1, 1, 19248, 160, 1600, 6400, 23 },
	{ 1, 64, 8, 8, 16, 1, 1, 1, 1, 12848, 160, 1600, 6400, 23 },
	{ 1, 64, 8, 8, 16, 0, 0, 0, 0, 25472, 128, 1024, 4096, 24 },
	{ 1, 64, 1, 1, 16, 0, 0, 0, 0, 0, 16, 16, 64, 25 },
	{ 1, 10, 1, 1, 16, 0, 0, 0, 0, 64, 16, 16, 16, 26 },
};

static const int layer_reads[] = {
	0, 1, 2, 1, 3, 4, 3, 5, 6, 5, 7, 8, 7, 10, 9, 11,
	12, 11, 13, 14, 13, 15, 16, 15, 18, 17, 19, 20, 19, 21, 22, 21,
	23, 24, 0
};

static const rc_probe layers[] = {
	{ "input", 0, 0, 1 },
	{ "conv1", 0, 1, 1 },
	{ "layer1.0.conv1", 1, 1, 1 },
	{ "layer1.0.conv2", 2, 2, 1 },
	{ "layer1.1.conv1", 4, 1, 1 },
	{ "layer1.1.conv2", 5, 2, 1 },
	{ "layer1.2.conv1", 7, 1, 1 },
	{ "layer1.2.conv2", 8, 2, 1 },
	{ "layer2.0.slice1", 10, 1, 1 },
	{ "layer2.0.pad1", 11, 1, 1 },
	{ "layer2.0.conv1", 12, 1, 1 },
	{ "layer2.0.conv2", 13, 2, 1 },
	{ "layer2.1.conv1", 15, 1, 1 },
	{ "layer2.1.conv2", 16, 2, 1 },
	{ "layer2.2.conv1", 18, 1, 1 },
	{ "layer2.2.conv2", 19, 2, 1 },
	{ "layer3.0.slice1", 21, 1, 1 },
	{ "layer3.0.pad1", 22, 1, 1 },
	{ "layer3.0.conv1", 23, 1, 1 },
	{ "layer3.0.conv2", 24, 2, 1 },
	{ "layer3.1.conv1", 26, 1, 1 },
	{ "layer3.1.conv2", 27, 2, 1 },
	{ "layer3.2.conv1", 29, 1, 1 },
	{ "layer3.2.conv2", 30, 2, 1 },
	{ "avgpool", 32, 1, 1 },
	{ "fc", 33, 1, 1 },
};

int
cifar_resnet20_run_with(const rc_options *options, const void *weights, const float *input, float *output,
	void *workspace, size_t workspace_len)
{
	const float *w = (const float *)weights;
	float *m = (float *)workspace;
#if defined(RC_CHECKED)
	rc_checked checked;
	rc_options watched;
#endif
	int status = rc_ready(options, weights, CIFAR_RESNET20_PLAN_HASH, input, output, workspace, workspace_len,
		CIFAR_RESNET20_WORKSPACE_BYTES);

	if (status != RC_OK)
		return status;
#if defined(RC_CHECKED)
	status = rc_checked_start(&checked, &watched, options, layer_results, layers, weights, 3028800,
		input, 12288, output, 40, workspace, 300032);
	if (status != RC_OK)
		return status;
	options = &watched;
#endif

	rc_clear_halo(m + M_input, 3, 32, 32, 1, 1, 1, 1, 1);
	rc_step(options, 0, "input", input_3x32x32, 3,
		input, w, w, m, m + M_input);
	rc_clear_halo(m + M_conv1, 1, 32, 32, 16, 1, 1, 1, 1);
	rc_step(options, 1, "conv1", conv3x3_3to16_32x32_relu, 32,
		m + M_input, w + W_conv1, w + B_conv1, m, m + M_conv1);
	rc_clear_halo(m + M_layer1_0_conv1, 1, 32, 32, 16, 1, 1, 1, 1);
	rc_share(options, winograd4x4_16to16_32x32_relu_in, 0, 8, m + M_conv1, w, w, m, m + S_layer1_0_conv1);
	rc_share(options, winograd4x4_16to16_32x32_relu, 0, 2, m + S_layer1_0_conv1, w + W_layer1_0_conv1, w + B_layer1_0_conv1, m, m + M_layer1_0_conv1);
	rc_layer(options, 2, "layer1.0.conv1");
	rc_share(options, winograd4x4_16to16_32x32_add_relu_in, 0, 8, m + M_layer1_0_conv1, w, w, m, m + S_layer1_0_conv2);
	rc_share(options, winograd4x4_16to16_32x32_add_relu, 0, 2, m + S_layer1_0_conv2, w + W_layer1_0_conv2, w + B_layer1_0_conv2, m + M_conv1, m + M_layer1_0_conv2);
	rc_layer(options, 3, "layer1.0.conv2");
	rc_clear_halo(m + M_layer1_1_conv1, 1, 32, 32, 16, 1, 1, 1, 1);
	rc_share(options, winograd4x4_16to16_32x32_relu_in, 0, 8, m + M_layer1_0_conv2, w, w, m, m + S_layer1_1_conv1);
	rc_share(options, winograd4x4_16to16_32x32_relu, 0, 2, m + S_layer1_1_conv1, w + W_layer1_1_conv1, w + B_layer1_1_conv1, m, m + M_layer1_1_conv1);
	rc_layer(options, 4, "layer1.1.conv1");
	rc_share(options, winograd4x4_16to16_32x32_add_relu_in, 0, 8, m + M_layer1_1_conv1, w, w, m, m + S_layer1_1_conv2);
	rc_share(options, winograd4x4_16to16_32x32_add_relu, 0, 2, m + S_layer1_1_conv2, w + W_layer1_1_conv2, w + B_layer1_1_conv2, m + M_layer1_0_conv2, m + M_layer1_1_conv2);
	rc_layer(options, 5, "layer1.1.conv2");
	rc_clear_halo(m + M_layer1_2_conv1, 1, 32, 32, 16, 1, 1, 1, 1);
	rc_share(options, winograd4x4_16to16_32x32_relu_in, 0, 8, m + M_layer1_1_conv2, w, w, m, m + S_layer1_2_conv1);
	rc_share(options, winograd4x4_16to16_32x32_relu, 0, 2, m + S_layer1_2_conv1, w + W_layer1_2_conv1, w + B_layer1_2_conv1, m, m + M_layer1_2_conv1);
	rc_layer(options, 6, "layer1.2.conv1");
	rc_share(options, winograd4x4_16to16_32x32_add_relu_in, 0, 8, m + M_layer1_2_conv1, w, w, m, m + S_layer1_2_conv2);
	rc_share(options, winograd4x4_16to16_32x32_add_relu, 0, 2, m + S_layer1_2_conv2, w + W_layer1_2_conv2, w + B_layer1_2_conv2, m + M_layer1_1_conv2, m + M_layer1_2_conv2);
	rc_layer(options, 7, "layer1.2.conv2");
	rc_step(options, 8, "layer2.0.slice1", slice_16x32x32, 2,
		m + M_layer1_2_conv2, w, w, m, m + M_layer2_0_slice1);
	rc_clear(m + M_layer2_0_pad1, 8192);
	rc_step(options, 9, "layer2.0.pad1", pad_16x16x16, 2,
		m + M_layer2_0_slice1, w, w, m, m + M_layer2_0_pad1);
	rc_clear_halo(m + M_layer2_0_conv1, 2, 16, 16, 16, 1, 1, 1, 1);
	rc_step(options, 10, "layer2.0.conv1", conv3x3_16to32_16x16_s2_relu, 32,
		m + M_layer1_2_conv2, w + W_layer2_0_conv1, w + B_layer2_0_conv1, m, m + M_layer2_0_conv1);
	rc_clear_halo(m + M_layer2_0_conv2, 2, 16, 16, 16, 1, 1, 1, 1);
	rc_share(options, winograd4x4_32to32_16x16_add_relu_in, 0, 8, m + M_layer2_0_conv1, w, w, m, m + S_layer2_0_conv2);
	rc_share(options, winograd4x4_32to32_16x16_add_relu, 0, 4, m + S_layer2_0_conv2, w + W_layer2_0_conv2, w + B_layer2_0_conv2, m + M_layer2_0_pad1, m + M_layer2_0_conv2);
	rc_layer(options, 11, "layer2.0.conv2");
	rc_clear_halo(m + M_layer2_1_conv1, 2, 16, 16, 16, 1, 1, 1, 1);
	rc_share(options, winograd4x4_32to32_16x16_relu_in, 0, 8, m + M_layer2_0_conv2, w, w, m, m + S_layer2_1_conv1);
	rc_share(options, winograd4x4_32to32_16x16_relu, 0, 4, m + S_layer2_1_conv1, w + W_layer2_1_conv1, w + B_layer2_1_conv1, m, m + M_layer2_1_conv1);
	rc_layer(options, 12, "layer2.1.conv1");
	rc_share(options, winograd4x4_32to32_16x16_add_relu_b_in, 0, 8, m + M_layer2_1_conv1, w, w, m, m + S_layer2_1_conv2);
	rc_share(options, winograd4x4_32to32_16x16_add_relu_b, 0, 4, m + S_layer2_1_conv2, w + W_layer2_1_conv2, w + B_layer2_1_conv2, m + M_layer2_0_conv2, m + M_layer2_1_conv2);
	rc_layer(options, 13, "layer2.1.conv2");
	rc_clear_halo(m + M_layer2_2_conv1, 2, 16, 16, 16, 1, 1, 1, 1);
	rc_share(options, winograd4x4_32to32_16x16_relu_in, 0, 8, m + M_layer2_1_conv2, w, w, m, m + S_layer2_2_conv1);
	rc_share(options, winograd4x4_32to32_16x16_relu, 0, 4, m + S_layer2_2_conv1, w + W_layer2_2_conv1, w + B_layer2_2_conv1, m, m + M_layer2_2_conv1);
	rc_layer(options, 14, "layer2.2.conv1");
	rc_share(options, winograd4x4_32to32_16x16_add_relu_b_in, 0, 8, m + M_layer2_2_conv1, w, w, m, m + S_layer2_2_conv2);
	rc_share(options, winograd4x4_32to32_16x16_add_relu_b, 0, 4, m + S_layer2_2_conv2, w + W_layer2_2_conv2, w + B_layer2_2_conv2, m + M_layer2_1_conv2, m + M_layer2_2_conv2);
	rc_layer(options, 15, "layer2.2.conv2");
	rc_step(options, 16, "layer3.0.slice1", slice_32x16x16, 4,
		m + M_layer2_2_conv2, w, w, m, m + M_layer3_0_slice1);
	rc_clear(m + M_layer3_0_pad1, 4096);
	rc_step(options, 17, "layer3.0.pad1", pad_32x8x8, 4,
		m + M_layer3_0_slice1, w, w, m, m + M_layer3_0_pad1);
	rc_clear_halo(m + M_layer3_0_conv1, 4, 8, 8, 16, 1, 1, 1, 1);
	rc_step(options, 18, "layer3.0.conv1", conv3x3_32to64_8x8_s2_relu, 32,
		m + M_layer2_2_conv2, w + W_layer3_0_conv1, w + B_layer3_0_conv1, m, m + M_layer3_0_conv1);
	rc_clear_halo(m + M_layer3_0_conv2, 4, 8, 8, 16, 1, 1, 1, 1);
	rc_share(options, winograd2x4_64to64_8x8_add_relu_in, 0, 16, m + M_layer3_0_conv1, w, w, m, m + S_layer3_0_conv2);
	rc_share(options, winograd2x4_64to64_8x8_add_relu, 0, 8, m + S_layer3_0_conv2, w + W_layer3_0_conv2, w + B_layer3_0_conv2, m + M_layer3_0_pad1, m + M_layer3_0_conv2);
	rc_layer(options, 19, "layer3.0.conv2");
	rc_clear_halo(m + M_layer3_1_conv1, 4, 8, 8, 16, 1, 1, 1, 1);
	rc_share(options, winograd2x4_64to64_8x8_relu_in, 0, 16, m + M_layer3_0_conv2, w, w, m, m + S_layer3_1_conv1);
	rc_share(options, winograd2x4_64to64_8x8_relu, 0, 8, m + S_layer3_1_conv1, w + W_layer3_1_conv1, w + B_layer3_1_conv1, m, m + M_layer3_1_conv1);
	rc_layer(options, 20, "layer3.1.conv1");
	rc_share(options, winograd2x4_64to64_8x8_add_relu_b_in, 0, 16, m + M_layer3_1_conv1, w, w, m, m + S_layer3_1_conv2);
	rc_share(options, winograd2x4_64to64_8x8_add_relu_b, 0, 8, m + S_layer3_1_conv2, w + W_layer3_1_conv2, w + B_layer3_1_conv2, m + M_layer3_0_conv2, m + M_layer3_1_conv2);
	rc_layer(options, 21, "layer3.1.conv2");
	rc_clear_halo(m + M_layer3_2_conv1, 4, 8, 8, 16, 1, 1, 1, 1);
	rc_share(options, winograd2x4_64to64_8x8_relu_in, 0, 16, m + M_layer3_1_conv2, w, w, m, m + S_layer3_2_conv1);
	rc_share(options, winograd2x4_64to64_8x8_relu, 0, 8, m + S_layer3_2_conv1, w + W_layer3_2_conv1, w + B_layer3_2_conv1, m, m + M_layer3_2_conv1);
	rc_layer(options, 22, "layer3.2.conv1");
	rc_share(options, winograd2x4_64to64_8x8_add_relu_c_in, 0, 16, m + M_layer3_2_conv1, w, w, m, m + S_layer3_2_conv2);
	rc_share(options, winograd2x4_64to64_8x8_add_relu_c, 0, 8, m + S_layer3_2_conv2, w + W_layer3_2_conv2, w + B_layer3_2_conv2, m + M_layer3_1_conv2, m + M_layer3_2_conv2);
	rc_layer(options, 23, "layer3.2.conv2");
	rc_step(options, 24, "avgpool", adaptive_avg_pool_64x8x8_to_1x1, 8,
		m + M_layer3_2_conv2, w, w, m, m + M_avgpool);
	rc_step(options, 25, "fc", linear_64to10, 1,
		m + M_avgpool, w + W_fc, w + B_fc, m, m + M_fc);
	output_10x1x1(m + M_fc, w, w, m, output, 0, 10);
#if defined(RC_CHECKED)
	status = checked.status;
#endif
	return status;
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

int
cifar_resnet20_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer)
{
	rc_selftest t;
	rc_options options;
	char *in = (char *)workspace + 300032;
	int status;

	if (layer)
		*layer = NULL;
	if (!weights || !workspace)
		return RC_E_NULL;
	if (workspace_len < CIFAR_RESNET20_SELFTEST_BYTES)
		return RC_E_WORKSPACE_SIZE;
	rc_selftest_start(&t, &options, layer_results, layers, layer_reads, 26, (const float *)weights + 756368,
		(float *)workspace);
	rc_selftest_floats(in, 12288);
	status = cifar_resnet20_run_with(&options, weights, (const float *)(const void *)in, (float *)(void *)(in + 12288), workspace, CIFAR_RESNET20_WORKSPACE_BYTES);
	if (t.wrong < 0)
		return status;
	if (layer)
		*layer = layers[t.wrong].name;
	return RC_E_SELFTEST;
}
