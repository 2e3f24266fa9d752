/*
** fold_sums.c - constants that are summed, multiplied as matrices, normalised, cast or made: weights that are
** standardised or quantised in the file.
*/
#include <math.h>
#include <string.h>

#include "import.h"

/* reduced_axes - those of the attribute or input; all where none are given */
void
reduced_axes(const Import *m, const OnnxValue *x, bool *reduced)
{
	int64_t axes[MostDims];
	int count = list_of(m, "axes", 1, axes, MostDims);

	for (int d = 0; d < x->rank; d++)
		reduced[d] = count <= 0 && !attr_int(m, "noop_with_empty_axes", 0);
	for (int i = 0; i < count; i++)
		reduced[axis_in(m, axes[i], x->rank)] = true;
}

typedef enum { SumOf, MeanOf, MaxOf, MinOf, ProductOf, SquaresOf, NormOf, SizesOf } Folding;

static double
gathered(Folding how, double sum, double v)
{
	switch (how) {
	case MaxOf:     return isnan(v) || v > sum ? v : sum;
	case MinOf:     return isnan(v) || v < sum ? v : sum;
	case ProductOf: return sum*v;
	case SquaresOf:
	case NormOf:    return sum + v*v;
	case SizesOf:   return sum + fabs(v);
	case SumOf:
	case MeanOf:    break;
	}
	return sum + v;
}

static void
fold_reduce(Import *m, Folding how)
{
	OnnxValue x = constant_at(m, 0, "input"), y;
	int64_t kept[MostDims], dim[MostDims], at[MostDims] = { 0 };
	bool gone[MostDims], keep = attr_int(m, "keepdims", 1) != 0;
	size_t count = count_elements(&x), each;
	int rank = 0;
	double *v, start = how == ProductOf ? 1 : how == MaxOf ? -(double)INFINITY :
	                  how == MinOf ? (double)INFINITY : 0;

	reduced_axes(m, &x, gone);
	for (int d = 0; d < x.rank; d++) {
		kept[d] = gone[d] ? 1 : x.dim[d];
		if (!gone[d] || keep)
			dim[rank++] = kept[d];
	}
	y = constant_new(m, x.type, rank, dim, &v);
	each = count_elements(&y) ? count/count_elements(&y) : 0;
	for (size_t i = 0; i < count_elements(&y); i++)
		v[i] = start;
	for (size_t i = 0; i < count; i++) {
		size_t to = 0;
		for (int d = 0; d < x.rank; d++)
			to = to*(size_t)kept[d] + (gone[d] ? 0 : (size_t)at[d]);
		v[to] = gathered(how, v[to], x.data[i]);
		for (int d = x.rank - 1; d >= 0 && ++at[d] == x.dim[d]; d--)
			at[d] = 0;
	}
	for (size_t i = 0; i < count_elements(&y); i++)
		v[i] = rounded_to(x.type, how == MeanOf ? v[i]/(double)each : how == NormOf ? sqrt(v[i]) : v[i]);
	set_result(m, y);
}

static void fold_sum(Import *m)     { fold_reduce(m, SumOf); }
static void fold_mean(Import *m)    { fold_reduce(m, MeanOf); }
static void fold_max(Import *m)     { fold_reduce(m, MaxOf); }
static void fold_min(Import *m)     { fold_reduce(m, MinOf); }
static void fold_product(Import *m) { fold_reduce(m, ProductOf); }
static void fold_squares(Import *m) { fold_reduce(m, SquaresOf); }
static void fold_norm(Import *m)    { fold_reduce(m, NormOf); }
static void fold_sizes(Import *m)   { fold_reduce(m, SizesOf); }

/* fold_matmul - of matrices, stacks of them and vectors; a vector is a row on the left and a column on the right */
static void
fold_matmul(Import *m)
{
	OnnxValue a = constant_at(m, 0, "input"), b = constant_at(m, 1, "input"), left = a, right = b, y;
	int64_t rows = a.rank > 1 ? a.dim[a.rank - 2] : 1, inner = a.rank ? a.dim[a.rank - 1] : 0;
	int64_t cols = b.rank > 1 ? b.dim[b.rank - 1] : 1, at[MostDims] = { 0 }, dim[MostDims];
	int64_t size[2] = { rows*inner, inner*cols };
	size_t from[2] = { 0, 0 }, step[2][MostDims], count;
	int rank, stack;
	double *v;

	left.rank = a.rank > 2 ? a.rank - 2 : 0;
	right.rank = b.rank > 2 ? b.rank - 2 : 0;
	if (a.rank < 1 || b.rank < 1 || inner != b.dim[b.rank > 1 ? b.rank - 2 : 0] ||
	    !shapes_meet(&left, &right, &rank, dim) || rank > MostDims - 2)
		refuse(m, "want constant matrices that fit, got %s and %s", dims_of(&a), dims_of(&b));
	steps_of(&left, rank, step[0]);
	steps_of(&right, rank, step[1]);
	stack = rank;
	if (a.rank > 1)
		dim[rank++] = rows;
	if (b.rank > 1)
		dim[rank++] = cols;
	y = constant_new(m, a.type, rank, dim, &v);
	count = count_elements(&y);
	if (inner && count > (UINT64_C(1) << 32)/(uint64_t)inner)
		refuse(m, "want at most 2^32 products of constants, got %s by %s", dims_of(&a), dims_of(&b));
	for (size_t e = 0; e < count; e += (size_t)(rows*cols)) {
		const double *p = a.data + from[0]*(size_t)size[0], *q = b.data + from[1]*(size_t)size[1];
		for (int64_t i = 0; i < rows; i++)
			for (int64_t j = 0; j < cols; j++) {
				double sum = 0;
				for (int64_t k = 0; k < inner; k++)
					sum += p[i*inner + k]*q[k*cols + j];
				v[(int64_t)e + i*cols + j] = rounded_to(a.type, sum);
			}
		for (int d = stack - 1; d >= 0; d--) {
			for (int k = 0; k < 2; k++)
				from[k] += step[k][d];
			if (++at[d] < dim[d])
				break;
			for (int k = 0; k < 2; k++)
				from[k] -= step[k][d]*(size_t)dim[d];
			at[d] = 0;
		}
	}
	set_result(m, y);
}

/* along - how far apart elements of one axis are, which has so many of them */
static size_t
along(const OnnxValue *x, int axis)
{
	size_t inner = 1;

	for (int d = axis + 1; d < x->rank; d++)
		inner *= (size_t)x->dim[d];
	return inner;
}

/* own_statistics - mean and variance of each channel of x itself, as in training */
static void
own_statistics(const OnnxValue *x, double *mean, double *var)
{
	size_t inner = along(x, 1), channels = (size_t)x->dim[1], count = count_elements(x);
	double each = (double)count/(double)(channels ? channels : 1);

	for (size_t i = 0; i < count; i++)
		mean[i/inner%channels] += x->data[i]/each;
	for (size_t i = 0; i < count; i++) {
		size_t c = i/inner%channels;
		var[c] += (x->data[i] - mean[c])*(x->data[i] - mean[c])/each;
	}
}

static void
fold_batch_norm(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), p[4], y;
	double *v, *own[2], eps = attr_real(m, "epsilon", 1e-5);
	size_t inner, count = count_elements(&x);

	if (x.rank < 2)
		refuse(m, "want channels, got %s", dims_of(&x));
	inner = along(&x, 1);
	for (int i = 0; i < 4; i++) {
		p[i] = constant_at(m, (size_t)i + 1, "batch norm parameter");
		if (count_elements(&p[i]) != (size_t)x.dim[1])
			refuse(m, "want %lld values in '%s', got %zu", (long long)x.dim[1], p[i].name,
			       count_elements(&p[i]));
	}
	if (attr_int(m, "training_mode", 0)) {
		for (int i = 0; i < 2; i++)
			p[i+2].data = own[i] = arena_new(((size_t)x.dim[1] + 1)*sizeof **own);
		own_statistics(&x, own[0], own[1]);
	}
	y = constant_new(m, x.type, x.rank, x.dim, &v);
	for (size_t i = 0; i < count; i++) {
		size_t c = i/inner%(size_t)x.dim[1];
		v[i] = rounded_to(x.type,
		                  (x.data[i] - p[2].data[c])/sqrt(p[3].data[c] + eps)*p[0].data[c] + p[1].data[c]);
	}
	set_result(m, y);
}

static void
fold_dequantize(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), scale = scale_at(m, 1), zero = zero_at(m, 2, &scale, x.type);

	if (attr_int(m, "block_size", 0))
		refuse(m, "want one scale and zero point, or one each along an axis, got %s for %s", dims_of(&scale), dims_of(&x));
	set_result(m, constant_dequantized(m, &x, &scale, &zero, (int)attr_int(m, "axis", 1)));
}

/* fold_quantize - to the nearest step of 8 or 16 bits, ties to even */
static void
fold_quantize(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), scale = constant_at(m, 1, "scale"), zero = { .type = TypeUint8 }, y;
	bool one = count_elements(&scale) == 1;
	int axis = one ? 0 : axis_in(m, attr_int(m, "axis", 1), x.rank);
	size_t inner = along(&x, axis), count = count_elements(&x);
	double *v, lo, hi;

	if (has_input(m, 2))
		zero = constant_at(m, 2, "zero point");
	zero.type = (int)attr_int(m, "output_dtype", zero.type);
	lo = zero.type == TypeInt8 ? -128 : zero.type == TypeInt16 ? -32768 : 0;
	hi = zero.type == TypeInt8 ? 127 : zero.type == TypeUint8 ? 255 : zero.type == TypeInt16 ? 32767 :
	     zero.type == TypeUint16 ? 65535 : -1;
	if (hi < 0 || (!one && count_elements(&scale) != (size_t)x.dim[axis]) ||
	    (zero.data && count_elements(&zero) != count_elements(&scale)))
		refuse(m,
		       "want one scale and zero point of 8 or 16 bits, or one each along an axis, got %s for %s",
		        dims_of(&scale), dims_of(&x));
	y = constant_new(m, zero.type, x.rank, x.dim, &v);
	for (size_t i = 0; i < count; i++) {
		size_t c = one ? 0 : i/inner%(size_t)x.dim[axis];
		v[i] = fmin(fmax(nearbyint(rounded_to(TypeFloat, x.data[i]/scale.data[c])) + (zero.data ?
		        zero.data[c] : 0), lo), hi);
	}
	set_result(m, y);
}

/* fold_where - what b says of each element: x's or y's */
static void
fold_where(Import *m)
{
	OnnxValue b = constant_at(m, 0, "condition"), x = constant_at(m, 1, "input"),
	        y = constant_at(m, 2, "input"), all[3], z;
	OnnxValue both = { 0 };
	int64_t dim[MostDims], at[MostDims] = { 0 };
	int rank;
	double *v;

	if (!shapes_meet(&x, &y, &both.rank, both.dim) || !shapes_meet(&both, &b, &rank, dim))
		refuse(m, "want constants whose shapes go together, got %s, %s and %s", dims_of(&b), dims_of(&x),
		       dims_of(&y));
	all[0] = b;
	all[1] = x;
	all[2] = y;
	z = constant_new(m, x.type, rank, dim, &v);
	for (size_t i = 0; i < count_elements(&z); i++) {
		double value[3];
		for (int k = 0; k < 3; k++) {
			size_t from = 0;
			for (int d = 0; d < all[k].rank; d++)
				from = from*(size_t)all[k].dim[d] + (all[k].dim[d] == 1 ? 0 :
				                                     (size_t)at[d + rank - all[k].rank]);
			value[k] = all[k].data[from];
		}
		v[i] = value[0] != 0 ? value[1] : value[2];
		for (int d = rank - 1; d >= 0 && ++at[d] == dim[d]; d--)
			at[d] = 0;
	}
	set_result(m, z);
}

static void
fold_range(Import *m)
{
	OnnxValue from = constant_at(m, 0, "start"), to = constant_at(m, 1, "limit"),
	        step = constant_at(m, 2, "step"), y;
	double count = ceil((to.data[0] - from.data[0])/step.data[0]), *v;
	int64_t dim[1];

	if (!(step.data[0] != 0) || !(count <= MostElements))
		refuse(m, "want a range of at most %d numbers, got another", MostElements);
	dim[0] = count > 0 ? (int64_t)count : 0;
	y = constant_new(m, from.type, 1, dim, &v);
	for (int64_t i = 0; i < dim[0]; i++)
		v[i] = rounded_to(from.type, from.data[0] + (double)i*step.data[0]);
	set_result(m, y);
}

static void
fold_constant_of_shape(Import *m)
{
	OnnxValue shape = constant_at(m, 0, "shape"), fill = { .type = TypeFloat }, y;
	const Onnx__AttributeProto *a = attr_find(m, "value");
	int64_t dim[MostDims];
	double *v;

	if (a && a->t)
		fill = onnx_constant(m->file, a->t);
	if (count_elements(&shape) > MostDims)
		refuse(m, "want at most %d dimensions, got %zu", MostDims, count_elements(&shape));
	for (size_t i = 0; i < count_elements(&shape); i++)
		dim[i] = whole_of(shape.data[i]);
	y = constant_new(m, fill.type, (int)count_elements(&shape), dim, &v);
	for (size_t i = 0; i < count_elements(&y); i++)
		v[i] = fill.data && count_elements(&fill) ? fill.data[0] : 0;
	set_result(m, y);
}

static void
fold_cast(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), y;
	double *v;

	y = constant_new(m, (int)attr_int(m, "to", 0), x.rank, x.dim, &v);
	for (size_t i = 0; i < count_elements(&x); i++)
		v[i] = rounded_to(y.type, x.data[i]);
	set_result(m, y);
}

static void
fold_cast_like(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), like = constant_at(m, 1, "type"), y;
	double *v;

	y = constant_new(m, like.type, x.rank, x.dim, &v);
	for (size_t i = 0; i < count_elements(&x); i++)
		v[i] = rounded_to(y.type, x.data[i]);
	set_result(m, y);
}

/* fold_running_sums - along an axis, from either end, with or without the number itself */
static void
fold_running_sums(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), along = constant_at(m, 1, "axis"), y;
	int axis = axis_in(m, count_elements(&along) ? whole_of(along.data[0]) : 0, x.rank);
	bool without = attr_int(m, "exclusive", 0) != 0, reverse = attr_int(m, "reverse", 0) != 0;
	size_t each = 1, length = (size_t)x.dim[axis];
	double *v;

	y = constant_new(m, x.type, x.rank, x.dim, &v);
	for (int d = axis + 1; d < x.rank; d++)
		each *= (size_t)x.dim[d];
	for (size_t first = 0; first < count_elements(&x); first += length*each)
		for (size_t i = 0; i < each; i++) {
			double sum = 0;
			for (size_t k = 0; k < length; k++) {
				size_t at = first + (reverse ? length - 1 - k : k)*each + i;
				double before = sum;
				sum = rounded_to(x.type, sum + x.data[at]);
				v[at] = without ? before : sum;
			}
		}
	set_result(m, y);
}

/* fold_triangle - of the last two dimensions, what lies above a diagonal or below it; zeros elsewhere */
static void
fold_triangle(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), diagonal, y;
	bool upper = attr_int(m, "upper", 1) != 0;
	int64_t k = 0, rows, columns;
	double *v;

	if (has_input(m, 1)) {
		diagonal = constant_at(m, 1, "diagonal");
		k = count_elements(&diagonal) ? whole_of(diagonal.data[0]) : 0;
	}
	if (x.rank < 2)
		refuse(m, "want matrices, got %s", dims_of(&x));
	y = constant_new(m, x.type, x.rank, x.dim, &v);
	rows = x.dim[x.rank - 2];
	columns = x.dim[x.rank - 1];
	for (size_t i = 0; i < count_elements(&x); i++) {
		int64_t row = (int64_t)i/columns%rows, column = (int64_t)i%columns;
		v[i] = (upper ? column - row >= k : column - row <= k) ? x.data[i] : 0;
	}
	set_result(m, y);
}

static void
fold_clip(Import *m)
{
	OnnxValue x = constant_at(m, 0, "input"), y;
	double bound[2], *v;

	clip_bounds(m, bound);
	y = constant_new(m, x.type, x.rank, x.dim, &v);
	for (size_t i = 0; i < count_elements(&x); i++)
		v[i] = x.data[i] > bound[1] ? bound[1] : x.data[i] < bound[0] ? bound[0] : x.data[i];
	set_result(m, y);
}

/* clip_bounds - from attributes or, since opset 11, inputs; the largest float32 where there are none */
void
clip_bounds(const Import *m, double bound[2])
{
	static const char *const names[] = { "min", "max" };

	bound[0] = attr_real(m, "min", -3.4e38);
	bound[1] = attr_real(m, "max", 3.4e38);
	for (size_t i = 0; i < 2; i++)
		if (has_input(m, i + 1)) {
			OnnxValue v = constant_at(m, i + 1, names[i]);
			if (count_elements(&v) != 1)
				refuse(m, "want %s as a single value, got %s", names[i], dims_of(&v));
			bound[i] = v.data[0];
		}
}

const OnnxOp sum_folds[] = {
	{ "BatchNormalization", fold_batch_norm, 7 }, { "Cast", fold_cast, 7 },
	{ "CastLike", fold_cast_like, 15 }, { "Clip", fold_clip, 7 },
	{ "ConstantOfShape", fold_constant_of_shape, 7 }, { "CumSum", fold_running_sums, 11 },
	{ "DequantizeLinear", fold_dequantize, 10 }, { "MatMul", fold_matmul, 7 },
	{ "QuantizeLinear", fold_quantize, 10 },
	{ "Range", fold_range, 7 }, { "ReduceL1", fold_sizes, 7 }, { "ReduceL2", fold_norm, 7 },
	{ "ReduceMax", fold_max, 7 },
	{ "ReduceMean", fold_mean, 7 }, { "ReduceMin", fold_min, 7 }, { "ReduceProd", fold_product, 7 },
	{ "ReduceSum", fold_sum, 7 },
	{ "ReduceSumSquare", fold_squares, 7 }, { "Trilu", fold_triangle, 14 }, { "Where", fold_where, 7 }, { NULL, NULL, 0 },
};
