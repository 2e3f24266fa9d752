
static void
clear_8x6x6(void *const *p, int lo, int hi)
{
	rc_clear((float *)p[0] + lo*576, (size_t)(hi - lo)*576);
}

/*
** bn1 (maps.lua:8)
**
** y = relu(x*w + b)
** x  8 x 6 x 6  nChw16c
** y  8 x 6 x 6  nChw16c
*/
static void
bn_8x6x6_relu(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *w = (const float *)p[1], *b = (const float *)p[2];
	float *y = (float *)p[3];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*576 + v%2*8;
		float *yv = y + v/2*576 + v%2*8;
		V scale = ld(w + v*8), shift = ld(b + v*8);

		for (int i = 0; i < 6; i++)
		for (int j = 0; j < 6; j++)
			st(yv + i*96 + j*16, relu(fma_(ld(xv + i*96 + j*16), scale, shift)));
	}
}

/*
** add1 (maps.lua:9)
**
** y = x + z
** x  8 x 6 x 6  nChw16c
** z  8 x 6 x 6  nChw16c
** y  8 x 6 x 6  nChw16c
*/
static void
add_8x6x6(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0], *z = (const float *)p[1];
	float *y = (float *)p[2];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*576 + v%2*8;
		const float *zv = z + v/2*576 + v%2*8;
		float *yv = y + v/2*576 + v%2*8;

		for (int i = 0; i < 6; i++)
		for (int j = 0; j < 6; j++)
			st(yv + i*96 + j*16, add(ld(xv + i*96 + j*16), ld(zv + i*96 + j*16)));
	}
}

/*
** softmax1 (maps.lua:9)
**
** y = exp(x - max(x))/sum(exp(x - max(x))) over channels
** x  8 x 6 x 6  nChw16c
** y  8 x 6 x 6  nChw16c
*/
static void
softmax_8x6x6(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int u = lo; u < hi; u++)
	for (int i = 0; i < 6; i++)
	for (int j = 0; j < 6; j++) {
		const float *xp = x + 0 + i*96 + j*16;
		float *yp = y + 0 + i*96 + j*16;
		float most = xp[0], sum = 0;

		for (int c = 0; c < 8; c++) {
			float v = xp[c/16*576 + c%16];
			most = v > most ? v : most;
		}
		for (int v = 0; v < 2; v++)
			st(yp + v/2*576 + v%2*8, vexp(sub(ld(xp + v/2*576 + v%2*8), splat(most))));
		for (int c = 0; c < 8; c++)
			sum += yp[c/16*576 + c%16];
		for (int c = 8; c < 16; c++)
			yp[c/16*576 + c%16] = 0;
		for (int v = 0; v < 2; v++) {
			float *yv = yp + v/2*576 + v%2*8;
			st(yv, mul(ld(yv), splat(1/sum)));
		}
	}
}
