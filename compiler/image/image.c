/*
** image.c - .png and .jpg by content, and the way from a picture to the network's input:
** shorter side resized so that the crop fills the input (bilinear with antialiasing, as Pillow),
** centre crop, then (scale*pixel - mean)/std unless the network does that itself. This is torchvision's Resize, CenterCrop, Normalize.
*/
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include <jpeglib.h>

#include "image.h"

static Picture
picture(const unsigned char *rgb, int h, int w)
{
	Picture p = { 3, h, w, malloc((size_t)h*(size_t)w*3*sizeof(float)) };

	if (!p.data)
		fail("out of memory");
	for (size_t i = 0; i < (size_t)h*(size_t)w; i++)
		for (size_t c = 0; c < 3; c++)
			p.data[c*(size_t)h*(size_t)w + i] = rgb[3*i + c];
	return p;
}

static Picture
png_read(const char *file, const unsigned char *map, size_t len)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	unsigned char *rgb;
	Picture p;

	if (!png_image_begin_read_from_memory(&image, map, len))
		fail("%s: want a PNG picture, got: %s", file, image.message);
	image.format = PNG_FORMAT_RGB;
	if (image.width > 1 << 15 || image.height > 1 << 15)
		fail("%s: want a picture of at most 32768 x 32768, got %u x %u", file, image.height, image.width);
	rgb = malloc(PNG_IMAGE_SIZE(image));
	if (!rgb)
		fail("out of memory");
	if (!png_image_finish_read(&image, &(png_color){ 255, 255, 255 }, rgb, 0, NULL))
		fail("%s: want a whole PNG picture, got: %s", file, image.message);
	p = picture(rgb, (int)image.height, (int)image.width);
	free(rgb);
	return p;
}

typedef struct {
	struct jpeg_error_mgr base;
	jmp_buf out;
	char message[JMSG_LENGTH_MAX];
} JpegError;

static void
jpeg_failed(j_common_ptr c)
{
	JpegError *e = (JpegError *)(void *)c->err;

	c->err->format_message(c, e->message);
	longjmp(e->out, 1);
}

static void
jpeg_warned(j_common_ptr c, int level)
{
	if (level < 0)
		jpeg_failed(c);
}

static Picture
jpeg_read(const char *file, const unsigned char *map, size_t len)
{
	struct jpeg_decompress_struct c;
	JpegError e;
	unsigned char *rgb;
	Picture p;

	c.err = jpeg_std_error(&e.base);
	e.base.error_exit = jpeg_failed;
	e.base.emit_message = jpeg_warned;
	if (setjmp(e.out))
		fail("%s: want a whole JPEG picture, got: %s", file, e.message);
	jpeg_create_decompress(&c);
	jpeg_mem_src(&c, map, len);
	jpeg_read_header(&c, TRUE);
	c.out_color_space = JCS_RGB;
	jpeg_start_decompress(&c);
	rgb = malloc((size_t)c.output_width*c.output_height*3);
	if (!rgb)
		fail("out of memory");
	while (c.output_scanline < c.output_height) {
		unsigned char *row = rgb + (size_t)c.output_scanline*c.output_width*3;
		jpeg_read_scanlines(&c, &row, 1);
	}
	p = picture(rgb, (int)c.output_height, (int)c.output_width);
	jpeg_finish_decompress(&c);
	jpeg_destroy_decompress(&c);
	free(rgb);
	return p;
}

Picture
image_read(const char *file)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);

	if (len >= 8 && !memcmp(map, "\x89PNG\r\n\x1a\n", 8))
		return png_read(file, map, len);
	if (len >= 3 && !memcmp(map, "\xff\xd8\xff", 3))
		return jpeg_read(file, map, len);
	fail("%s: want a .png, .jpg or .npy file, got something else", file);
}

/* resize_axis - triangle filter, widened when shrinking; src has count lines of n values, step apart */
static void
resize_axis(const float *src, int n, float *dst, int m, size_t lines, size_t line, size_t step, size_t dline, size_t dstep)
{
	double scale = (double)n/m, support = scale > 1 ? scale : 1;

	for (int i = 0; i < m; i++) {
		double centre = (i + 0.5)*scale;
		int from = (int)(centre - support + 0.5), to = (int)(centre + support + 0.5);
		from = from < 0 ? 0 : from;
		to = to > n ? n : to;
		for (size_t l = 0; l < lines; l++) {
			double sum = 0, weight = 0;
			for (int k = from; k < to; k++) {
				double v = 1 - fabs((k + 0.5 - centre)/support);
				if (v > 0) {
					sum += v*(double)src[l*line + (size_t)k*step];
					weight += v;
				}
			}
			dst[l*dline + (size_t)i*dstep] = (float)(sum/weight);
		}
	}
}

static Picture
resize(const Picture *p, int h, int w)
{
	Picture half = { p->c, p->h, w, malloc((size_t)p->c*(size_t)p->h*(size_t)w*sizeof(float)) };
	Picture full = { p->c, h, w, malloc((size_t)p->c*(size_t)h*(size_t)w*sizeof(float)) };

	if (!half.data || !full.data)
		fail("out of memory");
	resize_axis(p->data, p->w, half.data, w, (size_t)p->c*(size_t)p->h, (size_t)p->w, 1, (size_t)w, 1);
	for (int c = 0; c < p->c; c++)
		resize_axis(half.data + (size_t)c*(size_t)p->h*(size_t)w, p->h, full.data + (size_t)c*(size_t)h*(size_t)w, h,
		            (size_t)w, 1, (size_t)w, 1, (size_t)w);
	free(half.data);
	return full;
}

void
image_to_input(const Picture *p, const Graph *g, float *out)
{
	const Image *im = &g->image;
	Shape in = g->nodes[0]->out->shape;
	double fit = fmax((double)in.h/p->h, (double)in.w/p->w)/im->crop;
	int h = (int)floor(p->h*fit + 0.5), w = (int)floor(p->w*fit + 0.5);
	Picture q = *p;

	if (in.c != 3)
		fail("%s: want an input of 3 channels for a picture, got %d", g->file, in.c);
	h = h < in.h ? in.h : h;
	w = w < in.w ? in.w : w;
	if (h != p->h || w != p->w)
		q = resize(p, h, w);
	for (int c = 0; c < 3; c++)
	for (int i = 0; i < in.h; i++)
	for (int j = 0; j < in.w; j++) {
		/* in the caller's order of channels; mean and std are in the network's */
		int from = im->bgr ? 2 - c : c, k = im->swap ? 2 - c : c;
		float v = q.data[((size_t)from*(size_t)h + (size_t)(i + (h - in.h)/2))*(size_t)w + (size_t)(j + (w - in.w)/2)];
		*out++ = im->normalize ? v : (float)((im->scale*(double)v - im->mean[k])/im->std[k]);
	}
	if (q.data != p->data)
		free(q.data);
}
