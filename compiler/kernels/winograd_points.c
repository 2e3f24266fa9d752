/*
** winograd_points.c - the numbers of Winograd's minimal filtering for 2 and 4 outputs of 3 taps: points and the
** matrices made of them. A^T [(G g) . (B^T d)] is the sum of three taps g over four or six inputs d.
**
** Points 0, ±5/8, ±3/2 and infinity for four outputs: their constants are short binary fractions and their
** error is a third of that of 0, ±1, ±2; 0, ±1 and infinity for two outputs.
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

/* winograd_filter - G: (m + 2) x 3, rows in the order 0, p, -p, ..., infinity */
void
winograd_filter(int m, double g[6][3])
{
	double p[2], all[5];
	int pairs = winograd_points(m, p), n = 2*pairs + 1;

	all[0] = 0;
	for (int i = 0; i < pairs; i++) {
		all[2*i + 1] = p[i];
		all[2*i + 2] = -p[i];
	}
	for (int j = 0; j < n; j++) {
		double d = 1;
		for (int l = 0; l < n; l++)
			if (l != j)
				d *= all[j] - all[l];
		for (int i = 0; i < 3; i++)
			g[j][i] = pow(all[j], i)/d;
	}
	g[n][0] = g[n][1] = 0;
	g[n][2] = 1;
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

/* times_linear - p(x) := p(x)*(x - root), degree n before */
static void
times_linear(double *p, int n, double root)
{
	p[n + 1] = p[n];
	for (int i = n; i > 0; i--)
		p[i] = p[i-1] - root*p[i];
	p[0] *= -root;
}

/* winograd_matrices - B^T and A^T of m outputs as they are defined: products of (x - other points), powers of points */
void
winograd_matrices(int m, float bt[6][6], float at[4][6])
{
	double pair[2], points[5] = { 0 };
	int n = 2*winograd_points(m, pair) + 1;

	for (int i = 1; i < n; i++)
		points[i] = i%2 ? pair[i/2] : -pair[i/2 - 1];
	for (int j = 0; j <= n; j++) {           /* the last row belongs to infinity: all points */
		double p[7] = { 1 };
		int degree = 0;
		for (int l = 0; l < n; l++)
			if (l != j)
				times_linear(p, degree++, points[l]);
		for (int i = 0; i <= n; i++)
			bt[j][i] = i <= degree ? (float)p[i] : 0;
		for (int i = 0; i < m; i++)
			at[i][j] = j < n ? (float)pow(points[j], i) : i == m - 1;
	}
}
