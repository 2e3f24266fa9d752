
/*
** relu1 (strassen.lua:8)
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
		const float *xv = x + v/2*784 + v%2*8;
		float *yv = y + v/2*784 + v%2*8;

		for (int i = 0; i < 7; i++)
		for (int j = 0; j < 7; j++)
			st(yv + i*112 + j*16, relu(ld(xv + i*112 + j*16)));
	}
}

/*
** conv1 (strassen.lua:9)
**
** sums of x for a step of Strassen's products; a unit is a channel block of half of them, of a tile
** x  64 x 7 x 7  nChw16c
** t  3200 floats  [5 tiles][4][2 ic][5 pixels][16 ic]
*/
static void
strassen_in_64x7x7(void *const *p, int lo, int hi)
{
	const float *x = (const float *)p[0];
	float *t = (float *)p[1];

	for (int u = lo; u < hi; u++) {
		int i = u/2, c = u%2;
		int j = i*5;
		int each = 32*5;
		const float *xc = x + c*784;
		float *tc = t + i*640 + c*5*16;

		for (int e = 0; e < 5; e++, j++, tc += 16) {
			const float *first = xc + j*16;
			const float *second = xc + (j + 24)*16;

			for (int s = 0; s < 16; s += 8) {
				V b11 = ld(first + s), b21 = ld(first + 1568 + s);
				V b12 = ld(second + s), b22 = ld(second + 1568 + s);
				V t1 = sub(b12, b11), t2 = sub(b22, t1);

				st(tc + s, t2);
				st(tc + each + s, sub(b22, b12));
				st(tc + each*2 + s, sub(t2, b21));
				st(tc + each*3 + s, t1);
			}
		}
	}
}

/* A quarter of a tile to its place */
static RC_INLINE void
finish_16x5_add_relu(const float *RC_RESTRICT r, const float *b, const float *z, int zplane, float *y,
	int yplane, int from)
{
	for (int j = 0; j < 5; j++, r += 16, y += 16, z += 16) {
		if (j >= from) {
			st(y, relu(add(add(ld(r), ld(b)), ld(z))));
			st(y + 8, relu(add(add(ld(r + 8), ld(b + 8)), ld(z + 8))));
		}
	}
}

/* Strassen: 16 channels of 5 pixels, and of their other halves; from: 1 where both have the first pixel */
static RC_NOINLINE void
strassen_16_p5_add_relu(const float *x, int plane, int lower, int apart, const float *t, int each, int blocks,
	const float *RC_RESTRICT w, const float *b, int bhalf, const float *z0, const float *z1, int zhalf,
	int zplane, float *y0, float *y1, int yhalf, int yplane, int from, float *RC_RESTRICT m,
	const float *ahead, int fetch)
{
	float *u3 = m + 80, *r = m + 160;
	V a0 = zero(), b0 = zero(), a1 = zero(), b1 = zero(), a2 = zero(), b2 = zero(), a3 = zero(),
		b3 = zero(), a4 = zero(), b4 = zero();

	for (int q = 0; q < 7; q++) {
		int whole = q < 2 || q == 6;
		const float *xq = !whole ? t + (q - 2)*each : q == 0 ? x : q == 1 ? x + lower : x + lower + apart;
		int step = whole ? plane : 80;

		for (int c = 0; c < blocks; c++, xq += step) {
			const float *xk = xq;

			for (int i = 0; i < fetch; i += 16, ahead += 16)
				RC_FETCH_FAR(ahead);
			for (int k = 0; k < 16; k++, xk++, w += 16) {
				RC_OPAQUE(xk);
				V w0 = ld(w), w1 = ld(w + 8), v;
				v = bc(xk); a0 = fma_(v, w0, a0); b0 = fma_(v, w1, b0);
				v = bc(xk + 16); a1 = fma_(v, w0, a1); b1 = fma_(v, w1, b1);
				v = bc(xk + 32); a2 = fma_(v, w0, a2); b2 = fma_(v, w1, b2);
				v = bc(xk + 48); a3 = fma_(v, w0, a3); b3 = fma_(v, w1, b3);
				v = bc(xk + 64); a4 = fma_(v, w0, a4); b4 = fma_(v, w1, b4);
			}
		}

/* C22 is U3 + S1 T1, C12 goes on with U + S1 T1 */
		if (q == 5) {
			st(r, add(ld(u3), a0)); st(r + 8, add(ld(u3 + 8), b0)); st(r + 16, add(ld(u3 + 16), a1));
			st(r + 24, add(ld(u3 + 24), b1)); st(r + 32, add(ld(u3 + 32), a2));
			st(r + 40, add(ld(u3 + 40), b2)); st(r + 48, add(ld(u3 + 48), a3));
			st(r + 56, add(ld(u3 + 56), b3)); st(r + 64, add(ld(u3 + 64), a4));
			st(r + 72, add(ld(u3 + 72), b4));
			finish_16x5_add_relu(r, b + bhalf, z1 + zhalf, zplane, y1 + yhalf, yplane, from);
			a0 = add(a0, ld(m)); b0 = add(b0, ld(m + 8)); a1 = add(a1, ld(m + 16)); b1 = add(b1, ld(m + 24));
			a2 = add(a2, ld(m + 32)); b2 = add(b2, ld(m + 40)); a3 = add(a3, ld(m + 48));
			b3 = add(b3, ld(m + 56)); a4 = add(a4, ld(m + 64)); b4 = add(b4, ld(m + 72));
			continue;
		}
		float *to = q == 0 || q == 2 ? m : q == 3 ? u3 : r;

		st(to, a0); st(to + 8, b0); st(to + 16, a1); st(to + 24, b1); st(to + 32, a2); st(to + 40, b2);
		st(to + 48, a3); st(to + 56, b3); st(to + 64, a4); st(to + 72, b4);

/* C11 is done, U goes on with A11 B11; C21; C12 */
		if (q == 1) {
			finish_16x5_add_relu(r, b, z0, zplane, y0, yplane, 0);
			a0 = ld(m); b0 = ld(m + 8); a1 = ld(m + 16); b1 = ld(m + 24); a2 = ld(m + 32); b2 = ld(m + 40);
			a3 = ld(m + 48); b3 = ld(m + 56); a4 = ld(m + 64); b4 = ld(m + 72);
		} else if (q == 4) {
			finish_16x5_add_relu(r, b + bhalf, z0 + zhalf, zplane, y0 + yhalf, yplane, 0);
			a0 = zero(); b0 = zero(); a1 = zero(); b1 = zero(); a2 = zero(); b2 = zero(); a3 = zero();
			b3 = zero(); a4 = zero(); b4 = zero();
		} else if (q == 6) {
			finish_16x5_add_relu(r, b, z1, zplane, y1, yplane, from);
		}
	}
}

/*
** conv1 (strassen.lua:9)
**
** y = relu(conv1x1(x, w) + b + z) by a step of Strassen's products; a unit is 16 channels of a tile,
** and those of the other halves
** x  64 x 7 x 7  nChw16c
** z  64 x 7 x 7  nChw16c
** y  64 x 7 x 7  nChw16c
** w  7168 floats  [2 oc][7][32 ic][16 oc]
** 0.18 M MACs instead of 0.20 M; 5 pixels x 16 channels in 10 accumulators, 13 of 16 registers
*/
static void
strassen_64to64_7x7_add_relu(void *const *p, int lo, int hi)
{
	float *m = (float *)p[0];
	const float *x = (const float *)p[1], *t = (const float *)p[2], *w = (const float *)p[3],
		*b = (const float *)p[4], *z = (const float *)p[5];
	float *y = (float *)p[6];

	for (int u = lo; u < hi; u++) {
		int og = u/5, i = u%5;
		int j = i*5;
		const float *ti = t + i*640, *wi = w + og*3584;
		const float *xj = x + j*16;
		const float *bi = b + og*16;
		const float *zi = z + og*784;
		const float *z0 = zi + j*16, *z1 = zi + (j + 24)*16;
		float *yi = y + og*784;
		float *y0 = yi + j*16, *y1 = yi + (j + 24)*16;

		strassen_16_p5_add_relu( xj, 784, 1568, 384, ti, 160, 2, wi, bi, 32, z0, z1, 1568, 784,
			y0, y1, 1568, 784, j == 0, m, wi, 0);
	}
}
