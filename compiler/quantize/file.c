/*
** file.c - the file of quantised weights: signed bytes with their steps and biases for convolutions and linear
** layers, all other parameters as they were, and in the metadata what the bytes of every result stand for.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "quantize.h"

typedef struct {
	const Graph *g;
	const Seen *seen;
	const How8 *how;
	StepRow *rows;               /* of each node */
	Stored *tensors;
	int count;
} Making;

/* all_pixels - may the input's bytes be the picture's own: are all values pixels, which only convolutions read? */
static bool
all_pixels(const Making *m)
{
	const Graph *g = m->g;
	const Value *x = g->nodes[0]->out;
	const Seen *s = &m->seen[0];
	double least = 0, most = 0;

	if (x->shape.c > 4 || is_output(x))
		return false;
	for (int i = 1; i < g->count; i++)
		for (int j = 0; j < g->nodes[i]->nin; j++)
			if (g->nodes[i]->in[j] == x && (g->nodes[i]->op != O_conv2d || j || g->nodes[i]->a.groups > 1 || m->rows[i].keep))
				return false;
	for (int c = 0; c < x->shape.c; c++) {
		least = fmin(least, (-0.5 - pixel_mean(g, c))*pixel_step(g, c));
		most = fmax(most, (255.5 - pixel_mean(g, c))*pixel_step(g, c));
	}
	return s->lo >= least && s->hi <= most;
}

/* set_ranges - of every result; what only moves bytes has its input's */
static void
set_ranges(Making *m)
{
	for (int i = 0; i < m->g->count; i++) {
		const Node *n = m->g->nodes[i];
		StepRow *r = &m->rows[i];
		Range8 range = range_of(&m->seen[i], m->how->levels, m->how->whole);
		r->step = range.step;
		r->zero = range.zero;
		r->noise = range.noise;
		r->clipped = range.clipped;
		if (keeps_bytes(n->op) && n->nin) {
			r->step = m->rows[n->in[0]->node->id].step;
			r->zero = m->rows[n->in[0]->node->id].zero;
		}
	}
}

static void *
copied(const void *from, size_t bytes)
{
	void *to = arena_new(bytes ? bytes : 1);

	memcpy(to, from, bytes);
	return to;
}

static void
store(Making *m, const char *name, Dtype dtype, Shape s, int rank, const void *data)
{
	PUSH(m->tensors, m->count, (Stored){ name, dtype, rank, { s.n, s.c, s.h, s.w }, data });
}

static void
store_floats(Making *m, const Node *n, ParamId id)
{
	const Param *p = &n->p[id];
	int rank;
	Shape s = param_shape(n, id, &rank);
	float *v = arena_new(p->count*sizeof *v + 1);

	for (size_t i = 0; i < p->count; i++)
		v[i] = (float)p->data[i];
	store(m, p->name, DT_f32, s, rank, v);
}

/* input_of - what a layer reads: its step, factors of pixels' channels and the mean of each channel, less its zero */
static void
input_of(const Making *m, Rounded *r, double **mean)
{
	const Node *from = r->n->in[0]->node;
	const Seen *s = &m->seen[from->id];
	const StepRow *row = &m->rows[from->id];
	int c = from->out->shape.c;
	double *factor = arena_new((size_t)c*sizeof *factor), seen = fmax(s->count, 1);

	*mean = arena_new((size_t)c*sizeof **mean);
	r->step = row->pixels ? 1 : row->step;
	r->factor = row->pixels ? factor : NULL;
	for (int i = 0; i < c; i++) {
		factor[i] = row->pixels ? pixel_step(m->g, i) : 1;
		(*mean)[i] = s->sums[i]/seen;
		if (row->pixels)
			(*mean)[i] = (*mean)[i]/factor[i] + pixel_mean(m->g, i) - rint(pixel_mean(m->g, i));
	}
}

/* shift_pixels - the pixel that stands for 0 is no whole number: the biases have the rest */
static void
shift_pixels(const Making *m, const Node *n, const double *w, double *b)
{
	int rank;
	Shape s = param_shape(n, P_weight, &rank);
	int taps = s.h*s.w;

	for (int o = 0; o < s.n; o++)
		for (int i = 0; i < s.c*taps; i++) {
			double mean = pixel_mean(m->g, i/taps), zero = fmin(fmax(rint(mean), 0), 255);
			b[o] += w[o*s.c*taps + i]*pixel_step(m->g, i/taps)*(zero - mean);
		}
}

static void
store_rounded(Making *m, const Node *n)
{
	Rounded r = { .n = n };
	StepRow *row = &m->rows[n->id];
	double *w, *b, *mean;
	int rank;
	Shape s = param_shape(n, P_weight, &rank), each = { s.n, 1, 1, 1 };

	fold_weights(n, &w, &b);
	input_of(m, &r, &mean);
	if (r.factor)
		shift_pixels(m, n, w, b);
	round_weights(&r, w, b, m->how->bias ? mean : NULL);
	row->weights = true;
	row->pair_safe = r.pair_safe;
	row->lost = r.lost;
	store(m, arena_text("%s.weight", n->name), DT_i8, s, rank, copied(r.w, count_of(s)));
	store(m, arena_text("%s.weight_step", n->name), DT_f32, each, 1, copied(r.steps, (size_t)s.n*sizeof *r.steps));
	store(m, arena_text("%s.bias", n->name), DT_i32, each, 1, copied(r.bias, (size_t)s.n*sizeof *r.bias));
	if (n->p[P_slope].name)
		store_floats(m, n, P_slope);
	free(r.w);
	free(r.steps);
	free(r.bias);
	free(w);
	free(b);
}

File
quantized_file(const Graph *g, const Seen *seen, const How8 *how, char *name)
{
	Making m = { .g = g, .seen = seen, .how = how, .rows = arena_new((size_t)g->count*sizeof(StepRow)) };
	Meta *meta = NULL;
	int nmeta = 0;

	check_kept(g);
	for (int i = 0; i < g->count; i++)
		m.rows[i] = (StepRow){ .name = g->nodes[i]->name, .keep = is_kept(g, g->nodes[i]->name) };
	set_ranges(&m);
	m.rows[0].pixels = all_pixels(&m);
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		if ((n->op == O_conv2d || n->op == O_linear) && !m.rows[i].keep) {
			store_rounded(&m, n);
			continue;
		}
		for (int p = 0; p < NParams; p++)
			if (n->p[p].name)
				store_floats(&m, n, (ParamId)p);
	}
	PUSH(meta, nmeta, (Meta){ "resnetc.int8", "1" });
	for (int i = 0; i < g->count; i++)
		PUSH(meta, nmeta, (Meta){ m.rows[i].name, step_text(&m.rows[i]) });
	return safetensors_write(name, m.tensors, m.count, meta, nmeta);
}
