/*
** memory.c - one arena for everything a compilation builds. It only grows; it is freed when the
** process ends. Big, short-lived arrays (weights, activations) use malloc and free instead.
*/
#include <stdlib.h>
#include <string.h>

#include "base.h"

enum { ChunkBytes = 1 << 16 };

typedef struct Chunk {
	struct Chunk *next;
	size_t used, size;
	max_align_t data[];
} Chunk;

static Chunk *chunks;

void
arena_release(void)
{
	while (chunks) {
		Chunk *next = chunks->next;
		free(chunks);
		chunks = next;
	}
}

void *
arena_new(size_t bytes)
{
	size_t align = sizeof(max_align_t);
	Chunk *c = chunks;
	void *p;

	bytes = (bytes + align - 1)/align*align;
	if (!c || c->size - c->used < bytes) {
		size_t size = bytes > ChunkBytes ? bytes : ChunkBytes;
		if (!c)
			atexit(arena_release);
		c = calloc(1, sizeof *c + size);
		if (!c) {
			fputs("resnetc: out of memory\n", stderr);
			exit(ExitInput);
		}
		c->size = size;
		c->next = chunks;
		chunks = c;
	}
	p = (char *)c->data + c->used;
	c->used += bytes;
	return p;
}

char *
arena_text_of(const char *format, va_list args)
{
	va_list again;
	int len;
	char *s;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	s = arena_new((size_t)len + 1);
	vsnprintf(s, (size_t)len + 1, format, args);
	return s;
}

char *
arena_text(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = arena_text_of(format, args);
	va_end(args);
	return s;
}

/* backslashed - with a backslash before each of these letters */
const char *
backslashed(const char *s, const char *letters)
{
	char *to = arena_new(2*strlen(s) + 1), *p = to;

	for (; *s; s++) {
		if (strchr(letters, *s))
			*p++ = '\\';
		*p++ = *s;
	}
	return to;
}

/* array_grow - doubles at powers of two, so that count alone tells the capacity */
void *
array_grow(void *array, int count, size_t item)
{
	void *bigger;

	if (count && (count & (count - 1)))
		return array;
	bigger = arena_new((count ? 2*(size_t)count : 1)*item);
	if (count)
		memcpy(bigger, array, (size_t)count*item);
	return bigger;
}

int
ceil_div(int a, int b)
{
	return (a + b - 1)/b;
}
