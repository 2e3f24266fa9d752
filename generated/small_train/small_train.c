/* SPDX-License-Identifier: 0BSD */
/*
** small_train.c - training a network as shape-specialised C
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
#include "small_train.h"
#include "rc_simd_avx2.h"
#include "rc_grad.h"

RC_TARGET_BEGIN

static void
halo_3x8x8(void *const *p, int lo, int hi)
{
	rc_clear_halo((float *)p[0], lo*12, hi*12, 8, 8, 1, 1, 1, 1, 1);
}

/*
** input (small.lua:6)
**
** y = the caller's pictures, moved by up to 1 pixels, half of them mirrored
** y  3 x 8 x 8  NCHW, halo 1 1 1 1
*/
static void
augment_3x8x8(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	const rc_train *how = (const rc_train *)p[1];
	float *y = (float *)p[2];

	static const float values[3][3] = { /* factor, summand; black */
		{ 1.0f, 0.0f, -0.0f },
		{ 1.0f, 0.0f, -0.0f },
		{ 1.0f, 0.0f, -0.0f }
	};

	for (int u = lo; u < hi; u++) {
		int n = u/3, c = u%3;
		const float *xc = x + n*192 + c*64;
		float *yc = y + n*300 + c*100 + 11;
		rc_view v = rc_view_of(how, n, 8, 8, 1, 1, 0);
		int by = v.mirror ? v.right : -v.right, left = by < 0 ? 0 : by < 8 ? by : 8;
		int right = by > 0 ? 8 : by > -8 ? 8 + by : 0;

		for (int i = 0; i < 8; i++) {
			int r = i + v.down, there = r >= 0 && r < 8, from = there ? left : 8, to = there ? right : 8;
			const float *xi = xc + (there ? r : 0)*8;
			float *yi = yc + i*10;

			for (int j = 0; j < from; j++)
				yi[j] = values[c][2];
			for (int j = to; j < 8; j++)
				yi[j] = values[c][2];
			if (v.mirror) {
				for (int j = from; j < to; j++)
					yi[j] = (float)xi[7 - j + v.right]*values[c][0] + values[c][1];
			} else {
				for (int j = from; j < to; j++)
					yi[j] = (float)xi[j + v.right]*values[c][0] + values[c][1];
			}
		}
	}
}

/*
** conv1 (small.lua:7)
**
** the weights as the kernel reads them, from those of the state
*/
static void
pack_conv3x3_3to8_8x8(void *const *p, int lo, int hi)
{
	static const rc_packing how = {
		RC_ORDER_DIRECT, 1, 1, 3, 1, 1, 16, 8, 3, 1, 3, 3, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 0
	};

	rc_pack(&how, p, lo, hi);
}

/* 16 channels of 4 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_16x4_planar(const float *RC_RESTRICT x, const float *RC_RESTRICT w, float *y, int blocks, int plane,
	int kh, int row, int kw, int col)
{
	V a0 = zero(), b0 = zero(), a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0;

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
		w += 16;
	}

	st(y, a0); st(y + 16, a1); st(y + 32, a2); st(y + 48, a3); st(y + 8, b0); st(y + 24, b1);
	st(y + 40, b2); st(y + 56, b3);
}

static RC_NOINLINE void
conv3x3_3to8_8x8_p4(const float *x, const float *w, float *y)
{
	tile_16x4_planar(x, w, y, 3, 100, 3, 10, 3, 1);
}

/*
** conv1 (small.lua:7)
**
** y = conv3x3(x, w)
** x  3 x 8 x 8  NCHW, halo 1 1 1 1
** y  8 x 8 x 8  nChw16c
** w  432 floats  [1 oc][3 ic][3][3][16 oc]
** 0.01 M MACs; 4 pixels x 16 channels in 8 accumulators, 11 of 16 registers
*/
static void
conv3x3_3to8_8x8(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1];
	float *y = (float *)p[2];

	for (int i = lo; i < hi; i++) {
		const float *xi = x + i*10;
		float *yi = y + i*128;

		for (int j = 0; j < 8; j += 4)
			conv3x3_3to8_8x8_p4(xi + j, w, yi + j*16);
	}
}

/*
** bn1.stats (small.lua:7)
** layer1.0.bn1.stats (small.lua:8)
** layer1.0.bn2.stats (small.lua:8)
**
** part = sums of each channel over groups of images
** x  8 x 8 x 8  nChw16c
*/
static void
bn_stats_8x8x8_part(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *part = (float *)p[1];

	for (int u = lo; u < hi; u++) {
		int g = u, c = 0, from = g, to = g + 1;
		float *sums = part + g*48 + c*16;

		rc_bn_partial(x + c*1024, from, to, 1024, 8, 8, 128, 16, sums, 16);
	}
}

/* A unit is 1 images from 'conv1' to 'bn1.stats' */
static void
strip_conv1(void *const *p, int lo, int hi)
{
	char *work = (char *)p[1];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[3] = { work + 186880 + (size_t)u*1200, work, work + 104960 + (size_t)u*4096 };

			conv3x3_3to8_8x8(q, 0, 8);
		}
		{
			void *const q[2] = { work + 104960 + (size_t)u*4096, work + 1728 + (size_t)u*192 };

			bn_stats_8x8x8_part(q, 0, 1);
		}
	}
}

/* A layer that is done already */
static void
done(void *const *p, int lo, int hi)
{
	(void)p;
	(void)lo;
	(void)hi;
}

/*
** bn1.stats (small.lua:7)
** layer1.0.bn1.stats (small.lua:8)
** layer1.0.bn2.stats (small.lua:8)
**
** mean, var = of each channel over the batch
** x  8 x 8 x 8  nChw16c
*/
static void
bn_stats_8x8x8(void *const *p, int lo, int hi)
{
	float *part = (float *)p[0], *mean = (float *)p[1], *var = (float *)p[2],
		*running_mean = (float *)p[3], *running_var = (float *)p[4];

	for (int v = lo; v < hi; v++) {
		int c = v*8;

		rc_bn_finish(part + c, 4, 4, 16, 256.0, mean + c, var + c,
			running_mean + c, running_var + c, 0.10000000000000001);
	}
}

/*
** layer1.0.conv1 (small.lua:8)
** layer1.0.conv2 (small.lua:8)
**
** the weights as the kernel reads them, from those of the state
*/
static void
pack_conv3x3_8to8_8x8(void *const *p, int lo, int hi)
{
	static const rc_packing how = {
		RC_ORDER_DIRECT, 1, 1, 1, 16, 8, 16, 8, 8, 1, 3, 3, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 0
	};

	rc_pack(&how, p, lo, hi);
}

static void
halo_8x8x8(void *const *p, int lo, int hi)
{
	rc_clear_halo((float *)p[0], lo, hi, 8, 8, 16, 1, 1, 1, 1);
}

/*
** bn1 (small.lua:7)
** layer1.0.bn1 (small.lua:8)
** layer1.0.bn1.again (small.lua:8)
** bn1.again2 (small.lua:7)
** bn1 (small.lua:7)
** layer1.0.bn1 (small.lua:8)
**
** y = relu((x - mean)/sqrt(var + 1e-05)*weight + bias)
** x  8 x 8 x 8  nChw16c
** y  8 x 8 x 8  nChw16c, halo 1 1 1 1
*/
static void
bn_norm_8x8x8(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *mean = (const float *)p[1], *var = (const float *)p[2],
		*weight = (const float *)p[3], *bias = (const float *)p[4];
	float *y = (float *)p[5];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*1024 + v%2*8;
		float *yv = y + v/2*1600 + v%2*8 + 176;
		V inv = div_(splat(1.0f), root(add(ld(var + v*8), splat(1e-05f)))), m = ld(mean + v*8);
		V scale = mul(ld(weight + v*8), inv), shift = ld(bias + v*8);

		for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++)
			st(yv + i*160 + j*16, relu(fma_(sub(ld(xv + i*128 + j*16), m), scale, shift)));
	}
}

/* 16 channels of 4 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_16x4(const float *RC_RESTRICT x, const float *RC_RESTRICT w, float *y, int blocks, int plane, int kh,
	int row, int kw, int col, int last)
{
	V a0 = zero(), b0 = zero(), a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0;

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;
		int kn = c + 1 < blocks ? 16 : last;

		for (int k = 0; k < kn; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		}
	}

	st(y, a0); st(y + 16, a1); st(y + 32, a2); st(y + 48, a3); st(y + 8, b0); st(y + 24, b1);
	st(y + 40, b2); st(y + 56, b3);
}

static RC_NOINLINE void
conv3x3_8to8_8x8_p4(const float *x, const float *w, float *y)
{
	tile_16x4(x, w, y, 1, 1600, 3, 160, 3, 16, 8);
}

/*
** layer1.0.conv1 (small.lua:8)
** layer1.0.conv2 (small.lua:8)
** layer1.0.conv2.dx (small.lua:8)
** layer1.0.conv1 (small.lua:8)
** layer1.0.conv2 (small.lua:8)
**
** y = conv3x3(x, w)
** x  8 x 8 x 8  nChw16c, halo 1 1 1 1
** y  8 x 8 x 8  nChw16c
** w  1152 floats  [1 oc][1 ic][3][3][16 ic][16 oc]
** 0.04 M MACs; 4 pixels x 16 channels in 8 accumulators, 11 of 16 registers
*/
static void
conv3x3_8to8_8x8(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1];
	float *y = (float *)p[2];

	for (int i = lo; i < hi; i++) {
		const float *xi = x + i*160;
		float *yi = y + i*128;

		for (int j = 0; j < 8; j += 4)
			conv3x3_8to8_8x8_p4(xi + j*16, w, yi + j*16);
	}
}

/* A unit is 1 images from 'bn1' to 'layer1.0.bn1.stats' */
static void
strip_bn1(void *const *p, int lo, int hi)
{
	char *work = (char *)p[1];
	char *state = (char *)p[2];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[1] = { work + 25856 + (size_t)u*6400 };

			halo_8x8x8(q, 0, 1);
		}
		{
			void *const q[6] = { work + 104960 + (size_t)u*4096, work + 197568, work + 197632, state + 1152,
				state + 1216, work + 25856 + (size_t)u*6400 };

			bn_norm_8x8x8(q, 0, 2);
		}
		{
			void *const q[3] = { work + 25856 + (size_t)u*6400, work, work + 121344 + (size_t)u*4096 };

			conv3x3_8to8_8x8(q, 0, 8);
		}
		{
			void *const q[2] = { work + 121344 + (size_t)u*4096, work + 4608 + (size_t)u*192 };

			bn_stats_8x8x8_part(q, 0, 1);
		}
	}
}

/* A unit is 1 images from 'layer1.0.bn1' to 'layer1.0.bn2.stats' */
static void
strip_layer1_0_bn1(void *const *p, int lo, int hi)
{
	char *own = (char *)p[0];
	char *work = (char *)p[1];
	char *state = (char *)p[2];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[1] = { own };

			halo_8x8x8(q, 0, 1);
		}
		{
			void *const q[6] = { work + 121344 + (size_t)u*4096, work + 197696, work + 197760, state + 3584,
				state + 3648, own };

			bn_norm_8x8x8(q, 0, 2);
		}
		{
			void *const q[3] = { own, work + 51456, work + 137728 + (size_t)u*4096 };

			conv3x3_8to8_8x8(q, 0, 8);
		}
		{
			void *const q[2] = { work + 137728 + (size_t)u*4096, work + 56064 + (size_t)u*192 };

			bn_stats_8x8x8_part(q, 0, 1);
		}
	}
}

/*
** fc (small.lua:9)
**
** the weights as the kernel reads them, from those of the state
*/
static void
pack_linear_8to3(void *const *p, int lo, int hi)
{
	static const rc_packing how = {
		RC_ORDER_DIRECT, 1, 1, 1, 16, 8, 16, 3, 8, 1, 1, 1, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 16
	};

	rc_pack(&how, p, lo, hi);
}

/*
** layer1.0.bn2 (small.lua:8)
**
** y = relu((x - mean)/sqrt(var + 1e-05)*weight + bias + z)
** x  8 x 8 x 8  nChw16c
** z  8 x 8 x 8  nChw16c, halo 1 1 1 1
** y  8 x 8 x 8  nChw16c
*/
static void
bn_norm_8x8x8_2(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *mean = (const float *)p[1], *var = (const float *)p[2],
		*weight = (const float *)p[3], *bias = (const float *)p[4], *z = (const float *)p[5];
	float *y = (float *)p[6];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*1024 + v%2*8;
		const float *zv = z + v/2*1600 + v%2*8 + 176;
		float *yv = y + v/2*1024 + v%2*8;
		V inv = div_(splat(1.0f), root(add(ld(var + v*8), splat(1e-05f)))), m = ld(mean + v*8);
		V scale = mul(ld(weight + v*8), inv), shift = ld(bias + v*8);

		for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++)
			st(yv + i*128 + j*16, relu(add(fma_(sub(ld(xv + i*128 + j*16), m), scale, shift), ld(zv + i*160 + j*16))));
	}
}

/*
** avgpool (small.lua:9)
**
** y = mean of each channel of x
** x  8 x 8 x 8  nChw16c
** y  8 x 1 x 1  nChw16c
*/
static void
adaptive_avg_pool_8x8x8_to_1x1(void *const *p, int lo, int hi)
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
	int plane, int kh, int row, int kw, int col, int last)
{
	V a0 = ld(b), b0 = ld(b + 8);

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;
		int kn = c + 1 < blocks ? 16 : last;

		for (int k = 0; k < kn; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V v0 = bc(xk), wv;
			wv = ld(w); a0 = fma_(v0, wv, a0);
			wv = ld(w + 8); b0 = fma_(v0, wv, b0);
		}
	}

	st(y, a0); st(y + 8, b0);
}

static RC_NOINLINE void
linear_8to3_p1(const float *x, const float *w, const float *b, float *y)
{
	tile_16x1(x, w, b, y, 1, 16, 1, 16, 1, 16, 8);
}

/*
** fc (small.lua:9)
**
** y = x w' + b
** x  8 x 1 x 1  nChw16c
** y  3 x 1 x 1  nChw16c
** w  128 floats  [1 oc][1 ic][1][1][16 ic][16 oc]
** 0.00 M MACs; 1 pixels x 16 channels in 2 accumulators, 4 of 16 registers
*/
static void
linear_8to3(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *b = (const float *)p[2];
	float *y = (float *)p[3];

	for (int u = lo; u < hi; u++) {
		const float *xi = x;
		float *yi = y;

		linear_8to3_p1(xi, w, b, yi);
	}
}

/* A unit is 1 images from 'layer1.0.bn2' to 'fc' */
static void
strip_layer1_0_bn2(void *const *p, int lo, int hi)
{
	char *own = (char *)p[0];
	char *work = (char *)p[1];
	char *state = (char *)p[2];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[7] = { work + 137728 + (size_t)u*4096, work + 197824, work + 197888, state + 6016,
				state + 6080, work + 25856 + (size_t)u*6400, own };

			bn_norm_8x8x8_2(q, 0, 2);
		}
		{
			void *const q[2] = { own, work + 55296 + (size_t)u*64 };

			adaptive_avg_pool_8x8x8_to_1x1(q, 0, 2);
		}
		{
			void *const q[4] = { work + 55296 + (size_t)u*64, work + 16640, work + 17152,
				work + 197056 + (size_t)u*64 };

			linear_8to3(q, 0, 1);
		}
	}
}

static void
clear_3x1x1(void *const *p, int lo, int hi)
{
	rc_clear((float *)p[0] + lo*64, (size_t)(hi - lo)*64);
}

/*
** loss (small.lua:10)
**
** dx = (softmax(x) - label)/images, labels smoothed by 0; loss: each image's, and 1 where its label is the largest
** x  3 x 1 x 1  nChw16c
*/
static void
linear_cross_entropy_3x1x1(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	const int32_t *labels = (const int32_t *)p[1];
	float *dx = (float *)p[2], *loss = (float *)p[3];

	for (int n = lo; n < hi; n++)
		rc_cross_entropy(x + n*16, 16, dx + n*16, 16, 16,
		loss + n*16, 3, labels[n], 0, 4);
}

/*
** fc.dx (small.lua:9)
**
** the weights as the kernel reads them, from those of the state
*/
static void
pack_linear_3to8(void *const *p, int lo, int hi)
{
	static const rc_packing how = {
		RC_ORDER_DIRECT, 1, 1, 1, 16, 3, 16, 8, 3, 1, 1, 1, 2, NULL, NULL, NULL, NULL, NULL, 0, 0, 0
	};

	rc_pack(&how, p, lo, hi);
}

static RC_NOINLINE void
dw1x1_8to3_1x1_p6(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images, float *RC_RESTRICT to,
	int first)
{
	V a0 = first ? zero() : ld(to), b0 = first ? zero() : ld(to + 8), a1 = first ? zero() : ld(to + 16),
		b1 = first ? zero() : ld(to + 24), a2 = first ? zero() : ld(to + 32),
		b2 = first ? zero() : ld(to + 40), a3 = first ? zero() : ld(to + 48),
		b3 = first ? zero() : ld(to + 56), a4 = first ? zero() : ld(to + 64),
		b4 = first ? zero() : ld(to + 72), a5 = first ? zero() : ld(to + 80),
		b5 = first ? zero() : ld(to + 88);

	for (int n = 0; n < images; n++, x += 16, dy += 16)
	for (int i = 0; i < 1; i++) {
		const float *xi = x + i*16, *di = dy + i*16;

		for (int j = 0; j < 1; j++, xi += 16, di += 16) {
			V w0 = ld(di), w1 = ld(di + 8), v;
			v = bc(xi); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xi + 1); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xi + 2); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xi + 3); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xi + 4); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xi + 5); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		}
	}
	st(to, a0); st(to + 8, b0); st(to + 16, a1); st(to + 24, b1); st(to + 32, a2); st(to + 40, b2);
	st(to + 48, a3); st(to + 56, b3); st(to + 64, a4); st(to + 72, b4); st(to + 80, a5);
	st(to + 88, b5);
}

static RC_NOINLINE void
dw1x1_8to3_1x1_p5(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images, float *RC_RESTRICT to,
	int first)
{
	V a0 = first ? zero() : ld(to), b0 = first ? zero() : ld(to + 8), a1 = first ? zero() : ld(to + 16),
		b1 = first ? zero() : ld(to + 24), a2 = first ? zero() : ld(to + 32),
		b2 = first ? zero() : ld(to + 40), a3 = first ? zero() : ld(to + 48),
		b3 = first ? zero() : ld(to + 56), a4 = first ? zero() : ld(to + 64),
		b4 = first ? zero() : ld(to + 72);

	for (int n = 0; n < images; n++, x += 16, dy += 16)
	for (int i = 0; i < 1; i++) {
		const float *xi = x + i*16, *di = dy + i*16;

		for (int j = 0; j < 1; j++, xi += 16, di += 16) {
			V w0 = ld(di), w1 = ld(di + 8), v;
			v = bc(xi); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xi + 1); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xi + 2); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xi + 3); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xi + 4); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}
	st(to, a0); st(to + 8, b0); st(to + 16, a1); st(to + 24, b1); st(to + 32, a2); st(to + 40, b2);
	st(to + 48, a3); st(to + 56, b3); st(to + 64, a4); st(to + 72, b4);
}

/*
** fc.dw (small.lua:9)
**
** part = x at each tap times dy, over groups of images
** x  8 x 1 x 1  nChw16c
** dy  3 x 1 x 1  nChw16c
** 6 channels x 16 channels in 12 accumulators; 1 group of images
*/
static void
dw1x1_8to3_1x1_part(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *dy = (const float *)p[1];
	float *part = (float *)p[2];

	for (int u = lo; u < hi; u++) {
		int g = u, og = 0, block = 0, from = g, end = g + 1;
		float *to = part + u*256;

		for (int n = from; n < end; n += end - from) {
			const float *xn = x + n*16 + block*16;
			const float *dyn = dy + n*16 + og*16;

			dw1x1_8to3_1x1_p6(xn, dyn, end - from, to, n == from);
			dw1x1_8to3_1x1_p5(xn + 6, dyn, end - from, to + 96, n == from);
			dw1x1_8to3_1x1_p5(xn + 11, dyn, end - from, to + 176, n == from);
		}
	}
}

/*
** fc.db (small.lua:9)
**
** part = sums of each channel over groups of images
** x  3 x 1 x 1  nChw16c
*/
static void
channel_sums_3x1x1_part(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *part = (float *)p[1];

	for (int u = lo; u < hi; u++) {
		int g = u, c = 0, from = g, to = g + 1;
		float *sums = part + g*48 + c*16;

		for (int l = 0; l < 16; l += 8)
			st(sums + l, rc_sums(x + c*16 + l, from, to, 16, 1, 1, 16, 16));
	}
}

/* 16 channels of 1 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_16x1_2(const float *RC_RESTRICT x, const float *RC_RESTRICT w, float *y, int blocks, int plane, int kh,
	int row, int kw, int col, int last)
{
	V a0 = zero(), b0 = zero();

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;
		int kn = c + 1 < blocks ? 16 : last;

		for (int k = 0; k < kn; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V v0 = bc(xk), wv;
			wv = ld(w); a0 = fma_(v0, wv, a0);
			wv = ld(w + 8); b0 = fma_(v0, wv, b0);
		}
	}

	st(y, a0); st(y + 8, b0);
}

static RC_NOINLINE void
linear_3to8_p1(const float *x, const float *w, float *y)
{
	tile_16x1_2(x, w, y, 1, 16, 1, 16, 1, 16, 3);
}

/*
** fc.dx (small.lua:9)
**
** y = x w'
** x  3 x 1 x 1  nChw16c
** y  8 x 1 x 1  nChw16c
** w  48 floats  [1 oc][1 ic][1][1][16 ic][16 oc]
** 0.00 M MACs; 1 pixels x 16 channels in 2 accumulators, 4 of 16 registers
*/
static void
linear_3to8(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1];
	float *y = (float *)p[2];

	for (int u = lo; u < hi; u++) {
		const float *xi = x;
		float *yi = y;

		linear_3to8_p1(xi, w, yi);
	}
}

/*
** avgpool.dx (small.lua:9)
**
** dx = sums of dy that x has a share in, of adaptive_avg_pool
** dy  8 x 1 x 1  nChw16c
** dx  8 x 8 x 8  nChw16c
*/
static void
adaptive_avg_pool_dx_8x1x1(void *const *p, int lo, int hi)
{
	const float *dy = (const float *)p[0];
	float *dx = (float *)p[1];

	static const unsigned short row_from[9] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8
	};
	static const unsigned short row_of[8] = {
		0, 0, 0, 0, 0, 0, 0, 0
	};
	static const float row_share[8] = {
		0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f
	};
	static const unsigned short col_from[9] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8
	};
	static const unsigned short col_of[8] = {
		0, 0, 0, 0, 0, 0, 0, 0
	};
	static const float col_share[8] = {
		0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f
	};

	for (int v = lo; v < hi; v++) {
		const float *dyv = dy + v/2*16 + v%2*8;
		float *dxv = dx + v/2*1024 + v%2*8;

		for (int r = 0; r < 8; r++)
		for (int q = 0; q < 8; q++) {
			V s = zero();

			for (int i = row_from[r]; i < row_from[r + 1]; i++)
			for (int j = col_from[q]; j < col_from[q + 1]; j++)
				s = fma_(ld(dyv + row_of[i]*16 + col_of[j]*16), splat(row_share[i]*col_share[j]), s);
			st(dxv + r*128 + q*16, s);
		}
	}
}

/*
** bn1.again (small.lua:7)
**
** y = relu((x - mean)/sqrt(var + 1e-05)*weight + bias)
** x  8 x 8 x 8  nChw16c
** y  8 x 8 x 8  nChw16c
*/
static void
bn_norm_8x8x8_3(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *mean = (const float *)p[1], *var = (const float *)p[2],
		*weight = (const float *)p[3], *bias = (const float *)p[4];
	float *y = (float *)p[5];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*1024 + v%2*8;
		float *yv = y + v/2*1024 + v%2*8;
		V inv = div_(splat(1.0f), root(add(ld(var + v*8), splat(1e-05f)))), m = ld(mean + v*8);
		V scale = mul(ld(weight + v*8), inv), shift = ld(bias + v*8);

		for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++)
			st(yv + i*128 + j*16, relu(fma_(sub(ld(xv + i*128 + j*16), m), scale, shift)));
	}
}

/*
** layer1.0.bn2.again (small.lua:8)
**
** y = relu((x - mean)/sqrt(var + 1e-05)*weight + bias + z)
** x  8 x 8 x 8  nChw16c
** z  8 x 8 x 8  nChw16c
** y  8 x 8 x 8  nChw16c
*/
static void
bn_norm_8x8x8_4(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *mean = (const float *)p[1], *var = (const float *)p[2],
		*weight = (const float *)p[3], *bias = (const float *)p[4], *z = (const float *)p[5];
	float *y = (float *)p[6];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*1024 + v%2*8;
		const float *zv = z + v/2*1024 + v%2*8;
		float *yv = y + v/2*1024 + v%2*8;
		V inv = div_(splat(1.0f), root(add(ld(var + v*8), splat(1e-05f)))), m = ld(mean + v*8);
		V scale = mul(ld(weight + v*8), inv), shift = ld(bias + v*8);

		for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++)
			st(yv + i*128 + j*16, relu(add(fma_(sub(ld(xv + i*128 + j*16), m), scale, shift), ld(zv + i*128 + j*16))));
	}
}

/*
** layer1.0.relu2.dx (small.lua:8)
**
** dx = dy times the derivative of relu
** dy  8 x 8 x 8  nChw16c
** y  8 x 8 x 8  nChw16c
** dx  8 x 8 x 8  nChw16c
*/
static void
relu_dx_8x8x8(void *const *p, int lo, int hi)
{
	const float *dy = (const float *)p[0], *y = (const float *)p[1];
	float *dx = (float *)p[2];

	for (int v = lo; v < hi; v++) {
		const float *dyv = dy + v/2*1024 + v%2*8;
		const float *yv = y + v/2*1024 + v%2*8;
		float *dxv = dx + v/2*1024 + v%2*8;

		for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++) {
			V a = ld(yv + i*128 + j*16), d = ld(dyv + i*128 + j*16);

			st(dxv + i*128 + j*16, rc_above0(a, d));
		}
	}
}

/*
** layer1.0.bn2.sums (small.lua:8)
** layer1.0.bn1.sums (small.lua:8)
** bn1.sums (small.lua:7)
**
** part = sums of dz and dz (x - mean) over groups of images
** dz  8 x 8 x 8  nChw16c
** x  8 x 8 x 8  nChw16c
*/
static void
bn_sums_8x8x8_part(void *const *p, int lo, int hi)
{
	const float *dz = (const float *)p[0], *x = (const float *)p[1], *mean = (const float *)p[2];
	float *part = (float *)p[3];

	for (int u = lo; u < hi; u++) {
		int g = u, c = 0, from = g, to = g + 1;
		float *sums = part + g*48 + c*16;

		rc_bn_sums_partial(dz + c*1024, x + c*1024, mean + c*16, from, to, 1024, 1024, 8, 8,
			128, 128, 16, sums, sums + 16);
	}
}

/* A unit is 1 images from 'fc.dw' to 'layer1.0.bn2.sums' */
static void
strip_fc_dw(void *const *p, int lo, int hi)
{
	char *own = (char *)p[0];
	char *work = (char *)p[1];
	char *state = (char *)p[2];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[3] = { work + 55296 + (size_t)u*64, work + 55552 + (size_t)u*64,
				work + 49408 + (size_t)u*1088 };

			dw1x1_8to3_1x1_part(q, 0, 1);
		}
		{
			void *const q[2] = { work + 55552 + (size_t)u*64, work + 53760 + (size_t)u*192 };

			channel_sums_3x1x1_part(q, 0, 1);
		}
		{
			void *const q[3] = { work + 55552 + (size_t)u*64, work + 55808, own + 4096 };

			linear_3to8(q, 0, 1);
		}
		{
			void *const q[2] = { own + 4096, own };

			adaptive_avg_pool_dx_8x1x1(q, 0, 2);
		}
		{
			void *const q[6] = { work + 104960 + (size_t)u*4096, work + 197568, work + 197632, state + 1152,
				state + 1216, own + 8192 };

			bn_norm_8x8x8_3(q, 0, 2);
		}
		{
			void *const q[7] = { work + 137728 + (size_t)u*4096, work + 197824, work + 197888, state + 6016,
				state + 6080, own + 8192, own + 4096 };

			bn_norm_8x8x8_4(q, 0, 2);
		}
		{
			void *const q[3] = { own, own + 4096, work + 154112 + (size_t)u*4096 };

			relu_dx_8x8x8(q, 0, 2);
		}
		{
			void *const q[4] = { work + 154112 + (size_t)u*4096, work + 137728 + (size_t)u*4096, work + 197824,
				work + 54528 + (size_t)u*192 };

			bn_sums_8x8x8_part(q, 0, 1);
		}
	}
}

/*
** fc.dw (small.lua:9)
**
** dw = the sums of groups of images, added up
** x  8 x 1 x 1  nChw16c
** dy  3 x 1 x 1  nChw16c
*/
static void
dw1x1_8to3_1x1(void *const *p, int lo, int hi)
{
	float *part = (float *)p[0], *dw = (float *)p[1];

	for (int u = lo; u < hi; u++) {
		int og = u, block = 0, oc = og*16;
		float *sums = part + u*256;

		rc_tree(sums, 4, 272, 256);
		for (int o = 0; o < 16 && oc < 3; o++, oc++)
		for (int c = 0, ic = block*16; c < 16 && ic < 8; c++, ic++) {
			const float *from = sums + c*16 + o;
			float *to = dw + (oc*8 + ic);

			RC_OPAQUE(from);
			for (int t = 0; t < 1; t++)
				to[t] = from[t*256];
		}
	}
}

/*
** fc.db (small.lua:9)
**
** y = totals of the sums
** x  3 x 1 x 1  nChw16c
*/
static void
channel_sums_3x1x1(void *const *p, int lo, int hi)
{
	float *part = (float *)p[0], *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		V s = zero();

		for (int g = 0; g < 4; g++)
			s = add(s, ld(part + g*48 + v*8));
		st(y + v*8, s);
	}
}

/*
** layer1.0.bn2.sums (small.lua:8)
** layer1.0.bn1.sums (small.lua:8)
** bn1.sums (small.lua:7)
**
** dbias, dweight = totals of the sums
** dz  8 x 8 x 8  nChw16c
** x  8 x 8 x 8  nChw16c
*/
static void
bn_sums_8x8x8(void *const *p, int lo, int hi)
{
	const float *var = (const float *)p[0];
	float *part = (float *)p[1], *dbias = (float *)p[2], *dweight = (float *)p[3];

	for (int v = lo; v < hi; v++) {
		int c = v*8;

		rc_bn_sums_finish(part + c, 4, 48, 16, var + c, 1e-05f, dbias + c, dweight + c);
	}
}

/*
** layer1.0.conv2.dx (small.lua:8)
** layer1.0.conv1.dx (small.lua:8)
**
** the weights as the kernel reads them, from those of the state
*/
static void
pack_conv3x3_8to8_8x8_2(void *const *p, int lo, int hi)
{
	static const rc_packing how = {
		RC_ORDER_DIRECT, 1, 1, 1, 16, 8, 16, 8, 8, 1, 3, 3, 2, NULL, NULL, NULL, NULL, NULL, 0, 0, 0
	};

	rc_pack(&how, p, lo, hi);
}

/*
** layer1.0.bn2.dx (small.lua:8)
** layer1.0.bn1.dx (small.lua:8)
**
** dx = scale (dz - dbias/count - (x - mean)/sqrt(var + eps) dweight/count), scale = weight/sqrt(var + 1e-05)
** dz  8 x 8 x 8  nChw16c
** x  8 x 8 x 8  nChw16c
** dx  8 x 8 x 8  nChw16c, halo 1 1 1 1
*/
static void
bn_dx_8x8x8(void *const *p, int lo, int hi)
{
	const float *dz = (const float *)p[0], *x = (const float *)p[1], *mean = (const float *)p[2],
		*var = (const float *)p[3], *dbias = (const float *)p[4], *dweight = (const float *)p[5],
		*weight = (const float *)p[6];
	float *dx = (float *)p[7];

	for (int v = lo; v < hi; v++) {
		const float *dzv = dz + v/2*1024 + v%2*8;
		const float *xv = x + v/2*1024 + v%2*8;
		float *dxv = dx + v/2*1600 + v%2*8 + 176;

		rc_bn_dx(dzv, xv, dxv, 8, 8,
			128, 128, 160, 16, mean + v*8, var + v*8, weight + v*8, dbias + v*8, dweight + v*8, 1e-05f, 256.0f, 0);
	}
}

static RC_NOINLINE void
dw3x3_8to8_8x8_p6(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images, float *RC_RESTRICT to,
	int first)
{
	V a0 = first ? zero() : ld(to), b0 = first ? zero() : ld(to + 8), a1 = first ? zero() : ld(to + 16),
		b1 = first ? zero() : ld(to + 24), a2 = first ? zero() : ld(to + 32),
		b2 = first ? zero() : ld(to + 40), a3 = first ? zero() : ld(to + 48),
		b3 = first ? zero() : ld(to + 56), a4 = first ? zero() : ld(to + 64),
		b4 = first ? zero() : ld(to + 72), a5 = first ? zero() : ld(to + 80),
		b5 = first ? zero() : ld(to + 88);

	for (int n = 0; n < images; n++, x += 1600, dy += 1600)
	for (int i = 0; i < 8; i++) {
		const float *xi = x + i*160, *di = dy + i*160;

		for (int j = 0; j < 8; j++, xi += 16, di += 16) {
			V w0 = ld(di), w1 = ld(di + 8), v;
			v = bc(xi); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xi + 1); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xi + 2); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xi + 3); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xi + 4); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xi + 5); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		}
	}
	st(to, a0); st(to + 8, b0); st(to + 16, a1); st(to + 24, b1); st(to + 32, a2); st(to + 40, b2);
	st(to + 48, a3); st(to + 56, b3); st(to + 64, a4); st(to + 72, b4); st(to + 80, a5);
	st(to + 88, b5);
}

static RC_NOINLINE void
dw3x3_8to8_8x8_p5(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images, float *RC_RESTRICT to,
	int first)
{
	V a0 = first ? zero() : ld(to), b0 = first ? zero() : ld(to + 8), a1 = first ? zero() : ld(to + 16),
		b1 = first ? zero() : ld(to + 24), a2 = first ? zero() : ld(to + 32),
		b2 = first ? zero() : ld(to + 40), a3 = first ? zero() : ld(to + 48),
		b3 = first ? zero() : ld(to + 56), a4 = first ? zero() : ld(to + 64),
		b4 = first ? zero() : ld(to + 72);

	for (int n = 0; n < images; n++, x += 1600, dy += 1600)
	for (int i = 0; i < 8; i++) {
		const float *xi = x + i*160, *di = dy + i*160;

		for (int j = 0; j < 8; j++, xi += 16, di += 16) {
			V w0 = ld(di), w1 = ld(di + 8), v;
			v = bc(xi); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xi + 1); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xi + 2); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xi + 3); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xi + 4); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}
	st(to, a0); st(to + 8, b0); st(to + 16, a1); st(to + 24, b1); st(to + 32, a2); st(to + 40, b2);
	st(to + 48, a3); st(to + 56, b3); st(to + 64, a4); st(to + 72, b4);
}

/*
** layer1.0.conv2.dw (small.lua:8)
** layer1.0.conv1.dw (small.lua:8)
**
** part = x at each tap times dy, over groups of images
** x  8 x 8 x 8  nChw16c, halo 1 1 1 1
** dy  8 x 8 x 8  nChw16c, halo 1 1 1 1
** 6 channels x 16 channels in 12 accumulators; 1 group of images
*/
static void
dw3x3_8to8_8x8_part(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *dy = (const float *)p[1];
	float *part = (float *)p[2];

	for (int u = lo; u < hi; u++) {
		int g = u, og = 0, block = 0, from = g, end = g + 1;
		float *to = part + u*2304;

		for (int n = from; n < end; n += end - from) {
			const float *xn = x + n*1600 + block*1600;
			const float *dyn = dy + n*1600 + og*1600 + 176;

			for (int t = 0; t < 9; t++) {
				const float *xt = xn + t/3*160 + t%3*16;
				dw3x3_8to8_8x8_p6(xt, dyn, end - from, to + t*256, n == from);
				dw3x3_8to8_8x8_p5(xt + 6, dyn, end - from, to + t*256 + 96, n == from);
				dw3x3_8to8_8x8_p5(xt + 11, dyn, end - from, to + t*256 + 176, n == from);
			}
		}
	}
}

/*
** layer1.0.relu1.dx (small.lua:8)
** relu1.dx (small.lua:7)
**
** dx = dy times the derivative of relu
** dy  8 x 8 x 8  nChw16c
** y  8 x 8 x 8  nChw16c, halo 1 1 1 1
** dx  8 x 8 x 8  nChw16c
*/
static void
relu_dx_8x8x8_2(void *const *p, int lo, int hi)
{
	const float *dy = (const float *)p[0], *y = (const float *)p[1];
	float *dx = (float *)p[2];

	for (int v = lo; v < hi; v++) {
		const float *dyv = dy + v/2*1024 + v%2*8;
		const float *yv = y + v/2*1600 + v%2*8 + 176;
		float *dxv = dx + v/2*1024 + v%2*8;

		for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++) {
			V a = ld(yv + i*160 + j*16), d = ld(dyv + i*128 + j*16);

			st(dxv + i*128 + j*16, rc_above0(a, d));
		}
	}
}

/* A unit is 1 images from 'layer1.0.bn2.dx' to 'layer1.0.bn1.sums' */
static void
strip_layer1_0_bn2_dx(void *const *p, int lo, int hi)
{
	char *own = (char *)p[0];
	char *work = (char *)p[1];
	char *state = (char *)p[2];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[1] = { own + 10496 };

			halo_8x8x8(q, 0, 1);
		}
		{
			void *const q[8] = { work + 154112 + (size_t)u*4096, work + 137728 + (size_t)u*4096, work + 197824,
				work + 197888, state + 18624, state + 18560, state + 6016, own + 10496 };

			bn_dx_8x8x8(q, 0, 2);
		}
		{
			void *const q[1] = { own };

			halo_8x8x8(q, 0, 1);
		}
		{
			void *const q[6] = { work + 121344 + (size_t)u*4096, work + 197696, work + 197760, state + 3584,
				state + 3648, own };

			bn_norm_8x8x8(q, 0, 2);
		}
		{
			void *const q[3] = { own, own + 10496, work + 67840 + (size_t)u*9280 };

			dw3x3_8to8_8x8_part(q, 0, 1);
		}
		{
			void *const q[3] = { own + 10496, work + 191680, own + 6400 };

			conv3x3_8to8_8x8(q, 0, 8);
		}
		{
			void *const q[3] = { own + 6400, own, work + 170496 + (size_t)u*4096 };

			relu_dx_8x8x8_2(q, 0, 2);
		}
		{
			void *const q[4] = { work + 170496 + (size_t)u*4096, work + 121344 + (size_t)u*4096, work + 197696,
				work + 196288 + (size_t)u*192 };

			bn_sums_8x8x8_part(q, 0, 1);
		}
	}
}

/*
** layer1.0.conv2.dw (small.lua:8)
** layer1.0.conv1.dw (small.lua:8)
**
** dw = the sums of groups of images, added up
** x  8 x 8 x 8  nChw16c, halo 1 1 1 1
** dy  8 x 8 x 8  nChw16c, halo 1 1 1 1
*/
static void
dw3x3_8to8_8x8(void *const *p, int lo, int hi)
{
	float *part = (float *)p[0], *dw = (float *)p[1];

	for (int u = lo; u < hi; u++) {
		int og = u, block = 0, oc = og*16;
		float *sums = part + u*2304;

		rc_tree(sums, 4, 2320, 2304);
		for (int o = 0; o < 16 && oc < 8; o++, oc++)
		for (int c = 0, ic = block*16; c < 16 && ic < 8; c++, ic++) {
			const float *from = sums + c*16 + o;
			float *to = dw + (oc*8 + ic)*9;

			RC_OPAQUE(from);
			for (int t = 0; t < 9; t++)
				to[t] = from[t*256];
		}
	}
}

/* 16 channels of 4 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_16x4_add(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *z, float *y, int blocks,
	int plane, int kh, int row, int kw, int col, int last)
{
	V a0 = ld(z), b0 = ld(z + 8), a1 = ld(z + 16), b1 = ld(z + 24), a2 = ld(z + 32), b2 = ld(z + 40),
		a3 = ld(z + 48), b3 = ld(z + 56);

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;
		int kn = c + 1 < blocks ? 16 : last;

		for (int k = 0; k < kn; k++, xk++, w += 16) {
			RC_OPAQUE(xk);
			V w0 = ld(w), w1 = ld(w + 8), v;
			v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
		}
	}

	st(y, a0); st(y + 16, a1); st(y + 32, a2); st(y + 48, a3); st(y + 8, b0); st(y + 24, b1);
	st(y + 40, b2); st(y + 56, b3);
}

static RC_NOINLINE void
conv3x3_8to8_8x8_add_p4(const float *x, const float *w, const float *z, float *y)
{
	tile_16x4_add(x, w, z, y, 1, 1600, 3, 160, 3, 16, 8);
}

/*
** layer1.0.conv1.dx (small.lua:8)
**
** y = conv3x3(x, w) + z
** x  8 x 8 x 8  nChw16c, halo 1 1 1 1
** z  8 x 8 x 8  nChw16c
** y  8 x 8 x 8  nChw16c
** w  1152 floats  [1 oc][1 ic][3][3][16 ic][16 oc]
** 0.04 M MACs; 4 pixels x 16 channels in 8 accumulators, 11 of 16 registers
*/
static void
conv3x3_8to8_8x8_add(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *z = (const float *)p[2];
	float *y = (float *)p[3];

	for (int i = lo; i < hi; i++) {
		const float *xi = x + i*160;
		const float *zi = z + i*128;
		float *yi = y + i*128;

		for (int j = 0; j < 8; j += 4)
			conv3x3_8to8_8x8_add_p4(xi + j*16, w, zi + j*16, yi + j*16);
	}
}

/* A unit is 1 images from 'layer1.0.bn1.dx' to 'bn1.sums' */
static void
strip_layer1_0_bn1_dx(void *const *p, int lo, int hi)
{
	char *own = (char *)p[0];
	char *work = (char *)p[1];
	char *state = (char *)p[2];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[1] = { own };

			halo_8x8x8(q, 0, 1);
		}
		{
			void *const q[8] = { work + 170496 + (size_t)u*4096, work + 121344 + (size_t)u*4096, work + 197696,
				work + 197760, state + 16192, state + 16128, state + 3584, own };

			bn_dx_8x8x8(q, 0, 2);
		}
		{
			void *const q[1] = { own + 10496 };

			halo_8x8x8(q, 0, 1);
		}
		{
			void *const q[6] = { work + 104960 + (size_t)u*4096, work + 197568, work + 197632, state + 1152,
				state + 1216, own + 10496 };

			bn_norm_8x8x8(q, 0, 2);
		}
		{
			void *const q[3] = { own + 10496, own, work + 67840 + (size_t)u*9280 };

			dw3x3_8to8_8x8_part(q, 0, 1);
		}
		{
			void *const q[4] = { own, work + 191680, work + 154112 + (size_t)u*4096, own + 6400 };

			conv3x3_8to8_8x8_add(q, 0, 8);
		}
		{
			void *const q[3] = { own + 6400, own + 10496, work + 137728 + (size_t)u*4096 };

			relu_dx_8x8x8_2(q, 0, 2);
		}
		{
			void *const q[4] = { work + 137728 + (size_t)u*4096, work + 104960 + (size_t)u*4096, work + 197568,
				work + 196288 + (size_t)u*192 };

			bn_sums_8x8x8_part(q, 0, 1);
		}
	}
}

/*
** bn1.dx (small.lua:7)
**
** dx = scale (dz - dbias/count - (x - mean)/sqrt(var + eps) dweight/count), scale = weight/sqrt(var + 1e-05)
** dz  8 x 8 x 8  nChw16c
** x  8 x 8 x 8  nChw16c
** dx  8 x 8 x 8  nChw16c
*/
static void
bn_dx_8x8x8_2(void *const *p, int lo, int hi)
{
	const float *dz = (const float *)p[0], *x = (const float *)p[1], *mean = (const float *)p[2],
		*var = (const float *)p[3], *dbias = (const float *)p[4], *dweight = (const float *)p[5],
		*weight = (const float *)p[6];
	float *dx = (float *)p[7];

	for (int v = lo; v < hi; v++) {
		const float *dzv = dz + v/2*1024 + v%2*8;
		const float *xv = x + v/2*1024 + v%2*8;
		float *dxv = dx + v/2*1024 + v%2*8;

		rc_bn_dx(dzv, xv, dxv, 8, 8,
			128, 128, 128, 16, mean + v*8, var + v*8, weight + v*8, dbias + v*8, dweight + v*8, 1e-05f, 256.0f, 0);
	}
}

static RC_NOINLINE void
dw3x3_3to8_8x8_p6(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images, float *RC_RESTRICT to,
	int first)
{
	V a0 = first ? zero() : ld(to), b0 = first ? zero() : ld(to + 8), a1 = first ? zero() : ld(to + 16),
		b1 = first ? zero() : ld(to + 24), a2 = first ? zero() : ld(to + 32),
		b2 = first ? zero() : ld(to + 40), a3 = first ? zero() : ld(to + 48),
		b3 = first ? zero() : ld(to + 56), a4 = first ? zero() : ld(to + 64),
		b4 = first ? zero() : ld(to + 72), a5 = first ? zero() : ld(to + 80),
		b5 = first ? zero() : ld(to + 88);

	for (int n = 0; n < images; n++, x += 300, dy += 1024)
	for (int i = 0; i < 8; i++) {
		const float *xi = x + i*10, *di = dy + i*128;

		for (int j = 0; j < 8; j++, xi += 1, di += 16) {
			V w0 = ld(di), w1 = ld(di + 8), v;
			v = bc(xi); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xi + 1); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xi + 2); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xi + 10); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xi + 11); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xi + 12); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		}
	}
	st(to, a0); st(to + 8, b0); st(to + 16, a1); st(to + 24, b1); st(to + 32, a2); st(to + 40, b2);
	st(to + 48, a3); st(to + 56, b3); st(to + 64, a4); st(to + 72, b4); st(to + 80, a5);
	st(to + 88, b5);
}

static RC_NOINLINE void
dw3x3_3to8_8x8_p6_2(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images,
	float *RC_RESTRICT to, int first)
{
	V a0 = first ? zero() : ld(to), b0 = first ? zero() : ld(to + 8), a1 = first ? zero() : ld(to + 16),
		b1 = first ? zero() : ld(to + 24), a2 = first ? zero() : ld(to + 32),
		b2 = first ? zero() : ld(to + 40), a3 = first ? zero() : ld(to + 48),
		b3 = first ? zero() : ld(to + 56), a4 = first ? zero() : ld(to + 64),
		b4 = first ? zero() : ld(to + 72), a5 = first ? zero() : ld(to + 80),
		b5 = first ? zero() : ld(to + 88);

	for (int n = 0; n < images; n++, x += 300, dy += 1024)
	for (int i = 0; i < 8; i++) {
		const float *xi = x + i*10, *di = dy + i*128;

		for (int j = 0; j < 8; j++, xi += 1, di += 16) {
			V w0 = ld(di), w1 = ld(di + 8), v;
			v = bc(xi + 20); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xi + 21); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xi + 22); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xi + 100); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xi + 101); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			v = bc(xi + 102); a5 = fma_(v, w0, a5); b5 = fma_(v, w1, b5);
		}
	}
	st(to, a0); st(to + 8, b0); st(to + 16, a1); st(to + 24, b1); st(to + 32, a2); st(to + 40, b2);
	st(to + 48, a3); st(to + 56, b3); st(to + 64, a4); st(to + 72, b4); st(to + 80, a5);
	st(to + 88, b5);
}

static RC_NOINLINE void
dw3x3_3to8_8x8_p5(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images, float *RC_RESTRICT to,
	int first)
{
	V a0 = first ? zero() : ld(to), b0 = first ? zero() : ld(to + 8), a1 = first ? zero() : ld(to + 16),
		b1 = first ? zero() : ld(to + 24), a2 = first ? zero() : ld(to + 32),
		b2 = first ? zero() : ld(to + 40), a3 = first ? zero() : ld(to + 48),
		b3 = first ? zero() : ld(to + 56), a4 = first ? zero() : ld(to + 64),
		b4 = first ? zero() : ld(to + 72);

	for (int n = 0; n < images; n++, x += 300, dy += 1024)
	for (int i = 0; i < 8; i++) {
		const float *xi = x + i*10, *di = dy + i*128;

		for (int j = 0; j < 8; j++, xi += 1, di += 16) {
			V w0 = ld(di), w1 = ld(di + 8), v;
			v = bc(xi + 110); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xi + 111); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xi + 112); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xi + 120); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xi + 121); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}
	st(to, a0); st(to + 8, b0); st(to + 16, a1); st(to + 24, b1); st(to + 32, a2); st(to + 40, b2);
	st(to + 48, a3); st(to + 56, b3); st(to + 64, a4); st(to + 72, b4);
}

static RC_NOINLINE void
dw3x3_3to8_8x8_p5_2(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images,
	float *RC_RESTRICT to, int first)
{
	V a0 = first ? zero() : ld(to), b0 = first ? zero() : ld(to + 8), a1 = first ? zero() : ld(to + 16),
		b1 = first ? zero() : ld(to + 24), a2 = first ? zero() : ld(to + 32),
		b2 = first ? zero() : ld(to + 40), a3 = first ? zero() : ld(to + 48),
		b3 = first ? zero() : ld(to + 56), a4 = first ? zero() : ld(to + 64),
		b4 = first ? zero() : ld(to + 72);

	for (int n = 0; n < images; n++, x += 300, dy += 1024)
	for (int i = 0; i < 8; i++) {
		const float *xi = x + i*10, *di = dy + i*128;

		for (int j = 0; j < 8; j++, xi += 1, di += 16) {
			V w0 = ld(di), w1 = ld(di + 8), v;
			v = bc(xi + 122); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xi + 200); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xi + 201); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xi + 202); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xi + 210); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}
	st(to, a0); st(to + 8, b0); st(to + 16, a1); st(to + 24, b1); st(to + 32, a2); st(to + 40, b2);
	st(to + 48, a3); st(to + 56, b3); st(to + 64, a4); st(to + 72, b4);
}

static RC_NOINLINE void
dw3x3_3to8_8x8_p5_3(const float *RC_RESTRICT x, const float *RC_RESTRICT dy, int images,
	float *RC_RESTRICT to, int first)
{
	V a0 = first ? zero() : ld(to), b0 = first ? zero() : ld(to + 8), a1 = first ? zero() : ld(to + 16),
		b1 = first ? zero() : ld(to + 24), a2 = first ? zero() : ld(to + 32),
		b2 = first ? zero() : ld(to + 40), a3 = first ? zero() : ld(to + 48),
		b3 = first ? zero() : ld(to + 56), a4 = first ? zero() : ld(to + 64),
		b4 = first ? zero() : ld(to + 72);

	for (int n = 0; n < images; n++, x += 300, dy += 1024)
	for (int i = 0; i < 8; i++) {
		const float *xi = x + i*10, *di = dy + i*128;

		for (int j = 0; j < 8; j++, xi += 1, di += 16) {
			V w0 = ld(di), w1 = ld(di + 8), v;
			v = bc(xi + 211); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
			v = bc(xi + 212); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
			v = bc(xi + 220); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
			v = bc(xi + 221); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
			v = bc(xi + 222); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
		}
	}
	st(to, a0); st(to + 8, b0); st(to + 16, a1); st(to + 24, b1); st(to + 32, a2); st(to + 40, b2);
	st(to + 48, a3); st(to + 56, b3); st(to + 64, a4); st(to + 72, b4);
}

/*
** conv1.dw (small.lua:7)
**
** part = x at each tap times dy, over groups of images
** x  3 x 8 x 8  NCHW, halo 1 1 1 1
** dy  8 x 8 x 8  nChw16c
** 6 channels x 16 channels in 12 accumulators; 1 group of images
*/
static void
dw3x3_3to8_8x8_part(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *dy = (const float *)p[1];
	float *part = (float *)p[2];

	for (int u = lo; u < hi; u++) {
		int g = u, og = 0, from = g, end = g + 1;
		float *to = part + u*432;

		for (int n = from; n < end; n += end - from) {
			const float *xn = x + n*300;
			const float *dyn = dy + n*1024 + og*1024;

			dw3x3_3to8_8x8_p6(xn, dyn, end - from, to, n == from);
			dw3x3_3to8_8x8_p6_2(xn, dyn, end - from, to + 96, n == from);
			dw3x3_3to8_8x8_p5(xn, dyn, end - from, to + 192, n == from);
			dw3x3_3to8_8x8_p5_2(xn, dyn, end - from, to + 272, n == from);
			dw3x3_3to8_8x8_p5_3(xn, dyn, end - from, to + 352, n == from);
		}
	}
}

/* A unit is 1 images from 'bn1.dx' to 'conv1.dw' */
static void
strip_bn1_dx(void *const *p, int lo, int hi)
{
	char *own = (char *)p[0];
	char *work = (char *)p[1];
	char *state = (char *)p[2];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[8] = { work + 137728 + (size_t)u*4096, work + 104960 + (size_t)u*4096, work + 197568,
				work + 197632, state + 13760, state + 13696, state + 1152, own };

			bn_dx_8x8x8_2(q, 0, 2);
		}
		{
			void *const q[3] = { work + 186880 + (size_t)u*1200, own, work + 16640 + (size_t)u*1728 };

			dw3x3_3to8_8x8_part(q, 0, 1);
		}
	}
}

/*
** conv1.dw (small.lua:7)
**
** dw = the sums of groups of images, added up
** x  3 x 8 x 8  NCHW, halo 1 1 1 1
** dy  8 x 8 x 8  nChw16c
*/
static void
dw3x3_3to8_8x8(void *const *p, int lo, int hi)
{
	float *part = (float *)p[0], *dw = (float *)p[1];

	for (int u = lo; u < hi; u++) {
		int og = u, oc = og*16;
		float *sums = part + u*432;

		rc_tree(sums, 4, 432, 432);
		for (int o = 0; o < 16 && oc < 8; o++, oc++)
		for (int r = 0; r < 27; r++)
			dw[oc*27 + r] = sums[r*16 + o];
	}
}

/* A unit is 1 images from 'conv1' to 'bn1.stats', in evaluation */
static void
strip_conv1_2(void *const *p, int lo, int hi)
{
	char *work = (char *)p[1];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[3] = { work + 186880 + (size_t)u*1200, work, work + 104960 + (size_t)u*4096 };

			conv3x3_3to8_8x8(q, 0, 8);
		}
	}
}

/*
** bn1.stats (small.lua:7), in evaluation
** layer1.0.bn1.stats (small.lua:8), in evaluation
** layer1.0.bn2.stats (small.lua:8), in evaluation
**
** mean, var = the running ones
*/
static void
bn_stats_8x8x8_2(void *const *p, int lo, int hi)
{
	float *mean = (float *)p[0], *var = (float *)p[1], *running_mean = (float *)p[2],
		*running_var = (float *)p[3];

	for (int v = lo; v < hi; v++) {
		st(mean + v*8, ld(running_mean + v*8));
		st(var + v*8, ld(running_var + v*8));
	}
}

/* A unit is 1 images from 'bn1' to 'layer1.0.bn1.stats', in evaluation */
static void
strip_bn1_2(void *const *p, int lo, int hi)
{
	char *work = (char *)p[1];
	char *state = (char *)p[2];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[1] = { work + 25856 + (size_t)u*6400 };

			halo_8x8x8(q, 0, 1);
		}
		{
			void *const q[6] = { work + 104960 + (size_t)u*4096, work + 197568, work + 197632, state + 1152,
				state + 1216, work + 25856 + (size_t)u*6400 };

			bn_norm_8x8x8(q, 0, 2);
		}
		{
			void *const q[3] = { work + 25856 + (size_t)u*6400, work, work + 121344 + (size_t)u*4096 };

			conv3x3_8to8_8x8(q, 0, 8);
		}
	}
}

/* A unit is 1 images from 'layer1.0.bn1' to 'layer1.0.bn2.stats', in evaluation */
static void
strip_layer1_0_bn1_2(void *const *p, int lo, int hi)
{
	char *own = (char *)p[0];
	char *work = (char *)p[1];
	char *state = (char *)p[2];

	for (int u = lo; u < hi; u++) {
		{
			void *const q[1] = { own };

			halo_8x8x8(q, 0, 1);
		}
		{
			void *const q[6] = { work + 121344 + (size_t)u*4096, work + 197696, work + 197760, state + 3584,
				state + 3648, own };

			bn_norm_8x8x8(q, 0, 2);
		}
		{
			void *const q[3] = { own, work + 51456, work + 137728 + (size_t)u*4096 };

			conv3x3_8to8_8x8(q, 0, 8);
		}
	}
}

RC_TARGET_END

/* Parameters: name in weight files, first float after the state's head, how many; how they start; learn,
decay; the layer after which the gradient is whole. */
static const rc_parameter parameters[] = {
	{ "conv1.weight", 0, 216, RC_START_NORMAL, 0.166666667f, 1, 1, 34 },
	{ "bn1.weight", 224, 8, RC_START_VALUE, 1.0f, 1, 1, 32 },
	{ "bn1.bias", 240, 8, RC_START_VALUE, 0.0f, 1, 1, 32 },
	{ "layer1.0.conv1.weight", 256, 576, RC_START_NORMAL, 0.166666667f, 1, 1, 29 },
	{ "layer1.0.bn1.weight", 832, 8, RC_START_VALUE, 1.0f, 1, 1, 26 },
	{ "layer1.0.bn1.bias", 848, 8, RC_START_VALUE, 0.0f, 1, 1, 26 },
	{ "layer1.0.conv2.weight", 864, 576, RC_START_NORMAL, 0.166666667f, 1, 1, 23 },
	{ "layer1.0.bn2.weight", 1440, 8, RC_START_VALUE, 1.0f, 1, 1, 20 },
	{ "layer1.0.bn2.bias", 1456, 8, RC_START_VALUE, 0.0f, 1, 1, 20 },
	{ "fc.weight", 1472, 24, RC_START_UNIFORM, 0.353553391f, 1, 1, 13 },
	{ "fc.bias", 1504, 3, RC_START_UNIFORM, 0.353553391f, 1, 1, 14 },
	{ "bn1.running_mean", 1520, 8, RC_START_VALUE, 0.0f, 0, 1, -1 },
	{ "bn1.running_var", 1536, 8, RC_START_VALUE, 1.0f, 0, 1, -1 },
	{ "layer1.0.bn1.running_mean", 1552, 8, RC_START_VALUE, 0.0f, 0, 1, -1 },
	{ "layer1.0.bn1.running_var", 1568, 8, RC_START_VALUE, 1.0f, 0, 1, -1 },
	{ "layer1.0.bn2.running_mean", 1584, 8, RC_START_VALUE, 0.0f, 0, 1, -1 },
	{ "layer1.0.bn2.running_var", 1600, 8, RC_START_VALUE, 1.0f, 0, 1, -1 },
};

/*
** The network in training, a step a row: the layer that is done after it, the kernel, units of work in a round, rounds,
** bytes of its first operand that each thread has to itself,
** and where its operands lie in bytes: in the workspace, in the state, in the caller's arrays.
*/
static const rc_step steps[] = {
	{ NULL,                 halo_3x8x8,                  1, 1, 0,     0, { 186880 } },
	{ "input",              augment_3x8x8,              12, 1, 0,     0, { RC_IN, RC_HOW, 186880 } },
	{ NULL,                 pack_conv3x3_3to8_8x8,       1, 1, 2,     0, { RC_STATE + 256, RC_STATE + 256, 0, 0 } },
	{ NULL,                 strip_conv1,                 4, 1, 0,    64, { 2496, 0 } },
	{ "conv1",              done,                        1, 1, 0,     0, { 0 } },
	{ "bn1.stats",          bn_stats_8x8x8,              2, 1, 2,     0,
		{ 1728, 197568, 197632, RC_STATE + 6336, RC_STATE + 6400 } },
	{ NULL,                 pack_conv3x3_8to8_8x8,       1, 1, 2,     0, { RC_STATE + 1280, RC_STATE + 1280, 0, 0 } },
	{ NULL,                 strip_bn1,                   4, 1, 0,    64, { 5376, 0, RC_STATE + 0 } },
	{ "bn1",                done,                        1, 1, 0,     0, { 0 } },
	{ "layer1.0.conv1",     done,                        1, 1, 2,     0, { 0 } },
	{ "layer1.0.bn1.stats", bn_stats_8x8x8,              2, 1, 2,     0,
		{ 4608, 197696, 197760, RC_STATE + 6464, RC_STATE + 6528 } },
	{ NULL,                 pack_conv3x3_8to8_8x8,       1, 1, 2,     0,
		{ RC_STATE + 3712, RC_STATE + 3712, 51456, 51456 } },
	{ NULL,                 strip_layer1_0_bn1,          4, 1, 0,  6464, { 0, 0, RC_STATE + 0 } },
	{ "layer1.0.bn1",       done,                        1, 1, 0,     0, { 0 } },
	{ "layer1.0.conv2",     done,                        1, 1, 2,     0, { 0 } },
	{ "layer1.0.bn2.stats", bn_stats_8x8x8,              2, 1, 2,     0,
		{ 56064, 197824, 197888, RC_STATE + 6592, RC_STATE + 6656 } },
	{ NULL,                 pack_linear_8to3,            1, 1, 2,     0,
		{ RC_STATE + 6144, RC_STATE + 6272, 16640, 17152 } },
	{ NULL,                 strip_layer1_0_bn2,          4, 1, 0,  4160, { 0, 0, RC_STATE + 0 } },
	{ "layer1.0.bn2",       done,                        1, 1, 0,     0, { 0 } },
	{ "avgpool",            done,                        1, 1, 2,     0, { 0 } },
	{ "fc",                 done,                        1, 1, 2,     0, { 0 } },
	{ NULL,                 clear_3x1x1,                 1, 1, 2,     0, { 55552 } },
	{ NULL,                 clear_3x1x1,                 1, 1, 0,     0, { 197312 } },
	{ "loss",               linear_cross_entropy_3x1x1,  4, 1, 0,     0, { 197056, RC_OUT, 55552, 197312 } },
	{ NULL,                 pack_linear_3to8,            1, 1, 2,     0,
		{ RC_STATE + 6144, RC_STATE + 6144, 55808, 55808 } },
	{ NULL,                 strip_fc_dw,                 4, 1, 0, 12352, { 0, 0, RC_STATE + 0 } },
	{ "fc.dw",              dw1x1_8to3_1x1,              1, 1, 0,     0, { 49408, RC_STATE + 18688 } },
	{ "fc.db",              channel_sums_3x1x1,          2, 1, 2,     0, { 53760, RC_STATE + 18816 } },
	{ "fc.dx",              done,                        1, 1, 2,     0, { 0 } },
	{ "avgpool.dx",         done,                        1, 1, 2,     0, { 0 } },
	{ "bn1.again",          done,                        1, 1, 2,     0, { 0 } },
	{ "layer1.0.bn2.again", done,                        1, 1, 2,     0, { 0 } },
	{ "layer1.0.relu2.dx",  done,                        1, 1, 2,     0, { 0 } },
	{ "layer1.0.bn2.sums",  bn_sums_8x8x8,               2, 1, 2,     0,
		{ 197888, 54528, RC_STATE + 18624, RC_STATE + 18560 } },
	{ NULL,                 pack_conv3x3_8to8_8x8_2,     1, 1, 2,     0,
		{ RC_STATE + 3712, RC_STATE + 3712, 191680, 191680 } },
	{ NULL,                 strip_layer1_0_bn2_dx,       4, 1, 0, 16960, { 0, 0, RC_STATE + 0 } },
	{ "layer1.0.bn2.dx",    done,                        1, 1, 0,     0, { 0 } },
	{ "layer1.0.bn1.again", done,                        1, 1, 2,     0, { 0 } },
	{ "layer1.0.conv2.dw",  dw3x3_8to8_8x8,              1, 1, 2,     0, { 67840, RC_STATE + 16256 } },
	{ "layer1.0.conv2.dx",  done,                        1, 1, 2,     0, { 0 } },
	{ "layer1.0.relu1.dx",  done,                        1, 1, 2,     0, { 0 } },
	{ "layer1.0.bn1.sums",  bn_sums_8x8x8,               2, 1, 2,     0,
		{ 197760, 196288, RC_STATE + 16192, RC_STATE + 16128 } },
	{ NULL,                 pack_conv3x3_8to8_8x8_2,     1, 1, 2,     0,
		{ RC_STATE + 1280, RC_STATE + 1280, 191680, 191680 } },
	{ NULL,                 strip_layer1_0_bn1_dx,       4, 1, 0, 16960, { 0, 0, RC_STATE + 0 } },
	{ "layer1.0.bn1.dx",    done,                        1, 1, 0,     0, { 0 } },
	{ "bn1.again2",         done,                        1, 1, 2,     0, { 0 } },
	{ "layer1.0.conv1.dw",  dw3x3_8to8_8x8,              1, 1, 2,     0, { 67840, RC_STATE + 13824 } },
	{ "layer1.0.conv1.dx",  done,                        1, 1, 2,     0, { 0 } },
	{ "relu1.dx",           done,                        1, 1, 2,     0, { 0 } },
	{ "bn1.sums",           bn_sums_8x8x8,               2, 1, 2,     0,
		{ 197632, 196288, RC_STATE + 13760, RC_STATE + 13696 } },
	{ NULL,                 strip_bn1_dx,                4, 1, 2,  4160, { 0, 0, RC_STATE + 0 } },
	{ "bn1.dx",             done,                        1, 1, 0,     0, { 0 } },
	{ "conv1.dw",           dw3x3_3to8_8x8,              1, 1, 2,     0, { 16640, RC_STATE + 12800 } },
};

/* The same without learning. */
static const rc_step eval_steps[] = {
	{ NULL,                 halo_3x8x8,                  1, 1, 0,    0, { 186880 } },
	{ "input",              augment_3x8x8,              12, 1, 0,    0, { RC_IN, RC_HOW, 186880 } },
	{ NULL,                 pack_conv3x3_3to8_8x8,       1, 1, 2,    0, { RC_STATE + 256, RC_STATE + 256, 0, 0 } },
	{ NULL,                 strip_conv1_2,               4, 1, 0,   64, { 2496, 0 } },
	{ "bn1.stats",          bn_stats_8x8x8_2,            2, 1, 0,    0,
		{ 197568, 197632, RC_STATE + 6336, RC_STATE + 6400 } },
	{ NULL,                 pack_conv3x3_8to8_8x8,       1, 1, 2,    0, { RC_STATE + 1280, RC_STATE + 1280, 0, 0 } },
	{ NULL,                 strip_bn1_2,                 4, 1, 0,   64, { 5376, 0, RC_STATE + 0 } },
	{ "layer1.0.bn1.stats", bn_stats_8x8x8_2,            2, 1, 0,    0,
		{ 197696, 197760, RC_STATE + 6464, RC_STATE + 6528 } },
	{ NULL,                 pack_conv3x3_8to8_8x8,       1, 1, 2,    0,
		{ RC_STATE + 3712, RC_STATE + 3712, 51456, 51456 } },
	{ NULL,                 strip_layer1_0_bn1_2,        4, 1, 0, 6464, { 0, 0, RC_STATE + 0 } },
	{ "layer1.0.bn2.stats", bn_stats_8x8x8_2,            2, 1, 0,    0,
		{ 197824, 197888, RC_STATE + 6592, RC_STATE + 6656 } },
	{ NULL,                 pack_linear_8to3,            1, 1, 2,    0,
		{ RC_STATE + 6144, RC_STATE + 6272, 16640, 17152 } },
	{ NULL,                 strip_layer1_0_bn2,          4, 1, 0, 4160, { 0, 0, RC_STATE + 0 } },
	{ NULL,                 clear_3x1x1,                 1, 1, 0,    0, { 55552 } },
	{ NULL,                 clear_3x1x1,                 1, 1, 0,    0, { 197312 } },
	{ "loss",               linear_cross_entropy_3x1x1,  4, 1, 0,    0, { 197056, RC_OUT, 55552, 197312 } },
};

/* The blob of the network at work: batch norms folded, weights in the order of its kernels. */
static void
export_weights(const float *s, char *blob)
{
	{ /* conv1 */
		static const rc_packing how = {
			RC_ORDER_DIRECT, 1, 1, 3, 1, 1, 16, 8, 3, 1, 3, 3, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 16
		};
		const rc_fold fold = { s + 0, NULL, s + 224, s + 240, s + 1520, s + 1536,
			NULL, NULL, 0, 1.0000000000000001e-05, 1, 1, 0 };

		rc_fold_pack(&how, &fold, (float *)(void *)(blob + 128), (float *)(void *)(blob + 1856));
	}
	{ /* layer1.0.conv1 */
		static const double gh[18] = {
			1.1377777777777778, 0, 0, -0.68840336134453783, -0.43025210084033616, -0.26890756302521007,
				-0.68840336134453783, 0.43025210084033616, -0.26890756302521007, 0.11951447245564893,
				0.17927170868347339, 0.26890756302521007, 0.11951447245564893, -0.17927170868347339,
				0.26890756302521007, 0, 0, 1
		};
		static const double gw[18] = {
			1.1377777777777778, 0, 0, -0.68840336134453783, -0.43025210084033616, -0.26890756302521007,
				-0.68840336134453783, 0.43025210084033616, -0.26890756302521007, 0.11951447245564893,
				0.17927170868347339, 0.26890756302521007, 0.11951447245564893, -0.17927170868347339,
				0.26890756302521007, 0, 0, 1
		};
		static const rc_packing how = {
			RC_ORDER_WINOGRAD, 1, 1, 1, 16, 16, 16, 8, 8, 1, 3, 3, 0, NULL, NULL, NULL, gh, gw, 6, 6, 16
		};
		const rc_fold fold = { s + 256, NULL, s + 832, s + 848, s + 1552, s + 1568,
			NULL, NULL, 0, 1.0000000000000001e-05, 1, 1, 0 };

		rc_fold_pack(&how, &fold, (float *)(void *)(blob + 1920), (float *)(void *)(blob + 38784));
	}
	{ /* layer1.0.conv2 */
		static const double gh[18] = {
			1.1377777777777778, 0, 0, -0.68840336134453783, -0.43025210084033616, -0.26890756302521007,
				-0.68840336134453783, 0.43025210084033616, -0.26890756302521007, 0.11951447245564893,
				0.17927170868347339, 0.26890756302521007, 0.11951447245564893, -0.17927170868347339,
				0.26890756302521007, 0, 0, 1
		};
		static const double gw[18] = {
			1.1377777777777778, 0, 0, -0.68840336134453783, -0.43025210084033616, -0.26890756302521007,
				-0.68840336134453783, 0.43025210084033616, -0.26890756302521007, 0.11951447245564893,
				0.17927170868347339, 0.26890756302521007, 0.11951447245564893, -0.17927170868347339,
				0.26890756302521007, 0, 0, 1
		};
		static const rc_packing how = {
			RC_ORDER_WINOGRAD, 1, 1, 1, 16, 16, 16, 8, 8, 1, 3, 3, 0, NULL, NULL, NULL, gh, gw, 6, 6, 16
		};
		const rc_fold fold = { s + 864, NULL, s + 1440, s + 1456, s + 1584, s + 1600,
			NULL, NULL, 0, 1.0000000000000001e-05, 1, 1, 0 };

		rc_fold_pack(&how, &fold, (float *)(void *)(blob + 38848), (float *)(void *)(blob + 75712));
	}
	{ /* fc */
		static const rc_packing how = {
			RC_ORDER_DIRECT, 1, 1, 1, 16, 8, 16, 3, 8, 1, 1, 1, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 16
		};
		const rc_fold fold = { s + 1472, s + 1504, NULL, NULL, NULL, NULL,
			NULL, NULL, 0, 1.0000000000000001e-05, 1, 1, 0 };

		rc_fold_pack(&how, &fold, (float *)(void *)(blob + 75776), (float *)(void *)(blob + 76288));
	}
}

static const rc_export at_work = { 0xf77b046870c89afcu, 77120, 76352, "avx2", export_weights };

/* Statistics of batch norms, sums of their gradients, as they come: rc_norm. */
static const rc_norm norms[] = {
	{ 2, 0, 8, 197568, 197632, 0, 0, 1520, 1536, 256.0, 0.10000000000000001 },
	{ 5, 0, 8, 197696, 197760, 0, 0, 1552, 1568, 256.0, 0.10000000000000001 },
	{ 8, 0, 8, 197824, 197888, 0, 0, 1584, 1600, 256.0, 0.10000000000000001 },
	{ 20, 1, 8, 18624, 18560, 1, 1, 0, 0, 256.0, 0 },
	{ 26, 1, 8, 16192, 16128, 1, 1, 0, 0, 256.0, 0 },
	{ 32, 1, 8, 13760, 13696, 1, 1, 0, 0, 256.0, 0 },
};

static const rc_trainer trainer = {
	"small", 0x6b42c8346ab91112u, 18880, 201088, /* hash of the parameters; bytes: state, workspace */
	parameters, 17, 1520, 1616, /* floats that learn, of all parameters */
	steps, eval_steps, 53, 16, 16,
	4, 1, 3, 768, /* images of a group, groups, classes, bytes of an image */
	197952, 201088, 197312, 64, /* in the workspace: a group of fewer images, sums of groups, losses and their distance */
	0.9f, 0.0001f, 0, /* momentum, decay, Nesterov */
	&at_work, norms, 6
};

int
small_train_init(void *state, uint64_t seed)
{
	if (!(rc_x86(RC_AVX2 | RC_FMA | RC_F16C)))
		return RC_E_CPU;
	return rc_train_init(&trainer, state, seed);
}

int
small_train_check(const void *state, size_t len)
{
	if (!(rc_x86(RC_AVX2 | RC_FMA | RC_F16C)))
		return RC_E_CPU;
	return rc_train_check(&trainer, state, len);
}

int
small_train_seal(void *state)
{
	return rc_train_seal(&trainer, state);
}

int
small_train_load(void *state, const void *params, size_t len)
{
	if (!(rc_x86(RC_AVX2 | RC_FMA | RC_F16C)))
		return RC_E_CPU;
	return rc_train_load(&trainer, state, params, len);
}

int
small_train_grad(const rc_options *options, void *state, const small_pixel *images, const int32_t *labels,
	const rc_train *how, void *workspace, size_t len, rc_loss *loss)
{
	return rc_train_grad(&trainer, options, state, images, labels, how, workspace, len, loss);
}

int
small_train_apply(const rc_options *options, void *state, const rc_train *how)
{
	return rc_train_apply(&trainer, options, state, how);
}

int
small_train_step(const rc_options *options, void *state, const small_pixel *images, const int32_t *labels,
	const rc_train *how, void *workspace, size_t len, rc_loss *loss)
{
	return rc_train_step(&trainer, options, state, images, labels, how, workspace, len, loss);
}

int
small_train_eval(const rc_options *options, const void *state, const small_pixel *images, const int32_t *labels, int count,
	void *workspace, size_t len, rc_loss *loss)
{
	return rc_train_eval(&trainer, options, state, images, labels, count, workspace, len, loss);
}

const rc_parameter *
small_train_parameters(int *count)
{
	*count = trainer.parameter_count;
	return parameters;
}

const rc_trainer *
small_train_trainer(void)
{
	return &trainer;
}

float *
small_train_gradient(void *state)
{
	return rc_train_gradient(&trainer, state);
}

int
small_train_export(const void *state, void *weights, size_t len)
{
	return rc_train_export(&trainer, state, weights, len);
}
