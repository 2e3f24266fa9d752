/*
** layout - how every tensor lies in memory.
**
** Activations are cut into blocks of target->block channels, a block's channels innermost:
** [image][channel block][row][column][channel of the block]. Around each plane lies a halo of
** zeros as wide as the widest padding among its readers, so that convolutions need no border code. Bytes may have
** larger blocks, where that leaves no more lanes without a channel.
** A sum whose summand is read for the last time gets the halo of both, so that it can take over the summand's memory.
** The input stays planar when only convolutions read it: they broadcast single floats anyway.
** Switched off, every tensor is blocked and carries the widest halo of the network.
*/
#include "../pass.h"

enum { PixelBytes = 4 };             /* of a planar input of bytes, at most: a quad, as products take them */

static void
widen(int *side, int need)
{
	if (*side < need)
		*side = need;
}

/* past - how far the last window reaches beyond the last row or column */
static int
past(int in, int out, int kernel, int stride, int dilation, int before)
{
	return (out - 1)*stride - before + (kernel - 1)*dilation - (in - 1);
}

static void
widen_halo(Sides *halo, const Node *reader)
{
	const Attr *a = &reader->a;
	Shape x = reader->in[0]->shape, y = reader->out->shape;
	Sides need = { a->padding.t, a->padding.l, past(x.h, y.h, a->kernel.h, a->stride.h, a->dilation.h, a->padding.t),
		past(x.w, y.w, a->kernel.w, a->stride.w, a->dilation.w, a->padding.l) };

	if (reader->family->reach)
		reader->family->reach(reader, &need);
	widen(&halo->t, need.t);
	widen(&halo->l, need.l);
	widen(&halo->b, need.b);
	widen(&halo->r, need.r);
}

/* planar_readers - all who read v are convolutions that take it planar, or make bytes of it for such */
static bool
planar_readers(const Value *v)
{
	const Graph *g = v->node->g;

	for (int i = v->from + 1; i < g->count; i++)
		for (int j = 0; j < g->nodes[i]->nin; j++) {
			const Node *n = g->nodes[i];
			bool conv = n->op == O_conv2d || n->op == O_conv2d_dw;
			if (n->in[j] == v && (!n->family->planar || j > 0 || (!conv && !planar_readers(n->out))))
				return false;
		}
	return v->readers > 0 && !is_output(v);
}

/* is_planar - the input, and bytes that are made of it */
static bool
is_planar(const Node *n)
{
	bool first = n->op == O_input || (n->op == O_quantize && n->in[0]->node->op == O_input && n->in[0]->lay.cb == 1);

	return first && !n->g->plain_layout && planar_readers(n->out);
}

/*
** pixel_block - channels of a pixel of bytes that lie side by side: as many as there are where a row of a window is
** then fewer products, else a whole quad
*/
static int
pixel_block(const Value *v)
{
	const Graph *g = v->node->g;
	const Target *t = g->target;
	int c = v->shape.c, bytes = products_of(t).bytes;

	if (bytes_are_direct(t))             /* rows are long products there as they are */
		return PixelBytes;
	for (int i = v->from + 1; i < g->count && c < PixelBytes; i++) {
		const Node *n = g->nodes[i];
		bool reads = n->nin > 0 && n->in[0] == v, safe = n->a.pair_safe || adds_products(t);
		int few = ceil_div(n->a.kernel.w*c, bytes)*product_words(t, safe && (c%2 == 0 || adds_products(t)));
		if (reads && (n->op != O_conv2d || n->a.dilation.w > 1 ||
		              few >= ceil_div(n->a.kernel.w*PixelBytes, bytes)*product_words(t, safe)))
			return PixelBytes;
	}
	return c < PixelBytes ? c : PixelBytes;
}

/* planar_layout - behind a row of less than quads there is room for the rest of the last one */
static Layout
planar_layout(const Value *v, Sides halo)
{
	int cb = is_bytes(v) ? pixel_block(v) : 1;

	if (is_bytes(v) && cb < PixelBytes)
		halo.r += ceil_div(PixelBytes - 1, cb);
	return layout_of(v->shape, cb, halo);
}

static bool
same_sides(Sides a, Sides b)
{
	return a.t == b.t && a.l == b.l && a.b == b.b && a.r == b.r;
}

/* summand - the value that n adds and nobody reads after it, or NULL */
static const Value *
summand(const Node *n)
{
	for (int i = takes_skip(n); i < n->nin; i++) {
		const Value *z = n->in[i];
		if ((takes_skip(n) || op_rows[n->op].over) && n->nin > 1 && z->to == n->id && z->dtype == n->out->dtype &&
		    z->index == 0 && same_shape(z->shape, n->out->shape) && (i == 0 || z != n->in[0]))
			return z;
	}
	return NULL;
}

/* share_halos - of sums and summands, one after the other until all are the same; where there are none none come */
static void
share_halos(const Graph *g, Sides *halo)
{
	static const Sides none = { 0, 0, 0, 0 };
	bool changed = true;

	while (changed) {
		changed = false;
		for (int i = 0; i < g->count; i++) {
			const Value *z = summand(g->nodes[i]);
			Sides *y = &halo[i], *s = z ? &halo[z->node->id] : y;
			if (same_sides(*y, *s) || same_sides(*y, none) || same_sides(*s, none))
				continue;
			widen(&y->t, s->t);
			widen(&y->l, s->l);
			widen(&y->b, s->b);
			widen(&y->r, s->r);
			*s = *y;
			changed = true;
		}
	}
}

/* block_of - channels of a block; of bytes no more than leave none of a quad's lanes without a channel */
static int
block_of(const Value *v)
{
	const Target *t = v->node->g->target;
	int block = is_bytes(v) ? products_of(t).block : t->block, c = v->shape.c;

	while (block > t->block && block*ceil_div(c, block) > t->block*ceil_div(c, t->block))
		block /= 2;
	return block;
}

void
layout(Graph *g)
{
	Sides *halo = arena_new((size_t)g->count*sizeof *halo), widest = { 0, 0, 0, 0 };

	fill_uses(g);
	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->op == O_conv2d || g->nodes[i]->family->reach) {
			widen_halo(&halo[g->nodes[i]->in[0]->node->id], g->nodes[i]);
			widen_halo(&widest, g->nodes[i]);
		}
	for (int i = 0; i < g->count; i++) {
		/* same on both sides where it can be: layers of one shape then share their kernel */
		widen(&halo[i].b, halo[i].t);
		widen(&halo[i].r, halo[i].l);
	}
	share_halos(g, halo);
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		n->out->lay = is_planar(n) ? planar_layout(n->out, halo[i]) :
			layout_of(n->out->shape, block_of(n->out), g->plain_layout ? widest : halo[i]);
		for (int k = 1; k < n->nout; k++)    /* no convolution reads a second result */
			n->out[k].lay = layout_of(n->out[k].shape, g->target->block, (Sides){ 0, 0, 0, 0 });
		for (int k = 0; k < n->nout; k++)    /* a gradient of parameters, as the weight file has them */
			if (n->out[k].home == Home_state)
				n->out[k].lay = layout_of(n->out[k].shape, 1, (Sides){ 0, 0, 0, 0 });
	}
}
