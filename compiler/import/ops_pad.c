/*
** ops_pad.c - what stands around tensors: of images in one node, of other dimensions as rows of an image, one after the
** other.
*/
#include <string.h>

#include "import.h"

typedef struct {
	int64_t full[2*MostDims];    /* before each dimension, then after each */
	Fill mode;
	bool wrap;                   /* the other end of each dimension instead of a mode */
	double value;
} Padding;

/* read_pads - before and after each dimension */
static void
read_pads(const Import *m, int rank, int64_t *full)
{
	int64_t p[2*MostDims], axes[MostDims];
	int count = list_of(m, "pads", 1, p, 2*rank), naxes = has_input(m, 3) ? list_of(m, "", 3, axes, MostDims) : -1;

	if (naxes < 0)
		for (naxes = 0; naxes < rank; naxes++)
			axes[naxes] = naxes;
	if (count != 2*naxes)
		refuse(m, "want %d pads, got %d", 2*naxes, count);
	for (int i = 0; i < naxes; i++) {
		int a = axis_in(m, axes[i], rank);
		full[a] = p[i];
		full[a + rank] = p[i + naxes];
	}
	for (int i = 0; i < 2*rank; i++)
		if (full[i] < -4096 || full[i] > 4096)
			refuse(m, "want pads from -4096 to 4096, got %lld", (long long)full[i]);
}

static Padding
padding_of(const Import *m, int rank)
{
	Padding p = { .full = { 0 }, .value = attr_real(m, "value", 0) };
	const char *mode = attr_text(m, "mode", "constant");

	read_pads(m, rank, p.full);
	if (has_input(m, 2)) {
		OnnxValue v = constant_at(m, 2, "value");
		p.value = count_elements(&v) ? v.data[0] : 0;
	}
	if (strcmp(mode, "constant") && strcmp(mode, "edge") && strcmp(mode, "reflect") && strcmp(mode, "wrap"))
		refuse(m, "want mode constant, reflect, edge or wrap, got '%s'", mode);
	p.wrap = *mode == 'w';
	p.mode = *mode == 'r' ? Fill_reflect : *mode == 'e' ? Fill_replicate : Fill_constant;
	p.value = p.mode == Fill_constant && !p.wrap ? p.value : 0;
	return p;
}

/* cropped - what pads below 0 leave; they are 0 then */
static OnnxValue
cropped(Import *m, OnnxValue v, int64_t *full)
{
	Cut cut[MostDims];

	for (int d = 0; d < v.rank; d++) {
		cut[d] = (Cut){ full[d] < 0 ? -full[d] : 0, v.dim[d] + (full[d+v.rank] < 0 ? full[d+v.rank] : 0), 1 };
		full[d] = full[d] < 0 ? 0 : full[d];
		full[d+v.rank] = full[d+v.rank] < 0 ? 0 : full[d+v.rank];
	}
	return cut_out(m, v, cut);
}

/* padded - rows, columns and channels around those of x */
static Node *
padded(Import *m, Node *x, const Padding *p, Pair channels, Sides around)
{
	Shape s = x->out->shape;
	Node *n;

	if (p->mode == Fill_reflect && (around.t >= s.h || around.b >= s.h || around.l >= s.w || around.r >= s.w))
		refuse(m, "want less around the image than it has, got %d, %d, %d and %d of %dx%d", around.t, around.l, around.b,
		       around.r, s.h, s.w);
	n = node_on(m, O_pad, x);
	n->a.mode = (int)p->mode;
	n->a.value = p->value;
	n->a.channels = channels;
	n->a.padding = around;
	return node_put(m, n);
}

/* padded_apart - in any dimensions: one after the other as the rows of an image, those before it as channels */
static OnnxValue
padded_apart(Import *m, OnnxValue x, const Padding *p)
{
	for (int d = x.rank - 1; d >= 0; d--) {
		int64_t dim[MostDims], before = p->full[d], after = p->full[d + x.rank];
		OnnxValue y;
		if (!before && !after)
			continue;
		memcpy(dim, x.dim, sizeof dim);
		dim[d] += before + after;
		x = view_arranged(m, &x, d, d + 1);
		y = view_of(padded(m, x.n, p, (Pair){ 0, 0 }, (Sides){ (int)before, 0, (int)after, 0 }));
		if (!view_reshape(&y, x.rank, dim, &x))
			die("a padding of other dimensions");
	}
	return x;
}

/* cut_along - from at on along dimension d */
static OnnxValue
cut_along(Import *m, OnnxValue x, int d, int64_t at, int64_t count)
{
	Cut cut[MostDims];

	for (int i = 0; i < x.rank; i++)
		cut[i] = i == d ? (Cut){ at, at + count, 1 } : (Cut){ 0, x.dim[i], 1 };
	return cut_out(m, x, cut);
}

/* wrapped - before each dimension its end, behind it its beginning */
static OnnxValue
wrapped(Import *m, OnnxValue x, const int64_t *full)
{
	for (int d = 0; d < x.rank; d++) {
		int64_t before = full[d], after = full[d + x.rank];
		OnnxValue parts[3];
		int count = 0;
		if (before > x.dim[d] || after > x.dim[d])
			refuse(m, "want at most as much around a dimension as it has, got %lld and %lld of %lld", (long long)before,
			       (long long)after, (long long)x.dim[d]);
		if (before)
			parts[count++] = cut_along(m, x, d, x.dim[d] - before, before);
		parts[count++] = x;
		if (after)
			parts[count++] = cut_along(m, x, d, 0, after);
		x = count > 1 ? joined(m, parts, count, d) : x;
	}
	return x;
}

/* pad - x, of floats */
static OnnxValue
pad(Import *m, OnnxValue x, Padding p)
{
	int64_t *full = p.full;
	bool image = x.rank == NAxes && as_image(m, &x);

	if (x.rank && x.dim[0] == x.n->out->shape.n && (full[0] || full[x.rank]))
		refuse(m, "want no padding of the batch, got %lld and %lld", (long long)full[0], (long long)full[x.rank]);
	x = cropped(m, image ? view_of(as_image(m, &x)) : x, full);
	if (p.wrap)
		return wrapped(m, x, full);
	if (!image || full[0] || full[NAxes] || (p.mode != Fill_constant && (full[1] || full[5])))
		return padded_apart(m, x, &p);
	if (p.mode == Fill_constant && p.value < -3e38 && !full[1] && !full[5]) {
		x.infinite = (Sides){ (int)full[2], (int)full[3], (int)full[6], (int)full[7] };
		x.dim[2] += full[2] + full[6];
		x.dim[3] += full[3] + full[7];
		return x;
	}
	return view_of(padded(m, x.n, &p, (Pair){ (int)full[1], (int)full[5] },
	                      (Sides){ (int)full[2], (int)full[3], (int)full[6], (int)full[7] }));
}

void
op_pad(Import *m)
{
	OnnxValue x = tensor_at(m, 0), floats = x;
	Padding p = padding_of(m, x.rank);

	if (!is_bytes(x.n->out)) {
		set_result(m, pad(m, x, p));
		return;
	}
	p.value = floats_of_bytes(m, &floats, p.value);
	set_result(m, bytes_again(m, pad(m, floats, p), x.n));
}
