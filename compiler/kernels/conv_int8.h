/*
** conv_int8.h - what the emission of convolutions of bytes shares with their tiling and their micro-kernels.
*/
#ifndef CONV_INT8_H
#define CONV_INT8_H

#include "conv.h"

typedef struct {                     /* bytes that follow each other: all taps of a row, or one tap */
	bool run;                    /* it is all of a row */
	int steps, last;             /* of one; of one in the last block of channels */
	int loads;                   /* of one, of as many bytes as a load of x has */
	int rest;                    /* bytes after those */
} Walk;

Walk int8_walk(const Kernel *k, int per);               /* of a tile of so many output channels */
bool int8_ends_early(const Kernel *k, const Walk *w);    /* may the last block have fewer steps? */
int int8_steps(const Kernel *k, int per);                /* of a group of output channels */
int int8_per(const Kernel *k, int ob);                   /* channels of a tile of OB words of sums */
int int8_vectors(const Kernel *k, int ob);               /* vectors of its results */
bool int8_pair_safe(const Kernel *k);                    /* do no two neighbours, as they are packed, leave 16 bits? */
bool int8_slides(const Kernel *k, int ob, int p);        /* is a row multiplied before the next channels? */
int int8_slid_over(const Kernel *k, int p);              /* pixels under the taps of p results */
Tiling int8_chosen(const Kernel *k);                     /* with the tile the passes chose */
bool int8_ordered(const Kernel *k);                       /* are the steps of a group in an order of their own? */
int int8_step_offset(const Kernel *k, int per, int step);  /* of what it reads of x, in the usual order */
int int8_order_numbers(const Kernel *k, int per);          /* what is packed to tell a group's order */
void int8_order(const Kernel *k, int per, signed char *w, int32_t *order);
void int8_ways(const Kernel *k, EachWay *each, void *user);
double int8_cycles(const Kernel *k, Way way);
double int8_work(const Kernel *k);                       /* in multiply-adds of floats */

bool int8_to_bytes(const Kernel *k);                     /* are the results bytes, else floats? */
const char *int8_result(const Kernel *k);                /* their type */

/* A micro-kernel's parameters and what it is called with, up to the sizes; order: " order," where it has one, or "". */
const char *int8_parameters(const Kernel *k, const Tiling *tl, const char *order);
const char *int8_arguments(const Kernel *k, const Tiling *tl, const char *order);
void int8_emit_sums(Out *o, const Kernel *k, int ob, int p);      /* begun with the biases */
void int8_emit_results(Out *o, const Kernel *k, int ob, int p);   /* of the sums */

/* The call of a micro-kernel, whose function goes to all; ahead: bytes by which weights are fetched, 0: none are. */
void int8_tile_call(Out *o, Out *all, const Kernel *k, const Tiling *tl, int p, int ahead);
void int8_ordered_call(Out *o, Out *all, const Kernel *k, const Tiling *tl, int p, int ahead);

#endif
