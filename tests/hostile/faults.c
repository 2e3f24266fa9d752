/*
** faults.c - an LD_PRELOAD library that makes one call of the program fail: FAULT=KIND:N the Nth call of
** a kind (alloc, open, write, close of a written file, map, rename, mkdir, thread, fork), counted from 1, or with a + behind N
** all from it on; FAULT=KIND:0 fails none. At the end it writes how
** many there were to $FAULT_COUNT.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static long seen, nth = -1;
static char kind[16];
static int ready, all, written = -1;   /* written: the file that was opened for writing last */

static void
start(void)
{
	const char *fault = getenv("FAULT"), *colon = fault ? strchr(fault, ':') : NULL;

	ready = 1;
	if (!colon || colon - fault > 15)
		return;
	memcpy(kind, fault, (size_t)(colon - fault));
	nth = atol(colon + 1);
	all = strchr(colon, '+') != NULL;
}

static int
fails(const char *what)
{
	if (!ready)
		start();
	return !strcmp(what, kind) && (++seen == nth || (all && nth > 0 && seen > nth));
}

__attribute__((destructor)) static void
tell(void)
{
	const char *name = getenv("FAULT_COUNT");
	char text[32];
	int fd;

	kind[0] = 0;
	fd = name ? open(name, O_CREAT | O_TRUNC | O_WRONLY, 0600) : -1;
	if (fd >= 0) {
		int n = snprintf(text, sizeof text, "%ld\n", seen);
		if (write(fd, text, (size_t)n) == n)
			close(fd);
	}
}

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);

static void *
none(void)
{
	errno = ENOMEM;
	return NULL;
}

void *malloc(size_t n)                    { return fails("alloc") ? none() : __libc_malloc(n); }
void *calloc(size_t n, size_t m)          { return fails("alloc") ? none() : __libc_calloc(n, m); }
void *realloc(void *p, size_t n)          { return fails("alloc") ? none() : __libc_realloc(p, n); }
void *aligned_alloc(size_t a, size_t n)   { return fails("alloc") ? none() : __libc_memalign(a, n); }

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int
open(const char *path, int flags, ...)
{
	REAL(open);
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? (mode_t)va_arg(args, int) : 0;
	va_end(args);
	if (flags & O_CREAT && fails("open"))
		return errno = EACCES, -1;
	if (flags & O_CREAT)
		return written = real(path, flags, mode);
	return real(path, flags, mode);
}

int
close(int fd)
{
	REAL(close);
	bool was = fd == written;
	int status = real(fd);

	if (was)
		written = -1;
	return was && fails("close") ? (errno = EIO, -1) : status;
}

void *
mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	REAL(mmap);

	return fd >= 0 && fails("map") ? (errno = ENOMEM, MAP_FAILED) : real(at, len, prot, flags, fd, offset);
}

pid_t
fork(void)
{
	REAL(fork);

	return fails("fork") ? (errno = EAGAIN, -1) : real();
}

ssize_t
write(int fd, const void *data, size_t len)
{
	REAL(write);

	if (fd > 2 && fails("write"))
		return errno = ENOSPC, -1;
	return real(fd, data, len);
}

int
rename(const char *from, const char *to)
{
	REAL(rename);

	return fails("rename") ? (errno = EACCES, -1) : real(from, to);
}

int
mkdir(const char *path, mode_t mode)
{
	REAL(mkdir);

	return fails("mkdir") ? (errno = EROFS, -1) : real(path, mode);
}

int
pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg)
{
	REAL(pthread_create);

	return fails("thread") ? EAGAIN : real(t, a, f, arg);
}
