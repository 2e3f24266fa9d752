/*
** ops_fused.c - what ONNX Runtime writes when it optimises a graph, in its own domain: operators and what follows them.
*/
#include <string.h>

#include "import.h"

/* followed - by another operator on the result, and on this input where it is one of two */
static void
followed(Import *m, const char *type, void (*op)(Import *), char *second)
{
	const Onnx__NodeProto *whole = m->p;
	Onnx__NodeProto next = *whole;
	char *inputs[2] = { whole->output[0], second };

	next.op_type = (char *)(size_t)type;
	next.input = inputs;
	next.n_input = second ? 2 : 1;
	m->p = &next;
	op(m);
	m->p = whole;
}

/* then_activated - by the activation of that name with so many numbers */
static void
then_activated(Import *m, const char *name, const double *v, int count)
{
	static const struct { const char *name; int numbers; } known[] = {
		{ "Relu", 0 }, { "Sigmoid", 0 }, { "Tanh", 0 }, { "LeakyRelu", 1 }, { "HardSigmoid", 2 }, { "Clip", 2 },
	};
	OnnxValue x = *onnx_find(m, m->p->output[0]);
	int i = 0, n = (int)(sizeof known/sizeof *known);

	if (!*name)
		return;
	while (i < n && strcmp(known[i].name, name))
		i++;
	if (i == n || known[i].numbers != count)
		refuse(m, "want an activation Relu, Sigmoid, Tanh, LeakyRelu, HardSigmoid or Clip with its numbers, got '%s' with %d",
		       name, count);
	activate(m, &x, name, v);
}

static void
activated_by_list(Import *m)
{
	const Onnx__AttributeProto *a = attr_reals(m, "activation_params");
	double v[2] = { 0 };

	for (size_t i = 0; a && i < a->n_floats && i < 2; i++)
		v[i] = (double)a->floats[i];
	then_activated(m, attr_text(m, "activation", ""), v, a ? (int)a->n_floats : 0);
}

/* op_fused_conv - a convolution, a fourth input that is added, an activation */
void
op_fused_conv(Import *m)
{
	const Onnx__NodeProto *whole = m->p;
	Onnx__NodeProto conv = *whole;

	conv.n_input = conv.n_input < 3 ? conv.n_input : 3;
	m->p = &conv;
	op_conv(m);
	m->p = whole;
	if (has_input(m, 3))
		followed(m, "Add", op_add, whole->input[3]);
	activated_by_list(m);
}

void
op_fused_gemm(Import *m)
{
	static const char *const numbers[] = { "activation_alpha", "activation_beta" };
	double v[2] = { 0 };
	int count = 0;

	op_gemm(m);
	for (; count < 2 && attr_find(m, numbers[count]); count++)
		v[count] = attr_real(m, numbers[count], 0);
	then_activated(m, attr_text(m, "activation", ""), v, count);
}

/* op_bias_gelu - of the sum, where there are two inputs */
void
op_bias_gelu(Import *m)
{
	if (!has_input(m, 1)) {
		op_gelu(m);
		return;
	}
	op_add(m);
	followed(m, "Gelu", op_gelu, NULL);
}

void
op_fast_gelu(Import *m)
{
	if (has_input(m, 1)) {
		op_add(m);
		followed(m, "Gelu", op_gelu_tanh, NULL);
	} else {
		op_gelu_tanh(m);
	}
}
