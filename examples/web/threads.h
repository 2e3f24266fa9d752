/*
** threads.h - rc_options.parallel_for for WebAssembly whose memory several workers share: each instantiates the module
** and calls help, which never returns. Bits do not depend on how many there are.
**
** One word says all of a call: its parts, and the next one to be taken, so that whoever adds 1 knows whether that was a
** part. What is to be done is read after that: it stays until all parts are done.
*/
#ifndef THREADS_H
#define THREADS_H

#include "rc.h"

enum { MostThreads = 16, StackBytes = 65536, Spins = 20000, Part = 1 << 8 };

static RC_ALIGNED(16) unsigned char stacks[MostThreads][StackBytes];
static struct { void (*task)(void *arg, int part); void *arg; } job;
static uint32_t call;                /* parts*Part + the next one */
static uint32_t calls;               /* so far: what helpers wait for */
static uint32_t done;                /* parts of this call */
static uint32_t by_helpers;          /* parts of all calls so far */
static int threads = 1;

/* take - one part, if there is one left */
static int
take(void)
{
	uint32_t was = __atomic_fetch_add(&call, 1, __ATOMIC_ACQ_REL);

	if (was%Part >= was/Part)
		return 0;
	job.task(job.arg, (int)(was%Part));
	__atomic_fetch_add(&done, 1, __ATOMIC_ACQ_REL);
	return 1;
}

static void
share(void *user, void (*task)(void *arg, int part), void *arg, int parts)
{
	(void)user;
	job.task = task;
	job.arg = arg;
	__atomic_store_n(&done, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&call, (uint32_t)parts*Part, __ATOMIC_RELEASE);
	__atomic_fetch_add(&calls, 1, __ATOMIC_RELEASE);
	__builtin_wasm_memory_atomic_notify((int *)&calls, MostThreads);
	while (take())
		;
	while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < (uint32_t)parts)
		;
}

/* where the stack of helper i begins: it grows downwards */
__attribute__((export_name("stack"))) void *
stack(int i)
{
	return stacks[i] + StackBytes;
}

__attribute__((export_name("set_threads"))) void
set_threads(int n)
{
	threads = n < 1 ? 1 : n > MostThreads ? MostThreads : n;
}

/* a worker's whole life: calls come close together, so it looks for the next one for a while before it sleeps */
__attribute__((export_name("help"))) void
help(void)
{
	for (uint32_t seen = 0;;) {
		int spins = 0;
		uint32_t now;
		while ((now = __atomic_load_n(&calls, __ATOMIC_ACQUIRE)) == seen)
			if (++spins > Spins)
				__builtin_wasm_memory_atomic_wait32((int *)&calls, (int)seen, -1);
		seen = now;
		while (take())
			__atomic_fetch_add(&by_helpers, 1, __ATOMIC_RELAXED);
	}
}

__attribute__((export_name("helped"))) unsigned
helped(void)
{
	return __atomic_load_n(&by_helpers, __ATOMIC_RELAXED);
}

#endif
