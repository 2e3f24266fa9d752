/*
** fuzz.c - resnetc fuzz: random networks against the double-precision reference. Case by case everything follows
** from its seed; networks of one batch are compiled together, batches run side by side. What fails is made smaller
** and printed as a model file that `resnetc fuzz FILE` runs again.
*/
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../fuzz/fuzz.h"
#include "verbs.h"

enum { Together = 12, MostSlots = 64 };

typedef struct {
	Case *c;
	Verdict *v;
	int count, pid;              /* pid 0: idle */
	const char *dir;
} Slot;

typedef struct {
	const Options *o;
	int done, wrong, reduced;
	double margin, compared, values, start;
	const char *findings;        /* JSON */
} Tally;

static const Target *
target_of(const Options *o, int seed, bool any)
{
	int count = 0, want;

	if (!any)
		return o->target;
	for (int i = 0; i < ntargets; i++)
		count += target_runs_here(&targets[i]);
	want = seed/Together%count;          /* counted from the best */
	for (int i = ntargets - 1; i >= 0; i--)
		if (target_runs_here(&targets[i]) && !want--)
			return &targets[i];
	die("no target runs here");
}

static void
show_progress(const Tally *t, int of)
{
	double spent = seconds() - t->start;

	if (!isatty(2) || t->o->quiet)
		return;
	fprintf(stderr, "\r%d%s networks, %d wrong, %.0f an hour  ", t->done, of < INT32_MAX ? arena_text(" of %d", of) : "",
	        t->wrong, t->done/(spent > 0 ? spent : 1)*3600);
}

static void
clear_progress(const Tally *t)
{
	if (isatty(2) && !t->o->quiet)
		fputs("\r                                                                \r", stderr);
}

/* save - the reduced case, where -o asks for it */
static const char *
save(const Options *o, const Case *c, const char *text)
{
	File f = { arena_text("fuzz_%llu.lua", (unsigned long long)c->seed), text, strlen(text) };

	if (!o->output)
		return "";
	write_files(o->output, &f, 1);
	return arena_text("%s/%s", o->output, f.name);
}

static void
report(Tally *t, const Case *c, const Verdict *v, const char *dir)
{
	int trials = 0, nodes;
	Case least = *c;
	const char *text, *file;
	Graph *g;

	if (t->reduced++ < 3)                /* when all fails, the first few tell why */
		least = fuzz_reduce(*c, (int)v->status, dir, &trials);
	Verdict now = trials ? fuzz_trial(&least, dir) : *v;
	text = fuzz_text(&least);
	g = least.text ? NULL : fuzz_graph(&least);
	nodes = g ? g->count : 0;
	file = save(t->o, &least, text);
	clear_progress(t);
	if (!t->o->json) {
		printf("\nseed %llu: %s\n", (unsigned long long)c->seed, v->what);
		if (trials)
			printf("reduced in %d trials to %d nodes: %s\n", trials, nodes, now.what);
		printf("%s-- again: resnetc fuzz %s\n", text, *file ? file : "FILE, with this text in it");
		flush_output();
	}
	t->findings = arena_text("%s%s\n  { \"seed\": %llu, \"target\": \"%s\", \"nodes\": %d, \"file\": %s }", t->findings,
	                         *t->findings ? "," : "", (unsigned long long)c->seed, c->target->name, nodes,
	                         *file ? json_text(file) : "null");
}

static void
collect(Tally *t, Slot *s)
{
	for (int k = 0; k < s->count; k++) {
		Verdict v = s->v[k];
		if (v.status == Crashed)         /* perhaps another's fault: on its own */
			v = fuzz_trial(&s->c[k], s->dir);
		t->done++;
		t->margin = v.status == Fine && v.margin > t->margin ? v.margin : t->margin;
		t->compared += v.compared;
		t->values += v.values;
		if (v.status == Fine)
			continue;
		t->wrong++;
		report(t, &s->c[k], &v, s->dir);
	}
	s->pid = 0;
}

static void
fill(Slot *s, const Options *o, int first, int count, bool any)
{
	for (s->count = 0; s->count < count; s->count++)
		s->c[s->count] = fuzz_case((uint64_t)(first + s->count), target_of(o, first + s->count, any), o->train);
	s->pid = fuzz_start(s->c, s->count, s->v, s->dir);
}

/* target_here - what a case is run for: --target, or its own, or the best that this machine has where it lacks that */
static const Target *
target_here(const Options *o, const Target *own)
{
	const Target *best = target_of(o, 0, true);

	if (o->target_given)
		return o->target;
	if (target_runs_here(own) || (machine_of(own) && !machine_lacks(machine_of(own))))
		return own;
	warn("%s:1: want target %s, which this machine does not run; takes %s", o->model, own->name, best->name);
	return best;
}

static int
file_case(const Options *o)
{
	size_t len;
	const char *text = file_map(o->model, &len);
	Case c = { 0 };
	Verdict v;

	if (!fuzz_read(&c, arena_text("%.*s", (int)len, text)))
		fail("%s:1: want a case as resnetc fuzz prints it, with '-- fuzz: seed=...' in its first line, got other text",
		     o->model);
	c.target = target_here(o, c.target);
	c.trains = c.trains || o->train;
	v = fuzz_trial(&c, temp_dir());
	if (v.status == Fine && !o->quiet)
		printf("%s: fine; the largest error is %.2f of what is allowed\n", o->model, v.margin);
	else if (v.status != Fine)
		printf("%s: %s\n", o->model, v.what);
	return v.status == Fine ? ExitOk : ExitInput;
}

static void
summary(const Tally *t, int seed)
{
	double spent = seconds() - t->start, hour = t->done/(spent > 0 ? spent : 1)*3600;

	clear_progress(t);
	if (t->o->json)
		printf("{ \"networks\": %d, \"wrong\": %d, \"seed\": %d, \"seconds\": %.1f, \"per_hour\": %.0f, "
		       "\"largest_error\": %.3f, \"compared\": %.4f,\n  \"findings\": [%s ] }\n", t->done, t->wrong, seed, spent,
		       hour, t->margin, t->values > 0 ? t->compared/t->values : 1, t->findings);
	else
		printf("%d networks from seed %d, %d wrong; the largest error is %.2f of what is allowed, %.1f %% of %.1f M values "
		       "compared; %.0f s, %.0f an hour\n", t->done, seed, t->wrong, t->margin,
		       t->values > 0 ? 100*t->compared/t->values : 100, t->values/1e6, spent, hour);
}

int
verb_fuzz(Options *o)
{
	Tally t = { .o = o, .findings = "", .start = seconds() };
	Slot slot[MostSlots];
	int slots = o->threads ? o->threads : (int)sysconf(_SC_NPROCESSORS_ONLN), seed = o->seed < 0 ? 0 : o->seed;
	int count = o->count ? o->count : o->time ? INT32_MAX : 1000, next = seed, running = 0;
	int end = seed > INT32_MAX - count ? INT32_MAX : seed + count;
	bool any = !o->target_given;

	if (o->train)
		want_loading("to train");
	if (!target_runs_here(o->target) && (o->train || !machine_of(o->target)))
		fail("--target: want a target this machine can run, got '%s'", o->target->name);
	if (o->model)
		return file_case(o);
	slots = slots < 1 ? 1 : slots > MostSlots ? MostSlots : slots;
	for (int i = 0; i < slots; i++)
		slot[i] = (Slot){ arena_new(Together*sizeof(Case)), fuzz_verdicts(Together), 0, 0, temp_dir() };
	for (;;) {
		for (int i = 0; i < slots && next < end; i++)
			if (!slot[i].pid && !(o->time && seconds() - t.start > o->time)) {
				int room = Together - next%Together, left = end - next;     /* one target a batch */
				fill(&slot[i], o, next, room < left ? room : left, any);
				next += slot[i].count;
				running++;
			}
		if (!running)
			break;
		int status, pid = child_wait(-1, &status);
		for (int i = 0; i < slots; i++)
			if (slot[i].pid == pid) {
				collect(&t, &slot[i]);
				running--;
			}
		show_progress(&t, end - seed);
	}
	summary(&t, seed);
	return t.wrong ? ExitInput : ExitOk;
}
