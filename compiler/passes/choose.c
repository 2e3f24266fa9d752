/*
** choose - the algorithm of every node: which kernel family emits it, in which way. Most ops have one. Where others fit
** a node, one without a cost model is taken as it comes; the others are weighed, and one that is no direct sum must be
** predicted to be a twentieth faster.
** What was measured (g->tuned) comes first; a way that the model or a dump has set is kept; with g->like set, that
** graph's ways are.
** Switched off, every node has its op's own family, which can do all of them.
*/
#include <string.h>

#include "../pass.h"

typedef struct {
	const Node *n;
	const Kernel *k;
	const Family *family, *best;
	Way way, best_way;           /* the one at hand with its least cycles, so far of all its tiles; what is to beat */
	double cycles, least;
} Search;

/* settle - all tiles of the algorithm at hand are weighed: is it the one? */
static void
settle(Search *s)
{
	if (s->cycles && (!s->least || s->cycles < 0.95*s->least)) {
		s->least = s->cycles;
		s->best = s->family;
		s->best_way = s->way;
	}
	s->cycles = 0;
}

static void
weigh(void *user, Way way)
{
	Search *s = user;
	double cycles = s->family->cycles(s->k, way);

	if (s->family->holds && !s->family->holds(s->n, way))
		return;
	if (!same_algorithm(way, s->way))
		settle(s);
	if (!s->cycles || cycles < s->cycles)
		s->cycles = cycles;
	s->way = way;
}

enum { MostFamilies = 8 };

typedef struct {                     /* the families that may compute a node, its own first */
	const Node *n;
	bool tiled;                  /* those by tiles, with larger weights, too */
	const Family *all[MostFamilies];
	int count;
} Fitting;

static void
add_family(void *user, const Family *f)
{
	Fitting *fit = user;

	if (fit->count == MostFamilies)
		die("more than %d families for one node", MostFamilies);
	bool weights = is_dense(fit->n) || is_norm(fit->n) || has_slopes(fit->n);

	if (fit->n->g->training && weights && !f->repack)
		return;                      /* they change with every step */
	if (f->strassen && !fit->n->a.strassen)
		return;                      /* a sixth more weights, for gains that hang on the processor: asked for, or measured */
	if ((!f->tiled || fit->tiled) && (!f->rounds_otherwise || !fit->n->g->exact))
		fit->all[fit->count++] = f;
}

/*
** fitting - one that has no cost model but a way of its own to be better is taken alone. Where memory is dear, what
** takes more of it must be asked for, of all layers or of this one.
*/
static Fitting
fitting(const Node *n)
{
	const Graph *g = n->g;
	Fitting fit = { .n = n, .tiled = !g->target->lean || g->winograd || n->a.winograd.h };

	each_fitting(n, add_family, &fit);
	for (int i = 1; i < fit.count; i++)
		if (!fit.all[i]->cycles) {
			fit.all[0] = fit.all[i];
			fit.count = 1;
		}
	return fit;
}

/* set_algorithm - that of a way; its register tile is chosen later */
static void
set_algorithm(Node *n, Way way)
{
	n->a.winograd = way.winograd;
	n->a.on_the_fly = way.on_the_fly;
	n->a.strassen = way.strassen;
}

/* cheapest - by the model, the op's own family to begin with */
static const Family *
cheapest(Node *n, const Fitting *fit)
{
	Search s = { .n = n };

	/* layouts come later; blocks of channels with a halo of one are near enough to weigh by */
	n->out->lay = layout_of(n->out->shape, n->g->target->block, (Sides){ 0, 0, 0, 0 });
	for (int i = 0; i < n->nin; i++)
		n->in[i]->lay = layout_of(n->in[i]->shape, n->g->target->block, (Sides){ 1, 1, 1, 1 });
	Kernel k = kernel_of(n, 0);
	for (int i = 0; i < n->nin; i++)
		n->in[i]->lay = (Layout){ 0 };
	n->out->lay = (Layout){ 0 };
	s.k = &k;
	for (int i = 0; i < fit->count; i++) {
		s.family = fit->all[i];
		s.way = (Way){ .on_the_fly = false };
		s.family->ways(&k, weigh, &s);
		settle(&s);
	}
	set_algorithm(n, s.best_way);
	return s.best;
}

static const Node *
node_in(const Graph *g, const char *name)
{
	for (int i = 0; i < g->count; i++)
		if (!strcmp(g->nodes[i]->name, name))
			return g->nodes[i];
	die("'%s' is in one graph and not in the other", name);
}

/* wanted - the family whose algorithm the node has set, of those that fit */
static const Family *
wanted(const Node *n, const Fitting *fit)
{
	for (int i = 0; i < fit->count; i++)
		if (!n->a.winograd.h == !fit->all[i]->tiled && n->a.strassen == fit->all[i]->strassen)
			return fit->all[i];
	return fit->all[0];
}

/* row_of - what was measured of n's shape; a way that is not exact with the weights of this layer is none */
static const TunedRow *
row_of(const Node *n)
{
	const TunedRow *row = n->g->tuned && !n->g->like ? tuned_find(n->g->tuned, n) : NULL;
	const Family *tiled = row && row->way.winograd.h ? tiled_family(n) : NULL;

	if (row && row->way.strassen && !strassen_family(n))
		return NULL;
	if (row && n->g->exact && (row->way.strassen || row->way.winograd.h))
		return NULL;                 /* nor is its tile a direct convolution's */
	return tiled && tiled->holds && !tiled->holds(n, row->way) ? NULL : row;
}

static void
choose_conv2d(Node *n)
{
	const Graph *g = n->g;
	const TunedRow *row = row_of(n);
	Fitting fit;
	bool set;

	if (row) {
		set_algorithm(n, row->way);
		n->a.tile = row->way.tile;
	}
	if (g->like)
		n->a.strassen = node_in(g->like, n->name)->a.strassen;
	if (n->a.winograd.h && (is_halved(n) || (n->a.stride.h == 2 && n->a.kernel.h == 3)))
		n->a.on_the_fly = true;
	if (on_bytes(n) && bytes_are_direct(g->target))      /* it has no Winograd on them */
		set_algorithm(n, (Way){ .on_the_fly = false });
	if (n->a.kernel.h == 7 && (g->target->vl < 8 || is_halved(n)))       /* nor has this kernel, on short vectors, */
		set_algorithm(n, (Way){ .on_the_fly = false });
	if (n->a.stride.h == 2 && g->target->regs <= 12)     /* nor have strides, on few registers */
		set_algorithm(n, (Way){ .on_the_fly = false });
	if (n->a.strassen && (n->a.kernel.h > 1 || n->a.kernel.w > 1 || n->a.groups > 1))
		fail_at(n, "want a 1x1 kernel without groups for strassen, got %dx%d and %d groups", n->a.kernel.h, n->a.kernel.w,
		        n->a.groups);
	n->a.strassen = n->a.strassen && strassen_family(n);    /* whose channels the target's blocks must halve */
	fit = fitting(n);
	set = (n->a.winograd.h && n->a.winograd.w) || n->a.strassen || row;
	if (n->a.winograd.h && (!tiled_family(n) || n->a.winograd.h%2 || n->a.winograd.w%2 ||
	                        (n->a.kernel.h == 7 && n->a.winograd.h + n->a.winograd.w > 4)))
		fail_at(n, "want winograd tiles of 2 or 4 and a 3x3 kernel of stride 1 or 2 over at least 8 channels, "
		           "or of 2 and a 7x7 kernel of stride 2 over at most 4, got %dx%d", n->a.winograd.h, n->a.winograd.w);
	if (n->a.on_the_fly && !n->a.winograd.h)
		fail_at(n, "want winograd tiles beside on_the_fly, got none");
	if (on_bytes(n))                     /* their weights are small, and packed as they are used */
		n->a.on_the_fly = false;
	if (g->plain_choice || fit.count == 1)
		n->family = g->plain_choice ? family_for(n) : fit.all[0];
	else if (g->like)
		n->family = node_in(g->like, n->name)->family;
	else if (set)
		n->family = wanted(n, &fit);
	else
		n->family = cheapest(n, &fit);
	if (set && n->family->holds && !n->family->holds(n, way_of(&n->a)))
		fail_at(n, "want winograd tiles whose sums are exact with these weights, got %dx%d", n->a.winograd.h,
		        n->a.winograd.w);
	if (g->like && (n->family->tiled || n->family->strassen))
		set_algorithm(n, way_of(&node_in(g->like, n->name)->a));
	else if (!n->family->tiled && !n->family->strassen)
		set_algorithm(n, (Way){ .on_the_fly = false });
}

void
choose(Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		Fitting fit;
		n->family = family_for(n);
		if (n->op == O_conv2d) {
			choose_conv2d(n);
		} else if (g->training) {
			fit = fitting(n);
			if (!fit.count)
				fail_at(n, "train: want layers whose weights can be packed at run time, got %s", op_rows[n->op].name);
			n->family = fit.all[0];
			if (n->op == O_conv2d_dw)
				set_algorithm(n, (Way){ .on_the_fly = false });
			if (fit.count > 1 && !g->plain_choice)
				n->family = cheapest(n, &fit);
		}
	}
}
