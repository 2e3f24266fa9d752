
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

/* 32 channels of 7 pixels; plane, row, col: from one block of channels, one tap to the next */
static RC_INLINE void
tile_32x7_add_relu(const float *RC_RESTRICT x, const float *RC_RESTRICT w,
	const float *z, int zplane, float *y, int yplane,
	int blocks, int plane, int kh, int row, int kw, int col, int next, const float *ahead, int fetch)
{
	V a0 = zero(), b0 = zero(), a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0, a4 = a0, b4 = b0,
		a5 = a0, b5 = b0, a6 = a0, b6 = b0;

	for (int c = 0; c < blocks; c++)
	for (int ki = 0; ki < kh; ki++)
	for (int kj = 0; kj < kw; kj++) {
		const float *xk = x + c*plane + ki*row + kj*col;
		if (next) {
			RC_FETCH(xk + next); RC_FETCH(xk + next + 16); RC_FETCH(xk + next + 32); RC_FETCH(xk + next + 48);
			RC_FETCH(xk + next + 64); RC_FETCH(xk + next + 80); RC_FETCH(xk + next + 96);
		}
		for (int i = 0; i < fetch; i += 16, ahead += 16)
			RC_FETCH_FAR(ahead);

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
		}
	}

	st(y, relu(add(a0, ld(z)))); st(y + 16, relu(add(a1, ld(z + 16))));
	st(y + 32, relu(add(a2, ld(z + 32)))); st(y + 48, relu(add(a3, ld(z + 48))));
	st(y + 64, relu(add(a4, ld(z + 64)))); st(y + 80, relu(add(a5, ld(z + 80))));
	st(y + 96, relu(add(a6, ld(z + 96)))); st(y + yplane, relu(add(b0, ld(z + zplane))));
	st(y + yplane + 16, relu(add(b1, ld(z + zplane + 16))));
	st(y + yplane + 32, relu(add(b2, ld(z + zplane + 32))));
	st(y + yplane + 48, relu(add(b3, ld(z + zplane + 48))));
	st(y + yplane + 64, relu(add(b4, ld(z + zplane + 64))));
	st(y + yplane + 80, relu(add(b5, ld(z + zplane + 80))));
	st(y + yplane + 96, relu(add(b6, ld(z + zplane + 96))));
}

static RC_NOINLINE void
conv1x1_64to64_7x7_add_relu_p7(const float *x, const float *w, const float *z, float *y)
{
	tile_32x7_add_relu(x, w, z, 784, y, 784, 4, 784, 1, 112, 1, 16, 0, w, 0);
}

/*
** conv1 (conv1x1.lua:9)
**
** y = relu(conv1x1(x, w) + z)
** x  64 x 7 x 7  nChw16c
** z  64 x 7 x 7  nChw16c
** y  64 x 7 x 7  nChw16c
** w  4096 floats  [2 oc][4 ic][1][1][16 ic][32 oc]
** 0.20 M MACs; 7 pixels x 32 channels in 14 accumulators, 17 of 32 registers
*/
static void
conv1x1_64to64_7x7_add_relu(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *z = (const float *)p[2];
	float *y = (float *)p[3];

	for (int u = lo; u < hi; u++) {
		int og = u/7;
		int i = u%7;
		const float *xi = x + i*112;
		const float *wi = w + og*2048;
		const float *zi = z + og*1568 + i*112;
		float *yi = y + og*1568 + i*112;

		conv1x1_64to64_7x7_add_relu_p7(xi, wi, zi, yi);
	}
}
