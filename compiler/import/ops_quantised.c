/*
** ops_quantised.c - numbers to bytes and back; and the operators on bytes that ONNX and ONNX Runtime have, each read as
** the float operator between a DequantizeLinear of its inputs and a QuantizeLinear of its result. What becomes of those
** is quantised.c's.
*/
#include <string.h>

#include "import.h"

/* --- tensors --- */

/* makes_signed - does it hand out bytes from -128 on */
static bool
makes_signed(const Node *n)
{
	while (keeps_bytes(n->op))
		n = n->in[0]->node;
	return n->a.requant == Requant_onnx_s8;
}

static double
one_value(const Import *m, const OnnxValue *v, const char *what)
{
	if (count_elements(v) != 1)
		refuse(m, "want one %s for all of a tensor, got %s", what, dims_of(v));
	return v->data[0];
}

/* quantized - the node that makes bytes of x */
static Node *
quantized(Import *m, Node *x, double scale, double zero, int type)
{
	Node *n = node_on(m, O_quantize, x);

	n->a.step = scale;
	n->a.zero = (int)zero + (type == TypeInt8 ? 128 : 0);
	n->a.requant = type == TypeInt8 ? Requant_onnx_s8 : Requant_onnx_u8;
	return node_put(m, n);
}

void
op_quantize(Import *m)
{
	OnnxValue x = tensor_at(m, 0), scale = scale_at(m, 1), zero;
	int type = (int)attr_int(m, "output_dtype", 0);
	double step = one_value(m, &scale, "scale"), z;

	zero = zero_at(m, 2, &scale, type);
	type = zero.type ? zero.type : TypeUint8;
	if (type != TypeUint8 && type != TypeInt8)
		refuse(m, "want 8 bits, got %s", type_name(type));
	z = one_value(m, &zero, "zero point");
	if (is_bytes(x.n->out))
		refuse(m, "want floats, got the bytes '%s'", x.name);
	set_result(m, view_like(&x, quantized(m, x.n, step, z, type)));
}

/* dequantized - the one node that makes floats of these bytes */
static Node *
dequantized(Import *m, Node *x)
{
	for (int i = 0; i < m->g->count; i++)
		if (m->g->nodes[i]->op == O_dequantize && m->g->nodes[i]->in[0] == x->out)
			return m->g->nodes[i];
	return node_put(m, node_on(m, O_dequantize, x));
}

void
op_dequantize(Import *m)
{
	OnnxValue x = tensor_at(m, 0), scale = scale_at(m, 1), zero;
	bool pixels = x.n->op == O_input && m->g->image.u8;
	int type = pixels ? TypeUint8 : !is_bytes(x.n->out) ? 0 : makes_signed(x.n) ? TypeInt8 : TypeUint8;
	double s = one_value(m, &scale, "scale"), z;

	if (!type)
		refuse(m, "want bytes that a QuantizeLinear made, or an input of bytes, got floats");
	zero = zero_at(m, 2, &scale, type);
	z = one_value(m, &zero, "zero point");
	if (pixels)                          /* floats of bytes: as bytes they are those again */
		x.n = quantized(m, node_scaled_by(m, x.n, s, -s*z), s, z, type);
	z += type == TypeInt8 ? 128 : 0;
	if (step_of(x.n->out) != s || zero_of(x.n->out, 0) != z)
		refuse(m, "want the scale and zero point that its bytes were made with, %g and %d, got %g and %g", step_of(x.n->out),
		       zero_of(x.n->out, 0) - (type == TypeInt8 ? 128 : 0), s, z - (type == TypeInt8 ? 128 : 0));
	set_result(m, view_like(&x, dequantized(m, x.n)));
}

double
floats_of_bytes(Import *m, OnnxValue *x, double byte)
{
	Value *v = x->n->out;
	double value = (byte + (makes_signed(x->n) ? 128 : 0) - zero_of(v, 0))*step_of(v);

	*x = view_like(x, dequantized(m, x->n));
	return value;
}

OnnxValue
bytes_again(Import *m, OnnxValue y, const Node *x)
{
	double zero = zero_of(x->out, 0) - (makes_signed(x) ? 128 : 0);

	return view_like(&y, quantized(m, y.n, step_of(x->out), zero, makes_signed(x) ? TypeInt8 : TypeUint8));
}

/* --- operators on bytes --- */

/* run_as - an operator on these names in place of the node at hand, whose name and attributes it has */
static void
run_as(Import *m, const char *op, int count, const char *const *in, const char *out)
{
	const Onnx__NodeProto *own = m->p;
	Onnx__NodeProto p = ONNX__NODE_PROTO__INIT;
	char *names[8], *result = (char *)(size_t)out;

	for (int i = 0; i < count; i++)
		names[i] = (char *)(size_t)in[i];
	p.op_type = (char *)(size_t)op;
	p.name = own->name;
	p.n_input = (size_t)count;
	p.input = names;
	p.n_output = 1;
	p.output = &result;
	p.n_attribute = own->n_attribute;
	p.attribute = own->attribute;
	m->p = &p;
	m->node(m);
	m->p = own;
}

static const char *
name_at(const Import *m, size_t i)
{
	return has_input(m, i) ? m->p->input[i] : "";
}

/* floats_at - inputs i, i + 1, i + 2 are numbers, their scale and zero point: the name of what they stand for */
static const char *
floats_at(Import *m, size_t i)
{
	const char *in[] = { name_at(m, i), name_at(m, i + 1), name_at(m, i + 2) };
	const char *name = arena_text("%s, as floats", in[0]);

	input_at(m, i);
	run_as(m, "DequantizeLinear", 3, in, name);
	return name;
}

/* weights_at - the same of weights, with a scale for each step along an axis */
static const char *
weights_at(Import *m, size_t i, int axis)
{
	const char *name = arena_text("%s, as floats", name_at(m, i));
	OnnxValue w = constant_at(m, i, "weights"), scale = scale_at(m, i + 1), zero = zero_at(m, i + 2, &scale, w.type);

	onnx_define(m, name, constant_dequantized(m, &w, &scale, &zero, axis));
	return name;
}

/* bias_at - whole numbers in the steps of the sums */
static const char *
bias_at(Import *m, size_t i, size_t x_scale, size_t w_scale)
{
	const char *name = arena_text("%s, as floats", name_at(m, i));
	OnnxValue b, x = scale_at(m, x_scale), w = scale_at(m, w_scale), zero;
	double *steps;

	if (!has_input(m, i))
		return "";
	b = constant_at(m, i, "bias");
	if (b.type != TypeInt32)
		refuse(m, "want a bias of integers of 32 bits, got %s", type_name(b.type));
	w.data = memcpy(arena_new((count_elements(&w) + 1)*sizeof *w.data), w.data, count_elements(&w)*sizeof *w.data);
	steps = (double *)(size_t)w.data;
	for (size_t k = 0; k < count_elements(&w); k++)
		steps[k] = rounded_to(TypeFloat, steps[k]*x.data[0]);
	zero = (OnnxValue){ .rank = w.rank, .type = TypeInt32, .data = arena_new((count_elements(&w) + 1)*sizeof *zero.data) };
	memcpy(zero.dim, w.dim, sizeof zero.dim);
	onnx_define(m, name, constant_dequantized(m, &b, &w, &zero, 0));
	return name;
}

/* bytes_of - the node's result from the floats of that name, with the scale and zero point of inputs i and i + 1 */
static void
bytes_of(Import *m, const char *floats, size_t i)
{
	const char *in[] = { floats, name_at(m, i), name_at(m, i + 1) };

	scale_at(m, i);
	run_as(m, "QuantizeLinear", 3, in, m->p->output[0]);
	PUSH(m->joined, m->njoined, m->g->nodes[m->g->count - 1]);
}

static const char *
result_name(const Import *m)
{
	return arena_text("%s, as floats", m->p->output[0]);
}

static void
want_channels_first(const Import *m)
{
	if (attr_int(m, "channels_last", 0))
		refuse(m, "want channels_last = 0, got 1");
}

void
op_qlinear_conv(Import *m)
{
	const char *y = result_name(m), *in[3];

	want_channels_first(m);
	in[0] = floats_at(m, 0);
	in[1] = weights_at(m, 3, 0);
	in[2] = bias_at(m, 8, 1, 4);
	run_as(m, "Conv", 3, in, y);
	bytes_of(m, y, 6);
}

void
op_qlinear_matmul(Import *m)
{
	const char *y = result_name(m), *in[2];

	in[0] = floats_at(m, 0);
	in[1] = weights_at(m, 3, 1);
	run_as(m, "MatMul", 2, in, y);
	bytes_of(m, y, 6);
}

/* op_qgemm - without a scale of the result it is floats */
void
op_qgemm(Import *m)
{
	bool bytes = has_input(m, 7);
	const char *y = bytes ? result_name(m) : m->p->output[0], *in[3];

	in[0] = floats_at(m, 0);
	in[1] = weights_at(m, 3, attr_int(m, "transB", 0) ? 0 : 1);
	in[2] = bias_at(m, 6, 1, 4);
	run_as(m, "Gemm", 3, in, y);
	if (bytes)
		bytes_of(m, y, 7);
}

/* two - of two tensors */
static void
two(Import *m, const char *op)
{
	const char *y = result_name(m), *in[2];

	in[0] = floats_at(m, 0);
	in[1] = floats_at(m, 3);
	run_as(m, op, 2, in, y);
	bytes_of(m, y, 6);
}

/* one - of one tensor */
static void
one(Import *m, const char *op)
{
	const char *y = result_name(m), *x;

	want_channels_first(m);
	x = floats_at(m, 0);
	run_as(m, op, 1, &x, y);
	bytes_of(m, y, 3);
}

void op_qlinear_add(Import *m)                 { two(m, "Add"); }
void op_qlinear_mul(Import *m)                 { two(m, "Mul"); }
void op_qlinear_average_pool(Import *m)        { one(m, "AveragePool"); }
void op_qlinear_global_average_pool(Import *m) { one(m, "GlobalAveragePool"); }
void op_qlinear_leaky_relu(Import *m)          { one(m, "LeakyRelu"); }
void op_qlinear_sigmoid(Import *m)             { one(m, "Sigmoid"); }

void
op_qlinear_concat(Import *m)
{
	const char *y = result_name(m), *in[8];
	int count = 0;

	if (m->p->n_input%3 != 2 || m->p->n_input > 2 + 3*8)
		refuse(m, "want a scale, a zero point and up to 8 tensors with theirs, got %zu inputs", m->p->n_input);
	for (size_t i = 2; i < m->p->n_input; i += 3)
		in[count++] = floats_at(m, i);
	run_as(m, "Concat", count, in, y);
	bytes_of(m, y, 0);
}

/* op_conv_integer - sums of bytes, which a product with scales of each picture follows */
void
op_conv_integer(Import *m)
{
	refuse(m, "want sums that a scale known beforehand makes bytes (QLinearConv, QLinearMatMul), got bare ones");
}

void
op_dynamic_quantize(Import *m)
{
	refuse(m, "want scales that are known beforehand (static quantisation), got those of each picture");
}
