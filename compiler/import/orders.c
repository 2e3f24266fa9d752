/*
** orders.c - tensors in an order that no view of theirs says: reshaped to three axes, these permuted, and again where
** one permutation is not enough.
*/
#include <string.h>

#include "import.h"

/* as they lie; target: where each belongs */
typedef struct { Atom atom[MostAtoms]; int target[MostAtoms], count; } Runs;

Node *
node_shaped(Import *m, Node *x, int64_t c, int64_t h, int64_t w)
{
	Shape s = x->out->shape;
	Node *n;

	if (s.c == c && s.h == h && s.w == w)
		return x;
	if (c > 65536 || h > 65536 || w > 65536)
		refuse(m, "want axes of at most 65536 to put elements in order, got %lldx%lldx%lld", (long long)c,
		       (long long)h, (long long)w);
	n = node_beside(m, O_reshape, x->op == O_reshape ? x->in[0]->node : x, "reshape");
	n->a.shape = (Shape){ 0, (int)c, (int)h, (int)w };
	return node_put(m, n);
}

/* permuted - the three axes of x in this order */
static Node *
permuted(Import *m, Node *x, const int order[3])
{
	int count;
	const char *const *words = words_of(&attr_rows[At_order], &count);
	Node *n = node_beside(m, O_permute, x, "permute");

	for (int i = 0; i < count; i++)
		if (words[i][0] == "chw"[order[0]] && words[i][1] == "chw"[order[1]])
			n->a.order = i;
	return node_put(m, n);
}

/* order_of - atoms but for the images, as they lie in the node; false: the images are not outermost */
static bool
order_of(const OnnxValue *v, Runs *o)
{
	o->count = 0;
	for (int i = 0; i < v->natoms; i++) {
		const Atom *a = &v->atom[i];
		int at = o->count;
		if (a->axis == AxisN) {
			if (i || a->step != 1)
				return false;
			continue;
		}
		for (; at && (o->atom[at-1].axis > a->axis || (o->atom[at-1].axis == a->axis &&
		                                               o->atom[at-1].step < a->step)); at--) {
			o->atom[at] = o->atom[at-1];
			o->target[at] = o->target[at-1];
		}
		o->atom[at] = *a;
		o->target[at] = i;
		o->count++;
	}
	return true;
}

/* join_runs - what lies together and belongs together is one */
static void
join_runs(Runs *o)
{
	int to = 0;

	for (int i = 0; i < o->count; i++)
		if (to && o->target[i] == o->target[i-1] + 1)
			o->atom[to-1].size *= o->atom[i].size;
		else
			o->atom[to++] = o->atom[i];
	for (int i = 0, k = 0; i < o->count; i++)
		if (!i || o->target[i] != o->target[i-1] + 1)
			/* where it belongs, for the steps are of no use any more */
			o->atom[k++].step = o->target[i];
	o->count = to;
	for (int i = 0; i < to; i++) {
		o->target[i] = 0;
		for (int k = 0; k < to; k++)
			o->target[i] += o->atom[k].step < o->atom[i].step;
	}
}

static int64_t
size_of_runs(const Runs *o, int from, int to)
{
	int64_t size = 1;

	for (int i = from; i < to; i++)
		size *= o->atom[i].size;
	return size;
}

/* moved_first - the runs from first to end - 1 before all others */
static Node *
moved_first(Import *m, Node *x, Runs *o, int first, int end)
{
	static const int order[3] = { 1, 0, 2 };
	Runs old = *o;
	int to = 0;

	x = permuted(m, node_shaped(m, x, size_of_runs(o, 0, first), size_of_runs(o, first, end),
	                            size_of_runs(o, end, o->count)), order);
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < end; i++)
			if ((i >= first) == !pass) {
				o->atom[to] = old.atom[i];
				o->target[to++] = old.target[i];
			}
	return x;
}

/* channels_shuffled - the first channel of each group, the second of each, ...; made once */
static Node *
channels_shuffled(Import *m, Node *x, int groups)
{
	Node *n;

	for (int i = 0; i < m->g->count; i++) {
		n = m->g->nodes[i];
		if (n->op == O_channel_shuffle && n->in[0] == x->out && n->a.groups == groups)
			return n;
	}
	n = node_beside(m, O_channel_shuffle, x, "shuffle");
	n->a.groups = groups;
	return node_put(m, n);
}

/* node_ordered - v's elements, image by image, in v's order; NULL: it is an order of images */
Node *
node_ordered(Import *m, const OnnxValue *v)
{
	Runs o;
	Node *x = v->n;

	if (!order_of(v, &o))
		return NULL;
	join_runs(&o);
	if (o.count <= 1)
		return x;
	if (o.count <= 3) {
		int order[3] = { 0, 1, 2 };
		for (int i = 0; i < o.count; i++)
			order[o.target[i]] = i;
		if (order[0] == 1 && order[1] == 0 && o.atom[0].size*o.atom[1].size == x->out->shape.c)
			return channels_shuffled(m, x, (int)o.atom[0].size);
		return permuted(m, node_shaped(m, x, o.atom[0].size, o.atom[1].size, o.count == 3 ?
		                               o.atom[2].size : 1), order);
	}
	for (int last = o.count - 1; last >= 0;) {   /* the last ones first, so that the first are moved last */
		int at = 0, first;
		while (o.target[at] != last)
			at++;
		for (first = at; first > 0 && o.target[first-1] == o.target[first] - 1; first--)
			;
		last = o.target[first] - 1;
		if (first)
			x = moved_first(m, x, &o, first, at + 1);
	}
	return x;
}

/*
** view_arranged - v over a node that has its dimensions as channels, rows and columns: those before h, before w, the
** rest
*/
OnnxValue
view_arranged(Import *m, const OnnxValue *v, int h, int w)
{
	int64_t size[3] = { 1, 1, 1 };
	Node *n = node_ordered(m, v);
	OnnxValue y;

	if (!n || v->dim[0]%n->out->shape.n)
		refuse(m, "want each image by itself, got an order of them: %s", dims_of(v));
	for (int d = 0; d < v->rank; d++)
		size[d < h ? 0 : d < w ? 1 : 2] *= v->dim[d];
	size[0] /= n->out->shape.n;
	y = view_of(node_shaped(m, n, size[0], size[1], size[2]));
	if (!view_reshape(&y, v->rank, v->dim, &y))
		die("dimensions that are no image's");
	return y;
}
