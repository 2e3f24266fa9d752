/*
** ops_reduce.c - means, sums, extremes and norms over some dimensions: over rows and columns they are pools, over
** channels reductions; where those that go are the outermost, operations of slices; where they lie in between, sums are
** products with a matrix of ones.
*/
#include <string.h>

#include "import.h"

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

/* joins - is x the other half of what goes, so that both are one */
static bool
joins(const Node *x, const Node *n, const Reduced *r)
{
	return x->op == n->op && (x->op != O_reduce || x->a.reduction == n->a.reduction) && (r->rows ^ r->cols) &&
	       (r->rows ? x->in[0]->shape.h == x->out->shape.h && x->out->shape.w == 1 :
	        x->in[0]->shape.w == x->out->shape.w && x->out->shape.h == 1) && x->in[0]->shape.c == x->out->shape.c;
}

/* pooled - over rows, columns or both; one after the other is both at once */
static Node *
pooled(Import *m, Node *x, const Reduced *r, Reduction how)
{
	Op op = how == Reduce_mean ? O_adaptive_avg_pool : how == Reduce_max ? O_adaptive_max_pool : O_reduce;
	bool rows = r->rows, cols = r->cols;
	Node *n;

	if (!rows && !cols)
		return x;
	n = node_on(m, op, x);
	n->a.reduction = how;
	if (joins(x, n, r)) {
		rows = cols = true;
		n->in[0] = x->in[0];
	}
	x = n->in[0]->node;
	if (op == O_reduce)
		n->a.axis = rows && cols ? Along_image : rows ? Along_height : Along_width;
	else
		n->a.size = (Pair){ rows ? 1 : x->out->shape.h, cols ? 1 : x->out->shape.w };
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

/* lie_inside - do the channels that go follow each other (inside), or lie outside of all that stay */
static bool
lie_inside(const OnnxValue *x, const Reduced *r, bool inside)
{
	bool all = true;

	for (int i = 0; i < x->natoms; i++)
		if (x->atom[i].axis == AxisC)
			all = all && goes(x, r, i) == (inside ? x->atom[i].step < r->each : x->atom[i].step >= r->channels);
	return all;
}

/* over_slices - of parts of the channels, one after the other */
static Node *
over_slices(Import *m, const Reduced *r, Node *n, Reduction how)
{
	Node *all = NULL;

	for (int64_t k = 0; k < r->each; k++) {
		int *from = arena_new((size_t)r->channels*sizeof *from);
		Node *part, *more;
		for (int64_t i = 0; i < r->channels; i++)
			from[i] = (int)(k*r->channels + i);
		part = pick_channels(m, n, from, (int)r->channels);
		if (all) {
			more = node_on(m, how == Reduce_max ? O_maximum : how == Reduce_min ? O_minimum : O_add, all);
			more->in[more->nin++] = part->out;
			part = node_put(m, more);
		}
		all = part;
	}
	return how == Reduce_mean ? node_scaled_by(m, all, 1/(double)r->each, 0) : all;
}

/* mixed - sums of channels by a matrix of ones */
static Node *
mixed(Import *m, const OnnxValue *x, const Reduced *r, Node *n, double weight)
{
	size_t c = (size_t)n->out->shape.c;
	double *w;

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

/* over_channels - NULL: in no way that nodes can say where the channels are */
static Node *
over_channels(Import *m, const OnnxValue *x, const Reduced *r, Node *n, Reduction how)
{
	if (lie_inside(x, r, true)) {
		n = node_on(m, O_reduce, n);
		n->a.reduction = how;
		n->a.groups = (int)r->channels;
		return node_put(m, n);
	}
	if (lie_inside(x, r, false) && r->each <= 4 && how != Reduce_l2)
		return over_slices(m, r, n, how);
	return how == Reduce_mean ? mixed(m, x, r, n, 1/(double)r->each) : how == Reduce_sum ? mixed(m, x, r, n, 1) : NULL;
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

/* reduced_apart - what goes put in order behind what stays, and reduced there */
static OnnxValue
reduced_apart(Import *m, const OnnxValue *x, const Reduced *r, Reduction how, bool keep)
{
	const Reduced all = { .rows = true, .cols = true };
	int to[MostDims] = { 0 }, kept = 0, at;
	int64_t dim[MostDims];
	OnnxValue y;

	for (int d = 0; d < x->rank; d++)
		if (!r->dims[d])
			to[kept++] = d;
	at = kept;
	for (int d = 0; d < x->rank; d++)
		if (r->dims[d])
			to[at++] = d;
	if (!view_transpose(x, to, &y) || (kept && to[0] != 0) || !kept)
		refuse(m, "want each image by itself, got a reduction of %s", dims_of(x));
	y = view_of(pooled(m, view_arranged(m, &y, kept, x->rank).n, &all, how));
	at = 0;
	for (int d = 0; d < x->rank; d++)
		if (!r->dims[d] || keep)
			dim[at++] = r->dims[d] ? 1 : x->dim[d];
	view_reshape(&y, at, dim, &y);
	return y;
}

static OnnxValue
reduced(Import *m, const OnnxValue *x, Reduction how)
{
	Reduced r = read_reduced(m, x);
	bool keep = attr_int(m, "keepdims", 1) != 0;
	Node *n;

	if (!r.whole)
		return reduced_apart(m, x, &r, how, keep);
	n = pooled(m, x->n, &r, how);
	if (r.each > 1)
		n = over_channels(m, x, &r, n, how);
	else if (how == Reduce_l2 && n == x->n)      /* of one number alone: without its sign */
		n = node_put(m, node_on(m, O_abs, n));
	return n ? of_result(x, &r, n, keep) : reduced_apart(m, x, &r, how, keep);
}

static void
reduce(Import *m, Reduction how)
{
	OnnxValue x = tensor_at(m, 0);

	set_result(m, reduced(m, &x, how));
}

void op_reduce_mean(Import *m) { reduce(m, Reduce_mean); }
void op_reduce_sum(Import *m)  { reduce(m, Reduce_sum); }
void op_reduce_max(Import *m)  { reduce(m, Reduce_max); }
void op_reduce_min(Import *m)  { reduce(m, Reduce_min); }
void op_reduce_l2(Import *m)   { reduce(m, Reduce_l2); }

void
op_reduce_l1(Import *m)
{
	OnnxValue x = tensor_at(m, 0);

	x = view_like(&x, node_put(m, node_on(m, O_abs, x.n)));
	set_result(m, reduced(m, &x, Reduce_sum));
}

void
op_reduce_sum_square(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	Node *n = node_on(m, O_mul, x.n);

	n->in[n->nin++] = x.n->out;
	x = view_like(&x, node_put(m, n));
	set_result(m, reduced(m, &x, Reduce_sum));
}

/* global - over everything but images and channels */
static void
global(Import *m, Op op)
{
	OnnxValue x = tensor_at(m, 0), axes;
	int64_t count = x.rank - 2;
	double *v;

	if (x.rank == NAxes || x.rank < 3) {
		finish_image(m, node_on(m, op, image_at(m, 0)));
		return;
	}
	axes = constant_new(m, TypeInt64, 1, &count, &v);
	for (int d = 2; d < x.rank; d++)
		*v++ = d;
	set_result(m, apply(m, op == O_adaptive_avg_pool ? op_reduce_mean : op_reduce_max, &x, &axes));
}

void op_global_average_pool(Import *m) { global(m, O_adaptive_avg_pool); }
void op_global_max_pool(Import *m)     { global(m, O_adaptive_max_pool); }
