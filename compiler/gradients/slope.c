/* slope.c - derivatives of activations, as PyTorch has them where there are two. */
#include <math.h>

#include "train.h"

bool
slope_from_input(Act act)
{
	return act == Act_clip || act == Act_silu || act == Act_hard_swish || act == Act_softplus ||
	       act == Act_log || act == Act_abs;
}

bool
has_slope(Act act)
{
	switch (act) {
	case Act_relu: case Act_relu6: case Act_clip: case Act_leaky_relu: case Act_sigmoid: case Act_silu:
	case Act_hard_sigmoid: case Act_hard_swish: case Act_elu: case Act_softplus: case Act_affine:
	case Act_tanh: case Act_exp: case Act_log: case Act_sqrt: case Act_abs:
		return true;
	default:
		return false;
	}
}

double
slope_at(const Attr *a, Act act, double v)
{
	double s;

	switch (act) {
	case Act_relu:         return v > 0;
	case Act_relu6:        return v > 0 && v < 6;
	case Act_clip:         return v >= a->lo && v <= a->hi;
	case Act_leaky_relu:   return v < 0 ? a->slope : 1;
	case Act_sigmoid:      return v*(1 - v);
	case Act_silu:
		s = 1/(1 + exp(-v));
		return s*(1 + v*(1 - s));
	case Act_hard_sigmoid: return v > 0 && v < 1 ? a->slope : 0;
	case Act_hard_swish:
		s = a->slope*v + a->offset;
		return s <= 0 ? 0 : s >= 1 ? 1 : 2*a->slope*v + a->offset;
	case Act_elu:          return v < 0 ? v + a->alpha : 1;
	case Act_softplus:     return 1/(1 + exp(-a->beta*v));
	case Act_tanh:         return 1 - v*v;
	case Act_exp:          return v;
	case Act_log:          return 1/v;
	case Act_sqrt:         return 0.5/v;
	case Act_abs:          return (v > 0) - (v < 0);
	case Act_affine:       return a->gain;
	default:               die("activation %d has no derivative", act);
	}
}
