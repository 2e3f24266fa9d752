/*
** winograd_error.c - what the arithmetic of a Winograd convolution loses: a few random tiles through float32
** transforms and products with the layer's real weights, beside the convolution in double.
*/
#include <math.h>
#include <stdlib.h>

#include "winograd.h"

enum { MostTaps = 7 };               /* of an axis */

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

/* on_the_fly - a row of G times three taps as it is done then: the even part, and the odd one */
static float
on_the_fly(const double *g, const float *w)
{
	return fmaf(w[2], (float)g[2], w[0]*(float)g[0]) + w[1]*(float)g[1];
}

static double
dot(const double *g, const double *w, int taps)
{
	double sum = 0;

	for (int i = 0; i < taps; i++)
		sum += g[i]*w[i];
	return sum;
}

/* transformed - G g G' of one channel pair, on the fly or rounded once */
static void
transformed(const Axis *h, const Axis *w, bool fly, const double *taps, float *to)
{
	for (int i = 0; i < h->positions; i++) {
		double half[MostTaps], column[MostTaps];
		float rounded[MostTaps], single[MostTaps];
		for (int j = 0; j < w->taps; j++) {
			for (int l = 0; l < h->taps; l++)
				single[l] = (float)(column[l] = taps[l*w->taps + j]);
			half[j] = dot(h->g[i], column, h->taps);
			rounded[j] = fly ? on_the_fly(h->g[i], single) : 0;
		}
		for (int j = 0; j < w->positions; j++)
			*to++ = fly ? on_the_fly(w->g[j], rounded) : (float)dot(w->g[j], half, w->taps);
	}
}

/* in_float - a matrix of an axis, its rows MostAxis apart */
static void
in_float(int rows, double from[][MostAxis], float to[][MostAxis])
{
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < MostAxis; j++)
			to[i][j] = (float)from[i][j];
}

/* one_tile - the largest error and the largest result of one tile of one output channel */
static void
one_tile(const Node *n, Axis *h, Axis *w, const float *x, const double *taps, double *most, double *scale)
{
	int ah = h->positions, aw = w->positions, size = h->inputs*w->inputs, each = h->taps*w->taps, ic = n->in[0]->shape.c;
	float half[MostAxis*MostAxis], v[MostAxis*MostAxis], m[MostAxis*MostAxis] = { 0 }, y[16], u[MostAxis*MostAxis];
	float bth[MostAxis][MostAxis], btw[MostAxis][MostAxis], ath[4][MostAxis], atw[4][MostAxis];

	in_float(MostAxis, h->bt, bth);
	in_float(MostAxis, w->bt, btw);
	in_float(4, h->at, ath);
	in_float(4, w->at, atw);
	for (int c = 0; c < ic; c++) {
		transformed(h, w, n->a.on_the_fly, taps + c*each, u);
		times_matrix(ah, h->inputs, w->inputs, &bth[0][0], MostAxis, x + c*size, w->inputs, false, half, w->inputs);
		times_matrix(ah, w->inputs, aw, half, w->inputs, &btw[0][0], MostAxis, true, v, aw);
		for (int i = 0; i < ah*aw; i++)
			m[i] = fmaf(u[i], v[i], m[i]);
	}
	times_matrix(h->outputs, ah, aw, &ath[0][0], MostAxis, m, aw, false, half, aw);
	times_matrix(h->outputs, aw, w->outputs, half, aw, &atw[0][0], MostAxis, true, y, w->outputs);
	for (int i = 0; i < h->outputs; i++)
		for (int j = 0; j < w->outputs; j++) {
			double want = 0;
			for (int c = 0; c < ic; c++)
				for (int k = 0; k < each; k++) {
					int row = i*h->stride + k/w->taps, col = j*w->stride + k%w->taps;
					want += (double)x[c*size + row*w->inputs + col]*taps[c*each + k];
				}
			*most = fmax(*most, fabs((double)y[i*w->outputs + j] - want));
			*scale = fmax(*scale, fabs(want));
		}
}

double
winograd_error(const Node *n)
{
	enum { Tiles = 6, Channels = 8 };
	int ic = n->in[0]->shape.c, oc = n->a.out < Channels ? n->a.out : Channels;
	Axis h = winograd_axis(n->a.winograd.h, n->a.kernel.h, n->a.stride.h);
	Axis across = winograd_axis(n->a.winograd.w, n->a.kernel.w, n->a.stride.w);
	double most = 0, scale = 0, *w, *b;
	uint64_t seed = 1;
	int count = ic*h.inputs*across.inputs;
	float *x = want_memory(malloc((size_t)count*sizeof *x));

	fold_weights(n, &w, &b);
	for (int t = 0; t < Tiles; t++) {
		for (int i = 0; i < count; i++)
			x[i] = relu_normal(&seed);
		for (int c = 0; c < oc; c++)
			one_tile(n, &h, &across, x, w + (size_t)(c*ic*h.taps*across.taps), &most, &scale);
	}
	free(x);
	free(w);
	free(b);
	return scale > 0 ? most/scale : 0;
}

/* amplification - of one axis: the largest sum of |A^T| |G| |B^T| that an output is made of */
static double
amplification(Axis x)
{
	double worst = 0;

	for (int i = 0; i < x.outputs; i++) {
		double sum = 0;
		for (int j = 0; j < x.positions; j++) {
			double rows = 0, taps = 0;
			for (int l = 0; l < x.taps; l++)
				taps += fabs(x.g[j][l]);
			for (int l = 0; l < x.inputs; l++)
				rows += fabs(x.bt[j][l]);
			sum += fabs(x.at[i][j])*taps*rows;
		}
		worst = fmax(worst, sum);
	}
	return worst;
}

double
winograd_amplification(const Node *n)
{
	const Attr *a = &n->a;

	return amplification(winograd_axis(a->winograd.h, a->kernel.h, a->stride.h))*
	       amplification(winograd_axis(a->winograd.w, a->kernel.w, a->stride.w));
}
