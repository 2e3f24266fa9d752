/*
** guesses.c - what block of the library a part of a graph may be: its width, stride and options, by its convolutions.
** A guess need not be right: blocks.c compares what it makes.
*/
#include <string.h>

#include "guesses.h"

const Node *
region_last(const Region *r)
{
	return r->g->nodes[r->nodes[r->size - 1]];
}

const Node *
region_op(const Region *r, Op op)
{
	for (int i = 0; i < r->size; i++)
		if (r->g->nodes[r->nodes[i]]->op == op)
			return r->g->nodes[r->nodes[i]];
	return NULL;
}

/* act_behind - the activation behind a convolution and its norm; NULL: none */
static const Node *
act_behind(const Region *r, const Node *conv)
{
	const Node *at = conv;

	for (int i = 0; i < r->size; i++) {
		const Node *n = r->g->nodes[r->nodes[i]];
		if (n->nin != 1 || n->in[0]->node != at)
			continue;
		if (act_of(n->op))
			return n;
		if (n->op != O_bn && n->op != O_group_norm)
			return NULL;
		at = n;
	}
	return NULL;
}

static const char *
with_act(const Region *r, const Node *conv, const char *usual, const char *options)
{
	const Node *act = act_behind(r, conv);
	const char *text = act ? act_text(act) : usual;

	return strcmp(text, usual) ? arena_text("%s, act = %s", options, text) : options;
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

static bool
regnet(const Region *r, Found *f)
{
	const Node *mid = NULL;

	for (int i = 0; i < r->nconv; i++)
		if (r->conv[i]->a.kernel.h == 3)
			mid = mid ? r->conv[0] : r->conv[i];
	if (!mid || mid->a.kernel.h != 3 || r->nconv < 3 || r->nconv > 4 || !act_of(region_last(r)->op))
		return false;
	f->call = "regnet";
	f->width = region_last(r)->out->shape.c;
	f->stride = mid->a.stride.h;
	f->options = mid->a.groups > 1 ? arena_text(", group_width = %d", mid->a.out/mid->a.groups) : "";
	f->options = with_act(r, mid, "nn.relu", with_squeeze(r, f->options));
	return true;
}

static bool
inverted_residual(const Region *r, Found *f)
{
	const Node *deep = NULL;
	int first = 0;

	for (int i = 0; i < r->nconv && !deep; i++)
		if (is_depthwise(r->conv[i]) ||
		    (i == 1 && r->conv[i]->a.groups > 1 && r->conv[i]->a.out >= r->conv[0]->in[0]->shape.c)) {
			deep = r->conv[i];
			first = i;
		}
	if (!deep || first > 1 || r->nconv != first + 2)
		return false;
	f->call = "inverted_residual";
	f->width = region_last(r)->out->shape.c;
	f->stride = deep->a.stride.h;
	f->options = first == 0 ? ", expansion = 1" : deep->a.out == 6*r->conv[0]->in[0]->shape.c ? "" :
		arena_text(", expansion = %.10g", (double)deep->a.out/r->conv[0]->in[0]->shape.c);
	if (!is_depthwise(deep))
		f->options = arena_text("%s, group_width = %d", f->options, deep->a.out/deep->a.groups);
	if (deep->a.kernel.h != 3)
		f->options = arena_text("%s, kernel = %d", f->options, deep->a.kernel.h);
	if (deep->a.padding.t != deep->a.padding.b || deep->a.padding.l != deep->a.padding.r)
		f->options = arena_text("%s, padding = \"same\"", f->options);
	f->options = with_act(r, deep, "nn.relu6", with_squeeze(r, f->options));
	return true;
}

static bool
convnext(const Region *r, Found *f)
{
	int first = r->nconv - 3;
	const Node *deep = first == 0 || first == 1 ? r->conv[first] : NULL;

	if (!deep || !is_depthwise(deep) || !region_op(r, O_layer_norm) || region_last(r)->op != O_add)
		return false;
	f->call = "convnext";
	f->width = deep->a.out;
	f->stride = first ? r->conv[0]->a.stride.h : 1;
	f->options = deep->a.kernel.h == 7 ? "" : arena_text(", kernel = %d", deep->a.kernel.h);
	if (r->conv[first + 1]->a.out != 4*deep->a.out)
		f->options = arena_text("%s, expansion = %.10g", f->options, (double)r->conv[first + 1]->a.out/deep->a.out);
	if (!region_op(r, O_layer_scale))
		f->options = arena_text("%s, scale = false", f->options);
	f->options = with_act(r, r->conv[first + 1], "nn.gelu", f->options);
	return true;
}

static bool
res2(const Region *r, Found *f)
{
	const Node *all = region_op(r, O_concat), *mid = NULL;

	for (int i = 0; i < r->nconv && !mid; i++)
		mid = r->conv[i]->a.kernel.h == 3 ? r->conv[i] : NULL;
	if (!all || !mid || !act_of(region_last(r)->op) || region_last(r)->out->shape.c%4)
		return false;
	f->call = "res2";
	f->width = region_last(r)->out->shape.c/4;
	f->stride = mid->a.stride.h;
	f->options = all->nin == 4 ? "" : arena_text(", scale = %d", all->nin);
	if (mid->a.groups > 1)
		f->options = arena_text("%s, groups = %d", f->options, mid->a.groups);
	if (f->width*26/64*mid->a.groups != mid->a.out)
		f->options = arena_text("%s, base_width = %d", f->options, ceil_div(mid->a.out/mid->a.groups*64, f->width));
	if (r->squeeze)
		f->options = arena_text("%s, se = %d", f->options, region_last(r)->out->shape.c/r->squeeze->a.out);
	return true;
}

/* inner_gate - what stands between convolution n's activation and the next one */
static const char *
inner_gate(const Region *r, const Node *n)
{
	const Node *act = act_behind(r, n);

	for (int i = 0; i < r->size && act; i++) {
		const Node *gate = r->g->nodes[r->nodes[i]];
		if ((gate->op == O_mul || gate->op == O_add) && gate->in[0] == act->out)
			return gate_text(gate);
	}
	return NULL;
}

/* gated - a bottleneck whose 3x3 has a gate behind its activation */
static bool
gated(const Region *r, Found *f)
{
	const Node *mid = NULL, *add = region_last(r)->nin ? region_last(r)->in[0]->node : NULL;
	const char *gate;

	for (int i = 0; i < r->nconv && !mid; i++)
		mid = r->conv[i]->a.kernel.h == 3 ? r->conv[i] : NULL;
	gate = mid && add && add->op == O_add ? inner_gate(r, mid) : NULL;
	if (!gate || !act_of(region_last(r)->op) || r->nconv < 3)
		return false;
	f->call = "bottleneck";
	f->stride = mid->a.stride.h;
	f->width = region_last(r)->out->shape.c/4;
	f->options = "";
	if (f->width < 1)
		return false;
	if (mid->a.groups > 1)
		f->options = arena_text("%s, groups = %d", f->options, mid->a.groups);
	if (mid->a.out != f->width*mid->a.groups)
		f->options = arena_text("%s, base_width = %d", f->options, mid->a.out/mid->a.groups*64/f->width);
	f->options = with_act(r, mid, "nn.relu", arena_text("%s, inner = %s", f->options, gate));
	return true;
}

static bool
darknet(const Region *r, Found *f)
{
	const Node *add = region_last(r), *last = r->nconv ? r->conv[r->nconv - 1] : NULL, *first;
	const char *gate;

	if (add->op != O_add || r->nconv < 2 || last->a.kernel.h != 3)
		return false;
	first = r->conv[r->nconv - 2];
	gate = inner_gate(r, first);
	f->call = "darknet";
	f->width = add->out->shape.c;
	f->stride = r->nconv > 2 ? r->conv[0]->a.stride.h : 1;
	f->dilation = last->a.dilation.h;
	f->options = 2*first->a.out == f->width ? "" : arena_text(", expansion = %.10g", (double)first->a.out/f->width);
	if (last->a.groups > 1)
		f->options = arena_text("%s, groups = %d", f->options, last->a.groups);
	if (gate)
		f->options = arena_text("%s, inner = %s", f->options, gate);
	f->options = with_act(r, first, "nn.leaky_relu", f->options);
	return true;
}

static bool
iresnet(const Region *r, Found *f)
{
	const Node *first = region_op(r, O_bn), *last = NULL;

	for (int i = 0; i < r->nconv; i++)
		last = r->conv[i]->a.kernel.h == 3 ? r->conv[i] : last;
	if (region_last(r)->op != O_add || !first || first->in[0]->node->id != r->from || !last || !region_op(r, O_prelu))
		return false;
	f->call = "iresnet";
	f->width = region_last(r)->out->shape.c;
	f->stride = last->a.stride.h;
	f->options = "";
	return true;
}

/* --- convolutions that choose --- */

/* chooser - nn.sk or nn.split_attention, by the softmax over its branches; NULL: another. mid: a convolution of it */
static const char *
chooser(const Region *r, const Node *softmax, const Node **mid)
{
	Shape s = softmax->in[0]->shape;
	int branches = s.h, width = s.c*s.w, paths = 0;
	bool split = false;
	const char *text;

	*mid = NULL;
	for (int i = 0; i < r->nconv; i++)
		if (r->conv[i]->a.kernel.h == 3) {
			*mid = *mid ? *mid : r->conv[i];
			paths = r->conv[i]->a.dilation.h > paths ? r->conv[i]->a.dilation.h : paths;
			split = split || r->conv[i]->in[0]->node->op == O_slice;
		}
	if (!*mid || !r->squeeze)
		return NULL;
	if ((*mid)->a.out == width && paths == branches*(*mid)->a.dilation.h) {
		text = arena_text("{ nn.sk%s", split ? ", split = true" : "");
		if (branches != 2)
			text = arena_text("%s, branches = %d", text, branches);
		return width == 16*r->squeeze->a.out ? arena_text("%s }", text) :
		       arena_text("%s, reduction = %.10g }", text, (double)width/r->squeeze->a.out);
	}
	if ((*mid)->a.out != width*branches)
		return NULL;
	text = branches == 2 ? "{ nn.split_attention" : arena_text("{ nn.split_attention, radix = %d", branches);
	width = (*mid)->in[0]->shape.c*branches;
	if (width/4 != r->squeeze->a.out && (width >= 128 || r->squeeze->a.out != 32))
		text = arena_text("%s, reduction = %.10g", text, (double)width/r->squeeze->a.out);
	for (int i = 0; i < r->size; i++) {
		const Node *pool = r->g->nodes[r->nodes[i]];
		if (pool->op == O_avg_pool && pool->a.kernel.h == 3)
			text = arena_text("%s, pool = %s", text, (*mid)->in[0] == pool->out ? "\"first\"" : "true");
	}
	return arena_text("%s }", text);
}

static bool
choosing(const Region *r, Found *f)
{
	const Node *softmax = region_op(r, O_softmax), *last = region_last(r), *mid;
	const char *conv = softmax && softmax->a.axis == Along_height ? chooser(r, softmax, &mid) : NULL;
	int inner = conv ? softmax->in[0]->shape.c*softmax->in[0]->shape.w : 0, groups;

	if (!conv || !act_of(last->op))
		return false;
	groups = mid->a.out == inner ? mid->a.groups : mid->a.groups*inner/mid->a.out;
	f->call = mid->in[0]->node->id == r->from || mid->in[0]->node->in[0]->node->id == r->from ? "basic" : "bottleneck";
	f->width = !strcmp(f->call, "basic") ? inner : last->out->shape.c/4;
	if (f->width < 1)
		return false;
	f->stride = 1;
	for (int i = 0; i < r->size; i++) {
		const Node *n = r->g->nodes[r->nodes[i]];
		if ((n->op == O_conv2d || n->op == O_avg_pool) && n->a.stride.h > f->stride)
			f->stride = n->a.stride.h;
	}
	f->options = groups > 1 ? arena_text(", groups = %d", groups) : "";
	if (f->width*groups != inner)
		f->options = arena_text("%s, base_width = %d", f->options, ceil_div(inner/groups*64, f->width));
	f->options = with_act(r, mid, "nn.relu", arena_text("%s, conv = %s", f->options, conv));
	return true;
}

const Guess guesses[] = {
	{ regnet, false }, { inverted_residual, false }, { convnext, false }, { res2, true }, { gated, true },
	{ darknet, false }, { iresnet, false }, { choosing, true }, { 0 }
};
