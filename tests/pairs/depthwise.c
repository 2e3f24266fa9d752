/*
** relu1 (depthwise.lua:8)
**
** y = relu(x)
** x  24 x 9 x 9  nChw16c
** y  24 x 9 x 9  nChw16c, halo 1 1 1 1
*/
static void
relu_24x9x9(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)w;
	(void)b;
	(void)z;
	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*1296 + v%2*8;
		float *yv = y + v/2*1936 + v%2*8 + 192;

		for (int i = 0; i < 9; i++)
		for (int j = 0; j < 9; j++)
			st(yv + i*176 + j*16, relu(ld(xv + i*144 + j*16)));
	}
}

/*
** conv1 (depthwise.lua:8)
**
** y = relu(depthwise(x, w) + b)
** x  24 x 9 x 9  nChw16c, halo 1 1 1 1
** y  24 x 9 x 9  nChw16c
** w  288 floats  [4][3][3][8]
*/
static void
depthwise3x3_24_9x9_relu(const float *x, const float *w, const float *b, const float *z, float *y, int lo, int hi)
{
	(void)z;
	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*1936 + v%2*8, *wv = w + v*72;
		float *yv = y + v/2*1296 + v%2*8;
		V bias = ld(b + v*8);

		for (int i = 0; i < 9; i++)
		for (int j = 0; j < 9; j++) {
			V a = bias;

			for (int ki = 0; ki < 3; ki++)
			for (int kj = 0; kj < 3; kj++) {
				const float *xk = xv + i*176 + j*16 + ki*176 + kj*16;
				a = fma_(ld(xk), ld(wv + (ki*3 + kj)*8), a);
			}
			st(yv + i*144 + j*16, relu(a));
		}
	}
}
