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
	int width, stride;
} Found;
int find_blocks(const Graph *g, bool folded, Found **found);     /* none overlap; in the graph's order */

/* structure.c */
bool residual_block(const Graph *g, bool folded, const Node *from, const Node *to, Found *f);    /* a guess */
void write_begin(Out *o, const Graph *g, bool folded, bool bias, const Node *bn);
char *in_spaces(const char *text);

#endif
