/* run.c - resnetc run: compile in a temporary folder, load, run; writes the outputs, prints the top classes. */
#include <math.h>
#include <stdlib.h>

#include "session.h"

typedef struct { int at; double share; } Rank;

enum { Shown = 5 };

/* rank - the largest of a vector, with the softmax of it where it is not one yet; a top_k is ranked already: places are the classes of its values */
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
	done = calloc((size_t)count, sizeof *done);
	if (!done)
		fail("out of memory");
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
	struct json_object *image = json_object_new_object(), *list = json_object_new_array();

	for (int i = 0; i < count; i++) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "class", json_object_new_int(top[i].at));
		if (top[i].at < g->nclasses)
			json_object_object_add(o, "name", json_object_new_string(g->classes[top[i].at]));
		json_object_object_add(o, "share", isfinite(top[i].share) ? json_object_new_double_s(top[i].share, arena_text("%.6g", top[i].share)) : NULL);
		json_object_array_add(list, o);
	}
	json_object_object_add(image, "top", list);
	return image;
}

/* say_classes - of every image, where the first output is a vector */
static void
say_classes(const Options *o, const Graph *g, const float *out, int images)
{
	const Node *n = g->outputs[0]->node;
	struct json_object *all = json_object_new_object(), *list = json_object_new_array();

	for (int i = 0; i < images && n->out->shape.h*n->out->shape.w == 1; i++) {
		size_t c = (size_t)n->out->shape.c;
		const float *v = out + (size_t)i*c, *places = v + (size_t)images*c;  /* of a top_k: the output after it */
		if (o->json) {
			json_object_array_add(list, json_top(g, n, v, places));
			continue;
		}
		if (images > 1)
			printf("image %d\n", i);
		print_top(g, n, v, places);
	}
	json_object_object_add(all, "images", list);
	if (o->json)
		print_json(json_object_get(all));
	json_object_put(all);
}

int
verb_run(Options *o)
{
	Model *m;
	Session s;
	void *in;
	float *out;
	int images;

	if (!o->weights)
		usage_error("run: want weights (-w FILE or -w random), got none");
	if (!o->input)
		usage_error("run: want an input (-i FILE.npy, .png or .jpg), got none");
	m = build(o, o->weights);
	if (!m)
		return ExitOk;
	in = read_input(o->input, m->g, &images);
	s = session_open(m, o->threads, false);
	out = session_run_all(&s, in, images);
	if (o->output) {
		const Node *n = m->g->outputs[0]->node;
		int64_t dim[4] = { images, n->out->shape.c, n->out->shape.h, n->out->shape.w };
		int64_t all = (int64_t)(s.outputs/(size_t)n->out->shape.n)*images;
		if (m->g->noutputs == 1)
			npy_write(o->output, out, n->out->shape.h == 1 && n->out->shape.w == 1 ? 2 : 4, dim);
		else
			npy_write(o->output, out, 1, &all);
	}
	if (!o->quiet)
		say_classes(o, m->g, out, images);
	free(in);
	free(out);
	session_close(&s);
	return ExitOk;
}
