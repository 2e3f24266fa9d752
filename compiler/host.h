/* host.h - emitted code compiled, loaded and run: on this machine, or on another one that is emulated here. */
#ifndef HOST_H
#define HOST_H

#include "../runtime/rc_threads.h"
#include "emit/emit.h"

/* command.c - the words that start a program */
enum { MostWords = 64 };
typedef struct { const char *word[MostWords + 1]; int count; } Command;
void command_add(Command *c, const char *word);
void command_add_words(Command *c, const char *words);       /* those between blanks */
void command_log(const char *dir);                   /* what the program that ran last said, to standard error */
bool on_path(const char *program);

/* cc.c */
const char *host_compiler(void);                     /* the words that start it; fails where there is none */
void host_command(Command *c);                       /* begins with it */
bool host_loads(void);                               /* not in a static resnetc: it starts the code as a program */
void want_loading(const char *what);                 /* fails where code cannot be loaded for it */

/* machine.c - targets that are not this machine's, and this one's where nothing can be loaded */
typedef struct {                     /* one run of a network elsewhere */
	int network, threads;        /* its place among those compiled together */
	size_t offset;               /* by which input and workspace lie otherwise than they might */
	const File *blob;
	const void *in;
	size_t in_bytes, out_bytes, workspace;
	const Graph *layers;         /* whose results are wanted after each layer, or NULL */
} Job;
typedef struct {
	int check, status;           /* of NAME_check, NAME_run_with */
	bool whole;                  /* nothing was written behind results and workspace */
	const float *out;
	const char *layers;
} JobResult;
const Machine *machine_for(const Target *t);         /* whose code it runs; NULL: resnetc loads it */
const char *machine_lacks(const Machine *m);         /* a program that is not on PATH, or NULL: it can be used */
const char *machine_compiler(const Machine *m);      /* the one that is used, or NULL */
void machine_compile(const Machine *m, const char *dir, const char *sources, const char *flags,
                     const char *const *names, int count);
void *machine_run(const Machine *m, const char *dir, const Job *jobs, int count, JobResult *results);
                                                     /* holds the results: free it */
void machine_layers(const JobResult *r, const Graph *g, void *workspace,
                    void (*layer)(void *user, int index, const char *name), void *user);
                                             /* as options.layer would have been called, the workspace as it was then */

/* host.c */
typedef struct {
	const Model *model;
	const char *dir;
	const Machine *machine;      /* NULL: the code is loaded */
	void *lib;
	int (*check)(const void *, size_t);
	int (*run_with)(const void *options, const void *weights, const void *in, float *out, void *ws, size_t len);
	const char *(*strerror)(int);
	double (*peak)(double);      /* GFLOP/s of multiply-adds over about this many seconds */
	double (*bandwidth)(size_t bytes, double seconds);       /* GB/s of reading so much again and again */
	const char *compiler;
} Host;
void want_times(const Target *t);                    /* fails where what is measured would not be its own time */
Host host_build(const Model *m, const char *dir, bool with_peak);
int host_check(const Host *h, const void *blob, size_t len);
int host_run(const Host *h, const rc_options *o, const File *blob, const void *in, void *out, void *workspace,
             size_t len);
void *host_load(const char *dir, const char *sources, const char *flags, const char **cc);  /* compiled and loaded */
void *host_symbol(void *lib, const char *name);

/* threads.c */
rc_pool *threads_open(rc_options *o, int threads);   /* in the options of what runs on so many; NULL: on one */
void threads_close(rc_pool *pool);

/* codesize.c */
size_t code_size(const Model *m, const char **compiler);     /* bytes of code; compiler NULL: about so many */

#endif
