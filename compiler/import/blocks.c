/*
** blocks.c - blocks of the library in a graph, wherever they stand. Behind every node the nodes that hang on it alone
** are gathered; where only the last of them is read by others a block may end. What it may be is guessed by its
** convolutions, written as a model of this block alone, and taken only if that makes these nodes.
*/
#include <stdlib.h>
#include <string.h>

#include "texts.h"

enum { MostConvs = 40, MostNodes = 128 };

typedef struct {
	const Graph *g;
	bool folded;
	int *readers;                /* of each node's results, outputs counted */
	bool *in;                    /* in the region at hand */
	int from, nodes[MostNodes], size;    /* of it, in the graph's order */
	const Node *conv[MostConvs];         /* of it, but for those of 1x1 images */
	int nconv;
	const Node *squeeze;         /* the first convolution of a 1x1 image */
} Region;

static const Node *
last_of(const Region *r)
{
	return r->g->nodes[r->nodes[r->size - 1]];
}

static const Node *
first_op(const Region *r, Op op)
{
	for (int i = 0; i < r->size; i++)
		if (r->g->nodes[r->nodes[i]]->op == op)
			return r->g->nodes[r->nodes[i]];
	return NULL;
}

/* act_behind - the activation behind a convolution and its norm; NULL: none */
static const char *
act_behind(const Region *r, const Node *conv)
{
	const Node *at = conv;

	for (int i = 0; i < r->size; i++) {
		const Node *n = r->g->nodes[r->nodes[i]];
		if (n->nin != 1 || n->in[0]->node != at)
			continue;
		if (act_of(n->op))
			return op_rows[n->op].name;
		if (n->op != O_bn)
			return NULL;
		at = n;
	}
	return NULL;
}

static const char *
with_act(const Region *r, const Node *conv, const char *usual, const char *options)
{
	const char *act = act_behind(r, conv);

	return act && strcmp(act, usual) ? arena_text("%s, act = nn.%s", options, act) : options;
}

/* with_squeeze - of the block's input's channels */
static const char *
with_squeeze(const Region *r, const char *options)
{
	int c = r->g->nodes[r->from]->out->shape.c;

	if (!r->squeeze)
		return options;
	return arena_text("%s, se = %d", options, (int)((double)c/r->squeeze->a.out + 0.5));
}

static bool
is_depthwise(const Node *n)
{
	return n->a.groups > 1 && n->a.groups == n->in[0]->shape.c && n->a.out == n->a.groups;
}

/* --- guesses --- */

static bool
regnet(const Region *r, Found *f)
{
	const Node *mid = NULL;

	for (int i = 0; i < r->nconv; i++)
		if (r->conv[i]->a.kernel.h == 3)
			mid = mid ? r->conv[0] : r->conv[i];
	if (!mid || mid->a.kernel.h != 3 || r->nconv < 3 || r->nconv > 4 || !act_of(last_of(r)->op))
		return false;
	f->call = "regnet";
	f->width = last_of(r)->out->shape.c;
	f->stride = mid->a.stride.h;
	f->options = mid->a.groups > 1 ? arena_text(", group_width = %d", mid->a.out/mid->a.groups) : "";
	f->options = with_act(r, mid, "relu", with_squeeze(r, f->options));
	return true;
}

static bool
inverted_residual(const Region *r, Found *f)
{
	const Node *deep = NULL;
	int first = 0;

	for (int i = 0; i < r->nconv && !deep; i++)
		if (is_depthwise(r->conv[i])) {
			deep = r->conv[i];
			first = i;
		}
	if (!deep || first > 1 || r->nconv != first + 2)
		return false;
	f->call = "inverted_residual";
	f->width = last_of(r)->out->shape.c;
	f->stride = deep->a.stride.h;
	f->options = first == 0 ? ", expansion = 1" : deep->a.out == 6*r->conv[0]->in[0]->shape.c ? "" :
		arena_text(", expansion = %.10g", (double)deep->a.out/r->conv[0]->in[0]->shape.c);
	if (deep->a.kernel.h != 3)
		f->options = arena_text("%s, kernel = %d", f->options, deep->a.kernel.h);
	if (deep->a.padding.t != deep->a.padding.b || deep->a.padding.l != deep->a.padding.r)
		f->options = arena_text("%s, padding = \"same\"", f->options);
	f->options = with_act(r, deep, "relu6", with_squeeze(r, f->options));
	return true;
}

static bool
convnext(const Region *r, Found *f)
{
	int first = r->nconv - 3;
	const Node *deep = first == 0 || first == 1 ? r->conv[first] : NULL;

	if (!deep || !is_depthwise(deep) || !first_op(r, O_layer_norm) || last_of(r)->op != O_add)
		return false;
	f->call = "convnext";
	f->width = deep->a.out;
	f->stride = first ? r->conv[0]->a.stride.h : 1;
	f->options = deep->a.kernel.h == 7 ? "" : arena_text(", kernel = %d", deep->a.kernel.h);
	if (r->conv[first + 1]->a.out != 4*deep->a.out)
		f->options = arena_text("%s, expansion = %.10g", f->options, (double)r->conv[first + 1]->a.out/deep->a.out);
	if (!first_op(r, O_layer_scale))
		f->options = arena_text("%s, scale = false", f->options);
	f->options = with_act(r, r->conv[first + 1], "gelu", f->options);
	return true;
}

static bool
res2(const Region *r, Found *f)
{
	const Node *all = first_op(r, O_concat), *mid = NULL;

	for (int i = 0; i < r->nconv && !mid; i++)
		mid = r->conv[i]->a.kernel.h == 3 ? r->conv[i] : NULL;
	if (!all || !mid || !act_of(last_of(r)->op) || last_of(r)->out->shape.c%4)
		return false;
	f->call = "res2";
	f->width = last_of(r)->out->shape.c/4;
	f->stride = mid->a.stride.h;
	f->options = all->nin == 4 ? "" : arena_text(", scale = %d", all->nin);
	if (mid->a.groups > 1)
		f->options = arena_text("%s, groups = %d", f->options, mid->a.groups);
	if (f->width*26/64*mid->a.groups != mid->a.out)
		f->options = arena_text("%s, base_width = %d", f->options, ceil_div(mid->a.out/mid->a.groups*64, f->width));
	if (r->squeeze)
		f->options = arena_text("%s, se = %d", f->options, last_of(r)->out->shape.c/r->squeeze->a.out);
	return true;
}

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
	const char *options = *f->options ? f->options + 2 : "";
	const Node *bn = first_op(r, O_bn);
	const char *norms = r->folded ? "bn = \"folded\"," : bn ? arena_text("bn = { eps = %.10g },", bn->a.eps) : "";

	return makes(part, arena_text("local nn = require \"resnet\"\n"
	                              "return nn.model { name = \"m\", input = nn.image { %d, %d, %d }, %s\n"
	                              "body = function(x) return nn.scope(\"b\", nn.%s, x, %d, { %s%s%s }) end }\n", s.c,
	                              s.h, s.w, norms, f->call, f->width, stride, *stride && *options ? ", " : "", options));
}

/* --- regions --- */

static bool
recognised(const Region *r, Found *f)
{
	static bool (*const guesses[])(const Region *, Found *) = { regnet, inverted_residual, convnext, res2 };
	const Node *last = last_of(r);
	static const char *const ways[] = { "", ", variant = \"D\"" };

	if (r->nconv < 2)
		return false;
	if (last->op != O_conv2d && last->op != O_bn && residual_block(r->g, r->folded, r->g->nodes[r->from], last, f) &&
	    proved(r, f))
		return true;
	for (size_t i = 0; i < sizeof guesses/sizeof *guesses; i++) {
		const char *options;
		if (!guesses[i](r, f))
			continue;
		options = f->options;
		for (int k = 0; k < 2; k++) {
			f->options = arena_text("%s%s", options, ways[k]);
			if (proved(r, f))
				return true;
			if (strcmp(f->call, "res2"))
				break;
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
find_blocks(const Graph *g, bool folded, Found **found)
{
	Region r = { .g = g, .folded = folded, .readers = arena_new((size_t)g->count*sizeof(int)),
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
