/*
** main.c - runs suites side by side: obj/check [-j JOBS] [SUITE | SUITE:PART]...; all suites, a job a core. A part of a
** suite is a process with a folder of its own. What it prints comes when it has ended, Check's summary of it included;
** at the end the time of every suite and one summary of all.
*/
#define _DEFAULT_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

/* For tests that hang: no test depends on a fast or idle machine. Of all tests, in seconds. */
static const char timeout[] = "3600", timeout_of_long[] = "36000";

typedef struct { int run, failures, errors; bool ended; } Count;

typedef struct {
	const char *suite, *name;
	Suite *s;
	Count *count;                /* shared with its process */
	pid_t pid;                   /* 0 before it runs */
	bool over;
	double start, seconds, processor;
} Part;

/* Parts that take longest begin first: what ends last is short. */
static const char *const longest[] = {
	"everywhere:everywhere", "verbs:verbs", "verify:verify", "hostile:hostile", "builds:builds", "apps:apps", "sanitize:sanitize", "fuzz:fuzz", "emitted:emitted",
	"networks:networks", "selftest:selftest", "web:web", "emitted:registers", "emitted:bits", "house:house", "errors:errors",
};
enum { NLongest = sizeof longest/sizeof *longest };

static struct { const char *name; void (*add)(void); } suites[64];
static Part parts[256], *queue[256]; /* queue: in the order in which they begin */
static Suite *suite;                 /* of suites[adding]: part() adds to it */
static int nsuites, nparts, adding;
static int results;                  /* folders in generated/, where compile writes unless it is told otherwise */
static const Part *now;              /* in a process of its own: the part that it runs */
static volatile sig_atomic_t interrupted;

/* suite_is - called before main, by SUITE */
void
suite_is(const char *name, void (*add)(void))
{
	if (nsuites == sizeof suites/sizeof *suites)
		abort();
	suites[nsuites].name = name;
	suites[nsuites++].add = add;
}

TCase *
part(const char *name)
{
	TCase *t = tcase_create(name);

	if (nparts == sizeof parts/sizeof *parts)
		die("more parts of suites than main.c has room for");
	suite_add_tcase(suite, t);
	parts[nparts++] = (Part){ .suite = suites[adding].name, .name = name, .s = suite };
	return t;
}

const char *
this_part(void)
{
	return now->name;
}

static const char *
title(const Part *p)
{
	return strcmp(p->suite, p->name) ? arena_text("%s:%s", p->suite, p->name) : p->suite;
}

/* --- one part --- */

static const char *
log_of(const Part *p)
{
	return arena_text("%s/%d.log", getenv("TMPDIR"), (int)(p - parts));
}

static Count
count_of_runner(SRunner *sr)
{
	Count c = { .run = srunner_ntests_run(sr), .ended = true };
	TestResult **failed = srunner_failures(sr);

	for (int i = 0; i < srunner_ntests_failed(sr); i++) {
		c.failures += tr_rtype(failed[i]) == CK_FAILURE;
		c.errors += tr_rtype(failed[i]) == CK_ERROR;
	}
	free(failed);
	return c;
}

static void
start(Part *p)
{
	p->start = seconds();
	fflush(NULL);
	p->pid = fork();
	if (p->pid < 0)
		die("fork: %s", strerror(errno));
	if (p->pid)
		return;
	now = p;
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (!freopen(log_of(p), "w", stdout) || dup2(1, 2) < 0)
		die("%s: %s", log_of(p), strerror(errno));
	setvbuf(stdout, NULL, _IOLBF, 0);
	in_dir("");                      /* before Check forks: one folder for the part */
	SRunner *sr = srunner_create(p->s);
	srunner_run(sr, p->suite, p->name, CK_NORMAL);
	*p->count = count_of_runner(sr);
	srunner_free(sr);
	exit(0);
}

static void
end(Part *p, int status, const struct rusage *used)
{
	size_t len;
	const char *said = file_map(log_of(p), &len);

	p->over = true;
	p->seconds = seconds() - p->start;
	p->processor = (double)(used->ru_utime.tv_sec + used->ru_stime.tv_sec) + 1e-6*(double)(used->ru_utime.tv_usec + used->ru_stime.tv_usec);
	fwrite(said, 1, len, stdout);
	if (!p->count->ended) {
		p->count->errors++;
		p->count->run++;
		printf("%s: ended by %s %d before its summary\n", title(p), WIFSIGNALED(status) ? "signal" : "status",
		       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	}
	if (count_files("generated") > results) {
		p->count->errors++;
		printf("%s, or a part beside it, wrote into generated/: want resnetc with -o, or with a folder of the test's own\n", title(p));
		results = count_files("generated");
	}
	printf("%s: %.1f s, %.1f of a processor\n\n", title(p), p->seconds, p->processor);
	fflush(stdout);
}

/* --- all of them --- */

static void
interrupt(int signal)
{
	interrupted = signal;
	for (int i = 0; i < nparts; i++)
		if (parts[i].pid && !parts[i].over)
			kill(parts[i].pid, SIGTERM);
}

/* run_all - at most so many at a time */
static void
run_all(int jobs)
{
	int next = 0, running = 0;

	while ((next < nparts && !interrupted) || running) {
		struct rusage used;
		int status, pid;
		if (next < nparts && running < jobs && !interrupted) {
			start(queue[next++]);
			running++;
			continue;
		}
		pid = wait4(-1, &status, 0, &used);
		for (int i = 0; i < next; i++)
			if (queue[i]->pid == pid && !queue[i]->over) {
				end(queue[i], status, &used);
				running--;
			}
	}
}

static int
summary(double start)
{
	Count all = { 0 };
	int bad;

	printf("seconds of each suite, and of a processor:\n");
	for (int i = 0; i < nparts;) {
		const char *name = parts[i].suite;
		double took = 0, processor = 0;
		for (; i < nparts && parts[i].suite == name; i++) {
			took += parts[i].seconds;
			processor += parts[i].processor;
			all.run += parts[i].count->run;
			all.failures += parts[i].count->failures;
			all.errors += parts[i].count->errors;
			if (parts[i].count->failures + parts[i].count->errors)
				printf("%s: FAILED\n", title(&parts[i]));
		}
		printf("%-12s %7.1f %7.1f\n", name, took, processor);
	}
	bad = all.failures + all.errors;
	printf("%-12s %7.1f\n%d%%: Checks: %d, Failures: %d, Errors: %d\n", "all", seconds() - start, all.run ? 100*(all.run - bad)/all.run : 0,
	       all.run, all.failures, all.errors);
	return bad > 0 || interrupted;
}

static bool
named(const Part *p, const char *name)
{
	return !strcmp(name, p->suite) || !strcmp(name, arena_text("%s:%s", p->suite, p->name));
}

/* keep - the parts that the arguments name, or all */
static void
keep(char **names)
{
	int kept = 0;

	for (char **n = names; *n; n++) {
		bool found = false;
		for (int i = 0; i < nparts; i++)
			found = found || named(&parts[i], *n);
		if (!found)
			usage_error("check: want a suite or SUITE:PART, got '%s'", *n);
	}
	for (int i = 0; i < nparts; i++) {
		bool wanted = !*names;
		for (char **n = names; *n; n++)
			wanted = wanted || named(&parts[i], *n);
		if (wanted)
			parts[kept++] = parts[i];
	}
	nparts = kept;
}

static bool
is_long(const Part *p)
{
	for (int i = 0; i < NLongest; i++)
		if (named(p, longest[i]))
			return true;
	return false;
}

static void
line_up(void)
{
	int at = 0;

	for (int i = 0; i < NLongest; i++)
		for (int k = 0; k < nparts; k++)
			if (named(&parts[k], longest[i]))
				queue[at++] = &parts[k];
	for (int k = 0; k < nparts; k++)
		if (!is_long(&parts[k]))
			queue[at++] = &parts[k];
}

int
main(int argc, char **argv)
{
	int jobs = (int)sysconf(_SC_NPROCESSORS_ONLN), option;
	double start = seconds();

	while ((option = getopt(argc, argv, "j:")) != -1)
		if (option != 'j' || (jobs = atoi(optarg)) < 1)
			usage_error("usage: check [-j JOBS] [SUITE | SUITE:PART]...");
	setenv("CK_DEFAULT_TIMEOUT", getenv("CHECK_LONG") ? timeout_of_long : timeout, 0);
	setenv("TMPDIR", temp_dir(), 1);
	quiet = true;
	for (adding = 0; adding < nsuites; adding++) {
		suite = suite_create(suites[adding].name);
		suites[adding].add();
	}
	line_up();
	for (int i = 0; i < NLongest; i++)
		if (!named(queue[i], longest[i]))
			die("'%s' in main.c is no part of a suite", longest[i]);
	keep(argv + optind);
	line_up();
	Count *counts = mmap(NULL, (size_t)nparts*sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		die("no shared memory");
	for (int i = 0; i < nparts; i++)
		parts[i].count = &counts[i];
	results = count_files("generated");
	signal(SIGINT, interrupt);
	signal(SIGTERM, interrupt);
	run_all(jobs);
	return summary(start);
}
