/* tensor.h - tensors in files of many formats, behind one interface. */
#ifndef TENSOR_H
#define TENSOR_H

#include "../dtype.h"

typedef struct Zip Zip;
typedef struct {
	const char *name;
	int rank;
	int64_t dim[8], stride[8];   /* strides in elements */
	char dtype[8];               /* as safetensors names it: dtypes.h */
	const unsigned char *data;   /* of element 0; NULL: in a zip entry, see tensor_load */
	Zip *zip;
	uint64_t entry;              /* of the zip */
	size_t at;                   /* bytes from the entry's start to element 0 */
	unsigned char *loaded;       /* the entry, while it is in memory */
	bool used;
} Tensor;
typedef struct { const char *key, *value; } Meta;
typedef struct {
	const char *file;
	Tensor *tensors;
	int count;
	Meta *meta;                  /* safetensors: of __metadata__ */
	int nmeta;
	char sha[65];                /* of the file, or of all shards */
	const char *rest;            /* of the key asked for: what is still to be found in the names, or NULL */
} Weights;
Weights *weights_open(const char *spec);             /* FILE or FILE:KEY; by its content */
Weights *safetensors_open(const char *file, const unsigned char *map, size_t len);
Weights *shards_open(const char *file, const unsigned char *map, size_t len, Weights *open(const char *));
Weights *npy_open(const char *file, const unsigned char *map, size_t len);
Weights *npz_open(const char *file, Zip *z);
Weights *torch_zip_open(const char *file, Zip *z, const char *key);   /* key: of a dictionary in it, or NULL */
Weights *onnx_weights_open(const char *file, const unsigned char *map, size_t len);
Weights *torch_legacy_open(const char *file, const unsigned char *map, size_t len, const char *key);
void weights_compute(Weights *w);                    /* weight_norm's and its like: the weights for their parts */
void tensor_load(Tensor *t);                         /* before the first tensor_get */
void tensor_unload(Tensor *t);
double tensor_get(const Tensor *t, size_t i);        /* element i in C order, any dtype, as double */
void tensor_numbers(const Tensor *t, double *to);    /* all of them */
size_t tensor_count(const Tensor *t);
bool tensor_contiguous(Tensor *t);                   /* sets C-order strides; false: too many elements */
const char *tensor_shape(const Tensor *t);           /* "64x3x7x7" */
/* A .npy's head into t, of whose whole bytes len are there. */
void npy_parse(const char *file, const unsigned char *p, size_t len, size_t whole, Tensor *t);
Zip *zip_map(const char *file, const unsigned char *map, size_t len);
int64_t zip_entries(const Zip *z);
const char *zip_name(const Zip *z, uint64_t entry);
int64_t zip_named(const Zip *z, const char *name);   /* the entry of this name, or -1 */
int64_t zip_find(const Zip *z, const char *suffix);  /* the first entry whose name ends so, or -1 */
uint64_t zip_size(const Zip *z, uint64_t entry);
unsigned char *zip_load(const Zip *z, uint64_t entry, size_t most, size_t *len);  /* malloc'd; most: bytes; 0: all */

#endif
