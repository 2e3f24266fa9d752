/* SPDX-License-Identifier: 0BSD */
/*
** rc_image.h - optional: from a picture's pixels to a network's input. The pixels on the way are those of Pillow and
** torchvision: the shorter side resized with antialiasing (Resize), the centre cut out (CenterCrop), then
** (scale*pixel - mean)/std in the order that NAME_run takes. NAME.h says how, as NAME_IMAGE.
**
**	static const rc_image how = NAME_IMAGE;
**	static unsigned char scratch[NAME_IMAGE_SCRATCH(480, 640)];
**	int status = rc_image_input(&how, pixels, 480, 640, input, scratch, sizeof scratch);
**
** Pixels are bytes, row after row, the channels of a pixel beside each other: R, G, B. No malloc, no state: the caller
** gives scratch memory at any address, of a size that is a constant where the picture's is: a few rows, never a whole
** picture.
*/
#ifndef RC_IMAGE_H
#define RC_IMAGE_H

#include "rc.h"

#ifdef __cplusplus
extern "C" {
#endif

#define rc_image_input    RC_SYMBOL(rc_image_input)
#define rc_image_scratch  RC_SYMBOL(rc_image_scratch)
#define rc_image_size     RC_SYMBOL(rc_image_size)
#define rc_image_resize   RC_SYMBOL(rc_image_resize)
#define rc_image_crop     RC_SYMBOL(rc_image_crop)
#define rc_image_convert  RC_SYMBOL(rc_image_convert)

/* Filters; the value is how many pixels they reach to each side where nothing shrinks. */
enum { RC_BILINEAR = 1, RC_BICUBIC = 2 };

enum {
	RC_IMAGE_REVERSED = 1,           /* the input's channels are in the other order than the pixels' */
	RC_IMAGE_HWC      = 2,           /* the input is NHWC, not NCHW */
	RC_IMAGE_BYTES    = 4,           /* the input is bytes as they are, not floats */
	RC_IMAGE_SIDE     = 1 << 24      /* most pixels of a side, given or resized */
};

/* How pixels become an input; NAME_IMAGE for NAME_run. For pixels in the order B, G, R: flags ^= RC_IMAGE_REVERSED. */
typedef struct rc_image {
	int channels, height, width;     /* of the input; the pixels have as many channels, 1 to 4 */
	int resize;                      /* the shorter side becomes so long, then the centre is cut out; 0: no side changes */
	int filter;                      /* RC_BILINEAR or RC_BICUBIC */
	int flags;
	float scale, mean[4], std[4];    /* in the order of the input's channels */
} rc_image;

/* Bytes of scratch: for rc_image_input from pictures of h x w (see NAME_IMAGE_SCRATCH), and for rc_image_resize. */
#define RC_IMAGE_SCRATCH(filter, h, w, resize, width, channels) \
	RC_IMAGE_MEMORY(filter, h, RC_IMAGE_LENGTH(h, w, resize), w, RC_IMAGE_LENGTH(w, h, resize), width, channels)
#define RC_RESIZE_SCRATCH(filter, h, w, to_h, to_w, channels) \
	RC_IMAGE_MEMORY(filter, h, to_h, w, to_w, to_w, channels)

/* One whole picture to one input. */
int rc_image_input(const rc_image *how, const unsigned char *pixels, int h, int w,
                   void *input, void *scratch, size_t scratch_len);
size_t rc_image_scratch(const rc_image *how, int h, int w);      /* RC_IMAGE_SCRATCH, for sizes known at run time */

/* The steps one by one. to: to_h x to_w pixels; a picture smaller than what is cut out of it gets a black border. */
void rc_image_size(int h, int w, int resize, int *to_h, int *to_w);
int  rc_image_resize(const unsigned char *pixels, int h, int w, int channels, int filter,
                     unsigned char *to, int to_h, int to_w, void *scratch, size_t scratch_len);
int  rc_image_crop(const unsigned char *pixels, int h, int w, int channels, unsigned char *to, int to_h, int to_w);
int  rc_image_convert(const rc_image *how, const unsigned char *pixels, void *input);     /* height x width pixels */

/* --- what the macros are made of --- */

/* A side after the shorter one has become resize; the longer one is cut to whole pixels, as torchvision does. */
#define RC_IMAGE_LENGTH(side, other, resize) \
	((resize) <= 0 ? (int64_t)(side) : (side) <= (other) ? (int64_t)(resize) : (int64_t)(resize)*(side)/(other))

/* The most pixels that one of the result is made of, along one side. */
#define RC_IMAGE_TAPS(filter, from, to) \
	((size_t)((from) > (to) ? ((filter)*(int64_t)(from) + (to) - 1)/(to) : (int64_t)(filter))*2 + 1)

/* Pillow resizes downwards before sideways. */
#define RC_IMAGE_DOWN_FIRST(h, to_h, w, to_w) ((h) > (to_h) && (h) - (to_h) > ((w) - (to_w))*2)

/* Weights of each column and of one row; rows that are resized one way; a finished row. */
#define RC_IMAGE_MEMORY(filter, h, to_h, w, to_w, width, channels) \
	(sizeof(int32_t)*((size_t)(width)*(RC_IMAGE_TAPS(filter, w, to_w) + 2) + RC_IMAGE_TAPS(filter, h, to_h) + 1) + \
	 (size_t)(channels)*((size_t)(width) + (RC_IMAGE_DOWN_FIRST(h, to_h, w, to_w) ? (size_t)(w) : \
	                                        RC_IMAGE_TAPS(filter, h, to_h)*(size_t)(width))))

#ifdef __cplusplus
}
#endif
#endif
