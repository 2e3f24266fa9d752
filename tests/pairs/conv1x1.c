
/*
** relu1 (conv1x1.lua:8)
**
** y = relu(x)
** x  64 x 7 x 7  nChw16c
** y  64 x 7 x 7  nChw16c
*/
static void
relu_64x7x7(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v*784;
		float *yv = y + v*784;

		for (int i = 0; i < 7; i++)
		for (int j = 0; j < 7; j++)
			st(yv + i*112 + j*16, relu(ld(xv + i*112 + j*16)));
	}
}

/* 32 channels of 13 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_32x13_add_relu(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *z, int zplane,
	float *y, int yplane, int blocks, int plane, int kh, int row, int kw, int col)
{
	V a0 = ld(z), b0 = ld(z + zplane), a1 = ld(z + 16), b1 = ld(z + zplane + 16), a2 = ld(z + 32),
		b2 = ld(z + zplane + 32), a3 = ld(z + 48), b3 = ld(z + zplane + 48), a4 = ld(z + 64),
		b4 = ld(z + zplane + 64), a5 = ld(z + 80), b5 = ld(z + zplane + 80), a6 = ld(z + 96),
		b6 = ld(z + zplane + 96), a7 = ld(z + 112), b7 = ld(z + zplane + 112), a8 = ld(z + 128),
		b8 = ld(z + zplane + 128), a9 = ld(z + 144), b9 = ld(z + zplane + 144), a10 = ld(z + 160),
		b10 = ld(z + zplane + 160), a11 = ld(z + 176), b11 = ld(z + zplane + 176), a12 = ld(z + 192),
		b12 = ld(z + zplane + 192);

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;

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
			v = bc(xk + 128); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
			v = bc(xk + 144); a9 = fma_(v, w0, a9); b9 = fma_(v, w1, b9);
			v = bc(xk + 160); a10 = fma_(v, w0, a10); b10 = fma_(v, w1, b10);
			v = bc(xk + 176); a11 = fma_(v, w0, a11); b11 = fma_(v, w1, b11);
			v = bc(xk + 192); a12 = fma_(v, w0, a12); b12 = fma_(v, w1, b12);
		}
	}

	st(y, relu(a0)); st(y + 16, relu(a1)); st(y + 32, relu(a2)); st(y + 48, relu(a3));
	st(y + 64, relu(a4)); st(y + 80, relu(a5)); st(y + 96, relu(a6)); st(y + 112, relu(a7));
	st(y + 128, relu(a8)); st(y + 144, relu(a9)); st(y + 160, relu(a10)); st(y + 176, relu(a11));
	st(y + 192, relu(a12)); st(y + yplane, relu(b0)); st(y + yplane + 16, relu(b1));
	st(y + yplane + 32, relu(b2)); st(y + yplane + 48, relu(b3)); st(y + yplane + 64, relu(b4));
	st(y + yplane + 80, relu(b5)); st(y + yplane + 96, relu(b6)); st(y + yplane + 112, relu(b7));
	st(y + yplane + 128, relu(b8)); st(y + yplane + 144, relu(b9)); st(y + yplane + 160, relu(b10));
	st(y + yplane + 176, relu(b11)); st(y + yplane + 192, relu(b12));
}

static RC_NOINLINE void
conv1x1_64to64_7x7_add_relu_p13(const float *x, const float *w, const float *z, float *y)
{
	tile_32x13_add_relu(x, w, z, 784, y, 784, 4, 784, 1, 112, 1, 16);
}

/* 32 channels of 12 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_32x12_add_relu(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *z, int zplane,
	float *y, int yplane, int blocks, int plane, int kh, int row, int kw, int col)
{
	V a0 = ld(z), b0 = ld(z + zplane), a1 = ld(z + 16), b1 = ld(z + zplane + 16), a2 = ld(z + 32),
		b2 = ld(z + zplane + 32), a3 = ld(z + 48), b3 = ld(z + zplane + 48), a4 = ld(z + 64),
		b4 = ld(z + zplane + 64), a5 = ld(z + 80), b5 = ld(z + zplane + 80), a6 = ld(z + 96),
		b6 = ld(z + zplane + 96), a7 = ld(z + 112), b7 = ld(z + zplane + 112), a8 = ld(z + 128),
		b8 = ld(z + zplane + 128), a9 = ld(z + 144), b9 = ld(z + zplane + 144), a10 = ld(z + 160),
		b10 = ld(z + zplane + 160), a11 = ld(z + 176), b11 = ld(z + zplane + 176);

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;

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
			v = bc(xk + 128); a8 = fma_(v, w0, a8); b8 = fma_(v, w1, b8);
			v = bc(xk + 144); a9 = fma_(v, w0, a9); b9 = fma_(v, w1, b9);
			v = bc(xk + 160); a10 = fma_(v, w0, a10); b10 = fma_(v, w1, b10);
			v = bc(xk + 176); a11 = fma_(v, w0, a11); b11 = fma_(v, w1, b11);
		}
	}

	st(y, relu(a0)); st(y + 16, relu(a1)); st(y + 32, relu(a2)); st(y + 48, relu(a3));
	st(y + 64, relu(a4)); st(y + 80, relu(a5)); st(y + 96, relu(a6)); st(y + 112, relu(a7));
	st(y + 128, relu(a8)); st(y + 144, relu(a9)); st(y + 160, relu(a10)); st(y + 176, relu(a11));
	st(y + yplane, relu(b0)); st(y + yplane + 16, relu(b1)); st(y + yplane + 32, relu(b2));
	st(y + yplane + 48, relu(b3)); st(y + yplane + 64, relu(b4)); st(y + yplane + 80, relu(b5));
	st(y + yplane + 96, relu(b6)); st(y + yplane + 112, relu(b7)); st(y + yplane + 128, relu(b8));
	st(y + yplane + 144, relu(b9)); st(y + yplane + 160, relu(b10)); st(y + yplane + 176, relu(b11));
}

static RC_NOINLINE void
conv1x1_64to64_7x7_add_relu_p12(const float *x, const float *w, const float *z, float *y)
{
	tile_32x12_add_relu(x, w, z, 784, y, 784, 4, 784, 1, 112, 1, 16);
}

/*
** conv1 (conv1x1.lua:9)
**
** y = relu(conv1x1(x, w) + z)
** x  64 x 7 x 7  nChw16c
** z  64 x 7 x 7  nChw16c
** y  64 x 7 x 7  nChw16c
** w  4096 floats  [2 oc][4 ic][1][1][16 ic][32 oc]
** 0.20 M MACs; 13 pixels x 32 channels in 26 accumulators, 29 of 32 registers
*/
static void
conv1x1_64to64_7x7_add_relu(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *z = (const float *)p[2];
	float *y = (float *)p[3];

	for (int og = lo; og < hi; og++) {
		const float *xi = x;
		const float *wi = w + og*2048;
		const float *zi = z + og*1568;
		float *yi = y + og*1568;

		conv1x1_64to64_7x7_add_relu_p13(xi, wi, zi, yi);
		for (int j = 13; j < 49; j += 12)
			conv1x1_64to64_7x7_add_relu_p12(xi + j*16, wi, zi + j*16, yi + j*16);
	}
}
