/*
** bytes.h - what kernels on bytes share. The last of their packed parameters are floats: what belongs to the
** channels, then the numbers e, which are
**   [0] [1]   bounds of a result, before its zero is added
**   then of each input a factor, to the result's steps, and the byte that stands for 0
**   then the result's bytes that stand for 0, of a channel and the next three
** so that code hangs on no weights.
*/
#ifndef BYTES_H
#define BYTES_H

#include "kernel.h"

enum { Bounds = 2, EachInput = 2, Zeros = 4 };

size_t bytes_numbers(const Kernel *k);               /* how many e are */
void bytes_pack(const Node *n, float *e);
int bytes_packed(const Kernel *k, Packed *to);       /* e alone */
void bytes_pack_numbers(const Node *n, const Kernel *k, void *const *to);
const char *bytes_settled(const Kernel *k, const char *to, const char *value); /* the statement that stores a vector */
bool bytes_in_twos(const Kernel *k);                 /* are two vectors of a result stored in one go? */
const char *bytes_two_settled(const char *to[2], const char *value[2]);
const char *bytes_number(int at);                    /* "bc(e + 2)" */
void emit_numbers(Out *o, const Kernel *k, const char *names);     /* vectors least, most, base; of inputs "f0 z0 f1" */

/* quads.c: pixels of row yi, by statements that make vector v, one of from at c and j, bytes at line[c] */
void emit_quads(Out *o, const Kernel *k, const char *channels, const char *from, const char *settled);

#endif
