/*
** inputs.c - what run, verify and bench feed the network: files, the pictures of folders, or numbers made from a seed.
*/
#define _XOPEN_SOURCE 700            /* S_ISDIR, lstat */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "session.h"

typedef struct { const char **names; int count; } Names;

static bool
ends_in(const char *name, const char *ending)
{
	size_t len = strlen(name), n = strlen(ending);

	return len > n && !strcasecmp(name + len - n, ending);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* add_folder - its pictures by name, then those of the folders in it; nothing hidden, no links to folders */
static void
add_folder(Names *to, const char *path)
{
	Names in = { 0 };
	DIR *dir = opendir(path);
	struct dirent *e;
	struct stat st;

	if (!dir)
		fail("%s: want a readable folder, got: %s", path, strerror(errno));
	while ((e = readdir(dir)))
		if (e->d_name[0] != '.')
			PUSH(in.names, in.count, arena_text("%s%s%s", path, ends_in(path, "/") ? "" : "/", e->d_name));
	closedir(dir);
	qsort(in.names, (size_t)in.count, sizeof *in.names, by_name);
	for (int i = 0; i < in.count; i++)
		if (ends_in(in.names[i], ".png") || ends_in(in.names[i], ".jpg") || ends_in(in.names[i], ".jpeg"))
			PUSH(to->names, to->count, in.names[i]);
	for (int i = 0; i < in.count; i++)
		if (!lstat(in.names[i], &st) && S_ISDIR(st.st_mode))
			add_folder(to, in.names[i]);
}

/* input_files - what was given, folders as the pictures in them */
const char *const *
input_files(const char *const *given, int ngiven, int *count)
{
	Names all = { 0 };
	struct stat st;

	for (int i = 0; i < ngiven; i++) {
		int before = all.count;
		if (stat(given[i], &st) || !S_ISDIR(st.st_mode)) {
			PUSH(all.names, all.count, given[i]);
			continue;
		}
		add_folder(&all, given[i]);
		if (all.count == before)
			fail("%s: want a folder with .png or .jpg pictures, got none in it", given[i]);
	}
	*count = all.count;
	return all.names;
}

static const char *
shape_of(const Npy *a)
{
	const char *s = a->rank ? "" : "scalar";

	for (int i = 0; i < a->rank; i++)
		s = arena_text("%s%s%lld", s, i ? "x" : "", (long long)a->dim[i]);
	return s;
}

/* to_caller - floats in the caller's order of channels, NCHW, to what NAME_run takes; frees v */
static void *
to_caller(const Graph *g, float *v, int images)
{
	Shape s = g->nodes[0]->out->shape;
	size_t hw = (size_t)s.h*(size_t)s.w, each = (size_t)s.c*hw, count = (size_t)images*each;
	unsigned char *bytes = want_memory(malloc(count ? count : 1));
	float *floats = want_memory(malloc((count ? count : 1)*sizeof *floats));

	for (size_t m = 0; m < (size_t)images; m++)
		for (size_t c = 0; c < (size_t)s.c; c++)
			for (size_t i = 0; i < hw; i++) {
				size_t to = m*each + (g->image.hwc ? i*(size_t)s.c + c : c*hw + i);
				float x = v[m*each + c*hw + i];
				floats[to] = x;
				bytes[to] = (unsigned char)(x < 0 ? 0 : x > 255 ? 255 : x + 0.5f);
			}
	free(v);
	if (!g->image.u8) {
		free(bytes);
		return floats;
	}
	free(floats);
	return bytes;
}

/* to_planes - floats in rows of pixels to planes of channels; frees v */
static float *
to_planes(float *v, Shape s, int images)
{
	size_t hw = (size_t)s.h*(size_t)s.w, c = (size_t)s.c, count = (size_t)images*hw*c;
	float *planes = want_memory(malloc((count ? count : 1)*sizeof *planes));

	for (size_t i = 0; i < count; i++)
		planes[i/(hw*c)*hw*c + i%c*hw + i/c%hw] = v[i];
	free(v);
	return planes;
}

/* fits - are the last three dimensions these */
static bool
fits(const Npy *a, int d0, int d1, int d2)
{
	const int64_t *d = a->dim + (a->rank == 4);

	return (a->rank == 3 || a->rank == 4) && d[0] == d0 && d[1] == d1 && d[2] == d2;
}

/*
** read_input - images, one after the other, as NAME_run takes them. A .npy may leave out N; one of bytes is in the
** caller's own layout, one of floats NCHW, or as the caller's where it can be nothing else.
*/
void *
read_input(const char *file, const Graph *g, int *images)
{
	Shape s = g->nodes[0]->out->shape;
	size_t each = (size_t)s.c*(size_t)s.h*(size_t)s.w;
	void *data;

	if (ends_in(file, ".npy")) {
		Npy a = npy_read(file);
		bool hwc = g->image.hwc && (a.u8 || (!fits(&a, s.c, s.h, s.w) && fits(&a, s.h, s.w, s.c)));
		int want[3] = { hwc ? s.h : s.c, hwc ? s.w : s.h, hwc ? s.c : s.w };
		if (a.u8 && !g->image.u8)
			fail("%s: want dtype float32, got uint8 (nn.image { dtype = \"u8\" } takes bytes)", file);
		if (!fits(&a, want[0], want[1], want[2]) || a.count == 0)
			fail("%s: want shape Nx%dx%dx%d or %dx%dx%d, got %s", file, want[0], want[1], want[2], want[0],
			     want[1], want[2], shape_of(&a));
		*images = (int)(a.count/each);
		if (a.u8)
			return a.u8;
		return to_caller(g, hwc ? to_planes(a.data, s, *images) : a.data, *images);
	}
	Picture p = image_read(file);
	data = want_memory(malloc(each*(g->image.u8 ? 1 : sizeof(float))));
	image_to_input(&p, g, data);
	free(p.rgb);
	*images = 1;
	return data;
}

double *
input_doubles(const Graph *g, const void *in)
{
	size_t count = count_of(g->nodes[0]->out->shape);
	double *v = want_memory(malloc(count*sizeof *v));

	for (size_t i = 0; i < count; i++)
		v[i] = g->image.u8 ? ((const unsigned char *)in)[i] : (double)((const float *)in)[i];
	return v;
}

/* random_input - standard normal-like values, or bytes, the same on every machine */
void *
random_input(const Graph *g)
{
	size_t count = count_of(g->nodes[0]->out->shape);
	float *data = want_memory(malloc(count*sizeof *data));
	uint64_t state = 42;

	for (size_t i = 0; i < count; i++) {
		double sum = -2;
		for (int k = 0; k < 4; k++) {
			state = state*6364136223846793005u + 1442695040888963407u;
			sum += (double)(state >> 33)/(double)(1u << 31);
		}
		data[i] = (float)(sum*1.7320508);
		if (g->image.normalize)
			data[i] = 128 + 60*data[i];
	}
	return to_caller(g, data, g->nodes[0]->out->shape.n);
}
