/* scales.c - scales and zero points: what may be one, and constants that are made floats by them. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "import.h"

const char *
type_name(int type)
{
	for (int i = 0; i < NDtypes; i++)
		if (dtype_rows[i].onnx == type)
			return dtype_rows[i].words;
	return "another type";
}

OnnxValue
scale_at(const Import *m, size_t i)
{
	OnnxValue s = constant_at(m, i, "scale");

	if (s.type != TypeFloat)
		refuse(m, "want the scale '%s' as floats, got %s", s.name, type_name(s.type));
	for (size_t k = 0; k < count_elements(&s); k++)
		if (!(s.data[k] >= (double)FLT_MIN && s.data[k] <= (double)FLT_MAX))
			refuse(m, "want scales that are normal floats above 0, got %g in '%s'", s.data[k], s.name);
	return s;
}

OnnxValue
zero_at(const Import *m, size_t i, const OnnxValue *scale, int type)
{
	OnnxValue z = { .rank = scale->rank, .type = type };

	if (!has_input(m, i)) {
		memcpy(z.dim, scale->dim, sizeof z.dim);
		z.data = arena_new((count_elements(scale) + 1)*sizeof *z.data);
		return z;
	}
	z = constant_at(m, i, "zero point");
	if (type && z.type != type)
		refuse(m, "want the zero point '%s' as %s, as what it is of, got %s", z.name, type_name(type), type_name(z.type));
	if (count_elements(&z) != count_elements(scale))
		refuse(m, "want a zero point for each scale, got %zu for %zu", count_elements(&z), count_elements(scale));
	return z;
}

/* constant_dequantized - (x - zero point)*scale, of all or along an axis; what it was made of stays known */
OnnxValue
constant_dequantized(const Import *m, const OnnxValue *x, const OnnxValue *scale, const OnnxValue *zero, int axis)
{
	bool one = count_elements(scale) == 1;
	size_t inner = 1, count = count_elements(x);
	double *v, *whole = arena_new((count + 1)*sizeof *whole);
	OnnxValue y = constant_new(m, TypeFloat, x->rank, x->dim, &v);

	axis = one ? 0 : axis_in(m, axis, x->rank);
	for (int d = axis + 1; d < x->rank; d++)
		inner *= (size_t)x->dim[d];
	if (!one && count_elements(scale) != (size_t)x->dim[axis])
		refuse(m, "want one scale and zero point, or one each along an axis, got %s for %s", dims_of(scale), dims_of(x));
	for (size_t i = 0; i < count; i++) {
		size_t c = one ? 0 : i/inner%(size_t)x->dim[axis];
		whole[i] = x->data[i] - zero->data[c];
		v[i] = rounded_to(TypeFloat, whole[i]*scale->data[c]);
	}
	y.scales = scale->data;
	y.nscales = (int)count_elements(scale);
	y.scale_axis = axis;
	y.whole = whole;
	return y;
}
