/* SPDX-License-Identifier: 0BSD */
/*
** rc_port.h - what operating systems do each in their own way, POSIX's and Windows': threads that wait for each other,
** files mapped into memory, and memory in large pages. Only rc_threads and rc_file need it.
*/
#ifndef RC_PORT_H
#define RC_PORT_H

#include <stddef.h>

#if defined(_WIN32)

#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#endif
#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#include <stdint.h>
#include <windows.h>

typedef SRWLOCK rc_lock;
typedef CONDITION_VARIABLE rc_wake;
typedef HANDLE rc_thread;
#define RC_THREAD_MAIN(name, arg) static DWORD WINAPI name(LPVOID arg)     /* it ends with return 0 */

static inline void rc_lock_make(rc_lock *l)         { InitializeSRWLock(l); }
static inline void rc_lock_free(rc_lock *l)         { (void)l; }
static inline void rc_lock_take(rc_lock *l)         { AcquireSRWLockExclusive(l); }
static inline void rc_lock_give(rc_lock *l)         { ReleaseSRWLockExclusive(l); }
static inline void rc_wake_make(rc_wake *w)         { InitializeConditionVariable(w); }
static inline void rc_wake_free(rc_wake *w)         { (void)w; }
static inline void rc_wake_wait(rc_wake *w, rc_lock *l) { SleepConditionVariableSRW(w, l, INFINITE, 0); }
static inline void rc_wake_all(rc_wake *w)          { WakeAllConditionVariable(w); }
static inline void rc_thread_nap(void)              { SwitchToThread(); }

/* 0: it runs */
static inline int
rc_thread_start(rc_thread *t, LPTHREAD_START_ROUTINE run, void *arg)
{
	*t = CreateThread(NULL, 0, run, arg, 0, NULL);
	return *t == NULL;
}

static inline void
rc_thread_join(rc_thread t)
{
	WaitForSingleObject(t, INFINITE);
	CloseHandle(t);
}

/* A whole file, read only; 0: it is at *at */
static inline int
rc_map(const char *path, const void **at, size_t *len)
{
	HANDLE map, file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
	LARGE_INTEGER size;

	if (file == INVALID_HANDLE_VALUE)
		return -1;
	map = GetFileSizeEx(file, &size) && size.QuadPart > 0 ? CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL) :
	      NULL;
	CloseHandle(file);
	if (!map)
		return -1;
	*at = MapViewOfFile(map, FILE_MAP_READ, 0, 0, 0);
	CloseHandle(map);
	*len = (size_t)size.QuadPart;
	return *at ? 0 : -1;
}

static inline void
rc_unmap(const void *at, size_t len)
{
	(void)len;
	UnmapViewOfFile(at);
}

/* Memory of our own; NULL: none is left */
static inline void *
rc_pages(size_t len)
{
	return VirtualAlloc(NULL, len, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

static inline void
rc_pages_free(const void *at, size_t len)
{
	(void)len;
	VirtualFree((void *)(uintptr_t)at, 0, MEM_RELEASE);
}

#else

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

typedef pthread_mutex_t rc_lock;
typedef pthread_cond_t rc_wake;
typedef pthread_t rc_thread;
#define RC_THREAD_MAIN(name, arg) static void *name(void *arg)

static inline void rc_lock_make(rc_lock *l)         { pthread_mutex_init(l, NULL); }
static inline void rc_lock_free(rc_lock *l)         { pthread_mutex_destroy(l); }
static inline void rc_lock_take(rc_lock *l)         { pthread_mutex_lock(l); }
static inline void rc_lock_give(rc_lock *l)         { pthread_mutex_unlock(l); }
static inline void rc_wake_make(rc_wake *w)         { pthread_cond_init(w, NULL); }
static inline void rc_wake_free(rc_wake *w)         { pthread_cond_destroy(w); }
static inline void rc_wake_wait(rc_wake *w, rc_lock *l) { pthread_cond_wait(w, l); }
static inline void rc_wake_all(rc_wake *w)          { pthread_cond_broadcast(w); }
static inline int
rc_thread_start(rc_thread *t, void *(*run)(void *), void *arg)
{
	return pthread_create(t, NULL, run, arg);
}
static inline void rc_thread_join(rc_thread t)      { pthread_join(t, NULL); }

/* Not a yield: who yields again and again is made to wait longest by Linux. */
static inline void
rc_thread_nap(void)
{
	struct timeval t = { 0, 50 };

	select(0, NULL, NULL, NULL, &t);
}

/* A whole file, read only; 0: it is at *at */
static inline int
rc_map(const char *path, const void **at, size_t *len)
{
	struct stat st;
	void *map = MAP_FAILED;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && st.st_size > 0)
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return -1;
	*at = map;
	*len = (size_t)st.st_size;
	return 0;
}

static inline void
rc_unmap(const void *at, size_t len)
{
	munmap((void *)(uintptr_t)at, len);
}

/* Memory of our own, in pages of 2 MB where Linux has them to give; NULL: none is left */
static inline void *
rc_pages(size_t len)
{
#if defined(MAP_ANON)
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
#else                                    /* POSIX alone, asked for by what was compiled before */
	int zero = open("/dev/zero", O_RDWR);
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);

	close(zero);
#endif
	if (at == MAP_FAILED)
		return NULL;
#if defined(MADV_HUGEPAGE)
	madvise(at, len, MADV_HUGEPAGE);
#endif
	return at;
}

static inline void
rc_pages_free(const void *at, size_t len)
{
	munmap((void *)(uintptr_t)at, len);
}

#endif

/*
** tcc 0.9.27 lacks gcc's words for memory that threads share. It changes no order and keeps nothing in registers, so
** loads are x86-64's, which are acquiring; stores come with a fence.
*/
#if defined(__TINYC__) && defined(__x86_64__) && !defined(__ATOMIC_SEQ_CST)
static inline void rc_fence(void)                   { __asm__ volatile("mfence" : : : "memory"); }

static inline int
rc_exchange(int *p, int by)
{
	__asm__ volatile("xchgl %0, %1" : "+r"(by), "+m"(*p) : : "memory");
	return by;
}

static inline int
rc_plus(int *p, int by)
{
	int was = by;

	__asm__ volatile("lock; xaddl %0, %1" : "+r"(was), "+m"(*p) : : "memory");
	return was + by;
}

static inline int
rc_exchange_if(uint64_t *p, uint64_t *was, uint64_t by)
{
	uint64_t is = *was;

	__asm__ volatile("lock; cmpxchgq %2, %1" : "+a"(is), "+m"(*p) : "r"(by) : "memory");
	return is == *was;               /* if not, the caller looks again himself */
}

#define __atomic_load_n(p, order)                   (*(p))
#define __atomic_store_n(p, v, order)               (*(p) = (v), rc_fence())
#define __atomic_exchange_n(p, v, order)            rc_exchange(p, v)
#define __atomic_add_fetch(p, v, order)             rc_plus(p, v)
#define __atomic_sub_fetch(p, v, order)             rc_plus(p, -(v))
#define __atomic_compare_exchange_n(p, was, v, weak, order, failed) rc_exchange_if(p, was, v)
#endif
#endif
