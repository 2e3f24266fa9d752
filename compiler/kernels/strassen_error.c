/*
** strassen_error.c - how far off a step of Strassen's products is, measured in float32 with the layer's own weights.
*/
#include <math.h>
#include <stdlib.h>

#include "strassen.h"

/* one_pair - the largest error and result of two pixels and two output channels; x: of both pixels, rows: weights */
static void
one_pair(int ic, const float *const x[2], const double *const rows[2], double *most, double *scale)
{
	float p[NProducts] = { 0 }, u, y[2][2];

	for (int c = 0, d = ic/2; d < ic; c++, d++) {
		double a11 = rows[0][c], a12 = rows[0][d], a21 = rows[1][c], a22 = rows[1][d];
		float b11 = x[0][c], b21 = x[0][d], b12 = x[1][c], b22 = x[1][d], t1 = b12 - b11, t2 = b22 - t1;
		p[0] = fmaf((float)a11, b11, p[0]);
		p[1] = fmaf((float)a12, b21, p[1]);
		p[2] = fmaf((float)(a21 + a22 - a11), t2, p[2]);
		p[3] = fmaf((float)(a11 - a21), b22 - b12, p[3]);
		p[4] = fmaf((float)-a22, t2 - b21, p[4]);
		p[5] = fmaf((float)(a21 + a22), t1, p[5]);
		p[6] = fmaf((float)(a12 - a21 - a22 + a11), b22, p[6]);
	}
	u = p[0] + p[2];
	y[0][0] = p[0] + p[1];
	y[1][0] = u + p[3] + p[4];
	y[1][1] = u + p[3] + p[5];
	y[0][1] = u + p[5] + p[6];
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++) {
			double want = 0;
			for (int c = 0; c < ic; c++)
				want += (double)x[j][c]*rows[i][c];
			*most = fmax(*most, fabs((double)y[i][j] - want));
			*scale = fmax(*scale, fabs(want));
		}
}

/* strassen_error - of a few random pixels with the layer's own weights */
double
strassen_error(const Node *n)
{
	enum { Pairs = 20, Channels = 8 };
	int ic = n->in[0]->shape.c, half = n->a.out/2, oc = half < Channels ? half : Channels;
	double most = 0, scale = 0, *w, *b;
	float *x = malloc(2*(size_t)ic*sizeof *x);
	uint64_t seed = 1;

	fold_weights(n, &w, &b);
	if (!x)
		fail("out of memory");
	for (int t = 0; t < Pairs; t++) {
		for (int i = 0; i < 2*ic; i++)
			x[i] = relu_normal(&seed);
		for (int o = 0; o < oc; o++)
			one_pair(ic, (const float *[]){ x, x + ic }, (const double *[]){ w + (size_t)o*(size_t)ic,
			         w + (size_t)(half + o)*(size_t)ic }, &most, &scale);
	}
	free(x);
	free(w);
	free(b);
	return scale > 0 ? most/scale : 0;
}
