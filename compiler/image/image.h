/* image.h - pictures and arrays that go in and come out. */
#ifndef IMAGE_H
#define IMAGE_H

#include "../graph.h"

typedef struct { const char *file; int h, w; unsigned char *rgb; } Picture;  /* h rows of w pixels, R, G, B */
Picture image_read(const char *file);                /* .png or .jpg by content */
int image_resize(const Graph *g);                    /* the shorter side before the crop */
struct rc_image image_recipe(const Graph *g);        /* runtime/rc_image.h */
void image_to_input(const Picture *p, const Graph *g, void *input); /* one image, as NAME_run takes it */
typedef struct { int rank; int64_t dim[8]; float *data; unsigned char *u8; size_t count; } Npy; /* one of data and u8 */
Npy npy_read(const char *file);
void npy_write(const char *file, const float *data, int rank, const int64_t *dim);
File npy_file(char *name, const float *data, int rank, const int64_t *dim);  /* malloc'd */
void npz_write(const char *path, const File *files, int count);
void write_at(const char *path, const void *data, size_t len);

#endif
