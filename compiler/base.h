/* base.h - the ground floor: what is said to the user, memory that lives as long as the process, files. */
#ifndef BASE_H
#define BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define VERSION "0.1.0"

#if defined(__GNUC__)
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define NORETURN     __attribute__((noreturn))
#else
#define PRINTF(f, a)
#define NORETURN
#endif

/* error.c */
enum { ExitOk, ExitInput, ExitUsage, ExitBug };
extern bool quiet;
void fail(const char *format, ...) PRINTF(1, 2) NORETURN;                           /* the user's fault: exit 1 */
void fail_with(const char *prefix, const char *format, va_list args) NORETURN; /* the same, place and layer before it */
void warn(const char *format, ...) PRINTF(1, 2);
void note(const char *format, ...) PRINTF(1, 2);
void usage_error(const char *format, ...) PRINTF(1, 2) NORETURN;                    /* exit 2 */
void die_at(const char *file, int line, const char *format, ...) PRINTF(3, 4) NORETURN; /* our fault: exit 3 */
void *want_memory(void *p);                          /* p, what malloc gave; fails where it is none */
const char *attempt(void (*f)(void *), void *user); /* what f said when it failed; NULL: it did not */
#define die(...) die_at(__FILE__, __LINE__, __VA_ARGS__)
const char *nearest(const char *word, const char *const *words, int count);         /* NULL: none is near */
const char *meant(const char *word, const char *const *words, int count);           /* "; did you mean '...'?", or "" */

/* diagnose.c */
void tell(const char *message);                      /* to standard error; in colour on a terminal, with its line */

/* streams.c */
void streams_guard(void);                            /* first of all: what cannot be printed ends with ExitInput */
void flush_output(void);                             /* what is printed so far; losing it is told at the end */

/* progress.c */
void progress(const char *what, int done, int all);  /* a bar on a terminal; done == all takes it away */

/* memory.c */
void *arena_new(size_t bytes);                       /* zeroed; lives until the process ends */
void arena_release(void);                            /* all of it, before the end */
char *arena_text(const char *format, ...) PRINTF(1, 2);
char *arena_text_of(const char *format, va_list args);
const char *backslashed(const char *s, const char *letters);         /* a backslash before each of these letters */
void *array_grow(void *array, int count, size_t item);/* room for one more; array lives in the arena */
#define NEW(type) ((type *)arena_new(sizeof(type)))
#define PUSH(array, count, ...) \
	((array) = array_grow((array), (count), sizeof *(array)), (array)[(count)++] = __VA_ARGS__)
int ceil_div(int a, int b);

/* files.c */
typedef struct {
	char *name;                  /* file name, no folder */
	const void *data;
	size_t len;
} File;
void *file_map(const char *path, size_t *len);       /* read-only; fails with the reason */
const char *const *files_mapped(int *count);         /* what file_map was asked for, each path once */
double seconds(void);
void want_place(const char *path);                   /* fails where no file could be put later; NULL: none will be */
void write_files(const char *dir, const File *files, int count); /* all or none */

/* sha256.c */
const char *sha256_of(const void *data, size_t len, char hex[65]);

/* content.c */
const char *content_of(const unsigned char *p, size_t len); /* what a file is, taken for another; NULL: unknown */

/* process.c - however this process ends, nothing of these stays behind */
char *temp_dir(void);                                /* its whole path; removed at the end with what is in it */
/* without a shell; its temporary files and what it says (program.log) go to dir; false: not started, errno says why */
bool program_run(const char *const *argv, const char *dir, int *status);
int child_start(void);                               /* fork() */
int child_wait(int pid, int *status);                /* waitpid() */
void end_now(int status);                            /* in a signal handler, instead of exit() */
void catch_interrupt(void);                          /* the first SIGINT is only told by was_interrupted() */
bool was_interrupted(void);

#endif
