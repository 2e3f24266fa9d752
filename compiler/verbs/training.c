/* training.c - a network in training: built, compiled for this machine and loaded. */
#include <stdlib.h>
#include <string.h>

#include "training.h"

/* tell_fresh - which parameters do not come from the weights */
static void
tell_fresh(const Graph *g, const char *weights)
{
	const char *names = "";

	for (int i = 0; i < g->count; i++)
		for (int p = 0; p < NParams && in_parts(g, g->nodes[i], &g->train->fresh); p++)
			if (g->nodes[i]->p[p].name)
				names = arena_text("%s%s%s", names, *names ? ", " : "", g->nodes[i]->p[p].name);
	if (*names)
		note("%s:%d: made up anew, not of %s: %s", g->file, g->train->line, weights, names);
}

Model *
build_training(Options *o, bool starting)
{
	DslOptions dsl = dsl_options(o);
	Model names = { 0 }, *m;
	Graph *g;
	size_t len;
	const void *text = file_map(o->model, &len);

	if (o->int8)
		usage_error("--int8: want a network of floats to train, got bytes");
	sha256_of(text, len, names.model_sha);
	g = dsl_load(o->model, &dsl);
	if (!g->train)
		g->train = training_new();
	if (o->batch)
		g->train->batch = o->batch;
	if (o->group)
		g->train->batch = o->group*g->train->bn_groups;
	if (o->seed >= 0)
		g->train->seed = (uint64_t)o->seed;
	g->train->starting = starting && o->weights;
	check_parts(g);
	g->target = o->target;
	g->exact = o->exact;
	if (o->weights)
		bind_named(names.weights_sha, g, o->weights);
	else
		snprintf(names.weights_sha, sizeof names.weights_sha, "none");
	if (g->train->starting)
		tell_fresh(g, o->weights);
	training_graph(g);
	if (o->weights)
		derive_weights(g);
	if (!run_passes(g, &o->pass))
		return NULL;
	m = model_of(g);
	memcpy(m->model_sha, names.model_sha, sizeof m->model_sha);
	memcpy(m->weights_sha, names.weights_sha, sizeof m->weights_sha);
	m->command = o->command;
	return m;
}

static void *
lines_of(size_t bytes)
{
	void *p = aligned_alloc(64, aligned(bytes));

	if (!p)
		fail("out of memory");
	memset(p, 0, aligned(bytes));
	return p;
}

float *
trainer_param(const Trainer *t, const Trained *p)
{
	return (float *)(void *)(t->state + StateHeader) + p->at;
}

/* load_bound - the weights that are bound to the graph, into the state */
static void
load_bound(Trainer *t)
{
	const Training *tr = t->m->g->train;

	for (int i = 0; i < tr->nparams; i++) {
		const Param *p = &tr->params[i].node->p[tr->params[i].id];
		for (size_t k = 0; p->data && k < tr->params[i].count; k++)
			trainer_param(t, &tr->params[i])[k] = (float)p->data[k];
	}
}

static void
load_code(Trainer *t)
{
	const Graph *g = t->m->g;
	const char *dir = temp_dir();
	File files[24];
	int count = 0;
	void *lib;

	files[count++] = emit_train_source(t->m, NULL);
	files[count++] = emit_train_header(t->m, NULL);
	count += train_runtime_files(g->target, files + count);
	write_files(dir, files, count);
	lib = host_load(dir, arena_text("%s_train.c rc.c rc_train.c", g->name), "-O2", NULL);
	/* POSIX promises that these conversions work; ISO C has no cast for them */
	*(void **)&t->init = host_symbol(lib, arena_text("%s_train_init", g->name));
	*(void **)&t->check = host_symbol(lib, arena_text("%s_train_check", g->name));
	*(void **)&t->grad = host_symbol(lib, arena_text("%s_train_grad", g->name));
	*(void **)&t->apply = host_symbol(lib, arena_text("%s_train_apply", g->name));
	*(void **)&t->step = host_symbol(lib, arena_text("%s_train_step", g->name));
	*(void **)&t->eval = host_symbol(lib, arena_text("%s_train_eval", g->name));
	*(void **)&t->gradient = host_symbol(lib, arena_text("%s_train_gradient", g->name));
	*(void **)&t->strerror = host_symbol(lib, "rc_strerror");
}

void
trainer_must(const Trainer *t, int status)
{
	if (status != RC_OK)
		die("emitted code refuses to train: %s", t->strerror(status));
}

Trainer
trainer_open(const Model *m, int threads)
{
	Trainer t = { .m = m, .state_len = state_bytes(m->g), .workspace_len = train_workspace(m) };

	if (!target_runs_here(m->g->target))
		fail("--target: want a target this machine can run, got '%s'", m->g->target->name);
	load_code(&t);
	t.state = lines_of(t.state_len);
	t.workspace = lines_of(t.workspace_len);
	t.options.struct_size = sizeof t.options;
	if (threads > 1) {
		t.pool = NEW(rc_pool);
		if (rc_pool_start(t.pool, threads) != RC_OK)
			warn("no thread could be started, running on one");
		t.options.parallel_for = rc_pool_for;
		t.options.parallel_user = t.pool;
		t.options.threads = threads;
	}
	trainer_must(&t, t.init(t.state, m->g->train->seed));
	load_bound(&t);
	return t;
}

void
trainer_close(Trainer *t)
{
	if (t->pool)
		rc_pool_stop(t->pool);
	free(t->state);
	free(t->workspace);
}
