/* SPDX-License-Identifier: 0BSD */
/*
** resnet18.c - a network as shape-specialised C
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
#include "resnet18.h"
#include "rc_simd_avx512.h"

RC_TARGET_BEGIN

/*
** input (resnet18.lua:6)
**
** y = x
** x  3 x 224 x 224  NCHW
** y  3 x 224 x 224  NCHW, halo 3 3 3 3
*/
static void
input_3x224x224(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int c = lo; c < hi; c++) {
		const float *xc = x + c*50176;
		float *yc = y + c*52900 + 693;

		for (int i = 0; i < 224; i++)
		for (int j = 0; j < 224; j++)
			yc[i*230 + j] = xc[i*224 + j];
	}
}

/*
** conv1 (resnet18.lua:7)
**
** y = relu(conv7x7(x, w) + b)
** x  3 x 224 x 224  NCHW, halo 3 3 3 3
** y  64 x 112 x 112  nChw16c
** w  9408 floats  [2 oc][3 ic][7][7][32 oc]
** 118.01 M MACs; 14 pixels x 32 channels in 28 accumulators, 31 of 32 registers
*/
static RC_NOINLINE void
conv7x7_3to64_112x112_s2_relu_p14(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 16);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;
	V a6 = a0, b6 = b0;
	V a7 = a0, b7 = b0;
	V a8 = a0, b8 = b0;
	V a9 = a0, b9 = b0;
	V a10 = a0, b10 = b0;
	V a11 = a0, b11 = b0;
	V a12 = a0, b12 = b0;
	V a13 = a0, b13 = b0;

	for (int c = 0; c < 3; c++)
	for (int ki = 0; ki < 7; ki++)
	for (int kj = 0; kj < 7; kj++) {
		const float *xk = x + c*52900 + ki*230 + kj;

		RC_OPAQUE(xk);
		V w0 = ld(w), w1 = ld(w + 16), v;
		v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
		v = bc(xk + 2); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
		v = bc(xk + 4); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
		v = bc(xk + 6); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		v = bc(xk + 8); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		v = bc(xk + 10); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		v = bc(xk + 12); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
		v = bc(xk + 14); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
		v = bc(xk + 16); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
		v = bc(xk + 18); a9 = fma_(v, w0, a9); b9 = fma_(v, w1, b9);
		v = bc(xk + 20); a10 = fma_(v, w0, a10); b10 = fma_(v, w1, b10);
		v = bc(xk + 22); a11 = fma_(v, w0, a11); b11 = fma_(v, w1, b11);
		v = bc(xk + 24); a12 = fma_(v, w0, a12); b12 = fma_(v, w1, b12);
		v = bc(xk + 26); a13 = fma_(v, w0, a13); b13 = fma_(v, w1, b13);
		w += 32;
	}

	st(y, relu(a0));
	st(y + 16, relu(a1));
	st(y + 32, relu(a2));
	st(y + 48, relu(a3));
	st(y + 64, relu(a4));
	st(y + 80, relu(a5));
	st(y + 96, relu(a6));
	st(y + 112, relu(a7));
	st(y + 128, relu(a8));
	st(y + 144, relu(a9));
	st(y + 160, relu(a10));
	st(y + 176, relu(a11));
	st(y + 192, relu(a12));
	st(y + 208, relu(a13));
	st(y + 200704, relu(b0));
	st(y + 200720, relu(b1));
	st(y + 200736, relu(b2));
	st(y + 200752, relu(b3));
	st(y + 200768, relu(b4));
	st(y + 200784, relu(b5));
	st(y + 200800, relu(b6));
	st(y + 200816, relu(b7));
	st(y + 200832, relu(b8));
	st(y + 200848, relu(b9));
	st(y + 200864, relu(b10));
	st(y + 200880, relu(b11));
	st(y + 200896, relu(b12));
	st(y + 200912, relu(b13));
}

static void
conv7x7_3to64_112x112_s2_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		int og = u/112;
		int i = u%112;
		const float *xi = x + i*460;
		const float *wi = w + og*4704;
		const float *bi = b + og*32;
		float *yi = y + og*401408 + i*1792;

		for (int j = 0; j < 112; j += 14)
			conv7x7_3to64_112x112_s2_relu_p14(xi + j*2, wi, bi, yi + j*16);
	}
}

/*
** maxpool (resnet18.lua:7)
**
** y = maximum of x over 3x3 windows, stride 2x2
** x  64 x 112 x 112  nChw16c
** y  64 x 56 x 56  nChw16c, halo 1 1 1 1
*/
static void
max_pool3x3_64x56x56_s2(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int v = lo; v < hi; v++) {
		const float *xv = x + v*200704;
		float *yv = y + v*53824 + 944;

		for (int i = 0; i < 56; i++) {
			int r0 = i*2 - 1, r1 = r0 + 3;
			if (r0 < 0) r0 = 0;

			for (int j = 0; j < 56; j++) {
				int q0 = j*2 - 1, q1 = q0 + 3;
				if (q0 < 0) q0 = 0;
				V a = lowest();

				for (int r = r0; r < r1; r++)
				for (int q = q0; q < q1; q++)
					a = pmax(a, ld(xv + r*1792 + q*16));
				st(yv + i*928 + j*16, a);
			}
		}
	}
}

/*
** layer1.0.conv1 (resnet18.lua:9)
** layer1.1.conv1 (resnet18.lua:9)
**
** y = relu(conv3x3(x, w) + b) by Winograd F(4x4, 3x3)
** x  64 x 56 x 56  nChw16c, halo 1 1 1 1
** y  64 x 56 x 56  nChw16c, halo 1 1 1 1
** w  147456 floats  [2 oc][36][64 ic][32 oc]: G g G'
** V  65664 floats  [14 tiles][36][4 ic][tile][16 ic], of one of 7 bands of tile rows
** 28.90 M MACs instead of 115.61 M; 14 tiles x 32 channels in 28 accumulators; 66816 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_64to64_56x56_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 928);
	d2 = ld(x + 1856);
	d3 = ld(x + 2784);
	d4 = ld(x + 3712);
	d5 = ld(x + 4640);
	t00 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t50 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 16);
	d1 = ld(x + 944);
	d2 = ld(x + 1872);
	d3 = ld(x + 2800);
	d4 = ld(x + 3728);
	d5 = ld(x + 4656);
	t01 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t51 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 32);
	d1 = ld(x + 960);
	d2 = ld(x + 1888);
	d3 = ld(x + 2816);
	d4 = ld(x + 3744);
	d5 = ld(x + 4672);
	t02 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t52 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 48);
	d1 = ld(x + 976);
	d2 = ld(x + 1904);
	d3 = ld(x + 2832);
	d4 = ld(x + 3760);
	d5 = ld(x + 4688);
	t03 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t53 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 64);
	d1 = ld(x + 992);
	d2 = ld(x + 1920);
	d3 = ld(x + 2848);
	d4 = ld(x + 3776);
	d5 = ld(x + 4704);
	t04 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t54 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 80);
	d1 = ld(x + 1008);
	d2 = ld(x + 1936);
	d3 = ld(x + 2864);
	d4 = ld(x + 3792);
	d5 = ld(x + 4720);
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
	st(v + 912, d1);
	st(v + 1824, d2);
	st(v + 2736, d3);
	st(v + 3648, d4);
	st(v + 4560, d5);
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
	st(v + 27360, d0);
	st(v + 28272, d1);
	st(v + 29184, d2);
	st(v + 30096, d3);
	st(v + 31008, d4);
	st(v + 31920, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 928);
	d2 = ld(x + 1856);
	d3 = ld(x + 2784);
	d4 = ld(x + 3712);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t10 = fma_(f, splat(0.625f), e);
	t20 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 944);
	d2 = ld(x + 1872);
	d3 = ld(x + 2800);
	d4 = ld(x + 3728);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t11 = fma_(f, splat(0.625f), e);
	t21 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 960);
	d2 = ld(x + 1888);
	d3 = ld(x + 2816);
	d4 = ld(x + 3744);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t12 = fma_(f, splat(0.625f), e);
	t22 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 976);
	d2 = ld(x + 1904);
	d3 = ld(x + 2832);
	d4 = ld(x + 3760);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t13 = fma_(f, splat(0.625f), e);
	t23 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 992);
	d2 = ld(x + 1920);
	d3 = ld(x + 2848);
	d4 = ld(x + 3776);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t14 = fma_(f, splat(0.625f), e);
	t24 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 1008);
	d2 = ld(x + 1936);
	d3 = ld(x + 2864);
	d4 = ld(x + 3792);
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
	st(v + 5472, d0);
	st(v + 6384, d1);
	st(v + 7296, d2);
	st(v + 8208, d3);
	st(v + 9120, d4);
	st(v + 10032, d5);
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
	st(v + 10944, d0);
	st(v + 11856, d1);
	st(v + 12768, d2);
	st(v + 13680, d3);
	st(v + 14592, d4);
	st(v + 15504, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 928);
	d2 = ld(x + 1856);
	d3 = ld(x + 2784);
	d4 = ld(x + 3712);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t30 = fma_(f, splat(1.5f), e);
	t40 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 944);
	d2 = ld(x + 1872);
	d3 = ld(x + 2800);
	d4 = ld(x + 3728);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t31 = fma_(f, splat(1.5f), e);
	t41 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 960);
	d2 = ld(x + 1888);
	d3 = ld(x + 2816);
	d4 = ld(x + 3744);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t32 = fma_(f, splat(1.5f), e);
	t42 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 976);
	d2 = ld(x + 1904);
	d3 = ld(x + 2832);
	d4 = ld(x + 3760);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t33 = fma_(f, splat(1.5f), e);
	t43 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 992);
	d2 = ld(x + 1920);
	d3 = ld(x + 2848);
	d4 = ld(x + 3776);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t34 = fma_(f, splat(1.5f), e);
	t44 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 1008);
	d2 = ld(x + 1936);
	d3 = ld(x + 2864);
	d4 = ld(x + 3792);
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
	st(v + 16416, d0);
	st(v + 17328, d1);
	st(v + 18240, d2);
	st(v + 19152, d3);
	st(v + 20064, d4);
	st(v + 20976, d5);
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
	st(v + 21888, d0);
	st(v + 22800, d1);
	st(v + 23712, d2);
	st(v + 24624, d3);
	st(v + 25536, d4);
	st(v + 26448, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_64to64_56x56_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int band = u/8, c = u%8/2, r = u%2;
		int i = (band*2 + r);
		const float *xi = x + c*53824 + i*3712;

		for (int j = 0; j < 14; j++) {
			int t = r*14 + j;
			float *v = y + t/14*32832 + (c*14 + t%14)*16;

			winograd4x4_64to64_56x56_relu_in_tile(xi + j*64, v);
		}
	}
}

static RC_NOINLINE void
winograd4x4_64to64_56x56_relu_p14(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 912, m += 464) {
		{
			const float *w = u + i*2048;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();
			V a8 = zero(), b8 = zero();
			V a9 = zero(), b9 = zero();
			V a10 = zero(), b10 = zero();
			V a11 = zero(), b11 = zero();
			V a12 = zero(), b12 = zero();
			V a13 = zero(), b13 = zero();

			for (int c = 0; c < 4; c++) {
				const float *xk = x + c*224;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					RC_FETCH(w + 4112);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
					v = bc(xk + 128); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
					v = bc(xk + 144); a9 = fma_(v, w0, a9); b9 = fma_(v, w1, b9);
					v = bc(xk + 160); a10 = fma_(v, w0, a10); b10 = fma_(v, w1, b10);
					v = bc(xk + 176); a11 = fma_(v, w0, a11); b11 = fma_(v, w1, b11);
					v = bc(xk + 192); a12 = fma_(v, w0, a12); b12 = fma_(v, w1, b12);
					v = bc(xk + 208); a13 = fma_(v, w0, a13); b13 = fma_(v, w1, b13);
				}
			}

			st(m, a0);
			st(m + 16, b0);
			st(m + 32, a1);
			st(m + 48, b1);
			st(m + 64, a2);
			st(m + 80, b2);
			st(m + 96, a3);
			st(m + 112, b3);
			st(m + 128, a4);
			st(m + 144, b4);
			st(m + 160, a5);
			st(m + 176, b5);
			st(m + 192, a6);
			st(m + 208, b6);
			st(m + 224, a7);
			st(m + 240, b7);
			st(m + 256, a8);
			st(m + 272, b8);
			st(m + 288, a9);
			st(m + 304, b9);
			st(m + 320, a10);
			st(m + 336, b10);
			st(m + 352, a11);
			st(m + 368, b11);
			st(m + 384, a12);
			st(m + 400, b12);
			st(m + 416, a13);
			st(m + 432, b13);
		}
	}
}

static RC_NOINLINE void
winograd4x4_64to64_56x56_relu_out_tile(const float *RC_RESTRICT m, const float *b, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 2784);
	d2 = ld(m + 5568);
	d3 = ld(m + 8352);
	d4 = ld(m + 11136);
	d5 = ld(m + 13920);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 464);
	d1 = ld(m + 3248);
	d2 = ld(m + 6032);
	d3 = ld(m + 8816);
	d4 = ld(m + 11600);
	d5 = ld(m + 14384);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 928);
	d1 = ld(m + 3712);
	d2 = ld(m + 6496);
	d3 = ld(m + 9280);
	d4 = ld(m + 12064);
	d5 = ld(m + 14848);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1392);
	d1 = ld(m + 4176);
	d2 = ld(m + 6960);
	d3 = ld(m + 9744);
	d4 = ld(m + 12528);
	d5 = ld(m + 15312);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1856);
	d1 = ld(m + 4640);
	d2 = ld(m + 7424);
	d3 = ld(m + 10208);
	d4 = ld(m + 12992);
	d5 = ld(m + 15776);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 2320);
	d1 = ld(m + 5104);
	d2 = ld(m + 7888);
	d3 = ld(m + 10672);
	d4 = ld(m + 13456);
	d5 = ld(m + 16240);
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
	st(y + 928, relu(add(y0, bias)));
	st(y + 944, relu(add(y1, bias)));
	st(y + 960, relu(add(y2, bias)));
	st(y + 976, relu(add(y3, bias)));

	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 1856, relu(add(y0, bias)));
	st(y + 1872, relu(add(y1, bias)));
	st(y + 1888, relu(add(y2, bias)));
	st(y + 1904, relu(add(y3, bias)));

	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 2784, relu(add(y0, bias)));
	st(y + 2800, relu(add(y1, bias)));
	st(y + 2816, relu(add(y2, bias)));
	st(y + 2832, relu(add(y3, bias)));
}

/* phase 2: y of a band, from V; a unit is 32 channels of one block of tiles */
static void
winograd4x4_64to64_56x56_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	float m[16704];

	for (int u = lo; u < hi; u++) {
		int band = u/4, og = u%4/2, tb = u%2;
		int width = 14, start = tb*14;

		winograd4x4_64to64_56x56_relu_p14(x + tb*32832, w + og*73728, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/14, j = (start + t)%14;
			int i = (band*2 + r);
			float *yt = y + i*3712 + j*64 + 944;

			for (int s = 0; s < 2; s++) {
				winograd4x4_64to64_56x56_relu_out_tile(m + t*32 + s*16, b + (og*2 + s)*16, yt + (og*2 + s)*53824);
			}
		}
	}
}

/*
** layer1.0.conv2 (resnet18.lua:9)
** layer1.1.conv2 (resnet18.lua:9)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3)
** x  64 x 56 x 56  nChw16c, halo 1 1 1 1
** z  64 x 56 x 56  nChw16c, halo 1 1 1 1
** y  64 x 56 x 56  nChw16c, halo 1 1 1 1
** w  147456 floats  [2 oc][36][64 ic][32 oc]: G g G'
** V  65664 floats  [14 tiles][36][4 ic][tile][16 ic], of one of 7 bands of tile rows
** 28.90 M MACs instead of 115.61 M; 14 tiles x 32 channels in 28 accumulators; 66816 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_64to64_56x56_add_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 928);
	d2 = ld(x + 1856);
	d3 = ld(x + 2784);
	d4 = ld(x + 3712);
	d5 = ld(x + 4640);
	t00 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t50 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 16);
	d1 = ld(x + 944);
	d2 = ld(x + 1872);
	d3 = ld(x + 2800);
	d4 = ld(x + 3728);
	d5 = ld(x + 4656);
	t01 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t51 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 32);
	d1 = ld(x + 960);
	d2 = ld(x + 1888);
	d3 = ld(x + 2816);
	d4 = ld(x + 3744);
	d5 = ld(x + 4672);
	t02 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t52 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 48);
	d1 = ld(x + 976);
	d2 = ld(x + 1904);
	d3 = ld(x + 2832);
	d4 = ld(x + 3760);
	d5 = ld(x + 4688);
	t03 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t53 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 64);
	d1 = ld(x + 992);
	d2 = ld(x + 1920);
	d3 = ld(x + 2848);
	d4 = ld(x + 3776);
	d5 = ld(x + 4704);
	t04 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t54 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 80);
	d1 = ld(x + 1008);
	d2 = ld(x + 1936);
	d3 = ld(x + 2864);
	d4 = ld(x + 3792);
	d5 = ld(x + 4720);
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
	st(v + 912, d1);
	st(v + 1824, d2);
	st(v + 2736, d3);
	st(v + 3648, d4);
	st(v + 4560, d5);
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
	st(v + 27360, d0);
	st(v + 28272, d1);
	st(v + 29184, d2);
	st(v + 30096, d3);
	st(v + 31008, d4);
	st(v + 31920, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 928);
	d2 = ld(x + 1856);
	d3 = ld(x + 2784);
	d4 = ld(x + 3712);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t10 = fma_(f, splat(0.625f), e);
	t20 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 944);
	d2 = ld(x + 1872);
	d3 = ld(x + 2800);
	d4 = ld(x + 3728);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t11 = fma_(f, splat(0.625f), e);
	t21 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 960);
	d2 = ld(x + 1888);
	d3 = ld(x + 2816);
	d4 = ld(x + 3744);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t12 = fma_(f, splat(0.625f), e);
	t22 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 976);
	d2 = ld(x + 1904);
	d3 = ld(x + 2832);
	d4 = ld(x + 3760);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t13 = fma_(f, splat(0.625f), e);
	t23 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 992);
	d2 = ld(x + 1920);
	d3 = ld(x + 2848);
	d4 = ld(x + 3776);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t14 = fma_(f, splat(0.625f), e);
	t24 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 1008);
	d2 = ld(x + 1936);
	d3 = ld(x + 2864);
	d4 = ld(x + 3792);
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
	st(v + 5472, d0);
	st(v + 6384, d1);
	st(v + 7296, d2);
	st(v + 8208, d3);
	st(v + 9120, d4);
	st(v + 10032, d5);
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
	st(v + 10944, d0);
	st(v + 11856, d1);
	st(v + 12768, d2);
	st(v + 13680, d3);
	st(v + 14592, d4);
	st(v + 15504, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 928);
	d2 = ld(x + 1856);
	d3 = ld(x + 2784);
	d4 = ld(x + 3712);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t30 = fma_(f, splat(1.5f), e);
	t40 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 944);
	d2 = ld(x + 1872);
	d3 = ld(x + 2800);
	d4 = ld(x + 3728);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t31 = fma_(f, splat(1.5f), e);
	t41 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 960);
	d2 = ld(x + 1888);
	d3 = ld(x + 2816);
	d4 = ld(x + 3744);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t32 = fma_(f, splat(1.5f), e);
	t42 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 976);
	d2 = ld(x + 1904);
	d3 = ld(x + 2832);
	d4 = ld(x + 3760);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t33 = fma_(f, splat(1.5f), e);
	t43 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 992);
	d2 = ld(x + 1920);
	d3 = ld(x + 2848);
	d4 = ld(x + 3776);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t34 = fma_(f, splat(1.5f), e);
	t44 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 1008);
	d2 = ld(x + 1936);
	d3 = ld(x + 2864);
	d4 = ld(x + 3792);
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
	st(v + 16416, d0);
	st(v + 17328, d1);
	st(v + 18240, d2);
	st(v + 19152, d3);
	st(v + 20064, d4);
	st(v + 20976, d5);
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
	st(v + 21888, d0);
	st(v + 22800, d1);
	st(v + 23712, d2);
	st(v + 24624, d3);
	st(v + 25536, d4);
	st(v + 26448, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_64to64_56x56_add_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int band = u/8, c = u%8/2, r = u%2;
		int i = (band*2 + r);
		const float *xi = x + c*53824 + i*3712;

		for (int j = 0; j < 14; j++) {
			int t = r*14 + j;
			float *v = y + t/14*32832 + (c*14 + t%14)*16;

			winograd4x4_64to64_56x56_add_relu_in_tile(xi + j*64, v);
		}
	}
}

static RC_NOINLINE void
winograd4x4_64to64_56x56_add_relu_p14(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 912, m += 464) {
		{
			const float *w = u + i*2048;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();
			V a8 = zero(), b8 = zero();
			V a9 = zero(), b9 = zero();
			V a10 = zero(), b10 = zero();
			V a11 = zero(), b11 = zero();
			V a12 = zero(), b12 = zero();
			V a13 = zero(), b13 = zero();

			for (int c = 0; c < 4; c++) {
				const float *xk = x + c*224;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					RC_FETCH(w + 4112);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
					v = bc(xk + 128); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
					v = bc(xk + 144); a9 = fma_(v, w0, a9); b9 = fma_(v, w1, b9);
					v = bc(xk + 160); a10 = fma_(v, w0, a10); b10 = fma_(v, w1, b10);
					v = bc(xk + 176); a11 = fma_(v, w0, a11); b11 = fma_(v, w1, b11);
					v = bc(xk + 192); a12 = fma_(v, w0, a12); b12 = fma_(v, w1, b12);
					v = bc(xk + 208); a13 = fma_(v, w0, a13); b13 = fma_(v, w1, b13);
				}
			}

			st(m, a0);
			st(m + 16, b0);
			st(m + 32, a1);
			st(m + 48, b1);
			st(m + 64, a2);
			st(m + 80, b2);
			st(m + 96, a3);
			st(m + 112, b3);
			st(m + 128, a4);
			st(m + 144, b4);
			st(m + 160, a5);
			st(m + 176, b5);
			st(m + 192, a6);
			st(m + 208, b6);
			st(m + 224, a7);
			st(m + 240, b7);
			st(m + 256, a8);
			st(m + 272, b8);
			st(m + 288, a9);
			st(m + 304, b9);
			st(m + 320, a10);
			st(m + 336, b10);
			st(m + 352, a11);
			st(m + 368, b11);
			st(m + 384, a12);
			st(m + 400, b12);
			st(m + 416, a13);
			st(m + 432, b13);
		}
	}
}

static RC_NOINLINE void
winograd4x4_64to64_56x56_add_relu_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 2784);
	d2 = ld(m + 5568);
	d3 = ld(m + 8352);
	d4 = ld(m + 11136);
	d5 = ld(m + 13920);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 464);
	d1 = ld(m + 3248);
	d2 = ld(m + 6032);
	d3 = ld(m + 8816);
	d4 = ld(m + 11600);
	d5 = ld(m + 14384);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 928);
	d1 = ld(m + 3712);
	d2 = ld(m + 6496);
	d3 = ld(m + 9280);
	d4 = ld(m + 12064);
	d5 = ld(m + 14848);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1392);
	d1 = ld(m + 4176);
	d2 = ld(m + 6960);
	d3 = ld(m + 9744);
	d4 = ld(m + 12528);
	d5 = ld(m + 15312);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1856);
	d1 = ld(m + 4640);
	d2 = ld(m + 7424);
	d3 = ld(m + 10208);
	d4 = ld(m + 12992);
	d5 = ld(m + 15776);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 2320);
	d1 = ld(m + 5104);
	d2 = ld(m + 7888);
	d3 = ld(m + 10672);
	d4 = ld(m + 13456);
	d5 = ld(m + 16240);
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
	st(y + 928, relu(add(add(y0, bias), ld(z + 928))));
	st(y + 944, relu(add(add(y1, bias), ld(z + 944))));
	st(y + 960, relu(add(add(y2, bias), ld(z + 960))));
	st(y + 976, relu(add(add(y3, bias), ld(z + 976))));

	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 1856, relu(add(add(y0, bias), ld(z + 1856))));
	st(y + 1872, relu(add(add(y1, bias), ld(z + 1872))));
	st(y + 1888, relu(add(add(y2, bias), ld(z + 1888))));
	st(y + 1904, relu(add(add(y3, bias), ld(z + 1904))));

	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 2784, relu(add(add(y0, bias), ld(z + 2784))));
	st(y + 2800, relu(add(add(y1, bias), ld(z + 2800))));
	st(y + 2816, relu(add(add(y2, bias), ld(z + 2816))));
	st(y + 2832, relu(add(add(y3, bias), ld(z + 2832))));
}

/* phase 2: y of a band, from V; a unit is 32 channels of one block of tiles */
static void
winograd4x4_64to64_56x56_add_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[16704];

	for (int u = lo; u < hi; u++) {
		int band = u/4, og = u%4/2, tb = u%2;
		int width = 14, start = tb*14;

		winograd4x4_64to64_56x56_add_relu_p14(x + tb*32832, w + og*73728, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/14, j = (start + t)%14;
			int i = (band*2 + r);
			float *yt = y + i*3712 + j*64 + 944;
			const float *zt = z + i*3712 + j*64 + 944;

			for (int s = 0; s < 2; s++) {
				winograd4x4_64to64_56x56_add_relu_out_tile(m + t*32 + s*16, b + (og*2 + s)*16, zt + (og*2 + s)*53824, yt + (og*2 + s)*53824);
			}
		}
	}
}

/*
** layer2.0.downsample.0 (resnet18.lua:10)
**
** y = conv1x1(x, w) + b
** x  64 x 56 x 56  nChw16c, halo 1 1 1 1
** y  128 x 28 x 28  nChw16c
** w  8192 floats  [4 oc][4 ic][1][1][16 ic][32 oc]
** 6.42 M MACs; 14 pixels x 32 channels in 28 accumulators, 31 of 32 registers
*/
static RC_NOINLINE void
conv1x1_64to128_28x28_s2_p14(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 16);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;
	V a6 = a0, b6 = b0;
	V a7 = a0, b7 = b0;
	V a8 = a0, b8 = b0;
	V a9 = a0, b9 = b0;
	V a10 = a0, b10 = b0;
	V a11 = a0, b11 = b0;
	V a12 = a0, b12 = b0;
	V a13 = a0, b13 = b0;

	for (int c = 0; c < 4; c++) {
		const float *xk = x + c*53824;
		RC_FETCH(xk + 53824);
		RC_FETCH(xk + 53856);
		RC_FETCH(xk + 53888);
		RC_FETCH(xk + 53920);
		RC_FETCH(xk + 53952);
		RC_FETCH(xk + 53984);
		RC_FETCH(xk + 54016);
		RC_FETCH(xk + 54048);
		RC_FETCH(xk + 54080);
		RC_FETCH(xk + 54112);
		RC_FETCH(xk + 54144);
		RC_FETCH(xk + 54176);
		RC_FETCH(xk + 54208);
		RC_FETCH(xk + 54240);

		for (int k = 0; k < 16; k++, xk++, w += 32) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 16), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 32); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 64); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 96); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 128); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 160); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
			v = bc(xk + 192); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
			v = bc(xk + 224); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
			v = bc(xk + 256); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
			v = bc(xk + 288); a9 = fma_(v, w0, a9); b9 = fma_(v, w1, b9);
			v = bc(xk + 320); a10 = fma_(v, w0, a10); b10 = fma_(v, w1, b10);
			v = bc(xk + 352); a11 = fma_(v, w0, a11); b11 = fma_(v, w1, b11);
			v = bc(xk + 384); a12 = fma_(v, w0, a12); b12 = fma_(v, w1, b12);
			v = bc(xk + 416); a13 = fma_(v, w0, a13); b13 = fma_(v, w1, b13);
		}
	}

	st(y, a0);
	st(y + 16, a1);
	st(y + 32, a2);
	st(y + 48, a3);
	st(y + 64, a4);
	st(y + 80, a5);
	st(y + 96, a6);
	st(y + 112, a7);
	st(y + 128, a8);
	st(y + 144, a9);
	st(y + 160, a10);
	st(y + 176, a11);
	st(y + 192, a12);
	st(y + 208, a13);
	st(y + 12544, b0);
	st(y + 12560, b1);
	st(y + 12576, b2);
	st(y + 12592, b3);
	st(y + 12608, b4);
	st(y + 12624, b5);
	st(y + 12640, b6);
	st(y + 12656, b7);
	st(y + 12672, b8);
	st(y + 12688, b9);
	st(y + 12704, b10);
	st(y + 12720, b11);
	st(y + 12736, b12);
	st(y + 12752, b13);
}

static void
conv1x1_64to128_28x28_s2(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		int og = u/28;
		int i = u%28;
		const float *xi = x + i*1856 + 944;
		const float *wi = w + og*2048;
		const float *bi = b + og*32;
		float *yi = y + og*25088 + i*448;

		for (int j = 0; j < 28; j += 14)
			conv1x1_64to128_28x28_s2_p14(xi + j*32, wi, bi, yi + j*16);
	}
}

/*
** layer2.0.conv1 (resnet18.lua:10)
**
** y = relu(conv3x3(x, w) + b)
** x  64 x 56 x 56  nChw16c, halo 1 1 1 1
** y  128 x 28 x 28  nChw16c, halo 1 1 1 1
** w  73728 floats  [4 oc][4 ic][3][3][16 ic][32 oc]
** 57.80 M MACs; 14 pixels x 32 channels in 28 accumulators, 31 of 32 registers
** 4 passes of 1 input channel blocks, so that a pass's weights stay in the first cache
*/
static RC_NOINLINE void
conv3x3_64to128_28x28_s2_relu_p14(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y, int from, int to)
{
	V a0 = from ? ld(y) : ld(b), b0 = from ? ld(y + 14400) : ld(b + 16);
	V a1 = from ? ld(y + 16) : ld(b), b1 = from ? ld(y + 14416) : ld(b + 16);
	V a2 = from ? ld(y + 32) : ld(b), b2 = from ? ld(y + 14432) : ld(b + 16);
	V a3 = from ? ld(y + 48) : ld(b), b3 = from ? ld(y + 14448) : ld(b + 16);
	V a4 = from ? ld(y + 64) : ld(b), b4 = from ? ld(y + 14464) : ld(b + 16);
	V a5 = from ? ld(y + 80) : ld(b), b5 = from ? ld(y + 14480) : ld(b + 16);
	V a6 = from ? ld(y + 96) : ld(b), b6 = from ? ld(y + 14496) : ld(b + 16);
	V a7 = from ? ld(y + 112) : ld(b), b7 = from ? ld(y + 14512) : ld(b + 16);
	V a8 = from ? ld(y + 128) : ld(b), b8 = from ? ld(y + 14528) : ld(b + 16);
	V a9 = from ? ld(y + 144) : ld(b), b9 = from ? ld(y + 14544) : ld(b + 16);
	V a10 = from ? ld(y + 160) : ld(b), b10 = from ? ld(y + 14560) : ld(b + 16);
	V a11 = from ? ld(y + 176) : ld(b), b11 = from ? ld(y + 14576) : ld(b + 16);
	V a12 = from ? ld(y + 192) : ld(b), b12 = from ? ld(y + 14592) : ld(b + 16);
	V a13 = from ? ld(y + 208) : ld(b), b13 = from ? ld(y + 14608) : ld(b + 16);

	for (int c = from; c < to; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*53824 + ki*928 + kj*16;
		RC_FETCH(xk + 53824);
		RC_FETCH(xk + 53856);
		RC_FETCH(xk + 53888);
		RC_FETCH(xk + 53920);
		RC_FETCH(xk + 53952);
		RC_FETCH(xk + 53984);
		RC_FETCH(xk + 54016);
		RC_FETCH(xk + 54048);
		RC_FETCH(xk + 54080);
		RC_FETCH(xk + 54112);
		RC_FETCH(xk + 54144);
		RC_FETCH(xk + 54176);
		RC_FETCH(xk + 54208);
		RC_FETCH(xk + 54240);

		for (int k = 0; k < 16; k++, xk++, w += 32) {
			RC_OPAQUE(xk);
			RC_FETCH(w + 4096);
			RC_FETCH(w + 4112);
			V w0 = ld(w), w1 = ld(w + 16), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 32); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 64); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 96); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 128); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 160); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
			v = bc(xk + 192); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
			v = bc(xk + 224); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
			v = bc(xk + 256); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
			v = bc(xk + 288); a9 = fma_(v, w0, a9); b9 = fma_(v, w1, b9);
			v = bc(xk + 320); a10 = fma_(v, w0, a10); b10 = fma_(v, w1, b10);
			v = bc(xk + 352); a11 = fma_(v, w0, a11); b11 = fma_(v, w1, b11);
			v = bc(xk + 384); a12 = fma_(v, w0, a12); b12 = fma_(v, w1, b12);
			v = bc(xk + 416); a13 = fma_(v, w0, a13); b13 = fma_(v, w1, b13);
		}
	}

	st(y, to < 4 ? a0 : relu(a0));
	st(y + 16, to < 4 ? a1 : relu(a1));
	st(y + 32, to < 4 ? a2 : relu(a2));
	st(y + 48, to < 4 ? a3 : relu(a3));
	st(y + 64, to < 4 ? a4 : relu(a4));
	st(y + 80, to < 4 ? a5 : relu(a5));
	st(y + 96, to < 4 ? a6 : relu(a6));
	st(y + 112, to < 4 ? a7 : relu(a7));
	st(y + 128, to < 4 ? a8 : relu(a8));
	st(y + 144, to < 4 ? a9 : relu(a9));
	st(y + 160, to < 4 ? a10 : relu(a10));
	st(y + 176, to < 4 ? a11 : relu(a11));
	st(y + 192, to < 4 ? a12 : relu(a12));
	st(y + 208, to < 4 ? a13 : relu(a13));
	st(y + 14400, to < 4 ? b0 : relu(b0));
	st(y + 14416, to < 4 ? b1 : relu(b1));
	st(y + 14432, to < 4 ? b2 : relu(b2));
	st(y + 14448, to < 4 ? b3 : relu(b3));
	st(y + 14464, to < 4 ? b4 : relu(b4));
	st(y + 14480, to < 4 ? b5 : relu(b5));
	st(y + 14496, to < 4 ? b6 : relu(b6));
	st(y + 14512, to < 4 ? b7 : relu(b7));
	st(y + 14528, to < 4 ? b8 : relu(b8));
	st(y + 14544, to < 4 ? b9 : relu(b9));
	st(y + 14560, to < 4 ? b10 : relu(b10));
	st(y + 14576, to < 4 ? b11 : relu(b11));
	st(y + 14592, to < 4 ? b12 : relu(b12));
	st(y + 14608, to < 4 ? b13 : relu(b13));
}

static void
conv3x3_64to128_28x28_s2_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		int og = u/4;
		int t = u%4;
		const float *xi = x;
		const float *wi = w + og*18432;
		const float *bi = b + og*32;
		float *yi = y + og*28800 + 496;

		for (int c = 0; c < 4; c += 1) {
			int to = c + 1;

			for (int i = t*28/4; i < (t + 1)*28/4; i++) {
				for (int j = 0; j < 28; j += 14)
					conv3x3_64to128_28x28_s2_relu_p14(xi + i*1856 + j*32, wi + c*4608, bi, yi + i*480 + j*16, c, to);
			}
		}
	}
}

/*
** layer2.0.conv2 (resnet18.lua:10)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3)
** x  128 x 28 x 28  nChw16c, halo 1 1 1 1
** z  128 x 28 x 28  nChw16c
** y  128 x 28 x 28  nChw16c, halo 1 1 1 1
** w  589824 floats  [4 oc][36][128 ic][32 oc]: G g G'
** V  227520 floats  [17 tiles][36][8 ic][tile][16 ic]
** 28.90 M MACs instead of 115.61 M; 9 tiles x 32 channels in 18 accumulators; 80640 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_128to128_28x28_add_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v, int step)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 480);
	d2 = ld(x + 960);
	d3 = ld(x + 1440);
	d4 = ld(x + 1920);
	d5 = ld(x + 2400);
	t00 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t50 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 16);
	d1 = ld(x + 496);
	d2 = ld(x + 976);
	d3 = ld(x + 1456);
	d4 = ld(x + 1936);
	d5 = ld(x + 2416);
	t01 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t51 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 32);
	d1 = ld(x + 512);
	d2 = ld(x + 992);
	d3 = ld(x + 1472);
	d4 = ld(x + 1952);
	d5 = ld(x + 2432);
	t02 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t52 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 48);
	d1 = ld(x + 528);
	d2 = ld(x + 1008);
	d3 = ld(x + 1488);
	d4 = ld(x + 1968);
	d5 = ld(x + 2448);
	t03 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t53 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 64);
	d1 = ld(x + 544);
	d2 = ld(x + 1024);
	d3 = ld(x + 1504);
	d4 = ld(x + 1984);
	d5 = ld(x + 2464);
	t04 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t54 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 80);
	d1 = ld(x + 560);
	d2 = ld(x + 1040);
	d3 = ld(x + 1520);
	d4 = ld(x + 2000);
	d5 = ld(x + 2480);
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
	st(v + step, d1);
	st(v + step*2, d2);
	st(v + step*3, d3);
	st(v + step*4, d4);
	st(v + step*5, d5);
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
	st(v + step*30, d0);
	st(v + step*31, d1);
	st(v + step*32, d2);
	st(v + step*33, d3);
	st(v + step*34, d4);
	st(v + step*35, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 480);
	d2 = ld(x + 960);
	d3 = ld(x + 1440);
	d4 = ld(x + 1920);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t10 = fma_(f, splat(0.625f), e);
	t20 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 496);
	d2 = ld(x + 976);
	d3 = ld(x + 1456);
	d4 = ld(x + 1936);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t11 = fma_(f, splat(0.625f), e);
	t21 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 512);
	d2 = ld(x + 992);
	d3 = ld(x + 1472);
	d4 = ld(x + 1952);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t12 = fma_(f, splat(0.625f), e);
	t22 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 528);
	d2 = ld(x + 1008);
	d3 = ld(x + 1488);
	d4 = ld(x + 1968);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t13 = fma_(f, splat(0.625f), e);
	t23 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 544);
	d2 = ld(x + 1024);
	d3 = ld(x + 1504);
	d4 = ld(x + 1984);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t14 = fma_(f, splat(0.625f), e);
	t24 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 560);
	d2 = ld(x + 1040);
	d3 = ld(x + 1520);
	d4 = ld(x + 2000);
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
	st(v + step*6, d0);
	st(v + step*7, d1);
	st(v + step*8, d2);
	st(v + step*9, d3);
	st(v + step*10, d4);
	st(v + step*11, d5);
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
	st(v + step*12, d0);
	st(v + step*13, d1);
	st(v + step*14, d2);
	st(v + step*15, d3);
	st(v + step*16, d4);
	st(v + step*17, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 480);
	d2 = ld(x + 960);
	d3 = ld(x + 1440);
	d4 = ld(x + 1920);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t30 = fma_(f, splat(1.5f), e);
	t40 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 496);
	d2 = ld(x + 976);
	d3 = ld(x + 1456);
	d4 = ld(x + 1936);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t31 = fma_(f, splat(1.5f), e);
	t41 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 512);
	d2 = ld(x + 992);
	d3 = ld(x + 1472);
	d4 = ld(x + 1952);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t32 = fma_(f, splat(1.5f), e);
	t42 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 528);
	d2 = ld(x + 1008);
	d3 = ld(x + 1488);
	d4 = ld(x + 1968);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t33 = fma_(f, splat(1.5f), e);
	t43 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 544);
	d2 = ld(x + 1024);
	d3 = ld(x + 1504);
	d4 = ld(x + 1984);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t34 = fma_(f, splat(1.5f), e);
	t44 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 560);
	d2 = ld(x + 1040);
	d3 = ld(x + 1520);
	d4 = ld(x + 2000);
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
	st(v + step*18, d0);
	st(v + step*19, d1);
	st(v + step*20, d2);
	st(v + step*21, d3);
	st(v + step*22, d4);
	st(v + step*23, d5);
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
	st(v + step*24, d0);
	st(v + step*25, d1);
	st(v + step*26, d2);
	st(v + step*27, d3);
	st(v + step*28, d4);
	st(v + step*29, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_128to128_28x28_add_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/7, r = u%7;
		int i = r;
		const float *xi = x + c*14400 + i*1920;

		for (int j = 0; j < 7; j++) {
			int t = r*7 + j;
			int wide = t < 17;
			int step = wide ? 2192 : 2064;
			float *v = wide ? y + t/17*78912 + (c*17 + t%17)*16
			: y + 78912 + (t - 17)/16*74304 + (c*16 + (t - 17)%16)*16;

			winograd4x4_128to128_28x28_add_relu_in_tile(xi + j*64, v, step);
		}
	}
}

static RC_NOINLINE void
winograd4x4_128to128_28x28_add_relu_p17(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 2192, m += 560) {
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();
			V a8 = zero(), b8 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*272;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					RC_FETCH(w + 4112);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
					v = bc(xk + 128); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
				}
			}

			st(m, a0);
			st(m + 16, b0);
			st(m + 32, a1);
			st(m + 48, b1);
			st(m + 64, a2);
			st(m + 80, b2);
			st(m + 96, a3);
			st(m + 112, b3);
			st(m + 128, a4);
			st(m + 144, b4);
			st(m + 160, a5);
			st(m + 176, b5);
			st(m + 192, a6);
			st(m + 208, b6);
			st(m + 224, a7);
			st(m + 240, b7);
			st(m + 256, a8);
			st(m + 272, b8);
		}
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*272 + 144;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
				}
			}

			st(m + 288, a0);
			st(m + 304, b0);
			st(m + 320, a1);
			st(m + 336, b1);
			st(m + 352, a2);
			st(m + 368, b2);
			st(m + 384, a3);
			st(m + 400, b3);
			st(m + 416, a4);
			st(m + 432, b4);
			st(m + 448, a5);
			st(m + 464, b5);
			st(m + 480, a6);
			st(m + 496, b6);
			st(m + 512, a7);
			st(m + 528, b7);
		}
	}
}

static RC_NOINLINE void
winograd4x4_128to128_28x28_add_relu_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 2064, m += 528) {
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					RC_FETCH(w + 4112);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
				}
			}

			st(m, a0);
			st(m + 16, b0);
			st(m + 32, a1);
			st(m + 48, b1);
			st(m + 64, a2);
			st(m + 80, b2);
			st(m + 96, a3);
			st(m + 112, b3);
			st(m + 128, a4);
			st(m + 144, b4);
			st(m + 160, a5);
			st(m + 176, b5);
			st(m + 192, a6);
			st(m + 208, b6);
			st(m + 224, a7);
			st(m + 240, b7);
		}
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*256 + 128;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
				}
			}

			st(m + 256, a0);
			st(m + 272, b0);
			st(m + 288, a1);
			st(m + 304, b1);
			st(m + 320, a2);
			st(m + 336, b2);
			st(m + 352, a3);
			st(m + 368, b3);
			st(m + 384, a4);
			st(m + 400, b4);
			st(m + 416, a5);
			st(m + 432, b5);
			st(m + 448, a6);
			st(m + 464, b6);
			st(m + 480, a7);
			st(m + 496, b7);
		}
	}
}

static RC_NOINLINE void
winograd4x4_128to128_28x28_add_relu_out_tile(const float *RC_RESTRICT m, int step, const float *b, const float *z, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + step*6);
	d2 = ld(m + step*12);
	d3 = ld(m + step*18);
	d4 = ld(m + step*24);
	d5 = ld(m + step*30);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step);
	d1 = ld(m + step*7);
	d2 = ld(m + step*13);
	d3 = ld(m + step*19);
	d4 = ld(m + step*25);
	d5 = ld(m + step*31);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*2);
	d1 = ld(m + step*8);
	d2 = ld(m + step*14);
	d3 = ld(m + step*20);
	d4 = ld(m + step*26);
	d5 = ld(m + step*32);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*3);
	d1 = ld(m + step*9);
	d2 = ld(m + step*15);
	d3 = ld(m + step*21);
	d4 = ld(m + step*27);
	d5 = ld(m + step*33);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*4);
	d1 = ld(m + step*10);
	d2 = ld(m + step*16);
	d3 = ld(m + step*22);
	d4 = ld(m + step*28);
	d5 = ld(m + step*34);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*5);
	d1 = ld(m + step*11);
	d2 = ld(m + step*17);
	d3 = ld(m + step*23);
	d4 = ld(m + step*29);
	d5 = ld(m + step*35);
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
	st(y + 480, relu(add(add(y0, bias), ld(z + 448))));
	st(y + 496, relu(add(add(y1, bias), ld(z + 464))));
	st(y + 512, relu(add(add(y2, bias), ld(z + 480))));
	st(y + 528, relu(add(add(y3, bias), ld(z + 496))));

	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 960, relu(add(add(y0, bias), ld(z + 896))));
	st(y + 976, relu(add(add(y1, bias), ld(z + 912))));
	st(y + 992, relu(add(add(y2, bias), ld(z + 928))));
	st(y + 1008, relu(add(add(y3, bias), ld(z + 944))));

	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 1440, relu(add(add(y0, bias), ld(z + 1344))));
	st(y + 1456, relu(add(add(y1, bias), ld(z + 1360))));
	st(y + 1472, relu(add(add(y2, bias), ld(z + 1376))));
	st(y + 1488, relu(add(add(y3, bias), ld(z + 1392))));
}

/* phase 2: y of a band, from V; a unit is 32 channels of one block of tiles */
static void
winograd4x4_128to128_28x28_add_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[20160];

	for (int u = lo; u < hi; u++) {
		int og = u/3, tb = u%3;
		int wide = tb < 1, width = wide ? 17 : 16;
		int start = wide ? tb*17 : 17 + (tb - 1)*16, step = wide ? 560 : 528;

		if (wide)
			winograd4x4_128to128_28x28_add_relu_p17(x + tb*78912, w + og*147456, m);
		else
		winograd4x4_128to128_28x28_add_relu_p16(x + 78912 + (tb - 1)*74304, w + og*147456, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/7, j = (start + t)%7;
			int i = r;
			float *yt = y + i*1920 + j*64 + 496;
			const float *zt = z + i*1792 + j*64;

			for (int s = 0; s < 2; s++) {
				winograd4x4_128to128_28x28_add_relu_out_tile(m + t*32 + s*16, step, b + (og*2 + s)*16, zt + (og*2 + s)*12544, yt + (og*2 + s)*14400);
			}
		}
	}
}

/*
** layer2.1.conv1 (resnet18.lua:10)
**
** y = relu(conv3x3(x, w) + b) by Winograd F(4x4, 3x3)
** x  128 x 28 x 28  nChw16c, halo 1 1 1 1
** y  128 x 28 x 28  nChw16c, halo 1 1 1 1
** w  589824 floats  [4 oc][36][128 ic][32 oc]: G g G'
** V  227520 floats  [17 tiles][36][8 ic][tile][16 ic]
** 28.90 M MACs instead of 115.61 M; 9 tiles x 32 channels in 18 accumulators; 80640 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_128to128_28x28_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v, int step)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 480);
	d2 = ld(x + 960);
	d3 = ld(x + 1440);
	d4 = ld(x + 1920);
	d5 = ld(x + 2400);
	t00 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t50 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 16);
	d1 = ld(x + 496);
	d2 = ld(x + 976);
	d3 = ld(x + 1456);
	d4 = ld(x + 1936);
	d5 = ld(x + 2416);
	t01 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t51 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 32);
	d1 = ld(x + 512);
	d2 = ld(x + 992);
	d3 = ld(x + 1472);
	d4 = ld(x + 1952);
	d5 = ld(x + 2432);
	t02 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t52 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 48);
	d1 = ld(x + 528);
	d2 = ld(x + 1008);
	d3 = ld(x + 1488);
	d4 = ld(x + 1968);
	d5 = ld(x + 2448);
	t03 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t53 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 64);
	d1 = ld(x + 544);
	d2 = ld(x + 1024);
	d3 = ld(x + 1504);
	d4 = ld(x + 1984);
	d5 = ld(x + 2464);
	t04 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t54 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 80);
	d1 = ld(x + 560);
	d2 = ld(x + 1040);
	d3 = ld(x + 1520);
	d4 = ld(x + 2000);
	d5 = ld(x + 2480);
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
	st(v + step, d1);
	st(v + step*2, d2);
	st(v + step*3, d3);
	st(v + step*4, d4);
	st(v + step*5, d5);
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
	st(v + step*30, d0);
	st(v + step*31, d1);
	st(v + step*32, d2);
	st(v + step*33, d3);
	st(v + step*34, d4);
	st(v + step*35, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 480);
	d2 = ld(x + 960);
	d3 = ld(x + 1440);
	d4 = ld(x + 1920);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t10 = fma_(f, splat(0.625f), e);
	t20 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 496);
	d2 = ld(x + 976);
	d3 = ld(x + 1456);
	d4 = ld(x + 1936);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t11 = fma_(f, splat(0.625f), e);
	t21 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 512);
	d2 = ld(x + 992);
	d3 = ld(x + 1472);
	d4 = ld(x + 1952);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t12 = fma_(f, splat(0.625f), e);
	t22 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 528);
	d2 = ld(x + 1008);
	d3 = ld(x + 1488);
	d4 = ld(x + 1968);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t13 = fma_(f, splat(0.625f), e);
	t23 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 544);
	d2 = ld(x + 1024);
	d3 = ld(x + 1504);
	d4 = ld(x + 1984);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t14 = fma_(f, splat(0.625f), e);
	t24 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 560);
	d2 = ld(x + 1040);
	d3 = ld(x + 1520);
	d4 = ld(x + 2000);
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
	st(v + step*6, d0);
	st(v + step*7, d1);
	st(v + step*8, d2);
	st(v + step*9, d3);
	st(v + step*10, d4);
	st(v + step*11, d5);
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
	st(v + step*12, d0);
	st(v + step*13, d1);
	st(v + step*14, d2);
	st(v + step*15, d3);
	st(v + step*16, d4);
	st(v + step*17, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 480);
	d2 = ld(x + 960);
	d3 = ld(x + 1440);
	d4 = ld(x + 1920);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t30 = fma_(f, splat(1.5f), e);
	t40 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 496);
	d2 = ld(x + 976);
	d3 = ld(x + 1456);
	d4 = ld(x + 1936);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t31 = fma_(f, splat(1.5f), e);
	t41 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 512);
	d2 = ld(x + 992);
	d3 = ld(x + 1472);
	d4 = ld(x + 1952);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t32 = fma_(f, splat(1.5f), e);
	t42 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 528);
	d2 = ld(x + 1008);
	d3 = ld(x + 1488);
	d4 = ld(x + 1968);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t33 = fma_(f, splat(1.5f), e);
	t43 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 544);
	d2 = ld(x + 1024);
	d3 = ld(x + 1504);
	d4 = ld(x + 1984);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t34 = fma_(f, splat(1.5f), e);
	t44 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 560);
	d2 = ld(x + 1040);
	d3 = ld(x + 1520);
	d4 = ld(x + 2000);
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
	st(v + step*18, d0);
	st(v + step*19, d1);
	st(v + step*20, d2);
	st(v + step*21, d3);
	st(v + step*22, d4);
	st(v + step*23, d5);
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
	st(v + step*24, d0);
	st(v + step*25, d1);
	st(v + step*26, d2);
	st(v + step*27, d3);
	st(v + step*28, d4);
	st(v + step*29, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_128to128_28x28_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/7, r = u%7;
		int i = r;
		const float *xi = x + c*14400 + i*1920;

		for (int j = 0; j < 7; j++) {
			int t = r*7 + j;
			int wide = t < 17;
			int step = wide ? 2192 : 2064;
			float *v = wide ? y + t/17*78912 + (c*17 + t%17)*16
			: y + 78912 + (t - 17)/16*74304 + (c*16 + (t - 17)%16)*16;

			winograd4x4_128to128_28x28_relu_in_tile(xi + j*64, v, step);
		}
	}
}

static RC_NOINLINE void
winograd4x4_128to128_28x28_relu_p17(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 2192, m += 560) {
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();
			V a8 = zero(), b8 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*272;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					RC_FETCH(w + 4112);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
					v = bc(xk + 128); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
				}
			}

			st(m, a0);
			st(m + 16, b0);
			st(m + 32, a1);
			st(m + 48, b1);
			st(m + 64, a2);
			st(m + 80, b2);
			st(m + 96, a3);
			st(m + 112, b3);
			st(m + 128, a4);
			st(m + 144, b4);
			st(m + 160, a5);
			st(m + 176, b5);
			st(m + 192, a6);
			st(m + 208, b6);
			st(m + 224, a7);
			st(m + 240, b7);
			st(m + 256, a8);
			st(m + 272, b8);
		}
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*272 + 144;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
				}
			}

			st(m + 288, a0);
			st(m + 304, b0);
			st(m + 320, a1);
			st(m + 336, b1);
			st(m + 352, a2);
			st(m + 368, b2);
			st(m + 384, a3);
			st(m + 400, b3);
			st(m + 416, a4);
			st(m + 432, b4);
			st(m + 448, a5);
			st(m + 464, b5);
			st(m + 480, a6);
			st(m + 496, b6);
			st(m + 512, a7);
			st(m + 528, b7);
		}
	}
}

static RC_NOINLINE void
winograd4x4_128to128_28x28_relu_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 2064, m += 528) {
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					RC_FETCH(w + 4112);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
				}
			}

			st(m, a0);
			st(m + 16, b0);
			st(m + 32, a1);
			st(m + 48, b1);
			st(m + 64, a2);
			st(m + 80, b2);
			st(m + 96, a3);
			st(m + 112, b3);
			st(m + 128, a4);
			st(m + 144, b4);
			st(m + 160, a5);
			st(m + 176, b5);
			st(m + 192, a6);
			st(m + 208, b6);
			st(m + 224, a7);
			st(m + 240, b7);
		}
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*256 + 128;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
				}
			}

			st(m + 256, a0);
			st(m + 272, b0);
			st(m + 288, a1);
			st(m + 304, b1);
			st(m + 320, a2);
			st(m + 336, b2);
			st(m + 352, a3);
			st(m + 368, b3);
			st(m + 384, a4);
			st(m + 400, b4);
			st(m + 416, a5);
			st(m + 432, b5);
			st(m + 448, a6);
			st(m + 464, b6);
			st(m + 480, a7);
			st(m + 496, b7);
		}
	}
}

static RC_NOINLINE void
winograd4x4_128to128_28x28_relu_out_tile(const float *RC_RESTRICT m, int step, const float *b, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + step*6);
	d2 = ld(m + step*12);
	d3 = ld(m + step*18);
	d4 = ld(m + step*24);
	d5 = ld(m + step*30);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step);
	d1 = ld(m + step*7);
	d2 = ld(m + step*13);
	d3 = ld(m + step*19);
	d4 = ld(m + step*25);
	d5 = ld(m + step*31);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*2);
	d1 = ld(m + step*8);
	d2 = ld(m + step*14);
	d3 = ld(m + step*20);
	d4 = ld(m + step*26);
	d5 = ld(m + step*32);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*3);
	d1 = ld(m + step*9);
	d2 = ld(m + step*15);
	d3 = ld(m + step*21);
	d4 = ld(m + step*27);
	d5 = ld(m + step*33);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*4);
	d1 = ld(m + step*10);
	d2 = ld(m + step*16);
	d3 = ld(m + step*22);
	d4 = ld(m + step*28);
	d5 = ld(m + step*34);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*5);
	d1 = ld(m + step*11);
	d2 = ld(m + step*17);
	d3 = ld(m + step*23);
	d4 = ld(m + step*29);
	d5 = ld(m + step*35);
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
	st(y + 480, relu(add(y0, bias)));
	st(y + 496, relu(add(y1, bias)));
	st(y + 512, relu(add(y2, bias)));
	st(y + 528, relu(add(y3, bias)));

	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 960, relu(add(y0, bias)));
	st(y + 976, relu(add(y1, bias)));
	st(y + 992, relu(add(y2, bias)));
	st(y + 1008, relu(add(y3, bias)));

	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 1440, relu(add(y0, bias)));
	st(y + 1456, relu(add(y1, bias)));
	st(y + 1472, relu(add(y2, bias)));
	st(y + 1488, relu(add(y3, bias)));
}

/* phase 2: y of a band, from V; a unit is 32 channels of one block of tiles */
static void
winograd4x4_128to128_28x28_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	float m[20160];

	for (int u = lo; u < hi; u++) {
		int og = u/3, tb = u%3;
		int wide = tb < 1, width = wide ? 17 : 16;
		int start = wide ? tb*17 : 17 + (tb - 1)*16, step = wide ? 560 : 528;

		if (wide)
			winograd4x4_128to128_28x28_relu_p17(x + tb*78912, w + og*147456, m);
		else
		winograd4x4_128to128_28x28_relu_p16(x + 78912 + (tb - 1)*74304, w + og*147456, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/7, j = (start + t)%7;
			int i = r;
			float *yt = y + i*1920 + j*64 + 496;

			for (int s = 0; s < 2; s++) {
				winograd4x4_128to128_28x28_relu_out_tile(m + t*32 + s*16, step, b + (og*2 + s)*16, yt + (og*2 + s)*14400);
			}
		}
	}
}

/*
** layer2.1.conv2 (resnet18.lua:10)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3)
** x  128 x 28 x 28  nChw16c, halo 1 1 1 1
** z  128 x 28 x 28  nChw16c, halo 1 1 1 1
** y  128 x 28 x 28  nChw16c, halo 1 1 1 1
** w  589824 floats  [4 oc][36][128 ic][32 oc]: G g G'
** V  227520 floats  [17 tiles][36][8 ic][tile][16 ic]
** 28.90 M MACs instead of 115.61 M; 9 tiles x 32 channels in 18 accumulators; 80640 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_128to128_28x28_add_relu_b_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v, int step)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;
	V d0, d1, d2, d3, d4, d5, e, f;

	d0 = ld(x);
	d1 = ld(x + 480);
	d2 = ld(x + 960);
	d3 = ld(x + 1440);
	d4 = ld(x + 1920);
	d5 = ld(x + 2400);
	t00 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t50 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 16);
	d1 = ld(x + 496);
	d2 = ld(x + 976);
	d3 = ld(x + 1456);
	d4 = ld(x + 1936);
	d5 = ld(x + 2416);
	t01 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t51 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 32);
	d1 = ld(x + 512);
	d2 = ld(x + 992);
	d3 = ld(x + 1472);
	d4 = ld(x + 1952);
	d5 = ld(x + 2432);
	t02 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t52 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 48);
	d1 = ld(x + 528);
	d2 = ld(x + 1008);
	d3 = ld(x + 1488);
	d4 = ld(x + 1968);
	d5 = ld(x + 2448);
	t03 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t53 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 64);
	d1 = ld(x + 544);
	d2 = ld(x + 1024);
	d3 = ld(x + 1504);
	d4 = ld(x + 1984);
	d5 = ld(x + 2464);
	t04 = fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4));
	t54 = fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5));
	d0 = ld(x + 80);
	d1 = ld(x + 560);
	d2 = ld(x + 1040);
	d3 = ld(x + 1520);
	d4 = ld(x + 2000);
	d5 = ld(x + 2480);
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
	st(v + step, d1);
	st(v + step*2, d2);
	st(v + step*3, d3);
	st(v + step*4, d4);
	st(v + step*5, d5);
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
	st(v + step*30, d0);
	st(v + step*31, d1);
	st(v + step*32, d2);
	st(v + step*33, d3);
	st(v + step*34, d4);
	st(v + step*35, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 480);
	d2 = ld(x + 960);
	d3 = ld(x + 1440);
	d4 = ld(x + 1920);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t10 = fma_(f, splat(0.625f), e);
	t20 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 496);
	d2 = ld(x + 976);
	d3 = ld(x + 1456);
	d4 = ld(x + 1936);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t11 = fma_(f, splat(0.625f), e);
	t21 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 512);
	d2 = ld(x + 992);
	d3 = ld(x + 1472);
	d4 = ld(x + 1952);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t12 = fma_(f, splat(0.625f), e);
	t22 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 528);
	d2 = ld(x + 1008);
	d3 = ld(x + 1488);
	d4 = ld(x + 1968);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t13 = fma_(f, splat(0.625f), e);
	t23 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 544);
	d2 = ld(x + 1024);
	d3 = ld(x + 1504);
	d4 = ld(x + 1984);
	e = fma_(d2, splat(-2.25f), d4);
	f = fma_(d1, splat(-2.25f), d3);
	t14 = fma_(f, splat(0.625f), e);
	t24 = fma_(f, splat(-0.625f), e);
	d1 = ld(x + 560);
	d2 = ld(x + 1040);
	d3 = ld(x + 1520);
	d4 = ld(x + 2000);
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
	st(v + step*6, d0);
	st(v + step*7, d1);
	st(v + step*8, d2);
	st(v + step*9, d3);
	st(v + step*10, d4);
	st(v + step*11, d5);
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
	st(v + step*12, d0);
	st(v + step*13, d1);
	st(v + step*14, d2);
	st(v + step*15, d3);
	st(v + step*16, d4);
	st(v + step*17, d5);

	RC_OPAQUE(x);
	d1 = ld(x + 480);
	d2 = ld(x + 960);
	d3 = ld(x + 1440);
	d4 = ld(x + 1920);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t30 = fma_(f, splat(1.5f), e);
	t40 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 496);
	d2 = ld(x + 976);
	d3 = ld(x + 1456);
	d4 = ld(x + 1936);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t31 = fma_(f, splat(1.5f), e);
	t41 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 512);
	d2 = ld(x + 992);
	d3 = ld(x + 1472);
	d4 = ld(x + 1952);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t32 = fma_(f, splat(1.5f), e);
	t42 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 528);
	d2 = ld(x + 1008);
	d3 = ld(x + 1488);
	d4 = ld(x + 1968);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t33 = fma_(f, splat(1.5f), e);
	t43 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 544);
	d2 = ld(x + 1024);
	d3 = ld(x + 1504);
	d4 = ld(x + 1984);
	e = fma_(d2, splat(-0.390625f), d4);
	f = fma_(d1, splat(-0.390625f), d3);
	t34 = fma_(f, splat(1.5f), e);
	t44 = fma_(f, splat(-1.5f), e);
	d1 = ld(x + 560);
	d2 = ld(x + 1040);
	d3 = ld(x + 1520);
	d4 = ld(x + 2000);
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
	st(v + step*18, d0);
	st(v + step*19, d1);
	st(v + step*20, d2);
	st(v + step*21, d3);
	st(v + step*22, d4);
	st(v + step*23, d5);
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
	st(v + step*24, d0);
	st(v + step*25, d1);
	st(v + step*26, d2);
	st(v + step*27, d3);
	st(v + step*28, d4);
	st(v + step*29, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_128to128_28x28_add_relu_b_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/7, r = u%7;
		int i = r;
		const float *xi = x + c*14400 + i*1920;

		for (int j = 0; j < 7; j++) {
			int t = r*7 + j;
			int wide = t < 17;
			int step = wide ? 2192 : 2064;
			float *v = wide ? y + t/17*78912 + (c*17 + t%17)*16
			: y + 78912 + (t - 17)/16*74304 + (c*16 + (t - 17)%16)*16;

			winograd4x4_128to128_28x28_add_relu_b_in_tile(xi + j*64, v, step);
		}
	}
}

static RC_NOINLINE void
winograd4x4_128to128_28x28_add_relu_b_p17(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 2192, m += 560) {
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();
			V a8 = zero(), b8 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*272;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					RC_FETCH(w + 4112);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
					v = bc(xk + 128); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
				}
			}

			st(m, a0);
			st(m + 16, b0);
			st(m + 32, a1);
			st(m + 48, b1);
			st(m + 64, a2);
			st(m + 80, b2);
			st(m + 96, a3);
			st(m + 112, b3);
			st(m + 128, a4);
			st(m + 144, b4);
			st(m + 160, a5);
			st(m + 176, b5);
			st(m + 192, a6);
			st(m + 208, b6);
			st(m + 224, a7);
			st(m + 240, b7);
			st(m + 256, a8);
			st(m + 272, b8);
		}
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*272 + 144;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
				}
			}

			st(m + 288, a0);
			st(m + 304, b0);
			st(m + 320, a1);
			st(m + 336, b1);
			st(m + 352, a2);
			st(m + 368, b2);
			st(m + 384, a3);
			st(m + 400, b3);
			st(m + 416, a4);
			st(m + 432, b4);
			st(m + 448, a5);
			st(m + 464, b5);
			st(m + 480, a6);
			st(m + 496, b6);
			st(m + 512, a7);
			st(m + 528, b7);
		}
	}
}

static RC_NOINLINE void
winograd4x4_128to128_28x28_add_relu_b_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 2064, m += 528) {
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					RC_FETCH(w + 4096);
					RC_FETCH(w + 4112);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
				}
			}

			st(m, a0);
			st(m + 16, b0);
			st(m + 32, a1);
			st(m + 48, b1);
			st(m + 64, a2);
			st(m + 80, b2);
			st(m + 96, a3);
			st(m + 112, b3);
			st(m + 128, a4);
			st(m + 144, b4);
			st(m + 160, a5);
			st(m + 176, b5);
			st(m + 192, a6);
			st(m + 208, b6);
			st(m + 224, a7);
			st(m + 240, b7);
		}
		{
			const float *w = u + i*4096;
			V a0 = zero(), b0 = zero();
			V a1 = zero(), b1 = zero();
			V a2 = zero(), b2 = zero();
			V a3 = zero(), b3 = zero();
			V a4 = zero(), b4 = zero();
			V a5 = zero(), b5 = zero();
			V a6 = zero(), b6 = zero();
			V a7 = zero(), b7 = zero();

			for (int c = 0; c < 8; c++) {
				const float *xk = x + c*256 + 128;

				for (int k = 0; k < 16; k++, xk++, w += 32) {
					RC_OPAQUE(xk);
					V w0 = ld(w), w1 = ld(w + 16), v;
					v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
					v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
					v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
					v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
					v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
					v = bc(xk + 80); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
					v = bc(xk + 96); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
					v = bc(xk + 112); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
				}
			}

			st(m + 256, a0);
			st(m + 272, b0);
			st(m + 288, a1);
			st(m + 304, b1);
			st(m + 320, a2);
			st(m + 336, b2);
			st(m + 352, a3);
			st(m + 368, b3);
			st(m + 384, a4);
			st(m + 400, b4);
			st(m + 416, a5);
			st(m + 432, b5);
			st(m + 448, a6);
			st(m + 464, b6);
			st(m + 480, a7);
			st(m + 496, b7);
		}
	}
}

static RC_NOINLINE void
winograd4x4_128to128_28x28_add_relu_b_out_tile(const float *RC_RESTRICT m, int step, const float *b, const float *z, float *y)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + step*6);
	d2 = ld(m + step*12);
	d3 = ld(m + step*18);
	d4 = ld(m + step*24);
	d5 = ld(m + step*30);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step);
	d1 = ld(m + step*7);
	d2 = ld(m + step*13);
	d3 = ld(m + step*19);
	d4 = ld(m + step*25);
	d5 = ld(m + step*31);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*2);
	d1 = ld(m + step*8);
	d2 = ld(m + step*14);
	d3 = ld(m + step*20);
	d4 = ld(m + step*26);
	d5 = ld(m + step*32);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*3);
	d1 = ld(m + step*9);
	d2 = ld(m + step*15);
	d3 = ld(m + step*21);
	d4 = ld(m + step*27);
	d5 = ld(m + step*33);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*4);
	d1 = ld(m + step*10);
	d2 = ld(m + step*16);
	d3 = ld(m + step*22);
	d4 = ld(m + step*28);
	d5 = ld(m + step*34);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + step*5);
	d1 = ld(m + step*11);
	d2 = ld(m + step*17);
	d3 = ld(m + step*23);
	d4 = ld(m + step*29);
	d5 = ld(m + step*35);
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
	st(y + 480, relu(add(add(y0, bias), ld(z + 480))));
	st(y + 496, relu(add(add(y1, bias), ld(z + 496))));
	st(y + 512, relu(add(add(y2, bias), ld(z + 512))));
	st(y + 528, relu(add(add(y3, bias), ld(z + 528))));

	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 960, relu(add(add(y0, bias), ld(z + 960))));
	st(y + 976, relu(add(add(y1, bias), ld(z + 976))));
	st(y + 992, relu(add(add(y2, bias), ld(z + 992))));
	st(y + 1008, relu(add(add(y3, bias), ld(z + 1008))));

	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 1440, relu(add(add(y0, bias), ld(z + 1440))));
	st(y + 1456, relu(add(add(y1, bias), ld(z + 1456))));
	st(y + 1472, relu(add(add(y2, bias), ld(z + 1472))));
	st(y + 1488, relu(add(add(y3, bias), ld(z + 1488))));
}

/* phase 2: y of a band, from V; a unit is 32 channels of one block of tiles */
static void
winograd4x4_128to128_28x28_add_relu_b(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[20160];

	for (int u = lo; u < hi; u++) {
		int og = u/3, tb = u%3;
		int wide = tb < 1, width = wide ? 17 : 16;
		int start = wide ? tb*17 : 17 + (tb - 1)*16, step = wide ? 560 : 528;

		if (wide)
			winograd4x4_128to128_28x28_add_relu_b_p17(x + tb*78912, w + og*147456, m);
		else
		winograd4x4_128to128_28x28_add_relu_b_p16(x + 78912 + (tb - 1)*74304, w + og*147456, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/7, j = (start + t)%7;
			int i = r;
			float *yt = y + i*1920 + j*64 + 496;
			const float *zt = z + i*1920 + j*64 + 496;

			for (int s = 0; s < 2; s++) {
				winograd4x4_128to128_28x28_add_relu_b_out_tile(m + t*32 + s*16, step, b + (og*2 + s)*16, zt + (og*2 + s)*14400, yt + (og*2 + s)*14400);
			}
		}
	}
}

/*
** layer3.0.downsample.0 (resnet18.lua:11)
**
** y = conv1x1(x, w) + b
** x  128 x 28 x 28  nChw16c, halo 1 1 1 1
** y  256 x 14 x 14  nChw16c
** w  32768 floats  [8 oc][8 ic][1][1][16 ic][32 oc]
** 6.42 M MACs; 14 pixels x 32 channels in 28 accumulators, 31 of 32 registers
*/
static RC_NOINLINE void
conv1x1_128to256_14x14_s2_p14(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 16);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;
	V a6 = a0, b6 = b0;
	V a7 = a0, b7 = b0;
	V a8 = a0, b8 = b0;
	V a9 = a0, b9 = b0;
	V a10 = a0, b10 = b0;
	V a11 = a0, b11 = b0;
	V a12 = a0, b12 = b0;
	V a13 = a0, b13 = b0;

	for (int c = 0; c < 8; c++) {
		const float *xk = x + c*14400;
		RC_FETCH(xk + 14400);
		RC_FETCH(xk + 14432);
		RC_FETCH(xk + 14464);
		RC_FETCH(xk + 14496);
		RC_FETCH(xk + 14528);
		RC_FETCH(xk + 14560);
		RC_FETCH(xk + 14592);
		RC_FETCH(xk + 14624);
		RC_FETCH(xk + 14656);
		RC_FETCH(xk + 14688);
		RC_FETCH(xk + 14720);
		RC_FETCH(xk + 14752);
		RC_FETCH(xk + 14784);
		RC_FETCH(xk + 14816);

		for (int k = 0; k < 16; k++, xk++, w += 32) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 16), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 32); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 64); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 96); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 128); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 160); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
			v = bc(xk + 192); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
			v = bc(xk + 224); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
			v = bc(xk + 256); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
			v = bc(xk + 288); a9 = fma_(v, w0, a9); b9 = fma_(v, w1, b9);
			v = bc(xk + 320); a10 = fma_(v, w0, a10); b10 = fma_(v, w1, b10);
			v = bc(xk + 352); a11 = fma_(v, w0, a11); b11 = fma_(v, w1, b11);
			v = bc(xk + 384); a12 = fma_(v, w0, a12); b12 = fma_(v, w1, b12);
			v = bc(xk + 416); a13 = fma_(v, w0, a13); b13 = fma_(v, w1, b13);
		}
	}

	st(y, a0);
	st(y + 16, a1);
	st(y + 32, a2);
	st(y + 48, a3);
	st(y + 64, a4);
	st(y + 80, a5);
	st(y + 96, a6);
	st(y + 112, a7);
	st(y + 128, a8);
	st(y + 144, a9);
	st(y + 160, a10);
	st(y + 176, a11);
	st(y + 192, a12);
	st(y + 208, a13);
	st(y + 3136, b0);
	st(y + 3152, b1);
	st(y + 3168, b2);
	st(y + 3184, b3);
	st(y + 3200, b4);
	st(y + 3216, b5);
	st(y + 3232, b6);
	st(y + 3248, b7);
	st(y + 3264, b8);
	st(y + 3280, b9);
	st(y + 3296, b10);
	st(y + 3312, b11);
	st(y + 3328, b12);
	st(y + 3344, b13);
}

static void
conv1x1_128to256_14x14_s2(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		int og = u/14;
		int i = u%14;
		const float *xi = x + i*960 + 496;
		const float *wi = w + og*4096;
		const float *bi = b + og*32;
		float *yi = y + og*6272 + i*224;

		conv1x1_128to256_14x14_s2_p14(xi, wi, bi, yi);
	}
}

/*
** layer3.0.conv1 (resnet18.lua:11)
**
** y = relu(conv3x3(x, w) + b)
** x  128 x 28 x 28  nChw16c, halo 1 1 1 1
** y  256 x 14 x 14  nChw16c, halo 1 1 3 3
** w  294912 floats  [8 oc][8 ic][3][3][16 ic][32 oc]
** 57.80 M MACs; 14 pixels x 32 channels in 28 accumulators, 31 of 32 registers
** 8 passes of 1 input channel blocks, so that a pass's weights stay in the first cache
*/
static RC_NOINLINE void
conv3x3_128to256_14x14_s2_relu_p14(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y, int from, int to)
{
	V a0 = from ? ld(y) : ld(b), b0 = from ? ld(y + 5184) : ld(b + 16);
	V a1 = from ? ld(y + 16) : ld(b), b1 = from ? ld(y + 5200) : ld(b + 16);
	V a2 = from ? ld(y + 32) : ld(b), b2 = from ? ld(y + 5216) : ld(b + 16);
	V a3 = from ? ld(y + 48) : ld(b), b3 = from ? ld(y + 5232) : ld(b + 16);
	V a4 = from ? ld(y + 64) : ld(b), b4 = from ? ld(y + 5248) : ld(b + 16);
	V a5 = from ? ld(y + 80) : ld(b), b5 = from ? ld(y + 5264) : ld(b + 16);
	V a6 = from ? ld(y + 96) : ld(b), b6 = from ? ld(y + 5280) : ld(b + 16);
	V a7 = from ? ld(y + 112) : ld(b), b7 = from ? ld(y + 5296) : ld(b + 16);
	V a8 = from ? ld(y + 128) : ld(b), b8 = from ? ld(y + 5312) : ld(b + 16);
	V a9 = from ? ld(y + 144) : ld(b), b9 = from ? ld(y + 5328) : ld(b + 16);
	V a10 = from ? ld(y + 160) : ld(b), b10 = from ? ld(y + 5344) : ld(b + 16);
	V a11 = from ? ld(y + 176) : ld(b), b11 = from ? ld(y + 5360) : ld(b + 16);
	V a12 = from ? ld(y + 192) : ld(b), b12 = from ? ld(y + 5376) : ld(b + 16);
	V a13 = from ? ld(y + 208) : ld(b), b13 = from ? ld(y + 5392) : ld(b + 16);

	for (int c = from; c < to; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*14400 + ki*480 + kj*16;
		RC_FETCH(xk + 14400);
		RC_FETCH(xk + 14432);
		RC_FETCH(xk + 14464);
		RC_FETCH(xk + 14496);
		RC_FETCH(xk + 14528);
		RC_FETCH(xk + 14560);
		RC_FETCH(xk + 14592);
		RC_FETCH(xk + 14624);
		RC_FETCH(xk + 14656);
		RC_FETCH(xk + 14688);
		RC_FETCH(xk + 14720);
		RC_FETCH(xk + 14752);
		RC_FETCH(xk + 14784);
		RC_FETCH(xk + 14816);

		for (int k = 0; k < 16; k++, xk++, w += 32) {
			RC_OPAQUE(xk);
			RC_FETCH(w + 4096);
			RC_FETCH(w + 4112);
			V w0 = ld(w), w1 = ld(w + 16), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 32); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 64); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 96); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 128); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 160); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
			v = bc(xk + 192); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
			v = bc(xk + 224); a7 = fma_(v, w0, a7); b7 = fma_(v, w1, b7);
			v = bc(xk + 256); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
			v = bc(xk + 288); a9 = fma_(v, w0, a9); b9 = fma_(v, w1, b9);
			v = bc(xk + 320); a10 = fma_(v, w0, a10); b10 = fma_(v, w1, b10);
			v = bc(xk + 352); a11 = fma_(v, w0, a11); b11 = fma_(v, w1, b11);
			v = bc(xk + 384); a12 = fma_(v, w0, a12); b12 = fma_(v, w1, b12);
			v = bc(xk + 416); a13 = fma_(v, w0, a13); b13 = fma_(v, w1, b13);
		}
	}

	st(y, to < 8 ? a0 : relu(a0));
	st(y + 16, to < 8 ? a1 : relu(a1));
	st(y + 32, to < 8 ? a2 : relu(a2));
	st(y + 48, to < 8 ? a3 : relu(a3));
	st(y + 64, to < 8 ? a4 : relu(a4));
	st(y + 80, to < 8 ? a5 : relu(a5));
	st(y + 96, to < 8 ? a6 : relu(a6));
	st(y + 112, to < 8 ? a7 : relu(a7));
	st(y + 128, to < 8 ? a8 : relu(a8));
	st(y + 144, to < 8 ? a9 : relu(a9));
	st(y + 160, to < 8 ? a10 : relu(a10));
	st(y + 176, to < 8 ? a11 : relu(a11));
	st(y + 192, to < 8 ? a12 : relu(a12));
	st(y + 208, to < 8 ? a13 : relu(a13));
	st(y + 5184, to < 8 ? b0 : relu(b0));
	st(y + 5200, to < 8 ? b1 : relu(b1));
	st(y + 5216, to < 8 ? b2 : relu(b2));
	st(y + 5232, to < 8 ? b3 : relu(b3));
	st(y + 5248, to < 8 ? b4 : relu(b4));
	st(y + 5264, to < 8 ? b5 : relu(b5));
	st(y + 5280, to < 8 ? b6 : relu(b6));
	st(y + 5296, to < 8 ? b7 : relu(b7));
	st(y + 5312, to < 8 ? b8 : relu(b8));
	st(y + 5328, to < 8 ? b9 : relu(b9));
	st(y + 5344, to < 8 ? b10 : relu(b10));
	st(y + 5360, to < 8 ? b11 : relu(b11));
	st(y + 5376, to < 8 ? b12 : relu(b12));
	st(y + 5392, to < 8 ? b13 : relu(b13));
}

static void
conv3x3_128to256_14x14_s2_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		int og = u/2;
		int t = u%2;
		const float *xi = x;
		const float *wi = w + og*36864;
		const float *bi = b + og*32;
		float *yi = y + og*10368 + 304;

		for (int c = 0; c < 8; c += 1) {
			int to = c + 1;

			for (int i = t*14/2; i < (t + 1)*14/2; i++) {
				conv3x3_128to256_14x14_s2_relu_p14(xi + i*960, wi + c*4608, bi, yi + i*288, c, to);
			}
		}
	}
}

/*
** layer3.0.conv2 (resnet18.lua:11)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3)
** x  256 x 14 x 14  nChw16c, halo 1 1 3 3
** z  256 x 14 x 14  nChw16c
** y  256 x 14 x 14  nChw16c, halo 1 1 3 3
** w  2359296 floats  [16 oc][36][256 ic][16 oc]: G g G'
** V  148032 floats  [16 tiles][36][16 ic][tile][16 ic]
** 37.75 M MACs instead of 115.61 M; 16 tiles x 16 channels in 16 accumulators; 39168 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_256to256_14x14_add_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
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
	st(v + 4112, d1);
	st(v + 8224, d2);
	st(v + 12336, d3);
	st(v + 16448, d4);
	st(v + 20560, d5);
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
	st(v + 123360, d0);
	st(v + 127472, d1);
	st(v + 131584, d2);
	st(v + 135696, d3);
	st(v + 139808, d4);
	st(v + 143920, d5);

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
	st(v + 24672, d0);
	st(v + 28784, d1);
	st(v + 32896, d2);
	st(v + 37008, d3);
	st(v + 41120, d4);
	st(v + 45232, d5);
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
	st(v + 49344, d0);
	st(v + 53456, d1);
	st(v + 57568, d2);
	st(v + 61680, d3);
	st(v + 65792, d4);
	st(v + 69904, d5);

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
	st(v + 74016, d0);
	st(v + 78128, d1);
	st(v + 82240, d2);
	st(v + 86352, d3);
	st(v + 90464, d4);
	st(v + 94576, d5);
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
	st(v + 98688, d0);
	st(v + 102800, d1);
	st(v + 106912, d2);
	st(v + 111024, d3);
	st(v + 115136, d4);
	st(v + 119248, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_256to256_14x14_add_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
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
			float *v = y + t/16*148032 + (c*16 + t%16)*16;

			winograd4x4_256to256_14x14_add_relu_in_tile(xi + j*64, v);
		}
	}
}

static RC_NOINLINE void
winograd4x4_256to256_14x14_add_relu_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 4112, m += 272) {
		{
			const float *w = u + i*4096;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();
			V a8 = zero();
			V a9 = zero();
			V a10 = zero();
			V a11 = zero();
			V a12 = zero();
			V a13 = zero();
			V a14 = zero();
			V a15 = zero();

			for (int c = 0; c < 16; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 16) {
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
					v = bc(xk + 128); a8 = fma_(v, w0, a8);
					v = bc(xk + 144); a9 = fma_(v, w0, a9);
					v = bc(xk + 160); a10 = fma_(v, w0, a10);
					v = bc(xk + 176); a11 = fma_(v, w0, a11);
					v = bc(xk + 192); a12 = fma_(v, w0, a12);
					v = bc(xk + 208); a13 = fma_(v, w0, a13);
					v = bc(xk + 224); a14 = fma_(v, w0, a14);
					v = bc(xk + 240); a15 = fma_(v, w0, a15);
				}
			}

			st(m, a0);
			st(m + 16, a1);
			st(m + 32, a2);
			st(m + 48, a3);
			st(m + 64, a4);
			st(m + 80, a5);
			st(m + 96, a6);
			st(m + 112, a7);
			st(m + 128, a8);
			st(m + 144, a9);
			st(m + 160, a10);
			st(m + 176, a11);
			st(m + 192, a12);
			st(m + 208, a13);
			st(m + 224, a14);
			st(m + 240, a15);
		}
	}
}

static RC_NOINLINE void
winograd4x4_256to256_14x14_add_relu_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y, int rows, int cols)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 1632);
	d2 = ld(m + 3264);
	d3 = ld(m + 4896);
	d4 = ld(m + 6528);
	d5 = ld(m + 8160);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 272);
	d1 = ld(m + 1904);
	d2 = ld(m + 3536);
	d3 = ld(m + 5168);
	d4 = ld(m + 6800);
	d5 = ld(m + 8432);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 544);
	d1 = ld(m + 2176);
	d2 = ld(m + 3808);
	d3 = ld(m + 5440);
	d4 = ld(m + 7072);
	d5 = ld(m + 8704);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 816);
	d1 = ld(m + 2448);
	d2 = ld(m + 4080);
	d3 = ld(m + 5712);
	d4 = ld(m + 7344);
	d5 = ld(m + 8976);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1088);
	d1 = ld(m + 2720);
	d2 = ld(m + 4352);
	d3 = ld(m + 5984);
	d4 = ld(m + 7616);
	d5 = ld(m + 9248);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1360);
	d1 = ld(m + 2992);
	d2 = ld(m + 4624);
	d3 = ld(m + 6256);
	d4 = ld(m + 7888);
	d5 = ld(m + 9520);
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
	if (cols > 1)
		st(y + 16, relu(add(add(y1, bias), ld(z + 16))));
	if (cols > 2)
		st(y + 32, relu(add(add(y2, bias), ld(z + 32))));
	if (cols > 3)
		st(y + 48, relu(add(add(y3, bias), ld(z + 48))));

	if (rows == 1)
		return;
	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 288, relu(add(add(y0, bias), ld(z + 224))));
	if (cols > 1)
		st(y + 304, relu(add(add(y1, bias), ld(z + 240))));
	if (cols > 2)
		st(y + 320, relu(add(add(y2, bias), ld(z + 256))));
	if (cols > 3)
		st(y + 336, relu(add(add(y3, bias), ld(z + 272))));

	if (rows == 2)
		return;
	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 576, relu(add(add(y0, bias), ld(z + 448))));
	if (cols > 1)
		st(y + 592, relu(add(add(y1, bias), ld(z + 464))));
	if (cols > 2)
		st(y + 608, relu(add(add(y2, bias), ld(z + 480))));
	if (cols > 3)
		st(y + 624, relu(add(add(y3, bias), ld(z + 496))));

	if (rows == 3)
		return;
	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 864, relu(add(add(y0, bias), ld(z + 672))));
	if (cols > 1)
		st(y + 880, relu(add(add(y1, bias), ld(z + 688))));
	if (cols > 2)
		st(y + 896, relu(add(add(y2, bias), ld(z + 704))));
	if (cols > 3)
		st(y + 912, relu(add(add(y3, bias), ld(z + 720))));
}

/* phase 2: y of a band, from V; a unit is 16 channels of one block of tiles */
static void
winograd4x4_256to256_14x14_add_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[9792];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 16, start = tb*16;

		winograd4x4_256to256_14x14_add_relu_p16(x + tb*148032, w + og*147456, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/4, j = (start + t)%4;
			int i = r;
			float *yt = y + i*1152 + j*64 + 304;
			const float *zt = z + i*896 + j*64;

			for (int s = 0; s < 1; s++) {
				winograd4x4_256to256_14x14_add_relu_out_tile(m + t*16 + s*16, b + (og*1 + s)*16, zt + (og*1 + s)*3136, yt + (og*1 + s)*5184, 14 - i*4, 14 - j*4);
			}
		}
	}
}

/*
** layer3.1.conv1 (resnet18.lua:11)
**
** y = relu(conv3x3(x, w) + b) by Winograd F(4x4, 3x3)
** x  256 x 14 x 14  nChw16c, halo 1 1 3 3
** y  256 x 14 x 14  nChw16c, halo 1 1 3 3
** w  2359296 floats  [16 oc][36][256 ic][16 oc]: G g G'
** V  148032 floats  [16 tiles][36][16 ic][tile][16 ic]
** 37.75 M MACs instead of 115.61 M; 16 tiles x 16 channels in 16 accumulators; 39168 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_256to256_14x14_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
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
	st(v + 4112, d1);
	st(v + 8224, d2);
	st(v + 12336, d3);
	st(v + 16448, d4);
	st(v + 20560, d5);
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
	st(v + 123360, d0);
	st(v + 127472, d1);
	st(v + 131584, d2);
	st(v + 135696, d3);
	st(v + 139808, d4);
	st(v + 143920, d5);

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
	st(v + 24672, d0);
	st(v + 28784, d1);
	st(v + 32896, d2);
	st(v + 37008, d3);
	st(v + 41120, d4);
	st(v + 45232, d5);
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
	st(v + 49344, d0);
	st(v + 53456, d1);
	st(v + 57568, d2);
	st(v + 61680, d3);
	st(v + 65792, d4);
	st(v + 69904, d5);

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
	st(v + 74016, d0);
	st(v + 78128, d1);
	st(v + 82240, d2);
	st(v + 86352, d3);
	st(v + 90464, d4);
	st(v + 94576, d5);
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
	st(v + 98688, d0);
	st(v + 102800, d1);
	st(v + 106912, d2);
	st(v + 111024, d3);
	st(v + 115136, d4);
	st(v + 119248, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_256to256_14x14_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
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
			float *v = y + t/16*148032 + (c*16 + t%16)*16;

			winograd4x4_256to256_14x14_relu_in_tile(xi + j*64, v);
		}
	}
}

static RC_NOINLINE void
winograd4x4_256to256_14x14_relu_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 4112, m += 272) {
		{
			const float *w = u + i*4096;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();
			V a8 = zero();
			V a9 = zero();
			V a10 = zero();
			V a11 = zero();
			V a12 = zero();
			V a13 = zero();
			V a14 = zero();
			V a15 = zero();

			for (int c = 0; c < 16; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 16) {
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
					v = bc(xk + 128); a8 = fma_(v, w0, a8);
					v = bc(xk + 144); a9 = fma_(v, w0, a9);
					v = bc(xk + 160); a10 = fma_(v, w0, a10);
					v = bc(xk + 176); a11 = fma_(v, w0, a11);
					v = bc(xk + 192); a12 = fma_(v, w0, a12);
					v = bc(xk + 208); a13 = fma_(v, w0, a13);
					v = bc(xk + 224); a14 = fma_(v, w0, a14);
					v = bc(xk + 240); a15 = fma_(v, w0, a15);
				}
			}

			st(m, a0);
			st(m + 16, a1);
			st(m + 32, a2);
			st(m + 48, a3);
			st(m + 64, a4);
			st(m + 80, a5);
			st(m + 96, a6);
			st(m + 112, a7);
			st(m + 128, a8);
			st(m + 144, a9);
			st(m + 160, a10);
			st(m + 176, a11);
			st(m + 192, a12);
			st(m + 208, a13);
			st(m + 224, a14);
			st(m + 240, a15);
		}
	}
}

static RC_NOINLINE void
winograd4x4_256to256_14x14_relu_out_tile(const float *RC_RESTRICT m, const float *b, float *y, int rows, int cols)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 1632);
	d2 = ld(m + 3264);
	d3 = ld(m + 4896);
	d4 = ld(m + 6528);
	d5 = ld(m + 8160);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 272);
	d1 = ld(m + 1904);
	d2 = ld(m + 3536);
	d3 = ld(m + 5168);
	d4 = ld(m + 6800);
	d5 = ld(m + 8432);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 544);
	d1 = ld(m + 2176);
	d2 = ld(m + 3808);
	d3 = ld(m + 5440);
	d4 = ld(m + 7072);
	d5 = ld(m + 8704);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 816);
	d1 = ld(m + 2448);
	d2 = ld(m + 4080);
	d3 = ld(m + 5712);
	d4 = ld(m + 7344);
	d5 = ld(m + 8976);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1088);
	d1 = ld(m + 2720);
	d2 = ld(m + 4352);
	d3 = ld(m + 5984);
	d4 = ld(m + 7616);
	d5 = ld(m + 9248);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1360);
	d1 = ld(m + 2992);
	d2 = ld(m + 4624);
	d3 = ld(m + 6256);
	d4 = ld(m + 7888);
	d5 = ld(m + 9520);
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
	if (cols > 1)
		st(y + 16, relu(add(y1, bias)));
	if (cols > 2)
		st(y + 32, relu(add(y2, bias)));
	if (cols > 3)
		st(y + 48, relu(add(y3, bias)));

	if (rows == 1)
		return;
	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 288, relu(add(y0, bias)));
	if (cols > 1)
		st(y + 304, relu(add(y1, bias)));
	if (cols > 2)
		st(y + 320, relu(add(y2, bias)));
	if (cols > 3)
		st(y + 336, relu(add(y3, bias)));

	if (rows == 2)
		return;
	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 576, relu(add(y0, bias)));
	if (cols > 1)
		st(y + 592, relu(add(y1, bias)));
	if (cols > 2)
		st(y + 608, relu(add(y2, bias)));
	if (cols > 3)
		st(y + 624, relu(add(y3, bias)));

	if (rows == 3)
		return;
	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 864, relu(add(y0, bias)));
	if (cols > 1)
		st(y + 880, relu(add(y1, bias)));
	if (cols > 2)
		st(y + 896, relu(add(y2, bias)));
	if (cols > 3)
		st(y + 912, relu(add(y3, bias)));
}

/* phase 2: y of a band, from V; a unit is 16 channels of one block of tiles */
static void
winograd4x4_256to256_14x14_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	float m[9792];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 16, start = tb*16;

		winograd4x4_256to256_14x14_relu_p16(x + tb*148032, w + og*147456, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/4, j = (start + t)%4;
			int i = r;
			float *yt = y + i*1152 + j*64 + 304;

			for (int s = 0; s < 1; s++) {
				winograd4x4_256to256_14x14_relu_out_tile(m + t*16 + s*16, b + (og*1 + s)*16, yt + (og*1 + s)*5184, 14 - i*4, 14 - j*4);
			}
		}
	}
}

/*
** layer3.1.conv2 (resnet18.lua:11)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3)
** x  256 x 14 x 14  nChw16c, halo 1 1 3 3
** z  256 x 14 x 14  nChw16c, halo 1 1 3 3
** y  256 x 14 x 14  nChw16c, halo 1 1 1 1
** w  2359296 floats  [16 oc][36][256 ic][16 oc]: G g G'
** V  148032 floats  [16 tiles][36][16 ic][tile][16 ic]
** 37.75 M MACs instead of 115.61 M; 16 tiles x 16 channels in 16 accumulators; 39168 bytes of stack
*/
static RC_NOINLINE void
winograd4x4_256to256_14x14_add_relu_b_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
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
	st(v + 4112, d1);
	st(v + 8224, d2);
	st(v + 12336, d3);
	st(v + 16448, d4);
	st(v + 20560, d5);
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
	st(v + 123360, d0);
	st(v + 127472, d1);
	st(v + 131584, d2);
	st(v + 135696, d3);
	st(v + 139808, d4);
	st(v + 143920, d5);

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
	st(v + 24672, d0);
	st(v + 28784, d1);
	st(v + 32896, d2);
	st(v + 37008, d3);
	st(v + 41120, d4);
	st(v + 45232, d5);
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
	st(v + 49344, d0);
	st(v + 53456, d1);
	st(v + 57568, d2);
	st(v + 61680, d3);
	st(v + 65792, d4);
	st(v + 69904, d5);

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
	st(v + 74016, d0);
	st(v + 78128, d1);
	st(v + 82240, d2);
	st(v + 86352, d3);
	st(v + 90464, d4);
	st(v + 94576, d5);
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
	st(v + 98688, d0);
	st(v + 102800, d1);
	st(v + 106912, d2);
	st(v + 111024, d3);
	st(v + 115136, d4);
	st(v + 119248, d5);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd4x4_256to256_14x14_add_relu_b_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
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
			float *v = y + t/16*148032 + (c*16 + t%16)*16;

			winograd4x4_256to256_14x14_add_relu_b_in_tile(xi + j*64, v);
		}
	}
}

static RC_NOINLINE void
winograd4x4_256to256_14x14_add_relu_b_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, x += 4112, m += 272) {
		{
			const float *w = u + i*4096;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();
			V a8 = zero();
			V a9 = zero();
			V a10 = zero();
			V a11 = zero();
			V a12 = zero();
			V a13 = zero();
			V a14 = zero();
			V a15 = zero();

			for (int c = 0; c < 16; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 16) {
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
					v = bc(xk + 128); a8 = fma_(v, w0, a8);
					v = bc(xk + 144); a9 = fma_(v, w0, a9);
					v = bc(xk + 160); a10 = fma_(v, w0, a10);
					v = bc(xk + 176); a11 = fma_(v, w0, a11);
					v = bc(xk + 192); a12 = fma_(v, w0, a12);
					v = bc(xk + 208); a13 = fma_(v, w0, a13);
					v = bc(xk + 224); a14 = fma_(v, w0, a14);
					v = bc(xk + 240); a15 = fma_(v, w0, a15);
				}
			}

			st(m, a0);
			st(m + 16, a1);
			st(m + 32, a2);
			st(m + 48, a3);
			st(m + 64, a4);
			st(m + 80, a5);
			st(m + 96, a6);
			st(m + 112, a7);
			st(m + 128, a8);
			st(m + 144, a9);
			st(m + 160, a10);
			st(m + 176, a11);
			st(m + 192, a12);
			st(m + 208, a13);
			st(m + 224, a14);
			st(m + 240, a15);
		}
	}
}

static RC_NOINLINE void
winograd4x4_256to256_14x14_add_relu_b_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y, int rows, int cols)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V d0, d1, d2, d3, d4, d5, e, f, g, h;
	V y0, y1, y2, y3, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 1632);
	d2 = ld(m + 3264);
	d3 = ld(m + 4896);
	d4 = ld(m + 6528);
	d5 = ld(m + 8160);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t00 = add(d0, add(e, g));
	t10 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t20 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t30 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 272);
	d1 = ld(m + 1904);
	d2 = ld(m + 3536);
	d3 = ld(m + 5168);
	d4 = ld(m + 6800);
	d5 = ld(m + 8432);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t01 = add(d0, add(e, g));
	t11 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t21 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t31 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 544);
	d1 = ld(m + 2176);
	d2 = ld(m + 3808);
	d3 = ld(m + 5440);
	d4 = ld(m + 7072);
	d5 = ld(m + 8704);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t02 = add(d0, add(e, g));
	t12 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t22 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t32 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 816);
	d1 = ld(m + 2448);
	d2 = ld(m + 4080);
	d3 = ld(m + 5712);
	d4 = ld(m + 7344);
	d5 = ld(m + 8976);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t03 = add(d0, add(e, g));
	t13 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t23 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t33 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1088);
	d1 = ld(m + 2720);
	d2 = ld(m + 4352);
	d3 = ld(m + 5984);
	d4 = ld(m + 7616);
	d5 = ld(m + 9248);
	e = add(d1, d2);
	f = sub(d1, d2);
	g = add(d3, d4);
	h = sub(d3, d4);
	t04 = add(d0, add(e, g));
	t14 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	t24 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	t34 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
	d0 = ld(m + 1360);
	d1 = ld(m + 2992);
	d2 = ld(m + 4624);
	d3 = ld(m + 6256);
	d4 = ld(m + 7888);
	d5 = ld(m + 9520);
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
	if (cols > 1)
		st(y + 16, relu(add(add(y1, bias), ld(z + 16))));
	if (cols > 2)
		st(y + 32, relu(add(add(y2, bias), ld(z + 32))));
	if (cols > 3)
		st(y + 48, relu(add(add(y3, bias), ld(z + 48))));

	if (rows == 1)
		return;
	e = add(t11, t12);
	f = sub(t11, t12);
	g = add(t13, t14);
	h = sub(t13, t14);
	y0 = add(t10, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t15));
	st(y + 256, relu(add(add(y0, bias), ld(z + 288))));
	if (cols > 1)
		st(y + 272, relu(add(add(y1, bias), ld(z + 304))));
	if (cols > 2)
		st(y + 288, relu(add(add(y2, bias), ld(z + 320))));
	if (cols > 3)
		st(y + 304, relu(add(add(y3, bias), ld(z + 336))));

	if (rows == 2)
		return;
	e = add(t21, t22);
	f = sub(t21, t22);
	g = add(t23, t24);
	h = sub(t23, t24);
	y0 = add(t20, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t25));
	st(y + 512, relu(add(add(y0, bias), ld(z + 576))));
	if (cols > 1)
		st(y + 528, relu(add(add(y1, bias), ld(z + 592))));
	if (cols > 2)
		st(y + 544, relu(add(add(y2, bias), ld(z + 608))));
	if (cols > 3)
		st(y + 560, relu(add(add(y3, bias), ld(z + 624))));

	if (rows == 3)
		return;
	e = add(t31, t32);
	f = sub(t31, t32);
	g = add(t33, t34);
	h = sub(t33, t34);
	y0 = add(t30, add(e, g));
	y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), t35));
	st(y + 768, relu(add(add(y0, bias), ld(z + 864))));
	if (cols > 1)
		st(y + 784, relu(add(add(y1, bias), ld(z + 880))));
	if (cols > 2)
		st(y + 800, relu(add(add(y2, bias), ld(z + 896))));
	if (cols > 3)
		st(y + 816, relu(add(add(y3, bias), ld(z + 912))));
}

/* phase 2: y of a band, from V; a unit is 16 channels of one block of tiles */
static void
winograd4x4_256to256_14x14_add_relu_b(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[9792];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 16, start = tb*16;

		winograd4x4_256to256_14x14_add_relu_b_p16(x + tb*148032, w + og*147456, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/4, j = (start + t)%4;
			int i = r;
			float *yt = y + i*1024 + j*64 + 272;
			const float *zt = z + i*1152 + j*64 + 304;

			for (int s = 0; s < 1; s++) {
				winograd4x4_256to256_14x14_add_relu_b_out_tile(m + t*16 + s*16, b + (og*1 + s)*16, zt + (og*1 + s)*5184, yt + (og*1 + s)*4096, 14 - i*4, 14 - j*4);
			}
		}
	}
}

/*
** layer4.0.downsample.0 (resnet18.lua:12)
**
** y = conv1x1(x, w) + b
** x  256 x 14 x 14  nChw16c, halo 1 1 1 1
** y  512 x 7 x 7  nChw16c
** w  131072 floats  [16 oc][16 ic][1][1][16 ic][32 oc]
** 6.42 M MACs; 7 pixels x 32 channels in 14 accumulators, 17 of 32 registers
*/
static RC_NOINLINE void
conv1x1_256to512_7x7_s2_p7(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 16);
	V a1 = a0, b1 = b0;
	V a2 = a0, b2 = b0;
	V a3 = a0, b3 = b0;
	V a4 = a0, b4 = b0;
	V a5 = a0, b5 = b0;
	V a6 = a0, b6 = b0;

	for (int c = 0; c < 16; c++) {
		const float *xk = x + c*4096;
		RC_FETCH(xk + 4096);
		RC_FETCH(xk + 4128);
		RC_FETCH(xk + 4160);
		RC_FETCH(xk + 4192);
		RC_FETCH(xk + 4224);
		RC_FETCH(xk + 4256);
		RC_FETCH(xk + 4288);

		for (int k = 0; k < 16; k++, xk++, w += 32) {
			RC_OPAQUE(xk);
			RC_FETCH(w + 4096);
			RC_FETCH(w + 4112);
			V w0 = ld(w), w1 = ld(w + 16), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 32); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 64); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 96); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 128); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 160); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
			v = bc(xk + 192); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
		}
	}

	st(y, a0);
	st(y + 16, a1);
	st(y + 32, a2);
	st(y + 48, a3);
	st(y + 64, a4);
	st(y + 80, a5);
	st(y + 96, a6);
	st(y + 784, b0);
	st(y + 800, b1);
	st(y + 816, b2);
	st(y + 832, b3);
	st(y + 848, b4);
	st(y + 864, b5);
	st(y + 880, b6);
}

static void
conv1x1_256to512_7x7_s2(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int u = lo; u < hi; u++) {
		int og = u/7;
		int i = u%7;
		const float *xi = x + i*512 + 272;
		const float *wi = w + og*8192;
		const float *bi = b + og*32;
		float *yi = y + og*1568 + i*112;

		conv1x1_256to512_7x7_s2_p7(xi, wi, bi, yi);
	}
}

/*
** layer4.0.conv1 (resnet18.lua:12)
**
** y = relu(conv3x3(x, w) + b)
** x  256 x 14 x 14  nChw16c, halo 1 1 1 1
** y  512 x 7 x 7  nChw16c, halo 1 1 2 2
** w  1179648 floats  [16 oc][16 ic][3][3][16 ic][32 oc]
** 57.80 M MACs; 7 pixels x 32 channels in 14 accumulators, 17 of 32 registers
** 16 passes of 1 input channel blocks, so that a pass's weights stay in the first cache
*/
static RC_NOINLINE void
conv3x3_256to512_7x7_s2_relu_p7(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y, int from, int to)
{
	V a0 = from ? ld(y) : ld(b), b0 = from ? ld(y + 1600) : ld(b + 16);
	V a1 = from ? ld(y + 16) : ld(b), b1 = from ? ld(y + 1616) : ld(b + 16);
	V a2 = from ? ld(y + 32) : ld(b), b2 = from ? ld(y + 1632) : ld(b + 16);
	V a3 = from ? ld(y + 48) : ld(b), b3 = from ? ld(y + 1648) : ld(b + 16);
	V a4 = from ? ld(y + 64) : ld(b), b4 = from ? ld(y + 1664) : ld(b + 16);
	V a5 = from ? ld(y + 80) : ld(b), b5 = from ? ld(y + 1680) : ld(b + 16);
	V a6 = from ? ld(y + 96) : ld(b), b6 = from ? ld(y + 1696) : ld(b + 16);

	for (int c = from; c < to; c++)
	for (int ki = 0; ki < 3; ki++)
	for (int kj = 0; kj < 3; kj++) {
		const float *xk = x + c*4096 + ki*256 + kj*16;
		RC_FETCH(xk + 4096);
		RC_FETCH(xk + 4128);
		RC_FETCH(xk + 4160);
		RC_FETCH(xk + 4192);
		RC_FETCH(xk + 4224);
		RC_FETCH(xk + 4256);
		RC_FETCH(xk + 4288);

		for (int k = 0; k < 16; k++, xk++, w += 32) {
			RC_OPAQUE(xk);
			RC_FETCH(w + 4096);
			RC_FETCH(w + 4112);
			V w0 = ld(w), w1 = ld(w + 16), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 32); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 64); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 96); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xk + 128); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xk + 160); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
			v = bc(xk + 192); a6 = fma_(v, w0, a6); b6 = fma_(v, w1, b6);
		}
	}

	st(y, to < 16 ? a0 : relu(a0));
	st(y + 16, to < 16 ? a1 : relu(a1));
	st(y + 32, to < 16 ? a2 : relu(a2));
	st(y + 48, to < 16 ? a3 : relu(a3));
	st(y + 64, to < 16 ? a4 : relu(a4));
	st(y + 80, to < 16 ? a5 : relu(a5));
	st(y + 96, to < 16 ? a6 : relu(a6));
	st(y + 1600, to < 16 ? b0 : relu(b0));
	st(y + 1616, to < 16 ? b1 : relu(b1));
	st(y + 1632, to < 16 ? b2 : relu(b2));
	st(y + 1648, to < 16 ? b3 : relu(b3));
	st(y + 1664, to < 16 ? b4 : relu(b4));
	st(y + 1680, to < 16 ? b5 : relu(b5));
	st(y + 1696, to < 16 ? b6 : relu(b6));
}

static void
conv3x3_256to512_7x7_s2_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int og = lo; og < hi; og++) {
		const float *xi = x;
		const float *wi = w + og*73728;
		const float *bi = b + og*32;
		float *yi = y + og*3200 + 176;

		for (int c = 0; c < 16; c += 1) {
			int to = c + 1;

			for (int i = 0; i < 7; i++) {
				conv3x3_256to512_7x7_s2_relu_p7(xi + i*512, wi + c*4608, bi, yi + i*160, c, to);
			}
		}
	}
}

/*
** layer4.0.conv2 (resnet18.lua:12)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(2x2, 3x3)
** x  512 x 7 x 7  nChw16c, halo 1 1 2 2
** z  512 x 7 x 7  nChw16c
** y  512 x 7 x 7  nChw16c, halo 1 1 2 2
** w  4194304 floats  [32 oc][16][512 ic][16 oc]: G g G'
** V  131328 floats  [16 tiles][16][32 ic][tile][16 ic]
** 67.11 M MACs instead of 115.61 M; 16 tiles x 16 channels in 16 accumulators; 17408 bytes of stack
*/
static RC_NOINLINE void
winograd2x2_512to512_7x7_add_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03;
	V t10, t11, t12, t13;
	V t20, t21, t22, t23;
	V t30, t31, t32, t33;
	V d0, d1, d2, d3;

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
	d0 = sub(t02, t00);
	d1 = add(t02, t01);
	d2 = sub(t02, t01);
	d3 = sub(t03, t01);
	st(v, d0);
	st(v + 8208, d1);
	st(v + 16416, d2);
	st(v + 24624, d3);
	d0 = sub(t12, t10);
	d1 = add(t12, t11);
	d2 = sub(t12, t11);
	d3 = sub(t13, t11);
	st(v + 32832, d0);
	st(v + 41040, d1);
	st(v + 49248, d2);
	st(v + 57456, d3);
	d0 = sub(t22, t20);
	d1 = add(t22, t21);
	d2 = sub(t22, t21);
	d3 = sub(t23, t21);
	st(v + 65664, d0);
	st(v + 73872, d1);
	st(v + 82080, d2);
	st(v + 90288, d3);
	d0 = sub(t32, t30);
	d1 = add(t32, t31);
	d2 = sub(t32, t31);
	d3 = sub(t33, t31);
	st(v + 98496, d0);
	st(v + 106704, d1);
	st(v + 114912, d2);
	st(v + 123120, d3);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd2x2_512to512_7x7_add_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/4, r = u%4;
		int i = r;
		const float *xi = x + c*1600 + i*320;

		for (int j = 0; j < 4; j++) {
			int t = r*4 + j;
			float *v = y + t/16*131328 + (c*16 + t%16)*16;

			winograd2x2_512to512_7x7_add_relu_in_tile(xi + j*32, v);
		}
	}
}

static RC_NOINLINE void
winograd2x2_512to512_7x7_add_relu_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 16; i++, x += 8208, m += 272) {
		{
			const float *w = u + i*8192;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();
			V a8 = zero();
			V a9 = zero();
			V a10 = zero();
			V a11 = zero();
			V a12 = zero();
			V a13 = zero();
			V a14 = zero();
			V a15 = zero();

			for (int c = 0; c < 32; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 16) {
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
					v = bc(xk + 128); a8 = fma_(v, w0, a8);
					v = bc(xk + 144); a9 = fma_(v, w0, a9);
					v = bc(xk + 160); a10 = fma_(v, w0, a10);
					v = bc(xk + 176); a11 = fma_(v, w0, a11);
					v = bc(xk + 192); a12 = fma_(v, w0, a12);
					v = bc(xk + 208); a13 = fma_(v, w0, a13);
					v = bc(xk + 224); a14 = fma_(v, w0, a14);
					v = bc(xk + 240); a15 = fma_(v, w0, a15);
				}
			}

			st(m, a0);
			st(m + 16, a1);
			st(m + 32, a2);
			st(m + 48, a3);
			st(m + 64, a4);
			st(m + 80, a5);
			st(m + 96, a6);
			st(m + 112, a7);
			st(m + 128, a8);
			st(m + 144, a9);
			st(m + 160, a10);
			st(m + 176, a11);
			st(m + 192, a12);
			st(m + 208, a13);
			st(m + 224, a14);
			st(m + 240, a15);
		}
	}
}

static RC_NOINLINE void
winograd2x2_512to512_7x7_add_relu_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y, int rows, int cols)
{
	V t00, t01, t02, t03;
	V t10, t11, t12, t13;
	V d0, d1, d2, d3;
	V y0, y1, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 1088);
	d2 = ld(m + 2176);
	d3 = ld(m + 3264);
	t00 = add(d0, add(d1, d2));
	t10 = add(d3, sub(d1, d2));
	d0 = ld(m + 272);
	d1 = ld(m + 1360);
	d2 = ld(m + 2448);
	d3 = ld(m + 3536);
	t01 = add(d0, add(d1, d2));
	t11 = add(d3, sub(d1, d2));
	d0 = ld(m + 544);
	d1 = ld(m + 1632);
	d2 = ld(m + 2720);
	d3 = ld(m + 3808);
	t02 = add(d0, add(d1, d2));
	t12 = add(d3, sub(d1, d2));
	d0 = ld(m + 816);
	d1 = ld(m + 1904);
	d2 = ld(m + 2992);
	d3 = ld(m + 4080);
	t03 = add(d0, add(d1, d2));
	t13 = add(d3, sub(d1, d2));

	y0 = add(t00, add(t01, t02));
	y1 = add(t03, sub(t01, t02));
	st(y, relu(add(add(y0, bias), ld(z))));
	if (cols > 1)
		st(y + 16, relu(add(add(y1, bias), ld(z + 16))));

	if (rows == 1)
		return;
	y0 = add(t10, add(t11, t12));
	y1 = add(t13, sub(t11, t12));
	st(y + 160, relu(add(add(y0, bias), ld(z + 112))));
	if (cols > 1)
		st(y + 176, relu(add(add(y1, bias), ld(z + 128))));
}

/* phase 2: y of a band, from V; a unit is 16 channels of one block of tiles */
static void
winograd2x2_512to512_7x7_add_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[4352];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 16, start = tb*16;

		winograd2x2_512to512_7x7_add_relu_p16(x + tb*131328, w + og*131072, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/4, j = (start + t)%4;
			int i = r;
			float *yt = y + i*320 + j*32 + 176;
			const float *zt = z + i*224 + j*32;

			for (int s = 0; s < 1; s++) {
				winograd2x2_512to512_7x7_add_relu_out_tile(m + t*16 + s*16, b + (og*1 + s)*16, zt + (og*1 + s)*784, yt + (og*1 + s)*1600, 7 - i*2, 7 - j*2);
			}
		}
	}
}

/*
** layer4.1.conv1 (resnet18.lua:12)
**
** y = relu(conv3x3(x, w) + b) by Winograd F(2x2, 3x3)
** x  512 x 7 x 7  nChw16c, halo 1 1 2 2
** y  512 x 7 x 7  nChw16c, halo 1 1 2 2
** w  4194304 floats  [32 oc][16][512 ic][16 oc]: G g G'
** V  131328 floats  [16 tiles][16][32 ic][tile][16 ic]
** 67.11 M MACs instead of 115.61 M; 16 tiles x 16 channels in 16 accumulators; 17408 bytes of stack
*/
static RC_NOINLINE void
winograd2x2_512to512_7x7_relu_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03;
	V t10, t11, t12, t13;
	V t20, t21, t22, t23;
	V t30, t31, t32, t33;
	V d0, d1, d2, d3;

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
	d0 = sub(t02, t00);
	d1 = add(t02, t01);
	d2 = sub(t02, t01);
	d3 = sub(t03, t01);
	st(v, d0);
	st(v + 8208, d1);
	st(v + 16416, d2);
	st(v + 24624, d3);
	d0 = sub(t12, t10);
	d1 = add(t12, t11);
	d2 = sub(t12, t11);
	d3 = sub(t13, t11);
	st(v + 32832, d0);
	st(v + 41040, d1);
	st(v + 49248, d2);
	st(v + 57456, d3);
	d0 = sub(t22, t20);
	d1 = add(t22, t21);
	d2 = sub(t22, t21);
	d3 = sub(t23, t21);
	st(v + 65664, d0);
	st(v + 73872, d1);
	st(v + 82080, d2);
	st(v + 90288, d3);
	d0 = sub(t32, t30);
	d1 = add(t32, t31);
	d2 = sub(t32, t31);
	d3 = sub(t33, t31);
	st(v + 98496, d0);
	st(v + 106704, d1);
	st(v + 114912, d2);
	st(v + 123120, d3);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd2x2_512to512_7x7_relu_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/4, r = u%4;
		int i = r;
		const float *xi = x + c*1600 + i*320;

		for (int j = 0; j < 4; j++) {
			int t = r*4 + j;
			float *v = y + t/16*131328 + (c*16 + t%16)*16;

			winograd2x2_512to512_7x7_relu_in_tile(xi + j*32, v);
		}
	}
}

static RC_NOINLINE void
winograd2x2_512to512_7x7_relu_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 16; i++, x += 8208, m += 272) {
		{
			const float *w = u + i*8192;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();
			V a8 = zero();
			V a9 = zero();
			V a10 = zero();
			V a11 = zero();
			V a12 = zero();
			V a13 = zero();
			V a14 = zero();
			V a15 = zero();

			for (int c = 0; c < 32; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 16) {
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
					v = bc(xk + 128); a8 = fma_(v, w0, a8);
					v = bc(xk + 144); a9 = fma_(v, w0, a9);
					v = bc(xk + 160); a10 = fma_(v, w0, a10);
					v = bc(xk + 176); a11 = fma_(v, w0, a11);
					v = bc(xk + 192); a12 = fma_(v, w0, a12);
					v = bc(xk + 208); a13 = fma_(v, w0, a13);
					v = bc(xk + 224); a14 = fma_(v, w0, a14);
					v = bc(xk + 240); a15 = fma_(v, w0, a15);
				}
			}

			st(m, a0);
			st(m + 16, a1);
			st(m + 32, a2);
			st(m + 48, a3);
			st(m + 64, a4);
			st(m + 80, a5);
			st(m + 96, a6);
			st(m + 112, a7);
			st(m + 128, a8);
			st(m + 144, a9);
			st(m + 160, a10);
			st(m + 176, a11);
			st(m + 192, a12);
			st(m + 208, a13);
			st(m + 224, a14);
			st(m + 240, a15);
		}
	}
}

static RC_NOINLINE void
winograd2x2_512to512_7x7_relu_out_tile(const float *RC_RESTRICT m, const float *b, float *y, int rows, int cols)
{
	V t00, t01, t02, t03;
	V t10, t11, t12, t13;
	V d0, d1, d2, d3;
	V y0, y1, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 1088);
	d2 = ld(m + 2176);
	d3 = ld(m + 3264);
	t00 = add(d0, add(d1, d2));
	t10 = add(d3, sub(d1, d2));
	d0 = ld(m + 272);
	d1 = ld(m + 1360);
	d2 = ld(m + 2448);
	d3 = ld(m + 3536);
	t01 = add(d0, add(d1, d2));
	t11 = add(d3, sub(d1, d2));
	d0 = ld(m + 544);
	d1 = ld(m + 1632);
	d2 = ld(m + 2720);
	d3 = ld(m + 3808);
	t02 = add(d0, add(d1, d2));
	t12 = add(d3, sub(d1, d2));
	d0 = ld(m + 816);
	d1 = ld(m + 1904);
	d2 = ld(m + 2992);
	d3 = ld(m + 4080);
	t03 = add(d0, add(d1, d2));
	t13 = add(d3, sub(d1, d2));

	y0 = add(t00, add(t01, t02));
	y1 = add(t03, sub(t01, t02));
	st(y, relu(add(y0, bias)));
	if (cols > 1)
		st(y + 16, relu(add(y1, bias)));

	if (rows == 1)
		return;
	y0 = add(t10, add(t11, t12));
	y1 = add(t13, sub(t11, t12));
	st(y + 160, relu(add(y0, bias)));
	if (cols > 1)
		st(y + 176, relu(add(y1, bias)));
}

/* phase 2: y of a band, from V; a unit is 16 channels of one block of tiles */
static void
winograd2x2_512to512_7x7_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	float m[4352];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 16, start = tb*16;

		winograd2x2_512to512_7x7_relu_p16(x + tb*131328, w + og*131072, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/4, j = (start + t)%4;
			int i = r;
			float *yt = y + i*320 + j*32 + 176;

			for (int s = 0; s < 1; s++) {
				winograd2x2_512to512_7x7_relu_out_tile(m + t*16 + s*16, b + (og*1 + s)*16, yt + (og*1 + s)*1600, 7 - i*2, 7 - j*2);
			}
		}
	}
}

/*
** layer4.1.conv2 (resnet18.lua:12)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(2x2, 3x3)
** x  512 x 7 x 7  nChw16c, halo 1 1 2 2
** z  512 x 7 x 7  nChw16c, halo 1 1 2 2
** y  512 x 7 x 7  nChw16c
** w  4194304 floats  [32 oc][16][512 ic][16 oc]: G g G'
** V  131328 floats  [16 tiles][16][32 ic][tile][16 ic]
** 67.11 M MACs instead of 115.61 M; 16 tiles x 16 channels in 16 accumulators; 17408 bytes of stack
*/
static RC_NOINLINE void
winograd2x2_512to512_7x7_add_relu_b_in_tile(const float *RC_RESTRICT x, float *RC_RESTRICT v)
{
	V t00, t01, t02, t03;
	V t10, t11, t12, t13;
	V t20, t21, t22, t23;
	V t30, t31, t32, t33;
	V d0, d1, d2, d3;

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
	d0 = sub(t02, t00);
	d1 = add(t02, t01);
	d2 = sub(t02, t01);
	d3 = sub(t03, t01);
	st(v, d0);
	st(v + 8208, d1);
	st(v + 16416, d2);
	st(v + 24624, d3);
	d0 = sub(t12, t10);
	d1 = add(t12, t11);
	d2 = sub(t12, t11);
	d3 = sub(t13, t11);
	st(v + 32832, d0);
	st(v + 41040, d1);
	st(v + 49248, d2);
	st(v + 57456, d3);
	d0 = sub(t22, t20);
	d1 = add(t22, t21);
	d2 = sub(t22, t21);
	d3 = sub(t23, t21);
	st(v + 65664, d0);
	st(v + 73872, d1);
	st(v + 82080, d2);
	st(v + 90288, d3);
	d0 = sub(t32, t30);
	d1 = add(t32, t31);
	d2 = sub(t32, t31);
	d3 = sub(t33, t31);
	st(v + 98496, d0);
	st(v + 106704, d1);
	st(v + 114912, d2);
	st(v + 123120, d3);
}

/* phase 1: V of a band, from x; a unit is one channel block of one tile row */
static void
winograd2x2_512to512_7x7_add_relu_b_in(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int u = lo; u < hi; u++) {
		int c = u/4, r = u%4;
		int i = r;
		const float *xi = x + c*1600 + i*320;

		for (int j = 0; j < 4; j++) {
			int t = r*4 + j;
			float *v = y + t/16*131328 + (c*16 + t%16)*16;

			winograd2x2_512to512_7x7_add_relu_b_in_tile(xi + j*32, v);
		}
	}
}

static RC_NOINLINE void
winograd2x2_512to512_7x7_add_relu_b_p16(const float *RC_RESTRICT x, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 16; i++, x += 8208, m += 272) {
		{
			const float *w = u + i*8192;
			V a0 = zero();
			V a1 = zero();
			V a2 = zero();
			V a3 = zero();
			V a4 = zero();
			V a5 = zero();
			V a6 = zero();
			V a7 = zero();
			V a8 = zero();
			V a9 = zero();
			V a10 = zero();
			V a11 = zero();
			V a12 = zero();
			V a13 = zero();
			V a14 = zero();
			V a15 = zero();

			for (int c = 0; c < 32; c++) {
				const float *xk = x + c*256;

				for (int k = 0; k < 16; k++, xk++, w += 16) {
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
					v = bc(xk + 128); a8 = fma_(v, w0, a8);
					v = bc(xk + 144); a9 = fma_(v, w0, a9);
					v = bc(xk + 160); a10 = fma_(v, w0, a10);
					v = bc(xk + 176); a11 = fma_(v, w0, a11);
					v = bc(xk + 192); a12 = fma_(v, w0, a12);
					v = bc(xk + 208); a13 = fma_(v, w0, a13);
					v = bc(xk + 224); a14 = fma_(v, w0, a14);
					v = bc(xk + 240); a15 = fma_(v, w0, a15);
				}
			}

			st(m, a0);
			st(m + 16, a1);
			st(m + 32, a2);
			st(m + 48, a3);
			st(m + 64, a4);
			st(m + 80, a5);
			st(m + 96, a6);
			st(m + 112, a7);
			st(m + 128, a8);
			st(m + 144, a9);
			st(m + 160, a10);
			st(m + 176, a11);
			st(m + 192, a12);
			st(m + 208, a13);
			st(m + 224, a14);
			st(m + 240, a15);
		}
	}
}

static RC_NOINLINE void
winograd2x2_512to512_7x7_add_relu_b_out_tile(const float *RC_RESTRICT m, const float *b, const float *z, float *y, int rows, int cols)
{
	V t00, t01, t02, t03;
	V t10, t11, t12, t13;
	V d0, d1, d2, d3;
	V y0, y1, bias = ld(b);

	d0 = ld(m);
	d1 = ld(m + 1088);
	d2 = ld(m + 2176);
	d3 = ld(m + 3264);
	t00 = add(d0, add(d1, d2));
	t10 = add(d3, sub(d1, d2));
	d0 = ld(m + 272);
	d1 = ld(m + 1360);
	d2 = ld(m + 2448);
	d3 = ld(m + 3536);
	t01 = add(d0, add(d1, d2));
	t11 = add(d3, sub(d1, d2));
	d0 = ld(m + 544);
	d1 = ld(m + 1632);
	d2 = ld(m + 2720);
	d3 = ld(m + 3808);
	t02 = add(d0, add(d1, d2));
	t12 = add(d3, sub(d1, d2));
	d0 = ld(m + 816);
	d1 = ld(m + 1904);
	d2 = ld(m + 2992);
	d3 = ld(m + 4080);
	t03 = add(d0, add(d1, d2));
	t13 = add(d3, sub(d1, d2));

	y0 = add(t00, add(t01, t02));
	y1 = add(t03, sub(t01, t02));
	st(y, relu(add(add(y0, bias), ld(z))));
	if (cols > 1)
		st(y + 16, relu(add(add(y1, bias), ld(z + 16))));

	if (rows == 1)
		return;
	y0 = add(t10, add(t11, t12));
	y1 = add(t13, sub(t11, t12));
	st(y + 112, relu(add(add(y0, bias), ld(z + 160))));
	if (cols > 1)
		st(y + 128, relu(add(add(y1, bias), ld(z + 176))));
}

/* phase 2: y of a band, from V; a unit is 16 channels of one block of tiles */
static void
winograd2x2_512to512_7x7_add_relu_b(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	float m[4352];

	for (int u = lo; u < hi; u++) {
		int og = u/1, tb = u%1;
		int width = 16, start = tb*16;

		winograd2x2_512to512_7x7_add_relu_b_p16(x + tb*131328, w + og*131072, m);
		for (int t = 0; t < width; t++) {
			int r = (start + t)/4, j = (start + t)%4;
			int i = r;
			float *yt = y + i*224 + j*32;
			const float *zt = z + i*320 + j*32 + 176;

			for (int s = 0; s < 1; s++) {
				winograd2x2_512to512_7x7_add_relu_b_out_tile(m + t*16 + s*16, b + (og*1 + s)*16, zt + (og*1 + s)*1600, yt + (og*1 + s)*784, 7 - i*2, 7 - j*2);
			}
		}
	}
}

/*
** avgpool (resnet18.lua:14)
**
** y = mean of x over 1x1 windows that cover it
** x  512 x 7 x 7  nChw16c
** y  512 x 1 x 1  nChw16c
*/
static void
adaptive_avg_pool_512x7x7_to_1x1(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int v = lo; v < hi; v++) {
		const float *xv = x + v*784;
		float *yv = y + v*16;

		for (int i = 0; i < 1; i++) {
			int r0 = i*7, r1 = r0 + 7;

			for (int j = 0; j < 1; j++) {
				int q0 = j*7, q1 = q0 + 7;
				V a = zero();

				for (int r = r0; r < r1; r++)
				for (int q = q0; q < q1; q++)
					a = add(a, ld(xv + r*112 + q*16));
				st(yv + i*16 + j*16, mul(a, splat(1.0f/7/7)));
			}
		}
	}
}

/*
** fc (resnet18.lua:14)
**
** y = x w' + b
** x  512 x 1 x 1  nChw16c
** y  1000 x 1 x 1  nChw16c
** w  516096 floats  [9 oc][32 ic][1][1][16 ic][112 oc]
** 0.51 M MACs; 1 pixels x 112 channels in 7 accumulators, 9 of 32 registers
*/
static RC_NOINLINE void
linear_512to1000_p1(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), b0 = ld(b + 16), c0 = ld(b + 32), d0 = ld(b + 48), e0 = ld(b + 64), f0 = ld(b + 80), g0 = ld(b + 96);

	for (int c = 0; c < 32; c++) {
		const float *xk = x + c*16;

		for (int k = 0; k < 16; k++, xk++, w += 112) {
			RC_OPAQUE(xk);
			RC_FETCH(w + 4096);
			RC_FETCH(w + 4112);
			RC_FETCH(w + 4128);
			RC_FETCH(w + 4144);
			RC_FETCH(w + 4160);
			RC_FETCH(w + 4176);
			RC_FETCH(w + 4192);
			V v0 = bc(xk), u;
			u = ld(w); a0 = fma_(v0, u, a0);
			u = ld(w + 16); b0 = fma_(v0, u, b0);
			u = ld(w + 32); c0 = fma_(v0, u, c0);
			u = ld(w + 48); d0 = fma_(v0, u, d0);
			u = ld(w + 64); e0 = fma_(v0, u, e0);
			u = ld(w + 80); f0 = fma_(v0, u, f0);
			u = ld(w + 96); g0 = fma_(v0, u, g0);
		}
	}

	st(y, a0);
	st(y + 16, b0);
	st(y + 32, c0);
	st(y + 48, d0);
	st(y + 64, e0);
	st(y + 80, f0);
	st(y + 96, g0);
}

static void
linear_512to1000(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int og = lo; og < hi; og++) {
		const float *xi = x;
		const float *wi = w + og*57344;
		const float *bi = b + og*112;
		float *yi = y + og*112;

		linear_512to1000_p1(xi, wi, bi, yi);
	}
}

/*
** fc (resnet18.lua:14), to the caller
**
** y = x
** x  1000 x 1 x 1  nChw16c
** y  1000 x 1 x 1  NCHW
*/
static void
output_1000x1x1(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
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
	B_conv1 = 9440,
	W_layer1_0_conv1 = 9504,
	B_layer1_0_conv1 = 156960,
	W_layer1_0_conv2 = 157024,
	B_layer1_0_conv2 = 304480,
	W_layer1_1_conv1 = 304544,
	B_layer1_1_conv1 = 452000,
	W_layer1_1_conv2 = 452064,
	B_layer1_1_conv2 = 599520,
	W_layer2_0_downsample_0 = 599584,
	B_layer2_0_downsample_0 = 607776,
	W_layer2_0_conv1 = 607904,
	B_layer2_0_conv1 = 681632,
	W_layer2_0_conv2 = 681760,
	B_layer2_0_conv2 = 1271584,
	W_layer2_1_conv1 = 1271712,
	B_layer2_1_conv1 = 1861536,
	W_layer2_1_conv2 = 1861664,
	B_layer2_1_conv2 = 2451488,
	W_layer3_0_downsample_0 = 2451616,
	B_layer3_0_downsample_0 = 2484384,
	W_layer3_0_conv1 = 2484640,
	B_layer3_0_conv1 = 2779552,
	W_layer3_0_conv2 = 2779808,
	B_layer3_0_conv2 = 5139104,
	W_layer3_1_conv1 = 5139360,
	B_layer3_1_conv1 = 7498656,
	W_layer3_1_conv2 = 7498912,
	B_layer3_1_conv2 = 9858208,
	W_layer4_0_downsample_0 = 9858464,
	B_layer4_0_downsample_0 = 9989536,
	W_layer4_0_conv1 = 9990048,
	B_layer4_0_conv1 = 11169696,
	W_layer4_0_conv2 = 11170208,
	B_layer4_0_conv2 = 15364512,
	W_layer4_1_conv1 = 15365024,
	B_layer4_1_conv1 = 19559328,
	W_layer4_1_conv2 = 19559840,
	B_layer4_1_conv2 = 23754144,
	W_fc = 23754656,
	B_fc = 24270752,
	W_end = 24272528
};

/* Results, in floats from the start of the workspace. */
enum {
	M_input = 802816,                /*  158704 floats, last read by conv1 */
	M_conv1 = 0,                     /*  802816 floats, last read by maxpool */
	M_maxpool = 802816,              /*  215296 floats, last read by layer1.0.conv2 */
	M_layer1_0_conv1 = 0,            /*  215296 floats, last read by layer1.0.conv2 */
	M_layer1_0_conv2 = 802816,       /*  215296 floats, last read by layer1.1.conv2, over maxpool */
	M_layer1_1_conv1 = 0,            /*  215296 floats, last read by layer1.1.conv2 */
	M_layer1_1_conv2 = 802816,       /*  215296 floats, last read by layer2.0.conv1, over layer1.0.conv2 */
	M_layer2_0_downsample_0 = 457920, /*  100352 floats, last read by layer2.0.conv2 */
	M_layer2_0_conv1 = 227520,       /*  115200 floats, last read by layer2.0.conv2 */
	M_layer2_0_conv2 = 342720,       /*  115200 floats, last read by layer2.1.conv2 */
	M_layer2_1_conv1 = 227520,       /*  115200 floats, last read by layer2.1.conv2 */
	M_layer2_1_conv2 = 342720,       /*  115200 floats, last read by layer3.0.conv1, over layer2.0.conv2 */
	M_layer3_0_downsample_0 = 457920, /*   50176 floats, last read by layer3.0.conv2 */
	M_layer3_0_conv1 = 148032,       /*   82944 floats, last read by layer3.0.conv2 */
	M_layer3_0_conv2 = 230976,       /*   82944 floats, last read by layer3.1.conv2 */
	M_layer3_1_conv1 = 148032,       /*   82944 floats, last read by layer3.1.conv2 */
	M_layer3_1_conv2 = 313920,       /*   65536 floats, last read by layer4.0.conv1 */
	M_layer4_0_downsample_0 = 233728, /*   25088 floats, last read by layer4.0.conv2 */
	M_layer4_0_conv1 = 131328,       /*   51200 floats, last read by layer4.0.conv2 */
	M_layer4_0_conv2 = 182528,       /*   51200 floats, last read by layer4.1.conv2 */
	M_layer4_1_conv1 = 131328,       /*   51200 floats, last read by layer4.1.conv2 */
	M_layer4_1_conv2 = 233728,       /*   25088 floats, last read by avgpool */
	M_avgpool = 1008,                /*     512 floats, last read by fc */
	M_fc = 0,                        /*    1008 floats, returned */
	S_layer1_0_conv1 = 215296,       /*   65664 floats, between the phases of layer1.0.conv1 */
	S_layer1_0_conv2 = 215296,       /*   65664 floats, between the phases of layer1.0.conv2 */
	S_layer1_1_conv1 = 215296,       /*   65664 floats, between the phases of layer1.1.conv1 */
	S_layer1_1_conv2 = 215296,       /*   65664 floats, between the phases of layer1.1.conv2 */
	S_layer2_0_conv2 = 0,            /*  227520 floats, between the phases of layer2.0.conv2 */
	S_layer2_1_conv1 = 0,            /*  227520 floats, between the phases of layer2.1.conv1 */
	S_layer2_1_conv2 = 0,            /*  227520 floats, between the phases of layer2.1.conv2 */
	S_layer3_0_conv2 = 0,            /*  148032 floats, between the phases of layer3.0.conv2 */
	S_layer3_1_conv1 = 0,            /*  148032 floats, between the phases of layer3.1.conv1 */
	S_layer3_1_conv2 = 0,            /*  148032 floats, between the phases of layer3.1.conv2 */
	S_layer4_0_conv2 = 0,            /*  131328 floats, between the phases of layer4.0.conv2 */
	S_layer4_1_conv1 = 0,            /*  131328 floats, between the phases of layer4.1.conv1 */
	S_layer4_1_conv2 = 0,            /*  131328 floats, between the phases of layer4.1.conv2 */
	M_end = 1018112
};

const float resnet18_mean[3] = { 0.485f, 0.456f, 0.406f };
const float resnet18_std[3] = { 0.229f, 0.224f, 0.225f };

/* For the self test and RC_CHECKED: each layer's result, which results it reads, how often it reports. */
static const rc_tensor layer_results[] = {  /* n, c, h, w, block, halo, at, row, plane, image, last reader */
	{ 1, 3, 224, 224, 1, 3, 3, 3, 3, 803509, 230, 52900, 158700, 1 },
	{ 1, 64, 112, 112, 16, 0, 0, 0, 0, 0, 1792, 200704, 802816, 2 },
	{ 1, 64, 56, 56, 16, 1, 1, 1, 1, 803760, 928, 53824, 215296, 4 },
	{ 1, 64, 56, 56, 16, 1, 1, 1, 1, 944, 928, 53824, 215296, 4 },
	{ 1, 64, 56, 56, 16, 1, 1, 1, 1, 803760, 928, 53824, 215296, 6 },
	{ 1, 64, 56, 56, 16, 1, 1, 1, 1, 944, 928, 53824, 215296, 6 },
	{ 1, 64, 56, 56, 16, 1, 1, 1, 1, 803760, 928, 53824, 215296, 8 },
	{ 1, 128, 28, 28, 16, 0, 0, 0, 0, 457920, 448, 12544, 100352, 9 },
	{ 1, 128, 28, 28, 16, 1, 1, 1, 1, 228016, 480, 14400, 115200, 9 },
	{ 1, 128, 28, 28, 16, 1, 1, 1, 1, 343216, 480, 14400, 115200, 11 },
	{ 1, 128, 28, 28, 16, 1, 1, 1, 1, 228016, 480, 14400, 115200, 11 },
	{ 1, 128, 28, 28, 16, 1, 1, 1, 1, 343216, 480, 14400, 115200, 13 },
	{ 1, 256, 14, 14, 16, 0, 0, 0, 0, 457920, 224, 3136, 50176, 14 },
	{ 1, 256, 14, 14, 16, 1, 1, 3, 3, 148336, 288, 5184, 82944, 14 },
	{ 1, 256, 14, 14, 16, 1, 1, 3, 3, 231280, 288, 5184, 82944, 16 },
	{ 1, 256, 14, 14, 16, 1, 1, 3, 3, 148336, 288, 5184, 82944, 16 },
	{ 1, 256, 14, 14, 16, 1, 1, 1, 1, 314192, 256, 4096, 65536, 18 },
	{ 1, 512, 7, 7, 16, 0, 0, 0, 0, 233728, 112, 784, 25088, 19 },
	{ 1, 512, 7, 7, 16, 1, 1, 2, 2, 131504, 160, 1600, 51200, 19 },
	{ 1, 512, 7, 7, 16, 1, 1, 2, 2, 182704, 160, 1600, 51200, 21 },
	{ 1, 512, 7, 7, 16, 1, 1, 2, 2, 131504, 160, 1600, 51200, 21 },
	{ 1, 512, 7, 7, 16, 0, 0, 0, 0, 233728, 112, 784, 25088, 22 },
	{ 1, 512, 1, 1, 16, 0, 0, 0, 0, 1008, 16, 16, 512, 23 },
	{ 1, 1000, 1, 1, 16, 0, 0, 0, 0, 0, 16, 16, 1008, 24 },
};

static const int layer_reads[] = {
	0, 1, 2, 3, 2, 4, 5, 4, 6, 6, 8, 7, 9, 10, 9, 11,
	11, 13, 12, 14, 15, 14, 16, 16, 18, 17, 19, 20, 19, 21, 22, 0
};

static const rc_probe layers[] = {
	{ "input", 0, 0, 1 },
	{ "conv1", 0, 1, 1 },
	{ "maxpool", 1, 1, 1 },
	{ "layer1.0.conv1", 2, 1, 1 },
	{ "layer1.0.conv2", 3, 2, 1 },
	{ "layer1.1.conv1", 5, 1, 1 },
	{ "layer1.1.conv2", 6, 2, 1 },
	{ "layer2.0.downsample.0", 8, 1, 1 },
	{ "layer2.0.conv1", 9, 1, 1 },
	{ "layer2.0.conv2", 10, 2, 1 },
	{ "layer2.1.conv1", 12, 1, 1 },
	{ "layer2.1.conv2", 13, 2, 1 },
	{ "layer3.0.downsample.0", 15, 1, 1 },
	{ "layer3.0.conv1", 16, 1, 1 },
	{ "layer3.0.conv2", 17, 2, 1 },
	{ "layer3.1.conv1", 19, 1, 1 },
	{ "layer3.1.conv2", 20, 2, 1 },
	{ "layer4.0.downsample.0", 22, 1, 1 },
	{ "layer4.0.conv1", 23, 1, 1 },
	{ "layer4.0.conv2", 24, 2, 1 },
	{ "layer4.1.conv1", 26, 1, 1 },
	{ "layer4.1.conv2", 27, 2, 1 },
	{ "avgpool", 29, 1, 1 },
	{ "fc", 30, 1, 1 },
};

int
resnet18_run_with(const rc_options *options, const void *weights, const float *input, float *output,
	void *workspace, size_t workspace_len)
{
	const float *w = (const float *)weights;
	float *m = (float *)workspace;
#if defined(RC_CHECKED)
	rc_checked checked;
	rc_options watched;
#endif
	int status = rc_ready(options, weights, RESNET18_PLAN_HASH, input, output, workspace, workspace_len,
		RESNET18_WORKSPACE_BYTES);

	if (status != RC_OK)
		return status;
#if defined(RC_CHECKED)
	status = rc_checked_start(&checked, &watched, options, layer_results, layers, weights, 97090112,
		input, 602112, output, 4000, workspace, 4072448);
	if (status != RC_OK)
		return status;
	options = &watched;
#endif

	rc_clear_halo(m + M_input, 3, 224, 224, 1, 3, 3, 3, 3);
	rc_step(options, 0, "input", input_3x224x224, 3,
		input, w, w, m, m + M_input);
	rc_step(options, 1, "conv1", conv7x7_3to64_112x112_s2_relu, 224,
		m + M_input, w + W_conv1, w + B_conv1, m, m + M_conv1);
	rc_clear_halo(m + M_maxpool, 4, 56, 56, 16, 1, 1, 1, 1);
	rc_step(options, 2, "maxpool", max_pool3x3_64x56x56_s2, 4,
		m + M_conv1, w, w, m, m + M_maxpool);
	rc_clear_halo(m + M_layer1_0_conv1, 4, 56, 56, 16, 1, 1, 1, 1);
	for (int i = 0; i < 7; i++) {
		rc_share(options, winograd4x4_64to64_56x56_relu_in, i*8, (i + 1)*8, m + M_maxpool, w, w, m, m + S_layer1_0_conv1);
		rc_share(options, winograd4x4_64to64_56x56_relu, i*4, (i + 1)*4, m + S_layer1_0_conv1, w + W_layer1_0_conv1, w + B_layer1_0_conv1, m, m + M_layer1_0_conv1);
	}
	rc_layer(options, 3, "layer1.0.conv1");
	for (int i = 0; i < 7; i++) {
		rc_share(options, winograd4x4_64to64_56x56_add_relu_in, i*8, (i + 1)*8, m + M_layer1_0_conv1, w, w, m, m + S_layer1_0_conv2);
		rc_share(options, winograd4x4_64to64_56x56_add_relu, i*4, (i + 1)*4, m + S_layer1_0_conv2, w + W_layer1_0_conv2, w + B_layer1_0_conv2, m + M_maxpool, m + M_layer1_0_conv2);
	}
	rc_layer(options, 4, "layer1.0.conv2");
	rc_clear_halo(m + M_layer1_1_conv1, 4, 56, 56, 16, 1, 1, 1, 1);
	for (int i = 0; i < 7; i++) {
		rc_share(options, winograd4x4_64to64_56x56_relu_in, i*8, (i + 1)*8, m + M_layer1_0_conv2, w, w, m, m + S_layer1_1_conv1);
		rc_share(options, winograd4x4_64to64_56x56_relu, i*4, (i + 1)*4, m + S_layer1_1_conv1, w + W_layer1_1_conv1, w + B_layer1_1_conv1, m, m + M_layer1_1_conv1);
	}
	rc_layer(options, 5, "layer1.1.conv1");
	for (int i = 0; i < 7; i++) {
		rc_share(options, winograd4x4_64to64_56x56_add_relu_in, i*8, (i + 1)*8, m + M_layer1_1_conv1, w, w, m, m + S_layer1_1_conv2);
		rc_share(options, winograd4x4_64to64_56x56_add_relu, i*4, (i + 1)*4, m + S_layer1_1_conv2, w + W_layer1_1_conv2, w + B_layer1_1_conv2, m + M_layer1_0_conv2, m + M_layer1_1_conv2);
	}
	rc_layer(options, 6, "layer1.1.conv2");
	rc_step(options, 7, "layer2.0.downsample.0", conv1x1_64to128_28x28_s2, 112,
		m + M_layer1_1_conv2, w + W_layer2_0_downsample_0, w + B_layer2_0_downsample_0, m, m + M_layer2_0_downsample_0);
	rc_clear_halo(m + M_layer2_0_conv1, 8, 28, 28, 16, 1, 1, 1, 1);
	rc_step(options, 8, "layer2.0.conv1", conv3x3_64to128_28x28_s2_relu, 16,
		m + M_layer1_1_conv2, w + W_layer2_0_conv1, w + B_layer2_0_conv1, m, m + M_layer2_0_conv1);
	rc_clear_halo(m + M_layer2_0_conv2, 8, 28, 28, 16, 1, 1, 1, 1);
	rc_share(options, winograd4x4_128to128_28x28_add_relu_in, 0, 56, m + M_layer2_0_conv1, w, w, m, m + S_layer2_0_conv2);
	rc_share(options, winograd4x4_128to128_28x28_add_relu, 0, 12, m + S_layer2_0_conv2, w + W_layer2_0_conv2, w + B_layer2_0_conv2, m + M_layer2_0_downsample_0, m + M_layer2_0_conv2);
	rc_layer(options, 9, "layer2.0.conv2");
	rc_clear_halo(m + M_layer2_1_conv1, 8, 28, 28, 16, 1, 1, 1, 1);
	rc_share(options, winograd4x4_128to128_28x28_relu_in, 0, 56, m + M_layer2_0_conv2, w, w, m, m + S_layer2_1_conv1);
	rc_share(options, winograd4x4_128to128_28x28_relu, 0, 12, m + S_layer2_1_conv1, w + W_layer2_1_conv1, w + B_layer2_1_conv1, m, m + M_layer2_1_conv1);
	rc_layer(options, 10, "layer2.1.conv1");
	rc_share(options, winograd4x4_128to128_28x28_add_relu_b_in, 0, 56, m + M_layer2_1_conv1, w, w, m, m + S_layer2_1_conv2);
	rc_share(options, winograd4x4_128to128_28x28_add_relu_b, 0, 12, m + S_layer2_1_conv2, w + W_layer2_1_conv2, w + B_layer2_1_conv2, m + M_layer2_0_conv2, m + M_layer2_1_conv2);
	rc_layer(options, 11, "layer2.1.conv2");
	rc_step(options, 12, "layer3.0.downsample.0", conv1x1_128to256_14x14_s2, 112,
		m + M_layer2_1_conv2, w + W_layer3_0_downsample_0, w + B_layer3_0_downsample_0, m, m + M_layer3_0_downsample_0);
	rc_clear_halo(m + M_layer3_0_conv1, 16, 14, 14, 16, 1, 1, 3, 3);
	rc_step(options, 13, "layer3.0.conv1", conv3x3_128to256_14x14_s2_relu, 16,
		m + M_layer2_1_conv2, w + W_layer3_0_conv1, w + B_layer3_0_conv1, m, m + M_layer3_0_conv1);
	rc_clear_halo(m + M_layer3_0_conv2, 16, 14, 14, 16, 1, 1, 3, 3);
	rc_share(options, winograd4x4_256to256_14x14_add_relu_in, 0, 64, m + M_layer3_0_conv1, w, w, m, m + S_layer3_0_conv2);
	rc_share(options, winograd4x4_256to256_14x14_add_relu, 0, 16, m + S_layer3_0_conv2, w + W_layer3_0_conv2, w + B_layer3_0_conv2, m + M_layer3_0_downsample_0, m + M_layer3_0_conv2);
	rc_layer(options, 14, "layer3.0.conv2");
	rc_clear_halo(m + M_layer3_1_conv1, 16, 14, 14, 16, 1, 1, 3, 3);
	rc_share(options, winograd4x4_256to256_14x14_relu_in, 0, 64, m + M_layer3_0_conv2, w, w, m, m + S_layer3_1_conv1);
	rc_share(options, winograd4x4_256to256_14x14_relu, 0, 16, m + S_layer3_1_conv1, w + W_layer3_1_conv1, w + B_layer3_1_conv1, m, m + M_layer3_1_conv1);
	rc_layer(options, 15, "layer3.1.conv1");
	rc_clear_halo(m + M_layer3_1_conv2, 16, 14, 14, 16, 1, 1, 1, 1);
	rc_share(options, winograd4x4_256to256_14x14_add_relu_b_in, 0, 64, m + M_layer3_1_conv1, w, w, m, m + S_layer3_1_conv2);
	rc_share(options, winograd4x4_256to256_14x14_add_relu_b, 0, 16, m + S_layer3_1_conv2, w + W_layer3_1_conv2, w + B_layer3_1_conv2, m + M_layer3_0_conv2, m + M_layer3_1_conv2);
	rc_layer(options, 16, "layer3.1.conv2");
	rc_step(options, 17, "layer4.0.downsample.0", conv1x1_256to512_7x7_s2, 112,
		m + M_layer3_1_conv2, w + W_layer4_0_downsample_0, w + B_layer4_0_downsample_0, m, m + M_layer4_0_downsample_0);
	rc_clear_halo(m + M_layer4_0_conv1, 32, 7, 7, 16, 1, 1, 2, 2);
	rc_step(options, 18, "layer4.0.conv1", conv3x3_256to512_7x7_s2_relu, 16,
		m + M_layer3_1_conv2, w + W_layer4_0_conv1, w + B_layer4_0_conv1, m, m + M_layer4_0_conv1);
	rc_clear_halo(m + M_layer4_0_conv2, 32, 7, 7, 16, 1, 1, 2, 2);
	rc_share(options, winograd2x2_512to512_7x7_add_relu_in, 0, 128, m + M_layer4_0_conv1, w, w, m, m + S_layer4_0_conv2);
	rc_share(options, winograd2x2_512to512_7x7_add_relu, 0, 32, m + S_layer4_0_conv2, w + W_layer4_0_conv2, w + B_layer4_0_conv2, m + M_layer4_0_downsample_0, m + M_layer4_0_conv2);
	rc_layer(options, 19, "layer4.0.conv2");
	rc_clear_halo(m + M_layer4_1_conv1, 32, 7, 7, 16, 1, 1, 2, 2);
	rc_share(options, winograd2x2_512to512_7x7_relu_in, 0, 128, m + M_layer4_0_conv2, w, w, m, m + S_layer4_1_conv1);
	rc_share(options, winograd2x2_512to512_7x7_relu, 0, 32, m + S_layer4_1_conv1, w + W_layer4_1_conv1, w + B_layer4_1_conv1, m, m + M_layer4_1_conv1);
	rc_layer(options, 20, "layer4.1.conv1");
	rc_share(options, winograd2x2_512to512_7x7_add_relu_b_in, 0, 128, m + M_layer4_1_conv1, w, w, m, m + S_layer4_1_conv2);
	rc_share(options, winograd2x2_512to512_7x7_add_relu_b, 0, 32, m + S_layer4_1_conv2, w + W_layer4_1_conv2, w + B_layer4_1_conv2, m + M_layer4_0_conv2, m + M_layer4_1_conv2);
	rc_layer(options, 21, "layer4.1.conv2");
	rc_step(options, 22, "avgpool", adaptive_avg_pool_512x7x7_to_1x1, 32,
		m + M_layer4_1_conv2, w, w, m, m + M_avgpool);
	rc_step(options, 23, "fc", linear_512to1000, 9,
		m + M_avgpool, w + W_fc, w + B_fc, m, m + M_fc);
	output_1000x1x1(m + M_fc, w, w, m, output, 0, 1000);
#if defined(RC_CHECKED)
	status = checked.status;
#endif
	return status;
}

int
resnet18_run(const void *weights, const float *input, float *output, void *workspace, size_t workspace_len)
{
	return resnet18_run_with(NULL, weights, input, output, workspace, workspace_len);
}

int
resnet18_check(const void *weights, size_t len)
{
	if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma")))
		return RC_E_CPU;
	return rc_check_blob(weights, len, RESNET18_WEIGHTS_BYTES, RESNET18_PLAN_HASH);
}

int
resnet18_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer)
{
	rc_selftest t;
	rc_options options;
	char *in = (char *)workspace + 4072448;
	int status;

	if (layer)
		*layer = NULL;
	if (!weights || !workspace)
		return RC_E_NULL;
	if (workspace_len < RESNET18_SELFTEST_BYTES)
		return RC_E_WORKSPACE_SIZE;
	rc_selftest_start(&t, &options, layer_results, layers, layer_reads, 24, (const float *)weights + 24271760,
		(float *)workspace);
	rc_selftest_floats(in, 602112);
	status = resnet18_run_with(&options, weights, (const float *)(const void *)in, (float *)(void *)(in + 602112), workspace, RESNET18_WORKSPACE_BYTES);
	if (t.wrong < 0)
		return status;
	if (layer)
		*layer = layers[t.wrong].name;
	return RC_E_SELFTEST;
}
