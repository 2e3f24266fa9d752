/*
** fold_pick.c - elements of constants by indices: picked, put there, or sorted out. Tables of relative positions are
** read so, and masks written.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/* index_along - within a dimension, counted from its end when negative */
static size_t
index_along(const Import *m, double v, int64_t size)
{
	int64_t k = whole_of(v);

	if (k < -size || k >= size)
		refuse(m, "want an index below %lld, got %lld", (long long)size, (long long)k);
	return (size_t)(k < 0 ? k + size : k);
}

/* block_of - elements behind the dimensions that an index tells */
static size_t
block_of(const OnnxValue *x, int64_t from)
{
	size_t inner = 1;

	for (int64_t d = from; d < x->rank; d++)
		inner *= (size_t)x->dim[d];
	return inner;
}

/* place_of - the block that a tuple of indices tells, behind so many dimensions of the batch */
static size_t
place_of(const Import *m, const OnnxValue *x, const double *tuple, int64_t count, int64_t batch)
{
	size_t at = 0;

	for (int64_t d = 0; d < count; d++)
		at = at*(size_t)x->dim[batch + d] + index_along(m, tuple[d], x->dim[batch + d]);
	return at;
}

static void
fold_gather_nd(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), at = constant_at(m, 1, "indices"), y;
	int64_t tuple = at.rank ? at.dim[at.rank - 1] : 0, batch = attr_int(m, "batch_dims", 0), dim[2*MostDims];
	size_t inner, tuples, each = 1;
	int rank = 0;
	double *v;

	if (batch < 0 || batch >= at.rank || tuple < 1 || batch + tuple > x.rank ||
	    at.rank - 1 + x.rank - batch - tuple > MostDims)
		refuse(m, "want indices into %s, got %s", dims_of(&x), dims_of(&at));
	for (int d = 0; d + 1 < at.rank; d++) {
		if (d < batch && x.dim[d] != at.dim[d])
			refuse(m, "want indices of the same batch as %s, got %s", dims_of(&x), dims_of(&at));
		each *= d < batch ? 1 : (size_t)at.dim[d];
		dim[rank++] = at.dim[d];
	}
	for (int64_t d = batch + tuple; d < x.rank; d++)
		dim[rank++] = x.dim[d];
	inner = block_of(&x, batch + tuple);
	tuples = count_elements(&at)/(size_t)tuple;
	y = constant_new(m, x.type, rank, dim, &v);
	for (size_t i = 0; i < tuples; i++) {
		size_t from = place_of(m, &x, at.data + i*(size_t)tuple, tuple, batch)*inner;
		memcpy(v + i*inner, x.data + i/each*block_of(&x, batch) + from, inner*sizeof *v);
	}
	set_result(m, y);
}

/* fold_scatter_nd - a copy with blocks of its own at some places */
static void
fold_scatter_nd(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), at = constant_at(m, 1, "indices"), with = constant_at(m, 2, "updates"), y;
	int64_t tuple = at.rank ? at.dim[at.rank - 1] : 0;
	const char *how = attr_text(m, "reduction", "none");
	size_t inner, tuples;
	double *v;

	if (tuple < 1 || tuple > x.rank)
		refuse(m, "want indices into %s, got %s", dims_of(&x), dims_of(&at));
	if (strcmp(how, "none"))
		refuse(m, "want reduction none, got '%s'", how);
	inner = block_of(&x, tuple);
	tuples = count_elements(&at)/(size_t)tuple;
	if (count_elements(&with) != tuples*inner)
		refuse(m, "want %zu elements to put there, got %zu", tuples*inner, count_elements(&with));
	y = constant_new(m, x.type, x.rank, x.dim, &v);
	memcpy(v, x.data, count_elements(&x)*sizeof *v);
	for (size_t i = 0; i < tuples; i++)
		memcpy(v + place_of(m, &x, at.data + i*(size_t)tuple, tuple, 0)*inner, with.data + i*inner, inner*sizeof *v);
	set_result(m, y);
}

/* fold_by_element - along an axis each element of the indices tells one: picked, or put there */
static void
fold_by_element(Import *m, bool puts)
{
	OnnxValue x = constant_at(m, 0, "input"), at = constant_at(m, 1, "indices"), with = x, y;
	int axis = axis_in(m, attr_int(m, "axis", 0), x.rank);
	int64_t k[MostDims] = { 0 };
	double *v;

	if (puts)
		with = constant_at(m, 2, "updates");
	if (puts && strcmp(attr_text(m, "reduction", "none"), "none"))
		refuse(m, "want reduction none, got '%s'", attr_text(m, "reduction", "none"));
	for (int d = 0; d < x.rank; d++)
		if (at.rank != x.rank || (d != axis && at.dim[d] > x.dim[d]) ||
		    (puts && (with.rank != at.rank || with.dim[d] != at.dim[d])))
			refuse(m, "want indices into %s, got %s", dims_of(&x), dims_of(&at));
	y = constant_new(m, x.type, x.rank, puts ? x.dim : at.dim, &v);
	if (puts)
		memcpy(v, x.data, count_elements(&x)*sizeof *v);
	for (size_t i = 0; i < count_elements(&at); i++) {
		size_t there = 0;
		for (int d = 0; d < x.rank; d++)
			there = there*(size_t)x.dim[d] + (d == axis ? index_along(m, at.data[i], x.dim[d]) : (size_t)k[d]);
		v[puts ? there : i] = puts ? with.data[i] : x.data[there];
		for (int d = x.rank - 1; d >= 0 && ++k[d] == at.dim[d]; d--)
			k[d] = 0;
	}
	set_result(m, y);
}

static void fold_gather_elements(Import *m)  { fold_by_element(m, false); }
static void fold_scatter_elements(Import *m) { fold_by_element(m, true); }

const OnnxOp pick_folds[] = {
	{ "GatherElements", fold_gather_elements, 11 }, { "GatherND", fold_gather_nd, 11 },
	{ "Scatter", fold_scatter_elements, 9 }, { "ScatterElements", fold_scatter_elements, 11 },
	{ "ScatterND", fold_scatter_nd, 11 }, { NULL, NULL, 0 },
};
