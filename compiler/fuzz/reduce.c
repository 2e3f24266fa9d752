/*
** reduce.c - a case that fails, made smaller while it fails the same way: fewer nodes, outputs, options and channels,
** usual attributes and values. Greedy: halves of the network first, then one change at a time, until none helps.
*/
#include <string.h>

#include "fuzz.h"

typedef struct {
	Case best;
	const char *dir;
	int status, trials;
	double start;
} Search;

enum { MostTrials = 400, MostSeconds = 600 };

static bool
keep(Search *s, const Case *c)
{
	if (s->trials >= MostTrials || seconds() - s->start > MostSeconds || !fuzz_graph(c) ||
	    (c->trains && !fuzz_can_train(c)))
		return false;
	s->trials++;
	if (fuzz_trial(c, s->dir).status != (unsigned)s->status)
		return false;
	s->best = *c;
	return true;
}

/* without - gene k left out; its readers read what it read */
static Case
without(const Case *from, int k)
{
	Case c = *from;
	int by = c.gene[k].in[0];

	c.count--;
	for (int i = k; i < c.count; i++)
		c.gene[i] = c.gene[i+1];
	for (int i = 0; i < c.count; i++)
		for (int j = 0; j < c.gene[i].nin; j++) {
			int *in = &c.gene[i].in[j];
			*in = *in == k ? by : *in > k ? *in - 1 : *in;
		}
	for (int i = 0; i < c.noutputs; i++)
		c.output[i] = c.output[i] == k ? by : c.output[i] > k ? c.output[i] - 1 : c.output[i];
	return c;
}

/* without_some - genes of these numbers left out, the last one first */
static Case
without_some(const Case *from, int lo, int hi)
{
	Case c = *from;

	for (int k = hi; k >= lo; k--)
		c = without(&c, k);
	return c;
}

/* fewer_nodes - halves of the network at once, quarters, single nodes; outputs; what a node reads more than it must */
static bool
fewer_nodes(Search *s)
{
	bool any = false;

	for (int some = s->best.count/2; some > 0; some /= 2)
		for (int hi = s->best.count - 1, lo; hi > 0; hi = lo - 1) {
			lo = hi - some + 1 > 1 ? hi - some + 1 : 1;
			Case c = without_some(&s->best, lo, hi);
			any = keep(s, &c) || any;
		}
	for (int i = s->best.noutputs - 1; i >= 0 && s->best.noutputs > 1; i--) {
		Case c = s->best;
		c.output[i] = c.output[--c.noutputs];
		any = keep(s, &c) || any;
	}
	for (int k = 1; k < s->best.count; k++)
		while (s->best.gene[k].nin > op_rows[s->best.gene[k].op].lo && s->best.gene[k].nin > 1) {
			Case c = s->best;
			c.gene[k].nin--;
			if (!keep(s, &c))
				break;
			any = true;
		}
	return any;
}

/* plain - one thing about how a case is run made usual: the i-th of these, passes after them */
static void
plain(Case *c, int i)
{
	switch (i) {
	case 0: c->batch = 1; break;
	case 1: c->threads = 2; break;
	case 2: c->weights = Values_plain; break;
	case 3: c->input = Values_plain; break;
	case 4: c->exact = true; break;
	case 5: c->store = DT_f32; break;
	case 6: c->skip = 0; break;
	default: c->skip &= ~(1u << (i - 7)); break;
	}
}

static bool
plainer_run(Search *s)
{
	bool any = false;

	for (int i = 0; i < 7 + npasses; i++) {
		Case c = s->best;
		plain(&c, i);
		if (c.batch != s->best.batch || c.threads != s->best.threads || c.weights != s->best.weights ||
		    c.input != s->best.input || c.exact != s->best.exact || c.store != s->best.store || c.skip != s->best.skip)
			any = keep(s, &c) || any;
	}
	return any;
}

static bool
usual_attributes(Search *s)
{
	bool any = false;

	for (int k = 1; k < s->best.count; k++) {
		const Node *fresh = node_new(graph_new(""), s->best.gene[k].op, 0);
		for (int i = 0; i < NAttrs; i++) {
			Case c = s->best;
			Attr *a = &c.gene[k].a;
			if (i == At_out || i == At_kernel || !attr_differs(&attr_rows[i], a, &fresh->a))
				continue;
			attr_copy(&attr_rows[i], a, &fresh->a);
			any = keep(s, &c) || any;
		}
	}
	return any;
}

/* less - n halved (how 0) or less one (how 1), if that is less */
static int
less(int n, int how)
{
	return how ? n - 1 : n/2;
}

/* size_of - one of the numbers that a node's shapes are made of */
static int *
size_of(Case *c, int k, int i)
{
	Gene *g = &c->gene[k];
	int *all[] = { &g->a.out, &g->a.shape.c, &g->a.shape.h, &g->a.shape.w, &g->a.groups };

	return all[i];
}

static bool
smaller_shapes(Search *s)
{
	bool any = false;

	for (int how = 0; how < 2; how++)
		for (int k = 0; k < s->best.count; k++)
			for (int i = 0; i < 5; i++)
				while (*size_of(&s->best, k, i) > 1) {
					Case c = s->best;
					*size_of(&c, k, i) = less(*size_of(&c, k, i), how);
					if (!keep(s, &c))
						break;
					any = true;
				}
	return any;
}

Case
fuzz_reduce(Case c, int status, const char *dir, int *count)
{
	Search s = { .best = c, .dir = dir, .status = status, .start = seconds() };

	for (bool any = !c.text; any;) {             /* each before the next, for a node less spares most */
		any = fewer_nodes(&s);
		any = plainer_run(&s) || any;
		any = usual_attributes(&s) || any;
		any = smaller_shapes(&s) || any;
	}
	*count = s.trials;
	return s.best;
}
