/*
** image.c - .png and .jpg by content, and the way from a picture to the network's input: torchvision's Resize,
** CenterCrop, ToTensor and Normalize. The decoding is examples/picture.h and the rest runtime/rc_image.c, as in the
** user's own program.
*/
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../examples/picture.h"
#include "../../runtime/rc.h"
#include "../../runtime/rc_image.h"
#include "image.h"

Picture
image_read(const char *file)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);
	char why[PictureWhy];
	Picture p = { .file = file };

	if (!picture_format(map, len)) {
		const char *what = content_of(map, len);
		fail("%s: want a .png, .jpg or .npy file, got %s", file, what ? what : "something else");
	}
	p.rgb = picture_read(map, len, &p.h, &p.w, why);
	if (!p.rgb)
		fail("%s: %s", file, why);
	return p;
}

/* image_resize - what the shorter side of a picture becomes: whole pixels, as timm and torchvision's recipes have it */
int
image_resize(const Graph *g)
{
	Shape in = g->nodes[0]->out->shape;
	double side = (in.h > in.w ? in.h : in.w)/g->image.crop*(1 + 1e-12);     /* 224/(224/232.0) is 232 */

	return (int)fmin(floor(side), INT_MAX);
}

rc_image
image_recipe(const Graph *g)
{
	const Image *im = &g->image;
	Shape in = g->nodes[0]->out->shape;
	rc_image how = { in.c, in.h, in.w, image_resize(g), RC_BILINEAR, 0, 1, { 0 }, { 1, 1, 1, 1 } };

	how.flags = (im->bgr ? RC_IMAGE_REVERSED : 0) | (im->hwc ? RC_IMAGE_HWC : 0) | (im->u8 ? RC_IMAGE_BYTES : 0);
	if (im->normalize)
		return how;
	how.scale = (float)im->scale;
	for (int c = 0; c < in.c && in.c <= 4; c++) {
		int k = im->swap ? in.c - 1 - c : c;     /* mean and std are in the network's order */
		how.mean[c] = (float)im->mean[k];
		how.std[c] = (float)im->std[k];
	}
	return how;
}

void
image_to_input(const Picture *p, const Graph *g, void *input)
{
	rc_image how = image_recipe(g);
	size_t len = rc_image_scratch(&how, p->h, p->w);
	size_t size = 3*(size_t)p->h*(size_t)p->w;
	unsigned char *pixels = want_memory(malloc(size)), *scratch = want_memory(malloc(len));
	int status;

	if (how.channels != 3 && how.channels != 1)
		fail("%s: want an input of 3 channels, or 1, for a picture, got %d", g->file, how.channels);
	memcpy(pixels, p->rgb, size);
	if (how.channels == 1)
		picture_grey(pixels, p->h, p->w);
	status = rc_image_input(&how, pixels, p->h, p->w, input, scratch, len);
	free(pixels);
	if (status != RC_OK)
		fail("%s: %s, got a picture of %d x %d", p->file, rc_strerror(status), p->h, p->w);
	free(scratch);
}
