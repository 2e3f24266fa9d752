
static void
clear_24x9x9(void *const *p, int lo, int hi)
{
	rc_clear((float *)p[0] + lo*2592, (size_t)(hi - lo)*2592);
}

static void
halo_24x9x9(void *const *p, int lo, int hi)
{
	rc_clear_halo((float *)p[0], lo*2, hi*2, 9, 9, 16, 1, 1, 1, 1);
}

/*
** relu1 (depthwise.lua:8)
**
** y = relu(x)
** x  24 x 9 x 9  nChw16c
** y  24 x 9 x 9  nChw16c, halo 1 1 1 1
*/
static void
relu_24x9x9(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*1296 + v%2*8;
		float *yv = y + v/2*1936 + v%2*8 + 192;

		for (int i = 0; i < 9; i++)
		for (int j = 0; j < 9; j++)
			st(yv + i*176 + j*16, relu(ld(xv + i*144 + j*16)));
	}
}

static RC_NOINLINE void
depthwise3x3_24_9x9_relu_p9(const float *RC_RESTRICT x, const float *RC_RESTRICT w, const float *b, float *y)
{
	V a0 = ld(b), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0;

	for (int ki = 0; ki < 3; ki++) {
		const float *xr = x + ki*176;
		V v, w0, w1, w2;

		RC_OPAQUE(xr);
		w0 = ld(w); w1 = ld(w + 8); w2 = ld(w + 16);
		v = ld(xr); a0 = fma_(v, w0, a0);
		v = ld(xr + 16); a0 = fma_(v, w1, a0); a1 = fma_(v, w0, a1);
		v = ld(xr + 32); a0 = fma_(v, w2, a0); a1 = fma_(v, w1, a1); a2 = fma_(v, w0, a2);
		v = ld(xr + 48); a1 = fma_(v, w2, a1); a2 = fma_(v, w1, a2); a3 = fma_(v, w0, a3);
		v = ld(xr + 64); a2 = fma_(v, w2, a2); a3 = fma_(v, w1, a3); a4 = fma_(v, w0, a4);
		v = ld(xr + 80); a3 = fma_(v, w2, a3); a4 = fma_(v, w1, a4); a5 = fma_(v, w0, a5);
		v = ld(xr + 96); a4 = fma_(v, w2, a4); a5 = fma_(v, w1, a5); a6 = fma_(v, w0, a6);
		v = ld(xr + 112); a5 = fma_(v, w2, a5); a6 = fma_(v, w1, a6); a7 = fma_(v, w0, a7);
		v = ld(xr + 128); a6 = fma_(v, w2, a6); a7 = fma_(v, w1, a7); a8 = fma_(v, w0, a8);
		v = ld(xr + 144); a7 = fma_(v, w2, a7); a8 = fma_(v, w1, a8);
		v = ld(xr + 160); a8 = fma_(v, w2, a8);
		w += 24;
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
}

/*
** conv1 (depthwise.lua:8)
**
** y = relu(depthwise3x3(x, w) + b)
** x  24 x 9 x 9  nChw16c, halo 1 1 1 1
** y  24 x 9 x 9  nChw16c
** w  288 floats  [4][3][1][3][8]
** 0.02 M MACs; groups of 1, 9 pixels x 8 channels in 9 accumulators, 13 of 16 registers
*/
static void
depthwise3x3_24_9x9_relu(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *b = (const float *)p[2];
	float *y = (float *)p[3];

	for (int u = lo; u < hi; u++) {
		int v = u/9;
		int i = u%9;
		const float *xv = x + v/2*1936 + v%2*8 + i*176, *wv = w + v*72;
		float *yv = y + v/2*1296 + v%2*8 + i*144;

		depthwise3x3_24_9x9_relu_p9(xv, wv, b + v*8, yv);
	}
}
