/* dataset.c - labelled pictures: CIFAR-10's binary version, a folder a class, NumPy arrays. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../image/image.h"
#include "../weights/tensor.h"
#include "dataset.h"
#include "session.h"

enum { CifarPixels = 3*32*32, CifarRecord = CifarPixels + 1 };

static void *
room(size_t bytes)
{
	void *p = want_memory(malloc(bytes ? bytes : 1));

	return p;
}

size_t
picture_bytes(const Graph *g)
{
	Shape s = g->nodes[0]->out->shape;

	return (size_t)s.c*(size_t)s.h*(size_t)s.w*(g->image.u8 ? 1 : sizeof(float));
}

/* --- CIFAR-10 --- */

static void
read_cifar(Dataset *d, const char *file, int classes)
{
	size_t len;
	const unsigned char *p = file_map(file, &len);
	int count = (int)(len/CifarRecord), at = d->count;

	if (!len || len%CifarRecord)
		fail("%s: want records of %d bytes, a label and 3x32x32 pixels, got %zu bytes", file, CifarRecord, len);
	d->count += count;
	d->rgb = true;
	d->labels = want_memory(realloc(d->labels, (size_t)d->count*sizeof *d->labels));
	d->bytes = want_memory(realloc(d->bytes, (size_t)d->count*CifarPixels));
	for (int i = 0; i < count; i++, p += CifarRecord) {
		if (*p >= classes)
			fail("%s: record %d: want a label below %d, the model's classes, got %d", file, i, classes, *p);
		d->labels[at + i] = *p;
		memcpy(d->bytes + (size_t)(at + i)*CifarPixels, p + 1, CifarPixels);
	}
}

static bool
is_there(const char *path)
{
	struct stat st;

	return !stat(path, &st);
}

static Data
cifar10(const char *dir, const Graph *g, int classes)
{
	Shape s = g->nodes[0]->out->shape;
	Data d = { 0 };

	if (s.c != 3 || s.h != 32 || s.w != 32)
		fail("%s: want a model of 3x32x32 pictures for CIFAR-10, got %dx%dx%d", g->file, s.c, s.h, s.w);
	read_cifar(&d.train, arena_text("%s/data_batch_1.bin", dir), classes);
	for (int i = 2; is_there(arena_text("%s/data_batch_%d.bin", dir, i)); i++)
		read_cifar(&d.train, arena_text("%s/data_batch_%d.bin", dir, i), classes);
	if (is_there(arena_text("%s/test_batch.bin", dir)))
		read_cifar(&d.test, arena_text("%s/test_batch.bin", dir), classes);
	return d;
}

/* --- NumPy --- */

/* read_bytes - pictures of planes of bytes for a network of floats, which become what nn.image says; NULL: floats */
static unsigned char *
read_bytes(const char *file, const Graph *g, int *count)
{
	Shape s = g->nodes[0]->out->shape;
	const char *dot = strrchr(file, '.');
	Npy a;

	if (!dot || strcmp(dot, ".npy") || s.c > 4)
		return NULL;                 /* a mean a channel is known of four */
	a = npy_read(file);
	if (!a.u8) {
		free(a.data);
		return NULL;
	}
	if (a.rank != 4 || a.dim[0] < 1 || a.dim[1] != s.c || a.dim[2] != s.h || a.dim[3] != s.w)
		fail("%s: want bytes of shape Nx%dx%dx%d, got %lld numbers in %d dimensions", file, s.c, s.h, s.w,
		     (long long)a.count, a.rank);
	*count = (int)a.dim[0];
	return a.u8;
}

static void
want_finite(const Dataset *d, const char *file, const Graph *g)
{
	size_t each = picture_bytes(g)/sizeof(float);
	const float *v = (const float *)(const void *)d->values;

	for (size_t i = 0; i < (size_t)d->count*each; i++)
		if (!isfinite(v[i]))
			fail("%s: picture %zu: want finite numbers, got %g", file, i/each, (double)v[i]);
}

static void
read_arrays(Dataset *d, const char *images, const char *labels, const Graph *g, int classes)
{
	size_t len;
	const unsigned char *map;
	Tensor t = { .name = labels };

	d->bytes = g->image.u8 ? NULL : read_bytes(images, g, &d->count);
	if (!d->bytes)
		d->values = read_input(images, g, &d->count);
	if (d->values && !g->image.u8)
		want_finite(d, images, g);
	d->each = picture_bytes(g);
	map = file_map(labels, &len);
	npy_parse(labels, map, len, len, &t);
	t.data = map + t.at;
	if (t.rank != 1 || t.dim[0] != d->count)
		fail("%s: want %d labels, one for each picture of %s, got shape %s", labels, d->count, images, tensor_shape(&t));
	if (dtype_is_float(t.dtype))
		fail("%s: want labels as whole numbers, got dtype %s", labels, t.dtype);
	d->labels = room((size_t)d->count*sizeof *d->labels);
	for (int i = 0; i < d->count; i++) {
		double v = tensor_get(&t, (size_t)i);
		if (!(v >= 0 && v < classes))
			fail("%s: label %d: want one from 0 to %d, the model's classes, got %g", labels, i, classes - 1, v);
		d->labels[i] = (int32_t)v;
	}
}

static Data
arrays(const char *spec, const Graph *g, int classes)
{
	const char *part[4], *rest = spec;
	bool empty = false;
	int count = 0;
	Data d = { 0 };

	for (const char *s = spec; s && count < 4; s = *s ? s + 1 : NULL) {
		size_t n = strcspn(s, ",");
		part[count++] = arena_text("%.*s", (int)n, s);
		empty = empty || !n;
		rest = s += n;
	}
	if (*rest || empty || (count != 2 && count != 4))
		usage_error("--data: want cifar10:DIR, images:DIR or x.npy,y.npy[,test_x.npy,test_y.npy], got '%s'", spec);
	read_arrays(&d.train, part[0], part[1], g, classes);
	if (count == 4)
		read_arrays(&d.test, part[2], part[3], g, classes);
	return d;
}

/* --- a folder a class --- */

static void
read_folders(Dataset *d, const char *dir, const ClassFolders *in, const Graph *g)
{
	int room_for = 0;

	d->each = picture_bytes(g);
	for (int c = 0; c < in->count; c++) {
		const char *path = arena_text("%s/%s", dir, in->all[c].name);
		int count;
		const char *const *files = input_files(&path, 1, &count);
		room_for += count;
		d->values = want_memory(realloc(d->values, (size_t)room_for*d->each));
		d->labels = want_memory(realloc(d->labels, (size_t)room_for*sizeof *d->labels));
		for (int i = 0; i < count; i++) {
			Picture p = image_read(files[i]);
			image_to_input(&p, g, d->values + (size_t)d->count*d->each);
			free(p.rgb);
			d->labels[d->count++] = in->all[c].label;
			progress("reading pictures, class", c, in->count);
		}
	}
	progress("reading pictures, class", in->count, in->count);
}

/* want_same - what is tested has the classes that are learned */
static void
want_same(const char *dir, const ClassFolders *learned, const ClassFolders *tested)
{
	for (int i = 0; i < learned->count && i < tested->count; i++)
		if (strcmp(learned->all[i].name, tested->all[i].name))
			fail("%s: want the same folders as there are to train with, such as '%s', got '%s' in its place", dir,
			     learned->all[i].name, tested->all[i].name);
}

/* folders - DIR/train and DIR/test (or val, valid), or DIR alone */
static Data
folders(const char *dir, const Graph *g, int classes)
{
	static const char *const tests[] = { "test", "val", "valid" };
	const char *part[2] = { arena_text("%s/train", dir), NULL };
	ClassFolders in[2];
	Data d = { 0 };

	if (!*dir)
		usage_error("--data: want images:DIR, got no folder");
	for (int i = 0; is_there(part[0]) && !part[1] && i < 3; i++)
		if (is_there(arena_text("%s/%s", dir, tests[i])))
			part[1] = arena_text("%s/%s", dir, tests[i]);
	if (!is_there(part[0]))
		part[0] = dir;
	for (int i = 0; i < 2 && part[i]; i++) {
		in[i] = class_folders(part[i], g);
		if (in[i].count != classes)
			fail("%s: want %d folders, one for each class of the model, got %d", part[i], classes, in[i].count);
	}
	if (part[1])
		want_same(part[1], &in[0], &in[1]);
	for (int i = 0; i < 2 && part[i]; i++)
		read_folders(i ? &d.test : &d.train, part[i], &in[i], g);
	return d;
}

/* --- all of them --- */

Data
data_open(const char *spec, const Graph *g, int classes)
{
	if (!strncmp(spec, "cifar10:", 8))
		return cifar10(spec + 8, g, classes);
	if (!strncmp(spec, "images:", 7))
		return folders(spec + 7, g, classes);
	return arrays(spec, g, classes);
}

void
data_fetch(const Dataset *d, const Graph *g, int i, char *to)
{
	const Image *im = &g->image;
	const unsigned char *from;
	Shape s = g->nodes[0]->out->shape;
	int plane;

	if (d->values) {
		memcpy(to, d->values + (size_t)i*d->each, d->each);
		return;
	}
	plane = s.h*s.w;
	from = d->bytes + (size_t)i*(size_t)(s.c*plane);
	for (int k = 0; k < s.c; k++) {
		int c = d->rgb && im->bgr ? 2 - k : k, own = im->swap ? 2 - k : k;
		for (int p = 0; p < plane; p++) {
			int at = im->hwc ? p*s.c + k : k*plane + p;
			double v = from[c*plane + p];
			if (im->u8)
				((unsigned char *)to)[at] = from[c*plane + p];
			else
				((float *)(void *)to)[at] = (float)(im->normalize ? v : (im->scale*v - im->mean[own])/im->std[own]);
		}
	}
}
