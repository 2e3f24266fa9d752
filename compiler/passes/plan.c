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

#include "../pass.h"

typedef struct {                     /* memory of one value, or of several that take it over from each other */
	size_t size, at;
	int from, to;                /* first and last node that needs it */
	double key;                  /* place in the order */
} Buffer;

typedef struct {
	Buffer *all;
	int count;
	const Graph *g;
} Buffers;

enum { Shakes = 400 };

/* stays - a reshape of rows and columns whose numbers lie in memory as before */
static bool
stays(const Node *n)
{
	const Value *x = n->in[0];

	return n->op == O_reshape && x->shape.c == n->out->shape.c && x->lay.cb == n->out->lay.cb && !has_halo(&x->lay) &&
		!has_halo(&n->out->lay);
}

/* victim - the input whose memory n's first result may take, or NULL */
static Value *
victim(const Node *n)
{
	int from = takes_skip(n);                        /* the skip, never the image */

	if (stays(n) && n->in[0]->to == n->id)
		return n->in[0];
	if (!from && !op_rows[n->op].over)
		return NULL;
	for (int i = from; i < n->nin; i++) {
		Value *x = n->in[i];
		if (x->to == n->id && x->dtype == n->out->dtype && same_shape(n->out->shape, x->shape) &&
		    same_layout(&n->out->lay, &x->lay) && (from == 0 || x != n->in[0]))
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

/* buffer_for - memory for v, which is live from its first to its last node */
static void
buffer_for(Buffers *b, Value *v, int *number)
{
	Buffer fresh = { .size = v->bytes, .from = b->g->plain_plan ? 0 : v->from, .to = b->g->plain_plan ? b->g->count :
		v->to };

	*number = b->count;
	b->all[b->count++] = fresh;
}

/* set_scratch - what n's kernel works in while it runs */
static void
set_scratch(Node *n)
{
	Kernel k = kernel_of(n, 0);

	n->scratch = (Value){ .bytes = n->family->scratch ? aligned(n->family->scratch(&k)) : 0, .from = n->id, .to = n->id,
		.node = n };
	n->scratch.home = n->scratch.bytes ? Home_arena : Home_none;
}

/* set_own - what each part of n's work has to itself, for as many parts as there may be */
static void
set_own(Node *n)
{
	Kernel k = kernel_of(n, 0);
	int parts = 0, most = n->g->target->parts;

	n->own_each = n->family->own ? aligned(n->family->own(&k, &parts)) : 0;
	n->own = (Value){ .bytes = n->own_each*(size_t)(parts < most ? parts : most), .from = n->id, .to = n->id, .node = n };
	n->own.home = n->own.bytes ? Home_arena : Home_none;
}

/* set_live - the bound: the largest sum of buffers that are live at one node */
static void
set_live(Graph *g, const Buffers *b)
{
	g->live = 0;
	for (int i = 0; i < g->count; i++) {
		size_t live = 0;
		for (int j = 0; j < b->count; j++)
			if (b->all[j].from <= i && i <= b->all[j].to)
				live += b->all[j].size;
		if (live > g->live) {
			g->live = live;
			g->live_at = g->nodes[i]->name;
		}
	}
}

/* plan_blob - the packed parameters one after the other behind the head */
static void
plan_blob(Graph *g)
{
	g->blob = HeaderBytes;
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		Kernel k = kernel_of(n, 0);
		Packed packed[NPacked];
		n->npacked = packed_of(&k, packed);
		for (int p = 0; p < n->npacked; p++) {
			size_t bytes = aligned(packed[p].count*dtype_rows[packed[p].dtype].bytes);
			n->packed[p] = (Value){ .dtype = packed[p].dtype, .shape = { 1, (int)packed[p].count, 1, 1 }, .home = Home_blob,
				.at = g->blob, .bytes = bytes, .from = 0, .to = g->count, .node = n, .index = p };
			g->blob += bytes;
		}
	}
}

void
plan(Graph *g)
{
	enum { Each = NResults + 2 };
	int *number = arena_new((size_t)g->count*Each*sizeof *number); /* of the buffer of every result, scratch, own memory */
	Buffers b = { arena_new((size_t)g->count*Each*sizeof(Buffer)), 0, g };

	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		for (int k = 0; k < n->nout; k++) {
			Value *v = &n->out[k];
			if (v->home == Home_state) {
				v->bytes = value_bytes(v->dtype, v->shape, &v->lay);
				continue;
			}
			v->home = Home_arena;
			v->bytes = value_bytes(v->dtype, v->shape, &v->lay);
			v->over = k || g->plain_plan ? NULL : victim(n);
			if (v->over) {
				number[i*Each] = number[v->over->node->id*Each + v->over->index];
				b.all[number[i*Each]].to = v->to;
			} else
				buffer_for(&b, v, &number[i*Each + k]);
		}
		set_scratch(n);
		if (n->scratch.bytes)
			buffer_for(&b, &n->scratch, &number[i*Each + NResults]);
		set_own(n);
		if (n->own.bytes)
			buffer_for(&b, &n->own, &number[i*Each + NResults + 1]);
	}
	set_live(g, &b);
	g->arena = place_all(b.all, b.count, g->live);
	for (int i = 0; i < g->count; i++) {
		for (int k = 0; k < g->nodes[i]->nout; k++)
			if (g->nodes[i]->out[k].home == Home_arena)
				g->nodes[i]->out[k].at = b.all[number[i*Each + k]].at;
		if (g->nodes[i]->scratch.bytes)
			g->nodes[i]->scratch.at = b.all[number[i*Each + NResults]].at;
		if (g->nodes[i]->own.bytes)
			g->nodes[i]->own.at = b.all[number[i*Each + NResults + 1]].at;
	}
	plan_blob(g);
}
