/*
** model.c - from the planned graph to functions and steps: equal kernels become one function, every function is written
** once, every node's kernels become the steps that the runtime walks.
*/
#include <string.h>

#include "../../runtime/rc.h"
#include "../gradients/train.h"
#include "writer.h"

/* is_whole - does the step before n's kernel make all of its result zeros, not only those around it */
static bool
is_whole(const Node *n)
{
	return n->family->covers && !n->family->covers(n);
}

/* fill_bytes - the same of bytes, where what stands for 0 is in the blob; what the memory held may have had another */
static const char *
fill_bytes(const Node *n, const Value *v, const char **stem)
{
	Sides h = v->lay.halo;
	Shape x = v->shape;
	size_t planes = (size_t)(x.n*ceil_div(x.c, v->lay.cb));

	*stem = arena_text("fill_%dx%dx%d", x.c, x.h, x.w);
	if (is_whole(n))
		return arena_text("rc_fill((unsigned char *)p[0] + lo*%zu, (const float *)p[1], (size_t)(hi - lo)*%zu);", v->bytes,
		                  v->bytes);
	if (!has_halo(&v->lay))
		return NULL;
	return arena_text("rc_fill_halo((unsigned char *)p[0], (const float *)p[1], %s, %s, %d, %d, %d, %d, %d, %d, %d);",
	                  times("lo", planes), times("hi", planes), x.h, x.w, v->lay.cb, h.t, h.l, h.b, h.r);
}

static void
add_fill(Model *m, const Node *n, const Value *v)
{
	Step s = { .node = n, .units = 1, .rounds = 1, .halo = !is_whole(n) };
	const char *stem, *call = fill_bytes(n, v, &stem);

	if (!call)
		return;
	s.function = function_add(m->functions, "", "static void", stem,
	                          arena_text("(void *const *p, int lo, int hi)\n{\n\t%s\n}\n", call));
	add_operand(&s, v, true);
	add_operand(&s, &(Value){ .home = Home_blob, .at = zeros_at(v) }, false);
	PUSH(m->steps, m->nsteps, s);
}

static void
add_clear(Model *m, const Node *n, const Value *v)
{
	Step s = { .node = n, .units = 1, .rounds = 1, .halo = !is_whole(n) };

	if (is_bytes(v)) {
		add_fill(m, n, v);
		return;
	}
	s.function = clear_function(m, v);
	if (!s.function)
		return;
	add_operand(&s, v, true);
	PUSH(m->steps, m->nsteps, s);
}

static void
add_node(Writer *w, const Node *n)
{
	if (n->g->training && n->npacked)
		add_packer(w, n);
	for (int i = 0; i < n->nout; i++)
		add_clear(w->m, n, &n->out[i]);
	for (int part = 0; part < parts_of(n); part++) {
		Kernel k = kernel_of(n, part);
		for (int phase = 0; phase < phases_of(&k); phase++) {
			Step s = { .node = n, .rounds = 1 };
			s.function = phase_of(w, &k, phase, &s.units);
			s.rounds = k.family->rounds ? k.family->rounds(&k) : 1;
			serve(s.function, n, "");
			add_kernel_operands(&s, &k, phase, part);
			PUSH(w->m->steps, w->m->nsteps, s);
		}
	}
	w->m->steps[w->m->nsteps - 1].last = true;
}

static void
add_store(Writer *w, const Value *v, size_t at)
{
	Kernel k = store_kernel(v);
	Step s = { .node = v->node, .rounds = 1 };

	k.family = own_family(O_input);
	s.function = phase_of(w, &k, 0, &s.units);
	serve(s.function, v->node, ", to the caller");
	add_operand(&s, v, false);
	add_outside(&s, true, at);
	PUSH(w->m->steps, w->m->nsteps, s);
}

/* add_eval - the steps of a forward node without learning: batch norms by their running statistics */
static void
add_eval(Writer *w, const Node *n)
{
	if (n->op == O_bn_stats) {
		add_running(w, n);
		return;
	}
	for (int i = 0; i < w->m->nsteps; i++)
		if (w->m->steps[i].node == n)
			PUSH(w->m->eval, w->m->neval, w->m->steps[i]);
}

/* hash_of - of all that the code and the blob must agree on, and more: of all the code */
static uint64_t
hash_of(const Model *m)
{
	Out *o = out_new();
	const Graph *g = m->g;
	size_t len;
	const char *text;

	out_line(o, "%s %s %zu %zu", VERSION, g->target->name, m->blob, g->arena);
	for (int i = 0; i < m->functions->count; i++)
		out_line(o, "%016llx", (unsigned long long)rc_hash(m->functions->all[i]->rest, strlen(m->functions->all[i]->rest)));
	for (int i = 0; i < m->nsteps; i++) {
		const Step *s = &m->steps[i];
		out_line(o, "%s %s %d %d %d %zu", s->node->name, s->function->name, s->units, s->rounds, s->start, s->own);
		for (int k = 0; k < s->noperands; k++)
			out_line(o, "%d %d %zu", s->operand[k].home, s->operand[k].output, s->operand[k].at);
	}
	text = out_string(o, &len);
	return rc_hash(text, len);
}

Model *
model_of(Graph *g)
{
	Model *m = NEW(Model);
	Writer w = { .m = m };
	size_t at = 0;

	m->g = g;
	m->functions = functions_new();
	for (int i = 0; i < g->count; i++)
		if (!g->nodes[i]->strip)
			add_node(&w, g->nodes[i]);
		else if (g->nodes[i]->strip == i + 1)
			add_strips(&w, g->nodes[i], false);
	for (int i = 0; g->training && i <= g->train->loss->id; i++)
		if (!g->nodes[i]->strip)
			add_eval(&w, g->nodes[i]);
		else if (g->nodes[i]->strip == i + 1)
			add_strips(&w, g->nodes[i], true);
	for (int i = 0; i < g->noutputs && !g->training; i++) {
		add_store(&w, g->outputs[i], at);
		at += count_of(g->outputs[i]->shape)*dtype_rows[output_dtype(g)].bytes;
	}
	set_starts(m->steps, m->nsteps);
	set_starts(m->eval, m->neval);
	m->selftest_at = g->blob;
	m->blob = g->blob + (g->training ? 0 : selftest_sums(g));
	if (m->blob/sizeof(float) > INT32_MAX/2 || g->arena/sizeof(float) > INT32_MAX/2)
		fail("%s: want at most 2^32 bytes of weights and of arena, got %zu and %zu", g->file, m->blob, g->arena);
	m->plan_hash = hash_of(m);
	return m;
}

const Function *
function_of(const Model *m, const Node *n)
{
	const Function *f = NULL;

	for (int i = 0; i < m->nsteps; i++)
		if (m->steps[i].node == n && m->steps[i].last)
			f = m->steps[i].function;
	return f;
}
