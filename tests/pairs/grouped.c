
static void
clear_12x5x5(void *const *p, int lo, int hi)
{
	rc_clear((float *)p[0] + lo*400, (size_t)(hi - lo)*400);
}

static void
halo_12x5x5(void *const *p, int lo, int hi)
{
	rc_clear_halo((float *)p[0], lo*2, hi*2, 5, 5, 8, 1, 1, 1, 1);
}

/*
** relu1 (grouped.lua:8)
**
** y = relu(x)
** x  12 x 5 x 5  nChw8c
** y  12 x 5 x 5  nChw8c, halo 1 1 1 1
*/
static void
relu_12x5x5(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*200 + v%2*4;
		float *yv = y + v/2*392 + v%2*4 + 64;

		for (int i = 0; i < 5; i++)
		for (int j = 0; j < 5; j++)
			st(yv + i*56 + j*8, relu(ld(xv + i*40 + j*8)));
	}
}

/* 4 channels of 5 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_4x5(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y, int blocks,
	int plane, int kh, int row, int kw, int col)
{
	V a0 = ld(b), a1 = a0, a2 = a0, a3 = a0, a4 = a0;

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;

		for (int k = 0; k < 8; k++, xk++, w += 4) {
			RC_OPAQUE(xk);
			V w0 = ld(w), v;
			v = bc(xk); a0 = fma_(v, w0, a0);
			v = bc(xk + 8); a1 = fma_(v, w0, a1);
			v = bc(xk + 16); a2 = fma_(v, w0, a2);
			v = bc(xk + 24); a3 = fma_(v, w0, a3);
			v = bc(xk + 32); a4 = fma_(v, w0, a4);
		}
	}

	st(y, a0); st(y + 8, a1); st(y + 16, a2); st(y + 24, a3); st(y + 32, a4);
}

static RC_NOINLINE void
conv3x3_12to18_5x5_g3_p5(const float *x, const float *w, const float *b, float *y)
{
	tile_4x5(x, w, b, y, 1, 392, 3, 56, 3, 8);
}

/*
** conv1 (grouped.lua:8)
**
** y = conv3x3(x, w) + b
** x  12 x 5 x 5  nChw8c, halo 1 1 1 1
** y  18 x 5 x 5  nChw8c
** w  1728 floats  [6 oc][1 ic][3][3][8 ic][4 oc]
** 0.02 M MACs; 5 pixels x 4 channels in 5 accumulators, 7 of 32 registers
*/
static void
conv3x3_12to18_5x5_g3(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *b = (const float *)p[2];
	float *y = (float *)p[3];

	for (int u = lo; u < hi; u++) {
		int og = u/5;
		int i = u%5;
		const float *xi = x + og/3*392 + i*56;
		const float *wi = w + og*288;
		const float *bi = b + og*4;
		float *yi = y + og/2*200 + og%2*4 + i*40;

		conv3x3_12to18_5x5_g3_p5(xi, wi, bi, yi);
	}
}
