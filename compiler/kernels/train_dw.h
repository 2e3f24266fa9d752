/* train_dw.h - what the two ways to the gradient of a convolution's weights share. */
#ifndef TRAIN_DW_H
#define TRAIN_DW_H

#include "conv.h"

typedef struct {
	int ob, per, groups;         /* vectors of output channels of a tile; channels; how many such groups */
	/* rows of a block: channels, or channels and taps of a planar input; blocks each group reads */
	int rows, taps, blocks;
	int count[2], width[2];      /* tiles of the rows */
	int images;                  /* groups of images */
	size_t part;                 /* floats from one group of images to the next */
} Cut;

Cut dw_cut(const Kernel *k);
size_t dw_lines(size_t floats); /* as an odd number of cache lines: what lies so far apart shares no set of a cache */
double dw_tile_cycles(const Kernel *k, const Cut *c);/* of a pixel, all tiles of a block and a group */
void dw_reach(const Node *n, Sides *around);
int dw_operands(const Kernel *k, int phase, Operand *to);
/* the micro-kernel of rows r0 to r0 + p, over whole images: its name */
const char *dw_tile(Out *all, const Kernel *k, const Cut *c, const char *stem, int r0, int p);
void dw_weights(Out *o, const Kernel *k, const Cut *c, const char *start); /* of one unit, from sums to dw */
int dw_total(Out *o, const Kernel *k, const Cut *c); /* adds up the groups of images; the units of work */

#endif
