/*
** gates.c - options of a block: activations and gates, nn.relu, { nn.leaky_relu, slope = 0.1 }, nn.eca,
** { nn.squeeze_excite, channels = 16 }; and dilations, 2 or { 1, 2, 4 }.
*/
#include <math.h>
#include <string.h>

#include "texts.h"

const char *
act_text(const Node *n)
{
	Graph scratch = *n->g;
	const Node *usual = node_new(&scratch, n->op, 0);
	const char *name = op_rows[n->op].name, *list = "";

	for (int i = 0; i < NAttrs; i++)
		if (op_takes(n->op, (AttrId)i) && attr_differs(&attr_rows[i], &n->a, &usual->a))
			list = arena_text("%s, %s = %s", list, attr_rows[i].name, attr_text_of(&attr_rows[i], &n->a));
	return *list ? arena_text("{ nn.%s%s }", name, list) : arena_text("nn.%s", name);
}

static const Node *
before(const Node *n, bool fits)
{
	return fits && n->nin ? n->in[0]->node : NULL;
}

/* eca - whose convolution goes along a column of channels; NULL: another */
static const char *
eca(const Node *mul)
{
	const Node *n = mul->in[1]->node;
	int c = mul->out->shape.c, usual = (int)((log2(c) + 1)/2);

	for (int i = 0; i < 3 && n->nin && n->op != O_conv2d; i++)
		n = n->in[0]->node;
	if (n->op != O_conv2d || n->a.kernel.w != 1 || n->out->shape.h != c || n->a.out != 1)
		return NULL;
	usual = usual%2 ? usual : usual + 1;
	return n->a.kernel.h == (usual < 3 ? 3 : usual) ? "nn.eca" : arena_text("{ nn.eca, kernel = %d }", n->a.kernel.h);
}

static const char *
squeeze_excite(const Node *mul)
{
	const Node *gate = mul->in[1]->node, *second = before(gate, act_of(gate->op)), *act, *first, *pool;
	const char *text;

	act = second ? before(second, second->op == O_conv2d) : NULL;
	first = act ? before(act, act_of(act->op)) : NULL;
	pool = first ? before(first, first->op == O_conv2d) : NULL;
	if (!pool || pool->op != O_adaptive_avg_pool || pool->in[0] != mul->in[0])
		return NULL;
	text = arena_text("{ nn.squeeze_excite, channels = %d", first->a.out);
	if (act->op != O_relu)
		text = arena_text("%s, act = %s", text, act_text(act));
	if (gate->op != O_sigmoid)
		text = arena_text("%s, gate = %s", text, act_text(gate));
	return arena_text("%s }", text);
}

/* context - x plus two 1x1 convolutions of the image's sum, weighted by a softmax over it */
static const char *
context(const Node *add)
{
	const Node *n = add->in[1]->node;
	const char *squeeze = "";

	for (int i = 0; i < 8 && n->nin; i++, n = n->in[0]->node) {
		if (n->op == O_matmul)
			return arena_text("{ nn.global_context, add = true%s }", squeeze);
		if (n->op == O_conv2d && n->a.out != (add->out->shape.c/8 > 1 ? add->out->shape.c/8 : 1))
			squeeze = n->a.out == add->out->shape.c ? squeeze : arena_text(", channels = %d", n->a.out);
	}
	return NULL;
}

const char *
gate_text(const Node *n)
{
	const char *text = n->op == O_mul ? eca(n) : n->op == O_add ? context(n) : NULL;

	return text || n->op != O_mul ? text : squeeze_excite(n);
}

const char *
gate_times(const char *gate, double gain)
{
	const char *options = strchr(gate, ',');

	if (!strncmp(gate, "function", 8))
		return NULL;
	if (*gate != '{')
		return arena_text("function(y) return %.7g*%s(y) end", gain, gate);
	return arena_text("function(y) return %.7g*%.*s(y, {%s) end", gain, (int)(options - gate - 2), gate + 2, options + 1);
}

const char *
dilations_text(const int *dilation, int count)
{
	const char *list = "";
	int last = count - 1;

	while (last && dilation[last] == dilation[last-1])
		last--;
	for (int i = 0; i <= last; i++)
		list = arena_text("%s%s%d", list, i ? ", " : "", dilation[i]);
	if (last)
		return arena_text(", dilation = { %s }", list);
	return dilation[0] > 1 ? arena_text(", dilation = %d", dilation[0]) : "";
}
