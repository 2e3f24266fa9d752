
static void
halo_16x14x14(void *const *p, int lo, int hi)
{
	rc_clear_halo((float *)p[0], lo, hi, 14, 14, 16, 1, 1, 1, 1);
}

/*
** relu1 (conv3x3.lua:8)
**
** y = relu(x)
** x  16 x 14 x 14  nChw16c
** y  16 x 14 x 14  nChw16c, halo 1 1 1 1
*/
static void
relu_16x14x14(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*3136 + v%2*8;
		float *yv = y + v/2*4096 + v%2*8 + 272;

		for (int i = 0; i < 14; i++)
		for (int j = 0; j < 14; j++)
			st(yv + i*256 + j*16, relu(ld(xv + i*224 + j*16)));
	}
}

/* 32 channels of 3 pixels, stride 2; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_32x3_s2_relu(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y,
	int yplane, int blocks, int plane, int kh, int row, int kw, int col)
{
	V a0 = ld(b), b0 = ld(b + 8), c0 = ld(b + 16), d0 = ld(b + 24), a1 = a0, b1 = b0, c1 = c0, d1 = d0,
		a2 = a0, b2 = b0, c2 = c0, d2 = d0;

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;

		for (int k = 0; k < 16; k++, xk++, w += 32) {
			RC_OPAQUE(xk);
			V v0 = bc(xk), v1 = bc(xk + 32), v2 = bc(xk + 64), wv;
			wv = ld(w); a0 = fma_(v0, wv, a0); a1 = fma_(v1, wv, a1); a2 = fma_(v2, wv, a2);
			wv = ld(w + 8); b0 = fma_(v0, wv, b0); b1 = fma_(v1, wv, b1); b2 = fma_(v2, wv, b2);
			wv = ld(w + 16); c0 = fma_(v0, wv, c0); c1 = fma_(v1, wv, c1); c2 = fma_(v2, wv, c2);
			wv = ld(w + 24); d0 = fma_(v0, wv, d0); d1 = fma_(v1, wv, d1); d2 = fma_(v2, wv, d2);
		}
	}

	st(y, relu(a0)); st(y + 16, relu(a1)); st(y + 32, relu(a2)); st(y + 8, relu(b0));
	st(y + 24, relu(b1)); st(y + 40, relu(b2)); st(y + yplane, relu(c0)); st(y + yplane + 16, relu(c1));
	st(y + yplane + 32, relu(c2)); st(y + yplane + 8, relu(d0)); st(y + yplane + 24, relu(d1));
	st(y + yplane + 40, relu(d2));
}

static RC_NOINLINE void
conv3x3_16to32_7x7_s2_relu_p3(const float *x, const float *w, const float *b, float *y)
{
	tile_32x3_s2_relu(x, w, b, y, 784, 1, 4096, 3, 256, 3, 16);
}

/* 32 channels of 2 pixels, stride 2; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_32x2_s2_relu(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y,
	int yplane, int blocks, int plane, int kh, int row, int kw, int col)
{
	V a0 = ld(b), b0 = ld(b + 8), c0 = ld(b + 16), d0 = ld(b + 24), a1 = a0, b1 = b0, c1 = c0, d1 = d0;

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;

		for (int k = 0; k < 16; k++, xk++, w += 32) {
			RC_OPAQUE(xk);
			V v0 = bc(xk), v1 = bc(xk + 32), wv;
			wv = ld(w); a0 = fma_(v0, wv, a0); a1 = fma_(v1, wv, a1);
			wv = ld(w + 8); b0 = fma_(v0, wv, b0); b1 = fma_(v1, wv, b1);
			wv = ld(w + 16); c0 = fma_(v0, wv, c0); c1 = fma_(v1, wv, c1);
			wv = ld(w + 24); d0 = fma_(v0, wv, d0); d1 = fma_(v1, wv, d1);
		}
	}

	st(y, relu(a0)); st(y + 16, relu(a1)); st(y + 8, relu(b0)); st(y + 24, relu(b1));
	st(y + yplane, relu(c0)); st(y + yplane + 16, relu(c1)); st(y + yplane + 8, relu(d0));
	st(y + yplane + 24, relu(d1));
}

static RC_NOINLINE void
conv3x3_16to32_7x7_s2_relu_p2(const float *x, const float *w, const float *b, float *y)
{
	tile_32x2_s2_relu(x, w, b, y, 784, 1, 4096, 3, 256, 3, 16);
}

/*
** conv1 (conv3x3.lua:8)
**
** y = relu(conv3x3(x, w) + b)
** x  16 x 14 x 14  nChw16c, halo 1 1 1 1
** y  32 x 7 x 7  nChw16c
** w  4608 floats  [1 oc][1 ic][3][3][16 ic][32 oc]
** 0.23 M MACs; 3 pixels x 32 channels in 12 accumulators, 16 of 16 registers
*/
static void
conv3x3_16to32_7x7_s2_relu(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *b = (const float *)p[2];
	float *y = (float *)p[3];

	for (int i = lo; i < hi; i++) {
		const float *xi = x + i*512;
		float *yi = y + i*112;

		conv3x3_16to32_7x7_s2_relu_p3(xi, w, b, yi);
		for (int j = 3; j < 7; j += 2)
			conv3x3_16to32_7x7_s2_relu_p2(xi + j*32, w, b, yi + j*16);
	}
}
