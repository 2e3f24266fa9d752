/* trainer.c - a network in training: compiled for this machine, loaded, with its state and workspace. */
#define _DEFAULT_SOURCE                  /* madvise */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "trainer.h"

enum { LargePage = 1 << 21 };

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

Trainer
trainer_of(void *lib, const Model *m)
{
	const char *name = m->g->name;
	Trainer t = { .m = m, .state_len = state_bytes(m->g), .workspace_len = train_workspace(m) };

	t.options.struct_size = sizeof t.options;
	/* POSIX promises that these conversions work; ISO C has no cast for them */
	*(void **)&t.init = host_symbol(lib, arena_text("%s_train_init", name));
	*(void **)&t.check = host_symbol(lib, arena_text("%s_train_check", name));
	*(void **)&t.seal = host_symbol(lib, arena_text("%s_train_seal", name));
	*(void **)&t.grad = host_symbol(lib, arena_text("%s_train_grad", name));
	*(void **)&t.apply = host_symbol(lib, arena_text("%s_train_apply", name));
	*(void **)&t.step = host_symbol(lib, arena_text("%s_train_step", name));
	*(void **)&t.eval = host_symbol(lib, arena_text("%s_train_eval", name));
	*(void **)&t.gradient = host_symbol(lib, arena_text("%s_train_gradient", name));
	*(void **)&t.strerror = host_symbol(lib, "rc_strerror");
	return t;
}

void
trainer_must(const Trainer *t, int status)
{
	if (status != RC_OK)
		die("emitted code refuses to train: %s", t->strerror(status));
}

void
trainer_start(Trainer *t)
{
	trainer_must(t, t->init(t->state, t->m->g->train->seed));
	load_bound(t);
}

static void *
load_code(const Model *m)
{
	const Graph *g = m->g;
	const char *dir = temp_dir();
	File files[24];
	int count = 0;

	files[count++] = emit_train_source(m, NULL);
	files[count++] = emit_train_header(m, NULL);
	count += train_runtime_files(g->target, files + count);
	write_files(dir, files, count);
	return host_load(dir, arena_text("%s_train.c rc.c rc_train.c", g->name), "-O2", NULL);
}

/* pages_of - zeros, in pages of 2 MB where the system gives them: of small ones a step needs more than are at hand */
static void *
pages_of(size_t bytes)
{
	size_t len = (bytes + LargePage - 1)/LargePage*LargePage;
	void *p = want_memory(aligned_alloc(LargePage, len));

#if defined(MADV_HUGEPAGE)
	madvise(p, len, MADV_HUGEPAGE);
#endif
	memset(p, 0, aligned(bytes));
	return p;
}

Trainer
trainer_open(const Model *m, int threads)
{
	Trainer t;

	want_loading("to train");
	if (!target_runs_here(m->g->target))
		fail("--target: want a target this machine can run, got '%s'", m->g->target->name);
	t = trainer_of(load_code(m), m);
	t.state = pages_of(t.state_len);
	t.workspace = pages_of(t.workspace_len);
	t.pool = threads_open(&t.options, threads);
	trainer_start(&t);
	return t;
}

void
trainer_close(Trainer *t)
{
	threads_close(t->pool);
	free(t->state);
	free(t->workspace);
}
