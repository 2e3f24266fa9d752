/* writer.h - what makes functions and steps of the graph's nodes, one by one and in strips. */
#ifndef WRITER_H
#define WRITER_H

#include "emit.h"

typedef struct {                     /* a kernel and the functions of its phases, as far as they are written */
	Kernel k;
	const Function *phase[2];
	int units[2];
} Written;

typedef struct {
	Model *m;
	Written *all;
	int count;
} Writer;

/* writer.c */
int phases_of(const Kernel *k);
const Function *phase_of(Writer *w, const Kernel *k, int phase, int *units); /* equal kernels share them */
void serve(const Function *f, const Node *n, const char *how);   /* name the layer in the comment of the function */
void add_operand(Step *s, const Value *v, bool written);        /* where v lies */
void add_outside(Step *s, bool output, size_t at);   /* in the caller's arrays */
void add_kernel_operands(Step *s, const Kernel *k, int phase, int part);
const Function *clear_function(Model *m, const Value *v);
void add_packer(Writer *w, const Node *n);           /* in training: the step that packs n's weights from the state */
void add_running(Writer *w, const Node *n);          /* running statistics instead of a batch's, in evaluation */

/* strips.c */
void add_strips(Writer *w, const Node *first, bool eval);        /* of first and all that is done in strips with it */

#endif
