/* ops_if.c - one of two graphs by a constant, as exporters write what hangs on sizes: its nodes. */
#include <string.h>

#include "import.h"

enum { MostDepth = 16 };

static void
run_graph(Import *m, const Onnx__GraphProto *g)
{
	const Onnx__NodeProto *whole = m->p;
	const int *order = node_sequence(g);
	OnnxValue results[NInputs];

	if (g->n_output < whole->n_output || whole->n_output > NInputs)
		refuse(m, "want a graph of %zu results, got %zu", whole->n_output, g->n_output);
	for (size_t i = 0; i < g->n_initializer; i++)
		if (g->initializer[i]->name)
			onnx_define(m, g->initializer[i]->name, (OnnxValue){ .proto = g->initializer[i] });
	for (size_t i = 0; i < g->n_node; i++) {
		m->p = g->node[order[i]];
		if (!m->p->op_type || !m->p->n_output)
			refuse(m, "want a node with an operator and a result, got none");
		m->node(m);
	}
	m->p = whole;
	for (size_t i = 0; i < whole->n_output; i++) {
		const OnnxValue *v = g->output[i]->name ? onnx_find(m, g->output[i]->name) : NULL;
		if (!v || v->rank < 0)
			refuse(m, "want a result '%s' of the chosen graph, got none", g->output[i]->name ? g->output[i]->name : "?");
		results[i] = *v;
	}
	for (size_t i = 0; i < whole->n_output; i++)
		onnx_define(m, whole->output[i], results[i]);
}

void
op_if(Import *m)
{
	OnnxValue c = constant_at(m, 0, "condition");
	const char *branch = count_elements(&c) && c.data[0] != 0 ? "then_branch" : "else_branch";
	const Onnx__AttributeProto *a = attr_find(m, branch);

	if (!a || !a->g)
		refuse(m, "want a graph %s, got none", branch);
	if (++m->depth > MostDepth)
		refuse(m, "want at most %d graphs in each other, got more", MostDepth);
	run_graph(m, a->g);
	m->depth--;
}
