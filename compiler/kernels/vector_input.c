/*
** vector_input.c - what kernels that go vector by vector read: floats or bytes, of the result's shape or one value a
** channel, a pixel or an image.
*/
#include "kernel.h"

bool
is_repeated(const Kernel *k, int input)
{
	return !same_shape(k->in[input].shape, k->out->shape);
}

/* is_point - is it the same for all pixels */
static bool
is_point(const Kernel *k, int input)
{
	return is_repeated(k, input) && k->in[input].shape.h*k->in[input].shape.w == 1;
}

void
emit_vector_input(Out *o, const Kernel *k, const char *name, int input)
{
	const View *v = &k->in[input];
	bool whole = v->shape.c == k->out->shape.c, bytes = v->dtype == DT_u8;
	const char *image = k->out->shape.n > 1 ? arena_text(" + n*%zu", v->lay.image) : "";
	const char *base = whole ? vector_base(k, name, &v->lay) : arena_text("%s%s%s", name, image, plus(v->lay.origin));

	if (!is_point(k, input))
		out_line(o, "const %s *%sv = %s;", dtype_rows[v->dtype].c, name, base);
	else if (bytes && !whole)
		out_line(o, "V %sg = splat((float)*(%s));", name, base);
	else
		out_line(o, "V %sg = %s(%s);", name, bytes ? "ld8" : whole ? "ld" : "bc", base);
}

const char *
vector_input(const Kernel *k, const char *name, int input)
{
	const View *v = &k->in[input];
	bool whole = v->shape.c == k->out->shape.c, bytes = v->dtype == DT_u8;
	const char *pixel = arena_text("i*%zu + j*%d", v->lay.row, v->lay.cb);

	if (is_point(k, input))
		return arena_text("%sg", name);
	if (bytes && !whole)
		return arena_text("splat((float)%sv[%s])", name, pixel);
	return arena_text("%s(%sv + %s)", bytes ? "ld8" : whole ? "ld" : "bc", name, pixel);
}
