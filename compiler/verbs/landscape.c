/*
** landscape.c - resnetc landscape: the loss around a network's weights along two random directions, each filter of
** which is as long as the weights' own (Li et al. 2018). Batch norms and biases stay; the network is evaluated by its
** running statistics.
**
** The file of points is rewritten every second and read again at the start: what is there is not computed anew, but the
** last point of it, which must come out as it is there.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../image/image.h"
#include "dataset.h"
#include "landscape.h"
#include "training.h"

enum { Directions = 2, DefaultGrid = 25, DefaultImages = 1024, MostRow = 80 };

static const double Same = 1e-4;     /* share of a loss by which other code and other machines may differ */

static const char head[] = "a,b,loss,error\n";

typedef struct {
	const Options *o;
	const Graph *g;
	Training *t;
	Trainer trainer;
	Landscape l;
	float *weights, *direction[Directions];      /* all parameters as the state has them */
	char *images;
	int32_t *labels;
	int count;                   /* images */
	const char *file;            /* of points */
	char *text;                  /* its text so far */
	size_t len;
} Run;

/* --- directions --- */

/* filter_of - the output channel that weight k of a layer belongs to */
static int
filter_of(const Node *n, Shape w, size_t k)
{
	size_t taps = (size_t)w.h*(size_t)w.w, row = k/((size_t)w.c*taps);
	int groups = n->op == O_linear ? 1 : n->a.groups;

	if (n->op != O_conv_transpose2d)
		return (int)row;
	return (int)(row/((size_t)w.n/(size_t)groups))*w.c + (int)(k/taps%(size_t)w.c);      /* [ic][oc of the group] */
}

/* fill_direction - normal numbers, each filter scaled to the length of the weights' */
static void
fill_direction(const float *weights, const Trained *p, float *to, uint64_t seed)
{
	int rank;
	Shape w = param_shape(p->node, P_weight, &rank);
	int most = (w.n > w.c ? w.n : w.c)*(p->node->op == O_conv_transpose2d ? p->node->a.groups : 1);
	double *length = arena_new((size_t)most*sizeof(double)), *own = arena_new((size_t)most*sizeof(double));
	uint64_t state = seed ^ rc_hash(p->name, strlen(p->name));

	for (size_t k = 0; k < p->count; k++) {
		int f = filter_of(p->node, w, k);
		double v = rnd_normal(&state);
		to[p->at + k] = (float)v;
		own[f] += v*v;
		length[f] += (double)weights[p->at + k]*(double)weights[p->at + k];
	}
	for (size_t k = 0; k < p->count; k++) {
		int f = filter_of(p->node, w, k);
		to[p->at + k] *= (float)sqrt(length[f]/fmax(own[f], 1e-30));
	}
}

static void
fill_directions(Run *r)
{
	size_t bytes = r->t->floats*sizeof(float);
	int moved = 0;

	r->weights = arena_new(bytes);
	memcpy(r->weights, r->trainer.state + StateHeader, bytes);
	for (int d = 0; d < Directions; d++) {
		uint64_t state = (uint64_t)r->o->seed*Directions + (uint64_t)d, seed = rnd(&state);
		r->direction[d] = arena_new(bytes);
		for (int i = 0; i < r->t->nparams; i++)
			if (r->t->params[i].id == P_weight && is_dense(r->t->params[i].node)) {
				fill_direction(r->weights, &r->t->params[i], r->direction[d], seed);
				moved++;
			}
	}
	if (!moved)
		fail("%s: want convolutions or linear layers, got none", r->g->file);
}

/* --- points --- */

/* measure - the mean loss over the images with the weights moved */
static rc_loss
measure_at(Run *r, double a, double b)
{
	float *to = (float *)(void *)(r->trainer.state + StateHeader);
	rc_loss loss;

	for (size_t k = 0; k < r->t->floats; k++)
		to[k] = (float)((double)r->weights[k] + a*(double)r->direction[0][k] + b*(double)r->direction[1][k]);
	trainer_must(&r->trainer, r->trainer.eval(&r->trainer.options, r->trainer.state, r->images, r->labels, r->count,
	                                          r->trainer.workspace, r->trainer.workspace_len, &loss));
	return loss;
}

static const char *
place_of(const Run *r, int point)
{
	return arena_text("%.6g,%.6g,", landscape_at(&r->l, point%r->l.grid) + 0.0,
	                  landscape_at(&r->l, point/r->l.grid) + 0.0);
}

/* row_of - the line of a point, computed */
static const char *
row_of(Run *r, int point)
{
	rc_loss loss = measure_at(r, landscape_at(&r->l, point%r->l.grid), landscape_at(&r->l, point/r->l.grid));

	r->l.loss[point] = loss.loss;
	r->l.error[point] = 1 - (double)loss.correct/loss.count;
	return arena_text("%s%.9g,%.6f\n", place_of(r, point), r->l.loss[point], r->l.error[point]);
}

/* read_points - what the file has already, if it is of this landscape; how many */
static int
read_points(Run *r)
{
	size_t len;
	const char *text, *at, *last = NULL;
	int count = 0;

	if (access(r->file, F_OK))
		return 0;
	text = file_map(r->file, &len);
	text = arena_text("%.*s", (int)len, text);
	if (strncmp(text, head, strlen(head)))
		fail("%s:1: want points of a landscape, beginning with 'a,b,loss,error', got another file; it is not overwritten",
		     r->file);
	for (at = text + strlen(head); *at && count < r->l.grid*r->l.grid; at = strchr(at, '\n') + 1, count++) {
		const char *place = place_of(r, count);
		int taken = 0;
		if (!strchr(at, '\n') || strcspn(at, "\n") >= MostRow || strncmp(at, place, strlen(place)) ||
		    sscanf(at + strlen(place), "%lf,%lf%n", &r->l.loss[count], &r->l.error[count], &taken) != 2)
			fail("%s:%d: want the point %.*s, got '%.*s': it is of another landscape", r->file, count + 2,
			     (int)strlen(place) - 1, place, (int)strcspn(at, "\n"), at);
		last = at;
	}
	r->len = strlen(text);
	memcpy(r->text, text, r->len);
	if (last) {
		double was = r->l.loss[count - 1];
		const char *again = row_of(r, count - 1);
		if (fabs(r->l.loss[count - 1] - was) > Same*fabs(was))
			fail("%s:%d: want '%.*s', as this point comes out, got '%.*s': it is of other weights, pictures or another seed",
			     r->file, count + 1, (int)strcspn(again, "\n"), again, (int)strcspn(last, "\n"), last);
	}
	return count;
}

static bool
fill_points(Run *r)
{
	int all = r->l.grid*r->l.grid, count = read_points(r);
	double written = seconds();

	for (int p = count; p < all; p++) {
		const char *row;
		if (was_interrupted()) {
			write_at(r->file, r->text, r->len);
			note("stopped after %d of %d points; the same command goes on", p, all);
			return false;
		}
		row = row_of(r, p);
		memcpy(r->text + r->len, row, strlen(row) + 1);
		r->len += strlen(row);
		if (p + 1 == all || seconds() - written > 1) {
			write_at(r->file, r->text, r->len);
			written = seconds();
		}
		progress("point", p + 1, all);
	}
	return true;
}

/* --- pictures --- */

static const char marks[] =
	"<style>.level { fill: none; stroke: #00000066; stroke-width: .7; stroke-linecap: round; }\n"
	".mesh { fill: none; stroke: #00000040; stroke-width: .5; }\n"
	".mark { fill: none; stroke: #000; stroke-width: 1.6; }\n"
	"text.label { fill: #000; paint-order: stroke; stroke: #ffffffcc; stroke-width: 3px; "
	"stroke-linejoin: round; }</style>\n";

static const char *
caption(const Run *r)
{
	return arena_text("%d x %d points from %g to %g, %d images, seed %d", r->l.grid, r->l.grid, -r->l.range, r->l.range,
	                  r->count, r->o->seed);
}

static void
write_picture(const Run *r, bool page)
{
	Out *o = out_new();
	const char *title = arena_text("%s - loss around the weights", r->g->name), *text;
	size_t len;

	if (page) {
		draw_page(o, title, "");
		draw(o, "%s<h1>%s</h1>\n<p>%s</p>\n<main><section>", marks, draw_escaped(title), caption(r));
		draw_contour(o, &r->l);
		draw(o, "</section><section>");
		draw_surface(o, &r->l);
		draw(o, "</section></main>\n</body>\n</html>");
	} else {
		draw(o, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1140\" height=\"520\" viewBox=\"0 0 1140 520\">");
		draw_style(o, false);
		draw(o, "%s<rect width=\"1140\" height=\"520\" fill=\"#fff\"/>", marks);
		draw_contour(o, &r->l);
		draw(o, "<g transform=\"translate(580 0)\">");
		draw_surface(o, &r->l);
		draw(o, "</g>");
		draw_text(o, 50, 510, "soft small", arena_text("%s: %s", r->g->name, caption(r)));
		draw(o, "</svg>");
	}
	text = out_string(o, &len);
	write_at(r->o->output, text, len);
}

/* --- the verb --- */

/* take_images - so many of those to train with, drawn by the seed */
static void
take_images(Run *r)
{
	Data d = data_open(r->o->data, r->g, r->t->loss->in[0]->shape.c);
	size_t each = picture_bytes(r->g);
	int all = d.train.count, *order = arena_new((size_t)all*sizeof *order);
	uint64_t state = (uint64_t)r->o->seed;

	r->count = r->o->images ? r->o->images : DefaultImages;
	if (r->count > all)
		r->count = all;
	for (int i = 0; i < all; i++)
		order[i] = i;
	r->images = want_memory(malloc((size_t)r->count*each));
	r->labels = want_memory(malloc((size_t)r->count*sizeof *r->labels));
	for (int i = 0; i < r->count; i++) {
		int k = i + (int)(rnd(&state)%(uint64_t)(all - i)), from = order[k];
		order[k] = order[i];
		data_fetch(&d.train, r->g, from, r->images + (size_t)i*each);
		r->labels[i] = d.train.labels[from];
	}
}

static double
range_of(const char *text)
{
	char *end;
	double v = text ? strtod(text, &end) : 1;

	if (text && (end == text || *end || !(v > 0) || !(v <= 1000)))
		usage_error("--range: want a number above 0 and up to 1000, got '%s'", text);
	return v;
}

/* kind_of - what -o asks for: "csv", "svg" or "html" */
static const char *
kind_of(const char *output)
{
	const char *dot = output ? strrchr(output, '.') : NULL;

	if (!dot || strchr(dot, '/') || !among("csv svg html", dot + 1))
		usage_error("landscape: want -o FILE.csv, FILE.svg or FILE.html, got %s",
		            output ? arena_text("'%s'", output) : "none");
	return dot + 1;
}

int
verb_landscape(Options *o)
{
	const char *kind = kind_of(o->output);
	Run r = { .o = o, .l = { .grid = o->grid ? o->grid : DefaultGrid, .range = range_of(o->range) } };
	size_t points = (size_t)r.l.grid*(size_t)r.l.grid;
	Model *m;

	o->seed = o->seed < 0 ? 0 : o->seed;
	if (!o->data)
		usage_error("landscape: want --data cifar10:DIR, images:DIR or x.npy,y.npy, got none");
	if (!o->weights)
		usage_error("landscape: want weights (-w FILE), got none");
	want_place(o->output);
	r.file = arena_text("%.*s.csv", (int)(strlen(o->output) - strlen(kind) - 1), o->output);
	r.l.loss = arena_new(points*sizeof(double));
	r.l.error = arena_new(points*sizeof(double));
	r.text = arena_new(sizeof head + points*MostRow);
	memcpy(r.text, head, sizeof head);
	r.len = sizeof head - 1;
	m = build_training(o, false);
	if (!m)
		return ExitOk;
	r.g = m->g;
	r.t = m->g->train;
	take_images(&r);
	r.trainer = trainer_open(m, o->threads);
	fill_directions(&r);
	catch_interrupt();
	if (fill_points(&r) && strcmp(kind, "csv"))
		write_picture(&r, !strcmp(kind, "html"));
	trainer_close(&r.trainer);
	free(r.images);
	free(r.labels);
	return ExitOk;
}
