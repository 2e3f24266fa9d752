/* SPDX-License-Identifier: 0BSD */
#if !defined(_DEFAULT_SOURCE) && !defined(_WIN32)
#define _DEFAULT_SOURCE                  /* POSIX, and in a unity build what rc_file wants */
#endif
#include "rc_threads.h"

enum { Closed = 0x7fffffff };        /* parts taken of a share: as many as there can be */

/* job_of - how many jobs were given out */
static uint64_t
job_of(rc_pool *pool)
{
	return __atomic_load_n(&pool->job, __ATOMIC_SEQ_CST);
}

/*
** take_share - do parts of one worker's share until none is left; returns how many. A ticket that can be exchanged is
** still of the job whose task was read: jobs end when all their parts are done.
*/
static int
take_share(rc_pool *pool, rc_pool_worker *of)
{
	for (int did = 0;;) {
		uint64_t ticket = __atomic_load_n(&of->ticket, __ATOMIC_ACQUIRE);
		void (*task)(void *, int) = __atomic_load_n(&pool->task, __ATOMIC_RELAXED);
		void *arg = __atomic_load_n(&pool->arg, __ATOMIC_RELAXED);
		int64_t parts = __atomic_load_n(&pool->parts, __ATOMIC_RELAXED);
		int from = (int)(parts*of->index/pool->threads), to = (int)(parts*(of->index + 1)/pool->threads);
		int part = (int)(ticket & 0xffffffffu);

		if (part >= to - from)
			return did;
		if (!__atomic_compare_exchange_n(&of->ticket, &ticket, ticket + 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		task(arg, from + part);
		did++;
	}
}

/*
** take_parts - its own share first, for what it wrote in the step before lies in its cache; then what others have not
** begun, so that nobody waits for a thread that sleeps or whose processor has other work.
*/
static void
take_parts(rc_pool *pool, int self)
{
	int did = 0;

	for (int i = 0; i < pool->threads; i++)
		did += take_share(pool, &pool->worker[(self + i)%pool->threads]);
	if (did)
		__atomic_add_fetch(&pool->done, did, __ATOMIC_RELEASE);
}

/* wait_job - until another job than seen is there: spin, then sleep */
static uint64_t
wait_job(rc_pool *pool, uint64_t seen)
{
	uint64_t job;

	for (int i = 0; i < RC_SPINS; i++) {
		job = job_of(pool);
		if (job != seen)
			return job;
		RC_RELAX();
	}
	rc_lock_take(&pool->lock);
	__atomic_add_fetch(&pool->asleep, 1, __ATOMIC_SEQ_CST);
	while ((job = job_of(pool)) == seen)
		rc_wake_wait(&pool->wake, &pool->lock);
	__atomic_sub_fetch(&pool->asleep, 1, __ATOMIC_SEQ_CST);
	rc_lock_give(&pool->lock);
	return job;
}

RC_THREAD_MAIN(work, arg)
{
	rc_pool_worker *worker = (rc_pool_worker *)arg;
	rc_pool *pool = worker->pool;
	uint64_t job = 0;

	for (;;) {
		job = wait_job(pool, job);
		if (__atomic_load_n(&pool->stop, __ATOMIC_ACQUIRE))
			return 0;
		take_parts(pool, worker->index);
	}
}

/* give - a new job; only sleepers cost a call of the system */
static void
give(rc_pool *pool)
{
	uint64_t job = job_of(pool) + 1;

	for (int i = 0; i < pool->threads; i++)
		__atomic_store_n(&pool->worker[i].ticket, job << 32, __ATOMIC_RELEASE);
	__atomic_store_n(&pool->job, job, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&pool->asleep, __ATOMIC_SEQ_CST) == 0)
		return;
	rc_lock_take(&pool->lock);
	rc_wake_all(&pool->wake);
	rc_lock_give(&pool->lock);
}

RC_WEAK int
rc_pool_start(rc_pool *pool, int threads)
{
	rc_lock_make(&pool->lock);
	rc_wake_make(&pool->wake);
	pool->threads = 1;
	pool->stop = 0;
	pool->job = 0;
	pool->worker[0].index = 0;
	pool->parts = 0;
	pool->done = 0;
	pool->asleep = 0;
	pool->busy = 0;
	while (pool->threads < threads && pool->threads < RC_POOL_MAX) {
		rc_pool_worker *w = &pool->worker[pool->threads];
		w->pool = pool;
		w->index = pool->threads;
		w->ticket = Closed;
		if (rc_thread_start(&w->thread, work, w))
			break;
		pool->threads++;
	}
	return threads > 1 && pool->threads == 1 ? RC_E_THREADS : RC_OK;
}

RC_WEAK void
rc_pool_stop(rc_pool *pool)
{
	__atomic_store_n(&pool->parts, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&pool->stop, 1, __ATOMIC_RELEASE);
	give(pool);
	for (int i = 1; i < pool->threads; i++)
		rc_thread_join(pool->worker[i].thread);
	rc_wake_free(&pool->wake);
	rc_lock_free(&pool->lock);
}

RC_WEAK void
rc_pool_for(void *user, void (*task)(void *arg, int part), void *arg, int parts)
{
	rc_pool *pool = (rc_pool *)user;

	if (pool->threads == 1 || parts == 1 || __atomic_exchange_n(&pool->busy, 1, __ATOMIC_ACQUIRE)) {
		for (int part = 0; part < parts; part++)
			task(arg, part);
		return;
	}
	/* closed first: a worker late for the last job must not take a part of this one while it is written */
	for (int i = 0; i < pool->threads; i++)
		__atomic_store_n(&pool->worker[i].ticket, job_of(pool) << 32 | Closed, __ATOMIC_SEQ_CST);
	__atomic_store_n(&pool->task, task, __ATOMIC_RELAXED);
	__atomic_store_n(&pool->arg, arg, __ATOMIC_RELAXED);
	__atomic_store_n(&pool->done, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&pool->parts, parts, __ATOMIC_RELAXED);
	give(pool);
	take_parts(pool, 0);
	for (int i = 0; __atomic_load_n(&pool->done, __ATOMIC_ACQUIRE) < parts; i++) {
		if (i < RC_SPINS)
			RC_RELAX();
		else
			rc_thread_nap();
	}
	__atomic_store_n(&pool->busy, 0, __ATOMIC_RELEASE);
}
