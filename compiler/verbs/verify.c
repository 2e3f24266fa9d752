/*
** verify.c - resnetc verify: emitted code against the double-precision interpreter.
**
** Layer by layer: each layer's reference is computed from the emitted code's own inputs to it, so an
** error is charged to the layer that made it. Then end to end, against the graph before any pass. More images than a
** batch come one batch after the other; what is told is the worst of all.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "training.h"

static const double LayerLimit = 1e-5, OutputLimit = 1e-4;   /* relative to the largest value */

typedef struct {
	Session *s;
	const void *input;           /* of the batch at hand */
	double **values;             /* emitted results so far, as double NCHW */
	double *error;               /* per node, of all batches */
	double *store;               /* per node: what rounding its weights to half size does to its result */
} Verify;

/* Outputs, the worst of all batches: off the reference, off what was expected, off unrounded weights. */
typedef struct { double reference, given, store; } Outputs;

/* fetch_value - a result out of the workspace to p, NCHW; where it ends */
static double *
fetch_value(const Session *s, const Value *v, double *p)
{
	const void *m = (const char *)s->workspace + v->at;
	const Layout *l = &v->lay;

	for (int i = 0; i < v->shape.n; i++)
	for (int c = 0; c < v->shape.c; c++)
	for (int h = 0; h < v->shape.h; h++)
	for (int w = 0; w < v->shape.w; w++) {
		size_t at = (size_t)i*l->image + (size_t)(c/l->cb)*l->plane + l->origin + (size_t)h*l->row +
			(size_t)(w*l->cb + c%l->cb);
		*p++ = v->dtype == DT_i32 ? (double)((const int32_t *)m)[at] : is_bytes(v) ? ((const unsigned char *)m)[at] :
			(double)((const float *)m)[at];
	}
	return p;
}

/* fetch - the results of n, as interp_node makes them */
static double *
fetch(const Session *s, const Node *n)
{
	double *all = want_memory(malloc(results_of(n)*sizeof *all)), *p = all;

	for (int i = 0; i < n->nout; i++)
		p = fetch_value(s, &n->out[i], p);
	return all;
}

/* largest - of the finite ones */
static double
largest(const double *v, size_t count)
{
	double most = 0;

	for (size_t i = 0; i < count; i++)
		if (isfinite(v[i]))
			most = fmax(most, fabs(v[i]));
	return most;
}

/* An activation and the sums it was given: its results are no closer to the reference than they are. */
typedef struct {
	const Attr *a;
	Act act;
	const double *sums;          /* NULL: nothing is known of them */
} Activated;

/* excused - do both come of sums off by at most limit of the largest? how far these then are apart, else INFINITY */
static double
excused(const Activated *by, size_t i, double scale, double limit, double got, double want)
{
	double d = limit*scale, up, down;

	if (!by->sums)
		return (double)INFINITY;
	up = interp_activate(by->a, by->act, by->sums[i] + d);
	down = interp_activate(by->a, by->act, by->sums[i] - d);
	if (fmax(got, want) > fmax(up, down) || fmin(got, want) < fmin(up, down))
		return (double)INFINITY;
	return limit*fabs(got - want)/fabs(up - down);
}

/* difference - largest error relative to the largest reference value; NaN and infinity must agree */
static double
difference(const double *got, const double *want, size_t count, Activated by, double limit)
{
	double most = 0, scale = largest(want, count), sums = by.sums ? largest(by.sums, count) : 0;

	for (size_t i = 0; i < count; i++) {
		double error;
		if (isnan(want[i]) != isnan(got[i]) || isinf(want[i]) != isinf(got[i]))
			return (double)INFINITY;
		if (!isfinite(want[i]))
			continue;
		error = fabs(got[i] - want[i])/(scale > 0 ? scale : 1);
		if (error > limit)
			error = fmin(error, excused(&by, i, sums, limit, got[i], want[i]));
		most = fmax(most, error);
	}
	return most;
}

/* sums_of - what the activation of n is given, malloc'd; NULL: it has none of its own, or slopes that clip nothing */
static double *
sums_of(const Node *n, const double *const *x)
{
	Node bare = *n;
	double *sums;

	if (!op_rows[n->op].epilogue || n->a.act == Act_none || n->a.act == Act_prelu)
		return NULL;
	bare.a.act = Act_none;
	sums = want_memory(malloc(results_of(n)*sizeof *sums));
	interp_node(&bare, x, sums);
	return sums;
}

/* of_store - how far the result of n is from that of weights that are not rounded */
static double
of_store(const Node *n, const double *const *x, const double *rounded)
{
	Graph g;
	Node bare = with_floats(n, &g);
	size_t count = results_of(n);
	double *y = want_memory(malloc(count*sizeof *y)), most;

	interp_node(&bare, x, y);
	most = difference(rounded, y, count, (Activated){ NULL, Act_none, NULL }, 0);
	free(y);
	return most;
}

static void
after_layer(void *user, int index, const char *name)
{
	Verify *v = user;
	const Graph *g = v->s->m->g;
	const Node *n = g->nodes[index];
	const double *x[NInputs];
	double *want, *sums, *in = NULL;

	(void)name;
	v->values[index] = fetch(v->s, n);
	want = want_memory(malloc(results_of(n)*sizeof *want));
	if (n->op == O_input) {
		in = input_doubles(g, v->input);
		x[0] = in;
	}
	for (int i = 0; i < n->nin; i++)
		x[i] = value_in(v->values, n->in[i]);
	interp_node(n, x, want);
	sums = sums_of(n, x);
	v->error[index] = fmax(v->error[index], difference(v->values[index], want, results_of(n),
	                       (Activated){ &n->a, (Act)n->a.act, sums }, LayerLimit));
	if (is_halved(n))
		v->store[index] = fmax(v->store[index], of_store(n, x, want));
	free(want);
	free(sums);
	free(in);
}

/* The graph as the model file has it, run in double. */
typedef struct {
	const Graph *g;
	double **values;
} Reference;

static Reference
reference(Options *o, const void *input)
{
	DslOptions dsl = dsl_options(o);
	Graph *g = dsl_load(o->model, &dsl);
	double *in = input_doubles(g, input);
	Reference r = { g, NULL };
	char sha[65];

	bind_named(sha, g, o->weights);
	r.values = interp(g, in);
	free(in);
	return r;
}

/* as_kept - the network as it is compiled, with the weights that its blob has */
static Reference
as_kept(const Graph *g, const void *input)
{
	double *in = input_doubles(g, input);
	Reference r = { g, interp(g, in) };

	free(in);
	return r;
}

/* of_all_stores - how far the outputs of r are from those of weights that are not rounded */
static double
of_all_stores(Options *o, const Reference *r, const void *input)
{
	Reference floats = reference(o, input);
	double worst = 0;

	for (int i = 0; i < r->g->noutputs; i++)
		worst = fmax(worst, difference(value_in(r->values, r->g->outputs[i]), value_in(floats.values, floats.g->outputs[i]),
		                               count_of(r->g->outputs[i]->shape), (Activated){ NULL, Act_none, NULL }, 0));
	interp_free(floats.g, floats.values);
	return worst;
}

/* handed_out - the reference's values of y as a session gives them: what bytes stand for, which are themselves in it */
static const double *
handed_out(const Reference *r, const Value *y)
{
	const double *v = value_in(r->values, y);
	double *all = arena_new(count_of(y->shape)*sizeof *all);

	if (output_dtype(r->g) != DT_u8)
		return v;
	for (size_t i = 0; i < count_of(y->shape); i++)
		all[i] = step_of(y)*(v[i] - zero_of(y, 0));
	return all;
}

/* end_to_end - outputs of the first images against want, those that are in it; want NULL: the reference's own */
static double
end_to_end(const Reference *r, const float *out, int images, const double *const *want)
{
	double worst = 0;

	for (int i = 0; i < r->g->noutputs; i++) {
		const Value *y = r->g->outputs[i];
		size_t count = count_of(y->shape)/(size_t)y->shape.n*(size_t)images;
		double *got = want_memory(malloc(count*sizeof *got));
		const double *these = want ? want[i] : handed_out(r, y);
		Activated by = { &y->node->a, act_of(y->node->op), NULL };
		if (by.act != Act_none)
			by.sums = value_in(r->values, y->node->in[0]);
		for (size_t k = 0; k < count; k++)
			got[k] = (double)out[k];
		worst = these ? fmax(worst, difference(got, these, count, by, OutputLimit)) : worst;
		free(got);
		out += count_of(y->shape);
	}
	return worst;
}

/* is_wrong - a layer's error may be NaN too; what works on bytes has none */
static bool
is_wrong(const Node *n, double error)
{
	return !(error <= (on_bytes(n) || is_bytes(n->out) ? 0 : LayerLimit));
}

/* verify_batch - the worst of the first images of v's input, and want, what is expected of them */
static void
verify_batch(Options *o, Verify *v, int images, const double *const *want, Outputs *off)
{
	Graph *g = v->s->m->g;
	float *out = want_memory(malloc(v->s->outputs*sizeof *out));
	Reference whole;

	v->values = want_memory(calloc((size_t)g->count, sizeof *v->values));
	session_run(v->s, v->input, out);
	/* layers of bytes are right to the last bit: the network's own results are the reference of what it hands out */
	whole = any_bytes(g) ? (Reference){ g, v->values } : g->store ? as_kept(g, v->input) : reference(o, v->input);
	if (g->store && !any_bytes(g))
		off->store = fmax(off->store, of_all_stores(o, &whole, v->input));
	off->reference = fmax(off->reference, end_to_end(&whole, out, images, NULL));
	if (want)
		off->given = fmax(off->given, end_to_end(&whole, out, images, want));
	if (whole.values != v->values)
		interp_free(whole.g, whole.values);
	interp_free(g, v->values);
	free(out);
}

/* verify_images - batch by batch; the last one is filled up with the first images */
static Outputs
verify_images(Options *o, Verify *v, const char *in, int images)
{
	const Graph *g = v->s->m->g;
	int batch = g->nodes[0]->out->shape.n;
	size_t each = v->s->inputs/(size_t)batch*v->s->pixel;
	char *some = want_memory(malloc((size_t)batch*each));
	const double **want = o->expect ? expected(g, o->expects, o->nexpects, images) : NULL;
	Outputs off = { 0 };

	v->input = some;
	for (int first = 0; first < images; first += batch) {
		int count = images - first < batch ? images - first : batch;
		for (int i = 0; i < batch; i++)
			memcpy(some + (size_t)i*each, in + (size_t)((first + i)%images)*each, each);
		verify_batch(o, v, count, want, &off);
		for (int i = 0; want && i < g->noutputs; i++)
			want[i] = want[i] ? want[i] + count_of(g->outputs[i]->shape) : NULL;
		if (images > batch)
			progress("verify", first + count, images);
	}
	free(some);
	return off;
}

static void
print(const Options *o, const Verify *v, Outputs off, bool ok)
{
	const Graph *g = v->s->m->g;

	Table *table = table_new(g->store ?
		(const char *[]){ "<layer", "<op", "error", dtype_rows[g->store].name, "<", NULL } :
		(const char *[]){ "<layer", "<op", "error", "<", NULL });
	bool any = !o->quiet;

	for (int i = 0; i < g->count; i++)
		if (!o->quiet || is_wrong(g->nodes[i], v->error[i])) {
			table_cell(table, "%s", g->nodes[i]->name);
			table_cell(table, "%s", op_rows[g->nodes[i]->op].name);
			table_cell(table, "%.2e", v->error[i]);
			if (g->store)
				table_cell(table, "%s", is_halved(g->nodes[i]) ? arena_text("%.2e", v->store[i]) : "");
			table_cell(table, "%s", is_wrong(g->nodes[i], v->error[i]) ? "WRONG" : "");
			any = true;
		}
	if (any)
		table_print(table);
	printf("outputs against the %s%s: %.2e (limit %g)\n", any_bytes(g) ? "layers' results" : "double-precision reference",
	       g->store ? " of these weights" : "", off.reference, OutputLimit);
	if (g->store)
		printf("what weights kept as %s cost: outputs are off by %.2e of the largest\n",
		       dtype_rows[g->store].name, off.store);
	if (o->expect)
		printf("outputs against %s%s: %.2e (limit %g)\n", o->expect, o->nexpects > 1 ? " and others" : "", off.given,
		       OutputLimit + off.store);
	if (!o->quiet)
		print_noise(g);
	puts(ok ? "verified" : "WRONG");
}

static void
print_as_json(const Options *o, const Verify *v, Outputs off, bool ok)
{
	const Graph *g = v->s->m->g;

	fputs("{ \"layers\": [", stdout);
	for (int i = 0; i < g->count; i++)
		printf("%s\n  { \"name\": %s, \"op\": \"%s\", \"error\": %s%s }", i ? "," : "", json_text(g->nodes[i]->name),
		       op_rows[g->nodes[i]->op].name, json_number(v->error[i]), is_halved(g->nodes[i]) ?
		       arena_text(", \"store\": %s", json_number(v->store[i])) : "");
	printf(" ],\n  \"outputs\": %s, \"expected\": %s,%s \"ok\": %s }\n", json_number(off.reference),
	       o->expect ? json_number(off.given) : "null",
	       g->store ? arena_text(" \"store\": %s,", json_number(off.store)) : "",
	       ok ? "true" : "false");
}

int
verb_verify(Options *o)
{
	Model *m;
	Session s;
	Verify v = { .s = &s };
	void *in;
	int images;
	Outputs off;

	if (o->train)
		return verify_training(o);
	if (!o->weights)
		o->weights = "random:0";
	m = build(o, o->weights);
	if (!m)
		return ExitOk;
	images = m->g->nodes[0]->out->shape.n;
	in = o->input ? read_input(o->input, m->g, &images) : random_input(m->g);
	s = session_open(m, o->threads, false);
	v.error = want_memory(calloc((size_t)m->g->count, sizeof *v.error));
	v.store = want_memory(calloc((size_t)m->g->count, sizeof *v.store));
	s.options.layer = after_layer;
	s.options.layer_user = &v;
	off = verify_images(o, &v, in, images);
	bool ok = off.reference <= OutputLimit && off.given <= OutputLimit + off.store;
	for (int i = 0; i < m->g->count; i++)
		ok = ok && !is_wrong(m->g->nodes[i], v.error[i]);
	(o->json ? print_as_json : print)(o, &v, off, ok);
	free(v.error);
	free(v.store);
	free(in);
	session_close(&s);
	return ok ? ExitOk : ExitInput;
}
