/* winograd.h - what the Winograd kernels share with the measurement of their error. */
#ifndef WINOGRAD_H
#define WINOGRAD_H

#include "../resnetc.h"

int winograd_points(int m, double p[2]);             /* pairs ±p for m = 2 or 4 outputs, besides 0 and infinity */
void winograd_filter(int m, double g[6][3]);         /* G */
void winograd_kernel(int ah, int aw, double gh[6][3], double gw[6][3], const double *g, double *u);  /* Gh g Gw' */

#endif
