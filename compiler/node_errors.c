/* node_errors.c - how far each node of a step is from the reference in double precision. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trainer.h"

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
	double *p = want_memory(malloc(count*sizeof *p));

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

/* of_squares - the op of n, of squares */
static double *
of_squares(const Node *n, const double *const *x)
{
	double *squares[NInputs] = { NULL }, *y = doubles_for(results_of(n));

	for (int i = 0; i < n->nin; i++) {
		squares[i] = doubles_for(count_of(n->in[i]->shape));
		for (size_t k = 0; k < count_of(n->in[i]->shape); k++)
			squares[i][k] = x[i][k]*x[i][k];
	}
	interp_node(n, (const double *const *)squares, y);
	for (int i = 0; i < n->nin; i++)
		free(squares[i]);
	return y;
}

/* of_norm - the squares of what the gradients of a batch norm are sums of: bias and weight; its input */
static double *
of_norm(const Node *n, const double *const *x)
{
	Shape s = n->in[0]->shape;
	size_t plane = (size_t)(s.h*s.w), c = (size_t)s.c;
	double *y = want_memory(calloc(results_of(n), sizeof *y)), count = (double)s.n*(double)plane;

	for (size_t i = 0; i < count_of(s); i++) {
		size_t k = i/plane%c;
		double inv = 1/sqrt(x[3][k] + n->a.eps), scaled = (x[1][i] - x[2][k])*inv, dz = x[0][i]*x[0][i];
		double w = n->p[P_bn_weight].data ? n->p[P_bn_weight].data[k] : 1;
		if (n->op == O_bn_sums) {
			y[k] += dz;
			y[c + k] += dz*scaled*scaled;
		} else
			y[i] = w*w*inv*inv*(dz + (x[4][k]*x[4][k] + scaled*scaled*x[5][k]*x[5][k])/count/count);
	}
	return y;
}

/* of_mean - of a batch norm's statistics: squares, whose mean may be large where the mean is 0 */
static double *
of_mean(const Node *n, const double *const *x)
{
	Shape s = n->in[0]->shape;
	size_t plane = (size_t)(s.h*s.w), c = (size_t)s.c;
	double *y = want_memory(calloc(results_of(n), sizeof *y)), count = (double)s.n*(double)plane;

	for (size_t i = 0; i < count_of(s); i++)
		y[i/plane%c] += x[0][i]*x[0][i]/count;
	for (size_t k = 0; k < c; k++)       /* where all numbers are one: what doubles leave of their variance */
		y[c + k] = 1e-24*y[k]*y[k];
	return y;
}

/* of_own_norm - where numbers are alike, what floats leave of them when their mean is taken off: a few roundings */
static double *
of_own_norm(const Node *n, const double *const *x)
{
	double *y = doubles_for(results_of(n));

	own_norm_terms(n, x, y);
	for (size_t i = 0; i < results_of(n); i++)
		y[i] *= y[i]/400;            /* a 20th: 1e-5 of it are 8 roundings */
	return y;
}

/*
** typical_of - the squares of its terms, added up, of a sum that may cancel out: a bias before a batch norm has
** gradient 0, the mean of what a norm made is 0
*/
static double *
typical_of(const Node *n, const double *const *x)
{
	switch (n->op) {
	case O_conv2d_dw: case O_channel_sums: case O_sum_to:
	case O_avg_pool: case O_adaptive_avg_pool: return of_squares(n, x);
	case O_bn_sums: case O_bn_dx:              return of_norm(n, x);
	case O_bn_stats:                           return of_mean(n, x);
	case O_own_norm:                           return of_own_norm(n, x);
	default:                                   return NULL;
	}
}

void
node_errors_after(void *user, int index, const char *name)
{
	NodeErrors *v = user;
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
		v->error[index] = fmax(v->error[index], difference(v->values[index] + at, want + at,
		                           typical ? typical + at : NULL, count_of(n->out[i].shape)));
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

NodeErrors
node_errors_of(const Trainer *t, const void *images, const int32_t *labels)
{
	size_t count = (size_t)t->m->g->count;
	NodeErrors e = { t, images, want_memory(calloc(count, sizeof *e.values)), arena_new(count*sizeof *e.error) };

	t->m->g->train->labels = labels;
	return e;
}

void
node_errors_end(NodeErrors *e)
{
	interp_free(e->t->m->g, e->values);
}
