/* threads.c - the threads that emitted code runs on here: a pool of them in its options. */
#include "host.h"

rc_pool *
threads_open(rc_options *o, int threads)
{
	rc_pool *pool;

	o->struct_size = sizeof *o;
	if (threads < 2)
		return NULL;
	pool = NEW(rc_pool);
	if (rc_pool_start(pool, threads) != RC_OK)
		warn("no thread could be started, running on one");
	o->parallel_for = rc_pool_for;
	o->parallel_user = pool;
	o->threads = threads;
	return pool;
}

void
threads_close(rc_pool *pool)
{
	if (pool)
		rc_pool_stop(pool);
}
