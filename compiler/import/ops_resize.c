/*
** ops_resize.c - Resize and Upsample: by scales or to sizes, in ONNX Runtime's float32. What results from a scale is
** floor(size*scale), the product rounded to float32.
*/
#include <string.h>

#include "import.h"

typedef struct {
	const char *coords, *rounding;
	int size[2];                 /* of the result: rows, columns */
	double scale[2];             /* 0: size/input */
} Resizing;

static int
word_in(const Import *m, const char *name, const char *word, const AttrRow *row)
{
	int count;
	const char *const *words = words_of(row, &count);

	for (int i = 0; i < count; i++)
		if (!strcmp(words[i], word))
			return i;
	refuse(m, "want another %s, got '%s'", name, word);
}

/* read_axes - which of the four axes the scales or sizes are of; how many there are */
static int
read_axes(const Import *m, const OnnxValue *given, int64_t axes[4])
{
	const Onnx__AttributeProto *a = attr_list(m, "axes");
	size_t count = a && a->n_ints ? a->n_ints : 4;

	if (count > 4 || count_elements(given) != count)
		refuse(m, "want a scale or size for each of %zu axes, got %zu", count, count_elements(given));
	for (size_t i = 0; i < count; i++) {
		axes[i] = !a || !a->n_ints ? (int64_t)i : a->ints[i] < 0 ? a->ints[i] + 4 : a->ints[i];
		if (axes[i] < 0 || axes[i] > 3)
			refuse(m, "want axes from 0 to 3, got %lld", (long long)axes[i]);
	}
	return (int)count;
}

/* read_sizes - of the result, by scales or as they are given; the batch and the channels stay */
static void
read_sizes(const Import *m, const OnnxValue *x, const OnnxValue *given, bool to_sizes, Resizing *r)
{
	double size[4] = { (double)x->dim[0], (double)x->dim[1], (double)x->dim[2], (double)x->dim[3] };
	int64_t axes[4];
	int count = read_axes(m, given, axes);

	for (int i = 0; i < count; i++) {
		int64_t k = axes[i];
		float product = (float)given->data[i]*(float)x->dim[k];
		size[k] = to_sizes ? given->data[i] : (double)(int)(product > 0 && product < 1e9f ? product : 0);
		if (k >= 2 && !to_sizes)
			r->scale[k-2] = given->data[i];
	}
	if (size[0] != (double)x->dim[0] || size[1] != (double)x->dim[1])
		refuse(m, "want batch and channels as they are, got them resized");
	for (int i = 0; i < 2; i++) {
		if (!(size[i+2] >= 1 && size[i+2] <= 4096))
			refuse(m, "want images of 1 to 4096 pixels a side, got %g", size[i+2]);
		r->size[i] = (int)size[i+2];
	}
}

/* plain_axis - the sizes say the same as the scale: every pixel comes from the same place */
static bool
plain_axis(const Node *n, bool rows, int in, int out)
{
	Attr plain = n->a;

	plain.scale_h = plain.scale_w = 0;
	for (int i = 0; i < out && n->op == O_upsample_bicubic; i++) {
		Cubic a = cubic_at(&n->a, rows, in, out, i), b = cubic_at(&plain, rows, in, out, i);
		if (memcmp(&a, &b, sizeof a))
			return false;
	}
	for (int i = 0; i < out && n->op != O_upsample_bicubic; i++) {
		Sample a = sample_at(&n->a, n->op == O_upsample_nearest, rows, in, out, i);
		Sample b = sample_at(&plain, n->op == O_upsample_nearest, rows, in, out, i);
		if (a.from != b.from || a.to != b.to || a.share != b.share)
			return false;
	}
	return true;
}

static void
resize(Import *m, OnnxValue x, const char *mode, const Resizing *r)
{
	Shape s = x.n->out->shape;
	bool nearest = !strcmp(mode, "nearest"), cubic = !strcmp(mode, "cubic");
	Node *n;

	if (r->size[0] == s.h && r->size[1] == s.w) {
		set_result(m, x);                    /* a result of the same size is a copy, whatever the scale */
		return;
	}
	if (!nearest && is_bytes(x.n->out))          /* ONNX Runtime cuts off their fractions, or not, as its own layout is */
		refuse(m, "want mode nearest for bytes, or floats (DequantizeLinear before it, QuantizeLinear behind), got mode %s",
		       mode);
	n = node_on(m, nearest ? O_upsample_nearest : cubic ? O_upsample_bicubic : O_upsample_bilinear, x.n);
	if (cubic) {
		n->a.sharpness = shortest_decimal(attr_real(m, "cubic_coeff_a", -0.75));
		n->a.exclude_outside = attr_int(m, "exclude_outside", 0) != 0;
	}
	n->a.size = (Pair){ r->size[0], r->size[1] };
	n->a.scale_h = r->scale[0] > 0 ? r->scale[0] : (double)((float)r->size[0]/(float)s.h);
	n->a.scale_w = r->scale[1] > 0 ? r->scale[1] : (double)((float)r->size[1]/(float)s.w);
	n->a.coords = word_in(m, "coordinate_transformation_mode", r->coords, &attr_rows[At_coords]);
	if (nearest)
		n->a.rounding = word_in(m, "nearest_mode", r->rounding, &attr_rows[At_rounding]);
	if (plain_axis(n, true, s.h, r->size[0]))
		n->a.scale_h = 0;
	if (plain_axis(n, false, s.w, r->size[1]))
		n->a.scale_w = 0;
	finish_image(m, n);
}

static const char *
interpolation(const Import *m)
{
	const char *mode = attr_text(m, "mode", "nearest");

	if (strcmp(mode, "nearest") && strcmp(mode, "linear") && strcmp(mode, "bilinear") && strcmp(mode, "cubic"))
		refuse(m, "want mode nearest, linear or cubic, got '%s'", mode);
	if (attr_int(m, "exclude_outside", 0) && strcmp(mode, "cubic"))
		refuse(m, "want exclude_outside = 0 but for mode cubic, got 1");
	return mode;
}

/* old_rounding - before opset 11 nothing says how: ONNX Runtime takes the next pixel where the image gets smaller */
static const char *
old_rounding(const Import *m, const OnnxValue *scales, const char *mode)
{
	bool smaller = false, larger = false;

	for (size_t i = 0; i < count_elements(scales); i++) {
		smaller = smaller || scales->data[i] < 1;
		larger = larger || scales->data[i] > 1;
	}
	if (smaller && larger && !strcmp(mode, "nearest"))
		refuse(m, "want an image made smaller or larger, got both at once");
	return smaller ? "ceil" : "floor";
}

void
op_resize(Import *m)
{
	OnnxValue x = view_of(image_at(m, 0)), given;
	const char *mode = interpolation(m);
	Resizing r = { "asymmetric", "floor", { 0, 0 }, { 0, 0 } };
	bool to = false;

	if (attr_int(m, "antialias", 0) || strcmp(attr_text(m, "keep_aspect_ratio_policy", "stretch"), "stretch"))
		refuse(m, "want no antialias and keep_aspect_ratio_policy stretch, got others");
	if (m->opset < 11) {
		given = constant_at(m, 1, "scales");
		r.rounding = old_rounding(m, &given, mode);
	} else {
		r.coords = attr_text(m, "coordinate_transformation_mode", "half_pixel");
		r.rounding = attr_text(m, "nearest_mode", "round_prefer_floor");
		if (has_input(m, 3)) {
			given = constant_at(m, 3, "sizes");
			to = count_elements(&given) > 0;
		}
		if (!to)
			given = constant_at(m, 2, "scales");
	}
	read_sizes(m, &x, &given, to, &r);
	resize(m, x, mode, &r);
}

void
op_upsample(Import *m)
{
	OnnxValue x = view_of(image_at(m, 0)), scales = { .rank = 1 };
	const char *mode = interpolation(m);
	const Onnx__AttributeProto *a = attr_reals(m, "scales");
	Resizing r = { "asymmetric", "floor", { 0, 0 }, { 0, 0 } };

	if (a) {
		double *v = arena_new((a->n_floats + 1)*sizeof *v);
		for (size_t i = 0; i < a->n_floats; i++)
			v[i] = (double)a->floats[i];
		scales.dim[0] = (int64_t)a->n_floats;
		scales.data = v;
	} else {
		scales = constant_at(m, 1, "scales");
	}
	r.rounding = old_rounding(m, &scales, mode);
	read_sizes(m, &x, &scales, false, &r);
	resize(m, x, mode, &r);
}
