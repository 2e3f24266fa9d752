/*
** generate.c - random legal networks. Ops come from the op table and their attributes from the attribute
** table, so that a new row is tried without a word here; what is drawn and does not fit is drawn again.
** Everything follows from the seed.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../gradients/train.h"
#include "fuzz.h"

enum { MostFloats = 16000, MostMacs = 4000000 };     /* of a result, of a node; the reference runs in plain loops */

/* --- random choices --- */

static int
rnd_to(uint64_t *state, int lo, int hi)
{
	return lo + (int)(rnd(state)%(uint64_t)(hi - lo + 1));
}

static bool
rnd_chance(uint64_t *state, int percent)
{
	return rnd_to(state, 0, 99) < percent;
}

static int
one_of(uint64_t *r, const int *from, int count)
{
	return from[rnd_to(r, 0, count - 1)];
}

static int
channels(uint64_t *r)
{
	static const int usual[] = { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 48, 64 };

	if (rnd_chance(r, 4))
		return rnd_to(r, 65, 320);   /* rare: more than a pass over channel blocks takes */
	return one_of(r, usual, sizeof usual/sizeof *usual);
}

static Pair
pair(uint64_t *r, const int *from, int count)
{
	int h = one_of(r, from, count);

	return (Pair){ h, rnd_chance(r, 70) ? h : one_of(r, from, count) };
}

/* --- attributes --- */

static int
divisor(uint64_t *r, int of)
{
	int d;

	do
		d = rnd_to(r, 1, of);
	while (of%d);
	return d;
}

static void
random_range(uint64_t *r, Range *range, int size)
{
	int from = rnd_to(r, 0, size - 1);

	if (rnd_chance(r, 50))
		*range = (Range){ from, rnd_to(r, from + 1, size), rnd_to(r, 1, 3) };
}

/* random_shape - of as many numbers as n's input has */
static void
random_shape(uint64_t *r, Node *n)
{
	Shape x = n->in[0]->shape;
	int all = x.c*x.h*x.w, c = rnd_chance(r, 30) ? x.c : divisor(r, all), h = divisor(r, all/c);

	n->a.shape = (Shape){ 0, c, h, rnd_chance(r, 20) ? -1 : all/c/h };
}

static void
random_number(uint64_t *r, Attr *a, AttrId id)
{
	switch (id) {
	case At_slope:             a->slope = rnd_normal(r)/4; break;
	case At_offset:            a->offset = rnd_normal(r)/2; break;
	case At_lo:                a->lo = -fabs(rnd_normal(r)); break;
	case At_hi:                a->hi = fabs(rnd_normal(r)); break;
	case At_value:             if (rnd_chance(r, 30)) a->value = (double)(float)rnd_normal(r); break;
	case At_gain:              a->gain = rnd_normal(r); break;
	case At_alpha:             a->alpha = rnd_normal(r); break;
	case At_beta:              a->beta = 0.25 + fabs(rnd_normal(r)); break;
	case At_eps:               a->eps = rnd_chance(r, 50) ? 1e-5 : 1e-3; break;
	case At_standardize:       a->standardize = rnd_chance(r, 10) ? 1e-6 : 0; break;
	case At_scale:             a->scale = rnd_chance(r, 50) ? 1 : rnd_normal(r)/4; break;
	default:                   break;
	}
}

static void
random_flag(uint64_t *r, Attr *a, AttrId id)
{
	switch (id) {
	case At_shared:            a->shared = rnd_chance(r, 30); break;
	case At_transpose_a:       a->transpose_a = rnd_chance(r, 50); break;
	case At_transpose_b:       a->transpose_b = rnd_chance(r, 50); break;
	case At_depth_first:       a->depth_first = rnd_chance(r, 50); break;
	case At_exclude_outside:   a->exclude_outside = rnd_chance(r, 30); break;
	case At_bias:              a->bias = rnd_chance(r, 50); break;
	case At_affine:            a->affine = rnd_chance(r, 80); break;
	case At_ceil_mode:         a->ceil_mode = rnd_chance(r, 40); break;
	case At_count_include_pad: a->count_include_pad = rnd_chance(r, 60); break;
	default:                   break;
	}
}

static void
random_padding(uint64_t *r, Node *n)
{
	if (n->op == O_conv2d && rnd_chance(r, 50))
		return;
	if (n->op == O_conv2d && rnd_chance(r, 20))
		n->a.padding.t = SameUpper;
	else
		n->a.padding = (Sides){ rnd_to(r, 0, 2), rnd_to(r, 0, 2), rnd_to(r, 0, 2), rnd_to(r, 0, 2) };
}

static void
random_groups(uint64_t *r, Node *n)
{
	int c = n->in[0]->shape.c;

	if (n->op != O_conv2d && n->op != O_conv_transpose2d) {
		if ((n->op != O_softmax && n->op != O_reduce) || rnd_chance(r, 30))
			n->a.groups = divisor(r, c);
		return;
	}
	if (rnd_chance(r, 60))
		return;
	n->a.groups = rnd_chance(r, 30) ? c : divisor(r, c);
	n->a.out = rnd_chance(r, 60) ? c : n->a.groups*rnd_to(r, 1, 4);
}

/* wants_range - of numbers anywhere it makes NaN and infinities, of which nothing is known further on */
static bool
wants_range(Act act)
{
	return act == Act_log || act == Act_sqrt || act == Act_exp;
}

/* random_attr - a value for one attribute of n, whose inputs are known */
static void
random_attr(uint64_t *r, Node *n, AttrId id)
{
	static const int kernels[] = { 1, 1, 3, 3, 3, 2, 4, 5, 7 }, steps[] = { 1, 1, 1, 1, 2, 2, 3 },
		sizes[] = { 1, 1, 2, 3, 4, 5, 7 };
	Attr *a = &n->a;
	Shape x = n->in[0]->shape;
	int words;

	switch (id) {
	case At_out:        a->out = n->op == O_top_k ? rnd_to(r, 1, x.c < 40 ? x.c : 40) : channels(r); break;
	case At_kernel:     a->kernel = pair(r, kernels, 9); break;
	case At_stride:     a->stride = pair(r, steps, 7); break;
	case At_dilation:   a->dilation = pair(r, steps, rnd_chance(r, 80) ? 4 : 7); break;
	case At_padding:    random_padding(r, n); break;
	case At_groups:     random_groups(r, n); break;
	case At_size:       a->size = (n->op == O_adaptive_avg_pool || n->op == O_adaptive_max_pool) ? pair(r, sizes, 7) :
				(Pair){ rnd_to(r, 1, 2*x.h + 1), rnd_to(r, 1, 2*x.w + 1) }; break;
	case At_channels:
		if (n->op == O_pad)
			a->channels = (Pair){ rnd_to(r, 0, 5), rnd_to(r, 0, 5) };
		else if (rnd_chance(r, 60))
			a->channels.h = rnd_to(r, 0, x.c - 1), a->channels.w = rnd_to(r, a->channels.h + 1, x.c);
		break;
	case At_rows:       random_range(r, &a->rows, x.h); break;
	case At_cols:       random_range(r, &a->cols, x.w); break;
	case At_mode:       if (rnd_chance(r, 60)) a->mode = rnd_to(r, 0, NFills - 1); break;
	case At_act:        a->act = rnd_chance(r, 15) ? rnd_to(r, 1, NActs - 1) : a->act;
	                    a->act = wants_range(a->act) ? Act_none : a->act; break;
	case At_coords:
	case At_rounding:
		words_of(&attr_rows[id], &words);
		*(id == At_coords ? &a->coords : &a->rounding) = rnd_to(r, 0, words - 1);
		break;
	case At_reduction:  a->reduction = rnd_to(r, 0, NReductions - 1); break;
	case At_sharpness:  a->sharpness = rnd_chance(r, 50) ? -0.75 : -0.5; break;
	case At_axis:       a->axis = rnd_to(r, 0, NAlongs - 1); break;
	case At_heads:      a->heads = rnd_chance(r, 50) ? 1 : divisor(r, x.c); break;
	case At_output_padding:
		a->output_padding = rnd_chance(r, 70) ? (Pair){ 0, 0 } : (Pair){ rnd_to(r, 0, 1), rnd_to(r, 0, 1) };
		break;
	case At_order:      a->order = rnd_to(r, 0, NOrders - 1); break;
	case At_factor:     a->factor = rnd_to(r, 1, 4); break;
	case At_shape:      random_shape(r, n); break;
	case At_slope: case At_offset: case At_lo: case At_hi: case At_value: case At_gain: case At_alpha: case At_beta:
	case At_eps: case At_scale: case At_standardize:
		random_number(r, a, id);
		break;
	case At_shared: case At_transpose_a: case At_transpose_b: case At_depth_first: case At_bias: case At_affine:
	case At_ceil_mode: case At_count_include_pad: case At_exclude_outside:
		random_flag(r, a, id);
		break;
	case At_winograd: case At_on_the_fly: case At_strassen:      /* by the shape, when that is known */
	case At_tile: case At_scale_h: case At_scale_w: case At_bn: case At_bn_eps: case At_bn_affine: case At_gamma:
	case At_in_gain: case At_out_gain: case At_out_offset: case At_slopes:
	case At_step: case At_zero: case At_requant: case At_pixels: case At_pair_safe:         /* by quantize */
	case NAttrs:
		break;
	}
}

/* --- genes to a graph --- */

typedef struct { Graph *g; Node *n; } Adding;

static void
add_node(void *user)
{
	Adding *a = user;

	node_add(a->g, a->n);
}

/* add_gene - false: it cannot be */
static bool
add_gene(Graph *g, const Gene *gene)
{
	Adding a = { g, node_new(g, gene->op, g->count + 1) };

	a.n->name = arena_text("%s%d", gene->op == O_input ? "input" : "v", g->count);
	a.n->a = gene->a;
	for (int i = 0; i < gene->nin; i++)
		a.n->in[a.n->nin++] = g->nodes[gene->in[i]]->out;
	if (attempt(add_node, &a))
		return false;
	node_params(a.n, NULL, NULL);
	return count_of(a.n->out->shape) <= MostFloats && macs_of(a.n) <= MostMacs;
}

Graph *
fuzz_graph(const Case *c)
{
	Graph *g = graph_new("fuzz.lua");

	g->target = c->target;
	for (int i = 0; i < c->count; i++)
		if (!add_gene(g, &c->gene[i]))
			return NULL;
	for (int i = 0; i < c->noutputs; i++) {
		Node *n = g->nodes[c->output[i]];
		for (int k = 0; k < n->nout; k++) {
			int names = g->noutputs;
			PUSH(g->output_names, names, "");
			PUSH(g->outputs, g->noutputs, &n->out[k]);
		}
	}
	return g;
}

/* --- drawing genes --- */

/* like - another result of this shape (or one value a channel or a pixel, for a gate), or -1 */
static int
like(uint64_t *r, const Graph *g, int of, bool gate)
{
	int found = -1, seen = 0;
	Shape s = g->nodes[of]->out->shape;

	for (int i = 0; i < g->count; i++) {
		Shape z = g->nodes[i]->out->shape;
		bool same = (z.c == s.c || (gate && z.c == 1)) && ((z.h == s.h && z.w == s.w) || (gate && z.h == 1 && z.w == 1));
		if (same && g->nodes[i]->op != O_top_k && rnd_to(r, 0, seen++) == 0)
			found = i;
	}
	return found;
}

/* beside - another result with these rows and columns */
static int
beside(uint64_t *r, const Graph *g, int of)
{
	int found = of, seen = 0;
	Shape s = g->nodes[of]->out->shape;

	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->out->shape.h == s.h && g->nodes[i]->out->shape.w == s.w && g->nodes[i]->op != O_top_k &&
		    rnd_to(r, 0, seen++) == 0)
			found = i;
	return found;
}

/* byte_op - one that has a form on bytes, or is folded or fused into one */
static Op
byte_op(uint64_t *r)
{
	static const Op ops[] = { O_conv2d, O_conv2d, O_conv2d, O_conv2d, O_add, O_add, O_mul, O_mul, O_bn, O_relu, O_relu6,
		O_max_pool, O_avg_pool, O_adaptive_avg_pool, O_adaptive_max_pool, O_concat, O_slice, O_pad, O_flatten, O_linear,
		O_upsample_nearest };

	return ops[rnd_to(r, 0, (int)(sizeof ops/sizeof *ops) - 1)];
}

/* mixed - does it go to and fro between bytes and floats, where only threads and addresses can be compared */
static bool
mixed(const Case *c)
{
	return c->seed%32 == 27;
}

/* stays_on_bytes - may op stand there in a network of bytes: norms and activations behind what takes them in */
static bool
stays_on_bytes(const Node *from, Op op)
{
	bool sum = from->op == O_add || from->op == O_mul;

	if (op == O_bn)
		return is_dense(from) && !from->a.act && from->nin == 1;
	if (act_of(op))
		return (is_dense(from) || sum || from->op == O_bn) && !from->a.act;
	return from->op != O_input || op == O_conv2d;
}

/* clip_only - n's attributes as those that bytes can have */
static void
clip_only(Node *n)
{
	if (!has_act_on_bytes((Act)n->a.act))
		n->a.act = Act_none;
	n->a.mode = Fill_constant;
	n->a.value = 0;
}

/* end_on_sums - of bytes what a layer hands out is exact: one behind each output that is none */
static void
end_on_sums(Case *c, Graph *g)
{
	for (int i = 0; i < c->noutputs && c->count < MostGenes; i++) {
		Gene gene = { .op = O_conv2d, .nin = 1, .in = { c->output[i] } };
		const Node *n = g->nodes[c->output[i]];
		if (is_dense(n) && has_act_on_bytes((Act)n->a.act))
			continue;
		gene.a = node_new(g, O_conv2d, 0)->a;
		gene.a.out = 5;
		gene.a.kernel = (Pair){ 1, 1 };
		if (!add_gene(g, &gene)) {
			g->count = c->count;
			continue;
		}
		c->gene[c->count] = gene;
		c->output[i] = c->count++;
	}
}

static Op
any_op(uint64_t *r)
{
	int roll = rnd_to(r, 0, 99);

	if (roll < 35)
		return O_conv2d;
	if (roll < 45)
		return O_add;
	if (roll < 53)
		return O_bn;
	if (roll < 60)
		return O_relu;
	return (Op)rnd_to(r, O_input + 1, LastLanguageOp);
}

static Op
random_op(uint64_t *r, const Case *c)
{
	Op op;

	if (c->bytes)
		return byte_op(r);
	do
		op = any_op(r);
	while (c->trains && !has_gradient(op));
	return op;
}

/* away_from_zero - what may be divided by, and what wants_range; -1: no room for it */
static int
away_from_zero(Case *c, Graph *g, int of)
{
	Gene gene = { .op = O_clip, .nin = 1, .in = { of } };

	gene.a = node_new(g, O_clip, 0)->a;
	gene.a.lo = 0.5;
	gene.a.hi = 4;
	if (c->count + 1 >= MostGenes || !add_gene(g, &gene))
		return -1;
	c->gene[c->count] = gene;
	return c->count++;
}

/* propose - one more gene; false when what was drawn does not fit */
static bool
propose(uint64_t *r, Case *c, Graph *g)
{
	Gene gene = { .op = random_op(r, c), .nin = 1 };
	int last = g->count - 1, from = rnd_chance(r, 70) ? last : rnd_to(r, 0, last);
	Node *n = node_new(g, gene.op, 0);

	for (int i = 0; i < c->count && c->bytes && gene.op == O_mul; i++)
		if (c->gene[i].op == O_mul)
			return false;        /* products of products of large numbers leave the floats that steps are */
	if (g->nodes[from]->op == O_top_k)
		return false;                /* its positions jump where two values are close: nothing may read them */
	if (c->bytes && !mixed(c) && !stays_on_bytes(g->nodes[from], gene.op))
		return false;
	gene.in[0] = from;
	if (gene.op == O_concat)
		for (gene.nin = rnd_to(r, 2, 4), last = 1; last < gene.nin; last++)
			gene.in[last] = beside(r, g, from);
	if (op_rows[gene.op].lo == 2 || (op_rows[gene.op].hi == 2 && rnd_chance(r, 8))) {
		gene.in[1] = like(r, g, from, own_family(gene.op) == &family_binary);
		if (gene.in[1] >= 0 && rnd_chance(r, 30) && own_family(gene.op) == &family_binary)
			gene.in[0] = gene.in[1], gene.in[1] = from;
		gene.nin = 2;
		if (gene.in[1] < 0 || (gene.op == O_conv2d && (c->trains || rnd_chance(r, 50))))
			return false;
	}
	if (gene.op == O_softmax && rnd_chance(r, 60))
		return false;
	if (gene.op == O_div || gene.op == O_reciprocal || wants_range(act_of(gene.op))) {
		int *divisor = &gene.in[gene.nin - 1];
		*divisor = away_from_zero(c, g, *divisor);
		if (*divisor < 0)
			return false;
	}
	n->in[0] = g->nodes[from]->out;
	for (int i = 0; i < NAttrs; i++)
		if (op_takes(gene.op, (AttrId)i) && !(c->trains && (i == At_act || i == At_standardize)))
			random_attr(r, n, (AttrId)i);
	if (c->bytes && !mixed(c))
		clip_only(n);
	gene.a = n->a;
	if (!add_gene(g, &gene)) {
		if (g->count > c->count)
			g->count--;          /* legal, but too big */
		return false;
	}
	if (gene.op == O_conv2d && tiled_family(g->nodes[c->count]) && rnd_chance(r, 50))
		gene.a.winograd = (Pair){ 2*rnd_to(r, 1, 2), 2*rnd_to(r, 1, 2) }, gene.a.on_the_fly = rnd_chance(r, 50);
	if (gene.op == O_conv2d && gene.a.kernel.h == 1 && gene.a.kernel.w == 1 && gene.a.groups == 1 && rnd_chance(r, 50))
		gene.a.strassen = true;
	/* sums of bytes that are exact whatever the weights are: 127*128 times 9 of each channel, within 25 bits for 4x4 */
	if (c->bytes && gene.a.winograd.h && g->nodes[c->count]->in[0]->shape.c > 229)
		gene.a.winograd = (Pair){ 2, 2 };
	c->gene[c->count++] = gene;
	return true;
}

/* add_head - classes to be told: pooled, where there are pixels, and a linear layer; false: no room for it */
static bool
add_head(uint64_t *r, Case *c, Graph *g)
{
	static const Op head[] = { O_adaptive_avg_pool, O_linear };

	for (int i = g->nodes[c->count-1]->out->shape.h*g->nodes[c->count-1]->out->shape.w == 1; i < 2; i++) {
		Gene gene = { .op = head[i], .nin = 1, .in = { c->count - 1 }, .a = node_new(g, head[i], 0)->a };
		gene.a.size = (Pair){ 1, 1 };
		gene.a.out = rnd_to(r, 2, 12);
		if (c->count == MostGenes || !add_gene(g, &gene))
			return false;
		c->gene[c->count++] = gene;
	}
	return true;
}

Case
fuzz_drawn(uint64_t seed, const Target *target, bool trains)
{
	static const int counts[] = { 1, 1, 2, 3, 5, 8, 13 }, batches[] = { 1, 1, 1, 2, 3 }, threads[] = { 2, 3, 7 };
	Case c = { .seed = seed, .target = target, .count = 1 };
	uint64_t state = seed*0x2545f4914f6cdd1du + 17, *r = &state;
	int want = one_of(r, counts, 7) + rnd_to(r, 1, 4);
	Graph *g;

	c.trains = trains;
	c.bytes = !trains && seed%4 == 3;
	c.store = trains ? DT_f32 : seed%16 == 5 ? DT_f16 : seed%16 == 13 ? DT_bf16 : DT_f32;
	c.batch = one_of(r, batches, 5);
	c.threads = one_of(r, threads, 3);
	c.skip = rnd_chance(r, 40) ? (1u << npasses) - 1 : (unsigned)rnd_to(r, 0, (1 << npasses) - 1);
	c.exact = rnd_chance(r, 25);
	if (c.bytes)
		c.skip &= ~(1u << pass_named("fold_bn") | 1u << pass_named("fuse") | 1u << pass_named("dce") |
		            1u << pass_named("quantize"));
	c.weights = rnd_chance(r, 60) ? Values_plain : (Values)rnd_to(r, 0, trains ? Values_zeros : NValues - 1);
	c.input = rnd_chance(r, 60) ? Values_plain : (Values)rnd_to(r, 0, trains ? Values_zeros : NValues - 1);
	c.gene[0].op = O_input;
	c.gene[0].a = node_new(graph_new(""), O_input, 0)->a;
	do {
		c.gene[0].a.shape = (Shape){ 0, channels(r), rnd_chance(r, 10) ? 1 : rnd_to(r, 1, 20),
			rnd_chance(r, 10) ? 1 : rnd_to(r, 1, 20) };
		g = graph_new("fuzz.lua");
		g->target = target;
	} while (!add_gene(g, &c.gene[0]));
	for (int tries = 0; tries < 300 && c.count <= want && c.count < MostGenes; tries++)
		propose(r, &c, g);
	if (trains && !add_head(r, &c, g))
		c.count = 0;
	c.output[c.noutputs++] = c.count - 1;
	while (!trains && c.noutputs < MostOutputs && rnd_chance(r, 25)) {
		int o = rnd_to(r, 0, c.count - 1);
		if (o != c.output[0] && (c.noutputs < 2 || o != c.output[1]))
			c.output[c.noutputs++] = o;
	}
	if (c.bytes)
		end_on_sums(&c, g);
	return c;
}

/* --- as text --- */

static const char form[] = "-- fuzz: seed=%llu target=%s skip=%x exact=%d batch=%d threads=%d weights=%d input=%d%s%s";

const char *
fuzz_text(const Case *c)
{
	char *text;
	const char *whole;

	if (c->text)
		return c->text;
	text = dump_string(fuzz_graph(c));
	whole = arena_text(arena_text("%s\n%%s", form), (unsigned long long)c->seed, c->target->name, c->skip, c->exact,
	                   c->batch, c->threads, (int)c->weights, (int)c->input,
	                   c->bytes ? " bytes=1" : c->trains ? " trains=1" : "",
	                   c->store == DT_f32 ? "" : arena_text(" store=%s", dtype_rows[c->store].name), text);
	free(text);
	return whole;
}

/* line_ends - does the first line end with these words */
static bool
line_ends(const char *text, const char *with)
{
	size_t line = strcspn(text, "\n"), len = strlen(with);

	return line >= len && !strncmp(text + line - len, with, len);
}

bool
fuzz_read(Case *c, const char *text)
{
	unsigned long long seed;
	char target[16];
	int exact, weights, input;
	unsigned skip;

	if (sscanf(text, "-- fuzz: seed=%llu target=%15s skip=%x exact=%d batch=%d threads=%d weights=%d input=%d", &seed,
	           target, &skip, &exact, &c->batch, &c->threads, &weights, &input) != 8 || weights < 0 ||
	           weights >= NValues || input < 0 || input >= NValues || c->batch < 1 || c->batch > 64 || c->threads < 1 ||
	           c->threads > 64)
		return false;
	c->seed = seed;
	c->bytes = line_ends(text, " bytes=1");
	c->trains = line_ends(text, " trains=1");
	c->store = line_ends(text, " store=f16") ? DT_f16 : line_ends(text, " store=bf16") ? DT_bf16 : DT_f32;
	c->target = target_named(target);
	c->skip = skip;
	c->exact = exact;
	c->weights = (Values)weights;
	c->input = (Values)input;
	c->text = text;
	return true;
}

/* --- values --- */

/* spoil - makes a value of the kind; channel: scales that differ by channel */
static double
spoil(Values kind, double v, uint64_t *r, double channel)
{
	switch (kind) {
	case Values_plain:    return v;
	case Values_zeros:    return rnd_chance(r, 40) ? (rnd_chance(r, 50) ? 0.0 : -0.0) : v;
	case Values_denormal: return v*1e-40;
	case Values_large:    return v*1e4;
	case Values_mixed:    return v*channel;
	case NValues:         break;
	}
	return v;
}

/* kept - the nearest number that weights kept as d can be */
static double
kept(Dtype d, double v)
{
	double most = half_value(d, (uint16_t)(half_bits(d, (double)INFINITY) - 1));

	return half_value(d, half_bits(d, fmin(fmax(v, -most), most)));
}

void
fuzz_weights(Graph *g, const Case *c)
{
	uint64_t state = c->seed + 1, *r = &state;

	bind_random(g, c->seed);
	for (int i = 0; i < g->count; i++) {
		/* every other layer, so that values come back into range */
		Param *p = &g->nodes[i]->p[P_weight];
		size_t each = p->count/(size_t)g->nodes[i]->out->shape.c;
		bool plain = !p->name || rnd_chance(r, 50);
		double channel = 1;
		for (size_t k = 0; k < p->count && !plain; k++) {
			if (k%each == 0)
				channel = pow(10, rnd_to(r, -6, 4));
			p->data[k] = (double)(float)spoil(c->weights, p->data[k], r, channel);
		}
		for (size_t k = 0; k < p->count && is_dense(g->nodes[i]) && c->store != DT_f32; k++)
			p->data[k] = kept(c->store, p->data[k]);
		for (size_t k = 0; k < p->count && is_dense(g->nodes[i]) && c->bytes && c->seed%16 == 15; k++)
			p->data[k] = p->data[k] < 0 ? -1 : 1;        /* all at the ends of their bytes */
	}
}

float *
fuzz_input(const Graph *g, const Case *c)
{
	Shape s = g->nodes[0]->out->shape;
	size_t count = count_of(s), plane = (size_t)s.h*(size_t)s.w;
	float *in = want_memory(malloc(count*sizeof *in));
	uint64_t state = c->seed + 2, *r = &state;
	double channel = 1;

	for (size_t i = 0; i < count; i++) {
		if (i%plane == 0)
			channel = pow(10, rnd_to(r, -6, 4));
		in[i] = (float)spoil(c->input, rnd_normal(r), r, channel);
		if (c->bytes && c->seed%8 == 7)  /* pixels, the first and the last among them */
			in[i] = (float)(rnd_chance(r, 20) ? 255*rnd_to(r, 0, 1) : rnd_to(r, 0, 255))/255;
	}
	return in;
}
