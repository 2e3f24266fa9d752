/*
** writer.c - what steps are made of: functions of kernels' phases, each written once, where operands lie, the zeros
** around results, weights packed at run time.
*/
#include <string.h>

#include "../../runtime/rc.h"
#include "../gradients/train.h"
#include "writer.h"

_Static_assert((int)NOperands == (int)RC_OPERANDS, "a kernel's operands fit a step");

/* write_phase - the function; its comment is what the family writes before emit_head */
static const Function *
write_phase(const Model *m, const Kernel *k, int phase, int *units)
{
	Out *o = out_in(m->functions);
	const Family *f = k->family;
	const char *text, *body, *stem;
	char name[128];
	bool last = phase + 1 == phases_of(k);

	f->describe(k, name, sizeof name);
	stem = last || !f->phase_name ? arena_text(last ? "%s" : "%s_part", name) : f->phase_name(k, phase);
	*units = f->emit(o, k, phase);
	text = out_string(o, NULL);
	body = strstr(text, "*/\n");
	return function_add(m->functions, arena_text("%.*s", (int)(body - text), text), "static void", stem, body + 3);
}

int
phases_of(const Kernel *k)
{
	const Family *f = k->family;

	return f->phases && !(f->in_one && f->in_one(k)) ? f->phases : 1;
}

const Function *
phase_of(Writer *w, const Kernel *k, int phase, int *units)
{
	Written *found = NULL;

	for (int i = 0; i < w->count && !found; i++)
		if (same_kernel(&w->all[i].k, k))
			found = &w->all[i];
	if (!found) {
		PUSH(w->all, w->count, (Written){ .k = *k });
		found = &w->all[w->count - 1];
	}
	if (!found->phase[phase])
		found->phase[phase] = write_phase(w->m, k, phase, &found->units[phase]);
	*units = found->units[phase];
	return found->phase[phase];
}

void
serve(const Function *f, const Node *n, const char *how)
{
	const char *base = strrchr(n->g->file, '/');
	const char *user = arena_text("%s (%s:%d)%s", n->name, base ? base + 1 : n->g->file, n->line, how);

	if (!f->nusers || strcmp(f->users[f->nusers - 1], user))
		function_serves(f, user);
}

void
add_operand(Step *s, const Value *v, bool written)
{
	s->operand[s->noperands++] = (Touched){ .home = v->home, .written = written, .at = v->at, .bytes = v->bytes };
}

void
add_outside(Step *s, bool output, size_t at)
{
	s->operand[s->noperands++] = (Touched){ .home = Home_caller, .output = output, .written = output, .at = at };
}

/* add_param - where a parameter is in the state of a network in training */
static void
add_param(Step *s, const Node *n, ParamId p)
{
	add_operand(s, &(Value){ .home = Home_state, .at = StateHeader + trained(n, p)->at*sizeof(float) }, true);
}

void
add_kernel_operands(Step *s, const Kernel *k, int phase, int part)
{
	Operand all[NOperands];
	int count = operands_of(k, phase, all);
	const Node *n = s->node;

	for (int i = 0; i < count; i++)
		switch (all[i].role) {
		case Role_packed:  add_operand(s, &n->packed[all[i].index], false); break;
		case Role_scratch: add_operand(s, &n->scratch, true); break;
		case Role_own:
			if (i)
				die("own memory is not the first operand of '%s'", n->name);
			s->own = n->own_each;
			add_operand(s, &n->own, true);
			break;
		case Role_out:     add_operand(s, &n->out[all[i].index], true); break;
		case Role_param:
		case Role_running: add_param(s, n, (ParamId)all[i].index); break;
		case Role_labels:  add_outside(s, true, 0); break;
		case Role_how:     add_operand(s, &(Value){ .home = Home_how }, false); break;
		case Role_coming:  die("'%s' fetches a strip, outside of strips", n->name);
		case Role_in:
			if (n->nin)
				add_operand(s, n->in[all[i].index ? all[i].index : part], false);
			else
				add_outside(s, false, 0);
			break;
		}
}

/* clear_function - of the zeros around and beside a float result its kernel does not write; NULL: there are none */
const Function *
clear_function(Model *m, const Value *v)
{
	const Node *n = v->node;
	Sides h = v->lay.halo;
	Shape x = v->shape;
	int planes = x.n*ceil_div(x.c, v->lay.cb);
	const char *stem, *call;

	if (v->over || v->home == Home_state)
		return NULL;                 /* memory it takes over has them already */
	if (n->strip && !n->family->reduces)
		planes /= n->strips;
	if (n->family->covers && !n->family->covers(n)) {
		size_t floats = n->strip ? (size_t)planes*v->lay.plane : v->bytes/sizeof(float);
		stem = arena_text("clear_%dx%dx%d", x.c, x.h, x.w);
		call = arena_text("rc_clear((float *)p[0] + lo*%zu, (size_t)(hi - lo)*%zu);", floats, floats);
	} else if (has_halo(&v->lay)) {
		stem = arena_text("halo_%dx%dx%d", x.c, x.h, x.w);
		call = arena_text("rc_clear_halo((float *)p[0], %s, %s, %d, %d, %d, %d, %d, %d, %d);", times("lo", (size_t)planes),
		                  times("hi", (size_t)planes), x.h, x.w, v->lay.cb, h.t, h.l,
		                  h.b, h.r);
	} else
		return NULL;
	return function_add(m->functions, "", "static void", stem,
	                    arena_text("(void *const *p, int lo, int hi)\n{\n\t%s\n}\n", call));
}

void
add_packer(Writer *w, const Node *n)
{
	Kernel k = kernel_of(n, 0);
	Out *o = out_in(w->m->functions);
	Step s = { .node = n, .rounds = 1, .packs = true };
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
		add_operand(&s, &n->packed[i < n->npacked ? i : 0], true);
	PUSH(w->m->steps, w->m->nsteps, s);
}

void
add_running(Writer *w, const Node *n)
{
	Kernel k = whole_kernel(n, 0);
	Step s = { .node = n, .rounds = 1, .last = true };

	k.frozen = true;
	s.function = phase_of(w, &k, 1, &s.units);
	serve(s.function, n, ", in evaluation");
	add_kernel_operands(&s, &k, 1, 0);
	PUSH(w->m->eval, w->m->neval, s);
}
