/*
** blocks.c - blocks of the library in a graph, wherever they stand. Behind every node the nodes that hang on it alone
** are gathered; where only the last of them is read by others a block may end. What it may be is guessed by its
** convolutions, written as a model of this block alone, and taken only if that makes these nodes.
*/
#include <stdlib.h>
#include <string.h>

#include "guesses.h"

/* --- proofs --- */

/* alone - the block's nodes behind an input of their own */
static Graph *
alone(const Region *r)
{
	Graph *part = graph_new("block");
	Node **copy = arena_new((size_t)r->g->count*sizeof *copy);
	Node *x = node_new(part, O_input, 0);

	x->a.shape = r->g->nodes[r->from]->out->shape;
	x->name = "input";
	node_add(part, x);
	copy[r->from] = x;
	for (int i = 0; i < r->size; i++) {
		Node *n = NEW(Node);
		*n = *r->g->nodes[r->nodes[i]];
		n->g = part;
		for (int k = 0; k < NResults; k++)
			n->out[k].node = n;
		for (int k = 0; k < n->nin; k++)
			n->in[k] = copy[n->in[k]->node->id]->out;
		n->id = part->count;
		PUSH(part->nodes, part->count, n);
		copy[r->nodes[i]] = n;
	}
	PUSH(part->output_names, part->noutputs, "");
	part->noutputs = 0;
	PUSH(part->outputs, part->noutputs, part->nodes[part->count - 1]->out);
	return part;
}

static bool
proved(const Region *r, const Found *f)
{
	Graph *part = alone(r);
	Shape s = part->nodes[0]->out->shape;
	const char *stride = f->stride > 1 ? arena_text("stride = %d", f->stride) : "";
	const char *options = arena_text("%s%s", f->options, dilations_text(&f->dilation, 1));
	Norms own = *r->norms;
	const char *norms;

	own.first = region_op(r, O_bn) ? region_op(r, O_bn) : region_op(r, O_group_norm);
	norms = *norms_text(&own) ? arena_text("bn = %s,", norms_text(&own)) : "";

	return makes(part, arena_text("local nn = require \"resnet\"\n"
	                              "return nn.model { name = \"m\", input = nn.image { %d, %d, %d }, %s\n"
	                              "body = function(x) return nn.scope(\"b\", nn.%s, x, %d, { %s%s }) end }\n", s.c,
	                              s.h, s.w, norms, f->call, f->width, stride, options + (*stride || !*options ? 0 : 2)));
}

/* --- regions --- */

/* spread - the least dilation of its convolutions, of 3x3 at least; 1: there are none */
static int
spread(const Region *r)
{
	int least = 0;

	for (int i = 0; i < r->nconv; i++)
		if (r->conv[i]->a.kernel.w > 2 && (!least || r->conv[i]->a.dilation.h < least))
			least = r->conv[i]->a.dilation.h;
	return least ? least : 1;
}

static bool
recognised(const Region *r, Found *f)
{
	const Node *last = region_last(r);
	static const char *const ways[] = { "", ", variant = \"D\"" };

	if (r->nconv < 2)
		return false;
	f->dilation = spread(r);
	if (last->op != O_conv2d && last->op != O_bn &&
	    residual_block(r->g, r->norms->folded || r->norms->none, r->g->nodes[r->from], last, f) &&
	    proved(r, f))
		return true;
	for (size_t i = 0; guesses[i].guess; i++) {
		const char *options;
		if (!guesses[i].guess(r, f))
			continue;
		options = f->options;
		for (int k = 0; k <= guesses[i].pools; k++) {
			f->options = arena_text("%s%s", options, ways[k]);
			if (proved(r, f))
				return true;
		}
	}
	return false;
}

/* add_node - false: it does not hang on the region alone, though it reads from it */
static bool
add_node(Region *r, const Node *n, int *open)
{
	int inside = 0;

	for (int k = 0; k < n->nin; k++)
		inside += r->in[n->in[k]->node->id] || n->in[k]->node->id == r->from;
	if (!inside)
		return true;
	if (inside < n->nin || n->nout != 1 || r->size == MostNodes || r->nconv == MostConvs)
		return false;
	for (int k = 0; k < n->nin; k++)
		*open -= n->in[k]->node->id != r->from;
	*open += r->readers[n->id];
	r->in[n->id] = true;
	r->nodes[r->size++] = n->id;
	if (n->op == O_conv2d && n->out->shape.h*n->out->shape.w == 1 && n->in[0]->shape.h*n->in[0]->shape.w == 1)
		r->squeeze = r->squeeze ? r->squeeze : n;
	else if (n->op == O_conv2d)
		r->conv[r->nconv++] = n;
	return true;
}

/* block_behind - the first one whose input is this node's result */
static bool
block_behind(Region *r, int from, Found *f)
{
	int open = 0;                /* reads of the region's results that have not been met */
	bool found = false;

	r->from = from;
	r->size = r->nconv = 0;
	r->squeeze = NULL;
	for (int i = from + 1; i < r->g->count && !found; i++) {
		int before = r->size;
		if (!add_node(r, r->g->nodes[i], &open))
			break;
		if (r->size == before || open != r->readers[i])
			continue;
		f->from = from;
		f->to = i;
		found = recognised(r, f);
		if (!found && act_of(r->g->nodes[i]->op) && r->nconv > 8)
			break;               /* longer than any block */
	}
	for (int i = 0; i < r->size; i++)
		r->in[r->nodes[i]] = false;
	return found;
}

int
find_blocks(const Graph *g, const Norms *norms, Found **found)
{
	Region r = { .g = g, .norms = norms, .readers = arena_new((size_t)g->count*sizeof(int)),
		.in = arena_new((size_t)g->count) };
	int count = 0;

	*found = NULL;
	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			r.readers[g->nodes[i]->in[k]->node->id]++;
	for (int i = 0; i < g->noutputs; i++)
		r.readers[g->outputs[i]->node->id]++;
	for (int from = 0; from < g->count;) {
		Found f;
		if (g->nodes[from]->nout == 1 && r.readers[from] && block_behind(&r, from, &f)) {
			PUSH(*found, count, f);
			from = f.to;
		} else
			from++;
	}
	return count;
}
