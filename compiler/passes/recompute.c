/*
** recompute - in training, where nn.train says so: of what the way back reads not all is kept from the way there; the
** rest is computed once more from what is (activation checkpointing; Chen et al. 2016, "Training deep nets with
** sublinear memory cost").
**
** The forward nodes are cut into segments, and what crosses a cut is kept. Before the first backward node that reads
** something else of a segment come copies of its nodes, with the kernels, layouts and strips that the nodes have, so
** that they make the same bits; sums over a batch are small, and kept. The last segment stays as it is: the way back
** begins with it. Cuts are those of which the most that is live at one node is least: for each of several limits on
** what a segment makes again, the cuts that keep least, by dynamic programming. Then what need not be made again for
** that, or for what may be live, is kept, what saves most work a byte first.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../gradients/train.h"
#include "../pass.h"

enum { Limits = 65 };

typedef struct {                     /* of a forward node */
	size_t bytes;                /* of its results */
	int last;                    /* forward node that reads one, or itself */
	int back;                    /* first backward node that reads one; 0: none does */
	bool again;                  /* may be computed once more */
} Made;

typedef struct {
	Graph *g;
	const Made *made;
	int end;                     /* the loss */
	long long *live;             /* bytes at each node as it is, and as it becomes */
	bool *cut;                   /* behind a forward node */
	bool *drop;                  /* forward nodes that are made again for the way back */
	bool *wanted;                /* those and what they are made of, of a segment */
	int *until;                  /* node at which each is read to make others again, or 0 */
	size_t most;                 /* live at one node */
} Choice;

/* strip_end - the last node of i's strips, or i */
static int
strip_end(const Graph *g, int i)
{
	while (g->nodes[i]->strip && i + 1 < g->count && g->nodes[i + 1]->strip == g->nodes[i]->strip)
		i++;
	return i;
}

static int
strip_start(const Graph *g, int i)
{
	return g->nodes[i]->strip ? g->nodes[i]->strip - 1 : i;
}

static Made
made_of(const Node *n)
{
	const Graph *g = n->g;
	Made m = { .last = n->id, .again = n->nin && !n->family->reduces };

	for (int k = 0; k < n->nout; k++) {
		m.bytes += value_bytes(n->out[k].dtype, n->out[k].shape, &n->out[k].lay);
		m.again = m.again && !is_output(&n->out[k]);
	}
	for (int i = n->id + 1; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++) {
			if (g->nodes[i]->in[k]->node != n)
				continue;
			if (i <= g->train->loss->id)
				m.last = i;
			else if (!m.back)
				m.back = i;
		}
	return m;
}

/* within - does v live in what its strips have to themselves, or in the state */
static bool
within(const Value *v)
{
	const Graph *g = v->node->g;

	return v->home == Home_state ||
		(v->node->strip && !v->node->family->reduces && v->to < g->count && g->nodes[v->to]->strip == v->node->strip);
}

/* fill_live - bytes of results at each node while nothing is made again */
static void
fill_live(const Graph *g, long long *live)
{
	memset(live, 0, (size_t)g->count*sizeof *live);
	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nout; k++) {
			const Value *v = &g->nodes[i]->out[k];
			int to = v->to < g->count ? strip_end(g, v->to) : g->count - 1;
			for (int at = strip_start(g, i); !within(v) && at <= to; at++)
				live[at] += (long long)value_bytes(v->dtype, v->shape, &v->lay);
		}
}

/* crossing - bytes that a cut behind node at keeps */
static size_t
crossing(const Choice *c, int at)
{
	size_t sum = 0;

	for (int i = 0; i <= at; i++)
		sum += c->made[i].again && c->made[i].last > at ? c->made[i].bytes : 0;
	return sum;
}

/* set_cuts - those that keep least, if no segment may make more than so many bytes again; false: there are none */
static bool
set_cuts(Choice *c, const size_t *cross, size_t limit)
{
	size_t *least = arena_new((size_t)c->end*sizeof *least);
	int *before = arena_new((size_t)c->end*sizeof *before);

	for (int at = 1; at < c->end; at++) {
		size_t segment = 0;
		least[at] = SIZE_MAX;
		for (int i = at - 1; i >= 0; i--) {
			const Made *m = &c->made[i + 1];
			segment += m->again && m->back && (m->last <= at || at == c->end - 1) ? m->bytes : 0;
			if (segment > limit)
				break;
			if (least[i] < least[at]) {
				least[at] = least[i];
				before[at] = i;
			}
		}
		if (least[at] < SIZE_MAX && at < c->end - 1)
			least[at] += cross[at];
	}
	memset(c->cut, 0, (size_t)c->end*sizeof *c->cut);
	for (int at = before[c->end - 1]; at > 0; at = before[at])
		c->cut[at] = true;
	return c->end > 1 && least[c->end - 1] < SIZE_MAX;
}

/* next_cut - the last node of i's segment */
static int
next_cut(const Choice *c, int i)
{
	while (i < c->end - 1 && !c->cut[i])
		i++;
	return i;
}

/* set_drops - all that the cuts do not keep; a segment that ends with the loss keeps everything */
static void
set_drops(Choice *c)
{
	for (int i = 0; i < c->end; i++) {
		const Made *m = &c->made[i];
		int to = next_cut(c, i);
		c->drop[i] = to < c->end - 1 && m->again && m->back && m->last <= to;
	}
}

/* place_of - where what is dropped of the segment from first to last is made again; 0: nothing is */
static int
place_of(const Choice *c, int first, int last)
{
	int at = 0;

	for (int i = first; i <= last; i++)
		if (c->drop[i] && (!at || c->made[i].back < at))
			at = c->made[i].back;
	return at ? strip_start(c->g, at) : 0;
}

/* want - i's node is made again, and what it takes */
static void
want(const Choice *c, int i, int first, int last, bool *wanted)
{
	const Node *n = c->g->nodes[i];

	wanted[i] = true;
	for (int k = 0; k < n->nin; k++) {
		int from = n->in[k]->node->id;
		const Made *m = &c->made[from];
		if (from >= first && !wanted[from] && m->again && (c->drop[from] || (!m->back && m->last <= last)))
			want(c, from, first, last, wanted);
	}
}

/* end_of - the node after which nothing of n's results is live, as it is */
static int
end_of(const Node *n)
{
	int end = n->id;

	for (int k = 0; k < n->nout; k++)
		if (!within(&n->out[k]) && n->out[k].to > end)
			end = n->out[k].to < n->g->count ? n->out[k].to : n->g->count - 1;
	return strip_end(n->g, end);
}

/* add_sources - of what is made again at node at: what is read for it stays until then */
static void
add_sources(const Choice *c, int first, int last, int at, int *until)
{
	memset(c->wanted, 0, (size_t)c->end*sizeof *c->wanted);
	for (int i = first; i <= last; i++)
		if (c->drop[i])
			want(c, i, first, last, c->wanted);
	for (int i = first; i <= last; i++)
		for (int k = 0; c->wanted[i] && k < c->g->nodes[i]->nin; k++) {
			int from = c->g->nodes[i]->in[k]->node->id;
			if (!c->wanted[from] && at > until[from])
				until[from] = at;
		}
}

/* set_most - the most that is live at a node */
static void
set_most(Choice *c)
{
	const Graph *g = c->g;
	long long *sum = c->live + g->count;

	memcpy(sum, c->live, (size_t)g->count*sizeof *sum);
	memset(c->until, 0, (size_t)c->end*sizeof *c->until);
	for (int first = 0, last; first < c->end; first = last + 1) {
		last = next_cut(c, first);
		int at = place_of(c, first, last);
		for (int i = first; i <= last; i++)
			for (int k = strip_end(g, c->made[i].last) + 1; c->drop[i] && k < at; k++)
				sum[k] -= (long long)c->made[i].bytes;
		if (at)
			add_sources(c, first, last, at, c->until);
	}
	for (int i = 0; i < c->end; i++)
		for (int k = c->until[i] ? end_of(g->nodes[i]) + 1 : 1; k <= c->until[i]; k++)
			sum[k] += (long long)c->made[i].bytes;
	c->most = 0;
	for (int i = 0; i < g->count; i++)
		c->most = (size_t)sum[i] > c->most ? (size_t)sum[i] : c->most;
}

/* last_of - of those that are kept together: a segment, or a node alone */
static int
last_of(const Choice *c, int i, bool alone)
{
	return alone ? i : next_cut(c, i);
}

/* saved - multiply-adds a byte, if the nodes from first to last are kept */
static double
saved(const Choice *c, int first, int last)
{
	double work = 0, bytes = 1;

	for (int i = first; i <= last; i++)
		if (c->drop[i]) {
			work += work_of(c->g->nodes[i]);
			bytes += (double)c->made[i].bytes;
		}
	return work/bytes;
}

/* keep_more - segments, or nodes, are kept where no more than most is live then, those first that save most work */
static void
keep_more(Choice *c, size_t most, bool alone)
{
	bool *tried = arena_new((size_t)c->end*sizeof *tried), *drop = arena_new((size_t)c->end*sizeof *drop);

	for (;;) {
		int best = -1;
		for (int i = 0; i < c->end; i = last_of(c, i, alone) + 1)
			if (!tried[i] && (!alone || c->drop[i]) &&
			    (best < 0 || saved(c, i, last_of(c, i, alone)) > saved(c, best, last_of(c, best, alone))))
				best = i;
		if (best < 0)
			break;
		tried[best] = true;
		memcpy(drop, c->drop, (size_t)c->end*sizeof *drop);
		memset(c->drop + best, 0, (size_t)(last_of(c, best, alone) + 1 - best)*sizeof *drop);
		set_most(c);
		if (c->most > most)
			memcpy(c->drop, drop, (size_t)c->end*sizeof *drop);
	}
}

/* work_again - multiply-adds of all that is made again */
static double
work_again(const Choice *c)
{
	double sum = 0;

	for (int i = 0; i < c->end; i++)
		sum += c->drop[i] ? work_of(c->g->nodes[i]) : 0;
	return sum;
}

/* fill_most - of each limit the most that is live with its cuts; SIZE_MAX: there are none. The least of them */
static size_t
fill_most(Choice *c, const size_t *cross, const size_t *limit, size_t *most)
{
	size_t least = SIZE_MAX;

	for (int k = 0; k < Limits; k++) {
		most[k] = SIZE_MAX;
		if (!set_cuts(c, cross, limit[k]))
			continue;
		set_drops(c);
		set_most(c);
		most[k] = c->most;
		least = c->most < least ? c->most : least;
	}
	return least;
}

/* choose_cuts - of those of which no more is live than may be, or than has to be, those that make least work again */
static void
choose_cuts(Choice *c)
{
	size_t *cross = arena_new((size_t)c->end*sizeof *cross), all = 0, limit[Limits], most[Limits], least, goal;
	size_t flags = (size_t)c->end*sizeof *c->drop;
	bool *cut = arena_new(flags), *drop = arena_new(flags);
	double work = HUGE_VAL;

	for (int i = 0; i < c->end; i++) {
		cross[i] = crossing(c, i);
		all += c->made[i].bytes;
	}
	for (int k = 0; k < Limits; k++)
		limit[k] = (size_t)((double)all*exp2(-k/8.0));
	least = fill_most(c, cross, limit, most);
	goal = (double)least < c->g->train->recompute_bytes ? (size_t)c->g->train->recompute_bytes : least;
	for (int k = 0; k < Limits; k++) {
		if (most[k] == SIZE_MAX || most[k] > goal || (k && most[k] == most[k - 1]))
			continue;
		set_cuts(c, cross, limit[k]);
		set_drops(c);
		keep_more(c, goal, false);
		keep_more(c, goal, true);
		if (work_again(c) < work) {
			work = work_again(c);
			memcpy(cut, c->cut, flags);
			memcpy(drop, c->drop, flags);
		}
	}
	memcpy(c->cut, cut, flags);
	memcpy(c->drop, drop, flags);
}

/* copy_of - n once more */
static Node *
copy_of(Node *n, Node **copies)
{
	Node *copy = NEW(Node);

	*copy = *n;
	copy->name = arena_text("%s.anew", n->name);
	copy->of = n;
	for (int k = 0; k < NResults; k++)
		copy->out[k].node = copy;
	for (int k = 0; k < n->nin; k++)
		if (copies[n->in[k]->node->id])
			copy->in[k] = &copies[n->in[k]->node->id]->out[n->in[k]->index];
	return copy;
}

/* add_copies - of a segment's nodes, before node at; those in strips join its strips */
static void
add_copies(const Choice *c, int first, int last, int at, Node **copies, Node ***nodes, int *count)
{
	Graph *g = c->g;
	const Node *reader = g->nodes[at];
	bool *wanted = arena_new((size_t)c->end*sizeof *wanted);
	int from = last + 1;

	for (int i = first; i <= last; i++)
		if (c->drop[i])
			want(c, i, first, last, wanted);
	while (from > first && (!wanted[from - 1] || (g->nodes[from - 1]->strip && reader->strip)))
		from--;
	for (int i = first; i <= last; i++) {
		if (!wanted[i])
			continue;
		copies[i] = copy_of(g->nodes[i], copies);
		if (i >= from) {
			copies[i]->strip = reader->strip;
			copies[i]->strips = reader->strips;
		} else if (copies[i]->strip)
			copies[i]->strip += g->count;        /* none of a backward node's */
		PUSH(*nodes, *count, copies[i]);
	}
}

/* set_strips - strips bear the number of their first node */
static void
set_strips(Graph *g)
{
	for (int i = 0, end; i < g->count; i = end) {
		int strip = g->nodes[i]->strip;
		for (end = i + 1; strip && end < g->count && g->nodes[end]->strip == strip; end++)
			;
		for (int k = i; strip && k < end; k++)
			g->nodes[k]->strip = -(i + 1);
	}
	for (int i = 0; i < g->count; i++)
		g->nodes[i]->strip = -g->nodes[i]->strip;
}

static void
rebuild(const Choice *c)
{
	Graph *g = c->g;
	Node **old = g->nodes, **copies = arena_new((size_t)g->count*sizeof *copies), **nodes = NULL;
	int count = 0;

	for (int i = 0; i < g->count; i++) {
		for (int first = 0, last; i > c->end && first < c->end; first = last + 1) {
			last = next_cut(c, first);
			if (place_of(c, first, last) == i)
				add_copies(c, first, last, i, copies, &nodes, &count);
		}
		for (int k = 0; i > c->end && k < old[i]->nin; k++) {
			int from = old[i]->in[k]->node->id;
			if (from < c->end && c->drop[from])
				old[i]->in[k] = &copies[from]->out[old[i]->in[k]->index];
		}
		PUSH(nodes, count, old[i]);
	}
	g->nodes = nodes;
	g->count = count;
	set_strips(g);
	renumber(g);
}

void
recompute(Graph *g)
{
	Choice c = { .g = g };
	Made *made;

	if (!g->training || !g->train->recompute)
		return;
	fill_uses(g);
	c.end = g->train->loss->id;
	made = arena_new((size_t)c.end*sizeof *made);
	for (int i = 0; i < c.end; i++)
		made[i] = made_of(g->nodes[i]);
	c.made = made;
	c.live = arena_new(2*(size_t)g->count*sizeof *c.live);
	c.cut = arena_new((size_t)c.end*sizeof *c.cut);
	c.drop = arena_new((size_t)c.end*sizeof *c.drop);
	c.wanted = arena_new((size_t)c.end*sizeof *c.wanted);
	c.until = arena_new((size_t)c.end*sizeof *c.until);
	fill_live(g, c.live);
	choose_cuts(&c);
	rebuild(&c);
}
