/* import.h - the importer's own: values by name, attributes, making nodes. Ops that import are in the ops_ files. */
#ifndef IMPORT_H
#define IMPORT_H

#include "onnx.h"

typedef struct {
	const char *file;
	Graph *g;
	OnnxValue *values;
	int count;
	int64_t opset;
	const Onnx__NodeProto *p;    /* the node at hand */
	int number;                  /* counted from 1 */
	const OnnxOptions *o;
} Import;


/* values.c */
void refuse(const Import *m, const char *format, ...) PRINTF(2, 3) NORETURN;  /* the node at hand */
OnnxValue *find(const Import *m, const char *name);
void define(Import *m, const char *name, OnnxValue v);
bool has_input(const Import *m, size_t i);
OnnxValue input(const Import *m, size_t i);
OnnxValue constant(const Import *m, size_t i, const char *what);
OnnxValue image(const Import *m, size_t i);
size_t elements(const OnnxValue *v);
const char *layer_name(const Import *m, const char *weight, const char *stem);
Node *begin(const Import *m, Op op, const char *name);
Node *make(const Import *m, Op op, Node *x);
void set_param(Node *n, ParamId p, const double *v, size_t count);
OnnxValue result(Node *n, int rank);
void finish(Import *m, Node *n, int rank);
void same(Import *m, OnnxValue v);
Node *flat(Import *m, Node *x);
Node *scaled(Import *m, Node *x, const double *scale, const double *shift);
OnnxValue constant_view(const OnnxValue *x, int rank, const int64_t *dim, const int64_t *first, const int64_t *step, const int *axes);
int64_t clamp_index(int64_t i, int64_t size);        /* of a slice */

/* attributes.c: an attribute without a value is zero, one that is not there has its default */
const Onnx__AttributeProto *attribute(const Import *m, const char *name);
int64_t attr_int(const Import *m, const char *name, int64_t otherwise);
double attr_real(const Import *m, const char *name, double otherwise);
const char *attr_text(const Import *m, const char *name, const char *otherwise);
const Onnx__AttributeProto *attr_list(const Import *m, const char *name);
const Onnx__AttributeProto *attr_reals(const Import *m, const char *name);
bool attr_ints(const Import *m, const char *name, int count, int64_t *v, int64_t lo, int64_t hi);
int list_of(const Import *m, const char *name, size_t at, int64_t *v, int most);

/* one function an ONNX operator */
void op_add(Import *m);
void op_average_pool(Import *m);
void op_batch_norm(Import *m);
void op_cast(Import *m);
void op_clip(Import *m);
void op_concat(Import *m);
void op_constant(Import *m);
void op_constant_of_shape(Import *m);
void op_conv(Import *m);
void op_div(Import *m);
void op_dropout(Import *m);
void op_flatten(Import *m);
void op_gather(Import *m);
void op_gemm(Import *m);
void op_global_average_pool(Import *m);
void op_global_max_pool(Import *m);
void op_hard_sigmoid(Import *m);
void op_hard_swish(Import *m);
void op_identity(Import *m);
void op_leaky_relu(Import *m);
void op_matmul(Import *m);
void op_max_pool(Import *m);
void op_mul(Import *m);
void op_pad(Import *m);
void op_reduce_max(Import *m);
void op_reduce_mean(Import *m);
void op_relu(Import *m);
void op_reshape(Import *m);
void op_resize(Import *m);
void op_shape(Import *m);
void op_sigmoid(Import *m);
void op_slice(Import *m);
void op_softmax(Import *m);
void op_squeeze(Import *m);
void op_sub(Import *m);
void op_sum(Import *m);
void op_transpose(Import *m);
void op_unsqueeze(Import *m);
void op_upsample(Import *m);

#endif
