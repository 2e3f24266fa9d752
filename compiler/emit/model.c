/*
** model.c - from the planned graph to functions and a blob layout: equal kernels become one
** function, every function is written once, every node's weights get their place.
*/
#include <stdlib.h>
#include <string.h>

#include "../../runtime/rc.h"
#include "../resnetc.h"

int
parts_of(const Node *n)
{
	return n->op == O_concat ? n->nin : 1;
}

const Function *
function_of(const Model *m, const Kernel *k)
{
	for (int i = 0; i < m->nfunctions; i++)
		if (same_kernel(&m->functions[i].k, k))
			return &m->functions[i];
	return NULL;
}

static void
name_function(const Model *m, Function *f)
{
	size_t len;
	int twin = 1;

	f->k.family->describe(&f->k, f->name, sizeof f->name - 8);
	len = strlen(f->name);
	for (int i = 0; i < m->nfunctions; i++)
		if (m->functions + i != f && !strcmp(m->functions[i].name, f->name))
			snprintf(f->name + len, 8, "_%c", 'a' + twin++);
}

static void
add_function(Model *m, Kernel k, Node *n)
{
	Function *f = (Function *)function_of(m, &k);

	if (!f) {
		Function fresh = { .k = k };
		PUSH(m->functions, m->nfunctions, fresh);
		f = &m->functions[m->nfunctions - 1];
		name_function(m, f);
	}
	PUSH(f->users, f->nusers, n);
}

static void
write_function(Function *f, const char *file)
{
	Out *o = out_new();
	const char *base = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;

	out_line(o, "/*");
	for (int i = 0; i < f->nusers && i < 8; i++)
		out_line(o, "** %s (%s:%d)%s", f->users[i]->name, base, f->users[i]->line,
		         f->k.store ? ", to the caller" : i == 7 && f->nusers > 8 ? arena_text(", and %d more", f->nusers - 8) : "");
	out_line(o, "**");
	f->units = f->k.family->emit(o, &f->k, f->name);
	if (f->k.family->phases)
		f->phases = f->k.family->phases(&f->k);
	f->text = out_string(o, NULL);
	f->code = strstr(f->text, "*/");
}

Model *
model_of(Graph *g)
{
	Model *m = NEW(Model);
	size_t at = HeaderBytes/sizeof(float);
	Out *all = out_new();

	m->g = g;
	for (int i = 0; i < g->count; i++)
		for (int part = 0; part < parts_of(g->nodes[i]); part++)
			add_function(m, kernel_of(g->nodes[i], part), g->nodes[i]);
	for (int i = 0; i < g->noutputs; i++)
		add_function(m, store_kernel(g->outputs[i]), g->outputs[i]);
	out_text(all, VERSION);
	for (int i = 0; i < m->nfunctions; i++) {
		write_function(&m->functions[i], g->file);
		out_line(all, "%s %d %d %d", m->functions[i].name, m->functions[i].units, m->functions[i].phases.bands, m->functions[i].phases.units);
		out_line(all, "%016llx", (unsigned long long)rc_hash(m->functions[i].code, strlen(m->functions[i].code)));
	}
	for (int i = 0; i < g->count; i++) {
		Node *n = g->nodes[i];
		Kernel k = kernel_of(n, 0);
		if (!k.family->weights)
			continue;
		n->w_at = at;
		at += (k.family->weights(&k) + AlignFloats - 1)/AlignFloats*AlignFloats;
		n->b_at = at;
		at += (k.family->biases(&k) + AlignFloats - 1)/AlignFloats*AlignFloats;
		out_line(all, "%s %zu %zu", n->name, n->w_at, n->b_at);
	}
	m->selftest_at = at;
	at += selftest_floats(g);
	if (at > INT32_MAX/2 || g->arena > INT32_MAX/2)
		fail("%s: want at most 2^30 floats of weights and of arena, got %zu and %zu", g->file, at, g->arena);
	m->weight_floats = at;
	out_line(all, "%s %zu %zu", g->target->name, at, g->arena);
	size_t len;
	const char *text = out_string(all, &len);
	m->plan_hash = rc_hash(text, len);
	return m;
}
