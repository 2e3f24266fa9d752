/*
** quantize - a network of floats to one of bytes, where a file of quantised weights says what bytes stand for
** (g->steps).
**
** Convolutions and linear layers whose weights are bytes read bytes; what lies between them works on bytes where
** its op has such a form, its inputs are made as bytes and somebody reads its result as bytes. A result is bytes
** where a reader wants them, else floats, straight from the sums. Where the kinds do not fit, a quantize or
** dequantize node stands between; an activation that does more than clip becomes a node of its own, on floats.
** Needs batch norms folded and skips fused, as they were when the steps were measured. Weights are bound at its end:
** the parameters have their names from here on, and the choice of algorithms hangs on what they add up to.
*/
#include <string.h>

#include "../pass.h"
#include "../weights/weights.h"

typedef struct {
	Graph *g;
	Node **nodes;                /* the new list */
	int count;
	bool *on_bytes;              /* by old id: it works on bytes */
	Value **other;               /* by old id: its result as the other kind, once somebody wanted it */
	int olds;
} Making;

static const StepRow *
row_of(const Node *n)
{
	return steps_find(n->g->steps, n->name);
}

static bool
dense_on_bytes(const Node *n)
{
	const StepRow *row = row_of(n);

	return (n->op == O_conv2d || n->op == O_linear) && row && row->weights;
}

/* makes_bytes - could its result be bytes */
static bool
makes_bytes(const Making *m, const Node *n)
{
	const StepRow *row = row_of(n);

	return m->on_bytes[n->id] && n->op != O_input && row && row->step > 0 && has_act_on_bytes((Act)n->a.act);
}

/* may_gate - floats that are few beside what an add or mul has them for are made bytes for it */
static bool
may_gate(const Node *n, int i)
{
	const StepRow *row = row_of(n->in[i]->node);

	return n->nin == 2 && row && row->step > 0 && !same_shape(n->in[i]->shape, n->out->shape) &&
	       same_shape(n->in[1 - i]->shape, n->out->shape);
}

/* may_move - an op without weights on bytes that are there, or, beside them, on a gate's floats made bytes */
static bool
may_move(const Making *m, const Node *n)
{
	const StepRow *row = row_of(n);

	if (!bytes_family(n->op) || n->op == O_input || is_dense(n) || n->op == O_quantize || n->op == O_dequantize)
		return false;
	if (!row || row->keep || (n->op == O_pad && (n->a.mode != Fill_constant || n->a.value < 0 || n->a.value > 0)))
		return false;
	if (op_rows[n->op].epilogue && !has_act_on_bytes((Act)n->a.act))
		return false;
	for (int i = 0; i < n->nin; i++)
		if (!makes_bytes(m, n->in[i]->node) && !may_gate(n, i))
			return false;
	return true;
}

/* read_as_bytes - by a layer, or by the caller */
static bool
read_as_bytes(const Making *m, const Node *n)
{
	if (m->g->quantize.outputs && is_output(n->out))
		return true;
	for (int i = n->id + 1; i < m->olds; i++)
		for (int j = 0; m->on_bytes[i] && j < m->g->nodes[i]->nin; j++)
			if (m->g->nodes[i]->in[j]->node == n)
				return true;
	return false;
}

static void
mark(Making *m)
{
	Graph *g = m->g;

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		m->on_bytes[i] = dense_on_bytes(n) || (n->op == O_input && row_of(n) && row_of(n)->pixels) || may_move(m, n);
	}
	for (int i = g->count - 1; i >= 0; i--)
		if (!is_dense(g->nodes[i]) && !read_as_bytes(m, g->nodes[i]))
			m->on_bytes[i] = false;
}

static void
append(Making *m, Node *n)
{
	infer(n);
	PUSH(m->nodes, m->count, n);
}

/* converted - v as the other kind: by one node for all who want that */
static Value *
converted(Making *m, Value *v)
{
	bool back = is_bytes(v);
	Node *n = node_new(m->g, back ? O_dequantize : O_quantize, v->node->line);
	const char *base = v->node->name;
	const StepRow *row = steps_find(m->g->steps, base);

	if (m->other[v->node->id])
		return m->other[v->node->id];
	n->name = arena_text("%s.%s", base, op_rows[n->op].name);
	n->in[n->nin++] = v;
	if (!back) {
		if (!row || row->step <= 0)
			fail_at(v->node, "want steps in the weight file for its result, got none: quantize the model as it is now");
		n->a.step = row->step;
		n->a.zero = row->zero;
	}
	append(m, n);
	return m->other[v->node->id] = n->out;
}

/* split_act - what does more than clip, behind n on floats; readers of n read it */
static void
split_act(Making *m, Node *n)
{
	Op op = O_input;
	Node *act;

	while (act_of(op) != (Act)n->a.act)
		op = (Op)(op + 1);
	act = node_new(m->g, op, n->line);
	set_act(&act->a, Act_none, &n->a);
	n->a.act = Act_none;
	act->p[P_slope] = n->p[P_slope];
	n->p[P_slope].name = NULL;
	append(m, n);
	act->id = n->id;
	act->name = n->name;
	n->name = arena_text("%s.sum", act->name);
	act->in[act->nin++] = n->out;
	for (int i = 0; i < m->olds; i++)
		for (int j = 0; j < m->g->nodes[i]->nin; j++)
			if (m->g->nodes[i]->in[j] == n->out && m->g->nodes[i] != act)
				m->g->nodes[i]->in[j] = act->out;
	for (int i = 0; i < m->g->noutputs; i++)
		if (m->g->outputs[i] == n->out)
			m->g->outputs[i] = act->out;
	append(m, act);
}

/* take_bytes - n's attributes and parameters as those of bytes; its inputs are bytes already */
static void
take_bytes(const Making *m, Node *n)
{
	const StepRow *row = row_of(n);
	bool keeps = keeps_bytes(n->op);

	if (n->op == O_input) {
		n->a.pixels = true;
		return;
	}
	if (!is_dense(n) || (makes_bytes(m, n) && read_as_bytes(m, n))) {
		n->a.step = keeps ? step_of(n->in[0]) : row->step;
		n->a.zero = keeps ? zero_of(n->in[0], 0) : row->zero;
	}
	if (!is_dense(n))
		return;
	n->a.pair_safe = row->pair_safe;
	n->a.bias = false;
	n->a.bn = n->a.gamma = NULL;
	for (int i = 0; i < NAttrs; i++)
		if (A_FOLDED >> i & 1)
			attr_default(&attr_rows[i], n->op, &n->a);
	for (int p = 0; p < NParams; p++)
		if (p != P_slope)
			n->p[p].name = NULL;
	node_params(n, NULL, NULL);
}

static void
add(Making *m, Node *n)
{
	bool bytes = m->on_bytes[n->id];

	for (int j = 0; j < n->nin; j++)
		if (is_bytes(n->in[j]) != bytes)
			n->in[j] = converted(m, n->in[j]);
	if (bytes)
		take_bytes(m, n);
	if (bytes && is_dense(n) && !has_act_on_bytes((Act)n->a.act))
		split_act(m, n);
	else
		append(m, n);
}

/* hand_out - outputs as the caller wants them */
static void
hand_out(Making *m)
{
	Graph *g = m->g;

	for (int i = 0; i < g->noutputs; i++) {
		if (g->quantize.outputs && g->outputs[i]->node->nout > 1)
			fail_at(g->outputs[i]->node, "want outputs that can be bytes (quantize = { outputs = \"u8\" }), got positions");
		if (is_bytes(g->outputs[i]) != g->quantize.outputs)
			g->outputs[i] = converted(m, g->outputs[i]);
	}
}

/* check_outputs - of a graph that is of bytes already, as dumps are */
static void
check_outputs(const Graph *g)
{
	for (int i = 0; i < g->noutputs && g->quantize.outputs && any_bytes(g); i++)
		if (!is_bytes(g->outputs[i]))
			fail_at(g->outputs[i]->node, "want an output of bytes (quantize = { outputs = \"u8\" }), got floats");
}

void
quantize(Graph *g)
{
	Making m = { .g = g, .olds = g->count };

	if (!g->steps) {
		check_outputs(g);
		return;
	}
	fill_uses(g);
	m.on_bytes = arena_new((size_t)g->count*sizeof *m.on_bytes);
	m.other = arena_new((size_t)g->count*sizeof(Value *));
	mark(&m);
	for (int i = 0; i < m.olds; i++)
		add(&m, g->nodes[i]);
	hand_out(&m);
	g->nodes = m.nodes;
	g->count = m.count;
	for (int i = 0; i < g->count; i++)
		g->nodes[i]->id = i;
	bind_weights(g, g->steps->weights);
}
