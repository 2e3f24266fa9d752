/*
** accuracy.c - what a network of bytes loses beside that of floats: the share of labelled pictures whose class is the
** largest of the first output. Pictures are folders, one a class: named as the model's classes are, or in their order;
** or inputs and the numbers of their classes as .npy.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset.h"
#include "session.h"

typedef struct {
	const char *file;            /* one picture; or a .npy of all */
	int label;
} Labelled;

typedef struct {
	Labelled *all;
	int count;
	const char *x;               /* .npy of the inputs, or NULL */
} Labels;

static void
read_folders(const char *path, const Graph *g, Labels *to)
{
	ClassFolders in = class_folders(path, g);

	for (int i = 0; i < in.count; i++) {
		const char *folder = arena_text("%s/%s", path, in.all[i].name);
		int files;
		const char *const *f = input_files(&folder, 1, &files);
		for (int k = 0; k < files; k++)
			PUSH(to->all, to->count, (Labelled){ f[k], in.all[i].label });
	}
}

/* class_at - number i of the labels, of any dtype */
static int
class_at(const Tensor *y, size_t i)
{
	double v = tensor_get(y, i);

	if (!(v >= 0 && v <= INT32_MAX && v == rint(v)))
		fail("%s: want whole numbers from 0 on, the classes, got %g", y->name, v);
	return (int)v;
}

static Labels
labels_of(const char *given, const Graph *g)
{
	const char *comma = strchr(given, ',');
	Labels l = { 0 };
	const unsigned char *map;
	size_t len;
	Tensor y = { .name = comma ? comma + 1 : given };

	if (!comma) {
		read_folders(given, g, &l);
		return l;
	}
	l.x = arena_text("%.*s", (int)(comma - given), given);
	map = file_map(y.name, &len);
	npy_parse(y.name, map, len, len, &y);
	y.data = map + y.at;
	for (size_t i = 0; i < tensor_count(&y); i++)
		PUSH(l.all, l.count, (Labelled){ l.x, class_at(&y, i) });
	return l;
}

/* is_right - the class of the largest of an output */
static bool
is_right(const float *out, int count, int label)
{
	int best = 0;

	for (int i = 1; i < count; i++)
		if (out[i] > out[best])
			best = i;
	return best == label;
}

/* right - how many pictures m knows */
static int
right(const Model *m, const Labels *l, int threads)
{
	Session s = session_open(m, threads, false);
	float *out = arena_new(s.outputs*sizeof *out);
	int images = 0, known = 0, classes = m->g->outputs[0]->shape.c;
	char *all = l->x ? read_input(l->x, m->g, &images) : NULL;

	if (l->x && images != l->count)
		fail("%s: want as many labels as inputs, got %d and %d", l->x, l->count, images);
	for (int i = 0; i < l->count; i++) {
		char *one = all ? NULL : read_input(l->all[i].file, m->g, &images);
		if (l->all[i].label < 0 || l->all[i].label >= classes)
			fail("%s: want a class below %d, got %d", l->all[i].file, classes, l->all[i].label);
		session_run(&s, all ? all + (size_t)i*s.inputs*s.pixel : one, out);
		known += is_right(out, classes, l->all[i].label);
		free(one);
		progress("accuracy", i, l->count);
	}
	progress("accuracy", 1, 1);
	free(all);
	session_close(&s);
	return known;
}

/* what_to_keep - by some of the pictures */
static const char *
what_to_keep(const Options *o, const Model *floats, const Model *bytes, const Labels *l)
{
	enum { Few = 8 };
	void *in[Few], *all = NULL;
	int count = l->count < Few ? l->count : Few, images;
	const char *list;

	if (l->x)
		all = read_input(l->x, floats->g, &images);
	for (int i = 0; i < count; i++) {
		size_t at = (size_t)((int64_t)i*l->count/count);
		in[i] = all ? (char *)all + at*input_bytes(floats->g) : read_input(l->all[at].file, floats->g, &images);
	}
	list = to_keep(floats, bytes->g, in, count, o->threads);
	for (int i = 0; i < count && !all; i++)
		free(in[i]);
	free(all);
	return list;
}

void
check_accuracy(const Options *o, const Model *floats, const Model *bytes)
{
	char *end;
	double most = o->max_loss ? strtod(o->max_loss, &end) : 100, a, b;
	Labels l;

	if (o->max_loss && (end == o->max_loss || *end || !(most >= 0 && most <= 100)))
		usage_error("--max-loss: want points from 0 to 100, got '%s'", o->max_loss);
	l = labels_of(o->accuracy, floats->g);
	a = 100.0*right(floats, &l, o->threads)/l.count;
	b = 100.0*right(bytes, &l, o->threads)/l.count;
	if (!o->quiet)
		printf("accuracy over %d pictures: %.2f %% with floats, %.2f %% with bytes\n", l.count, a, b);
	if (a - b > most)
		fail("%s: want a loss of at most %g points, got %.2f; layers to keep on floats, what errs most first: "
		     "quantize = { keep = { %s } }", o->model, most, a - b, what_to_keep(o, floats, bytes, &l));
}
