/*
** winograd_error.c - what the arithmetic of a Winograd convolution loses: a few random tiles through float32
** transforms and products with the layer's real weights, beside the convolution in double.
*/
#include <math.h>
#include <stdlib.h>

#include "winograd.h"

/* times_matrix - c (rows x cols) = a (rows x inner) b (inner x cols), in float */
static void
times_matrix(int rows, int inner, int cols, const float *a, int as, const float *b, int bs, bool b_transposed, float *c,
             int cs)
{
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < cols; j++) {
			float sum = 0;
			for (int l = 0; l < inner; l++)
				sum = fmaf(a[i*as + l], b_transposed ? b[j*bs + l] : b[l*bs + j], sum);
			c[i*cs + j] = sum;
		}
}

float
relu_normal(uint64_t *seed)
{
	double sum = -2;

	for (int s = 0; s < 4; s++) {
		*seed = *seed*6364136223846793005u + 1442695040888963407u;
		sum += (double)(*seed >> 33)/2147483648.0;
	}
	return sum > 0 ? (float)sum : 0;
}

/* transformed - G g G' of one channel pair, rounded once */
static void
transformed(int ah, int aw, double gh[6][3], double gw[6][3], const double *w, float *to)
{
	double u[36];

	winograd_kernel(ah, aw, gh, gw, w, u);
	for (int i = 0; i < ah*aw; i++)
		to[i] = (float)u[i];
}

/* one_tile - the largest error and the largest result of one tile of one output channel */
static void
one_tile(const Node *n, const float *x, const double *w, double *most, double *scale)
{
	int mh = n->a.winograd.h, mw = n->a.winograd.w, ah = mh + 2, aw = mw + 2, ic = n->in[0]->shape.c;
	float bth[6][6], btw[6][6], ath[4][6], atw[4][6], half[36], v[36], m[36] = { 0 }, y[16];
	float u[36];
	double gh[6][3], gw[6][3];

	winograd_matrices(mh, bth, ath);
	winograd_matrices(mw, btw, atw);
	winograd_filter(mh, gh);
	winograd_filter(mw, gw);
	for (int c = 0; c < ic; c++) {
		if (n->a.on_the_fly)
			fly_kernel(mh, mw, w + c*9, u);
		else
			transformed(ah, aw, gh, gw, w + c*9, u);
		times_matrix(ah, ah, aw, &bth[0][0], 6, x + c*ah*aw, aw, false, half, aw);
		times_matrix(ah, aw, aw, half, aw, &btw[0][0], 6, true, v, aw);
		for (int i = 0; i < ah*aw; i++)
			m[i] = fmaf(u[i], v[i], m[i]);
	}
	times_matrix(mh, ah, aw, &ath[0][0], 6, m, aw, false, half, aw);
	times_matrix(mh, aw, mw, half, aw, &atw[0][0], 6, true, y, mw);
	for (int i = 0; i < mh; i++)
		for (int j = 0; j < mw; j++) {
			double want = 0;
			for (int c = 0; c < ic; c++)
				for (int k = 0; k < 9; k++)
					want += (double)x[(c*ah + i + k/3)*aw + j + k%3]*w[c*9 + k];
			*most = fmax(*most, fabs((double)y[i*mw + j] - want));
			*scale = fmax(*scale, fabs(want));
		}
}

double
winograd_error(const Node *n)
{
	enum { Tiles = 6, Channels = 8 };
	int ic = n->in[0]->shape.c, oc = n->a.out < Channels ? n->a.out : Channels;
	double most = 0, scale = 0, *w, *b;
	uint64_t seed = 1;
	float *x = want_memory(malloc((size_t)ic*36*sizeof *x));

	fold_weights(n, &w, &b);
	for (int t = 0; t < Tiles; t++) {
		for (int i = 0; i < ic*36; i++)
			x[i] = relu_normal(&seed);
		for (int c = 0; c < oc; c++)
			one_tile(n, x, w + (size_t)c*(size_t)ic*9, &most, &scale);
	}
	free(x);
	free(w);
	free(b);
	return scale > 0 ? most/scale : 0;
}

/* amplification - of one axis of F(m, 3): the largest sum of |A^T| |G| |B^T| that an output is made of */
static double
amplification(int m)
{
	float bt[6][6], at[4][6];
	double g[6][3], worst = 0;

	winograd_matrices(m, bt, at);
	winograd_filter(m, g);
	for (int i = 0; i < m; i++) {
		double sum = 0;
		for (int j = 0; j < m + 2; j++) {
			double rows = 0, taps = fabs(g[j][0]) + fabs(g[j][1]) + fabs(g[j][2]);
			for (int l = 0; l < m + 2; l++)
				rows += fabs((double)bt[j][l]);
			sum += fabs((double)at[i][j])*taps*rows;
		}
		worst = fmax(worst, sum);
	}
	return worst;
}

double
winograd_amplification(const Node *n)
{
	return amplification(n->a.winograd.h)*amplification(n->a.winograd.w);
}
