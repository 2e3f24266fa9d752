/*
** view.c - a tensor's dimensions as steps along the axes of its node. A reshape regroups the atoms, a transpose moves
** them; neither makes a node. What cannot be said so is left to place.c, or refused.
*/
#include <string.h>

#include "import.h"

int64_t
axis_extent(const Node *n, int axis)
{
	Shape s = n->out->shape;

	return axis == AxisN ? s.n : axis == AxisC ? s.c : axis == AxisH ? s.h : s.w;
}

/* push - one more atom, joined with the last one if both are of one dimension and follow each other; false: too many */
static bool
push(OnnxValue *v, Atom a, bool fresh)
{
	Atom *last = v->natoms ? &v->atom[v->natoms - 1] : NULL;

	if (a.size == 1)
		return true;
	if (!fresh && last && last->axis == a.axis && last->step == a.size*a.step) {
		last->size *= a.size;
		last->step = a.step;
		return true;
	}
	if (v->natoms == MostAtoms)
		return false;
	v->atom[v->natoms++] = a;
	return true;
}

OnnxValue
view_of(Node *n)
{
	OnnxValue v = { .n = n, .rank = NAxes };

	for (int a = 0; a < NAxes; a++) {
		v.dim[a] = axis_extent(n, a);
		push(&v, (Atom){ v.dim[a], 1, a }, true);
	}
	return v;
}

OnnxValue
view_flat(Node *n)
{
	OnnxValue v = view_of(n);

	v.dim[1] *= v.dim[2]*v.dim[3];
	v.rank = 2;
	return v;
}

OnnxValue
view_like(const OnnxValue *x, Node *n)
{
	OnnxValue v = *x;
	int axes[NAxes];

	v.n = n;
	v.name = NULL;
	if (n->out->shape.n == x->n->out->shape.n && n->out->shape.c == x->n->out->shape.c &&
	    n->out->shape.h == x->n->out->shape.h && n->out->shape.w == x->n->out->shape.w)
		return v;
	if (!axes_of(x, axes))
		die("a view of other extents");
	v.natoms = 0;
	for (int d = 0; d < NAxes; d++) {
		v.dim[d] = axis_extent(n, axes[d]);
		push(&v, (Atom){ v.dim[d], 1, axes[d] }, true);
	}
	return v;
}

static int64_t
common_divisor(int64_t a, int64_t b)
{
	while (b) {
		int64_t rest = a%b;
		a = b;
		b = rest;
	}
	return a;
}

/* join_atoms - those that follow each other, of whatever dimensions */
static void
join_atoms(OnnxValue *v)
{
	int count = v->natoms;

	v->natoms = 0;
	for (int i = 0; i < count; i++)
		push(v, v->atom[i], false);
}

/* view_reshape - false: a dimension would cut an axis where no step does */
bool
view_reshape(const OnnxValue *x, int rank, const int64_t *dim, OnnxValue *y)
{
	OnnxValue from = *x;                         /* y may be x */
	Atom rest = { 1, 0, 0 };
	int at = 0;

	join_atoms(&from);
	*y = from;
	y->rank = rank;
	y->natoms = 0;
	memcpy(y->dim, dim, (size_t)rank*sizeof *dim);
	for (int d = 0; d < rank; d++)
		for (int64_t left = dim[d], part; left > 1; left /= part) {
			if (rest.size == 1 && at < from.natoms)
				rest = from.atom[at++];
			part = common_divisor(left, rest.size);
			if (part == 1 || !push(y, (Atom){ part, rest.step*(rest.size/part), rest.axis },
			                       left == dim[d]))
				return false;
			rest.size /= part;
		}
	return at == from.natoms && rest.size == 1;
}

int
atoms_of(const OnnxValue *v, int d, int *first)
{
	int at = 0, count = 0;

	for (int i = 0; i <= d; i++) {
		*first = at;
		count = 0;
		for (int64_t left = v->dim[i]; left > 1 && at < v->natoms; count++)
			left /= v->atom[at++].size;
	}
	return count;
}

bool
view_transpose(const OnnxValue *x, const int *perm, OnnxValue *y)
{
	OnnxValue from = *x;                         /* y may be x */

	*y = from;
	y->natoms = 0;
	for (int d = 0; d < from.rank; d++) {
		int first, count = atoms_of(&from, perm[d], &first);
		y->dim[d] = from.dim[perm[d]];
		for (int i = 0; i < count; i++)
			if (!push(y, from.atom[first + i], i == 0))
				return false;
	}
	return true;
}

int
axis_of(const OnnxValue *v, int d)
{
	int first, count = atoms_of(v, d, &first);
	const Atom *a = &v->atom[first];

	if (!count)
		return NoAxis;
	return count == 1 && a->step == 1 && a->size == axis_extent(v->n, a->axis) ? a->axis : ManyAtoms;
}

bool
axes_of(const OnnxValue *v, int axes[4])
{
	bool used[NAxes] = { false };

	if (v->rank != NAxes)
		return false;
	for (int d = 0; d < NAxes; d++) {
		axes[d] = axis_of(v, d);
		if (axes[d] == ManyAtoms)
			return false;
		if (axes[d] >= 0)
			used[axes[d]] = true;
	}
	for (int d = 0; d < NAxes; d++)              /* dimensions of size 1 are the axes that are left, in order */
		for (int a = 0; a < NAxes && axes[d] == NoAxis; a++)
			if (!used[a]) {
				axes[d] = a;
				used[a] = true;
			}
	return true;
}

bool
in_order(const OnnxValue *v)
{
	int axis = 0;
	int64_t left = axis_extent(v->n, 0);

	for (int i = 0; i < v->natoms; i++) {
		const Atom *a = &v->atom[i];
		while (left == 1 && axis + 1 < NAxes)
			left = axis_extent(v->n, ++axis);
		if (a->axis != axis || a->size*a->step != left)
			return false;
		left = a->step;
	}
	return true;
}
