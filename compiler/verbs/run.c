/* run.c - resnetc run: compile in a temporary folder, load, run; writes the outputs, prints the top classes. */
#include <math.h>
#include <stdlib.h>

#include "session.h"

/* print_top - the five largest of a vector, with the softmax of it where it is not one yet */
static void
print_top(const Graph *g, const Node *n, const float *v)
{
	int count = n->shape.c, shown = count < 5 ? count : 5;
	bool *done = calloc((size_t)count, sizeof *done);
	double sum = 0, most = (double)v[0];

	if (!done)
		fail("out of memory");
	if (n->op == O_top_k) {              /* ranked already: values, then classes */
		for (int i = 0; i < count/2; i++) {
			int at = (int)v[count/2 + i];
			printf("  %5d  %-16s %.4f\n", at, at < g->nclasses ? g->classes[at] : "", (double)v[i]);
		}
		free(done);
		return;
	}
	for (int i = 0; i < count; i++)
		most = fmax(most, (double)v[i]);
	for (int i = 0; i < count; i++)
		sum += n->op == O_softmax ? (double)v[i] : exp((double)v[i] - most);
	for (int k = 0; k < shown; k++) {
		int best = -1;
		for (int i = 0; i < count; i++)
			if (!done[i] && (best < 0 || v[i] > v[best]))
				best = i;
		done[best] = true;
		printf("  %5d  %-16s %.4f\n", best, best < g->nclasses ? g->classes[best] : "",
		       (n->op == O_softmax ? (double)v[best] : exp((double)v[best] - most))/sum);
	}
	free(done);
}

int
verb_run(Options *o)
{
	Model *m;
	Session s;
	void *in;
	float *out;
	int images;

	if (!o->weights)
		usage_error("run: want weights (-w FILE or -w random), got none");
	if (!o->input)
		usage_error("run: want an input (-i FILE.npy, .png or .jpg), got none");
	m = build(o, o->weights);
	if (!m)
		return ExitOk;
	in = read_input(o->input, m->g, &images);
	s = session_open(m, o->threads, false);
	out = session_run_all(&s, in, images);
	if (o->output) {
		const Node *n = m->g->outputs[0];
		int64_t dim[4] = { images, n->shape.c, n->shape.h, n->shape.w };
		int64_t all = (int64_t)(s.outputs/(size_t)n->shape.n)*images;
		if (m->g->noutputs == 1)
			npy_write(o->output, out, n->shape.h == 1 && n->shape.w == 1 ? 2 : 4, dim);
		else
			npy_write(o->output, out, 1, &all);
	}
	for (int i = 0; i < images && !o->quiet; i++) {
		const Node *n = m->g->outputs[0];
		if (n->shape.h*n->shape.w > 1)
			break;
		if (images > 1)
			printf("image %d\n", i);
		print_top(m->g, n, out + (size_t)i*(size_t)n->shape.c);
	}
	free(in);
	free(out);
	session_close(&s);
	return ExitOk;
}
