/*
** train_app.c - a step of training, timed, for every line read: THREADS; prints "ready", milliseconds a line, and at the
** end of its input the most memory it had, in MB. NAME, HEADER, STATE, WORKSPACE, BATCH and PIXELS (of an image) come
** from train.py.
*/
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include HEADER
#include "rc_threads.h"

#define JOIN2(a, b) a##b
#define JOIN(a, b)  JOIN2(a, b)
#define F(name)     JOIN(NAME, name)

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec*1e3 + 1e-6*(double)t.tv_nsec;
}

static void *
lines_of(size_t bytes)
{
	return aligned_alloc(64, (bytes + 63)/64*64);
}

int
main(int argc, char **argv)
{
	static rc_pool pool;
	static int32_t labels[BATCH];
	static F(_pixel) images[(size_t)BATCH*PIXELS];
	void *state = lines_of(STATE), *workspace = lines_of(WORKSPACE);
	rc_options options = { .struct_size = sizeof options, .threads = argc > 1 ? atoi(argv[1]) : 1 };
	rc_train how = { .struct_size = sizeof how, .rate = 0.01f };
	struct rusage use;
	rc_loss loss;
	unsigned seed = 1;
	char line[16];

	for (size_t i = 0; i < (size_t)BATCH*PIXELS; i++) {
		seed = seed*1664525u + 1013904223u;
		images[i] = (F(_pixel))(sizeof images[0] == 1 ? (double)(seed >> 24) : (double)(seed >> 8)/8388608 - 1);
	}
	for (int i = 0; i < BATCH; i++)
		labels[i] = i%10;
	if (options.threads > 1 && rc_pool_start(&pool, options.threads) == RC_OK) {
		options.parallel_for = rc_pool_for;
		options.parallel_user = &pool;
	}
	if (!state || !workspace || F(_train_init)(state, 1) != RC_OK)
		return 1;
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		double start = now();
		if (F(_train_step)(&options, state, images, labels, &how, workspace, WORKSPACE, &loss) != RC_OK)
			return 1;
		printf("%.3f\n", now() - start);
		fflush(stdout);
	}
	getrusage(RUSAGE_SELF, &use);
	printf("%.1f\n", (double)use.ru_maxrss/1024);
	return 0;
}
