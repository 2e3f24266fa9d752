/*
** integers.c - networks of bytes: what a byte stands for, which ops may work on them, and the few floats of their
** arithmetic, said once for the reference and for what packs parameters. dsl/README has the whole of it.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "graph.h"

bool
is_bytes(const Value *v)
{
	return v->dtype == DT_u8;
}

bool
any_bytes(const Graph *g)
{
	for (int i = 0; i < g->count; i++)
		if (is_bytes(g->nodes[i]->out))
			return true;
	return false;
}

bool
on_bytes(const Node *n)
{
	return n->nin > 0 && is_bytes(n->in[0]);
}

bool
has_weights_of_bytes(const Node *n)
{
	return (n->op == O_conv2d || n->op == O_linear) && on_bytes(n);
}

bool
has_act_on_bytes(Act act)
{
	return act == Act_none || act == Act_relu || act == Act_relu6 || act == Act_clip;
}

double
pixel_step(const Graph *g, int c)
{
	const Image *im = &g->image;

	return im->u8 && !im->normalize ? 1 : im->scale/im->std[c];
}

double
pixel_mean(const Graph *g, int c)
{
	const Image *im = &g->image;

	return im->u8 && !im->normalize ? 0 : im->mean[c]/im->scale;
}

double
step_of(const Value *v)
{
	return v->node->a.step > 0 ? v->node->a.step : 1;
}

int
zero_of(const Value *v, int c)
{
	if (v->node->a.pixels)
		return (int)fmin(fmax(rint(pixel_mean(v->node->g, c)), 0), 255);
	return is_bytes(v) ? v->node->a.zero : 0;
}

float
factor_of(const Node *n, size_t c)
{
	double weights = has_weights_of_bytes(n) ? n->p[P_weight_step].data[c] : 1;

	return (float)(step_of(n->in[0])*weights/step_of(n->out));
}

float
product_factor(const Node *n)
{
	return (float)(step_of(n->in[0])*step_of(n->in[1])/step_of(n->out));
}

float
exact_factor(double v)
{
	int exponent;
	double mantissa = frexp(v, &exponent);

	return (float)ldexp(rint(ldexp(mantissa, 16)), exponent - 16);
}

/* bounds_of - the least and the most an activation lets through, in what the result's numbers stand for */
static void
bounds_of(const Attr *a, double *lo, double *hi)
{
	*lo = a->act == Act_relu || a->act == Act_relu6 ? 0 : a->act == Act_clip ? a->lo : -(double)INFINITY;
	*hi = a->act == Act_relu6 ? 6 : a->act == Act_clip ? a->hi : (double)INFINITY;
}

void
act_bounds(const Node *n, float *lo, float *hi)
{
	double least, most, zero = zero_of(n->out, 0);

	bounds_of(&n->a, &least, &most);
	if (is_bytes(n->out)) {
		least = fmin(fmax(rint(least/n->a.step), -zero), 255 - zero);
		most = fmin(fmax(rint(most/n->a.step), -zero), 255 - zero);
	}
	*lo = (float)least;
	*hi = (float)most;
}

bool
keeps_bytes(Op op)
{
	return op == O_max_pool || op == O_adaptive_max_pool || op == O_slice || op == O_pad || op == O_flatten ||
		op == O_upsample_nearest;
}

/* source_flaw - of the kinds of its inputs and result */
static const char *
source_flaw(const Node *n)
{
	bool makes = is_bytes(n->out), either = n->op == O_conv2d || n->op == O_linear;

	for (int i = 0; i < n->nin; i++) {
		bool wanted = n->op != O_quantize && (makes || (either ? on_bytes(n) : n->op == O_dequantize));
		if (is_bytes(n->in[i]) != wanted)
			return arena_text("want %s, got %s ('%s')", wanted ? "bytes" : "floats", is_bytes(n->in[i]) ? "bytes" : "floats",
			                  n->in[i]->node->name);
		if (n->in[i]->node->a.pixels && (n->op != O_conv2d || n->a.groups > 1 || i))
			return arena_text("want a convolution of one group behind pixels ('%s'), got another op", n->in[i]->node->name);
	}
	if (n->op == O_quantize && !makes)
		return "want a step above 0, got none";
	return NULL;
}

const char *
bytes_flaw(const Node *n)
{
	const Attr *a = &n->a;
	const char *flaw = source_flaw(n);

	if (flaw || (!on_bytes(n) && !is_bytes(n->out)))
		return flaw;
	if (n->out->shape.c > 4 && a->pixels)
		return arena_text("want at most 4 channels of pixels, got %d", n->out->shape.c);
	if (a->step > 0 && a->step < (double)FLT_MIN)
		return arena_text("want a step of at least %g, got %g", (double)FLT_MIN, a->step);
	if (op_rows[n->op].epilogue && !has_act_on_bytes((Act)a->act))
		return arena_text("want an activation that clips, got %s", act_names[a->act]);
	if (a->bn)
		return "want the batch norm in the weights, got one";
	if (n->op == O_mul && !(product_factor(n) >= FLT_MIN && product_factor(n) <= FLT_MAX))
		return arena_text("want steps whose product is %g to %g times the result's, got %g times", (double)FLT_MIN,
		                  (double)FLT_MAX, step_of(n->in[0])*step_of(n->in[1])/step_of(n->out));
	if (n->op == O_pad && (a->mode != Fill_constant || a->value < 0 || a->value > 0))
		return "want zeros around bytes, got another padding";
	if (keeps_bytes(n->op) && (step_of(n->in[0]) < a->step || step_of(n->in[0]) > a->step ||
	                           zero_of(n->in[0], 0) != a->zero))
		return arena_text("want the step and zero of its input, %g and %d, got %g and %d", step_of(n->in[0]),
		                  zero_of(n->in[0], 0), a->step, a->zero);
	return NULL;
}

/* suits - is this the name, or one that begins with what is before a last star? */
static bool
suits(const char *pattern, const char *layer)
{
	size_t len = strlen(pattern);

	return !strcmp(pattern, layer) || (len && pattern[len - 1] == '*' && !strncmp(pattern, layer, len - 1));
}

bool
is_kept(const Graph *g, const char *layer)
{
	for (int i = 0; i < g->quantize.nkeep; i++)
		if (suits(g->quantize.keep[i], layer))
			return true;
	return false;
}

void
check_kept(const Graph *g)
{
	const char **names = arena_new((size_t)g->count*sizeof *names);

	for (int i = 0; i < g->count; i++)
		names[i] = g->nodes[i]->name;
	for (int i = 0, at; i < g->quantize.nkeep; i++) {
		const char *pattern = g->quantize.keep[i];
		for (at = 0; at < g->count && !suits(pattern, names[at]); at++)
			;
		if (at == g->count)
			fail("%s: model: quantize: keep: want the name of a layer, as explain tells them, got '%s'%s", g->file, pattern,
			     meant(pattern, names, g->count));
	}
}
