/*
** resample.c - where the pixels of an upsampled image come from, axis by axis. Formulas: ONNX Resize
** (coordinate_transformation_mode, nearest_mode); torch.nn.Upsample is asymmetric + floor for nearest,
** half_pixel or align_corners for bilinear. What lies outside the image takes its border.
*/
#include <math.h>

#include "graph.h"

static double
coordinate(const Attr *a, double scale, double length, int in, int out, int i)
{
	double centre;

	switch ((Coords)a->coords) {
	case Coords_half_pixel:
		return (i + 0.5)/scale - 0.5;
	case Coords_half_pixel_symmetric:
		centre = out/(scale*in);                 /* the share of the image the result covers */
		return in/2.0*(1 - centre) + (i + 0.5)/scale - 0.5;
	case Coords_pytorch_half_pixel:
		return out > 1 ? (i + 0.5)/scale - 0.5 : 0;
	case Coords_align_corners:
		return out > 1 ? i*(in - 1)/(length - 1) : 0;
	case Coords_asymmetric:
		return i/scale;
	case Coords_tf_half_pixel_for_nn:
		return (i + 0.5)/scale;
	case NCoords:
		break;
	}
	die("coords %d", a->coords);
}

static double
rounded(const Attr *a, double x)
{
	switch ((Rounding)a->rounding) {
	case Rounding_floor:              return floor(x);
	case Rounding_ceil:               return ceil(x);
	case Rounding_round_prefer_floor: return ceil(x - 0.5);
	case Rounding_round_prefer_ceil:  return floor(x + 0.5);
	case NRoundings:                  break;
	}
	die("rounding %d", a->rounding);
}

static int
clamp(double x, int size)
{
	return x < 0 ? 0 : x > size - 1 ? size - 1 : (int)x;
}

Sample
sample_at(const Attr *a, bool nearest, bool rows, int in, int out, int i)
{
	double given = rows ? a->scale_h : a->scale_w, scale = given > 0 ? given : (double)out/in;
	double x = coordinate(a, scale, given > 0 ? given*in : out, in, out, i);     /* ONNX: the length before it is rounded */

	if (nearest) {
		/* a coordinate that is whole but for rounding errors is whole */
		int at = clamp(rounded(a, fabs(x - nearbyint(x)) < 1e-9*(1 + fabs(x)) ? nearbyint(x) : x), in);
		return (Sample){ at, at, 0 };
	}
	return (Sample){ clamp(floor(x), in), clamp(floor(x) + 1, in), x - floor(x) };
}

Sample
sample_of(const Node *n, bool rows, int i)
{
	Shape x = n->in[0]->shape, y = n->out->shape;

	return sample_at(&n->a, n->op == O_upsample_nearest, rows, rows ? x.h : x.w, rows ? y.h : y.w, i);
}
