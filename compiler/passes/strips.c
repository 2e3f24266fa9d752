/*
** strips - in training: which nodes that follow each other are done some images at a time, all of them on one thread,
** so that what only they read stays in its cache and never takes memory for a whole batch. Batch norms end a strip:
** nothing of an image can follow before the sums over all images are there; but those sums' parts are made in it.
**
** A convolution whose weights would be fetched again for every strip, for a good part of the time that it takes to
** multiply them, stays apart, and so do the gradients of such weights. The sums over images have as many parts as there
** are strips. Switched off, nothing is done in strips, and the sums have the same parts: the bits are the same.
*/
#include "../pass.h"

enum { FewStrips = 16, MostStrips = 64 };

static bool
of_batch(const Value *v, int batch)
{
	return v->shape.n == batch && v->home != Home_state && !v->node->family->reduces;
}

/* streams - would weights, or sums as large, take longer to come and go than what is done with them in a strip */
static bool
streams(const Node *n, int strips)
{
	const Target *t = n->g->target;
	Kernel k = kernel_of(n, 0);
	Packed packed[NPacked];
	double bytes = 0, rate = t->from_l3;
	int count = packed_of(&k, packed);

	for (int i = 0; i < count; i++)
		bytes += 4.0*(double)packed[i].count;
	if (n->op == O_conv2d_dw) {
		bytes = 12.0*(double)count_of(n->out->shape);    /* a line is fetched before it is written, and read again */
		rate = bytes*strips > 24*t->l2 ? t->from_memory : rate;
	}
	return bytes > t->l2/2 && (n->a.on_the_fly ? 2 : 1)*bytes/rate > 0.22*work_of(n)/strips/(t->vl*t->fma);
}

/* may_join - an image of its results hangs on no other image, or it sums over them */
static bool
may_join(const Node *n, int batch)
{
	if (!n->nin || n->op == O_cross_entropy || n->op == O_reshape || n->op == O_concat)
		return false;
	if (n->family->reduces && n->frozen)
		return false;
	for (int k = 0; k < n->nout; k++)
		if (!n->family->reduces && !of_batch(&n->out[k], batch))
			return false;
	return of_batch(n->in[0], batch) && !streams(n, FewStrips);
}

/* waits - does n read sums that are whole only after the nodes from first */
static bool
waits(const Node *n, int first)
{
	for (int i = 0; i < n->nin; i++)
		if (n->in[i]->node->family->reduces && n->in[i]->node->id >= first)
			return true;
	return false;
}

/* sums_end - where nodes up to end end that others wait for: what comes behind their last sums is for those */
static int
sums_end(const Graph *g, int end)
{
	while (!g->nodes[end - 1]->family->reduces && g->nodes[end - 1]->out->to >= end)
		end--;
	return end;
}

/* image_bytes - of the largest value that one of the nodes reads or makes */
static double
image_bytes(const Graph *g, int first, int end)
{
	double most = 0;

	for (int i = first; i < end; i++) {
		const Value *x = g->nodes[i]->in[0], *y = g->nodes[i]->out;
		double in = (double)value_bytes(x->dtype, x->shape, &x->lay)/x->shape.n;
		double out = g->nodes[i]->family->reduces ? 0 : (double)value_bytes(y->dtype, y->shape, &y->lay)/y->shape.n;
		most = in > most ? in : most;
		most = out > most ? out : most;
	}
	return most;
}

/* strips_for - how many: the fewest equal ones of which three values stay in the second cache; 0: there are none */
static int
strips_for(const Graph *g, int batch, int first, int end)
{
	int few = batch < FewStrips ? batch : FewStrips, best = 0;

	for (int s = few; s <= MostStrips && s <= batch; s++)
		if (batch%s == 0) {
			best = s;
			if (image_bytes(g, first, end)*(batch/s)*3 <= g->target->l2)
				break;
		}
	return best;
}

/* passes_on - does one of the nodes read what another one makes */
static bool
passes_on(const Graph *g, int first, int end)
{
	for (int i = first; i < end; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k]->node->id >= first)
				return true;
	return false;
}

void
strips(Graph *g)
{
	int batch = g->count ? g->nodes[0]->out->shape.n : 0;

	fill_uses(g);
	for (int i = 0, end; g->training && batch > 1 && i < g->count; i = end) {
		int count;

		for (end = i; end < g->count && may_join(g->nodes[end], batch) && !waits(g->nodes[end], i); end++)
			;
		if (end == i) {
			end++;
			continue;
		}
		end = end < g->count && waits(g->nodes[end], i) ? sums_end(g, end) : end;
		count = passes_on(g, i, end) ? strips_for(g, batch, i, end) : 0;
		for (int k = i; k < end && count; k++) {
			g->nodes[k]->strips = count;
			g->nodes[k]->strip = g->plain_strips ? 0 : i + 1;
		}
	}
}
