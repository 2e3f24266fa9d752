/*
** constants.c - constants that are made while reading: their precision, their memory, what two shapes make together.
*/
#include <math.h>
#include <string.h>

#include "import.h"

bool
is_whole(int type)
{
	return type != TypeFloat && type != TypeHalf && type != TypeDouble && type != TypeBrain;
}

/* to_bits - rounded to so many bits, like the formats with exponents down to least */
static double
to_bits(double v, int bits, int least)
{
	int exponent;

	if (!isfinite(v) || v == 0)
		return v;
	frexp(v, &exponent);
	exponent = (exponent < least ? least : exponent) - bits;
	return ldexp(nearbyint(ldexp(v, -exponent)), exponent);
}

double
rounded_to(int type, double v)
{
	switch (type) {
	case TypeFloat:  return (double)(float)v;
	case TypeDouble: return v;
	case TypeBrain:  return to_bits(v, 8, -125);
	case TypeBool:   return v != 0;
	case TypeHalf:
		v = to_bits(v, 11, -13);
		return fabs(v) > 65504 ? copysign((double)INFINITY, v) : v;
	}
	return isnan(v) ? 0 : trunc(v);
}

OnnxValue
constant_new(const Import *m, int type, int rank, const int64_t *dim, double **data)
{
	OnnxValue v = { .rank = rank, .type = type };
	int64_t count = 1;

	if (rank > MostDims)
		refuse(m, "want at most %d dimensions, got %d", MostDims, rank);
	for (int i = 0; i < rank; i++) {
		v.dim[i] = dim[i];
		if (dim[i] < 0 || (dim[i] && count > MostElements/dim[i]))
			refuse(m, "want a constant of at most %d elements, got more", MostElements);
		count *= dim[i];
	}
	v.data = *data = arena_new(((size_t)count + 1)*sizeof **data);
	return v;
}

bool
shapes_meet(const OnnxValue *a, const OnnxValue *b, int *rank, int64_t *dim)
{
	*rank = a->rank > b->rank ? a->rank : b->rank;
	for (int d = 0; d < *rank; d++) {
		int i = d - (*rank - a->rank), k = d - (*rank - b->rank);
		int64_t p = i < 0 ? 1 : a->dim[i], q = k < 0 ? 1 : b->dim[k];
		if (p != q && p != 1 && q != 1)
			return false;
		dim[d] = p == 1 ? q : p;
	}
	return true;
}

void
steps_of(const OnnxValue *v, int rank, size_t *step)
{
	size_t at = 1;

	for (int d = rank - 1; d >= 0; d--) {
		int i = d - (rank - v->rank);
		step[d] = i < 0 || v->dim[i] == 1 ? 0 : at;
		at *= i < 0 ? 1 : (size_t)v->dim[i];
	}
}
