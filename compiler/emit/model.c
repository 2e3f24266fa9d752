/*
** model.c - from the planned graph to functions and steps: equal kernels become one function, every function is written
** once, every node's kernels become the steps that the runtime walks.
*/
#include <string.h>

#include "../../runtime/rc.h"
#include "../gradients/train.h"
#include "emit.h"

_Static_assert((int)NOperands == (int)RC_OPERANDS, "a kernel's operands fit a step");

typedef struct {                     /* a kernel and the functions of its phases */
	Kernel k;
	const Function *phase[2];
	int units[2];
} Written;

typedef struct {
	Model *m;
	Written *all;
	int count;
} Writer;

/* write_phase - the function; its comment is what the family writes before emit_head */
static const Function *
write_phase(const Model *m, const Kernel *k, int phase, int *units)
{
	Out *o = out_in(m->functions);
	const Family *f = k->family;
	const char *text, *body, *stem;
	char name[128];

	f->describe(k, name, sizeof name);
	stem = phase + 1 < f->phases ? f->phase_name(k, phase) : arena_text("%s", name);
	*units = f->emit(o, k, phase);
	text = out_string(o, NULL);
	body = strstr(text, "*/\n");
	return function_add(m->functions, arena_text("%.*s", (int)(body - text), text), "static void", stem, body + 3);
}

static const Written *
written(Writer *w, const Kernel *k)
{
	Written fresh = { .k = *k };

	for (int i = 0; i < w->count; i++)
		if (same_kernel(&w->all[i].k, k))
			return &w->all[i];
	for (int phase = 0; phase < (k->family->phases ? k->family->phases : 1); phase++)
		fresh.phase[phase] = write_phase(w->m, k, phase, &fresh.units[phase]);
	PUSH(w->all, w->count, fresh);
	return &w->all[w->count - 1];
}

/* serve - name the layer in the comment of the function */
static void
serve(const Function *f, const Node *n, const char *how)
{
	const char *base = strrchr(n->g->file, '/');
	const char *user = arena_text("%s (%s:%d)%s", n->name, base ? base + 1 : n->g->file, n->line, how);

	if (!f->nusers || strcmp(f->users[f->nusers - 1], user))
		function_serves(f, user);
}

/* add_operand - where value v lies */
static void
add_operand(Step *s, const Value *v)
{
	s->operand[s->noperands].home = v->home;
	s->operand[s->noperands++].at = v->at;
}

static void
add_outside(Step *s, bool output, size_t at)
{
	s->operand[s->noperands].home = Home_caller;
	s->operand[s->noperands].output = output;
	s->operand[s->noperands++].at = at;
}

/* add_param - where a parameter is in the state of a network in training */
static void
add_param(Step *s, const Node *n, ParamId p)
{
	add_operand(s, &(Value){ .home = Home_state, .at = StateHeader + trained(n, p)->at*sizeof(float) });
}

static void
add_kernel_operands(Step *s, const Kernel *k, int phase, int part)
{
	Operand all[NOperands];
	int count = operands_of(k, phase, all);
	const Node *n = s->node;

	for (int i = 0; i < count; i++)
		switch (all[i].role) {
		case Role_packed:  add_operand(s, &n->packed[all[i].index]); break;
		case Role_scratch: add_operand(s, &n->scratch); break;
		case Role_own:
			if (i)
				die("own memory is not the first operand of '%s'", n->name);
			s->own = n->own_each;
			add_operand(s, &n->own);
			break;
		case Role_out:     add_operand(s, &n->out[all[i].index]); break;
		case Role_param:
		case Role_running: add_param(s, n, (ParamId)all[i].index); break;
		case Role_labels:  add_outside(s, true, 0); break;
		case Role_how:     add_operand(s, &(Value){ .home = Home_how }); break;
		case Role_in:
			if (n->nin)
				add_operand(s, n->in[all[i].index ? all[i].index : part]);
			else
				add_outside(s, false, 0);
			break;
		}
}

/* fill_bytes - the same of bytes, where what stands for 0 is in the blob; what the memory held may have had another */
static const char *
fill_bytes(const Node *n, const Value *v, const char **stem)
{
	Sides h = v->lay.halo;
	Shape x = v->shape;
	size_t planes = (size_t)(x.n*ceil_div(x.c, v->lay.cb));

	*stem = arena_text("fill_%dx%dx%d", x.c, x.h, x.w);
	if (n->family->covers && !n->family->covers(n))
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
	Step s = { .node = n, .units = 1, .rounds = 1 };
	const char *stem, *call = fill_bytes(n, v, &stem);

	if (!call)
		return;
	s.function = function_add(m->functions, "", "static void", stem,
	                          arena_text("(void *const *p, int lo, int hi)\n{\n\t%s\n}\n", call));
	add_operand(&s, v);
	s.operand[s.noperands].home = Home_blob;
	s.operand[s.noperands++].at = zeros_at(v);
	PUSH(m->steps, m->nsteps, s);
}

/* add_clear - the zeros around and beside a result its kernel does not write; memory it takes over has them already */
static void
add_clear(Model *m, const Node *n, const Value *v)
{
	Step s = { .node = n, .units = 1, .rounds = 1 };
	Sides h = v->lay.halo;
	Shape x = v->shape;
	int planes = x.n*ceil_div(x.c, v->lay.cb);
	const char *stem, *call;

	if (is_bytes(v)) {
		add_fill(m, n, v);
		return;
	}
	if (v->over || v->home == Home_state)
		return;
	if (n->family->covers && !n->family->covers(n)) {
		stem = arena_text("clear_%dx%dx%d", x.c, x.h, x.w);
		call = arena_text("rc_clear((float *)p[0] + lo*%zu, (size_t)(hi - lo)*%zu);", v->bytes/sizeof(float),
		                  v->bytes/sizeof(float));
	} else if (has_halo(&v->lay)) {
		stem = arena_text("halo_%dx%dx%d", x.c, x.h, x.w);
		call = arena_text("rc_clear_halo((float *)p[0], %s, %s, %d, %d, %d, %d, %d, %d, %d);", times("lo", (size_t)planes),
		                  times("hi", (size_t)planes), x.h, x.w, v->lay.cb, h.t, h.l,
		                  h.b, h.r);
	} else
		return;
	s.function = function_add(m->functions, "", "static void", stem,
	                          arena_text("(void *const *p, int lo, int hi)\n{\n\t%s\n}\n", call));
	add_operand(&s, v);
	PUSH(m->steps, m->nsteps, s);
}

/* add_packer - in training: the step that packs n's weights from the state */
static void
add_packer(Writer *w, const Node *n)
{
	Kernel k = kernel_of(n, 0);
	Out *o = out_in(w->m->functions);
	Step s = { .node = n, .rounds = 1 };
	char name[128];

	k.family->describe(&k, name, sizeof name);
	out_text(o, "(void *const *p, int lo, int hi)\n{\n");
	s.units = k.family->repack(o, &k, n->turned);
	out_text(o, "\nrc_pack(&how, p, lo, hi);\n}\n");
	s.function = function_add(w->m->functions, "** the weights as the kernel reads them, from those of the state\n",
	                          "static void", arena_text("pack_%s", name), out_string(o, NULL));
	serve(s.function, n, "");
	add_param(&s, n, P_weight);
	add_param(&s, n, k.bias ? P_bias : P_weight);
	for (int i = 0; i < 2; i++)
		add_operand(&s, &n->packed[i < n->npacked ? i : 0]);
	PUSH(w->m->steps, w->m->nsteps, s);
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
		const Written *f = written(w, &k);
		for (int phase = 0; phase < 2 && f->phase[phase]; phase++) {
			Step s = { .function = f->phase[phase], .node = n, .units = f->units[phase], .rounds = 1 };
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
	const Written *f;
	Step s = { .node = v->node, .rounds = 1 };

	k.family = own_family(O_input);
	f = written(w, &k);
	s.function = f->phase[0];
	s.units = f->units[0];
	serve(s.function, v->node, ", to the caller");
	add_operand(&s, v);
	add_outside(&s, true, at);
	PUSH(w->m->steps, w->m->nsteps, s);
}

/* add_eval - the steps of a forward node without learning: batch norms by their running statistics */
static void
add_eval(Writer *w, const Node *n)
{
	Kernel k = kernel_of(n, 0);
	const Written *f;
	Step s = { .node = n, .rounds = 1, .last = true };

	k.frozen = true;
	if (n->op != O_bn_stats) {
		for (int i = 0; i < w->m->nsteps; i++)
			if (w->m->steps[i].node == n)
				PUSH(w->m->eval, w->m->neval, w->m->steps[i]);
		return;
	}
	f = written(w, &k);
	s.function = f->phase[1];
	s.units = f->units[1];
	serve(s.function, n, ", in evaluation");
	add_kernel_operands(&s, &k, 1, 0);
	PUSH(w->m->eval, w->m->neval, s);
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
		out_line(o, "%s %s %d %d %zu", s->node->name, s->function->name, s->units, s->rounds, s->own);
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
		add_node(&w, g->nodes[i]);
	for (int i = 0; g->training && i <= g->train->loss->id; i++)
		add_eval(&w, g->nodes[i]);
	for (int i = 0; i < g->noutputs && !g->training; i++) {
		add_store(&w, g->outputs[i], at);
		at += count_of(g->outputs[i]->shape)*sizeof(float);
	}
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
