/* SPDX-License-Identifier: 0BSD */
/*
** cifar_resnet20.c - a network as shape-specialised C
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
#include "cifar_resnet20.h"
#include "rc_simd_avx2.h"

RC_TARGET_BEGIN

static void
halo_3x32x32(void *const *p, int lo, int hi)
{
	rc_clear_halo((float *)p[0], lo*3, hi*3, 32, 32, 1, 1, 1, 1, 1);
}

/*
** input (cifar_resnet20.lua:6)
**
** y = x
** x  3 x 32 x 32  NCHW
** y  3 x 32 x 32  NCHW, halo 1 1 1 1
*/
static void
input_3x32x32(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int c = lo; c < hi; c++) {
		const float *xc = x + c*1024;
		float *yc = y + c*1156 + 35;

		for (int i = 0; i < 32; i++)
		for (int j = 0; j < 32; j++)
			yc[i*34 + j] = xc[i*32 + j];
	}
}

static void
halo_16x32x32(void *const *p, int lo, int hi)
{
	rc_clear_halo((float *)p[0], lo, hi, 32, 32, 16, 1, 1, 1, 1);
}

/* 16 channels of 6 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_16x6_planar_relu(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y,
	int blocks, int plane, int kh, int row, int kw, int col)
{
	V a0 = ld(b), b0 = ld(b + 8), a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0, a4 = a0,
		b4 = b0, a5 = a0, b5 = b0;

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;

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

	st(y, relu(a0)); st(y + 16, relu(a1)); st(y + 32, relu(a2)); st(y + 48, relu(a3));
	st(y + 64, relu(a4)); st(y + 80, relu(a5)); st(y + 8, relu(b0)); st(y + 24, relu(b1));
	st(y + 40, relu(b2)); st(y + 56, relu(b3)); st(y + 72, relu(b4)); st(y + 88, relu(b5));
}

static RC_NOINLINE void
conv3x3_3to16_32x32_relu_p6(const float *x, const float *w, const float *b, float *y)
{
	tile_16x6_planar_relu(x, w, b, y, 3, 1156, 3, 34, 3, 1);
}

/* 16 channels of 5 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_16x5_planar_relu(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y,
	int blocks, int plane, int kh, int row, int kw, int col)
{
	V a0 = ld(b), b0 = ld(b + 8), a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0, a4 = a0,
		b4 = b0;

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;

		RC_OPAQUE(xk);
		V w0 = ld(w), w1 = ld(w + 8), v;
		v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
		v = bc(xk + 1); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
		v = bc(xk + 2); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
		v = bc(xk + 3); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		v = bc(xk + 4); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		w += 16;
	}

	st(y, relu(a0)); st(y + 16, relu(a1)); st(y + 32, relu(a2)); st(y + 48, relu(a3));
	st(y + 64, relu(a4)); st(y + 8, relu(b0)); st(y + 24, relu(b1)); st(y + 40, relu(b2));
	st(y + 56, relu(b3)); st(y + 72, relu(b4));
}

static RC_NOINLINE void
conv3x3_3to16_32x32_relu_p5(const float *x, const float *w, const float *b, float *y)
{
	tile_16x5_planar_relu(x, w, b, y, 3, 1156, 3, 34, 3, 1);
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
static void
conv3x3_3to16_32x32_relu(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *b = (const float *)p[2];
	float *y = (float *)p[3];

	for (int i = lo; i < hi; i++) {
		const float *xi = x + i*34;
		float *yi = y + i*544 + 560;

		for (int j = 0; j < 12; j += 6)
			conv3x3_3to16_32x32_relu_p6(xi + j, w, b, yi + j*16);
		for (int j = 12; j < 32; j += 5)
			conv3x3_3to16_32x32_relu_p5(xi + j, w, b, yi + j*16);
	}
}

/* m = U V at one position: 16 channels of 4 tiles; stride: from one channel block of V to the next */
static RC_INLINE void
product_16x4(const float *x, const float *w, float *m, int blocks, int stride, int ahead)
{
	V a0 = zero(), b0 = zero(), a1 = zero(), b1 = zero(), a2 = zero(), b2 = zero(), a3 = zero(),
		b3 = zero();

	for (int c = 0; c < blocks; c++, x += stride) {
		const float *xk = x;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			if (ahead) RC_FETCH(w + ahead);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		}
	}

	st(m, a0); st(m + 8, b0); st(m + 16, a1); st(m + 24, b1); st(m + 32, a2); st(m + 40, b2);
	st(m + 48, a3); st(m + 56, b3);
}

/* 8 tiles: the products of all positions */
static RC_NOINLINE void
winograd4x4_16to16_products8(const float *RC_RESTRICT v, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, v += 144, u += 256, m += 144) {
		product_16x4(v, u, m, 1, 128, 0);
		product_16x4(v + 64, u, m + 64, 1, 128, 0);
	}
}

/* B^T down a column of the input, for four outputs: the rows of 0 and infinity */
static RC_INLINE void
in4_ends(const float *x, int row, V *t0, V *t5)
{
	*t0 = fma_(ld(x), splat(0.87890625f), fma_(ld(x + 2*row), splat(-2.640625f), ld(x + 4*row)));
	*t5 = fma_(ld(x + row), splat(0.87890625f), fma_(ld(x + 3*row), splat(-2.640625f), ld(x + 5*row)));
}

/* The rows of the points p and -p; s: minus the square of the other pair's */
static RC_INLINE void
in4_pair(const float *x, int row, float s, float p, V *tp, V *tn)
{
	V e = fma_(ld(x + 2*row), splat(s), ld(x + 4*row)), f = fma_(ld(x + row), splat(s), ld(x + 3*row));

	*tp = fma_(f, splat(p), e);
	*tn = fma_(f, splat(-p), e);
}

/* B^T along a row, into V */
static RC_INLINE void
in4_row(float *v, int step, V d0, V d1, V d2, V d3, V d4, V d5)
{
	V e = fma_(d2, splat(-2.25f), d4), f = fma_(d1, splat(-2.25f), d3);
	V g = fma_(d2, splat(-0.390625f), d4), h = fma_(d1, splat(-0.390625f), d3);

	st(v, fma_(d0, splat(0.87890625f), fma_(d2, splat(-2.640625f), d4)));
	st(v + step, fma_(f, splat(0.625f), e));
	st(v + 2*step, fma_(f, splat(-0.625f), e));
	st(v + 3*step, fma_(h, splat(1.5f), g));
	st(v + 4*step, fma_(h, splat(-1.5f), g));
	st(v + 5*step, fma_(d1, splat(0.87890625f), fma_(d3, splat(-2.640625f), d5)));
}

/* One tile of the input, VL channels, into V: B^T d B */
static RC_INLINE void
in4x4_tile(const float *x, int row, float *v, int step)
{
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;
	V t40, t41, t42, t43, t44, t45;
	V t50, t51, t52, t53, t54, t55;

	in4_ends(x, row, &t00, &t50);
	in4_ends(x + 16, row, &t01, &t51);
	in4_ends(x + 32, row, &t02, &t52);
	in4_ends(x + 48, row, &t03, &t53);
	in4_ends(x + 64, row, &t04, &t54);
	in4_ends(x + 80, row, &t05, &t55);
	in4_row(v, step, t00, t01, t02, t03, t04, t05);
	in4_row(v + step*30, step, t50, t51, t52, t53, t54, t55);
	RC_OPAQUE(x);
	in4_pair(x, row, -2.25f, 0.625f, &t10, &t20);
	in4_pair(x + 16, row, -2.25f, 0.625f, &t11, &t21);
	in4_pair(x + 32, row, -2.25f, 0.625f, &t12, &t22);
	in4_pair(x + 48, row, -2.25f, 0.625f, &t13, &t23);
	in4_pair(x + 64, row, -2.25f, 0.625f, &t14, &t24);
	in4_pair(x + 80, row, -2.25f, 0.625f, &t15, &t25);
	in4_row(v + step*6, step, t10, t11, t12, t13, t14, t15);
	in4_row(v + step*12, step, t20, t21, t22, t23, t24, t25);
	RC_OPAQUE(x);
	in4_pair(x, row, -0.390625f, 1.5f, &t30, &t40);
	in4_pair(x + 16, row, -0.390625f, 1.5f, &t31, &t41);
	in4_pair(x + 32, row, -0.390625f, 1.5f, &t32, &t42);
	in4_pair(x + 48, row, -0.390625f, 1.5f, &t33, &t43);
	in4_pair(x + 64, row, -0.390625f, 1.5f, &t34, &t44);
	in4_pair(x + 80, row, -0.390625f, 1.5f, &t35, &t45);
	in4_row(v + step*18, step, t30, t31, t32, t33, t34, t35);
	in4_row(v + step*24, step, t40, t41, t42, t43, t44, t45);
}

/* A^T for four outputs */
static RC_INLINE void
out4_row(V d0, V d1, V d2, V d3, V d4, V d5, V *y0, V *y1, V *y2, V *y3)
{
	V e = add(d1, d2), f = sub(d1, d2), g = add(d3, d4), h = sub(d3, d4);

	*y0 = add(d0, add(e, g));
	*y1 = fma_(f, splat(0.625f), mul(h, splat(1.5f)));
	*y2 = fma_(e, splat(0.390625f), mul(g, splat(2.25f)));
	*y3 = fma_(f, splat(0.244140625f), fma_(h, splat(3.375f), d5));
}

/* A^T down a column of products */
static RC_INLINE void
out4_column(const float *m, int row, V *t0, V *t1, V *t2, V *t3)
{
	out4_row(ld(m), ld(m + row), ld(m + 2*row), ld(m + 3*row), ld(m + 4*row), ld(m + 5*row), t0, t1, t2, t3);
}

/* One tile back from its products, VL channels: y = relu(A^T m A + b) */
static RC_INLINE void
out4x4_tile_relu(const float *m, int step, const float *b, float *y, int yrow)
{
	V y0, y1, y2, y3, bias = ld(b);
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;

	out4_column(m, 6*step, &t00, &t10, &t20, &t30);
	out4_column(m + step, 6*step, &t01, &t11, &t21, &t31);
	out4_column(m + step*2, 6*step, &t02, &t12, &t22, &t32);
	out4_column(m + step*3, 6*step, &t03, &t13, &t23, &t33);
	out4_column(m + step*4, 6*step, &t04, &t14, &t24, &t34);
	out4_column(m + step*5, 6*step, &t05, &t15, &t25, &t35);

	out4_row(t00, t01, t02, t03, t04, t05, &y0, &y1, &y2, &y3);
	st(y, relu(add(y0, bias))); st(y + 16, relu(add(y1, bias))); st(y + 32, relu(add(y2, bias)));
	st(y + 48, relu(add(y3, bias)));

	out4_row(t10, t11, t12, t13, t14, t15, &y0, &y1, &y2, &y3);
	st(y + yrow, relu(add(y0, bias))); st(y + yrow + 16, relu(add(y1, bias)));
	st(y + yrow + 32, relu(add(y2, bias))); st(y + yrow + 48, relu(add(y3, bias)));

	out4_row(t20, t21, t22, t23, t24, t25, &y0, &y1, &y2, &y3);
	st(y + yrow*2, relu(add(y0, bias))); st(y + yrow*2 + 16, relu(add(y1, bias)));
	st(y + yrow*2 + 32, relu(add(y2, bias))); st(y + yrow*2 + 48, relu(add(y3, bias)));

	out4_row(t30, t31, t32, t33, t34, t35, &y0, &y1, &y2, &y3);
	st(y + yrow*3, relu(add(y0, bias))); st(y + yrow*3 + 16, relu(add(y1, bias)));
	st(y + yrow*3 + 32, relu(add(y2, bias))); st(y + yrow*3 + 48, relu(add(y3, bias)));
}

/*
** layer1.0.conv1 (cifar_resnet20.lua:10)
** layer1.1.conv1 (cifar_resnet20.lua:10)
** layer1.2.conv1 (cifar_resnet20.lua:10)
**
** y = relu(conv3x3(x, w) + b) by Winograd F(4x4, 3x3); a unit is a block of tiles, from x over V to y
** x  16 x 32 x 32  nChw16c, halo 1 1 1 1
** y  16 x 32 x 32  nChw16c, halo 1 1 1 1
** w  9216 floats  [1 oc][36][16 ic][16 oc]: G g G'
** 0.59 M MACs instead of 2.36 M; 4 tiles x 16 channels in 8 accumulators; m: 20736 bytes a thread, V: 20736
*/
static void
winograd4x4_16to16_32x32_relu(void *const *p, int lo, int hi)
{
	float *m = (float *)p[0];
	const float *x = (const float *)p[1], *w = (const float *)p[2], *b = (const float *)p[3];
	float *y = (float *)p[4];

	for (int tb = lo; tb < hi; tb++) {
		float *v = m + 5184;

		for (int t = 0; t < 8; t++) {
			int j = t;
			int i = tb;
			const float *xi = x + i*2176 + j*64;

			for (int s = 0; s < 16; s += 8)
				in4x4_tile(xi + s, 544, v + t*16 + s, 144);
		}
		winograd4x4_16to16_products8(v, w, m);
		for (int t = 0; t < 8; t++)
		for (int s = 0; s < 2; s++) {
			int c = s, j = t;
			int i = tb;
			out4x4_tile_relu(m + t*16 + s*8, 144, b + c*8,
				y + i*2176 + j*64 + c/2*18496 + c%2*8 + 560, 544);
		}
	}
}

/* One tile back from its products, VL channels: y = relu(A^T m A + b + z) */
static RC_INLINE void
out4x4_tile_add_relu(const float *m, int step, const float *b, const float *z, int zrow, float *y, int yrow)
{
	V y0, y1, y2, y3, bias = ld(b);
	V t00, t01, t02, t03, t04, t05;
	V t10, t11, t12, t13, t14, t15;
	V t20, t21, t22, t23, t24, t25;
	V t30, t31, t32, t33, t34, t35;

	out4_column(m, 6*step, &t00, &t10, &t20, &t30);
	out4_column(m + step, 6*step, &t01, &t11, &t21, &t31);
	out4_column(m + step*2, 6*step, &t02, &t12, &t22, &t32);
	out4_column(m + step*3, 6*step, &t03, &t13, &t23, &t33);
	out4_column(m + step*4, 6*step, &t04, &t14, &t24, &t34);
	out4_column(m + step*5, 6*step, &t05, &t15, &t25, &t35);

	out4_row(t00, t01, t02, t03, t04, t05, &y0, &y1, &y2, &y3);
	st(y, relu(add(add(y0, bias), ld(z)))); st(y + 16, relu(add(add(y1, bias), ld(z + 16))));
	st(y + 32, relu(add(add(y2, bias), ld(z + 32)))); st(y + 48, relu(add(add(y3, bias), ld(z + 48))));

	out4_row(t10, t11, t12, t13, t14, t15, &y0, &y1, &y2, &y3);
	st(y + yrow, relu(add(add(y0, bias), ld(z + zrow))));
	st(y + yrow + 16, relu(add(add(y1, bias), ld(z + zrow + 16))));
	st(y + yrow + 32, relu(add(add(y2, bias), ld(z + zrow + 32))));
	st(y + yrow + 48, relu(add(add(y3, bias), ld(z + zrow + 48))));

	out4_row(t20, t21, t22, t23, t24, t25, &y0, &y1, &y2, &y3);
	st(y + yrow*2, relu(add(add(y0, bias), ld(z + zrow*2))));
	st(y + yrow*2 + 16, relu(add(add(y1, bias), ld(z + zrow*2 + 16))));
	st(y + yrow*2 + 32, relu(add(add(y2, bias), ld(z + zrow*2 + 32))));
	st(y + yrow*2 + 48, relu(add(add(y3, bias), ld(z + zrow*2 + 48))));

	out4_row(t30, t31, t32, t33, t34, t35, &y0, &y1, &y2, &y3);
	st(y + yrow*3, relu(add(add(y0, bias), ld(z + zrow*3))));
	st(y + yrow*3 + 16, relu(add(add(y1, bias), ld(z + zrow*3 + 16))));
	st(y + yrow*3 + 32, relu(add(add(y2, bias), ld(z + zrow*3 + 32))));
	st(y + yrow*3 + 48, relu(add(add(y3, bias), ld(z + zrow*3 + 48))));
}

/*
** layer1.0.conv2 (cifar_resnet20.lua:10)
** layer1.1.conv2 (cifar_resnet20.lua:10)
** layer1.2.conv2 (cifar_resnet20.lua:10)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3); a unit is a block of tiles, from x over V to y
** x  16 x 32 x 32  nChw16c, halo 1 1 1 1
** z  16 x 32 x 32  nChw16c, halo 1 1 1 1
** y  16 x 32 x 32  nChw16c, halo 1 1 1 1
** w  9216 floats  [1 oc][36][16 ic][16 oc]: G g G'
** 0.59 M MACs instead of 2.36 M; 4 tiles x 16 channels in 8 accumulators; m: 20736 bytes a thread, V: 20736
*/
static void
winograd4x4_16to16_32x32_add_relu(void *const *p, int lo, int hi)
{
	float *m = (float *)p[0];
	const float *x = (const float *)p[1], *w = (const float *)p[2], *b = (const float *)p[3],
		*z = (const float *)p[4];
	float *y = (float *)p[5];

	for (int tb = lo; tb < hi; tb++) {
		float *v = m + 5184;

		for (int t = 0; t < 8; t++) {
			int j = t;
			int i = tb;
			const float *xi = x + i*2176 + j*64;

			for (int s = 0; s < 16; s += 8)
				in4x4_tile(xi + s, 544, v + t*16 + s, 144);
		}
		winograd4x4_16to16_products8(v, w, m);
		for (int t = 0; t < 8; t++)
		for (int s = 0; s < 2; s++) {
			int c = s, j = t;
			int i = tb;
			out4x4_tile_add_relu(m + t*16 + s*8, 144, b + c*8,
				z + i*2176 + j*64 + c/2*18496 + c%2*8 + 560, 544,
				y + i*2176 + j*64 + c/2*18496 + c%2*8 + 560, 544);
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
slice_16x32x32(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

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
pad_16x16x16(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int c = lo; c < hi; c++) {
		int from = c < 1 || c >= 3 ? 0 : c - 1;
		const float *xc = x + from/2*4096 + from%2*8;
		float *yc = y + c/2*4096 + c%2*8;

		for (int i = 0; i < 16; i++) {
			float *yr = yc + i*256;

			if (c < 1 || c >= 3) {
				for (int j = 0; j < 16; j++)
					st(yr + j*16, splat(0.0f));
				continue;
			}
			const float *xr = xc + i*256;
			for (int j = 0; j < 16; j++)
				st(yr + j*16, ld(xr + j*16));
		}
	}
}

static void
halo_32x16x16(void *const *p, int lo, int hi)
{
	rc_clear_halo((float *)p[0], lo*2, hi*2, 16, 16, 16, 1, 1, 1, 1);
}

/* 16 channels of 6 pixels, stride 2; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_16x6_s2_relu(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y,
	int blocks, int plane, int kh, int row, int kw, int col)
{
	V a0 = ld(b), b0 = ld(b + 8), a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0, a4 = a0,
		b4 = b0, a5 = a0, b5 = b0;

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;

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

	st(y, relu(a0)); st(y + 16, relu(a1)); st(y + 32, relu(a2)); st(y + 48, relu(a3));
	st(y + 64, relu(a4)); st(y + 80, relu(a5)); st(y + 8, relu(b0)); st(y + 24, relu(b1));
	st(y + 40, relu(b2)); st(y + 56, relu(b3)); st(y + 72, relu(b4)); st(y + 88, relu(b5));
}

static RC_NOINLINE void
conv3x3_16to32_16x16_s2_relu_p6(const float *x, const float *w, const float *b, float *y)
{
	tile_16x6_s2_relu(x, w, b, y, 1, 18496, 3, 544, 3, 16);
}

/* 16 channels of 5 pixels, stride 2; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_16x5_s2_relu(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y,
	int blocks, int plane, int kh, int row, int kw, int col)
{
	V a0 = ld(b), b0 = ld(b + 8), a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0, a4 = a0,
		b4 = b0;

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;

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

	st(y, relu(a0)); st(y + 16, relu(a1)); st(y + 32, relu(a2)); st(y + 48, relu(a3));
	st(y + 64, relu(a4)); st(y + 8, relu(b0)); st(y + 24, relu(b1)); st(y + 40, relu(b2));
	st(y + 56, relu(b3)); st(y + 72, relu(b4));
}

static RC_NOINLINE void
conv3x3_16to32_16x16_s2_relu_p5(const float *x, const float *w, const float *b, float *y)
{
	tile_16x5_s2_relu(x, w, b, y, 1, 18496, 3, 544, 3, 16);
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
static void
conv3x3_16to32_16x16_s2_relu(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *b = (const float *)p[2];
	float *y = (float *)p[3];

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

/* 4 tiles: the products of all positions */
static RC_NOINLINE void
winograd4x4_32to32_products4(const float *RC_RESTRICT v, const float *RC_RESTRICT u, float *RC_RESTRICT m)
{
	for (int i = 0; i < 36; i++, v += 144, u += 512, m += 80)
		product_16x4(v, u, m, 2, 64, 0);
}

/*
** layer2.0.conv2 (cifar_resnet20.lua:11)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3); a unit is a block of tiles, from x over V to y
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** z  32 x 16 x 16  nChw16c
** y  32 x 16 x 16  nChw16c, halo 1 1 1 1
** w  36864 floats  [2 oc][36][32 ic][16 oc]: G g G'
** 0.59 M MACs instead of 2.36 M; 4 tiles x 16 channels in 8 accumulators; m: 11520 bytes a thread, V: 20736
*/
static void
winograd4x4_32to32_16x16_add_relu(void *const *p, int lo, int hi)
{
	float *m = (float *)p[0];
	const float *x = (const float *)p[1], *w = (const float *)p[2], *b = (const float *)p[3],
		*z = (const float *)p[4];
	float *y = (float *)p[5];

	for (int tb = lo; tb < hi; tb++) {
		float *v = m + 2880;

		for (int t = 0; t < 4; t++) {
			int j = t;
			int i = tb;
			const float *xi = x + i*1152 + j*64;

			for (int c = 0; c < 2; c++)
			for (int s = 0; s < 16; s += 8)
				in4x4_tile(xi + c*5184 + s, 288, v + (c*4 + t)*16 + s, 144);
		}
		for (int og = 0; og < 2; og++) {
			winograd4x4_32to32_products4(v, w + og*18432, m);
			for (int t = 0; t < 4; t++)
			for (int s = 0; s < 2; s++) {
				int c = og*2 + s, j = t;
				int i = tb;
				out4x4_tile_add_relu(m + t*16 + s*8, 80, b + c*8,
					z + i*1024 + j*64 + c/2*4096 + c%2*8, 256,
					y + i*1152 + j*64 + c/2*5184 + c%2*8 + 304, 288);
			}
		}
	}
}

/*
** layer2.1.conv1 (cifar_resnet20.lua:11)
** layer2.2.conv1 (cifar_resnet20.lua:11)
**
** y = relu(conv3x3(x, w) + b) by Winograd F(4x4, 3x3); a unit is a block of tiles, from x over V to y
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** y  32 x 16 x 16  nChw16c, halo 1 1 1 1
** w  36864 floats  [2 oc][36][32 ic][16 oc]: G g G'
** 0.59 M MACs instead of 2.36 M; 4 tiles x 16 channels in 8 accumulators; m: 11520 bytes a thread, V: 20736
*/
static void
winograd4x4_32to32_16x16_relu(void *const *p, int lo, int hi)
{
	float *m = (float *)p[0];
	const float *x = (const float *)p[1], *w = (const float *)p[2], *b = (const float *)p[3];
	float *y = (float *)p[4];

	for (int tb = lo; tb < hi; tb++) {
		float *v = m + 2880;

		for (int t = 0; t < 4; t++) {
			int j = t;
			int i = tb;
			const float *xi = x + i*1152 + j*64;

			for (int c = 0; c < 2; c++)
			for (int s = 0; s < 16; s += 8)
				in4x4_tile(xi + c*5184 + s, 288, v + (c*4 + t)*16 + s, 144);
		}
		for (int og = 0; og < 2; og++) {
			winograd4x4_32to32_products4(v, w + og*18432, m);
			for (int t = 0; t < 4; t++)
			for (int s = 0; s < 2; s++) {
				int c = og*2 + s, j = t;
				int i = tb;
				out4x4_tile_relu(m + t*16 + s*8, 80, b + c*8,
					y + i*1152 + j*64 + c/2*5184 + c%2*8 + 304, 288);
			}
		}
	}
}

/*
** layer2.1.conv2 (cifar_resnet20.lua:11)
** layer2.2.conv2 (cifar_resnet20.lua:11)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3); a unit is a block of tiles, from x over V to y
** x  32 x 16 x 16  nChw16c, halo 1 1 1 1
** z  32 x 16 x 16  nChw16c, halo 1 1 1 1
** y  32 x 16 x 16  nChw16c, halo 1 1 1 1
** w  36864 floats  [2 oc][36][32 ic][16 oc]: G g G'
** 0.59 M MACs instead of 2.36 M; 4 tiles x 16 channels in 8 accumulators; m: 11520 bytes a thread, V: 20736
*/
static void
winograd4x4_32to32_16x16_add_relu_2(void *const *p, int lo, int hi)
{
	float *m = (float *)p[0];
	const float *x = (const float *)p[1], *w = (const float *)p[2], *b = (const float *)p[3],
		*z = (const float *)p[4];
	float *y = (float *)p[5];

	for (int tb = lo; tb < hi; tb++) {
		float *v = m + 2880;

		for (int t = 0; t < 4; t++) {
			int j = t;
			int i = tb;
			const float *xi = x + i*1152 + j*64;

			for (int c = 0; c < 2; c++)
			for (int s = 0; s < 16; s += 8)
				in4x4_tile(xi + c*5184 + s, 288, v + (c*4 + t)*16 + s, 144);
		}
		for (int og = 0; og < 2; og++) {
			winograd4x4_32to32_products4(v, w + og*18432, m);
			for (int t = 0; t < 4; t++)
			for (int s = 0; s < 2; s++) {
				int c = og*2 + s, j = t;
				int i = tb;
				out4x4_tile_add_relu(m + t*16 + s*8, 80, b + c*8,
					z + i*1152 + j*64 + c/2*5184 + c%2*8 + 304, 288,
					y + i*1152 + j*64 + c/2*5184 + c%2*8 + 304, 288);
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
slice_32x16x16(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

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
pad_32x8x8(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int c = lo; c < hi; c++) {
		int from = c < 2 || c >= 6 ? 0 : c - 2;
		const float *xc = x + from/2*1024 + from%2*8;
		float *yc = y + c/2*1024 + c%2*8;

		for (int i = 0; i < 8; i++) {
			float *yr = yc + i*128;

			if (c < 2 || c >= 6) {
				for (int j = 0; j < 8; j++)
					st(yr + j*16, splat(0.0f));
				continue;
			}
			const float *xr = xc + i*128;
			for (int j = 0; j < 8; j++)
				st(yr + j*16, ld(xr + j*16));
		}
	}
}

static void
halo_64x8x8(void *const *p, int lo, int hi)
{
	rc_clear_halo((float *)p[0], lo*4, hi*4, 8, 8, 16, 1, 1, 1, 1);
}

/*
** 16 channels of 4 pixels, stride 2; plane, row, col: from one block of channels, one tap to the next
** fetched meanwhile: pixels at next
*/
static RC_INLINE void
tile_16x4_s2_relu(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y,
	int blocks, int plane, int kh, int row, int kw, int col, int next)
{
	V a0 = ld(b), b0 = ld(b + 8), a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0;

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;
		RC_FETCH(xk + next); RC_FETCH(xk + next + 32); RC_FETCH(xk + next + 64); RC_FETCH(xk + next + 96);

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 32); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 64); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 96); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		}
	}

	st(y, relu(a0)); st(y + 16, relu(a1)); st(y + 32, relu(a2)); st(y + 48, relu(a3));
	st(y + 8, relu(b0)); st(y + 24, relu(b1)); st(y + 40, relu(b2)); st(y + 56, relu(b3));
}

static RC_NOINLINE void
conv3x3_32to64_8x8_s2_relu_p4(const float *x, const float *w, const float *b, float *y)
{
	tile_16x4_s2_relu(x, w, b, y, 2, 5184, 3, 288, 3, 16, 5184);
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
static void
conv3x3_32to64_8x8_s2_relu(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *b = (const float *)p[2];
	float *y = (float *)p[3];

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
** layer3.1.conv1 (cifar_resnet20.lua:12)
** layer3.1.conv2 (cifar_resnet20.lua:12)
** layer3.2.conv1 (cifar_resnet20.lua:12)
** layer3.2.conv2 (cifar_resnet20.lua:12)
**
** V of x for Winograd F(4x4, 3x3); a unit is one channel block of one tile row
** x  64 x 8 x 8  nChw16c, halo 1 1 1 1
** V  9792 floats  [4 tiles][36][4 ic][tile][16 ic]
*/
static void
winograd4x4_in_64x8x8(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *v = (float *)p[1];

	for (int u = lo; u < hi; u++) {
		int c = u/2, i = u%2;
		const float *xi = x + c*1600 + i*640;

		for (int j = 0; j < 2; j++) {
			int t = i*2 + j;
			float *vt = v + t/4*9792 + (c*4 + t%4)*16;

			for (int s = 0; s < 16; s += 8)
				in4x4_tile(xi + j*64 + s, 160, vt + s, 272);
		}
	}
}

/* m += U V at one position: 16 channels of 4 tiles; stride: from one channel block of V to the next */
static RC_INLINE void
product_16x4_36(const float *x, const float *w, float *m, int blocks, int stride, const float *next)
{
	V a0 = ld(m), b0 = ld(m + 8), a1 = ld(m + 16), b1 = ld(m + 24), a2 = ld(m + 32), b2 = ld(m + 40),
		a3 = ld(m + 48), b3 = ld(m + 56);

	for (int c = 0; c < blocks; c++, x += stride) {
		const float *xk = x;

		if (next) {
			RC_FETCH(next); RC_FETCH_FAR(next + 2304); RC_FETCH(next + 16); RC_FETCH_FAR(next + 2320);
			RC_FETCH(next + 32); RC_FETCH_FAR(next + 2336); RC_FETCH(next + 48); RC_FETCH_FAR(next + 2352);
			next += 64;
		}
		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		}
	}

	st(m, a0); st(m + 8, b0); st(m + 16, a1); st(m + 24, b1); st(m + 32, a2); st(m + 40, b2);
	st(m + 48, a3); st(m + 56, b3);
}

/* Some positions of 4 tiles */
static RC_NOINLINE void
row_64to16x4(const float *RC_RESTRICT v, const float *RC_RESTRICT u, float *RC_RESTRICT m, int count,
	int blocks, const float *next)
{
	for (int j = 0; j < count; j++, v += 272, u += 272, m += 80, next += blocks*64)
		product_16x4_36(v, u, m, blocks, 64, next);
}

/* G along a row, into U */
static RC_INLINE void
filter4_row(float *u, int step, V h0, V h1, V h2)
{
	V e, o;

	st(u, mul(h0, splat(1.13777778f)));
	e = fma_(h2, splat(-0.268907563f), mul(h0, splat(-0.688403361f)));
	o = mul(h1, splat(-0.430252101f));
	st(u + step, add(e, o));
	st(u + step*2, sub(e, o));
	e = fma_(h2, splat(0.268907563f), mul(h0, splat(0.119514472f)));
	o = mul(h1, splat(0.179271709f));
	st(u + step*3, add(e, o));
	st(u + step*4, sub(e, o));
	st(u + 5*step, h2);
}

/* G g G' */
static RC_NOINLINE void
filter4_row_16(const float *RC_RESTRICT w, float *RC_RESTRICT u, int step, int blocks, float g)
{
	for (int i = 0; i < blocks; i++, w += 2048)
	for (int c = 0; c < 16; c++, w += 16, u += 16)
	for (int s = 0; s < 16; s += 8) {
		V g0 = splat(g);
		filter4_row(u + s, step, mul(ld(w + s), g0), mul(ld(w + 256 + s), g0), mul(ld(w + 512 + s), g0));
	}
}

/* G g G' */
static RC_NOINLINE void
filter4_pair_16(const float *RC_RESTRICT w, float *RC_RESTRICT u, int step, int blocks, float g0, float g1,
	float g2)
{
	for (int i = 0; i < blocks; i++, w += 2048)
	for (int c = 0; c < 16; c++, w += 16, u += 16)
	for (int s = 0; s < 16; s += 8) {
		V e0 = fma_(ld(w + 1536 + s), splat(g2), mul(ld(w + s), splat(g0)));
		V o0 = mul(ld(w + 768 + s), splat(g1));
		V e1 = fma_(ld(w + 1792 + s), splat(g2), mul(ld(w + 256 + s), splat(g0)));
		V o1 = mul(ld(w + 1024 + s), splat(g1));
		V e2 = fma_(ld(w + 2048 + s), splat(g2), mul(ld(w + 512 + s), splat(g0)));
		V o2 = mul(ld(w + 1280 + s), splat(g1));
		filter4_row(u + s, step, add(e0, o0), add(e1, o1), add(e2, o2));
		filter4_row(u + 6*step + s, step, sub(e0, o0), sub(e1, o1), sub(e2, o2));
	}
}

/* 4 tiles: all positions, weights transformed on the fly */
static RC_NOINLINE void
winograd4x4_64to64_fly4(const float *RC_RESTRICT v, const float *w, float *RC_RESTRICT u,
	float *RC_RESTRICT m)
{
	const float *next = w + 2304;

	rc_clear(m, 2880);
	for (int c = 0; c < 4; c++, v += 64, w += 2304, next += 2304) {
		filter4_row_16(w, u, 272, 1, 1.13777778f);
		row_64to16x4(v, u, m, 6, 1, next);
		filter4_pair_16(w, u, 272, 1, -0.688403361f, -0.430252101f, -0.268907563f);
		row_64to16x4(v + 1632, u, m + 480, 12, 1, next + 384);
		filter4_pair_16(w, u, 272, 1, 0.119514472f, 0.179271709f, 0.268907563f);
		row_64to16x4(v + 4896, u, m + 1440, 12, 1, next + 1152);
		filter4_row_16(w + 1536, u, 272, 1, 1.0f);
		row_64to16x4(v + 8160, u, m + 2400, 6, 1, next + 1920);
	}
}

/*
** layer3.0.conv2 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3), from V of x; a unit is 16 channels of one block of tiles
** z  64 x 8 x 8  nChw16c
** y  64 x 8 x 8  nChw16c, halo 1 1 1 1
** w  36864 floats  [4 oc][4 ic][3][3][16 ic][16 oc]; G g G' of 16 of its channels: 13056 bytes a thread
** 0.59 M MACs instead of 2.36 M; 4 tiles x 16 channels in 8 accumulators; m: 11520 bytes a thread
*/
static void
winograd4x4_fly_64to64_8x8_add_relu(void *const *p, int lo, int hi)
{
	float *m = (float *)p[0];
	const float *v = (const float *)p[1], *w = (const float *)p[2], *b = (const float *)p[3],
		*z = (const float *)p[4];
	float *y = (float *)p[5];

	for (int u = lo; u < hi; u++) {
		int og = u;

		winograd4x4_64to64_fly4(v, w + og*9216, m + 2880, m);
		for (int t = 0; t < 4; t++)
		for (int s = 0; s < 2; s++) {
			int c = og*2 + s, j = t%2;
			int i = t/2;
			out4x4_tile_add_relu(m + t*16 + s*8, 80, b + c*8,
				z + i*512 + j*64 + c/2*1024 + c%2*8, 128,
				y + i*640 + j*64 + c/2*1600 + c%2*8 + 176, 160);
		}
	}
}

/*
** layer3.1.conv1 (cifar_resnet20.lua:12)
** layer3.2.conv1 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b) by Winograd F(4x4, 3x3), from V of x; a unit is 16 channels of one block of tiles
** y  64 x 8 x 8  nChw16c, halo 1 1 1 1
** w  36864 floats  [4 oc][4 ic][3][3][16 ic][16 oc]; G g G' of 16 of its channels: 13056 bytes a thread
** 0.59 M MACs instead of 2.36 M; 4 tiles x 16 channels in 8 accumulators; m: 11520 bytes a thread
*/
static void
winograd4x4_fly_64to64_8x8_relu(void *const *p, int lo, int hi)
{
	float *m = (float *)p[0];
	const float *v = (const float *)p[1], *w = (const float *)p[2], *b = (const float *)p[3];
	float *y = (float *)p[4];

	for (int u = lo; u < hi; u++) {
		int og = u;

		winograd4x4_64to64_fly4(v, w + og*9216, m + 2880, m);
		for (int t = 0; t < 4; t++)
		for (int s = 0; s < 2; s++) {
			int c = og*2 + s, j = t%2;
			int i = t/2;
			out4x4_tile_relu(m + t*16 + s*8, 80, b + c*8,
				y + i*640 + j*64 + c/2*1600 + c%2*8 + 176, 160);
		}
	}
}

/*
** layer3.1.conv2 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3), from V of x; a unit is 16 channels of one block of tiles
** z  64 x 8 x 8  nChw16c, halo 1 1 1 1
** y  64 x 8 x 8  nChw16c, halo 1 1 1 1
** w  36864 floats  [4 oc][4 ic][3][3][16 ic][16 oc]; G g G' of 16 of its channels: 13056 bytes a thread
** 0.59 M MACs instead of 2.36 M; 4 tiles x 16 channels in 8 accumulators; m: 11520 bytes a thread
*/
static void
winograd4x4_fly_64to64_8x8_add_relu_2(void *const *p, int lo, int hi)
{
	float *m = (float *)p[0];
	const float *v = (const float *)p[1], *w = (const float *)p[2], *b = (const float *)p[3],
		*z = (const float *)p[4];
	float *y = (float *)p[5];

	for (int u = lo; u < hi; u++) {
		int og = u;

		winograd4x4_64to64_fly4(v, w + og*9216, m + 2880, m);
		for (int t = 0; t < 4; t++)
		for (int s = 0; s < 2; s++) {
			int c = og*2 + s, j = t%2;
			int i = t/2;
			out4x4_tile_add_relu(m + t*16 + s*8, 80, b + c*8,
				z + i*640 + j*64 + c/2*1600 + c%2*8 + 176, 160,
				y + i*640 + j*64 + c/2*1600 + c%2*8 + 176, 160);
		}
	}
}

/*
** layer3.2.conv2 (cifar_resnet20.lua:12)
**
** y = relu(conv3x3(x, w) + b + z) by Winograd F(4x4, 3x3), from V of x; a unit is 16 channels of one block of tiles
** z  64 x 8 x 8  nChw16c, halo 1 1 1 1
** y  64 x 8 x 8  nChw16c
** w  36864 floats  [4 oc][4 ic][3][3][16 ic][16 oc]; G g G' of 16 of its channels: 13056 bytes a thread
** 0.59 M MACs instead of 2.36 M; 4 tiles x 16 channels in 8 accumulators; m: 11520 bytes a thread
*/
static void
winograd4x4_fly_64to64_8x8_add_relu_3(void *const *p, int lo, int hi)
{
	float *m = (float *)p[0];
	const float *v = (const float *)p[1], *w = (const float *)p[2], *b = (const float *)p[3],
		*z = (const float *)p[4];
	float *y = (float *)p[5];

	for (int u = lo; u < hi; u++) {
		int og = u;

		winograd4x4_64to64_fly4(v, w + og*9216, m + 2880, m);
		for (int t = 0; t < 4; t++)
		for (int s = 0; s < 2; s++) {
			int c = og*2 + s, j = t%2;
			int i = t/2;
			out4x4_tile_add_relu(m + t*16 + s*8, 80, b + c*8,
				z + i*640 + j*64 + c/2*1600 + c%2*8 + 176, 160,
				y + i*512 + j*64 + c/2*1024 + c%2*8, 128);
		}
	}
}

/*
** avgpool (cifar_resnet20.lua:14)
**
** y = mean of each channel of x
** x  64 x 8 x 8  nChw16c
** y  64 x 1 x 1  nChw16c
*/
static void
adaptive_avg_pool_64x8x8_to_1x1(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*1024 + v%2*8;
		float *yv = y + v/2*16 + v%2*8;
		V a = zero();

		for (int r = 0; r < 8; r++) {
			V b = zero();

			for (int q = 0; q < 8; q++)
				b = add(b, ld(xv + r*128 + q*16));
			a = add(a, b);
		}
		st(yv, mul(a, splat(1.0f/8/8)));
	}
}

/* 16 channels of 1 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_16x1(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y, int blocks,
	int plane, int kh, int row, int kw, int col)
{
	V a0 = ld(b), b0 = ld(b + 8);

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;

		for (int k = 0; k < 16; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V v0 = bc(xk), wv;
			wv = ld(w); a0 = fma_(v0, wv, a0);
			wv = ld(w + 8); b0 = fma_(v0, wv, b0);
		}
	}

	st(y, a0); st(y + 8, b0);
}

static RC_NOINLINE void
linear_64to10_p1(const float *x, const float *w, const float *b, float *y)
{
	tile_16x1(x, w, b, y, 4, 16, 1, 16, 1, 16);
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
static void
linear_64to10(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *b = (const float *)p[2];
	float *y = (float *)p[3];

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
output_10x1x1(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int c = lo; c < hi; c++) {
		const float *xc = x + c/16*16 + c%16;
		float *yc = y + c;

		for (int i = 0; i < 1; i++)
		for (int j = 0; j < 1; j++)
			yc[i + j] = xc[i*16 + j*16];
	}
}

RC_TARGET_END

/*
** The network, a step a row: the layer that is done after it, the kernel, units of work in a round, rounds, 1
** where it may begin beside the step before and 2 where threads are called anew, bytes of its first operand that
** each thread has to itself, and where its operands lie in bytes: in the workspace, in the weights (RC_W +), in the
** caller's arrays.
*/
static const rc_step steps[] = {
	{ NULL,              halo_3x32x32,                         1, 1, 0,     0, { 0 } },
	{ "input",           input_3x32x32,                        3, 1, 1,     0, { RC_IN, 0 } },
	{ NULL,              halo_16x32x32,                        1, 1, 1,     0, { 331776 } },
	{ "conv1",           conv3x3_3to16_32x32_relu,            32, 1, 0,     0, { 0, RC_W + 128, RC_W + 1856, 331776 } },
	{ NULL,              halo_16x32x32,                        1, 1, 1,     0, { 405760 } },
	{ "layer1.0.conv1",  winograd4x4_16to16_32x32_relu,        8, 1, 0, 41472,
		{ 0, 331776, RC_W + 1920, RC_W + 38784, 405760 } },
	{ "layer1.0.conv2",  winograd4x4_16to16_32x32_add_relu,    8, 1, 0, 41472,
		{ 0, 405760, RC_W + 38848, RC_W + 75712, 331776, 331776 } },
	{ NULL,              halo_16x32x32,                        1, 1, 0,     0, { 405760 } },
	{ "layer1.1.conv1",  winograd4x4_16to16_32x32_relu,        8, 1, 1, 41472,
		{ 0, 331776, RC_W + 75776, RC_W + 112640, 405760 } },
	{ "layer1.1.conv2",  winograd4x4_16to16_32x32_add_relu,    8, 1, 0, 41472,
		{ 0, 405760, RC_W + 112704, RC_W + 149568, 331776, 331776 } },
	{ NULL,              halo_16x32x32,                        1, 1, 0,     0, { 405760 } },
	{ "layer1.2.conv1",  winograd4x4_16to16_32x32_relu,        8, 1, 1, 41472,
		{ 0, 331776, RC_W + 149632, RC_W + 186496, 405760 } },
	{ "layer1.2.conv2",  winograd4x4_16to16_32x32_add_relu,    8, 1, 0, 41472,
		{ 0, 405760, RC_W + 186560, RC_W + 223424, 331776, 331776 } },
	{ "layer2.0.slice1", slice_16x32x32,                       2, 1, 0,     0, { 331776, 0 } },
	{ "layer2.0.pad1",   pad_16x16x16,                         4, 1, 0,     0, { 0, 211968 } },
	{ NULL,              halo_32x16x16,                        1, 1, 1,     0, { 129024 } },
	{ "layer2.0.conv1",  conv3x3_16to32_16x16_s2_relu,        32, 1, 1,     0,
		{ 331776, RC_W + 223488, RC_W + 241920, 129024 } },
	{ NULL,              halo_32x16x16,                        1, 1, 1,     0, { 170496 } },
	{ "layer2.0.conv2",  winograd4x4_32to32_16x16_add_relu,    4, 1, 0, 32256,
		{ 0, 129024, RC_W + 242048, RC_W + 389504, 211968, 170496 } },
	{ NULL,              halo_32x16x16,                        1, 1, 0,     0, { 129024 } },
	{ "layer2.1.conv1",  winograd4x4_32to32_16x16_relu,        4, 1, 1, 32256,
		{ 0, 170496, RC_W + 389632, RC_W + 537088, 129024 } },
	{ "layer2.1.conv2",  winograd4x4_32to32_16x16_add_relu_2,  4, 1, 0, 32256,
		{ 0, 129024, RC_W + 537216, RC_W + 684672, 170496, 170496 } },
	{ NULL,              halo_32x16x16,                        1, 1, 0,     0, { 129024 } },
	{ "layer2.2.conv1",  winograd4x4_32to32_16x16_relu,        4, 1, 1, 32256,
		{ 0, 170496, RC_W + 684800, RC_W + 832256, 129024 } },
	{ "layer2.2.conv2",  winograd4x4_32to32_16x16_add_relu_2,  4, 1, 0, 32256,
		{ 0, 129024, RC_W + 832384, RC_W + 979840, 170496, 170496 } },
	{ "layer3.0.slice1", slice_32x16x16,                       4, 1, 0,     0, { 170496, 0 } },
	{ "layer3.0.pad1",   pad_32x8x8,                           8, 1, 0,     0, { 0, 211968 } },
	{ NULL,              halo_64x8x8,                          1, 1, 1,     0, { 137472 } },
	{ "layer3.0.conv1",  conv3x3_32to64_8x8_s2_relu,          32, 1, 1,     0,
		{ 170496, RC_W + 979968, RC_W + 1053696, 137472 } },
	{ NULL,              halo_64x8x8,                          1, 1, 0,     0, { 163072 } },
	{ NULL,              winograd4x4_in_64x8x8,                8, 1, 1,     0, { 137472, 98304 } },
	{ "layer3.0.conv2",  winograd4x4_fly_64to64_8x8_add_relu,  4, 1, 0, 24576,
		{ 0, 98304, RC_W + 1053952, RC_W + 1201408, 211968, 163072 } },
	{ NULL,              halo_64x8x8,                          1, 1, 1,     0, { 137472 } },
	{ NULL,              winograd4x4_in_64x8x8,                8, 1, 0,     0, { 163072, 98304 } },
	{ "layer3.1.conv1",  winograd4x4_fly_64to64_8x8_relu,      4, 1, 0, 24576,
		{ 0, 98304, RC_W + 1201664, RC_W + 1349120, 137472 } },
	{ NULL,              winograd4x4_in_64x8x8,                8, 1, 0,     0, { 137472, 98304 } },
	{ "layer3.1.conv2",  winograd4x4_fly_64to64_8x8_add_relu_2,  4, 1, 0, 24576,
		{ 0, 98304, RC_W + 1349376, RC_W + 1496832, 163072, 163072 } },
	{ NULL,              halo_64x8x8,                          1, 1, 1,     0, { 137472 } },
	{ NULL,              winograd4x4_in_64x8x8,                8, 1, 0,     0, { 163072, 98304 } },
	{ "layer3.2.conv1",  winograd4x4_fly_64to64_8x8_relu,      4, 1, 0, 24576,
		{ 0, 98304, RC_W + 1497088, RC_W + 1644544, 137472 } },
	{ NULL,              winograd4x4_in_64x8x8,                8, 1, 0,     0, { 137472, 98304 } },
	{ "layer3.2.conv2",  winograd4x4_fly_64to64_8x8_add_relu_3,  4, 1, 0, 24576,
		{ 0, 98304, RC_W + 1644800, RC_W + 1792256, 163072, 188672 } },
	{ "avgpool",         adaptive_avg_pool_64x8x8_to_1x1,      8, 1, 0,     0, { 188672, 0 } },
	{ "fc",              linear_64to10,                        1, 1, 0,     0,
		{ 0, RC_W + 1792512, RC_W + 1796608, 256 } },
	{ NULL,              output_10x1x1,                       10, 1, 0,     0, { 256, RC_OUT } },
};

/* For the self test and RC_CHECKED: results of layers in the workspace, and which of them each layer reads. */
static const rc_tensor tensors[] = { /* n, c, h, w, block, halo, kind, at, row, plane, image, last reader, zeros */
	{ 1, 3, 32, 32, 1, 1, 1, 1, 1, 0, 140, 34, 1156, 3468, 1, 0 }, /* input */
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 0, 334016, 544, 18496, 18496, 3, 0 }, /* conv1 */
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 0, 408000, 544, 18496, 18496, 3, 0 }, /* layer1.0.conv1 */
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 0, 334016, 544, 18496, 18496, 5, 0 }, /* layer1.0.conv2 */
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 0, 408000, 544, 18496, 18496, 5, 0 }, /* layer1.1.conv1 */
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 0, 334016, 544, 18496, 18496, 7, 0 }, /* layer1.1.conv2 */
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 0, 408000, 544, 18496, 18496, 7, 0 }, /* layer1.2.conv1 */
	{ 1, 16, 32, 32, 16, 1, 1, 1, 1, 0, 334016, 544, 18496, 18496, 10, 0 }, /* layer1.2.conv2 */
	{ 1, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 256, 4096, 4096, 9, 0 }, /* layer2.0.slice1 */
	{ 1, 32, 16, 16, 16, 0, 0, 0, 0, 0, 211968, 256, 4096, 8192, 11, 0 }, /* layer2.0.pad1 */
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 0, 130240, 288, 5184, 10368, 11, 0 }, /* layer2.0.conv1 */
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 0, 171712, 288, 5184, 10368, 13, 0 }, /* layer2.0.conv2 */
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 0, 130240, 288, 5184, 10368, 13, 0 }, /* layer2.1.conv1 */
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 0, 171712, 288, 5184, 10368, 15, 0 }, /* layer2.1.conv2 */
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 0, 130240, 288, 5184, 10368, 15, 0 }, /* layer2.2.conv1 */
	{ 1, 32, 16, 16, 16, 1, 1, 1, 1, 0, 171712, 288, 5184, 10368, 18, 0 }, /* layer2.2.conv2 */
	{ 1, 32, 8, 8, 16, 0, 0, 0, 0, 0, 0, 128, 1024, 2048, 17, 0 }, /* layer3.0.slice1 */
	{ 1, 64, 8, 8, 16, 0, 0, 0, 0, 0, 211968, 128, 1024, 4096, 19, 0 }, /* layer3.0.pad1 */
	{ 1, 64, 8, 8, 16, 1, 1, 1, 1, 0, 138176, 160, 1600, 6400, 19, 0 }, /* layer3.0.conv1 */
	{ 1, 64, 8, 8, 16, 1, 1, 1, 1, 0, 163776, 160, 1600, 6400, 21, 0 }, /* layer3.0.conv2 */
	{ 1, 64, 8, 8, 16, 1, 1, 1, 1, 0, 138176, 160, 1600, 6400, 21, 0 }, /* layer3.1.conv1 */
	{ 1, 64, 8, 8, 16, 1, 1, 1, 1, 0, 163776, 160, 1600, 6400, 23, 0 }, /* layer3.1.conv2 */
	{ 1, 64, 8, 8, 16, 1, 1, 1, 1, 0, 138176, 160, 1600, 6400, 23, 0 }, /* layer3.2.conv1 */
	{ 1, 64, 8, 8, 16, 0, 0, 0, 0, 0, 188672, 128, 1024, 4096, 24, 0 }, /* layer3.2.conv2 */
	{ 1, 64, 1, 1, 16, 0, 0, 0, 0, 0, 0, 16, 16, 64, 25, 0 }, /* avgpool */
	{ 1, 10, 1, 1, 16, 0, 0, 0, 0, 0, 256, 16, 16, 16, 26, 0 }, /* fc */
};

static const int reads[] = {
	0, 1, 2, 1, 3, 4, 3, 5, 6, 5, 7, 8, 7, 10, 9, 11,
	12, 11, 13, 14, 13, 15, 16, 15, 18, 17, 19, 20, 19, 21, 22, 21,
	23, 24, 0
};

static const rc_layer layers[] = { /* first result and how many, first read and how many */
	{ 0, 1, 0, 0 }, { 1, 1, 0, 1 }, { 2, 1, 1, 1 }, { 3, 1, 2, 2 },
	{ 4, 1, 4, 1 }, { 5, 1, 5, 2 }, { 6, 1, 7, 1 }, { 7, 1, 8, 2 },
	{ 8, 1, 10, 1 }, { 9, 1, 11, 1 }, { 10, 1, 12, 1 }, { 11, 1, 13, 2 },
	{ 12, 1, 15, 1 }, { 13, 1, 16, 2 }, { 14, 1, 18, 1 }, { 15, 1, 19, 2 },
	{ 16, 1, 21, 1 }, { 17, 1, 22, 1 }, { 18, 1, 23, 1 }, { 19, 1, 24, 2 },
	{ 20, 1, 26, 1 }, { 21, 1, 27, 2 }, { 22, 1, 29, 1 }, { 23, 1, 30, 2 },
	{ 24, 1, 32, 1 }, { 25, 1, 33, 1 },
};

static const rc_network network = {
	0x4bd64a6976a4299cu, 479744, 1800000, 12288, 40, 0, /* hash; bytes: workspace, weights, input, output; u8 */
	steps, 45, 16, tensors, layers, 26, reads, 1796672, 16
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
	return rc_run(&network, options, weights, input, output, workspace, workspace_len);
}

int
cifar_resnet20_run(const void *weights, const float *input, float *output, void *workspace, size_t workspace_len)
{
	return rc_run(&network, NULL, weights, input, output, workspace, workspace_len);
}

int
cifar_resnet20_check(const void *weights, size_t len)
{
	if (!(rc_x86(RC_AVX2 | RC_FMA | RC_F16C)))
		return RC_E_CPU;
	return rc_check_blob(&network, weights, len);
}

int
cifar_resnet20_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer)
{
	return rc_selftest(&network, weights, workspace, workspace_len, layer);
}
