/* bytes.c - the numbers that all kernels on bytes are given, and their last steps. */
#include "bytes.h"

/*
** divisors - what stands behind the inputs' numbers where a result was a float: what it is divided by, with 1, and for
** a mean what is added then
*/
static int
divisors(Op op, int requant)
{
	return op == O_avg_pool && requant ? 2 : requant == Requant_onnx_float;
}

/* inputs_of - those that numbers stand for */
static int
inputs_of(const Kernel *k)
{
	return k->op == O_concat ? k->parts : k->nin + divisors(k->op, k->a.requant);
}

size_t
bytes_numbers(const Kernel *k)
{
	return (size_t)(Bounds + EachInput*inputs_of(k) + Zeros);
}

/* factor_to - of input i */
static float
factor_to(const Node *n, int i)
{
	double in = i < n->nin ? step_of(n->in[i]) : 1, ratio = in/step_of(n->out);

	switch (n->op) {
	case O_quantize:   return (float)(1/n->a.step);
	case O_dequantize: return (float)in;
	case O_mul:        return product_factor(n);
	case O_add:
	case O_concat:     return exact_factor(ratio);
	case O_conv2d:
	case O_linear:     return i ? exact_factor(ratio) : 0;
	default:           return (float)ratio;
	}
}

/*
** pack_requant - what ONNX Runtime multiplies by; of a sum the bounds count its zero, the origin is taken from both
** inputs and the shift stands for the second one's zero; of a product the shift stands for the second factor
*/
static void
pack_requant(const Node *n, float *e)
{
	Requanted r = requant_of(n);
	float origin = (float)requant_origin(n);

	for (int i = 0; i < n->nin; i++)
		e[Bounds + EachInput*i] = r.factor[i];
	if (n->op == O_avg_pool) {
		e[Bounds + EachInput] = r.factor[1];
		e[Bounds + EachInput + 1] = 1;
		e[Bounds + 2*EachInput] = r.shift;
		return;
	}
	if (n->a.requant == Requant_onnx_float) {
		e[Bounds + EachInput*n->nin] = r.shift;
		e[Bounds + EachInput*n->nin + 1] = 1;
		return;
	}
	if (n->op == O_mul)
		e[Bounds + EachInput] = r.shift;
	if (n->op != O_add)
		return;
	e[0] += (float)n->a.zero - origin;
	e[1] += (float)n->a.zero - origin;
	e[Bounds + 1] = origin;
	e[Bounds + EachInput + 1] = r.shift;
}

void
bytes_pack(const Node *n, float *e)
{
	int inputs = (n->nin ? n->nin : 1) + divisors(n->op, n->a.requant);
	float *all = e;

	act_bounds(n, &e[0], &e[1]);
	e += Bounds;
	for (int i = 0; i < inputs; i++, e += EachInput) {
		e[0] = i < n->nin ? factor_to(n, i) : 0;
		e[1] = i < n->nin ? (float)zero_of(n->in[i], 0) : 0;
	}
	for (int c = 0; c < Zeros; c++)
		e[c] = c < n->out->shape.c || !n->a.pixels ? (float)zero_of(n->out, c) : 0;
	if (n->a.requant)
		pack_requant(n, all);
}

int
bytes_packed(const Kernel *k, Packed *to)
{
	to[0] = (Packed){ DT_f32, bytes_numbers(k) };
	return 1;
}

void
bytes_pack_numbers(const Node *n, const Kernel *k, void *const *to)
{
	(void)k;
	bytes_pack(n, to[0]);
}

const char *
bytes_number(int at)
{
	return arena_text("bc(e%s)", plus((size_t)at));
}

void
emit_numbers(Out *o, const Kernel *k, const char *names)
{
	bool bytes = k->out->dtype == DT_u8;
	bool origin = k->op == O_add && (k->a.requant == Requant_onnx_u8 || k->a.requant == Requant_onnx_s8);

	out_flow(o, "V least = bc(e), most = bc(e + 1)%s", *names || bytes ? "," : ";");
	for (const char *s = names; *s; s += s[2] ? 3 : 2)       /* f0 z0 f1 z1, as many as are named */
		out_flow(o, "%.2s = bc(e + %d)%s", s, Bounds + EachInput*(s[1] - '0') + (*s == 'z'), s[2] || bytes ? "," : ";");
	if (bytes)                           /* of a sum as ONNX Runtime's, the origin */
		out_flow(o, "base = bc(e + %d);", origin ? Bounds + 1 : Bounds + EachInput*inputs_of(k));
	out_flow_end(o);
}

const char *
bytes_settled(const Kernel *k, const char *to, const char *value)
{
	return arena_text(k->out->dtype == DT_u8 ? "st8(%s, between(%s, least, most), base);" :
	                  "st(%s, between(%s, least, most));", to, value);
}

bool
bytes_in_twos(const Kernel *k)
{
	return k->out->dtype == DT_u8 && adds_products(k->t) && k->t->vl == 8;
}

const char *
bytes_two_settled(const char *to[2], const char *value[2])
{
	return arena_text("st8_two(%s, %s, %s,\n\t%s, least, most, base);", to[0], to[1], value[0], value[1]);
}
