/*
** reduce.c - a case that fails, made smaller while it fails the same way: fewer nodes, outputs, options and
** channels, usual attributes and values. Greedy, one change at a time, until none helps.
*/
#include <string.h>

#include "fuzz.h"

typedef struct {
	Case best;
	const char *dir;
	int status, trials;
	double start;
} Search;

enum { MostTrials = 400, MostSeconds = 120 };

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

static bool
fewer_nodes(Search *s)
{
	for (int k = s->best.count - 1; k > 0; k--) {
		Case c = without(&s->best, k);
		if (keep(s, &c))
			return true;
	}
	for (int i = 0; i < s->best.noutputs && s->best.noutputs > 1; i++) {
		Case c = s->best;
		c.output[i] = c.output[--c.noutputs];
		if (keep(s, &c))
			return true;
	}
	for (int k = 1; k < s->best.count; k++)
		if (s->best.gene[k].nin > op_rows[s->best.gene[k].op].lo && s->best.gene[k].nin > 1) {
			Case c = s->best;
			c.gene[k].nin--;
			if (keep(s, &c))
				return true;
		}
	return false;
}

static bool
plainer_run(Search *s)
{
	Case c[7 + 32];
	int n = 0;

	for (int i = 0; i < 7; i++)
		c[i] = s->best;
	c[n++].batch = 1;
	c[n++].threads = 2;
	c[n++].weights = Values_plain;
	c[n++].input = Values_plain;
	c[n++].exact = true;
	c[n++].store = DT_f32;
	c[n++].skip = 0;
	for (int p = 0; p < npasses; p++) {
		c[n] = s->best;
		c[n++].skip &= ~(1u << p);
	}
	for (int i = 0; i < n; i++)
		if ((c[i].batch != s->best.batch || c[i].threads != s->best.threads || c[i].weights != s->best.weights ||
		     c[i].input != s->best.input || c[i].exact != s->best.exact || c[i].store != s->best.store ||
		     c[i].skip != s->best.skip) && keep(s, &c[i]))
			return true;
	return false;
}

static bool
usual_attributes(Search *s)
{
	for (int k = 1; k < s->best.count; k++) {
		const Node *fresh = node_new(graph_new(""), s->best.gene[k].op, 0);
		for (int i = 0; i < NAttrs; i++) {
			Case c = s->best;
			Attr *a = &c.gene[k].a;
			if (i == At_out || i == At_kernel || !attr_differs(&attr_rows[i], a, &fresh->a))
				continue;
			attr_copy(&attr_rows[i], a, &fresh->a);
			if (keep(s, &c))
				return true;
		}
	}
	return false;
}

/* less - n halved (how 0) or less one (how 1), if that is less */
static int
less(int n, int how)
{
	return how ? n - 1 : n/2;
}

static bool
smaller_shapes(Search *s)
{
	for (int how = 0; how < 2; how++) {
		for (int k = 0; k < s->best.count; k++) {
			Case c[5];
			for (int i = 0; i < 5; i++)
				c[i] = s->best;
			int *n[5] = { &c[0].gene[k].a.out, &c[1].gene[k].a.shape.c, &c[2].gene[k].a.shape.h, &c[3].gene[k].a.shape.w,
				&c[4].gene[k].a.groups };
			for (int i = 0; i < 5; i++) {
				if (*n[i] <= 1 || less(*n[i], how) < 1)
					continue;
				*n[i] = less(*n[i], how);
				if (keep(s, &c[i]))
					return true;
			}
		}
	}
	return false;
}

Case
fuzz_reduce(Case c, int status, const char *dir, int *count)
{
	Search s = { .best = c, .dir = dir, .status = status, .start = seconds() };

	while (!c.text && (fewer_nodes(&s) || plainer_run(&s) || usual_attributes(&s) || smaller_shapes(&s)))
		;
	*count = s.trials;
	return s.best;
}
