/*
** picture.h - JPEG and PNG files to bytes R, G, B, row after row: the pixels that Pillow's
** Image.open(file).convert("RGB") gives, which is what torchvision loads. So no gamma and no colour profile is
** applied, nothing is turned by EXIF, alpha is dropped, 16-bit greys are cut off at 255, 16-bit colours keep their
** high byte, CMYK is Adobe's (inverted).
** Wants libjpeg-turbo and libpng.
*/
#ifndef PICTURE_H
#define PICTURE_H

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include <jpeglib.h>

enum { PictureWhy = 256, PictureMost = 178956970 };      /* letters of a reason; pixels, as Pillow has it */

typedef struct {
	int h, w;
	unsigned char *rgb;          /* malloc'd */
	char *why;                   /* PictureWhy letters: why it could not be read */
} PictureRead;

/* picture_new - memory for it, or 0 */
static int
picture_new(PictureRead *p, uint32_t h, uint32_t w)
{
	if ((uint64_t)h*w > PictureMost) {
		snprintf(p->why, PictureWhy, "want a picture of at most %d pixels, got %u x %u", PictureMost, (unsigned)h,
		         (unsigned)w);
		return 0;
	}
	p->h = (int)h;
	p->w = (int)w;
	p->rgb = malloc((size_t)h*w*3);
	if (!p->rgb)
		snprintf(p->why, PictureWhy, "out of memory");
	return p->rgb != NULL;
}

/* --- JPEG --- */

typedef struct {
	struct jpeg_decompress_struct c;
	struct jpeg_error_mgr error;
	struct jpeg_source_mgr source;
	jmp_buf out;
	PictureRead *p;
	unsigned char *row;          /* of CMYK */
	int ok;
} JpegRead;

static void
jpeg_failed(j_common_ptr c)
{
	JpegRead *r = c->client_data;
	char message[JMSG_LENGTH_MAX];

	c->err->format_message(c, message);
	snprintf(r->p->why, PictureWhy, "want a JPEG picture, got: %s", message);
	longjmp(r->out, 1);
}

static void
jpeg_quiet(j_common_ptr c)
{
	(void)c;
}

static void
jpeg_nothing(j_decompress_ptr c)
{
	(void)c;
}

/* jpeg_more - there is none: the library gives up where it is, as at the end of a file that was cut */
static boolean
jpeg_more(j_decompress_ptr c)
{
	(void)c;
	return FALSE;
}

static void
jpeg_skip(j_decompress_ptr c, long count)
{
	size_t n = count < 0 ? 0 : (size_t)count;

	n = n < c->src->bytes_in_buffer ? n : c->src->bytes_in_buffer;
	c->src->next_input_byte += n;
	c->src->bytes_in_buffer -= n;
}

/* cmyk_to_rgb - a row of inverted CMYK, rounded as Pillow rounds */
static void
cmyk_to_rgb(const unsigned char *cmyk, unsigned char *rgb, int count)
{
	for (int i = 0; i < count; i++, cmyk += 4)
		for (int k = 0; k < 3; k++) {
			unsigned ink = (255u - cmyk[k])*cmyk[3] + 128;
			*rgb++ = (unsigned char)(cmyk[3] - (((ink >> 8) + ink) >> 8));
		}
}

/* jpeg_rows - 0 where the file ends early */
static int
jpeg_rows(JpegRead *r)
{
	struct jpeg_decompress_struct *c = &r->c;

	c->out_color_space = c->num_components == 4 ? JCS_CMYK : JCS_RGB;
	if (!jpeg_start_decompress(c))
		return 0;
	if (c->num_components == 4 && !(r->row = malloc((size_t)r->p->w*4))) {
		snprintf(r->p->why, PictureWhy, "out of memory");
		longjmp(r->out, 1);
	}
	while (c->output_scanline < c->output_height) {
		unsigned char *to = r->p->rgb + (size_t)c->output_scanline*(size_t)r->p->w*3;
		if (jpeg_read_scanlines(c, r->row ? &r->row : &to, 1) != 1)
			return 0;
		if (r->row)
			cmyk_to_rgb(r->row, to, r->p->w);
	}
	return 1;
}

/* jpeg_try - 0: not read; what the library only warns of, such as bytes between markers, is no reason */
static int
jpeg_try(JpegRead *r)
{
	struct jpeg_decompress_struct *c = &r->c;
	int n;

	jpeg_create_decompress(c);
	c->src = &r->source;
	do
		n = jpeg_read_header(c, FALSE);
	while (n == JPEG_HEADER_TABLES_ONLY);
	if (n == JPEG_HEADER_OK && c->num_components != 1 && c->num_components != 3 && c->num_components != 4) {
		snprintf(r->p->why, PictureWhy, "want a JPEG picture of 1, 3 or 4 components, got %d", c->num_components);
		return 0;
	}
	if (n == JPEG_HEADER_OK && !picture_new(r->p, c->image_height, c->image_width))
		return 0;
	if (n == JPEG_HEADER_OK && jpeg_rows(r))
		return 1;
	snprintf(r->p->why, PictureWhy, "want a whole JPEG picture, got one that ends early");
	return 0;
}

static int
jpeg_read(const unsigned char *file, size_t len, PictureRead *p)
{
	JpegRead *r = calloc(1, sizeof *r);
	int ok;

	if (!r)
		return snprintf(p->why, PictureWhy, "out of memory"), 0;
	r->p = p;
	r->source = (struct jpeg_source_mgr){ file, len, jpeg_nothing, jpeg_more, jpeg_skip, jpeg_resync_to_restart,
	                                      jpeg_nothing };
	r->c.err = jpeg_std_error(&r->error);
	r->c.client_data = r;
	r->error.error_exit = jpeg_failed;
	r->error.output_message = jpeg_quiet;
	if (!setjmp(r->out))
		r->ok = jpeg_try(r);
	ok = r->ok;
	jpeg_destroy_decompress(&r->c);
	free(r->row);
	free(r);
	return ok;
}

/* --- PNG --- */

typedef struct {
	png_structp png;
	png_infop info;
	const unsigned char *at;
	size_t left;
	int ended;                   /* the file did, too early */
	int type, bits, interlaced;
	int ok;
	unsigned char *raw, **rows;  /* as in the file, but a sample takes a byte at least */
	PictureRead *p;
} PngRead;

static void
png_failed(png_structp png, png_const_charp message)
{
	PngRead *r = png_get_error_ptr(png);

	if (r->ended)
		snprintf(r->p->why, PictureWhy, "want a whole PNG picture, got one that ends early");
	else
		snprintf(r->p->why, PictureWhy, "want a PNG picture, got: %s", message);
	png_longjmp(png, 1);
}

static void
png_quiet(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void
png_more(png_structp png, unsigned char *to, size_t count)
{
	PngRead *r = png_get_io_ptr(png);

	if (count > r->left) {
		r->ended = 1;
		png_error(png, "");
	}
	memcpy(to, r->at, count);
	r->at += count;
	r->left -= count;
}

/* png_palette - 256 colours: those of the file, then black; of grey pictures, the levels */
static void
png_palette(const PngRead *r, unsigned char (*to)[3])
{
	int most = (1 << (r->bits < 8 ? r->bits : 8)) - 1, count = 0;
	png_colorp color = NULL;

	memset(to, 0, 256*sizeof *to);
	for (int i = 0; r->type != PNG_COLOR_TYPE_PALETTE && i <= most; i++)
		memset(to[i], i*255/most, 3);
	if (r->type == PNG_COLOR_TYPE_PALETTE)
		png_get_PLTE(r->png, r->info, &color, &count);
	for (int i = 0; i < count; i++) {
		to[i][0] = color[i].red;
		to[i][1] = color[i].green;
		to[i][2] = color[i].blue;
	}
}

/* png_pixels - from the file's samples to RGB */
static void
png_pixels(const PngRead *r)
{
	size_t count = (size_t)r->p->h*(size_t)r->p->w, sample = r->bits == 16 ? 2 : 1;
	size_t step = sample*png_get_channels(r->png, r->info);
	unsigned char palette[256][3], *to = r->p->rgb;

	png_palette(r, palette);
	for (const unsigned char *x = r->raw; count > 0; count--, x += step, to += 3)
		if (r->type == PNG_COLOR_TYPE_RGB || r->type == PNG_COLOR_TYPE_RGB_ALPHA) {
			to[0] = x[0];
			to[1] = x[sample];
			to[2] = x[2*sample];
		} else {
			int grey16 = r->type == PNG_COLOR_TYPE_GRAY && r->bits == 16;
			memcpy(to, palette[!grey16 ? x[0] : x[0] ? 255 : x[1]], 3);
		}
}

/* png_header - what the picture is, and memory for it */
static int
png_header(PngRead *r)
{
	png_structp png = r->png;
	size_t bytes;

	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);      /* gAMA, iCCP and their like */
#if defined(PNG_MAXIMUM_INFLATE_WINDOW)
	png_set_option(png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);          /* old writers understate it */
#endif
	png_set_user_limits(png, 0x7fffffff, 0x7fffffff);                        /* picture_new limits the pixels */
	png_set_read_fn(png, r, png_more);
	png_read_info(png, r->info);
	if (!picture_new(r->p, png_get_image_height(png, r->info), png_get_image_width(png, r->info)))
		return 0;
	r->type = png_get_color_type(png, r->info);
	r->bits = png_get_bit_depth(png, r->info);
	png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);           /* of the pixels; zlib finds what matters */
	png_set_packing(png);
	r->interlaced = png_set_interlace_handling(png) > 1;
	png_read_update_info(png, r->info);
	bytes = png_get_rowbytes(png, r->info);
	r->raw = malloc((size_t)r->p->h*bytes);
	r->rows = malloc((size_t)r->p->h*sizeof *r->rows);
	for (int i = 0; r->raw && r->rows && i < r->p->h; i++)
		r->rows[i] = r->raw + (size_t)i*bytes;
	if (!r->raw || !r->rows)
		snprintf(r->p->why, PictureWhy, "out of memory");
	return r->raw && r->rows;
}

/* png_is_whole - were all pixels read before the library gave up? What follows them does not matter */
static int
png_is_whole(const PngRead *r)
{
	if (r->interlaced)
		return png_get_current_pass_number(r->png) == 7;
	return r->rows && (int)png_get_current_row_number(r->png) == r->p->h;
}

static int
png_try(PngRead *r)
{
	if (!png_header(r))
		return 0;
	png_read_image(r->png, r->rows);
	return 1;
}

static int
png_read(const unsigned char *file, size_t len, PictureRead *p)
{
	PngRead *r = calloc(1, sizeof *r);
	int ok;

	if (!r)
		return snprintf(p->why, PictureWhy, "out of memory"), 0;
	r->p = p;
	r->at = file;
	r->left = len;
	r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, png_failed, png_quiet);
	r->info = r->png ? png_create_info_struct(r->png) : NULL;
	if (!r->info)
		snprintf(p->why, PictureWhy, "out of memory");
	else if (!setjmp(png_jmpbuf(r->png)))
		r->ok = png_try(r);
	else
		r->ok = png_is_whole(r);
	ok = r->ok;
	if (ok)
		png_pixels(r);
	png_destroy_read_struct(&r->png, &r->info, NULL);
	free(r->raw);
	free(r->rows);
	free(r);
	return ok;
}

/* --- both --- */

/* picture_format - by content: 'P' for PNG, 'J' for JPEG, 0 for anything else */
static int
picture_format(const unsigned char *file, size_t len)
{
	if (len >= 8 && !memcmp(file, "\x89PNG\r\n\x1a\n", 8))
		return 'P';
	return len >= 3 && !memcmp(file, "\xff\xd8\xff", 3) ? 'J' : 0;
}

/* picture_read - malloc'd pixels; NULL: why tells, in at most PictureWhy letters, what was wanted and what is there */
static unsigned char *
picture_read(const unsigned char *file, size_t len, int *h, int *w, char *why)
{
	PictureRead p = { 0, 0, NULL, why };
	int format = picture_format(file, len), ok = 0;

	if (format == 'P')
		ok = png_read(file, len, &p);
	else if (format == 'J')
		ok = jpeg_read(file, len, &p);
	else
		snprintf(why, PictureWhy, "want a JPEG or PNG picture, got something else");
	if (!ok) {
		free(p.rgb);
		return NULL;
	}
	*h = p.h;
	*w = p.w;
	return p.rgb;
}

/* picture_grey - in place to a byte a pixel, as Pillow's convert("L"), for networks of one channel */
static inline void
picture_grey(unsigned char *rgb, int h, int w)
{
	size_t count = (size_t)h*(size_t)w;

	for (size_t i = 0; i < count; i++)
		rgb[i] = (unsigned char)((19595u*rgb[3*i] + 38470u*rgb[3*i + 1] + 7471u*rgb[3*i + 2] + 0x8000u) >> 16);
}

#endif
