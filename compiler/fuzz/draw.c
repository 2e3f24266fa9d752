/*
** draw.c - random legal networks. Ops come from the op table and their attributes from the attribute table, so that a
** new row is tried without a word here; what is drawn and does not fit is drawn again. All follows from the seed.
*/
#include "../gradients/train.h"
#include "fuzz.h"

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
	if (gene.a.winograd.h && gene.a.kernel.h == 7)
		gene.a.winograd = (Pair){ 2, 2 };
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
	int want = rnd_of(r, counts, 7) + rnd_to(r, 1, 4);
	Graph *g;

	c.trains = trains;
	c.bytes = !trains && seed%4 == 3;
	c.store = trains ? DT_f32 : seed%16 == 5 ? DT_f16 : seed%16 == 13 ? DT_bf16 : DT_f32;
	c.batch = rnd_of(r, batches, 5);
	c.threads = rnd_of(r, threads, 3);
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
		c.gene[0].a.shape = (Shape){ 0, rnd_channels(r), rnd_chance(r, 10) ? 1 : rnd_to(r, 1, 20),
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
