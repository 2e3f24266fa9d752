/* conv.h - what packing and emission of a convolution share with its tiling; linear is a 1x1 convolution. */
#ifndef CONV_H
#define CONV_H

#include "kernel.h"

typedef struct {                     /* how a direct convolution is cut */
	int ob, p;                   /* register tile: vectors of output channels, pixels */
	int count[2], width[2];      /* a row: so many tiles of so many pixels, the second one narrower */
	int rows, cols, fold;        /* image as it is walked: fold rows follow each other as one */
	int chunk, blocks;           /* input channel blocks of one pass, of all passes */
	int bands;                   /* groups of rows, one unit of work each, when there are several passes */
} Tiling;
Tiling conv_tiling(const Kernel *k, int ob, int p);
bool rows_follow(const Kernel *k);                   /* without a gap, so that a tile may run over the end of a row */
/* a k step of a tile; bytes: of its weights; panel: of the weights of all its steps */
double step_cycles(const Target *t, int ob, int p, double bytes, double panel);
double conv_cycles(const Kernel *k, const Tiling *tl);/* the cost model */
void conv_ways(const Kernel *k, EachWay *each, void *user);

int dense_packed(const Kernel *k, size_t weights, Packed *to);       /* so many weights, and biases where it has them */
void pack_bias(const Kernel *k, const double *b, void *const *to); /* second parameter, zeros behind the last channel */
void conv_describe(const Kernel *k, char *name, size_t len);
const char *pixel_at(const Kernel *k, const View *v, const char *plane, int o, int p);
                                              /* offset of vector o, pixel p of a tile; plane: the distance of blocks */
const char *emit_from(Out *o, const Kernel *k, int per, int groups); /* where a group of output vectors starts in x */
const char *group_at(const Kernel *k, const Layout *l, int ob);      /* where it lies in a blocked tensor */
Pair kernel_size(const Kernel *k);
Pair stride_of(const Kernel *k);
int groups_of(const Kernel *k);
int first_channel(const Kernel *k, int oc);          /* of input that output channel oc reads */
int blocks_needed(const Kernel *k, int per);         /* input channel blocks a group of per output channels reads */
int last_channels(const Kernel *k, int per);         /* channels read of the last one */
size_t conv_group(const Kernel *k, const Tiling *tl);/* packed weights of one group of OB vectors */
typedef struct {                     /* the order of packed weights, as rc_packing has it */
	const char *order;           /* rc_order */
	int phases, groups, blocks, last, per, turned;
	Pair kernel;
	const int *tap, *from;       /* of phases; NULL: one of all taps */
	int ah, aw;                  /* Winograd: rows of Gh, Gw */
} Repacking;
int emit_packing(Out *o, const Kernel *k, const Repacking *r);      /* declares how, an rc_packing; the units of work */
const char *acc(int o, int p);                       /* the accumulator of vector o, pixel p: a0 a1 ... b0 b1 ... */
void emit_step(Out *o, const Target *t, const char *load, int step, int ob, int p);
                                                      /* one k step: weights by the word load, OB*P multiply-adds */
int registers_of(const Target *t, int ob, int p);     /* those of a tile, with what is multiplied */
int first_block(const Kernel *k, int og, int per);   /* where group og starts reading */
void split_row(int w, int p, int count[2], int width[2]); /* tiles of a row, at most p wide, of two adjacent widths */
void emit_units(Out *o, const char *v, int vectors, int images, int rows, const char *row); /* the loop over units */

/* winograd_error.c */
float relu_normal(uint64_t *seed);                    /* a normal-like number, 0 where it is negative */

/* fetch.c */
int shares_for(double macs);                          /* of what comes next, fetched beside so many multiply-adds */
int fetch_ahead(const Target *t, size_t bytes);       /* weights ahead of use that so many are fetched; 0: not */
void emit_fetch(Out *o, int per, size_t bytes);                     /* of what a k step reads, if ahead is not 0 */
int fetched(const Kernel *k, const Tiling *tl);       /* by a tile, of weights to come, a tap of a block of channels */
size_t fetched_by_tile(const Kernel *k, const Tiling *tl); /* how far on the next tile fetches; 0: each the same */
void emit_ahead(Out *o, const Kernel *k, const Tiling *tl, bool grouped);   /* declares ahead, where they lie */

#endif
