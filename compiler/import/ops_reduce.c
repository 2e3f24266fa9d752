/*
** ops_reduce.c - means, sums and maxima over some dimensions: of rows and columns they are pools, of channels products with
** a matrix of ones.
*/
#include <string.h>

#include "import.h"

typedef enum { MeanOf, SumOf, MaxOf } Reduction;

typedef struct {
	bool dims[MostDims];         /* those that go */
	bool rows, cols, whole;      /* axes, all of each */
	int64_t channels;            /* of the result for each image and pixel */
	int64_t each;                /* channels that become one */
} Reduced;

/* read_reduced - which axes go, wholly or some of the channels */
static Reduced
read_reduced(const Import *m, const OnnxValue *x)
{
	Reduced r = { .each = 1, .channels = x->n->out->shape.c };
	int64_t h = 1, w = 1;

	reduced_axes(m, x, r.dims);
	for (int d = 0; d < x->rank; d++) {
		int first, count = atoms_of(x, d, &first);
		for (int i = first; i < first + count && r.dims[d]; i++) {
			const Atom *a = &x->atom[i];
			if (a->axis == AxisN)
				refuse(m, "want each image by itself, got a reduction over the batch");
			*(a->axis == AxisC ? &r.each : a->axis == AxisH ? &h : &w) *= a->size;
		}
	}
	r.rows = h > 1;
	r.cols = w > 1;
	r.channels /= r.each;
	r.whole = (!r.rows || h == x->n->out->shape.h) && (!r.cols || w == x->n->out->shape.w);
	return r;
}

/* pooled - over rows, columns or both; one after the other is both at once */
static Node *
pooled(Import *m, Node *x, const Reduced *r, Op op)
{
	Node *n, *in = x;
	Pair size = { r->rows ? 1 : x->out->shape.h, r->cols ? 1 : x->out->shape.w };

	if (!r->rows && !r->cols)
		return x;
	if (x->op == op && ((r->rows && x->out->shape.h == x->in[0]->shape.h && x->out->shape.w == 1) ||
	                    (r->cols && x->out->shape.w == x->in[0]->shape.w && x->out->shape.h == 1)))
		in = x->in[0]->node;
	n = node_on(m, op, in);
	n->a.size = size;
	return node_put(m, n);
}

/* goes - is this atom in a dimension that goes */
static bool
goes(const OnnxValue *x, const Reduced *r, int atom)
{
	for (int d = 0; d < x->rank; d++) {
		int first, count = atoms_of(x, d, &first);
		if (atom >= first && atom < first + count)
			return r->dims[d];
	}
	return false;
}

/* kept_step - how far apart channels of an atom that stays are in the result */
static int64_t
kept_step(const OnnxValue *x, const Reduced *r, const Atom *a)
{
	int64_t step = 1;

	for (int i = 0; i < x->natoms; i++)
		if (x->atom[i].axis == AxisC && x->atom[i].step < a->step && !goes(x, r, i))
			step *= x->atom[i].size;
	return step;
}

/* mixed - the sums of channels; where the outermost go, they are sums of slices */
static Node *
mixed(Import *m, const OnnxValue *x, const Reduced *r, Node *n, double weight)
{
	size_t c = (size_t)n->out->shape.c;
	double *w;
	bool outer = r->each <= 4 && r->channels > 1;

	for (int i = 0; i < x->natoms; i++)
		outer = outer && (x->atom[i].axis != AxisC || goes(x, r, i) == (x->atom[i].step >= r->channels));
	if (outer) {
		Node *sum = NULL;
		for (int64_t k = 0; k < r->each; k++) {
			int *from = arena_new((size_t)r->channels*sizeof *from);
			for (int64_t i = 0; i < r->channels; i++)
				from[i] = (int)(k*r->channels + i);
			Node *part = pick_channels(m, n, from, (int)r->channels);
			sum = sum ? node_sum(m, sum, part) : part;
		}
		return weight == 1 ? sum : node_scaled_by(m, sum, weight, 0);
	}
	if ((int64_t)c*r->channels > MostElements)
		refuse(m, "want at most %d weights to sum channels, got %zu x %lld", MostElements, c,
		       (long long)r->channels);
	w = arena_new(c*(size_t)r->channels*sizeof *w);
	for (size_t k = 0; k < c; k++) {
		int64_t to = 0;
		for (int i = 0; i < x->natoms; i++) {
			const Atom *a = &x->atom[i];
			if (a->axis == AxisC && !goes(x, r, i))
				to += (int64_t)k/a->step%a->size*kept_step(x, r, a);
		}
		w[(size_t)to*c + k] = weight;
	}
	return mix_channels(m, n, (int)r->channels, w, "sum");
}

/* of_result - the dimensions that stay */
static OnnxValue
of_result(const OnnxValue *x, const Reduced *r, Node *n, bool keep)
{
	OnnxValue y = { .n = n };

	for (int i = 0; i < x->natoms; i++) {
		Atom a = x->atom[i];
		if (goes(x, r, i))
			continue;
		if (a.axis == AxisC)
			a.step = kept_step(x, r, &x->atom[i]);
		y.atom[y.natoms++] = a;
	}
	for (int d = 0; d < x->rank; d++)
		if (!r->dims[d] || keep)
			y.dim[y.rank++] = r->dims[d] ? 1 : x->dim[d];
	view_reshape(&y, y.rank, y.dim, &y);         /* atoms that follow each other now are one */
	return y;
}

/* reduced_apart - what goes put in order behind what stays, and pooled there */
static OnnxValue
reduced_apart(Import *m, const OnnxValue *x, const Reduced *r, Reduction how, bool keep)
{
	int to[MostDims], kept = 0, at;
	int64_t dim[MostDims], each = 1;
	OnnxValue y;
	Node *n;

	for (int d = 0; d < x->rank; d++)
		if (!r->dims[d])
			to[kept++] = d;
	at = kept;
	for (int d = 0; d < x->rank; d++)
		if (r->dims[d]) {
			to[at++] = d;
			each *= x->dim[d];
		}
	if (!view_transpose(x, to, &y) || (kept && to[0] != 0) || !kept)
		refuse(m, "want each image by itself, got a reduction of %s", dims_of(x));
	n = node_put(m, node_on(m, how == MaxOf ? O_adaptive_max_pool : O_adaptive_avg_pool,
	                        view_arranged(m, &y, kept, x->rank).n));
	if (how == SumOf)
		n = node_scaled_by(m, n, (double)each, 0);
	y = view_of(n);
	at = 0;
	for (int d = 0; d < x->rank; d++)
		if (!r->dims[d] || keep)
			dim[at++] = r->dims[d] ? 1 : x->dim[d];
	view_reshape(&y, at, dim, &y);
	return y;
}

static void
reduce(Import *m, Reduction how)
{
	OnnxValue x = tensor_at(m, 0);
	Reduced r = read_reduced(m, &x);
	double pixels = (r.rows ? x.n->out->shape.h : 1)*(double)(r.cols ? x.n->out->shape.w : 1);
	Node *n;

	if ((how == MaxOf && r.each > 1) || !r.whole) {
		set_result(m, reduced_apart(m, &x, &r, how, attr_int(m, "keepdims", 1) != 0));
		return;
	}
	n = pooled(m, x.n, &r, how == MaxOf ? O_adaptive_max_pool : O_adaptive_avg_pool);
	if (r.each > 1)
		n = mixed(m, &x, &r, n, how == MeanOf ? 1/(double)r.each : pixels);
	else if (how == SumOf && pixels > 1)
		n = node_scaled_by(m, n, pixels, 0);
	set_result(m, of_result(&x, &r, n, attr_int(m, "keepdims", 1) != 0));
}

void op_reduce_mean(Import *m) { reduce(m, MeanOf); }
void op_reduce_sum(Import *m)  { reduce(m, SumOf); }
void op_reduce_max(Import *m)  { reduce(m, MaxOf); }

/* global - over everything but images and channels */
static void
global(Import *m, Op op)
{
	finish_image(m, node_on(m, op, image_at(m, 0)));
}

void op_global_average_pool(Import *m) { global(m, O_adaptive_avg_pool); }
void op_global_max_pool(Import *m)     { global(m, O_adaptive_max_pool); }
