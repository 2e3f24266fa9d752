/*
** graph.c - nodes and the graph: making them, taking them out, counting who reads whom.
*/
#include <string.h>

#include "graph.h"

void
fail_at(const Node *n, const char *format, ...)
{
	va_list args;
	const char *place = arena_text("%s:%d: %s '%s': ", n->g->file, n->line, op_rows[n->op].name, n->name ? n->name : "?");

	va_start(args, format);
	fail_with(place, format, args);
}

Graph *
graph_new(const char *file)
{
	Graph *g = NEW(Graph);

	g->file = file;
	g->name = "model";
	g->prefix = "";
	g->image.scale = 1/255.0;
	g->image.crop = 1;
	for (int i = 0; i < 4; i++)
		g->image.std[i] = 1;
	return g;
}

Node *
node_new(Graph *g, Op op, int line)
{
	Node *n = NEW(Node);

	n->g = g;
	n->op = op;
	n->line = line;
	n->nout = 1;
	for (int i = 0; i < NResults; i++) {
		n->out[i].node = n;
		n->out[i].index = i;
	}
	for (int i = 0; i < NAttrs; i++)
		attr_default(&attr_rows[i], op, &n->a);
	return n;
}

static void
param(Node *n, ParamId p, const char *layer, const char *what, const char *(*rename)(void *, const char *), void *user)
{
	const char *name = what ? arena_text("%s.%s", layer, what) : layer;

	if (!n->p[p].name)
		n->p[p].name = arena_text("%s%s", n->g->prefix, rename ? rename(user, name) : name);
}

/* has_slopes - is it a prelu, or has one behind it */
bool
has_slopes(const Node *n)
{
	return n->op == O_prelu || (op_rows[n->op].epilogue && n->a.act == Act_prelu);
}

/* node_params - name the parameters a node has, torchvision's way, unless they have names already */
void
node_params(Node *n, const char *(*rename)(void *, const char *), void *user)
{
	const char *norm = n->op == O_bn ? n->name : n->a.bn;
	bool affine = n->op == O_bn ? n->a.affine : n->a.bn_affine;

	if (has_weights_of_bytes(n)) {
		static const struct { ParamId id; const char *what; } own[] = {
			{ P_weight, "weight" }, { P_weight_step, "weight_step" }, { P_bias, "bias" },
		};
		for (int i = 0; i < 3; i++)
			if (!n->p[own[i].id].name)
				n->p[own[i].id].name = arena_text("%s.%s", n->name, own[i].what);
		return;
	}
	if (is_dense(n)) {
		param(n, P_weight, n->name, "weight", rename, user);
		if (n->a.bias)
			param(n, P_bias, n->name, "bias", rename, user);
	}
	if (is_norm(n) && n->a.affine) {
		param(n, P_weight, n->name, "weight", rename, user);
		param(n, P_bias, n->name, "bias", rename, user);
	}
	if (norm) {
		if (affine) {
			param(n, P_bn_weight, n->scale ? n->scale : norm, "weight", rename, user);
			param(n, P_bn_bias, n->scale ? n->scale : norm, "bias", rename, user);
		}
		param(n, P_bn_mean, norm, "running_mean", rename, user);
		param(n, P_bn_var, norm, "running_var", rename, user);
	}
	if (n->op == O_layer_scale || (is_dense(n) && n->a.gamma))
		param(n, P_gamma, n->op == O_layer_scale ? n->name : n->a.gamma, NULL, rename, user);
	if (has_slopes(n))
		param(n, P_slope, n->a.slopes ? n->a.slopes : n->name, "weight", rename, user);
}

Shape
param_shape(const Node *n, ParamId p, int *rank)
{
	if (p == P_slope && n->a.shared) {
		*rank = 1;
		return (Shape){ 1, 1, 1, 1 };
	}
	if (p == P_gamma) {                          /* C or C x 1 x 1 */
		*rank = 3;
		return (Shape){ n->out->shape.c, 1, 1, 1 };
	}
	if (p != P_weight || is_norm(n)) {
		*rank = 1;
		return (Shape){ n->out->shape.c, 1, 1, 1 };
	}
	if (n->op == O_linear) {
		*rank = 2;
		return (Shape){ n->a.out, n->in[0]->shape.c, 1, 1 };
	}
	*rank = 4;
	if (n->op == O_conv_transpose2d)
		return (Shape){ n->in[0]->shape.c, n->a.out/n->a.groups, n->a.kernel.h, n->a.kernel.w };
	return (Shape){ n->a.out, n->in[0]->shape.c/n->a.groups, n->a.kernel.h, n->a.kernel.w };
}

/* node_remove - take n, of one result, out of the graph; whoever read it reads by */
void
node_remove(Node *n, Value *by)
{
	Graph *g = n->g;

	for (int i = 0; i < g->count; i++)
		for (int j = 0; j < g->nodes[i]->nin; j++)
			if (g->nodes[i]->in[j] == n->out && g->nodes[i] != by->node)
				g->nodes[i]->in[j] = by;
	for (int i = 0; i < g->noutputs; i++)
		if (g->outputs[i] == n->out)
			g->outputs[i] = by;
	n->id = -1;
}

void
renumber(Graph *g)
{
	int kept = 0;

	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->id >= 0) {
			g->nodes[kept] = g->nodes[i];
			g->nodes[kept]->id = kept;
			kept++;
		}
	g->count = kept;
}

void
fill_uses(Graph *g)
{
	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < NResults; k++) {
			g->nodes[i]->out[k].readers = 0;
			g->nodes[i]->out[k].from = g->nodes[i]->out[k].to = i;
		}
	for (int i = 0; i < g->count; i++)
		for (int j = 0; j < g->nodes[i]->nin; j++) {
			g->nodes[i]->in[j]->readers++;
			g->nodes[i]->in[j]->to = i;
		}
	for (int i = 0; i < g->noutputs; i++) {
		g->outputs[i]->readers++;
		g->outputs[i]->to = g->count;
	}
}

bool
is_output(const Value *v)
{
	const Graph *g = v->node->g;

	for (int i = 0; i < g->noutputs; i++)
		if (g->outputs[i] == v)
			return true;
	return false;
}

bool
takes_skip(const Node *n)
{
	return (n->op == O_conv2d || n->op == O_linear) && n->nin == 2;
}

bool
is_dense(const Node *n)
{
	return n->op == O_conv2d || n->op == O_conv_transpose2d || n->op == O_linear;
}

bool
is_norm(const Node *n)
{
	return n->op == O_group_norm || n->op == O_layer_norm;
}

int
terms_of(const Node *n)
{
	Shape x = n->in[0]->shape;

	return n->a.transpose_a ? x.c/n->a.heads : x.h*x.w;
}

/* macs_of - multiply-adds of one image, taps in the padding included, as the literature counts them */
int64_t
macs_of(const Node *n)
{
	int64_t out = (int64_t)n->out->shape.c*n->out->shape.h*n->out->shape.w;

	if (n->op == O_linear)
		return out*n->in[0]->shape.c;
	if (n->op == O_conv_transpose2d)
		return (int64_t)n->in[0]->shape.c*n->in[0]->shape.h*n->in[0]->shape.w*(n->a.out/n->a.groups)*n->a.kernel.h*
			n->a.kernel.w;
	if (n->op == O_matmul)
		return out*terms_of(n);
	if (n->op == O_conv2d)
		return out*(n->in[0]->shape.c/n->a.groups)*n->a.kernel.h*n->a.kernel.w;
	return 0;
}
