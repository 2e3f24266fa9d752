/* dataset.h - labelled pictures to learn from. */
#ifndef DATASET_H
#define DATASET_H

#include "../graph.h"

typedef struct {
	int count;
	int32_t *labels;
	unsigned char *bytes;        /* pictures of planes of bytes; NULL: values instead */
	bool rgb;                    /* their channels are R, G, B, not in the caller's order */
	char *values;                /* pictures as the emitted code takes them */
	size_t each;                 /* bytes of one in values */
} Dataset;

typedef struct { Dataset train, test; } Data;        /* test may be empty */

Data data_open(const char *spec, const Graph *g, int classes);  /* cifar10:DIR, images:DIR, x.npy,y.npy[,x.npy,y.npy] */
void data_fetch(const Dataset *d, const Graph *g, int i, char *to);  /* picture i as the emitted code takes it */
size_t picture_bytes(const Graph *g);

/* class_folders.c */
typedef struct { const char *name; int label; } ClassFolder;
typedef struct { ClassFolder *all; int count; } ClassFolders;        /* by name */
ClassFolders class_folders(const char *path, const Graph *g);

#endif
