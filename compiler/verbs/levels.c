/*
** levels.c - what the pictures of a landscape are drawn from: the logarithm of the loss, interpolated between the
** points of the grid by Catmull-Rom splines, which go through all of them, and round losses for the lines. Points
** without a finite loss count as the highest there is.
*/
#include <math.h>

#include "landscape.h"

double
landscape_at(const Landscape *l, int k)
{
	return l->range*(2.0*k/(l->grid - 1) - 1);
}

/* --- levels --- */

/* fill_levels - round losses in between: of a wide range by their leading digits, else in even steps */
static void
fill_levels(Relief *r)
{
	static const double leads[][6] = { { 1, 1.5, 2, 3, 5, 7 }, { 1, 2, 5 }, { 1, 3 }, { 1 } };
	static const int nleads[] = { 6, 3, 2, 1 };

	r->count = 0;
	if (r->highest < 6*r->lowest) {
		Ticks t = ticks_around(r->lowest, r->highest, 10);
		for (double v = t.lo; v < r->highest && r->count < MostLevels; v += t.step)
			if (v > r->lowest)
				r->level[r->count++] = v;
		return;
	}
	for (int pick = 0; pick < 4; pick++) {
		r->count = 0;
		for (double power = pow(10, floor(log10(r->lowest))); power < r->highest; power *= 10)
			for (int i = 0; i < nleads[pick]; i++) {
				double v = leads[pick][i]*power;
				if (v <= r->lowest || v >= r->highest)
					continue;
				if (r->count < MostLevels)
					r->level[r->count] = v;
				r->count++;
			}
		if (r->count <= 14)
			return;
	}
	r->count = r->count < MostLevels ? r->count : MostLevels;
}

/* --- between the points --- */

static double
spline(const double v[4], double t)
{
	return v[1] + 0.5*t*(v[2] - v[0] + t*(2*v[0] - 5*v[1] + 4*v[2] - v[3] + t*(3*(v[1] - v[2]) + v[3] - v[0])));
}

/* beyond - value k of a row of n, which goes on in a straight line */
static double
beyond(const double *v, int n, int step, int k)
{
	if (k < 0)
		return 2*v[0] - v[step];
	return k < n ? v[k*step] : 2*v[(n - 1)*step] - v[(n - 2)*step];
}

/* refine - n values, step apart, as (n - 1)*steps + 1 of them */
static void
refine(const double *from, int n, int step, int steps, double *to, int to_step)
{
	for (int k = 0; k <= (n - 1)*steps; k++) {
		int i = k/steps < n - 1 ? k/steps : n - 2;
		double v[4];
		for (int q = 0; q < 4; q++)
			v[q] = beyond(from, n, step, i - 1 + q);
		to[k*to_step] = spline(v, (double)(k - i*steps)/steps);
	}
}

static double
log_of(double loss)
{
	return log(fmax(loss, 1e-8));
}

Relief
relief_of(const Landscape *l, int steps)
{
	int grid = l->grid, n = (grid - 1)*steps + 1;
	double *coarse = arena_new((size_t)(grid*grid)*sizeof(double));
	double *rows = arena_new((size_t)(grid*n)*sizeof(double)), lo, hi;
	Relief r = { .n = n, .z = arena_new((size_t)(n*n)*sizeof(double)), .lowest = (double)INFINITY, .highest = 0 };

	for (int i = 0; i < grid*grid; i++)
		if (isfinite(l->loss[i])) {
			r.lowest = fmin(r.lowest, fmax(l->loss[i], 1e-8));
			r.highest = fmax(r.highest, l->loss[i]);
		}
	if (!(r.highest > r.lowest))
		r.highest = r.lowest = isfinite(r.lowest) ? r.lowest : 1;
	lo = log_of(r.lowest);
	hi = r.highest > r.lowest ? log_of(r.highest) : lo + 1;
	for (int i = 0; i < grid*grid; i++)
		coarse[i] = isfinite(l->loss[i]) ? (log_of(l->loss[i]) - lo)/(hi - lo) : 1;
	for (int i = 0; i < grid; i++)
		refine(coarse + i*grid, grid, 1, steps, rows + i*n, 1);
	for (int j = 0; j < n; j++)
		refine(rows + j, grid, n, steps, r.z + j, n);
	fill_levels(&r);
	for (int i = 0; i < r.count; i++)
		r.at[i] = (log_of(r.level[i]) - lo)/(hi - lo);
	return r;
}

/* --- colours --- */

/* colour - share 0 lowest to 1 highest */
static const char *
colour(double share)
{
	static const double map[][3] = { { 49, 54, 149 }, { 69, 117, 180 }, { 116, 173, 209 }, { 171, 217, 233 },
		{ 224, 243, 248 }, { 254, 224, 144 }, { 253, 174, 97 }, { 244, 109, 67 }, { 215, 48, 39 }, { 165, 0, 38 } };
	int last = (int)(sizeof map/sizeof *map) - 1, i;
	double t = fmin(fmax(share, 0), 1)*last, rgb[3];

	i = t < last ? (int)t : last - 1;
	for (int k = 0; k < 3; k++)
		rgb[k] = map[i][k] + (t - i)*(map[i + 1][k] - map[i][k]);
	return arena_text("#%02x%02x%02x", (int)(rgb[0] + 0.5), (int)(rgb[1] + 0.5), (int)(rgb[2] + 0.5));
}

const char *
level_colour(const Relief *r, int band)
{
	return colour(r->count ? (double)band/r->count : 0);
}

const char *
relief_colour(const Relief *r, double z)
{
	double from = 0, to;
	int band = 0;

	while (band < r->count && z >= r->at[band])
		from = r->at[band++];
	to = band < r->count ? r->at[band] : 1.0001;
	return colour((band + fmin((z - from)/(to - from), 1) - 0.5)/(r->count ? r->count : 1));
}
