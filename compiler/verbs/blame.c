/*
** blame.c - which results make the outputs of a network of bytes wrong: the network of floats is run with one of them
** rounded to what its bytes stand for, then with the next. What is far off then is not what has the most noise for its
** strength: a channel that is small beside others loses all of it, and the next layer may need it.
*/
#include <math.h>
#include <string.h>

#include "session.h"

enum { Named = 3 };                  /* results that are named at most */

typedef struct {
	const Session *s;
	const Graph *bytes;
	int index;                   /* of the node whose result is rounded */
	double step, zero;
} AsBytes;

/* rounded - x as its byte gives it back */
static float
rounded(const AsBytes *r, float x)
{
	double q = rint((double)x/r->step) + r->zero;

	return (float)((fmin(fmax(q, 0), r->bytes->quantize.u7 ? 127 : 255) - r->zero)*r->step);
}

/* round_result - of one layer, all of it, as soon as it is made; the zeros around it stay zeros */
static void
round_result(void *user, int index, const char *name)
{
	const AsBytes *r = user;
	const Value *v = r->s->m->g->nodes[index]->out;
	float *x = (float *)(void *)((char *)r->s->workspace + v->at);

	(void)name;
	for (size_t i = 0; index == r->index && i < (size_t)v->shape.n*v->lay.image; i++)
		x[i] = rounded(r, x[i]);
}

/* off - the squares of what outputs are off by with the result of node index rounded, on all pictures */
static double
off(Session *s, const Graph *bytes, int index, void *const *in, int count, float *const *want, float *out)
{
	const StepRow *row = steps_find(bytes->steps, s->m->g->nodes[index]->name);
	AsBytes r = { s, bytes, index, row->step, row->zero };
	double sum = 0;

	s->options.layer = round_result;
	s->options.layer_user = &r;
	for (int i = 0; i < count; i++) {
		session_run(s, in[i], out);
		for (size_t o = 0; o < s->outputs; o++)
			sum += ((double)out[o] - (double)want[i][o])*((double)out[o] - (double)want[i][o]);
	}
	return sum;
}

/* is_rounded - has the network of bytes this result as bytes, or for one of its readers? */
static bool
is_rounded(const Graph *bytes, const Node *n)
{
	const StepRow *row = steps_find(bytes->steps, n->name);
	const char *quantized = arena_text("%s.%s", n->name, op_rows[O_quantize].name);

	for (int i = 0; row && row->step > 0 && !row->pixels && !keeps_bytes(n->op) && i < bytes->count; i++)
		if (!strcmp(bytes->nodes[i]->name, quantized) ||
		    (!strcmp(bytes->nodes[i]->name, n->name) && is_bytes(bytes->nodes[i]->out)))
			return true;
	return false;
}

static const char *
with_name(const char *list, const char *name)
{
	const char *quoted = arena_text("\"%s\"", name);

	return strstr(list, quoted) ? list : arena_text("%s%s%s", list, *list ? ", " : "", quoted);
}

/* with_names - of those that have to be on floats for the result to be one wherever it is read */
static const char *
with_names(const char *list, const Node *n)
{
	list = with_name(list, n->name);
	for (int i = n->id + 1; i < n->g->count; i++) {
		const Node *reader = n->g->nodes[i];
		for (int k = 0; k < reader->nin; k++)
			if (reader->in[k] == n->out)
				list = keeps_bytes(reader->op) ? with_names(list, reader) : with_name(list, reader->name);
	}
	return list;
}

const char *
to_keep(const Model *floats, const Graph *bytes, void *const *in, int count, int threads)
{
	const Graph *g = floats->g;
	Session s = session_open(floats, threads, false);
	float *out = arena_new(s.outputs*sizeof *out), **want = arena_new((size_t)count*sizeof *want);
	double *wrong = arena_new((size_t)g->count*sizeof *wrong);
	const char *list = "";

	for (int i = 0; i < count; i++)
		session_run(&s, in[i], want[i] = arena_new(s.outputs*sizeof **want));
	for (int i = 0; i < g->count; i++) {
		wrong[i] = is_rounded(bytes, g->nodes[i]) ? off(&s, bytes, i, in, count, want, out) : 0;
		progress("what to keep", i, g->count);
	}
	progress("what to keep", 1, 1);
	session_close(&s);
	for (int i = 0; i < g->quantize.nkeep; i++)
		list = with_name(list, g->quantize.keep[i]);
	for (int named = 0; named < Named; named++) {
		int worst = 0;
		for (int i = 1; i < g->count; i++)
			worst = wrong[i] > wrong[worst] ? i : worst;
		if (!(wrong[worst] > 0))
			break;
		list = with_names(list, g->nodes[worst]);
		wrong[worst] = 0;
	}
	return list;
}
