/*
** fold_graph.c - constants through operators that have no arithmetic of their own on them: resized, padded, pooled and
** normalised parameters. The operator becomes a graph of its own, whose input the constant is, and the reference
** interpreter computes it.
*/
#include <stdlib.h>
#include <string.h>

#include "import.h"

typedef struct {
	Import *m;
	void (*run)(Import *);
	OnnxValue x;                 /* the first input */
	bool batch;                  /* its first dimension is that of images, where it has more than one */
} Trial;

/* input_shape - four dimensions as they are; fewer are images and channels, or of one image */
static Shape
input_shape(const Trial *t)
{
	int64_t d[NAxes] = { 1, 1, 1, 1 }, all = 1;
	int first = t->batch && t->x.rank > 1 ? 0 : 1;

	for (int i = 0; i < t->x.rank; i++) {
		all *= t->x.dim[i];
		if (first + i < NAxes)
			d[first + i] = t->x.dim[i];
	}
	if (first + t->x.rank > NAxes)
		memcpy(d, (const int64_t[]){ 1, all, 1, 1 }, sizeof d);
	for (int i = 0; i < NAxes; i++)
		if (d[i] < 1 || d[i] > 65536)
			refuse(t->m, "want constants of 1 to 65536 elements along an axis, got %s", dims_of(&t->x));
	return (Shape){ (int)d[0], (int)d[1], (int)d[2], (int)d[3] };
}

/* evaluated - the elements of a view in their order */
static OnnxValue
evaluated(const Import *m, const OnnxValue *v, double *const *values, int type)
{
	Shape s = v->n->out->shape;
	const int64_t stride[NAxes] = { (int64_t)s.c*s.h*s.w, (int64_t)s.h*s.w, s.w, 1 };
	const double *from = value_in(values, v->n->out);
	int64_t at[MostAtoms] = { 0 }, e = 0;
	double *to;
	OnnxValue y = constant_new(m, type, v->rank, v->dim, &to);

	for (size_t i = 0; i < count_elements(&y); i++) {
		to[i] = rounded_to(type, from[e]);
		for (int a = v->natoms - 1; a >= 0; a--) {
			int64_t step = v->atom[a].step*stride[v->atom[a].axis];
			e += step;
			if (++at[a] < v->atom[a].size)
				break;
			e -= step*v->atom[a].size;
			at[a] = 0;
		}
	}
	return y;
}

static void
tried(void *user)
{
	Trial *t = user;
	Import *m = t->m;
	int type = t->run == op_arg_max || t->run == op_arg_min ? TypeInt64 : t->x.type;
	OnnxValue in, *out = arena_new(m->p->n_output*sizeof *out);
	double **values;
	Node *n;

	m->g = graph_new(m->file);
	n = node_begin(m, O_input, "constant");
	n->a.shape = input_shape(t);
	node_add(m->g, n);
	in = view_of(n);
	if (!view_reshape(&in, t->x.rank, t->x.dim, &in))
		die("a constant that is no image");
	onnx_define(m, m->p->input[0], in);
	t->run(m);
	for (size_t i = 0; i < m->p->n_output; i++) {
		const OnnxValue *v = *m->p->output[i] ? onnx_find(m, m->p->output[i]) : NULL;
		if (!v || (v->rank < 0 && v->n))             /* places of the largest: not told */
			continue;
		out[i] = v->n && v->erf ? erf_alone(m, v) : *v;
		if (v->rank < 0 || v->infinite.t || v->infinite.l || v->infinite.b || v->infinite.r)
			refuse(m, "want one result of constants, got another");
	}
	for (int i = 0; i < m->g->count; i++)
		node_params(m->g->nodes[i], NULL, NULL);
	values = interp(m->g, t->x.data);
	for (size_t i = 0; i < m->p->n_output; i++)
		if (out[i].n)
			onnx_define(m, m->p->output[i], evaluated(m, &out[i], values, type));
	interp_free(m->g, values);
}

/* fold_as_graph - the node at hand, all of whose inputs are constants; NULL: done, or why not */
const char *
fold_as_graph(Import *m, void (*run)(Import *))
{
	Trial t = { m, run, input_at(m, 0), true };
	Graph *g = m->g;
	const Onnx__NodeProto *p = m->p;
	const char *message = "", *other;

	for (int turn = 0; turn < 2 && message; turn++, t.batch = false) {
		other = attempt(tried, &t);
		message = turn && other ? message : other;
		m->g = g;
		m->p = p;
		onnx_define(m, p->input[0], t.x);
	}
	return message;
}
