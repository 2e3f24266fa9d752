/*
** layout - how every tensor lies in memory.
**
** Activations are cut into blocks of target->block channels, a block's channels innermost:
** [image][channel block][row][column][channel of the block]. Around each plane lies a halo of
** zeros as wide as the widest padding among its readers, so that convolutions need no border code.
** The input stays planar when only convolutions read it: they broadcast single floats anyway.
** Switched off, every tensor is blocked and carries the widest halo of the network.
*/
#include "../resnetc.h"

Layout
layout_of(Shape s, int cb, Sides halo)
{
	Layout l = { .cb = cb, .halo = halo };

	l.row = (size_t)(halo.l + s.w + halo.r)*(size_t)cb;
	l.plane = (size_t)(halo.t + s.h + halo.b)*l.row;
	l.image = (size_t)ceil_div(s.c, cb)*l.plane;
	l.origin = (size_t)halo.t*l.row + (size_t)(halo.l*cb);
	return l;
}

size_t
layout_floats(const Layout *l, Shape s)
{
	return ((size_t)s.n*l->image + AlignFloats - 1)/AlignFloats*AlignFloats;
}

bool
same_layout(const Layout *a, const Layout *b)
{
	return a->cb == b->cb && a->row == b->row && a->plane == b->plane && a->image == b->image && a->origin == b->origin &&
	       a->halo.t == b->halo.t && a->halo.l == b->halo.l && a->halo.b == b->halo.b && a->halo.r == b->halo.r;
}

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
	Shape x = reader->in[0]->shape, y = reader->shape;

	if (reader->family == &family_winograd) {
		widen(&halo->t, a->padding.t);
		widen(&halo->l, a->padding.l);
		widen(&halo->b, winograd_reach(a->winograd.h, x.h, y.h, a->padding.t));
		widen(&halo->r, winograd_reach(a->winograd.w, x.w, y.w, a->padding.l));
		return;
	}
	widen(&halo->t, a->padding.t);
	widen(&halo->l, a->padding.l);
	widen(&halo->b, past(x.h, y.h, a->kernel.h, a->stride.h, a->dilation.h, a->padding.t));
	widen(&halo->r, past(x.w, y.w, a->kernel.w, a->stride.w, a->dilation.w, a->padding.l));
}

static bool
only_convs_read(const Node *n)
{
	for (int i = n->id + 1; i < n->g->count; i++) {
		const Node *r = n->g->nodes[i];
		for (int j = 0; j < r->nin; j++)
			if (r->in[j] == n && (r->op != O_conv2d || r->family != &family_conv || j > 0))
				return false;
	}
	return n->readers > 0 && !is_output(n);
}

void
layout(Graph *g)
{
	Sides *halo = arena_new((size_t)g->count*sizeof *halo), widest = { 0, 0, 0, 0 };

	fill_uses(g);
	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->op == O_conv2d) {
			widen_halo(&halo[g->nodes[i]->in[0]->id], g->nodes[i]);
			widen_halo(&widest, g->nodes[i]);
		}
	for (int i = 0; i < g->count; i++) {
		/* same on both sides where it can be: layers of one shape then share their kernel */
		widen(&halo[i].b, halo[i].t);
		widen(&halo[i].r, halo[i].l);
	}
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		bool planar = n->op == O_input && !g->plain_layout && only_convs_read(n);
		n->lay = layout_of(n->shape, planar ? 1 : g->target->block, g->plain_layout ? widest : halo[i]);
	}
}
