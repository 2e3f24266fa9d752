/*
** interp_binary.c - the references of the ops of two tensors, either of which may be one value a channel, a pixel or an
** image.
*/
#include <math.h>

#include "interp.h"

size_t
spread_index(Shape x, Shape y, size_t i)
{
	size_t plane = (size_t)(y.h*y.w), m = i/plane/(size_t)y.c, c = i/plane%(size_t)y.c;

	return (m*(size_t)x.c + (x.c == 1 ? 0 : c))*(size_t)(x.h*x.w) + (x.h*x.w == 1 ? 0 : i%plane);
}

static double
of_two(Op op, double x, double z)
{
	switch (op) {
	case O_add:     return x + z;
	case O_sub:     return x - z;
	case O_mul:     return x*z;
	case O_div:     return x/z;
	case O_maximum: return isnan(x) || x > z ? x : z;
	case O_minimum: return isnan(x) || x < z ? x : z;
	default:        die("op %d has not two inputs", op);
	}
}

static void
interp_binary(const Node *n, const double *const *x, double *y)
{
	Shape to = n->out->shape;

	for (size_t i = 0; i < count_of(to); i++)
		y[i] = of_two(n->op, x[0][spread_index(n->in[0]->shape, to, i)], x[1][spread_index(n->in[1]->shape, to, i)]);
}

#define BINARY(op) void interp_##op(const Node *n, const double *const *x, double *y) { interp_binary(n, x, y); }
BINARY(add)
BINARY(sub)
BINARY(mul)
BINARY(div)
BINARY(maximum)
BINARY(minimum)

void
interp_reciprocal(const Node *n, const double *const *x, double *y)
{
	for (size_t i = 0; i < count_of(n->out->shape); i++)
		y[i] = n->a.value/x[0][i];
}
