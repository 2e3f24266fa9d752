/*
** strassen.h - what the emission of Strassen's products shares with the words of their tiles and with their error.
*/
#ifndef STRASSEN_H
#define STRASSEN_H

#include "conv.h"

enum { NProducts = 7, NSums = 4 };

typedef struct {
	int ob, p;                   /* register tile: vectors of output channels, pixels at most */
	int pixels, apart;           /* of half an image; from one of the first half to one of the second */
	int tiles, count[2], width[2];       /* of half an image, of two widths that differ by one */
	int bands, each;             /* of tiles of all images; tiles of a band */
	int blocks;                  /* of half the input channels */
	int groups;                  /* of OB vectors of half the output channels */
	int factors;                 /* of a tile in t: the sums, or all seven where x is not one run of pixels */
	bool odd;                    /* the halves share a pixel */
	bool gaps;                   /* rows of a result, or of what is added, do not follow each other */
} Halves;

/* Four quarters of a tile of p pixels, all seven products: the function's name. */
const char *strassen_tile(Out *all, const Kernel *k, const Halves *h, int p);
double strassen_error(const Node *n);                /* of a layer's own weights, relative to its largest result */

#endif
