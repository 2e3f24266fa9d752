/* winograd_strided.h - what the emission of strided Winograd kernels shares with their geometry. */
#ifndef WINOGRAD_STRIDED_H
#define WINOGRAD_STRIDED_H

#include "winograd.h"

/*
** The positions of one axis are m + 1 points of the outer taps' phase and, by one filter, m pixels of the middle tap's.
** A class of positions is outer or middle down the columns (its first index) and along the rows (its second).
*/
enum { Outer, Middle };

typedef struct {                     /* blocks of tiles that are cut alike */
	int tile_rows, pixel_rows;   /* of the result */
	int cols[2][2];              /* tiles, pixels or mixtures of both that a position of a class has */
	int v[2][2], m[2][2];        /* floats from one position to the next in V and in products */
	int v_row[2], m_row[2];      /* those of a row of positions, outer and middle */
	int v_all, m_all;
} Cut;

typedef struct {
	Wino w;                      /* its filters, U, as those of F(mh x mw, 3x3) */
	int images, per;             /* whole images a block, or blocks an image */
	int blocks;                  /* of the batch */
	int cuts;                    /* one, or another one of an image's last block */
	Cut cut[2];
} Strided;

Strided strided_chosen(const Kernel *k);
double strided_cycles(const Kernel *k, Way way);     /* the cost model */
double strided_macs(const Kernel *k, const Strided *s);      /* multiply-adds of the batch */
bool strided_fits(const Node *n);                    /* 3x3, stride 2, no groups, enough channels */
int strided_past(int m, int in, int out, int before);        /* rows that tiles of m read beyond the image */
/* words of the emitted file, by name */
const char *strided_in_tile(Out *o, int mh, int mw, int cb, bool ragged_rows, bool ragged_cols);
const char *strided_out_tile(Out *o, const Kernel *k, const Strided *s);

#endif
