/*
** pool.c - maximum and mean over windows, sliding or adaptive. A unit of work is one vector of
** channels of one image. Windows are clipped to the image; the divisor of a mean is written as a
** constant where every window is whole.
*/
#include <string.h>

#include "bytes.h"

typedef struct {                     /* one axis */
	const char *i;               /* its output index */
	int in, out, kernel, stride, dilation, before, after;
	bool adaptive, include_pad;
	const char *from, *to;       /* the window's ends */
} Axis;

/* before_image, after_image - does any window leave the image there */
static bool
before_image(const Axis *a)
{
	return !a->adaptive && a->before > 0;
}

static bool
after_image(const Axis *a)
{
	return !a->adaptive && (a->out - 1)*a->stride - a->before + (a->kernel - 1)*a->dilation >= a->in;
}

static bool
uneven(const Axis *a)
{
	return a->adaptive ? a->in%a->out != 0 : before_image(a) || after_image(a);
}

/* start_of - "i*2 - 1" */
static const char *
start_of(const char *i, int stride, int before)
{
	const char *product = times(i, (size_t)stride);

	return before ? arena_text("%s - %d", product, before) : product;
}

/* emit_window - the declarations of a window's ends, and of its length where a mean needs it */
static void
emit_window(Out *o, const Axis *a, bool mean)
{
	if (a->adaptive && uneven(a)) {
		out_line(o, "int %s = %s*%d/%d, %s = ((%s + 1)*%d + %d)/%d;", a->from, a->i, a->in, a->out, a->to, a->i, a->in,
		         a->out - 1, a->out);
	} else if (a->adaptive) {
		out_line(o, "int %s = %s, %s = %s + %d;", a->from, times(a->i, (size_t)(a->in/a->out)), a->to, a->from, a->in/a->out);
	} else {
		out_line(o, "int %s = %s, %s = %s + %d;", a->from, start_of(a->i, a->stride, a->before), a->to, a->from,
		         (a->kernel - 1)*a->dilation + 1);
		if (mean && a->include_pad && uneven(a))
			out_line(o, "int n%s = (%s < %d ? %s : %d) - %s;", a->from, a->to, a->in + a->after, a->to, a->in + a->after,
			         a->from);
		if (before_image(a))
			out_line(o, a->dilation == 1 ? "if (%s < 0) %s = 0;" : "if (%s < 0) %s = (%s%%%d + %d)%%%d;",
			         a->from, a->from, a->from, a->dilation, a->dilation, a->dilation);
		if (after_image(a))
			out_line(o, "if (%s > %d) %s = %d;", a->to, a->in, a->to, a->in);
	}
}

/* length_of - the expression for a window's length */
static const char *
length_of(const Axis *a)
{
	if (!uneven(a))
		return arena_text("%d", a->adaptive ? a->in/a->out : a->kernel);
	if (!a->adaptive && a->include_pad)
		return arena_text("n%s", a->from);
	return arena_text("(%s - %s)", a->to, a->from);
}

static bool
is_max(const Kernel *k)
{
	return k->op == O_max_pool || k->op == O_adaptive_max_pool;
}

/* as_floats - is it the mean of floats that bytes stand for, added one by one, as ONNX Runtime has it */
static bool
as_floats(const Kernel *k)
{
	return k->op == O_avg_pool && k->a.requant;
}

/* is_global - is there one window, the image */
static bool
is_global(const Kernel *k)
{
	return (k->op == O_adaptive_avg_pool || k->op == O_adaptive_max_pool) && k->out->shape.h*k->out->shape.w == 1;
}

/*
** by_rows - are the rows of a window sums of their own: less is rounded away than in one long sum, and a row waits for
** none before it
*/
static bool
by_rows(const Kernel *k, const Axis *cols)
{
	int widest = cols->adaptive ? ceil_div(cols->in, cols->out) : cols->kernel;

	return !is_max(k) && k->in->dtype != DT_u8 && widest >= 4;
}

/* result_of - where a window's result lies */
static const char *
result_of(const Kernel *k)
{
	return is_global(k) ? "yv" : arena_text("yv + i*%zu + j*%d", k->out->lay.row, k->out->lay.cb);
}

/*
** emit_bytes - the largest byte, or the sum, less its zeros, times the factor divided by how many were counted; of
** floats the sum is divided, and their zero added before they are rounded to whole numbers
*/
static void
emit_bytes(Out *o, const Kernel *k, const Axis *rows, const Axis *cols)
{
	const char *y = result_of(k);
	const char *taken = arena_text("%s*%s", uneven(rows) ? arena_text("(%s - %s)", rows->to, rows->from) : length_of(rows),
	                               uneven(cols) ? arena_text("(%s - %s)", cols->to, cols->from) : length_of(cols));

	if (is_max(k)) {
		out_line(o, "st8(%s, a, zero());", y);
		return;
	}
	if (as_floats(k)) {
		out_line(o, "a = between(div_(div_(a, splat((float)(%s*%s))), f1), least, most);", length_of(rows), length_of(cols));
		out_line(o, "st8(%s, add(a, f2), sub(base, f2));", y);
		return;
	}
	out_line(o, "a = sub(a, mul(z0, splat((float)(%s))));", taken);
	if (k->a.requant)
		out_line(o, "%s", bytes_settled(k, y, "mul(a, f0)"));
	else
		out_line(o, "%s", bytes_settled(k, y, arena_text("mul(a, div_(f0, splat((float)(%s*%s))))", length_of(rows),
	                                                 length_of(cols))));
}

/* in_blocks - are the largest of sixteen bytes found at once */
static bool
in_blocks(const Kernel *k)
{
	return is_max(k) && k->in->dtype == DT_u8 && takes_bytes(k->t) && k->in->lay.cb == 16 && k->out->lay.cb == 16;
}

/* base_of - where the channels of a unit begin */
static const char *
base_of(const Kernel *k, const char *name, const Layout *l)
{
	if (!in_blocks(k))
		return vector_base(k, name, l);
	return arena_text("%s%s%s%s", name, k->out->shape.n > 1 ? arena_text(" + n*%zu", l->image) : "",
	                  arena_text(" + %s", times("v", l->plane)), plus(l->origin));
}

/* emit_largest - of the bytes of a window */
static void
emit_largest(Out *o, const Kernel *k, const Axis *rows, const Axis *cols)
{
	out_line(o, "B a = zerob();\n");
	out_line(o, "for (int r = %s; r < %s; %s)", rows->from, rows->to, out_value(o, "rstep"));
	out_line(o, "for (int q = %s; q < %s; %s)", cols->from, cols->to, out_value(o, "qstep"));
	out_line(o, "\ta = maxb(a, ldb(xv + r*%zu + q*%d));", k->in->lay.row, k->in->lay.cb);
	out_line(o, "stb(%s, a);", result_of(k));
}

/* emit_folded - what a window comes to */
static void
emit_folded(Out *o, const Kernel *k, const Axis *rows, const Axis *cols)
{
	bool max = is_max(k), bytes = k->in->dtype == DT_u8, split = by_rows(k, cols);

	out_line(o, "V a = %s;\n", max ? "lowest()" : "zero()");
	out_line(o, "for (int r = %s; r < %s; %s)%s", rows->from, rows->to, out_value(o, "rstep"), split ? " {" : "");
	if (split)
		out_line(o, "V b = zero();\n");
	out_line(o, "for (int q = %s; q < %s; %s)", cols->from, cols->to, out_value(o, "qstep"));
	/* of floats z1 is 1: so the product is rounded before the sum */
	out_line(o, as_floats(k) ? "\ta = fused(mul(sub(%s(xv + r*%zu + q*%d), z0), f0), z1, a);" :
	         max ? "\ta = pmax(a, %s(xv + r*%zu + q*%d));" : split ? "\tb = add(b, %s(xv + r*%zu + q*%d));" :
	         "\ta = add(a, %s(xv + r*%zu + q*%d));", bytes ? "ld8" : "ld", k->in->lay.row, k->in->lay.cb);
	if (split)
		out_line(o, "a = add(a, b);\n}");
	if (bytes)
		emit_bytes(o, k, rows, cols);
	else if (max)
		out_line(o, "st(%s, a);", result_of(k));
	else if (uneven(rows) || uneven(cols))
		out_line(o, "st(%s, mul(a, splat(1.0f/(float)(%s*%s))));", result_of(k), length_of(rows), length_of(cols));
	else
		out_line(o, "st(%s, mul(a, splat(1.0f/%s/%s)));", result_of(k), length_of(rows), length_of(cols));
}

static int
emit_windows(Out *o, const Kernel *k, int phase, const Axis *rows, const Axis *cols)
{
	bool max = is_max(k), bytes = k->in->dtype == DT_u8;
	int units = in_blocks(k) ? vectors_of(k)*k->t->vl/16 : vectors_of(k);

	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "y", &k->out[0]);
	out_set(o, "xv", "%s", base_of(k, "x", &k->in->lay));
	out_set(o, "yv", "%s", base_of(k, "y", &k->out->lay));
	out_set(o, "h", "%d", k->out->shape.h);
	out_set(o, "w", "%d", k->out->shape.w);
	out_set(o, "type", "%s", dtype_rows[k->in->dtype].c);
	out_set(o, "rstep", rows->dilation > 1 ? "r += %d" : "r++", rows->dilation);
	out_set(o, "qstep", cols->dilation > 1 ? "q += %d" : "q++", cols->dilation);
	emit_head(o, k, phase);
	if (bytes && !max)
		emit_numbers(o, k, as_floats(k) ? "f0 z0 f1 z1 f2" : "f0 z0");
	emit_image_loop(o, k, "v", units);
	out_text(o, "const $type *xv = $xv;\n"
	            "$type *yv = $yv;\n");
	if (!is_global(k)) {
		out_text(o, "\nfor (int i = 0; i < $h; i++) {\n");
		emit_window(o, rows, !max);
		out_text(o, "\nfor (int j = 0; j < $w; j++) {\n");
		emit_window(o, cols, !max);
	}
	if (in_blocks(k))
		emit_largest(o, k, rows, cols);
	else
		emit_folded(o, k, rows, cols);
	if (!is_global(k))
		out_text(o, "}\n"
		            "}\n");
	out_text(o, "}\n"
	            "}\n");
	return k->out->shape.n*units;
}

static const char *
prefix(const Kernel *k)
{
	return k->in->dtype == DT_u8 ? "int8_" : "";
}

static void
pool_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "%s%s%s%dx%d_%dx%dx%d_s%d", prefix(k), op_rows[k->op].name, as_floats(k) ? "_floats" : "",
	         k->a.kernel.h, k->a.kernel.w, k->out->shape.c, k->out->shape.h, k->out->shape.w, k->a.stride.h);
}

static int
pool_emit(Out *o, const Kernel *k, int phase)
{
	const Attr *a = &k->a;
	Axis rows = { "i", k->in->shape.h, k->out->shape.h, a->kernel.h, a->stride.h, a->dilation.h, a->padding.t,
		a->padding.b, false, a->count_include_pad, "r0", "r1" };
	Axis cols = { "j", k->in->shape.w, k->out->shape.w, a->kernel.w, a->stride.w, a->dilation.w, a->padding.l,
		a->padding.r, false, a->count_include_pad, "q0", "q1" };

	out_line(o, "** y = %s of x over %dx%d windows, stride %dx%d", is_max(k) ? "maximum" : "mean", a->kernel.h,
	         a->kernel.w, a->stride.h, a->stride.w);
	return emit_windows(o, k, phase, &rows, &cols);
}

static void
adaptive_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "%s%s%s_%dx%dx%d_to_%dx%d", prefix(k), op_rows[k->op].name, k->a.requant ? "_onnx" : "",
	         k->in->shape.c, k->in->shape.h, k->in->shape.w, k->out->shape.h, k->out->shape.w);
}

static int
adaptive_emit(Out *o, const Kernel *k, int phase)
{
	Axis rows = { .i = "i", .in = k->in->shape.h, .out = k->out->shape.h, .dilation = 1, .adaptive = true, .from = "r0",
		.to = "r1" };
	Axis cols = { .i = "j", .in = k->in->shape.w, .out = k->out->shape.w, .dilation = 1, .adaptive = true, .from = "q0",
		.to = "q1" };

	if (is_global(k)) {
		rows.from = cols.from = "0";
		rows.to = arena_text("%d", rows.in);
		cols.to = arena_text("%d", cols.in);
	}
	out_line(o, "** y = %s of %s", is_max(k) ? "maximum" : "mean", is_global(k) ? "each channel of x" :
	         arena_text("each of %dx%d parts of x", k->out->shape.h, k->out->shape.w));
	return emit_windows(o, k, phase, &rows, &cols);
}

/* operands - on bytes: e, where it is a mean */
static int
bytes_operands(const Kernel *k, int phase, Operand *to)
{
	int n = 0;

	(void)phase;
	to[n++] = (Operand){ "x", Role_in, 0 };
	if (!is_max(k))
		to[n++] = (Operand){ "e", Role_packed, 0 };
	to[n++] = (Operand){ "y", Role_out, 0 };
	return n;
}

const Family family_pool_int8 = { .name = "pool_int8", .describe = pool_describe, .emit = pool_emit,
	.operands = bytes_operands, .packed = bytes_packed, .pack_node = bytes_pack_numbers };
const Family family_adaptive_int8 = { .name = "adaptive_int8", .describe = adaptive_describe, .emit = adaptive_emit,
	.operands = bytes_operands, .packed = bytes_packed, .pack_node = bytes_pack_numbers };
const Family family_pool = { .name = "pool", .describe = pool_describe, .emit = pool_emit };
const Family family_adaptive = { .name = "adaptive", .describe = adaptive_describe, .emit = adaptive_emit };
