/*
** calibrate.c - pictures through the network of floats, compiled and loaded, every layer's values looked at as
** they are made; from that, its weights as bytes.
*/
#include <stdlib.h>
#include <string.h>

#include "../quantize/quantize.h"
#include "session.h"

enum { Pictures = 128, Few = 8 };

typedef struct {
	const char *pictures;
	Session *s;
	Seen *seen;                  /* of each node */
} Looking;

/* look - at the results of a layer */
static void
look(void *user, int index, const char *name)
{
	const Looking *l = user;
	const Value *v = l->s->m->g->nodes[index]->out;
	const float *m = (const float *)(const void *)((const char *)l->s->workspace + v->at);
	const Layout *lay = &v->lay;

	for (int c = 0; c < v->shape.c; c++) {
		const float *plane = m + (size_t)(c/lay->cb)*lay->plane + lay->origin + (size_t)(c%lay->cb);
		for (int i = 0; i < v->shape.h; i++)
			seen_add(&l->seen[index], c, plane + (size_t)i*lay->row, (size_t)lay->cb, (size_t)v->shape.w);
	}
	if (l->seen[index].odd)
		fail("%s%s: want finite values to calibrate with, got NaN or infinity", l->pictures,
		     index ? arena_text(": layer '%s'", name) : "");
}

/*
** in_sixteens - the processor at hand, with as many channels a block wherever that is: sums run over a block's
** channels, so that all that fuse multiply-adds round alike, and the same pictures make the same file
*/
static const Target *
in_sixteens(void)
{
	static Target t;

	t = *target_named("native");
	t.block = 16;
	return &t;
}

/* float_model - the network of floats, an image at a time, every layer rounded alike everywhere */
static Model *
float_model(const Options *o, const char *weights)
{
	DslOptions dsl = dsl_options(o);
	PassOptions po = { .out = stdout };
	Graph *g;
	Model *m;
	char sha[65];

	dsl.batch = 1;
	g = dsl_load(o->model, &dsl);
	bind_named(sha, g, weights);
	g->exact = true;
	g->target = in_sixteens();
	run_passes(g, &po);
	m = model_of(g);
	m->command = "calibrate";
	return m;
}

/* show - count images of data, or as many of them as wanted, evenly */
static int
show(Session *s, const char *data, int count, int wanted)
{
	float *out = arena_new(s->outputs*sizeof *out);
	int shown = count < wanted ? count : wanted;

	for (int i = 0; i < shown; i++)
		session_run(s, data + (size_t)((int64_t)i*count/shown)*s->inputs*s->pixel, out);
	return shown;
}

/* show_all - the pictures that were named */
static int
show_all(const Options *o, Session *s)
{
	int wanted = o->calibrate_count ? o->calibrate_count : Pictures, count, images, shown = 0;
	const char *const *files;

	if (!strcmp(o->calibrate, "random"))
		return show(s, random_input(s->m->g), 1, 1) + Few;
	files = input_files(&o->calibrate, 1, &count);
	for (int i = 0, each = count < wanted ? count : wanted; i < each; i++) {
		void *data = read_input(files[(int64_t)i*count/each], s->m->g, &images);
		progress("calibrate", i, each);
		shown += show(s, data, images, each > 1 ? 1 : wanted);
		free(data);
	}
	progress("calibrate", 1, 1);
	return shown;
}

/* check_shown - enough pictures, with something on them */
static void
check_shown(const Options *o, const Model *m, const Seen *input, int shown)
{
	int values = 0;

	for (int i = 0; i < SeenBins; i++)
		values += input->bins[i] > 0;
	if (values <= m->g->nodes[0]->out->shape.c)
		fail("%s: want pictures with something on them, got one colour", o->calibrate);
	if (shown < Few)
		warn("%s: want %d pictures or more to calibrate with, got %d", o->calibrate, Few, shown);
}

/* bytes_model - the network of bytes that these weights make, an image at a time */
static Model *
bytes_model(const Options *o, Weights *w, const Target *target)
{
	DslOptions dsl = dsl_options(o);
	PassOptions po = { .out = stdout };
	Graph *g;
	Model *m;

	dsl.batch = 1;
	g = dsl_load(o->model, &dsl);
	g->steps = steps_in(w);
	g->target = target_for_bytes(target);
	run_passes(g, &po);
	m = model_of(g);
	m->command = "accuracy";
	return m;
}

File
quantised_weights(Options *o, const char *weights)
{
	Model *m = float_model(o, weights);
	const Graph *g = m->g;
	Session s = session_open(m, o->threads, false);
	Looking l = { o->calibrate, &s, arena_new((size_t)g->count*sizeof(Seen)) };
	How8 how = { g->quantize.minmax, g->quantize.u7 ? 127 : 255, !g->quantize.as_rounded };
	int shown;
	File f;

	if (o->max_loss && !o->accuracy)
		usage_error("--max-loss: want labelled pictures too (--accuracy FOLDER), got none");
	if (any_bytes(g))
		fail("%s: want a network of floats to quantise, got one of bytes", o->model);
	for (int i = 0; i < g->count; i++)
		l.seen[i] = seen_new(g->nodes[i]->out->shape.c);
	s.options.layer = look;
	s.options.layer_user = &l;
	shown = show_all(o, &s);
	session_close(&s);
	check_shown(o, m, &l.seen[0], shown);
	f = quantized_file(g, l.seen, &how, arena_text("%s.q.safetensors", g->name));
	if (o->accuracy)
		check_accuracy(o, m, bytes_model(o, safetensors_open(f.name, f.data, f.len), g->target));
	return f;
}

Weights *
quantise(Options *o, const char *weights)
{
	File f = quantised_weights(o, weights);
	Weights *w = safetensors_open(f.name, f.data, f.len);

	sha256_of(f.data, f.len, w->sha);
	return w;
}
