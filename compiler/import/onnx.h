/* onnx.h - what the files of the ONNX importer share. */
#ifndef ONNX_H
#define ONNX_H

#include "../load.h"
#include "../out.h"
#include "../pass.h"
#include "../weights/weights.h"

#include "onnx.pb-c.h"

typedef struct {                     /* a value: a tensor of the graph being built, or a constant */
	const char *name;
	Node *n;                     /* NULL: a constant */
	int rank;
	int64_t dim[8];
	const double *data;          /* of a constant, C order */
	bool whole;                  /* a constant of whole numbers: shapes, axes */
} OnnxValue;

struct OnnxConstant { const char *name; OnnxValue value; };

Onnx__ModelProto *onnx_read(const char *file, const unsigned char *map, size_t len);
Tensor onnx_tensor(const char *file, const Onnx__TensorProto *t);    /* any storage form; checks sizes */
OnnxValue onnx_constant(const char *file, const Onnx__TensorProto *t);

#endif
