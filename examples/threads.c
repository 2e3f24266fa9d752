/*
** threads.c - whose threads run the network: the bundled pool, OpenMP, or the app's own. rc_options wants a function that does
** task(arg, 0) ... task(arg, parts - 1) and returns when all are done; the results have the same bits whoever does them.
**
**	resnetc examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -o net
**	cc -O2 -fopenmp -Inet net/[a-z]*.c examples/threads.c -lpthread -o threads
**	./threads net/cifar_resnet20.weights
*/
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cifar_resnet20.h"
#include "rc_file.h"
#include "rc_threads.h"

/* --- OpenMP --- */

static void
openmp_for(void *user, void (*task)(void *arg, int part), void *arg, int parts)
{
	(void)user;
#if defined(_OPENMP)
#pragma omp parallel for schedule(static, 1) num_threads(parts)
#endif
	for (int part = 0; part < parts; part++)
		task(arg, part);
}

/* --- a pool such as an app may have: threads that take jobs from a queue --- */

typedef struct {
	void (*run)(void *job);
	void *job;
} Job;

static struct {
	pthread_mutex_t lock;
	pthread_cond_t more;
	Job queue[256];
	int first, count, closed;
} app = { .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER };

static void *
app_worker(void *unused)
{
	for (;;) {
		pthread_mutex_lock(&app.lock);
		while (!app.count && !app.closed)
			pthread_cond_wait(&app.more, &app.lock);
		if (!app.count) {
			pthread_mutex_unlock(&app.lock);
			return unused;
		}
		Job j = app.queue[app.first];
		app.first = (app.first + 1)%256;
		app.count--;
		pthread_mutex_unlock(&app.lock);
		j.run(j.job);
	}
}

/* app_submit - false when the queue is full */
static int
app_submit(Job j)
{
	int room;

	pthread_mutex_lock(&app.lock);
	room = app.count < 256;
	if (room)
		app.queue[(app.first + app.count++)%256] = j;
	pthread_cond_signal(&app.more);
	pthread_mutex_unlock(&app.lock);
	return room;
}

/* --- and the adapter to it --- */

typedef struct {
	void (*task)(void *arg, int part);
	void *arg;
	int part;
	pthread_mutex_t *lock;
	pthread_cond_t *all;
	int *left;
} Part;

static void
run_part(void *job)
{
	Part *p = job;

	p->task(p->arg, p->part);
	pthread_mutex_lock(p->lock);
	if (--*p->left == 0)
		pthread_cond_signal(p->all);
	pthread_mutex_unlock(p->lock);
}

/* app_for - all parts but the first are jobs; the caller does that one, then waits */
static void
app_for(void *user, void (*task)(void *arg, int part), void *arg, int parts)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t all = PTHREAD_COND_INITIALIZER;
	Part p[64];
	int left = parts - 1;

	(void)user;
	for (int i = 1; i < parts; i++) {
		p[i] = (Part){ task, arg, i, &lock, &all, &left };
		if (!app_submit((Job){ run_part, &p[i] }))
			run_part(&p[i]);
	}
	task(arg, 0);
	pthread_mutex_lock(&lock);
	while (left)
		pthread_cond_wait(&all, &lock);
	pthread_mutex_unlock(&lock);
}

int
main(int argc, char **argv)
{
	static rc_pool pool;
	static const char *const names[] = { "on this thread", "the bundled pool", "OpenMP", "the app's own pool" };
	static float input[CIFAR_RESNET20_INPUT_FLOATS], first[CIFAR_RESNET20_OUTPUT_FLOATS], output[CIFAR_RESNET20_OUTPUT_FLOATS];
	rc_options how[] = {
		{ .struct_size = sizeof(rc_options) },
		{ .struct_size = sizeof(rc_options), .parallel_for = rc_pool_for, .parallel_user = &pool, .threads = 4 },
		{ .struct_size = sizeof(rc_options), .parallel_for = openmp_for, .threads = 4 },
		{ .struct_size = sizeof(rc_options), .parallel_for = app_for, .threads = 4 },
	};
	void *workspace = aligned_alloc(CIFAR_RESNET20_WORKSPACE_ALIGN, CIFAR_RESNET20_WORKSPACE_BYTES);
	const void *weights;
	pthread_t worker[3];
	size_t len;
	int status, same = 1;

	if (argc != 2)
		return fprintf(stderr, "usage: threads WEIGHTS\n"), 2;
	status = rc_file_map(argv[1], &weights, &len);
	if (status == RC_OK)
		status = cifar_resnet20_check(weights, len);
	if (status != RC_OK)
		return fprintf(stderr, "%s: %s\n", argv[1], rc_strerror(status)), 1;
	for (int i = 0; i < CIFAR_RESNET20_INPUT_FLOATS; i++)
		input[i] = (float)(i%23)/11 - 1;
	rc_pool_start(&pool, 4);
	for (int i = 0; i < 3; i++)
		if (pthread_create(&worker[i], NULL, app_worker, NULL))
			return fprintf(stderr, "threads: want a thread, got none\n"), 1;
	for (int i = 0; i < 4; i++) {
		status = cifar_resnet20_run_with(&how[i], weights, input, i ? output : first, workspace, CIFAR_RESNET20_WORKSPACE_BYTES);
		if (status != RC_OK)
			return fprintf(stderr, "%s: %s\n", names[i], rc_strerror(status)), 1;
		same = same && (i == 0 || !memcmp(first, output, sizeof first));
		printf("%-20s %s\n", names[i], i == 0 ? "done" : memcmp(first, output, sizeof first) ? "other bits" : "the same bits");
	}
	pthread_mutex_lock(&app.lock);
	app.closed = 1;
	pthread_cond_broadcast(&app.more);
	pthread_mutex_unlock(&app.lock);
	for (int i = 0; i < 3; i++)
		pthread_join(worker[i], NULL);
	rc_pool_stop(&pool);
	free(workspace);
	return !same;
}
