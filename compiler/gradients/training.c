/*
** training.c - from a network as the model file has it to one in training: its parameters get places in a state, batch
** norms become statistics and a norm by them, the loss follows, then the backward nodes in the order they can be run.
*/
#include <stdlib.h>
#include <string.h>

#include "train.h"

/* --- forward --- */

/* check_forward - layers as the language has them, before any pass */
static void
check_forward(const Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		if (n->a.act || n->a.bn || takes_skip(n))
			fail_at(n, "train: want %s as a layer of its own, got it within another", n->a.bn ? "a batch norm" : n->a.act ?
			        "an activation" : "an addition");
		if (n->a.standardize > 0)
			fail_at(n, "train: want weights that are learnt as they are, got standardize");
	}
	if (g->noutputs != 1)
		fail("%s: train: want a model of one output, got %d", training_place(g), g->noutputs);
}

/* logits_of - what the loss is of: the output, without a softmax that ends it */
static Value *
logits_of(const Graph *g)
{
	Value *v = g->outputs[0];
	const Node *n = v->node;

	if (n->op == O_softmax && n->a.axis == Along_channels && n->a.groups == 1)
		v = n->in[0];
	if (v->dtype != DT_f32 || v->shape.h != 1 || v->shape.w != 1 || v->shape.c < 2)
		fail_at(v->node, "train: want the output as one number a class, at least 2, got %dx%dx%d%s", v->shape.c, v->shape.h,
		        v->shape.w, v->dtype != DT_f32 ? " positions" : "");
	return v;
}

/* split_bn - bn becomes the norm by the results of a node of statistics, which is returned */
static Node *
split_bn(Graph *g, Node *bn)
{
	Node *stats = node_new(g, O_bn_stats, bn->line);

	stats->name = arena_text("%s.stats", bn->name);
	stats->of = bn;
	stats->a.value = g->train->bn_momentum;
	stats->in[stats->nin++] = bn->in[0];
	stats->p[P_bn_mean] = bn->p[P_bn_mean];
	stats->p[P_bn_var] = bn->p[P_bn_var];
	stats->frozen = bn->frozen;
	infer(stats);
	bn->op = O_bn_norm;
	bn->in[1] = &stats->out[0];
	bn->in[2] = &stats->out[1];
	bn->nin = 3;
	return stats;
}

static void
split_norms(Graph *g)
{
	Node **nodes = g->nodes;
	int count = g->count;

	for (int i = 0; i < count; i++)
		nodes[i]->frozen = nodes[i]->op == O_bn && (g->train->bn_frozen || in_parts(g, nodes[i], &g->train->freeze));
	g->nodes = NULL;
	g->count = 0;
	for (int i = 0; i < count; i++) {
		if (nodes[i]->op == O_bn)
			PUSH(g->nodes, g->count, split_bn(g, nodes[i]));
		PUSH(g->nodes, g->count, nodes[i]);
	}
	renumber(g);
}

/* --- the whole --- */

/* fill_wanted - whose results depend on something that learns */
static bool *
fill_wanted(const Graph *g)
{
	bool *wanted = arena_new((size_t)g->count*sizeof *wanted), any = false;

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		for (int p = 0; p < NParams; p++)
			wanted[i] = wanted[i] || (trained(n, (ParamId)p) && !trained(n, (ParamId)p)->frozen);
		any = any || wanted[i];
		for (int k = 0; k < n->nin; k++)
			wanted[i] = wanted[i] || wanted[n->in[k]->node->id];
	}
	if (!any)
		fail("%s: train: want parameters that learn, got none", training_place(g));
	return wanted;
}

void
training_graph(Graph *g)
{
	Backward b = { .g = g };
	Value *logits;
	Node *loss;

	if (g->train->batch%g->train->bn_groups)
		fail("%s: train: want a batch of whole groups, bn = { groups = %d }, got %d pictures", training_place(g),
		     g->train->bn_groups, g->train->batch);
	g->nodes[0]->a.shape.n = group_images(g->train);
	for (int i = 0; i < g->count; i++)
		infer(g->nodes[i]);
	check_forward(g);
	logits = logits_of(g);
	split_layers(g);
	place_params(g);
	split_norms(g);
	b.wanted = fill_wanted(g);
	loss = node_new(g, O_cross_entropy, g->train->line);
	loss->name = "loss";
	loss->of = logits->node;
	loss->a.value = g->train->smoothing;
	loss->in[loss->nin++] = logits;
	node_add(g, loss);
	g->train->loss = loss;
	g->outputs[0] = logits;
	PUSH(g->outputs, g->noutputs, &loss->out[1]);
	b.gradient = arena_new((size_t)g->count*sizeof *b.gradient);
	b.gradient[logits->node->id] = loss->out;
	for (int i = loss->id - 1; i >= 0; i--)
		if (b.gradient[i] && b.wanted[i])
			backward(&b, g->nodes[i], b.gradient[i]);
	merge_norms(g);
	renorm_results(g);
	respread_gradients(g);
	g->training = true;
}

/* derive - the weights of a backward convolution, in the order its op wants them */
static void
derive(Node *n, const Param *from)
{
	Param *to = &n->p[P_weight];
	Shape x = n->in[0]->shape;
	int groups = n->op == O_linear ? 1 : n->a.groups, taps = n->op == O_linear ? 1 : n->a.kernel.h*n->a.kernel.w;
	int icg = x.c/groups, ocg = n->a.out/groups;

	if (!from->data)
		return;
	to->count = from->count;
	to->data = want_memory(malloc(from->count*sizeof *to->data));
	if (!n->turned) {
		memcpy(to->data, from->data, from->count*sizeof *to->data);
		return;
	}
	for (int oc = 0; oc < n->a.out; oc++)
	for (int ic = 0; ic < icg; ic++)
	for (int tap = 0; tap < taps; tap++)
		to->data[((size_t)oc*(size_t)icg + (size_t)ic)*(size_t)taps + (size_t)tap] =
			from->data[((size_t)(oc/ocg*icg + ic)*(size_t)ocg + (size_t)(oc%ocg))*(size_t)taps + (size_t)(taps - 1 - tap)];
}

void
derive_weights(Graph *g)
{
	for (int i = g->train->loss->id + 1; i < g->count; i++) {
		Node *n = g->nodes[i];
		for (int p = 0; p < NParams; p++) {
			const Trained *t = trained(n, (ParamId)p);
			if (!t || !is_dense(n)) {
				if (t)
					n->p[p] = t->node->p[p];
				continue;
			}
			derive(n, &t->node->p[p]);
		}
	}
}
