/* guesses.h - what block of the library a part of a graph may be, by its convolutions. */
#ifndef GUESSES_H
#define GUESSES_H

#include "texts.h"

enum { MostConvs = 40, MostNodes = 128 };

typedef struct {                     /* nodes that hang on one value, the last of which alone is read by others */
	const Graph *g;
	const Norms *norms;
	int *readers;                /* of each node's results, outputs counted */
	bool *in;                    /* in the region at hand */
	int from, nodes[MostNodes], size;    /* of it, in the graph's order */
	const Node *conv[MostConvs];         /* of it, but for those of 1x1 images */
	int nconv;
	const Node *squeeze;         /* the first convolution of a 1x1 image */
} Region;

const Node *region_last(const Region *r);
const Node *region_op(const Region *r, Op op);       /* the first of this op, or NULL */

typedef struct {
	bool (*guess)(const Region *r, Found *f);
	bool pools;                  /* its shortcut may be that of variant "D" */
} Guess;
extern const Guess guesses[];                        /* the last row has no guess */

#endif
