/*
** two_models.c - two networks in one process: a pool and a workspace for both, one after the other on each picture.
**
**	resnetc examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -o net
**	resnetc examples/cifar_plain20.lua -w random -o net
**	cc -O2 -Inet net/[a-z]*.c examples/two_models.c -lpthread -o two_models
**	./two_models net
*/
#include <stdio.h>
#include <stdlib.h>

#include "cifar_plain20.h"
#include "cifar_resnet20.h"
#include "rc_file.h"
#include "rc_threads.h"

/* calls that follow each other may use the same memory: as much as the larger one needs */
enum { Workspace = CIFAR_RESNET20_WORKSPACE_BYTES > CIFAR_PLAIN20_WORKSPACE_BYTES ? CIFAR_RESNET20_WORKSPACE_BYTES : CIFAR_PLAIN20_WORKSPACE_BYTES };

typedef struct {
	const char *name;
	int (*check)(const void *weights, size_t len);
	int (*run_with)(const rc_options *options, const void *weights, const float *input, float *output, void *workspace, size_t len);
	const void *weights;
	size_t len;
} Net;

int
main(int argc, char **argv)
{
	static rc_pool pool;
	static float input[CIFAR_RESNET20_INPUT_FLOATS], output[CIFAR_RESNET20_OUTPUT_FLOATS];
	Net nets[] = {
		{ .name = "cifar_resnet20", .check = cifar_resnet20_check, .run_with = cifar_resnet20_run_with },
		{ .name = "cifar_plain20", .check = cifar_plain20_check, .run_with = cifar_plain20_run_with },
	};
	rc_options options = { .struct_size = sizeof options, .parallel_for = rc_pool_for, .parallel_user = &pool, .threads = 2 };
	void *workspace = aligned_alloc(CIFAR_RESNET20_WORKSPACE_ALIGN, Workspace);

	if (argc != 2)
		return fprintf(stderr, "usage: two_models FOLDER\n"), 2;
	rc_pool_start(&pool, 2);
	for (int i = 0; i < CIFAR_RESNET20_INPUT_FLOATS; i++)
		input[i] = (float)(i%23)/11 - 1;
	for (int k = 0; k < 2; k++) {
		char path[4096];
		int status, best = 0;
		snprintf(path, sizeof path, "%s/%s.weights", argv[1], nets[k].name);
		status = rc_file_map(path, &nets[k].weights, &nets[k].len);
		if (status == RC_OK)
			status = nets[k].check(nets[k].weights, nets[k].len);
		if (status == RC_OK)
			status = nets[k].run_with(&options, nets[k].weights, input, output, workspace, Workspace);
		if (status != RC_OK)
			return fprintf(stderr, "%s: %s\n", path, rc_strerror(status)), 1;
		for (int i = 1; i < CIFAR_RESNET20_OUTPUT_FLOATS; i++)
			best = output[i] > output[best] ? i : best;
		printf("%-16s class %d, %.4f\n", nets[k].name, best, (double)output[best]);
	}
	rc_pool_stop(&pool);
	free(workspace);
	return 0;
}
