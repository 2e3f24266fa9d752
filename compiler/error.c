/*
** error.c - the three ways to end badly, kept apart: fail (the user's input, exit 1), usage_error
** (the command line, exit 2) and die (our own mistake, exit 3). Messages are lower-case fragments
** without a full stop that say place, op, name, what was wanted and what was found.
*/
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"

bool quiet;

static jmp_buf *catcher;             /* of attempt() */
static const char *caught;

static void
say(const char *prefix, const char *format, va_list args)
{
	static char text[8192];              /* no memory may be the message */
	size_t n = (size_t)snprintf(text, sizeof text, "%s", prefix);

	fflush(stdout);
	if (n < sizeof text)
		vsnprintf(text + n, sizeof text - n, format, args);
	tell(text);
}

/* refuse - the user's input is wrong: to whoever attempts it, or the end */
static void
refuse(const char *prefix, const char *format, va_list args)
{
	char text[1000];

	if (!catcher) {
		say(prefix, format, args);
		exit(ExitInput);
	}
	vsnprintf(text, sizeof text, format, args);
	caught = arena_text("%s%s", prefix, text);
	longjmp(*catcher, 1);
}

const char *
attempt(void (*f)(void *), void *user)
{
	jmp_buf here, *outer = catcher;

	caught = NULL;
	catcher = &here;
	if (!setjmp(here)) {
		f(user);
		caught = NULL;               /* of an attempt within, which is over */
	}
	catcher = outer;
	return caught;
}

void
fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	refuse("", format, args);
	va_end(args);
	exit(ExitInput);
}

void
fail_with(const char *prefix, const char *format, va_list args)
{
	refuse(prefix, format, args);
	exit(ExitInput);
}

/* say_once - what is told beside errors: files are opened several times */
static void
say_once(const char *prefix, const char *format, va_list args)
{
	static const char **told;
	static int count;
	char text[8192];
	const char *all;

	if (quiet)
		return;
	vsnprintf(text, sizeof text, format, args);
	all = arena_text("%s%s", prefix, text);
	for (int i = 0; i < count; i++)
		if (!strcmp(told[i], all))
			return;
	PUSH(told, count, all);
	fflush(stdout);
	tell(all);
}

void
warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_once("warning: ", format, args);
	va_end(args);
}

void
note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_once("note: ", format, args);
	va_end(args);
}

void
usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("resnetc: ", format, args);
	va_end(args);
	fputs("try: resnetc --help\n", stderr);
	exit(ExitUsage);
}

void
die_at(const char *file, int line, const char *format, ...)
{
	va_list args;
	char *prefix;

	prefix = arena_text("%s:%d: internal error, please report: ", file, line);
	va_start(args, format);
	say(prefix, format, args);
	va_end(args);
	exit(ExitBug);
}

/* distance - edits (insert, delete, replace, swap two neighbours) between two words of at most 63 letters */
static int
distance(const char *a, const char *b)
{
	int rows[3][64], n = (int)strlen(b), m = (int)strlen(a);

	if (n > 63 || m > 63)
		return 64;
	for (int j = 0; j <= n; j++)
		rows[0][j] = j;
	for (int i = 1; i <= m; i++) {
		int *row = rows[i%3], *above = rows[(i + 2)%3], *before = rows[(i + 1)%3];
		row[0] = i;
		for (int j = 1; j <= n; j++) {
			row[j] = above[j-1] + (a[i-1] != b[j-1]);
			if (above[j] + 1 < row[j])
				row[j] = above[j] + 1;
			if (row[j-1] + 1 < row[j])
				row[j] = row[j-1] + 1;
			if (i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] && before[j-2] + 1 < row[j])
				row[j] = before[j-2] + 1;
		}
	}
	return rows[m%3][n];
}

const char *
nearest(const char *word, const char *const *words, int count)
{
	const char *best = NULL;
	int least = (int)strlen(word)/3 + 2;

	for (int i = 0; i < count; i++) {
		int d = distance(word, words[i]);
		if (d < least && d < (int)strlen(word)) {    /* a letter of it is right */
			least = d;
			best = words[i];
		}
	}
	return best;
}

const char *
meant(const char *word, const char *const *words, int count)
{
	const char *near = nearest(word, words, count);

	return near ? arena_text("; did you mean '%s'?", near) : "";
}

void *
want_memory(void *p)
{
	if (!p)
		fail("out of memory");
	return p;
}
