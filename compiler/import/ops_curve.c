/*
** ops_curve.c - activations that bend, also where exporters spell them: x*(1 + erf(x/sqrt(2)))/2 is a GELU,
** x*tanh(log(1 + exp(x))) is Mish, x*sigmoid(x) is SiLU. An erf has no node at first: it waits for the product that it
** is half of.
*/
#include <math.h>
#include <string.h>

#include "import.h"

static Node *
curve(Import *m, Op op, const OnnxValue *x)
{
	Node *n = node_on(m, op, x->n);

	finish_like(m, n, x);
	return n;
}

void
op_elu(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	Node *n = node_on(m, O_elu, x.n);

	n->a.alpha = shortest_decimal(attr_real(m, "alpha", 1));
	finish_like(m, n, &x);
}

void
op_softplus(Import *m)
{
	OnnxValue x = tensor_at(m, 0);

	curve(m, O_softplus, &x);
}

void
op_mish(Import *m)
{
	OnnxValue x = tensor_at(m, 0);

	curve(m, O_mish, &x);
}

void
op_gelu(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	const char *how = attr_text(m, "approximate", "none");

	if (strcmp(how, "none") && strcmp(how, "tanh"))
		refuse(m, "want approximate none or tanh, got '%s'", how);
	curve(m, *how == 't' ? O_gelu_tanh : O_gelu, &x);
}

void
op_gelu_tanh(Import *m)
{
	OnnxValue x = tensor_at(m, 0);

	curve(m, O_gelu_tanh, &x);
}

void
op_tanh(Import *m)
{
	OnnxValue x = tensor_at(m, 0);

	curve(m, O_tanh, &x);
}

/* swish - x*sigmoid(alpha*x): the SiLU of alpha*x by alpha, half of x where alpha is 0 */
static void
swish(Import *m, double alpha)
{
	OnnxValue x = tensor_at(m, 0);

	if (alpha == 1)
		curve(m, O_silu, &x);
	else if (alpha == 0)
		set_result(m, view_like(&x, node_scaled_by(m, x.n, 0.5, 0)));
	else
		set_result(m, view_like(&x, node_scaled_by(m, node_put(m, node_on(m, O_silu, node_scaled_by(m, x.n, alpha, 0))),
		                                           1/alpha, 0)));
}

void op_swish(Import *m)      { swish(m, attr_real(m, "alpha", 1)); }
void op_quick_gelu(Import *m) { swish(m, attr_real(m, "alpha", 1.702)); }

/* op_selu - an ELU times gamma */
void
op_selu(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	Node *n = node_on(m, O_elu, x.n);

	n->a.alpha = shortest_decimal(attr_real(m, "alpha", 1.67326319217681884765625));
	set_result(m, view_like(&x, node_scaled_by(m, node_put(m, n), attr_real(m, "gamma", 1.05070102214813232421875), 0)));
}

/* op_celu - alpha times the ELU of x/alpha */
void
op_celu(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	double alpha = attr_real(m, "alpha", 1);
	Node *n;

	if (alpha == 0)
		refuse(m, "want alpha other than 0, got 0");
	n = node_put(m, node_on(m, O_elu, node_scaled_by(m, x.n, 1/alpha, 0)));
	set_result(m, view_like(&x, node_scaled_by(m, n, alpha, 0)));
}

/* op_softsign - x/(1 + |x|) */
void
op_softsign(Import *m)
{
	OnnxValue x = tensor_at(m, 0);
	Node *n = node_on(m, O_div, x.n);

	n->in[n->nin++] = node_scaled_by(m, node_put(m, node_on(m, O_abs, x.n)), 1, 1)->out;
	finish_like(m, n, &x);
}

/* --- spelt out --- */

void
op_erf(Import *m)
{
	OnnxValue x = tensor_at(m, 0);

	x.erf = ErfAlone;
	x.factor = 1;
	set_result(m, x);
}

OnnxValue
erf_alone(Import *m, const OnnxValue *x)
{
	Node *n = node_put(m, node_on(m, O_erf, x->n));
	OnnxValue y = view_like(x, x->erf == ErfAlone ? n : node_scaled_by(m, n, x->factor, x->factor));

	y.erf = NoErf;
	y.name = x->name;
	return y;
}

/* erf_with_constant - erf + 1, times a number; false: something else */
bool
erf_with_constant(Import *m, OnnxValue x, const OnnxValue *c, char op)
{
	double v = count_elements(c) == 1 ? c->data[0] : 0;

	if (op == '+' && x.erf == ErfAlone && x.factor == 1 && v == 1)
		x.erf = ErfPlusOne;
	else if (v != 0 && x.erf == ErfPlusOne && (op == '*' || op == '/'))
		x.factor *= op == '*' ? v : 1/v;
	else
		return false;
	set_result(m, x);
	return true;
}

/* is_multiple - is scale z, whose values are all so many times those of y's, of the node y scales, or y that node */
static bool
is_multiple(const Node *z, const Node *y, double factor)
{
	bool of_y = z->in[0]->node == y;

	for (int i = 0; i < z->out->shape.c; i++) {
		double w = of_y ? 1 : scale_factor(y, i), b = of_y ? 0 : scale_summand(y, i);
		if (fabs(scale_factor(z, i) - factor*w) > 1e-6*fabs(w) || fabs(scale_summand(z, i) - factor*b) > 1e-6*fabs(b))
			return false;
	}
	return true;
}

/* is_over_root_2 - z is y by the root of 2, whose float16 it may be */
static bool
is_over_root_2(const Node *z, const Node *y)
{
	return is_multiple(z, y, sqrt(0.5)) || is_multiple(z, y, rounded_to(TypeHalf, sqrt(0.5))) ||
	       is_multiple(z, y, 1/rounded_to(TypeHalf, sqrt(2)));
}

/* erf_times - (1 + erf(y/sqrt(2)))*y, or times a multiple of y; false: something else */
bool
erf_times(Import *m, const OnnxValue *erf, const OnnxValue *y)
{
	Node *z = erf->n, *base;
	double more = 1;

	if (erf->erf != ErfPlusOne || !node_is_scale(z))
		return false;
	base = z->in[0]->node;
	if (y->n != base && !(node_is_scale(y->n) && y->n->in[0]->node == base))
		return false;
	if (is_over_root_2(z, y->n))
		base = y->n;
	else if (is_over_root_2(z, base) && is_multiple(y->n, base, scale_factor(y->n, 0)))
		more = scale_factor(y->n, 0);
	else
		return false;
	set_result(m, view_like(y, node_scaled_by(m, node_put(m, node_on(m, O_gelu, base)), 2*erf->factor*more, 0)));
	return true;
}

/* mish_of - is b the tanh of a's softplus */
static bool
mish_of(const Node *a, const Node *b)
{
	const Node *p = b->op == O_tanh ? b->in[0]->node : NULL;

	return p && p->op == O_softplus && p->a.beta == 1 && p->in[0] == a->out;
}

/* curve_of - x times a function of x that has a name: the op, and x; NOps: it is something else */
Op
curve_of(Node *a, Node *b, Node **x)
{
	for (int turn = 0; turn < 2; turn++) {
		Node *p = turn ? b : a, *q = turn ? a : b;
		*x = p;
		if (q->op == O_sigmoid && q->in[0] == p->out)
			return O_silu;
		if (mish_of(p, q))
			return O_mish;
	}
	return NOps;
}
