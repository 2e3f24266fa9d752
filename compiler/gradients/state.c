/*
** state.c - what a network in training keeps from step to step: which parameters there are, where each is in the state,
** how it is made up, which are frozen.
*/
#include <math.h>
#include <string.h>

#include "../../runtime/rc_train.h"
#include "train.h"

Training *
training_new(void)
{
	Training *t = NEW(Training);

	t->batch = 128;
	t->epochs = 20;
	t->seed = 1;
	t->momentum = 0.9;
	t->weight_decay = 1e-4;
	t->schedule = Schedule_one_cycle;
	t->peak = 0.1;
	t->warm = 0.2;
	t->bn_momentum = 0.1;
	t->bn_groups = 1;
	return t;
}

const char *
training_place(const Graph *g)
{
	return g->train->line ? arena_text("%s:%d", g->file, g->train->line) : g->file;
}

const Trained *
trained(const Node *n, ParamId p)
{
	return n->p[p].state ? &n->g->train->params[n->p[p].state - 1] : NULL;
}

/* --- parameters --- */

/* is_named - is the layer part, or one of it: "layer1", "layer1.0" */
static bool
is_named(const Node *n, const char *part)
{
	size_t len = strlen(part);

	return !strncmp(n->name, part, len) && (!n->name[len] || n->name[len] == '.');
}

/* first_stage - the first node of a stage; the count of nodes: there are none */
static int
first_stage(const Graph *g)
{
	int i = 0;

	while (i < g->count && strncmp(g->nodes[i]->name, "layer", 5))
		i++;
	return i;
}

/* within - is it so named; "stem", if nothing is: is it before the first stage, if there is one */
static bool
within(const Graph *g, const Node *n, const char *part)
{
	bool stem = !strcmp(part, "stem");

	for (int i = 0; stem && i < g->count; i++)
		stem = !is_named(g->nodes[i], part);
	return stem ? n->id < first_stage(g) && first_stage(g) < g->count : is_named(n, part);
}

bool
in_parts(const Graph *g, const Node *n, const Parts *p)
{
	for (int i = 0; i < p->count; i++)
		if (within(g, n, p->name[i]))
			return true;
	return false;
}

static void
check_there(const Graph *g, const char *what, const Parts *p)
{
	for (int i = 0; i < p->count; i++) {
		bool any = false;
		for (int k = 0; k < g->count; k++)
			any = any || within(g, g->nodes[k], p->name[i]);
		if (!any)
			fail("%s: train: %s: want a part of the model, got '%s'", training_place(g), what, p->name[i]);
	}
}

void
check_parts(const Graph *g)
{
	check_there(g, "freeze", &g->train->freeze);
	check_there(g, "fresh", &g->train->fresh);
}

int
group_images(const Training *t)
{
	return t->batch/t->bn_groups;
}

/* is_branch - is bn what a block adds to its shortcut: of two batch norms that are added, that of the later input */
static bool
is_branch(const Graph *g, const Node *bn)
{
	for (int i = bn->id + 1; i < g->count; i++) {
		const Node *add = g->nodes[i];
		for (int k = 0; add->op == O_add && k < 2; k++) {
			const Node *other = add->in[!k]->node;
			if (add->in[k]->node == bn && (other->op != O_bn || other->in[0]->node->nin < 1 ||
			                               bn->in[0]->node->in[0]->node->id > other->in[0]->node->in[0]->node->id))
				return true;
		}
	}
	return false;
}

/*
** fill_start - as PyTorch and torchvision make parameters up: He et al. 2015 by fan out; linear layers and biases
** uniform
*/
static void
fill_start(const Graph *g, Trained *p)
{
	const Node *n = p->node;
	Shape w = { 1, 1, 1, 1 };
	int rank;

	if (p->id == P_weight || p->id == P_bias)
		w = param_shape(n, P_weight, &rank);
	p->start = RC_START_VALUE;
	switch (p->id) {
	case P_bn_weight: p->value = !(g->train->zero_gamma && is_branch(g, n)); break;
	case P_bn_var:    p->value = 1; break;
	case P_gamma:     p->value = n->a.value; break;
	case P_weight:
	case P_bias:
		if (p->id == P_weight && n->op != O_linear) {
			p->start = RC_START_NORMAL;
			p->value = sqrt(2.0/((double)w.n*w.h*w.w));
		} else {
			p->start = RC_START_UNIFORM;
			p->value = 1/sqrt((double)w.c*w.h*w.w);
		}
		break;
	default:          p->value = 0; break;
	}
}

/* add_param - the next one in the state */
static void
add_param(Graph *g, Node *n, ParamId id, bool running)
{
	Training *t = g->train;
	Trained p = { .name = n->p[id].name, .node = n, .id = id, .at = t->floats, .running = running,
		.frozen = running || in_parts(g, n, &t->freeze) };
	int rank;

	for (int i = 0; i < t->nparams; i++)
		if (!strcmp(t->params[i].name, p.name))
			fail_at(n, "train: want parameters of its own, got '%s', which '%s' has too", p.name, t->params[i].node->name);
	p.count = count_of(param_shape(n, id, &rank));
	fill_start(g, &p);
	t->floats += (p.count + StateFloats - 1)/StateFloats*StateFloats;
	PUSH(t->params, t->nparams, p);
	n->p[id].state = t->nparams;
}

void
place_params(Graph *g)
{
	Training *t = g->train;

	for (int running = 0; running < 2; running++) {
		for (int i = 0; i < g->count; i++)
			for (int p = 0; p < NParams; p++)
				if (g->nodes[i]->p[p].name && (p == P_bn_mean || p == P_bn_var) == running)
					add_param(g, g->nodes[i], (ParamId)p, running);
		if (!running)
			t->learned = t->floats;
	}
}
