/*
** strips.c - nodes that are done in strips of images: one function that calls their kernels one after the other for a
** strip, which is a unit of its work, with the operands of that strip. What follows when all strips are done, the
** totals of sums over images, are steps of their own.
*/
#include <string.h>

#include "../gradients/train.h"
#include "writer.h"

enum {
	Bases = 6,                   /* own memory, and where each home of values starts */
	Coming = 16,                 /* places that a strip fetches for the next one */
	FewBytes = 4096              /* of a place: less is not fetched */
};

typedef struct {
	Writer *w;
	const Node *first;
	Step *step;
	Out *text;
	const char *base[Bases];     /* names in the text */
	Home home[Bases];
	int count;
	bool owns;                   /* anything lies in its own memory */
	const char *coming[Coming];  /* what the next strip reads and writes, in the order of its kernels */
	size_t bytes[Coming];
	int ncoming, shares;         /* shares of it that kernels fetch */
} Strip;

/* base_of - the variable that holds where values of this home start; the step is given it as an operand */
static const char *
base_of(Strip *s, Home home)
{
	static const char *const names[] = { [Home_arena] = "work", [Home_state] = "state" };

	if (home == Home_strip) {
		s->owns = true;
		return "own";
	}
	for (int i = 0; i < s->count; i++)
		if (s->home[i] == home)
			return s->base[i];
	if (home != Home_arena && home != Home_state)
		die("an operand in strips lives in home %d", home);
	s->home[s->count] = home;
	s->base[s->count++] = names[home];
	add_operand(s->step, &(Value){ .home = home }, true);
	return names[home];
}

/* moves - bytes from one strip to the next */
static size_t
moves(const Strip *s, const Value *v)
{
	const Node *n = v->node;
	int batch = s->first->in[0]->shape.n;
	Kernel k;

	if (v->home != Home_arena)
		return 0;
	if (v == &n->scratch) {
		k = kernel_of(n, 0);
		return n->family->scratch(&k);
	}
	return v->shape.n == batch && !n->family->reduces ? (size_t)(batch/s->first->strips)*v->lay.image*sizeof(float) : 0;
}

/* place_of - an operand's address in the text */
static const char *
place_of(Strip *s, const Value *v)
{
	size_t by = moves(s, v);
	const char *at = arena_text("%s%s", base_of(s, v->home), plus(v->at));

	return by ? arena_text("%s + (size_t)u*%zu", at, by) : at;
}

/* add_coming - what a kernel of the next strip is given, once */
static void
add_coming(Strip *s, const Value *v)
{
	size_t by = moves(s, v);
	const char *at = by < FewBytes ? NULL : arena_text("%s%s + (size_t)(u + 1)*%zu", base_of(s, v->home), plus(v->at), by);

	for (int i = 0; i < s->ncoming && at; i++)
		if (!strcmp(s->coming[i], at))
			return;
	if (!at || s->ncoming == Coming)
		return;
	s->bytes[s->ncoming] = by;
	s->coming[s->ncoming++] = at;
}

/* emit_coming - declares what the next strip of the same part of the work reads and writes */
static void
emit_coming(Out *o, const Strip *s)
{
	const Target *t = s->first->g->target;
	int most = (int)(FetchShare/(t->vl*t->fma)*t->from_memory/LineBytes), lines = 0;

	for (int i = 0; i < s->ncoming; i++)
		lines += (int)(s->bytes[i]/LineBytes);
	lines = ceil_div(lines, s->shares);
	out_line(o, "rc_coming coming = { %d, 0, u + 1 < hi ? %d : 0, {", lines < most ? lines : most, s->ncoming);
	for (int i = 0; i < s->ncoming; i++)
		out_line(o, "\t{ %s, %zu }%s", s->coming[i], s->bytes[i]/LineBytes, i + 1 < s->ncoming ? "," : "");
	out_line(o, "} };\n");
}

/* emit_operands - the array q of a call */
static void
emit_operands(Strip *s, const Kernel *k, const Node *n, int phase)
{
	Operand all[NOperands];
	int count = operands_of(k, phase, all);

	out_flow(s->text, "void *const q[%d] = {", count);
	for (int i = 0; i < count; i++) {
		const Operand *p = &all[i];
		Value param = { .home = Home_state, .node = (Node *)(uintptr_t)n };
		const Value *v = NULL;
		switch (p->role) {
		case Role_in:      v = n->in[p->index]; break;
		case Role_out:     v = &n->out[p->index]; break;
		case Role_packed:  v = &n->packed[p->index]; break;
		case Role_scratch: v = &n->scratch; break;
		case Role_own:     v = &n->own; break;
		case Role_coming:  break;
		case Role_param:
		case Role_running:
			param.at = StateHeader + trained(n, (ParamId)p->index)->at*sizeof(float);
			v = &param;
			break;
		default:           die("'%s' is given role %d in strips", n->name, p->role);
		}
		if (v)
			add_coming(s, v);
		out_flow(s->text, "%s%s", v ? place_of(s, v) : "&coming", i + 1 < count ? "," : " };");
	}
	out_flow_end(s->text);
}

static void
emit_clear(Strip *s, const Value *v)
{
	const Function *f = clear_function(s->w->m, v);

	if (!f)
		return;
	out_line(s->text, "{");
	out_line(s->text, "void *const q[1] = { %s };\n", place_of(s, v));
	out_line(s->text, "%s(q, 0, 1);", f->name);
	out_line(s->text, "}");
}

/* emit_node - the calls that do a strip of n */
static void
emit_node(Strip *s, const Node *n)
{
	Kernel k = kernel_of(n, 0);
	int phases = n->family->reduces ? 1 : phases_of(&k), rounds = k.family->rounds ? k.family->rounds(&k) : 1;

	s->shares += shares_of(&k);
	for (int i = 0; i < n->nout && !n->family->reduces; i++)
		emit_clear(s, &n->out[i]);
	if (rounds > 1)
		out_line(s->text, "for (int r = 0; r < %d; r++) {", rounds);
	for (int phase = 0; phase < phases; phase++) {
		int units;
		const Function *f = phase_of(s->w, &k, phase, &units);
		serve(f, n, "");
		out_line(s->text, "{");
		emit_operands(s, &k, n, phase);
		out_line(s->text, rounds > 1 ? "\n%s(q, r*%d, (r + 1)*%d);" : "\n%s(q, 0, %d);", f->name, units, units);
		out_line(s->text, "}");
	}
	if (rounds > 1)
		out_line(s->text, "}");
}

static bool
in_strips(const Node *first, int i)
{
	return i < first->g->count && first->g->nodes[i]->strip == first->strip;
}

/* word_of - a layer's name as a part of a C name */
static const char *
word_of(const char *name)
{
	char *word = arena_text("%s", name);

	for (char *c = word; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9')))
			*c = '_';
	return word;
}

/* add_all - the step that does all strips */
static void
add_all(Writer *w, const Node *first, bool eval)
{
	Step step = { .node = first, .units = first->strips, .rounds = 1, .own = first->inner_each };
	Strip s = { .w = w, .first = first, .step = &step, .text = out_in(w->m->functions) };
	const Node *last = first;
	Out *head = out_new();

	add_operand(&step, &first->inner, true);
	for (int i = first->id; in_strips(first, i); i++) {
		last = first->g->nodes[i];
		if (!eval || !last->family->reduces)
			emit_node(&s, last);
	}
	out_line(head, "(void *const *p, int lo, int hi)\n{");
	if (s.owns)
		out_line(head, "char *own = (char *)p[0];");
	for (int i = 0; i < s.count; i++)
		out_line(head, "char *%s = (char *)p[%d];", s.base[i], i + 1);
	out_line(head, "\nfor (int u = lo; u < hi; u++) {");
	if (s.shares)
		emit_coming(head, &s);
	out_text(head, out_string(s.text, NULL));
	out_line(head, "}\n}");
	step.function = function_add(w->m->functions,
		arena_text("** A unit is %d images from '%s' to '%s'%s\n", first->in[0]->shape.n/first->strips, first->name,
		           last->name, eval ? ", in evaluation" : ""), "static void", arena_text("strip_%s", word_of(first->name)),
		out_string(head, NULL));
	if (eval)
		PUSH(w->m->eval, w->m->neval, step);
	else
		PUSH(w->m->steps, w->m->nsteps, step);
}

/* add_end - the step after which n is done: its totals, or nothing that is left to do */
static void
add_end(Writer *w, const Node *n)
{
	Kernel k = whole_kernel(n, 0);
	Step s = { .node = n, .units = 1, .rounds = 1, .last = true };

	if (n->family->reduces) {
		s.function = phase_of(w, &k, 1, &s.units);
		serve(s.function, n, "");
		add_kernel_operands(&s, &k, 1, 0);
	} else {
		s.function = function_add(w->m->functions, "** A layer that is done already\n", "static void", "done",
		                          "(void *const *p, int lo, int hi)\n{\n\t(void)p;\n\t(void)lo;\n\t(void)hi;\n}\n");
		add_operand(&s, &(Value){ .home = Home_arena }, false);
	}
	PUSH(w->m->steps, w->m->nsteps, s);
}

void
add_strips(Writer *w, const Node *first, bool eval)
{
	for (int i = first->id; in_strips(first, i); i++) {
		const Node *n = first->g->nodes[i];
		if (eval)
			for (int k = 0; k < w->m->nsteps; k++)
				if (w->m->steps[k].packs && w->m->steps[k].node == n)
					PUSH(w->m->eval, w->m->neval, w->m->steps[k]);
		if (!eval && n->npacked)
			add_packer(w, n);
	}
	add_all(w, first, eval);
	for (int i = first->id; in_strips(first, i); i++) {
		const Node *n = first->g->nodes[i];
		if (!eval)
			add_end(w, n);
		else if (n->op == O_bn_stats)
			add_running(w, n);
	}
}
