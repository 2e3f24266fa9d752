/*
** interp_move.c - the reference of ops that give numbers another place: reshape, permute, shuffles.
*/
#include <string.h>

#include "interp.h"

void
interp_reshape(const Node *n, const double *const *x, double *y)
{
	memcpy(y, x[0], count_of(n->out->shape)*sizeof *y);
}

/* at - where channel c, row i, column j of image m is */
static size_t
at(Shape s, int m, int c, int i, int j)
{
	return (((size_t)m*(size_t)s.c + (size_t)c)*(size_t)s.h + (size_t)i)*(size_t)s.w + (size_t)j;
}

void
interp_permute(const Node *n, const double *const *x, double *y)
{
	Shape in = n->in[0]->shape, out = n->out->shape;
	int count;
	const char *order = words_of(&attr_rows[At_order], &count)[n->a.order];

	for (int m = 0; m < out.n; m++)
	for (int c = 0; c < out.c; c++)
	for (int i = 0; i < out.h; i++)
	for (int j = 0; j < out.w; j++) {
		int place[3] = { c, i, j }, from[3] = { 0, 0, 0 };
		for (int k = 0; k < 3; k++)
			from[order[k] == 'c' ? 0 : order[k] == 'h' ? 1 : 2] = place[k];
		*y++ = x[0][at(in, m, from[0], from[1], from[2])];
	}
}

/* square - which of all channels is pixel p of a square of channel c, of so many */
static int
square(const Node *n, int c, int p, int channels)
{
	return n->a.depth_first ? p*channels + c : c*n->a.factor*n->a.factor + p;
}

void
interp_pixel_shuffle(const Node *n, const double *const *x, double *y)
{
	Shape in = n->in[0]->shape, out = n->out->shape;
	int f = n->a.factor;

	for (int m = 0; m < out.n; m++)
	for (int c = 0; c < out.c; c++)
	for (int i = 0; i < out.h; i++)
	for (int j = 0; j < out.w; j++)
		*y++ = x[0][at(in, m, square(n, c, i%f*f + j%f, out.c), i/f, j/f)];
}

void
interp_pixel_unshuffle(const Node *n, const double *const *x, double *y)
{
	Shape in = n->in[0]->shape, out = n->out->shape;
	int f = n->a.factor;

	for (int m = 0; m < in.n; m++)
	for (int c = 0; c < in.c; c++)
	for (int i = 0; i < in.h; i++)
	for (int j = 0; j < in.w; j++)
		y[at(out, m, square(n, c, i%f*f + j%f, in.c), i/f, j/f)] = x[0][at(in, m, c, i, j)];
}

void
interp_channel_shuffle(const Node *n, const double *const *x, double *y)
{
	Shape s = n->out->shape;
	int groups = n->a.groups;
	size_t plane = (size_t)s.h*(size_t)s.w;

	for (int m = 0; m < s.n; m++)
	for (int c = 0; c < s.c; c++) {
		int from = c%groups*(s.c/groups) + c/groups;
		memcpy(y, x[0] + ((size_t)m*(size_t)s.c + (size_t)from)*plane, plane*sizeof *y);
		y += plane;
	}
}
