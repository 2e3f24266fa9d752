/* SPDX-License-Identifier: 0BSD */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "rc_threads.h"

#include <sched.h>

enum { Spins = 4000 };

static void
relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static void
run_share(rc_pool *pool, int index)
{
	for (int part = index; part < pool->parts; part += pool->threads)
		pool->task(pool->arg, part);
}

/* wait_job - until another job than seen is there: spin, then sleep */
static unsigned
wait_job(rc_pool *pool, unsigned seen)
{
	unsigned job;

	for (int i = 0; i < Spins; i++) {
		job = __atomic_load_n(&pool->job, __ATOMIC_ACQUIRE);
		if (job != seen)
			return job;
		relax();
	}
	pthread_mutex_lock(&pool->lock);
	while ((job = __atomic_load_n(&pool->job, __ATOMIC_ACQUIRE)) == seen)
		pthread_cond_wait(&pool->wake, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
	return job;
}

static void *
work(void *arg)
{
	rc_pool_worker *worker = (rc_pool_worker *)arg;
	rc_pool *pool = worker->pool;
	unsigned job = 0;

	for (;;) {
		job = wait_job(pool, job);
		if (pool->stop)
			return NULL;
		run_share(pool, worker->index);
		__atomic_sub_fetch(&pool->pending, 1, __ATOMIC_RELEASE);
	}
}

static void
give(rc_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	__atomic_add_fetch(&pool->job, 1, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
}

RC_WEAK int
rc_pool_start(rc_pool *pool, int threads)
{
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	pool->threads = 1;
	pool->stop = 0;
	pool->job = 0;
	pool->pending = 0;
	while (pool->threads < threads && pool->threads < RC_POOL_MAX) {
		rc_pool_worker *w = &pool->worker[pool->threads];
		w->pool = pool;
		w->index = pool->threads;
		if (pthread_create(&w->thread, NULL, work, w))
			break;
		pool->threads++;
	}
	return threads > 1 && pool->threads == 1 ? RC_E_THREADS : RC_OK;
}

RC_WEAK void
rc_pool_stop(rc_pool *pool)
{
	pool->stop = 1;
	give(pool);
	for (int i = 1; i < pool->threads; i++)
		pthread_join(pool->worker[i].thread, NULL);
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->lock);
}

RC_WEAK void
rc_pool_for(void *user, void (*task)(void *arg, int part), void *arg, int parts)
{
	rc_pool *pool = (rc_pool *)user;

	pool->task = task;
	pool->arg = arg;
	pool->parts = parts;
	if (pool->threads > 1 && parts > 1) {
		__atomic_store_n(&pool->pending, pool->threads - 1, __ATOMIC_RELEASE);
		give(pool);
	} else {
		int threads = pool->threads;
		pool->threads = 1;
		run_share(pool, 0);
		pool->threads = threads;
		return;
	}
	run_share(pool, 0);
	for (int i = 0; __atomic_load_n(&pool->pending, __ATOMIC_ACQUIRE) > 0; i++) {
		if (i < Spins)
			relax();
		else
			sched_yield();
	}
}
