/* slope.c - derivatives of activations, as PyTorch has them where there are two. */
#include <math.h>

#include "train.h"

bool
slope_from_input(Act act)
{
	switch (act) {
	case Act_clip: case Act_silu: case Act_hard_swish: case Act_softplus: case Act_mish: case Act_gelu:
	case Act_gelu_tanh: case Act_leaky_relu: case Act_elu: case Act_erf: case Act_log: case Act_abs:
		return true;
	default:
		return false;
	}
}

static double
mish_slope(double x)
{
	double t = tanh(x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)));

	return t + x*(1 - t*t)/(1 + exp(-x));
}

/* gelu_tanh_slope - of x s, s = sigmoid(2u), u = sqrt(2/pi)(x + 0.044715 xxx) */
static double
gelu_tanh_slope(double x)
{
	const double r = 0.79788456080286535588;
	double s = 1/(1 + exp(-2*r*(x + 0.044715*x*x*x)));

	return s + x*s*(1 - s)*2*r*(1 + 3*0.044715*x*x);
}

double
slope_at(const Attr *a, Act act, double v)
{
	double s;

	switch (act) {
	case Act_none:         return v > 0 ? 1 : v >= 0 ? 0.5 : 0;     /* of a maximum, where v is by how much it is larger */
	case Act_relu:         return v > 0;
	case Act_relu6:        return v > 0 && v < 6;
	case Act_clip:         return v >= a->lo && v <= a->hi;
	case Act_leaky_relu:   return v > 0 ? 1 : a->slope;
	case Act_sigmoid:      return v*(1 - v);
	case Act_silu:
		s = 1/(1 + exp(-v));
		return s*(1 + v*(1 - s));
	case Act_hard_sigmoid: return v > 0 && v < 1 ? a->slope : 0;
	case Act_hard_swish:
		s = a->slope*v + a->offset;
		return s <= 0 ? 0 : s >= 1 ? 1 : 2*a->slope*v + a->offset;
	case Act_elu:          return v > 0 ? 1 : a->alpha*exp(v);
	case Act_mish:         return mish_slope(v);
	case Act_gelu:         return (1 + erf(v*0.70710678118654752440))/2 + v*0.39894228040143267794*exp(-v*v/2);
	case Act_gelu_tanh:    return gelu_tanh_slope(v);
	case Act_softplus:     return 1/(1 + exp(-a->beta*v));
	case Act_tanh:         return 1 - v*v;
	case Act_erf:          return 1.1283791670955125739*exp(-v*v);
	case Act_exp:          return v;
	case Act_log:          return 1/v;
	case Act_sqrt:         return 0.5/v;
	case Act_abs:          return (v > 0) - (v < 0);
	case Act_affine:       return a->gain;
	default:               die("activation %d has no derivative", act);
	}
}
