/*
** app.c - a program around a network named net, for the benchmark: loads the blob, runs once, then answers
** commands on standard input. "run N" prints the milliseconds of N runs, "quit" the peak memory in KB.
**
**   app BLOB X.bin Y.bin THREADS      X and Y are raw floats
*/
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net.h"
#include "rc_file.h"
#include "rc_threads.h"

static double
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e3*(double)t.tv_sec + 1e-6*(double)t.tv_nsec;
}

static long
peak_kb(void)
{
	char line[256];
	long kb = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "VmHWM: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

int
main(int argc, char **argv)
{
	static float input[NET_INPUT_FLOATS], output[NET_OUTPUT_FLOATS];
	rc_options options = { .struct_size = sizeof options };
	rc_pool pool;
	const void *weights;
	size_t len;
	void *workspace = aligned_alloc(64, NET_WORKSPACE_BYTES);
	char command[64];
	FILE *f;
	int status, count;

	if (argc != 5 || !workspace || !(f = fopen(argv[2], "rb")) || fread(input, sizeof *input, NET_INPUT_FLOATS, f) != NET_INPUT_FLOATS)
		return 1;
	fclose(f);
	options.threads = atoi(argv[4]);
	if (options.threads > 1 && rc_pool_start(&pool, options.threads) == RC_OK) {
		options.parallel_for = rc_pool_for;
		options.parallel_user = &pool;
	}
	status = rc_file_load(argv[1], &weights, &len);
	if (status == RC_OK)
		status = net_check(weights, len);
	if (status == RC_OK)
		status = net_run_with(&options, weights, input, output, workspace, NET_WORKSPACE_BYTES);
	if (status != RC_OK) {
		fprintf(stderr, "%s\n", rc_strerror(status));
		return 1;
	}
	f = fopen(argv[3], "wb");
	if (!f || fwrite(output, sizeof *output, NET_OUTPUT_FLOATS, f) != NET_OUTPUT_FLOATS || fclose(f))
		return 1;
	puts("ready");
	fflush(stdout);
	while (fgets(command, sizeof command, stdin)) {
		if (sscanf(command, "run %d", &count) != 1)
			break;
		for (int i = 0; i < count; i++) {
			double start = milliseconds();
			net_run_with(&options, weights, input, output, workspace, NET_WORKSPACE_BYTES);
			printf("%.6f ", milliseconds() - start);
		}
		puts("");
		fflush(stdout);
	}
	printf("%ld\n", peak_kb());
	fflush(stdout);
	if (options.parallel_for)
		rc_pool_stop(&pool);
	return 0;
}
