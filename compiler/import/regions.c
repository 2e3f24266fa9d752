/*
** regions.c - parts of a graph that are there several times. Behind a value y, its node and then always the latest of
** the nodes that are read are taken, as long as nobody else reads them; wherever one value is left that goes in, a
** region ends. Of all regions that are alike those are kept which save most nodes when they are written once.
*/
#include <stdlib.h>
#include <string.h>

#include "regions.h"

enum { LeastRegion = 4, MostFront = 16, LeastSaved = 3 };

typedef struct { uint64_t hash; int y, size; } Candidate;

typedef struct {
	const Graph *g;
	uint64_t *hash;              /* of each node by itself */
	bool *taken;                 /* in a region that is kept */
	bool *output;
	int *readers;                /* of each node's result */
	int *place;                  /* in the region at hand, counted from 1 */
} Search;

typedef struct { int node[MostRegion], size, front[MostFront], nfront; } Region;

bool
may_vary(const Node *n, AttrId a)
{
	return op_takes(n->op, a) && (a == At_out || a == At_groups || a == At_stride || a == At_channels ||
	                              a == At_size || a == At_shape || a == At_gain || a == At_offset);
}

static uint64_t
mixed(uint64_t h, uint64_t v)
{
	return ((h ^ v)*UINT64_C(0x9e3779b97f4a7c15)) ^ h >> 29;
}

/* whole_range - rows or columns that are all there are, which nobody needs to say */
bool
whole_range(const Node *n, AttrId a)
{
	Shape x = n->nin ? n->in[0]->shape : n->out->shape;

	return n->op == O_slice && ((a == At_rows && n->a.rows.from == 0 && n->a.rows.to == x.h &&
	                             n->a.rows.step == 1) ||
	                            (a == At_cols && n->a.cols.from == 0 && n->a.cols.to == x.w &&
	                             n->a.cols.step == 1));
}

/* alike - two nodes but for the numbers that may vary */
static bool
alike(const Node *a, const Node *b)
{
	if (a->op != b->op || a->nin != b->nin)
		return false;
	for (int i = 0; i < NAttrs; i++)
		if (op_takes(a->op, (AttrId)i) && !may_vary(a, (AttrId)i) &&
		    attr_differs(&attr_rows[i], &a->a, &b->a) &&
		    !(whole_range(a, (AttrId)i) && whole_range(b, (AttrId)i)))
			return false;
	return true;
}

static uint64_t
hash_of(const Node *n)
{
	uint64_t h = mixed((uint64_t)n->op, (uint64_t)n->nin);

	for (const char *s = op_takes(n->op, At_kernel) ? attr_text_of(&attr_rows[At_kernel], &n->a) : ""; *s; s++)
		h = mixed(h, (unsigned char)*s);
	return h;
}

/* front_add - one more node that is read, or false: there are too many */
static bool
front_add(Region *r, int id)
{
	int at = 0;

	while (at < r->nfront && r->front[at] < id)
		at++;
	if (at < r->nfront && r->front[at] == id)
		return true;
	if (r->nfront == MostFront)
		return false;
	memmove(&r->front[at+1], &r->front[at], (size_t)(r->nfront++ - at)*sizeof *r->front);
	r->front[at] = id;
	return true;
}

/* take - a node and what it reads; false: the region cannot go on */
static bool
take(const Search *s, Region *r, int id)
{
	const Node *n = s->g->nodes[id];

	if (n->op == O_input || s->taken[id] || n->nout != 1 || r->size == MostRegion)
		return false;
	r->node[r->size++] = id;
	for (int i = 0; i < n->nin; i++)
		if (n->in[i]->index || !front_add(r, n->in[i]->node->id))
			return false;
	return true;
}

/* inside - do only nodes of the region read this one */
static bool
inside(const Search *s, const Region *r, int id)
{
	int count = 0;

	if (s->output[id])
		return false;
	for (int i = 0; i < r->size; i++)
		for (int k = 0; k < s->g->nodes[r->node[i]]->nin; k++)
			count += s->g->nodes[r->node[i]]->in[k]->node->id == id;
	return count == s->readers[id];
}

/* grow - one more node; false: there is none */
static bool
grow(const Search *s, Region *r)
{
	int last;

	if (!r->nfront)
		return false;
	last = r->front[r->nfront - 1];
	if (!inside(s, r, last))
		return false;
	r->nfront--;
	return take(s, r, last);
}

/* region_behind - of this size, behind y; false: nodes of it are taken by now */
static bool
region_behind(const Search *s, int y, int size, Region *r)
{
	r->size = r->nfront = 0;
	if (!take(s, r, y))
		return false;
	while (r->size < size)
		if (!grow(s, r))
			return false;
	return r->nfront == 1;
}

static uint64_t
region_hash(const Search *s, const Region *r)
{
	uint64_t h = (uint64_t)r->size;

	for (int i = 0; i < r->size; i++)
		s->place[r->node[i]] = i + 1;
	for (int i = 0; i < r->size; i++) {
		const Node *n = s->g->nodes[r->node[i]];
		h = mixed(h, s->hash[r->node[i]]);
		for (int k = 0; k < n->nin; k++)
			h = mixed(h, (uint64_t)s->place[n->in[k]->node->id]);
	}
	for (int i = 0; i < r->size; i++)
		s->place[r->node[i]] = 0;
	return h;
}

/* same_region - node by node, wired in the same way */
static bool
same_region(const Search *s, const Region *a, const Region *b)
{
	bool same = a->size == b->size;

	for (int i = 0; i < a->size; i++)
		s->place[a->node[i]] = i + 1;
	for (int i = 0; i < a->size && same; i++) {
		const Node *p = s->g->nodes[a->node[i]], *q = s->g->nodes[b->node[i]];
		same = alike(p, q);
		for (int k = 0; k < p->nin && same; k++) {
			int at = s->place[p->in[k]->node->id];
			same = q->in[k]->node->id == (at ? b->node[at-1] : b->front[0]);
		}
	}
	for (int i = 0; i < a->size; i++)
		s->place[a->node[i]] = 0;
	return same;
}

/* --- names --- */

/* place_length - letters before the last dot that the names of a region's layers share */
static size_t
place_length(const Graph *g, const int *at, int size)
{
	const char *first = NULL;
	size_t n = 0, dot;

	for (int i = 0; i < size; i++) {
		const char *name = g->nodes[at[i]]->name;
		if (!op_rows[g->nodes[at[i]]->op].params)
			continue;
		if (!first) {
			first = name;
			n = strlen(name);
		}
		for (size_t k = 0; k < n; k++)
			if (name[k] != first[k])
				n = k;
	}
	for (dot = n; dot > 0 && first[dot] != '.'; dot--)
		;
	return first && dot ? dot : 0;
}

const char *
region_place(const Graph *g, const Repeat *r, int k)
{
	size_t n = place_length(g, r->at[k], r->size);

	for (int i = 0; i < r->size; i++)
		if (op_rows[g->nodes[r->at[k][i]]->op].params)
			return arena_text("%.*s", (int)n, g->nodes[r->at[k][i]]->name);
	return "";
}

static bool
same_names(const Graph *g, const Repeat *r)
{
	for (int k = 0; k < r->count; k++) {
		size_t n = place_length(g, r->at[k], r->size), first = place_length(g, r->at[0], r->size);
		if (!n)
			return false;
		for (int i = 0; i < r->size; i++)
			if (op_rows[g->nodes[r->at[k][i]]->op].params &&
			    strcmp(g->nodes[r->at[k][i]]->name + n, g->nodes[r->at[0][i]]->name + first))
				return false;
	}
	return true;
}

/* --- the best ones --- */

static int
by_hash(const void *a, const void *b)
{
	const Candidate *p = a, *q = b;

	if (p->hash != q->hash)
		return p->hash < q->hash ? -1 : 1;
	return p->size != q->size ? p->size - q->size : p->y - q->y;
}

static int
by_id(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* kept_of - the candidates that are like the first one and do not overlap */
static Repeat
kept_of(const Search *s, const Candidate *c, int count)
{
	Repeat r = { .size = c->size, .at = arena_new((size_t)count*sizeof *r.at) };
	bool *used = arena_new((size_t)s->g->count*sizeof *used);
	Region first = { .size = 0 }, one;

	for (int i = 0; i < count; i++) {
		bool fits = region_behind(s, c[i].y, c[i].size, &one) && (!first.size || same_region(s, &first, &one));
		for (int k = 0; k < one.size && fits; k++)
			fits = !used[one.node[k]];
		if (!fits)
			continue;
		if (!first.size)
			first = one;
		for (int k = 0; k < one.size; k++)
			used[one.node[k]] = true;
		memcpy(r.at[r.count], one.node, sizeof one.node);
		qsort(r.at[r.count++], (size_t)one.size, sizeof *one.node, by_id);
	}
	r.named = r.count > 1 && same_names(s->g, &r);
	return r;
}

/* worth - lines that it saves; what bears the names that people gave is better than what cuts across them */
static double
worth(const Repeat *r)
{
	return (r->count - 1)*(double)r->size*(r->named ? 1.3 : 1) - r->count;
}

static Repeat
best_of(const Search *s, const Candidate *c, int count)
{
	Repeat best = { 0 };

	for (int i = 0, n; i < count; i += n) {
		Repeat r;
		for (n = 1; i + n < count && c[i+n].hash == c[i].hash && c[i+n].size == c[i].size; n++)
			;
		if ((n - 1)*1.3*c[i].size - n <= (best.count ? worth(&best) : LeastSaved))
			continue;
		r = kept_of(s, &c[i], n);
		if (r.count > 1 && worth(&r) > (best.count ? worth(&best) : LeastSaved))
			best = r;
	}
	return best;
}

static int
by_place(const void *a, const void *b)
{
	return ((const Repeat *)a)->at[0][0] - ((const Repeat *)b)->at[0][0];
}

static Search
search_of(const Graph *g)
{
	size_t n = (size_t)g->count;
	Search s = { g, arena_new(n*sizeof *s.hash), arena_new(n), arena_new(n), arena_new(n*sizeof *s.readers),
	             arena_new(n*sizeof *s.place) };

	for (int i = 0; i < g->count; i++) {
		s.hash[i] = hash_of(g->nodes[i]);
		for (int k = 0; k < g->nodes[i]->nin; k++)
			s.readers[g->nodes[i]->in[k]->node->id]++;
	}
	for (int i = 0; i < g->noutputs; i++)
		s.output[g->outputs[i]->node->id] = true;
	return s;
}

int
find_repeats(const Graph *g, Repeat **found)
{
	Search s = search_of(g);
	Candidate *c = NULL;
	int count = 0, repeats = 0;

	*found = NULL;
	for (int y = 0; y < g->count; y++) {
		Region r = { .size = 0 };
		if (!take(&s, &r, y))
			continue;
		do
			if (r.nfront == 1 && r.size >= LeastRegion) {
				Candidate one = { region_hash(&s, &r), y, r.size };
				PUSH(c, count, one);
			}
		while (grow(&s, &r));
	}
	if (count)
		qsort(c, (size_t)count, sizeof *c, by_hash);
	for (;;) {
		Repeat best = best_of(&s, c, count);
		if (!best.count)
			break;
		for (int k = 0; k < best.count; k++)
			for (int i = 0; i < best.size; i++)
				s.taken[best.at[k][i]] = true;
		PUSH(*found, repeats, best);
	}
	if (repeats)
		qsort(*found, (size_t)repeats, sizeof **found, by_place);
	return repeats;
}

/* region_input - the value that goes into the k-th */
Value *
region_input(const Graph *g, const Repeat *r, int k)
{
	for (int i = 0; i < r->size; i++)
		for (int j = 0; j < g->nodes[r->at[k][i]]->nin; j++) {
			Value *v = g->nodes[r->at[k][i]]->in[j];
			if (!bsearch(&v->node->id, r->at[k], (size_t)r->size, sizeof v->node->id, by_id))
				return v;
		}
	return NULL;
}
