/* dtype.h - kinds of numbers, in values and in files of weights. */
#ifndef DTYPE_H
#define DTYPE_H

#include "base.h"

typedef enum {
#define DTYPE(name, bytes, c, words, kind, vector, load, safetensors, npy, torch, onnx) DT_##name,
#include "dtypes.h"
#undef DTYPE
	NDtypes
} Dtype;

typedef struct {
	const char *name;
	size_t bytes;                /* of one number */
	const char *c, *words;       /* its type in C; several of them in a sentence */
	char kind;                   /* 'f' float, 'i' signed, 'u' unsigned, 'b' truth */
	const char *vector, *load;   /* its type in the vector words, the word that loads some of them as floats; or NULL */
	const char *safetensors, *npy, *torch; /* what files call it, or NULL */
	int onnx;                    /* TensorProto.DataType, or 0 */
} DtypeRow;

/* half.c - the 16-bit floats */
double half_value(Dtype d, uint16_t bits);           /* d: DT_f16 or DT_bf16 */
uint16_t half_bits(Dtype d, double v);               /* the nearest, ties to even; too large: infinity */

/* dtype.c */
extern const DtypeRow dtype_rows[NDtypes];
const DtypeRow *dtype_named(const char *safetensors);/* NULL: not a dtype */
int dtype_bytes(const char *safetensors);            /* 0: not a dtype */
bool dtype_is_float(const char *safetensors);

#endif
