/*
** text.c - what the texts of all kernels share: operands, epilogue, loops over units of work.
*/
#include <math.h>
#include <string.h>

#include "kernel.h"

/* emit_epilogue - the expression that turns an accumulator into the stored value at offset at: the skip is added,
** then the activation applied. A prelu's slopes lie a constant behind the biases at b, vector of which it is. */
void
emit_epilogue(Out *o, const Kernel *k, const char *acc, const char *at, int vector)
{
	const char *slope = k->slopes ? arena_text("ld(b + %d)", (vectors_of(k) + vector)*k->t->vl) : "";
	char value[128];

	snprintf(value, sizeof value, "%s", acc);
	if (k->skip)
		snprintf(value, sizeof value, "add(%s, ld(z%s))", acc, at);
	out_set(o, "value", "%s", activated(k, (Act)k->a.act, value, slope));
}

/* float_text - a float constant that reads back as the same float */
const char *
float_text(double v)
{
	const char *s = arena_text("%.9g", v);

	if (isinf(v))
		return v < 0 ? "-RC_INFINITY" : "RC_INFINITY";
	return arena_text("%s%sf", s, strpbrk(s, ".e") ? "" : ".0");
}

/* attribute - the number called so; len letters of name count */
static double
attribute(const Attr *a, const char *name, size_t len)
{
	for (int i = 0; i < NAttrs; i++)
		if (attr_rows[i].kind == K_REAL && strlen(attr_rows[i].name) == len && !strncmp(attr_rows[i].name, name, len))
			return *(const double *)(const void *)((const char *)a + attr_rows[i].at);
	die("no number is called %s", name);
}

const char *
activated(const Kernel *k, Act act, const char *value, const char *slope)
{
	const char *s = act_words[act], *to = "";

	for (const char *at; (at = strchr(s, '$')); s = at) {
		size_t len = strspn(++at, "abcdefghijklmnopqrstuvwxyz_");
		const char *with = len == 1 && *at == 'x' ? value : act == Act_prelu ? slope :
			float_text(attribute(&k->a, at, len));
		to = arena_text("%s%.*s%s", to, (int)(at - 1 - s), s, with);
		at += len;
	}
	return arena_text("%s%s", to, s);
}

const char *
act_open(const Kernel *k)
{
	return k->a.act ? arena_text("%s(", act_names[k->a.act]) : "";
}

const char *
act_close(const Kernel *k)
{
	return k->a.act ? ")" : "";
}

const char *
act_suffix(const Kernel *k)
{
	return k->a.act ? arena_text("_%s", act_names[k->a.act]) : "";
}

/* emit_operand - a comment line: shape and layout of a value */
void
emit_operand(Out *o, const char *name, const View *v)
{
	const Layout *l = &v->lay;
	Shape s = v->shape;
	char halo[64] = "";

	if (has_halo(l))
		snprintf(halo, sizeof halo, ", halo %d %d %d %d", l->halo.t, l->halo.l, l->halo.b, l->halo.r);
	if (l->cb == 1)
		out_line(o, "** %s  %d x %d x %d  NCHW%s", name, s.c, s.h, s.w, halo);
	else
		out_line(o, "** %s  %d x %d x %d  nChw%dc%s", name, s.c, s.h, s.w, l->cb, halo);
}

/* times - "i*34", or "i" alone when the factor is 1 */
const char *
times(const char *i, size_t factor)
{
	return factor == 1 ? i : arena_text("%s*%zu", i, factor);
}

/* over - "u/34", or "u" alone */
const char *
over(const char *i, int count)
{
	return count == 1 ? i : arena_text("%s/%d", i, count);
}

/* rest - "u%34", or 0 */
const char *
rest(const char *i, int count)
{
	return count == 1 ? "0" : arena_text("%s%%%d", i, count);
}

/* from_to - where the images of group g begin and end: "from = g*4, end = (g + 1)*4" */
const char *
from_to(const char *end, int images, int groups)
{
	if (images == groups)
		return arena_text("from = g, %s = g + 1", end);
	if (images%groups == 0)
		return arena_text("from = g*%d, %s = (g + 1)*%d", images/groups, end, images/groups);
	return arena_text("from = g*%d/%d, %s = (g + 1)*%d/%d", images, groups, end, images, groups);
}

/* plus - " + 16", or nothing */
const char *
plus(size_t offset)
{
	return offset ? arena_text(" + %zu", offset) : "";
}

/* type_of - of an operand, in C */
static const char *
type_of(const Kernel *k, const Operand *p)
{
	Packed packed[NPacked];

	switch (p->role) {
	case Role_in:      return dtype_rows[k->in[p->index].dtype].c;
	case Role_out:     return dtype_rows[k->out[p->index].dtype].c;
	case Role_scratch: return dtype_rows[k->family->between].c;
	case Role_own:     return dtype_rows[k->family->owned].c;
	case Role_param:
	case Role_running: return dtype_rows[DT_f32].c;
	case Role_labels:  return dtype_rows[DT_i32].c;
	case Role_how:     return "rc_train";
	case Role_coming:  return "rc_coming";
	case Role_packed:
		packed_of(k, packed);
		return dtype_rows[packed[p->index].dtype].c;
	}
	die("role %d", p->role);
}

/* written - does the phase write it: a result, a part's own memory, or scratch where no result is, or sums are */
static bool
written(const Kernel *k, const Operand *all, int count, const Operand *p)
{
	bool results = false;

	for (int i = 0; i < count && !k->family->reduces; i++)
		results = results || all[i].role == Role_out;
	return p->role == Role_out || p->role == Role_own || p->role == Role_running ||
		p->role == Role_coming || (p->role == Role_scratch && !results);
}

/* emit_head - ends the comment; the signature that every kernel has: units lo to hi of its work, operands at p */
void
emit_head(Out *o, const Kernel *k, int phase)
{
	Operand all[NOperands];
	int count = operands_of(k, phase, all);
	const char *before = "";

	out_line(o, "*/");
	out_line(o, "(void *const *p, int lo, int hi)");
	out_line(o, "{");
	for (int i = 0; i < count; i++) {
		const char *type = arena_text("%s%s", written(k, all, count, &all[i]) ? "" : "const ", type_of(k, &all[i]));
		bool more = i + 1 < count && !strcmp(type, arena_text("%s%s", written(k, all, count, &all[i + 1]) ? "" : "const ",
		                                                      type_of(k, &all[i + 1])));
		if (strcmp(type, before))
			out_flow(o, "%s", type);
		out_flow(o, "*%s = (%s *)p[%d]%s", all[i].name, type, i, more ? "," : ";");
		if (!more)
			out_flow_end(o);
		before = type;
	}
	out_line(o, "%s", "");
}

/* emit_image_loop - the loop over units: image n and what a unit is of it, count of them an image */
void
emit_image_loop(Out *o, const Kernel *k, const char *unit, int count)
{
	if (k->out->shape.n == 1) {
		out_line(o, "for (int %s = lo; %s < hi; %s++) {", unit, unit, unit);
		return;
	}
	out_line(o, "for (int u = lo; u < hi; u++) {");
	out_line(o, "int n = u/%d, %s = u%%%d;", count, unit, count);
}

/* rows_at_once - of x that go by before a block's next vector: its lines of the cache, shared by both, stay there */
int
rows_at_once(const Kernel *k, const View *x)
{
	int h = x->shape.h, rows = h;

	if (x->lay.cb <= k->t->vl)
		return h;
	while (rows > 1 && (h%rows || 4.0*rows*(double)x->lay.row > 0.4*k->t->l1))
		rows--;
	return rows;
}

/*
** emit_rows_loop - over units of x: a vector of channels of an image; where not all of its rows go by at once, a block,
** and vector v of that, some rows of it. Returns how many units an image has
*/
int
emit_rows_loop(Out *o, const Kernel *k, const View *x)
{
	int per = x->lay.cb/k->t->vl, blocks = ceil_div(x->shape.c, x->lay.cb), rows = rows_at_once(k, x);

	if (rows == x->shape.h) {
		emit_image_loop(o, k, "v", blocks*per);
		return blocks*per;
	}
	emit_image_loop(o, k, "c", blocks);
	if (k->out->shape.n > 1)
		out_line(o, "%s", "");
	out_line(o, "for (int r = 0; r < %d; r%s)", x->shape.h, rows == 1 ? "++" : arena_text(" += %d", rows));
	out_line(o, "for (int v = c*%d; v < c*%d + %d; v++) {", per, per, per);
	return blocks;
}

/* at_rows - where the first of them is in a value that has as many */
const char *
at_rows(const Kernel *k, const View *x, const Layout *l)
{
	return rows_at_once(k, x) < x->shape.h ? arena_text(" + r*%zu", l->row) : "";
}

void
end_rows_loop(Out *o, const Kernel *k, const View *x)
{
	for (int i = rows_at_once(k, x) < x->shape.h ? 3 : 2; i > 0; i--)
		out_line(o, "}");
}

/* copied_channel - offset of channel c, in units of each channels */
const char *
copied_channel(const Layout *l, const char *c, int each)
{
	int per = l->cb/each;

	if (per <= 1)
		return times(c, l->plane);
	return each > 1 ? arena_text("%s/%d*%zu + %s%%%d*%d", c, per, l->plane, c, per, each) :
		arena_text("%s/%d*%zu + %s%%%d", c, per, l->plane, c, per);
}

/* vector_base - the expression for vector v of image n of tensor name */
const char *
vector_base(const Kernel *k, const char *name, const Layout *l)
{
	const char *image = k->out->shape.n > 1 ? arena_text(" + n*%zu", l->image) : "";
	const char *origin = l->origin ? arena_text(" + %zu", l->origin) : "";

	return arena_text("%s%s + %s%s", name, image, copied_channel(l, "v", k->t->vl), origin);
}
