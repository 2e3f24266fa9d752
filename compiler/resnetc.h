/*
** resnetc - the compiler's table of contents: its floors from the ground up, each a header of its own that includes
** only what stands below it.
**
** Names that mean one thing everywhere: g graph, n node, v value, t target, k kernel descriptor, o text out;
** x y z input, output and skip; w b weights and bias; n c h w image, channel, row, column;
** ic oc input and output channels; kh kw sh sw dh dw kernel, stride, dilation; cb channels of a block.
*/
#ifndef RESNETC_H
#define RESNETC_H

#include "base.h"                /* errors, memory, files */
#include "out.h"                 /* text, functions written once */
#include "value.h"               /* numbers in memory: dtype, shape, layout, home, lifetime */
#include "target.h"              /* instruction sets */
#include "graph.h"               /* ops, attributes, nodes; shapes, verifier, dump, reference */
#include "load.h"                /* a graph from a model file or from ONNX */
#include "weights/weights.h"     /* tensors from files, bound to a graph */
#include "image/image.h"         /* pictures and arrays */
#include "kernels/kernel.h"      /* kernels and the families that write them */
#include "pass.h"                /* graph to graph */
#include "emit/emit.h"           /* graph to files */
#include "host.h"                /* files to running code */

#endif
