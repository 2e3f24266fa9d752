/*
** plan - lifetimes to offsets in one arena.
**
** A node that may overwrite an input whose last reader it is takes over that input's memory (the
** residual addition in place). What is left are buffers with a size and a first and last moment;
** they are placed one by one at the lowest free offset, in several orders, and the best arena is
** kept: largest first is nearly always within a few per cent of the lower bound, the largest sum
** of live buffers; where it is not, the order is shaken by a fixed pseudo-random sequence.
** Switched off, every tensor gets memory of its own.
*/
#include <stdlib.h>

#include "../resnetc.h"

typedef struct {
	size_t size, at;
	int from, to;                /* first and last node that needs it */
	double key;                  /* place in the order */
} Buffer;

enum { Shakes = 400 };

/* victim - the input whose memory n may take, or NULL */
static Node *
victim(const Node *n, const int *last)
{
	int from = 0, to = n->nin;

	if ((n->op == O_conv2d || n->op == O_linear) && n->nin == 2)
		from = 1;                                /* the skip, never the image */
	else if (!op_rows[n->op].over)
		return NULL;
	for (int i = from; i < to; i++) {
		Node *x = n->in[i];
		if (last[x->id] == n->id && same_layout(&n->lay, &x->lay) && (from == 0 || x != n->in[0]))
			return x;
	}
	return NULL;
}

static int
by_key(const void *a, const void *b)
{
	const Buffer *const *x = a, *const *y = b;

	if ((*x)->key != (*y)->key)
		return (*x)->key > (*y)->key ? -1 : 1;
	return (*x)->from - (*y)->from;
}

static int
by_at(const void *a, const void *b)
{
	const Buffer *const *x = a, *const *y = b;

	return ((*x)->at > (*y)->at) - ((*x)->at < (*y)->at);
}

/* place - give every buffer the lowest offset free in its lifetime, in the order of the keys */
static size_t
place(Buffer **order, Buffer **near, int count)
{
	size_t arena = 0;

	qsort(order, (size_t)count, sizeof *order, by_key);
	for (int i = 0; i < count; i++) {
		Buffer *b = order[i];
		size_t at = 0;
		int n = 0;
		for (int j = 0; j < i; j++)
			if (order[j]->from <= b->to && b->from <= order[j]->to)
				near[n++] = order[j];
		qsort(near, (size_t)n, sizeof *near, by_at);
		for (int j = 0; j < n; j++) {
			if (at + b->size <= near[j]->at)
				break;
			if (near[j]->at + near[j]->size > at)
				at = near[j]->at + near[j]->size;
		}
		b->at = at;
		if (at + b->size > arena)
			arena = at + b->size;
	}
	return arena;
}

static double
shake(uint64_t *seed)
{
	*seed = *seed*6364136223846793005u + 1442695040888963407u;
	return (double)(*seed >> 33)/(double)(1u << 31);
}

static size_t
place_all(Buffer *buffers, int count, size_t bound)
{
	Buffer **order = arena_new((size_t)count*sizeof *order), **near = arena_new((size_t)count*sizeof *near);
	size_t *best_at = arena_new((size_t)count*sizeof *best_at), best = SIZE_MAX;
	uint64_t seed = 1;

	for (int i = 0; i < count; i++)
		order[i] = &buffers[i];
	for (int try = 0; try < Shakes && best > bound; try++) {
		for (int i = 0; i < count; i++) {
			Buffer *b = &buffers[i];
			double size = (double)b->size, age = b->to - b->from + 1;
			b->key = try == 0 ? size : try == 1 ? size*age : try == 2 ? age : try == 3 ? -b->from :
			         size*(0.25 + 1.5*shake(&seed));
		}
		size_t arena = place(order, near, count);
		if (arena < best) {
			best = arena;
			for (int i = 0; i < count; i++)
				best_at[i] = buffers[i].at;
		}
	}
	for (int i = 0; i < count; i++)
		buffers[i].at = best_at[i];
	return best;
}

void
plan(Graph *g)
{
	int *last = arena_new((size_t)g->count*sizeof *last), count = 0;
	int *buffer = arena_new((size_t)g->count*sizeof *buffer), *scratch = arena_new((size_t)g->count*sizeof *scratch);
	Buffer *buffers = arena_new(2*(size_t)g->count*sizeof *buffers);

	for (int i = 0; i < g->count; i++) {
		last[i] = is_output(g->nodes[i]) ? g->count : i;
		for (int j = 0; j < g->nodes[i]->nin; j++)
			if (last[g->nodes[i]->in[j]->id] < i)
				last[g->nodes[i]->in[j]->id] = i;
	}
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		n->over = g->plain_plan ? NULL : victim(n, last);
		buffer[i] = n->over ? buffer[n->over->id] : count++;
		Buffer *b = &buffers[buffer[i]];
		if (!n->over) {
			b->size = layout_floats(&n->lay, n->shape);
			b->from = g->plain_plan ? 0 : i;
		}
		b->to = g->plain_plan ? g->count : last[i];
		scratch[i] = -1;
		if (n->family->phases) {         /* memory of its own while it runs */
			Kernel k = kernel_of(n, 0);
			scratch[i] = count++;
			buffers[scratch[i]] = (Buffer){ .size = n->family->phases(&k).scratch, .from = i, .to = i };
			if (g->plain_plan)
				buffers[scratch[i]].from = 0, buffers[scratch[i]].to = g->count;
		}
	}
	g->live = 0;
	for (int i = 0; i < g->count; i++) {
		size_t live = 0;
		for (int j = 0; j < count; j++)
			if (buffers[j].from <= i && i <= buffers[j].to)
				live += buffers[j].size;
		if (live > g->live) {
			g->live = live;
			g->live_at = g->nodes[i]->name;
		}
	}
	g->arena = place_all(buffers, count, g->live);
	for (int i = 0; i < g->count; i++)
		g->nodes[i]->at = buffers[buffer[i]].at;
	for (int i = 0; i < g->count; i++)
		if (scratch[i] >= 0)
			g->nodes[i]->scratch_at = buffers[scratch[i]].at;
}
