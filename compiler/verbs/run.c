/*
** run.c - resnetc run: compile in a temporary folder, load, run on any number of files, one after the other; writes the
** outputs, prints the top classes.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

typedef struct { int at; double share; } Rank;

typedef struct { const char *file; int images; } Source;

enum { Shown = 5 };

/*
** rank - the largest of a vector, with the softmax of it where it is not one yet; a top_k is ranked already: places
** are the classes of its values
*/
static int
rank(const Node *n, const float *v, const float *places, Rank *to)
{
	int count = n->out->shape.c;
	bool *done;
	double sum = 0, most = (double)v[0];

	if (n->op == O_top_k) {
		for (int i = 0; i < count; i++)
			to[i] = (Rank){ (int)places[i], (double)v[i] };
		return count;
	}
	done = want_memory(calloc((size_t)count, sizeof *done));
	for (int i = 0; i < count; i++)
		most = fmax(most, (double)v[i]);
	for (int i = 0; i < count; i++)
		sum += n->op == O_softmax ? (double)v[i] : exp((double)v[i] - most);
	for (int k = 0; k < Shown && k < count; k++) {
		int best = -1;
		for (int i = 0; i < count; i++)
			if (!done[i] && (best < 0 || v[i] > v[best]))
				best = i;
		done[best] = true;
		to[k] = (Rank){ best, (n->op == O_softmax ? (double)v[best] : exp((double)v[best] - most))/sum };
	}
	free(done);
	return count < Shown ? count : Shown;
}

static void
print_top(const Graph *g, const Node *n, const float *v, const float *places)
{
	Rank *top = arena_new((size_t)(n->out->shape.c + Shown)*sizeof *top);
	int count = rank(n, v, places, top);

	for (int i = 0; i < count; i++)
		printf("  %5d  %-16s %.4f\n", top[i].at, top[i].at < g->nclasses ? g->classes[top[i].at] : "", top[i].share);
}

static struct json_object *
json_top(const Graph *g, const Node *n, const float *v, const float *places)
{
	Rank *top = arena_new((size_t)(n->out->shape.c + Shown)*sizeof *top);
	int count = rank(n, v, places, top);
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < count; i++) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "class", json_object_new_int(top[i].at));
		if (top[i].at < g->nclasses)
			json_object_object_add(o, "name", json_object_new_string(g->classes[top[i].at]));
		json_object_object_add(o, "share", isfinite(top[i].share) ?
		                       json_object_new_double_s(top[i].share, arena_text("%.6g", top[i].share)) : NULL);
		json_object_array_add(list, o);
	}
	return list;
}

/* has_classes - is the first output a vector, and of a top_k the second one its classes? */
static bool
has_classes(const Graph *g)
{
	Shape y = g->outputs[0]->shape;
	const Node *n = g->outputs[0]->node;

	return y.h*y.w == 1 && (n->op != O_top_k || (g->noutputs > 1 && g->outputs[1]->node == n));
}

/* places_of - of a top_k the classes of its values, which are the output after it */
static const float *
places_of(const Feed *f, size_t at)
{
	return f->s->m->g->outputs[0]->node->op == O_top_k ? f->all[1] + at : NULL;
}

/* print_classes - of every image */
static void
print_classes(const Feed *feed, const Source *from, int count)
{
	const Graph *g = feed->s->m->g;
	size_t at = 0;

	for (int f = 0; f < count; f++)
		for (int i = 0; i < from[f].images; i++, at += feed_floats(feed, 0)) {
			const char *image = from[f].images > 1 ? arena_text("image %d", i) : "";
			if (count > 1)
				printf("%s%s%s\n", from[f].file, *image ? ", " : "", image);
			else if (*image)
				printf("%s\n", image);
			print_top(g, g->outputs[0]->node, feed->all[0] + at, places_of(feed, at));
		}
}

static void
json_classes(const Feed *feed, const Source *from, int count)
{
	const Graph *g = feed->s->m->g;
	struct json_object *all = json_object_new_object(), *list = json_object_new_array();
	size_t at = 0;

	for (int f = 0; f < count && has_classes(g); f++)
		for (int i = 0; i < from[f].images; i++, at += feed_floats(feed, 0)) {
			struct json_object *image = json_object_new_object();
			json_object_object_add(image, "file", json_object_new_string(from[f].file));
			if (from[f].images > 1)
				json_object_object_add(image, "image", json_object_new_int(i));
			json_object_object_add(image, "top", json_top(g, g->outputs[0]->node, feed->all[0] + at, places_of(feed, at)));
			json_object_array_add(list, image);
		}
	json_object_object_add(all, "images", list);
	print_json(all);
}

/* feed_files - each file's images; first, those of the first one, were read before the network was compiled */
static Source *
feed_files(Feed *f, const char *const *files, int count, void *first, int images)
{
	Source *from = arena_new((size_t)count*sizeof *from);

	for (int i = 0; i < count; i++) {
		void *in = i ? read_input(files[i], f->s->m->g, &images) : first;
		from[i] = (Source){ files[i], images };
		feed(f, in, images);
		free(in);
		if (count > 1)
			progress("run", i + 1, count);
	}
	feed_end(f);
	return from;
}

/* write_joined - all outputs as floats, one behind the other */
static void
write_joined(const Feed *f, const char *path)
{
	int n = f->s->m->g->noutputs;
	int64_t all = 0;
	float *joined, *to;

	for (int o = 0; o < n; o++)
		all += f->images*(int64_t)feed_floats(f, o);
	to = joined = want_memory(malloc((size_t)all*sizeof *joined));
	for (int o = 0; o < n; o++) {
		size_t count = (size_t)f->images*feed_floats(f, o);
		memcpy(to, f->all[o], count*sizeof *to);
		to += count;
	}
	npy_write(path, joined, 1, &all);
	free(joined);
}

/* write_outputs - .npz: each by its name; otherwise .npy: the only one as it is, several joined */
static void
write_outputs(const Feed *f, const char *path)
{
	const Graph *g = f->s->m->g;
	size_t len = strlen(path);
	bool npz = len > 4 && !strcmp(path + len - 4, ".npz");
	File *files = arena_new((size_t)g->noutputs*sizeof *files);

	if (!npz && g->noutputs > 1) {
		write_joined(f, path);
		return;
	}
	for (int o = 0; o < g->noutputs; o++) {
		Shape y = g->outputs[o]->shape;
		files[o] = npy_file(arena_text("%s.npy", output_name(g, o)), f->all[o], y.h == 1 && y.w == 1 ? 2 : 4,
		                    (int64_t[]){ f->images, y.c, y.h, y.w });
	}
	if (npz)
		npz_write(path, files, g->noutputs);
	else
		write_at(path, files[0].data, files[0].len);
	for (int o = 0; o < g->noutputs; o++)
		free((void *)files[o].data);
}

/* check_ending - no table or text of another kind is asked for */
static void
check_ending(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL, *dot = path ? strrchr(slash ? slash : path, '.') : NULL;

	if (dot && strcmp(dot, ".npy") && strcmp(dot, ".npz"))
		usage_error("run: want -o FILE.npy or FILE.npz, got '%s'", path);
}

int
verb_run(Options *o)
{
	const char *const *files;
	const Source *from;
	int count, images;
	void *first;
	Model *m;
	Session s;
	Feed f;

	if (!o->weights)
		usage_error("run: want weights (-w FILE or -w random), got none");
	if (!o->input)
		usage_error("run: want an input (-i FILE.npy, .png or .jpg), got none");
	check_ending(o->output);
	want_place(o->output);
	files = input_files(o->inputs, o->ninputs, &count);
	m = build(o, o->weights);
	if (!m)
		return ExitOk;
	first = read_input(files[0], m->g, &images);
	s = session_open(m, o->threads, false);
	f = feed_open(&s);
	from = feed_files(&f, files, count, first, images);
	if (o->output)
		write_outputs(&f, o->output);
	if (!o->quiet && o->json)
		json_classes(&f, from, count);
	else if (!o->quiet && has_classes(m->g))
		print_classes(&f, from, count);
	feed_close(&f);
	session_close(&s);
	return ExitOk;
}
