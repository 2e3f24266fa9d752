
/*
** relu1 (copies.lua:8)
**
** y = relu(x)
** x  16 x 8 x 8  nChw16c
** y  16 x 8 x 8  nChw16c
*/
static void
relu_16x8x8(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*1024 + v%2*8;
		float *yv = y + v/2*1024 + v%2*8;

		for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++)
			st(yv + i*128 + j*16, relu(ld(xv + i*128 + j*16)));
	}
}

/*
** slice1 (copies.lua:8)
**
** y = x[slice]
** x  16 x 8 x 8  nChw16c
** y  16 x 4 x 4  nChw16c
*/
static void
slice_16x8x8(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int c = lo; c < hi; c++) {
		const float *xc = x + c/2*1024 + c%2*8;
		float *yc = y + c/2*256 + c%2*8;

		for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++)
			st(yc + i*64 + j*16, ld(xc + i*256 + j*32));
	}
}

/*
** pad1 (copies.lua:8)
**
** y = x amid zeros
** x  16 x 4 x 4  nChw16c
** y  32 x 4 x 4  nChw16c
*/
static void
pad_16x4x4(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int c = lo; c < hi; c++) {
		int from = c < 1 || c >= 3 ? 0 : c - 1;
		const float *xc = x + from/2*256 + from%2*8;
		float *yc = y + c/2*256 + c%2*8;

		for (int i = 0; i < 4; i++) {
			float *yr = yc + i*64;

			if (c < 1 || c >= 3) {
				for (int j = 0; j < 4; j++)
					st(yr + j*16, splat(0.0f));
				continue;
			}
			const float *xr = xc + i*64;
			for (int j = 0; j < 4; j++)
				st(yr + j*16, ld(xr + j*16));
		}
	}
}

/*
** relu2 (copies.lua:9)
**
** y = relu(x)
** x  32 x 4 x 4  nChw16c
** y  32 x 4 x 4  nChw16c
*/
static void
relu_32x4x4(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/2*256 + v%2*8;
		float *yv = y + v/2*256 + v%2*8;

		for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++)
			st(yv + i*64 + j*16, relu(ld(xv + i*64 + j*16)));
	}
}

/*
** concat1 (copies.lua:9)
**
** y = x at its channels
** x  32 x 4 x 4  nChw16c
** y  64 x 4 x 4  nChw16c
*/
static void
concat_32x4x4(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int c = lo; c < hi; c++) {
		const float *xc = x + c/2*256 + c%2*8;
		float *yc = y + c/2*256 + c%2*8;

		for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++)
			st(yc + i*64 + j*16, ld(xc + i*64 + j*16));
	}
}

/*
** concat1 (copies.lua:9)
**
** y = x at its channels
** x  32 x 4 x 4  nChw16c
** y  64 x 4 x 4  nChw16c
*/
static void
concat_32x4x4_2(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int c = lo; c < hi; c++) {
		const float *xc = x + c/2*256 + c%2*8;
		float *yc = y + (c + 4)/2*256 + (c + 4)%2*8;

		for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++)
			st(yc + i*64 + j*16, ld(xc + i*64 + j*16));
	}
}

/*
** flatten1 (copies.lua:9)
**
** y = x in NCHW order
** x  64 x 4 x 4  nChw16c
** y  1024 x 1 x 1  nChw16c
*/
static void
flatten_64x4x4(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int c = lo; c < hi; c++) {
		const float *xc = x + c/16*256 + c%16;
		float *yc = y;

		for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++) {
			int f = c*16 + i*4 + j;
			yc[f/16*16 + f%16] = xc[i*64 + j*16];
		}
	}
}
