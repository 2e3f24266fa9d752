/*
** quantised.c - where a graph makes floats of bytes only to compute one layer and bytes again, that layer works on
** bytes: with the integers of the file as its weights and, to the last bit, the scales that ONNX Runtime multiplies its
** sums by. What only hands on bytes does so before they are floats. All else stays on floats, between the graph's
** nodes.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../weights/bind.h"
#include "import.h"

typedef struct {
	Import *m;
	Node **nodes;                /* the new list */
	int count;
	Value **now;                 /* by old id: what stands for its result, NULL: itself */
	const WholeWeights **whole;  /* by old id: of a layer on bytes */
	bool *bytes_signed;          /* by old id: its bytes count from -128 on in the file */
} Making;

void
keep_whole(Import *m, Node *n, const OnnxValue *w, int axis, const OnnxValue *bias)
{
	if (!w->scales || (w->nscales > 1 && w->scale_axis != axis))
		return;
	PUSH(m->whole, m->nwhole, (WholeWeights){ n, w->scales, w->nscales, bias ? bias->whole : NULL,
	                                          bias && !bias->whole ? bias->data : NULL });
}

static const WholeWeights *
whole_of_node(const Import *m, const Node *n)
{
	for (int i = 0; i < m->nwhole; i++)
		if (m->whole[i].n == n)
			return &m->whole[i];
	return NULL;
}

static float
scale_of(const WholeWeights *w, int c)
{
	return (float)w->scales[w->nscales > 1 ? c : 0];
}

/* set_steps - so that each channel's factor is the float32 that the runtimes make of three scales, in their order */
static void
set_steps(Node *n, const WholeWeights *w)
{
	double x = step_of(n->in[0]), y = step_of(n->out);

	for (int c = 0; c < n->out->shape.c; c++) {
		float factor = (float)x*scale_of(w, c);
		factor /= (float)y;
		n->p[P_weight_step].data[c] = (double)factor*y/x;
	}
}

/* whole_bias - in the steps of the sums; false: it has no room in 32 bits */
static bool
whole_bias(const Node *n, const WholeWeights *w, double *b)
{
	for (int c = 0; c < n->out->shape.c; c++) {
		float step = (float)step_of(n->in[0])*scale_of(w, c);
		b[c] = w->bias ? w->bias[c] : w->floats ? rint(w->floats[c]/(double)step) : 0;
		if (!(fabs(b[c]) <= INT32_MAX))
			return false;
	}
	return true;
}

/* take_bytes - n, a layer with whole weights, reads these bytes; false: its integers are none that kernels take */
static bool
take_bytes(Node *n, const WholeWeights *w, Value *x)
{
	Node floats = *n;
	int oc = n->out->shape.c;
	size_t each = n->p[P_weight].count/(size_t)oc;
	double *ints = want_memory(malloc((n->p[P_weight].count + 1)*sizeof *ints));
	double *steps = arena_new((size_t)oc*sizeof *steps), *bias = arena_new((size_t)oc*sizeof *bias);
	bool fits = true;

	for (size_t i = 0; i < n->p[P_weight].count; i++) {
		ints[i] = rint(n->p[P_weight].data[i]/(double)scale_of(w, (int)(i/each)));
		fits = fits && ints[i] >= -128 && ints[i] <= 127;
	}
	n->in[0] = x;
	n->a.bias = false;
	n->p[P_weight].data = ints;
	n->p[P_weight_step] = (Param){ .data = steps, .count = (size_t)oc };
	n->p[P_bias] = (Param){ .data = bias, .count = (size_t)oc };
	n->a.pair_safe = true;
	fits = fits && whole_bias(n, w, bias);
	set_steps(n, w);
	if (fits && check_weights_of_bytes(n))
		n->a.pair_safe = false;
	if (!fits || check_weights_of_bytes(n)) {
		*n = floats;
		free(ints);
		return false;
	}
	return true;
}

static bool
is_dequantize(const Value *v)
{
	return v->node->op == O_dequantize;
}

static void
append(Making *q, Node *n)
{
	infer(n);
	PUSH(q->nodes, q->count, n);
}

/* hand_on - n keeps bytes: it does so before they are made floats */
static void
hand_on(Making *q, Node *n)
{
	Node *back = node_new(q->m->g, O_dequantize, n->line);

	n->in[0] = n->in[0]->node->in[0];
	n->a.step = step_of(n->in[0]);
	n->a.zero = zero_of(n->in[0], 0);
	q->bytes_signed[n->id] = q->bytes_signed[n->in[0]->node->id];
	append(q, n);
	back->name = arena_text("%s.dequantize", n->name);
	back->id = n->id;
	back->in[back->nin++] = n->out;
	append(q, back);
	q->now[n->id] = back->out;
}

/* clips - an activation by itself that bytes can have in an epilogue, read by one node only */
static bool
clips(const Node *n)
{
	return act_of(n->op) && has_act_on_bytes(act_of(n->op)) && n->out->readers == 1;
}

/* alike - are the bytes that n reads signed as those that it makes */
static bool
alike(const Making *q, const Node *n, const Node *quantize)
{
	for (int i = 0; i < n->nin; i++)
		if (q->bytes_signed[n->in[i]->node->in[0]->node->id] != (quantize->a.requant == Requant_onnx_s8))
			return false;
	return true;
}

/* can_make - could n, on floats now, make these bytes itself: a sum, product or mean of bytes made floats */
static bool
can_make(const Making *q, const Node *n, const Node *quantize)
{
	bool two = n->op == O_add || n->op == O_mul, windows = n->op == O_avg_pool;
	bool mean = n->op == O_adaptive_avg_pool && n->out->shape.h*n->out->shape.w == 1;

	for (int i = 0; i < n->nin && (two || mean || windows); i++)
		if (!is_dequantize(n->in[i]) || (mean && !alike(q, n, quantize)))
			return false;
	return (two || mean || windows) && !n->a.act;
}

/*
** rounding_of - of a sum or product of bytes made floats, which act may stand behind. ONNX Runtime (on x86) has one for
** all of it where the file has one operator, or makes one of unsigned bytes whose ends clip as much as act does. Means
** of windows it always makes those of unsigned bytes.
*/
static int
rounding_of(const Making *q, const Node *n, const Node *act, const Node *quantize)
{
	bool clipped = act && (act->op != O_relu || quantize->a.zero);

	for (int i = 0; i < q->m->njoined; i++)
		if (q->m->joined[i] == quantize)
			return quantize->a.requant;
	return n->op == O_avg_pool || (quantize->a.requant == Requant_onnx_u8 && alike(q, n, quantize) && !clipped) ?
	       Requant_onnx_u8 : Requant_onnx_float;
}

/* make_bytes - the node that a quantize reads, by itself or through an activation, makes the bytes; false: it cannot */
static bool
make_bytes(Making *q, Node *quantize)
{
	Node *act = clips(quantize->in[0]->node) ? quantize->in[0]->node : NULL;
	Node *n = act ? act->in[0]->node : quantize->in[0]->node, before = *n;
	const WholeWeights *w = q->whole[n->id];

	if (n->out->readers != 1 || n->a.act || (!w && !can_make(q, n, quantize)) || (act && !op_rows[n->op].epilogue))
		return false;
	if (op_takes(n->op, At_requant))
		n->a.requant = n->op == O_adaptive_avg_pool ? quantize->a.requant : rounding_of(q, n, act, quantize);
	for (int i = 0; i < n->nin && !w; i++)
		n->in[i] = n->in[i]->node->in[0];
	n->a.step = quantize->a.step;
	n->a.zero = quantize->a.zero;
	if (act)
		set_act(&n->a, act_of(act->op), &act->a);
	n->out->dtype = DT_u8;
	if (w)
		set_steps(n, w);
	if (bytes_flaw(n) || requant_flaw(n) || (w && check_weights_of_bytes(n))) {
		*n = before;
		if (w)
			set_steps(n, w);
		return false;
	}
	if (act)
		act->id = -1;
	n->out->readers = quantize->out->readers;
	q->bytes_signed[n->id] = quantize->a.requant == Requant_onnx_s8;
	q->now[quantize->id] = n->out;
	return true;
}

/* clip_bytes - a relu of bytes made floats, and the same bytes again: their node clips them itself; false: it cannot */
static bool
clip_bytes(Making *q, const Node *quantize)
{
	Node *relu = quantize->in[0]->node, *floats = relu->op == O_relu ? relu->in[0]->node : NULL;
	Node *n = floats && floats->op == O_dequantize ? floats->in[0]->node : NULL;

	if (!n || relu->out->readers != 1 || floats->out->readers != 1 || n->out->readers != 1 || n->a.act ||
	    !op_rows[n->op].epilogue || n->a.step != quantize->a.step || n->a.zero != quantize->a.zero)
		return false;
	set_act(&n->a, Act_relu, &relu->a);
	n->out->readers = quantize->out->readers;
	relu->id = floats->id = -1;
	q->now[quantize->id] = n->out;
	return true;
}

static void
add(Making *q, Node *n)
{
	const WholeWeights *w = whole_of_node(q->m, n);
	Value *x;

	for (int j = 0; j < n->nin; j++)
		if (q->now[n->in[j]->node->id])
			n->in[j] = q->now[n->in[j]->node->id];
	x = n->nin ? n->in[0] : NULL;
	if (x && is_dequantize(x) && keeps_bytes(n->op) &&
	    (n->op != O_pad || (n->a.mode == Fill_constant && n->a.value == 0))) {
		hand_on(q, n);
		return;
	}
	if (x && is_dequantize(x) && n->nin == 1 && w && take_bytes(n, w, x->node->in[0]))
		q->whole[n->id] = w;
	if (n->op == O_quantize) {
		const Value *b = is_dequantize(x) ? x->node->in[0] : NULL;
		q->bytes_signed[n->id] = n->a.requant == Requant_onnx_s8;
		if (b && b->node->a.step == n->a.step && b->node->a.zero == n->a.zero) {
			q->now[n->id] = x->node->in[0];
			return;
		}
		if (clip_bytes(q, n) || make_bytes(q, n))
			return;
	}
	if (keeps_bytes(n->op) && on_bytes(n))
		q->bytes_signed[n->id] = q->bytes_signed[n->in[0]->node->id];
	append(q, n);
}

/* add_floats - outputs are floats; of bytes those they stand for */
static void
add_floats(Making *q)
{
	Graph *g = q->m->g;

	for (int i = 0; i < g->noutputs; i++) {
		Value *v = g->outputs[i];
		int id = v->node->id;
		Node *back;
		v = q->now[v->node->id] && !v->index ? q->now[v->node->id] : v;
		g->outputs[i] = v;
		if (!is_bytes(v))
			continue;
		back = node_new(g, O_dequantize, v->node->line);
		back->name = arena_text("%s.dequantize", v->node->name);
		back->id = v->node->id;
		back->in[back->nin++] = v;
		append(q, back);
		g->outputs[i] = back->out;
		note("%s: output %d is bytes: the model hands out the floats they stand for, %.9g*(byte - %d)", g->file, i + 1,
		     step_of(v), zero_of(v, 0) - (q->bytes_signed[id] ? 128 : 0));
	}
}

/* tell_floats - what stands between bytes and is on floats all the same */
void
tell_floats(const Graph *g)
{
	int count = 0;
	const char *names = "";

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		bool between = n->nin && n->op != O_quantize && n->op != O_dequantize && !on_bytes(n);
		if (!between)
			continue;
		names = count < 4 ? arena_text("%s%s'%s'", names, count ? ", " : "", n->name) : names;
		count++;
	}
	if (count)
		note("%s: %d layer%s between bytes %s on floats: %s%s", g->file, count, count == 1 ? "" : "s",
		     count == 1 ? "is" : "are", names, count > 4 ? " and others" : "");
}

void
to_bytes(Import *m)
{
	Graph *g = m->g;
	Making q = { .m = m };
	size_t count;

	if (!any_bytes(g))
		return;
	renumber(g);
	fill_uses(g);
	count = (size_t)g->count;
	q.now = arena_new(count*sizeof(Value *));
	q.whole = arena_new(count*sizeof *q.whole);
	q.bytes_signed = arena_new(count*sizeof *q.bytes_signed);
	for (int i = 0; i < g->count; i++)
		add(&q, g->nodes[i]);
	add_floats(&q);
	g->nodes = q.nodes;
	g->count = 0;
	for (int i = 0; i < q.count; i++)
		if (q.nodes[i]->id >= 0)
			g->nodes[g->count++] = q.nodes[i];
	for (int i = 0; i < g->count; i++)
		g->nodes[i]->id = i;
}
