/*
** value.h - numbers in memory: of what kind, of what shape, how they lie, where they live and how long. A network's
** input, every node's results, packed parameters and the memory a kernel works in are all Values.
*/
#ifndef VALUE_H
#define VALUE_H

#include "dtype.h"

enum {
	AlignBytes  = 64,            /* every value starts on a line of the cache */
	HeaderBytes = 128            /* of a weight blob, before the first value */
};

typedef struct { int h, w; } Pair;
typedef struct { int t, l, b, r; } Sides;              /* top, left, bottom, right */
typedef struct { int from, to, step; } Range;          /* end exclusive */
typedef struct { int n, c, h, w; } Shape;              /* images, channels, rows, columns */

typedef struct {                     /* how a value lies in its home, counted in numbers */
	int cb;                      /* channels of a block, innermost; 1: planar */
	Sides halo;                  /* zeros kept around the image */
	size_t row, plane, image;    /* strides: one row, one block of channels, one image */
	size_t origin;               /* of element 0,0,0 */
} Layout;

typedef enum { Home_none, Home_caller, Home_arena, Home_blob, Home_state, Home_how, Home_strip } Home;

typedef struct Node Node;

typedef struct Value {
	Dtype dtype;
	Shape shape;
	Layout lay;
	Home home;
	size_t at, bytes;            /* from the start of its home; how many it takes */
	int from, to;                /* the first and the last node that needs it; to is the count of nodes for an output */
	int readers;                 /* inputs that read it; an output counts as one */
	struct Value *over;          /* the value whose memory it takes over, or NULL */
	Node *node;                  /* that makes or owns it */
	int index;                   /* which of the node's results */
} Value;

size_t count_of(Shape s);                            /* elements of all images */
bool same_shape(Shape a, Shape b);
Layout layout_of(Shape s, int cb, Sides halo);
bool same_layout(const Layout *a, const Layout *b);
bool has_halo(const Layout *l);
size_t aligned(size_t bytes);                        /* rounded up to whole lines */
size_t value_bytes(Dtype d, Shape s, const Layout *l);  /* of a value laid out so, whole lines */

#endif
