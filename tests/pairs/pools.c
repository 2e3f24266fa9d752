
/*
** max_pool1 (pools.lua:8)
**
** y = maximum of x over 3x3 windows, stride 2x2
** x  8 x 9 x 9  nChw4c
** y  8 x 5 x 5  nChw4c
*/
static void
max_pool3x3_8x5x5_s2(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/4*324 + v%4;
		float *yv = y + v/4*100 + v%4;

		for (int i = 0; i < 5; i++) {
			int r0 = i*2 - 1, r1 = r0 + 3;
			if (r0 < 0) r0 = 0;
			if (r1 > 9) r1 = 9;

			for (int j = 0; j < 5; j++) {
				int q0 = j*2 - 1, q1 = q0 + 3;
				if (q0 < 0) q0 = 0;
				if (q1 > 9) q1 = 9;
				V a = lowest();

				for (int r = r0; r < r1; r++)
				for (int q = q0; q < q1; q++)
					a = pmax(a, ld(xv + r*36 + q*4));
				st(yv + i*20 + j*4, a);
			}
		}
	}
}

/*
** avg_pool1 (pools.lua:9)
**
** y = mean of x over 3x3 windows, stride 2x2
** x  8 x 5 x 5  nChw4c
** y  8 x 3 x 3  nChw4c
*/
static void
avg_pool3x3_8x3x3_s2(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/4*100 + v%4;
		float *yv = y + v/4*36 + v%4;

		for (int i = 0; i < 3; i++) {
			int r0 = i*2 - 1, r1 = r0 + 3;
			int nr0 = (r1 < 6 ? r1 : 6) - r0;
			if (r0 < 0) r0 = 0;
			if (r1 > 5) r1 = 5;

			for (int j = 0; j < 3; j++) {
				int q0 = j*2 - 1, q1 = q0 + 3;
				int nq0 = (q1 < 6 ? q1 : 6) - q0;
				if (q0 < 0) q0 = 0;
				if (q1 > 5) q1 = 5;
				V a = zero();

				for (int r = r0; r < r1; r++)
				for (int q = q0; q < q1; q++)
					a = add(a, ld(xv + r*20 + q*4));
				st(yv + i*12 + j*4, mul(a, splat(1.0f/(float)(nr0*nq0))));
			}
		}
	}
}

/*
** adaptive_avg_pool1 (pools.lua:10)
**
** y = mean of each of 2x2 parts of x
** x  8 x 3 x 3  nChw4c
** y  8 x 2 x 2  nChw4c
*/
static void
adaptive_avg_pool_8x3x3_to_2x2(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *y = (float *)p[1];

	for (int v = lo; v < hi; v++) {
		const float *xv = x + v/4*36 + v%4;
		float *yv = y + v/4*16 + v%4;

		for (int i = 0; i < 2; i++) {
			int r0 = i*3/2, r1 = ((i + 1)*3 + 1)/2;

			for (int j = 0; j < 2; j++) {
				int q0 = j*3/2, q1 = ((j + 1)*3 + 1)/2;
				V a = zero();

				for (int r = r0; r < r1; r++)
				for (int q = q0; q < q1; q++)
					a = add(a, ld(xv + r*12 + q*4));
				st(yv + i*8 + j*4, mul(a, splat(1.0f/(float)((r1 - r0)*(q1 - q0)))));
			}
		}
	}
}
