/* SPDX-License-Identifier: 0BSD */
/*
** rc_threads.h - optional: a small pool of the system's threads for rc_options.parallel_for.
**
**	static rc_pool pool;
**	rc_options options = { sizeof options };
**
**	rc_pool_start(&pool, 4);
**	options.parallel_for = rc_pool_for;
**	options.parallel_user = &pool;
**	options.threads = 4;
**
** Waiting threads spin for some microseconds, then sleep. Any number of networks and of callers may share a pool:
** whoever finds it busy does its parts alone, so calls beside each other and calls from inside a task are safe and
** never wait for each other. More threads than processors cost time, not correctness; for many requests at once the
** most work gets done by a thread for each and threads = 1. examples/threads.c shows OpenMP and an app's own pool in
** its place.
*/
#ifndef RC_THREADS_H
#define RC_THREADS_H

#include "rc.h"
#include "rc_port.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { RC_POOL_MAX = 64 };

typedef struct rc_pool_worker {
	struct rc_pool *pool;
	rc_thread thread;
	int index;
	char pad0[128];
	RC_ALIGNED(8) uint64_t ticket;   /* job << 32 | parts of this worker's share that are taken */
	char pad1[128];
} rc_pool_worker;

typedef struct rc_pool {
	rc_lock lock;
	rc_wake wake;
	int threads;                     /* the caller's included */
	int stop;
	void (*task)(void *arg, int part);
	void *arg;
	int parts;
	rc_pool_worker worker[RC_POOL_MAX];
	char pad0[128];
	RC_ALIGNED(8) uint64_t job;      /* how many were given out */
	char pad1[128];
	int done;                        /* parts that are finished */
	char pad2[128];
	int asleep;                      /* workers that wait to be woken */
	char pad3[128];
	int busy;                        /* somebody's parts are being done */
} rc_pool;

#define rc_pool_start  RC_SYMBOL(rc_pool_start)
#define rc_pool_stop   RC_SYMBOL(rc_pool_stop)
#define rc_pool_for    RC_SYMBOL(rc_pool_for)

/* Starts threads - 1 workers (at most RC_POOL_MAX threads); when some cannot start, fewer serve.
   RC_E_THREADS when threads > 1 and none could start; the pool works all the same, on the caller. */
int  rc_pool_start(rc_pool *pool, int threads);
void rc_pool_stop(rc_pool *pool);
void rc_pool_for(void *pool, void (*task)(void *arg, int part), void *arg, int parts);

#ifdef __cplusplus
}
#endif
#endif
