/* shape.h - the shape rules that have files of their own, beside shape.c. */
#ifndef SHAPE_H
#define SHAPE_H

#include "graph.h"

typedef void ShapeRule(Node *n);

/* shape_move.c */
ShapeRule shape_reshape, shape_permute, shape_pixel_shuffle, shape_pixel_unshuffle, shape_channel_shuffle;

/* gradients/shape.c */
#define GRAD(name, lo, hi, family, epi, over, doc) ShapeRule shape_##name;
#include "gradients/ops.h"
#undef GRAD

#endif
