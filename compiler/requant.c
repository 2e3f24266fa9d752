/*
** requant.c - results made bytes as ONNX Runtime does it, with its roundings: of what an ONNX file quantised. It counts
** signed bytes from -128 on; ours are 128 more.
*/
#include <math.h>

#include "graph.h"

double
requant_origin(const Node *n)
{
	return n->a.requant == Requant_onnx_s8 ? 128 : 0;
}

/* ratio - of an input's step to the result's, both float32 as the file has them */
static float
ratio(const Node *n, int i)
{
	return (float)step_of(n->in[i])/(float)step_of(n->out);
}

Requanted
requant_of(const Node *n)
{
	double origin = requant_origin(n), zero[2];
	Requanted r = { 0 };

	if (n->op == O_avg_pool)
		return (Requanted){ { (float)step_of(n->in[0]), (float)step_of(n->out) }, (float)(n->a.zero - origin) };
	if (n->a.requant == Requant_onnx_float)
		return (Requanted){ { (float)step_of(n->in[0]), (float)step_of(n->in[1]) }, (float)step_of(n->out) };
	if (n->op == O_quantize)
		r.factor[0] = (float)n->a.step;
	if (n->op == O_adaptive_avg_pool) {
		Shape x = n->in[0]->shape;
		r.factor[0] = (float)step_of(n->in[0])/((float)step_of(n->out)*(float)(x.h*x.w));
	}
	if (n->op == O_mul) {
		r.factor[0] = (float)step_of(n->in[0])*(float)step_of(n->in[1]);
		r.factor[0] /= (float)step_of(n->out);
		r.shift = (float)(n->a.zero - origin);
	}
	if (n->op != O_add)
		return r;
	for (int i = 0; i < 2; i++) {
		r.factor[i] = ratio(n, i);
		zero[i] = zero_of(n->in[i], 0) - origin;
	}
	r.shift = (float)(zero[1]*(double)r.factor[1]);
	r.shift = (float)(zero[0]*(double)r.factor[0] + (double)r.shift);
	r.shift = (float)(n->a.zero - origin - (double)r.shift);
	return r;
}

const char *
requant_flaw(const Node *n)
{
	if (n->a.requant == Requant_exact)
		return NULL;
	if (!is_bytes(n->out))
		return arena_text("want a step above 0 beside requant, got none");
	if (n->a.requant == Requant_onnx_float && n->op != O_add && n->op != O_mul)
		return "want exact, onnx_u8 or onnx_s8 for requant, got onnx_float";
	if (n->op == O_adaptive_avg_pool && n->out->shape.h*n->out->shape.w > 1)
		return "want the mean of a whole image beside requant, got windows";
	for (int i = 0; i < n->nin && n->op == O_add && n->a.requant != Requant_onnx_float; i++)
		if (!(ratio(n, i) >= 0x1p-10F && ratio(n, i) < 0x1p8F))     /* so that a double has room for the sums */
			return arena_text("want steps from 1/1024 to 256 times the result's beside requant, got %g times",
			                  (double)ratio(n, i));
	return NULL;
}
