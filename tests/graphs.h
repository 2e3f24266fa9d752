/* graphs.h - ONNX models from one line of text; the language is in graphs.c. */
#ifndef GRAPHS_H
#define GRAPHS_H

#include "../compiler/import/onnx.h"

#include "tests.h"

typedef struct { Onnx__ModelProto m; Onnx__GraphProto g; Onnx__OperatorSetIdProto opset, *opsets[1]; } Built;

Built *built(const char *statements);
Onnx__ValueInfoProto *value_info(const char *name, const char *dims, int type);
void put_model(const char *name, const Onnx__ModelProto *m);         /* in the suite's folder */
void want_graph(const Built *b, const char *text);   /* zeros give "CxHxW: values", or a message refuses it */
double noise(size_t i);                              /* -1 to 1, in steps of 1/128 */

#endif
