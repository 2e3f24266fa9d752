/* onnx.h - what the files of the ONNX importer share. */
#ifndef ONNX_H
#define ONNX_H

#include "../load.h"
#include "../out.h"
#include "../pass.h"
#include "../weights/weights.h"

#include "onnx.pb-c.h"

enum { MostDims = 8, MostAtoms = 16 };

enum { AxisN, AxisC, AxisH, AxisW, NAxes };

/* TensorProto.DataType */
enum { TypeFloat = 1, TypeUint8, TypeInt8, TypeUint16, TypeInt16, TypeInt32, TypeInt64, TypeBool = 9, TypeHalf,
       TypeDouble, TypeBrain = 16 };

typedef struct { int64_t size, step; int axis; } Atom; /* so many steps along one axis of a node */

/*
** A value of the graph: a constant, or a tensor. A tensor's dimensions are made of atoms, each a step along an axis of
** the node it is of, so reshapes and transposes make no nodes: 1x2x8x3x3 may be an image of 16 channels.
*/
typedef struct {
	const char *name;
	Node *n;                     /* NULL: a constant */
	int rank;                    /* -1: a node's second result, which only an output may be; n: of a node of ours */
	int64_t dim[MostDims];
	const double *data;          /* of a constant, C order */
	int type;                    /* of a constant: how it is rounded */
	const double *scales;        /* of a constant that was dequantized: of all, or of each step along an axis */
	int nscales, scale_axis;
	const double *whole;         /* and the integers, less their zero point */
	Atom atom[MostAtoms];        /* of a tensor: of all dimensions from the outermost on; none is of size 1 */
	int natoms;
	bool lost;                   /* of a node that was refused */
	/* of a tensor: it stands for erf(x), or factor*(1 + erf(x)), of its node */
	enum { NoErf, ErfAlone, ErfPlusOne } erf;
	double factor;
	Sides infinite;              /* of a tensor: rows and columns of -infinity around it */
	const Onnx__TensorProto *proto;      /* of a constant nobody has read yet */
} OnnxValue;

struct OnnxConstant { const char *name; OnnxValue value; };

Onnx__ModelProto *onnx_read(const char *file, const unsigned char *map, size_t len);
Tensor onnx_tensor(const char *file, const Onnx__TensorProto *t);    /* any storage form; checks sizes */
OnnxValue onnx_constant(const char *file, const Onnx__TensorProto *t);

#endif
