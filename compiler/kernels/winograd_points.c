/*
** winograd_points.c - the numbers of Winograd's minimal filtering: points and the matrices made of them.
** A^T [(G g) . (B^T d)] is the sum of the taps g over the inputs d of a tile, along one axis.
**
** Points 0, ±5/8, ±3/2 and infinity for four outputs: their constants are short binary fractions and their
** error is a third of that of 0, ±1, ±2; 0, ±1 and infinity for two outputs of three taps, 1/2 beside them of four.
*/
#include <math.h>

#include "winograd.h"

/* winograd_points - how many pairs of points ±p besides 0 and infinity, and which */
int
winograd_points(int m, double p[2])
{
	if (m == 2) {
		p[0] = 1;
		return 1;
	}
	p[0] = 0.625;
	p[1] = 1.5;
	return 2;
}

/* times_linear - p(x) := p(x)*(x - root), degree n before */
static void
times_linear(double *p, int n, double root)
{
	p[n + 1] = p[n];
	for (int i = n; i > 0; i--)
		p[i] = p[i-1] - root*p[i];
	p[0] *= -root;
}

/*
** toom_cook - the minimal filtering of m outputs of so many taps by n points, and infinity if they are one too few, as
** it is defined: G of powers of the points over their distances, B^T of products of (x - other points), A^T of powers.
** Its rows are positions from the first on; its inputs and taps start somewhere and lie as far apart as the stride.
*/
static void
toom_cook(Axis *to, const double *points, int n, int m, int taps, int first, int start)
{
	for (int j = 0; j < m + taps - 1; j++) {
		double p[MostAxis + 1] = { 1 }, d = 1;
		int degree = 0;
		for (int l = 0; l < n; l++)
			if (l != j) {
				times_linear(p, degree++, points[l]);
				d *= j < n ? points[j] - points[l] : 1;
			}
		for (int i = 0; i <= degree; i++)
			to->bt[first + j][start + i*to->stride] = p[i];
		for (int i = 0; i < taps; i++)
			to->g[first + j][start + i*to->stride] = j < n ? pow(points[j], i)/d : i == taps - 1;
		for (int i = 0; i < m; i++)
			to->at[i][first + j] = j < n ? pow(points[j], i) : i == m - 1;
	}
}

Axis
winograd_axis(int m, int taps, int stride)
{
	static const double four[] = { 0, 1, -1, 0.5 };
	double pair[2], points[5] = { 0 };
	int positions = m + taps - 1, n = 1;
	Axis x = { .outputs = m, .taps = taps, .stride = stride };

	for (int i = 0; i < winograd_points(m, pair); i++) {
		points[n++] = pair[i];
		points[n++] = -pair[i];
	}
	if (stride == 1) {
		toom_cook(&x, points, n, m, taps, 0, 0);
	} else if (taps == 3) {                  /* outer taps over every second input, the middle one over those between */
		toom_cook(&x, points, n, m, 2, 0, 0);
		positions = 2*m + 1;
		for (int i = 0; i < m; i++)
			x.bt[n + i][2*i + 1] = x.at[i][n + i] = x.g[n + i][1] = 1;
	} else {                                 /* seven: four and three */
		toom_cook(&x, four, 4, m, 4, 0, 0);
		toom_cook(&x, points, n, m, 3, 5, 1);
		positions = 9;
	}
	x.positions = x.inputs = positions;
	return x;
}

/*
** winograd_edge - F(2, 3) or F(3, 3) by points that F(4, 3) has, with its G: what that divides by the distances from
** the other points, B^T multiplies
*/
Axis
winograd_edge(int outputs)
{
	double p[2], points[5] = { 0 };
	Axis x = { .outputs = outputs, .taps = 3, .stride = 1, .inputs = outputs + 2, .positions = outputs + 2 };

	winograd_points(4, p);
	for (int i = 0; i < 4; i++)
		points[i + 1] = i%2 ? -p[i/2] : p[i/2];
	toom_cook(&x, points, outputs + 1, outputs, 3, 0, 0);
	for (int j = 0; j < outputs + 1; j++)
		for (int l = outputs + 1; l < 5; l++)
			for (int i = 0; i < x.inputs; i++)
				x.bt[j][i] *= points[j] - points[l];
	return x;
}

void
winograd_filter(int m, double g[6][3])
{
	Axis x = winograd_axis(m, 3, 1);

	for (int i = 0; i < m + 2; i++)
		for (int j = 0; j < 3; j++)
			g[i][j] = x.g[i][j];
}

void
winograd_kernel(int ah, int aw, double gh[6][3], double gw[6][3], const double *g, double *u)
{
	double half[6][3];

	for (int i = 0; i < ah; i++)
		for (int j = 0; j < 3; j++)
			half[i][j] = gh[i][0]*g[j] + gh[i][1]*g[3 + j] + gh[i][2]*g[6 + j];
	for (int i = 0; i < ah; i++)
		for (int j = 0; j < aw; j++)
			u[i*aw + j] = half[i][0]*gw[j][0] + half[i][1]*gw[j][1] + half[i][2]*gw[j][2];
}
