/* interp.h - the references that have files of their own, beside interp.c. */
#ifndef INTERP_H
#define INTERP_H

#include "graph.h"

typedef void Reference(const Node *n, const double *const *x, double *y);

/* interp_binary.c */
Reference interp_add, interp_sub, interp_mul, interp_div, interp_maximum, interp_minimum, interp_reciprocal;

/* interp_move.c */
Reference interp_reshape, interp_permute, interp_pixel_shuffle, interp_pixel_unshuffle, interp_channel_shuffle;

/* interp_norm.c */
Reference interp_group_norm, interp_layer_norm;

/* interp_attention.c */
Reference interp_softmax, interp_reduce, interp_matmul;

/* interp_transposed.c */
Reference interp_conv_transpose2d;

/* gradients/interp.c, gradients/interp_bn.c */
#define GRAD(name, lo, hi, family, epi, over, doc) Reference interp_##name;
#include "gradients/ops.h"
#undef GRAD

#endif
