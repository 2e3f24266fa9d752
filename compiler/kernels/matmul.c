/*
** matmul.c - the product of two activations, matrices of channels x pixels in a number of heads.
**
** It is calculated like a 1x1 convolution whose weights are the first matrix: OB vectors of rows by P columns in named
** accumulators, while k walks over the terms. The first phase brings both matrices into that order in the scratch: the
** first as [head][group of OB vectors][k][OB*VL], unless its own blocks of channels are that already, the second as
** [head][column][k].
*/
#include "conv.h"

enum { MostColumns = 14 };           /* of a tile: more gains nothing */

typedef struct {
	int heads, rows, columns, terms;
	int vectors;                 /* of a head's rows */
	int ob, p;                   /* register tile: vectors of rows, columns */
	int count[2], width[2];      /* so many tiles of so many columns, the second narrower */
	bool whole;                  /* a head's rows are whole vectors of the result */
	bool direct;                 /* the first matrix is read where it is */
	size_t panels, all;          /* floats of an image's first matrix in the scratch, of both */
} Product;

static Product
product_of(const Kernel *k)
{
	const Attr *a = &k->a;
	Shape x = k->in->shape, y = k->out->shape;
	int vl = k->t->vl, per = k->out->lay.cb/vl;
	Product m = { .heads = a->heads, .rows = y.c/a->heads, .columns = y.h*y.w,
		.terms = a->transpose_a ? x.c/a->heads : x.h*x.w };

	m.whole = m.heads == 1 || m.rows%vl == 0;
	m.vectors = m.heads == 1 ? vectors_of(k) : ceil_div(m.rows, vl);
	m.ob = m.vectors%per ? 1 : per;
	while (m.p < MostColumns && m.ob*(m.p + 1) + (m.ob < m.p + 1 ? m.ob : m.p + 1) + 1 <= k->t->regs)
		m.p++;
	split_row(m.columns, m.p, m.count, m.width);
	m.direct = m.whole && !a->transpose_a && !has_halo(&k->in->lay) && k->in->lay.cb == k->out->lay.cb;
	m.panels = m.direct ? 0 : (size_t)(m.heads*m.vectors*vl)*(size_t)m.terms;
	m.all = m.panels + (size_t)(m.heads*m.columns)*(size_t)m.terms;
	return m;
}

static void
matmul_describe(const Kernel *k, char *name, size_t len)
{
	Product m = product_of(k);

	snprintf(name, len, "matmul_%dx%dx%d%s%s%s%s", m.rows, m.terms, m.columns, k->a.transpose_a ? "_ta" : "",
	         k->a.transpose_b ? "_tb" : "", m.heads > 1 ? arena_text("_h%d", m.heads) : "", act_suffix(k));
}

static const char *
matmul_phase_name(const Kernel *k, int phase)
{
	Product m = product_of(k);

	(void)phase;
	return arena_text("matrices_%dx%dx%d", m.rows, m.terms, m.columns);
}

static size_t
matmul_scratch(const Kernel *k)
{
	return product_of(k).all*(size_t)k->out->shape.n*sizeof(float);
}

static int
matmul_operands(const Kernel *k, int phase, Operand *to)
{
	int n = 0;
	bool direct = product_of(k).direct;

	if (direct == (phase == 1))
		to[n++] = (Operand){ "x", Role_in, 0 };
	if (phase == 0)
		to[n++] = (Operand){ "z", Role_in, 1 };
	to[n++] = (Operand){ "s", Role_scratch, 0 };
	if (phase == 1)
		to[n++] = (Operand){ "y", Role_out, 0 };
	return n;
}

/* number_at - of a view: channel c, pixel q, expressions */
static const char *
number_at(const View *v, const char *c, const char *q)
{
	const Layout *l = &v->lay;
	const char *pixel = has_halo(l) ? arena_text("%s/%d*%zu + %s%%%d*%d", q, v->shape.w, l->row, q, v->shape.w, l->cb) :
		times(q, (size_t)l->cb);

	return arena_text("%s%s + %s", l->cb == 1 ? times(c, l->plane) :
	                  arena_text("%s/%d*%zu + %s%%%d", c, l->cb, l->plane, c, l->cb), plus(l->origin), pixel);
}

/* emit_matrices - the first phase; a unit is a group of vectors of the first matrix, or a column of the second */
static int
emit_matrices(Out *o, const Kernel *k, const Product *m)
{
	int per = m->ob*k->t->vl, groups = m->direct ? 0 : m->heads*(m->vectors/m->ob), units = groups + m->heads*m->columns;
	int each = m->vectors/m->ob, images = k->out->shape.n, ca = k->in->shape.c/m->heads, vl = k->t->vl;
	/* terms of a column that are channels lie together, a vector of them at once */
	int step = !k->a.transpose_b && m->terms%vl == 0 && k->in[1].lay.cb%vl == 0 ? vl : 1;

	out_line(o, "** matrices of %d heads: %s[%d][%d][%d], [%d][%d] floats in s", m->heads,
	         m->direct ? "the first where it is, not " : "", each, m->terms, per, m->columns, m->terms);
	emit_operand(o, "x", &k->in[0]);
	emit_operand(o, "z", &k->in[1]);
	emit_head(o, k, 0);
	emit_image_loop(o, k, "t", units);
	if (images > 1)
		out_line(o, "float *sn = s + n*%zu;", m->all);
	out_set(o, "s", "%s", images > 1 ? "sn" : "s");
	out_set(o, "xn", "x%s", images > 1 ? arena_text(" + n*%zu", k->in[0].lay.image) : "");
	out_set(o, "zn", "z%s", images > 1 ? arena_text(" + n*%zu", k->in[1].lay.image) : "");
	out_set(o, "groups", "%d", groups);
	out_set(o, "terms", "%d", m->terms);
	out_set(o, "per", "%d", per);
	out_set(o, "panels", "%zu", m->panels);
	out_set(o, "columns", "%d", m->columns);
	if (groups) {
		out_line(o, "if (t < %d) {", groups);
		out_text(o, "float *to = $s + t*$terms*$per;\n");
		out_line(o, "int h = t/%d, r0 = t%%%d*%d, rows = %d - r0 < %d ? %d - r0 : %d;\n", each, each, per, m->rows, per,
		         m->rows, per);
		out_text(o, "for (int k = 0; k < $terms; k++, to += $per)\n"
		            "for (int r = 0; r < $per; r++) {\n");
		out_line(o, k->a.transpose_a ? "int c = h*%d + k, q = r0 + r;" : "int c = h*%d + r0 + r, q = k;", ca);
		out_line(o, "to[r] = r < rows ? (x%s)[%s] : 0;", images > 1 ? arena_text(" + n*%zu", k->in[0].lay.image) : "",
		         number_at(&k->in[0], "c", "q"));
		out_text(o, "}\n"
		            "continue;\n"
		            "}\n");
	}
	out_line(o, "int h = (t - %d)/%d, column = (t - %d)%%%d;", groups, m->columns, groups, m->columns);
	out_text(o, "float *to = $s + $panels + (t - $groups)*$terms;\n\n");
	out_line(o, "for (int k = 0; k < %d; k += %d) {", m->terms, step);
	out_line(o, k->a.transpose_b ? "int c = h*%d + column, q = k;" : "int c = h*%d + k, q = column;",
	         k->in[1].shape.c/m->heads);
	out_line(o, step > 1 ? "st(to + k, ld(%s + %s));" : "to[k] = (%s)[%s];",
	         images > 1 ? arena_text("z + n*%zu", k->in[1].lay.image) : "z", number_at(&k->in[1], "c", "q"));
	out_text(o, "}\n"
	            "}\n"
	            "}\n");
	return images*units;
}

/* emit_store - accumulator i, j to its row and column */
static void
emit_store(Out *o, const Kernel *k, const Product *m, int i, int j)
{
	int vl = k->t->vl, per = k->out->lay.cb/vl;
	Kernel rest = *k;
	const char *value = acc(i, j), *q = arena_text("(q + %d)", j);

	if (k->a.scale != 1)
		value = arena_text("mul(%s, splat(%s))", value, float_text(k->a.scale));
	rest.nin = 1;
	emit_epilogue(o, &rest, value, "", 0);
	if (m->whole) {
		out_set(o, "at", "%s%s", number_at(&k->out[0], "c", q), plus((size_t)(i%per*vl)));
		out_text(o, "st(y + $at, $value);\n");
		return;
	}
	out_text(o, "st(lanes, $value);\n");
	out_line(o, "for (int l = 0; l < %d && l < rows%s; l++)", vl, i ? arena_text(" - %d", i*vl) : "");
	out_line(o, "\ty[%s] = lanes[l];", number_at(&k->out[0], arena_text("(c + %d + l)", i*vl), q));
}

/* emit_tile - OB vectors of rows from channel c on, P columns from q on; its name */
static const char *
emit_tile(Out *all, const Kernel *k, const Product *m, int p)
{
	Out *o = out_in(NULL);
	char name[128];

	out_line(o, "(const float *RC_RESTRICT w, const float *RC_RESTRICT xk, float *y, int c, int q%s)",
	         m->whole ? "" : ", int rows");
	out_line(o, "{");
	out_flow(o, "V");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < m->ob; i++)
			out_flow(o, "%s = zero()%s", acc(i, j), i + 1 == m->ob && j + 1 == p ? ";" : ",");
	out_flow_end(o);
	if (!m->whole)
		out_line(o, "float lanes[%d];\n", k->t->vl);
	out_line(o, "for (int k = 0; k < %d; k++, xk++, w += %d) {", m->terms, m->direct ? k->in->lay.cb : m->ob*k->t->vl);
	out_line(o, "RC_OPAQUE(xk);");
	emit_step(o, k->t, "ld", m->terms, m->ob, p);
	out_line(o, "}");
	for (int i = 0; i < m->ob; i++)
		for (int j = 0; j < p; j++)
			emit_store(o, k, m, i, j);
	out_line(o, "}");
	matmul_describe(k, name, sizeof name);
	return helper(all, "", "static RC_NOINLINE void", arena_text("%s_p%d", name, p), o);
}

/* emit_product - the second phase; a unit of work is a tile */
static int
emit_product(Out *o, const Kernel *k, const Product *m)
{
	int vl = k->t->vl, groups = m->vectors/m->ob, tiles = m->count[0] + m->count[1], images = k->out->shape.n;
	int per = k->out->lay.cb/vl, units = m->heads*groups*tiles;
	const char *tile[2] = { "", "" };

	out_line(o, "** y = %s%sa b%s, %d x %d times %d x %d in %d head%s", act_open(k),
	         k->a.scale == 1 ? "" : arena_text("%s ", float_text(k->a.scale)), act_close(k), m->rows, m->terms, m->terms,
	         m->columns, m->heads, m->heads == 1 ? "" : "s");
	emit_operand(o, "y", &k->out[0]);
	out_line(o, "** %.2f M MACs; %d columns x %d rows in %d accumulators, %d of %d registers",
	         (double)m->heads*m->rows*m->terms*m->columns/1e6, m->p, m->ob*vl, m->ob*m->p,
	         m->ob*m->p + (m->ob < m->p ? m->ob : m->p) + 1, k->t->regs);
	for (int i = 0; i < 2; i++)
		if (m->count[i])
			tile[i] = emit_tile(o, k, m, m->width[i]);
	emit_head(o, k, 1);
	emit_image_loop(o, k, "t", units);
	out_line(o, "int g = t/%d, j = t%%%d, h = g/%d, v = g%%%d*%d, c = h*%d + v*%d;", tiles, tiles, groups, groups, m->ob,
	         m->rows, vl);
	out_line(o, "int q = %s;", m->count[1] ? arena_text("j < %d ? j*%d : %d + (j - %d)*%d", m->count[0], m->width[0],
	                                                    m->count[0]*m->width[0], m->count[0], m->width[1]) :
	         times("j", (size_t)m->width[0]));
	if (m->direct)
		out_line(o, "const float *w = x%s%s + c/%d*%zu%s;", images > 1 ? arena_text(" + n*%zu", k->in->lay.image) : "",
		         plus(k->in->lay.origin), k->in->lay.cb, k->in->lay.plane,
		         per > m->ob ? arena_text(" + c%%%d", k->in->lay.cb) : "");
	else
		out_line(o, "const float *w = s%s + g*%d;", images > 1 ? arena_text(" + n*%zu", m->all) : "", m->terms*m->ob*vl);
	out_line(o, "const float *b = s%s%s + (h*%d + q)*%d;", images > 1 ? arena_text(" + n*%zu", m->all) : "",
	         plus(m->panels), m->columns, m->terms);
	out_line(o, "float *yn = y%s;\n", images > 1 ? arena_text(" + n*%zu", k->out->lay.image) : "");
	if (m->count[1])
		out_line(o, "if (j < %d)", m->count[0]);
	out_line(o, "%s%s(w, b, yn, c, q%s);", m->count[1] ? "\t" : "", tile[0],
	         m->whole ? "" : arena_text(", %d - v*%d", m->rows, vl));
	if (m->count[1]) {
		out_line(o, "else");
		out_line(o, "\t%s(w, b, yn, c, q%s);", tile[1], m->whole ? "" : arena_text(", %d - v*%d", m->rows, vl));
	}
	out_line(o, "}");
	out_line(o, "}");
	return images*units;
}

static int
matmul_emit(Out *o, const Kernel *k, int phase)
{
	Product m = product_of(k);

	return phase ? emit_product(o, k, &m) : emit_matrices(o, k, &m);
}

/* matmul_cycles - each number that is brought into order, and the tiles' k steps with their start and end */
static double
matmul_cycles(const Kernel *k, Way way)
{
	enum { Brought = 3, Stored = 12 };           /* cycles of a number; of one that is stored by itself */
	Product m = product_of(k);
	double total = 0, bytes = 4.0*m.ob*k->t->vl;

	(void)way;
	for (int i = 0; i < 2; i++)
		total += m.count[i]*(m.terms*step_cycles(k->t, m.ob, m.width[i], bytes, bytes*m.terms) + 20 +
		                     m.ob*m.width[i]*(m.whole ? 1.5 : Stored + k->t->vl));
	return (total*m.heads*m.vectors/m.ob + Brought*(double)m.all)*k->out->shape.n;
}

/* matmul_covers - of several heads the last block of channels may have vectors that are no head's */
static bool
matmul_covers(const Node *n)
{
	return n->a.heads == 1 || n->out->shape.c%n->out->lay.cb == 0;
}

const Family family_matmul = {
	.name = "matmul", .phases = 2, .phase_name = matmul_phase_name, .describe = matmul_describe, .emit = matmul_emit,
	.cycles = matmul_cycles, .scratch = matmul_scratch, .operands = matmul_operands, .covers = matmul_covers
};
