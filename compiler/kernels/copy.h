/*
** copy.h - what of a value a copy takes, and where it goes; copies of floats and of bytes share this.
*/
#ifndef COPY_H
#define COPY_H

#include "kernel.h"

typedef struct {
	int c, h, w;                 /* how much is copied */
	int xc, xr, xq, sr, sq;      /* from: first channel, row, column and steps */
	int yc, yr, yq;              /* to: first channel, row, column */
} Region;

Region region_of(const Kernel *k);

#endif
