/* host.h - emitted code compiled, loaded and run on this machine. */
#ifndef HOST_H
#define HOST_H

#include "emit/emit.h"

/* host.c - compile for this machine and load */
typedef struct {
	void *lib;
	int (*check)(const void *, size_t);
	int (*run_with)(const void *options, const void *weights, const void *in, float *out, void *ws, size_t len);
	const char *(*strerror)(int);
	double (*peak)(double);      /* GFLOP/s of multiply-adds over about this many seconds */
	double (*bandwidth)(size_t bytes, double seconds);       /* GB/s of reading so much again and again */
	const char *compiler;
} Host;
Host host_build(const Model *m, const char *dir, bool with_peak);
void *host_load(const char *dir, const char *sources, const char *flags, const char **cc);  /* compiled and loaded */
void *host_symbol(void *lib, const char *name);

#endif
