/*
** trial.c - cases on trial: each network compiled twice, with all passes and without some, run on one thread and
** on several, from another address of the workspace, with memory that holds NaN wherever it was not written, and
** compared with the reference and with each other.
**
** Many cases share one compiler run. A trial is a process of its own, so a crash, a hang or a message is only a
** verdict.
*/
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../runtime/rc.h"
#include "../../runtime/rc_threads.h"
#include "fuzz.h"

enum { Variants = 2, Guard = 64 };   /* floats after results and workspace that must stay as they are */
static const double Deviations = 16;

typedef struct {
	const Case *c;
	Graph *before;
	Model *m[Variants];
	File blob[Variants];
	float *in;
	double *din, **want, **var;
	Weights *bytes;              /* its weights as bytes; NULL: it is one of floats */
	double **exact[Variants];    /* then: what is right of the network after passes; NULL: not defined to the last bit */
} Trial;

/* --- preparing --- */

static Graph *
loaded(const Case *c, const char *file, const char *name)
{
	DslOptions o = { .name = name, .batch = c->batch };
	Graph *g = dsl_load(file, &o);

	fuzz_weights(g, c);
	g->target = c->target;
	return g;
}

static void
prepare(Trial *t, const Case *c, int k, const char *dir)
{
	const char *file = arena_text("%s/case%d.lua", dir, k), *text = fuzz_text(c);
	const Graph *after[Variants];
	FILE *f = fopen(file, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		die("%s: cannot be written", file);
	t->c = c;
	t->before = loaded(c, file, arena_text("n%d", k));
	t->in = fuzz_input(t->before, c);
	t->din = want_memory(malloc(count_of(t->before->nodes[0]->out->shape)*sizeof *t->din));
	for (size_t i = 0; i < count_of(t->before->nodes[0]->out->shape); i++)
		t->din[i] = (double)t->in[i];
	t->want = interp(t->before, t->din);
	if (c->bytes)
		t->bytes = fuzz_quantised(loaded(c, file, arena_text("n%dq", k)), t->din);
	for (int v = 0; v < Variants; v++) {
		Graph *g = loaded(c, file, arena_text("n%d%c", k, 'a' + v));
		PassOptions po = { .skip = v ? c->skip : 0, .out = stdout };
		if (c->store != DT_f32)
			po.skip |= 1u << pass_named("fold_bn");
		g->store = c->store;
		g->exact = !v && c->exact;
		g->winograd = true;
		g->steps = t->bytes ? steps_in(t->bytes) : NULL;
		run_passes(g, &po);
		if (t->bytes)
			t->exact[v] = fuzz_all_bytes(g) ? interp(g, t->din) : NULL;
		t->m[v] = model_of(g);
		t->m[v]->command = "fuzz";
		t->blob[v] = emit_blob(t->m[v]);
		after[v] = g;
	}
	t->var = t->bytes ? NULL : fuzz_variance(t->before, t->want, after, Variants);
}

typedef struct {                     /* the compiled networks: loaded here, or already run elsewhere */
	void *lib;
	JobResult *results;          /* of each on one thread, on several */
} Code;

/* run_elsewhere - all of them on the machine that the target has here */
static JobResult *
run_elsewhere(const Trial *t, int count, const Machine *machine, const char *dir)
{
	const char **names = arena_new((size_t)(count*Variants)*sizeof *names);
	Job *jobs = arena_new((size_t)(count*Variants*2)*sizeof *jobs);
	JobResult *results = arena_new((size_t)(count*Variants*2)*sizeof *results);

	for (int i = 0; i < count*Variants; i++) {
		const Trial *c = &t[i/Variants];
		const Model *m = c->m[i%Variants];
		names[i] = m->g->name;
		for (int many = 0; many < 2; many++)
			jobs[2*i + many] = (Job){ .network = i, .threads = many ? c->c->threads : 1,
				.offset = many ? 64*(1 + c->c->seed%5) : 0, .blob = &c->blob[i%Variants], .in = c->in,
				.in_bytes = input_bytes(m->g), .out_bytes = outputs_of(m->g)*sizeof(float), .workspace = m->g->arena };
	}
	machine_compile(machine, dir, "all.c rc.c", "-O1", names, count*Variants);
	machine_run(machine, dir, jobs, count*Variants*2, results);
	return results;
}

static Code
compile_all(Trial *t, int count, const char *dir)
{
	File files[32];
	const Target *target = t[0].c->target;
	int n = runtime_files(&target, 1, files);
	FILE *f = fopen(arena_text("%s/all.c", dir), "w");

	write_files(dir, files, n);
	if (!f)
		die("%s: cannot be written", dir);
	for (int k = 0; k < count; k++)
		for (int v = 0; v < Variants; v++) {
			File header = emit_header(t[k].m[v]);
			write_files(dir, &header, 1);
			write_source_beside_others(f, t[k].m[v]);
		}
	if (fclose(f))
		die("%s: cannot be written", dir);
	if (machine_for(target))
		return (Code){ .results = run_elsewhere(t, count, machine_for(target), dir) };
	return (Code){ .lib = host_load(dir, "all.c rc.c", "-O1", NULL) };
}

/* --- judging --- */

/* check_value - one result against its reference */
static void
check_value(Verdict *v, const char *variant, int output, size_t i, double got, double want, double var)
{
	double bound = Deviations*sqrt(var), error = fabs(got - want);

	v->values++;
	if (!(bound < 1e37) || !(fabs(want) < 1e37))
		return;                      /* float32 may overflow here */
	v->compared++;
	if (bound > 0 && error/bound > v->margin)
		v->margin = error/bound;
	if (!(error <= bound))
		fuzz_wrong(v, arena_text("%s: output %d, element %zu: want %.9g, got %.9g, off by %.2g where %.2g is allowed",
		                         variant, output, i, want, got, error, bound));
}

/* check_top_k - the values, and that each position, in the output after them, holds one of about that value */
static void
check_top_k(Verdict *v, const char *variant, int output, const Trial *t, const Node *n, const float *got)
{
	int k = n->a.out, c = n->in[0]->shape.c;
	const double *x = value_in(t->want, n->in[0]), *var = value_in(t->var, n->in[0]), *want = t->want[n->id];
	const float *places = got + count_of(n->out->shape);

	for (int m = 0; m < n->out->shape.n; m++, got += k, places += k, want += k, x += c, var += c) {
		double most = 0;
		for (int i = 0; i < c; i++)
			most = fmax(most, var[i]);
		for (int i = 0; i < k; i++) {
			int at = places[i] >= 0 && places[i] < (float)c ? (int)places[i] : -1;
			check_value(v, variant, output, (size_t)i, (double)got[i], want[i], most);
			if (at < 0 && most < 1e37)
				fuzz_wrong(v, arena_text("%s: output %d: want positions from 0 to %d, got %g", variant, output, c - 1,
				                    (double)places[i]));
			else if (at >= 0)
				check_value(v, variant, output, (size_t)(k + i), x[at], (double)got[i], most);
		}
	}
}

/* check_bytes - outputs of a network of bytes: no difference is allowed */
static void
check_bytes(Verdict *v, const char *variant, const Graph *g, double *const *exact, const float *got)
{
	for (int o = 0; o < g->noutputs; o++)
		for (size_t i = 0; i < count_of(g->outputs[o]->shape); i++, got++, v->values++) {
			double want = exact ? value_in(exact, g->outputs[o])[i] : 0;
			v->compared += exact != NULL;
			if (exact && ((double)*got < want || (double)*got > want || isnan(*got)))
				fuzz_wrong(v, arena_text("%s: output %d, element %zu: want %.9g, got %.9g, where no difference is allowed", variant,
				                    o, i, want, (double)*got));
		}
}

static void
check_outputs(Verdict *v, const char *variant, const Trial *t, const float *got)
{
	const Graph *g = t->before;

	for (int o = 0; o < g->noutputs; o++) {
		const Value *y = g->outputs[o];
		size_t count = count_of(y->shape);
		if (y->node->op == O_top_k && y->index == 0)
			check_top_k(v, variant, o, t, y->node, got);
		for (size_t i = 0; y->node->op != O_top_k && i < count; i++)
			check_value(v, variant, o, i, (double)got[i], value_in(t->want, y)[i], value_in(t->var, y)[i]);
		got += count;
	}
}

static void
check_either(Verdict *v, const char *variant, const Trial *t, int k, const float *got)
{
	if (t->bytes)
		check_bytes(v, variant, t->m[k]->g, t->exact[k], got);
	else
		check_outputs(v, variant, t, got);
}

typedef int Run(const rc_options *, const void *, const void *, float *, void *, size_t);

/* run_here - false: it was refused, or wrote where it must not */
static bool
run_here(Verdict *v, const char *variant, Run *run, const rc_options *o, const Trial *t, const Model *m,
         const void *blob, size_t offset, float *out)
{
	size_t ins = count_of(t->before->nodes[0]->out->shape), outs = outputs_of(m->g), len = m->g->arena;
	char *memory = want_memory(aligned_alloc(64, (len + offset + Guard*sizeof(float) + 63)/64*64));
	float *in = want_memory(malloc((ins + 1)*sizeof *in)), *guard = (float *)(void *)(memory + offset + len);
	int status;

	memset(memory, 0xff, len + offset + Guard*sizeof(float));
	memset(out, 0xff, (outs + Guard)*sizeof *out);
	memcpy((char *)in + offset%4, t->in, ins*sizeof *in);     /* the caller's arrays may lie anywhere */
	status = run(o, blob, (char *)in + offset%4, out, memory + offset/64*64, len);
	for (int i = 0; i < Guard; i++)
		if (!isnan(guard[i]) || !isnan(out[outs + (size_t)i]))
			fuzz_wrong(v, arena_text("%s: wrote behind the end of %s", variant, isnan(guard[i]) ? "the results" :
			                         "the workspace"));
	if (status != RC_OK)
		fuzz_wrong(v, arena_text("%s: refused to run: %s", variant, rc_strerror(status)));
	free(memory);
	free(in);
	return status == RC_OK;
}

/* ran_elsewhere - what came of it there */
static bool
ran_elsewhere(Verdict *v, const char *variant, const JobResult *r, const Model *m, float *out)
{
	memcpy(out, r->out, outputs_of(m->g)*sizeof *out);
	if (r->check != RC_OK)
		fuzz_wrong(v, arena_text("%s: refuses its own blob", variant));
	if (!r->whole)
		fuzz_wrong(v, arena_text("%s: wrote behind the end of the results or the workspace", variant));
	if (r->status != RC_OK)
		fuzz_wrong(v, arena_text("%s: refused to run: %s", variant, rc_strerror(r->status)));
	return r->status == RC_OK;
}

/* run_both - one variant on one thread and on several; false: it did not run on one */
static bool
run_both(Verdict *v, const char *variant, const Trial *t, int k, const Code *code, int number, rc_pool *pool,
         float *out, float *again)
{
	const Model *m = t->m[k];
	rc_options one = { .struct_size = sizeof one }, many = one;
	Run *run;
	int (*own)(const void *, size_t);
	bool ran;

	if (code->results) {
		ran = ran_elsewhere(v, variant, &code->results[2*number], m, out);
		ran_elsewhere(v, variant, &code->results[2*number + 1], m, again);
		return ran;
	}
	many.parallel_for = rc_pool_for;
	many.parallel_user = pool;
	many.threads = t->c->threads;
	*(void **)&run = host_symbol(code->lib, arena_text("%s_run_with", m->g->name));
	*(void **)&own = host_symbol(code->lib, arena_text("%s_check", m->g->name));
	if (own(t->blob[k].data, t->blob[k].len) != RC_OK)
		fuzz_wrong(v, arena_text("%s: refuses its own blob", variant));
	ran = run_here(v, variant, run, &one, t, m, t->blob[k].data, 0, out);
	run_here(v, variant, run, &many, t, m, t->blob[k].data, 64*(1 + t->c->seed%5), again);
	return ran;
}

/* judge - number: of the trial's first network among all */
static void
judge(Verdict *v, const Trial *t, const Code *code, int number, rc_pool *pool)
{
	static const char *const names[Variants] = { "all passes", "without some passes" };

	for (int k = 0; k < Variants; k++) {
		size_t outs = outputs_of(t->m[k]->g);
		float *out = want_memory(malloc((outs + Guard)*sizeof *out));
		float *again = want_memory(malloc((outs + Guard)*sizeof *again));
		if (run_both(v, names[k], t, k, code, number + k, pool, out, again))
			check_either(v, names[k], t, k, out);
		if (memcmp(out, again, outs*sizeof *out))
			fuzz_wrong(v, arena_text("%s: %d threads and another workspace give other bits than one thread", names[k],
			                    t->c->threads));
		free(out);
		free(again);
	}
	if (v->status == Crashed)
		v->status = Fine;
}

/* trials - all of them, in this process */
static void
trials(const Case *c, int count, Verdict *v, const char *dir)
{
	Trial *t = arena_new((size_t)count*sizeof *t);
	rc_pool pool;
	Code code;

	for (int k = 0; k < count; k++)
		prepare(&t[k], &c[k], k, dir);
	code = compile_all(t, count, dir);
	rc_pool_start(&pool, 2);
	for (int k = 0; k < count; k++)
		judge(&v[k], &t[k], &code, k*Variants, &pool);
	rc_pool_stop(&pool);
}

int
fuzz_start(const Case *c, int count, Verdict *v, const char *dir)
{
	int pid;

	for (int k = 0; k < count; k++)
		v[k] = (Verdict){ .status = Crashed };
	fflush(NULL);
	pid = child_start();
	if (pid < 0)
		fail("fuzz: want a process, got: %s", strerror(errno));
	if (pid)
		return pid;
	int log = open(arena_text("%s/log", dir), O_CREAT | O_TRUNC | O_WRONLY, 0600);
	if (log >= 0)
		dup2(log, 2);
	alarm(120);                          /* a hang is a verdict too */
	(c->trains ? fuzz_trials_of_training : trials)(c, count, v, dir);
	fflush(NULL);
	_exit(0);
}

/* why - of a process that ended before its verdict */
static void
why(Verdict *v, int status, const char *dir)
{
	FILE *f = fopen(arena_text("%s/log", dir), "r");
	size_t n = f ? fread(v->what, 1, sizeof v->what - 1, f) : 0;

	if (f)
		fclose(f);
	v->what[n] = 0;
	while (n && v->what[n-1] == '\n')
		v->what[--n] = 0;
	if (WIFSIGNALED(status))
		snprintf(v->what + n, sizeof v->what - n, "%s%s", n ? "; " : "", WTERMSIG(status) == SIGALRM ? "it hangs" :
		         strsignal(WTERMSIG(status)));
	else if (!n)
		snprintf(v->what, sizeof v->what, "exit status %d", WEXITSTATUS(status));
}

Verdict
fuzz_trial(const Case *c, const char *dir)
{
	Verdict *shared = fuzz_verdicts(1), v;
	int status = 0;

	child_wait(fuzz_start(c, 1, shared, dir), &status);
	v = shared[0];
	munmap(shared, sizeof *shared);
	if (v.status == Crashed)
		why(&v, status, dir);
	return v;
}
