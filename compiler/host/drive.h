/* drive.h - what resnetc and the program it starts elsewhere tell each other: words of a job and of its result. */
#ifndef DRIVE_H
#define DRIVE_H

#include <stddef.h>

struct rc_options;

/* A job: these words; for each layer where its result lies and how many bytes; blob, input. */
enum { Job_network, Job_threads, Job_layers, Job_offset, Job_blob, Job_input, Job_output, Job_workspace, Jobs };

/* A result: bytes of each layer, the outputs, these words. */
enum { Result_check, Result_status, Result_whole, Results };

typedef struct {
	int (*check)(const void *weights, size_t len);
	int (*run_with)(const struct rc_options *options, const void *weights, const void *input, float *output,
	                void *workspace, size_t len);
} Driven;

extern const Driven driven[];

#endif
