/*
** graph.c - an ONNX graph to ours, node by node: those that the outputs need. Constants are folded on the way; what has
** no counterpart is refused with the node that has it. Semantics: ONNX operators, opsets 7 and later.
*/
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "refusals.h"

static const OnnxOp ops[] = {
	{ "Abs", op_abs, 7 }, { "Add", op_add, 7 }, { "And", op_and, 7 }, { "ArgMax", op_arg_max, 7 },
	{ "ArgMin", op_arg_min, 7 }, { "AveragePool", op_average_pool, 7 },
	{ "BatchNormalization", op_batch_norm, 7 }, { "Cast", op_cast, 7 }, { "CastLike", op_cast_like, 15 },
	{ "Celu", op_celu, 12 },
	{ "Clip", op_clip, 7 }, { "Concat", op_concat, 7 }, { "Constant", op_constant, 7 }, { "Conv", op_conv, 1 },
	{ "ConvInteger", op_conv_integer, 10 }, { "ConvTranspose", op_conv_transpose, 1 },
	{ "DepthToSpace", op_depth_to_space, 7 }, { "DequantizeLinear", op_dequantize, 10 }, { "Div", op_div, 7 },
	{ "Dropout", op_dropout, 7 }, { "DynamicQuantizeLinear", op_dynamic_quantize, 11 }, 
	{ "Einsum", op_einsum, 12 }, { "Elu", op_elu, 7 },
	{ "Equal", op_equal, 7 },
	{ "Erf", op_erf, 7 }, { "Exp", op_exp, 7 }, { "Expand", op_expand, 7 }, { "Flatten", op_flatten, 7 },
	{ "Gather", op_gather, 7 }, { "GatherND", op_gather_nd, 11 }, { "Gelu", op_gelu, 20 }, { "Gemm", op_gemm, 7 },
	{ "GlobalAveragePool", op_global_average_pool, 1 }, { "GlobalMaxPool", op_global_max_pool, 1 },
	{ "Greater", op_greater, 7 }, { "GreaterOrEqual", op_at_least, 12 },
	{ "GroupNormalization", op_group_norm, 18 }, { "HardSigmoid", op_hard_sigmoid, 7 },
	{ "HardSwish", op_hard_swish, 7 }, { "Identity", op_identity, 1 }, { "If", op_if, 1 },
	{ "InstanceNormalization", op_instance_norm, 7 }, { "LayerNormalization", op_layer_norm, 17 },
	{ "LeakyRelu", op_leaky_relu, 7 }, { "Less", op_less, 7 }, { "LessOrEqual", op_at_most, 12 },
	 { "Log", op_log, 7 }, { "LogSoftmax", op_log_softmax, 7 },
	{ "LpNormalization", op_lp_normalization, 1 }, { "LRN", op_lrn, 1 }, { "MatMul", op_matmul, 7 },
	{ "MatMulInteger", op_conv_integer, 10 }, { "Max", op_max, 7 }, { "MaxPool", op_max_pool, 7 },
	{ "Mean", op_mean, 7 }, { "Min", op_min, 7 }, { "Mish", op_mish, 18 }, { "Mul", op_mul, 7 },
	{ "Neg", op_neg, 7 }, { "Not", op_not, 1 }, { "Or", op_or, 7 }, { "Pad", op_pad, 7 }, 
	{ "Pow", op_pow, 7 }, { "PRelu", op_prelu, 7 },
	{ "QLinearConv", op_qlinear_conv, 10 }, { "QLinearMatMul", op_qlinear_matmul, 10 },
	{ "QuantizeLinear", op_quantize, 10 }, { "Reciprocal", op_reciprocal, 7 }, { "ReduceL1", op_reduce_l1, 7 },
	{ "ReduceL2", op_reduce_l2, 7 }, { "ReduceLogSum", op_reduce_log_sum, 7 },
	{ "ReduceLogSumExp", op_reduce_log_sum_exp, 7 }, { "ReduceMax", op_reduce_max, 7 },
	{ "ReduceMean", op_reduce_mean, 7 }, { "ReduceMin", op_reduce_min, 7 }, { "ReduceSum", op_reduce_sum, 7 },
	{ "ReduceSumSquare", op_reduce_sum_square, 7 }, { "Relu", op_relu, 7 }, { "Reshape", op_reshape, 7 },
	{ "Resize", op_resize, 7 }, { "Selu", op_selu, 7 }, { "Shape", op_shape, 7 }, { "Sigmoid", op_sigmoid, 7 },
	{ "Sign", op_sign, 9 },
	{ "Size", op_size, 7 }, { "Slice", op_slice, 7 }, { "Softmax", op_softmax, 7 },
	{ "Softplus", op_softplus, 7 }, { "Softsign", op_softsign, 7 }, { "SpaceToDepth", op_space_to_depth, 7 },
	{ "Split", op_split, 7 }, { "Sqrt", op_sqrt, 7 }, { "Squeeze", op_squeeze, 7 }, { "Sub", op_sub, 7 },
	{ "Sum", op_sum, 7 }, { "Swish", op_swish, 24 }, { "Tanh", op_tanh, 7 }, { "Tile", op_tile, 7 },
	{ "TopK", op_top_k, 10 },
	{ "Transpose", op_transpose, 7 },
	{ "Unsqueeze", op_unsqueeze, 7 }, { "Upsample", op_upsample, 7 }, { "Where", op_where, 9 },
};
enum { NOnnxOps = sizeof ops/sizeof *ops };

static const OnnxOp contributed[] = {          /* by ONNX Runtime, in its own domain */
	{ "BiasGelu", op_bias_gelu, 1 }, { "DequantizeLinear", op_dequantize, 1 }, { "FastGelu", op_fast_gelu, 1 },
	{ "FusedConv", op_fused_conv, 1 }, { "FusedGemm", op_fused_gemm, 1 }, { "FusedMatMul", op_fused_matmul, 1 },
	{ "Gelu", op_gelu, 1 }, { "QGemm", op_qgemm, 1 }, { "QLinearAdd", op_qlinear_add, 1 },
	{ "QLinearAveragePool", op_qlinear_average_pool, 1 }, { "QLinearConcat", op_qlinear_concat, 1 },
	{ "QLinearConv", op_qlinear_conv, 1 }, { "QLinearGlobalAveragePool", op_qlinear_global_average_pool, 1 },
	{ "QLinearLeakyRelu", op_qlinear_leaky_relu, 1 }, { "QLinearMul", op_qlinear_mul, 1 },
	{ "QLinearSigmoid", op_qlinear_sigmoid, 1 }, { "QuantizeLinear", op_quantize, 1 },
	{ "QuickGelu", op_quick_gelu, 1 },
};
enum { NContributed = sizeof contributed/sizeof *contributed };

/* --- what the outputs need --- */

static bool
named(const void *user, const char *name)
{
	const Names *n = user;
	int lo = 0, hi = n->count;

	while (lo < hi) {
		int middle = (lo + hi)/2, order = strcmp(n->names[middle], name);
		if (!order)
			return true;
		*(order < 0 ? &lo : &hi) = order < 0 ? middle + 1 : middle;
	}
	return false;
}

/* insert - into a sorted list; false: it is there */
static void
insert(Names *n, const char *name)
{
	int at = n->count;

	if (!*name || named(n, name))
		return;
	PUSH(n->names, n->count, name);
	for (; at && strcmp(n->names[at-1], name) > 0; at--)
		n->names[at] = n->names[at-1];
	n->names[at] = name;
}

/* needs - is a result of this node read by an output, at the end of the way */
static bool
needs(const Names *needed, const Onnx__NodeProto *p)
{
	for (size_t i = 0; i < p->n_output; i++)
		if (named(needed, p->output[i]))
			return true;
	return false;
}

static Names
needed_names(const Onnx__GraphProto *p, const int *order)
{
	Names needed = { 0 };

	for (size_t i = 0; i < p->n_output; i++)
		if (p->output[i]->name)
			insert(&needed, p->output[i]->name);
	for (size_t i = p->n_node; i-- > 0;) {
		const Onnx__NodeProto *n = p->node[order[i]];
		if (needs(&needed, n)) {
			Names read = { 0 };
			names_read(&read, n);
			for (int k = 0; k < read.count; k++)
				insert(&needed, read.names[k]);
		}
	}
	return needed;
}

/* --- nodes --- */

/* contributed_op - an operator of ONNX Runtime's own, NULL: the node is none that is read here */
static const OnnxOp *
contributed_op(const Onnx__NodeProto *p)
{
	for (int i = 0; i < NContributed && p->domain && !strcmp(p->domain, "com.microsoft"); i++)
		if (!strcmp(contributed[i].name, p->op_type))
			return &contributed[i];
	return NULL;
}

static const OnnxOp *
op_of(const Onnx__NodeProto *p)
{
	for (int i = 0; i < NOnnxOps; i++)
		if (!strcmp(ops[i].name, p->op_type))
			return &ops[i];
	return contributed_op(p);
}

/* all_constant - every input that is there; a node without any is not */
static bool
all_constant(const Import *m)
{
	bool any = false;

	for (size_t i = 0; i < m->p->n_input; i++) {
		const OnnxValue *v = has_input(m, i) ? onnx_find(m, m->p->input[i]) : NULL;
		if (has_input(m, i) && (!v || v->n || v->lost || v->rank < 0))
			return false;
		any = any || v;
	}
	return any;
}

static void
onnx_node(Import *m)
{
	const OnnxOp *own = contributed_op(m->p), *op = own ? own : op_of(m->p);

	if (m->p->domain && *m->p->domain && strcmp(m->p->domain, "ai.onnx") && !own)
		refuse(m, "want an operator of ONNX itself, got domain '%s'", m->p->domain);
	if (!op && !is_folded(m->p->op_type))
		refuse(m, "want an operator of residual networks, got this");
	if (m->opset < (op ? op->since : 7) && !own)
		refuse(m, "want opset %lld or later, got %lld", (long long)(op ? op->since : 7), (long long)m->opset);
	if (op && op->run == op_if) {
		op_if(m);
		return;
	}
	if (all_constant(m) && !(op && (op->run == op_shape || op->run == op_size))) {
		const char *message;
		if (fold_constants(m))
			return;
		message = fold_as_graph(m, op->run);
		if (message)
			fail("%s", message);
		return;
	}
	for (size_t i = 0; op && i < m->p->n_input; i++) {
		OnnxValue *v = has_input(m, i) ? onnx_find(m, m->p->input[i]) : NULL;
		if (v && v->erf && op->run != op_add && op->run != op_mul && op->run != op_div)
			*v = erf_alone(m, v);
	}
	if (!op)
		refuse(m, "want constants, got the result '%s'", m->p->n_input ? m->p->input[0] : "?");
	op->run(m);
}

static void
run_node(void *user)
{
	onnx_node(user);
}

/* --- what the file declares --- */

static const Onnx__TensorShapeProto *
declared(const Import *m, const char *name)
{
	const Onnx__GraphProto *p = m->graph;

	for (size_t i = 0; i < p->n_value_info + p->n_output; i++) {
		const Onnx__ValueInfoProto *v = i < p->n_value_info ? p->value_info[i] : p->output[i - p->n_value_info];
		if (v->name && !strcmp(v->name, name) && v->type && v->type->tensor_type)
			return v->type->tensor_type->shape;
	}
	return NULL;
}

/* check_declared - a result has the shape that the file says; what is open or not of the file's size may be any */
static void
check_declared(void *user)
{
	Import *m = user;

	for (size_t i = 0; i < m->p->n_output && m->as_declared; i++) {
		const OnnxValue *v = onnx_find(m, m->p->output[i]);
		const Onnx__TensorShapeProto *shape = declared(m, m->p->output[i]);
		const char *told = "";
		bool differs;
		if (!v || !v->n || v->rank < 0 || !shape || !shape->n_dim)
			continue;
		differs = shape->n_dim != (size_t)v->rank;
		for (size_t d = 0; d < shape->n_dim; d++) {
			const Onnx__Dimension *dim = shape->dim[d];
			bool open = !dim->has_dim_value || dim->dim_value < 1;
			told = arena_text("%s%s%s", told, d ? "x" : "", open ? "?" :
			                  arena_text("%lld", (long long)dim->dim_value));
			differs = differs || (!open && dim->dim_value != v->dim[d]);
		}
		if (differs)
			refuse(m, "want the shape %s that the file declares, got %s", told, dims_of(v));
	}
}

/* stand_in - an image of the declared shape for a lost result, so that what reads it can be looked at; or NULL */
static Node *
stand_in(const Import *m, const char *name)
{
	const Onnx__TensorShapeProto *shape = declared(m, name);
	Node *n;

	if (!m->as_declared || !shape || shape->n_dim != NAxes)
		return NULL;
	for (int i = 0; i < NAxes; i++)
		if (!shape->dim[i]->has_dim_value || shape->dim[i]->dim_value < 1 || shape->dim[i]->dim_value > 65536)
			return NULL;
	n = node_begin(m, O_input, "?");
	n->a.shape = (Shape){ (int)shape->dim[0]->dim_value, (int)shape->dim[1]->dim_value,
	                      (int)shape->dim[2]->dim_value, (int)shape->dim[3]->dim_value };
	node_add(m->g, n);
	return n;
}

static void
lose(Import *m)
{
	for (size_t i = 0; i < m->p->n_output; i++) {
		Node *n = *m->p->output[i] ? stand_in(m, m->p->output[i]) : NULL;
		OnnxValue v = { .lost = true };
		if (n)
			v = view_of(n);
		if (*m->p->output[i])
			onnx_define(m, m->p->output[i], v);
	}
}

static bool
reads_lost(const Import *m)
{
	for (size_t i = 0; i < m->p->n_input; i++) {
		const OnnxValue *v = has_input(m, i) ? onnx_find(m, m->p->input[i]) : NULL;
		if (v && v->lost)
			return true;
	}
	return false;
}

/* refuse_packed - what ONNX Runtime optimised for one processor has weights in an order that the file doesn't say */
static void
refuse_packed(Import *m)
{
	for (size_t i = 0; i < m->graph->n_node; i++) {
		const Onnx__NodeProto *p = m->graph->node[i];
		if (!p->domain || !p->op_type || strcmp(p->domain, "com.microsoft.nchwc"))
			continue;
		m->p = p;
		m->number = (int)i + 1;
		refuse(m, "want a graph optimised for any processor (ORT_ENABLE_EXTENDED), got one of ORT_ENABLE_ALL, "
		       "whose weights are packed for one");
	}
}

static void
run_nodes(Import *m, const int *order, const Names *needed)
{
	Refusals refusals = { 0 };

	for (size_t i = 0; i < m->graph->n_node; i++) {
		const Onnx__NodeProto *p = m->graph->node[order[i]];
		const char *message = NULL;
		if (!needs(needed, p))
			continue;
		if (!p->op_type || !p->n_output || !*p->output[0])
			fail("%s:%d: want a node with an operator and a result, got none", m->file, order[i] + 1);
		m->p = p;
		m->number = order[i] + 1;
		if (!reads_lost(m) || !(op_of(p) || is_folded(p->op_type))) {
			message = attempt(run_node, m);
			m->p = p;
			message = message ? message : attempt(check_declared, m);
		}
		if (message)
			refusal_add(&refusals, p->op_type, message);
		if (message || reads_lost(m))
			lose(m);
	}
	if (refusals.count)
		refuse_all(&refusals, m->file);
}

/* --- outputs --- */

/* in_place - a node with the output's elements in its order, and its dimensions where it can have them */
static Node *
in_place(Import *m, const OnnxValue *v, const char *name)
{
	Node *n = NULL;
	OnnxValue own;

	if (v->erf) {
		own = erf_alone(m, v);
		v = &own;
	}
	if (v->rank == NAxes && !(v->infinite.t + v->infinite.l + v->infinite.b + v->infinite.r))
		n = as_image(m, v);
	if (!n && in_order(v) && v->rank != NAxes)
		n = v->rank == 2 && v->dim[0] == v->n->out->shape.n ? flattened(m, v->n) : v->n;
	if (!n && v->rank > 1 && v->rank != NAxes && v->dim[0] == v->n->out->shape.n)
		n = view_arranged(m, v, 2, v->rank > 3 ? v->rank - 1 : 2).n;
	if (!n && v->rank > 1 && v->n->out->shape.n == 1 && v->dim[0] != 1)
		n = view_arranged(m, v, v->rank - 2, v->rank - 1).n;
	if (!n)
		fail("%s: output '%s': want images x channels x rows x columns, got another order of them",
		     m->file, name);
	return n;
}

/* output_name - the file's, as the language has them; "": of a single output, a number, a word that PyTorch made up, or
   what another is called */
static const char *
output_name(const Import *m, const char *name, int count)
{
	char *s, *own = arena_text("%s", name);

	for (s = own; *s; s++)
		*s = isalnum((unsigned char)*s) ? *s : '_';
	if (m->graph->n_output < 2 || !isalpha((unsigned char)*own) || s - own > 60 || !strncmp(name, "onnx::", 6))
		return "";
	for (int i = 0; i < count; i++)
		if (!strcmp(m->g->output_names[i], own))
			return "";
	return own;
}

static void
add_outputs(Import *m)
{
	Graph *g = m->g;
	Onnx__NodeProto place = ONNX__NODE_PROTO__INIT;      /* nodes that are made for an output are called as it is */

	place.op_type = (char *)(size_t)"output";
	m->p = &place;
	m->number = (int)m->graph->n_node;
	for (size_t i = 0; i < m->graph->n_output; i++) {
		const char *name = place.name = m->graph->output[i]->name ? m->graph->output[i]->name :
		        (char *)(size_t)"?";
		const OnnxValue *v = onnx_find(m, name);
		OnnxValue y;
		Value *out;
		int count = g->noutputs;
		if (!v || !v->n)
			fail("%s: output '%s': want a result of the graph, got %s", m->file, name, !v ? "none" :
			     v->rank < 0 ? "a node's second one" : "a constant");
		y = *v;
		out = v->rank < 0 ? &v->n->out[1] : in_place(m, &y, name)->out;
		for (int k = 0; k < g->noutputs; k++)
			if (g->outputs[k] == out)
				fail("%s: output '%s': want each result once, got '%s' again", m->file, name, out->node->name);
		PUSH(g->outputs, g->noutputs, out);
		name = output_name(m, name, count);
		PUSH(g->output_names, count, name);
	}
	if (!g->noutputs)
		fail("%s: want an output, got none", m->file);
}

Graph *
onnx_import(const char *file, const OnnxOptions *o)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);
	Onnx__ModelProto *p = onnx_read(file, map, len);
	Import m = { .file = file, .graph = p->graph, .g = graph_new(file), .o = o, .node = onnx_node };
	const int *order = (inline_functions(file, p), node_sequence(p->graph));
	Names needed = needed_names(p->graph, order);

	for (size_t i = 0; i < p->n_opset_import; i++)
		if (!p->opset_import[i]->domain || !*p->opset_import[i]->domain ||
		    !strcmp(p->opset_import[i]->domain, "ai.onnx"))
			m.opset = p->opset_import[i]->version;
	add_inputs(&m, named, &needed);
	refuse_packed(&m);
	run_nodes(&m, order, &needed);
	add_outputs(&m);
	to_bytes(&m);
	if (!m.nwhole && !any_bytes(m.g))
		tidy(m.g);
	for (int i = 0; i < m.g->count; i++)
		node_params(m.g->nodes[i], NULL, NULL);
	fill_uses(m.g);
	dce(m.g);
	if (any_bytes(m.g))
		tell_floats(m.g);
	return m.g;
}
