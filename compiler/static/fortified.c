/*
** fortified.c - for make static alone: what Debian's static libraries call that musl has not. They are compiled against glibc
** with _FORTIFY_SOURCE, so where the size of a buffer is known they call these, which end the process before it overflows.
*/
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wpedantic"          /* names of the implementation: this is part of one */

static void
within(size_t bytes, size_t room)
{
	if (bytes > room)
		abort();
}

void *
__memcpy_chk(void *to, const void *from, size_t len, size_t room)
{
	within(len, room);
	return memcpy(to, from, len);
}

char *
__strcat_chk(char *to, const char *from, size_t room)
{
	within(strlen(to) + strlen(from) + 1, room);
	return strcat(to, from);
}

ssize_t
__read_chk(int fd, void *to, size_t len, size_t room)
{
	within(len, room);
	return read(fd, to, len);
}

size_t
__fread_chk(void *to, size_t room, size_t size, size_t count, FILE *f)
{
	within(size*count, room);
	return fread(to, size, count, f);
}

int
__vsnprintf_chk(char *to, size_t len, int flag, size_t room, const char *format, va_list args)
{
	(void)flag;
	within(len, room);
	return vsnprintf(to, len, format, args);
}

int
__snprintf_chk(char *to, size_t len, int flag, size_t room, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = __vsnprintf_chk(to, len, flag, room, format, args);
	va_end(args);
	return n;
}

int
__fprintf_chk(FILE *f, int flag, const char *format, ...)
{
	va_list args;
	int n;

	(void)flag;
	va_start(args, format);
	n = vfprintf(f, format, args);
	va_end(args);
	return n;
}

int
__vasprintf_chk(char **to, int flag, const char *format, va_list args)
{
	va_list again;
	int n;

	(void)flag;
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	*to = n < 0 ? NULL : malloc((size_t)n + 1);
	return *to ? vsnprintf(*to, (size_t)n + 1, format, args) : -1;
}

_Noreturn void
__longjmp_chk(jmp_buf to, int value)
{
	longjmp(to, value);
}
