/* walk.c - how the runtime walks along a network's steps: each unit once, nothing before what it waits for, on any threads. */
#include <pthread.h>
#include <sched.h>

#include "tests.h"

enum { NSteps = 9, MostRounds = 3, Turns = NSteps*MostRounds, Units = 200, Most = 3, MostThreads = 100 };

static void kernel(void *const *p, int lo, int hi);

#define AT(i) { 0, RC_W + (size_t)(i) }  /* own memory, where there is any; the step's number */
static const rc_step steps[NSteps] = {
	{ "one",   kernel, 1,   1, 0, 0,           AT(0) },
	{ NULL,    kernel, 40,  1, 0, 0,           AT(1) },
	{ NULL,    kernel, 3,   1, 1, 0,           AT(2) },
	{ "two",   kernel, 1,   1, 1, 0,           AT(3) },
	{ NULL,    kernel, 17,  3, 0, 0,           AT(4) },
	{ NULL,    kernel, 5,   2, 1, sizeof(int), AT(5) },
	{ "three", kernel, 2,   3, 0, sizeof(int), AT(6) },
	{ "four",  kernel, 200, 1, 1, 0,           AT(7) },     /* beside the last round of another layer */
	{ NULL,    kernel, 64,  1, 2, 0,           AT(8) },
};

static struct {
	int turn[NSteps][MostRounds], turns;  /* in order, as rc.h says */
	int units[Turns], after[Turns];  /* how many; the turns before this one must be done */
	int done[Turns], unit[Turns][Units], own[MostThreads], layers, wrong, calls;
} seen;

/* what rc.h says of turns, once more */
static void
fill_turns(void)
{
	int waits = 0;

	memset(&seen, 0, sizeof seen);
	for (int first = 0, last; first < NSteps; first = last + 1) {
		for (last = first; !steps[last].name && last + 1 < NSteps; last++)
			;
		for (int r = 0; r < MostRounds; r++)
			for (int i = first; i <= last; i++)
				if (r < steps[i].rounds) {
					int k = seen.turns++;
					waits = steps[i].start == RC_BESIDE && r == 0 ? waits : k;
					seen.turn[i][r] = k;
					seen.units[k] = steps[i].units;
					seen.after[k] = waits;
				}
	}
}

static int
now(int *of)
{
	return __atomic_load_n(of, __ATOMIC_SEQ_CST);
}

static void
wrong_if(bool is)
{
	if (is)
		__atomic_add_fetch(&seen.wrong, 1, __ATOMIC_SEQ_CST);
}

static void
kernel(void *const *p, int lo, int hi)
{
	int i = (int)((char *)p[1] - (char *)&seen), *own = p[0];

	for (int u = lo; u < hi; u++) {
		int units = steps[i].units, k = seen.turn[i][u/units];
		for (int j = 0; j < seen.after[k]; j++)
			wrong_if(now(&seen.done[j]) != seen.units[j]);
		wrong_if(steps[i].own && __atomic_add_fetch(own, 1, __ATOMIC_SEQ_CST) != 1);
		for (volatile int spin = (u*7919 + i*104729)%2000; spin > 0; spin--)
			;
		if ((u + i)%5 == 0)
			sched_yield();
		wrong_if(steps[i].own && __atomic_add_fetch(own, -1, __ATOMIC_SEQ_CST) != 0);
		__atomic_add_fetch(&seen.unit[k][u%units], 1, __ATOMIC_SEQ_CST);
		__atomic_add_fetch(&seen.done[k], 1, __ATOMIC_SEQ_CST);
	}
}

/* --- the caller's threads --- */

static void
one_after_the_other(void *user, void (*task)(void *, int), void *arg, int parts)
{
	(void)user;
	seen.calls++;
	for (int i = 0; i < parts; i++)
		task(arg, i);
}

static void
backwards(void *user, void (*task)(void *, int), void *arg, int parts)
{
	(void)user;
	seen.calls++;
	while (parts-- > 0)
		task(arg, parts);
}

typedef struct { void (*task)(void *, int); void *arg; int part; pthread_t thread; } Task;

static void *
do_job(void *arg)
{
	Task *j = arg;

	j->task(j->arg, j->part);
	return NULL;
}

static void
a_thread_each(void *user, void (*task)(void *, int), void *arg, int parts)
{
	Task job[MostThreads];

	(void)user;
	seen.calls++;
	for (int i = 0; i < parts; i++) {
		job[i] = (Task){ task, arg, i, 0 };
		ck_assert_int_eq(pthread_create(&job[i].thread, NULL, do_job, &job[i]), 0);
	}
	for (int i = 0; i < parts; i++)
		pthread_join(job[i].thread, NULL);
}

static void
see_layer(void *user, int index, const char *name)
{
	(void)user;
	wrong_if(index != seen.layers++);
	for (int i = 0, done = 1; i < NSteps; i++) {
		for (int r = 0; r < steps[i].rounds; r++)
			wrong_if(now(&seen.done[seen.turn[i][r]]) != (done ? steps[i].units : 0));
		done = done && !(steps[i].name && !strcmp(steps[i].name, name));
	}
}

static void
want_walk(rc_options *o)
{
	char *home[4] = { (char *)seen.own, (char *)&seen, NULL, NULL };

	fill_turns();
	rc_walk(steps, NSteps, Most, 0, o, home);
	ck_assert_int_eq(seen.wrong, 0);
	ck_assert_int_eq(seen.layers, o->layer ? 4 : 0);
	for (int k = 0; k < seen.turns; k++)
		for (int u = 0; u < seen.units[k]; u++)
			ck_assert_int_eq(seen.unit[k][u], 1);
}

static const int threads[] = { 1, 2, 3, 7, 65, MostThreads };
enum { NThreads = sizeof threads/sizeof *threads };

START_TEST(steps_wait_for_those_before_them)
{
	static void (*const hooks[])(void *, void (*)(void *, int), void *, int) = { one_after_the_other, backwards, a_thread_each };

	for (int i = 0; i < NThreads; i++)
		for (int layers = 0; layers < 2; layers++) {
			rc_options o = { .struct_size = sizeof o, .parallel_for = hooks[_i], .threads = threads[i], .layer = layers ? see_layer : NULL };
			for (int again = 0; again < 5; again++) {
				want_walk(&o);
				ck_assert_int_eq(seen.calls, threads[i] == 1 ? 0 : layers ? 5 : 2);     /* one for each layer, or as steps say */
			}
		}
}
END_TEST

START_TEST(steps_wait_on_a_pool)
{
	static rc_pool pool;

	for (int i = 0; i < NThreads; i++) {
		rc_options o = { .struct_size = sizeof o, .parallel_for = rc_pool_for, .parallel_user = &pool, .threads = threads[i] };
		rc_pool_start(&pool, threads[(i + 1)%NThreads]);         /* of the pool more or fewer */
		for (int again = 0; again < 20; again++) {
			o.layer = again%2 ? see_layer : NULL;
			want_walk(&o);
		}
		rc_pool_stop(&pool);
	}
}
END_TEST

SUITE(walk)
{
	TCase *t = part("walk");

	tcase_add_loop_test(t, steps_wait_for_those_before_them, 0, 3);
	tcase_add_test(t, steps_wait_on_a_pool);
}
