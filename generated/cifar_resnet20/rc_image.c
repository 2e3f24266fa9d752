/* SPDX-License-Identifier: 0BSD */
/*
** rc_image.c - Pillow's resampling, one row of the result at a time. Pillow rounds the weights to 22 bits and the
** pixels between the two ways to bytes, and so does this: the bytes are the same. Most pictures it resizes sideways
** first: their rows are squeezed when they are first needed, kept while they are, and a row of the result is the
** weighted sum of those. A picture whose height loses more than twice as many pixels as its width it resizes
** downwards first (since its version 13): the weighted sum of the picture's rows is squeezed.
*/
#include "rc_image.h"
#include "rc_float.h"

enum { WeightBits = 22, Half = 1 << (WeightBits - 1), SumsAtOnce = 256 };

/* The part of a resized picture that is wanted, and the memory it is made in. */
typedef struct rc_window {
	const unsigned char *pixels;
	int h, w, channels, filter;
	int to_h, to_w;                  /* of the resized picture */
	int top, left, width;            /* of the part; it may lie over the edge */
	int first, end;                  /* columns of the part that are in the picture */
	int down_first;
	int done, kept;                  /* rows squeezed so far; how many are kept */
	size_t taps;                     /* most weights of a column */
	int32_t *columns, *weights;      /* of each column: its first pixel, how many, their weights; of one row */
	unsigned char *rows;             /* the kept ones, or one as wide as the picture */
} rc_window;

static double
filter_weight(int filter, double x)
{
	x = x < 0 ? -x : x;
	if (filter == RC_BILINEAR)
		return x < 1 ? 1 - x : 0;
	if (x < 1)
		return (1.5*x - 2.5)*x*x + 1;
	return x < 2 ? (((x - 5)*x + 8)*x - 4)*-0.5 : 0;
}

/* weigh_side - what pixel i of a side of to is made of: count pixels of the given side, the first one at *at */
static int
weigh_side(int filter, int from, int to, int i, int32_t *weights, int32_t *at)
{
	double scale = (double)from/to, wide = scale > 1 ? scale : 1, reach = filter*wide, narrow = 1/wide;
	double centre = (i + 0.5)*scale, sum = 0;
	int first = (int)(centre - reach + 0.5), end = (int)(centre + reach + 0.5);

	first = first < 0 ? 0 : first;
	end = end > from ? from : end;
	for (int k = first; k < end; k++)
		sum += filter_weight(filter, (k - centre + 0.5)*narrow);
	for (int k = first; k < end; k++) {
		double share = filter_weight(filter, (k - centre + 0.5)*narrow)/sum*(1 << WeightBits);
		weights[k - first] = (int32_t)(share < 0 ? share - 0.5 : share + 0.5);
	}
	*at = first;
	return end - first;
}

static unsigned char
to_pixel(int32_t sum)
{
	return (unsigned char)(sum < 0 ? 0 : sum >> WeightBits > 255 ? 255 : sum >> WeightBits);
}

/* window_open - lays out the scratch memory and weighs the columns; the part and the resized size are set already */
static void
window_open(rc_window *v, const unsigned char *pixels, int h, int w, int channels, int filter, void *scratch)
{
	char *at = (char *)scratch + (sizeof(int32_t) - (uintptr_t)scratch%sizeof(int32_t))%sizeof(int32_t);
	size_t width = (size_t)v->width;

	v->pixels = pixels;
	v->h = h;
	v->w = w;
	v->channels = channels;
	v->filter = filter;
	v->taps = RC_IMAGE_TAPS(filter, w, v->to_w);
	v->kept = (int)RC_IMAGE_TAPS(filter, h, v->to_h);
	v->done = 0;
	v->first = v->left < 0 ? -v->left : 0;
	v->end = v->to_w - v->left < v->width ? v->to_w - v->left : v->width;
	v->down_first = RC_IMAGE_DOWN_FIRST(h, v->to_h, w, v->to_w);
	v->columns = (int32_t *)(void *)at;
	v->weights = v->columns + width*(v->taps + 2);
	v->rows = (unsigned char *)(v->weights + v->kept);
	for (int j = v->first; j < v->end; j++) {
		int32_t *column = v->columns + (size_t)j*(v->taps + 2);
		column[1] = weigh_side(filter, w, v->to_w, v->left + j, column + 2, column);
	}
}

static const unsigned char *
picture_row(const rc_window *v, int i)
{
	return v->pixels + (size_t)i*(size_t)v->w*(size_t)v->channels;
}

/* kept_row - where row i of the picture is, squeezed, while it is kept */
static unsigned char *
kept_row(const rc_window *v, int i)
{
	return v->rows + (size_t)(i%v->kept)*(size_t)v->width*(size_t)v->channels;
}

/* squeeze - a row as wide as the picture to the columns of the part */
static void
squeeze(const rc_window *v, const unsigned char *from, unsigned char *to)
{
	size_t c = (size_t)v->channels;

	for (size_t j = (size_t)v->first; j < (size_t)v->end; j++) {
		const int32_t *column = v->columns + j*(v->taps + 2), *weights = column + 2;
		const unsigned char *x = from + (size_t)column[0]*c;
		for (size_t k = 0; k < c; k++) {
			int32_t sum = Half;
			for (int32_t n = 0; n < column[1]; n++)
				sum += x[(size_t)n*c + k]*weights[n];
			to[j*c + k] = to_pixel(sum);
		}
	}
}

/* weigh_rows - the weighted sum of count rows from row i on: of the kept ones, or those of the picture */
static void
weigh_rows(const rc_window *v, int i, int count, unsigned char *to, size_t from, size_t end)
{
	int32_t sums[SumsAtOnce];

	for (; from < end; from += SumsAtOnce) {
		size_t length = end - from < SumsAtOnce ? end - from : (size_t)SumsAtOnce;
		for (size_t k = 0; k < length; k++)
			sums[k] = Half;
		for (int n = 0; n < count; n++) {
			const unsigned char *x = v->down_first ? picture_row(v, i + n) + from : kept_row(v, i + n) + from;
			int32_t weight = v->weights[n];
			for (size_t k = 0; k < length; k++)
				sums[k] += x[k]*weight;
		}
		for (size_t k = 0; k < length; k++)
			to[from + k] = to_pixel(sums[k]);
	}
}

/* window_row - row i of the part, black where it lies over the edge */
static void
window_row(rc_window *v, int i, unsigned char *to)
{
	size_t c = (size_t)v->channels;
	int32_t first;
	int count;

	memset(to, 0, (size_t)v->width*c);
	i += v->top;
	if (i < 0 || i >= v->to_h || v->first >= v->end)
		return;
	count = weigh_side(v->filter, v->h, v->to_h, i, v->weights, &first);
	if (v->down_first) {
		weigh_rows(v, first, count, v->rows, 0, (size_t)v->w*c);
		squeeze(v, v->rows, to);
		return;
	}
	v->done = v->done < first ? first : v->done;
	for (; v->done < first + count; v->done++)
		squeeze(v, picture_row(v, v->done), kept_row(v, v->done));
	weigh_rows(v, first, count, to, (size_t)v->first*c, (size_t)v->end*c);
}

/* input_row - row i of the input from its pixels */
static void
input_row(const rc_image *how, int i, const unsigned char *row, void *input)
{
	int c = how->channels;
	size_t column = how->flags & RC_IMAGE_HWC ? (size_t)c : 1;
	size_t plane = how->flags & RC_IMAGE_HWC ? 1 : (size_t)how->height*(size_t)how->width;

	for (int k = 0; k < c; k++) {
		const unsigned char *x = row + (how->flags & RC_IMAGE_REVERSED ? c - 1 - k : k);
		size_t to = (size_t)i*(size_t)how->width*column + (size_t)k*plane;
		for (int j = 0; j < how->width; j++, x += c, to += column)
			if (how->flags & RC_IMAGE_BYTES)
				((unsigned char *)input)[to] = *x;
			else
				((float *)input)[to] = ((float)*x*how->scale - how->mean[k])/how->std[k];
	}
}

static int
is_picture(int64_t h, int64_t w, int channels)
{
	return h > 0 && w > 0 && h <= RC_IMAGE_SIDE && w <= RC_IMAGE_SIDE && channels > 0 && channels <= 4;
}

static int
is_filter(int filter)
{
	return filter == RC_BILINEAR || filter == RC_BICUBIC;
}

/* centre_from - where the middle part of a side begins: torchvision rounds halves to even, and pads the end first */
static int
centre_from(int side, int part)
{
	int off = side - part, half = off/2;

	if (off < 0)
		return -(-off/2);
	return off%2 && half%2 ? half + 1 : half;
}

RC_WEAK void
rc_image_size(int h, int w, int resize, int *to_h, int *to_w)
{
	*to_h = (int)RC_IMAGE_LENGTH(h, w, resize);
	*to_w = (int)RC_IMAGE_LENGTH(w, h, resize);
}

RC_WEAK size_t
rc_image_scratch(const rc_image *how, int h, int w)
{
	return RC_IMAGE_SCRATCH(how->filter, h, w, how->resize, how->width, how->channels);
}

RC_WEAK int
rc_image_resize(const unsigned char *pixels, int h, int w, int channels, int filter,
                unsigned char *to, int to_h, int to_w, void *scratch, size_t scratch_len)
{
	rc_window v;

	if (!pixels || !to || !scratch)
		return RC_E_NULL;
	if (!is_picture(h, w, channels) || !is_picture(to_h, to_w, channels) || !is_filter(filter))
		return RC_E_PICTURE;
	if (scratch_len < RC_RESIZE_SCRATCH(filter, h, w, to_h, to_w, channels))
		return RC_E_SCRATCH;
	v.to_h = to_h;
	v.to_w = v.width = to_w;
	v.top = v.left = 0;
	window_open(&v, pixels, h, w, channels, filter, scratch);
	for (int i = 0; i < to_h; i++)
		window_row(&v, i, to + (size_t)i*(size_t)to_w*(size_t)channels);
	return RC_OK;
}

RC_WEAK int
rc_image_crop(const unsigned char *pixels, int h, int w, int channels, unsigned char *to, int to_h, int to_w)
{
	size_t c = (size_t)channels;
	int top, left, first, count;

	if (!pixels || !to)
		return RC_E_NULL;
	if (!is_picture(h, w, channels) || !is_picture(to_h, to_w, channels))
		return RC_E_PICTURE;
	top = centre_from(h, to_h);
	left = centre_from(w, to_w);
	first = left < 0 ? -left : 0;
	count = to_w < w ? to_w : w;
	for (int i = 0; i < to_h; i++, to += (size_t)to_w*c) {
		memset(to, 0, (size_t)to_w*c);
		if (i + top >= 0 && i + top < h)
			memcpy(to + (size_t)first*c, pixels + ((size_t)(i + top)*(size_t)w + (size_t)(first + left))*c, (size_t)count*c);
	}
	return RC_OK;
}

RC_WEAK int
rc_image_convert(const rc_image *how, const unsigned char *pixels, void *input)
{
	if (!how || !pixels || !input)
		return RC_E_NULL;
	if (!is_picture(how->height, how->width, how->channels))
		return RC_E_PICTURE;
	for (int i = 0; i < how->height; i++)
		input_row(how, i, pixels + (size_t)i*(size_t)how->width*(size_t)how->channels, input);
	return RC_OK;
}

RC_WEAK int
rc_image_input(const rc_image *how, const unsigned char *pixels, int h, int w,
               void *input, void *scratch, size_t scratch_len)
{
	unsigned char *row;
	rc_window v;

	if (!how || !pixels || !input || !scratch)
		return RC_E_NULL;
	if (!is_picture(h, w, how->channels) || !is_picture(how->height, how->width, how->channels) ||
	    !is_picture(RC_IMAGE_LENGTH(h, w, how->resize), RC_IMAGE_LENGTH(w, h, how->resize), how->channels) ||
	    !is_filter(how->filter))
		return RC_E_PICTURE;
	if (scratch_len < rc_image_scratch(how, h, w))
		return RC_E_SCRATCH;
	rc_image_size(h, w, how->resize, &v.to_h, &v.to_w);
	v.top = centre_from(v.to_h, how->height);
	v.left = centre_from(v.to_w, how->width);
	v.width = how->width;
	window_open(&v, pixels, h, w, how->channels, how->filter, scratch);
	row = v.rows + (v.down_first ? (size_t)w : (size_t)v.kept*(size_t)v.width)*(size_t)v.channels;
	for (int i = 0; i < how->height; i++) {
		window_row(&v, i, row);
		input_row(how, i, row, input);
	}
	return RC_OK;
}
