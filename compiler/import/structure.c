/*
** structure.c - a flat graph as nn.model { stem, stages, head }, where it really is one.
**
** The walk along the graph guesses: a stem, then blocks that end in an addition, then a head. The guess is
** written as model text and loaded; only when that graph equals the given one, node by node, is it taken.
** So a wrong guess costs nothing but the flat text.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "texts.h"

enum { MostBlocks = 512, MostSteps = 64 };

typedef struct {
	const char *kind;            /* basic, bottleneck, preact, preact_bottleneck */
	const char *act;             /* as it is written */
	const char *shortcut;        /* NULL: the block's input as it is */
	const char *gate;            /* NULL: none, or squeeze-excite */
	int width, stride, dilation, groups, base_width, channels, se;
	bool v1, twice;
} Block;

typedef struct {
	Graph *g;
	Out *o;
	const Node *at;              /* what is explained so far */
	bool folded;                 /* no batch norms, convolutions with bias */
	const Node *bn;              /* the first one, or NULL */
} Walk;

/* reader - the only node that reads n, or NULL */
static const Node *
reader(const Graph *g, const Node *n)
{
	const Node *only = NULL;

	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k] == n->out) {
				if (only)
					return NULL;
				only = g->nodes[i];
			}
	return only;
}

/* conv_act - a convolution after at, its batch norm and activation; returns it and moves at behind them */
static const Node *
conv_act(const Walk *w, const Node **at)
{
	const Node *conv = reader(w->g, *at), *n;

	if (!conv || conv->op != O_conv2d)
		return NULL;
	*at = conv;
	n = reader(w->g, *at);
	if (n && n->op == O_bn) {
		*at = n;
		n = reader(w->g, *at);
	}
	if (n && act_of(n->op))
		*at = n;
	return conv;
}

static void
write_stem(Walk *w)
{
	const Node *at = w->at, *conv[3], *n;
	int count = 0;

	while (count < 3 && (conv[count] = conv_act(w, &at))) {
		count++;
		n = reader(w->g, at);
		if (n && n->op == O_max_pool)
			break;
		if (count == 1 && (!n || n->op != O_conv2d))
			break;
	}
	if (!count)
		return;
	n = reader(w->g, at);
	if (n && n->op == O_max_pool && count == 3) {
		out_line(w->o, "  stem   = nn.stem.deep { %d, %d, %d },", conv[0]->a.out, conv[1]->a.out,
		         conv[2]->a.out);
		w->at = n;
	} else if (n && n->op == O_max_pool && count == 1) {
		out_line(w->o, "  stem   = nn.stem.imagenet { %d%s },", conv[0]->a.out, at == conv[0] &&
		         !w->folded ? ", preact = true" : "");
		w->at = n;
	} else {
		bool bare = false;
		at = w->at;
		conv_act(w, &at);
		bare = at == conv[0];
		out_line(w->o, "  stem   = nn.stem.cifar { %d%s },", conv[0]->a.out, bare ? ", preact = true" : "");
		w->at = at;
	}
}

typedef struct {
	const Node *convs[4];        /* last first */
	int count;
	bool pools, slices, norm_first, norm;
	const Node *excite, *gain;   /* a gate, a factor behind it */
} Path;

static bool
is_normed(const Node *n)
{
	return n->op == O_bn || n->op == O_group_norm;
}

/* path_to - walk back from n to the block's input */
static bool
path_to(const Node *n, const Node *from, Path *p)
{
	memset(p, 0, sizeof *p);
	for (int i = 0; i < MostSteps && n != from; i++) {
		p->norm_first = is_normed(n) || (act_of(n->op) && p->norm_first);
		p->norm = p->norm || is_normed(n);
		if (n->op == O_conv2d) {
			if (p->count == 4)
				return false;
			p->convs[p->count++] = n;
			p->norm_first = false;
		} else if (n->op == O_avg_pool) {
			p->pools = true;
		} else if (n->op == O_slice || n->op == O_pad) {
			p->slices = true;
		} else if (n->op == O_mul) {
			p->excite = n;
		} else if (n->op == O_affine && n->in[0]->node->op == O_mul && n->a.offset == 0) {
			p->gain = n;
		} else if (!is_normed(n) && !act_of(n->op)) {
			return false;
		}
		if (!n->nin)
			return false;
		/* the activated block input: bn-relu right behind it */
		if (act_of(n->op) && ((is_normed(n->in[0]->node) && n->in[0]->node->in[0] == from->out) || n->in[0] == from->out))
			p->norm_first = true;
		n = n->in[0]->node;
	}
	return n == from;
}

/* squeeze_of - channels of a squeeze-excite's first convolution */
static int
squeeze_of(const Node *mul)
{
	const Node *n = mul->in[1]->node;

	for (int i = 0; i < 3 && n->nin; i++)
		if ((n = n->in[0]->node)->op == O_relu)
			return n->out->shape.c;
	return 0;
}

/* rounded - as the library does the channels of a squeeze-excite: to 8, not below nine tenths */
static int
rounded(int channels)
{
	int n = (channels + 4)/8*8;

	n = n < 8 ? 8 : n;
	return n < 0.9*channels ? n + 8 : n;
}

/* describe_gate - false: it is none that the library has */
static bool
describe_gate(const Path *main, int channels, Block *b)
{
	const Node *mul = main->excite;
	int squeeze = squeeze_of(mul);

	b->se = squeeze && !main->gain ? channels/squeeze : 0;
	if (act_of(mul->in[0]->node->op) && b->se) {
		b->gate = arena_text("function(y) return nn.squeeze_excite(%s(y), y.channels//%d) end",
		                     act_text(mul->in[0]->node), b->se);
		b->se = 0;
	} else if (!b->se || rounded(channels/b->se) != squeeze) {
		b->gate = b->se && channels/b->se == squeeze ?
			arena_text("function(y) return nn.squeeze_excite(y, y.channels//%d) end", b->se) : gate_text(mul);
		b->se = 0;
	}
	if (b->gate && main->gain)
		b->gate = gate_times(b->gate, main->gain->a.gain);
	return b->se || b->gate;
}

static bool
describe(const Walk *w, const Node *add, const Path *main, const Path *side, Block *b)
{
	const Node *first = main->convs[main->count - 1], *act = reader(w->g, add);
	bool pre = main->norm_first;
	int channels = add->out->shape.c;

	if (main->count < 2 || main->count > (pre ? 4 : 3))
		return false;
	b->kind = main->count == 2 ? (pre ? "preact" : "basic") : pre ? "preact_bottleneck" : "bottleneck";
	b->twice = main->count == 4;
	b->act = !pre && act && act_of(act->op) ? act_text(act) : "nn.relu";
	b->stride = 1;
	for (int i = 0; i < main->count; i++)
		b->stride *= main->convs[i]->a.stride.h;
	b->dilation = main->convs[main->count > 2]->a.dilation.h;
	b->v1 = main->count == 3 && first->a.stride.h > 1;
	b->groups = main->count > 2 ? main->convs[1]->a.groups : 1;
	b->width = main->count > 2 ? channels/4 : channels;
	b->base_width = main->count > 2 && b->width ? first->a.out*64/b->groups/b->width : 64;
	if (b->width < 1)
		return false;
	if (main->count > 2 && b->width*b->base_width/64*b->groups != first->a.out) {
		b->channels = first->a.out;
		b->base_width = 64;
	}
	if (pre && reader(w->g, first) && act_of(reader(w->g, first)->op))     /* without norms */
		b->act = act_text(reader(w->g, first));
	if (main->excite && !describe_gate(main, channels, b))
		return false;
	if (side->slices)
		b->shortcut = "A";
	else if (side->count == 1 && side->pools)
		b->shortcut = "D";
	else if (side->count == 1 && pre)
		b->shortcut = side->convs[0]->a.bias && !w->folded ? "bias" : "bare";
	else if (side->count == 1)
		b->shortcut = !side->norm && !w->folded ? "bias" : "B";
	else if (side->count)
		return false;
	return true;
}

/* next_block - the first addition after at whose sides both lead back to it */
static bool
next_block(Walk *w, Block *b)
{
	for (int i = w->at->id + 1; i < w->g->count; i++) {
		const Node *add = w->g->nodes[i];
		Path p, q;
		if (add->op != O_add || !path_to(add->in[0]->node, w->at, &p) || !path_to(add->in[1]->node, w->at, &q))
			continue;
		memset(b, 0, sizeof *b);
		if (!describe(w, add, p.count > q.count ? &p : &q, p.count > q.count ? &q : &p, b))
			return false;
		w->at = add;
		if (reader(w->g, add) && act_of(reader(w->g, add)->op) && b->kind[0] != 'p')
			w->at = reader(w->g, add);
		else if (b->kind[0] != 'p') {
			/* the activation has two readers further on; the addition itself has one */
			return false;
		}
		return true;
	}
	return false;
}

static bool
same_stage(const Block *a, const Block *b)
{
	return !strcmp(a->kind, b->kind) && !strcmp(a->act, b->act) && a->width == b->width && a->groups == b->groups &&
	       a->base_width == b->base_width && a->channels == b->channels && a->se == b->se && a->twice == b->twice &&
	       b->stride == 1 && !b->shortcut &&
	       !strcmp(a->gate ? a->gate : "", b->gate ? b->gate : "");
}

/* options_of - all but width, stride and dilation */
static const char *
options_of(const Block *b)
{
	const char *more = "";

	if (b->groups > 1)
		more = arena_text("%s, groups = %d", more, b->groups);
	if (b->base_width != 64)
		more = arena_text("%s, base_width = %d", more, b->base_width);
	if (b->channels)
		more = arena_text("%s, channels = %d", more, b->channels);
	if (b->se)
		more = arena_text("%s, se = %d", more, b->se);
	if (b->gate)
		more = arena_text("%s, gate = %s", more, b->gate);
	if (b->twice)
		more = arena_text("%s, twice = true", more);
	if (b->v1)
		more = arena_text("%s, variant = \"v1\"", more);
	if (b->shortcut && strcmp(b->shortcut, b->kind[0] == 'p' ? "bare" : "B"))
		more = arena_text("%s, shortcut = \"%s\"", more, b->shortcut);
	if (strcmp(b->act, "nn.relu"))
		more = arena_text("%s, act = %s", more, b->act);
	return more;
}

bool
residual_block(const Graph *g, bool folded, const Node *from, const Node *to, Found *f)
{
	Walk w = { .g = (Graph *)g, .folded = folded };
	const Node *add = to->op == O_add ? to : act_of(to->op) ? to->in[0]->node : NULL;
	Path p, q;
	Block b = { .kind = "" };

	if (!add || add->op != O_add || !path_to(add->in[0]->node, from, &p) || !path_to(add->in[1]->node, from, &q) ||
	    !describe(&w, add, p.count > q.count ? &p : &q, p.count > q.count ? &q : &p, &b) ||
	    (b.kind[0] == 'p') != (add == to))
		return false;
	if (b.kind[0] != 'p')
		b.act = act_text(to);
	f->call = b.kind;
	f->width = b.width;
	f->stride = b.stride;
	f->options = options_of(&b);
	return true;
}

static void
write_stages(Walk *w)
{
	Block *blocks = arena_new(MostBlocks*sizeof *blocks);
	int dilation[MostBlocks], count = 0;

	while (count < MostBlocks && next_block(w, &blocks[count])) {
		dilation[count] = blocks[count].dilation;
		count++;
	}
	if (!count)
		return;
	out_line(w->o, "  stages = {");
	for (int i = 0, n; i < count; i += n) {
		const Block *b = &blocks[i];
		const char *more = b->stride > 1 ? arena_text(", stride = %d", b->stride) : "";
		for (n = 1; i + n < count && same_stage(b, &blocks[i+n]); n++)
			;
		out_line(w->o, "    nn.stage { nn.%s, blocks = %d, width = %d%s%s%s },", b->kind, n, b->width, more,
		         options_of(b), dilations_text(&dilation[i], n));
	}
	out_line(w->o, "  },");
}

static void
write_head(Walk *w)
{
	const Node *n = reader(w->g, w->at);
	const char *options = "";

	if (n && n->op == O_bn && reader(w->g, n) && reader(w->g, n)->op == O_relu) {
		options = ", norm = true";
		n = reader(w->g, reader(w->g, n));
	}
	if (!n || (n->op != O_adaptive_avg_pool && n->op != O_adaptive_max_pool))
		return;
	if (n->op == O_adaptive_max_pool)
		options = arena_text("%s, pool = \"max\"", options);
	n = reader(w->g, n);
	if (n && n->op == O_flatten)
		n = reader(w->g, n);
	if (!n || n->op != O_linear) {
		out_line(w->o, "  head   = nn.embedding {%s },", *options ? options + 1 : "");
		return;
	}
	if (!n->a.bias)
		options = arena_text("%s, bias = false", options);
	if (reader(w->g, n) && reader(w->g, n)->op == O_softmax)
		options = arena_text("%s, softmax = true", options);
	out_line(w->o, "  head   = nn.classifier { %d%s },", n->a.out, options);
}

/* in_spaces - two for every tab a line starts with, and inside of a function, as the models of examples/ are written */
char *
in_spaces(const char *text)
{
	char *spaced = arena_new(3*strlen(text) + 1), *to = spaced;
	bool start = true, inside = false;

	for (; *text; text++) {
		start = text[0] == '\n' || (start && text[0] == '\t');
		inside = inside ? strncmp(text, "\n\tend,", 6) != 0 : !strncmp(text, "function(x)\n", 12);
		if (start && *text == '\t')
			*to++ = ' ', *to++ = ' ';
		else
			*to++ = *text;
		if (*text == '\n' && inside)
			*to++ = ' ', *to++ = ' ';
	}
	return spaced;
}

const char *
norms_text(const Norms *norms)
{
	const Node *n = norms->first;

	if (norms->folded || norms->none)
		return norms->folded ? "\"folded\"" : "false";
	if (!n || (n->op == O_bn && n->a.eps == 1e-5))
		return "";
	if (n->op == O_bn)
		return arena_text("{ eps = %.10g }", n->a.eps);
	return arena_text("{ %s = %d%s }", norms->by_width ? "group_width" : "groups",
	                  norms->by_width ? n->out->shape.c/n->a.groups : n->a.groups,
	                  n->a.eps == 1e-5 ? "" : arena_text(", eps = %.10g", n->a.eps));
}

/* write_begin - the model's name, input, and what holds for all of its layers */
void
write_begin(Out *o, const Graph *g, const Norms *norms, bool bias)
{
	Shape in = g->nodes[0]->out->shape;

	out_line(o, "local nn = require \"resnet\"\n");
	out_line(o, "return nn.model {");
	out_line(o, "  name   = \"%s\",", g->name);
	out_line(o, "  input  = nn.image { %d, %d, %d%s%s },", in.c, in.h, in.w, g->image.u8 ?
	         ", dtype = \"u8\", scale = 1" : "",
	         g->image.hwc ? ", layout = \"HWC\"" : "");
	if (bias && !norms->folded && !norms->none)
		out_line(o, "  bias   = true,");
	if (*norms_text(norms))
		out_line(o, "  bn     = %s,", norms_text(norms));
}

char *
structured_text(Graph *g)
{
	Walk w = { .g = g, .o = out_new(), .folded = true };
	const char *text;
	bool bias = true;
	size_t len;

	if (g->noutputs != 1 || g->nodes[0]->op != O_input)
		return NULL;
	for (int i = 0; i < g->count; i++) {
		if (g->nodes[i]->op == O_bn) {
			w.folded = false;
			w.bn = w.bn ? w.bn : g->nodes[i];
		}
		if (g->nodes[i]->op == O_conv2d)
			bias = bias && g->nodes[i]->a.bias;
	}
	write_begin(w.o, g, &(Norms){ .folded = w.folded, .first = w.bn }, bias);
	w.at = g->nodes[0];
	write_stem(&w);
	write_stages(&w);
	write_head(&w);
	out_line(w.o, "}");
	text = out_string(w.o, &len);
	return adopt_text(g, text) ? in_spaces(text) : NULL;
}
