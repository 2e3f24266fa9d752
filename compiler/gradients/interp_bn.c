/* interp_bn.c - the references of batch norm in training, NCHW in double. */
#include <math.h>

#include "train.h"
#include "../interp.h"

static double
of_channel(const Node *n, ParamId p, int c, double otherwise)
{
	return n->p[p].data ? n->p[p].data[c] : otherwise;
}

void
interp_bn_stats(const Node *n, const double *const *x, double *y)
{
	Shape s = n->in[0]->shape;
	size_t plane = (size_t)(s.h*s.w);
	double count = (double)s.n*(double)plane;

	for (int c = 0; c < s.c; c++) {
		double mean = 0, var = 0;
		for (int m = 0; m < s.n; m++)
			for (size_t i = 0; i < plane; i++)
				mean += x[0][((size_t)m*(size_t)s.c + (size_t)c)*plane + i]/count;
		for (int m = 0; m < s.n; m++)
			for (size_t i = 0; i < plane; i++) {
				double d = x[0][((size_t)m*(size_t)s.c + (size_t)c)*plane + i] - mean;
				var += d*d/count;
			}
		y[c] = mean;
		y[s.c + c] = var;
	}
	for (int c = 0; c < s.c && n->frozen; c++) {
		y[c] = n->p[P_bn_mean].data[c];
		y[s.c + c] = n->p[P_bn_var].data[c];
	}
}

void
interp_bn_norm(const Node *n, const double *const *x, double *y)
{
	Shape s = n->out->shape;
	size_t plane = (size_t)(s.h*s.w);

	for (size_t i = 0; i < count_of(s); i++) {
		int c = (int)(i/plane%(size_t)s.c);
		y[i] = (x[0][i] - x[1][c])/sqrt(x[2][c] + n->a.eps)*of_channel(n, P_bn_weight, c, 1) + of_channel(n, P_bn_bias, c, 0);
		if (n->nin > 3)
			y[i] += x[3][i];
	}
}

/* interp_bn_sums - of dz, the norm's input, mean, variance: gradients of bias and weight */
void
interp_bn_sums(const Node *n, const double *const *x, double *y)
{
	Shape s = n->in[0]->shape;
	size_t plane = (size_t)(s.h*s.w);

	for (int c = 0; c < 2*s.c; c++)
		y[c] = 0;
	for (size_t i = 0; i < count_of(s); i++) {
		int c = (int)(i/plane%(size_t)s.c);
		y[c] += x[0][i];
		y[s.c + c] += x[0][i]*(x[1][i] - x[2][c])/sqrt(x[3][c] + n->a.eps);
	}
}

/* interp_bn_dx - of dz, the norm's input, mean, variance, gradients of bias and weight */
void
interp_bn_dx(const Node *n, const double *const *x, double *y)
{
	Shape s = n->in[0]->shape;
	size_t plane = (size_t)(s.h*s.w);
	double count = (double)s.n*(double)plane, rest = n->frozen ? 0 : 1;

	for (size_t i = 0; i < count_of(s); i++) {
		int c = (int)(i/plane%(size_t)s.c);
		double inv = 1/sqrt(x[3][c] + n->a.eps), scaled = (x[1][i] - x[2][c])*inv;
		y[i] = of_channel(n, P_bn_weight, c, 1)*inv*(x[0][i] - rest*(x[4][c] + scaled*x[5][c])/count);
	}
}
