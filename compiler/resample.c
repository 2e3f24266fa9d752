/*
** resample.c - where the pixels of an upsampled image come from, axis by axis. Formulas: ONNX Resize
** (coordinate_transformation_mode, nearest_mode), in float32 and in the order in which ONNX Runtime calculates where
** a scale is given, and in PyTorch's where it follows from the sizes: which pixel is the nearest hangs on the last bit.
** torch.nn.Upsample is asymmetric + floor for nearest, half_pixel or align_corners for the others. What lies outside
** the image takes its border.
*/
#include <math.h>

#include "graph.h"

/* in_source - a distance in the result as one in the input */
static float
in_source(float distance, float scale, int in, int out)
{
	return scale > 0 ? distance/scale : distance*((float)in/(float)out);
}

static float
coordinate(Coords coords, float scale, int in, int out, int i)
{
	float at = in_source((float)i, scale, in, out), centre = in_source((float)i + 0.5f, scale, in, out);
	float covered, before;

	switch (coords) {
	case Coords_half_pixel:
		return centre - 0.5f;
	case Coords_half_pixel_symmetric:
		covered = scale > 0 ? (float)out/(scale*(float)in) : 1;      /* the share of the image the result covers */
		before = (float)in/2*(1 - covered);
		return (float)((double)before + (i + 0.5)/(double)(scale > 0 ? scale : (float)out/(float)in) - 0.5);
	case Coords_pytorch_half_pixel:
		return out > 1 ? centre - 0.5f : 0;
	case Coords_align_corners:
		return out > 1 ? (float)i*(float)(in - 1)/(float)(out - 1) : 0;
	case Coords_asymmetric:
		return at;
	case Coords_tf_half_pixel_for_nn:
		return centre;
	case NCoords:
		break;
	}
	die("coords %d", (int)coords);
}

/* rounded - to a pixel; what lies in the middle but for rounding errors lies in the middle */
static float
rounded(Rounding rounding, float x)
{
	float low = floorf(x);
	bool middle = fabsf(x - (low + 0.5f)) < 1e-6f;

	switch (rounding) {
	case Rounding_floor:              return low;
	case Rounding_ceil:               return ceilf(x);
	case Rounding_round_prefer_floor: return middle ? low : roundf(x);
	case Rounding_round_prefer_ceil:  return middle ? low + 1 : roundf(x);
	case NRoundings:                  break;
	}
	die("rounding %d", (int)rounding);
}

Sample
sample_at(const Attr *a, bool nearest, bool rows, int in, int out, int i)
{
	float scale = (float)(rows ? a->scale_h : a->scale_w), x;
	int at;

	if (nearest && (scale > 0 ? scale == 1 : in == out))
		return (Sample){ i, i, 0 };      /* this axis is not resized, whatever the coordinates */
	x = coordinate((Coords)a->coords, scale, in, out, i);
	if (nearest)
		x = rounded((Rounding)a->rounding, x);
	x = fminf(fmaxf(x, 0), (float)(in - 1));
	at = (int)x;
	return (Sample){ at, at + 1 < in ? at + 1 : at, (double)(x - (float)at) };
}

Sample
sample_of(const Node *n, bool rows, int i)
{
	Shape x = n->in[0]->shape, y = n->out->shape;

	return sample_at(&n->a, n->op == O_upsample_nearest, rows, rows ? x.h : x.w, rows ? y.h : y.w, i);
}

/* near_share, far_share - of a pixel at most 1, or from 1 to 2, away: cubic convolution (Keys 1981) of sharpness a */
static double
near_share(double a, double x)
{
	return ((a + 2)*x - (a + 3))*x*x + 1;
}

static double
far_share(double a, double x)
{
	return ((a*x - 5*a)*x + 8*a)*x - 4*a;
}

Cubic
cubic_at(const Attr *a, bool rows, int in, int out, int i)
{
	float x = coordinate((Coords)a->coords, (float)(rows ? a->scale_h : a->scale_w), in, out, i);
	float low = floorf(x);
	double t = (double)(x - low), sharp = a->sharpness, sum = 0;
	Cubic c = { .share = { far_share(sharp, t + 1), near_share(sharp, t), near_share(sharp, 1 - t),
	                       far_share(sharp, 2 - t) } };

	for (int k = 0; k < CubicTaps; k++) {
		int at = (int)low - 1 + k;
		c.at[k] = at < 0 ? 0 : at < in ? at : in - 1;
		if (a->exclude_outside && c.at[k] != at)
			c.share[k] = 0;
		sum += c.share[k];
	}
	for (int k = 0; k < CubicTaps && a->exclude_outside; k++)
		c.share[k] /= sum;
	return c;
}
