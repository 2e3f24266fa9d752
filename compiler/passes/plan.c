/*
** plan - lifetimes to offsets in one arena.
**
** A node that may overwrite an input whose last reader it is takes over that input's memory (the
** residual addition in place). What is left are buffers with a size and a first and last moment;
** they are placed one by one at the lowest free offset, in several orders, and the best arena is
** kept: largest first is nearly always within a few per cent of the lower bound, the largest sum
** of live buffers; where it is not, those that reach the end of the arena come earlier, by a fixed pseudo-random
** sequence, again and again.
** Of nodes that are done in strips, what nobody else reads is placed in the same way in memory of their own, of which
** each thread has one; all else that they touch is live during all of them.
** Switched off, every tensor gets memory of its own.
*/
#include <stdlib.h>
#include <string.h>

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

enum { Orders = 4, Climbs = 400 };

/* stays - a reshape of rows and columns whose numbers lie in memory as before */
static bool
stays(const Node *n)
{
	const Value *x = n->in[0];

	return n->op == O_reshape && x->shape.c == n->out->shape.c && x->lay.cb == n->out->lay.cb && !has_halo(&x->lay) &&
		!has_halo(&n->out->lay);
}

/* is_inner - a result that only nodes of its own strips read */
static bool
is_inner(const Value *v)
{
	const Graph *g = v->node->g;

	if (!v->node->strip || v->node->family->reduces || v->home == Home_state || !v->readers || v->to == g->count)
		return false;
	for (int i = v->from + 1; i <= v->to; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k] == v && g->nodes[i]->strip != v->node->strip)
				return false;
	return true;
}

/* last_of - the last node of n's strips */
static int
last_of(const Node *n)
{
	int i = n->id;

	while (i + 1 < n->g->count && n->g->nodes[i + 1]->strip == n->strip)
		i++;
	return i;
}

/* victim - the input whose memory n's first result may take, or NULL */
static Value *
victim(const Node *n)
{
	int from = takes_skip(n);                        /* the skip, never the image */
	bool inner = is_inner(n->out);

	if (stays(n) && n->in[0]->to == n->id)
		return n->in[0];
	if (!from && !op_rows[n->op].over)
		return NULL;
	for (int i = from; i < n->nin; i++) {
		Value *x = n->in[i];
		if (x->to == n->id && x->dtype == n->out->dtype && same_shape(n->out->shape, x->shape) &&
		    same_layout(&n->out->lay, &x->lay) && (from == 0 || x != n->in[0]) && is_inner(x) == inner)
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

/* first_key - of the orders that are tried first: by size, by size and age, by age, as they come */
static double
first_key(const Buffer *b, int order)
{
	double size = (double)b->size, age = b->to - b->from + 1;

	return order == 0 ? size : order == 1 ? size*age : order == 2 ? age : 1.0/(1 + b->from);
}

static size_t
place_all(Buffer *buffers, int count, size_t bound)
{
	Buffer **order = arena_new((size_t)count*sizeof *order), **near = arena_new((size_t)count*sizeof *near);
	Buffer *best = arena_new((size_t)count*sizeof *best);
	size_t least = SIZE_MAX;
	uint64_t seed = 1;

	for (int i = 0; i < count; i++)
		order[i] = &buffers[i];
	for (int try = 0; try < Orders + Climbs && least > (try < Orders ? bound : bound + bound/256); try++) {
		for (int i = 0; i < count; i++) {
			bool ends = try >= Orders && best[i].at + best[i].size == least;
			buffers[i].key = try < Orders ? first_key(&buffers[i], try) : best[i].key*(ends ? 1 + 3*shake(&seed) : 1);
		}
		size_t arena = place(order, near, count);
		if (arena <= least) {
			least = arena;
			memcpy(best, buffers, (size_t)count*sizeof *best);
		}
	}
	memcpy(buffers, best, (size_t)count*sizeof *best);
	return least;
}

/* last_need - the last node that needs v; within strips, their last one */
static int
last_need(const Value *v, bool inner)
{
	const Graph *g = v->node->g;
	int to = v->to;

	if (inner)
		return to;
	if (v->node->strip && last_of(v->node) > to)
		to = last_of(v->node);
	return to < g->count && g->nodes[to]->strip ? last_of(g->nodes[to]) : to;
}

/* buffer_for - memory for v, which is live from its first to its last node */
static void
buffer_for(Buffers *b, Value *v, bool inner, int *number)
{
	int from = v->node->strip && !inner ? v->node->strip - 1 : v->from;
	Buffer fresh = { .size = v->bytes, .from = b->g->plain_plan ? 0 : from, .to = b->g->plain_plan ? b->g->count :
		last_need(v, inner) };

	*number = b->count;
	b->all[b->count++] = fresh;
}

/* set_scratch - what n's kernel works in while it runs */
static void
set_scratch(Node *n)
{
	Kernel k = n->family->reduces ? whole_kernel(n, 0) : kernel_of(n, 0);

	n->scratch = (Value){ .bytes = n->family->scratch ? aligned(n->family->scratch(&k)) : 0, .from = n->id, .to = n->id,
		.node = n };
	n->scratch.home = !n->scratch.bytes ? Home_none : n->strip && !n->family->reduces ? Home_strip : Home_arena;
}

/* set_own - what each part of n's work has to itself, for as many parts as there may be */
static void
set_own(Node *n)
{
	Kernel k = kernel_of(n, 0);
	int parts = 0, most = n->strip ? 1 : n->g->parts;

	n->own_each = n->family->own ? aligned(n->family->own(&k, &parts)) : 0;
	n->own = (Value){ .bytes = n->own_each*(size_t)(parts < most ? parts : most), .from = n->id, .to = n->id, .node = n };
	n->own.home = !n->own.bytes ? Home_none : n->strip ? Home_strip : Home_arena;
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

/* in_blob - so many bytes rounded up: to whole lines, where nothing has them to whole vectors */
static size_t
in_blob(const Target *t, size_t bytes)
{
	return t->bare ? (bytes + 15)/16*16 : aligned(bytes);
}

/*
** set_packed - n's parameters: in the blob, one after the other behind the head; in training in the arena, where they
** are packed anew before each step of n
*/
static void
set_packed(Node *n)
{
	Graph *g = n->g;
	Kernel k = kernel_of(n, 0);
	Packed packed[NPacked];

	n->npacked = packed_of(&k, packed);
	for (int p = 0; p < n->npacked; p++) {
		size_t bytes = in_blob(g->target, packed[p].count*dtype_rows[packed[p].dtype].bytes);
		n->packed[p] = (Value){ .dtype = packed[p].dtype, .shape = { 1, (int)packed[p].count, 1, 1 }, .home = Home_arena,
			.bytes = bytes, .from = n->id, .to = n->id, .node = n, .index = p };
		if (g->training)
			continue;
		n->packed[p].home = Home_blob;
		n->packed[p].at = g->blob;
		n->packed[p].to = g->count;
		g->blob += bytes;
	}
}

/* buffers of a node at most: results, scratch, own and inner memory, packed parameters */
enum { Scratch = NResults, Own, Inner, PackedOnes, Each = PackedOnes + NPacked };

/* place_result - memory of its own for v, or what it takes over; b: the arena, or what its strips have */
static void
place_result(Buffers *b, Node *n, int k, int *number)
{
	Value *v = &n->out[k];
	bool inner = v->home == Home_strip;

	v->over = k || n->g->plain_plan ? NULL : victim(n);
	if (!v->over) {
		buffer_for(b, v, inner, &number[n->id*Each + k]);
		return;
	}
	number[n->id*Each] = number[v->over->node->id*Each + v->over->index];
	b->all[number[n->id*Each]].to = last_need(v, inner);
}

/* place_node - what n needs in the arena, or (inner) in the memory of its strips */
static void
place_node(Buffers *b, Node *n, bool inner, int *number)
{
	Home home = inner ? Home_strip : Home_arena;

	for (int k = 0; k < n->nout; k++)
		if (n->out[k].home == home)
			place_result(b, n, k, number);
	if (n->scratch.home == home)
		buffer_for(b, &n->scratch, inner, &number[n->id*Each + Scratch]);
	if (n->own.home == home)
		buffer_for(b, &n->own, inner, &number[n->id*Each + Own]);
	if (!inner && n->inner.bytes)
		buffer_for(b, &n->inner, false, &number[n->id*Each + Inner]);
	for (int p = 0; p < n->npacked; p++)
		if (n->packed[p].home == home)
			buffer_for(b, &n->packed[p], false, &number[n->id*Each + PackedOnes + p]);
}

static void
set_places(const Buffers *b, Node *n, Home home, const int *number)
{
	const int *at = number + n->id*Each;

	for (int k = 0; k < n->nout; k++)
		if (n->out[k].home == home)
			n->out[k].at = b->all[at[k]].at;
	if (n->scratch.home == home)
		n->scratch.at = b->all[at[Scratch]].at;
	if (n->own.home == home)
		n->own.at = b->all[at[Own]].at;
	if (home == Home_arena && n->inner.bytes)
		n->inner.at = b->all[at[Inner]].at;
	for (int p = 0; p < n->npacked; p++)
		if (n->packed[p].home == home)
			n->packed[p].at = b->all[at[PackedOnes + p]].at;
}

/* plan_inner - the memory of the strips that begin with first */
static void
plan_inner(Node *first, int *number)
{
	Graph *g = first->g;
	int last = last_of(first), parts = first->strips < g->parts ? first->strips : g->parts;
	Buffers b = { arena_new((size_t)(last + 1 - first->id)*Each*sizeof(Buffer)), 0, g };

	for (int i = first->id; i <= last; i++)
		place_node(&b, g->nodes[i], true, number);
	first->inner_each = aligned(place_all(b.all, b.count, 0) + 1);   /* a line where nothing is theirs alone */
	for (int i = first->id; i <= last; i++)
		set_places(&b, g->nodes[i], Home_strip, number);
	first->inner = (Value){ .home = Home_arena, .bytes = first->inner_each*(size_t)parts, .from = first->id, .to = last,
		.node = first };
}

/* set_homes - of each result: the arena, the memory of its strips, or the state, and how many bytes it takes there */
static void
set_homes(Node *n)
{
	for (int k = 0; k < n->nout; k++) {
		Value *v = &n->out[k];
		Shape s = v->shape;
		if (v->home != Home_state)
			v->home = is_inner(v) ? Home_strip : Home_arena;
		if (v->home == Home_strip)
			s.n /= n->strips;
		v->bytes = value_bytes(v->dtype, s, &v->lay);
	}
	set_scratch(n);
	set_own(n);
	set_packed(n);
}

void
plan(Graph *g)
{
	int *number = arena_new((size_t)g->count*Each*sizeof *number);
	Buffers b = { arena_new((size_t)g->count*Each*sizeof(Buffer)), 0, g };

	if (!g->parts || g->parts > g->target->parts)
		g->parts = g->target->parts;
	g->blob = HeaderBytes;
	for (int i = 0; i < g->count; i++)
		set_homes(g->nodes[i]);
	for (int i = 0; i < g->count; i++) {
		if (g->nodes[i]->strip == i + 1)
			plan_inner(g->nodes[i], number);
		place_node(&b, g->nodes[i], false, number);
	}
	set_live(g, &b);
	g->arena = place_all(b.all, b.count, g->live);
	for (int i = 0; i < g->count; i++)
		set_places(&b, g->nodes[i], Home_arena, number);
}
