/*
** winograd_error.c - what the arithmetic of a Winograd convolution loses: a few random tiles through float32
** transforms and products with the layer's real weights, beside the convolution in double.
*/
#include <math.h>
#include <stdlib.h>

#include "winograd.h"

enum { Most = 9 };                   /* inputs and positions of an axis */

typedef struct {                     /* the outputs of a tile along an axis are A^T [(G g) . (B^T d)] */
	int outputs, inputs, positions, stride;
	float bt[Most][Most], at[4][Most];
	double g[Most][3];
} Axis;

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

/* axis_of - of F(m, 3), or where the stride is 2 of F(m, 2) over every second input and of the inputs between */
static Axis
axis_of(int m, int stride)
{
	Axis x = { .outputs = m, .inputs = m + 2, .positions = m + 2, .stride = stride };
	float bt[6][6], at[4][6];
	double g[6][3];
	int points = stride == 1 ? m + 2 : m + 1;

	winograd_matrices(m, bt, at);
	winograd_filter(m, g);
	for (int i = 0; i < points; i++) {
		for (int j = 0; j < points; j++)
			x.bt[i][stride*j] = bt[i][j];
		for (int j = 0; j < m; j++)
			x.at[j][i] = at[j][i];
		for (int j = 0; j < (stride == 1 ? 3 : 2); j++)
			x.g[i][stride*j] = g[i][j];
	}
	if (stride == 1)
		return x;
	x.inputs = x.positions = 2*m + 1;
	for (int i = 0; i < m; i++)
		x.bt[points + i][2*i + 1] = x.at[i][points + i] = 1, x.g[points + i][1] = 1;
	return x;
}

/* taps_in_float - a row of G times three taps as it is done on the fly: the even part, and the odd one */
static float
taps_in_float(const double *g, float w0, float w1, float w2)
{
	return fmaf(w2, (float)g[2], w0*(float)g[0]) + w1*(float)g[1];
}

/* transformed - G g G' of one channel pair, on the fly or rounded once */
static void
transformed(const Axis *h, const Axis *w, bool on_the_fly, const double *taps, float *to)
{
	for (int i = 0; i < h->positions; i++) {
		const double *g = h->g[i];
		double half[3];
		float rounded[3];
		for (int j = 0; j < 3; j++) {
			half[j] = g[0]*taps[j] + g[1]*taps[3 + j] + g[2]*taps[6 + j];
			rounded[j] = taps_in_float(g, (float)taps[j], (float)taps[3 + j], (float)taps[6 + j]);
		}
		for (int j = 0; j < w->positions; j++)
			*to++ = on_the_fly ? taps_in_float(w->g[j], rounded[0], rounded[1], rounded[2]) :
			        (float)(half[0]*w->g[j][0] + half[1]*w->g[j][1] + half[2]*w->g[j][2]);
	}
}

/* one_tile - the largest error and the largest result of one tile of one output channel */
static void
one_tile(const Node *n, const Axis *h, const Axis *w, const float *x, const double *taps, double *most, double *scale)
{
	int ah = h->positions, aw = w->positions, size = h->inputs*w->inputs, ic = n->in[0]->shape.c;
	float half[Most*Most], v[Most*Most], m[Most*Most] = { 0 }, y[16], u[Most*Most];

	for (int c = 0; c < ic; c++) {
		transformed(h, w, n->a.on_the_fly, taps + c*9, u);
		times_matrix(ah, h->inputs, w->inputs, &h->bt[0][0], Most, x + c*size, w->inputs, false, half, w->inputs);
		times_matrix(ah, w->inputs, aw, half, w->inputs, &w->bt[0][0], Most, true, v, aw);
		for (int i = 0; i < ah*aw; i++)
			m[i] = fmaf(u[i], v[i], m[i]);
	}
	times_matrix(h->outputs, ah, aw, &h->at[0][0], Most, m, aw, false, half, aw);
	times_matrix(h->outputs, aw, w->outputs, half, aw, &w->at[0][0], Most, true, y, w->outputs);
	for (int i = 0; i < h->outputs; i++)
		for (int j = 0; j < w->outputs; j++) {
			double want = 0;
			for (int c = 0; c < ic; c++)
				for (int k = 0; k < 9; k++)
					want += (double)x[c*size + (i*h->stride + k/3)*w->inputs + j*w->stride + k%3]*taps[c*9 + k];
			*most = fmax(*most, fabs((double)y[i*w->outputs + j] - want));
			*scale = fmax(*scale, fabs(want));
		}
}

double
winograd_error(const Node *n)
{
	enum { Tiles = 6, Channels = 8 };
	int ic = n->in[0]->shape.c, oc = n->a.out < Channels ? n->a.out : Channels;
	Axis h = axis_of(n->a.winograd.h, n->a.stride.h), across = axis_of(n->a.winograd.w, n->a.stride.w);
	double most = 0, scale = 0, *w, *b;
	uint64_t seed = 1;
	int count = ic*h.inputs*across.inputs;
	float *x = want_memory(malloc((size_t)count*sizeof *x));

	fold_weights(n, &w, &b);
	for (int t = 0; t < Tiles; t++) {
		for (int i = 0; i < count; i++)
			x[i] = relu_normal(&seed);
		for (int c = 0; c < oc; c++)
			one_tile(n, &h, &across, x, w + (size_t)c*(size_t)ic*9, &most, &scale);
	}
	free(x);
	free(w);
	free(b);
	return scale > 0 ? most/scale : 0;
}

/* amplification - of one axis: the largest sum of |A^T| |G| |B^T| that an output is made of */
static double
amplification(int m, int stride)
{
	Axis x = axis_of(m, stride);
	double worst = 0;

	for (int i = 0; i < m; i++) {
		double sum = 0;
		for (int j = 0; j < x.positions; j++) {
			double rows = 0, taps = fabs(x.g[j][0]) + fabs(x.g[j][1]) + fabs(x.g[j][2]);
			for (int l = 0; l < x.inputs; l++)
				rows += fabs((double)x.bt[j][l]);
			sum += fabs((double)x.at[i][j])*taps*rows;
		}
		worst = fmax(worst, sum);
	}
	return worst;
}

double
winograd_amplification(const Node *n)
{
	return amplification(n->a.winograd.h, n->a.stride.h)*amplification(n->a.winograd.w, n->a.stride.w);
}
