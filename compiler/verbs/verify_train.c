/*
** verify_train.c - resnetc verify --train: every node of a network in training, forward and backward, against the
** reference in double precision on the emitted code's own inputs to it. Each node does the whole batch, so that all it
** reads is there to be looked at; then the code that does several at a time in strips must make the same bits.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "training.h"

typedef struct {
	Trainer *t;
	const char *images;          /* of the group at hand, or the next one */
	double **values, *error;
} Verify;

/* fetch_value - a result out of the workspace or the state to p, NCHW; where it ends */
static double *
fetch_value(const Trainer *t, const Value *v, double *p)
{
	const void *m = (v->home == Home_state ? t->state : t->workspace) + v->at;
	const Layout *l = &v->lay;

	for (int i = 0; i < v->shape.n; i++)
	for (int c = 0; c < v->shape.c; c++)
	for (int h = 0; h < v->shape.h; h++)
	for (int w = 0; w < v->shape.w; w++)
		*p++ = (double)((const float *)m)[(size_t)i*l->image + (size_t)(c/l->cb)*l->plane + l->origin + (size_t)h*l->row +
			(size_t)(w*l->cb + c%l->cb)];
	return p;
}

static double *
doubles_for(size_t count)
{
	double *p = malloc(count*sizeof *p);

	if (!p)
		fail("out of memory");
	return p;
}

static double *
fetch(const Trainer *t, const Node *n)
{
	double *all = doubles_for(results_of(n)), *p = all;

	for (int i = 0; i < n->nout; i++)
		p = fetch_value(t, &n->out[i], p);
	return all;
}

/* difference - of one result, relative to the largest of the reference, and of typical where that is given */
static double
difference(const double *got, const double *want, const double *typical, size_t count)
{
	double most = 0, scale = 0;

	for (size_t i = 0; i < count; i++)
		scale = fmax(scale, fmax(fabs(want[i]), typical ? sqrt(typical[i]) : 0));
	for (size_t i = 0; i < count; i++) {
		if (isnan(got[i]) || isnan(want[i]))
			return (double)INFINITY;
		most = fmax(most, fabs(got[i] - want[i]));
	}
	return scale > 0 ? most/scale : most;
}

/*
** typical_of - of a sum that may cancel out (a bias before a batch norm has gradient 0): its terms squared and added up
*/
static double *
typical_of(const Node *n, const double *const *x)
{
	double *squares[2] = { NULL }, *y;

	if (n->op != O_conv2d_dw && n->op != O_channel_sums && n->op != O_sum_to)
		return NULL;
	y = doubles_for(results_of(n));
	for (int i = 0; i < n->nin; i++) {
		squares[i] = doubles_for(count_of(n->in[i]->shape));
		for (size_t k = 0; k < count_of(n->in[i]->shape); k++)
			squares[i][k] = x[i][k]*x[i][k];
	}
	interp_node(n, (const double *const *)squares, y);
	free(squares[0]);
	free(squares[1]);
	return y;
}

static void
after_layer(void *user, int index, const char *name)
{
	Verify *v = user;
	const Graph *g = v->t->m->g;
	const Node *n = g->nodes[index];
	const double *x[NInputs];
	double *want = doubles_for(results_of(n)), *in = NULL, *typical;
	size_t at = 0;

	(void)name;
	free(v->values[index]);
	v->values[index] = fetch(v->t, n);
	for (int i = 0; i < n->nin; i++)
		x[i] = value_in(v->values, n->in[i]);
	if (!n->nin) {
		in = doubles_for(count_of(n->out->shape));
		for (size_t i = 0; i < count_of(n->out->shape); i++)
			in[i] = g->image.u8 ? (double)((const unsigned char *)v->images)[i] :
				(double)((const float *)(const void *)v->images)[i];
		x[0] = in;
	}
	interp_node(n, x, want);
	typical = typical_of(n, x);
	for (int i = 0; i < n->nout; i++) {
		v->error[index] = fmax(v->error[index], difference(v->values[index] + at, want + at, typical,
		                                                   count_of(n->out[i].shape)));
		at += count_of(n->out[i].shape);
	}
	free(want);
	free(in);
	free(typical);
	if (index + 1 == g->count) {
		v->images += input_bytes(g);
		g->train->labels += group_images(g->train);
	}
}

/* result - a line for every node; whether all are near enough */
static bool
report(const Options *o, const Graph *g, const Verify *v)
{
	const double limit = 1e-5;
	bool ok = true;
	double worst = 0;

	if (!o->quiet)
		printf("%-36s %-16s %12s\n", "node", "op", "error");
	for (int i = 0; i < g->count; i++) {
		bool wrong = !(v->error[i] <= limit);
		ok = ok && !wrong;
		worst = fmax(worst, v->error[i]);
		if (!o->quiet || wrong)
			printf("%-36s %-16s %12.2e%s\n", g->nodes[i]->name, op_rows[g->nodes[i]->op].name, v->error[i], wrong ? "  WRONG" :
			       "");
	}
	printf("%d nodes against the double-precision reference: %.2e at most (limit %g)\n", g->count, worst, limit);
	return ok;
}

/* in_strips - does the code as it is compiled, which does nodes in strips, make the same gradients of the same step */
static bool
in_strips(Options *o, const Verify *v, const void *images, const int32_t *labels,
          const rc_train *how)
{
	Model *m = build_training(o, false);
	Trainer t = trainer_open(m, o->threads);
	size_t learned = m->g->train->learned;
	rc_loss loss;
	bool same;

	trainer_must(&t, t.grad(&t.options, t.state, images, labels, how, t.workspace, t.workspace_len, &loss));
	same = !memcmp(t.gradient(t.state), v->t->gradient(v->t->state), learned*sizeof(float));
	printf("in strips of images: %s\n", same ? "the same bits" : "other gradients");
	trainer_close(&t);
	return same;
}

/* random_groups - the input of each group of a batch, all different */
static char *
random_groups(const Graph *g)
{
	size_t each = input_bytes(g);
	char *one = random_input(g), *all = malloc((size_t)g->train->bn_groups*each);

	if (!all)
		fail("out of memory");
	for (size_t i = 0; i < (size_t)g->train->bn_groups*each; i++)
		all[i] = one[(i + i/each*sizeof(float)*7)%each];
	free(one);
	return all;
}

int
verify_training(Options *o)
{
	Model *m;
	Graph *g;
	Trainer t;
	Verify v = { .t = &t };
	rc_train how = { sizeof how, 0, 0, 0 };
	int32_t *labels;
	rc_loss loss;
	char *in;
	unsigned skip = o->pass.skip, strips = 1u << pass_named("strips");
	bool ok;

	if (!o->weights)
		o->weights = "random:0";
	if (!o->batch)
		o->group = 3;
	o->pass.skip |= strips;
	m = build_training(o, false);
	o->pass.skip = skip;
	if (!m)
		return ExitOk;
	g = m->g;
	v.images = in = random_groups(g);
	labels = arena_new((size_t)g->train->batch*sizeof *labels);
	for (int i = 0; i < g->train->batch; i++)
		labels[i] = i%g->train->loss->in[0]->shape.c;
	g->train->labels = labels;
	t = trainer_open(m, o->threads);
	v.values = calloc((size_t)g->count, sizeof *v.values);
	v.error = arena_new((size_t)g->count*sizeof *v.error);
	if (!v.values)
		fail("out of memory");
	t.options.layer = after_layer;
	t.options.layer_user = &v;
	trainer_must(&t, t.grad(&t.options, t.state, in, labels, &how, t.workspace, t.workspace_len, &loss));
	ok = report(o, g, &v);
	if (!(skip & strips))
		ok &= in_strips(o, &v, in, labels, &how);
	puts(ok ? "verified" : "WRONG");
	interp_free(g, v.values);
	free(in);
	trainer_close(&t);
	return ok ? ExitOk : ExitInput;
}
