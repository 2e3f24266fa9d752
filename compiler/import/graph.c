/*
** graph.c - an ONNX graph to ours, node by node. Constants are folded on the way (shape arithmetic); what has
** no counterpart is refused with the node that has it. Semantics: ONNX operators, opsets 7 and later.
*/
#include <string.h>

#include "import.h"

/* the operators, and the first opset whose meaning is the one read here */
static const struct { const char *name; void (*run)(Import *); int64_t since; } ops[] = {
	{ "Add", op_add, 7 }, { "AveragePool", op_average_pool, 7 }, { "BatchNormalization", op_batch_norm, 7 },
	{ "Cast", op_cast, 7 }, { "Clip", op_clip, 7 }, { "Concat", op_concat, 7 }, { "Constant", op_constant, 7 },
	{ "ConstantOfShape", op_constant_of_shape, 7 }, { "Conv", op_conv, 1 }, { "Div", op_div, 7 },
	{ "Dropout", op_dropout, 7 }, { "Flatten", op_flatten, 7 }, { "Gather", op_gather, 7 }, { "Gemm", op_gemm, 7 },
	{ "GlobalAveragePool", op_global_average_pool, 1 }, { "GlobalMaxPool", op_global_max_pool, 1 },
	{ "HardSigmoid", op_hard_sigmoid, 7 }, { "HardSwish", op_hard_swish, 7 }, { "Identity", op_identity, 1 },
	{ "LeakyRelu", op_leaky_relu, 7 }, { "MatMul", op_matmul, 7 }, { "MaxPool", op_max_pool, 7 }, { "Mul", op_mul, 7 },
	{ "Pad", op_pad, 7 }, { "ReduceMax", op_reduce_max, 7 }, { "ReduceMean", op_reduce_mean, 7 }, { "Relu", op_relu, 7 },
	{ "Reshape", op_reshape, 7 }, { "Resize", op_resize, 7 }, { "Shape", op_shape, 7 }, { "Sigmoid", op_sigmoid, 7 },
	{ "Slice", op_slice, 7 }, { "Softmax", op_softmax, 7 }, { "Squeeze", op_squeeze, 7 }, { "Sub", op_sub, 7 },
	{ "Sum", op_sum, 7 }, { "Transpose", op_transpose, 7 }, { "Unsqueeze", op_unsqueeze, 7 },
	{ "Upsample", op_upsample, 7 },
};
enum { NOnnxOps = sizeof ops/sizeof *ops };

/* add_input - the image; sizes the file leaves open come from the options */
static void
add_input(Import *m, const Onnx__ValueInfoProto *v)
{
	const Onnx__TensorTypeProto *t = v->type ? v->type->tensor_type : NULL;
	int64_t d[4] = { 1, 0, 0, 0 };
	Node *n = node_new(m->g, O_input, 0);

	if (!t || !t->shape || t->shape->n_dim != 4)
		fail("%s: input '%s': want a 4-D tensor (images, channels, height, width), got a %zu-D one", m->file, v->name,
		     t && t->shape ? t->shape->n_dim : 0);
	if (t->elem_type != 1)
		fail("%s: input '%s': want float32, got data type %d", m->file, v->name, t->elem_type);
	for (int i = 0; i < 4; i++)
		if (t->shape->dim[i]->has_dim_value && t->shape->dim[i]->dim_value > 0)
			d[i] = t->shape->dim[i]->dim_value;
	if (m->o->h) {
		d[2] = m->o->h;
		d[3] = m->o->w;
	}
	if (m->o->batch)
		d[0] = m->o->batch;
	if (!d[2] || !d[3])
		fail("%s: input '%s': want a height and a width (--input HxW), got an open size", m->file, v->name);
	for (int i = 0; i < 4; i++)
		if (d[i] < 1 || d[i] > 65536)
			fail("%s: input '%s': want dimensions from 1 to 65536, got %lld", m->file, v->name, (long long)d[i]);
	n->name = "input";
	n->a.shape = (Shape){ (int)d[0], (int)d[1], (int)d[2], (int)d[3] };
	node_add(m->g, n);
	define(m, v->name, result(n, 4));
}

static void
add_inputs(Import *m, const Onnx__GraphProto *p)
{
	bool seen = false;

	for (size_t i = 0; i < p->n_initializer; i++)
		if (p->initializer[i]->name)
			define(m, p->initializer[i]->name, onnx_constant(m->file, p->initializer[i]));
	for (int i = 0; i < m->o->nconstants; i++)
		define(m, m->o->constants[i].name, m->o->constants[i].value);
	for (size_t i = 0; i < p->n_input; i++) {
		const char *name = p->input[i]->name ? p->input[i]->name : "?";
		if (find(m, name))
			continue;                    /* an initialiser that is listed as an input too */
		if (seen)
			fail("%s: input '%s': want one input that is not a constant, got a second", m->file, name);
		seen = true;
		add_input(m, p->input[i]);
	}
	if (!seen)
		fail("%s: want an input, got none", m->file);
}

static void
run_node(Import *m)
{
	const char *type = m->p->op_type ? m->p->op_type : "?", *names[NOnnxOps], *near;

	if (m->p->domain && *m->p->domain && strcmp(m->p->domain, "ai.onnx"))
		refuse(m, "want an operator of ONNX itself, got domain '%s'", m->p->domain);
	if (!m->p->n_output || !*m->p->output[0])
		refuse(m, "want a node with a result, got none");
	for (size_t i = 0; i < m->p->n_input; i++) {
		const OnnxValue *v = find(m, m->p->input[i]);
		if (v && v->rank < 0)
			refuse(m, "want first results of nodes, got '%s', a second one", v->name);
	}
	for (int i = 0; i < NOnnxOps; i++) {
		if (!strcmp(ops[i].name, type)) {
			if (m->opset < ops[i].since)
				refuse(m, "want opset 7 or later, got %lld", (long long)m->opset);
			ops[i].run(m);
			return;
		}
		names[i] = ops[i].name;
	}
	near = nearest(type, names, NOnnxOps);
	refuse(m, "want an operator of residual networks, got this%s%s%s", near ? "; the nearest one is " : "", near ? near : "", "");
}

Graph *
onnx_import(const char *file, const OnnxOptions *o)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);
	const Onnx__ModelProto *p = onnx_read(file, map, len);
	Import m = { .file = file, .g = graph_new(file), .o = o };

	for (size_t i = 0; i < p->n_opset_import; i++)
		if (!p->opset_import[i]->domain || !*p->opset_import[i]->domain || !strcmp(p->opset_import[i]->domain, "ai.onnx"))
			m.opset = p->opset_import[i]->version;
	add_inputs(&m, p->graph);
	for (size_t i = 0; i < p->graph->n_node; i++) {
		m.p = p->graph->node[i];
		m.number = (int)i + 1;
		run_node(&m);
	}
	for (size_t i = 0; i < p->graph->n_output; i++) {
		const char *name = p->graph->output[i]->name ? p->graph->output[i]->name : "?";
		const OnnxValue *v = find(&m, name);
		int count = m.g->noutputs;
		if (!v || !v->n)
			fail("%s: output '%s': want a result of the graph, got %s", file, name, !v ? "none" : v->rank < 0 ? "a node's second one" : "a constant");
		for (int k = 0; k < m.g->noutputs; k++)
			if (m.g->outputs[k] == v->n->out)
				fail("%s: output '%s': want each result once, got '%s' again", file, name, v->n->name);
		PUSH(m.g->outputs, m.g->noutputs, v->n->out);
		PUSH(m.g->output_names, count, "");
	}
	if (!m.g->noutputs)
		fail("%s: want an output, got none", file);
	for (int i = 0; i < m.g->count; i++)
		node_params(m.g->nodes[i], NULL, NULL);
	fill_uses(m.g);
	dce(m.g);
	return m.g;
}
