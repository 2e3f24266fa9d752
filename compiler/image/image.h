/* image.h - pictures and arrays that go in and come out. */
#ifndef IMAGE_H
#define IMAGE_H

#include "../graph.h"

typedef struct { int c, h, w; float *data; } Picture;/* float RGB planes, 0..255 */
Picture image_read(const char *file);                /* .png or .jpg by content */
void image_to_input(const Picture *p, const Graph *g, float *out); /* resized, cropped, normalised; one image */
typedef struct { int rank; int64_t dim[8]; float *data; unsigned char *u8; size_t count; } Npy;   /* one of data and u8 */
Npy npy_read(const char *file);
void npy_write(const char *file, const float *data, int rank, const int64_t *dim);

#endif
