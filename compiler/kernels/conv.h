/* conv.h - what packing and emission of a convolution share with its tiling; linear is a 1x1 convolution. */
#ifndef CONV_H
#define CONV_H

#include "../resnetc.h"

Pair kernel_size(const Kernel *k);
Pair stride_of(const Kernel *k);
int groups_of(const Kernel *k);
int first_channel(const Kernel *k, int oc);          /* of input that output channel oc reads */
int blocks_needed(const Kernel *k, int per);         /* input channel blocks a group of per output channels reads */
const char *plus(size_t offset);                     /* " + 16", or nothing */
void emit_step(Out *o, const Kernel *k, int ob, int p); /* one k step: loads and OB*P multiply-adds */
void emit_fetch(Out *o, size_t floats, int per);      /* prefetch of what a later k step reads of so many weights */
int first_block(const Kernel *k, int og, int per);   /* where group og starts reading */
void split_row(int w, int p, int count[2], int width[2]); /* tiles of a row, at most p wide, of two widths next to each other */
void emit_units(Out *o, const char *v, int vectors, int images, int rows, const char *row); /* the loop over units of work */

#endif
