/* texts.h - a graph as model text: made, loaded again, and compared, so that a wrong guess costs nothing. */
#ifndef TEXTS_H
#define TEXTS_H

#include "../load.h"
#include "../out.h"
#include "../pass.h"

bool makes(const Graph *g, const char *text);         /* is it this graph */
bool adopt_text(Graph *g, const char *text);         /* is it this graph; then g has the names that the text gives */

/* blocks.c: blocks of the library, wherever they stand */
typedef struct {
	int from, to;                /* nodes: the block's input and its result */
	const char *call, *options;  /* nn.CALL { ..., width, stride, options } */
	int width, stride, dilation;
} Found;
typedef struct {                     /* norms of a graph's blocks */
	bool folded;                 /* into convolutions with bias */
	bool none;                   /* there are none, convolutions have a bias */
	const Node *first;           /* otherwise: one of them, or NULL */
	bool by_width;               /* group norms: of as many channels, not of as many groups */
} Norms;
int find_blocks(const Graph *g, const Norms *norms, Found **found);     /* none overlap; in the graph's order */

/* gates.c */
const char *act_text(const Node *n);                 /* an activation as a block's option */
const char *gate_text(const Node *n);                /* the gate that ends in n as a block's option, or NULL */
const char *gate_times(const char *gate, double gain);   /* its text, times a number; NULL: not of this one */
const char *dilations_text(const int *dilation, int count);   /* a stage's option, of each of its blocks */

/* structure.c */
bool residual_block(const Graph *g, bool folded, const Node *from, const Node *to, Found *f);    /* a guess */
const char *norms_text(const Norms *norms);          /* nn.model's bn, "" where it need not be said */
void write_begin(Out *o, const Graph *g, const Norms *norms, bool bias);
char *in_spaces(const char *text);

#endif
