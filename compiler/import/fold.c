/*
** fold.c - arithmetic on constants, element by element, with broadcasting. A result has the precision the runtimes
** calculate it in: float32 is rounded after each step, for sizes of images are made so.
*/
#include <math.h>
#include <string.h>

#include "import.h"

/* --- operators --- */

static double f_add(double a, double b)     { return a + b; }
static double f_sub(double a, double b)     { return a - b; }
static double f_mul(double a, double b)     { return a*b; }
static double f_div(double a, double b)     { return a/b; }
static double f_max(double a, double b)     { return isnan(a) || isnan(b) ? (double)NAN : fmax(a, b); }
static double f_min(double a, double b)     { return isnan(a) || isnan(b) ? (double)NAN : fmin(a, b); }
static double f_mod(double a, double b)     { return a - b*floor(a/b); }
static double f_equal(double a, double b)   { return a == b; }
static double f_greater(double a, double b) { return a > b; }
static double f_less(double a, double b)    { return a < b; }
static double f_at_least(double a, double b){ return a >= b; }
static double f_at_most(double a, double b) { return a <= b; }
static double f_and(double a, double b)     { return a != 0 && b != 0; }
static double f_or(double a, double b)      { return a != 0 || b != 0; }
static double f_xor(double a, double b)     { return (a != 0) != (b != 0); }
static double f_neg(double a, double b)     { (void)b; return -a; }
static double f_abs(double a, double b)     { (void)b; return fabs(a); }
static double f_sqrt(double a, double b)    { (void)b; return sqrt(a); }
static double f_exp(double a, double b)     { (void)b; return exp(a); }
static double f_log(double a, double b)     { (void)b; return log(a); }
static double f_erf(double a, double b)     { (void)b; return erf(a); }
static double f_tanh(double a, double b)    { (void)b; return tanh(a); }
static double f_inverse(double a, double b) { (void)b; return 1/a; }
static double f_floor(double a, double b)   { (void)b; return floor(a); }
static double f_ceil(double a, double b)    { (void)b; return ceil(a); }
static double f_round(double a, double b)   { (void)b; return nearbyint(a); }
static double f_sign(double a, double b)    { (void)b; return (a > 0) - (a < 0); }
static double f_not(double a, double b)     { (void)b; return a == 0; }
static double f_relu(double a, double b)    { (void)b; return a < 0 ? 0 : a; }
static double f_sin(double a, double b)     { (void)b; return sin(a); }
static double f_cos(double a, double b)     { (void)b; return cos(a); }
static double f_tan(double a, double b)     { (void)b; return tan(a); }
static double f_atan(double a, double b)    { (void)b; return atan(a); }
static double f_asin(double a, double b)    { (void)b; return asin(a); }
static double f_acos(double a, double b)    { (void)b; return acos(a); }
static double f_sinh(double a, double b)    { (void)b; return sinh(a); }
static double f_cosh(double a, double b)    { (void)b; return cosh(a); }
static double f_asinh(double a, double b)   { (void)b; return asinh(a); }
static double f_acosh(double a, double b)   { (void)b; return acosh(a); }
static double f_atanh(double a, double b)   { (void)b; return atanh(a); }
static double f_sigmoid(double a, double b) { (void)b; return 1/(1 + exp(-a)); }

/* inputs: at least and at most; more than two are taken from left to right */
static const struct { const char *name; double (*f)(double, double); int least, most; bool truth; } ops[] = {
	{ "Add", f_add, 2, 2, false }, { "Sub", f_sub, 2, 2, false }, { "Mul", f_mul, 2, 2, false },
	{ "Div", f_div, 2, 2, false },
	{ "Pow", pow, 2, 2, false }, { "Mod", f_mod, 2, 2, false }, { "Max", f_max, 1, 64, false },
	{ "Min", f_min, 1, 64, false },
	{ "Sum", f_add, 1, 64, false }, { "Equal", f_equal, 2, 2, true }, { "Greater", f_greater, 2, 2, true },
	{ "Less", f_less, 2, 2, true },
	{ "GreaterOrEqual", f_at_least, 2, 2, true }, { "LessOrEqual", f_at_most, 2, 2, true },
	{ "And", f_and, 2, 2, true },
	{ "Or", f_or, 2, 2, true }, { "Xor", f_xor, 2, 2, true }, { "Not", f_not, 1, 1, true },
	{ "Neg", f_neg, 1, 1, false }, { "Abs", f_abs, 1, 1, false }, { "Sqrt", f_sqrt, 1, 1, false },
	{ "Exp", f_exp, 1, 1, false },
	{ "Log", f_log, 1, 1, false }, { "Erf", f_erf, 1, 1, false }, { "Tanh", f_tanh, 1, 1, false },
	{ "Reciprocal", f_inverse, 1, 1, false },
	{ "Floor", f_floor, 1, 1, false }, { "Ceil", f_ceil, 1, 1, false }, { "Round", f_round, 1, 1, false },
	{ "Sign", f_sign, 1, 1, false },
	{ "Relu", f_relu, 1, 1, false }, { "Sigmoid", f_sigmoid, 1, 1, false },
	{ "Sin", f_sin, 1, 1, false }, { "Cos", f_cos, 1, 1, false }, { "Tan", f_tan, 1, 1, false },
	{ "Atan", f_atan, 1, 1, false }, { "Asin", f_asin, 1, 1, false }, { "Acos", f_acos, 1, 1, false },
	{ "Sinh", f_sinh, 1, 1, false }, { "Cosh", f_cosh, 1, 1, false }, { "Asinh", f_asinh, 1, 1, false },
	{ "Acosh", f_acosh, 1, 1, false }, { "Atanh", f_atanh, 1, 1, false },
};
enum { NFolds = sizeof ops/sizeof *ops };

static OnnxValue
combined(const Import *m, const OnnxValue *a, const OnnxValue *b, double (*f)(double, double), bool truth)
{
	int64_t dim[MostDims], at[MostDims] = { 0 };
	size_t p[MostDims], q[MostDims], i = 0, k = 0, count;
	int rank;
	double *v;
	OnnxValue y;
	bool divides = f == f_div && is_whole(a->type) && is_whole(b->type);

	if (!shapes_meet(a, b, &rank, dim))
		refuse(m, "want constants whose shapes go together, got %s and %s", dims_of(a), dims_of(b));
	y = constant_new(m, truth ? TypeBool : a->type, rank, dim, &v);
	count = count_elements(&y);
	steps_of(a, rank, p);
	steps_of(b, rank, q);
	for (size_t e = 0; e < count; e++) {
		if (divides && b->data[k] == 0)
			refuse(m, "want no division by zero, got one");
		v[e] = rounded_to(y.type, f(a->data[i], b->data[k]));
		for (int d = rank - 1; d >= 0; d--) {
			i += p[d];
			k += q[d];
			if (++at[d] < dim[d])
				break;
			i -= p[d]*(size_t)dim[d];
			k -= q[d]*(size_t)dim[d];
			at[d] = 0;
		}
	}
	return y;
}

static bool
fold_each(Import *m)
{
	static const double zero;
	const OnnxValue none = { .data = &zero, .type = TypeFloat };

	for (int i = 0; i < NFolds; i++) {
		int count = (int)m->p->n_input;
		OnnxValue y;
		if (strcmp(ops[i].name, m->p->op_type))
			continue;
		if (count < ops[i].least || count > ops[i].most)
			refuse(m, "want %d to %d inputs, got %d", ops[i].least, ops[i].most, count);
		y = constant_at(m, 0, "input");
		if (ops[i].most == 1)
			y = combined(m, &y, &none, ops[i].f, ops[i].truth);
		for (int k = 1; k < count; k++) {
			OnnxValue b = constant_at(m, (size_t)k, "input");
			y = combined(m, &y, &b, ops[i].f, ops[i].truth);
		}
		if (!strcmp(m->p->op_type, "Mod") && attr_int(m, "fmod", 0))
			refuse(m, "want fmod = 0, got 1");
		set_result(m, y);
		return true;
	}
	return false;
}

static const OnnxOp *const tables[] = { shape_folds, sum_folds, pick_folds };
enum { NTables = sizeof tables/sizeof *tables };

/* fold_constants - the node at hand, all of whose inputs are constants; false: no operator does that */
bool
fold_constants(Import *m)
{
	if (fold_each(m))
		return true;
	for (int t = 0; t < NTables; t++)
		for (const OnnxOp *op = tables[t]; op->name; op++)
			if (!strcmp(op->name, m->p->op_type)) {
				op->run(m);
				return true;
			}
	return false;
}

/* is_folded - does an operator of this name take constants */
bool
is_folded(const char *name)
{
	for (int i = 0; i < NFolds; i++)
		if (!strcmp(ops[i].name, name))
			return true;
	for (int t = 0; t < NTables; t++)
		for (const OnnxOp *op = tables[t]; op->name; op++)
			if (!strcmp(op->name, name))
				return true;
	return false;
}
